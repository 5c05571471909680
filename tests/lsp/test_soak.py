"""One minute of what ``tests/bench/soak.py`` does for half an hour."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from editing import ENVIRONMENT

SOAK = Path(__file__).parents[1] / "bench" / "soak.py"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_minute_of_editing() -> None:
    command = [sys.executable, str(SOAK), "--minutes", "1"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
