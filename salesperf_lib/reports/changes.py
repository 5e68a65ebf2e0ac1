"""Why the team's scores changed since the last period: parts that add up as they are shown (§2.4, §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib import appraisal, grades
from salesperf_lib.errors import SalesPerfError
from salesperf_lib.language import ABSENT, signed
from salesperf_lib.reports.certainty import adding_to, noise_of_change
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.people import sentence_break
from salesperf_lib.review.change import EFFECTS, change, change_by_kpi

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal

VETO = "veto"
UNITS = 100
"""Hundredths of a point: what is shown."""

PERFORMANCE = tuple(name for name in EFFECTS if name != VETO)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What a report knows of its scores beside those of the period before.

    Parameters
    ----------
    before
        The period before, as its label.
    why
        A sentence that says why there is nothing to compare; empty if there is.
    rows
        One row per person of the team, who rose most first, then people under a veto, people without a
        score in either period last: person_id, label, before and now (counted scores), score and
        score_before, `EFFECTS`, change, vetoed and vetoed_before, reason, missing. All in hundredths of
        a point as shown: whole numbers, before + effects = now in every row. Absent is NaN.
    by_kpi
        `review.change.change_by_kpi` of these people.
    measured
        Values as measured of their period's own lines, by person_id and KPI: before and now; NaN where
        absent, and where somebody has several lines of a KPI.
    """

    before: str
    why: str
    rows: pd.DataFrame
    by_kpi: pd.DataFrame
    measured: pd.DataFrame


@lru_cache(maxsize=2)
def compared(report: Report) -> Compared:
    """Compare the team's scores with those of the period before, once per report."""
    before, why = _earlier(report)
    label = report.period.shift(-1).label
    if before is None:
        return Compared(label, why, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    rows = _shown(report, before)
    parts = change_by_kpi(report.appraisal, before)
    by_kpi = parts[parts["person_id"].isin(rows["person_id"])].reset_index(drop=True)
    values = pd.DataFrame({"before": _measured(before), "now": _measured(report.appraisal)})
    return Compared(label, "", rows, by_kpi, values)


def changes(report: Report) -> Markup:
    """Show how the score of each of the team's people changed, and what changed it."""
    text = report.locale.text
    given, heading = compared(report), element("h2", text("report.changes.heading"))
    if given.why or given.rows.empty:
        return block(heading, element("p", say_changes(report)))
    shown, used = _table(report, given), _used(given.rows, EFFECTS)
    about = report.locale.text(
        "report.changes.about",
        parts=text("report.remarks.join").join(text(f"report.changes.about.{name}") for name in used),
    )
    season = text("report.changes.season") if {"actuals", "targets"} <= set(used) else ""
    note = element("p", sentence_break(report).join(part for part in (about, season) if part), class_="note")
    said = [say_changes(report), *_movers(report), _say_noise(report), _say_veto(report)]
    return block(heading, paragraphs(said), shown, note)


def say_changes(report: Report) -> str:
    """Say how many scores rose and fell, or why nothing can be compared."""
    given, locale = compared(report), report.locale
    periods = {"before": locale.period(given.before), "now": locale.period(report.period.label)}
    if given.why:
        return given.why
    both = _scored(given.rows)
    if both.empty:
        return locale.text("report.changes.nobody", **periods)
    moved = (both["score"] - both["score_before"]).round()
    return locale.text(
        "report.changes.summary",
        count=len(both),
        up=int((moved > 0).sum()),
        down=int((moved < 0).sum()),
        mean_before=locale.number(both["score_before"].mean() / UNITS, 1),
        mean=locale.number(both["score"].mean() / UNITS, 1),
        **periods,
    )


def say_bars(report: Report) -> str:
    """Say what the figure of changes shows."""
    return report.locale.text("report.changes.alt", summary=say_changes(report))


def change_bars(report: Report) -> pd.DataFrame:
    """Give what changed each score, for a figure.

    Returns
    -------
    pandas.DataFrame
        One row per person scored in both periods, who rose most first: label, remark (of a veto), change,
        then one column per part, in points; without the effect of a veto, which is no performance.
        Empty where there is nothing to compare.
    """
    given = compared(report)
    if given.rows.empty:
        return pd.DataFrame(columns=["label", "remark", "change"])
    both = _scored(given.rows)
    parts = both[_used(both, PERFORMANCE)] / UNITS
    vetoed = both["vetoed"] | both["vetoed_before"]
    remark = np.where(vetoed, report.locale.text("chart.changes.vetoed"), "")
    whole = pd.DataFrame({"label": both["label"], "remark": remark, "change": parts.sum(axis=1).round(2)})
    return pd.concat([whole, parts], axis=1).reset_index(drop=True)


def change_names(report: Report) -> list[str]:
    """Name the parts, in the order of the columns of `change_bars`."""
    return [report.locale.text(f"report.changes.part.{name}") for name in change_bars(report).columns[3:]]


def change_title(report: Report) -> str:
    """Say what the figure compares."""
    periods = (report.locale.period(label) for label in (compared(report).before, report.period.label))
    return report.locale.text("chart.changes.title", **dict(zip(("before", "now"), periods, strict=True)))


def _earlier(report: Report) -> tuple[Appraisal | None, str]:
    """Give the appraisal of the period before, or a sentence that says why there is none."""
    text, locale = report.locale.text, report.locale
    period = report.period.shift(-1)
    name = locale.period(period.label)
    if report.provisional:
        return None, text("report.changes.open", before=name)
    if period.first < report.facts.first_day:
        first = locale.date(report.facts.first_day)
        return None, text("report.changes.uncovered", before=name, first=first)
    try:
        return appraisal.load(report.facts, report.policy.at(period)), ""
    except SalesPerfError as error:  # rules that begin later, or goals that contradict each other
        return None, text("report.changes.refused", before=name, reason=str(error.problems[0]))


def _shown(report: Report, before: Appraisal) -> pd.DataFrame:
    """Take the team's people from `review.change`, in hundredths of a point as they are shown."""
    found = change(report.appraisal, before)
    rows = found[found["team_id"] == report.team]
    names = pd.concat([before.people, report.appraisal.people]).drop_duplicates("person_id", keep="last")
    named = names.set_index("person_id")["name"]
    label = rows["person_id"].map(named).fillna(rows["person_id"])
    shown = rows[["person_id", "reason", "missing"]].assign(label=label)
    told = {"now": "counted", "before": "counted_before", "score": "score", "score_before": "score_before"}
    for name, column in told.items():
        shown[name] = _hundredths(rows[column])
    both = rows["missing"] == ""
    totals = shown["now"].to_numpy(float) - shown["before"].to_numpy(float)
    exact = rows[list(EFFECTS)].to_numpy(float) * UNITS
    whole = [
        adding_to(list(parts), int(total)) if known else [np.nan] * len(EFFECTS)
        for parts, total, known in zip(exact, totals, both, strict=True)
    ]
    shown[list(EFFECTS)] = np.array(whole, float).reshape(-1, len(EFFECTS))
    shown["change"] = shown["now"] - shown["before"]
    shown["vetoed"], shown["vetoed_before"] = (_vetoed(each, shown) for each in (report.appraisal, before))
    moved = (shown["score"] - shown["score_before"]).where(both)
    last = (shown["vetoed"] | shown["vetoed_before"]).where(both, other=False)
    ordered = shown.assign(moved=moved, last=last | ~both).sort_values(
        ["last", "moved", "person_id"], ascending=[True, False, True], na_position="last"
    )
    return ordered.reset_index(drop=True)


def _measured(given: Appraisal) -> pd.Series:
    """Give the values as they were measured, before shrinkage and correction, by person_id and KPI."""
    own = given.scores[given.scores["scored_in"] == given.period.label]
    single = own.drop_duplicates(["person_id", "kpi"], keep=False)
    return single.set_index(["person_id", "kpi"])["value_raw"].astype(float)


def _hundredths(score: pd.Series) -> pd.Series:
    return (grades.round_half_up(score.astype(float)) * UNITS).round()


def _vetoed(given: Appraisal, rows: pd.DataFrame) -> pd.Series:
    out = given.grades.loc[given.grades["vetoed"].astype(bool), "person_id"]
    return rows["person_id"].isin(out)


def _scored(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["missing"] == ""]


def _used(rows: pd.DataFrame, effects: Sequence[str]) -> list[str]:
    """List the parts that changed anybody's score, and always what was measured."""
    return [name for name in effects if name == "actuals" or rows[name].fillna(0).ne(0).any()]


def _movers(report: Report) -> list[str]:
    """Tell of who rose most and who fell most, and why; people under a veto are told of apart."""
    both = _scored(compared(report).rows)
    free = both[~both["vetoed"] & ~both["vetoed_before"]]
    told = [
        _mover(report, free.iloc[place], key)
        for key, place in (("rose", 0), ("fell", -1))
        if len(free) and free.iloc[place]["change"] * (1 if key == "rose" else -1) > 0
    ]
    return [sentence_break(report).join(part for part in parts if part) for parts in told]


def _mover(report: Report, row: pd.Series, key: str) -> tuple[str, str]:
    """Say by how much and above all by what somebody moved; then which indicator moved them most."""
    locale, side = report.locale, 1 if key == "rose" else -1
    part = max(PERFORMANCE, key=lambda name: side * row[name])
    said = locale.text(
        f"report.changes.{key}",
        name=row["label"],
        before=locale.number(row["before"] / UNITS, 2),
        now=locale.number(row["now"] / UNITS, 2),
        change=_points(report, row["change"]),
        part=locale.text(f"report.changes.said.{part}"),
        points=_points(report, row[part]),
    )
    return said, _say_kpi(report, str(row["person_id"]), side)


def _say_kpi(report: Report, person: str, side: int) -> str:
    """Say which indicator's measured value moved somebody most in a direction; nothing if none did."""
    lines = compared(report).by_kpi
    lines = lines[lines["person_id"] == person]
    sums = lines.groupby("kpi", sort=True)["actuals"].sum() * side
    if sums.empty or round(float(sums.max()), 2) <= 0:
        return ""
    kpi = str(sums.idxmax())
    own = lines[lines["kpi"] == kpi]
    name = report.name_of(kpi)
    if (level := str(own["scored_at"].iloc[0])) != "person":
        where = report.locale.text(f"report.level.{level}")
        name = report.locale.text("report.explanation.scored_at", kpi=name, level=where)
    points = _points(report, float(own["actuals"].sum()) * UNITS)
    held = compared(report).measured.reindex([(person, kpi)]).iloc[0]
    values = [report.write(held[name], kpi) for name in ("before", "now")]
    if len(own) > 1 or ABSENT in values:
        return report.locale.text("report.changes.kpi_alone", kpi=name, points=points)
    said = {"before": values[0], "now": values[1], "points": points}
    return report.locale.text("report.changes.kpi", kpi=name, **said)


def _say_noise(report: Report) -> str:
    """Say how far scores may move by noise alone, and whose moved further."""
    both, width = _scored(compared(report).rows), noise_of_change(report)
    if both.empty or not width > 0:
        return ""
    moved = (both["score"] - both["score_before"]).abs()
    names = list(both.loc[moved > width * UNITS, "label"])
    return report.locale.text(
        "report.changes.noise" if names else "report.changes.noise_only",
        width=report.locale.number(width, 1),
        level=report.locale.percent(report.policy.grades.certainty.interval, 0),
        **({"names": report.locale.listing(names)} if names else {}),
    )


def _say_veto(report: Report) -> str:
    rows = _scored(compared(report).rows)
    names = list(rows.loc[rows["vetoed"] | rows["vetoed_before"], "label"])
    return report.locale.text("report.changes.veto", names=report.locale.listing(names)) if names else ""


def _points(report: Report, hundredths: float) -> str:
    return signed(report.locale.number(hundredths / UNITS, 2))


def _table(report: Report, given: Compared) -> Table:
    text, number, rows = report.locale.text, report.locale.number, given.rows
    used = _used(rows, EFFECTS)
    remarks = [_remark(report, row) for _, row in rows.iterrows()]
    told = any(remarks)
    written: list[list[Content]] = []
    for (_, row), remark in zip(rows.iterrows(), remarks, strict=True):
        parts = [_points(report, row[name]) for name in (*used, "change")]
        ends = [number(row[name] / UNITS, 2) for name in ("before", "now")]
        cells: list[Content] = [str(row["label"]), ends[0], *parts[:-1], ends[1], parts[-1]]
        written.append([*cells, remark] if told else cells)
    heads = [text(f"report.changes.{name}") for name in ("name", "before")]
    heads += [text(f"report.changes.part.{name}") for name in used]
    heads += [text(f"report.changes.{name}") for name in ("now", "change", *(("state",) if told else ()))]
    periods = {"before": given.before, "now": report.period.label}
    caption = text(
        "report.changes.caption", **{name: report.locale.period(label) for name, label in periods.items()}
    )
    words = (0, len(heads) - 1) if told else (0,)
    return Table(caption, pd.DataFrame(written, columns=heads), words=words)


def _remark(report: Report, row: pd.Series) -> str:
    """Say why somebody cannot be compared, or that a score does not count."""
    text, number = report.locale.text, report.locale.number
    if row["missing"]:
        reason = str(row["reason"])
        why = text("report.changes.absent") if reason == "absent" else text(f"status.{reason}")
        return text(f"report.changes.missing.{row['missing']}", reason=why)
    scores = (("now", "vetoed", "score"), ("before", "vetoed_before", "score_before"))
    said = [
        text(f"report.changes.vetoed_{key}", score=number(row[score] / UNITS, 2))
        for key, flag, score in scores
        if row[flag]
    ]
    return text("report.remarks.join").join(said)
