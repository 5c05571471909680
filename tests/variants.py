"""Asynchronous twins of synchronous examples, made by substitution: what the SDK answers is awaited.

The text keeps its lines, so what is found in the twin is found where it is in the original. ``aioboto3`` is for
botocore's clients, wherever they are made or annotated, ``azure.aio`` for Azure's classes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from conflict_lint.catalogue import load

CATALOGUE = load()
MADE = re.compile(r"""(?<![\w.])([\w.]+) = boto3\.client\("([\w-]+)"(?:, )?([^()\n]*)\)""")
THING = re.compile(r"""(?<![\w.])([\w.]+) = boto3\.resource\("([\w-]+)"\)\.(\w+)\(([^()\n]*)\)""")
RESOURCE = re.compile(r"""^(\w+) = boto3\.resource\("([\w-]+)"\)$""", re.MULTILINE)
STUBBED = re.compile(r"^ *from types_aiobotocore_\w+(?:\.service_resource)? import (.+)$", re.MULTILINE)
NOT_AWAITED = frozenset({"batch_writer", "can_paginate", "close", "get_paginator", "get_waiter"})
STAYS = re.compile(r"__\w+__")
AZURE = re.compile(r"azure\.(?!core\b|identity\b)(?:[\w.](?!exceptions))+")
ANSWERS = frozenset({"readall", "content_as_text", "content_as_bytes", "readinto", "result", "wait"})
GROUPS = re.compile(r"client\.\w+s$")
LISTED = re.compile(r"(?:query|list|walk|get_paths|by_page)\w*|paginate")


def aioboto3(text: str) -> str:
    """A synchronous example as aioboto3 code."""
    for name, service in RESOURCE.findall(text):
        text = re.sub(rf"= {name}\.(?=[A-Z])", f'= boto3.resource("{service}").', text)
    services = dict.fromkeys(found[1] for found in (*MADE.findall(text), *THING.findall(text)))
    modules = "".join(f"; import {stub(service)}.service_resource" for service in services)
    text = text.replace("mypy_boto3_", "types_aiobotocore_")
    text = re.sub(r"^import boto3$", f"import boto3{modules}", text, count=1, flags=re.MULTILINE)
    text = MADE.sub(lambda made: f"{made[1]}: {stub(made[2])}.{client_class(made[2])} = connect({made[3]})", text)
    text = THING.sub(lambda made: f"{made[1]}: {stub(made[2])}.service_resource.{made[3]} = connect({made[4]})", text)
    classes = {name for names in STUBBED.findall(text) for name in names.split(", ")}
    stubs = "|".join([r"(?:\w+\.)+\w+", *sorted(classes)])
    clients = set(re.findall(rf"([\w.]+): (?:{stubs})\b", text))
    return awaiting(text, lambda call: of_client(call, clients))


def stub(service: str) -> str:
    """The module of a service's stub classes."""
    return f"types_aiobotocore_{service.replace('-', '_')}"


def client_class(service: str) -> str:
    """The stub class of a service's client."""
    return CATALOGUE.service(service).client_class


def of_client(call: ast.Call, clients: set[str]) -> bool:
    """Whether a call is one of a client's operations, waits for a waiter, or reads a body."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr in NOT_AWAITED:
        return False
    if func.attr == "read":
        return ast.unparse(func.value).endswith("['Body']")
    if func.attr == "wait":
        return "get_waiter(" in ast.unparse(func.value)
    return ast.unparse(func.value) in clients


def azure_aio(text: str) -> str:
    """A synchronous example with the asynchronous twins of Azure's classes."""
    text = re.sub(rf"^from ({AZURE.pattern}) import", r"from \1.aio import", text, flags=re.MULTILINE)
    methods = set(azure_methods())
    return awaiting(text, lambda call: of_azure(call, methods))


def azure_methods() -> Iterator[str]:
    """The methods of Azure's classes that ask the service."""
    for name in CATALOGUE.sdks:
        service = CATALOGUE.service(name)
        for kind in service.sdk_classes if service.provider == "azure" else ():
            cls = service.sdk_class(kind)
            for method in cls.methods.values() if cls is not None else ():
                if method.operation is not None and "_" in method.name:
                    yield method.name


def of_azure(call: ast.Call, methods: set[str]) -> bool:
    """Whether a call asks the service, or is for what it has answered."""
    func = call.func
    if not isinstance(func, ast.Attribute) or LISTED.fullmatch(func.attr):
        return False
    return func.attr in methods | ANSWERS or GROUPS.search(ast.unparse(func.value)) is not None


def awaiting(text: str, asks: Callable[[ast.Call], bool]) -> str:
    """A text in which calls that ask the service are awaited, and the functions with them, and so on."""
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and not STAYS.match(node.name)]
    inside = {function: list(own(function)) for function in functions}
    turned: set[str] = set()
    while True:
        more = {f.name for f in functions if any(waits(node, asks, turned) for node in inside[f])} - turned
        if not more:
            break
        turned |= more
    edits: list[tuple[int, int, str]] = []
    for function in (one for one in functions if one.name in turned):
        edits.append((function.lineno, function.col_offset, "async "))
        for node in inside[function]:
            edits += edits_of(node, asks, turned)
    return applied(text, edits)


def own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The parts of a function's body that are not in functions of its own."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(node))


def waits(node: ast.AST, asks: Callable[[ast.Call], bool], turned: set[str]) -> bool:
    """Whether a piece of code is to be awaited."""
    if isinstance(node, (ast.For, ast.comprehension)):
        return isinstance(node.iter, ast.Call) and is_listing(node.iter)
    return isinstance(node, ast.Call) and (asks(node) or called(node) in turned)


def is_listing(call: ast.Call) -> bool:
    """Whether a call answers page by page."""
    return isinstance(call.func, ast.Attribute) and LISTED.fullmatch(call.func.attr) is not None


def called(call: ast.Call) -> str:
    """The name by which a function or method of the text is called; empty for those of other objects."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def edits_of(node: ast.AST, asks: Callable[[ast.Call], bool], turned: set[str]) -> Iterator[tuple[int, int, str]]:
    """What is inserted to await a piece of code: line, column in bytes, text."""
    if not waits(node, asks, turned):
        return
    if isinstance(node, ast.For):
        yield node.lineno, node.col_offset, "async "
    elif isinstance(node, ast.comprehension):
        yield node.target.lineno, node.target.col_offset - len("for "), "async "
    elif isinstance(node, ast.Call):
        yield node.lineno, node.col_offset, "(await "
        yield node.end_lineno or 0, node.end_col_offset or 0, ")"


def applied(text: str, edits: list[tuple[int, int, str]]) -> str:
    """A text with insertions; at one place what was found first stands outermost."""
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for line, column, inserted in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        old = lines[line - 1]
        lines[line - 1] = old[:column] + inserted.encode() + old[column:]
    return b"".join(lines).decode()


VARIANTS: dict[str, tuple[re.Pattern[str], Callable[[str], str]]] = {
    "aioboto3": (re.compile(r"^import boto3$|^from mypy_boto3_", re.MULTILINE), aioboto3),
    "azure.aio": (re.compile(rf"^from {AZURE.pattern} import", re.MULTILINE), azure_aio),
}
"""What is substituted, by what an example with such a twin imports."""
