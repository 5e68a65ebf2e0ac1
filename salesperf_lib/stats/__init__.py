"""Statistical models: the only home of scipy and statsmodels besides `weights`."""

from salesperf_lib.stats.ltv import (
    BgNbd,
    GammaGamma,
    expected_purchases,
    expected_value,
    fit_bgnbd,
    fit_gamma_gamma,
    p_alive,
)

__all__ = [
    "BgNbd",
    "GammaGamma",
    "expected_purchases",
    "expected_value",
    "fit_bgnbd",
    "fit_gamma_gamma",
    "p_alive",
]
