"""Names across one module: functions, classes, globals, and what an attribute of ``self`` holds.

Everything here is looked up on demand, and every look-up notes which chunks it read (``consulted``), so that an edit
invalidates only the units that saw the edited chunk.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import extract
from . import facts as f
from .once import dynamic, once
from .traits import Traits
from .triage import MEMBER, Words, words_in

if TYPE_CHECKING:
    from .chunks import Chunk, Module
    from .frames import Frame, Globals
    from .imports import Found
    from .modules import Modules

CONSTRUCTORS = ("__init__", "__new__", "__post_init__", "__attrs_post_init__", "setUp", "setup")
MAKERS = ("client", "resource")
MADE = re.compile(r"""(?:client|resource)\w*\((?:[^()'"]{0,200},)?\s*(?:\w*service\w*\s*=\s*)?['"]([a-z0-9-]+)['"]""")
# A pattern that begins with a literal is several times as fast, so what must not stand before it is asked behind it.
SELF_ASSIGNMENT = re.compile(r"self(?<!\wself)\.(\w+)\s*(?::[^=\n]+)?=(?!=)")
SELF = re.compile(r"self(?<!\wself)\.(\w+)")
SELF_LISTED = re.compile(r"self\.\w+[ \t]*,")
SELF_TARGETS = re.compile(
    r"(?:^[ \t]*(?=[^=]*=(?!=))|\b(?:for|as)[ \t]+)\(?((?:[\w.*]+[ \t]*,[ \t]*)*self\.\w+[ \t]*,)"
)
"""Where attributes are bound together; a line of arguments begins like that, too, but has no ``=`` after it."""


@dynamic
class ChunkFacts:
    """One chunk, with everything that is derived from its text alone. Kept for as long as the text lives."""

    def __init__(self, chunk: Chunk, path: str, triage: Words) -> None:
        """``path`` is the file of the chunk's module, relative to the project's root."""
        self.chunk = chunk
        self.path = path
        self._triage = triage

    @once
    def traits(self) -> Traits:
        """What its words say of it."""
        return Traits(self._triage, self.chunk.text, self.words)

    @once
    def words(self) -> frozenset[str]:
        """Every identifier-like word in the text, comments and strings included."""
        return frozenset(words_in(self.chunk.text))

    @once
    def members(self) -> frozenset[str]:
        """The words after a dot, with the dot."""
        return frozenset(MEMBER.findall(self.chunk.text))

    def release(self) -> None:
        """Forget the words, which take more memory than the text; they are found again when asked for."""
        for name in ("words", "members", "traits"):
            self.__dict__.pop(name, None)

    @once
    def outside(self) -> object:
        """All that a function's chunk says about its module; two that say the same differ in their bodies alone."""
        chunk = self.chunk
        if chunk.kind != "function":
            return self
        return chunk.owner, chunk.name, self.named, self.traits.sdks, self.traits.calls_again

    @property
    def called(self) -> str:
        """How others call the function of this chunk: by its name, a method with a dot before it."""
        return f".{self.chunk.name}" if self.chunk.owner else self.chunk.name

    def mentions(self, names: AbstractSet[str]) -> bool:
        """Whether one of ``names`` is in the text; those with a dot before them are asked of members."""
        return not self.words.isdisjoint(names) or not self.members.isdisjoint(names)

    @once
    def assigns(self) -> frozenset[str]:
        """The attributes of ``self`` that a method may assign."""
        if "self." not in self.chunk.text:
            return frozenset()
        text = self.chunk.text
        listed = {line_at(text, match.start()) for match in SELF_LISTED.finditer(text)}
        several = (name for line in listed for part in SELF_TARGETS.findall(line) for name in SELF.findall(part))
        return frozenset((*SELF_ASSIGNMENT.findall(text), *several))

    @once
    def body(self) -> tuple[f.Stmt, ...]:
        """The chunk's facts; empty for a chunk that does not parse."""
        tree = self.chunk.tree()
        facts = extract.statements(tree, self.locate) if tree else ()
        self.chunk.release()
        return facts

    def locate(self, node: ast.AST) -> tuple[int, int]:
        """A node's chunk-relative start and end in code points."""
        return self.chunk.span_of(node)

    @once
    def function(self) -> f.Function | None:
        """The function this chunk defines."""
        return next((s.function for s in self.body if isinstance(s, f.Define)), None)

    @once
    def bound(self) -> tuple[str, ...]:
        """The names that a statement chunk binds at its own level, as often as it does."""
        return tuple(bound_names(self.chunk.tree() or ()))

    @once
    def binds(self) -> frozenset[str]:
        """The names that a statement chunk binds at its own level."""
        return frozenset(self.bound)

    @once
    def imports(self) -> frozenset[str]:
        """The names that a module-level chunk imports, under a condition or not."""
        if self.chunk.kind != "statement" or "import" not in self.chunk.text:
            return frozenset()
        nodes = (node for top in self.chunk.tree() or () for node in ast.walk(top))
        return frozenset(bound_names(node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))))

    @once
    def named(self) -> frozenset[str]:
        """The literals that this chunk passes first to something called a client or resource."""
        if not any(word in self.chunk.text for word in MAKERS):
            return frozenset()
        return frozenset(MADE.findall(self.chunk.text))


def line_at(text: str, offset: int) -> str:
    """The line around an offset, up to its next line feed."""
    end = text.find("\n", offset)
    return text[text.rfind("\n", 0, offset) + 1 : end if end >= 0 else len(text)]


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


def imports_in(statements: Iterable[f.Stmt]) -> Iterator[f.Import]:
    """The imports among statements, those under a condition included."""
    for statement in statements:
        if isinstance(statement, f.Import):
            yield statement
        elif isinstance(statement, f.If):
            yield from imports_in((*statement.body, *statement.orelse))
        elif isinstance(statement, f.Try):
            handled = (inner for handler in statement.handlers for inner in handler.body)
            yield from imports_in((*statement.body, *handled, *statement.orelse, *statement.final))


def target_names(target: ast.AST) -> Iterator[str]:
    """The plain names in an assignment target."""
    return (n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


Question = tuple[str, ...]
"""What is asked of the module whose path comes first.

``(path, "name", n)`` asks for a module-level name, ``(path, "class", dotted)`` for a class; for members
``(path, "method", n, class)``, ``(path, "attribute", n, class)`` and for all ``(path, "methods", "", class)``;
``(path, "functions")`` asks for the functions; ``(path, "import", origin)`` for the module that
an import means; ``(path, "words")`` for what the module speaks of, ``(path, "quoted", n)`` whether it has a string
literal ``n``.
"""


@dataclass(slots=True, eq=False)
class FunctionLink:
    """A function of the module: the chunk it is in, its class and the frame it closes over.

    ``nested`` are its facts where it is not the chunk's own function; else they are extracted when first needed.
    ``bare`` is the function without what its decorators make of it.
    """

    link: ModuleLink
    facts: ChunkFacts
    nested: f.Function | None = None
    owner: ClassLink | None = None
    closure: Frame | None = None
    qualname: str = ""
    bare: bool = False

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


@dataclass(eq=False)
class ClassLink:
    """A class of the module, cut into chunks or, when it is nested in a function, given by its facts."""

    name: str
    link: ModuleLink
    header: ChunkFacts
    bases: tuple[f.Expr, ...]
    methods: dict[str, list[FunctionLink]]
    """All that are written down, those included that do not parse: who wants to follow one asks ``defined``."""
    inline: tuple[f.Stmt, ...]
    held: tuple[ChunkFacts, ...] = ()
    _assigned: dict[str, list[FunctionLink]] | None = None

    @property
    def statements(self) -> Iterator[tuple[ChunkFacts, tuple[f.Stmt, ...]]]:
        """What the class says outside of its methods, with the chunks where it stands."""
        yield self.header, self.inline
        yield from ((chunk, chunk.body) for chunk in self.held)

    def defined(self, name: str) -> list[FunctionLink]:
        """The definitions of the method ``name`` in this class itself that parse; only these are parsed."""
        return [method for method in self.methods.get(name, ()) if method.facts.chunk.problem is None]

    def lineage(self, depth: int = 6) -> Iterator[ClassLink]:
        """This class and the bases of it that are in the project, nearest first."""
        yield self
        for base in self.bases if depth else ():
            parent = self.link.class_of(base)
            if parent is not None and parent is not self:
                yield from parent.lineage(depth - 1)

    def method(self, name: str) -> FunctionLink | None:
        """The method ``name``, inherited ones included; the last definition wins."""
        return next((found[-1] for c in self.lineage() if (found := c.defined(name))), None)

    def getter(self, name: str) -> FunctionLink | None:
        """The method ``name``; of a property's functions the one that reads it, which comes first."""
        return next((found[0] for c in self.lineage() if (found := c.defined(name))), None)

    def overriding(self, unit: FunctionLink) -> Iterator[FunctionLink]:
        """The methods of this class, and of those between it and the one of ``unit``, whose names that speaks of."""
        for cls in itertools.takewhile(lambda one: one is not unit.owner, self.lineage()):
            for name in sorted(unit.facts.words.intersection(cls.methods)):
                yield from cls.defined(name)

    def constructors(self) -> Iterator[FunctionLink]:
        """The methods that make an object of this class, inherited ones included, nearest first."""
        return (found[-1] for c in self.lineage() for name in CONSTRUCTORS if (found := c.defined(name)))

    def assigning(self, attribute: str) -> Iterator[FunctionLink]:
        """The methods that may assign ``self.<attribute>``, in file order, nearest class first."""
        found = (method for cls in self.lineage() for method in cls.assigned().get(attribute, ()))
        return (method for method in found if method.facts.chunk.problem is None)

    def move(self, link: ModuleLink, now: Mapping[ChunkFacts, ChunkFacts]) -> None:
        """Become a class of another module, in which some functions' chunks have others in their place."""
        self.link = link
        for method in itertools.chain.from_iterable(self.methods.values()):
            method.link = link
            if method.facts in now:
                method.facts, self._assigned = now[method.facts], None

    def assigned(self) -> dict[str, list[FunctionLink]]:
        """The methods of this class itself that may assign an attribute of ``self``, by the attribute's name."""
        if self._assigned is None:
            self._assigned = {}
            for method in itertools.chain.from_iterable(self.methods.values()):
                for attribute in sorted(method.facts.assigns):
                    self._assigned.setdefault(attribute, []).append(method)
        return self._assigned


@dynamic
class ModuleLink:
    """The names of one module, as the chunks define them, and through ``modules`` those that it imports."""

    def __init__(
        self, module: Module, chunks: list[ChunkFacts], path: str, modules: Modules, shared: Callable[[], Globals]
    ) -> None:
        """``chunks`` are those of ``module``, ``shared`` gives what the module's names hold."""
        self.module = module
        self.path = path
        self.modules = modules
        self._shared = shared
        self.chunks = chunks
        self.answers: dict[Question, tuple[object, ...]] = {}
        self.definitions: dict[str, tuple[ModuleLink, str, frozenset[Question]]] = {}
        self.answered = -1

    @once
    def functions(self) -> dict[str, ChunkFacts]:
        """Top-level functions by name; the last definition wins."""
        return {c.chunk.name: c for c in self.chunks if c.chunk.kind == "function" and not c.chunk.owner}

    @once
    def globals(self) -> dict[str, list[ChunkFacts]]:
        """The statement chunks that bind each module-level name."""
        out: dict[str, list[ChunkFacts]] = {}
        for chunk in self.chunks:
            if chunk.chunk.kind == "statement" and not chunk.chunk.owner:
                for name in chunk.binds:
                    out.setdefault(name, []).append(chunk)
        return out

    def take_over(self, before: ModuleLink, changed: Iterable[tuple[ChunkFacts, ChunkFacts]]) -> None:
        """Take the tables of ``before``, which differs from this module in some functions' bodies and nothing else.

        It must not be used any more: its classes become this module's.
        """
        now = dict(changed)
        kept: tuple[once[Any], ...] = (
            ModuleLink.globals, ModuleLink.imported, ModuleLink.named, ModuleLink.stars, ModuleLink.functions,
            ModuleLink.classes,
        )  # fmt: skip
        for table in kept:
            table.hand_on(before, self)
        for name, chunk in [*self.functions.items()] if ModuleLink.functions.known(self) else ():
            self.functions[name] = now.get(chunk, chunk)
        if ModuleLink.classes.known(self):
            for cls in self.classes.values():
                cls.move(self, now)

    def refresh(self) -> None:
        """Forget what depends on other modules where one of them has changed."""
        if self.answered != self.modules.changes:
            self.answers, self.definitions, self.answered = {}, {}, self.modules.changes

    @property
    def shared(self) -> Globals:
        """What the module's names hold."""
        return self._shared()

    def answer(self, question: Question) -> tuple[object, ...]:
        """What the module says to a question about a name; equal answers lead a run to the same chunks."""
        self.refresh()
        found = self.answers.get(question)
        if found is None:
            found = self.answers[question] = self._answer(*question[1:])
        return found

    def _answer(self, what: str, name: str = "", owner: str = "") -> tuple[object, ...]:
        if what == "words":
            return self.named, self.imported
        if what == "quoted":
            words = {*words_in(name)}
            texts = (chunk.chunk.text for chunk in self.chunks if words <= chunk.words)
            return (any(f'"{name}"' in text or f"'{name}'" in text for text in texts),)
        if what == "says":
            return (any(name in c.chunk.text.lower() for c in self.chunks),)
        if what == "setting":
            return tuple(self.setting(name))
        if what == "functions":
            return tuple(self.functions.values())
        if what == "class":
            named = self.class_named(name)
            return (named and named.header,)
        if what == "name":
            function, cls = self.functions.get(name), self.classes.get(name)
            return (tuple(self.globals.get(name, ())), function, cls and cls.header)
        cls = self.classes.get(owner)
        lineage = list(cls.lineage()) if cls else []
        headers = tuple(c.header for c in lineage)
        if what == "methods":
            return headers, tuple(m.facts for c in lineage for name in c.methods for m in c.methods[name])
        if what == "method":
            return headers, tuple(tuple(m.facts for m in c.methods.get(name, ())) for c in lineage)
        body = tuple(chunk for c in lineage for chunk, _ in c.statements)
        methods = [*cls.constructors(), *cls.assigning(name)] if cls else []
        return headers, body, tuple(m.facts for m in methods)

    def binds(self, name: str) -> bool:
        """Whether the module itself gives ``name`` a meaning."""
        return name in self.globals or name in self.functions or name in self.classes

    def setting(self, name: str) -> Iterator[ChunkFacts]:
        """The functions that may declare ``name`` to be global and bind it, in file order."""
        return (c for c in self.functions.values() if name in c.words and "global" in c.words)

    def alias(self, name: str) -> str | None:
        """The dotted origin of a name that one import and nothing else binds."""
        chunks = self.globals.get(name, ())
        if len(chunks) != 1 or name in self.functions or name in self.classes:
            return None
        bound = [origin for statement in imports_in(chunks[0].body) for own, origin in statement.names if own == name]
        others = chunks[0].bound.count(name) - len(bound)
        return bound[-1] if bound and not others else None

    @once
    def stars(self) -> tuple[str, ...]:
        """The modules, as dotted origins, all of whose names are imported; the last one first."""
        found = [
            origin[: -len(".*")] if origin.strip(".") != "*" else origin[:-1]
            for chunk in self.globals.get("*", ())
            for statement in chunk.body
            if isinstance(statement, f.Import)
            for name, origin in statement.names
            if name == "*"
        ]
        return tuple(reversed(found))

    def defining(self, name: str, asked: set[Question]) -> tuple[ModuleLink, str]:
        """The module that defines what ``name`` is here, and its name there; imports within the project are followed.

        ``asked`` collects the questions on the way. Where the way ends or goes in a circle, its last module is told.
        """
        self.refresh()
        known = self.definitions.get(name)
        if known is None:
            questions: set[Question] = set()
            known = self.definitions[name] = (*self._defining(name, questions), frozenset(questions))
        asked |= known[2]
        return known[0], known[1]

    def _defining(self, name: str, asked: set[Question]) -> tuple[ModuleLink, str]:
        link: ModuleLink = self
        met: set[tuple[str, str]] = set()
        while (link.path, name) not in met:
            met.add((link.path, name))
            asked.add((link.path, "name", name))
            following = link.step(name, asked)
            if following is None:
                break
            link, name = following
        return link, name

    def step(self, name: str, asked: set[Question]) -> tuple[ModuleLink, str] | None:
        """The module, and the name there, that an import makes ``name`` stand for."""
        if self.binds(name):
            origin = self.alias(name)
            found = self.found(origin, asked) if origin else None
            member = self.member(found)
            if found is None or member is None or self.modules.child(found.path, found.rest[0]):
                return None
            return member
        for star in self.stars:
            found = self.found(star, asked)
            linked = self.modules.link(found.path) if found and not found.rest else None
            if linked is not None and linked.link.exports(name, {self.path}):
                return linked.link, name
        return None

    def exports(self, name: str, met: set[str]) -> bool:
        """Whether a star import of this module gives ``name``."""
        if self.binds(name):
            return not name.startswith("_")
        met.add(self.path)
        for star in self.stars:
            found = self.modules.find(star, self.path)
            if found is None or found.rest or found.path in met:
                continue
            linked = self.modules.link(found.path)
            if linked is not None and linked.link.exports(name, met):
                return True
        return False

    def found(self, origin: str, asked: set[Question]) -> Found | None:
        """The project's module that ``origin`` means in this one."""
        asked.add((self.path, "import", origin))
        return self.modules.find(origin, self.path)

    def member(self, found: Found | None) -> tuple[ModuleLink, str] | None:
        """The module and the name in it that an import means, where it means a name in a module of the project."""
        linked = self.modules.link(found.path) if found is not None and len(found.rest) == 1 else None
        return (linked.link, found.rest[0]) if found is not None and linked is not None else None

    def class_named(self, dotted: str) -> ClassLink | None:
        """The class that a dotted name of this module stands for."""
        head, _, name = dotted.rpartition(".")
        return self.class_of(f.Attr(0, 0, f.Name(0, 0, head), name) if head else f.Name(0, 0, name))

    def class_of(self, expr: f.Expr) -> ClassLink | None:
        """The class that an expression such as ``Base``, ``module.Base`` or ``Generic[T]`` names."""
        while isinstance(expr, f.Item):
            expr = expr.obj
        module = self.alias(expr.obj.id) if isinstance(expr, f.Attr) and isinstance(expr.obj, f.Name) else None
        if isinstance(expr, f.Attr) and module is not None:
            found = self.modules.find(f"{module}.{expr.name}", self.path)
            member = self.member(found)
            if member is not None:
                link, name = member[0].defining(expr.name, set())
                return link.classes.get(name)
        link, name = self.defining(last_name(expr), set())
        return link.classes.get(name)

    @once
    def named(self) -> frozenset[str]:
        """The literals that are passed first to something called a client or resource."""
        return frozenset(name for chunk in self.chunks for name in chunk.named)

    @once
    def imported(self) -> frozenset[str]:
        """The names that module-level imports bind."""
        return frozenset(name for chunk in self.chunks for name in chunk.imports)

    @once
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
        bases, inline = (definition.bases, definition.body) if definition else ((), ())
        held = tuple(member for member in members if member.chunk.kind == "statement")
        link = ClassLink(".".join(path), self, header, bases, {}, inline, held)
        for member in members:
            if member.chunk.kind == "function":
                function = FunctionLink(self, member, None, link, None, ".".join((*path, member.chunk.name)))
                link.methods.setdefault(member.chunk.name, []).append(function)
        return link

    def function(self, name: str) -> FunctionLink | None:
        """The top-level function ``name``."""
        chunk = self.functions.get(name)
        if chunk is None or chunk.chunk.problem is not None:
            return None
        return FunctionLink(self, chunk, qualname=name)

    def unit(self, chunk: ChunkFacts) -> FunctionLink | None:
        """The function or method that ``chunk`` defines."""
        if chunk.function is None:
            return None
        if not chunk.chunk.owner:
            return FunctionLink(self, chunk, qualname=chunk.chunk.name)
        owner = self.classes.get(".".join(chunk.chunk.owner))
        qualname = ".".join((*chunk.chunk.owner, chunk.chunk.name))
        return FunctionLink(self, chunk, None, owner, None, qualname)
