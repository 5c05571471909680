"""Hostile input: a result, CL903 or exit 2; never a crash, a hang, or a finding lost elsewhere.

Every input goes through the command line together with a file that has a known finding. Those that are one statement
also stand in front of the same function in one file. A subprocess runs them one after the other, so that a crash of the
interpreter is a failed test and not the end of them all.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import conflict_lint
import conflict_lint_rules
import pytest
from conflict_lint import engine
from conflict_lint.analysis.link import ChunkFacts
from conflict_lint.analysis.linked import Linked
from conflict_lint.analysis.source import Source
from conflict_lint.analysis.units import Unit
from conflict_lint.config import Settings
from conflict_lint.project import ProjectView
from conflict_lint.rule import Draft, Rule, Severity
from corpus.incremental import truncated

PATH = os.pathsep.join(str(Path(package.__path__[0]).parent) for package in (conflict_lint, conflict_lint_rules))
EXAMPLES = Path(conflict_lint_rules.__path__[0]) / "examples"
SECONDS = 10.0
"""Of processor time for one input. Five are promised; on a machine that is busy they are worth about half."""

KNOWN = """

def known(bucket, key):
    document = known_client.get_object(Bucket=bucket, Key=key)["Body"].read() + b"!"
    known_client.put_object(Bucket=bucket, Key=key, Body=document)
"""
CLIENT = 'import boto3\nknown_client = boto3.client("s3")\n'

DRIVER = """
# A file of its own, elsewhere: with ``-c`` the inputs would be found in the place of standard modules.
import contextlib, faulthandler, io, json, sys, time
from conflict_lint.cli import main
for line in sys.stdin:
    name, arguments = json.loads(line)
    faulthandler.dump_traceback_later(float(sys.argv[1]), exit=True)
    out, err, begin = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO(), time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["check", "--output-format", "json", "--jobs", "1", *arguments])
    seconds = time.process_time() - begin
    faulthandler.cancel_dump_traceback_later()
    out.seek(0)
    print(json.dumps([name, status, seconds, json.loads(out.read() or "null"), err.getvalue()]), flush=True)
"""


def nest(opening: str, closing: str, times: int, middle: str = "x") -> str:
    return f"y = {opening * times}{middle}{closing * times}\n"


def blocks(header: str, times: int, last: str, tail: str = "") -> str:
    """Compound statements in one another; ``tail`` ends each of them."""
    lines = [f"{' ' * depth}{header}\n" for depth in range(times)]
    ends = [f"{' ' * depth}{tail}\n" for depth in reversed(range(times))] if tail else []
    return "".join([*lines, f"{' ' * times}{last}\n", *ends])


def indented(lines: str, by: str = "    ") -> str:
    return "".join(f"{by}{line}\n" for line in lines.splitlines())


def function(body: str, name: str = "hostile") -> str:
    return f"def {name}(bucket, key, c, d):\n{indented(body)}"


READ = 'document = known_client.get_object(Bucket=bucket, Key=key)["Body"].read()\n'
WRITE = "known_client.put_object(Bucket=bucket, Key=key, Body=document)\n"


def chain_of_helpers(count: int, calls: int) -> str:
    """Each helper calls the next so many times; the last one writes."""
    helpers = [
        f"def h{i}(key, d):\n    return [{', '.join([f'h{i + 1}(key, d)'] * calls)}]\n" for i in range(count - 1)
    ]
    last = f"def h{count - 1}(key, d):\n    known_client.put_object(Bucket='b', Key=key, Body=d)\n    return d\n"
    return "".join([*helpers, last]) + "def top(key):\n    h0(key, h0(key, 1))\n"


STATEMENTS: dict[str, Callable[[], str]] = {
    # nesting of every kind
    "parentheses": lambda: nest("(", ")", 150),
    "parentheses, thousands": lambda: nest("(", ")", 20_000),
    "brackets": lambda: nest("[", "]", 90),
    "brackets, thousands": lambda: nest("[", "]", 5_000),
    "braces": lambda: nest("{1:", "}", 3_000),
    "mixed brackets": lambda: nest("([{1:", "}])", 1_000),
    "calls in calls": lambda: nest("f(", ")", 2_000),
    "subscripts in subscripts": lambda: nest("a[", "]", 2_000),
    "lambdas": lambda: nest("lambda: ", "", 3_000),
    "minus signs": lambda: nest("-", "", 50_000),
    "nots": lambda: nest("not ", "", 20_000),
    "awaits": lambda: f"async def f():\n    {nest('await ', '', 5_000)}",
    "conditional expressions": lambda: nest("a if b else ", "", 3_000),
    "comprehensions": lambda: nest("[x for x in ", "]", 500),
    "f-strings": lambda: nest("f'{", "}'", 60),
    "f-string that does not end": lambda: "y = f'{f\"{x!r:{y}\n",
    "starred": lambda: nest("[*", "]", 2_000),
    "ifs": lambda: blocks("if x:", 90, "y()"),
    "ifs, too many": lambda: blocks("if x:", 400, "y()"),
    "loops": lambda: function(blocks("for a in b:", 60, WRITE)),
    "loops, too many": lambda: function(READ + blocks("for a in b:", 500, WRITE)),
    "whiles": lambda: function(READ + blocks("while a:", 80, WRITE)),
    "withs": lambda: function(READ + blocks("with a:", 80, WRITE)),
    "tries": lambda: function(READ + blocks("try:", 80, WRITE, "except E: pass")),
    "tries, too many": lambda: function(READ + blocks("try:", 500, WRITE, "finally: pass")),
    "functions": lambda: blocks("def f(x):", 90, "return x"),
    "functions that call themselves": lambda: blocks("def f(x):", 80, "return f(f(x))", "f(f)"),
    "classes": lambda: blocks("class A:", 90, "x = 1"),
    "closures": lambda: blocks("def f(x):", 60, WRITE, "return f"),
    "annotations": lambda: "x: " + "List[" * 2_000 + "int" + "]" * 2_000 + "\n",
    "patterns": lambda: "match x:\n    case " + "[" * 150 + "a" + "]" * 150 + ":\n        pass\n",
    # long chains
    "sum": lambda: f"y = {' + '.join(['a'] * 3_200)}\n",
    "sum, long": lambda: f"y = {' + '.join(['a'] * 60_000)}\n",
    "ors": lambda: f"y = {' or '.join(['a'] * 20_000)}\n",
    "comparisons": lambda: f"y = {' < '.join(['a'] * 20_000)}\n",
    "attributes": lambda: f"y = a{'.b' * 5_000}\n",
    "method calls": lambda: f"y = a{'.b()' * 5_000}\n",
    "calls": lambda: f"y = a{'()' * 5_000}\n",
    "subscripts": lambda: f"y = a{'[0]' * 5_000}\n",
    "string pieces": lambda: f"y = ({' '.join(['x'.join(chr(39) * 2)] * 20_000)})\n",
    "powers": lambda: f"y = {' ** '.join(['a'] * 2_000)}\n",
    "elifs": lambda: "if a:\n    pass\n" + "elif b:\n    pass\n" * 3_000,
    "elifs that write": lambda: function(
        READ + "if a:\n    pass\n" + "".join(f"elif a == {i}:\n    {WRITE}" for i in range(1_000))
    ),
    "handlers": lambda: function("try:\n    f()\n" + "except E as e:\n    g(e)\n" * 3_000),
    "cases": lambda: "match x:\n" + "".join(f"    case {i}:\n        pass\n" for i in range(3_000)),
    "decorators": lambda: "@a\n" * 5_000 + "def f():\n    pass\n",
    "targets": lambda: " = ".join(["a"] * 5_000) + "\n",
    "arguments": lambda: f"f({', '.join(['a'] * 30_000)})\n",
    "keywords": lambda: f"f({', '.join(f'a{i}=1' for i in range(10_000))})\n",
    "parameters": lambda: f"def f({', '.join(f'a{i}' for i in range(10_000))}):\n    pass\n",
    "globals": lambda: f"def f():\n    global {', '.join(f'a{i}' for i in range(10_000))}\n",
    "dotted import": lambda: f"import {'.'.join(['a'] * 5_000)}\n",
    "semicolons": lambda: "a = 1; " * 20_000 + "\n",
    "continuations": lambda: "a = 1 + \\\n" * 5_000 + "1\n",
    "walruses": lambda: f"y = [{', '.join(f'(a{i} := {i})' for i in range(5_000))}]\n",
    # literals
    "huge string": lambda: f'y = "{"x" * 2_000_000}"\n',
    "huge document string": lambda: f'def f():\n    """{"text " * 40_000}"""\n',
    "huge number": lambda: f"y = {'9' * 6_000}\n",
    "huge hexadecimal": lambda: f"y = 0x{'f' * 200_000}\n",
    "infinite number": lambda: "y = 1e999999999\n",
    "huge dictionary": lambda: f"y = {{{', '.join(f'{i}: {i}' for i in range(15_000))}}}\n",
    "huge list": lambda: f"y = [{', '.join(map(str, range(400_000)))}]\n",
    "bad escapes": lambda: r"y = '\N{no such} \x \u12'" + "\n",
    "huge comment": lambda: f"# {'c' * 1_000_000}\n",
    "huge suppression": lambda: f"y = 1  # conflict-lint: ignore[{','.join(['CL101'] * 50_000)}]\n",
    "many suppressions": lambda: "y = 1  # conflict-lint: ignore[CL101]\n" * 3_000,
    # half-typed
    "open parenthesis": lambda: "known_client.put_object(Bucket=b, Key=\n",
    "open brackets": lambda: "y = " + "[" * 5_000 + "\n",
    "closing brackets": lambda: ")]}" * 3_000 + "\n",
    "open string": lambda: "y = 'abc\n",
    "keyword": lambda: "def\n",
    "class without name": lambda: "class (:\n",
    "decorator alone": lambda: "@\nx = 1\n",
    "colon alone": lambda: ":\n",
    "conflict markers": lambda: "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n",
    "unindented": lambda: "def f():\nreturn 1\n",
    "tabs and spaces": lambda: "if a:\n\tb()\n        c()\n    d()\n",
    "python 2": lambda: 'print "x"\nexec "y" in z\nraise E, "v"\n`a`\n0777\nprint >>f, 1\n',
    "template": lambda: "{% if x %}\nfrom {{ package }} import *\n{% endif %}\n",
    "shell magic": lambda: "%matplotlib inline\n!ls -la\nget_ipython().magic('x')\n?help\n",
    "prose": lambda: "Dear Sir or Madam, it's a fine day - isn't it?\n" * 50,
    # control characters and line ends
    "carriage returns": lambda: "x = 1\r" * 100,
    "mixed line ends": lambda: "x = 1\r\ny = 2\rz = 3\n\r\n\r" * 100,
    "form feeds": lambda: "\f\fx = 1\n\f\ndef f():\n\f    pass\n",
    "vertical tabs": lambda: "x = 1\v\n",
    "separators": lambda: "x = 'a\u2028b'  # c\u2029\x85d\x1c\x1d\x1e\n",
    "end of file": lambda: "x = 1\x1a\n",
    "escape codes": lambda: "x = '\x1b[2J\x1b]0;t\x07'\n",
    "bidirectional": lambda: "x = '\u202e\u2066 # \u2069'\n",
    "zero width": lambda: "x\u200b = 1\n",
    "combining": lambda: "e\u0301 = '" + "e\u0301" * 1_000 + "'\n",
    "no-break spaces": lambda: "x\u00a0=\u00a01\n",
    # meaning
    "functions that call each other": lambda: (
        "def a(k, d):\n    b(k, d)\n    known_client.put_object(Bucket='b', Key=k, Body=d)\n"
        "def b(k, d):\n    a(k, a(k, b(k, known_client.get_object(Bucket='b', Key=k))))\n"
    ),
    "function that is its own argument": lambda: "def f(g):\n    return g(g)\nf(f)\nf(f)(f(f))\n",
    "classes that inherit from themselves": lambda: (
        "class A(A):\n    def save(self, k):\n        self.save(k)\n"
        "        known_client.put_object(Bucket=self.b, Key=k)\n"
        "class B(C, B):\n    b = property(lambda self: self.b)\nclass C(B):\n    @property\n    def b(self):\n"
        "        return self.b\n    def __init__(self):\n        self.b = self.c\n        self.c = self.b\n"
    ),
    "names that import themselves": lambda: "from . import a as b\nfrom .b import b as a\nimport a.b as a\na = a.b.a\n",
    "assignments to themselves": lambda: (
        "a = a\nb = c\nc = b\nd = [d]\ne = {'e': e}\nf = f()\ng, h = h, g\ni = i or i\nj: j = j\n"
    ),
    "containers in themselves": lambda: function(
        f"{READ}c = {{}}\nc['c'] = c\nc.update(c)\nc = {{**c, 'd': c}}\nd = []\nd.append(d)\nd += d\n"
        f"document = [c, d, document]\ndocument.append(document)\n{WRITE}known_client.put_object(**c)\n"
    ),
    "attributes of themselves": lambda: function(f"c.c = c\nc.c.c = c.c\nc = c.c\nd = c.d = d.c\n{READ}{WRITE}"),
    "a name for everything": lambda: function(f"{READ}known_client = document\nbucket = key = c = d = bucket\n{WRITE}"),
    "globals in a chain": lambda: (
        "".join(f"g{i} = g{i + 1}\n" for i in range(600))
        + "g600 = 'b'\ndef f(k):\n    d = known_client.get_object(Bucket=g0, Key=k)\n"
        + "    known_client.put_object(Bucket=g0, Key=k, Body=d)\n"
    ),
    "attributes in a chain": lambda: (
        "class A:\n    def __init__(self):\n"
        + "".join(f"        self.a{i} = self.a{i + 1}\n" for i in range(300))
        + "".join(f"    def m{i}(self):\n        self.b{i} = self.b{i + 1}\n" for i in range(300))
        + "    def save(self, k):\n        known_client.put_object(Bucket=self.a0, Key=self.b0, Body=self.b1)\n"
    ),
    "properties in a chain": lambda: (
        "class A:\n"
        + "".join(f"    @property\n    def a{i}(self):\n        return self.a{i + 1}\n" for i in range(300))
        + "    def save(self, k):\n        known_client.put_object(Bucket=self.a0, Key=k, Body=self.a1)\n"
    ),
    "decorators of themselves": lambda: "@f\ndef f(g):\n    @f\n    @g\n    def f():\n        return f\n    return f\n",
    "generators of themselves": lambda: "def f():\n    yield from f()\n    for x in f():\n        yield f()\n",
    # sources aimed at exponential blow-up
    "joins": lambda: function(READ + "document = document or c\nc = c or document\n" * 500 + WRITE),
    "branches": lambda: function(
        READ + "if d:\n    document = [document, 1]\nelse:\n    document = (document,)\n" * 500 + WRITE
    ),
    "loops in loops": lambda: function(READ + blocks("for x in document:", 6, "document = [document, x, c]") + WRITE),
    "loops in loops that write": lambda: function(READ + blocks("while c:", 12, WRITE, WRITE.strip())),
    "helpers that call the next twice": lambda: chain_of_helpers(40, 2),
    "helpers that call the next often": lambda: chain_of_helpers(12, 12),
    "doubled text": lambda: function(READ + "key = key + key\n" * 60 + WRITE + "if c:\n    key = 'k'\n" + READ + WRITE),
    "doubled f-string": lambda: function('key = f"{key}/{key}"\n' * 60 + READ + WRITE + "key = key or d\n" + WRITE),
    "doubled tuple": lambda: function("key = (key, key)\n" * 60 + READ + WRITE + "key = key or c\n" + WRITE),
    "doubled list": lambda: function(READ + "document = [document, document]\n" * 60 + WRITE),
    "doubled dictionary": lambda: function(
        READ + "document = {'a': document, 'b': document}\n" * 60 + WRITE + "known_client.put_object(**document)\n"
    ),
    "doubled spread": lambda: function(
        "d = {'Bucket': bucket, 'Key': key}\n" + "d = {**d, **d}\n" * 60
        + f"{READ}known_client.put_object(Body=document, **d)\n"
    ),
    "doubled keywords": lambda: function(
        "d = dict(Bucket=bucket)\n" + "d = dict(d, **d)\n" * 60
        + f"{READ}known_client.put_object(Body=document, **d)\n"
    ),
    "doubled update": lambda: function(
        "d = {'Key': key}\n" + "d.update(d, **d)\n" * 60 + "known_client.put_object(**d)\n"
    ),
    "nested spreads": lambda: function("d = {}\n" + "d = {**d, 'Key': key}\n" * 800 + "known_client.put_object(**d)\n"),
    "nested attributes": lambda: function("c = c.a\n" * 1_500 + READ + WRITE + "if d:\n    c = d\nkey = c\n" + WRITE),
    "nested items": lambda: function("c = c['a'][key]\n" * 1_500 + READ + WRITE + "key = c if d else key\n" + WRITE),
    "nested calls": lambda: function("c = f(c, c)\n" * 1_500 + "if d:\n    key = c\n" + READ + WRITE),
    "dictionaries that grow in loops": lambda: function(
        READ + "for c in d:\n    for bucket in c:\n"
        + indented("document[bucket] = document\nd[c] = document\n" * 300, " " * 8) + WRITE
    ),
    "handlers that write": lambda: function(
        READ + "".join(f"try:\n    {WRITE}except E as e:\n    document = [e.response, document]\n" for _ in range(80))
    ),
    "many writes": lambda: function(READ + WRITE * 100),
    "many reads and writes": lambda: function((READ + WRITE) * 30),
    "alternatives that are called": lambda: (
        "".join(f"def f{i}(bucket, key):\n    return g(bucket, key) or {WRITE}" for i in range(8))
        + f"def g(k, d):\n    f = {' or '.join(f'f{i}' for i in range(8))}\n    return f(k, f(k, f(k, d)))\n"
    ),
    "many expensive callers": lambda: chain_of_helpers(8, 6) + "".join(
        f"def top{i}(key):\n    h0(key, h1(key, known_client.get_object(Bucket='b', Key=key)))\n" for i in range(300)
    ),
}  # fmt: skip

PLAIN = CLIENT + KNOWN


def lines(count: int) -> bytes:
    return (CLIENT + "x = 1\n" * count + KNOWN).encode()


def functions(count: int, calls: str) -> bytes:
    return (
        CLIENT + "".join(f"def f{i}(k):\n    return {calls.format(i + 1)}\n" for i in range(count)) + KNOWN
    ).encode()


FILES: dict[str, tuple[Callable[[], bytes], bool]] = {
    # content, and whether the finding in it must be reported
    "nothing": (lambda: b"", False),
    "a byte order mark": (lambda: b"\xef\xbb\xbf", False),
    "a line end": (lambda: b"\n", False),
    "a backslash": (lambda: b"\\", False),
    "a quote": (lambda: b'"""', False),
    "no last line end": (lambda: PLAIN.rstrip().encode(), True),
    "a null byte at the start": (lambda: b"\0" + PLAIN.encode(), False),
    "a null byte in the middle": (lambda: PLAIN.encode() + b"x = 1\0\n", False),
    "null bytes": (lambda: b"\0" * 100_000, False),
    "utf-8 with mark": (lambda: b"\xef\xbb\xbf" + PLAIN.encode(), True),
    "two marks": (lambda: b"\xef\xbb\xbf" * 2 + PLAIN.encode(), True),
    "utf-16": (lambda: PLAIN.encode("utf-16"), True),
    "utf-16, odd": (lambda: PLAIN.encode("utf-16") + b"x", False),
    "utf-16, big end": (lambda: b"\xfe\xff" + PLAIN.encode("utf-16-be"), True),
    "utf-16 without mark": (lambda: PLAIN.encode("utf-16-le"), False),
    "utf-32": (lambda: PLAIN.encode("utf-32"), False),
    "latin-1 without comment": (lambda: f"# \xe9\n{PLAIN}".encode("latin-1"), False),
    "latin-1": (lambda: f"# coding: latin-1\n# \xe9\n{PLAIN}".encode("latin-1"), True),
    "ascii that is not": (lambda: f"# coding: ascii\n# \xe9\n{PLAIN}".encode(), False),
    "utf-8 that is not": (lambda: b"# coding: utf-8\n# \xff\xfe\n" + PLAIN.encode(), False),
    "shift-jis": (lambda: f"# coding: shift_jis\n# \u65e5\u672c\n{PLAIN}".encode("shift_jis"), True),
    "unknown encoding": (lambda: f"# coding: no-such\n{PLAIN}".encode(), False),
    "encoding that is none": (lambda: f"# coding: rot13\n{PLAIN}".encode(), False),
    "encoding of bytes": (lambda: f"# coding: zlib\n{PLAIN}".encode(), False),
    "punycode": (lambda: f"# coding: punycode\n{PLAIN}".encode(), False),
    "idna": (lambda: f"# coding: idna\n{PLAIN}".encode(), True),
    "utf-7": (lambda: f"# coding: utf-7\n# +AGE-\n{PLAIN}".encode(), False),
    "unicode_escape": (lambda: f"# coding: unicode_escape\n# \\u0041 \\x\n{PLAIN}".encode(), False),
    "mark and another encoding": (lambda: b"\xef\xbb\xbf# coding: latin-1\n" + PLAIN.encode(), False),
    "half a character": (lambda: PLAIN.encode() + "# \N{PILE OF POO}".encode()[:-1], False),
    "surrogates": (lambda: PLAIN.encode() + b"# \xed\xa0\x80\n", False),
    "carriage returns only": (lambda: PLAIN.replace("\n", "\r").encode(), True),
    "windows line ends": (lambda: PLAIN.replace("\n", "\r\n").encode(), True),
    "a 3 MB line": (lambda: f"y = '{'x' * 3_000_000}'\n{PLAIN}".encode(), True),
    "a 1 MB line of brackets": (lambda: f"y = {'(' * 1_000_000}\n{PLAIN}".encode(), True),
    "a 3 MB line of words": (lambda: f"y = {'x and ' * 500_000}x\n{PLAIN}".encode(), True),
    "100,000 lines": (lambda: lines(100_000), True),
    "10,000 functions": (lambda: functions(10_000, "k"), True),
    "10,000 functions that call the next": (lambda: functions(10_000, "f{}(k)"), True),
    "2,000 functions that write": (
        lambda: functions(2_000, "known_client.put_object(Bucket='b', Key=k, Body=f{}(k))"), True,
    ),
    "500 methods that write": (
        lambda: (
            CLIENT + "class A:\n" + "".join(
                f"    def m{i}(self, k):\n        self.x{i} = self.m{i + 1}(k)\n"
                f"        known_client.put_object(Bucket='b', Key=k, Body=self.x{i})\n" for i in range(500)
            ) + KNOWN
        ).encode(), True,
    ),
    "20,000 comments": (lambda: (CLIENT + "# x\n" * 20_000 + KNOWN).encode(), True),
    "50,000 blank lines": (lambda: (CLIENT + "\n" * 50_000 + KNOWN).encode(), True),
    "too large": (lambda: PLAIN.encode() + b"#" * 10_000_001, False),
    "notebook": (lambda: json.dumps({"cells": [{"source": PLAIN}], "nbformat": 4}).encode(), False),
    "web page": (lambda: b"<!DOCTYPE html>\n<p>It's boto3 &amp; S3</p>\n" * 100, False),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, False),
    "program": (lambda: b"\x7fELF" + bytes(range(1, 255)) * 50 + b"boto3", False),
    "random bytes": (lambda: bytes((i * i * 7 + i // 3) % 255 + 1 for i in range(50_000)), False),
}  # fmt: skip

CONFIGS = {
    "broken": b"[tool.conflict-lint\n",
    "unknown key": b'[tool.conflict-lint]\nselekt = ["CL101"]\n',
    "wrong type": b"[tool.conflict-lint]\nselect = 1\n",
    "unknown rule": b'[tool.conflict-lint]\nselect = ["CL999x"]\n',
    "wrong encoding": b'[tool.conflict-lint]\nselect = ["\xff"]\n',
    "null bytes": b"[tool.conflict-lint]\n\0\0\0",
    "table twice": b"[tool.conflict-lint]\n[tool.conflict-lint]\n",
    "deep": b"[tool.conflict-lint]\nselect = " + b"[" * 3_000 + b"]" * 3_000 + b"\n",
    "not a table": b"[tool]\nconflict-lint = 3\n",
}


class Outcome:
    """What the command line made of one input."""

    def __init__(self, status: int, seconds: float, document: dict[str, Any] | None, errors: str) -> None:
        self.status = status
        self.seconds = seconds
        self.rows: list[dict[str, Any]] = document["findings"] if document else []
        self.errors = errors

    def codes(self, path: str) -> set[str]:
        return {row["code"] for row in self.rows if row["path"] == path}

    def functions(self, path: str) -> set[str]:
        """Where CL101 was found."""
        return {row["function"] for row in self.rows if row["path"] == path and row["code"] == "CL101"}


Runs = list[tuple[str, list[str]]]


def driven(folder: Path, runs: Runs, patience: float = 30.0) -> dict[str, Outcome | str]:
    """Run the command line on each input; where the process died there is its last message instead.

    ``patience`` is how many seconds of real time one input may take before the process is ended.
    """
    out: dict[str, Outcome | str] = {}
    environment = {**os.environ, "PYTHONPATH": PATH, "PYTHONFAULTHANDLER": "1"}
    driver = folder.parent / f"{folder.name}-driver" / "driver.py"
    driver.parent.mkdir(exist_ok=True)
    driver.write_text(DRIVER)
    while runs:
        given = "".join(json.dumps(run) + "\n" for run in runs)
        done = subprocess.run(
            [sys.executable, str(driver), str(patience)], input=given, cwd=folder, env=environment, capture_output=True,
            text=True, timeout=600, encoding="utf-8",
        )  # fmt: skip
        for line in done.stdout.splitlines():
            name, *rest = json.loads(line)
            out[name] = Outcome(*rest)
        left = [run for run in runs if run[0] not in out]
        if left:
            out[left[0][0]] = f"exit status {done.returncode}: {done.stderr[-3000:]}"
        runs = left[1:]
    return out


def file_name(name: str) -> str:
    return f"{name.replace(' ', '_').replace(',', '')}.py"


Makers = dict[str, Callable[[], bytes]]


def batches(names: Iterable[str]) -> list[list[str]]:
    """A process for a dozen inputs: one for each would spend its time on starting."""
    listed = list(names)
    return [listed[start : start + 12] for start in range(0, len(listed), 12)]


def outcomes(folder: Path, makers: Makers) -> Iterator[tuple[str, str, Outcome | str]]:
    """Run each input together with ``known.py``: its name, its file and what came of it."""
    (folder / "conflict-lint.toml").write_text("")
    (folder / "known.py").write_text(PLAIN)
    runs: Runs = []
    for name, make in makers.items():
        (folder / file_name(name)).write_bytes(make())
        runs.append((name, [file_name(name), "known.py"]))
    for name, outcome in driven(folder, runs).items():
        yield name, file_name(name), outcome


def problems(outcome: Outcome | str) -> Iterator[str]:
    """What is wrong with an outcome, whatever the input was."""
    if isinstance(outcome, str):
        yield outcome
        return
    if outcome.status != 1 or outcome.functions("known.py") != {"known"}:
        yield f"exit status {outcome.status}, the finding in known.py is lost"
    if outcome.seconds >= SECONDS:
        yield f"{outcome.seconds:.1f} s"
    yield from (row["message"] for row in outcome.rows if row["code"] == "CL904")


def in_one_file(statement: str) -> bytes:
    return f"{CLIENT}\n{statement}{KNOWN}".encode()


@pytest.mark.parametrize("names", batches(STATEMENTS), ids=lambda names: names[0])
def test_a_hostile_statement_costs_only_itself(tmp_path: Path, names: list[str]) -> None:
    makers: Makers = {name: lambda name=name: in_one_file(STATEMENTS[name]()) for name in names}  # type: ignore[misc]
    wrong: dict[str, list[str]] = {}
    for name, path, outcome in outcomes(tmp_path, makers):
        wrong[name] = list(problems(outcome))
        if isinstance(outcome, Outcome) and "known" not in outcome.functions(path):
            wrong[name].append("the finding behind it is lost")
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("names", batches(FILES), ids=lambda names: names[0])
def test_a_hostile_file_costs_only_itself(tmp_path: Path, names: list[str]) -> None:
    wrong: dict[str, list[str]] = {}
    for name, path, outcome in outcomes(tmp_path, {name: FILES[name][0] for name in names}):
        wrong[name] = list(problems(outcome))
        if isinstance(outcome, Outcome) and ("known" in outcome.functions(path)) != FILES[name][1]:
            wrong[name].append("its own finding is lost, or found in what is not Python")
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("body", [READ + WRITE * 1_000, (READ + WRITE) * 1_000], ids=["writes", "reads and writes"])
def test_a_thousand_findings_in_one_function(body: str) -> None:
    """The findings alone; what their repairs cost is another matter."""
    begin = time.process_time()
    found = engine.check(Source(CLIENT + function(body), "a.py"), ProjectView("/"), Settings()).findings
    assert time.process_time() - begin < SECONDS
    assert [finding.code for finding in found] == ["CL101"] * 1_000


# -- the file system, configuration, and bugs of our own ---------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "conflict-lint.toml").write_text("")
    (tmp_path / "known.py").write_text(PLAIN)
    return tmp_path


def run(folder: Path, *arguments: str) -> Outcome:
    (outcome,) = driven(folder, [("run", list(arguments))], patience=4).values()
    assert isinstance(outcome, Outcome), outcome
    return outcome


def is_directory(path: Path) -> None:
    path.mkdir()
    (path / "inside.py").write_text(PLAIN)


def loop(path: Path) -> None:
    path.symlink_to(path.with_suffix(".other"))
    path.with_suffix(".other").symlink_to(path)


def folder_loop(path: Path) -> None:
    folder = path.with_suffix("")
    folder.mkdir()
    (folder / "again").symlink_to(folder)
    path.symlink_to(folder)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_suffix(".pipe"))
    path.symlink_to(path.with_suffix(".pipe"))


def bound_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # the address of a socket may not be long
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def forbidden(path: Path) -> None:
    path.write_text(PLAIN)
    path.chmod(0)


def unreadable_device(path: Path) -> None:
    path.symlink_to("/proc/self/mem")  # opens, and then cannot be read: also for the superuser


ENTRIES: dict[str, tuple[Callable[[Path], None], int | None]] = {
    # how it is made, and the exit status when it is named by hand (None: as ``known.py`` alone)
    "directory": (is_directory, None),
    "link to itself": (loop, 2),
    "link to a directory with a loop": (folder_loop, None),
    "dangling link": (lambda path: path.symlink_to("nowhere"), 2),
    "link to an endless device": (lambda path: path.symlink_to("/dev/zero"), None),
    "link to nothing": (lambda path: path.symlink_to("/dev/null"), None),
    "device that cannot be read": (unreadable_device, None),
    "forbidden": (forbidden, None),
    "pipe": (pipe, None),
    "link to a pipe": (link_to_pipe, None),
    "socket": (bound_socket, None),
}


@pytest.mark.skipif(sys.platform == "win32", reason="needs links, pipes and devices")
@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_no_readable_file(folder: Path, name: str) -> None:
    """By hand it is CL903 or exit 2, in a walk it is CL903 or passed over, and ``known.py`` has its finding."""
    make, expected = ENTRIES[name]
    make(folder / "x.py")
    by_hand = run(folder, "x.py", "known.py")
    assert by_hand.functions("known.py") == {"known"}
    assert by_hand.status == (1 if expected is None else expected)
    walked = run(folder, ".")
    assert walked.functions("known.py") == {"known"}
    assert max(by_hand.seconds, walked.seconds) < SECONDS
    told = by_hand.errors + "".join(row["message"] for row in by_hand.rows if row["code"] == "CL903")
    readable = {"directory", "link to a directory with a loop", "link to nothing"}
    if name == "forbidden" and os.access(folder / "x.py", os.R_OK):
        readable.add(name)  # the superuser may read everything
    assert bool(told) == (name not in readable)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_broken_configuration_is_refused(folder: Path, name: str) -> None:
    (folder / "conflict-lint.toml").unlink()
    (folder / "pyproject.toml").write_bytes(CONFIGS[name])
    outcome = run(folder, "known.py")
    assert outcome.status == 2
    assert "pyproject.toml" in outcome.errors


def test_a_configuration_that_is_a_directory_or_a_loop(folder: Path) -> None:
    (folder / "conflict-lint.toml").unlink()
    (folder / "pyproject.toml").mkdir()
    assert run(folder, "known.py").functions("known.py") == {"known"}


def test_all_at_once_in_several_processes(tmp_path: Path) -> None:
    """The hostile statements in one run of the real command, with workers."""
    (tmp_path / "conflict-lint.toml").write_text("")
    (tmp_path / "known.py").write_text(PLAIN)
    for name, statement in STATEMENTS.items():
        (tmp_path / file_name(name)).write_bytes(in_one_file(statement()))
    done = subprocess.run(
        [sys.executable, "-m", "conflict_lint", "--output-format", "concise", "--jobs", "2", str(tmp_path)],
        cwd=EXAMPLES, env={**os.environ, "PYTHONPATH": PATH}, capture_output=True, text=True, timeout=300,
        encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert any("known.py" in line and "CL101" in line for line in done.stdout.splitlines())


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.py")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_truncated_example_has_a_result(path: Path) -> None:
    """Some of the truncations; ``tests/corpus/incremental.py --truncations`` does them all."""
    text = path.read_text(encoding="utf-8")
    assert truncated(text, path.name, step=len(text) // 20 + 1) == []


CRASHING = '''"""A rule that crashes.

## What it finds

Nothing.
"""
from conflict_lint.rule import Rule, Severity

RULE = Rule("CL199", "crashing", Severity.WARNING)


def check(unit):
    """Crash on one function only."""
    if unit.name == "victim":
        raise RuntimeError("rule went wrong")
    return ()
'''
VICTIM = """

def victim(bucket, key):
    return known_client.put_object(Bucket=bucket, Key=key, Body=b"")
"""
INJECTED = """
import sys
import conflict_lint_rules
conflict_lint_rules.__path__.append(sys.argv.pop(1))
from conflict_lint.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_rule_that_crashes_costs_only_itself(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    rules = tmp_path_factory.mktemp("rules")
    (rules / "crashing.py").write_text(CRASHING)
    start = tmp_path_factory.mktemp("start") / "start.py"
    start.write_text(INJECTED)
    (folder / "known.py").write_text(CLIENT + VICTIM + KNOWN)
    (folder / "other.py").write_text(PLAIN)
    done = subprocess.run(
        [sys.executable, str(start), str(rules), "--output-format", "json", "."],
        cwd=folder, env={**os.environ, "PYTHONPATH": PATH}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    rows = json.loads(done.stdout)["findings"]
    assert [(row["path"], row["code"], row["function"]) for row in rows] == [
        ("known.py", "CL904", "victim"),
        ("known.py", "CL101", "known"),
        ("other.py", "CL101", "known"),
    ]
    assert "rule CL199 crashed (RuntimeError: rule went wrong at crashing.py:" in rows[0]["message"]
    assert rows[0]["severity"] == "error"


class Crashing:
    """A rule that crashes as often as it is asked."""

    RULE = Rule("CL199", "crashing", Severity.WARNING)

    def check(self, unit: Unit) -> Iterator[Draft]:
        raise RuntimeError(unit.name)


def test_a_crash_is_told_again_after_an_edit_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    real = engine.rule_modules()
    monkeypatch.setattr(engine, "rule_modules", lambda: (*real, Crashing()))
    text = CLIENT + VICTIM + KNOWN
    kept = engine.Analysis(Source(text, "a.py"), ProjectView("/"), Settings(select=("ALL",)))
    codes = [finding.code for finding in kept.result().findings]
    assert codes == ["CL904", "CL904", "CL101"]
    kept.edit(len(text), len(text), "x = 1\n")
    assert [finding.code for finding in kept.result().findings] == codes


def test_a_crash_of_the_analysis_is_told_again_after_an_edit_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The part that follows a function is made to fail, as a bug in it would."""
    follow = Linked.follow

    def failing(linked: Linked, chunk: ChunkFacts) -> Unit | None:
        if chunk.chunk.name == "victim":
            raise RuntimeError("a bug")
        return follow(linked, chunk)

    monkeypatch.setattr(Linked, "follow", failing)
    text = CLIENT + VICTIM + KNOWN
    kept = engine.Analysis(Source(text, "a.py"), ProjectView("/"), Settings())
    codes = [finding.code for finding in kept.result().findings]
    assert codes == ["CL904", "CL101"]
    kept.edit(len(text), len(text), "x = 1\n")
    assert [finding.code for finding in kept.result().findings] == codes
