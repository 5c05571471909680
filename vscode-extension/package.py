"""Builds the extension's packages: ``python vscode-extension/package.py [TARGET...] [--into DIRECTORY]``.

Without a target it builds all: one for each platform, with libcst for every supported Python, and a universal one
without libcst. Needs npm and pip; what it builds with is pinned in ``package-lock.json`` and in ``PINNED``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBS = HERE / "bundled" / "libs"
PYTHONS = ("310", "311", "312", "313", "314")
PURE = (
    "pygls==2.1.1",
    "lsprotocol==2025.0.0",
    "attrs==26.1.0",
    "cattrs==26.2.1",
    "typing_extensions==4.16.0",
    "exceptiongroup==1.3.1",
    "pathspec==1.1.0",
    "tomli==2.4.0",
)
LIBCST = "libcst==1.9.0"
OLDER = {"darwin-x64": "libcst==1.8.6"}  # the last one with wheels for it
PLATFORMS = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "win32-x64": ("win_amd64",),
    "darwin-x64": ("macosx_10_12_x86_64", "macosx_10_13_x86_64", "macosx_11_0_x86_64"),
    "darwin-arm64": ("macosx_11_0_arm64", "macosx_12_0_arm64"),
}
UNIVERSAL = "universal"
NEEDLESS = ("bin", "libcst/tests", "libcst/**/tests", "**/__pycache__", "*.dist-info/RECORD")


def main() -> None:
    """Build what the command line asks for, and say how large it is."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join((*PLATFORMS, UNIVERSAL)))
    options.add_argument("--into", type=Path, default=HERE / "dist", metavar="DIRECTORY")
    args = options.parse_args()
    targets = args.targets or [*PLATFORMS, UNIVERSAL]
    if unknown := set(targets) - {*PLATFORMS, UNIVERSAL}:
        options.error(f"unknown target: {', '.join(sorted(unknown))}")
    into = args.into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    if not (HERE / "node_modules").is_dir():
        npm("ci", "--ignore-scripts")
    npm("run", "--silent", "check")
    npm("run", "--silent", "build")
    for target in targets:
        bundle(target)
        package = into / f"conflict-lint-{target}.vsix"
        platform = [] if target == UNIVERSAL else ["--target", target]
        vsce = [
            "package",
            "--no-dependencies",
            "--skip-license",
            "--allow-missing-repository",
            "--no-rewrite-relative-links",
            *platform,
        ]
        npm("exec", "--", "vsce", *vsce, "--out", str(package))
        print(f"{package.name}: {package.stat().st_size / 1e6:.2f} MB")


def bundle(target: str) -> None:
    """Fill ``bundled/libs`` with the server and what it imports."""
    shutil.rmtree(LIBS, ignore_errors=True)
    LIBS.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder)
        pip("wheel", "--no-deps", "--wheel-dir", folder, str(HERE.parent))
        pip(
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--platform=any",
            "--python-version=310",
            "-d",
            folder,
            *PURE,
        )
        if target != UNIVERSAL:
            # A file of native code for each Python, told apart by its name: so the wheels go over each other.
            platforms = [f"--platform={platform}" for platform in PLATFORMS[target]]
            for python in PYTHONS:
                version = f"--python-version={python}"
                pip(
                    "download",
                    "--no-deps",
                    "--only-binary=:all:",
                    version,
                    *platforms,
                    "-d",
                    folder,
                    OLDER.get(target, LIBCST),
                )
        unpack(sorted(wheels.glob("*.whl")))


def unpack(wheels: Iterable[Path]) -> None:
    """Unpack wheels over each other. Raises SystemExit where two disagree on a file of Python."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                there = LIBS / name
                if name.endswith(".py") and there.is_file() and there.read_bytes() != archive.read(name):
                    raise SystemExit(f"{wheel.name} has another {name}")
            archive.extractall(LIBS)
    for pattern in NEEDLESS:
        for place in list(LIBS.glob(pattern)):
            shutil.rmtree(place, ignore_errors=True) if place.is_dir() else place.unlink()


def npm(*arguments: str) -> None:
    """Run npm in the extension's folder."""
    run(shutil.which("npm") or "npm", *arguments)


def pip(*arguments: str) -> None:
    """Run pip with this Python."""
    run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)


def run(*command: str) -> None:
    """Run a command; its output is shown only if it fails."""
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
