"""Leniency of raters, learnt from the people whom several of them rated (§2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from salesperf_lib.errors import DataError, Problem

Floats = np.ndarray
DENSE = 1_000
"""Raters up to which the equations are inverted; more are solved by conjugate gradients."""


@dataclass(frozen=True, slots=True, eq=False)
class Leniency:
    """What was found, one entry per rater.

    Parameters
    ----------
    leniency
        By how many points the rater lies above the others on the same people; 0 if uncalibrated.
    se
        Standard error of the leniency before it is drawn towards 0; NaN if uncalibrated.
    shared
        Ratings of people whom other calibrated raters rated too, for the same item and period.
    calibrated
        Whether there were enough of them.
    """

    leniency: Floats
    se: Floats
    shared: Floats
    calibrated: np.ndarray


def shared_leniency(
    value: Floats, weight: Floats, cell: np.ndarray, rater: np.ndarray, *, raters: int, min_ratings: int
) -> Leniency:
    """Estimate how lenient raters are, on people whom they share.

    Parameters
    ----------
    value, weight
        Mean rating of a row and how many ratings it holds, (rows,).
    cell
        Number of the person, item and period that were rated, (rows,), ascending.
    rater
        Number of the rater, (rows,), ascending within a cell.
    raters
        How many raters there are.
    min_ratings
        Fewest shared ratings that calibrate a rater.

    Returns
    -------
    Leniency
        One entry per rater.

    Notes
    -----
    Model: value = cell + leniency(rater) + error, variance σ²/weight. Cells are parameters of their
    own, so how good a team is cannot pass for leniency; leniencies add up to 0 among raters who are
    linked by shared people (nobody says what the right level is). With L the Laplacian of the raters
    and b their sums of deviations from the cells' means, unshrunk l = L⁺b; σ² from the residuals,
    τ² = (bᵀl − σ²(raters − components)) / tr L (Henderson 1953, method 3); shrunk
    (L + σ²/τ² · I)⁻¹ b, which in a balanced design is l·n/(n + σ²/τ²). Raters below the minimum are
    taken out first, again and again until all who are left reach it among themselves. Where ratings
    are too few to tell the error, nobody is calibrated.
    """
    kept, shared = _kept(weight, cell, rater, raters, min_ratings)
    calibrated = shared > 0
    nothing = Leniency(np.zeros(raters), np.full(raters, np.nan), shared, np.zeros(raters, dtype=bool))
    if not kept.any():
        return nothing
    codes = np.cumsum(calibrated) - 1
    _, cells = np.unique(cell[kept], return_inverse=True)
    equations = _Equations(value[kept], weight[kept], cells, codes[rater[kept]])
    solved = equations.solve()
    if solved is None:
        return nothing
    leniency, se = np.zeros(raters), np.full(raters, np.nan)
    leniency[calibrated], se[calibrated] = solved
    return Leniency(leniency, se, shared, calibrated)


def _kept(
    weight: Floats, cell: np.ndarray, rater: np.ndarray, raters: int, min_ratings: int
) -> tuple[np.ndarray, Floats]:
    """Choose the rows of shared people whose raters all have enough of them; and count these."""
    cells = int(cell[-1]) + 1 if len(cell) else 0
    first = (np.diff(cell, prepend=-1) != 0) | (np.diff(rater, prepend=-1) != 0)
    kept = np.ones(len(cell), dtype=bool)
    while True:
        shared = kept & (np.bincount(cell[kept & first], minlength=cells)[cell] > 1)
        n = np.bincount(rater[shared], weight[shared], raters)
        enough = shared & (n >= min_ratings)[rater]
        if np.array_equal(enough, kept):
            return kept, n
        kept = enough


class _Equations:
    """The normal equations of raters, cells eliminated."""

    def __init__(self, value: Floats, weight: Floats, cell: np.ndarray, rater: np.ndarray) -> None:
        from scipy.sparse import csr_array, diags_array
        from scipy.sparse.csgraph import connected_components

        self.value, self.weight, self.cell, self.rater = value, weight, cell, rater
        self.size = int(rater.max()) + 1
        design = csr_array((weight, (cell, rater)))
        self.inside = np.bincount(cell, weight)
        own = diags_array(np.bincount(rater, weight, self.size))
        self.laplacian: Any = (own - design.T @ diags_array(1 / self.inside) @ design).tocsr()
        self.diagonal: Floats = self.laplacian.diagonal()
        self.count, self.component = connected_components(self.laplacian, directed=False)
        self.members = np.bincount(self.component, minlength=self.count)
        self.side = np.bincount(rater, weight * self._from_cell(value), self.size)

    def solve(self) -> tuple[Floats, Floats] | None:
        """Give leniency and standard error by rater; None where nothing is left to tell the error."""
        spare = len(self.value) - len(self.inside) - (self.size - self.count)
        if spare < 1:
            return None
        plain = self.leniency(0.0)
        rest = self._from_cell(self.value - plain[self.rater])
        noise = float(np.sum(self.weight * rest**2)) / spare
        gained = float(self.side @ plain) - noise * (self.size - self.count)
        spread = gained / float(self.diagonal.sum())
        shrunk = self.leniency(noise / spread) if spread > 0 else np.zeros(self.size)
        return shrunk, np.sqrt(noise * self._inverse_diagonal())

    def leniency(self, ridge: float) -> Floats:
        """Solve with a ridge, 0 for none; each component adds up to nothing."""
        found = self._iterate(ridge) if self.size > DENSE else self._direct(ridge)
        mean = np.bincount(self.component, found) / self.members
        return found - mean[self.component]

    def _from_cell(self, value: Floats) -> Floats:
        """Take each cell's mean away."""
        mean = np.bincount(self.cell, self.weight * value) / self.inside
        return value - mean[self.cell]

    def _level(self) -> Floats:
        """Give what makes the equations solvable and changes no solution that adds up to nothing."""
        same = self.component[:, None] == self.component[None, :]
        return same / self.members[self.component]

    def _inverse_diagonal(self) -> Floats:
        """Give the diagonal of the Laplacian's pseudo-inverse: exactly for few raters, else nearly."""
        if self.size > DENSE:
            return 1 / self.diagonal
        inverse = np.linalg.inv(self.laplacian.toarray() + self._level())
        return np.maximum(np.diag(inverse) - 1 / self.members[self.component], 0.0)

    def _direct(self, ridge: float) -> Floats:
        matrix = self.laplacian.toarray() + self._level() + ridge * np.eye(self.size)
        return np.linalg.solve(matrix, self.side)

    def _iterate(self, ridge: float) -> Floats:
        from scipy.sparse import diags_array
        from scipy.sparse.linalg import cg

        diagonal = self.diagonal + ridge
        matrix = self.laplacian + ridge * diags_array(np.ones(self.size))
        found, missed = cg(matrix, self.side, rtol=1e-10, M=diags_array(1 / diagonal))
        if missed:
            where, told = "leniency of raters", f"no solution for {self.size} raters"
            remedy = "raise min_ratings, or correct a longer window"
            raise DataError(Problem(where, told, "raters linked by more than a few people", remedy))
        return found
