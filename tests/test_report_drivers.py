"""The page of drivers: factors multiply to the target, and a goal becomes touches of the team's own people."""

from __future__ import annotations

import re

import pytest

from salesperf_lib import facts
from salesperf_lib.errors import DataError
from salesperf_lib.reports import target_book, target_drivers


@pytest.fixture(scope="module")
def book(sample_facts):
    return target_book.open_target_book("t2", "2026-06", "en")


def test_with_fewer_visits_the_other_factors_still_make_the_target(book):
    html = target_drivers.drivers(book).html
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    changes = [re.findall(r">([+−][\d.]+%)<", row) for row in rows]
    (visits, conversion, value) = [
        float(found[-1].replace("−", "-").strip("%+")) / 100 for found in changes if found
    ]
    assert visits == -0.1
    assert (1 + visits) * (1 + conversion) * (1 + value) == pytest.approx(1, abs=0.002)


def test_a_larger_share_becomes_touches_of_the_team_s_own_operators(book, sample_facts):
    found = target_drivers.translate(book)
    roster = facts.roster_days(sample_facts).select("person_id", "team_id").execute()
    own = set(roster.loc[roster["team_id"] == "t2", "person_id"])
    assert len(found.behaviours)
    assert set(found.behaviours["unit_id"]) <= own
    first = found.outcome.iloc[0]
    assert first["share_target"] == pytest.approx(first["share"] + target_drivers.MORE_SHARE, abs=1e-9)
    assert first["rate_target"] > first["rate"]


def test_a_share_out_of_reach_is_told_and_breaks_no_page(book, monkeypatch):
    def refuse(*_args, **_kwargs):
        from salesperf_lib.errors import Problem

        raise DataError(Problem("translation", "an interval from -0.1 to 0.3", "one above 0"))

    monkeypatch.setattr(target_drivers, "translate", refuse)
    html = target_drivers.drivers(book).html
    assert "This cannot be translated into touches" in html
    assert "an interval from -0.1 to 0.3" in html


def test_the_company_s_book_names_nobody(sample_facts):
    html = target_drivers.drivers(target_book.open_target_book("company", "2026-06", "zh")).html
    names = facts.roster_days(sample_facts).select("name").execute()["name"].dropna().unique()
    assert [name for name in names if name in html] == []
    assert not re.search(r"E00\d\d", html)
