"""The sample company, measured in plain pandas from its raw exports."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from salesperf_lib import facts, sample
from salesperf_lib.errors import DataError
from salesperf_lib.facts.tables import SQL_TYPES, TABLES
from salesperf_lib.sample.large import blocks
from salesperf_lib.sample.season import demand_curve, spring_festival

FILES = {
    "crm_orders.csv.gz",
    "crm_customers.csv.gz",
    "crm_channels.csv",
    "crm_customer_owners.csv.gz",
    "erp_orders.xlsx",
    "ads_tmall_days.csv.gz",
    "ads_douyin_days.csv.gz",
    "ads_tmall_orders.csv.gz",
    "ads_douyin_orders.csv.gz",
    "shop_visits.csv.gz",
    "shop_pages.csv.gz",
    "live_sessions.csv.gz",
    "service_desk.csv.gz",
    "community_touches.csv.gz",
    "hr_roster.xlsx",
    "hr_assessments.xlsx",
    "annual_goals.xlsx",
    "TRUTH.yaml",
}


# -- reading the exports as they are ------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "data" / "sample"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    sample.write(out)
    return out


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict:
    return yaml.safe_load((folder / "TRUTH.yaml").read_text(encoding="utf-8"))


def csv(folder: Path, name: str, **options: object) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, **options)


def sheet(folder: Path, name: str, tab: str, header: int = 0) -> pd.DataFrame:
    return pd.read_excel(folder / name, sheet_name=tab, header=header, engine="calamine", dtype=str)


@pytest.fixture(scope="module")
def crm(folder: Path) -> pd.DataFrame:
    table = csv(folder, "crm_orders.csv.gz")
    table["moment"] = pd.to_datetime(table["下单时间"])
    return table.assign(day=table["moment"].dt.normalize(), amount=table["金额"].astype(float))


@pytest.fixture(scope="module")
def erp(folder: Path) -> pd.DataFrame:
    table = sheet(folder, "erp_orders.xlsx", "订单", header=2)
    day = pd.to_datetime(table["日期"], format="%Y/%m/%d")
    return table.assign(order_id=table["单号"].str[-13:], day=day, amount=table["实收金额"].astype(float))


@pytest.fixture(scope="module")
def customers(folder: Path) -> pd.DataFrame:
    table = csv(folder, "crm_customers.csv.gz")
    first, joined = pd.to_datetime(table["首单日期"]), pd.to_datetime(table["入私域日期"])
    return table.assign(first=first, joined=joined).set_index("客户号")


@pytest.fixture(scope="module")
def refunds(folder: Path) -> pd.DataFrame:
    table = sheet(folder, "erp_orders.xlsx", "退款", header=1)
    return table.assign(
        day=pd.to_datetime(table["退款日期"], format="%Y/%m/%d"), amount=table["退款金额"].astype(float)
    )


@pytest.fixture(scope="module")
def ads(folder: Path) -> pd.DataFrame:
    tmall = csv(folder, "ads_tmall_days.csv.gz", encoding="gbk")
    douyin = csv(folder, "ads_douyin_days.csv.gz")
    names = [
        "day",
        "campaign",
        "person",
        "clicks",
        "spend",
        "rebate",
        "visits",
        "qualified",
        "bounced",
        "dwell",
    ]
    a = tmall[
        ["日期", "计划ID", "投手工号", "点击量", "花费", "返点", "到店访问", "深度访问", "跳失", "停留秒数"]
    ]
    b = douyin[
        [
            "stat_date",
            "campaign_id",
            "optimizer",
            "click_cnt",
            "stat_cost",
            "rebate",
            "landing_uv",
            "valid_uv",
            "bounce_uv",
            "stay_seconds",
        ]
    ]
    parts = [
        a.set_axis(names, axis=1).assign(channel="tmall_ads"),
        b.set_axis(names, axis=1).assign(
            channel=(douyin["placement"] + "_ads").replace("feed_ads", "douyin_ads")
        ),
    ]
    table = pd.concat(parts, ignore_index=True)
    table[names[3:]] = table[names[3:]].astype(float)
    return table.assign(day=pd.to_datetime(table["day"], format="mixed"))


@pytest.fixture(scope="module")
def roster(folder: Path) -> pd.DataFrame:
    table = sheet(folder, "hr_roster.xlsx", "花名册", header=1)
    for name in ("生效日期", "失效日期", "入职日期"):
        table[name] = pd.to_datetime(table[name])
    return table


@pytest.fixture(scope="module")
def desk(folder: Path, roster: pd.DataFrame) -> pd.DataFrame:
    table = csv(folder, "service_desk.csv.gz")
    counts = ["inquiries", "orders", "checked", "violations", "csat_total", "csat_n"]
    table[counts] = table[counts].astype(int)
    table["day"] = pd.to_datetime(table["date"])
    return table.assign(team=team_on(roster, table["agent"], table["day"]))


def team_on(roster: pd.DataFrame, person: pd.Series, day: pd.Series) -> np.ndarray:
    """Look up a person's team on a day in the dated roster."""
    rows = pd.DataFrame(
        {"工号": person.to_numpy(), "day": day.to_numpy(), "n": range(len(person))}
    ).sort_values("day")
    spans = roster[["工号", "生效日期", "部门"]].sort_values("生效日期")
    found = pd.merge_asof(rows, spans, left_on="day", right_on="生效日期", by="工号")
    return found.sort_values("n")["部门"].to_numpy()


def month(day: pd.Series) -> pd.Series:
    return day.dt.strftime("%Y-%m")


# -- the files ---------------------------------------------------------------------------------


def test_committed_exports_are_complete_and_under_five_megabytes(folder: Path) -> None:
    present = {path.name for path in folder.iterdir()} - {"README.md"}
    assert present == FILES
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5_000_000


def test_same_seed_writes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    again = sample.write(tmp_path)
    assert {path.name for path in again} == FILES
    assert [path.name for path in again if path.read_bytes() != (written / path.name).read_bytes()] == []


def content(path: Path) -> object:
    """Unpack: how tightly a file is packed depends on the machine's zlib."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return {name: book.read(name) for name in book.namelist()}
    return path.read_bytes()


def test_committed_exports_are_what_the_generator_writes(written: Path, folder: Path) -> None:
    assert [name for name in sorted(FILES) if content(written / name) != content(folder / name)] == []


@pytest.mark.parametrize("people", [0, 50, 65])
def test_company_too_small_for_its_truths_is_refused(people: int, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a multiple of 10 from 60 on"):
        sample.write(tmp_path / "never", people=people)
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(("first_month", "months"), [("2024-01", 12), ("2025-10", 9), ("2026-07", 1)])
def test_span_without_days_for_the_truths_is_refused(first_month: str, months: int, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the planted truths lie"):
        sample.write(tmp_path / "never", first_month=first_month, months=months)
    assert not (tmp_path / "never").exists()


def test_ids_keep_their_zeros_in_every_export(
    crm: pd.DataFrame, erp: pd.DataFrame, ads: pd.DataFrame
) -> None:
    assert crm["客户号"].str.fullmatch(r"000\d{5}").all()
    assert erp["客户编码"].str.fullmatch(r"000\d{5}").all()
    assert ads.loc[ads["channel"] == "tmall_ads", "campaign"].str.startswith("0010").all()


def test_tmall_export_is_gbk_with_chinese_headings(folder: Path) -> None:
    head = gzip.decompress((folder / "ads_tmall_days.csv.gz").read_bytes())[:40]
    assert head.decode("gbk").startswith("日期,计划ID")
    with pytest.raises(UnicodeDecodeError):
        head.decode("utf-8")


def test_workbooks_hold_no_formula(folder: Path) -> None:
    for path in folder.glob("*.xlsx"):
        with zipfile.ZipFile(path) as book:
            assert not any(b"<f>" in book.read(name) for name in book.namelist() if "worksheets" in name)


# -- shapes as in real data ---------------------------------------------------------------------


@pytest.mark.parametrize("year", [2024, 2025])
def test_quarters_hold_their_shares_of_the_year(erp: pd.DataFrame, year: int) -> None:
    own = erp[erp["day"].dt.year == year].groupby(erp["day"].dt.quarter)["amount"].sum()
    assert (own / own.sum()).tolist() == pytest.approx([0.175, 0.25, 0.245, 0.33], abs=0.012)


@pytest.mark.parametrize("year", [2024, 2025])
def test_double_11_and_618_stand_out_as_they_should(erp: pd.DataFrame, year: int) -> None:
    days = erp[erp["day"].dt.year == year].groupby("day")["amount"].sum()
    mean = days.sum() / (366 if year == 2024 else 365)
    assert 7 <= days[f"{year}-11-11"] / mean <= 10
    assert days.idxmax() == pd.Timestamp(year, 11, 11)
    assert 2 <= days[f"{year}-06-18"] / mean <= 4


def test_618_of_2026_stands_out_too(erp: pd.DataFrame) -> None:
    days = erp.groupby("day")["amount"].sum()
    assert 2 <= days["2026-06-18"] / days["2025-07-01":"2026-06-30"].mean() <= 4


@pytest.mark.parametrize(
    ("year", "festival"), [(2024, "2024-02-10"), (2025, "2025-01-29"), (2026, "2026-02-17")]
)
def test_spring_festival_dips_where_the_calendar_puts_it(erp: pd.DataFrame, year: int, festival: str) -> None:
    first = pd.Timestamp(festival)
    assert spring_festival(year) == first.date()
    orders = erp.groupby("day").size()
    window = orders.reindex(pd.date_range(first - pd.Timedelta(days=4), first + pd.Timedelta(days=6)))
    after = orders.reindex(pd.date_range(first + pd.Timedelta(days=14), first + pd.Timedelta(days=27)))
    assert window.mean() < 0.6 * after.mean()


def test_year_is_plausible_for_sixty_people(erp: pd.DataFrame) -> None:
    years = erp[erp["day"].dt.year < 2026].groupby(erp["day"].dt.year)["amount"].agg(["size", "mean", "sum"])
    assert years["size"].between(27_000, 33_000).all()
    assert years["mean"].between(1_150, 1_250).all()
    assert (years["sum"] / 60).between(500_000, 800_000).all()


def test_data_end_ten_days_into_an_open_month(crm: pd.DataFrame, erp: pd.DataFrame) -> None:
    assert (crm["day"].min(), crm["day"].max()) == (pd.Timestamp(2024, 1, 1), pd.Timestamp(2026, 7, 10))
    assert erp["day"].nunique() == (date(2026, 7, 10) - date(2023, 12, 31)).days


@pytest.mark.parametrize("year", [2024, 2025])
def test_refunds_rise_after_double_11(erp: pd.DataFrame, refunds: pd.DataFrame, year: int) -> None:
    festive = erp[erp["day"].between(f"{year}-11-10", f"{year}-11-12")]
    usual = erp[erp["day"].between(f"{year}-08-01", f"{year}-10-31")]
    returned = refunds["原单号"]
    assert festive["order_id"].isin(returned).mean() > 1.5 * usual["order_id"].isin(returned).mean()
    by_day = refunds.groupby("day")["amount"].sum()
    assert (
        by_day[f"{year}-11-14" : f"{year}-11-24"].mean()
        > 2 * by_day[f"{year}-08-01" : f"{year}-10-31"].mean()
    )


@pytest.mark.parametrize("year", [2024, 2025])
def test_teams_reach_between_75_and_115_percent_of_the_year(
    folder: Path, crm: pd.DataFrame, refunds: pd.DataFrame, roster: pd.DataFrame, year: int
) -> None:
    orders = crm.drop_duplicates("订单号").set_index("订单号")
    back = refunds.groupby("原单号")["amount"].sum().reindex(orders.index).fillna(0)
    team = team_on(roster, orders["成交人"], orders["day"])
    net = (
        (orders["amount"] - back)[orders["day"].dt.year == year]
        .groupby(team[orders["day"].dt.year == year])
        .sum()
    )
    goals = sheet(folder, "annual_goals.xlsx", "年度目标", header=2)
    own = goals[(goals["年度"] == str(year)) & (goals["层级"] == "team") & (goals["指标"] == "net_sales")]
    attainment = net / own.set_index("单位")["目标值"].astype(float)
    assert len(attainment) == 6
    assert attainment.between(0.75, 1.15).all()
    assert attainment.max() - attainment.min() > 0.2


# -- the company --------------------------------------------------------------------------------


def test_roster_is_dated_and_has_what_real_ones_have(roster: pd.DataFrame) -> None:
    people = roster.groupby("工号")
    assert people.ngroups == 60
    assert set(roster["部门"]) == {f"t{number}" for number in range(1, 7)}
    assert set(roster["岗位"]) == {"页面运营", "社群运营", "客服", "主播", "投放专员"}
    assert roster.groupby("部门")["岗位"].nunique().eq(5).all()
    assert people["生效日期"].min().gt("2024-01-01").sum() == 5  # hires
    last = roster.sort_values("生效日期").groupby("工号").tail(1)
    assert last["失效日期"].between("2024-01-02", "2026-07-10").sum() == 1  # the leaver
    assert people["部门"].nunique().gt(1).sum() == 1  # the transfer
    assert (roster["工时比例"].astype(float) < 1).sum() == 3
    assert (roster["入职日期"] <= roster["生效日期"]).all()


def test_names_hold_the_characters_that_small_fonts_drop(roster: pd.DataFrame) -> None:
    names = "".join(roster["姓名"])
    assert [char for char in "喆堃祎珺" if char not in names] == []
    assert roster.groupby("姓名")["工号"].nunique().eq(1).all()


def test_order_owner_follows_the_rule(crm: pd.DataFrame, roster: pd.DataFrame) -> None:
    title = roster.drop_duplicates("工号").set_index("工号")["岗位"]
    owner = crm["成交人"].map(title)
    paid = crm["渠道"].str.endswith("_ads")
    asked = crm["咨询客服"].notna()
    rule = np.select(
        [crm["渠道"] == "douyin_live", asked, crm["渠道"] == "private_domain", paid],
        ["主播", "客服", "社群运营", "投放专员"], "页面运营",
    )  # fmt: skip
    assert (owner == rule).all()
    assert (crm.loc[asked, "成交人"] == crm.loc[asked, "咨询客服"]).all()
    assert crm["推广计划"].notna().equals(paid)


def test_owners_are_on_the_roster_and_not_away(folder: Path, crm: pd.DataFrame, roster: pd.DataFrame) -> None:
    begin = roster.groupby("工号")["生效日期"].min()
    last = roster.sort_values("生效日期").groupby("工号").tail(1).set_index("工号")
    end = last["失效日期"].fillna(pd.Timestamp(2026, 7, 10))
    assert (crm["day"] >= crm["成交人"].map(begin)).all()
    assert (crm["day"] <= crm["成交人"].map(end)).all()
    away = sheet(folder, "hr_roster.xlsx", "缺勤")
    long = away[away["类型"] == "statutory"].iloc[0]
    mine = crm[(crm["成交人"] == long["工号"]) & crm["day"].between(long["开始"], long["结束"])]
    assert len(mine) == 0


def test_a_new_customer_is_new_once(crm: pd.DataFrame, customers: pd.DataFrame) -> None:
    first = crm.groupby("客户号")["day"].min()
    known = customers["first"].reindex(first.index)
    assert (known <= first).all()
    lost_in_crm = (customers["first"] >= "2024-01-01") & ~customers.index.isin(first.index[first == known])
    assert lost_in_crm.sum() <= 16
    assert 0.3 < (customers["first"].dt.year == 2025).sum() / (crm["day"].dt.year == 2025).sum() < 0.45


def test_goals_of_teams_add_up_to_the_company(folder: Path) -> None:
    goals = sheet(folder, "annual_goals.xlsx", "年度目标", header=2).assign(
        target=lambda t: t["目标值"].astype(float)
    )
    volumes = goals[goals["指标"].isin(["net_sales", "acquired_customers", "deep_touches"])]
    sums = volumes.pivot_table(index=["年度", "指标"], columns="层级", values="target", aggfunc="sum")
    assert len(sums) == 9
    assert sums["team"].equals(sums["company"].rename("team"))


def test_credit_customers_pay_most_of_what_falls_due(folder: Path, erp: pd.DataFrame) -> None:
    due = erp[erp["到期日"].notna()].drop_duplicates("order_id").set_index("order_id")
    due = due[pd.to_datetime(due["到期日"], format="%Y/%m/%d") <= "2026-07-10"]
    paid = (
        sheet(folder, "erp_orders.xlsx", "收款", header=1)
        .groupby("原单号")["收款金额"]
        .agg(lambda a: a.astype(float).sum())
    )
    assert 0.01 < len(due) / len(erp) < 0.05
    assert 0.93 < paid.reindex(due.index).fillna(0).sum() / due["amount"].sum() < 0.995


# -- planted truths -----------------------------------------------------------------------------


def test_brushed_orders_repeat_buyer_address_and_amount(
    crm: pd.DataFrame, customers: pd.DataFrame, refunds: pd.DataFrame, truth: dict
) -> None:
    planted = truth["brushing"]
    orders = crm.assign(address=crm["客户号"].map(customers["地址指纹"]))
    pattern = orders.groupby(["成交人", "客户号", "address", "金额", month(orders["day"])])[
        "订单号"
    ].nunique()
    repeated = pattern[pattern >= 3].groupby("成交人").sum().sort_values()
    assert repeated.index[-1] == planted["person_id"]
    assert repeated.iloc[-1] > 50
    assert (repeated.iloc[:-1] < 10).all()
    brushed = orders[orders["订单号"].isin(planted["order_ids"])]
    assert len(brushed) == len(planted["order_ids"]) == 2 * planted["orders_per_span"]
    assert set(brushed["客户号"]) == set(planted["customer_ids"])
    assert brushed["address"].nunique() == planted["addresses"]
    assert brushed["咨询客服"].isna().all()
    assert brushed["推广计划"].isna().all()
    back = refunds[refunds["原单号"].isin(planted["order_ids"])]
    assert (back["day"] > "2026-06-10").all()
    may = brushed["day"] < "2026-06-01"
    assert brushed.loc[may, "订单号"].isin(back["原单号"]).mean() > 0.75


def test_fake_clicks_outrun_visits_and_do_not_stay(ads: pd.DataFrame, truth: dict) -> None:
    planted = truth["fake_clicks"]
    since = ads["day"] >= pd.Timestamp(planted["first_day"])
    sums = ads.groupby(["channel", since])[["clicks", "visits", "dwell", "bounced"]].sum()
    ratio, dwell = sums["clicks"] / sums["visits"], sums["dwell"] / sums["visits"]
    faked = (planted["channel"], True)
    assert ratio[faked] > 1.5 * ratio.drop(faked).max()
    assert dwell[faked] < 0.6 * dwell[planted["channel"], False]
    assert dwell["tmall_ads", True] == pytest.approx(dwell["tmall_ads", False], rel=0.03)
    genuine = sums["visits"][faked] / (1 + 3.0 * 0.4 / 0.92)
    assert sums["dwell"][faked] / genuine == pytest.approx(dwell[planted["channel"], False], rel=0.06)


def test_honest_jump_has_visits_orders_and_payments_behind_it(
    folder: Path, crm: pd.DataFrame, erp: pd.DataFrame, truth: dict
) -> None:
    planted = truth["honest_jump"]
    visits = csv(folder, "shop_visits.csv.gz").assign(day=lambda t: pd.to_datetime(t["日期"]))
    visits["n"] = visits["访问"].astype(int)
    crm = crm[~crm["订单号"].isin(truth["brushing"]["order_ids"])]
    counts = {}
    for channel in (planted["channel"], "organic_search"):
        for year in (2024, 2025, 2026):
            window = (f"{year}-06-16", f"{year}-06-18")
            sold = ((crm["渠道"] == channel) & crm["day"].between(*window)).sum()
            counts[channel, year] = (
                sold,
                visits.loc[(visits["渠道"] == channel) & visits["day"].between(*window), "n"].sum(),
            )
    ratio, error = _against_before(counts, planted["channel"])
    assert np.log(ratio) == pytest.approx(np.log(planted["conversion_ratio"]), abs=2.5 * error)
    assert ratio > 1.4
    assert _against_before(counts, "organic_search")[0] < 1.2
    jumped = crm[
        (crm["渠道"] == planted["channel"])
        & crm["day"].between(str(planted["first_day"]), str(planted["last_day"]))
    ]
    assert jumped["订单号"].isin(erp["order_id"]).mean() > 0.98


def _against_before(counts: dict, channel: str) -> tuple[float, float]:
    """Compare a channel's conversion of 2026 with that of the same days before; its error in logs."""
    sold, seen = (sum(counts[channel, year][part] for year in (2024, 2025)) for part in (0, 1))
    now, here = counts[channel, 2026]
    return (now / here) / (sold / seen), float(np.sqrt(1 / now + 1 / sold))


def test_edited_amounts_differ_between_crm_and_erp(crm: pd.DataFrame, erp: pd.DataFrame, truth: dict) -> None:
    planted = truth["edited_amounts"]
    both = crm.drop_duplicates("订单号").merge(
        erp.drop_duplicates("order_id"), left_on="订单号", right_on="order_id"
    )
    differ = both[both["amount_x"] != both["amount_y"]]
    assert sorted(differ["订单号"]) == planted["order_ids"]
    assert len(differ) == planted["orders"]
    assert set(differ["成交人"]) == {planted["person_id"]}
    assert (differ["amount_x"] / differ["amount_y"]).between(1.07, 1.26).all()


def test_duplicates_and_losses_are_exactly_the_planted_ones(
    folder: Path, crm: pd.DataFrame, erp: pd.DataFrame, truth: dict
) -> None:
    planted = truth["system_faults"]
    in_crm, in_erp = set(crm["订单号"]), set(erp["order_id"])
    claimed = pd.concat([csv(folder, f"ads_{name}_orders.csv.gz") for name in ("tmall", "douyin")])
    in_ads, paid = set(claimed["order_id"]), set(crm.loc[crm["推广计划"].notna(), "订单号"])
    lost_paid = set(planted["crm_losses_order_ids"])
    found = {
        "crm_duplicates": set(crm.loc[crm["订单号"].duplicated(), "订单号"]),
        "erp_duplicates": set(erp.loc[erp["order_id"].duplicated(), "order_id"]),
        "crm_losses": in_erp - in_crm,
        "erp_losses": in_crm - in_erp,
        "ads_losses": paid - in_ads,
        "ads_phantoms": in_ads - in_crm - lost_paid,
    }
    for name, ids in found.items():
        assert sorted(ids) == planted[f"{name}_order_ids"], name
        assert len(ids) == planted[name], name


def test_acquisition_cost_rises_by_the_planted_ratio(
    ads: pd.DataFrame, customers: pd.DataFrame, truth: dict
) -> None:
    spend = (ads["spend"] - ads["rebate"]).groupby(month(ads["day"])).sum()
    acquired = month(customers["first"]).value_counts()
    cac = spend / acquired.reindex(spend.index)
    first = f"{truth['acquisition_cost_rise']['first_day']:%Y-%m}"
    assert first == "2026-03"
    rise = cac["2026-03":"2026-06"].mean() / cac["2025-03":"2025-06"].mean()
    before = cac["2025-09":"2026-02"].mean() / cac["2024-09":"2025-02"].mean()
    assert rise == pytest.approx(truth["acquisition_cost_rise"]["ratio"], abs=0.06)
    assert before == pytest.approx(1, abs=0.06)


def test_script_lifts_inquiry_conversion_in_two_teams_only(desk: pd.DataFrame, truth: dict) -> None:
    planted = truth["service_script"]
    treated = desk["team"].isin(planted["teams"])
    after = desk["day"] >= pd.Timestamp(planted["first_day"])
    sums = desk.groupby([treated, after])[["orders", "inquiries"]].sum()
    rate = np.log(sums["orders"] / sums["inquiries"])
    ratio = np.exp(rate[True, True] - rate[True, False] - rate[False, True] + rate[False, False])
    assert ratio == pytest.approx(planted["conversion_ratio"], abs=0.05)


def test_repurchase_answers_to_deep_touches_with_the_planted_slope(
    folder: Path, crm: pd.DataFrame, customers: pd.DataFrame, truth: dict
) -> None:
    """Fit logit p = operator + month + slope · dose by Newton's method, on operator × month counts."""
    cells = _repurchase_cells(folder, crm, customers)
    person, period = (pd.get_dummies(cells[name], dtype=float) for name in ("工号", "month"))
    design = np.column_stack([cells["dose"], person, period.iloc[:, 1:]])
    beta = np.zeros(design.shape[1])
    for _ in range(12):
        p = 1 / (1 + np.exp(-design @ beta))
        information = design.T @ (design * (cells["members"] * p * (1 - p)).to_numpy()[:, None])
        beta += np.linalg.solve(information, design.T @ (cells["buyers"] - cells["members"] * p))
    error = np.sqrt(np.linalg.inv(information)[0, 0])
    assert error < 0.05
    assert beta[0] == pytest.approx(truth["dose_response"]["slope"], abs=2.5 * error)


def _repurchase_cells(folder: Path, crm: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    owners = csv(folder, "crm_customer_owners.csv.gz").assign(begin=lambda t: pd.to_datetime(t["开始"]))
    owners["end"] = pd.to_datetime(owners["结束"]).fillna(pd.Timestamp(2026, 12, 31))
    touches = csv(folder, "community_touches.csv.gz").assign(day=lambda t: pd.to_datetime(t["date"]))
    deep = touches["deep_touches"].astype(int).groupby([touches["operator"], month(touches["day"])]).sum()
    parts = []
    for first in pd.date_range("2024-01-01", "2026-06-01", freq="MS"):
        label = f"{first:%Y-%m}"
        joined = owners["客户号"].map(customers["joined"]) <= first
        members = owners[joined & (owners["begin"] <= first) & (owners["end"] >= first)]
        buys = members["客户号"].isin(crm.loc[month(crm["day"]) == label, "客户号"])
        cell = (
            buys.groupby(members["工号"])
            .agg(["size", "sum"])
            .set_axis(["members", "buyers"], axis=1)
            .reset_index()
        )
        cell["dose"] = [deep.get((operator, label), 0) for operator in cell["工号"]] / cell["members"]
        parts.append(cell.assign(month=label))
    return pd.concat(parts, ignore_index=True)


def test_raters_lean_as_planted(folder: Path, truth: dict) -> None:
    ratings = sheet(folder, "hr_assessments.xlsx", "考评", header=1)
    ratings = ratings[ratings["评分人"].notna()].assign(score=lambda t: t["分子"].astype(float))
    offsets = pd.Series(0.0, index=sorted(ratings["评分人"].unique()))
    for _ in range(
        50
    ):  # two-way means: a person's score without leniency, a rater's leniency without persons
        person = (
            (ratings["score"] - ratings["评分人"].map(offsets))
            .groupby([ratings["工号"], ratings["项目"]])
            .mean()
        )
        merit = pd.MultiIndex.from_frame(ratings[["工号", "项目"]]).map(person)
        offsets = (ratings["score"] - merit).groupby(ratings["评分人"]).mean()
    planted = pd.Series(truth["rater_leniency"]["offsets_by_rater"])
    assert (offsets - offsets.mean()).to_dict() == pytest.approx(
        (planted - planted.mean()).to_dict(), abs=0.3
    )


def test_assessments_hold_every_item_with_its_subject(folder: Path) -> None:
    table = sheet(folder, "hr_assessments.xlsx", "考评", header=1)
    assert set(table["项目"]) == {
        "report_timeliness_rate", "report_quality", "collaboration_score", "training_pass_rate",
        "idea_traffic_uplift", "path_conversion_uplift", "mentee_sales_uplift",
    }  # fmt: skip
    rated = table[table["项目"].isin(["report_quality", "collaboration_score"])]
    assert rated.groupby(["周期", "工号", "项目"])["评分人"].nunique().eq(3).all()
    assert (rated["评分人"] != rated["工号"]).all()
    uplift = table[table["项目"].isin(["idea_traffic_uplift", "path_conversion_uplift"])]
    assert uplift[["对象", "采纳日期"]].notna().all(axis=None)
    due = table[table["项目"] == "report_timeliness_rate"]
    assert (due["分子"].astype(float) <= due["分母"].astype(float)).all()


# -- the mapping --------------------------------------------------------------------------------


def test_mapping_feeds_every_fact_table_the_systems_have(sample_facts: facts.Facts) -> None:
    assert set(TABLES) - set(sample_facts.tables) == {"daily_sales"}
    for name in sample_facts.tables:
        assert sample_facts.table(name).count().execute() > 0, name


def test_orders_of_the_facts_are_the_union_of_crm_and_erp(
    sample_facts: facts.Facts, crm: pd.DataFrame, erp: pd.DataFrame
) -> None:
    orders = sample_facts.table("orders").to_pandas().set_index("order_id")
    assert set(orders.index) == set(crm["订单号"]) | set(erp["order_id"])
    paid = erp.drop_duplicates("order_id").set_index("order_id")["amount"] * 100
    assert (orders["amount"].reindex(paid.index) == paid).all()
    lost = orders[orders["person_id"].isna()]
    assert len(lost) == 16
    assert lost["team_id"].notna().all()


def test_credits_give_each_order_at_most_one_share_per_role(
    sample_facts: facts.Facts, crm: pd.DataFrame
) -> None:
    shares = sample_facts.table("credits").to_pandas()
    assert shares.groupby(["order_id", "role"])["share"].sum().eq(1).all()
    orders = crm.drop_duplicates("订单号")
    counts = shares["role"].value_counts().to_dict()
    assert counts == {
        "operations": (orders["渠道"] != "douyin_live").sum(),
        "host": (orders["渠道"] == "douyin_live").sum(),
        "service": orders["咨询客服"].notna().sum(),
        "media_buyer": orders["推广计划"].notna().sum(),
    }


def test_pages_count_the_orders_made_on_them(sample_facts: facts.Facts) -> None:
    orders = sample_facts.table("orders").to_pandas()
    pages = sample_facts.table("pages").to_pandas()
    made = pages.groupby("page_kind")["orders"].sum()
    known = orders.groupby("page_kind")["order_id"].count()
    assert (made - known).between(0, 16).all()
    assert (pages["orders"] <= pages["visitors"]).all()


# -- the large company --------------------------------------------------------------------------

LARGE_TABLES = {
    "orders",
    "order_events",
    "customers",
    "roster",
    "teams",
    "traffic",
    "pages",
    "inquiries",
    "touches",
    "credits",
    "channels",
}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("large")
    sample.write_large(out, people=100, months=3, orders=12_345, rows_per_file=5_000)
    return out


def test_large_company_has_the_columns_and_types_of_the_fact_tables(large: Path) -> None:
    assert {path.name for path in large.iterdir()} == LARGE_TABLES
    types = {"string": "VARCHAR", "date32[day]": "DATE", "int64": "BIGINT", "double": "DOUBLE",
             "bool": "BOOLEAN",
             "timestamp[us]": "TIMESTAMP"}  # fmt: skip
    for name in LARGE_TABLES:
        for column in pq.read_schema(next((large / name).iterdir())):
            assert types[str(column.type)] == SQL_TYPES[TABLES[name].columns[column.name].kind], (
                name,
                column.name,
            )
        assert set(TABLES[name].required()) <= set(pq.read_schema(next((large / name).iterdir())).names)


def test_large_company_keeps_its_references(large: Path) -> None:
    table = {name: pq.read_table(large / name).to_pandas() for name in LARGE_TABLES}
    orders, people = table["orders"], set(table["roster"]["person_id"])
    assert len(orders) == orders["order_id"].nunique() == 12_345
    assert set(orders["customer_id"]) == set(table["customers"]["customer_id"])
    assert table["customers"]["customer_id"].is_unique
    first = orders.groupby("customer_id")["ordered_on"].min()
    assert (table["customers"].set_index("customer_id")["first_ordered_on"] == first).all()
    for name in ("orders", "credits", "traffic", "pages", "inquiries", "touches"):
        assert set(table[name]["person_id"]) <= people, name
    assert table["credits"].groupby(["order_id", "role"])["share"].sum().eq(1).all()
    assert table["traffic"]["visits"].sum() > len(orders)
    assert (table["pages"]["orders"] <= table["pages"]["visitors"]).all()


def test_large_company_is_the_same_for_the_same_seed_and_rolls_its_files(large: Path, tmp_path: Path) -> None:
    files = sample.write_large(tmp_path, people=100, months=3, orders=12_345, rows_per_file=5_000)
    differing = [p for p in files if p.read_bytes() != (large / p.relative_to(tmp_path)).read_bytes()]
    assert differing == []
    whole = sample.write_large(tmp_path / "other", people=100, months=3, orders=12_345, seed=7)
    assert pq.read_table(whole[0].parent.parent / "orders") != pq.read_table(large / "orders")


def test_large_company_is_written_a_block_of_teams_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded by the block: no row group is larger than the teams that fit one."""
    monkeypatch.setattr(blocks, "BLOCK_ORDERS", 2_500)
    sample.write_large(tmp_path, people=100, months=3, orders=12_345)
    for name, most in {"orders": 2_500, "customers": 2_500, "roster": 20, "touches": 2 * 2 * 91}.items():
        written = pq.ParquetFile(tmp_path / name / "part-0000.parquet").metadata
        sizes = [written.row_group(number).num_rows for number in range(written.num_row_groups)]
        assert len(sizes) == 5
        assert max(sizes) <= most


def test_large_company_leaves_no_part_of_an_earlier_run(tmp_path: Path) -> None:
    sample.write_large(tmp_path, people=20, months=2, orders=400, rows_per_file=50)
    files = sample.write_large(tmp_path, people=10, months=1, orders=100)
    assert sorted(tmp_path.rglob("*.parquet")) == sorted(files)


def test_large_company_opens_as_facts(large: Path) -> None:
    opened = facts.from_parquet("large", large)
    assert (opened.first_day, opened.last_day) == (date(2024, 1, 1), date(2024, 3, 31))


def test_large_company_of_uneven_teams_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a multiple of 10"):
        sample.write_large(tmp_path, people=15)


def test_demand_curve_gives_each_year_its_growth() -> None:
    days, weights = demand_curve(range(2024, 2028), 0.08)
    years = pd.Series(weights, index=pd.DatetimeIndex(days)).groupby(lambda day: day.year).sum()
    assert years.tolist() == pytest.approx([1.0, 1.08, 1.08**2, 1.08**3])
