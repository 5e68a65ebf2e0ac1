"""How far the weight of each dimension can move before a grade changes (§4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from salesperf_lib.language import ABSENT
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.weights.places import admissible
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.reports.weights.tenths import moved_points
from salesperf_lib.weights import grade_map
from salesperf_lib.weights.panel import FloatArray
from salesperf_lib.weights.stability import along, overall, stability

_TENTHS = 1000
_TRIED = 10_000
_NOISE = 1e-6
ENDS = ("low", "high")


def steadiness(study: Study) -> Markup:
    """Show, for each dimension, the weights under which nobody's grade changes, and who changes first."""
    text, rows = study.locale.text, ranges(study)
    parts: list[Content | Table] = [element("h2", text("weights.moves.steady.heading"))]
    if rows.empty:
        return block(*parts, element("p", say_steady(study)))
    parts.append(paragraphs([text("weights.moves.steady.how"), say_steady(study)]))
    notes = [text("weights.moves.steady.note"), _say_left_out(study)]
    return block(
        *parts,
        _table(study, rows),
        element("p", study.gap.join(part for part in notes if part), class_="note"),
    )


@dataclass(frozen=True, slots=True)
class _End:
    """An end of the weights under which nobody changes: who does beyond it, from which place to which."""

    at: float
    person: str
    grade: int
    other: int


@lru_cache(maxsize=4)
def ranges(study: Study) -> pd.DataFrame:
    """Give, for each dimension, the weights that are admissible and those under which no grade changes.

    Returns
    -------
    pandas.DataFrame
        One row per dimension for which both are known: dimension, label, now, low and high (admissible, the
        others in their present proportion), steady_low and steady_high, person_low and person_high (who
        changes first; empty where the end is that of the admissible weights), other_low and other_high
        (their grade beyond it), grade_low and grade_high (their grade now), left_out (people without ends).
        Steady ends are rounded inwards to tenths of a percent, so that they hold as they are shown.

    Notes
    -----
    `stability` follows unrounded scores. Grades are given by scores as they are read, so that under fixed
    shares somebody can change a little sooner: every hundredth of a percent up to the end is graded too.
    """
    space, panel = study.exploration.space, study.exploration.panel
    single = stability(panel, space, study.policy.grades)
    told = {(row["dimension"], row["person_id"]): row for row in single.to_dict("records")}
    rows: list[dict[str, object]] = []
    for place, (_, row) in enumerate(overall(single).iterrows()):
        name, now = str(row["dimension"]), float(row["weight"])
        low, high = along(space, place)
        one: dict[str, object] = {"dimension": name, "label": study.dimension_name(name), "now": now}
        one |= {"low": low, "high": high, "left_out": int(row["left_out"])}
        for end in ENDS:
            person = str(row[f"first_{end}"])
            given = told.get((name, person), {})
            first = _End(
                _inwards(float(row[end]), now, end) if person else float(row[end]),
                person,
                int(given.get("grade", 0)),
                int(given.get(f"{end}_changes", 0)),
            )
            limit = low if end == "low" else high
            one |= _written_end(study, end, _as_read(study, place, first, (end, limit)))
        rows.append(one)
    found = pd.DataFrame(rows)
    return found if found.empty else found.dropna(subset=["low", "steady_low"]).reset_index(drop=True)


def steady_bars(study: Study) -> pd.DataFrame:
    """Give the ranges for `charts.stability_bars`: label, low, high, steady_low, steady_high, now."""
    columns = ["label", "low", "high", "steady_low", "steady_high", "now"]
    return ranges(study).reindex(columns=columns)


def say_steady(study: Study) -> str:
    """Say which weight needs to move least for a grade to change, and whose; or why nothing is said."""
    rows = ranges(study)
    if rows.empty:
        return study.locale.text(f"weights.moves.steady.{_why_none(study)}")
    margins = [
        (abs(float(row[f"steady_{end}"]) - float(row["now"])), end, row)
        for _, row in rows.iterrows()
        for end in ENDS
        if row[f"person_{end}"]
    ]
    if not margins:
        return study.locale.text("weights.moves.steady.all")
    _, end, row = min(margins, key=lambda one: one[0])
    told = {
        "name": study.labels[row[f"person_{end}"]],
        "grade": row[f"grade_{end}"],
        "other": row[f"other_{end}"],
    }
    shares = {
        name: study.locale.percent(row[column]) for name, column in (("now", "now"), ("end", f"steady_{end}"))
    }
    return study.locale.text(f"weights.moves.steady.{end}", dimension=row["label"], **shares, **told)


def _as_read(study: Study, place: int, end: _End, side: tuple[str, float]) -> _End:
    """Grade everybody up to an end and a tenth beyond it, and stop before the first grade that changes.

    Parameters
    ----------
    study, place
        The study, and the number of the dimension whose weight moves.
    end
        As unrounded scores have it.
    side
        Which end it is, and that of the admissible weights.
    """
    which, limit = side
    now = float(study.exploration.space.centre[place])
    shares = _tried(now, end.at, limit, which)
    if not len(shares):
        return end
    codes = grade_map(study.exploration, _moved(study, place, np.array([now, *shares])))
    changed = codes[1:] != codes[0]
    step = int(changed.any(axis=1).argmax())
    if not changed[step].any():
        return end
    last = _inwards(float(shares[step - 1]) if step else now, now, which)
    at = max(last, end.at) if which == "low" else min(last, end.at)
    people = study.exploration.panel.people["person_id"].astype(str).tolist()
    named = people.index(end.person) if end.person in people else -1
    who = named if named >= 0 and changed[step, named] else int(changed[step].argmax())
    return _End(at, people[who], int(codes[0, who]), int(codes[step + 1, who]))


def _tried(now: float, end: float, limit: float, which: str) -> FloatArray:
    """List hundredths of a percent from the weight in force to a tenth beyond an end, in that order."""
    if np.isnan(end) or np.isnan(limit):
        return np.empty(0)
    if which == "low":
        first = int(np.ceil(now * _TRIED - _NOISE)) - 1
        last = int(np.ceil(max(end - 1 / _TENTHS, limit) * _TRIED - _NOISE))
        return np.arange(first, last - 1, -1) / _TRIED
    first = int(np.floor(now * _TRIED + _NOISE)) + 1
    last = int(np.floor(min(end + 1 / _TENTHS, limit) * _TRIED + _NOISE))
    return np.arange(first, last + 1) / _TRIED


def _moved(study: Study, place: int, shares: FloatArray) -> FloatArray:
    """Give one dimension other weights, and the others the rest in their present proportion."""
    centre = study.exploration.space.centre
    points = centre * ((1 - shares) / (1 - centre[place]))[:, None]
    points[:, place] = shares
    return points


def _written_end(study: Study, which: str, end: _End) -> dict[str, object]:
    """Name the columns of an end."""
    names = [study.grades[end.grade], study.grades[end.other]] if end.person else ["", ""]
    told = {"steady": end.at, "person": end.person, "grade": names[0], "other": names[1]}
    return {f"{name}_{which}": value for name, value in told.items()}


def _inwards(end: float, now: float, which: str) -> float:
    """Round an end of a range towards the weight in force."""
    if which == "low":
        return min(float(np.ceil(end * _TENTHS - _NOISE)) / _TENTHS, now)
    return max(float(np.floor(end * _TENTHS + _NOISE)) / _TENTHS, now)


def _why_none(study: Study) -> str:
    """Tell why there is nothing to show: nobody, weights in force that are not admissible, or bent scores."""
    if study.acceptance.empty:
        return "nobody"
    space = study.exploration.space
    return "unknown" if admissible(space.corners, space.centre) else "outside"


def _say_left_out(study: Study) -> str:
    count = int(ranges(study)["left_out"].max())
    return study.locale.text("weights.moves.steady.left_out", count=count) if count else ""


def _table(study: Study, rows: pd.DataFrame) -> Table:
    text, percent = study.locale.text, study.locale.percent
    cells: list[list[Content]] = []
    for _, row in rows.iterrows():
        spans = [
            text("weights.region.range", low=percent(row[low]), high=percent(row[high]))
            for low, high in (("low", "high"), ("steady_low", "steady_high"))
        ]
        change = (
            max(float(row["now"] - row["steady_low"]), 0.0),
            max(float(row["steady_high"] - row["now"]), 0.0),
        )
        room = [
            text("weights.moves.steady.room", moved=moved_points(study, size), who=_first(study, row, end))
            if row[f"person_{end}"]
            else ABSENT
            for size, end in zip(change, ENDS, strict=True)
        ]
        cells.append([str(row["label"]), percent(row["now"]), *spans, *room])
    columns = ("dimension", "now", "admissible", "steady", "down", "up")
    heads = [text(f"weights.moves.steady.column.{name}") for name in columns]
    caption = text("weights.moves.steady.caption")
    return Table(caption, pd.DataFrame(cells, columns=heads), words=(0, 4, 5))


def _first(study: Study, row: pd.Series, end: str) -> str:
    told = {
        "name": study.labels[row[f"person_{end}"]],
        "grade": row[f"grade_{end}"],
        "other": row[f"other_{end}"],
    }
    return study.locale.text("weights.moves.steady.first", **told)
