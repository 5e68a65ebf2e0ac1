"""The workbooks of HR and of management: roster, assessments, labour cost, annual goals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from salesperf_lib.sample.business import Business
from salesperf_lib.sample.company import GROUP_NAMES, TEAM_NAMES, TITLES
from salesperf_lib.sample.exports.words import Words
from salesperf_lib.sample.files import write_xlsx
from salesperf_lib.sample.goals import set_goals
from salesperf_lib.sample.people import assess_people, service_costs
from salesperf_lib.sample.plan import Ints, Plan

STATUS: Mapping[str, str] = {"regular": "正式", "probation": "试用"}


def write_hr(out: Path, business: Business, words: Words) -> list[Path]:
    """Write the HR workbooks: roster, departments, absences, labour cost; and the assessments."""
    sheets = {
        "花名册": (["在职及离职人员"], _roster(business, words)),
        "部门": ([], _departments(business.plan)),
        "缺勤": ([], _absences(business, words)),
        "人力成本": ([], _costs(business, words)),
    }
    return [
        write_xlsx(out / "hr_roster.xlsx", sheets),
        write_xlsx(out / "hr_assessments.xlsx", {"考评": (["考评记录"], _assessments(business, words))}),
    ]


def write_goals(out: Path, business: Business, reached: Mapping[str, Ints]) -> list[Path]:
    """Write the annual goals: a title and a note stand above the headings."""
    goals = set_goals(business.plan, reached)
    names = {
        "year": "年度",
        "level": "层级",
        "unit_id": "单位",
        "kpi": "指标",
        "target": "目标值",
        "measure": "计量",
    }
    titles = ["年度经营目标", "总监办公会审定"]
    return [write_xlsx(out / "annual_goals.xlsx", {"年度目标": (titles, goals.rename(columns=names))})]


def _roster(business: Business, words: Words) -> pd.DataFrame:
    staff, plan = business.staff, business.plan
    rows: list[tuple[object, ...]] = []
    for spell in staff.spells:
        lead = int(staff.holder[spell.team, 0, -1])
        manager = None if lead == spell.person else staff.ids[lead]
        rows.append(
            (
                staff.ids[spell.person],
                staff.names[spell.person],
                plan.team_ids[spell.team],
                TITLES[spell.position],
                manager,
                spell.fte,
                staff.hired_on[spell.person],
                STATUS[spell.status],
                spell.first,
                spell.last,
            )
        )
    headings = [
        "工号",
        "姓名",
        "部门",
        "岗位",
        "直属上级",
        "工时比例",
        "入职日期",
        "状态",
        "生效日期",
        "失效日期",
    ]
    return pd.DataFrame(rows, columns=headings).sort_values(["工号", "生效日期"], kind="stable")


def _departments(plan: Plan) -> pd.DataFrame:
    half = (plan.teams + 1) // 2
    groups = ["g1" if number < half else "g2" for number in range(plan.teams)]
    names = [*TEAM_NAMES, *(f"第{number + 1}部" for number in range(len(TEAM_NAMES), plan.teams))]
    return pd.DataFrame(
        {
            "部门编号": ["g1", "g2", *plan.team_ids],
            "部门名称": [*GROUP_NAMES, *names],
            "上级部门": [None, None, *groups],
        }
    )


def _absences(business: Business, words: Words) -> pd.DataFrame:
    rows = [(away.person, away.first, away.last, away.kind, away.share) for away in business.staff.absences]
    table = pd.DataFrame(rows, columns=["工号", "开始", "结束", "类型", "比例"])
    return table.assign(工号=words.person(table["工号"]))


def _costs(business: Business, words: Words) -> pd.DataFrame:
    costs = service_costs(business.plan, business.staff)
    cost = {"客服人力成本(元)": costs["cost"] / 100}
    return pd.DataFrame({"月份": costs["month"], "部门": words.team(costs["team"]), **cost})


def _assessments(business: Business, words: Words) -> pd.DataFrame:
    table = assess_people(business.plan, business.staff)
    return pd.DataFrame(
        {
            "周期": table["period"],
            "工号": words.person(table["person"]),
            "项目": table["item"],
            "分子": table["numerator"],
            "分母": table["denominator"],
            "满分": table["scale_max"],
            "评分人": words.person(table["rater"]),
            "对象": table["subject_id"],
            "采纳日期": table["adopted_on"],
        }
    )
