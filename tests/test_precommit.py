"""The hooks, run by the real pre-commit: it installs this checkout as its users do, and git asks it before a commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BAD = (ROOT / "examples" / "bad" / "manifest.py").read_text("utf-8")
GOOD = (ROOT / "examples" / "good" / "manifest.py").read_text("utf-8")
MANY = 2_000
CONFIG = """\
repos:
- repo: {repo}
  rev: {rev}
  hooks:
  - id: conflict-lint
    args: [--output-format, concise]
  - id: conflict-lint-fix
    stages: [manual]
"""


def run(*command: str | Path, cwd: Path, status: int = 0) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def pre_commit(*arguments: str | Path, cwd: Path, status: int = 0) -> str:
    return run(sys.executable, "-m", "pre_commit", *arguments, cwd=cwd, status=status)


def committed(folder: Path) -> str:
    """Make a repository of a folder; returns its only revision."""
    run("git", "init", "-q", "-b", "main", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    run("git", "commit", "-q", "-m", "all of it", cwd=folder)
    return run("git", "rev-parse", "HEAD", cwd=folder).strip()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout's files as they are now, as a repository with one revision."""
    folder = tmp_path_factory.mktemp("hooks")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in listed.splitlines():
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def project(hooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository in which pre-commit is installed, with the hooks set up."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRE_COMMIT_HOME", str(home / "pre-commit"))
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "somebody")
            patch.setenv(f"GIT_{role}_EMAIL", "somebody@example.com")
        for name in [name for name in os.environ if name.startswith("GIT_") and name.endswith(("_DIR", "_FILE"))]:
            patch.delenv(name)
        folder = tmp_path_factory.mktemp("project")
        (folder / ".pre-commit-config.yaml").write_text(CONFIG.format(repo=hooks, rev=committed(hooks)))
        committed(folder)
        pre_commit("install", "--install-hooks", cwd=folder)
        yield folder


def commits(project: Path) -> int:
    return len(run("git", "log", "--oneline", cwd=project).splitlines())


def test_a_commit_of_a_bad_file_is_blocked_and_one_of_a_good_file_passes(project: Path) -> None:
    before = commits(project)
    (project / "manifest.py").write_text(BAD)
    run("git", "add", "manifest.py", cwd=project)
    said = run("git", "commit", "-m", "bad", cwd=project, status=1)
    assert "manifest.py:29:8: warning CL101" in said and "Failed" in said
    assert commits(project) == before
    (project / "manifest.py").write_text(GOOD)
    run("git", "add", "manifest.py", cwd=project)
    assert "Passed" in run("git", "commit", "-m", "good", cwd=project)
    assert commits(project) == before + 1


def test_the_repairing_hook_repairs_and_stops_the_commit(project: Path) -> None:
    file = project / "fixed.py"
    file.write_text(GOOD.replace("NoSuchKey", "NoSuchKeyException"))
    assert file.read_text() != GOOD
    run("git", "add", "fixed.py", cwd=project)
    said = pre_commit("run", "conflict-lint-fix", "--hook-stage", "manual", cwd=project, status=1)
    assert "files were modified by this hook" in said
    assert file.read_text() == GOOD
    run("git", "rm", "-q", "-f", "--cached", "fixed.py", cwd=project)
    file.unlink()


def test_what_the_project_excludes_is_not_checked_though_it_is_named(project: Path) -> None:
    (project / "vendored").mkdir()
    (project / "vendored" / "copy.py").write_text(BAD)
    (project / "conflict-lint.toml").write_text('extend-exclude = ["vendored"]\n')
    run("git", "add", "-A", cwd=project)
    assert "Passed" in pre_commit("run", cwd=project)
    run("git", "rm", "-r", "-q", "-f", "vendored", "conflict-lint.toml", cwd=project)


def test_two_thousand_files_at_once(project: Path) -> None:
    folder = project / "many"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"module_{number}.py").write_text("" if number % 100 else BAD)
    run("git", "add", "-A", cwd=project)
    said = pre_commit("run", cwd=project, status=1)
    assert said.count(": warning CL101 ") == MANY // 100
    run("git", "rm", "-r", "-q", "-f", "many", cwd=project)


def test_try_repo(project: Path, hooks: Path) -> None:
    (project / "tried.py").write_text(BAD)
    said = pre_commit("try-repo", hooks, "conflict-lint", "--files", "tried.py", cwd=project, status=1)
    assert "lost-update" in said and "1 warning" in said
    (project / "tried.py").unlink()
