"""How many admissible weightings give everybody each grade: acceptability, certain where it can be (§4)."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.grades import cohorts_of
from salesperf_lib.params import Grades
from salesperf_lib.weights.counting import hits
from salesperf_lib.weights.cut_by_cut import Trial, everybody, only_open, separable
from salesperf_lib.weights.panel import FloatArray, IntArray, Panel
from salesperf_lib.weights.rescoring import scores_of
from salesperf_lib.weights.sampling import BLOCK, draw
from salesperf_lib.weights.screening import Screen, screen
from salesperf_lib.weights.space import Prior, WeightSpace

CELLS = 1 << 17
"""Scores of a block, draws × people: they fit into a core's cache, so memory is flat and time linear."""

PAIR = 128
"""Scores that take as long as the comparison of a pair of people in screening."""
FEWEST, MOST = 1_000_000, 4_000_000
"""Pairs that are compared in any case (everybody with everybody up to 1,000 people: what is guaranteed), and
at most."""

EFFECTIVE = 100
"""Draws from which a central weight is given."""

_Array = TypeVar("_Array", IntArray, FloatArray)


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Everybody's grades over the admissible weightings.

    Parameters
    ----------
    counts
        Draws in which each person has each grade, shape (people, grades), best grade first.
    sums
        Dimension weights summed over those draws, shape (people, grades, 3).
    draws, prior
        Weightings drawn, and by which prior.
    screen
        What is certain without drawing; None if it was not looked at.
    """

    counts: IntArray
    sums: FloatArray
    draws: int
    prior: Prior
    screen: Screen | None

    @property
    def shares(self) -> FloatArray:
        """Give the grade acceptability c_i^g = P(i in g), shape (people, grades); rows sum to 1."""
        return self.counts / self.draws

    @property
    def central(self) -> FloatArray:
        """Give E[w | i in g], shape (people, grades, 3); NaN where fewer than `EFFECTIVE` draws say so."""
        enough = (self.counts >= EFFECTIVE)[:, :, None]
        return np.divide(
            self.sums, self.counts[:, :, None], out=np.full(self.sums.shape, np.nan), where=enough
        )

    @property
    def error(self) -> float:
        """Give the largest standard error of a share, as if draws were independent: √(p(1 − p)/B)."""
        return float(np.sqrt((self.shares * (1 - self.shares)).max(initial=0.0) / self.draws))


def simulate(
    panel: Panel,
    space: WeightSpace,
    rules: Grades,
    draws: int,
    *,
    screened: bool = True,
    tie_points: FloatArray | None = None,
    executor: Executor | None = None,
) -> Simulation:
    """Grade everybody under weightings drawn from the admissible ones.

    Parameters
    ----------
    panel, space
        The people, and the weightings.
    rules
        How grades are given: thresholds, places, ties.
    draws
        Weightings number 0 to draws − 1 of the space's own sequence.
    screened
        Whether people whose place is certain are left out of the drawing. It changes no figure.
    tie_points
        Points of the KPI that breaks ties, shape (1, people).
    executor
        Spreads the blocks over threads or processes. It changes no figure.

    Returns
    -------
    Simulation
        By row of the panel.

    Raises
    ------
    ValueError
        If no weighting is asked for.

    Notes
    -----
    Scores are in float64 and count as they are read, in hundredths; ties are promoted: the rules of
    published grades. Memory is that of one block, whatever the number of draws. Screening: see
    `screening.screen`. Where places depend on everybody's scores (team scale) or a KPI breaks ties,
    everybody is graded in every draw. Source: Lahdelma & Salminen 2001; METHODS §4.
    """
    if draws < 1:
        raise ValueError(f"{draws} draws; allowed: at least 1")
    cohorts = cohorts_of(panel.people, rules)
    pairs = int(np.clip(len(panel) * draws // PAIR, FEWEST, MOST))
    seen = screen(panel, space, rules, pairs=pairs) if screened else None
    trial = everybody(panel, cohorts, rules, tie_points)
    if seen is not None and separable(rules, tie_points):
        trial = only_open(panel, cohorts, rules, seen)
    work = partial(_span, trial, space)
    spans = [(start, min(start + BLOCK, draws)) for start in range(0, draws, BLOCK)]
    found = _sum(map(work, spans) if executor is None else executor.map(work, spans))
    known = seen.below if seen is not None else np.zeros((len(panel), len(rules.thresholds) - 1), np.bool_)
    misses, sums = _put_back(trial, found, known, draws)
    counts, weights = _between(misses, np.array([draws])), _between(sums, found.total)
    return Simulation(counts, weights, draws, space.prior, seen)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """By stretch, misses and the dimension weights summed over them; and the weights of all draws."""

    misses: list[IntArray]
    sums: list[FloatArray]
    total: FloatArray


def _span(trial: Trial, space: WeightSpace, span: tuple[int, int]) -> _Found:
    """Draw and judge, a few weightings at a time: as many as a core's cache has room for."""
    drawn = draw(space, *span)
    size = int(np.clip(CELLS // max(len(trial.panel), 1), 16, BLOCK))
    misses = [np.zeros(len(rows), np.int64) for _, rows in trial.stretches]
    sums = [np.zeros((len(rows), 3)) for _, rows in trial.stretches]
    for start in range(0, len(drawn) if trial.stretches else 0, size):
        some = drawn.part(start, start + size)
        for number, missed in enumerate(trial.judge(scores_of(trial.panel, some))):
            misses[number] += hits(missed)
            sums[number] += (some.dimensions.T @ missed.astype(np.float64)).T
    return _Found(misses, sums, drawn.dimensions.sum(axis=0))


def _sum(parts: Iterable[_Found]) -> _Found:
    """Add spans up in their order, whoever finished first."""
    turn = iter(parts)
    whole = next(turn)
    for more in turn:
        for own, others in ((whole.misses, more.misses), (whole.sums, more.sums)):
            for mine, other in zip(own, others, strict=True):
                np.add(mine, other, out=mine)
        np.add(whole.total, more.total, out=whole.total)
    return whole


def _put_back(
    trial: Trial, found: _Found, known: NDArray[np.bool_], draws: int
) -> tuple[IntArray, FloatArray]:
    """Give everybody's misses of each cut: drawn, or known to be all or none."""
    misses = known.astype(np.int64) * draws
    sums = known[:, :, None] * found.total
    for (cut, rows), own, weights in zip(trial.stretches, found.misses, found.sums, strict=True):
        misses[rows, cut], sums[rows, cut] = own, weights
    return misses, sums


def _between(misses: _Array, whole: _Array) -> _Array:
    """Turn misses of each cut into grades: who misses a cut and not the next has the grade between them."""
    first = np.broadcast_to(whole, misses[:, :1].shape)
    ends = np.concatenate([first, misses, np.zeros_like(misses[:, :1])], axis=1)
    return cast("_Array", ends[:, :-1] - ends[:, 1:])
