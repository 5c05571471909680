"""From one chunk's ``ast`` to its facts. One walk; no look at any other chunk."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from . import facts as f

Locate = Callable[[ast.AST], tuple[int, int]]


def statements(nodes: Iterable[ast.stmt], locate: Locate) -> tuple[f.Stmt, ...]:
    """The facts of ``nodes``; ``locate`` gives a node's chunk-relative start and end in code points."""
    return Extractor(locate).block(nodes)


class Extractor:
    """Turns syntax into facts; a node it has no reading for becomes a ``Mix`` of its parts."""

    def __init__(self, locate: Locate) -> None:
        self.locate = locate

    def block(self, nodes: Iterable[ast.stmt]) -> tuple[f.Stmt, ...]:
        """A sequence of statements; those without facts (``pass``) drop out."""
        out: list[f.Stmt] = []
        for node in nodes:
            method = STATEMENTS.get(type(node).__name__)
            for statement in method(self, node) if method is not None else ():
                last = out[-1] if out else None
                if isinstance(last, f.Try) and isinstance(statement, f.Leave) and succeeds(last):
                    last.orelse = (statement,)
                else:
                    out.append(statement)
        return tuple(out)

    # -- statements -------------------------------------------------------------------------------------------------

    def do(self, node: ast.Expr) -> Iterable[f.Stmt]:
        yield f.Do(*self.locate(node), self.expr(node.value))

    def assign(self, node: ast.Assign) -> Iterable[f.Stmt]:
        targets = tuple(self.expr(target) for target in node.targets)
        yield f.Assign(*self.locate(node), targets, self.expr(node.value), "")

    def ann_assign(self, node: ast.AnnAssign) -> Iterable[f.Stmt]:
        value = self.expr(node.value) if node.value else None
        yield f.Assign(*self.locate(node), (self.expr(node.target),), value, annotation(node.annotation))

    def augment(self, node: ast.AugAssign) -> Iterable[f.Stmt]:
        op = "-" if isinstance(node.op, ast.Sub) else ""
        yield f.Augment(*self.locate(node), self.expr(node.target), self.expr(node.value), op)

    def delete(self, node: ast.Delete) -> Iterable[f.Stmt]:
        yield f.Delete(*self.locate(node), tuple(self.expr(target) for target in node.targets))

    def outer(self, node: ast.Global | ast.Nonlocal) -> Iterable[f.Stmt]:
        yield f.Outer(*self.locate(node), type(node).__name__.lower(), tuple(node.names))

    def imports(self, node: ast.Import) -> Iterable[f.Stmt]:
        names = tuple(
            (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2 for alias in node.names
        )
        yield f.Import(*self.locate(node), names)

    def import_from(self, node: ast.ImportFrom) -> Iterable[f.Stmt]:
        origin = "." * node.level + (node.module or "")
        joint = "" if origin.endswith(".") or not origin else "."
        names = tuple((alias.asname or alias.name, f"{origin}{joint}{alias.name}") for alias in node.names)
        yield f.Import(*self.locate(node), names)

    def leave(self, node: ast.Return | ast.Raise | ast.Break | ast.Continue) -> Iterable[f.Stmt]:
        value = node.value if isinstance(node, ast.Return) else node.exc if isinstance(node, ast.Raise) else None
        yield f.Leave(*self.locate(node), type(node).__name__.lower(), self.expr(value) if value else None)

    def branch(self, node: ast.If) -> Iterable[f.Stmt]:
        yield f.If(*self.locate(node), self.expr(node.test), self.block(node.body), self.block(node.orelse))

    def check(self, node: ast.Assert) -> Iterable[f.Stmt]:
        start, end = self.locate(node)
        yield f.If(start, end, self.expr(node.test), (), (f.Leave(start, end, "raise", None),))

    def loop(self, node: ast.For | ast.AsyncFor | ast.While) -> Iterable[f.Stmt]:
        target, source = (None, node.test) if isinstance(node, ast.While) else (self.expr(node.target), node.iter)
        body, orelse = self.block(node.body), self.block(node.orelse)
        yield f.Loop(*self.locate(node), target, self.expr(source), body, orelse)

    def attempt(self, node: ast.Try) -> Iterable[f.Stmt]:
        handlers = tuple(
            f.Handler(self.locate(h)[0], self.exception_types(h.type), h.name, self.block(h.body))
            for h in node.handlers
        )
        body, orelse, final = self.block(node.body), self.block(node.orelse), self.block(node.finalbody)
        yield f.Try(*self.locate(node), body, handlers, orelse, final)

    def exception_types(self, node: ast.expr | None) -> tuple[f.Expr, ...]:
        if node is None:
            return ()
        return tuple(self.expr(item) for item in (node.elts if isinstance(node, ast.Tuple) else [node]))

    def with_(self, node: ast.With | ast.AsyncWith) -> Iterable[f.Stmt]:
        items = tuple(
            (self.expr(item.context_expr), self.expr(item.optional_vars) if item.optional_vars else None)
            for item in node.items
        )
        body = self.block(node.body)
        only = node.items[0].context_expr if len(node.items) == 1 else None
        if isinstance(only, ast.Call) and named(only.func) == "suppress":
            types = tuple(self.expr(argument) for argument in only.args)
            yield f.Try(*self.locate(node), body, (f.Handler(self.locate(only)[0], types, None, ()),), (), ())
            return
        yield f.With(*self.locate(node), items, body)

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterable[f.Stmt]:
        yield f.Define(*self.locate(node), self.function(node))

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> f.Function:
        """The facts of one function definition."""
        decorators = tuple(self.expr(decorator) for decorator in node.decorator_list)
        returns = annotation(node.returns) if node.returns else ""
        start, end = self.locate(node)
        return f.Function(start, end, node.name, self.params(node.args), self.block(node.body), decorators, returns)

    def params(self, args: ast.arguments) -> tuple[f.Param, ...]:
        plain = args.posonlyargs + args.args
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
        pairs = [*zip(plain, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
        out = [self.param(arg, default, "") for arg, default in pairs[: len(plain)]]
        if args.vararg:
            out.append(self.param(args.vararg, None, "*"))
        out.extend(self.param(arg, default, "") for arg, default in pairs[len(plain) :])
        if args.kwarg:
            out.append(self.param(args.kwarg, None, "**"))
        return tuple(out)

    def param(self, arg: ast.arg, default: ast.expr | None, kind: str) -> f.Param:
        text = annotation(arg.annotation) if arg.annotation else ""
        return f.Param(arg.arg, text, self.expr(default) if default else None, kind)

    def class_def(self, node: ast.ClassDef) -> Iterable[f.Stmt]:
        bases = tuple(self.expr(base) for base in node.bases)
        yield f.ClassDef(*self.locate(node), node.name, bases, self.block(node.body))

    def match(self, node: ast.Match) -> Iterable[f.Stmt]:
        """``match`` reads as a chain of branches that compare the subject with each pattern's literals."""
        subject = self.expr(node.subject)
        start, end = self.locate(node)
        orelse: tuple[f.Stmt, ...] = ()
        for case in reversed(node.cases):
            literals = tuple(self.expr(n.value) for n in ast.walk(case.pattern) if isinstance(n, ast.MatchValue))
            names = [n.name for n in ast.walk(case.pattern) if isinstance(n, (ast.MatchAs, ast.MatchStar)) and n.name]
            binds = tuple(f.Assign(start, end, (f.Name(start, end, name),), subject, "") for name in names)
            if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None:
                orelse = binds + self.block(case.body)
                continue
            test = f.Test(start, end, ("==",) * len(literals), (subject, *literals))
            tests = (test, self.expr(case.guard)) if case.guard else (test,)
            joint = f.Choice(start, end, "and", (), tests) if len(tests) > 1 else test
            orelse = (f.If(start, end, joint, binds + self.block(case.body), orelse),)
        return orelse

    # -- expressions ------------------------------------------------------------------------------------------------

    def expr(self, node: ast.expr) -> f.Expr:
        """The facts of one expression."""
        start, end = self.locate(node)
        method = EXPRESSIONS.get(type(node).__name__)
        if method is not None:
            return method(self, node, start, end)
        children = tuple(self.expr(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
        return f.Mix(start, end, children)

    def name(self, node: ast.Name, start: int, end: int) -> f.Expr:
        return f.Name(start, end, node.id)

    def const(self, node: ast.Constant, start: int, end: int) -> f.Expr:
        return f.Const(start, end, node.value)

    def attr(self, node: ast.Attribute, start: int, end: int) -> f.Expr:
        return f.Attr(start, end, self.expr(node.value), node.attr)

    def item(self, node: ast.Subscript, start: int, end: int) -> f.Expr:
        if isinstance(node.slice, ast.Slice):
            return f.Mix(start, end, (self.expr(node.value),), f.SLICE)
        return f.Item(start, end, self.expr(node.value), self.expr(node.slice))

    def call(self, node: ast.Call, start: int, end: int) -> f.Expr:
        func = self.expr(node.func)
        args = [
            f.Arg("*", self.expr(a.value)) if isinstance(a, ast.Starred) else f.Arg(None, self.expr(a))
            for a in node.args
        ]
        args.extend(f.Arg(k.arg or "**", self.expr(k.value)) for k in node.keywords)
        return f.Call(start, end, func, tuple(args))

    def map(self, node: ast.Dict, start: int, end: int) -> f.Expr:
        pairs = zip(node.keys, node.values, strict=True)
        return f.Map(start, end, tuple((self.expr(k) if k else None, self.expr(v)) for k, v in pairs))

    def seq(self, node: ast.List | ast.Tuple | ast.Set, start: int, end: int) -> f.Expr:
        return f.Seq(start, end, tuple(self.expr(item) for item in node.elts))

    def star(self, node: ast.Starred, start: int, end: int) -> f.Expr:
        return f.Star(start, end, self.expr(node.value))

    def text(self, node: ast.JoinedStr, start: int, end: int) -> f.Expr:
        parts: list[f.Expr] = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                parts.append(self.expr(value.value))
            elif isinstance(value, ast.Constant):
                parts.append(f.Const(start, end, value.value))
        return f.Text(start, end, tuple(parts))

    def operator(self, node: ast.BinOp, start: int, end: int) -> f.Expr:
        """Left-leaning chains are walked in a loop: generated code has thousands of terms."""
        textual = isinstance(node.op, (ast.Add, ast.Mod))
        parts: list[f.Expr] = []
        ops: set[type[ast.operator]] = set()
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Add, ast.Mod)) == textual:
            parts.append(self.expr(left.right))
            ops.add(type(left.op))
            left = left.left
        parts.append(self.expr(left))
        parts.reverse()
        op = SETS.get(ops.pop(), "") if len(ops) == 1 else ""
        return f.Text(start, end, tuple(parts)) if textual else f.Mix(start, end, tuple(parts), op)

    def boolean(self, node: ast.BoolOp, start: int, end: int) -> f.Expr:
        op = "and" if isinstance(node.op, ast.And) else "or"
        return f.Choice(start, end, op, (), tuple(self.expr(value) for value in node.values))

    def choice(self, node: ast.IfExp, start: int, end: int) -> f.Expr:
        return f.Choice(start, end, "if", (self.expr(node.test),), (self.expr(node.body), self.expr(node.orelse)))

    def compare(self, node: ast.Compare, start: int, end: int) -> f.Expr:
        operands = tuple(self.expr(part) for part in (node.left, *node.comparators))
        return f.Test(start, end, tuple(COMPARE.get(type(op), "other") for op in node.ops), operands)

    def unary(self, node: ast.UnaryOp, start: int, end: int) -> f.Expr:
        operand = self.expr(node.operand)
        return (
            f.Test(start, end, ("not",), (operand,)) if isinstance(node.op, ast.Not) else f.Mix(start, end, (operand,))
        )

    def transparent(self, node: ast.Await | ast.YieldFrom, start: int, end: int) -> f.Expr:
        return self.expr(node.value)

    def yield_(self, node: ast.Yield, start: int, end: int) -> f.Expr:
        return f.Yield(start, end, self.expr(node.value) if node.value else None)

    def bind(self, node: ast.NamedExpr, start: int, end: int) -> f.Expr:
        return f.Bind(start, end, node.target.id, self.expr(node.value))

    def comp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, start: int, end: int) -> f.Expr:
        loops = tuple(
            (self.expr(g.target), self.expr(g.iter), tuple(self.expr(test) for test in g.ifs)) for g in node.generators
        )
        if isinstance(node, ast.DictComp):
            return f.Comp(start, end, self.expr(node.key), self.expr(node.value), loops, True)
        return f.Comp(start, end, None, self.expr(node.elt), loops, False)

    def lambda_(self, node: ast.Lambda, start: int, end: int) -> f.Expr:
        body = self.expr(node.body)
        returned = f.Leave(body.start, body.end, "return", body)
        return f.Lambda(start, end, f.Function(start, end, "<lambda>", self.params(node.args), (returned,), (), ""))


def named(node: ast.expr) -> str:
    """The name by which something is called."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def annotation(node: ast.expr) -> str:
    """An annotation as text, quotes of forward references removed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node).replace("'", "").replace('"', "")


SETS: dict[type[ast.operator], str] = {ast.BitOr: "|", ast.BitAnd: "&"}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}

STATEMENTS: dict[str, Callable[..., Iterable[f.Stmt]]] = {
    "Expr": Extractor.do,
    "Assign": Extractor.assign,
    "AnnAssign": Extractor.ann_assign,
    "AugAssign": Extractor.augment,
    "Delete": Extractor.delete,
    "Global": Extractor.outer,
    "Nonlocal": Extractor.outer,
    "Import": Extractor.imports,
    "ImportFrom": Extractor.import_from,
    "Return": Extractor.leave,
    "Raise": Extractor.leave,
    "Break": Extractor.leave,
    "Continue": Extractor.leave,
    "Assert": Extractor.check,
    "If": Extractor.branch,
    "For": Extractor.loop,
    "AsyncFor": Extractor.loop,
    "While": Extractor.loop,
    "Try": Extractor.attempt,
    "TryStar": Extractor.attempt,
    "With": Extractor.with_,
    "AsyncWith": Extractor.with_,
    "FunctionDef": Extractor.define,
    "AsyncFunctionDef": Extractor.define,
    "ClassDef": Extractor.class_def,
    "Match": Extractor.match,
}

EXPRESSIONS: dict[str, Callable[..., f.Expr]] = {
    "Name": Extractor.name,
    "Constant": Extractor.const,
    "Attribute": Extractor.attr,
    "Subscript": Extractor.item,
    "Call": Extractor.call,
    "Dict": Extractor.map,
    "List": Extractor.seq,
    "Tuple": Extractor.seq,
    "Set": Extractor.seq,
    "Starred": Extractor.star,
    "JoinedStr": Extractor.text,
    "BinOp": Extractor.operator,
    "BoolOp": Extractor.boolean,
    "IfExp": Extractor.choice,
    "Compare": Extractor.compare,
    "UnaryOp": Extractor.unary,
    "Await": Extractor.transparent,
    "Yield": Extractor.yield_,
    "YieldFrom": Extractor.transparent,
    "NamedExpr": Extractor.bind,
    "ListComp": Extractor.comp,
    "SetComp": Extractor.comp,
    "GeneratorExp": Extractor.comp,
    "DictComp": Extractor.comp,
    "Lambda": Extractor.lambda_,
}


def succeeds(attempt: f.Try) -> bool:
    """Whether what follows a ``try`` is only reached when nothing was raised: every handler leaves."""
    handled = all(handler.body and isinstance(handler.body[-1], f.Leave) for handler in attempt.handlers)
    return bool(attempt.handlers) and handled and not attempt.orelse and not attempt.final
