"""The shape of a year: promotions, Spring Festival and the weight of the quarters (§1.3)."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]

SPRING_FESTIVAL = "Chinese New Year (Spring Festival)"
QUARTER_SHARES = (0.175, 0.25, 0.245, 0.33)
WEEKDAYS = (0.95, 0.94, 0.96, 0.98, 1.02, 1.09, 1.06)

# First day of the pre-sale of 618 and Double 11: it moves every year; later years repeat the last.
PRESALE_618 = {2024: "05-20", 2025: "05-13", 2026: "05-18"}
PRESALE_DOUBLE_11 = {2024: "10-14", 2025: "10-15", 2026: "10-14"}

# Day of the year (or offset from Spring Festival) → demand against an ordinary day.
SPANS = (
    ("03-05", "03-07", 1.15), ("03-08", "03-08", 1.6),
    ("06-01", "06-03", 1.6), ("06-04", "06-15", 1.15), ("06-16", "06-17", 1.8), ("06-18", "06-18", 3.0),
    ("06-19", "06-20", 1.25), ("06-21", "06-30", 0.85),
    ("11-01", "11-03", 1.6), ("11-04", "11-10", 1.2), ("11-11", "11-11", 5.8), ("11-12", "11-12", 1.5),
    ("11-13", "11-25", 0.75), ("12-10", "12-11", 1.2), ("12-12", "12-12", 1.9),
)  # fmt: skip
PRESALE_LIFT = 1.1
FESTIVAL_SPANS = ((-25, -12, 1.1), (-10, -5, 0.8), (-4, 6, 0.42), (7, 11, 0.75))


def day_range(first: date, last: date) -> Days:
    """List the days from first to last, both included."""
    return np.arange(np.datetime64(first), np.datetime64(last) + 1)


def spring_festival(year: int) -> date:
    """Tell the first day of the lunar year.

    Notes
    -----
    The exact English name is matched: a prefix also hits the Eve, which is listed from 2025 on.
    """
    calendar = holidays.country_holidays("CN", years=year, language="en_US")
    return min(day for day, name in calendar.items() if SPRING_FESTIVAL in name.split("; "))


def promotion_lift(year: int) -> tuple[Days, Floats]:
    """Draw one year's demand against an ordinary day: weekday × promotions × Spring Festival."""
    days = day_range(date(year, 1, 1), date(year, 12, 31))
    weekday = (days.astype("datetime64[D]").view("int64") + 3) % 7
    lift = np.asarray(WEEKDAYS)[weekday]
    for first, last, factor in SPANS:
        lift[_between(days, f"{year}-{first}", f"{year}-{last}")] *= factor
    for starts, end in ((PRESALE_618, "05-31"), (PRESALE_DOUBLE_11, "10-31")):
        start = starts.get(year, starts[max(starts)])
        lift[_between(days, f"{year}-{start}", f"{year}-{end}")] *= PRESALE_LIFT
    festival = spring_festival(year)
    for first, last, factor in FESTIVAL_SPANS:
        lift[_between(days, festival + timedelta(first), festival + timedelta(last))] *= factor
    return days, lift


def demand_curve(years: range, growth: float) -> tuple[Days, Floats]:
    """Draw the orders expected each day, in units of the first year's total.

    Parameters
    ----------
    years
        Whole calendar years.
    growth
        Growth from one year to the next, 0.08 for 8 %.

    Returns
    -------
    tuple
        Days, and the weight of each: the first year's weights add up to 1.

    Notes
    -----
    The level runs smoothly through the middles of the quarters; its knots are moved until every
    quarter holds its share of the year.
    """
    parts = [promotion_lift(year) for year in years]
    days, lift = (np.concatenate(part) for part in zip(*parts, strict=True))
    quarter = (days.astype("datetime64[M]").view("int64") - (years[0] - 1970) * 12) // 3
    n_quarters = 4 * len(years)
    aims = np.tile(QUARTER_SHARES, len(years)) * np.repeat((1 + growth) ** np.arange(len(years)), 4)
    position = np.arange(len(days))
    knots_at = np.array([position[quarter == q].mean() for q in range(n_quarters)])
    knots = np.log(aims / np.bincount(quarter, lift))
    for _ in range(80):
        weights = lift * np.exp(np.interp(position, knots_at, knots))
        knots += 0.7 * np.log(aims / np.bincount(quarter, weights))
    return days, lift * np.exp(np.interp(position, knots_at, knots))


def promotion_strength(years: range) -> Floats:
    """Tell how far each day stands above an ordinary one, weekday apart; 1 on ordinary days."""
    parts = [promotion_lift(year) for year in years]
    days, lift = (np.concatenate(part) for part in zip(*parts, strict=True))
    weekday = (days.astype("datetime64[D]").view("int64") + 3) % 7
    return lift / np.asarray(WEEKDAYS)[weekday]


def _between(days: Days, first: date | str, last: date | str) -> npt.NDArray[np.bool_]:
    return (days >= np.datetime64(first)) & (days <= np.datetime64(last))
