"""A real editor: Emacs with eglot, in batch mode, attaches, shows, hovers, repairs and saves."""

from __future__ import annotations

import subprocess
from pathlib import Path

from editors.needed import program
from lsp.editing import ENVIRONMENT, SAMPLE, SERVER

SCRIPT = Path(__file__).with_name("emacs.el")


def test_attach_show_repair_and_save(tmp_path: Path) -> None:
    emacs = program("emacs", "Emacs with eglot")
    file = tmp_path / "sample.py"
    text = SAMPLE.replace("s3.put_object", '"😀"; s3.put_object').replace("if error", 'if "😀" and error')
    file.write_text(text, encoding="utf-8")
    environment = {**ENVIRONMENT, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    command = [emacs, "--batch", "-l", str(SCRIPT), str(file), *SERVER]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    repaired = text.replace("NoSchKey", "NoSuchKey").replace("(items))", '(items), IfMatch=response["ETag"])')
    assert file.read_bytes() == repaired.encode()
