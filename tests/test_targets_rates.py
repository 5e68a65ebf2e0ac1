"""Rates: equal stretch from one's own baseline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import params
from salesperf_lib.language import value_text
from salesperf_lib.params import Name, RoleKpi
from salesperf_lib.params.policy import Amendment, Change
from salesperf_lib.periods import Period
from salesperf_lib.targets import equal_stretch, shrink
from salesperf_lib.targets.rates import round_parts, shown_step, to_step
from salesperf_lib.targets.stretch import split_rate

SHARES = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=20)


def test_the_published_example_of_methods_comes_out():
    # METHODS §1.2: p⁰ (.10, .20, .40), w (5000, 3000, 2000), target .24
    found, shift = equal_stretch(0.24, [0.10, 0.20, 0.40], [5000, 3000, 2000], share=True)
    assert shift == pytest.approx(0.3265764829, abs=1e-10)
    assert found == pytest.approx([0.13346675, 0.25736337, 0.48028807], abs=5e-9)
    assert float(found @ [5000, 3000, 2000]) / 10000 == pytest.approx(0.24, abs=1e-12)


def test_other_rates_grow_by_the_same_factor():
    # mean (1·2 + 3·4)/4 = 3.5; target 4.2 is 1.2 times that
    found, growth = equal_stretch(4.2, [2.0, 4.0], [1, 3], share=False)
    assert growth == pytest.approx(0.2)
    assert found == pytest.approx([2.4, 4.8])


def test_a_baseline_at_the_edge_moves_no_one_outside_0_and_1():
    found, _ = equal_stretch(0.5, [0.0, 1.0, 0.3], [1, 1, 1], share=True)
    assert (found >= 0).all()
    assert (found <= 1).all()
    assert found.mean() == pytest.approx(0.5)


def test_a_share_of_one_is_one_for_everybody():
    assert equal_stretch(1.0, [0.9, 0.99], [1, 1], share=True)[0].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("target", "share"), [(0.0, True), (1.2, True), (-1.0, False), (0.0, False)])
def test_impossible_targets_are_refused(target, share):
    with pytest.raises(ValueError, match="target must"):
        equal_stretch(target, [0.5], [1], share=share)


def test_weights_that_are_all_zero_count_as_equal():
    assert equal_stretch(3.0, [1.0, 1.0], [0, 0], share=False)[0].tolist() == [3.0, 3.0]


@given(base=SHARES, target=st.floats(0.01, 0.99), data=st.data())
def test_the_weighted_mean_is_the_target_and_order_is_kept(base, target, data):
    weight = np.array(data.draw(st.lists(st.floats(1, 1e6), min_size=len(base), max_size=len(base))))
    found, _ = equal_stretch(target, base, weight, share=True)
    assert float(found @ weight) / weight.sum() == pytest.approx(target, abs=1e-9)
    order = np.argsort(base, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()


def test_small_units_are_drawn_to_their_parent():
    # (10·.5 + 30·.2)/40 = .275; nothing known: the parent's .2; (300·.5 + 30·.2)/330 = .472727…
    found = shrink([0.5, np.nan, 0.5], [10, 0, 300], 0.2, 30)
    assert found == pytest.approx([0.275, 0.2, 0.4727272727])


def test_without_a_prior_the_own_rate_stands():
    assert shrink([0.5, np.nan], [10, 0], 0.2, 0).tolist() == [0.5, 0.2]


# -- rounding to what a reader sees

SEEN = [
    ("share", 0.0384, 0.0001), ("share", 0.1651, 0.001), ("share", 0.1, 0.001), ("ratio", 4.5, 0.01),
    ("points", 4.65, 0.01), ("seconds", 34.0, 0.1), ("count", 80.5, 0.1), ("count", 1200.0, 1.0),
    ("money", 120_000.0, 100.0), ("money", 2_500.0, 10.0),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "value", "step"), SEEN)
def test_a_step_is_the_last_digit_that_a_reader_sees(unit, value, step):
    assert float(shown_step(unit, value)) == step
    if unit != "money":  # whose long amounts are written in 10,000s, but stand in full in a target book
        written = [value_text(value + k * step, unit, "en") for k in range(3)]
        assert len(set(written)) == 3
        assert float(shown_step(unit, value + 2 * step)) == step


def test_money_of_another_scale_has_the_same_steps_in_major_units():
    assert shown_step("money", [990_000, 1_000_000], 10_000).tolist() == [1000.0, 10_000.0]
    assert shown_step("money", [99, 100], 1).tolist() == [0.1, 1.0]


@pytest.mark.parametrize(
    ("value", "unit", "rounded"),
    [
        (0.1346, "share", 0.135),
        (0.0346678, "share", 0.0347),
        (0.125, "ratio", 0.13),
        (123_449.0, "money", 123_400.0),
    ],
)
def test_rates_are_rounded_as_the_page_rounds_them(value, unit, rounded):
    assert to_step(value, unit) == rounded


def test_the_published_example_is_rounded_to_tenths_of_a_percent():
    # METHODS §1.2: .13346675 .25736337 .48028807 → .133 .257 .480; mean (665 + 771 + 960)/10000 = .2396, read .240
    solved, _ = equal_stretch(0.24, [0.10, 0.20, 0.40], [5000, 3000, 2000], share=True)
    assert round_parts(0.24, solved, [5000, 3000, 2000], unit="share").tolist() == [0.133, 0.257, 0.480]


def test_the_part_nearest_to_a_tie_is_moved_where_the_mean_misses():
    # the float .2395 lies just below and reads .239; nearest: .232 and .247, mean .2395, a tie that is not allowed.
    # .2466 loses .0002 by going down to .246, .2324 would lose .001
    assert round_parts(0.2395, [0.2324, 0.2466], [1, 1], unit="share").tolist() == [0.232, 0.246]
    # three alike but for one: .1004, .1003, .1003 of .10035 (reads .100): .100 each, nothing to move
    assert round_parts(0.100333, [0.1004, 0.1003, 0.1003], [1, 1, 1], unit="share").tolist() == [0.1] * 3
    # a pin of .1514 and a parent that reads .151: with .150 for the others the mean is .15035, which reads .150. One must
    # rise, (.1514 + .151 + .150 + .150)/4 = .1506: the one that is nearest to .1505
    parts, pin = [0.1514, 0.1502, 0.1504, 0.1503], np.array([True, False, False, False])
    found = round_parts(0.150575, parts, [1, 1, 1, 1], unit="share", pinned=pin)
    assert found.tolist() == [0.1514, 0.15, 0.151, 0.15]


def test_a_part_alone_is_its_parent_and_a_pin_is_never_rounded():
    assert round_parts(0.23456, [0.23456], [10], unit="share").tolist() == [0.23456]
    pinned = round_parts(0.25, [0.23456, 0.26544], [1, 1], unit="share", pinned=np.array([True, False]))
    assert pinned.tolist() == [0.23456, 0.265]


def test_nothing_is_rounded_down_to_a_target_of_zero():
    assert round_parts(0.2, [0.00001, 0.4], [1, 1], unit="share").tolist() == [0.0001, 0.4]


def test_parts_stay_as_solved_where_no_rounding_would_do():
    # all the weight lies on one: a step of it moves the mean by more than is allowed from a parent off the grid
    found = round_parts(0.0995, [0.0995, 0.3], [1, 0], unit="share", pinned=np.array([False, True]))
    assert found.tolist() == [0.0995, 0.3]
    coarse = np.array([0.1234, 0.0566])
    pins = np.array([False, True])
    # .123 or .124 and a pinned .0566 mean .0898 or .0903, never .0900
    assert round_parts(0.09, coarse, [1, 1], unit="share", pinned=pins).tolist() == coarse.tolist()


UNITS = st.sampled_from(["share", "ratio", "points", "seconds", "count", "money"])


@st.composite
def families(draw):
    """Draw a parent with its parts, in any unit: target, base, weight, pins."""
    unit = draw(UNITS)
    size = draw(st.integers(2, 12))
    low, high = {"share": (0.005, 0.9), "money": (2_000.0, 9e6)}.get(unit, (0.5, 2_000.0))
    one = st.floats(low, high)
    base = np.array(draw(st.lists(one, min_size=size, max_size=size)))
    weight = np.array(draw(st.lists(st.integers(0, 10**6), min_size=size, max_size=size)), float)
    return unit, draw(one), base, weight if weight.sum() > 0 else weight + 1


def decimal_mean(parts, weight):
    """Take the weighted mean in exact numbers."""
    whole = sum(Fraction(w) for w in weight)
    return float(sum(Fraction(p) * Fraction(w) for p, w in zip(parts, weight, strict=True)) / whole)


def reads(value, parent, unit):
    """Round half up to the step in which a reader sees the parent."""
    step = Decimal(repr(float(shown_step(unit, parent))))
    return (Decimal(value) / step).quantize(Decimal(1), ROUND_HALF_UP)


def reproduced(parts, weight, parent, unit):
    return reads(decimal_mean(parts, weight), parent, unit) == reads(parent, parent, unit)


@given(families())
def test_the_mean_of_the_rounded_parts_reads_as_the_parent(family):
    unit, target, base, weight = family
    solved, _ = equal_stretch(target, base, weight, share=unit == "share")
    found = round_parts(target, solved, weight, unit=unit)
    assert reproduced(found, weight, target, unit)
    assert (found > 0).all()
    if unit == "share":
        assert (found <= 1).all()


@given(families(), st.booleans())
def test_with_one_step_for_all_every_part_lies_beside_its_solution(family, published):
    # a rounded mean that hits needs no part further away than its other neighbour
    _, target, base, weight = family
    target = to_step(target, "ratio") if published else target
    solved, _ = equal_stretch(target, base, weight, share=False)
    found = round_parts(target, solved, weight, unit="ratio")
    if (weight > 0).sum() > 1 and (solved > 0.01).all():
        assert (np.abs(found - solved) < 0.01 + 1e-9).all()
        assert [Decimal(str(value)).as_tuple().exponent >= -2 for value in found] == [True] * len(found)
        if published and max(weight) < 0.99 * weight.sum():  # a parent on the grid: nearest is right already
            near = (np.abs(found - solved) <= 0.005 + 1e-9).sum()
            assert near >= len(found) - 1


@given(families(), st.data())
def test_a_pin_stays_and_the_others_still_read_as_the_parent(family, data):
    unit, target, base, weight = family
    weight = weight + 1
    solved, _ = equal_stretch(target, base, weight, share=unit == "share")
    pinned = np.array(data.draw(st.lists(st.booleans(), min_size=len(base), max_size=len(base))))
    found = round_parts(target, solved, weight, unit=unit, pinned=pinned)
    assert (found[pinned] == solved[pinned]).all()
    # where no rounding does it, everything stays as solved
    assert reproduced(found, weight, target, unit) or (found == solved).all()


# -- a rate over the year: teams, people, months

RATE = "inquiry_conversion_rate"
YEAR = Period.parse("2026")


@cache
def small_policy():
    """Give the sample's rules with one rate that is scored in person in two roles, and no default."""
    base = params.load_policy("2026-06", source="sample", root=Path(__file__).resolve().parents[1])
    row = RoleKpi(RATE, "result", Fraction(1), "person")
    rules = replace(base.targets, defaults=MappingProxyType({}))
    roles = {name: replace(base.roles[name], kpis=(row,)) for name in ("service", "host")}
    return replace(base, roles=MappingProxyType(roles), targets=rules, amendments=())


@pytest.fixture
def policy():
    return small_policy()


def basis(teams, people):
    """Arrange history: teams {id: (top, bottom)}, people [(team, id, role, top, bottom, first, last month)]."""
    lengths = np.array([month.days for month in YEAR.months()], float)
    rows = {"company": [("company", sum(t for t, _ in teams.values()), sum(b for _, b in teams.values()))]}
    rows["team"] = [(team, *pair) for team, pair in teams.items()]
    rows["person"] = [(person, top, bottom) for _, person, _, top, bottom, *_ in people if bottom]
    frames = {}
    for level, found in rows.items():
        frame = pd.DataFrame(found, columns=["unit_id", "numerator", "denominator"])
        frame = frame.assign(value=frame["numerator"] / frame["denominator"], n=frame["denominator"])
        frames[level] = frame.astype({"n": float, "value": float})
    keys = pd.MultiIndex.from_tuples([row[:3] for row in people], names=["team_id", "person_id", "role"])
    days = np.array(
        [np.where((np.arange(12) >= row[5]) & (np.arange(12) < row[6]), lengths, 0) for row in people]
    )
    days = pd.DataFrame(days.reshape(len(people), 12), index=keys)
    past = pd.Series(365.0, index=keys)[[bool(row[4]) for row in people]]
    return SimpleNamespace(
        year=YEAR, teams=pd.DataFrame({"team_id": list(teams), "parent_id": None}),
        role_days=days, past_days=past, of=lambda _kpi, level: frames[level],
    )  # fmt: skip


def goals(*rows):
    frame = pd.DataFrame(rows, columns=["level", "unit_id", "span", "target"])
    return frame.assign(kpi=RATE, period="")


TEAMS = {"t1": (600, 3000), "t2": (150, 1500)}
PEOPLE = [
    ("t1", "p1", "service", 300, 1200, 0, 12), ("t1", "p2", "service", 200, 1000, 0, 6),
    ("t1", "p3", "service", 0, 0, 6, 12), ("t2", "p4", "service", 100, 900, 0, 12),
]  # fmt: skip
GOAL = ("company", "company", (0, 12), 0.2)


def at(frame, level, unit, span):
    rows = frame[(frame["level"] == level) & (frame["unit_id"] == unit) & (frame["span"] == span)]
    return rows["target"].item() if len(rows) else None


def assert_parents_are_reproduced(frame, unit="share"):
    for _, rows in frame.groupby("span"):
        top = rows.loc[rows["level"] == "company", "target"].item()
        teams = rows[rows["level"] == "team"]
        assert reproduced(teams["target"], teams["weight"], top, unit)
        for team, own in zip(teams["unit_id"], teams["target"], strict=True):
            people = rows[(rows["level"] == "person") & (rows["team_id"] == team)]
            if len(people):
                assert reproduced(people["target"], people["weight"], own, unit)


def test_the_parts_read_as_their_parent_in_every_period(policy):
    found = split_rate(goals(GOAL), basis(TEAMS, PEOPLE), policy.kpis[RATE], policy)
    assert_parents_are_reproduced(found)
    solved = found[found["basis"] == "equal_stretch"]
    assert (solved["target"] == solved["target"].round(3)).all()


def test_people_are_weighed_by_their_days_in_the_period(policy):
    found = split_rate(goals(GOAL), basis(TEAMS, PEOPLE), policy.kpis[RATE], policy)
    own = found[found["unit_id"] == "p2"].set_index("span")["weight"]
    # 1000 a year: half of it over the year (181 of 365 days), all of it in June; no row in July
    assert own[0, 12] == pytest.approx(1000 * 181 / 365)
    assert own[5, 6] == pytest.approx(1000)
    assert (6, 7) not in own.index
    assert at(found, "person", "p3", (6, 7)) is not None


def test_a_person_in_two_roles_of_a_team_has_one_target_in_each_period(policy):
    moved = [("t1", "p1", "host", 300, 1200, 0, 4), ("t1", "p1", "service", 300, 1200, 4, 12), *PEOPLE[1:]]
    found = split_rate(goals(GOAL), basis(TEAMS, moved), policy.kpis[RATE], policy)
    assert not found.duplicated(["level", "unit_id", "team_id", "span"]).any()
    assert len(found[found["unit_id"] == "p1"]) == 17
    assert_parents_are_reproduced(found)


def amendment(number, day, valid, *changes):
    rows = tuple(
        Change(level, unit, "", RATE, period, np.nan, after) for level, unit, period, after in changes
    )
    title = Name("校准", "calibration")
    return Amendment(number, "calibration", date.fromisoformat(valid), date.fromisoformat(day), title, rows)


def amended(policy, *records, given=(GOAL,)):
    return split_rate(
        goals(*given), basis(TEAMS, PEOPLE), policy.kpis[RATE], replace(policy, amendments=records)
    )


def test_an_amendment_moves_its_months_and_no_earlier_one(policy):
    months = [(f"2026-{number:02d}", 0.22) for number in range(8, 13)]
    record = amendment("0001", "2026-07-10", "2026-08-01", *(("company", "company", *row) for row in months))
    before, after = amended(policy), amended(policy, record)
    for month in range(12):
        span = (month, month + 1)
        assert at(after, "company", "company", span) == (0.20 if month < 7 else 0.22)
        kept = [frame[frame["span"] == span].reset_index(drop=True) for frame in (before, after)]
        assert kept[0].equals(kept[1]) == (month < 7)
    # the third quarter begins with July, which stays; the fourth is all amended
    assert at(after, "company", "company", (6, 9)) == 0.20
    assert at(after, "company", "company", (9, 12)) == 0.22
    assert at(after, "company", "company", (0, 12)) == 0.20
    assert_parents_are_reproduced(after)


def test_the_record_that_was_written_last_wins_in_whatever_order_they_come(policy):
    first = amendment("0001", "2026-06-10", "2026-07-01", ("company", "company", "2026-07", 0.22))
    second = amendment("0002", "2026-06-20", "2026-07-01", ("company", "company", "2026-07", 0.18))
    for records in ((first, second), (second, first)):
        found = amended(policy, *records)
        assert at(found, "company", "company", (6, 7)) == 0.18
        assert at(found, "company", "company", (7, 8)) == 0.20


def test_two_records_for_different_months_compose(policy):
    first = amendment(
        "0001", "2026-06-10", "2026-07-01", *(("team", "t1", f"2026-{m:02d}", 0.23) for m in (7, 8, 9))
    )
    second = amendment("0002", "2026-07-20", "2026-08-01", ("team", "t1", "2026-08", 0.24))
    found = amended(policy, first, second)
    assert [at(found, "team", "t1", (m, m + 1)) for m in (6, 7, 8)] == [0.23, 0.24, 0.23]
    assert at(found, "team", "t1", (6, 9)) == 0.23
    assert_parents_are_reproduced(found)


def test_an_amended_team_or_person_leaves_the_rest_to_the_others(policy):
    record = amendment(
        "0001",
        "2026-06-10",
        "2026-07-01",
        ("team", "t1", "2026-07", 0.22),
        ("person", "p1", "2026-07", 0.2777),
    )
    found = amended(policy, record)
    # (.20 · 4500 − .22 · 3000)/1500 = .16
    assert at(found, "team", "t1", (6, 7)) == 0.22
    assert at(found, "team", "t2", (6, 7)) == 0.16
    assert at(found, "person", "p1", (6, 7)) == 0.2777
    assert_parents_are_reproduced(found)


def test_an_amendment_comes_before_a_goal_for_the_same_month(policy):
    record = amendment("0001", "2026-06-10", "2026-07-01", ("company", "company", "2026-07", 0.22))
    found = amended(policy, record, given=(GOAL, ("company", "company", (6, 7), 0.25)))
    assert at(found, "company", "company", (6, 7)) == 0.22


def test_an_edited_quarter_holds_in_its_months_from_the_first_that_the_record_moves(policy):
    record = amendment("0001", "2026-08-05", "2026-08-01", ("company", "company", "2026-Q3", 0.22))
    found = amended(policy, record)
    assert [at(found, "company", "company", (m, m + 1)) for m in (6, 7, 8, 9)] == [0.20, 0.22, 0.22, 0.20]
    assert at(found, "company", "company", (6, 9)) == 0.22


def test_amendments_of_other_years_and_kpis_move_nothing(policy):
    other = Change("company", "company", "", "aov", "2026-07", np.nan, 5.0)
    record = amendment("0001", "2026-06-10", "2026-07-01", ("company", "company", "2027-07", 0.22))
    record = replace(record, changes=(*record.changes, other))
    assert amended(policy, record).equals(amended(policy))


@given(
    target=st.floats(0.02, 0.6),
    teams=st.lists(st.tuples(st.integers(1, 50), st.integers(200, 5000)), min_size=1, max_size=4),
    people=st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from(["service", "host"]), st.integers(0, 40), st.integers(0, 200),
            st.integers(0, 11), st.integers(1, 12),
        ),
        max_size=6,
    ),
)  # fmt: skip
def test_over_random_companies_every_parent_is_reproduced_in_every_period(target, teams, people):
    policy = small_policy()
    sizes = {f"t{i}": pair for i, pair in enumerate(teams)}
    rows, left = [], {team: list(pair) for team, pair in sizes.items()}
    for i, (place, role, top, bottom, first, length) in enumerate(people):
        team = f"t{place % len(teams)}"
        won = min(top, bottom, left[team][0])
        if left[team][1] - bottom < left[team][0] - won:
            continue
        left[team] = [left[team][0] - won, left[team][1] - bottom]
        rows.append((team, f"p{i}", role, won, bottom, first, min(12, first + length)))
    if not rows:
        rows = [("t0", "p0", "service", 0, 0, 0, 12)]
    found = split_rate(
        goals(("company", "company", (0, 12), target)), basis(sizes, rows), policy.kpis[RATE], policy
    )
    assert_parents_are_reproduced(found)
    assert found["target"].between(0, 1, inclusive="right").all()
