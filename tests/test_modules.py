"""Names that are followed into other modules of the project, by the way in which they are imported.

Each project is a mapping of paths to texts. A line that ends in ``# bad: CL101`` has that finding, and no other line
has one: the twin beside it differs in what the link alone can tell, and must stay silent.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conflict_lint import engine
from conflict_lint.analysis.source import Source
from conflict_lint.config import Settings
from conflict_lint.lsp.documents import Document
from conflict_lint.lsp.folders import Folders
from conflict_lint.project import ProjectView

BAD = re.compile(r"# bad: (CL\d{3})")

STORE = """import json
import boto3

s3 = boto3.client("s3")
LIMIT = 3


def load(key):
    return json.loads(s3.get_object(Bucket="states", Key=key)["Body"].read())


def save(key, state):
    s3.put_object(Bucket="states", Key=key, Body=json.dumps(state))


def save_as(key, state, etag):
    s3.put_object(Bucket="states", Key=key, Body=json.dumps(state), IfMatch=etag)


class Store:
    def __init__(self, bucket):
        self.bucket = bucket

    def load(self, key):
        return json.loads(s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def save(self, key, state):
        s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(state))
"""


def counter(imports: str, prefix: str = "") -> str:
    """A lost update through ``load`` and ``save``, and its twin that writes something else back."""
    return f"""{imports}

def count(key):
    state = {prefix}load(key)
    state["n"] += 1
    {prefix}save(key, state)  # bad: CL101


def copy(key, other):
    state = {prefix}load(key)
    state["n"] += 1
    {prefix}save(other, state)
"""


INSIDE = """def count(key):
    {imports}
    state = load(key)
    state["n"] += 1
    save(key, state)  # bad: CL101


def declare(key):
    {imports}
    if load(key):
        save(key, {{"n": 0}})
"""
OBJECTS = """from app.store import Store

store = Store("states")
other = Store("others")


def count(key):
    state = store.load(key)
    state["n"] += 1
    store.save(key, state)  # bad: CL101


def move(key):
    state = store.load(key)
    state["n"] += 1
    other.save(key, state)

"""
ANNOTATED = """from __future__ import annotations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store import Store


def count(key, kept: Store):
    state = kept.load(key)
    state["n"] += 1
    kept.save(key, state)  # bad: CL101


def copy(key, kept: Store, other: Store | None = None):
    state = kept.load(key)
    state["n"] += 1
    other.save(key, state)
"""
INHERITED = """from app.store import Store


class Counters(Store):
    def count(self, key):
        state = self.load(key)
        state["n"] += 1
        self.save(key, state)  # bad: CL101

    def reset(self, key):
        self.load(key)
        self.save(key, {"n": 0})
"""
GUARDED = """from app.store import load, save_as


def count(key, etag):
    state = load(key)
    state["n"] += 1
    save_as(key, state, etag)
"""
CONSTANTS = """import boto3
from app.names import STATE, ALIAS, OTHER

s3 = boto3.client("s3")


def count():
    data = s3.get_object(Bucket="b", Key=STATE)["Body"].read()
    s3.put_object(Bucket="b", Key=ALIAS, Body=data + b"!")  # bad: CL101


def copy():
    data = s3.get_object(Bucket="b", Key=STATE)["Body"].read()
    s3.put_object(Bucket="b", Key=OTHER, Body=data + b"!")
"""
CLIENTS = """from app.clients import state, other


def count():
    data = state.get()["Body"].read()
    state.put(Body=data + b"!")  # bad: CL101


def copy():
    data = state.get()["Body"].read()
    other.put(Body=data + b"!")
"""
ERRORS = """from app.store import s3


def fetch(key):
    try:
        return s3.get_object(Bucket="b", Key=key)
    except s3.exceptions.NoSuchKeys:  # bad: CL403
        return None


def fetch_right(key):
    try:
        return s3.get_object(Bucket="b", Key=key)
    except s3.exceptions.NoSuchKey:
        return None
"""
MADE = """import boto3

s3 = boto3.resource("s3")
state = s3.Object("b", "state")
other = s3.Object("b", "other")
"""
LAYERED = """from app.repository import read, write


def count(key):
    state = read(key)
    state["n"] += 1
    write(key, state)  # bad: CL101


def declare(key):
    read(key)
    write(key, {"n": 0})
"""
REPOSITORY = """from app import store


def read(key):
    return store.load(key)


def write(key, state):
    store.save(key, state)
"""

PACKAGE = {"app/__init__.py": "", "app/store.py": STORE}
ZONES = """\
import time

import boto3

route53 = boto3.client("route53")


def make_zone(name):
    return route53.create_hosted_zone(Name=name, CallerReference=str(time.time()))  # bad: CL204
"""

AGAIN = """\
import functools
import time

from botocore.exceptions import ClientError
from tenacity import retry as persistently
from tenacity import stop_after_attempt


def patiently(function):
    @functools.wraps(function)
    def attempts(*args):
        for pause in (1, 2, 4):
            try:
                return function(*args)
            except ClientError:
                time.sleep(pause)
        return function(*args)

    return attempts


def traced(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)

    return call
"""
HANDED = """\
from botocore.exceptions import ClientError


def exists(client, bucket, key):
    try:
        client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True


def move(client, bucket, old, new):
    client.copy_object(Bucket=bucket, Key=new, CopySource={"Bucket": bucket, "Key": old})
"""
MOVING = """\
from . import objects


class Folder:
    def __init__(self, client, bucket):
        self.client = client
        self.bucket = bucket

    def rename(self, old, new):
        if objects.exists(self.client, self.bucket, new):
            raise FileExistsError(new)
        objects.move(self.client, self.bucket, old, new)  # bad: CL102

    def move(self, old, new):
        if objects.exists(self.client, self.bucket, old):
            objects.move(self.client, self.bucket, old, new)
"""
ADDED = """\
import boto3

from . import again
from .again import patiently, persistently, stop_after_attempt, traced

iam = boto3.client("iam")


@persistently(stop=stop_after_attempt(3))
def add(name):
    iam.create_group(GroupName=name)  # bad: CL303


@patiently
def add_patiently(name):
    iam.create_group(GroupName=name)  # bad: CL303


@again.persistently(stop=stop_after_attempt(3))
def add_persistently(name):
    iam.create_group(GroupName=name)  # bad: CL303


@traced
def add_once(name):
    iam.create_group(GroupName=name)
"""

PERSISTENT = """\
import functools
import time

import requests


def persistently(function):
    @functools.wraps(function)
    def attempts(*args):
        for pause in (1, 2, 4):
            try:
                return function(*args)
            except requests.RequestException:
                time.sleep(pause)
        raise RuntimeError("no answer")

    return attempts
"""
ORDERED = """\
import requests

from .again import persistently


@persistently
def order(url, basket):
    return requests.post(f"{url}/orders", json=basket).json()  # bad: CL205


def order_once(url, basket):
    return requests.post(f"{url}/orders", json=basket).json()


def cancel(url, number):
    requests.delete(f"{url}/orders/{number}")
"""

SHADOWED = """from google.api_core.exceptions import PreconditionFailed
from google.cloud import storage

bucket = storage.Client().bucket("b")


def append(key, line):
    blob = bucket.blob(key)
    blob.upload_from_string(blob.download_as_text() + line)  # bad: CL101


def append_guarded(key, line):
    blob = bucket.blob(key)
    blob.upload_from_string(blob.download_as_text() + line, if_generation_match=blob.generation)


def save(key, text, generation):
    try:
        bucket.blob(key).upload_from_string(text, if_generation_match=generation)
    except PreconditionFailed:  # bad: CL401
        pass
"""
INTERFACE = """class Interface:
    _kept = None

    @property
    def kept(self):
        if self._kept is None:
            self._kept = self.read()
        return self._kept

    def read(self):
        raise NotImplementedError

    def write(self, state):
        raise NotImplementedError

    def count(self, name):
        state = self.read()
        state[name] = state.get(name, 0) + 1
        self.write(state)

    def reset(self):
        if self.read():
            self.write({})
"""
CONCRETE = """import json
import boto3
from app.interface import Interface


class Plain(Interface):
    def __init__(self, bucket):
        self.bucket = bucket
        self.s3 = boto3.client("s3")

    def read(self):
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key="plain")["Body"].read())

    def write(self, state):
        self.s3.put_object(Bucket=self.bucket, Key="plain", Body=json.dumps(state))  # bad: CL101


class Declared(Plain):
    def count(self, name):
        self.write({name: 1})


class Guarded(Interface):
    def __init__(self, bucket):
        self.bucket = bucket
        self.s3 = boto3.client("s3")

    def read(self):
        answer = self.s3.get_object(Bucket=self.bucket, Key="guarded")
        self.etag = answer["ETag"]
        return json.loads(answer["Body"].read())

    def write(self, state):
        self.s3.put_object(Bucket=self.bucket, Key="guarded", Body=json.dumps(state), IfMatch=self.etag)


class Kept(Interface):
    def __init__(self, bucket):
        self.bucket = bucket
        self.s3 = boto3.client("s3")

    def read(self):
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key="kept")["Body"].read())

    def flush(self):
        self.s3.put_object(Bucket=self.bucket, Key="kept", Body=json.dumps(self._kept))  # bad: CL101
"""
PROJECTS: dict[str, dict[str, str]] = {
    "beside packages called after an SDK": {
        "providers/google/__init__.py": "",
        "providers/google/cloud/__init__.py": "",
        "providers/google/cloud/store.py": SHADOWED,
    },
    "relative": PACKAGE | {"app/use.py": counter("from .store import load, save")},
    "relative from above": PACKAGE
    | {"app/sub/__init__.py": "", "app/sub/use.py": counter("from ..store import load, save")},
    "relative module": PACKAGE | {"app/use.py": counter("from . import store", "store.")},
    "relative module that is handed the client": {
        "app/__init__.py": "",
        "app/objects.py": HANDED,
        "app/folders.py": MOVING,
    },
    "absolute": PACKAGE | {"app/use.py": counter("from app.store import load, save")},
    "absolute module": PACKAGE | {"app/use.py": counter("import app.store", "app.store.")},
    "renamed module": PACKAGE | {"app/use.py": counter("import app.store as kept", "kept.")},
    "renamed": PACKAGE | {"app/use.py": counter("from app.store import load as my_load, save as my_save", "my_")},
    "in brackets": PACKAGE | {"app/use.py": counter("from app.store import (\n    load,  # reads\n    save,\n)")},
    "every name": PACKAGE | {"app/use.py": counter("from app.store import *")},
    "src layout": {f"src/{path}": text for path, text in PACKAGE.items()}
    | {"tests/use.py": counter("from app.store import load, save")},
    "re-exported": PACKAGE
    | {"app/__init__.py": "from .store import load, save\n", "use.py": counter("from app import load, save")},
    "re-exported by star": PACKAGE
    | {"app/__init__.py": "from .store import *\n", "use.py": counter("from app import load, save")},
    "namespace package": {"spaced/app/store.py": STORE, "use.py": counter("from spaced.app.store import load, save")},
    "beside it": {"store.py": STORE, "use.py": counter("from store import load, save")},
    "where possible": PACKAGE
    | {
        "app/use.py": counter("try:\n    from app.store import load, save\nexcept ImportError:\n    load = save = None")
    },
    "inside the function": PACKAGE | {"app/use.py": INSIDE.format(imports="from app.store import load, save")},
    "objects of a class": PACKAGE | {"app/use.py": OBJECTS},
    "base class": PACKAGE | {"app/use.py": INHERITED},
    "behind an interface": {"app/__init__.py": "", "app/interface.py": INTERFACE, "app/concrete.py": CONCRETE},
    "guarded in the helper": PACKAGE | {"app/use.py": GUARDED},
    "a token is told where it is made": {
        "app/__init__.py": "",
        "app/zones.py": ZONES,
        "app/use.py": "from .zones import make_zone\n\n\ndef main(name):\n    return make_zone(name)\n",
    },
    "constants": {
        "app/__init__.py": "",
        "app/use.py": CONSTANTS,
        "app/names.py": 'STATE = ALIAS = "state"\nOTHER = "other"\n',
    },
    "clients": {
        "app/__init__.py": "",
        "app/use.py": CLIENTS,
        "app/clients.py": MADE,
    },
    "policies": {"app/__init__.py": "", "app/again.py": AGAIN, "app/use.py": ADDED},
    "a policy and nothing else": {"app/__init__.py": "", "app/again.py": PERSISTENT, "app/use.py": ORDERED},
    "exceptions of a client": PACKAGE | {"app/use.py": ERRORS},
    "annotated": PACKAGE | {"app/use.py": ANNOTATED},
    "two modules away": PACKAGE | {"app/use.py": LAYERED, "app/repository.py": REPOSITORY},
    "in a circle": PACKAGE
    | {
        "app/store.py": STORE + "\nfrom app import use\nfrom app.use import *\n",
        "app/use.py": counter("from app.store import load, save"),
    },
}


def written(folder: Path, project: dict[str, str]) -> dict[str, set[tuple[int, str]]]:
    """Write a project; what is marked in its files."""
    for path, text in project.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return {path: marked(text) for path, text in project.items()}


def marked(text: str) -> set[tuple[int, str]]:
    lines = enumerate(text.splitlines(), 1)
    return {(number, found[1]) for number, line in lines if (found := BAD.search(line))}


def found(view: ProjectView, path: str, text: str) -> set[tuple[int, str]]:
    source = Source(text, path)
    findings = engine.check(source, view, Settings()).findings
    return {(source.position(finding.span.start)[0] + 1, finding.code) for finding in findings}


@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_imported_is_followed(tmp_path: Path, name: str) -> None:
    expected = written(tmp_path, PROJECTS[name])
    view = ProjectView(str(tmp_path))
    assert {path: found(view, path, text) for path, text in PROJECTS[name].items()} == expected


@pytest.mark.parametrize("name", PROJECTS)
def test_each_file_alone_is_found_as_in_the_tree(tmp_path: Path, name: str) -> None:
    expected = written(tmp_path, PROJECTS[name])
    for path in expected:  # a new view knows nothing of the files before
        assert found(ProjectView(str(tmp_path)), path, PROJECTS[name][path]) == expected[path]


@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_asked_for_as_it_is_typed_is_found_as_in_the_tree(tmp_path: Path, name: str) -> None:
    """An editor follows of other modules only what the open file may call, and that changes with every line."""
    expected = written(tmp_path, PROJECTS[name])
    tree, editor = ProjectView(str(tmp_path), settled=True), ProjectView(str(tmp_path))
    for path in expected:
        kept = engine.Analysis(Source("", path), editor, Settings())
        for line in PROJECTS[name][path].splitlines(keepends=True):
            end = len(kept.source.text)
            kept.edit(end, end, line)
            assert kept.result().findings == engine.check(kept.source, tree, Settings()).findings


def test_directories_of_the_configuration(tmp_path: Path) -> None:
    use = counter("from app.store import load, save")
    written(tmp_path, {"services/a/use.py": use, **{f"packages/store/{path}": text for path, text in PACKAGE.items()}})
    assert found(ProjectView(str(tmp_path)), "services/a/use.py", use) == set()
    assert found(ProjectView(str(tmp_path), ("packages/store",)), "services/a/use.py", use) == marked(use)


def test_a_witness_in_another_file_names_it(tmp_path: Path) -> None:
    written(tmp_path, PROJECTS["relative"])
    result = subprocess.run(
        [sys.executable, "-m", "conflict_lint", "check", "--output-format", "json", "app/use.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    (finding,) = json.loads(result.stdout)["findings"]
    assert "line 9 of store.py" in finding["message"]
    assert [step["path"] for step in finding["related"]] == ["app/store.py", "app/use.py", "app/use.py", "app/store.py"]
    assert finding["function"] == "count"


def test_one_write_elsewhere_is_told_once(tmp_path: Path) -> None:
    text = counter("from .store import load, save") + counter("", "").replace("count", "again").replace(
        "# bad: CL101", ""
    )
    written(tmp_path, PACKAGE | {"app/use.py": text})
    assert len(found(ProjectView(str(tmp_path)), "app/use.py", text)) == 1


TWICE = """import boto3

s3 = boto3.client("s3")


def load(key):
    return s3.get_object(Bucket="states", Key=key)["Body"].read()


def save(key, state):
    try:
        s3.put_object(Bucket="states", Key=key, Body=state, ACL="public-read")
    except Exception:
        s3.put_object(Bucket="states", Key=key, Body=state)
"""


def test_a_second_try_elsewhere_is_told_once(tmp_path: Path) -> None:
    text = """from .store import load, save


def append(key, line):
    save(key, load(key) + line)  # bad: CL101
"""
    expected = written(tmp_path, PACKAGE | {"app/store.py": TWICE, "app/use.py": text})
    result = engine.check(Source(text, "app/use.py"), ProjectView(str(tmp_path)), Settings())
    assert len(result.findings) == len(expected["app/use.py"]) == 1


OPENED = """
import sys
opened = []
def watch(event, args):
    if event == "open" and isinstance(args[0], str) and args[0].endswith(".py") and sys.argv[-1] in args[0]:
        opened.append(args[0].rpartition(sys.argv[-1] + "/")[2])
sys.addaudithook(watch)
from conflict_lint import engine
from conflict_lint.analysis.source import Source
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView
root = sys.argv[-2]
view = ProjectView(root)
engine.check(view.source("app/use.py"), view, Settings())
print(sorted(set(opened)))
"""


def test_only_what_is_imported_is_opened_and_no_installed_package(tmp_path: Path) -> None:
    """A package beside the project that is called like one of the standard library or of an SDK is not read either."""
    use = counter("import json, boto3, requests\nfrom app.store import load, save")
    written(tmp_path / "scanned", PACKAGE | {"app/use.py": use, "app/unused.py": STORE, "json.py": "", "boto3.py": ""})
    written(tmp_path / "scanned/venv/lib/site-packages", {"requests/__init__.py": "", "requests.py": ""})
    result = subprocess.run(
        [sys.executable, "-c", OPENED, str(tmp_path / "scanned"), "scanned"], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "['app/store.py', 'app/use.py']"


def test_open_files_stand_for_what_is_on_the_disk(tmp_path: Path) -> None:
    """The helper is edited in the editor and not saved: the file that imports it is seen with the edit, and without."""
    written(tmp_path, PROJECTS["relative"])
    folders = Folders([str(tmp_path)])
    path = tmp_path / "app/use.py"
    document = Document(path.as_uri(), 1, path.read_text("utf-8"), folders.place(str(path)), "utf-16")
    store = str(tmp_path / "app/store.py")
    assert len(document.report(path.as_uri()).diagnostics) == 1
    assert document.depends_on(store)
    folders.open_files.texts[store] = STORE.replace("Body=json.dumps(state))", "Body=b'')")
    document.forget()
    assert document.report(path.as_uri()).diagnostics == ()
    del folders.open_files.texts[store]
    document.forget()
    assert len(document.report(path.as_uri()).diagnostics) == 1
