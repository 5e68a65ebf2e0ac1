"""Capacity: FTE, working days, ramp and leave, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.periods import Period
from salesperf_lib.targets.capacity import capacity, fail_if_double_placed, working_days

MONTHS = Period.parse("2026").months()
CHINA = working_days(MONTHS, "Asia/Shanghai")
RAMP = (0.25, 0.50, 0.75, 1.00)


def roster(*rows):
    columns = ["person_id", "team_id", "role", "fte", "hired_on", "valid_from", "valid_to"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in columns[4:]})


def absences(*rows):
    frame = pd.DataFrame(rows, columns=["person_id", "from_on", "to_on", "kind", "share"])
    return frame.assign(from_on=pd.to_datetime(frame["from_on"]), to_on=pd.to_datetime(frame["to_on"]))


def days_of(frame, person="p1", team="t1", role="service"):
    return frame.loc[(team, person, role)].tolist()


OLD = ("p1", "t1", "service", 1.0, "2020-03-01", "2020-03-01", "2026-12-31")


def test_chinas_working_days_of_2026_are_those_of_the_state_council():
    # January: 22 weekdays − 1, 2 Jan + Sunday 4 Jan = 21; February: 20 − 16–20, 23 Feb + Saturdays 14, 28 = 16;
    # September: 22 − 25 Sep + Sunday 20 = 22; October: 22 − 1, 2, 5, 6, 7 Oct + Saturday 10 = 18
    counted = CHINA.per_month
    assert (counted[0], counted[1], counted[8], counted[9]) == (21, 16, 22, 18)
    assert CHINA.by_weekday == ()


def test_elsewhere_monday_to_friday_work():
    counted = working_days(MONTHS, "Europe/Berlin")
    assert counted.per_month == (22, 20, 22, 22, 21, 22, 23, 21, 22, 22, 21, 23)
    assert counted.calendar == "weekdays"


def test_years_that_are_not_published_are_counted_by_weekday_and_named():
    fiscal = Period.parse("FY2041", 7).months()  # July 2040 to June 2041
    counted = working_days(fiscal, "Asia/Shanghai")
    assert counted.by_weekday == (2040, 2041)
    # October 2040 begins on a Monday and has 31 days
    assert counted.per_month[3] == 23


def test_somebody_of_long_standing_has_every_working_day():
    found = capacity(roster(OLD), None, MONTHS, RAMP, CHINA)
    assert days_of(found) == [float(days) for days in CHINA.per_month]


def test_half_a_post_is_half_the_days_and_a_missing_fte_a_whole():
    half = capacity(roster((*OLD[:3], 0.5, *OLD[4:])), None, MONTHS, RAMP, CHINA)
    whole = capacity(roster((*OLD[:3], np.nan, *OLD[4:])), None, MONTHS, RAMP, CHINA)
    assert days_of(half) == [days / 2 for days in CHINA.per_month]
    assert days_of(whole) == list(CHINA.per_month)


def test_a_new_hire_ramps_up_month_by_month():
    hired = ("p1", "t1", "service", 1.0, "2026-03-01", "2026-03-01", "2026-12-31")
    found = days_of(capacity(roster(hired), None, MONTHS, RAMP, CHINA))
    # March 22 · ¼, April 21 · ½, May 19 · ¾, June 21 · 1
    assert found[:7] == [0, 0, 5.5, 10.5, 14.25, 21, 23]


def test_a_ramp_that_rises_within_a_month_counts_both_sides():
    hired = ("p1", "t1", "service", 1.0, "2026-06-15", "2026-06-15", "2026-12-31")
    found = days_of(capacity(roster(hired), None, MONTHS, RAMP, working_days(MONTHS, "UTC")))
    # 15–30 June: 12 weekdays · ¼. July: 1–14 July 10 weekdays · ¼, 15–31 July 13 weekdays · ½
    assert found[5] == 3.0
    assert found[6] == 10 * 0.25 + 13 * 0.5


def test_a_month_after_the_31st_ends_with_the_shorter_month():
    hired = ("p1", "t1", "service", 1.0, "2026-01-31", "2026-01-31", "2026-12-31")
    found = days_of(capacity(roster(hired), None, MONTHS, (0.0,), working_days(MONTHS, "UTC")))
    # the first month is 31 January to 27 February: Saturday 28 February is the first day of the second
    assert found[:3] == [0, 0, 22]


def test_a_day_of_hiring_that_nobody_wrote_down_means_no_ramp():
    unknown = ("p1", "t1", "service", 1.0, None, "2026-03-01", "2026-12-31")
    assert days_of(capacity(roster(unknown), None, MONTHS, RAMP, CHINA))[2] == 22


def test_a_transfer_has_its_days_in_both_teams():
    rows = roster(
        (*OLD[:6], "2026-04-10"), ("p1", "t2", "service", 1.0, "2020-03-01", "2026-04-11", "2026-12-31")
    )
    found = capacity(rows, None, MONTHS, RAMP, working_days(MONTHS, "UTC"))
    # April 2026 has 22 weekdays, 8 of them by the 10th
    assert days_of(found)[3:5] == [8, 0]
    assert days_of(found, team="t2")[3:5] == [14, 21]


def test_leave_takes_its_working_days_by_its_share():
    gone = absences(
        ("p1", "2026-06-01", "2026-06-07", "annual", 1.0),  # Monday to Sunday: 5 working days
        ("p1", "2026-07-01", "2026-07-02", "training", 0.5),  # 2 half days
        ("p1", "2026-08-03", "2026-08-03", "sick", np.nan),  # no share: the whole Monday
        ("p9", "2026-06-01", "2026-06-30", "sick", 1.0),  # somebody else
    )
    found = days_of(capacity(roster(OLD), gone, MONTHS, RAMP, CHINA))
    assert found[5:8] == [21 - 5, 23 - 1, 21 - 1]


def test_absences_that_overlap_take_a_day_once():
    gone = absences(
        ("p1", "2026-06-01", "2026-06-05", "sick", 1.0), ("p1", "2026-06-03", "2026-06-09", "annual", 0.5)
    )
    # 1–5 June whole, 8 and 9 June half
    assert days_of(capacity(roster(OLD), gone, MONTHS, RAMP, CHINA))[5] == 21 - 5 - 1


def test_a_month_on_leave_is_no_capacity():
    gone = absences(("p1", "2026-04-20", "2026-06-10", "unpaid", 1.0))
    assert days_of(capacity(roster(OLD), gone, MONTHS, RAMP, CHINA))[4] == 0


def test_leave_weighs_what_the_ramp_leaves():
    hired = ("p1", "t1", "service", 0.5, "2026-06-01", "2026-06-01", "2026-12-31")
    gone = absences(("p1", "2026-06-01", "2026-06-05", "sick", 1.0))
    # (21 − 5) · ¼ · ½
    assert days_of(capacity(roster(hired), gone, MONTHS, RAMP, CHINA))[5] == 2.0


def test_people_outside_the_months_have_no_row():
    found = capacity(roster((*OLD[:6], "2025-12-31")), None, MONTHS, RAMP, CHINA)
    assert found.empty
    assert capacity(roster(), None, MONTHS, RAMP, CHINA).empty


def test_a_month_without_working_days_is_refused_by_name():
    none = CHINA.is_working.copy()
    none[31:59] = False
    with pytest.raises(DataError, match=r"2026-02: found a month without working days"):
        capacity(roster(OLD), None, MONTHS, RAMP, replace(CHINA, is_working=none))


def test_the_working_days_of_other_months_are_refused():
    with pytest.raises(DataError, match=r"2025-01 to 2025-12; allowed: those of 2026-01 to 2026-12"):
        capacity(roster(OLD), None, MONTHS, RAMP, working_days(Period.parse("2025").months(), "UTC"))


def test_a_person_in_two_teams_on_one_day_is_refused_with_both_teams_and_the_days():
    rows = roster(
        (*OLD[:6], "2026-04-10"), ("p1", "t2", "service", 1.0, "2020-03-01", "2026-04-08", "2026-12-31")
    )
    with pytest.raises(DataError, match=r"person p1: found in teams t1 and t2 from 2026-04-08 to 2026-04-10"):
        fail_if_double_placed(rows)
    with pytest.raises(DataError, match="person p1"):
        capacity(rows, None, MONTHS, RAMP, CHINA)


def test_a_long_row_is_held_against_all_later_ones():
    rows = roster(
        OLD,
        ("p1", "t2", "service", 1.0, None, "2026-02-01", "2026-02-01"),
        ("p1", "t3", "service", 1.0, None, "2026-05-01", "2026-06-30"),
        ("p2", "t3", "service", 1.0, None, "2026-05-01", "2026-06-30"),
    )
    with pytest.raises(DataError) as caught:
        fail_if_double_placed(rows)
    first, second = caught.value.problems
    assert "t1 and t2 on 2026-02-01" in first.found
    assert "t1 and t3 from 2026-05-01 to 2026-06-30" in second.found


def test_two_roles_on_one_day_are_refused_too():
    rows = roster(OLD, ("p1", "t1", "host", 1.0, None, "2026-12-31", "2026-12-31"))
    with pytest.raises(DataError, match="twice in team t1, as service and as host, on 2026-12-31"):
        fail_if_double_placed(rows)


def test_a_clean_roster_passes():
    fail_if_double_placed(
        roster((*OLD[:6], "2026-04-10"), ("p1", "t2", "x", 1.0, None, "2026-04-11", "2026-12-31"))
    )
    fail_if_double_placed(roster())


@given(
    hired=st.dates(date(2025, 6, 1), date(2026, 12, 31)) | st.none(),
    first=st.dates(date(2025, 6, 1), date(2026, 12, 31)),
    length=st.integers(0, 500),
    fte=st.sampled_from([0.25, 0.5, 1.0]),
    gone=st.lists(
        st.tuples(
            st.dates(date(2025, 12, 1), date(2027, 1, 31)),
            st.integers(0, 60),
            st.sampled_from([0.25, 0.5, 1.0]),
        ),
        max_size=4,
    ),
)
def test_it_is_the_sum_over_single_days(hired, first, length, fte, gone):
    last = first + timedelta(days=length)
    rows = roster(("p1", "t1", "service", fte, hired, first, last))
    away = absences(*(("p1", day, day + timedelta(days=more), "sick", part) for day, more, part in gone))
    expected = [0.0] * 12
    for day in Period.parse("2026").each_day():
        if day.weekday() > 4 or not first <= day <= last:
            continue
        left = 1 - min(
            1.0, sum(part for start, more, part in gone if start <= day <= start + timedelta(days=more))
        )
        expected[day.month - 1] += fte * ramp_of(hired, day) * left
    found = capacity(rows, away, MONTHS, RAMP, working_days(MONTHS, "UTC"))
    counted = days_of(found) if len(found) else [0.0] * 12
    assert counted == pytest.approx(expected, abs=1e-9)


def ramp_of(hired, day):
    """Count whole months since the day of hiring, one at a time."""
    if hired is None:
        return 1.0
    whole = 0
    while whole < len(RAMP):
        stamp = pd.Timestamp(hired) + pd.DateOffset(months=whole + 1)
        if pd.Timestamp(day) < stamp:
            return RAMP[whole]
        whole += 1
    return 1.0
