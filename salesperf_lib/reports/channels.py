"""The team's channels: what each sold, what it cost, and how that changed (§1.1)."""

from __future__ import annotations

import pandas as pd

from salesperf_lib.language import signed
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.movement import change
from salesperf_lib.reports.people import sentence_break

COLUMNS = ("net_sales", "visits", "visit_conversion_rate", "aov", "ad_spend", "channel_roi", "refund_rate")


def by_channel(report: Report) -> pd.DataFrame:
    """Give the team's net sales by channel.

    Returns
    -------
    pandas.DataFrame
        One row per channel, the largest first: channel, label, actual, year_before (minor units).
    """
    now, before = (
        _sales(report, label) for label in (report.period.label, report.period.year_before().label)
    )
    frame = (
        pd.DataFrame({"actual": now, "year_before": before})
        .astype(float)
        .rename_axis("channel")
        .reset_index()
    )
    if report.running:  # part of a month is no match for a whole one
        frame["year_before"] = float("nan")
    frame.insert(1, "label", [report.channel_name(code) for code in frame["channel"]])
    return frame.sort_values(["actual", "channel"], ascending=[False, True], ignore_index=True)


def channels(report: Report) -> Markup:
    """Show what each channel sold, at which cost and with which return."""
    heading = element("h2", report.locale.text("report.channels.heading"))
    frame = by_channel(report)
    if frame.empty:
        return block(heading, element("p", report.locale.text("report.channels.none")))
    return block(heading, paragraphs([say_channels(report)]), _table(report, frame))


def say_channels(report: Report) -> str:
    """Say which channel is the largest, and which rose and fell most."""
    frame, locale = by_channel(report), report.locale
    total = frame["actual"].sum()
    if frame.empty or not total:
        return locale.text("report.channels.none")
    top = frame.iloc[0]
    said = [
        locale.text(
            "report.channels.largest", channel=top["label"], share=locale.percent(top["actual"] / total)
        )
    ]
    known = frame.assign(moved=frame["actual"] - frame["year_before"]).dropna(subset=["moved"])
    known = known.sort_values("moved", kind="stable")
    parts: list[str] = []
    if len(known) and known["moved"].iloc[-1] > 0:
        parts.append(_moved(report, known.iloc[-1], "rose"))
    if parts and known["moved"].iloc[0] < 0:
        parts.append(_moved(report, known.iloc[0], "fell"))
    if parts:
        said.append(locale.text("report.channels.and").join(parts) + locale.text("report.change.end"))
    return sentence_break(report).join(said)


def _moved(report: Report, row: pd.Series, code: str) -> str:
    amount = signed(report.locale.money(row["moved"]))
    return report.locale.text(f"report.channels.{code}", channel=row["label"], amount=amount)


def _sales(report: Report, period: str) -> dict[str, float]:
    return {
        channel: value
        for (label, unit, channel, kpi), value in report.history.items()
        if (label, unit, kpi) == (period, report.team, "net_sales") and channel != "all"
    }


def _table(report: Report, frame: pd.DataFrame) -> Table:
    text = report.locale.text
    shown = [kpi for kpi in COLUMNS if any(_cell(report, row, kpi) is not None for row in frame["channel"])]
    total = frame["actual"].sum()
    rows: list[list[Content]] = []
    for _, row in frame.iterrows():
        figures = [report.write(_cell(report, row["channel"], kpi), kpi) for kpi in shown]
        share = report.locale.percent(row["actual"] / total if total else None)
        moved = change(report, "net_sales", row["actual"], row["year_before"])
        rows.append([row["label"], figures[0], share, moved, *figures[1:]])
    heads = [report.name_of(kpi) for kpi in shown]
    heads[1:1] = [text("report.channels.share"), text("report.funnel.year_before")]
    columns = [text("report.channels.channel"), *heads]
    return Table(text("report.channels.caption"), pd.DataFrame(rows, columns=columns))


def _cell(report: Report, channel: str, kpi: str) -> float | None:
    return report.history.get((report.period.label, report.team, channel, kpi))
