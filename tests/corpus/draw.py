"""Which attributes of the corpus are judged: three samples, drawn without knowing what the linker says of them.

    python tests/corpus/draw.py CORPUS storage      print the sites of a draw, without judgement
    python tests/corpus/draw.py CORPUS services
    python tests/corpus/draw.py CORPUS check

CORPUS holds one directory per published package, ``<name>==<version>``, unpacked.

A frame is every attribute whose *name* fits, in every file that parses. It is cut into strata, because the ambiguous
names would flood it with dictionaries. Each stratum is shuffled with ``SEED`` and taken up to its quota, with limits
per package, per name and per both, so that no package is most of the measurement; one site in ``TEST_SHARE`` comes from
test code.

``storage`` draws methods of S3 and DynamoDB (operation, resource action, transfer), waiters and paginators left out:

``unique``      called; the name is an operation of S3 or DynamoDB and hardly of anything else
``transfer``    called; upload, download and copy (``copy`` only with arguments, so no ``dict.copy()``)
``value``       not called but passed on, as in ``retry(client.put_object, ...)``
``ambiguous``   called with keywords only, in a file that speaks of AWS, on a receiver whose text could be a resource
``lookalike``   the other ambiguous calls of such files: dictionaries, query builders, HTTP sessions

``services`` draws methods of all services (operation, resource action, transfer), and paginators, without the sites
that ``storage`` drew:

``operation``   called; the name has two words or more (``create_role``), in a file that speaks of AWS
``foreign``     the same in other files
``mention``     such a name, not called but passed on
``pages``       ``paginate`` called: it stands for the operation whose pages it asks for
``plain``       a name of one word (``invoke``, ``delete``), called with keywords only, in a file that speaks of AWS, on
                a receiver whose text could be an SDK object
``everyday``    the other calls of such names: dictionaries, strings, threads

``check`` draws from the frame of ``services`` what neither drew, for figures on sites by which nothing was improved.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

TRUTH = Path(__file__).with_name("calls.jsonl")

SEED = 20260
TEST_SHARE = 9
COMMON = frozenset(
    {
        "batch_execute_statement",
        "create_backup",
        "create_session",
        "create_table",
        "delete_backup",
        "delete_resource_policy",
        "delete_table",
        "describe_backup",
        "describe_endpoints",
        "describe_export",
        "describe_import",
        "describe_limits",
        "execute_statement",
        "get_resource_policy",
        "list_backups",
        "list_exports",
        "list_imports",
        "list_tables",
        "put_resource_policy",
        "query",
        "scan",
        "tag_resource",
        "untag_resource",
        "update_table",
    }
)
TRANSFERS = frozenset({"copy", "copy_from", "download_file", "download_fileobj", "upload_file", "upload_fileobj"})
LISTINGS = frozenset({"all", "filter", "limit", "pages", "page_size", "load", "reload"})
ACTIONS = frozenset(
    {
        "abort",
        "all",
        "batch_writer",
        "complete",
        "create",
        "delete",
        "filter",
        "get",
        "initiate_multipart_upload",
        "limit",
        "load",
        "put",
        "reload",
        "update",
        "upload",
    }
)
AWS_FILE = re.compile(r"boto|dynamodb|\bs3\b", re.IGNORECASE)
RECEIVER = re.compile(
    r"s3|bucket|obj|table|dynamo|ddb|client|summary|conn|resource|store|blob|batch|key|version|aws|boto|part|upload",
    re.IGNORECASE,
)
SDK_RECEIVER = re.compile(
    RECEIVER.pattern
    + r"|ec2|iam|role|user|sns|sqs|queue|topic|message|lambda|instance|image|volume|snapshot|vpc|subnet"
    r"|group|policy|stack|alarm|kms|kinesis|firehose|events|stream",
    re.IGNORECASE,
)
TEST_FILE = re.compile(r"(^|/)(tests?|testing)(/|$)|(^|/)(test_|conftest)|_test\.py$")


class Quota(NamedTuple):
    """How many sites a stratum gives, at most, in all and per package, name and both."""

    sites: int
    package: int
    name: int
    both: int


QUOTAS = {
    "storage": {
        "unique": Quota(170, 10, 40, 3),
        "transfer": Quota(70, 12, 25, 5),
        "value": Quota(24, 9, 4, 2),
        "ambiguous": Quota(95, 12, 14, 4),
        "lookalike": Quota(42, 5, 5, 2),
    },
    "services": {
        "operation": Quota(280, 30, 6, 2),
        "foreign": Quota(25, 5, 2, 1),
        "mention": Quota(35, 8, 2, 1),
        "pages": Quota(25, 6, 25, 6),
        "plain": Quota(60, 8, 8, 3),
        "everyday": Quota(25, 4, 4, 2),
    },
    "check": {
        "operation": Quota(90, 8, 3, 1),
        "foreign": Quota(10, 3, 2, 1),
        "mention": Quota(12, 3, 2, 1),
        "pages": Quota(12, 3, 12, 3),
        "plain": Quota(26, 4, 4, 2),
        "everyday": Quota(8, 2, 2, 1),
    },
}


class Site(NamedTuple):
    """One attribute in the frame; ``line`` counts from 1, ``column`` is a 0-based code point."""

    pkg: str
    file: str
    line: int
    column: int
    method: str


Stratum = Callable[[ast.Attribute, ast.Call | None, bool], str | None]
"""Gives the stratum of an attribute, its call and whether its file speaks of AWS; None when it is outside the frame."""


def storage() -> Stratum:
    """The frame of S3 and DynamoDB."""
    import botocore.session
    from botocore import xform_name

    loader = botocore.session.get_session().get_component("data_loader")
    models = (loader.load_service_model(service, "service-2") for service in ("s3", "dynamodb"))
    unique = frozenset(xform_name(name) for model in models for name in model["operations"]) - COMMON

    def stratum(node: ast.Attribute, call: ast.Call | None, aws_file: bool) -> str | None:
        name = node.attr
        if call is None:
            return "value" if aws_file and name != "copy" and name in unique | TRANSFERS else None
        if name in unique:
            return "unique"
        plausible = aws_file and RECEIVER.search(ast.unparse(node.value)) is not None
        if name in TRANSFERS and not (name == "copy" and not plausible):
            return "transfer" if call.args or call.keywords else None
        if name not in ACTIONS | COMMON or not aws_file:
            return None
        return "ambiguous" if plausible and not call.args else "lookalike"

    return stratum


def services() -> Stratum:
    """The frame of all services; what methods they have is the catalogue's generated part."""
    from conflict_lint.catalogue import load

    catalogue = load()
    known = [catalogue.service(name) for name in catalogue.services]
    classes = (service.resource_class(kind) for service in known for kind in service.resource_classes)
    names = LISTINGS | {name for service in known for name in service.methods}
    names |= {action for found in classes if found for action in found.actions}

    def stratum(node: ast.Attribute, call: ast.Call | None, aws_file: bool) -> str | None:
        name = node.attr
        if name == "paginate" and call is not None:
            return "pages"
        if name not in names:
            return None
        if "_" in name:
            return "mention" if call is None else "operation" if aws_file else "foreign"
        if call is None:
            return None
        plausible = aws_file and SDK_RECEIVER.search(ast.unparse(node.value)) is not None
        return "plain" if plausible and not call.args else "everyday"

    return stratum


FRAMES = {"storage": storage, "services": services, "check": services}


def frame(corpus: Path, stratum: Stratum) -> Iterator[tuple[str, Site]]:
    """All sites of the corpus with their strata, in the order of the files."""
    for path in sorted(corpus.rglob("*.py")):
        try:
            text = path.read_text("utf-8")
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        pkg, *parts = path.relative_to(corpus).parts
        lines = text.split("\n")
        aws_file = AWS_FILE.search(text) is not None
        nodes = list(ast.walk(tree))
        calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            name = stratum(node, calls.get(id(node)), aws_file)
            if name and node.end_lineno and node.end_col_offset:
                before = lines[node.end_lineno - 1].encode()[: node.end_col_offset].decode()
                yield name, Site(pkg, "/".join(parts), node.end_lineno, len(before) - len(node.attr), node.attr)


def sample(sites: list[Site], seed: str, quota: Quota) -> Iterator[Site]:
    """The sample of one stratum: shuffled, limited by its quota, test code in its share."""
    sites = sorted(sites)
    random.Random(seed).shuffle(sites)
    tests = [site for site in sites if TEST_FILE.search(site.file)]
    code = [site for site in sites if not TEST_FILE.search(site.file)]
    seen: Counter[tuple[str, ...]] = Counter()
    for pool, number in ((code, quota.sites - quota.sites // TEST_SHARE), (tests, quota.sites)):
        for site in pool:
            limits = {
                (site.pkg, ""): quota.package,
                ("", site.method): quota.name,
                (site.pkg, site.method): quota.both,
            }
            if seen[()] < number and all(seen[key] < limit for key, limit in limits.items()):
                seen.update([(), *limits])
                yield site


def earlier(draw: str) -> frozenset[Site]:
    """The judged sites of the draws before this one."""
    rows = map(json.loads, TRUTH.read_text("utf-8").splitlines())
    before = list(FRAMES)[: list(FRAMES).index(draw)]
    return frozenset(Site(*(row[name] for name in Site._fields)) for row in rows if row["draw"] in before)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("draw", choices=FRAMES)
    options = parser.parse_args()
    strata: dict[str, list[Site]] = {name: [] for name in QUOTAS[options.draw]}
    taken = earlier(options.draw)
    for name, site in frame(options.corpus, FRAMES[options.draw]()):
        if site not in taken:
            strata[name].append(site)
    for name, sites in strata.items():
        seed = f"{SEED}/{options.draw}/{name}" if options.draw == "check" else f"{SEED}/{name}"
        for site in sorted(sample(sites, seed, QUOTAS[options.draw][name])):
            print(json.dumps({**site._asdict(), "draw": options.draw, "stratum": name}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
