"""``conflict-lint explain`` and ``catalogue``: what is found under which name, and how it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from conflict_lint.catalogue import load
from conflict_lint.catalogue.model import QUESTION
from conflict_lint.cli import main
from conflict_lint.cli.markdown import rendered

CATALOGUE = load()
IDENTITIES = CATALOGUE.conflicts.identities
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return None


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(list(arguments)) == status
    return capsys.readouterr().out


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "identities"),
    [
        ("aws/s3/PreconditionFailed", ["aws/s3/PreconditionFailed"]),
        ("s3.PreconditionFailed", ["aws/s3/PreconditionFailed"]),
        ("s3.exceptions.BucketAlreadyExists", ["aws/s3/BucketAlreadyExists"]),
        ("412", ["http/412"]),
        ("HTTP 409", ["http/409"]),
        ("iam.DeleteConflictException", ["aws/iam/DeleteConflict"]),
        ("DeleteConflict", ["aws/iam/DeleteConflict"]),
        ("google.api_core.exceptions.Aborted", ["google/ABORTED"]),
        ("Aborted", ["google/ABORTED"]),
        ("azure.core.exceptions.ResourceModifiedError", ["azure/ResourceModifiedError"]),
        ("CosmosAccessConditionFailedError", ["azure/cosmos/PreconditionFailed"]),
        ("elasticsearch.exceptions.ConflictError", ["elasticsearch/version_conflict_engine_exception"]),
        ("kubernetes.AlreadyExists", ["kubernetes/AlreadyExists"]),
        ("stripe.IdempotencyError", ["stripe/idempotency_error"]),
        ("azure EntityAlreadyExists", ["azure/tables/EntityAlreadyExists"]),
        ("s3.put_object", ["aws/s3/PutObject"]),
        ("optimistic-locking", ["guide/optimistic-locking"]),
        ("guide/waiters", ["guide/waiters"]),
        ("append_block", ["azure/blob/append_block"]),
        ("route53.ConcurrentModification", ["aws/route53/ConcurrentModification"]),
        ("aws/sqs/QueueDoesNotExist", ["aws/sqs/QueueDoesNotExist"]),
        ("s3/PreconditionFailed", ["aws/s3/PreconditionFailed"]),
        ("sqs/QueueDoesNotExist", ["aws/sqs/QueueDoesNotExist"]),
        ("storage/BlobAlreadyExists", ["azure/storage/BlobAlreadyExists"]),
        ("azure.cosmos.PreconditionFailed", ["azure/cosmos/PreconditionFailed"]),
        ("kubernetes.409", ["kubernetes/Conflict", "kubernetes/AlreadyExists"]),
        ("azure cosmos 412", ["azure/cosmos/PreconditionFailed"]),
        ("azure.blob.upload_blob", ["azure/blob/upload_blob"]),
        ("azure.storage.blob.BlobClient.upload_blob", ["azure/blob/upload_blob"]),
        ("storage.Blob.upload_from_string", ["google/storage/upload"]),
        ("compute.instances.set_labels", ["google/compute/InstancesClient/set_labels"]),
        ("google.cloud.compute_v1.InstancesClient.insert", ["google/compute/InstancesClient/insert"]),
        ("network_client.virtual_networks.begin_delete", ["azure/mgmt/network/VirtualNetworksOperations/begin_delete"]),
        ("google.api_core.exceptions.NotFound", ["google/NotFound"]),
        ("BlobNotFound", ["azure/storage/BlobNotFound"]),
        ("azure.mgmt.dns", ["azure/mgmt/dns"]),
        ("azure/mgmt/dns", ["azure/mgmt/dns"]),
        ("aws/wafv2", ["aws/wafv2"]),
        ("oci", ["oci/NoEtagMatch", "oci/IncorrectState", "oci/InvalidatedRetryToken"]),
        ("kubernetes.NotFoundException", ["kubernetes/NotFoundException"]),
        ("elasticsearch.NotFoundError", ["elasticsearch/NotFoundError"]),
        ("stripe.CardError", ["stripe/CardError"]),
    ],
)
def test_a_name_leads_to_its_entry(query: str, identities: list[str]) -> None:
    assert [entry.identity for entry in CATALOGUE.explain(query)] == identities


def test_every_identity_class_and_code_is_found() -> None:
    for error in CATALOGUE.conflicts:
        assert [entry.identity for entry in CATALOGUE.explain(error.identity)] == [error.identity]
        for code in error.codes:
            found = CATALOGUE.explain(code) if not code.isdigit() else CATALOGUE.explain(error.identity)
            assert error.identity in [entry.identity for entry in found], code
        for name in (name for names in error.classes.values() for name in names):
            assert CATALOGUE.explain(name), name


def test_an_ambiguous_name_offers_choices(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "explain", "EntityAlreadyExists")
    assert "EntityAlreadyExists means 3 things" in text
    for identity in ("aws/iam/", "aws/cloudfront/", "azure/tables/"):
        assert f"- {identity}EntityAlreadyExists: No: " in text
    assert "conflict-lint explain aws/" in text


def test_an_unknown_name_has_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    for word, near in (
        ("PreconditionFaild", "PreconditionFailed"),
        ("google.api_core.exceptions.Abortd", "Aborted"),
        ("aws/s3/NoSuchUplod", "NoSuchUpload"),
        ("optimistic-loking", "optimistic-locking"),
    ):
        assert main(["explain", word]) == 2
        assert f'"{near}"' in capsys.readouterr().err, word


def test_known_words_are_shown_although_another_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "http/412", "zzzzzz"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("HTTP 412\n")
    assert err == 'conflict-lint: nothing is known about "zzzzzz"\n'


# --- how it is shown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identity", IDENTITIES)
def test_the_first_two_lines_answer_whether_to_retry(identity: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *_ = shown(capsys, "explain", identity).splitlines()
    error = CATALOGUE.conflicts.entry(identity)
    assert error.name in first
    assert second.startswith(f"{QUESTION} {error.answer.split(':')[0].split(',')[0][:40]}")


def test_operations_and_generated_errors_answer_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("s3.put_object", "ec2.run_instances", "dynamodb.get_item", "aws/sqs/QueueDoesNotExist", "503")
    others = ("azure.mgmt.network.virtual_networks.begin_create_or_update", "compute.instances.insert", "begin_create")
    for word in (*words, *others, "BlobNotFound", "google.NotFound", "kubernetes.ApiException", "stripe.CardError"):
        assert shown(capsys, "explain", word).splitlines()[1].startswith(QUESTION), word


def test_an_operation_says_what_a_repetition_does(capsys: pytest.CaptureFixture[str]) -> None:
    for word, answer in (
        ("s3.put_object", "With a precondition, yes"),
        ("azure.mgmt.dns.record_sets.delete", "With a precondition, yes"),
        ("azure.mgmt.network.virtual_networks.begin_create_or_update", "Only if nobody else writes it"),
        ("kubernetes.create_namespaced_pod", "Yes, but if the first attempt was applied"),
        ("kubernetes.read_namespaced_pod", "Yes: it changes nothing"),
        ("bigquery.insert_rows_json", "Within one call the SDK does, with one `row_ids`"),
        ("compute.InstancesClient.insert", "Only with a `request_id` of your own"),
        ("discovery.compute.v1.instances.insert", "Only with a `requestId` of your own"),
        ("calendar.events.update", "With a precondition, yes"),
        ("iam.projects.roles.patch", "With a precondition, yes"),
        ("virtual_machines.begin_start", "Only if doing it twice does no harm"),
    ):
        text = " ".join(shown(capsys, "explain", word).split("\n\n")[0].split("\n"))
        assert f"{QUESTION} {answer}" in text, word


def test_facts_beyond_the_models_of_aws(capsys: pytest.CaptureFixture[str]) -> None:
    for word, fact in (
        ("managed_clusters.begin_create_or_update", "`match_condition=MatchConditions.IfNotModified` since 41.0.0"),
        ("compute.instances.set_metadata", "(from `InstancesClient/get.metadata.fingerprint`) required"),
        ("compute.instances.set_metadata", "`google/compute/fingerprint`"),
        ("iothub.certificates.verify", "`azure/arm/PreconditionFailed`"),
        ("virtual_machines.begin_start", "Wait for the result of what the call returns"),
        ("lambda.update_function_code", 'Wait with `get_waiter("function_updated_v2")`'),
        ("virtual_networks.begin_delete", "The method has no parameter for one"),
        ("storage.Blob.make_public", "It repeats this method."),
        ("azure.tables.update_entity", "`azure-core` sends a request again"),
        ("elasticsearch.update", "With retry_on_conflict the server reads the document again"),
        ("ContainerClient.delete_blobs", "without an etag for any of them"),
    ):
        assert fact in " ".join(shown(capsys, "explain", word).split()), word


def test_an_operation_tells_its_conflicts(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "explain", "s3.put_object")
    assert "ConditionalRequestConflict` with `IfNoneMatch`: Yes." in text
    assert "ConditionalRequestConflict` with `IfMatch`: No." in text


def test_text_is_wrapped_and_code_is_not(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = shown(capsys, "explain", "aws/s3/PreconditionFailed").splitlines()
    prose = [line for line in lines if not line.startswith("    ") and "<http" not in line and "//" not in line]
    assert max(map(len, prose)) <= 60
    assert any(len(line) > 80 for line in lines if line.startswith("    "))
    assert not any("**" in line for line in lines)


def test_colours_only_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plain_text = shown(capsys, "explain", "http/412")
    assert "\x1b" not in plain_text
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = shown(capsys, "explain", "http/412")
    assert "\x1b[1mHTTP 412\x1b[0m" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(capsys, "explain", "http/412") == plain_text


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(shown(capsys, "explain", "412", "EntityAlreadyExists", "CL902", "--output-format", "json"))
    assert [row["query"] for row in rows] == ["412", *["EntityAlreadyExists"] * 3, "CL902"]
    assert rows[0]["identity"] == "http/412"
    assert rows[0]["retry"] == "after-refetch"
    assert {section["title"] for section in rows[0]["sections"]} >= {"What it means", "What to do", "Documentation"}
    assert (rows[-1]["identity"], rows[-1]["retry"]) == ("CL902", None)


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "explain", "aws/s3/NoSuchUpload", "--output-format", "markdown")
    first, second, *_ = text.splitlines()
    assert first == "### NoSuchUpload (AWS s3, HTTP 404)"
    assert second.startswith(f"**{QUESTION}** No: ")
    assert "```python\nimport boto3" in text
    assert "- **`complete_multipart_upload`**: No." in text


@pytest.mark.parametrize("name", CATALOGUE.conflicts.guides)
def test_guides_are_shown_whole(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, "explain", name)
    source = CATALOGUE.conflicts.guide(name)
    for word in re.findall(r"\w{4,}", re.sub(r"```python", "", source)):
        assert word in text
    assert "```" not in text
    assert "## " not in re.sub(r"^    .*$", "", text, flags=re.MULTILINE)


def test_rendering() -> None:
    paragraph = "A **bold** word and `code`,\nin one paragraph."
    items = "1. first item\n   goes on and on to wrap\n2. second"
    code = "```\nx  =  1\n```\n| a | b |"
    assert rendered("\n\n".join(["# Title", paragraph, items, code]), 24, color=False).split("\n\n") == [
        "Title",
        "A bold word and `code`,\nin one paragraph.",
        "1. first item goes on\n   and on to wrap\n2. second",
        "    x  =  1\n| a | b |",
    ]
    assert ANSI.sub("", rendered("**Why** it `is` so", 80, color=True)) == "Why it is so"


# --- catalogue --------------------------------------------------------------------------------------------------------


def test_the_catalogue_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(shown(capsys, "catalogue", "list", "--output-format", "json"))
    assert [row["identity"] for row in rows] == [*IDENTITIES, *(f"guide/{name}" for name in CATALOGUE.conflicts.guides)]
    text = shown(capsys, "catalogue", "list", "stripe")
    assert text.count("\n- ") + text.startswith("- ") == len([i for i in IDENTITIES if i.startswith("stripe/")])


def test_the_catalogue_is_searched(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(shown(capsys, "catalogue", "search", "LEASE", "worker", "--output-format", "json"))
    assert "azure/storage/LeaseAlreadyPresent" in [row["identity"] for row in rows]
    names = json.loads(shown(capsys, "catalogue", "search", "waiters", "--output-format", "json"))
    assert names[0]["identity"] == "guide/waiters"
    (found,) = json.loads(shown(capsys, "catalogue", "search", "No updates are to be", "--output-format", "json"))
    assert found["identity"] == "aws/cloudformation/ValidationError"
    assert main(["catalogue", "search", "xyzzy"]) == 1
    assert "nothing contains xyzzy" in capsys.readouterr().err


def test_an_error_that_nobody_curated_names_its_guide() -> None:
    (entry,) = CATALOGUE.explain("apigatewayv2.ConflictException")
    assert dict(entry.sections)["See also"] == "`guide/true-conflict-or-stale-version`"
