"""Everybody's attainment, indicator by indicator (§2.1)."""

from __future__ import annotations

import pandas as pd

from salesperf_lib.language import ABSENT
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.people import role_name, roll


def attainments(report: Report) -> Markup:
    """Show each person's attainment by indicator, one table per role."""
    heading = element("h2", report.locale.text("report.attainments.heading"))
    rows = roll(report)
    tables = [_role_table(report, str(role), people) for role, people in rows.groupby("role", sort=False)]
    note = element("p", report.locale.text("report.attainments.caption"), class_="note")
    return block(heading, paragraphs([say_attainments(report)]), note, *tables, kind="attainments")


def say_attainments(report: Report) -> str:
    """Say who is furthest below and above target, on which indicator."""
    lines, text = _lines(report).dropna(subset=["attainment"]), report.locale.text
    if lines.empty:
        return text("report.attainments.none")
    ordered = lines.sort_values("attainment", kind="stable")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    return text(
        "report.attainments.lowest",
        name=low["label"],
        kpi=report.name_of(low["kpi"]),
        attainment=report.locale.percent(low["attainment"]),
        best_name=high["label"],
        best_kpi=report.name_of(high["kpi"]),
        best_attainment=report.locale.percent(high["attainment"]),
    )


def _lines(report: Report) -> pd.DataFrame:
    """Give the team's scored lines with the names of their people."""
    given = report.appraisal.scores
    own = given[(given["team_id"] == report.team) & (given["scored_in"] == report.period.label)]
    return own.merge(roll(report)[["person_id", "role", "label"]], on=["person_id", "role"])


def _role_table(report: Report, role: str, people: pd.DataFrame) -> Table:
    known = report.policy.roles.get(role)
    lines = _lines(report).set_index(["person_id", "role", "kpi"])["attainment"]
    held = {kpi for _, of, kpi in lines.index if of == role}
    shown = [row.kpi for row in known.kpis if row.kpi in held] if known else sorted(held)
    rows: list[list[Content]] = [
        [label, *(_cell(report, lines.get((person, role, kpi))) for kpi in shown)]
        for person, label in zip(people["person_id"], people["label"], strict=True)
    ]
    heads = [report.locale.text("report.people.name"), *(report.name_of(kpi) for kpi in shown)]
    return Table(role_name(report, role), pd.DataFrame(rows, columns=heads))


def _cell(report: Report, attainment: float | None) -> Content:
    """Write an attainment, with a sign where it is below target."""
    if attainment is None or pd.isna(attainment):
        return ABSENT
    written = report.locale.percent(attainment)
    return written if attainment >= 1 else element("span", f"▼ {written}", class_="bad")
