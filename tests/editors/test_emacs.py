"""A real editor: Emacs with eglot, in batch mode, attaches, shows, hovers, repairs and saves."""

from __future__ import annotations

import subprocess
from pathlib import Path

from editors.needed import program
from lsp.editing import ENVIRONMENT, SAMPLE, on_path, snippet

SCRIPT = Path(__file__).with_name("emacs.el")


def test_attach_show_repair_and_save(tmp_path: Path) -> None:
    emacs = program("emacs", "Emacs with eglot")
    file = tmp_path / "sample.py"
    text = SAMPLE.replace("s3.put_object", '"😀"; s3.put_object').replace("if error", 'if "😀" and error')
    file.write_text(text, encoding="utf-8")
    environment = {**ENVIRONMENT, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    setup = tmp_path / "setup.el"
    setup.write_text(snippet("elisp"))
    environment["PATH"] = on_path(tmp_path)
    command = [emacs, "--batch", "-l", str(SCRIPT), str(file), str(setup)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    repaired = text.replace("NoSchKey", "NoSuchKey").replace("(items))", '(items), IfMatch=response["ETag"])')
    assert file.read_bytes() == repaired.encode()
