"""One reader's way of writing: a language and a currency, bound once and handed along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from salesperf_lib.language import formats
from salesperf_lib.language.texts import listing, text


@dataclass(frozen=True, slots=True)
class Locale:
    """Write everything for one reader.

    Parameters
    ----------
    lang
        ``zh`` or ``en``.
    currency
        ISO 4217 code.
    scale
        Minor units in one major unit.
    digits
        Decimals of a major unit in full figures.
    """

    lang: str
    currency: str = "CNY"
    scale: int = 100
    digits: int = 2

    def text(self, key: str, **values: object) -> str:
        """Give a text of the catalogue."""
        return text(key, self.lang, **values)

    def listing(self, parts: list[str]) -> str:
        """Join parts as a sentence lists them."""
        return listing(parts, self.lang)

    def money(self, minor: formats.Number) -> str:
        """Write an amount in its largest unit."""
        return formats.money(minor, self.lang, self.scale, self.currency)

    def money_in_full(self, minor: formats.Number) -> str:
        """Write an amount to its last digit."""
        return formats.money(minor, self.lang, self.scale, self.currency, compact=False, digits=self.digits)

    def money_unit(self, largest: formats.Number) -> tuple[int, str]:
        """Choose the unit in which an axis shows money: minor units in one, and its name."""
        return formats.money_unit(largest, self.lang, self.scale, self.currency)

    def number(self, x: formats.Number, digits: int = 0) -> str:
        """Write a number."""
        return formats.number(x, self.lang, digits)

    def percent(self, rate: formats.Number, digits: int = 1) -> str:
        """Write a rate as a percentage."""
        return formats.percent(rate, self.lang, digits)

    def points(self, difference: formats.Number, digits: int = 1) -> str:
        """Write a difference of rates in percentage points."""
        return formats.points(difference, self.lang, digits)

    def value(self, value: formats.Number, unit: str) -> str:
        """Write a value in its unit."""
        return formats.value_text(value, unit, self.lang, self.scale, self.currency)

    def date(self, day: date) -> str:
        """Write a day."""
        return formats.date_text(day, self.lang)

    def period(self, label: str) -> str:
        """Write a period."""
        return formats.period_text(label, self.lang)
