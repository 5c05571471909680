"""How many real SDK calls does the linker resolve to the right operation?

    python tests/corpus/resolution.py CORPUS            score the linker against calls.jsonl
    python tests/corpus/resolution.py CORPUS --missed   also list what it missed or got wrong
    python tests/corpus/resolution.py CORPUS --check    every site of calls.jsonl is where it says
    python tests/corpus/resolution.py CORPUS --draw     print the sites to be judged, without judgement

CORPUS holds one directory per published package, ``<name>==<version>``, unpacked.

The frame knows nothing of the linker: it is every attribute whose *name* is a method for S3 or DynamoDB (client
operation, resource action, transfer method), in every file that parses. Waiters and paginators are left out. It is cut
into strata, because the ambiguous names would flood it with dictionaries:

``unique``      called; the name is an operation of S3 or DynamoDB and hardly of anything else
``transfer``    called; upload, download and copy (``copy`` only with arguments, so no ``dict.copy()``)
``value``       not called but passed on, as in ``retry(client.put_object, ...)``
``ambiguous``   called with keywords only, in a file that speaks of AWS, on a receiver whose text could be a resource
``lookalike``   the other ambiguous calls of such files: dictionaries, query builders, HTTP sessions

Each stratum is shuffled with ``SEED`` and taken up to its quota, with limits per package, per name and per both, so
that no package is most of the measurement; one site in ``TEST_SHARE`` comes from test code. So the figures are for a
mixture of packages, not for the sum of their calls; the strata are shown apart.

``calls.jsonl`` is the truth, judged by reading the code. ``line`` counts from 1, ``column`` is the 0-based code point
where the method's name starts.

``truth``   the operation that reaches AWS through this very call, whatever endpoint it is pointed at and even if moto
            answers; empty for a wrapper of the project, another SDK (boto 2 and ibm_boto3 are), a mock object. A method
            that stands for an operation counts as that operation: ``upload_file`` is PutObject, a batch writer's
            ``put_item`` BatchWriteItem, a collection the listing it iterates over. Operations of other services are
            named too: an answer for S3 or DynamoDB there is wrong.
``origin``  how the code knows what the receiver is: ``annotation`` where a type of the SDK's stubs says it, else
            ``resource-chain`` where a factory of a resource (``Bucket()``, ``Table()``, ``meta.client``) stands in the
            same function, else how the receiver got there.
``form``    ``client``, ``resource``, ``custom`` (a method boto3 adds, such as ``upload_file``) or ``none``.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypedDict

TRUTH = Path(__file__).with_name("calls.jsonl")
SERVICES = ("s3.", "dynamodb.")

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
TEST_FILE = re.compile(r"(^|/)(tests?|testing)(/|$)|(^|/)(test_|conftest)|_test\.py$")


class Quota(NamedTuple):
    """How many sites a stratum gives, at most, in all and per package, name and both."""

    sites: int
    package: int
    name: int
    both: int


QUOTAS = {
    "unique": Quota(170, 10, 40, 3),
    "transfer": Quota(70, 12, 25, 5),
    "value": Quota(24, 9, 4, 2),
    "ambiguous": Quota(95, 12, 14, 4),
    "lookalike": Quota(42, 5, 5, 2),
}


class Site(NamedTuple):
    """One attribute in the frame; ``line`` counts from 1, ``column`` is a 0-based code point."""

    pkg: str
    file: str
    line: int
    column: int
    method: str


# One judged site: a line of calls.jsonl.
Call = TypedDict(
    "Call",
    {
        "pkg": str,
        "file": str,
        "line": int,
        "column": int,
        "method": str,
        "truth": str,
        "origin": str,
        "async": bool,
        "form": str,
        "why": str,
        "stratum": str,
    },
)


# ---------------------------------------------------------------------------------------------------------- the draw


def operations() -> frozenset[str]:
    """Client method names of all operations of S3 and DynamoDB, from botocore's models."""
    import botocore.session
    from botocore import xform_name

    loader = botocore.session.get_session().get_component("data_loader")
    models = (loader.load_service_model(service, "service-2") for service in ("s3", "dynamodb"))
    return frozenset(xform_name(name) for model in models for name in model["operations"])


def stratum(node: ast.Attribute, call: ast.Call | None, aws_file: bool, unique: frozenset[str]) -> str | None:
    """The stratum of an attribute, or None when it is outside the frame."""
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


def frame(corpus: Path) -> dict[str, list[Site]]:
    """All sites of the corpus by stratum, in the order of the files."""
    unique = operations() - COMMON
    strata: dict[str, list[Site]] = {name: [] for name in QUOTAS}
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
            name = stratum(node, calls.get(id(node)), aws_file, unique)
            if name and node.end_lineno and node.end_col_offset:
                before = lines[node.end_lineno - 1].encode()[: node.end_col_offset].decode()
                column = len(before) - len(node.attr)
                strata[name].append(Site(pkg, "/".join(parts), node.end_lineno, column, node.attr))
    return strata


def draw(sites: list[Site], name: str) -> Iterator[Site]:
    """The sample of one stratum: shuffled, limited by its quota, test code in its share."""
    quota = QUOTAS[name]
    sites = sorted(sites)
    random.Random(f"{SEED}/{name}").shuffle(sites)
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


# --------------------------------------------------------------------------------------------------------- the score


def read_truth() -> list[Call]:
    """The judged sites, in the order of ``calls.jsonl``."""
    return [json.loads(line) for line in TRUTH.read_text("utf-8").splitlines()]


class Answer(NamedTuple):
    """What the linker says of one site; both empty when it says nothing."""

    operation: str = ""
    layer: str = ""


def project(corpus: Path, call: Call) -> tuple[Path, str]:
    """The root of the project that the call's file belongs to, and the file's path from there."""
    first, _, rest = call["file"].partition("/")
    unpacked_sdist = first.replace("_", "-") == call["pkg"].replace("==", "-")
    return (corpus / call["pkg"] / first, rest) if unpacked_sdist else (corpus / call["pkg"], call["file"])


def answers(corpus: Path, calls: Iterable[Call]) -> list[Answer]:
    """The linker's answer for each of the calls."""
    from conflict_lint.analysis.source import Source, decode
    from conflict_lint.engine import resolved_calls

    found: dict[Path, dict[tuple[int, int], Answer]] = {}
    result = []
    for call in calls:
        root, file = project(corpus.resolve(), call)
        path = root / file
        if path not in found:
            source = Source(decode(path.read_bytes()), file)
            found[path] = {
                source.position(offset): Answer(operation, str(layer))
                for offset, operation, layer, _ in resolved_calls(source)
            }
        result.append(found[path].get((call["line"] - 1, call["column"]), Answer()))
    return result


def outcome(call: Call, answer: Answer) -> str:
    """``right``, ``wrong`` or ``missed`` as seen from S3 and DynamoDB; empty when neither has to do with them.

    A call resolved to the wrong operation is ``wrong``: it costs precision and, where there was a right answer, recall.
    """
    if not any(name.startswith(SERVICES) for name in (call["truth"], answer.operation)):
        return ""
    if call["truth"] == answer.operation:
        return "right"
    return "wrong" if answer.operation else "missed"


def table(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Lines that count the outcomes per row label."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for label, result in rows:
        if result:
            counts[label][result] += 1
    yield f"{title:16}{'right':>7}{'wrong':>7}{'missed':>8}"
    for label, count in sorted(counts.items(), key=lambda item: (-item[1].total(), item[0])):
        yield f"{label:16}{count['right']:7}{count['wrong']:7}{count['missed']:8}"
    yield ""


def report(calls: list[Call], replies: list[Answer], missed: bool) -> Iterator[str]:
    """The tables, the list of failures if asked for, and the overall figures as the last line."""
    results = [outcome(call, answer) for call, answer in zip(calls, replies, strict=True)]
    yield from table(
        "layer", ((answer.layer or "(none)", result) for answer, result in zip(replies, results, strict=True))
    )
    for title, labels in (
        ("origin", [call["origin"] for call in calls]),
        ("form", [call["form"] + (" async" if call["async"] else "") for call in calls]),
        ("stratum", [call["stratum"] for call in calls]),
    ):
        yield from table(title, zip(labels, results, strict=True))
    if missed:
        for call, answer, result in zip(calls, replies, results, strict=True):
            if result in ("wrong", "missed"):
                said = answer.operation or "nothing"
                yield (
                    f"{result} {call['pkg']}/{call['file']}:{call['line']}:{call['column'] + 1} {call['method']}: "
                    f"{said}, truth {call['truth'] or 'no SDK call'} ({call['origin']}: {call['why']})"
                )
    yield summary(calls, results)


def summary(calls: list[Call], results: list[str]) -> str:
    """Precision: right of all answers that ``outcome`` counts. Recall: right of all calls of S3 and DynamoDB."""
    right, wrong = results.count("right"), results.count("wrong")
    real = sum(call["truth"].startswith(SERVICES) for call in calls)
    precision = f"{right / (right + wrong):.3f}" if right + wrong else "-"
    return (
        f"precision {precision} recall {right / real:.3f} right {right} wrong {wrong} calls {real} sites {len(calls)}"
    )


def misplaced(corpus: Path, calls: Iterable[Call]) -> Iterator[str]:
    """The judged sites whose method name is not where the truth says."""
    for call in calls:
        path = corpus / call["pkg"] / call["file"]
        start, method = call["column"], call["method"]
        lines = path.read_text("utf-8").split("\n") if path.exists() else []
        line = lines[call["line"] - 1] if call["line"] <= len(lines) else ""
        if line[start : start + len(method)] != method:
            yield f"{path}:{call['line']}:{start + 1}: no {method}"


def main() -> int:
    """Run the command; 1 if ``--check`` finds a misplaced site."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--missed", action="store_true", help="list the sites that were missed or wrong")
    parser.add_argument("--check", action="store_true", help="verify that every judged site exists")
    parser.add_argument("--draw", action="store_true", help="print the sample to be judged")
    options = parser.parse_args()
    if options.draw:
        for name, sites in frame(options.corpus).items():
            for site in sorted(draw(sites, name)):
                print(json.dumps({**site._asdict(), "stratum": name}))
        return 0
    calls = read_truth()
    if options.check:
        problems = list(misplaced(options.corpus, calls))
        print(*problems, f"{len(calls)} sites, {len(problems)} misplaced", sep="\n")
        return int(bool(problems))
    print(*report(calls, answers(options.corpus, calls), options.missed), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
