"""What moved: the last periods, traffic → conversion → value, the causes, the channels (§1.1, §1.5)."""

from __future__ import annotations

import re
from typing import Literal

import pandas as pd

from salesperf_lib.language import ABSENT, share_digits, signed
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, join, paragraphs
from salesperf_lib.reports.people import sentence_break

STAGES: dict[str, tuple[str, ...]] = {
    "traffic": ("visits", "qualified_traffic_share", "acquired_customers", "ad_spend", "cac", "channel_roi"),
    "conversion": (
        "visit_conversion_rate",
        "product_page_conversion_rate",
        "campaign_page_conversion_rate",
        "live_conversion_rate",
        "inquiry_conversion_rate",
        "private_domain_repurchase_rate",
    ),
    "value": ("orders", "aov", "refund_rate", "net_sales", "new_customer_sales", "returning_customer_sales"),
}
CHAIN = ("visits", "visit_conversion_rate", "orders", "aov", "net_sales")


def trend(report: Report) -> pd.DataFrame:
    """Give the last periods' net sales.

    Returns
    -------
    pandas.DataFrame
        One row per period of the report's kind, in order: period, actual, target, year_before
        (minor units, NaN where absent), running.
    """
    return report.trend


def say_trend(report: Report) -> str:
    """Say how often the target was reached, and the best and weakest period; a running one is no match."""
    rows = trend(report).dropna(subset=["actual"])
    rows = rows[~rows["running"]]
    locale = report.locale
    if rows.empty:
        return locale.text("report.trend.none")
    ordered = rows.sort_values("actual", kind="stable")
    worst, best = ordered.iloc[0], ordered.iloc[-1]
    said = {
        "best": locale.period(best["period"]),
        "best_amount": locale.money(best["actual"]),
        "worst": locale.period(worst["period"]),
        "worst_amount": locale.money(worst["actual"]),
    }
    aimed = rows.dropna(subset=["target"])
    if aimed.empty:
        return locale.text("report.trend.range", months=len(rows), **said)
    reached = int((aimed["actual"] >= aimed["target"]).sum())
    return locale.text("report.trend.reached", months=len(aimed), reached=reached, **said)


def movement(report: Report) -> Markup:
    """Show what moved: the chain from visits to sales, and every indicator of the three stages."""
    heading = element("h2", report.locale.text("report.movement.heading"))
    said = paragraphs([say_change(report), say_trend(report)])
    return block(heading, said, _chain(report), _funnel_table(report))


def gap(report: Report) -> pd.DataFrame:
    """Give the change of net sales against the year before, cause by cause, adding up exactly.

    Returns
    -------
    pandas.DataFrame
        In order: label, amount (minor units), kind (``from``, ``effect``, ``to``); empty where
        either period sold nothing.
    """
    now, before = _value(report, "net_sales"), _value(report, "net_sales", _year_before(report))
    columns = ["label", "amount", "kind"]
    if report.effects.empty:
        return pd.DataFrame(columns=columns)
    effects = [
        (report.locale.text(f"report.gap.{driver}"), float(effect), "effect")
        for driver, effect in zip(report.effects["driver"], report.effects["effect"], strict=True)
    ]
    first = (report.locale.period(_year_before(report)), before, "from")
    last = (report.locale.period(report.period.label), now, "to")
    return pd.DataFrame([first, *effects, last], columns=columns)


def say_change(report: Report, *, briefly: bool = False) -> str:
    """Say how net sales changed against the year before, and from which causes; briefly, the main one."""
    now, before = _value(report, "net_sales"), _value(report, "net_sales", _year_before(report))
    locale, text = report.locale, report.locale.text
    if report.running:
        return text("report.change.running")
    if pd.isna(now) or pd.isna(before):
        return text("report.change.unavailable")
    difference = now - before
    direction = "level" if difference == 0 else "up" if difference > 0 else "down"
    said = {"reference": locale.period(_year_before(report))}
    if direction != "level":
        said["amount"] = locale.money(abs(difference))
        said["rate"] = signed(locale.percent(difference / before if before else None))
    effects = report.effects
    if effects.empty:
        return text(f"report.change.{direction}", **said) + text("report.change.end")
    main = int(effects["effect"].abs().argmax())
    cause = text(f"report.cause.{effects['driver'].iloc[main]}")
    if briefly:
        amount = signed(locale.money(effects["effect"].iloc[main]))
        told = text("report.change.briefly", driver=cause, amount=amount)
        return text(f"report.change.{direction}", **said) + told
    parts = [
        text("report.change.part", driver=text(f"report.cause.{driver}"), amount=signed(locale.money(effect)))
        for driver, effect in zip(effects["driver"], effects["effect"], strict=True)
    ]
    listed = text("report.change.parts", parts=locale.listing(parts))
    closing = text("report.change.mainly", driver=cause)
    return text(f"report.change.{direction}", **said) + listed + sentence_break(report) + closing


def change(report: Report, kpi: str, now: float, before: float) -> Content:
    """Write how an indicator changed, marked by sign and by whether that is good."""
    known = report.policy.kpis[kpi]
    if pd.isna(now) or pd.isna(before) or (report.running and known.kind == "volume"):
        return ABSENT
    if known.unit == "share":
        difference = now - before
        written = report.locale.points(difference, share_digits(now, before))
    elif before > 0:
        difference = now / before - 1
        written = signed(report.locale.percent(difference))
    else:
        return ABSENT
    if not re.search("[1-9]", written):  # a change too small to be seen has no direction
        return f"± {written}"
    arrow = "▲ " if difference > 0 else "▼ "
    return element("span", arrow, written, class_=_tone(known.direction, difference))


def _chain(report: Report) -> Markup:
    """Write visits × conversion = orders, × net sales per order = net sales, each with its change."""
    now, before = _steps(report, report.period.label), _steps(report, _year_before(report))
    if any(pd.isna(value) for value in now.values()):
        return Markup("")
    signs = ("", "×", "=", "×", "=")
    steps = (_step(report, kpi, sign, now[kpi], before[kpi]) for kpi, sign in zip(CHAIN, signs, strict=True))
    reference = report.locale.text(
        "report.chain.reference", period=report.locale.period(_year_before(report))
    )
    return join([element("div", *steps, class_="chain"), element("p", reference, class_="note")])


def _steps(report: Report, period: str) -> dict[str, float]:
    """Give the factors of net sales, whose product it is exactly."""
    visits, orders, sales = (_value(report, kpi, period) for kpi in ("visits", "orders", "net_sales"))
    rate = orders / visits if visits else float("nan")
    each = sales / orders if orders else float("nan")
    return dict(zip(CHAIN, (visits, rate, orders, each, sales), strict=True))


def _step(report: Report, kpi: str, sign: str, now: float, before: float) -> Markup:
    own_name = kpi == "aov"  # net sales per order counts refunded orders too, the indicator does not
    name = report.locale.text("report.chain.per_order") if own_name else report.name_of(kpi)
    body = [
        element("span", name, class_="label"),
        element("strong", report.write(now, kpi)),
        element("span", change(report, kpi, now, before), class_="moved"),
    ]
    return join([element("span", sign, class_="sign") if sign else "", element("div", *body, class_="step")])


def _funnel_table(report: Report) -> Table:
    text = report.locale.text
    rows: list[list[Content]] = []
    headed: list[int] = []
    for stage, names in STAGES.items():
        shown = [kpi for kpi in names if kpi in report.policy.kpis and not pd.isna(_value(report, kpi))]
        if shown:
            headed.append(len(rows))
            rows.append([text(f"report.stage.{stage}"), "", "", "", ""])
            rows += [_indicator(report, kpi) for kpi in shown]
    heads = [
        text(f"report.funnel.{name}") for name in ("indicator", "value", "previous", "year_before", "company")
    ]
    caption = text("report.funnel.caption")
    return Table(caption, pd.DataFrame(rows, columns=heads), headed=tuple(headed))


def _indicator(report: Report, kpi: str) -> list[Content]:
    now = _value(report, kpi)
    previous = _value(report, kpi, report.period.shift(-1).label)
    before = _value(report, kpi, _year_before(report))
    return [
        report.name_of(kpi),
        report.write(now, kpi),
        change(report, kpi, now, previous),
        change(report, kpi, now, before),
        report.write(_value(report, kpi, unit="company"), kpi),
    ]


def _value(report: Report, kpi: str, period: str = "", unit: Literal["", "company"] = "") -> float:
    """Look up one value of the history; NaN where there is none."""
    return report.history.get((period or report.period.label, unit or report.team, "all", kpi), float("nan"))


def _year_before(report: Report) -> str:
    return report.period.year_before().label


def _tone(direction: str, difference: float) -> str:
    if direction == "none":
        return ""
    return "good" if (difference > 0) == (direction == "higher") else "bad"
