"""Scores as they are read, and the places they give (§2.3)."""

from __future__ import annotations

from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

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


def ranks_of(rounded: FloatArray) -> IntArray:
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
