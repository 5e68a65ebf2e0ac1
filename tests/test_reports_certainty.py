"""How far grades can be trusted: what a team reads of it, against plain arithmetic and published figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html import unescape
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import charts
from salesperf_lib.charts.certainty import grade_chances
from salesperf_lib.grades import Uncertainty
from salesperf_lib.language import Locale
from salesperf_lib.params import Grades, Name
from salesperf_lib.params.policy import Certainty, Distribution
from salesperf_lib.periods import Period
from salesperf_lib.reports.context import Report
from tests import grade_world as world

section = import_module("salesperf_lib.reports.certainty")
fairness = import_module("salesperf_lib.reports.fairness")

NAN = float("nan")
LANGS = ("zh", "en")
GRADES = ["A", "B", "C", "D"]
NAMES = {"E1": "王喆", "E2": "李堃", "E3": "张祎", "E4": "韩欣", "E5": "新人", "E9": "外人"}
STRANGERS = re.compile(r"外人|E\d")


def people():
    """Four of t1 are graded, of whom E4 by a veto; E5 is on probation; E9 is of another team."""
    columns = [
        "person_id",
        "team_id",
        "score",
        "status",
        "grade",
        "p_a",
        "p_b",
        "p_c",
        "p_d",
        "contested",
        "vetoed",
    ]
    rows = [
        ("E1", "t1", 106.0, "scored", "A", 0.95, 0.05, 0.0, 0.0, False, False),
        ("E2", "t1", 97.0, "scored", "B", 0.304, 0.606, 0.09, 0.0, False, False),
        ("E3", "t1", 84.0, "scored", "C", 0.0, 0.52, 0.46, 0.02, True, False),
        ("E4", "t1", 95.0, "scored", "D", NAN, NAN, NAN, NAN, False, True),
        ("E5", "t1", NAN, "probation", None, NAN, NAN, NAN, NAN, False, False),
        ("E9", "t2", 99.0, "scored", "B", 0.4, 0.6, 0.0, 0.0, True, False),
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns).assign(period="2026-06", role="service")
    ranks = {"E1": 1, "E9": 2, "E2": 3, "E3": 4}
    return found.assign(rank=found["person_id"].map(ranks).astype("Int64"))


def noise(graded):
    """Give what noise leaves, by hand: E2 and E3 of different grades are alike, E1 stands apart."""
    ranks = pd.DataFrame({"person_id": ["E1", "E2", "E3", "E9"], "best": [1, 1, 3, 1], "worst": [2, 4, 4, 3]})
    pairs = pd.DataFrame({
        "person_id_a": ["E1", "E2"], "person_id_b": ["E2", "E3"], "difference": [9.0, 13.0],
        "low": [-0.5, -2.04], "high": [18.0, 27.96],
    })  # fmt: skip
    return Uncertainty(pd.Series(6.0, index=graded["person_id"]), ranks, pairs)


def make(lang="zh", *, provisional=False, graded=None, rules=None, **held):
    graded = people() if graded is None else graded
    whole = SimpleNamespace(
        composites=graded[["period", "person_id", "team_id", "role", "score", "status"]],
        grades=graded.drop(columns="status"),
        people=pd.DataFrame({"person_id": list(NAMES), "name": list(NAMES.values())}),
        scores=pd.DataFrame(columns=["person_id", "dimension", "contribution"]),
        **held,
    )
    policy = SimpleNamespace(
        period=Period.parse("2026-06"),
        grades=rules or Grades((("A", 100.0), ("B", 85.0), ("C", 70.0), ("D", 0.0))),
        kpis={"csat": SimpleNamespace(name=Name("满意度", "CSAT"), subjective=False)},
        roles={},
    )
    return Report(
        team="t1", team_name="一部", facts=SimpleNamespace(), policy=policy, appraisal=whole, locale=Locale(lang),
        today=date(2026, 7, 10), provisional=provisional,
    )  # fmt: skip


@pytest.fixture
def by_hand(monkeypatch):
    monkeypatch.setattr(section, "measured", lambda report: noise(report.appraisal.grades))


def words(markup):
    return unescape(re.sub(r"<[^>]+>", " ", markup.html))


# -- what is said


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize("lang", LANGS)
def test_the_section_names_the_own_team_only(lang):
    shown = words(section.certainty(make(lang))) + words(section.certainty_in_short(make(lang)))
    assert all(NAMES[person] in shown for person in ("E1", "E2", "E3", "E4"))
    assert not STRANGERS.search(shown)
    assert "nan" not in shown.lower()
    assert not re.search("不胜任|不称职|incompetent|not competent", shown)


@pytest.mark.usefixtures("by_hand")
def test_nothing_is_said_of_grades_that_are_not_given_yet():
    report = make(provisional=True)
    assert section.certainty(report) is None
    assert section.certainty_in_short(report) is None
    assert section.chances(report).empty


@pytest.mark.usefixtures("by_hand")
def test_a_grade_is_firm_from_ninety_per_cent_on():
    assert section.say_firm(make("en")).startswith(
        "Of 3 grades, 1 can be relied on (at least 90% certain): 王喆."
    )
    for p, said in ((0.9, "1 can be relied on"), (0.8999, "none is 90% certain")):
        graded = people()
        graded.loc[0, ["p_a", "p_b"]] = p, 1 - p
        assert said in section.say_firm(make("en", graded=graded))
    everybody = people().assign(p_a=0.0, p_b=0.0, p_c=0.0)
    everybody.loc[range(3), ["p_a", "p_b", "p_c"]] = np.eye(3)
    assert section.say_firm(make("en", graded=everybody)).startswith("All of the 3 grades can be relied on")


@pytest.mark.usefixtures("by_hand")
def test_a_team_without_grades_is_told_so():
    nobody = people().assign(grade=None, score=NAN, status="left", p_a=NAN, vetoed=False)
    shown = words(section.certainty(make("en", graded=nobody)))
    assert "Nobody in the team has a grade that follows from a score." in shown
    assert section.chances(make(graded=nobody)).empty


@pytest.mark.usefixtures("by_hand")
def test_who_would_more_likely_have_another_grade_is_named():
    shown = words(section.certainty(make("en")))
    assert "for 张祎 (graded C, 46% certain; B: 52%):" in shown
    assert "李堃 (graded" not in shown


@pytest.mark.usefixtures("by_hand")
def test_contested_and_vetoed_people_are_told_apart():
    shown = words(section.certainty(make("en")))
    assert "Contested: 张祎." in shown
    assert "韩欣: a case is confirmed, so the veto rule sets grade D" in shown
    clean = people()[lambda rows: ~rows["vetoed"] & ~rows["contested"]]
    without = words(section.certainty_in_short(make("en", graded=clean)))
    assert "Contested" not in without
    assert "veto" not in without


@pytest.mark.usefixtures("by_hand")
def test_pairs_of_different_grades_come_first_and_all_are_counted():
    said = words(section.certainty(make("en")))
    assert "Of 3 pairs of people in the team, 2 cannot be told apart." in said
    assert (
        "王喆 (A) and 李堃 (B) hold different grades, yet cannot be told apart: difference 9.0 points, "
        "interval −0.5 to 18.0." in said
    )
    same = people()
    same.loc[1, "grade"] = "A"
    said = words(section.certainty(make("zh", graded=same)))
    assert said.index("李堃（A）与张祎（C）等级不同") < said.index(
        "王喆与李堃分不出高低：相差9.0分，区间为−0.5至18.0分"
    )


@pytest.mark.usefixtures("by_hand")
def test_the_table_holds_chances_ranks_and_colleagues():
    html = section.certainty(make("en")).html
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html)]
    body = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in rows if row]
    assert body[:3] == [
        ["王喆", "A", "95%", "5%", "0%", "0%", "1", "1–2", "1 of 2"],
        ["李堃", "B", "30%", "61%", "9%", "0%", "3", "1–4", "2 of 2"],
        ["张祎", "C", "0%", "52%", "46%", "2%", "4", "3–4", "1 of 2"],
    ]
    assert body[3] == ["王喆", "李堃", "9.0", "−0.5 to 18.0"]


# -- how grades were given


def test_thresholds_are_said_with_their_marks():
    assert section.say_grading(make("zh")) == (
        "等级按分数线给出：A 100分起、B 85分起、C 70分起、D 0分起；各等级不限人数。"
    )


def test_a_forced_distribution_is_said_with_quotas_cohort_and_ties():
    quotas = tuple((name, Fraction(share, 10)) for name, share in zip(GRADES, (2, 5, 2, 1), strict=True))
    rule = Distribution("forced", "team", quotas, min_cohort=6, team_scale=((0.9, 0.5), (1.1, 1.5)))
    rules = replace(make().policy.grades, distribution=rule)
    said = section.say_grading(make("en", rules=rules))
    assert said.startswith(
        "Grades are fixed shares of each team: A 20%, B 50%, C 20% and D 10%; with fewer than 6"
    )
    assert "all get the better grade" in said
    assert said.endswith("A team's places follow its mean score relative to the company's.")
    broken = replace(rules, distribution=replace(rule, cohort="company", tie="csat"))
    said = section.say_grading(make("zh", rules=broken))
    assert said.startswith("等级在全公司内按固定比例给出")
    assert "满意度得分高者优先" in said
    assert "名额随" not in said


# -- base rates


@pytest.mark.parametrize(("reliability", "hits"), [(0.5, 47), (0.7, 60), (0.9, 78), (0.95, 84)])
def test_the_base_rate_is_the_published_one(monkeypatch, reliability, hits):
    """METHODS §2.3: with the top 10 % graded A, P(true top 10 % | A) = .474/.604/.776/.843."""
    scores = np.array([70.0, 74, 78, 82, 84, 86, 88, 90, 94, 104])
    graded = pd.DataFrame({"person_id": [f"p{i}" for i in range(10)], "score": scores}).assign(
        grade=["B"] * 9 + ["A"], vetoed=False, team_id="t1", status="scored", period="2026-06", role="service"
    )
    spread = ((scores - scores.mean()) ** 2).sum() / 9
    known = pd.Series(((1 - reliability) * spread) ** 0.5, index=graded["person_id"])
    monkeypatch.setattr(section, "measured", lambda _: Uncertainty(known, pd.DataFrame(), pd.DataFrame()))
    said = section.say_base_rate(make("en", graded=graded))
    assert f"about {round(100 * reliability)}% is real" in said
    assert said.endswith(f"Of 100 people graded A by such data, about {hits} truly belong to the top 10%.")
    # Noise as large as the spread: as good as drawing lots. Nobody, everybody or too few graded: nothing.
    lots = known * 0 + 1000
    monkeypatch.setattr(section, "measured", lambda _: Uncertainty(lots, pd.DataFrame(), pd.DataFrame()))
    assert "about 10 truly belong to the top 10%" in section.say_base_rate(make("en", graded=graded))
    for other in (graded.assign(grade="A"), graded.assign(grade="B"), graded.tail(9)):
        assert section.say_base_rate(make("en", graded=other)) == ""


def test_noise_is_measured_from_the_lines_themselves():
    """A count of 100 against a target of 100: Jeffreys' Gamma(100.5), sd √100.5 = 10.02 points."""
    rows = [
        world.line(person, "acquired_customers", points=float(count), numerator=float(count), value=float(count),
                   target=100.0, n=count, team_id=team)
        for person, team, count in (("E1", "t1", 100), ("E2", "t1", 97), ("E9", "t2", 400))
    ]  # fmt: skip
    graded = people()[lambda frame: frame["person_id"].isin(["E1", "E2", "E9"])]
    report = make(graded=graded.assign(score=[100.0, 97.0, 400.0]))
    report.appraisal.scores = pd.DataFrame(rows)
    vars(report)["policy"] = world.policy_of(Grades(world.THRESHOLDS, certainty=Certainty(draws=4000)))
    found = section.measured(report)
    assert found.noise["E1"] == pytest.approx(100.5**0.5, rel=0.05)
    assert found.noise["E9"] == pytest.approx(400.5**0.5, rel=0.05)
    assert found.ranks["person_id"].to_list() == ["E1", "E2", "E9"]
    assert found.pairs[["person_id_a", "person_id_b"]].to_numpy().tolist() == [["E1", "E2"]]
    # 1.645 · √2 · s, s² the mean of 100.5 and 97.5
    assert section.noise_of_change(report) == pytest.approx(1.645 * 2**0.5 * 99**0.5, rel=0.05)


# -- whole numbers that add up


@given(
    st.lists(st.floats(-500, 500) | st.just(0.0), min_size=1, max_size=8),
    st.floats(-0.99, 0.99),
    st.booleans(),
)
def test_rounded_parts_add_up_and_stay_near(parts, off, up):
    exact = sum(parts)
    total = int(np.floor(exact + off)) + (1 if up else 0)
    if not any(parts) or abs(total - exact) >= 1:
        return
    found = section.adding_to(parts, total)
    assert sum(found) == total
    assert all(abs(whole - part) < 1 + 1e-9 for whole, part in zip(found, parts, strict=True))
    assert all(whole == 0 for whole, part in zip(found, parts, strict=True) if part == 0)


@given(st.lists(st.integers(0, 2000), min_size=4, max_size=4).filter(any), st.integers(0, 3))
def test_chances_are_whole_percents_and_the_given_grade_reads_as_everywhere(counts, own):
    rates = np.array(counts) / sum(counts)
    found = section._percents(rates, own)
    assert sum(found) == 100
    assert f"{found[own]}%" == Locale("en").percent(rates[own], 0)
    assert all(abs(whole - 100 * rate) < 1 + 1e-9 for whole, rate in zip(found, rates, strict=True))


# -- the figure


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize("lang", LANGS)
def test_bars_are_as_long_as_the_chances_and_the_given_grade_is_framed(lang):
    figure = grade_chances(section.chances(make(lang)), Locale(lang))
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["王喆  A", "李堃  B", "张祎  C"]
    framed = [
        (bar.get_y() + 0.33, bar.get_x(), bar.get_width()) for bar in axes.patches if not bar.get_fill()
    ]
    assert np.allclose(framed, [(0, 0, 0.95), (1, 0.3, 0.61), (2, 0.52, 0.46)])
    filled = [bar for bar in axes.patches if bar.get_fill()]
    for row in range(3):
        assert sum(bar.get_width() for bar in filled if round(bar.get_y() + 0.33) == row) == pytest.approx(1)
    assert [text.get_text() for text in axes.texts] == ["95%", "30%", "61%", "52%", "9%", "46%"]
    assert charts.show(figure, section.say_certainty(make(lang))).alt


def test_nobody_is_no_figure():
    assert grade_chances(pd.DataFrame(columns=["label", "grade", *GRADES]), Locale("zh")) is None


# -- ratings


def rated(lang="en", method="shared_ratees", ratings=None, **changes):
    raters = pd.DataFrame({
        "rater_id": ["E1", "E9"], "item": "", "n": [40.0, 50.0], "shared": [40.0, 50.0], "leniency": [-2.0, 3.0],
        "se": 0.5, "calibrated": True, "mean_before": [70.0, 81.0], "mean_after": [72.0, 78.0],
    })  # fmt: skip
    rows = pd.DataFrame(
        [
            ("2026-06", "E2", "quality", "E1", 70.0, 72.0),
            ("2026-06", "E2", "quality", "E9", 80.0, 77.0),
            ("2026-05", "E2", "quality", "E9", 10.0, 10.0),
            ("2026-06", "E9", "quality", "E9", 20.0, 20.0),
        ],
        columns=["period", "person_id", "item", "rater_id", "numerator", "corrected"],
    ).assign(denominator=1.0, calibrated=True)
    report = make(
        lang, raters=changes.get("raters", raters), ratings=rows if ratings is None else ratings(rows)
    )
    report.policy.kpis["quality"] = SimpleNamespace(name=Name("质量", "Quality"), subjective=True)
    report.policy.leniency = SimpleNamespace(method=method)
    return report


@pytest.mark.parametrize("lang", LANGS)
def test_ratings_are_the_team_s_of_the_period_and_only_its_raters_have_names(lang):
    report = rated(lang)
    given = fairness.leniency_of(report)
    assert given.ratings["numerator"].to_list() == [70, 80]
    assert given.items == {"quality": "质量" if lang == "zh" else "Quality"}
    assert given.method == "shared_ratees"
    shown = words(fairness.fairness(report))
    assert "王喆" in shown
    assert not STRANGERS.search(shown)
    assert fairness.raters(report)["before"].to_list() == [81, 70]  # the more lenient first
    assert fairness.say_raters(report)


def test_without_ratings_there_is_no_section_and_no_figure():
    report = rated(ratings=lambda rows: rows[rows["person_id"] == "E9"])
    assert fairness.fairness(report) is None
    assert charts.leniency(fairness.raters(report), report.locale) is None


def test_ratings_that_are_not_corrected_by_rule_are_said_to_be():
    none = pd.DataFrame(columns=["rater_id", "item", "n", "shared", "leniency", "se", "calibrated",
                                 "mean_before", "mean_after"])  # fmt: skip
    shown = words(fairness.fairness(rated(method="none", raters=none)))
    assert "ratings are not corrected for leniency" in shown
    assert charts.leniency(fairness.raters(rated(method="none", raters=none)), Locale("en")) is None
