"""The book of a year's targets: every unit, every period, every KPI that has a goal (§1.2, §1.3)."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.params import Kpi, Policy
from salesperf_lib.periods import Period
from salesperf_lib.targets.basis import Basis, hierarchy, months_before, no_history, read_basis
from salesperf_lib.targets.capacity import capacity, working_days
from salesperf_lib.targets.difficulty import with_chances
from salesperf_lib.targets.goals import labels_of, read_goals
from salesperf_lib.targets.outlook import forecasts
from salesperf_lib.targets.seasons import Seasons, phases_of, read_seasons
from salesperf_lib.targets.stretch import split_rate
from salesperf_lib.targets.volumes import Volume, frame_of, split_volume

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

    from salesperf_lib.facts import Facts

KEY = ["period", "level", "unit_id", "team_id", "kpi"]
COLUMNS = [*KEY, "target", "base", "stretch", "weight", "p_hit", "basis", "phase", "version", "recorded_on"]
OUTLOOK_MONTHS = 24
"""Two years: with one, growth cannot be told from the season."""
ORDER = {"company": 0, "group": 1, "team": 2, "channel": 3, "person": 4}
BOOKS_KEPT = 4
_KEPT: OrderedDict[str, pd.DataFrame] = OrderedDict()


def book(
    facts: Facts,
    policy: Policy,
    year: str | Period,
    kpi_history: pd.DataFrame | None = None,
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Write down every target of a year.

    Parameters
    ----------
    facts
        Goals, roster and history.
    policy
        The rules.
    year
        A calendar or fiscal year, or a period of it.
    kpi_history
        KPI values of the months of `outlook_window`, with their companies, groups, teams and
        people; computed if not given.
    only
        The KPIs that are wanted; all that have a goal or a default if not given.

    Returns
    -------
    DataFrame
        One row per period (the year, its quarters, its months), level, unit, team and KPI: the
        target frame of DATA §6. Volumes are whole units (money: minor units) that sum exactly over
        units and over periods; the persons of a team and its ``unassigned:<team>`` row make the
        team. `base` and `stretch` are the target's other two levels. Empty without goals.

    Raises
    ------
    DataError
        If goals are impossible, contradict or cross each other.

    Notes
    -----
    Volumes: goals are pins, the rest is split by history, first over the units, then over the
    months, then over the people (§1.2). Rates: equal stretch from each unit's own baseline.
    `basis` says for every row where it comes from: ``goal``, ``sum_of_goals``, ``history``,
    ``parent_profile``, ``sibling_mean``, ``role_mean``, ``equal``, ``unassigned``, ``default``,
    ``equal_stretch`` or ``same_for_all``.

    The months of a year have one book: what was written last is kept, for the next appraisal of the same
    process that brings the same snapshot, rules and history.
    """
    if not facts.digest:
        return _written(facts, policy, year, kpi_history, only)
    key = _made_of(facts, policy, year, kpi_history, only)
    found = _KEPT.pop(key, None)
    _KEPT[key] = _written(facts, policy, year, kpi_history, only) if found is None else found
    while len(_KEPT) > BOOKS_KEPT:
        _KEPT.popitem(last=False)
    return _KEPT[key].copy(deep=False)


def _made_of(
    facts: Facts, policy: Policy, year: str | Period, history: pd.DataFrame | None, only: Sequence[str] | None
) -> str:
    """Name everything that a book depends on: of the policy, what this package reads."""
    rules = (
        policy.company, policy.kpis, policy.roles, policy.targets, policy.promotions, policy.amendments,
        policy.as_of,
    )  # fmt: skip
    said = repr((str(facts.folder), facts.digest, year, only, rules))
    digest = hashlib.sha256(said.encode())
    if history is not None:
        whole = _whole_year(policy, year)
        labels = [month.label for month in outlook_window(facts, policy, whole)]
        rows = history[history["period"].isin(labels) & (history["channel"] == "all")]
        digest.update(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _written(
    facts: Facts, policy: Policy, year: str | Period, history: pd.DataFrame | None, only: Sequence[str] | None
) -> pd.DataFrame:
    """Write a book."""
    made = plan_year(facts, policy, year, history, only)
    frames: list[pd.DataFrame] = []
    for name in made.wanted:
        kpi, own = policy.kpis[name], made.goals[made.goals["kpi"] == name]
        if name in made.volumes:
            rows = frame_of(made.volumes[name])
        else:
            rows = split_rate(own, made.basis, kpi, policy)
        frames.append(_with_levels(rows, kpi, policy))
        frames.append(_with_levels(_channel_goals(own), kpi, policy))
    finished = _finish(frames, facts, policy, made)
    return with_chances(finished, forecasts(made, policy), policy) if len(finished) else finished


@dataclass(frozen=True, slots=True)
class YearPlan:
    """Everything a year's target book is made of.

    Parameters
    ----------
    year
        The year.
    goals
        The goals inside it.
    wanted
        The KPIs that get targets.
    basis
        The facts they stand on.
    seasons, volumes
        By volume: its days and months, and its split.
    phases
        By written period of the year: reserve, sprint or regular.
    """

    year: Period
    goals: pd.DataFrame
    wanted: tuple[str, ...]
    basis: Basis
    seasons: Mapping[str, Seasons]
    volumes: Mapping[str, Volume]
    phases: Mapping[str, str]


def plan_year(
    facts: Facts,
    policy: Policy,
    year: str | Period,
    kpi_history: pd.DataFrame | None = None,
    only: Sequence[str] | None = None,
) -> YearPlan:
    """Split every volume of a year, and keep the way there.

    Parameters
    ----------
    facts, policy, year, kpi_history, only
        As for `book`.

    Returns
    -------
    YearPlan
        What `book` lists and `explain` takes apart.

    Raises
    ------
    DataError
        If goals are impossible, contradict or cross each other.
    """
    whole = _whole_year(policy, year)
    goals = read_goals(facts, policy, whole)
    wanted = tuple(name for name in planned_kpis(goals, policy) if only is None or name in only)
    basis = _basis(facts, policy, whole, list(wanted), kpi_history)
    volumes = [name for name in wanted if policy.kpis[name].kind == "volume"]
    seasonal = [name for name in volumes if "history" in policy.targets.bases.get(name, {"history": 1})]
    seasons = read_seasons(facts, policy, whole, seasonal, _parents(basis)) if wanted else {}
    made = {
        name: split_volume(goals[goals["kpi"] == name], basis, policy.kpis[name], policy, seasons.get(name))
        for name in volumes
    }
    periods = [Period.parse(label, whole.fiscal_start) for label in labels_of(whole).values()]
    return YearPlan(whole, goals, wanted, basis, seasons, made, phases_of(seasons, policy, periods))


def _whole_year(policy: Policy, year: str | Period) -> Period:
    start = policy.company.fiscal_start_month
    whole = Period.parse(year, start)
    return whole if whole.kind == "year" else whole.parent("year", start)


def _parents(basis: Basis) -> dict[tuple[str, str], str]:
    """Give the unit above every group and team."""
    tree = hierarchy(basis, {}, with_unassigned=False)
    return {(kid.level, kid.unit_id): unit.unit_id for unit, kids in tree.items() for kid in kids}


def planned_kpis(goals: pd.DataFrame, policy: Policy) -> list[str]:
    """List the KPIs that get targets: those with a goal, and the scored rates that have a default."""
    scored = {item.kpi for role in policy.roles.values() for item in role.kpis}
    rates = {name for name in scored & set(policy.targets.defaults) if policy.kpis[name].kind == "rate"}
    return sorted({*goals["kpi"], *rates})


def history_window(facts: Facts, policy: Policy, year: Period) -> tuple[Period, ...]:
    """List the full months before a year on which its targets stand, oldest first."""
    return months_before(facts, year, policy.targets.history_months)


def outlook_window(facts: Facts, policy: Policy, year: Period) -> tuple[Period, ...]:
    """List the full months before a year that its forecasts read: two years, or the history if longer."""
    return months_before(facts, year, max(OUTLOOK_MONTHS, policy.targets.history_months))


def _basis(
    facts: Facts, policy: Policy, year: Period, wanted: list[str], history: pd.DataFrame | None
) -> Basis:
    from salesperf_lib import facts as conformed

    window = history_window(facts, policy, year)
    if history is None:
        history = _history(facts, policy, outlook_window(facts, policy, year), wanted)
    roster = _roster(facts, year)
    by_capacity = any("capacity" in policy.targets.bases.get(name, {}) for name in wanted)
    held = _capacity(facts, policy, year, roster) if by_capacity and len(roster) else None
    return read_basis(
        year, window, history, roster, conformed.team_table(facts), held, outlook_window(facts, policy, year)
    )


def _capacity(facts: Facts, policy: Policy, year: Period, roster: pd.DataFrame) -> pd.DataFrame:
    """Measure everybody's working days in the months of the year."""
    months = year.months()
    absences = pd.DataFrame(facts.table("absences").execute()) if facts.has("absences") else None
    since = pd.Series(dtype="datetime64[us]")
    if facts.has("roster", "hired_on"):
        hired = pd.DataFrame(facts.table("roster").execute())
        since = pd.to_datetime(hired.groupby("person_id")["hired_on"].min())
    placed = roster.assign(hired_on=pd.to_datetime(roster["person_id"].map(since.to_dict())))
    working = working_days(months, policy.company.timezone)
    return capacity(placed, absences, months, policy.targets.ramp, working)


def _history(facts: Facts, policy: Policy, window: tuple[Period, ...], wanted: list[str]) -> pd.DataFrame:
    from salesperf_lib import kpis

    if not window:
        return no_history()
    return kpis.compute(facts, policy, window, ("company", "group", "team", "person"), wanted)


def _roster(facts: Facts, year: Period) -> pd.DataFrame:
    """Read the roster; a row that is still open is expected to hold to the year's end."""
    columns = ["person_id", "team_id", "role", "fte", "valid_from", "valid_to", "is_open"]
    if not facts.has("roster"):
        return pd.DataFrame(columns=columns).astype(
            {"fte": float, "valid_from": "datetime64[s]", "valid_to": "datetime64[s]"}
        )
    from salesperf_lib import facts as conformed

    rows = conformed.roster_days(facts).select(*columns).execute()
    rows["valid_from"] = pd.to_datetime(rows["valid_from"])
    rows["valid_to"] = pd.to_datetime(rows["valid_to"])
    stays = rows["is_open"].astype(bool) & (rows["valid_to"] < pd.Timestamp(year.last))
    return rows.assign(valid_to=rows["valid_to"].mask(stays, pd.Timestamp(year.last)))


def _channel_goals(goals: pd.DataFrame) -> pd.DataFrame:
    """Carry a channel's goals over as they are: channels are beside the tree of units."""
    rows = goals[goals["level"] == "channel"]
    return pd.DataFrame(
        {
            "level": "channel",
            "unit_id": rows["unit_id"],
            "team_id": "",
            "span": rows["span"],
            "target": rows["target"],
            "basis": "goal",
        }
    )


def _with_levels(frame: pd.DataFrame, kpi: Kpi, policy: Policy) -> pd.DataFrame:
    """Add the base and the stretch level; where less is better they lie the other way round."""
    factors = {"base": policy.targets.base_factor, "stretch": policy.targets.stretch_factor}
    target = frame["target"].astype(float)
    levels = {name: target / f if kpi.direction == "lower" else target * f for name, f in factors.items()}
    for name, values in levels.items():
        rounded = values.round() if kpi.kind == "volume" else values
        frame[name] = rounded.clip(upper=1.0) if kpi.unit == "share" else rounded
    return frame.assign(kpi=kpi.id, target=target)


def _finish(frames: list[pd.DataFrame], facts: Facts, policy: Policy, made: YearPlan) -> pd.DataFrame:
    """Name the periods and their phases, sort, and stamp what the targets were made from."""
    filled = [frame for frame in frames if len(frame)]
    whole = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=[*COLUMNS, "span"])
    labels = labels_of(made.year)
    whole["period"] = whole["span"].map(labels)
    whole["phase"] = whole["period"].map(dict(made.phases))
    whole = whole.assign(
        p_hit=np.nan,
        version=_version(made.goals, policy),
        recorded_on=pd.Timestamp(facts.recorded_on),
        rank=whole["level"].map(ORDER),
        place=whole["period"].map({label: i for i, label in enumerate(labels.values())}),
    )
    if "weight" not in whole:
        whole["weight"] = np.nan
    whole = whole.sort_values(["kpi", "place", "rank", "unit_id", "team_id"], ignore_index=True)
    types = dict.fromkeys(["target", "base", "stretch", "weight", "p_hit"], float)
    types |= dict.fromkeys([*KEY, "basis", "phase", "version"], str)
    return schema().validate(whole[COLUMNS].astype(types))


def _version(goals: pd.DataFrame, policy: Policy) -> str:
    """Identify the goals and the rules that made the targets."""
    rules = repr((policy.targets, policy.amendments, sorted(policy.roles.items(), key=lambda item: item[0])))
    text = goals.drop(columns="span").to_csv(index=False) + rules
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def schema() -> DataFrameSchema:
    """Give the pandera schema of the target frame."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "period": pa.Column(str),
            "level": pa.Column(str, pa.Check.isin(list(ORDER))),
            "unit_id": pa.Column(str),
            "team_id": pa.Column(str),
            "kpi": pa.Column(str),
            "target": pa.Column(float),
            "base": pa.Column(float),
            "stretch": pa.Column(float),
            "weight": pa.Column(float, nullable=True),
            "p_hit": pa.Column(float, nullable=True),
            "basis": pa.Column(str),
            "phase": pa.Column(str, pa.Check.isin(["reserve", "sprint", "regular"])),
            "version": pa.Column(str),
            "recorded_on": pa.Column("datetime64[s]", coerce=True),
        },
        strict=True,
        unique=KEY,
    )
