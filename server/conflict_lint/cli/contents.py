"""What the files of a project hold, and records that are true for as long as they hold that.

``S`` records say which content a file had when ``stat`` looked like this, so that an unchanged file need not be read.
Others rest on a hundred files or more, so these are mentioned by short names, and ``N`` records say which are meant.
"""

# Paths are strings here for the same reason as in ``project``: there are tens of thousands.
# ruff: noqa: PTH116, PTH118, PTH120

from __future__ import annotations

import os
import stat
import struct
import time
import zlib
from collections.abc import Callable, Iterable

from conflict_lint import cache
from conflict_lint.analysis.source import Unreadable
from conflict_lint.cli.outcome import Seen
from conflict_lint.project import ProjectView, look

_SEPARATOR = b"\x1f"  # JSON has no such character
_VARIANTS, _FORMER = 3, 3
_DIGITS, _NAME = 32, 8
_FINE, _COARSE = 50_000_000, 2_000_000_000


def digest_of(data: bytes) -> bytes:
    """Return 128 bits that stand for a content, as hexadecimal digits."""
    from hashlib import sha256

    return sha256(data).hexdigest()[:_DIGITS].encode()


def stamp_of(found: os.stat_result) -> bytes:
    """Return what ``stat`` says of a file's content; the change time tells even where the others are set back."""
    return b"%d %d %d %d" % (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def is_settled(found: os.stat_result, moment: int) -> bool:
    """Tell whether a change after ``moment`` (ns since the epoch) would show: clocks of file systems tick slowly."""
    newest = max(found.st_mtime_ns, found.st_ctime_ns)
    return newest + (_FINE if newest % 1_000_000_000 else _COARSE) < moment


def seen(data: bytes, found: os.stat_result, moment: int) -> Seen:
    """Return what identifies a content that was read after ``moment`` (ns) from a file that looked like ``found``."""
    trusted = stat.S_ISREG(found.st_mode) and is_settled(found, moment)
    return Seen(digest_of(data), stamp_of(found) if trusted else b"")


def _each(names: bytes) -> tuple[bytes, ...]:
    return struct.unpack(f"{_NAME}s" * (len(names) // _NAME), names)


def folder_of(group: str, root: str) -> str:
    """Return where the records of the project at ``root`` are; ``group`` is the folder for what runs now."""
    return os.path.join(group, f"{zlib.crc32(os.fsencode(root)):08x}")


class _States(dict[bytes, bytes]):
    """What stands for the contents of files, by short name, each made once; a dictionary, for it is asked a lot."""

    def __init__(self, make: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: bytes) -> bytes:
        state = self[name] = self._make(name)
        return state


class Contents:
    """The records of one project, and what its files look like now: each is looked at once in a run."""

    def __init__(self, root: str, folder: str) -> None:
        self._root = root
        self._digests: dict[bytes, bytes] = {}
        self._names: dict[str, bytes] = {}
        self._unchanged: dict[str, bool] = {}
        self._states = _States(self._state)
        self.store = cache.Store(folder, self._alive)

    def digest(self, name: bytes) -> bytes:
        """Return what stands for the content of ``name`` (relative to the root), ``b""`` where there is nothing."""
        known = self._digests.get(name)
        if known is None:
            known = self._digests[name] = self._digest(name)
        return known

    def _digest(self, name: bytes) -> bytes:
        if name.endswith(b"/"):  # a directory in which imports are looked up
            names = ProjectView(self._root).listing(os.fsdecode(name[:-1]))
            return digest_of(b"/".join(sorted(map(os.fsencode, names))))
        path = self._path(name)
        moment = time.time_ns()
        try:
            found = os.stat(path)
        except (OSError, ValueError):
            return b""
        stamp, _, digest = (self.store.get(b"S" + name) or b"").rpartition(b" ")
        if stamp == stamp_of(found):
            return digest
        try:
            data, found = look(path)
        except Unreadable:
            return b""
        now = seen(data, found, moment)
        self.remember(name, now)
        return now.digest

    def _state(self, name: bytes) -> bytes:
        """Return what stands for the content of the file with a short name; a file that is not known has none."""
        path = self.store.get(b"N" + name)
        return b"unknown" if path is None else self.digest(path)

    def remember(self, name: bytes, content: Seen) -> None:
        """Remember what the file ``name`` holds as long as it looks as it did, if that is certain."""
        if content.stamp:
            self.store.put(b"S" + name, content.stamp + b" " + content.digest)

    def _name_of(self, path: str) -> bytes:
        """Return the short name under which records mention a file, and have the store remember which file it is."""
        known = self._names.get(path)
        if known is None:
            from base64 import urlsafe_b64encode
            from hashlib import sha256

            name = os.fsencode(path)
            known = self._names[path] = urlsafe_b64encode(sha256(name).digest()[: _NAME * 6 // 8])
            if self.store.get(b"N" + known) != name:
                self.store.put(b"N" + known, name)
        return known

    def _digest_of_all(self, names: bytes) -> bytes:
        """Return a digest of the contents of several files, given by their short names in a row."""
        return digest_of(b",".join(map(self._states.__getitem__, _each(names))))

    def find(self, key: bytes) -> tuple[bytes, bytes] | None:
        """Return the record with this key that is true now, and the short names of the files that it rests on."""
        for record in (self.store.get(key) or _SEPARATOR).split(_SEPARATOR):
            rests_on, blank, content = record.partition(b" ")
            names = rests_on[_DIGITS:]
            if (rests_on or blank) and (not names or self._digest_of_all(names) == rests_on[:_DIGITS]):
                return content, names
        return None

    def paths(self, names: bytes) -> tuple[str, ...]:
        """Return the files that short names in a row stand for."""
        return tuple(os.fsdecode(self.store.get(b"N" + name) or b"") for name in _each(names))

    def put(self, key: bytes, content: bytes, depends: Iterable[str]) -> None:
        """Keep a record that is true for what the files ``depends`` hold now, before those for what they held once."""
        names = b"".join(map(self._name_of, depends))
        state = self._digest_of_all(names) + names if names else b""
        record = state + b" " + content
        if names:
            others = [each for each in (self.store.get(key) or b"").split(_SEPARATOR) if each[:1] not in b" "]
            kept = [each for each in others if each.partition(b" ")[0] != state]
            record = _SEPARATOR.join([record, *kept[: _VARIANTS - 1]])
        self.store.put(key, record)

    def are_unchanged_since(self, moment: int, paths: Iterable[str]) -> bool:
        """Tell whether files were the same, or absent, ever since ``moment`` (ns), the start of the run."""
        return all(self._is_unchanged_since(moment, path) for path in paths)

    def _is_unchanged_since(self, moment: int, path: str) -> bool:
        known = self._unchanged.get(path)
        if known is None:
            known = self._unchanged[path] = self._is_settled(self._path(os.fsencode(path)), moment)
        return known

    def _is_settled(self, path: str, moment: int) -> bool:
        try:
            return is_settled(os.stat(path), moment)
        except OSError:  # absent: its coming or going would have changed the directory
            parent = os.path.dirname(path)
        except ValueError:
            return False
        return parent != path and self._is_unchanged_since(moment, parent)

    def _path(self, name: bytes) -> str:
        return os.path.join(self._root, os.fsdecode(name))

    def _alive(self, records: cache.Records) -> cache.Records:
        """Leave out vanished files, and all but a few of the contents that a file had once."""
        contents = {key[1:]: cache.checked(line) or b"" for key, line in records.items() if key.startswith(b"S")}
        current = {
            name: content.rpartition(b" ")[2] for name, content in contents.items() if os.path.lexists(self._path(name))
        }
        former: dict[bytes, int] = {}

        def lives(key: bytes) -> bool:
            kind, rest = key[:1], key[1:]
            if kind == b"S":
                return rest in current
            if kind not in (b"M", b"R"):
                return True
            digest, _, rest = rest.partition(b" ")
            name = rest.partition(b" ")[2]
            if kind == b"M":
                return name in current
            if current.get(name) == digest:
                return True
            former[name] = former.get(name, 0) + 1
            return name in current and former[name] <= _FORMER

        return {key: records[key] for key in reversed([key for key in reversed(records) if lives(key)])}
