"""Draw the whole business once: people, traffic, orders, and what is planted in them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import PAGE_A, Staff, staff_company
from salesperf_lib.sample.customers import draw_doses
from salesperf_lib.sample.faults import Records, brush_orders, keep_records
from salesperf_lib.sample.orders import CREDIT_TERMS, draw_orders, number_orders
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.service import touch_days
from salesperf_lib.sample.traffic import PAID, Traffic, draw_traffic

FIRST_CUSTOMER = 10_023


@dataclass(frozen=True)
class Business:
    """Everything that happened: see the functions that draw each part."""

    plan: Plan
    staff: Staff
    traffic: Traffic
    orders: pd.DataFrame
    customers: pd.DataFrame
    payments: pd.DataFrame
    records: Records
    touches: pd.DataFrame


def draw(plan: Plan) -> Business:
    """Draw people, traffic, orders and the planted truths."""
    staff = staff_company(plan)
    traffic, doses = draw_traffic(plan, staff), draw_doses(plan)
    orders, customers = draw_orders(plan, staff, traffic, doses)
    touches = touch_days(plan, staff, customers, doses)
    orders, customers = brush_orders(plan, staff, orders, _with_addresses(plan, customers))
    customers = _number_customers(_with_terms(customers))
    orders = _with_dues_and_clicks(plan, number_orders(plan, orders), customers)
    payments = _payments(plan, orders)
    return Business(plan, staff, traffic, orders, customers, payments, keep_records(plan, orders), touches)


def yearly_volumes(business: Business) -> dict[str, Ints]:
    """Add up what the teams reached, team × year, of the volumes that have goals."""
    plan, orders = business.plan, business.orders[~business.orders["brushed"]]
    year = plan.days.astype("datetime64[Y]").view("int64") + 1970 - plan.years[0]
    slots = business.staff.final_slots()
    team_of = np.array([slots[person][0] for person in sorted(slots)])
    shape = (plan.teams, len(plan.years))
    net, new, deep = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    np.add.at(net, (orders["team"], year[orders["day"]]), orders["amount"] - orders["refund"])
    np.add.at(new, (orders["team"], year[orders["day"]]), orders["is_new"].astype(int))
    touches = business.touches
    np.add.at(deep, (team_of[touches["person"]], year[touches["day"]]), touches["deep"])
    return {"net_sales": net, "acquired_customers": new, "deep_touches": deep}


def answers(business: Business) -> dict[str, object]:
    """Tell what was planted: parameters, people, and the ids of the orders touched."""
    plan, planted = business.plan, business.records.planted
    found = {
        "brushing": _culprit(business, "brushing"),
        "edited_amounts": _culprit(business, "edited_amounts"),
        "system_faults": {
            f"{name}_order_ids": ids for name, ids in planted.items() if name[:4] in ("crm_", "erp_", "ads_")
        },
        "rater_leniency": {"offsets_by_rater": _offsets(business)},
    }
    content: dict[str, object] = {"seed": plan.seed, "first_day": plan.first, "last_day": plan.last}
    return content | {name: values | found.get(name, {}) for name, values in asdict(plan.truths).items()}


def _culprit(business: Business, truth: str) -> dict[str, object]:
    """Name the person, the buyers and the orders of a truth that is one person's doing."""
    orders = business.orders[business.orders["order_id"].isin(business.records.planted[truth])]
    buyers = business.customers["customer_id"].to_numpy()[orders["customer"]]
    return {
        "person_id": business.staff.ids[int(orders["owner"].iloc[0])],
        "customer_ids": sorted(set(buyers)),
        "order_ids": business.records.planted[truth],
    }


def _offsets(business: Business) -> dict[str, float]:
    offsets, leads = business.plan.truths.rater_leniency.offsets, business.staff.holder[:, PAGE_A, -1]
    return {business.staff.ids[lead]: offsets[team % len(offsets)] for team, lead in enumerate(leads)}


def _with_addresses(plan: Plan, customers: pd.DataFrame) -> pd.DataFrame:
    """Give every customer an address; a few share one, as households do."""
    rng = plan.rng("addresses")
    own = np.arange(len(customers))
    shared = rng.random(len(customers)) < 0.03
    return customers.assign(address=np.where(shared, np.maximum(own - rng.integers(1, 40, len(own)), 0), own))


def _with_terms(customers: pd.DataFrame) -> pd.DataFrame:
    terms = np.where(np.arange(len(customers)) % 2, *CREDIT_TERMS)
    return customers.assign(terms=np.where(customers["on_credit"], terms, 0))


def _number_customers(customers: pd.DataFrame) -> pd.DataFrame:
    """Give ids of eight digits in order of the first order; their zeros lead."""
    rank = customers["first_day"].rank(method="first").astype(int) + FIRST_CUSTOMER
    return customers.assign(customer_id=[f"{number:08d}" for number in rank])


def _with_dues_and_clicks(plan: Plan, orders: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Add due days of credit orders and, for ad orders, minutes from click to order."""
    rng = plan.rng("clicks")
    due = orders["day"] + customers["terms"].to_numpy()[orders["customer"]]
    lead = np.clip(rng.lognormal(3.4, 1.1, len(orders)), 1, 2880).astype(np.int64)
    paid = orders["channel"] < len(PAID)
    return orders.assign(due_day=np.where(orders["on_credit"], due, -1), click_lead=np.where(paid, lead, 0))


def _payments(plan: Plan, orders: pd.DataFrame) -> pd.DataFrame:
    """Draw the payments of credit orders: in full, in two parts, in part, or not at all."""
    rng = plan.rng("payments")
    due = orders[orders["on_credit"]]
    kind = rng.choice(4, len(due), p=[0.84, 0.10, 0.04, 0.02])
    on_time = np.maximum(due["day"], due["due_day"] + rng.integers(-12, 4, len(due)))
    first_share = np.choose(kind, [1.0, 0.5, 0.6, 0.0])
    net = due["amount"] - due["refund"]
    first = np.rint(net * first_share / 100).astype(np.int64) * 100
    second = np.where(kind == 1, net - first, 0)
    late = due["due_day"] + rng.integers(5, 45, len(due))
    parts = [(first, on_time), (second, late)]
    rows = [
        pd.DataFrame({"order_id": due["order_id"], "day": day, "amount": amount}) for amount, day in parts
    ]
    table = pd.concat(rows, ignore_index=True)
    received = table[(table["amount"] > 0) & (table["day"] < len(plan.days))]
    return received.sort_values(["day", "order_id"], kind="stable").reset_index(drop=True)
