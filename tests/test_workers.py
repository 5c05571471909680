"""Worker processes: the same reports in the same order, whatever happens to a worker."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conflict_lint.cli import checking, main, workers
from conflict_lint.cli.outcome import Outcome, Task
from conflict_lint.project import File, Projects, discover
from conflict_lint.report import FileReport

BAD = "x = 1  # conflict-lint: ignore[CL1O1]\n"
LOST = """\
import boto3

def update{0}(key):
    s3 = boto3.client("s3")
    text = s3.get_object(Bucket="b", Key=key)["Body"].read()
    s3.put_object(Bucket="b", Key=key, Body=text + b"{0}")


"""
FILLER = "# " + "x" * 70 + "\n"
ROOT = Path(__file__).parents[1]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def many(here: Path) -> None:
    """A tree that is worth several processes: large and small files, with findings and without."""
    for number in range(150):
        text = "".join(LOST.format(n) for n in range(number % 10 == 1)) + BAD * (number % 2)
        (here / f"{number:03}.py").write_text(text + FILLER * (number * 7 % 130))


def reports(here: Path, jobs: int) -> list[FileReport]:
    files = discover(["."], Projects(str(here))).files
    found = dict(checking.check_files(files, Task(str(here), with_fixes=True), jobs))
    return [found[number].report for number in range(len(files))]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("jobs", [2, 8])
def test_any_number_of_processes_reports_the_same(
    here: Path, monkeypatch: pytest.MonkeyPatch, method: str, jobs: int
) -> None:
    if method == "fork" and sys.platform != "linux":
        pytest.skip("forked on Linux only")
    many(here)
    alone = reports(here, 1)
    assert sum(len(report.rows) for report in alone) == 90
    monkeypatch.setattr(workers, "start_method", lambda: method)
    assert reports(here, jobs) == alone


@pytest.mark.parametrize("form", ["full", "sarif"])
def test_every_number_of_processes_prints_the_same(here: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    many(here)
    printed = set()
    for jobs in ("1", "2", "auto"):
        main(["check", "--no-cache", "--jobs", jobs, "--output-format", form])
        printed.add(capsys.readouterr().out)
    assert len(printed) == 1


def test_workers_start_only_where_they_pay(here: Path) -> None:
    (here / "a.py").write_text(BAD)
    (here / "b.py").write_text(BAD)
    program = "from conflict_lint.cli import main\nimport sys\nmain(['.', '--jobs', '2'])\n"
    program += "print('multiprocessing' in sys.modules)"
    shown = [run_python(here, program)]
    many(here)
    shown.append(run_python(here, program))
    assert [text.splitlines()[-1] for text in shown] == ["False", "True"]


def run_python(here: Path, program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "server"), str(ROOT / "rules")])}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=here, env=environment, capture_output=True, text=True, timeout=60
    ).stdout


# A worker that meets such a file dies as after a crash in C or at the hands of the kernel. Only the check of the file
# is replaced, in a fork; the process, its death and what follows are real.
needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="needs forked workers, which share the patched check")


def mortal(monkeypatch: pytest.MonkeyPatch) -> None:
    check_file, parent = checking.check_file, os.getpid()

    def dying(file: File, *rest: object) -> Outcome:
        if b"die = 1" in Path(file.path).read_bytes() and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return check_file(file, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "check_file", dying)
    monkeypatch.setattr(workers, "start_method", lambda: "fork")


@needs_fork
@pytest.mark.parametrize("jobs", [2, 3])
def test_a_worker_that_dies_costs_only_its_file(here: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    many(here)
    doomed = {0, 3, 50, 51, 149}
    for number in doomed:
        (here / f"{number:03}.py").write_text("die = 1\n" + FILLER * number)
    alone = reports(here, 1)
    mortal(monkeypatch)
    together = reports(here, jobs)
    assert {n for n, each in enumerate(together) if [row["code"] for row in each.rows] == ["CL904"]} == doomed
    assert all(together[n] == alone[n] for n in range(150) if n not in doomed)


@needs_fork
def test_a_worker_that_has_grown_is_replaced_where_another_folder_begins(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in "abcde":
        (here / folder).mkdir()
        many(here / folder)
    alone = reports(here, 1)
    check_file, log = checking.check_file, here / "log"

    def noting(file: File, *rest: object) -> Outcome:
        with log.open("a") as lines:
            lines.write(f"{os.getpid()} {file.relative[0]}\n")
        return check_file(file, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "check_file", noting)
    monkeypatch.setattr(workers, "start_method", lambda: "fork")
    seen = []
    for largest in (1, 100_000):
        monkeypatch.setattr(workers, "_LARGEST", largest)
        assert reports(here, 2) == alone
        seen.append({tuple(line.split()) for line in log.read_text().splitlines()})
        log.unlink()
    folders = [max(sum(1 for p, _ in pairs if p == pid) for pid, _ in pairs) for pairs in seen]
    assert folders[0] == 1 < folders[1]


@needs_fork
def test_a_crash_is_an_error_and_not_remembered(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many(here)
    (here / "007.py").write_text("die = 1\n")
    with monkeypatch.context() as patch:
        mortal(patch)
        assert main(["--jobs", "2", "--output-format", "concise", "--select", "CL904", "."]) == 1
    assert "007.py:1:1: error CL904" in capsys.readouterr().out
    assert main(["--jobs", "2", "--output-format", "concise", "--select", "CL904", "--ignore", "CL902", "."]) == 0


def test_where_no_worker_can_start_the_files_are_checked_here(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(here)
    alone = reports(here, 1)
    monkeypatch.setattr(workers, "start_method", lambda: "spawn")
    monkeypatch.setattr(sys, "executable", str(here / "absent"))
    monkeypatch.setattr("multiprocessing.spawn._python_exe", os.fsencode(here / "absent"))
    assert reports(here, 2) == alone


def test_the_quota_of_the_control_group_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    membership, group = tmp_path / "cgroup", tmp_path / "sys"
    (group / "outer/inner").mkdir(parents=True)
    membership.write_text("0::/outer/inner\n")
    assert workers.quota(membership, group) == 0
    (group / "outer/inner/cpu.max").write_text("max 100000\n")
    assert workers.quota(membership, group) == 0
    (group / "outer/cpu.max").write_text("150000 100000\n")
    assert workers.quota(membership, group) == 2
    (group / "cpu.max").write_text("50000 100000\n")
    assert workers.quota(membership, group) == 1
    membership.write_text("12:cpu:/old\n")
    (group / "cpu.max").write_text("nonsense\n")
    assert workers.quota(membership, group) == 0
    assert 1 <= workers.cpu_count() <= (os.cpu_count() or 1)


@pytest.mark.skipif(os.name == "nt", reason="terminals and signals are POSIX")
@pytest.mark.parametrize("whole_group", [True, False], ids=["terminal", "one process"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_everything_without_a_traceback(here: Path, jobs: str, whole_group: bool) -> None:
    """The run is known to be in the middle of its work when the terminal shows how far it is."""
    for number in range(60):
        (here / f"{number:02}.py").write_text("".join(LOST.format(n) for n in range(60)))
    terminal, end = os.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "server"), str(ROOT / "rules")])}
    process = subprocess.Popen(
        [sys.executable, "-m", "conflict_lint", "check", "--fix", "--jobs", jobs, "."],
        cwd=here, env=environment, stdout=subprocess.PIPE, stderr=end, start_new_session=True,
    )  # fmt: skip
    os.close(end)
    shown = read_until(terminal, b"checked ")
    if whole_group:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    shown += read_until(terminal, b"interrupted\r\n")
    assert (process.returncode, out) == (130, b"")
    assert shown.splitlines()[-1].rpartition(b"\r")[2] == b"conflict-lint: interrupted"
    assert b"Traceback" not in shown
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert len(list(here.iterdir())) == 60


def read_until(terminal: int, wanted: bytes) -> bytes:
    """What the terminal shows up to and including ``wanted``."""
    shown, end = b"", time.monotonic() + 30
    while wanted not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 1000)
            except OSError:  # nobody else has it open any more
                break
    assert wanted in shown
    return shown
