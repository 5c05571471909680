"""What a hover says, as a function of a text and a place in it. All it tells comes from the rules and the catalogue.

Where the error, class or status of a ``try`` is asked about, the answer is the one for the operations in that ``try``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from conflict_lint import engine, suppress
from conflict_lint.lsp.sight import Sight, dotted
from conflict_lint.rule import Finding, Span

if TYPE_CHECKING:
    from conflict_lint.analysis.events import SdkCall
    from conflict_lint.catalogue import Catalogue
    from conflict_lint.catalogue.model import Case, Entry, ErrorInfo, Operation, Precondition
    from conflict_lint.engine import RuleInfo

SECTION = "What to do"
ASIDE = ("With ", "Note", "See also", "Rules", "Answered with it")  # sections that only the whole entry shows
CODES = 12  # codes that are listed before the list is cut short
ENTRIES = 3  # a code that many services share has an entry for each advice; more than these nobody reads in a hover
STATUS_NAMES = frozenset({"status", "status_code", "statusCode", "code", "http_status", "HTTPStatusCode"})
VALUE = re.compile(r"\d+|[A-Za-z_]\w*(?:\.\w+)+")
BETWEEN = "\n\n---\n\n"


class Topic(NamedTuple):
    """Markdown about what stands at ``span``."""

    markdown: str
    span: Span


def about(sight: Sight, offset: int, findings: Iterable[Finding] = (), *, terse: bool = False) -> Topic | None:
    """The findings at a place, then what is known of the name, number or comment that stands there.

    ``terse`` leaves out the findings' messages.
    """
    rules = {rule.code: rule for rule in engine.rules()}
    found = [finding for finding in findings if finding.span.start <= offset <= finding.span.end]
    topics = [Topic(about_finding(finding, rules[finding.code], terse), finding.span) for finding in found]
    nodes = sight.nodes(offset)
    here = next((topic for kind in KINDS if (topic := kind(sight, offset, nodes)) is not None), None)
    if here is not None and all(here.span != topic.span for topic in topics):
        topics.append(here)
    if not topics:
        return None
    shortest = min((topic.span for topic in topics), key=lambda span: span.end - span.start)
    return Topic(BETWEEN.join(topic.markdown for topic in topics), shortest)


# --- findings and suppressions ----------------------------------------------------------------------------------------


def about_finding(finding: Finding, rule: RuleInfo, terse: bool) -> str:
    """The finding's message, then what its rule is about and what to do."""
    head = f"**{finding.code} {finding.name}**"
    return f"{head if terse else f'{head}: {finding.message}'}\n\n{about_rule(rule)}".strip()


def about_rule(rule: RuleInfo) -> str:
    """What a rule is about and what to do."""
    advice = section(rule.docs, SECTION)
    return f"{rule.summary}\n\n**{SECTION}**\n\n{advice}" if advice else rule.summary


def section(docs: str, title: str) -> str:
    """The text of one section of a rule's page; empty where it has none."""
    _, _, rest = f"\n{docs}".partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0].strip()


def suppression(sight: Sight, offset: int, _: Sequence[ast.AST]) -> Topic | None:
    """What a suppression comment suppresses, or why it does not."""
    rules = {rule.code: rule for rule in engine.rules()}
    found = suppress.directives(sight.text, {code: rule.name for code, rule in rules.items()})
    here = next((each for each in found if each.span.start <= offset <= each.span.end), None)
    if here is None:
        return None
    if here.problem:
        return Topic(here.problem[:1].upper() + here.problem[1:] + ".", here.span)
    where = "in the whole file" if here.whole_file else "in this statement"
    told = [f"**{code} {rules[code].name}** is suppressed {where}. {rules[code].summary}" for code in here.codes]
    return Topic("\n\n".join(told), here.span)


# --- errors -----------------------------------------------------------------------------------------------------------


def error_code(sight: Sight, offset: int, nodes: Sequence[ast.AST]) -> Topic | None:
    """A string with which an error's code is compared, or that is among the alternatives of such a test."""
    node = nodes[-1] if nodes else None
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    name = node.value
    if not is_tested(nodes, sight.catalogue) or not is_known(sight.catalogue, name):
        return None
    span = sight.span(node, offset)
    return Topic(about_error(sight, name, calls_tested(sight, offset)), span)


def calls_tested(sight: Sight, offset: int) -> list[SdkCall]:
    """The SDK calls whose error is compared with the string at a place."""
    unit = sight.unit(offset)
    tests = unit.trace.tests if unit is not None else ()
    return [call for t in tests if any(sight.is_at(each.place, offset) for each in t.literals) for call in t.calls]


def error_class(sight: Sight, offset: int, nodes: Sequence[ast.AST]) -> Topic | None:
    """An exception class: below ``client.exceptions``, or imported from an SDK."""
    node = nodes[-1] if nodes else None
    name = dotted(node) if node is not None else ""
    if not isinstance(node, (ast.Name, ast.Attribute)) or not name:
        return None
    span = sight.span(node, offset)
    last = name.rpartition(".")[2]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "exceptions":
        if is_known(sight.catalogue, last) and span.end - len(last) <= offset:
            calls = calls_caught(sight, offset)
            return Topic(about_error(sight, last, calls), Span(span.end - len(last), span.end))
        return None
    whole = sight.origin(name)
    names = sight.catalogue.conflicts.names()
    if "." not in whole or not last[:1].isupper() or (last not in names and whole not in sight.catalogue.sdk_errors):
        return None
    calls = calls_caught(sight, offset)
    if whole in sight.catalogue.construct.exceptions:
        return Topic(about_any_error(last, codes), span) if (codes := answers(sight.catalogue, calls)) else None
    errors = sight.catalogue.conflicts.find(whole)
    entries = [entry for error in errors for entry in sight.catalogue.explain(error.identity)]
    entries = entries or list(sight.catalogue.explain(whole))
    return Topic(told(sight.catalogue, entries, calls), span) if entries else None


def answers(catalogue: Catalogue, calls: Iterable[SdkCall]) -> dict[str, ErrorInfo]:
    """The error codes that calls are known to answer: of a failed condition, of their own, and what any call may."""
    own: dict[str, ErrorInfo] = {}
    general: dict[str, ErrorInfo] = {}
    for operation in dict.fromkeys(call.operation for call in calls):
        service = catalogue.service(operation.service)
        declared = {service.exceptions[shape].code for shape in operation.errors if shape in service.exceptions}
        known = {code: service.codes[code] for code in sorted(service.codes_of(operation)) if code in service.codes}
        listed = {code for code, error in known.items() if operation.name in error.operations}
        own |= {code: service.codes[code] for code in operation.failure if code in service.codes}
        own |= {code: error for code, error in known.items() if code in declared | listed}
        general |= known
    return own | {code: error for code, error in general.items() if code not in own}


def about_any_error(name: str, codes: Mapping[str, ErrorInfo]) -> str:
    """What a class through which every error arrives can mean here."""
    listed = ", ".join(f"`{code}`" for code in list(codes)[:CODES])
    more = f" and {len(codes) - CODES} more" if len(codes) > CODES else ""
    head = f"### {name}\nEvery error of the service arrives as this class; its code tells which one it is."
    return f"{head}\n\n**Here** {listed}{more}"


def calls_caught(sight: Sight, offset: int) -> list[SdkCall]:
    """The SDK calls in the ``try`` whose handler names the class at a place."""
    unit = sight.unit(offset)
    attempts = unit.trace.attempts if unit is not None else ()
    return [call for a in attempts if any(sight.is_at(c.place, offset) for c in a.catches) for call in a.calls]


def status(sight: Sight, offset: int, nodes: Sequence[ast.AST]) -> Topic | None:
    """A number that is compared with an HTTP status."""
    node = nodes[-1] if nodes else None
    if not isinstance(node, ast.Constant) or type(node.value) is not int or not 100 <= node.value <= 599:
        return None
    compare = next((each for each in reversed(nodes) if isinstance(each, ast.Compare)), None)
    if compare is None or not any(is_status(each) for each in ast.walk(compare)):
        return None
    entries = sight.catalogue.explain(str(node.value))
    calls = calls_around(sight, offset, nodes)
    return Topic(told(sight.catalogue, entries, calls), sight.span(node, offset)) if entries else None


def is_status(node: ast.AST) -> bool:
    """Whether an expression is called like a status."""
    name = getattr(node, "attr", getattr(node, "id", getattr(node, "value", "")))
    return isinstance(name, str) and name in STATUS_NAMES


def calls_around(sight: Sight, offset: int, nodes: Sequence[ast.AST]) -> list[SdkCall]:
    """The SDK calls in the body of the ``try`` in one of whose handlers a place is."""
    unit = sight.unit(offset)
    if unit is None:
        return []
    tries = [outer for outer, inner in pairwise(nodes) if isinstance(inner, ast.ExceptHandler)]
    if not tries:
        return []
    span = sight.span(tries[-1], offset)
    return [call for attempt in unit.trace.attempts if sight.is_at(attempt.place, span.start) for call in attempt.calls]


def is_known(catalogue: Catalogue, name: str) -> bool:
    """Whether the catalogue has an error of this name."""
    if name in catalogue.common_codes or catalogue.error_services(name) or catalogue.conflicts.find(name):
        return True
    return any(not error.dotted for error in catalogue.sdk_errors.get(name, ()))


def about_error(sight: Sight, name: str, calls: Sequence[SdkCall]) -> str:
    """What is known of an error: of the calls' services, or of those that the text names, or of all that have it."""
    catalogue, text = sight.catalogue, sight.text
    services = catalogue.error_services(name)
    own = dict.fromkeys(call.operation.service for call in calls)
    chosen = [s for s in own if s in services] or [s for s in services if f'"{s}"' in text or f"'{s}'" in text]
    queries = [f"{service}.{name}" for service in chosen] or [name]
    return told(catalogue, [entry for query in queries for entry in catalogue.explain(query)], calls)


def told(catalogue: Catalogue, entries: Sequence[Entry], calls: Sequence[SdkCall]) -> str:
    """Entries as a hover shows them, each with its answer for just these calls."""
    return "\n\n".join(shortened(applied(catalogue, entry, calls)) for entry in entries[:ENTRIES])


def applied(catalogue: Catalogue, entry: Entry, calls: Sequence[SdkCall]) -> Entry:
    """An entry whose answer is the one for these calls, where all of them have the same."""
    if not calls or entry.identity not in catalogue.conflicts.identities:
        return entry
    error = catalogue.conflicts.entry(entry.identity)
    own = [call for call in calls if not error.services or call.operation.service in error.services]
    fitting = [next((case for case in error.cases if fits(case, call)), None) for call in own]
    case = fitting[0] if fitting else None
    if case is None or any(other is not case for other in fitting):
        return entry
    methods = " and ".join(dict.fromkeys(f"`{call.operation.method}`" for call in own))
    sections = tuple(each for each in entry.sections if each[0] != "It depends")
    return replace(entry, answer=f"{case.answer} (That is for {methods} here.)", sections=sections)


def fits(case: Case, call: SdkCall) -> bool:
    """Whether a case is about a call: its operation, and the precondition that it states."""
    methods = {name.rpartition(".")[2] for name in case.operations}
    if methods and call.operation.method not in methods:
        return False
    return not case.precondition or case.precondition.partition("=")[0].strip() in call.arguments


def shortened(entry: Entry) -> str:
    """An entry without what one does not read in a hover, and where the whole of it is."""
    left = tuple(section for section in entry.sections if not section[0].startswith(ASIDE))
    if len(left) == len(entry.sections):
        return entry.markdown()
    return f"{replace(entry, sections=left).markdown()}\n\nWith code: `conflict-lint explain {entry.identity}`"


def is_tested(nodes: Sequence[ast.AST], catalogue: Catalogue) -> bool:
    """Whether the constant at the end of ``nodes`` is tested for, maybe as one of several."""
    construct = catalogue.construct
    for index in range(len(nodes) - 2, -1, -1):
        node = nodes[index]
        if isinstance(node, (ast.Compare, ast.MatchValue)):
            return True
        if isinstance(node, ast.keyword):
            return node.arg in construct.code_keywords
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in ("frozenset", "set", "tuple", "list"):
                return name in construct.code_predicates
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            return isinstance(nodes[index + 1], (ast.Tuple, ast.List, ast.Set, ast.Call))
        elif not isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return False
    return False


# --- calls ------------------------------------------------------------------------------------------------------------


def argument(sight: Sight, offset: int, nodes: Sequence[ast.AST]) -> Topic | None:
    """The name of an argument that is a precondition or an idempotency token."""
    keyword = next((node for node in reversed(nodes) if isinstance(node, ast.keyword)), None)
    if keyword is None or keyword.arg is None:
        return None
    begin = sight.span(keyword, offset).start
    span = Span(begin, begin + len(keyword.arg))
    call = call_at(sight, offset, nodes[: nodes.index(keyword)]) if offset <= span.end else None
    if call is None:
        return None
    operation = call.operation
    if operation.preconditions and (precondition := operation.preconditions.get(keyword.arg)):
        return Topic(about_precondition(operation, precondition), span)
    if keyword.arg == operation.token:
        return Topic(about_token(operation), span)
    return None


def about_precondition(operation: Operation, precondition: Precondition) -> str:
    """How a precondition guards a call."""
    name = precondition.member
    parts = [f"### {name} guards `{operation.method}`\nThe write fails if the condition does not hold any more."]
    if precondition.sources:
        given = " or ".join(f"`{source}`" for source in precondition.sources)
        parts.append(f"**Where the value comes from** {given}, of the read on which the change is based.")
    if precondition.creates:
        parts.append(f"**To create only** `{name}={as_code(precondition.creates)}`.")
    if operation.failure:
        codes = " or ".join(f"`{code}`" for code in operation.failure)
        parts.append(f"**When it fails** {codes}: read again, decide again, write again.")
    if precondition.since:
        parts.append(f"**SDK** since {precondition.since}.")
    return "\n\n".join(parts)


def as_code(value: str) -> str:
    """A value as one writes it: numbers and dotted names stand for themselves, anything else is a string."""
    return value if VALUE.fullmatch(value) else f'"{value}"'


def about_token(operation: Operation) -> str:
    """What an idempotency token does for a call."""
    return (
        f"### {operation.token} is the idempotency token of `{operation.method}`\n"
        "A request with the same token and the same parameters is carried out once.\n\n"
        "**Where it comes from** The SDK fills it in once per call. If you repeat the call yourself, make the token "
        "before the first attempt, from what the request is about, and pass the same one each time."
    )


def called(sight: Sight, offset: int, nodes: Sequence[ast.AST]) -> Topic | None:
    """An SDK call: what guards it and what it can answer."""
    node = nodes[-1] if nodes else None
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    if node is None or not name:
        return None
    end = sight.span(node, offset).end
    call = call_at(sight, offset, nodes)
    if call is None or not end - len(name) <= offset or not sight.is_at(call.place, offset):
        return None
    operation = call.operation
    known = sight.catalogue.service(operation.service).operation(operation.calls) if operation.calls else operation
    entry = sight.catalogue.about(known or operation)
    return Topic(told(sight.catalogue, [entry], [call]), Span(end - len(name), end))


def call_at(sight: Sight, offset: int, nodes: Sequence[ast.AST]) -> SdkCall | None:
    """The SDK call that the innermost call of ``nodes`` is."""
    node = next((node for node in reversed(nodes) if isinstance(node, ast.Call)), None)
    unit = sight.unit(offset) if node is not None else None
    if node is None or unit is None:
        return None
    span = sight.span(node, offset)
    return next((call for call in unit.trace.calls if sight.placed(call.call, offset) == span), None)


KINDS: tuple[Callable[[Sight, int, Sequence[ast.AST]], Topic | None], ...] = (
    error_code, error_class, status, argument, called, suppression,
)  # fmt: skip
