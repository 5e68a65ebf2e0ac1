"""The calibration meeting as it is shown: what was found, what it could decide, and that it records nothing."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from salesperf_lib import reports
from salesperf_lib.errors import DataError, ParamError, PeriodError
from salesperf_lib.reports import calibration
from salesperf_lib.reports.calibration import accept_command, render_command
from salesperf_lib.reports.meeting import record_of

SECTIONS = (
    "masthead", "coverage", "shift", "proposals", "months", "teams", "rest", "ledger", "how_to_accept",
    "limits", "reproduce",
)  # fmt: skip


@pytest.fixture(scope="module")
def meeting(sample_facts):
    return reports.open_meeting("2026-06", "en", as_of="2026-07-11")


@pytest.fixture(scope="module")
def chinese(meeting):
    return replace(meeting, locale=replace(meeting.locale, lang="zh"))


def words(markup):
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", markup.html, flags=re.S))


def test_the_planted_rise_of_the_price_is_found_in_its_month(meeting):
    # TRUTH.yaml: from March 2026 a new customer costs 30 % more.
    assert (meeting.shift.code, meeting.shift.month) == ("shift", "2026-03")
    assert meeting.shift.low < 0.30 < meeting.shift.high
    said = words(calibration.shift(meeting))
    assert "since March 2026" in said
    assert "95% interval" in said


def test_the_gap_is_shown_in_whole_yuan(meeting):
    said = words(calibration.proposals(meeting))
    sales = float(meeting.months_of(meeting.before, "net_sales").sum())
    gap = sales * (1 - 1 / (1 + meeting.shift.size))
    assert f"CN¥{gap / 100:,.0f}" in said
    assert "(not in the target)" in said
    assert "By the rule (chosen)" in said


def test_actual_rates_of_twelve_months_are_where_conversion_starts(meeting):
    rows = meeting.history.query("kpi == 'inquiry_conversion_rate' and '2025-07' <= period <= '2026-06'")
    assert len(rows) == 12
    rate = rows["numerator"].sum() / rows["denominator"].sum()
    assert f"Inquiry conversion rate {rate:.1%} (cap" in words(calibration.proposals(meeting))


def test_only_the_open_months_move_and_teams_add_up(meeting):
    before, after = meeting.before, meeting.after
    assert meeting.first.label == "2026-07"
    moved = before["target"] != after["target"]
    months = before.loc[
        moved & before["period"].str.len().eq(7) & ~before["period"].str.contains("Q"), "period"
    ]
    assert set(months) == {f"2026-{month:02d}" for month in range(7, 13)}
    for kpi in ("acquired_customers", "net_sales"):
        rows = after[(after["kpi"] == kpi) & (after["period"] == "2026-10")]
        team = rows.loc[rows["level"] == "team", "target"].sum()
        assert team == rows.loc[rows["level"] == "company", "target"].sum()


def test_the_rest_of_the_year_is_weighed_by_hand_as_it_is_shown(meeting):
    found = meeting.rest
    closed = found.months[found.months["closed"] & (found.months["alternative"] == "naive")]
    assert len(closed) == 6
    outcomes = found.outcomes.set_index("alternative")
    assert outcomes.loc["naive", "rest"] == 4_521_000_000 - closed["actual"].sum()
    assert "The first 6 months brought" in words(calibration.rest(meeting))


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_is_written_in_both_languages(meeting, chinese, name):
    assert words(getattr(calibration, name)(meeting)).strip()
    shown = words(getattr(calibration, name)(chinese))
    assert re.search("[\u4e00-\u9fff]", shown)
    assert "nan" not in shown


def test_the_commands_shown_name_everything_that_was_chosen(meeting):
    given = shlex.split(accept_command(meeting))
    assert given[:3] == ["salesperf", "targets", "calibrate"]
    for option, value in (("--from", "2026-07"), ("--alternative", "rule"), ("--recorded-on", "2026-07-11")):
        assert given[given.index(option) + 1] == value
    assert "--detect" in given
    assert "valid_from=2026-07" in shlex.split(render_command(meeting))


def test_without_a_shock_nothing_is_proposed_and_nothing_can_be_accepted(sample_facts):
    early = reports.open_meeting("2026-02", "en")
    assert early.shock == 0
    assert early.proposals.empty
    for name in SECTIONS:
        assert getattr(calibration, name)(early).html
    assert "no shock" in words(calibration.proposals(early))
    with pytest.raises(DataError, match="no shock"):
        reports.accept(early, "2026-07-11", "Nothing")


def test_a_record_says_what_was_found_in_both_languages_and_names_roles_only(meeting):
    record = record_of(meeting, date(2026, 7, 11), "By the rule", None)
    assert record["shock"]["size"] == round(meeting.shift.size, 6)
    assert "March 2026" in record["shock"]["evidence"]["en"]
    assert "2026年3月" in record["shock"]["evidence"]["zh"]
    assert {row["role"] for row in record["attendees"]} == {"sales_director", "data_analyst", "senior_member"}
    assert record["unfunded_gap"] == round(float(meeting.chosen["unfunded_gap"]))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"valid_from": "2026-06"}, PeriodError),
        ({"valid_from": "2026-Q4"}, PeriodError),
        ({"valid_from": "soon"}, PeriodError),
        ({"shock": -1.0}, ParamError),
        ({"shock": float("nan")}, ParamError),
        ({"alternative": "hope"}, ParamError),
        ({"lang": "fr"}, ParamError),
        ({"period": "2026-09"}, PeriodError),
    ],
    ids=str,
)
def test_a_parameter_that_makes_no_meeting_is_refused(sample_facts, given, error):
    with pytest.raises(error):
        reports.open_meeting(**({"period": "2026-06", "lang": "en"} | given))
