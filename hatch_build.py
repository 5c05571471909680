"""Build hook: a wheel carries the compiled catalogue, and the native one an analysis that mypyc has compiled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = "conflict_lint_rules/catalogue/compiled.bin"
NATIVE = "CONFLICT_LINT_NATIVE"
"""The environment variable that, when it is 1, asks for the native wheel."""
MYPYC = """
import sys
from mypyc.build import mypycify
from setuptools import setup
options = ["--config-file=", "--ignore-missing-imports", "--cache-dir=build/cache", *sys.argv[1:]]
libraries = mypycify(options, group_name="conflict_lint.analysis", opt_level="1", debug_level="0", multi_file=True)
for library in libraries:
    library.include_dirs.append("build/conflict_lint")
setup(script_args=["build_ext", "--inplace"], ext_modules=libraries)
"""
"""What compiles the files it is given, beside them. More optimization takes longer and gains nothing."""


class BuildHook(BuildHookInterface[Any]):
    """Compiles in a temporary folder; a checkout compiles its own catalogue when the sources change."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs beside the build system."""
        return ["mypy[mypyc]~=2.4"] if self._is_native else []

    @property
    def _is_native(self) -> bool:
        return os.environ.get(NATIVE) == "1" and self.target_name == "wheel"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled files to a wheel; an editable one reads the checkout's sources instead."""
        self._folder: Path | None = None
        if self.target_name != "wheel" or version == "editable":
            return
        self._folder = Path(tempfile.mkdtemp())
        build_data["force_include"][str(self._catalogue(self._folder))] = COMPILED
        if self._is_native:
            for library in self._libraries(self._folder):
                build_data["force_include"][str(library)] = library.relative_to(self._folder).as_posix()
            build_data["pure_python"] = False
            build_data["infer_tag"] = True

    def _catalogue(self, folder: Path) -> Path:
        """The compiled catalogue."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "server"))
        try:
            from conflict_lint.catalogue.build import compile_catalogue
        finally:
            sys.path.pop(0)
        compiled = folder / "compiled.bin"
        compiled.write_bytes(compile_catalogue(root / "rules" / "conflict_lint_rules" / "catalogue"))
        return compiled

    def _libraries(self, folder: Path) -> list[Path]:
        """The modules of the native build, each beside the source that it goes before, and the library they share."""
        shutil.copytree(Path(self.root) / "server" / "conflict_lint", folder / "conflict_lint")
        analysis = folder / "conflict_lint" / "analysis"
        modules = sorted({path.name for path in analysis.glob("*.py")} - {*self.config["interpreted"]})
        sources = [f"conflict_lint/analysis/{name}" for name in modules]
        done = subprocess.run(
            [sys.executable, "-c", MYPYC, *sources],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"mypyc has not compiled the analysis:\n{done.stdout}")
        return sorted(path for path in folder.glob("conflict_lint/**/*") if path.suffix in {".so", ".pyd"})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary files."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
