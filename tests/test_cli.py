"""The command line, as people and other programs use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import conflict_lint
import pytest
from conflict_lint.cli import main
from conflict_lint.cli.files import ChangedError, replace_file
from conflict_lint.report import FORMATS

UNUSED = "x = 1  # conflict-lint: ignore[CL101] no longer\n"
BAD = "x = 1  # conflict-lint: ignore[CL1O1]\n"
CLEAN = "x = 1\n"
PATH = os.pathsep.join(
    [str(Path(conflict_lint.__file__).parents[1]), str(Path(conflict_lint.__file__).parents[2] / "rules")]
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def command(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "conflict_lint", *arguments],
        env={**os.environ, "PYTHONPATH": PATH},
        capture_output=True,
        timeout=60,
        **options,
    )


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    main(["check", "--output-format", "json", *arguments])
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["findings"]
    return found


def test_the_exit_status_says_what_happened(here: Path) -> None:
    (here / "clean.py").write_text(CLEAN)
    (here / "bad.py").write_text(BAD)
    assert command("check", "clean.py", cwd=here).returncode == 0
    found = command("bad.py", "clean.py", cwd=here)
    assert (found.returncode, found.stderr) == (1, b"")
    assert b"bad.py:1:8" in found.stdout
    missing = command("absent.py", "bad.py", cwd=here)
    assert missing.returncode == 2
    assert missing.stderr == b"conflict-lint: absent.py: No such file or directory\n"
    assert b"bad.py:1:8" in missing.stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check"], 1),
        (["."], 1),
        (["--fail-on", "error", "."], 1),
        (["--exit-zero", "."], 0),
        (["unused.py"], 1),
        (["unused.py", "--fail-on", "error"], 0),
        (["check", "unused.py", "--ignore", "CL901"], 0),
        (["--ignore", "unused-suppression,CL902", "."], 0),
        (["--select", "CL403", "bad.py"], 1),
        (["--exclude", "*.py"], 0),
        (["--force-exclude", "--exclude", "unused.py,bad.py", "unused.py", "bad.py"], 0),
        (["absent.py", "--exit-zero"], 2),
        (["--config", "absent.toml", "clean.py"], 2),
        (["--select", "CL7", "clean.py"], 2),
        (["--output-file", "no/such/folder", "clean.py"], 2),
    ],
)
def test_exit_status(here: Path, arguments: list[str], status: int) -> None:
    (here / "clean.py").write_text(CLEAN)
    (here / "bad.py").write_text(BAD)
    (here / "unused.py").write_text(UNUSED)
    assert main(arguments) == status


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--no-such-option"],
        ["--output-format", "xml"],
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--unsafe-fixes", "a.py"],
        ["-", "a.py"],
        ["explain"],
        ["catalogue"],
        ["catalogue", "search"],
        ["rules", "extra"],
    ],
)
def test_wrong_use_is_refused(here: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"conflict-lint {conflict_lint.__version__}\n"
    assert main(["--help"]) == 0
    assert main([]) == 2
    for name in ("check", "explain", "rules", "catalogue", "config", "clean", "server"):
        with pytest.raises(SystemExit) as caught:
            main([name, "--help"])
        assert caught.value.code == 0
        assert f"usage: conflict-lint {name}" in capsys.readouterr().out


def test_a_broken_configuration_is_wrong_use_and_the_rest_is_checked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "sub").mkdir()
    (here / "sub/a.py").write_text(BAD)
    (here / "sub/conflict-lint.toml").write_text('ignroe = ["CL902"]')
    (here / "b.py").write_text(BAD)
    assert main(["check", "--output-format", "concise"]) == 2
    captured = capsys.readouterr()
    assert captured.err == 'conflict-lint: sub/conflict-lint.toml:1: unknown key "ignroe"; did you mean "ignore"?\n'
    assert captured.out.startswith("b.py:1:8: error CL902")
    (here / "sub/conflict-lint.toml").write_text('ignore = ["CL9O2"]')
    assert main(["check", "--output-format", "concise"]) == 2
    captured = capsys.readouterr()
    assert 'sub/conflict-lint.toml: ignore names no rule: "CL9O2"; did you mean' in captured.err
    assert captured.out.startswith("b.py:1:8: error CL902")


def test_the_configuration_of_each_file_holds_for_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "conflict-lint.toml").write_text(
        "[severity]\nbad-suppression = 'warning'\n[tests]\nseverity = 'information'\n"
    )
    (here / "tests").mkdir()
    (here / "tests/test_a.py").write_text(BAD)
    (here / "a.py").write_text(BAD)
    (here / "sub").mkdir()
    (here / "sub/conflict-lint.toml").touch()
    (here / "sub/a.py").write_text(BAD)
    assert [(row["path"], row["severity"]) for row in rows(capsys)] == [
        ("a.py", "warning"),
        ("sub/a.py", "error"),
        ("tests/test_a.py", "information"),
    ]
    assert main(["tests"]) == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"x = '\xff'\n", "utf-8"), (b"# coding: klingon\n", "klingon"), (b"x = 1\0\n", "ull byte")],
)
def test_a_file_that_cannot_be_read_is_told(
    here: Path, capsys: pytest.CaptureFixture[str], content: bytes, reason: str
) -> None:
    (here / "a.py").write_bytes(content)
    (here / "b.py").write_text(BAD)
    first, second = rows(capsys)
    assert (first["path"], first["code"], first["severity"], first["line"]) == ("a.py", "CL903", "information", 1)
    assert reason in str(first["message"])
    assert second["code"] == "CL902"
    assert main(["a.py", "--ignore", "CL903"]) == 0
    assert "1 file could not be analysed" in capsys.readouterr().out


def test_no_file_checked_is_a_warning(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "readme.txt").touch()
    assert main(["check"]) == 0
    assert "warning: no file checked" in capsys.readouterr().err


def test_standard_input_is_checked_under_its_name(here: Path) -> None:
    (here / "conflict-lint.toml").write_text("extend-exclude = ['gen']\n")
    text = BAD.encode()
    plain = command("--output-format", "concise", "-", cwd=here, input=text)
    assert plain.returncode == 1
    assert plain.stdout.startswith(b"<stdin>:1:8: error CL902")
    named = command("check", "-", "--stdin-filename", "gen/a.py", "--output-format", "concise", cwd=here, input=text)
    assert named.stdout.startswith(b"gen/a.py:1:8: error CL902")
    forced = command("-", "--stdin-filename", "gen/a.py", "--force-exclude", cwd=here, input=text)
    assert (forced.returncode, b"no file checked" in forced.stderr) == (0, True)


def test_fixed_standard_input_goes_to_standard_output(here: Path) -> None:
    text = UNUSED.replace("\n", "\r\n").encode()
    fixed = command("--fix", "-", cwd=here, input=text)
    assert (fixed.returncode, fixed.stdout) == (0, b"x = 1\r\n")
    assert b"Applied 1 fix" in fixed.stderr
    same = command("--fix", "-", cwd=here, input=b"x = '\xff'\n")
    assert same.stdout == b"x = '\xff'\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UNUSED.encode(), CLEAN.encode()),
        (UNUSED.replace("\n", "\r\n").encode("utf-8-sig"), CLEAN.replace("\n", "\r\n").encode("utf-8-sig")),
        (
            "# coding: latin-1\ny = 'é'\n".encode("latin-1") + UNUSED.encode(),
            "# coding: latin-1\ny = 'é'\nx = 1\n".encode("latin-1"),
        ),
        (UNUSED.encode() * 30, CLEAN.encode() * 30),
        (b"def f(:\n    pass\n" + UNUSED.encode(), b"def f(:\n    pass\n" + CLEAN.encode()),
    ],
)
def test_fixes_are_written_and_nothing_else_changes(here: Path, before: bytes, after: bytes) -> None:
    (here / "a.py").write_bytes(before)
    (here / "a.py").chmod(0o741)
    (here / "link.py").symlink_to("a.py")
    main(["--fix", "link.py"])
    assert (here / "a.py").read_bytes() == after
    assert (here / "a.py").stat().st_mode & 0o777 == 0o741
    assert (here / "link.py").is_symlink()
    assert sorted(path.name for path in here.iterdir()) == ["a.py", "link.py"]


def test_a_diff_shows_the_change_and_writes_nothing(here: Path) -> None:
    before = UNUSED.encode() + b"y = 2"
    (here / "a.py").write_bytes(before)
    (here / "clean.py").write_text(CLEAN)
    shown = command("--diff", ".", cwd=here)
    assert shown.returncode == 1
    assert (here / "a.py").read_bytes() == before
    assert shown.stdout == (
        b"--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n-x = 1  # conflict-lint: ignore[CL101] no longer\n+x = 1\n"
        b" y = 2\n\\ No newline at end of file\n"
    )
    assert b"1 finding would be repaired in 1 file" in shown.stderr
    assert command("--diff", "clean.py", cwd=here).returncode == 0


def test_a_change_that_somebody_else_saves_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"theirs")
    with pytest.raises(ChangedError):
        replace_file(path, b"ours", expected=b"what we read")
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]
    replace_file(path, b"ours", expected=b"theirs")
    assert path.read_bytes() == b"ours"


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_written_to_a_file(here: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(BAD)
    assert main(["--output-format", form, "a.py"]) == 1
    printed = capsys.readouterr().out
    assert main(["--output-format", form, "--output-file", "report", "a.py"]) == 1
    assert capsys.readouterr().out == ""
    assert (here / "report").read_text("utf-8") == printed
    assert "CL902" in printed


def test_statistics_count_instead_of_listing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_text(BAD * 3 + UNUSED)
    assert main(["--statistics", "a.py"]) == 1
    assert capsys.readouterr().out == "3  CL902  bad-suppression  error\n1  CL901  unused-suppression  warning\n"


def test_colours_only_where_they_are_wanted(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_text(BAD)
    main(["a.py"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["a.py"])
    assert "\x1b[1;31m" in capsys.readouterr().out
    main(["a.py", "--output-format", "json"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["a.py"])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently")
def test_a_reader_that_goes_away_is_no_crash(here: Path) -> None:
    (here / "a.py").write_text(BAD * 5000)
    process = subprocess.Popen(
        [sys.executable, "-m", "conflict_lint", "a.py"],
        cwd=here,
        env={**os.environ, "PYTHONPATH": PATH},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    _, err = process.communicate(timeout=30)
    assert err == b""


def test_a_terminal_without_unicode_is_no_crash(here: Path) -> None:
    (here / "ü.py").write_text("é = 'ß'  # conflict-lint: ignore[ä]\n", "utf-8")
    shown = subprocess.run(
        [sys.executable, "-m", "conflict_lint", "."],
        cwd=here,
        env={**os.environ, "PYTHONPATH": PATH, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
    )
    assert (shown.returncode, shown.stderr) == (1, b"")
    assert b"\\xe4" in shown.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_not_unicode_is_no_crash(here: Path, form: str) -> None:
    Path(os.fsdecode(bytes(here) + b"/\xff.py")).write_text(BAD)
    shown = command("check", "--output-format", form, cwd=here)
    assert (shown.returncode, shown.stderr) == (1, b"")
    assert b"CL902" in shown.stdout


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert main(["rules", "--output-format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [line.split()[:2] for line in table] == [[rule["code"], rule["name"]] for rule in listed]
    assert {"CL901", "CL902", "CL903", "CL904"} <= {rule["code"] for rule in listed}


def test_rules_and_codes_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "cl902", "unreadable", "NoSuchKey"]) == 0
    shown = capsys.readouterr().out
    assert "CL902 bad-suppression" in shown
    assert "CL903 unreadable" in shown
    assert "NoSuchKey" in shown
    assert main(["explain", "bad-supression"]) == 2
    assert 'nothing is known about "bad-supression"; did you mean "bad-suppression"?' in capsys.readouterr().err


def test_the_settings_are_shown_with_their_origin(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "sub").mkdir()
    (here / "pyproject.toml").write_text("[tool.conflict-lint]\nstrict = true\n")
    assert main(["config", "--show", "sub/a.py"]) == 0
    shown = capsys.readouterr().out
    assert "strict = true  # pyproject.toml\n" in shown
    assert 'fail-on = "warning"  # default\n' in shown
    (here / "pyproject.toml").write_text("[tool.conflict-lint]\nstrict = 1\n")
    assert main(["config"]) == 2
    assert "strict" in capsys.readouterr().err


def test_starting_loads_nothing_heavy(here: Path) -> None:
    (here / "a.py").write_text(CLEAN)
    program = (
        "import sys, conflict_lint.cli as cli; status = cli.main(['check', 'a.py']);"
        "heavy = {'libcst', 'pygls', 'lsprotocol', 'yaml', 'pathspec', 'difflib', 'asyncio', 'concurrent.futures'};"
        "print(sorted(heavy & set(sys.modules))); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=here,
        env={**os.environ, "PYTHONPATH": PATH},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "[]", "")
