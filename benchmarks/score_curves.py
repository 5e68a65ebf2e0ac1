"""Composites of a million person-months × 12 KPIs: `scores.matrix`, `numpy.interp`, pandas, and a copy."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import MappingProxyType

import numpy as np
import pandas as pd
from stopwatch import fastest

from salesperf_lib.params import Curve, Name
from salesperf_lib.scores.matrix import composites

SAMPLE = 10_000
"""Rows that pandas scores; its seconds are scaled up to all of them."""

KNOTS = ((0.7, 50.0), (1.0, 100.0), (1.15, 120.0))
LEVELS = ((0.8, 60.0), (0.9, 80.0), (0.95, 90.0), (1.0, 100.0), (1.03, 110.0))
AMBITION = ((0.20, 5.0), (0.50, 4.0), (1.0, 3.0))
LESS = np.array([False] * 5 + [True] + [False] * 3 + [True] * 3)
DIMENSION = np.repeat([0, 1, 2], [6, 3, 3])
WEIGHTS = np.repeat([0.55 / 6, 0.27 / 3, 0.18 / 3], [6, 3, 3])


def curves() -> list[Curve]:
    """Give twelve curves of all kinds, in the proportions of the sample company."""

    def one(kind: str, **parameters: object) -> Curve:
        return Curve(kind, kind, Name(kind, kind), MappingProxyType(parameters))  # pyright: ignore

    ratio = one("ratio", floor=0.5, cap=1.2)
    rate = one("piecewise", points_at=KNOTS)
    return [
        ratio,
        ratio,
        one("asymmetric", gain=1.0, loss=2.0, floor=0.0, cap=120.0),
        one("steps", base=30.0, step=0.03, up=6.0, down=6.0, ambition=AMBITION),
        one("levels", of="attainment", rows=LEVELS),
        one("cost_budget", step=0.05, over=10.0, under=5.0, limit=0.3, cap=120.0),
        rate,
        rate,
        rate,
        one("lower", form="quotient", floor=0.0, cap=1.2),
        one("lower", form="difference", floor=0.0, cap=1.2),
        one("deduction", start=100.0, per_unit=5.0, floor=0.0),
    ]


PLAIN: list[Callable[[float], float]] = [
    lambda a: 0.0 if a < 0.5 else 100 * min(a, 1.2),
    lambda a: 0.0 if a < 0.5 else 100 * min(a, 1.2),
    lambda a: min(120.0, max(0.0, 100 + (100 if a > 1 else 200) * (a - 1))),
    lambda a: 100 * (30 + (1 if a > 1 else -1) * min(6, round(abs(a - 1) * 1e9) // 30_000_000)) / 30,
    lambda a: next((points for start, points in reversed(LEVELS) if a >= start), 0.0),
    lambda a: (0.0 if a < 0.7 else 100 + 200 * (a - 1)) if a < 1 else min(120.0, 100 + 100 * (a - 1)),
    *[lambda a: 0.0 if a < 0.7 else float(np.interp(a, *zip(*KNOTS, strict=True)))] * 3,
    lambda a: 100 * min(1.2, 1 / (2 - a)) if a < 2 else 120.0,
    lambda a: 100 * min(1.2, max(0.0, a)),
    lambda v: max(0.0, 100 - 5 * v),
]


def company(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Make values and targets, three in a hundred values missing."""
    rng = np.random.default_rng(20260618)
    targets = rng.uniform(50, 150, (rows, len(LESS)))
    values = targets * rng.normal(1, 0.15, targets.shape)
    values[:, -1] = rng.poisson(1, rows)
    values[rng.random(values.shape) < 0.03] = np.nan
    return values, targets


def interpolated(values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Do with `numpy.interp` alone what it can: knots for every column, nothing for missing values."""
    at, worth = zip(*KNOTS, strict=True)
    reached = values / targets
    return sum(WEIGHTS[k] * np.interp(reached[:, k], at, worth) for k in range(len(WEIGHTS)))


def applied(values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Score column by column with `Series.apply`, and redistribute with plain frames."""
    reached = pd.DataFrame(values / targets)
    reached.loc[:, LESS] = 2 - reached.loc[:, LESS]
    reached = reached.round(9)
    reached[len(LESS) - 1] = values[:, -1]
    points = pd.DataFrame({k: reached[k].dropna().apply(PLAIN[k]) for k in reached}, index=reached.index)
    total = pd.Series(0.0, index=points.index)
    for name in np.unique(DIMENSION):
        columns = np.flatnonzero(name == DIMENSION)
        held = (points[columns].notna() * WEIGHTS[columns]).sum(axis=1)
        earned = (points[columns] * WEIGHTS[columns]).sum(axis=1)
        total += earned / held.where(held > 0) * WEIGHTS[columns].sum()
    return total.to_numpy()


def main() -> int:
    """Measure all four in one process, and compare the results of two."""
    rows = int(sys.argv[1])
    values, targets = company(rows)
    few, aims = values[:SAMPLE], targets[:SAMPLE]
    rest = curves(), LESS, WEIGHTS, DIMENSION
    copied, _ = fastest(lambda: (values.copy(), targets.copy()))
    own, scores = fastest(lambda: composites(values, targets, *rest))
    peer, _ = fastest(lambda: interpolated(values, targets))
    plain, expected = fastest(lambda: applied(few, aims))
    np.testing.assert_allclose(scores[:SAMPLE], expected, atol=1e-6)
    scaled = plain * rows / len(few)
    print(json.dumps({"ours": own, "interp": peer, "pandas": scaled, "copy": copied}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
