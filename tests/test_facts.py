"""Conforming, checking, and who was where: small frames with answers worked out by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import facts
from salesperf_lib.errors import DataError, PeriodError
from salesperf_lib.facts.checks import is_safe_id
from salesperf_lib.facts.hierarchy import loops_in

EVER = (date(2020, 1, 1), date(9999, 12, 31))


def frame(columns: str, *rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split()).astype(object)


def roster(*rows: tuple, columns: str = "person_id valid_from valid_to team_id role") -> pd.DataFrame:
    return frame(columns, *rows)


def orders(*rows: tuple, columns: str = "order_id ordered_on amount") -> pd.DataFrame:
    return frame(columns, *rows)


ONE_ORDER = orders(("o1", "2026-06-01", 100))
ANNA = ("anna", "2026-01-01", None, "t1", "service")


def made(last_day: date | None = None, **frames: pd.DataFrame) -> facts.Facts:
    return facts.from_frames("x", {"orders": ONE_ORDER, **frames}, last_day)


def found(**frames: pd.DataFrame) -> dict[str, tuple[int, str]]:
    table = made(**frames).findings
    return {row.finding_id: (row.n_rows, row.examples) for row in table.itertuples()}


def refused(**frames: pd.DataFrame) -> list[str]:
    with pytest.raises(DataError) as caught:
        made(**frames)
    return [str(problem) for problem in caught.value.problems]


# ---- the declaration -------------------------------------------------------------------------


def test_the_tables_are_those_of_the_data_model() -> None:
    assert list(facts.TABLES) == [
        *("roster", "teams", "absences", "channels", "customers", "customer_owners", "orders", "daily_sales"),
        *("order_events", "credits", "traffic", "pages", "inquiries", "team_costs", "touches", "assessments"),
        *("goals", "order_copies"),
    ]


def test_keys_days_spans_and_references_name_what_exists() -> None:
    for table in facts.TABLES.values():
        assert set(table.key) <= set(table.columns)
        assert table.day in ("", *table.columns)
        assert set(table.span or ()) <= set(table.columns)
        for column in table.columns.values():
            assert column.references in ("", *facts.TABLES)


# ---- types -----------------------------------------------------------------------------------


def test_columns_get_their_declared_types_and_ids_stay_text() -> None:
    given_orders = pd.DataFrame(
        {
            "order_id": [17.0, 18.0],
            "ordered_on": pd.to_datetime(["2026-06-01 23:30", "2026-06-02 00:00"]),
            "amount": [1234.0, 5.0],
            "on_credit": ["是", None],
            "due_on": [None, "2026/7/1"],
            "channel": ["  live ", ""],
            "ordered_at": [None, "2026-06-02T00:30:00+08:00"],
        }
    )
    table = made(orders=given_orders).table("orders")
    assert {name: str(kind) for name, kind in table.schema().items()} == {
        "order_id": "string",
        "ordered_on": "date",
        "amount": "int64",
        "channel": "string",
        "on_credit": "boolean",
        "due_on": "date",
        "ordered_at": "timestamp(6)",
    }
    rows = table.order_by("order_id").to_pyarrow().to_pylist()
    assert [row["order_id"] for row in rows] == ["17", "18"]
    assert [row["ordered_on"] for row in rows] == [date(2026, 6, 1), date(2026, 6, 2)]
    assert [row["channel"] for row in rows] == ["live", None]
    assert rows[1]["due_on"] == date(2026, 7, 1)


def test_columns_that_are_not_given_are_absent() -> None:
    snapshot = made()
    assert snapshot.tables == ("orders",)
    assert snapshot.has("orders", "amount")
    assert not snapshot.has("orders", "amount", "channel")
    assert not snapshot.has("traffic")
    assert snapshot.table("orders").columns == ("order_id", "ordered_on", "amount")
    with pytest.raises(DataError, match="no table traffic"):
        snapshot.table("traffic")


def test_unknown_tables_and_columns_and_missing_ones_are_refused_together() -> None:
    problems = refused(sales=ONE_ORDER, teams=frame("name colour", ("a", "red")))
    assert len(problems) == 3
    assert "'sales'" in problems[0]
    assert "'colour'" in problems[1]
    assert "no column team_id" in problems[2]


def test_money_as_text_is_refused_because_nobody_can_know_its_unit() -> None:
    (problem,) = refused(orders=orders(("o1", "2026-06-01", "12.50")))
    assert "money(…)" in problem


def test_fractions_of_a_minor_unit_are_rounded_and_told() -> None:
    given_orders = pd.DataFrame(
        {"order_id": ["a", "b", "c"], "ordered_on": ["2026-06-01"] * 3, "amount": [1.0000000001, 2.5, 3.0]}
    )
    snapshot = made(orders=given_orders)
    assert sorted(snapshot.table("orders").amount.execute()) == [1, 3, 3]
    assert snapshot.findings["finding_id"].tolist() == ["rounded:orders.amount"]
    assert snapshot.findings["n_rows"].tolist() == [1]


def test_an_unparsable_required_date_stops_and_another_is_absent_and_told() -> None:
    (problem,) = refused(orders=orders(("o1", "gestern", 1), ("o2", "2026-06-31", 1)))
    assert problem.startswith("orders.ordered_on: found 2 rows")
    assert "'gestern'" in problem
    columns = "order_id ordered_on amount due_on"
    due = orders(("o1", "2026-06-01", 1, "bald"), ("o2", "2026-06-01", 1, None), columns=columns)
    assert found(orders=due) == {"unparsable:orders.due_on": (1, "'bald'")}


def test_findings_have_their_schema() -> None:
    table = made(orders=orders(("o1", "2026-06-01", -5), ("o2", "2026-06-01", 5))).findings
    assert list(table.columns) == list(facts.FINDING_COLUMNS)
    assert len(facts.findings_schema().validate(table)) == 1


def test_days_covered_are_those_of_sales_traffic_pages_and_inquiries() -> None:
    traffic = frame("date channel visits", ("2026-05-30", "live", 3))
    snapshot = made(traffic=traffic, roster=roster(ANNA))
    assert (snapshot.first_day, snapshot.last_day) == (date(2026, 5, 30), date(2026, 6, 1))
    assert made(last_day=date(2026, 6, 30)).last_day == date(2026, 6, 30)
    goals = frame("period level unit_id kpi target", ("2026-Q1", "company", "company", "net_sales", 5))
    only_goals = facts.from_frames("x", {"goals": goals})
    assert (only_goals.first_day, only_goals.last_day) == (date(2026, 1, 1), date(2026, 3, 31))
    with pytest.raises(DataError, match="no row with a day"):
        facts.from_frames("x", {"teams": frame("team_id", ("t1",))})


# ---- the team of a row -----------------------------------------------------------------------


def test_the_team_follows_the_roster_by_day() -> None:
    moved = roster(
        ("anna", "2026-01-01", "2026-03-31", "t1", "service"),
        ("anna", "2026-04-01", "2026-05-31", "t2", "service"),
        ("bo", "2026-01-01", None, "t3", "service"),
    )
    columns = "order_id ordered_on amount person_id"
    placed = orders(
        ("before", "2025-12-31", 1, "anna"),
        ("first", "2026-01-01", 1, "anna"),
        ("last", "2026-03-31", 1, "anna"),
        ("moved", "2026-04-01", 1, "anna"),
        ("left", "2026-06-01", 1, "anna"),
        ("bo", "2026-06-01", 1, "bo"),
        ("nobody", "2026-06-01", 1, None),
        columns=columns,
    )
    snapshot = made(orders=placed, roster=moved)
    rows = snapshot.table("orders").to_pyarrow().to_pylist()
    expected = {
        "before": None,
        "first": "t1",
        "last": "t1",
        "moved": "t2",
        "left": None,
        "bo": "t3",
        "nobody": None,
    }
    assert {row["order_id"]: row["team_id"] for row in rows} == expected
    assert snapshot.findings["finding_id"].tolist() == ["off_roster:orders.person_id"]
    assert snapshot.findings["examples"].tolist() == ["anna 2025-12-31; anna 2026-06-01"]


def test_a_team_that_is_given_stays() -> None:
    columns = "date channel person_id team_id visits"
    traffic = frame(columns, ("2026-06-01", "a", "anna", "t9", 1), ("2026-06-01", "b", "anna", None, 1))
    rows = made(roster=roster(ANNA), traffic=traffic).table("traffic").order_by("channel").execute()
    assert rows["team_id"].tolist() == ["t9", "t1"]


def test_without_a_roster_there_is_no_team_to_fill() -> None:
    traffic = frame("date channel person_id visits", ("2026-06-01", "a", "anna", 1))
    assert not made(traffic=traffic).has("traffic", "team_id")


# ---- checks that stop a load -----------------------------------------------------------------


def test_empty_required_values() -> None:
    (problem,) = refused(orders=orders(("o1", "2026-06-01", 1), ("o2", None, 1)))
    assert problem.startswith("orders.ordered_on: found 1 row: nothing (e.g. o2)")


def test_duplicate_keys_name_the_key_and_the_remedy() -> None:
    (problem,) = refused(
        orders=orders(("o1", "2026-06-01", 1), ("o1", "2026-06-02", 2), ("o2", "2026-06-01", 1))
    )
    assert "2 rows: several rows with one key (e.g. o1)" in problem
    assert "one row per order_id" in problem
    assert "key: []" in problem


def test_absent_values_make_one_key_too() -> None:
    traffic = frame(
        "date channel person_id visits", ("2026-06-01", "a", None, 1), ("2026-06-01", "a", None, 2)
    )
    (problem,) = refused(traffic=traffic)
    assert "duplicate" in problem or "several rows" in problem


def test_events_have_no_key_because_parts_are_allowed() -> None:
    part = ("o1", "payment", "2026-06-02", 50)
    assert found(order_events=frame("order_id event event_on amount", part, part)) == {}


def test_unknown_codes() -> None:
    (problem,) = refused(
        order_events=frame("order_id event event_on amount", ("o1", "chargeback", "2026-06-02", 5))
    )
    assert "(e.g. chargeback); allowed: payment, refund" in problem


def test_unknown_periods() -> None:
    goals = frame(
        "period level unit_id kpi target",
        ("June", "team", "t1", "net_sales", 5),
        ("2026", "team", "t1", "aov", 5),
    )
    (problem,) = refused(goals=goals)
    assert "1 row: no period (e.g. June)" in problem


@pytest.mark.parametrize(
    "unit", ["../../x", "<script>", "a/b", ".", "..", ".x", "-x", "a b", "", "x" * 65, "Company", "all"]
)
def test_ids_that_could_not_name_a_folder_are_refused(unit: str) -> None:
    assert not is_safe_id(unit)


@pytest.mark.parametrize("unit", ["t1", "E0007", "华东.一部", "r_1-b", "7"])
def test_ids_that_can(unit: str) -> None:
    assert is_safe_id(unit)


def test_a_team_named_like_a_path_or_like_markup() -> None:
    teams = frame(
        "team_id name", ("../../x", "a"), ("<script>", "b"), ("ok", "<b>names may hold anything</b>")
    )
    (problem,) = refused(teams=teams)
    assert "2 rows: unsafe ids (e.g. '../../x'; '<script>')" in problem
    goals = frame("period level unit_id kpi target", ("2026", "team", "../x", "net_sales", 5))
    assert "goals.unit_id" in refused(goals=goals)[0]
    made(goals=goals.assign(level="company", unit_id="company"))


@pytest.mark.parametrize(
    ("rows", "overlaps"),
    [
        ([("2026-01-01", "2026-03-31"), ("2026-04-01", None)], False),
        ([("2026-01-01", "2026-04-01"), ("2026-04-01", None)], True),
        ([("2026-01-01", None), ("2026-04-01", None)], False),
        ([("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-02-28")], True),
        ([("2026-01-01", "2026-12-31"), ("2026-02-01", "2026-02-02"), ("2026-03-01", "2026-03-02")], True),
    ],
)
def test_rows_of_one_person_never_hold_on_the_same_day(rows: list[tuple], overlaps: bool) -> None:
    given_roster = roster(
        *(("anna", first, last, f"t{i}", "service") for i, (first, last) in enumerate(rows))
    )
    if overlaps:
        assert any("rows that overlap (e.g. anna on" in problem for problem in refused(roster=given_roster))
    else:
        made(roster=given_roster)


def test_a_row_that_ends_before_it_begins() -> None:
    problems = refused(roster=roster(("anna", "2026-02-01", "2026-01-31", "t1", "service")))
    assert "ends before it begins (e.g. anna 2026-02-01)" in problems[0]


def test_a_manager_loop_is_shown() -> None:
    columns = "person_id valid_from team_id role manager_id"
    rows = [
        (person, "2026-01-01", "t1", "service", boss) for person, boss in zip("abcd", "bcad", strict=True)
    ]
    (problem,) = refused(roster=roster(*rows, columns=columns))
    assert "a > b > c > a" in problem
    assert "d > d" in problem


def test_managers_who_swap_are_no_loop() -> None:
    columns = "person_id valid_from valid_to team_id role manager_id"
    made(
        roster=roster(
            ("a", "2026-01-01", "2026-03-31", "t1", "service", "b"),
            ("b", "2026-01-01", "2026-03-31", "t1", "service", None),
            ("a", "2026-04-01", None, "t1", "service", None),
            ("b", "2026-04-01", None, "t1", "service", "a"),
            columns=columns,
        )
    )


def test_teams_form_a_tree_too() -> None:
    (problem,) = refused(teams=frame("team_id parent_id", ("t1", "g1"), ("g1", "t1")))
    assert "g1 > t1 > g1" in problem


def test_credit_sums_to_at_most_one_per_order_and_role() -> None:
    columns = "order_id role person_id share"
    thirds = [("o1", "host", person, 1 / 3) for person in "abc"]
    assert found(credits=frame(columns, *thirds, ("o1", "service", "a", 1.0))) == {}
    (problem,) = refused(credits=frame(columns, *thirds, ("o1", "host", "d", 0.1)))
    assert "o1 host: 1.1" in problem


def test_everything_wrong_is_told_at_once() -> None:
    problems = refused(
        orders=orders(("o1", "bad", 1), ("o1", "2026-06-01", 1)),
        teams=frame("team_id", ("a/b",)),
        goals=frame("period level unit_id kpi target", ("2026", "planet", "x", "net_sales", 1)),
    )
    assert [problem.split(": found")[0] for problem in problems] == [
        "orders.ordered_on",
        "teams.team_id",
        "orders.order_id",
        "goals.level",
    ]


# ---- findings that stay ----------------------------------------------------------------------


def test_orphans() -> None:
    columns = "order_id ordered_on amount person_id"
    placed = orders(
        ("o1", "2026-06-01", 1, "anna"),
        ("o2", "2026-06-01", 1, "bo"),
        ("o3", "2026-06-01", 1, "bo"),
        columns=columns,
    )
    assert found(orders=placed, roster=roster(ANNA)) == {"orphan:orders.person_id": (2, "bo")}


def test_ids_that_lost_their_zeros_are_told_apart_from_orphans() -> None:
    columns = "order_id ordered_on amount person_id"
    placed = orders(
        ("o1", "2026-06-01", 1, "7"),
        ("o2", "2026-06-01", 1, "0007"),
        ("o3", "2026-06-01", 1, "9"),
        columns=columns,
    )
    seven = ("0007", "2026-01-01", None, "t1", "service")
    assert found(orders=placed, roster=roster(seven)) == {
        "lost_leading_zeros:orders.person_id": (1, "7 for 0007"),
        "orphan:orders.person_id": (1, "9"),
    }


def test_negative_amounts() -> None:
    placed = orders(("o1", "2026-06-01", -500), ("o2", "2026-06-01", 0), ("o3", "2026-06-01", 5))
    assert found(orders=placed) == {"negative:orders.amount": (1, "o1: -500")}


@pytest.mark.parametrize(("amount", "absurd"), [(100_000, False), (100_001, True)])
def test_an_amount_above_1000_times_the_median(amount: int, absurd: bool) -> None:
    placed = orders(*((f"o{i}", "2026-06-01", 100) for i in range(10)), ("big", "2026-06-01", amount))
    assert found(orders=placed) == ({"absurd:orders.amount": (1, f"big: {amount}")} if absurd else {})


def test_goals_of_different_kpis_are_not_compared() -> None:
    rows = [("2026", "team", f"t{i}", "repurchase_rate", 0.3) for i in range(12)]
    goals = frame("period level unit_id kpi target", *rows, ("2026", "company", "company", "net_sales", 4e9))
    assert found(goals=goals) == {}


def test_rows_after_the_last_day() -> None:
    table = made(last_day=date(2026, 5, 31)).findings
    assert table["finding_id"].tolist() == ["after_last_day:orders.ordered_on"]
    assert table["examples"].tolist() == ["o1: 2026-06-01"]


# ---- loops -----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), max_size=8))
def test_loops_are_those_that_walking_upwards_meets(above: dict[str, str]) -> None:
    def returns(unit: str) -> bool:
        at: str | None = above.get(unit)
        for _ in range(len(above) + 1):
            if at == unit:
                return True
            at = above.get(at) if at is not None else None
        return False

    loops = loops_in([(unit, boss, *EVER) for unit, boss in above.items()])
    assert {unit for loop in loops for unit in loop} == {unit for unit in above if returns(unit)}


# ---- the roster ------------------------------------------------------------------------------


def test_roster_days_close_every_span() -> None:
    given_roster = roster(
        ("anna", "2026-01-01", None, "t1", "service"),
        ("anna", "2026-04-01", None, "t2", "service"),
        ("bo", "2026-02-01", "2026-02-28", "t1", "host"),
    )
    rows = (
        facts.roster_days(made(roster=given_roster))
        .order_by(["person_id", "valid_from"])
        .to_pyarrow()
        .to_pylist()
    )
    closed = [
        (row["person_id"], row["team_id"], row["valid_from"], row["valid_to"], row["is_open"]) for row in rows
    ]
    assert closed == [
        ("anna", "t1", date(2026, 1, 1), date(2026, 3, 31), False),
        ("anna", "t2", date(2026, 4, 1), date(2026, 6, 1), True),
        ("bo", "t1", date(2026, 2, 1), date(2026, 2, 28), False),
    ]
    assert {row["fte"] for row in rows} == {1.0}
    assert {row["status"] for row in rows} == {"regular"}


def test_people_of_a_month_with_a_transfer_an_absence_and_a_half_post() -> None:
    columns = "person_id valid_from valid_to team_id role name fte"
    given_roster = roster(
        ("anna", "2025-01-01", "2026-06-10", "t1", "service", "Anna", 1.0),
        ("anna", "2026-06-11", None, "t2", "service", "Anna B.", 0.5),
        ("bo", "2026-06-21", None, "t1", "host", "Bo", None),
        ("cy", "2025-01-01", "2026-05-31", "t1", "host", "Cy", 1.0),
        columns=columns,
    )
    absences = frame(
        "person_id from_on to_on kind share",
        ("anna", "2026-06-09", "2026-06-12", "annual", None),
        ("bo", "2026-06-25", "2026-07-04", "sick", 0.5),
    )
    people = facts.people(made(roster=given_roster, absences=absences), "2026-06")
    rows = (
        people[["person_id", "team_id", "team_days", "days_on_duty", "fte", "main", "name"]]
        .to_numpy()
        .tolist()
    )
    assert rows == [
        ["anna", "t1", 10, 8.0, 1.0, False, "Anna"],
        ["anna", "t2", 20, 18.0, 0.5, True, "Anna B."],
        ["bo", "t1", 10, 7.0, 1.0, True, "Bo"],
    ]


def test_absences_of_half_days_may_overlap_and_never_take_more_than_the_days() -> None:
    columns = "person_id from_on to_on kind share"
    halves = frame(
        columns,
        ("anna", "2026-06-01", "2026-06-02", "sick", 0.5),
        ("anna", "2026-06-01", "2026-06-02", "training", 0.5),
        ("anna", "2026-06-02", "2026-06-30", "annual", 1.0),
    )
    people = facts.people(made(roster=roster(ANNA), absences=halves), "2026-06")
    assert people["days_on_duty"].tolist() == [0.0]
    problems = refused(roster=roster(ANNA), absences=halves.assign(to_on="2026-05-31"))
    assert "absences.to_on: found 3 rows: ends before it begins" in problems[0]


def test_people_of_a_period_that_the_data_do_not_reach_yet() -> None:
    people = facts.people(made(roster=roster(ANNA)), "2026-12")
    assert people["days_on_duty"].tolist() == [31.0]


def test_people_without_a_roster_are_none() -> None:
    assert facts.people(made(), "2026-06").empty
    with pytest.raises(PeriodError):
        facts.people(made(roster=roster(ANNA)), "June")


def test_teams_are_those_that_any_table_names() -> None:
    teams = frame("team_id name parent_id", ("t1", "美肤一部", "g1"))
    goals = frame(
        "period level unit_id kpi target",
        ("2026", "team", "t8", "net_sales", 1),
        ("2026", "person", "anna", "net_sales", 1),
    )
    costs = frame("month team_id service_labour_cost", ("2026-06", "t9", 100))
    table = facts.team_table(made(roster=roster(ANNA), teams=teams, goals=goals, team_costs=costs))
    assert table.to_numpy().tolist() == [
        ["g1", "g1", None],
        ["t1", "美肤一部", "g1"],
        ["t8", "t8", None],
        ["t9", "t9", None],
    ]


def test_facts_from_a_folder_of_parquet(tmp_path) -> None:
    ONE_ORDER.assign(ordered_on=date(2026, 6, 1), amount=[100]).to_parquet(tmp_path / "orders.parquet")
    (tmp_path / "pages").mkdir()
    for day in (1, 2):
        rows = frame("date page_id page_kind visitors", (date(2026, 7, day), "p", "live", 5))
        rows.to_parquet(tmp_path / "pages" / f"{day}.parquet")
    snapshot = facts.from_parquet("bench", tmp_path)
    assert snapshot.tables == ("orders", "pages")
    assert snapshot.table("pages").count().execute() == 2
    assert (snapshot.first_day, snapshot.last_day) == (date(2026, 6, 1), date(2026, 7, 2))
