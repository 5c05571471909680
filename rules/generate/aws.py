"""Write the AWS facts of the catalogue from the SDK's own service and resource models.

Run with exactly the versions in ``PINNED``; other versions are refused, so that a diff of the output is a diff of AWS::

    python -m pip install botocore==1.44.5 boto3==1.44.5
    python rules/generate/aws.py

The output holds names, statuses and shapes only, never a sentence of the models' documentation.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore
import botocore.session
from boto3.dynamodb import table as dynamodb_table
from boto3.resources.model import Action, Collection, ResourceModel, Waiter
from boto3.s3 import inject
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape
from botocore.utils import get_service_module_name

PINNED = {"botocore": "1.44.5", "boto3": "1.44.5"}
OUTPUT = Path(__file__).parents[1] / "conflict_lint_rules" / "catalogue" / "generated"

# An operation reads if its model says so or its name begins like this.
READ_NAME = re.compile(
    r"(?:Batch|Admin|Global)?(?:Get|List|Lists|Describe|Head|Search|Query|Scan|Lookup|Select|Check|Validate|Preview|Estimate"
    r"|View|Retrieve|Discover|Detect|Recognize|Predict|Translate|Simulate|Sample|Count|Decrypt|Encrypt|Contains|Classify"
    r"|Resolve)(?=[A-Z0-9]|$)"
)

Json = Any


def main() -> int:
    """Write all files; refuse other SDK versions than the pinned ones."""
    installed = {"botocore": botocore.__version__, "boto3": boto3.__version__}
    if installed != PINNED:
        print(f"aws.py needs {PINNED}, found {installed}", file=sys.stderr)
        return 2
    session = botocore.session.get_session()
    models = {name: session.get_service_model(name) for name in sorted(session.get_available_services())}
    write("aws_services.json", {name: service(session, name, model) for name, model in models.items()})
    resources = sorted(boto3.session.Session(region_name="us-east-1").get_available_resources())
    write("aws_resources.json", {name: resource_classes(session, name, models[name]) for name in resources})
    return 0


def write(name: str, data: dict[str, Json]) -> None:
    """One service a line, so that a new SDK version changes few lines."""
    lines = [
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for key, value in data.items()
    ]
    head = f'"": {json.dumps(PINNED)}'
    (OUTPUT / name).write_text("{\n" + ",\n".join([head, *lines]) + "\n}\n", encoding="utf-8", newline="\n")


# --- service models -------------------------------------------------------------------------------------------------


def service(session: botocore.session.Session, name: str, model: ServiceModel) -> Json:
    """The facts of one service's newest API version."""
    operations = {api: operation(name, model.operation_model(api)) for api in sorted(model.operation_names)}
    out: dict[str, Json] = {
        "class": get_service_module_name(model),
        "version": model.api_version,
        "operations": operations,
        "errors": {shape.name: error(shape) for shape in sorted(model.error_shapes, key=lambda shape: shape.name)},
        "waiters": waiters(session, name),
    }
    if name == "s3":
        out["custom"] = {
            method: parameters(getattr(inject, method))
            for method in ("copy", "download_file", "download_fileobj", "upload_file", "upload_fileobj")
        }
    return out


def operation(service_name: str, model: OperationModel) -> Json:
    """``[method, inputs, outputs, errors, flags]``; a required input ends in ``!``, an auto-filled token in ``~``."""
    tokens = set(model.idempotent_members)
    inputs = []
    if model.input_shape is not None:
        required = set(model.input_shape.required_members)
        inputs = [f"{m}{'!' * (m in required)}{'~' * (m in tokens)}" for m in model.input_shape.members]
    output_shape = model.output_shape
    outputs = list(output_shape.members) if isinstance(output_shape, StructureShape) else []
    errors = sorted(shape.name for shape in model.error_shapes)
    described = model.service_model._service_description["operations"][model.name]
    reads = described.get("readonly") is True or bool(READ_NAME.match(model.name))
    return [xform_name(model.name), " ".join(inputs), " ".join(outputs), " ".join(errors), "r" if reads else ""]


def error(shape: Shape) -> Json:
    """``[wire code, status or null, retryable]``; the wire code is empty where it equals the shape's name."""
    status = shape.metadata.get("error", {}).get("httpStatusCode")
    code = shape.error_code
    return ["" if code == shape.name else code, status, int(bool(shape.metadata.get("retryable")))]


def waiters(session: botocore.session.Session, name: str) -> Json:
    """``{method name of the waiter: [operation, error codes it looks for]}``."""
    try:
        described = session.get_waiter_model(name)
    except UnknownServiceError:
        return {}
    except botocore.exceptions.DataNotFoundError:
        return {}
    out = {}
    for waiter_name in described.waiter_names:
        config = described.get_waiter(waiter_name)
        codes = {str(a.expected) for a in config.acceptors if a.matcher == "error" and isinstance(a.expected, str)}
        out[xform_name(waiter_name)] = [config.operation, " ".join(sorted(codes))]
    return dict(sorted(out.items()))


def parameters(function: Callable[..., Any]) -> str:
    """The names of an injected method's parameters, in order, without ``self``."""
    return " ".join(list(inspect.signature(function).parameters)[1:])


# --- resource models ------------------------------------------------------------------------------------------------


def resource_classes(session: botocore.session.Session, name: str, model: ServiceModel) -> Json:
    """All classes of a service's boto3 resource; the resource itself is called ``ServiceResource``."""
    loader = boto3.session.Session(botocore_session=session, region_name="us-east-1")._loader
    described = loader.load_service_model(name, "resources-1")
    definitions = described["resources"]
    make = functools.partial(resource_class, name, model)
    out = {"ServiceResource": make(ResourceModel("ServiceResource", described["service"], definitions))}
    for class_name, definition in sorted(definitions.items()):
        out[class_name] = make(ResourceModel(class_name, definition, definitions))
    return out


def resource_class(service_name: str, model: ServiceModel, resource: ResourceModel) -> Json:
    """One class: what identifies it, what its methods call, what its attributes hold."""
    shape = model.shape_for(resource.shape) if resource.shape else None
    resource.load_rename_map(shape)
    out: dict[str, Json] = {"identifiers": [i.name for i in resource.identifiers]}
    if resource.load and resource.load.request:
        out["load"] = [resource.load.request.operation, resource.load.path or "", bindings(resource.load.request)]
    if isinstance(shape, StructureShape):
        out["attributes"] = {snake: member for snake, (member, _) in sorted(resource.get_attributes(shape).items())}
    out["actions"] = dict(sorted(actions(service_name, resource)))
    out["batch"] = {xform_name(a.name): action(a) for a in resource.batch_actions}
    out["children"] = {c.name: child(c) for c in [*resource.subresources, *resource.references]}
    out["collections"] = {c.name: collection(c) for c in resource.collections}
    out["waiters"] = {w.name: waiter(w) for w in resource.waiters}
    return {key: value for key, value in out.items() if value or key == "identifiers"}


def actions(service_name: str, resource: ResourceModel) -> Iterator[tuple[str, Json]]:
    """Modelled actions ``[operation, bindings, class returned]``, then the injected ones ``["", parameters, name]``."""
    for modelled in resource.actions:
        yield modelled.name, action(modelled)
    if service_name == "s3" and resource.name in ("Bucket", "Object"):
        for method in ("copy", "download_file", "download_fileobj", "upload_file", "upload_fileobj"):
            injected = getattr(inject, f"{resource.name.lower()}_{method}")
            own = {"Bucket": {"Bucket": "Name"}, "Object": {"Bucket": "BucketName", "Key": "Key"}}[resource.name]
            yield method, [method, {k: xform_name(v) for k, v in own.items()}, "", parameters(injected)]
    if service_name == "dynamodb" and resource.name == "Table":
        writer = parameters(dynamodb_table.TableResource.batch_writer)
        yield "batch_writer", ["BatchWriteItem", {}, "", writer]


def action(modelled: Action) -> Json:
    """``[operation, bindings, class of the resource returned]``."""
    returned = modelled.resource.type if modelled.resource else ""
    return [modelled.request.operation if modelled.request else "", bindings(modelled.request), returned or ""]


def bindings(request: Any) -> Json:
    """``{input member: source}``: an identifier's name, ``@path`` in the loaded data, or ``=constant``."""
    return {p.target: source(p) for p in (request.params if request else ()) if p.source != "input"}


def source(parameter: Any) -> str:
    """Where a bound parameter's value comes from, as ``bindings`` says."""
    if parameter.source == "identifier":
        return xform_name(parameter.name)
    if parameter.source == "data":
        return f"@{parameter.path}"
    return f"={parameter.value}"


def child(reference: Action) -> Json:
    """``[class, {its identifier: the parent's identifier, "" where the caller gives it, or "@path"}]``."""
    resource = reference.resource
    return [resource.type, {xform_name(i.target): origin(i) for i in resource.identifiers}]


def origin(identifier: Any) -> str:
    """Where a child's identifier comes from, as ``child`` says."""
    if identifier.source == "identifier":
        return xform_name(identifier.name)
    return "" if identifier.source == "input" else f"@{identifier.path}"


def collection(modelled: Collection) -> Json:
    """``[class of the items, operation, bindings]``."""
    return [modelled.resource.type, modelled.request.operation, bindings(modelled.request)]


def waiter(modelled: Waiter) -> Json:
    """``[waiter's method name, bindings]``."""
    return [xform_name(modelled.waiter_name), {p.target: source(p) for p in modelled.params if p.source != "input"}]


if __name__ == "__main__":
    sys.exit(main())
