"""Check each file of some packages alone, within its whole tree and in an editor: the findings must be the same.

Usage: ``python tests/corpus/locality.py DIRECTORY [PACKAGE …]``. Each package is a directory below ``DIRECTORY``;
without names the ten smallest that have any finding are taken. Alone means with nothing known of any other file before;
an editor asks only for what each file may call, and here they are opened one after the other.
Prints the counts; exit code 1 if any file differs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from conflict_lint import engine
from conflict_lint.analysis.source import Source
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView
from conflict_lint.rule import Finding

TEN = 10
SETTINGS = Settings()


def sources(package: Path) -> list[Source]:
    """The readable modules of a package, in order."""
    view = ProjectView(str(package))
    paths = (path.relative_to(package).as_posix() for path in sorted(package.rglob("*.py")))
    return [source for path in paths if (source := view.source(path)) is not None]


def within(package: Path) -> dict[str, tuple[Finding, ...]]:
    """The findings of each file when all are checked with one view."""
    engine.modules_of.cache_clear()
    view = ProjectView(str(package), settled=True)
    return {source.path: engine.check(source, view, SETTINGS).findings for source in sources(package)}


def opened(package: Path) -> dict[str, tuple[Finding, ...]]:
    """The findings of each file when all are opened one after the other, in another order."""
    view = ProjectView(str(package))
    return {source.path: engine.check(source, view, SETTINGS).findings for source in reversed(sources(package))}


def alone(package: Path, source: Source) -> tuple[Finding, ...]:
    """The findings of one file of which nothing else is known."""
    engine.modules_of.cache_clear()
    return engine.check(source, ProjectView(str(package), settled=True), SETTINGS).findings


def main() -> int:
    """Compare, package by package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("packages", nargs="*")
    args = parser.parse_args()
    packages = [args.directory / name for name in args.packages] or sorted(
        (path for path in args.directory.iterdir() if path.is_dir()),
        key=lambda path: sum(1 for _ in path.rglob("*.py")),
    )
    taken = files = findings = differing = 0
    for package in packages:
        tree = within(package)
        if not args.packages and (taken == TEN or not any(tree.values())):
            continue
        taken += 1
        files += len(tree)
        findings += sum(map(len, tree.values()))
        editor = opened(package)
        for source in sources(package):
            if not alone(package, source) == tree[source.path] == editor[source.path]:
                differing += 1
                print(f"{package.name}/{source.path} differs")
        print(f"{package.name}: {len(tree)} files, {sum(map(len, tree.values()))} findings", flush=True)
        if taken == TEN and not args.packages:
            break
    print(f"{taken} packages, {files} files, {findings} findings: {differing} files differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
