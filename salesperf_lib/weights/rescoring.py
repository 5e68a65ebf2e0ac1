"""Everybody's score under other weights: exactly for one scheme, fast for many (§4)."""

from __future__ import annotations

import numpy as np

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.scores.weighting import GRID
from salesperf_lib.weights.panel import FloatArray, Group, Panel, Slice
from salesperf_lib.weights.space import Draws


def line_weights(group: Group, draws: Draws) -> FloatArray:
    """Give what every indicator of a group weighs in a score.

    Parameters
    ----------
    group
        Parts that are weighted alike.
    draws
        Weightings.

    Returns
    -------
    array of shape (draws, k)
        In the order of the group's columns; rows sum to 1.

    Raises
    ------
    DataError
        If a weighting gives nothing to any of their dimensions.

    Notes
    -----
    w_d · v_k f_k / Σ v f over the indicators with points, and w_d over Σ w_d of the dimensions appraised.
    """
    whole = draws.dimensions[:, [part.dimension for part in group.slices]]
    if not (whole.sum(axis=1) > 0).all():
        names = ", ".join(DIMENSIONS[part.dimension] for part in group.slices)
        raise DataError(
            Problem("dimension weights", f"none on {names}", "some, for people appraised on nothing else")
        )
    outer = whole if len(group.slices) == len(DIMENSIONS) else whole / whole.sum(axis=1, keepdims=True)
    columns: list[FloatArray] = []
    for at, part in enumerate(group.slices):
        columns.append(outer[:, [at]] * _shares(draws.inside[part.number], part))
    return np.concatenate(columns, axis=1)


def _shares(inside: FloatArray, part: Slice) -> FloatArray:
    """Share a dimension's weight over the indicators with points; nothing moves where all have them."""
    if len(part.kept) == inside.shape[1] and (part.factor == 1).all():
        return inside
    own = inside[:, part.kept] * part.factor
    return own / own.sum(axis=1, keepdims=True)


def scores_of(panel: Panel, draws: Draws) -> FloatArray:
    """Score everybody under many weightings.

    Returns
    -------
    array of shape (draws, people)
        Unrounded; within 10⁻⁸ points of what `score_lines` publishes for the same weights, because it
        leaves out the grid on which published lines are added up.
    """
    alone = len(panel.owner) == len(panel)
    if alone and len(panel.groups) == 1 and np.array_equal(panel.groups[0].parts, panel.owner):
        return line_weights(panel.groups[0], draws) @ panel.groups[0].points.T
    found = np.zeros((len(draws), len(panel)))
    for group in panel.groups:
        own = line_weights(group, draws) @ group.points.T
        rows = panel.owner[group.parts]
        if alone:
            found[:, rows] = own
        else:
            np.add.at(found.T, rows, (own * panel.time[group.parts]).T)
    return found


def score_once(panel: Panel, draws: Draws) -> FloatArray:
    """Score everybody under one weighting, as it would be published.

    Parameters
    ----------
    panel
        The people.
    draws
        One weighting.

    Returns
    -------
    array of shape (people,)
        Sums of contributions on the grid of the score frame: what an appraisal under these weights gives.
    """
    found = np.zeros(len(panel))
    for group in panel.groups:
        weight = line_weights(group, draws)[0]
        time = panel.time[group.parts]
        lines = np.round(group.points * (weight * time[:, None]) / GRID) * GRID
        np.add.at(found, panel.owner[group.parts], lines.sum(axis=1))
    return found
