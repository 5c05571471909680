"""A project's own catalogue files: the documentation's example, and everything that can be wrong in them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conflict_lint.lsp.folders import Folders

PAGE = Path(__file__).parent.parent / "docs" / "own-catalogue.md"
PARTS = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))

REPEATED = """
import boto3
from acme.again import persistently

iam = boto3.client("iam")


@persistently()
def make_role(name, policy):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)
"""
SERVICE = """
service: s3
operations:
  PutObjectTagging: {effect: read}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The documentation's example as files."""
    (tmp_path / "pyproject.toml").write_text(PARTS["toml"], "utf-8")
    (tmp_path / "conflict-catalogue.yaml").write_text(PARTS["yaml"], "utf-8")
    (tmp_path / "use.py").write_text(PARTS["python"], "utf-8")
    return tmp_path


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line in that directory, with a cache of its own."""
    command = [sys.executable, "-m", "conflict_lint", *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)


def checked(project: Path, *words: str) -> list[tuple[str, int, str]]:
    """Path, line and code of what is found."""
    cache = ("--cache-dir", str(project.parent / "cache"))
    result = run(project, "check", ".", "--output-format", "json", *cache, *words)
    assert result.returncode in (0, 1), result.stderr
    return [(row["path"], row["line"], row["code"]) for row in json.loads(result.stdout)["findings"]]


def test_a_library_that_is_described_is_checked_and_repaired(project: Path) -> None:
    assert checked(project) == [("use.py", 8, "CL101")]
    assert run(project, "check", ".", "--fix", "--unsafe-fixes").returncode == 0
    assert 'expected_version=members["version"]' in (project / "use.py").read_text("utf-8")
    assert checked(project) == []
    (project / "pyproject.toml").write_text("[tool.conflict-lint]\n", "utf-8")
    (project / "use.py").write_text(PARTS["python"], "utf-8")
    assert checked(project) == [], "nothing is known of it without the catalogue"


def test_errors_that_are_described_are_explained(project: Path) -> None:
    told = run(project, "explain", "StaleVersion").stdout.splitlines()
    assert told[0].startswith("StaleVersion (acme-documents")
    assert told[1].startswith("Can I simply retry? Not the same request")
    assert "own/documents/StaleVersion" in run(project, "catalogue", "search", "acme", "StaleVersion").stdout
    assert run(project.parent, "explain", "StaleVersion").returncode == 2


def test_a_decorator_that_is_described_repeats(project: Path) -> None:
    (project / "use.py").write_text(REPEATED, "utf-8")
    assert [(path, code) for path, _, code in checked(project)] == [("use.py", "CL303")]
    (project / "pyproject.toml").write_text("", "utf-8")
    assert checked(project) == []


def test_what_the_files_say_counts_at_once(project: Path) -> None:
    """Neither the cache of findings nor that of compiled catalogues outlives a change of the file."""
    assert len(checked(project)) == 1
    own = project / "conflict-catalogue.yaml"
    own.write_text(PARTS["yaml"].replace("effect: replace", "effect: read"), "utf-8")
    assert checked(project) == []
    own.write_text(PARTS["yaml"], "utf-8")
    assert len(checked(project)) == 1


def test_a_service_that_is_known_is_described_further(project: Path) -> None:
    text = 'import boto3\n\ns3 = boto3.client("s3")\n\n\ndef tag(bucket, key):\n'
    text += "    tags = s3.get_object_tagging(Bucket=bucket, Key=key)['TagSet']\n"
    text += "    tags.append({'Key': 'a', 'Value': 'b'})\n"
    text += "    s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={'TagSet': tags})\n"
    (project / "use.py").write_text(text, "utf-8")
    assert [code for _, _, code in checked(project)] == ["CL106"]
    (project / "conflict-catalogue.yaml").write_text(SERVICE, "utf-8")
    assert checked(project) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("    resource: document\n", "    resorce: document\n", 'unknown key "resorce"; did you mean "resource"?'),
        ("effect: read", "effect: reads", "reads is none of"),
        ("    role: policy", "\trole: policy", "not readable as YAML"),
        ("retry: after-refetch", "retry: later", "later is none of never"),
        ("service: acme-documents", "servise: acme-documents", 'unknown key "servise"; did you mean "service"?'),
        ("service: acme-documents\n", "service: s3\n", 'the service "s3" is described already'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(project: Path, before: str, after: str, words: str) -> None:
    own = project / "conflict-catalogue.yaml"
    line = PARTS["yaml"][: PARTS["yaml"].index(before)].count("\n") + 1
    own.write_text(PARTS["yaml"].replace(before, after, 1), "utf-8")
    for command in (("check", "."), ("explain", "StaleVersion"), ("catalogue", "list")):
        result = run(project, *command)
        assert result.returncode == 2, result
        place, told = result.stderr.removeprefix("conflict-lint: ").partition(": ")[::2]
        assert (place, words in told) == (f"{own}:{line}", True), result.stderr


def test_a_file_that_is_not_there_is_named(project: Path) -> None:
    (project / "conflict-catalogue.yaml").unlink()
    result = run(project, "check", ".")
    assert result.returncode == 2
    assert "conflict-catalogue.yaml:1: not readable: No such file" in result.stderr


def test_documents_of_no_kind_are_refused(project: Path) -> None:
    (project / "conflict-catalogue.yaml").write_text("operations: {}\n", "utf-8")
    assert "no kind of document" in run(project, "check", ".").stderr
    (project / "conflict-catalogue.yaml").write_text("", "utf-8")
    assert "the file is empty" in run(project, "check", ".").stderr


def test_other_projects_are_checked_all_the_same(project: Path) -> None:
    (project / "conflict-catalogue.yaml").write_text("operations: {}\n", "utf-8")
    other = project / "other"
    other.mkdir()
    (other / "conflict-lint.toml").write_text("", "utf-8")
    text = 'import boto3\n\ns3 = boto3.client("s3")\n\n\ndef add(key):\n'
    text += '    old = s3.get_object(Bucket="b", Key=key)["Body"].read()\n'
    (other / "use.py").write_text(text + '    s3.put_object(Bucket="b", Key=key, Body=old + b"x")\n', "utf-8")
    result = run(project, "check", ".", "--output-format", "concise")
    assert result.returncode == 2
    assert "other/use.py:8" in result.stdout.replace("\\", "/")
    assert "conflict-catalogue.yaml:1" in result.stderr


def test_an_editor_keeps_the_last_good_settings(project: Path) -> None:
    own = project / "conflict-catalogue.yaml"
    folders = Folders([str(project)])
    good = folders.place(str(project / "use.py"))
    assert good.settings.catalogue == (str(own),)
    own.write_text("operations: {}\n", "utf-8")
    folders.reload([str(project)])
    assert folders.place(str(project / "use.py")).settings == good.settings
    assert list(folders.problems) == [str(own)]
