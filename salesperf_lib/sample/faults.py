"""Planted faults: brushed orders, amounts edited in the CRM, records lost, doubled or made up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.sample.company import Staff
from salesperf_lib.sample.plan import Ints, Plan
from salesperf_lib.sample.traffic import CHANNELS, PAID


@dataclass(frozen=True)
class Records:
    """The order records of the three systems: row numbers of the order frame, duplicates included.

    Parameters
    ----------
    crm, erp, ads
        Row numbers each system holds.
    crm_amount
        Amount in the CRM, one per row of the order frame.
    phantoms
        Orders that only an ad platform claims, in the columns of the order frame.
    planted
        Truth → ids of the orders it touched.
    """

    crm: Ints
    erp: Ints
    ads: Ints
    crm_amount: Ints
    phantoms: pd.DataFrame
    planted: dict[str, list[str]]


def brush_orders(
    plan: Plan, staff: Staff, orders: pd.DataFrame, customers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add one person's brushed orders and their buyers."""
    truth = plan.truths.brushing
    brushed = _brushed(plan, staff).assign(customer=lambda table: table["customer"] + len(customers))
    buyers = customers.iloc[np.zeros(truth.buyers, dtype=int)].assign(
        first_day=brushed.groupby("customer")["day"].min().to_numpy(),
        channel=CHANNELS.index(truth.channel),
        team=plan.team_ids.index(truth.team),
        joined_on=np.iinfo(np.int32).max,
        on_credit=False,
        position=-1,
        address=customers["address"].max() + 1 + np.arange(truth.buyers) % truth.addresses,
    )
    both = pd.concat([orders.assign(brushed=False), brushed], ignore_index=True)
    return both, pd.concat([customers, buyers], ignore_index=True)


def _brushed(plan: Plan, staff: Staff) -> pd.DataFrame:
    """Draw the brushed orders; their buyers are numbered from 0, and every one buys."""
    truth, rng = plan.truths.brushing, plan.rng("brushing")
    team = plan.team_ids.index(truth.team)
    spans = [np.flatnonzero(plan.span(first, last)) for first, last in truth.spans]
    day = np.concatenate([np.sort(rng.choice(span, truth.orders_per_span)) for span in spans])
    refund_day = day + rng.integers(truth.refund_after_days[0], truth.refund_after_days[1] + 1, len(day))
    refunded = (rng.random(len(day)) < truth.refund_share) & (refund_day < len(plan.days))
    amount = rng.choice(truth.amounts, len(day))
    table = pd.DataFrame({"day": day, "minute": rng.integers(0, 6 * 60, len(day)), "amount": amount})
    person = staff.holder[team, truth.position, day]
    return table.assign(
        customer=rng.permutation(np.arange(len(day)) % truth.buyers),
        refund=np.where(refunded, amount, 0),
        refund_day=np.where(refunded, refund_day, -1),
        owner=person,
        page_owner=person,
        team=team,
        channel=CHANNELS.index(truth.channel),
        page=truth.position,
        page_kind=0,
        **dict.fromkeys(("room", "position", "service", "buyer", "community"), -1),
        **dict.fromkeys(("inquired", "is_new", "on_credit"), False),
        brushed=True,
    )


def keep_records(plan: Plan, orders: pd.DataFrame) -> Records:
    """Copy the orders into the three systems, with the planted differences between them."""
    rng, faults = plan.rng("records"), plan.truths.system_faults
    honest = rng.permutation(
        np.flatnonzero(~orders["brushed"] & (orders["refund"] == 0) & ~orders["on_credit"])
    )
    paid = np.flatnonzero(np.isin(orders["channel"], PAID))
    edited, crm_amount = _edit_amounts(plan, orders, rng)
    spare = honest[~np.isin(honest, edited)]
    counts = [faults.crm_duplicates, faults.crm_losses, faults.erp_duplicates, faults.erp_losses]
    crm_twice, crm_lost, erp_twice, erp_lost = np.split(spare[: sum(counts)], np.cumsum(counts)[:-1])
    ads_lost = rng.choice(np.setdiff1d(paid, spare[: sum(counts)]), faults.ads_losses, replace=False)
    every = np.arange(len(orders))
    phantoms = _phantoms(orders, paid, rng, faults.ads_phantoms)
    rows = {"edited_amounts": edited, "crm_duplicates": crm_twice, "crm_losses": crm_lost,
            "erp_duplicates": erp_twice, "erp_losses": erp_lost, "ads_losses": ads_lost}  # fmt: skip
    planted = {
        name: sorted(orders["order_id"].to_numpy()[numbers].tolist()) for name, numbers in rows.items()
    }
    planted["ads_phantoms"] = sorted(phantoms["order_id"])
    planted["brushing"] = sorted(orders.loc[orders["brushed"], "order_id"])
    return Records(
        crm=np.sort(np.concatenate([np.setdiff1d(every, crm_lost), crm_twice])),
        erp=np.sort(np.concatenate([np.setdiff1d(every, erp_lost), erp_twice])),
        ads=np.setdiff1d(paid, ads_lost),
        crm_amount=crm_amount,
        phantoms=phantoms,
        planted=planted,
    )


def _edit_amounts(plan: Plan, orders: pd.DataFrame, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Raise the CRM amount of some of one person's orders."""
    truth = plan.truths.edited_amounts
    inside = plan.span(truth.first_day, truth.last_day)[orders["day"]]
    team = orders["team"] == plan.team_ids.index(truth.team)
    of_person = _modal(
        orders.loc[inside & team & (orders["service"] >= 0) & ~orders["channel"].isin([1, 4]), "service"]
    )
    rows = np.flatnonzero(inside & team & (orders["owner"] == of_person) & (orders["refund"] == 0))
    edited = np.sort(rng.choice(rows, truth.orders, replace=False))
    amount = orders["amount"].to_numpy().copy()
    raised = 1 + rng.uniform(*truth.raised_by, len(edited))
    amount[edited] = np.rint(amount[edited] * raised / 100).astype(np.int64) * 100
    return edited, amount


def _modal(values: pd.Series) -> int:
    return int(values.mode().iloc[0])


def _phantoms(orders: pd.DataFrame, paid: Ints, rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Make up orders that only an ad platform knows."""
    copied = orders.iloc[np.sort(rng.choice(paid, count, replace=False))].copy()
    copied["order_id"] = [f"{order[:8]}9{number:04d}" for number, order in enumerate(copied["order_id"])]
    return copied
