"""The appraisal as a workbook for HR: what stands in it, whose it is, and that nothing in it runs."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import facts, params
from salesperf_lib.errors import DataError
from salesperf_lib.language import LANGUAGES
from salesperf_lib.reports.appraisal_workbook import write_appraisal
from tests.assessed_books import cells

ATTACKS = {
    "0001": "=cmd|' /C calc'!A1",
    "0002": "+1",
    "0003": "-2+3",
    "0004": "@SUM(1)",
    "0005": "\t=1",
    "0006": "https://x.example",
}
SHEETS = {
    "zh": ["说明", "得分", "得分明细", "等级", "指标定义"],
    "en": ["about", "scores", "explain", "grades", "definitions"],
}


@pytest.fixture(scope="module")
def policy(root):
    return params.load_policy("2026-06", source="sample", root=root)


@pytest.fixture(scope="module")
def held():
    teams = pd.DataFrame({"team_id": ["t1", "t2"], "name": ["=1+1", "South"]})
    sales = pd.DataFrame({"date": ["2025-01-01", "2026-07-10"], "gross_amount": [1, 1]})
    return facts.from_frames("hand", {"teams": teams, "daily_sales": sales})


def line(person, kpi, dimension, contribution, *, team="t1", **other):
    """Give a scored line; money is in fen."""
    told = {
        "numerator": 1234567.0,
        "denominator": np.nan,
        "value_raw": 1234567.0,
        "value": 1234567.0,
        "target": 2000000.0,
    }
    told |= {
        "baseline": np.nan,
        "attainment": 0.617,
        "points": 61.7,
        "share": 1.0,
        "weight_base": 0.5,
        "weight": 0.5,
    }
    text = {
        "scored_in": "2026-06",
        "layer": "month",
        "scored_at": "person",
        "value_period": "2026-06",
        "adjustment": "",
    }
    text |= {"status": "scored", "reason": "scored"}
    key = {
        "period": "2026-06",
        "person_id": person,
        "team_id": team,
        "role": "host",
        "kpi": kpi,
        "dimension": dimension,
    }
    return key | told | text | {"n": 7, "gated": False, "duty": 1.0, "contribution": contribution} | other


@pytest.fixture(scope="module")
def made(policy):
    """Give an appraisal: 0001 moved from t2 to t1, 0002 is not assessed, the others are of t2."""
    lines = [
        line("0001", "net_sales", "result", 30.25),
        line("0001", "csat", "process", 10.5, team="t2", numerator=450.0, denominator=100.0, value_raw=4.5, value=4.5, target=4.0),
        line("0001", "report_timeliness_rate", "process", 8.0, value=0.95, value_raw=0.9, target=1.0, numerator=19.0, denominator=20.0, adjustment="shrunk"),
        line("0002", "net_sales", "result", np.nan, weight=np.nan, status="no_target", reason="few_days"),
        line("0003", "cac", "result", 50.0, team="t2", numerator=500000.0, denominator=25.0, value=20000.0, value_raw=20000.0, target=25000.0, status="carried", value_period="2026-Q1"),
        *(line(one, "net_sales", "result", 40.0, team="t2") for one in ("0004", "0005", "0006")),
    ]  # fmt: skip
    team = {"0001": "t1", "0002": "t1"}
    composites = pd.DataFrame(
        [
            {"period": "2026-06", "person_id": one, "team_id": team.get(one, "t2"), "role": "host",
             "score": {"0001": 48.75, "0002": np.nan, "0003": 50.0}.get(one, 40.0),
             "status": "few_days" if one == "0002" else "scored"}
            for one in ATTACKS
        ]
    )  # fmt: skip
    grades = composites.drop(columns="status").assign(
        cohort="thresholds", rank=pd.array([2, pd.NA, 1, 3, 3, 3], "Int64"), team_rank=pd.array([1, pd.NA, 1, 2, 2, 2], "Int64"),
        grade=["B", pd.NA, "B", "C", "C", "C"], p_a=0.25, p_b=0.75, p_c=0.0, p_d=0.0,
        contested=[True, *[False] * 5], vetoed=False, reason=["", "few_days", "", "", "", ""],
    )  # fmt: skip
    people = pd.DataFrame(
        {"person_id": list(ATTACKS), "name": list(ATTACKS.values()), "team_id": "t1", "role": "host"}
    )
    return SimpleNamespace(
        policy=policy, people=people, scores=pd.DataFrame(lines), composites=composites, grades=grades
    )


def sheet(path, lang, name):
    """Read a sheet as rows by the fixed names of its columns."""
    rows = cells(path)[SHEETS[lang][SHEETS["en"].index(name)]]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


@pytest.fixture
def written(made, held, tmp_path):
    def write(lang="en", team="", given=made, **options):
        path = tmp_path / "hr.xlsx"
        write_appraisal(given, held, path, lang, team, **options)
        return path

    return write


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_sheet_has_fixed_names_and_meanings(written, lang):
    sheets = cells(written(lang))
    assert list(sheets) == SHEETS[lang]
    for name in SHEETS[lang][1:]:
        keys, heads = sheets[name][:2]
        assert all(re.fullmatch(r"[a-z_]+", key) for key in keys)
        assert len(set(keys)) == len(keys)
        assert all(heads)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_cell_is_a_formula_or_a_link_whatever_it_begins_with(written, lang):
    path = written(lang)
    with zipfile.ZipFile(path) as file:
        parts = {
            name: file.read(name).decode() for name in file.namelist() if name.endswith((".xml", ".rels"))
        }
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 5
    for text in sheets:
        assert not re.search(r"<f[ >/]", text)
        assert "hyperlink" not in text
        assert not re.search(r'<c r="[A-Z]+\d+"[^>]*t="str"', text)  # what a formula gives
    assert not any("vbaProject" in name or "externalLink" in name for name in parts)
    names = {row["person_id"]: row["person_name"] for row in sheet(path, lang, "scores")}
    assert names == ATTACKS
    assert {row["team_name"] for row in sheet(path, lang, "scores")} == {"=1+1", "South"}


def test_a_team_s_workbook_holds_no_other_team_s_people(written):
    path = written(team="t1")
    for name in ("scores", "explain", "grades"):
        assert {row["person_id"] for row in sheet(path, "en", name)} == {"0001", "0002"}
    with zipfile.ZipFile(path) as file:
        whole = "".join(file.read(name).decode() for name in file.namelist() if name.endswith(".xml"))
    assert "@SUM(1)" not in whole
    assert "0003" not in whole


def test_hr_gets_everybody(made, held, tmp_path):
    assert write_appraisal(made, held, tmp_path / "a.xlsx", "zh") == 6
    assert write_appraisal(made, held, tmp_path / "a.xlsx", "zh", "t1") == 2
    assert len(sheet(tmp_path / "a.xlsx", "zh", "grades")) == 2


def test_money_is_in_yuan_beside_its_unit_and_rates_are_shares(written):
    rows = {(row["person_id"], row["kpi"]): row for row in sheet(written("zh"), "zh", "explain")}
    sales, cac = rows["0001", "net_sales"], rows["0003", "cac"]
    assert [sales[key] for key in ("value", "value_raw", "target", "unit", "numerator", "numerator_unit")] == [12345.67, 12345.67, 20000.0, "元", 12345.67, "元"]  # fmt: skip
    assert [cac[key] for key in ("value", "numerator", "numerator_unit", "denominator", "denominator_unit")] == [200.0, 5000.0, "元", 25.0, ""]  # fmt: skip
    rate, csat = rows["0001", "report_timeliness_rate"], rows["0001", "csat"]
    assert [rate[key] for key in ("value", "unit", "numerator", "denominator")] == [0.95, "%", 19.0, 20.0]
    assert [csat[key] for key in ("value", "numerator", "numerator_unit")] == [4.5, 450.0, ""]
    assert sales["denominator"] == ""
    assert sales["baseline"] == ""


def test_a_scale_of_ten_thousand_is_divided_by_ten_thousand(written, made):
    company = replace(made.policy.company, money_scale=10000, currency="USD")
    given = SimpleNamespace(**(vars(made) | {"policy": replace(made.policy, company=company)}))
    row = sheet(written(given=given), "en", "explain")[0]
    assert (row["value"], row["unit"]) == (123.4567, "US$")


def test_lines_add_up_to_the_composite_and_so_do_the_dimensions(written):
    path = written()
    scores = {row["person_id"]: row for row in sheet(path, "en", "scores")}
    lines = pd.DataFrame(sheet(path, "en", "explain"))
    own = lines[lines["person_id"] == "0001"]
    assert own["contribution"].sum() == scores["0001"]["score"] == 48.75
    assert set(own["team_id"]) == {"t1", "t2"}
    assert [scores["0001"][name] for name in ("result", "process", "potential")] == [30.25, 18.5, ""]


def test_who_is_not_assessed_has_a_reason_and_no_number(written):
    path = written("zh")
    row = next(row for row in sheet(path, "zh", "scores") if row["person_id"] == "0002")
    assert [row[key] for key in ("score", "result", "status", "status_text")] == [
        "",
        "",
        "few_days",
        "在岗天数不足，不考核",
    ]
    row = sheet(path, "zh", "grades")[-1]
    assert [row[key] for key in ("person_id", "rank", "grade", "reason_text")] == [
        "0002",
        "",
        "",
        "在岗天数不足，不考核",
    ]


def test_codes_stand_beside_their_words(written):
    path = written("zh")
    rows = {(row["person_id"], row["kpi"]): row for row in sheet(path, "zh", "explain")}
    assert (
        rows["0003", "cac"]["status_text"] == "沿用2026年第一季度"
        or "2026" in rows["0003", "cac"]["status_text"]
    )
    assert rows["0001", "report_timeliness_rate"]["adjustment_text"] == "样本少，向同岗平均靠拢"
    assert rows["0001", "net_sales"]["adjustment_text"] == ""
    best = sheet(path, "zh", "grades")[0]
    assert [best[key] for key in ("person_id", "rank", "grade", "p_b", "contested", "vetoed")] == ["0003", 1.0, "B", 0.75, "否", "否"]  # fmt: skip


def test_an_unknown_code_stays_as_it_is(written, made):
    given = SimpleNamespace(**(vars(made) | {"scores": made.scores.assign(status="brand_new")}))
    assert {row["status_text"] for row in sheet(written(given=given), "en", "explain")} == {"brand_new"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_indicator_is_defined(written, policy, lang):
    rows = {row["kpi"]: row for row in sheet(written(lang), lang, "definitions")}
    assert set(rows) == set(policy.kpis)
    assert {key: row["formula"] for key, row in rows.items()} == {
        key: kpi.formula.of(lang) for key, kpi in policy.kpis.items()
    }
    assert all(row["unit"] and row["direction_text"] and row["description"] for row in rows.values())


def test_an_open_period_has_no_grades(written):
    sheets = cells(written(provisional=True))
    assert list(sheets) == ["about", "scores", "explain", "definitions"]
    assert any("provisional" in str(cell) for row in sheets["about"] for cell in row)


def test_columns_that_the_frames_lack_are_left_out(written, made):
    old = made.scores.drop(columns=["layer", "scored_in", "adjustment", "baseline", "gated", "share", "duty"])
    rows = sheet(written(given=SimpleNamespace(**(vars(made) | {"scores": old}))), "en", "explain")
    assert not {"layer", "layer_text", "gated", "adjustment_text"} & set(rows[0])
    assert rows[0]["value"] == 12345.67


def test_infinity_is_shown_and_not_lost(written, made):
    scores = made.scores.assign(attainment=np.inf)
    assert (
        sheet(written(given=SimpleNamespace(**(vars(made) | {"scores": scores}))), "en", "explain")[0][
            "attainment"
        ]
        == "inf"
    )


def test_the_same_appraisal_gives_the_same_bytes(made, held, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_appraisal(made, held, tmp_path / name, "zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_cannot_be_written_is_refused(made, held, tmp_path):
    with pytest.raises(DataError) as told:
        write_appraisal(made, held, tmp_path / "a.csv", "fr", "t9")
    assert [one.found for one in told.value.problems] == [repr(str(tmp_path / "a.csv")), "'fr'", "'t9'"]
    assert list(tmp_path.iterdir()) == []
