"""List the edits of a target book as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from salesperf_lib.language import Locale, signed
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.params.policy import Change


def listed_edits(
    changes: Iterable[Change],
    policy: Policy,
    lang: str,
    names: Mapping[tuple[str, str], str] | None = None,
) -> pd.DataFrame:
    """List edits for people.

    Parameters
    ----------
    changes
        What `read_edits` found.
    policy
        The indicators.
    lang
        ``zh`` or ``en``.
    names
        By level and id, what people call a unit; its id if not given.

    Returns
    -------
    DataFrame
        One row per change in the given order, every cell text: indicator, unit, team, period,
        before, after, difference; headed in the reader's language.
    """
    locale, names = locale_of(policy, lang), names or {}
    rows: list[list[str]] = []
    for change in changes:
        kpi = policy.kpis[change.kpi]
        difference = change.after - change.before
        is_share = kpi.unit == "share"
        moved = locale.points(difference) if is_share else signed(write_target(difference, kpi, locale))
        rows.append(
            [
                kpi.name.of(lang),
                _named(change.level, change.unit_id, names),
                _named("team", change.team_id, names) if change.level == "person" else "",
                locale.period(change.period),
                write_target(change.before, kpi, locale),
                write_target(change.after, kpi, locale),
                moved,
            ]
        )
    heads = ("kpi", "unit", "team", "period", "before", "after", "difference")
    return pd.DataFrame(rows, columns=[locale.text(f"workbook.edit.{name}") for name in heads], dtype=object)


def write_target(value: float, kpi: Kpi, locale: Locale) -> str:
    """Write a target in full, money to its last digit."""
    if kpi.unit == "money":
        return locale.money_in_full(value)
    return locale.number(value) if kpi.kind == "volume" else locale.value(value, kpi.unit)


def locale_of(policy: Policy, lang: str) -> Locale:
    """Bind how the company's numbers are written in a language."""
    company = policy.company
    return Locale(lang, company.currency, company.money_scale, company.money_digits)


def _named(level: str, unit_id: str, names: Mapping[tuple[str, str], str]) -> str:
    name = names.get((level, unit_id), unit_id)
    return name if name == unit_id else f"{name} {unit_id}"
