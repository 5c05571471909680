"""Columns: whatever stands before a finding in its line or file, every report and every encoding points at the call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conflict_lint import engine
from conflict_lint.analysis.source import Encoding, Source
from conflict_lint.cli import main
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView

PREFIXES = {
    "nothing": "",
    "emoji": "'\N{PILE OF POO}\N{FAMILY}'; ",
    "flag": "'\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}'; ",
    "combining": "'e\N{COMBINING ACUTE ACCENT}o\N{COMBINING DIAERESIS}'; ",
    "accents": "'\xe9\xfc\xdf'; ",
    "wide": "'\u65e5\u672c\u8a9e'; ",
    "tab": "'\t\t'; ",
    "zero width joiner": "'\N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}'; ",
    "right to left": "'\u05d0\u05d1\u05d2'; ",
    "line separator": "'\u2028\x85'; ",
    "form feed": "'\f'; ",
}
LINES = (
    "import boto3",
    's3 = boto3.client("s3")',
    "# {prefix}",
    "def save(bucket, key):",
    "{indent}{prefix}body = s3.get_object(Bucket=bucket, Key=key)['Body'].read() + b'1'",
    "{indent}{prefix}s3.put_object(Bucket=bucket, Key=key, Body=body)",
    "",
)
ENDS = {"\\n": "\n", "\\r\\n": "\r\n", "\\r": "\r"}
WIDTH: dict[Encoding, tuple[str, int]] = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def module(prefix: str, indent: str, end: str) -> str:
    return end.join(line.format(prefix=prefix, indent=indent) for line in LINES)


@pytest.fixture(params=ENDS)
def end(request: pytest.FixtureRequest) -> str:
    return ENDS[request.param]


@pytest.fixture(params=["    ", "\t", "  \f\t"], ids=["spaces", "tab", "form feed"])
def indent(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.mark.parametrize("name", PREFIXES)
def test_the_finding_is_the_call(name: str, indent: str, end: str) -> None:
    prefix = PREFIXES[name]
    source = Source(module(prefix, indent, end), "a.py")
    (finding,) = engine.check(source, ProjectView("/"), Settings()).findings
    assert source.text[finding.span.start : finding.span.end] == "put_object("
    assert "on line 5" in finding.message
    assert [source.text[step.span.start : step.span.end].partition("(")[0] for step in finding.related] == [
        "get_object",
        "put_object",
    ]
    line, column = source.position(finding.span.start)
    before = f"{indent}{prefix}s3."
    assert (line, column) == (5, len(before))
    for encoding, (codec, width) in WIDTH.items():
        units = source.units(line, column, encoding)
        assert units == len(before.encode(codec)) // width
        assert source.from_units(line, units, encoding) == column


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", PREFIXES)
def test_columns_of_the_reports(
    name: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """1-based code points in every format, whatever the file's encoding; a byte order mark takes no column."""
    monkeypatch.chdir(tmp_path)
    prefix = PREFIXES[name]
    Path("a.py").write_bytes(module(prefix, "\t", "\r\n").encode(form))
    column = len(f"\t{prefix}s3.") + 1
    expected = {"line": 6, "column": column, "end_line": 6, "end_column": column + len("put_object(")}

    def rendered(layout: str) -> str:
        assert main(["a.py", "--output-format", layout]) == 1
        return capsys.readouterr().out

    (row,) = json.loads(rendered("json"))["findings"]
    assert {key: row[key] for key in expected} == expected
    read = len(f"\t{prefix}body = s3.") + 1
    assert (row["related"][0]["line"], row["related"][0]["column"]) == (5, read)

    (run,) = json.loads(rendered("sarif"))["runs"]
    (result,) = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    region = result["locations"][0]["physicalLocation"]["region"]
    keys = ("startLine", "startColumn", "endLine", "endColumn")
    assert [region[key] for key in keys] == list(expected.values())
    (flow,) = result["codeFlows"]
    steps = [step["location"]["physicalLocation"]["region"] for step in flow["threadFlows"][0]["locations"]]
    assert (steps[0]["startLine"], steps[0]["startColumn"]) == (5, read)

    assert f"a.py:6:{column}:" in rendered("concise")
    assert f",line=6,endLine=6,col={column}," in rendered("github")


def test_a_fix_lands_behind_the_emoji(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits count in the same units as findings, and leave tabs, line ends and the mark alone."""
    monkeypatch.chdir(tmp_path)
    text = module(PREFIXES["emoji"], "\t", "\r\n").replace(f"{PREFIXES['emoji']}body", "body")
    Path("a.py").write_bytes(text.encode("utf-8-sig"))
    assert main(["a.py", "--fix", "--unsafe-fixes", "--exit-zero"]) == 0
    after = Path("a.py").read_bytes()
    assert after.startswith(b"\xef\xbb\xbfimport boto3\r\n")
    assert after.count(b"\r\n") == after.count(b"\n")
    changed = f"\t{PREFIXES['emoji']}s3.put_object(Bucket=bucket, Key=key, Body=body, IfMatch="
    assert changed in after.decode("utf-8-sig")
