"""What is shared between appraisals is what each would compute for itself, and is made once."""

from __future__ import annotations

import importlib
import subprocess
import sys
from dataclasses import fields, replace
from types import SimpleNamespace

import pandas as pd
import pytest

from salesperf_lib import appraisal, kpis, targets
from salesperf_lib.appraisal import lock
from salesperf_lib.kpis import kept
from salesperf_lib.params import Policy, load_policy
from salesperf_lib.periods import Period
from tests.kpi_world import frame, open_world, world

book_module = importlib.import_module("salesperf_lib.targets.book")
LEVELS = ("company", "group", "team", "person", "channel")
SPANS = ("2025-06", "2026-05", "2026-06", "2026-Q2", "2026-06-16..2026-06-30")


class Unread:
    """A part of the rules that nobody may look at."""

    def __getattribute__(self, name):
        raise AssertionError(f"{name} was read")


def unread_but(policy: Policy, *names: str) -> Policy:
    return replace(policy, **{each.name: Unread() for each in fields(Policy) if each.name not in names})


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(kept, "_HELD", type(kept._HELD)())
    monkeypatch.setattr(book_module, "_KEPT", type(book_module._KEPT)())


@pytest.fixture(scope="module")
def policy(root):
    loaded = load_policy("2026-06", root=root)
    return replace(loaded, company=replace(loaded.company, close_day=10, history_burn_in_months=0))


@pytest.fixture(scope="module")
def stored():
    """Give a small company as if it were a snapshot, with goals."""
    frames = world()
    frames["goals"] = frame(
        "period level unit_id kpi target",
        ("2026", "company", "company", "net_sales", 5_000_000),
        ("2026", "company", "company", "inquiry_conversion_rate", 0.5),
    )
    return replace(open_world(frames), digest="small")


@pytest.fixture
def computed(monkeypatch):
    """Write down which periods are computed; each has one row, whose value is its length in days."""
    calls = []

    def compute(_facts, _policy, periods, _levels, _names):
        calls.append([period.label for period in periods])
        rows = [(period.label, (period.last - period.first).days + 1) for period in periods]
        return pd.DataFrame(rows, columns=["period", "value"])

    monkeypatch.setattr(kept, "compute", compute)
    return calls


def ask(*labels: str, names=("net_sales",)) -> kpis.Ask:
    return kpis.Ask(tuple(map(Period.parse, labels)), ("company",), names)


def snapshot(**given):
    return SimpleNamespace(**{"digest": "d", "folder": "f"} | given)


# ---- values -----------------------------------------------------------------------------------------


def test_a_period_has_the_same_values_whatever_is_asked_with_it(stored, policy):
    # Only June has credits: that May has none may not depend on whether June is asked for too.
    whole = kpis.compute(stored, policy, SPANS, LEVELS)
    for span in SPANS:
        alone = kpis.compute(stored, policy, [span], LEVELS)
        pd.testing.assert_frame_equal(
            alone, whole[whole["period"] == span].reset_index(drop=True), check_exact=True
        )


def test_answers_are_what_is_computed_in_the_order_asked_for(stored, policy):
    names = tuple(kpis.KPIS)
    first = kpis.Ask(tuple(map(Period.parse, ("2026-06", "2025-06"))), LEVELS, names)
    then = kpis.Ask(tuple(map(Period.parse, ("2026-05", "2026-06"))), LEVELS, names)
    kpis.answer(stored, policy, first)
    found = kpis.answer(stored, policy, then)
    pd.testing.assert_frame_equal(found, kpis.compute(stored, policy, then.periods, LEVELS), check_exact=True)


def test_what_was_asked_before_is_not_computed_again(policy, computed):
    kpis.answer(snapshot(), policy, ask("2026-05", "2026-06"))
    found = kpis.answer(snapshot(), policy, ask("2026-06", "2026-04"))
    assert computed == [["2026-05", "2026-06"], ["2026-04"]]
    assert found["value"].tolist() == [30, 30]
    assert found["period"].tolist() == ["2026-06", "2026-04"]


def test_other_facts_rules_levels_or_kpis_are_computed_for_themselves(policy, computed):
    others = [
        (snapshot(), policy, ask("2026-06")),
        (snapshot(digest="e"), policy, ask("2026-06")),
        (snapshot(folder="g"), policy, ask("2026-06")),
        (snapshot(), replace(policy, as_of=policy.period.last), ask("2026-06")),
        (snapshot(), replace(policy, company=replace(policy.company, close_day=9)), ask("2026-06")),
        (snapshot(), replace(policy, roles=dict(list(policy.roles.items())[1:])), ask("2026-06")),
        (snapshot(), replace(policy, kpis=dict(list(policy.kpis.items())[1:])), ask("2026-06")),
        (snapshot(), policy, ask("2026-06", names=("orders",))),
        (snapshot(), policy, replace(ask("2026-06"), levels=("team",))),
    ]
    for each in [*others, *others]:
        kpis.answer(*each)
    assert len(computed) == len(others)


def test_nothing_else_of_the_rules_decides_a_value(stored, policy):
    strict = unread_but(policy, "company", "kpis", "roles", "as_of")
    found = kpis.compute(stored, strict, ["2026-06"], LEVELS)
    pd.testing.assert_frame_equal(found, kpis.compute(stored, policy, ["2026-06"], LEVELS), check_exact=True)


def test_tables_in_memory_are_computed_each_time(policy, computed):
    for _ in range(2):
        kpis.answer(snapshot(digest=""), policy, ask("2026-06"))
    assert len(computed) == 2


def test_what_will_be_asked_is_computed_with_the_first_that_is_not_known(policy, computed):
    months = ["2026-01", "2026-02", "2026-03"]
    with kpis.together(snapshot(), [(policy, ask(month)) for month in months]):
        assert computed == []
        for month in months:
            assert kpis.answer(snapshot(), policy, ask(month))["period"].tolist() == [month]
    assert [sorted(call) for call in computed] == [months]


def test_what_was_expected_and_never_asked_is_not_computed_later(policy, computed):
    with kpis.together(snapshot(), [(policy, ask("2026-01"))]):
        pass
    kpis.answer(snapshot(), policy, ask("2026-02"))
    assert computed == [["2026-02"]]


def test_of_too_many_rows_the_oldest_go(policy, computed, monkeypatch):
    monkeypatch.setattr(kept, "LARGEST", 2)
    kpis.answer(snapshot(), policy, ask("2026-01", names=("a",)))
    kpis.answer(snapshot(), policy, ask("2026-01", names=("b",)))
    kpis.answer(snapshot(), policy, ask("2026-01", names=("a",)))  # now asked for last
    kpis.answer(snapshot(), policy, ask("2026-01", names=("c",)))
    assert [key[-1] for key in kept._HELD] == [("a",), ("c",)]
    whole = kpis.answer(snapshot(), policy, ask("2026-01", "2026-02", "2026-03", names=("d",)))
    assert len(whole) == 3  # given all the same, but not kept
    assert len(kept._HELD) == 0


def test_a_changed_answer_changes_no_other(stored, policy):
    one = kpis.Ask((Period.parse("2026-06"),), ("company",), ("net_sales",))
    first = kpis.answer(stored, policy, one)
    before = first["value"].tolist()
    first.loc[:, "value"] = -1.0
    assert kpis.answer(stored, policy, one)["value"].tolist() == before


# ---- target books -----------------------------------------------------------------------------------


@pytest.fixture
def history(stored, policy):
    months = [Period.parse("2025-12").shift(-i) for i in range(11, -1, -1)]
    return kpis.compute(stored, policy, months, ("company", "group", "team", "person"))


@pytest.fixture
def written(monkeypatch):
    """Count how often a book is written."""
    calls, write = [], book_module._written
    monkeypatch.setattr(book_module, "_written", lambda *given: calls.append(given[2]) or write(*given))
    return calls


def test_a_years_book_is_written_once_for_the_same_history(stored, policy, history, written):
    first = targets.book(stored, policy, "2026", history)
    june = history.iloc[:1].assign(period="2026-06")  # the appraised month is no history of its year
    more = pd.concat([june, history, history.assign(channel="shop")], ignore_index=True)
    again = targets.book(stored, replace(policy, grades=None), "2026", more)
    assert len(written) == 1
    assert len(first) > 0
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    pd.testing.assert_frame_equal(first, targets.book(replace(stored, digest=""), policy, "2026", history))


def test_other_history_rules_facts_or_kpis_make_another_book(stored, policy, history, written):
    rules = replace(policy.targets, base_factor=0.5)
    moved = history.assign(value=history["value"] + 1)
    others = [
        (stored, policy, "2026", history),
        (stored, policy, "2026", moved),
        (stored, policy, "2026", history, ["net_sales"]),
        (stored, replace(policy, targets=rules), "2026", history),
    ]
    for given in [*others, *others]:
        targets.book(*given)
    assert len(written) == 4
    targets.book(replace(stored, digest="other"), policy, "2026", history)
    targets.book(stored, replace(policy, promotions=()), "2026", history)
    assert len(written) == 6


def test_a_changed_book_changes_no_other(stored, policy, history, written):
    first = targets.book(stored, policy, "2026", history)
    before = first["target"].tolist()
    first["target"] = -1.0
    del first["basis"]
    again = targets.book(stored, policy, "2026", history)
    assert len(written) == 1
    assert again["target"].tolist() == before
    assert "basis" in again


def test_nothing_else_of_the_rules_decides_a_book(stored, policy, history):
    strict = unread_but(policy, "company", "kpis", "roles", "targets", "promotions", "amendments", "as_of")
    pd.testing.assert_frame_equal(
        targets.book(stored, strict, "2026", history), targets.book(stored, policy, "2026", history)
    )


# ---- the whole --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_appraisal_that_shares_is_one_that_does_not(sample_facts, sample_policy):
    shared_with = sample_policy.at("2025-12")
    alone = appraisal.appraise(sample_facts, sample_policy.at("2025-11"))
    kept._HELD.clear()
    book_module._KEPT.clear()
    appraisal.appraise(sample_facts, shared_with)
    after = appraisal.appraise(sample_facts, sample_policy.at("2025-11"))
    for each in fields(alone):
        one, other = getattr(alone, each.name), getattr(after, each.name)
        if each.name == "kpis":
            one, other = (values[values["kpi"] != "ltv_projected"] for values in (one, other))  # is fitted
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_the_slow_kpi_is_there_for_the_period_alone(sample_appraisal, sample_policy):
    rows = sample_appraisal.kpis[sample_appraisal.kpis["kpi"] == "ltv_projected"]
    assert set(rows["period"]) == {sample_policy.period.label}
    assert {"company", "team", "channel"} <= set(rows["level"])


# ---- one process at a time --------------------------------------------------------------------------

MAKER = """
import os, sys, time
from pathlib import Path
from types import SimpleNamespace
import pandas as pd
from salesperf_lib.appraisal import store
from salesperf_lib.appraisal.flow import Appraisal

folder, mark = Path(sys.argv[1]), str(os.getpid())

def appraise(facts, policy, of=None):
    (folder / f"made-{mark}").touch()
    time.sleep(1)
    return Appraisal(
        period=None, policy=policy, **{name: pd.DataFrame({"x": [mark]}) for name in store.FRAMES}
    )

store.appraise, store._name = appraise, lambda policy: "one"
(folder / f"ready-{mark}").touch()
for _ in range(3000):
    if len(list(folder.glob("ready-*"))) == 2:
        break
    time.sleep(0.01)
made = store.load(SimpleNamespace(digest="d", folder=folder), SimpleNamespace(period=None))
print(made.grades["x"].item())
"""
HOLDER = """
import sys, time
from pathlib import Path
from salesperf_lib.appraisal.lock import one_at_a_time

with one_at_a_time(Path(sys.argv[1])):
    print("inside", flush=True)
    time.sleep(600)
"""


def start(code: str, *given) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code, *map(str, given)], stdout=subprocess.PIPE, text=True)


def test_of_two_processes_one_makes_the_appraisal_and_the_other_reads_it(tmp_path):
    both = [start(MAKER, tmp_path) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert len(list(tmp_path.glob("made-*"))) == 1
    assert said[0] == said[1] != ""
    assert list(tmp_path.rglob("*.lock")) == []


def test_a_process_that_was_killed_holds_nobody_up(tmp_path, monkeypatch):
    path = tmp_path / "a.lock"
    process = start(HOLDER, path)
    try:
        assert process.stdout.readline().strip() == "inside"
        monkeypatch.setattr(lock, "PATIENCE", 0.0001)
        with path.open("ab") as handle:
            assert not lock._held(handle)
    finally:
        process.kill()
        process.communicate()
    monkeypatch.setattr(lock, "PATIENCE", 5.0)
    with path.open("ab") as handle:
        assert lock._held(handle)


def test_whoever_stands_still_holds_others_up_for_a_while_only(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    path, entered = tmp_path / "a.lock", []
    with lock.one_at_a_time(path):
        with lock.one_at_a_time(path):
            entered.append(path)
        assert path.exists()  # the lock is still the first one's
    assert entered
    assert not path.exists()


def test_without_locks_or_a_disk_to_write_on_everybody_works_for_himself(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with lock.one_at_a_time(tmp_path / "file" / "a.lock"):  # no folder can be made there
        pass
    monkeypatch.setattr(lock, "fcntl", None)
    entered = 0
    with lock.one_at_a_time(tmp_path / "b.lock"), lock.one_at_a_time(tmp_path / "b.lock"):
        entered += 1
    assert entered == 1


def test_an_error_inside_comes_out_and_leaves_no_lock(tmp_path):
    with pytest.raises(ValueError, match="inside"), lock.one_at_a_time(tmp_path / "a.lock"):
        raise ValueError("inside")
    assert list(tmp_path.iterdir()) == []
