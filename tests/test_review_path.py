"""The path to the next grade: the smallest change that reaches it, checked by plain arithmetic."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import scores
from salesperf_lib.params import Curve, Grades, Kpi, Name, Role, RoleKpi
from salesperf_lib.review.options import displayed_step, first_step
from salesperf_lib.review.path import COLUMNS, next_grade

NAME = Name("名", "name")


def curve(kind, **parameters):
    return Curve(kind, kind, NAME, MappingProxyType(parameters))


CURVES = {
    "net_sales": curve("ratio", floor=0.5, cap=1.2),
    "conversion": curve("piecewise", points_at=((0.7, 50.0), (1.0, 100.0), (1.15, 120.0))),
    "cac": curve("lower", floor=0.0, cap=1.2),
    "response": curve("lower", floor=0.0, cap=1.2, form="quotient"),
    "violations": curve("deduction", start=100.0, per_unit=5.0, floor=0.0),
    "roi": curve("asymmetric", gain=1.0, loss=2.0, floor=0.0, cap=120.0),
    "service_cost": curve("cost_budget", step=0.05, over=10.0, under=5.0, limit=0.3, cap=120.0),
    "per_head": curve("steps", base=30.0, step=0.03, up=6.0, down=6.0, ambition=()),
    "collection": curve("levels", of="attainment", rows=((0.8, 60.0), (0.9, 80.0), (1.0, 100.0))),
    "rating": curve("levels", of="value", rows=((3.0, 60.0), (4.0, 90.0), (4.8, 110.0))),
}
UNITS = {
    "net_sales": ("money", "higher", "volume"),
    "conversion": ("share", "higher", "rate"),
    "cac": ("money", "lower", "rate"),
    "response": ("seconds", "lower", "rate"),
    "violations": ("count", "lower", "volume"),
    "roi": ("ratio", "higher", "rate"),
    "service_cost": ("money", "lower", "rate"),
    "per_head": ("money", "higher", "rate"),
    "collection": ("share", "higher", "rate"),
    "rating": ("points", "higher", "rate"),
}
THRESHOLDS = (("A", 100.0), ("B", 85.0), ("C", 70.0), ("D", 0.0))


def rules(gates=()):
    kpis = {
        name: Kpi(name, NAME, NAME, NAME, unit, direction, kind, "result", ("person",), "§2.1")
        for name, (unit, direction, kind) in UNITS.items()
    }
    rows = tuple(
        RoleKpi(name, "result", Fraction(1, len(UNITS)), "person", gate=dict(gates).get(name))
        for name in UNITS
    )
    return SimpleNamespace(
        kpis=kpis,
        curves=CURVES,
        roles={"host": Role("host", NAME, NAME, rows)},
        grades=Grades(THRESHOLDS),
        company=SimpleNamespace(money_scale=100),
    )


def frame(*rows, policy=None):
    """Rows of (person, kpi, value, target, weight[, scored_at])."""
    policy = policy or rules()
    filled = [(*row, "person")[:6] for row in rows]
    lines = pd.DataFrame(filled, columns=["person_id", "kpi", "value", "target", "weight_base", "scored_at"])
    lines = lines.astype({"value": float, "target": float, "weight_base": float})
    lines = lines.assign(
        period="2026-06", team_id="t1", role="host", baseline=np.nan, dimension="result", scored_in="2026-06"
    )
    lines = scores.redistribute(scores.gate(scores.with_points(lines, policy), policy))
    totals = lines.groupby("person_id", sort=False)["contribution"].sum()
    composite = pd.DataFrame({"person_id": totals.index, "score": totals.to_numpy(), "status": "scored"})
    return lines, composite


def score_with(lines, policy, person, values):
    """Score a person again with other values: curves, gate and weights of `scores`."""
    own = lines[lines["person_id"] == person]
    own = own.assign(value=own["kpi"].map(values).fillna(own["value"]))
    return scores.redistribute(scores.gate(scores.with_points(own, policy), policy))["contribution"].sum()


def shown(score):
    return np.floor(np.round(score * 100, 6) + 0.5) / 100


def step_less(policy, row):
    numerator, denominator = displayed_step(policy, row.kpi, max(abs(row.value_now), abs(row.aim)))
    direction = -1 if policy.kpis[row.kpi].direction == "lower" else 1
    at = round(row.value_needed * denominator / numerator) - direction
    return at * numerator / denominator


def assert_smallest(found, lines, policy):
    """Check that the values reach the score, and that none of them may be one displayed step less."""
    aims = lines.set_index(["person_id", "kpi"])["target"]
    for person, rows in found[found["kpi"] != ""].groupby("person_id"):
        values = dict(zip(rows["kpi"], rows["value_needed"], strict=True))
        needed = rows["needed_score"].iloc[0]
        assert shown(score_with(lines, policy, person, values)) >= needed
        for row in rows.itertuples():
            aim = np.nan_to_num(aims[person, row.kpi])
            less = step_less(
                policy,
                SimpleNamespace(kpi=row.kpi, value_now=row.value_now, value_needed=row.value_needed, aim=aim),
            )
            assert shown(score_with(lines, policy, person, values | {row.kpi: less})) < needed


def test_a_ratio_is_inverted_to_the_yuan():
    # one line of weight 1: 80 points now, 85 wanted, shown from 84.995 on: 0.84995 · 1,000,000 yuan
    lines, composite = frame(("p", "net_sales", 80_000_000, 100_000_000, 1.0))
    row = next_grade(lines, composite, rules()).iloc[0]
    assert (row.grade_now, row.grade_next, row.needed_score, row.gap) == ("C", "B", 85.0, 5.0)
    assert row.value_needed == 84_995_000
    assert row.attainment_needed == pytest.approx(0.84995, abs=1e-12)
    assert row.points_needed == pytest.approx(84.995, abs=1e-9)
    assert row.effort == pytest.approx(0.04995, abs=1e-12)
    assert row.single
    assert not row.shared
    assert row.reachable


@pytest.mark.parametrize(
    ("kpi", "value", "target", "needed"),
    [
        # piecewise: 84.995 points at .7 + .3·34.995/50 = .90997; of 30 % that is 27.2991 %: 27.3 %
        ("conversion", 0.25, 0.30, 0.273),
        # of 6 % it is 5.45982 %: two decimals below a tenth
        ("conversion", 0.050, 0.06, 0.0546),
        # 2 − v/T ≥ .84995 is v ≤ 1.15005 T: 115.00 yuan of 100.00 (fen shown below 1000 yuan)
        ("cac", 12_500, 10_000, 11_500),
        # T/v ≥ .84995 is v ≤ 30/.84995 = 35.2962 s
        ("response", 40.0, 30.0, 35.2),
        # 100 − 5·n ≥ 84.995: n ≤ 3.001
        ("violations", 5, np.nan, 3),
        # 100 + 200·(a − 1) ≥ 84.995: a ≥ .924975; of 4 that is 3.6999
        ("roi", 3.5, 4.0, 3.70),
        # 100 − 10·o/.05 ≥ 84.995: o ≤ .075025; of 20.00 yuan 2.15005 → 21.50
        ("service_cost", 2_250, 2_000, 2_150),
        # 100·(30 + k)/30 ≥ 84.995: k ≥ −4.5, four steps down: a > 1 − .15 (5 steps are .15): 8500.01 → 8,501 yuan
        ("per_head", 830_000, 1_000_000, 850_100),
        # 80 points are too few: the next level begins at 100 %
        ("collection", 0.92, 0.95, 0.95),
        ("rating", 3.5, np.nan, 4.0),
    ],
)
def test_every_curve_is_inverted(kpi, value, target, needed):
    policy = rules()
    lines, composite = frame(("p", kpi, value, target, 1.0))
    found = next_grade(lines, composite, policy)
    assert found["value_needed"].item() == pytest.approx(needed, abs=1e-9)
    assert_smallest(found, lines, policy)


def test_the_least_effort_is_chosen_and_a_shared_line_only_if_no_own_one_does_it():
    # all three at 84; .995 are missing. Sales (.2): 4.975 points, .0498 of attainment; conversion (.4):
    # 2.4875 points at 50/.3 per attainment, .0149; the team's ROI (.4) at 200, .0124: least, but shared
    lines, composite = frame(
        ("p", "net_sales", 84_000_000, 100_000_000, 0.2),
        ("p", "conversion", 0.904 * 0.5, 0.5, 0.4),
        ("p", "roi", 0.92 * 4, 4.0, 0.4, "team"),
    )
    assert composite["score"].item() == pytest.approx(84.0)
    row = next_grade(lines, composite, rules()).iloc[0]
    assert (row.kpi, row.shared) == ("conversion", False)
    # without room in the own lines the shared one is all there is
    lines, composite = frame(("p", "net_sales", 120, 100, 0.2), ("p", "roi", 0.85 * 4, 4.0, 0.8, "team"))
    row = next_grade(lines, composite, rules()).iloc[0]
    assert (row.kpi, row.shared, row.single) == ("roi", True, True)


def test_effort_is_counted_in_the_usual_spread_of_the_role():
    # sales vary by a tenth of the target, conversion by a hundredth: the larger change is the smaller effort
    lines, composite = frame(
        ("p", "net_sales", 80_000_000, 100_000_000, 0.5), ("p", "conversion", 0.88 * 0.5, 0.5, 0.5)
    )
    plain = next_grade(lines, composite, rules())
    assert plain["kpi"].item() == "conversion"
    months = [f"2026-{month:02d}" for month in range(1, 6)]
    rows = [
        ("p", "net_sales", month, 1e8 * value)
        for month, value in zip(months, (0.8, 1.0, 0.9, 0.8, 1.0), strict=True)
    ]
    rows += [
        ("p", "conversion", month, 0.5 * value)
        for month, value in zip(months, (0.88, 0.89, 0.98, 0.88, 0.99), strict=True)
    ]
    history = pd.DataFrame(rows, columns=["person_id", "kpi", "period", "value"])
    history.loc[history["kpi"] == "conversion", "value"] = [0.46, 0.461, 0.46, 0.461, 0.46]
    row = next_grade(lines, composite, rules(), history=history).iloc[0]
    assert row.kpi == "net_sales"
    values = np.array([0.8, 1.0, 0.9, 0.8, 1.0]) * 1e8
    assert row.effort == pytest.approx((row.value_needed - 8e7) / values.std(ddof=1))


def test_what_nobody_has_reached_is_not_asked_for():
    lines, composite = frame(("p", "net_sales", 80e6, 100e6, 0.5), ("p", "conversion", 0.4, 0.5, 0.5))
    free = next_grade(lines, composite, rules())
    assert free["kpi"].tolist() == ["conversion"]
    # the role has seen conversion of 40.1 % at most: only sales remain
    history = pd.DataFrame({
        "person_id": "p", "kpi": "conversion", "period": [f"2025-{m:02d}" for m in range(1, 6)],
        "value": [0.40, 0.401, 0.401, 0.401, 0.401],
    })  # fmt: skip
    bound = next_grade(lines, composite, rules(), history=history)
    assert bound["kpi"].tolist() == ["net_sales"]
    assert bound["reachable"].all()
    # sales are bound too: the change that would do it is told, but not as reachable
    sales = history.assign(kpi="net_sales", value=[80e6, 81e6, 81e6, 81e6, 81e6])
    both = next_grade(lines, composite, rules(), history=pd.concat([history, sales]))
    assert not both["reachable"].any()
    row = both.iloc[0]
    spread = {"conversion": history["value"].std(), "net_sales": sales["value"].std()}
    assert row.effort == pytest.approx((row.value_needed - row.value_now) / spread[row.kpi])
    assert_smallest(both, lines, rules())


def test_where_the_curves_allow_no_way_the_row_says_so():
    lines, composite = frame(("p", "collection", 0.5, 0.95, 0.9), ("p", "violations", 20, np.nan, 0.1))
    policy = rules()
    policy.grades = Grades((("A", 101.0), ("D", 0.0)))
    row = next_grade(lines, composite, policy).iloc[0]
    assert (row.grade_next, row.kpi, row.reachable) == ("A", "", False)
    assert np.isnan(row.value_needed)
    assert row.gap == 101.0


def test_several_lines_together_and_none_of_them_can_be_less():
    policy = rules()
    lines, composite = frame(
        ("p", "net_sales", 60e6, 100e6, 0.3),
        ("p", "conversion", 0.35, 0.5, 0.3),
        ("p", "violations", 8, np.nan, 0.2),
        ("p", "cac", 14_000, 10_000, 0.2),
    )
    found = next_grade(lines, composite, policy, needed={"p": 90.0})
    assert len(found) > 1
    assert not found["single"].any()
    assert found["reachable"].all()
    assert found["needed_score"].eq(90.0).all()
    assert_smallest(found, lines, policy)


def test_a_gate_is_lifted_with_its_own_line():
    # 10 violations are 50 points, under the mark of 60: sales of 120 points count 100.
    # 60 points (8 violations) open the gate: .5·120 + .5·60 = 90; without it only 80
    policy = rules(gates=[("violations", 60.0)])
    lines, composite = frame(
        ("p", "net_sales", 125e6, 100e6, 0.5), ("p", "violations", 10, np.nan, 0.5), policy=policy
    )
    assert composite["score"].item() == pytest.approx(75.0)
    row = next_grade(lines, composite, policy).iloc[0]
    assert (row.kpi, row.value_needed) == ("violations", 8.0)
    assert_smallest(next_grade(lines, composite, policy), lines, policy)


def test_limited_places_ask_for_the_score_of_the_last_one_or_one_step_more():
    lines, composite = frame(("p", "net_sales", 90e6, 100e6, 1.0))
    forced = composite.assign(grade="C")
    row = next_grade(lines, forced, rules(), needed={"p": 93.5}).iloc[0]
    assert (row.grade_now, row.grade_next, row.needed_score) == ("C", "B", 93.5)
    assert row.value_needed == 93_495_000
    tied = next_grade(lines, forced, rules(), needed={"p": 90.0}).iloc[0]
    assert tied.needed_score == 90.01
    assert tied.gap == 0.01


def test_the_best_the_vetoed_and_those_without_a_score_have_no_path():
    lines, composite = frame(
        ("best", "net_sales", 110e6, 100e6, 1.0),
        ("veto", "net_sales", 80e6, 100e6, 1.0),
        ("none", "net_sales", 80e6, 100e6, 1.0),
        ("p", "net_sales", 80e6, 100e6, 1.0),
    )
    composite.loc[composite["person_id"] == "none", "score"] = np.nan
    graded = composite.assign(vetoed=composite["person_id"] == "veto", grade=["A", "D", None, "C"])
    found = next_grade(lines, graded, rules())
    assert found["person_id"].tolist() == ["p"]
    assert found.columns.tolist() == COLUMNS
    nobody = next_grade(lines, graded.iloc[:3], rules())
    assert nobody.empty
    assert nobody.columns.tolist() == COLUMNS


@pytest.mark.parametrize(("score", "grade"), [(84.99, "B"), (84.995, "A"), (85.0, "A"), (70.0, "B")])
def test_a_score_counts_as_a_reader_sees_it(score, grade):
    lines, composite = frame(("p", "net_sales", score * 1e6, 100e6, 1.0))
    found = next_grade(lines, composite, rules())
    assert found["grade_next"].item() == grade


def test_the_chance_is_that_of_the_persons_own_last_twelve_values():
    lines, composite = frame(("p", "net_sales", 80e6, 100e6, 1.0), ("q", "net_sales", 80e6, 100e6, 1.0))
    early = [("p", "net_sales", f"2024-{m:02d}", 1e9) for m in range(1, 13)]
    late = [("p", "net_sales", f"2025-{m:02d}", v) for m, v in enumerate([80e6, 90e6] * 6, start=1)]
    few = [("q", "net_sales", f"2025-{m:02d}", 85e6) for m in range(1, 4)]
    history = pd.DataFrame(early + late + few, columns=["person_id", "kpi", "period", "value"])
    found = next_grade(lines, composite, rules(), history=history).set_index("person_id")
    sd = np.array([80e6, 90e6] * 6).std(ddof=1)
    z = (84_995_000 - 85e6) / sd
    # Φ(z) near 0: ½ + φ(0)·z
    assert found.loc["p", "likely"] == pytest.approx(0.5 - z / np.sqrt(2 * np.pi), abs=1e-9)
    assert np.isnan(found.loc["q", "likely"])


def test_a_year_moves_its_own_lines_only():
    lines, composite = frame(("p", "net_sales", 80e6, 100e6, 0.4), ("p", "conversion", 0.4, 0.5, 0.6))
    lines.loc[1, "scored_in"] = "2026-03"
    assert next_grade(lines, composite, rules())["kpi"].tolist() == ["net_sales"]


@pytest.mark.parametrize("cap", [0, 1, 2, 17, 1000])
def test_the_first_step_is_found_by_bisection(cap):
    for first in {0, 1, cap // 2, cap}:
        assert (
            first_step(np.array([cap]), lambda at, first=first: at >= first)[0] == min(first, cap)
            or first > cap
        )
    assert first_step(np.array([cap]), lambda at: at > cap)[0] == -1


VALUES = {
    "net_sales": (0.3, 1.3, 1e8), "conversion": (0.5, 1.2, 0.2), "cac": (0.7, 1.9, 12_345.0),
    "response": (0.7, 1.9, 33.0), "violations": (0.0, 20.0, 1.0), "roi": (0.5, 1.2, 3.0),
    "service_cost": (0.8, 1.5, 1_777.0), "per_head": (0.7, 1.3, 654_321.0), "collection": (0.5, 1.1, 0.9),
    "rating": (1.0, 5.0, 1.0),
}  # fmt: skip


@st.composite
def companies(draw):
    rows = []
    for person in range(draw(st.integers(1, 4))):
        names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6, unique=True))
        weights = draw(st.lists(st.integers(1, 9), min_size=len(names), max_size=len(names)))
        for name, weight in zip(names, weights, strict=True):
            low, high, size = VALUES[name]
            reach = draw(st.floats(low, high))
            value = float(round(reach)) if name == "violations" else reach * size
            target = np.nan if name in ("violations", "rating") else size
            at = draw(st.sampled_from(["person", "team"]))
            rows.append((f"p{person}", name, value, target, weight / sum(weights), at))
    return rows


@settings(max_examples=40, deadline=None)
@given(rows=companies(), gated=st.booleans())
def test_every_path_reaches_and_no_value_of_it_can_be_less(rows, gated):
    policy = rules(gates=[("violations", 60.0), ("rating", 80.0)] if gated else ())
    lines, composite = frame(*rows, policy=policy)
    found = next_grade(lines, composite, policy)
    assert_smallest(found, lines, policy)
    below = composite[shown(composite["score"]) < 100]
    assert sorted(found["person_id"].unique()) == sorted(below["person_id"])
