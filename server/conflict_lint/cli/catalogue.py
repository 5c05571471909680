"""``conflict-lint catalogue``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from conflict_lint.cli import terminal
from conflict_lint.config import ConfigError
from conflict_lint.knowledge import here

if TYPE_CHECKING:
    from conflict_lint.catalogue import Catalogue
    from conflict_lint.catalogue.model import CuratedError

Row = dict[str, object]


def run(arguments: Sequence[str]) -> int:
    """List or search the curated errors and guides; returns 1 when nothing contains the words."""
    parser = ArgumentParser(
        prog="conflict-lint catalogue",
        description="The conflicts and guides that conflict-lint explains.",
        epilog='"conflict-lint explain NAME" shows one of them whole.',
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=("list", "search"))
    parser.add_argument("words", nargs="*", metavar="WORD", help="all of them must occur; for list, a provider")
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")
    args = parser.parse_args(arguments)
    if args.action == "search" and not args.words:
        parser.error("search needs at least one word")
    try:
        known = here()
    except ConfigError as error:
        print(f"conflict-lint: {error}", file=sys.stderr)
        return 2
    rows = list(_search(known, args.words) if args.action == "search" else _list(known, args.words))
    terminal.write(_shown(rows, args.output_format), sys.stdout)
    if not rows:
        print(f"conflict-lint: nothing contains {' '.join(args.words)}", file=sys.stderr)
    return 0 if rows else 1


def _list(known: Catalogue, providers: Sequence[str]) -> Iterator[Row]:
    for error in known.conflicts:
        if not providers or error.provider in providers:
            yield _row(error)
    if not providers or "guide" in providers:
        for name, title in known.conflicts.guides.items():
            yield _guide(name, title)


def _search(known: Catalogue, words: Sequence[str]) -> Iterator[Row]:
    """What contains all of the words, names before texts."""
    wanted = [word.lower() for word in words]
    ranked: list[tuple[int, Row]] = []
    for error in known.conflicts:
        classes = [name for names in error.classes.values() for name in names]
        tiers = (
            (error.identity, *error.codes, *classes),
            (error.meaning, error.answer, *(f"{case.precondition} {case.answer}" for case in error.cases)),
            (error.why, *error.steps, *error.samples.values(), error.note),
        )
        ranked += [(rank, _row(error)) for rank in _rank(wanted, tiers)]
    for name, title in known.conflicts.guides.items():
        ranked += [
            (rank, _guide(name, title)) for rank in _rank(wanted, ((name, title), (), (known.conflicts.guide(name),)))
        ]
    yield from (row for _, row in sorted(ranked, key=lambda pair: pair[0]))


def _rank(wanted: Sequence[str], tiers: Sequence[Sequence[str]]) -> Iterator[int]:
    """The last tier that is needed until all words have occurred, or nothing."""
    text = ""
    for rank, tier in enumerate(tiers):
        text += "\n".join(tier).lower() + "\n"
        if all(word in text for word in wanted):
            yield rank
            return


def _row(error: CuratedError) -> Row:
    return {"identity": error.identity, "retry": error.retry, "text": error.answer}


def _guide(name: str, title: str) -> Row:
    return {"identity": f"guide/{name}", "retry": None, "text": title}


def _shown(rows: Sequence[Row], output_format: str) -> str:
    if output_format == "json":
        import json

        return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    from conflict_lint.cli.markdown import rendered

    lines = "\n".join(f"- **{row['identity']}**: {row['text']}" for row in rows)
    return rendered(lines, terminal.columns(), terminal.wants_color(sys.stdout)) + "\n" if rows else ""
