"""Suppression comments: what they reach, what they cost, and how they are refused."""

from __future__ import annotations

import io
import sysconfig
import tokenize
from pathlib import Path

import pytest
from conflict_lint import suppress
from conflict_lint.rule import Confidence, Finding, Severity, Span

KNOWN = {
    "CL101": "lost-update",
    "CL106": "unguardable-update",
    "CL901": "unused-suppression",
    "CL902": "bad-suppression",
}


def checked(text: str, ran: frozenset[str] = frozenset(KNOWN)) -> tuple[list[str], int]:
    """Report CL101 at every ``put(`` of ``text`` whose statement ends with ``;``, and apply its suppressions."""
    findings = []
    at = text.find("put(")
    while at >= 0:
        findings.append(
            Finding("CL101", "lost-update", Severity.WARNING, Confidence.HIGH, "put", Span(at, at + 3), f"at {at}")
        )
        at = text.find("put(", at + 1)
    kept, count = suppress.apply(text, findings, lambda span: statement(text, span), KNOWN, ran)
    return [f"{finding.code} {text[finding.span.start : finding.span.end]}" for finding in kept], count


def statement(text: str, span: Span) -> Span:
    start = max(text.rfind(";", 0, span.start), text.rfind(":\n", 0, span.start)) + 1
    start += len(text[start:]) - len(text[start:].lstrip())
    while text.startswith("#", start):
        start = text.index("\n", start) + 1
        start += len(text[start:]) - len(text[start:].lstrip())
    return Span(start, text.index(";", span.end) + 1)


@pytest.mark.parametrize(
    "text",
    [
        "put(1);  # conflict-lint: ignore[CL101] one writer only\n",
        "put(1);  # conflict-lint: ignore[lost-update]\n",
        "put(1);  # conflict-lint:ignore[CL106,CL101]: two\n",
        "put(1);  # noqa: E501  # conflict-lint: ignore[CL101] why  # type: ignore\n",
        "put(  # conflict-lint: ignore[CL101]\n  1,\n);\n",
        "put(\n  1,  # conflict-lint: ignore[CL101]\n);\n",
        "put(\n  # conflict-lint: ignore[CL101]\n  1,\n);\n",
        "x = put(\r\n  1,\r\n);  # conflict-lint: ignore[CL101]\r\n",
        "# conflict-lint: ignore[CL101] above\nput(1);\n",
        "if x:\n\t# conflict-lint: ignore[CL101] above\n\t# and more words\n\tput(1);\n",
        "put(1);\n\n\n# conflict-lint: ignore-file[CL101]\n",
        'x = """\n# text;"""; put(1);  # conflict-lint: ignore[CL101]\n',
        "put(1);\r# conflict-lint: ignore-file[CL101]\r",
        "y = 'it''s'; put('#');  # conflict-lint: ignore[CL101]",
    ],
)
def test_a_suppression_reaches_its_statement(text: str) -> None:
    assert checked(text, frozenset({"CL101", "CL901"})) == ([], 1)


@pytest.mark.parametrize(
    "text",
    [
        "put(1);\n# conflict-lint: ignore[CL101] below\n",
        "x = 1;  # conflict-lint: ignore[CL101] a comment beside code belongs to that code\nput(1);\n",
        "# conflict-lint: ignore[CL101] a blank line ends its reach\n\nput(1);\n",
        "put(1);\nx = 2;  # conflict-lint: ignore[CL101]\n",
    ],
)
def test_a_suppression_out_of_reach_is_unused(text: str) -> None:
    kept, count = checked(text)
    assert count == 0
    assert [line.split()[0] for line in kept] == ["CL101", "CL901"]


def test_what_looks_like_a_suppression_inside_a_string_is_none() -> None:
    text = 'put(\n "# conflict-lint: ignore[CL101]",\n """\n# conflict-lint: ignore-file[CL101]\n""");\n'
    assert checked(text) == (["CL101 put"], 0)


def test_one_finding_of_several_is_suppressed() -> None:
    kept, count = checked("put(1);\nput(2);  # conflict-lint: ignore[CL101]\nput(3);\n")
    assert (kept, count) == (["CL101 put", "CL101 put"], 1)


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ("# conflict-lint: ignore[CL1O1]", 'no rule is called "CL1O1"; did you mean "CL101"?'),
        ("# conflict-lint: ignore[lost-updates] reason", 'did you mean "lost-update"?'),
        ("# conflict-lint: ignore[CL101, nonsense-and-more]", 'no rule is called "nonsense-and-more"'),
        ("# conflict-lint: ignore", "the rules are missing"),
        ("# conflict-lint: ignore CL101", "the rules are missing"),
        ("# conflict-lint: ignore[]", "the brackets name no rule"),
        ("# conflict-lint: ignore[CL101", "the rules are missing"),
        ("# conflict-lint: ignroe[CL101]", 'did you mean "ignore"?'),
        ("# conflict-lint: CL101", "is no directive"),
        ("# conflict-lint:", "is no directive"),
    ],
)
def test_a_bad_suppression_suppresses_nothing_and_says_why(comment: str, reason: str) -> None:
    text = f"put(1);  {comment}\n"
    finding = Finding("CL101", "lost-update", Severity.WARNING, Confidence.HIGH, "put", Span(0, 3))
    (kept, bad), count = suppress.apply(text, [finding], lambda span: statement(text, span), KNOWN, frozenset(KNOWN))
    assert (kept, bad.code, bad.severity, count) == (finding, "CL902", Severity.ERROR, 0)
    assert reason in bad.message
    assert text[bad.span.start : bad.span.end] == comment


def test_only_a_rule_that_ran_can_prove_a_suppression_unused() -> None:
    text = "x = 1;  # conflict-lint: ignore[CL101]\n"
    assert checked(text, frozenset({"CL106", "CL901"})) == ([], 0)
    assert checked(text, frozenset({"CL101"})) == ([], 0)
    assert checked("x = 1;  # conflict-lint: ignore[CL101, CL901] for old versions\n") == ([], 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1;  # conflict-lint: ignore[CL101] gone\ny\n", "x = 1;\ny\n"),
        ("x = 1;  # conflict-lint: ignore[CL101] gone\r\ny\r\n", "x = 1;\r\ny\r\n"),
        ("if a:\n    # conflict-lint: ignore[CL101]\n    b\n", "if a:\n    b\n"),
        ("x = 1;  # noqa: E501  # conflict-lint: ignore[CL101]\n", "x = 1;  # noqa: E501\n"),
        ("x = 1;  # conflict-lint: ignore[CL101] gone  # noqa: E501\n", "x = 1;  # noqa: E501\n"),
        ("# conflict-lint: ignore-file[CL101, CL106]\nput(1);\n", "# conflict-lint: ignore-file[CL101]\nput(1);\n"),
        (
            "put(1);  # conflict-lint: ignore[CL106,lost-update] r\n",
            "put(1);  # conflict-lint: ignore[lost-update] r\n",
        ),
        ("# conflict-lint: ignore[CL101]", ""),
    ],
)
def test_the_repair_removes_what_is_not_needed_and_nothing_else(before: str, after: str) -> None:
    findings = [
        Finding("CL101", "lost-update", Severity.WARNING, Confidence.HIGH, "put", Span(at, at + 3))
        for at in [before.find("put(")]
        if at >= 0
    ]
    kept, _ = suppress.apply(before, findings, lambda span: statement(before, span), KNOWN, frozenset(KNOWN))
    (unused,) = kept
    (repair,) = unused.repairs
    span = repair.spans["comment"]
    assert before[: span.start] + repair.values["replacement"] + before[span.end :] == after


def test_comments_are_found_where_the_tokenizer_finds_them() -> None:
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("[a-m]*.py"))
    assert len(files) > 50
    for path in files:
        text = tokenize_text(path)
        starts = [0]
        for line in io.StringIO(text, newline=""):
            starts.append(starts[-1] + len(line))
        tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
        expected = [
            (token.string, starts[token.start[0] - 1] + token.start[1])
            for token in tokens
            if token.type == tokenize.COMMENT
        ]
        assert [(text[span.start : span.end], span.start) for span in suppress.comments(text)] == expected, path


def tokenize_text(path: Path) -> str:
    with path.open("rb") as file:
        encoding, _ = tokenize.detect_encoding(file.readline)
    with path.open(encoding=encoding, newline="") as file:
        return file.read()


def test_broken_code_keeps_its_suppressions() -> None:
    text = "x = 'open\ny = (\nput(1);  # conflict-lint: ignore[CL101]\n"
    assert checked(text) == ([], 1)


@pytest.mark.parametrize(
    "text", ['"' * 99_999, "'\\" * 99_999, "#" * 999_999, '"""' + "\\" * 999_999, "conflict-lint:" * 99_999]
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    assert suppress.apply(text + "\n# conflict-lint: ignore[CL101]", [], lambda span: span, KNOWN, ()) == ([], 0)
