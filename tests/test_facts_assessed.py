"""Ratings and assessments: what is refused, what counts as absent, and that the register loses nothing."""

from __future__ import annotations

import shutil
from datetime import date

import pandas as pd
import pytest

from salesperf_lib import facts, params
from salesperf_lib.errors import DataError
from salesperf_lib.facts import assessed
from salesperf_lib.facts.assessed.checking import SHOWN
from salesperf_lib.facts.assessed.rules import number_of
from salesperf_lib.facts.loading import conformed
from tests.assessed_books import JULY, RATING, book, company, count, rating

D15 = date(2026, 7, 15)
KEY = ["period", "person_id", "item", "rater_id", "subject_id"]


@pytest.fixture(scope="module")
def policy(root):
    return params.load_policy("2026-06", source="sample", root=root)


@pytest.fixture(scope="module")
def held():
    """Give a company in which 0002 gave 0001 70 of 100 in May."""
    return company([("2026-05", "0001", "report_quality", 70.0, 1.0, 100.0, "0002")])


@pytest.fixture
def check(held, policy, tmp_path):
    def checked(ratings=(), counts=(), given=held, taken=(), **shape):
        return assessed.check_workbook(
            book(tmp_path / "in.xlsx", ratings, counts, **shape), given, policy, taken
        )

    return checked


# -- rows that are taken


def test_a_valid_row_is_new_with_all_it_says(check):
    found = check([rating(value=80.5, remark="well done")], [count(part=20, whole=22)])
    assert found.problems == ()
    assert found.rows.to_dict("records") == [
        {"period": "2026-06", "person_id": "0001", "item": "report_quality", "numerator": 80.5, "denominator": 1.0,
         "scale_max": 100.0, "rater_id": "0002", "subject_id": None, "adopted_on": None, "remark": "well done"},
        {"period": "2026-06", "person_id": "0001", "item": "report_timeliness_rate", "numerator": 20.0,
         "denominator": 22.0, "scale_max": None, "rater_id": None, "subject_id": None, "adopted_on": None, "remark": None},
    ]  # fmt: skip


@pytest.mark.parametrize("blank", [None, "", "   "])
def test_a_blank_rating_is_absent_and_never_zero(check, blank):
    found = check([rating(value=blank), rating(value=0, rater="0003")])
    assert found.problems == ()
    assert found.not_given == 1
    assert found.rows["numerator"].tolist() == [0.0]


def test_a_blank_row_at_the_end_is_nothing_at_all(check):
    found = check([{"period": "2026-06"}, {"period": "2026-06", "scale_max": 100}])
    assert (found.problems, found.not_given, len(found.rows)) == ((), 0, 0)


@pytest.mark.parametrize("value", [0, 0.5, 99.5, 100])
def test_the_ends_of_the_scale_are_inside(check, value):
    assert check([rating(value=value)]).rows["numerator"].tolist() == [value]


def test_an_item_may_be_chosen_by_its_label_in_either_language(check, policy):
    label = policy.kpis["report_quality"].name
    rows = [rating(item=None, item_name=label.zh), rating(item=None, item_name=label.en, rater="0003")]
    assert set(check(rows).rows["item"]) == {"report_quality"}


def test_an_uplift_may_be_negative_and_exceed_its_base(check):
    rows = [
        count(
            item="idea_traffic_uplift", part=-5, whole=100, subject_id="IDEA-1", adopted_on=date(2026, 6, 30)
        ),
        count(item="idea_traffic_uplift", part=150, whole=100, subject_id="IDEA-2", adopted_on="2026-06-01"),
    ]
    found = check((), rows)
    assert found.problems == ()
    assert found.rows["numerator"].tolist() == [-5, 150]
    assert found.rows["adopted_on"].tolist() == [date(2026, 6, 30), date(2026, 6, 1)]


# -- rows that are refused: each is told with its cell


@pytest.mark.parametrize(
    ("row", "column", "found", "allowed"),
    [
        (rating(value=100.001), "H3 rating", "100.001", "0 to 100"),
        (rating(value=-0.001), "H3 rating", "-0.001", "0 to 100"),
        (rating(value="NaN"), "H3 rating", "'NaN'", "a number"),
        (rating(value="nan"), "H3 rating", "'nan'", "a number"),
        (rating(value="inf"), "H3 rating", "'inf'", "a number"),
        (rating(value="1e2"), "H3 rating", "'1e2'", "a number"),
        (rating(value="80分"), "H3 rating", "'80分'", "a number"),
        (rating(value=True), "H3 rating", "bool 'true'", "a number"),
        (rating(value=date(2026, 6, 1)), "H3 rating", "2026-06-01", "a number"),
        (rating(scale=None), "I3 scale_max", "nothing", "a number"),
        (rating(scale=0), "I3 scale_max", "0", "above 0"),
        (rating(scale=-5), "I3 scale_max", "-5", "above 0"),
        (rating(scale=5, value=4), "I3 scale_max", "5", "100, on which report_quality has been rated"),
        (rating(person="0001", rater="0001"), "F3 rater_id", "0001, rated by themselves", "somebody else"),
        (rating(rater="0009"), "F3 rater_id", "'0009'", "an id of the roster"),
        (rating(rater=None), "F3 rater_id", "nothing", "an id of the roster"),
        (rating(rater="0004"), "F3 rater_id", "joined on 2026-07-15", "by the period's end"),
        (rating(person="x"), "B3 person_id", "'x'", "an id of the roster"),
        (rating(person=1), "B3 person_id", "'1'", "an id of the roster"),
        (rating(person="0005"), "B3 person_id", "not on the roster in 2026-06", "in the period"),
        (rating(person="0004"), "B3 person_id", "not on the roster in 2026-06", "in the period"),
        (rating(person_name="Bo"), "C3 person_name", "'Bo' beside 0001", "=1+1"),
        (rating(rater_name="Cy"), "G3 rater_name", "'Cy' beside 0002", "Bo"),
        (rating(item="charm"), "D3 item", "'charm'", "report_quality, collaboration_score"),
        (rating(item="net_sales"), "D3 item", "'net_sales'", "report_quality"),
        (rating(item="report_timeliness_rate"), "D3 item", "an item of the other sheet", "report_quality"),
        (rating(item=None), "E3 item_name", "nothing", "report_quality"),
        (rating(period="2026-13"), "A3 period", "'2026-13'", "2026-06, 2026-Q2, 2026"),
        (rating(period="last month"), "A3 period", "'last month'", "2026-Q2"),
        (rating(period=None), "A3 period", "nothing", "2026-Q2"),
        (rating(period="2026-06-18"), "A3 period", "'2026-06-18'", "2026-Q2"),
        (rating(period=date(2026, 6, 1)), "A3 period", "a date", "as text"),
        (rating(period="2026-08"), "A3 period", "2026-08, which has not begun", "2026-07-10"),
    ],
)  # fmt: skip
def test_a_wrong_rating_is_told_with_its_cell(check, row, column, found, allowed):
    (problem,) = check([row]).problems
    cell, name = column.split()
    assert problem.where.endswith(f"sheet 'ratings', row {cell[1:]}, column {cell[0]} ({name})")
    assert found in problem.found
    assert allowed in problem.allowed
    assert problem.remedy


@pytest.mark.parametrize(
    ("row", "column", "found", "allowed"),
    [
        (count(whole=0), "denominator", "0", "above 0"),
        (count(whole=-1), "denominator", "-1", "above 0"),
        (count(whole=None), "denominator", "nothing", "a number"),
        (count(part=None), "numerator", "nothing", "a number"),
        (count(part=22.001), "numerator", "22.001", "0 to 22"),
        (count(part=-1), "numerator", "-1", "0 to 22"),
        (count(item="training_pass_rate", part=7, whole=6), "numerator", "7", "0 to 6"),
        (count(item="report_quality"), "item", "an item of the other sheet", "report_timeliness_rate"),
        (count(item="mentee_sales_uplift", subject_id="0001"), "subject_id", "their own mentee", "somebody else"),
        (count(item="mentee_sales_uplift", subject_id="0099"), "subject_id", "'0099'", "an id of the roster"),
        (count(item="idea_traffic_uplift", subject_id="=cmd"), "subject_id", "'=cmd'", "letters"),
        (count(item="idea_traffic_uplift", adopted_on="soon"), "adopted_on", "'soon'", "2026-06-18"),
        (count(item="idea_traffic_uplift", adopted_on="2026-07-01"), "adopted_on", "after 2026-06", "2026-06-30"),
    ],
)  # fmt: skip
def test_a_wrong_count_is_told_with_its_cell(check, row, column, found, allowed):
    (problem,) = check((), [row]).problems
    assert "sheet 'assessments', row 3, column" in problem.where
    assert problem.where.endswith(f"({column})")
    assert found in problem.found
    assert allowed in problem.allowed


def test_the_whole_of_its_parts_is_inside(check):
    assert check((), [count(part=22, whole=22), count(person="0002", part=0, whole=1)]).problems == ()


def test_the_rater_may_have_left_and_the_joiner_rates_the_month_they_joined(check):
    rows = [rating(rater="0005"), rating(period="2026-07", rater="0004")]
    assert check(rows).problems == ()


def test_a_lost_zero_is_told_with_the_id_meant(check):
    (problem,) = check([rating(rater=2)]).problems
    assert "0002" in problem.remedy


def test_everything_wrong_with_a_row_is_told_at_once(check):
    found = check([rating(person="x", rater="y", value="NaN", item="charm", period="?")])
    assert {one.where.rpartition("(")[2] for one in found.problems} == {
        "person_id)", "rater_id)", "rating)", "item)", "period)"
    }  # fmt: skip
    assert sum(found.faults.values()) == 5
    assert found.rows.empty


def test_many_faults_of_a_kind_are_listed_in_part_and_counted(check):
    rows = [rating(rater=f"x{i}", value=101) for i in range(SHOWN + 3)]
    found = check(rows)
    assert found.faults == {"unknown_rater": SHOWN + 3, "off_scale": SHOWN + 3}
    assert len(found.problems) == 2 * SHOWN + 2
    assert sum("3 more cells wrong in the same way" in one.found for one in found.problems) == 2


def test_two_scales_of_an_item_are_refused_where_none_is_known(policy, tmp_path):
    path = book(tmp_path / "in.xlsx", [rating(value=4, scale=5), rating(rater="0003", value=80, scale=100)])
    (problem,) = assessed.check_workbook(path, company(), policy, ()).problems
    assert ("row 4" in problem.where, problem.found, problem.allowed) == (True, "100", "5, as in row 3")


# -- the same again


def test_an_equal_row_is_known_and_another_value_is_refused(check):
    found = check([rating(), rating(), rating(value=81)])
    assert (found.known, len(found.rows)) == (1, 1)
    (problem,) = found.problems
    assert "row 5, column H (rating)" in problem.where
    assert "80 stands in row 3" in problem.allowed


@pytest.mark.parametrize(("value", "known", "problems"), [(70, 1, 0), (71, 0, 1)])
def test_what_the_data_know_is_not_overwritten(check, value, known, problems):
    found = check([rating(period="2026-05", value=value)])
    assert (found.known, len(found.problems), len(found.rows)) == (known, problems, 0)


@pytest.mark.parametrize(("value", "known", "problems"), [(80, 1, 0), (79, 0, 1)])
def test_what_was_taken_in_is_not_overwritten(check, tmp_path, value, known, problems):
    assessed.append(check([rating()]).rows, tmp_path, "hand", D15, "a" * 64)
    found = check([rating(value=value)], taken=assessed.read_register(tmp_path, "hand"))
    assert (found.known, len(found.problems), len(found.rows)) == (known, problems, 0)


def test_another_rater_item_or_subject_is_no_repetition(check):
    rows = [
        rating(),
        rating(rater="0003"),
        rating(item="collaboration_score"),
        rating(period="2026-05", rater="0003"),
    ]
    counts = [count(item="idea_traffic_uplift", subject_id=name) for name in ("A", "B", None)]
    found = check(rows, counts)
    assert (len(found.rows), found.problems) == (7, ())


# -- the shape of the file


def shapes(found):
    return " | ".join(f"{one.where}: {one.found}" for one in found.problems)


def test_formulas_are_refused_though_their_values_would_do(check):
    def formula(_, sheets):
        sheets["ratings"].write_formula(2, 7, "=40+40", None, 80)

    found = check([rating(value=None)], extra=formula)
    assert "formulas in H3" in shapes(found)


def test_merged_cells_are_refused(check):
    def merge(_, sheets):
        sheets["ratings"].merge_range(2, 7, 3, 7, 80)

    assert "merged cells: H3:H4" in shapes(check([rating(value=None)], extra=merge))


def test_missing_sheets_and_columns_are_refused(check):
    assert "no sheets of assessments" in shapes(check([rating()], names=("ratings",)))
    found = check([rating()], columns={"ratings": RATING[:-3] + RATING[-2:], "assessments": ["period"]})
    assert "no column rating" in shapes(found)
    assert "no column numerator" in shapes(found)
    assert found.rows.empty


def test_a_sheet_twice_a_strange_sheet_and_a_column_without_meaning_are_refused(check):
    assert "2 sheets of ratings" in shapes(check([rating()], names=("ratings", "评分")))

    def more(file, sheets):
        file.add_worksheet("empty")
        file.add_worksheet("mine").write_string(0, 0, "x")
        sheets["ratings"].write_string(2, len(RATING), "note")

    said = shapes(check([rating()], extra=more))
    assert "a sheet 'mine'" in said
    assert "'empty'" not in said
    assert "column K: values in a column of no meaning" in said


def test_a_template_of_another_source_is_refused(check):
    def named(file, _):
        sheet = file.add_worksheet("salesperf")
        sheet.write_row(0, 0, ["source", "other"])

    assert "a template of source 'other'" in shapes(check([rating()], extra=named))


@pytest.mark.parametrize("name", ["in.csv", "in.xlsm", "in.xlsx"])
def test_what_is_no_workbook_is_refused(held, policy, tmp_path, name):
    (tmp_path / name).write_text("no workbook")
    with pytest.raises(DataError, match=r"\.xlsx"):
        assessed.check_workbook(tmp_path / name, held, policy, ())


def test_without_a_roster_nobody_can_tell_who_is_who(policy, tmp_path):
    sales = pd.DataFrame({"date": ["2026-07-10"], "gross_amount": [1]})
    path = book(tmp_path / "in.xlsx", [rating()])
    with pytest.raises(DataError, match="no roster"):
        assessed.check_workbook(path, facts.from_frames("bare", {"daily_sales": sales}), policy, ())


@pytest.mark.parametrize(
    ("cell", "value"),
    [(85, 85.0), (" 85.5 ", 85.5), ("-3", -3.0), ("\uff18\uff15", None), ("", None), (None, None), (float("nan"), None),
     (float("inf"), None), (False, None), ("1,000", None), ("0x10", None)],
)  # fmt: skip
def test_numbers_are_read_strictly(cell, value):
    assert number_of(cell) == value


# -- the register


def rows(check, *ratings):
    return check(list(ratings)).rows


def test_the_register_gives_back_what_was_written(check, tmp_path):
    first = check([rating(value=80.1, remark='a "quoted",\nremark')], [count()]).rows
    second = rows(check, rating(rater="0003"))
    paths = [
        assessed.append(first, tmp_path, "hand", D15, "a" * 64),
        assessed.append(second, tmp_path, "hand", D15, "b" * 64),
    ]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "data/assessments/hand/0001.csv",
        "data/assessments/hand/0002.csv",
    ]
    one, two = assessed.read_register(tmp_path, "hand")
    pd.testing.assert_frame_equal(one.rows.drop(columns="remark"), first.drop(columns="remark"))
    assert one.rows["remark"].tolist() == ['a "quoted", remark', None]
    assert (one.recorded_on, one.taken_from, one.previous, two.previous) == (D15, "a" * 64, "", one.digest)
    assert sorted(path.name for path in paths[0].parent.iterdir()) == ["0001.csv", "0002.csv"]


def test_a_remark_that_would_run_is_kept_as_text(check, tmp_path):
    path = assessed.append(rows(check, rating(remark="=cmd|' /C calc'!A1")), tmp_path, "hand", D15, "")
    assert ",'=cmd" in path.read_text()


def test_no_sheet_of_a_register_is_changed_removed_or_slipped_in_unnoticed(check, tmp_path):
    for rater in ("0002", "0003"):
        assessed.append(rows(check, rating(rater=rater)), tmp_path, "hand", D15, "")
    folder = assessed.folder_of(tmp_path, "hand")
    first, second = folder / "0001.csv", folder / "0002.csv"
    kept, other = first.read_text(), second.read_text()
    for path, text in ((first, kept.replace(",80.0,", ",90.0,")), (first, kept + "# note\n"), (second, kept)):
        path.write_text(text)
        with pytest.raises(DataError):
            assessed.read_register(tmp_path, "hand")
        first.write_text(kept)
        second.write_text(other)
    assert len(assessed.read_register(tmp_path, "hand")) == 2
    first.unlink()
    with pytest.raises(DataError, match="a file before it is missing"):
        assessed.read_register(tmp_path, "hand")
    first.write_text(kept)
    (folder / "notes.txt").write_text("")
    with pytest.raises(DataError, match="no record"):
        assessed.read_register(tmp_path, "hand")


def test_two_who_take_in_at_once_do_not_overwrite_each_other(check, tmp_path, monkeypatch):
    assessed.append(rows(check, rating()), tmp_path, "hand", D15, "")
    path = assessed.folder_of(tmp_path, "hand") / "0001.csv"
    before = path.read_bytes()
    monkeypatch.setattr("salesperf_lib.facts.assessed.register.read_register", lambda *_: ())
    with pytest.raises(DataError, match="a record already"):
        assessed.append(rows(check, rating(rater="0003")), tmp_path, "hand", D15, "")
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["0001.csv"]


def test_what_another_took_in_since_the_check_is_not_taken_in_twice(check, tmp_path):
    fresh = rows(check, rating())
    path = assessed.append(fresh, tmp_path, "hand", D15, "")
    with pytest.raises(
        DataError, match="1 rows that are in the register, such as 2026-06 0001 report_quality 0002"
    ):
        assessed.append(fresh, tmp_path, "hand", D15, "")
    assert list(path.parent.iterdir()) == [path]


def test_no_record_goes_before_the_latest_and_none_is_empty(check, tmp_path):
    assessed.append(rows(check, rating()), tmp_path, "hand", D15, "")
    with pytest.raises(DataError, match="2026-07-15 or later"):
        assessed.append(rows(check, rating(rater="0003")), tmp_path, "hand", date(2026, 7, 14), "")
    with pytest.raises(DataError, match="no new row"):
        assessed.append(rows(check), tmp_path, "hand", D15, "")


# -- the register and the snapshots of a source


SOURCE = """
name: {zh: 手工, en: Hand}
description: {zh: 手工, en: Hand}
licence: made up
root: raw
inputs: {people: {file: people.csv}, sales: {file: sales.csv}, marks: {file: marks.csv}}
tables:
  roster: {from: people p, columns: {person_id: p.id, valid_from: day(p.since), team_id: p.team, role: "'host'"}}
  daily_sales: {from: sales s, columns: {date: day(s.day), gross_amount: money(s.amount)}}
"""
MARKS = """
  assessments: {from: marks m, columns: {period: m.period, person_id: m.id, item: m.item, numerator: number(m.mark), rater_id: m.rater}}
"""


@pytest.fixture
def project(root, tmp_path):
    """Give a project of a small source with files of its own; `marks` writes an export of ratings."""
    (tmp_path / "params" / "sources").mkdir(parents=True)
    (tmp_path / "raw").mkdir()
    shutil.copy(root / "params" / "company.yaml", tmp_path / "params")
    (tmp_path / "raw" / "people.csv").write_text(
        "id,since,team\n0001,2025-01-01,t1\n0002,2025-01-01,t1\n0003,2025-01-01,t2\n"
    )
    (tmp_path / "raw" / "sales.csv").write_text("day,amount\n2025-01-01,1\n2026-07-10,1\n")
    (tmp_path / "raw" / "marks.csv").write_text("period,id,item,mark,rater\n")
    (tmp_path / "params" / "sources" / "hand.yaml").write_text(SOURCE)
    return tmp_path


def marks(project, *lines):
    (project / "params" / "sources" / "hand.yaml").write_text(SOURCE + MARKS)
    (project / "raw" / "marks.csv").write_text(
        "period,id,item,mark,rater\n" + "".join(f"{line}\n" for line in lines)
    )


def table(held):
    rows = assessed.in_data(held)[["period", "person_id", "item", "rater_id", "numerator"]].astype(object)
    return rows.where(rows.notna(), None).to_numpy().tolist()


def test_a_source_without_assessments_gets_a_table_from_the_register(project, check):
    before = facts.load("hand", project)
    assert not before.has("assessments")
    assessed.append(check([rating()], [count(person="0003")]).rows, project, "hand", D15, "")
    after = facts.load("hand", project)
    assert table(after) == [
        ["2026-06", "0001", "report_quality", "0002", 80.0],
        ["2026-06", "0003", "report_timeliness_rate", None, 20.0],
    ]
    assert after.digest != before.digest
    assert (before.recorded_on, after.recorded_on) == (JULY, D15)
    assert facts.open("hand", JULY, project).digest == before.digest
    assert facts.load("hand", project).digest == after.digest


def test_every_record_makes_another_snapshot_and_none_is_lost(project, check):
    digests = []
    for rater in ("0002", "0003"):
        assessed.append(rows(check, rating(rater=rater)), project, "hand", D15, "")
        digests.append(facts.load("hand", project).digest)
    assert len(set(digests)) == 2
    assert [row[3] for row in table(facts.open("hand", root=project))] == ["0002", "0003"]


def test_only_what_was_taken_in_by_a_day_is_seen(project, check):
    for rater, day in (("0002", D15), ("0003", date(2026, 8, 1))):
        assessed.append(rows(check, rating(rater=rater)), project, "hand", day, "")
    for day, n_rows in ((date(2026, 7, 14), 0), (D15, 1), (date(2026, 7, 31), 1), (date(2026, 8, 1), 2)):
        with conformed("hand", project, day) as found:
            held = (
                found.con.execute("select count(*) from main.assessments").fetchall()
                if "assessments" in found.tables
                else [(0,)]
            )
            assert held == [(n_rows,)]


def test_what_the_export_holds_too_counts_once(project, check):
    marks(project, "2026-06,0001,report_quality,80,0002", "2026-06,0003,report_quality,60,0002")
    before = facts.load("hand", project)
    assessed.append(rows(check, rating(), rating(rater="0003", value=50)), project, "hand", D15, "")
    assert table(before) == [
        ["2026-06", "0001", "report_quality", "0002", 80.0],
        ["2026-06", "0003", "report_quality", "0002", 60.0],
    ]
    assert sorted(table(facts.load("hand", project))) == [
        ["2026-06", "0001", "report_quality", "0002", 80.0],
        ["2026-06", "0001", "report_quality", "0003", 50.0],
        ["2026-06", "0003", "report_quality", "0002", 60.0],
    ]


def test_an_export_that_contradicts_the_register_stops_the_load(project, check):
    assessed.append(rows(check, rating()), project, "hand", D15, "")
    marks(project, "2026-06,0001,report_quality,81,0002")
    with pytest.raises(DataError) as told:
        facts.load("hand", project)
    (problem,) = told.value.problems
    assert problem.where == "marks.csv, data/assessments/hand: assessments.numerator"
    assert "2026-06 0001 report_quality 0002: 80.0 taken in, 81.0 in the export" in problem.found


def test_a_broken_register_stops_the_load_and_changes_nothing(project, check):
    path = assessed.append(rows(check, rating()), project, "hand", D15, "")
    digest = facts.load("hand", project).digest
    path.write_text(path.read_text().replace(",80.0,", ",90.0,"))
    with pytest.raises(DataError, match="changed after it was written"):
        facts.load("hand", project)
    assert facts.check_source("hand", project)
    assert facts.open("hand", root=project).digest == digest


# -- what any source's assessments must satisfy


def refused(*given, key=None, **tables):
    """Load assessments and give what stops it: rule by example."""
    with pytest.raises(DataError) as told:
        company(list(given), **tables)
    return [(one.where, one.found) for one in told.value.problems]


def mark(value=80.0, person="0001", rater="0002", whole=1.0, scale=100.0):
    return ("2026-06", person, "report_quality", value, whole, scale, rater)


@pytest.mark.parametrize(
    ("row", "where", "found"),
    [
        (mark(rater="0001"), "assessments.rater_id", "rated by themselves (e.g. 2026-06 0001 report_quality 0001)"),
        (mark(value=100.001), "assessments.numerator", "outside their scale (e.g. 2026-06 0001 report_quality 0002: 100.001)"),
        (mark(value=-0.001), "assessments.numerator", "outside their scale"),
        (mark(value=200.001, whole=2.0), "assessments.numerator", "outside their scale"),
        (mark(scale=0.0), "assessments.scale_max", "scales without a mark"),
        (mark(whole=0.0), "assessments.denominator", "ratings of which there are none"),
        (mark(value=float("inf")), "assessments.numerator", "values that are no numbers"),
        (mark(rater="0099"), "assessments.rater_id", "whom the roster does not know (e.g. 0099)"),
        (mark(rater="2"), "assessments.rater_id", "whom the roster does not know (e.g. 2)"),
    ],
)  # fmt: skip
def test_a_load_is_refused_for(row, where, found):
    ((place, told),) = refused(mark(person="0003"), row)
    assert place == where
    assert told.startswith("1 row: ")
    assert found in told


def test_an_empty_numerator_and_a_rating_given_twice_are_refused():
    ((place, told),) = refused(mark(value=float("nan")))
    assert (place, "nothing" in told) == ("assessments.numerator", True)
    ((place, told),) = refused(mark(), mark(value=90.0))
    assert (place, told.startswith("2 rows: several rows with one key")) == ("assessments.period", True)


def test_the_ends_of_the_scale_and_sums_of_ratings_are_loaded():
    loaded = company(
        [mark(0.0), mark(100.0, person="0003"), mark(200.0, person="0002", rater="0003", whole=2.0)]
    )
    assert set(loaded.findings["severity"]) <= {"warning", "info"}
    assert len(assessed.in_data(loaded)) == 3


def test_nan_in_a_column_of_numbers_is_no_number():
    import duckdb

    from salesperf_lib.facts.assessed.odd import find_odd_assessments

    con = duckdb.connect()
    con.execute(
        "create table assessments as select '2026-06' as period, '1' as person_id, 'x' as item, 'NaN'::double as numerator, 1.0::double as scale_max, '2' as rater_id"
    )
    (finding,) = find_odd_assessments(
        con, ["period", "person_id", "item", "numerator", "scale_max", "rater_id"]
    )
    assert (finding.rule, finding.n_rows, finding.examples) == ("no_number", 1, ("2026-06 1 x 2: nan",))


def test_a_mapping_may_keep_equal_rows_but_never_two_ratings_of_one_rater(project):
    marks(project, "2026-06,0001,report_quality,80,0002", "2026-06,0001,report_quality,90,0002")
    path = project / "params" / "sources" / "hand.yaml"
    path.write_text(path.read_text().replace("assessments: {from", "assessments: {key: [], from"))
    with pytest.raises(DataError) as told:
        facts.load("hand", project)
    (problem,) = told.value.problems
    assert problem.found.startswith("2 rows: several ratings by one rater")
    marks(project, "2026-06,0001,report_quality,80,", "2026-06,0001,report_quality,90,")
    path.write_text(path.read_text().replace("assessments: {from", "assessments: {key: [], from"))
    assert len(table(facts.load("hand", project))) == 2
