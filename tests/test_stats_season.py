"""Season: known effects come back, shares move with their calendar, known years are foretold (§1.3)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.periods import Period, Promotion
from salesperf_lib.stats import (
    accuracy,
    backtest,
    borrow,
    by_month,
    day_shares,
    fit_season,
    month_shares,
    own_weights,
    profile,
    spring_festival,
    with_festival,
)

YEAR = Period.parse("2026")
WEEKDAYS = np.array([-0.05, -0.06, -0.04, -0.02, 0.02, 0.09, 0.06])
LIFTS = {
    ("spring_festival", "preheat"): 0.1,
    ("spring_festival", "burst"): -0.8,
    ("spring_festival", "after"): -0.3,
    ("618", "burst"): 0.4,
    ("618", "after"): -0.15,
    ("double11", "presale"): 0.1,
    ("double11", "burst"): 0.7,
    ("double11", "after"): -0.25,
}
WINDOWS = (
    ("618", "burst", "06-01", "06-20"),
    ("618", "after", "06-21", "06-30"),
    ("double11", "presale", "10-14", "10-31"),
    ("double11", "burst", "11-01", "11-11"),
    ("double11", "after", "11-12", "11-25"),
)


def window(name, phase, first, last):
    days = [date.fromisoformat(str(day)) for day in (first, last)]
    return Promotion(name, phase, *days, major=False, zh=f"{name}促销", en=f"{name} sale")


def calendar(*years):
    return [
        window(name, phase, f"{year}-{first}", f"{year}-{last}")
        for year in years
        for name, phase, first, last in WINDOWS
    ]


def festival_rows(day):
    return [
        window("spring_festival", phase, day + timedelta(first), day + timedelta(last))
        for phase, first, last in (("preheat", -21, -6), ("burst", -5, 7), ("after", 8, 14))
    ]


def made(first, last, noise=0.0, units=1, growth=0.08, seed=7):
    """Draw sales of the model's own form from known effects."""
    dates = pd.date_range(first, last)
    log = 10 + np.log1p(growth) * (dates - dates[0]).days.to_numpy() / 365.25
    log += WEEKDAYS[dates.day_of_week]
    length = np.where(dates.is_leap_year, 366, 365)
    angle = 2 * np.pi * (dates.day_of_year.to_numpy() - 0.5) / length
    log += -0.15 * np.cos(angle) + 0.1 * np.sin(2 * angle) + 0.05 * np.cos(3 * angle)
    years = range(dates[0].year, dates[-1].year + 1)
    rows = [row for year in years for row in festival_rows(NEW_YEAR[year])] + calendar(*years)
    for row in rows:
        log[(dates >= str(row.first)) & (dates <= str(row.last))] += LIFTS[row.id, row.phase]
    rng = np.random.default_rng(seed)
    values = np.exp(log[:, None] + noise * rng.standard_normal((len(dates), units)))
    return pd.DataFrame(values, index=dates, columns=[f"u{i}" for i in range(units)])


# From published tables of the lunar calendar.
NEW_YEAR = {
    2012: date(2012, 1, 23),
    2013: date(2013, 2, 10),
    2014: date(2014, 1, 31),
    2015: date(2015, 2, 19),
    2022: date(2022, 2, 1),
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
}


@pytest.mark.parametrize("year", NEW_YEAR)
def test_the_spring_festival_is_new_years_day_not_its_eve(year):
    assert spring_festival(year) == NEW_YEAR[year]


def test_known_effects_are_recovered():
    days = made("2023-01-01", "2025-12-31")
    season = fit_season(days, calendar(2023, 2024, 2025), 3)
    assert season.plain[1, 0] == pytest.approx(np.log(1.08), abs=0.01)
    assert season.plain[2:8, 0] == pytest.approx(WEEKDAYS[:6], abs=0.002)
    assert season.plain[8, 0] == pytest.approx(-0.15, abs=0.01)
    # A window is its effect plus the mean of its days' departures.
    for place, key in enumerate(season.windows):
        inside = [i for i, cell in enumerate(season.cells) if cell[:2] == key]
        found = season.lifts[place, 0] + season.days[inside, 0].mean()
        assert found == pytest.approx(LIFTS[key], abs=0.03), key


def test_the_shares_of_a_year_made_from_known_effects_are_foretold():
    actual = made("2026-01-01", "2026-12-31").iloc[:, 0]
    days = made("2023-01-01", "2025-12-31")
    shares = day_shares(fit_season(days, calendar(2023, 2024, 2025), 3), YEAR, calendar(2026)).iloc[:, 0]
    assert shares.to_numpy() == pytest.approx((actual / actual.sum()).to_numpy(), rel=0.03)


def test_the_index_misses_january_and_february_and_the_model_does_not():
    """METHODS §1.3, data of this form: index 2.6, at worst 10–11 %; model .9–1.0 and 2.1–2.4 %."""
    rows = calendar(*range(2023, 2027))
    days = made("2023-01-01", "2026-12-31", noise=0.05, units=8)
    found = [accuracy(backtest(days[unit], rows, Period.parse("2023-01..2025-12"), YEAR, 3)) for unit in days]
    mean = {m: np.mean([one[m].mean for one in found]) for m in ("model", "index")}
    worst = {m: np.mean([one[m].worst for one in found]) for m in ("model", "index")}
    assert mean["model"] < 0.013
    assert mean["index"] > 2 * mean["model"]
    assert worst["model"] < 0.035
    assert worst["index"] > 0.08
    assert {one["index"].month for one in found} <= {"2026-01", "2026-02"}


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from(["2026", "2025", "2026-01..2026-06", "FY2027"]), st.integers(0, 4)
)
def test_shares_sum_to_one_over_days_and_months(seed, text, harmonics):
    rows = calendar(*range(2023, 2028))
    season = fit_season(made("2024-01-01", "2025-12-31", 0.5, 3, seed=seed), rows, harmonics)
    period = Period.parse(text, 4 if text.startswith("FY") else 1)
    days, months = day_shares(season, period, rows), month_shares(season, period, rows)
    assert days.shape == (period.days, 3)
    assert (days.to_numpy() > 0).all()
    assert days.sum().to_numpy() == pytest.approx(1, abs=1e-12)
    assert months.sum().to_numpy() == pytest.approx(1, abs=1e-12)
    assert list(months.index) == [month.label for month in period.months()]
    first = months.index[0]
    in_first = days[days.index.strftime("%Y-%m") == first]
    assert months.loc[first].to_numpy() == pytest.approx(in_first.sum().to_numpy(), abs=1e-15)


def test_february_gives_to_january_what_the_festival_takes_when_it_moves():
    """METHODS §1.3: Spring Festival on 17 February, or on 29 January."""
    season = fit_season(made("2023-01-01", "2025-12-31"), calendar(2023, 2024, 2025), 3)
    late, early = (
        month_shares(season, YEAR, [*calendar(2026), *festival_rows(day)]).iloc[:, 0]
        for day in (date(2026, 2, 17), date(2026, 1, 29))
    )
    assert late["2026-01"] > 1.1 * early["2026-01"]
    assert early["2026-02"] > 1.1 * late["2026-02"]
    assert late["2026-08"] == pytest.approx(early["2026-08"], rel=0.01)


def test_the_days_of_a_promotion_move_with_its_dates():
    season = fit_season(made("2023-01-01", "2025-12-31"), calendar(2023, 2024, 2025), 3)
    kept = calendar(2026)
    moved = [
        *(row for row in kept if row.id != "618"),
        window("618", "burst", "2026-07-01", "2026-07-20"),
        window("618", "after", "2026-07-21", "2026-07-30"),
    ]
    before, after = (day_shares(season, YEAR, rows).iloc[:, 0] for rows in (kept, moved))
    base = day_shares(season, YEAR, kept, baseline=True).iloc[:, 0]
    assert (before / base)["2026-06-10"] == pytest.approx(np.exp(0.4), rel=0.03)
    assert after["2026-07-10"] / before["2026-07-10"] == pytest.approx(np.exp(0.4), rel=0.03)
    assert before["2026-06-10"] / after["2026-06-10"] == pytest.approx(np.exp(0.4), rel=0.03)


def test_the_one_great_day_of_a_burst_gets_an_effect_of_its_own():
    days = made("2024-01-01", "2025-12-31", noise=0.05)
    days.loc[["2024-11-11", "2025-11-11"]] *= 4
    rows = calendar(2024, 2025, 2026)
    shares = day_shares(fit_season(days, rows, 3), YEAR, rows).iloc[:, 0]
    assert shares.idxmax() == pd.Timestamp("2026-11-11")
    assert shares["2026-11-11"] / shares["2026-11-04"] == pytest.approx(4, rel=0.15)  # both are Wednesdays


def test_the_noise_of_one_person_draws_no_promotion_days():
    """Departures inside windows shrink to nothing where they are no larger than the days' noise."""
    days = made("2024-01-01", "2025-12-31", noise=0.8, units=20)
    season = fit_season(days, calendar(2024, 2025), 3)
    departure = np.abs(season.days).mean()
    assert departure < 0.1  # the raw mean of two days would be 0.8 · √(2/π) / √2 = 0.45


def test_the_baseline_knows_no_promotions():
    rows = calendar(2024, 2025, 2026)
    season = fit_season(made("2024-01-01", "2025-12-31"), rows, 3)
    share, base = (day_shares(season, YEAR, rows, baseline=flag).iloc[:, 0] for flag in (False, True))
    ordinary = share["2026-08-01":"2026-08-31"]
    assert base["2026-08-01":"2026-08-31"].to_numpy() == pytest.approx(ordinary.to_numpy(), abs=1e-15)
    assert (share > base)["2026-11-01":"2026-11-11"].all()
    assert (share < base)["2026-02-12":"2026-02-24"].all()


def test_calendar_rows_of_the_festival_count_alone():
    own = festival_rows(date(2026, 3, 1))
    assert with_festival(own, date(2026, 1, 1), date(2026, 6, 30))[:3] == own
    added = with_festival(own, date(2026, 1, 1), date(2026, 6, 30))[3:]
    assert {row.first.year for row in added} <= {2027}
    assert [(row.phase, row.first, row.last) for row in added] == [
        (row.phase, row.first, row.last) for row in festival_rows(NEW_YEAR[2027])
    ]


def test_days_without_sales_and_days_of_refunds_are_borne():
    days = made("2024-01-01", "2025-12-31", noise=0.1)
    days.iloc[::9] = 0.0
    days.iloc[::50] = -5000.0
    rows = calendar(2024, 2025, 2026)
    shares = day_shares(fit_season(days, rows, 3), YEAR, rows).iloc[:, 0]
    assert np.isfinite(shares).all()
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1, abs=1e-12)


def test_missing_days_count_as_days_without_sales():
    days = made("2024-01-01", "2025-12-31", noise=0.1).iloc[:, 0]
    gaps = days[np.arange(len(days)) % 10 != 3]
    filled = gaps.reindex(days.index, fill_value=0.0)
    rows = calendar(2024, 2025, 2026)
    of_gaps, of_filled = (month_shares(fit_season(one, rows, 3), YEAR, rows) for one in (gaps, filled))
    assert of_gaps.to_numpy() == pytest.approx(of_filled.to_numpy(), abs=1e-12)


def test_each_unit_is_fitted_on_its_own_history():
    """A unit in a frame gets what it would get alone, although another began earlier."""
    days = made("2023-06-01", "2025-12-31", noise=0.2, units=3)
    days.loc[:"2024-03-09", "u1"] = 0.0
    days.loc["2025-10-02":, "u2"] = np.nan
    rows = calendar(2023, 2024, 2025, 2026)
    together = day_shares(fit_season(days, rows, 3), YEAR, rows)
    alone = fit_season(days.loc["2024-03-10":, "u1"], rows, 3)
    assert together["u1"].to_numpy() == pytest.approx(
        day_shares(alone, YEAR, rows)["u1"].to_numpy(), rel=1e-6
    )
    assert fit_season(days, rows, 3).months.tolist() == [31, 22, 28]


def test_a_short_history_gets_no_yearly_shape_of_its_own():
    rows = calendar(2025, 2026)
    season = fit_season(made("2025-06-01", "2025-12-31"), rows, 3)
    assert season.plain[1, 0] == pytest.approx(0, abs=1e-6)  # no trend
    assert season.plain[8:, 0] == pytest.approx(0, abs=1e-6)


def test_one_day_of_history_does_not_crash():
    season = fit_season(pd.Series([5.0], index=[date(2025, 5, 5)]), [], 3)
    assert month_shares(season, YEAR, []).sum().to_numpy() == pytest.approx(1)


def test_a_unit_without_sales_has_a_level_year_until_it_borrows():
    days = made("2024-01-01", "2025-12-31", units=2)
    days["u1"] = 0.0
    rows = calendar(2024, 2025, 2026)
    season = fit_season(days, rows, 3)
    assert day_shares(season, YEAR, rows)["u1"].to_numpy() == pytest.approx(1 / 365)
    assert own_weights(season, 24)["u1"] == 0


@pytest.mark.parametrize(
    ("first", "weight"), [("2023-12-28", 1), ("2024-07-01", 18 / 24), ("2025-01-01", 0.5), ("2025-02-01", 0)]
)
def test_a_unit_stands_on_its_own_season_as_far_as_its_history_goes(first, weight):
    """Months / 24 from twelve months on; nothing of its own below."""
    season = fit_season(made(first, "2025-12-31"), calendar(2023, 2024, 2025), 3)
    assert own_weights(season, 24)["u0"] == pytest.approx(weight)


def test_a_unit_that_seldom_sells_borrows_whatever_its_age():
    days = made("2023-01-01", "2025-12-31")
    days.iloc[1::8] = 0.0  # sells on 7 days of 8 = 87.5 % < 90 %
    assert own_weights(fit_season(days, calendar(2023, 2024, 2025), 3), 24)["u0"] == 0


def test_borrowed_shares_are_the_stated_blend():
    own = pd.DataFrame({"a": [0.5, 0.5], "b": [0.9, 0.1]}, index=["2026-01", "2026-02"])
    parent = pd.DataFrame({"t": [0.2, 0.8], "s": [0.4, 0.6]}, index=own.index)
    weights = pd.Series({"a": 0.75, "b": 0.0})
    blend = borrow(own, weights, parent, {"a": "t", "b": "s", "new": "t"})
    assert blend["a"].tolist() == pytest.approx([0.75 * 0.5 + 0.25 * 0.2, 0.75 * 0.5 + 0.25 * 0.8])
    assert blend["b"].tolist() == [0.4, 0.6]
    assert blend["new"].tolist() == [0.2, 0.8]
    assert borrow(own, weights, parent[["t"]])["b"].tolist() == [0.2, 0.8]


def test_a_unit_without_a_parent_cannot_borrow():
    own = pd.DataFrame({"a": [0.5, 0.5]}, index=["2026-01", "2026-02"])
    parent = pd.DataFrame({"t": [0.2, 0.8]}, index=own.index)
    with pytest.raises(DataError, match="season of a"):
        borrow(own, pd.Series({"a": 0.5}), parent, {"a": "nobody"})
    with pytest.raises(DataError, match="other days"):
        borrow(own, pd.Series({"a": 0.5}), parent.iloc[:1])


def test_a_profile_names_the_days_of_each_promotion():
    rows = calendar(2024, 2025, 2026)
    season = fit_season(made("2024-01-01", "2025-12-31"), rows, 3)
    share, base = (day_shares(season, YEAR, rows, baseline=flag)["u0"] for flag in (False, True))
    frame = profile(share, base, rows, "en", 0.25, "Company").set_index("date")
    assert frame.loc["2026-11-11", ["promotion", "phase"]].tolist() == ["double11 sale", "burst"]
    assert frame.loc["2026-02-17", "promotion"] == "Spring Festival"
    assert frame.loc["2026-08-08", "promotion"] == ""
    assert (frame["borrowed"] == 0.25).all()


@pytest.mark.parametrize(
    ("days", "harmonics", "error", "words"),
    [
        (pd.Series([1.0, 2.0], index=pd.to_datetime(["2025-01-01"] * 2)), 3, DataError, "2025-01-01 twice"),
        (pd.Series([1.0, np.inf], index=pd.date_range("2025-01-01", periods=2)), 3, DataError, "infinite"),
        (pd.Series([0.0, -2.0], index=pd.date_range("2025-01-01", periods=2)), 3, DataError, "no day with"),
        (pd.Series([], dtype=float, index=pd.DatetimeIndex([])), 3, DataError, "no day with"),
        (pd.Series([1.0, 2.0], index=pd.date_range("2025-01-01", periods=2)), 13, ParamError, "0 to 12"),
    ],
)
def test_what_cannot_be_fitted_is_refused(days, harmonics, error, words):
    with pytest.raises(error, match=words):
        fit_season(days, [], harmonics)


def test_a_year_without_a_calendar_is_refused_where_promotions_made_the_history():
    season = fit_season(made("2024-01-01", "2025-12-31"), calendar(2024, 2025), 3)
    with pytest.raises(ParamError, match="promotions_2026"):
        day_shares(season, YEAR, calendar(2024, 2025))


def test_the_rival_is_the_mean_of_the_years_shares():
    """January 10 of 120 a day's worth in one year, 30 of 120 in the other: 1/6; each other month alike."""
    months = pd.date_range("2023-01-01", periods=36, freq="MS")
    sales = [10.0] * 12 + [30.0] + [90.0 / 11] * 11 + [10.0] * 12
    tested = backtest(
        pd.Series(sales, index=months), [], Period.parse("2023-01..2024-12"), Period.parse("2025"), 0
    )
    assert tested["index_share"].iloc[0] == pytest.approx((1 / 12 + 1 / 4) / 2)
    assert tested["index_share"].iloc[5] == pytest.approx((1 - 1 / 6) / 11)
    assert tested["actual_share"].to_numpy() == pytest.approx(1 / 12)
    assert tested["index_error"].iloc[0] == pytest.approx(12 / 6 - 1)
    assert accuracy(tested)["index"].month == "2025-01"


def test_a_back_test_needs_a_year_to_fit_and_sales_to_test():
    days = made("2024-01-01", "2025-12-31").iloc[:, 0]
    with pytest.raises(DataError, match="twelve months"):
        backtest(days, calendar(2024, 2025), Period.parse("2024-01..2024-11"), Period.parse("2025"), 3)
    with pytest.raises(DataError, match="2026-01"):
        backtest(days, calendar(2024, 2025, 2026), Period.parse("2024"), YEAR, 3)


def test_the_sample_companys_years_are_foretold_better_than_by_the_index(sample_facts, sample_policy):
    """Seen: 2025 model 2.8 and 6.7 %, index 4.0 and 8.1 %; first half of 2026 4.5 and 8.1, index 8.1 and 21.1.

    Even the planted curve of demand is off by 2.2 and 7.0 % in 2025, by 1.4 and 3.3 % in 2026: the rest is chance.
    """
    from salesperf_lib.kpis import sales_by_day

    frame = sales_by_day(sample_facts, sample_policy, date(2024, 1, 1), date(2026, 6, 30), "company")
    days = frame.set_index("date")["net_sales"]
    rows = sample_policy.promotions
    year = accuracy(backtest(days, rows, Period.parse("2024"), Period.parse("2025"), 3))
    assert year["model"].mean < 0.032 < 0.038 < year["index"].mean
    assert year["model"].worst < 0.075 < 0.078 < year["index"].worst
    fitted, tested = Period.parse("2024-01..2025-12"), Period.parse("2026-01..2026-06")
    half = accuracy(backtest(days, rows, fitted, tested, 3))
    assert half["model"].mean < 0.05 < 0.075 < half["index"].mean
    assert half["model"].worst < 0.09 < 0.2 < half["index"].worst


def test_taobaos_2014_is_foretold_from_2013_at_half_the_error_of_the_index(root, shared_data):
    """29,971 real orders. Seen: model 4.3 % on average, 11.9 % at worst (March); index 8.9 and 30.2 % (February).

    The index by hand, from figures.json: February (318/9753) / (702/15024) − 1 = −30.2 %.
    """
    from salesperf_lib import facts, params
    from salesperf_lib.kpis import sales_by_day

    known = facts.load("taobao", root=root)
    policy = params.load_policy("2014", source="taobao", root=root)
    frame = sales_by_day(known, policy, date(2013, 1, 1), date(2014, 12, 31), "company")
    days = frame.set_index("date")["orders"]
    tested = backtest(days, policy.promotions, Period.parse("2013"), Period.parse("2014"), 3)
    assert tested["index_error"].iloc[1] == pytest.approx((318 / 9753) / (702 / 15024) - 1, rel=1e-12)
    found = accuracy(tested)
    assert found["index"].mean == pytest.approx(0.089, abs=0.001)
    assert found["model"].mean < 0.046
    assert found["model"].worst < 0.125
    assert found["index"].worst == pytest.approx(0.302, abs=0.001)


def test_units_are_shared_out_by_month_as_by_day():
    rows = calendar(2024, 2025, 2026)
    season = fit_season(made("2024-01-01", "2025-12-31", units=2), rows, 3)
    summed = by_month(day_shares(season, YEAR, rows))
    assert summed.columns.tolist() == ["u0", "u1"]
    pd.testing.assert_frame_equal(summed, month_shares(season, YEAR, rows))
