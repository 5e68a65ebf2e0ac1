"""Split a year's target over many people and months: ours and the peers, on the same company.

One task per process: ``ours``, ``b2b``, ``nixtla``, ``highs``, ``remainder`` (the limit), each with the
number of people. Prints one JSON line: seconds, rows, and the largest error of any margin in units.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

TEAM = 50
MONTHS = 12
TOTAL = 2_000_000_007


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
    fair = TOTAL / teams.sum()
    pins = {(COMPANY, YEAR): TOTAL}
    for m in range(0, people, 100):
        unit = children[units[m // TEAM]][m % TEAM]
        pins[unit, (10, 11)] = int(1.2 * fair * weights[m, 10])
    return Plan("net_sales", children, found, pins, labels_of(Period.parse("2026")), str)


def ours(people: int) -> dict[str, float]:
    """Split with pins, and make the audit frame of all steps."""
    from salesperf_lib.targets.split import YEAR, split

    plan = plan_of(people)
    start = time.process_time()
    found = split(plan)
    steps = np.stack([np.rint(part) for part in found.stages.values()])
    audit = np.diff(steps, axis=0, prepend=0.0)
    seconds = time.process_time() - start
    error = float(np.abs(audit.sum(axis=0) - found.months).max())
    tree = found.tree
    for level in tree.levels:
        sums = np.zeros_like(found.months)
        np.add.at(sums, tree.parent[level], found.months[level])
        parents = np.unique(tree.parent[level])
        error = max(error, float(np.abs(sums[parents] - found.months[parents]).max()))
    for (unit, span), value in plan.pins.items():
        error = max(error, abs(int(found.months[tree.row[unit], slice(*span)].sum()) - value))
    assert YEAR == (0, 12)
    return {"seconds": seconds, "rows": people * MONTHS, "error": error}


def whole_table(people: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give one real-valued table with whole margins: people × months."""
    from salesperf_lib.targets.rounding import largest_remainder
    from salesperf_lib.targets.tables import fit

    _, weights, _ = company(people)
    rows = np.array(largest_remainder(TOTAL, weights.sum(axis=1).tolist()), np.int64)
    columns = np.array([largest_remainder(TOTAL, weights.sum(axis=0).tolist())], np.int64)
    group = np.zeros(people, np.int64)
    return fit(weights, rows, columns, group), rows, columns[0]


def rounding(people: int) -> dict[str, float]:
    """Round one table exactly."""
    from salesperf_lib.targets.tables import round_table

    x, rows, columns = whole_table(people)
    start = time.process_time()
    n = round_table(x, rows, columns[None], np.zeros(people, np.int64))
    seconds = time.process_time() - start
    error = max(np.abs(n.sum(axis=1) - rows).max(), np.abs(n.sum(axis=0) - columns).max())
    return {"seconds": seconds, "rows": people * MONTHS, "error": float(error), "l1": float(np.abs(n - x).sum())}


def remainder(people: int) -> dict[str, float]:
    """Round every row by largest remainder, columns left wrong: the limit."""
    from salesperf_lib.targets.shares import share_out

    x, rows, columns = whole_table(people)
    group = np.repeat(np.arange(people), MONTHS)
    start = time.process_time()
    n = share_out(x.ravel(), rows, group).reshape(x.shape)
    seconds = time.process_time() - start
    return {
        "seconds": seconds,
        "rows": people * MONTHS,
        "error": float(np.abs(n.sum(axis=0) - columns).max()),
    }


def highs(people: int) -> dict[str, float]:
    """Round the same table by linear programming (its vertices are whole)."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    x, rows, columns = whole_table(people)
    floor = np.floor(x)
    cost = 1 - 2 * (x - floor)
    cells = np.arange(x.size)
    where = np.r_[cells // MONTHS, people + cells % MONTHS]
    matrix = coo_matrix((np.ones(2 * x.size), (where, np.r_[cells, cells])))
    right = np.r_[rows - floor.sum(axis=1), columns - floor.sum(axis=0)]
    start = time.process_time()
    top = (x > floor).astype(float).ravel()
    done = linprog(cost.ravel(), A_eq=matrix.tocsr(), b_eq=right, bounds=np.c_[np.zeros(x.size), top], method="highs")
    seconds = time.process_time() - start
    n = floor + np.rint(done.x).reshape(x.shape)
    error = max(np.abs(n.sum(axis=1) - rows).max(), np.abs(n.sum(axis=0) - columns).max())
    return {"seconds": seconds, "rows": people * MONTHS, "error": float(error), "l1": float(np.abs(n - x).sum())}


def main() -> int:
    """Run one task."""
    task, people = sys.argv[1], int(sys.argv[2])
    print(json.dumps({"ours": ours, "round": rounding, "remainder": remainder, "highs": highs}[task](people)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
