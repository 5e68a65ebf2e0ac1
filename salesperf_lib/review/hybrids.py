"""What lines would have counted with the ingredients of one period or the other: 16 hybrids of each (§4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib import scores
from salesperf_lib.params import Curve, Policy
from salesperf_lib.review.trials import held, marks_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

ACTUALS, TARGETS, CURVES, ADJUSTMENTS = 1, 2, 4, 8
HYBRIDS = 16
"""Hybrids of one set of lines: a bit for each ingredient that is the other period's."""

_LIKE = ["person_id", "role", "layer", "within", "kpi"]
_UNMEASURED = ("low_n", "no_data")
_SHAPE = (2, 2, 2, 2)  # adjustments, curves, targets, actuals: own or the other's


def pair_lines(first: pd.DataFrame, second: pd.DataFrame) -> tuple[Ints, Ints]:
    """Find the lines of the same person, role and KPI in two score frames.

    Returns
    -------
    tuple
        For each line of the first the row of its like in the second, and the other way round; −1 = none.

    Notes
    -----
    First by team, then those left over in the order of their shares of time: who moved to another team
    keeps the KPIs. In a year, March is paired with March.
    """
    links = np.full(len(first), -1, dtype=np.int64), np.full(len(second), -1, dtype=np.int64)
    sides = [_keyed(frame) for frame in (first, second)]
    for key in ("team_id", "turn"):
        left = [side[link[side.index] < 0] for side, link in zip(sides, links, strict=True)]
        left = [side.assign(turn=side.groupby(_LIKE).cumcount()).reset_index(names="at") for side in left]
        found = left[0].merge(left[1], on=[*_LIKE, key], suffixes=("", "_other"))
        here, there = found["at"].to_numpy(np.int64), found["at_other"].to_numpy(np.int64)
        links[0][here], links[1][there] = there, here
    return links


def _keyed(lines: pd.DataFrame) -> pd.DataFrame:
    """Give what lines are paired by, the largest share first; the index is the row."""
    keyed = lines[["person_id", "role", "layer", "kpi", "team_id", "share"]].assign(within=within(lines))
    return keyed.reset_index(drop=True).sort_values(["share", "team_id"], ascending=[False, True])


def within(lines: pd.DataFrame) -> Objects:
    """Name the place of each line's period in the appraised one: ``03`` in 2026, nothing for its own."""
    pairs = zip(lines["scored_in"], lines["period"], strict=True)
    names = ["" if label == whole else str(label).partition("-")[2] for label, whole in pairs]
    return np.array(names, dtype=object)


@dataclass(frozen=True, slots=True)
class Side:
    """The lines of one period, each with its like in the other.

    Parameters
    ----------
    own, other
        (n,) score frames, row by row; without a like, `other` is the line itself.
    linked
        (n,) whether it has one.
    rules, other_rules
        By period that lines are scored in, its rules: a year's months have their own.
    """

    own: pd.DataFrame
    other: pd.DataFrame
    linked: Bools
    rules: Mapping[str, Policy]
    other_rules: Mapping[str, Policy]

    @classmethod
    def of(
        cls,
        own: pd.DataFrame,
        other: pd.DataFrame,
        link: Ints,
        rules: Mapping[str, Policy],
        other_rules: Mapping[str, Policy],
    ) -> Side:
        """Line both periods up: `link` gives the row of each line's like in the other, −1 = none."""
        linked = link >= 0
        rows = np.where(linked, len(own) + link, np.arange(len(own)))
        like = pd.concat([own, other], ignore_index=True).iloc[rows].reset_index(drop=True)
        return cls(own.reset_index(drop=True), like, linked, rules, other_rules)

    def contributions(self) -> Ints:
        """Give what each line contributes in each hybrid, in whole units of the grid.

        Returns
        -------
        array
            (n, 16): column 0 are the contributions of the lines as they were published.
        """
        part = _codes(self.own, ["person_id", "scored_in", "team_id", "role"])
        points = self._filled(self._points(), part)
        points = held(points, self._marks(), part)
        weight = self._weights(points, part)
        return np.round(np.nan_to_num(points * weight) / scores.GRID).astype(np.int64)

    def _marks(self) -> Floats:
        found = np.full(len(self.own), np.nan)
        for label, rows in self.own.groupby("scored_in").indices.items():
            lines = self.own.iloc[rows]
            found[rows] = marks_of(lines["role"], lines["kpi"], self.rules[str(label)])
        return found

    def _points(self) -> Floats:
        """Score every line in every hybrid, before gates; NaN where it has no points."""
        both = (self.own, self.other)
        raw, value, target, baseline = (
            np.stack([frame[name].to_numpy(float) for frame in both])
            for name in ("value_raw", "value", "target", "baseline")
        )
        moved = np.nan_to_num(value - raw)
        # The published value where both come from one period: raw + (value − raw) may miss its last bit.
        values = np.stack([np.stack([value[0], raw[1] + moved[0]]), np.stack([raw[0] + moved[1], value[1]])])
        values = np.where(self.linked, values, value[0])
        measured = np.stack([~frame["status"].isin(_UNMEASURED).to_numpy(bool) for frame in both])
        values = np.where(measured, values, np.nan)
        found = np.full((*_SHAPE, len(self.own)), np.nan)
        for rows, curve, less in self._rules():
            shape = (2, 2, 2, len(rows))  # adjustments, targets, actuals
            at = np.broadcast_to(values[:, None, :, rows], shape)
            aim, base = (np.broadcast_to(x[None, :, None, rows], shape) for x in (target, baseline))
            for side, rule in enumerate(curve):
                reached = scores.attainment(at, aim, lower_is_better=less)
                found[:, side, :, :, rows] = np.moveaxis(
                    scores.points(rule, reached, at, aim, base, lower_is_better=less), -1, 0
                )
        return found.reshape(HYBRIDS, len(self.own)).T

    def _rules(self) -> Iterator[tuple[Ints, tuple[Curve, Curve], bool]]:
        """Give rows that share their curves: rows, own and other curve, whether less is better."""
        keys = pd.DataFrame(
            {
                "kpi": self.own["kpi"],
                "label": self.own["scored_in"],
                "other": self.other["scored_in"],
                "linked": self.linked,
            }
        )
        group = _codes(keys, list(keys.columns))
        order = np.argsort(group, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else ():
            kpi, label, other_label, linked = keys.iloc[rows[0]]
            own = self.rules[str(label)]
            other = self.other_rules[str(other_label)] if linked else own
            curve = own.curves[str(kpi)]
            curves = (curve, other.curves.get(str(kpi), curve))
            yield rows.astype(np.int64), curves, own.kpis[str(kpi)].direction == "lower"

    def _filled(self, points: Floats, part: Ints) -> Floats:
        """Let no hybrid lose a dimension that its lines had: they then count as they were."""
        dimension = _codes(self.own.assign(part=part), ["part", "dimension"])
        some = np.zeros((int(dimension.max(initial=-1)) + 1, HYBRIDS), dtype=bool)
        np.logical_or.at(some, dimension, ~np.isnan(points))
        return np.where(some[dimension], points, points[:, :1])

    def _weights(self, points: Floats, part: Ints) -> Floats:
        """Weigh the lines: as published where the same lines have points, else by `scores.redistribute`."""
        unit = _codes(self.own, ["person_id", "scored_in"])
        known = ~np.isnan(points)
        other = known != self.own["points"].notna().to_numpy(bool)[:, None]
        changed = np.zeros((int(unit.max(initial=-1)) + 1, HYBRIDS), dtype=bool)
        np.logical_or.at(changed, unit, other)
        weight = np.repeat(self.own["weight"].to_numpy(float)[:, None], HYBRIDS, axis=1)
        row, state = np.nonzero(changed[unit])
        if not len(row):
            return weight
        table = pd.DataFrame(
            {
                "person_id": unit[row] * HYBRIDS + state,
                "team_id": part[row],
                "role": 0,
                "dimension": _codes(self.own, ["dimension"])[row],
                "points": points[row, state],
                "weight_base": self.own["weight_base"].to_numpy(float)[row],
            }
        )
        weight[row, state] = scores.redistribute(table)["weight"].to_numpy(float)
        return weight


def rules_of(policy: Policy, lines: pd.DataFrame) -> dict[str, Policy]:
    """Give the rules of each period that lines are scored in: a year's months have their own."""
    labels = [str(label) for label in lines["scored_in"].unique()]
    return {label: policy if label == policy.period.label else policy.at(label) for label in labels}


def _codes(frame: pd.DataFrame, columns: list[str]) -> Ints:
    """Give each row the number of its group, from 0."""
    return np.asarray(frame.groupby(columns, sort=False).ngroup(), dtype=np.int64)
