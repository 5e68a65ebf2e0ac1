"""Why a target is what it is, how hard it is, and what an outside shock would make of it (§1.2, §3.1)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError
from salesperf_lib.language import ABSENT, signed
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, folded, paragraphs
from salesperf_lib.reports.people import sentence_break
from salesperf_lib.reports.target_book import COMPANY, SALES, UNASSIGNED, TargetBook, expected
from salesperf_lib.targets import difficulty as hardness
from salesperf_lib.targets.calibration import historical_caps, propose
from salesperf_lib.targets.explanation import AMENDMENT, explain_wide
from salesperf_lib.targets.outlook import forecasts

SHOCK = 0.30
FEW = 25
"""Units that a figure can still tell apart."""
UNSEEN = 5e-5
"""Part of a target below which a step is told in the table alone."""
NOT_STEPS = ("period", "level", "unit_id", "team_id", "target", "basis")


def season_days(book: TargetBook) -> pd.DataFrame:
    """Give the unit's days for `charts.season`; empty where the volume has no daily season."""
    columns = ["date", "share", "baseline", "promotion", "phase", "borrowed", "lender"]
    seasons = book.made.seasons.get(book.main)
    unit = (book.level, book.report.team)
    if seasons is None or unit not in seasons.plain.columns:
        return pd.DataFrame(columns=columns)
    days = pd.DatetimeIndex(seasons.plain.index)
    english = book.report.lang != "zh"
    names = np.full(len(days), "", object)
    for one in book.report.policy.promotions:
        inside = (days >= pd.Timestamp(one.first)) & (days <= pd.Timestamp(one.last))
        names[inside] = one.en if english else one.zh
    return pd.DataFrame(
        {
            "date": days,
            "share": seasons.plain[unit].to_numpy(float),
            "baseline": seasons.baseline[unit].to_numpy(float),
            "promotion": names,
            "phase": "",
            "borrowed": 1.0 - seasons.own.get(unit, 0.0),
            "lender": book.report.policy.company.name.of(book.report.lang),
        }
    )


def say_season(book: TargetBook) -> str:
    """Say how much of the year promotions bring, and what was borrowed."""
    days, locale = season_days(book), book.report.locale
    if days.empty:
        return locale.text("target_book.season.none")
    uplift = float((days["share"] - days["baseline"]).clip(lower=0).sum())
    borrowed = float(days["borrowed"].iloc[0])
    first = locale.text("target_book.season.said", share=locale.percent(uplift))
    second = (
        locale.text("target_book.season.borrowed", share=locale.percent(borrowed, 0)) if borrowed > 0 else ""
    )
    return sentence_break(book.report).join(part for part in (first, second) if part)


def difficulty(book: TargetBook) -> Markup:
    """Show how hard the number is: base, target and stretch with their chances, flags, people, padding."""
    locale = book.report.locale
    heading = element("h2", locale.text("target_book.difficulty.heading"))
    if not book.main:
        return block(heading, paragraphs([locale.text("target_book.tree.none")]))
    said = [say_flags(book), _say_people(book), _say_padding(book)]
    return block(heading, paragraphs(said), _levels(book))


def say_flags(book: TargetBook) -> str:
    """Say of the chosen month's targets of the unit's parts how many are hard and how many are easy."""
    rows = _month_rows(book)
    flags = hardness.flags(rows, book.report.policy)
    told = rows["p_hit"].dropna()
    if told.empty:
        return book.report.locale.text("target_book.difficulty.none")
    counts = {name: int((flags["flag"] == name).sum()) for name in ("hard", "easy")}
    low, high = (book.report.locale.percent(value, 0) for value in (told.min(), told.max()))
    period = book.report.locale.period(book.month.label)
    text = book.report.locale.text("difficulty.alt", n=len(told), low=low, high=high, **counts)
    return book.report.locale.text("target_book.difficulty.of", period=period) + text


def _month_rows(book: TargetBook) -> pd.DataFrame:
    """Take the chosen month's targets of what the unit is made of, without what is nobody's."""
    rows = book.rows[(book.rows["kpi"] == book.main) & (book.rows["period"] == book.month.label)]
    level = "person" if book.level == "team" else "team"
    return rows[(rows["level"] == level) & ~rows["unit_id"].str.startswith(UNASSIGNED)]


def _say_people(book: TargetBook) -> str:
    share = expected(book)
    if pd.isna(share):
        return ""
    return book.report.locale.text("difficulty.expected_share", share=book.report.locale.percent(share, 0))


def _say_padding(book: TargetBook) -> str:
    padding = book.report.policy.targets.padding
    total = hardness.total_hedge((padding.group, padding.team, padding.person))
    if not total:
        return book.report.locale.text("target_book.difficulty.no_padding")
    return book.report.locale.text("difficulty.padding", share=book.report.locale.percent(total))


def _levels(book: TargetBook) -> Table:
    """List base, target and stretch of the shown periods with the chance of each."""
    report, locale = book.report, book.report.locale
    own = book.rows[(book.rows["level"] == book.level) & (book.rows["unit_id"] == report.team)]
    own = own[(own["kpi"] == book.main) & own["period"].isin(book.shown)]
    means = forecasts(book.made, report.policy)
    found = hardness.levels(own, means, report.policy).set_index("period").reindex(book.shown)
    rows = [
        [
            locale.period(str(label)),
            *(_with_chance(book, row[name], row[chance]) for name, chance in _LEVELS.items()),
            _flag(book, row["p_hit"]),
        ]
        for label, row in found.iterrows()
    ]
    heads = [locale.text(f"target_book.level.{name}") for name in ("period", *_LEVELS, "flag")]
    caption = locale.text("target_book.level.caption", kpi=report.name_of(book.main))
    return Table(caption, pd.DataFrame(rows, columns=heads), words=(0, 4))


_LEVELS = {"base": "p_base", "target": "p_hit", "stretch": "p_stretch"}


def _with_chance(book: TargetBook, amount: float, chance: float) -> str:
    written = book.report.write(amount, book.main)
    if pd.isna(chance):
        return written
    return book.report.locale.text(
        "target_book.level.cell", amount=written, p=book.report.locale.percent(chance, 0)
    )


def _flag(book: TargetBook, chance: float) -> Content:
    rules = book.report.policy.targets
    if pd.isna(chance):
        return ABSENT
    code = "hard" if chance < rules.hard_below else "easy" if chance > rules.easy_above else ""
    return (
        book.report.locale.text(f"difficulty.flag.{code}")
        if code
        else book.report.locale.text("target_book.level.fair")
    )


def chances(book: TargetBook) -> pd.DataFrame:
    """Give label and p_hit of the unit's parts in the chosen month, for `charts.chances`."""
    rows = _month_rows(book) if book.main else book.rows.iloc[:0]
    labels = [book.name_of(part) for part in zip(rows["level"], rows["unit_id"], strict=True)]
    return pd.DataFrame({"label": labels, "p_hit": rows["p_hit"].to_numpy(float)}).head(FEW)


def steps(book: TargetBook) -> pd.DataFrame:
    """Give the steps of the chosen month's target for `charts.target_steps`: label, amount, kind."""
    wide = _wide(book)
    row = _own(book, wide, book.month.label)
    names = _names(wide)
    if row is None:
        return pd.DataFrame(columns=["label", "amount", "kind"])
    seen = abs(float(row["target"])) * UNSEEN
    rows = [(step_name(book, name), float(row[name]), "step") for name in names if abs(row[name]) > seen]
    rows = [(label, amount, kind if i else "start") for i, (label, amount, kind) in enumerate(rows)]
    end = book.report.locale.text("target_book.step.target")
    return pd.DataFrame([*rows, (end, float(row["target"]), "end")], columns=["label", "amount", "kind"])


def _wide(book: TargetBook) -> pd.DataFrame:
    return explain_wide(book.made, book.main) if book.main else pd.DataFrame(columns=list(NOT_STEPS))


def _names(wide: pd.DataFrame) -> list[str]:
    return [str(name) for name in wide.columns if name not in NOT_STEPS]


def _own(book: TargetBook, wide: pd.DataFrame, period: str) -> pd.Series | None:
    own = (wide["level"] == book.level) & (wide["unit_id"] == book.report.team) & (wide["period"] == period)
    return wide[own].iloc[0] if own.any() else None


def step_name(book: TargetBook, name: str) -> str:
    """Name a step in the reader's words."""
    locale = book.report.locale
    if name.startswith(AMENDMENT):
        return locale.text("target_book.step.amendment", period=locale.period(name.removeprefix(AMENDMENT)))
    key = f"target_book.step.{name}"
    return locale.text(f"{key}.company" if name == "equal" and book.level == COMPANY else key)


def step_title(book: TargetBook) -> str:
    """Give the title of the steps' figure: whose target of which month."""
    return f"{book.report.team_name} · {book.report.locale.period(book.month.label)}"


def say_steps(book: TargetBook) -> str:
    """Read the steps of the chosen month's target in words."""
    frame, locale = steps(book), book.report.locale
    if frame.empty:
        return locale.text("target_book.tree.none")
    moved = [
        locale.text("target_book.why.step", step=label, amount=signed(book.report.write(amount, book.main)))
        for label, amount, kind in zip(
            frame["label"], frame["amount"].astype(float), frame["kind"], strict=True
        )
        if kind == "step"
    ]
    said = {
        "period": locale.period(book.month.label),
        "start": book.report.write(frame["amount"].iloc[0], book.main),
        "first": frame["label"].iloc[0],
        "steps": locale.listing(moved),
        "target": book.report.write(frame["amount"].iloc[-1], book.main),
    }
    return locale.text("target_book.why.said" if moved else "target_book.why.plain", **said)


def why(book: TargetBook) -> Markup:
    """Show the steps of every month's target, and folded those of each part in the chosen month."""
    locale = book.report.locale
    heading = element("h2", locale.text("target_book.why.heading"))
    wide = _wide(book)
    if _own(book, wide, book.month.label) is None:
        return block(heading, paragraphs([locale.text("target_book.tree.none")]))
    basis = book.basis(str(book.cells.loc[(book.main, book.month.label), "basis"]))
    said = [say_steps(book), locale.text("target_book.why.basis", basis=basis), *_step_meanings(book, wide)]
    months = [one.label for one in (*book.year.months(), *book.year.children("quarter"), book.year)]
    rows = [(locale.period(label), _own(book, wide, label)) for label in months]
    first = locale.text("target_book.period")
    caption = locale.text("target_book.why.months")
    parts = _parts_rows(book, wide)
    title = locale.text("target_book.why.parts", period=locale.period(book.month.label))
    body = (
        []
        if not parts
        else [folded(title, _step_table(book, title, wide, parts, locale.text("target_book.unit")))]
    )
    return block(heading, paragraphs(said), _step_table(book, caption, wide, rows, first, total=True), *body)


def _step_meanings(book: TargetBook, wide: pd.DataFrame) -> list[Content]:
    """Say what the steps mean that the unit has."""
    own = wide[(wide["level"] == book.level) & (wide["unit_id"] == book.report.team)]
    names = [name for name in _names(wide) if own[name].any() and not name.startswith(AMENDMENT)]
    kind = "company" if book.level == COMPANY else "part"
    told = [book.report.locale.text(f"target_book.meaning.{name}.{kind}") for name in names]
    return [element("span", sentence_break(book.report).join(told), class_="note")]


def _parts_rows(book: TargetBook, wide: pd.DataFrame) -> list[tuple[str, pd.Series | None]]:
    rows = wide[wide["period"] == book.month.label]
    if book.level == "team":
        rows = rows[(rows["level"] == "person") & (rows["team_id"] == book.report.team)]
    else:
        rows = rows[rows["level"].isin(["group", "team"])]
    return [(book.name_of((str(row["level"]), str(row["unit_id"]))), row) for _, row in rows.iterrows()]


def _step_table(
    book: TargetBook,
    caption: str,
    wide: pd.DataFrame,
    rows: list[tuple[str, pd.Series | None]],
    first: str,
    *,
    total: bool = False,
) -> Table:
    """Lay steps out, one row per target, in one unit of money so that the eye can add."""
    locale = book.report.locale
    kept = [(label, row) for label, row in rows if row is not None]
    money = book.report.policy.kpis[book.main].unit == "money"
    size, unit = locale.money_unit(max(float(row["target"]) for _, row in kept)) if money else (1, "")
    digits = 2 if size > 1 else 0
    names = [
        name for name in _names(wide) if any(abs(row[name]) / size >= 0.5 / 10**digits for _, row in kept)
    ]
    written = [
        [
            label,
            *(locale.number(row[name] / size, digits) for name in names[:1]),
            *(signed(locale.number(row[name] / size, digits)) for name in names[1:]),
            locale.number(row["target"] / size, digits),
        ]
        for label, row in kept
    ]  # fmt: skip
    heads = [first, *(step_name(book, name) for name in names)]
    heads.append(locale.text("target_book.step.target"))
    said = locale.text("target_book.why.unit", caption=caption, unit=unit) if unit else caption
    return Table(said, pd.DataFrame(written, columns=heads), total=total)


def rates(book: TargetBook) -> Markup:
    """Show the unit's rates in the chosen month and the year: target, levels, chance and basis."""
    report, locale = book.report, book.report.locale
    heading = element("h2", locale.text("target_book.rates.heading"))
    names = [kpi for kpi in report.policy.kpis if report.policy.kpis[kpi].kind == "rate"]
    rows = [
        [
            report.name_of(kpi),
            *(
                report.write(book.target(kpi, book.month.label, column), kpi)
                for column in ("target", "base", "stretch")
            ),
            locale.percent(book.target(kpi, book.month.label, "p_hit"), 0),
            book.basis(str(book.cells.loc[(kpi, book.month.label), "basis"])),
        ]
        for kpi in names
        if (kpi, book.month.label) in book.cells.index
    ]
    if not rows:
        return block(heading, paragraphs([locale.text("target_book.rates.none")]))
    levels = [locale.text(f"target_book.level.{name}") for name in ("target", "base", "stretch", "p")]
    heads = [locale.text("target_book.kpi"), *levels, locale.text("target_book.basis")]
    caption = locale.text(
        "target_book.rates.caption", period=locale.period(book.month.label), count=len(rows)
    )
    return block(
        heading, paragraphs([locale.text("target_book.rates.said")]),
        folded(caption, Table(caption, pd.DataFrame(rows, columns=heads), words=(0, 5))),
    )  # fmt: skip


def alternatives(book: TargetBook) -> pd.DataFrame:
    """Give what a price of new customers 30 % higher would make of the chosen month; empty if unknown.

    Returns
    -------
    DataFrame
        As `salesperf_lib.targets.calibration.propose` gives it. Leads are the unit's target of the
        first volume of the calibration rules, order value its target; conversion is what makes their
        product the sales target.
    """
    rules, month = book.report.policy.targets.calibration, book.month.label
    sales, value = book.target(SALES, month), book.target(rules.order_value, month)
    leads = book.target(rules.volumes[0], month) if rules.volumes else float("nan")
    if not (sales > 0 and value > 0 and leads > 0):
        return pd.DataFrame()
    values = book.report.appraisal.kpis
    own = values[
        (values["level"] == book.level)
        & (values["unit_id"] == book.report.team)
        & (values["channel"] == "all")
    ]
    caps = {kpi: cap for kpi, cap in historical_caps(own.assign(level=COMPANY), rules).items() if cap > 0}
    found = {kpi: book.target(kpi, month) for kpi in rules.rates}
    held = {kpi: rate for kpi, rate in found.items() if rate > 0}
    kept = {kpi: cap for kpi, cap in caps.items() if kpi in held}
    try:
        return propose(SHOCK, leads, sales / (leads * value), value, rules, kept, rates=held or None)
    except DataError:  # a target that no shock can be worked out on
        return pd.DataFrame()


def what_if(book: TargetBook) -> Markup:
    """Answer: what if acquisition gets 30 % dearer, with the budget as it is."""
    report, locale = book.report, book.report.locale
    shock = locale.percent(SHOCK, 0)
    heading = element("h2", locale.text("target_book.what_if.heading", shock=shock))
    rows = alternatives(book)
    if rows.empty:
        return block(heading, paragraphs([locale.text("target_book.what_if.none")]))
    volume = report.policy.targets.calibration.volumes[0]
    kpis = {"leads": volume, "order_value": report.policy.targets.calibration.order_value, "sales": SALES}
    body = [_alternative(book, row, kpis) for _, row in rows.iterrows()]
    names = ("alternative", "leads", "conversion", "order_value", "sales", "gap", "capped")
    heads = [locale.text(f"target_book.what_if.{name}") for name in names]
    caption = locale.text("target_book.what_if.caption", period=locale.period(book.month.label), shock=shock)
    table = Table(caption, pd.DataFrame(body, columns=heads), words=(0, 6))
    return block(
        heading,
        paragraphs([say_what_if(book)]),
        table,
        paragraphs([locale.text("target_book.what_if.note")], "note"),
    )


def _alternative(book: TargetBook, row: pd.Series, kpis: dict[str, str]) -> list[Content]:
    report, locale = book.report, book.report.locale

    def told(name: str, written: str) -> str:
        change = float(row[f"{name}_factor"]) - 1
        if abs(change) < 5e-4:
            return written
        return locale.text("target_book.what_if.cell", value=written, change=signed(locale.percent(change)))

    amounts = {name: round(row[name]) for name in kpis}
    capped = len([kpi for kpi in str(row["capped"]).split(",") if kpi])
    gap = locale.text(
        "target_book.what_if.cell",
        value=locale.money(round(row["unfunded_gap"])),
        change=locale.percent(row["unfunded_share"]),
    )
    return [
        locale.text(f"calibration.alternative.{row['alternative']}"),
        told("leads", report.write(amounts["leads"], kpis["leads"])),
        told("conversion", locale.number(row["conversion"], 2)),
        told("order_value", report.write(amounts["order_value"], kpis["order_value"])),
        told("sales", report.write(amounts["sales"], kpis["sales"])),
        gap if abs(row["unfunded_share"]) > 5e-4 else "0",
        locale.text("target_book.what_if.held", count=capped) if capped else ABSENT,
    ]


def say_what_if(book: TargetBook) -> str:
    """Say in words what the rule of the policy would make of the chosen month."""
    rows, locale = alternatives(book), book.report.locale
    if rows.empty:
        return locale.text("target_book.what_if.none")
    by_name = rows.set_index("alternative")
    rule, value = by_name.loc["rule"].to_dict(), by_name.loc["order_value"].to_dict()
    leads = book.report.policy.targets.calibration.volumes[0]
    names = [book.report.name_of(kpi) for kpi in str(rule["capped"]).split(",") if kpi]
    first = locale.text(
        "target_book.what_if.said",
        shock=locale.percent(SHOCK, 0),
        period=locale.period(book.month.label),
        leads=book.report.write(round(float(rule["leads"])), leads),
        before=book.report.write(book.target(leads, book.month.label), leads),
        conversion=locale.percent(rule["conversion_factor"] - 1),
        asked=locale.percent(rule["rate_factor"] - 1),
        gap=locale.money(round(rule["unfunded_gap"])),
        share=locale.percent(rule["unfunded_share"]),
        value=locale.percent(value["order_value_factor"] - 1),
    )
    capped = locale.text("target_book.what_if.capped_said", rates=locale.listing(names)) if names else ""
    return sentence_break(book.report).join(part for part in (first, capped) if part)
