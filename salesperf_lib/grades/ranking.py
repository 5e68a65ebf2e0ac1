"""Scores as they are read, and the places they give (§2.3)."""

from __future__ import annotations

from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Whole = NDArray[np.int16] | NDArray[np.int32]
"""Scores as whole hundredths."""

SCORE_DIGITS = 2
"""A score is graded and ranked as a reader sees it: 99.995 is shown as 100.00, and is one."""

_SCALE = 10**SCORE_DIGITS
_NOISE_DIGITS = 6


@overload
def round_half_up(score: pd.Series) -> pd.Series: ...
@overload
def round_half_up(score: FloatArray) -> FloatArray: ...
def round_half_up(score: pd.Series | FloatArray) -> pd.Series | FloatArray:
    """Round scores to what a reader sees: half away from zero, free of binary noise."""
    return np.floor(np.round(score * _SCALE, _NOISE_DIGITS) + 0.5) / _SCALE


def hundredths(score: FloatArray) -> Whole:
    """Read scores as whole hundredths: what `round_half_up` gives, times 100, in small whole numbers.

    Returns
    -------
    array of the same shape
        16 bits where all fit, which sort several times faster than floats; else 32.

    Raises
    ------
    ValueError
        If a score is no number, or beyond ±20 million points.

    Notes
    -----
    Binary noise is taken off by letting the half begin half a millionth of a hundredth earlier, which is
    where `round_half_up` rounds up too.
    """
    shifted = np.multiply(score, _SCALE)
    np.add(shifted, 0.5 + 0.5 * 10.0**-_NOISE_DIGITS, out=shifted)
    least, most = float(shifted.min(initial=0.0)), float(shifted.max(initial=0.0))
    if not max(most, -least) < np.iinfo(np.int32).max:  # also where it is no number
        raise ValueError(f"scores from {least / _SCALE:g} to {most / _SCALE:g}; allowed: within ±20 million")
    if least < 0:  # a cast cuts off towards zero, which is not down
        np.floor(shifted, out=shifted)
    # The largest number of 16 bits is kept for "above every score".
    small = max(most, -least) < np.iinfo(np.int16).max
    return shifted.astype(np.int16) if small else shifted.astype(np.int32)


def lowest_read_as(cut: float) -> float:
    """Give the lowest score that is read as a cut or better: 89.995 for 90.

    Notes
    -----
    Less the binary noise that `round_half_up` takes away, so that both decide alike.
    """
    return (np.ceil(round(cut * _SCALE, _NOISE_DIGITS)) - 0.5 - 0.5 * 10.0**-_NOISE_DIGITS) / _SCALE


def rank(score: pd.Series) -> pd.Series:
    """Rank scores, the highest first: equal scores share the best rank of the tie (1, 2, 2, 4)."""
    return score.rank(method="min", ascending=False).astype("Int64")


def ranks_of(rounded: FloatArray | Whole) -> IntArray:
    """Rank the scores of many draws at once.

    Parameters
    ----------
    rounded
        Shape (draws, people), without gaps.

    Returns
    -------
    array of shape (draws, people)
        1 + the number of people with a higher score in the same draw.
    """
    draws, people = rounded.shape
    order = np.argsort(-rounded, axis=1, kind="stable")
    ordered = np.take_along_axis(rounded, order, axis=1)
    fresh = np.ones((draws, people), bool)
    fresh[:, 1:] = ordered[:, 1:] < ordered[:, :-1]
    places = np.maximum.accumulate(np.where(fresh, np.arange(1, people + 1), 0), axis=1)
    found = np.empty((draws, people), np.int64)
    np.put_along_axis(found, order, places, axis=1)
    return found
