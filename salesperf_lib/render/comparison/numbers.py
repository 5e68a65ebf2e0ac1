"""Read back the numbers that `language` wrote.

What a unit looks like is asked of the functions that write it, so that both always agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from salesperf_lib.language import (
    LANGUAGES,
    date_text,
    money,
    money_unit,
    number,
    percent,
    period_text,
    points,
    signed,
    value_text,
)
from salesperf_lib.language.formats import MINUS

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY")
SIZES = (1, 10**4, 10**6, 10**8, 10**9)
COUNTED = ("days", "months", "seconds")
MINOR = 100  # any number does: amounts are read and written with the same one
SHARE, POINTS = "share", "points"
PERIODS = ("2026-06", "2026", "2026-Q2", "2026-W12", "FY2026", "FY2026-Q2")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it was read.

    Parameters
    ----------
    value
        In the unit itself: money in major units, 96.3 for 96.3%.
    unit
        ``share``, ``points``, a currency, ``days``, ``months``, ``seconds``; empty for a plain number.
    digits
        Decimals that it was written with.
    """

    value: Decimal
    unit: str
    digits: int


def changes_between(left: str, right: str, lang: str) -> tuple[str, ...]:
    """Write right minus left of every number that differs in two texts of the same wording.

    Returns
    -------
    tuple
        Written differences in the order of the text; empty if the wording differs too, or no number does.
    """
    if skeleton(left) != skeleton(right):
        return ()
    pairs = zip(quantities_in(left), quantities_in(right), strict=True)
    return tuple(
        _difference(first, second, lang)
        for first, second in pairs
        if first.value != second.value and first.unit == second.unit
    )


def quantities_in(written: str) -> list[Quantity]:
    """Read every number of a text; days and periods are none."""
    return [_read(match) for match in _pattern().finditer(written) if match["body"]]


def skeleton(written: str) -> str:
    """Give the wording of a text: every number, day and period in it as a mark."""
    marked = _pattern().sub(lambda match: "#" if match["body"] else "@", written)
    return re.sub(r"[▲▼±]\s*", "", marked)


def _difference(left: Quantity, right: Quantity, lang: str) -> str:
    change = right.value - left.value
    digits = max(left.digits, right.digits)
    if left.unit in (SHARE, POINTS):
        return points(change / 100, lang, digits)
    if left.unit in CURRENCIES:
        return signed(money(change * MINOR, lang, MINOR, left.unit))
    return signed(number(change, lang, digits))


def _read(match: re.Match[str]) -> Quantity:
    suffixes, prefixes = _units()
    body = match["body"].replace(",", "")
    size, unit = suffixes.get(match["suffix"] or "", (Decimal(1), ""))
    unit = prefixes[match["prefix"]] if match["prefix"] else unit
    sign = -1 if MINUS in (match["sign"] or "") else 1
    return Quantity(sign * Decimal(body) * size, unit, len(body.partition(".")[2]))


@cache
def _pattern() -> re.Pattern[str]:
    """Match a day, a period or a number; parts of ids, digests and versions are none of them."""
    suffixes, prefixes = (_any_of(names) for names in _units())
    dates = "|".join(_date_forms())
    body = rf"(?P<body>\d[\d,]*(?:\.\d+)?)(?![\d,]*\.\d)(?P<suffix>{suffixes})?"
    return re.compile(
        rf"(?<![A-Za-z0-9_.-])(?:{dates}|(?P<sign>[+{MINUS}])?(?P<prefix>{prefixes})?{body})(?![A-Za-z0-9_-])"
    )


def _any_of(names: dict[str, tuple[Decimal, str]] | dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _date_forms() -> list[str]:
    """Give what days and periods look like, the longest first."""
    day = date(2026, 6, 18)
    written = [
        *(date_text(day, lang) for lang in LANGUAGES),
        *(
            period_text(label, lang)
            for lang in LANGUAGES
            for label in PERIODS
            if label != "2026" or lang == "zh"
        ),
    ]
    longest = sorted(dict.fromkeys(written), key=len, reverse=True)
    return [re.sub(r"\d+", r"\\d+", re.escape(form)).replace("June", "[A-Z][a-z]+") for form in longest]


@cache
def _units() -> tuple[dict[str, tuple[Decimal, str]], dict[str, str]]:
    """Give what follows a number, with its size and unit, and the currencies that precede one."""
    suffixes: dict[str, tuple[Decimal, str]] = {}
    prefixes: dict[str, str] = {}
    for lang in LANGUAGES:
        one = Decimal(1)
        suffixes[percent(1, lang, 0).removeprefix("100")] = (one, SHARE)
        suffixes[points(0.01, lang, 0).removeprefix("+1")] = (one, POINTS)
        for unit in COUNTED:
            suffixes[re.sub(r"^[\d.]+", "", value_text(1, unit, lang))] = (one, unit)
        for currency in ("", *CURRENCIES):
            _add_money(lang, currency, suffixes, prefixes)
    return {name: meant for name, meant in suffixes.items() if name}, prefixes


def _add_money(
    lang: str, currency: str, suffixes: dict[str, tuple[Decimal, str]], prefixes: dict[str, str]
) -> None:
    for size in SIZES:
        minor, name = money_unit(size * MINOR, lang, MINOR, currency)
        if lang == "zh":
            suffixes[name] = (Decimal(minor) / MINOR, currency)
        elif currency:
            prefix, _, short = name.partition(" ")
            prefixes[prefix] = currency
            suffixes.setdefault(short, (Decimal(minor) / MINOR, ""))
