"""Re-solve the months that are left around what was decided later; closed months never change (§3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from salesperf_lib.params.policy import Amendment
from salesperf_lib.targets.descent import descend
from salesperf_lib.targets.pins import settle
from salesperf_lib.targets.shares import apportion
from salesperf_lib.targets.split import COMPANY, MONTHS, YEAR, Floats, Ints, Node, Plan, Span, Split, Unit

MOST = 1 << 53
LEAST = 1e-3
"""What a unit without anything weighs in a month, in whole units."""


@dataclass(frozen=True, slots=True)
class Amended:
    """A split after everything that moved it.

    Parameters
    ----------
    split
        As it stands.
    moved
        By the number of the first month that was re-solved, what that changed: (units, 12).
    """

    split: Split
    moved: Mapping[int, Ints]


def amend(plan: Plan, base: Split, amendments: Sequence[Amendment], spans: Mapping[str, Span]) -> Amended:
    """Apply what was decided after the split, month by month of its validity.

    Parameters
    ----------
    plan, base
        The plan and its split.
    amendments
        Records in force, of any KPI and year.
    spans
        Written period to its span of months in this year.

    Returns
    -------
    Amended
        Sums exact in every margin. Months before a record's `valid_from` are the same bits.

    Raises
    ------
    DataError
        If what was decided leaves no room for itself.

    Notes
    -----
    All records that are valid from the same month are solved together, with those valid earlier, so
    that the order in which they were made does not matter; of two about the same target the later
    recorded counts. A calibration moves the company's months by what it says; an edit keeps the
    company's total of the months that are left. Below, units keep their proportions of the months
    that are left, people theirs of the team's month; what is above a decided target does not give way
    to it, the units beside it do.
    """
    cells = _latest(amendments, plan, spans)
    moved: dict[int, Ints] = {}
    current = base
    for first in sorted({since for since, _, _ in cells.values()}):
        before = current.months
        valid = {node: (value, kind) for node, (since, value, kind) in cells.items() if since <= first}
        current = _solved(plan, current, first, valid)
        moved[first] = current.months - before
    return Amended(current, moved)


def _latest(
    amendments: Sequence[Amendment], plan: Plan, spans: Mapping[str, Span]
) -> dict[Node, tuple[int, int, str]]:
    """Give each decided node its first month, value and kind of record: the latest recorded counts."""
    units = {(unit.level, unit.unit_id, unit.team_id): unit for unit in (COMPANY, *_below(plan))}
    months = {label: span[0] for label, span in spans.items() if span in MONTHS}
    found: dict[Node, tuple[int, int, str]] = {}
    for record in sorted(amendments, key=lambda each: (each.recorded_on, each.id)):
        since = months.get(f"{record.valid_from:%Y-%m}", 0)
        for change in record.changes:
            unit = units.get((change.level, change.unit_id, change.team_id))
            if change.kpi == plan.name and unit is not None and change.period in spans:
                found[unit, spans[change.period]] = (since, round(change.after), record.kind)
    return found


def _below(plan: Plan) -> list[Unit]:
    return [kid for kids in plan.children.values() for kid in kids]


def _solved(plan: Plan, current: Split, first: int, valid: Mapping[Node, tuple[int, str]]) -> Split:
    """Solve the months from `first` on: the company's months, then the units below in proportion."""
    tree = current.tree
    pins: dict[Node, int] = {}
    for (unit, span), (value, _) in valid.items():
        if span[1] > first and unit != COMPANY:
            closed = int(current.months[tree.row[unit], span[0] : max(span[0], first)].sum())
            pins[unit, span] = max(value - closed, 0)
    company = _company(plan, current, first, valid)
    pins |= {(COMPANY, (m, m + 1)): int(company[m]) for m in range(first, 12)}
    local = Plan(plan.name, plan.children, plan.weights, pins, plan.labels, plan.show, step=plan.step)
    settled = settle(local, amending=True)
    weights = _weights(plan, current)
    after = descend(settled, weights=weights, remainders=True)
    open_ = np.arange(12) >= first
    months = np.where(open_, after.months, current.months)
    origin = np.where(open_, np.maximum(after.origin, current.origin), current.origin)
    stages = {**current.stages, "rounding": months.astype(float)}
    return Split(tree, months, origin, stages, current.decided)


def _company(plan: Plan, current: Split, first: int, valid: Mapping[Node, tuple[int, str]]) -> Ints:
    """Give the company's months: calibrations say what they become, edits move them around."""
    months = current.months[0].copy()
    edits: dict[Span, int] = {}
    for (unit, span), (value, kind) in valid.items():
        if unit != COMPANY or span[1] <= first:
            continue
        if kind == "calibration" and span in MONTHS:
            months[span[0]] = value
        else:
            edits[span] = value
    if not edits:
        return months
    closed = int(months[:first].sum())
    total = edits.get(YEAR, int(months.sum())) - closed
    rest = months[first:].astype(float)
    low, high = np.zeros(len(rest), np.int64), np.full(len(rest), MOST)
    for span, value in edits.items():
        if span[1] - span[0] == 1:
            low[span[0] - first] = high[span[0] - first] = value
    for span, value in edits.items():
        if span[1] - span[0] == 3:
            part = slice(max(span[0], first) - first, span[1] - first)
            held = value - int(months[span[0] : max(span[0], first)].sum())
            low[part] = high[part] = apportion(held, rest[part], low[part], high[part])
    months[first:] = apportion(total, rest, low, high)
    return months


def _weights(plan: Plan, current: Split) -> Floats:
    """Keep the proportions: of units what they have, of people what they weigh.

    A unit that was rounded to nothing may still get something where it weighs anything.
    """
    none = np.zeros(12)
    weighed = np.array([plan.weights.get(unit, none) for unit in current.tree.units])
    people = np.array([unit.level == "person" for unit in current.tree.units])
    held = current.months + LEAST * (weighed > 0)
    return np.where(people[:, None], weighed, held)
