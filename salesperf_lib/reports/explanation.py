"""How each score is made, line by line, adding up (§2.2, §2.4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesperf_lib.kpis import KPIS
from salesperf_lib.language import ABSENT
from salesperf_lib.params import DIMENSIONS, Curve
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import (
    Content,
    Markup,
    Table,
    block,
    definitions,
    element,
    folded,
    join,
    paragraphs,
)
from salesperf_lib.reports.people import SCORED, grade_mark, role_name, roll

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
    return block(heading, paragraphs([text("report.explanation.intro")]), _curves(report), sheets)


def say_curve(report: Report, curve: Curve) -> str:
    """Say how a curve turns attainment into points, with the numbers in force."""
    number, percent, text = report.locale.number, report.locale.percent, report.locale.text
    given = {name: value for name, value in curve.parameters.items() if not isinstance(value, tuple)}
    knots = next((value for value in curve.parameters.values() if isinstance(value, tuple)), ())
    if knots:
        told = [
            text("report.curve.knot", rate=percent(rate, 0), points=number(points)) for rate, points in knots
        ]
        ends = {"first": percent(knots[0][0], 0), "last": percent(knots[-1][0], 0)}
        return text("report.curve.piecewise", knots=report.locale.listing(told), **ends)
    if curve.kind in {"ratio", "lower"}:  # their bounds are rates of attainment
        given["cap"] *= 100
    if curve.kind == "lower":
        given["floor"] *= 100
    said = {name: number(value, 0 if value == int(value) else 1) for name, value in given.items()}
    if curve.kind == "ratio":
        said["floor"] = percent(given["floor"], 0)
    return text(f"report.curve.{curve.kind}", **said)


def lines(report: Report, person: str, role: str) -> pd.DataFrame:
    """Give a person's scored indicators in the order in which they are explained.

    Returns
    -------
    pandas.DataFrame
        Rows of the score frame, by dimension, in the order of the role's indicators.
    """
    given = report.appraisal.scores
    kept = given[(given["person_id"] == person) & (given["role"] == role) & (given["team_id"] == report.team)]
    order = kept["dimension"].map({name: place for place, name in enumerate(DIMENSIONS)})
    return kept.loc[order.sort_values(kind="stable").index]


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
    if row["status"] != SCORED:
        marks += [" ", element("span", text(f"status.{row['status']}"), class_="note")]
    given = lines(report, row["person_id"], row["role"])
    body = _table(report, given, name) if len(given) else element("p", text("report.people.none"))
    return folded(join(marks), body, kind="sheet")


def _curves(report: Report) -> Markup:
    """List the curves that score the team's people, what each does and for which indicators."""
    text = report.locale.text
    given = report.appraisal.scores
    scored = set(given.loc[given["team_id"] == report.team, "kpi"])
    uses: dict[str, list[str]] = {}
    for kpi in (kpi for kpi in report.policy.kpis if kpi in scored & report.policy.curves.keys()):
        uses.setdefault(report.policy.curves[kpi].id, []).append(kpi)
    pairs: list[tuple[Content, Content]] = []
    for kpis in uses.values():
        curve = report.policy.curves[kpis[0]]
        names = report.locale.listing([report.name_of(kpi) for kpi in kpis])
        used_by = text("report.explanation.used_by", curve=curve.name.of(report.lang), kpis=names)
        pairs.append((used_by, say_curve(report, curve)))
    return folded(text("report.explanation.curves"), definitions(pairs, "curves"))


def _table(report: Report, given: pd.DataFrame, name: str) -> Table:
    """Write a person's lines, a heading per dimension, and their sum."""
    weights = adding_up(given["weight"].to_list(), 4)
    parts = adding_up(given["contribution"].to_list(), 2)
    rows: list[list[Content]] = []
    headed: list[int] = []
    seen = ""
    for (_, line), weight, part in zip(given.iterrows(), weights, parts, strict=True):
        if line["dimension"] != seen:
            seen = line["dimension"]
            headed.append(len(rows))
            rows.append([report.locale.text(f"report.dimension.{seen}"), *[""] * (len(COLUMNS) - 1)])
        rows.append(_line(report, line, weight, part))
    rows.append(_total(report, weights, parts))
    heads = [report.locale.text(f"report.explanation.{column}") for column in COLUMNS]
    return Table(name, pd.DataFrame(rows, columns=heads), total=True, headed=tuple(headed))


def _line(report: Report, line: pd.Series, weight: float, part: float) -> list[Content]:
    number, percent = report.locale.number, report.locale.percent
    return [
        _kpi_name(report, line),
        raw_text(report, line),
        report.write(line["value"], line["kpi"]),
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


def _kpi_name(report: Report, line: pd.Series) -> Content:
    """Name an indicator, where it is scored for more than one person, and why it is not scored."""
    text = report.locale.text
    name: str = report.name_of(line["kpi"])
    if line["scored_at"] != "person":
        name = text("report.explanation.scored_at", kpi=name, level=text(f"report.level.{line['scored_at']}"))
    if line["status"] == SCORED:
        return name
    remark = text(f"status.{line['status']}", period=report.locale.period(line["value_period"]))
    return join([name, " ", element("span", remark, class_="note")])


def _is_money(measure: str) -> bool:
    """Tell whether a measure is an amount: the first of its alternatives decides."""
    return measure.partition("|")[0] in AMOUNTS


def _written_part(report: Report, part: float, *, money: bool) -> str:
    if money:
        return report.locale.money_in_full(part)
    digits = 0 if pd.isna(part) or float(part).is_integer() else 2
    return report.locale.number(part, digits)
