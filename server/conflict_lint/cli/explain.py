"""``conflict-lint explain``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence

from conflict_lint.spelling import did_you_mean

EPILOG = """\
examples:
  conflict-lint explain CL101                  a rule, by code or by name
  conflict-lint explain PreconditionFailed     an error code or exception class, in every service that has it
  conflict-lint explain s3.put_object          an operation, by method or API name
  conflict-lint explain 412                    an HTTP status
"""


def run(arguments: Sequence[str]) -> int:
    """Print what is known about each word; returns 2 when nothing is known about one."""
    parser = ArgumentParser(
        prog="conflict-lint explain",
        description="Explain rules, error codes, exceptions, HTTP statuses and operations.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="+", metavar="WORD")
    status = 0
    for word in parser.parse_args(arguments).words:
        pages = list(_pages(word))
        if pages:
            print("\n\n".join(pages))
        else:
            print(f'conflict-lint: nothing is known about "{word}"{_nearest(word)}', file=sys.stderr)
            status = 2
    return status


def _pages(word: str) -> Iterator[str]:
    from conflict_lint import catalogue, engine

    for rule in engine.rules():
        if word.upper() == rule.code or word.lower() == rule.name:
            fix = "has a fix" if rule.fixable else "no automatic fix"
            yield f"# {rule.code} {rule.name} ({rule.severity}, {fix})\n\n{rule.docs.strip()}\n"
    for entry in catalogue.load().explain(word):
        yield entry.markdown() + "\n"


def _nearest(word: str) -> str:
    from conflict_lint import catalogue, engine

    rules = did_you_mean(word, [name for rule in engine.rules() for name in (rule.code, rule.name)])
    near = catalogue.load().nearest(word)
    return rules or ("; did you mean " + " or ".join(f'"{name}"' for name in near) + "?" if near else "")
