"""What changed in the findings on published packages: ``python tests/corpus/crater.py DIR [PACKAGE…]``.

``DIR`` holds packages, unpacked as ``<name>==<version>``. Each is checked, and what is found is compared with
``judgements.jsonl``: *new* findings are judged nowhere, *gone* ones were judged right and are not found any more,
*moved* ones stand on another line of the same function, and *wrong* ones are found although they were judged wrong.
Exit status 1 when anything but agreement is printed. ``--download`` fetches the packages that are named first.

``compare`` is what CI uses on a few small packages (``tests/test_crater.py``).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JUDGEMENTS = Path(__file__).with_name("judgements.jsonl")
Row = Mapping[str, Any]
Where = tuple[str, int, str]
"""Path in the package, line (from 1), code."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a package's findings differ from what was judged; ``why`` is the judgement's reason."""

    kind: str
    package: str
    where: Where
    why: str = ""

    def __str__(self) -> str:
        path, line, code = self.where
        return f"{self.kind:5} {self.package} {path}:{line} {code}{f' -- {self.why}' if self.why else ''}"


def judged(path: Path = JUDGEMENTS) -> dict[str, list[Row]]:
    """The judgements by package."""
    out: dict[str, list[Row]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        out.setdefault(row["pkg"], []).append(row)
    return out


def findings(folder: Path) -> list[Row]:
    """The default findings in a package, the tool's own (CL9…) left out."""
    command = [sys.executable, "-m", "conflict_lint", "check", ".", "--no-cache", "--exit-zero"]
    command += ["--output-format", "json", "--config", str(Path(__file__).with_name("crater.toml"))]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr)
    return [row for row in json.loads(result.stdout)["findings"] if not row["code"].startswith("CL9")]


def compare(package: str, found: Iterable[Row], rows: Iterable[Row]) -> Iterator[Difference]:
    """How what is found in a package differs from what was judged there."""
    present = {(row["path"], row["line"], row["code"]): row["function"] for row in found}
    known = {(row["file"], row["line"], row["code"]): row for row in rows}
    fresh = sorted(present.keys() - known.keys())
    for where, row in sorted(known.items()):
        if where in present:
            if row["verdict"] == "noise":
                yield Difference("wrong", package, where, row["why"])
            continue
        same = [one for one in fresh if one[0::2] == where[0::2] and present[one] == row["function"]]
        if same:
            fresh.remove(same[0])
        if same or row["verdict"] == "true":
            yield Difference("moved" if same else "gone", package, where, row["why"])
    yield from (Difference("new", package, where) for where in fresh)


def download(package: str, target: Path) -> None:
    """Fetch a package's wheel and unpack its Python files below ``target``. Raises OSError when that cannot be done."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"]
        result = subprocess.run([*command, "--dest", folder, package], capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if result.returncode or not wheels:
            raise OSError(f"{package} cannot be downloaded: {result.stderr.strip() or 'it has no wheel'}")
        with zipfile.ZipFile(wheels[0]) as archive:
            archive.extractall(target / package, [name for name in archive.namelist() if name.endswith(".py")])


def main(arguments: Sequence[str]) -> int:
    """Compare the packages and print every difference and a count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="name==version; default: all in the directory")
    parser.add_argument("--download", action="store_true", help="fetch the packages that are named first")
    args = parser.parse_args(arguments)
    names = args.packages or sorted(path.name for path in args.directory.iterdir() if "==" in path.name)
    rows, counts = judged(), Counter[str]()
    for number, name in enumerate(names, 1):
        print(f"\r{number}/{len(names)} {name:60}", end="", file=sys.stderr, flush=True)
        if args.download and not (args.directory / name).is_dir():
            download(name, args.directory)
        found = findings(args.directory / name)
        counts["found"] += len(found)
        for difference in compare(name, found, rows.get(name, ())):
            counts[difference.kind] += 1
            print(f"\r{difference}")
    print(f"\r{', '.join(f'{count} {kind}' for kind, count in counts.items())} in {len(names)} packages")
    return 1 if counts.keys() - {"found"} else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
