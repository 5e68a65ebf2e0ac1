"""The case register: events are only ever added, illegal ones never, and each day sees what was known on it."""

from __future__ import annotations

import json
import pickle
import shutil
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesperf_lib import audit, language, params
from salesperf_lib.audit.case_fields import KINDS, MOVES, ROLES, STATUSES, Correction
from salesperf_lib.audit.case_records import CaseEvent, create, digest_of_event, read_event
from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.params import Name
from salesperf_lib.periods import Period

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 7, 6)
ACTOR = {"open": "data_analyst", "confirm": "hr_manager", "dismiss": "hr_manager", "appeal": "employee",
         "uphold": "appeals_committee", "reject": "appeals_committee"}  # fmt: skip


@pytest.fixture
def project(tmp_path) -> Path:
    return make_project(tmp_path)


def make_project(folder) -> Path:
    (folder / "params" / "sources").mkdir(parents=True)
    for name in ("sample", "other"):
        (folder / "params" / "sources" / f"{name}.yaml").write_text("name: x\n", "utf-8")
    (folder / "params" / "kpis.yaml").write_text("csat: {}\nnet_sales: {}\n", "utf-8")
    return folder


def event(move, case="", actor="", day=DAY, recorded=None, evidence=("o1",), **other):
    said = {"move": move, "actor_role": actor or ACTOR[move], "on": day, "recorded_on": recorded or day,
            "reason": f"because of {move}", "evidence": list(evidence)}  # fmt: skip
    if move == "open":
        said |= {"person_id": "p1", "period": "2026-06", "kind": "brushing"}
    return said | ({"case": case} if case else {}) | other


def add(project, *events, source="sample"):
    return [audit.record_case(one, project, source) for one in events][-1]


def cases_of(project, as_of=None, **rules):
    return audit.read_cases(project, "sample", as_of, **rules)


def status(project, case="C0001", as_of=None):
    return cases_of(project, as_of).set_index("case_id")["status"][case]


def folder(project):
    return project / "data" / "cases" / "sample"


def picture(project):
    return {path: path.read_bytes() for path in (project / "data").rglob("*") if path.is_file()}


def refused(project, one, match, people=None):
    before = picture(project)
    with pytest.raises(DataError, match=match) as caught:
        audit.record_case(one, project, "sample", people)
    assert picture(project) == before
    for problem in caught.value.problems:
        assert problem.where
        assert problem.found
        assert problem.allowed
        assert problem.remedy
    return caught.value.problems


TO = {
    "suspected": ["open"],
    "confirmed": ["open", "confirm"],
    "dismissed": ["open", "dismiss"],
    "appealed": ["open", "confirm", "appeal"],
    "dismissed on appeal": ["open", "confirm", "appeal", "uphold"],
    "confirmed on appeal": ["open", "confirm", "appeal", "reject"],
}
"""Moves that lead to each standing of a suspected violation."""
NEXT = {
    "suspected": {"confirm": "confirmed", "dismiss": "dismissed"},
    "confirmed": {"appeal": "appealed"},
    "dismissed": {},
    "appealed": {"uphold": "dismissed", "reject": "confirmed"},
    "dismissed on appeal": {},
    "confirmed on appeal": {"appeal": "appealed"},
}
GRADE_TO = {
    "appealed": ["open"],
    "upheld": ["open", "uphold"],
    "rejected": ["open", "reject"],
}
GRADE_NEXT = {
    "appealed": {"uphold": "upheld", "reject": "rejected"},
    "upheld": {},
    "rejected": {"appeal": "appealed"},
}


def lead(project, moves, kind="brushing"):
    for place, move in enumerate(moves):
        other = {"kind": kind} if move == "open" else {}
        if move == "open" and kind == "grade_appeal":
            other["actor_role"] = "employee"
        add(project, event(move, "C0001", evidence=[f"o{place}"], **other))


# -- what is written, and read back -------------------------------------------------------------------------


def test_without_a_register_there_are_no_cases_and_nobody_is_vetoed(project):
    found = cases_of(project)
    assert found.empty
    assert list(found) == ["case_id", "person_id", "period", "kind", "status", "evidence", "opened_on",
                           "decided_on", "appealed_on", "vetoes"]  # fmt: skip
    assert audit.vetoed(found, Period.parse("2026-06")) == frozenset()
    assert audit.cases_stamp(project, "sample") == ""
    assert audit.read_corrections(project, "sample").empty
    assert audit.check_cases(project) == []


def test_a_case_is_one_row_with_everything_that_was_said_of_it(project):
    add(
        project,
        event("open", evidence=["f:1", "o1"], person_id="p7", period="2026-Q2", kind="fake_clicks"),
        event("confirm", "C0001", day=date(2026, 7, 8), evidence=["o1", "o2"]),
        event("appeal", "C0001", day=date(2026, 7, 9), recorded=date(2026, 7, 10), evidence=[]),
    )
    (row,) = cases_of(project).to_dict("records")
    assert row == {
        "case_id": "C0001", "person_id": "p7", "period": "2026-Q2", "kind": "fake_clicks", "status": "appealed",
        "evidence": "f:1; o1; o2", "opened_on": pd.Timestamp(2026, 7, 6), "decided_on": pd.Timestamp(2026, 7, 8),
        "appealed_on": pd.Timestamp(2026, 7, 9), "vetoes": False,
    }  # fmt: skip


@pytest.mark.parametrize("standing", TO)
def test_the_days_are_those_of_the_last_decision_and_the_last_appeal(project, standing):
    days = {}
    for place, move in enumerate(TO[standing]):
        days[move] = DAY + timedelta(days=place)
        add(project, event(move, "C0001", day=days[move]))
    (row,) = cases_of(project).to_dict("records")
    decided = [days[move] for move in ("confirm", "dismiss", "uphold", "reject") if move in days]
    for name, day in (("opened_on", DAY), ("decided_on", decided[-1:]), ("appealed_on", days.get("appeal"))):
        expected = day[0] if isinstance(day, list) and day else day or None
        assert row[name] == pd.Timestamp(expected) if expected else pd.isna(row[name])


def test_files_are_numbered_and_chained_and_say_each_thing_once(project):
    path = add(project, event("open", reason={"zh": "核实", "en": "Look"}))
    second = add(project, event("confirm", "C0001"))
    assert (path, second) == (folder(project) / "0001.json", folder(project) / "0002.json")
    said, then = (json.loads(one.read_text("utf-8")) for one in (path, second))
    assert said == {
        "id": "0001", "case": "C0001", "move": "open", "person_id": "p1", "period": "2026-06", "kind": "brushing",
        "actor_role": "data_analyst", "on": "2026-07-06", "recorded_on": "2026-07-06",
        "reason": {"zh": "核实", "en": "Look"}, "evidence": ["o1"], "digest": said["digest"],
    }  # fmt: skip
    assert then["previous"] == said["digest"]
    assert then["reason"] == "because of confirm"
    assert [one.name for one in sorted(folder(project).iterdir())] == ["0001.json", "0002.json"]


def test_an_event_can_be_given_whole_and_comes_back_as_it_was(project):
    given_ = CaseEvent(
        "open", "employee", DAY, DAY, Name("核实", "Look"), ("o1",), "", "p1", "2026-06", "other"
    )
    add(project, given_)
    (found,) = audit.case_events(project, "sample", "C0001")
    assert (found.id, found.case, found.previous) == ("0001", "C0001", "")
    for name in (
        "move",
        "actor_role",
        "on",
        "recorded_on",
        "reason",
        "evidence",
        "person_id",
        "period",
        "kind",
    ):
        assert getattr(found, name) == getattr(given_, name)
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_history_of_a_case_is_its_own_events_only(project):
    add(project, event("open"), event("open", person_id="p2"), event("confirm", "C0001"))
    assert [one.move for one in audit.case_events(project, "sample", "C0001")] == ["open", "confirm"]
    assert [one.person_id for one in audit.case_events(project, "sample", "C0002")] == ["p2"]
    with pytest.raises(DataError, match=r"'C0003'; allowed: C0001, C0002"):
        audit.case_events(project, "sample", "C0003")


def test_the_register_of_one_source_is_no_other_s(project):
    add(project, event("open"), event("confirm", "C0001"))
    assert audit.read_cases(project, "other").empty
    add(project, event("open"), source="other")
    assert audit.read_cases(project, "other")["case_id"].tolist() == ["C0001"]
    assert status(project) == "confirmed"


def test_an_unknown_source_is_refused(project):
    with pytest.raises(ParamError, match="nowhere"):
        add(project, event("open"), source="nowhere")
    assert not (project / "data").exists()


# -- every move from every standing ---------------------------------------------------------------------------


@pytest.mark.parametrize("move", MOVES[1:])
@pytest.mark.parametrize("standing", TO)
def test_each_move_of_a_violation_leads_where_it_should_or_is_refused(project, standing, move):
    lead(project, TO[standing])
    assert status(project) == standing.split()[0]
    if move in NEXT[standing]:
        add(project, event(move, "C0001", evidence=["new"]))
        assert status(project) == NEXT[standing][move]
    else:
        (problem,) = refused(project, event(move, "C0001", evidence=["new"]), f"{move} of C0001, which is")
        assert problem.where == f"data/cases/sample/{len(TO[standing]) + 1:04d}.json move"
        expected = " or ".join(NEXT[standing])
        assert problem.allowed == expected or (not expected and problem.allowed.startswith("none"))


@pytest.mark.parametrize("move", MOVES[1:])
@pytest.mark.parametrize("standing", GRADE_TO)
def test_each_move_of_an_appeal_against_a_grade_leads_where_it_should_or_is_refused(project, standing, move):
    lead(project, GRADE_TO[standing], "grade_appeal")
    assert status(project) == standing
    if move in GRADE_NEXT[standing]:
        add(project, event(move, "C0001", evidence=["new"]))
        assert status(project) == GRADE_NEXT[standing][move]
    else:
        refused(project, event(move, "C0001", evidence=["new"]), f"{move} of C0001, which is {standing}")
    assert not cases_of(project, stands_while_appealed=True)["vetoes"].any()


@pytest.mark.parametrize("move", MOVES[1:])
def test_no_case_moves_before_it_is_opened(project, move):
    refused(project, event(move, "C0001"), "case: found C0001; allowed: none: the register is empty")
    add(project, event("open"))
    refused(project, event(move, "C0002"), "case: found C0002; allowed: C0001")
    refused(project, event(move), "case: found nothing; allowed: C0001")


MAY = {
    "open": {"data_analyst", "hr_manager", "sales_director", "employee"},
    "confirm": {"hr_manager", "sales_director"},
    "dismiss": {"hr_manager", "sales_director"},
    "appeal": {"employee", "hr_manager"},
    "uphold": {"appeals_committee"},
    "reject": {"appeals_committee"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("move", MOVES)
def test_each_move_is_made_by_its_own_roles(project, move, role):
    before = {"open": [], "confirm": TO["suspected"], "dismiss": TO["suspected"], "appeal": TO["confirmed"]}
    lead(project, before.get(move, TO["appealed"]))
    one = event(move, "C0001", role, evidence=["new"])
    if role in MAY[move]:
        add(project, one)
    else:
        (problem,) = refused(project, one, f"{move} by {role}")
        assert set(problem.allowed.split(" or ")) == MAY[move]


@pytest.mark.parametrize("role", ROLES)
def test_a_grade_is_appealed_by_the_employee_or_for_them_by_hr(project, role):
    one = event("open", kind="grade_appeal", actor=role)
    if role in ("employee", "hr_manager"):
        add(project, one)
    else:
        refused(project, one, f"open of a grade_appeal by {role}; allowed: employee or hr_manager")


@pytest.mark.parametrize("move", ["confirm", "dismiss"])
@pytest.mark.parametrize(
    ("opener", "other"), [("hr_manager", "sales_director"), ("sales_director", "hr_manager")]
)
def test_who_opened_a_case_does_not_decide_it(project, opener, other, move):
    add(project, event("open", actor=opener))
    refused(project, event(move, "C0001", opener), f"{opener}, who also opened C0001; allowed: {other}")
    add(project, event(move, "C0001", other))


# -- what vetoes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stands", [True, False])
@pytest.mark.parametrize("standing", TO)
def test_only_a_confirmed_case_vetoes_and_under_appeal_as_the_rules_say(project, standing, stands):
    lead(project, TO[standing])
    expected = standing.startswith("confirmed") or (standing == "appealed" and stands)
    found = cases_of(project, stands_while_appealed=stands)
    assert found["vetoes"].tolist() == [expected]
    assert audit.vetoed(found, Period.parse("2026-06")) == ({"p1"} if expected else set())


def test_an_upheld_appeal_leaves_nobody_vetoed_just_as_before_the_case(project):
    before = audit.vetoed(cases_of(project), Period.parse("2026-06"))
    lead(project, TO["dismissed on appeal"])
    assert audit.vetoed(cases_of(project), Period.parse("2026-06")) == before
    assert audit.vetoed(cases_of(project, stands_while_appealed=True), Period.parse("2026-06")) == before


@pytest.mark.parametrize(
    ("case", "appraised", "fiscal_start", "hit"),
    [
        ("2026-06", "2026-06", 1, True),
        ("2026-06", "2026-05", 1, False),
        ("2026-06", "2026-07", 1, False),
        ("2026-06", "2026-Q2", 1, True),
        ("2026-06", "2026-Q3", 1, False),
        ("2026-06", "2026", 1, True),
        ("2026-06", "2025", 1, False),
        ("2026-Q2", "2026-04", 1, True),
        ("2026-Q2", "2026-07", 1, False),
        ("2026-Q1", "2026", 1, True),
        ("2026", "2026-12", 1, True),
        ("2026-05-18..2026-06-01", "2026-06", 1, True),  # its last day is the month's first
        ("2026-05-18..2026-05-31", "2026-06", 1, False),
        ("2026-06-30", "2026-06", 1, True),
        ("2026-W27", "2026-06", 1, True),  # 29 June to 5 July
        ("2026-W27", "2026-07", 1, True),
        ("2026-04..2026-05", "2026-06", 1, False),
        ("2026-06", "FY2026", 7, True),  # July 2025 to June 2026
        ("2026-06", "FY2027", 7, False),
        ("FY2026", "2026-06", 7, True),
        ("FY2026", "2026-07", 7, False),
        ("FY2026-Q4", "2026-04", 7, True),
        ("FY2026-Q4", "2026-03", 7, False),
        ("FY2026", "2025-04", 4, True),  # April 2025 to March 2026
        ("FY2026", "2025-03", 4, False),
    ],
)
def test_a_case_vetoes_every_period_that_shares_a_day_with_its_own(
    project, case, appraised, fiscal_start, hit
):
    late = date(2027, 6, 1)
    add(project, event("open", period=case, day=late), event("confirm", "C0001", day=late))
    found = audit.vetoed(cases_of(project), Period.parse(appraised, fiscal_start), fiscal_start)
    assert found == ({"p1"} if hit else set())


def test_each_person_is_vetoed_once_however_many_cases_hit(project):
    add(project, event("open"), event("open", kind="fake_clicks"), event("open", person_id="p2"),
        event("open", person_id="p3"))  # fmt: skip
    for case in ("C0001", "C0002", "C0004"):
        add(project, event("confirm", case))
    assert audit.vetoed(cases_of(project), Period.parse("2026-06")) == {"p1", "p3"}


# -- what a day knows ---------------------------------------------------------------------------------------------


def test_a_view_sees_what_had_been_recorded_and_not_what_had_been_decided(project):
    add(
        project,
        event("open"),
        event("confirm", "C0001", day=date(2026, 7, 8), recorded=date(2026, 7, 10)),
        event("appeal", "C0001", day=date(2026, 7, 12)),
        event("uphold", "C0001", day=date(2026, 7, 20)),
    )
    assert cases_of(project, date(2026, 7, 5)).empty
    seen = [status(project, as_of=date(2026, 7, day)) for day in (6, 9, 10, 11, 12, 19, 20, 31)]
    assert seen == ["suspected"] * 2 + ["confirmed"] * 2 + ["appealed"] * 2 + ["dismissed"] * 2
    assert len(audit.case_events(project, "sample", "C0001", date(2026, 7, 9))) == 1
    with pytest.raises(DataError, match="the register is empty"):
        audit.case_events(project, "sample", "C0001", date(2026, 7, 5))


def test_the_stamp_changes_with_what_is_seen_and_with_nothing_else(project):
    add(project, event("open"))
    first = audit.cases_stamp(project, "sample")
    assert first
    add(project, event("confirm", "C0001", day=date(2026, 7, 8)))
    assert audit.cases_stamp(project, "sample", date(2026, 7, 7)) == first
    assert audit.cases_stamp(project, "sample", date(2026, 7, 5)) == ""
    last = audit.cases_stamp(project, "sample")
    assert last not in ("", first)
    assert audit.cases_stamp(project, "sample", date(2026, 7, 8)) == last
    assert audit.cases_stamp(project, "other") == ""


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(-3, 45))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_recorded_later_leaves_earlier_views_alone(tmp_path_factory, gaps, asked):
    mine = make_project(tmp_path_factory.mktemp("cases"))
    as_of = DAY + timedelta(days=asked)
    views = []
    for place, gap in enumerate(sorted(gaps)):
        add(mine, event("open", person_id=f"p{place}", day=DAY + timedelta(days=gap)))
        if gap <= asked:
            views = [f"p{i}" for i in range(place + 1)]
        assert cases_of(mine, as_of)["person_id"].tolist() == views


# -- appeals --------------------------------------------------------------------------------------------------------


def test_a_second_appeal_needs_evidence_that_the_case_has_not_named(project):
    lead(project, TO["confirmed on appeal"])  # o0 to o3
    refused(project, event("appeal", "C0001", evidence=[]), "a second appeal in C0001 without new evidence")
    refused(project, event("appeal", "C0001", evidence=["o3", "o0"]), "a second appeal in C0001")
    add(project, event("appeal", "C0001", evidence=["o0", "carrier-77"]))
    add(project, event("uphold", "C0001", evidence=[]))
    assert status(project) == "dismissed"


def test_a_first_appeal_needs_none(project):
    lead(project, TO["confirmed"])
    add(project, event("appeal", "C0001", evidence=[]))
    assert status(project) == "appealed"


def test_a_rejected_appeal_against_a_grade_needs_new_evidence_too(project):
    lead(project, GRADE_TO["rejected"], "grade_appeal")
    refused(project, event("appeal", "C0001", evidence=["o0"]), "a second appeal in C0001")
    add(project, event("appeal", "C0001", evidence=["doc-2"]))


def test_an_upheld_appeal_against_a_grade_corrects_values(project):
    right = [
        {"kpi": "csat", "numerator": 441, "denominator": 450},
        {"kpi": "net_sales", "numerator": 1_250_000},
    ]
    lead(project, ["open"], "grade_appeal")
    add(project, event("uphold", "C0001", day=date(2026, 7, 15), corrections=right))
    found = audit.read_corrections(project, "sample")
    assert found.drop(columns="decided_on").astype(object).values.tolist()[0] == [
        "C0001", "p1", "2026-06", "csat", 441.0, 450.0,
    ]  # fmt: skip
    assert found["kpi"].tolist() == ["csat", "net_sales"]
    assert pd.isna(found["denominator"][1])
    assert set(found["decided_on"]) == {pd.Timestamp(2026, 7, 15)}
    assert audit.read_corrections(project, "sample", date(2026, 7, 14)).empty
    assert audit.check_cases(project) == []
    (_, upheld) = audit.case_events(project, "sample", "C0001")
    assert upheld.corrections[1] == Correction("net_sales", 1_250_000.0)


def test_of_two_corrections_of_one_value_the_later_holds(project):
    for number, value in ((1, 10), (2, 12)):
        add(project, event("open", kind="grade_appeal", actor="employee", evidence=[f"d{number}"]))
        fix = [{"kpi": "csat", "numerator": value, "denominator": 20}]
        add(project, event("uphold", f"C000{number}", corrections=fix))
    found = audit.read_corrections(project, "sample")
    assert found[["case_id", "numerator"]].values.tolist() == [["C0002", 12.0]]


def test_an_upheld_appeal_against_a_grade_says_what_changes(project):
    lead(project, ["open"], "grade_appeal")
    refused(project, event("uphold", "C0001", evidence=[]), "an upheld appeal that changes nothing")
    add(project, event("uphold", "C0001", evidence=["snapshot e5fcfe5c"]))


def test_nothing_but_an_upheld_appeal_against_a_grade_corrects(project):
    fix = {"corrections": [{"kpi": "csat", "numerator": 1, "denominator": 2}]}
    refused(project, event("open", **fix), "corrections with the move open")
    lead(project, TO["appealed"])
    refused(project, event("uphold", "C0001", **fix), "only an upheld appeal against a grade corrects")


@pytest.mark.parametrize(
    "fix",
    [
        [{"kpi": "nope", "numerator": 1}],
        [{"kpi": "csat"}],
        [{"kpi": "csat", "numerator": "1"}],
        [{"kpi": "csat", "numerator": True}],
        [{"kpi": "csat", "numerator": float("nan")}],
        [{"kpi": "csat", "numerator": 10**400}],
        [{"kpi": "csat", "numerator": 1, "denominator": 0}],
        [{"kpi": "csat", "numerator": 1, "denominator": -2}],
        [{"kpi": "csat", "numerator": 1, "target": 2}],
        [{"kpi": "csat", "numerator": 1}, {"kpi": "csat", "numerator": 2}],
        {"kpi": "csat", "numerator": 1},
    ],
)
def test_an_impossible_correction_is_refused(project, fix):
    lead(project, ["open"], "grade_appeal")
    refused(project, event("uphold", "C0001", corrections=fix), "corrections")


# -- what is refused, and leaves the register as it was ----------------------------------------------------------


@pytest.mark.parametrize("move", ["open", "confirm"])
def test_a_case_without_evidence_is_refused(project, move):
    case = "" if move == "open" else "C0001"
    if case:
        add(project, event("open"))
    refused(project, event(move, case, evidence=[]), rf"evidence: found a case without evidence \({move}\)")
    refused(project, event(move, case, evidence=["  "]), "none blank and none twice")
    refused(project, event(move, case, evidence=["o1", "o1 "]), "none blank and none twice")
    refused(project, event(move, case) | {"evidence": "o1"}, "a list of references")


def test_a_dismissal_needs_no_evidence(project):
    add(project, event("open"), event("dismiss", "C0001", evidence=[]))
    assert status(project) == "dismissed"


def test_nobody_is_tried_twice_on_the_same_evidence(project):
    add(project, event("open", evidence=["o1", "o2"]), event("dismiss", "C0001", evidence=["o3"]))
    (problem,) = refused(project, event("open", evidence=["o3", "o1"]), r"nothing that C0001 \(dismissed\)")
    assert "C0001" in problem.remedy
    refused(project, event("open", evidence=["o1", "o2", "o3"]), "nothing that C0001")
    add(project, event("open", evidence=["o1", "o4"]))
    add(project, event("open", evidence=["o1"], period="2026-05"))
    add(project, event("open", evidence=["o1"], person_id="p2"))
    add(project, event("open", evidence=["o1"], kind="other"))
    assert len(cases_of(project)) == 5


@pytest.mark.parametrize("name", ["person_id", "period", "kind"])
def test_an_opening_says_of_whom_when_and_what_for_and_later_moves_do_not(project, name):
    bare = event("open")
    value = bare.pop(name)
    refused(project, bare, rf"0001.json {name}: found nothing")
    add(project, event("open"))
    refused(project, event("confirm", "C0001", **{name: value}), f"{name}: found {value}; allowed: no {name}")


@pytest.mark.parametrize("name", ["move", "actor_role", "on", "recorded_on", "reason"])
def test_every_event_has_its_parts(project, name):
    bare = event("open")
    del bare[name]
    refused(project, bare, rf"0001.json {name}: found nothing.*give {name}")


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("move", "reopen", "open, confirm"),
        ("actor_role", "N. N.", "a role, never a name"),
        ("kind", "laziness", "brushing, edited_amounts"),
        ("period", "June", "2026-06"),
        ("period", "2026-13", "2026-06"),
        ("period", " ", "not blank"),
        ("person_id", "", "a case is opened with it"),
        ("on", "6 July 2026", "a day such as"),
        ("on", "20260706", "a day such as"),
        ("on", datetime(2026, 7, 6, tzinfo=UTC), "a day such as"),
        ("recorded_on", "2026-07-32", "a day such as"),
        ("reason", "  ", "a sentence"),
        ("reason", {"zh": "核实"}, "a sentence"),
        ("reason", {"zh": "核实", "en": ""}, "a sentence"),
        ("reason", {"zh": "核实", "en": "Look", "fr": "Voir"}, "a sentence"),
        ("evidence", [1], "a list of references"),
        ("case", "1", "a case such as C0001"),
        ("case", "C0002", "C0001, the next case"),
        ("mood", "good", "evidence"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_field(project, field, value, allowed):
    refused(project, event("open") | {field: value}, f"(?s){allowed}")


def test_every_problem_is_told_at_once(project):
    found = refused(
        project,
        event(
            "open",
            kind="",
            period="2027-01",
            evidence=[],
            actor="appeals_committee",
            recorded=date(2026, 7, 5),
        ),
        "(?s)recorded_on.*kind.*period.*actor_role.*evidence",
    )
    assert len(found) == 5


def test_a_period_that_has_not_begun_is_refused(project):
    refused(project, event("open", period="2026-07-07"), "a period that had begun by 2026-07-06")
    add(project, event("open", period="2026-07-06"))
    refused(project, event("open", period="FY2028"), "a period that had begun")
    add(project, event("open", period="FY2027"))  # from April 2026 on, where the year begins in April


def test_the_register_is_written_in_order(project):
    add(project, event("open", day=date(2026, 7, 8)))
    refused(
        project,
        event("open", person_id="p2", day=date(2026, 7, 7)),
        "2026-07-07; allowed: 2026-07-08 or later",
    )
    refused(
        project,
        event("confirm", "C0001", day=date(2026, 7, 7), recorded=date(2026, 7, 9)),
        "on: found 2026-07-07; allowed: 2026-07-08 or later: C0001 moved on that day",
    )
    refused(
        project,
        event("confirm", "C0001", day=date(2026, 7, 9), recorded=date(2026, 7, 8)),
        "2026-07-09 or later",
    )
    add(project, event("open", person_id="p2", day=date(2026, 7, 7), recorded=date(2026, 7, 8)))


def test_a_person_whom_the_roster_does_not_know_is_refused(project):
    refused(project, event("open", person_id="N. N."), "give the id, not the name", people=("p1", "p2"))
    refused(project, event("open"), "the source has no roster", people=())
    audit.record_case(event("open"), project, "sample", ("p1", "p2"))
    audit.record_case(event("confirm", "C0001"), project, "sample", ("p2",))  # who has left may be judged


# -- a register that somebody touched -----------------------------------------------------------------------------


@pytest.fixture
def three(project):
    add(project, event("open"), event("confirm", "C0001"), event("open", person_id="p2"))
    return project


def broken(project, match):
    told = "\n".join(str(problem) for problem in audit.check_cases(project))
    for ask in (audit.read_cases, audit.cases_stamp, audit.read_corrections):
        with pytest.raises(DataError, match=match):
            ask(project, "sample")
    refused(project, event("open", person_id="p9"), match)
    return told


def test_a_changed_event_is_noticed(three):
    path = folder(three) / "0001.json"
    path.write_text(path.read_text("utf-8").replace('"p1"', '"p2"'), "utf-8")
    assert "0001.json: found an event that was changed" in broken(three, "0001.json: found an event that was")


def test_an_event_changed_with_its_digest_breaks_the_chain(three):
    path = folder(three) / "0001.json"
    raw = json.loads(path.read_text("utf-8")) | {"person_id": "p3", "digest": ""}
    forged = digest_of_event(read_event(raw, path))
    path.write_text(json.dumps(raw | {"digest": forged}), "utf-8")
    assert "0002.json: found another event before it" in broken(
        three, "0002.json: found another event before it"
    )


def test_a_missing_event_is_noticed(three):
    (folder(three) / "0002.json").unlink()
    assert "0002: an event before it is missing" in broken(three, "0002: an event before it is missing")


def test_an_event_put_in_another_s_place_is_noticed(three):
    shutil.copy(folder(three) / "0003.json", folder(three) / "0002.json")
    assert "id '0003'" in broken(three, "id '0003'")


def test_an_illegal_move_written_by_hand_is_noticed(three):
    last = audit.case_events(three, "sample", "C0002")[-1]
    path = folder(three) / "0004.json"
    raw = event("uphold", "C0002", id="0004", previous=last.digest, on="2026-07-06", recorded_on="2026-07-06")
    path.write_text(json.dumps(raw | {"digest": digest_of_event(read_event(raw, path))}), "utf-8")
    told = broken(three, "uphold of C0002, which is suspected")
    assert told.count("0004.json") == 1


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (b"", "0003.json"),
        (b"[]", "found a list"),
        (b"\xff\xfe", "JSON object in UTF-8"),
        (b'{"id": "0003", "id": "0003"}', "second time"),
        (b'{"id": "0003", "evidence": NaN}', "no JSON number"),
        (b'{"id": "../x"}', "a number such as 0001"),
    ],
)
def test_what_is_no_event_is_named(three, text, match):
    (folder(three) / "0003.json").write_bytes(text)
    broken(three, match)


def test_files_and_folders_that_do_not_belong_are_noticed(three):
    (three / "data" / "cases" / "smaple").mkdir()
    (three / "data" / "cases" / "0001.json").write_text("{}", "utf-8")
    told = "\n".join(str(one) for one in audit.check_cases(three))
    assert "data/cases/smaple: found a register of smaple; allowed: other, sample" in told
    assert "data/cases/0001.json" in told
    (folder(three) / "0002 (copy).json").write_text("{}", "utf-8")
    assert "0002 (copy).json: found no event" in broken(three, "no event")


def test_layout_is_no_change_and_drafts_are_not_seen(three):
    path = folder(three) / "0002.json"
    raw = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(dict(reversed(raw.items()))).replace("\n", "\r\n"), "utf-8")
    (folder(three) / ".0004.1.2.draft").write_text("half", "utf-8")
    assert audit.check_cases(three) == []
    assert status(three) == "confirmed"


def test_a_new_event_is_seen_at_once(project):
    add(project, event("open"))
    assert status(project) == "suspected"
    add(project, event("confirm", "C0001"))
    assert status(project) == "confirmed"


# -- several writers ------------------------------------------------------------------------------------------------


def test_of_writers_at_one_moment_one_wins_and_nothing_is_lost(project):
    outcome: list[str] = []
    start = threading.Barrier(4)

    def write(person):
        start.wait()
        try:
            outcome.append(add(project, event("open", person_id=person)).name)
        except DataError as error:
            outcome.append(str(error))

    writers = [threading.Thread(target=write, args=(f"p{number}",)) for number in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    written = sorted(text for text in outcome if text.endswith(".json"))
    assert written == [f"{number + 1:04d}.json" for number in range(len(written))]
    assert all("an event already" in text for text in outcome if text not in written)
    assert sorted(path.name for path in folder(project).iterdir()) == written
    assert len(cases_of(project)) == len(written) >= 1
    assert audit.check_cases(project) == []


def test_of_two_who_read_the_same_register_the_slower_is_refused(project, monkeypatch):
    add(project, event("open"))
    from salesperf_lib.audit import cases

    real = cases.create

    def slow(path, said):
        """Let another writer confirm the case just before this one writes."""
        monkeypatch.setattr(cases, "create", real)
        add(project, event("confirm", "C0001"))
        real(path, said)

    monkeypatch.setattr(cases, "create", slow)
    with pytest.raises(DataError, match=r"0002.json: found an event already; allowed: a new number"):
        add(project, event("dismiss", "C0001"))
    assert status(project) == "confirmed"
    assert len(list(folder(project).iterdir())) == 2
    assert audit.check_cases(project) == []


def test_a_file_system_without_links_still_never_replaces_an_event(project, monkeypatch):
    def none(*_):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", none)
    path = add(project, event("open"), event("confirm", "C0001"))
    before = picture(project)
    with pytest.raises(DataError, match="an event already"):
        create(path, read_event(event("open"), path))
    assert picture(project) == before


# -- whatever is tried -------------------------------------------------------------------------------------------


def legal(move, actor, fresh, past, opener):
    """Say by the rules, written out on their own, whether a violation's next move is allowed."""
    standing = {
        (): "none", ("open",): "suspected",
    }.get(tuple(past)) or {"confirm": "confirmed", "dismiss": "closed", "appeal": "appealed",
                           "uphold": "closed", "reject": "confirmed"}[past[-1]]  # fmt: skip
    table = {
        ("none", "open"): actor != "appeals_committee",
        ("suspected", "confirm"): actor in ("hr_manager", "sales_director") and actor != opener,
        ("suspected", "dismiss"): actor in ("hr_manager", "sales_director") and actor != opener,
        ("confirmed", "appeal"): actor in ("employee", "hr_manager") and (fresh or "appeal" not in past),
        ("appealed", "uphold"): actor == "appeals_committee",
        ("appealed", "reject"): actor == "appeals_committee",
    }
    return table.get((standing, move), False)


ATTEMPTS = st.lists(
    st.tuples(st.sampled_from(MOVES[1:]), st.sampled_from(ROLES), st.booleans(), st.booleans()), max_size=12
)


@given(st.sampled_from(ROLES), ATTEMPTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_attempts_leave_a_sound_register_whose_vetoes_follow_the_rule(tmp_path_factory, opener, attempts):
    mine = make_project(tmp_path_factory.mktemp("cases"))
    past: list[str] = []
    tries = [("open", opener, False, True)]
    tries += [(move, ACTOR[move] if usual else actor, usual, fresh) for move, actor, usual, fresh in attempts]
    for place, (move, actor, _, fresh) in enumerate(tries):
        one = event(move, "C0001", actor, evidence=[f"o{place}" if fresh else "o0"])
        allowed = legal(move, actor, fresh, past, opener)
        before = picture(mine)
        try:
            add(mine, one)
        except DataError:
            assert not allowed
            assert picture(mine) == before
        else:
            assert allowed
            past.append(move)
    confirmed, appealed = past[-1:] in (["confirm"], ["reject"]), past[-1:] == ["appeal"]
    for stands, vetoes in ((False, confirmed), (True, confirmed or appealed)):
        found = cases_of(mine, stands_while_appealed=stands)
        assert audit.vetoed(found, Period.parse("2026-Q2")) == ({"p1"} if vetoes else set())
    assert audit.check_cases(mine) == []
    assert [one.move for one in (audit.case_events(mine, "sample", "C0001") if past else ())] == past


# -- the sample's register, and its words ----------------------------------------------------------------------


def test_the_sample_s_register_tells_of_the_planted_culprits(root):
    truth = params.read_yaml(root / "data" / "sample" / "TRUTH.yaml")
    found = audit.read_cases(root, "sample", date(2026, 7, 11)).set_index("kind")
    assert audit.check_cases(root) == []
    assert found["person_id"].to_dict() == {
        kind: truth[kind]["person_id"] for kind in ("brushing", "edited_amounts")
    }
    assert found["status"].to_dict() == {"brushing": "confirmed", "edited_amounts": "suspected"}
    for kind, row in found.iterrows():
        orders = {one for one in row["evidence"].split("; ") if one.isdigit()}
        assert orders
        assert orders <= set(truth[kind]["order_ids"])
    culprit = truth["brushing"]["person_id"]
    for day, expected in ((7, set()), (8, {culprit}), (9, {culprit})):
        known = audit.read_cases(root, "sample", date(2026, 7, day))
        assert audit.vetoed(known, Period.parse("2026-06")) == expected
    assert audit.vetoed(audit.read_cases(root, "sample"), Period.parse("2026-05")) == set()


@pytest.mark.parametrize(
    ("part", "codes"), [("status", STATUSES), ("kind", KINDS), ("move", MOVES), ("role", ROLES)]
)
def test_every_code_has_its_word_and_every_word_its_code(part, codes):
    known = {key.rpartition(".")[2] for key in language.entries() if key.startswith(f"case.{part}.")}
    assert known == set(codes)
    for lang in language.LANGUAGES:
        words = [language.text(f"case.{part}.{code}", lang) for code in codes]
        assert len(set(words)) == len(words)
