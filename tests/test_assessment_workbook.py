"""The template of ratings: who is asked about whom, and that what is filled in comes back as it was."""

from __future__ import annotations

import re
import shutil
import zipfile
from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesperf_lib import facts, params
from salesperf_lib.errors import DataError, PeriodError
from salesperf_lib.facts import assessed
from salesperf_lib.language import LANGUAGES
from salesperf_lib.reports.assessment_workbook import SPARE, plan, write_template
from tests.assessed_books import COUNT, RATING, cells, company, filled

D15 = date(2026, 7, 15)
BEFORE = [
    ("2026-04", "0001", "report_quality", 4.0, 1.0, 5.0, "0003"),
    ("2026-05", "0001", "report_quality", 4.0, 1.0, 5.0, "0002"),
    ("2026-05", "0001", "report_quality", 3.0, 1.0, 5.0, "0005"),  # left on 31 May
    ("2026-05", "0002", "report_quality", 3.0, 1.0, 5.0, "0001"),  # not on what the role is scored on
    ("2026-05", "0003", "collaboration_score", 90.0, 1.0, 100.0, "0001"),
    ("2026-05", "0001", "report_timeliness_rate", 20.0, 22.0, None, None),
    ("2026-Q1", "0001", "training_pass_rate", 5.0, 6.0, None, None),
]


def policy_of(root, label):
    return params.load_policy(label, source="sample", root=root)


@pytest.fixture(scope="module")
def policy(root):
    return policy_of(root, "2026-06")


@pytest.fixture(scope="module")
def held():
    return company(BEFORE)


def asked(rows, *names):
    return [tuple(row.get(name) for name in names) for row in rows]


# -- who is asked about whom


def test_the_last_raters_who_are_still_there_are_asked_again(held, policy):
    rows = plan(held, policy, "en").ratings
    assert [row[1:] for row in asked(rows, "period", "person_id", "item", "rater_id", "scale_max")] == [
        ("0001", "report_quality", "0002", 5.0),
        ("0001", "collaboration_score", None, 100.0),  # nobody rated them: to be filled in
        ("0002", "report_quality", "0001", 5.0),  # rated before, though the role is not scored on it
        ("0002", "collaboration_score", None, 100.0),
        ("0003", "report_quality", None, 5.0),
        ("0003", "collaboration_score", "0001", 100.0),
    ]
    assert {row["period"] for row in rows} == {"2026-06"}


def test_those_who_rated_in_the_period_itself_are_asked(policy):
    again = ("2026-06", "0001", "report_quality", 4.0, 1.0, 5.0, "0003")
    rows = plan(company([*BEFORE, again]), policy, "en").ratings
    assert [row["rater_id"] for row in rows if row["person_id"] == "0001" and "rater_id" in row] == ["0003"]


def test_later_ratings_and_those_of_other_kinds_of_period_say_nothing(root, held):
    rows = plan(held, policy_of(root, "2026-04"), "en").ratings
    known = [row["rater_id"] for row in rows if row["person_id"] == "0001" and "rater_id" in row]
    assert known == ["0003"]
    assert not any("rater_id" in row for row in plan(held, policy_of(root, "2026-Q2"), "en").ratings)


def test_what_is_counted_is_asked_for_by_its_cadence(root, held, policy):
    monthly = {row["item"] for row in plan(held, policy, "en").assessments}
    assert "report_timeliness_rate" in monthly
    assert "training_pass_rate" not in monthly
    quarterly = {row["item"] for row in plan(held, policy_of(root, "2026-Q2"), "en").assessments}
    assert "training_pass_rate" in quarterly
    assert "report_timeliness_rate" not in quarterly


def test_everybody_on_the_roster_in_the_period_is_asked_about_and_nobody_else(root, held):
    assert {row["person_id"] for row in plan(held, policy_of(root, "2026-06"), "en").ratings} == {
        "0001",
        "0002",
        "0003",
    }
    july = plan(held, policy_of(root, "2026-07"), "en").ratings
    assert {row["person_id"] for row in july} == {"0001", "0002", "0003", "0004"}
    may = plan(held, policy_of(root, "2026-05"), "en", "t1").ratings
    assert {row["person_id"] for row in may} == {"0001", "0002", "0005"}


# -- the file


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_template_holds_its_keys_meanings_and_rows(held, policy, tmp_path, lang):
    written = write_template(held, policy, tmp_path / "t.xlsx", lang)
    names = {
        "zh": ["填写说明", "评分", "统计评价", "salesperf"],
        "en": ["how to fill in", "ratings", "assessments", "salesperf"],
    }[lang]
    sheets = cells(tmp_path / "t.xlsx")
    assert list(sheets) == names
    for name, keys, rows in ((names[1], RATING, written.ratings), (names[2], COUNT, written.assessments)):
        assert sheets[name][0] == keys
        assert all(sheets[name][1])
        assert len(sheets[name]) == 2 + len(rows) + SPARE
    first = dict(zip(RATING, sheets[names[1]][2], strict=True))
    label = policy.kpis["report_quality"].name.of(lang)
    assert (first["person_id"], first["person_name"], first["item_name"], first["rating"]) == (
        "0001",
        "=1+1",
        label,
        "",
    )


def test_nothing_in_it_runs_and_ids_are_text(held, policy, tmp_path):
    write_template(held, policy, tmp_path / "t.xlsx", "zh")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as file:
        sheets = {
            name: file.read(name).decode()
            for name in file.namelist()
            if name.startswith("xl/worksheets/sheet")
        }
    assert len(sheets) == 4
    for text in sheets.values():
        assert "<f>" not in text
        assert "<f " not in text
        assert "<hyperlink" not in text
        assert "mergeCell" not in text
        assert "<sheetProtection" in text
    ratings = sheets["xl/worksheets/sheet2.xml"]
    assert '<pane xSplit="3" ySplit="2"' in ratings
    assert re.search(r'<row r="1"[^>]*hidden="1"', ratings)
    assert re.search(r'<col min="4" max="4"[^>]*hidden="1"', ratings)
    assert 'type="decimal"' in ratings
    assert 'type="list"' in ratings
    assert re.search(r'<c r="B3"[^>]*t="(inlineStr|s)"', ratings)


def test_only_what_is_to_be_filled_in_is_open(held, policy, tmp_path):
    write_template(held, policy, tmp_path / "t.xlsx", "en")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as file:
        styles = file.read("xl/styles.xml").decode()
        sheet = file.read("xl/worksheets/sheet2.xml").decode()
    formats = styles.partition("<cellXfs")[2].partition("</cellXfs>")[0].split("<xf ")[1:]
    is_open = [place for place, form in enumerate(formats) if 'locked="0"' in form]
    row = re.search(r'<row r="3".*?</row>', sheet)
    looks = {letter: int(style) for letter, style in re.findall(r'<c r="([A-Z]+)3" s="(\d+)"', row.group())}
    assert {letter for letter, style in looks.items() if style in is_open} == set("FGHJ")


def test_the_same_data_give_the_same_bytes_and_an_unchanged_template_says_nothing(held, policy, tmp_path):
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    written = [write_template(held, policy, path, "zh") for path in paths]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    found = assessed.check_workbook(paths[0], held, policy, ())
    asked_for = len(written[0].ratings) + len(written[0].assessments)
    assert (found.problems, len(found.rows), found.not_given) == ((), 0, asked_for)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


def test_what_cannot_be_a_template_is_refused(root, held, policy, tmp_path):
    with pytest.raises(DataError) as told:
        write_template(held, policy, tmp_path / "t.csv", "fr", "t9")
    assert [one.found for one in told.value.problems] == [repr(str(tmp_path / "t.csv")), "'fr'", "'t9'"]
    with pytest.raises(PeriodError, match="a month, quarter or year"):
        write_template(held, policy_of(root, "2026-W23"), tmp_path / "t.xlsx", "zh")
    assert list(tmp_path.iterdir()) == []


def test_without_a_roster_there_is_nobody_to_ask_about(policy, tmp_path):
    sales = pd.DataFrame({"date": ["2026-07-10"], "gross_amount": [1]})
    with pytest.raises(DataError, match="no roster"):
        write_template(facts.from_frames("bare", {"daily_sales": sales}), policy, tmp_path / "t.xlsx", "zh")


# -- there and back again


SOURCE = """
name: {zh: 手工, en: Hand}
description: {zh: 手工, en: Hand}
licence: made up
root: raw
inputs: {people: {file: people.csv}, sales: {file: sales.csv}}
tables:
  roster: {from: people p, columns: {person_id: p.id, valid_from: day(p.since), team_id: p.team, role: p.role, name: p.name}}
  daily_sales: {from: sales s, columns: {date: day(s.day), gross_amount: money(s.amount)}}
"""
PEOPLE = "id,since,team,role,name\n0001,2025-01-01,t1,operations,=A1\n0002,2025-01-01,t1,service,Bo\n0003,2025-01-01,t2,host,Cy\n"


@pytest.fixture(scope="module")
def project(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "params" / "sources").mkdir(parents=True)
    (folder / "raw").mkdir()
    shutil.copy(root / "params" / "company.yaml", folder / "params")
    (folder / "params" / "sources" / "hand.yaml").write_text(SOURCE)
    (folder / "raw" / "people.csv").write_text(PEOPLE)
    (folder / "raw" / "sales.csv").write_text("day,amount\n2025-01-01,1\n2026-07-10,1\n")
    return folder


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_template_filled_with_valid_values_comes_back_equal_in_the_facts(
    project, policy, data, tmp_path_factory
):
    shutil.rmtree(project / "data", ignore_errors=True)
    folder = tmp_path_factory.mktemp("book")
    opened, lang = facts.load("hand", project), data.draw(st.sampled_from(LANGUAGES))
    template = write_template(opened, policy, folder / "t.xlsx", lang)
    marks = st.none() | st.integers(0, 1000).map(lambda mark: mark / 10)
    people = ["0001", "0002", "0003"]
    values, expected = {"ratings": {}, "assessments": {}}, set()
    for number, row in enumerate(template.ratings, start=3):
        mark = data.draw(marks)
        rater = data.draw(st.sampled_from([one for one in people if one != row["person_id"]]))
        values["ratings"][number] = {"rater_id": rater} | ({} if mark is None else {"rating": mark})
        if mark is not None:
            expected.add((row["person_id"], row["item"], rater, mark, 1.0, 100.0))
    for number, row in enumerate(template.assessments, start=3):
        whole = data.draw(st.none() | st.integers(1, 50))
        part = None if whole is None else data.draw(st.integers(0, whole))
        if whole is not None:
            values["assessments"][number] = {"numerator": part, "denominator": whole}
            expected.add((row["person_id"], row["item"], None, float(part), float(whole), None))
    names = {"zh": {"ratings": "评分", "assessments": "统计评价"}}.get(lang, {})
    path = filled(
        folder / "t.xlsx", folder / "f.xlsx", {names.get(key, key): rows for key, rows in values.items()}
    )
    found = assessed.check_workbook(path, opened, policy, ())
    assert found.problems == ()
    if not expected:
        assert found.rows.empty
        return
    assessed.append(found.rows, project, "hand", D15, found.sha256)
    held = assessed.in_data(facts.load("hand", project)).astype(object)
    held = held.where(held.notna(), None)
    columns = ["person_id", "item", "rater_id", "numerator", "denominator", "scale_max"]
    assert set(held["period"]) == {"2026-06"}
    assert len(held) == len(expected)
    assert set(held[columns].itertuples(index=False, name=None)) == expected
    again = assessed.check_workbook(path, opened, policy, assessed.read_register(project, "hand"))
    assert (again.problems, len(again.rows), again.known) == ((), 0, len(expected))
