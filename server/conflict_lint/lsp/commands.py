"""What the server's commands answer: pure where they tell something, a step at a time where they go through files."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from conflict_lint import __version__, config, engine
from conflict_lint.analysis.source import Encoding, Source, Unreadable, decode
from conflict_lint.knowledge import known
from conflict_lint.lsp.answers import Status
from conflict_lint.lsp.documents import Document
from conflict_lint.lsp.folders import Folders
from conflict_lint.project import File, read


def explained(folders: Folders, word: str) -> str:
    """Everything about a rule, error, status, operation or guide, as Markdown; an empty word names the rules."""
    rules = engine.rules()
    if not word:
        listed = "\n".join(f"- **{rule.code} {rule.name}**: {rule.summary}" for rule in rules)
        return f"# What conflict-lint finds\n\n{listed}\n"
    catalogue = known(folders.place("").settings)
    pages = [f"# {rule.code} {rule.name}\n\n{rule.docs}" for rule in rules if word in (rule.code, rule.name)]
    pages += [entry.markdown() for entry in catalogue.explain(word)]
    if not pages:
        near = " or ".join(f"`{name}`" for name in catalogue.nearest(word))
        return f"Nothing is known about `{word}`{f'; did you mean {near}?' if near else '.'}\n"
    return "\n\n---\n\n".join(pages) + "\n"


def configuration(folders: Folders, path: str) -> str:
    """The settings that hold for a file, as TOML."""
    return config.shown_as_toml(folders.place(path).settings)


def debugging(folders: Folders, statuses: Iterable[Status], encoding: str) -> str:
    """What a bug report should have."""
    lines = [
        f"conflict-lint {__version__}, Python {platform.python_version()} at {sys.executable}",
        f"{platform.platform()}, positions in {encoding}",
        f"catalogue {known(folders.place('').settings).digest}, {len(engine.rules())} rules",
        *(f"folder {root}" for root in folders.roots),
        *(f"configuration problem: {problem}" for problem in folders.problems.values()),
        *(
            f"{status.uri}: {status.state}, {status.message} ({status.configuration or 'defaults'})"
            for status in statuses
        ),
    ]
    return "\n".join(lines) + "\n"


def files(folders: Folders) -> Iterator[File]:
    """The files of the workspace, each once."""
    seen: set[str] = set()
    for found in folders.files():
        for file in found.files:
            if file.path not in seen:
                seen.add(file.path)
                yield file


def opened(folders: Folders, path: str, encoding: Encoding) -> Document | None:
    """A file on the disk as if it were open; None where it cannot be read."""
    try:
        text = Source(decode(read(path))).text
    except Unreadable:
        return None
    return Document(Path(path).as_uri(), 0, text, folders.place(path), encoding)
