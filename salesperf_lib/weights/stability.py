"""Between which values one dimension's weight may move before a grade changes (§4, METHODS §4)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.grades.distribution import codes_of, cohorts_of
from salesperf_lib.grades.ranking import FloatArray, round_half_up
from salesperf_lib.params import DIMENSIONS, Grades
from salesperf_lib.weights.leaving import NO_CHANGE, Leaving, Path, leaving
from salesperf_lib.weights.linear import SLACK, at_base, chords, dimension_points_at_base
from salesperf_lib.weights.panel import Panel
from salesperf_lib.weights.rescoring import score_once
from salesperf_lib.weights.space import WeightSpace

COLUMNS = [
    "person_id", "dimension", "weight", "low", "high", "grade", "low_changes", "high_changes", "reason",
]  # fmt: skip
OVERALL = ["dimension", "weight", "low", "high", "first_low", "first_high", "people", "left_out"]
CRITICALITY = [
    "first", "second", "criterion", "delta", "percent", "feasible", "top", "critical", "critical_top",
]  # fmt: skip
_GRAIN = 1e-12


def along(space: WeightSpace, dimension: int) -> tuple[float, float]:
    """Give the range of one dimension's weight that stays in the region, the others in proportion.

    Parameters
    ----------
    space
        The admissible weightings.
    dimension
        0, 1, 2 in the order of `DIMENSIONS`.

    Returns
    -------
    two floats
        Lowest and highest weight; NaN where no admissible scheme has the others in that proportion.

    Notes
    -----
    w(λ) has w_k = λ and the others c_j (1 − λ)/(1 − c_k). A weight of 1 leaves no proportion to keep: it
    stays.
    """
    _fail_if_no_dimension(dimension)
    way = _way(space.centre, dimension)
    if not way.any():
        return float(space.centre[dimension]), float(space.centre[dimension])
    normal = np.cross(way, np.ones(3))
    ends = chords(space.corners, (normal - normal @ space.centre)[None])
    low, high = sorted(float(end[0, dimension]) for end in ends)
    return low, high


def stability(panel: Panel, space: WeightSpace, rules: Grades) -> pd.DataFrame:
    """Find, for everybody, between which values of each dimension's weight the grade stays as it is.

    Parameters
    ----------
    panel
        The people.
    space
        The admissible weightings; sub-weights stay as decided.
    rules
        The rules of grades.

    Returns
    -------
    DataFrame
        One row per person and dimension, by person: person_id, dimension, its `weight` in force, `low` and
        `high`, `grade` as a place (0 = best), and `low_changes`, `high_changes`: the grade beyond each end,
        `NO_CHANGE` where the end is the region's. `reason` is empty, or says why there are no ends:
        ``outside`` (the weights in force are not admissible) or ``not_linear`` (lacking a dimension in a
        part, or places that scale with teams); ``tie``: the grade hangs on how scores are rounded, and
        both ends are the weight in force.

    Notes
    -----
    s_i(λ) = (1 − λ)/(1 − w_k) · (s_i − w_k x_ik) + λ x_ik is a straight line, so that it meets a cut or a
    colleague's in a ratio (Mareschal 1988). Places: the rank is walked from crossing to crossing, up to
    the first that leaves the places of the grade. Unrounded scores: the ends hold up to what half a
    hundredth of a point moves. A tie counts as promoted, also where points of a KPI break ties.
    Colleagues whose scores are no straight lines are followed in 32 steps to either side.
    """
    points = dimension_points_at_base(panel)
    cohorts = cohorts_of(panel.people, rules)
    read = round_half_up(score_once(panel, at_base(panel, space.centre)))
    told = pd.DataFrame({
        "row": np.arange(len(panel)), "person_id": panel.people["person_id"],
        "grade": codes_of(read[None], cohorts, rules)[0].astype(np.int64),
    })  # fmt: skip
    frames: list[pd.DataFrame] = []
    for number, name in enumerate(DIMENSIONS):
        weight, (low, high) = float(space.centre[number]), along(space, number)
        own = told.assign(dimension=name, place=number, weight=weight)
        if low - SLACK <= weight <= high + SLACK:
            way = _way(space.centre, number)
            limits = (max(weight - low, 0.0), max(high - weight, 0.0))
            paths = (Path(space.centre, -way, limits[0]), Path(space.centre, way, limits[1]))
            ends = [leaving(panel, points, cohorts, rules, path) for path in paths]
            frames.append(_with_ends(own, ends[0], ends[1]))
        else:
            lost = {"low_changes": NO_CHANGE, "high_changes": NO_CHANGE, "reason": "outside"}
            frames.append(own.assign(low=np.nan, high=np.nan, **lost))
    found = pd.concat(frames, ignore_index=True)
    return found.sort_values(["row", "place"], ignore_index=True)[COLUMNS]


def overall(frame: pd.DataFrame) -> pd.DataFrame:
    """Give, for each dimension, the range of its weight in which nobody's grade changes.

    Parameters
    ----------
    frame
        As `stability` gives it.

    Returns
    -------
    DataFrame
        One row per dimension: `weight`, `low`, `high`, who is first to change at either end (person_id,
        of several the first in the order of the frame; empty where it is the region's), `people` looked
        at, and `left_out`, those without ends. Without anybody to look at the range is NaN.
    """
    rows: list[dict[str, object]] = []
    for name, own in frame.groupby("dimension", sort=False):
        held = own[own["low"].notna()]
        row: dict[str, object] = {"dimension": name, "weight": own["weight"].iloc[0]}
        row |= {"people": len(held), "left_out": len(own) - len(held)}
        for end, tightest in (("low", np.max), ("high", np.min)):
            ends = held[end].to_numpy(float)
            row[end] = float(tightest(ends)) if len(ends) else np.nan
            first = (np.abs(ends - row[end]) <= SLACK) & (held[f"{end}_changes"] != NO_CHANGE).to_numpy(bool)
            row[f"first_{end}"] = next(iter(held["person_id"][first]), "")
        rows.append(row)
    return pd.DataFrame(rows, columns=OVERALL)


def criticality(points: FloatArray, weights: FloatArray) -> pd.DataFrame:
    """Say how much each weight must change before two alternatives change places.

    Parameters
    ----------
    points
        Alternatives × criteria, shape (n, k).
    weights
        Shape (k,).

    Returns
    -------
    DataFrame
        One row per pair and criterion: `first`, `second` (rows) and `criterion` (column); `delta`, what is
        taken off the weight, and `percent` of it; NaN where the pair is equal on the criterion, and in
        percent where the weight is 0. `feasible`: the weight is large enough. `top`: the best alternative
        is one of the pair. `critical`, `critical_top`: the smallest feasible |percent| of all and of those.

    Raises
    ------
    DataError
        If there is not one weight for every criterion, or something is not a number.

    Notes
    -----
    δ_kij = (P_j − P_i)/(a_jk − a_ik), P = points · weights, feasible if δ ≤ w_k; the other weights stand
    still until all are divided by their new sum. Of alternatives of equal P that are not equal on the
    criterion no change is needed: δ = 0. Source: Triantaphyllou & Sánchez 1997.
    """
    _fail_if_unfit(points, weights)
    score = points @ weights
    pairs = np.array(list(combinations(range(len(points)), 2)), np.int64).reshape(-1, 2)
    first, second = pairs[:, 0], pairs[:, 1]
    apart = points[second] - points[first]
    delta = np.full(apart.shape, np.nan)
    np.divide((score[second] - score[first])[:, None], apart, out=delta, where=apart != 0)
    percent = np.full(apart.shape, np.nan)
    np.divide(100 * delta, weights, out=percent, where=weights != 0)
    feasible = delta <= weights
    top = np.repeat((score[pairs] == score.max(initial=-np.inf)).any(axis=1)[:, None], len(weights), axis=1)
    size = np.where(feasible & ~np.isnan(percent), np.abs(percent), np.inf)
    found = {"delta": delta, "percent": percent, "feasible": feasible, "top": top}
    found["critical"] = np.isfinite(size) & (size <= size.min(initial=np.inf) + _GRAIN)
    best = np.where(top, size, np.inf)
    found["critical_top"] = np.isfinite(best) & (best <= best.min(initial=np.inf) + _GRAIN)
    told = pd.DataFrame({name: values.ravel() for name, values in found.items()})
    names = {"first": first, "second": second}
    told = told.assign(**{name: np.repeat(rows, len(weights)) for name, rows in names.items()})
    return told.assign(criterion=np.tile(np.arange(len(weights)), len(pairs)))[CRITICALITY]


def _way(centre: FloatArray, dimension: int) -> FloatArray:
    """Give how weights move with that of a dimension; zeros where it is all the weight there is."""
    rest = 1 - centre[dimension]
    if rest <= SLACK:
        return np.zeros(len(centre))
    way = -centre / rest
    way[dimension] = 1.0
    return way


def _with_ends(told: pd.DataFrame, down: Leaving, up: Leaving) -> pd.DataFrame:
    """Put the ends of both ways side by side; a grade that only rounding gives has no room."""
    weight, grade = told["weight"].to_numpy(float), told["grade"].to_numpy(np.int64)
    bent = np.isnan(up.reach)
    tie = ~bent & (up.here != grade)
    return told.assign(
        low=np.where(tie, weight, weight - down.reach),
        high=np.where(tie, weight, weight + up.reach),
        low_changes=np.where(tie, down.here, down.beyond),
        high_changes=np.where(tie, up.here, up.beyond),
        reason=np.select([bent, tie], ["not_linear", "tie"], ""),
    )


def _fail_if_no_dimension(dimension: int) -> None:
    if not 0 <= dimension < len(DIMENSIONS):
        raise DataError(Problem("dimension", str(dimension), f"0 to {len(DIMENSIONS) - 1}"))


def _fail_if_unfit(points: FloatArray, weights: FloatArray) -> None:
    if points.ndim != 2 or weights.shape != points.shape[1:]:
        found = f"points of shape {points.shape}, weights of shape {weights.shape}"
        raise DataError(
            Problem("criticality", found, "alternatives × criteria, and a weight for each criterion")
        )
    if not (np.isfinite(points).all() and np.isfinite(weights).all()):
        raise DataError(Problem("criticality", "points or weights that are no numbers", "numbers"))
