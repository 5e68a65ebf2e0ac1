"""Scores as straight lines in the three dimension weights, sub-weights as decided (§4, METHODS §4).

Then score = Σ_d w_d x_d, and whatever can be asked about two people, or about one and a cut, is a straight
line through the region. That holds for people who are one part, appraised on all dimensions: without a
dimension the others share its weight, and a score is a ratio.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from salesperf_lib.params import DIMENSIONS
from salesperf_lib.weights.panel import FloatArray, IntArray, Panel
from salesperf_lib.weights.space import Draws

SLACK = 1e-9
"""Points below which two scores are equal: above binary noise, below what rounding to hundredths sees."""


def dimension_points_at_base(panel: Panel) -> FloatArray:
    """Give everybody's points on the three dimensions, with the sub-weights as decided.

    Parameters
    ----------
    panel
        The people.

    Returns
    -------
    array of shape (people, 3)
        In the order of `DIMENSIONS`; NaN for those who are not one part on all three dimensions.

    Notes
    -----
    x_d = Σ_k v_k f_k x_k / Σ_k v_k f_k over the indicators of the dimension with points.
    """
    found = np.full((len(panel), len(DIMENSIONS)), np.nan)
    parts = np.bincount(panel.owner, minlength=len(panel))
    for group in panel.groups:
        rows = panel.owner[group.parts]
        if len(group.slices) < len(DIMENSIONS):
            continue
        start = 0
        for part in group.slices:
            own = panel.sets[part.number].base[part.kept] * part.factor
            columns = group.points[:, start : start + len(own)]
            found[rows, part.dimension] = columns @ (own / own.sum())
            start += len(own)
    found[parts != 1] = np.nan
    return found


def at_base(panel: Panel, weights: FloatArray) -> Draws:
    """Make schemes of dimension weights and the sub-weights as decided.

    Parameters
    ----------
    panel
        Whose sets.
    weights
        Dimension weights, shape (3,) or (schemes, 3).
    """
    return Draws(np.atleast_2d(weights), tuple(item.base[None, :] for item in panel.sets))


def chords(corners: FloatArray, normals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cut the region along straight lines.

    Parameters
    ----------
    corners
        Corners of the region, in any order, shape (c, 3): a polygon, a segment or a point.
    normals
        Lines normal · w = 0, shape (m, 3).

    Returns
    -------
    two arrays of shape (m, 3)
        Both ends of each chord, equal where a line only touches; NaN where it misses.

    Notes
    -----
    A line meets the region between the outermost of the points in which it meets the segments that join
    two corners: those segments are in the region, and its edges are among them.
    """
    values = normals @ corners.T
    first, second = _pairs(len(corners))
    start, end = values[:, first], values[:, second]
    crossed = start * end < 0
    part = np.divide(start, start - end, out=np.zeros_like(start), where=crossed)[:, :, None]
    between = (1 - part) * corners[first] + part * corners[second]
    whole = np.broadcast_to(corners, (len(normals), *corners.shape))
    points = np.concatenate([whole, between], axis=1)
    met = np.concatenate([np.abs(values) <= SLACK, crossed], axis=1)
    place = np.einsum("mpd,md->mp", points, np.cross(normals, np.ones(3)))
    low = np.where(met, place, np.inf).argmin(axis=1)
    high = np.where(met, place, -np.inf).argmax(axis=1)
    line, missed = np.arange(len(normals)), ~met.any(axis=1, keepdims=True)
    return np.where(missed, np.nan, points[line, low]), np.where(missed, np.nan, points[line, high])


def _pairs(corners: int) -> tuple[IntArray, IntArray]:
    pairs = np.array(list(combinations(range(corners), 2)), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
