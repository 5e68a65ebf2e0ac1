"""The indicators: each one's meaning, in one place (DATA §5).

Numerators and denominators name measures (`measures.py`): sums that are computed from facts at the
level of the figure. A KPI without a denominator is a sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["money", "share", "ratio", "count", "points", "seconds"]
Direction = Literal["higher", "lower", "none"]

LEVELS: Mapping[str, tuple[str, ...]] = {
    "C": ("company", "group"),
    "T": ("team",),
    "P": ("person",),
    "H": ("channel",),
}


@dataclass(frozen=True, slots=True)
class KpiDef:
    """What one indicator is made of.

    Parameters
    ----------
    numerator, denominator
        Measures; an empty denominator makes it a sum. Alternatives are separated by ``|``: the first
        whose columns are given counts.
    unit
        Of its value; `money` in minor units.
    direction
        Whether more is better, less is better, or neither.
    levels
        Where it exists: C company and group, T team, P person, H channel (also within a team).
    section
        Paragraph of the methodology.
    meaning
        One sentence.
    n
        Measure that counts the observations behind it; its denominator if not given.
    readings
        Rival definitions by name: numerator and denominator. Where there are any, params/ fix which
        one holds; the first is the one above.
    horizon_days
        Default age up to which a cohort's sales count.
    """

    numerator: str
    denominator: str
    unit: Unit
    direction: Direction
    levels: str
    section: str
    meaning: str
    n: str = ""
    readings: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    horizon_days: int | None = None

    @property
    def is_sum(self) -> bool:
        """Say whether it is a sum, whose parts add up to the whole."""
        return self.denominator == ""

    @property
    def level_names(self) -> tuple[str, ...]:
        """List its levels as frames name them."""
        return tuple(name for letter in self.levels for name in LEVELS[letter])


REPURCHASE = (
    "prior_customers"  # customers who had ordered before the window, and of them those who order in it
)
WINDOW = "window"  # active again within days 1..N after the first order

KPIS: dict[str, KpiDef] = {
    # -- sums: results and drivers ---------------------------------------------------------------
    "net_sales": KpiDef(
        "net", "", "money", "higher", "CTPH", "§2.1",
        "Amounts ordered in the period less refunds posted to it.", n="orders",
    ),
    "gross_sales": KpiDef(
        "gross", "", "money", "higher", "CTPH", "§2.1",
        "Amounts ordered in the period, before refunds.", n="orders",
    ),
    "new_customer_sales": KpiDef(
        "net_new", "", "money", "higher", "CTPH", "§2.1",
        "Net sales of orders placed on the day on which their customer was acquired.", n="orders",
    ),
    "returning_customer_sales": KpiDef(
        "net_returning", "", "money", "higher", "CTPH", "§2.1",
        "Net sales of all other orders.", n="orders",
    ),
    "orders": KpiDef(
        "orders", "", "count", "higher", "CTPH", "§1.1",
        "Orders that count, also those refunded later.", n="orders",
    ),
    "visits": KpiDef("visits", "", "count", "higher", "CTPH", "§1.1", "Visits, as traffic records them.", n="visits"),
    "inquiries": KpiDef(
        "inquiries", "", "count", "higher", "CTPH", "§1.1", "Inquiries handled by the service desk.", n="inquiries",
    ),
    "ad_spend": KpiDef(
        "spend", "", "money", "none", "CTPH", "§1.1", "Spend on advertising, net of rebates.", n="visits",
    ),
    "deep_touches": KpiDef(
        "deep_touches", "", "count", "higher", "CTPH", "§1.2",
        "Deep touches of private-domain customers.", n="touches",
    ),
    # -- traffic ---------------------------------------------------------------------------------
    "paid_precision_rate": KpiDef(
        "qualified_paid", "visits_paid", "share", "higher", "CTPH", "§1.1",
        "Qualified visits from paid channels over all visits from paid channels.",
    ),
    "organic_precision_rate": KpiDef(
        "qualified_organic", "visits_organic", "share", "higher", "CTPH", "§1.1",
        "Qualified visits from unpaid channels over all visits from unpaid channels.",
    ),
    "qualified_traffic_share": KpiDef(
        "qualified", "visits", "share", "higher", "CTPH", "§1.1", "Qualified visits over all visits.",
    ),
    "acquired_customers": KpiDef(
        "acquired", "", "count", "higher", "CTPH", "§1.1",
        "Customers whose first order falls in the period; they count for the owner of that order.", n="acquired",
    ),
    "cac": KpiDef(
        "spend", "acquired", "money", "lower", "CTPH", "§1.1",
        "Spend on advertising per acquired customer.",
        readings={"blended": ("spend", "acquired"), "paid": ("spend", "acquired_paid")},
    ),
    "channel_roi": KpiDef(
        "net_paid", "spend", "ratio", "higher", "CTPH", "§1.1",
        "Net sales of orders from paid channels over spend (that is ROAS).", n="orders_paid",
        readings={"orders": ("net_paid", "spend"), "platform": ("attributed_sales", "spend")},
    ),
    # -- conversion ------------------------------------------------------------------------------
    "visit_conversion_rate": KpiDef(
        "orders", "visits", "share", "higher", "CTPH", "§1.1", "Orders over visits.",
        readings={"orders": ("orders", "visits"), "platform": ("attributed_orders", "clicks")},
    ),
    "page_conversion_rate": KpiDef(
        "page_orders", "page_visitors", "share", "higher", "CTP", "§1.1",
        "Orders over daily visitors of product and campaign pages.",
    ),
    "product_page_conversion_rate": KpiDef(
        "product_page_orders", "product_page_visitors", "share", "higher", "CTP", "§1.1",
        "Orders over daily visitors of product pages.",
    ),
    "campaign_page_conversion_rate": KpiDef(
        "campaign_page_orders", "campaign_page_visitors", "share", "higher", "CTP", "§1.1",
        "Orders over daily visitors of campaign pages.",
    ),
    "live_conversion_rate": KpiDef(
        "live_orders", "live_visitors", "share", "higher", "CTP", "§1.1", "Orders over daily visitors of live rooms.",
    ),
    "inquiry_conversion_rate": KpiDef(
        "inquiry_orders|orders_after_inquiry", "inquiries", "share", "higher", "CTPH", "§1.1",
        "Orders after an inquiry over inquiries: as the service desk counts them, else by the orders' own mark.",
    ),
    "repurchase_rate": KpiDef(
        "customers_again", "customers_before", "share", "higher", "CTP", "§1.1",
        "Customers who had ordered before the period and order in it, over customers who had ordered before it.",
        readings={REPURCHASE: ("customers_again", "customers_before")},
    ),
    "private_domain_repurchase_rate": KpiDef(
        "private_again", "private_before", "share", "higher", "CTP", "§1.1",
        "The same for customers in the private domain, month by month: longer periods add numerators and denominators.",
        readings={REPURCHASE: ("private_again", "private_before")},
    ),
    "private_domain_repurchase_share": KpiDef(
        "net_private_repeat", "net", "share", "higher", "CTP", "§1.1",
        "Net sales of repeat orders by private-domain customers over net sales.", n="orders",
    ),
    "refund_rate": KpiDef(
        "refunded", "gross", "share", "lower", "CTPH", "§1.1", "Refunds posted to the period over gross sales.",
        n="orders",
    ),
    # -- value -----------------------------------------------------------------------------------
    "aov": KpiDef(
        "net", "kept_orders", "money", "higher", "CTPH", "§1.1",
        "Net sales per order; an order refunded in full by its month's closing day is none.",
    ),
    "aov_uplift": KpiDef(
        "aov_gain", "aov_before", "share", "higher", "CTPH", "§1.1",
        "Change of the order value against the same period of the year before, over the value then.", n="kept_orders",
    ),
    "retention_d30": KpiDef(
        "retained_30", "cohort_30", "share", "higher", "CTH", "§1.1",
        "Customers active again 1 to 30 days after their first order, over those whose 30 days end in the period.",
        readings={WINDOW: ("retained_30", "cohort_30")},
    ),
    "retention_d90": KpiDef(
        "retained_90", "cohort_90", "share", "higher", "CTH", "§1.1",
        "Customers active again 1 to 90 days after their first order, over those whose 90 days end in the period.",
        readings={WINDOW: ("retained_90", "cohort_90")},
    ),
    "ltv": KpiDef(
        "cohort_value", "cohort_customers", "money", "higher", "CTH", "§1.1",
        "Net sales in the first h days per customer, of those acquired in the 12 months that end h days before "
        "the period's end.",
        horizon_days=180,
    ),
    "ltv_projected": KpiDef(
        "projected_value", "projected_customers", "money", "higher", "CTH", "§1.1",
        "Net sales in the first 365 days per customer of the same cohort: what is known, and for the days to come "
        "what BG/NBD and Gamma-Gamma expect.",
        horizon_days=365,
    ),
    "collection_rate": KpiDef(
        "collected", "due", "share", "higher", "CTP", "§2.1",
        "Payments received on credit orders due in the period over the amounts due.", n="due_orders",
    ),
    # -- efficiency ------------------------------------------------------------------------------
    "sales_per_head": KpiDef(
        "net", "fte", "money", "higher", "CT", "§2.1", "Net sales per mean full-time post.", n="orders",
    ),
    "service_cost_per_customer": KpiDef(
        "service_labour_cost", "customers_served", "money", "lower", "CT", "§2.1",
        "Labour cost of the service desk per customer served.",
    ),
    "live_sales_per_hour": KpiDef(
        "net_live", "live_hours", "money", "higher", "TP", "§1.4", "Net sales of live orders per hour on air.",
    ),
    # -- behaviour -------------------------------------------------------------------------------
    "daily_interactions": KpiDef(
        "touches", "touch_days", "count", "higher", "TP", "§2.1",
        "Touches per day on duty of the people whose work they are.",
    ),
    "csat": KpiDef("csat_sum", "csat_count", "points", "higher", "CTP", "§1.4", "Mean satisfaction given by customers."),
    "first_response_seconds": KpiDef(
        "response_seconds", "inquiries", "seconds", "lower", "CTP", "§1.4", "Mean time to the first answer.",
    ),
    "report_timeliness_rate": KpiDef(
        "report_timeliness_rate", "report_timeliness_rate_of", "share", "higher", "PT", "§2.1",
        "Daily and weekly reports handed in on time over reports due.",
    ),
    "report_quality": KpiDef(
        "report_quality", "report_quality_of", "points", "higher", "PT", "§2.1", "Mean rating of reports.",
    ),
    "collaboration_score": KpiDef(
        "collaboration_score", "collaboration_score_of", "points", "higher", "PT", "§2.1",
        "Mean rating of work across teams.",
    ),
    # -- compliance ------------------------------------------------------------------------------
    "script_compliance_rate": KpiDef(
        "clean_replies", "replies_checked", "share", "higher", "PTC", "§2.1",
        "Checked answers to customers without a violation over answers checked.",
    ),
    "ad_compliance_rate": KpiDef(
        "clean_ads", "ads_checked", "share", "higher", "PTC", "§2.1", "Checked ads without a violation over ads checked.",
    ),
    "script_violations": KpiDef(
        "script_violations", "", "count", "lower", "PTC", "§2.1",
        "Violations found in answers to customers, a severe one counted more.", n="replies_checked",
    ),
    "ad_violations": KpiDef(
        "ad_violations", "", "count", "lower", "PTC", "§2.1", "Violations found in ads.", n="ads_checked",
    ),
    # -- potential -------------------------------------------------------------------------------
    "training_pass_rate": KpiDef(
        "training_pass_rate", "training_pass_rate_of", "share", "higher", "P", "§2.1",
        "Training courses passed over courses due.",
    ),
    "idea_traffic_uplift": KpiDef(
        "idea_traffic_uplift", "idea_traffic_uplift_of", "share", "higher", "P", "§2.1",
        "Traffic gained by an adopted acquisition idea over the traffic before.",
    ),
    "path_conversion_uplift": KpiDef(
        "path_conversion_uplift", "path_conversion_uplift_of", "share", "higher", "P", "§2.1",
        "Conversion gained by an improved path over the conversion before.",
    ),
    "mentee_sales_uplift": KpiDef(
        "mentee_sales_uplift", "mentee_sales_uplift_of", "share", "higher", "P", "§2.1",
        "Sales gained by a mentored newcomer over the sales before.",
    ),
}  # fmt: skip
"""One entry per indicator: the id is the key in params/kpis.yaml, in the column `kpi` and in the glossary."""
