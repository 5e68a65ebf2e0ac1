"""The admissible weightings as places on a map: what holds where, and which places have a name (§4)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib import weights
from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.region import TOLERANCE, nearest, spread
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.panel import FloatArray
from salesperf_lib.weights.scheme import CENTRE, CORNER, IN_FORCE, SAVED, Scheme

POINTS = 2000
"""Weightings of a map."""

_PRIORITY = (IN_FORCE, SAVED, CENTRE, CORNER)


def region_points(study: Study, person: str = "", n: int = POINTS) -> pd.DataFrame:
    """Spread weightings of the dimensions evenly, and say what each leads to; for `charts.weight_map`.

    Parameters
    ----------
    study
        The study.
    person
        person_id of the one whose grade is shown; empty to count grades that differ from those in force.
    n
        Number of weightings.

    Returns
    -------
    pandas.DataFrame
        One row per weighting: result, process, potential, `value`: the place of the person's grade, 0 =
        best (kind ``grade``), or the number of people whose grade is another one (kind ``count``).
        Sub-weights are as decided.

    Raises
    ------
    DataError
        If the person has no grade that follows from a score.
    """
    points, codes = _graded_points(study, n)
    frame = pd.DataFrame(points, columns=list(DIMENSIONS))
    if person:
        return frame.assign(value=codes[:, _row_of(study, person)].astype(np.int64))
    return frame.assign(value=(codes != np.array(study.codes, np.int8)).sum(axis=1))


def marks(study: Study) -> pd.DataFrame:
    """List the weightings that a map marks; for `charts.weight_map`.

    Returns
    -------
    pandas.DataFrame
        One row per admissible place: label (corners have none), result, process, potential, kind of mark.
        The scheme in force, saved schemes, the centre of the region and its corners; schemes at one place
        share a mark. A scheme that is not admissible lies outside the map and is left out.
    """
    corners = study.exploration.space.corners
    rows: list[tuple[FloatArray, str, list[str]]] = []
    for scheme in sorted(weights.schemes(study.exploration), key=lambda one: _PRIORITY.index(one.kind)):
        place, label = scheme.dimensions, _label(study, scheme)
        same = next((row for row in rows if np.abs(row[0] - place).max() <= TOLERANCE), None)
        if same is not None:
            same[2].extend([label] if label else [])
        elif admissible(corners, place):
            kind = CORNER if scheme.kind == CENTRE else scheme.kind
            rows.append((place, kind, [label] if label else []))
    joint = study.locale.text("weights.region.mark.and")
    told = [[joint.join(labels), *place.tolist(), kind] for place, kind, labels in rows]
    return pd.DataFrame(told, columns=["label", *DIMENSIONS, "kind"])


def map_title(study: Study, person: str = "") -> str:
    """Say what a map shows, and for whom."""
    if not person:
        return study.locale.text("weights.region.map.count")
    return study.locale.text("weights.region.map.person", name=study.labels[_known(study, person)])


def say_map(study: Study, person: str = "") -> str:
    """Say what a map shows: on how much of the region grades stay, and where they change most.

    Raises
    ------
    DataError
        If the person has no grade that follows from a score.
    """
    text, percent = study.locale.text, study.locale.percent
    frame = region_points(study, person)
    if person:
        shares = frame["value"].value_counts(normalize=True).sort_index()
        told = [
            text("weights.region.map.grade", grade=study.grades[int(str(code))], share=percent(share, 0))
            for code, share in shares.items()
        ]
        name, grades = study.labels[person], study.locale.listing(told)
        return text("weights.region.map.says_person", name=name, grades=grades)
    value = frame["value"].to_numpy(np.int64)
    if not value.any():
        return text("weights.region.map.nothing")
    told = {"most": int(value.max()), "none": percent(np.mean(value == 0), 0)}
    worst = frame.loc[value == value.max(), list(DIMENSIONS)].to_numpy(float)
    # The mean of places where most change may be none of them: take the one nearest to it.
    place = worst[np.linalg.norm(worst - worst.mean(axis=0), axis=1).argmin()]
    return text("weights.region.map.says", **told, weights=study.write_weights(place))


@lru_cache(maxsize=4)
def _graded_points(study: Study, n: int) -> tuple[FloatArray, NDArray[np.int8]]:
    points = spread(study.exploration.space.corners, n)
    return points, weights.grade_map(study.exploration, points)


def _known(study: Study, person: str) -> str:
    people = study.exploration.panel.people["person_id"].tolist()
    if person not in people:
        allowed = f"one of {len(people)} people who are graded by their score and not vetoed"
        raise DataError(Problem("weight map, person", repr(person), allowed))
    return person


def _row_of(study: Study, person: str) -> int:
    return study.exploration.panel.people["person_id"].tolist().index(_known(study, person))


def admissible(corners: FloatArray, place: FloatArray) -> bool:
    """Say whether weights of the dimensions lie in a region, given by its corners."""
    found = nearest(corners, place)
    return found is not None and bool(np.abs(found - place).max() <= TOLERANCE)


def _label(study: Study, scheme: Scheme) -> str:
    if scheme.kind == CORNER:
        return ""
    if scheme.title is not None:
        return scheme.title.of(study.lang)
    return study.locale.text(f"weights.region.mark.{scheme.kind}")
