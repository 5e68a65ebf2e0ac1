"""What an analyst writes, ``result >= 2 * process``, read as coefficients; nothing in it is run (§4)."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction

from salesperf_lib.errors import ParamError, Problem

ONE = ""
"""The key of the part of an inequality that stands without a weight."""

Terms = dict[str, Fraction]

LONGEST = 200
_ALLOWED = "weights by name, numbers, + - * / and one >= or <=, as in result >= 2 * process"
_SIGNS = {ord(sign): plain for sign, plain in zip("≥≤×·÷−", (">=", "<=", "*", "*", "/", "-"), strict=True)}
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def read_inequality(text: str, where: str) -> Terms:
    """Read an inequality as Σ terms ≥ 0.

    Parameters
    ----------
    text
        Also with ≥ ≤ × · ÷ − and with full-width signs.
    where
        Where the text stands, for the message.

    Returns
    -------
    dict
        Name to coefficient, in the order of the text, the constant under `ONE`. Exact fractions: what
        cancels out is 0 and not the last bit of a sum.

    Raises
    ------
    ParamError
        If the text is anything but one linear inequality.
    """
    tree = _tree(text, where)
    if not isinstance(tree, ast.Compare):
        raise _refused(text, where, "without >= or <=", "write which side is at least the other")
    if len(tree.ops) > 1:
        raise _refused(text, where, "with more than one comparison", "write one constraint for each")
    sign = 1 if isinstance(tree.ops[0], ast.GtE) else -1
    if not isinstance(tree.ops[0], ast.GtE | ast.LtE):
        raise _refused(text, where, "compared otherwise", "write >= or <=; for equal, one constraint of each")
    apart = _sum(_read(tree.left, where), _read(tree.comparators[0], where), -1)
    return {name: sign * factor for name, factor in apart.items() if factor or name == ONE}


def _tree(text: str, where: str) -> ast.expr:
    """Parse the text as an expression, without running it."""
    if len(text) > LONGEST:
        remedy = f"use at most {LONGEST} characters"
        raise _refused(text[:40] + "…", where, f"of {len(text)} characters", remedy)
    try:
        return ast.parse(text.translate(_SIGNS | _WIDE).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        remedy = "write shares as 0.15 or 3/20, products with *"
        raise _refused(text, where, "which cannot be read", remedy) from error


def _read(node: ast.expr, where: str) -> Terms:
    """Read one side as terms."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return {ONE: _exact(number, where)}
        case ast.Name(id=name):
            return {name: Fraction(1)}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            return _times(_read(inner, where), Fraction(-1 if isinstance(sign, ast.USub) else 1))
        case ast.BinOp(op=ast.Add() | ast.Sub() as sign):
            side = -1 if isinstance(sign, ast.Sub) else 1
            return _sum(_read(node.left, where), _read(node.right, where), side)
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            return _product(node, where)
        case _:
            raise _refused(ast.unparse(node), where, "", "write a sum of multiples of weights")


def _product(node: ast.BinOp, where: str) -> Terms:
    """Multiply or divide by a number."""
    left, right = _read(node.left, where), _read(node.right, where)
    shown, divided = ast.unparse(node), isinstance(node.op, ast.Div)
    if not divided and set(left) == {ONE}:
        left, right = right, left
    if set(right) != {ONE}:
        remedy = "multiply both sides out" if divided else "multiply a weight by a number only"
        raise _refused(shown, where, "which is not linear", remedy)
    if divided and not right[ONE]:
        raise _refused(shown, where, "a division by 0", "divide by another number")
    return _times(left, 1 / right[ONE] if divided else right[ONE])


def _exact(number: float, where: str) -> Fraction:
    """Read 0.1 as one tenth."""
    try:
        return Fraction(str(number))
    except ValueError as error:
        raise _refused(str(number), where, "", "use a smaller number") from error


def _sum(left: Mapping[str, Fraction], right: Mapping[str, Fraction], side: int) -> Terms:
    found = dict(left)
    for name, factor in right.items():
        found[name] = found.get(name, Fraction(0)) + side * factor
    return found


def _times(terms: Mapping[str, Fraction], factor: Fraction) -> Terms:
    return {name: factor * old for name, old in terms.items()}


def _refused(found: str, where: str, how: str, remedy: str) -> ParamError:
    return ParamError(Problem(where, f"{found!r} {how}".rstrip(), _ALLOWED, remedy))
