"""Which operation a call is, where nothing is known of the receiver but names and literals."""

from __future__ import annotations

import pytest
from conflict_lint import engine
from conflict_lint.analysis.source import Source
from corpus.incremental import SETTINGS, VIEW


def resolved(text: str) -> list[tuple[str, str]]:
    """The operations found in a text and their layers, in order."""
    return [(operation, layer) for _, operation, layer, _ in engine.resolved_calls(Source(text, "module.py"), VIEW)]


MADE = {
    "literal after the session": ('make_client(session, "ecs").describe_services(cluster=c)', "ecs.DescribeServices"),
    "literal by keyword": ('make_client(region=r, service="sns").publish(**request)', "sns.Publish"),
    "no service": ('make_client(session, "nothing").list_services()', None),
    "no maker": ('lookup(session, "ecs").list_services()', None),
}
SETS = {
    "client": ("clients.logs.create_export_task(**request)", "logs.CreateExportTask"),
    "client by getattr": ('getattr(aws.clients, "lambda").invoke(**request)', "lambda.Invoke"),
    "client of a service with a hyphen": (
        "self.clients.redshift_data.list_databases(**r)",
        "redshift-data.ListDatabases",
    ),
    "resource": ("resources.ec2.Instance(i).terminate()", "ec2.TerminateInstances"),
    "service without resources": ("resources.logs.delete()", None),
    "another holder": ("plans.logs.create_export_task()", None),
}
TRANSFERS = {
    "client": ("client.upload_file(path, bucket, key)", "s3.PutObject"),
    "client, in part by keyword": ("self.s3.download_fileobj(bucket, Key=key, Fileobj=f)", "s3.GetObject"),
    "bucket": ("bucket.upload_fileobj(f, key)", "s3.PutObject"),
    "too few arguments": ("client.upload_file(path, key)", None),
    "another keyword": ("client.upload_file(path, bucket, key, overwrite=True)", None),
    "another receiver": ("sftp.upload_file(path, host, key)", None),
}
NAMES = {
    "client": ("client.list_hub_contents()", None),
    "client, all arguments in a mapping": ("emr_client.run_job_flow(**request)", "emr.RunJobFlow"),
    "called after its service": ("retry(iam.list_account_aliases)", "iam.ListAccountAliases"),
    "not called after a client": ("parser.get_groups(**request)", None),
    "an option": ("print(args.delete_bucket)", None),
}


def cases(layer: str, table: dict[str, tuple[str, str | None]]) -> list[object]:
    """The table's calls, each with what should be found."""
    return [
        pytest.param(call, [(operation, layer)] if operation else [], id=name)
        for name, (call, operation) in table.items()
    ]


@pytest.mark.parametrize(
    ("call", "expected"),
    [*cases("construction", MADE), *cases("signature", SETS), *cases("signature", TRANSFERS), *cases("name", NAMES)],
)
def test_receiver(call: str, expected: list[tuple[str, str]]) -> None:
    """A receiver is recognised by what makes it, holds it or names it; its twin of another kind is not."""
    names = "from .aws import clients, resources\n" if call.startswith(("clients", "resources")) else ""
    assert resolved(f"{names}def run(self, client, request):\n    return {call}\n") == expected


PAGES = 'def pages(client):\n    return client.get_paginator("describe_db_instances").paginate()\n'


def test_paginator_of_unknown_client() -> None:
    """The operation's name decides, and where several services have it, the one that the module names."""
    unique = PAGES.replace("describe_db_instances", "list_targets_by_rule")
    assert resolved(unique) == [("events.ListTargetsByRule", "signature")]
    assert resolved(PAGES) == []
    assert resolved(f'register(__name__, "docdb")\n{PAGES}') == [("docdb.DescribeDBInstances", "signature")]
    assert resolved(f'SERVICES = "docdb", "rds"\n{PAGES}') == []


def test_token_is_optional() -> None:
    """The SDK fills in an idempotency token, so a call without it fits although the model requires it."""
    call = 'self.signer.start_signing_job(source={}, destination={}, profileName="p")'
    assert resolved(f"def sign(self):\n    {call}\n") == [("signer.StartSigningJob", "signature")]


IMPOSSIBLE = """
def load(conn, name):
    try:
        return conn.describe_db_instances(DBInstanceIdentifier=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "DBInstanceNotFoundException":
            return None
        raise
"""


def test_naming_a_service_elsewhere_is_followed() -> None:
    """An edit that only adds or removes a service's name decides again what depends on it."""
    head = 'SERVICE = "rds"\n'
    analysis = engine.Analysis(Source(IMPOSSIBLE, "module.py"), VIEW, SETTINGS)
    assert analysis.result().findings == ()
    analysis.edit(0, 0, head)
    found = analysis.result().findings
    assert [finding.name for finding in found] == ["impossible-error-code"]
    assert found == engine.check(Source(head + IMPOSSIBLE, "module.py"), VIEW, SETTINGS).findings
    analysis.edit(0, len(head), "")
    assert analysis.result().findings == ()


LAZY = """
class Topics:
    def publish(self, **request):
        return self.sender().publish(**request)

    def sender(self):
        if self._sender is None:
            self._sender = self._open(region="r")
        return self._sender

    def _open(self, region):
        return self.channel.new_client({arguments})
"""


@pytest.mark.parametrize("arguments", ['"sns"', 'region, "sns"', 'region=region, service="sns"'])
def test_helper_that_names_the_service_is_entered(arguments: str) -> None:
    """A helper is followed to the client that it makes, wherever among the arguments the service's name stands."""
    assert resolved(LAZY.replace("{arguments}", arguments)) == [("sns.Publish", "construction")]


HANDED_ON = """
def read(opener, key):
    client = opener.first()
    if opener.again:
        client = opener.second()
    return in_thread(client.get_object, Bucket="b", Key=key)
"""


def test_handed_on_method_stands_where_it_is_named() -> None:
    """The call is at the method's name, not at the helper's, also where the client may be one of several."""
    found = engine.resolved_calls(Source(HANDED_ON, "module.py"), VIEW)
    assert [(HANDED_ON[at:].partition(",")[0], operation) for at, operation, _, _ in found] == [
        ("get_object", "s3.GetObject")
    ]
