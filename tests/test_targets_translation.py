"""Driver translation: the share comes out exactly, touches carry their interval, what is unclear is refused."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import charts, kpis
from salesperf_lib.errors import DataError
from salesperf_lib.language import Locale
from salesperf_lib.stats import dose_bins, dose_curve
from salesperf_lib.targets.translation import RATE, SHARE, translate_share

MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)][:30]
LAST_YEAR = MONTHS[-12:]
PLANTED = 0.45
WANTED = 0.28


@pytest.fixture(scope="module")
def panel(sample_facts, sample_policy):
    return kpis.touch_doses(sample_facts, sample_policy, MONTHS)


@pytest.fixture(scope="module")
def values(sample_facts, sample_policy):
    return kpis.compute(sample_facts, sample_policy, LAST_YEAR, ["company", "team"], [RATE, SHARE])


@pytest.fixture(scope="module")
def translated(values, panel):
    return translate_share(WANTED, values, panel)


def logit(p):
    return np.log(p / (1 - p))


def parts(values, level="team"):
    """Add up last year's buyers, customers, repeat sales and net sales by unit, in plain pandas."""
    own = values[values["level"] == level]
    sums = own.groupby(["kpi", "unit_id"])[["numerator", "denominator"]].sum()
    rate, share = sums.loc[RATE], sums.loc[SHARE]
    return pd.DataFrame(
        {
            "buyers": rate["numerator"],
            "customers": rate["denominator"],
            "repeat": share["numerator"],
            "sales": share["denominator"],
        }
    )


def test_the_wanted_share_comes_out_exactly_with_other_sales_as_they_were(values, translated):
    teams, whole = parts(values), parts(values, "company").loc["company"]
    rates = translated.outcome.set_index("unit_id")["rate_target"]
    # repeat sales = customers × rate × value per returning customer
    repeat = (teams["customers"] * rates[teams.index] * teams["repeat"] / teams["buyers"]).sum()
    repeat += whole["repeat"] - teams["repeat"].sum()
    assert repeat / (whole["sales"] - whole["repeat"] + repeat) == pytest.approx(WANTED, abs=1e-12)


def test_with_planned_net_sales_the_share_is_one_of_the_plan(values, panel):
    teams, whole = parts(values), parts(values, "company").loc["company"]
    plan = 1.1 * whole["sales"]
    found = translate_share(0.255, values, panel, net_sales=plan)
    rates = found.outcome.set_index("unit_id")["rate_target"]
    repeat = (teams["customers"] * rates[teams.index] * teams["repeat"] / teams["buyers"]).sum()
    repeat += whole["repeat"] - teams["repeat"].sum()
    assert repeat / plan == pytest.approx(0.255, abs=1e-12)


def test_every_team_stretches_equally_from_its_own_rate(values, translated):
    teams = translated.outcome[translated.outcome["level"] == "team"]
    shift = logit(teams["rate_target"]) - logit(teams["rate"])
    assert shift.to_numpy() == pytest.approx(shift.iloc[0], abs=1e-9)
    plain = parts(values)
    assert teams.set_index("unit_id")["rate"].to_dict() == pytest.approx(
        (plain["buyers"] / plain["customers"]).to_dict()
    )


def test_the_planted_touches_lie_in_every_teams_interval(translated):
    teams = translated.outcome[translated.outcome["level"] == "team"]
    planted = teams["dose"] + (logit(teams["rate_target"]) - logit(teams["rate"])) / PLANTED
    assert ((teams["dose_low"] < planted) & (planted < teams["dose_high"])).all()
    assert (teams["dose_low"] < teams["dose_target"]).all()
    assert (teams["dose_target"] < teams["dose_high"]).all()


def test_operators_get_the_teams_dose_for_their_own_customers(translated, panel):
    june = panel[panel["period"] == "2026-06"].set_index("unit_id")
    people = translated.behaviours.set_index("unit_id")
    assert sorted(people.index) == sorted(june.index)
    dose = translated.outcome.set_index("unit_id")["dose_target"]
    exact = june["customers"] * june["team_id"].map(dose)
    assert people["touches_target"].to_dict() == np.ceil(exact).astype(int).to_dict()
    assert (people["touches_low"] <= people["touches_target"]).all()
    assert (people["touches_target"] <= people["touches_high"]).all()


def test_one_team_is_translated_by_its_own_identity(values, panel):
    # one team: the odds of the share and the rate move by the same factor, other sales unchanged
    own = parts(values).loc["t3"]
    found = translate_share(0.30, values, panel, unit_id="t3").outcome
    assert found["unit_id"].tolist() == ["t3"]
    share, rate = own["repeat"] / own["sales"], own["buyers"] / own["customers"]
    expected = rate * (0.30 / 0.70) / (share / (1 - share))
    assert found["rate_target"].iloc[0] == pytest.approx(expected, rel=1e-9)


def test_the_share_of_today_needs_the_touches_of_today(values, panel):
    whole = parts(values, "company").loc["company"]
    found = translate_share(whole["repeat"] / whole["sales"], values, panel).outcome
    assert found["dose_target"].to_numpy() == pytest.approx(found["dose"].to_numpy(), abs=1e-6)


# -- refusals


def test_a_panel_whose_doses_say_nothing_is_not_translated(values, panel):
    mixed = np.random.default_rng(3).permutation((panel["touches"] / panel["customers"]).to_numpy())
    shuffled = panel.assign(touches=np.rint(mixed * panel["customers"]).astype(int))
    with pytest.raises(
        DataError, match=r"an effect of .* interval .* to .*set the number of touches by hand"
    ):
        translate_share(WANTED, values, shuffled)


def test_more_touches_than_history_supports_are_refused_for_each_team(values, panel):
    with pytest.raises(DataError, match=r"t1: found .* which needs .* deep touches") as caught:
        translate_share(0.45, values, panel)
    assert len(caught.value.problems) == 6
    assert "what history supports" in str(caught.value)


@pytest.mark.parametrize("share", [0.0, 1.0, 35.0, -0.1, float("nan")])
def test_a_share_that_is_none_is_refused(values, panel, share):
    with pytest.raises(DataError, match=r"write 0\.35 for 35 %"):
        translate_share(share, values, panel)


def test_a_share_beyond_all_customers_is_refused(values, panel):
    with pytest.raises(DataError, match="of private-domain customers would have to buy every month"):
        translate_share(0.9, values, panel)


@pytest.mark.parametrize("plan", [0.0, -5.0, float("inf"), float("nan")])
def test_planned_net_sales_that_are_none_are_refused(values, panel, plan):
    with pytest.raises(DataError, match="planned net sales"):
        translate_share(WANTED, values, panel, net_sales=plan)


def test_months_without_values_are_named(values, panel):
    with pytest.raises(DataError, match="no value in 2024-01"):
        translate_share(WANTED, values, panel, months=["2024-01", "2025-07"])
    with pytest.raises(DataError, match="no value in no month"):
        translate_share(WANTED, values, panel, months=[])
    with pytest.raises(DataError, match="of t9: found no value"):
        translate_share(WANTED, values, panel, unit_id="t9")


def test_a_team_that_sold_nothing_again_is_named(values, panel):
    rows = values.copy()
    rows.loc[rows["unit_id"].eq("t2") & rows["kpi"].eq(RATE), "numerator"] = 0.0
    with pytest.raises(DataError, match="of t2: found no repeat purchase"):
        translate_share(WANTED, rows, panel)


# -- what is shown


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_figure_marks_the_target_on_the_curve(translated, lang):
    locale = Locale(lang)
    row = translated.outcome.set_index("unit_id").loc["t1"]
    names = ["dose", "rate", "dose_target", "rate_target", "dose_low", "dose_high"]
    marks = {name: float(row[name]) for name in names} | {"confidence": 0.95}
    at = {"rate": marks["rate"], "dose": marks["dose"]}
    curve = dose_curve(translated.response, np.linspace(0, 1.8, 40), **at, customers=12 * row["customers"])
    bins = dose_bins(translated.response, **at)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = charts.dose_response(curve, bins, marks, locale)
        assert charts.show(figure, "text").data.startswith(b"\x89PNG")
    axes = figure.axes[0]
    needed = next(line for line in axes.lines if "–" not in line.get_label() and line.get_linewidth() == 5)
    assert list(needed.get_xdata()) == [marks["dose_low"], marks["dose_high"]]
    # the target lies on the curve: equal shift of rate and dose
    assert np.interp(marks["dose_target"], curve["dose"], curve["rate"]) == pytest.approx(
        marks["rate_target"], abs=1e-4
    )
    without = {name: marks[name] for name in ("dose", "rate", "confidence")}
    assert charts.dose_response(curve, bins, without, locale) is not None
    assert charts.dose_response(curve.iloc[:0], bins, without, locale) is None


def test_the_caveat_says_in_both_languages_that_the_effect_is_an_upper_bound():
    assert "upper bound" in Locale("en").text("driver.translation.caveat")
    assert "上限" in Locale("zh").text("driver.translation.caveat")
