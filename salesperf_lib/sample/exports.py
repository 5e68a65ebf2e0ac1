"""The sample company's exports, with the names and formats of the systems they come from."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from salesperf_lib.sample.company import GROUP_NAMES, TEAM_NAMES, TITLES, Ints, Plan, Staff
from salesperf_lib.sample.faults import Records
from salesperf_lib.sample.files import write_csv, write_xlsx
from salesperf_lib.sample.media import campaign_ids, page_ids
from salesperf_lib.sample.traffic import CHANNELS, DOUYIN, PAID, PANGLE, TMALL

Texts = npt.NDArray[np.object_]
CHANNEL_NAMES = ("天猫直通车", "巨量千川", "穿山甲信息流", "自然搜索", "小红书", "抖音直播", "私域")
PLATFORMS = ("tmall", "douyin", "douyin", "tmall", "xiaohongshu", "douyin", "wecom")


class Words:
    """Turn the generator's numbers into the texts of the exports."""

    def __init__(self, plan: Plan, staff: Staff) -> None:
        self.plan = plan
        self._people = np.append(staff.people["person_id"].to_numpy(dtype=object), None)
        self._iso = np.datetime_as_string(plan.days).astype(object)

    def person(self, numbers: pd.Series | Ints) -> Texts:
        """Name people; −1 is nobody."""
        return self._people[np.asarray(numbers)]

    def day(self, numbers: pd.Series | Ints, form: str = "%Y-%m-%d") -> Texts:
        """Write days; any number outside the data is written all the same."""
        first = pd.Timestamp(self.plan.first)
        days = first + pd.to_timedelta(np.asarray(numbers), unit="D")
        return np.asarray(days.strftime(form), dtype=object)

    def slashed(self, numbers: pd.Series | Ints) -> Texts:
        """Write days as 2026/6/18."""
        first = pd.Timestamp(self.plan.first)
        days = first + pd.to_timedelta(np.asarray(numbers), unit="D")
        return np.array([f"{day.year}/{day.month}/{day.day}" for day in days], dtype=object)

    def channel(self, numbers: pd.Series | Ints) -> Texts:
        """Name channels by their code."""
        return np.array(CHANNELS, dtype=object)[np.asarray(numbers)]

    def team(self, numbers: pd.Series | Ints) -> Texts:
        """Name teams by their code."""
        return np.array(self.plan.team_ids, dtype=object)[np.asarray(numbers)]


def yuan(fen: pd.Series) -> pd.Series:
    """Write fen as yuan: whole ones without decimals."""
    return fen.map(lambda value: f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}")


def address_hash(numbers: pd.Series) -> list[str]:
    """Hash delivery addresses: the same number is the same address."""
    return [hashlib.sha256(f"address {number}".encode()).hexdigest()[:7] for number in numbers]


def write_crm(
    out: Path, plan: Plan, words: Words, orders: pd.DataFrame, customers: pd.DataFrame, records: Records
) -> list[Path]:
    """Write the CRM: customers, who looks after them, orders, channels."""
    kept = orders.iloc[records.crm]
    table = pd.DataFrame(
        {"订单号": kept["order_id"], "客户号": customers["customer_id"].to_numpy()[kept["customer"]],
         "下单时间": [f"{day} {minute // 60:02d}:{minute % 60:02d}" for day, minute in zip(words.day(kept["day"]), kept["minute"], strict=True)],
         "金额": yuan(pd.Series(records.crm_amount[records.crm], index=kept.index)),
         "渠道": words.channel(kept["channel"]), "推广计划": _campaigns(kept),
         "页面": page_ids(kept["team"].to_numpy(), kept["page"].to_numpy(), kept["page_kind"].to_numpy()),
         "咨询客服": words.person(kept["service"]), "成交人": words.person(kept["owner"])}
    )  # fmt: skip
    joined = customers["joined_on"] < len(plan.days)
    base = pd.DataFrame(
        {"客户号": customers["customer_id"], "首单日期": words.day(customers["first_day"]),
         "首单渠道": words.channel(customers["channel"]),
         "入私域日期": np.where(joined, words.day(np.where(joined, customers["joined_on"], 0)), None),
         "地址指纹": address_hash(customers["address"])}
    ).sort_values("客户号")  # fmt: skip
    channels = pd.DataFrame(
        {"渠道": CHANNELS, "名称": CHANNEL_NAMES, "平台": PLATFORMS, "付费": ["是" if n in PAID else "否" for n in range(len(CHANNELS))]}
    )
    return [
        write_csv(out / "crm_orders.csv.gz", table),
        write_csv(out / "crm_customers.csv.gz", base),
        write_csv(out / "crm_channels.csv", channels),
    ]


def write_owners(out: Path, owners: pd.DataFrame) -> list[Path]:
    """Write who looks after which private-domain customer, by span."""
    return [write_csv(out / "crm_customer_owners.csv.gz", owners)]


def customer_owners(plan: Plan, words: Words, staff: Staff, customers: pd.DataFrame) -> pd.DataFrame:
    """List the private-domain customers' owners: one row per customer × span of the position's holder."""
    members = customers[customers["joined_on"] < len(plan.days)]
    parts: list[pd.DataFrame] = []
    for (team, position), own in members.groupby(["team", "position"]):
        holder = staff.holder[team, position]
        starts = np.flatnonzero(np.diff(holder, prepend=-2))
        ends = np.append(starts[1:] - 1, len(plan.days))
        for start, end in zip(starts, ends, strict=True):
            part = own[own["joined_on"] <= end]
            begin = np.maximum(part["joined_on"], start) if start else part["joined_on"]
            until = None if end >= len(plan.days) else words.day([end])[0]
            parts.append(pd.DataFrame({"客户号": part["customer_id"], "工号": words.person([holder[start]])[0], "开始": words.day(begin), "结束": until}))
    return pd.concat(parts, ignore_index=True).sort_values(["客户号", "开始"])


def write_erp(out: Path, plan: Plan, words: Words, orders: pd.DataFrame, customers: pd.DataFrame, records: Records, payments: pd.DataFrame) -> list[Path]:
    """Write the ERP workbook: orders, payments of credit customers, refunds, credit customers."""
    kept = orders.iloc[records.erp]
    ids = customers["customer_id"].to_numpy()
    sheet = pd.DataFrame(
        {"单号": _documents(kept), "日期": words.slashed(kept["day"]), "客户编码": ids[kept["customer"]], "实收金额": kept["amount"] // 100,
         "到期日": np.where(kept["on_credit"], words.slashed(kept["due_day"].clip(lower=0)), None)}
    )  # fmt: skip
    known = orders.iloc[np.unique(records.erp)]
    refunded = known[known["refund"] > 0].sort_values(["refund_day", "order_id"], kind="stable")
    refunds = pd.DataFrame({"原单号": refunded["order_id"], "退款日期": words.slashed(refunded["refund_day"]), "退款金额": refunded["refund"] // 100})
    paid = payments[payments["order_id"].isin(known["order_id"])]
    received = pd.DataFrame({"原单号": paid["order_id"], "收款日期": words.slashed(paid["day"]), "收款金额": paid["amount"] / 100})
    credit = customers[customers["on_credit"]].sort_values("customer_id")
    terms = pd.DataFrame({"客户编码": credit["customer_id"], "账期天数": credit["terms"].astype(int), "信用额度": 50_000})
    titles = ["订单明细", f"导出日期:{plan.last + pd.Timedelta(days=1):%Y-%m-%d} 金额单位:元"]
    sheets = {"订单": (titles, sheet), "收款": (titles[1:], received), "退款": (titles[1:], refunds), "账期客户": ([], terms)}
    return [write_xlsx(out / "erp_orders.xlsx", sheets)]


def write_ads(out: Path, words: Words, ads: pd.DataFrame, orders: pd.DataFrame, customers: pd.DataFrame, records: Records) -> list[Path]:
    """Write both ad platforms: days per campaign, and the orders each claims."""
    campaigns = np.array(campaign_ids(ads["team"].to_numpy(), ads["channel"].to_numpy()), dtype=object)
    tmall = _tmall_days(words, ads, campaigns)
    douyin = _douyin_days(words, ads, campaigns)
    claimed = pd.concat([orders.iloc[records.ads], records.phantoms]).sort_values(["day", "order_id"], kind="stable")
    minute = claimed["day"] * 1440 + claimed["minute"] - claimed["click_lead"]
    day, within = minute // 1440, minute % 1440
    clicked = [f"{date} {m // 60:02d}:{m % 60:02d}" for date, m in zip(words.day(day), within, strict=True)]
    detail = pd.DataFrame(
        {"order_id": claimed["order_id"], "clicked_at": clicked, "order_date": words.day(claimed["day"], "%Y%m%d"),
         "campaign_id": _campaigns(claimed), "amount": yuan(claimed["amount"])}
    )  # fmt: skip
    is_tmall = (claimed["channel"] == TMALL).to_numpy()
    return [
        write_csv(out / "ads_tmall_days.csv.gz", tmall, encoding="gb18030"),
        write_csv(out / "ads_douyin_days.csv.gz", douyin),
        write_csv(out / "ads_tmall_orders.csv.gz", detail[is_tmall]),
        write_csv(out / "ads_douyin_orders.csv.gz", detail[~is_tmall]),
    ]


def _tmall_days(words: Words, ads: pd.DataFrame, campaigns: Texts) -> pd.DataFrame:
    own = (ads["channel"] == TMALL).to_numpy()
    rows = ads[own]
    return pd.DataFrame(
        {"日期": words.day(rows["day"]), "计划ID": campaigns[own], "投手工号": words.person(rows["person"]),
         "展现量": rows["impressions"], "点击量": rows["clicks"], "花费": rows["spend"] / 100, "返点": rows["rebate"] / 100,
         "到店访问": rows["visits"], "深度访问": rows["qualified"], "跳失": rows["bounced"], "停留秒数": rows["dwell"],
         "成交笔数": rows["claimed"], "成交金额": rows["claimed_sales"] // 100, "抽检创意": rows["checked"], "违规创意": rows["violations"]}
    )  # fmt: skip


def _douyin_days(words: Words, ads: pd.DataFrame, campaigns: Texts) -> pd.DataFrame:
    own = ads["channel"].isin([DOUYIN, PANGLE]).to_numpy()
    rows = ads[own]
    return pd.DataFrame(
        {"stat_date": words.day(rows["day"], "%Y%m%d"), "placement": np.where(rows["channel"] == PANGLE, "pangle", "feed"),
         "campaign_id": campaigns[own], "optimizer": words.person(rows["person"]), "show_cnt": rows["impressions"],
         "click_cnt": rows["clicks"], "stat_cost": rows["spend"] / 100, "rebate": rows["rebate"] / 100, "landing_uv": rows["visits"],
         "valid_uv": rows["qualified"], "bounce_uv": rows["bounced"], "stay_seconds": rows["dwell"], "pay_order_cnt": rows["claimed"],
         "pay_amount": rows["claimed_sales"] // 100, "audit_cnt": rows["checked"], "audit_reject_cnt": rows["violations"]}
    )  # fmt: skip


def write_shop(out: Path, words: Words, shop: pd.DataFrame, pages: pd.DataFrame, live: pd.DataFrame) -> list[Path]:
    """Write the shop's unpaid visits, its pages, and its live rooms."""
    visits = pd.DataFrame(
        {"日期": words.day(shop["day"]), "渠道": words.channel(shop["channel"]), "负责人": words.person(shop["person"]), "访问": shop["visits"],
         "精准访问": shop["qualified"], "跳失": shop["bounced"], "停留秒数": shop["dwell"]}
    )  # fmt: skip
    page_stats = pd.DataFrame(
        {"日期": words.day(pages["day"]), "页面": page_ids(pages["team"].to_numpy(), pages["page"].to_numpy(), pages["page_kind"].to_numpy()),
         "负责人": words.person(pages["person"]), "访客数": pages["visitors"], "订单数": pages["orders"]}
    )  # fmt: skip
    kind = np.full(len(live), 2)
    rooms = page_ids(live["team"].to_numpy(), live["room"].to_numpy() + 6, kind)
    sessions = pd.DataFrame(
        {"场次日期": words.day(live["day"], "%Y年%m月%d日"), "直播间": rooms, "主播": words.person(live["person"]), "时长(分钟)": live["minutes"],
         "进入人次": live["visits"], "进入人数": live["visitors"], "精准人次": live["qualified"], "跳失": live["bounced"], "停留秒数": live["dwell"],
         "成交订单": live["orders"]}
    )  # fmt: skip
    return [
        write_csv(out / "shop_visits.csv.gz", visits),
        write_csv(out / "shop_pages.csv.gz", page_stats),
        write_csv(out / "live_sessions.csv.gz", sessions),
    ]


def write_service(out: Path, words: Words, desk: pd.DataFrame, touches: pd.DataFrame) -> list[Path]:
    """Write the service desk's and the community operators' days."""
    replies = pd.DataFrame(
        {"date": words.day(desk["day"]), "agent": words.person(desk["person"]), "channel": words.channel(desk["channel"]),
         "inquiries": desk["inquiries"], "orders": desk["orders"], "customers": desk["served"], "first_response_total_s": desk["seconds"],
         "csat_total": desk["csat_sum"], "csat_n": desk["csat_count"], "checked": desk["checked"], "violations": desk["violations"],
         "severe": desk["severe"]}
    )  # fmt: skip
    touched = pd.DataFrame(
        {"date": words.day(touches["day"]), "operator": words.person(touches["person"]), "kind": touches["kind"],
         "touches": touches["touches"], "deep_touches": touches["deep"], "customers": touches["touched"]}
    )  # fmt: skip
    return [write_csv(out / "service_desk.csv.gz", replies), write_csv(out / "community_touches.csv.gz", touched)]


def write_hr(out: Path, plan: Plan, words: Words, staff: Staff, assessments: pd.DataFrame, costs: pd.DataFrame) -> list[Path]:
    """Write the HR workbooks: roster, departments, absences, labour cost; and the assessments."""
    roster = _roster_sheet(plan, words, staff)
    absences = pd.DataFrame(
        {"工号": words.person(staff.absences["person"]), "开始": staff.absences["from_on"], "结束": staff.absences["to_on"],
         "类型": staff.absences["kind"], "比例": staff.absences["share"]}
    )  # fmt: skip
    labour = pd.DataFrame({"月份": costs["month"], "部门": words.team(costs["team"]), "客服人力成本(元)": costs["cost"] / 100})
    hr = {"花名册": (["在职及离职人员"], roster), "部门": ([], _departments(plan)), "缺勤": ([], absences), "人力成本": ([], labour)}
    rater = assessments["rater"].fillna(-1).astype(int)
    sheet = pd.DataFrame(
        {"周期": assessments["period"], "工号": words.person(assessments["person"]), "项目": assessments["item"], "分子": assessments["numerator"],
         "分母": assessments["denominator"], "满分": assessments["scale_max"], "评分人": words.person(rater),
         "对象": assessments["subject_id"], "采纳日期": assessments["adopted_on"]}
    )  # fmt: skip
    return [write_xlsx(out / "hr_roster.xlsx", hr), write_xlsx(out / "hr_assessments.xlsx", {"考评": (["考评记录"], sheet)})]


def write_goals(out: Path, goals: pd.DataFrame) -> list[Path]:
    """Write the annual goals: a title and a note above the headings."""
    names = {"year": "年度", "level": "层级", "unit_id": "单位", "kpi": "指标", "target": "目标值", "measure": "计量"}
    titles = ["年度经营目标", "总监办公会审定"]
    return [write_xlsx(out / "annual_goals.xlsx", {"年度目标": (titles, goals.rename(columns=names))})]


def _documents(orders: pd.DataFrame) -> list[str]:
    """Number ERP documents: the shop, and the order's own number."""
    return [f"S{team + 1}-{order}" for team, order in zip(orders["team"], orders["order_id"], strict=True)]


def _campaigns(orders: pd.DataFrame) -> Texts:
    paid = (orders["channel"] < len(PAID)).to_numpy()
    out = np.full(len(orders), None, dtype=object)
    out[paid] = campaign_ids(orders["team"].to_numpy()[paid], orders["channel"].to_numpy()[paid])
    return out


def _roster_sheet(plan: Plan, words: Words, staff: Staff) -> pd.DataFrame:
    roster, people = staff.roster, staff.people
    lead = np.array([staff.holder[team, 0, -1] for team in roster["team"]])
    lead = np.where(lead == roster["person"], -1, lead)
    status = {"regular": "正式", "probation": "试用"}
    table = pd.DataFrame(
        {"工号": words.person(roster["person"]), "姓名": people["name"].to_numpy()[roster["person"]], "部门": words.team(roster["team"]),
         "岗位": [TITLES[position] for position in roster["position"]], "直属上级": words.person(lead), "工时比例": roster["fte"],
         "入职日期": people["hired_on"].to_numpy()[roster["person"]], "状态": roster["status"].map(status),
         "生效日期": roster["valid_from"], "失效日期": roster["valid_to"]}
    )  # fmt: skip
    return table.sort_values(["工号", "生效日期"], kind="stable")


def _departments(plan: Plan) -> pd.DataFrame:
    groups = ["g1" if number < (plan.teams + 1) // 2 else "g2" for number in range(plan.teams)]
    names = [TEAM_NAMES[number] if number < len(TEAM_NAMES) else f"第{number + 1}部" for number in range(plan.teams)]
    rows = {"部门编号": ["g1", "g2", *plan.team_ids], "部门名称": [*GROUP_NAMES, *names], "上级部门": [None, None, *groups]}
    return pd.DataFrame(rows)
