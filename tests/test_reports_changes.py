"""Why scores changed: what a team reads adds up as it is shown, and names what weighs most."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import charts, scores
from salesperf_lib.charts.changes import score_changes
from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.language import Locale
from salesperf_lib.params import Grades, Name
from salesperf_lib.periods import Period
from salesperf_lib.reports.context import Report
from salesperf_lib.review.change import EFFECTS

section = import_module("salesperf_lib.reports.changes")

NAN = float("nan")
LANGS = ("zh", "en")
NAMES = {"E1": "王喆", "E2": "李堃", "E3": "张祎", "E4": "新人", "E5": "调入", "E9": "外人"}
STRANGERS = re.compile(r"外人|E\d")
NO_VETO = frozenset[str]()


def row(person, before, *, team="t1", vetoed=False, reason="", missing="", **effects):
    """Give a row of `review.change`: parts by hand, the score of now is their sum."""
    parts = dict.fromkeys(EFFECTS, 0.0) | effects
    score = before + sum(parts[name] for name in EFFECTS if name != "veto")
    counted = 0.0 if vetoed else score
    if missing:
        parts = dict.fromkeys(EFFECTS, NAN)
        score = counted = NAN if missing in ("now", "both") else 88.0
        before = NAN if missing in ("before", "both") else before
    else:
        parts["veto"] = counted - score
    return {
        "person_id": person, "team_id": team, "score": score, "score_before": before, "counted": counted,
        "counted_before": before, "reason": reason, "missing": missing, **parts,
    }  # fmt: skip


def found():
    """E1 rises by 10.002 with parts 12.0051 and −2.0031; E2 falls most by targets; a case vetoes E3."""
    return pd.DataFrame(
        [
            row("E1", 80.004, actuals=12.0051, targets=-2.0031),
            row("E2", 100.0, actuals=-1.0, targets=-4.0),
            row("E3", 90.0, actuals=2.0, vetoed=True),
            row("E4", 70.0, missing="now", reason="few_days"),
            row("E5", NAN, missing="before", reason="absent"),
            row("E9", 50.0, team="t2", actuals=40.0),
        ]
    )


def by_kpi():
    rows = [
        ("E1", "net_sales", "person", 3.0),
        ("E1", "csat", "person", 9.0051),
        ("E2", "csat", "person", 2.0),
        ("E2", "net_sales", "team", -3.0),
        ("E9", "csat", "person", 40.0),
    ]
    return pd.DataFrame(rows, columns=["person_id", "kpi", "scored_at", "actuals"])


def appraised(label, values, vetoed=NO_VETO):
    lines = [(label, person, kpi, value) for (person, kpi), value in values.items()]
    return SimpleNamespace(
        period=Period.parse(label),
        scores=pd.DataFrame(lines, columns=["scored_in", "person_id", "kpi", "value_raw"]),
        people=pd.DataFrame({"person_id": list(NAMES), "name": list(NAMES.values())}),
        grades=pd.DataFrame({"person_id": list(NAMES), "vetoed": [name in vetoed for name in NAMES]}),
    )


def make(lang="en", *, provisional=False, first_day=date(2024, 1, 1)):
    kpis = {
        "net_sales": SimpleNamespace(name=Name("净销售额", "Net sales"), unit="money"),
        "csat": SimpleNamespace(name=Name("满意度", "CSAT"), unit="points"),
    }
    policy = SimpleNamespace(
        period=Period.parse("2026-06"),
        kpis=kpis,
        grades=Grades((("A", 100.0), ("D", 0.0))),
        at=lambda _: None,
    )
    now = appraised("2026-06", {("E1", "csat"): 4.5, ("E2", "net_sales"): 50_000.0}, vetoed={"E3"})
    return Report(
        team="t1", team_name="一部", facts=SimpleNamespace(first_day=first_day), policy=policy, appraisal=now,
        locale=Locale(lang), today=date(2026, 7, 10), provisional=provisional,
    )  # fmt: skip


@pytest.fixture
def world(monkeypatch):
    before = appraised("2026-05", {("E1", "csat"): 4.0, ("E2", "net_sales"): 80_000.0})
    monkeypatch.setattr(section.appraisal, "load", lambda *_: before)
    monkeypatch.setattr(section, "change", lambda *_: found())
    monkeypatch.setattr(section, "change_by_kpi", lambda *_: by_kpi())
    monkeypatch.setattr(section, "noise_of_change", lambda _: 8.04)
    return monkeypatch


def words(markup):
    return unescape(re.sub(r"<[^>]+>", " ", markup.html))


def table(markup):
    rows = [
        re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line)
        for line in re.findall(r"<tr[^>]*>(.*?)</tr>", markup.html)
    ]
    return rows[0], rows[1:]


def figure_of(text):
    return round(float(text.replace("−", "-").replace("+", "")) * 100)


# -- the table


@pytest.mark.usefixtures("world")
def test_every_row_adds_up_as_it_is_shown():
    heads, rows = table(section.changes(make()))
    assert heads == ["Name", "Before", "Actuals", "Targets", "Veto", "Now", "Change", "Remark"]
    assert rows == [
        ["王喆", "80.00", "+12.01", "−2.00", "0.00", "90.01", "+10.01", ""],
        ["李堃", "100.00", "−1.00", "−4.00", "0.00", "95.00", "−5.00", ""],
        ["张祎", "90.00", "+2.00", "0.00", "−92.00", "0.00", "−90.00", "score 92.00, not counted by rule"],
        ["新人", "70.00", "–", "–", "–", "–", "–", "now: too few days on duty, not assessed"],
        ["调入", "–", "–", "–", "–", "88.00", "–", "before: not on the roster"],
    ]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(*[st.integers(-(2**34), 2**34) for _ in range(7)]), min_size=1, max_size=4))
def test_whatever_the_parts_the_shown_ones_add_up(rows):
    made = [
        row(f"E{at}", before * scores.GRID, **{name: part * scores.GRID for name, part in zip(
            [name for name in EFFECTS if name != "veto"], parts, strict=True)})
        for at, (before, *parts) in enumerate(rows)
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(section, "change", lambda *_: pd.DataFrame(made))
        shown = section._shown(make(), appraised("2026-05", {}))
    parts = shown[list(EFFECTS)].sum(axis=1)
    assert (shown["before"] + parts == shown["now"]).all()
    exact = {line["person_id"]: line for line in made}
    for _, line in shown.iterrows():
        for name in EFFECTS:
            assert abs(line[name] - exact[line["person_id"]][name] * 100) < 1 + 1e-6
            assert line[name] == 0 or exact[line["person_id"]][name] != 0


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("lang", LANGS)
def test_only_the_own_team_is_in_it(lang):
    report = make(lang)
    shown = words(section.changes(report)) + section.say_bars(report)
    assert all(name in shown for person, name in NAMES.items() if person != "E9")
    assert not STRANGERS.search(shown)
    assert "nan" not in shown.lower()


# -- the sentences


@pytest.mark.usefixtures("world")
def test_who_moved_most_and_why():
    shown = words(section.changes(make()))
    assert (
        "Of 3 people scored in both May 2026 and June 2026, 2 rose and 1 fell; their mean went from 90.0 to 92.3"
        in shown
    )
    assert (
        "王喆 rose most (80.00 → 90.01, +10.01 points), above all by what was measured (+12.01 points). "
        "Of what was measured, CSAT weighs most: 4.00 → 4.50, +9.01 points." in shown
    )
    # The larger part of the fall, not the larger part; a measure that rose is none of its causes.
    assert (
        "李堃 fell most (100.00 → 95.00, −5.00 points), above all by targets (−4.00 points). "
        "Of what was measured, Net sales (team) weighs most: CN¥800.00 → CN¥500.00, −3.00 points." in shown
    )
    assert "can differ by about 8.0 points (90% of cases stay within)" in shown
    assert "Beyond that: 王喆." in shown
    assert "张祎: a case is confirmed, and by the veto rule the score of that period does not count." in shown
    assert "张祎 rose" not in shown


def test_changes_within_noise_are_said_to_be(world):
    world.setattr(section, "noise_of_change", lambda _: 10.1)
    assert "Nobody's change goes beyond that." in words(section.changes(make()))
    world.setattr(section, "noise_of_change", lambda _: NAN)
    assert "noise" not in words(section.changes(make()))


def test_only_what_happened_is_said(world):
    """Everybody fell, nothing was vetoed, and no measure is to blame."""
    world.setattr(section, "change", lambda *_: pd.DataFrame([row("E1", 90.0, weights=-3.0)]))
    world.setattr(section, "change_by_kpi", lambda *_: by_kpi().assign(actuals=0.0))
    shown = words(section.changes(make()))
    assert "rose most" not in shown
    assert "王喆 fell most (90.00 → 87.00, −3.00 points), above all by weights (−3.00 points)." in shown
    assert "Of what was measured" not in shown
    assert table(section.changes(make()))[0] == ["Name", "Before", "Actuals", "Weights", "Now", "Change"]


# -- nothing to compare


def test_an_open_period_is_compared_later():
    report = make("zh", provisional=True)
    assert section.say_changes(report) == "期间关账后，再与2026年5月比较。"
    assert "再与2026年5月比较" in words(section.changes(report))
    assert section.change_bars(report).empty
    assert section.change_names(report) == []


def test_a_period_that_the_data_do_not_cover_is_said(world):
    for first, said in ((date(2026, 5, 1), "3 people"), (date(2026, 5, 2), "The data begin on 2 May 2026")):
        assert said in section.say_changes(make(first_day=first))
    world.setattr(section, "change", lambda *_: found().iloc[3:5])
    assert section.say_changes(make()) == "Nobody has a score in both May 2026 and June 2026."


def test_rules_that_refuse_the_period_before_are_quoted():
    def refuse(_):
        raise ParamError(Problem("grades.yaml", "no value", "one in force", "add one"))

    report = make()
    report.policy.at = refuse
    said = section.say_changes(report)
    assert said.startswith("May 2026 cannot be appraised")
    assert "grades.yaml: found no value" in said
    assert section.change_bars(report).empty


# -- the figure


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("lang", LANGS)
def test_bars_leave_the_veto_out_and_lead_from_zero(lang):
    report = make(lang)
    bars = section.change_bars(report)
    assert bars["label"].to_list() == ["王喆", "李堃", "张祎"]
    assert list(bars.columns[3:]) == ["actuals", "targets"]
    assert bars["change"].to_list() == [10.01, -5.0, 2.0]
    figure = score_changes(bars, section.change_names(report), section.change_title(report), report.locale)
    spans = [
        tuple(np.round(sorted((bar.get_x(), bar.get_x() + bar.get_width())), 2))
        for bar in figure.axes[0].patches
    ]
    assert spans == [(0, 12.01), (-1, 0), (0, 2), (-2, 0), (-5, -1), (2, 2)]
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["+10.0", "−5.0", "+2.0  一票否决" if lang == "zh" else "+2.0  vetoed"]
    assert figure.axes[0].lines[0].get_xdata().tolist() == [10.01, -5.0, 2.0]
    assert charts.show(figure, section.say_bars(report)).alt


def test_nobody_is_no_figure():
    assert score_changes(pd.DataFrame(columns=["label", "remark", "change"]), [], "", Locale("en")) is None
