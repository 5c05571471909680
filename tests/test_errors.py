"""The curated errors and the guides: complete, true to the SDKs, and their samples good code by our own rules."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from conflict_lint.analysis.source import Source
from conflict_lint.catalogue import load
from conflict_lint.catalogue.model import CuratedError
from conflict_lint.config import Settings
from conflict_lint.engine import check, rules
from conflict_lint.project import ProjectView

ROOT = Path(__file__).parents[1]
CONFLICTS = load().conflicts
ENTRIES = {entry.identity: entry for entry in CONFLICTS}
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
OPENINGS = {
    "never": ("No:", "No, ", "No need to:"),
    "after-refetch": ("No:", "No, ", "It depends"),
    "new-token": ("No:",),
    "after-waiting": ("Not at once:", "It depends"),
    "same-request": ("Yes:",),
}


def samples() -> Iterator[tuple[str, str]]:
    """Every code sample of entries and guides, and where it stands."""
    for entry in CONFLICTS:
        for sdk, sample in entry.samples.items():
            yield f"{entry.identity} {sdk}", sample
    for name in CONFLICTS.guides:
        for number, sample in enumerate(FENCE.findall(CONFLICTS.guide(name))):
            yield f"guide/{name} {number}", sample


SAMPLES = dict(samples())


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_an_entry_answers_whether_to_retry(entry: CuratedError) -> None:
    assert entry.answer.startswith(OPENINGS[entry.retry])
    for case in entry.cases:
        assert case.operations or case.precondition
        assert case.answer.split()[0].rstrip(".,") in ("No", "Not", "Yes", "An")
        assert case.answer.startswith("Yes") == (case.retry == "same-request" or case.answer.startswith("Yes, later"))
    for text in (entry.meaning, entry.why, entry.answer, *entry.steps, *(case.answer for case in entry.cases)):
        assert text.rstrip("`)").endswith((".", "?"))
        assert text[0].isupper() or text[0] in "`\"'"
    assert 2 <= len(entry.steps) <= 6 and entry.samples and entry.related


def test_guides_have_titles_and_code() -> None:
    assert len(CONFLICTS.guides) >= 10
    for name in CONFLICTS.guides:
        text = CONFLICTS.guide(name)
        assert text.startswith("# ") and FENCE.search(text), name
        assert text.count("```") == 2 * len(FENCE.findall(text)), name


def test_rules_named_exist_or_are_reserved() -> None:
    reserved = {
        f"CL{number}"
        for first, last in ((101, 107), (201, 206), (301, 306), (401, 406))
        for number in range(first, last + 1)
    }
    assert {rule for entry in CONFLICTS for rule in entry.rules} <= reserved | {rule.code for rule in rules()}


# --- samples ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", SAMPLES)
def test_our_own_rules_find_nothing_in_a_sample(where: str) -> None:
    result = check(Source(SAMPLES[where], "sample.py"), ProjectView("/"), Settings())
    assert [(finding.code, finding.message) for finding in result.findings] == []


def test_samples_are_complete_python(tmp_path: Path) -> None:
    """No syntax error of the oldest Python, no name that nobody defines, no import that nobody uses."""
    for number, sample in enumerate(SAMPLES.values()):
        (tmp_path / f"sample_{number}.py").write_text(sample, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F,E9,W6"]
    command += ["--target-version", "py310", "--line-length", "120", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# --- the page in docs -------------------------------------------------------------------------------------------------


def generator() -> ModuleType:
    spec = spec_from_file_location("page", ROOT / "rules" / "generate" / "page.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current() -> None:
    page = generator()
    assert page.PAGE.read_text(encoding="utf-8") == page.page(load()), "run python rules/generate/page.py"


def test_every_entry_of_the_seed_is_here() -> None:
    seed = generator().SEED
    assert len(seed) == 19
    for name, identity in seed.items():
        code = name.split()[1]
        assert code in (ENTRIES[identity].name, *ENTRIES[identity].codes)
        assert identity in [entry.identity for entry in load().explain(code)]
    assert len(ENTRIES) >= 70
