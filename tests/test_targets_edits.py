"""An edited target book comes back as exactly its edits, or is refused with every place that is wrong."""

from __future__ import annotations

import json
import math
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from salesperf_lib import facts, params, targets
from salesperf_lib.errors import DataError
from salesperf_lib.params.policy import Change
from salesperf_lib.reports.target_workbook import write_book
from salesperf_lib.targets.edits import listed_edits, read_edits

JUNE = date(2026, 6, 30)
MONTHS = [f"2026-{m:02d}" for m in range(1, 13)]
QUARTERS = {f"2026-Q{q}": MONTHS[3 * q - 3 : 3 * q] for q in range(1, 5)}
COLUMNS = [*(label for quarter, months in QUARTERS.items() for label in (*months, quarter)), "2026"]
LETTERS = dict(zip(COLUMNS, "EFGHIJKLMNOPQRSTU", strict=True))
OPEN = COLUMNS[8:]
NET, TEAM, RATES = "Net sales", "Seven 007", "Rates"


# -- a small book: net sales in yuan, acquired customers, two rates


def periods(month, scale=1):
    months = {label: month * (i + 1) * scale for i, label in enumerate(MONTHS)}
    quarters = {label: sum(months[part] for part in parts) for label, parts in QUARTERS.items()}
    return months | quarters | {"2026": sum(months.values())}


def rows(kpi, level, unit, team, values):
    return [(period, level, unit, team, kpi, float(value)) for period, value in values.items()]


def make_book():
    net, new = "net_sales", "acquired_customers"
    same = dict.fromkeys(COLUMNS, 0.05)
    parts = [
        rows(net, "company", "company", "", periods(60, 100)),
        rows(net, "team", "007", "007", periods(60, 100)),
        rows(net, "person", "0001", "007", periods(30, 100)),
        rows(
            net, "person", "0002", "007", {k: v for k, v in periods(20, 100).items() if k not in ("2026-12",)}
        ),
        rows(net, "person", "unassigned:007", "007", periods(10, 100)),
        rows(new, "company", "company", "", periods(2)),
        rows(new, "team", "007", "007", periods(2)),
        rows("refund_rate", "team", "007", "007", same),
        rows("aov", "team", "007", "007", same | dict.fromkeys(COLUMNS, 123_456.7) | {"2026-08": 130_000.0}),
    ]
    made = pd.DataFrame(
        [row for part in parts for row in part],
        columns=["period", "level", "unit_id", "team_id", "kpi", "target"],
    )
    return made.assign(
        base=made["target"], stretch=made["target"], weight=np.nan, p_hit=np.nan, basis="goal",
        phase="regular", version="v1", recorded_on=pd.Timestamp("2026-07-10"),
    )  # fmt: skip


BOOK = make_book()


@pytest.fixture(scope="module")
def policy(root):
    return params.load_policy("2026-06", source="sample", root=root)


@pytest.fixture(scope="module")
def held():
    roster = pd.DataFrame(
        {
            "person_id": ["0001", "0002"],
            "name": ["Ann", "Bob"],
            "team_id": ["007", "007"],
            "role": ["service", "service"],
            "valid_from": pd.to_datetime(["2025-01-01"] * 2),
        }
    )
    sales = pd.DataFrame(
        {"date": pd.to_datetime(["2025-01-01", "2026-07-10"]), "gross_amount": [1, 1], "team_id": ["007"] * 2}
    )
    teams = pd.DataFrame({"team_id": ["007"], "name": ["Seven"]})
    frames = {"daily_sales": sales, "teams": teams, "roster": roster}
    return facts.from_frames("hand", frames, last_day=date(2026, 7, 10))


@pytest.fixture(scope="module")
def exported(policy, held, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    write_book(BOOK, policy, held, path, "en")
    return path


# -- an editor of cells that knows nothing of the library


class Formula:
    """A formula with the value that was kept with it, or none."""

    def __init__(self, cached=None):
        self.cached = cached


def cell_xml(address, value, style=""):
    start = f'<c r="{address}"{style}'
    if value is None:
        return f"{start}/>"
    if isinstance(value, Formula):
        kept = "" if value.cached is None else f"<v>{value.cached}</v>"
        return f"{start}><f>A1+1</f>{kept}</c>"
    if isinstance(value, bool):
        return f'{start} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'{start} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"{start}><v>{value!r}</v></c>"


def edited(path, to, cells=None, change=None, book=lambda xml: xml):
    """Copy a workbook with some cells set, sheets' XML changed by name, and the list of sheets changed."""
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    files = {name: f"xl/worksheets/sheet{i}.xml" for i, name in enumerate(names, 1)}
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    for (sheet, address), value in (cells or {}).items():
        text = parts[files[sheet]].decode("utf-8")
        pattern = rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
        text, found = re.subn(pattern, lambda m: cell_xml(address, value, m[1] or ""), text, flags=re.S)  # noqa: B023
        assert found == 1, (sheet, address)
        parts[files[sheet]] = text.encode("utf-8")
    for sheet, rewrite in (change or {}).items():
        parts[files[sheet]] = rewrite(parts[files[sheet]].decode("utf-8")).encode("utf-8")
    parts["xl/workbook.xml"] = book(parts["xl/workbook.xml"].decode("utf-8")).encode("utf-8")
    with zipfile.ZipFile(to, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return to


def row_xml(xml, number):
    return re.search(rf'<row r="{number}".*?</row>', xml, re.S)[0]


def net(unit, period, before, after, level="person", team="007"):
    return Change(level, unit, team, "net_sales", period, float(before), float(after))


def refusals(path, policy, book=BOOK, closed=JUNE):
    with pytest.raises(DataError) as caught:
        read_edits(path, book, policy, closed)
    return [str(problem) for problem in caught.value.problems]


# Rows of the sheets: Net sales: 5 company, 6 team. Team: 5 band, 6 0001, 7 0002, 8 rest, 9 total.
# Rates: 5 band refund rate, 6 team; 7 band order value, 8 team (in the order of params/kpis.yaml).


# -- what was not changed, and what was


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_book_that_nobody_edited_holds_no_edits(policy, held, tmp_path, lang):
    path = tmp_path / "book.xlsx"
    write_book(BOOK, policy, held, path, lang)
    assert read_edits(path, BOOK, policy, JUNE) == []
    assert read_edits(path, BOOK, policy) == []


def test_a_changed_month_is_an_edit_in_minor_units_and_its_quarter_is_not(policy, exported, tmp_path):
    path = edited(exported, tmp_path / "b.xlsx", {(TEAM, f"{LETTERS['2026-08']}6"): 250.25})
    assert read_edits(path, BOOK, policy, JUNE) == [net("0001", "2026-08", 30 * 8 * 100, 25_025)]


def test_a_changed_quarter_or_year_alone_is_an_edit_of_the_longer_period(policy, exported, tmp_path):
    cells = {(NET, f"{LETTERS['2026-Q3']}6"): 2000, (NET, f"{LETTERS['2026']}5"): 6000}
    path = edited(exported, tmp_path / "b.xlsx", cells)
    assert read_edits(path, BOOK, policy, JUNE) == [
        net("company", "2026", 60 * 78 * 100, 600_000, "company", ""),
        net("007", "2026-Q3", 60 * 24 * 100, 200_000, "team"),
    ]


def test_a_quarter_that_equals_its_changed_months_is_taken_with_them(policy, exported, tmp_path):
    cells = {(TEAM, f"{LETTERS['2026-07']}6"): 200, (TEAM, f"{LETTERS['2026-Q3']}6"): 200 + 240 + 270}
    path = edited(exported, tmp_path / "b.xlsx", cells)
    assert read_edits(path, BOOK, policy, JUNE) == [
        net("0001", "2026-07", 21_000, 20_000),
        net("0001", "2026-Q3", 72_000, 71_000),
    ]


def test_a_year_that_equals_its_changed_parts_is_taken_with_them(policy, exported, tmp_path):
    # Q3 was 720 and its months now make 710; Q4 is set to 1,010 from 990; Q1 and Q2 are 180 and 450.
    cells = {
        (TEAM, f"{LETTERS['2026-07']}6"): 200,
        (TEAM, f"{LETTERS['2026-Q4']}6"): 1010,
        (TEAM, f"{LETTERS['2026']}6"): 180 + 450 + 710 + 1010,
    }
    path = edited(exported, tmp_path / "b.xlsx", cells)
    assert [change.period for change in read_edits(path, BOOK, policy, JUNE)] == [
        "2026-07",
        "2026-Q4",
        "2026",
    ]


def test_counts_and_rates_are_edited_in_their_own_units(policy, exported, tmp_path):
    cells = {
        ("Acquired customers", f"{LETTERS['2026-09']}6"): 21,
        (RATES, f"{LETTERS['2026-08']}6"): 0.045,  # blank before: the same all year
        (RATES, f"{LETTERS['2026']}6"): 0.06,
        (RATES, f"{LETTERS['2026-08']}8"): 1299.5,
    }
    path = edited(exported, tmp_path / "b.xlsx", cells)
    found = {(change.kpi, change.period): change for change in read_edits(path, BOOK, policy, JUNE)}
    assert {key: (change.before, change.after) for key, change in found.items()} == {
        ("acquired_customers", "2026-09"): (18, 21),
        ("refund_rate", "2026-08"): (0.05, 0.045),
        ("refund_rate", "2026"): (0.05, 0.06),
        ("aov", "2026-08"): (130_000, 129_950),
    }


def test_a_formula_counts_by_the_value_kept_with_it(policy, exported, tmp_path):
    path = edited(
        exported, tmp_path / "b.xlsx", {(TEAM, f"{LETTERS['2026-07']}6"): Formula(230.10000000000002)}
    )
    assert [change.after for change in read_edits(path, BOOK, policy, JUNE)] == [23_010]


def test_what_is_not_assigned_to_a_person_may_be_set_to_nothing(policy, exported, tmp_path):
    path = edited(exported, tmp_path / "b.xlsx", {(TEAM, f"{LETTERS['2026-07']}8"): 0})
    assert read_edits(path, BOOK, policy, JUNE) == [net("unassigned:007", "2026-07", 7000, 0)]


def test_rows_that_change_places_are_read_all_the_same(policy, exported, tmp_path):
    def swap(xml):
        first, second = row_xml(xml, 6), row_xml(xml, 7)
        moved = [
            re.sub(rf'r="([A-Z]*){a}"', rf'r="\g<1>{b}"', row)
            for row, a, b in ((second, 7, 6), (first, 6, 7))
        ]
        return xml.replace(first + second, "".join(moved))

    path = edited(exported, tmp_path / "a.xlsx", change={TEAM: swap})
    assert read_edits(path, BOOK, policy, JUNE) == []
    path = edited(path, tmp_path / "b.xlsx", {(TEAM, f"{LETTERS['2026-07']}7"): 1})
    assert read_edits(path, BOOK, policy, JUNE) == [net("0001", "2026-07", 21_000, 100)]


@settings(max_examples=25, deadline=None)
@given(edits=st.dictionaries(st.sampled_from(MONTHS[6:]), st.integers(0, 10**9), max_size=6))
def test_whatever_open_months_are_changed_exactly_they_come_back(edits, tmp_path_factory, root):
    policy = params.load_policy("2026-06", source="sample", root=root)
    before = periods(30, 100)
    folder = tmp_path_factory.mktemp("any")
    cells = {(TEAM, f"{LETTERS[month]}6"): fen / 100 for month, fen in edits.items()}
    path = edited(BASE["path"], folder / "b.xlsx", cells)
    wanted = [net("0001", month, before[month], edits[month]) for month in MONTHS if month in edits]
    assert read_edits(path, BOOK, policy, JUNE) == [
        change for change in wanted if change.before != change.after
    ]


BASE: dict[str, Path] = {}


@pytest.fixture(autouse=True, scope="module")
def _base(exported):
    BASE["path"] = exported


# -- sums that do not hold


def test_a_quarter_that_does_not_equal_its_changed_months_is_refused(policy, exported, tmp_path):
    cells = {(TEAM, f"{LETTERS['2026-07']}6"): 200, (TEAM, f"{LETTERS['2026-Q3']}6"): 700}
    (said,) = refusals(edited(exported, tmp_path / "b.xlsx", cells), policy)
    assert f"sheet {TEAM!r}, cell {LETTERS['2026-Q3']}6" in said
    assert "quarter 2026-Q3 = CN¥700.00, but its months sum to CN¥710.00" in said
    assert "put back the quarter's CN¥720.00" in said


def test_a_year_that_does_not_equal_its_changed_parts_is_refused(policy, exported, tmp_path):
    cells = {(TEAM, f"{LETTERS['2026-12']}6"): 361, (TEAM, f"{LETTERS['2026']}6"): 2342}
    (said,) = refusals(edited(exported, tmp_path / "b.xlsx", cells), policy)
    assert "year 2026 = CN¥2,342.00, but its quarters and months sum to CN¥2,341.00" in said


def test_a_quarter_or_year_below_its_closed_months_is_refused(policy, exported, tmp_path):
    cells = {(NET, f"{LETTERS['2026-Q3']}6"): 419, (NET, f"{LETTERS['2026']}5"): 1679}
    path = edited(exported, tmp_path / "b.xlsx", cells)
    year, quarter = refusals(path, policy, closed=date(2026, 7, 31))
    assert "2026-Q3 = CN¥419.00, less than the CN¥420.00 of its closed months" in quarter
    assert "2026 = CN¥1,679.00, less than the CN¥1,680.00 of its closed months" in year  # 60 × (1 + … + 7)


# -- cells that hold no target


@pytest.mark.parametrize(
    ("value", "found", "allowed"),
    [
        (-1, "found -1;", "0 or more, in steps of 0.01"),
        (1.005, "found 1.005;", "in steps of 0.01"),
        ("12", "found str '12'", "in steps of 0.01"),
        ("=1+1", "found str '=1+1'", "in steps of 0.01"),
        ("#DIV/0!", "found str '#DIV/0!'", "in steps of 0.01"),
        ("NaN", "found str 'NaN'", "in steps of 0.01"),
        (True, "found bool 'true'", "in steps of 0.01"),
        (None, "an empty cell, or a formula without a value", "in steps of 0.01"),
        (Formula(), "an empty cell, or a formula without a value", "in steps of 0.01"),
    ],
)
def test_a_cell_that_holds_no_amount_is_refused_by_its_name(
    policy, exported, tmp_path, value, found, allowed
):
    address = f"{LETTERS['2026-07']}6"
    (said,) = refusals(edited(exported, tmp_path / "b.xlsx", {(TEAM, address): value}), policy)
    assert f"sheet {TEAM!r}, cell {address}: " in said
    assert found in said
    assert allowed in said
    assert "the book says CN¥210.00" in said


@pytest.mark.parametrize(
    ("sheet", "row", "value", "said"),
    [
        ("Acquired customers", 6, 1.5, "a whole number, 0 or more"),
        (RATES, 6, 1.2, "a share from 0 % to 100 %"),
        (RATES, 6, "5 %", "a share from 0 % to 100 %"),
        (RATES, 8, -5, "a number, 0 or more"),
    ],
)
def test_counts_are_whole_and_shares_are_at_most_all(policy, exported, tmp_path, sheet, row, value, said):
    path = edited(exported, tmp_path / "b.xlsx", {(sheet, f"{LETTERS['2026-08']}{row}"): value})
    assert said in refusals(path, policy)[0]


def test_closed_months_totals_and_periods_without_a_target_are_not_edited(policy, exported, tmp_path):
    cells = {
        (TEAM, f"{LETTERS['2026-06']}6"): 181,
        (TEAM, f"{LETTERS['2026-Q2']}6"): 451,
        (TEAM, f"{LETTERS['2026-12']}7"): 5,
        (TEAM, f"{LETTERS['2026-07']}9"): 421,
        (TEAM, f"{LETTERS['2026-05']}7"): None,
    }
    said = refusals(edited(exported, tmp_path / "b.xlsx", cells), policy)
    text = "\n".join(said)
    assert (
        f"cell {LETTERS['2026-06']}6: found 181; allowed: CN¥180.00: the cell is closed through 2026-06-30"
        in text
    )
    assert f"cell {LETTERS['2026-Q2']}6: found 451; allowed: CN¥450.00" in text
    assert f"cell {LETTERS['2026-12']}7: found 5; allowed: nothing: there is no target" in text
    assert f"cell {LETTERS['2026-07']}9: found 421; allowed: CN¥420.00: the cell is locked" in text
    assert f"cell {LETTERS['2026-05']}7: found an empty cell" in text
    assert len(said) == 5


def test_every_problem_is_told_at_once_and_nothing_is_taken(policy, exported, tmp_path):
    cells = {
        (TEAM, f"{LETTERS['2026-07']}6"): -1,
        (TEAM, f"{LETTERS['2026-08']}6"): "x",
        (NET, f"{LETTERS['2026-08']}6"): 100,
        (RATES, f"{LETTERS['2026']}6"): 7,
    }
    assert len(refusals(edited(exported, tmp_path / "b.xlsx", cells), policy)) == 3


# -- rows, sheets and books that are not the book's own


def test_an_id_that_lost_its_zeros_or_was_changed_is_refused(policy, exported, tmp_path):
    path = edited(exported, tmp_path / "b.xlsx", {(TEAM, "B6"): 1, (TEAM, "B7"): "0009"})
    lost, changed = refusals(path, policy)
    assert "cell B6: found id '1'; allowed: the id '0001'" in lost
    assert "cell B7: found id '0009'; allowed: the id '0002'" in changed


def test_rows_that_are_added_repeated_or_removed_are_refused(policy, exported, tmp_path):
    def change(xml):
        copy = re.sub(r'r="([A-Z]*)6"', r'r="\g<1>20"', row_xml(xml, 6))
        added = '<row r="21"><c r="B21" t="inlineStr"><is><t>0077</t></is></c><c r="M21"><v>5</v></c></row>'
        return xml.replace(row_xml(xml, 8), "").replace("</sheetData>", copy + added + "</sheetData>")

    again, unknown, missing = refusals(edited(exported, tmp_path / "b.xlsx", change={TEAM: change}), policy)
    assert "cell B20: found unit '0001' again; allowed: one row; the first is row 6" in again
    assert "cell B21: found a row of unknown unit '0077'" in unknown
    assert "no row for net_sales of person 'unassigned:007'" in missing


def test_a_renamed_sheet_is_missed_and_not_read(policy, exported, tmp_path):
    path = edited(exported, tmp_path / "b.xlsx", book=lambda xml: xml.replace(f'name="{NET}"', 'name="Mine"'))
    missing, added = refusals(path, policy)
    assert "no sheet 'Net sales'" in missing
    assert "'Mine'" in added


def test_columns_that_change_places_are_refused(policy, exported, tmp_path):
    july, august = LETTERS["2026-07"], LETTERS["2026-08"]
    cells = {(TEAM, f"{july}3"): "2026-08", (TEAM, f"{august}3"): "2026-07"}
    first, second = refusals(edited(exported, tmp_path / "b.xlsx", cells), policy)
    assert f"cell {july}3: found '2026-08'; allowed: the period 2026-07" in first
    assert f"cell {august}3" in second


def test_a_book_of_another_version_source_or_currency_is_refused_with_both(policy, exported):
    (said,) = refusals(exported, policy, BOOK.assign(version="v2"))
    assert "a book of version 'v1'; allowed: version 'v2'" in said
    (said,) = refusals(exported, replace(policy, source="northwind"))
    assert "source 'sample'; allowed: source 'northwind'" in said
    dollars = replace(policy, company=replace(policy.company, currency="USD", money_scale=10_000))
    assert len(refusals(exported, dollars)) == 2


def test_a_book_of_another_year_is_refused(policy, exported):
    later = BOOK.assign(period=BOOK["period"].str.replace("2026", "2027"))
    (said,) = refusals(exported, policy, later)
    assert "year '2026'; allowed: year '2027'" in said


def test_files_that_are_no_target_book_are_refused(policy, exported, tmp_path):
    text = tmp_path / "text.xlsx"
    text.write_text("hello")
    assert "a target book" in refusals(text, policy)[0]
    assert "a target book" in refusals(tmp_path / "absent.xlsx", policy)[0]
    bare = edited(
        exported, tmp_path / "bare.xlsx", book=lambda xml: xml.replace('name="salesperf"', 'name="x"')
    )
    assert "no readable hidden sheet 'salesperf'" in refusals(bare, policy)[0]
    broken = edited(exported, tmp_path / "broken.xlsx", {("salesperf", "B1"): json.dumps("9")})
    assert "a book of format 9" in refusals(broken, policy)[0]


def test_a_teams_book_gives_its_edits_and_locks_what_lies_above(policy, held, tmp_path):
    path = tmp_path / "team.xlsx"
    write_book(BOOK, policy, held, path, "zh", teams=["007"])
    name = policy.kpis["net_sales"].name.zh
    good = edited(path, tmp_path / "a.xlsx", {(name, f"{LETTERS['2026-07']}6"): 400})
    assert read_edits(good, BOOK, policy, JUNE) == [net("007", "2026-07", 42_000, 40_000, "team")]
    above = edited(path, tmp_path / "b.xlsx", {(name, f"{LETTERS['2026-07']}5"): 400})
    assert "the cell is locked" in refusals(above, policy)[0]


# -- the list


def test_edits_are_listed_for_people_in_their_language(policy):
    changes = [
        net("0001", "2026-Q3", 72_000, 71_000),
        Change("team", "007", "007", "refund_rate", "2026", 0.05, 0.06),
        Change("company", "company", "", "acquired_customers", "2026-07", 14, 20),
    ]
    names = {("person", "0001"): "Ann", ("team", "007"): "Seven"}
    english = listed_edits(changes, policy, "en", names)
    assert list(english) == ["Indicator", "Unit", "Team", "Period", "Before", "After", "Difference"]
    assert english.to_numpy().tolist() == [
        ["Net sales", "Ann 0001", "Seven 007", "Q3 2026", "CN¥720.00", "CN¥710.00", "−CN¥10.00"],
        [policy.kpis["refund_rate"].name.en, "Seven 007", "", "2026", "5.00%", "6.00%", "+1.0 pp"],
        [policy.kpis["acquired_customers"].name.en, "company", "", "July 2026", "14", "20", "+6"],
    ]
    chinese = listed_edits(changes[:1], policy, "zh")
    assert chinese.to_numpy().tolist() == [
        [policy.kpis["net_sales"].name.zh, "0001", "007", "2026年第3季度", "720.00元", "710.00元", "−10.00元"]
    ]
    assert listed_edits([], policy, "en").empty


# -- the sample company


@pytest.fixture(scope="module")
def real_book(sample_facts, sample_policy):
    return targets.book(sample_facts, sample_policy, "2026")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sample_companys_book_comes_back_as_it_was_edited(
    real_book, sample_facts, sample_policy, tmp_path, lang
):
    path = tmp_path / "book.xlsx"
    write_book(real_book, sample_policy, sample_facts, path, lang)
    assert read_edits(path, real_book, sample_policy, JUNE) == []
    name = sample_policy.kpis["net_sales"].name.of(lang)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python(skip_empty_area=False)
    row = next(i for i, cells in enumerate(rows, 1) if cells[1] == "t4")
    path = edited(path, tmp_path / "edited.xlsx", {(name, f"{LETTERS['2026-10']}{row}"): 987_654.32})
    (change,) = read_edits(path, real_book, sample_policy, JUNE)
    key = (real_book["level"] == "team") & (real_book["unit_id"] == "t4") & (real_book["kpi"] == "net_sales")
    before = real_book.loc[key & (real_book["period"] == "2026-10"), "target"].item()
    assert change == Change("team", "t4", "t4", "net_sales", "2026-10", before, 98_765_432.0)
    assert not math.isclose(before, change.after)
