"""Periods: every written form, the calendar's edges, fiscal years, closing and phases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import PeriodError
from salesperf_lib.periods import (
    Period,
    Promotion,
    add_months,
    closing_day,
    day_of,
    is_closed,
    last_closed_month,
    month_of,
    phase_of,
    phase_of_day,
    week_of,
    year_of,
)

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def span(text: str, fiscal_start: int = 1) -> tuple[str, date, date]:
    period = Period.parse(text, fiscal_start)
    return period.kind, period.first, period.last


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("2026", "year", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q2", "quarter", date(2026, 4, 1), date(2026, 6, 30)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", "month", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-W23", "week", date(2026, 6, 1), date(2026, 6, 7)),
        ("2026-W53", "week", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-06-18", "day", date(2026, 6, 18), date(2026, 6, 18)),
        ("2026-01..2026-06", "range", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-05-20..2026-06-20", "range", date(2026, 5, 20), date(2026, 6, 20)),
        ("2026-06..2026-06", "range", date(2026, 6, 1), date(2026, 6, 30)),
        (" 2026-06 ", "month", date(2026, 6, 1), date(2026, 6, 30)),
    ],
)
def test_a_written_form_names_a_span(text, kind, first, last):
    assert span(text) == (kind, first, last)
    assert Period.parse(text).label == text.strip()
    assert str(Period.parse(text)) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "", "26", "2026-13", "2026-00", "2026-Q5", "2026-Q0", "2026-W54", "2025-W53", "2026-W00", "..",
        "2026-02-30", "2026-6", "2026/06", "June 2026", "2026-06..2026-01", "2026..2027", "2026-06..", "FY",
        "2026-06..2026-07-01", "2026-01..2026-02..2026-03", "2026-Q1..2026-Q2", "FY26", "FY2026-06", "0000",
        "FY2026-W01", "２０２６-06", "２０２６", "2026-06\n07",
    ],
)  # fmt: skip
def test_what_names_no_span_is_refused_with_the_forms_that_do(text):
    with pytest.raises(PeriodError, match="2026-Q2, 2026-06, 2026-W23"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "start", "first", "last"),
    [
        ("FY2018", 7, date(2017, 7, 1), date(2018, 6, 30)),
        ("FY2018-Q1", 7, date(2017, 7, 1), date(2017, 9, 30)),
        ("FY2018-Q4", 7, date(2018, 4, 1), date(2018, 6, 30)),
        ("FY2018", 1, date(2018, 1, 1), date(2018, 12, 31)),
        ("FY2018-Q2", 1, date(2018, 4, 1), date(2018, 6, 30)),
        ("FY2024-Q1", 12, date(2023, 12, 1), date(2024, 2, 29)),
        ("FY2018", 2, date(2017, 2, 1), date(2018, 1, 31)),
    ],
)
def test_a_fiscal_year_is_named_by_the_year_it_ends_in(text, start, first, last):
    period = Period.parse(text, start)
    assert (period.first, period.last, period.label) == (first, last, text)


def test_a_plain_year_and_quarter_stay_calendar_ones_whatever_the_fiscal_start():
    assert span("2018", 7) == span("2018")
    assert span("2018-Q1", 7) == span("2018-Q1")


def test_a_period_is_read_as_itself():
    period = Period.parse("2026-06")
    assert Period.parse(period, 7) is period


@given(day=days)
def test_a_day_lies_in_its_month_week_and_year_and_their_labels_read_back(day):
    for period in (day_of(day), month_of(day), week_of(day), year_of(day)):
        assert period.contains(day)
        assert Period.parse(period.label) == period
        assert period.each_day()[0] == period.first
        assert period.each_day()[-1] == period.last
        assert len(period.each_day()) == period.days


@given(day=days, start=st.integers(1, 12))
def test_a_fiscal_year_holds_its_days_and_reads_back(day, start):
    year = year_of(day, start)
    assert year.contains(day)
    assert Period.parse(year.label, start) == year
    assert len(year.months()) == 12
    quarters = year.children("quarter")
    assert [quarter.days for quarter in quarters] == [
        sum(m.days for m in quarter.months()) for quarter in quarters
    ]
    assert sum(quarter.days for quarter in quarters) == year.days
    assert all(Period.parse(quarter.label, start) == quarter for quarter in quarters)


@given(day=days, steps=st.integers(-40, 40))
def test_shifting_there_and_back_comes_home(day, steps):
    for period in (day_of(day), month_of(day), week_of(day), year_of(day), month_of(day).parent("quarter")):
        assert period.shift(steps).shift(-steps) == period
        assert period.shift(steps).kind == period.kind
        assert period.shift(1).first == period.last + timedelta(1)


def test_shifts_cross_years_and_keep_the_fiscal_one():
    assert Period.parse("2025-12").shift(1).label == "2026-01"
    assert Period.parse("2026-Q1").shift(-1).label == "2025-Q4"
    assert Period.parse("FY2018-Q4", 7).shift(1).label == "FY2019-Q1"
    assert Period.parse("FY2018", 7).shift(-2).label == "FY2016"
    assert Period.parse("2026-W01").shift(-1).label == "2025-W52"
    assert Period.parse("2026-06-01..2026-06-10").shift(1).label == "2026-06-11..2026-06-20"


def test_the_year_before_is_the_same_part_of_the_calendar():
    assert Period.parse("2024-02").year_before().label == "2023-02"
    assert Period.parse("2026-Q1").year_before().label == "2025-Q1"
    assert Period.parse("FY2018-Q3", 7).year_before().label == "FY2017-Q3"
    assert Period.parse("2026-06-18").year_before().first.weekday() == date(2026, 6, 18).weekday()
    assert Period.parse("2024-02-01..2024-02-29").year_before().last == date(2023, 2, 28)


def test_a_range_of_months_keeps_whole_months_when_it_moves():
    half = Period.parse("2026-01..2026-06")
    assert (half.shift(1).first, half.shift(1).last) == (date(2026, 7, 1), date(2026, 12, 31))
    assert half.shift(1).label == "2026-07..2026-12"
    assert half.year_before().label == "2025-01..2025-06"


def test_children_are_whole_or_refused():
    assert [child.label for child in Period.parse("2026-Q2").children("month")] == [
        "2026-04",
        "2026-05",
        "2026-06",
    ]
    assert len(Period.parse("2024").children("day")) == 366
    assert [c.label for c in Period.parse("2026").children("quarter")] == [
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        "2026-Q4",
    ]
    assert len(Period.parse("2026-01..2026-06").children("month")) == 6
    for text, kind in (
        ("2026-W23", "month"),
        ("2026-05-20..2026-06-20", "month"),
        ("2026-06", "quarter"),
        ("2026", "week"),
    ):
        with pytest.raises(PeriodError, match=f"whole {kind}s"):
            Period.parse(text).children(kind)


def test_parents():
    assert Period.parse("2026-06-18").parent("month").label == "2026-06"
    assert Period.parse("2026-06").parent("quarter").label == "2026-Q2"
    assert Period.parse("2026-Q2").parent("year").label == "2026"
    assert Period.parse("2026-06").parent("year", 7).label == "FY2026"
    assert Period.parse("2026-07").parent("quarter", 7).label == "FY2027-Q1"
    assert Period.parse("2026-W53").parent("year").label == "2026"
    assert Period.parse("2025-W01").parent("year").label == "2025"  # begins on 30 December 2024
    for text, kind in (
        ("2026-W23", "month"),
        ("2026-W23", "quarter"),
        ("2026", "month"),
        ("2026-05-20..2026-06-20", "month"),
    ):
        with pytest.raises(PeriodError):
            Period.parse(text).parent(kind)


def test_contains_takes_days_and_periods():
    quarter = Period.parse("2026-Q2")
    assert quarter.contains(Period.parse("2026-06"))
    assert quarter.contains(quarter)
    assert not quarter.contains(Period.parse("2026-W27"))  # 29 June to 5 July
    assert not quarter.contains(date(2026, 7, 1))


@given(day=days, months=st.integers(-200, 200))
def test_adding_months_lands_in_the_right_month_and_never_overflows(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
    assert moved.day == day.day or moved == month_of(moved).last


def test_adding_a_month_to_the_end_of_january():
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)


# -- closing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "close_day", "closing"),
    [
        ("2026-06", 10, date(2026, 7, 10)),
        ("2026-12", 10, date(2027, 1, 10)),
        ("2026-Q2", 10, date(2026, 7, 10)),
        ("2026", 10, date(2027, 1, 10)),
        ("2026-06", 0, date(2026, 6, 30)),
        ("2026-01", 28, date(2026, 2, 28)),
        ("2026-06-18", 10, date(2026, 7, 10)),
    ],
)
def test_a_period_closes_with_its_last_month(text, close_day, closing):
    period = Period.parse(text)
    assert closing_day(period, close_day) == closing
    assert is_closed(period, closing, close_day)
    assert not is_closed(period, closing - timedelta(1), close_day)


def test_the_latest_closed_month_of_the_sample():
    assert last_closed_month(date(2026, 7, 10), 10).label == "2026-06"
    assert last_closed_month(date(2026, 7, 9), 10).label == "2026-05"
    assert last_closed_month(date(2026, 6, 30), 0).label == "2026-06"
    assert last_closed_month(date(2026, 6, 29), 0).label == "2026-05"


@given(day=days, close_day=st.integers(0, 28))
def test_the_latest_closed_month_is_closed_and_the_next_is_not(day, close_day):
    month = last_closed_month(day, close_day)
    assert is_closed(month, day, close_day)
    assert not is_closed(month.shift(1), day, close_day)


# -- phases -----------------------------------------------------------------------------------------

ROWS = (
    Promotion("618", "presale", date(2026, 5, 18), date(2026, 5, 31), major=True, zh="618", en="618"),
    Promotion("618", "burst", date(2026, 6, 1), date(2026, 6, 20), major=True, zh="618", en="618"),
    Promotion("618", "after", date(2026, 6, 21), date(2026, 6, 30), major=True, zh="618", en="618"),
    Promotion("women38", "burst", date(2026, 3, 5), date(2026, 3, 8), major=False, zh="38", en="38"),
)


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2026, 3, 17), "regular"), (date(2026, 3, 18), "reserve"), (date(2026, 5, 17), "reserve"),
        (date(2026, 5, 18), "sprint"), (date(2026, 6, 18), "sprint"), (date(2026, 6, 20), "sprint"),
        (date(2026, 6, 21), "regular"), (date(2026, 3, 6), "regular"),
    ],
)  # fmt: skip
def test_two_months_before_a_major_promotion_is_reserve_and_the_promotion_is_sprint(day, phase):
    assert phase_of_day(day, ROWS) == phase
    assert phase_of_day(day, ROWS[::-1]) == phase


def test_a_month_s_phase_is_the_one_that_holds_most_of_its_target():
    june, may = Period.parse("2026-06"), Period.parse("2026-05")
    assert phase_of(june, ROWS) == "sprint"
    assert phase_of(may, ROWS) == "reserve"  # 17 days against 14
    late = [0.0] * 17 + [1.0] * 14
    assert phase_of(may, ROWS, late) == "sprint"
    assert phase_of(Period.parse("2026-09"), ROWS) == "regular"
    with pytest.raises(ValueError, match="zip"):
        phase_of(may, ROWS, [1.0])
