"""The server as a process: how it ends, what a crash costs, hostile text, configuration."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conflict_lint.lsp.process import Worker, command
from editing import (
    ENVIRONMENT,
    INITIALIZE,
    LOST_UPDATE,
    SAMPLE,
    SERVER,
    Editor,
    OpenDocument,
    at,
    config,
    message,
)
from lsprotocol import types
from pytest_lsp import client_capabilities
from test_guards import HOSTILE

SERVE = """
import sys
from conflict_lint.lsp import process, serve

print("a stray word")
sys.stderr = open(sys.argv[1], "w")
sys.exit(serve(worker=[sys.executable, "-c", *sys.argv[2:]]))
"""
WORK = """
import os
import sys
import time
from conflict_lint import engine
from conflict_lint.lsp import documents
from conflict_lint.lsp.worker import main

def broken(self, *position):
    print("a stray word")
    raise RuntimeError("no hover today")

def changed(self, version, changes):
    raise RuntimeError("no change today")

def deadly(self, *given):
    if "deadly" in self.source.text:
        os.abort()
    while "endless" in self.source.text:
        time.sleep(1)
    return result(self, *given)

result = engine.Analysis.result
engine.Analysis.result = deadly
if "hover" in sys.argv:
    documents.Document.hover = broken
if "change" in sys.argv:
    documents.Document.change = changed
main()
"""


CLIENT = {"edits": {}}
KEPT = " (the last good settings stay in force)"


async def started(*command: str, root: Path | None = None, profile: str = "neovim") -> Editor:
    client = await config(command or SERVER).start()
    assert isinstance(client, Editor)
    folders = [types.WorkspaceFolder(uri=root.as_uri(), name="root")] if root else None
    capabilities = client_capabilities(profile)
    assert capabilities.workspace is not None
    capabilities.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    parameters = types.InitializeParams(capabilities, workspace_folders=folders)
    await client.initialize_session(parameters)
    return client


async def stopped(client: Editor) -> int | None:
    await client.shutdown_session()
    await client.stop()
    assert client._server is not None
    return client._server.returncode


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (INITIALIZE + message("shutdown", id=2) + message("exit"), 0),
        (INITIALIZE + message("exit"), 1),
        (INITIALIZE, 1),
        (b"Content-Length: 9\r\n\r\nnot json!" + INITIALIZE + message("shutdown", id=2) + message("exit"), 0),
    ],
)
def test_exit_status(said: bytes, status: int) -> None:
    done = subprocess.run(SERVER, input=said, capture_output=True, env=ENVIRONMENT, timeout=30, check=False)
    assert done.returncode == status, done.stderr.decode()
    assert done.stdout.startswith(b"Content-Length: ") and b'"positionEncoding"' in done.stdout


def test_an_input_that_is_no_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_bytes(INITIALIZE + message("shutdown", id=2) + message("exit"))
    for source, status in ((Path(os.devnull), 1), (said, 0)):
        with source.open("rb") as file:
            done = subprocess.run(SERVER, stdin=file, capture_output=True, env=ENVIRONMENT, timeout=30, check=False)
        assert done.returncode == status, done.stderr.decode()


@pytest.mark.asyncio
async def test_a_crash_is_answered_and_logged_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = await started(sys.executable, "-c", SERVE, str(log), WORK, "hover")
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    for _ in range(3):
        with pytest.raises(Exception, match="no hover today") as raised:
            await document.hover(types.Position(0, 0))
        assert raised.value.code == -32603  # type: ignore[attr-defined]
    assert await document.codes() == ["CL101", "CL403"]
    assert await stopped(client) == 0
    assert log.read_text().count("RuntimeError: no hover today") == 1 and not client.shown


@pytest.mark.asyncio
async def test_a_crash_in_a_notification_is_logged_and_survived(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = await started(sys.executable, "-c", SERVE, str(log), WORK, "change")
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    document.change(0, 0, "\n")
    document.change(0, 0, "\n")
    assert await document.codes() == ["CL101", "CL403"]
    assert await stopped(client) == 0
    assert log.read_text().count("RuntimeError: no change today") == 1 and not client.shown


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", ["neovim", "visual_studio_code"])
async def test_a_document_that_ends_the_worker_costs_only_itself(tmp_path: Path, profile: str) -> None:
    log = tmp_path / "log"
    client = await started(sys.executable, "-c", SERVE, str(log), WORK, profile=profile)
    other = OpenDocument(client, "file:///other.py", LOST_UPDATE)
    assert await other.codes() == ["CL101"]
    other.change(0, 0, "\n")
    assert await other.codes() == ["CL101"]
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    assert await document.codes() == ["CL101", "CL403"]
    document.change(0, 0, "# deadly\n")
    if document.pulls:
        with pytest.raises(Exception, match="the worker has ended"):
            await document.pull()
    assert await document.codes() == []
    assert await document.hover(at(document.text, "put_object")) is None
    other.change(0, 0, "\n")
    lost = (await other.diagnostics())[0]
    assert lost.range.start == at(other.text, "put_object")
    document.change(0, len("# deadly\n"), "")
    assert await document.codes() == ["CL101", "CL403"]
    assert await stopped(client) == 0
    assert log.read_text().count("the worker has ended at file:///a.py") == 2 and not client.shown


@pytest.mark.asyncio
async def test_a_worker_that_is_killed_is_replaced_and_nobody_notices() -> None:
    client = await started()
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    assert await document.codes() == ["CL101", "CL403"]
    for _ in range(4):
        document.change(0, 0, "\n")
        (worker,) = children(client)
        os.kill(worker, signal.SIGKILL)
        document.change(0, 0, "\n")
        lost, _ = await document.diagnostics()
        assert lost.range.start == at(document.text, "put_object")
    assert await document.hover(lost.range.start)
    assert await stopped(client) == 0


@pytest.mark.asyncio
async def test_a_document_that_never_ends_is_given_up(tmp_path: Path) -> None:
    hasty = SERVE.replace("print", "process.PATIENCE = 6.0\nprint")
    client = await started(sys.executable, "-c", hasty, str(tmp_path / "log"), WORK, profile="visual_studio_code")
    document = OpenDocument(client, "file:///a.py", LOST_UPDATE)
    assert await document.codes() == ["CL101"]
    document.change(0, 0, "# endless\n")
    assert await document.codes() == []
    document.change(0, len("# endless\n"), "")
    assert await document.codes() == ["CL101"]
    assert await stopped(client) == 0


SLOW = """
import sys, time
from conflict_lint.analysis import following
from conflict_lint.lsp.worker import main

def slow(self, run, chunk):
    time.sleep(0.05)
    with open(sys.argv[1], "a") as log:
        print(chunk.chunk.name, file=log)
    return follow(self, run, chunk)

follow = following.Following._follow
following.Following._follow = slow
main()
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", ["neovim", "visual_studio_code"])
async def test_a_long_document_does_not_hold_up_another_one(tmp_path: Path, profile: str) -> None:
    log, followed = tmp_path / "log", tmp_path / "followed"
    client = await started(sys.executable, "-c", SERVE, str(log), SLOW, str(followed), profile=profile)
    small = OpenDocument(client, "file:///small.py", SAMPLE)
    assert await small.codes() == ["CL101", "CL403"]
    body = LOST_UPDATE.partition("def add")[2]
    names = [f"add_{number}" for number in range(100)]
    long = OpenDocument(client, "file:///long.py", LOST_UPDATE + "".join(f"\n\ndef {name}{body}" for name in names))
    pulled = asyncio.ensure_future(long.diagnostics()) if long.pulls else None
    while "add_" not in followed.read_text():
        await asyncio.sleep(0.01)
    assert "`put_object`" in str(await small.hover(at(small.text, "put_object")))
    small.change(0, 0, "\n")
    lost, _ = await small.diagnostics() if small.pulls else (await small.pushed())[0].diagnostics
    assert lost.range.start == at(small.text, "put_object")
    assert names[-1] not in followed.read_text()
    found = await pulled if pulled else await long.diagnostics()
    assert [diagnostic.code for diagnostic in found] == ["CL101"] * 101
    steps = followed.read_text().split()
    assert [name for name in steps if name.startswith("add_")] == names, "what was done is not done again"
    assert await stopped(client) == 0
    assert not log.read_text()


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", ["neovim", "visual_studio_code"])
async def test_a_long_document_that_changes_is_looked_at_from_there(tmp_path: Path, profile: str) -> None:
    log, followed = tmp_path / "log", tmp_path / "followed"
    client = await started(sys.executable, "-c", SERVE, str(log), SLOW, str(followed), profile=profile)
    head, _, body = LOST_UPDATE.partition("def add")
    names = [f"add_{number}" for number in range(60)]
    long = OpenDocument(client, "file:///long.py", head + "".join(f"\n\ndef {name}{body}" for name in names))
    pulled = asyncio.ensure_future(long.diagnostics()) if long.pulls else None
    while not followed.exists() or "add_3" not in followed.read_text():
        await asyncio.sleep(0.01)
    long.change(len(head) + 2, len(head) + 2, f"def added{body}\n")
    if pulled is not None:
        with pytest.raises(Exception, match="changed"):
            await pulled
    assert await long.codes() == ["CL101"] * 61
    steps = [name for name in followed.read_text().split() if name.startswith("add")]
    assert steps.index("added") < len(steps) - 30, "what was being found out about the former text was put aside"
    assert sorted(steps) == sorted([*names, "added"]), "what was done is not done again"
    assert await stopped(client) == 0


@pytest.mark.asyncio
async def test_a_worker_that_cannot_be_started_is_told_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = await started(sys.executable, "-c", SERVE, str(log), "raise SystemExit(3)")
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    for _ in range(5):
        document.change(0, 0, "\n")
        with pytest.raises(Exception, match="worker"):
            await document.hover(types.Position(0, 0))
    assert [message.type for message in client.shown] == [types.MessageType.Error]
    assert await stopped(client) == 0
    assert log.read_text().count("ends as soon as it is started") == 1 and len(log.read_text()) < 10_000


@pytest.mark.asyncio
async def test_no_worker_is_left_behind() -> None:
    client = await started()
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    await document.diagnostics()
    (worker,) = children(client)
    assert client._server is not None
    client._server.kill()
    await client._server.wait()
    for _ in range(200):
        if not running(worker):
            break
        await asyncio.sleep(0.05)
    assert not running(worker)
    await client.stop()


def children(client: Editor) -> list[int]:
    assert client._server is not None
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(client._server.pid)], capture_output=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.mark.asyncio
async def test_hostile_text_leaves_the_server_alive() -> None:
    client = await started(profile="visual_studio_code")
    document = OpenDocument(client, "file:///hostile.py", LOST_UPDATE)
    for text in HOSTILE.values():
        piece = eval(text)[:20_000]
        document.send(types.TextDocumentContentChangeWholeDocument(text=LOST_UPDATE + piece))
        await asyncio.wait_for(document.diagnostics(), 10)
    document.send(types.TextDocumentContentChangeWholeDocument(text=LOST_UPDATE))
    assert await document.codes() == ["CL101"]
    assert await stopped(client) == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", ["neovim", "visual_studio_code"])
async def test_configuration_is_reloaded_and_a_broken_one_keeps_the_last(tmp_path: Path, profile: str) -> None:
    file, source = tmp_path / "conflict-lint.toml", tmp_path / "a.py"
    file.write_text('ignore = ["CL403"]\nexclude = ["generated"]\n')
    client = await started(root=tmp_path, profile=profile)
    excluded = OpenDocument(client, (tmp_path / "generated" / "b.py").as_uri(), SAMPLE)
    assert await excluded.codes() == []
    document = OpenDocument(client, source.as_uri(), SAMPLE)
    assert await document.codes() == ["CL101"]

    async def after(text: str) -> tuple[list[object], list[tuple[int, str]]]:
        """The codes found, and what is said inside the configuration file (1-based line, message)."""
        file.write_text(text)
        event = types.FileEvent(file.as_uri(), types.FileChangeType.Changed)
        client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        marks = await asyncio.wait_for(client.marked.get(), 10)
        assert marks.uri == file.as_uri()
        document.change(0, 0, "")
        return await document.codes(), [(d.range.end.line, d.message.removesuffix(KEPT)) for d in marks.diagnostics]

    codes, ((line, message),) = await after("strict = true\nignore = nothing\n")
    assert (codes, line) == (["CL101"], 2) and message.startswith("is not valid TOML")
    assert await after("") == (["CL101", "CL403"], [])
    codes, ((line, message),) = await after('\n\nselct = ["ALL"]')
    assert (codes, line) == (["CL101", "CL403"], 3) and 'did you mean "select"?' in message
    codes, ((line, message),) = await after('\nignore = ["CL102O"]')
    assert (codes, line) == (["CL101", "CL403"], 2) and 'names no rule: "CL102O"' in message
    assert await after('ignore = ["CL403"]\nexclude = ["generated"]') == (["CL101"], [])
    await after("nonsense")
    excluded.change(0, 0, "")
    assert await excluded.codes() == []
    if document.pulls:
        assert client.refreshed.is_set()
    assert await stopped(client) == 0


def test_nothing_heavy_is_loaded_before_the_answer_to_initialize() -> None:
    said = INITIALIZE + message("shutdown", id=2) + message("exit")
    code = "import sys; from conflict_lint.lsp import serve; serve(); print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, input=said, capture_output=True, env=ENVIRONMENT, timeout=30, check=True)
    loaded = set(re.findall(rb"\S+", done.stderr))
    assert b"pygls.lsp.server" in loaded
    assert not loaded & {b"libcst", b"yaml", b"conflict_lint.engine", b"conflict_lint.catalogue.store"}


@pytest.mark.asyncio
async def test_the_process_that_talks_never_loads_what_analyses(tmp_path: Path) -> None:
    """So that its event loop is free, whatever a document costs; ``tests/bench/keystroke.py`` measures how free."""
    log = tmp_path / "modules"
    code = (
        "import sys; from conflict_lint.lsp import serve; serve(); open(sys.argv[1], 'w').write(' '.join(sys.modules))"
    )
    client = await started(sys.executable, "-c", code, str(log), profile="visual_studio_code")
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    lost, wrong = await document.diagnostics()
    assert await document.hover(lost.range.start)
    assert len(await document.repairs(wrong.range)) == 1
    document.change(0, 0, "\n")
    assert await document.codes() == ["CL101", "CL403"]
    assert await stopped(client) == 0
    loaded = set(log.read_text().split())
    assert "conflict_lint.lsp.server" in loaded
    assert not {
        name for name in loaded if name.startswith(("conflict_lint.engine", "conflict_lint.analysis", "libcst"))
    }


@pytest.mark.asyncio
async def test_the_log_goes_where_it_is_wanted(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    client = await started(*SERVER, "--log-file", str(log), "--log-level", "debug")
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    await document.hover(types.Position(0, 0))
    assert await stopped(client) == 0
    assert "file:///a.py answered after " in log.read_text()


def test_a_log_that_cannot_be_written_is_wrong_use(tmp_path: Path) -> None:
    command = [*SERVER, "--log-file", str(tmp_path / "absent" / "log")]
    done = subprocess.run(command, input=b"", capture_output=True, env=ENVIRONMENT, timeout=30, check=False)
    assert done.returncode == 2 and b"No such file" in done.stderr


def test_one_client_can_come_over_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([*SERVER[:-1], "--tcp", str(port)], env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    try:
        with connected(port) as client:
            client.sendall(INITIALIZE + message("shutdown", id=2) + message("exit"))
            answer = b"".join(iter(lambda: client.recv(65_536), b""))
        assert b'"positionEncoding"' in answer and server.wait(20) == 0
    finally:
        server.kill()


def connected(port: int) -> socket.socket:
    """A connection to the server, as soon as it listens."""
    client = socket.socket()
    client.settimeout(20)
    for _ in range(400):
        if client.connect_ex(("127.0.0.1", port)) == 0:
            return client
        client.close()
        time.sleep(0.05)
        client = socket.socket()
        client.settimeout(20)
    raise AssertionError("nobody listens")


@pytest.mark.asyncio
async def test_without_libcst_only_what_it_would_rebuild_is_missing() -> None:
    without = "import sys; sys.modules['libcst'] = None; from conflict_lint.lsp.worker import main; main()"
    client = await started(sys.executable, "-c", SERVE, os.devnull, without)
    document = OpenDocument(client, "file:///a.py", SAMPLE)
    lost, wrong = await document.diagnostics()
    assert [action.title for action in await document.repairs(wrong.range)] == ["Replace `NoSchKey` by `NoSuchKey`"]
    assert await document.repairs(lost.range) == []
    await asyncio.sleep(1.2)  # what is done when nobody types
    assert await document.hover(lost.range.start)
    assert await stopped(client) == 0


@pytest.mark.asyncio
async def test_a_cancelled_request_is_answered_as_cancelled() -> None:
    client = await started()
    document = OpenDocument(client, "file:///a.py", SAMPLE * 50)
    asked = types.HoverParams(document.identifier, types.Position(9, 10))
    future = client.protocol.send_request(types.TEXT_DOCUMENT_HOVER, asked, msg_id="hover-1")
    client.cancel_request(types.CancelParams("hover-1"))
    with pytest.raises(Exception, match="canceled") as raised:
        await asyncio.wrap_future(future)
    assert raised.value.code == types.LSPErrorCodes.RequestCancelled  # type: ignore[attr-defined]
    assert "CL101" in await document.codes()
    assert await stopped(client) == 0


def test_a_worker_that_ends_early_is_not_asked_for_its_status_twice(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever asks a process that has just ended takes its status from the event loop, which then warns of that."""

    async def quick(spin: float) -> None:
        loop = asyncio.get_running_loop()
        worker = Worker(command(), lambda: (), lambda key: None, lambda: None)
        await worker.ask("", "begin", CLIENT)
        task = next(task for task in asyncio.all_tasks() if task is not asyncio.current_task())
        worker.stop()
        await asyncio.sleep(0)  # now it is ended, and that is waited for
        end = loop.time() + spin
        while loop.time() < end:
            pass
        task.cancel()  # as whoever closes the loop does
        await asyncio.wait([task])

    for spin in range(24):
        asyncio.run(quick(spin / 4000))
    assert not caplog.records


def test_a_worker_whose_server_is_gone_ends_without_a_word() -> None:
    worker = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert worker.stdin is not None and worker.stdout is not None and worker.stderr is not None
    worker.stdout.close()
    frame = json.dumps([["begin", CLIENT]]).encode()
    worker.stdin.write(b"%d\n%s" % (len(frame), frame))
    worker.stdin.close()
    assert worker.wait(20) == 0
    assert worker.stderr.read() == b""
    worker.stderr.close()
