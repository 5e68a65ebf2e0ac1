"""Worked examples of fair input that HR can read and add to: tests/cases/fairness.yaml."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from salesperf_lib import params
from salesperf_lib.stats import leniency, shrinkage

CASES = params.read_yaml(Path(__file__).parent / "cases" / "fairness.yaml")
NEAR = 1e-6


def by_name(part):
    return [pytest.param(case, id=case["name"]) for case in CASES[part]]


def ratings(rows, item="q"):
    table = pd.DataFrame(rows, columns=["person_id", "rater_id", "numerator"])
    return table.assign(
        period="2026-06",
        item=item,
        numerator=table["numerator"].astype(float),
        denominator=1.0,
        corrected=float("nan"),
    )


def one_each(given):
    """Let every rating be of somebody else."""
    return [(f"{rater} {n}", rater, rating) for rater, row in given.items() for n, rating in enumerate(row)]


def corrected(case, rows, method):
    return leniency.correct(
        ratings(rows),
        method=method,
        min_ratings=case["minimum"],
        limit=case["limit"],
        items=["q"],
        scale_max=100,
    )


def uncalibrated(found):
    raters = found.raters
    return sorted(raters.loc[~raters["calibrated"], "rater_id"])


@pytest.mark.parametrize("case", by_name("ratio"))
def test_ratio(case):
    found = corrected(case, one_each(case["given"]), "ratio")
    expected = [after for row in case["after"].values() for after in row]
    assert found.ratings["corrected"].to_list() == pytest.approx(expected, abs=NEAR)
    assert uncalibrated(found) == sorted(case.get("uncalibrated", []))


@pytest.mark.parametrize("case", by_name("shared"))
def test_shared(case):
    rows = [(who, rater, rating) for who, row in case["given"].items() for rater, rating in row.items()]
    found = corrected(case, rows, "shared_ratees")
    expected = [after for row in case["after"].values() for after in row.values()]
    assert found.ratings["corrected"].to_list() == pytest.approx(expected, abs=NEAR)
    told = found.raters.set_index("rater_id")["leniency"].to_dict()
    assert told == pytest.approx(case["leniency"], abs=NEAR)
    assert uncalibrated(found) == sorted(case.get("uncalibrated", []))


@pytest.mark.parametrize("method", ["shared_ratees", "ratio", "standardise", "none"])
@pytest.mark.parametrize("case", by_name("measured"))
def test_measured(case, method):
    table = ratings(one_each(case["given"]), case["item"])
    found = leniency.correct(table, method=method, min_ratings=1, limit=0.1, items=["q"], scale_max=100)
    assert found.ratings["corrected"].to_list() == table["numerator"].to_list()
    assert not found.ratings["calibrated"].any()
    assert found.raters.empty


@pytest.mark.parametrize("case", by_name("rates"))
def test_rate(case):
    (found,) = shrinkage.shrink_rate([case["successes"]], [case["trials"]], (case["alpha"], case["beta"]))
    expected = float("nan") if case["rate"] is None else case["rate"]
    assert found == pytest.approx(expected, abs=NEAR, nan_ok=True)


@pytest.mark.parametrize("case", by_name("means"))
def test_mean(case):
    (found,) = shrinkage.shrink_mean([case["total"]], [case["n"]], case["peers"], case["worth"])
    expected = float("nan") if case["mean"] is None else case["mean"]
    assert found == pytest.approx(expected, abs=NEAR, nan_ok=True)


@pytest.mark.parametrize("case", by_name("priors"))
def test_prior(case):
    found = shrinkage.beta_prior(case["successes"], case["trials"])
    assert (found is not None) == case["known"]
    if found is not None:
        assert found[0] / sum(found) == pytest.approx(case["rate"])


def test_there_are_enough_examples_and_no_name_twice():
    names = [case["name"] for part in CASES.values() for case in part]
    assert len(names) >= 15
    assert len(names) == len(set(names))
