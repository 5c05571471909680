"""The checks that every change must pass: formatter, linter, strict types; and what the README promises about them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "server", "rules", "tests", "hatch_build.py"],
        ["ruff", "format", "--check", "--no-cache", "server", "rules", "tests", "hatch_build.py"],
        ["mypy", "--no-incremental"],
    ],
    ids=["lint", "format", "types"],
)
def test_check(command: list[str]) -> None:
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    _, _, rest = readme.partition("<!-- tests -->\n```sh\n")
    command = rest.partition("\n```")[0]
    assert command.count("\n") == 0
    assert command.endswith("-m pytest")
    assert "<!-- tests -->" in (ROOT / ".ci" / "run").read_text("utf-8")
