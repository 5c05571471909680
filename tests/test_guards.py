"""Hostile text: every input gives chunks and problems, soon, and no interpreter dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import conflict_lint
import pytest
from conflict_lint.analysis import chunks, concrete, guards

PACKAGE = str(Path(conflict_lint.__file__).parents[1])
SECONDS = 5

# What a text is made of, and how often; each becomes one file. Evaluated in another process.
HOSTILE = {
    "parentheses": "'(' * 5000 + '1' + ')' * 5000",
    "brackets": "'[' * 25000",
    "closers": "'(' * 12500 + ']' * 12500",
    "all brackets": "'([{' * 12500",
    "sum": "'x = ' + 'a+' * 100000 + 'a'",
    "huge sum": "'x = ' + 'a+' * 1500000 + 'a'",
    "sum over lines": "'x = (a\\n' + '+a\\n' * 12500 + ')'",
    "attributes": "'x = a' + '.b' * 100000",
    "calls": "'a' + '()' * 25000",
    "calls over lines": "'(a' + '.b(\\n1)' * 7500 + ')'",
    "subscripts": "'a' + '[0]' * 15000",
    "minus": "'-' * 100000 + '1'",
    "not": "'not ' * 12500 + 'a'",
    "lambda": "'lambda:' * 30000 + '1'",
    "power": "'a**' * 12500 + 'a'",
    "conditional": "'a if b else ' * 20000 + 'c'",
    "await": "'await ' * 7500 + 'a'",
    "elif": "'if a: pass\\n' + 'elif a: pass\\n' * 3750",
    "indentation": "''.join(' ' * i + 'if a:\\n' for i in range(1000))",
    "classes in classes": "''.join(' ' * i + 'class A:\\n' for i in range(1000))",
    "and": "'a and ' * 7500 + 'a'",
    "strings": "'x = ' + '\\'\\' ' * 15000",
    "f-strings": "'f\"{' * 12500",
    "triple f-strings": '\'f"""{a \' * 12500',
    "format specifications": "'f\"{a:{' * 12500",
    "braces": "'f\"' + '{{' * 12500",
    "decorators": "'@a\\n' * 12500",
    "decorators in a bracket": "'(\\n' + '@a(\\n' * 12500",
    "keywords in a bracket": "'(\\n' + '@a\\n' * 12500 + 'def f(): pass'",
    "quotes": "'\"' * 25000",
    "triple quotes": "'\\'\\'\\'\\n\"\"\"\\n' * 7500",
    "backslashes": "'\\\\' * 25000",
    "continuations": "'\\\\\\n' * 25000",
    "null bytes": "'\\0' * 25000",
    "lone surrogates": "'\\ud800' * 25000",
    "byte order marks": "'\\ufeff' * 1000 + 'x = 1'",
    "form feeds": "'\\f' * 25000",
    "carriage returns": "'x\\r' * 7500 + '\\r\\n' * 7500 + '\\n\\r' * 7500",
    "tabs": "'\\t' * 25000 + 'x'",
    "numbers": "'x = ' + '1' * 25000",
    "unfinished calls": "'f(x,\\n' * 12500",
    "unfinished classes": "'class A(\\n' * 5000",
    "comments in a bracket": "'(\\n' + '# a ( \\n' * 12500",
    "3 MB string": "'x = \"' + 'a' * 3000000 + '\"'",
    "3 MB string open": "'x = \"' + 'a' * 3000000",
    "3 MB docstring open": "'\"\"\"' + 'a \\'b\\' \"c\"\\n' * 250000",
    "3 MB list": "'x = [' + '1, ' * 1000000 + ']'",
    "3 MB of statements on a line": "'x=1;' * 750000",
    "100,000 lines": "'x = f(a)\\n' * 100000",
    "100,000 lines after a bracket": "'x = (\\n' + 'y = f(a)\\n' * 100000",
    "50,000 emoji": "'x = \"😀\"\\n' * 50000 + 'y = (\\n'",
    "words only": "'a b ' * 12500",
    "open list of strings": "'x = (\"a\", ' + '\"b\", ' * 7500",
    "brackets with strings": "'[a \"b\" ' * 7500",
}

NESTING = list(HOSTILE).index("quotes")  # the texts before this one are deep, the others only large

CHILD = """
import json, sys, time
from conflict_lint.analysis import chunks
for name, made in json.loads(sys.stdin.read()).items():
    text = eval(made) + "\\nimport os\\ndef last(): pass\\n"
    begin = time.process_time()
    module = chunks.cut(text)
    problems = sum(chunk.problem is not None for chunk in module.chunks)
    after = chunks.edit(module, len(text) // 2, len(text) // 2, "(")
    seconds = time.process_time() - begin
    whole = "".join(chunk.text for chunk in module.chunks) == text
    print(json.dumps([name, seconds, problems, whole, module.chunks[-1].name]), flush=True)
"""


def interpreters() -> list[str]:
    """This Python, and 3.10 if there is one: the oldest is the one that crashes."""
    found = [sys.executable]
    pythons = [Path(folder) / "python3.10" for folder in os.environ["PATH"].split(os.pathsep)]
    pythons += sorted(Path.home().glob(".pyenv/versions/3.10.*/bin/python3.10"))
    for python in pythons if sys.version_info >= (3, 11) else ():
        if python.exists() and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return [*found, str(python)]
    return found


@pytest.mark.parametrize("python", interpreters(), ids=lambda python: Path(python).name)
def test_hostile_text_neither_crashes_nor_hangs(python: str) -> None:
    texts = HOSTILE if python == sys.executable else dict(list(HOSTILE.items())[:NESTING])
    answers = subprocess.run(
        [python, "-W", "error", "-c", CHILD],
        input=json.dumps(texts),
        env={**os.environ, "PYTHONPATH": PACKAGE, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS * len(texts),
        check=False,
    )
    assert answers.returncode == 0, answers.stdout[-200:] + answers.stderr[-2000:]
    found = {name: rest for name, *rest in map(json.loads, answers.stdout.splitlines())}
    assert found.keys() == texts.keys()
    assert {name: seconds for name, (seconds, *_) in found.items() if seconds > SECONDS} == {}
    assert [name for name, (_, _, whole, _) in found.items() if not whole] == []
    # what follows is only lost inside an open triple quote
    lost = {name for name, (*_, last) in found.items() if last != "last"}
    assert lost <= {"triple f-strings", "quotes", "3 MB docstring open"}


TOO_DEEP = {
    "sum": "x = " + "a + " * 500 + "a",
    "sum over lines": "x = (a\n" + "    + a\n" * 500 + ")",
    "attributes": "x = a" + ".bcd" * 500,
    "calls": "a" + "(b, c)" * 500,
    "minus": "x = " + "-" * 500 + "1",
    "elif": "if a: pass\n" + "elif a: pass\n" * 500,
}


@pytest.mark.parametrize("text", TOO_DEEP.values(), ids=TOO_DEEP)
def test_a_deep_statement_is_refused_alone(text: str) -> None:
    for trees in (True, False):
        before, deep, after = chunks.cut(f"import os\n{text}\ndef f(): pass\n", trees=trees).chunks
        assert before.tree() and after.tree() and deep.tree() is None
        assert deep.problem and "deep" in deep.problem.reason and deep.problem.offset == 0


def test_a_long_statement_is_refused_alone() -> None:
    before, long, after = chunks.cut(f"import os\n\nx = [{'1, ' * 100_000}]\ny = 2\n").chunks
    assert before.tree() and after.tree() and long.tree() is None
    assert long.problem and "too long" in long.problem.reason


ORDINARY = {
    "long list": "x = [" + "f(a.b, -1), " * 2000 + "]",
    "long dictionary": "x = {\n" + "    'k': {'a': [b.c.d, e + f]},\n" * 500 + "}",
    "long function": "def f():\n" + "    a.b(c, d=[e])\n    x = y + z\n" * 2000,
    "60 elifs": "def f():\n    if a: pass\n" + "    elif a: pass\n" * 60,
    "nested code": "".join("    " * i + "if a:\n" for i in range(20)) + "    " * 20 + "f(g(h(i[j.k])))",
    "many strings": "x = (\n" + "    'text'  # \"\n" * 80 + ")",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_large_but_ordinary_code_is_not_refused(text: str) -> None:
    for trees in (True, False):
        [chunk] = chunks.cut(text, trees=trees).chunks
        assert chunk.problem is None
    assert concrete.parse(text).code == text


@pytest.mark.parametrize(
    ("text", "reason", "offset"),
    [
        ("x = 'a\0b'\n", "null byte", 6),
        ("y = 1\nx = '\ud800'\n", "surrogates", 0),
        ("def f():\n    return (1\n", "never closed", 20),
        ("é = (1 2)\n", "", 5),
        ("x = '''\n", "unterminated", 4),
    ],
)
def test_a_problem_says_what_and_where(text: str, reason: str, offset: int) -> None:
    problem = chunks.cut(f"import os\n{text}").chunks[-1].problem
    assert problem is not None and reason in problem.reason and "line" not in problem.reason.replace("line cont", "")
    assert problem.offset == offset


def test_warnings_of_the_analysed_code_are_not_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        [chunk] = chunks.cut("x = '\\d' 'é\\w'\n").chunks
        assert chunk.problem is None


def test_a_thread_with_a_small_stack_is_enough() -> None:
    outcome: list[object] = []
    before = threading.stack_size(256 * 1024)
    thread = threading.Thread(
        target=lambda: outcome.append(chunks.cut("x = " + "[" * 90 + "-" * 900).chunks[0].problem)
    )
    thread.start()
    threading.stack_size(before)
    thread.join()
    assert isinstance(outcome[0], chunks.Problem)
    assert threading.stack_size() == before


def test_the_deep_stack_passes_on_what_a_call_returns_and_raises() -> None:
    here = threading.current_thread()
    assert guards.on_deep_stack(threading.current_thread) is not here
    assert guards.on_deep_stack(lambda: guards.on_deep_stack(len, "abc")) == 3
    with pytest.raises(ZeroDivisionError):
        guards.on_deep_stack(divmod, 1, 0)


CONCRETE = {
    **TOO_DEEP,
    "and": "x = " + "a and " * 500 + "a",
    "strings": "x = (\n" + "    f'{a}' 'text'  # '\n" * 60 + ")",
    "dotted import": "import a" + ".b" * 500,
    "dotted from": "from a" + ".b" * 500 + " import c",
    "parentheses": "x = " + "(" * 3000 + ")" * 3000,
    "not Python": "x = (",
    "null byte": "x = '\0'",
    "long": "x = 1\n" * 100_000,
}


@pytest.mark.parametrize("text", CONCRETE.values(), ids=CONCRETE)
def test_the_concrete_parser_never_sees_what_it_cannot_bear(text: str) -> None:
    with pytest.raises(concrete.Refused):
        concrete.parse(text)


def test_the_concrete_tree_is_the_text() -> None:
    text = "def f(a, *, b=(1, 2)):\r\n\treturn f'{a!r}'  # é 😀\r\n"
    assert concrete.parse(text).code == text


def test_analysis_does_not_load_libcst() -> None:
    code = (
        "import sys, conflict_lint.analysis.concrete, conflict_lint.analysis.chunks; assert 'libcst' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": PACKAGE}, check=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_its_own_deep_stack() -> None:
    code = (
        "import os; from conflict_lint.analysis.guards import on_deep_stack; on_deep_stack(int); child = os.fork();"
        "on_deep_stack(int); child and os._exit(os.waitpid(child, 0)[1] != 0) or os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": PACKAGE}, check=True, timeout=20)
