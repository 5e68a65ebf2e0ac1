"""How hard targets are: forecasts, chances, flags, padding apart, and the figure that shows them."""

from __future__ import annotations

from dataclasses import replace
from math import erf, log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import charts
from salesperf_lib.errors import DataError
from salesperf_lib.language import Locale
from salesperf_lib.params.policy import Padding
from salesperf_lib.periods import Period
from salesperf_lib.targets import difficulty

YEAR = Period.parse("2026")
PLANNED = [month.label for month in YEAR.months()]
BEFORE = [month.year_before().label for month in YEAR.months()]


def phi(z):
    return (1 + erf(z / sqrt(2))) / 2


def history(rows, months=BEFORE):
    return pd.DataFrame.from_dict(rows, orient="index", columns=months, dtype=float)


def equal_shares(units):
    return pd.DataFrame(1 / 12, index=list(units), columns=PLANNED)


def means(rows, shape="log"):
    frame = pd.DataFrame(rows, columns=["period", "level", "unit_id", "kpi", "mean", "cv"])
    return frame.assign(shape=shape)


def book(rows):
    frame = pd.DataFrame(rows, columns=["period", "level", "unit_id", "team_id", "kpi", "target"])
    return frame.assign(
        target=frame["target"].astype(float),
        base=frame["target"] * 0.9,
        stretch=frame["target"] * 1.1,
        p_hit=np.nan,
    )


def year_of(frame, unit):
    return frame[(frame["unit_id"] == unit) & (frame["period"] == "2026")].iloc[0]


def test_kpi_values_become_one_row_per_unit_and_one_column_per_month():
    values = pd.DataFrame(
        {
            "period": ["2025-02", "2025-01", "2025-01", "2025-01", "2025-01"],
            "level": ["team", "team", "team", "person", "team"],
            "unit_id": ["t2", "t1", "t2", "t1", "t1"],
            "channel": ["all", "all", "all", "all", "douyin"],
            "kpi": "orders",
            "value": [3.0, 1.0, 2.0, 9.0, 8.0],
            "n": pd.array([1, None, 3, 4, 5], dtype="Int64"),
        }
    )
    table = difficulty.history_of(values, "orders", "team")
    assert table.columns.to_list() == ["2025-01", "2025-02"]
    assert table.loc["t2"].to_list() == [2.0, 3.0]
    assert table.loc["t1", "2025-01"] == 1.0
    assert np.isnan(table.loc["t1", "2025-02"])
    assert (
        np.isnan(difficulty.history_of(values, "orders", "team", "n").loc["t2":, "2025-01"].sub(3)).sum() == 0
    )


def test_a_forecast_adds_its_months_up_and_shares_one_level_error():
    # 1200 a year in equal shares, months known with CV 5 % (the least), level error 15 % and what
    # twelve months leave open, B²·(s²/12)/(B² + s²/12) with B = .5
    found = difficulty.forecast(
        history({"t1": [100] * 12}), equal_shares(["t1"]), year=YEAR, level="team", kpi="orders"
    )
    assert len(found) == 12 + 4 + 1
    sampling = log(1 + 0.05**2) / 12
    level = 0.15**2 + 0.25 * sampling / (0.25 + sampling)
    for label, months in (("2026-03", 1), ("2026-Q2", 3), ("2026", 12)):
        row = found.set_index("period").loc[label]
        assert row["mean"] == pytest.approx(100 * months)
        assert row["cv"] == pytest.approx(sqrt(0.05**2 / months + level))


def test_a_unit_that_was_there_for_half_the_year_is_forecast_for_the_whole():
    rows = {f"t{i}": [100.0] * 12 for i in range(5)} | {"late": [np.nan] * 6 + [100.0] * 6}
    found = difficulty.forecast(history(rows), equal_shares(rows), year=YEAR, level="team", kpi="orders")
    assert year_of(found, "late")["mean"] == pytest.approx(1200)


def test_the_season_is_taken_out_of_the_months_that_are_known():
    shares = equal_shares(["t1"])
    shares.loc["t1"] = [0.05] * 6 + [0.7 / 6] * 6
    rows = {"t1": [np.nan] * 6 + [70.0] * 6}  # 420 in seven tenths of a year: 600 a year
    found = difficulty.forecast(history(rows), shares, year=YEAR, level="team", kpi="orders")
    assert year_of(found, "t1")["mean"] == pytest.approx(600)
    assert found.set_index("period").loc["2026-01", "mean"] == pytest.approx(30)


def test_shares_of_past_months_that_were_stated_come_first():
    past = pd.DataFrame([[0.1, 0.1]], index=["t1"], columns=["2025-11", "2025-12"])
    rows = history({"t1": [100, 100]}, ["2025-11", "2025-12"])
    found = difficulty.forecast(
        rows, equal_shares(["t1"]), year=YEAR, level="team", kpi="orders", past_shares=past
    )
    assert year_of(found, "t1")["mean"] == pytest.approx(1000)


def test_a_unit_planned_for_half_a_year_has_half_a_years_mean():
    there = pd.DataFrame([[1.0] * 5 + [0.5] + [0.0] * 6], index=["t1"], columns=PLANNED)
    found = difficulty.forecast(
        history({"t1": [100] * 12}),
        equal_shares(["t1"]),
        year=YEAR,
        level="team",
        kpi="orders",
        presence=there,
    ).set_index("period")
    assert found["mean"].loc[["2026-01", "2026-06", "2026-12", "2026-Q2", "2026"]].to_list() == pytest.approx(
        [100, 50, 0, 250, 550]
    )


def test_a_new_hire_takes_the_mean_of_the_role_with_a_larger_error():
    rows = {f"a{i}": [10.0 * (i + 5)] * 12 for i in range(5)} | {f"b{i}": [500.0] * 12 for i in range(5)}
    units = [*rows, "new"]
    role = pd.Series({unit: unit[0] for unit in rows} | {"new": "a"})
    found = difficulty.forecast(
        history(rows), equal_shares(units), year=YEAR, level="person", kpi="orders", pools=role
    )
    assert year_of(found, "new")["mean"] == pytest.approx(12 * 70)  # 50, 60, 70, 80, 90 a month
    assert year_of(found, "new")["cv"] > year_of(found, "a0")["cv"] + 0.03


def test_without_any_history_there_is_no_mean_and_no_chance(sample_policy):
    empty = pd.DataFrame(index=pd.Index([], dtype=str))
    found = difficulty.forecast(empty, equal_shares(["t1"]), year=YEAR, level="team", kpi="orders")
    assert found["mean"].isna().all()
    targets = book([("2026", "team", "t1", "t1", "orders", 100)])
    assert difficulty.with_chances(targets, found, sample_policy)["p_hit"].isna().all()


@pytest.mark.parametrize(
    ("rows", "columns", "planned", "named"),
    [
        ([100.0, 100.0], ["2025-10", "2025-12"], PLANNED, "without gaps"),
        ([100.0, 100.0], ["2025-12", "2026-01"], PLANNED, "before 2026-01"),
        ([np.inf, 100.0], ["2025-11", "2025-12"], PLANNED, "t1, 2025-11"),
        ([100.0, 100.0], ["2025-11", "2025-12"], BEFORE, "the months of 2026"),
    ],
)
def test_months_that_do_not_fit_are_refused(rows, columns, planned, named):
    shares = pd.DataFrame(1 / 12, index=["t1"], columns=planned)
    with pytest.raises(DataError, match=named):
        difficulty.forecast(history({"t1": rows}, columns), shares, year=YEAR, level="team", kpi="orders")


def test_impossible_shares_are_refused_by_unit_and_month():
    shares = equal_shares(["t1", "t2"])
    shares.loc["t2", "2026-05"] = -0.1
    with pytest.raises(DataError, match=r"t2, 2026-05"):
        difficulty.forecast(history({"t1": [1] * 12}), shares, year=YEAR, level="team", kpi="orders")


def test_a_season_that_is_no_whole_year_is_refused():
    with pytest.raises(DataError, match=r"shares, t1: found a sum of 0\.5"):
        difficulty.forecast(
            history({"t1": [1] * 12}), equal_shares(["t1"]) / 2, year=YEAR, level="team", kpi="orders"
        )


def test_rates_of_longer_periods_are_known_better():
    num = history({"t1": [20, 22] * 6, "t2": [18, 20] * 6})
    den = history({"t1": [100] * 12, "t2": [100] * 12})
    found = difficulty.forecast_rate(
        num, den, den, year=YEAR, level="team", kpi="inquiry_conversion_rate", share=True
    )
    mine = found[found["unit_id"] == "t1"].set_index("period")
    # (1200·.21 + 30·.2)/1230, months as drawn at random: 1/(100·p(1−p)) in log-odds
    p = (252 + 6) / 1230
    assert mine["mean"].to_list() == pytest.approx([p] * 17)
    for label, months in (("2026-01", 1), ("2026-Q1", 3), ("2026", 12)):
        spread = sqrt((1 / months + 0.25) / (100 * p * (1 - p)))
        assert mine.loc[label, "cv"] == pytest.approx(spread * (1 - p))


def test_chances_are_those_of_the_distribution(sample_policy):
    targets = book(
        [
            ("2026", "team", "t1", "t1", "orders", 110),
            ("2026-01", "team", "t1", "t1", "orders", 10),
            ("2026", "team", "t1", "t1", "inquiry_conversion_rate", 0.22),
            ("2026", "team", "t1", "t1", "refund_rate", 0.05),
            ("2026", "channel", "douyin", "", "orders", 5),
        ]
    )
    known = pd.concat(
        [
            means([("2026", "team", "t1", "orders", 100.0, 0.3)]),
            means([("2026", "team", "t1", "inquiry_conversion_rate", 0.2, 0.1)], "odds"),
            means([("2026", "team", "t1", "refund_rate", 0.05, 0.2)], "odds"),
        ]
    )
    found = difficulty.with_chances(targets, known, sample_policy)["p_hit"].to_list()
    volume = phi((log(100) - log(1.09) / 2 - log(110)) / sqrt(log(1.09)))
    rate = phi((log(0.2 / 0.8) - log(0.22 / 0.78)) / 0.125)
    assert found[:4] == pytest.approx([volume, np.nan, rate, 0.5], nan_ok=True)
    assert np.isnan(found[4])


def test_where_less_is_better_a_looser_limit_is_easier(sample_policy):
    targets = book([("2026", "team", "t1", "t1", "cac", x) for x in (200, 300)]).assign(team_id=["a", "b"])
    known = means([("2026", "team", "t1", "cac", 250.0, 0.1)])
    tight, loose = difficulty.with_chances(targets, known, sample_policy)["p_hit"]
    assert tight < 0.05
    assert loose > 0.95


def test_a_person_in_two_teams_is_forecast_as_one(sample_policy):
    parts = book([("2026", "person", "p1", team, "orders", x) for team, x in (("t1", 30), ("t2", 80))])
    whole = book([("2026", "person", "p1", "t1", "orders", 110)])
    known = means([("2026", "person", "p1", "orders", 100.0, 0.3)])
    one = difficulty.with_chances(whole, known, sample_policy)["p_hit"].iloc[0]
    assert difficulty.with_chances(parts, known, sample_policy)["p_hit"].to_list() == [one, one]


def test_two_forecasts_of_one_unit_are_refused(sample_policy):
    known = means([("2026", "team", "t1", "orders", 100.0, 0.3)] * 2)
    with pytest.raises(DataError, match="2026, team, t1, orders"):
        difficulty.with_chances(book([("2026", "team", "t1", "t1", "orders", 1)]), known, sample_policy)


@settings(max_examples=40)
@given(target=st.floats(1, 1e6), step=st.floats(1.001, 5), mean=st.floats(1, 1e6), cv=st.floats(0.01, 1))
def test_base_is_never_harder_than_target_nor_target_than_stretch(sample_policy, target, step, mean, cv):
    rows = book([("2026", "team", "t1", "t1", "orders", target)]).assign(
        base=target / step, stretch=target * step
    )
    found = difficulty.levels(rows, means([("2026", "team", "t1", "orders", mean, cv)]), sample_policy).iloc[
        0
    ]
    assert 1 >= found["p_base"] >= found["p_hit"] >= found["p_stretch"] >= 0


def test_flags_begin_below_twenty_and_above_ninety_percent(sample_policy):
    rows = book([("2026", "person", f"p{i}", "t1", "orders", 1) for i in range(5)])
    rows["p_hit"] = [0.1999, 0.2, 0.9, 0.9001, np.nan]
    found = difficulty.flags(rows, sample_policy)
    assert found["flag"].to_list() == ["hard", "", "", "easy"]
    assert found["unit_id"].to_list() == ["p0", "p1", "p2", "p3"]


def test_the_share_of_people_expected_to_reach_a_target_is_the_mean_chance_of_people():
    rows = book(
        [
            ("2026", "person", "p1", "t1", "orders", 1),
            ("2026", "person", "p2", "t1", "orders", 1),
            ("2026", "person", "p2", "t2", "orders", 1),
            ("2026", "person", "unassigned:t1", "t1", "orders", 1),
            ("2026", "team", "t1", "t1", "orders", 1),
        ]
    ).assign(p_hit=[0.2, 0.8, 0.8, 0.99, 0.99])
    assert difficulty.expected_share_reaching(rows, "orders", "2026") == pytest.approx(0.5)
    assert np.isnan(difficulty.expected_share_reaching(rows, "orders", "2025"))


def padding_of(policy, **shares):
    return replace(policy, targets=replace(policy.targets, padding=Padding(**shares)))


def test_each_levels_hedge_is_kept_apart_from_the_target(sample_policy):
    rows = book(
        [
            ("2026", "company", "company", "", "orders", 2000),
            ("2026", "group", "g1", "", "orders", 1000),
            ("2026", "team", "t1", "t1", "orders", 1000),
            ("2026", "person", "p1", "t1", "orders", 1000),
            ("2026", "person", "p1", "t1", "refund_rate", 0.05),
        ]
    )
    found = difficulty.padded(rows, padding_of(sample_policy, group=0.05, team=0.1, person=0.2))
    assert found["target"].to_list() == rows["target"].to_list()
    assert found["padding_group"].to_list() == [0, 50, 50, 50, 0]
    assert found["padding_team"].to_list() == [0, 0, 105, 105, 0]  # a tenth of 1050
    assert found["padding_person"].to_list() == [0, 0, 0, 231, 0]  # a fifth of 1155
    assert found["padded"].to_list() == [2000, 1050, 1155, 1386, 0.05]
    assert (found["target"] + found["padding"] == found["padded"]).all()


def test_a_company_without_groups_has_no_hedge_of_groups(sample_policy):
    rows = book([("2026", "team", "t1", "t1", "orders", 1000)])
    found = difficulty.padded(rows, padding_of(sample_policy, group=0.05, team=0.1, person=0.0)).iloc[0]
    assert (found["padding_group"], found["padding_team"]) == (0, 100)


def test_without_padding_nothing_is_added(sample_policy):
    rows = book([("2026", "team", "t1", "t1", "orders", 1000)])
    assert difficulty.padded(rows, sample_policy)["padding"].to_list() == [0]


def test_five_hedges_of_five_percent_are_27_6_percent():
    assert difficulty.total_hedge([0.05] * 5) == pytest.approx(0.2762815625)  # METHODS §1.2


def test_on_the_sample_company_four_of_five_months_fall_into_the_interval_of_four_in_five(
    sample_facts, sample_policy
):
    # forecast 2026 from 2024–2025, compare with the half-year that followed: months of people
    from salesperf_lib import kpis

    months = Period.parse("2024-01..2026-06").months()
    values = kpis.compute(sample_facts, sample_policy, months, ("company", "person"), ["net_sales"])
    whole = difficulty.history_of(values, "net_sales", "company").loc["company"]
    people = difficulty.history_of(values, "net_sales", "person")
    people = people[~people.index.str.startswith("unassigned")]
    share = whole[BEFORE].to_numpy() / whole[BEFORE].sum()
    shares = pd.DataFrame(np.tile(share, (len(people), 1)), index=people.index, columns=PLANNED)
    found = difficulty.forecast(
        people.loc[:, :"2025-12"], shares, year=YEAR, level="person", kpi="net_sales"
    ).set_index(["unit_id", "period"])
    half = people.loc[:, "2026-01":].rename_axis("unit_id").reset_index()
    actual = half.melt("unit_id", var_name="period").dropna().set_index(["unit_id", "period"])["value"]
    actual = actual.clip(lower=1)
    mean, cv = (found[name].reindex(actual.index).to_numpy() for name in ("mean", "cv"))
    sigma = np.sqrt(np.log1p(cv**2))
    z = (np.log(actual.to_numpy()) - np.log(mean) + sigma**2 / 2) / sigma
    assert len(z) > 300
    assert 0.7 < (np.abs(z) < 1.2816).mean() < 0.9
    assert abs(np.median(z)) < 0.25


def chance_frame():
    return pd.DataFrame(
        {"label": ["李堃", "王喆", "张祎", "赵珺", "陈晨"], "p_hit": [0.95, 0.05, 0.2, np.nan, 0.196]}
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_figure_puts_the_hardest_first_and_says_in_words_what_is_flagged(lang):
    locale = Locale(lang)
    figure = charts.chances(chance_frame(), 0.2, 0.9, locale)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["王喆", "陈晨", "张祎", "李堃"]
    hard, easy = (locale.text(f"difficulty.flag.{flag}") for flag in ("hard", "easy"))
    assert [text.get_text() for text in axes.texts] == [
        f"5% {hard}", f"19.6% {hard}", "20.0%", f"95% {easy}"
    ]  # fmt: skip
    assert charts.show(figure, "text").data.startswith(b"\x89PNG")


def test_nobody_with_a_chance_gives_no_figure():
    assert charts.chances(chance_frame().assign(p_hit=np.nan), 0.2, 0.9, Locale("en")) is None
