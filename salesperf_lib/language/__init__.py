"""What a reader sees: the one catalogue of texts, and how numbers, money and dates are written.

Frames carry codes; this package turns them into words, Chinese (``zh``) or English (``en``). Names of
KPIs, roles and dimensions are not here: they stand beside their rules in params/.
"""

from salesperf_lib.language.formats import (
    ABSENT,
    date_text,
    money,
    money_unit,
    number,
    percent,
    period_text,
    points,
    share_digits,
    signed,
    value_text,
)
from salesperf_lib.language.locale import Locale
from salesperf_lib.language.texts import LANGUAGES, entries, listing, text

__all__ = [
    "ABSENT",
    "LANGUAGES",
    "Locale",
    "date_text",
    "entries",
    "listing",
    "money",
    "money_unit",
    "number",
    "percent",
    "period_text",
    "points",
    "share_digits",
    "signed",
    "text",
    "value_text",
]
