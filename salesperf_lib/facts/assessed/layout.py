"""What stands where in a workbook of ratings and assessments: its writer and its reader use this alike.

Row 1, hidden, names each column by its key, row 2 says what it means, and the rows follow; so a
translated heading never decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from salesperf_lib.language import LANGUAGES, text
from salesperf_lib.params import Policy

FORMAT = "1"
KEYS_SHEET = "salesperf"
HOW, RATINGS, ASSESSMENTS = "how", "ratings", "assessments"
KEY_ROW, HEAD_ROW, FIRST_ROW = 0, 1, 2

COLUMNS: Mapping[str, tuple[str, ...]] = {
    RATINGS: (
        *("period", "person_id", "person_name", "item", "item_name"),
        *("rater_id", "rater_name", "rating", "scale_max", "remark"),
    ),
    ASSESSMENTS: (
        *("period", "person_id", "person_name", "item", "item_name"),
        *("numerator", "denominator", "subject_id", "adopted_on", "remark"),
    ),
}
GIVEN: Mapping[str, tuple[str, ...]] = {RATINGS: ("rating",), ASSESSMENTS: ("numerator", "denominator")}
"""Cells that make a row one that was filled in; a row without them was not, and is absent, not zero."""

PERIOD_KINDS = ("month", "quarter", "year")
SUBJECTIVE = ("report_quality", "collaboration_score")
"""What is rated where the rules mark no indicator as subjective."""
BOUNDED = ("report_timeliness_rate", "training_pass_rate")
"""Parts of a whole: neither below 0 nor above it."""
MENTEES = "mentee_sales_uplift"
"""Its subject is a person."""
COUNTED = (*BOUNDED, "idea_traffic_uplift", "path_conversion_uplift", MENTEES)


def items(sheet: str, policy: Policy) -> tuple[str, ...]:
    """List what a sheet holds: indicators that raters give, or those that are counted."""
    rated = tuple(name for name, kpi in policy.kpis.items() if kpi.subjective) or SUBJECTIVE
    if sheet == RATINGS:
        return tuple(name for name in rated if name in policy.kpis)
    return tuple(name for name in COUNTED if name in policy.kpis and name not in rated)


def sheet_name(sheet: str, lang: str) -> str:
    """Name a sheet in a language."""
    return text(f"assessments.sheet.{sheet}", lang)


def sheet_of(name: str) -> str | None:
    """Tell which sheet a name stands for, in either language; None if for none."""
    named = {sheet_name(sheet, lang): sheet for sheet in (HOW, RATINGS, ASSESSMENTS) for lang in LANGUAGES}
    return KEYS_SHEET if name == KEYS_SHEET else named.get(name)


def column_letter(index: int) -> str:
    """Name a column as a sheet does: 0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        index, place = divmod(index, 26)
        letters = chr(65 + place) + letters
        index -= 1
    return letters
