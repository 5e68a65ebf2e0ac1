"""Why a score changed: exact, symmetric, and the Shapley values that all orders give."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from salesperf_lib import scores
from salesperf_lib.errors import DataError
from salesperf_lib.params import Curve, Name, Role
from salesperf_lib.review.change import BY_KPI, COLUMNS, EFFECTS, INGREDIENTS, change, change_by_kpi

NAME = Name("名", "name")


def curve(kind, **parameters):
    return Curve(kind, kind, NAME, MappingProxyType(parameters))


CURVES = (
    curve("ratio", floor=0.5, cap=1.2),
    curve("piecewise", points_at=((0.7, 50.0), (1.0, 100.0), (1.15, 120.0))),
    curve("asymmetric", gain=1.0, loss=2.0, floor=0.0, cap=120.0),
    curve("deduction", start=100.0, per_unit=5.0, floor=0.0),
    curve("levels", of="value", rows=((0.0, 40.0), (4.0, 80.0), (6.0, 110.0))),
)
KPIS = {"sales": "higher", "rate": "higher", "cost": "lower", "violations": "lower", "training": "higher"}
DIMENSIONS = {
    "sales": "result",
    "rate": "result",
    "cost": "result",
    "violations": "process",
    "training": "process",
}
NUMBERS = ["value", "value_raw", "target", "baseline", "weight_base", "share"]
UNSCORED = ("low_n", "no_data", "no_target")


def appraisal(period, rows, *, curves, gates=(), vetoed=(), status=None):
    """Appraise rows of (person, team, role, kpi, weight, raw, value, target, few)."""
    roles = {}
    for role in ("host", "service"):
        kpis = tuple(SimpleNamespace(kpi=kpi, gate=dict(gates).get(kpi)) for kpi in KPIS)
        roles[role] = Role(role, NAME, NAME, kpis)
    policy = SimpleNamespace(
        period=SimpleNamespace(label=period),
        kpis={kpi: SimpleNamespace(direction=direction) for kpi, direction in KPIS.items()},
        curves=dict(zip(KPIS, curves, strict=True)),
        roles=roles,
    )
    names = ["person_id", "team_id", "role", "kpi", "weight_base", "value_raw", "value", "target", "few"]
    lines = pd.DataFrame(rows, columns=names).assign(
        period=period, scored_in=period, layer="month", scored_at="person", baseline=np.nan
    )
    parts = lines.groupby("person_id")["team_id"].transform("nunique")
    lines = lines.assign(share=1.0 / parts, dimension=lines["kpi"].map(DIMENSIONS)).astype(
        dict.fromkeys(NUMBERS, float)
    )
    lines = scores.with_points(lines, policy)
    choices = [lines["value"].isna(), lines["few"].astype(bool), lines["points"].isna()]
    lines["status"] = np.select(choices, ["no_data", "low_n", "no_target"], "scored")
    lines["points"] = lines["points"].where(lines["status"] == "scored")
    lines = scores.redistribute(scores.gate(lines, policy))
    known = dict.fromkeys(lines["person_id"], "scored") | (status or {})
    lines["reason"] = scores.reasons(lines, pd.Series(known, dtype=object))
    lines["contribution"] = lines["contribution"].where(lines["reason"] == "scored")
    totals = scores.composites(lines)
    graded = totals[["person_id"]].assign(vetoed=totals["person_id"].isin(vetoed))
    return SimpleNamespace(scores=lines, composites=totals, grades=graded, policy=policy)


def line(
    kpi="sales",
    value=90.0,
    target=100.0,
    weight=1.0,
    *,
    person="p",
    team="t1",
    role="host",
    raw=None,
    few=False,
):
    return (person, team, role, kpi, weight, value if raw is None else raw, value, target, few)


PLAIN = (CURVES[0], CURVES[1], CURVES[0], CURVES[3], CURVES[0])


def company(period, seed, people=120):
    """Make up a company: parts, gaps, few observations, gates, vetoes, people who are not assessed."""
    draw = np.random.default_rng(np.random.SeedSequence([seed, int(period[-2:])]))
    rows = []
    for number in draw.permutation(people + 5)[:people]:
        for team in draw.permutation(["t1", "t2", "t3"])[: draw.choice([1, 1, 1, 2])]:
            role = draw.choice(["host", "host", "host", "service"])
            for kpi in draw.permutation(sorted(KPIS))[: draw.integers(1, 6)]:
                raw = draw.choice([draw.uniform(0, 200), draw.uniform(80, 120), 0.0, 3.0, 100.0, np.nan])
                value = raw * draw.choice([1.0, 1.0, draw.uniform(0.9, 1.1)])
                target = draw.choice([100.0, 100.0, draw.uniform(0.5, 200), np.nan], p=[0.3, 0.3, 0.3, 0.1])
                weight, few = draw.choice([0.1, draw.uniform(0.01, 0.2)]), draw.random() < 0.1
                rows.append((f"p{number:03d}", team, role, kpi, weight, raw, value, target, few))
    names = sorted({row[0] for row in rows})
    return appraisal(
        period,
        rows,
        curves=[CURVES[at] for at in draw.integers(0, len(CURVES), len(KPIS))],
        gates=[
            (kpi, draw.choice([60.0, 90.0])) for kpi in draw.permutation(sorted(KPIS))[: draw.integers(0, 3)]
        ],
        vetoed=set(names[::7]),
        status=dict.fromkeys(names[::11], "few_days"),
    )


@settings(
    max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate]
)  # a smaller seed says no more
@given(seed=st.integers(0, 10**9))
def test_nothing_is_left_over_and_turning_the_periods_turns_every_sign(seed):
    now, before = company("2026-06", seed), company("2026-05", seed)
    found, turned = change(now, before), change(before, now)
    assert found["person_id"].is_unique
    assert set(found["person_id"]) == set(now.composites["person_id"]) | set(before.composites["person_id"])
    known = found["reason"] == ""
    assert known.sum() > 10
    assert (found.loc[known, "residual"] == 0.0).all()
    assert (found.loc[known, "rules"] == 0.0).all()
    assert (
        found.loc[known, "change"] == found.loc[known, "counted"] - found.loc[known, "counted_before"]
    ).all()
    assert found.loc[~known, ["change", *EFFECTS, "residual"]].isna().all(axis=None)
    names = ["change", *EFFECTS]
    pd.testing.assert_frame_equal(found[names], -turned[names], check_exact=True)
    lines, lines_turned = change_by_kpi(now, before), change_by_kpi(before, now)
    sums = lines.groupby("person_id")["actuals"].sum()
    told = found[known].set_index("person_id")["actuals"]
    assert sums.reindex(told.index).tolist() == told.tolist()
    keys = ["person_id", "role", "kpi"]
    assert (lines.groupby(keys)["actuals"].sum() == -lines_turned.groupby(keys)["actuals"].sum()).all()


def shapley(now, before, lines_now, lines_before):
    """Take the mean over all 120 orders, one hybrid at a time: no code of the module."""
    sides = {True: (now, lines_now), False: (before, lines_before)}

    def worth(order):
        total = 0.0
        gates = sides["weights" in order][0].policy.roles["host"].kpis
        marks = {row.kpi: row.gate for row in gates}
        earned = {}
        for kpi in lines_now:
            raw = sides["actuals" in order][1][kpi][5]
            moved = sides["adjustments" in order][1][kpi]
            value = raw + (moved[6] - moved[5])
            target = sides["targets" in order][1][kpi][7]
            rule = sides["curves" in order][0].policy.curves[kpi]
            less = KPIS[kpi] == "lower"
            reached = scores.attainment([value], [target], lower_is_better=less)
            earned[kpi] = float(scores.points(rule, reached, [value], [target], lower_is_better=less)[0])
        shut = any(marks[kpi] and earned[kpi] < marks[kpi] for kpi in earned)
        for kpi, got in earned.items():
            counted = min(got, 100.0) if shut and not marks[kpi] else got
            total += counted * sides["weights" in order][1][kpi][4]
        return total

    effects = dict.fromkeys(INGREDIENTS, 0.0)
    orders = list(permutations(INGREDIENTS))
    for order in orders:
        for place, name in enumerate(order):
            effects[name] += (worth(order[: place + 1]) - worth(order[:place])) / len(orders)
    return effects


def test_the_effects_are_the_mean_over_all_orders():
    old = [
        line("sales", 90, 100, 0.4), line("rate", 95, 100, 0.2), line("cost", 110, 100, 0.1),
        line("violations", 7, 100, 0.2), line("training", 4.0, 4.0, 0.1, raw=4.2),
    ]  # fmt: skip
    new = [
        line("sales", 118, 104, 0.3), line("rate", 112, 101, 0.25), line("cost", 80, 95, 0.15),
        line("violations", 9, 100, 0.2), line("training", 4.6, 4.1, 0.1, raw=4.4),
    ]  # fmt: skip
    curves = (CURVES[2], CURVES[0], CURVES[0], CURVES[3], CURVES[1])
    before = appraisal("2026-05", old, curves=PLAIN, gates=[("violations", 62.0)])
    now = appraisal("2026-06", new, curves=curves, gates=[("violations", 60.0)])
    expected = shapley(now, before, {row[3]: row for row in new}, {row[3]: row for row in old})
    assert all(abs(effect) > 0.01 for effect in expected.values())
    row = change(now, before).iloc[0]
    assert {name: row[name] for name in INGREDIENTS} == pytest.approx(expected, abs=1e-6)


def test_lines_tell_which_kpi_moved_the_score():
    before = appraisal("2026-05", [line("sales", 80, 100, 0.5), line("cost", 100, 100, 0.5)], curves=PLAIN)
    now = appraisal("2026-06", [line("sales", 90, 100, 0.5), line("cost", 120, 100, 0.5)], curves=PLAIN)
    found = change_by_kpi(now, before).set_index("kpi")
    assert found.columns.tolist() == [name for name in BY_KPI if name != "kpi"]
    assert found["actuals"].to_dict() == pytest.approx({"sales": 5.0, "cost": -10.0})
    assert found.loc["sales", ["value", "value_before", "target", "target_before"]].tolist() == [
        90,
        80,
        100,
        100,
    ]


def test_a_line_of_one_period_only_has_no_value_in_the_other():
    before = appraisal("2026-05", [line("sales", 80, 100, 0.5), line("cost", 100, 100, 0.5)], curves=PLAIN)
    now = appraisal("2026-06", [line("sales", 90, 100, 0.5), line("rate", 120, 100, 0.5)], curves=PLAIN)
    found = change_by_kpi(now, before).set_index("kpi")
    assert np.isnan(found.loc["cost", "value"])
    assert found.loc["cost", "value_before"] == 100
    assert np.isnan(found.loc["rate", "value_before"])
    assert found.loc["rate", "actuals"] == found.loc["cost", "actuals"] == 0.0


def test_who_is_not_assessed_or_not_there_has_a_reason_and_no_effects():
    rows = [line(person=name) for name in ("both", "later", "earlier", "never")]
    now = appraisal(
        "2026-06", [*rows, line(person="new")], curves=PLAIN, status={"earlier": "left", "never": "few_days"}
    )
    before = appraisal(
        "2026-05", [*rows, line(person="gone")], curves=PLAIN, status={"later": "probation", "never": "left"}
    )
    found = change(now, before).set_index("person_id")
    assert found.reset_index().columns.tolist() == [
        "person_id",
        *[name for name in COLUMNS if name != "person_id"],
    ]
    assert found["reason"].to_dict() == {
        "both": "", "earlier": "left", "gone": "absent", "later": "probation", "never": "few_days", "new": "absent",
    }  # fmt: skip
    assert found["missing"].to_dict() == {
        "both": "", "earlier": "now", "gone": "now", "later": "before", "never": "both", "new": "before",
    }  # fmt: skip
    assert found.loc["gone", "team_id"] == "t1"
    assert found["change"].notna().to_dict() == {name: name == "both" for name in found.index}


def test_what_the_lines_do_not_hold_is_told_apart():
    now = appraisal("2026-06", [line(value=90)], curves=PLAIN)
    before = appraisal("2026-05", [line(value=80)], curves=PLAIN)
    now.composites["score"] += 0.5
    row = change(now, before).iloc[0]
    assert (row["change"], row["rules"], row["residual"]) == (10.5, 0.5, 0.0)
    assert row["actuals"] == 10.0


def test_a_score_off_the_grid_is_refused():
    now = appraisal("2026-06", [line(value=90)], curves=PLAIN)
    now.composites["score"] += 2.0**-34
    with pytest.raises(DataError, match=r"composites, p: found .* allowed: a multiple"):
        change(now, now)


def test_a_new_role_is_a_matter_of_weights():
    before = appraisal("2026-05", [line(value=80)], curves=PLAIN)
    now = appraisal(
        "2026-06",
        [line(value=96, target=120, role="service"), line("cost", 80, 100, 1.0, role="service")],
        curves=PLAIN,
    )
    row = change(now, before).iloc[0]
    assert row["weights"] == row["change"]


def test_in_a_year_march_is_held_against_march():
    # two months of each year, each half of the year: only March moved, by 20 points; its rules are its own
    def year(label, january, march):
        rows = [line(value=january, weight=0.5), line(value=march, weight=0.5, team="t2")]
        made = appraisal(label, rows, curves=PLAIN)
        frame = made.scores.assign(team_id="t1", scored_in=[f"{label}-01", f"{label}-03"], share=1.0)
        policy = SimpleNamespace(**vars(made.policy), at=lambda _label: made.policy)
        return SimpleNamespace(scores=frame, composites=made.composites, grades=made.grades, policy=policy)

    now, before = year("2026", 80.0, 110.0), year("2025", 80.0, 90.0)
    before.scores = before.scores.iloc[::-1].reset_index(drop=True)
    row = change(now, before).iloc[0]
    assert row["actuals"] == row["change"] == 10.0
    lines = change_by_kpi(now, before).set_index("scored_in")
    assert lines["actuals"].to_dict() == {"2026-01": 0.0, "2026-03": 10.0}


def test_the_frames_are_left_as_they_were():
    now = appraisal("2026-06", [line(value=90), line(person="q", value=None)], curves=PLAIN)
    copies = {name: getattr(now, name).copy() for name in ("scores", "composites", "grades")}
    change(now, now)
    change_by_kpi(now, now)
    for name, frame in copies.items():
        pd.testing.assert_frame_equal(getattr(now, name), frame)


def test_nobody_in_common_is_no_failure():
    now = appraisal("2026-06", [line(person="a")], curves=PLAIN)
    before = appraisal("2026-05", [line(person="b")], curves=PLAIN)
    assert change(now, before)["reason"].tolist() == ["absent", "absent"]
    assert change_by_kpi(now, before).columns.tolist() == BY_KPI


@pytest.mark.slow
def test_the_sample_company_follows_from_its_lines(sample_facts, sample_policy, sample_appraisal):
    from salesperf_lib import appraisal as flow

    before = flow.load(sample_facts, sample_policy.at("2026-05"))
    found = change(sample_appraisal, before)
    known = found[found["reason"] == ""]
    assert len(known) > 50
    assert (known["residual"] == 0.0).all()
    assert (known["rules"] == 0.0).all()
    assert (known[["actuals", "targets", "weights", "adjustments"]] != 0).any().all()
    lines = change_by_kpi(sample_appraisal, before)
    assert lines.groupby("person_id")["actuals"].sum().tolist() == known["actuals"].tolist()
    # the same actuals under other weights: all of it is weights
    weights = replace(
        sample_policy, dimension_weights=MappingProxyType(dict(sample_policy.dimension_weights))
    )
    same = SimpleNamespace(
        scores=sample_appraisal.scores, composites=sample_appraisal.composites,
        grades=sample_appraisal.grades, policy=weights,
    )  # fmt: skip
    assert (change(same, sample_appraisal)["change"].dropna() == 0.0).all()
