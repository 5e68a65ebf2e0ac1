"""A load becomes a new immutable snapshot or changes nothing."""

from __future__ import annotations

import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from salesperf_lib import facts
from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.facts import store

MAPPING = """
name: {zh: 甲, en: a}
description: {zh: 甲, en: a}
licence: none
root: data/raw
policy: {changes: {company.money_scale: {value: 1000}}}
inputs:
  o: {file: orders.csv, columns: [id, day, amount, person]}
  p: {file: people.csv}
tables:
  roster:
    from: p
    columns: {person_id: id, valid_from: day("from"), team_id: team, role: "'service'"}
  orders:
    from: o
    columns: {order_id: id, ordered_on: day(day), amount: money(amount), person_id: person}
"""
ORDERS = "id,day,amount,person\n1,2026-06-01,1.5,007\n2,2026-06-30,2,007\n"
PEOPLE = "id,from,team\n007,2026-01-01,t1\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "params" / "sources").mkdir(parents=True)
    (tmp_path / "params" / "sources" / "shop.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    write(tmp_path, ORDERS)
    (tmp_path / "data" / "raw" / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def write(root: Path, orders: str) -> None:
    (root / "data" / "raw" / "orders.csv").write_text(orders, encoding="utf-8")


def kept(root: Path) -> list[str]:
    """List every file and folder below data/, but for the raw exports."""
    paths = (root / "data").rglob("*")
    return sorted(str(path.relative_to(root)) for path in paths if "raw" not in path.parts)


def refused(root: Path) -> list[str]:
    before = kept(root)
    with pytest.raises((DataError, ParamError)) as caught:
        facts.load("shop", root)
    assert kept(root) == before
    assert [str(problem) for problem in facts.check_source("shop", root)] == str(caught.value).splitlines()
    return str(caught.value).splitlines()


def test_a_load_is_kept_with_its_manifest(project: Path) -> None:
    loaded = facts.load("shop", project)
    assert loaded.folder == project / "data" / "snapshots" / "shop" / loaded.digest
    assert sorted(path.name for path in loaded.folder.iterdir()) == [
        "manifest.json",
        "orders.parquet",
        "roster.parquet",
    ]
    manifest = json.loads((loaded.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["tables"]["orders"] == {
        "columns": ["order_id", "ordered_on", "amount", "person_id", "team_id"],
        "rows": 2,
    }
    assert sorted(manifest["inputs"]) == ["orders.csv", "people.csv"]
    assert (loaded.first_day, loaded.last_day, loaded.recorded_on) == (
        date(2026, 6, 1),
        date(2026, 6, 30),
        date(2026, 6, 30),
    )
    rows = loaded.table("orders").order_by("order_id").to_pyarrow().to_pylist()
    assert rows == [
        {
            "order_id": "1",
            "ordered_on": date(2026, 6, 1),
            "amount": 1500,
            "person_id": "007",
            "team_id": "t1",
        },
        {
            "order_id": "2",
            "ordered_on": date(2026, 6, 30),
            "amount": 2000,
            "person_id": "007",
            "team_id": "t1",
        },
    ]


def test_loading_the_same_again_writes_nothing(project: Path) -> None:
    first = facts.load("shop", project)
    times = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    lines = ORDERS.splitlines()
    write(project, "\n".join([lines[0], lines[2], lines[1]]) + "\n")  # another order of rows is the same data
    assert facts.load("shop", project).digest == first.digest
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == times
    assert len(list(first.folder.parent.iterdir())) == 1


def test_the_digest_is_the_same_on_another_machine(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = facts.load("shop", project)
    other = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(project / "params", other / "params")
    shutil.copytree(project / "data" / "raw", other / "data" / "raw")
    second = facts.load("shop", other)
    assert second.digest == first.digest
    for name in ("orders.parquet", "roster.parquet", "manifest.json"):
        assert (second.folder / name).read_bytes() == (first.folder / name).read_bytes()


@pytest.mark.parametrize("change", ["amount", "mapping", "row", "last_day"])
def test_whatever_changes_a_figure_changes_the_digest(project: Path, change: str) -> None:
    first = facts.load("shop", project)
    path = project / "params" / "sources" / "shop.yaml"
    if change == "amount":
        write(project, ORDERS.replace("1.5", "1.6"))
    elif change == "row":
        write(project, ORDERS + "3,2026-06-02,1,007\n")
    elif change == "mapping":
        path.write_text(MAPPING.replace("money(amount)", "money(amount) * 1"), encoding="utf-8")
    else:
        path.write_text(MAPPING + "last_day: 2026-07-02\n", encoding="utf-8")
    assert facts.load("shop", project).digest != first.digest


def test_open_gives_the_latest_recorded_by_a_day(project: Path) -> None:
    may = facts.load("shop", project, recorded_on=date(2026, 7, 1))
    write(project, ORDERS.replace("1.5", "1.6"))
    later = facts.load("shop", project, recorded_on=date(2026, 8, 1))
    write(project, ORDERS)
    back = facts.load("shop", project, recorded_on=date(2026, 9, 1))
    assert len({may.digest, later.digest, back.digest}) == 3
    for as_of, expected in [
        (date(2026, 7, 1), may),
        (date(2026, 7, 31), may),
        (date(2026, 8, 1), later),
        (date(2026, 8, 31), later),
        (None, back),
    ]:
        assert facts.open("shop", as_of, project).digest == expected.digest
    with pytest.raises(DataError, match="nothing recorded by 2026-06-30; allowed: 2026-07-01 or later"):
        facts.open("shop", date(2026, 6, 30), project)


def test_corrections_of_the_same_day_count_in_the_order_of_their_loads(project: Path) -> None:
    wrong = facts.load("shop", project)
    write(project, ORDERS.replace("1.5", "1.6"))
    corrected = facts.load("shop", project)
    assert facts.open("shop", root=project).digest == corrected.digest
    write(project, ORDERS)
    back = facts.load("shop", project)
    assert facts.open("shop", root=project).digest == back.digest
    assert facts.load("shop", project).digest == back.digest
    assert len({wrong.digest, corrected.digest, back.digest}) == 3
    assert back.table("orders").amount.sum().execute() == wrong.table("orders").amount.sum().execute()


def test_open_loads_a_source_that_has_no_snapshot_yet(project: Path) -> None:
    assert facts.open("shop", root=project).table("orders").count().execute() == 2
    with pytest.raises(ParamError, match="nobody"):
        facts.open("nobody", root=project)


def test_loads_at_the_same_time_end_in_one_snapshot(project: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        digests = {loaded.digest for loaded in pool.map(lambda _: facts.load("shop", project), range(4))}
    assert len(digests) == 1
    assert [path.name for path in (project / "data" / "snapshots" / "shop").iterdir()] == list(digests)


def test_a_load_that_was_overtaken_takes_the_other_ones_snapshot(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = store._rename

    def overtaken(aside: Path, folder: Path) -> None:
        shutil.copytree(aside, folder)
        rename(aside, folder)

    monkeypatch.setattr(store, "_rename", overtaken)
    loaded = facts.load("shop", project)
    assert [path.name for path in loaded.folder.parent.iterdir()] == [loaded.digest]


@pytest.mark.parametrize("stage", ["_copy_table", "_rename"])
@pytest.mark.parametrize("had_one", [False, True])
def test_a_late_failure_leaves_nothing_behind(
    project: Path, monkeypatch: pytest.MonkeyPatch, stage: str, had_one: bool
) -> None:
    if had_one:
        facts.load("shop", project)
        write(project, ORDERS.replace("1.5", "1.6"))
    before = kept(project)
    real, calls = getattr(store, stage), []

    def failing(*arguments: object) -> None:
        calls.append(arguments)
        if stage == "_rename" or len(calls) == 2:
            raise OSError("the disk is full")
        real(*arguments)

    monkeypatch.setattr(store, stage, failing)
    with pytest.raises(OSError, match="the disk is full"):
        facts.load("shop", project)
    assert kept(project) == before


def test_what_an_interrupted_process_left_is_no_snapshot(project: Path) -> None:
    loaded = facts.load("shop", project)
    shutil.copytree(loaded.folder, loaded.folder.parent / ".loading-dead")
    assert facts.open("shop", root=project).folder == loaded.folder


def test_a_snapshot_that_lost_a_file_is_refused(project: Path) -> None:
    (facts.load("shop", project).folder / "orders.parquet").unlink()
    with pytest.raises(DataError, match=r"orders\.parquet"):
        facts.open("shop", root=project)


def test_facts_travel_to_another_process_by_their_folder(project: Path) -> None:
    loaded = facts.load("shop", project)
    again = pickle.loads(pickle.dumps(loaded))
    assert (again.digest, again.tables) == (loaded.digest, loaded.tables)
    assert again.table("orders").amount.sum().execute() == 3500


def test_warnings_are_kept_with_file_count_and_examples(project: Path) -> None:
    write(project, ORDERS + "3,2026-06-03,-4,7\n4,2026-06-03\n5,2026-06-03,1,008\n")
    table = facts.open("shop", root=project).findings.set_index("finding_id")
    assert table[["severity", "file", "n_rows", "examples"]].to_dict("index") == {
        "ragged_row:o": {
            "severity": "warning",
            "file": "orders.csv",
            "n_rows": 1,
            "examples": "line 5: 4,2026-06-03",
        },
        "orphan:orders.person_id": {
            "severity": "warning",
            "file": "orders.csv",
            "n_rows": 1,
            "examples": "008",
        },
        "lost_leading_zeros:orders.person_id": {
            "severity": "warning",
            "file": "orders.csv",
            "n_rows": 1,
            "examples": "7 for 007",
        },
        "negative:orders.amount": {
            "severity": "warning",
            "file": "orders.csv",
            "n_rows": 1,
            "examples": "3: -4000",
        },
    }
    facts.findings_schema().validate(facts.open("shop", root=project).findings)


# ---- bad input: each has a message, and nothing is kept --------------------------------------


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        (
            ORDERS.replace("amount", "value"),
            "params/sources/shop.yaml: inputs.o.columns: found no column 'amount'",
        ),
        (
            ORDERS.replace("2026-06-01", "June"),
            "orders.csv: orders.ordered_on: found 1 row: text that cannot be read (e.g. 'June')",
        ),
        (
            ORDERS.replace("2,2026", "1,2026"),
            "orders.csv: orders.order_id: found 2 rows: several rows with one key (e.g. 1)",
        ),
        (
            ORDERS.replace("1.5", "viel"),
            "orders.csv: orders.amount: found 1 row: text that cannot be read (e.g. 'viel')",
        ),
        (ORDERS.replace("007", "../7"), "orders.person_id: found 2 rows: unsafe ids (e.g. '../7')"),
    ],
)
def test_bad_rows(project: Path, orders: str, expected: str) -> None:
    write(project, orders)
    assert any(expected in problem for problem in refused(project))


def test_a_missing_file(project: Path) -> None:
    (project / "data" / "raw" / "orders.csv").unlink()
    (problem,) = refused(project)
    assert "inputs.o: found no file orders.csv; allowed: people.csv" in problem


def test_a_wrong_encoding(project: Path) -> None:
    (project / "data" / "raw" / "people.csv").write_bytes("id,from,team\n007,2026-01-01,一部\n".encode("gbk"))
    (problem,) = refused(project)
    assert "people.csv: found bytes that are not utf-8, in line 2" in problem


@pytest.mark.parametrize("team", ["../../x", "<script>alert(1)</script>"])
def test_a_team_that_is_a_path_or_markup(project: Path, team: str) -> None:
    (project / "data" / "raw" / "people.csv").write_text(PEOPLE.replace("t1", team), encoding="utf-8")
    problems = refused(project)
    assert any("roster.team_id" in problem and team[:6] in problem for problem in problems)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("  orders:", "  sales:", "tables.sales: found an unknown fact table 'sales'"),
        ("amount: money", "amuont: money", "tables.orders.columns.amuont: found an unknown column 'amuont'"),
        ("amount: money", "amuont: money", "tables.orders.columns: found no amount"),
        ("    from: o\n", "    key: [number]\n    from: o\n", "tables.orders.key: found 'number'"),
        ("  o: {", "  o: {}\n  o: {", "shop.yaml"),
        ("licence: none", "licence: none\nlicense: none", "found an unknown key 'license'"),
    ],
)
def test_mistakes_in_the_mapping(project: Path, before: str, after: str, expected: str) -> None:
    path = project / "params" / "sources" / "shop.yaml"
    path.write_text(MAPPING.replace(before, after), encoding="utf-8")
    assert any(expected in problem for problem in refused(project))


def test_duplicates_may_be_kept_by_an_empty_key(project: Path) -> None:
    path = project / "params" / "sources" / "shop.yaml"
    path.write_text(MAPPING.replace("    from: o\n", "    key: []\n    from: o\n"), encoding="utf-8")
    write(project, ORDERS + ORDERS.splitlines()[1] + "\n")
    assert facts.load("shop", project).table("orders").count().execute() == 3
