"""Open documents without a client: what counts as a line, and where a hover knows something."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from conflict_lint.config import Settings
from conflict_lint.lsp.answers import Change, Range
from conflict_lint.lsp.documents import Document
from conflict_lint.lsp.folders import Place
from conflict_lint.project import ProjectView
from editing import ENVIRONMENT, LOST_UPDATE, SAMPLE

URI = "file:///a.py"
PLACES = """\
import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
MISSING = {"NoSuchKey", "404"}
NAME = "NoSuchKey"


def read(key, quiet=("NoSuchBucket",)):
    print("NoSuchKey")
    try:
        return s3.get_object(Bucket="AccessDenied", Key=f"{key == 'NoSuchKey'}")
    except s3.exceptions.NoSuchKey:
        pass
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "PreconditionFailed" or code in ("NoSuchBucket", "UnheardOfCode"):
            raise
        match code:
            case "SlowDown":
                raise
"""


def opened(text: str, version: int = 1) -> Document:
    return Document(URI, version, text, Place("a.py", ProjectView("/"), Settings()), "utf-16")


def position(text: str, words: str, inside: int = 0) -> tuple[int, int]:
    before = text[: text.index(words) + inside]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ('"NoSuchKey", "404"', "NoSuchKey"),
        ("exceptions.NoSuchKey", "NoSuchKey"),
        ('"PreconditionFailed"', "PreconditionFailed"),
        ('"NoSuchBucket", "Unheard', "NoSuchBucket"),
        ('"SlowDown"', "SlowDown"),
    ],
)
def test_an_error_where_it_is_tested_is_explained(words: str, title: str) -> None:
    document = opened(PLACES)
    about = document.hover(URI, position(PLACES, words, words.index(title)))
    assert about is not None and about.markdown.startswith(f"### {title} (") and "**What to do**" in about.markdown
    assert about.range.start[0] == about.range.end[0] == position(PLACES, words)[0]


@pytest.mark.parametrize(
    "words",
    [
        '"NoSuchKey"\n\n',
        '"NoSuchKey")',
        '"AccessDenied"',
        '"UnheardOfCode"',
        "'NoSuchKey'",
        '"Code"',
        "exceptions.No",
        "def",
    ],
)
def test_other_strings_are_left_alone(words: str) -> None:
    document = opened(PLACES)
    assert document.hover(URI, position(PLACES, words, 1)) is None


def test_an_error_that_many_services_have_is_told_for_those_that_the_text_names() -> None:
    text = PLACES.replace('"PreconditionFailed"', '"ResourceNotFoundException"')
    general = opened(text).hover(URI, position(text, '"ResourceNotFoundException"', 3))
    assert general is not None and "services: " in general.markdown and general.markdown.count("### ") <= 3
    text = text.replace('boto3.client("s3")', 'boto3.client("lambda")')
    about = opened(text).hover(URI, position(text, '"ResourceNotFoundException"', 3))
    assert about is not None and "service: lambda" in about.markdown and "services: " not in about.markdown


def test_a_hover_is_short_and_says_where_the_rest_is() -> None:
    about = opened(PLACES).hover(URI, position(PLACES, '"PreconditionFailed"', 3))
    assert about is not None
    first, second, *_ = about.markdown.splitlines()
    assert first == "### PreconditionFailed (AWS s3, HTTP 412)"
    assert second.startswith("**Can I simply retry?** No: ")
    assert "```" not in about.markdown
    assert "`conflict-lint explain aws/s3/PreconditionFailed`" in about.markdown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_only_the_protocols_line_ends_are_line_ends(end: str) -> None:
    text = end.join(["x = 1\x0c", "\x0by = '\u2028\x85'", "z = 3"])
    document = opened(text)
    document.change(2, [Change(Range((2, 0), (2, 1)), "w")])
    assert document.source.text == text.replace("z", "w")
    document.change(3, [Change(Range((1, 1), (1, 99)), "")])
    assert document.source.text == end.join(["x = 1\x0c", "\x0b", "w = 3"])


def test_random_edits_keep_the_text_and_the_findings() -> None:
    draw = random.Random(7)
    document = opened(SAMPLE)
    for version in range(2, 120):
        text = document.source.text
        lines = text.split("\n")
        spots = sorted((line := draw.randrange(len(lines)), draw.randrange(len(lines[line]) + 1)) for _ in range(2))
        if draw.random() < 0.5:
            spots[1] = spots[0]
        piece = draw.choice(["(", '"', "\n", "😀", "    pass\n", LOST_UPDATE, "s3."])
        document.change(version, [Change(Range(*(utf16(lines, spot) for spot in spots)), piece)])
        start, end = (sum(len(each) + 1 for each in lines[:line]) + column for line, column in spots)
        assert document.source.text == text[:start] + piece + text[end:]
        if version % 10 == 0:
            assert document.findings() == opened(document.source.text, version).findings()


def utf16(lines: list[str], spot: tuple[int, int]) -> tuple[int, int]:
    line, column = spot
    return line, len(lines[line][:column].encode("utf-16-le")) // 2


CALLS = """\
import boto3
from azure.core.exceptions import ResourceExistsError
from botocore.exceptions import ClientError
from google.api_core import exceptions

s3 = boto3.client("s3")
ec2 = boto3.client("ec2")


def create(bucket, key):
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=b"", IfNoneMatch="*")  # conflict-lint: ignore[CL101] only one
        ec2.run_instances(ClientToken=key, MinCount=1, MaxCount=1)
    except (ResourceExistsError, exceptions.Aborted):
        pass
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalRequestConflict":
            pass
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
            pass
        if error.response["RetryAfterSeconds"] == 409:
            pass


def read(key):
    return s3.get_object(Bucket="b", Key=key)
"""


@pytest.mark.parametrize(
    ("words", "inside", "first", "more"),
    [
        ("put_object(", 3, "### s3.put_object", "`IfMatch` (from `GetObject.ETag`)"),
        ("get_object(", 0, "### s3.get_object", "Yes: it changes nothing."),
        ("IfNoneMatch=", 2, "### IfNoneMatch guards `put_object`", "PreconditionFailed"),
        ("ClientToken=", 2, "### ClientToken is the idempotency token of `run_instances`", "same one each time"),
        ("(ResourceExistsError", 3, "### ResourceExistsError (azure-core, HTTP 409, 412)", "Can I simply retry?"),
        ("exceptions.Aborted", 13, "### ABORTED (google-api-core, HTTP 409)", "whole transaction"),
        ("ClientError as", 3, "### ClientError", "`PreconditionFailed`, `ConditionalRequestConflict`"),
        (
            '"ConditionalRequestConflict"',
            3,
            "### ConditionalRequestConflict (AWS s3",
            "(That is for `put_object` here.)",
        ),
        ("412", 1, "### HTTP 412", "Can I simply retry?"),
        ("# conflict-lint:", 5, "**CL901 unused-suppression**", "nothing to suppress"),
    ],
)
def test_what_stands_at_a_place_is_explained(words: str, inside: int, first: str, more: str) -> None:
    about = opened(CALLS).hover(URI, position(CALLS, words, inside))
    assert about is not None and about.markdown.startswith(first) and more in about.markdown


@pytest.mark.parametrize("words", ["409", "Bucket=bucket", "key)", "as error", "MinCount"])
def test_what_says_nothing_is_not_explained(words: str) -> None:
    assert opened(CALLS).hover(URI, position(CALLS, words, 1)) is None


FACTS = """\
from azure.core.exceptions import ResourceNotFoundError
from azure.mgmt.iothub import IotHubClient
from google.api_core.exceptions import NotFound
from google.cloud import compute_v1
from kubernetes.client.exceptions import NotFoundException


def verify(credential, group, hub, name, body):
    client = IotHubClient(credential, "subscription")
    try:
        client.certificates.verify(group, hub, name, body, if_match="etag")
    except (ResourceNotFoundError, NotFoundException):
        pass


def start(request):
    instances = compute_v1.InstancesClient()
    try:
        instances.reset(project="p", zone="z", instance="i", request_id="1")
    except NotFound as error:
        if error.code == "BlobNotFound":
            raise
"""


@pytest.mark.parametrize(
    ("words", "inside", "first", "more"),
    [
        ("verify(group", 1, "### azure.mgmt.iothub.CertificatesOperations.verify", "`CertificatesOperations/get.etag`"),
        ("if_match=", 1, "### if_match guards `verify`", "CertificatesOperations/get.etag"),
        ("reset(project", 1, "### google.compute.InstancesClient.reset", "Only with a `request_id` of your own"),
        ("(ResourceNotFoundError", 2, "### ResourceNotFoundError (Azure, HTTP 404)", "Check name, region"),
        ("NotFoundException)", 2, "### NotFoundException (Kubernetes, HTTP 404)", "Check name, region"),
        ("except NotFound", 8, "### NotFound (Google Cloud, HTTP 404)", "gRPC: NOT_FOUND"),
        ('"BlobNotFound"', 3, "### BlobNotFound (Azure)", "kind: not-found"),
    ],
)
def test_what_nobody_described_is_explained_by_its_facts(words: str, inside: int, first: str, more: str) -> None:
    about = opened(FACTS).hover(URI, position(FACTS, words, inside))
    assert about is not None and about.markdown.startswith(first) and more in about.markdown


def test_the_answer_is_the_one_for_the_condition_of_the_call() -> None:
    place = position(CALLS, '"ConditionalRequestConflict"', 3)
    creating = opened(CALLS).hover(URI, place)
    assert creating is not None and "**Can I simply retry?** Yes." in creating.markdown
    replacing = opened(CALLS.replace('IfNoneMatch="*"', "IfMatch=bucket.etag")).hover(URI, place)
    assert replacing is not None and "**Can I simply retry?** No." in replacing.markdown


def test_a_suppression_that_works_is_explained() -> None:
    text = LOST_UPDATE.replace("(items))", "(items))  # conflict-lint: ignore[lost-update] only one")
    about = opened(text).hover(URI, position(text, "ignore[lost", 2))
    assert about is not None and about.markdown.startswith("**CL101 lost-update** is suppressed in this statement.")


SUPPRESSED = {
    "s3.put_object(Body=items, Bucket=b, Key=k)\n": "s3.put_object(Body=items, Bucket=b, Key=k)  # conflict-lint: "
    "ignore[CL101] say why\n",
    "s3.put_object(Body=items, Bucket=b, Key=k)  # a note\n": "s3.put_object(Body=items, Bucket=b, Key=k)  # a note  "
    "# conflict-lint: ignore[CL101] say why\n",
    's3.put_object(Body=items, Key=k, Bucket="""a\n""")\n': "# conflict-lint: ignore[CL101] say why\n    s3.put_object("
    'Body=items, Key=k, Bucket="""a\n""")\n',
    "s3.put_object(Body=items, Bucket=b, \\\n    Key=k)\n": "# conflict-lint: ignore[CL101] say why\n    s3.put_object("
    "Body=items, Bucket=b, \\\n    Key=k)\n",
    "s3.put_object(Body=items, Bucket=b, Key=k)  # conflict-lint: ignore[CL901] yes\n": "s3.put_object(Body=items, "
    "Bucket=b, Key=k)  # conflict-lint: ignore[CL901, CL101] yes\n",
}


@pytest.mark.parametrize("written", SUPPRESSED)
def test_a_suppression_goes_where_a_comment_can_stand(written: str) -> None:
    bucket = '"""a\n"""' if '"""' in written else "b"
    read = f"    items = s3.get_object(Key=k, Bucket={bucket})['Body'].read() + b'1'\n"
    head = f"import boto3\ns3 = boto3.client('s3')\n\n\ndef f(b, k):\n{read}    "
    document = opened(head + written)
    (lost,) = document.findings()
    end = document.range(lost.span)
    (action,) = [a for a in document.actions(URI, end, None, lazy=False) if a.title.startswith("Suppress")]
    (edit,) = action.edits
    document.change(2, [Change(edit.range, edit.text)])
    assert document.source.text == head + SUPPRESSED[written]
    assert document.findings() == ()


OTHERS = """\
from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError
from azure.storage.blob import BlobServiceClient
from google.cloud import storage

service = BlobServiceClient.from_connection_string("x")


def upload(name, data):
    try:
        service.get_blob_client("c", name).upload_blob(data, match_condition=MatchConditions.IfMissing)
        storage.Client().bucket("b").blob(name).upload_from_string(data, if_generation_match=0)
    except ResourceModifiedError:
        pass
"""


@pytest.mark.parametrize(
    ("words", "first", "more"),
    [
        ("upload_blob(", "### azure.blob.upload_blob", "**Precondition** `etag`"),
        ("match_condition=", "### match_condition guards", "`match_condition=MatchConditions.IfMissing`"),
        ("upload_from_string(", "### google.storage.upload_from_string", "`if_generation_match`"),
        ("if_generation_match=", "### if_generation_match guards", "`if_generation_match=0`"),
        ("ResourceModifiedError:", "### ResourceModifiedError (azure-core, HTTP 412)", "Can I simply retry?"),
    ],
)
def test_other_providers_are_explained_too(words: str, first: str, more: str) -> None:
    about = opened(OTHERS).hover(URI, position(OTHERS, words, 2))
    assert about is not None and about.markdown.startswith(first) and more in about.markdown


CLASSES = """\
import boto3

iam = boto3.client("iam")


class Users:
    def __init__(self):
        self.client = boto3.client("dynamodb")

    def put(self, name):
        try:
            self.client.put_item(TableName="t", Item={"id": name}, ConditionExpression="attribute_not_exists(id)")
        except self.client.exceptions.Cond


def add(name):
    try:
        iam.create_user(UserName=name)
    except (ValueError, iam.exceptions.
"""


@pytest.mark.parametrize(
    ("words", "begun", "first"),
    [
        ("self.client.exceptions.Cond", 4, "ConditionalCheckFailedException"),
        ("iam.exceptions.", 0, "ConcurrentModificationException"),
    ],
)
def test_exception_classes_are_completed_what_the_calls_declare_first(words: str, begun: int, first: str) -> None:
    line, column = position(CLASSES, words, len(words))
    found = opened(CLASSES).completions(URI, (line, column))
    assert found[0].label == first and found[0].is_class and found[0].documentation
    assert found[0].range == Range((line, column - begun), (line, column))
    assert not {"PreconditionFailed", "NoSuchKey"} & {word.label for word in found}


MENUS = """
import sys
from conflict_lint.config import Settings
from conflict_lint.lsp.documents import Document
from conflict_lint.lsp.folders import Place
from conflict_lint.project import ProjectView

document = Document("file:///a.py", 1, sys.argv[1], Place("a.py", ProjectView("/"), Settings()), "utf-16")
for finding in reversed(document.findings()):
    actions = document.actions("file:///a.py", document.range(finding.span), None, True)
    assert not any(action.edits for action in actions)
    loaded = [name for name in ("libcst", "libcst.matchers") if name in sys.modules]
    print(finding.code, [action.title.partition(" ")[0] for action in actions], loaded)
    assert all(document.edits(action.key) for action in actions if action.key)
"""


def test_a_menu_costs_what_its_entries_need() -> None:
    """Edits are made when one is chosen, and libcst is loaded where only it knows whether there is a repair."""
    done = subprocess.run([sys.executable, "-c", MENUS, SAMPLE], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "CL403 ['Replace', 'Suppress', 'Explain'] []",
        "CL101 ['Pass', 'Suppress', 'Explain'] ['libcst']",
    ], done.stderr
