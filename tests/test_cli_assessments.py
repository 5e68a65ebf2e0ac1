"""Ratings on the command line: written out, filled in, checked, taken in once, and seen by the next snapshot only."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
import typer
from typer.testing import CliRunner

from salesperf_lib import facts
from salesperf_lib.cli.assessments import assessments, workbook
from salesperf_lib.errors import SalesPerfError
from salesperf_lib.facts import assessed
from tests.assessed_books import cells, filled

app = typer.Typer()
app.add_typer(assessments)
app.command()(workbook)

DAY = ["--recorded-on", "2026-07-15"]


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def problems(result):
    assert isinstance(result.exception, SalesPerfError), result.output
    return result.exception.problems


@pytest.fixture(scope="module")
def mine(root, sample_facts, tmp_path_factory):
    """Give a project of its own: the rules, the sample company's exports, and its latest snapshot alone."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(root / "params", folder / "params")
    snapshots = folder / "data" / "snapshots" / "sample"
    snapshots.mkdir(parents=True)
    (folder / "data" / "sample").symlink_to(root / "data" / "sample")
    shutil.copytree(sample_facts.folder, snapshots / sample_facts.digest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESPERF_ROOT", str(folder))
        yield folder


@pytest.fixture(scope="module")
def story(mine):
    """Write a template for one team, fill it in twice – wrong and right –, and take it in."""
    said = {
        "template": run(
            "assessments",
            "template",
            "--period",
            "2026-07",
            "--team",
            "t2",
            "--lang",
            "en",
            "--out",
            mine / "t.xlsx",
        )
    }
    rows = cells(mine / "t.xlsx")["ratings"]
    first = dict(zip(rows[0], rows[2], strict=True))
    wrong = {
        "ratings": {3: {"rating": 101}, 4: {"rater_id": first["person_id"], "rater_name": "", "rating": 80}}
    }
    right = {
        "ratings": {3: {"rating": 81.5}, 4: {"rating": 0}},
        "assessments": {3: {"numerator": 7, "denominator": 8}},
    }
    said["first"] = first
    said["wrong"] = filled(mine / "t.xlsx", mine / "wrong.xlsx", wrong)
    said["right"] = filled(mine / "t.xlsx", mine / "right.xlsx", right)
    said["checked wrong"] = run("assessments", "check", said["wrong"])
    said["taken wrong"] = run("assessments", "take", said["wrong"], *DAY)
    said["nothing"] = run("assessments", "list")
    said["folder"] = (mine / "data" / "assessments").exists()
    said["checked"] = run("assessments", "check", said["right"])
    said["unwritten"] = (mine / "data" / "assessments").exists()
    said["taken"] = run("assessments", "take", said["right"], *DAY)
    said["before"] = facts.open("sample", root=mine)
    said["after"] = facts.load("sample", mine)
    said["again"] = run("assessments", "take", said["right"], *DAY)
    return said


def test_a_template_says_what_it_asks_for(story):
    assert story["template"].exit_code == 0
    assert "60 ratings and 10 assessments asked for" in story["template"].output


def test_a_wrong_workbook_is_refused_whole_with_every_row(story):
    for name in ("checked wrong", "taken wrong"):
        told = problems(story[name])
        assert [one.where.partition("sheet ")[2] for one in told] == [
            "'ratings', row 3, column H (rating)",
            "'ratings', row 4, column F (rater_id)",
        ]
        assert "off_scale: 1 wrong" in story[name].output
    assert story["folder"] is False
    assert "nothing was taken in" in story["nothing"].output


def test_a_check_says_what_is_new_and_writes_nothing(story):
    assert story["checked"].exit_code == 0
    assert "3 new, 0 known already, 67 left blank (not given, never zero)" in story["checked"].output
    assert story["unwritten"] is False


def test_what_was_taken_in_is_in_the_next_snapshot_and_in_no_earlier_one(story):
    assert story["taken"].exit_code == 0, story["taken"].output
    assert "taken in: " in story["taken"].output
    assert "salesperf load sample" in story["taken"].output
    before, after = (assessed.in_data(story[name]) for name in ("before", "after"))
    assert len(after) == len(before) + 3
    added = after[after["period"] == "2026-07"]
    first = story["first"]
    mine = added[(added["person_id"] == first["person_id"]) & (added["rater_id"] == first["rater_id"])]
    assert mine[["item", "numerator", "denominator", "scale_max"]].to_numpy().tolist() == [
        [first["item"], 81.5, 1.0, 100.0]
    ]
    assert sorted(added["numerator"]) == [0.0, 7.0, 81.5]
    assert story["before"].digest != story["after"].digest
    assert story["after"].recorded_on == date(2026, 7, 15)


def test_the_same_workbook_again_adds_nothing(story):
    assert story["again"].exit_code == 0
    assert "0 new, 3 known already" in story["again"].output
    assert "nothing was taken in" in story["again"].output


def test_the_list_names_every_record(story):
    (line,) = run("assessments", "list").output.splitlines()
    assert line.split("\t")[:4] == ["0001", "2026-07-15", "2026-07", "3"]


def test_another_value_for_the_same_rating_is_refused(story, mine):
    path = filled(mine / "t.xlsx", mine / "other.xlsx", {"ratings": {3: {"rating": 82}}})
    (told,) = problems(run("assessments", "take", path, "--recorded-on", "2026-07-16"))
    assert "81.5 is known" in told.allowed


def test_a_record_before_the_period_began_is_refused(story, mine):
    path = filled(mine / "t.xlsx", mine / "early.xlsx", {"ratings": {5: {"rating": 82}}})
    (told,) = problems(run("assessments", "take", path, "--recorded-on", "2026-06-30"))
    assert told.found == "2026-06-30, before 2026-07"
    (told,) = problems(run("assessments", "take", path, "--recorded-on", "2026-07-14"))
    assert "2026-07-15 or later" in told.allowed


def test_late_ratings_of_a_closed_month_are_told_to_move_it(story, mine):
    assert (
        run(
            "assessments",
            "template",
            "--period",
            "2026-06",
            "--team",
            "t2",
            "--lang",
            "en",
            "--out",
            mine / "j.xlsx",
        ).exit_code
        == 0
    )
    sheet = cells(mine / "j.xlsx")["ratings"]
    raters = {row[5] for row in sheet[2:] if row[5]}
    known = {(row[1], row[3], row[5]) for row in sheet[2:]}
    person, item = sheet[2][1], sheet[2][3]
    fresh = min(one for one in raters if one != person and (person, item, one) not in known)
    path = filled(
        mine / "j.xlsx",
        mine / "late.xlsx",
        {"ratings": {3: {"rater_id": fresh, "rater_name": "", "rating": 70}}},
    )
    done = run("assessments", "take", path, "--recorded-on", "2026-07-20")
    assert done.exit_code == 0, done.exception
    assert "closed already, so that their appraisals change: 2026-06" in done.output
    assert len(run("assessments", "list").output.splitlines()) == 2


def test_unknown_sources_and_teams_are_refused(mine):
    assert "nobody" in str(problems(run("assessments", "list", "--source", "nobody"))[0])
    out = mine / "x.xlsx"
    (told,) = problems(run("assessments", "template", "--period", "2026-07", "--team", "t99", "--out", out))
    assert told.found == "'t99'"
    assert not out.exists()


def test_a_period_that_the_data_do_not_touch_is_refused(mine):
    (told,) = problems(run("assessments", "template", "--period", "2026-08", "--out", mine / "x.xlsx"))
    assert "2026-08" in told.where


@pytest.mark.slow
def test_hr_s_workbook_holds_one_team_or_all_and_no_open_period(mine, sample_facts, root):
    out = mine / "hr.xlsx"
    done = run(
        "workbook",
        "--period",
        "2026-06",
        "--team",
        "t2",
        "--lang",
        "en",
        "--as-of",
        "2026-07-11",
        "--out",
        out,
    )
    assert done.exit_code == 0, done.exception
    rows = cells(out)["scores"][2:]
    assert done.output == f"{len(rows)} people: {out}\n"
    assert {row[3] for row in rows} == {"t2"}
    (told,) = problems(
        run("workbook", "--period", "2026-07", "--as-of", "2026-07-11", "--out", mine / "no.xlsx")
    )
    assert "still open" in told.found
    assert not (mine / "no.xlsx").exists()
