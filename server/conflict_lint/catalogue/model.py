"""What the catalogue knows, as plain records.

Names of members are the API's own (``Bucket``); a path is dotted, with ``[]`` after a list (``Items[].Id``). Mappings
are read-only by convention: they are shared between all users of a service. Each record exists once per catalogue, so
records compare and hash by identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Effect = Literal["read", "list", "create", "replace", "update", "append", "delete"]
Access = Literal["item", "attribute", "receiver"]
Retry = Literal["never", "after-waiting", "after-refetch", "new-token", "same-request"]

READS = frozenset({"read", "list"})


@dataclass(frozen=True, slots=True, eq=False)
class Precondition:
    """An input by which the caller says what it has seen, so that a write over somebody else's change fails.

    ``sources`` are ``Operation.Path`` of reads that answer the value, the best first (empty: the caller composes it);
    ``creates`` is the value under which the write only creates (``*``; ``{key}`` stands for the placeholder of a key
    attribute); ``since`` the SDK's version that introduced it, empty if it has been there for years. ``access`` says
    how the path is read from the answer: by items, by attributes, or by attributes of the object that the write is
    called on. ``also`` are other arguments that it needs, as code, and ``imports`` what that code needs.
    """

    member: str
    kind: str
    required: bool = False
    sources: tuple[str, ...] = ()
    creates: str = ""
    since: str = ""
    access: Access = "item"
    also: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lifecycle:
    """What a call means to a change that takes time, of the kind of thing ``of``.

    ``identified`` are the inputs that name the thing, ``gives`` is the output that does where the call creates it.
    ``until`` is the waiter for the end of the change that the call starts, or, with brackets behind it, the method by
    which one asks for it: of what the call returns if there is a dot before it. It is empty where the call starts none.
    ``refused`` are the errors by which it is turned away while another change goes on, if it is given one of the
    inputs ``changing``, where there are any; an input called ``Attribute`` may name one of them instead.
    """

    of: str
    identified: tuple[str, ...] = ()
    gives: str = ""
    until: str = ""
    refused: tuple[ErrorInfo, ...] = ()
    changing: tuple[str, ...] = ()

    @property
    def polled(self) -> bool:
        """Whether one waits by what the call returns."""
        return self.until.endswith("()")


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a service: its model, and what the curated file adds.

    ``effect`` is None where nobody curated the operation. ``preconditions`` is None where nothing is known, and empty
    where the API is known to have none. A read and a write touch the same thing when their ``resource`` and the values
    of their ``key`` members are equal; a key member that is also payload holds the key inside (DynamoDB's ``Item``).
    ``token`` is the input by which a repeated request is recognised, a dotted path where it lies deeper;
    ``token_filled`` says that the SDK makes one up for each call that has none.
    ``yields`` are the outputs that carry the document, ``payload`` the inputs the
    written document goes into, ``record`` the names under which a described resource usually carries it.
    ``when`` restricts ``effect`` to calls with these arguments; a path such as ``a.b[].c`` leads into one. ``failure``
    are the wire codes of a failed precondition. ``positional`` are parameter names, for methods that the SDK adds by
    hand.
    ``expression`` is the input that says how the server uses the payload (an update expression); ``condition`` says how
    one writes a condition: the ``module`` of its builder, the inputs for ``names`` and ``values``. A read with one of
    the ``pinned`` inputs answers a version that never changes. ``batch`` is the method that collects single writes,
    ``streams`` are the inputs that are open files, read from their beginning if the input ``rewinds`` is true.
    An operation answers one of the ``missing`` errors where there is nothing, or ``counts`` outputs that are 0, or has
    in its answer the values that ``nothing`` says; where ``tells`` is set the answer itself is a truth value. The
    answer to a HEAD request is ``bodiless``: whatever the service declares, the code of an error is its status, and its
    class that of all errors. A create ``duplicates`` if two such calls make two things; ``creator`` is the method that
    takes the same and only creates;
    one of its ``foreign`` errors says that there is one, which may be somebody else's. ``inert`` are the paths of
    conditions that look as if they guarded the call, and are refused or ignored; it ``heeds`` inputs that guard it
    although nothing the SDK says offers them. ``taken`` are the codes by which an operation that creates only, without
    ``when`` or by its condition, says that there is something. With one of the inputs that it ``tolerates`` that is no
    failure; ``unnamed`` are the places in the payload where the service is told to make up the name. What is deleted
    may keep its name for a while where it ``lingers``.
    ``version`` are the places in the payload where a document carries its own version, which is sent as condition, and
    ``besides`` those in the answer that say what it is and not what it holds. Whether the service heeds preconditions
    is out of sight where they are ``negotiated``. ``repeated`` says when the SDK sends the request again by itself:
    ``always``, ``never``, or under which precondition; empty where nobody looked. ``lasting`` says of calls without a
    described life cycle that what they start goes on when they have returned. Names of parts of a payload, as patterns
    in any case: a server may know a request again by those that ``recognised`` finds in them, and one with a part that
    is called as in ``asking`` only asks for something.
    """

    service: str
    name: str
    method: str
    members: tuple[str, ...]
    required: frozenset[str]
    outputs: tuple[str, ...]
    errors: tuple[str, ...]
    token: str | None
    token_filled: bool
    readonly: bool
    effect: Effect | None = None
    resource: str = ""
    key: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    payload: tuple[str, ...] = ()
    record: tuple[str, ...] = ()
    preconditions: Mapping[str, Precondition] | None = None
    when: Mapping[str, object] | None = None
    failure: tuple[str, ...] = ()
    advice: str = ""
    calls: str = ""
    positional: tuple[str, ...] = ()
    expression: str = ""
    condition: Mapping[str, str] | None = None
    pinned: tuple[str, ...] = ()
    batch: str = ""
    streams: tuple[str, ...] = ()
    rewinds: str = ""
    creator: str = ""
    missing: tuple[ErrorInfo, ...] = ()
    counts: tuple[str, ...] = ()
    nothing: Mapping[str, int] = field(default_factory=dict)
    tells: bool = False
    bodiless: bool = False
    duplicates: bool = False
    foreign: tuple[ErrorInfo, ...] = ()
    inert: tuple[str, ...] = ()
    heeds: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    lifecycle: Lifecycle | None = None
    besides: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    tolerates: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    lingers: bool = False
    negotiated: bool = False
    repeated: str = ""
    lasting: bool = False
    recognised: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the curated file says that the operation changes something."""
        return self.effect is not None and self.effect not in READS

    @property
    def changes(self) -> bool:
        """Whether the operation changes something, by its description or else by its model."""
        return self.writes or (self.effect is None and not self.readonly)


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """What an error means, why it happens, whether a retry can help, and what to do; our own sentences."""

    meaning: str
    why: str
    retry: Retry
    action: str


@dataclass(frozen=True, slots=True, eq=False)
class ErrorInfo:
    """One error of a service.

    ``code`` is what ``response["Error"]["Code"]`` holds, ``shape`` the class below ``client.exceptions`` (empty: the
    SDK does not model the error, so it arrives as a plain ClientError). ``status`` is None where the model is silent.
    ``operations`` restricts an unmodelled code to some operations; empty means any. ``retryable`` is the model's trait:
    the SDK itself retries it. ``within`` is the path in the error's response where the code stands if it is a detail
    there and never the error's own code. ``advice`` is None where only the text of its ``kind`` exists.
    ``classes`` are the dotted names of the classes that it is raised as, where the SDK has its own, ``bases`` those
    that catch others of the SDK as well.
    """

    service: str
    code: str
    shape: str = ""
    status: int | None = None
    retryable: bool = False
    kind: str = ""
    operations: tuple[str, ...] = ()
    within: str = ""
    advice: Advice | None = None
    classes: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SdkError:
    """An error of an SDK other than AWS's that nobody described: a wire code of a service, or an exception class.

    ``name`` is the code or the class's last name, ``dotted`` the class (empty for a code). ``status`` is None, ``grpc``
    empty where the SDK does not tie the error to one.
    """

    provider: str
    source: str
    name: str
    dotted: str
    status: int | None
    grpc: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class RetryDefaults:
    """What an SDK sends again by itself unless it is told otherwise.

    It does so for services whose ids begin with one of ``services``; after these ``statuses`` and what ``also`` says,
    of these HTTP ``methods`` only (empty: of all), ``retries`` times or for so many ``seconds``. ``conflicts`` says
    what becomes of a 409 and 412, ``setting`` how to change it, ``checked`` in which version somebody looked.
    ``refused`` has the identity of what is answered to a failed precondition, by the last part of its name, ``busy``
    that of what a change is answered that meets another one.
    """

    library: str
    services: tuple[str, ...]
    checked: str
    conflicts: str
    setting: str
    also: str
    retries: int | None = None
    seconds: int | None = None
    statuses: tuple[int, ...] = ()
    methods: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    busy: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """A method of a resource: the operation it calls and the inputs that it fills in itself.

    ``bindings`` maps an input to the name of the resource's identifier, to ``@Path`` in its loaded data or to
    ``=constant``. ``returns`` is the class of the resource (or list of them) it returns, empty for the plain response.
    ``positional`` as in ``Operation``.
    """

    method: str
    operation: str
    bindings: Mapping[str, str]
    returns: str = ""
    positional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Child:
    """A resource reached from another one: ``table = dynamodb.Table(name)``, ``bucket.Policy()``, ``acl.Bucket()``.

    ``identifiers`` maps each identifier of the child, in constructor order, to the parent's identifier, to ``@Path`` in
    the parent's data, or to the empty string where the caller gives it.
    """

    name: str
    resource: str
    identifiers: Mapping[str, str]

    @property
    def positional(self) -> tuple[str, ...]:
        """The identifiers that the caller gives, in order."""
        return tuple(name for name, source in self.identifiers.items() if not source)


@dataclass(frozen=True, slots=True, eq=False)
class ResourceClass:
    """A class of boto3's object layer. ``attributes`` maps the Python name to the output member of the shape that
    ``load`` (an action) fetches below ``load_path`` (``@``: the whole response; ``Table``: that member)."""

    service: str
    name: str
    identifiers: tuple[str, ...]
    load: Action | None
    load_path: str
    attributes: Mapping[str, str]
    actions: Mapping[str, Action]
    batch: Mapping[str, Action]
    children: Mapping[str, Child]
    collections: Mapping[str, Action]
    waiters: Mapping[str, Action]


@dataclass(frozen=True, slots=True, eq=False)
class ClassMethod:
    """A method of an SDK's class: the operation it calls, if it calls one, and the class of what it returns, if known.

    ``takes`` maps its parameters, in order, to members of the operation and identifiers of the class returned. One that
    ``answers`` sends the request that its object is, and gives what the operation answers by which it was made.
    ``needs`` are the parameters it cannot do without, where these and the way to it tell which method it is.
    """

    name: str
    operation: Operation | None
    returns: str
    takes: Mapping[str, str]
    answers: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SdkClass:
    """A class of an SDK whose clients are plain Python classes.

    ``identifiers`` name what an object of it stands for (an account, a container, a blob), outermost first; ``made``
    are the parameters of its constructor (under the empty name) and of the class methods that make one, as in
    ``ClassMethod``. ``attributes`` are those that hold objects of other classes. The methods of a ``static`` class are
    called on the class.
    """

    service: str
    name: str
    identifiers: tuple[str, ...]
    made: Mapping[str, Mapping[str, str]]
    methods: Mapping[str, ClassMethod]
    attributes: Mapping[str, str] = field(default_factory=dict)
    static: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Where an error means something else than usual: after these operations, or under this precondition.

    ``operations`` are method names of the SDK (``put_object``, ``BlobClient.upload_blob``), empty for any; ``answer``
    is one or two sentences that begin with whether the same request can succeed.
    """

    operations: tuple[str, ...]
    precondition: str
    retry: Retry
    answer: str


@dataclass(frozen=True, slots=True, eq=False)
class CuratedError:
    """One conflict that a person described, in our own words.

    ``identity`` is ``provider/service/name`` or ``provider/name``. ``services`` are ids of the catalogue's services
    (empty: any of the provider's). ``classes`` and ``samples`` are by distribution name (``azure-core``); a class of a
    botocore client is written ``s3.exceptions.NoSuchUpload``. ``answer`` says whether the same request can succeed and
    is overruled by ``cases``. ``note`` tells where public documentation and the SDK disagree. ``reviewed`` is an ISO
    date.
    """

    identity: str
    services: tuple[str, ...]
    codes: tuple[str, ...]
    classes: Mapping[str, tuple[str, ...]]
    status: tuple[int, ...]
    grpc: str
    meaning: str
    why: str
    retry: Retry
    answer: str
    cases: tuple[Case, ...]
    steps: tuple[str, ...]
    samples: Mapping[str, str]
    related: tuple[str, ...]
    rules: tuple[str, ...]
    links: tuple[str, ...]
    note: str
    reviewed: str

    @property
    def provider(self) -> str:
        """The first part of the identity."""
        return self.identity.partition("/")[0]

    @property
    def name(self) -> str:
        """The last part of the identity."""
        return self.identity.rpartition("/")[2]


QUESTION = "Can I simply retry?"


RetryRole = Literal["policy", "transport", "errors", "any-of", "all-of", "never", "again"]
RetriedBy = Literal[
    "classes", "other-classes", "predicate", "giveup", "classes-or-predicate", "errors", "statuses", "codes"
]
RetryDefault = Literal["everything", "nothing", "unknown"]


@dataclass(frozen=True, slots=True, eq=False)
class RetryName:
    """What a name of a retry library means, by its dotted ``name``.

    ``role`` is ``policy`` (a decorator, or an object that is called or looped over: what it is given runs again),
    ``transport`` (a setting that makes a client send requests again), ``errors`` (a condition on errors), ``any-of``
    and ``all-of`` (conditions joined), ``never`` (a limit or pause that is none) or ``again`` (a ``method`` that starts
    the running task again). ``parameters`` are positional in this order. ``retries`` tells how a parameter says which
    errors are retried, ``every`` how each positional argument does, ``default`` what holds without any. ``bounds`` are
    the parameters that limit the attempts, ``waits`` those that make pauses; ``bounded`` and ``backs_off`` hold without
    them. ``methods`` are the parameters that name the HTTP methods a transport sends again, ``sends`` the methods that
    it sends again without (``*``: all of them).
    An object that is itself called takes the parameters in ``call``, of which ``callable`` is what it runs;
    without them, calling it decorates. ``known_by`` are keywords by which it is recognised where its origin is out of
    sight.
    """

    name: str
    library: str
    role: RetryRole
    parameters: tuple[str, ...] = ()
    retries: Mapping[str, RetriedBy] = field(default_factory=dict)
    every: RetriedBy | None = None
    default: RetryDefault = "nothing"
    bounds: tuple[str, ...] = ()
    bounded: bool = False
    waits: tuple[str, ...] = ()
    backs_off: bool = False
    call: tuple[str, ...] = ()
    known_by: tuple[str, ...] = ()
    method: str = ""
    methods: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One answer of ``Catalogue.explain``: a heading, the answer to ``QUESTION`` and titled paragraphs of Markdown.

    ``identity`` is stable (``aws/s3/PreconditionFailed``) and may be put into findings and links. ``answer`` is empty
    where the question makes no sense (a rule, a guide); ``retry`` is its one word, where it has one. A section without
    a title stands for itself.
    """

    identity: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, str], ...]
    answer: str = ""
    retry: str = ""

    def markdown(self) -> str:
        """The whole entry as Markdown; the answer stands in the second line."""
        head = f"### {self.title}" + (f"\n**{QUESTION}** {self.answer}" if self.answer else "")
        facts = " · ".join(f"{name}: {value}" for name, value in self.facts)
        return "\n\n".join([head, *([facts] if facts else []), *(_paragraph(*section) for section in self.sections)])


def _paragraph(title: str, text: str) -> str:
    """A titled paragraph; what is a list or code of its own begins on a new line."""
    if not title:
        return text
    return f"**{title}**\n\n{text}" if text.startswith(("1. ", "- ", "```")) else f"**{title}** {text}"
