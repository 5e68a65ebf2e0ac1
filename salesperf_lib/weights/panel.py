"""The score lines of a period as arrays: whose points count, and which weights they share (§4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import DIMENSIONS, Policy
from salesperf_lib.params.policy import Dimension, Layer
from salesperf_lib.scores import ASSESSED
from salesperf_lib.scores.layers import CADENCES

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PART = ["person_id", "team_id", "role", "layer", "scored_in"]
PEOPLE = ["person_id", "team_id", "role"]
_EVEN = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class KpiSet:
    """The indicators of one dimension of a role in a layer: the place where sub-weights live.

    Parameters
    ----------
    role, layer, dimension
        Whose they are.
    kpis
        Ids, in the order of the role.
    base
        Weights inside the dimension as decided, shape (k,), summing to 1.
    """

    role: str
    layer: Layer
    dimension: Dimension
    kpis: tuple[str, ...]
    base: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """What a group takes from one set: the indicators with points, and how a phase emphasises them.

    Parameters
    ----------
    number
        Place of the set in `Panel.sets`.
    dimension
        0, 1, 2 in the order of `DIMENSIONS`.
    kept
        Columns of the set that have points, shape (m,).
    factor
        What the phase multiplies their weights by, up to a constant, shape (m,).
    """

    number: int
    dimension: int
    kept: IntArray
    factor: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Parts of people whose points are weighted alike under every scheme.

    That is: of one role, layer and period, with points on the same indicators.

    Parameters
    ----------
    slices
        One per dimension on which they are appraised.
    parts
        Numbers of the parts, shape (m,).
    points
        Shape (m, k): the columns of all slices, one after the other; no gaps.
    """

    slices: tuple[Slice, ...]
    parts: IntArray
    points: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Everybody who is graded, and all that a weighting can move.

    Parameters
    ----------
    people
        One row per person who is assessed and not vetoed, by person_id: person_id, team_id, role of the
        main part, `score` as published.
    owner
        Row of the person of each part, shape (parts,).
    time
        Weight of each part, shape (parts,); a person's sum to 1.
    sets, groups
        The sets of indicators, and the parts by what they share.
    """

    people: pd.DataFrame
    owner: IntArray
    time: FloatArray
    sets: tuple[KpiSet, ...]
    groups: tuple[Group, ...]

    def __len__(self) -> int:
        """Count the people."""
        return len(self.people)

    @property
    def whole(self) -> bool:
        """Say whether everybody is one part with all dimensions: then scores are linear in weights."""
        alone = len(self.owner) == len(self.people)
        return alone and all(len(group.slices) == len(DIMENSIONS) for group in self.groups)

    def take(self, rows: IntArray) -> Panel:
        """Give some people, in the order asked for, and as often; sets stay, so the same draws fit.

        Parameters
        ----------
        rows
            Rows of `people`.
        """
        parts, owner = self._parts_of(rows)
        group, place = np.empty(len(self.owner), np.int64), np.empty(len(self.owner), np.int64)
        for number, each in enumerate(self.groups):
            group[each.parts], place[each.parts] = number, np.arange(len(each.parts))
        found: list[Group] = []
        for number, each in enumerate(self.groups):
            own = np.flatnonzero(group[parts] == number)
            if len(own):
                found.append(Group(each.slices, own, each.points[place[parts[own]]]))
        people = self.people.iloc[rows].reset_index(drop=True)
        return Panel(people, owner, self.time[parts], self.sets, tuple(found))

    def _parts_of(self, rows: IntArray) -> tuple[IntArray, IntArray]:
        """List the parts of people, and whose each is among the rows."""
        order = np.argsort(self.owner, kind="stable")
        counts = np.bincount(self.owner, minlength=len(self.people))
        first = np.cumsum(counts) - counts
        owner = np.repeat(np.arange(len(rows)), counts[rows])
        begin = np.cumsum(counts[rows]) - counts[rows]
        return order[first[rows][owner] + np.arange(len(owner)) - begin[owner]], owner


def panel_of(lines: pd.DataFrame, policy: Policy, vetoed: Sequence[str] = ()) -> Panel:
    """Read a score frame as arrays.

    Parameters
    ----------
    lines
        The score frame of a period: `scores.score`.
    policy
        The rules of the period; those of a year's months and quarters are loaded by their dates.
    vetoed
        person_id of those whom a confirmed case vetoes: they are out, as in the grades.

    Returns
    -------
    Panel
        Parts keep the time they have in the frame; missing points hand their weight over as in it.

    Raises
    ------
    DataError
        If points are negative or infinite, or a person is assessed without any points.

    Notes
    -----
    A part with time t, dimension weights w and weights v inside the dimensions scores
    t · Σ_d w_d · Σ_k v_k f_k x_k / Σ_k v_k f_k, over the indicators k with points, and with Σ w_d over the
    dimensions of the role: what `scores.score` does, for any weights. f is read from the frame: what a line
    weighs inside its dimension over what the role's rules give it.
    """
    out = {str(name) for name in vetoed}
    counted = lines[(lines["reason"] == ASSESSED) & ~lines["person_id"].astype(str).isin(out)]
    counted = counted.astype({"person_id": str, "team_id": str}).reset_index(drop=True)
    _fail_if_broken(counted)
    # A part that handed its time to others has no weight left and no score.
    alive = counted["weight"].fillna(0.0).groupby([counted[name] for name in PART]).transform("sum") > 0
    counted = counted[alive].sort_values([*PART, "kpi"], kind="stable")
    people = _people(counted)
    part = np.asarray(counted.groupby(PART, sort=True).ngroup(), np.int64)
    time = np.bincount(part, counted["weight"].to_numpy(float))
    first = np.unique(part, return_index=True)[1]
    place = pd.Series(np.arange(len(people)), index=people["person_id"])
    owner = counted["person_id"].iloc[first].map(place).to_numpy(np.int64)
    sets, groups = _grouped(counted, part, policy)
    whole = np.bincount(owner, time, minlength=len(people))
    return Panel(people, owner, time / whole[owner], sets, groups)


def panel_from_points(
    points: FloatArray, dimension: Sequence[int], base: FloatArray, people: pd.DataFrame | None = None
) -> Panel:
    """Make a panel of plain points: one role, everybody with points on every indicator.

    Parameters
    ----------
    points
        Shape (n, k).
    dimension
        Dimension of each column, 0 to 2, rising.
    base
        Weights inside the dimensions, shape (k,), summing to 1 in each.
    people
        Rows with person_id, team_id and role; made up if not given. `score` is added if missing: NaN.

    Raises
    ------
    DataError
        If a point is not a number.
    """
    given = np.asarray(points, float)
    if not np.isfinite(given).all():
        rows = np.flatnonzero(~np.isfinite(given).all(axis=1))
        problem = Problem("points", f"{len(rows)} rows that are no numbers, the first {rows[0]}", "numbers")
        raise DataError(problem)
    column = np.asarray(dimension)
    sets, slices = [], []
    for number, name in enumerate(DIMENSIONS):
        own = np.flatnonzero(column == number)
        if len(own):
            kpis = tuple(f"k{at}" for at in own)
            slices.append(Slice(len(sets), number, np.arange(len(own)), np.ones(len(own))))
            sets.append(KpiSet("role", "month", name, kpis, np.asarray(base, float)[own]))
    n = len(given)
    if people is None:
        digits = len(str(n))
        ids = [f"P{row:0{digits}}" for row in range(n)]
        people = pd.DataFrame({"person_id": ids, "team_id": "t", "role": "role"})
    if "score" not in people:
        people = people.assign(score=np.nan)
    group = Group(tuple(slices), np.arange(n), given)
    return Panel(people.reset_index(drop=True), np.arange(n), np.ones(n), tuple(sets), (group,))


def _people(counted: pd.DataFrame) -> pd.DataFrame:
    score = counted.groupby("person_id", sort=True)["contribution"].sum().rename("score")
    held = counted.groupby(PEOPLE)["weight"].sum().reset_index()
    main = held.sort_values(["person_id", "weight", *PEOPLE[1:]], ascending=[True, False, True, True])
    return main.drop_duplicates("person_id")[PEOPLE].join(score, on="person_id").reset_index(drop=True)


def _grouped(
    counted: pd.DataFrame, part: IntArray, policy: Policy
) -> tuple[tuple[KpiSet, ...], tuple[Group, ...]]:
    """Put parts together that are weighted alike: same role, layer, period, and indicators with points."""
    frame = counted.assign(part=part, known=counted["points"].notna() & (counted["weight_base"] > 0))
    named: dict[str, Layer] = {name: name for name in CADENCES}
    sets: dict[tuple[object, ...], int] = {}
    found: list[KpiSet] = []
    groups: list[Group] = []
    for (role, layer, label), own in frame.groupby(["role", "layer", "scored_in"], sort=True):
        rules = policy if label == policy.period.label else policy.at(str(label))
        given = {row.kpi: (row.dimension, float(row.weight)) for row in rules.roles[str(role)].kpis}
        first = own[own["part"] == own["part"].iloc[0]].set_index("kpi")["weight_base"].to_dict()
        held: list[tuple[int, int, list[str], FloatArray]] = []
        for number, dimension in enumerate(DIMENSIONS):
            kpis = [kpi for kpi, (where, _) in given.items() if where == dimension and kpi in first]
            base = np.array([given[kpi][1] for kpi in kpis])
            if not len(base) or base.sum() <= 0:
                continue
            key = (role, layer, dimension, tuple(kpis), base.tobytes())
            if key not in sets:
                sets[key] = len(found)
                found.append(KpiSet(str(role), named[str(layer)], dimension, tuple(kpis), base))
            now = np.array([first[kpi] for kpi in kpis])
            factor = np.divide(now, base, out=np.ones_like(base), where=base > 0)
            factor = factor / factor[base > 0][0]
            factor[np.abs(factor - 1) < _EVEN] = 1.0
            held.append((sets[key], number, kpis, factor))
        groups += _patterns(own, held)
    return tuple(found), tuple(groups)


def _patterns(own: pd.DataFrame, held: Sequence[tuple[int, int, list[str], FloatArray]]) -> list[Group]:
    """Cut the parts of a role by the indicators that have points."""
    order = [kpi for _, _, kpis, _ in held for kpi in kpis]
    points = own.where(own["known"]).pivot_table(
        index=own["part"], columns=own["kpi"], values="points", aggfunc="first", dropna=False
    )
    points = points.reindex(columns=order)
    known = points.notna().to_numpy()
    patterns, number = np.unique(known, axis=0, return_inverse=True)
    groups: list[Group] = []
    for turn, pattern in enumerate(patterns):
        rows = np.flatnonzero(number.ravel() == turn)
        slices: list[Slice] = []
        start = 0
        for at, dimension, kpis, factor in held:
            kept = np.flatnonzero(pattern[start : start + len(kpis)])
            start += len(kpis)
            if len(kept):
                slices.append(Slice(at, dimension, kept, factor[kept]))
        taken = points.to_numpy(float)[rows][:, pattern]
        groups.append(Group(tuple(slices), points.index.to_numpy(np.int64)[rows], taken))
    return groups


def _fail_if_broken(counted: pd.DataFrame) -> None:
    worth = counted["points"].dropna()
    wrong = counted.loc[worth.index[~np.isfinite(worth) | (worth < 0)]]
    held = counted["weight"].fillna(0.0).groupby(counted["person_id"]).sum()
    problems = [
        Problem(f"score frame, {row.person_id}, {row.kpi}", f"{row.points} points", "numbers from 0")
        for row in wrong.itertuples()
    ]
    problems += [
        Problem(f"score frame, {name}", "assessed without any points", "points, or a reason why not")
        for name in held.index[held <= 0]
    ]
    if problems:
        raise DataError(*problems)
