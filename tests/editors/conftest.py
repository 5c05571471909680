"""The extension's package, built once for all tests that need it, whatever process they run in."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from editors.needed import ROOT, program


@pytest.fixture(scope="session")
def vsix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for this platform, built as for everybody."""
    program("npm", "npm")
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    built = shared / "vsix" / "conflict-lint-linux-x64.vsix"
    with (shared / "vsix.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            package = ROOT / "vscode-extension" / "package.py"
            command = [sys.executable, str(package), "linux-x64", "--into", str(built.parent)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
            assert done.returncode == 0, done.stderr
    return built
