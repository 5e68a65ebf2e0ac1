"""What a grade by rank is worth: how often the people chosen are those one meant to choose (§2.3)."""

from __future__ import annotations

from salesperf_lib.errors import ParamError, Problem, fail_if_any

_LIMIT = 1e-12


def reliability(share_true: float, share_graded: float, reliability: float) -> float:
    """Give the chance that somebody graded A truly belongs to the top.

    Parameters
    ----------
    share_true
        Share of people who make up the true top, 0 to 1.
    share_graded
        Share of people who are graded A, by measured score, 0 to 1.
    reliability
        Part of the variance of measured scores that is true, 0 to 1.

    Returns
    -------
    float
        P(true top | graded A), 0 to 1.

    Raises
    ------
    ParamError
        If a share does not lie strictly between 0 and 1, or the reliability outside 0 to 1.

    Notes
    -----
    True and measured performance are bivariate normal with correlation √reliability:
    P(X > z_t, Y > z_g) / share_graded. Source: METHODS §2.3.
    """
    fail_if_any(_outside("reliability", reliability, 0.0), ParamError)
    return both_above(share_true, share_graded, float(reliability) ** 0.5) / share_graded


def both_above(share_first: float, share_second: float, correlation: float) -> float:
    """Give the share of people in the top of two measures: of two periods, or of truth and measure.

    Parameters
    ----------
    share_first, share_second
        Share of people in the top of each, 0 to 1.
    correlation
        Of the two measures, −1 to 1.

    Returns
    -------
    float
        P(X > z₁, Y > z₂) of a bivariate normal, 0 to 1.

    Raises
    ------
    ParamError
        If a share does not lie strictly between 0 and 1, or the correlation outside −1 to 1.

    Notes
    -----
    ∫₋∞^{−z₁} φ(x) Φ((−z₂ − ρx)/√(1 − ρ²)) dx by adaptive quadrature: exact to 1e-10; the ends ρ = ±1 in
    closed form.
    """
    import numpy as np
    from scipy.integrate import quad
    from scipy.special import ndtr, ndtri

    fail_if_any(
        [
            *_outside("share_first", share_first, 0.0, strictly=True),
            *_outside("share_second", share_second, 0.0, strictly=True),
            *_outside("correlation", correlation, -1.0),
        ],
        ParamError,
    )
    if correlation >= 1 - _LIMIT:
        return min(share_first, share_second)
    if correlation <= -1 + _LIMIT:
        return max(share_first + share_second - 1.0, 0.0)
    least, rest = float(ndtri(share_second)), float(np.sqrt(1 - correlation**2))

    def of(share: float) -> float:
        # Over u = Φ(x), so that the range is finite and the density flat.
        return float(ndtr((least - correlation * ndtri(share)) / rest))

    return float(quad(of, 0.0, share_first, epsabs=1e-12, epsrel=1e-10, limit=200)[0])


def _outside(name: str, value: float, lowest: float, *, strictly: bool = False) -> list[Problem]:
    inside = lowest < value < 1 if strictly else lowest <= value <= 1
    allowed = "more than 0 and less than 1" if strictly else f"{lowest:g} to 1"
    return [] if inside else [Problem(name, f"{value:g}", allowed, "give a share of people or of variance")]
