"""``conflict-lint explain``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from conflict_lint.cli import terminal
from conflict_lint.config import ConfigError
from conflict_lint.knowledge import here
from conflict_lint.spelling import did_you_mean

if TYPE_CHECKING:
    from conflict_lint.catalogue import Catalogue
    from conflict_lint.catalogue.model import Entry

EPILOG = """\
examples:
  conflict-lint explain CL101                  a rule, by code or by name
  conflict-lint explain PreconditionFailed     an error code, wherever it exists; then choose one:
  conflict-lint explain aws/s3/PreconditionFailed
  conflict-lint explain google.api_core.exceptions.Aborted
  conflict-lint explain s3.put_object          an operation, by method or API name
  conflict-lint explain 412                    an HTTP status
  conflict-lint explain optimistic-locking     a guide; "conflict-lint catalogue list" names them all
"""
FORMATS = ("text", "markdown", "json")


def run(arguments: Sequence[str]) -> int:
    """Print what is known about each word; returns 2 when nothing is known about one."""
    parser = ArgumentParser(
        prog="conflict-lint explain",
        description="Explain rules, error codes, exceptions, HTTP statuses, operations and guides.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="+", metavar="WORD")
    parser.add_argument("--output-format", choices=FORMATS, default="text", help="default: text")
    args = parser.parse_args(arguments)
    try:
        catalogue = here()
    except ConfigError as error:
        print(f"conflict-lint: {error}", file=sys.stderr)
        return 2
    found = {word: list(_entries(word, catalogue)) for word in args.words}
    terminal.write(_shown(found, args.output_format), sys.stdout)
    unknown = [word for word, entries in found.items() if not entries]
    for word in unknown:
        print(f'conflict-lint: nothing is known about "{word}"{_nearest(word, catalogue)}', file=sys.stderr)
    return 2 if unknown else 0


def _shown(found: dict[str, list[Entry]], output_format: str) -> str:
    if output_format == "json":
        import json

        rows = [{"query": word, **_row(entry)} for word, entries in found.items() for entry in entries]
        return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    if output_format == "markdown":
        pages = [entry.markdown() for entries in found.values() for entry in entries]
    else:
        from conflict_lint.cli.markdown import rendered

        color = terminal.wants_color(sys.stdout)
        texts = [_page(word, entries) for word, entries in found.items() if entries]
        pages = [rendered(text, terminal.columns(), color) for text in texts]
    return "".join(f"{page}\n" for page in "\n\n".join(pages).split("\n")) if pages else ""


def _page(word: str, entries: list[Entry]) -> str:
    """The entry, or where a name means several things, what each is and whether it can be retried."""
    from conflict_lint.catalogue.model import QUESTION

    if len(entries) == 1:
        return entries[0].markdown()
    choices = [f"- **{entry.identity}**: {entry.answer or entry.title}" for entry in entries]
    head = f"### {word} means {len(entries)} things; choose one\n**{QUESTION}** It depends on which one it is:"
    return "\n".join(
        [head, "", *choices, "", f"`conflict-lint explain {entries[0].identity}` shows one of them whole."]
    )


def _row(entry: Entry) -> dict[str, object]:
    return {
        "identity": entry.identity,
        "title": entry.title,
        "retry": entry.retry or None,
        "answer": entry.answer or None,
        "facts": dict(entry.facts),
        "sections": [{"title": title, "text": text} for title, text in entry.sections],
    }


def _entries(word: str, catalogue: Catalogue) -> Iterator[Entry]:
    from conflict_lint import engine
    from conflict_lint.catalogue.model import Entry

    for rule in engine.rules():
        if word.upper() == rule.code or word.lower() == rule.name:
            fix = "has a fix" if rule.fixable else "no automatic fix"
            title = f"{rule.code} {rule.name} ({rule.severity}, {fix})"
            yield Entry(rule.code, title, (), (("", rule.docs.strip()),))
    yield from catalogue.explain(word)


def _nearest(word: str, catalogue: Catalogue) -> str:
    from conflict_lint import engine

    near = catalogue.nearest(word)
    told = did_you_mean(word, [*near, *(name for rule in engine.rules() for name in (rule.code, rule.name))])
    if near and (not told or any(f'"{name}"' in told for name in near)):
        return "; did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
    return told
