"""Split a year's target over many people and months: our tasks, HiGHS, and the data for the peers.

One task per process: ``data`` (what the peers read), ``ours``, ``top_down``, ``round``, ``remainder`` (the
limit), ``highs``, ``highs_plain``; then the number of people and, for tables, the rows of each.
Prints one JSON line: processor seconds, rows, and the largest error of any margin in units.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from stopwatch import fastest

TEAM = 50
MONTHS = 12
TOTAL = 2_000_000_007
PINNED_MONTH = 10
DATA = Path(__file__).resolve().parent / "out" / "targets"


def company(people: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make a company: the team of each person, their monthly weights, and those of the teams."""
    rng = np.random.default_rng([2026, people])
    team = np.repeat(np.arange(people // TEAM), TEAM)
    season = rng.lognormal(0, 0.3, MONTHS)
    weights = rng.lognormal(0, 0.6, (people, 1)) * season * rng.lognormal(0, 0.1, (people, MONTHS))
    hired = rng.integers(0, MONTHS, people) * (rng.random(people) < 0.1)  # a tenth is hired in the year
    weights[np.arange(MONTHS) < hired[:, None]] = 0.0
    teams = np.zeros((team.max() + 1, MONTHS))
    np.add.at(teams, team, weights)
    return team, weights, teams


def pinned(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pin every hundredth person's November a fifth above their share: who, and how much."""
    who = np.arange(0, len(weights), 100)
    return who, (1.2 * TOTAL / weights.sum() * weights[who, PINNED_MONTH]).astype(np.int64)


def data(people: int) -> dict[str, float]:
    """Write the company for the peers, with whole targets of its months."""
    from salesperf_lib.targets.rounding import largest_remainder

    team, weights, teams = company(people)
    months = np.array(largest_remainder(TOTAL, teams.sum(axis=0).tolist()), np.int64)
    who, pins = pinned(weights)
    DATA.mkdir(parents=True, exist_ok=True)
    np.savez(
        DATA / f"{people}.npz",
        team=team,
        weights=weights,
        teams=teams,
        months=months,
        pinned=who,
        pins=pins,
    )
    return {}


def plan_of(people: int) -> Any:
    """Lay the company out as a plan, with a pin for every hundredth person."""
    from salesperf_lib.periods import Period
    from salesperf_lib.targets.goals import labels_of
    from salesperf_lib.targets.split import COMPANY, YEAR, Plan, Unit

    team, weights, teams = company(people)
    units = [Unit("team", f"t{i}", f"t{i}") for i in range(len(teams))]
    children: dict[Unit, tuple[Unit, ...]] = {COMPANY: tuple(units)}
    found = {COMPANY: teams.sum(axis=0)} | dict(zip(units, teams, strict=True))
    for i, unit in enumerate(units):
        members = np.flatnonzero(team == i) if people < 5000 else np.arange(i * TEAM, (i + 1) * TEAM)
        kids = tuple(Unit("person", f"p{m}", unit.unit_id) for m in members)
        rest = Unit("person", f"unassigned:{unit.unit_id}", unit.unit_id)
        children[unit] = (*kids, rest)
        found |= {kid: weights[m] for kid, m in zip(kids, members, strict=True)}
        found[rest] = 0.01 * teams[i]
    pins = {(COMPANY, YEAR): TOTAL}
    for m, value in zip(*pinned(weights), strict=True):
        unit = children[units[m // TEAM]][m % TEAM]
        pins[unit, (PINNED_MONTH, PINNED_MONTH + 1)] = int(value)
    return Plan("net_sales", children, found, pins, labels_of(Period.parse("2026")), str)


def ours(people: int) -> dict[str, float]:
    """Split with pins, and make the audit frame of all steps."""
    import pandas as pd

    from salesperf_lib.targets.split import Split, split

    plan = plan_of(people)

    def call() -> tuple[Split, pd.DataFrame]:
        found = split(plan)
        stages = np.stack([np.rint(part).ravel() for part in found.stages.values()])
        steps = np.diff(stages, axis=0, prepend=0.0).astype(np.int64)
        names = [unit.unit_id for unit in found.tree.units]
        cells = pd.MultiIndex.from_product([names, range(MONTHS)], names=["unit_id", "month"])
        return found, pd.DataFrame(steps.T, index=cells, columns=list(found.stages))

    seconds, (found, audit) = fastest(call)
    errors = [np.abs(audit.to_numpy().sum(axis=1) - found.months.ravel()).max()]
    tree = found.tree
    for level in tree.levels:
        sums = np.zeros_like(found.months)
        np.add.at(sums, tree.parent[level], found.months[level])
        parents = np.unique(tree.parent[level])
        errors.append(np.abs(sums[parents] - found.months[parents]).max())
    for (unit, span), value in plan.pins.items():
        errors.append(abs(int(found.months[tree.row[unit], slice(*span)].sum()) - value))
    return {"seconds": seconds, "rows": people * MONTHS, "error": float(max(errors))}


def top_down(people: int) -> dict[str, float]:
    """Hand months down to teams and people by their own weights: the real-valued steps inside `split`."""
    from salesperf_lib.targets.descent import by_own_months

    with np.load(DATA / f"{people}.npz") as stored:
        team, weights, teams, months = (stored[name] for name in ("team", "weights", "teams", "months"))
    one = np.zeros(len(teams), np.int64)

    def call() -> np.ndarray:
        middle = by_own_months(teams, months[None], one)
        return by_own_months(weights, middle, team)

    seconds, found = fastest(call)
    error = float(np.abs(found.sum(axis=0) - months).max())
    return {"seconds": seconds, "rows": people * MONTHS, "error": error}


@dataclass(frozen=True, slots=True)
class Tables:
    """Real-valued tables with whole margins: cells, row totals, column totals, the table of each row."""

    x: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    group: np.ndarray

    def measured(self, seconds: float, n: np.ndarray) -> dict[str, float]:
        """Give the time, the largest error of the margins, and the distance from the real values."""
        sums = np.zeros_like(self.columns)
        np.add.at(sums, self.group, n.astype(np.int64))
        error = max(np.abs(n.sum(axis=1) - self.rows).max(), np.abs(sums - self.columns).max())
        l1 = float(np.abs(n - self.x).sum())
        return {"seconds": seconds, "rows": n.size, "error": float(error), "l1": l1}


def tables(people: int, size: int) -> Tables:
    """Lay the people out in tables of `size` rows × months."""
    from salesperf_lib.targets.fitting import fit
    from salesperf_lib.targets.rounding import largest_remainder

    _, weights, _ = company(people)
    rows = np.array(largest_remainder(TOTAL, weights.sum(axis=1).tolist()), np.int64)
    group = np.arange(people) // size
    starts = np.arange(0, people, size)
    totals, sums = np.add.reduceat(rows, starts), np.add.reduceat(weights, starts, axis=0)
    columns = [largest_remainder(int(total), line.tolist()) for total, line in zip(totals, sums, strict=True)]
    whole = np.array(columns, np.int64)
    return Tables(fit(weights, rows, whole, group), rows, whole, group)


def rounding(people: int, size: int) -> dict[str, float]:
    """Round tables exactly."""
    from salesperf_lib.targets.tables import round_table

    given = tables(people, size)
    return given.measured(*fastest(lambda: round_table(given.x, given.rows, given.columns, given.group)))


def remainder(people: int, size: int) -> dict[str, float]:
    """Round every row by largest remainder, columns left wrong: the limit."""
    from salesperf_lib.targets.shares import share_out

    given = tables(people, size)
    row = np.repeat(np.arange(people), MONTHS)
    seconds, n = fastest(lambda: share_out(given.x.ravel(), given.rows, row))
    return given.measured(seconds, n.reshape(given.x.shape))


def highs(people: int, size: int, *, presolve: bool = True) -> dict[str, float]:
    """Round the same tables by linear programming (its vertices are whole)."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    given = tables(people, size)
    floor = np.floor(given.x)
    cells = np.arange(given.x.size)
    column = people + np.repeat(given.group, MONTHS) * MONTHS + cells % MONTHS
    where = np.r_[cells // MONTHS, column]
    matrix = coo_matrix((np.ones(2 * cells.size), (where, np.r_[cells, cells]))).tocsr()
    below = np.add.reduceat(floor, np.arange(0, people, size), axis=0)
    right = np.r_[given.rows - floor.sum(axis=1), (given.columns - below).ravel()]
    cost = (1 - 2 * (given.x - floor)).ravel()
    bounds = np.c_[np.zeros(cells.size), (given.x > floor).astype(float).ravel()]
    options = {"presolve": presolve}
    seconds, done = fastest(
        lambda: linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs", options=options)
    )
    return given.measured(seconds, floor + np.rint(done.x).reshape(floor.shape))


def highs_plain(people: int, size: int) -> dict[str, float]:
    """Leave presolve out, which takes nearly all of the time of one long table."""
    return highs(people, size, presolve=False)


def main() -> int:
    """Run one task."""
    task, *numbers = sys.argv[1], *(int(value) for value in sys.argv[2:])
    work: dict[str, Any] = {
        "data": data,
        "ours": ours,
        "top_down": top_down,
        "round": rounding,
        "remainder": remainder,
        "highs": highs,
        "highs_plain": highs_plain,
    }
    print(json.dumps(work[task](*numbers)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
