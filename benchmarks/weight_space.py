"""Grades under many weightings: ours, plain NumPy, and the limit, on the same points and weights.

The peers read the points, the weights and the places that ``data`` writes. Every task prints one JSON line;
times are processor seconds, per weighting in millionths.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np
from stopwatch import fastest, race

from salesperf_lib.grades import cohorts_of
from salesperf_lib.params import Grades
from salesperf_lib.params.appraisal_rules import Distribution
from salesperf_lib.region import tighten
from salesperf_lib.weights.counting import count_grades
from salesperf_lib.weights.panel import Panel, panel_from_points
from salesperf_lib.weights.rescoring import line_weights
from salesperf_lib.weights.sampling import draw
from salesperf_lib.weights.simulation import simulate
from salesperf_lib.weights.space import WeightSpace

STORE = Path(__file__).resolve().parent / "out" / "weights" / "1000.npz"
PEOPLE, KPIS, DRAWS, BLOCK = 1_000, 12, 16_384, 128
QUOTAS = (("A", Fraction(1, 5)), ("B", Fraction(7, 10)), ("C", Fraction(1, 10)))
RULES = Grades(
    (("A", 110.0), ("B", 90.0), ("C", 0.0)),
    Distribution(kind="forced", cohort="company", quotas=QUOTAS),
)
CORNERS = np.array([(0.6, 0.2, 0.2), (0.5, 0.3, 0.2), (0.6, 0.3, 0.1)])
DIMENSION = np.repeat([0, 1, 2], [6, 3, 3])
INSIDE = np.repeat([1 / 6, 1 / 3, 1 / 3], [6, 3, 3])
FREE = 0.2
"""How far nested sub-weights go up and down, as a share of themselves."""

SHARED = 0.5
"""Variance that all KPIs share: it leaves as many people open as METHODS has, 5 % fixed and 22 % nested."""

FEW, MANY, REFERENCE = 2**10, 2**16, 2**17
REPEATS = 8
SPACES = ("fixed", "nested")

Counter = Callable[[np.ndarray], np.ndarray]
Figures = dict[str, float]


def main() -> int:
    """Do one task, and print its figures."""
    task, *rest = sys.argv[1:]
    print(json.dumps(TASKS[task](*rest)))
    return 0


def data() -> Figures:
    """Write points and weights for the peers, uniform on the whole simplex."""
    STORE.parent.mkdir(parents=True, exist_ok=True)
    weights = np.random.default_rng(618).dirichlet(np.ones(KPIS), DRAWS)
    np.savez(STORE, points=points_of(PEOPLE, 0.0), weights=weights, places=places_of(PEOPLE))
    return {"draws": DRAWS}


def points_of(people: int, shared: float) -> np.ndarray:
    """Make points around 100, from 0 to 150, whose KPIs share so much of their variance."""
    rng = np.random.default_rng(20260618)
    own, ability = rng.standard_normal((people, KPIS)), rng.standard_normal((people, 1))
    return np.clip(100 + 15 * (np.sqrt(shared) * ability + np.sqrt(1 - shared) * own), 0, 150)


def places_of(people: int) -> np.ndarray:
    """Count the places of each grade and all better ones; the last takes the rest."""
    return np.array([int(people * share) for share in accumulate(share for _, share in QUOTAS[:-1])])


def simplex() -> Figures:
    """Count over the whole simplex, by every way; first on few weightings, to hold the counts to be equal."""
    with np.load(STORE) as stored:
        points, weights, places = (stored[name] for name in ("points", "weights", "places"))
    cohorts = cohorts_of(panel_of(points).people, RULES)

    def own(scores: np.ndarray) -> np.ndarray:
        return count_grades(scores, cohorts, RULES)

    few = weights[:FEW] @ points.T
    reached = np.cumsum(own(few), axis=1)[:, :-1]
    np.testing.assert_array_equal(reached, promoted(read(few), places))
    for way in (ranked, graded):
        np.testing.assert_array_equal(way(few, places), promoted(few, places))
    ways: dict[str, Counter] = {
        "ours": own,
        "ranks": lambda scores: ranked(scores, places),
        "grades": lambda scores: graded(scores, places),
        "limit": lambda scores: scores[:0],
    }
    best = race({name: partial(_blocks, way, points, weights) for name, way in ways.items()})
    return {name: seconds / len(weights) * 1e6 for name, seconds in best.items()}


def compare(peer: str) -> Figures:
    """Hold a peer's counts to be those of plain NumPy on the same weights; both rank unrounded scores."""
    with np.load(STORE) as stored, np.load(STORE.with_name(f"{peer}.npz")) as told:
        points, places, weights = stored["points"], stored["places"], stored["weights"][: told["draws"]]
        counts = told["counts"]
    found = np.zeros_like(counts)
    for start in range(0, len(weights), BLOCK):
        found += promoted(weights[start : start + BLOCK] @ points.T, places)
    np.testing.assert_array_equal(counts, found)
    return {"draws": len(weights)}


def ranked(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rank with NumPy's argsort, then compare with the places: how often everybody reaches each grade."""
    order = np.argsort(-scores, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(scores.shape[1])[None, :], axis=1)
    return np.stack([(ranks < count).sum(axis=0) for count in places], axis=1)


def graded(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Put the grades of the places where argsort says, without ranks."""
    order = np.argsort(-scores, axis=1)
    grades = np.empty(order.shape, np.int8)
    by_place = np.searchsorted(places, np.arange(scores.shape[1]), side="right").astype(np.int8)
    np.put_along_axis(grades, order, by_place[None, :], axis=1)
    return np.stack([(grades <= grade).sum(axis=0) for grade in range(len(places))], axis=1)


def promoted(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Count who is at least as good as the last of the places: equal scores are promoted."""
    ordered = -np.sort(-scores, axis=1)
    return np.stack([(scores >= ordered[:, [count - 1]]).sum(axis=0) for count in places], axis=1)


def read(scores: np.ndarray) -> np.ndarray:
    """Read scores in hundredths, half up, free of binary noise."""
    return np.floor(np.round(scores * 100, 6) + 0.5)


def screened(kind: str, shared: str) -> Figures:
    """Count inside the document's ranges: everybody, and only those whose grade is open.

    What is done once – to screen above all – and what every weighting takes are told apart by two numbers of
    weightings.
    """
    panel, space = panel_of(points_of(PEOPLE, float(shared))), space_of(kind)
    points, places = panel.groups[0].points, places_of(PEOPLE)
    weights = line_weights(panel.groups[0], draw(space, 0, 8 * FEW))
    found = simulate(panel, space, RULES, len(weights))
    reached = np.cumsum(found.counts, axis=1)[:, :-1]
    np.testing.assert_array_equal(reached, promoted(read(weights @ points.T), places))
    many = simulate(panel, space, RULES, MANY), simulate(panel, space, RULES, MANY, screened=False)
    np.testing.assert_array_equal(many[0].counts, many[1].counts)
    best = race({
        "once": lambda: simulate(panel, space, RULES, FEW),
        "whole": lambda: simulate(panel, space, RULES, MANY),
        "everybody": lambda: simulate(panel, space, RULES, MANY, screened=False),
        "drawing": lambda: [draw(space, start, start + FEW) for start in range(0, MANY, FEW)],
        "plain": lambda: _blocks(lambda scores: ranked(scores, places), points, weights),
    })  # fmt: skip
    seen = found.screen
    return {
        "micros": (best["whole"] - best["once"]) / (MANY - FEW) * 1e6,
        "plain": best["plain"] / len(weights) * 1e6,
        "once": best["once"],
        **{name: best[name] / MANY * 1e6 for name in ("whole", "everybody", "drawing")},
        "open": 1.0 if seen is None else float((~(seen.above | seen.below)).any(axis=1).mean()),
    }


def memory(kind: str, draws: str) -> Figures:
    """Count over few or very many weightings; what matters is the peak of the memory, in MB."""
    panel, space = panel_of(points_of(PEOPLE, SHARED)), space_of(kind.removesuffix("-all"))
    simulate(panel, space, RULES, int(draws), screened=not kind.endswith("-all"))
    return {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def large(people: str, draws: str) -> Figures:
    """Grade a large company at every point of a grid."""
    panel = panel_of(points_of(int(people), SHARED))

    def run(kind: str, screened: bool) -> float:
        space = space_of(kind)
        return fastest(lambda: simulate(panel, space, RULES, int(draws), screened=screened))[0]

    return {f"{kind}{'-all' * (not way)}": run(kind, way) for kind in SPACES for way in (True, False)}


def sobol() -> Figures:
    """Tell how far P(A) is off, of those whose A depends on the weights: drawn evenly, and at random."""
    panel, space = panel_of(points_of(PEOPLE, SHARED)), space_of("fixed")
    truth = simulate(panel, replace(space, seed=1), RULES, REFERENCE).shares[:, 0]
    open_ = (truth > 0) & (truth < 1)
    even = [
        simulate(panel, replace(space, seed=seed), RULES, 1_024).shares[:, 0]
        for seed in range(2, 2 + REPEATS)
    ]
    found = {"even_1024": _rms(even, truth, open_)}
    rng = np.random.default_rng(618)
    for draws in (1_024, 16_384):
        shares = []
        for _ in range(REPEATS):
            weights = rng.dirichlet(np.ones(3), draws) @ CORNERS
            lines = weights[:, DIMENSION] * INSIDE
            counts = count_grades(lines @ panel.groups[0].points.T, cohorts_of(panel.people, RULES), RULES)
            shares.append(counts[:, 0] / draws)
        found[f"random_{draws}"] = _rms(shares, truth, open_)
    return found


def panel_of(points: np.ndarray) -> Panel:
    """Take the points as those of one role."""
    return panel_from_points(points, DIMENSION.tolist(), INSIDE)


def space_of(kind: str) -> WeightSpace:
    """Take the document's ranges, with sub-weights that stay or move."""
    sets = panel_of(points_of(2, 0.0)).sets
    free = 0.0 if kind == "fixed" else FREE
    limits = tuple(tighten([(base * (1 - free), base * (1 + free)) for base in one.base]) for one in sets)
    return WeightSpace(CORNERS, CORNERS.mean(axis=0), sets, limits, (None,) * len(sets))


def _blocks(count: Counter, points: np.ndarray, weights: np.ndarray) -> None:
    """Count block by block."""
    for start in range(0, len(weights), BLOCK):
        count(weights[start : start + BLOCK] @ points.T)


def _rms(shares: list[np.ndarray], truth: np.ndarray, rows: np.ndarray) -> float:
    return float(np.sqrt(np.mean([(share[rows] - truth[rows]) ** 2 for share in shares])))


TASKS: dict[str, Callable[..., Figures]] = {
    "data": data,
    "simplex": simplex,
    "compare": compare,
    "screened": screened,
    "memory": memory,
    "large": large,
    "sobol": sobol,
}

if __name__ == "__main__":
    raise SystemExit(main())
