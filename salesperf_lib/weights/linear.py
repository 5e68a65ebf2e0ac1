"""Scores as straight lines in the three dimension weights, sub-weights as decided (§4, METHODS §4).

Then score = Σ_d w_d x_d, and whatever can be asked about two people, or about one and a cut, is a straight
line through the region. That holds for people who are appraised on all dimensions in every part: without
a dimension the others share its weight, and a score is a ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.params import DIMENSIONS
from salesperf_lib.weights.panel import FloatArray, IntArray, Panel
from salesperf_lib.weights.space import Draws

SLACK = 1e-9
"""Points below which two scores are equal: above binary noise, below what rounding to hundredths sees."""


def linear_in_weights(panel: Panel) -> NDArray[np.bool_]:
    """Mark who is appraised on all dimensions in every part, shape (people,): their scores are lines."""
    found = np.ones(len(panel), np.bool_)
    for group in panel.groups:
        if len(group.slices) < len(DIMENSIONS):
            found[panel.owner[group.parts]] = False
    return found


def dimension_points(panel: Panel, inside: Sequence[FloatArray]) -> FloatArray:
    """Give what everybody has in each dimension: scores are these, weighted.

    Parameters
    ----------
    panel
        The people.
    inside
        Sub-weights by set, shape (b, k) or (1, k): `Draws.inside`.

    Returns
    -------
    array of shape (b, people, 3)
        Points by draw of the sub-weights, person and dimension, in the order of `DIMENSIONS`; of several
        parts the mean by time. NaN for those who lack a dimension in a part (`linear_in_weights`).

    Notes
    -----
    x_d = Σ_k v_k f_k x_k / Σ_k v_k f_k over the indicators of the dimension with points.
    """
    count = max((len(weights) for weights in inside), default=1)
    found = np.zeros((len(panel), count, len(DIMENSIONS)))
    for group in panel.groups:
        rows, time = panel.owner[group.parts], panel.time[group.parts]
        start = 0
        for part in group.slices:
            own = inside[part.number][:, part.kept] * part.factor
            columns = group.points[:, start : start + len(part.kept)]
            points = columns @ (own / own.sum(axis=1, keepdims=True)).T
            np.add.at(found[:, :, part.dimension], rows, time[:, None] * points)
            start += len(part.kept)
    found[~linear_in_weights(panel)] = np.nan
    return found.transpose(1, 0, 2)


def dimension_points_at_base(panel: Panel) -> FloatArray:
    """Give everybody's points on the three dimensions with the sub-weights as decided, shape (people, 3)."""
    return dimension_points(panel, [item.base[None, :] for item in panel.sets])[0]


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
