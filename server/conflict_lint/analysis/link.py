"""Names across one module: functions, classes, globals, and what an attribute of ``self`` holds.

Everything here is looked up on demand, and every look-up notes which chunks it read (``consulted``), so that an edit
invalidates only the units that saw the edited chunk.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from . import extract
from . import facts as f
from .triage import words_in

if TYPE_CHECKING:
    from .chunks import Chunk, Module
    from .frames import Frame

CONSTRUCTORS = ("__init__", "__new__", "__post_init__", "__attrs_post_init__", "setUp", "setup")
MADE = re.compile(r"""(?:client|resource)\w*\(\s*(?:service_name\s*=\s*)?['"]([a-z0-9-]+)['"]""")
SELF_ASSIGNMENT = re.compile(r"\bself\.(\w+)\s*(?::[^=\n]+)?=(?!=)")
SELF = re.compile(r"\bself\.(\w+)")
SELF_TARGETS = re.compile(r"(?:^[ \t]*|\b(?:for|as)[ \t]+)\(?((?:[\w.*]+[ \t]*,[ \t]*)*self\.\w+[ \t]*,)", re.MULTILINE)


class ChunkFacts:
    """One chunk, with everything that is derived from its text alone. Kept for as long as the text lives."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk

    @cached_property
    def words(self) -> frozenset[str]:
        """Every identifier-like word in the text, comments and strings included."""
        return frozenset(words_in(self.chunk.text))

    @cached_property
    def assigns(self) -> frozenset[str]:
        """The attributes of ``self`` that a method may assign."""
        if "self." not in self.chunk.text:
            return frozenset()
        text = self.chunk.text
        several = (name for targets in SELF_TARGETS.findall(text) for name in SELF.findall(targets))
        return frozenset((*SELF_ASSIGNMENT.findall(text), *several))

    @cached_property
    def body(self) -> tuple[f.Stmt, ...]:
        """The chunk's facts; empty for a chunk that does not parse."""
        tree = self.chunk.tree()
        return extract.statements(tree, self.locate) if tree else ()

    def locate(self, node: ast.AST) -> tuple[int, int]:
        """A node's chunk-relative start and end in code points."""
        return self.chunk.span_of(node)

    @cached_property
    def function(self) -> f.Function | None:
        """The function this chunk defines."""
        return next((s.function for s in self.body if isinstance(s, f.Define)), None)

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names that a statement chunk binds at its own level."""
        return frozenset(bound_names(self.chunk.tree() or ()))

    @cached_property
    def imports(self) -> frozenset[str]:
        """The names that a module-level chunk imports, under a condition or not."""
        if self.chunk.kind != "statement" or "import" not in self.chunk.text:
            return frozenset()
        nodes = (node for top in self.chunk.tree() or () for node in ast.walk(top))
        return frozenset(bound_names(node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))))

    @cached_property
    def named(self) -> frozenset[str]:
        """The literals that this chunk passes first to something called a client or resource."""
        return frozenset(MADE.findall(self.chunk.text))


def bound_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names bound by statements, not looking into functions, classes or expressions."""
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from target_names(target)
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            yield from target_names(node.target)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            yield from target_names(node.target)
            yield from bound_names(node.body)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                yield from target_names(item.optional_vars) if item.optional_vars else ()
            yield from bound_names(node.body)
        elif isinstance(node, (ast.If, ast.While)):
            yield from bound_names([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from bound_names([*node.body, *node.orelse, *node.finalbody])
            for handler in node.handlers:
                yield from bound_names(handler.body)


def target_names(target: ast.AST) -> Iterator[str]:
    """The plain names in an assignment target."""
    return (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


Question = tuple[str, ...]
"""``("name", n)`` asks for a module-level name, ``("method", n, class)``, ``("attribute", n, class)`` for members,
``("quoted", n)`` whether the module has a string literal ``n``."""


@dataclass(slots=True, eq=False)
class FunctionLink:
    """A function of the module: the chunk it is in, its class and the frame it closes over.

    ``nested`` are its facts where it is not the chunk's own function; else they are extracted when first needed.
    """

    facts: ChunkFacts
    nested: f.Function | None = None
    owner: ClassLink | None = None
    closure: Frame | None = None
    qualname: str = ""

    @property
    def function(self) -> f.Function:
        """The function's facts."""
        function = self.nested or self.facts.function
        assert function is not None, "only chunks that parse are linked"
        return function

    @property
    def name(self) -> str:
        """The function's name."""
        return self.nested.name if self.nested else self.facts.chunk.name

    def decorated(self, *names: str) -> bool:
        """Whether a decorator's last name is one of ``names``."""
        return any(last_name(decorator) in names for decorator in self.function.decorators)


def last_name(expr: f.Expr) -> str:
    """``b`` of ``a.b`` or ``a.b(...)``."""
    while isinstance(expr, f.Call):
        expr = expr.func
    return expr.name if isinstance(expr, f.Attr) else expr.id if isinstance(expr, f.Name) else ""


@dataclass(slots=True, eq=False)
class ClassLink:
    """A class of the module, cut into chunks or, when it is nested in a function, given by its facts."""

    name: str
    link: ModuleLink
    header: ChunkFacts
    bases: tuple[f.Expr, ...]
    methods: dict[str, list[FunctionLink]]
    statements: tuple[tuple[ChunkFacts, tuple[f.Stmt, ...]], ...]

    def lineage(self, depth: int = 6) -> Iterator[ClassLink]:
        """This class and the bases of it that are in the same module, nearest first."""
        yield self
        for base in self.bases if depth else ():
            parent = self.link.classes.get(last_name(base))
            if parent is not None and parent is not self:
                yield from parent.lineage(depth - 1)

    def method(self, name: str) -> FunctionLink | None:
        """The method ``name``, inherited ones included; the last definition wins."""
        return next((c.methods[name][-1] for c in self.lineage() if name in c.methods), None)

    def getter(self, name: str) -> FunctionLink | None:
        """The method ``name``; of a property's functions the one that reads it, which comes first."""
        return next((c.methods[name][0] for c in self.lineage() if name in c.methods), None)

    def constructors(self) -> Iterator[FunctionLink]:
        """The methods that make an object of this class, inherited ones included, nearest first."""
        return (c.methods[name][-1] for c in self.lineage() for name in CONSTRUCTORS if name in c.methods)

    def assigning(self, attribute: str) -> Iterator[FunctionLink]:
        """The methods that may assign ``self.<attribute>``, in file order, nearest class first."""
        return (m for c in self.lineage() for ms in c.methods.values() for m in ms if attribute in m.facts.assigns)


class ModuleLink:
    """The names of one module, as the chunks define them."""

    def __init__(self, module: Module, store: dict[Chunk, ChunkFacts]) -> None:
        self.module = module
        self.chunks = [store.setdefault(chunk, ChunkFacts(chunk)) for chunk in module.chunks]
        self.answers: dict[Question, tuple[object, ...]] = {}

    @cached_property
    def functions(self) -> dict[str, ChunkFacts]:
        """Top-level functions by name; the last definition wins."""
        return {c.chunk.name: c for c in self.chunks if c.chunk.kind == "function" and not c.chunk.owner}

    @cached_property
    def globals(self) -> dict[str, list[ChunkFacts]]:
        """The statement chunks that bind each module-level name."""
        out: dict[str, list[ChunkFacts]] = {}
        for chunk in self.chunks:
            if chunk.chunk.kind == "statement" and not chunk.chunk.owner:
                for name in chunk.binds:
                    out.setdefault(name, []).append(chunk)
        return out

    def answer(self, question: Question) -> tuple[object, ...]:
        """What the module says to a question about a name; equal answers lead a run to the same chunks."""
        found = self.answers.get(question)
        if found is None:
            found = self.answers[question] = self._answer(*question)
        return found

    def _answer(self, what: str, name: str, owner: str = "") -> tuple[object, ...]:
        if what == "quoted":
            return (any(f'"{name}"' in c.chunk.text or f"'{name}'" in c.chunk.text for c in self.chunks),)
        if what == "name":
            function, cls = self.functions.get(name), self.classes.get(name)
            return (tuple(self.globals.get(name, ())), function, cls and cls.header)
        cls = self.classes.get(owner)
        lineage = list(cls.lineage()) if cls else []
        headers = tuple(c.header for c in lineage)
        if what == "method":
            return headers, tuple(tuple(m.facts for m in c.methods.get(name, ())) for c in lineage)
        body = tuple(chunk for c in lineage for chunk, _ in c.statements)
        methods = [*cls.constructors(), *cls.assigning(name)] if cls else []
        return headers, body, tuple(m.facts for m in methods)

    @cached_property
    def named(self) -> frozenset[str]:
        """The literals that are passed first to something called a client or resource."""
        return frozenset(name for chunk in self.chunks for name in chunk.named)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The names that module-level imports bind."""
        return frozenset(name for chunk in self.chunks for name in chunk.imports)

    @cached_property
    def classes(self) -> dict[str, ClassLink]:
        """Top-level classes by name, and nested ones by their dotted path."""
        members: dict[tuple[str, ...], list[ChunkFacts]] = {}
        for chunk in self.chunks:
            if chunk.chunk.owner:
                members.setdefault(chunk.chunk.owner, []).append(chunk)
        out: dict[str, ClassLink] = {}
        for chunk in self.chunks:
            if chunk.chunk.kind == "class":
                path = (*chunk.chunk.owner, chunk.chunk.name)
                out[".".join(path)] = self._class(chunk, path, members.get(path, []))
        return out

    def _class(self, header: ChunkFacts, path: tuple[str, ...], members: list[ChunkFacts]) -> ClassLink:
        definition = next((s for s in header.body if isinstance(s, f.ClassDef)), None)
        link = ClassLink(".".join(path), self, header, definition.bases if definition else (), {}, ())
        statements = [(header, definition.body)] if definition else []
        for member in members:
            if member.chunk.kind == "function":
                if member.chunk.problem is None:
                    function = FunctionLink(member, None, link, None, ".".join((*path, member.chunk.name)))
                    link.methods.setdefault(member.chunk.name, []).append(function)
            elif member.chunk.kind == "statement":
                statements.append((member, member.body))
        link.statements = tuple(statements)
        return link

    def function(self, name: str) -> FunctionLink | None:
        """The top-level function ``name``."""
        chunk = self.functions.get(name)
        if chunk is None or chunk.chunk.problem is not None:
            return None
        return FunctionLink(chunk, qualname=name)

    def unit(self, chunk: ChunkFacts) -> FunctionLink | None:
        """The function or method that ``chunk`` defines."""
        if chunk.function is None:
            return None
        if not chunk.chunk.owner:
            return FunctionLink(chunk, qualname=chunk.chunk.name)
        owner = self.classes.get(".".join(chunk.chunk.owner))
        qualname = ".".join((*chunk.chunk.owner, chunk.chunk.name))
        return FunctionLink(chunk, None, owner, None, qualname)
