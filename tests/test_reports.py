"""What reports say: every number from the frames, nothing absent as zero, nobody else's people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import charts, reports, review
from salesperf_lib.errors import DataError, ParamError, PeriodError
from salesperf_lib.facts.findings import COLUMNS as FINDING
from salesperf_lib.language import Locale
from salesperf_lib.params import Name
from salesperf_lib.params.policy import Amendment, Change
from salesperf_lib.reports.context import Report, Stand
from salesperf_lib.reports.curves import say_curve
from salesperf_lib.reports.explanation import adding_up
from salesperf_lib.reports.markup import Table, block, element
from salesperf_lib.reports.masthead import command
from salesperf_lib.reports.people import say_dimensions
from salesperf_lib.reports.position import say_position
from salesperf_lib.reports.quality import say_place

NAN = float("nan")
STRANGERS = ("E0099", "外人", "E0098", "陌生")
SECTIONS = [
    lambda report: reports.masthead(report, "monthly"),
    reports.coverage,
    reports.position,
    reports.movement,
    reports.channels,
    reports.people,
    reports.attainments,
    reports.explanation,
    reports.quality,
    reports.glossary,
    reports.limits,
    lambda report: reports.reproduce(report, "monthly"),
]


def line(person, team, kpi, value, target, points, share, dimension="result", status="scored", **more):
    reached = value / target if target else NAN
    return {
        "period": "2026-06", "person_id": person, "team_id": team, "role": "service", "kpi": kpi,
        "scored_at": "person", "value_period": "2026-06", "numerator": value, "denominator": NAN, "n": 10,
        "value_raw": value, "value": value, "target": target, "attainment": reached, "points": points,
        "layer": "month", "scored_in": "2026-06", "adjustment": "", "baseline": NAN, "duty": 1.0, "share": 1.0,
        "gated": False,
        "dimension": dimension, "weight_base": share, "weight": share, "contribution": points * share,
        "status": status, "reason": "scored",
    } | more  # fmt: skip


def score_lines():
    conversion = {"numerator": 120.0, "denominator": 400.0}
    return pd.DataFrame(
        [
            line("E0007", "t1", "net_sales", 9_000_000.0, 10_000_000.0, 90.0, 1 / 3),
            line("E0007", "t1", "inquiry_conversion_rate", 0.30, 0.25, 120.0, 17 / 30 - 1 / 3, **conversion),
            line("E0007", "t1", "csat", 4.6, 4.5, 102.0, 8 / 30, "process", numerator=460.0, denominator=100.0),
            line("E0007", "t1", "training_pass_rate", 1.0, 0.9, 111.0, 5 / 30, "potential", "carried",
                 numerator=3.0, denominator=3.0, value_period="2026-Q1"),
            line("E0008", "t1", "net_sales", 5_000_000.0, 10_000_000.0, 50.0, 17 / 30),
            line("E0008", "t1", "csat", NAN, 4.5, NAN, 8 / 30, "process", "no_data", weight=0.0, contribution=0.0),
            line("E0099", "t2", "net_sales", 20_000_000.0, 10_000_000.0, 120.0, 1.0),
        ]
    )  # fmt: skip


def appraisal():
    lines = score_lines()
    scores = {"E0007": 102.17, "E0008": 61.0, "E0099": 99.0}
    composites = pd.DataFrame(
        [
            (
                "2026-06",
                "E0007",
                "t1",
                "service",
                lines[lines["person_id"] == "E0007"]["contribution"].sum(),
                "scored",
            ),
            ("2026-06", "E0008", "t1", "service", scores["E0008"], "scored"),
            ("2026-06", "E0009", "t1", "service", NAN, "probation"),
            ("2026-06", "E0099", "t2", "service", scores["E0099"], "scored"),
            ("2026-06", "E0098", "t2", "service", NAN, "left"),
        ],
        columns=["period", "person_id", "team_id", "role", "score", "status"],
    )
    grades = composites.assign(
        cohort="company", grade=["A", "C", None, "A", None], rank=pd.array([1, 3, None, 2, None], "Int64"),
        p_a=[0.83, 0.0, NAN, 0.4, NAN], p_b=[0.17, 0.1, NAN, 0.6, NAN], p_c=[0.0, 0.9, NAN, 0.0, NAN],
        p_d=[0.0, 0.0, NAN, 0.0, NAN], contested=[False, True, False, False, False], vetoed=False,
    )  # fmt: skip
    people = pd.DataFrame(
        {
            "person_id": ["E0007", "E0008", "E0009", "E0099", "E0098"],
            "name": ["王喆", "<script>alert(1)</script>", None, "外人", "陌生"],
            "team_id": ["t1", "t1", "t1", "t2", "t2"],
            "role": "service",
            "main": True,
        }
    )
    kpis = pd.DataFrame({"kpi": ["net_sales", "visits", "visit_conversion_rate", "aov", "orders", "csat"]})
    return SimpleNamespace(
        scores=lines, composites=composites, grades=grades, people=people, kpis=kpis, findings=findings(),
        targets=pd.DataFrame({"period": ["2026-06"], "phase": ["sprint"], "version": ["ab12"]}),
    )  # fmt: skip


def findings():
    rows = [
        ("orphan:orders.customer_id", "company", "company", "warning", "crm_orders.csv", 12, "E0099; C1"),
        ("unknown_column:pages.x", "company", "company", "info", "pages.csv", 0, ""),
        ("absurd:orders.amount", "person", "E0099", "warning", "crm_orders.csv", 7, "E0099"),
        ("amount_differs:order_copies", "team", "t1", "warning", "", 1, "O1"),
        ("amount_differs:order_copies", "team", "t2", "warning", "", 5, "O2"),
    ]
    frame = pd.DataFrame(index=range(len(rows)), columns=list(FINDING))
    for place, (key, level, unit, severity, file, count, examples) in enumerate(rows):
        rule, evidence = key.split(":")
        given = {"finding_id": key, "period": "", "rule": rule, "level": level, "unit_id": unit, "severity": severity,
                 "observed": examples, "expected": "", "source": "hand", "file": file, "n_rows": count,
                 "examples": examples, "evidence": evidence}  # fmt: skip
        frame.loc[place] = given
    return frame


def history():
    own = {
        "2026-06": {"visits": 110_000, "orders": 2_970, "visit_conversion_rate": 0.027, "aov": 21_000.0, "net_sales": 62_370_000.0},
        "2026-05": {"visits": 100_000, "orders": 3_000, "visit_conversion_rate": 0.030, "aov": 20_500.0, "net_sales": 61_500_000.0},
        "2025-06": {"visits": 100_000, "orders": 3_000, "visit_conversion_rate": 0.030, "aov": 20_000.0, "net_sales": 60_000_000.0},
    }  # fmt: skip
    values = {
        (period, "t1", "all", kpi): float(value)
        for period, held in own.items()
        for kpi, value in held.items()
    }
    values |= {("2026-06", "company", "all", "net_sales"): 400_000_000.0}
    values |= {
        ("2026-06", "t1", "douyin_ads", "net_sales"): 40_000_000.0,
        ("2026-06", "t1", "private_domain", "net_sales"): 22_370_000.0,
        ("2025-06", "t1", "douyin_ads", "net_sales"): 30_000_000.0,
        ("2025-06", "t1", "private_domain", "net_sales"): 30_000_000.0,
        ("2026-06", "t1", "douyin_ads", "channel_roi"): 3.21,
    }
    return values


def trend():
    return pd.DataFrame(
        {
            "period": ["2026-04", "2026-05", "2026-06"],
            "actual": [50_000_000.0, 61_500_000.0, 62_370_000.0],
            "target": [52_000_000.0, 60_000_000.0, 64_800_000.0],
            "year_before": [NAN, 55_000_000.0, 60_000_000.0],
            "running": False,
        }
    )


def make(policy, lang="zh", *, provisional=False, team_name="美肤一部", today=date(2026, 7, 10), **held):
    facts = SimpleNamespace(
        digest="0123456789abcdef", recorded_on=date(2026, 7, 11), first_day=date(2024, 1, 1),
        last_day=date(2026, 7, 10), findings=findings(), has=lambda *_: False, source="sample",
    )  # fmt: skip
    report = Report(
        team="t1", team_name=team_name, facts=facts, policy=policy, appraisal=appraisal(),
        locale=Locale(lang), today=today, provisional=provisional,
    )  # fmt: skip
    stand = Stand(62_370_000.0, 64_800_000.0, 64_800_000.0, date(2026, 6, 30))
    year = Stand(173_870_000.0, 700_000_000.0, 176_800_000.0, date(2026, 6, 30))
    effects = review.attribute_gap(
        {"visits": 110_000, "orders": 2_970, "net_sales": 62_370_000.0},
        {"visits": 100_000, "orders": 3_000, "net_sales": 60_000_000.0},
    )
    prepared = {
        "history": history(),
        "trend": trend(),
        "effects": effects,
        "stand": stand,
        "year_stand": year,
    }
    prepared["findings"] = findings().query("level == 'company' or unit_id == 't1'")
    vars(report).update(prepared | held)
    return report


@pytest.fixture(params=["zh", "en"])
def report(request, sample_policy):
    return make(sample_policy, request.param)


@pytest.fixture
def zh(sample_policy):
    return make(sample_policy, "zh")


@pytest.fixture
def en(sample_policy):
    return make(sample_policy, "en")


def visible(markup):
    """Give the text that a reader sees."""

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.parts, self.tags, self.skip = [], [], False

        def handle_starttag(self, tag, attrs):
            self.tags.append(tag)
            self.skip = tag == "style"

        def handle_endtag(self, tag):
            self.skip = False

        def handle_data(self, data):
            if not self.skip:
                self.parts.append(data)

    reader = Reader()
    reader.feed(markup._repr_html_())
    return " ".join(reader.parts), reader.tags


# -- markup


def test_every_text_is_escaped_and_markup_is_kept():
    shown = element("p", "<b>&", element("i", "x"), class_='a"b').html
    assert shown == '<p class="a&quot;b">&lt;b&gt;&amp;<i>x</i></p>'


def test_a_table_aligns_figures_and_marks_its_total():
    frame = pd.DataFrame([["a<", "1"], ["sum", "1"]], columns=["name", "n"])
    shown = block(Table("cap", frame, total=True)).html
    assert "a&lt;" in shown
    assert '<th class="n" scope="col">n</th>' in shown
    assert '<tr class="total"><td>sum</td><td class="n">1</td></tr>' in shown


# -- every section, both languages


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_reads_well_and_names_no_stranger(report, section):
    shown, tags = visible(section(report))
    assert "script" not in tags
    assert "nan" not in shown.lower().split()
    assert "None" not in shown
    assert "{" not in shown
    assert not any(stranger in section(report).html for stranger in STRANGERS)


@pytest.mark.parametrize("section", SECTIONS)
def test_english_sections_hold_no_chinese_but_names(sample_policy, section):
    shown, _ = visible(section(make(sample_policy, "en", team_name="Skin 1")))
    assert not re.search("[\u2e80-\u9fff\uff00-\uffef]", shown.replace("王喆", ""))


def test_frames_for_figures_name_no_stranger(report):
    for frame in (reports.standing(report), reports.contributions(report), reports.by_channel(report)):
        assert not any(stranger in frame.to_csv() for stranger in STRANGERS)
    others = reports.standing(report).query("not own")
    assert list(others["score"]) == [99.0]
    assert list(others["label"]) == [""]


def test_a_name_is_read_and_never_run(zh):
    hostile = replace_name(zh, "<script>alert(2)</script>")
    for section in SECTIONS:
        assert "<script" not in section(hostile).html
    assert "&lt;script&gt;alert(2)" in reports.masthead(hostile, "monthly").html
    assert "&lt;script&gt;alert(1)" in reports.people(hostile).html


def replace_name(report, name):
    changed = replace(report, team_name=name)
    vars(changed).update({key: value for key, value in vars(report).items() if key not in vars(changed)})
    return changed


# -- sentences


def test_the_position_is_told_with_its_numbers_in_chinese(zh):
    first, change = say_position(zh)
    assert first == "2026年6月净销售额62.4万元，完成目标64.8万元的96.3%。比目标少2.4万元。"
    assert change == "与2025年6月相比，净销售额增加2.4万元（+4.0%），影响最大的是转化率（−6.4万元）。"
    assert reports.say_people(zh).startswith("2人已评分，平均")


def test_an_index_gets_the_figures_that_tell_teams_apart(en, sample_policy):
    kind = "application/vnd.salesperf.headline+json"
    assert reports.position(en)._repr_mimebundle_()[kind] == [
        ["Net sales", "CN¥623.7K"],
        ["Attainment", "96.3%"],
        ["Scores and grades", "A\N{NO-BREAK SPACE}1 · C\N{NO-BREAK SPACE}1"],
    ]
    bare = Stand(NAN, NAN, NAN, date(2026, 6, 30))
    open_ = make(sample_policy, "en", provisional=True, stand=bare)
    assert reports.position(open_)._repr_mimebundle_() == {}


def test_the_position_is_told_with_its_numbers_in_english(en):
    first, change = say_position(en)
    assert first == (
        "Net sales of June 2026 came to CN¥623.7K, 96.3% of the target of CN¥648.0K. "
        "That is CN¥24.3K below it."
    )
    assert change == (
        "Against June 2025, net sales rose by CN¥23.7K (+4.0%); "
        "the largest single effect was conversion (−CN¥64.5K)."
    )
    assert reports.say_change(en).startswith("Against June 2025, net sales rose by CN¥23.7K (+4.0%): ")
    assert reports.say_people(en).endswith("Not assessable: 1, for the reason in the table.")


def test_while_the_period_runs_the_pace_due_is_told(sample_policy):
    due = Stand(20_000_000.0, 64_800_000.0, 21_000_000.0, date(2026, 6, 10))
    report = make(sample_policy, "en", provisional=True, today=date(2026, 6, 10), stand=due)
    first = say_position(report)[0]
    assert first.endswith("By 10 June 2026, CN¥210.0K was due: the team is CN¥10.0K behind.")
    shown, _ = visible(reports.position(report))
    assert "Against pace due" in shown
    assert "behind · due CN¥210.0K" in shown


def test_the_causes_of_the_change_add_up_to_it(zh):
    frame = reports.gap(zh)
    effects = frame.loc[frame["kind"] == "effect", "amount"]
    # METHODS §1.5: visits 100→110 k, conversion .03→.027, order value 200→210
    assert effects.to_list() == pytest.approx([5_830_824, -6_445_677, 2_984_853], abs=1)
    assert effects.sum() == 62_370_000 - 60_000_000
    assert "转化率影响−6.4万元" in reports.say_change(zh)
    assert "影响最大的是转化率" in reports.say_change(zh)


def test_the_trend_counts_what_was_reached(en):
    assert reports.say_trend(en) == (
        "Of the last 3 periods with a target, 1 reached it; the best was June 2026 with CN¥623.7K, "
        "the weakest April 2026 with CN¥500.0K."
    )


def test_channels_are_compared_with_the_year_before(en):
    assert reports.say_channels(en) == (
        "douyin_ads is the largest, with 64.1% of net sales. The largest rise is douyin_ads (+CN¥100.0K); "
        "the largest fall is private_domain (−CN¥76.3K)."
    )
    assert "3.21" in reports.channels(en).html


def test_without_a_target_nothing_is_measured_against_one(sample_policy):
    bare = Stand(62_370_000.0, NAN, NAN, date(2026, 6, 30))
    report = make(sample_policy, "en", stand=bare, year_stand=bare, trend=trend().assign(target=NAN))
    shown, _ = visible(reports.position(report))
    assert "no target is set" in shown
    assert "%" not in shown.replace("(+4.0%)", "")
    assert "–" in shown


def test_without_any_sales_there_is_no_zero(sample_policy):
    bare = Stand(NAN, NAN, NAN, date(2026, 6, 30))
    report = make(
        sample_policy,
        "en",
        stand=bare,
        year_stand=bare,
        trend=trend().iloc[:0],
        history={},
        effects=pd.DataFrame(columns=["driver", "effect"]),
    )
    shown, _ = visible(reports.position(report))
    assert "There are no net sales data for June 2026." in shown
    assert "CN¥0" not in shown
    assert reports.gap(report).empty
    assert reports.by_channel(report).empty
    assert "–" not in reports.say_trend(report)


def test_a_provisional_report_is_marked_and_holds_no_grades(sample_policy):
    report = make(sample_policy, "en", provisional=True)
    marked = reports.masthead(report, "monthly").html
    assert 'class="provisional-mark"' in marked
    for section in (reports.position, reports.people, reports.explanation):
        assert "grade-" not in section(report).html
        assert not re.search(r"\d of \d+<", section(report).html)
    assert reports.bounds(report) == ()
    assert "stood at CN¥623.7K on 30 June 2026" in reports.say_position(report)[0]


def test_a_running_period_is_not_compared_with_whole_ones(sample_policy):
    report = make(
        sample_policy,
        "en",
        provisional=True,
        today=date(2026, 6, 10),
        effects=pd.DataFrame(columns=["driver", "effect"]),
    )
    vars(report)["trend"] = trend().assign(running=[False, False, True])
    assert (
        reports.say_change(report) == "The period is not over: its sums are not compared with whole periods."
    )
    assert reports.say_trend(report).startswith("Of the last 2 periods with a target, 1 reached it")
    assert "largest rise" not in reports.say_channels(report)
    shown, _ = visible(reports.movement(report))
    assert "+10.0%" not in shown
    assert "−0.30 pp" in shown
    assert "will rise" in reports.say_people(report)
    axes = charts.trend(report.trend, report.locale).axes[0]
    below = next(line for line in axes.lines if line.get_label() == "Below target")
    assert list(below.get_xdata()) == [0]


# -- people and the making of a score


def test_people_are_listed_best_first_and_the_unscored_last_with_the_reason(en):
    shown, _ = visible(reports.people(en))
    assert shown.index("王喆") < shown.index("alert(1)") < shown.index("E0009")
    assert "on probation, not assessed" in shown
    assert "1 of 3" in shown


def test_displayed_contributions_add_up_to_the_displayed_score(en):
    shown, _ = visible(reports.explanation(en))
    first = shown.split("alert(1)")[0]
    total = float(
        re.search(r"Sum = composite score.*?100\.00% (\S+)", first.replace("  ", " "), re.DOTALL)[1]
    )
    # 90/3 + 120·7/30 + 102·8/30 + 111·5/30
    assert total == pytest.approx(30 + 28 + 27.2 + 18.5)
    assert "103.70" in first
    assert all(part in first for part in ("30.00", "28.00", "27.20", "18.50", "100.00%"))


def test_raw_numbers_are_shown_with_their_units(en):
    shown, _ = visible(reports.explanation(en))
    assert "120 ÷ 400" in shown
    assert "CN¥90,000.00" in shown
    assert "carried from Q1 2026" in shown
    assert "no data, not scored" in shown


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.integers(0, 3))
def test_rounded_parts_add_up_to_the_rounded_sum(parts, digits):
    rounded = adding_up(parts, digits)
    assert sum(rounded) == pytest.approx(np.floor(sum(parts) * 10**digits + 0.5) / 10**digits, abs=1e-9)
    assert all(abs(a - b) < 10**-digits + 1e-9 for a, b in zip(rounded, parts, strict=True))


def test_absent_parts_stay_absent():
    assert np.isnan(adding_up([1.0, NAN], 1)[1])
    assert adding_up([1 / 3, 1 / 3, 1 / 3], 2) == [0.34, 0.33, 0.33]


# -- data quality, origin, reproduction


def test_findings_are_sentences_with_counts_and_only_what_concerns_the_team(en):
    shown, _ = visible(reports.quality(en))
    assert "orders, customer_id: an id that its own table does not know" in shown
    assert "The checks found 2 warnings and 1 note on 13 rows." in shown
    assert "comparison of systems: amounts of one order differ between systems (such as O1)" in shown
    assert "C1" not in shown
    assert "O2" not in shown


@pytest.mark.parametrize(
    ("evidence", "zh_words", "en_words"),
    [
        ("order_copies: erp", "跨系统核对·ERP", "comparison of systems, ERP"),
        ("traffic: douyin_ads", "流量·巨量千川", "traffic, 巨量千川"),
        ("orders.address_key", "订单·address_key", "orders, address_key"),
        ("order_copies", "跨系统核对", "comparison of systems"),
        ("upload.col", "upload.col", "upload.col"),
    ],
)
def test_a_finding_tells_its_place_in_words(zh, en, evidence, zh_words, en_words):
    for report, words in ((zh, zh_words), (en, en_words)):
        vars(report)["channel_names"] = {"douyin_ads": "巨量千川"}
        assert say_place(report, evidence) == words


def test_every_curve_says_its_numbers(zh, en):
    curves = en.policy.curves
    assert say_curve(en, curves["net_sales"]) == (
        "One point per percent of the target; none below 50%, at most 120. "
        "Without data its weight goes to the rest of its dimension."
    )
    assert say_curve(en, curves["csat"]) == (
        "Attainment of 70% gives 50, 100% gives 100 and 115% gives 120; straight lines between, "
        "none below 70%, no more above 115%. Without data its weight goes to the rest of its dimension."
    )
    missing = "没有数据时，权重转给同一维度的其他指标。"
    assert say_curve(zh, curves["cac"]) == "完成率每1%得1分；最低0分，最高120分。" + missing
    assert (
        say_curve(zh, curves["script_violations"]) == "从100分起，每次扣5分，最低0分；不需要目标。" + missing
    )
    assert say_curve(en, curves["first_response_seconds"]).startswith(
        "100 × target ÷ actual; at least 0 points"
    )
    assert "10 fewer per 5% over, none beyond 30% over; 5 more per 5% under" in say_curve(
        en, curves["service_cost_per_customer"]
    )
    assert "one step up or down for each full 3%, at most 6 up and 6 down" in say_curve(
        en, curves["sales_per_head"]
    )
    assert "up to 20% short, 5 steps up at most" in say_curve(en, curves["sales_per_head"])
    assert "80% gives 60" in say_curve(en, curves["collection_rate"])
    strict = replace(curves["csat"], missing="not_assessable")
    assert say_curve(en, strict).endswith("Without data the person is not assessed.")
    bent = replace(
        curves["cac"], kind="asymmetric", parameters={"gain": 1.0, "loss": 1.5, "floor": 0.0, "cap": 120.0}
    )
    assert "1 more per percent above, 1.5 fewer per percent below, from 0 to 120" in say_curve(en, bent)


def test_dimensions_are_compared_with_the_company(en):
    # E0007: 58 result, 27.2 process, 18.5 potential; E0008: 28.33, 0; E0099: 120 result
    own, company = (58 + 50 * 17 / 30) / 2, (58 + 50 * 17 / 30 + 120) / 3
    assert f"Result −{company - own:.1f}" in say_dimensions(en)
    assert "Process" in say_dimensions(en)


def test_folded_parts_stand_beside_their_title_so_that_paper_shows_them(en):
    shown = reports.explanation(en).html
    assert shown.count("<details>") == shown.count("</summary></details>") == 4
    assert "details:not([open]) + .body" in reports.masthead(en, "monthly").html


def test_the_command_quotes_what_a_shell_would_read_otherwise(en):
    hostile = replace(en, team="a; rm -rf $HOME")
    assert "--teams 'a; rm -rf $HOME'" in command(hostile, "monthly")
    assert command(en, "monthly").startswith(
        "salesperf render 90_monthly_report --period 2026-06 --teams t1 --lang en"
    )


def test_every_indicator_of_the_page_is_defined(en):
    shown, _ = visible(reports.glossary(en))
    for kpi in ("net_sales", "csat", "visit_conversion_rate", "training_pass_rate"):
        assert en.policy.kpis[kpi].name.en in shown
        assert en.policy.kpis[kpi].formula.en in shown


# -- opening a report


def test_an_unknown_team_is_refused_with_the_teams_there_are(sample_facts):
    with pytest.raises(DataError, match="t1, t2, t3, t4, t5, t6"):
        reports.open_report("../../x", "2026-06", "zh")


def test_wrong_choices_are_all_named_at_once():
    with pytest.raises(ParamError) as caught:
        reports.open_report("t1", "2026-06", "fr", as_of="yesterday")
    assert "'fr'" in str(caught.value)
    assert "'yesterday'" in str(caught.value)


def test_an_open_period_needs_provisional(sample_facts):
    with pytest.raises(PeriodError, match="latest closed month is 2026-06"):
        reports.open_report("t1", "2026-07", "zh")


def test_a_period_without_data_is_refused(sample_facts):
    with pytest.raises(PeriodError, match="without data"):
        reports.open_report("t1", "2027-03", "zh")


def test_the_position_says_which_targets_hold_and_what_moved_them(sample_policy):
    change = Change("company", "company", "", "net_sales", "2026-05", 2.0, 1.0)
    title = Name("获客成本上升 <三成>", "Acquisition cost up <30 %>")
    record = Amendment("0001", "calibration", date(2026, 5, 1), date(2026, 5, 4), title, (change,))
    last_year = replace(record, id="0000", valid_from=date(2025, 5, 1))
    report = make(replace(sample_policy, amendments=(last_year, record)), "en")
    told = reports.position(report).html
    assert "Targets: version ab12." in told
    assert "Calibration meeting 0001: Acquisition cost up &lt;30 %&gt;" in told
    assert "0000" not in told
    assert "They stand as they were set" in reports.position(make(sample_policy, "en")).html
