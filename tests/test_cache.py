"""The cache: right findings whatever happens to it, and little work where nothing has changed."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conflict_lint import cache, engine
from conflict_lint.cache import Store, UntrustedError, own_folder
from conflict_lint.cli import main
from conflict_lint.report import FORMATS

ROOT = Path(__file__).parents[1]
PACKAGES = os.pathsep.join([str(ROOT / "server"), str(ROOT / "rules")])
LOST = """\
import boto3

s3 = boto3.client("s3")


def update(key):
    text = s3.get_object(Bucket="b", Key=key)["Body"].read()
    s3.put_object(Bucket="b", Key=key, Body=text + b"{0}")
"""
FILES = {
    "clean.py": "x = 1\n",
    "bad.py": "x = 1  # conflict-lint: ignore[CL1O1]\n",
    "lost.py": LOST,
    "sub/suppressed.py": LOST.replace('b"{0}")', 'b"{0}")  # conflict-lint: ignore[CL101] one writer'),
    "sub/typo.py": "try:\n    import boto3\n    boto3.client('s3').get_object(Bucket='b', Key='k')\n"
    "except boto3.client('s3').exceptions.NoSuchKy:\n    pass\n",
    "sub/ünreadable.py": "x = '\udcff'\n",
    "sub/broken.py": "def f(:\n" + LOST,
}
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions, owners and limits are POSIX")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, old enough for its time stamps to prove something."""
    folder = tmp_path / "project"
    (folder / "sub").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    monkeypatch.chdir(folder)
    time.sleep(0.1)
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder that is given with ``--cache-dir``."""
    return tmp_path / "kept"


def environment(packages: str = PACKAGES) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": packages}


class Checks:
    """Counts how often the engine is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: list[str] = []
        check = engine.check

        def counted(source: engine.Source, *rest: object) -> engine.Result:
            self.paths.append(source.path)
            return check(source, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(engine, "check", counted)

    def made(self) -> list[str]:
        """The files that were checked since the last question."""
        made, self.paths = self.paths, []
        return sorted(made)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    return Checks(monkeypatch)


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """What a run gives, which knows no more of the project's modules than a new process would."""
    engine.modules_of.cache_clear()
    status = main(["check", "--jobs", "1", *map(str, arguments)])
    return status, *capsys.readouterr()


def run(here: Path, *arguments: object, **options: object) -> tuple[int, bytes, bytes]:
    done = subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-m", "conflict_lint", "check", *map(str, arguments)],
        cwd=here, env=environment(), capture_output=True, timeout=60, **options,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def segments(kept: Path) -> list[Path]:
    return sorted((kept / "conflict-lint/findings").rglob("*.records"))


# -- the same output ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--strict"], ["--select", "CL101"], ["--statistics"], ["--ignore", "CL903"]])
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_remembered_prints_the_same(
    here: Path, kept: Path, form: str, options: list[str], capsys: pytest.CaptureFixture[str], checks: Checks
) -> None:
    arguments = ["--output-format", form, *options, "."]
    expected = printed(capsys, "--no-cache", *arguments)
    checks.made()
    for _ in range(3):
        assert printed(capsys, "--cache-dir", kept, *arguments) == expected
    assert len(checks.made()) == len(FILES) - 1  # the unreadable one never gets to the engine


def test_one_run_serves_another_format_and_directory(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "conflict-lint.toml").touch()
    printed(capsys, "--cache-dir", kept, "--output-format", "json")
    checks.made()
    for form in FORMATS:
        cached = printed(capsys, "--cache-dir", kept, "--output-format", form, "sub", "lost.py")
        assert checks.made() == []
        assert cached == printed(capsys, "--no-cache", "--output-format", form, "sub", "lost.py")
        checks.made()
    monkeypatch.chdir(here / "sub")
    cached = printed(capsys, "--cache-dir", kept, "..")
    assert checks.made() == []
    assert cached == printed(capsys, "--no-cache", "..")


def test_settings_have_findings_of_their_own(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], checks: Checks
) -> None:
    printed(capsys, "--cache-dir", kept)
    checks.made()
    for config in (
        "[severity]\nCL101 = 'error'\n",
        "[tests]\npaths = ['sub/']\nseverity = 'hint'\n",
        "strict = true\n",
    ):
        (here / "conflict-lint.toml").write_text(config)
        for _ in range(2):
            assert printed(capsys, "--cache-dir", kept) == printed(capsys, "--no-cache")
    (here / "conflict-lint.toml").write_text("exclude = ['sub']\nfail-on = 'error'\n")
    checks.made()
    printed(capsys, "--cache-dir", kept)
    assert checks.made() == []


def test_repairs_are_made_anew(here: Path, kept: Path, capsys: pytest.CaptureFixture[str], checks: Checks) -> None:
    printed(capsys, "--cache-dir", kept)
    checks.made()
    shown = printed(capsys, "--cache-dir", kept, "--diff", "--unsafe-fixes")
    assert shown == printed(capsys, "--no-cache", "--diff", "--unsafe-fixes")
    assert shown[0] == 1
    checks.made()
    printed(capsys, "--cache-dir", kept, "--fix", "--unsafe-fixes")
    assert {"clean.py", "sub/suppressed.py"}.isdisjoint(checks.made()), "nothing to repair is known already"
    assert printed(capsys, "--cache-dir", kept) == printed(capsys, "--no-cache")


# -- what makes a check necessary --------------------------------------------------------------------------------------


def test_only_what_has_changed_is_checked(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], checks: Checks
) -> None:
    printed(capsys, "--cache-dir", kept)
    checks.made()
    (here / "clean.py").write_text(LOST)
    assert "clean.py" in printed(capsys, "--cache-dir", kept, "--output-format", "concise")[1]
    assert checks.made() == ["clean.py"]
    (here / "clean.py").unlink()
    assert "clean.py" not in printed(capsys, "--cache-dir", kept, "--output-format", "concise")[1]
    assert checks.made() == []


def test_touched_files_and_switched_branches_are_known(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], checks: Checks
) -> None:
    first = printed(capsys, "--cache-dir", kept)
    (here / "lost.py").write_text(LOST.replace("update", "change"))
    second = printed(capsys, "--cache-dir", kept)
    assert first != second
    checks.made()
    for text, expected in ((LOST, first), (LOST.replace("update", "change"), second)):
        (here / "lost.py").write_text(text)
        assert printed(capsys, "--cache-dir", kept) == expected
    for path in here.rglob("*.py"):
        path.touch()
    assert printed(capsys, "--cache-dir", kept) == second
    assert checks.made() == []


def test_a_change_of_the_same_size_at_the_same_time_is_seen(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a tool leaves it that restores time stamps, or an editor that saves twice within a tick of the clock."""
    target = here / "clean.py"
    bad = FILES["bad.py"]
    target.write_text(bad)
    for text, status in ((bad, 1), (bad.replace("1O1]", "101]"), 1), ("# " + "x" * (len(bad) - 3) + "\n", 0)) * 3:
        before = target.stat()
        target.write_text(text)
        os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert printed(capsys, "--cache-dir", kept, target)[0] == status


def test_another_file_at_the_same_path_is_seen(here: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "twin.py").write_text("y = 2\n")
    shutil.copystat(here / "clean.py", here / "twin.py")
    time.sleep(0.1)
    printed(capsys, "--cache-dir", kept)
    (here / "clean.py").write_text("y = 3  # conflict-lint: ignore[CL1O1]\n")
    (here / "clean.py").replace(here / "twin.py")
    assert "twin.py" in printed(capsys, "--cache-dir", kept, "--output-format", "concise", "twin.py")[1]


class Depending:
    """An engine whose finding in ``user.py`` rests on ``used.py``, as that of a real import would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        check = engine.check

        def depending(source: engine.Source, view: engine.ProjectView, settings: engine.Settings) -> engine.Result:
            result = check(source, view, settings)
            if source.path != "user.py":
                return result
            used = view.source("lib/used.py")
            findings = tuple(f._replace(message=used.text if used else "absent") for f in result.findings)
            return result._replace(findings=findings, depends=("lib/__init__.py", "lib/used.py"))

        monkeypatch.setattr(engine, "check", depending)


def test_findings_rest_on_other_files(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Depending(monkeypatch)
    checks = Checks(monkeypatch)
    (here / "user.py").write_text(FILES["bad.py"])
    (here / "lib").mkdir()

    def shown() -> str:
        return printed(capsys, "--cache-dir", kept, "--output-format", "concise", "user.py")[1].rpartition("[bad")[0]

    for text, expected, times in (
        (None, "absent", 1),
        ("one = 1", "one", 1),
        ("two = 2", "two", 1),
        ("one = 1", "one", 0),
        (None, "absent", 0),
    ):
        if text:
            (here / "lib/used.py").write_text(text)
        else:
            (here / "lib/used.py").unlink(missing_ok=True)
        time.sleep(0.1)
        assert expected in shown()
        assert expected in shown()
        assert checks.made() == ["user.py"] * times
    (here / "lib/__init__.py").touch()
    time.sleep(0.1)
    shown()
    assert checks.made() == ["user.py"]
    for path in (here / "lib").iterdir():
        path.unlink()
    (here / "lib").rmdir()
    assert "absent" in shown()


READS = """\
import boto3

s3 = boto3.client("s3")


def load(key):
    return s3.get_object(Bucket="b", Key=key)["Body"].read()
"""
OTHER = READS.replace("Key=key", 'Key="another"')
WRITES = """\
import boto3
from {0} import load

s3 = boto3.client("s3")


def update(key):
    s3.put_object(Bucket="b", Key=key, Body=load(key) + b"1")
"""
CHANGES: dict[str, tuple[str, list[dict[str, str]]]] = {
    # how the helper is imported, and the states of the project, one after the other: "" is no such file
    "a helper changes": ("helper", [{"helper.py": READS}, {"helper.py": OTHER}, {"helper.py": READS}]),
    "a helper comes and goes": ("helper", [{}, {"helper.py": READS}, {"helper.py": ""}]),
    "a package's module": ("lib.helper", [{"lib/__init__.py": "#"}, {"lib/helper.py": READS}, {"lib/helper.py": ""}]),
    "a namespace comes": ("lib.helper", [{}, {"lib/helper.py": READS}, {"lib/helper.py": ""}]),
    "a package hides a module": ("lib", [{"lib.py": READS}, {"lib/__init__.py": OTHER}, {"lib/__init__.py": ""}]),
    "another source folder": ("helper", [{"x.py": "#"}, {"src/helper.py": READS}, {"src/helper.py": ""}]),
    "two steps away": (
        "near", [{"near.py": "from far import load\n", "far.py": READS}, {"far.py": OTHER}, {"far.py": READS}],
    ),
    "a package around it": (
        "..helper", [{"helper.py": READS}, {"__init__.py": "#", "deep/__init__.py": "#"}, {"helper.py": OTHER}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_findings_across_modules_are_as_fresh_as_without_a_cache(
    tmp_path: Path, kept: Path, change: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, states = CHANGES[change]
    user = tmp_path / "project/deep" / "user.py" if module.startswith("..") else tmp_path / "project/user.py"
    user.parent.mkdir(parents=True)
    user.write_text(WRITES.format(module))
    (tmp_path / "project/pyproject.toml").touch()
    monkeypatch.chdir(tmp_path / "project")
    seen = set()
    for state in states:
        for name, text in state.items():
            path = tmp_path / "project" / name
            path.parent.mkdir(exist_ok=True)
            if text:
                path.write_text(text)
            else:
                path.unlink()
        time.sleep(0.1)
        expected = printed(capsys, "--no-cache", user)
        for _ in range(2):
            assert printed(capsys, "--cache-dir", kept, user) == expected
        with user.open("a") as file:  # what is known of the other modules is used for another text
            file.write("#\n")
        time.sleep(0.1)
        assert printed(capsys, "--cache-dir", kept, user) == expected
        seen.add(expected)
    assert len(seen) > 1, "the helper makes a difference"


SAVES = """\
import boto3

s3 = boto3.client("s3")


def save(key, body):
    s3.put_object(Bucket="b", Key=key, Body={0})
"""
UPDATES = """\
import boto3
from helper import save

s3 = boto3.client("s3")


def update(key):
    save(key, s3.get_object(Bucket="b", Key=key)["Body"].read() + b"1")
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_changed_file_does_not_cost_the_analysis_of_its_imports(here: Path, kept: Path, jobs: int) -> None:
    def found(*options: object) -> bytes:
        time.sleep(0.1)
        everything = ("--jobs", jobs, "--output-format", "concise", *options, ".")
        return run(here, *everything)[1].rpartition(b"\n")[0]

    def known() -> int:
        return b"".join(path.read_bytes() for path in segments(kept)).count(b" escaping1 helper.py\t")

    (here / "big.py").write_text("x = 1\n" * 100_000)  # worth a second process
    (here / "user.py").write_text(UPDATES)
    for state, (body, findings) in enumerate((("body", 1), ("b''", 0), ("body", 1))):
        (here / "helper.py").write_text(SAVES.format(body))
        for number in range(2):
            (here / "user.py").write_text(UPDATES + f"# {state} {number}\n")
            before, expected = known(), found("--no-cache")
            assert expected.count(b"user.py:") == findings
            assert found("--cache-dir", kept) == expected
            assert (known() > before) == (number == 0 and state < 2), "a state of the helper is looked at once"


def test_a_file_that_changes_during_the_run_is_not_remembered_for_another(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        Depending(patch)
        (here / "user.py").write_text(FILES["bad.py"])
        (here / "lib").mkdir()
        (here / "lib/used.py").write_text("old = 1")
        time.sleep(0.1)
        check = engine.check

        def changing(source: engine.Source, *rest: object) -> engine.Result:
            result = check(source, *rest)  # type: ignore[arg-type]
            (here / "lib/used.py").write_text("new = 1")
            return result

        patch.setattr(engine, "check", changing)
        assert "old" in printed(capsys, "--cache-dir", kept, "user.py")[1]
        patch.setattr(engine, "check", check)
        assert "new" in printed(capsys, "--cache-dir", kept, "user.py")[1]


def test_another_version_of_the_tool_starts_afresh(here: Path, kept: Path, tmp_path: Path) -> None:
    """A changed line in a rule, with the time stamps of the old file, is another tool."""
    copy = tmp_path / "copy"
    for package in ("server/conflict_lint", "rules/conflict_lint_rules"):
        shutil.copytree(ROOT / package, copy / Path(package).name, ignore=shutil.ignore_patterns("__pycache__"))
    time.sleep(0.1)

    def checked() -> bytes:
        command = [
            sys.executable,
            "-m",
            "conflict_lint",
            "check",
            "--output-format",
            "concise",
            "--cache-dir",
            str(kept),
        ]
        return subprocess.run(command, cwd=here, env=environment(str(copy)), capture_output=True, timeout=120).stdout

    assert b"warning CL101" in checked()
    rule = copy / "conflict_lint_rules/lost_update.py"
    before = rule.stat()
    rule.write_text(rule.read_text("utf-8").replace("Severity.WARNING", "Severity.ERROR"), "utf-8")
    os.utime(rule, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert b"error CL101" in checked()


# -- under fire --------------------------------------------------------------------------------------------------------


def test_eight_runs_at_once(here: Path, kept: Path) -> None:
    expected = run(here, "--no-cache")
    for _ in range(3):
        command = [sys.executable, "-m", "conflict_lint", "check", "--cache-dir", str(kept)]
        running = [
            subprocess.Popen(command, cwd=here, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(8)
        ]
        for process in running:
            assert (*process.communicate(timeout=120), process.returncode) == (expected[1], expected[2], expected[0])
    assert not list(kept.rglob("*.tmp"))


def records(store: Store, number: int = 200) -> list[bytes | None]:
    return [store.get(b"key %d" % n) for n in range(number)]


def filled(folder: Path, runs: int = 1) -> Store:
    for each in range(runs):
        store = Store(str(folder))
        for n in range(200):
            store.put(b"key %d" % n, b"value %d of run %d" % (n, each))
        store.save()
    return Store(str(folder))


def test_the_youngest_value_counts_and_segments_stay_few(tmp_path: Path) -> None:
    store = filled(tmp_path / "store", 40)
    assert records(store) == [b"value %d of run 39" % n for n in range(200)]
    assert len(list((tmp_path / "store").iterdir())) <= 7
    assert store.get(b"key 200") is None


@needs_posix
def test_killed_in_the_middle(tmp_path: Path) -> None:
    """Many writers are killed at any moment; what is there afterwards is complete records of theirs, or nothing."""
    program = (
        "import sys; from conflict_lint.cache import Store\n"
        "for run in range(10**6):\n"
        "    store = Store(sys.argv[1])\n"
        "    for n in range(200): store.put(b'key %d' % n, b'value %d of run %d' % (n, run))\n"
        "    store.save()\n"
        "    if not run: print('started', flush=True)\n"
    )
    folder = tmp_path / "store"
    for each in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(folder)], env=environment(), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.007 * each)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = records(Store(str(folder)))
        assert all(value is not None and value.startswith(b"value %d of run " % n) for n, value in enumerate(found))


def corrupted(data: bytes, generator: random.Random) -> Iterator[bytes]:
    """Ways in which a file goes bad."""
    for _ in range(40):
        at = generator.randrange(len(data))
        yield data[:at] + bytes([data[at] ^ (1 << generator.randrange(8))]) + data[at + 1 :]
        yield data[:at] + generator.randbytes(generator.randrange(1, 300)) + data[at:]
        yield data[:at]
        yield data[:at] + bytes(len(data) - at)
        yield data[at:] + data[:at]
        yield data.replace(data[at : at + 3], data[at : at + 3] * 2)
    yield b""
    yield generator.randbytes(10_000)


def test_corrupted_records_are_not_there(tmp_path: Path) -> None:
    filled(tmp_path)
    (segment,) = tmp_path.iterdir()
    whole, lost = segment.read_bytes(), 0
    for data in corrupted(whole, random.Random(3)):
        segment.write_bytes(data)
        for n, value in enumerate(records(Store(str(tmp_path)))):
            assert value in (None, b"value %d of run 0" % n)
            lost += value is None
    assert lost > 1000


def test_a_corrupted_cache_costs_only_work(here: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = printed(capsys, "--no-cache")
    generator = random.Random(5)
    for each in range(25):
        assert printed(capsys, "--cache-dir", kept) == expected
        for segment in segments(kept):
            segment.write_bytes(list(corrupted(segment.read_bytes(), generator))[each * 7])


@needs_posix
def test_a_full_disk(here: Path, kept: Path) -> None:
    """A limit on the size of files makes every write beyond it fail, as a full disk would."""
    expected = run(here, "--no-cache")
    run(here)  # the catalogue is compiled, where it is a checkout
    for limit in (0, 50, 1000):
        limited = run(
            here, "--cache-dir", kept, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # noqa: B023
        )  # fmt: skip
        assert limited == expected
    assert not list(kept.rglob("*.tmp"))
    assert run(here, "--cache-dir", kept) == run(here, "--cache-dir", kept) == expected


@needs_posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_device_that_is_full(here: Path, kept: Path) -> None:
    expected = run(here, "--no-cache")
    kept.symlink_to("/dev/full")
    assert run(here, "--cache-dir", kept) == expected


@needs_posix
def test_a_folder_that_cannot_be_written(here: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Read-only by its mode, or, for the superuser, by standing below a file."""
    expected = printed(capsys, "--no-cache")
    printed(capsys, "--cache-dir", kept, "clean.py")
    folders = [kept, *(path for path in kept.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o500)
    assert printed(capsys, "--cache-dir", kept) == expected
    for path in folders:
        path.chmod(0o700)
    (here / "file").touch()
    assert printed(capsys, "--cache-dir", here / "file") == expected
    assert printed(capsys, "--cache-dir", here / "file/deep/er") == expected
    assert printed(capsys, "--cache-dir", "/proc/nowhere") == expected


def test_ctrl_c_keeps_what_was_found(here: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, checks: Checks) -> None:
    counted = engine.check

    def interrupted(source: engine.Source, *rest: object) -> engine.Result:
        if source.path == "sub/suppressed.py":
            raise KeyboardInterrupt
        return counted(source, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(engine, "check", interrupted)
        assert main(["--jobs", "1", "--cache-dir", str(kept), "."]) == 130
    before = set(checks.made())
    assert "lost.py" in before
    main(["--jobs", "1", "--cache-dir", str(kept), "."])
    assert before.isdisjoint(checks.made())


# -- whose it is, and how much -----------------------------------------------------------------------------------------


@needs_posix
def test_the_folder_is_private(here: Path, kept: Path) -> None:
    main(["--cache-dir", str(kept), "."])
    for path in (kept / "conflict-lint").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.name in ("CACHEDIR.TAG", ".gitignore"), path
    assert (kept / "conflict-lint").stat().st_mode & 0o777 == 0o700


@needs_posix
def test_a_folder_that_others_can_write_to_is_not_used(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = printed(capsys, "--cache-dir", kept)
    assert err == ""
    (kept / "conflict-lint").chmod(0o777)
    before = segments(kept)
    (here / "clean.py").write_text("z = 9\n")
    assert printed(capsys, "--cache-dir", kept) == (
        status, out, f"conflict-lint: warning: the cache is not used: others may write to {kept / 'conflict-lint'}\n"
    )  # fmt: skip
    assert segments(kept) == before
    assert main(["clean", "--cache-dir", str(kept)]) == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_what_belongs_to_somebody_else_is_not_used(here: Path, kept: Path, tmp_path: Path) -> None:
    (kept / "conflict-lint").mkdir(parents=True, mode=0o700)
    os.chown(kept / "conflict-lint", 12345, 12345)
    with pytest.raises(UntrustedError, match="belongs to another user"):
        own_folder(str(kept))
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/conflict-lint").symlink_to(tmp_path)
    assert own_folder(str(tmp_path / "linked"))
    os.lchown(tmp_path / "linked/conflict-lint", 12345, 12345)
    with pytest.raises(UntrustedError, match="belongs to another user"):
        own_folder(str(tmp_path / "linked"))
    filled(tmp_path / "store")
    (segment,) = (tmp_path / "store").iterdir()
    os.chown(segment, 12345, 12345)
    assert records(Store(str(tmp_path / "store"))) == [None] * 200


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_STORE", 100_000)
    for each in range(60):
        store = Store(str(tmp_path / "store"))
        for n in range(100):
            store.put(b"%d of %d" % (n, each), b"x" * 100)
        store.save()
        assert sum(path.stat().st_size for path in (tmp_path / "store").iterdir()) < 250_000
    assert Store(str(tmp_path / "store")).get(b"99 of 59") == b"x" * 100


def test_old_stores_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tool/a", "tool/b", "old/c", "tool/d"):
        filled(tmp_path / name)
    os.utime(tmp_path / "old/c", (0, 0))
    cache.sweep(str(tmp_path))
    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["a", "b", "d"]
    assert not (tmp_path / "old").exists()
    os.utime(tmp_path / "tool/b", (time.time() - 1000,) * 2)
    size = sum(path.stat().st_size for path in (tmp_path / "tool/a").iterdir())
    monkeypatch.setattr(cache, "MAX_TOTAL", 2 * size)
    cache.sweep(str(tmp_path))
    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["a", "d"]


def test_vanished_files_are_forgotten(here: Path, kept: Path) -> None:
    for name in FILES.keys() - {"clean.py"}:
        (here / name).unlink()
    for number in range(9):
        (here / f"x{number}.py").write_text(f"x = {number}\n")
        time.sleep(0.06)
        main(["--cache-dir", str(kept), "."])
        (here / f"x{number}.py").unlink()
    data = b"".join(path.read_bytes() for path in segments(kept))
    assert b"x8.py" in data
    assert b"x0.py" not in data


def test_merging_keeps_what_is_true_now(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], checks: Checks
) -> None:
    for number in range(30):
        (here / "clean.py").write_text(f"x = {number}\n")
        time.sleep(0.06)
        printed(capsys, "--cache-dir", kept)
    assert len(segments(kept)) < 10
    data = b"".join(path.read_bytes() for path in segments(kept))
    assert data.count(b" clean.py\t") < 15, "of contents that a file had once, only a few are kept"
    checks.made()
    printed(capsys, "--cache-dir", kept)
    assert checks.made() == []


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "old.tmp").touch()
    os.utime(tmp_path / "old.tmp", (0, 0))
    (tmp_path / "young.tmp").touch()
    filled(tmp_path)
    records(Store(str(tmp_path)))
    assert {path.name for path in tmp_path.glob("*.tmp")} == {"young.tmp"}


def test_clean_removes_what_is_ours_and_nothing_else(
    here: Path, kept: Path, capsys: pytest.CaptureFixture[str], checks: Checks
) -> None:
    printed(capsys, "--cache-dir", kept)
    (kept / "mine").touch()
    (kept / "conflict-lint/findings/link").symlink_to(here)
    assert main(["clean", "--cache-dir", str(kept)]) == 0
    assert "Removed" in capsys.readouterr().out
    assert [path.name for path in kept.iterdir()] == ["mine"]
    assert (here / "clean.py").exists()
    checks.made()
    printed(capsys, "--cache-dir", kept)
    assert len(checks.made()) == len(FILES) - 1


def test_without_a_cache_nothing_is_read_or_written(here: Path, kept: Path) -> None:
    run(here, "--no-cache", "--cache-dir", kept)
    run(here, "-", "--cache-dir", kept, input=LOST.encode())
    assert not kept.exists()


def test_a_warm_run_loads_no_engine(here: Path, kept: Path) -> None:
    program = (
        "import sys; from conflict_lint.cli import main; main(sys.argv[1:]);"
        "heavy = {'conflict_lint.engine', 'conflict_lint.catalogue', 'conflict_lint.fixes', 'hashlib',"
        " 'multiprocessing', 'tempfile', 'pathspec'}; print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, "check", "--cache-dir", str(kept), "."]
    shown = [subprocess.run(command, cwd=here, env=environment(), capture_output=True, timeout=60) for _ in range(3)]
    assert shown[-1].stdout.splitlines()[-1] == b"[]"
