"""Incremental = batch: after any edits the findings equal those of a fresh run on the final text, in every part."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import conflict_lint
import conflict_lint_rules
import pytest
from conflict_lint import engine
from conflict_lint.analysis.imports import Imported
from conflict_lint.analysis.source import Source
from corpus.incremental import SETTINGS, VIEW, follow, history, parses

PACKAGES = [str(Path(package.__path__[0]).parent) for package in (conflict_lint, conflict_lint_rules)]
EXAMPLES = sorted((Path(conflict_lint_rules.__path__[0]) / "examples").rglob("*.py"))

IMPORTS = (
    "import boto3\nimport json\n",
    "import json, boto3\nfrom .locks import lock\n",
    "import boto3, os, functools\n",
)
CLIENTS = (
    's3 = boto3.client("s3")\n',
    'def client_of(name="s3"):\n    return boto3.client(name)\n\ns3 = client_of("s3")\n',
    "s3 = None\n",
    'NAMES = {"client": "s3"}\ns3 = boto3.client(NAMES["client"])\n',
)
READERS = (
    'def load(key):\n    return json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())\n',
    "def load(key):\n    return {}\n",
    "def load(key):\n    return fetch(key)\n\ndef fetch(key):\n"
    '    try:\n        return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()\n'
    "    except s3.exceptions.NoSuchKeys:\n        return b''\n",
    "@functools.cache\ndef load(key):\n    return s3.get_object(Bucket=BUCKET, Key=key)\n",
)
WRITERS = (
    "def save(key, data):\n    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(data))\n",
    "def save(key, data):\n    print(key, data)\n",
    "def save(key, data):\n    store(key, data)\n\ndef store(key, data, **more):\n"
    "    s3.put_object(Bucket=BUCKET, Key=key, Body=data, **more)\n",
    "def save(key, data):\n    with lock:\n        s3.put_object(Bucket=BUCKET, Key=key, Body=data)\n",
)
USERS = (
    'def add(key):\n    data = load(key)\n    data["n"] += 1\n    save(key, data)\n',
    "def main():\n    for key in KEYS:\n        add(key)\n",
    "def handler(event, context):\n    key = event['key']\n    save(key, change(load(key)))\n\n"
    "def change(data):\n    return data + b'1'\n",
    "def tests(key):\n    try:\n        save(key, load(key))\n    except ClientError as error:\n"
    '        if error.response["Error"]["Code"] == CODE:\n            return None\n        raise\n',
)
CLASSES = (
    'class Store:\n    """A store."""\n    bucket = "b"\n\n    def __init__(self, key):\n'
    '        self.s3, self.key = boto3.client("s3"), key\n'
    '        self.table = boto3.resource("dynamodb").Table("t")\n\n'
    "    def _load(self):\n        return self.s3.get_object(Bucket=self.bucket, Key=self.key)\n\n"
    "    def _save(self, data):\n        self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=data)\n\n"
    "    def add(self, one):\n        self._save(self._load()['Body'].read() + one)\n\n"
    "    def count(self, pk):\n        item = self.table.get_item(Key={'pk': pk})['Item']\n"
    "        item['n'] += 1\n        self.table.put_item(Item=item)\n",
    "class Part(Store):\n    @property\n    def bucket(self):\n        return self._bucket\n\n"
    "    def _load(self):\n        return super()._load()\n\n"
    "    def add(self, one):\n        self._save(self._load() + one)\n",
    "class Loop:\n    def open(self):\n        self.one = self.two\n\n    def shut(self):\n"
    "        self.two = self.one or self.three\n        self.three = boto3.client('s3')\n\n"
    "    def first(self, key):\n        data = self.one.get_object(Bucket='b', Key=key)['Body'].read() + b'1'\n"
    "        self.one.put_object(Bucket='b', Key=key, Body=data)\n\n"
    "    def second(self, key):\n        REQUEST['Key'], REQUEST['IfMatch'] = key, self.tag\n"
    "        data = self.two.get_object(Bucket='b', Key=key)['Body'].read() + b'1'\n"
    "        self.two.put_object(Body=data, **REQUEST)\n\n"
    "    def third(self, key):\n        data = self.two.get_object(Bucket='b', Key=REQUEST['Key'])['Body'].read()\n"
    "        self.three.put_object(Body=data, **REQUEST)\n",
)
CONSTANTS = (
    'REQUEST = {"Bucket": "b", "Key": "k"}\nBUCKET = "b"\nKEYS = ["a", "c"]\nCODE = "NoSchKey"\n',
    'BUCKET = os.environ["B"]\nCODE = "NoSuchKey"\nREQUEST = {"Bucket": BUCKET, "Key": CODE}\n',
)


def generated(seed: int) -> str:
    """A module of functions that read, change and write through one another, in some order."""
    pick = random.Random(seed)
    parts = [pick.choice(group) for group in (CLIENTS, READERS, WRITERS, CONSTANTS)]
    parts += pick.sample(USERS, 3) + pick.sample(CLASSES, pick.randrange(4))
    pick.shuffle(parts)
    ends = pick.choice(("\n", "\n", "\r\n"))
    return "\n\n".join([pick.choice(IMPORTS), *parts]).replace("\n", ends)


@pytest.mark.parametrize("seed", range(24))
def test_edits_of_generated_modules(seed: int) -> None:
    tally = follow(generated(seed), "generated.py", seed, 40)
    assert tally.differing == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_edits_of_the_examples(path: Path) -> None:
    tally = follow(path.read_text(encoding="utf-8"), path.name, path.name, 8)
    assert tally.differing == []


def test_the_edits_are_worth_comparing() -> None:
    """Half of the states are broken, the results vary, and every rule of the generated modules has its say."""
    states = [text for seed in range(12) for _, text in history(generated(seed), seed, 40)]
    broken = sum(not parses(text) for text in states)
    assert 0.4 < broken / len(states) < 0.7
    tallies = [follow(generated(seed), "generated.py", seed, 40) for seed in range(6)]
    assert sum(len(tally.distinct) for tally in tallies) > 40
    assert {"CL101", "CL403", "CL903"} <= {code for tally in tallies for code in tally.findings}


SHAPE = (
    "import boto3\ns3 = boto3.client('s3')\n"
    "def load(key):\n    return s3.get_object(Bucket='b', Key=key)['Body'].read()\n"
    "def save(key, data):\n    s3.put_object(Bucket='b', Key=key, Body=data)\n"
    "def step(key, data):\n    save(key, data)\n"
    "def main(key):\n    s3.put_object(Bucket='b', Key='other', Body=b'')\n    step(key, load(key) + b'1')\n"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def save(key, data):", "def save(key, data:"),
        ("    s3.put_object(Bucket='b', Key=key, Body=data)", "    print(data)"),
        ("    save(key, data)", "    print(data)"),
        ("    return s3.get_object(Bucket='b', Key=key)['Body'].read()", "    return b''"),
        ("boto3.client('s3')", "None"),
        ("def load", "def lead"),
        ("import boto3", "import boto3 as boto"),
        ("def step(key, data):", "def step(key, data):\n    '''"),
    ],
)
def test_what_another_function_does_counts_at_once(old: str, new: str) -> None:
    """A helper is broken, emptied, renamed, and mended again: its callers' findings go and come back."""
    kept = engine.Analysis(Source(SHAPE, "a.py"), VIEW, SETTINGS)
    before = kept.result()
    assert [finding.code for finding in before.findings] == ["CL101", "CL105"]
    start = SHAPE.index(old)
    changed = SHAPE.replace(old, new)
    kept.edit(start, start + len(old), new)
    assert kept.result() == engine.check(Source(changed, "a.py"), VIEW, SETTINGS)
    kept.edit(start, start + len(new), old)
    assert kept.result() == before


LATER = (
    "import boto3\ndef other():\n    return boto3.client('s3')\ndef make():\n    return None\n"
    "class Store:\n    def open(self):\n        self.s3 = make()\n"
    "    def load(self, key):\n        return self.s3.get_object(Bucket='b', Key=key)['Body'].read()\n"
    "    def change(self, key):\n        data = self.load(key)\n"
    "        self.s3.put_object(Bucket='b', Key=key, Body=data + b'1')\n"
)


REPEATED = (
    "import boto3, tenacity\niam = boto3.client('iam')\n"
    "def make(name):\n    return iam.get_user(UserName=name)\n"
    "@tenacity.retry\ndef work(name):\n    make(name)\n"
)

ASKED = (
    "import boto3\nfrom botocore.exceptions import ClientError\ns3 = boto3.client('s3')\n"
    "def code_of(error):\n    return error\n"
    "def read(key):\n    try:\n        return s3.get_object(Bucket='b', Key=key)\n"
    "    except ClientError as error:\n        if code_of(error) == 'NoSchKey':\n"
    "            return None\n        raise\n"
    "def clear(key):\n    s3.put_object(Bucket='b', Key=key, Body=b'')\n"
)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        # what a handler asks tells the error's code now
        (ASKED, "return error", "return error.response['Error']['Code']"),
        # what is repeated did not change anything, and does now
        (REPEATED, "return iam.get_user", "return iam.create_user"),
        # a helper of a method that only assigns becomes worth entering
        (LATER, "return None", "return other()"),
        (LATER, "make()\n", "make()\n    def open(self):\n        self.s3 = other()\n"),
        # the same name is defined once more: the last definition counts
        (LATER, "    def change(", "    def load(self, key):\n        return b''\n    def change("),
        (SHAPE, "def step(", "def load(key):\n    return b''\ndef step("),
        (SHAPE, "def step(", "def save(key, data):\n    print(data)\ndef step("),
        (SHAPE, "def step(", "load = save = print\ndef step("),
        (SHAPE, "def step(", "class save:\n    pass\ndef step("),
        (SHAPE, "def step(", "import save\ndef step("),
    ],
)
def test_another_definition_counts_at_once(text: str, old: str, new: str) -> None:
    kept = engine.Analysis(Source(text, "a.py"), VIEW, SETTINGS)
    before = kept.result()
    start = text.index(old)
    kept.edit(start, start + len(old), new)
    assert kept.result() == engine.check(Source(text.replace(old, new), "a.py"), VIEW, SETTINGS)
    kept.edit(start, start + len(new), old)
    assert kept.result() == before


REQUEST = (
    "import boto3\ns3 = boto3.client('s3')\nREQUEST = {'Bucket': 'b', 'Key': 'k'}\n"
    "def first(etag):\n    REQUEST['IfMatch'] = etag\n    s3.put_object(Bucket='o', Key='k', Body=b'')\n"
    "def second():\n    body = s3.get_object(Bucket='b', Key='k')['Body'].read()\n"
    "    s3.put_object(Body=body + b'1', **REQUEST)\n"
)


def test_what_one_function_does_to_a_global_does_not_depend_on_who_ran_first() -> None:
    first, second = REQUEST.index("def first"), REQUEST.index("def second")
    swapped = REQUEST[:first] + REQUEST[second:] + REQUEST[first:second]
    found = [
        {(finding.code, finding.function) for finding in engine.check(Source(text, "a.py"), VIEW, SETTINGS).findings}
        for text in (REQUEST, swapped)
    ]
    assert found[0] == found[1]
    kept = engine.Analysis(Source(REQUEST, "a.py"), VIEW, SETTINGS)
    kept.result()
    kept.edit(len(REQUEST) - 12, len(REQUEST) - 12, " ")
    assert {(finding.code, finding.function) for finding in kept.result().findings} == found[0]


def test_edits_between_two_questions_add_up() -> None:
    kept = engine.Analysis(Source("", "a.py"), VIEW, SETTINGS)
    for at, character in enumerate(SHAPE):
        kept.edit(at, at, character)
        if at % 50 == 0:
            kept.result()
    assert kept.result() == engine.check(Source(SHAPE, "a.py"), VIEW, SETTINGS)


IMPORTING = (
    *("import a\n", "from b import (c,\n    d)\n", "from e import f", "from g import ( h", "import ", "imp", "ort "),
    *("def f():\n    import q as r, s\n", "# import k\n", "x = 1\n", "\n", " ", "(", ")", ""),
)


@pytest.mark.parametrize("seed", range(8))
def test_imports_follow_edits(seed: int) -> None:
    pick = random.Random(seed)
    text = "".join(pick.choices(IMPORTING, k=12)) + ")\n" + "x = 1\n" * 200
    known, same = Imported.by(text), 0
    for _ in range(400):
        start = pick.randrange(len(text) + 1)
        end, replacement = min(len(text), start + pick.randrange(9)), pick.choice(IMPORTING)
        text = text[:start] + replacement + text[end:]
        before, known = known, known.edited(text, start, start + len(replacement))
        same += known is before
        assert known.names == Imported.by(text).names
    assert same


def test_a_suppression_is_seen_wherever_an_edit_makes_one() -> None:
    comment = "  # conflict-lint: ignore[CL105]\n"
    kept = engine.Analysis(Source(SHAPE, "a.py"), VIEW, SETTINGS)
    end = SHAPE.index("\n")
    for at, character in enumerate(comment[:-1], end):
        kept.edit(at, at, character)
        assert kept.result() == engine.check(kept.source, VIEW, SETTINGS)
    for at in range(end, end + len(comment) - 1):
        kept.edit(at, at + 1, "")
        kept.edit(at, at, comment[at - end])
        assert kept.result() == engine.check(kept.source, VIEW, SETTINGS)
    kept.edit(end + 5, end + 9, "")
    assert kept.result() == engine.check(kept.source, VIEW, SETTINGS)


def test_asking_twice_gives_the_same_answer() -> None:
    for seed in range(10):
        kept = engine.Analysis(Source(generated(seed), "a.py"), VIEW, SETTINGS)
        assert kept.result() == kept.result()


def test_the_order_of_hashes_does_not_matter(tmp_path: Path) -> None:
    """Same input, same output: sets of strings iterate differently in every process."""
    for seed in range(8):
        (tmp_path / f"generated_{seed}.py").write_text(generated(seed), encoding="utf-8", newline="")
    outputs = set()
    for hashing in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(PACKAGES), "PYTHONHASHSEED": hashing}
        command = [sys.executable, "-m", "conflict_lint", "--output-format", "sarif", "--strict", "."]
        outputs.add(subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=60).stdout)
    assert len(outputs) == 1
    assert b"CL101" in outputs.pop()
