"""How far sub-weights may go: their ranges, and whether constraints leave anything (§2.1, METHODS §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.region import TOLERANCE, tighten
from salesperf_lib.weights.panel import FloatArray, KpiSet
from salesperf_lib.weights.space import Cuts

_WHERE = "sub-weights"


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The numbers v that low ≤ v ≤ high, Σ v = total and normals · v ≥ least admit.

    Parameters
    ----------
    low, high
        Shape (k,).
    total
        What they sum to.
    normals, least
        Shapes (m, k) and (m,).
    """

    low: FloatArray
    high: FloatArray
    total: float
    normals: FloatArray
    least: FloatArray

    @property
    def rows(self) -> tuple[FloatArray, FloatArray]:
        """Give all constraints but the sum as one system: matrix · v ≥ ends, lows first, then highs."""
        unit = np.eye(len(self.low))
        matrix = np.concatenate([unit, -unit, self.normals])
        return matrix, np.concatenate([self.low, -self.high, self.least])


def limits_of(base: FloatArray, reach: float) -> FloatArray:
    """Let every sub-weight move by a share of itself.

    Parameters
    ----------
    base
        Sub-weights as decided, shape (k,), summing to 1.
    reach
        0 to 1: .2 lets a sub-weight of .30 move between .24 and .36.

    Returns
    -------
    array of shape (k, 2)
        base·(1 − reach) … min(1, base·(1 + reach)), cut to what some admissible weighting reaches. Reach 0
        gives the base twice, exactly; a sub-weight of 0 stays 0.

    Raises
    ------
    ParamError
        If the base is no weighting, or the reach leaves 0 … 1.
    """
    given = np.asarray(base, float)
    problems: list[Problem] = []
    if not 0 <= reach <= 1:
        todo = "give the share by which a sub-weight may move"
        problems.append(Problem(f"{_WHERE}.reach", f"{reach:g}", "0 to 1", todo))
    if not (given.ndim == 1 and len(given) and (given >= 0).all() and abs(given.sum() - 1) <= TOLERANCE):
        problems.append(Problem(f"{_WHERE}.base", f"{given.tolist()}", "numbers from 0 that sum to 1"))
    if problems:
        raise ParamError(*problems)
    return tighten(np.column_stack([given * (1 - reach), np.minimum(1.0, given * (1 + reach))]).tolist())


def ranges_in(limits: FloatArray, cuts: Cuts | None) -> FloatArray:
    """Give the least and the most that every sub-weight can reach.

    Parameters
    ----------
    limits
        Shape (k, 2).
    cuts
        Further constraints; None = none.

    Returns
    -------
    array of shape (k, 2)
        From the limits alone in closed form, else one linear program for each end.

    Raises
    ------
    ParamError
        If no weighting meets limits and cuts, or they are no numbers.
    """
    body = body_of(limits, cuts)
    if not len(body.least):
        return tighten(np.column_stack([body.low, body.high]).tolist())
    found = np.empty((len(body.low), 2))
    for at, unit in enumerate(np.eye(len(body.low))):
        for end, sign in enumerate((-1.0, 1.0)):
            point = furthest(body, sign * unit)
            if point is None:
                raise ParamError(_nothing_left(_WHERE, ()))
            found[at, end] = point[at]
    return np.clip(found, body.low[:, None], body.high[:, None])


def fail_if_contradictory(
    kpi_set: KpiSet, limits: FloatArray, cuts: Cuts | None, texts: Sequence[str]
) -> None:
    """Refuse constraints that no sub-weights meet together.

    Parameters
    ----------
    kpi_set
        Whose sub-weights.
    limits
        Shape (k, 2).
    cuts
        Its constraints.
    texts
        Each row of the cuts in words; a text may stand for several rows. Then only those that contradict
        each other are named; texts of another number are named all.

    Raises
    ------
    ParamError
        If nothing meets limits and cuts, naming role, layer, dimension and constraints.
    """
    where = _place(kpi_set)
    body = body_of(limits, cuts, where)
    if _feasible(body):
        return
    named = list(texts)
    if len(named) == len(body.least):
        kept = list(range(len(named)))
        # What can go without ending the contradiction has no part in it.
        for row in range(len(named)):
            fewer = [other for other in kept if other != row]
            kept = kept if _feasible(_only(body, fewer)) else fewer
        named = [named[row] for row in kept]
    raise ParamError(_nothing_left(where, tuple(dict.fromkeys(named))))


def furthest(body: Body, goal: FloatArray) -> FloatArray | None:
    """Find the point of a body where goal · v is largest; None if no point is in it."""
    from scipy.optimize import linprog

    found = linprog(
        -goal,
        A_ub=-body.normals if len(body.least) else None,
        b_ub=-body.least if len(body.least) else None,
        A_eq=np.ones((1, len(body.low))),
        b_eq=[body.total],
        bounds=np.column_stack([body.low, body.high]),
        method="highs",
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise ParamError(Problem(_WHERE, f"constraints that cannot be solved: {found.message}", "other ones"))
    return np.asarray(found.x, float)


def body_of(limits: FloatArray, cuts: Cuts | None, where: str = _WHERE) -> Body:
    """Check limits and cuts of a set, and put them together.

    Raises
    ------
    ParamError
        If they are no numbers, have the wrong shape, or the limits leave 0 … 1 or cross.
    """
    ends = np.asarray(limits, float)
    if not (ends.ndim == 2 and len(ends) and ends.shape[1] == 2):
        raise ParamError(Problem(where, f"limits of shape {ends.shape}", "a low and a high for every KPI"))
    low, high = ends[:, 0], ends[:, 1]
    if not ((low >= 0) & (low <= high) & (high <= 1)).all():
        allowed = "0 ≤ low ≤ high ≤ 1 for every KPI"
        raise ParamError(Problem(where, f"limits {ends.tolist()}", allowed, "correct the limits"))
    if cuts is None:
        return Body(low, high, 1.0, np.empty((0, len(low))), np.empty(0))
    normals, least = np.asarray(cuts.normals, float), np.asarray(cuts.least, float)
    if normals.shape != (len(least), len(low)) or not (
        np.isfinite(normals).all() and np.isfinite(least).all()
    ):
        found = f"constraints of shapes {normals.shape} and {least.shape}, or with gaps"
        raise ParamError(Problem(where, found, f"numbers, one a row for each of {len(low)} KPIs"))
    return Body(low, high, 1.0, normals, least)


def _feasible(body: Body) -> bool:
    if not len(body.least):
        return bool(body.low.sum() <= 1 + TOLERANCE and body.high.sum() >= 1 - TOLERANCE)
    return furthest(body, np.zeros(len(body.low))) is not None


def _only(body: Body, rows: list[int]) -> Body:
    return Body(body.low, body.high, body.total, body.normals[rows], body.least[rows])


def _place(kpi_set: KpiSet) -> str:
    return f"{_WHERE} of role {kpi_set.role}, {kpi_set.layer}, dimension {kpi_set.dimension}"


def _nothing_left(where: str, texts: tuple[str, ...]) -> Problem:
    told = "; ".join(texts) if texts else "its limits"
    todo = "drop or loosen one of them, or let the sub-weights move further"
    return Problem(where, f"constraints that no weighting meets: {told}", "at least one weighting", todo)
