"""The layers and invariants of ARCHITECTURE.md, as far as a program can check them."""

from __future__ import annotations

import ast
import builtins
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from conflict_lint.catalogue import load

ROOT = Path(__file__).parents[1]
SERVER, RULES = ROOT / "server", ROOT / "rules"
EXAMPLES = RULES / "conflict_lint_rules" / "examples"

# -- who may import whom -----------------------------------------------------------------------------------------------

LAYERS: dict[str, set[str]] = {
    # What each part may import when it runs; itself, the standard library and the package's version are free.
    "severity": set(),
    "rule": {"severity"},
    "spelling": set(),
    "patterns": {"pathspec"},
    "cache": set(),
    "catalogue": {"rule", "spelling", "cache", "yaml", "conflict_lint_rules"},
    "analysis": {"rule", "catalogue", "libcst"},
    "moves": {"rule", "analysis"},
    "fixes": {"rule", "analysis", "catalogue", "moves", "libcst"},
    "suppress": {"rule", "spelling"},
    "config": {"severity", "spelling", "patterns", "tomli", "tomllib"},
    "project": {"analysis", "config", "patterns"},
    "knowledge": {"catalogue", "config", "project"},
    "engine": {"rule", "analysis", "catalogue", "fixes", "suppress", "conflict_lint_rules"},
    "report": {"rule", "analysis"},
    "cli": {
        *("rule", "spelling", "analysis", "cache", "catalogue", "config", "project", "engine", "fixes", "report"),
        *("knowledge", "lsp", "conflict_lint_rules"),
    },
    "lsp": {
        *("rule", "suppress", "analysis", "catalogue", "config", "project", "engine", "fixes", "pygls", "lsprotocol"),
        *("knowledge", "attrs"),
    },
    "__main__": {"cli"},
    "conflict_lint_rules": {"rule"},
}
ONLY: dict[str, set[str]] = {
    # Where alone these may be imported, type annotations included.
    "libcst": {"conflict_lint.analysis.concrete", "conflict_lint.fixes"},
    "yaml": {"conflict_lint.catalogue.schema", "conflict_lint.catalogue.build"},
    "pygls": {"conflict_lint.lsp"},
    "lsprotocol": {"conflict_lint.lsp"},
    "attrs": {"conflict_lint.lsp"},
    "conflict_lint.lsp": {"conflict_lint.lsp", "conflict_lint.cli.server"},
    "socket": set(),
    "urllib.request": set(),
    "http.client": set(),
    "requests": set(),
    "pickle": set(),
    "marshal": set(),
}


def sources() -> Iterator[tuple[str, Path]]:
    """Every module's dotted name and file."""
    for top in (SERVER / "conflict_lint", RULES / "conflict_lint_rules"):
        for path in sorted(top.rglob("*.py")):
            if EXAMPLES not in path.parents:
                yield ".".join((top.name, *path.relative_to(top).with_suffix("").parts)).removesuffix(".__init__"), path


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(sources())


def only_for_types(module: ast.Module) -> set[ast.AST]:
    """What stands under ``if TYPE_CHECKING``."""
    guarded = (n for n in ast.walk(module) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    return {inner for node in guarded for statement in node.body for inner in ast.walk(statement)}


def imports(name: str, path: Path) -> Iterator[tuple[str, bool]]:
    """What a module imports, functions included, and whether it does so when it runs."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    types = only_for_types(tree(path))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node not in types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                yield full if full in MODULES else origin, node not in types


def part(module: str) -> str:
    """The part of the project that a module belongs to, or another project's top-level name."""
    head, _, rest = module.partition(".")
    return rest.partition(".")[0] if head == "conflict_lint" else head


@pytest.mark.parametrize("name", MODULES)
def test_layers(name: str) -> None:
    own = part(name)
    wanted = {part(target) for target, runs in imports(name, MODULES[name]) if runs}
    free = {own, "", *sys.stdlib_module_names}
    assert wanted - free <= LAYERS.get(own, set()), f"{name} may not import {sorted(wanted - free - LAYERS[own])}"


def test_every_layer_is_about_something() -> None:
    assert {part(name) for name in MODULES} - {""} == set(LAYERS)


@pytest.mark.parametrize("target", ONLY)
def test_imported_only_where_it_belongs(target: str) -> None:
    users = {
        name
        for name, path in MODULES.items()
        for imported, _ in imports(name, path)
        if imported == target or imported.startswith(f"{target}.")
    }
    strangers = [
        user for user in users if not any(user == home or user.startswith(f"{home}.") for home in ONLY[target])
    ]
    assert strangers == []


def test_rules_see_nothing_but_the_vocabulary() -> None:
    for name, path in MODULES.items():
        if part(name) == "conflict_lint_rules":
            own = {
                target for target, _ in imports(name, path) if target.partition(".")[0] not in sys.stdlib_module_names
            }
            assert own <= {"conflict_lint.rule"}, name


def test_only_guarded_text_reaches_libcst() -> None:
    """``parse_expression`` is for what the repairs themselves compose."""
    users = {
        (name, node.attr)
        for name, path in MODULES.items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"parse_module", "parse_statement", "parse_expression"}
    }
    assert users <= {("conflict_lint.analysis.concrete", "parse_module"), ("conflict_lint.fixes", "parse_expression")}


# -- one place for failures --------------------------------------------------------------------------------------------


def broad(node: ast.AST) -> bool:
    """Whether a handler, or a ``suppress``, swallows every exception."""
    if isinstance(node, ast.ExceptHandler):
        caught = [] if node.type is None else node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        return not caught or any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in caught)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        return any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in node.args)
    return False


def test_one_broad_except() -> None:
    found = [
        (name, function.name)
        for name, path in MODULES.items()
        for function in ast.walk(tree(path))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if broad(node)
    ]
    assert found == [("conflict_lint.engine", "contained")]


# -- no SDK in code ----------------------------------------------------------------------------------------------------

KNOWLEDGE_FREE = [
    *sorted((SERVER / "conflict_lint" / "analysis").glob("*.py")),
    *sorted((RULES / "conflict_lint_rules").glob("*.py")),
    SERVER / "conflict_lint" / "fixes.py",
    SERVER / "conflict_lint" / "engine.py",
]
SDK = re.compile(r"boto|azure|google|gcp|kubernetes|amazon|aws|dynamo|\bs3\b", re.IGNORECASE)
TWO_HUMPS = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z]|_)|[a-z0-9]+_[a-z]|[A-Z]{2,}[a-z]")
ALLOWED = {
    ("calls.py", "ZipFile"): "a class of the standard library",
    ("calls.py", "create_task"): "a function of asyncio",
    ("extract.py", "Attribute"): "a class of ast",
    ("extract.py", "Delete"): "a class of ast",
    ("extract.py", "Name"): "a class of ast",
    ("units.py", "ClientError"): "the class that every service's exceptions derive from: never an impossible one",
    ("fixes.py", "boto3"): "the name of the distribution whose version a fix depends on, in its title",
}


def constants(module: ast.Module) -> Iterator[str]:
    """String constants that are no documentation."""
    documentation = {
        statement.value
        for node in ast.walk(module)
        for statement in (getattr(node, "body", None) or [] if not isinstance(node, (ast.Lambda, ast.IfExp)) else [])
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documentation:
            yield node.value


def identifiers(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, (ast.arg, ast.keyword)) and node.arg:
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name


@cache
def sdk_names() -> tuple[frozenset[str], frozenset[str]]:
    """Names of operations, exceptions and curated members; and those of them that are no everyday words."""
    catalogue = load()
    names: set[str] = set()
    for service_name in catalogue.services:
        service = catalogue.service(service_name)
        names |= {name for name in service.exceptions if not hasattr(builtins, name)}
        for method in service.methods:
            operation = service.operation(method)
            assert operation is not None
            names |= {operation.name, operation.method}
            if operation.effect:
                names.update(member for member in operation.members if member[:1].isupper())
    return frozenset(names), frozenset(name for name in names if TWO_HUMPS.match(name))


@pytest.mark.parametrize("path", KNOWLEDGE_FREE, ids=lambda path: path.name)
def test_code_names_no_sdk(path: Path) -> None:
    """Operations, members, exceptions, services and SDKs are the catalogue's business."""
    names, unmistakable = sdk_names()
    services = load().services
    found: set[str] = set()
    for text in constants(tree(path)):
        words = re.findall(r"[A-Za-z]\w*", text)
        found.update(word for word in words if word in unmistakable)
        found.update(word for word in words if word in names and word[0].isupper() and " " not in text)
        found.update(match[0] for match in re.finditer(r"\w*(?:boto|azure|dynamo)\w*", text, re.IGNORECASE))
        if text in services - {"lambda", "batch"}:  # a keyword of Python, a word of everyday
            found.add(text)
    found.update(word for word in identifiers(tree(path)) if word in unmistakable or SDK.search(word))
    found.update(word for text in constants(tree(path)) for word in re.findall(r"\w+", text) if word == "ClientError")
    assert {word for word in found if (path.name, word) not in ALLOWED} == set()


def test_the_names_that_are_looked_for_would_be_found() -> None:
    names, unmistakable = sdk_names()
    assert {"put_object", "PutItem", "TableName", "IfMatch", "NoSuchKey", "ResourceConflictException"} <= unmistakable
    assert {"Bucket", "Key", "Item"} <= names


def test_the_analysis_has_no_property_that_mypyc_would_compute_every_time() -> None:
    """See ``once``: the native build takes ``functools.cached_property`` for a plain property, and says nothing."""
    for path in (SERVER / "conflict_lint" / "analysis").glob("*.py"):
        nodes = list(ast.walk(tree(path)))
        imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert "cached_property" not in imported | {node.attr for node in nodes if isinstance(node, ast.Attribute)}, (
            path
        )


# -- what a start costs and does ---------------------------------------------------------------------------------------


def python(code: str, *arguments: str, cwd: Path = ROOT) -> str:
    """Run a program in a fresh interpreter that finds the project; returns what it prints."""
    start = f"import sys; sys.path[:0] = {[str(SERVER), str(RULES)]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code, *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


HEAVY = "{'libcst', 'pygls', 'lsprotocol', 'yaml', 'asyncio', 'concurrent', 'multiprocessing'} & set(sys.modules)"


@pytest.mark.parametrize("module", ["conflict_lint.cli", "conflict_lint.cli.check", "conflict_lint.engine"])
def test_importing_is_light(module: str) -> None:
    assert python(f"import {module}\nprint({HEAVY})") == "set()\n"


def test_a_file_without_an_sdk_loads_no_analysis(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("def double(x):\n    return 2 * x\n", "utf-8")
    python("from conflict_lint.catalogue import load\nload()")  # compiles it where a checkout has changed
    code = "from conflict_lint.cli import main\nmain([sys.argv[1], '--no-cache'])\n"
    code += "loaded = {name.removeprefix('conflict_lint.') for name in sys.modules}\n"
    code += "print({'catalogue.model', 'analysis.following', 'analysis.chunks', 'analysis.evaluate'} & loaded)"
    assert python(code, str(tmp_path / "plain.py")).splitlines()[-1] == "set()"


def test_a_file_without_a_repair_loads_no_libcst(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("x = 1\n")
    (tmp_path / "sdk.py").write_text('import boto3\ns3 = boto3.client("s3")\ns3.put_object(Bucket="b", Key="k")\n')
    run = f"from conflict_lint.cli import main\nassert main(['.']) == 0\nprint({HEAVY})"
    assert python(run, cwd=tmp_path).splitlines()[-1] == "set()"


WATCHED = """
import os
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "urllib.", "http.")):
        print("event", event, arguments, flush=True)
        os._exit(3)
    if event == "exec" and "examples" in getattr(arguments[0], "co_filename", ""):
        print("executed", arguments[0].co_filename, flush=True)
        os._exit(3)
sys.addaudithook(watch)
from conflict_lint.cli import main
options = ["check", "--strict", "--jobs", "1", "--output-format", "json", "--output-file"]
status = main([*options, *sys.argv[1:]])
print(status)
"""


def test_checking_opens_no_socket_and_runs_nothing(tmp_path: Path) -> None:
    """Every example is checked, with its repairs, under an audit hook that ends the process."""
    report = tmp_path / "report.json"
    assert python(WATCHED, str(report), str(EXAMPLES)) == "1\n"
    assert report.stat().st_size > 10_000
    with_effect = tmp_path / "effect.py"
    with_effect.write_text("import boto3\nopen('executed', 'w')\nclass A(open('executed', 'w')): pass\n")
    python(WATCHED, str(report), str(with_effect), cwd=tmp_path)
    assert not (tmp_path / "executed").exists()


# -- what is delivered -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_two_packages_and_the_compiled_catalogue(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        tops = {name.partition("/")[0] for name in names}
        assert {top for top in tops if not top.endswith(".dist-info")} == {"conflict_lint", "conflict_lint_rules"}
        assert len(tops) == 3
        assert not any(name.startswith(("/", "..")) or "\\" in name for name in names)
        for wanted in (
            "conflict_lint/py.typed",
            "conflict_lint/cli/check.py",
            "conflict_lint_rules/catalogue/compiled.bin",
            "conflict_lint_rules/lost_update.py",
        ):
            assert wanted in names
        assert not any("/generated/" in name or name.endswith((".pyc", ".orig")) for name in names)
        machine = re.compile(re.escape(str(ROOT)).encode() + rb"|/(?:tmp|root|home|Users)/\w")
        assert [name for name in names if machine.search(archive.read(name))] == []
        archive.extractall(tmp_path / "site")
    (tmp_path / "cache").mkdir()
    (tmp_path / "bad.py").write_text(
        'import boto3\ns3 = boto3.client("s3")\ndef f(k):\n    b = s3.get_object(Bucket="b", Key=k)["Body"].read()\n'
        '    s3.put_object(Bucket="b", Key=k, Body=b + b"1")\n'
    )
    start = (
        f"import os, sys\nos.environ['XDG_CACHE_HOME'] = {str(tmp_path / 'cache')!r}\n"
        f"sys.path.insert(0, {str(tmp_path / 'site')!r})\nfrom conflict_lint.cli import main\n"
        f"import conflict_lint; assert conflict_lint.__file__.startswith({str(tmp_path)!r})\n"
        "sys.exit(main(['bad.py', '--output-format', 'concise', '--no-cache']))"
    )
    done = subprocess.run([sys.executable, "-c", start], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "CL101" in done.stdout
    assert list((tmp_path / "cache").iterdir()) == [], "an installed catalogue is never compiled again"
