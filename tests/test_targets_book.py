"""The book of a year's targets, on a company small enough to check by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import facts, params, targets
from salesperf_lib.errors import DataError
from salesperf_lib.params import Name, RoleKpi
from salesperf_lib.params.policy import Amendment, Change, Limit
from salesperf_lib.periods import Period

DAYS_2026 = {"p1": 365, "p5": 100}
ROSTER = [
    ("p1", "2024-01-01", None, "t1", "service", 1.0),
    ("p2", "2024-01-01", "2026-03-15", "t1", "service", 1.0),  # leaves
    ("p3", "2024-01-01", None, "t1", "host", 1.0),  # scored at team level
    ("p4", "2026-05-01", None, "t1", "service", 0.5),  # is hired, half time
    ("p5", "2024-01-01", "2026-04-10", "t2", "service", 1.0),  # is moved
    ("p5", "2026-04-11", None, "t1", "service", 1.0),
    ("p6", "2024-01-01", None, "t2", "service", 1.0),
]
# What everybody sells in a month of 2025, in yuan times the number of the month.
SOLD = {"company": 310, "t1": 200, "t2": 110, "p1": 100, "p2": 50, "p3": 30, "p5": 60, "p6": 40}
REST = {"unassigned:t1": 20, "unassigned:t2": 10}


@pytest.fixture
def policy(root):
    """Give the base rules, with two roles: one scored in person on net sales, one with its team."""
    base = params.load_policy("2026-06", source="sample", root=root)
    person = RoleKpi("net_sales", "result", Fraction(1, 2), "person")
    rate = RoleKpi("inquiry_conversion_rate", "result", Fraction(1, 2), "person")
    team = RoleKpi("net_sales", "result", Fraction(1), "team")
    roles = {
        "service": replace(base.roles["service"], kpis=(person, rate)),
        "host": replace(base.roles["host"], kpis=(team,)),
    }
    rules = replace(
        base.targets,
        history_months=12,
        distributed_kpis=("net_sales",),
        bases=MappingProxyType({"net_sales": {"history": Fraction(1)}}),
        rounding=1,
        defaults=MappingProxyType({}),
        base_factor=0.9,
        stretch_factor=1.1,
    )
    return replace(base, roles=MappingProxyType(roles), targets=rules)


def make_facts(*goals, roster=True):
    frames = {
        "daily_sales": pd.DataFrame(
            {
                "date": pd.to_datetime(["2025-01-01", "2026-07-10"]),
                "gross_amount": [1, 1],
                "team_id": ["t1", "t2"],
            }
        ),
        "teams": pd.DataFrame({"team_id": ["t1", "t2", "g1"], "parent_id": ["g1", "g1", None]}),
    }
    if goals:
        frames["goals"] = pd.DataFrame(goals, columns=["period", "level", "unit_id", "kpi", "target"]).astype(
            {"target": float}
        )
    if roster:
        rows = pd.DataFrame(ROSTER, columns=["person_id", "valid_from", "valid_to", "team_id", "role", "fte"])
        frames["roster"] = rows.assign(
            valid_from=pd.to_datetime(rows["valid_from"]), valid_to=pd.to_datetime(rows["valid_to"])
        )
    return facts.from_frames("hand", frames, last_day=date(2026, 7, 10))


def history(year="2025"):
    rows = []
    for number, month in enumerate(Period.parse(year).months(), start=1):
        for unit, sold in (SOLD | REST).items():
            level = "company" if unit == "company" else "team" if unit in ("t1", "t2") else "person"
            value = float(sold * number * 100)
            rows.append((month.label, level, unit, "net_sales", value, np.nan, value, 10))
        for unit, level, top, bottom in (
            ("company", "company", 160, 1000),
            ("t1", "team", 120, 600),
            ("t2", "team", 40, 400),
            ("p1", "person", 80, 400),
            ("p2", "person", 40, 200),
            ("p5", "person", 20, 200),
            ("p6", "person", 20, 200),
        ):
            rows.append(
                (month.label, level, unit, "inquiry_conversion_rate", top, bottom, top / bottom, bottom)
            )
    columns = ["period", "level", "unit_id", "kpi", "numerator", "denominator", "value", "n"]
    return pd.DataFrame(rows, columns=columns).assign(channel="all")


def value(book, period, level, unit, kpi="net_sales", team=None):
    rows = book[
        (book["period"] == period)
        & (book["level"] == level)
        & (book["unit_id"] == unit)
        & (book["kpi"] == kpi)
    ]
    rows = rows if team is None else rows[rows["team_id"] == team]
    return rows["target"].sum() if len(rows) else None


GOAL = ("2026", "company", "company", "net_sales", 100_000_003)


def test_every_margin_of_a_volume_is_exact_to_the_fen(policy):
    book = targets.book(make_facts(GOAL), policy, "2026", history())
    sums = book.pivot_table(index="period", columns="level", values="target", aggfunc="sum")
    assert (sums["company"] == sums["group"]).all()
    assert (sums["company"] == sums["team"]).all()
    assert (sums["company"] == sums["person"]).all()
    assert value(book, "2026", "company", "company") == 100_000_003
    months = [month.label for month in Period.parse("2026").months()]
    quarters = [quarter.label for quarter in Period.parse("2026").children("quarter")]
    for labels in (months, quarters):
        parts = book[book["period"].isin(labels)].groupby(["level", "unit_id", "team_id"])["target"].sum()
        years = book[book["period"] == "2026"].set_index(["level", "unit_id", "team_id"])["target"]
        assert parts.sort_index().equals(years.sort_index())


def test_teams_share_by_their_history(policy):
    # 31 000 000 fen by 200 : 110 = 20 000 000 and 11 000 000
    book = targets.book(
        make_facts(("2026", "company", "company", "net_sales", 31_000_000)), policy, "2026", history()
    )
    assert value(book, "2026", "team", "t1") == 20_000_000
    assert value(book, "2026", "team", "t2") == 11_000_000


def test_months_follow_the_profile_of_history(policy):
    # history grows 1, 2 … 12, Σ 78; quarters 6, 15, 24, 33 of 78
    book = targets.book(make_facts(("2026", "team", "t1", "net_sales", 78_000)), policy, "2026", history())
    assert [value(book, f"2026-Q{q}", "team", "t1") for q in (1, 2, 3, 4)] == [6000, 15000, 24000, 33000]
    assert value(book, "2026-06", "team", "t1") == 6000
    assert value(book, "2026", "company", "company") == 78_000
    assert value(book, "2026", "team", "t2") is None


def test_people_share_by_their_daily_rate_times_their_days(policy):
    # June, t1: per day of 2025 p1 sold 100/365 of the year's 7800, p5 60/365, p2 50/365; p4 is new: the
    # role's mean over p1 and p2 in t1 is 75/365 a full day, half time. p3's 30 and nobody's 20 are unassigned.
    # weights 100 : 60 : 37.5 : 50 (30 + 20, by calendar days as the others) of 247.5
    book = targets.book(
        make_facts(("2026-06", "team", "t1", "net_sales", 2_475_000)), policy, "2026", history()
    )
    assert value(book, "2026-06", "person", "p1") == 1_000_000
    assert value(book, "2026-06", "person", "p5", team="t1") == 600_000
    assert value(book, "2026-06", "person", "p4") == 375_000
    assert value(book, "2026-06", "person", "unassigned:t1") == 500_000
    assert value(book, "2026-06", "person", "p2") is None
    assert value(book, "2026-06", "person", "p3") is None


def test_people_have_targets_only_for_months_they_are_there(policy):
    book = targets.book(make_facts(GOAL), policy, "2026", history())
    own = book[
        (book["level"] == "person") & (book["kpi"] == "net_sales") & book["period"].str.match(r"2026-\d")
    ]
    months = own.groupby(["unit_id", "team_id"])["period"].agg(["min", "max"])
    assert months.loc[("p2", "t1")].tolist() == ["2026-01", "2026-03"]
    assert months.loc[("p4", "t1")].tolist() == ["2026-05", "2026-12"]
    assert months.loc[("p5", "t2")].tolist() == ["2026-01", "2026-04"]
    assert months.loc[("p5", "t1")].tolist() == ["2026-04", "2026-12"]


def test_the_basis_says_where_each_target_comes_from(policy):
    book = targets.book(
        make_facts(GOAL, ("2026", "team", "t1", "net_sales", 60_000_000)), policy, "2026", history()
    )
    year = book[book["period"] == "2026"].set_index(["level", "unit_id"])["basis"]
    assert year["company", "company"] == "goal"
    assert year["team", "t1"] == "goal"
    assert year["team", "t2"] == "history"
    assert year["person", "p4"] == "role_mean"
    assert year["person", "unassigned:t1"] == "unassigned"


def test_a_year_without_history_is_split_equally(policy):
    nothing = targets.no_history()
    book = targets.book(
        make_facts(("2026", "company", "company", "net_sales", 240_000)), policy, "2026", nothing
    )
    assert value(book, "2026", "team", "t1") == 120_000
    assert value(book, "2026-06", "team", "t1") == 10_000
    assert set(book.loc[book["level"] == "team", "basis"]) == {"equal"}


def test_goals_of_people_without_roster_only_add_up(policy):
    given = make_facts(
        ("2026-01", "person", "a", "net_sales", 5), ("2026-02", "person", "a", "net_sales", 7),
        ("2026-02", "person", "b", "net_sales", 11), roster=False,
    )  # fmt: skip
    book = targets.book(given, policy, "2026")
    assert value(book, "2026-02", "company", "company") == 18
    assert value(book, "2026-Q1", "company", "company") == 23
    assert value(book, "2026", "person", "a") == 12
    assert value(book, "2026-03", "company", "company") is None
    assert set(book["basis"]) == {"goal", "sum_of_goals"}


def test_a_fiscal_year_sums_its_own_months(policy):
    fiscal = replace(policy, company=replace(policy.company, fiscal_start_month=7))
    given = make_facts(
        ("2025-06", "person", "a", "net_sales", 1), ("2025-07", "person", "a", "net_sales", 10),
        ("2026-06", "person", "a", "net_sales", 100), ("2026-07", "person", "a", "net_sales", 1000),
        roster=False,
    )  # fmt: skip
    assert value(targets.book(given, fiscal, "FY2026"), "FY2026", "company", "company") == 110
    assert value(targets.book(given, policy, "2026"), "2026", "company", "company") == 1100


def test_without_goals_the_book_is_empty_with_its_columns(policy):
    book = targets.book(make_facts(), policy, "2026", history())
    assert book.empty
    assert {"period", "level", "unit_id", "target", "p_hit", "version", "recorded_on"} <= set(book.columns)


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        (("2026", "company", "company", "net_sales", 0), "found 0; allowed: a number above 0"),
        (("2026", "company", "company", "net_sales", -5), "found -5"),
        (("2026", "company", "company", "inquiry_conversion_rate", 55), "write 0.55, not 55"),
        (("2026", "company", "company", "acquired_customers", 10.5), "a whole number"),
        (("2026", "company", "company", "sales_in_total", 10), "the KPI 'sales_in_total'"),
        (("2026-W03", "company", "company", "net_sales", 10), "no part of 2026"),
        (("2025-07..2026-06", "company", "company", "net_sales", 10), "no part of 2026"),
        (("2026", "person", "E9999", "net_sales", 10), "a person on the roster"),
        (("2026", "company", "t1", "net_sales", 10), "a company of the company"),
    ],
)
def test_impossible_goals_are_refused_by_name(policy, goal, message):
    with pytest.raises(DataError, match=message):
        targets.book(make_facts(goal), policy, "2026", history())


def test_all_impossible_goals_are_named_at_once(policy):
    given = make_facts(("2026", "team", "t1", "net_sales", -1), ("2026", "team", "t2", "net_sales", 0))
    with pytest.raises(DataError) as caught:
        targets.book(given, policy, "2026", history())
    assert len(caught.value.problems) == 2


def test_money_in_a_refusal_is_written_in_major_units(policy):
    given = make_facts(GOAL, ("2026", "team", "t1", "net_sales", 1), ("2026", "team", "t2", "net_sales", 2))
    with pytest.raises(DataError, match=r"CNY 1,000,000\.03, but the goals of its units sum to CNY 0\.03"):
        targets.book(given, policy, "2026", history())


RATE = ("2026", "company", "company", "inquiry_conversion_rate", 0.20)


def test_the_weighted_mean_of_team_rates_is_the_companys(policy):
    book = targets.book(make_facts(RATE), policy, "2026", history())
    teams = book[(book["period"] == "2026-06") & (book["level"] == "team")]
    # t1 .248, t2 .129: (.248 · 7200 + .129 · 4800)/12000 = .2004, which reads 20.0 %
    assert teams["target"].tolist() == [0.248, 0.129]
    assert round(np.average(teams["target"], weights=teams["weight"]), 3) == 0.20
    # both teams move by the same log-odds from baselines shrunk to the company's .16, to half a step of .001
    k = policy.kpis["inquiry_conversion_rate"].min_n or 30
    base = np.array([(7200 * 0.2 + k * 0.16) / (7200 + k), (4800 * 0.1 + k * 0.16) / (4800 + k)])
    odds = np.log(teams["target"] / (1 - teams["target"])).to_numpy() - np.log(base / (1 - base))
    assert odds[0] == pytest.approx(odds[1], abs=0.0005 * (1 / (0.248 * 0.752) + 1 / (0.129 * 0.871)))


def test_the_people_and_the_rest_of_a_team_make_its_rate(policy):
    book = targets.book(make_facts(RATE), policy, "2026", history())
    year = book[(book["period"] == "2026") & (book["team_id"] == "t1")]
    people = year[year["level"] == "person"]
    team = year.loc[year["level"] == "team", "target"].item()
    # rounded to what a reader sees, .001: the mean of the parts reads as the team
    assert round(np.average(people["target"], weights=people["weight"]), 3) == team == 0.248
    assert (people["target"] == people["target"].round(3)).all()


def test_a_rate_is_the_same_every_month_unless_given(policy):
    book = targets.book(make_facts(RATE, ("2026-11", *RATE[1:4], 0.25)), policy, "2026", history())
    assert value(book, "2026-10", "company", "company", RATE[3]) == 0.20
    assert value(book, "2026-11", "company", "company", RATE[3]) == 0.25
    assert value(book, "2026-11", "team", "t1", RATE[3]) > value(book, "2026-10", "team", "t1", RATE[3])


def test_a_team_with_its_own_rate_leaves_the_rest_to_the_others(policy):
    book = targets.book(make_facts(RATE, ("2026", "team", "t1", RATE[3], 0.22)), policy, "2026", history())
    # (.20·12000 − .22·7200)/4800 = .17
    assert value(book, "2026", "team", "t1", RATE[3]) == 0.22
    assert value(book, "2026", "team", "t2", RATE[3]) == pytest.approx(0.17)


def test_a_team_rate_that_leaves_nothing_possible_is_refused(policy):
    with pytest.raises(DataError, match=r"t1 0\.6, which leave the others -0\.4"):
        targets.book(make_facts(RATE, ("2026", "team", "t1", RATE[3], 0.60)), policy, "2026", history())


def test_base_and_stretch_lie_around_the_target(policy):
    book = targets.book(
        make_facts(("2026", "company", "company", "net_sales", 1000)), policy, "2026", history()
    )
    top = book[(book["period"] == "2026") & (book["level"] == "company")].iloc[0]
    assert (top["base"], top["target"], top["stretch"]) == (900, 1000, 1100)


def test_the_version_changes_with_the_goals_and_only_with_them(policy):
    first = targets.book(make_facts(GOAL), policy, "2026", history())["version"].unique()
    again = targets.book(make_facts(GOAL), policy, "2026", history())["version"].unique()
    other = targets.book(make_facts((*GOAL[:4], 5.0)), policy, "2026", history())["version"].unique()
    assert len(first) == 1
    assert first == again
    assert first != other


def test_the_order_of_rows_does_not_matter(policy):
    goals = [GOAL, ("2026", "team", "t1", "net_sales", 60_000_001), RATE]
    one = targets.book(make_facts(*goals), policy, "2026", history())
    two = targets.book(make_facts(*goals[::-1]), policy, "2026", history().sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)


def test_a_new_team_counts_as_the_mean_of_its_siblings(policy):
    own = history()
    book = targets.book(
        make_facts(("2026", "company", "company", "net_sales", 1000)),
        policy,
        "2026",
        own[own["unit_id"] != "t2"],
    )
    assert value(book, "2026", "team", "t1") == value(book, "2026", "team", "t2") == 500
    assert book.set_index(["period", "unit_id"])["basis"]["2026", "t2"] == "sibling_mean"


def test_every_basis_is_told_in_both_languages(policy):
    from salesperf_lib.language import text

    codes = set(targets.book(make_facts(GOAL, RATE), policy, "2026", history())["basis"])
    assert len(codes) >= 4
    for code in codes:
        assert text(f"basis.{code}", "zh") != text(f"basis.{code}", "en")


def based(policy, **bases):
    """Give the rules with another basis of net sales."""
    shares = {name: Fraction(str(weight)) for name, weight in bases.items()}
    return replace(policy, targets=replace(policy.targets, bases=MappingProxyType({"net_sales": shares})))


ROUND_GOAL = ("2026", "company", "company", "net_sales", 31_000_000)


def test_a_blend_adds_the_shares_of_its_bases(policy):
    # t1: half of 200/310 by history and half of 1/2 in equal parts
    book = targets.book(make_facts(ROUND_GOAL), based(policy, history=0.5, equal=0.5), "2026", history())
    assert value(book, "2026", "team", "t1") == pytest.approx(31_000_000 * (200 / 310 + 1 / 2) / 2, abs=1)
    assert set(book.loc[book["level"].eq("team") & book["period"].eq("2026"), "basis"]) == {"blend"}


def test_equal_parts_ignore_history(policy):
    book = targets.book(make_facts(ROUND_GOAL), based(policy, equal=1), "2026", history())
    assert value(book, "2026", "team", "t1") == 15_500_000


def test_explicit_shares_are_kept_and_the_others_divide_the_rest(policy):
    rules = based(policy, explicit=1)
    decided = MappingProxyType({"net_sales": MappingProxyType({"t1": Fraction(3, 5)})})
    rules = replace(rules, targets=replace(rules.targets, explicit_shares=decided))
    book = targets.book(make_facts(ROUND_GOAL), rules, "2026", history())
    assert value(book, "2026", "team", "t1") == 18_600_000
    assert value(book, "2026", "team", "t2") == 12_400_000


def test_capacity_counts_working_days_ramp_and_part_time(policy):
    book = targets.book(make_facts(ROUND_GOAL), based(policy, capacity=1), "2026", history())
    # In December t1 has p1, p5 and p4, who is half time and ramped up (no day of hiring is given).
    december = {p: value(book, "2026-12", "person", p, team="t1") for p in ("p1", "p4", "p5")}
    assert december["p1"] == pytest.approx(december["p5"], abs=1)
    assert december["p4"] == pytest.approx(december["p1"] / 2, abs=1)
    assert value(book, "2026-12", "person", "p2", team="t1") is None
    assert value(book, "2026", "company", "company") == 31_000_000


def test_floors_and_caps_of_the_rules_hold(policy):
    limit = Limit("net_sales", "team", "t2", "2026-Q1", 3_000_000.0, None)
    rules = replace(policy, targets=replace(policy.targets, limits=(limit,)))
    book = targets.book(make_facts(ROUND_GOAL), rules, "2026", history())
    assert value(book, "2026-Q1", "team", "t2") >= 3_000_000
    assert value(book, "2026", "company", "company") == 31_000_000


def test_a_limit_of_a_unit_that_is_not_there_is_refused(policy):
    limit = Limit("net_sales", "team", "t9", "2026", None, 1.0)
    rules = replace(policy, targets=replace(policy.targets, limits=(limit,)))
    with pytest.raises(DataError, match="team t9"):
        targets.book(make_facts(ROUND_GOAL), rules, "2026", history())


def test_money_is_rounded_to_whole_units_of_the_rules(policy):
    rules = replace(policy, targets=replace(policy.targets, rounding=100))
    book = targets.book(make_facts(ROUND_GOAL), rules, "2026", history())
    volumes = book[book["kpi"] == "net_sales"]
    assert (volumes["target"] % 100 == 0).all()


def test_a_calibration_in_force_moves_the_book_and_its_version(policy):
    change = Change("company", "company", "", "net_sales", "2026-09", 0.0, 1_000_000.0)
    day = date(2026, 9, 1)
    moved = replace(
        policy, amendments=(Amendment("0001", "calibration", day, day, Name("动", "move"), (change,)),)
    )
    before = targets.book(make_facts(ROUND_GOAL), policy, "2026", history())
    after = targets.book(make_facts(ROUND_GOAL), moved, "2026", history())
    assert value(after, "2026-09", "company", "company") == 1_000_000
    assert value(after, "2026-08", "person", "p1") == value(before, "2026-08", "person", "p1")
    assert set(before["version"]) != set(after["version"])
