"""Leniency of raters: planted values come back, measured values stay, one odd rater moves nobody's place."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import kpis, params
from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.sample.company import staff_company
from salesperf_lib.sample.people import RATED, true_scores
from salesperf_lib.sample.plan import Plan
from salesperf_lib.sample.truths import Truths
from salesperf_lib.stats import leniency, shared_ratees

METHODS = ("shared_ratees", "ratio", "standardise", "none")


def frame(rows, item="q", period="2026-06"):
    """Make ratings of (person, rater, rating) triples."""
    people, raters, given_ = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "period": period,
            "person_id": list(people),
            "item": item,
            "rater_id": list(raters),
            "numerator": [float(one) for one in given_],
            "denominator": 1.0,
            "corrected": np.nan,
        }
    )


def correct(ratings, method="shared_ratees", min_ratings=1, limit=1.0, items=("q",), scale_max=None):
    return leniency.correct(
        ratings, method=method, min_ratings=min_ratings, limit=limit, items=items, scale_max=scale_max
    )


def company(seed, people=60, raters=8, each=3, months=3, noise=3.0, spread=3.0, team=0.0):
    """Plant a company: true scores (better in later teams by `team`), offsets; the own lead and others rate."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 2026]))
    offsets = rng.normal(0, spread, raters)
    offsets -= offsets.mean()
    own = np.arange(people) * raters // people
    truth = rng.normal(75, 4, people) + team * own
    rows = []
    for month in range(1, months + 1):
        for person in range(people):
            others = rng.choice(np.delete(np.arange(raters), own[person]), each - 1, replace=False)
            rows += [
                (
                    f"2026-{month:02d}",
                    f"P{person:03d}",
                    f"R{rater:02d}",
                    truth[person] + offsets[rater] + error,
                )
                for rater, error in zip([own[person], *others], rng.normal(0, noise, each), strict=True)
            ]
    table = pd.DataFrame(rows, columns=["period", "person_id", "rater_id", "numerator"])
    table = table.assign(item="q", denominator=1.0, corrected=np.nan)
    return table, pd.Series(offsets, [f"R{rater:02d}" for rater in range(raters)]), truth


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def found_of(corrected):
    return corrected.raters.set_index("rater_id")["leniency"]


def raw_of(ratings):
    sums = ratings.groupby("rater_id")[["numerator", "denominator"]].sum()
    return sums["numerator"] / sums["denominator"] - ratings["numerator"].sum() / ratings["denominator"].sum()


def scores(ratings, column):
    sums = ratings.groupby(["person_id", "item"])[[column, "denominator"]].sum()
    return sums[column] / sums["denominator"]


# -- the planted company


def test_without_noise_the_planted_leniencies_come_back_exactly():
    table, offsets, truth = company(1, noise=0.0, team=2.0)
    corrected = correct(table)
    assert found_of(corrected).to_numpy() == pytest.approx(offsets.to_numpy(), abs=1e-9)
    after = corrected.ratings.groupby("person_id")["corrected"].agg(["min", "max"])
    assert after["min"].to_numpy() == pytest.approx(truth, abs=1e-9)
    assert after["max"].to_numpy() == pytest.approx(truth, abs=1e-9)


def test_better_teams_are_not_taken_for_lenient_leads():
    """Where teams differ, means of raters are wrong by it; people in common are not."""
    near, far, off = [], [], []
    for seed in range(20):
        table, offsets, _ = company(seed, team=1.5)
        near.append(rms(found_of(correct(table)) - offsets))
        far.append(rms(raw_of(table) - offsets))
        off.append(rms(found_of(correct(table, "ratio")) - offsets))
    assert np.mean(near) < 0.45 * np.mean(far)
    assert np.mean(off) == pytest.approx(np.mean(far), rel=1e-9)  # the ratio rests on the same means


def test_standard_errors_are_as_large_as_the_errors():
    squares = []
    for seed in range(40):
        table, offsets, _ = company(seed)
        raters = correct(table).raters.set_index("rater_id")
        squares.append(np.mean(((raters["leniency"] - offsets) / raters["se"]) ** 2))
    assert 0.8 < np.mean(squares) < 1.2  # 320 squares of a standard normal: ±.08


def test_shrinking_brings_estimates_nearer_to_the_truth_when_ratings_are_few():
    shrunk, plain = [], []
    for seed in range(40):
        table, offsets, _ = company(seed, people=12, raters=6, months=1, noise=5.0, spread=1.5)
        rows = leniency._take(table, ["q"])
        codes = np.unique(rows.rater, return_inverse=True)[1]
        equations = shared_ratees._Equations(rows.value, rows.weight, rows.cell, codes)
        plain.append(rms(equations.leniency(0.0) - offsets))
        shrunk.append(rms(found_of(correct(table)) - offsets))
    assert np.mean(shrunk) < 0.8 * np.mean(plain)


def test_in_a_balanced_design_the_estimate_is_the_textbook_s():
    """All raters rate all people: deviation of the rater's mean times n/(n + σ²/τ²), from two-way ANOVA."""
    table, _, _ = company(3, people=10, raters=5, each=5, months=1)
    wide = table.pivot_table(index="person_id", columns="rater_id", values="numerator").to_numpy()
    n, r = wide.shape
    effect = wide.mean(axis=0) - wide.mean()
    rest = wide - wide.mean(axis=1, keepdims=True) - effect
    noise = (rest**2).sum() / ((n - 1) * (r - 1))
    spread = (n * (effect**2).sum() / (r - 1) - noise) / n
    raters = correct(table).raters
    assert raters["leniency"].to_numpy() == pytest.approx(effect * n / (n + noise / spread), rel=1e-9)
    assert raters["se"].to_numpy() == pytest.approx(np.sqrt(noise / n * (1 - 1 / r)), rel=1e-9)


def test_many_raters_are_solved_as_few_are(monkeypatch):
    table, _, _ = company(4, raters=12)
    exact = correct(table).raters
    monkeypatch.setattr(shared_ratees, "DENSE", 5)
    iterated = correct(table).raters
    assert iterated["leniency"].to_numpy() == pytest.approx(exact["leniency"].to_numpy(), abs=1e-7)
    assert iterated["se"].to_numpy() == pytest.approx(exact["se"].to_numpy(), rel=0.15)


# -- the sample company


@pytest.fixture(scope="module")
def sample_ratings(sample_facts, sample_policy):
    months = [str(month) for month in pd.period_range("2025-07", "2026-06", freq="M")]
    return kpis.ratings(sample_facts, sample_policy, months)


@pytest.fixture(scope="module")
def planted(root):
    given_ = params.read_yaml(root / "data" / "sample" / "TRUTH.yaml")["rater_leniency"]["offsets_by_rater"]
    offsets = pd.Series({rater: float(value) for rater, value in given_.items()}).sort_index()
    return offsets - offsets.mean()


def sample_correct(ratings, method="shared_ratees"):
    return correct(ratings, method, min_ratings=8, limit=0.1, items=RATED, scale_max=100)


def test_the_sample_s_planted_leniencies_are_recovered_better_than_by_raw_means(sample_ratings, planted):
    corrected = sample_correct(sample_ratings)
    assert corrected.raters["calibrated"].all()
    near, far = rms(found_of(corrected) - planted), rms(raw_of(sample_ratings) - planted)
    assert near < 0.85 * far
    assert near < 0.2


def test_over_every_window_of_the_sample_people_in_common_tell_more_than_means(
    sample_facts, sample_policy, planted
):
    months = [str(month) for month in pd.period_range("2024-01", "2026-06", freq="M")]
    whole = kpis.ratings(sample_facts, sample_policy, months)
    near, far = [], []
    for start in range(0, 19, 3):
        table = whole[whole["period"].isin(months[start : start + 12])]
        near.append(rms(found_of(sample_correct(table)) - planted))
        far.append(rms(raw_of(table) - planted))
    assert np.mean(near) < 0.65 * np.mean(far)


def test_people_of_the_sample_come_nearer_to_their_true_scores(sample_ratings, root):
    truth = params.read_yaml(root / "data" / "sample" / "TRUTH.yaml")
    first, last = (date.fromisoformat(str(truth[name])) for name in ("first_day", "last_day"))
    plan = Plan(int(truth["seed"]), first, last, 6, Truths())
    ids = staff_company(plan).ids
    places = pd.MultiIndex.from_product([ids, RATED], names=["person_id", "item"])
    real = pd.Series(true_scores(plan, len(ids)).ravel(), places)
    corrected = sample_correct(sample_ratings).ratings
    month = corrected[corrected["period"] == "2026-06"]
    for rows, gain in ((corrected, 0.75), (month, 0.9)):
        before, after = (scores(rows, column) for column in ("numerator", "corrected"))
        assert rms(after - real.reindex(after.index)) < gain * rms(before - real.reindex(before.index))


# -- by hand


def test_the_ratio_is_plain_arithmetic_within_its_limits():
    rows = [("a", "X", 60), ("b", "X", 70), ("c", "Y", 84), ("d", "Y", 90), ("e", "Z", 80), ("f", "Z", 72)]
    corrected = correct(frame(rows), "ratio", min_ratings=2, limit=0.1)
    mean = (60 + 70 + 84 + 90 + 80 + 72) / 6  # 76
    # X: 76/65 = 1.169 → 1.1; Y: 76/87 = .8736 → .9; Z: 76/76 = 1
    assert corrected.ratings["corrected"].to_numpy() == pytest.approx([66, 77, 75.6, 81, 80, 72])
    raters = corrected.raters.set_index("rater_id")
    assert raters["leniency"].to_dict() == pytest.approx({"X": 65 - mean, "Y": 87 - mean, "Z": 0.0})
    assert raters["mean_after"].to_dict() == pytest.approx({"X": 71.5, "Y": 78.3, "Z": 76.0})
    # Inside the limits, each rater's mean becomes everybody's.
    loose = correct(frame(rows), "ratio", min_ratings=2, limit=0.2).raters
    assert loose["mean_after"].to_numpy() == pytest.approx([76, 76, 76])


def test_the_ratio_compares_like_with_like():
    """Who rates only the item that is rated low by all is not strict."""
    table = pd.concat(
        [
            frame([("a", "X", 60), ("b", "X", 60), ("a", "Y", 60), ("b", "Y", 60)], item="q"),
            frame([("a", "Y", 90), ("b", "Y", 90), ("a", "Z", 90), ("b", "Z", 90)], item="w"),
        ]
    )
    corrected = correct(table, "ratio", items=("q", "w"))
    assert corrected.ratings["corrected"].to_list() == table["numerator"].to_list()
    assert corrected.raters[["rater_id", "item"]].to_numpy().tolist() == [
        ["X", "q"], ["Y", "q"], ["Y", "w"], ["Z", "w"],
    ]  # fmt: skip


def test_standardising_is_the_formula_with_the_rater_s_mean_drawn_in():
    rng = np.random.default_rng(np.random.SeedSequence(5))
    sizes = {"X": 6, "Y": 9, "Z": 12}
    rows = [
        (f"p{rater}{number}", rater, rng.normal(70 + 4 * place, 3 + place))
        for place, (rater, size) in enumerate(sizes.items())
        for number in range(size)
    ]
    table = frame(rows)
    given_ = table.groupby("rater_id")["numerator"]
    n, mean, all_mean = given_.size(), given_.mean(), table["numerator"].mean()
    noise = (given_.var(ddof=0) * n).sum() / (27 - 3)
    spread = ((n * (mean - all_mean) ** 2).sum() - 2 * noise) / (27 - (n**2).sum() / 27)
    centre = all_mean + n / (n + noise / spread) * (mean - all_mean)
    stretch = table["numerator"].std(ddof=0) / given_.std(ddof=0)
    who = table["rater_id"]
    expected = all_mean + who.map(stretch) * (table["numerator"] - who.map(centre))
    found = correct(table, "standardise")
    assert found.ratings["corrected"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    assert found_of(found).to_dict() == pytest.approx((centre - all_mean).to_dict())


def test_a_rater_who_gives_everybody_the_same_is_moved_as_a_whole():
    table = frame([("a", "X", 80), ("b", "X", 80), ("a", "Y", 60), ("b", "Y", 70)])
    after = correct(table, "standardise").ratings["corrected"].to_numpy()
    assert after[0] == after[1] < 80


def test_measured_items_are_never_touched():
    measured = frame([("a", "X", 1), ("b", "X", 99), ("a", "Y", 50)], item="report_timeliness_rate")
    rated = frame([("a", "X", 60), ("b", "X", 70), ("a", "Y", 80), ("b", "Y", 90)])
    for method in METHODS:
        after = correct(pd.concat([measured, rated], ignore_index=True), method).ratings
        kept = after[after["item"] != "q"]
        assert kept["corrected"].to_list() == kept["numerator"].to_list()
        assert not kept["calibrated"].any()


def test_items_on_scales_of_their_own_are_corrected_one_call_after_the_other():
    hundred = frame([("a", "X", 60), ("b", "X", 70), ("a", "Y", 80), ("b", "Y", 90)])
    five = frame([("a", "X", 3), ("b", "X", 3), ("a", "Y", 4), ("b", "Y", 4)], item="w")
    both = pd.concat([hundred, five], ignore_index=True)
    once = correct(both, "ratio", items=("q",)).ratings
    twice = correct(once, "ratio", items=("w",)).ratings
    assert twice["corrected"].to_numpy()[:4] == pytest.approx(
        [60 * 75 / 65, 70 * 75 / 65, 80 * 75 / 85, 90 * 75 / 85]
    )
    assert twice["corrected"].to_numpy()[4:] == pytest.approx([3.5, 3.5, 3.5, 3.5])
    assert twice["calibrated"].all()


# -- who is uncalibrated


@pytest.mark.parametrize("method", ["shared_ratees", "ratio", "standardise"])
@pytest.mark.parametrize(("minimum", "calibrated"), [(11, True), (12, True), (13, False)])
def test_below_at_and_above_the_minimum(method, minimum, calibrated):
    rows = [(f"p{n:02d}", rater, 60 + n + 5 * (rater == "Y") + n % 3) for n in range(12) for rater in "XY"]
    corrected = correct(frame(rows), method, min_ratings=minimum)
    assert (corrected.raters["calibrated"] == calibrated).all()
    untouched = corrected.ratings["corrected"].to_list() == corrected.ratings["numerator"].to_list()
    assert untouched != calibrated
    if not calibrated:
        assert (corrected.raters["leniency"] == 0).all()
        assert corrected.raters["se"].isna().all()


@pytest.mark.parametrize("method", METHODS)
def test_a_rater_alone_is_uncalibrated_and_nothing_changes(method):
    corrected = correct(frame([(f"p{n}", "X", 60 + n) for n in range(30)]), method)
    assert not corrected.raters["calibrated"].any()
    assert not corrected.ratings["calibrated"].any()
    assert corrected.ratings["corrected"].to_list() == corrected.ratings["numerator"].to_list()


def test_a_rater_who_shares_nobody_is_uncalibrated_whatever_the_others_are():
    table, _, _ = company(6)
    alone = frame([(f"S{n}", "lone", 95) for n in range(40)], period="2026-01")
    corrected = correct(pd.concat([table, alone], ignore_index=True), min_ratings=8)
    raters = corrected.raters.set_index("rater_id")
    assert raters.loc["lone", ["n", "shared", "leniency"]].to_list() == [40, 0, 0]
    assert list(raters.index[~raters["calibrated"]]) == ["lone"]
    assert raters.loc["lone", "mean_after"] == raters.loc["lone", "mean_before"] == 95


def test_only_ratings_shared_with_calibrated_raters_count():
    """B shares 6 people with A, who is below the minimum, and only 4 with C: B and then C fall as well."""
    rows = [(f"a{n}", rater, 70 + n) for n in range(6) for rater in "AB"]
    rows += [(f"c{n}", rater, 70 + n) for n in range(4) for rater in "BC"]
    corrected = correct(frame(rows), min_ratings=7)
    assert not corrected.raters["calibrated"].any()
    assert correct(frame(rows), min_ratings=4).raters["calibrated"].all()


def test_companies_that_share_no_rater_are_compared_each_within_itself():
    """Two components: leniencies add up to nothing in each, whatever lies between the two."""
    one, _, _ = company(7, raters=4)
    other, _, _ = company(8, raters=4)
    other = other.assign(
        person_id="S" + other["person_id"],
        rater_id="T" + other["rater_id"],
        numerator=other["numerator"] - 30,
    )
    found = found_of(correct(pd.concat([one, other])))
    assert found[found.index.str.startswith("R")].sum() == pytest.approx(0, abs=1e-9)
    assert found[found.index.str.startswith("T")].sum() == pytest.approx(0, abs=1e-9)
    assert found.abs().max() < 15


def test_without_a_rating_to_spare_nothing_tells_the_error():
    corrected = correct(frame([("a", "X", 60), ("a", "Y", 70)]))
    assert not corrected.raters["calibrated"].any()


def test_raters_who_agree_are_calibrated_and_change_nothing():
    table = frame([(f"p{n}", rater, 60 + n) for n in range(5) for rater in "XYZ"])
    corrected = correct(table)
    assert corrected.raters["calibrated"].all()
    assert corrected.ratings["corrected"].to_list() == table["numerator"].to_list()


# -- limits


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), limit=st.sampled_from([0.0, 0.02, 0.1, 1.0]))
def test_no_rating_moves_beyond_the_limit_or_off_the_scale(method, seed, limit):
    table, _, _ = company(seed, people=8, raters=4, months=1, noise=8, spread=12)
    table["numerator"] = table["numerator"].clip(0, 100)
    after = correct(table, method, limit=limit, scale_max=100).ratings
    moved = (after["corrected"] - after["numerator"]).abs()
    assert (moved <= limit * after["numerator"] + 1e-9).all()
    assert after["corrected"].between(0, 100).all()


def test_several_ratings_in_a_row_move_as_one_and_weigh_as_many():
    """A row of 3 ratings is 3 rows of its mean, to the rater's means and to the corrected sums."""
    many = frame([("a", "X", 60), ("b", "X", 70), ("a", "Y", 80), ("b", "Y", 96)])
    many = many.assign(denominator=[3.0, 1, 1, 2], numerator=[180.0, 70, 80, 192])
    alone = many.loc[many.index.repeat([3, 1, 1, 2])].assign(
        numerator=[60.0, 60, 60, 70, 80, 96, 96], denominator=1.0
    )
    summed, single = (correct(rows, "ratio", scale_max=100).ratings["corrected"] for rows in (many, alone))
    assert summed.to_numpy() == pytest.approx(np.add.reduceat(single.to_numpy(), [0, 3, 4, 5]))
    assert correct(many, "ratio", min_ratings=4).raters["n"].to_list() == [4, 3]
    assert correct(many, "ratio", min_ratings=4).raters["calibrated"].to_list() == [True, False]


def test_sums_of_several_ratings_are_corrected_by_leniency_times_their_number():
    table, offsets, _ = company(13, noise=0.0)
    count = np.random.default_rng(np.random.SeedSequence(13)).integers(1, 6, len(table)).astype(float)
    summed = table.assign(numerator=table["numerator"] * count, denominator=count)
    corrected = correct(summed)
    assert found_of(corrected).to_numpy() == pytest.approx(offsets.to_numpy(), abs=1e-9)
    moved = corrected.ratings["numerator"] - corrected.ratings["corrected"]
    assert moved.to_numpy() == pytest.approx(count * table["rater_id"].map(offsets).to_numpy(), abs=1e-8)


# -- what must not matter


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_rows_changes_no_bit(method, seed):
    table, _, _ = company(seed, people=10, raters=5, months=2)
    mixed = table.sample(frac=1, random_state=seed)
    straight, turned = correct(table, method), correct(mixed, method)
    pd.testing.assert_frame_equal(straight.raters, turned.raters, check_exact=True)
    pd.testing.assert_frame_equal(straight.ratings, turned.ratings.loc[table.index], check_exact=True)
    assert turned.ratings.index.equals(mixed.index)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), shift=st.floats(-15, 15))
def test_a_rater_who_adds_a_constant_moves_nobody_against_the_others(seed, shift):
    """Only the level that all share moves, by the constant over the raters: nobody gains on anybody."""
    table, _, _ = company(seed, people=12, raters=4, months=1, noise=0.0)
    moved = table.assign(numerator=table["numerator"] + shift * (table["rater_id"] == "R02"))
    before, after = (scores(correct(rows).ratings, "corrected") for rows in (table, moved))
    assert (after - before).to_numpy() == pytest.approx(np.full(len(before), shift / 4), abs=1e-7)


def test_with_noise_a_constant_moves_people_by_little_only():
    table, _, _ = company(9)
    moved = table.assign(numerator=table["numerator"] + 6 * (table["rater_id"] == "R02"))
    raw, change = (
        scores(rows[1], column) - scores(rows[0], column)
        for rows, column in (
            ((table, moved), "numerator"),
            ((correct(table).ratings, correct(moved).ratings), "corrected"),
        )
    )
    assert np.ptp(change) < 0.05 * np.ptp(raw)


def test_nothing_given_is_changed():
    table, _, _ = company(10)
    kept = table.copy()
    correct(table)
    pd.testing.assert_frame_equal(table, kept)


# -- edges and refusals


@pytest.mark.parametrize("method", METHODS)
def test_no_ratings_give_two_empty_frames(method):
    corrected = correct(frame([("a", "X", 1)]).iloc[:0], method)
    assert corrected.ratings.empty
    assert corrected.raters.empty
    assert list(corrected.raters) == [
        "rater_id", "item", "n", "shared", "leniency", "se", "calibrated", "mean_before", "mean_after",
    ]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_an_absent_rating_stays_absent_and_counts_for_nobody(method):
    table, _, _ = company(11)
    hole = pd.concat([table, frame([("P001", "R01", np.nan)])], ignore_index=True)
    full, holed = correct(table, method), correct(hole, method)
    pd.testing.assert_frame_equal(full.raters, holed.raters, check_exact=True)
    assert np.isnan(holed.ratings["corrected"].iloc[-1])


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"method": "harsh"}, "one of none, shared_ratees"),
        ({"min_ratings": 0}, "whole number from 1"),
        ({"limit": 1.01}, "share from 0 to 1"),
        ({"limit": float("nan")}, "share from 0 to 1"),
    ],
    ids=str,
)
def test_a_rule_that_is_none_is_refused(given_, words):
    with pytest.raises(ParamError, match=words):
        correct(frame([("a", "X", 1)]), **given_)


def test_ratings_that_are_none_are_refused():
    with pytest.raises(DataError, match=r"found no rater_id; .*kpis\.ratings"):
        correct(frame([("a", "X", 1)]).drop(columns="rater_id"))
    with pytest.raises(DataError, match="found 1 below 0"):
        correct(frame([("a", "X", -1), ("b", "X", 5)]))
    assert correct(frame([("a", "X", -1)], item="other")).ratings["corrected"].to_list() == [-1]
