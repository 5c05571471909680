"""The identity of a value that is built of other identities."""

from __future__ import annotations

from collections.abc import Hashable


class Key(tuple[Hashable, ...]):
    """An identity built of other identities.

    Identities are deep and shared, so that comparing them part by part can take exponential time: the hash is computed
    once, and two identities with the same 64-bit hash and length count as equal.
    """

    hash: int

    def __new__(cls, parts: tuple[Hashable, ...]) -> Key:
        """An identity with these parts, the first of which says what it is."""
        key = super().__new__(cls, parts)
        key.hash = tuple.__hash__(key)
        return key

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is Key:
            return self.hash == other.hash and len(self) == len(other)
        return tuple.__eq__(self, other) if isinstance(other, tuple) else False

    def __ne__(self, other: object) -> bool:
        return not self == other
