"""How little it takes neighbours by rank to draw level or change places (§4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from salesperf_lib.grades import hundredths
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.reports.weights.tenths import (
    Step,
    lattice,
    moved_points,
    step_of,
    step_to,
    written,
    written_in_words,
)
from salesperf_lib.weights import as_decided, scores_of
from salesperf_lib.weights.linear import SLACK, dimension_points_at_base
from salesperf_lib.weights.panel import FloatArray, IntArray
from salesperf_lib.weights.smallest import flip

SHOWN = 10
"""Pairs in the table."""

_BLOCK = 256

COLUMNS = ["above", "below", "rank", "gap", "moved", *DIMENSIONS]


@dataclass(frozen=True, slots=True, eq=False)
class _Neighbours:
    """Pairs of neighbours: rows of the panel, by rank.

    Parameters
    ----------
    above, below
        Who is ahead and who follows, shape (pairs,).
    apart
        Points on the dimensions of the one below less those of the one above, shape (pairs, 3); NaN where
        a score is no straight line.
    level, known, open
        Whether scores are equal as read; scores are straight lines; the one below can draw level.
    first
        Row of `tenths.lattice` under which the one below is first level or ahead, shape (pairs,); −1 where
        there is none, or no lattice.
    """

    above: IntArray
    below: IntArray
    apart: FloatArray
    level: np.ndarray
    known: np.ndarray
    open: np.ndarray
    first: IntArray


def swaps(study: Study) -> Markup:
    """Show the neighbours by rank whose order the smallest change of dimension weights undoes."""
    text, rows = study.locale.text, closest(study)
    parts: list[Content | Table] = [element("h2", text("weights.moves.pairs.heading"))]
    if len(study.acceptance) < 2:
        return block(*parts, element("p", text("weights.moves.pairs.nobody")))
    parts.append(paragraphs([say_pairs(study), say_closest(study)]))
    return block(*parts, _table(study, rows)) if len(rows) else block(*parts)


@lru_cache(maxsize=4)
def closest(study: Study, count: int = SHOWN) -> pd.DataFrame:
    """Find the neighbours by rank of whom the one below draws level with the smallest change.

    Returns
    -------
    pandas.DataFrame
        One row per pair, the smallest change first: above and below (person_id), rank of the one above,
        `gap` of the scores as read, in points, `moved` (share of weight that moves) and the weights under
        which they are level or have changed places, in tenths of a percent where some do it. Pairs that are
        level already are no pairs to flip.

    Notes
    -----
    Of all admissible tenths of a percent those that move least; where these are too many to try
    (`tenths.lattice`), or none does it, the closest weights.
    """
    all_, points = _neighbours(study), lattice(study)
    steps = _closest_of_many(study, all_, count) if points is None else _least_moved(study, all_, points)
    told = [_row(study, all_, pair, step) for pair, step in steps.items()]
    found = pd.DataFrame(told, columns=COLUMNS)
    order = found.assign(moved=found["moved"].round(9)).sort_values(["moved", "rank"]).index
    return found.loc[order].head(count).reset_index(drop=True)


def _least_moved(study: Study, all_: _Neighbours, points: FloatArray) -> dict[int, Step]:
    """Find what undoes the order of every pair, by the number of the pair."""
    panel, space = study.exploration.panel, study.exploration.space
    steps: dict[int, Step] = {}
    for pair in np.flatnonzero(all_.open).tolist():
        if all_.first[pair] >= 0:
            steps[pair] = step_of(study, points[all_.first[pair]])
            continue
        found = flip(panel, space, int(all_.below[pair]), int(all_.above[pair]))
        if not found.reason and found.weights is not None:
            steps[pair] = step_of(study, found.weights)
    return steps


def _closest_of_many(study: Study, all_: _Neighbours, count: int) -> dict[int, Step]:
    """Find the closest weights that undo an order, for the pairs that need the smallest change.

    The change is at least gap / |d|, with d the part of the difference on the dimensions that keeps Σw = 1.
    Pairs are looked at in that order, until the next cannot come closer than those found.
    """
    panel, space = study.exploration.panel, study.exploration.space
    rows: list[tuple[float, int, FloatArray]] = []
    gap = -(all_.apart @ space.centre)
    slope = np.linalg.norm(all_.apart - all_.apart.mean(axis=1, keepdims=True), axis=1)
    least = np.divide(gap, slope, out=np.full(len(gap), np.inf), where=slope > 0)
    for pair in np.argsort(least, kind="stable"):
        if len(rows) >= count and sorted(row[0] for row in rows)[count - 1] <= least[pair]:
            break
        if all_.open[pair]:
            found = flip(panel, space, int(all_.below[pair]), int(all_.above[pair]))
            if not found.reason and found.weights is not None:
                rows.append((found.distance, int(pair), found.weights))
    best = sorted(rows, key=lambda row: row[:2])[:count]
    return {pair: _step_of_pair(study, all_, pair, found) for _, pair, found in best}


def say_pairs(study: Study) -> str:
    """Say how many neighbours can draw level or change places, and how many cannot."""
    found, text = _neighbours(study), study.locale.text
    pairs = int((found.known & ~found.level).sum())
    said = []
    if pairs:
        open_ = int(found.open.sum())
        said.append(text("weights.moves.pairs.count", count=pairs, open=open_, fixed=pairs - open_))
    if level := int(found.level.sum()):
        said.append(text("weights.moves.pairs.level", count=level))
    if bent := int((~found.known & ~found.level).sum()):
        said.append(text("weights.moves.pairs.unknown", count=bent))
    return study.gap.join(said)


def say_closest(study: Study) -> str:
    """Say which neighbours are the closest, and what undoes their order; empty if nothing does."""
    rows = closest(study)
    if rows.empty:
        return ""
    first = rows.iloc[0]
    return study.locale.text(
        "weights.moves.pairs.closest",
        below=study.labels[first["below"]],
        above=study.labels[first["above"]],
        gap=study.locale.number(first["gap"], 2),
        moved=moved_points(study, first["moved"]),
        weights=written_in_words(study, first[list(DIMENSIONS)].to_numpy(float)),
    )


@lru_cache(maxsize=4)
def _neighbours(study: Study) -> _Neighbours:
    exploration, order = study.exploration, np.array(study.ranked, np.int64)
    points = dimension_points_at_base(exploration.panel)
    read = hundredths(exploration.panel.people["score"].to_numpy(float))
    above, below = order[:-1], order[1:]
    apart = points[below] - points[above]
    level, known = read[below] == read[above], ~np.isnan(apart.sum(axis=1))
    corners = exploration.space.corners
    at = hundredths(scores_of(exploration.panel, as_decided(exploration.space, corners)))
    # As they are read, scores may be level at a corner that unrounded ones do not reach.
    met = (at[:, below] >= at[:, above]).any(axis=0) | ((apart @ corners.T).max(axis=1) >= -SLACK)
    first = _first_level(study, above, below)
    return _Neighbours(above, below, apart, level, known, known & ~level & (met | (first >= 0)), first)


def _first_level(study: Study, above: IntArray, below: IntArray) -> IntArray:
    """Find the first weights of the lattice under which each pair is level or has changed places."""
    panel, space, points = study.exploration.panel, study.exploration.space, lattice(study)
    found = np.full(len(above), -1)
    for start in range(0, 0 if points is None else len(points), _BLOCK):
        part = as_decided(space, points[start : start + _BLOCK])  # pyright: ignore[reportOptionalSubscript]
        read = hundredths(scores_of(panel, part))
        done = read[:, below] >= read[:, above]
        new = (found < 0) & done.any(axis=0)
        found[new] = start + done.argmax(axis=0)[new]
    return found


def _step_of_pair(study: Study, all_: _Neighbours, pair: int, weights: FloatArray) -> Step:
    """Find tenths of a percent close to weights that undo the order of a pair."""
    panel, above, below = study.exploration.panel, int(all_.above[pair]), int(all_.below[pair])
    both = panel.take(np.sort([above, below]))
    own, other = (0, 1) if below < above else (1, 0)

    def holds(points: FloatArray) -> np.ndarray:
        read = hundredths(scores_of(both, as_decided(study.exploration.space, points)))
        return read[:, own] >= read[:, other]

    return step_to(study, weights, holds)


def _row(study: Study, all_: _Neighbours, pair: int, step: Step) -> list[object]:
    above, below, people = int(all_.above[pair]), int(all_.below[pair]), study.exploration.panel.people
    names = [str(people["person_id"].iloc[row]) for row in (above, below)]
    rank = int(study.exploration.roster.set_index("person_id")["rank"][names[0]])
    read = hundredths(people["score"].to_numpy(float)[[above, below]])
    return [*names, rank, float(read[0] - read[1]) / 100, step.moved, *step.weights.tolist()]


def _table(study: Study, rows: pd.DataFrame) -> Table:
    text, number = study.locale.text, study.locale.number
    cells = [
        [
            study.labels[row["above"]],
            study.labels[row["below"]],
            number(row["rank"]),
            number(row["gap"], 2),
            *written(study, row[list(DIMENSIONS)].to_numpy(float)),
            moved_points(study, row["moved"]),
        ]
        for _, row in rows.iterrows()
    ]
    heads = [text(f"weights.moves.pairs.{name}") for name in ("above", "below", "rank", "gap")]
    heads += [study.dimension_name(name) for name in DIMENSIONS] + [text("weights.moves.moved")]
    return Table(text("weights.moves.pairs.caption"), pd.DataFrame(cells, columns=heads), words=(0, 1))
