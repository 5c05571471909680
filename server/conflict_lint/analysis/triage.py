"""Triage: which texts may have findings, decided on words alone, before anything is cut; see ``traits`` for chunks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from os.path import commonprefix
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..catalogue import Catalogue

WORD = re.compile(r"\w+")
MEMBER = re.compile(r"\.[A-Za-z_]\w*")
SEPARATORS = str.maketrans({char: " " for char in map(chr, range(128)) if not (char.isalnum() or char == "_")})
BLOCK = 1 << 11
"""Code points that are looked at first, then twice as many: where there is something to find, it is usually soon found.
"""
FAMILY = 4
"""Characters at the end of words that are looked for together: where none ends like this, none of them is."""
CODE_ACCESS = re.compile(r"""response\w*(?:\.get\(|\[)\s*['"](?:Error|Code)['"]""")
MODELLED = re.compile(r"\.exceptions\.[A-Z]")
CAMEL_CALL = re.compile(r"\.(\w+)\(\s*\**[A-Z]\w*\s*=")


def words_in(text: str) -> list[str]:
    """Every word of a text that could be an identifier, comments and strings included, as often as it stands there."""
    # several times as fast as a pattern
    return text.translate(SEPARATORS).split() if text.isascii() else WORD.findall(text)


def mentioned_in(text: str) -> frozenset[str]:
    """The names that a text mentions; those after a dot also with it."""
    return frozenset((*words_in(text), *MEMBER.findall(text)))


def ending(words: Iterable[str]) -> str:
    """What all of some words end with."""
    return commonprefix([word[::-1] for word in words])[::-1]  # noqa: RUF071 - of words, not of paths


class Gate:
    """The words one of which is in every text that has to do with an SDK; most texts are asked for nothing else."""

    def __init__(self, catalogue: Catalogue) -> None:
        families: dict[str, list[str]] = {}
        for word in (word.decode() for word in catalogue.gate_words):
            families.setdefault(word[-FAMILY:], []).append(word)
        self.families = tuple((ending(words), tuple(words)) for words in families.values())

    def concern(self, text: str) -> bool:
        """Whether a text says anything about an SDK; most files do not."""
        return any(end in text and any(word in text for word in words) for end, words in self.families)


class Words(NamedTuple):
    """The words of the catalogue that triage asks for."""

    writes: frozenset[str]
    resource_writes: frozenset[str]
    idioms: frozenset[str]
    methods: frozenset[str]
    reading: frozenset[str]
    policies: frozenset[str]
    policies_in: Mapping[str, frozenset[str]]
    repeats: frozenset[str]
    tokens: frozenset[str]
    carriers: frozenset[str]
    transports: frozenset[str]
    plain: Mapping[str, tuple[frozenset[str], ...]]
    positional: frozenset[str]
    children: frozenset[str]
    requests: frozenset[str]
    telling: frozenset[str]
    """The words one of which is enough to look at a file more closely."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Words:
        """The words of a catalogue."""
        construct = catalogue.construct
        run_time = (module.rpartition(".")[2] for module in construct.run_time_modules)
        idioms = frozenset((*construct.code_keywords, *construct.code_predicates, *run_time))
        telling = idioms.union(
            catalogue.write_words, catalogue.repeat_words, catalogue.token_words, catalogue.token_methods,
            catalogue.transport_words,
        )  # fmt: skip
        return cls(
            catalogue.write_words, catalogue.resource_write_words, idioms, catalogue.method_words,
            frozenset(construct.reading_verbs), catalogue.policies, members_of(catalogue.policies),
            catalogue.repeat_keywords, catalogue.token_words, catalogue.token_methods, catalogue.transport_words,
            catalogue.plain_words, catalogue.positional_words, catalogue.child_words, catalogue.request_words, telling,
        )  # fmt: skip

    def trigger(self, text: str) -> bool:
        """Whether a text that concerns an SDK may have a chunk that writes or judges; where none does, none may."""
        if any(not self.telling.isdisjoint(words) for words in blocks(text)):
            return True
        if CODE_ACCESS.search(text) or MODELLED.search(text):
            return True
        if not self.resource_writes.isdisjoint(CAMEL_CALL.findall(text)):
            return True
        writes, _, acts = self.beside(sdk for sdk in self.plain if sdk in text)
        if acts and "except" in text and any(word in text for word in acts):
            return True
        return bool(writes) and (
            not writes.isdisjoint(MEMBER.findall(text)) or any(not writes.isdisjoint(words) for words in blocks(text))
        )

    def beside(self, sdks: Iterable[str]) -> tuple[frozenset[str], ...]:
        """Plain words that count in a module that names these SDKs: see ``Catalogue.plain_words``.

        Methods and attributes have a dot before them.
        """
        found = [self.plain[sdk] for sdk in sdks]
        return tuple(frozenset().union(*(words[part] for words in found)) for part in range(3))


def members_of(names: Iterable[str]) -> dict[str, frozenset[str]]:
    """The last parts of dotted names, with a dot before them, by each of the modules that lead to them."""
    out: dict[str, set[str]] = {}
    for name in names:
        module, _, last = name.rpartition(".")
        while module:
            out.setdefault(module, set()).add(f".{last}")
            module = module.rpartition(".")[0]
    return {module: frozenset(found) for module, found in out.items()}


def blocks(text: str) -> Iterator[list[str]]:
    """The words of a text, some at a time; no word is split, for lines are not."""
    start, size = 0, BLOCK
    while start < len(text):
        end = text.find("\n", start + size) + 1 or len(text)
        yield words_in(text[start:end])
        start, size = end, 2 * size
