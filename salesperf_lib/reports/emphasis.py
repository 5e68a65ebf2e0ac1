"""What a quarter and a year emphasise (§2.5): return on spend and retention; what customers are worth."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from salesperf_lib.language import ABSENT, share_digits
from salesperf_lib.periods import Period, add_months
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, join, paragraphs
from salesperf_lib.reports.masthead import reading_name
from salesperf_lib.reports.movement import change
from salesperf_lib.reports.people import sentence_break
from salesperf_lib.reports.steps import NAN, ROI, aim, few, label_of, measured, reached, runs, steps

REPURCHASE = "private_domain_repurchase_rate"
RETENTION = ("retention_d30", "retention_d90", REPURCHASE)


# -- return on advertising


def roi_frame(report: Report) -> pd.DataFrame:
    """Give the return on advertising step by step, and of the whole period in the last row.

    Returns
    -------
    pandas.DataFrame
        period, label, spend, sales (minor units), value (the reading in force), other (the rival reading),
        target, whole (the last row), running; empty where nothing was spent.
    """
    force, rival = _readings(report)
    parts = steps(report)
    spans = [*parts, report.period] if parts != (report.period,) else list(parts)
    rows: list[dict[str, object]] = []
    for place, span in enumerate(spans):
        mine = measured(report, ROI, span.label, reading=force)
        row: dict[str, object] = {
            "period": span.label,
            "label": label_of(report, span),
            "spend": mine["denominator"],
            "sales": mine["numerator"],
        }
        row |= {"value": mine["value"], "other": measured(report, ROI, span.label, reading=rival)["value"]}
        row |= {"target": aim(report, ROI, span.label), "running": runs(report, span)}
        rows.append(row | {"whole": place == len(parts)})
    frame = pd.DataFrame(rows)
    return frame if frame["value"].notna().any() else frame.iloc[:0]


def roi(report: Report) -> Markup:
    """Show what advertising brought, step by step, against its target and under both readings."""
    text = report.locale.text
    heading = element("h2", text("report.roi.heading"))
    frame = roi_frame(report)
    if frame.empty:
        return block(heading, element("p", text("report.roi.none")))
    return block(heading, paragraphs([say_roi(report)]), _roi_table(report, frame))


def say_roi(report: Report) -> str:
    """Say what a unit of spend brought, against the target, in which step most, and by the other reading."""
    locale, frame = report.locale, roi_frame(report)
    if frame.empty:
        return locale.text("report.roi.none")
    last = frame.iloc[-1]
    figures = {"value": report.write(last["value"], ROI), "spend": locale.money(last["spend"])}
    figures["sales"] = locale.money(last["sales"])
    said = [locale.text("report.roi.value", period=last["label"], **figures)]
    if pd.isna(last["target"]):
        said.append(locale.text("report.roi.no_target"))
    else:
        rate = reached(report, ROI, last["value"], last["target"])
        code = "met" if rate >= 1 else "missed"
        target = report.write(last["target"], ROI)
        said.append(locale.text(f"report.roi.{code}", target=target, rate=locale.percent(rate)))
    said += [_say_best(report, frame), _say_rival(report, last)]
    return sentence_break(report).join(part for part in said if part)


def _say_best(report: Report, frame: pd.DataFrame) -> str:
    parts = frame[~frame["whole"]].dropna(subset=["value"]).sort_values("value", kind="stable")
    if len(parts) < 2:
        return ""
    worst, best = parts.iloc[0], parts.iloc[-1]
    return report.locale.text(
        "report.roi.range",
        best=best["label"], best_value=report.write(best["value"], ROI),
        worst=worst["label"], worst_value=report.write(worst["value"], ROI),
    )  # fmt: skip


def _say_rival(report: Report, row: pd.Series) -> str:
    if pd.isna(row["other"]) or pd.isna(row["value"]):
        return ""
    force, rival = (reading_name(report, name) for name in _readings(report))
    gap = row["other"] - row["value"]
    code = "same" if report.write(gap, ROI) == report.write(0.0, ROI) else "more" if gap > 0 else "less"
    figures = {} if code == "same" else {"gap": report.write(abs(gap), ROI)}
    other = report.write(row["other"], ROI)
    return report.locale.text(f"report.roi.rival_{code}", rival=rival, force=force, other=other, **figures)


def _readings(report: Report) -> tuple[str, str]:
    """Give the reading of ROI in force, and its rival."""
    force = report.policy.kpis[ROI].reading or "orders"
    return (force, "orders" if force == "platform" else "platform")


def _roi_table(report: Report, frame: pd.DataFrame) -> Table:
    text = report.locale.text
    force, rival = (reading_name(report, name) for name in _readings(report))
    heads = [text("report.step.period"), report.name_of("ad_spend"), text("report.roi.sales")]
    heads += [text("report.roi.by", kpi=report.name_of(ROI), reading=name) for name in (force, rival)]
    heads += [text("report.explanation.target"), text("report.explanation.attainment")]
    rows: list[list[Content]] = []
    for _, row in frame.iterrows():
        amounts = [report.locale.money(row[name]) for name in ("spend", "sales")]
        rates = [report.write(row[name], ROI) for name in ("value", "other", "target")]
        rate = reached(report, ROI, row["value"], row["target"])
        rows.append([row["label"], *amounts, *rates, attainment_mark(report, rate)])
    written = pd.DataFrame(rows, columns=heads)
    if frame["other"].isna().all():
        written = written.drop(columns=heads[4])
    return Table(text("report.roi.caption"), written, total=bool(frame["whole"].iloc[-1]))


def attainment_mark(report: Report, rate: float) -> Content:
    """Write an attainment, with a sign where it is below target."""
    if pd.isna(rate):
        return ABSENT
    written = report.locale.percent(rate)
    return written if rate >= 1 else element("span", f"▼ {written}", class_="bad")


# -- retention


def retention_frame(report: Report) -> pd.DataFrame:
    """Give the rates at which customers come back.

    Returns
    -------
    pandas.DataFrame
        One row per rate that has a value: kpi, label, value, numerator, denominator, target, year_before
        (both NaN for a rate that still grows as the period runs), company, few (rests on too few customers).
    """
    now, before = report.period.label, report.period.year_before().label
    rows: list[dict[str, object]] = []
    for kpi in RETENTION:
        if kpi not in report.policy.kpis:
            continue
        mine = measured(report, kpi, now)
        row: dict[str, object] = {"kpi": kpi, "label": report.name_of(kpi), "target": aim(report, kpi, now)}
        row |= {name: mine[name] for name in ("value", "numerator", "denominator")}
        row |= {"year_before": measured(report, kpi, before)["value"]}
        if _grows(report, kpi):
            row |= {"target": NAN, "year_before": NAN}
        row |= {"company": measured(report, kpi, now, unit="company")["value"]}
        rows.append(row | {"few": few(report, kpi, mine["n"])})
    frame = pd.DataFrame(rows)
    return frame.dropna(subset=["value"]).reset_index(drop=True) if len(frame) else frame


def _grows(report: Report, kpi: str) -> bool:
    """Say whether a rate is still on its way: who buys again in a month is known when the month is over."""
    return report.running and kpi == REPURCHASE


def retention(report: Report) -> Markup:
    """Show how many customers come back, against target and the year before."""
    text = report.locale.text
    heading = element("h2", text("report.retention.heading"))
    frame = retention_frame(report)
    if frame.empty:
        return block(heading, element("p", text("report.retention.none")))
    note = element("p", text("report.retention.note"), class_="note")
    return block(heading, paragraphs([say_retention(report)]), _retention_table(report, frame), note)


def say_retention(report: Report) -> str:
    """Say how many come back, whether that reaches the targets, how it changed, and what rests on few."""
    locale, frame = report.locale, retention_frame(report)
    if frame.empty:
        return locale.text("report.retention.none")
    said = [_say_rates(report, frame)]
    aimed = frame.dropna(subset=["target"])
    met = aimed["value"] >= aimed["target"]
    for code, rows in (("met", aimed[met]), ("missed", aimed[~met])):
        if len(rows):
            said.append(locale.text(f"report.retention.{code}", kpis=locale.listing(list(rows["label"]))))
    if aimed.empty:
        said.append(locale.text("report.retention.no_target"))
    if frame["year_before"].isna().all():
        said.append(locale.text("report.step.no_year_before"))
    growing = [report.name_of(kpi) for kpi in map(str, frame["kpi"]) if _grows(report, kpi)]
    said += [locale.text("report.retention.running", kpi=name) for name in growing]
    if frame["few"].any():
        names = locale.listing(list(frame.loc[frame["few"], "label"]))
        said.append(locale.text("report.step.few", kpis=names))
    return sentence_break(report).join(said)


def _say_rates(report: Report, frame: pd.DataFrame) -> str:
    locale = report.locale
    parts: list[str] = []
    for _, row in frame.iterrows():
        figures = {"kpi": row["label"], "value": report.write(row["value"], str(row["kpi"]))}
        if pd.isna(row["year_before"]):
            parts.append(locale.text("report.retention.rate", **figures))
        else:
            digits = share_digits(row["value"], row["year_before"])
            moved = locale.points(row["value"] - row["year_before"], digits)
            parts.append(locale.text("report.retention.moved", moved=moved, **figures))
    period = locale.period(report.period.label)
    return locale.text("report.retention.rates", period=period, parts=locale.listing(parts))


def _retention_table(report: Report, frame: pd.DataFrame) -> Table:
    text, number = report.locale.text, report.locale.number
    rows: list[list[Content]] = []
    for _, row in frame.iterrows():
        kpi = str(row["kpi"])
        rows.append(
            [
                row["label"],
                f"{number(row['numerator'])} ÷ {number(row['denominator'])}",
                with_few(report, report.write(row["value"], kpi), is_few=bool(row["few"])),
                report.write(row["target"], kpi),
                attainment_mark(report, reached(report, kpi, row["value"], row["target"])),
                report.write(row["year_before"], kpi),
                change(report, kpi, row["value"], row["year_before"]),
                report.write(row["company"], kpi),
            ]
        )
    heads = [text("report.funnel.indicator"), text("report.retention.customers"), text("report.funnel.value")]
    heads += [text(f"report.explanation.{name}") for name in ("target", "attainment")]
    heads += [text("chart.year_before"), text("report.step.change"), text("report.funnel.company")]
    return Table(text("report.retention.caption"), pd.DataFrame(rows, columns=heads))


def with_few(report: Report, written: str, *, is_few: bool) -> Content:
    """Mark a value that rests on too few observations."""
    if not is_few:
        return written
    return join([written, " ", element("span", report.locale.text("report.step.few_mark"), class_="note")])


# -- what customers are worth


def lifetime_frame(report: Report) -> pd.DataFrame:
    """Give what an acquired customer is worth, in all and by channel.

    Returns
    -------
    pandas.DataFrame
        The whole team first, then its channels, the most customers first: channel, label, customers,
        ltv, year_before (only if a whole year's customers of then can be followed), projected, cac (minor
        units; NaN where nothing was spent), times (ltv ÷ cac), few.
    """
    values = report.appraisal.kpis
    own = values[values["unit_id"].eq(report.team) & values["level"].eq("team")]
    now, before = report.period.label, report.period.year_before()
    found = {name: _by_channel(own, kpi, now) for name, kpi in _WORTH.items()}
    then = _by_channel(own, "ltv", before.label)
    found["year_before"] = then if followed_from(report, before) >= report.facts.first_day else then * NAN
    counted = own[own["kpi"].eq("ltv") & own["period"].eq(now)].set_index("channel")["denominator"]
    frame = pd.DataFrame(found | {"customers": counted.astype(float)}).dropna(subset=["ltv"])
    frame = frame.rename_axis("channel").reset_index()
    frame["cac"] = frame["cac"].where(frame["cac"] > 0)
    frame["times"] = frame["ltv"] / frame["cac"]
    frame["few"] = [few(report, "ltv", n) for n in frame["customers"]]
    frame["first"] = frame["channel"] != "all"
    ordered = frame.sort_values(["first", "customers", "channel"], ascending=[True, False, True])
    names = [_channel_label(report, code) for code in ordered["channel"]]
    return ordered.drop(columns="first").assign(label=names).reset_index(drop=True)


_WORTH = {"ltv": "ltv", "projected": "ltv_projected", "cac": "cac"}


def _by_channel(own: pd.DataFrame, kpi: str, period: str) -> pd.Series:
    rows = own[own["kpi"].eq(kpi) & own["period"].eq(period)]
    return rows.set_index("channel")["value"].astype(float)


def followed_from(report: Report, period: Period) -> date:
    """Give the first day on which the customers were won whose value a period tells (DATA §5)."""
    horizon = report.policy.kpis["ltv"].horizon_days or 0
    return add_months(min(period.last, report.last_day), -12) + timedelta(days=1 - horizon)


def _channel_label(report: Report, code: str) -> str:
    return report.locale.text("report.lifetime.all") if code == "all" else report.channel_name(code)


def lifetime(report: Report) -> Markup:
    """Show what acquired customers have brought and are expected to bring, against what each cost."""
    text = report.locale.text
    heading = element("h2", text("report.lifetime.heading"))
    frame = lifetime_frame(report)
    if frame.empty:
        return block(heading, element("p", text("report.lifetime.none")))
    said = [
        text("report.lifetime.note"),
        text("report.lifetime.cost_note") if frame["cac"].notna().any() else "",
    ]
    note = element("p", sentence_break(report).join(part for part in said if part), class_="note")
    return block(heading, paragraphs([say_lifetime(report)]), _lifetime_table(report, frame), note)


def say_lifetime(report: Report) -> str:
    """Say what a customer has brought, is expected to bring, and how often that covers what one costs."""
    locale, frame = report.locale, lifetime_frame(report)
    whole = frame[frame["channel"] == "all"]
    if whole.empty:
        return locale.text("report.lifetime.none")
    row, rules = whole.iloc[0], report.policy.kpis["ltv"]
    said = [locale.text("report.lifetime.value", days=rules.horizon_days, value=locale.money(row["ltv"]))]
    if followed_from(report, report.period) < report.facts.first_day:
        said.append(locale.text("report.lifetime.part", first=locale.date(report.facts.first_day)))
    if pd.isna(row["year_before"]):
        said.append(locale.text("report.lifetime.no_year_before"))
    elif row["year_before"] > 0:
        code = "up" if row["ltv"] >= row["year_before"] else "down"
        rate = locale.percent(abs(row["ltv"] / row["year_before"] - 1))
        said.append(locale.text(f"report.lifetime.{code}", rate=rate))
    if not pd.isna(row["projected"]):
        days = report.policy.kpis["ltv_projected"].horizon_days
        said.append(locale.text("report.lifetime.projected", days=days, value=locale.money(row["projected"])))
    if pd.isna(row["times"]):
        said.append(locale.text("report.lifetime.no_cost"))
    else:
        figures = {"cac": locale.money(row["cac"]), "times": locale.number(row["times"], 1)}
        said.append(locale.text("report.lifetime.times", **figures))
    return sentence_break(report).join([*said, *_say_channels(report, frame)])


def _say_channels(report: Report, frame: pd.DataFrame) -> list[str]:
    """Say in which paid channel a customer is worth most and least of its cost; small ones left out."""
    paid = frame[(frame["channel"] != "all") & ~frame["few"]].dropna(subset=["times"])
    if len(paid) < 2:
        return []
    ordered = paid.sort_values(["times", "channel"], ascending=[False, True])
    best, worst = ordered.iloc[0], ordered.iloc[-1]
    number = report.locale.number
    figures = {"best": best["label"], "best_times": number(best["times"], 1)}
    figures |= {"worst": worst["label"], "worst_times": number(worst["times"], 1)}
    return [report.locale.text("report.lifetime.channels", **figures)]


def _lifetime_table(report: Report, frame: pd.DataFrame) -> Table:
    text, money = report.locale.text, report.locale.money
    rows: list[list[Content]] = [
        [
            row["label"], report.locale.number(row["customers"]),
            with_few(report, money(row["ltv"]), is_few=bool(row["few"])),
            change(report, "ltv", row["ltv"], row["year_before"]), money(row["projected"]),
            money(row["cac"]), report.locale.number(row["times"], 1),
        ]
        for _, row in frame.iterrows()
    ]  # fmt: skip
    heads = [text("report.channels.channel"), text("report.lifetime.customers"), report.name_of("ltv")]
    heads += [text("report.funnel.year_before"), report.name_of("ltv_projected"), report.name_of("cac")]
    heads.append(text("report.lifetime.times_head"))
    return Table(text("report.lifetime.caption"), pd.DataFrame(rows, columns=heads))


__all__ = [
    "attainment_mark", "lifetime", "lifetime_frame", "retention", "retention_frame", "roi",
    "roi_frame", "say_lifetime", "say_retention", "say_roi", "with_few",
]  # fmt: skip
