"""Traits: what the words of one chunk say of it. Each is looked at once, for as long as the chunk's text lives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from .once import dynamic, once
from .triage import CAMEL_CALL, CODE_ACCESS, Words

NAMED = re.compile(
    r"""\.([a-z]\w*_\w*)(?:\s*(?![\s\w(])|\((?:\s|\#.*)*(?:\)|\*|\w+\s*=(?!=)))|["']([a-z]\w*_\w*)["']""", re.VERBOSE
)
"""A method as clients' are named: handed on, called with keywords or nothing, or in quotes."""
MADE_CHILD = re.compile(r"\.([A-Z]\w*)\(")
REQUEST = re.compile(r"""['"]([A-Z]\w+)['"]\s*(?::|\]\s*=)|\bdict\(\s*([A-Z]\w*)=""")
EXCEPTIONS = re.compile(r"\.exceptions\.[A-Z]")
RAISER = re.compile(r"(\w+)(?:\(\))?\Z")
LONGEST = 200
"""Code points of a name before ``.exceptions``."""
MAKING = ("client", "resource", "contextmanager", "getattr")
MAKES = re.compile(
    r"""(?:client|resource)\w*\((?:[^()'"]{0,200},)?\s*(?:\w*service\w*\s*=\s*)?['"]"""
    r"""|contextmanager\b[\s\S]*\byield[ \t]+\w|\bgetattr\((?:[^()]|\([^()]*\))*\)\("""
)
BOUND = re.compile(r"\b(\w+)\s*=\s*getattr\(")
"""A name for a member that is named by another one."""
ANEW_WORDS = frozenset(
    {"uuid1", "uuid4", "token_hex", "token_bytes", "token_urlsafe", "time", "time_ns", "now", "utcnow", "randint"}
    | {"randrange"}
)
ANEW = re.compile(rf"\b(?:{'|'.join(sorted(ANEW_WORDS))})\(")
NESTED = re.compile(r"[\r\n][ \t]+(?:async )?def (\w+)")
TOP_LEVEL = re.compile(r"[\r\n](?:async def|def|class)\b")
DEFINED = re.compile(r"(?:async )?def (\w+)")
RETURN = re.compile(r"\breturn\b[ \t(]*([^\r\n]*)")
HANDED_ON = re.compile(r"\b(\w+)\b(?!\s*\()")
LOOP = re.compile(r"[\r\n][ \t]+(?:async )?(?:for|while)\b[^\r\n]*[:(\[{,\\]\s*(?:#[^\r\n]*)?[\r\n]")
"""Where a loop begins; the words alone are in most docstrings."""


@dynamic
class Traits:
    """What may be in a chunk, judged by its words. Too much is right here: who has a trait is looked at again."""

    def __init__(self, triage: Words, text: str, words: Set[str]) -> None:
        """``words`` are those of ``text``."""
        self._triage = triage
        self._text = text
        self._words = words

    @once
    def _methods(self) -> frozenset[str]:
        return frozenset(name for names in NAMED.findall(self._text) for name in names if name)

    def _named(self, methods: frozenset[str]) -> frozenset[str]:
        """Those of these client methods that are named in a way in which such methods are used."""
        if methods.isdisjoint(self._words):
            return frozenset()
        return methods & (self._methods | self._triage.positional & self._words)

    @once
    def sdks(self) -> frozenset[str]:
        """The SDKs it names whose plain words count beside that name."""
        return frozenset(sdk for sdk in self._triage.plain if sdk in self._text)

    @once
    def names_methods(self) -> bool:
        """It names a method of an SDK's client."""
        return bool(self._named(self._triage.methods))

    @once
    def acts(self) -> bool:
        """It names a method of an SDK's client that does more than read."""
        return any(name.partition("_")[0] not in self._triage.reading for name in self._named(self._triage.methods))

    @once
    def writes(self) -> bool:
        """It writes."""
        return bool(self._named(self._triage.writes)) or self._found(CAMEL_CALL, self._triage.resource_writes)

    @once
    def calls(self) -> bool:
        """It calls an SDK operation, makes an SDK object, or builds the request of a write."""
        return self.names_methods or self.builds or CAMEL_CALL.search(self._text) is not None

    @once
    def builds(self) -> bool:
        """It makes an object of an SDK's resource, or builds the request of a write."""
        return self._found(MADE_CHILD, self._triage.children) or self._found(REQUEST, self._triage.requests)

    def _found(self, pattern: re.Pattern[str], names: frozenset[str]) -> bool:
        """Whether a pattern's only group, or its one that matches, is one of ``names`` somewhere."""
        if names.isdisjoint(self._words):
            return False
        return any(match[match.lastindex or 0] in names for match in pattern.finditer(self._text))

    @once
    def resends(self) -> bool:
        """It says what a transport sends again, or names a token by which a repeated request is recognised."""
        return not self._triage.transports.isdisjoint(self._words) or self.carries

    @once
    def carries(self) -> bool:
        """It names a token by which a repeated request is recognised, or a method that takes one."""
        if not self._triage.tokens.isdisjoint(self._words):
            return True
        return bool(self._named(self._triage.carriers)) or self._found(CAMEL_CALL, self._triage.carriers)

    @once
    def tries_again(self) -> bool:
        """It has a loop and a handler, so that something may be done again when it fails."""
        return "except" in self._words and LOOP.search(self._text) is not None

    @once
    def calls_again(self) -> bool:
        """It is a decorator that calls a function again when it fails."""
        return "except" in self._words and calls_again(self._text)

    @once
    def makes(self) -> bool:
        """It makes a client, or hands on what it is given."""
        if any(word in self._text for word in MAKING) and MAKES.search(self._text) is not None:
            return True
        return "getattr" in self._words and any(f"{name}(" in self._text for name in BOUND.findall(self._text))

    @once
    def makes_anew(self) -> bool:
        """It gives something that differs each time, such as a token."""
        if "return" not in self._words or ANEW_WORDS.isdisjoint(self._words):
            return False
        return ANEW.search(self._text) is not None

    @once
    def _reads_codes(self) -> bool:
        if not self._triage.idioms.isdisjoint(self._words):
            return True
        return "response" in self._words and CODE_ACCESS.search(self._text) is not None

    @once
    def _raisers(self) -> tuple[str, ...]:
        if "exceptions" not in self._words:
            return ()
        before = (self._text[max(m.start() - LONGEST, 0) : m.start()] for m in EXCEPTIONS.finditer(self._text))
        return tuple(found[1] for text in before if (found := RAISER.search(text)))

    def judges(self, imported: frozenset[str]) -> bool:
        """Whether it compares error codes or names modelled exceptions; ``imported`` are no clients."""
        return self._reads_codes or any(name not in imported for name in self._raisers)


def calls_again(text: str) -> bool:
    """Whether a function with this text seems to return a function of its own that has a loop."""
    nested = NESTED.search(text)
    if nested is None or LOOP.search(text, nested.end()) is None:
        return False
    returned = {name for line in RETURN.findall(text) for name in HANDED_ON.findall(line)}
    return any(name in returned for name in NESTED.findall(text))


def calling_again(text: str) -> Iterator[str]:
    """The functions at the top level of a module with this text that seem to call others again when they fail."""
    if "except" not in text or NESTED.search(text) is None:
        return
    starts = [match.start() for match in TOP_LEVEL.finditer(f"\n{text}")]  # where the line end is not, its line begins
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        body = text[start:end]
        defined = DEFINED.match(body)
        if defined is not None and "except" in body and calls_again(body):
            yield defined[1]
