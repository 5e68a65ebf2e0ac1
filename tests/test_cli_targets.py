"""Targets on the command line: meetings move the months from their own on, edits come back, nothing else moves."""

from __future__ import annotations

import re
import shutil
import zipfile
from datetime import date
from math import floor

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from salesperf_lib import facts, params, targets
from salesperf_lib.cli import target_books
from salesperf_lib.cli.app import app
from salesperf_lib.errors import SalesPerfError

KPIS = ("acquired_customers", "cac", "net_sales")
KEY = ["period", "level", "unit_id", "team_id", "kpi"]
MEETING = ["targets", "calibrate", "--shock", "0.3", "--from", "2026-08"]
ACCEPTED = ["--accept", "--recorded-on", "2026-08-03", "--decided", "By the rule"]


def project(root, folder):
    """Copy the rules, and lay the sample company's data beside them."""
    shutil.copytree(root / "params", folder / "params")
    (folder / "data").mkdir()
    for name in ("sample", "snapshots"):
        (folder / "data" / name).symlink_to(root / "data" / name)
    return folder


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def written(folder):
    """Read every byte of both registers."""
    places = (folder / "params" / "calibrations", folder / "data" / "edits")
    return {path: path.read_bytes() for place in places for path in place.rglob("*") if path.is_file()}


def book(held, root, as_of=None):
    policy = params.load_policy("2026", "sample", as_of=as_of, root=root)
    return targets.book(held, policy, "2026", only=KPIS).set_index(KEY)["target"].sort_index()


def company(rows, kpi):
    months = [f"2026-{month:02d}" for month in range(1, 13)]
    return {month: rows[month, "company", "company", "", kpi] for month in months}


@pytest.fixture(scope="module")
def mine(root, sample_facts, tmp_path_factory):
    """Give a project of its own, in which every command of this file runs."""
    folder = project(root, tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESPERF_ROOT", str(folder))
        yield folder


@pytest.fixture(scope="module")
def held(mine):
    return facts.open("sample", root=mine)


@pytest.fixture(scope="module")
def story(mine, held):
    """Hold two meetings, withdraw the second, and give the book at every stage."""
    books = {"before": book(held, mine)}
    said = {"dry": run(*MEETING)}
    books["dry"], said["files"] = book(held, mine), written(mine)
    said["first"] = run(*MEETING, *ACCEPTED, "--attendee", "sales_director", "--attendee", "senior_member:2")
    books["first"] = book(held, mine)
    said["one"] = written(mine)
    twice = ["--accept", "--recorded-on", "2026-08-04", "--decided", "Twice"]
    said["twice"] = run(*MEETING, *twice)
    said["still one"] = written(mine)
    second = ["--accept", "--recorded-on", "2026-09-12", "--decided", "Again"]
    said["second"] = run("targets", "calibrate", "--shock", "0.1", "--from", "2026-10", *second)
    books["second"] = book(held, mine)
    taken = ["--recorded-on", "2026-09-20", "--from", "2026-10", "--reason", "It was a passing shock"]
    said["withdrawn"] = run("targets", "withdraw", "0002", *taken)
    books["withdrawn"] = book(held, mine)
    return books, said


def test_without_accept_the_alternatives_are_shown_and_nothing_is_written(story):
    books, said = story
    assert said["dry"].exit_code == 0, said["dry"].output
    assert said["files"] == {}
    assert books["dry"].equals(books["before"])
    for name in ("keep", "rule*", "full", "none", "order_value"):
        assert f"\n{name}\t" in said["dry"].output
    # 1 / 1.3 of the customers are paid for; with conversion unchanged the gap is the rest of the sales.
    sales = sum(value for month, value in company(books["before"], "net_sales").items() if month >= "2026-08")
    gap = f"{sales * (1 - 1 / 1.3) / 100:,.2f}"
    assert re.search(rf"\nnone\t-23\.1%\t\+0\.0%\t\+0\.0%\t-23\.1%\t{gap}\tCNY\n", said["dry"].output)


def test_an_accepted_meeting_moves_the_months_from_its_own_on_and_none_before(story):
    books, said = story
    assert said["first"].exit_code == 0, said["first"].output
    moved = books["before"].ne(books["first"])
    periods = set(moved[moved].index.get_level_values("period"))
    assert periods == {"2026", "2026-Q3", "2026-Q4", *(f"2026-{month:02d}" for month in range(8, 13))}
    before, after = (company(books[name], "acquired_customers") for name in ("before", "first"))
    rest = [month for month in before if month >= "2026-08"]
    total = floor(sum(before[month] for month in rest) / 1.3 + 0.5)
    assert sum(after[month] for month in rest) == total
    assert company(books["first"], "cac")["2026-08"] == company(books["before"], "cac")["2026-08"] * 1.3
    assert "2026-08\tcac\t240.00 → 312.00" in said["first"].output


def test_every_volume_still_adds_up_after_a_meeting(story):
    books, _ = story
    for name, rows in books.items():
        for kpi in ("acquired_customers", "net_sales"):
            table = rows.xs(kpi, level="kpi").reset_index()
            whole = table[table["level"] == "company"].set_index("period")["target"]
            teams = table[table["level"] == "team"].groupby("period")["target"].sum()
            assert (whole == teams).all(), (name, kpi)
            assert whole.filter(regex=r"^2026-\d\d$").sum() == whole["2026"], (name, kpi)


def test_two_meetings_compose(story):
    books, said = story
    assert said["second"].exit_code == 0, said["second"].output
    one, two = (company(books[name], "acquired_customers") for name in ("first", "second"))
    early = [month for month in one if month < "2026-10"]
    late = [month for month in one if month >= "2026-10"]
    assert [two[month] for month in early] == [one[month] for month in early]
    assert sum(two[month] for month in late) == floor(sum(one[month] for month in late) / 1.1 + 0.5)


def test_two_meetings_for_one_month_and_indicator_are_refused(story):
    _, said = story
    assert "0001" in "\n".join(map(str, said["twice"].exception.problems))
    assert said["one"] == said["still one"]
    assert len(said["one"]) == 1


def test_a_withdrawal_restores_the_months_from_its_own_on(story):
    books, said = story
    assert said["withdrawn"].exit_code == 0, said["withdrawn"].output
    assert books["withdrawn"].equals(books["first"])
    told = run("targets", "history")
    assert [line.split("\t")[0] for line in told.output.splitlines()] == ["0001", "0002", "0003"]
    assert "withdrawn by 0003 from October 2026" in told.output
    assert "withdraws 0002" in told.output


def test_what_was_recorded_later_is_not_seen_on_an_earlier_day(story, held, mine):
    books, _ = story
    assert book(held, mine, date(2026, 8, 2)).equals(books["before"])
    assert book(held, mine, date(2026, 8, 3)).equals(books["first"])
    assert book(held, mine, date(2026, 9, 12)).equals(books["second"])
    early = run("targets", "history", "--as-of", "2026-08-05")
    assert [line.split("\t")[0] for line in early.output.splitlines()] == ["0001"]


def test_an_earlier_month_is_rendered_under_the_rules_it_had(story, mine):
    assert params.load_policy("2026-07", "sample", root=mine).amendments == ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--shock", "-1", "--from", "2026-11"], "-1"),
        (["--shock", "nan", "--from", "2026-11"], "nan"),
        (["--shock", "0.2", "--from", "2026-06"], "closed month"),
        (["--shock", "0.2", "--from", "2026-Q4"], "a month"),
        (["--shock", "0.2", "--from", "2026-08"], "closed month"),
        (["--shock", "0.2", "--detect", "--from", "2026-11"], "both or neither"),
        (["--from", "2026-11"], "both or neither"),
        (["--shock", "0.2", "--from", "2026-11", "--alternative", "hope"], "hope"),
        (["--shock", "0.2", "--from", "2026-11", "--attendee", "Zhang San"], "never persons"),
        (["--shock", "0.2", "--from", "2027-01"], "2027-01"),
        (["--shock", "0.2", "--from", "2026-11", "--recorded-on", "2026-08-01"], "recorded_on"),
        (["--shock", "0.2", "--from", "2026-11", "--decided", " "], "--decided"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refused_calibration_leaves_every_byte_of_the_ledger(story, mine, arguments, words):
    there = written(mine)
    done = run("targets", "calibrate", *ACCEPTED, "--recorded-on", "2026-09-30", *arguments)
    assert isinstance(done.exception, SalesPerfError), done.output
    assert words in "\n".join(map(str, done.exception.problems))
    assert written(mine) == there


def test_a_refused_withdrawal_leaves_every_byte_of_the_ledger(story, mine):
    there = written(mine)
    taken = ["--recorded-on", "2026-09-30", "--from", "2026-11", "--reason", "once more"]
    for number in ("0002", "0009"):
        assert isinstance(run("targets", "withdraw", number, *taken).exception, SalesPerfError)
    assert written(mine) == there


# -- the book that goes round


def with_cell(path, to, sheet, address, value):
    """Copy a workbook with one number changed."""
    number = CalamineWorkbook.from_path(str(path)).sheet_names.index(sheet) + 1
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = f"xl/worksheets/sheet{number}.xml"
    text, found = re.subn(
        rf'(<c r="{address}"[^>]*>)<v>[^<]*</v>', rf"\g<1><v>{value}</v>", parts[name].decode("utf-8")
    )
    assert found == 1
    with zipfile.ZipFile(to, "w") as file:
        for each, content in (parts | {name: text.encode("utf-8")}).items():
            file.writestr(each, content)
    return to


@pytest.fixture(scope="module")
def exported(story, mine, tmp_path_factory):
    """Export one volume of one team; the place of a person's October in it comes with the file."""
    whole = targets.book
    path = tmp_path_factory.mktemp("books") / "book.xlsx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target_books.engine, "book", lambda *given, **_: whole(*given, only=KPIS[2:]))
        done = run("targets", "export", "--period", "2026", "--out", path, "--teams", "t1", "--lang", "en")
        assert done.exit_code == 0, done.exception
        yield path


def cell_of(path, unit):
    """Find the cell of a unit's October."""
    file = CalamineWorkbook.from_path(str(path))
    for sheet in file.sheet_names:
        rows = file.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        for place, row in enumerate(rows):
            if unit in row and len(row) > 15 and isinstance(row[16], float):
                return sheet, f"Q{place + 1}", row[16]
    raise AssertionError(unit)


def a_person(held, mine):
    rows = targets.book(held, params.load_policy("2026", "sample", root=mine), "2026", only=KPIS[2:])
    own = rows.query("level == 'person' and team_id == 't1' and period == '2026-10' and target > 500")
    return own["unit_id"].iloc[0], int(own["target"].iloc[0])


def test_a_book_that_came_back_unchanged_records_nothing(exported, mine):
    done = run("targets", "import", exported, "--accept", "--recorded-on", "2026-09-21", "--decided", "none")
    assert done.exit_code == 0, done.exception
    assert "nothing was recorded" in done.output
    assert not (mine / "data" / "edits").exists()


@pytest.mark.parametrize("amount", [-4, 99_000_000], ids=["below zero", "more than the company's year"])
def test_an_impossible_edit_is_refused_before_anything_is_written(exported, held, mine, tmp_path, amount):
    person, _ = a_person(held, mine)
    sheet, address, _ = cell_of(exported, person)
    there = written(mine)
    path = with_cell(exported, tmp_path / "edited.xlsx", sheet, address, amount)
    done = run("targets", "import", path, "--accept", "--recorded-on", "2026-09-21", "--decided", "Less")
    assert isinstance(done.exception, SalesPerfError)
    assert "of version" not in str(done.exception.problems[0])
    assert written(mine) == there


def test_an_edited_cell_is_listed_and_recorded_and_all_sums_stay(exported, held, mine, tmp_path):
    person, target = a_person(held, mine)
    sheet, address, shown = cell_of(exported, person)
    assert shown == target / 100  # yuan
    path = with_cell(exported, tmp_path / "edited.xlsx", sheet, address, target // 100 + 3)
    there = written(mine)
    dry = run("targets", "import", path)
    assert dry.exit_code == 0, dry.exception
    assert person in dry.output
    assert "all equal" in dry.output
    assert written(mine) == there
    done = run(
        "targets", "import", path, "--accept", "--recorded-on", "2026-09-21", "--decided", "Three yuan more"
    )
    assert done.exit_code == 0, done.exception
    assert {path.name for path in written(mine).keys() - there.keys()} == {"0001.yaml"}
    assert a_person(held, mine) == (person, target + 300)


# -- one number, and the frame


def test_the_steps_of_a_number_add_up_to_it(story, held, mine):
    books, _ = story
    done = run("targets", "explain", "t1", "--period", "2026-10", "--kpi", "net_sales")
    assert done.exit_code == 0, done.exception
    amounts = [
        round(100 * float(x.replace(",", ""))) for x in re.findall(r"^ *(-?[\d,.]+) CNY", done.output, re.M)
    ]
    target = books["withdrawn"]["2026-10", "team", "t1", "t1", "net_sales"]
    assert amounts[-1] == sum(amounts[:-1]) == target


def test_an_unknown_unit_or_rate_is_refused_with_what_there_is(mine):
    for arguments, word in (
        (["nobody", "--period", "2026-10"], "t1"),
        (["t1", "--period", "2026", "--kpi", "cac"], "net_sales"),
    ):
        done = run("targets", "explain", *arguments)
        assert isinstance(done.exception, SalesPerfError)
        assert word in str(done.exception.problems[0])


def test_margins_are_counted_wherever_they_differ():
    import pandas as pd

    months = [f"2026-{month:02d}" for month in range(1, 13)]
    quarters = {f"2026-Q{q}": months[3 * q - 3 : 3 * q] for q in range(1, 5)}
    values = dict.fromkeys(months, 1.0) | dict.fromkeys(quarters, 3.0) | {"2026": 12.0}
    units = [("company", "company", ""), ("team", "a", "a"), ("person", "p", "a")]
    rows = [(period, *unit, value) for unit in units for period, value in values.items()]
    frame = pd.DataFrame(rows, columns=["period", "level", "unit_id", "team_id", "target"])
    year = params.load_policy("2026", "sample").period
    assert target_books.margins(frame, year)[1] == 0
    frame.loc[(frame["level"] == "person") & (frame["period"] == "2026-05"), "target"] = 2.0
    # the quarter and the year of the person, and the team's month
    assert target_books.margins(frame, year)[1] == 3
