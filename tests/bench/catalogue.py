"""What the catalogue costs: loading, memory, looking names up, explaining. Prints medians; compares nothing.

python tests/bench/catalogue.py
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import process_time_ns

from conflict_lint.catalogue import load
from conflict_lint.catalogue.store import Catalogue

FRESH = """
import tracemalloc, time
from conflict_lint.catalogue import load
load()
load.cache_clear()
{start}
begin = time.process_time_ns()
catalogue = load()
{work}
print(time.process_time_ns() - begin, {memory})
"""


def main() -> None:
    """Measure and print."""
    known = load()
    warm_up(known)
    fresh("load", "", "milliseconds")
    fresh("load and find one entry", "catalogue.conflicts.find('PreconditionFailed')", "milliseconds")
    fresh("load", "", "memory")
    fresh("load and decode every curated entry", "list(catalogue.conflicts)", "memory")
    for label, call in {
        "error_services('NoSuchKey')": lambda: known.error_services("NoSuchKey"),
        "methods('put_object')": lambda: known.methods("put_object"),
        "conflicts.find('PreconditionFailed')": lambda: known.conflicts.find("PreconditionFailed"),
        "conflicts.find('google.api_core.exceptions.Aborted')": lambda: known.conflicts.find(
            "google.api_core.exceptions.Aborted"
        ),
        "explain('aws/s3/PreconditionFailed')": lambda: known.explain("aws/s3/PreconditionFailed"),
        "explain('s3.put_object')": lambda: known.explain("s3.put_object"),
        "explain('412')": lambda: known.explain("412"),
    }.items():
        print(f"{label:<58} {microseconds(call):9.1f} µs")


def warm_up(known: Catalogue) -> None:
    """Decode what is decoded once."""
    for query in ("412", "s3.put_object", "NoSuchKey"):
        known.explain(query)


def fresh(label: str, work: str, what: str) -> None:
    """Run in fresh interpreters whose compiled file is on disk already."""
    memory = what == "memory"
    code = FRESH.format(
        start="tracemalloc.start()" if memory else "",
        work=work,
        memory="tracemalloc.get_traced_memory()[1]" if memory else "0",
    )
    runs = [subprocess.check_output([sys.executable, "-c", code], text=True).split() for _ in range(9)]
    if memory:
        print(f"{label + ', peak memory':<58} {median(int(run[1]) for run in runs) / 2**20:9.2f} MB")
    else:
        print(f"{label + ', fresh process':<58} {median(int(run[0]) for run in runs) / 1e6:9.2f} ms")


def microseconds(call: Callable[[], object], rounds: int = 7, calls: int = 200) -> float:
    """Processor time of one call: the median of some rounds."""
    times = []
    for _ in range(rounds):
        begin = process_time_ns()
        for _ in range(calls):
            call()
        times.append((process_time_ns() - begin) / calls / 1000)
    return median(times)


if __name__ == "__main__":
    main()
