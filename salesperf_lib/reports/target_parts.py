"""Parts, calendar and history of a target book (§1.2, §1.3, §3.1)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.language import ABSENT, signed
from salesperf_lib.periods import Period
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, join, paragraphs
from salesperf_lib.reports.target_book import UNASSIGNED, TargetBook, phase_name
from salesperf_lib.targets import Unit


def tree(book: TargetBook) -> Markup:
    """Show what the number is made of: the company's groups and teams, or the team's own people."""
    locale = book.report.locale
    heading = element("h2", locale.text(f"target_book.tree.{book.level}"))
    if not book.amounts:
        return block(heading, paragraphs([locale.text("target_book.tree.none")]))
    whole = (book.level, book.report.team)
    year, month = book.year.label, book.month.label
    known = {key[:2] for key in book.amounts}
    rows = [_tree_row(book, part, whole) for part in (whole, *book.parts) if part in known]
    heads = [
        locale.text("target_book.unit"), *(locale.period(label) for label in book.shown),
        locale.text("target_book.share", period=locale.period(year)),
        locale.text("target_book.chance", period=locale.period(month)), locale.text("target_book.basis"),
    ]  # fmt: skip
    last = len(heads) - 1
    kinds = [part for part in (whole, *book.parts) if part in known]
    headed = tuple(i for i, part in enumerate(kinds) if part == whole or part[0] == "group")
    caption = locale.text("target_book.tree.caption", kpi=book.report.name_of(book.main))
    written = Table(caption, pd.DataFrame(rows, columns=heads), words=(0, last), headed=headed)
    return block(heading, paragraphs([locale.text("target_book.tree.said")]), written)


def _tree_row(book: TargetBook, part: tuple[str, str], whole: tuple[str, str]) -> list[Content]:
    locale, year = book.report.locale, book.year.label
    rows = book.rows[
        (book.rows["kpi"] == book.main) & (book.rows["level"] == part[0]) & (book.rows["unit_id"] == part[1])
    ]
    nobody = part[1].startswith(UNASSIGNED)  # what is no person's own has no chance worth telling
    chance = rows.loc[(rows["period"] == book.month.label) & (not nobody), "p_hit"]
    code = rows.loc[rows["period"] == year, "basis"]
    share = book.amount(part, year) / book.amount(whole, year) if book.amount(whole, year) else float("nan")
    return [
        book.name_of(part),
        *(book.report.write(book.amount(part, label), book.main) for label in book.shown),
        locale.percent(share),
        locale.percent(chance.iloc[0] if len(chance) else None, 0),
        book.basis(code.iloc[0]) if len(code) else ABSENT,
    ]


def calendar(book: TargetBook) -> Markup:
    """Show months, quarters and the year of the unit and its parts, with phases and promotions."""
    locale = book.report.locale
    heading = element("h2", locale.text("target_book.calendar.heading"))
    if not book.amounts:
        return block(heading, paragraphs([locale.text("target_book.tree.none")]))
    units = [(book.level, book.report.team), *(part for part in book.parts if part[0] != "group")]
    known = {key[:2] for key in book.amounts}
    units = [unit for unit in units if unit in known]
    labels = [one.label for quarter in book.year.children("quarter") for one in (*quarter.months(), quarter)]
    labels.append(book.year.label)
    size, unit = locale.money_unit(max(book.amounts.values())) if _money(book) else (1, "")
    rows = [_calendar_row(book, label, units, size) for label in labels]
    heads = [
        locale.text("target_book.period"),
        locale.text("target_book.phase"),
        *(book.name_of(one) for one in units),
    ]
    headed = tuple(i for i, label in enumerate(labels) if "Q" in label)
    caption = locale.text("target_book.calendar.caption", kpi=book.report.name_of(book.main), unit=unit)
    written = Table(
        caption, pd.DataFrame(rows, columns=pd.Index(heads)), words=(0, 1), headed=headed, total=True
    )
    return block(heading, paragraphs([locale.text("target_book.calendar.said")]), written)


def _money(book: TargetBook) -> bool:
    return book.report.policy.kpis[book.main].unit == "money"


def _calendar_row(book: TargetBook, label: str, units: list[tuple[str, str]], size: int) -> list[Content]:
    month = "Q" not in label and label != book.year.label
    names = _promotions(book, Period.parse(label, book.year.fiscal_start)) if month else []
    said: list[Content] = [phase_name(book, label)] if month else []
    if names:
        said.append(element("span", " " + book.report.locale.listing(names), class_="note"))
    written = book.report.locale.period(label)
    first: Content = element("strong", written) if label in (book.now.label, book.month.label) else written
    amounts = [book.amount(unit, label) / size for unit in units]
    digits = 0 if size == 1 else 1 if max(book.amounts.values()) >= 100 * size else 2
    return [
        first,
        join(said),
        *(book.report.locale.number(None if pd.isna(x) else x, digits) for x in amounts),
    ]


def _promotions(book: TargetBook, month: Period) -> list[str]:
    touching = [
        one for one in book.report.policy.promotions if one.first <= month.last and one.last >= month.first
    ]
    return list(
        dict.fromkeys(
            one.zh if book.report.lang == "zh" else one.en
            for one in touching
            if one.phase in ("presale", "burst")
        )
    )


def months(book: TargetBook) -> pd.DataFrame:
    """Give the unit's months for `charts.target_months`: label, amount, phase, shown."""
    rows = [
        {
            "label": str(int(month.label[-2:])),
            "amount": book.target(book.main, month.label),
            "phase": book.made.phases[month.label],
            "shown": month.label in (book.now.label, book.month.label),
        }
        for month in book.year.months()
        if book.main and not pd.isna(book.target(book.main, month.label))
    ]
    return pd.DataFrame(rows, columns=["label", "amount", "phase", "shown"])


def say_months(book: TargetBook) -> str:
    """Say which months ask for most and for least."""
    frame, locale = months(book), book.report.locale
    if frame.empty:
        return locale.text("target_book.tree.none")
    ordered = frame.sort_values("amount")
    most, least = ordered.iloc[-1], ordered.iloc[0]
    said = {
        "most": most["label"], "high": book.report.write(most["amount"], book.main),
        "least": least["label"], "low": book.report.write(least["amount"], book.main),
    }  # fmt: skip
    return locale.text("target_book.months.said", **said)


def history(book: TargetBook) -> Markup:
    """Show which version the targets are, and every record that moved them afterwards."""
    report, locale = book.report, book.report.locale
    heading = element("h2", locale.text("target_book.history.heading"))
    version = book.rows["version"].iloc[0] if len(book.rows) else ABSENT
    first = locale.text("target_book.history.version", version=version, rules=report.policy.digest)
    records = report.policy.amendments
    if not records:
        return block(heading, paragraphs([first, locale.text("target_book.history.none")]))
    rows = [
        [
            record.id,
            locale.date(record.recorded_on),
            locale.text(f"calibration.kind.{record.kind}"),
            record.title.of(report.lang),
            locale.period(f"{record.valid_from:%Y-%m}"),
            locale.listing(
                [report.name_of(kpi) for kpi in dict.fromkeys(change.kpi for change in record.changes)]
            ),
        ]
        for record in records
    ]
    heads = [
        locale.text(f"target_book.history.{name}") for name in ("id", "day", "kind", "title", "from", "kpis")
    ]
    caption = locale.text("target_book.history.caption")
    written = Table(caption, pd.DataFrame(rows, columns=heads), words=tuple(range(len(heads))))
    return block(heading, paragraphs([first, say_moved(book)]), written)


def say_moved(book: TargetBook) -> str:
    """Say what the records moved in the unit's year, in the chosen month and in the main volume."""
    if not book.main:
        return ""
    volume, locale = book.made.volumes[book.main], book.report.locale
    own = Unit(book.level, book.report.team, book.report.team if book.level == "team" else "")
    row = volume.split.tree.row.get(own)
    if row is None or not volume.amended.moved:
        return locale.text("target_book.history.unmoved", kpi=book.report.name_of(book.main))
    place = book.year.months().index(book.month)
    moved = np.sum([part[row] for part in volume.amended.moved.values()], axis=0)
    amounts = {"month": float(moved[place]), "year": float(moved.sum())}
    written = {f"in_{name}": signed(book.report.write(amount, book.main)) for name, amount in amounts.items()}
    return locale.text(
        "target_book.history.moved",
        kpi=book.report.name_of(book.main),
        period=locale.period(book.month.label),
        year=locale.period(book.year.label),
        **written,
    )
