"""How long one document waits for another: ``python tests/bench/beside.py [--lines N]``.

A small document is open. A long one is opened, and at once somebody hovers in the small one, then types in it; after
that in both by turns. All documents are generated; ``keystroke.py`` has the client.
"""

from __future__ import annotations

import argparse
import sys
import time

from keystroke import Client, generated, milliseconds

SMALL, LONG = "file:///beside/small.py", "file:///beside/long.py"
TURNS = 20


class Session:
    """Two documents and when their versions were answered."""

    def __init__(self) -> None:
        self.client = Client([sys.executable, "-m", "conflict_lint", "server"])
        self.client.start()
        self.versions = {SMALL: 0, LONG: 0}
        self.answered: dict[tuple[str, int], float] = {}

    def open(self, uri: str, text: str) -> float:
        """Open a document; returns when."""
        begun = time.perf_counter()
        document = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        self.client.send("textDocument/didOpen", {"textDocument": document})
        return begun

    def type(self, uri: str) -> float:
        """Type a blank at the beginning of line 21; returns when."""
        self.versions[uri] += 1
        place = {"line": 20, "character": 0}
        change = {"range": {"start": place, "end": place}, "text": " "}
        document = {"uri": uri, "version": self.versions[uri]}
        begun = time.perf_counter()
        self.client.send("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        return begun

    def hover(self, uri: str) -> float:
        """Ask for a hover; returns the seconds until it is there."""
        self.client.number += 1
        begun = time.perf_counter()
        place = {"textDocument": {"uri": uri}, "position": {"line": 20, "character": 10}}
        self.client.send("textDocument/hover", place, self.client.number)
        while self.receive().get("id") != self.client.number:
            pass
        return time.perf_counter() - begun

    def wait(self, uri: str) -> float:
        """When the diagnostics of a document's newest version were there."""
        while (uri, self.versions[uri]) not in self.answered:
            self.receive()
        return self.answered[uri, self.versions[uri]]

    def receive(self) -> dict[str, object]:
        """One message, noted if it has diagnostics."""
        message = self.client.received()
        if message.get("method") == "textDocument/publishDiagnostics":
            self.answered[message["params"]["uri"], message["params"]["version"]] = time.perf_counter()
        return message


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lines", type=int, default=20_000, help="of the long document")
    lines = parser.parse_args().lines
    session = Session()
    time.sleep(1.5)
    session.open(SMALL, generated(2, 100))
    session.wait(SMALL)
    time.sleep(0.5)
    print(f"hover in the small document, alone               {session.hover(SMALL) * 1e3:8.1f} ms")
    begun = session.open(LONG, generated(1, lines))
    time.sleep(0.05)
    print(f"hover in the small one while the long one opens  {session.hover(SMALL) * 1e3:8.1f} ms")
    typed = session.type(SMALL)
    print(f"keystroke in the small one, still then           {(session.wait(SMALL) - typed) * 1e3:8.1f} ms")
    print(f"the long one is there after                      {(session.wait(LONG) - begun) * 1e3:8.1f} ms")
    taken: dict[str, list[float]] = {SMALL: [], LONG: []}
    for _ in range(TURNS):
        for uri, seconds in taken.items():
            typed = session.type(uri)
            seconds.append(session.wait(uri) - typed)
            time.sleep(0.03)
    print(f"keystrokes by turns, small  {milliseconds(taken[SMALL])}")
    print(f"keystrokes by turns, long   {milliseconds(taken[LONG])}")
    session.client.stop()


if __name__ == "__main__":
    main()
