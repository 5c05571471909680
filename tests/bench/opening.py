"""What it costs to open one file of a project: ``python tests/bench/opening.py DIRECTORY [FILES]``.

Takes ``FILES`` (20) of the files below the directory that speak of an SDK, drawn with a fixed seed, and asks for the
findings of each as an editor does that has just been started: nothing is known of any other file, and what the file
imports from its project is read when it is wanted. Prints the processor time in seconds: p50, p90, the most, and where.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "server"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rules"))

from conflict_lint import engine
from conflict_lint.analysis.source import Source
from conflict_lint.analysis.triage import Gate
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView

FILES = 20


def speaking(directory: Path) -> list[Source]:
    """The readable files below a directory that speak of an SDK, in order."""
    view = ProjectView(str(directory))
    gate = Gate(engine.modules_of(view).catalogue)
    paths = (path.relative_to(directory).as_posix() for path in sorted(directory.rglob("*.py")))
    sources = (view.source(path) for path in paths)
    return [source for source in sources if source is not None and gate.concern(source.text)]


def opened(directory: Path, source: Source) -> float:
    """The processor time, in seconds, until the findings of a file are known that was opened first."""
    engine.modules_of.cache_clear()
    begun = time.process_time()
    engine.Analysis(source, ProjectView(str(directory)), Settings()).result()
    return time.process_time() - begun


def main() -> int:
    """Measure, and print."""
    directory, many = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else FILES
    sources = speaking(directory)
    drawn = random.Random(1).sample(sources, min(many, len(sources)))
    opened(directory, drawn[0])  # what the first of a process costs besides
    times = sorted((opened(directory, source), source.path) for source in drawn)
    p50, p90, most = (times[int(part * (len(times) - 1))] for part in (0.5, 0.9, 1))
    print(
        f"{len(times)} of {len(sources)} files: p50 {p50[0]:.2f}, p90 {p90[0]:.2f}, at most {most[0]:.2f} ({most[1]})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
