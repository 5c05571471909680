"""What the extension's package holds, run as the extension runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from lsp.editing import INITIALIZE, message

CHECK = """
import sys
sys.argv[1:] = ["bundled", "--help"]
try:
    exec(compile(open({launch!r}).read(), {launch!r}, "exec"))
except SystemExit:
    pass
import conflict_lint, libcst, pygls
places = [module.__file__ for module in (conflict_lint, libcst, pygls)]
assert all(place.startswith({libs!r}) for place in places), places
from conflict_lint.analysis import concrete
concrete.parse("x = 1")
"""


def test_the_package_needs_nothing_but_an_interpreter(vsix: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(vsix) as archive:
        archive.extractall(tmp_path)
    bundled = tmp_path / "extension" / "bundled"
    code = CHECK.format(launch=str(bundled / "launch.py"), libs=str(bundled / "libs"))
    # Neither the user's environment nor the folder that is open takes part.
    (tmp_path / "conflict_lint.py").write_text("raise SystemExit('the folder was run')")
    alone = [sys.executable, "-S", "-E", str(bundled / "launch.py"), "bundled"]
    said = INITIALIZE + message("shutdown", id=2) + message("exit")
    served = subprocess.run(alone, input=said, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert served.returncode == 0 and b'"positionEncoding"' in served.stdout, served.stderr
    native = bundled / "native.py"
    native.write_text(code)
    done = subprocess.run([sys.executable, "-S", "-E", str(native)], cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_an_old_python_is_told(tmp_path: Path) -> None:
    launch = Path(__file__).parents[2] / "vscode-extension" / "bundled" / "launch.py"
    old = tmp_path / "old.py"
    old.write_text(f"import sys\nsys.version_info = (3, 9, 1)\nexec(open({str(launch)!r}).read())")
    done = subprocess.run([sys.executable, str(old), "bundled"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "needs Python 3.10 or later" in done.stderr


def test_the_environments_own_server_goes_first(tmp_path: Path) -> None:
    own = tmp_path / "conflict_lint"
    own.mkdir()
    (own / "__init__.py").touch()
    (own / "cli.py").write_text("def main(arguments):\n    print('the environment has', *arguments)\n")
    launch = Path(__file__).parents[2] / "vscode-extension" / "bundled" / "launch.py"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-S", str(launch), "environment", "--log-level", "error"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == "the environment has server --log-level error\n", done.stderr
