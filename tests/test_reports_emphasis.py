"""What quarterly and annual reports emphasise: figures from plain arithmetic, absence in words, no strangers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from html import unescape
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import appraisal, params
from salesperf_lib.charts import emphasis as drawn
from salesperf_lib.charts import growth
from salesperf_lib.language import Locale
from salesperf_lib.language.catalogue import emphasis as emphasis_words
from salesperf_lib.language.catalogue import layers as layers_words
from salesperf_lib.reports import customer_sales, development, emphasis, layers, steps
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.masthead import command, masthead
from tests.kpi_world import open_world, world

ENTRIES = emphasis_words.ENTRIES | layers_words.ENTRIES
NAN = float("nan")
QUARTER, BEFORE, MONTHS = "2026-Q2", "2025-Q2", ("2026-04", "2026-05", "2026-06")
STRANGERS = ("E0099", "外人", "E0098", "陌生")
SECTIONS = (
    emphasis.roi, emphasis.retention, emphasis.lifetime, customer_sales.customers, customer_sales.collection,
    layers.own_kpis, layers.months, layers.layers, layers.team_trend, development.development, development.grades,
)  # fmt: skip


# -- a report of two own people and two strangers, every number given


def value(period, kpi, numerator, denominator=NAN, n=1000, *, unit="t1", reading="", channel="all"):
    measured = numerator if denominator != denominator else numerator / denominator
    return {
        "period": period, "level": "company" if unit == "company" else "team", "unit_id": unit, "channel": channel,
        "kpi": kpi, "numerator": float(numerator), "denominator": float(denominator), "value": float(measured),
        "n": n, "reading": reading,
    }  # fmt: skip


def sold(period, new, returning, unknown=0):
    return [
        value(period, "new_customer_sales", new),
        value(period, "returning_customer_sales", returning),
        value(period, "net_sales", new + returning + unknown),
    ]


def quarter_values():
    rows = [
        *sold("2026-04", 300_001, 600_002), *sold("2026-05", 200_000, 700_000), *sold("2026-06", 100_000, 500_000),
        *sold(QUARTER, 600_001, 1_800_002), *sold("2025-04", 200_000, 400_000), *sold("2025-05", 250_000, 650_000),
        *sold("2025-06", 150_000, 450_000), *sold(BEFORE, 600_000, 1_500_000),
        value("2026-04", "collection_rate", 90_000, 100_000, 10), value("2026-06", "collection_rate", 50_000, 80_000, 8),
        value(QUARTER, "collection_rate", 140_000, 180_000, 18),
        value(QUARTER, "retention_d30", 30, 300, 300), value(BEFORE, "retention_d30", 24, 300, 300),
        value(QUARTER, "retention_d30", 90, 1000, 1000, unit="company"),
        value(QUARTER, "retention_d90", 8, 40, 40),
    ]  # fmt: skip
    return pd.DataFrame(rows)


def roi_rows(**platform):
    spent = {"2026-04": (400, 100), "2026-05": (600, 100), "2026-06": (500, 200), QUARTER: (1500, 400)}
    rows = [value(period, "channel_roi", *pair, reading="orders") for period, pair in spent.items()]
    rows += [
        value(period.replace("_", "-"), "channel_roi", top, 400, reading="platform")
        for period, top in platform.items()
    ]
    return pd.DataFrame(rows)


def target(kpi, amount, period=QUARTER, unit="t1"):
    return {"period": period, "level": "team", "unit_id": unit, "kpi": kpi, "target": float(amount)}


TARGETS = [
    target("channel_roi", 3.75), target("channel_roi", 4.5, "2026-04"), target("retention_d30", 0.1),
    target("retention_d90", 0.25), target("collection_rate", 0.8), target("channel_roi", 99.0, unit="t2"),
]  # fmt: skip


def composites(**scores):
    """Give people of t1 (E1, E2) and strangers of t2 with their scores; NaN is on probation."""
    teams = {"E1": "t1", "E2": "t1", "E0099": "t2", "E0098": "t2"}
    return pd.DataFrame(
        {
            "period": QUARTER,
            "person_id": list(scores),
            "team_id": [teams[person] for person in scores],
            "role": "operations",
            "score": [float(score) for score in scores.values()],
            "status": ["scored" if score == score else "probation" for score in scores.values()],
        }
    )


def whole(scores, grades=None, lines=None, kpis=None, targets=()):
    totals = composites(**scores)
    held = grades or {}
    graded = totals.assign(
        grade=[held.get(person) for person in totals["person_id"]],
        rank=pd.array([1] * len(totals), "Int64"), contested=False, vetoed=False,
    )  # fmt: skip
    graded[["p_a", "p_b", "p_c", "p_d"]] = 0.25
    empty = pd.DataFrame(columns=["person_id", "dimension", "contribution", "kpi", "target", "scored_in"])
    names = {"E1": "王一", "E2": "李二", "E0099": "外人", "E0098": "陌生"}
    people = totals[["person_id", "team_id", "role"]].assign(
        name=[names[person] for person in totals["person_id"]], main=True
    )
    return SimpleNamespace(
        composites=totals, grades=graded, scores=empty if lines is None else lines, people=people,
        kpis=quarter_values().iloc[:0] if kpis is None else kpis,
        targets=pd.DataFrame(list(targets), columns=["period", "level", "unit_id", "kpi", "target"]),
    )  # fmt: skip


class Table:
    """A fact table that has been read already."""

    def __init__(self, frame):
        self.frame = frame

    def execute(self):
        return self.frame


def facts_of(assessments=None, last_day=date(2026, 7, 10), first_day=date(2024, 1, 1)):
    def has(table, column=""):
        if table != "assessments" or assessments is None:
            return False
        return not column or column in assessments

    return SimpleNamespace(
        has=has, table=lambda _name: Table(assessments), first_day=first_day, last_day=last_day,
        digest="0123456789abcdef", recorded_on=date(2026, 7, 11), source="sample",
    )  # fmt: skip


def make(policy, held, lang="zh", *, facts=None, provisional=False, today=date(2026, 7, 10)):
    return Report(
        team="t1", team_name="美肤一部", facts=facts or facts_of(), policy=policy, appraisal=held,
        locale=Locale(lang), today=today, provisional=provisional,
    )  # fmt: skip


@pytest.fixture(scope="module")
def quarter_policy(root):
    return params.load_policy(QUARTER, source="sample", root=root)


@pytest.fixture(scope="module")
def year_policy(root):
    return params.load_policy("2025", source="sample", root=root)


@pytest.fixture(params=["zh", "en"])
def report(request, quarter_policy, monkeypatch):
    monkeypatch.setattr(steps, "step_values", lambda _: quarter_values())
    monkeypatch.setattr(steps, "roi_values", lambda _: roi_rows(**{QUARTER.replace("-", "_"): 1800}))
    return make(quarter_policy, whole({"E1": 90, "E2": 80, "E0099": 70}, targets=TARGETS), request.param)


def spoken(report, key, **values):
    """Give a text of the catalogue with its placeholders filled, without the library's own writing."""
    return ENTRIES[key][0 if report.lang == "zh" else 1].format(**values)


# -- steps


def test_a_quarter_is_read_by_its_months_and_a_year_by_its_quarters(quarter_policy, year_policy):
    assert [part.label for part in steps.steps(make(quarter_policy, None))] == list(MONTHS)
    year = make(year_policy, None)
    assert [part.label for part in steps.steps(year)] == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert [part.label for part in steps.steps(year, "month")] == [
        f"2025-{month:02d}" for month in range(1, 13)
    ]


def test_months_that_the_data_do_not_touch_are_no_steps(quarter_policy):
    held = make(quarter_policy, None, facts=facts_of(last_day=date(2026, 5, 31)), today=date(2026, 5, 31))
    assert [part.label for part in steps.steps(held)] == ["2026-04", "2026-05"]


@pytest.mark.parametrize(
    ("today", "closed"), [(date(2026, 6, 9), ["2026-04"]), (date(2026, 6, 11), ["2026-04", "2026-05"])]
)
def test_a_month_counts_once_it_is_closed(quarter_policy, today, closed):
    """Months close on the tenth of the next one."""
    held = make(quarter_policy, None, facts=facts_of(last_day=today), today=today)
    assert [part.label for part in steps.whole_steps(held)] == closed


# -- return on advertising


def test_roi_divides_what_came_by_what_was_spent_month_by_month(report):
    frame = emphasis.roi_frame(report)
    assert list(frame["period"]) == [*MONTHS, QUARTER]
    assert list(frame["value"]) == [4.0, 6.0, 2.5, 3.75]
    assert list(frame["spend"]) == [100.0, 100.0, 200.0, 400.0]
    assert frame["target"].iloc[0] == 4.5
    assert frame["target"].iloc[1:3].isna().all()
    assert list(frame["whole"]) == [False, False, False, True]


def test_roi_exactly_on_target_is_met_and_the_other_reading_stands_beside_it(report):
    said = emphasis.say_roi(report)
    assert spoken(report, "report.roi.met", target="3.75", rate="100.0%") in said
    assert "4.50" in said  # 1800 / 400
    assert "0.75" in said
    best = {"best": report.locale.period("2026-05"), "worst": report.locale.period("2026-06")}
    assert spoken(report, "report.roi.range", best_value="6.00", worst_value="2.50", **best) in said


def test_roi_a_hair_below_target_is_missed_and_signed(report):
    report.appraisal.targets["target"] *= 1.0001
    code = "report.roi.missed"
    assert spoken(report, code, target="3.75", rate="100.0%") in emphasis.say_roi(report)
    assert "▼" in emphasis.roi(report).html


def test_roi_without_a_target_says_so_and_shows_none(report):
    report.appraisal.targets = report.appraisal.targets.iloc[:0]
    assert spoken(report, "report.roi.no_target") in emphasis.say_roi(report)
    assert emphasis.roi_frame(report)["target"].isna().all()
    assert ">0.00<" not in emphasis.roi(report).html


def test_without_a_second_reading_there_is_no_column_for_it(report, monkeypatch):
    monkeypatch.setattr(steps, "roi_values", lambda _: roi_rows())
    assert emphasis.roi(report).html.count('scope="col"') == 6
    assert "4.50" not in emphasis.say_roi(report)


def test_without_spend_roi_is_a_sentence(report, monkeypatch):
    monkeypatch.setattr(steps, "roi_values", lambda _: roi_rows().iloc[:0])
    assert spoken(report, "report.roi.none") in emphasis.roi(report).html
    assert drawn.roi(emphasis.roi_frame(report), report.locale) is None


def test_a_quarter_of_which_only_one_month_has_begun_still_has_a_row_of_its_own(report):
    begun = make(
        report.policy, report.appraisal, facts=facts_of(last_day=date(2026, 4, 20)), today=date(2026, 4, 20)
    )
    frame = emphasis.roi_frame(begun)
    assert list(frame["period"]) == ["2026-04", QUARTER]
    assert list(frame["target"]) == [4.5, 3.75]


# -- retention


def test_retention_stands_against_target_year_before_and_company(report):
    frame = emphasis.retention_frame(report).set_index("kpi")
    first = frame.loc["retention_d30"]
    assert (first["value"], first["target"], first["year_before"], first["company"]) == (0.1, 0.1, 0.08, 0.09)
    assert not first["few"]
    assert "private_domain_repurchase_rate" not in frame.index  # not measured, so not shown


def test_retention_says_what_is_reached_what_is_not_and_what_rests_on_few(report):
    said = emphasis.say_retention(report)
    month, quarter = report.name_of("retention_d30"), report.name_of("retention_d90")
    assert spoken(report, "report.retention.met", kpis=month) in said
    assert spoken(report, "report.retention.missed", kpis=quarter) in said
    assert spoken(report, "report.step.few", kpis=quarter) in said  # 40 customers; the rules ask for 50
    assert "+2.0" in said
    assert emphasis.retention(report).html.count(spoken(report, "report.step.few_mark")) == 1


def test_retention_without_customers_is_a_sentence(report, monkeypatch):
    monkeypatch.setattr(steps, "step_values", lambda _: quarter_values().iloc[:0])
    assert spoken(report, "report.retention.none") in emphasis.retention(report).html


def test_repurchase_of_a_running_quarter_is_compared_with_nothing(quarter_policy, monkeypatch):
    repurchase = "private_domain_repurchase_rate"
    rows = pd.DataFrame([value(period, repurchase, 8, 1000) for period in (QUARTER, BEFORE)])
    monkeypatch.setattr(steps, "step_values", lambda _: rows)
    held = whole({"E1": 1}, targets=[target(repurchase, 0.1)])
    over = emphasis.retention_frame(make(quarter_policy, held))
    assert over[["target", "year_before"]].iloc[0].to_list() == [0.1, 0.008]
    june = date(2026, 6, 29)
    open_report = make(quarter_policy, held, facts=facts_of(last_day=june), provisional=True, today=june)
    assert emphasis.retention_frame(open_report)[["target", "year_before"]].isna().all(axis=None)
    told = ENTRIES["report.retention.running"][0].format(kpi=open_report.name_of(repurchase))
    assert told in emphasis.say_retention(open_report)


# -- new and returning customers


def test_net_sales_fall_into_new_and_returning_without_a_remainder(report):
    frame = customer_sales.split(report)
    assert (frame["new"] + frame["returning"] == frame["net"]).all()
    months = frame[~frame["whole"]]
    assert list(frame.loc[frame["whole"], ["new", "returning", "net"]].iloc[0]) == list(
        months[["new", "returning", "net"]].sum()
    )
    assert frame["share"].iloc[1] == pytest.approx(2 / 9)


def test_the_table_of_customers_adds_up_to_the_last_digit(report):
    page = customer_sales.customers(report).html
    for written in ("3,000.01", "6,000.02", "9,000.03", "6,000.01", "18,000.02", "24,000.03"):
        assert written in page


def test_the_change_of_each_part_is_told_against_the_year_before(report):
    said = customer_sales.say_customers(report)
    assert ("+3,000" if report.lang == "zh" else "+CN¥3,000") in said  # returning: 18,000.02 less 15,000
    assert "28.6%" in said  # 600,000 of 2,100,000
    assert "25.0%" in said


def test_sales_of_nobody_are_told_apart(report, monkeypatch):
    rows = pd.DataFrame(sold(QUARTER, 100, 200, 5_000))
    monkeypatch.setattr(steps, "step_values", lambda _: rows)
    assert customer_sales.split(report)["unknown"].iloc[-1] == 5_000
    assert spoken(report, "report.customers.unknown_head") in customer_sales.customers(report).html


def test_without_known_customers_the_split_is_a_sentence(report, monkeypatch):
    monkeypatch.setattr(steps, "step_values", lambda _: pd.DataFrame([value(QUARTER, "net_sales", 5)]))
    assert spoken(report, "report.customers.none") in customer_sales.customers(report).html
    assert drawn.customers(customer_sales.split(report), report.locale) is None


def test_a_running_quarter_is_not_compared_with_a_whole_one(quarter_policy, monkeypatch):
    monkeypatch.setattr(steps, "step_values", lambda _: quarter_values())
    open_facts = facts_of(last_day=date(2026, 6, 10))
    held = make(quarter_policy, whole({"E1": 1}), facts=open_facts, provisional=True, today=date(2026, 6, 10))
    frame = customer_sales.split(held).set_index("period")
    assert frame.loc["2026-04", "new_before"] == 200_000
    assert frame.loc[["2026-06", QUARTER], "new_before"].isna().all()
    assert "未结束" in customer_sales.customers(held).html


# -- collection


def test_collection_tells_due_paid_and_out(report):
    frame = customer_sales.due(report).set_index("period")
    assert list(frame.index) == ["2026-04", "2026-06", QUARTER]  # nothing fell due in May
    assert list(frame["outstanding"]) == [10_000.0, 30_000.0, 40_000.0]
    said = customer_sales.say_collection(report)
    missed = {"target": "80.0%", "gap": report.locale.money(4_000)}  # 0.8 · 180,000 − 140,000
    assert spoken(report, "report.collection.missed", **missed) in said
    most = {"period": report.locale.period("2026-06"), "amount": report.locale.money(30_000)}
    assert spoken(report, "report.collection.most", **most) in said


def test_all_that_was_due_is_paid(report, monkeypatch):
    rows = pd.DataFrame([value(QUARTER, "collection_rate", 500, 500, 3)])
    monkeypatch.setattr(steps, "step_values", lambda _: rows)
    said = customer_sales.say_collection(report)
    assert spoken(report, "report.collection.met", target="80.0%") in said
    assert report.name_of("collection_rate") in said  # three orders: the rules ask for five


def test_nothing_due_is_a_sentence_and_no_zero(report, monkeypatch):
    monkeypatch.setattr(steps, "step_values", lambda _: quarter_values().iloc[:0])
    assert spoken(report, "report.collection.none") in customer_sales.collection(report).html
    assert drawn.collection(customer_sales.due(report), report.locale) is None


# -- lifetime value


def worth():
    rows = [
        value("2025", "ltv", 200_000, 100, 100), value("2025", "ltv", 60_000, 60, 60, channel="ads"),
        value("2025", "ltv", 140_000, 40, 40, channel="shop"), value("2025", "cac", 50_000, 100),
        value("2025", "cac", 30_000, 60, channel="ads"), value("2025", "cac", 0, 40, channel="shop"),
        value("2025", "ltv_projected", 250_000, 100), value("2024", "ltv", 160_000, 100, 100),
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def worthy(year_policy, monkeypatch):
    def held(first_day=date(2020, 1, 1), lang="en"):
        report = make(year_policy, whole({"E1": 90}, kpis=worth()), lang, facts=facts_of(first_day=first_day))
        vars(report).update(channel_names={"ads": "Ads", "shop": "Shop"})
        return report

    return held


def test_value_is_set_against_the_cost_of_winning_a_customer(worthy):
    frame = emphasis.lifetime_frame(worthy()).set_index("channel")
    assert list(frame.index) == ["all", "ads", "shop"]
    assert list(frame["ltv"]) == [2000.0, 1000.0, 3500.0]
    assert list(frame["times"].iloc[:2]) == [4.0, 2.0]
    assert np.isnan(
        frame.loc["shop", ["cac", "times"]].astype(float)
    ).all()  # nothing was spent: no cost of zero
    assert list(frame["few"]) == [False, False, True]
    assert frame.loc["all", "year_before"] == 1600.0


@pytest.mark.parametrize(("first", "compared"), [(date(2023, 7, 5), True), (date(2023, 7, 6), False)])
def test_a_year_before_counts_only_if_all_its_customers_could_be_followed(worthy, first, compared):
    """Customers of 2024 are those who were 180 days old in it: won from 5 July 2023 on."""
    report = worthy(first)
    assert emphasis.followed_from(report, report.period.year_before()) == date(2023, 7, 5)
    assert emphasis.lifetime_frame(report)["year_before"].notna().any() == compared
    assert ("25.0%" in emphasis.say_lifetime(report)) == compared  # 2000 on 1600


def test_value_without_spend_or_customers_is_told(worthy):
    report = worthy()
    kept = report.appraisal.kpis
    report.appraisal.kpis = kept[kept["kpi"] != "cac"]
    assert ENTRIES["report.lifetime.no_cost"][1] in emphasis.say_lifetime(report)
    report.appraisal.kpis = kept.iloc[:0]
    assert ENTRIES["report.lifetime.none"][1] in emphasis.lifetime(report).html


# -- the period's own set


def test_the_quarters_own_set_is_told_role_by_role_and_weights_still_sum_to_one(report, quarter_policy):
    frame = layers.own_set(report)
    assert set(frame["role"]) == {"operations"}
    quarter = quarter_policy.roles["operations"]
    month = quarter_policy.at("2026-06").roles["operations"]
    come = {row.kpi for row in quarter.kpis} - {row.kpi for row in month.kpis}
    assert set(frame.loc[frame["before"].isna(), "kpi"]) == come
    assert {"private_domain_repurchase_rate", "retention_d90"} <= come
    moved = frame["now"].fillna(0) - frame["before"].fillna(0)
    assert moved.sum() == pytest.approx(0, abs=1e-12)
    share = next(row.weight for row in quarter.kpis if row.kpi == "retention_d90")
    weight = Fraction(17, 30) * share
    assert frame.set_index("kpi").loc["retention_d90", "now"] == pytest.approx(float(weight))
    assert report.name_of("retention_d90") in " ".join(layers.say_own_set(report))


def test_a_role_without_a_set_of_its_own_follows_the_month(quarter_policy):
    held = whole({"E1": 90})
    held.composites["role"] = "host"
    said = layers.say_own_set(make(quarter_policy, held))
    assert said == [ENTRIES["report.own_set.same"][0].format(roles="主播")]
    assert layers.own_set(make(quarter_policy, held)).empty


# -- scores of the parts beside the whole


@pytest.fixture
def parts(monkeypatch):
    def keep(**by_period):
        monkeypatch.setattr(
            appraisal, "load", lambda _facts, policy: by_period[policy.period.label.replace("-", "_")]
        )

    return keep


def test_each_months_score_stands_beside_the_quarters(report, parts):
    parts(
        **{
            "2026_04": whole({"E1": 70, "E2": 90, "E0099": 1}),
            "2026_05": whole({"E1": 80, "E2": NAN, "E0099": 1}),
            "2026_06": whole({"E1": 90, "E0099": 1}),
        }
    )
    frame = layers.beside(report).set_index("label")
    assert list(frame.loc["王一", list(MONTHS)]) == [70.0, 80.0, 90.0]
    assert frame.loc["王一", ["mean", "score", "gap"]].to_list() == [80.0, 90.0, 10.0]
    assert frame.loc["李二", ["mean", "gap"]].to_list() == [90.0, -10.0]  # of the one month that is scored
    said = layers.say_months(report)
    for name, key in (("王一", "gained"), ("李二", "lost")):
        told = spoken(
            report, f"report.beside.{key}", name=name, gap="10.0", parts=spoken(report, "report.parts.month")
        )
        assert told in said
    assert not any(word in layers.months(report).html for word in STRANGERS)


def test_nobody_scored_in_the_months_is_a_sentence(report, parts):
    parts(**{period.replace("-", "_"): whole({"E0099": 1}) for period in MONTHS})
    assert spoken(report, "report.beside.none") in layers.months(report).html
    assert growth.beside(layers.beside(report), report.locale) is None


# -- the layers of a year


def layer_lines(person, months=12, quarters=4, weights=(0.25, 0.35, 0.40), points=(80.0, 90.0, 100.0)):
    spans = [("month", f"2025-{i + 1:02d}", weights[0] / max(months, 1), points[0]) for i in range(months)]
    spans += [
        ("quarter", f"2025-Q{i + 1}", weights[1] / max(quarters, 1), points[1]) for i in range(quarters)
    ]
    spans += [("year", "2025", weights[2], points[2])]
    return [
        {"person_id": person, "team_id": "t1", "role": "operations", "layer": layer, "scored_in": period,
         "kpi": "net_sales", "dimension": "result", "points": score, "weight": weight,
         "contribution": score * weight, "target": NAN}
        for layer, period, weight, score in spans
    ]  # fmt: skip


def layered(policy, lang="zh"):
    rows = layer_lines("E1") + layer_lines("E2", quarters=0, weights=(5 / 13, 0.0, 8 / 13))
    lines = pd.DataFrame(rows)
    scores = lines.groupby("person_id")["contribution"].sum()
    held = whole({"E1": scores["E1"], "E2": scores["E2"], "E0099": 50}, lines=lines)
    return make(policy, held, lang)


def test_layers_contribute_their_weight_and_add_up(year_policy):
    report = layered(year_policy)
    frame = layers.layer_parts(report).set_index("label")
    assert frame.loc["王一"].to_list() == [20.0, 31.5, 40.0]  # .25·80, .35·90, .40·100
    assert frame.loc["王一"].sum() == 91.5
    assert frame.loc["李二", ["month", "year"]].to_list() == [30.77, 61.54]
    assert np.isnan(frame.loc["李二", "quarter"])  # no quarter is not a quarter with nothing
    assert set(frame.index) == {"王一", "李二"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_missing_layer_is_told_with_the_weights_that_hold_instead(year_policy, lang):
    report = layered(year_policy, lang)
    page = layers.layers(report).html
    assert "25%" in page
    assert "38% / 0% / 62%" in page
    assert page.count("38%") == 1  # only for the one who lacks a layer
    assert "92.31" in page
    assert not any(word in page for word in STRANGERS)


def test_a_quarter_has_no_layers(report):
    assert spoken(report, "report.layers.only_year") in unescape(layers.layers(report).html)


@given(st.lists(st.floats(0, 130), min_size=3, max_size=3))
def test_layers_add_up_whatever_was_scored(year_policy, points):
    lines = pd.DataFrame(layer_lines("E1", points=points))
    total = float(lines["contribution"].sum())
    report = make(year_policy, whole({"E1": total}, lines=lines))
    row = layers.layer_parts(report).iloc[0]
    assert round(sum(row[name] for name in layers.LAYERS), 2) == pytest.approx(total, abs=0.005 + 1e-9)


# -- the team's mean by month


def test_the_teams_mean_is_that_of_its_people_in_each_month(report, parts):
    parts(
        **{
            "2026_04": whole({"E1": 80, "E2": 90, "E0099": 40}),
            "2026_05": whole({"E1": 70, "E0099": 100}),
            "2026_06": whole({"E0099": 60}),
        }
    )
    frame = layers.team_months(report)
    assert frame["mean"].iloc[:2].to_list() == [85.0, 70.0]
    assert np.isnan(frame["mean"].iloc[2])  # nobody scored is no mean of zero
    assert frame["company"].to_list() == [70.0, 85.0, 60.0]
    assert frame["people"].to_list() == [2, 1, 0]
    figures = {"best": report.locale.period("2026-04"), "worst": report.locale.period("2026-05")}
    said = spoken(
        report, "report.team_trend.range", months=2, above=1, best_mean="85.0", worst_mean="70.0", **figures
    )
    assert layers.say_team_trend(report) == said
    assert growth.team_months(frame, report.locale) is not None


# -- development of people


def assessments(**columns):
    rows = [
        ("2025-Q1", "E1", "training_pass_rate", 3.0, 4.0, None, None),
        ("2025-Q2", "E1", "training_pass_rate", 4.0, 4.0, None, None),
        ("2025-Q1", "E2", "training_pass_rate", 1.0, 2.0, None, None),
        ("2025-Q1", "E0099", "training_pass_rate", 2.0, 10.0, None, None),
        ("2024-Q4", "E1", "training_pass_rate", 0.0, 50.0, None, None),  # the year before
        ("2025-Q2", "E1", "idea_traffic_uplift", 100.0, 1000.0, "IDEA-1", "2025-05-02"),
        ("2025-Q3", "E2", "idea_traffic_uplift", 400.0, 1000.0, "IDEA-2", "2025-08-09"),
        ("2025-Q3", "E0099", "idea_traffic_uplift", 900.0, 1000.0, "IDEA-9", "2025-08-01"),
        ("2025-Q2", "E1", "mentee_sales_uplift", 10.0, 100.0, "E2", None),
        ("2025-Q3", "E1", "mentee_sales_uplift", 30.0, 100.0, "E2", None),
        ("2025-Q4", "E2", "mentee_sales_uplift", 50.0, 200.0, "E0098", None),
        ("2025-06", "E1", "report_quality", 80.0, 1.0, None, None),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=development.COLUMNS)
    return frame.drop(columns=list(columns))


def grown(policy, lang="zh", given=None):
    return make(
        policy,
        whole({"E1": 90, "E2": 80, "E0099": 70}),
        lang,
        facts=facts_of(assessments() if given is None else given),
    )


def test_training_adds_up_over_people_before_it_divides(year_policy):
    report = grown(year_policy)
    said = development.say_development(report)
    figures = {"taken": "10", "passed": "8", "rate": "80.0%", "company": "50.0%"}  # 8 of 10; 10 of 20
    assert ENTRIES["report.development.training"][0].format(**figures) in said[0]


def test_ideas_come_by_date_and_the_best_is_named(year_policy):
    frame = development.uplifts(grown(year_policy))
    ideas = frame[frame["kind"] == "idea_traffic_uplift"]
    assert list(ideas["subject"]) == ["IDEA-1", "IDEA-2"]
    assert list(ideas["rate"]) == [0.1, 0.4]
    said = " ".join(development.say_development(grown(year_policy)))
    assert "+25.0%" in said  # 500 of 2000
    assert "IDEA-2（2025年8月9日采纳，+40.0%）" in said
    assert ENTRIES["report.development.no_paths"][0] in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_newcomers_of_other_teams_have_neither_name_nor_id(year_policy, lang):
    report = grown(year_policy, lang)
    page = development.development(report).html
    assert ENTRIES["report.development.other_newcomer"][lang == "en"] in page
    assert "李二" in page
    assert "+20.0%" in page  # of E2: 40 of 200
    hidden = development.uplifts(report).to_csv()
    assert not any(word in page + hidden for word in (*STRANGERS, "IDEA-9"))


def test_mentors_and_newcomers_are_counted_once(year_policy):
    said = development.say_development(grown(year_policy))[-1]
    figures = {"mentors": 2, "newcomers": 2, "rate": "+22.5%"}  # 90 of 400
    assert said == ENTRIES["report.development.mentoring"][0].format(**figures)


@pytest.mark.parametrize(
    "absent", [("adopted_on",), ("subject_id",), ("adopted_on", "subject_id", "denominator")]
)
def test_development_bears_columns_that_are_not_given(year_policy, absent):
    report = grown(year_policy, given=assessments(**dict.fromkeys(absent)))
    page = development.development(report).html
    assert "王一" in page
    assert "NaT" not in page
    assert "nan" not in page.lower()
    assert growth.development(development.uplifts(report), report.locale) is not None


def test_without_assessments_development_is_a_sentence(year_policy):
    report = make(year_policy, whole({"E1": 90}))
    assert ENTRIES["report.development.none"][0] in development.development(report).html
    assert growth.development(development.uplifts(report), report.locale) is None
    no_rows = grown(year_policy, given=assessments().iloc[:0])
    assert ENTRIES["report.development.none"][0] in development.development(no_rows).html


def test_grades_are_followed_quarter_by_quarter_with_the_reason_where_there_is_none(year_policy, parts):
    scores = {"E1": 90, "E2": 80, "E0099": 70}
    parts(
        **{
            "2025_Q1": whole(scores, {"E1": "C", "E2": "B", "E0099": "D"}),
            "2025_Q2": whole({"E1": NAN, "E2": 80}, {"E2": "A"}),
            "2025_Q3": whole(scores, {"E1": "B", "E2": "B"}),
            "2025_Q4": whole(scores, {"E1": "A", "E2": "C", "E0099": "A"}),
        }
    )
    report = make(year_policy, whole(scores, {"E1": "B", "E2": "B"}))
    frame = development.grades_frame(report).set_index("label")
    assert frame.loc["王一"].to_list() == ["C", "probation", "B", "A", "B"]
    counts = {"up": 1, "down": 1, "same": 0}
    spans = {"first": "2025年第1季度", "last": "2025年第4季度"}
    assert development.say_grades(report) == ENTRIES["report.grades.moved"][0].format(**counts, **spans)
    page = development.grades(report).html
    assert "试用期" in page
    assert not any(word in page for word in STRANGERS)


def test_an_open_period_shows_no_grades(year_policy, parts):
    parts(**{f"2025_Q{number}": whole({"E1": 90}, {"E1": "A"}) for number in range(1, 5)})
    report = make(year_policy, whole({"E1": 90}, {"E1": "A"}), provisional=True)
    page = development.grades(report).html
    assert ENTRIES["report.grades.open"][0] in page
    assert "grade-a" not in page


# -- figures


def test_every_figure_is_drawn_from_its_frame(report, parts):
    parts(**{period.replace("-", "_"): whole({"E1": 70, "E2": 90}) for period in MONTHS})
    locale = report.locale
    figures = [
        drawn.roi(emphasis.roi_frame(report), locale),
        drawn.retention(emphasis.retention_frame(report), locale),
        drawn.customers(customer_sales.split(report), locale),
        drawn.collection(customer_sales.due(report), locale),
        growth.beside(layers.beside(report), locale),
    ]
    assert all(len(figure.axes) == 1 for figure in figures)
    bars = [patch for patch in figures[2].axes[0].patches if patch.get_height() > 0]
    assert len(bars) == 6  # two parts of three months: the sum of the quarter would dwarf them
    texts = [text.get_text() for text in figures[0].axes[0].texts]
    assert texts == ["▼ 4.00", "6.00", "2.50", "3.75"]  # a sign where a target is missed


@pytest.mark.parametrize("highest", [0.012, 0.045, 0.21, 0.55, 1.3])
def test_ticks_of_rates_are_written_as_they_stand(highest):
    frame = pd.DataFrame(
        {"label": ["x"], "value": [highest], "target": NAN, "year_before": NAN, "company": NAN}
    )
    axes = drawn.retention(frame, Locale("en")).axes[0]
    axes.figure.canvas.draw()
    for place, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
        assert float(label.get_text().rstrip("%")) / 100 == pytest.approx(place)


def test_the_figure_of_value_is_drawn_with_and_without_cost(worthy):
    frame = emphasis.lifetime_frame(worthy())
    assert drawn.lifetime(frame, Locale("zh")) is not None
    assert drawn.lifetime(frame.assign(cac=NAN, projected=NAN), Locale("en")) is not None
    assert drawn.lifetime(frame.iloc[:0], Locale("en")) is None


# -- facts that lack almost everything


@pytest.fixture(scope="module")
def bare(quarter_policy):
    """A company of which only roster, teams and orders are known, without customers that came before."""
    kept = {name: frame for name, frame in world().items() if name in ("roster", "teams", "orders")}
    kept["orders"] = kept["orders"].drop(columns=["customer_id", "on_credit", "due_on", "after_inquiry"])
    held = open_world(kept)
    return Report(
        team="a", team_name="A", facts=held, policy=quarter_policy, appraisal=appraisal.appraise(held, quarter_policy),
        locale=Locale("en"), today=date(2026, 7, 20), provisional=False,
    )  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_a_section_without_data_is_a_heading_and_words(bare, section, monkeypatch):
    monkeypatch.setattr(appraisal, "load", lambda _facts, _policy: bare.appraisal)
    page = section(bare).html
    assert "<h2>" in page
    assert "<p" in page
    for silly in ("nan", "NaT", ">0.0%<", "None", "{"):
        assert silly not in page


# -- frames of the report


@pytest.mark.parametrize(
    ("kind", "notebook"), [("quarterly", "91_quarterly_report"), ("annual", "92_annual_report")]
)
def test_the_report_names_itself_and_the_notebook_that_makes_it(report, root, kind, notebook):
    assert (root / "notebooks" / f"{notebook}.ipynb").is_file()
    assert f" {notebook} " in command(report, kind)
    assert spoken(report, f"report.{kind}.title", team="美肤一部") in masthead(report, kind).html
