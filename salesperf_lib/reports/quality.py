"""What is wrong with the data, in sentences with counts; ids only of the team's own orders."""

from __future__ import annotations

import re

import pandas as pd

from salesperf_lib.language import entries
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Markup, Table, block, element, paragraphs

GRAVITY = ("error", "warning", "info")


def quality(report: Report) -> Markup:
    """Show the findings of the load and the indicators that the source cannot give."""
    heading = element("h2", report.locale.text("report.quality.heading"))
    found = findings(report)
    said = paragraphs([say_quality(report), say_missing(report)])
    return block(heading, said, *([] if found.empty else [_table(report, found)]))


def findings(report: Report) -> pd.DataFrame:
    """List what concerns the report: the company's findings and the team's own, the gravest first.

    Returns
    -------
    pandas.DataFrame
        Rows of the findings frame; none of another team's, none about a person.
    """
    given = report.findings
    order = given["severity"].map({name: place for place, name in enumerate(GRAVITY)})
    return given.assign(order=order).sort_values(["order", "n_rows"], ascending=[True, False])


def say_quality(report: Report) -> str:
    """Say how many findings there are, of which gravity, on how many rows."""
    found, locale = findings(report), report.locale
    if found.empty:
        return locale.text("report.quality.none")
    counts = found["severity"].value_counts()
    told = [
        locale.text(f"report.quality.{name}s", count=counts[name]) for name in GRAVITY if name in counts.index
    ]
    rows = locale.number(found["n_rows"].sum())
    return locale.text("report.quality.summary", counts=locale.listing(told), rows=rows)


def say_missing(report: Report) -> str:
    """Name the indicators of the policy that the source's data cannot give."""
    held = set(report.appraisal.kpis["kpi"])
    absent = [report.name_of(kpi) for kpi in report.policy.kpis if kpi not in held]
    if not absent:
        return ""
    return report.locale.text("report.quality.missing", kpis=report.locale.listing(absent))


def say_finding(report: Report, row: pd.Series) -> str:
    """Say what was found, by its rule; with examples where the finding is the team's own."""
    text, key = report.locale.text, f"finding.{row['rule']}"
    where = say_place(report, str(row["evidence"]))
    said = (
        text(key, where=where) if key in entries() else text("finding.other", where=where, rule=row["rule"])
    )
    if row["level"] != "team" or not row["examples"]:
        return said
    return said + text("finding.examples", examples=report.locale.listing(str(row["examples"]).split("; ")))


def say_place(report: Report, evidence: str) -> str:
    """Say where something was found: a table, and its system, channel or column, as people call them."""
    text, known = report.locale.text, entries()
    table, _, part = re.fullmatch(r"(\w*)([.:]? ?)(.*)", evidence, re.DOTALL).groups()  # pyright: ignore[reportOptionalMemberAccess]
    if f"table.{table}" not in known:
        return evidence
    name = text(f"table.{table}")
    if not part:
        return name
    system = f"system.{part}"
    return text("table.of", table=name, part=text(system) if system in known else report.channel_name(part))


def _table(report: Report, found: pd.DataFrame) -> Table:
    text, locale = report.locale.text, report.locale
    rows = [
        [
            text(f"finding.severity.{row['severity']}"),
            say_finding(report, row),
            text("report.quality.own") if row["level"] == "team" else text("report.level.company"),
            str(row["file"]),
            locale.number(row["n_rows"]),
        ]
        for _, row in found.iterrows()
    ]
    heads = [text(f"report.quality.{name}") for name in ("severity", "finding", "unit", "file", "rows")]
    frame = pd.DataFrame(rows, columns=heads)
    if found["file"].eq("").all():  # what the audit finds lies in no single file
        frame = frame.drop(columns=text("report.quality.file"))
    return Table(text("report.quality.caption"), frame, words=tuple(range(frame.shape[1] - 1)))
