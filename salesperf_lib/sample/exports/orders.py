"""The systems that keep orders: CRM, ERP, and the order lists of the ad platforms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from salesperf_lib.sample.business import Business
from salesperf_lib.sample.exports.words import (
    Words,
    address_hashes,
    campaign_ids,
    channel_codes,
    document_ids,
    known_where,
    page_ids,
    yuan,
)
from salesperf_lib.sample.files import write_csv, write_xlsx
from salesperf_lib.sample.traffic import CHANNELS, PAID, TMALL

CHANNEL_NAMES = ("天猫直通车", "巨量千川", "穿山甲信息流", "自然搜索", "小红书", "抖音直播", "私域")
PLATFORMS = ("tmall", "douyin", "douyin", "tmall", "xiaohongshu", "douyin", "wecom")
CREDIT_LIMIT = 50_000


def write_crm(out: Path, business: Business, words: Words) -> list[Path]:
    """Write the CRM: orders, customers, who looks after them, channels."""
    return [
        write_csv(out / "crm_orders.csv.gz", _crm_orders(business, words)),
        write_csv(out / "crm_customers.csv.gz", _customers(business, words)),
        write_csv(out / "crm_customer_owners.csv.gz", _customer_owners(business, words)),
        write_csv(out / "crm_channels.csv", _channels()),
    ]


def write_erp(out: Path, business: Business, words: Words) -> list[Path]:
    """Write the ERP workbook: orders, payments of credit customers, refunds, credit customers."""
    drawn = f"导出日期:{business.plan.last + pd.Timedelta(days=1):%Y-%m-%d} 金额单位:元"
    credit = business.customers[business.customers["on_credit"]].sort_values("customer_id")
    terms = {"客户编码": credit["customer_id"], "账期天数": credit["terms"], "信用额度": CREDIT_LIMIT}
    sheets = {
        "订单": (["订单明细", drawn], _erp_orders(business, words)),
        "收款": ([drawn], _payments(business, words)),
        "退款": ([drawn], _refunds(business, words)),
        "账期客户": ([], pd.DataFrame(terms)),
    }
    return [write_xlsx(out / "erp_orders.xlsx", sheets)]


def write_ad_orders(out: Path, business: Business, words: Words) -> list[Path]:
    """Write the orders that each ad platform claims, with the click before them."""
    orders, records = business.orders, business.records
    claimed = pd.concat([orders.iloc[records.ads], records.phantoms])
    claimed = claimed.sort_values(["day", "order_id"], kind="stable")
    clicked = claimed["day"] * 1440 + claimed["minute"] - claimed["click_lead"]
    rows = pd.DataFrame(
        {
            "order_id": claimed["order_id"],
            "clicked_at": words.moment(clicked),
            "order_date": words.day(claimed["day"], "%Y%m%d"),
            "campaign_id": campaign_ids(claimed["team"], claimed["channel"]),
            "amount": yuan(claimed["amount"]),
        }
    )
    is_tmall = (claimed["channel"] == TMALL).to_numpy()
    return [
        write_csv(out / "ads_tmall_orders.csv.gz", rows[is_tmall]),
        write_csv(out / "ads_douyin_orders.csv.gz", rows[~is_tmall]),
    ]


def _crm_orders(business: Business, words: Words) -> pd.DataFrame:
    records = business.records
    kept = business.orders.iloc[records.crm]
    ids = business.customers["customer_id"].to_numpy()
    return pd.DataFrame(
        {
            "订单号": kept["order_id"],
            "客户号": ids[kept["customer"]],
            "下单时间": words.moment(kept["day"] * 1440 + kept["minute"]),
            "金额": yuan(pd.Series(records.crm_amount[records.crm], index=kept.index)),
            "渠道": channel_codes(kept["channel"]),
            "推广计划": campaign_ids(kept["team"], kept["channel"]),
            "页面": page_ids(kept["team"], kept["page"], kept["page_kind"]),
            "咨询客服": words.person(kept["service"]),
            "成交人": words.person(kept["owner"]),
        }
    )


def _customers(business: Business, words: Words) -> pd.DataFrame:
    customers = business.customers
    joined = customers["joined_on"] < len(business.plan.days)
    table = pd.DataFrame(
        {
            "客户号": customers["customer_id"],
            "首单日期": words.day(customers["first_day"]),
            "首单渠道": channel_codes(customers["channel"]),
            "入私域日期": known_where(joined, words.day(customers["joined_on"].where(joined, 0))),
            "地址指纹": address_hashes(customers["address"]),
        }
    )
    return table.sort_values("客户号")


def _customer_owners(business: Business, words: Words) -> pd.DataFrame:
    """List private-domain customers' owners: one row per customer × span of the position's holder."""
    days = len(business.plan.days)
    members = business.customers[business.customers["joined_on"] < days]
    parts: list[pd.DataFrame] = []
    for team, position in sorted(set(zip(members["team"], members["position"], strict=True))):
        own = members[(members["team"] == team) & (members["position"] == position)]
        holder = business.staff.holder[team, position]
        starts = np.flatnonzero(np.diff(holder, prepend=-2))
        ends = np.append(starts[1:] - 1, days)
        for start, end in zip(starts, ends, strict=True):
            part = own[own["joined_on"] <= end]
            begin = np.maximum(part["joined_on"], start) if start else part["joined_on"]
            span = {
                "客户号": part["customer_id"],
                "工号": words.person(holder[[start]])[0],
                "开始": words.day(begin),
            }
            parts.append(
                pd.DataFrame({**span, "结束": None if end == days else words.day(np.array([end]))[0]})
            )
    return pd.concat(parts, ignore_index=True).sort_values(["客户号", "开始"])


def _channels() -> pd.DataFrame:
    paid = ["是" if number in PAID else "否" for number in range(len(CHANNELS))]
    return pd.DataFrame({"渠道": CHANNELS, "名称": CHANNEL_NAMES, "平台": PLATFORMS, "付费": paid})


def _erp_orders(business: Business, words: Words) -> pd.DataFrame:
    kept = business.orders.iloc[business.records.erp]
    ids = business.customers["customer_id"].to_numpy()
    due = words.slashed(kept["due_day"].clip(lower=0))
    return pd.DataFrame(
        {
            "单号": document_ids(kept),
            "日期": words.slashed(kept["day"]),
            "客户编码": ids[kept["customer"]],
            "实收金额": kept["amount"] // 100,
            "到期日": known_where(kept["on_credit"], due),
        }
    )


def _payments(business: Business, words: Words) -> pd.DataFrame:
    known = business.orders["order_id"].to_numpy()[np.unique(business.records.erp)]
    paid = business.payments[business.payments["order_id"].isin(known)]
    received = {"收款日期": words.slashed(paid["day"]), "收款金额": paid["amount"] / 100}
    return pd.DataFrame({"原单号": paid["order_id"], **received})


def _refunds(business: Business, words: Words) -> pd.DataFrame:
    known = business.orders.iloc[np.unique(business.records.erp)]
    back = known[known["refund"] > 0].sort_values(["refund_day", "order_id"], kind="stable")
    given = {"退款日期": words.slashed(back["refund_day"]), "退款金额": back["refund"] // 100}
    return pd.DataFrame({"原单号": back["order_id"], **given})
