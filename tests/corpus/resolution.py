"""How many real SDK calls does the linker resolve to the right operation?

    python tests/corpus/resolution.py CORPUS             score the linker against calls.jsonl
    python tests/corpus/resolution.py CORPUS --missed    also list what it missed or got wrong
    python tests/corpus/resolution.py CORPUS --check     every site of calls.jsonl is where it says

CORPUS holds one directory per published package, ``<name>==<version>``, unpacked. ``draw.py`` says which sites were
drawn and how: ``storage`` (S3 and DynamoDB) and ``services`` (all services), scored apart. The limits of the draws make
the figures those of a mixture of packages, not of the sum of their calls; the strata are shown apart.

``calls.jsonl`` is the truth, judged by reading the code. ``line`` counts from 1, ``column`` is the 0-based code point
where the method's name starts.

``truth``   the operation that reaches AWS through this very call, whatever endpoint it is pointed at and even if moto
            answers; empty for a wrapper of the project, another SDK (boto 2 and ibm_boto3 are), a mock object. A method
            that stands for an operation counts as that operation: ``upload_file`` is PutObject, a batch writer's
            ``put_item`` BatchWriteItem, a collection the listing it iterates over, ``paginate`` what it asks the pages
            of. Where the same call can reach several, they are all named, with ``|`` between them.
``origin``  how the code knows what the receiver is: ``annotation`` where a type of the SDK's stubs says it, else
            ``resource-chain`` where a factory of a resource (``Bucket()``, ``Table()``, ``meta.client``) stands in the
            same function, else how the receiver got there. Of ``services``: ``local`` made by boto3 or a session in the
            function, ``literal`` by any other callable that is given the service's name as a literal there, ``helper``
            by a function or method of the module that knows the service itself, ``imported`` by something of another
            module that does, ``attribute``, ``property``, ``parameter``.
``form``    ``client``, ``resource``, ``custom`` (a method boto3 adds, such as ``upload_file``), ``paginator`` or
            ``none``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypedDict

TRUTH = Path(__file__).with_name("calls.jsonl")
STORAGE = ("s3.", "dynamodb.")
GROUPS = {
    "storage": "s3 dynamodb efs fsx backup",
    "compute": "ec2 lambda ecs eks batch autoscaling emr lightsail elb elbv2 stepfunctions sagemaker sagemaker-runtime",
    "identity": "iam sts kms secretsmanager cognito-idp acm organizations signer",
    "data": "rds docdb redshift redshift-data athena glue elasticache memorydb dax es opensearch quicksight",
    "delivery": "cloudformation apigateway apigatewayv2 cloudfront route53 servicecatalog codestar serverlessrepo",
    "events": "sns sqs events schemas kinesis logs cloudtrail config xray synthetics ssm mq iot",
}
GROUP = {service: group for group, services in GROUPS.items() for service in services.split()}


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
        "draw": str,
        "stratum": str,
    },
)


class Answer(NamedTuple):
    """What the linker says of one site; both empty when it says nothing."""

    operation: str = ""
    layer: str = ""


class Scored(NamedTuple):
    """One judged site with the linker's answer."""

    call: Call
    answer: Answer

    @property
    def outcome(self) -> str:
        """``right``, ``wrong`` or ``missed``; empty where neither the truth nor the answer is an operation of the draw.

        A call resolved to the wrong operation is ``wrong``: it costs precision and, where there was a right answer,
        recall. ``storage`` looks at S3 and DynamoDB only.
        """
        truth, said = self.call["truth"], self.answer.operation
        if self.call["draw"] == "storage" and not truth.startswith(STORAGE) and not said.startswith(STORAGE):
            return ""
        if said in truth.split("|"):
            return "right" if said else ""
        return "wrong" if said else "missed"


def read_truth() -> list[Call]:
    """The judged sites, in the order of ``calls.jsonl``."""
    return [json.loads(line) for line in TRUTH.read_text("utf-8").splitlines()]


def project(corpus: Path, call: Call) -> tuple[Path, str]:
    """The root of the project that the call's file belongs to, and the file's path from there."""
    first, _, rest = call["file"].partition("/")
    unpacked_sdist = first.replace("_", "-") == call["pkg"].replace("==", "-")
    return (corpus / call["pkg"] / first, rest) if unpacked_sdist else (corpus / call["pkg"], call["file"])


def answers(corpus: Path, calls: Iterable[Call]) -> Iterator[Answer]:
    """The linker's answer for each of the calls."""
    from conflict_lint.analysis.source import Source, decode
    from conflict_lint.engine import resolved_calls
    from conflict_lint.project import ProjectView

    found: dict[Path, dict[tuple[int, int], Answer]] = {}
    for call in calls:
        root, file = project(corpus.resolve(), call)
        path = root / file
        if path not in found:
            source = Source(decode(path.read_bytes()), file)
            found[path] = {
                source.position(offset): Answer(operation, str(layer))
                for offset, operation, layer, _ in resolved_calls(source, ProjectView(str(root)))
            }
        yield found[path].get((call["line"] - 1, call["column"]), Answer())


def figures(outcomes: Counter[str], among: int | None = None) -> str:
    """Counts, precision (right of all answers) and recall (right of all calls that have an operation, or ``among``)."""
    right, wrong, real = outcomes["right"], outcomes["wrong"], outcomes["real"]
    among = real if among is None else among
    precision = f"{right / (right + wrong):.3f}" if right + wrong else "-"
    recall = f"{right / among:.3f}" if among else "-"
    return f"{real:6}{right:7}{wrong:7}{outcomes['missed']:8}{precision:>11}{recall:>8}"


def counted(sites: Iterable[Scored]) -> Counter[str]:
    """How often each outcome occurs; ``real`` counts the calls that have an operation."""
    out: Counter[str] = Counter()
    for site in sites:
        if site.outcome:
            out.update([site.outcome, *(["real"] if site.call["truth"] and concerns(site.call) else [])])
    return out


def concerns(call: Call) -> bool:
    """Whether the truth of a call is among the operations that its draw is about."""
    return call["draw"] != "storage" or call["truth"].startswith(STORAGE)


def table(
    title: str, sites: Iterable[Scored], label: Callable[[Scored], str], among: int | None = None
) -> Iterator[str]:
    """Lines that count the outcomes per label, the commonest first; recall is of the label or of ``among`` calls."""
    rows: dict[str, list[Scored]] = defaultdict(list)
    for site in sites:
        if site.outcome:
            rows[label(site)].append(site)
    yield f"{title:16} calls  right  wrong  missed  precision  recall"
    for name, members in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0])):
        yield f"{name:16}{figures(counted(members), among)}"
    yield ""


def group(site: Scored) -> str:
    """The group of services that the truth, or else the answer, belongs to."""
    return GROUP.get((site.call["truth"] or site.answer.operation).partition(".")[0], "other")


def report(draw: str, sites: list[Scored], missed: bool) -> Iterator[str]:
    """The tables of one draw and, if asked for, the list of failures."""
    yield f"=== {draw}: {len(sites)} sites"
    yield from table("layer", sites, lambda site: site.answer.layer or "(none)", counted(sites)["real"])
    yield from table("origin", sites, lambda site: site.call["origin"])
    yield from table("services", sites, group)
    yield from table("form", sites, lambda site: site.call["form"] + (" async" if site.call["async"] else ""))
    yield from table("stratum", sites, lambda site: site.call["stratum"])
    for call, answer in sites if missed else ():
        result = Scored(call, answer).outcome
        if result in ("wrong", "missed"):
            yield (
                f"{result} {call['pkg']}/{call['file']}:{call['line']}:{call['column'] + 1} {call['method']}: "
                f"{answer.operation or 'nothing'} {answer.layer}, truth {call['truth'] or 'no SDK call'} "
                f"({call['origin']}: {call['why']})"
            )
    sure = [Scored(call, answer if answer.layer != "name" else Answer()) for call, answer in sites]
    yield f"{'total':16} calls  right  wrong  missed  precision  recall"
    yield f"{'all layers':16}{figures(counted(sites))}"
    yield f"{'without name':16}{figures(counted(sure))}"
    yield ""


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
    options = parser.parse_args()
    calls = read_truth()
    if options.check:
        problems = list(misplaced(options.corpus, calls))
        print(*problems, f"{len(calls)} sites, {len(problems)} misplaced", sep="\n")
        return int(bool(problems))
    scored = list(map(Scored, calls, answers(options.corpus, calls)))
    for draw in dict.fromkeys(call["draw"] for call in calls):
        print(*report(draw, [site for site in scored if site.call["draw"] == draw], options.missed), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
