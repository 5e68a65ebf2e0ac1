"""A scheme: one weighting as it would be written in params/, in exact fractions (§4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from salesperf_lib.params import DIMENSIONS, Name
from salesperf_lib.weights.panel import FloatArray

SubWeights = Mapping[tuple[str, str], Mapping[str, Fraction]]

IN_FORCE, CENTRE, CORNER, SAVED, CHOSEN = "in_force", "centre", "corner", "saved", "chosen"
_SIMPLE, _MEANT = 360, 1e-11


@dataclass(frozen=True, slots=True)
class Scheme:
    """One weighting, as it would be written in params/.

    Parameters
    ----------
    name
        ``in_force``, ``centre``, ``corner_1`` …, ``chosen``, or the file of params/scenarios.
    dimension_weights
        Weights of result, process and potential, summing to 1 exactly.
    sub_weights
        By role and dimension, the weight of each indicator inside the dimension, summing to 1 exactly;
        what is not named stays as decided.
    kind
        ``in_force``, ``centre``, ``corner``, ``saved`` or ``chosen``.
    title
        What people call it, where it has been saved.
    stale
        Whether it was saved under indicators or weights of a role that have been decided anew since: it can
        be listed, and not used.
    """

    name: str
    dimension_weights: Mapping[str, Fraction]
    sub_weights: SubWeights = field(default_factory=dict[tuple[str, str], Mapping[str, Fraction]])
    kind: str = CHOSEN
    title: Name | None = None
    stale: bool = False

    @property
    def dimensions(self) -> FloatArray:
        """Give the weights of the dimensions, shape (3,)."""
        return np.array([float(self.dimension_weights[name]) for name in DIMENSIONS])


def exact_weights(dimensions: FloatArray, digits: int = 12) -> Mapping[str, Fraction]:
    """Write dimension weights exactly, so that they sum to 1.

    Parameters
    ----------
    dimensions
        Shape (3,), summing to 1 but for the last bits.
    digits
        Decimals, where they are no simple fractions.

    Returns
    -------
    Mapping
        Simple fractions where they are meant (17/30); else decimals, of which the largest weight takes
        what rounding leaves.
    """
    simple = [Fraction(float(weight)).limit_denominator(_SIMPLE) for weight in dimensions]
    if sum(simple) == 1 and np.allclose([float(part) for part in simple], dimensions, rtol=0, atol=_MEANT):
        return dict(zip(DIMENSIONS, simple, strict=True))
    unit = 10**digits
    parts = [round(float(weight) * unit) for weight in dimensions]
    parts[int(np.argmax(parts))] += unit - sum(parts)
    return {name: Fraction(part, unit) for name, part in zip(DIMENSIONS, parts, strict=True)}
