"""The ledger: records are only ever added, wrong ones never, and each day sees what was known on it."""

from __future__ import annotations

import shutil
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesperf_lib import params
from salesperf_lib.errors import ParamError
from salesperf_lib.params import check_ledger, load_policy, read_ledger
from salesperf_lib.params.ledger import Record, append, in_force
from salesperf_lib.params.ledger_records import create
from salesperf_lib.periods import Period

ROOT = Path(__file__).resolve().parents[1]
CLOSED = date(2026, 6, 30)


def change(
    kpi="net_sales", period="2026-07", before=1000, after=900, unit="company", level="company", team=""
):
    return {"level": level, "unit_id": unit, "team_id": team, "kpi": kpi, "period": period,
            "before": float(before), "after": float(after)}  # fmt: skip


def meeting(*changes, month=7, day=date(2026, 7, 3), **other):
    record = {
        "kind": "calibration",
        "valid_from": date(2026, month, 1),
        "recorded_on": day,
        "title": {"zh": "获客成本上升", "en": "Acquisition got dearer"},
        "shock": {"kpi": "cac", "size": 0.3, "origin": "detected", "evidence": "cac up since 2026-03"},
        "rule": {"response": 1.0, "pass_on": 0.5, "cap_quantile": 0.9, "alternative": "rule"},
        "unfunded_gap": 12_345,
        "attendees": [{"role": "sales_director"}, {"role": "senior_member", "count": 2}],
        "changes": list(changes) or [change(period=f"2026-{month:02d}")],
    }
    return record | other


def edit(*changes, month=7, day=date(2026, 7, 3), **other):
    title = {"zh": "目标表", "en": "Target book"}
    record = {"kind": "edit", "valid_from": date(2026, month, 1), "recorded_on": day, "title": title}
    return record | {"changes": list(changes)} | other


def withdrawal(number, month=7, day=date(2026, 7, 5), **other):
    title = {"zh": "撤回", "en": "Withdrawn"}
    record = {"kind": "withdrawal", "valid_from": date(2026, month, 1), "recorded_on": day, "title": title}
    return record | {"withdraws": number} | other


@pytest.fixture
def project(tmp_path) -> Path:
    ignored = shutil.ignore_patterns("calibrations")
    shutil.copytree(ROOT / "params", tmp_path / "params", ignore=ignored)
    return tmp_path


def add(project, record, closed=CLOSED, source="sample"):
    return append(record, project, source, closed)


def force(project, period="2026-12", as_of=None):
    return [one.id for one in in_force(project, "sample", Period.parse(period), as_of)]


def picture(project):
    files = [*project.glob("params/calibrations/**/*"), *project.glob("data/**/*")]
    return {path: path.read_bytes() for path in files if path.is_file()}


def refused(project, record, match, closed=CLOSED):
    before = picture(project)
    with pytest.raises(ParamError, match=match):
        add(project, record, closed)
    assert picture(project) == before


# -- what is written, and read back ------------------------------------------------------------------------


def test_without_a_ledger_nothing_is_in_force(project):
    assert in_force(project, "sample", Period.parse("2026-07"), None) == ()
    assert read_ledger(project, "sample") == []
    assert check_ledger(project) == []


def test_a_record_comes_back_as_it_was_given(project):
    path = add(project, meeting(change(after=900.5, kpi="csat"), change("cac", after=31200.000000000004)))
    assert path == project / "params" / "calibrations" / "sample" / "0001.yaml"
    (record,) = read_ledger(project, "sample")
    given = Record.model_validate(
        meeting(change(after=900.5, kpi="csat"), change("cac", after=31200.000000000004))
    )
    filled = {"id": "0001", "digest": record.digest}
    assert record == given.model_copy(update=filled)
    assert check_ledger(project) == []


def test_an_amendment_says_what_the_record_says(project):
    add(project, Record.model_validate(meeting()))
    (one,) = in_force(project, "sample", Period.parse("2026-07"), None)
    assert (one.id, one.kind, one.valid_from, one.recorded_on) == (
        "0001", "calibration", date(2026, 7, 1), date(2026, 7, 3),
    )  # fmt: skip
    assert one.title.en == "Acquisition got dearer"
    (moved,) = one.changes
    assert (moved.unit_id, moved.kpi, moved.period, moved.before, moved.after) == (
        "company", "net_sales", "2026-07", 1000.0, 900.0,
    )  # fmt: skip


def test_edits_lie_apart_and_may_name_people(project):
    path = add(project, edit(change(level="person", unit="p001", team="t1"), change(period="2026-Q4")))
    assert path == project / "data" / "edits" / "sample" / "0001.yaml"
    assert force(project) == ["E0001"]


def test_the_policy_carries_the_amendments_and_only_later_months_get_another_digest(project):
    before = {month: load_policy(month, root=project).digest for month in ("2026-06", "2026-07")}
    add(project, meeting())
    after = {month: load_policy(month, root=project) for month in before}
    assert after["2026-06"].digest == before["2026-06"]
    assert after["2026-06"].amendments == ()
    assert after["2026-07"].digest != before["2026-07"]
    assert [one.id for one in after["2026-07"].amendments] == ["0001"]
    early = load_policy("2026-07", as_of=date(2026, 7, 2), root=project)
    assert early.digest == before["2026-07"]


def test_the_ledger_of_one_source_is_no_other_s(project):
    other = next(name for name in params.list_sources(project) if name != "sample")
    add(project, meeting())
    assert in_force(project, other, Period.parse("2026-07"), None) == ()


# -- which records count ------------------------------------------------------------------------------------


def test_records_count_from_their_month_and_from_the_day_they_were_known(project):
    add(project, meeting(month=8))
    assert force(project, "2026-07") == []
    assert force(project, "2026-08") == ["0001"]
    assert force(project, "2026") == ["0001"]
    assert force(project, "2026-08", date(2026, 7, 2)) == []
    assert force(project, "2026-08", date(2026, 7, 3)) == ["0001"]


def test_two_meetings_in_a_row_compose(project):
    add(project, meeting(change(), change(period="2026-08")))
    add(project, meeting(change(period="2026-08", before=900, after=950), month=8, day=date(2026, 8, 3)))
    assert force(project) == ["0001", "0002"]
    assert force(project, "2026-07") == ["0001"]
    assert check_ledger(project) == []


def test_a_withdrawal_takes_a_record_back_from_its_own_day_on(project):
    add(project, meeting())
    add(project, withdrawal("0001"))
    assert force(project) == []
    assert force(project, as_of=date(2026, 7, 4)) == ["0001"]
    assert [one.kind for one in read_ledger(project, "sample")] == ["calibration", "withdrawal"]


def test_a_later_withdrawal_leaves_the_months_that_closed_before_it(project):
    add(project, meeting(change(), change(period="2026-08"), change(period="2026-09")))
    add(project, withdrawal("0001", month=8, day=date(2026, 8, 12)), date(2026, 7, 31))
    (one,) = in_force(project, "sample", Period.parse("2026-12"), None)
    assert [moved.period for moved in one.changes] == ["2026-07"]
    (known,) = in_force(project, "sample", Period.parse("2026-12"), date(2026, 8, 11))
    assert len(known.changes) == 3


def test_after_a_withdrawal_the_same_month_can_be_decided_again(project):
    add(project, meeting())
    add(project, withdrawal("0001"))
    add(project, meeting(change(after=950), day=date(2026, 7, 5)))
    assert force(project) == ["0003"]
    assert check_ledger(project) == []


def test_an_edit_is_withdrawn_in_its_own_register(project):
    add(project, edit(change()))
    path = add(project, withdrawal("E0001"))
    assert path == project / "data" / "edits" / "sample" / "0002.yaml"
    assert force(project) == []


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(-5, 70))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_day_knows_is_what_had_been_recorded_by_it(tmp_path_factory, gaps, asked):
    project = tmp_path_factory.mktemp("ledger")
    shutil.copytree(ROOT / "params", project / "params", ignore=shutil.ignore_patterns("calibrations"))
    days = [date(2026, 7, 1) + timedelta(days=gap) for gap in sorted(gaps)]
    for place, day in enumerate(days):
        add(project, meeting(change(unit=f"t{place}", level="team", period="2026-10"), month=10, day=day))
    as_of = date(2026, 7, 1) + timedelta(days=asked)
    assert force(project, as_of=as_of) == [f"{i + 1:04d}" for i, day in enumerate(days) if day <= as_of]


# -- what is refused, and leaves the ledger as it was -----------------------------------------------------------


def test_a_closed_month_is_refused_and_the_first_open_one_named(project):
    refused(project, meeting(month=6), r"2026-06, a closed month; allowed: 2026-07 or later")
    assert add(project, meeting(month=7)).is_file()


def test_a_withdrawal_moves_no_closed_month_either(project):
    add(project, meeting())
    late = withdrawal("0001", month=7, day=date(2026, 8, 12))
    refused(project, late, r"2026-07, a closed month; allowed: 2026-08", date(2026, 7, 31))


def test_two_records_for_the_same_month_kpi_and_unit_are_refused_and_both_named(project):
    add(project, meeting())
    refused(
        project,
        meeting(change(period="2026-09")),
        r"0001 and this record, both for net_sales of company company",
    )
    refused(project, edit(change()), "0001 and this record")
    add(project, meeting(change("cac")))
    add(project, edit(change(unit="t1", level="team", team="t1")))


def test_a_record_that_a_later_month_would_override_is_refused(project):
    add(project, meeting(change(period="2026-09"), month=9))
    refused(
        project,
        meeting(change(period="2026-09"), month=8),
        "0001 moves net_sales of company company in 2026-09",
    )
    add(project, meeting(change(period="2026-08"), month=8))


@pytest.mark.parametrize("size", [-1.0, -2.0, 0.0, float("nan"), float("inf"), float("-inf")])
def test_an_impossible_shock_is_refused(project, size):
    record = meeting()
    refused(project, record | {"shock": record["shock"] | {"size": size}}, r"0001.yaml shock.size")


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("side", ["before", "after"])
def test_negative_and_absent_targets_are_refused_by_row(project, side, amount):
    refused(project, meeting(change(period="2026-08"), change() | {side: amount}), rf"changes.1.{side}")


def test_every_problem_is_told_at_once(project):
    rows = [change("nope"), change(level="person", unit="p001"), change(period="2026-Q3"), change(period="soon"),
            change(after=0.5), change("refund_rate", before=0.05, after=1.5), change(period="2026-06"),
            change("cac"), change("cac")]  # fmt: skip
    refused(
        project,
        meeting(*rows),
        r"(?s)cac of company company in 2026-07 more than once.*'nope'.*changes.1.level: found person.*"
        r"changes.2.period: found 2026-Q3.*changes.3.period: found 'soon'.*changes.4.*whole units.*"
        r"changes.5.after: found 1.5.*changes.6.period: found 2026-06; allowed: 2026-07",
    )


def test_attendees_are_roles_and_never_persons(project):
    refused(
        project, meeting(attendees=[{"role": "p001"}]), "'p001'; allowed: 'sales_director', 'data_analyst'"
    )
    refused(project, meeting(attendees=[{"role": "data_analyst", "name": "N. N."}]), "an unknown key name")
    refused(project, meeting(attendees=[]), "attendees")


def test_each_kind_of_record_has_its_own_parts(project):
    bare = {"shock": None, "rule": None, "changes": []}
    refused(project, meeting(**bare), r"(?s)shock.*rule.*changes")
    refused(project, edit(), "changes")
    refused(project, edit(change(), shock=meeting()["shock"]), "no shock in a record of kind edit")
    refused(project, withdrawal(None), "withdraws")
    refused(project, meeting(withdraws="0001"), "no withdraws")
    refused(project, meeting(mood="good"), "unknown key mood")
    kept = meeting()["rule"] | {"alternative": "keep"}
    add(project, meeting(rule=kept, changes=[]))


def test_records_come_in_the_order_of_their_days(project):
    add(project, meeting(day=date(2026, 7, 10)))
    refused(
        project, meeting(change("cac"), day=date(2026, 7, 9)), r"2026-07-09; allowed: 2026-07-10 or later"
    )
    add(project, edit(change("cac"), day=date(2026, 7, 9)))  # another register


def test_a_date_inside_a_month_is_refused(project):
    refused(project, meeting(valid_from=date(2026, 7, 2)), "the first day of a month")


def test_withdrawing_nothing_twice_or_a_withdrawal_is_refused(project):
    refused(project, withdrawal("0001"), "no such record; allowed: none")
    add(project, meeting())
    add(project, withdrawal("0001"))
    refused(project, withdrawal("0007"), "0007: no such record; allowed: 0001")
    refused(project, withdrawal("0001"), "0002 withdrew already")
    refused(project, withdrawal("0002"), "a withdrawal")


def test_a_year_or_quarter_that_was_edited_is_taken_back_whole_or_not_at_all(project):
    add(project, edit(change(period="2026-Q3")))
    refused(
        project, withdrawal("E0001", month=8, day=date(2026, 8, 12)), "2026-Q3 cannot be taken back in part"
    )
    add(project, withdrawal("E0001", month=7))


def test_an_unknown_source_is_refused(project):
    with pytest.raises(ParamError, match="nowhere"):
        add(project, meeting(), source="nowhere")
    assert not (project / "params" / "calibrations").exists()


# -- a ledger that somebody touched ------------------------------------------------------------------------------


@pytest.fixture
def three(project):
    for month in (7, 8, 9):
        add(project, meeting(change(period=f"2026-{month:02d}"), month=month, day=date(2026, month - 1, 20)))
    return project


def folder(project):
    return project / "params" / "calibrations" / "sample"


def broken(project, match):
    text = "\n".join(str(problem) for problem in check_ledger(project))
    with pytest.raises(ParamError, match=match):
        in_force(project, "sample", Period.parse("2026-12"), None)
    with pytest.raises(ParamError, match=match):
        read_ledger(project, "sample")
    with pytest.raises(ParamError, match=match):
        add(project, meeting(month=11, day=date(2026, 10, 1)))
    return text


def test_a_changed_record_is_noticed(three):
    path = folder(three) / "0002.yaml"
    path.write_text(path.read_text("utf-8").replace("after: 900", "after: 800"), "utf-8")
    assert "0002.yaml: found a record that was changed" in broken(
        three, "0002.yaml: found a record that was changed"
    )


def test_a_missing_record_is_noticed(three):
    (folder(three) / "0002.yaml").unlink()
    assert "0002: a record before it is missing" in broken(three, "0002: a record before it is missing")


def test_a_record_put_in_another_s_place_is_noticed(three):
    shutil.copy(folder(three) / "0003.yaml", folder(three) / "0002.yaml")
    assert "'0002'" in broken(three, "id '0003'")


def test_another_first_record_breaks_the_chain(three, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(three / "params", other / "params", ignore=shutil.ignore_patterns("calibrations"))
    path = add(other, meeting(change(after=1), day=date(2026, 6, 20)))
    shutil.copy(path, folder(three) / "0001.yaml")
    assert "0002.yaml: found another record before it" in broken(three, "another record before it")


def test_files_that_are_no_records_are_noticed(three):
    (folder(three) / "0002 (copy).yaml").write_text("", "utf-8")
    (three / "params" / "calibrations" / "smaple").mkdir()
    text = broken(three, "no record")
    assert "0002 (copy).yaml" in text
    assert "a ledger of smaple" in text


def test_unreadable_and_repeated_keys_are_named(three):
    path = folder(three) / "0003.yaml"
    path.write_text(path.read_text("utf-8") + "kind: edit\n", "utf-8")
    assert "'kind'" in broken(three, "kind") or "second time" in broken(three, "kind")


def test_layout_and_comments_are_no_change(three):
    path = folder(three) / "0002.yaml"
    path.write_text("# looked at in the audit\r\n" + path.read_text("utf-8").replace("\n", "\r\n"), "utf-8")
    assert check_ledger(three) == []


def test_records_written_by_hand_are_held_to_the_same_rules(three):
    files = sorted(folder(three).iterdir())
    assert [path.name for path in files] == ["0001.yaml", "0002.yaml", "0003.yaml"]
    kpis = three / "params" / "kpis.yaml"
    kpis.write_text(kpis.read_text("utf-8").replace("\nnet_sales:", "\nnet_takings:"), "utf-8")
    assert sum("the indicator 'net_sales'" in str(problem) for problem in check_ledger(three)) == 3


def test_a_new_record_is_seen_at_once(project):
    assert force(project) == []
    add(project, meeting())
    assert force(project) == ["0001"]
    add(project, meeting(change("cac")))
    assert force(project) == ["0001", "0002"]


def test_of_two_writers_at_one_moment_one_wins_and_nothing_is_lost(project):
    outcome: list[str] = []
    winners: dict[str, str] = {}
    start = threading.Barrier(4)

    def write(kpi):
        start.wait()
        try:
            path = add(project, meeting(change(kpi, before=1, after=1)))
            winners[path.name] = kpi
            outcome.append(path.name)
        except ParamError as error:
            outcome.append(str(error))

    writers = [threading.Thread(target=write, args=(kpi,)) for kpi in ("net_sales", "cac", "aov", "orders")]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    written = sorted(text for text in outcome if text.endswith(".yaml"))
    assert written == [f"{i + 1:04d}.yaml" for i in range(len(written))]
    assert all("a record already" in text for text in outcome if text not in written)
    assert len(read_ledger(project, "sample")) == len(written) >= 1
    assert {f"{one.id}.yaml": one.changes[0].kpi for one in read_ledger(project, "sample")} == winners
    assert sorted(path.name for path in folder(project).iterdir()) == written


def test_a_file_system_without_links_still_never_replaces_a_record(project, monkeypatch):
    def none(*_):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", none)
    add(project, meeting())
    add(project, meeting(change("cac")))
    assert [one.id for one in read_ledger(project, "sample")] == ["0001", "0002"]
    before = picture(project)
    with pytest.raises(ParamError, match="a record already"):
        create(folder(project) / "0002.yaml", Record.model_validate(meeting()))
    assert picture(project) == before
