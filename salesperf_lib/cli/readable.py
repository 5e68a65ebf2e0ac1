"""Turn stored values into what people read: money in major units, beside its unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.language import LANGUAGES
from salesperf_lib.params.policy import Policy

if TYPE_CHECKING:
    import pandas as pd

MONEY = frozenset(
    (
        *(
            "net",
            "gross",
            "net_new",
            "net_returning",
            "net_paid",
            "net_live",
            "net_private_repeat",
            "refunded",
        ),
        *("spend", "attributed_sales", "collected", "due", "service_labour_cost"),
        *("cohort_value", "projected_value", "aov_gain", "aov_before"),
    )
)
"""Measures that are amounts; all others are counts, marks or times."""

# columns of a frame with a kpi -> the part of the KPI whose unit they have
VALUES = ("value", "value_raw", "target", "baseline", "base", "stretch")
NUMERATORS = ("numerator",)
DENOMINATORS = ("denominator",)
TARGET_WEIGHTS = ("weight",)
"""In the frame of targets a rate's weight is the denominator expected of it; a score's weight is a share."""


def for_people(
    frame: pd.DataFrame, kind: str, policy: Policy, lang: str = "", *, raw: bool = False
) -> pd.DataFrame:
    """Give a frame to people.

    Parameters
    ----------
    frame
        A frame of DATA §6, or a fact table.
    kind
        Which one, as ``salesperf table`` names it.
    policy
        Rules that name currency, scale and units.
    lang
        Adds the KPIs' names in this language.
    raw
        Leaves money in minor units.

    Returns
    -------
    pandas.DataFrame
        At the frame's own grain, with a column ``unit`` where it has money.
    """
    if lang and lang not in LANGUAGES:
        raise DataError(Problem("--lang", repr(lang), ", ".join(LANGUAGES)))
    if kind == "models":
        return _model_values(frame, policy, raw=raw)
    if kind.startswith("facts.") and "kpi" not in frame:
        return frame if raw else _major_columns(frame, _money_columns(kind.removeprefix("facts.")), policy)
    if "kpi" not in frame:
        return frame
    shown = _with_names(frame, policy, lang) if lang else frame.copy()
    units = frame["kpi"].map({name: kpi.unit for name, kpi in policy.kpis.items()})
    if raw:
        shown.insert(_after(shown, "value", "target"), "unit", units.where(units != "money", "minor"))
        return shown
    for column, parts in _money_parts(kind).items():
        if column in shown:
            shown[column] = _scaled(shown[column], frame["kpi"].isin(parts), policy.company.money_scale)
    shown.insert(
        _after(shown, "value", "target"), "unit", units.where(units != "money", policy.company.currency)
    )
    return shown


def _money_parts(kind: str) -> Mapping[str, frozenset[str]]:
    """Tell for each column of a frame which KPIs hold money in it."""
    from salesperf_lib.kpis import KPIS

    money = frozenset(name for name, kpi in KPIS.items() if kpi.unit == "money")
    above = frozenset(name for name, kpi in KPIS.items() if _is_money(kpi.numerator))
    below = frozenset(name for name, kpi in KPIS.items() if _is_money(kpi.denominator))
    parts: dict[str, frozenset[str]] = dict.fromkeys(VALUES, money)
    denominators = DENOMINATORS + (TARGET_WEIGHTS if kind == "targets" else ())
    return parts | dict.fromkeys(NUMERATORS, above) | dict.fromkeys(denominators, below)


def _is_money(measures: str) -> bool:
    """Tell whether a KPI's numerator or denominator is an amount; alternatives are of one kind."""
    return measures.partition("|")[0] in MONEY


def _scaled(values: pd.Series, which: pd.Series, scale: int) -> pd.Series:
    """Divide money by its scale, leaving everything else as it is."""
    return values.where(~which, values / scale)


def _model_values(frame: pd.DataFrame, policy: Policy, *, raw: bool) -> pd.DataFrame:
    """Put the parameters of models that are amounts into major units."""
    money, company = frame["unit"] == "money", policy.company
    value = frame["value"] if raw else _scaled(frame["value"], money, company.money_scale)
    return frame.assign(value=value, unit=frame["unit"].where(~money, "minor" if raw else company.currency))


def _money_columns(table: str) -> list[str]:
    from salesperf_lib.facts import TABLES

    return [name for name, column in TABLES[table].columns.items() if column.kind == "money"]


def _major_columns(frame: pd.DataFrame, columns: list[str], policy: Policy) -> pd.DataFrame:
    present = [name for name in columns if name in frame]
    if not present:
        return frame
    shown = frame.copy()
    shown[present] = frame[present] / policy.company.money_scale
    shown["unit"] = policy.company.currency
    return shown


def _with_names(frame: pd.DataFrame, policy: Policy, lang: str) -> pd.DataFrame:
    shown = frame.copy()
    names = {name: kpi.name.of(lang) for name, kpi in policy.kpis.items()}
    shown.insert(_after(shown, "kpi"), "name", frame["kpi"].map(names))
    return shown


def _after(frame: pd.DataFrame, *columns: str) -> int:
    """Give the place behind the first of some columns that a frame has."""
    return next(list(frame.columns).index(name) + 1 for name in (*columns, "kpi") if name in frame)
