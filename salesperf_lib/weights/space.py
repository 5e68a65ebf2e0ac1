"""The admissible weightings: the region of the dimensions, and what sub-weights may do (§2.1, §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from salesperf_lib.weights.panel import FloatArray, KpiSet

Prior = Literal["nested", "polytope", "dirichlet"]


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Linear constraints on the weights inside one set: normals · v ≥ least.

    Parameters
    ----------
    normals
        Shape (m, k).
    least
        Shape (m,).
    """

    normals: FloatArray
    least: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class WeightSpace:
    """All weightings that the policy admits, and how they are drawn.

    Parameters
    ----------
    corners
        Corners of the region of the dimension weights, shape (c, 3): a polygon, a segment or a point.
    centre
        Dimension weights in force, shape (3,).
    sets
        The sets of sub-weights, as in the panel.
    limits
        By set, shape (k, 2): least and most of every sub-weight, tightened; equal ends are fixed.
    cuts
        By set, further constraints; None = none.
    prior
        ``nested``: uniform on the region × uniform on each set's limits, independent (default);
        ``polytope``: uniform on all weights together; ``dirichlet``: around the scheme in force.
    concentration
        Of the Dirichlet prior: the larger, the closer to the scheme in force.
    seed
        Of the draws.
    """

    corners: FloatArray
    centre: FloatArray
    sets: tuple[KpiSet, ...]
    limits: tuple[FloatArray, ...]
    cuts: tuple[Cuts | None, ...]
    prior: Prior = "nested"
    concentration: float = 100.0
    seed: int = 618

    @property
    def fixed(self) -> bool:
        """Say whether sub-weights stay as decided: then scores are linear in the dimension weights."""
        return all(bool((limit[:, 0] == limit[:, 1]).all()) for limit in self.limits)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Weightings, one a row.

    Parameters
    ----------
    dimensions
        Shape (b, 3), rows summing to 1.
    inside
        By set: shape (b, k), rows summing to 1; or (1, k) where the sub-weights are the same in all draws.
    """

    dimensions: FloatArray
    inside: tuple[FloatArray, ...]

    def __len__(self) -> int:
        """Count the weightings."""
        return len(self.dimensions)

    def part(self, start: int, stop: int) -> Draws:
        """Give some of them."""
        rows = slice(start, stop)
        return Draws(self.dimensions[rows], tuple(own if len(own) == 1 else own[rows] for own in self.inside))
