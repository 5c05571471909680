"""``conflict-lint rules``."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conflict_lint.engine import RuleInfo


def run(arguments: Sequence[str]) -> int:
    """List the rules."""
    parser = ArgumentParser(
        prog="conflict-lint rules",
        description="List the rules.",
        epilog='"conflict-lint explain CODE" shows the whole page of a rule.',
        allow_abbrev=False,
    )
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")
    args = parser.parse_args(arguments)
    from conflict_lint import engine

    rules = engine.rules()
    if args.output_format == "json":
        import json

        print(json.dumps([_row(rule) for rule in rules], indent=1))
    else:
        print("\n".join(_table(rules)))
    return 0


def _row(rule: RuleInfo) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "fixable": rule.fixable,
        "summary": rule.summary,
    }


def _table(rules: Sequence[RuleInfo]) -> Iterator[str]:
    width = max((len(rule.name) for rule in rules), default=0)
    for rule in rules:
        mark = "fix" if rule.fixable else "   "
        yield f"{rule.code}  {rule.name:{width}}  {rule.severity!s:11}  {mark}  {rule.summary}"
