"""What ``salesperf targets`` does: open a year's book, check its sums, and read and write its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import facts, params, reports
from salesperf_lib import targets as engine
from salesperf_lib.errors import DataError, PeriodError, Problem, fail_if_any
from salesperf_lib.language import Locale
from salesperf_lib.params import ledger
from salesperf_lib.params.policy import Amendment, Change, Name, Policy
from salesperf_lib.periods import Period, last_closed_month, month_of, year_of
from salesperf_lib.render import policy_of
from salesperf_lib.reports import target_workbook
from salesperf_lib.reports.meeting import meet, rows_of
from salesperf_lib.targets import edits, explanation

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

ROLES = ("sales_director", "data_analyst", "senior_member")


@dataclass(frozen=True, eq=False)
class Book:
    """The target book of a year, and what it was made of."""

    facts: Facts
    policy: Policy
    frame: pd.DataFrame

    def rows(self, period: str, levels: Sequence[str] = (), kpis: Sequence[str] = ()) -> pd.DataFrame:
        """Take the rows asked for: all parts of a year, or one month or quarter."""
        wanted = Period.parse(period, self.policy.company.fiscal_start_month)
        rows = self.frame
        chosen = {"level": levels, "kpi": kpis}
        if wanted.kind != "year":
            chosen["period"] = (wanted.label,)
        for column, values in chosen.items():
            known = list(dict.fromkeys(self.frame[column]))
            wrong = [
                Problem(f"--{column}", repr(one), ", ".join(known)) for one in values if one not in known
            ]
            fail_if_any(wrong, DataError)
            rows = rows[rows[column].isin(values)] if values else rows
        return rows.reset_index(drop=True)

    def say_margins(self, kpis: Sequence[str] = ()) -> Iterator[str]:
        """Say of every volume what it comes to, and whether all its sums agree."""
        scale, currency = self.policy.company.money_scale, self.policy.company.currency
        for kpi in dict.fromkeys(self.frame["kpi"]):
            rule = self.policy.kpis[kpi]
            if rule.kind != "volume" or (kpis and kpi not in kpis):
                continue
            checked, wrong = margins(self.frame[self.frame["kpi"] == kpi], self.policy.period)
            year = self.frame[(self.frame["kpi"] == kpi) & (self.frame["period"] == self.policy.period.label)]
            total = float(year.loc[year["level"] == "company", "target"].sum())
            written = f"{currency} {total / scale:,.2f}" if rule.unit == "money" else f"{total:,.0f}"
            said = "all equal" if not wrong else f"{wrong} DIFFER"
            yield f"{kpi}: {written}; {checked:,} sums over units and periods checked, {said}"


def margins(rows: pd.DataFrame, year: Period) -> tuple[int, int]:
    """Check every sum of one volume: months to quarters to the year, people to teams to the company.

    Returns
    -------
    tuple of int
        How many sums were compared, and how many differ by anything at all.
    """
    unit = ["level", "unit_id", "team_id"]
    own = rows[rows["level"] != "channel"]
    # A person who is not there in a period has no target in it: nothing, as a part of a sum.
    table = own.pivot_table(index=unit, columns="period", values="target", aggfunc="sum").fillna(0)
    pairs: list[tuple[pd.Series, pd.Series]] = []
    whole = [month.label for month in year.months()]
    for label, parts in [(year.label, whole)] + [
        (quarter.label, [month.label for month in quarter.months()]) for quarter in year.children("quarter")
    ]:
        pairs.append((table[label], table[parts].sum(axis=1)))
    kind = table.index.get_level_values("level")
    pairs.append((table[kind == "company"].sum(), table[kind == "team"].sum()))
    if (kind == "person").any():
        people = table[kind == "person"].groupby(level="team_id").sum()
        team = table[kind == "team"].groupby(level="team_id").sum().reindex(people.index)
        pairs.append((team.melt()["value"], people.melt()["value"]))
    return sum(len(one) for one, _ in pairs), sum(int((one != other).sum()) for one, other in pairs)


def open_book(period: str, source: str, scenario: str, as_of: date | None) -> Book:
    """Write the target book of the year that a period lies in; the data need not cover it yet."""
    opened = facts.open(source, as_of=as_of)
    policy = _year_policy(period, opened, scenario, as_of)
    frame = engine.book(opened, policy, policy.period)
    if frame.empty:
        allowed = f"a year with goals in source {source}"
        raise DataError(Problem(f"targets of {policy.period.label}", "no goals", allowed))
    return Book(opened, policy, frame)


def _year_policy(period: str, opened: Facts, scenario: str, as_of: date | None) -> Policy:
    """Load the rules of the year that a period lies in; of that of the last day covered if not given."""
    latest = params.load_policy(month_of(opened.last_day), opened.source, scenario, as_of)
    start = latest.company.fiscal_start_month
    if not period:
        return latest.at(year_of(opened.last_day, start))
    wanted = Period.parse(period, start)
    return latest.at(wanted if wanted.kind == "year" else wanted.parent("year", start))


def closed_through(policy: Policy, today: date) -> date:
    """Give the last day of the last month that is closed on a day."""
    return last_closed_month(today, policy.company.close_day).last


def open_meeting(
    period: str, source: str, scenario: str, as_of: date | None, lang: str, day: date | None,
    shock: float, start: str, alternative: str,
) -> reports.Meeting:  # fmt: skip
    """Open a calibration meeting on a day: that of the record, else of knowledge, else of the data."""
    opened = facts.open(source, as_of=as_of)
    policy = policy_of(period, opened, scenario, as_of)
    company = policy.company
    locale = Locale(lang, company.currency, company.money_scale, company.money_digits)
    today = day or as_of or opened.last_day
    return meet(opened, policy, locale, today, shock, start, alternative)


def attendees(given: Sequence[str]) -> dict[str, int] | None:
    """Read ``role`` and ``role:2``; None where nobody was named."""
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for text in given:
        role, _, count = text.partition(":")
        if role not in ROLES or (count and not (count.isascii() and count.isdigit() and int(count))):
            allowed = f"one of {', '.join(ROLES)}, perhaps with a number: senior_member:2"
            problems.append(Problem("--attendee", repr(text), allowed, "name roles, never persons"))
            continue
        found[role] = found.get(role, 0) + int(count or 1)
    fail_if_any(problems, DataError)
    return found or None


def withdraw(number: str, day: date, start: str, reason: str, source: str) -> Path:
    """Record that a record no longer holds from a month on."""
    root = params.project_root()
    policy = params.load_policy(month_of(day), source, root=root)
    record = {
        "kind": "withdrawal",
        "withdraws": number,
        "recorded_on": day,
        "valid_from": _month(start).first,
        "title": {"zh": reason, "en": reason},
    }
    return ledger.append(record, root, source, closed_through(policy, day))


def history(source: str, as_of: date | None, lang: str) -> list[list[str]]:
    """Write every record of a source with its state."""
    opened = facts.open(source, as_of=as_of)
    policy = params.load_policy(month_of(opened.last_day), source, as_of=as_of)
    company = policy.company
    locale = Locale(lang, company.currency, company.money_scale, company.money_digits)
    return reports.calibration.history(meet(opened, policy, locale, as_of or opened.last_day))


def export(book: Book, path: Path, lang: str, teams: Sequence[str] | None) -> None:
    """Write a book as a workbook."""
    target_workbook.write_book(book.frame, book.policy, book.facts, path, lang, teams)


@dataclass(frozen=True, eq=False)
class Edited:
    """What was changed in a target book, and the book recomputed around it."""

    book: Book
    changes: list[Change]
    first: Period
    day: date
    after: Book

    def say(self, lang: str) -> Iterator[str]:
        """List the changes, the number of targets that follow, and whether all sums agree."""
        names = target_workbook.unit_names(self.book.facts, self.book.policy, self.book.policy.period, lang)
        listed = edits.listed_edits(self.changes, self.book.policy, lang, names)
        yield "\t".join(listed.columns)
        for row in listed.itertuples(index=False, name=None):
            yield "\t".join(map(str, row))
        if not self.changes:
            yield "no cell was changed"
            return
        key = ["period", "level", "unit_id", "team_id", "kpi"]
        both = self.book.frame.merge(self.after.frame, on=key, suffixes=("", "_after"))
        moved = int((both["target"] != both["target_after"]).sum())
        yield f"{moved:,} targets move, from {self.first.label} on"
        yield from self.after.say_margins(list(dict.fromkeys(change.kpi for change in self.changes)))

    def record(self, decided: str) -> Path:
        """Write the edits into the ledger."""
        policy = self.book.policy
        record = {
            "kind": "edit",
            "valid_from": self.first.first,
            "recorded_on": self.day,
            "title": {"zh": decided, "en": decided},
            "changes": rows_of(self.changes),
        }
        return ledger.append(record, policy.root, policy.source, closed_through(policy, self.day))


def read_book(
    path: Path, period: str, source: str, scenario: str, as_of: date | None, day: date | None, start: str
) -> Edited:
    """Read an edited book against the one in force, and recompute that around the edits.

    Raises
    ------
    DataError
        With every problem of the file, or what the edits leave no room for.
    """
    opened = facts.open(source, as_of=as_of)
    book = open_book(period, source, scenario, as_of)
    today = day or as_of or opened.last_day
    closed = closed_through(book.policy, today)
    first = _month(start) if start else month_of(closed).shift(1)
    changes = edits.read_edits(path, book.frame, book.policy, closed)
    if not changes:
        return Edited(book, changes, first, today, book)
    draft = Amendment("Edraft", "edit", first.first, today, Name("draft", "draft"), tuple(changes))
    made = sorted((*book.policy.amendments, draft), key=lambda one: (one.valid_from, one.id))
    policy = replace(book.policy, amendments=tuple(made))
    after = Book(opened, book.policy, engine.book(opened, policy, policy.period))
    return Edited(book, changes, first, today, after)


def explain(
    unit: str, period: str, kpi: str, source: str, scenario: str, as_of: date | None, lang: str
) -> Iterator[str]:
    """Say the steps that make a target, one line each, and their sum; money in major units.

    Raises
    ------
    DataError
        If there is no such volume, or the unit has no target of it in the period.
    """
    opened = facts.open(source, as_of=as_of)
    policy = _year_policy(period, opened, scenario, as_of)
    wanted = Period.parse(period, policy.company.fiscal_start_month).label
    fail_if_any(_no_volume(kpi, policy), DataError)
    made = engine.plan_year(opened, policy, policy.period, only=[kpi])
    steps = explanation.explain(made, kpi)
    there = steps[steps["period"] == wanted]
    own = there[there["unit_id"] == unit]
    if own.empty:
        known = ", ".join(there.loc[there["level"] != "person", "unit_id"].unique())
        raise DataError(Problem("unit", repr(unit), f"a person with targets, or one of: {known}"))
    company = policy.company
    locale = Locale(lang, company.currency, company.money_scale, company.money_digits)
    names = target_workbook.unit_names(opened, policy, policy.period, lang)
    title = f"{policy.kpis[kpi].name.of(lang)}, {locale.period(wanted)}: "
    for (level, team), rows in own.groupby(["level", "team_id"], sort=False):
        place = f", {names.get(('team', str(team)), team)}" if level == "person" else ""
        yield f"{title}{names.get((str(level), unit), unit)}{place}"
        for step, amount in zip(rows["step"], rows["amount"], strict=True):
            if amount:
                yield f"{_amount(amount, kpi, policy):>18}  {_say_step(step, locale)}"
        total = _amount(float(rows["amount"].to_numpy(float).sum()), kpi, policy)
        yield f"{total:>18}  = {locale.text('meeting.total')} ({rows['basis'].iloc[0]})"


def _say_step(step: str, locale: Locale) -> str:
    name, _, month = step.partition(":")
    return locale.text(f"meeting.step.{name}", **({"month": locale.period(month)} if month else {}))


def _amount(amount: float, kpi: str, policy: Policy) -> str:
    """Write an amount in major units, to its last digit."""
    company = policy.company
    if policy.kpis[kpi].unit == "money":
        return f"{amount / company.money_scale:,.{company.money_digits}f} {company.currency}"
    return f"{amount:,.0f}"


def _no_volume(kpi: str, policy: Policy) -> Iterator[Problem]:
    known = [name for name, rule in policy.kpis.items() if rule.kind == "volume"]
    if kpi not in known:
        yield Problem("--kpi", repr(kpi), f"a volume: {', '.join(known)}")


def _month(text: str) -> Period:
    period = Period.parse(text)
    if period.kind != "month":
        raise PeriodError(Problem("--from", text, "a month, such as 2026-08"))
    return period
