"""The systems that report days: ad platforms, shop, live rooms, service desk, community work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from salesperf_lib.sample.business import Business
from salesperf_lib.sample.company import HOST_A
from salesperf_lib.sample.exports.words import Words, campaign_ids, channel_codes, page_ids
from salesperf_lib.sample.files import write_csv
from salesperf_lib.sample.media import ad_days, live_days, page_days, shop_days
from salesperf_lib.sample.service import desk_days
from salesperf_lib.sample.traffic import PANGLE, TMALL


def write_ad_days(out: Path, business: Business, words: Words) -> list[Path]:
    """Write both ad platforms' days: one in GBK with Chinese headings."""
    genuine = business.orders[~business.orders["brushed"]]
    days = ad_days(business.plan, business.staff, business.traffic, genuine)
    days["campaign"] = campaign_ids(days["team"], days["channel"])
    is_tmall = days["channel"] == TMALL
    return [
        write_csv(out / "ads_tmall_days.csv.gz", _tmall(days[is_tmall], words), encoding="gbk"),
        write_csv(out / "ads_douyin_days.csv.gz", _douyin(days[~is_tmall], words)),
    ]


def write_shop(out: Path, business: Business, words: Words) -> list[Path]:
    """Write the shop's unpaid visits, its pages, and its live rooms."""
    plan, staff, traffic, orders = business.plan, business.staff, business.traffic, business.orders
    return [
        write_csv(out / "shop_visits.csv.gz", _visits(shop_days(plan, staff, traffic, orders), words)),
        write_csv(out / "shop_pages.csv.gz", _pages(page_days(plan, staff, traffic, orders), words)),
        write_csv(out / "live_sessions.csv.gz", _sessions(live_days(plan, staff, traffic), words)),
    ]


def write_service(out: Path, business: Business, words: Words) -> list[Path]:
    """Write the service desk's and the community operators' days."""
    desk = desk_days(business.plan, business.staff, business.traffic)
    return [
        write_csv(out / "service_desk.csv.gz", _desk(desk, words)),
        write_csv(out / "community_touches.csv.gz", _touches(business.touches, words)),
    ]


def _tmall(days: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "日期": words.day(days["day"]),
            "计划ID": days["campaign"],
            "投手工号": words.person(days["person"]),
            "展现量": days["impressions"],
            "点击量": days["clicks"],
            "花费": days["spend"] / 100,
            "返点": days["rebate"] / 100,
            "到店访问": days["visits"],
            "深度访问": days["qualified"],
            "跳失": days["bounced"],
            "停留秒数": days["dwell"],
            "成交笔数": days["claimed"],
            "成交金额": days["claimed_sales"] // 100,
            "抽检创意": days["checked"],
            "违规创意": days["violations"],
        }
    )


def _douyin(days: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stat_date": words.day(days["day"], "%Y%m%d"),
            "placement": np.where(days["channel"] == PANGLE, "pangle", "feed"),
            "campaign_id": days["campaign"],
            "optimizer": words.person(days["person"]),
            "show_cnt": days["impressions"],
            "click_cnt": days["clicks"],
            "stat_cost": days["spend"] / 100,
            "rebate": days["rebate"] / 100,
            "landing_uv": days["visits"],
            "valid_uv": days["qualified"],
            "bounce_uv": days["bounced"],
            "stay_seconds": days["dwell"],
            "pay_order_cnt": days["claimed"],
            "pay_amount": days["claimed_sales"] // 100,
            "audit_cnt": days["checked"],
            "audit_reject_cnt": days["violations"],
        }
    )


def _visits(days: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "日期": words.day(days["day"]),
            "渠道": channel_codes(days["channel"]),
            "负责人": words.person(days["person"]),
            "访问": days["visits"],
            "精准访问": days["qualified"],
            "跳失": days["bounced"],
            "停留秒数": days["dwell"],
        }
    )


def _pages(days: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "日期": words.day(days["day"]),
            "页面": page_ids(days["team"], days["page"], days["page_kind"]),
            "负责人": words.person(days["person"]),
            "访客数": days["visitors"],
            "订单数": days["orders"],
        }
    )


def _sessions(days: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "场次日期": words.day(days["day"], "%Y年%m月%d日"),
            "直播间": page_ids(days["team"], days["room"] + HOST_A, np.full(len(days), 2)),
            "主播": words.person(days["person"]),
            "时长(分钟)": days["minutes"],
            "进入人次": days["visits"],
            "进入人数": days["visitors"],
            "精准人次": days["qualified"],
            "跳失": days["bounced"],
            "停留秒数": days["dwell"],
            "成交订单": days["orders"],
        }
    )


def _desk(days: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": words.day(days["day"]),
            "agent": words.person(days["person"]),
            "channel": channel_codes(days["channel"]),
            "inquiries": days["inquiries"],
            "orders": days["orders"],
            "customers": days["served"],
            "first_response_total_s": days["seconds"],
            "csat_total": days["csat_sum"],
            "csat_n": days["csat_count"],
            "checked": days["checked"],
            "violations": days["violations"],
            "severe": days["severe"],
        }
    )


def _touches(days: pd.DataFrame, words: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": words.day(days["day"]),
            "operator": words.person(days["person"]),
            "kind": days["kind"],
            "touches": days["touches"],
            "deep_touches": days["deep"],
            "customers": days["touched"],
        }
    )
