"""Grades, ranks, quotas and the veto."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import grades, params
from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.params import Grades
from salesperf_lib.targets import largest_remainder
from tests.grade_world import QUOTAS, composites, forced, frame, line, policy_of, rate, totals
from tests.grade_world import THRESHOLDS as FROM

THRESHOLDS = Grades(FROM)
RULES = SimpleNamespace(grades=THRESHOLDS)
ORDER = {"A": 3, "B": 2, "C": 1, "D": 0}
SCALE = ((0.8, 0.5), (1.0, 1.0), (1.2, 1.6))


@pytest.fixture(scope="module")
def policy(root):
    return replace(params.load_policy("2026-06", source="sample", root=root), grades=THRESHOLDS)


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (120, "A"), (90, "A"), (89.995, "A"), (89.9949, "B"), (89.99, "B"), (75, "B"), (74.99, "C"),
        (60, "C"), (59.99, "D"), (0, "D"),
    ],
)  # fmt: skip
def test_thresholds_hold_just_below_at_and_above(policy, score, grade):
    assert grades.assign(composites(score), policy)["grade"].item() == grade


def test_binary_noise_does_not_cost_a_grade(policy):
    assert grades.assign(composites(0.1 + 0.2 + 89.7 - 1e-13), policy)["grade"].item() == "A"


def test_ties_share_the_best_rank(policy):
    found = grades.assign(composites(80, 95, 80, 70), policy)
    assert found["rank"].tolist() == [2, 1, 2, 4]


def test_scores_that_read_the_same_are_tied(policy):
    assert grades.assign(composites(80.001, 80.004), policy)["rank"].tolist() == [1, 1]


def test_ranks_count_in_the_company_and_in_the_team(policy):
    found = grades.assign(composites(80, 95, 90, teams=["t1", "t2", "t1"]), policy)
    assert found["rank"].tolist() == [3, 1, 2]
    assert found["team_rank"].tolist() == [2, 1, 1]


def test_who_is_not_assessed_keeps_a_row_with_the_reason(policy):
    found = grades.assign(composites(80, np.nan), policy)
    assert found["grade"].isna().tolist() == [False, True]
    assert found["rank"].isna().tolist() == [False, True]
    assert found["reason"].tolist() == ["", "few_days"]
    assert found["cohort"].tolist() == ["thresholds", ""]


def test_one_person_is_first(policy):
    found = grades.assign(composites(12), policy)
    assert (found["rank"].item(), found["team_rank"].item(), found["grade"].item()) == (1, 1, "D")


@pytest.mark.parametrize("rules", [THRESHOLDS, forced(), forced(cohort="team", team_scale=SCALE)])
def test_nobody_gives_an_empty_frame(rules):
    assert grades.assign(composites(), policy_of(rules)).empty
    assert grades.assign(composites(), policy_of(rules), frame(line("x", "aov", points=1.0))).empty


def test_nobody_assessed_gives_rows_without_grades():
    found = grades.assign(composites(np.nan, np.nan), policy_of(forced()), frame(line("p0", "aov")))
    assert found["grade"].isna().all()
    assert found["reason"].tolist() == ["few_days", "few_days"]


def test_without_the_score_frame_nothing_is_certain_or_contested(policy):
    found = grades.assign(composites(80, 95), policy)
    assert found[grades.CERTAINTY].isna().all(axis=None)
    assert not found["contested"].any()


def test_nothing_that_is_given_is_changed():
    people, lines = composites(95, 80), frame(rate("p0", 95, 100, 1.0), rate("p1", 80, 100, 1.0))
    before = people.copy(), lines.copy()
    grades.assign(people, policy_of(forced()), lines, {"p1"})
    pd.testing.assert_frame_equal(people, before[0])
    pd.testing.assert_frame_equal(lines, before[1])


@given(scores=st.lists(st.floats(0, 120), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_a_higher_score_never_has_a_worse_grade_or_rank(scores):
    for rules in (RULES, policy_of(forced())):
        found = grades.assign(composites(*scores), rules).sort_values("score")
        order = found["grade"].map(ORDER).astype(int)
        assert order.is_monotonic_increasing
        assert found["rank"].astype(int).is_monotonic_decreasing


# -- quotas ------------------------------------------------------------------------------------------


@given(n=st.integers(0, 400), weights=st.lists(st.integers(0, 20), min_size=1, max_size=4))
def test_places_sum_to_the_people_and_are_within_one_of_their_share(n, weights):
    if not sum(weights):
        return
    shares = {name: Fraction(weight, sum(weights)) for name, weight in zip("ABCD", weights, strict=False)}
    found = grades.quotas(n, shares)
    assert sum(found.values()) == n
    assert all(abs(found[name] - n * share) < 1 for name, share in shares.items())


def test_places_of_a_negative_number_of_people_are_refused():
    with pytest.raises(ValueError, match="cannot share -1"):
        grades.quotas(-1, {"A": Fraction(1)})


@given(scores=st.lists(st.integers(0, 12000), min_size=2, max_size=40, unique=True))
@settings(max_examples=25, deadline=None)
def test_without_ties_every_grade_has_exactly_its_places(scores):
    found = grades.assign(composites(*(score / 100 for score in scores)), policy_of(forced()))
    counts = found["grade"].value_counts()
    assert {name: int(counts.get(name, 0)) for name in "ABCD"} == grades.quotas(len(scores), QUOTAS)


def test_a_tie_is_never_cut_in_two():
    found = grades.assign(composites(*[90] * 3, *[80] * 4, *[70] * 3), policy_of(forced()))
    assert found.groupby("score")["grade"].nunique().eq(1).all()
    assert found["grade"].tolist() == ["A"] * 3 + ["B"] * 4 + ["C"] * 3  # places end at 2 7 9 10


def test_breaking_ties_by_an_indicator_needs_the_score_frame():
    with pytest.raises(DataError, match="ties broken by aov: found no score frame"):
        grades.assign(composites(80, 80), policy_of(forced(tie="aov")))


def test_a_person_of_several_parts_breaks_a_tie_by_the_weighed_points():
    people = composites(80, 80, 70, 60, 50)
    parts = [
        line("p0", "aov", points=120.0, weight=0.1),
        line("p0", "aov", points=60.0, weight=0.3, team_id="t2"),  # .1·120 + .3·60 over .4 = 75
        *(line(f"p{i}", "aov", points=80.0, weight=0.4) for i in range(1, 5)),
    ]
    found = grades.assign(people, policy_of(forced(tie="aov")), frame(*parts))
    assert found["grade"].tolist() == ["B", "A", "B", "B", "C"]  # five: 1 3 1 0


# -- teams that share the company's places -----------------------------------------------------------


def by_claims(means, factors, sizes, total):
    """Hand places out one by one, the largest claim first."""
    places = [0] * len(sizes)
    for _ in range(total):
        claims = [
            (size * Fraction(str(factor)) / (2 * held + 1), mean, -team)  # exact: equal claims are equal
            for team, (size, factor, held, mean) in enumerate(zip(sizes, factors, places, means, strict=True))
            if held < size
        ]
        places[-max(claims)[2]] += 1
    return places


@given(data=st.data(), teams=st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_teams_share_the_company_s_places_claim_by_claim(data, teams):
    sizes = data.draw(st.lists(st.integers(1, 12), min_size=teams, max_size=teams))
    factors = data.draw(st.lists(st.sampled_from([0.5, 0.8, 1.0, 1.3]), min_size=teams, max_size=teams))
    means = data.draw(st.lists(st.integers(50, 120), min_size=teams, max_size=teams, unique=True))
    totals = sorted(data.draw(st.lists(st.integers(0, sum(sizes)), min_size=3, max_size=3)))
    found = grades.team_places(
        np.array([means], float), np.array([factors]), np.array(sizes), np.array(totals)
    )[0]
    assert found.sum(axis=0).tolist() == totals
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found <= np.array(sizes)[:, None]).all()
    for column, total in enumerate(totals):
        assert found[:, column].tolist() == by_claims(means, factors, sizes, total)


def test_teams_of_the_same_result_share_by_size():
    scores = [100.0] * 40
    teams = ["t1"] * 10 + ["t2"] * 30
    counts = grades.team_places(
        np.array([[100.0, 100.0]]), np.ones((1, 2)), np.array([10, 30]), np.array([8, 28, 36])
    )[0]
    assert counts.tolist() == [[2, 7, 9], [6, 21, 27]]  # 20, 70 and 90 per cent of each
    # And where all are tied all are the best.
    found = grades.assign(
        composites(*scores, teams=teams), policy_of(forced(cohort="team", team_scale=SCALE))
    )
    assert set(found["grade"]) == {"A"}


def test_team_places_sum_to_the_company_s():
    rng = np.random.default_rng(2024)
    teams = list(rng.choice(["t1", "t2", "t3", "t4"], 61, p=[0.4, 0.3, 0.2, 0.1]))
    scores = rng.permutation(np.arange(61) + 50.0)
    found = grades.assign(
        composites(*scores, teams=teams), policy_of(forced(cohort="team", team_scale=SCALE))
    )
    assert found["grade"].value_counts().to_dict() == grades.quotas(61, QUOTAS)


def test_a_team_that_does_better_loses_no_place_as_it_would_by_largest_remainder():
    """Teams of 5, 7 and 9; the second one's mean rises from 70 to 78: four places of an A."""
    sizes, sums = np.array([5, 7, 9]), np.array([[435.0, 490.0, 1071.0], [435.0, 546.0, 1071.0]])
    means, company = sums / sizes, sums.sum(axis=1) / 21
    knots = ((0.8, 0.5), (1.0, 1.0), (1.2, 1.6))
    factors = np.array([
        [np.interp(mean / whole, *zip(*knots, strict=True)) for mean in row]
        for row, whole in zip(means, company, strict=True)
    ])  # fmt: skip
    by_remainder = [largest_remainder(4, list(claim)) for claim in sizes * factors]
    assert by_remainder == [[1, 1, 2], [1, 0, 3]]
    found = grades.team_places(means, factors, sizes, np.array([4]))[:, :, 0]
    assert found[1, 1] >= found[0, 1]
    assert found.sum(axis=1).tolist() == [4, 4]


# -- properties --------------------------------------------------------------------------------------

ALL_RULES = [
    THRESHOLDS,
    forced(),
    forced(cohort="team", min_cohort=3),
    forced(cohort="team", min_cohort=3, team_scale=SCALE),
    forced(cohort="role", min_cohort=3),
]


@given(data=st.data(), rules=st.sampled_from(ALL_RULES))
@settings(max_examples=25, deadline=None)
def test_who_scores_more_never_has_a_worse_grade_or_rank_than_before(data, rules):
    scores = data.draw(st.lists(st.integers(0, 120), min_size=2, max_size=24))
    teams = data.draw(
        st.lists(st.sampled_from(["t1", "t2", "t3"]), min_size=len(scores), max_size=len(scores))
    )
    who, more = data.draw(st.integers(0, len(scores) - 1)), data.draw(st.integers(1, 60))
    raised = [score + more * (i == who) for i, score in enumerate(scores)]
    before = grades.assign(composites(*scores, teams=teams), policy_of(rules)).iloc[who]
    after = grades.assign(composites(*raised, teams=teams), policy_of(rules)).iloc[who]
    assert ORDER[after["grade"]] >= ORDER[before["grade"]]
    assert after["rank"] <= before["rank"]
    assert after["team_rank"] <= before["team_rank"]


@given(data=st.data(), rules=st.sampled_from(ALL_RULES))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_changes_nothing(data, rules):
    scores = data.draw(st.lists(st.integers(0, 120), min_size=1, max_size=24))
    teams = data.draw(st.lists(st.sampled_from(["t1", "t2"]), min_size=len(scores), max_size=len(scores)))
    people = composites(*scores, teams=teams)
    order = data.draw(st.permutations(range(len(scores))))
    there = grades.assign(people, policy_of(rules))
    back = grades.assign(people.iloc[list(order)], policy_of(rules))
    pd.testing.assert_frame_equal(back, there.iloc[list(order)].reset_index(drop=True))


@given(scores=st.lists(st.integers(10, 120), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_by_thresholds_somebody_who_scores_less_than_all_changes_nobody_s_grade_or_rank(scores):
    alone = grades.assign(composites(*scores), RULES)
    joined = grades.assign(composites(*scores, 5), RULES).iloc[:-1]
    pd.testing.assert_frame_equal(joined, alone)


@given(data=st.data(), rules=st.sampled_from(ALL_RULES))
@settings(max_examples=300, deadline=None)
def test_the_grading_itself_never_hurts_who_scores_more(data, rules):
    """The same without the frames around it, so that many more companies are tried."""
    n = data.draw(st.integers(2, 30))
    draw = lambda values: np.array(data.draw(st.lists(values, min_size=n, max_size=n)))  # noqa: E731
    scores, team, role = draw(st.integers(0, 120)), draw(st.integers(0, 3)), draw(st.integers(0, 1))
    people = pd.DataFrame({"team_id": team.astype(str), "role": role.astype(str)})
    who, more = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, 60))
    raised = scores.astype(float)[None, :].repeat(2, axis=0)
    raised[1, who] += more
    before, after = grades.codes_of(raised, grades.cohorts_of(people, rules), rules)
    assert after[who] <= before[who]


# -- the veto ----------------------------------------------------------------------------------------


def some_lines(n=14):
    rng = np.random.default_rng(31)
    rows = []
    for i in range(n):
        team = f"t{i % 2}"
        rows.append(rate(f"p{i}", int(rng.integers(20, 70)), 100, 0.5, weight=0.6, team_id=team))
        more = {"scored_at": "team", "numerator": 100.0, "value": 100.0 + i % 2, "n": 100, "target": 90.0}
        rows.append(line(f"p{i}", "net_sales", points=110.0, weight=0.4, team_id=team, **more))
    return frame(*rows)


QUICK = [replace(rules, certainty=replace(rules.certainty, draws=200)) for rules in ALL_RULES]


@pytest.mark.parametrize("rules", QUICK)
def test_a_veto_leaves_the_others_as_if_the_person_were_not_there(rules):
    lines = some_lines()
    people, out = totals(lines), ["p3", "p8"]
    vetoed = grades.assign(people, policy_of(rules), lines, out)
    rest = ~people["person_id"].isin(out)
    alone = grades.assign(people[rest], policy_of(rules), lines)
    pd.testing.assert_frame_equal(vetoed[rest.to_numpy()].reset_index(drop=True), alone, check_exact=True)
    case = vetoed[~rest.to_numpy()]
    assert set(case["grade"]) == {"D"}
    assert set(case["reason"]) == {"veto"}
    assert case["rank"].isna().all()
    assert case["team_rank"].isna().all()
    assert case["vetoed"].all()
    assert case["score"].tolist() == people.loc[~rest, "score"].tolist()
    assert not case["contested"].any()


@pytest.mark.parametrize("rules", QUICK)
def test_an_upheld_appeal_restores_the_earlier_result_bit_for_bit(rules):
    lines = some_lines()
    people = totals(lines)
    before = grades.assign(people, policy_of(rules), lines)
    during = grades.assign(people, policy_of(rules), lines, {"p3"})
    after = grades.assign(people, policy_of(rules), lines, set())
    assert not during.equals(before)
    pd.testing.assert_frame_equal(after, before, check_exact=True)
    numbers = ["score", *grades.CERTAINTY]
    assert after[numbers].to_numpy().tobytes() == before[numbers].to_numpy().tobytes()


def test_a_case_against_somebody_who_is_not_here_changes_nothing():
    people = composites(95, 80)
    there = grades.assign(people, RULES, vetoed={"somebody else"})
    pd.testing.assert_frame_equal(there, grades.assign(people, RULES))


def test_the_veto_s_grade_is_the_rule_s():
    rules = replace(THRESHOLDS, veto=replace(THRESHOLDS.veto, grade="C"))
    found = grades.assign(composites(95, 80), policy_of(rules), vetoed={"p0"})
    assert found["grade"].tolist() == ["C", "B"]


# -- what no output says -----------------------------------------------------------------------------

NEVER = re.compile(r"不胜任|不称职|不能胜任|incompetent|not competent|unqualified", re.IGNORECASE)


def test_no_text_says_that_a_rank_makes_somebody_unfit_for_the_job(root):
    """Rank alone never yields "not competent" (Guiding Case 18)."""
    files = [
        *(root / "salesperf_lib").rglob("*.py"),
        *(root / "params").rglob("*.yaml"),
        *(root / "notebooks").glob("*.ipynb"),
    ]
    texts = {path.relative_to(root): path.read_text(encoding="utf-8") for path in files}
    assert any("catalogue" in path.parts for path in texts)
    assert [str(path) for path, text in texts.items() if NEVER.search(text)] == []


def test_the_words_that_no_text_says_would_be_found():
    assert all(NEVER.search(text) for text in ("该员工不胜任工作", "不称职", "He is Not competent."))


def test_the_reasons_are_codes_of_what_was_found():
    found = grades.assign(composites(95, 80, 1, np.nan), RULES, vetoed={"p1"})
    assert found["reason"].tolist() == ["", "veto", "", "few_days"]


# -- published figures -------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "missed"), [(6, 0.38), (12, 0.30), (40, 0.10)])
def test_a_fixed_share_of_every_team_misses_the_company_s_best(size, missed):
    """METHODS §2.3: 20 % A in each team, 120 people of identical teams."""
    people = composites(*range(120), teams=[f"t{i // size}" for i in range(120)])
    rules = forced(cohort="team", quotas=(("A", Fraction(1, 5)), ("B", Fraction(4, 5))))
    rules = replace(rules, thresholds=(("A", 90.0), ("B", 0.0)))
    drawn = 1e6 + 1e5 * np.random.Generator(np.random.SFC64(20)).standard_normal((3000, 120))
    codes = grades.codes_of(grades.round_half_up(drawn), grades.cohorts_of(people, rules), rules)
    best = drawn >= np.sort(drawn, axis=1)[:, [-24]]
    assert (best & (codes > 0)).sum() / best.sum() == pytest.approx(missed, abs=0.006)


@pytest.mark.parametrize(
    ("reliability", "tenth", "fifth"),
    [
        (0.5, 0.474, 0.349),
        (0.7, 0.604, 0.418),
        (0.8, 0.680, 0.453),
        (0.9, 0.776, 0.486),
        (0.95, 0.843, 0.498),
    ],
)
def test_what_an_a_says_about_the_true_top_tenth(reliability, tenth, fifth):
    assert grades.reliability(0.1, 0.1, reliability) == pytest.approx(tenth, abs=5e-4)
    assert grades.reliability(0.1, 0.2, reliability) == pytest.approx(fifth, abs=6e-4)


@pytest.mark.parametrize(("correlation", "both"), [(0, 0.040), (0.3, 0.066), (0.6, 0.099), (0.8, 0.129)])
def test_two_a_in_a_row(correlation, both):
    assert grades.both_above(0.2, 0.2, correlation) == pytest.approx(both, abs=5e-4)


def test_the_ends_of_reliability():
    assert grades.reliability(0.1, 0.2, 0) == pytest.approx(0.1)  # luck: the base rate
    assert grades.reliability(0.1, 0.2, 1) == pytest.approx(0.5)  # half of the A are the true tenth
    assert grades.reliability(0.2, 0.1, 1) == pytest.approx(1.0)
    assert grades.both_above(0.3, 0.3, -1) == 0.0
    assert grades.both_above(0.7, 0.6, -1) == pytest.approx(0.3)


def test_the_quadrature_is_the_bivariate_normal():
    from scipy.stats import multivariate_normal, norm

    for rho in (-0.7, 0.2, 0.95):
        at = -norm.ppf(1 - 0.15), -norm.ppf(1 - 0.4)
        exact = multivariate_normal.cdf(at, cov=[[1, rho], [rho, 1]])
        assert grades.both_above(0.15, 0.4, rho) == pytest.approx(exact, abs=2e-5)


@pytest.mark.parametrize(
    ("given", "name"),
    [((0, 0.2, 0.5), "share_first"), ((0.1, 1, 0.5), "share_second"), ((0.1, 0.2, 1.1), "reliability")],
)
def test_shares_that_are_none_are_refused(given, name):
    with pytest.raises(ParamError, match=name):
        grades.reliability(*given)


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="certain"):
        grades.certain  # noqa: B018
