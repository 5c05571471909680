"""The laws that every repair obeys, over the examples and over generated programs."""

from __future__ import annotations

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import conflict_lint_rules
import pytest
from conflict_lint import fixes
from conflict_lint.cli import main
from conflict_lint.rule import Edit, Fix, Span
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from laws import Program, compiles

FOLDER = Path(conflict_lint_rules.__file__).parent / "examples"

PROGRAM = Program(str(FOLDER), "program.py")
findings, offers, identities = PROGRAM.findings, PROGRAM.offers, PROGRAM.identities
repaired, hold = PROGRAM.repaired, PROGRAM.hold


# -- over the examples ------------------------------------------------------------------------------------------------


def examples() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*/*.py") if not path.name.endswith(".fixed.py"))


@pytest.mark.parametrize("path", examples(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_laws_hold_for_every_example(path: Path) -> None:
    text = path.read_text("utf-8")
    whole = hold(text)
    for line_end in ("\r\n", "\r"):
        assert repaired(text.replace("\n", line_end)) == whole.replace("\n", line_end)
    by_tabs = repaired(re.sub("^(?: {4})+", lambda blanks: "\t" * (len(blanks[0]) // 4), text, flags=re.MULTILINE))
    assert ast.dump(ast.parse(by_tabs)) == ast.dump(ast.parse(whole))


def test_a_fix_says_from_which_version_on_the_sdk_has_the_parameter() -> None:
    text = (FOLDER / "lost_update" / "azure_management.py").read_text("utf-8")
    titles = [fix.title for _, fix in offers(text)]
    assert sum("needs version 38.0.0 of the SDK or later" in title for title in titles) == 1
    assert any("needs version" not in title for title in titles)


def test_some_examples_have_fixes_of_every_kind() -> None:
    titles = {fix.title.split()[0] for path in examples() for _, fix in offers(path.read_text("utf-8"))}
    assert {"Replace", "Remove", "Pass", "Write"} <= titles


def test_a_read_that_cannot_be_moved_is_suggested_with_a_hole_for_the_change() -> None:
    text = (FOLDER / "stale_retry" / "moves.py").read_text("utf-8")
    suggested = [fix for _, fix in offers(text) if fix.applicability == "suggestion"]
    assert len(suggested) >= 4
    for fix in suggested:
        (edit,) = fix.edits
        assert "answer = s3.get_object(Bucket=bucket, Key=key)\n" in edit.text
        assert "entries = ...  # fill in: the change, made to what is there now\n" in edit.text
    assert "..." not in repaired(text), "nothing with a hole is applied in bulk"


def test_what_a_repeated_function_is_given_is_suggested_to_be_read_in_it() -> None:
    text = (FOLDER / "conflict_in_retry_policy" / "services.py").read_text("utf-8")
    edits = [fix.edits[0].text for _, fix in offers(text) if fix.applicability == "suggestion"]
    assert (
        "    etag = ...  # fill in: read it again\n    config = ...  # fill in: the change, made to what is there now\n"
        in edits
    )
    assert len(edits) >= 4


# -- over generated programs ------------------------------------------------------------------------------------------

HEADS = [
    "import boto3\nimport json\n",
    '"""What it does."""\n\nfrom __future__ import annotations\n\nimport json, boto3\n',
    "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\nimport boto3; import json\n",
    "import json\n\nimport boto3\nfrom boto3.dynamodb.conditions import (\n    Attr,  # for filters\n    Key,\n)\n",
    "import json, copy\nimport boto3\nfrom boto3.dynamodb.conditions import Attr\n\n\ndef late():\n    import copy\n",
    "import json\nimport boto3\nif boto3:\n    import os.path\n\n\nclass Copy:\n    pass\n\n\nimport copyreg\n",
]
CLIENTS = 's3 = boto3.client("s3")\ntable = boto3.resource("dynamodb").Table("t")\n'
# a read, a change and a write, whose arguments are laid out in every way
SHAPES = [
    (
        'state = json.loads({await}s3.get_object(Bucket="b", Key="k")["Body"].read())',
        'state["n"] = "é🙂"',
        "s3.put_object",
        ['Bucket="b"', 'Key="k"', "Body=json.dumps(state)", 'ContentType="application/json"'],
    ),
    (
        'found = {await}s3.get_object(Bucket="b", Key="k")  # what is there',
        'state = json.load(found["Body"]); state["n"] = 1',
        "s3.put_object",
        ['Bucket="b"', "Body=json.dumps(state)", 'Key="k"'],
    ),
    (
        'item = ({await}table.get_item(Key={"pk": "1"}))["Item"]',
        'item["n"] = 1',
        "table.put_item",
        ["Item=item"],
    ),
    (
        'item = ({await}table.get_item(Key={"pk": "1"}))["Item"]  # the item',
        'item.setdefault("list", []).append("🙂")',
        "table.put_item",
        ["Item=item", 'ReturnValues="NONE"'],
    ),
    (
        'item = (\n    {await}table\n    .get_item(Key={"pk": "1"})\n)["Item"]',
        'n = item["n"] + 1',
        "table.update_item",
        ['Key={"pk": "1"}', 'UpdateExpression="SET n = :n"', 'ExpressionAttributeValues={":n": n}'],
    ),
]
PLACES = [
    "def save():\n{body}\n",
    "class Store:\n    def save(self):\n        if self:\n{body}\n        return 1\n",
    "def save(response, seen, precondition, unchanged, copying):\n    with open(response) as f:\n{body}\n",
    "def save(items):\n    for item_id in items:\n{body}\n    return seen + reply\n",
    "async def save(stack):\n    async with stack:\n{body}\n",
    "def save():\n    try:\n{body}\n    finally:\n        print(1)\n",
]


def laid_out(call: str, arguments: list[str], layout: str, comment: str) -> str:
    """A call whose arguments are laid out in one of several ways; ``comment`` stands behind the last of them."""
    if layout == "one line":
        return f"{call}({', '.join(arguments)}){comment}"
    if layout == "hugging":
        return f"{call}({comment}\n    {', '.join(arguments)}\n)"
    if layout == "magic comma":
        return f"{call}(\n    " + ",\n    ".join(arguments) + f",{comment}\n)"
    if layout == "no comma":
        return f"{call}(\n    " + ",\n    ".join(arguments) + f"{comment}\n)"
    if layout == "aligned":
        return f"{call}(" + f",\n{' ' * (len(call) + 1)}".join(arguments) + f"){comment}"
    assert layout == "dense"
    return f"{call}(" + ",".join(arguments) + f" ,){comment}"


@st.composite
def programs(draw: st.DrawFn) -> str:
    place = draw(st.sampled_from(PLACES))
    awaits = place.startswith("async") and draw(st.booleans())
    layouts = st.sampled_from(["one line", "hugging", "magic comma", "no comma", "aligned", "dense"])
    depth = place.split("{body}")[0].count(":\n")
    blocks = []
    for read, change, call, arguments in draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=2)):
        arguments = draw(st.permutations(arguments))
        write = laid_out(call, arguments, draw(layouts), draw(st.sampled_from(["", "  # note", "  # nöte 🙂"])))
        lines = "\n".join([read.replace("{await}", "await " if awaits else ""), change, write])
        blocks.append(re.sub("^", "    " * depth, lines, flags=re.MULTILINE))
    text = draw(st.sampled_from(HEADS)) + CLIENTS + "\n\n" + place.replace("{body}", "\n".join(blocks))
    if draw(st.booleans()):
        text = re.sub("^(?: {4})+", lambda blanks: "\t" * (len(blanks[0]) // 4), text, flags=re.MULTILINE)
    return text


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(programs(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_the_laws_hold_in_every_layout(text: str, line_end: str) -> None:
    assume(identities(text))  # what is not found is not repaired
    whole = hold(text)
    assert not identities(whole), whole
    assert repaired(text.replace("\n", line_end)) == whole.replace("\n", line_end)


# -- where there is nothing to offer ----------------------------------------------------------------------------------

S3 = 'import json\nimport boto3\n\ns3 = boto3.client("s3")\n\n\n'
TABLE = 'import boto3\n\ntable = boto3.resource("dynamodb").Table("t")\n\n\n'
GET, PUT = 's3.get_object(Bucket="b", Key="k")', 's3.put_object(Bucket="b", Key="k", Body=json.dumps(state))'
GET_ITEM, PUT_ITEM = 'table.get_item(Key={"pk": "1"})', "table.put_item(Item=item)"

REFUSED = {
    "written more than once": f"""{S3}def save(new):
    response = {GET}
    state = json.load(response["Body"])
    for one in new:
        state.append(one)
        {PUT}
""",
    "written by whoever calls back": f"""{S3}def save(new):
    response = {GET}
    state = json.load(response["Body"])
    def callback(one):
        state.append(one)
        {PUT}
    new.subscribe(callback)
""",
    "read in a helper": f"""{S3}def load():
    return json.load({GET}["Body"])


def save(new):
    state = load()
    state.append(new)
    {PUT}
""",
    "the read may have been skipped": f"""{S3}def save(new):
    state = []
    if new:
        state = json.load({GET}["Body"])
    state.append(new)
    {PUT}
""",
    "the error may be swallowed": f"""{S3}import contextlib


def save(new):
    state = []
    with contextlib.suppress(s3.exceptions.NoSuchKey):
        state = json.load({GET}["Body"])
    state.append(new)
    {PUT}
""",
    "in the handler of the read": f"""{S3}def save(new):
    state = []
    try:
        state = json.load({GET}["Body"])
        state.append(new["key"])
    except KeyError:
        {PUT}
        return
""",
    "another write in a handler": f"""{S3}def save(new):
    try:
        state = json.load({GET}["Body"])
    except s3.exceptions.NoSuchKey:
        state = []
        {PUT}
    state.append(new)
    {PUT}
""",
    "behind a condition on its line": f"""{S3}def save(new):
    state = json.load({GET}["Body"]) if new else []
    state.append(new)
    {PUT}
""",
    "after another call": f"""{S3}def save(new):
    state = merge(new.pop(), {GET}["Body"].read())
    {PUT}
""",
    "the name holds something else": f"""{S3}def save(new):
    response = {GET}
    state = json.load(response["Body"])
    response = new.check(state)
    {PUT}
""",
    "all on one line": f"""{TABLE}def save(new):
    if new: response = {GET_ITEM}; item = response["Item"]; item["n"] = new; {PUT_ITEM}
""",
    "a name of the SDK's own placeholders": f"""{TABLE}def save(new):
    item = {GET_ITEM}["Item"]
    table.update_item(
        Key={{"pk": "1"}},
        UpdateExpression="SET #n0 = :v0",
        ExpressionAttributeNames={{"#n0": "n"}},
        ExpressionAttributeValues={{":v0": item["n"] + new}},
    )
""",
    "the older form, which excludes conditions": f"""{TABLE}def save(new):
    item = {GET_ITEM}["Item"]
    table.update_item(Key={{"pk": "1"}}, AttributeUpdates={{"n": {{"Value": item["n"] + new, "Action": "PUT"}}}})
""",
    "an attribute that is known at run time only": f"""{TABLE}def save(name, new):
    item = {GET_ITEM}["Item"]
    item[name] = new
    {PUT_ITEM}
""",
    "a name of an attribute that means a path": f"""{TABLE}def save(new):
    item = {GET_ITEM}["Item"]
    item["a.b"] = new
    {PUT_ITEM}
""",
    "the name of an import means something else": f"""{TABLE}def Attr(name):
    return name


def save(new):
    item = {GET_ITEM}["Item"]
    item["n"] = new
    {PUT_ITEM}
""",
    "the name of an import is an argument": f"""{TABLE}import copy


def save(new, copy):
    item = {GET_ITEM}["Item"]
    item["n"].append(new)
    {PUT_ITEM}
""",
    "an attribute that may be absent, in the client's form": """import boto3

client = boto3.client("dynamodb")


def save(new):
    response = client.get_item(TableName="t", Key={"pk": {"S": "1"}})
    n = int(response["Item"].get("n", {"N": "0"})["N"]) + new
    client.update_item(
        TableName="t",
        Key={"pk": {"S": "1"}},
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": str(n)}},
    )
""",
    "an attribute that is subscripted only if it is there": """import boto3

client = boto3.client("dynamodb")


def save(new):
    item = client.get_item(TableName="t", Key={"pk": {"S": "1"}})["Item"]
    n = new
    if "n" in item:
        n += int(item["n"]["N"])
    client.update_item(
        TableName="t",
        Key={"pk": {"S": "1"}},
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": str(n)}},
    )
""",
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_repair_that_would_not_hold_is_not_offered(case: str) -> None:
    text = REFUSED[case]
    assert compiles(text)
    assert identities(text), "nothing is found"
    offered = [fix for finding, fix in offers(text) if finding.code == "CL101"]
    assert not offered, fixes.apply(text, offered)


def test_of_two_writes_in_a_row_only_the_first_can_carry_the_version_that_was_read() -> None:
    text = f'{S3}def save(new):\n    response = {GET}\n    state = json.load(response["Body"])\n    {PUT}\n    {PUT}\n'
    whole = repaired(text)
    assert whole.count('IfMatch=response["ETag"]') == 1
    assert whole.index("IfMatch") < whole.rindex(PUT[:20])


def test_writes_on_different_ways_both_carry_the_version_that_was_read() -> None:
    text = f"""{S3}def save(new):
    state = json.load({GET}["Body"])
    if new:
        {PUT}
        return
    if state:
        {PUT}
    else:
        {PUT}
"""
    assert hold(text).count('IfMatch=response["ETag"]') == 3
    assert repaired(text).count("response = s3.get_object(") == 1


def test_reads_that_overlap_get_names_of_their_own() -> None:
    text = f"""{S3}def move(new):
    first = json.load(s3.get_object(Bucket="b", Key="1")["Body"])
    second = json.load(s3.get_object(Bucket="b", Key="2")["Body"])
    second.append(first.pop())
    s3.put_object(Bucket="b", Key="1", Body=json.dumps(first))
    s3.put_object(Bucket="b", Key="2", Body=json.dumps(second))
"""
    whole = hold(text)
    one = re.search(r'(\w+) = s3\.get_object\(Bucket="b", Key="1"\)', whole)
    two = re.search(r'(\w+) = s3\.get_object\(Bucket="b", Key="2"\)', whole)
    assert one and two and one[1] != two[1]
    assert f'Body=json.dumps(first), IfMatch={one[1]}["ETag"])' in whole
    assert f'Body=json.dumps(second), IfMatch={two[1]}["ETag"])' in whole


def test_comments_stay_with_the_arguments_they_are_about() -> None:
    text = f"""{S3}def save(new):
    response = {GET}
    state = json.load(response["Body"])
    s3.put_object(
        Bucket="b",  # the bucket
        # about the key
        Key="k",
        Body=json.dumps(state)  # what is written
        # the end
    )
"""
    whole = hold(text)
    assert '        Body=json.dumps(state),  # what is written\n        IfMatch=response["ETag"]\n' in whole
    assert whole.count("# the end") == 1


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("#!/usr/bin/env python\n# coding: utf-8\nimport boto3\n", 3),
        ('#!/usr/bin/env python\n"""Doc."""\nboto3 = __import__("boto3")\n', 2),
        ("#!/usr/bin/env python\n# coding: utf-8\nboto3 = __import__('boto3')\n", 2),
        ('"""Doc\n\nfrom boto3.dynamodb.conditions import Attr\n"""\nimport boto3\n', 5),
        ("from __future__ import annotations\nimport boto3 as boto3\n\nx = 1\nimport copyreg\n", 5),
    ],
)
def test_imports_stand_behind_those_that_the_module_begins_with(head: str, line: int) -> None:
    body = f'table = boto3.resource("dynamodb").Table("t")\n\n\ndef save(new):\n    item = {GET_ITEM}["Item"]\n'
    text = f'{head}{body}    table.update_item(Key={{"pk": "1"}}, UpdateExpression="SET n = :n", ' + (
        'ExpressionAttributeValues={":n": item["n"] + new})\n'
    )
    assert text.splitlines()[:line] == repaired(text).splitlines()[:line]
    assert repaired(text).splitlines()[line] == "from boto3.dynamodb.conditions import Attr"


# -- the plan of several fixes ----------------------------------------------------------------------------------------


def test_a_fix_in_the_way_of_another_waits() -> None:
    def fix(*edits: tuple[int, int, str]) -> Fix:
        return Fix("", "safe", tuple(Edit(Span(start, end), text) for start, end, text in edits))

    assert fixes.apply("abcdef", [fix((0, 1, "A")), fix((5, 6, "F"))]) == "AbcdeF"
    assert fixes.apply("abcdef", [fix((1, 3, "-")), fix((2, 4, "+"))]) == "a-def"
    assert fixes.apply("abcdef", [fix((2, 2, "1")), fix((2, 2, "2"))]) == "ab1cdef"
    assert fixes.apply("abcdef", [fix((2, 2, "1")), fix((2, 2, "1"), (4, 4, "2"))]) == "ab1cd2ef"
    assert fixes.apply("abcdef", [fix((0, 0, "1"), (4, 4, "1")), fix((2, 2, "2"), (5, 5, "2"))]) == "1abcd1ef"


# -- end to end -------------------------------------------------------------------------------------------------------

PROGRAM = f"""# -*- coding: latin-1 -*-
{S3}def grüße(new):
    state = json.load({GET}["Body"])  # ÄÖÜ
    state.append(new)
    {PUT}  # conflict-lint: ignore[CL403] nothing


def bad():
    try:
        {GET}
    except s3.exceptions.NoSuchKye:
        pass
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "conflict_lint", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, env=environment)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "program.py"
    path.write_bytes(PROGRAM.replace("\n", "\r\n").encode("latin-1"))
    path.chmod(0o750)
    return path


def test_safe_fixes_keep_everything_else(program: Path) -> None:
    main(["check", "--fix", "--exit-zero", "program.py"])
    wanted = PROGRAM.replace("NoSuchKye", "NoSuchKey").replace("  # conflict-lint: ignore[CL403] nothing", "")
    assert program.read_bytes() == wanted.replace("\n", "\r\n").encode("latin-1")
    assert stat.S_IMODE(program.stat().st_mode) == 0o750


def test_unsafe_fixes_are_carried_out_when_asked_for(program: Path) -> None:
    assert main(["check", "--fix", "--unsafe-fixes", "program.py"]) == 0
    text = program.read_bytes().decode("latin-1")
    assert f'    response = {GET}\r\n    state = json.load(response["Body"])  # ÄÖÜ\r\n' in text
    assert 'IfMatch=response["ETag"])\r\n' in text
    assert "\n" not in text.replace("\r\n", "")
    assert main(["check", "program.py"]) == 0
    assert stat.S_IMODE(program.stat().st_mode) == 0o750


def test_a_diff_says_what_the_fixes_would_do(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = program.read_bytes()
    assert main(["check", "--diff", "--unsafe-fixes", "program.py"]) == 1
    shown = capsys.readouterr().out
    assert program.read_bytes() == before
    main(["check", "--fix", "--unsafe-fixes", "--exit-zero", "program.py"])
    after = program.read_bytes().decode("latin-1")
    added = [line[1:] for line in shown.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert added == [line for line in after.splitlines() if line not in before.decode("latin-1").splitlines()]


def test_a_byte_order_mark_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = f'{S3}def save(new):\n    state = json.load({GET}["Body"])\n    {PUT}'
    (tmp_path / "bom.py").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert run("--fix", "--unsafe-fixes", "bom.py").returncode == 0
    after = (tmp_path / "bom.py").read_bytes()
    assert after == b"\xef\xbb\xbf" + repaired(text).encode()
    assert not after.endswith(b"\n")
