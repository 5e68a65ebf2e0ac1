"""Who bought, new customers or returning ones, and what of the credit sales has been paid (§2.1)."""

from __future__ import annotations

import pandas as pd

from salesperf_lib.language import signed
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.emphasis import attainment_mark, with_few
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, paragraphs
from salesperf_lib.reports.movement import change
from salesperf_lib.reports.people import sentence_break
from salesperf_lib.reports.steps import NAN, aim, few, label_of, measured, reached, runs, steps

PARTS = {"new": "new_customer_sales", "returning": "returning_customer_sales", "net": "net_sales"}
COLLECTION = "collection_rate"


def split(report: Report) -> pd.DataFrame:
    """Split net sales into those to new and to returning customers, step by step.

    Returns
    -------
    pandas.DataFrame
        One row per step, and one for the whole period: period, label, new,
        returning, unknown (nobody knows whose), net (minor units; new + returning + unknown = net), share
        (of new), new_before, returning_before, net_before (a year before; NaN while it runs), whole,
        running. Empty where customers cannot be told apart.
    """
    parts = steps(report)
    spans = [*parts, report.period] if parts != (report.period,) else list(parts)
    rows: list[dict[str, object]] = []
    for place, span in enumerate(spans):
        then = span.year_before().label
        now = {name: measured(report, kpi, span.label)["value"] for name, kpi in PARTS.items()}
        before = {f"{name}_before": measured(report, kpi, then)["value"] for name, kpi in PARTS.items()}
        row: dict[str, object] = {
            "period": span.label,
            "label": label_of(report, span),
            "running": runs(report, span),
        }
        row |= now | (dict.fromkeys(before, NAN) if runs(report, span) else before)
        rows.append(row | {"whole": place == len(parts)})
    frame = pd.DataFrame(rows)
    frame["unknown"] = frame["net"] - frame["new"] - frame["returning"]
    frame["share"] = frame["new"] / frame["net"].where(frame["net"] > 0)
    return frame if frame[["new", "returning"]].notna().all(axis=1).any() else frame.iloc[:0]


def customers(report: Report) -> Markup:
    """Show how much came from new and how much from returning customers."""
    text = report.locale.text
    heading = element("h2", text("report.customers.heading"))
    frame = split(report)
    if frame.empty:
        return block(heading, element("p", text("report.customers.none")))
    return block(heading, paragraphs([say_customers(report)]), _split_table(report, frame))


def say_customers(report: Report) -> str:
    """Say what new and returning customers brought, and how that changed against the year before."""
    locale, frame = report.locale, split(report)
    if frame.empty:
        return locale.text("report.customers.none")
    row = frame.iloc[-1]
    rest = {"new_share": locale.percent(row["share"])}
    rest["returning_share"] = locale.percent(row["returning"] / row["net"] if row["net"] > 0 else NAN)
    amounts = {name: locale.money(row[name]) for name in PARTS}
    said = [locale.text("report.customers.split", period=row["label"], **amounts, **rest)]
    if abs(row["unknown"]) >= 1:
        said.append(locale.text("report.customers.unknown", amount=locale.money(row["unknown"])))
    said.append(_say_moved(report, row))
    return sentence_break(report).join(part for part in said if part)


def _say_moved(report: Report, row: pd.Series) -> str:
    locale = report.locale
    if row["running"]:
        return ""
    if pd.isna(row["new_before"]) or pd.isna(row["returning_before"]):
        return locale.text("report.step.no_year_before")
    moved = {name: signed(locale.money(row[name] - row[f"{name}_before"])) for name in ("new", "returning")}
    then = row["new_before"] / row["net_before"] if row["net_before"] > 0 else NAN
    shares = {"now": locale.percent(row["share"]), "then": locale.percent(then)}
    return locale.text("report.customers.moved", **moved, **shares)


def _split_table(report: Report, frame: pd.DataFrame) -> Table:
    """Write amounts to the last digit, so that they add up along rows and columns."""
    text, full = report.locale.text, report.locale.money_in_full
    unknown = bool((frame["unknown"].abs() >= 1).any())
    rows: list[list[Content]] = []
    for _, row in frame.iterrows():
        extra = [full(row["unknown"])] if unknown else []
        moved = [
            change(report, kpi, row[name], row[f"{name}_before"])
            for name, kpi in PARTS.items()
            if name != "net"
        ]
        amounts = [full(row["net"]), full(row["new"]), full(row["returning"]), *extra]
        rows.append([row["label"], *amounts, report.locale.percent(row["share"]), *moved])
    heads = [
        text("report.step.period"),
        *(report.name_of(PARTS[name]) for name in ("net", "new", "returning")),
    ]
    heads += [text("report.customers.unknown_head")] if unknown else []
    heads.append(text("report.customers.share"))
    heads += [text(f"report.customers.{name}_moved") for name in ("new", "returning")]
    caption = text("report.customers.caption")
    return Table(caption, pd.DataFrame(rows, columns=heads), total=bool(frame["whole"].iloc[-1]))


# -- collection


def due(report: Report) -> pd.DataFrame:
    """Give what of the credit sales was due, paid, and is still out, step by step.

    Returns
    -------
    pandas.DataFrame
        One row per step with amounts due, and one for the whole period:
        period, label, due, collected, outstanding (minor units), rate, n (orders), target, few, whole,
        running.
    """
    parts = steps(report)
    spans = [*parts, report.period] if parts != (report.period,) else list(parts)
    rows: list[dict[str, object]] = []
    for place, span in enumerate(spans):
        found = measured(report, COLLECTION, span.label)
        row: dict[str, object] = {
            "period": span.label,
            "label": label_of(report, span),
            "running": runs(report, span),
        }
        row |= {"due": found["denominator"], "collected": found["numerator"], "rate": found["value"]}
        row |= {"n": found["n"], "target": aim(report, COLLECTION, span.label), "whole": place == len(parts)}
        rows.append(row | {"few": few(report, COLLECTION, found["n"])})
    frame = pd.DataFrame(rows)
    frame["outstanding"] = frame["due"] - frame["collected"]
    return frame.dropna(subset=["rate"]).reset_index(drop=True)


def collection(report: Report) -> Markup:
    """Show what was due on credit sales, what was paid, and what is still out."""
    text = report.locale.text
    heading = element("h2", text("report.collection.heading"))
    frame = due(report)
    if frame.empty:
        return block(heading, element("p", text("report.collection.none")))
    return block(heading, paragraphs([say_collection(report)]), _due_table(report, frame))


def say_collection(report: Report) -> str:
    """Say what was due, what was paid, what is still out and since when, and where the target stands."""
    locale, frame = report.locale, due(report)
    if frame.empty:
        return locale.text("report.collection.none")
    row = frame.iloc[-1]
    amounts = {name: locale.money(row[name]) for name in ("due", "collected", "outstanding")}
    rate = report.write(row["rate"], COLLECTION)
    code = "all" if row["outstanding"] < 1 else "some"
    if code == "all":
        del amounts["outstanding"], amounts["collected"]
    said = [
        locale.text(
            f"report.collection.{code}",
            period=row["label"],
            count=locale.number(row["n"]),
            **amounts,
            rate=rate,
        )
    ]
    if pd.isna(row["target"]):
        said.append(locale.text("report.collection.no_target"))
    else:
        target = report.write(row["target"], COLLECTION)
        aimed = "met" if row["rate"] >= row["target"] else "missed"
        more = {} if aimed == "met" else {"gap": locale.money(row["target"] * row["due"] - row["collected"])}
        said.append(locale.text(f"report.collection.{aimed}", target=target, **more))
    said += _say_most(report, frame)
    if row["few"]:
        said.append(locale.text("report.step.few", kpis=report.name_of(COLLECTION)))
    return sentence_break(report).join(said)


def _say_most(report: Report, frame: pd.DataFrame) -> list[str]:
    parts = frame[~frame["whole"] & (frame["outstanding"] >= 1)]
    if len(parts) < 2:
        return []
    most = parts.sort_values(["outstanding", "period"], ascending=[False, True]).iloc[0]
    amount = report.locale.money(most["outstanding"])
    return [report.locale.text("report.collection.most", period=most["label"], amount=amount)]


def _due_table(report: Report, frame: pd.DataFrame) -> Table:
    text, full = report.locale.text, report.locale.money_in_full
    rows: list[list[Content]] = [
        [
            row["label"], report.locale.number(row["n"]), full(row["due"]), full(row["collected"]),
            full(row["outstanding"]),
            with_few(report, report.write(row["rate"], COLLECTION), is_few=bool(row["few"])),
            report.write(row["target"], COLLECTION),
            attainment_mark(report, reached(report, COLLECTION, row["rate"], row["target"])),
        ]
        for _, row in frame.iterrows()
    ]  # fmt: skip
    heads = [text("report.step.period")]
    heads += [text(f"report.collection.{name}") for name in ("orders", "due", "collected", "outstanding")]
    heads += [report.name_of(COLLECTION)]
    heads += [text(f"report.explanation.{name}") for name in ("target", "attainment")]
    caption = text("report.collection.caption")
    return Table(caption, pd.DataFrame(rows, columns=heads), total=bool(frame["whole"].iloc[-1]))
