"""The protocol from outside, byte for byte: every request is answered once, nothing else is said, and edits add up."""

from __future__ import annotations

import importlib
import json
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from editing import ENVIRONMENT, SAMPLE, SERVER, message, on_path
from test_crater import CRATER

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "editors.md"
PACKAGE = "aegea==4.5.3"
PIECES = (
    "(",
    ")",
    '"',
    '"""',
    "\n",
    "    ",
    "x = 1\n",
    "#",
    "def f():\n",
    "s3.put_object(",
    "é😀",
    "try:\n",
    "\t",
    "\\\n",
)
EDITS = 1_000


class Wire:
    """A client that keeps every message in the order in which it came."""

    def __init__(self, command: tuple[str, ...] = SERVER) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
        self.queue: Queue[dict[str, Any] | None] = Queue()
        self.asked: Counter[int] = Counter()
        self.answered: Counter[int] = Counter()
        self.said: list[dict[str, Any]] = []
        self.found: dict[tuple[str, int | None], list[Any]] = {}
        threading.Thread(target=self._read, daemon=True).start()
        self.capabilities = self.ask("initialize", processId=None, rootUri=None, capabilities={})["capabilities"]
        self.say("initialized")

    def _read(self) -> None:
        assert self.process.stdout is not None
        while header := self.process.stdout.readline():
            name, _, value = header.partition(b":")
            if name == b"Content-Length":
                while self.process.stdout.readline().strip():
                    pass
                self.queue.put(json.loads(self.process.stdout.read(int(value))))
        self.queue.put(None)

    def say(self, method: str, **params: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(message(method, params=params))
        self.process.stdin.flush()

    def send(self, method: str, **params: object) -> int:
        """Send a request; returns its number."""
        assert self.process.stdin is not None
        number = len(self.asked) + 1
        self.asked[number] += 1
        self.process.stdin.write(message(method, id=number, params=params))
        self.process.stdin.flush()
        return number

    def ask(self, method: str, **params: object) -> Any:
        """Send a request and wait for its answer."""
        number = self.send(method, **params)
        while (answer := self.receive()).get("id") != number:
            pass
        return answer.get("result")

    def receive(self) -> dict[str, Any]:
        received = self.queue.get(timeout=60)
        assert received is not None, "the server has gone"
        self._note(received)
        return received

    def _note(self, received: dict[str, Any]) -> None:
        assert received["jsonrpc"] == "2.0"
        if "id" in received:
            assert "method" not in received, "this client has not said that it can be asked anything"
            assert ("result" in received) != ("error" in received)
            self.answered[received["id"]] += 1
        else:
            self.said.append(received)
            params = received["params"]
            if received["method"] == "textDocument/publishDiagnostics":
                self.found[params["uri"], params.get("version")] = params["diagnostics"]

    def diagnostics(self, uri: str, version: int) -> list[tuple[str, str]]:
        """What is found in a version, what is kept in broken statements left out."""
        while (uri, version) not in self.found:
            self.receive()
        return [(d["code"], str(d["range"])) for d in self.found[uri, version] if "data" not in d]

    def open(self, uri: str, text: str) -> None:
        self.say("textDocument/didOpen", textDocument={"uri": uri, "languageId": "python", "version": 1, "text": text})

    def stop(self, *said: str) -> None:
        """Leave as one should; then everything asked was answered once, and nothing but diagnostics was ``said``."""
        assert self.ask("shutdown") is None
        self.say("exit")
        assert self.process.wait(30) == 0
        while (left := self.queue.get(timeout=30)) is not None:
            self._note(left)
        assert self.answered == self.asked
        assert {said["method"] for said in self.said} <= {"textDocument/publishDiagnostics", *said}
        assert self.process.stderr is not None
        assert bool(self.process.stderr.read()) == bool(said), "only what is unusual is logged"


def position(text: str, offset: int) -> dict[str, int]:
    """An offset in units of UTF-16."""
    before = text[:offset]
    line = before[before.rfind("\n") + 1 :]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}


def generated(monkeypatch: pytest.MonkeyPatch) -> str:
    """What the benchmarks are run on."""
    monkeypatch.syspath_prepend(str(TESTS / "bench"))
    keystroke = importlib.import_module("keystroke")
    return str(keystroke.generated(1, 800))


def published(folder: Path) -> str:
    """The file of a published package that has most to do with SDKs."""
    try:
        CRATER.download(PACKAGE, folder)
    except OSError as error:
        pytest.skip(str(error))
    texts = [path.read_text("utf-8") for path in folder.rglob("*.py")]
    return max(texts, key=lambda text: text.count("client") + text.count("table"))


@pytest.mark.parametrize("kind", ["generated", "published"])
def test_a_thousand_edits_give_what_a_fresh_open_gives(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = generated(monkeypatch) if kind == "generated" else published(tmp_path)
    original, draw, uri, version = text, random.Random(7), "file:///edited.py", 1
    wire = Wire()
    wire.open(uri, text)
    compared = 0

    def edit(start: int, end: int, new: str) -> None:
        nonlocal text, version
        version += 1
        where = {"start": position(text, start), "end": position(text, end)}
        document = {"uri": uri, "version": version}
        wire.say("textDocument/didChange", textDocument=document, contentChanges=[{"range": where, "text": new}])
        text = text[:start] + new + text[end:]

    for number in range(EDITS // 2):
        start, piece = draw.randrange(len(text) + 1), draw.choice(PIECES)
        edit(start, start, piece)  # this half leaves it broken more often than not
        if number % 5 == 0:
            place = {"textDocument": {"uri": uri}, "position": position(text, draw.randrange(len(text)))}
            wire.send(draw.choice(["textDocument/hover", "textDocument/completion"]), **place)
        if draw.random() < 0.9:
            edit(start, start + len(piece), "")
        else:
            end = min(len(text), start + draw.choice([0, 1, 30]))
            edit(start, end, draw.choice(["", "pass\n", "1"]))
        if number % 50 == 49:
            fresh = f"file:///fresh{number}.py"
            wire.open(fresh, text)
            assert wire.diagnostics(uri, version) == wire.diagnostics(fresh, 1)
            compared += len(wire.diagnostics(fresh, 1))
            wire.say("textDocument/didClose", textDocument={"uri": fresh})
        if number % 100 == 99:
            edit(0, len(text), original)
    edit(0, len(text), original)
    wire.open("file:///last.py", original)
    assert wire.diagnostics(uri, version) == wire.diagnostics("file:///last.py", 1)
    assert compared > 10 or kind == "published"
    versions = [s["params"]["version"] for s in wire.said if s["params"]["uri"] == uri]
    assert versions == sorted(set(versions))
    wire.stop()


def settings_of(editor: str) -> Any:
    """The settings that the page about editors shows for one of them."""
    section = PAGE.read_text("utf-8").partition(f"\n## {editor}\n")[2].partition("\n## ")[0]
    language, _, rest = section.partition("```")[2].partition("\n")
    return (tomllib.loads if language == "toml" else json.loads)(rest.partition("```")[0])


@pytest.mark.parametrize(
    ("editor", "path", "fields"),
    [
        ("Helix", ("language-server", "conflict-lint"), ("command", "args")),
        ("Zed", ("lsp", "conflict-lint", "binary"), ("path", "arguments")),
        ("Sublime Text", ("clients", "conflict-lint"), ("command",)),
    ],
)
def test_the_settings_for_other_editors_start_the_server(
    editor: str, path: tuple[str, ...], fields: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = settings_of(editor)
    for key in path:
        found = found[key]
    command = [word for field in fields for word in ([found[field]] if isinstance(found[field], str) else found[field])]
    monkeypatch.setitem(ENVIRONMENT, "PATH", on_path(tmp_path))
    wire = Wire((str(tmp_path / "bin" / command[0]), *command[1:]))
    wire.open("file:///a.py", SAMPLE)
    assert [code for code, _ in wire.diagnostics("file:///a.py", 1)] == ["CL101", "CL403"]
    wire.stop()


def test_everything_that_is_offered_is_answered() -> None:
    wire = Wire()
    uri = "file:///a.py"
    wire.open(uri, SAMPLE)
    assert [code for code, _ in wire.diagnostics(uri, 1)] == ["CL101", "CL403"]
    document, place = {"uri": uri}, {"line": 11, "character": 8}
    everywhere = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    assert wire.ask("textDocument/hover", textDocument=document, position=place)["contents"]["kind"] == "markdown"
    assert wire.ask("textDocument/completion", textDocument=document, position=place) == []
    context = {"diagnostics": []}
    actions = wire.ask("textDocument/codeAction", textDocument=document, range=everywhere, context=context)
    repairs = [a for a in actions if not a["title"].startswith("Explain")]
    assert all("edit" in action for action in repairs), "this client cannot resolve"
    assert wire.ask("codeAction/resolve", **repairs[0])["edit"] == repairs[0]["edit"]
    assert wire.ask("textDocument/diagnostic", textDocument=document)["kind"] == "full"
    for command in wire.capabilities["executeCommandProvider"]["commands"]:
        wire.ask("workspace/executeCommand", command=command, arguments=[])
    for odd, code in (
        ("conflict-lint/nothing", -32601),
        ("textDocument/rename", -32602),
        ("textDocument/hover", -32602),
    ):
        number = wire.send(odd, textDocument=document)  # the last two lack their positions
        while (answer := wire.receive()).get("id") != number:
            pass
        assert answer["error"]["code"] == code
    wire.stop("window/showMessage")


def test_changes_that_make_no_sense_change_nothing() -> None:
    wire = Wire()
    uri = "file:///a.py"
    wire.open(uri, SAMPLE)
    found = wire.diagnostics(uri, 1)
    document = {"uri": uri, "version": 2}
    for fields in ({}, {"textDocument": document}, {"textDocument": {"uri": uri}, "contentChanges": []}):
        wire.say("textDocument/didChange", **fields)
    for change in ({}, {"text": 1}, {"range": {}, "text": ""}, {"range": {"start": None, "end": None}, "text": ""}):
        wire.say("textDocument/didChange", textDocument=document, contentChanges=[change])
    document = {"uri": uri, "version": 3}
    wire.say("textDocument/didChange", textDocument=document, contentChanges=[{"text": SAMPLE}])
    assert wire.diagnostics(uri, 3) == found
    wire.stop("textDocument/publishDiagnostics")
