"""Findings: what is planted comes out, nothing else does, and nobody is named."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesperf_lib import audit, facts
from salesperf_lib.params import read_yaml

POLICY = SimpleNamespace(period="2026-06", company=SimpleNamespace(money_scale=100, fiscal_start_month=1))


def _copies(orders: int = 40) -> pd.DataFrame:
    """Write a CRM and an ERP that agree on every order, and an ad platform that knows every fourth one."""
    rows = []
    for number in range(orders):
        order = {
            "order_id": f"o{number:03d}",
            "date": pd.Timestamp("2026-06-01") + pd.Timedelta(days=number % 28),
            "amount": 10_000 + number,
        }
        channel = "ads" if number % 4 == 0 else "organic"
        rows.append({"system": "crm", "channel": channel, "person_id": "p1", **order})
        rows.append({"system": "erp", "channel": None, "person_id": None, **order})
        if channel == "ads":
            rows.append({"system": "ads", "channel": "ads", "person_id": None, **order})
    return pd.DataFrame(rows)


def _facts(copies: pd.DataFrame, **more: pd.DataFrame) -> facts.Facts:
    roster = pd.DataFrame(
        {
            "person_id": ["p1"],
            "valid_from": [pd.Timestamp("2026-01-01")],
            "team_id": ["t1"],
            "role": ["service"],
        }
    )
    traffic = pd.DataFrame({"date": [pd.Timestamp("2026-06-30")], "channel": ["ads"], "visits": [1]})
    return facts.from_frames("made", {"order_copies": copies, "roster": roster, "traffic": traffic, **more})


def _found(copies: pd.DataFrame, **options) -> dict[tuple[str, str], int]:
    frame = audit.findings(_facts(copies), POLICY, **options)
    own = frame[frame["rule"].isin(audit.RULES)]
    subject = own["evidence"].map(_subject)
    return own["n_rows"].groupby([own["rule"], subject]).sum().to_dict()


def _subject(evidence: str) -> str:
    return evidence.partition(": ")[2]


def _of(copies: pd.DataFrame, system: str, orders: list[int]) -> pd.Series:
    return (copies["system"] == system) & copies["order_id"].isin([f"o{number:03d}" for number in orders])


def test_systems_that_agree_give_no_finding():
    assert _found(_copies()) == {}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    drops=st.sets(st.integers(1, 9).filter(lambda n: n % 4), max_size=4),
    doubles=st.sets(st.integers(10, 19), max_size=4),
    edits=st.sets(st.integers(20, 29), max_size=4),
    system=st.sampled_from(["crm", "erp"]),
)
def test_every_injected_fault_is_found_and_nothing_else(drops, doubles, edits, system):
    copies = _copies()
    copies.loc[_of(copies, system, list(edits)), "amount"] += 500
    twice = copies[_of(copies, system, list(doubles))]
    copies = pd.concat([copies[~_of(copies, system, list(drops))], twice], ignore_index=True)
    expected = {
        ("missing_in_system", system): len(drops),
        ("doubled_in_system", system): len(doubles),
        ("amount_differs", ""): len(edits),
    }
    assert _found(copies) == {key: count for key, count in expected.items() if count}


def test_an_ad_platform_is_not_expected_to_know_organic_orders():
    copies = _copies()
    lost = copies[~_of(copies, "ads", [0, 4])]
    assert _found(lost) == {("missing_in_system", "ads"): 2}


def test_an_order_that_one_system_alone_claims_is_said_once():
    invented = pd.DataFrame(
        [
            {
                "system": "ads",
                "order_id": "x",
                "date": pd.Timestamp("2026-06-05"),
                "amount": 1,
                "channel": "ads",
            }
        ]
    )
    assert _found(pd.concat([_copies(), invented], ignore_index=True)) == {("only_in_system", "ads"): 1}


def test_one_order_can_be_doubled_and_edited():
    copies = _copies()
    copies.loc[_of(copies, "crm", [7]), "amount"] += 500
    copies = pd.concat([copies, copies[_of(copies, "crm", [7])]], ignore_index=True)
    assert _found(copies) == {("amount_differs", ""): 1, ("doubled_in_system", "crm"): 1}


def test_instalments_that_sum_to_the_amount_do_not_differ():
    copies = _copies()
    row = copies[_of(copies, "erp", [5])]
    halves = [row.assign(amount=row["amount"] - 4_000), row.assign(amount=4_000)]
    copies = pd.concat([copies[~_of(copies, "erp", [5])], *halves], ignore_index=True)
    assert _found(copies) == {("doubled_in_system", "erp"): 1}


@pytest.mark.parametrize(("days", "found"), [(3, {}), (4, {("late_copy", ""): 1})])
def test_copies_may_lie_three_days_apart(days, found):
    copies = _copies()
    copies.loc[_of(copies, "erp", [5]), "date"] += pd.Timedelta(days=days)
    assert _found(copies) == found


@pytest.mark.parametrize(("tolerance", "found"), [(499, {("amount_differs", ""): 1}), (500, {})])
def test_amounts_may_differ_by_the_tolerance(tolerance, found):
    copies = _copies()
    copies.loc[_of(copies, "crm", [5]), "amount"] += 500
    assert _found(copies, limits=audit.Limits(amount_tolerance=tolerance)) == found


def test_orders_of_other_periods_are_left_out():
    copies = _copies()
    copies.loc[_of(copies, "crm", [5]), "amount"] += 500
    assert _found(copies, period="2026-05") == {}
    assert _found(copies, period="2026") == {("amount_differs", ""): 1}


def test_copies_without_an_order_id_are_counted_not_dropped():
    copies = _copies()
    lost = copies.head(2).assign(order_id=None)
    assert _found(pd.concat([copies, lost], ignore_index=True)) == {("copy_without_id", ""): 2}


def test_a_finding_names_team_and_orders_but_no_person():
    copies = _copies()
    copies.loc[_of(copies, "crm", [5, 6, 7, 8]), "amount"] += 500
    frame = audit.findings(_facts(copies), POLICY)
    row = frame[frame["rule"] == "amount_differs"].squeeze()
    assert (row["level"], row["unit_id"], row["n_rows"]) == ("team", "t1", 4)
    assert row["examples"] == "o005; o006; o007"
    assert row["observed"].startswith("20.00 apart in all")
    assert "p1" not in frame[frame["rule"].isin(audit.RULES)].to_csv()


def test_the_team_of_the_order_goes_before_that_of_the_person():
    copies = _copies()
    copies.loc[_of(copies, "crm", [5]), "amount"] += 500
    orders = pd.DataFrame(
        {
            "order_id": ["o005"],
            "ordered_on": [pd.Timestamp("2026-06-06")],
            "amount": [10_005],
            "team_id": ["t9"],
        }
    )
    frame = audit.findings(_facts(copies, orders=orders), POLICY)
    assert frame.loc[frame["rule"] == "amount_differs", "unit_id"].tolist() == ["t9"]


def test_facts_without_these_tables_give_no_finding_of_their_own():
    made = facts.from_frames(
        "made", {"daily_sales": pd.DataFrame({"date": [pd.Timestamp("2026-06-01")], "gross_amount": [1]})}
    )
    assert audit.findings(made, POLICY)["rule"].isin(audit.RULES).sum() == 0


def test_what_the_load_found_comes_first():
    made = _facts(_copies())
    loaded = pd.DataFrame(
        [dict.fromkeys(facts.FINDING_COLUMNS, "") | {"finding_id": "orphan:x", "n_rows": 1}]
    )
    frame = audit.findings(replace(made, findings=loaded), POLICY)
    assert frame["finding_id"].tolist() == ["orphan:x"]


def _traffic(
    arrival: dict[str, float], dwell: dict[str, float], clicks: int = 1_000, months: int = 6
) -> pd.DataFrame:
    """Write months of steady traffic of two channels; the given values hold in June 2026 only."""
    rows = []
    for month in pd.date_range("2026-01-01", periods=months, freq="MS"):
        for channel in ("a", "b"):
            here = month == pd.Timestamp("2026-06-01")
            visits = round(clicks * (arrival.get(channel, 0.9) if here else 0.9))
            rows.append(
                {"date": month, "channel": channel, "clicks": clicks, "visits": visits,
                 "dwell_seconds": visits * (dwell.get(channel, 40.0) if here else 40.0)}
            )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("arrival", "dwell", "found"),
    [
        (0.5, 15.0, ["traffic: a"]),
        (0.5, 40.0, []),  # a slow page
        (0.9, 15.0, []),  # a dull page
        (0.68, 15.0, []),  # 75.6 % of the usual arrival
        (0.67, 29.9, ["traffic: a"]),  # 74.4 % and 74.75 %
    ],
)
def test_clicks_are_suspect_where_both_arrival_and_dwell_fall(arrival, dwell, found):
    made = facts.from_frames("made", {"traffic": _traffic({"a": arrival}, {"a": dwell})})
    frame = audit.findings(made, POLICY)
    assert frame.loc[frame["rule"] == "clicks_without_dwell", "evidence"].tolist() == found


def test_few_clicks_are_not_judged():
    made = facts.from_frames("made", {"traffic": _traffic({"a": 0.1}, {"a": 1.0}, clicks=499)})
    assert "clicks_without_dwell" not in audit.findings(made, POLICY)["rule"].tolist()


def test_a_new_channel_is_measured_by_the_others():
    traffic = _traffic({"a": 0.3}, {"a": 5.0})
    new = traffic[(traffic["channel"] == "b") | (traffic["date"] == "2026-06-01")]
    frame = audit.findings(facts.from_frames("made", {"traffic": new}), POLICY)
    assert frame.loc[frame["rule"] == "clicks_without_dwell", "evidence"].tolist() == ["traffic: a"]


def _orders(repeats: int, month: str = "2026-06") -> pd.DataFrame:
    honest = [
        {"order_id": f"h{n}", "ordered_on": f"2026-06-{n + 1:02d}", "amount": 5_000, "address_key": f"a{n}"}
        for n in range(20)
    ]
    brushed = [
        {"order_id": f"b{n}", "ordered_on": f"{month}-{n + 1:02d}", "amount": 9_900, "address_key": "ring"}
        for n in range(repeats)
    ]
    frame = pd.DataFrame(honest + brushed).assign(team_id="t2")
    return frame.assign(ordered_on=pd.to_datetime(frame["ordered_on"]))


@pytest.mark.parametrize(("repeats", "found"), [(3, []), (4, [4]), (7, [7])])
def test_four_orders_of_one_address_and_amount_in_a_month_are_a_pattern(repeats, found):
    frame = audit.findings(facts.from_frames("made", {"orders": _orders(repeats)}), POLICY)
    assert frame.loc[frame["rule"] == "repeated_orders", "n_rows"].tolist() == found


def test_a_year_of_one_order_a_month_is_no_pattern():
    orders = pd.concat([_orders(1, f"2026-{month:02d}").tail(1) for month in range(1, 7)], ignore_index=True)
    made = facts.from_frames("made", {"orders": orders.assign(order_id=orders.index.astype(str))})
    assert audit.findings(made, POLICY, "2026").empty


def test_findings_keep_their_schema_and_their_ids(sample_facts, sample_policy):
    frame = audit.findings(sample_facts, sample_policy)
    facts.findings_schema().validate(frame)
    pd.testing.assert_frame_equal(frame, audit.findings(sample_facts, sample_policy))


def test_every_truth_planted_in_the_sample_comes_out(sample_facts, sample_policy, root):
    truth = read_yaml(root / "data" / "sample" / "TRUTH.yaml")
    years = pd.concat(
        [audit.findings(sample_facts, sample_policy, year) for year in ("2024", "2025", "2026")]
    )
    subject = years["evidence"].map(_subject)
    counts = years["n_rows"].groupby([years["rule"], subject]).sum()
    faults = truth["system_faults"]
    assert counts["doubled_in_system", "crm"] == faults["crm_duplicates"]
    assert counts["doubled_in_system", "erp"] == faults["erp_duplicates"]
    assert counts["missing_in_system", "crm"] == faults["crm_losses"]
    assert counts["missing_in_system", "erp"] == faults["erp_losses"]
    assert counts["missing_in_system", "ads"] == faults["ads_losses"]
    assert counts["only_in_system", "ads"] == faults["ads_phantoms"]
    assert counts["amount_differs", ""] == truth["edited_amounts"]["orders"]


def test_the_planted_suspects_of_june_are_found_in_their_teams(sample_facts, sample_policy, root):
    truth = read_yaml(root / "data" / "sample" / "TRUTH.yaml")
    found = audit.findings(sample_facts, sample_policy).set_index("rule")
    assert found.loc["clicks_without_dwell", "evidence"] == f"traffic: {truth['fake_clicks']['channel']}"
    brushed = found.loc[["repeated_orders"]].set_index("unit_id").loc[truth["brushing"]["team"]]
    assert brushed["n_rows"] == truth["brushing"]["orders_per_span"]
    edited = [order for order in truth["edited_amounts"]["order_ids"] if order.startswith("202606")]
    assert found.loc["amount_differs", "n_rows"] == len(edited)
    assert found.loc["amount_differs", "unit_id"] == truth["edited_amounts"]["team"]
