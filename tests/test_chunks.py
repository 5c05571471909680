"""Chunks: the cuts agree with ``ast``, edits agree with cutting afresh, and one broken statement costs only itself."""

from __future__ import annotations

import ast
import random
import sys
import sysconfig
from pathlib import Path

import pytest
from conflict_lint.analysis.chunks import Chunk, cut, edit
from conflict_lint.analysis.source import decode
from corpus.check_chunks import disagreement, misfit
from corpus.edits import edit_at_random, random_edit, same

STDLIB = Path(sysconfig.get_path("stdlib"))

SOURCE = '''\
"""Docstring."""
# a comment
import os; import sys

@decorate(
    "x",
)

# between
@again
async def function(a, b=(1, 2)):
    """Doc with 'quotes' and an escaped \\""" inside."""
    x = f"{a['k']!r:>{b}} {{literal}} {a:%H:%M}"
    def inner():
        return """
not a statement
def nor_this(): pass
"""
    return x

class Outer(Base, metaclass=Meta):  # header
    # comment in the header

    """Class docstring."""
    attribute = {
        "é": 1,
    }; other = 2

    @property
    def method(self):
        if self:
            pass
        else:
            return 1

    class Inner:
        def deep(self): return 1
        value: int = 3

    def last(self):
        return 'last'
class OneLine: x = 1; y = 2
if os:
    def conditional(): pass
elif sys:
    class AlsoHere:
        z = 1
else:
    pass
try:
    a = b \\
        + c
except (
    ValueError
):
    pass
finally: pass
for i in []: pass
else: pass
match = [x
for x in y
@ z
if "a" "b"]
'''

VALID = {
    "sample": SOURCE,
    "crlf": SOURCE.replace("\n", "\r\n"),
    "cr": SOURCE.replace("\n", "\r"),
    "mixed line ends": SOURCE.replace("pass\n", "pass\r\n").replace(":\n", ":\r"),
    "no newline at the end": SOURCE.rstrip("\n"),
    "tabs": SOURCE.replace("    ", "\t"),
    "form feeds": SOURCE.replace("\nclass", "\n\f\nclass").replace("\nif os", "\n  \fif os"),
    "matrix product at a line's beginning": "x = (a\n@b\n)\ndef f(): pass\n",
    "yield from at a line's beginning": "def f():\n    x = (yield\nfrom y)\ndef g(): pass\n",
    "backslashes": "x = 1 + \\\n  2\nif x: \\\n  pass\nclass \\\n  A:\n  pass\nasync \\\n def f(): pass\n",
    "backslash in a string": "x = 'a\\\nclass B:'\ny = r'\\''\nclass C:\n  pass\n",
    "comments at odd places": "#a\n  # b\nclass A:\n# c\n  def f(self):\n # d\n    pass\n      # e\n  x = 1\n# g\n",
    "nested classes": "class A:\n  class B:\n    class C:\n      x = 1\n    y = 1\n  z = 1\nw = 1\n",
    "strings side by side": "x = 'a''b' \"c\"\"d\" '''e''''f' ''\ny = \"\"\"a\"b\"\"c\\\"\"\"\"\nz = 1\n",
    "f-strings": "x = f'{a:{b}}' rf'\\{a}' f'{{' F'''{\na}''' f'\\N{BULLET}{a}'\ny = f'{a!r:#x}' f\"{'}'}\"\nz = 1\n",
    "semicolons": "a = '''\n'''; b = 1\nc = 2;\n",
    "decorated class": "@a\nclass A:\n  @b\n\n  @c(\n)\n  def f(self): pass\n",
}

NEWER = {  # from Python 3.12 on; the cuts are the same everywhere
    "quotes in f-strings": 'x = f"{d["("]}"\ny = f"{f"{f"{1}"}"}"\nz = 1\n',
    "lines in f-strings": 'x = f"{\n  a  # comment }\n}"\ny = f"""{f"""\n{1}\n"""}"""\nz = 1\n',
    "operands in f-strings": 'x = f"{a if b else "c"}"\ny = f"{", ".join(a)}" f"{a or "b":{"c"}}"\nz = 1\n',
}


@pytest.mark.parametrize("text", VALID.values(), ids=VALID)
def test_cuts_and_trees_agree_with_ast(text: str) -> None:
    assert disagreement(text, ast.parse(text).body) is None
    assert misfit(text) is None


@pytest.mark.parametrize("text", NEWER.values(), ids=NEWER)
def test_new_f_strings_are_balanced(text: str) -> None:
    assert [chunk.text[0] for chunk in cut(text).chunks] == list("xyz")
    if sys.version_info >= (3, 12):
        assert disagreement(text, ast.parse(text).body) is None


def test_cuts_agree_with_ast_over_the_standard_library() -> None:
    checked = 0
    for path in sorted(STDLIB.glob("*.py")) + sorted(STDLIB.glob("[a-j]*/*.py")):
        if path.parent.name in ("idlelib", "encodings"):
            continue
        text = decode(path.read_bytes())
        problem = disagreement(text, ast.parse(text).body) or (misfit(text) if checked % 8 == 0 else None)
        assert problem is None, f"{path.name}: {problem}"
        checked += 1
    assert checked > 200


def test_kinds_owners_and_names() -> None:
    def described(chunk: Chunk) -> str:
        return f"{chunk.kind} {'.'.join((*chunk.owner, chunk.name))} {chunk.indent}"

    assert [described(chunk) for chunk in cut(SOURCE).chunks] == [
        "statement  0",
        "statement  0",
        "function function 0",
        "class Outer 0",
        "statement Outer. 4",
        "statement Outer. 4",
        "function Outer.method 4",
        "class Outer.Inner 4",
        "function Outer.Inner.deep 8",
        "statement Outer.Inner. 8",
        "function Outer.last 4",
        "class OneLine 0",
        "statement  0",
        "statement  0",
        "statement  0",
        "statement  0",
    ]


@pytest.mark.parametrize("trees", [True, False])
@pytest.mark.parametrize("text", [*VALID.values()], ids=VALID)
def test_offsets_are_code_points_of_the_chunk(text: str, trees: bool) -> None:
    for chunk in cut(text, trees=trees).chunks:
        assert chunk.problem is None
        for top in chunk.tree() or ():
            for node in ast.walk(top):
                piece = chunk.text[chunk.offset_of(node) : chunk.end_of(node)] if hasattr(node, "lineno") else ""
                if isinstance(node, ast.Name):
                    assert piece == node.id
                elif isinstance(node, ast.Attribute):
                    assert piece.endswith(node.attr)


def test_a_class_chunk_holds_the_header_only() -> None:
    for trees in (True, False):
        header, *members = cut("class A(B, key=C):\n    x = 1\n    def f(self): pass\n", trees=trees).chunks
        [node] = header.tree() or ()
        assert isinstance(node, ast.ClassDef) and node.body == [] and len(node.bases) == 1
        assert header.text[header.offset_of(node) : header.end_of(node)] == "class A(B, key=C"
        assert [member.kind for member in members] == ["statement", "function"]
        [one_line] = cut("class A: x = 1", trees=trees).chunks
        [node] = one_line.tree() or ()
        assert isinstance(node, ast.ClassDef) and len(node.body) == 1


BROKEN = {
    "open bracket": "    client.put_object(Bucket=b, Key=\n",
    "open bracket in brackets": "    f(x[1, {2: (\n",
    "open string": "    name = 'half\n",
    "open f-string": '    name = f"{x\n',
    "open f-string before its quote": '    name = f"{x"\n',
    "half a word": "    retur x y\n",
    "stray bracket": "    f(x))]}\n",
    "wrong bracket": "    f(x[1)\n",
    "no body": "    if x:\n",
    "null byte": "    x = '\0'\n",
    "lone surrogate": "    x = '\ud800'\n",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(
    "following", ["@retry(\n    3\n)\ndef after(): pass\n", "class After:\n    def f(self): pass\n"]
)
@pytest.mark.parametrize("owner", ["", "class A:\n    def before(self): pass\n"])
def test_a_half_typed_statement_costs_only_its_own_chunk(line: str, following: str, owner: str) -> None:
    lead = "    " if owner else ""
    text = f"import os\n\n{owner}{lead}def broken():\n{lead}{line}\n{following}x = 1\n"
    module = cut(text)
    assert [chunk.name for chunk in module.chunks if chunk.problem] == ["broken"]
    [broken] = [chunk for chunk in module.chunks if chunk.problem]
    assert broken.problem and 0 <= broken.problem.offset <= len(broken.text)
    healthy = cut(f"import os\n\n{owner}{following}x = 1\n")
    expected = [chunk.text for chunk in healthy.chunks]
    assert [chunk.text for chunk in module.chunks if chunk is not broken] == expected


def test_an_open_triple_quote_takes_the_rest() -> None:
    chunks = cut('x = 1\ny = """\ndef f(): pass\nclass A:\n    z = 1\n').chunks
    assert [chunk.text[0] for chunk in chunks] == ["x", "y"]
    assert chunks[0].problem is None and chunks[1].problem is not None


# -- edits ------------------------------------------------------------------------------------------------------------

STDLIB_SAMPLE = ["textwrap.py", "contextlib.py", "shlex.py", "bisect.py", "queue.py", "types.py"]


@pytest.mark.parametrize("name", STDLIB_SAMPLE)
def test_editing_is_cutting_afresh_in_the_standard_library(name: str) -> None:
    edit_at_random(decode((STDLIB / name).read_bytes()), 300, seed=len(name))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("text", [*VALID.values(), *NEWER.values()], ids=[*VALID, *NEWER])
def test_editing_is_cutting_afresh(text: str, seed: int) -> None:
    edit_at_random(text, 100, seed)


def test_every_truncation_is_cut_like_an_edit() -> None:
    module = cut(SOURCE)
    for end in range(len(SOURCE), -1, -1):
        module = edit(module, end, len(module.text), "")
        afresh = cut(module.text)
        assert same(module, afresh)
        assert [chunk.problem for chunk in module.chunks] == [chunk.problem for chunk in afresh.chunks]


def test_trees_and_problems_after_edits_are_those_of_a_fresh_cut() -> None:
    chance = random.Random(7)
    for _ in range(40):
        module = cut(SOURCE)
        for _ in range(3):
            module = edit(module, *random_edit(module.text, chance))
            for mine, its in zip(module.chunks, cut(module.text).chunks, strict=True):
                assert mine.problem == its.problem
                assert list(map(ast.dump, mine.tree() or ())) == list(map(ast.dump, its.tree() or ()))


def test_an_edit_keeps_the_chunks_it_does_not_touch() -> None:
    module = cut(SOURCE)
    at = SOURCE.index("return 1")
    after = edit(module, at, at, "print();")
    assert [chunk.name for chunk in after.chunks if chunk not in module.chunks] == ["method"]
    back = edit(after, at, at + len("print();"), "")
    assert back.text == SOURCE and back.chunks[0] is module.chunks[0]


def test_equal_statements_stay_distinct() -> None:
    module = edit(cut("pass\npass\npass\n"), 0, 0, "pass\n")
    assert len(set(module.chunks)) == 4
