"""Drivers of a target book: who owns which factor of sales, and a goal become behaviour (§1.2, §1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from salesperf_lib import kpis, targets
from salesperf_lib.errors import DataError, SalesPerfError
from salesperf_lib.language import ABSENT, signed
from salesperf_lib.periods import Period, month_of
from salesperf_lib.reports.drivers import UNITS, translation_sentences, what_if_sentences
from salesperf_lib.reports.markup import Content, Markup, Table, block, element, folded, paragraphs
from salesperf_lib.reports.target_book import COMPANY, TargetBook
from salesperf_lib.targets.translation import Translation

FEWER_VISITS = 0.10
"""What the example takes away: the factor that the market moves first."""
MORE_SHARE = 0.02
"""What the translated goal adds to the private domain's share of sales."""
SHARE = "private_domain_repurchase_share"
RATE = "private_domain_repurchase_rate"


def drivers(book: TargetBook) -> Markup:
    """Show the factors of the unit's sales with their owners, an example, and a goal become behaviour."""
    text = book.report.locale.text
    heading = element("h2", text("target_book.drivers.heading"))
    parts: list[Content | Table] = [*_factors(book), *_translated(book)]
    return block(heading, *parts)


def _factors(book: TargetBook) -> list[Content | Table]:
    """Write the factors of the report's month, and what the others must reach if visits fall short."""
    report, locale = book.report, book.report.locale
    held = set(report.appraisal.people["role"])
    try:
        factors = targets.driver_factors(
            report.appraisal.kpis,
            report.appraisal.targets,
            report.policy,
            book.now,
            units=[report.team],
            present=held,
        )
        visits = float(factors.loc[factors["factor"] == "visits", "target"].iloc[0])
        found = targets.what_if(factors, {"visits": visits * (1 - FEWER_VISITS)})
    except SalesPerfError:  # no visits, orders or sales a year before: there is nothing to take apart
        return [paragraphs([locale.text("target_book.drivers.none")])]
    roles = {name: role.name.of(report.lang) for name, role in report.policy.roles.items()}
    rows = [_factor_row(book, row, roles) for _, row in found.factors.iterrows()]
    names = ("factor", "owner", "baseline", "target", "required", "change")
    heads = [locale.text(f"target_book.drivers.{name}") for name in names]
    period = locale.period(book.now.label)
    share = locale.percent(FEWER_VISITS, 0)
    caption = locale.text("target_book.drivers.caption", period=period, share=share)
    table = Table(caption, pd.DataFrame(rows, columns=heads), words=(0, 1))
    return [paragraphs(what_if_sentences(found, report.team, roles, locale)), table]


def _factor_row(book: TargetBook, row: pd.Series, roles: dict[str, str]) -> list[Content]:
    locale, unit = book.report.locale, UNITS[str(row["factor"])]
    owners: Sequence[str] = [roles[str(name)] for name in row["roles"]]
    written = [locale.value(float(row[name]), unit) for name in ("baseline", "target", "required")]
    return [
        locale.text(f"driver.{row['factor']}"),
        locale.listing(owners) if owners else locale.text("driver.everybody"),
        *written,
        signed(locale.percent(float(row["change"]))),
    ]


def _translated(book: TargetBook) -> list[Content | Table]:
    """Translate a larger private-domain share into rates and touches, or say why that cannot be done."""
    locale = book.report.locale
    title = locale.text("target_book.drivers.translation", more=locale.points(MORE_SHARE, 0).lstrip("+"))
    try:
        found = translate(book)
    except DataError as error:
        refused = [locale.text("target_book.drivers.refused"), *(problem.found for problem in error.problems)]
        return [folded(title, paragraphs(refused))]
    if found is None:
        return []
    if book.level == COMPANY:  # the company's book names nobody
        found = replace(found, behaviours=found.behaviours.iloc[:0])
    return [folded(title, paragraphs(translation_sentences(found, _names(book), locale)))]


def translate(book: TargetBook) -> Translation | None:
    """Translate the unit's private-domain share, `MORE_SHARE` above that of the last twelve months.

    Returns
    -------
    Translation or None
        None where the source has no touches or no private domain.

    Raises
    ------
    DataError
        If the dose–response is unclear, or the share is out of reach.
    """
    report = book.report
    held = report.facts
    if not held.has("touches") or not held.has("customers", "private_domain_from"):
        return None
    months = _months(book)
    values = report.appraisal.kpis
    wanted = values[values["kpi"].isin([SHARE, RATE]) & values["channel"].eq("all")]
    last = [month.label for month in months[-12:] if month.label in set(wanted["period"])]
    own = wanted[wanted["unit_id"].eq(report.team) & wanted["kpi"].eq(SHARE) & wanted["period"].isin(last)]
    if own.empty:
        return None
    now = float(own["numerator"].sum() / own["denominator"].sum())
    panel = kpis.touch_doses(held, report.policy, months)
    return targets.translate_share(now + MORE_SHARE, wanted, panel, unit_id=report.team, months=last)


def _months(book: TargetBook) -> list[Period]:
    """List the whole months that the facts cover up to the end of the report's period."""
    held, last = book.report.facts, book.now
    found = [last]
    while found[0].shift(-1).first >= held.first_day:
        found.insert(0, found[0].shift(-1))
    first = month_of(held.first_day)
    return [month for month in found if month != first or held.first_day == first.first]


class _Known(dict[str, str]):
    """Names by id; an id that has none stands for itself."""

    def __missing__(self, key: str) -> str:
        return key or ABSENT


def _names(book: TargetBook) -> _Known:
    """Give what units and the team's own people are called, by id."""
    known = {unit: name for (_, unit), name in book.names.items()}
    return _Known({**known, book.report.team: book.report.team_name})
