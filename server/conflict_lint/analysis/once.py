"""Attributes that are computed once, when they are first asked for.

This is ``functools.cached_property``, which mypyc, the compiler of the native build, would compute every time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - it stands where ``property`` does
    """A property whose value stays in the object's ``__dict__``; dropped from there, it is computed again."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        """``compute`` is the method that it stands before."""
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def known(self, instance: object) -> bool:
        """Whether it has been asked of an object."""
        return self.name in instance.__dict__

    def hand_on(self, before: object, after: object) -> None:
        """Let ``after`` know what ``before`` knows, so that nobody computes it again."""
        if self.name in before.__dict__:
            after.__dict__[self.name] = before.__dict__[self.name]

    def keep(self, instance: object, value: T) -> None:
        """Let an object have a value that somebody else has computed."""
        instance.__dict__[self.name] = value

    @overload
    def __get__(self, instance: None, owner: type) -> once[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object, owner: type) -> once[T] | T:
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.compute(instance)
        return value


def dynamic(cls: type[T]) -> type[T]:
    """Mark a class whose objects have a ``__dict__``: mypyc makes plain structures of all that have no decorator."""
    return cls
