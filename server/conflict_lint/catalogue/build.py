"""Compiling the catalogue's sources, YAML and generated facts, to the one file that ``store`` loads.

The file is a header line, a JSON index, and compressed JSON segments that the index points to: data only.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path
from typing import Any

from conflict_lint.catalogue import build_discovery, build_errors, build_methods, build_retry, build_sdk, schema
from conflict_lint.catalogue.model import READS
from conflict_lint.catalogue.schema import CatalogueError, Document, Problem, nearest
from conflict_lint.catalogue.store import COMPILER, MAGIC, SDKS, SOURCES
from conflict_lint.catalogue.table import packed

Json = Any
Keys = tuple[str, ...]


KINDS: Mapping[str, tuple[schema.Record, tuple[str, ...]]] = {
    "service": (schema.SERVICE, ("aws",)),
    "errors": (build_errors.FILE, ("errors",)),
    "retry": (build_retry.FILE, ("retry",)),
    "sdk": (build_sdk.FILE, SDKS),
    "discovery": (build_discovery.FILE, ("discovery",)),
}
"""The kinds of documents, and the folders in which ours are."""


def _kind_of(keys: Set[str]) -> tuple[str, schema.Record] | None:
    """What a document with these keys is meant to be: its kind, and what such a document has."""
    marks = {
        "apis": "discovery",
        "provider": "errors",
        "names": "retry",
        "library": "retry",
        "classes": "sdk",
        "service": "service",
    }
    kind = next((kind for mark, kind in marks.items() if mark in keys), None)
    return (kind, KINDS[kind][0]) if kind else None


def sources(root: Path) -> list[Path]:
    """The files that the compiled catalogue is made from, in a fixed order."""
    return sorted(path for folder, suffix in SOURCES for path in (root / folder).glob(f"*{suffix}"))


def digest(root: Path, own: Sequence[Path] = ()) -> str:
    """What identifies the sources' content, and the code that compiles them: 32 hexadecimal digits.

    Raises OSError for a file of the user's (``own``) that cannot be read.
    """
    total = hashlib.blake2b(MAGIC.encode(), digest_size=16)
    for path in [*sources(root), *own, *(Path(__file__).with_name(name) for name in COMPILER)]:
        content = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        total.update(f"{path.parent.name}/{path.name} {content}\n".encode())
    return total.hexdigest()


def compile_catalogue(root: Path, own: Sequence[Path] = ()) -> bytes:
    """The compiled file of the sources below ``root`` and the user's ``own`` files.

    Raises CatalogueError naming file and line of everything that is wrong in them.
    """
    compiler = _Compiler(root, own)
    compiler.read()
    return compiler.packed()


class _Compiler:
    """Reads every source, checks the curated files against the models, and packs both together."""

    def __init__(self, root: Path, own: Sequence[Path]) -> None:
        self.root = root
        self.own = own
        generated = root / "generated"
        self.models = _facts(generated / "aws_services.json")
        self.resources = _facts(generated / "aws_resources.json")
        self.preconditions = _facts(generated / "aws_preconditions.json")
        self.tokens = _facts(generated / "aws_tokens.json")
        self.apis = _facts(generated / "discovery.json")
        self.provider: dict[str, Json] = {}
        self.curated: dict[str, dict[str, Json]] = {}
        self.conflicts = build_errors.Conflicts([], [])
        self.retry: list[Document] = []
        self.sdks: list[build_sdk.Sdk] = []
        self.discovered: list[Document] = []
        self.sdk_errors: list[list[Json]] = []
        self.defaults: dict[str, Json] = {}
        self.problems: list[Problem] = []

    # --- reading and checking ---------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read and check all YAML files."""
        provider = self._document(self.root / "aws.yaml", schema.PROVIDER)
        if provider:
            self.provider = provider.data
            self._check_kinds(provider, "codes")
        documents = self._documents()
        for document in documents["service"]:
            self._add(document)
        self.conflicts = build_errors.Conflicts(documents["errors"], sorted(self.root.glob("guides/*.md")))
        self.problems += self.conflicts.problems({name: self._names_of(name) for name in self.models})
        if provider:
            for kind, facts in provider.data["kinds"].items():
                guides = [facts["guide"]] if "guide" in facts else []
                self._known(provider, ("kinds", kind, "guide"), "guide", guides, self.conflicts.guides)
        self.retry = documents["retry"]
        self.problems += build_retry.problems(self.retry)
        things = _facts(self.root / "generated" / "kubernetes_things.json")
        codes = _facts(self.root / "generated" / "azure_codes.json")
        self.discovered = documents["discovery"]
        for document in self.discovered:
            for keys, what, name, there in build_discovery.problems(document, self.apis):
                self._known(document, keys, what, [name], there)
        self.sdks = list(self._sdks(documents["sdk"], things, codes))
        self.problems += [problem for sdk in self.sdks for problem in sdk.problems()]
        self.problems += list(build_sdk.twice(self.sdks, self.models))
        for path in self.root.glob("defaults.yaml"):
            if defaults := self._document(path, schema.DEFAULTS):
                self._add_defaults(defaults)
        self.sdk_errors = list(self._sdk_errors(codes))
        if self.problems:
            raise CatalogueError(self.problems)

    def _add_defaults(self, document: Document) -> None:
        self.defaults = document.data["defaults"]
        for library, facts in self.defaults.items():
            named = {"busy": facts["busy"]} if "busy" in facts else {}
            for key, identity in {**facts.get("refused", {}), **named}.items():
                self._known(document, ("defaults", library, key), "entry", [identity], self.conflicts.identities)

    def _sdk_errors(self, codes: Mapping[str, str]) -> Iterator[list[Json]]:
        """Codes and classes of the SDKs other than AWS's: provider, source, name, class, status, gRPC status, kind."""
        for service, found in codes.items():
            yield from (
                ["azure", f"azure.{service}", code, "", None, "", self._kind(code, None)] for code in found.split()
            )
        for distribution, classes in _facts(self.root / "generated" / "sdk_errors.json").items():
            for dotted, text in classes.items():
                status, _, grpc = text.partition(" ") if text[:1].isdigit() else ("", "", text)
                known = int(status) if status else None
                if known and known < 400:
                    continue
                name = dotted.rpartition(".")[2]
                kind = self._kind(name, known)
                yield [distribution.partition("-")[0], distribution, name, dotted, known, grpc, kind]

    def _sdks(
        self, documents: Iterable[Document], things: Mapping[str, str], codes: Mapping[str, str]
    ) -> Iterator[build_sdk.Sdk]:
        """What signatures say, with what a person described over it, and what only a person did."""
        path = self.root / "generated" / "sdk_methods.json"
        generated = {name: build_methods.described(name, facts) for name, facts in _facts(path).items()}
        for document in documents:
            name = document.data["service"]
            yield build_sdk.Sdk(document, generated.pop(name, None), things if name == "kubernetes" else {}, codes)
        for data in generated.values():
            yield build_sdk.Sdk(Document(path, data, {}), None, {}, {})
        for discovered in self.discovered:
            for document in build_discovery.services(discovered, self.apis):
                yield build_discovery.Discovered(document, None, {}, {})

    def _documents(self) -> dict[str, list[Document]]:
        """The documents of each kind, ours before the user's."""
        out: dict[str, list[Document]] = {}
        for kind, (spec, folders) in KINDS.items():
            paths = [path for folder in folders for path in (self.root / folder).glob("*.yaml")]
            out[kind] = [found for path in sorted(paths) if (found := self._document(path, spec))]
        for path in self.own:
            for kind, document in self._own_documents(path):
                out[kind].append(document)
        return out

    def _own_documents(self, path: Path) -> list[tuple[str, Document]]:
        try:
            return schema.read_all(path, _kind_of)
        except CatalogueError as error:
            self.problems.extend(error.problems)
            return []

    def _names_of(self, service: str) -> build_errors.Names:
        """What a curated error may name of a service."""
        model = self.models[service]
        modelled = {facts[0] or shape: (shape, facts[1]) for shape, facts in model["errors"].items()}
        listed = {*self.curated.get(service, {}).get("errors", {}), *self.provider.get("codes", {})}
        methods = {facts[0] for facts in model["operations"].values()} | {*model.get("custom", {})}
        awaited = {code for _, codes in model["waiters"].values() for code in codes.split()}
        return build_errors.Names(modelled, listed | awaited, methods)

    def _document(self, path: Path, spec: schema.Record) -> Document | None:
        try:
            return schema.read(path, spec)
        except CatalogueError as error:
            self.problems.extend(error.problems)
            return None

    def _add(self, document: Document) -> None:
        name = document.data["service"]
        if self._known(document, ("service",), "service", [name], self.models):
            if name in self.curated and document.path not in self.own:
                self.problems.append(document.problem(("service",), f'the service "{name}" has another file already'))
            known = self.curated.setdefault(name, {"service": name})
            for table in document.data.keys() - {"service"}:
                known[table] = {**known.get(table, {}), **document.data[table]}
            self._check_service(document, name)

    def _check_service(self, document: Document, name: str) -> None:
        model = self.models[name]
        operations = {*model["operations"], *model.get("custom", {})}
        codes = self._codes(document, name)
        for api, facts in document.data.get("operations", {}).items():
            if self._known(document, ("operations", api), "operation", [api], operations):
                self._check_operation(document, name, api, facts)
                for field in ("failure", "missing", "foreign"):
                    self._known(document, ("operations", api, field), "code", facts.get(field, ()), codes)
                calls = [facts["calls"]] if "calls" in facts else []
                self._known(document, ("operations", api, "calls"), "operation", calls, operations)
        for code, facts in document.data.get("errors", {}).items():
            keys = ("errors", code, "operations")
            self._known(document, keys, "operation", facts.get("operations", ()), operations)
        self._check_kinds(document, "errors")
        explained = document.data.get("explain", {})
        for key in explained:
            self._known(document, ("explain", key), "error", [key], codes | set(model["errors"]))

    def _check_operation(self, document: Document, name: str, api: str, facts: Mapping[str, Json]) -> None:
        keys = ("operations", api)
        inputs, outputs = self._members(name, api)
        preconditions = facts.get("precondition") or {}
        for field in ("key", "payload", "pinned", "streams", "heeds"):
            self._known(document, (*keys, field), "input", map(_head, facts.get(field, ())), inputs)
        self._known(document, (*keys, "expression"), "input", filter(None, [facts.get("expression")]), inputs)
        self._check_lifecycle(document, name, (*keys, "lifecycle"), facts.get("lifecycle", {}), (inputs, outputs))
        for field in ("yields", "counts", "besides"):
            self._known(document, (*keys, field), "output", map(_head, facts.get(field, ())), outputs)
        for field, names in (("when", facts.get("when", {})), ("precondition", preconditions)):
            for member in names:
                self._known(document, (*keys, field, member), "input", [_head(member)], inputs)
        for member, precondition in preconditions.items():
            for source in precondition.get("from", ()):
                read, _, path = source.partition(".")
                at = (*keys, "precondition", member, "from")
                if self._known(document, at, "operation", [read], self.models[name]["operations"]):
                    self._known(document, at, "output", [_head(path)], self._members(name, read)[1])

    def _check_lifecycle(
        self, document: Document, name: str, at: Keys, facts: Mapping[str, Json], members: tuple[list[str], list[str]]
    ) -> None:
        model = self.models[name]
        self._known(document, at, "input", (*facts.get("id", ()), *facts.get("changing", ())), members[0])
        self._known(document, at, "output", map(_head, filter(None, [facts.get("gives")])), members[1])
        self._known(document, at, "waiter", filter(None, [facts.get("until")]), model["waiters"])
        self._known(document, at, "code", facts.get("refused", ()), self._codes(document, name))

    def _codes(self, document: Document, name: str) -> set[str]:
        """Every code that a service's file may name."""
        codes = {facts[0] or shape for shape, facts in self.models[name]["errors"].items()}
        return codes | {*document.data.get("errors", {}), *self.provider.get("codes", {})}

    def _members(self, service: str, api: str) -> tuple[list[str], list[str]]:
        model = self.models[service]
        if api in model.get("custom", {}):
            inputs = model["custom"][api].split()
            return inputs, inputs  # a managed transfer answers into what the caller names
        _, inputs, outputs, _, _ = model["operations"][api]
        return [name.rstrip("!~") for name in inputs.split()], outputs.split()

    def _check_kinds(self, document: Document, field: str) -> None:
        for code, facts in document.data.get(field, {}).items():
            kinds = [facts["kind"]] if "kind" in facts else []
            self._known(document, (field, code, "kind"), "kind", kinds, self.provider.get("kinds", {}))

    def _known(self, document: Document, keys: Keys, what: str, names: Iterable[str], words: Iterable[str]) -> bool:
        known = set(words)
        unknown = [name for name in names if name not in known]
        where = ".".join(keys)
        for name in unknown:
            message = f'{where}: there is no {what} "{name}"{nearest(name, known)}'
            self.problems.append(document.problem(keys, message))
        return not unknown

    # --- packing ----------------------------------------------------------------------------------------------------

    def packed(self) -> bytes:
        """Header, index and segments as bytes."""
        segments = _Segments()
        services = {name: segments.add(self._segment(name)) for name in self.models}
        clients = {_client_class(model["class"]): name for name, model in self.models.items()}
        names = list(self.models)
        index = {
            "services": services,
            "provider": "aws",
            "clients": clients,
            "methods": segments.add_postings(self._methods(names)),
            "errors": segments.add_postings(self._error_names(names)),
            "write_words": sorted({word for s, api in self._writes() if "_" in (word := self._method(s, api))}),
            "resource_write_words": sorted(self._resource_writes()),
            "positional_words": sorted(
                {method for model in self.models.values() for method in model.get("custom", ())}
            ),
            "child_words": sorted(
                {child for classes in self.resources.values() for child in classes["ServiceResource"]["children"]}
            ),
            "request_words": sorted(self._request_members()),
            "record_names": sorted(self._record_names()),
            "resource_services": sorted(self.resources),
            "codes": {
                code: {"kind": self._kind(code, facts.get("status")), **facts}
                for code, facts in self.provider["codes"].items()
            },
            "kinds": self.provider["kinds"],
            "token_words": sorted(set(self._token_words())),
            "token_methods": sorted(set(self._token_methods())),
            "transport_words": sorted(build_retry.transport_words(self.retry)),
            "explain": self.provider.get("explain", {}),
            "construct": self.provider["construct"],
            "retry": build_retry.packed(self.retry),
            "sdks": {sdk.name: segments.add(sdk.segment()) for sdk in self.sdks},
            "sdk_modules": self._sdk_modules(),
            "factories": {
                name: facts
                for document in self.discovered
                for name, facts in build_discovery.factories(document, self.apis).items()
            },
            "document_modules": sorted({m for sdk in self.sdks for m in sdk.data.get("documents", ())}),
            "error_modules": sorted(self.conflicts.modules()),
            "sdk_words": self._sdk_words(),
            "sdk_methods": segments.add_postings(self._sdk_methods()),
            "groups": self._groups(),
            "chains": segments.add_postings(self._chains()),
            "code_heads": sorted({path[0] for sdk in self.sdks if (path := sdk.document.data.get("code_path"))}),
            "conflicts": segments.add(self.conflicts.packed(segments.add)),
            "sdk_errors": segments.add(self.sdk_errors),
            "defaults": segments.add(self.defaults),
        }
        head = json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
        body = head + b"".join(segments.parts)
        header = f"{MAGIC} {digest(self.root, self.own)} {zlib.crc32(body):08x} {len(head)}\n"
        return header.encode() + body

    def _sdk_methods(self) -> Iterator[tuple[str, int]]:
        """The SDKs, by number, that have an operation behind a method of this name."""
        for number, sdk in enumerate(self.sdks):
            yield from ((method, number) for method in {m for _, m, _, operation in sdk.methods() if operation})

    def _chains(self) -> Iterator[tuple[str, int]]:
        """The services that are known by the way that leads to a method, by the last two names on it."""
        for number, sdk in enumerate(self.sdks):
            if isinstance(sdk, build_discovery.Discovered):
                yield from ((way, number) for way in build_discovery.chained(sdk))

    def _groups(self) -> dict[str, list[str]]:
        """Service and class of what clients have under names that say enough, and that no other service's have."""
        found = [(attribute, sdk.name, cls) for sdk in self.sdks for attribute, cls in sdk.groups()]
        often = Counter(attribute for attribute, *_ in found)
        return {attribute: [service, cls] for attribute, service, cls in found if often[attribute] == 1}

    def _sdk_modules(self) -> dict[str, list[str]]:
        """The SDKs whose classes or functions are found in a module."""
        out: dict[str, list[str]] = {}
        for sdk in self.sdks:
            for module in sdk.data["modules"]:
                out.setdefault(module, []).append(sdk.name)
        return out

    def _sdk_words(self) -> Json:
        """Words of the SDKs: which files speak of them, what writes, what is a method or class of them.

        Words that say too little by themselves stand under the file's words beside which they count.
        """
        gate = sorted({word for sdk in self.sdks for word in sdk.document.data["words"]})
        out: dict[str, Json] = {"gate": gate, "writes": set(), "names": set(), "bare": {}}
        for sdk in self.sdks:
            writes, names, acts = sdk.words()
            out["writes"] |= {word for word in writes if build_sdk.telling(word)}
            out["names"] |= {word for word in names if build_sdk.telling(word)}
            for word in sdk.document.data["words"]:
                bare = out["bare"].setdefault(word, [set(), set(), set()])
                bare[0] |= sdk.judged().union(word for word in writes if not build_sdk.telling(word))
                bare[1] |= {word for word in names if not build_sdk.telling(word)}
                bare[2] |= acts
        bare = {word: [sorted(part) for part in parts] for word, parts in out["bare"].items()}
        return {"gate": gate, "writes": sorted(out["writes"]), "names": sorted(out["names"]), "bare": bare}

    def _segment(self, name: str) -> Json:
        model = self.models[name]
        curated = {key: value for key, value in self.curated.get(name, {}).items() if key != "service"}
        listed = curated.get("errors", {})
        errors = {}
        for shape, (code, modelled, retryable) in model["errors"].items():
            more = listed.get(code or shape, {})
            status = more.get("status", modelled)
            errors[shape] = [code, status, retryable, more.get("kind") or self._kind(code or shape, status)]
        curated["errors"] = dict(self._unmodelled(name, listed))
        return {
            "provider": "aws",
            "client": _client_class(model["class"]),
            "operations": packed(model["operations"]),
            "errors": errors,
            "waiters": model["waiters"],
            "custom": model.get("custom", {}),
            "resources": self.resources.get(name, {}),
            "preconditions": dict(self._preconditions(name)),
            "tokens": self.tokens.get(name, {}),
            "curated": curated,
        }

    def _unmodelled(self, name: str, listed: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
        """The codes that a person listed, and those that the SDK's own waiters look for."""
        model = self.models[name]
        modelled = {facts[0] or shape for shape, facts in model["errors"].items()}
        for code, facts in listed.items():
            if code not in modelled:
                yield code, {"kind": self._kind(code, facts.get("status")), **facts}
        known = modelled | listed.keys()
        awaited: dict[str, list[str]] = defaultdict(list)
        for operation, codes in model["waiters"].values():
            for code in sorted(set(codes.split()) - known):
                awaited[code].append(operation)
        for code, operations in sorted(awaited.items()):
            yield code, {"kind": self._kind(code, None), "operations": sorted(set(operations))}

    def _preconditions(self, name: str) -> Iterator[tuple[str, Json]]:
        """Per operation ``[member, kind, required, sources, creates, since]``; a curated list replaces the derived."""
        derived = self.preconditions.get(name, {})
        curated = self.curated.get(name, {}).get("operations", {})
        for api in sorted({*derived, *(api for api, facts in curated.items() if "precondition" in facts)}):
            found = {
                member.replace(".[]", "[]"): [kind, required == "req", [_source(text) for text in texts]]
                for member, kind, _header, required, _confidence, texts in derived.get(api, {}).get("pre", ())
            }
            facts = curated.get(api, {})
            if "precondition" not in facts:
                yield api, [[member, *known, "", ""] for member, known in found.items()]
                continue
            rows = []
            for member, more in (facts["precondition"] or {}).items():
                kind, required, texts = found.get(member, ["condition", False, []])
                creates = more.get("creates", "")
                sources = more.get("from", [] if creates else texts)
                rows.append([member, kind, required, sources, creates, more.get("since", "")])
            yield api, rows

    def _kind(self, code: str, status: int | None) -> str:
        """The first kind whose pattern fits the code, else that of the status, else the one that asks for neither."""
        for kind, patterns, _ in self._kinds:
            if patterns and patterns.search(code):
                return kind
        by_status = [kind for kind, _, known in self._kinds if known and known == status]
        fallback = [kind for kind, patterns, known in self._kinds if not known and not patterns]
        return next(iter(by_status + fallback), "")

    @cached_property
    def _kinds(self) -> list[tuple[str, re.Pattern[str] | None, int | None]]:
        return [
            (kind, re.compile("|".join(facts["match"])) if "match" in facts else None, facts.get("status"))
            for kind, facts in self.provider["kinds"].items()
        ]

    def _methods(self, names: list[str]) -> Iterator[tuple[str, int]]:
        for number, name in enumerate(names):
            for facts in self.models[name]["operations"].values():
                yield facts[0], number
            for method in self.models[name].get("custom", ()):
                yield method, number

    def _error_names(self, names: list[str]) -> Iterator[tuple[str, int]]:
        for number, name in enumerate(names):
            errors = self.models[name]["errors"]
            found = {*errors, *(facts[0] for facts in errors.values() if facts[0])}
            for code in sorted(found | {*self.curated.get(name, {}).get("errors", {})}):
                yield code, number

    def _record_names(self) -> set[str]:
        operations = [facts for data in self.curated.values() for facts in data.get("operations", {}).values()]
        return {name for facts in operations for name in facts.get("record", ())}

    def _token_words(self) -> Iterator[str]:
        """The names of inputs that are idempotency tokens."""
        for rows in self.tokens.values():
            yield from (path.rpartition(".")[2] for path in rows.values())
        for model in self.models.values():
            for facts in model["operations"].values():
                filled = (name.rstrip("!~") for name in facts[1].split() if name.endswith("~"))
                yield from (name for name in filled if name.endswith(("Token", "Reference")))

    def _token_methods(self) -> Iterator[str]:
        """The methods whose idempotency token the SDK does not fill in."""
        content = self.provider["construct"].get("content_tokens", ())
        for service, rows in self.tokens.items():
            carrying = (api for api, path in rows.items() if path.rpartition(".")[2] not in content)
            yield from (self._method(service, api) for api in carrying)

    def _writes(self) -> Iterator[tuple[str, str]]:
        for name, data in self.curated.items():
            for api, facts in data.get("operations", {}).items():
                if facts.get("effect", "read") not in READS or "refused" in facts.get("lifecycle", {}):
                    yield name, api

    def _method(self, service: str, api: str) -> str:
        facts = self.models[service]["operations"].get(api)
        return str(facts[0]) if facts else api

    def _resource_writes(self) -> Iterator[str]:
        writes = set(self._writes())
        for service, classes in self.resources.items():
            for facts in classes.values():
                for method, action in {**facts.get("actions", {}), **facts.get("batch", {})}.items():
                    if (service, action[0]) in writes:
                        yield method

    def _request_members(self) -> Iterator[str]:
        """The members of requests that a judgement depends on: what is written where, under which condition."""
        for name, api in self._writes():
            facts = self.curated[name]["operations"][api]
            members = (*facts.get("key", ()), *facts.get("payload", ()), *(facts.get("precondition") or ()))
            yield from (member.partition("[")[0] for member in members)


class _Segments:
    """Pieces of the file, found again by ``[offset, length]`` after the index."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, data: Json) -> list[int]:
        """Data as compressed JSON."""
        return self._add(zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6))

    def add_postings(self, pairs: Iterable[tuple[str, int]]) -> list[int]:
        """Names and the services that have them as plain text: it is read often, and splitting is all that costs."""
        return self._add(_postings(pairs).encode())

    def _add(self, part: bytes) -> list[int]:
        self.parts.append(part)
        self.size += len(part)
        return [self.size - len(part), len(part)]


def _facts(path: Path) -> dict[str, Json]:
    data: dict[str, Json] = json.loads(path.read_bytes())
    data.pop("", None)
    return data


def _postings(pairs: Iterable[tuple[str, int]]) -> str:
    """A line for each name, a form feed, and a line for each name's services by number."""
    found: dict[str, list[int]] = defaultdict(list)
    for name, number in pairs:
        found[name].append(number)
    names = sorted(found)
    return "\n".join(names) + "\f" + "\n".join(" ".join(map(str, found[name])) for name in names)


def _client_class(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}Client"


def _head(path: str) -> str:
    return re.split(r"[./]", path)[0].removesuffix("[]")


def _source(text: str) -> str:
    operation, _, path = text.partition(":")
    return f"{operation}.{path.replace('.[]', '[]')}"
