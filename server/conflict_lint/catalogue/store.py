"""Finding, caching and loading the compiled catalogue, and the questions one can ask of it.

A wheel carries the compiled file. In a checkout it is compiled when first used and kept in the user's cache folder
under the digest of its sources; where that folder cannot be written, it stays in memory.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conflict_lint.cache import UntrustedError, own_folder

if TYPE_CHECKING:
    from conflict_lint.catalogue.conflicts import Conflicts
    from conflict_lint.catalogue.construct import Construct
    from conflict_lint.catalogue.model import (
        Advice,
        Entry,
        ErrorInfo,
        Operation,
        RetryDefaults,
        RetryName,
        SdkError,
    )
    from conflict_lint.catalogue.service import Service

MAGIC = "conflict-lint-catalogue/1"
COMPILER = (
    "build.py",
    "build_discovery.py",
    "build_errors.py",
    "build_methods.py",
    "build_retry.py",
    "build_sdk.py",
    "schema.py",
    "table.py",
)  # a change of these makes another compiled file
SDKS = ("azure", "google", "kubernetes", "elasticsearch", "http", "stripe")
SOURCES = (
    ("", ".yaml"),
    ("aws", ".yaml"),
    ("discovery", ".yaml"),
    ("errors", ".yaml"),
    ("retry", ".yaml"),
    ("guides", ".md"),
    *((folder, ".yaml") for folder in SDKS),
    ("generated", ".json"),
)
KEPT = 4  # compiled files that stay in the cache: a few checkouts and branches of one machine

Json = Any


class DamagedError(ValueError):
    """A compiled file that is not what was written."""


class Catalogue:
    """Everything known about the SDKs. Services are decoded when they are first asked for."""

    def __init__(self, data: bytes) -> None:
        """Raises DamagedError unless ``data`` is exactly what ``build.compile_catalogue`` returned."""
        header, _, body = data.partition(b"\n")
        fields = header.split(b" ")
        if len(fields) != 4 or fields[0] != MAGIC.encode() or int(fields[2], 16) != zlib.crc32(body):
            raise DamagedError("not a whole catalogue of this version")
        self.digest = fields[1].decode()
        self._start = int(fields[3])
        self._body = body
        self._index = json.loads(body[: self._start])
        self._services: dict[str, Service] = {}
        self._operations: dict[str, tuple[Operation, ...]] = {}
        self.services = frozenset(self._index["services"])
        self.sdks = frozenset(self._index["sdks"])

    def service(self, name: str) -> Service:
        """The service or SDK with this id (``s3``, ``azure.blob``). Raises KeyError for others."""
        found = self._services.get(name)
        if found is None:
            from conflict_lint.catalogue.service import Service

            places = self._index["sdks" if name in self.sdks else "services"]
            found = self._services[name] = Service(name, self._segment(places[name]))
        return found

    def _segment(self, place: list[int]) -> Json:
        return json.loads(zlib.decompress(self._bytes(place)))

    def _bytes(self, place: list[int]) -> bytes:
        start = self._start + place[0]
        return self._body[start : start + place[1]]

    # --- names ------------------------------------------------------------------------------------------------------

    def methods(self, name: str) -> tuple[str, ...]:
        """Ids of the services whose client has a method of this name (``put_object``)."""
        return self._named(self._methods, name)

    def operations(self, method: str) -> tuple[Operation, ...]:
        """The operations of all services whose client has a method of this name."""
        found = self._operations.get(method)
        if found is None:
            known = (self.service(name).operation(method) for name in self.methods(method))
            found = self._operations[method] = tuple(operation for operation in known if operation is not None)
        return found

    def error_services(self, name: str) -> tuple[str, ...]:
        """Ids of the services that know this wire code or exception class, common codes not counted."""
        return self._named(self._errors, name)

    def is_method(self, name: str) -> bool:
        """Whether any service's client has a method of this name."""
        return name in self._methods

    def stub(self, name: str, module: str = "") -> tuple[str, str] | None:
        """``(service, "client" or the resource class)`` for the name of a typing stub's class.

        Classes other than clients and service resources (``Table``) need the module they were imported from
        (``mypy_boto3_dynamodb.service_resource``), for their names belong to several services.
        """
        service = self._stub_service(module)
        if name.endswith("Client"):
            found = self._index["clients"].get(name)
            return (found, "client") if found and service in (None, found) else None
        if name.endswith("ServiceResource") and name != "ServiceResource":
            found = self._index["clients"].get(name.removesuffix("ServiceResource") + "Client")
            return (found, "ServiceResource") if found and service in (None, found) else None
        if service and name in self.service(service).resource_classes:
            return service, name
        return None

    def _stub_service(self, module: str) -> str | None:
        top = module.partition(".")[0]
        for prefix in self._index["construct"]["stub_modules"]:
            if top.startswith(prefix):
                return self._by_module.get(top[len(prefix) :])
        return None

    @cached_property
    def _by_module(self) -> Mapping[str, str]:
        return {name.replace("-", "_"): name for name in self._index["services"]}

    @cached_property
    def _methods(self) -> Mapping[str, str]:
        return self._postings("methods")

    @cached_property
    def _errors(self) -> Mapping[str, str]:
        return self._postings("errors")

    def _postings(self, what: str) -> Mapping[str, str]:
        names, _, numbers = self._bytes(self._index[what]).decode().partition("\f")
        return dict(zip(names.split("\n"), numbers.split("\n"), strict=True))

    @cached_property
    def _ids(self) -> list[str]:
        return list(self._index["services"])

    def _named(self, postings: Mapping[str, str], name: str, ids: Sequence[str] | None = None) -> tuple[str, ...]:
        return tuple((ids or self._ids)[int(number)] for number in postings.get(name, "").split())

    # --- classes of SDKs ----------------------------------------------------------------------------------------------

    def maker(self, dotted: str) -> tuple[str, str, str] | None:
        """``(service, class, constructor)`` for the dotted name of a class of an SDK, or of a method that makes one."""
        module, _, name = dotted.rpartition(".")
        for service in self._index["sdk_modules"].get(module, ()):
            if found := self.service(service).maker(name):
                return service, *found
        module, _, owner = module.rpartition(".")
        for service in self._index["sdk_modules"].get(module, ()):
            cls = self.service(service).sdk_class(owner)
            if cls is not None and name in cls.made:
                return service, owner, name
            if cls is not None and cls.static and name in cls.methods:
                return service, owner, f".{name}"
        return None

    def made(self, dotted: str) -> tuple[tuple[str, ...], Mapping[str, str]] | None:
        """What a function takes that makes a client of the service it is told by name, and these services by names.

        The names are those of its first parameters, parted by spaces; some of the last ones may be left out.
        """
        found = self._index["factories"].get(dotted)
        return (tuple(found[0]), found[1]) if found else None

    def chains(self, way: str) -> tuple[str, ...]:
        """Ids of the services that a method of this name belongs to, with the one before that leads to it.

        ``values.update`` stands for ``service.spreadsheets().values().update(…)``.
        """
        return self._named(self._chains, way, self._sdk_ids)

    @cached_property
    def _chains(self) -> Mapping[str, str]:
        return self._postings("chains")

    def group(self, attribute: str) -> tuple[str, str] | None:
        """``(service, class)`` of the objects that the clients of one SDK alone have under this name."""
        found = self._index["groups"].get(attribute)
        return (found[0], found[1]) if found else None

    def sdk_methods(self, name: str) -> tuple[str, ...]:
        """Ids of the SDKs with a class that has an operation of this name."""
        return self._named(self._sdk_methods, name, self._sdk_ids)

    @cached_property
    def _sdk_methods(self) -> Mapping[str, str]:
        return self._postings("sdk_methods")

    @cached_property
    def _sdk_ids(self) -> list[str]:
        return list(self._index["sdks"])

    @cached_property
    def sdk_modules(self) -> frozenset[str]:
        """The dotted modules that hold classes or functions of SDKs, or of the documents that these take."""
        making = (name.rpartition(".")[0] for name in self._index["factories"])
        return frozenset((*self._index["sdk_modules"], *self._index["document_modules"], *making))

    @cached_property
    def modules(self) -> frozenset[str]:
        """Every dotted module of an SDK or of a library that is described."""
        retrying = (name.rpartition(".")[0] for name in self._index["retry"])
        return self.sdk_modules.union(self._index["error_modules"], retrying)

    # --- words for triage ---------------------------------------------------------------------------------------------

    @cached_property
    def construct(self) -> Construct:
        """How clients are made and errors are read."""
        from conflict_lint.catalogue.construct import Construct

        facts = self._index["construct"].items()
        fields: dict[str, Any] = {key: value if isinstance(value, str) else tuple(value) for key, value in facts}
        return Construct(**fields)

    @cached_property
    def retry_names(self) -> Mapping[str, RetryName]:
        """What names of retry libraries mean, by dotted name (``tenacity.retry``)."""
        from conflict_lint.catalogue.model import RetryName

        out = {}
        for name, facts in self._index["retry"].items():
            fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in facts.items()}
            out[name] = RetryName(name, **fields)
        return out

    @cached_property
    def retry_keywords(self) -> Mapping[str, RetryName]:
        """The policies that are recognised by a keyword, by that keyword."""
        return {word: e for e in self.retry_names.values() if e.role == "policy" for word in e.known_by}

    @cached_property
    def transport_keywords(self) -> Mapping[str, RetryName]:
        """The settings of clients that are recognised by a keyword, by that keyword."""
        return {word: e for e in self.retry_names.values() if e.role == "transport" for word in e.known_by}

    @cached_property
    def transport_words(self) -> frozenset[str]:
        """Parameters and libraries that say what a transport sends again; who names one of them means it."""
        return frozenset(self._index["transport_words"])

    @cached_property
    def gate_words(self) -> tuple[bytes, ...]:
        """A file that contains none of these bytes has nothing to do with any SDK of the catalogue."""
        index = self._index
        words = (*index["construct"]["gate_words"], *index["transport_words"], *index["sdk_words"]["gate"])
        return tuple(word.encode() for word in words if not any(other in word for other in words if other != word))

    @cached_property
    def method_words(self) -> frozenset[str]:
        """Client methods of any service, methods and classes of SDKs, as far as they are no plain English word."""
        return frozenset(self._index["sdk_words"]["names"]).union(name for name in self._methods if "_" in name)

    @cached_property
    def write_words(self) -> frozenset[str]:
        """Client methods that are curated writes; a bare word such as ``copy`` says too little to be one of them."""
        return frozenset((*self._index["write_words"], *self._index["sdk_words"]["writes"]))

    @cached_property
    def plain_words(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """Words that count only in a file with the one they stand under.

        They are what writes or judges, all that is described, and what does something again when it is sent again.
        Methods and attributes have a dot before them.
        """
        bare = self._index["sdk_words"]["bare"].items()
        return {word: tuple(map(frozenset, found)) for word, found in bare}

    @cached_property
    def policies(self) -> frozenset[str]:
        """The dotted names of retry policies and of what sets up a transport's repetitions."""
        return frozenset(self._repeating)

    @cached_property
    def repeat_keywords(self) -> frozenset[str]:
        """Words by which repetitions are recognised wherever they stand: keywords, and methods that start again."""
        again = (f".{facts['method']}" for facts in self._index["retry"].values() if facts.get("method"))
        return frozenset((*again, *(word for facts in self._repeating.values() for word in facts.get("known_by", ()))))

    @cached_property
    def repeat_words(self) -> frozenset[str]:
        """What code that repeats SDK calls says: the names of retry policies, and the keywords of such."""
        names = (name.rpartition(".")[2] for name in self._repeating)
        return frozenset((*names, *(word for word in self.repeat_keywords if not word.startswith("."))))

    @property
    def _repeating(self) -> dict[str, Any]:
        return {name: facts for name, facts in self._index["retry"].items() if facts["role"] in {"policy", "transport"}}

    @cached_property
    def token_words(self) -> frozenset[str]:
        """The names of inputs that are idempotency tokens."""
        return frozenset(self._index["token_words"])

    @cached_property
    def token_methods(self) -> frozenset[str]:
        """The methods whose idempotency token the SDK does not fill in."""
        return frozenset(self._index["token_methods"])

    @cached_property
    def resource_write_words(self) -> frozenset[str]:
        """Methods of resource classes that call a curated write (``put`` of an S3 object)."""
        return frozenset(self._index["resource_write_words"])

    @cached_property
    def positional_words(self) -> frozenset[str]:
        """Names of ``method_words`` that say nothing of their arguments; all others are called with keywords only."""
        return frozenset((*self._index["positional_words"], *self._index["sdk_words"]["names"]))

    @cached_property
    def child_words(self) -> frozenset[str]:
        """The names of all resource classes that a service resource makes."""
        return frozenset(self._index["child_words"])

    @cached_property
    def request_words(self) -> frozenset[str]:
        """Members of curated writes' requests that say what is written where, and under which condition."""
        return frozenset(self._index["request_words"])

    @cached_property
    def record_names(self) -> frozenset[str]:
        """The names under which resource descriptions carry a document that a curated write replaces."""
        return frozenset(self._index["record_names"])

    @property
    def resource_services(self) -> tuple[str, ...]:
        """Ids of the services that have an object layer."""
        return tuple(self._index["resource_services"])

    @cached_property
    def code_heads(self) -> frozenset[str]:
        """The attributes of caught errors by which one comes to their wire codes."""
        return frozenset((self.construct.code_path[0], *self._index["code_heads"]))

    # --- errors -----------------------------------------------------------------------------------------------------

    @cached_property
    def common_codes(self) -> Mapping[str, ErrorInfo]:
        """Wire codes that any service may answer."""
        from conflict_lint.catalogue.model import ErrorInfo

        return {
            code: ErrorInfo("", code, status=facts.get("status"), kind=facts.get("kind", ""), advice=_advice(explained))
            for code, facts in self._index["codes"].items()
            for explained in [self._index["explain"].get(code)]
        }

    def advice(self, error: ErrorInfo) -> Advice | None:
        """The text about an error: its own, or that of its kind."""
        return error.advice or self.kind_advice(error.kind)

    def kind_advice(self, kind: str) -> Advice | None:
        """The text about a kind of errors."""
        return _advice(self._index["kinds"].get(kind, {}).get("advice"))

    def kind_of_status(self, status: int) -> tuple[str, Advice | None] | None:
        """The kind of error that an HTTP status stands for when nothing else is known, and its text."""
        for kind, facts in self._index["kinds"].items():
            if facts.get("status") == status:
                return kind, _advice(facts["advice"])
        return None

    @cached_property
    def terminal_kinds(self) -> frozenset[str]:
        """The kinds of errors after which the same request can never succeed, however often it is sent."""
        return frozenset(kind for kind, facts in self._index["kinds"].items() if facts.get("terminal"))

    def guide_of(self, kind: str) -> str:
        """The name of the guide for errors of this kind; empty where there is none."""
        return str(self._index["kinds"].get(kind, {}).get("guide", ""))

    # --- other SDKs' errors and defaults ----------------------------------------------------------------------------

    @cached_property
    def sdk_errors(self) -> Mapping[str, tuple[SdkError, ...]]:
        """Codes and exception classes of SDKs other than AWS's, by name and by dotted name."""
        from conflict_lint.catalogue.model import SdkError

        out: dict[str, tuple[SdkError, ...]] = {}
        for row in self._segment(self._index["sdk_errors"]):
            error = SdkError(*row)
            for name in filter(None, {error.name, error.dotted}):
                out[name] = (*out.get(name, ()), error)
        return out

    @cached_property
    def retry_defaults(self) -> tuple[RetryDefaults, ...]:
        """What each SDK sends again by itself."""
        from conflict_lint.catalogue.model import RetryDefaults

        found = self._segment(self._index["defaults"]).items()
        out = []
        for library, facts in found:
            fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in facts.items()}
            fields["statuses"] = tuple(map(int, fields.get("statuses", ())))
            out.append(RetryDefaults(library, **fields))
        return tuple(out)

    def retries_of(self, service: str) -> RetryDefaults | None:
        """What the SDK of a service sends again by itself: of all defaults for it, those meant most closely."""
        fitting = {
            prefix: defaults
            for defaults in self.retry_defaults
            for prefix in defaults.services
            if service == prefix or service.startswith(f"{prefix}.") or (prefix == "aws" and service in self.services)
        }
        return fitting[max(fitting, key=len)] if fitting else None

    # --- curated errors ---------------------------------------------------------------------------------------------

    @cached_property
    def conflicts(self) -> Conflicts:
        """The conflicts that a person described, and the guides; their texts are decoded one by one."""
        from conflict_lint.catalogue.conflicts import Conflicts

        return Conflicts(self._segment(self._index["conflicts"]), self._segment)

    # --- explain ------------------------------------------------------------------------------------------------------

    def explain(self, query: str) -> tuple[Entry, ...]:
        """Entries about an error code, an exception class, an operation (``s3.put_object``) or an HTTP status."""
        from conflict_lint.catalogue.explain import entries

        return tuple(entries(self, query))

    def about(self, operation: Operation) -> Entry:
        """The entry of an operation."""
        from conflict_lint.catalogue.explain import about

        return about(self, operation)

    @cached_property
    def scopes(self) -> frozenset[str]:
        """The words with which a query may begin: providers, services, and the parts of their names and packages."""
        from conflict_lint.catalogue.explain import PROVIDERS

        packages = (part.split("-") for error in self.conflicts for part in error.services)
        return self.services.union(PROVIDERS, ("guide",), *(name.split(".") for name in self.sdks), *packages)

    def nearest(self, query: str) -> tuple[str, ...]:
        """Up to three names that ``explain`` knows and that look like the query."""
        from conflict_lint.catalogue.explain import nearest

        return tuple(nearest(self, query))

    def known_errors(self) -> frozenset[str]:
        """Every wire code and exception class of AWS's services, and the common codes."""
        return frozenset(self._errors) | self.common_codes.keys()

    def known_methods(self) -> frozenset[str]:
        """Every client method of any service."""
        return frozenset(self._methods).union(self._sdk_methods)


def _advice(text: Mapping[str, Json] | None) -> Advice | None:
    from conflict_lint.catalogue.model import Advice

    return Advice(text["meaning"], text["why"], text["retry"], text["do"]) if text else None


# --- loading ----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=8)
def load(own: tuple[tuple[str, str], ...] = ()) -> Catalogue:
    """The catalogue of this installation with what the user's ``own`` files add to it.

    Each is a path and what changes with its content, so that a file that has changed is read again. Raises
    CatalogueError where these files, or a checkout's sources, are wrong.
    """
    import conflict_lint_rules

    root = Path(conflict_lint_rules.__file__).parent / "catalogue"
    return load_with(root, [Path(path) for path, _ in own]) if own else load_from(root)


def load_with(root: Path, own: Sequence[Path]) -> Catalogue:
    """The catalogue below ``root`` and the user's files, compiled now or before."""
    try:
        return _by_content(root, cache_folder(), own)
    except (OSError, UntrustedError):  # a missing file of the user's is told by the compiler
        return Catalogue(_compiled(root, own))


def load_from(root: Path) -> Catalogue:
    """The catalogue below ``root``: its compiled file, or its sources compiled now or before."""
    with contextlib.suppress(OSError, DamagedError):
        return Catalogue((root / "compiled.bin").read_bytes())
    try:
        folder = cache_folder()
    except (OSError, UntrustedError):
        return Catalogue(_compiled(root))
    stats = _Stats(root, folder)
    if known := stats.digest():
        with contextlib.suppress(OSError, DamagedError):
            return Catalogue((folder / f"{known}.bin").read_bytes())
    return _by_content(root, folder, stats=stats)


def _compiled(root: Path, own: Sequence[Path] = ()) -> bytes:
    from conflict_lint.catalogue import build

    return build.compile_catalogue(root, own)


def _by_content(root: Path, folder: Path, own: Sequence[Path] = (), stats: _Stats | None = None) -> Catalogue:
    """Look again by the sources' content (a checkout may only have touched them), and compile as the last resort."""
    from conflict_lint.catalogue import build

    digest = build.digest(root, own)
    compiled = folder / f"{digest}.bin"
    try:
        catalogue = Catalogue(compiled.read_bytes())
    except (OSError, DamagedError):
        data = _compiled(root, own)
        catalogue = Catalogue(data)
        if catalogue.digest == digest:
            _write(compiled, data)
            _prune(folder)
    if stats is not None and catalogue.digest == digest:
        stats.remember(digest)
    return catalogue


def cache_folder() -> Path:
    """Where this user's compiled catalogues are kept. Raises OSError and UntrustedError as ``own_folder`` does."""
    return Path(own_folder()) / "catalogue"


class _Stats:
    """Remembers which digest the sources had when they last looked like this, so that nobody need read them."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._path = folder / f"{zlib.crc32(str(root).encode()):08x}.json"
        found = sorted(_source_stats(root))
        self._now = list(map(list, found))
        # A file this young may change again within the same time stamp.
        self._settled = max(modified for _, _, modified in found) < time.time_ns() - 2 * 10**9

    def digest(self) -> str | None:
        """The digest that was remembered for exactly these sources."""
        with contextlib.suppress(OSError, ValueError):
            then = json.loads(self._path.read_bytes())
            if then["sources"] == self._now:
                return str(then["digest"])
        return None

    def remember(self, digest: str) -> None:
        """Note the digest for the next start."""
        if self._settled:
            _write(self._path, json.dumps({"sources": self._now, "digest": digest}).encode())


def _source_stats(root: Path) -> Iterator[tuple[str, int, int]]:
    """Path, size and modification time (ns) of every source and of the compiler, which is not imported for this."""
    for name, suffix in SOURCES:
        folder = root / name
        if not folder.is_dir():
            continue
        with os.scandir(folder) as found:
            for entry in found:
                if entry.name.endswith(suffix):
                    stat = entry.stat()
                    yield entry.path, stat.st_size, stat.st_mtime_ns
    for name in COMPILER:
        path = Path(__file__).with_name(name)
        stat = path.stat()
        yield str(path), stat.st_size, stat.st_mtime_ns


def _write(path: Path, data: bytes) -> None:
    """Put a file there in one step, or do without: another process may be writing the same one."""
    import tempfile

    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def _prune(folder: Path) -> None:
    """Forget all but the youngest compiled files."""
    with contextlib.suppress(OSError):
        found = sorted(folder.glob("*.bin"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in found[KEPT:]:
            path.unlink(missing_ok=True)
