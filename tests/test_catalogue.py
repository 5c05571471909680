"""The catalogue: its facts, its curated files, and how both are compiled, cached and loaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import conflict_lint_rules
import pytest
from conflict_lint.catalogue import Catalogue, load
from conflict_lint.catalogue.build import compile_catalogue, digest
from conflict_lint.catalogue.model import Operation
from conflict_lint.catalogue.schema import SERVICE, CatalogueError, read
from conflict_lint.catalogue.store import DamagedError, cache_folder, load_from

ROOT = Path(conflict_lint_rules.__file__).parent / "catalogue"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of two services with its own cache folder, old enough to be remembered by its time stamps."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "platform", "linux")
    root = tmp_path / "catalogue"
    (root / "generated").mkdir(parents=True)
    (root / "aws").mkdir()
    shutil.copy(ROOT / "aws.yaml", root)
    for name in ("s3", "dynamodb"):
        shutil.copy(ROOT / "aws" / f"{name}.yaml", root / "aws")
    shutil.copytree(ROOT / "guides", root / "guides")
    for path in (ROOT / "generated").glob("*.json"):
        data = {
            name: facts for name, facts in json.loads(path.read_text("utf-8")).items() if name in ("s3", "dynamodb")
        }
        (root / "generated" / path.name).write_text(json.dumps(data), encoding="utf-8")
    age(root)
    return root


def age(root: Path) -> None:
    """Make all files look as if they had been written long ago."""
    for path in root.rglob("*"):
        os.utime(path, ns=(10**18, 10**18))


# --- facts of the SDK's models --------------------------------------------------------------------------------------


def test_a_method_names_the_services_that_have_it(catalogue: Catalogue) -> None:
    assert catalogue.methods("update_item") == ("dynamodb",)
    assert set(catalogue.methods("put_object")) == {"s3", "mediastore-data"}
    assert catalogue.methods("upload_file") == ("s3",)
    assert catalogue.methods("frobnicate") == ()


def test_every_method_leads_back_to_its_service(catalogue: Catalogue) -> None:
    for method in sorted(catalogue.known_methods())[::97]:
        for name in catalogue.methods(method):
            operation = catalogue.service(name).operation(method)
            assert operation is not None
            assert operation.method == method
            assert catalogue.service(name).operation(operation.name).name == operation.name  # type: ignore[union-attr]


def test_an_operation_knows_its_model(catalogue: Catalogue) -> None:
    put = operation(catalogue, "s3", "put_object")
    assert {"Bucket", "Key"} == put.required
    assert {"Body", "IfMatch"} <= set(put.members)
    assert "ETag" in put.outputs
    assert not put.readonly
    assert operation(catalogue, "s3", "GetObject").readonly
    assert operation(catalogue, "dynamodb", "transact_write_items").token == "ClientRequestToken"


def test_a_service_without_declared_errors_says_so(catalogue: Catalogue) -> None:
    assert not catalogue.service("ec2").models_errors
    assert catalogue.service("dynamodb").models_errors


def test_exception_classes_and_wire_codes_differ_where_the_service_says_so(catalogue: Catalogue) -> None:
    iam = catalogue.service("iam")
    assert iam.exceptions["EntityAlreadyExistsException"].code == "EntityAlreadyExists"
    assert iam.codes["EntityAlreadyExists"].shape == "EntityAlreadyExistsException"
    assert "EntityAlreadyExists" not in iam.exceptions
    assert "EntityAlreadyExistsException" not in iam.codes
    redshift = catalogue.service("redshift")
    assert redshift.exceptions["ClusterNotFoundFault"].code == "ClusterNotFound"


def test_unmodelled_codes_are_known_where_they_occur(catalogue: Catalogue) -> None:
    s3 = catalogue.service("s3")
    assert s3.codes["PreconditionFailed"].shape == ""
    assert "404" in s3.codes_of(operation(catalogue, "s3", "head_object"))
    assert "404" not in s3.codes_of(operation(catalogue, "s3", "put_object"))
    assert "InvalidAssociationID.NotFound" in catalogue.service("ec2").codes
    assert "InvalidAssocationID.NotFound" not in catalogue.known_errors()
    assert "AccessDenied" in catalogue.common_codes


def test_a_cancellation_reason_is_no_code_of_an_exception(catalogue: Catalogue) -> None:
    dynamodb = catalogue.service("dynamodb")
    codes = dynamodb.codes_of(operation(catalogue, "dynamodb", "transact_write_items"))
    assert dynamodb.codes["ConditionalCheckFailed"].within == "CancellationReasons[].Code"
    assert "ConditionalCheckFailed" not in codes
    assert "TransactionCanceledException" in codes


def test_a_waiter_polls_an_operation(catalogue: Catalogue) -> None:
    assert catalogue.service("s3").waiter("object_exists") == "HeadObject"
    assert catalogue.service("s3").waiter("nothing_exists") is None


def test_resources_bind_their_identifiers(catalogue: Catalogue) -> None:
    table = catalogue.service("dynamodb").resource_class("Table")
    assert table is not None
    assert table.actions["put_item"].operation == "PutItem"
    assert table.actions["put_item"].bindings == {"TableName": "name"}
    assert table.actions["batch_writer"].operation == "BatchWriteItem"
    s3 = catalogue.service("s3")
    service = s3.resource_class("ServiceResource")
    bucket, thing = s3.resource_class("Bucket"), s3.resource_class("Object")
    assert service is not None
    assert bucket is not None
    assert thing is not None
    assert service.children["Object"].positional == thing.identifiers == ("bucket_name", "key")
    assert bucket.children["Object"].identifiers == {"bucket_name": "name", "key": ""}
    assert bucket.actions["upload_file"].positional[:2] == ("Filename", "Key")
    assert thing.load is not None
    assert (thing.load.operation, thing.attributes["e_tag"]) == ("HeadObject", "ETag")
    assert s3.resource_class("Nothing") is None


def test_every_resource_action_calls_an_operation_that_exists(catalogue: Catalogue) -> None:
    for name in sorted(catalogue.services):
        service = catalogue.service(name)
        for class_name in service.resource_classes:
            found = service.resource_class(class_name)
            assert found is not None
            for action in (*found.actions.values(), *found.batch.values(), *found.collections.values()):
                assert service.operation(action.operation), (name, class_name, action)
            assert all(child.resource in service.resource_classes for child in found.children.values())


@pytest.mark.parametrize(
    ("name", "module", "expected"),
    [
        ("S3Client", "", ("s3", "client")),
        ("SFNClient", "mypy_boto3_stepfunctions.client", ("stepfunctions", "client")),
        ("DynamoDBServiceResource", "types_boto3_dynamodb", ("dynamodb", "ServiceResource")),
        ("Table", "mypy_boto3_dynamodb.service_resource", ("dynamodb", "Table")),
        ("Bucket", "types_aiobotocore_s3.service_resource", ("s3", "Bucket")),
        ("CognitoIdentityProviderClient", "mypy_boto3_cognito_idp", ("cognito-idp", "client")),
        ("Table", "", None),
        ("S3Client", "mypy_boto3_dynamodb", None),
        ("PaymentClient", "", None),
    ],
)
def test_stubs(catalogue: Catalogue, name: str, module: str, expected: tuple[str, str] | None) -> None:
    assert catalogue.stub(name, module) == expected


# --- curated files --------------------------------------------------------------------------------------------------


def test_what_an_operation_does(catalogue: Catalogue) -> None:
    put = operation(catalogue, "s3", "put_object")
    assert (put.effect, put.resource, put.key, put.payload) == ("replace", "object", ("Bucket", "Key"), ("Body",))
    assert put.preconditions is not None
    assert put.preconditions["IfMatch"].sources[0] == "GetObject.ETag"
    assert put.preconditions["IfNoneMatch"].creates == "*"
    assert operation(catalogue, "s3", "put_bucket_policy").preconditions == {}
    assert operation(catalogue, "s3", "get_bucket_location").preconditions is None
    assert operation(catalogue, "ssm", "put_parameter").when == {"Overwrite": True}
    upload = operation(catalogue, "s3", "upload_file")
    assert upload.preconditions == {}
    assert upload.positional[:3] == ("Filename", "Bucket", "Key")


def test_reads_and_writes_of_a_resource_have_keys_of_one_length(catalogue: Catalogue) -> None:
    """Only then can the values be compared; lists of many resources are left out."""
    for service in map(catalogue.service, sorted(catalogue.services)):
        shapes: dict[str, set[int]] = {}
        for found in service.curated:
            if found.effect in ("read", "replace", "update") and found.key:
                shapes.setdefault(found.resource, set()).add(len(found.key))
        uneven = {resource: sizes for resource, sizes in shapes.items() if len(sizes) > 1}
        assert not uneven, service


def test_every_write_says_what_it_touches(catalogue: Catalogue) -> None:
    for service in map(catalogue.service, sorted(catalogue.services)):
        for found in service.curated:
            assert found.effect or found.lifecycle, found
            assert found.resource or not found.effect, found
            if found.effect in ("replace", "update"):
                assert found.payload, found
                assert found.preconditions is not None, found


def test_every_path_exists_in_the_models() -> None:
    """What ``build`` checks for the first name of a path, the SDK's own models confirm to its end."""
    botocore_session = pytest.importorskip("botocore.session").get_session()
    wrong = []
    for service in map(load().service, sorted(load().services)):
        for found in service.curated:
            if found.positional or service.name not in botocore_session.get_available_services():
                continue
            model = botocore_session.get_service_model(service.name)
            if found.name not in model.operation_names:
                continue
            shapes = model.operation_model(found.name)
            wrong += [(service.name, found.name, p) for p in found.yields if not resolves(shapes.output_shape, p)]
            inputs = (*found.key, *found.payload)
            wrong += [(service.name, found.name, p) for p in inputs if not resolves(shapes.input_shape, p)]
            for precondition in (found.preconditions or {}).values():
                for source in precondition.sources:
                    read_name, _, path = source.partition(".")
                    output = model.operation_model(read_name).output_shape
                    wrong += [(service.name, found.name, source)] * (not resolves(output, path))
    assert not wrong


def resolves(shape: object, path: str) -> bool:
    for name in path.replace("/", ".").split("."):
        if shape.type_name == "map":  # type: ignore[attr-defined]
            return True
        found = getattr(shape, "members", {}).get(name.removesuffix("[]"))
        if found is None:
            return False
        shape = found.member if name.endswith("[]") else found
    return True


def test_every_error_has_advice(catalogue: Catalogue) -> None:
    for name in ("s3", "dynamodb", "iam", "lambda", "ec2", "sqs", "glue"):
        for error in catalogue.service(name).codes.values():
            assert catalogue.advice(error)
    kinds = {
        "ConditionalCheckFailedException": "precondition-failed",
        "TransactionConflictException": "concurrent-change",
        "ThrottlingException": "throttling",
        "ResourceNotFoundException": "not-found",
    }
    codes = catalogue.service("dynamodb").codes
    assert {code: codes[code].kind for code in kinds} == kinds


# --- explain --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "identity", "text"),
    [
        ("ConditionalCheckFailedException", "aws/dynamodb/ConditionalCheckFailedException", "consistent read"),
        ("iam.EntityAlreadyExists", "aws/iam/EntityAlreadyExists", "EntityAlreadyExistsException"),
        ("EntityAlreadyExistsException", "aws/iam/EntityAlreadyExists", "trust policy"),
        ("s3.put_object", "aws/s3/PutObject", "GetObject.ETag"),
        ("s3.PutBucketPolicy", "aws/s3/PutBucketPolicy", "The API has none."),
        ("412", "http/412", "no longer the current one"),
        ("HTTP 409", "http/409", "present state"),
        ("AccessDenied", "aws/AccessDenied", "policy"),
    ],
)
def test_explain(catalogue: Catalogue, query: str, identity: str, text: str) -> None:
    found = {entry.identity: entry.markdown() for entry in catalogue.explain(query)}
    assert identity in found
    assert text in found[identity]


def test_explain_gathers_what_is_alike(catalogue: Catalogue) -> None:
    found = catalogue.explain("ConflictException")
    assert len(catalogue.error_services("ConflictException")) > 100
    assert len(found) < 10
    assert any("more" in dict(entry.facts).get("services", "") for entry in found)


def test_an_unknown_name_has_neighbours(catalogue: Catalogue) -> None:
    assert catalogue.explain("NoSchKey") == ()
    assert catalogue.nearest("NoSchKey")[0] == "NoSuchKey"
    assert "put_object" in catalogue.nearest("s3.put_objct")


# --- mistakes in the YAML -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("service: s3\noperatons: {}\n", 2, 'unknown key "operatons"; did you mean "operations"?'),
        ("service: s3\noperations:\n  PutObject:\n    efect: read\n", 4, 'did you mean "effect"?'),
        ("service: s3\noperations:\n  PutObject: {effect: reed}\n", 3, 'did you mean "read"?'),
        ("service: s3\noperations:\n  PutObject: [a]\n", 3, "a mapping is needed here, not a sequence"),
        ("service: s3\noperations:\n  PutObject:\n    key: {a: b}\n", 4, "a list of words is needed here"),
        ("service: s3\nerrors:\n  NoSuchKey: {status: many}\n", 3, "a whole number is needed here"),
        ("service: s3\nservice: s3\n", 2, '"service" is given twice'),
        ("operations: {}\n", 1, 'the key "service" is missing'),
        ("service: s3\noperations: {\n", 3, "not readonly"[:7]),
        ("", 1, "the file is empty"),
        ("service: s3\nexplain:\n  NoSuchKey: {meaning: x, why: y, do: z}\n", 3, 'the key "retry" is missing'),
        ("service: s4\n", 1, 'there is no service "s4"'),
        (
            "service: s3\noperations:\n  PutObjct: {effect: replace}\n",
            3,
            'no operation "PutObjct"; did you mean "PutObject"?',
        ),
        ("service: s3\noperations:\n  PutObject:\n    key: [Bukket]\n", 4, 'no input "Bukket"; did you mean "Bucket"?'),
        ("service: s3\noperations:\n  GetObject:\n    yields: [Bdy]\n", 4, 'no output "Bdy"; did you mean "Body"?'),
        (
            "service: s3\noperations:\n  PutObject:\n    precondition:\n      IfMatch:\n        from: GetObject.Etag\n",
            6,
            'no output "Etag"; did you mean "ETag"?',
        ),
        ("service: s3\noperations:\n  PutObject:\n    failure: [NoSuchKeys]\n", 4, 'did you mean "NoSuchKey"?'),
        ("service: s3\nerrors:\n  Odd: {kind: conflct}\n", 3, 'no kind "conflct"; did you mean "conflict"?'),
    ],
)
def test_a_mistake_is_named_with_file_line_and_the_right_word(small: Path, text: str, line: int, message: str) -> None:
    path = small / "aws" / "s3.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        compile_catalogue(small)
    assert [(problem.path, problem.line) for problem in caught.value.problems] == [(path, line)]
    assert message in str(caught.value)


ERROR = """\
provider: aws
errors:
  s3/NoSuchUpload:
    services: [s3]
    codes: [NoSuchUpload]
    status: [404]
    classes: {boto3: [s3.exceptions.NoSuchUpload]}
    retry: never
    answer: "No."
    meaning: It is gone.
    why: It ended.
    cases: [{operations: [upload_part], retry: never, answer: No.}]
    fix: [Begin anew.]
    related: [guide/waiters]
    rules: [CL303]
    links: [https://a.example/]
    reviewed: "2026-11-22"
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("provider: aws", "provider: avs", 1, 'did you mean "aws"?'),
        ("services: [s3]", "services: [s4]", 4, 'no service "s4"'),
        ("codes: [NoSuchUpload]", "codes: [NoSuchUplod]", 5, 'no code "NoSuchUplod"; did you mean "NoSuchUpload"?'),
        ("status: [404]", "status: [409]", 6, "the model says 404"),
        ("status: [404]", "status: [4o4]", 6, '"4o4" is no HTTP status'),
        ("exceptions.NoSuchUpload", "exceptions.NoUpload", 7, '"s3" has no exception "NoUpload"'),
        ("retry: never\n    answer", "retry: nevr\n    answer", 8, 'did you mean "never"?'),
        ("operations: [upload_part]", "operations: [upload_parts]", 12, 'did you mean "upload_part"?'),
        ("guide/waiters", "guide/waiter", 14, 'did you mean "guide/waiters"?'),
        ("CL303", "C303", 15, '"C303" is no rule'),
        ("https://", "http://", 16, "no https address"),
        ("2026-11-22", "today", 17, '"today" is no date'),
        ("    why: It ended.\n", "", 4, 'the key "why" is missing'),
        ("cases: [{", "cases: [{operatons: [], ", 12, 'unknown key "operatons"; did you mean "operations"?'),
    ],
)
def test_a_mistake_in_a_curated_error_is_named(small: Path, old: str, new: str, line: int, message: str) -> None:
    path = small / "errors" / "aws.yaml"
    path.parent.mkdir()
    path.write_text(ERROR, encoding="utf-8")
    assert compile_catalogue(small)
    assert old in ERROR
    path.write_text(ERROR.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        compile_catalogue(small)
    assert (caught.value.problems[0].path, caught.value.problems[0].line) == (path, line)
    assert message in str(caught.value)


def test_all_mistakes_of_all_files_are_told_at_once(small: Path) -> None:
    (small / "aws" / "s3.yaml").write_text("service: s3\nx: 1\ny: 2\n", encoding="utf-8")
    (small / "aws" / "dynamodb.yaml").write_text("service: dynamodb\nz: 3\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        compile_catalogue(small)
    assert len(caught.value.problems) == 3


def test_the_committed_files_are_read_without_complaint() -> None:
    for path in sorted((ROOT / "aws").glob("*.yaml")):
        assert read(path, SERVICE).data["service"] == path.stem


# --- compiling, caching, loading ------------------------------------------------------------------------------------


def compiled_files() -> list[Path]:
    return sorted(cache_folder().glob("*.bin"))


def test_compiling_is_deterministic(small: Path) -> None:
    assert compile_catalogue(small) == compile_catalogue(small)


def test_a_second_load_reads_what_the_first_compiled(small: Path) -> None:
    first = load_from(small)
    (compiled,) = compiled_files()
    before = compiled.stat().st_mtime_ns
    assert load_from(small).digest == first.digest == digest(small)
    assert compiled.stat().st_mtime_ns == before


def test_changed_sources_are_compiled_again(small: Path) -> None:
    before = load_from(small)
    path = small / "aws" / "s3.yaml"
    path.write_text(path.read_text("utf-8").replace("resource: bucket-cors", "resource: bucket-kors"), encoding="utf-8")
    after = load_from(small)
    assert before.digest != after.digest
    assert operation(after, "s3", "get_bucket_cors").resource == "bucket-kors"
    assert len(compiled_files()) == 2


def test_touched_sources_are_not_compiled_again(small: Path) -> None:
    load_from(small)
    (compiled,) = compiled_files()
    stamp = compiled.stat().st_mtime_ns
    os.utime(small / "aws.yaml", ns=(2 * 10**17, 2 * 10**17))
    load_from(small)
    assert [path.stat().st_mtime_ns for path in compiled_files()] == [stamp]


def damages(data: bytes) -> Iterator[bytes]:
    yield b""
    yield b"conflict-lint"
    yield data[: len(data) // 2]
    yield data[:-1] + bytes([data[-1] ^ 1])
    yield data.replace(b"catalogue/1", b"catalogue/0", 1)
    yield b"\0" * len(data)


def test_a_damaged_file_is_refused_and_made_again(small: Path) -> None:
    good = load_from(small)
    (compiled,) = compiled_files()
    data = compiled.read_bytes()
    for damaged in damages(data):
        with pytest.raises(DamagedError):
            Catalogue(damaged)
        compiled.write_bytes(damaged)
        assert load_from(small).digest == good.digest
        assert compiled.read_bytes() == data


def test_without_a_place_to_write_it_stays_in_memory(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = small / "blocked"
    blocked.write_text("a file where a folder is needed")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert operation(load_from(small), "s3", "put_object").effect == "replace"


def test_a_wheels_compiled_file_needs_no_sources(small: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    installed.mkdir()
    (installed / "compiled.bin").write_bytes(compile_catalogue(small))
    assert load_from(installed).digest == digest(small)


def test_several_processes_may_compile_at_once(small: Path) -> None:
    code = "import sys; from pathlib import Path; from conflict_lint.catalogue.store import load_from; "
    code += "c = load_from(Path(sys.argv[1])); print(c.digest, c.service('s3').operation('put_object').effect)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, str(small)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) for _ in range(4)]
    answers = {process.communicate(timeout=60)[0].strip() for process in running}
    assert answers == {f"{digest(small)} replace"}
    assert sorted(path.suffix for path in cache_folder().iterdir()) == [".bin", ".json"]


def test_preconditions_are_what_they_declare() -> None:
    catalogue = load()
    operations = [catalogue.service("azure.blob").operation(name) for name in catalogue.service("azure.blob").methods]
    found = [given for one in operations if one for given in (one.preconditions or {}).values()]
    assert any(given.imports for given in found)
    assert all(isinstance(given.sources, tuple) and isinstance(given.imports, tuple) for given in found)


def test_loading_needs_no_heavy_module() -> None:
    code = "import sys; from conflict_lint.catalogue import load; c = load(); c.gate_words; c.methods('put_object'); "
    code += "print(sorted({'yaml', 'libcst', 'pygls', 'dataclasses'} & set(sys.modules)))"
    load()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "[]"


def operation(catalogue: Catalogue, service: str, name: str) -> Operation:
    found = catalogue.service(service).operation(name)
    assert found is not None
    return found
