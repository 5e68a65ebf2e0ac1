"""The team's board: ranks by plain counting, codes for everybody else, definitions behind every number."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from datetime import date
from html import unescape
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.charts import show
from salesperf_lib.charts.board import WIDEST, bullets
from salesperf_lib.language import Locale
from salesperf_lib.reports import board
from salesperf_lib.reports.board import Board
from salesperf_lib.reports.board_terms import shown_kpis, source_tables
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.pseudonyms import pseudonyms

NAN = float("nan")
OWN = {"E0007": "王喆", "E0008": "李堃", "E0009": "张祎"}
OTHERS = {"E0090": "外人甲", "E0091": "外人乙", "E0092": "外人丙", "E0093": "外人丁"}
SECTIONS = [board.covers, board.standings, board.core, board.composite, board.terms, board.limits]


def kpi_rows(kpi, given):
    """Write KPI rows of people: person to (numerator, denominator, n)."""
    rows = [
        ("2026-06", "person", person, "all", kpi, top, bottom, top / bottom if bottom == bottom else top, n)
        for person, (top, bottom, n) in given.items()
    ]
    columns = ["period", "level", "unit_id", "channel", "kpi", "numerator", "denominator", "value", "n"]
    return pd.DataFrame(rows, columns=columns)


def conversions():
    """Give 30 %, 20 %, 20 % (other numbers, the same quotient), 10 %, and samples of 49 and 50."""
    return {
        "E0007": (30.0, 100.0, 100), "E0008": (20.0, 100.0, 100), "E0090": (12.0, 60.0, 60),
        "E0091": (5.0, 50.0, 50), "E0092": (40.0, 49.0, 49), "E0093": (30.0, 60.0, 60),
    }  # fmt: skip


def world(people=None, kpis=None, scores=None, vetoed=()):
    names = {**OWN, **OTHERS} if people is None else people
    frame = pd.DataFrame({"person_id": list(names), "name": list(names.values())})
    frame["team_id"] = ["t1" if person in OWN else "t2" for person in frame["person_id"]]
    frame = frame.assign(role="service", main=True)
    values = scores or {
        "E0007": 90.0,
        "E0008": 80.0,
        "E0090": 90.0,
        "E0091": 70.0,
        "E0092": 60.0,
        "E0093": 95.5,
    }
    grades = frame[["person_id", "team_id", "role"]].assign(
        period="2026-06", score=frame["person_id"].map(values), vetoed=frame["person_id"].isin(list(vetoed))
    )
    ranked = grades["score"].where(~grades["vetoed"])
    grades["rank"] = ranked.rank(method="min", ascending=False).astype("Int64")
    given = kpis or {
        "inquiry_conversion_rate": conversions(),
        "net_sales": {person: (1e6 * place, NAN, 30) for place, person in enumerate(names, 1)},
        "refund_rate": {"E0007": (3.0, 100.0, 25), "E0008": (1.0, 100.0, 25), "E0090": (2.0, 100.0, 25)},
    }
    frames = pd.concat([kpi_rows(kpi, rows) for kpi, rows in given.items()], ignore_index=True)
    return SimpleNamespace(
        people=frame, grades=grades, kpis=frames, targets=pd.DataFrame(),
        scores=pd.DataFrame({"kpi": list(given), "team_id": "t1"}),
    )  # fmt: skip


def pace_frame():
    rows = [
        ("team", "t1", "net_sales", 1000.0, 770.0, 800.0), ("person", "E0007", "net_sales", 500.0, 400.0, 400.0),
        ("person", "E0008", "net_sales", 400.0, 370.0, 320.0), ("person", "E0009", "net_sales", 0.0, 5.0, 0.0),
        ("person", "E0090", "net_sales", 500.0, 1.0, 400.0), ("team", "t2", "net_sales", 900.0, 1.0, 700.0),
        ("team", "t1", "orders", 10.0, 10.0, 10.0), ("person", "E0007", "acquired_customers", 4.0, 5.0, 3.0),
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=["level", "unit_id", "kpi", "target", "actual", "due_today"])
    money = found["kpi"].eq("net_sales")
    found.loc[money, ["target", "actual", "due_today"]] *= 10_000
    attainment = found["actual"] / found["target"].where(found["target"] > 0)
    return found.assign(
        gap=found["actual"] - found["due_today"], attainment=attainment, day=date(2026, 6, 30), forecast=NAN
    )


@pytest.fixture
def make(sample_policy, sample_facts, tmp_path):
    """Make a board of team t1 from frames, with a key of its own."""

    def of(lang="zh", *, provisional=False, today=date(2026, 7, 10), team_name="美肤一部", pace=None, **held):
        facts = sample_facts
        report = Report(
            team="t1", team_name=team_name, facts=facts, policy=replace(sample_policy, root=tmp_path),
            appraisal=world(**held), locale=Locale(lang), today=today, provisional=provisional,
        )  # fmt: skip
        vars(report)["findings"] = pd.DataFrame({"n_rows": [1, 2]})
        made = Board(report)
        vars(made)["pace"] = pace_frame() if pace is None else pace
        return made

    return of


# -- who is called what


def test_own_people_have_names_and_others_the_codes_of_the_period(make, tmp_path):
    people = make().people.set_index("person_id")
    codes = pseudonyms([*OWN, *OTHERS], "sample", "2026-06", tmp_path)
    assert dict(people["label"]) == OWN | {person: codes[person] for person in OTHERS}
    assert list(people.index[people["own"]]) == list(OWN)


def test_two_of_one_name_are_told_apart_by_their_ids_in_their_own_team_only(make):
    names = {**OWN, **OTHERS, "E0008": "王喆", "E0090": "王喆"}
    labels = make(people=names).people.set_index("person_id")["label"]
    assert labels["E0007"] == "王喆 E0007"
    assert labels["E0008"] == "王喆 E0008"
    assert labels["E0009"] == "张祎"
    assert "王" not in labels["E0090"]


def test_a_person_counts_where_the_main_part_of_the_period_was(make):
    made = make()
    people = made.report.appraisal.people
    second = pd.DataFrame([("E0090", "外人甲", "t1", "service", False)], columns=people.columns)
    made.report.appraisal.people = pd.concat([people, second], ignore_index=True)
    assert made.people["person_id"].tolist() == [*OWN, *OTHERS]
    assert not made.people.set_index("person_id").loc["E0090", "own"]


# -- ranks


def test_ranks_are_counted_ties_share_one_and_small_samples_have_none(make):
    rows = board.ranks(make(), "service", "inquiry_conversion_rate").set_index("person_id")
    # 50 %, 30 %, 20 %, 20 %, 10 %; E0092 has 82 % of 49, one below the smallest sample of 50
    assert dict(rows["rank"].dropna()) == {"E0093": 1, "E0007": 2, "E0008": 3, "E0090": 3, "E0091": 5}
    assert dict(rows["tied"]) == {person: person in {"E0008", "E0090"} for person in rows.index}
    assert rows.loc["E0092", "state"] == "low_n"
    assert rows.loc["E0091", "state"] == "ranked"  # exactly 50
    assert "E0009" not in rows.index  # nothing is no zero
    assert rows.index[-1] == "E0092"


def test_where_less_is_better_the_lowest_is_first(make):
    rows = board.ranks(make(), "service", "refund_rate").set_index("person_id")
    assert dict(rows["rank"]) == {"E0008": 1, "E0090": 2, "E0007": 3}


def test_within_a_tie_own_people_come_first_then_codes_and_never_ids(make):
    same = dict.fromkeys([*OTHERS, "E0008", "E0007"], (10.0, 100.0, 100))
    made = make(kpis={"inquiry_conversion_rate": same})
    rows = board.ranks(made, "service", "inquiry_conversion_rate")
    assert set(rows["rank"]) == {1}
    labels = rows["label"].tolist()
    assert labels[:2] == sorted(["王喆", "李堃"])
    assert labels[2:] == sorted(labels[2:])


def test_a_vetoed_person_is_out_of_everybodys_ranks_and_the_board_says_no_reason(make):
    made = make(vetoed=["E0093", "E0008"])
    rows = board.ranks(made, "service", "inquiry_conversion_rate").set_index("person_id")
    assert dict(rows["rank"].dropna()) == {"E0007": 1, "E0090": 2, "E0091": 3}
    assert not rows.loc["E0090", "tied"]
    shown = visible(board.composite(made))
    assert re.search("李堃 客服 – 不参与排名", shown)
    assert "80.00" not in shown
    # somebody who was never assessed reads the same: the place of a missing rank gives no reason away
    core = visible(board.core(made))
    assert "2.0万元 20,000.00元 不参与排名" in core
    assert "3.0万元 30,000.00元 不参与排名" in core
    lists = core.partition("退货率（客服")[2]
    assert lists.count("不参与排名") == 1  # 李堃; of others nobody is listed who has no rank
    assert not re.search("否决|veto|造假", visible(board.core(made)) + shown)


@pytest.mark.parametrize(("others", "listed"), [(2, 0), (3, 3), (4, 4)])
def test_too_few_others_are_counted_and_not_listed(make, others, listed):
    given = dict.fromkeys([*list(OTHERS)[:others], "E0007"], (10.0, 100.0, 100))
    made = make(kpis={"inquiry_conversion_rate": given})
    rows = board.ranks(made, "service", "inquiry_conversion_rate")
    assert rows["rank"].notna().sum() == others + 1
    assert (rows["shown"] & ~rows["own"]).sum() == listed
    html = board.core(made).html
    codes = [code for code in rows.loc[~rows["own"], "label"] if code in html]
    assert len(codes) == listed
    assert ("其他团队还有2人计入名次而不列出" in html) is (listed == 0)


def test_the_composite_ranking_is_that_of_the_grades(make):
    rows = board.composite_ranks(make()).set_index("person_id")
    assert dict(rows["rank"].dropna()) == {
        "E0093": 1, "E0007": 2, "E0090": 2, "E0008": 4, "E0091": 5, "E0092": 6,
    }  # fmt: skip
    assert rows.index[1] == "E0007"
    assert rows.loc["E0090", "tied"]
    shown = visible(board.composite(make()))
    assert "王喆 客服 90.00 并列第2名，共6人" in shown
    assert "张祎 客服 – 不参与排名" in shown


def test_own_cells_tell_value_raw_numbers_and_place(make):
    shown = visible(board.core(make()))
    assert "王喆 30.0% 30 ÷ 100 第2名，共5人 1.0万元 10,000.00元 第6名，共6人" in shown
    assert "20.0% 20 ÷ 100 并列第3名，共5人" in shown
    english = visible(board.core(make("en")))
    assert "30.0% 30 ÷ 100 2 of 5" in english
    assert "sample of 49, fewer than 50: not ranked" in english


@given(st.lists(st.integers(0, 6), min_size=7, max_size=7))
def test_a_rank_is_one_more_than_the_number_of_better_people(values):
    people = [*OWN, *OTHERS]
    rows = pd.DataFrame({"person_id": people, "own": [person in OWN for person in people], "label": people})
    rows = rows.assign(value=[float(value) for value in values], state="ranked")
    from salesperf_lib.reports import board_frames

    found = board_frames._ranked(rows, "value", ascending=False)
    for _, row in found.iterrows():
        assert row["rank"] == 1 + sum(value > row["value"] for value in values)
        assert row["tied"] == (values.count(int(row["value"])) > 1)


# -- progress


def test_progress_holds_the_team_and_its_own_people_the_furthest_first(make):
    made = make()
    assert board.volumes(made) == ["net_sales", "orders"]
    rows = board.progress(made, ["net_sales"])
    assert rows["label"].tolist() == ["美肤一部", "李堃", "王喆"]  # 370/400, 400/500; nobody without a target
    assert rows["whole"].tolist() == [True, False, False]
    assert rows["gap"].tolist() == [-300_000.0, 500_000.0, 0.0]
    assert rows["due_share"].tolist() == [0.8, 0.8, 0.8]


def test_progress_is_told_against_the_target_once_the_period_is_over(make):
    assert board.say_progress(make(), ["net_sales"]) == (
        "美肤一部净销售额7.7万元，完成目标10.0万元的77.0%，距目标还差3,000元。有个人目标的2人中，2人达到或超过目标。"
    )
    assert board.say_progress(make("en", team_name="Skin"), ["orders"]) == (
        "Orders of Skin: 10, 100.0% of the target of 10, exactly on it."
    )
    shown = visible(board.standings(make()))
    assert "应完成" not in shown
    assert "李堃 3.7万元 4.0万元 92.5% +5,000元" in shown
    assert "▼ −3,000元" in shown


def test_while_the_period_runs_progress_is_told_against_what_is_due(make):
    running = make(today=date(2026, 6, 20), provisional=True, pace=pace_frame().assign(day=date(2026, 6, 20)))
    assert board.say_progress(running, ["net_sales"]).startswith(
        "截至2026年6月20日，美肤一部净销售额7.7万元，完成目标10.0万元的77.0%；到这一天应完成8.0万元，落后3,000元。"
    )
    assert "截至2026年6月20日应完成" in visible(board.standings(running))
    nobody = pace_frame().assign(gap=-1.0, day=date(2026, 6, 20))
    english = make("en", today=date(2026, 6, 20), provisional=True, team_name="Skin", pace=nobody)
    assert board.say_progress(english, ["net_sales"]).endswith(
        "Of the 2 people with a target of their own, nobody reached what was due."
    )


def test_a_team_without_targets_is_told_so(make):
    made = make(pace=pace_frame().iloc[:0])
    assert board.volumes(made) == []
    assert "没有下达目标" in board.standings(made).html
    assert board.progress(made, []).empty


def test_an_open_period_shows_values_and_no_rank_and_no_code(make):
    made = make(provisional=True)
    shown = "".join(visible(section(made)) for section in SECTIONS[1:4])
    assert "30.0% 30 ÷ 100" in shown
    assert "名，共" not in shown
    assert not any(code in shown for code in made.people.loc[~made.people["own"], "label"])
    assert "90.00" not in shown
    core = visible(board.core(made))
    assert (
        core.index("张祎") < core.index("李堃") < core.index("王喆")
    )  # by name: 30 % would come first by rank


def test_a_team_without_people_says_so(make):
    made = make(people=dict(OTHERS))
    assert "没有可以按岗位排名的核心指标" in board.core(made).html
    assert "没有人参与" in board.composite(made).html


# -- definitions


def test_every_indicator_shown_is_defined_with_tables_sample_and_curve(make):
    made = make()
    shown = visible(board.terms(made))
    wanted = {"net_sales", "orders", "inquiry_conversion_rate", "refund_rate"}
    assert set(shown_kpis(made)) == wanted
    policy = made.report.policy
    for kpi in wanted:
        assert policy.kpis[kpi].name.zh in shown
        assert policy.kpis[kpi].formula.zh in shown
    assert "咨询转化率 咨询后下单数 ÷ 咨询数" in shown
    assert re.search(r"咨询 50 越高越好", shown)


@pytest.mark.parametrize(
    ("kpi", "tables"),
    [("net_sales", ["orders", "order_events"]), ("orders", ["orders"]), ("cac", ["traffic", "orders"]),
     ("product_page_conversion_rate", ["pages"]), ("csat", ["inquiries"]),
     ("paid_precision_rate", ["traffic", "channels"]), ("refund_rate", ["orders", "order_events"])],
)  # fmt: skip
def test_an_indicator_names_the_tables_it_is_made_of(make, kpi, tables):
    found = source_tables(make(), kpi)
    assert [name for name in found if name != "customers"] == tables


def test_core_indicators_are_results_that_people_answer_for_themselves(make, sample_policy):
    for role, rules in sample_policy.roles.items():
        expected = [row.kpi for row in rules.kpis if row.dimension == "result" and row.scored_at == "person"]
        assert board.core_of(make(), role) == expected


# -- what a reader of another team must not see


def visible(markup):
    text = re.sub(r"<style>.*?</style>", "", markup.html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_holds_a_name_or_an_id_of_another_team(make, section, lang):
    html = section(make(lang)).html
    assert [word for word in [*OTHERS, *OTHERS.values()] if word in html] == []
    assert "nan" not in visible(section(make(lang))).lower().split()
    assert "None" not in html


@pytest.mark.parametrize("section", SECTIONS)
def test_english_sections_hold_no_chinese_but_names(make, section):
    shown = visible(section(make("en", team_name="Skin")))
    assert not re.search("[\u2e80-\u9fff\uff00-\uffef]", re.sub("|".join(OWN.values()), "", shown))


def test_a_name_is_read_and_never_run(make):
    made = make(people={**OWN, **OTHERS, "E0007": "<script>alert(1)</script>"})
    for section in SECTIONS:
        assert "<script" not in section(made).html
    assert "&lt;script&gt;" in board.core(made).html


def test_the_sample_companys_boards_name_nobody_of_other_teams(
    sample_facts, sample_policy, sample_appraisal, tmp_path
):
    people = sample_appraisal.people[sample_appraisal.people["main"].astype(bool)]
    policy = replace(sample_policy, root=tmp_path)
    codes = pseudonyms(people["person_id"], "sample", "2026-06", tmp_path)
    seen: dict[str, set[str]] = {}
    for team in ("t1", "t5"):
        report = Report(
            team=team, team_name="本部", facts=sample_facts, policy=policy, appraisal=sample_appraisal,
            locale=Locale("zh"), today=sample_facts.last_day, provisional=False,
        )  # fmt: skip
        made = Board(report)
        html = "".join(section(made).html for section in SECTIONS)
        own = people[people["team_id"] == team]
        others = people[people["team_id"] != team]
        strangers = set(others["person_id"]) | (set(others["name"]) - set(own["name"]))
        foreign = re.sub(
            "|".join(sorted(own["name"], key=len, reverse=True)), "", html
        )  # 吴宇航二 is no 吴宇航
        assert [word for word in strangers if word in foreign] == []
        assert all(name in html for name in own["name"])
        assert all(f"<code>{codes[person]}</code>" not in html for person in own["person_id"])
        seen[team] = {code for code in codes.values() if f"<code>{code}</code>" in html}
        assert len(seen[team]) > 40
    elsewhere = set(people.loc[~people["team_id"].isin(["t1", "t5"]), "person_id"])
    shared = {codes[person] for person in elsewhere}
    assert seen["t1"] & shared == seen["t5"] & shared  # one code on every team's page


# -- figures


def bullet_frame():
    return pd.DataFrame(
        {
            "kpi": ["net_sales"] * 3 + ["orders"],
            "label": ["美肤一部", "王喆", "李堃", "美肤一部"],
            "whole": [True, False, False, True],
            "attainment": [0.75, 1.10, 2.40, 0.5],
            "due_share": [0.8, 0.8, 0.8, 0.5],
            "gap": [-5.0, 30.0, 160.0, 0.0],
        }
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bars_reach_what_was_reached_and_lines_stand_at_what_is_due(lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = bullets(bullet_frame(), {"net_sales": "净销售额", "orders": "订单"}, Locale(lang))
        assert show(figure, "text").data.startswith(b"\x89PNG")
    first, second = figure.axes
    reached = [patch.get_width() for patch in first.patches if patch.get_height() < 0.5]
    assert reached == pytest.approx([0.75, 1.10, WIDEST])
    (lines,) = first.collections
    assert [segment[0][0] for segment in lines.get_segments()] == pytest.approx([0.8] * 3)
    assert [text.get_text() for text in first.texts] == ["▼ 75.0%", "110.0%", "240.0% ▸"]
    assert [tick.get_text() for tick in first.get_yticklabels()] == ["美肤一部", "王喆", "李堃"]
    assert len(second.texts) == 1
    assert second.texts[0].get_text() == "50.0%"


def test_nothing_is_drawn_from_nothing():
    assert bullets(bullet_frame().iloc[:0], {}, Locale("zh")) is None


def test_a_bar_of_returns_does_not_leave_the_axes():
    frame = bullet_frame().iloc[:1].assign(attainment=-0.2, gap=-1.0)
    figure = bullets(frame, {"net_sales": "x"}, Locale("en"))
    assert min(patch.get_width() for patch in figure.axes[0].patches) == 0
    assert figure.axes[0].texts[0].get_text() == "▼ −20.0%"
    assert np.isclose(figure.axes[0].get_xlim()[0], 0)
