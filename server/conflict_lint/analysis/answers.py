"""What an operation may answer instead of doing what was asked: its errors, and which of them come again each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..catalogue.model import ErrorInfo

if TYPE_CHECKING:
    from ..catalogue import Catalogue
    from ..catalogue.model import CuratedError, Retry
    from .events import SdkCall

FAILED = "precondition-failed"
EXISTS = "already-exists"
STALE = frozenset({FAILED, "concurrent-change"})
HOPELESS = frozenset({"never", "new-token"})


def answers(catalogue: Catalogue, call: SdkCall) -> Iterator[ErrorInfo]:
    """The errors that an operation is known to answer: declared ones first, then those that people listed."""
    service, operation = catalogue.service(call.operation.service), call.operation
    declared = [service.exceptions[shape] for shape in operation.errors if shape in service.exceptions]
    listed = [error for error in service.codes.values() if operation.name in error.operations and not error.within]
    entries = catalogue.conflicts.of_method(operation.method, operation.service)
    written = [service.codes[code] for entry in entries for code in entry.codes if code in service.codes]
    yield from (*declared, *listed, *(error for error in written if error.kind), *failures(catalogue, call))


def failures(catalogue: Catalogue, call: SdkCall) -> list[ErrorInfo]:
    """The errors by which an operation says that its precondition does not hold, or that its name is taken."""
    service = catalogue.service(call.operation.service)
    if any(given is not None and given.const is not False for given in map(call.argument, call.operation.tolerates)):
        return []
    if service.distribution:
        found = (described(catalogue, call, code) for code in call.operation.failure)
        return [error for error in found if error is not None]
    return [service.codes[code] for code in call.operation.failure if code in service.codes]


def failure(catalogue: Catalogue, call: SdkCall) -> ErrorInfo | None:
    """The error by which the operation says that its precondition does not hold."""
    found = failures(catalogue, call)
    if not catalogue.service(call.operation.service).distribution:
        found += answers(catalogue, call)
    return next((error for error in found if error.kind == FAILED), None)


def described(catalogue: Catalogue, call: SdkCall, code: str) -> ErrorInfo | None:
    """An error of an SDK with plain classes, as a person described it for this distribution or for its provider.

    It is known by its classes and status; what it is follows from what the call does.
    """
    service = catalogue.service(call.operation.service)
    entries = [entry for entry in catalogue.conflicts.find(code, service.provider) if entry.status]
    own = [entry for entry in entries if service.distribution in entry.services]
    entry = next(iter([*own, *(entry for entry in entries if entry.identity.count("/") == 1)]), None)
    if entry is None:
        return None
    kind = EXISTS if call.operation.effect == "create" else FAILED
    bases = catalogue.conflicts.bases(entry.provider)
    classes = tuple(name for name in classes_of(entry) if name not in bases)
    name = code.rpartition("/")[2]
    return ErrorInfo(service.name, name, status=entry.status[0], kind=kind, classes=classes, bases=bases)


def classes_of(entry: CuratedError) -> Iterator[str]:
    """The dotted names of the classes that a described error is raised as."""
    for names in entry.classes.values():
        yield from names


def terminal(catalogue: Catalogue, call: SdkCall) -> Iterator[ErrorInfo]:
    """The errors that an operation is known to answer and that the same request meets again each time."""
    for error in answers(catalogue, call):
        if error.kind in STALE:
            continue
        known = curated(catalogue, call, error.code)
        if known in HOPELESS or (known is None and error.kind in catalogue.terminal_kinds):
            yield error


def curated(catalogue: Catalogue, call: SdkCall, code: str) -> Retry | None:
    """What a person wrote on repeating a call after an error; None where nobody did."""
    service, method = call.operation.service, call.operation.method
    for entry in catalogue.conflicts.find(code, service):
        if code in entry.codes and service in entry.services:
            own = (case.retry for case in entry.cases if method in case.operations and not case.precondition)
            return next(own, entry.retry)
    return None
