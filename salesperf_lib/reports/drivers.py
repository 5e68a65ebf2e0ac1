"""Sentences that read drivers and driver translation (§1.2, §1.4)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from salesperf_lib.language import Locale, signed
from salesperf_lib.targets.drivers import SHARES, WhatIf
from salesperf_lib.targets.translation import Translation

UNITS = {
    "visits": "count",
    "orders_per_new_customer": "ratio",
    "aov": "money",
    **dict.fromkeys(SHARES, "share"),
}


def translation_sentences(found: Translation, names: Mapping[str, str], locale: Locale) -> list[str]:
    """Say what was translated for the unit, its teams and its operators, on which evidence, and the caveat.

    Parameters
    ----------
    found
        What was translated.
    names
        What units and persons are called, by id.
    locale
        How it is written.
    """
    response, first = found.response, found.outcome.iloc[0]
    confidence = locale.percent(response.confidence, 0)
    rates = {n: locale.percent(first[n]) for n in ("share", "share_target", "rate", "rate_target")}
    lines = [locale.text("driver.translation.outcome", unit=names[first["unit_id"]], **rates)]
    teams = found.outcome[found.outcome["level"] == "team"]
    for _, row in teams.iterrows():
        told = {n: locale.percent(row[n]) for n in ("rate", "rate_target")}
        told |= {n: locale.number(row[n], 2) for n in ("dose", "dose_target")}
        told |= {n: locale.number(row[f"dose_{n}"], 2) for n in ("low", "high")}
        lines.append(
            locale.text("driver.translation.team", team=names[row["unit_id"]], confidence=confidence, **told)
        )
    lines += [_person(row, names, confidence, locale) for _, row in found.behaviours.iterrows()]
    effect = {n: locale.number(getattr(response, n), 2) for n in ("slope", "low", "high")}
    counts = {"units": response.units, "rows": locale.number(len(response.rows))}
    lines.append(locale.text("driver.translation.evidence", confidence=confidence, **counts, **effect))
    if response.left_out:
        lines.append(locale.text("driver.translation.left_out", count=response.left_out))
    if (teams["dose_high"] > response.most).any():
        lines.append(locale.text("driver.translation.beyond", most=locale.number(response.most, 2)))
    return [*lines, locale.text("driver.translation.caveat")]


def what_if_sentences(found: WhatIf, unit_id: str, roles: Mapping[str, str], locale: Locale) -> list[str]:
    """Say of one unit what was changed, what the others must reach, and what nobody can take."""
    rows = found.factors[found.factors["unit_id"] == unit_id]
    sums = found.sales[found.sales["unit_id"] == unit_id]
    sales, unfunded = (int(sums[name].to_numpy(float)[0]) for name in ("sales", "unfunded"))
    lines = [locale.text("driver.identity", sales=locale.money(sales))]
    for _, row in rows[rows["state"] != "kept"].iterrows():
        factor, unit = str(row["factor"]), UNITS[str(row["factor"])]
        key = {"changed": "driver.changed", "capped": "driver.capped"}.get(row["state"], "driver.required")
        values = {n: _written(float(row[n]), unit, locale) for n in ("target", "required")}
        owners = locale.listing([roles[r] for r in row["roles"]]) or locale.text("driver.everybody")
        lines.append(
            locale.text(
                key,
                factor=locale.text(f"driver.{factor}"),
                roles=owners,
                change=signed(locale.percent(row["change"])),
                **values,
            )
        )
    if unfunded:
        lines.append(locale.text("driver.unfunded", unfunded=locale.money(unfunded)))
    return [*lines, locale.text("driver.limits")]


def _person(row: pd.Series, names: Mapping[str, str], confidence: str, locale: Locale) -> str:
    told = {n: locale.number(row[f"touches_{n}"]) for n in ("low", "high")}
    return locale.text(
        "driver.translation.person",
        person=names[row["unit_id"]],
        touches=locale.number(row["touches_target"]),
        now=locale.number(row["touches"]),
        customers=locale.number(row["customers"]),
        confidence=confidence,
        **told,
    )


def _written(value: float, unit: str, locale: Locale) -> str:
    return locale.value(round(value) if unit == "count" else value, unit)
