"""BG/NBD and Gamma-Gamma against the published fits of CDNOW (METHODS §1.1)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln

from salesperf_lib.errors import DataError
from salesperf_lib.stats import (
    BgNbd,
    expected_purchases,
    expected_value,
    fit_bgnbd,
    fit_gamma_gamma,
    p_alive,
)

SUMMARY = Path(__file__).parents[2] / "shared" / "data" / "cdnow" / "summary.csv"


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    if not SUMMARY.is_file():
        pytest.skip(f"needs {SUMMARY}, which is not part of the repository")
    return pd.read_csv(SUMMARY)


@pytest.fixture(scope="module")
def model(cdnow):
    return fit_bgnbd(cdnow["x"], cdnow["t_x"], cdnow["T"])


def test_bgnbd_gives_the_published_fit(model):
    assert (model.r, model.alpha) == (pytest.approx(0.2426, abs=5e-5), pytest.approx(4.4135, abs=5e-4))
    assert (model.a, model.b) == (pytest.approx(0.7929, abs=1e-4), pytest.approx(2.4258, abs=3e-4))
    assert model.log_likelihood == pytest.approx(-9582.43, abs=0.005)


def test_expectations_are_the_published_ones(model, cdnow):
    assert float(expected_purchases(model, 39, 2, 30.43, 38.86)) == pytest.approx(1.2259, abs=5e-5)
    assert float(p_alive(model, 2, 30.43, 38.86)) == pytest.approx(0.7266, abs=5e-5)
    assert float(expected_purchases(model, 39)) == pytest.approx(1.1950, abs=5e-5)
    total = expected_purchases(model, 39, cdnow["x"], cdnow["t_x"], cdnow["T"]).sum()
    assert total == pytest.approx(1653.42, abs=0.01)


def test_gamma_gamma_gives_the_published_fit(cdnow):
    fitted = fit_gamma_gamma(cdnow["x"], cdnow["zbar"])
    assert (fitted.p, fitted.q) == (pytest.approx(6.249, abs=1e-3), pytest.approx(3.745, abs=1e-3))
    assert fitted.v == pytest.approx(15.448, abs=2e-3)
    again = cdnow[cdnow["x"] > 0]
    assert len(again) == 946
    assert np.corrcoef(again["x"], again["zbar"])[0, 1] == pytest.approx(0.114, abs=5e-4)
    # pv/(q − 1) for a customer who never came back; the weighted mean of both for one who did.
    assert float(expected_value(fitted, 0, 0)) == pytest.approx(6.249 * 15.448 / 2.745, rel=1e-3)
    assert float(expected_value(fitted, 2, 22.35)) == pytest.approx(
        6.249 * (15.448 + 2 * 22.35) / (6.249 * 2 + 2.745), rel=1e-3
    )


def test_the_unit_of_time_changes_alpha_and_nothing_else(model, cdnow):
    days = fit_bgnbd(cdnow["x"], cdnow["t_x"] * 7, cdnow["T"] * 7)
    assert (days.r, days.alpha / 7) == (
        pytest.approx(model.r, rel=1e-4),
        pytest.approx(model.alpha, rel=1e-4),
    )
    assert (days.a, days.b) == (pytest.approx(model.a, rel=1e-3), pytest.approx(model.b, rel=1e-3))


def test_weights_stand_for_repeated_rows(model, cdnow):
    rows = cdnow.groupby(["x", "t_x", "T"]).size().rename("n").reset_index()
    weighted = fit_bgnbd(rows["x"], rows["t_x"], rows["T"], rows["n"])
    assert weighted.log_likelihood == pytest.approx(model.log_likelihood, rel=1e-12)
    assert weighted.r == pytest.approx(model.r, rel=1e-6)


def test_log_likelihood_is_that_of_the_formula(model, cdnow):
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, t_x, T = (cdnow[name].to_numpy(float) for name in ("x", "t_x", "T"))  # noqa: N806
    again = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * (alpha + t_x) ** -(r + x), 0.0)
    rows = (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        + np.log((alpha + T) ** -(r + x) + again)
    )  # fmt: skip
    assert model.log_likelihood == pytest.approx(rows.sum(), rel=1e-12)


def test_a_near_one_is_no_hole():
    around = [
        float(expected_purchases(BgNbd(0.25, 4.0, a, 2.4, 0.0), 39, 2, 30.0, 38.0))
        for a in (0.9999, 1.0, 1.0001)
    ]
    assert around[0] > around[1] > around[2]
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-6)


def test_long_histories_do_not_overflow():
    model = BgNbd(0.25, 4.0, 0.8, 2.4, 0.0)
    assert float(expected_purchases(model, 52, 400, 5190.0, 5200.0)) == pytest.approx(
        52 * 400 / 5200, rel=0.05
    )
    assert np.isfinite(expected_purchases(BgNbd(0.3, 10.0, 1000.0, 1000.0, 0.0), 1e6, 300, 1.0, 1e6))


def test_customers_who_never_leave_are_fitted_at_the_cap():
    rng = np.random.default_rng(7)
    T = np.full(400, 50.0)  # noqa: N806
    x = rng.poisson(rng.gamma(0.8, 0.1, 400) * 50)
    t_x = np.where(x > 0, T * rng.beta(np.maximum(x, 1), 1), 0.0)
    fitted = fit_bgnbd(x, t_x, T)
    assert np.isfinite(expected_purchases(fitted, 20, x, t_x, T)).all()
    assert fitted.a / (fitted.a + fitted.b) < 0.2


def test_nobody_who_came_back_is_refused():
    with pytest.raises(DataError, match="no repeat purchase"):
        fit_bgnbd([0, 0], [0, 0], [10, 12])
    with pytest.raises(DataError, match="no repeat purchase of positive value"):
        fit_gamma_gamma([0, 2], [10.0, 0.0])


def test_impossible_histories_are_counted():
    with pytest.raises(DataError, match="2 impossible histories"):
        fit_bgnbd([1, 1, 0, 3], [5, 9, 1, 4], [10, 8, 10, 10])


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 60),
    st.floats(0.01, 1.0),
    st.floats(0.1, 300.0),
    st.floats(0.0, 200.0),
    st.tuples(st.floats(0.05, 5), st.floats(0.1, 50), st.floats(0.05, 50), st.floats(0.05, 50)),
)
def test_expectations_are_sane(x, recency, T, t, shape):  # noqa: N803
    model = BgNbd(*shape, 0.0)
    t_x = recency * T if x else 0.0
    alive = float(p_alive(model, x, t_x, T))
    ahead = float(expected_purchases(model, t, x, t_x, T))
    assert 0 <= alive <= 1
    # Never below zero, never above what someone who surely stays would buy.
    assert -1e-9 <= ahead <= alive * (model.r + x) / (model.alpha + T) * t * (1 + 1e-9) + 1e-9
