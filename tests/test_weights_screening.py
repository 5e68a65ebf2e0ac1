"""What is certain under every admissible weighting: against arithmetic, linear programs and simulation."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.grades.distribution import codes_of, cohorts_of
from salesperf_lib.grades.quotas import cumulative
from salesperf_lib.grades.ranking import ranks_of, round_half_up
from salesperf_lib.params import DIMENSIONS, Grades
from salesperf_lib.weights.bounds import bounds_of, gap_range, never_below, score_range
from salesperf_lib.weights.panel import Group, KpiSet, Panel, Slice, panel_from_points, panel_of
from salesperf_lib.weights.rescoring import scores_of
from salesperf_lib.weights.screening import screen
from salesperf_lib.weights.space import Cuts, Draws, WeightSpace
from tests import grade_world as world

TRIANGLE = np.array([[0.6, 0.2, 0.2], [0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
MARKS = Grades((("A", 82.0), ("B", 80.0), ("C", 78.0), ("D", 0.0)))
THREE = (("A", Fraction(1, 4)), ("B", Fraction(1, 2)), ("D", Fraction(1, 4)))
RULES = {
    "thresholds": MARKS,
    "company": world.forced(),
    "role": world.forced(cohort="role", min_cohort=3),
    "team": world.forced(cohort="team"),
    "three grades": world.forced(quotas=THREE),
    "nobody A": world.forced(quotas=(("B", Fraction(1, 2)), ("C", Fraction(1, 2)))),
    "tie": world.forced(tie="k"),
    "scaled": world.forced(cohort="team", team_scale=((0.9, 0.5), (1.1, 1.5))),
}


def space_of(panel, limits=None, corners=TRIANGLE, cuts=None) -> WeightSpace:
    """Give a space of a panel's sets; sub-weights are fixed unless limits are given."""
    limits = limits or tuple(np.column_stack([item.base, item.base]) for item in panel.sets)
    return WeightSpace(
        corners, corners.mean(axis=0), panel.sets, tuple(limits), cuts or (None,) * len(panel.sets)
    )


def flat(points, kpis=1) -> Panel:
    """Give people with `kpis` indicators in each dimension, of equal weights."""
    return panel_from_points(
        np.asarray(points, float), np.repeat([0, 1, 2], kpis), np.full(3 * kpis, 1 / kpis)
    )


def wide(base, share):
    """Give limits around base weights, cut to what can be reached."""
    low, high = base * (1 - share), np.minimum(base * (1 + share), 1.0)
    return np.column_stack([
        np.maximum(low, 1 - (high.sum() - high)), np.minimum(high, 1 - (low.sum() - low)),
    ])  # fmt: skip


def made_up(seed, n, several=True):
    """Make people of two roles up, with all that occurs: gaps, phases, ties, twins, parts, few dimensions."""
    rng = np.random.default_rng(seed)
    sets, limits, groups, owner, time = [], [], [], [], []
    step = rng.choice([0.005, 0.01, 1.0])
    for role in range(2):
        held = [0, 1, 2] if role == 0 or rng.random() < 0.5 else [1, 2]
        first = len(sets)
        for number in held:
            base = rng.dirichlet(np.ones(rng.integers(1, 5)))
            ids = tuple(f"k{at}" for at in range(len(base)))
            sets.append(KpiSet(f"r{role}", "month", DIMENSIONS[number], ids, base))
            limits.append(wide(base, rng.choice([0.0, 0.2, 0.7])))
        for _ in range(rng.integers(1, 3)):
            slices = []
            for at, number in enumerate(held):
                k = len(sets[first + at].base)
                kept = np.flatnonzero(rng.random(k) < 0.8) if rng.random() < 0.4 else np.arange(k)
                kept = kept if len(kept) else np.array([0])
                factor = rng.choice([0.5, 1.0, 2.0], len(kept)) if rng.random() < 0.4 else np.ones(len(kept))
                slices.append(Slice(first + at, number, kept, factor))
            m = int(rng.integers(1, max(n // 2, 2)))
            points = 80 + step * rng.integers(-8, 9, (m, sum(len(part.kept) for part in slices)))
            points[rng.integers(m)] = points[0]
            groups.append(Group(tuple(slices), len(owner) + np.arange(m), points))
            owner += [len(owner) + at for at in range(m)]
    owner = np.array(owner)
    if several and len(owner) > 2:
        owner[-1] = owner[0]
    time = np.ones(len(owner))
    if owner[-1] == 0:
        time[[0, -1]] = 0.3, 0.7
    count = owner.max() + 1
    people = pd.DataFrame({
        "person_id": [f"p{at:02}" for at in range(count)], "team_id": rng.choice(["s", "t"], count),
        "role": rng.choice(["r0", "r1"], count), "score": np.nan,
    })  # fmt: skip
    panel = Panel(people, owner, time, tuple(sets), tuple(groups))
    simplex = np.eye(3)
    return panel, space_of(panel, limits, simplex if rng.random() < 0.2 else TRIANGLE)


def filled(order, limits):
    """Give every column its least, and then in the order given as much as it takes."""
    weights = limits[:, 0].copy()
    for column in order:
        weights[column] += min(limits[column, 1] - limits[column, 0], 1 - weights.sum())
    return weights


def drawn(space, count, seed=0) -> Draws:
    """Draw mixtures of the corners of all limits; half of the draws are corners themselves."""
    rng = np.random.default_rng(seed)

    def mixed(corners):
        share = rng.dirichlet(np.full(len(corners), 0.5), count)
        share[::2] = np.eye(len(corners))[rng.integers(len(corners), size=len(share[::2]))]
        return share @ corners

    inside = [
        mixed(np.array([filled(order, limit) for order in permutations(range(len(limit)))]))
        for limit in space.limits
    ]
    dimensions = mixed(space.corners)
    # Where all weight lies on a dimension that a role lacks, it has no score.
    return Draws(dimensions[dimensions[:, 0] < 0.999], tuple(v[dimensions[:, 0] < 0.999] for v in inside))


def program(points, limits, kept, factor, sign):
    """Optimise Σ v f x / Σ v f by a linear program in u = t·v (Charnes and Cooper)."""
    from scipy.optimize import linprog

    k = len(limits)
    count = np.zeros(k)
    count[kept] = factor
    worth = np.zeros(k)
    worth[kept] = factor * points
    rows = np.vstack(
        [np.column_stack([-np.eye(k), limits[:, 0]]), np.column_stack([np.eye(k), -limits[:, 1]])]
    )
    equal = np.array([[*count, 0.0], [*np.ones(k), -1.0]])
    found = linprog(
        sign * np.array([*worth, 0.0]), rows, np.zeros(2 * k), equal, [1.0, 0.0], bounds=[(0, None)] * (k + 1)
    )
    return sign * found.fun


def by_programs(group, points, space, sign):
    """Give the lowest (sign 1) or highest (−1) score of one row of points."""
    start, inside = 0, []
    for part in group.slices:
        own = points[start : start + len(part.kept)]
        start += len(part.kept)
        inside.append(program(own, space.limits[part.number], part.kept, part.factor, sign))
    outer = space.corners[:, [part.dimension for part in group.slices]]
    outer = outer[outer.sum(axis=1) > 0]
    return sign * min(sign * (outer @ inside) / outer.sum(axis=1))


# --- by hand


def test_fixed_sub_weights_end_at_the_corners():
    # 60+16+18, 50+24+18, 60+24+9 and 54+20+18, 45+30+18, 54+30+9
    panel = flat([[100, 80, 90], [90, 100, 90], [101, 80, 90]])
    low, high = score_range(panel, space_of(panel))
    assert low == pytest.approx([92, 92, 92.5])
    assert high == pytest.approx([94, 93, 94.6])
    # Leads 2, −1, 0; and .6, .5, .6 of the third over the first
    first, second = np.array([0, 1, 2, 2, 2]), np.array([1, 0, 0, 0, 0])
    found = gap_range(bounds_of(panel, space_of(panel)), first, second)
    assert found[0] == pytest.approx([-1, -2, 0.5, 0.5, 0.5])
    assert found[1] == pytest.approx([2, 1, 0.6, 0.6, 0.6])
    assert never_below(panel, space_of(panel), first, second).tolist() == [False, False, True, True, True]
    assert not never_below(panel, space_of(panel), first, second, 0.51).any()


@pytest.mark.parametrize(
    ("factor", "low", "high"),
    [
        ([1.0, 1.0], 88.0, 92.0),  # .4·100 + .6·80, .6·100 + .4·80
        ([2.0, 1.0], 128 / 1.4, 95.0),  # (.8·100 + .6·80)/1.4, (1.2·100 + .4·80)/1.6
    ],
)
def test_two_sub_weights_between_40_and_60_percent(factor, low, high):
    base = np.array([0.5, 0.5])
    sets = (KpiSet("r", "month", "result", ("a", "b"), base),)
    group = Group((Slice(0, 0, np.arange(2), np.array(factor)),), np.arange(1), np.array([[100.0, 80.0]]))
    people = pd.DataFrame({"person_id": ["p"], "team_id": ["t"], "role": ["r"]})
    panel = Panel(people, np.arange(1), np.ones(1), sets, (group,))
    found = score_range(panel, space_of(panel, (wide(base, 0.2),)))
    assert np.concatenate(found) == pytest.approx([low, high])


def test_a_missing_indicator_hands_its_weight_over():
    # a, b, c of 40–60, 20–40, 10–30 %; c is missing: b weighs least of a + b at .6/.8 and most at .4/.8
    sets = (KpiSet("r", "month", "result", ("a", "b", "c"), np.array([0.5, 0.3, 0.2])),)
    group = Group((Slice(0, 0, np.arange(2), np.ones(2)),), np.arange(1), np.array([[100.0, 60.0]]))
    people = pd.DataFrame({"person_id": ["p"], "team_id": ["t"], "role": ["r"]})
    panel = Panel(people, np.arange(1), np.ones(1), sets, (group,))
    limits = (np.array([[0.4, 0.6], [0.2, 0.4], [0.1, 0.3]]),)
    assert np.concatenate(score_range(panel, space_of(panel, limits))) == pytest.approx([80, 90])


def test_grades_and_ranks_by_hand():
    # Two places for A, four for A and B. The second and third swap; the last two are the same.
    points = [[110, 110, 110], [100, 80, 90], [90, 100, 90], [50, 50, 50], [50, 50, 50]]
    quotas = (("A", Fraction(2, 5)), ("B", Fraction(2, 5)), ("C", Fraction(1, 5)))
    panel = flat(points)
    rules = Grades((("A", 90.0), ("B", 75.0), ("C", 0.0)), world.forced(quotas=quotas).distribution)
    found = screen(panel, space_of(panel), rules)
    assert found.best.tolist() == [0, 0, 0, 1, 1]
    assert found.worst.tolist() == [0, 1, 1, 1, 1]  # both of the tie are promoted: nobody has C
    assert found.settled.tolist() == [True, False, False, True, True]
    assert found.best_rank.tolist() == [1, 2, 2, 4, 4]
    assert found.worst_rank.tolist() == [1, 3, 3, 4, 4]
    assert found.above[:, 0].tolist() == [True, False, False, False, False]
    assert found.below[:, 0].tolist() == [False, False, False, True, True]
    assert found.compared.all()
    assert [cohort.label for cohort in found.cohorts] == ["company"]
    split = screen(panel, space_of(panel), rules, np.zeros((1, 5)))
    assert split.worst.tolist() == [0, 1, 1, 2, 2]  # a tie-break may give one of the two C
    assert (split.above == found.above).all()


def test_scores_count_as_they_are_read():
    # 80.124 and 80.121 are both 80.12; 80.126 is 80.13
    panel = flat([[80.126] * 3, [80.124] * 3, [80.121] * 3])
    found = screen(panel, space_of(panel), world.forced())
    assert found.best_rank.tolist() == found.worst_rank.tolist() == [1, 2, 2]


@pytest.mark.parametrize(
    ("mark", "best", "worst"), [(92.0, 0, 0), (92.01, 0, 1), (94.0, 0, 1), (94.01, 1, 1)]
)
def test_thresholds_at_the_ends_of_a_range(mark, best, worst):
    panel = flat([[100, 80, 90]])  # 92 to 94
    found = screen(panel, space_of(panel), Grades((("A", mark), ("B", 0.0))))
    assert (found.best[0], found.worst[0]) == (best, worst)
    assert found.above[0, 0] == (worst == 0)
    assert found.below[0, 0] == (best == 1)


def test_a_role_without_a_dimension_at_a_corner_without_weight():
    panel, _ = made_up(3, 4, several=False)
    part = Slice(0, 2, np.array([0]), np.ones(1))
    sets = (KpiSet("r", "month", "potential", ("a",), np.ones(1)),)
    people = panel.people.iloc[:2]
    group = Group((part,), np.arange(2), np.array([[70.0], [90.0]]))
    panel = Panel(people, np.arange(2), np.ones(2), sets, (group,))
    low, high = score_range(panel, space_of(panel, corners=np.eye(3)))
    assert low.tolist() == high.tolist() == [70, 90]
    assert never_below(panel, space_of(panel, corners=np.eye(3)), np.array([1]), np.array([0]), 20.0).all()


def test_nobody_and_one_person():
    panel = flat([[90, 90, 90]])
    nobody = panel.take(np.array([], np.int64))
    assert len(screen(nobody, space_of(nobody), MARKS).settled) == 0
    assert screen(panel, space_of(panel), world.forced()).settled.all()


# --- bad input


@pytest.mark.parametrize(
    ("limits", "corners", "message"),
    [
        ((np.ones((1, 2)),) * 2, TRIANGLE, r"sets of \[1, 1, 1\]"),
        ((np.ones((2, 2)),) * 3, TRIANGLE, r"sets of \[2, 2, 2\] sub-weights"),
        ((np.zeros((1, 2)),) * 3, TRIANGLE, "no weight on any indicator with points"),
    ],
)
def test_a_space_that_does_not_fit(limits, corners, message):
    panel = flat([[90, 90, 90]])
    with pytest.raises(DataError, match=message):
        score_range(panel, space_of(panel, limits, corners, (None,) * 3))


# --- against linear programs


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25)
def test_ranges_of_one_part_are_those_of_linear_programs(seed):
    panel, space = made_up(seed, 4, several=False)
    low, high = score_range(panel, space)
    for group in panel.groups:
        for row, points in zip(panel.owner[group.parts], group.points, strict=True):
            assert low[row] == pytest.approx(by_programs(group, points, space, 1), abs=1e-6)
            assert high[row] == pytest.approx(by_programs(group, points, space, -1), abs=1e-6)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25)
def test_leads_inside_a_group_are_those_of_linear_programs(seed):
    panel, space = made_up(seed, 4, several=False)
    bounds = bounds_of(panel, space)
    for group in panel.groups:
        rows = panel.owner[group.parts]
        least, most = gap_range(bounds, rows[:-1], rows[1:])
        for at, apart in enumerate(group.points[:-1] - group.points[1:]):
            assert least[at] == pytest.approx(by_programs(group, apart, space, 1), abs=1e-6)
            assert most[at] == pytest.approx(by_programs(group, apart, space, -1), abs=1e-6)


@given(seed=st.integers(0, 10**6), margin=st.sampled_from([0.0, 0.5, -1.0]))
def test_with_fixed_sub_weights_order_is_decided_at_the_corners(seed, margin):
    rng = np.random.default_rng(seed)
    points = rng.integers(70, 90, (8, 6)) + 0.25
    panel = flat(points, 2)
    first, second = np.divmod(np.arange(64), 8)
    scores = points.reshape(8, 3, 2).mean(axis=2) @ TRIANGLE.T
    lead = (scores[first] - scores[second]).min(axis=1)
    clear = np.abs(lead - margin) > 1e-9
    found = never_below(panel, space_of(panel), first, second, margin)
    assert (found == (lead >= margin))[clear].all()


# --- against simulation


@given(seed=st.integers(0, 10**6), n=st.integers(2, 8))
def test_no_weighting_leaves_the_ranges(seed, n):
    panel, space = made_up(seed, n)
    scores = scores_of(panel, drawn(space, 200, seed))
    bounds = bounds_of(panel, space)
    assert (scores >= bounds.low - 1e-9).all()
    assert (scores <= bounds.high + 1e-9).all()
    first, second = (at.ravel() for at in np.indices((len(panel), len(panel))))
    lead = scores[:, first] - scores[:, second]
    least, most = gap_range(bounds, first, second)
    assert (lead >= least - 1e-9).all()
    assert (lead <= most + 1e-9).all()


@pytest.mark.parametrize("name", RULES)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 10), pairs=st.sampled_from([0, 6, 10**6]))
@settings(max_examples=60)
def test_no_weighting_contradicts_the_screen(name, seed, n, pairs):
    panel, space = made_up(seed, n)
    rules = RULES[name]
    tie = np.random.default_rng(seed).choice([1.0, 2.0, np.nan], (1, len(panel))) if name == "tie" else None
    found = screen(panel, space, rules, tie, pairs)
    rounded = round_half_up(scores_of(panel, drawn(space, 150, seed)))
    ranks = ranks_of(rounded)
    assert (ranks >= found.best_rank).all()
    assert (ranks <= found.worst_rank).all()
    codes = codes_of(rounded, cohorts_of(panel.people, rules), rules, tie)
    assert (codes >= found.best).all()
    assert (codes <= found.worst).all()
    cut = np.arange(found.above.shape[1])
    assert (codes[:, :, None] <= cut)[:, found.above].all()
    assert (codes[:, :, None] > cut)[:, found.below].all()


@given(seed=st.integers(0, 10**6), n=st.integers(2, 10))
def test_the_cut_of_the_rest_is_the_cut_of_all(seed, n):
    panel, space = made_up(seed, n)
    found = screen(panel, space, RULES["company"])
    rounded = -np.sort(-round_half_up(scores_of(panel, drawn(space, 100, seed))), axis=1)
    scores = round_half_up(scores_of(panel, drawn(space, 100, seed)))
    for at, places in enumerate(cumulative(len(panel), world.QUOTAS)):
        above, below = found.above[:, at], found.below[:, at]
        assert not (above & below).any()
        if not 0 < places < len(panel):
            assert (above | below).all()
            continue
        cut = rounded[:, places - 1]
        rest = -np.sort(-scores[:, ~(above | below)], axis=1)
        assert (rest[:, places - above.sum() - 1] == cut).all()
        assert (scores[:, above] > cut[:, None]).all()
        assert (scores[:, below] < cut[:, None]).all()


def test_counts_do_not_depend_on_blocks(monkeypatch):
    panel = flat(np.random.default_rng(5).normal(90, 3, (60, 6)).round(2), 2)
    space = space_of(panel, tuple(wide(item.base, 0.2) for item in panel.sets))
    whole = screen(panel, space, RULES["company"])
    monkeypatch.setattr("salesperf_lib.weights.screening._CELLS", 100)
    monkeypatch.setattr("salesperf_lib.weights.bounds._BLOCK", 7)
    parts = screen(panel, space, RULES["company"])
    for name in ("above", "below", "best", "worst", "best_rank", "worst_rank"):
        assert (getattr(whole, name) == getattr(parts, name)).all()


def test_ranks_count_certain_order_of_all_pairs():
    panel = flat(np.random.default_rng(6).normal(90, 3, (40, 6)).round(2), 2)
    space = space_of(panel, tuple(wide(item.base, 0.2) for item in panel.sets))
    found = screen(panel, space, RULES["company"])
    corners = [filled(order, wide(np.full(2, 0.5), 0.2)) for order in ((0, 1), (1, 0))]
    inside = [np.array(pick) for pick in np.stack(np.meshgrid(*[range(2)] * 3), -1).reshape(-1, 3)]
    weights = np.array([
        np.concatenate([w * corners[pick] for w, pick in zip(outer, picks, strict=True)])
        for outer in TRIANGLE for picks in inside
    ])  # fmt: skip
    scores = panel.groups[0].points @ weights.T
    lead = (scores[:, None] - scores[None]).min(axis=2)
    low, high = round_half_up(scores.min(axis=1)), round_half_up(scores.max(axis=1))
    others = ~np.eye(40, dtype=bool)
    # Ahead by more than .01, or read as higher even at worst; never behind, or read as equal even at worst.
    ahead = (lead > 0.010001) | (low[:, None] > high)
    assert (found.best_rank == 1 + (ahead & others).sum(axis=0)).all()
    steady = (lead >= 1e-7) | (low[:, None] >= high)
    assert (found.worst_rank == 40 - (steady & others).sum(axis=1)).all()


def test_further_constraints_only_take_weightings_away():
    panel = flat(np.random.default_rng(7).normal(90, 3, (5, 6)), 2)
    limits = tuple(wide(item.base, 0.2) for item in panel.sets)
    order = Cuts(np.array([[1.0, -1.0]]), np.zeros(1))
    free, cut = space_of(panel, limits), space_of(panel, limits, cuts=(order,) * 3)
    assert np.array_equal(score_range(panel, free), score_range(panel, cut))


# --- the sample company


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_the_sample_company_as_appraised_is_possible(sample_appraisal, sample_policy, share):
    graded = sample_appraisal.grades.set_index("person_id")
    vetoed = [str(name) for name in graded.index[graded["vetoed"].astype(bool)]]
    panel = panel_of(sample_appraisal.scores, sample_policy, vetoed)
    space = space_of(panel, tuple(wide(item.base, share) for item in panel.sets))
    found = screen(panel, space, sample_policy.grades)
    own = graded.loc[panel.people["person_id"]]
    names = [name for name, _ in sample_policy.grades.thresholds]
    code = own["grade"].map(names.index).to_numpy()
    assert (found.best <= code).all()
    assert (code <= found.worst).all()
    assert found.settled.any()
