"""A long session: ``python tests/bench/soak.py [DIRECTORY] [--minutes N] [--files N]``.

Opens files of a directory (without one: generated ones), types in them at seeded places, leaves every second edit
broken for a while, and asks for hovers, actions and completions in between. Prints the server's resident memory each
minute. Exits with 1 if a request is answered with an error, if memory grows by more than a tenth once the server is
warm, or if at the end a document's findings are not those of a fresh open of its text. It is warm after a fifth of the
time, but not before three minutes or half of the time: its stores fill when documents are typed in for the first time.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

from keystroke import SDK_CALL, Client, generated

PIECES = ("(", '"', "\n", "    pass\n", "x = 1\n", "#", "s3.put_object(", '"""', ")", "try:\n", "é😀")
ASKED = ("textDocument/hover", "textDocument/codeAction", "textDocument/completion")
GROWTH = 1.1
WARM = 180.0
"""Seconds after which the server is taken to be warm, in a session that is long enough."""
SEED = 11


class Session:
    """The editor's side: texts, versions, and what was found last in each document."""

    def __init__(self, server: list[str]) -> None:
        self.client = Client(server)
        self.client.start()
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.found: dict[tuple[str, int], list[Any]] = {}
        self.answers = 0
        self.errors: list[object] = []

    def open(self, uri: str, text: str) -> list[Any]:
        """Open a document; returns its findings."""
        self.texts[uri], self.versions[uri] = text, 1
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.client.send("textDocument/didOpen", {"textDocument": item})
        return self.findings(uri)

    def close(self, uri: str) -> None:
        """Close a document."""
        self.client.send("textDocument/didClose", {"textDocument": {"uri": uri}})
        del self.texts[uri]

    def edit(self, uri: str, start: int, end: int, text: str) -> None:
        """Replace ``[start, end)`` (code points) of a document."""
        old = self.texts[uri]
        change = {"range": {"start": position(old, start), "end": position(old, end)}, "text": text}
        self.texts[uri] = old[:start] + text + old[end:]
        self.versions[uri] += 1
        identifier = {"uri": uri, "version": self.versions[uri]}
        self.client.send("textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]})

    def findings(self, uri: str) -> list[Any]:
        """The findings in the newest version, those that are only kept while a statement is broken left out."""
        key = uri, self.versions[uri]
        while key not in self.found:
            self.receive()
        return self.found.pop(key)

    def ask(self, method: str, uri: str, offset: int) -> None:
        """Ask something about a place and wait for the answer."""
        place = position(self.texts[uri], offset)
        params: dict[str, Any] = {"textDocument": {"uri": uri}, "position": place}
        if method.endswith("codeAction"):
            params |= {"range": {"start": place, "end": place}, "context": {"diagnostics": []}}
        self.client.number += 1
        self.client.send(method, params, self.client.number)
        while (message := self.receive()).get("id") != self.client.number or "method" in message:
            pass
        self.answers += 1
        if "error" in message:
            self.errors.append(message["error"])

    def receive(self) -> dict[str, Any]:
        """One message, noted if it is about findings."""
        message = self.client.received()
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            shown = [(d["code"], str(d["range"])) for d in params["diagnostics"] if not d.get("data")]
            self.found[params["uri"], params.get("version", 0)] = shown
        elif "id" in message and "method" in message:
            self.client.answer(message["id"])
        return message

    def memory(self) -> int:
        """The resident memory of the server's processes in kB."""
        server = self.client.process.pid
        workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        return sum(resident(pid) for pid in (str(server), *workers))


def resident(pid: str) -> int:
    """One process' resident memory in kB, pages that it shares with others included."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def position(text: str, offset: int) -> dict[str, int]:
    """An offset as a position in units of UTF-16."""
    before = text[:offset]
    line = before[before.rfind("\n") + 1 :]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le", "surrogatepass")) // 2}


def texts(directory: Path | None, count: int) -> list[str]:
    """The texts to edit: the files with the most SDK calls, or generated ones."""
    if directory is None:
        return [generated(seed)[:20_000].rpartition("\n\n\n")[0] + "\n" for seed in range(count)]
    found = [path.read_text("utf-8", errors="replace") for path in sorted(directory.rglob("*.py"))]
    plain = [text for text in found if "\r" not in text and "\f" not in text and 2_000 < len(text) < 100_000]
    return sorted(plain, key=lambda text: -len(SDK_CALL.findall(text)))[:count]


def main() -> int:
    """Run the session."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("directory", nargs="?", type=Path)
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--files", type=int, default=50)
    args = options.parse_args()
    draw = random.Random(SEED)
    session = Session([sys.executable, "-m", "conflict_lint", "server", "--stdio"])
    uris = [f"file:///soak/document_{number}.py" for number in range(args.files)]
    originals = dict(zip(uris, texts(args.directory, args.files), strict=False))
    for uri, text in originals.items():
        session.open(uri, text)
    print(f"{len(originals)} files open: {session.memory() / 1024:.0f} MB", flush=True)
    begun = time.monotonic()
    length, edits, minute, settled, most = 60 * args.minutes, 0, 0, 0, 0
    warm = max(length / 5, min(WARM, length / 2))
    while (passed := time.monotonic() - begun) < length:
        if passed > 60 * minute or (not settled and passed > warm):
            now = session.memory()
            settled = settled or (now if passed > warm else 0)
            print(f"{passed / 60:5.1f} min: {now / 1024:.0f} MB, {edits} edits, {session.answers} answers", flush=True)
            minute += 1
        uri = draw.choice(list(originals))
        start, piece = draw.randrange(len(session.texts[uri]) + 1), draw.choice(PIECES)
        session.edit(uri, start, start, piece)
        edits += 1
        if draw.random() < 0.5:
            session.findings(uri)
            session.ask(draw.choice(ASKED), uri, draw.randrange(len(session.texts[uri])))
        session.edit(uri, start, start + len(piece), "")
        if draw.random() < 0.05:  # something that stays
            session.edit(uri, len(session.texts[uri]), len(session.texts[uri]), "# one more line\n")
        if draw.random() < 0.02:
            session.edit(uri, 0, len(session.texts[uri]), originals[uri])
        session.findings(uri)
        most = max(most, session.memory()) if settled and edits % 50 == 0 else most
    differing = []
    for uri in originals:
        session.edit(uri, 0, 0, "")
        fresh = session.open(f"{uri}.fresh.py", session.texts[uri])
        differing += [uri] if session.findings(uri) != fresh else []
        session.close(f"{uri}.fresh.py")
    print(f"{edits} edits, {session.answers} answers, {len(session.errors)} errors, {len(differing)} documents differ")
    print(f"memory {settled / 1024:.0f} MB after {warm / 60:.1f} min, at most {most / 1024:.0f} MB later")
    for error in session.errors[:5]:
        print(error)
    return int(bool(session.errors or differing) or most > GROWTH * settled)


if __name__ == "__main__":
    sys.exit(main())
