"""The examples of the rules, which are their specification: real Python files that say what is found where.

Each file stands in a folder named after its rule's module (``suppression`` is about the tool's own comments) and is
marked by comments:

* ``# bad: CL101`` at the end of the line where a finding begins. Anything found elsewhere, and any marker without a
  finding, fails.
* ``# known-miss: CL101 why`` on a line that ought to have a finding and has none yet.
* ``# good: <law>`` above a function that must stay silent; the law of silence is one of ``LAWS``.

Where an SDK has asynchronous twins (aioboto3, Azure's ``aio``), the same text is turned into asynchronous code by
``variants`` and must give the same findings on the same lines; ``NO_TWIN`` says where that makes no sense.

``name.fixed.py`` beside ``name.py`` is what the safe and unsafe fixes make of it, together. After a change of the fixes
run ``python tests/test_examples.py --update`` and read the difference.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import conflict_lint_rules
import pytest
from conflict_lint.analysis.source import Source
from conflict_lint.config import Settings
from conflict_lint.engine import check
from conflict_lint.fixes import apply, fixes_for
from conflict_lint.project import ProjectView
from conflict_lint.rule import Finding, Severity
from variants import VARIANTS

FOLDER = Path(conflict_lint_rules.__file__).parent / "examples"
TREE = Path(__file__).parent.parent / "examples"
ROUNDS = 5

BAD = re.compile(r"# bad: (CL\d{3})\b")
MISS = re.compile(r"# known-miss: (CL\d{3}) \S")
GOOD = re.compile(r"^ *# good: (.+)$")
MARKER = re.compile(r"# (?:bad|good|known-miss)\b.*")
NO_TWIN = {
    "lost_update/s3_construction.py": "it is about how clients are made",
    "lost_update/named_operations.py": "nothing is called by its own name",
    "overlapping_updates/emulators.py": "it is about how clients are made",
    "conflict_in_retry_policy/transports.py": "it is about settings, and asks a service for nothing",
}

WITNESS_LAWS = {"compared only", "another resource", "lock held", "guarded"}
LAWS = {
    "post_retried_without_key": {
        "the defaults",
        "a client that only asks",
        "errors that pass",
        "handled inside",
        "known by its content",
        "looks first",
        "no POST",
        "out of sight",
        "nothing is repeated",
    },
    "consumed_body_retried": {
        "opened inside",
        "rewound",
        "bytes or a name",
        "not known to be a stream",
        "not repeated",
    },
    "unbounded_conflict_retry": {"limited", "read again with a pause", "a lock", "made to fit", "not told to"},
    "weak_token": {
        "made outside",
        "long and random",
        "a default",
        "named after the thing",
        "harmless twice",
        "not a token",
    },
    "shared_token": {
        "one for each request",
        "derived from the item",
        "nothing else varies",
        "one request",
        "given by the caller",
    },
    "token_per_attempt": {"made outside", "given by the caller", "nothing was done", "not repeated", "harmless twice"},
    "retried_without_token": {
        "a token is passed",
        "out of sight",
        "nothing was done",
        "refused the second time",
        "harmless twice",
        "no token known",
        "not repeated",
    },
    "missing_token": {"a token is passed", "filled in by the SDK", "out of sight", "may be told by the content"},
    "terminal_conflict_retried": {
        "taken as success",
        "waits for a deletion",
        "errors that pass",
        "another name each time",
        "room made first",
        "looks first",
        "handled inside",
        "not answered by it",
        "test out of sight",
        "no retry",
    },
    "stale_retry": {
        "read again",
        "creates or locks",
        "errors that pass",
        "no version sent",
        "handed to the caller",
    },
    "conflict_in_retry_policy": {
        "only reads",
        "read again",
        "creates or locks",
        "errors that pass",
        "no version sent",
        "out of sight",
    },
    "lost_update": {
        *WITNESS_LAWS,
        "guard out of sight",
        "computed by the service",
        "exclusive branches",
        "nothing written back",
        "pinned version",
        "rebuilt from a listing",
        "not a cloud",
        "another attribute",
        "a new identifier",
        "nothing was read",
    },
    "unguardable_update": {*WITNESS_LAWS, "declared whole"},
    "impossible_error_code": {
        "right spelling",
        "right spelling beside it",
        "answer to HEAD",
        "answer of a waiter",
        "not in the model",
        "not close to any code",
        "any service may answer it",
        "part of the code",
        "reasons of a cancellation",
        "out of sight",
    },
    "check_then_create": {
        *(WITNESS_LAWS - {"compared only"}),
        "guard out of sight",
        "fails by itself",
        "not a check",
        "not a cloud",
        "own key",
        "put there if missing",
        "read-through cache",
        "same content",
    },
    "overlapping_updates": {"another resource", "does not overlap", "exclusive branches", "refusal handled", "waits"},
    "blind_release": {
        "another resource",
        "broken by force",
        "guard out of sight",
        "guarded",
        "looked at first",
        "not a lock",
        "not taken under a condition",
    },
    "foreign_bucket": {"another name", "every error alike", "own only", "owner asked", "raised", "status returned"},
    "swallowed_conflict": {
        "a newer value is there",
        "creation",
        "every error alike",
        "taken away",
        "handled",
        "raised",
        "read again",
        "status returned",
    },
    "unguarded_write": {
        "computed by the service",
        "guard out of sight",
        "guarded",
        "lock held",
        "no condition offered",
    },
    "inert_precondition": {"no condition", "out of sight", "taken"},
    "wrong_conflict_status": {"both", "caught with others", "no condition", "out of sight", "the right one"},
    "defeated_precondition": {
        "another resource",
        "creates where nothing is",
        "declared",
        "none sent",
        "one reply",
        "read again",
        "the older version",
    },
    "suppression": {"suppressed"},
}
OWN_CODES = {
    "post_retried_without_key": {"CL205"},
    "consumed_body_retried": {"CL306"},
    "unbounded_conflict_retry": {"CL304"},
    "weak_token": {"CL204"},
    "shared_token": {"CL203"},
    "token_per_attempt": {"CL202"},
    "retried_without_token": {"CL201"},
    "missing_token": {"CL206"},
    "terminal_conflict_retried": {"CL303"},
    "stale_retry": {"CL301"},
    "conflict_in_retry_policy": {"CL302"},
    "lost_update": {"CL101"},
    "unguardable_update": {"CL106"},
    "impossible_error_code": {"CL403"},
    "check_then_create": {"CL102"},
    "overlapping_updates": {"CL405"},
    "blind_release": {"CL107"},
    "foreign_bucket": {"CL402"},
    "swallowed_conflict": {"CL401"},
    "unguarded_write": {"CL105"},
    "inert_precondition": {"CL104"},
    "wrong_conflict_status": {"CL404"},
    "defeated_precondition": {"CL103"},
    "suppression": {"CL101", "CL403", "CL901", "CL902"},
}


def examples() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*/*.py") if not path.name.endswith(".fixed.py"))


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


EXAMPLES = pytest.mark.parametrize("path", examples(), ids=name)


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """What an example's markers hold for: its text, and each asynchronous twin of it, with a label."""
    text = path.read_text("utf-8")
    yield "as it is", text
    for label, (speaks, twin) in VARIANTS.items():
        if speaks.search(text) and name(path) not in NO_TWIN:
            yield label, twin(text)


@lru_cache(maxsize=256)
def findings(text: str) -> tuple[Finding, ...]:
    """What is found by default, and of the hints those that the text speaks of."""
    found = check(Source(text, "example.py"), ProjectView(str(FOLDER)), Settings(strict=True)).findings
    return tuple(finding for finding in found if finding.severity > Severity.HINT or finding.code in text)


def found(text: str) -> Counter[tuple[int, str]]:
    """1-based lines and codes."""
    source = Source(text, "example.py")
    return Counter((source.position(finding.span.start)[0] + 1, finding.code) for finding in findings(text))


def marked(text: str, marker: re.Pattern[str]) -> Counter[tuple[int, str]]:
    return Counter((number, hit) for number, line in enumerate(text.splitlines(), 1) for hit in marker.findall(line))


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def first_line(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min(node.lineno for node in (function, *function.decorator_list))


def repaired(text: str) -> str:
    """``text`` after its safe and unsafe fixes, and those of what they leave."""
    for _ in range(ROUNDS):
        source = Source(text, "example.py")
        fixes = [fix for finding in findings(text) for fix in fixes_for(source, finding)[:1]]
        text = apply(text, [fix for fix in fixes if fix.applicability != "suggestion"])
        if text == source.text:
            break
    return text


def fixed(path: Path) -> Path:
    return path.with_name(f"{path.stem}.fixed.py")


@EXAMPLES
def test_what_is_marked_is_found_and_nothing_else(path: Path) -> None:
    for label, text in texts(path):
        wanted, got = marked(text, BAD), found(text)
        now_found = [place for place in marked(text, MISS) if place in got]
        assert not now_found, f"{label}: found now, so it is `# bad:` and no `# known-miss:`: {now_found}"
        assert (sorted(wanted - got), sorted(got - wanted)) == ([], []), f"{label}: (missing, surplus) lines and codes"


def test_twins_are_asynchronous() -> None:
    twins = [text for path in examples() for label, text in texts(path) if label != "as it is"]
    assert len(twins) >= 90
    for twin in twins:
        compile(twin, "twin.py", "exec", dont_inherit=True)
        assert "await " in twin
    assert {path for path in NO_TWIN if not (FOLDER / path).is_file()} == set()


@EXAMPLES
def test_an_example_is_about_its_rule(path: Path) -> None:
    text = path.read_text("utf-8")
    compile(text, str(path), "exec", dont_inherit=True)
    assert ast.get_docstring(ast.parse(text)), "an example says what it shows"
    codes = {code for _, code in marked(text, BAD) | marked(text, MISS)}
    assert codes, "an example in which nothing is bad would pass if nothing of it were understood"
    assert codes <= OWN_CODES[path.parent.name]


@EXAMPLES
def test_good_functions_name_a_law_of_silence(path: Path) -> None:
    text = path.read_text("utf-8")
    by_line = {first_line(function): function for function in functions(text)}
    bad = {line for line, _ in marked(text, BAD) | marked(text, MISS)}
    for line, law in marked(text, GOOD):
        assert law in LAWS[path.parent.name], f"line {line}: no such law: {law}"
        function = by_line.get(line + 1)
        assert function is not None, f"line {line}: no function below"
        assert bad.isdisjoint(range(function.lineno, (function.end_lineno or 0) + 1)), f"{function.name}: bad as well"


@EXAMPLES
def test_markers_are_well_formed(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        for marker in MARKER.findall(line):
            assert any(kind.search(line) for kind in (BAD, MISS, GOOD)), marker


@EXAMPLES
def test_fixed_is_what_the_fixes_make_of_it(path: Path) -> None:
    text = path.read_text("utf-8")
    result = repaired(text)
    if result == text:
        assert not fixed(path).exists(), "no fix applies"
        return
    assert fixed(path).exists(), "python tests/test_examples.py --update"
    assert result == fixed(path).read_text("utf-8")
    compile(result, str(path), "exec", dont_inherit=True)
    assert Counter(finding.code for finding in findings(result)) < Counter(finding.code for finding in findings(text))


def test_a_fixed_example_has_an_example() -> None:
    originals = {fixed(path) for path in examples()}
    assert {path for path in FOLDER.glob("*/*.fixed.py") if path not in originals} == set()


@pytest.mark.parametrize("rule", LAWS)
def test_each_rule_shows_each_of_its_laws_of_silence(rule: str) -> None:
    paths = [path for path in examples() if path.parent.name == rule]
    laws = {law for path in paths for _, law in marked(path.read_text("utf-8"), GOOD)}
    assert laws == LAWS[rule]
    shown = {code for path in paths for _, code in marked(path.read_text("utf-8"), BAD)}
    assert shown == OWN_CODES[rule]


def test_every_folder_is_a_rule_or_the_suppression_comments() -> None:
    folders = {path.parent.name for path in examples()}
    assert folders == set(LAWS)
    for folder in folders - {"suppression"}:
        assert (FOLDER.parent / f"{folder}.py").is_file()


def test_there_are_enough_of_them() -> None:
    assert sum(1 for path in examples() for _ in functions(path.read_text("utf-8"))) >= 60


def test_a_lost_update_shows_its_witness_from_the_read_to_the_write() -> None:
    for path in examples():
        for finding in findings(path.read_text("utf-8")):
            if finding.code in {"CL101", "CL106"}:
                assert len(finding.related) >= 2
                assert finding.related[-1].span.start == finding.span.start
                assert finding.related[0].span != finding.related[-1].span


def test_where_the_service_has_no_precondition_none_is_advised() -> None:
    for path in examples():
        for finding in findings(path.read_text("utf-8")):
            if finding.code == "CL106":
                assert re.search(r"no precondition|cannot carry", finding.message)
                assert not finding.repairs


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_the_tree_that_the_readme_checks_first(kind: str) -> None:
    paths = sorted((TREE / kind).glob("*.py"))
    assert {path.name for path in paths} == {"access.py", "deploy.py", "manifest.py", "profiles.py"}
    for path in paths:
        assert bool(findings(path.read_text("utf-8"))) == (kind == "bad"), path.name


def update() -> None:
    """Write what the fixes make of every example now."""
    for path in examples():
        text = path.read_text("utf-8")
        result = repaired(text)
        if result != text:
            fixed(path).write_text(result, encoding="utf-8")
        else:
            fixed(path).unlink(missing_ok=True)


def test_the_page_of_misses_is_current() -> None:
    path = Path(__file__).parent.parent / "rules" / "generate" / "misses.py"
    spec = spec_from_file_location("misses", path)
    assert spec is not None
    assert spec.loader is not None
    misses = module_from_spec(spec)
    spec.loader.exec_module(misses)
    assert misses.PAGE.read_text("utf-8") == misses.page(), "run python rules/generate/misses.py"


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python tests/test_examples.py --update")
    update()
