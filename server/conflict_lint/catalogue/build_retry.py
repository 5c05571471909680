"""Compiling what retry libraries' names and parameters mean (``retry/*.yaml``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from conflict_lint.catalogue.model import RetriedBy, RetryDefault, RetryRole
from conflict_lint.catalogue.schema import Choice, Document, Many, Problem, Record, Table, nearest

Json = Any

WORDS = Many()
NAME = Record(
    {
        "role": Choice(get_args(RetryRole)),
        **dict.fromkeys(("parameters", "known_by", "bounds", "waits", "call", "methods", "sends"), WORDS),
        "retries": Table(Choice(get_args(RetriedBy))),
        "every": Choice(get_args(RetriedBy)),
        "default": Choice(get_args(RetryDefault)),
        "bounded": bool,
        "backs_off": bool,
        "method": str,
    },
    frozenset({"role"}),
)
FILE = Record({"library": str, "names": Table(NAME)}, frozenset({"library", "names"}))


def problems(documents: Iterable[Document]) -> Iterator[Problem]:
    """What is wrong in the files beyond their structure."""
    seen: set[str] = set()
    for document in documents:
        for name, facts in document.data["names"].items():
            keys = ("names", name)
            if name in seen:
                yield document.problem(keys, f'"{name}" is described in another file already')
            seen.add(name)
            if facts["role"] == "policy" and "default" not in facts:
                yield document.problem(keys, f'{name}: a policy says by "default" what it retries')
            for called in facts.get("call", ()):
                if called != "callable" and called not in facts.get("retries", {}):
                    hint = nearest(called, facts.get("retries", {}))
                    yield document.problem((*keys, "call"), f'{name}: "{called}" is no key of "retries"{hint}')


def transport_words(documents: Iterable[Document]) -> set[str]:
    """What code that sets up a transport's repetitions says: parameters, and the classes of libraries made for that."""
    found: set[str] = set()
    for document in documents:
        own = "retry" in document.data["library"]
        for name, facts in document.data["names"].items():
            if facts["role"] == "transport":
                found |= {word for word in (*facts.get("retries", ()), *facts.get("methods", ())) if "_" in word}
                found |= {name.rpartition(".")[2]} if own else set()
    return found


def packed(documents: Iterable[Document]) -> dict[str, Json]:
    """Every dotted name with what is known of it."""
    return {
        name: {"library": document.data["library"], **facts}
        for document in documents
        for name, facts in document.data["names"].items()
    }
