"""Linear constraints on weights besides their ranges, and the corners they leave (METHODS §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.region.parsing import ONE, read_inequality
from salesperf_lib.region.polygons import clip, tidied
from salesperf_lib.region.ranges import FloatArray, fail_if_infeasible, vertices


@dataclass(frozen=True, slots=True)
class Constraint:
    """One linear constraint on weights: Σ coefficient · weight ≥ least.

    Parameters
    ----------
    coefficients
        Name and coefficient, none of them 0.
    least
        Least value of the sum.
    text
        As it was written.
    """

    coefficients: tuple[tuple[str, float], ...]
    least: float
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """Give the weights it speaks of."""
        return tuple(name for name, _ in self.coefficients)

    def normal(self, names: Sequence[str], where: str = "constraint") -> FloatArray:
        """Give its coefficients in the order of `names`, 0 for those it does not name: shape (k,).

        Raises
        ------
        ParamError
            If it names a weight that is not among `names`.
        """
        fail_if_any(_unknown(self, names, where), ParamError)
        known = dict(self.coefficients)
        return np.array([known.get(name, 0.0) for name in names], dtype=np.float64)


def parse_constraint(text: str, where: str = "constraint") -> Constraint:
    """Read a constraint as an analyst writes it: ``potential <= 0.15``, ``2*process + potential <= 1``.

    Parameters
    ----------
    text
        One inequality with ``>=`` or ``<=``, linear in the weights, which stand by their names. Numbers
        may be fractions, on either side. Nothing in it is run.
    where
        Where the text stands, for the message.

    Returns
    -------
    Constraint
        All weights on one side, equal ones together, turned to ≥.

    Raises
    ------
    ParamError
        If the text is anything else, or speaks of no weight.
    """
    terms = read_inequality(text, where)
    try:
        least = -float(terms.pop(ONE, 0)) + 0.0
        found = tuple((name, factor) for name, exact in terms.items() if (factor := float(exact)))
    except OverflowError as error:
        raise ParamError(Problem(where, repr(text), "numbers below 1e308", "use smaller numbers")) from error
    if not found:
        allowed = "a constraint on at least one weight"
        raise ParamError(
            Problem(where, f"{text!r}, in which no weight is left", allowed, "remove or correct it")
        )
    return Constraint(found, least, text.strip())


def corners_of(
    bounds: Mapping[str, tuple[float, float]], constraints: Sequence[Constraint] = (), where: str = "bounds"
) -> FloatArray:
    """List the corners of the region that ranges and constraints leave.

    Parameters
    ----------
    bounds
        Range of each weight by name: at most three of them.
    constraints
        What must hold besides.
    where
        Where they stand, for the message.

    Returns
    -------
    ndarray of shape (c, k)
        One corner a row, columns in the order of `bounds`, in descending lexicographic order: three or
        more of a polygon, two of a segment, or one. Without constraints they are the `vertices`.

    Raises
    ------
    ParamError
        If the ranges are infeasible (`fail_if_infeasible`), a constraint names another weight, or nothing
        is left: then each smallest set of constraints that cannot hold together is named, with what the
        rest of the set leaves for its last one.
    ValueError
        If there are more than three weights.

    Notes
    -----
    Convex figures in a plane that have nothing in common have three such among them (Helly 1923): the
    sets named are of one, two or three constraints.
    """
    if len(bounds) > 3:
        raise ValueError(f"{len(bounds)} weights; allowed: at most three")
    fail_if_infeasible(bounds, where)
    names = list(bounds)
    fail_if_any((found for each in constraints for found in _unknown(each, names, where)), ParamError)
    start = tidied(vertices(list(bounds.values())))
    left = _cut(start, names, constraints)
    if len(left) == 0:
        raise ParamError(*_contradictions(start, names, constraints, where))
    rank = np.round(-left, 9) + 0.0
    return left[np.lexsort(rank.T[::-1])]


def _cut(corners: FloatArray, names: Sequence[str], constraints: Sequence[Constraint]) -> FloatArray:
    for each in constraints:
        corners = clip(corners, each.normal(names), each.least)
    return corners


def _unknown(constraint: Constraint, names: Sequence[str], where: str) -> list[Problem]:
    """Find the names that are no weight here."""
    return [
        Problem(where, f"{name!r} in {constraint.text!r}", ", ".join(names), "correct the name")
        for name in constraint.names
        if name not in names
    ]


def _contradictions(
    corners: FloatArray, names: Sequence[str], constraints: Sequence[Constraint], where: str
) -> list[Problem]:
    """Name every smallest set of constraints that cannot hold together inside the ranges."""
    for size in range(1, len(constraints) + 1):
        found = [
            _contradiction(_cut(corners, names, some[:-1]), names, some, where)
            for some in combinations(constraints, size)
            if len(_cut(corners, names, some)) == 0
        ]
        if found:
            return found
    return []


def _contradiction(
    corners: FloatArray, names: Sequence[str], some: Sequence[Constraint], where: str
) -> Problem:
    """Tell what the others leave for the last of a set, and what it asks."""
    *others, last = some
    side = -1.0 if last.coefficients[0][1] < 0 else 1.0
    values = side * (corners @ last.normal(names))
    left, bound = _left_side(last, side), "at least" if side > 0 else "at most"
    rest = " and ".join(["the ranges", *(repr(each.text) for each in others)])
    found = " and ".join(repr(each.text) for each in some)
    return Problem(
        where,
        f"{found}, which cannot hold {'together ' if others else ''}inside the ranges",
        f"{rest} leave {left} from {_shown(values.min())} to {_shown(values.max())}; "
        f"{last.text!r} asks for {bound} {_shown(side * last.least)}",
        "loosen or remove one of them, or widen the ranges" if others else "loosen it, or widen the ranges",
    )


def _left_side(constraint: Constraint, side: float) -> str:
    """Write its weights as an analyst does: 2 * result - process."""
    parts: list[str] = []
    for name, factor in constraint.coefficients:
        size = abs(factor)
        term = name if size == 1 else f"{_shown(size)} * {name}"
        parts += ["-" if factor * side < 0 else "+", term]
    return " ".join(parts[1:])


def _shown(number: float) -> str:
    """Write a number without the noise of its last bits."""
    return f"{round(float(number), 9) + 0.0:.9g}"
