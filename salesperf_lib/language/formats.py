"""Write numbers, money, dates and periods as a reader of each language expects them.

Rounding happens here and nowhere else: half up, once, on the exact value. Absent is never zero: None
and NaN are written as `ABSENT`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ABSENT = "–"
MINUS = "−"

Number = Any  # int, float, numpy scalar, pd.NA or None: whatever a frame's cell holds

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# currency -> (Chinese suffix, English prefix)
_CURRENCIES = {
    "CNY": ("元", "CN¥"),
    "USD": ("美元", "US$"),
    "EUR": ("欧元", "€"),
    "GBP": ("英镑", "£"),
    "HKD": ("港元", "HK$"),
    "JPY": ("日元", "JP¥"),
}

# (from which size on, size of the unit, its name, digits)
_SIZES = {
    "zh": ((10**8, 10**8, "亿", 2), (10**4, 10**4, "万", 1), (10**3, 1, "", 0)),
    "en": ((10**9, 10**9, "B", 2), (10**6, 10**6, "M", 2), (10**4, 10**3, "K", 1), (10**3, 1, "", 0)),
}


def number(x: Number, lang: str, digits: int = 0) -> str:
    """Write a number with thousands separators: ``1,234.5``.

    Parameters
    ----------
    x
        The number; None, NaN and NA are absent.
    lang
        Language; both write numbers alike today.
    digits
        Decimals shown.
    """
    _fail_if_unknown(lang)
    exact = _exact(x)
    return ABSENT if exact is None else _plain(exact, digits)


def percent(rate: Number, lang: str, digits: int = 1) -> str:
    """Write a rate of 0–1 as a percentage: ``96.3%``."""
    _fail_if_unknown(lang)
    exact = _exact(rate)
    return ABSENT if exact is None else f"{_plain(exact * 100, digits)}%"


def points(difference: Number, lang: str, digits: int = 1) -> str:
    """Write a difference of two rates in percentage points: ``+1.2个百分点``, ``+1.2 pp``."""
    _fail_if_unknown(lang)
    exact = _exact(difference)
    if exact is None:
        return ABSENT
    return signed(_plain(exact * 100, digits) + ("个百分点" if lang == "zh" else " pp"))


def money(
    minor: Number,
    lang: str,
    scale: int = 100,
    currency: str = "CNY",
    compact: bool = True,
    digits: int = 2,
) -> str:
    """Write an amount of money: ``123.4万元``, ``CN¥1.23M``.

    Parameters
    ----------
    minor
        Minor units of the currency; None, NaN and NA are absent.
    lang
        Language.
    scale
        Minor units in one major unit.
    currency
        ISO 4217 code.
    compact
        In 万 and 亿, or K, M and B; otherwise every digit.
    digits
        Decimals of the full form.
    """
    _fail_if_unknown(lang)
    exact = _exact(minor)
    if exact is None:
        return ABSENT
    body, size = _sized(exact / scale, lang) if compact else (_plain(exact / scale, digits), "")
    suffix, prefix = _CURRENCIES.get(currency, (currency, f"{currency} "))
    if lang == "zh":
        return f"{body}{size}{suffix}"
    sign = MINUS if body.startswith(MINUS) else ""
    return f"{sign}{prefix}{body.removeprefix(MINUS)}{size}"


def money_unit(largest: Number, lang: str, scale: int = 100, currency: str = "CNY") -> tuple[int, str]:
    """Choose the unit in which an axis shows money.

    Parameters
    ----------
    largest
        Largest amount shown, in minor units.
    lang, scale, currency
        How money is written.

    Returns
    -------
    tuple
        Minor units in one unit of the axis, and the unit's name: ``(1000000, "万元")``.
    """
    _fail_if_unknown(lang)
    major = abs(_exact(largest) or Decimal(0)) / scale
    size, name = next(((size, name) for least, size, name, _ in _SIZES[lang] if major >= least), (1, ""))
    suffix, prefix = _CURRENCIES.get(currency, (currency, currency))
    return size * scale, f"{name}{suffix}" if lang == "zh" else f"{prefix.strip()} {name}".strip()


def signed(written: str) -> str:
    """Put a plus before a written number that is neither negative, zero nor absent."""
    bare = written == ABSENT or written.startswith(MINUS) or not re.search("[1-9]", written)
    return written if bare else f"+{written}"


def value_text(value: Number, unit: str, lang: str, scale: int = 100, currency: str = "CNY") -> str:
    """Write a value in its unit, as params/ names it.

    Parameters
    ----------
    value
        The value; money in minor units, shares as 0–1.
    unit
        A unit of params/: money, share, ratio, count, points, seconds, days, months, text.
    lang
        Language.
    scale, currency
        How money is written.

    Raises
    ------
    KeyError
        If the unit is not known.
    """
    if unit == "money":
        return money(value, lang, scale, currency)
    return _UNITS[unit](value, lang)


def date_text(day: date, lang: str) -> str:
    """Write a day: ``2026年6月18日``, ``18 June 2026``."""
    _fail_if_unknown(lang)
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_text(label: str, lang: str) -> str:
    """Write a period: ``2026年6月``, ``June 2026``.

    Parameters
    ----------
    label
        A label of `salesperf_lib.periods.Period`.
    lang
        Language.

    Raises
    ------
    ValueError
        If the label has none of the written forms.
    """
    _fail_if_unknown(lang)
    if ".." in label:
        first, last = (period_text(part, lang) for part in label.split(".."))
        return f"{first}至{last}" if lang == "zh" else f"{first} to {last}"
    for form, zh, en in _PERIOD_FORMS:
        if match := re.fullmatch(form, label):
            return match.expand(zh if lang == "zh" else en)
    parts = [int(part) for part in label.split("-")]
    if len(parts) == 3:
        return date_text(date(*parts), lang)
    year, month = parts
    return f"{year}年{month}月" if lang == "zh" else f"{_MONTHS[month - 1]} {year}"


_PERIOD_FORMS = (
    (r"(\d{4})", r"\1年", r"\1"),
    (r"(\d{4})-Q(\d)", r"\1年第\2季度", r"Q\2 \1"),
    (r"(\d{4})-W0?(\d+)", r"\1年第\2周", r"week \2 of \1"),
    (r"FY(\d{4})", r"\1财年", r"fiscal year \1"),
    (r"FY(\d{4})-Q(\d)", r"\1财年第\2季度", r"Q\2 of fiscal year \1"),
)


def _counted(zh: str, en: str, digits: int = 0) -> Callable[[Number, str], str]:
    def written(value: Number, lang: str) -> str:
        body = number(value, lang, digits)
        return body if body == ABSENT else body + (zh if lang == "zh" else en)

    return written


def _share(value: Number, lang: str) -> str:
    """Give small shares a second digit: a conversion rate lives in it."""
    return percent(value, lang, share_digits(value))


def share_digits(*shares: Number) -> int:
    """Give the digits in which shares of this size are told apart."""
    known = [abs(exact) for exact in map(_exact, shares) if exact is not None]
    return 2 if known and max(known) < Decimal("0.1") else 1


def _count(value: Number, lang: str) -> str:
    """Write a count, and a mean of counts, which is no whole number, with a digit."""
    exact = _exact(value)
    whole = exact is None or exact == exact.to_integral_value() or abs(exact) >= 1000
    return number(value, lang, 0 if whole else 1)


_UNITS: dict[str, Callable[[Number, str], str]] = {
    "share": _share,
    "ratio": _counted("", "", 2),
    "count": _count,
    "points": _counted("", "", 2),
    "days": _counted("天", " days"),
    "months": _counted("个月", " months"),
    "seconds": _counted("秒", " s", 1),
    "text": lambda value, _lang: ABSENT if value is None else str(value),
}


def _exact(x: Number) -> Decimal | None:
    """Take a cell's number as it stands, without a rounding of its own; None if it is absent."""
    if x is None or not _is_number(x):
        return None
    return Decimal(int(x)) if x == int(x) else Decimal(float(x))


def _is_number(x: Number) -> bool:
    try:
        return math.isfinite(x)
    except TypeError:  # pd.NA
        return False


def _plain(exact: Decimal, digits: int) -> str:
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):,}"


def _sized(major: Decimal, lang: str) -> tuple[str, str]:
    """Write an amount in the largest unit that its rounded form fills."""
    for least, size, name, digits in _SIZES[lang]:
        rounded = (abs(major) / size).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if rounded * size >= least:
            return _plain(major / size, digits), name
    return _plain(major, 2), ""


def _fail_if_unknown(lang: str) -> None:
    if lang not in ("zh", "en"):
        raise ValueError(f"language: found {lang!r}; allowed: zh, en")
