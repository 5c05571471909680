"""What share of the findings carries a repair, and whether the repairs hold: ``repairs.py DIR [PACKAGE…]``.

``DIR`` holds packages, unpacked as ``<name>==<version>``. Each default finding's repair is applied to the text of its
file, in memory alone, and the laws of ``tests/laws.py`` are asserted: for each repair by itself, and for all of a file
together. Prints the findings, those with a repair, and the broken laws of each rule; exit status 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from conflict_lint.analysis.source import decode
from crater import findings

sys.path.insert(0, str(Path(__file__).parent.parent))

from laws import Program


def broken(program: Program, text: str) -> Iterator[tuple[str, str]]:
    """The laws that the repairs of a file break: the rule's code, and what is wrong."""
    for finding, fix in program.offers(text):
        why = failure(partial(program.hold_alone, text, finding, fix))
        if why is not None:
            yield finding.code, f"line {text.count(chr(10), 0, finding.span.start) + 1}: {why}"
    why = failure(partial(program.hold_together, text))
    if why is not None:
        yield "all together", why


def failure(law: Callable[[], object]) -> str | None:
    """What an assertion that fails says; None if it holds."""
    try:
        law()
    except AssertionError as error:
        return str(error)
    return None


def main(arguments: Sequence[str]) -> int:
    """Check the repairs of all findings in the packages, and print the figures by rule."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="name==version; default: all in the directory")
    args = parser.parse_args(arguments)
    names = args.packages or sorted(path.name for path in args.directory.iterdir() if "==" in path.name)
    found, offered, wrong = Counter[str](), Counter[str](), Counter[str]()
    for number, name in enumerate(names, 1):
        print(f"\r{number}/{len(names)} {name:60}", end="", file=sys.stderr, flush=True)
        for path in sorted({row["path"] for row in findings(args.directory / name)}):
            program = Program(str(args.directory / name), path)
            text = decode((args.directory / name / path).read_bytes())
            found.update(finding.code for finding in program.findings(text) if finding.code < "CL9")
            offered.update(finding.code for finding, _ in program.offers(text))
            for code, why in broken(program, text):
                wrong[code] += 1
                print(f"\r{name} {path} {code} {why}")
    print(f"\r{'':70}\rcode   findings  repair  broken")
    for code in sorted(found | wrong):
        print(f"{code}   {found[code]:8}  {offered[code]:6}  {wrong[code]:6}")
    print(f"all     {found.total():8}  {offered.total():6}  {wrong.total():6}  in {len(names)} packages")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
