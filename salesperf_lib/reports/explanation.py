"""How each score is made, line by line, adding up (§2.2, §2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesperf_lib.kpis import KPIS
from salesperf_lib.language import ABSENT
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.curves import curves
from salesperf_lib.reports.markup import (
    Content,
    Markup,
    Table,
    block,
    element,
    folded,
    join,
    paragraphs,
)
from salesperf_lib.reports.people import SCORED, grade_mark, role_name, roll, state_of

AMOUNTS = frozenset(
    {
        "aov_before", "aov_gain", "attributed_sales", "cohort_value", "collected", "due", "gross", "net",
        "net_live", "net_new", "net_paid", "net_private_repeat", "net_returning", "projected_value",
        "refunded", "service_labour_cost", "spend",
    }
)  # fmt: skip
"""Measures of `kpis.KPIS` that are money in minor units; all others are counts."""

COLUMNS = ("kpi", "raw", "value", "target", "attainment", "points", "weight", "contribution")


def explanation(report: Report) -> Markup:
    """Show, for each of the team's people, the lines that make the score."""
    text = report.locale.text
    heading = element("h2", text("report.explanation.heading"))
    rows = roll(report)
    if rows.empty:
        return block(heading, element("p", text("report.people.none")))
    sheets = join(_sheet(report, row) for _, row in rows.iterrows())
    return block(heading, paragraphs([text("report.explanation.intro")]), curves(report), sheets)


def lines(report: Report, person: str) -> pd.DataFrame:
    """Give a person's scored indicators in the order in which they are explained.

    Returns
    -------
    pandas.DataFrame
        Rows of the score frame of the period's own indicators, by part (the longest first), by dimension,
        in the order of the role's indicators.
    """
    given = report.appraisal.scores
    kept = given[(given["person_id"] == person) & (given["scored_in"] == report.period.label)]
    order = kept["dimension"].map({name: place for place, name in enumerate(DIMENSIONS)})
    part = kept.groupby(["team_id", "role"], sort=False).ngroup()
    place = pd.DataFrame({"part": part, "order": order}).sort_values(["part", "order"], kind="stable").index
    return kept.loc[place]


def earlier_layers(report: Report, person: str) -> pd.DataFrame:
    """Give what the months and quarters of a year contribute: one row per layer.

    Returns
    -------
    pandas.DataFrame
        layer, periods (how many), weight, contribution; empty for months and quarters.
    """
    given = report.appraisal.scores
    kept = given[(given["person_id"] == person) & (given["scored_in"] != report.period.label)]
    kept = kept[kept["contribution"].notna()]
    sums = kept.groupby("layer", sort=True).agg(
        periods=("scored_in", "nunique"), weight=("weight", "sum"), contribution=("contribution", "sum")
    )
    return sums.reset_index()


def adding_up(parts: Sequence[float], digits: int) -> list[float]:
    """Round parts so that they add up to their rounded sum, by largest remainder.

    Absent parts stay absent and count nothing.
    """
    exact = np.asarray(parts, float) * 10**digits
    whole = np.floor(np.nan_to_num(exact))
    short = int(np.floor(np.nansum(exact) + 0.5) - whole.sum())
    remainder = np.where(np.isnan(exact), -1.0, exact - whole)
    whole[np.argsort(-remainder, kind="stable")[:short]] += 1
    return list(np.where(np.isnan(exact), np.nan, whole) / 10**digits)


def raw_text(report: Report, row: pd.Series) -> str:
    """Write the numbers a value was made of: ``1,234 ÷ 45,678``."""
    definition = KPIS[row["kpi"]]
    top = _written_part(report, row["numerator"], money=_is_money(definition.numerator))
    if pd.isna(row["denominator"]):
        return top
    return f"{top} ÷ {_written_part(report, row['denominator'], money=_is_money(definition.denominator))}"


def _sheet(report: Report, row: pd.Series) -> Markup:
    text, number = report.locale.text, report.locale.number
    name = text("report.explanation.caption", name=row["label"], role=role_name(report, row["role"]))
    marks: list[Content] = [
        element("strong", name),
        " ",
        element("span", number(row["score"], 2), class_="score"),
    ]
    if not pd.isna(row["grade"]):
        marks += [" ", grade_mark(str(row["grade"]))]
    if remark := state_of(report, row):
        marks += [" ", element("span", remark, class_="note")]
    given = lines(report, row["person_id"])
    earlier = earlier_layers(report, row["person_id"])
    body = _table(report, given, earlier, name) if len(given) else element("p", text("report.people.none"))
    return folded(join(marks), body, kind="sheet")


def _table(report: Report, given: pd.DataFrame, earlier: pd.DataFrame, name: str) -> Table:
    """Write a person's lines, a heading per part and dimension, the layers of a year, and their sum."""
    weights = adding_up([*given["weight"], *earlier["weight"]], 4)
    parts = adding_up([*given["contribution"], *earlier["contribution"]], 2)
    rows: list[list[Content]] = []
    headed: list[int] = []
    seen: tuple[str, ...] = ()
    several = given[["team_id", "role"]].drop_duplicates().shape[0] > 1
    for (_, line), weight, part in zip(given.iterrows(), weights, parts, strict=False):
        head = (str(line["team_id"]), str(line["role"]), str(line["dimension"]))
        if head != seen:
            headed.append(len(rows))
            rows.append([_heading(report, line, several=several), *[""] * (len(COLUMNS) - 1)])
            seen = head
        rows.append(_line(report, line, weight, part))
    count = len(given)
    for place, row in enumerate(earlier.itertuples(index=False)):
        rows.append(_layer(report, row, weights[count + place], parts[count + place]))
    rows.append(_total(report, weights, parts))
    heads = [report.locale.text(f"report.explanation.{column}") for column in COLUMNS]
    return Table(name, pd.DataFrame(rows, columns=heads), total=True, headed=tuple(headed))


def _heading(report: Report, line: pd.Series, *, several: bool) -> str:
    """Name a dimension, and where there are several the part of the person that its lines are of."""
    name = report.locale.text(f"report.dimension.{line['dimension']}")
    if not several:
        return name
    part = report.locale.text(
        "report.explanation.part",
        team=report.team_names.get(line["team_id"], line["team_id"]),
        role=role_name(report, line["role"]),
        share=report.locale.percent(line["share"], 0),
    )
    return report.locale.text("report.explanation.of_part", dimension=name, part=part)


def _layer(report: Report, row: Any, weight: float, part: float) -> list[Content]:
    label = report.locale.text(f"report.explanation.layer.{row.layer}", count=int(row.periods))
    points = row.contribution / row.weight if row.weight > 0 else float("nan")
    number = report.locale.number
    return [label, *[""] * 4, number(points, 2), report.locale.percent(weight, 2), number(part, 2)]


def _line(report: Report, line: pd.Series, weight: float, part: float) -> list[Content]:
    number, percent = report.locale.number, report.locale.percent
    return [
        _kpi_name(report, line),
        raw_text(report, line),
        _value(report, line),
        report.write(line["target"], line["kpi"]),
        percent(line["attainment"]),
        number(line["points"], 2),
        percent(weight, 2),
        number(part, 2),
    ]


def _total(report: Report, weights: Sequence[float], parts: Sequence[float]) -> list[Content]:
    label = report.locale.text("report.explanation.total")
    scored = not np.isnan(parts).all()
    total = report.locale.number(np.nansum(parts), 2) if scored else ABSENT
    return [label, *[""] * 5, report.locale.percent(np.nansum(weights), 2) if scored else ABSENT, total]


def _value(report: Report, line: pd.Series) -> Content:
    """Write the value that is scored, and the one that was measured where it differs."""
    written = report.write(line["value"], line["kpi"])
    measured = report.write(line["value_raw"], line["kpi"])
    if line["adjustment"] not in ("shrunk", "corrected") or written == measured:
        return written
    raw = report.locale.text("report.explanation.measured", value=measured)
    return join([written, " ", element("span", raw, class_="note")])


def _kpi_name(report: Report, line: pd.Series) -> Content:
    """Name an indicator, where it is scored for more than one person, and what is special about its line."""
    text = report.locale.text
    name: str = report.name_of(line["kpi"])
    if line["scored_at"] != "person":
        name = text("report.explanation.scored_at", kpi=name, level=text(f"report.level.{line['scored_at']}"))
    remarks = line_remarks(report, line)
    if not remarks:
        return name
    return join(
        [name, " ", element("span", report.locale.text("report.remarks.join").join(remarks), class_="note")]
    )


def line_remarks(report: Report, line: pd.Series) -> list[str]:
    """Say what is special about a line: why it is not scored, and what was done to its value or points."""
    text = report.locale.text
    said: list[str] = []
    if line["status"] != SCORED:
        said.append(text(f"status.{line['status']}", period=report.locale.period(line["value_period"])))
    if line["adjustment"] and pd.notna(line["points"]):
        said.append(text(f"report.adjustment.{line['adjustment']}"))
    if line["gated"]:
        said.append(text("report.explanation.gated"))
    prorated = report.policy.kpis[line["kpi"]].kind == "volume" and line["scored_at"] == "person"
    if prorated and line["duty"] < 1 and pd.notna(line["target"]):
        said.append(text("report.explanation.duty", share=report.locale.percent(line["duty"], 0)))
    if pd.notna(line["baseline"]):
        said.append(text("report.explanation.baseline", value=report.write(line["baseline"], line["kpi"])))
    return said


def _is_money(measure: str) -> bool:
    """Tell whether a measure is an amount: the first of its alternatives decides."""
    return measure.partition("|")[0] in AMOUNTS


def _written_part(report: Report, part: float, *, money: bool) -> str:
    if money:
        return report.locale.money_in_full(part)
    digits = 0 if pd.isna(part) or float(part).is_integer() else 2
    return report.locale.number(part, digits)
