"""Runs writers that call an SDK in every order in which their calls can meet.

Each writer is a thread that stops before each of its SDK calls. Only one runs at a time, so a run is determined by who
goes next at each stop; all such choices are tried, depth first.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError

PATIENCE = 30  # seconds


@dataclass(frozen=True)
class Run:
    """One order of calls, as the writers' names, and the error code each writer ended with ("" where it succeeded)."""

    order: str
    codes: Mapping[str, str]

    @property
    def succeeded(self) -> set[str]:
        return {name for name, code in self.codes.items() if not code}

    @property
    def serial(self) -> bool:
        """Whether no writer was interrupted by another."""
        return len("".join(a for a, b in zip(self.order, " " + self.order, strict=False) if a != b)) == len(self.codes)


def orders(writers: Mapping[str, Callable[[], object]], reset: Callable[[], object]) -> Iterator[Run]:
    """Every run of the writers, whose names are single letters; ``reset`` makes the state that each run begins with."""
    choices: list[tuple[str, list[str]]] = []
    while True:
        reset()
        yield _run(writers, choices)
        while choices and not choices[-1][1]:
            choices.pop()
        if not choices:
            return
        untried = choices.pop()[1]
        choices.append((untried[0], untried[1:]))


def _run(writers: Mapping[str, Callable[[], object]], choices: list[tuple[str, list[str]]]) -> Run:
    """Run once along ``choices`` (who went, and who could go instead and was not tried), which grows to the end."""
    events: queue.Queue[tuple[str, str | None]] = queue.Queue()
    gates = {name: threading.Semaphore(0) for name in writers}
    call = BaseClient._make_api_call

    def gated(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        name = threading.current_thread().name
        if name in gates:
            events.put((name, None))
            assert gates[name].acquire(timeout=PATIENCE)
        return call(client, operation, arguments)

    def body(name: str) -> None:
        code = "crashed"
        try:
            writers[name]()
            code = ""
        except ClientError as error:
            code = error.response["Error"]["Code"]
        finally:
            events.put((name, code))

    codes: dict[str, str] = {}
    waiting: list[str] = []

    def settle() -> None:
        name, code = events.get(timeout=PATIENCE)
        if code is None:
            waiting.append(name)
        else:
            codes[name] = code

    with mock.patch.object(BaseClient, "_make_api_call", gated):
        for name in writers:
            threading.Thread(target=body, args=(name,), name=name, daemon=True).start()
            settle()
        order = ""
        while waiting:
            if len(order) == len(choices):
                first, *others = sorted(waiting)
                choices.append((first, others))
            chosen = choices[len(order)][0]
            order += chosen
            waiting.remove(chosen)
            gates[chosen].release()
            settle()
    return Run(order, codes)
