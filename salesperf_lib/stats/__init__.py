"""Statistical models: the only home of scipy and statsmodels besides `weights`."""

from salesperf_lib.stats.backtest import Accuracy, accuracy, backtest
from salesperf_lib.stats.borrowing import borrow, own_weights, profile
from salesperf_lib.stats.dose import (
    DoseResponse,
    dose_bins,
    dose_curve,
    extra_dose,
    fail_if_unclear,
    fit_dose,
)
from salesperf_lib.stats.leniency import Corrected
from salesperf_lib.stats.leniency import correct as correct_ratings
from salesperf_lib.stats.ltv import (
    BgNbd,
    GammaGamma,
    expected_purchases,
    expected_value,
    fit_bgnbd,
    fit_gamma_gamma,
    p_alive,
)
from salesperf_lib.stats.outlook import Outlook, rate_outlook, volume_outlook
from salesperf_lib.stats.reach import (
    Level,
    equal_difficulty,
    lognormal,
    normal_chance,
    p_reach,
    p_reach_share,
    update_level,
)
from salesperf_lib.stats.season import Season, by_month, day_shares, fit_season, month_shares
from salesperf_lib.stats.shocks import Shift, detect_shift, shift_levels
from salesperf_lib.stats.shrinkage import beta_prior, shrink_mean, shrink_rate
from salesperf_lib.stats.windows import spring_festival, with_festival

__all__ = [
    "Accuracy",
    "BgNbd",
    "Corrected",
    "DoseResponse",
    "GammaGamma",
    "Level",
    "Outlook",
    "Season",
    "Shift",
    "accuracy",
    "backtest",
    "beta_prior",
    "borrow",
    "by_month",
    "correct_ratings",
    "day_shares",
    "detect_shift",
    "dose_bins",
    "dose_curve",
    "equal_difficulty",
    "expected_purchases",
    "expected_value",
    "extra_dose",
    "fail_if_unclear",
    "fit_bgnbd",
    "fit_dose",
    "fit_gamma_gamma",
    "fit_season",
    "lognormal",
    "month_shares",
    "normal_chance",
    "own_weights",
    "p_alive",
    "p_reach",
    "p_reach_share",
    "profile",
    "rate_outlook",
    "shift_levels",
    "shrink_mean",
    "shrink_rate",
    "spring_festival",
    "update_level",
    "volume_outlook",
    "with_festival",
]
