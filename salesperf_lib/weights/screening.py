"""What is certain about ranks and grades under all weightings, without simulation (METHODS §4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.grades.distribution import PROMOTE, Cohort, cohorts_of
from salesperf_lib.grades.quotas import cumulative
from salesperf_lib.grades.ranking import round_half_up
from salesperf_lib.params import Grades
from salesperf_lib.weights.bounds import (
    BoolArray,
    Bounds,
    bounds_of,
    gap_range,
    never_below,
    nowhere_lower,
    score_range,
)
from salesperf_lib.weights.panel import FloatArray, IntArray, Panel
from salesperf_lib.weights.space import WeightSpace

__all__ = ["Screen", "never_below", "score_range", "screen"]

_NOISE = 1e-7
"""Points by which a score may differ from another way to add it up: the grid of lines, the last bits."""

_STEP = 0.01 + 1e-6
"""Points by which two scores must be apart to be read as different, whatever they are."""

_CELLS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What holds under every admissible weighting.

    Parameters
    ----------
    cohorts
        Who is graded among whom.
    low, high
        Lowest and highest score as it is read, shape (people,).
    above
        Certainly strictly better than the cut, shape (people, grades − 1): the cut between grade g and
        the next is column g. Who is graded by thresholds: certainly reaches it.
    below
        Certainly misses the cut, shape (people, grades − 1).
    best, worst
        Best and worst grade possible, as place in the thresholds, 0 = best, shape (people,).
    best_rank, worst_rank
        Best and worst rank in the company possible, shape (people,).
    compared
        Whether a person was compared with everybody whose scores overlap; else ranks come from the score
        ranges alone, because there were more pairs than allowed. Shape (people,).
    """

    cohorts: tuple[Cohort, ...]
    low: FloatArray
    high: FloatArray
    above: BoolArray
    below: BoolArray
    best: NDArray[np.int8]
    worst: NDArray[np.int8]
    best_rank: IntArray
    worst_rank: IntArray
    compared: BoolArray

    @property
    def settled(self) -> BoolArray:
        """Say whose grade no admissible weighting can change."""
        return self.best == self.worst


@dataclass(frozen=True, slots=True, eq=False)
class _Tally:
    """Counts of certain order within one cohort, by person of it.

    `above` and `below`: people certainly strictly better and worse; `behind`: certainly never strictly
    better. `compared`: whether all pairs were looked at. `low` and `high`: scores as they are read.
    """

    rows: IntArray
    low: FloatArray
    high: FloatArray
    above: IntArray
    below: IntArray
    behind: IntArray
    compared: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class _Cuts:
    """By person of a cohort and cut: surely strictly better than it, surely missed, surely reached."""

    above: BoolArray
    below: BoolArray
    reached: BoolArray


def screen(
    panel: Panel,
    space: WeightSpace,
    rules: Grades,
    tie_points: FloatArray | None = None,
    pairs: int = 4_000_000,
) -> Screen:
    """Find what no admissible weighting can change.

    Parameters
    ----------
    panel
        The people.
    space
        The weightings.
    rules
        The rules of grades.
    tie_points
        Points of the KPI that breaks ties, as for `codes_of`; if given, no tie counts as promoted.
    pairs
        Overlapping pairs looked at, at most; of people for whom they do not suffice only the score ranges
        are compared. That is certain too, but says less (`Screen.compared`). Open grades come first.

    Raises
    ------
    DataError
        If the space is not of the panel's sets, or leaves somebody without any weight.

    Notes
    -----
    With K_g the places of grade g and all better ones in a cohort of n, under every weighting:

    * *below* the cut is who has K_g people certainly strictly above them;
    * *above* is who has n − K_g + 1 people certainly strictly below them, or everybody if K_g = n;
    * the grade is g or better for whom fewer than K_g others can ever be strictly above, because ties are
      promoted; where a KPI breaks ties, fewer than K_g can be above or equal.

    Scores count as read, in hundredths: a lead of more than .01 is one in any case, and a score that is not
    higher is not read as higher. Nobody above is among those at the cut, nor is anybody below. Hence **the
    K_g-th best score of the cohort is the (K_g − number above)-th best of those who are neither**, and
    only they need be simulated; so too with the points of a tie-break behind the scores.

    Places that depend on everybody's scores (`team_scale`) leave grades uncertain; ranks are still bounded.
    Score ranges are compared first, by sorting; then pairs whose ranges overlap (`gap_range`).
    """
    bounds = bounds_of(panel, space)
    everybody = np.arange(len(panel))
    low, high = round_half_up(bounds.low - _NOISE), round_half_up(bounds.high + _NOISE)
    whole = _by_ranges(everybody, low, high)
    cohorts = cohorts_of(panel.people, rules)
    cuts = np.zeros((3, len(panel), len(rules.thresholds) - 1), bool)
    broken = tie_points is not None or rules.distribution.tie != PROMOTE
    for cohort in cohorts:
        rows, left = cohort.rows, pairs
        if cohort.forced:
            tally = whole if cohort.label == "company" else _by_ranges(rows, low[rows], high[rows])
            places = _places(len(rows), rules)
            own = _cuts(tally, places, broken)
            left = _compare(tally, bounds, np.flatnonzero(~(own.above | own.below).all(axis=1)), pairs)
            own = _cuts(tally, places, broken)
        else:
            own = _by_thresholds(low[rows], high[rows], rules)
        cuts[:, rows] = own.above, own.below, own.reached
        pairs = left
    _compare(whole, bounds, np.flatnonzero(~whole.compared), pairs)
    return _screened(whole, cohorts, cuts)


def _screened(whole: _Tally, cohorts: tuple[Cohort, ...], cuts: BoolArray) -> Screen:
    above, below, reached = cuts
    return Screen(
        cohorts, whole.low, whole.high, above, below,
        best=below.sum(axis=1).astype(np.int8),
        worst=(~reached).sum(axis=1).astype(np.int8),
        best_rank=1 + whole.above,
        worst_rank=len(whole.rows) - whole.behind,
        compared=whole.compared,
    )  # fmt: skip


def _by_thresholds(low: FloatArray, high: FloatArray, rules: Grades) -> _Cuts:
    lowest = np.array([mark for _, mark in rules.thresholds[:-1]])
    reached = low[:, None] >= lowest
    return _Cuts(reached, high[:, None] < lowest, reached)


def _places(n: int, rules: Grades) -> tuple[IntArray, IntArray]:
    """Give the fewest and most places of each grade of the thresholds and all better ones.

    Quotas may name fewer grades: better ones than the first have no places, the last takes the rest.
    """
    rule = rules.distribution
    quotas = [name for name, _ in rule.quotas]
    whole = np.concatenate([[0], cumulative(n, rule.quotas), [n]])
    names = [name for name, _ in rules.thresholds]
    given = np.array([sum(name in quotas for name in names[: at + 1]) for at in range(len(names) - 1)])
    if rule.cohort != "team" or not rule.team_scale:
        return whole[given], whole[given]
    return np.where(given < len(quotas), 0, n), np.where(given > 0, n, 0)


def _cuts(tally: _Tally, places: tuple[IntArray, IntArray], broken: bool) -> _Cuts:
    """Read counts of certain order as cuts reached and missed."""
    n = len(tally.rows)
    fewest, most = places
    # Those who may be at the cut before a person, or on it: behind a broken tie only strict order helps.
    rivals = n - 1 - (tally.below if broken else tally.behind)
    return _Cuts(
        above=((n - tally.below)[:, None] < fewest) | (fewest >= n),
        below=tally.above[:, None] >= most,
        reached=rivals[:, None] < fewest,
    )


def _by_ranges(rows: IntArray, low: FloatArray, high: FloatArray) -> _Tally:
    """Count whose whole range of scores lies above or below a person's."""
    lows, highs = np.sort(low), np.sort(high)
    above = len(rows) - np.searchsorted(lows, high, side="right")
    below = np.searchsorted(highs, low, side="left")
    behind = np.searchsorted(highs, low, side="right") - (high <= low)
    return _Tally(rows, low, high, above, below, behind, np.zeros(len(rows), bool))


def _compare(tally: _Tally, bounds: Bounds, people: IntArray, pairs: int) -> int:
    """Look at all overlapping pairs of some people, fewest first, and give how many pairs are left."""
    overlaps = len(tally.rows) - 1 - tally.above[people] - tally.below[people]
    order = np.argsort(overlaps, kind="stable")
    used = np.cumsum(overlaps[order])
    chosen = people[order[used <= pairs]]
    spent = int(used[len(chosen) - 1]) if len(chosen) else 0
    turn = np.full(len(tally.rows), len(chosen))
    turn[chosen] = np.arange(len(chosen))
    tally.behind[chosen] = tally.below[chosen]
    low, high = tally.low, tally.high
    step = max(_CELLS // max(len(tally.rows), 1), 1)
    for start in range(0, len(chosen), step):
        block = chosen[start : start + step]
        # A pair of two chosen people is looked at once, when the first of them has its turn.
        near = (low <= high[block][:, None]) & (high >= low[block][:, None]) & (turn > turn[block][:, None])
        at, second = np.nonzero(near)
        _count(tally, bounds, block[at], second, turn[second] < len(chosen))
    tally.compared[chosen] = True
    return pairs - spent


def _count(tally: _Tally, bounds: Bounds, first: IntArray, second: IntArray, both: BoolArray) -> None:
    """Add what pairs say to the counts of the first, and of the second where asked."""
    left, right = tally.rows[first], tally.rows[second]
    least, most = gap_range(bounds, left, right)
    ahead = (least >= _NOISE) | (tally.high[second] <= tally.low[first])
    behind = (most <= -_NOISE) | (tally.high[first] <= tally.low[second])
    close = np.flatnonzero(~ahead & (least >= -_NOISE))
    ahead[close] = nowhere_lower(bounds, left[close], right[close])
    close = np.flatnonzero(~behind & (most <= _NOISE))
    behind[close] = nowhere_lower(bounds, right[close], left[close])
    sure, lost = least >= _STEP, most <= -_STEP
    _add(tally.below, first[sure], second[lost & both])
    _add(tally.above, first[lost], second[sure & both])
    _add(tally.behind, first[ahead], second[behind & both])


def _add(counts: IntArray, *people: IntArray) -> None:
    for own in people:
        counts += np.bincount(own, minlength=len(counts))
