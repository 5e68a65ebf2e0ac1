"""Dose–response: the planted slope comes back, and what the data do not say is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from salesperf_lib import kpis
from salesperf_lib.errors import DataError, PeriodError
from salesperf_lib.stats import dose_bins, dose_curve, extra_dose, fail_if_unclear, fit_dose
from salesperf_lib.stats.dose import cluster_covariance, fit_binomial

MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)][:30]
PLANTED = 0.45


def logit(p):
    return np.log(p / (1 - p))


def expit(x):
    return 1 / (1 + np.exp(-x))


def made_up_panel(seed, *, slope=PLANTED, teams=4, months=18, spread=0.35, customers=600):
    """Draw a panel as DATA describes it: two operators a team, doses apart from everything else."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        [(m, f"t{t}", f"p{t}{p}") for m in MONTHS[:months] for t in range(teams) for p in range(2)],
        columns=["period", "team_id", "unit_id"],
    )
    team = rows["team_id"].map({f"t{t}": x for t, x in enumerate(rng.normal(0, 0.1, teams))})
    month = rows["period"].map(dict(zip(MONTHS[:months], rng.normal(0, 0.15, months), strict=True)))
    dose = 0.9 * np.exp(rng.normal(0, spread, len(rows)))
    rows["customers"] = customers
    rows["touches"] = np.rint(dose * customers).astype(int)
    rate = expit(-2.75 + team + month + slope * rows["touches"] / customers)
    return rows.assign(buyers=rng.binomial(customers, rate), true_rate=rate)


@pytest.fixture(scope="module")
def sample_panel(sample_facts, sample_policy):
    return kpis.touch_doses(sample_facts, sample_policy, MONTHS)


@pytest.fixture(scope="module")
def sample_response(sample_panel):
    return fit_dose(sample_panel)


# -- the fit against closed forms


def test_two_groups_give_the_log_odds_ratio():
    # 10 of 100 and 30 of 100: odds 1/9 and 3/7
    theta, fitted = fit_binomial([[1, 0], [1, 1]], [10, 30], [100, 100])
    assert theta == pytest.approx([np.log(1 / 9), np.log((3 / 7) / (1 / 9))])
    assert fitted == pytest.approx([0.1, 0.3])


def test_the_fit_is_the_maximum_of_the_likelihood():
    panel = made_up_panel(1, teams=3, months=8)
    dose = panel["touches"] / panel["customers"]
    design = np.column_stack([dose, np.ones(len(panel))])
    y, n = panel["buyers"].to_numpy(), panel["customers"].to_numpy()
    free = minimize(
        lambda b: float(n @ np.logaddexp(0, design @ b) - y @ (design @ b)),
        [0.0, -2.0],
        method="BFGS",
        tol=1e-9,
    )
    assert fit_binomial(design, y, n)[0] == pytest.approx(free.x, abs=1e-4)


def test_the_covariance_of_a_mean_is_the_one_written_by_hand():
    # p = 60/300 = .2, W = 16 a row, B = 1/48, raw residuals −10, 0, 10, leverage 1/3 each:
    # HC2 = (100 + 0 + 100) / (1 − 1/3) / 48² = 300/2304
    found = cluster_covariance(np.ones((3, 1)), [10, 20, 30], [100] * 3, [0.2] * 3, ["a", "b", "c"])
    assert found[0, 0] == pytest.approx(300 / 2304)


def test_rows_of_one_cluster_count_as_one():
    # rows −10 and +10 in one cluster cancel out: only the correction's own weight is left, which is nothing
    found = cluster_covariance(np.ones((3, 1)), [10, 20, 30], [100] * 3, [0.2] * 3, ["a", "b", "a"])
    assert found[0, 0] == pytest.approx(0.0, abs=1e-12)


def test_a_fitted_response_does_not_depend_on_the_order_of_rows():
    panel = made_up_panel(2)
    shuffled = panel.sample(frac=1, random_state=5)
    one, other = fit_dose(panel), fit_dose(shuffled)
    assert (one.slope, one.se) == pytest.approx((other.slope, other.se), rel=1e-9)


# -- the sample company


def test_the_planted_slope_lies_in_the_interval_and_zero_does_not(sample_response):
    assert sample_response.low < PLANTED < sample_response.high
    assert sample_response.low > 0
    assert sample_response.units == 12


def test_the_months_in_which_customers_changed_hands_are_left_out(sample_response):
    # E0049 handed half of the customers to E0058 on 2025-07-15
    assert sample_response.left_out == 1
    rows = sample_response.rows
    assert rows[(rows["unit_id"] == "E0049") & (rows["period"] == "2025-07")].empty


def test_teams_as_units_find_the_planted_slope_too(sample_facts, sample_policy):
    found = fit_dose(kpis.touch_doses(sample_facts, sample_policy, MONTHS, "team"))
    assert 0 < found.low < PLANTED < found.high


def test_shuffled_doses_are_refused(sample_panel):
    # 2.5 % of shuffles look clear by chance: of 40 one is expected, more than four hardly ever
    rng = np.random.default_rng(618)
    dose = (sample_panel["touches"] / sample_panel["customers"]).to_numpy()
    clear = 0
    for _ in range(40):
        touches = np.rint(rng.permutation(dose) * sample_panel["customers"]).astype(int)
        response = fit_dose(sample_panel.assign(touches=touches))
        if response.is_clear:
            clear += 1
            continue
        with pytest.raises(DataError, match=r"an interval that lies above 0.*at random"):
            fail_if_unclear(response)
    assert clear <= 4


def test_the_panel_is_what_plain_counting_gives(sample_facts, sample_panel):
    touches = sample_facts.con.to_pandas(sample_facts.table("touches"))
    owners = sample_facts.con.to_pandas(sample_facts.table("customer_owners"))
    inside = touches[pd.to_datetime(touches["date"]).dt.strftime("%Y-%m") == "2026-05"]
    plain = inside.groupby("person_id")["deep_touches"].sum()
    start = pd.Timestamp("2026-05-01")
    held = owners[
        (pd.to_datetime(owners["valid_from"]) <= start)
        & (owners["valid_to"].isna() | (pd.to_datetime(owners["valid_to"]) >= start))
    ]
    may = sample_panel[sample_panel["period"] == "2026-05"].set_index("unit_id")
    assert may["touches"].to_dict() == plain[may.index].to_dict()
    assert (may["customers"] <= held.groupby("person_id").size()[may.index]).all()
    assert (may["customers"] >= 0.9 * held.groupby("person_id").size()[may.index]).all()
    assert (may["buyers"] <= may["customers"]).all()


def test_months_that_are_not_covered_whole_and_quarters_have_no_panel(sample_facts, sample_policy):
    with pytest.raises(PeriodError, match=r"2026-07.*not covered whole"):
        kpis.touch_doses(sample_facts, sample_policy, ["2026-06", "2026-07"])
    with pytest.raises(PeriodError, match="a quarter"):
        kpis.touch_doses(sample_facts, sample_policy, ["2026-Q2"])


# -- touches that a rate needs


def test_extra_touches_are_the_gap_in_log_odds_over_the_slope(sample_response):
    extra, low, high = extra_dose(sample_response, [0.10], [0.12], [16000])
    assert extra[0] == pytest.approx((logit(0.12) - logit(0.10)) / sample_response.slope)
    assert low[0] < extra[0] < high[0]


def test_with_a_rate_known_exactly_the_interval_is_that_of_the_slope_turned_round(sample_response):
    gap = logit(0.12) - logit(0.10)
    _, low, high = extra_dose(sample_response, 0.10, 0.12, 1e18)
    assert low[0] == pytest.approx(gap / sample_response.high, rel=1e-6)
    assert high[0] == pytest.approx(gap / sample_response.low, rel=1e-6)


def test_the_interval_holds_exactly_the_ratios_that_a_test_would_not_reject(sample_response):
    r, gap = sample_response, logit(0.12) - logit(0.10)
    noise = max(r.dispersion, 1.0) / (16000 * 0.1 * 0.9)
    tried = np.linspace(-0.5, 2.0, 250_001)
    kept = tried[(gap - tried * r.slope) ** 2 <= r.critical**2 * (noise + tried**2 * r.se**2)]
    _, low, high = extra_dose(r, 0.10, 0.12, 16000)
    assert (low[0], high[0]) == pytest.approx((kept.min(), kept.max()), abs=2e-5)


def test_the_planted_touches_lie_in_the_interval_as_often_as_it_says():
    hits, trials = 0, 120
    for seed in range(trials):
        panel = made_up_panel(1000 + seed, teams=5, months=18)
        own = panel[panel["team_id"] == "t0"]
        response = fit_dose(panel)
        observed, true = own["buyers"].sum() / own["customers"].sum(), own["true_rate"].mean()
        wanted = expit(logit(true) + PLANTED * 0.5)  # half a touch more, by the planted slope
        _, low, high = extra_dose(response, observed, wanted, own["customers"].sum())
        hits += low[0] <= 0.5 <= high[0]
    assert hits / trials >= 0.90  # 95 % less about two and a half standard errors


@pytest.mark.parametrize("rate", [0.0, 1.0, 1.2, float("nan")])
def test_a_rate_that_is_no_share_is_refused(sample_response, rate):
    with pytest.raises(DataError, match="above 0 and below 1"):
        extra_dose(sample_response, 0.1, rate, 1000)


# -- what cannot be estimated


def test_doses_that_hardly_vary_are_refused():
    with pytest.raises(DataError, match=r"vary by .* of their mean"):
        fit_dose(made_up_panel(3, spread=0.001))


def test_doses_that_only_follow_month_and_team_are_refused():
    panel = made_up_panel(4)
    level = 300 + 40 * panel["period"].rank(method="dense") + 30 * panel["team_id"].rank(method="dense")
    with pytest.raises(DataError, match="beside team and month effects"):
        fit_dose(panel.assign(touches=level.astype(int)))


def test_too_few_units_or_months_are_refused():
    with pytest.raises(DataError, match="4 units"):
        fit_dose(made_up_panel(5, teams=2))
    with pytest.raises(DataError, match="5 months"):
        fit_dose(made_up_panel(5, months=5))


def test_a_team_in_which_nobody_ever_buys_is_refused():
    panel = made_up_panel(6)
    with pytest.raises(DataError, match="runs away"):
        fit_dose(panel.assign(buyers=panel["buyers"].where(panel["team_id"] != "t1", 0)))


def test_impossible_rows_are_named():
    panel = made_up_panel(7)
    panel.loc[0, "buyers"] = 601
    with pytest.raises(DataError, match=r"p00 2024-01.*no more buyers than customers"):
        fit_dose(panel)
    twice = pd.concat([made_up_panel(7), made_up_panel(7).iloc[[3]]])
    with pytest.raises(DataError, match="p11 2024-01: found two rows"):
        fit_dose(twice)
    with pytest.raises(DataError, match="no column touches"):
        fit_dose(made_up_panel(7).drop(columns="touches"))


def test_touches_that_go_with_fewer_purchases_are_no_lever():
    response = fit_dose(made_up_panel(8, slope=-0.45))
    assert response.high < 0
    with pytest.raises(DataError, match="above 0"):
        extra_dose(response, 0.1, 0.12, 1000)


# -- what a figure shows


def test_the_curve_goes_through_the_teams_own_rate_and_widens_away_from_it(sample_response):
    curve = dose_curve(sample_response, [0.4, 0.9, 1.4], rate=0.1, dose=0.9, customers=16000)
    assert curve["rate"][1] == pytest.approx(0.1)
    assert logit(curve["rate"][2]) - logit(0.1) == pytest.approx(0.5 * sample_response.slope)
    width = logit(curve["high"]) - logit(curve["low"])
    assert width[0] > width[1] < width[2]


def test_bins_hold_all_customers_and_lie_about_the_curve(sample_response):
    bins = dose_bins(sample_response, rate=0.1, dose=0.9)
    assert bins["customers"].sum() == sample_response.rows["customers"].sum()
    assert bins["dose"].is_monotonic_increasing
    curve = dose_curve(sample_response, bins["dose"], rate=0.1, dose=0.9, customers=16000)
    assert (bins["rate"] - curve["rate"]).abs().max() < 0.01
