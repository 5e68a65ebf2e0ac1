"""Cases on the command line: what follows is said, what is refused changes nothing, and nobody is named."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from salesperf_lib import audit
from salesperf_lib.audit.case_fields import KINDS, MOVES, ROLES
from salesperf_lib.cli.cases import cases
from salesperf_lib.errors import DataError, ParamError

OPEN = ["open", "--person", "E0011", "--period", "2026-06", "--kind", "brushing", "--actor", "data_analyst",
        "--on", "2026-07-06", "--evidence", "2026061700001", "--reason", "Two addresses, two amounts"]  # fmt: skip
CONFIRM = ["confirm", "C0001", "--actor", "hr_manager", "--on", "2026-07-08", "-e", "2026061800001",
           "--reason-zh", "已核对物流", "--reason-en", "The carrier shipped nothing"]  # fmt: skip
APPEAL = ["appeal", "C0001", "--actor", "employee", "--on", "2026-07-09", "--reason", "It was a trial order"]
GRADE = ["open", "--person", "E0012", "--period", "2026-06", "--kind", "grade_appeal", "--actor", "employee",
         "--on", "2026-07-12", "-e", "grade:2026-06", "--reason", "Ratings are missing"]  # fmt: skip


def decide(move, case="C0001", day="2026-07-10", *more):
    return [move, case, "--actor", "appeals_committee", "--on", day, "--reason", "After a hearing", *more]


@pytest.fixture
def mine(root, tmp_path, monkeypatch):
    """Give a project of its own, with the sample company's rules and data and no cases."""
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "data").mkdir()
    for name in ("sample", "snapshots"):
        (tmp_path / "data" / name).symlink_to(root / "data" / name)
    monkeypatch.setenv("SALESPERF_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def held(mine, sample_facts):
    """Give the project once the sample's snapshot is there: openings are checked against its roster."""
    return mine


def run(*arguments):
    found = CliRunner().invoke(cases, list(arguments))
    assert found.exit_code == 0, found.output
    return found


def refused(folder, error, match, *arguments):
    before = {path: path.read_bytes() for path in folder.glob("data/cases/*/*")}
    found = CliRunner().invoke(cases, list(arguments))
    assert isinstance(found.exception, error), found.output
    assert re.search(match, str(found.exception)), str(found.exception)
    assert {path: path.read_bytes() for path in folder.glob("data/cases/*/*")} == before


def test_a_case_is_opened_confirmed_appealed_and_dismissed_and_each_time_it_is_said_what_follows(held):
    said = run(*OPEN).stdout
    assert said.splitlines()[0] == "C0001: suspected. No result changes unless it is confirmed."
    assert said.splitlines()[1] == f"recorded: {held / 'data' / 'cases' / 'sample' / '0001.json'}"
    assert "veto applies to E0011 in every appraisal that overlaps June 2026" in run(*CONFIRM).stdout
    assert "C0001: under appeal. Whether the veto stands" in run(*APPEAL).stdout
    assert "C0001: dismissed. No veto follows" in run(*decide("uphold")).stdout
    kept = [
        json.loads((held / f"data/cases/sample/000{number}.json").read_text("utf-8")) for number in (1, 2)
    ]
    assert kept[0]["evidence"] == ["2026061700001"]
    assert kept[1]["reason"] == {"zh": "已核对物流", "en": "The carrier shipped nothing"}
    assert (kept[1]["on"], kept[1]["recorded_on"]) == ("2026-07-08", "2026-07-08")


def test_the_other_ways_out(held):
    run(*OPEN)
    told = run(
        "dismiss",
        "C0001",
        "--actor",
        "sales_director",
        "--on",
        "2026-07-08",
        "--reason",
        "A campaign",
        "--lang",
        "zh",
    )
    assert told.stdout.startswith("C0001：不成立。不适用一票否决")
    run(*GRADE)
    assert "C0002: appeal rejected. The grade stands" in run(*decide("reject", "C0002", "2026-07-13")).stdout


def test_an_upheld_appeal_against_a_grade_carries_its_corrections(held):
    assert "The grade stays as it is until the appeal is decided" in run(*GRADE).stdout
    fix = ["--correct", "csat=441/450", "--correct", "net_sales=1250000"]
    said = run(*decide("uphold", "C0001", "2026-07-15", *fix)).stdout
    assert "results of E0012 for June 2026 are computed again from the corrected data" in said
    found = audit.read_corrections(held, "sample").fillna(-1)
    assert found[["kpi", "numerator", "denominator"]].values.tolist() == [
        ["csat", 441.0, 450.0], ["net_sales", 1_250_000.0, -1.0],
    ]  # fmt: skip
    lines = run("show", "C0001").stdout.splitlines()
    assert lines[1] == "12 July 2026: employee appealed. Reason: Ratings are missing"
    assert "    Corrected: csat, 441/450" in lines
    assert "    Corrected: net_sales, 1250000" in lines


def test_the_list_shows_ids_and_codes_and_no_name(held, sample_facts):
    run(*OPEN)
    run(*CONFIRM)
    run(*GRADE)
    rows = [line.split("\t") for line in run("list").stdout.splitlines()]
    assert rows == [
        ["case_id", "person_id", "period", "kind", "status", "vetoes", "opened_on", "decided_on", "appealed_on",
         "evidence"],
        ["C0001", "E0011", "2026-06", "brushing", "confirmed", "yes", "2026-07-06", "2026-07-08", "",
         "2026061700001; 2026061800001"],
        ["C0002", "E0012", "2026-06", "grade_appeal", "appealed", "no", "2026-07-12", "", "2026-07-12",
         "grade:2026-06"],
    ]  # fmt: skip
    roster = sample_facts.table("roster").select("name").distinct().execute()["name"].dropna()
    told = run("list", "--lang", "zh").stdout + run("show", "C0001", "--lang", "zh").stdout
    assert not [name for name in roster if name in told]


def test_the_list_is_narrowed_and_looks_back(held):
    run(*OPEN)
    run(*CONFIRM)
    run(*GRADE)
    assert run("list", "--person", "E0012").stdout.splitlines()[1].startswith("C0002\t")
    assert run("list", "--status", "confirmed").stdout.splitlines()[1].startswith("C0001\t")
    assert "\tsuspected\tno\t" in run("list", "--as-of", "2026-07-07").stdout
    assert len(run("list", "--as-of", "2026-07-07").stdout.splitlines()) == 2
    for nothing in (["--person", "E0001"], ["--as-of", "2026-07-05"], ["--source", "taobao"]):
        found = run("list", *nothing)
        assert (found.stdout, found.stderr) == ("", "no cases\n")


def test_under_appeal_the_list_leaves_the_veto_to_the_rules(held):
    for command in (OPEN, CONFIRM, APPEAL):
        run(*command)
    assert run("list").stdout.splitlines()[1].split("\t")[4:6] == ["appealed", "by_rules"]
    zh, en = (run("list", "--lang", lang).stdout.splitlines()[1].split("\t") for lang in ("zh", "en"))
    assert zh[3:6] == ["刷单", "申诉中", "按制度"]
    assert en[3:6] == ["brushing", "under appeal", "as the rules say"]


def test_a_case_is_shown_with_who_decided_what_and_why(held):
    run(*OPEN)
    run(*CONFIRM, "--recorded-on", "2026-07-09")
    assert run("show", "C0001").stdout.splitlines() == [
        "C0001: E0011, June 2026, brushing. Status: confirmed",
        "6 July 2026: data analyst opened the case. Reason: Two addresses, two amounts",
        "    Evidence: 2026061700001",
        "8 July 2026: HR manager confirmed the case. Reason: The carrier shipped nothing",
        "    Evidence: 2026061800001",
        "    Recorded on 9 July 2026",
    ]
    assert "2026年7月8日，人力资源经理查实。理由：已核对物流" in run("show", "C0001", "--lang", "zh").stdout
    assert len(run("show", "C0001", "--as-of", "2026-07-08").stdout.splitlines()) == 3


def test_what_is_refused_changes_nothing(held):
    refused(held, DataError, "the register is empty", *CONFIRM)
    refused(held, DataError, "a case without evidence", *[word for word in OPEN if word not in OPEN[11:13]])
    refused(
        held,
        DataError,
        "'N. N.'.*the id of a person in the roster",
        *[{"E0011": "N. N."}.get(w, w) for w in OPEN],
    )
    refused(held, DataError, "found nothing; allowed: --reason", *OPEN[:-2])
    refused(held, DataError, "--reason and --reason-zh", *OPEN, "--reason-zh", "核实")
    refused(held, DataError, "--reason-en", *OPEN[:-2], "--reason-en", "Look")
    refused(held, DataError, "'fr'; allowed: zh or en", *OPEN, "--lang", "fr")
    refused(held, ParamError, "'smaple'", *OPEN, "--source", "smaple")
    run(*OPEN)
    refused(held, DataError, "uphold of C0001, which is suspected", *decide("uphold"))
    refused(
        held,
        DataError,
        "confirm by employee",
        *[{"hr_manager": "employee"}.get(word, word) for word in CONFIRM],
    )
    refused(held, DataError, "'csat'; allowed: kpi=numerator", *decide("uphold"), "--correct", "csat")
    refused(held, DataError, "'C0009'; allowed: C0001", "show", "C0009")
    refused(held, ParamError, "'smaple'", "list", "--source", "smaple")


def test_nothing_reads_the_clock_the_day_is_always_given(held):
    days = OPEN.index("--on")
    found = CliRunner().invoke(cases, OPEN[:days] + OPEN[days + 2 :])
    assert found.exit_code == 2
    assert not (held / "data" / "cases").exists()


def test_every_move_has_its_command_and_the_help_names_every_role_and_kind():
    commands = get_command(cases).commands
    assert set(commands) == {"list", "show", *MOVES}
    told = " ".join(option.help or "" for option in commands["open"].params)
    assert all(word in told for word in (*ROLES, *KINDS))
    for move in MOVES:
        assert commands[move].help


def test_the_sample_s_own_register_is_listed(root, monkeypatch):
    monkeypatch.setenv("SALESPERF_ROOT", str(root))
    rows = [
        line.split("\t")[:6]
        for line in run("list", "--as-of", str(date(2026, 7, 11))).stdout.splitlines()[1:]
    ]
    assert rows == [
        ["C0001", "E0011", "2026-06", "brushing", "confirmed", "yes"],
        ["C0002", "E0043", "2026-06", "edited_amounts", "suspected", "no"],
    ]
