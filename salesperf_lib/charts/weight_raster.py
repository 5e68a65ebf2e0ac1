"""A cloud of points as a picture of cells: each cell takes the value of the point nearest to it."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Mask = NDArray[np.bool_]

SIZE = 256
"""Cells along each side."""


def nearest(places: FloatArray) -> IntArray:
    """Find the point nearest to each cell.

    Parameters
    ----------
    places
        Shape (n, 2): where each point stands on the two sides, 0 to 1.

    Returns
    -------
    array of shape (SIZE, SIZE)
        Numbers of the points; the first index runs along the second side, upwards.

    Notes
    -----
    Jump flooding: what a cell knows spreads by steps of SIZE/2, SIZE/4 … 1, then once more by 1.
    Source: Rong & Tan 2006, I3D, 109. A cell may miss its nearest point by a fraction of a cell.
    """
    held = np.clip(places, 0, 1) * SIZE - 0.5
    column, row = np.clip(np.rint(held), 0, SIZE - 1).astype(np.int64).T
    known = np.full((SIZE, SIZE), -1)
    known[row, column] = np.arange(len(places))
    steps = [SIZE >> turn for turn in range(1, SIZE.bit_length())]
    for step in (*steps, 1):
        known = _spread(known, held, step)
    return known


def _spread(known: IntArray, held: FloatArray, step: int) -> IntArray:
    """Let each cell hear of the points that the eight cells a step away know."""
    along = np.arange(SIZE, dtype=np.float64)
    column, row = np.ascontiguousarray(held.T)
    around = np.pad(known, step, constant_values=-1)
    best, least = known, np.full(known.shape, np.inf)
    for down, right in product((0, step, 2 * step), repeat=2):
        told = around[down : down + SIZE, right : right + SIZE]
        far = (column.take(told) - along) ** 2 + (row.take(told) - along[:, None]) ** 2
        closer = (told >= 0) & (far < least)
        best, least = np.where(closer, told, best), np.where(closer, far, least)
    return best


def smooth(codes: IntArray, reach: int) -> IntArray:
    """Draw the edges between areas straight where the cloud makes them ragged.

    Parameters
    ----------
    codes
        A code of each cell, from 0.
    reach
        Cells on each side that have a say.

    Returns
    -------
    array of twice the size
        The code that most of the cells around hold.
    """
    fine = codes.repeat(2, axis=0).repeat(2, axis=1)
    found = np.unique(codes)
    shares = np.stack([_blurred(fine == code, 2 * reach) for code in found])
    return found[np.argmax(shares, axis=0)]


def _blurred(mask: Mask, reach: int) -> FloatArray:
    """Sum over a square, twice: nearer cells count more."""
    values, wide = mask.astype(np.float64), 2 * reach + 1
    for _ in range(2):
        for _ in range(2):  # along the rows, then, turned, along the columns
            total = np.cumsum(np.pad(values, ((reach + 1, reach), (0, 0)), mode="edge"), axis=0)
            values = np.ascontiguousarray((total[wide:] - total[:-wide]).T)
    return values


def roomiest(mask: Mask) -> tuple[float, float] | None:
    """Find the place of an area that lies deepest inside it.

    Parameters
    ----------
    mask
        Cells of the area.

    Returns
    -------
    tuple or None
        Place on the two sides, 0 to 1; None where the area is too thin for a letter.
    """
    left, depth, rest = mask, 0, mask
    while left.any():
        rest, depth = left, depth + 1
        held = np.pad(left, 1)
        left = left & held[:-2, 1:-1] & held[2:, 1:-1] & held[1:-1, :-2] & held[1:-1, 2:]
    if depth < THIN * len(mask):
        return None
    row, column = np.argwhere(rest)[len(np.argwhere(rest)) // 2]
    return (float(column) + 0.5) / mask.shape[1], (float(row) + 0.5) / mask.shape[0]


THIN = 0.025
"""Depth of an area, as a share of the picture's side, from which a letter fits in."""
