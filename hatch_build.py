"""Build hook: a wheel carries the compiled catalogue, so that an installation never needs to compile."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = "conflict_lint_rules/catalogue/compiled.bin"


class CatalogueHook(BuildHookInterface[Any]):
    """Compiles the catalogue outside the checkout, which compiles its own when the sources change."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled file to a wheel; an editable one reads the checkout's sources instead."""
        self._folder: Path | None = None
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "server"))
        try:
            from conflict_lint.catalogue.build import compile_catalogue
        finally:
            sys.path.pop(0)
        self._folder = Path(tempfile.mkdtemp())
        compiled = self._folder / "compiled.bin"
        compiled.write_bytes(compile_catalogue(root / "rules" / "conflict_lint_rules" / "catalogue"))
        build_data["force_include"][str(compiled)] = COMPILED

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary file."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
