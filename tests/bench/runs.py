"""What the benchmarks share: whole processes, started in turn, with what the kernel says they cost."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LINT = (sys.executable, "-m", "conflict_lint", "check", "--exit-zero", "--output-format", "concise")


@dataclass(frozen=True)
class Cost:
    """Wall and processor seconds of one run, its workers included."""

    wall: float
    processor: float


def environment(scratch: Path) -> dict[str, str]:
    """An installed tool's circumstances: compiled bytecode is kept, and the cache is the benchmark's own."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(scratch / "bytecode"), "XDG_CACHE_HOME": str(scratch / "cache")}


def timed(command: Sequence[str], scratch: Path) -> Cost:
    """What one run of a command costs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, env=environment(scratch), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_turn(commands: Mapping[str, Sequence[str]], runs: int, scratch: Path) -> dict[str, list[Cost]]:
    """The costs of each command; a first round, which fills the caches of files and bytecode, does not count."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            cost = timed(command, scratch)
            if run:
                costs[name].append(cost)
    return costs


def table(costs: Mapping[str, list[Cost]]) -> Iterator[str]:
    """One line for each command: medians, the fastest, and the ratio to the first command."""
    base = statistics.median(cost.wall for cost in next(iter(costs.values())))
    for name, each in costs.items():
        wall = statistics.median(cost.wall for cost in each)
        processor = statistics.median(cost.processor for cost in each)
        fastest = min(cost.wall for cost in each)
        yield f"{name:52}{wall:8.3f} s  fastest {fastest:7.3f}  processor {processor:7.3f}  ratio {wall / base:7.2f}"


def memory(command: Sequence[str], scratch: Path) -> tuple[int, int]:
    """The most memory (bytes) that the command's own process and any of its workers held at a time.

    From ``/proc``: proportional set size, in which pages shared by several processes count in parts; 0 elsewhere.
    """
    process = subprocess.Popen(command, env=environment(scratch), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done = threading.Event()
    threading.Thread(target=lambda: (process.wait(), done.set()), daemon=True).start()
    own = worker = 0
    while not done.wait(0.05):
        own = max(own, _held(process.pid))
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        found = children.read_text("ascii").split() if children.exists() else []
        worker = max([worker, *(_held(int(child)) for child in found)])
    return own, worker


def _held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
