"""Everybody's score under other weights: exactly for one scheme, fast for many (§4)."""

from __future__ import annotations

import numpy as np

from salesperf_lib.params import DIMENSIONS
from salesperf_lib.scores.weighting import GRID
from salesperf_lib.weights.panel import FloatArray, Group, Panel
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

    Notes
    -----
    w_d · v_k f_k / Σ v f over the indicators with points, and w_d over Σ w_d of the dimensions appraised.
    """
    whole = draws.dimensions[:, [part.dimension for part in group.slices]]
    outer = whole if len(group.slices) == len(DIMENSIONS) else whole / whole.sum(axis=1, keepdims=True)
    columns: list[FloatArray] = []
    for at, part in enumerate(group.slices):
        own = draws.inside[part.number][:, part.kept] * part.factor
        columns.append(outer[:, [at]] * (own / own.sum(axis=1, keepdims=True)))
    return np.concatenate(columns, axis=1)


def scores_of(panel: Panel, draws: Draws) -> FloatArray:
    """Score everybody under many weightings.

    Returns
    -------
    array of shape (draws, people)
        Unrounded; within 10⁻⁸ points of what `score_lines` publishes for the same weights, because it
        leaves out the grid on which published lines are added up.
    """
    found = np.zeros((len(draws), len(panel)))
    alone = len(panel.owner) == len(panel)
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
