"""Triage: which texts and chunks may have findings, decided on words alone, before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from .link import ChunkFacts

WORD = re.compile(r"\w+")
MEMBER = re.compile(r"\.[A-Za-z_]\w*")
SEPARATORS = str.maketrans({char: " " for char in map(chr, range(128)) if not (char.isalnum() or char == "_")})
BLOCK = 1 << 14
"""Code points that are looked at in one go: where there is something to find, it is usually soon found."""
CODE_ACCESS = re.compile(r"""response\w*(?:\.get\(|\[)\s*['"](?:Error|Code)['"]""")
MODELLED = re.compile(r"\.exceptions\.[A-Z]")
EXCEPTIONS = re.compile(r"(\w+)(?:\(\))?\.exceptions\.[A-Z]")
CAMEL_CALL = re.compile(r"\.(\w+)\(\s*\**[A-Z]\w*\s*=")
NAMED = re.compile(
    r"""\.([a-z]\w*_\w*)(?:\s*(?![\s\w(])|\((?:\s|\#.*)*(?:\)|\*|\w+\s*=(?!=)))|["']([a-z]\w*_\w*)["']""", re.VERBOSE
)
"""A method as clients' are named: handed on, called with keywords or nothing, or in quotes."""
MADE_CHILD = re.compile(r"\.([A-Z]\w*)\(")
REQUEST = re.compile(r"""['"]([A-Z]\w+)['"]\s*(?::|\]\s*=)|\bdict\(\s*([A-Z]\w*)=""")


def words_in(text: str) -> list[str]:
    """Every word of a text that could be an identifier, comments and strings included, as often as it stands there."""
    # several times as fast as a pattern
    return text.translate(SEPARATORS).split() if text.isascii() else WORD.findall(text)


def methods_in(text: str) -> frozenset[str]:
    """The names in a text that stand as a client's methods do."""
    return frozenset(name for names in NAMED.findall(text) for name in names if name)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the catalogue that triage asks for."""

    gate: tuple[str, ...]
    writes: frozenset[str]
    resource_writes: frozenset[str]
    idioms: frozenset[str]
    methods: frozenset[str]
    repeats: frozenset[str]
    tokens: frozenset[str]
    transports: frozenset[str]
    plain: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    positional: frozenset[str]
    children: frozenset[str]
    requests: frozenset[str]
    telling: frozenset[str]
    """The words one of which is enough to look at a file more closely."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> Words:
        """The words of a catalogue."""
        construct = catalogue.construct
        idioms = frozenset(construct.code_keywords) | frozenset(construct.code_predicates)
        gate = tuple(word.decode() for word in catalogue.gate_words)
        telling = (
            catalogue.write_words | idioms | catalogue.repeat_words | catalogue.token_words | catalogue.transport_words
        )
        return cls(
            gate, catalogue.write_words, catalogue.resource_write_words, idioms, catalogue.method_words,
            catalogue.repeat_words, catalogue.token_words, catalogue.transport_words, catalogue.plain_words,
            catalogue.positional_words, catalogue.child_words, catalogue.request_words, telling,
        )  # fmt: skip

    def concern(self, text: str) -> bool:
        """Whether a text says anything about an SDK; most files do not."""
        return any(word in text for word in self.gate)

    def trigger(self, text: str) -> bool:
        """Whether a text that concerns an SDK may have a chunk that writes or judges; where none does, none may."""
        if any(not self.telling.isdisjoint(words) for words in blocks(text)):
            return True
        if CODE_ACCESS.search(text) or MODELLED.search(text):
            return True
        if not self.resource_writes.isdisjoint(CAMEL_CALL.findall(text)):
            return True
        writes, _ = self.beside([text])
        return bool(writes) and not writes.isdisjoint(MEMBER.findall(text))

    def beside(self, texts: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Plain words that count in a module with these texts, because it names their SDK: methods that write, and all
        methods and classes. Methods have a dot before them."""
        found = [words for sdk, words in self.plain.items() if any(sdk in text for text in texts)]
        return frozenset().union(*(writes for writes, _ in found)), frozenset().union(*(names for _, names in found))

    def writing(self, chunk: ChunkFacts) -> bool:
        """Whether a chunk may write."""
        if self.naming(chunk, self.writes):
            return True
        if self.resource_writes.isdisjoint(chunk.words):
            return False
        return not self.resource_writes.isdisjoint(CAMEL_CALL.findall(chunk.chunk.text))

    def repeating(self, chunk: ChunkFacts, again: Set[str], calling: Callable[[], Set[str]]) -> bool:
        """Whether a chunk may send a request again, or name the token by which that is recognised.

        ``again`` are functions of the module that call others again, ``calling`` those that call SDK operations.
        """
        if not self.transports.isdisjoint(chunk.words) or not self.tokens.isdisjoint(chunk.words):
            return True
        if self.repeats.isdisjoint(chunk.words) and not chunk.mentions(again):
            return False
        return self.naming(chunk, self.methods) or chunk.mentions(calling())

    def calling(self, chunk: ChunkFacts, plain: Set[str]) -> bool:
        """Whether a chunk may call an SDK operation, make an SDK object, or build the request of a write.

        ``plain`` are the plain words that count in its module.
        """
        if self.naming(chunk, self.methods) or (plain and chunk.mentions(plain)):
            return True
        text = chunk.chunk.text
        if not self.children.isdisjoint(chunk.words) and not self.children.isdisjoint(MADE_CHILD.findall(text)):
            return True
        if not self.requests.isdisjoint(chunk.words) and any(
            not self.requests.isdisjoint(names) for names in REQUEST.findall(text)
        ):
            return True
        return CAMEL_CALL.search(text) is not None

    def naming(self, chunk: ChunkFacts, methods: frozenset[str]) -> bool:
        """Whether a chunk names one of these client methods, in a way in which such methods are used."""
        if methods.isdisjoint(chunk.words):
            return False
        return not methods.isdisjoint(chunk.methods) or not (methods & self.positional).isdisjoint(chunk.words)

    def judging(self, chunk: ChunkFacts, imported: frozenset[str]) -> bool:
        """Whether a chunk may compare error codes or name modelled exceptions."""
        if not self.idioms.isdisjoint(chunk.words):
            return True
        text = chunk.chunk.text
        return ("response" in chunk.words and CODE_ACCESS.search(text) is not None) or (
            "exceptions" in chunk.words and any(base not in imported for base in EXCEPTIONS.findall(text))
        )


def blocks(text: str) -> Iterator[list[str]]:
    """The words of a text, some at a time; no word is split, for lines are not."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + BLOCK) + 1 or len(text)
        yield words_in(text[start:end])
        start = end
