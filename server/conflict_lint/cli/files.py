"""Writing files so that a reader sees the old content or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


class ChangedError(Exception):
    """The file is no longer what it was when it was read."""


def replace_file(path: Path, data: bytes, expected: bytes | None = None) -> None:
    """Replace the content of ``path`` atomically; permissions stay, and a link keeps pointing at the file.

    With ``expected``, raises ChangedError instead of overwriting what somebody else has saved since it was read. Raises
    OSError when the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a device or a pipe has no content to replace
        target.write_bytes(data)
        return
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        if expected is not None and target.read_bytes() != expected:
            raise ChangedError
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
