"""How little it takes to change a grade: the smallest change of dimension weights, up and down (§4)."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib import weights
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.certainty import grade_mark
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, folded, paragraphs
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
from salesperf_lib.weights.losses import drop
from salesperf_lib.weights.panel import FloatArray
from salesperf_lib.weights.smallest import Change, lowest_moves

UP, DOWN = 1, -1

SHOWN = 25
"""Changes in the table that stands open."""

COLUMNS = ["person_id", "label", "grade", "other", "way", "moved", *DIMENSIONS]


def moves(study: Study) -> Markup:
    """Show the smallest change of dimension weights that gives anybody a better grade, or a lower one."""
    text, rows = study.locale.text, changes(study)
    parts: list[Content | Table] = [element("h2", text("weights.moves.heading"))]
    if study.acceptance.empty:
        return block(*parts, element("p", text("weights.answer.nobody")))
    parts.append(paragraphs([say_moves(study), say_nearest(study), say_inside(study), say_unknown(study)]))
    if len(rows):
        parts += [_table(study, rows.head(SHOWN)), element("p", _say_how(study), class_="note")]
    if len(rows) > SHOWN:
        title = text("weights.moves.rest", count=len(rows) - SHOWN)
        parts.append(folded(title, _table(study, rows.iloc[SHOWN:], title)))
    return block(*parts)


@lru_cache(maxsize=4)
def changes(study: Study) -> pd.DataFrame:
    """Find the smallest change of dimension weights that changes a grade, up or down.

    Returns
    -------
    pandas.DataFrame
        One row per person and way, the smallest change first: `COLUMNS`. `grade` in force, `other` the
        grade after the change, `way` 1 up and −1 down, `moved` the share of weight that moves, and the
        weights, in tenths of a percent where some do it. Sub-weights are as decided.

    Notes
    -----
    Of all admissible tenths of a percent those that do it with the least weight moved, of several the
    closest. Where these are too many to try (`tenths.lattice`), or none does it, the closest weights.
    """
    known = _read_off(study)
    rows = [*known.values(), *_gains(study, known), *_losses(study, known)]
    found = pd.DataFrame(rows, columns=COLUMNS)
    return found.sort_values(["moved", "person_id", "way"], ignore_index=True)


def unknown(study: Study) -> list[str]:
    """List whose smallest changes are not known, though the grade is not guaranteed: person_id."""
    found = _lifts(study)
    bent = set(found.loc[found["reason"] == "not_linear", "person_id"])
    bent |= {name for name, _, change in _drops(study) if change.reason == "not_linear"}
    bent -= set(changes(study)["person_id"])
    table = study.acceptance
    return [str(one) for one in table.loc[~table["guaranteed"], "person_id"] if one in bent]


def say_moves(study: Study) -> str:
    """Say how many grades the dimension weights alone could change, and which way."""
    rows = changes(study)
    count = len(study.acceptance)
    if rows.empty:
        known = count - len(unknown(study))
        return study.locale.text("weights.moves.none", count=known) if known else ""
    ways = rows["way"].value_counts()
    told = {"up": int(ways.get(UP, 0)), "down": int(ways.get(DOWN, 0))}
    return study.locale.text("weights.moves.count", count=count, open=rows["person_id"].nunique(), **told)


def say_nearest(study: Study) -> str:
    """Say which grade is the easiest to change, and how; empty if none can be."""
    rows = changes(study)
    if rows.empty:
        return ""
    first = rows.iloc[0]
    told = {name: first[name] for name in ("grade", "other")} | {"name": first["label"]}
    told["weights"] = written_in_words(study, _weights_of(first))
    key = "weights.moves.nearest_up" if first["way"] == UP else "weights.moves.nearest_down"
    return study.locale.text(key, moved=moved_points(study, first["moved"]), **told)


def say_inside(study: Study) -> str:
    """Say how many grades are open only because weights inside dimensions may move; empty if none are."""
    table = study.acceptance
    out = {*changes(study)["person_id"], *unknown(study)}
    rest = table[~table["guaranteed"] & ~table["person_id"].isin(out)]
    return study.locale.text("weights.moves.inside", count=len(rest)) if len(rest) else ""


def say_unknown(study: Study) -> str:
    """Say for how many the smallest change is not known; empty if there are none."""
    count = len(unknown(study))
    return study.locale.text("weights.moves.unknown", count=count) if count else ""


def _say_how(study: Study) -> str:
    """Say how to read the table, and which of several weights it has."""
    text = study.locale.text
    which = "weights.moves.note_least" if lattice(study) is not None else "weights.moves.note_closest"
    return study.gap.join([text("weights.moves.note"), text(which)])


def _read_off(study: Study) -> dict[tuple[int, int], list[object]]:
    """Find, by row of the panel and way, the first weights of the lattice that change a grade."""
    points = lattice(study)
    if points is None or not len(points):
        return {}
    codes, now = _codes(study, points), np.array(study.codes, np.int8)
    found: dict[tuple[int, int], list[object]] = {}
    for way, done in ((UP, codes < now), (DOWN, codes > now)):
        first = done.argmax(axis=0)
        for person in np.flatnonzero(done.any(axis=0)).tolist():
            after, step = int(codes[first[person], person]), step_of(study, points[first[person]])
            found[person, way] = _row(study, person, after, way, step)
    return found


def _gains(study: Study, known: Container[tuple[int, int]]) -> list[list[object]]:
    exploration = study.exploration
    found = _lifts(study)
    place = {name: row for row, name in enumerate(exploration.panel.people["person_id"])}
    rows: list[list[object]] = []
    for _, move in found[found["reason"] == ""].iterrows():
        person, wanted = place[move["person_id"]], int(move["wanted"])
        if (person, UP) in known:
            continue
        step = step_to(study, _weights_of(move), lambda w, p=person, g=wanted: _codes(study, w)[:, p] <= g)
        after = min(int(_codes(study, step.weights[None])[0, person]), wanted)
        rows.append(_row(study, person, after, UP, step))
    return rows


@lru_cache(maxsize=4)
def _lifts(study: Study) -> pd.DataFrame:
    """Find the smallest change to the next better grade of everybody who has not the best."""
    exploration, codes = study.exploration, np.array(study.codes, np.int64)
    return lowest_moves(exploration.panel, exploration.space, study.policy.grades, codes)


def _losses(study: Study, known: Container[tuple[int, int]]) -> list[list[object]]:
    rows: list[list[object]] = []
    for _, person, change in _drops(study):
        if change.weights is None or (person, DOWN) in known:
            continue
        now = study.codes[person]
        step = step_to(study, change.weights, lambda w, p=person, g=now: _codes(study, w)[:, p] > g)
        after = max(int(_codes(study, step.weights[None])[0, person]), now + 1)
        rows.append(_row(study, person, after, DOWN, step))
    return rows


@lru_cache(maxsize=4)
def _drops(study: Study) -> list[tuple[str, int, Change]]:
    """Find the nearest loss of everybody who can lose the grade by any weighting at all."""
    exploration, rules, table = study.exploration, study.policy.grades, study.acceptance
    names = study.grades
    open_ = [
        (str(row["person_id"]), place)
        for place, (_, row) in enumerate(table.iterrows())
        if names.index(row["worst"]) > names.index(row["grade"])
    ]
    return [
        (name, place, drop(exploration.panel, exploration.space, place, study.codes[place], rules))
        for name, place in open_
    ]


def _codes(study: Study, points: FloatArray) -> NDArray[np.int8]:
    return weights.grade_map(study.exploration, points)


def _row(study: Study, person: int, after: int, way: int, step: Step) -> list[object]:
    name = str(study.exploration.panel.people["person_id"].iloc[person])
    grades = [study.grades[study.codes[person]], study.grades[after]]
    return [name, study.labels[name], *grades, way, step.moved, *step.weights.tolist()]


def _weights_of(row: pd.Series) -> FloatArray:
    return row[list(DIMENSIONS)].to_numpy(float)


def _table(study: Study, rows: pd.DataFrame, caption: str = "") -> Table:
    text = study.locale.text
    cells: list[list[Content]] = [
        [
            str(row["label"]),
            grade_mark(str(row["grade"])),
            text("weights.moves.up" if row["way"] == UP else "weights.moves.down", grade=row["other"]),
            *written(study, _weights_of(row)),
            moved_points(study, row["moved"]),
        ]
        for _, row in rows.iterrows()
    ]
    heads = [text(f"weights.table.{name}") for name in ("name", "grade")] + [text("weights.moves.becomes")]
    heads += [study.dimension_name(name) for name in DIMENSIONS] + [text("weights.moves.moved")]
    caption = caption or text("weights.moves.caption")
    return Table(caption, pd.DataFrame(cells, columns=heads), words=(0, 1, 2))
