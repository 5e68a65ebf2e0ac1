"""Rendering, as far as no kernel is needed: what is refused, what is written where, what a failure says."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import DataError, PeriodError, RenderError
from salesperf_lib.language import LANGUAGES
from salesperf_lib.render import (
    attachments,
    failure,
    find_notebook,
    fonts,
    latest_rows,
    manifest,
    notebooks,
    render,
)
from salesperf_lib.render.index import index_page, write_index
from salesperf_lib.render.manifest import Attachment, Job, Report, Row, append_rows, safe_name
from salesperf_lib.render.page import page_of
from salesperf_lib.render.placing import put_in_place

STANDARD = """\
team: str = "t1"  # id of the team
period: str = "2026-06"
lang: str = "zh"
scenario: str = "base"
source: str = "sample"
as_of: str = ""
provisional: bool = False
share: float = 0.5  # how much = of it
names: list[str] = ["a"]
"""


def _notebook(path: Path, parameters: str = STANDARD, *cells: str) -> Path:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    made.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(made, path)
    return path


def _report(**changes) -> Report:
    usual = Report(
        notebook="90_monthly_report", source="sample", scenario="base", period="2026-06", team="t1",
        lang="zh", team_name="美肤一部", parameters={"team": "t1"},
        folder="sample/2026-06/90_monthly_report/zh/t1",
        digests={"data": "d"},
    )  # fmt: skip
    return replace(usual, **changes)


# -- notebooks and their parameters ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["90_monthly_report", "monthly_report", "90", "90_monthly_report.ipynb"])
def test_a_notebook_is_found_by_its_name_or_number(tmp_path, name):
    (tmp_path / "notebooks").mkdir()
    file = _notebook(tmp_path / "notebooks" / "90_monthly_report.ipynb")
    _notebook(tmp_path / "notebooks" / "30_team_appraisal.ipynb")
    assert find_notebook(name, tmp_path) == file.resolve()


def test_a_notebook_is_found_by_its_path(tmp_path):
    file = _notebook(tmp_path / "mine.ipynb")
    assert find_notebook(file, tmp_path / "elsewhere") == file.resolve()


@pytest.mark.parametrize("name", ["none", "../90_monthly_report/x", ""])
def test_an_unknown_notebook_is_refused_with_those_known(tmp_path, name):
    (tmp_path / "notebooks").mkdir()
    _notebook(tmp_path / "notebooks" / "90_monthly_report.ipynb")
    with pytest.raises(RenderError, match="90_monthly_report"):
        find_notebook(name, tmp_path)


def test_a_number_that_two_notebooks_have_is_refused(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("90_a", "90_b"):
        _notebook(tmp_path / "notebooks" / f"{name}.ipynb")
    with pytest.raises(RenderError, match="names 2 notebooks"):
        find_notebook("90", tmp_path)


def test_parameters_are_read_with_type_default_and_help(tmp_path):
    found = notebooks.read_parameters(_notebook(tmp_path / "a.ipynb"))
    assert list(found) == [
        *("team", "period", "lang", "scenario", "source", "as_of", "provisional"),
        "share",
        "names",
    ]
    assert found["team"] == notebooks.Parameter("team", "str", "t1", "id of the team")
    assert found["share"] == notebooks.Parameter("share", "float", 0.5, "how much = of it")
    assert found["names"].default == ["a"]


@pytest.mark.parametrize(
    "line",
    ["team = 't1'", "team: str | None = None", "team: str = other", "n: int = '1'", "import os", "x: int"],
)
def test_a_line_that_is_no_typed_literal_is_refused(tmp_path, line):
    with pytest.raises(RenderError, match="line 1"):
        notebooks.read_parameters(_notebook(tmp_path / "a.ipynb", line))


def test_a_file_without_a_parameters_cell_is_refused(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "a.ipynb")
    with pytest.raises(RenderError, match="0 cells tagged `parameters`"):
        notebooks.read_parameters(tmp_path / "a.ipynb")
    (tmp_path / "b.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(RenderError, match="no readable notebook"):
        notebooks.read_parameters(tmp_path / "b.ipynb")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("str", "1", "1"), ("int", "7", 7), ("float", "7", 7.0), ("bool", "True", True),
     ("bool", "false", False), ("list", "a, b", ["a", "b"]), ("list", '["a", 1]', ["a", 1])],
)  # fmt: skip
def test_a_text_is_read_as_the_declared_type(kind, text, value):
    assert notebooks.typed(text, notebooks.Parameter("p", kind, value)) == value


@pytest.mark.parametrize(("kind", "text"), [("int", "7.5"), ("float", "much"), ("bool", "1"), ("list", "[a")])
def test_a_text_of_another_type_is_refused(kind, text):
    with pytest.raises(RenderError, match="parameter p"):
        notebooks.typed(text, notebooks.Parameter("p", kind, 0))


def test_true_is_no_number_and_an_int_may_stand_for_a_float():
    declared = {name: notebooks.Parameter(name, name, 0) for name in ("int", "float")}
    assert notebooks.check_values(declared, {"int": 1, "float": 1}, "n") == []
    assert len(notebooks.check_values(declared, {"int": True, "float": True}, "n")) == 2


# -- what is refused before any kernel starts --------------------------------------------------------


@pytest.fixture
def refused(tmp_path, root, sample_facts):
    """Ask for a render that must be refused, and see that nothing came of it."""
    notebook = _notebook(tmp_path / "a.ipynb")

    def ask(**changes) -> Exception:
        usual = {
            "period": "2026-06",
            "teams": "t1",
            "source": "sample",
            "root": root,
            "out": tmp_path / "out",
        }
        with pytest.raises((RenderError, PeriodError)) as caught:
            render(changes.pop("notebook", notebook), **(usual | changes))
        assert not (tmp_path / "out").exists()
        return caught.value

    return ask


@pytest.mark.parametrize("team", ["t9", "../../x", "<script>", "g1", "T1"])
def test_an_unknown_team_is_refused_with_those_known(refused, team):
    error = refused(teams=[team])
    assert repr(team) in str(error)
    assert "t1, t2, t3, t4, t5, t6" in str(error)


def test_an_open_period_is_refused_with_its_closing_day(refused):
    assert "final from 2026-08-10" in str(refused(period="2026-07"))


def test_a_day_before_the_first_snapshot_is_refused(tmp_path, root, sample_facts):
    with pytest.raises(DataError, match="nothing recorded by 2026-07-10"):
        render(
            _notebook(tmp_path / "a.ipynb"), "2026-06", as_of="2026-07-10", root=root, out=tmp_path / "out"
        )


@pytest.mark.parametrize("period", ["2023-12", "2026-08"])
def test_a_period_without_data_is_refused_with_the_days_covered(refused, period):
    error = refused(period=period)
    assert isinstance(error, PeriodError)
    assert "2024-01-01 to 2026-07-10" in str(error)


def test_a_period_that_cannot_be_read_is_refused(refused):
    assert isinstance(refused(period="June"), PeriodError)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [({"nothing": "1"}, "parameters of a.ipynb"), ({"share": "much"}, "float"), ({"share": True}, "bool"),
     ({"team": "t2"}, "the option --teams"), ({"person": "E0001"}, "the option --people"), ({"names": 3}, "list")],
)  # fmt: skip
def test_parameters_are_compared_with_the_notebook(refused, parameters, said):
    assert said in str(refused(parameters=parameters))


def test_every_problem_is_told_at_once(refused):
    error = refused(teams="t8,t9", lang="zh,fr", period="2026-07", parameters={"nothing": 1})
    assert len(error.problems) == 5


def test_senseless_numbers_are_refused(refused):
    assert len(refused(workers=0, timeout=0).problems) == 2


def test_an_unreadable_day_is_refused(refused):
    assert "2026-07-11" in str(refused(as_of="July"))


# -- names, manifest, index --------------------------------------------------------------------------


@given(st.text(min_size=1), st.text(min_size=1))
def test_safe_names_stay_in_their_folder_and_apart(one, other):
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.@-]*", safe_name(one))
    assert ".." not in safe_name(one)
    if one != other:
        assert safe_name(one) != safe_name(other)


@pytest.mark.parametrize("team", ["t1", "Eastern", "E0007", "a.b-c_d@e"])
def test_harmless_names_stay_as_they_are(team):
    assert safe_name(team) == team


def test_rows_come_back_from_the_manifest_the_latest_of_each_report(tmp_path):
    first = Row(_report(), "failed", reason="raised", cell=3, line="x = 1", error="E: no", warnings=("w",))
    other = Row(_report(lang="en"), "done", page="p.html", headline=(("净销售额", "12.3万元"),), seconds=1.5)
    append_rows([first, other], tmp_path)
    again = replace(first, status="done", reason="", cell=None)
    append_rows([again], tmp_path)
    assert latest_rows(tmp_path) == [other, again]
    lines = (tmp_path / manifest.MANIFEST).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["failed", "done", "done"]


def test_the_index_links_pages_and_tells_failures(tmp_path):
    done = Row(
        _report(), "done", page="zh/t1/a b.html", record="zh/t1/a.ipynb", headline=(("净销售额", "1万元"),)
    )
    failed = Row(
        _report(lang="en"), "failed", page="en/t1/failed/x.html", kept="en/t1/x.html", reason="raised",
        cell=4, line="1 / 0  # <b>", error="ZeroDivisionError: division by zero",
    )  # fmt: skip
    page = index_page([done, failed])
    assert 'href="zh/t1/a%20b.html"' in page
    assert "1万元" in page
    assert "In [4] <code>1 / 0  # &lt;b&gt;</code>" in page
    assert "ZeroDivisionError" in page
    assert 'href="en/t1/x.html"' in page
    assert "1 done, 1 not done" in page


def test_a_hostile_name_is_read_and_never_run():
    hostile = _report(team="<script>alert(1)</script>", team_name='"><img src=x>')
    page = index_page([Row(hostile, "done", headline=(("<script>", "<img>"),), warnings=('"><img>',))])
    assert re.findall(r"<script[^>]*>", page) == ["<script>"]  # the index's own, which sorts
    assert "alert(1)</script>" not in page
    assert "<img" not in page


def test_the_index_asks_for_nothing_and_is_replaced_whole(tmp_path):
    append_rows([Row(_report(), "done", page="x.html")], tmp_path)
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script [^>]*src|<link[^>]*stylesheet|fetch|import|XMLHttp", page)
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["index.html", manifest.MANIFEST]


def test_every_reason_has_its_words():
    from typing import get_args

    from salesperf_lib.language import text

    for reason in (*get_args(failure.Reason), "interrupted", "not_attached"):
        assert len({text(f"render.reason.{reason}", lang) for lang in LANGUAGES}) == 2


# -- where files go ----------------------------------------------------------------------------------


def _made(folder: Path, stem: str, words: str) -> Path:
    folder.mkdir(parents=True)
    for suffix in (".html", ".ipynb"):
        (folder / f"{stem}{suffix}").write_text(words, encoding="utf-8")
    return folder


def test_a_failure_leaves_the_earlier_report_and_a_success_clears_the_failure(tmp_path):
    report = _report()
    stem, home = report.file_stem, tmp_path / report.folder
    row = Row(report, "done", page=f"{stem}.html", record=f"{stem}.ipynb")
    good = put_in_place(row, _made(tmp_path / "a1", stem, "good"), tmp_path)
    assert (tmp_path / good.page).read_text() == "good"
    bad = put_in_place(replace(row, status="failed"), _made(tmp_path / "a2", stem, "bad"), tmp_path)
    assert (tmp_path / bad.page).read_text() == "bad"
    assert bad.kept == good.page
    assert (tmp_path / good.page).read_text() == "good"
    again = put_in_place(row, _made(tmp_path / "a3", stem, "better"), tmp_path)
    assert (tmp_path / again.page).read_text() == "better"
    assert sorted(file.name for file in home.iterdir()) == [f"{stem}.html", f"{stem}.ipynb"]


def test_a_first_failure_keeps_nothing(tmp_path):
    report = _report()
    stem = report.file_stem
    row = Row(report, "failed", page=f"{stem}.html")
    assert put_in_place(row, _made(tmp_path / "a", stem, "bad"), tmp_path).kept == ""


def test_a_file_name_tells_what_the_report_is():
    assert _report().file_stem == "90_monthly_report_2026-06_t1_zh"
    assert "/" not in _report(team="../x").file_stem


# -- failures and pages ------------------------------------------------------------------------------


def _executed(*cells: tuple[str, list, int | None]) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    for source, outputs, count in cells:
        cell = nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=count)
        cell.metadata["papermill"] = {"status": "completed", "exception": False}
        made.cells.append(cell)
    return made


ERROR = nbformat.v4.new_output("error", ename="ValueError", evalue="no\n such thing", traceback=[])


def test_a_notebook_whose_cells_all_ran_has_no_failure():
    assert failure.find_failure(_executed(("1", [], 1), ("  ", [], None), ("2", [], 2))) is None


def test_a_failing_cell_is_found_with_its_error():
    found = failure.find_failure(_executed(("1", [], 1), ("2", [ERROR], 2), ("3", [], None)))
    assert found == failure.Failure("raised", 1, "ValueError: no such thing")


def test_a_cell_that_never_ran_is_a_failure_though_papermill_says_completed():
    assert failure.find_failure(_executed(("1", [], 1), ("2", [], None))) == failure.Failure("not_run", 1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_failed_notebook_says_so_at_the_top_and_at_its_cell(lang):
    made = _executed(("1", [], 1), ("boom() # <i>", [], 2), ("3", [], 3))
    marked = failure.mark(made, failure.Failure("killed", 1), lang)
    banner, first, failed, later = marked.cells
    assert "In [2]" in banner.source
    assert "boom() # &lt;i&gt;" in banner.source
    assert first.metadata.papermill.status == "completed"
    assert failed.metadata.papermill == {"status": "failed", "exception": True}
    assert failed.outputs[-1].output_type == "error"
    assert later.metadata.papermill["status"] == "pending"
    assert marked.metadata.papermill["exception"] is True
    assert len(made.cells) == 3  # the given notebook is left alone
    assert 'role="alert"' in page_of(marked, _report(lang=lang))


def test_a_page_shows_outputs_but_no_code_and_no_error_stream():
    warn = nbformat.v4.new_output("stream", name="stderr", text="a warning for analysts")
    shown = nbformat.v4.new_output("display_data", data={"text/html": "<p>销售额</p>"})
    made = _executed(("secret_code()", [warn, shown], 1))
    page = page_of(made, _report())
    assert "<p>销售额</p>" in page
    assert "secret_code" not in page
    assert "a warning" not in page
    assert not re.search(r'(src|href)="https?://|<script|@import', page)
    assert "<title>美肤一部" in page


def _embedded(page: str) -> set[str]:
    from fontTools.ttLib import TTFont

    data = re.search(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", page)[1]
    return {chr(code) for code in TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap()}


def test_the_glyphs_of_a_chinese_page_are_in_the_page():
    page = fonts.with_glyphs("<style></style><body title='不'>目标 &amp; 喆堃祎珺<b>，618</b></body>")
    assert set("目标喆堃祎珺，618&") <= _embedded(page)
    assert "不" not in _embedded(page)
    assert len(page) < 40_000


def test_a_page_without_chinese_carries_no_font():
    page = "<style></style><body>Target</body>"
    assert fonts.with_glyphs(page) == page


def test_the_same_page_is_the_same_bytes_whenever_it_is_made(monkeypatch):
    page = "<style></style><body>目标，618</body>"
    first = fonts.with_glyphs(page)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")  # what fontTools takes for now
    assert fonts.with_glyphs(page) == first


def test_a_machine_without_the_face_still_gets_its_page(monkeypatch):
    monkeypatch.setattr(fonts, "_face", lambda: None)
    page = "<style></style><body>目标</body>"
    assert fonts.with_glyphs(page) == page


def _request(folder: Path, root: Path, parameters: str = STANDARD, **changes):
    from salesperf_lib.render.plan import Request

    usual = {
        "notebooks": [_notebook(folder / "a.ipynb", parameters)], "periods": ["last-closed"], "teams": "all",
        "langs": ["zh", "en"], "scenarios": ["base"], "source": "sample", "as_of": None, "provisional": False,
        "extra": {}, "root": root,
    }  # fmt: skip
    return Request(**(usual | changes))


def test_a_plan_has_a_report_for_each_team_and_language(tmp_path, root, sample_facts):
    from salesperf_lib.render.plan import plan

    request = _request(tmp_path, root, as_of=date(2026, 7, 11), extra={"share": "0.25"})
    reports = plan(request)
    assert [(report.team, report.lang) for report in reports][:3] == [
        ("t1", "zh"),
        ("t1", "en"),
        ("t2", "zh"),
    ]
    assert len(reports) == 12
    assert {report.period for report in reports} == {"2026-06"}
    assert reports[0].parameters["as_of"] == "2026-07-11"
    assert reports[0].parameters["share"] == 0.25
    assert len({report.folder for report in reports}) == 12


def test_a_notebook_without_a_team_reports_on_the_company(tmp_path, root, sample_facts):
    from salesperf_lib.render.plan import plan

    without_team = STANDARD.partition("\n")[2]
    request = _request(tmp_path, root, parameters=without_team, langs=["zh"])
    (report,) = plan(request)
    assert report.team == ""
    assert "team" not in report.parameters
    assert report.folder == "sample/2026-06/a/zh/company"


# -- one report per person ---------------------------------------------------------------------------

PERSONAL = 'person: str = "E0001"\nperiod: str = "2026-06"\nlang: str = "zh"\nsource: str = "sample"\n'


@pytest.fixture(scope="module")
def main_teams(sample_facts):
    """Read who belongs where in June 2026 from the roster itself: the team of most days, by plain pandas."""
    import pandas as pd

    from salesperf_lib import facts

    spans = facts.roster_days(sample_facts).execute()
    last = pd.to_datetime(spans["valid_to"]).where(~spans["is_open"].astype(bool), pd.Timestamp("2026-06-30"))
    first = pd.to_datetime(spans["valid_from"]).clip(lower=pd.Timestamp("2026-06-01"))
    spans["days"] = (last.clip(upper=pd.Timestamp("2026-06-30")) - first).dt.days + 1
    there = spans[spans["days"] > 0].sort_values("days").drop_duplicates("person_id", keep="last")
    return dict(zip(there["person_id"], there["team_id"], strict=True))


def _plan(folder, root, parameters=PERSONAL, **changes):
    from salesperf_lib.render.plan import plan

    return plan(_request(folder, root, parameters, **changes))


def test_a_notebook_about_a_person_is_planned_for_everybody_in_their_main_team(tmp_path, root, main_teams):
    reports = _plan(tmp_path, root)
    assert len(main_teams) > 50
    assert {(report.person, report.team) for report in reports} == set(main_teams.items())
    assert len(reports) == 2 * len(main_teams)
    order = [(report.team, report.person) for report in reports]
    assert order == sorted(order)
    assert [report.lang for report in reports[:4]] == ["zh", "en", "zh", "en"]
    assert reports[0].person_name
    assert reports[0].person_name != reports[0].person


def test_each_person_has_a_folder_a_file_name_and_parameters_of_their_own(tmp_path, root, main_teams):
    person, team = next(iter(main_teams.items()))
    (report,) = _plan(tmp_path, root, langs=["zh"], teams=[team], people=[person])
    assert report.folder == f"sample/2026-06/a/zh/{team}/{person}"
    assert report.file_stem == f"a_2026-06_{team}_{person}_zh"
    assert report.parameters == {"person": person, "period": "2026-06", "lang": "zh", "source": "sample"}
    (with_team,) = _plan(
        tmp_path, root, f'team: str = "t1"\n{PERSONAL}', langs=["zh"], teams=[team], people=[person]
    )
    assert with_team.parameters["team"] == team


def test_people_narrow_the_teams_asked_for(tmp_path, root, main_teams):
    own = sorted(person for person, team in main_teams.items() if team == "t2")
    reports = _plan(tmp_path, root, langs=["zh"], teams=["t2"])
    assert [report.person for report in reports] == own
    reports = _plan(tmp_path, root, langs=["zh"], teams=["t2"], people=[own[2], own[0], own[2]])
    assert [report.person for report in reports] == [own[0], own[2]]


def test_an_unknown_person_is_refused_before_anything_starts(refused, tmp_path, main_teams):
    notebook = _notebook(tmp_path / "p.ipynb", PERSONAL)
    stranger = next(person for person, team in main_teams.items() if team == "t2")
    error = refused(notebook=notebook, teams="t1", people=f"E9999,{stranger},../x")
    told = [problem.found for problem in error.problems]
    assert told == ["'E9999'", f"'{stranger}', who belongs to t2", "'../x'"]
    own = [person for person, team in main_teams.items() if team == "t1"]
    assert all(person in error.problems[0].allowed for person in own)


@pytest.mark.parametrize(
    ("asked", "said"), [({"people": ""}, "people: found none"), ({"teams": "g1"}, "'g1'")]
)
def test_nobody_and_a_unit_without_people_are_refused(refused, tmp_path, asked, said):
    error = refused(notebook=_notebook(tmp_path / "p.ipynb", PERSONAL), **asked)
    assert said in str(error)


def test_people_are_refused_where_reports_are_about_teams(refused):
    assert "a.ipynb has no parameter `person`" in str(refused(people="E0001"))


def test_a_long_roster_is_not_listed_whole(refused, tmp_path, main_teams):
    error = refused(notebook=_notebook(tmp_path / "p.ipynb", PERSONAL), teams="all", people="E9999")
    assert f"({len(main_teams)} people)" in error.problems[0].allowed
    assert error.problems[0].allowed.count("E0") == 20


def test_whoever_works_for_a_group_is_found_under_its_id(root, monkeypatch):
    import pandas as pd

    from salesperf_lib import facts
    from salesperf_lib.periods import Period
    from salesperf_lib.render.subjects import people_of

    rows = [("E2", "李", "g1", False), ("E2", "李", "t1", True), ("E1", "王", "g1", True)]
    frame = pd.DataFrame(rows, columns=["person_id", "name", "team_id", "main"])
    teams = pd.DataFrame({"team_id": ["g1", "t1"], "name": ["总部", "一部"], "parent_id": [None, "g1"]})
    monkeypatch.setattr(facts, "people", lambda *_: frame)
    monkeypatch.setattr(facts, "team_table", lambda _: teams)
    opened = type("Opened", (), {"source": "x"})()
    found, problems = people_of(opened, Period.parse("2026-06"), "all", "all")
    assert problems == []
    assert [(one.team, one.team_name, one.person, one.person_name) for one in found] == [
        ("g1", "总部", "E1", "王"),
        ("t1", "一部", "E2", "李"),
    ]
    monkeypatch.setattr(facts, "people", lambda *_: frame.iloc[:0])
    assert "nobody on the roster" in str(people_of(opened, Period.parse("2026-06"), "all", "all")[1][0])


def _personal(person="E0011", **changes) -> Report:
    return _report(notebook="80_feedback", person=person, person_name=f"人{person}", **changes)


def test_a_person_is_part_of_a_reports_key_and_a_line_of_before_is_still_read(tmp_path):
    rows = [
        Row(_personal("E0011"), "done", attachments=("a/feedback.docx",)),
        Row(_personal("E0012"), "done"),
    ]
    append_rows(rows, tmp_path)
    assert latest_rows(tmp_path) == rows
    path = tmp_path / manifest.MANIFEST
    old = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    for name in ("person", "person_name", "attachments"):
        del old[name]
    path.write_text(json.dumps(old) + "\n", encoding="utf-8")
    (row,) = latest_rows(tmp_path)
    assert (row.report.person, row.attachments) == ("", ())


def test_the_index_groups_people_by_team_one_line_each():
    rows = [
        Row(_personal(f"E{team}{number:02}", team=f"t{team}", team_name=f"{team}部", lang=lang), "done",
            page=f"{lang}{team}{number}.html", attachments=(f"{lang}/{team}/{number}/feedback.docx",))
        for team in range(1, 7) for number in range(10) for lang in LANGUAGES
    ]  # fmt: skip
    rows[0] = replace(rows[0], status="failed", reason="not_attached", error="PermissionError: x")
    page = index_page(rows)
    assert page.count("<details") == 6
    assert re.findall(r"<details( open)?><summary[^>]*>(\d)部 <span class=small>t\d</span>", page) == [
        (" open" if team == "1" else "", team) for team in "123456"
    ]
    assert page.count("<th scope=row>") == 60
    assert page.count("人E205 <span class=small>E205</span>") == 1
    assert 'href="en/2/5/feedback.docx">feedback.docx</a>' in page
    assert "10人 · 10 people · 完成 19，未完成 1 · 19 done, 1 not done" in page
    assert page.count("119 done, 1 not done") == 1


def test_a_single_team_of_people_stands_open():
    assert "<details open>" in index_page([Row(_personal(), "done", page="x.html")])


# -- files made beside a page ------------------------------------------------------------------------


def write_stub(person, path, lang="", kept=None):
    """Stand in for a maker: write whom it is for and what was kept."""
    if person == "E0099":
        path.write_text("half", encoding="utf-8")
        raise ValueError("no such person")
    if person != "E0098":
        earlier = kept.read_text(encoding="utf-8") if kept else "-"
        path.write_text(f"{person} {lang} {earlier} {os.environ['SALESPERF_ROOT']}", encoding="utf-8")


@pytest.fixture
def job(tmp_path, monkeypatch):
    """Give a job whose maker is the stub of this file."""
    monkeypatch.setitem(sys.modules, "stub_maker", type("Stub", (), {"write": write_stub}))
    (tmp_path / "made").mkdir()
    (tmp_path / "place").mkdir()

    def of(person: str) -> Job:
        return Job(
            _personal(person, parameters={"person": person, "lang": "en", "period": "2026-06"}),
            tmp_path / "n.ipynb", tmp_path / "made", tmp_path / "root", 10, tmp_path / "place",
            (Attachment("x.docx", "stub_maker:write", ("person", "lang", "as_of")),),
        )  # fmt: skip

    return of


def test_a_file_is_made_from_the_reports_parameters_and_keeps_what_stands(job, tmp_path, monkeypatch):
    monkeypatch.delenv("SALESPERF_ROOT", raising=False)
    first = job("E0001")
    row = attachments.attach(Row(first.report, "done", page="p.html"), first)
    assert (row.status, row.attachments) == ("done", ("x.docx",))
    made = tmp_path / "made" / "x.docx"
    assert made.read_text(encoding="utf-8") == f"E0001 en - {tmp_path / 'root'}"
    (tmp_path / "place" / "x.docx").write_text("what the manager wrote", encoding="utf-8")
    attachments.attach(Row(first.report, "done"), first)
    assert made.read_text(encoding="utf-8") == f"E0001 en what the manager wrote {tmp_path / 'root'}"
    assert "SALESPERF_ROOT" not in os.environ


@pytest.mark.parametrize(
    ("person", "said"), [("E0099", "ValueError: no such person"), ("E0098", "wrote no x.docx")]
)
def test_a_maker_that_fails_makes_the_report_failed_and_leaves_no_half_file(job, tmp_path, person, said):
    failing = job(person)
    row = attachments.attach(Row(failing.report, "done", page="p.html", headline=(("a", "b"),)), failing)
    assert (row.status, row.reason, row.attachments, row.headline) == ("failed", "not_attached", (), ())
    assert said in row.error
    assert row.page == "p.html"
    assert list((tmp_path / "made").iterdir()) == []


def test_nothing_is_made_beside_a_report_that_failed(job, tmp_path):
    row = Row(job("E0001").report, "failed", reason="raised")
    assert attachments.attach(row, job("E0001")) == row
    assert list((tmp_path / "made").iterdir()) == []


def test_a_failure_leaves_the_earlier_file_beside_the_earlier_page(tmp_path):
    report = _personal()
    stem = report.file_stem
    made = _made(tmp_path / "a1", stem, "good")
    (made / "feedback.docx").write_text("signed", encoding="utf-8")
    row = Row(report, "done", page=f"{stem}.html", attachments=("feedback.docx",))
    good = put_in_place(row, made, tmp_path)
    assert good.attachments == (f"{report.folder}/feedback.docx",)
    bad = replace(row, status="failed", reason="not_attached", attachments=())
    failed = put_in_place(bad, _made(tmp_path / "a2", stem, "bad"), tmp_path)
    assert failed.kept == good.page
    assert (tmp_path / report.folder / "feedback.docx").read_text(encoding="utf-8") == "signed"


def test_only_feedback_has_a_file_made_beside_it():
    (word,) = attachments.attachments_of("80_feedback")
    assert word.file == "feedback.docx"
    assert "person" in word.passes
    assert attachments.attachments_of("90_monthly_report") == ()
