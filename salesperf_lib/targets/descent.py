"""Hand totals down a tree level by level: years, then quarters, then months, all levels' tables at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.targets.fitting import fit
from salesperf_lib.targets.pins import Settled, tops
from salesperf_lib.targets.shares import apportion, scaled, share_out
from salesperf_lib.targets.split import (
    ABOVE,
    COMPANY,
    GIVEN,
    MONTHS,
    NOWHERE,
    QUARTERS,
    SUMMED,
    YEAR,
    Bools,
    Floats,
    Ints,
    Span,
    Split,
    Unit,
    shorter,
)
from salesperf_lib.targets.tables import NoTable, round_table

MOST = 1 << 53
"""Stands for "no upper bound"."""
LEAST = 1e-6
"""A share below this is none that others' pins could be taken from, in steps."""
STAGES = ("equal", "size", "season", "pins")


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The least and the most of every unit's year, quarters and months, in steps: (units, 1 | 4 | 12)."""

    low: tuple[Ints, Ints, Ints]
    high: tuple[Ints, Ints, Ints]

    def of(self, rows: Ints) -> _Bounds:
        """Keep some rows."""
        low, high = (tuple(part[rows] for part in side) for side in (self.low, self.high))
        return _Bounds((low[0], low[1], low[2]), (high[0], high[1], high[2]))

    def bind(self) -> Bools:
        """Say which rows have any bound."""
        sides = [part > 0 for part in self.low] + [part < MOST for part in self.high]
        return np.asarray(np.concatenate(sides, axis=1).any(axis=1), bool)


@dataclass(slots=True)
class _Work:
    """What is filled while the totals go down, in steps."""

    settled: Settled
    weights: Floats
    bounds: _Bounds
    months: Ints
    origin: Ints
    stages: dict[str, Floats]
    remainders: bool

    @property
    def known(self) -> Bools:
        """Say where there is a target already."""
        return self.origin != NOWHERE


def descend(settled: Settled, *, weights: Floats | None = None, remainders: bool = False) -> Split:
    """Hand everything decided down to the leaves.

    Parameters
    ----------
    settled
        The plan, its rows and its pins.
    weights
        (units, 12) weights to use instead of the plan's.
    remainders
        Whether pins of longer spans mean only the months that are known above.

    Returns
    -------
    Split
        Every unit's months.

    Raises
    ------
    DataError
        If pins and limits leave no whole-number table, naming units and months, and the smallest
        relaxation that would fit.
    """
    tree, n = settled.tree, len(settled.tree.units)
    given = _weights(settled) if weights is None else weights
    zeros = {name: np.zeros((n, 12)) for name in STAGES}
    work = _Work(
        settled,
        given,
        _bounds(settled),
        np.zeros((n, 12), np.int64),
        np.zeros((n, 12), np.int64),
        zeros,
        remainders,
    )
    for span in tops(settled.decided, COMPANY):
        _spread(work, 0, span)
    for level in tree.levels:
        _own(work, level)
        _level(work, level)
    _add_up(work)
    step = settled.step
    stages = {name: part * step for name, part in work.stages.items()}
    months = work.months * step
    return Split(tree, months, work.origin, {**stages, "rounding": months.astype(float)}, settled.decided)


def _weights(settled: Settled) -> Floats:
    none = np.zeros(12)
    return np.array([settled.plan.weights.get(unit, none) for unit in settled.tree.units], float)


def _bounds(settled: Settled) -> _Bounds:
    """Lay the limits out in arrays; what is decided is both the least and the most."""
    n = len(settled.tree.units)
    low = (np.zeros((n, 1), np.int64), np.zeros((n, 4), np.int64), np.zeros((n, 12), np.int64))
    high = tuple(np.full_like(part, MOST) for part in low)
    row = settled.tree.row
    for (unit, span), value in settled.floors.items():
        kind, place = _place(span)
        low[kind][row[unit], place] = -(-value // settled.step)
    for nodes in (settled.caps, settled.decided):
        for (unit, span), value in nodes.items():
            kind, place = _place(span)
            high[kind][row[unit], place] = value // settled.step
    return _Bounds(low, (high[0], high[1], high[2]))


def _place(span: Span) -> tuple[int, int]:
    """Give the kind of a span (year, quarter, month) and its number."""
    kind = {12: 0, 3: 1, 1: 2}[span[1] - span[0]]
    return kind, span[0] // (span[1] - span[0])


def _spread(work: _Work, row: int, span: Span) -> None:
    """Spread a unit's own decided span over its months."""
    unit = work.settled.tree.units[row]
    total = work.settled.decided[unit, span] // work.settled.step
    inside = slice(*span)
    months = span[1] - span[0]
    weights = work.weights[row, inside]
    share = weights / weights.sum() if weights.sum() > 0 else np.full(months, 1 / months)
    work.stages["equal"][row, inside] = work.stages["size"][row, inside] = total / months
    work.stages["season"][row, inside] = total * share
    _spread_inside(work, row, span, total)
    work.stages["pins"][row, inside] = work.months[row, inside]
    work.origin[row, inside] = GIVEN


def _spread_inside(work: _Work, row: int, span: Span, total: int) -> None:
    if span[1] - span[0] == 1:
        work.months[row, span[0]] = total
        return
    parts = shorter(span)
    kinds = [_place(part) for part in parts]
    low = np.array([work.bounds.low[kind][row, place] for kind, place in kinds])
    high = np.array([work.bounds.high[kind][row, place] for kind, place in kinds])
    weights = np.array([work.weights[row, slice(*part)].sum() for part in parts])
    for part, amount in zip(parts, apportion(total, weights, low, high), strict=True):
        _spread_inside(work, row, part, int(amount))


def _own(work: _Work, level: slice) -> None:
    """Spread what is decided about units of which nothing is known above."""
    tree, decided = work.settled.tree, work.settled.decided
    for unit in {unit for unit, _ in decided}:
        row = tree.row[unit]
        if not level.start <= row < level.stop:
            continue
        for span in tops(decided, unit):
            if not work.known[tree.parent[row], slice(*span)].any():
                _spread(work, row, span)


def _level(work: _Work, level: slice) -> None:
    """Hand the known months of the units above down to a level, all its tables at once."""
    parents = work.settled.tree.parent[level]
    rows = np.arange(level.start, level.stop)[work.known[parents].any(axis=1)]
    if not rows.size:
        return
    above, group = np.unique(work.settled.tree.parent[rows], return_inverse=True)
    known = work.known[above]
    columns = np.where(known, work.months[above], 0)
    local = work.settled.tree.units[int(rows[0])].level == "person"
    weights = _usable(work.weights[rows] * known[group], columns, group, local=local)
    stages = _stages(weights, columns, group, local=local)
    bounds = _effective(work.bounds.of(rows), known[group], remainders=work.remainders)
    try:
        x, totals = _around_pins(stages["season"], columns, group, bounds)
    except NoTable as error:
        _refuse(work, rows, error, {0: (YEAR,)})
    try:
        quarters = _quarters(x, totals, columns, group, bounds)
    except NoTable as error:
        _refuse(work, rows, error, {0: QUARTERS})
    try:
        months = _months(x, quarters, columns, group, bounds)
    except NoTable as error:
        _refuse(work, rows, error, {q: MONTHS[3 * q : 3 * q + 3] for q in range(4)})
    for name, part in {**stages, "pins": x}.items():
        work.stages[name][rows] = np.where(known[group], part, work.stages[name][rows])
    work.months[rows] = np.where(known[group], months, work.months[rows])
    work.origin[rows] = np.where(known[group], ABOVE, work.origin[rows])


def _usable(weights: Floats, columns: Ints, group: Ints, *, local: bool) -> Floats:
    """Give somebody a weight in every month that has something to share: people's rest, or all units."""
    sums = _by_group(weights, group, len(columns))
    empty = (sums <= 0) & (columns > 0)
    if not empty.any():
        return weights
    last = np.append(group[1:] != group[:-1], True)
    who = last[:, None] if local else np.ones_like(weights, bool)
    return np.where(empty[group] & who, 1.0, weights)


def _stages(weights: Floats, columns: Ints, group: Ints, *, local: bool) -> dict[str, Floats]:
    """Work out the real-valued targets before any pin: equal parts, by size, by own months."""
    g = len(columns)
    there = _by_group((weights > 0).astype(float), group, g)
    equal = np.where(weights > 0, columns[group] / np.maximum(there, 1)[group], 0.0)
    if local:
        own = by_own_months(weights, columns, group)
        return {"equal": equal, "size": own, "season": own}
    size = weights.sum(axis=1)
    share = size / np.maximum(np.bincount(group, size, g), 1e-300)[group]
    rows = columns.sum(axis=1)[group] * share
    return {
        "equal": equal,
        "size": columns[group] * share[:, None],
        "season": fit(weights, rows, columns, group),
    }


def by_own_months(weights: Floats, columns: Floats | Ints, group: Ints) -> Floats:
    """Hand the months of the units above down by each unit's own weights in each month.

    Parameters
    ----------
    weights
        (n, 12) weights.
    columns
        (g, 12) months of the units above.
    group
        (n,) the unit above each row: sorted, 0 to g - 1.

    Returns
    -------
    array
        (n, 12) real-valued months; a group's sum to those above where anybody weighs anything.
    """
    sums = _by_group(weights, group, len(columns))
    return weights * (columns / np.where(sums > 0, sums, 1.0))[group]


def _effective(bounds: _Bounds, known: Bools, *, remainders: bool) -> _Bounds:
    """Keep the bounds of what is handed down: of a quarter or year only its known months."""
    whole = known.reshape(-1, 4, 3).all(axis=2)
    month = (np.where(known, bounds.low[2], 0), np.where(known, bounds.high[2], 0))
    if remainders or bool(known.all()):
        return _Bounds((bounds.low[0], bounds.low[1], month[0]), (bounds.high[0], bounds.high[1], month[1]))
    low = np.where(whole, bounds.low[1], month[0].reshape(-1, 4, 3).sum(axis=2))
    high = np.where(whole, bounds.high[1], np.minimum(month[1].reshape(-1, 4, 3).sum(axis=2), MOST))
    year = (low.sum(axis=1, keepdims=True), np.minimum(high.sum(axis=1, keepdims=True), MOST))
    all_known = known.all(axis=1, keepdims=True)
    return _Bounds(
        (np.where(all_known, bounds.low[0], year[0]), low, month[0]),
        (np.where(all_known, bounds.high[0], year[1]), high, month[1]),
    )


def _around_pins(x: Floats, columns: Ints, group: Ints, bounds: _Bounds) -> tuple[Floats, Ints]:
    """Move the shares around what is decided: units follow their pinned months, siblings absorb them.

    Returns
    -------
    tuple
        The real-valued cells, and the whole totals of the rows.
    """
    totals = columns.sum(axis=1)
    low, high = bounds.low[0][:, 0], bounds.high[0][:, 0]
    if not bounds.bind().any():
        return x, share_out(x.sum(axis=1), totals, group)
    pinned = np.clip(x, bounds.low[2], bounds.high[2])
    free = np.where(pinned == x, x, 0.0)
    held = _by_group(np.where(pinned == x, 0.0, pinned), group, len(columns))
    loose = _by_group(free, group, len(columns))
    some = loose > LEAST
    factor = np.where(some, np.clip(columns - held, 0, None) / np.where(some, loose, 1.0), 1.0)
    moved = np.where(pinned == x, x * factor[group], pinned)
    quarters = _quarterly(moved)
    held_quarters = np.clip(quarters, bounds.low[1], bounds.high[1])
    wanted = scaled(held_quarters.sum(axis=1), totals, group, low, high)
    rows = share_out(wanted, totals, group, low, high)
    return moved, rows


def _quarters(x: Floats, totals: Ints, columns: Ints, group: Ints, bounds: _Bounds) -> Ints:
    """Round the quarters of every unit: years and the quarters above are exact."""
    limits = {"low": bounds.low[1], "high": bounds.high[1]} if bounds.bind().any() else {}
    margin = _quarterly(columns.astype(float))
    ideal = fit(_seeded(_quarterly(x), totals, margin[group]), totals, margin, group, **limits)
    return round_table(ideal, totals, margin.astype(np.int64), group, **limits)


def _months(x: Floats, quarters: Ints, columns: Ints, group: Ints, bounds: _Bounds) -> Ints:
    """Round the months inside each quarter: the four quarters of all parents are tables of their own."""
    n, g = len(x), len(columns)
    margin, tables, rows = (
        _in_quarters(columns),
        (np.arange(4)[:, None] * g + group).ravel(),
        quarters.T.ravel(),
    )
    sides = {"low": bounds.low[2], "high": bounds.high[2]} if bounds.bind().any() else {}
    limits = {name: _in_quarters(part) for name, part in sides.items()}
    cells = fit(_seeded(_in_quarters(x), rows, margin[tables]), rows, margin, tables, **limits)
    return (
        round_table(cells, rows, margin, tables, **limits).reshape(4, n, 3).transpose(1, 0, 2).reshape(n, 12)
    )


def _in_quarters(months: NDArray[Any]) -> NDArray[Any]:
    """Lay (n, 12) months out as (4n, 3): the first quarter of every row, then the second and so on."""
    n = len(months)
    return months.reshape(n, 4, 3).transpose(1, 0, 2).reshape(4 * n, 3)


def _seeded(x: Floats, rows: Ints, columns: Floats | Ints) -> Floats:
    """Let a row that has a total and no weight follow the columns."""
    empty = (x.sum(axis=1) <= 0) & (rows > 0)
    return np.where(empty[:, None], columns, x) if empty.any() else x


def _pinned(work: _Work, parent: int, spans: list[Span]) -> list[Unit]:
    """List the units below a parent of which something is decided or limited in some spans."""
    tree = work.settled.tree
    given = {*work.settled.decided, *work.settled.plan.floors, *work.settled.caps}
    near = [unit for unit, span in given if any(span[0] < other[1] and other[0] < span[1] for other in spans)]
    return sorted({unit for unit in near if tree.parent[tree.row[unit]] == parent})


def _quarterly(months: Floats) -> Floats:
    return months.reshape(len(months), 4, 3).sum(axis=2)


def _by_group(values: Floats, group: Ints, g: int) -> Floats:
    """Sum rows by group, for every column."""
    starts = np.searchsorted(group, np.arange(g))
    return np.add.reduceat(values, starts, axis=0)


def _add_up(work: _Work) -> None:
    """Give units above what is known only below them the sum of it, month by month."""
    tree = work.settled.tree
    for level in reversed(tree.levels):
        parents = tree.parent[level]
        below = np.zeros(work.origin.shape, bool)
        np.logical_or.at(below, parents, work.known[level])
        sums = np.zeros_like(work.months)
        np.add.at(sums, parents, work.months[level])
        fresh = below & ~work.known
        work.months = np.where(fresh, sums, work.months)
        for name in STAGES:
            work.stages[name] = np.where(fresh, sums, work.stages[name])
        work.origin[fresh] = SUMMED


def _refuse(work: _Work, rows: Ints, error: NoTable, spans: Mapping[int, tuple[Span, ...]]) -> NoReturn:
    """Name the units and spans of tables that cannot be, and the least that would have to give way.

    `spans` gives the spans of a table's columns, by the table's number among those of one parent.
    """
    plan, tree = work.settled.plan, work.settled.tree
    above = np.unique(tree.parent[rows])
    count = len(above)
    problems: list[Problem] = []
    for gap in error.gaps:
        units = [tree.units[rows[i % len(rows)]] for i in gap.rows]
        named = [spans[gap.group // count][column] for column in gap.columns] or [YEAR]
        where = ", ".join(plan.labels[span] for span in named)
        parent = tree.units[above[gap.group % count]]
        units = units or _pinned(work, int(above[gap.group % count]), named)
        missing = plan.show(gap.missing * work.settled.step)
        found = f"{missing} too little for {where}" if gap.short else f"{missing} more than fits into {where}"
        about = ", ".join(f"{unit.level} {unit.unit_id}" for unit in units[:6])
        problems.append(
            Problem(
                f"goals: {plan.name}, {parent.level} {parent.unit_id}",
                f"{found}, with what is decided about {about}",
                "pins and limits that leave room for the totals above them",
                f"move the pins or limits, or the total of {where}, by {missing} in all",
            )
        )
    raise DataError(*problems) from None
