"""Which scheme favours which role or tenure group, and by how much (§4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.grades.distribution import codes_of, cohorts_of
from salesperf_lib.grades.ranking import round_half_up
from salesperf_lib.params import DIMENSIONS, Grades
from salesperf_lib.weights.linear import at_base
from salesperf_lib.weights.panel import FloatArray, Panel
from salesperf_lib.weights.rescoring import score_once
from salesperf_lib.weights.space import WeightSpace

FAVOUR = [
    "group", "people", "score", "score_best", "score_worst", "gain_best", "gain_worst",
    *[f"{end}_{name}" for end in ("best", "worst") for name in DIMENSIONS],
    "top_share", "top_share_best", "top_share_worst",
]  # fmt: skip
BY_GROUP = [
    "group", "people", "missing", "score_change", "ranks_gained", "up", "down", "top_before", "top_after",
]  # fmt: skip
COMPARED = ["person_id", "score", "score_new", "grade", "grade_new", "rank", "rank_new"]
TENURES = ("under_1y", "from_1_to_3y", "over_3y", "unknown")
_DIGITS = 9


def favour(
    panel: Panel,
    space: WeightSpace,
    groups: Sequence[str],
    rules: Grades,
    tie_points: FloatArray | None = None,
) -> pd.DataFrame:
    """Find, for each group of people, the schemes that favour it most and least.

    Parameters
    ----------
    panel
        The people.
    space
        The admissible weightings; sub-weights stay as decided.
    groups
        Group of every person: a role, a tenure group.
    rules
        The rules of grades.
    tie_points
        Points of the KPI that breaks ties, shape (1, people).

    Returns
    -------
    DataFrame
        One row per group, by its name. `score`: its mean under the weights in force, in points, as are
        `score_best` and `score_worst`, at the corner that favours it most and least. `gain_best`,
        `gain_worst`: what it gains there on the company, in points. `best_…`, `worst_…`: the weights of
        these corners. `top_share…`: share of the group with the best grade, 0 to 1.

    Raises
    ------
    DataError
        If there is not one group for every person.

    Notes
    -----
    gain = (group's mean − company's mean) there − the same now. It is linear in the weights, so nowhere
    larger or smaller than at a corner. People who lack a dimension are scored exactly
    at the corners too; with them the extreme could lie a little off a corner. Of equal corners the first.
    """
    _fail_if_unfit(panel, groups)
    if not len(panel):
        return pd.DataFrame(columns=FAVOUR)
    schemes = np.vstack([space.centre, space.corners])
    scores = np.array([score_once(panel, at_base(panel, weights)) for weights in schemes])
    codes = codes_of(round_half_up(scores), cohorts_of(panel.people, rules), rules, tie_points)
    name = np.array([str(group) for group in groups], object)
    rows = [_favoured(group, scores, codes == 0, name == group, space.corners) for group in sorted(set(name))]
    return pd.DataFrame(rows, columns=FAVOUR)


def tenure_groups(people: pd.DataFrame, on: date) -> pd.Series:
    """Say how long everybody has been with the company, in three steps.

    Parameters
    ----------
    people
        One row per person: hired_on, missing where it is not known.
    on
        The day asked about.

    Returns
    -------
    Series
        By the index of `people`: ``under_1y``, ``from_1_to_3y`` from the first anniversary, ``over_3y``
        from the third, ``unknown``.

    Raises
    ------
    DataError
        If somebody is hired after that day.
    """
    hired = pd.to_datetime(people["hired_on"])
    day = pd.Timestamp(on)
    late = hired[hired > day]
    if len(late):
        found = f"{len(late)} dates after {on}, the first {late.iloc[0].date()} (row {late.index[0]})"
        raise DataError(
            Problem("hired_on", found, f"days up to {on}", "correct the roster or ask a later day")
        )
    years = [(hired > day - pd.DateOffset(years=1)), (hired > day - pd.DateOffset(years=3)), hired.notna()]
    codes = np.select([step.to_numpy(bool) for step in years], list(TENURES[:3]), TENURES[3])
    return pd.Series(codes, index=people.index, name="tenure", dtype=object)


def by_group(frame: pd.DataFrame, column: str, names: Sequence[str] = ()) -> pd.DataFrame:
    """Sum up, group by group, what a change of weights does.

    Parameters
    ----------
    frame
        One row per person: person_id, score, score_new, grade, grade_new, rank, rank_new, and the group.
    column
        The group's column: role, team_id, tenure. A missing group is one of its own: ``unknown``.
    names
        Grades, best first; empty where the frame holds their places, 0 = best.

    Returns
    -------
    DataFrame
        One row per group, by its name: `people`; `missing`, those without one of the six figures, who
        count in nothing else; mean `score_change` in points; mean `ranks_gained` (positive = up; NaN
        where nobody is left, as is `score_change`); people whose grade goes `up` and `down`; people with
        the best grade before and after.

    Raises
    ------
    DataError
        If a column is missing or a grade is not among `names`.
    """
    _fail_if_incomplete(frame, column)
    before, after = _places(frame, "grade", names), _places(frame, "grade_new", names)
    held = frame[COMPARED[1:]].notna().all(axis=1)
    group = frame[column].astype(object).where(frame[column].notna(), TENURES[3]).astype(str)
    told = pd.DataFrame({
        "group": group, "people": 1, "missing": ~held,
        "score_change": (frame["score_new"] - frame["score"]).astype(float).where(held),
        "ranks_gained": (frame["rank"] - frame["rank_new"]).astype(float).where(held),
        "up": held & (after < before), "down": held & (after > before),
        "top_before": held & (before == 0), "top_after": held & (after == 0),
    })  # fmt: skip
    how = {name: "mean" if name in {"score_change", "ranks_gained"} else "sum" for name in BY_GROUP[1:]}
    return told.groupby("group", sort=True).agg(how).reset_index()[BY_GROUP]


def _favoured(
    group: str, scores: FloatArray, top: np.ndarray, own: np.ndarray, corners: FloatArray
) -> dict[str, object]:
    """Compare the corners for one group; the first row of scores is that of the weights in force."""
    mean, share = scores[:, own].mean(axis=1), top[:, own].mean(axis=1)
    apart = mean - scores.mean(axis=1)
    gain = np.round(apart[1:] - apart[0], _DIGITS)
    best, worst = int(gain.argmax()), int(gain.argmin())
    row: dict[str, object] = {
        "group": group,
        "people": int(own.sum()),
        "score": mean[0],
        "top_share": share[0],
    }
    for end, at in (("best", best), ("worst", worst)):
        row |= {f"score_{end}": mean[at + 1], f"gain_{end}": gain[at], f"top_share_{end}": share[at + 1]}
        row |= {f"{end}_{name}": corners[at, number] for number, name in enumerate(DIMENSIONS)}
    return row


def _places(frame: pd.DataFrame, column: str, names: Sequence[str]) -> pd.Series:
    """Read grades as places, 0 = best, NaN where there is none."""
    given = frame[column]
    if not names:
        return pd.to_numeric(given).astype(float)
    place = {name: number for number, name in enumerate(names)}
    odd = sorted({str(grade) for grade in given.dropna() if grade not in place})
    if odd:
        raise DataError(Problem(column, ", ".join(odd), ", ".join(names)))
    return given.map(place).astype(float)


def _fail_if_incomplete(frame: pd.DataFrame, column: str) -> None:
    lacking = [name for name in (*COMPARED, column) if name not in frame]
    fail_if_any((Problem("comparison", f"no column {name}", "one") for name in lacking), DataError)


def _fail_if_unfit(panel: Panel, groups: Sequence[str]) -> None:
    if len(groups) != len(panel):
        found = f"{len(groups)} groups for {len(panel)} people"
        raise DataError(Problem("groups", found, "one for every person of the panel, in its order"))
