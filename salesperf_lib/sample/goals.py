"""The annual goals that management set: volumes for company and teams, rates for the company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.season import demand_curve
from salesperf_lib.sample.traffic import GROWTH

VOLUMES = ("net_sales", "acquired_customers", "deep_touches")
# What the teams reach of their goals, by year and volume: the spread that a real year shows.
REACHED = {
    "net_sales": (
        (0.93, 1.04, 0.86, 1.09, 0.97, 0.81),
        (1.02, 0.88, 1.11, 0.95, 0.84, 1.06),
        (0.90, 1.00, 0.84, 0.96, 1.03, 0.80),
    ),
    "acquired_customers": (
        (0.95, 1.02, 0.90, 1.06, 0.99, 0.86),
        (1.00, 0.92, 1.07, 0.97, 0.88, 1.04),
        (0.98, 1.03, 0.93, 1.01, 1.06, 0.90),
    ),
    "deep_touches": (
        (0.97, 0.91, 1.05, 0.94, 1.02, 0.88),
        (0.93, 1.03, 0.98, 1.08, 0.90, 1.01),
        (1.02, 0.95, 1.00, 0.92, 1.06, 0.97),
    ),
}
NEW_CUSTOMERS = 0.34
"""Share of the goal of net sales that new customers are to bring; returning ones bring the rest."""
STEP = {"net_sales": 10_000_00, "acquired_customers": 10, "deep_touches": 100}
UNIT = {"net_sales": "元", "acquired_customers": "人", "deep_touches": "次"}
# Company goals for rates: KPI → unit of measure, value by year.
RATES = {
    "inquiry_conversion_rate": ("比率", (0.168, 0.172, 0.182)),
    "product_page_conversion_rate": ("比率", (0.0375, 0.0395, 0.0415)),
    "campaign_page_conversion_rate": ("比率", (0.039, 0.041, 0.045)),
    "live_conversion_rate": ("比率", (0.0185, 0.0190, 0.0195)),
    "live_sales_per_hour": ("元", (560, 580, 610)),
    "qualified_traffic_share": ("比率", (0.61, 0.62, 0.63)),
    "paid_precision_rate": ("比率", (0.60, 0.60, 0.61)),
    "private_domain_repurchase_rate": ("比率", (0.088, 0.092, 0.096)),
    "refund_rate": ("比率", (0.050, 0.050, 0.052)),
    "collection_rate": ("比率", (0.96, 0.96, 0.97)),
    "channel_roi": ("倍", (5.4, 5.4, 4.6)),
    "csat": ("分", (4.68, 4.70, 4.75)),
    "first_response_seconds": ("秒", (34, 33, 32)),
    "cac": ("元", (215, 215, 240)),
    "aov": ("元", (1200, 1200, 1210)),
    "service_cost_per_customer": ("元", (26, 25, 24)),
    "daily_interactions": ("次", (72, 74, 78)),
}  # fmt: skip
Goal = tuple[int, str, str, str, float, str]
COLUMNS = ["year", "level", "unit_id", "kpi", "target", "measure"]


def set_goals(plan: Plan, actuals: Mapping[str, Ints]) -> pd.DataFrame:
    """Set every year's goals.

    Parameters
    ----------
    actuals
        Volume → team × year, what was reached so far (money in fen).

    Returns
    -------
    pandas.DataFrame
        One row per year × level × unit × KPI; money in yuan; teams add up to the company.
    """
    rows: list[Goal] = []
    for number, year in enumerate(plan.years):
        for kpi in VOLUMES:
            teams = _team_goals(plan, actuals[kpi][:, number], kpi, number)
            scale = 100 if kpi == "net_sales" else 1
            rows.append((year, "company", "company", kpi, int(teams.sum()) // scale, UNIT[kpi]))
            rows += [
                (year, "team", team, kpi, int(goal) // scale, UNIT[kpi])
                for team, goal in zip(plan.team_ids, teams, strict=True)
            ]
        rows += _by_customers([row for row in rows if row[0] == year and row[3] == "net_sales"])
        rows += [
            (year, "company", "company", kpi, values[min(number, 2)], unit)
            for kpi, (unit, values) in RATES.items()
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_customers(goals: list[Goal]) -> list[Goal]:
    """Part goals of net sales into new and returning customers' sales; the parts make the whole."""
    step = STEP["net_sales"] // 100
    teams = {
        unit: round(goal * NEW_CUSTOMERS / step) * step
        for _, level, unit, _, goal, _ in goals
        if level == "team"
    }
    new = teams | {"company": sum(teams.values())}
    return [
        (year, level, unit, kpi, part, unit_of)
        for year, level, unit, _, goal, unit_of in goals
        for kpi, part in (("new_customer_sales", new[unit]), ("returning_customer_sales", goal - new[unit]))
    ]


def covered_share(plan: Plan, year: int) -> float:
    """Tell the share of a year's demand that falls within the data."""
    days, weights = demand_curve(plan.years, GROWTH)
    own = days.astype("datetime64[Y]") == np.datetime64(str(year))
    inside = own & (days >= np.datetime64(plan.first)) & (days <= np.datetime64(plan.last))
    if year == plan.last.year and plan.last < date(year, 12, 31):
        return float(weights[inside].sum() / weights[own].sum())
    return 1.0


def _team_goals(plan: Plan, reached: Ints, kpi: str, number: int) -> Ints:
    aim = np.resize(REACHED[kpi][min(number, 2)], plan.teams)
    return (
        np.rint(reached / covered_share(plan, plan.years[number]) / aim / STEP[kpi]).astype(np.int64)
        * STEP[kpi]
    )
