"""The cache on disk: checked records in a private folder. It may lose anything at any time; it never invents anything.

A store is a folder of immutable *segments*. A run that has learnt something writes one more, under a temporary name
that becomes its real one in one step. Nobody ever appends, overwrites or locks, so concurrent runs lose nothing of each
other's, and a killed run leaves at most a temporary file. Of records with the same key the youngest segment's counts.

A record is one line: the key, a tab, the value, the CRC-32 of all that as eight hexadecimal digits. What does not match
its checksum was never written by us, and is not there. Nothing is executed or unpickled, so the worst that a forged
record could do is to be believed; hence the checks of who owns the folder.
"""

# A warm run opens little else than these files, and pathlib costs more than all of that.
# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH111, PTH112, PTH116, PTH117, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

MAX_STORE = 64_000_000
"""Bytes that one store may take; beyond them its older half is dropped."""
MAX_TOTAL = 300_000_000
"""Bytes that all stores together may take; beyond them the least recently used go."""
MAX_AGE = 30 * 86_400
"""Seconds after which a store that nobody used goes."""

_SEGMENTS = 6
_SEARCHES = 12
_SUFFIX, _UNFINISHED = ".records", ".tmp"
_DAY, _HOUR = 86_400, 3_600

Records = dict[bytes, bytes]
"""Lines with their checksums, by key, the oldest first."""


class UntrustedError(Exception):
    """A cache folder that somebody else could have filled; the text says why."""


def user_folder() -> str:
    """Return the folder for caches of this user's programs, by the custom of the platform."""
    if sys.platform == "win32":
        default = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    else:
        default = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    given = os.environ.get("XDG_CACHE_HOME", "")
    return given if os.path.isabs(given) else os.path.expanduser(default)


def own_folder(base: str = "") -> str:
    """Return our folder below ``base``, or below the user's cache folder, made if need be for this user alone.

    Raises UntrustedError if others can write to it, OSError if there is none and none can be made.
    """
    folder = os.path.join(base or user_folder(), "conflict-lint")
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        _make(folder)
        _note_purpose(folder)
        found = os.lstat(folder)
    _trust(found, folder)
    if stat.S_ISLNK(found.st_mode):  # the user's own link: what it leads to must be the user's too
        _trust(os.stat(folder), folder)
    return folder


def _make(folder: str) -> None:
    """Make a folder, and those above it, for this user alone; ``os.makedirs`` leaves those above it to the umask."""
    try:
        os.mkdir(folder, 0o700)
    except FileNotFoundError:
        parent = os.path.dirname(folder)
        if parent == folder or os.path.isdir(parent):  # a file system that makes none, such as /proc
            raise
        _make(parent)
        _make(folder)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise


def _note_purpose(folder: str) -> None:
    """Tell backup programs and git to leave the folder alone."""
    tag = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by conflict-lint; safe to remove.\n"
    with suppress(OSError):
        for name, text in (("CACHEDIR.TAG", tag), (".gitignore", "*\n")):
            with open(os.path.join(folder, name), "x", encoding="ascii") as file:
                file.write(text)


def _trust(found: os.stat_result, folder: str) -> None:
    if not hasattr(os, "geteuid"):
        return
    if not _is_ours(found):
        raise UntrustedError(f"{folder} belongs to another user")
    if not stat.S_ISLNK(found.st_mode) and found.st_mode & 0o022:
        raise UntrustedError(f"others may write to {folder}")


def _is_ours(found: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or found.st_uid in (os.geteuid(), 0)


def checked(line: bytes) -> bytes | None:
    """Return the value of a record, or None if it is not what was written."""
    try:
        if int(line[-8:], 16) != zlib.crc32(line[:-8]):
            return None
    except ValueError:
        return None
    return line[:-8].partition(b"\t")[2]


class Store:
    """The records of one folder. Nothing raises: what cannot be read is not there, what cannot be written is lost.

    Keys hold neither tab nor line feed, values no line feed; records that do are not kept.
    """

    def __init__(self, folder: str, alive: Callable[[Records], Records] = lambda records: records) -> None:
        """``alive`` is asked which records are still worth keeping when all segments are merged."""
        self.folder = folder
        self._alive = alive
        self._read: list[bytes] | None = None
        self._index: Records | None = None
        self._searches = 0
        self._fresh: Records = {}

    def is_empty(self) -> bool:
        """Tell whether nothing was ever stored."""
        return not (self._fresh or self._segments())

    def get(self, key: bytes) -> bytes | None:
        """Return the value that was stored under ``key``."""
        line = self._fresh.get(key) or self._line(key)
        return None if line is None else checked(line)

    def _line(self, key: bytes) -> bytes | None:
        """Return the youngest line for ``key``: for a few keys of a large store a search costs less than an index."""
        if self._index is None and self._searches < _SEARCHES:
            self._searches += 1
            return next((line for data in reversed(self._segments()) if (line := _found(data, key))), None)
        if self._index is None:
            self._index = {key: line for data in self._segments() for key, line in _lines(data)}
        return self._index.get(key)

    def _segments(self) -> list[bytes]:
        if self._read is None:
            self._read = _read_all(self.folder)
        return self._read

    def put(self, key: bytes, value: bytes) -> None:
        """Remember ``value``; ``save`` writes it."""
        if b"\t" not in key and b"\n" not in key and b"\n" not in value:
            line = key + b"\t" + value
            self._fresh[key] = b"%b%08x" % (line, zlib.crc32(line))

    def save(self) -> bool:
        """Write what was put since the last time; returns whether that made the store."""
        if not self._fresh:
            return False
        fresh, self._fresh = self._fresh, {}
        self._segments().append(_joined(fresh))
        self._index = None
        try:
            new = not os.path.isdir(self.folder)
            if _write(self.folder, fresh):
                self._merge()
        except OSError:
            return False
        return new

    def _merge(self) -> None:
        """Merge the youngest segments where there are too many; a large one only with as much beside it."""
        found = _segments(self.folder)
        if len(found) <= _SEGMENTS and sum(size for _, size in found) <= MAX_STORE:
            return
        first, total = len(found) - 1, found[-1][1]
        while first and (found[first - 1][1] <= 2 * total or len(found) > 2 * _SEGMENTS):
            first -= 1
            total += found[first][1]
        merged = [os.path.join(self.folder, name) for name, _ in found[first:]]
        lines = (pair for path in merged for pair in _lines(_read(path)))
        records = {key: line for key, line in lines if checked(line) is not None}
        if not first:
            records = _youngest(self._alive(records))
        if _write(self.folder, records):
            for path in merged:
                _unlink(path)


def _segments(folder: str) -> list[tuple[str, int]]:
    """Return name and size (bytes) of the segments, the oldest first; removes what killed runs left behind."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIX):
                found.append((entry.name, entry.stat(follow_symlinks=False).st_size))
            elif entry.name.endswith(_UNFINISHED) and time.time() - entry.stat().st_mtime > _HOUR:
                _unlink(entry.path)
    return sorted(found)


def _read_all(folder: str) -> list[bytes]:
    """Return what the segments hold, the oldest first, and note once a day that the store is in use."""
    for _ in range(3):
        try:
            data = [_read(os.path.join(folder, name)) for name, _ in _segments(folder)]
            if time.time() - os.stat(folder).st_mtime > _DAY:
                os.utime(folder)
        except FileNotFoundError:  # a segment that another run has just merged away is in a younger one
            continue
        except OSError:
            break
        return data
    return []


def _read(path: str) -> bytes:
    """Return what a segment holds, with a line feed before each line; nothing if somebody else has put it there."""
    with open(path, "rb") as file:
        return b"\n" + file.read(2 * MAX_STORE) if _is_ours(os.fstat(file.fileno())) else b"\n"


def _joined(records: Records) -> bytes:
    return b"\n" + b"\n".join(records.values())


def _found(data: bytes, key: bytes) -> bytes | None:
    start = data.rfind(b"\n%b\t" % key) + 1
    if not start:
        return None
    end = data.find(b"\n", start)
    return data[start:] if end < 0 else data[start:end]


def _lines(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for line in data.split(b"\n"):
        yield line.partition(b"\t")[0], line


def _write(folder: str, records: Records) -> bool:
    """Write a segment; returns whether that succeeded, and leaves nothing behind if not."""
    _make(folder)
    name = os.path.join(folder, f"{time.time_ns():020d}-{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(name + _UNFINISHED, flags, 0o600), "wb") as file:
            file.write(_joined(records)[1:])
        os.replace(name + _UNFINISHED, name + _SUFFIX)
    except OSError:
        return False
    finally:
        _unlink(name + _UNFINISHED)  # there is none unless something has gone wrong, Ctrl-C included
    return True


def _unlink(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def _youngest(records: Records) -> Records:
    """Return the youngest records that take half of what a store may, or all if they fit."""
    size = sum(map(len, records.values()))
    if size <= MAX_STORE // 2:
        return records
    left = dict(records)
    for key, line in records.items():
        del left[key]
        size -= len(line)
        if size <= MAX_STORE // 2:
            break
    return left


def sweep(folder: str) -> None:
    """Remove the stores directly below the folders in ``folder`` that are unused for long, or too much together."""
    kept = 0
    for used, store in sorted(_stores(folder), reverse=True):
        kept += _size(store)
        if kept > MAX_TOTAL or time.time() - used > MAX_AGE:
            remove(store)
            _rmdir(os.path.dirname(store))


def _stores(folder: str) -> Iterator[tuple[float, str]]:
    for group in _folders(folder):
        for store in _folders(group):
            with suppress(OSError):
                yield os.stat(store).st_mtime, store


def _folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _size(store: str) -> int:
    try:
        return sum(size for _, size in _segments(store))
    except OSError:
        return 0


def remove(folder: str) -> int:
    """Remove a folder and all that is in it, links themselves only; returns the bytes that this freed."""
    freed = sum(map(remove, _folders(folder)))
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in list(entries):
            with suppress(OSError):
                size = entry.stat(follow_symlinks=False).st_size
                os.unlink(entry.path)
                freed += size
    _rmdir(folder)
    return freed


def _rmdir(folder: str) -> None:
    with suppress(OSError):
        os.rmdir(folder)
