"""Which period is meant, whether the data cover it, and whether its figures are final."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from salesperf_lib.errors import PeriodError, Problem
from salesperf_lib.params import load_policy
from salesperf_lib.params.policy import Company, Policy
from salesperf_lib.periods import Period, closing_day, is_closed, last_closed_month, month_of, year_of

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

LAST_CLOSED = "last-closed"


def policy_of(
    text: str,
    opened: Facts,
    scenario: str = "base",
    as_of: date | None = None,
    root: Path | None = None,
    kind: str = "month",
) -> Policy:
    """Load the rules of a period that somebody wrote.

    Parameters
    ----------
    text
        A written form, or ``last-closed``.
    opened
        The data; fiscal years are those of their source.
    scenario, as_of, root
        As for `load_policy`.
    kind
        What ``last-closed`` means: the last closed month, quarter or year.

    Returns
    -------
    Policy
        Of the period, with the period read.

    Raises
    ------
    PeriodError
        If the period cannot be read, or no day of it is covered by the data.
    """
    latest = load_policy(month_of(opened.last_day), opened.source, scenario, as_of, root)
    if text == LAST_CLOSED:
        period = _last_closed(opened, as_of, latest.company, kind)
    else:
        period = Period.parse(text, latest.company.fiscal_start_month)
    fail_if_not_covered(period, opened)
    return latest.at(period)


def fail_if_not_covered(period: Period, opened: Facts) -> None:
    """Refuse a period of which the data cover no day.

    Raises
    ------
    PeriodError
        Naming the days covered.
    """
    if period.last < opened.first_day or period.first > opened.last_day:
        covered = f"{opened.first_day} to {opened.last_day}, which the data of source {opened.source} cover"
        raise PeriodError(Problem(f"period {period.label}", "no data", covered))


def open_problems(policy: Policy, opened: Facts, as_of: date | None) -> list[Problem]:
    """Tell why a period's figures are not final yet; nothing if they are."""
    period, close_day = policy.period, policy.company.close_day
    if is_closed(period, as_of or opened.last_day, close_day) and opened.last_day >= period.last:
        return []
    found = f"still open: final from {closing_day(period, close_day)}, the data reach to {opened.last_day}"
    remedy = f"take --period {LAST_CLOSED}, or --provisional to see it as it stands"
    return [Problem(f"period {period.label}", found, "a closed period", remedy)]


def _last_closed(opened: Facts, as_of: date | None, company: Company, kind: str) -> Period:
    """Give the latest month, quarter or year that is closed and that the data cover to its end."""
    month = last_closed_month(as_of or opened.last_day, company.close_day)
    while opened.last_day < month.last:
        month = month.shift(-1)
    if kind not in ("quarter", "year"):
        return month
    year = year_of(month.last, company.fiscal_start_month)
    parts = (year,) if kind == "year" else year.children("quarter")
    done = [part for part in parts if part.last <= month.last]
    return done[-1] if done else parts[0].shift(-1)
