"""Values of indicators: measures added up by the engine, divided once per unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import pandas as pd

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.kpis.definitions import KPIS, KpiDef
from salesperf_lib.kpis.levels import KEY
from salesperf_lib.kpis.scope import Scope
from salesperf_lib.kpis.streams import available, total, total_credited
from salesperf_lib.kpis.values import COVERED_BY, Sums, owners_of, values_of
from salesperf_lib.periods import Period

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

LevelName = Literal["company", "group", "team", "person", "channel"]

ALL_LEVELS: tuple[LevelName, ...] = ("company", "group", "team", "person", "channel")
TYPES = {
    **dict.fromkeys([*KEY, "kpi"], "str"),
    **dict.fromkeys(["numerator", "denominator", "value"], "float64"),
    "n": "Int64",
    "reading": "str",
}
COLUMNS = list(TYPES)
UPLIFT = "aov_uplift"
AOV = ("net", "kept_orders", "kept_orders")


def compute(
    facts: Facts,
    policy: Policy,
    periods: Sequence[str | Period] | str | Period,
    levels: Sequence[str] = ALL_LEVELS,
    kpis: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Compute indicators from facts, each at its own level.

    Parameters
    ----------
    facts
        What happened.
    policy
        Which reading holds, when a month closes, who is new.
    periods
        Periods of any kind, also overlapping ones.
    levels
        Which of company, group, team, person, channel.
    kpis
        Ids; all if not given.

    Returns
    -------
    pandas.DataFrame
        One row per period, level, unit_id, channel (`all`, or one) and kpi: numerator, denominator (NaN
        for sums), value, n (observations behind it), reading. An indicator whose table or column is not
        given has no row. Money is in minor units.

    Raises
    ------
    ParamError
        For an unknown indicator, level or reading.

    Notes
    -----
    Volumes follow the owner of an order: persons, and `unassigned:TEAM` for what nobody holds, add up
    to the team; teams and `unassigned` to the company. A person's rates follow the credit of their role.
    """
    readings = {kpi: policy.kpis[kpi].reading for kpi in KPIS if kpi in policy.kpis}
    return _compute(facts, policy, periods, levels, kpis, readings)


def compare_readings(
    facts: Facts,
    policy: Policy,
    periods: Sequence[str | Period] | str | Period,
    levels: Sequence[str] = ALL_LEVELS,
) -> pd.DataFrame:
    """Compute the indicators that have rival definitions under each of them.

    Returns
    -------
    pandas.DataFrame
        As `compute`, with one row more per further reading: `reading` is part of the key.
    """
    rivals = {kpi: list(row.readings) for kpi, row in KPIS.items() if len(row.readings) > 1}
    rounds = max(map(len, rivals.values()))
    frames = [
        _compute(
            facts, policy, periods, levels,
            [kpi for kpi, names in rivals.items() if len(names) > turn],
            {kpi: names[turn] for kpi, names in rivals.items() if len(names) > turn},
        )
        for turn in range(rounds)
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True).sort_values([*KEY, "kpi", "reading"], ignore_index=True)


def _compute(
    facts: Facts,
    policy: Policy,
    periods: Sequence[str | Period] | str | Period,
    levels: Sequence[str],
    kpis: Sequence[str] | None,
    readings: Mapping[str, str],
) -> pd.DataFrame:
    asked = list(KPIS) if kpis is None else list(dict.fromkeys(kpis))
    fail_if_any(_problems(asked, levels, readings), ParamError)
    scope = _scope(facts, policy, _parse(periods, policy), uplift=UPLIFT in asked)
    given = available(scope)
    parts = {
        kpi: row for kpi in asked if (row := _parts(KPIS[kpi], readings.get(kpi, ""), given)) is not None
    }
    compared = bool(scope.compared) and set(AOV[:2]) <= given
    sums = _sums(scope, _wanted([*parts.values(), *([AOV] if compared else [])], given), levels)
    owners = owners_of(scope, levels)
    frames = [
        values_of(scope, sums, owners, kpi, *row).assign(kpi=kpi, reading=readings.get(kpi, ""))
        for kpi, row in parts.items()
    ]
    if compared:
        frames.append(_uplifts(scope, values_of(scope, sums, owners, "aov", *AOV)))
    return _tidy(frames, scope.periods, levels, asked)


def _scope(facts: Facts, policy: Policy, periods: tuple[Period, ...], *, uplift: bool) -> Scope:
    """Set the scope: with a year before, order values need each period's where the facts cover it whole."""
    if not uplift:
        return Scope(facts, policy, periods)
    before = {period.label: period.year_before() for period in periods}
    whole = {label: earlier for label, earlier in before.items() if earlier.first >= facts.first_day}
    return Scope(facts, policy, periods, whole)


def _uplifts(scope: Scope, values: pd.DataFrame) -> pd.DataFrame:
    """Compare order values with those of a year before."""
    before = {label: earlier.label for label, earlier in scope.compared.items()}
    then = values[[*KEY, "value"]].rename(columns={"period": "earlier", "value": "denominator"})
    rows = values.drop(columns="denominator").assign(earlier=values["period"].map(before))
    rows = rows.merge(then, on=["earlier", *KEY[1:]])
    rows = rows[rows["denominator"] > 0]
    gain = rows["value"] - rows["denominator"]
    return rows.assign(numerator=gain, value=gain / rows["denominator"], kpi=UPLIFT, reading="")[COLUMNS]


def _tidy(
    frames: Sequence[pd.DataFrame], periods: Sequence[Period], levels: Sequence[str], kpis: Sequence[str]
) -> pd.DataFrame:
    """Stack the rows of the periods and levels asked for, in their order."""
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TYPES.items()})
    rows = pd.concat(frames, ignore_index=True)
    labels = [period.label for period in periods]
    rows = rows[rows["level"].isin(levels) & rows["period"].isin(labels)]
    orders = {
        "period": labels,
        "level": [level for level in ALL_LEVELS if level in levels],
        "kpi": list(kpis),
    }
    by = pd.DataFrame(
        {
            name: pd.Categorical(rows[name], orders[name]).codes if name in orders else rows[name]
            for name in (*KEY, "kpi")
        }
    )
    return rows.loc[by.sort_values([*KEY, "kpi"]).index, COLUMNS].reset_index(drop=True).astype(TYPES)


def _parse(periods: Sequence[str | Period] | str | Period, policy: Policy) -> tuple[Period, ...]:
    """Read the periods asked for, each once."""
    several = [periods] if isinstance(periods, (str, Period)) else periods
    found = [Period.parse(period, policy.company.fiscal_start_month) for period in several]
    return tuple({period.label: period for period in found}.values())


def _problems(kpis: Iterable[str], levels: Iterable[str], readings: Mapping[str, str]) -> Iterable[Problem]:
    """Find what is asked for and does not exist."""
    for kpi in kpis:
        if kpi not in KPIS:
            yield Problem("kpi", repr(kpi), ", ".join(KPIS))
        elif KPIS[kpi].readings and readings.get(kpi) and readings[kpi] not in KPIS[kpi].readings:
            yield Problem(f"kpis.{kpi}.reading", repr(readings[kpi]), ", ".join(KPIS[kpi].readings))
    for level in levels:
        if level not in ALL_LEVELS:
            yield Problem("level", repr(level), ", ".join(ALL_LEVELS))


def _parts(row: KpiDef, reading: str, given: Collection[str]) -> tuple[str, str, str] | None:
    """Choose the measures of an indicator: numerator, denominator, n; None if one is not available."""
    if row is KPIS[UPLIFT]:
        return None  # made from the values of `aov`
    numerators, denominator = row.readings.get(reading, (row.numerator, row.denominator))
    numerator = next((name for name in numerators.split("|") if name in given), None)
    if numerator is None or (denominator and denominator not in given):
        return None
    n = row.n or denominator
    return numerator, denominator, n if n in given else ""


def _wanted(parts: Iterable[tuple[str, str, str]], given: Collection[str]) -> set[str]:
    wanted = {name for row in parts for name in row if name}
    wanted |= {COVERED_BY[name] for name in wanted & set(COVERED_BY)}
    return wanted & set(given)


def _sums(scope: Scope, wanted: Collection[str], levels: Collection[str]) -> Sums:
    owned = _side_by_side(total(scope, wanted, levels), wanted)
    if "person" not in levels or not (scope.facts.has("credits") and scope.facts.has("roster")):
        return Sums(owned, owned)
    frames = total_credited(scope, wanted)
    found = _side_by_side(frames, (name for frame in frames for name in frame.columns if name not in KEY))
    if found.columns.empty:
        return Sums(owned, owned)
    is_person = owned.index.get_level_values("level") == "person"
    rest = owned[is_person].drop(columns=found.columns)
    persons = rest.join(found, how="outer")
    return Sums(owned, pd.concat([owned[~is_person], persons])[list(owned.columns)])


def _side_by_side(frames: Sequence[pd.DataFrame], columns: Iterable[str]) -> pd.DataFrame:
    """Join the sums of all streams on their key; every column of `columns` is there."""
    indexed = [frame.set_index(KEY) for frame in frames if len(frame)]
    if not indexed:
        empty = pd.MultiIndex.from_tuples([], names=KEY)
        return pd.DataFrame(index=empty, columns=sorted(columns), dtype="float64")
    table = pd.concat(indexed, axis=1)
    return table.reindex(columns=[*table.columns, *sorted(set(columns) - set(table.columns))])
