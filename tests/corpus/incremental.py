"""Edit real files at random and compare every state with a fresh run: ``python tests/corpus/incremental.py DIRECTORY``.

Takes the files below the directory that have the most findings (at most two of each package) and makes seeded edits to
them, about half of which leave the file broken. After each, the findings of the analysis that was kept up to date must
equal those of ``engine.check`` on the text, in every part. Prints the counts; exit code 1 if any state differs.
With ``--truncations`` every file is instead shortened from its end, character by character.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "server"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rules"))

from conflict_lint import engine
from conflict_lint.analysis.modules import PutAside
from conflict_lint.analysis.source import Source, Unreadable, decode
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView

Change = tuple[int, int, str]
"""Replace ``[start, end)`` (code points) by a text."""

SETTINGS = Settings(strict=True)
VIEW = ProjectView("/")
TOKEN = re.compile(r"\w+|[^\w\s]")
DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class|@)[^\n]*\n", re.MULTILINE)
MARKS = (
    *('"', "'", '"""', "'''", "(", ")", "[", "]", "{", "}", ":", ",", "=", ".", "#", "\\\n", ";", "\n", "\r\n", "\r"),
    *("\f", "\t", " ", "    ", "\N{PILE OF POO}", "\0", 'f"{', "e\N{COMBINING ACUTE ACCENT}", "global body\n"),
)
LINES = (
    's3 = boto3.client("s3")',
    "client = None",
    'body = client.get_object(Bucket=bucket, Key=key)["Body"].read()',
    'body["n"] = 1',
    "client.put_object(Bucket=bucket, Key=key, Body=body)",
    "client.put_object(Bucket=bucket, Key=",
    "self._save(key, self._load(key) + 1)",
    'policy = client.get_bucket_policy(Bucket=bucket)["Policy"]',
    "client.put_bucket_policy(Bucket=bucket, Policy=policy + extra)",
    'if error.response["Error"]["Code"] == "NoSchKey":',
    "except client.exceptions.NoSuchKeys:",
    "try:",
    "return body",
    "with lock:",
    "for key in keys:",
    "# conflict-lint: ignore[CL101] it is mine",
    "# conflict-lint: ignore-file[CL403]",
    "import boto3",
    "def helper(",
    "class Store:",
    "@property",
)
FUNCTIONS = (
    'def load_it(bucket, key):\n    return boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()\n',
    'def save_it(bucket, key, body):\n    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)\n',
    "def load_it(bucket, key):\n    return b''\n",
    "def save_it(bucket, key, body):\n    pass\n",
    "def change_it(bucket, key):\n    save_it(bucket, key, load_it(bucket, key) + b'1')\n",
    'def s3_client():\n    return boto3.client("s3")\n',
    "def s3_client():\n    return Local()\n",
    "def direct(bucket, key):\n    c = s3_client()\n    body = c.get_object(Bucket=bucket, Key=key)\n"
    "    c.put_object(Bucket=bucket, Key=key, Body=body['Body'].read() + b'1')\n",
)


def parses(text: str) -> bool:
    """Whether the whole text is valid Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class Typist:
    """Makes up edits, of every kind that people and their tools make; the same seed makes the same ones."""

    def __init__(self, seed: object) -> None:
        self.random = random.Random(str(seed))
        self.kinds: tuple[Callable[[str], Change], ...] = (
            self.insert_mark, self.insert_mark, self.delete_token, self.swap_token, self.swap_token, self.delete_lines,
            self.repeat_line, self.indent, self.type_line, self.type_line, self.insert_function, self.copy_function,
            self.delete_function, self.move_function, self.delete_range,
        )  # fmt: skip

    def change(self, text: str) -> Change:
        """The next edit of ``text``."""
        return self.random.choice(self.kinds)(text)

    def offset(self, text: str) -> int:
        return self.random.randint(0, len(text))

    def line(self, text: str) -> tuple[int, int]:
        """The span of some line, its end included."""
        at = self.offset(text)
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at) + 1
        return start, end or len(text)

    def token(self, text: str) -> re.Match[str] | None:
        return TOKEN.search(text, self.offset(text))

    def function(self, text: str) -> tuple[int, int]:
        """The span of a definition up to the next, which need not be the whole of it."""
        starts = [match.start() for match in DEFINITION.finditer(text)]
        if not starts:
            return self.line(text)
        index = self.random.randrange(len(starts))
        return starts[index], starts[index + 1] if index + 1 < len(starts) else len(text)

    def insert_mark(self, text: str) -> Change:
        at = self.offset(text)
        return at, at, self.random.choice(MARKS)

    def delete_token(self, text: str) -> Change:
        token = self.token(text)
        return (*token.span(), "") if token else (0, 0, "x")

    def swap_token(self, text: str) -> Change:
        """One of the file's words in the place of another: names of helpers, keys and operations change."""
        token, other = self.token(text), self.token(text)
        return (*token.span(), other[0]) if token and other else (0, 0, "y")

    def delete_lines(self, text: str) -> Change:
        start, end = self.line(text)
        for _ in range(self.random.randrange(3)):
            end = (text.find("\n", end) + 1) or len(text)
        return start, end, ""

    def repeat_line(self, text: str) -> Change:
        start, end = self.line(text)
        return end, end, text[start:end]

    def indent(self, text: str) -> Change:
        start, _ = self.line(text)
        if text.startswith("    ", start) and self.random.random() < 0.5:
            return start, start + 4, ""
        return start, start, "    "

    def type_line(self, text: str) -> Change:
        """A line about an SDK, where a line begins, with the indentation that it finds there."""
        start, end = self.line(text)
        indent = re.match(r"[ \t]*", text[start:end])
        line = self.random.choice(LINES)
        return start, start, f"{indent[0] if indent else ''}{line}\n"

    def insert_function(self, text: str) -> Change:
        start, _ = self.function(text)
        start = text.rfind("\n", 0, start) + 1
        return start, start, self.random.choice(FUNCTIONS)

    def copy_function(self, text: str) -> Change:
        start, end = self.function(text)
        return end, end, text[start:end]

    def delete_function(self, text: str) -> Change:
        return (*self.function(text), "")

    def move_function(self, text: str) -> Change:
        """A definition moves behind the one that follows it."""
        start, end = self.function(text)
        after = DEFINITION.search(text, end + 1)
        stop = after.start() if after else len(text)
        return start, stop, text[end:stop] + text[start:end]

    def delete_range(self, text: str) -> Change:
        start = self.offset(text)
        return start, min(start + self.random.randrange(200), len(text)), ""


@dataclass
class Tally:
    """What a run of edits met; ``differing`` holds a description of each state that differs."""

    edits: int = 0
    broken: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    distinct: set[tuple[str, ...]] = field(default_factory=set)
    differing: list[str] = field(default_factory=list)
    kept: float = 0.0
    fresh: float = 0.0


def history(text: str, seed: object, count: int) -> Iterator[tuple[Change, str]]:
    """``count`` changes and the texts after them. What breaks the file is undone after at most a few more edits."""
    typist = Typist(seed)
    limit = 2 * len(text) + 2000
    undo: list[Change] = []
    for _ in range(count):
        if undo and (len(undo) > 2 or typist.random.random() < 0.6):
            start, end, new = undo.pop()
        else:
            start, end, new = typist.change(text)
            back = (start, start + len(new), text[start:end])
            after = text[:start] + new + text[end:]
            if undo or not parses(after) or len(after) > limit or typist.random.random() < 0.2:
                undo.append(back)
        text = text[:start] + new + text[end:]
        yield (start, end, new), text


def begun(kept: engine.Analysis, steps: int) -> bool:
    """Analyse for some steps only; returns whether that was all."""
    left = iter(range(steps))

    def pause() -> None:
        if next(left, None) is None:
            raise PutAside

    try:
        kept.result(pause)
    except PutAside:
        return False
    return True


def follow(text: str, path: str, seed: object, count: int) -> Tally:
    """Make ``count`` edits and compare after each; sometimes several edits come before the findings are asked for.

    Sometimes the analysis is put aside and goes on, and sometimes an edit comes in between.
    """
    tally = Tally()
    kept = engine.Analysis(Source(text, path), VIEW, SETTINGS)
    kept.result()
    pause = random.Random(f"pause {seed}")
    for number, ((start, end, new), after) in enumerate(history(text, seed, count), 1):
        kept.edit(start, end, new)
        tally.edits += 1
        tally.broken += not parses(after)
        if pause.random() < 0.1 and number < count:
            if pause.random() < 0.5:
                begun(kept, pause.randrange(4))
            continue
        begin = time.perf_counter()
        while pause.random() < 0.2 and not begun(kept, pause.randrange(4)):
            pass
        mine = kept.result()
        middle = time.perf_counter()
        fresh = engine.check(Source(after, path), VIEW, SETTINGS)
        tally.kept += middle - begin
        tally.fresh += time.perf_counter() - middle
        tally.findings.update(finding.code for finding in fresh.findings)
        tally.distinct.add(tuple(finding.fingerprint for finding in fresh.findings))
        if mine != fresh:
            tally.differing.append(f"{path}, seed {seed}, edit {number}: {difference(mine, fresh)}")
            kept = engine.Analysis(Source(after, path), VIEW, SETTINGS)  # one difference is told once
    return tally


def truncated(text: str, path: str, step: int = 1) -> list[str]:
    """Shorten a text from its end, ``step`` code points at a time; what crashes or differs from a fresh run."""
    kept = engine.Analysis(Source(text, path), VIEW, SETTINGS)
    out: list[str] = []
    for end in range(len(text) - 1, -1, -step):
        kept.edit(end, len(kept.source.text), "")
        mine, fresh = kept.result(), engine.check(Source(text[:end], path), VIEW, SETTINGS)
        if mine != fresh:
            out.append(f"{path}, {end}: {difference(mine, fresh)}")
        out += [f"{path}, {end}: {found.message}" for found in fresh.findings if found.code == "CL904"]
    return out


def difference(mine: engine.Result, fresh: engine.Result) -> str:
    """The first finding that only one of two results has, or what else differs."""
    for name, one, other in (("lost", fresh, mine), ("surplus", mine, fresh)):
        for finding in one.findings:
            if finding not in other.findings:
                return f"{name}: {finding.code} {finding.function}: {finding.message} at {finding.span.start}"
    return f"held back {mine.held_back}, {fresh.held_back}; suppressed {mine.suppressed}, {fresh.suppressed}"


def chosen(directory: Path, count: int) -> list[Path]:
    """The files with the most findings, at most two of each package."""
    found: list[tuple[int, str, Path]] = []
    for path in sorted(directory.rglob("*.py")):
        try:
            source = Source(decode(path.read_bytes()), path.name)
        except (Unreadable, OSError):
            continue
        findings = engine.check(source, VIEW, SETTINGS).findings
        real = [finding for finding in findings if not finding.code.startswith("CL9")]
        if real:
            found.append((-len(real), path.relative_to(directory).parts[0], path))
    taken: Counter[str] = Counter()
    out: list[Path] = []
    for _, package, path in sorted(found):
        taken[package] += 1
        if taken[package] <= 2:
            out.append(path)
    return out[:count]


def shorten_all(directory: Path) -> int:
    """Make every truncation of every file; returns how many go wrong."""
    wrong = 0
    for path in sorted(directory.rglob("*.py")):
        text = decode(path.read_bytes())
        begin = time.perf_counter()
        problems = truncated(text, path.name)
        wrong += len(problems)
        seconds = time.perf_counter() - begin
        print(f"{path.relative_to(directory)}: {len(text)} truncations, {len(problems)} go wrong, {seconds:.1f} s")
        print("".join(f"  {line}\n" for line in problems[:5]), end="", flush=True)
    return wrong


def main() -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=5)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--truncations", action="store_true", help="shorten every file from its end instead")
    arguments = parser.parse_args()
    if arguments.truncations:
        return 1 if shorten_all(arguments.directory) else 0
    differing = 0
    for path in chosen(arguments.directory, arguments.files):
        text = decode(path.read_bytes())
        tally = follow(text, path.name, arguments.seed, arguments.edits)
        differing += len(tally.differing)
        codes = ", ".join(f"{code} {count}" for code, count in sorted(tally.findings.items()))
        print(f"{path.relative_to(arguments.directory)} ({text.count(chr(10))} lines): {tally.edits} edits,", end=" ")
        print(f"{tally.broken} states broken, {len(tally.distinct)} distinct results, {len(tally.differing)} differ;")
        print(f"  findings compared: {codes}; kept {tally.kept:.1f} s, fresh {tally.fresh:.1f} s")
        for line in tally.differing[:10]:
            print(f"  {line}")
        sys.stdout.flush()
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
