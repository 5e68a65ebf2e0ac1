"""What is wrong with the data, in sentences with counts; no ids, which could be other teams' people."""

from __future__ import annotations

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
        Rows of the findings frame; none of another team's or another team's people.
    """
    given = report.appraisal.findings
    people = report.appraisal.people
    own = {report.team, *people.loc[people["team_id"] == report.team, "person_id"]}
    kept = given[(given["level"] == "company") | given["unit_id"].isin(own)]
    order = kept["severity"].map({name: place for place, name in enumerate(GRAVITY)})
    return kept.assign(order=order).sort_values(["order", "n_rows"], ascending=[True, False])


def say_quality(report: Report) -> str:
    """Say how many findings there are, of which gravity, on how many rows."""
    found, locale = findings(report), report.locale
    if found.empty:
        return locale.text("report.quality.none")
    counts = found["severity"].value_counts()
    return locale.text(
        "report.quality.summary",
        warnings=int(counts.get("warning", 0) + counts.get("error", 0)),
        infos=int(counts.get("info", 0)),
        rows=locale.number(found["n_rows"].sum()),
    )


def say_missing(report: Report) -> str:
    """Name the indicators of the policy that the source's data cannot give."""
    held = set(report.appraisal.kpis["kpi"])
    absent = [report.name_of(kpi) for kpi in report.policy.kpis if kpi not in held]
    if not absent:
        return ""
    return report.locale.text("report.quality.missing", kpis=report.locale.listing(absent))


def say_finding(report: Report, row: pd.Series) -> str:
    """Say what was found, by its rule."""
    key = f"finding.{row['rule']}"
    if key in entries():
        return report.locale.text(key, where=row["evidence"])
    return report.locale.text("finding.other", where=row["evidence"], rule=row["rule"])


def _table(report: Report, found: pd.DataFrame) -> Table:
    text, locale = report.locale.text, report.locale
    rows = [
        [
            text(f"finding.severity.{row['severity']}"),
            say_finding(report, row),
            str(row["file"]),
            locale.number(row["n_rows"]),
        ]
        for _, row in found.iterrows()
    ]
    heads = [text(f"report.quality.{name}") for name in ("severity", "finding", "file", "rows")]
    return Table(text("report.quality.caption"), pd.DataFrame(rows, columns=heads), words=(0, 1, 2))
