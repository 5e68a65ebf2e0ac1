"""Open a calibration meeting, work out what it could decide, and record what it decided (§3.1)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib import facts, kpis, params, stats, targets
from salesperf_lib.errors import DataError, ParamError, PeriodError, Problem, fail_if_any
from salesperf_lib.language import Locale, signed
from salesperf_lib.params.policy import Amendment, CalibrationRules, Change, Name
from salesperf_lib.periods import Period, is_closed, last_closed_month, year_of
from salesperf_lib.reports.context import read_choices, unusable_period
from salesperf_lib.stats import Shift
from salesperf_lib.targets import calibration, recalibration
from salesperf_lib.targets.outlook import forecasts

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts
    from salesperf_lib.params import Policy

SALES = "net_sales"
RECENT = 12
"""Months from which the actual conversion rates are taken."""
ATTENDEES = {"sales_director": 1, "data_analyst": 1, "senior_member": 2}
LEVELS = ("company", "group", "team", "person")


@dataclass(frozen=True, eq=False)
class Meeting:
    """One calibration meeting: what is known on its day, and what it could decide.

    Parameters
    ----------
    facts, policy
        The data, and the rules of the month that is looked back on.
    locale
        How it is written.
    today
        The day of the meeting.
    provisional
        Whether the month looked back on is still open.
    typed
        The shock as it was typed; 0 where it is to be detected.
    first
        First month whose targets move.
    alternative
        The choice that is worked out.
    """

    facts: Facts
    policy: Policy
    locale: Locale
    today: date
    provisional: bool
    typed: float
    first: Period
    alternative: str

    @property
    def rules(self) -> CalibrationRules:
        """Give the rule of the calibration."""
        return self.policy.targets.calibration

    @property
    def closed_through(self) -> date:
        """Give the last day of the last month that is closed on the day of the meeting."""
        return last_closed_month(self.today, self.policy.company.close_day).last

    @cached_property
    def year(self) -> Policy:
        """Give the rules of the year whose targets move, with every record that counts in it."""
        start = self.policy.company.fiscal_start_month
        return self.policy.at(year_of(self.first.first, start))

    @property
    def names(self) -> list[str]:
        """List the indicators that a calibration moves."""
        rules = self.rules
        return [rules.shocked, *rules.volumes, *rules.rates, rules.order_value, SALES]

    @cached_property
    def history(self) -> pd.DataFrame:
        """Give the values of every month up to the one looked back on: the KPI frame of DATA §6."""
        month = self.policy.period.months()[-1]
        months: list[Period] = []
        while month.first >= self.facts.first_day:
            months.insert(0, month)
            month = month.shift(-1)
        found = kpis.compute(self.facts, self.policy, months, ("company",), self.names)
        return found[found["channel"] == "all"]

    def monthly(self, kpi: str) -> pd.DataFrame:
        """Give the company's months of an indicator, oldest first, those without a value left out."""
        rows = self.history
        own = rows[(rows["level"] == "company") & (rows["kpi"] == kpi) & rows["value"].notna()]
        return own.sort_values("period")

    @cached_property
    def shift(self) -> Shift:
        """Give what is found when a shift is looked for in the price of a new customer."""
        rows = self.monthly(self.rules.shocked)
        return stats.detect_shift(
            rows["period"].tolist(), rows["value"].tolist(), least_size=self.rules.least_shock
        )

    @property
    def shock(self) -> float:
        """Give the size of the shock: typed, else detected; 0 where there is none to calibrate for."""
        if self.typed:
            return self.typed
        return self.shift.size if self.shift.code == "shift" else 0.0

    @property
    def origin(self) -> str:
        """Say where the shock comes from: ``typed`` or ``detected``."""
        return "typed" if self.typed else "detected"

    def say_shift(self, locale: Locale | None = None) -> str:
        """Say in a sentence what was found in the data."""
        locale, found = locale or self.locale, self.shift
        told = {"kpi": self.policy.kpis[self.rules.shocked].name.of(locale.lang)}
        if found.code in ("shift", "small", "unconfirmed"):
            sizes = {name: getattr(found, name) for name in ("size", "low", "high")}
            told |= {name: signed(locale.percent(size)) for name, size in sizes.items()}
            told |= {"month": locale.period(found.month), "confidence": locale.percent(0.95, 0)}
        return locale.text(f"calibration.shift.{found.code}", **told)

    @cached_property
    def before(self) -> pd.DataFrame:
        """Give the target book in force: the indicators that a calibration moves."""
        return self.book(())

    @cached_property
    def after(self) -> pd.DataFrame:
        """Give the book as it would be with the chosen alternative; the same one where nothing moves."""
        if not self.changes:
            return self.before
        title = Name("draft", "draft")
        draft = Amendment("draft", "calibration", self.first.first, self.today, title, tuple(self.changes))
        return self.book((draft,))

    def book(self, further: Sequence[Amendment]) -> pd.DataFrame:
        """Write the year's book with amendments that nobody has recorded yet."""
        made = (*self.year.amendments, *further)
        policy = replace(self.year, amendments=tuple(sorted(made, key=lambda one: (one.valid_from, one.id))))
        return targets.book(self.facts, policy, policy.period, self._outlook, self.names)

    @cached_property
    def _outlook(self) -> pd.DataFrame:
        """Give the values that a book stands on, once for all books of the meeting."""
        window = targets.outlook_window(self.facts, self.year, self.year.period)
        if not window:
            return targets.no_history()
        return kpis.compute(self.facts, self.year, window, LEVELS, self.names)

    def months_of(self, book: pd.DataFrame, kpi: str, unit: str = "company") -> pd.Series:
        """Give a unit's month targets of an indicator that may still move: month to target."""
        wanted = (book["kpi"] == kpi) & (book["unit_id"] == unit) & book["level"].isin(["company", "team"])
        rows = book[wanted & book["period"].str.fullmatch(r"\d{4}-\d{2}")]
        rows = rows[rows["period"] >= self.first.label].sort_values("period")
        return rows.set_index("period")["target"]

    @cached_property
    def caps(self) -> dict[str, float]:
        """Give the most that each rate may be asked for."""
        return calibration.historical_caps(self.history, self.rules)

    @cached_property
    def recent(self) -> pd.DataFrame:
        """Give the conversion rates of the last twelve months: rate and orders, by indicator."""
        sums = {kpi: self.monthly(kpi).tail(RECENT)[["numerator", "denominator"]].sum() for kpi in self.caps}
        table = pd.DataFrame(sums).T.reindex(columns=["numerator", "denominator"]).astype(float)
        table = table[(table["denominator"] > 0) & (table["numerator"] > 0)]
        return pd.DataFrame({"rate": table["numerator"] / table["denominator"], "orders": table["numerator"]})

    @cached_property
    def proposals(self) -> pd.DataFrame:
        """Lay the alternatives side by side (`calibration.propose`); empty without a shock.

        Notes
        -----
        The rates start from what they were in the last twelve months, not from their targets: a target
        that lies above every month so far would leave no room to ask for more. Net sales of the open
        months are leads × orders per lead × order value.
        """
        if self.shock == 0:
            return pd.DataFrame(columns=list(calibration.schema().columns))
        if self.months_of(self.before, SALES).empty:
            allowed = f"a month of a year for which source {self.policy.source} has goals of net sales"
            raise DataError(Problem("parameter valid_from", self.first.label, allowed))
        leads = float(sum(self.months_of(self.before, kpi).sum() for kpi in self.rules.volumes))
        value = float(self.months_of(self.before, self.rules.order_value).mean())
        sales = float(self.months_of(self.before, SALES).sum())
        recent = self.recent
        own = {name: {str(kpi): float(v) for kpi, v in recent[name].items()} for name in recent}
        conversion = sales / (leads * value) if leads and value else math.nan
        return calibration.propose(
            self.shock, leads, conversion, value, self.rules, self.caps,
            rates=own["rate"] or None, shares=own["orders"] or None,
        )  # fmt: skip

    @property
    def chosen(self) -> pd.Series:
        """Give the row of the chosen alternative."""
        return self.proposals[self.proposals["alternative"] == self.alternative].iloc[0]

    @cached_property
    def changes(self) -> list[Change]:
        """List the company's targets that the chosen alternative changes."""
        if self.proposals.empty:
            return []
        return calibration.changes_of(
            self.chosen, self.before, self.first, self.year, self.caps, self.closed_through
        )

    @cached_property
    def rest(self) -> recalibration.Recalibration | None:
        """Give what the rest of the year's net sales could be set to; None unless the year runs."""
        rows = self.before
        own = rows[(rows["kpi"] == SALES) & (rows["level"] == "company")].set_index("period")["target"]
        months = [month.label for month in self.year.period.months()]
        actual = self.monthly(SALES).set_index("period")["value"].astype(float)
        done = [month for month in months if month in actual.index and month < self.first.label]
        if SALES not in set(rows["kpi"]) or not 0 < len(done) < len(months) or done != months[: len(done)]:
            return None
        plan = own.reindex(months).to_numpy(float)
        means, spread = self._expected()
        reached, rules = np.asarray(actual[done], np.float64), self.policy.targets.recalibration
        return recalibration.remaining(plan, reached, rules, cv=spread, expected=means)

    def _expected(self) -> tuple[NDArray[np.float64] | None, list[float] | float]:
        """Give what was expected of the months before the year began, and how far they scatter."""
        made = targets.plan_year(self.facts, self.year, self.year.period, self._outlook, [SALES])
        rows = forecasts(made, self.year)
        own = rows[(rows["level"] == "company") & rows["period"].str.fullmatch(r"\d{4}-\d{2}")]
        own = own.sort_values("period")
        if len(own) != len(self.year.period.months()) or own["mean"].isna().any():
            return None, recalibration.MONTH_CV
        return own["mean"].to_numpy(float), own["cv"].astype(float).tolist()


def open_meeting(
    period: str,
    lang: str,
    scenario: str = "base",
    source: str = "sample",
    as_of: str = "",
    provisional: bool = False,
    shock: float = 0.0,
    valid_from: str = "",
    alternative: str = "rule",
) -> Meeting:
    """Check a meeting's parameters and open its data.

    Parameters
    ----------
    period
        The last closed month: the meeting looks back on the months up to it.
    lang, scenario, source, as_of, provisional
        As for `open_report`.
    shock
        Size of the shock: 0.3 for +30 %; 0 = as detected in the data.
    valid_from
        First month whose targets move; empty = the first open month after `period`.
    alternative
        One of ``keep``, ``rule``, ``full``, ``none``, ``order_value``.

    Returns
    -------
    Meeting
        What the sections read; everything is computed when it is first asked for.

    Raises
    ------
    ParamError, PeriodError, DataError
        With what is wrong with the parameters. A closed month in `valid_from` is refused.
    """
    day = read_choices(lang, as_of)
    policy = params.load_policy(str(period), source, scenario, day)
    held = facts.open(source, as_of=day)
    today = day or held.last_day
    company = policy.company
    fail_if_any(unusable_period(policy, held, today, provisional), PeriodError)
    locale = Locale(lang, company.currency, company.money_scale, company.money_digits)
    return meet(held, policy, locale, today, shock, valid_from, alternative)


def meet(
    held: Facts,
    policy: Policy,
    locale: Locale,
    today: date,
    shock: float = 0.0,
    valid_from: str = "",
    alternative: str = "rule",
) -> Meeting:
    """Open a meeting on data and rules that are at hand.

    Raises
    ------
    ParamError, PeriodError
        If the shock or the alternative is impossible, or `valid_from` is no open month.
    """
    problems: list[Problem] = []
    if not math.isfinite(shock) or shock <= -1:
        allowed = "a change above −1 (−100 %), such as 0.3 for +30 %; 0 = as detected in the data"
        problems.append(Problem("parameter shock", f"{shock:g}", allowed))
    if alternative not in calibration.ALTERNATIVES:
        allowed = f"one of {', '.join(calibration.ALTERNATIVES)}"
        problems.append(Problem("parameter alternative", repr(alternative), allowed))
    fail_if_any(problems, ParamError)
    close_day = policy.company.close_day
    after = max(policy.period.months()[-1], last_closed_month(today, close_day), key=lambda one: one.first)
    first = Period.parse(valid_from) if valid_from else after.shift(1)
    _fail_if_not_open(first, last_closed_month(today, close_day))
    provisional = not is_closed(policy.period, today, close_day)
    return Meeting(held, policy, locale, today, provisional, float(shock), first, alternative)


def accept(
    meeting: Meeting,
    recorded_on: str | date,
    decided: str,
    attendees: Mapping[str, int] | None = None,
) -> Path:
    """Write down what the meeting decided: a record that is only ever added to the ledger.

    Parameters
    ----------
    meeting
        With the alternative that was chosen.
    recorded_on
        The day of the record.
    decided
        What was decided, in a sentence; it becomes the record's title. No names of persons.
    attendees
        Roles and how many of each took part.

    Returns
    -------
    Path
        The new file in ``params/calibrations/``.

    Raises
    ------
    ParamError, DataError
        If there is no shock, or the ledger refuses the record; it then stays as it is.
    """
    from salesperf_lib.params import ledger

    if meeting.proposals.empty:
        found = f"no shock: {meeting.say_shift(Locale('en'))}"
        raise DataError(Problem("calibration", found, "a shock, typed or detected", "type its size: 0.3"))
    day = recorded_on if isinstance(recorded_on, date) else date.fromisoformat(recorded_on)
    _ = meeting.after  # refuse what leaves no room for itself before anything is written
    closed = last_closed_month(max(day, meeting.today), meeting.policy.company.close_day).last
    return ledger.append(record_of(meeting, day, decided, attendees), meeting.policy.root,
                         meeting.policy.source, closed)  # fmt: skip


def record_of(
    meeting: Meeting, day: date, decided: str, attendees: Mapping[str, int] | None
) -> dict[str, object]:
    """Give the fields of the record of a meeting."""
    rules, row = meeting.rules, meeting.chosen
    evidence: object = decided
    if meeting.origin == "detected":
        evidence = {lang: meeting.say_shift(replace(meeting.locale, lang=lang)) for lang in ("zh", "en")}
    shock = {"kpi": rules.shocked, "size": round(meeting.shock, 6), "origin": meeting.origin}
    rule = {name: getattr(rules, name) for name in ("response", "pass_on", "cap_quantile")}
    roles = ATTENDEES if attendees is None else attendees
    return {
        "kind": "calibration",
        "valid_from": meeting.first.first,
        "recorded_on": day,
        "title": {"zh": decided, "en": decided},
        "shock": shock | {"evidence": evidence},
        "rule": rule | {"alternative": meeting.alternative},
        "unfunded_gap": max(0, round(float(row["unfunded_gap"]))),
        "attendees": [{"role": role, "count": count} for role, count in roles.items()],
        "changes": rows_of(meeting.changes),
    }


def rows_of(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Write changes as the ledger holds them."""
    names = ("level", "unit_id", "team_id", "kpi", "period", "before", "after")
    return [{name: getattr(change, name) for name in names} for change in changes]


def _fail_if_not_open(first: Period, closed: Period) -> None:
    if first.kind != "month":
        raise PeriodError(Problem("parameter valid_from", first.label, "a month, such as 2026-08"))
    if first.first <= closed.last:
        allowed = f"{closed.shift(1).label} or later"
        remedy = "closed months never change: take an open one"
        raise PeriodError(Problem("parameter valid_from", f"{first.label}, a closed month", allowed, remedy))
