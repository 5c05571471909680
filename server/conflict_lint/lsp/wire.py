"""Plain answers in the protocol's words: the JSON that goes to the client. It knows no protocol library.

What goes out as it is leaves this module as text, for it is only passed on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from conflict_lint.lsp.answers import (
    Change,
    CodeAction,
    Completion,
    Diagnostic,
    Hover,
    Position,
    Range,
    Report,
    TextEdit,
)

SOURCE = "conflict-lint"
EXPLAIN = "conflict-lint.explain"
ERROR = 1
UNNECESSARY = 1
CLASS, ENUM_MEMBER = 7, 20

Json = dict[str, Any]


def text(message: object) -> str:
    """A message as it is sent; what is None is left out only where it was left out of ``message``."""
    return json.dumps(message, separators=(",", ":"))


def position(place: Position) -> Json:
    """One position."""
    return {"line": place[0], "character": place[1]}


def range_(where: Range) -> Json:
    """One range."""
    return {"start": position(where.start), "end": position(where.end)}


def plain_position(place: Json) -> Position:
    """A client's position."""
    return place["line"], place["character"]


def plain_range(where: Json) -> Range:
    """A client's range."""
    return Range(plain_position(where["start"]), plain_position(where["end"]))


def change(event: Json) -> Change:
    """One content change."""
    where = event.get("range")
    return Change(plain_range(where) if where else None, event["text"])


def diagnostic(found: Diagnostic) -> Json:
    """One diagnostic; its related information is in the order of the witness."""
    out: Json = {
        "range": range_(found.range),
        "severity": found.severity,
        "code": found.code,
        "source": SOURCE,
        "message": found.message,
    }
    if found.href:
        out["codeDescription"] = {"href": found.href}
    if found.unnecessary:
        out["tags"] = [UNNECESSARY]
    if found.related:
        out["relatedInformation"] = [
            {"location": {"uri": step.uri, "range": range_(step.range)}, "message": step.message}
            for step in found.related
        ]
    if found.kept:
        out["data"] = {"kept": True}
    return out


class Written:
    """The reports about one text; what is as it was in the last one is not written again."""

    def __init__(self) -> None:
        self._last: dict[tuple[Range, str], tuple[Diagnostic, str]] = {}

    def _items(self, report: Report) -> str:
        """The list of a report's diagnostics."""
        last, self._last = self._last, {}
        texts = []
        for each in report.diagnostics:
            key = each.range, each.code
            known = last.get(key)
            if known is None or known[0] != each:
                known = each, text(diagnostic(each))
            self._last[key] = known
            texts.append(known[1])
        return f"[{','.join(texts)}]"

    def pushed(self, report: Report, *, versioned: bool = True) -> str:
        """A report as the server's own notification; ``versioned``: about the version that the client has open."""
        version = f'"version":{report.version},' if versioned and report.version is not None else ""
        return f'{{"uri":{text(report.uri)},{version}"diagnostics":{self._items(report)}}}'

    def pulled(self, report: Report, known: str | None) -> str:
        """A report as the answer to a client that has the one called ``known`` already."""
        items = self._items(report)
        # A name is the same for equal diagnostics, whatever the version.
        result_id = sha256(items.encode()).hexdigest()[:32]
        if result_id == known:
            return text({"kind": "unchanged", "resultId": result_id})
        return f'{{"kind":"full","resultId":{text(result_id)},"items":{items}}}'


def nothing(uri: str) -> str:
    """The notification that a text has no diagnostics any more."""
    return text({"uri": uri, "diagnostics": []})


def broken_configuration(uri: str, reason: str, line: int) -> str:
    """What is wrong with a configuration file, shown inside of it; ``line`` is 1-based, 0 where it is unknown."""
    where = Range((max(line - 1, 0), 0), (max(line, 1), 0))
    message = f"{reason} (the last good settings stay in force)"
    error = {"range": range_(where), "message": message, "severity": ERROR, "code": "configuration", "source": SOURCE}
    return text({"uri": uri, "diagnostics": [error]})


def markdown(written: str) -> Json:
    """Something to read."""
    return {"kind": "markdown", "value": written}


def hover(about: Hover | None) -> str:
    """One hover."""
    return text({"contents": markdown(about.markdown), "range": range_(about.range)} if about is not None else None)


def completion(word: Completion) -> Json:
    """One error code or exception class."""
    documentation = {"documentation": markdown(word.documentation)} if word.documentation else {}
    return {
        "label": word.label,
        "kind": CLASS if word.is_class else ENUM_MEMBER,
        "detail": word.detail,
        **documentation,
        "sortText": f"{word.rank:04}",
        "textEdit": {"range": range_(word.range), "newText": word.label},
    }


@dataclass(frozen=True, slots=True)
class Edits:
    """What edits a client understands: with versions, with places to fill in, or asked for when they are needed."""

    versioned: bool = False
    snippets: bool = False
    lazy: bool = False

    def action(self, action: CodeAction) -> Json:
        """One code action."""
        out: Json = {"title": action.title, "kind": action.kind}
        if action.diagnostic is not None:
            out["diagnostics"] = [diagnostic(action.diagnostic)]
        if action.preferred:
            out["isPreferred"] = True
        if action.word:
            out["command"] = {"title": action.title, "command": EXPLAIN, "arguments": [action.word]}
        elif self.lazy:
            out["data"] = {"uri": action.uri, "version": action.version, "key": action.key}
        else:
            out["edit"] = self.workspace_edit(action.edits)
        return out

    def workspace_edit(self, edits: Iterable[TextEdit]) -> Json:
        """Edits, by the texts that they change."""
        texts: dict[tuple[str, int | None], list[TextEdit]] = {}
        for edit in edits:
            texts.setdefault((edit.uri, edit.version), []).append(edit)
        if not self.versioned:
            return {"changes": {uri: [self.text_edit(edit) for edit in each] for (uri, _), each in texts.items()}}
        changes = [
            {"textDocument": {"uri": uri, "version": version}, "edits": [self.text_edit(edit) for edit in each]}
            for (uri, version), each in texts.items()
        ]
        return {"documentChanges": changes}

    def text_edit(self, edit: TextEdit) -> Json:
        """One change of a text."""
        if edit.snippet and self.snippets:
            return {"range": range_(edit.range), "snippet": {"kind": "snippet", "value": edit.snippet}}
        return {"range": range_(edit.range), "newText": edit.text}
