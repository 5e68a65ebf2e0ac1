"""The scores that take the last place of each grade, in thousands of draws at once (§2.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.grades.ranking import IntArray

Read = NDArray[np.float64 | np.int16 | np.int32]
"""Scores as they are read: points, or whole hundredths of them."""

SHORT = 512
"""Numbers of 16 bits up to which a comparing sort is faster than one by digits."""


def cuts_of(scores: Read, places: IntArray) -> Read:
    """Find the score that takes the last place, for each number of places.

    Parameters
    ----------
    scores
        Scores as they are read, shape (draws, people), without gaps.
    places
        Places at each cut and above, shape (cuts,), or (draws, cuts) where they differ by draw; at most
        the people.

    Returns
    -------
    array of shape (draws, cuts)
        Whoever is not below it has reached the cut: a tie is promoted whole. Above every score where there
        is no place at all.

    Notes
    -----
    It is the K-th best score. Of 16-bit numbers, short rows are sorted by comparing, two halves of a
    longer row each by itself (the K-th best of both is the least, over i, of the greater of the i-th of one
    and the (t − i)-th of the other), and long rows by digits. All give the same; only the time differs.
    """
    draws, people = scores.shape
    if places.ndim == 1 and scores.dtype == np.int16 and SHORT < people <= 2 * SHORT:
        found = _of_halves(scores, places)
    else:
        ordered = np.sort(
            scores, axis=1, kind="stable" if scores.dtype == np.int16 and people > SHORT else None
        )
        at = np.broadcast_to(people - np.maximum(places, 1), (draws, places.shape[-1]))
        found = np.take_along_axis(ordered, at, axis=1)
    found[np.broadcast_to(places == 0, found.shape)] = _beyond(scores.dtype)
    return found


def _of_halves(scores: Read, places: IntArray) -> Read:
    """Sort both halves of every row, and find the K-th best of the two."""
    half = scores.shape[1] // 2
    rest = scores.shape[1] - half
    rising = np.sort(scores[:, :half], axis=1)
    falling = np.negative(scores[:, half:])
    falling.sort(axis=1)
    np.negative(falling, out=falling)
    found = np.empty((len(scores), len(places)), scores.dtype)
    for column, count in enumerate(np.maximum(places, 1).tolist()):
        t = scores.shape[1] - count + 1  # the t-th smallest of all: i of one half, t − i of the other
        low, high = max(1, t - rest), min(half, t - 1)
        ends = [rising[:, [t - 1]]] if t <= half else []
        ends += [falling[:, [rest - t]]] if t <= rest else []
        if low <= high:
            both = np.maximum(rising[:, low - 1 : high], falling[:, rest - t + low : rest - t + high + 1])
            ends.append(both.min(axis=1, keepdims=True))
        found[:, column] = np.concatenate(ends, axis=1).min(axis=1)
    return found


def _beyond(dtype: np.dtype[np.float64 | np.int16 | np.int32]) -> float:
    return float("inf") if dtype.kind == "f" else float(np.iinfo(np.dtype(dtype.str)).max)
