"""Why a score changed: its change since the last period, split exactly into its causes (§2.4, §4)."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib import scores
from salesperf_lib.errors import DataError, Problem
from salesperf_lib.review.hybrids import (
    ACTUALS,
    ADJUSTMENTS,
    CURVES,
    HYBRIDS,
    TARGETS,
    Side,
    pair_lines,
    rules_of,
    within,
)

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal

Ints = NDArray[np.int64]

INGREDIENTS = ("actuals", "targets", "weights", "curves", "adjustments")
EFFECTS = (*INGREDIENTS, "veto", "rules")
COLUMNS = [
    "period", "period_before", "person_id", "team_id", "role", "score", "score_before", "counted",
    "counted_before", "change", *EFFECTS, "residual", "reason", "missing",
]  # fmt: skip
BY_KPI = [
    "period", "period_before", "person_id", "team_id", "role", "layer", "scored_in", "kpi", "scored_at",
    "actuals", "value", "value_before", "target", "target_before",
]  # fmt: skip

_PLAYERS = len(INGREDIENTS)
_WHOLE = factorial(_PLAYERS)
_WEIGHTS_BIT = 1 << INGREDIENTS.index("weights")
_BITS = {ACTUALS: "actuals", TARGETS: "targets", CURVES: "curves", ADJUSTMENTS: "adjustments"}


def change(now: Appraisal, before: Appraisal) -> pd.DataFrame:
    """Split the change of everybody's counted score into what caused it, without a remainder.

    Parameters
    ----------
    now, before
        Two appraisals; of them scores, composites, grades and policy are read.

    Returns
    -------
    DataFrame
        One row per person of either period, in points. `counted` is the score, 0 under a veto; `change`
        its difference. It is the sum, exactly, of `actuals` (what was measured, and whether it suffices),
        `targets` (and baselines), `weights` (with emphasis, shares of time, the set of KPIs, gates),
        `curves`, `adjustments` (leniency, small samples), `veto`, and `rules`: what none of these can
        explain, 0 where both appraisals follow from their lines. `residual` is what is left: 0. Who is
        not assessed in one of the periods has NaN, the `reason`, and in `missing` the period
        (``now``, ``before``, ``both``); for who is not in it at all the reason is ``absent``.

    Raises
    ------
    DataError
        If a score is no multiple of the grid on which contributions lie.

    Notes
    -----
    Shapley values (1953): each of the five ingredients has its mean effect over all orders in which those
    of the last period are replaced by those of this one, 32 hybrid appraisals; the veto comes last.
    All in whole units of 2⁻³⁰ points, rounded by largest remainder: sums are exact, and swapping
    the periods flips every sign. A KPI that only one period has is scored in every hybrid with what
    that period knows of it: its coming and going is a matter of weights, and so is a change of
    role. Who changed teams in the same role keeps the KPIs. A hybrid never lacks a dimension that the
    lines it weighs had: they then count as they were. Of carried lines the carried numbers are read.
    """
    people = _people(now, before)
    both = people["reason"] == ""
    lines = _Lines.of(now, before, people.loc[both, "person_id"])
    parts = lines.effects()
    total = {name: _units(people.loc[both], name) for name in ("score", "counted")}
    found = dict(zip(INGREDIENTS, parts.T, strict=True))
    found |= {"change": total["counted"], "veto": total["counted"] - total["score"]}
    found["rules"] = total["score"] - parts.sum(axis=1)
    for name in ("change", *EFFECTS):
        people[name] = np.nan
        people.loc[both, name] = found[name] * scores.GRID
    people["residual"] = people["change"] - people[list(EFFECTS)].sum(axis=1, skipna=False)
    return people[COLUMNS].reset_index(drop=True)


def change_by_kpi(now: Appraisal, before: Appraisal) -> pd.DataFrame:
    """Split the effect of what was measured over the lines: which KPI moved the score, and by how much.

    Parameters
    ----------
    now, before
        Two appraisals, as in `change`.

    Returns
    -------
    DataFrame
        One row per line of either period, of people assessed in both, by person: `actuals` in points,
        adding up to `change`'s exactly; value and target of both periods, NaN where the line is in one only.

    Notes
    -----
    The Shapley value of the actuals in the line's own contribution: what weight it takes over from
    lines that lost theirs, and what a gate holds back, is told at the line that gains or loses it.
    """
    people = _people(now, before)
    people = people[people["reason"] == ""].reset_index(drop=True)
    lines = _Lines.of(now, before, people["person_id"])
    table = lines.actuals()
    owner, effect = (table[name].to_numpy(np.int64) for name in ("owner", "effect"))
    totals = lines.effects()[:, INGREDIENTS.index("actuals")]
    shown = people[["period", "period_before", "person_id"]].iloc[owner].reset_index(drop=True)
    table["actuals"] = _whole(effect, owner, totals) * scores.GRID
    return pd.concat([shown, table], axis=1)[BY_KPI]


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of both periods of people assessed in both, and what they contribute in every hybrid.

    `sides`, `owners` and `parts` hold the last period's first, then this one's.
    """

    people: int
    links: tuple[Ints, Ints]
    sides: tuple[Side, Side]
    owners: tuple[Ints, Ints]
    parts: tuple[Ints, Ints]

    @classmethod
    def of(cls, now: Appraisal, before: Appraisal, people: pd.Series) -> _Lines:
        """Pair the lines and score every hybrid."""
        known = people.reset_index(drop=True)
        place = pd.Series(known.index, index=known)
        frames = [
            each.scores[each.scores["person_id"].isin(known)].reset_index(drop=True) for each in (before, now)
        ]
        links = pair_lines(*frames)
        rules = [rules_of(each.policy, frame) for each, frame in zip((before, now), frames, strict=True)]
        sides = (
            Side.of(frames[0], frames[1], links[0], rules[0], rules[1]),
            Side.of(frames[1], frames[0], links[1], rules[1], rules[0]),
        )
        first, second = (frame["person_id"].map(place).to_numpy(np.int64) for frame in frames)
        parts = sides[0].contributions(), sides[1].contributions()
        return cls(len(known), links, sides, (first, second), parts)

    def effects(self) -> Ints:
        """Give each person's Shapley values, (people, ingredients), in whole units that add up."""
        worth = np.zeros((self.people, 1 << _PLAYERS), dtype=np.int64)
        for side, (owner, part) in enumerate(zip(self.owners, self.parts, strict=True)):
            sums = np.zeros((self.people, HYBRIDS), dtype=np.int64)
            np.add.at(sums, owner, part)
            worth[:, _states(side)] = sums
        exact = worth @ _shapley()
        person = np.repeat(np.arange(self.people), _PLAYERS)
        return _whole(exact.ravel(), person, worth[:, -1] - worth[:, 0]).reshape(exact.shape)

    def actuals(self) -> pd.DataFrame:
        """Give the effect of the actuals by line, in 1/120 units: this period's lines, the others, sorted."""
        weights = _shapley()[:, INGREDIENTS.index("actuals")]
        before, now = (part @ weights[_states(side)] for side, part in enumerate(self.parts))
        linked = self.links[1] >= 0
        now = now + np.where(linked, np.append(before, 0)[self.links[1]], 0)
        alone = np.flatnonzero(self.links[0] < 0)
        tables = [_described(self.sides[1], "", "_before"), _described(self.sides[0], "_before", "")]
        tables[0] = tables[0].assign(effect=now, owner=self.owners[1])
        tables[1] = tables[1].assign(effect=before, owner=self.owners[0]).iloc[alone]
        table = pd.concat([part for part in tables if len(part)] or tables, ignore_index=True)
        order = ["owner", "layer", "within", "role", "kpi", "first_team"]
        return table.sort_values(order, kind="stable", ignore_index=True)


def _described(side: Side, own: str, other: str) -> pd.DataFrame:
    """Name the lines of a side, with value and target of both periods."""
    names = ["team_id", "role", "layer", "scored_in", "kpi", "scored_at"]
    table = side.own[names].assign(
        within=within(side.own),
        first_team=np.minimum(side.own["team_id"].to_numpy(object), side.other["team_id"].to_numpy(object)),
    )
    for name in ("value", "target"):
        table[name + own] = side.own[name].astype(float)
        table[name + other] = side.other[name].astype(float).where(side.linked)
    return table


def _states(side: int) -> Ints:
    """Give for each hybrid of a side its set of ingredients that are this period's, as bits."""
    other = np.arange(HYBRIDS)
    bits = np.full(HYBRIDS, _WEIGHTS_BIT if side else 0)
    for bit, name in _BITS.items():
        bits += (((other & bit) > 0) != bool(side)) * (1 << INGREDIENTS.index(name))
    return bits.astype(np.int64)


def _shapley() -> Ints:
    """Give the weights of the Shapley values, (sets, ingredients), in 1/120.

    Notes
    -----
    φ_i = Σ_{S ∌ i} |S|!·(n − 1 − |S|)!/n! · (v(S ∪ i) − v(S)), n = 5 (Shapley 1953).
    """
    sets = np.arange(1 << _PLAYERS)
    size = np.array([int(each).bit_count() for each in sets])
    found = np.zeros((len(sets), _PLAYERS), dtype=np.int64)
    factor = np.array([factorial(k) * factorial(_PLAYERS - 1 - k) for k in range(_PLAYERS)])
    for i in range(_PLAYERS):
        inside = (sets >> i & 1).astype(bool)
        found[:, i] = np.where(
            inside, factor[np.maximum(size - 1, 0)], -factor[np.minimum(size, _PLAYERS - 1)]
        )
    return found


def _whole(exact: Ints, group: Ints, totals: Ints) -> Ints:
    """Round parts given in 1/120 to whole units that add up to each group's total: largest remainder.

    Notes
    -----
    Of equal remainders the earlier is served first, in the direction of the total (where that is zero,
    of the first part that is not): turning all signs turns all results.
    """
    moving = np.flatnonzero(exact)
    first = np.zeros(len(totals), dtype=np.int64)
    first[group[moving][::-1]] = np.sign(exact[moving])[::-1]
    sign = np.where(totals != 0, np.sign(totals), first)[group]
    floor, rest = np.divmod(exact * sign, _WHOLE)
    left = np.abs(totals)
    np.subtract.at(left, group, floor)
    order = np.lexsort((np.arange(len(exact)), -rest, group))
    place = np.arange(len(exact)) - np.searchsorted(group[order], group[order])
    found = floor.copy()
    found[order] += place < left[group[order]]
    return found * sign


def _people(now: Appraisal, before: Appraisal) -> pd.DataFrame:
    """List everybody of either period: score and counted score of both, and why there is none."""
    sides = [_counted(each) for each in (now, before)]
    found = sides[0].merge(sides[1], on="person_id", how="outer", suffixes=("", "_before"))
    found = found.sort_values("person_id", ignore_index=True)
    for name in ("team_id", "role"):
        found[name] = found[name].fillna(found[f"{name}_before"])
    for name in ("period", "period_before"):
        known = found[name].dropna()
        found[name] = known.iloc[0] if len(known) else ""
    status, status_before = (found[name].fillna("absent") for name in ("status", "status_before"))
    gone, new = found["score"].isna(), found["score_before"].isna()
    found["reason"] = np.select([gone, new], [status, status_before], "")
    found["missing"] = np.select([gone & new, gone, new], ["both", "now", "before"], "")
    return found


def _counted(each: Appraisal) -> pd.DataFrame:
    """Give everybody's score, and what it counts: nothing under a veto."""
    names = ["period", "person_id", "team_id", "role", "score", "status"]
    found = each.composites[names].reset_index(drop=True)
    vetoed = each.grades.loc[each.grades["vetoed"].astype(bool), "person_id"]
    return found.assign(
        counted=found["score"].mask(found["person_id"].isin(vetoed), 0.0).where(found["score"].notna())
    )


def _units(people: pd.DataFrame, name: str) -> Ints:
    """Give the change of a score in whole units of the grid."""
    now, before = (people[column].to_numpy(float) / scores.GRID for column in (name, f"{name}_before"))
    off = (now != np.round(now)) | (before != np.round(before))
    if off.any():
        person = str(people["person_id"].iloc[int(np.argmax(off))])
        raise DataError(
            Problem(
                f"composites, {person}",
                "a score that its lines cannot add up to",
                f"a multiple of {scores.GRID}",
                "take composites from scores.composites",
            )
        )
    return (now - before).astype(np.int64)
