"""Why this number: the steps of every target add up to it, in whole units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import targets
from salesperf_lib.errors import DataError
from salesperf_lib.params.policy import Amendment, Change, Name
from salesperf_lib.periods import Period
from salesperf_lib.targets import explanation
from salesperf_lib.targets.amending import amend
from salesperf_lib.targets.basis import Codes
from salesperf_lib.targets.goals import labels_of
from salesperf_lib.targets.seasons import Seasons
from salesperf_lib.targets.split import COMPANY, MONTHS, YEAR, Plan, Unit, split
from salesperf_lib.targets.volumes import Volume

Y2026 = Period.parse("2026")
KEYS = ["period", "level", "unit_id", "team_id"]
TEAMS = (Unit("team", "a", "a"), Unit("team", "b", "b"))


class _Made:
    """As much of a year's plan as an explanation reads."""

    def __init__(self, volume: Volume) -> None:
        self.year = Y2026
        self.volumes = {volume.plan.name: volume}


def _volume(weights, pins, amendments=(), seasons=None, step=1):
    labels = labels_of(Y2026)
    plan = Plan(
        "net_sales", {COMPANY: TEAMS}, {unit: np.array(row, float) for unit, row in weights.items()},
        pins, labels, str, step=step,
    )  # fmt: skip
    base = split(plan)
    spans = {label: span for span, label in labels.items()}
    codes = {unit: Codes("history", "season") for unit in (COMPANY, *TEAMS)}
    return Volume(plan, base, amend(plan, base, list(amendments), spans), codes, seasons)


def _steps(frame, period, unit):
    rows = frame[(frame["period"] == period) & (frame["unit_id"] == unit)]
    return dict(zip(rows["step"], rows["amount"], strict=True))


FLAT = [1.0] * 12
THREE_TO_ONE = {COMPANY: FLAT, TEAMS[0]: [3.0] * 12, TEAMS[1]: FLAT}


def test_two_teams_worked_by_hand():
    """1,200 a year, 100 a month: 50 each are equal, three to one gives team a 25 more and b 25 less."""
    found = explanation.explain(_Made(_volume(THREE_TO_ONE, {(COMPANY, YEAR): 1200})), "net_sales")
    assert _steps(found, "2026-10", "company") == {"equal": 100, "size": 0}
    assert _steps(found, "2026-10", "a") == {"equal": 50, "size": 25}
    assert _steps(found, "2026-Q4", "b") == {"equal": 150, "size": -75}
    assert _steps(found, "2026", "a") == {"equal": 600, "size": 300}
    assert set(found.loc[found["unit_id"] == "a", "basis"]) == {"history"}


def test_a_goal_of_a_team_is_a_pin_and_its_sibling_absorbs_it():
    pins = {(COMPANY, YEAR): 1200, (TEAMS[0], YEAR): 960}
    found = explanation.explain(_Made(_volume(THREE_TO_ONE, pins)), "net_sales")
    assert _steps(found, "2026-10", "a") == {"equal": 50, "size": 25, "pins": 5}
    assert _steps(found, "2026-10", "b") == {"equal": 50, "size": -25, "pins": -5}


def test_a_record_of_the_ledger_is_a_step_of_its_own_from_its_first_month():
    change = Change("company", "company", "", "net_sales", "2026-10", 100, 80)
    day = Period.parse("2026-09").first
    record = Amendment(
        "0001", "calibration", Period.parse("2026-09").first, day, Name("校准", "calibration"), (change,)
    )
    volume = _volume(THREE_TO_ONE, {(COMPANY, YEAR): 1200}, [record])
    found = explanation.explain(_Made(volume), "net_sales")
    assert _steps(found, "2026-10", "company") == {"equal": 100, "size": 0, "amendment:2026-09": -20}
    assert _steps(found, "2026-10", "a") == {"equal": 50, "size": 25, "amendment:2026-09": -15}
    assert _steps(found, "2026-08", "a")["amendment:2026-09"] == 0


def test_the_season_of_the_company_falls_into_baseline_promotions_and_phases():
    """Promotions double November; phases move half of January's share to October."""
    days = pd.date_range("2026-01-01", "2026-12-31")
    firsts = [days.get_loc(pd.Timestamp(2026, m, 1)) for m in range(1, 13)]
    shares = {
        "baseline": np.full(12, 1 / 12),
        "plain": np.array([1.0] * 10 + [2.0, 1.0]) / 13,
        "days": np.array([0.5] + [1.0] * 8 + [1.5, 2.0, 1.0]) / 13,
    }
    columns = pd.MultiIndex.from_tuples([("company", "company")])
    tables = {}
    for kind, row in shares.items():
        daily = np.zeros((len(days), 1))
        daily[firsts, 0] = row
        tables[kind] = pd.DataFrame(daily, index=days, columns=columns)
    weights = {COMPANY: shares["days"], TEAMS[0]: shares["days"], TEAMS[1]: shares["days"]}
    seasons = Seasons(tables["days"], tables["plain"], tables["baseline"], {("company", "company"): 1.0})
    found = explanation.explain(
        _Made(_volume(weights, {(COMPANY, YEAR): 1560}, seasons=seasons)), "net_sales"
    )
    # 1,560 a year: 130 a month; plain 120 and 240 in November; days 60 in January and 180 in October
    assert _steps(found, "2026-11", "company") == {"equal": 130, "promotion": 110, "phase": 0}
    assert _steps(found, "2026-01", "company") == {"equal": 130, "promotion": -10, "phase": -60}
    assert _steps(found, "2026-10", "company") == {"equal": 130, "promotion": -10, "phase": 60}


@st.composite
def _plans(draw):
    total = draw(st.integers(0, 10**7))
    positive = st.floats(0.01, 100)
    weights = {unit: draw(st.lists(positive, min_size=12, max_size=12)) for unit in (COMPANY, *TEAMS)}
    pins = {(COMPANY, YEAR): total}
    if draw(st.booleans()):
        pins[TEAMS[0], YEAR] = draw(st.integers(0, total))
    amendments = []
    if draw(st.booleans()):
        month = draw(st.sampled_from(MONTHS))
        label = labels_of(Y2026)[month]
        change = Change("company", "company", "", "net_sales", label, 0, draw(st.integers(0, 10**6)))
        first = Period.parse(label).first
        amendments = [Amendment("0001", "calibration", first, first, Name("校准", "calibration"), (change,))]
    return weights, pins, amendments


@settings(max_examples=60, deadline=None)
@given(_plans())
def test_the_steps_of_any_plan_add_up_to_every_target(plan):
    volume = _volume(*plan)
    found = explanation.explain(_Made(volume), "net_sales")
    sums = found.groupby(KEYS)["amount"].sum()
    units = volume.split.tree.units
    for span, label in labels_of(Y2026).items():
        for i, unit in enumerate(units):
            key = (label, unit.level, unit.unit_id, unit.team_id)
            assert sums.get(key, 0) == volume.split.months[i, slice(*span)].sum()


@pytest.fixture(scope="module")
def made(sample_facts, sample_policy, sample_appraisal):
    return targets.plan_year(
        sample_facts, sample_policy, "2026", sample_appraisal.kpis, sample_policy.targets.distributed_kpis
    )


def test_every_target_of_the_sample_company_is_the_sum_of_its_steps(made, sample_appraisal):
    for kpi in made.volumes:
        found = explanation.explain(made, kpi)
        assert found["amount"].dtype == np.int64
        sums = found.groupby(KEYS)["amount"].sum()
        rows = sample_appraisal.targets
        rows = rows[
            (rows["kpi"] == kpi) & rows["period"].str.startswith("2026") & (rows["level"] != "channel")
        ]
        expected = rows.set_index(KEYS)["target"]
        assert len(expected) == len(sums) > 100
        assert (expected - sums).abs().max() == 0


def test_quarters_and_the_year_are_the_sums_of_their_months_step_by_step(made):
    wide = explanation.explain_wide(made, "net_sales")
    company = (
        wide[wide["level"] == "company"]
        .set_index("period")
        .drop(columns=["level", "unit_id", "team_id", "basis"])
    )
    months = company[company.index.str.fullmatch(r"\d{4}-\d{2}")]
    assert len(months) == 12
    assert (months.sum() == company.loc["2026"]).all()
    assert (months.iloc[9:].sum() == company.loc["2026-Q4"]).all()


def test_rounding_stays_within_a_few_steps_and_the_rest_counts_as_decided(made):
    wide = explanation.explain_wide(made, "net_sales")
    months = wide[wide["period"].str.fullmatch(r"\d{4}-\d{2}")]
    assert months["rounding"].abs().max() <= 300  # three yuan


def test_a_volume_that_is_not_planned_is_named_with_those_that_are(made):
    with pytest.raises(DataError, match="net_sales"):
        explanation.explain(made, "visits")
