"""Tool-made wrong solutions: the reference with one small change that nobody thought of beforehand.

Operators are exchanged, terms and calls dropped, constants moved by one, results negated or doubled, transposes
added or removed, names and functions exchanged, statements left out or put in another order. How many of these the
checks reject says how sharp the probes are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from rnnlab.exercises.mistakes import compiled, source_of

EXCHANGED = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult, ast.Add),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt,),
}
RELATED = {
    "tanh": ("sin", "arctan", "exp", "sign", "cosh"),
    "stack": ("concatenate", "hstack", "array"),
    "arange": ("ones", "zeros"),
}
Rule = Callable[[ast.AST, tuple[str, ...]], Iterator[ast.AST]]


@dataclass(frozen=True)
class Mutant:
    """One changed function: what was changed into what, and the whole source."""

    change: str
    source: str

    def function(self, reference: Callable[..., Any]) -> Callable[..., Any]:
        """The changed function, with the reference's globals."""
        return compiled(self.source, reference)


def mutants(reference: Callable[..., Any]) -> tuple[Mutant, ...]:
    """All mutants of a function, each different from it and from the others."""
    tree = ast.parse(source_of(reference))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    names = tuple(argument.arg for argument in definition.args.args)
    found: dict[str, Mutant] = {}
    for index, node in enumerate(ast.walk(definition)):
        for replacement in _replacements(node, names):
            source = ast.unparse(_replaced(tree, index, replacement))
            line = getattr(node, "lineno", None)
            change = " → ".join(_differing(node, replacement)) + (f" (line {line})" if line else "")
            found.setdefault(source, Mutant(change, source))
    found.pop(ast.unparse(tree), None)
    return tuple(found.values())


def _replacements(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    for rule in RULES:
        yield from rule(node, names)


def _operators(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        for other in EXCHANGED.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
    if isinstance(node, ast.Compare):
        for other in EXCHANGED.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [other()], node.comparators)


def _dropped_terms(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if not _is_numpy(node.func):
            yield node.func.value
        elif len(node.args) == 1:
            yield node.args[0]


def _constants(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _transposes(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield ast.BinOp(_transposed(node.left), ast.MatMult(), node.right)
        yield ast.BinOp(node.right, ast.MatMult(), node.left)


def _names(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != "np":
        for other in names:
            if other != node.id:
                yield ast.Name(other, ast.Load())


def _arguments(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for i in range(len(node.args) - 1):
            args = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
            yield ast.Call(node.func, args, node.keywords)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        yield ast.Subscript(node.value, ast.Tuple(node.slice.elts[::-1], ast.Load()), node.ctx)


def _loops(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Name):
        for part in ("[1:]", "[:-1]", "[::-1]"):
            shorter = ast.parse(f"{ast.unparse(node.iter)}{part}", mode="eval").body
            yield ast.For(node.target, shorter, node.body, node.orelse)


def _statements(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.For):
        yield ast.Pass()


def _scaled(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield ast.UnaryOp(ast.USub(), node)
        yield ast.BinOp(ast.Constant(2), ast.Mult(), node)
    if isinstance(node, ast.Compare):
        yield ast.UnaryOp(ast.Not(), node)


def _indices(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Tuple | ast.Slice):
        for sign in (ast.Add(), ast.Sub()):
            yield ast.Subscript(node.value, ast.BinOp(node.slice, sign, ast.Constant(1)), node.ctx)


def _results(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None:
        for form in ("-({})", "2 * ({})", "({}) + 1", "({})[::-1]", "({})[:, ::-1]", "abs({})"):
            changed = ast.parse(form.format(ast.unparse(node.value)), mode="eval").body
            yield ast.Return(changed)


def _functions(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and _is_numpy(node):
        for other in RELATED.get(node.attr, ()):
            yield ast.Attribute(node.value, other, node.ctx)


def _order(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.AST]:
    if isinstance(node, ast.For):
        for i in range(len(node.body) - 1):
            if not _independent(node.body[i], node.body[i + 1]):
                body = [*node.body[:i], node.body[i + 1], node.body[i], *node.body[i + 2 :]]
                yield ast.For(node.target, node.iter, body, node.orelse)


RULES: tuple[Rule, ...] = (
    _operators,
    _dropped_terms,
    _constants,
    _transposes,
    _names,
    _arguments,
    _loops,
    _statements,
    _scaled,
    _indices,
    _results,
    _functions,
    _order,
)


def _is_numpy(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) == "np"


def _transposed(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


def _replaced(tree: ast.Module, index: int, replacement: ast.AST) -> ast.Module:
    """A copy of the tree in which the node at this place of the walk is another one."""
    copy = deepcopy(tree)
    target = list(ast.walk(copy.body[0]))[index]
    for parent in ast.walk(copy):
        for field, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, field, replacement)
            elif isinstance(value, list) and any(item is target for item in value):
                setattr(parent, field, [replacement if item is target else item for item in value])
    return ast.fix_missing_locations(copy)


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether neither statement touches a name that the other writes to, so that their order does not matter."""
    return not (_written(one) & _named(other) or _written(other) & _named(one))


def _written(statement: ast.stmt) -> set[str]:
    """The names that a statement writes to, those with an index too."""
    targets = [
        target
        for node in ast.walk(statement)
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.AST)
    ]
    return {name for target in targets for name in _named(getattr(target, "value", target))}


def _named(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _differing(node: ast.AST, replacement: ast.AST) -> tuple[str, str]:
    """The first line of each, or of loops the lines in which they differ."""
    before, after = _lines(node), _lines(replacement)
    while len(before) > 1 and len(after) > 1 and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    one = 1 if before[0] != after[0] and not isinstance(replacement, ast.For) else None
    return "; ".join(before[:one]), "; ".join(after[:one])


def _lines(node: ast.AST) -> list[str]:
    return (
        ["nothing"]
        if isinstance(node, ast.Pass)
        else [line.strip() for line in ast.unparse(node).splitlines()]
    )
