"""Compute the frame that ``salesperf table`` shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from salesperf_lib.cli.kinds import FINAL, GRADED_ONLY, KINDS
from salesperf_lib.cli.units import unknown_units
from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params.policy import Policy
from salesperf_lib.periods import Period
from salesperf_lib.render import policy_of
from salesperf_lib.render.coverage import open_problems

if TYPE_CHECKING:
    import pandas as pd

    from salesperf_lib.appraisal import Appraisal
    from salesperf_lib.facts import Facts

LEVELS = ("company", "group", "team", "person", "channel")
PARTS = ("month", "quarter", "week", "day")
EVENT_DAYS = {"order_events": "event_on", "order_copies": "date"}
"""Days of tables that have a day in each row, but no row per day."""
GRADED = ("grade", "rank", "team_rank", "p_a", "p_b", "p_c", "p_d", "contested")


@dataclass(frozen=True, slots=True)
class Asked:
    """What ``salesperf table`` was asked for.

    Parameters
    ----------
    kind
        One of `KINDS`, or ``facts.TABLE``.
    period, by
        Written form, and the parts to split it into.
    levels, kpis, units
        What to keep; everything if empty.
    source, scenario, as_of
        Whose data, under which rules, known on which day.
    provisional
        Whether scores of an open period are wanted, without grades and ranks.
    """

    kind: str
    period: str
    by: str
    levels: tuple[str, ...]
    kpis: tuple[str, ...]
    units: tuple[str, ...]
    source: str
    scenario: str
    as_of: date | None
    provisional: bool = False


def frame_of(asked: Asked) -> tuple[pd.DataFrame, Policy]:
    """Compute a frame.

    Returns
    -------
    tuple
        The frame at its own grain (DATA §6) with the rows asked for, and the rules of the last period.

    Raises
    ------
    SalesPerfError
        With every problem of what was asked for.
    """
    from salesperf_lib import facts

    _fail_if_unknown(asked)
    opened = facts.open(asked.source, as_of=asked.as_of)
    policies = list(_policies(asked, opened))
    still_open = _still_open(asked, opened, policies)
    shown = asked.provisional and asked.kind not in GRADED_ONLY
    fail_if_any([*unknown_units(asked.units, opened), *(() if shown else still_open.values())], DataError)
    if asked.kind.startswith("facts."):
        frame = _fact_rows(asked, opened, [policy.period for policy in policies])
    else:
        frame = _without_grades(_computed(asked, opened, policies), still_open)
    return _kept(frame, asked), policies[-1]


def _fail_if_unknown(asked: Asked) -> None:
    from salesperf_lib.facts import TABLES
    from salesperf_lib.kpis import KPIS

    problems: list[Problem] = []
    kinds = [*KINDS, *(f"facts.{name}" for name in TABLES)]
    if asked.kind not in kinds:
        problems.append(Problem("table", repr(asked.kind), ", ".join(kinds)))
    problems += [
        Problem("--level", repr(level), ", ".join(LEVELS)) for level in asked.levels if level not in LEVELS
    ]
    problems += [Problem("--kpi", repr(kpi), ", ".join(KPIS)) for kpi in asked.kpis if kpi not in KPIS]
    if asked.by and asked.by not in PARTS:
        problems.append(Problem("--by", repr(asked.by), ", ".join(PARTS)))
    if problems:
        raise DataError(*problems)


def _policies(asked: Asked, opened: Facts) -> Iterable[Policy]:
    """Load the rules of each period asked for; the data must cover a day of each."""
    for text in asked.period.split(","):
        policy = policy_of(text.strip(), opened, asked.scenario, asked.as_of)
        parts = _parts(policy.period, asked.by)
        covered = [part for part in parts if part.last >= opened.first_day and part.first <= opened.last_day]
        if len(covered) < len(parts):
            absent = [part.label for part in parts if part not in covered]
            typer.echo(f"no data for {', '.join(absent)}", err=True)
        yield from (policy if part == policy.period else policy.at(part) for part in covered)


def _still_open(asked: Asked, opened: Facts, policies: Sequence[Policy]) -> dict[str, Problem]:
    """Tell of which periods nobody can be judged yet, and why."""
    if asked.kind not in FINAL:
        return {}
    return {
        policy.period.label: problem
        for policy in policies
        for problem in open_problems(policy, opened, asked.as_of)
    }


def _without_grades(frame: pd.DataFrame, still_open: Collection[str]) -> pd.DataFrame:
    """Empty grades and ranks of open periods, and say so."""
    if not still_open:
        return frame
    typer.echo(f"provisional, without grades and ranks; still open: {', '.join(still_open)}", err=True)
    early = frame["period"].isin(list(still_open))
    return frame.assign(**{name: frame[name].mask(early) for name in GRADED if name in frame})


def _parts(period: Period, by: str) -> Sequence[Period]:
    if not by or by == period.kind:
        return [period]
    if by == "week":
        return _weeks(period)
    return period.children("quarter" if by == "quarter" else "month" if by == "month" else "day")


def _weeks(period: Period) -> Sequence[Period]:
    """List the weeks whose Thursday lies in a period: each week once, in the year it belongs to."""
    thursdays = [day for day in period.each_day() if day.isoweekday() == 4]
    return [Period.parse(f"{day.isocalendar().year}-W{day.isocalendar().week:02d}") for day in thursdays]


def _computed(asked: Asked, opened: Facts, policies: Sequence[Policy]) -> pd.DataFrame:
    import pandas as pd

    if asked.kind == "targets":
        return _targets(opened, policies)
    frames = [_of_period(asked, opened, group) for group in _alike(policies)]
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _alike(policies: Sequence[Policy]) -> list[list[Policy]]:
    """Group neighbouring periods under equal rules: one pass over the data serves them all."""
    groups: list[list[Policy]] = []
    for policy in policies:
        if groups and groups[-1][0].digest == policy.digest:
            groups[-1].append(policy)
        else:
            groups.append([policy])
    return groups


def _of_period(asked: Asked, opened: Facts, policies: Sequence[Policy]) -> pd.DataFrame:
    import pandas as pd

    from salesperf_lib import appraisal, audit, kpis
    from salesperf_lib.cli.models import models

    periods = [policy.period for policy in policies]
    if asked.kind == "kpis":
        return kpis.compute(
            opened, policies[0], periods, levels=asked.levels or LEVELS, kpis=asked.kpis or None
        )
    if asked.kind == "ratings":
        return kpis.ratings(opened, policies[0], periods)
    if asked.kind == "findings":
        return pd.concat(
            [audit.findings(opened, policy, policy.period) for policy in policies], ignore_index=True
        )
    if asked.kind == "models":
        return models(opened, policies)
    if asked.kind == "cases":
        return _of_periods(appraisal.read_cases(policies[-1]), policies)
    frames = [_judged(asked.kind, opened, policy) for policy in policies]
    return pd.concat(frames, ignore_index=True)


def _judged(kind: str, opened: Facts, policy: Policy) -> pd.DataFrame:
    """Give one of the frames of an appraisal, or what is read out of it."""
    from salesperf_lib import appraisal, review

    made = appraisal.load(opened, policy)
    if kind == "weights":
        return _acceptance(made)
    if kind == "explain":
        return review.explain(made)
    if kind == "changes":
        return review.change(made, appraisal.load(opened, policy.at(policy.period.shift(-1))))
    frame: pd.DataFrame = getattr(made, kind)
    return frame.assign(period=policy.period.label) if kind == "raters" else frame


def _acceptance(made: Appraisal) -> pd.DataFrame:
    """Tell how much of the admissible weightings gives everybody each grade (§4)."""
    from salesperf_lib import weights

    explored = weights.explore(made)
    found = weights.acceptability(explored)
    table = weights.acceptance(explored, found=found).drop(columns="name")
    named = {grade: f"share_{grade.lower()}" for grade in weights.grade_names(explored)}
    table = table.rename(columns=named).assign(prior=found.prior, draws=found.draws)
    table.insert(0, "period", made.period.label)
    return table


def _of_periods(cases: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Keep the cases whose period shares a day with one of those asked for."""
    start = policies[0].company.fiscal_start_month
    spans = [Period.parse(label, start) for label in cases["period"]]
    asked = [policy.period for policy in policies]
    meet = [any(one.first <= each.last and each.first <= one.last for each in asked) for one in spans]
    return cases[meet].reset_index(drop=True)


def _targets(opened: Facts, policies: Sequence[Policy]) -> pd.DataFrame:
    """Take the rows of the periods asked for out of the book of each year."""
    import pandas as pd

    from salesperf_lib import targets

    kept: list[pd.DataFrame] = []
    books: dict[str, pd.DataFrame] = {}
    for policy in policies:
        period = policy.period
        year = period if period.kind == "year" else period.parent("year", policy.company.fiscal_start_month)
        if year.label not in books:
            books[year.label] = targets.book(opened, policy, year)
        book = books[year.label]
        kept.append(book[book["period"] == period.label])
    return pd.concat(kept, ignore_index=True)


def _fact_rows(asked: Asked, opened: Facts, periods: Sequence[Period]) -> pd.DataFrame:
    """Read a fact table: rows of the periods by its day, or all rows, which is said, if it has none."""
    from salesperf_lib.facts import TABLES

    name = asked.kind.removeprefix("facts.")
    rows: Any = opened.table(name)
    day = TABLES[name].day or EVENT_DAYS.get(name, "month")
    if day in rows.columns:
        _say_dayless(rows, day, name)
        inside = [rows[day].between(period.first, period.last) for period in periods]
        rows = rows.filter(_any(inside))
    elif "period" in rows.columns:
        rows = rows.filter(rows["period"].isin([period.label for period in periods]))
    else:
        typer.echo(f"facts.{name} has no day: all rows are shown, of whatever period", err=True)
    return rows.execute()


def _say_dayless(rows: Any, day: str, name: str) -> None:
    """Say how many rows no period can hold."""
    absent = int((rows.count() - rows[day].count()).execute())
    if absent:
        typer.echo(f"facts.{name}: rows without a day are not shown: {absent:,}", err=True)


def _any(conditions: list[Any]) -> Any:
    found = conditions[0]
    for condition in conditions[1:]:
        found |= condition
    return found


def _kept(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Keep the rows asked for, by whichever of the columns the frame has."""
    if asked.levels and "level" in frame:
        frame = frame[frame["level"].isin(asked.levels)]
    if asked.kpis and "kpi" in frame:
        frame = frame[frame["kpi"].isin(asked.kpis)]
    if asked.units:
        named = [column for column in ("unit_id", "team_id", "person_id", "channel") if column in frame]
        frame = frame[frame[named].isin(asked.units).any(axis=1)]
    return frame.reset_index(drop=True)
