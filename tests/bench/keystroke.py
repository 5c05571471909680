"""Time from a keystroke to its diagnostics, from outside: ``python tests/bench/keystroke.py [FILE-OR-DIRECTORY]``.

Opens one document of about 4,100 lines, types a character at 200 seeded places and deletes it again, and waits each
time for the diagnostics of that version; then it hovers over the same places. Without an argument the document is
generated from the seed; a directory gives its files with the most SDK calls per line, one after the other. ``ruff
server`` and basedpyright are measured in the same run if they are installed. ``--phases`` runs the same keystrokes in
this process and tells where the time goes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATH = os.pathsep.join([str(ROOT / "server"), str(ROOT / "rules")])
LINES = 4_100
PROBE = """
import asyncio, sys, time
from conflict_lint.lsp import serve
from conflict_lint.lsp.server import Server

async def busy():
    most = 0.0
    while True:
        begun = time.thread_time()
        await asyncio.sleep(0.001)
        taken = time.thread_time() - begun
        if taken > most:
            most = taken
            with open(sys.argv[1], "a") as log:
                print(taken, file=log)

initialized = Server._initialized
async def watched(self, params):
    self.probe = asyncio.ensure_future(busy())
    await initialized(self, params)
Server._initialized = watched
sys.exit(serve())
"""
"""A server that writes down for how long its event loop was busy in one go at most, in seconds of processor time."""
SDK_CALL = re.compile(r"\b(?:client|s3|table|dynamodb|sqs|ec2|iam|resource)\w*\.\w+\(|\bboto3\b")
URI = "file:///keystroke/document.py"

FUNCTION = '''
def {verb}_{noun}_{number}(bucket, {noun}_id, change, retries={retries}):
    """Add a change to the stored {noun}."""
    key = f"{noun}s/{{{noun}_id}}.json"
    try:
        response = s3.get_object(Bucket=bucket, Key=key)
        stored = json.loads(response["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] != "{code}":
            raise
        stored = {{"id": {noun}_id, "changes": []}}
    stored["changes"].append(change)
    for attempt in range(retries):
        logger.debug("attempt %s of %s for %s", attempt, retries, key)
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(stored){guard})
    table.update_item(
        Key={{"id": {noun}_id}},
        UpdateExpression="SET latest = :latest",
        ExpressionAttributeValues={{":latest": change}},
    )
    return stored
'''


def generated(seed: int, length: int = LINES) -> str:
    """A module that reads and writes S3 and DynamoDB all the time, of about so many lines."""
    draw = random.Random(seed)
    parts = ["import json\nimport logging\n\nimport boto3\nfrom botocore.exceptions import ClientError\n\n"]
    parts.append('logger = logging.getLogger(__name__)\ns3 = boto3.client("s3")\n')
    parts.append('table = boto3.resource("dynamodb").Table("latest")\n')
    parts.extend(
        FUNCTION.format(
            verb=draw.choice(["append", "record", "merge"]),
            noun=draw.choice(["order", "invoice", "manifest"]),
            number=number,
            retries=draw.randrange(1, 6),
            code="NoSchKey" if draw.random() < 0.05 else draw.choice(["NoSuchKey", "404"]),
            guard="" if draw.random() < 0.1 else ', IfMatch=response["ETag"]',
        )
        for number in range(length // FUNCTION.count("\n"))
    )
    return "".join(parts)


def composed(place: Path) -> str:
    """One file as it is, or the densest files of a directory up to the length."""
    if place.is_file():
        return place.read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(place.rglob("*.py"))]
    dense = sorted((t for t in texts if t.count("\n") > 100), key=lambda t: -len(SDK_CALL.findall(t)) / t.count("\n"))
    text = ""
    for each in dense:
        if text.count("\n") + each.count("\n") <= LINES * 1.02:
            text += each if each.endswith("\n") else each + "\n"
    return text


def keystrokes(text: str, seed: int, places: int) -> Iterator[tuple[int, int, str]]:
    """(line, column, character) of each place: the end of a line, or inside one, in ASCII lines only."""
    draw = random.Random(seed)
    lines = text.split("\n")
    usable = [i for i, line in enumerate(lines) if line.strip() and line.isascii()]
    for line in draw.choices(usable, k=places):
        start = len(lines[line]) - len(lines[line].lstrip())
        yield line, draw.choice([len(lines[line]), draw.randrange(start, len(lines[line]) + 1)]), draw.choice('ax_1.("')


class Client:
    """The least a client has to be."""

    def __init__(self, command: Sequence[str]) -> None:
        environment = {**os.environ, "PYTHONPATH": PATH}
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self.number = 0

    def send(self, method: str, params: object, identity: int | None = None) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if identity is None else {**message, "id": identity}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def received(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name == b"Content-Length" else length
        if not length:
            raise SystemExit("the server has gone")
        return json.loads(self.process.stdout.read(length))  # type: ignore[no-any-return]

    def ask(self, method: str, params: object) -> None:
        self.number += 1
        self.send(method, params, self.number)
        while self.received().get("id") != self.number:
            pass

    def diagnostics(self, version: int) -> int:
        """Wait for the diagnostics of a version; returns how many there are."""
        while True:
            message = self.received()
            params = message.get("params") or {}
            if message.get("method") == "textDocument/publishDiagnostics" and params.get("version") == version:
                return len(params["diagnostics"])
            if "id" in message and "method" in message:  # a request of the server's
                self.answer(message["id"])

    def answer(self, identity: int | str) -> None:
        """Answer a request of the server's with nothing."""
        body = json.dumps({"jsonrpc": "2.0", "id": identity, "result": None}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def start(self) -> float:
        """Seconds from the start of the process to the answer to ``initialize``."""
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        passed = time.perf_counter() - self.begun
        self.send("initialized", {})
        return passed

    def stop(self) -> None:
        self.ask("shutdown", None)
        self.send("exit", None)
        self.process.wait(10)


def change(version: int, line: int, column: int, end: int, text: str) -> object:
    """The parameters of one incremental change within a line."""
    where = {"start": {"line": line, "character": column}, "end": {"line": line, "character": end}}
    return {"textDocument": {"uri": URI, "version": version}, "contentChanges": [{"range": where, "text": text}]}


def measure(command: Sequence[str], text: str, seed: int, places: int, *, quiet: bool = False) -> None:
    """Print one server's figures, unless it is asked for something else."""
    starts = []
    for _ in range(1 if quiet else 5):
        client = Client(command)
        starts.append(client.start())
        client.stop()
    client = Client(command)
    client.start()
    time.sleep(1.5)
    begun = time.perf_counter()
    document = {"uri": URI, "languageId": "python", "version": 0, "text": text}
    client.send("textDocument/didOpen", {"textDocument": document})
    found = client.diagnostics(0)
    opened = time.perf_counter() - begun
    time.sleep(2)
    taken = []
    version = 0
    for line, column, character in keystrokes(text, seed, places):
        for start, end, typed in ((column, column, character), (column, column + 1, "")):
            version += 1
            begun = time.perf_counter()
            client.send("textDocument/didChange", change(version, line, start, end, typed))
            client.diagnostics(version)
            taken.append(time.perf_counter() - begun)
            time.sleep(0.03)
    hovers = []
    for line, column, _ in keystrokes(text, seed, places):
        begun = time.perf_counter()
        place = {"textDocument": {"uri": URI}, "position": {"line": line, "character": column}}
        client.ask("textDocument/hover", place)
        hovers.append(time.perf_counter() - begun)
        time.sleep(0.03)
    client.stop()
    if quiet:
        return
    print(f"  initialize  {milliseconds(starts)}")
    print(f"  first open  {opened * 1e3:.0f} ms, {found} diagnostics")
    print(f"  keystroke   {milliseconds(taken)}")
    print(f"  hover       {milliseconds(hovers)}")


def milliseconds(seconds: Sequence[float]) -> str:
    """Median, 95th percentile and maximum."""
    ordered = sorted(second * 1e3 for second in seconds)
    last = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return f"p50 {statistics.median(ordered):.1f}  p95 {last:.1f}  max {ordered[-1]:.1f} ms  (n={len(ordered)})"


def phases(text: str, seed: int, places: int) -> None:
    """Print where the time of the same keystrokes goes, without processes and pipes."""
    sys.path[:0] = PATH.split(os.pathsep)
    from conflict_lint.lsp import documents, folders, wire
    from conflict_lint.lsp.answers import Change, Range

    document = documents.Document(URI, 0, text, folders.Folders([]).place(""), "utf-16")
    document.reports()
    written = wire.Written()
    spent: dict[str, list[float]] = {}
    for line, column, character in keystrokes(text, seed, places):
        for end, typed in ((column, character), (column + 1, "")):
            marks = [time.perf_counter()]
            document.change(document.version + 1, [Change(Range((line, column), (line, end)), typed)])
            marks.append(time.perf_counter())
            document.findings()
            marks.append(time.perf_counter())
            (report,) = document.reports()
            marks.append(time.perf_counter())
            written.pushed(report)
            marks.append(time.perf_counter())
            for name, begun, ended in zip(("edit", "analysis", "places", "message"), marks, marks[1:], strict=False):
                spent.setdefault(name, []).append(ended - begun)
    for name, seconds in spent.items():
        print(f"  {name:9}   {milliseconds(seconds)}")


def program(name: str) -> str | None:
    """Where a program is: beside the interpreter, or on the path."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path, help="a Python file, or a directory to compose one from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--phases", action="store_true", help="also run in this process, phase by phase")
    parser.add_argument("--lines", type=int, default=LINES, help="of the generated file")
    options = parser.parse_args()
    text = composed(options.source) if options.source else generated(options.seed, options.lines)
    calls = len(SDK_CALL.findall(text))
    print(f"{text.count(chr(10))} lines, {calls} lookalikes of SDK calls, {options.places} places, seed {options.seed}")
    print("conflict-lint server")
    measure([sys.executable, "-m", "conflict_lint", "server"], text, options.seed, options.places)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "busy"
        measure([sys.executable, "-c", PROBE, str(log)], text, options.seed, options.places, quiet=True)
        busy = [float(line) * 1e3 for line in log.read_text().split()]
        print(f"  event loop  busy for at most {busy[-1]:.1f} ms in one go (processor time)")
    if ruff := program("ruff"):
        print("ruff server")
        measure([ruff, "server"], text, options.seed, options.places)
    if basedpyright := program("basedpyright-langserver"):
        print("basedpyright")
        measure([basedpyright, "--stdio"], text, options.seed, options.places)
    if options.phases:
        print("phases, in one process")
        phases(text, options.seed, options.places)


if __name__ == "__main__":
    main()
