"""The extension's package, built once for all tests that need it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from editors.needed import ROOT, program


@pytest.fixture(scope="session")
def vsix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for this platform, built as for everybody."""
    program("npm", "npm")
    folder = tmp_path_factory.mktemp("vsix")
    command = [sys.executable, str(ROOT / "vscode-extension" / "package.py"), "linux-x64", "--into", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "conflict-lint-linux-x64.vsix"
