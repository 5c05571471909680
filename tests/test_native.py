"""The native build finds what the source finds: it is built once, and other tests are passed with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PASSED = ("tests/test_hostile.py", "tests/test_incremental.py")
MATTERS = "costs_only_itself or in_one_function or generated_modules or counts_at_once"
CHECK = ("-m", "conflict_lint", "check", "--no-cache", "--strict", "--exit-zero", "--output-format", "json", "rules")


def need_a_compiler() -> None:
    """Without a C compiler or Python's headers the test is skipped, or fails in CI."""
    compiler = shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0])
    if compiler is None or not Path(sysconfig.get_path("include"), "Python.h").is_file():
        reason = "a C compiler with the headers of Python is not installed"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


def run(*command: str, **environment: str) -> str:
    """What a program prints, in the root of the project."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-5_000:]
    return done.stdout


def test_the_native_build_finds_what_the_source_finds(tmp_path: Path) -> None:
    need_a_compiler()
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "wheels"), str(ROOT))
    run(sys.executable, *build, CONFLICT_LINT_NATIVE="1")
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    assert not wheel.name.endswith("-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" not in name} == {
            "conflict_lint",
            "conflict_lint_rules",
        }
        archive.extractall(tmp_path / "native")
    native = str(tmp_path / "native")

    where = "import conflict_lint.analysis.evaluate as module; print(module.__file__)"
    assert Path(run(sys.executable, "-c", where, PYTHONPATH=native)).suffix.strip() in {".so", ".pyd"}

    report = run(sys.executable, *CHECK, PYTHONPATH=native)
    assert report == run(sys.executable, *CHECK)
    assert len(json.loads(report)["findings"]) > 500

    run(sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "-k", MATTERS, *PASSED, PYTHONPATH=native)
