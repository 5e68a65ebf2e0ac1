"""What was decided after the split: calibrations and edits move the months that are left, and only those."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.params import Name
from salesperf_lib.params.policy import Amendment, Change
from salesperf_lib.periods import Period
from salesperf_lib.targets.amending import amend
from salesperf_lib.targets.goals import labels_of
from salesperf_lib.targets.split import COMPANY, YEAR, Plan, Unit, split

T1, T2 = Unit("team", "t1", "t1"), Unit("team", "t2", "t2")
P1, P2, U1 = Unit("person", "p1", "t1"), Unit("person", "p2", "t1"), Unit("person", "unassigned:t1", "t1")
P3, U2 = Unit("person", "p3", "t2"), Unit("person", "unassigned:t2", "t2")
TREE = {COMPANY: (T1, T2), T1: (P1, P2, U1), T2: (P3, U2)}
LABELS = labels_of(Period.parse("2026"))
SPANS = {label: span for span, label in LABELS.items()}


def made_plan(total=120_000, weights=None):
    flat = {unit: np.ones(12) for unit in (COMPANY, T1, T2, P1, P2, U1, P3, U2)}
    return Plan("leads", TREE, flat | (weights or {}), {(COMPANY, YEAR): total}, LABELS, str)


def record(number, month, *changes, kind="calibration", on=None):
    since = date(2026, month, 1)
    rows = tuple(
        Change(unit.level, unit.unit_id, unit.team_id, "leads", period, 0.0, float(after))
        for unit, period, after in changes
    )
    return Amendment(f"{number:04d}", kind, since, on or since, Name("动", "move"), rows)


def months_of(found, unit):
    return found.split.months[found.split.tree.row[unit]].tolist()


def margins_hold(found):
    tree, months = found.split.tree, found.split.months
    for row, _ in enumerate(tree.units):
        kids = np.flatnonzero(tree.parent == row)
        if kids.size:
            assert (months[kids].sum(axis=0) == months[row]).all()


def test_a_calibration_moves_its_months_and_no_earlier_one():
    plan = made_plan()
    base = split(plan)
    found = amend(plan, base, [record(1, 8, (COMPANY, "2026-08", 6_000), (COMPANY, "2026-09", 5_001))], SPANS)
    assert (found.split.months[:, :7] == base.months[:, :7]).all()
    assert months_of(found, COMPANY)[7:] == [6_000, 5_001, 10_000, 10_000, 10_000]
    assert months_of(found, T1)[7] == 3_000
    assert months_of(found, P3)[7] == 1_500
    margins_hold(found)


def test_two_meetings_in_a_row_compose():
    plan = made_plan()
    base = split(plan)
    first = record(1, 5, (COMPANY, "2026-05", 8_000), (COMPANY, "2026-06", 8_000))
    second = record(2, 6, (COMPANY, "2026-06", 7_000), (COMPANY, "2026-12", 9_000))
    found = amend(plan, base, [first, second], SPANS)
    assert months_of(found, COMPANY)[3:7] == [10_000, 8_000, 7_000, 10_000]
    assert months_of(found, COMPANY)[11] == 9_000
    assert sorted(found.moved) == [4, 5]
    margins_hold(found)


def test_the_order_in_which_edits_were_made_does_not_matter():
    plan = made_plan()
    base = split(plan)
    one = record(1, 7, (P1, "2026-08", 4_000), kind="edit", on=date(2026, 7, 2))
    two = record(2, 7, (T2, "2026-09", 7_000), kind="edit", on=date(2026, 7, 3))
    swapped = (
        record(1, 7, (T2, "2026-09", 7_000), kind="edit", on=date(2026, 7, 2)),
        record(2, 7, (P1, "2026-08", 4_000), kind="edit", on=date(2026, 7, 3)),
    )
    this, other = amend(plan, base, [one, two], SPANS), amend(plan, base, swapped, SPANS)
    assert (this.split.months == other.split.months).all()


def test_an_edited_person_is_absorbed_by_colleagues_of_the_month():
    plan = made_plan()
    found = amend(plan, split(plan), [record(1, 7, (P1, "2026-08", 0), kind="edit")], SPANS)
    assert months_of(found, P1)[7] == 0
    assert months_of(found, T1)[7] == 5_000
    assert months_of(found, P2)[7] == 2_500  # 5,000 over p2 and what is no person's own
    assert months_of(found, P1)[8] in (1_666, 1_667)
    margins_hold(found)


def test_an_edited_month_of_the_company_is_absorbed_by_its_later_months():
    plan = made_plan()
    found = amend(plan, split(plan), [record(1, 7, (COMPANY, "2026-07", 5_000), kind="edit")], SPANS)
    assert sum(months_of(found, COMPANY)) == 120_000
    assert months_of(found, COMPANY)[7:] == [11_000] * 5
    margins_hold(found)


def test_an_edited_year_of_a_team_moves_the_months_that_are_left():
    plan = made_plan()
    found = amend(plan, split(plan), [record(1, 7, (T1, "2026", 66_000), kind="edit")], SPANS)
    assert sum(months_of(found, T1)) == 66_000  # 30,000 are closed, 36,000 are left
    assert months_of(found, T1)[6:] == [6_000] * 6
    assert months_of(found, T2)[6:] == [4_000] * 6
    margins_hold(found)


def test_of_two_records_about_one_target_the_later_recorded_counts():
    plan = made_plan()
    early = record(1, 7, (COMPANY, "2026-08", 6_000), on=date(2026, 7, 1))
    late = record(2, 7, (COMPANY, "2026-08", 7_000), on=date(2026, 7, 20))
    found = amend(plan, split(plan), [late, early], SPANS)
    assert months_of(found, COMPANY)[7] == 7_000


def test_what_cannot_fit_is_refused_with_names_and_the_least_relaxation():
    plan = made_plan()
    edit = record(1, 7, (P1, "2026-08", 4_000), (P2, "2026-08", 1_500), kind="edit")
    with pytest.raises(
        DataError, match=r"team t1: found 500 more than fits into 2026-08, with .* person p1, person p2"
    ):
        amend(plan, split(plan), [edit], SPANS)


def test_nothing_moves_without_records_or_by_those_of_another_indicator():
    plan = made_plan()
    base = split(plan)
    other = Change("company", "company", "", "orders", "2026-08", 1.0, 2.0)
    kept = Amendment("0001", "calibration", date(2026, 8, 1), date(2026, 8, 1), Name("动", "move"), (other,))
    assert amend(plan, base, [kept], SPANS).split is base


@settings(max_examples=40, deadline=None)
@given(
    total=st.integers(1_000, 10**9),
    month=st.integers(1, 12),
    factors=st.lists(st.floats(0.2, 1.8), min_size=12, max_size=12),
    weights=st.lists(st.floats(0.1, 9), min_size=12, max_size=12),
    share=st.floats(0, 1),
)
def test_every_margin_stays_exact_and_closed_months_keep_their_bits(total, month, factors, weights, share):
    plan = made_plan(total, {P1: np.array(weights), T2: np.array(weights[::-1])})
    base = split(plan)
    months = base.months[0].tolist()
    calibrated = [(COMPANY, f"2026-{m + 1:02d}", round(months[m] * factors[m])) for m in range(month - 1, 12)]
    edited = (P1, f"2026-{month:02d}", int(share * round(months[month - 1] * factors[month - 1]) * 0.02))
    found = amend(plan, base, [record(1, month, *calibrated), record(2, month, edited, kind="edit")], SPANS)
    assert (found.split.months[:, : month - 1] == base.months[:, : month - 1]).all()
    assert (found.split.months >= 0).all()
    assert months_of(found, COMPANY)[month - 1 :] == [after for _, _, after in calibrated]
    assert months_of(found, P1)[month - 1] == edited[2]
    margins_hold(found)
