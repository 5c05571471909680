"""The extension in a real VS Code workbench (code-server and Chromium), as its package is installed by users."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from editors.needed import CODE_SERVER, EDITORS, NODE, missing, program

HERE = Path(__file__).parent
DEAF = """
import sys
from conflict_lint.lsp.server import Server

told = Server._client
Server._client = lambda self: {**told(self), "encoding": "utf-32"}
from conflict_lint.cli import main
sys.exit(main(sys.argv[1:]))
"""


def driven(vsix: Path, steps: str = "vscode.test.mjs", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the steps in a workbench."""
    if not CODE_SERVER.exists():
        missing("code-server")
    environment = {
        **os.environ,
        **variables,
        "EDITORS": str(EDITORS),
        "CHROMIUM": program("chromium", "Chromium"),
        "VSIX": str(vsix),
        "PYTHON": sys.executable,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [str(NODE), "--test", str(HERE / steps)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)


def test_the_workbench(vsix: Path) -> None:
    done = driven(vsix)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_server_that_counts_columns_in_other_units_is_noticed(vsix: Path, tmp_path: Path) -> None:
    """The control: what passes above fails here, and for this reason."""
    deaf = tmp_path / "deaf.py"
    deaf.write_text(DEAF)
    done = driven(vsix, SERVER=str(deaf))
    assert done.returncode != 0 and "[Ln 12, Col 13]" in done.stdout, done.stdout + done.stderr


def test_a_folder_that_is_not_trusted_has_nothing_run(vsix: Path) -> None:
    done = driven(vsix, "untrusted.test.mjs")
    assert done.returncode == 0, done.stdout + done.stderr
    control = driven(vsix, "untrusted.test.mjs", TRUSTED="yes")
    assert control.returncode != 0 and "was-run" in control.stdout, control.stdout
