"""The target book as a workbook: what stands in it, what may be changed, and that nothing in it runs."""

from __future__ import annotations

import re
import zipfile
from datetime import date

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from salesperf_lib import facts, params, targets
from salesperf_lib.errors import DataError
from salesperf_lib.periods import Period
from salesperf_lib.reports.target_workbook import unit_names, write_book
from salesperf_lib.reports.target_workbook.content import sheet_names
from salesperf_lib.targets.edits.layout import column_name

ATTACK = "=cmd|' /C calc'!A1"
SCRIPT = "<script>alert(1)</script>"
MONTHS = [f"2026-{m:02d}" for m in range(1, 13)]
QUARTERS = {f"2026-Q{q}": MONTHS[3 * q - 3 : 3 * q] for q in range(1, 5)}
COLUMNS = [*(label for quarter, months in QUARTERS.items() for label in (*months, quarter)), "2026"]
FIRST_COLUMN = 4  # E: a key, an id, a name and a note stand before the periods
JUNE = date(2026, 6, 30)


@pytest.fixture(scope="module")
def policy(root):
    return params.load_policy("2026-06", source="sample", root=root)


@pytest.fixture(scope="module")
def held():
    """Give a company of two teams whose ids begin with zeros and whose names mean harm."""
    roster = pd.DataFrame(
        {
            "person_id": ["0001", "0002", "0003"],
            "name": [SCRIPT, "+1", "Zoe"],
            "team_id": ["007", "007", "008"],
            "role": ["service", "service", "host"],
            "valid_from": pd.to_datetime(["2025-01-01"] * 3),
        }
    )
    teams = pd.DataFrame(
        {"team_id": ["007", "008", "g0"], "name": [ATTACK, "Eight", "North"], "parent_id": ["g0", "g0", None]}
    )
    sales = pd.DataFrame(
        {
            "date": pd.to_datetime(["2025-01-01", "2026-07-10"]),
            "gross_amount": [1, 1],
            "team_id": ["007", "008"],
        }
    )
    return facts.from_frames(
        "hand", {"daily_sales": sales, "teams": teams, "roster": roster}, last_day=date(2026, 7, 10)
    )


def volume(kpi, level, unit, team, month, unit_size=1):
    """Give a unit's rows: `month` times the number of the month, in whole units."""
    months = {label: month * (i + 1) * unit_size for i, label in enumerate(MONTHS)}
    quarters = {label: sum(months[part] for part in parts) for label, parts in QUARTERS.items()}
    periods = months | quarters | {"2026": sum(months.values())}
    return [(period, level, unit, team, kpi, float(value)) for period, value in periods.items()]


def rate(kpi, level, unit, team, value, **months):
    periods = dict.fromkeys([*MONTHS, *QUARTERS, "2026"], value)
    periods |= {f"2026-{name[1:]}": other for name, other in months.items()}
    return [(period, level, unit, team, kpi, other) for period, other in periods.items()]


def frame(*rows):
    made = pd.DataFrame(
        [row for part in rows for row in part],
        columns=["period", "level", "unit_id", "team_id", "kpi", "target"],
    )
    return made.assign(
        base=made["target"], stretch=made["target"], weight=np.nan, p_hit=np.nan, basis="goal",
        phase="regular", version="v1", recorded_on=pd.Timestamp("2026-07-10"),
    )  # fmt: skip


def small_book():
    """Give net sales in yuan (100 fen each), acquired customers, and two rates."""
    net, new = "net_sales", "acquired_customers"
    return frame(
        volume(net, "company", "company", "", 100, 100),
        volume(net, "group", "g0", "", 100, 100),
        volume(net, "team", "007", "007", 60, 100),
        volume(net, "team", "008", "008", 40, 100),
        volume(net, "person", "0001", "007", 30, 100),
        volume(net, "person", "0002", "007", 20, 100),
        volume(net, "person", "unassigned:007", "007", 10, 100),
        volume(net, "person", "0003", "008", 25, 100),
        volume(net, "person", "unassigned:008", "008", 15, 100),
        volume(new, "company", "company", "", 3),
        volume(new, "team", "007", "007", 2),
        volume(new, "team", "008", "008", 1),
        rate("refund_rate", "team", "007", "007", 0.05),
        rate("aov", "team", "008", "008", 123_456.5, m08=130_000.0),
        rate("refund_rate", "person", "0001", "007", 0.04),
    )


def sheets_of(path):
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def texts_in(path):
    with zipfile.ZipFile(path) as file:
        return "".join(file.read(name).decode("utf-8") for name in file.namelist())


def sheet_xml(path, name):
    number = CalamineWorkbook.from_path(str(path)).sheet_names.index(name) + 1
    with zipfile.ZipFile(path) as file:
        return file.read(f"xl/worksheets/sheet{number}.xml").decode("utf-8")


def unlocked_cells(path, name):
    """List the cells that protection leaves open, from the file's own styles."""
    with zipfile.ZipFile(path) as file:
        styles = file.read("xl/styles.xml").decode("utf-8")
    formats = re.search("<cellXfs.*?</cellXfs>", styles, re.S)[0]
    each = re.findall("<xf [^>]*?/>|<xf .*?</xf>", formats, re.S)
    free = {str(i) for i, one in enumerate(each) if 'locked="0"' in one}
    cells = re.findall(r'<c r="([A-Z]+\d+)"(?: s="(\d+)")?', sheet_xml(path, name))
    return {cell for cell, style in cells if style in free}


def table_of(rows):
    """Give a sheet's rows by id, under the labels of its hidden row of periods."""
    labels = rows[2][FIRST_COLUMN:]
    return {(row[0], row[1]): dict(zip(labels, row[FIRST_COLUMN:], strict=True)) for row in rows[4:]}


@pytest.fixture(scope="module")
def small(policy, held, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "small.xlsx"
    write_book(small_book(), policy, held, path, "en")
    return path


@pytest.fixture(scope="module")
def real_book(sample_facts, sample_policy):
    return targets.book(sample_facts, sample_policy, "2026")


# -- what stands in it


def test_every_volume_team_and_the_rates_have_a_sheet(small):
    assert list(sheets_of(small)) == [
        "Cover",
        "Net sales",
        "Acquired customers",
        "=cmd|'  C calc'!A1 007",
        "Eight 008",
        "Rates",
        "salesperf",
    ]


def test_amounts_are_whole_yuan_under_their_periods(small):
    table = table_of(sheets_of(small)["Net sales"])
    team = table['["net_sales", "team", "007", "007"]', "007"]
    assert list(team) == COLUMNS
    assert [team[month] for month in MONTHS] == [60.0 * n for n in range(1, 13)]
    assert [team[quarter] for quarter in QUARTERS] == [360, 900, 1440, 1980]
    assert team["2026"] == 60 * 78


def test_people_and_the_rest_make_their_team_in_every_period(small):
    rows = sheets_of(small)["Eight 008"]
    table = {row[1]: np.array(row[FIRST_COLUMN:]) for row in rows[5:]}
    assert list(table) == ["0003", "unassigned:008", "008"]
    assert (table["0003"] + table["unassigned:008"] == table["008"]).all()
    assert [row[2:4] for row in rows[5:]] == [
        ["Zoe", "Live-stream host"],
        ["not assigned to a person", ""],
        ["Eight: total", ""],
    ]


def test_ids_keep_their_zeros_and_stay_text(small):
    rows = sheets_of(small)["Net sales"]
    assert [row[1] for row in rows[4:]] == ["company", "g0", "007", "008"]
    assert all(isinstance(row[1], str) for row in rows)


def test_a_rate_that_is_the_same_all_year_is_shown_once(small):
    table = table_of(sheets_of(small)["Rates"])
    same = table['["refund_rate", "team", "007", "007"]', "007"]
    assert {period: value for period, value in same.items() if value != ""} == {"2026": 0.05}
    differs = table['["aov", "team", "008", "008"]', "008"]
    assert (differs["2026-08"], differs["2026-09"], differs["2026"]) == (1300.0, 1234.565, 1234.565)


def test_nothing_in_it_can_run(small):
    with zipfile.ZipFile(small) as file:
        names = file.namelist()
        parts = {name: file.read(name).decode("utf-8") for name in names}
    assert not [name for name in names if re.search("vba|external|embed|drawing|comments", name, re.I)]
    for name, text in parts.items():
        if "worksheets" in name:
            assert not re.search("<f[ >]|<hyperlink|<script", text)
    rows = sheets_of(small)["=cmd|'  C calc'!A1 007"]
    assert [row[2] for row in rows[5:7]] == [SCRIPT, "+1"]
    assert sheets_of(small)["Net sales"][6][2] == ATTACK


def test_only_open_months_quarters_and_the_year_are_unlocked(small):
    free = unlocked_cells(small, "Net sales")
    still_open = {
        "2026-07",
        "2026-08",
        "2026-09",
        "2026-Q3",
        "2026-10",
        "2026-11",
        "2026-12",
        "2026-Q4",
        "2026",
    }
    letters = {column_name(FIRST_COLUMN + i) for i, label in enumerate(COLUMNS) if label in still_open}
    assert free == {f"{letter}{row}" for letter in letters for row in range(5, 9)}
    assert "<sheetProtection" in sheet_xml(small, "Net sales")
    assert "password" not in sheet_xml(small, "Net sales")


def test_the_total_of_a_team_is_locked_on_the_sheet_of_its_people(small):
    rows = {int(re.sub("[A-Z]", "", cell)) for cell in unlocked_cells(small, "Eight 008")}
    assert rows == {6, 7}  # 5 names the indicator, 8 is the total


def test_a_year_without_an_open_month_of_the_unit_is_locked(policy, held, tmp_path):
    left = [
        row
        for row in volume("net_sales", "person", "0003", "008", 1, 100)
        if row[0] in {"2026-01", "2026-Q1", "2026"}
    ]
    path = tmp_path / "book.xlsx"
    write_book(frame(volume("net_sales", "team", "008", "008", 1, 100), left), policy, held, path, "en")
    assert unlocked_cells(path, "Eight 008") == set()


def test_the_months_that_are_closed_follow_the_day_of_knowledge(policy, held, tmp_path):
    path = tmp_path / "book.xlsx"
    write_book(small_book(), policy, held, path, "en", closed_through=date(2026, 10, 31))
    letters = {re.sub(r"\d", "", cell) for cell in unlocked_cells(path, "Net sales")}
    assert letters == {
        column_name(FIRST_COLUMN + COLUMNS.index(p)) for p in ("2026-11", "2026-12", "2026-Q4", "2026")
    }


def test_the_cover_says_what_it_is_and_how_to_change_it(policy, held, tmp_path):
    for lang, version, closed in (
        ("zh", "目标版本", "2026年6月30日"),
        ("en", "Version of the targets", "30 June 2026"),
    ):
        path = tmp_path / f"{lang}.xlsx"
        write_book(small_book(), policy, held, path, lang)
        cover = next(iter(sheets_of(path).values()))
        told = {row[0]: row[1] for row in cover}
        assert told[version] == "v1"
        assert closed in told.values()
        assert policy.digest in told.values()
        assert [row[0] for row in cover].count("9") == 1
        assert set(sheets_of(path)) - {cover[0][0], "salesperf"} - {next(iter(sheets_of(path)))} <= set(told)


def test_a_book_for_one_team_holds_no_other_teams_people(policy, held, tmp_path):
    path = tmp_path / "book.xlsx"
    write_book(small_book(), policy, held, path, "en", teams=["008"])
    text = texts_in(path)
    for other in ("0001", "0002", "007", "alert(1)", "cmd|"):
        assert other not in text, other
    assert "0003" in text
    rows = {int(re.sub("[A-Z]", "", cell)) for cell in unlocked_cells(path, "Net sales")}
    assert [row[1] for row in sheets_of(path)["Net sales"][4:]] == ["company", "g0", "008"]
    assert rows == {7}  # company and group are for information


def test_the_hidden_sheet_cannot_be_shown_from_the_menu(small):
    with zipfile.ZipFile(small) as file:
        assert re.search(
            'name="salesperf"[^>]*state="veryHidden"', file.read("xl/workbook.xml").decode("utf-8")
        )


# -- the file


def test_the_same_book_gives_the_same_bytes(policy, held, small, tmp_path):
    again = tmp_path / "again.xlsx"
    write_book(small_book(), policy, held, again, "en")
    assert again.read_bytes() == small.read_bytes()


def test_a_book_that_cannot_be_written_leaves_the_old_one(policy, held, tmp_path, monkeypatch):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr("salesperf_lib.reports.target_workbook.writing.write_cover", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_book(small_book(), policy, held, path, "en")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lang": "fr"}, "'fr'; allowed: one of zh, en"),
        ({"teams": ["009"]}, "'009'; allowed: a team that has targets: 007, 008"),
        ({"teams": []}, "one team or more"),
        ({"name": "book.csv"}, "ends in .xlsx"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_is_allowed(policy, held, tmp_path, change, said):
    path = tmp_path / change.pop("name", "book.xlsx")
    with pytest.raises(DataError, match=re.escape(said)):
        write_book(small_book(), policy, held, path, **({"lang": "en"} | change))
    assert not list(tmp_path.iterdir())


def test_a_frame_without_a_year_or_with_two_is_refused(policy, held, tmp_path):
    book = small_book()
    two = pd.concat([book, book.assign(period=book["period"].str.replace("2026", "2027"))])
    for wrong, found in ((book.iloc[:0], "no targets of a year"), (two, "2026, 2027")):
        with pytest.raises(DataError, match=found):
            write_book(wrong, policy, held, tmp_path / "book.xlsx", "en")


def test_names_of_sheets_are_ones_that_excel_takes():
    made = sheet_names(
        ["a/b", "A b", "a[b", "x" * 40, "X" * 40, "History", "'", "\U0001f600" * 20, "salesperf"]
    )
    assert made == [
        "a b", "A b (2)", "a b (3)", "x" * 31, "X" * 27 + " (2)", "History (2)", "-", "\U0001f600" * 15,
        "salesperf (2)",
    ]  # fmt: skip


# -- the sample company


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sample_companys_book_adds_up_in_the_file(real_book, sample_facts, sample_policy, tmp_path, lang):
    path = tmp_path / "book.xlsx"
    write_book(real_book, sample_policy, sample_facts, path, lang)
    sheets = sheets_of(path)
    name = sample_policy.kpis["net_sales"].name.of(lang)
    rows = {row[1]: [round(100 * value) for value in row[FIRST_COLUMN:]] for row in sheets[name][4:]}
    whole = np.array(rows["company"])
    assert (whole == sum(np.array(rows[f"t{i}"]) for i in range(1, 7))).all()
    months = [i for i, label in enumerate(COLUMNS) if label in MONTHS]
    assert whole[months].sum() == whole[-1]
    own = real_book[(real_book["level"] == "company") & (real_book["kpi"] == "net_sales")].set_index("period")
    assert list(whole) == list(own["target"].loc[COLUMNS])
    assert len(sheets) == 1 + 3 + 8 + 1 + 1


def test_everybody_has_a_name(sample_facts, sample_policy):
    names = unit_names(sample_facts, sample_policy, Period.parse("2026"), "zh")
    people = facts.people(sample_facts, "2026")
    assert {("person", person) for person in people["person_id"]} <= names.keys()
    assert names["company", "company"] == sample_policy.company.name.zh
    assert {("team", f"t{i}") for i in range(1, 7)} <= names.keys()
