"""Reading a catalogue's YAML: structure, types and spelling, with the file, the line and the nearest right word.

The declarations at the top say what a file may hold; ``read`` checks a file against one of them and returns plain data.
What a name *means* (an operation that exists, a member it has) is checked by ``build``, which knows the SDKs' models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from conflict_lint.catalogue.model import Effect, Retry


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with fixed keys."""

    fields: Mapping[str, Spec]
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with free keys and values of one kind; an empty value stands for an empty record."""

    value: Spec


@dataclass(frozen=True, slots=True)
class Many:
    """A list; a single text stands for a list of one."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of mappings of one kind."""

    row: Record


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """This word (read as None), or something else."""

    word: str
    other: Spec


Spec = Record | Table | Many | Rows | Choice | Either | type

ADVICE = Record(
    {"meaning": str, "why": str, "retry": Choice(get_args(Retry)), "do": str},
    frozenset({"meaning", "why", "retry", "do"}),
)
PRECONDITION = Record({"from": Many(), "creates": str, "since": str})
LIFECYCLE = Record(
    {"of": str, "id": Many(), "gives": str, "until": str, "refused": Many(), "changing": Many()}, frozenset({"of"})
)
OPERATION = Record(
    {
        "effect": Choice(get_args(Effect)),
        "resource": str,
        "key": Many(),
        "yields": Many(),
        "payload": Many(),
        "record": Many(),
        "precondition": Either("none", Table(PRECONDITION)),
        "when": Table(object),
        "failure": Many(),
        "advice": str,
        "calls": str,
        "expression": str,
        "condition": Table(str),
        "pinned": Many(),
        "batch": str,
        "streams": Many(),
        "missing": Many(),
        "counts": Many(),
        "tells": bool,
        "bodiless": bool,
        "duplicates": bool,
        "foreign": Many(),
        "inert": Many(),
        "heeds": Many(),
        "besides": Many(),
        "lifecycle": LIFECYCLE,
    }
)
ERROR = Record({"status": int, "operations": Many(), "kind": str, "within": str})
SERVICE = Record(
    {
        "service": str,
        "operations": Table(OPERATION),
        "errors": Table(ERROR),
        "explain": Table(ADVICE),
    },
    frozenset({"service"}),
)
CONSTRUCT = Record(
    {
        **dict.fromkeys(
            ("client", "resource", "session", "client_methods", "resource_methods", "stub_modules"), Many()
        ),
        **dict.fromkeys(("exceptions", "code_path", "status_path", "code_keywords", "code_predicates"), Many()),
        **dict.fromkeys(("caller_helpers", "gate_words", "doing_verbs", "reading_verbs", "content_tokens"), Many()),
        **dict.fromkeys(("lost_answers", "run_time_modules"), Many()),
        "service_argument": str,
    }
)
KIND = Record({"match": Many(), "status": int, "guide": str, "terminal": bool, "advice": ADVICE}, frozenset({"advice"}))
PROVIDER = Record(
    {"construct": CONSTRUCT, "codes": Table(ERROR), "kinds": Table(KIND), "explain": Table(ADVICE)},
    frozenset({"construct", "codes", "kinds"}),
)
DEFAULTS = Record(
    {
        "defaults": Table(
            Record(
                {
                    **dict.fromkeys(("checked", "also", "conflicts", "setting", "busy"), str),
                    **dict.fromkeys(("retries", "seconds"), int),
                    **dict.fromkeys(("services", "statuses", "methods"), Many()),
                    "refused": Table(str),
                },
                frozenset({"services", "checked", "also", "conflicts", "setting"}),
            )
        )
    },
    frozenset({"defaults"}),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a catalogue file; ``line`` counts from 1."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class CatalogueError(ValueError):
    """A catalogue that cannot be used; ``problems`` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, words: Iterable[str]) -> str:
    """``; did you mean "Bucket"?`` for the closest of the words, or nothing."""
    import difflib

    found = difflib.get_close_matches(word, list(words), 1, 0.6)
    return f'; did you mean "{found[0]}"?' if found else ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's data, and on which line (from 1) each of its keys stands, by the path of keys that leads to it."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def problem(self, keys: tuple[str, ...], message: str) -> Problem:
        """A problem at a key, or at the nearest key around it that has a line."""
        while keys not in self.lines and keys:
            keys = keys[:-1]
        return Problem(self.path, self.lines.get(keys, 1), message)


def read(path: Path, spec: Record) -> Document:
    """Parse and check a file that is one document. Raises CatalogueError with every problem of its structure."""
    found = read_all(path, lambda keys: ("", spec))
    if len(found) > 1:
        raise CatalogueError([Problem(path, 1, "one document is needed here, without ---")])
    return found[0][1]


def read_all(path: Path, choose: Callable[[Set[str]], tuple[str, Record] | None]) -> list[tuple[str, Document]]:
    """Parse and check every document of a file, and tell its kind.

    ``choose`` gives by a document's top-level keys what kind it is and what it has to be.

    Raises CatalogueError with every problem of their structure.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        roots: list[Any] = list(yaml.compose_all(path.read_text(encoding="utf-8"), loader))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "strerror", None) or str(error)
        readable = "not readable" if isinstance(error, OSError) else "not readable as YAML"
        raise CatalogueError([Problem(path, mark.line + 1 if mark else 1, f"{readable}: {reason}")]) from error
    problems = [] if any(roots) else [Problem(path, 1, "the file is empty")]
    found: list[tuple[str, Document]] = []
    for root in filter(None, roots):
        reader = _Reader(path)
        keys = {key.value for key, _ in root.value if key.id == "scalar"} if root.id == "mapping" else set()
        chosen = choose(keys)
        if chosen is None:
            reader.fail(root, (), "these keys together are no kind of document that the catalogue has")
        else:
            kind, spec = chosen
            found.append((kind, Document(path, reader.value(root, spec, ()), reader.lines)))
        problems += reader.problems
    if problems:
        raise CatalogueError(problems)
    return found


class _Reader:
    """Turns YAML nodes into data, noting lines and collecting problems instead of stopping at the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[tuple[str, ...], int] = {}
        self.problems: list[Problem] = []

    def fail(self, node: Any, keys: tuple[str, ...], message: str) -> Any:
        where = f"{'.'.join(keys)}: " if keys else ""
        self.problems.append(Problem(self.path, node.start_mark.line + 1 if node else 1, where + message))
        return {}

    def value(self, node: Any, spec: Spec, keys: tuple[str, ...]) -> Any:
        if isinstance(spec, Either):
            is_word = node.id == "scalar" and node.value == spec.word
            return None if is_word else self.value(node, spec.other, keys)
        if isinstance(spec, Record | Table):
            return self.mapping(node, spec, keys)
        if isinstance(spec, Many):
            return self.many(node, keys)
        if isinstance(spec, Rows):
            if node.id != "sequence":
                return self.fail(node, keys, f"a list is needed here, not a {node.id}")
            return [self.value(item, spec.row, (*keys, str(index))) for index, item in enumerate(node.value)]
        if isinstance(spec, Choice):
            if node.id != "scalar" or node.value not in spec.words:
                word = node.value if node.id == "scalar" else f"a {node.id}"
                return self.fail(
                    node, keys, f"{word} is none of {', '.join(spec.words)}{nearest(str(word), spec.words)}"
                )
            return node.value
        return self.scalar(node, spec, keys)

    def mapping(self, node: Any, spec: Record | Table, keys: tuple[str, ...]) -> Any:
        if node.id == "scalar" and node.value == "" and isinstance(spec, Record) and not spec.required:
            return {}
        if node.id != "mapping":
            return self.fail(node, keys, f"a mapping is needed here, not a {node.id}")
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if key_node.id == "scalar" else ""
            if key in out:
                self.fail(key_node, keys, f'"{key}" is given twice')
            if isinstance(spec, Record) and key not in spec.fields:
                self.fail(key_node, keys, f'unknown key "{key}"{nearest(key, spec.fields)}')
                continue
            inner = spec.fields[key] if isinstance(spec, Record) else spec.value
            path = (*keys, key)
            self.lines[path] = key_node.start_mark.line + 1
            out[key] = self.value(value_node, inner, path)
        missing = spec.required - out.keys() if isinstance(spec, Record) else ()
        for key in sorted(missing):
            self.fail(node, keys, f'the key "{key}" is missing')
        return out

    def many(self, node: Any, keys: tuple[str, ...]) -> Any:
        if node.id == "scalar":
            return [node.value] if node.value else []
        if node.id != "sequence" or any(item.id != "scalar" for item in node.value):
            return self.fail(node, keys, "a list of words is needed here")
        return [item.value for item in node.value]

    def scalar(self, node: Any, kind: type, keys: tuple[str, ...]) -> Any:
        if node.id != "scalar":
            return self.fail(node, keys, f"one value is needed here, not a {node.id}")
        if kind is str:
            return node.value
        if node.tag.endswith(":int"):
            return int(node.value)
        if kind is int:
            return self.fail(node, keys, f'a whole number is needed here, not "{node.value}"')
        return node.value in ("true", "True") if node.tag.endswith(":bool") else node.value
