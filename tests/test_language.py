"""The catalogue is whole, and numbers are written as readers of each language expect."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from string import Formatter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import language
from salesperf_lib.language import (
    LANGUAGES,
    Locale,
    entries,
    money,
    number,
    percent,
    period_text,
    text,
    value_text,
)

LIBRARY = Path(language.__file__).parents[1]
CHINESE = re.compile("[\u3000-\u9fff\uff01-\uff5e]")


def placeholders(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


# -- the catalogue


@pytest.mark.parametrize("key", sorted(entries()))
def test_every_key_has_both_languages_and_the_same_placeholders(key):
    zh, en = entries()[key]
    assert zh.strip()
    assert en.strip()
    assert placeholders(zh) == placeholders(en)
    assert "" not in placeholders(zh)
    assert not CHINESE.search(en)


def test_chinese_is_punctuated_as_chinese():
    """A comma or colon between Chinese words is a wide one; spaces part Chinese from nothing but signs."""
    narrow = re.compile("[\u4e00-\u9fff}][,:;!?()]|[,:;!?()][\u4e00-\u9fff]")
    wrong = [key for key, (zh, _) in entries().items() if narrow.search(re.sub(r"{(\w+)[^}]*}", "字", zh))]
    assert wrong == []


def test_a_noun_follows_its_number():
    assert text("report.quality.warnings", "en", count=1) == "1 warning"
    assert text("report.quality.warnings", "en", count="1,234") == "1,234 warnings"
    assert text("report.quality.warnings", "zh", count=2) == "2项警告"


def test_keys_are_dotted_and_lower_case():
    assert all(re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_A-Z-]+)+", key) for key in entries())


def test_an_unknown_key_or_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        text("report.no.such.key", "zh")
    with pytest.raises(KeyError):
        text("report.tile.target", "zh")
    with pytest.raises(ValueError, match="fr"):
        number(1, "fr")


def texts_of(file):
    """Give the string literals of a module that are no docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    quiet = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet
    ]


def test_chinese_stands_in_the_language_package_only():
    """The sample company's exports are Chinese by nature, and exports write dates and money in Chinese."""
    kept = [LIBRARY / "language", LIBRARY / "sample", LIBRARY / "sources"]
    for file in LIBRARY.rglob("*.py"):
        if not any(folder in file.parents for folder in kept):
            assert not [words for words in texts_of(file) if CHINESE.search(words)], file


# -- numbers and money


@pytest.mark.parametrize("absent", [None, float("nan"), np.nan, pd.NA, float("inf")])
def test_absent_is_a_dash_and_never_zero(absent):
    for lang in LANGUAGES:
        written = [
            number(absent, lang),
            percent(absent, lang),
            money(absent, lang),
            value_text(absent, "count", lang),
        ]
        assert written == ["–"] * 4


@pytest.mark.parametrize(
    ("minor", "zh", "en"),
    [
        (0, "0.00元", "CN¥0.00"),
        (4_532, "45.32元", "CN¥45.32"),
        (853_210, "8,532元", "CN¥8,532"),
        (999_999_99, "100.0万元", "CN¥1.00M"),
        (312_400_000, "312.4万元", "CN¥3.12M"),
        (-11_800_000, "−11.8万元", "−CN¥118.0K"),
        (12_345_678_900_00, "123.46亿元", "CN¥12.35B"),
    ],
)
def test_money_is_written_in_its_largest_unit(minor, zh, en):
    assert (money(minor, "zh"), money(minor, "en")) == (zh, en)


def test_money_in_full_shows_every_digit_of_another_scale_and_currency():
    assert money(12_345_678_950, "en", 10_000, "USD", compact=False) == "US$1,234,567.90"
    assert money(12_345_678_950, "zh", 10_000, "USD", compact=False) == "1,234,567.90美元"
    assert money(1234, "en", 100, "CHF", compact=False) == "CHF 12.34"


@pytest.mark.parametrize(
    ("rate", "written"),
    [(0.9634, "96.3%"), (-0.00001, "0.0%"), (-0.0134, "−1.3%"), (1, "100.0%"), (0.0005, "0.1%")],
)
def test_rates_are_percentages_without_a_negative_zero(rate, written):
    assert percent(rate, "zh") == percent(rate, "en") == written


def test_halves_are_rounded_up():
    assert [number(x, "en", 0) for x in (0.5, 1.5, 2.5, -0.5)] == ["1", "2", "3", "−1"]
    assert number(0.125, "en", 2) == "0.13"


def test_signs_are_put_before_gains_only():
    assert [language.signed(x) for x in ("5.0%", "−5.0%", "0.0%", "–")] == ["+5.0%", "−5.0%", "0.0%", "–"]
    assert language.points(0.012, "zh") == "+1.2个百分点"
    assert language.points(-0.012, "en") == "−1.2 pp"


@given(st.integers(-(10**14), 10**14), st.sampled_from([100, 10_000]))
def test_money_in_full_reads_back_to_the_cent(minor, scale):
    written = money(minor, "zh", scale, compact=False)
    back = round(float(written.replace("−", "-").replace(",", "").removesuffix("元")) * 100)
    assert abs(back * scale - minor * 100) <= scale / 2 + 1e-2 * scale


@given(st.integers(1, 10**13))
def test_axes_and_texts_choose_the_same_unit(minor):
    size, unit = language.money_unit(minor, "zh")
    assert minor >= size or size == 100
    assert unit in ("元", "万元", "亿元")


def test_units_of_params():
    units = ("money", "ratio", "count", "points", "seconds", "days")
    assert [value_text(1234.5, unit, "en") for unit in units] == [
        "CN¥12.35", "1,234.50", "1,235", "1,234.50", "1,234.5 s", "1,235 days",
    ]  # fmt: skip
    assert [value_text(x, "share", "zh") for x in (0.5, 0.0257)] == ["50.0%", "2.57%"]
    assert [value_text(x, "count", "zh") for x in (77, 76.9)] == ["77", "76.9"]
    with pytest.raises(KeyError):
        value_text(1, "furlongs", "en")


# -- dates and periods


@pytest.mark.parametrize(
    ("label", "zh", "en"),
    [
        ("2026", "2026年", "2026"),
        ("2026-Q2", "2026年第2季度", "Q2 2026"),
        ("2026-06", "2026年6月", "June 2026"),
        ("2026-W03", "2026年第3周", "week 3 of 2026"),
        ("2026-06-18", "2026年6月18日", "18 June 2026"),
        ("2026-01..2026-06", "2026年1月至2026年6月", "January 2026 to June 2026"),
        ("FY2018", "2018财年", "fiscal year 2018"),
        ("FY2018-Q1", "2018财年第1季度", "Q1 of fiscal year 2018"),
    ],
)
def test_periods(label, zh, en):
    assert (period_text(label, "zh"), period_text(label, "en")) == (zh, en)


def test_dates_and_lists():
    assert language.date_text(date(2026, 7, 1), "zh") == "2026年7月1日"
    assert language.date_text(date(2026, 7, 1), "en") == "1 July 2026"
    assert Locale("zh").listing(["甲", "乙", "丙"]) == "甲、乙、丙"
    assert Locale("en").listing(["a", "b", "c"]) == "a, b and c"
    assert Locale("en").listing(["a"]) == "a"
    assert Locale("en").listing([]) == ""
