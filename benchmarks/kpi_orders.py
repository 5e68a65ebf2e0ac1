"""Order-based KPIs by team and person × month: `kpis.compute` and plain pandas on the same Parquet files."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
KPIS = ["net_sales", "orders", "aov", "refund_rate", "acquired_customers"]
CHUNK = 1_000_000
TEAMS, PEOPLE_PER_TEAM = 20, 10


def make(folder: Path, rows: int) -> dict[str, float]:
    """Write generated orders and refunds as Parquet, chunk by chunk."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if (folder / "done").is_file():
        return {}
    rng = np.random.default_rng(20260711)
    people = TEAMS * PEOPLE_PER_TEAM
    (folder / "orders").mkdir(parents=True, exist_ok=True)
    (folder / "order_events").mkdir(exist_ok=True)
    for start in range(0, rows, CHUNK):
        n = min(CHUNK, rows - start)
        number = np.arange(start, start + n)
        day = np.datetime64("2025-01-01") + np.sort(rng.integers(0, 365, n)).astype("timedelta64[D]")
        person = rng.integers(0, people, n)
        amount = rng.integers(1_000, 300_000, n)
        customer = rng.zipf(1.3, n) % (rows // 4 + 1)
        orders = pa.table(
            {
                "order_id": pa.array([f"o{value:08d}" for value in number]),
                "ordered_on": pa.array(day).cast(pa.date32()),
                "amount": amount,
                "customer_id": pa.array([f"c{value:08d}" for value in customer]),
                "person_id": pa.array([f"p{value:04d}" for value in person]),
                "team_id": pa.array([f"t{value // PEOPLE_PER_TEAM:02d}" for value in person]),
            }
        )
        pq.write_table(orders, folder / "orders" / f"part-{start:09d}.parquet")
        back = rng.random(n) < 0.08
        share = np.where(rng.random(back.sum()) < 0.5, 1.0, rng.random(back.sum()))
        late = rng.integers(0, 90, back.sum()).astype("timedelta64[D]")
        events = pa.table(
            {
                "order_id": orders["order_id"].filter(pa.array(back)),
                "event": pa.array(["refund"] * int(back.sum())),
                "event_on": pa.array(day[back] + late).cast(pa.date32()),
                "amount": (amount[back] * share).astype("int64"),
            }
        )
        pq.write_table(events, folder / "order_events" / f"part-{start:09d}.parquet")
    roster = pd.DataFrame({"person_id": [f"p{value:04d}" for value in range(people)]})
    roster["team_id"] = [f"t{value // PEOPLE_PER_TEAM:02d}" for value in range(people)]
    roster = roster.assign(role="sales", valid_from=pd.Timestamp("2024-01-01").date())
    roster.to_parquet(folder / "roster.parquet")
    (folder / "done").write_text("")
    return {}


def ours(folder: Path) -> dict[str, float]:
    """Compute with the library."""
    from dataclasses import replace

    from salesperf_lib import facts, kpis
    from salesperf_lib.params import load_policy

    policy = load_policy("2025-12")
    policy = replace(
        policy,
        company=replace(
            policy.company, close_day=10, history_burn_in_months=0, new_customer_lookback_days=None
        ),
    )
    started = time.perf_counter()
    opened = facts.from_parquet("bench", folder)
    opened.con.raw_sql("set memory_limit = '400MB'")
    opened.con.raw_sql("set preserve_insertion_order = false")
    table = kpis.compute(opened, policy, MONTHS, ["team", "person"], KPIS)
    seconds = time.perf_counter() - started
    table[["period", "level", "unit_id", "kpi", "value"]].to_parquet(folder / "ours.parquet")
    return {"seconds": seconds, "megabytes": _peak()}


def plain_pandas(folder: Path) -> dict[str, float]:
    """Compute the same with plain pandas."""
    import pandas as pd

    started = time.perf_counter()
    orders, events = pd.read_parquet(folder / "orders"), pd.read_parquet(folder / "order_events")
    orders["ordered_on"] = pd.to_datetime(orders["ordered_on"])
    events["event_on"] = pd.to_datetime(events["event_on"])
    orders["period"] = orders["ordered_on"].dt.strftime("%Y-%m")
    refunds = events.merge(orders, on="order_id", suffixes=("_back", ""))
    closing = refunds["ordered_on"].dt.to_period("M").dt.to_timestamp() + pd.DateOffset(months=1, days=9)
    in_time = refunds["event_on"] <= closing
    refunds["period"] = refunds["period"].where(in_time, refunds["event_on"].dt.strftime("%Y-%m"))
    full = refunds[in_time].groupby("order_id")[["amount_back"]].sum()
    full = full.join(orders.set_index("order_id")["amount"])
    void = full.index[full["amount_back"] >= full["amount"]]
    orders["kept"] = ~orders["order_id"].isin(void)
    newest = orders.sort_values(["customer_id", "ordered_on", "order_id"]).drop_duplicates("customer_id")
    frames = []
    for level, unit in (("team", "team_id"), ("person", "person_id")):
        key = ["period", unit]
        sums = orders.groupby(key).agg(
            gross=("amount", "sum"), orders=("amount", "size"), kept=("kept", "sum")
        )
        sums["refunded"] = refunds.groupby(key)["amount_back"].sum()
        sums["acquired_customers"] = newest.groupby(key).size()
        sums = sums.fillna(0)
        sums["net_sales"] = sums["gross"] - sums["refunded"]
        sums["aov"], sums["refund_rate"] = sums["net_sales"] / sums["kept"], sums["refunded"] / sums["gross"]
        long = (
            sums[KPIS]
            .rename_axis(["period", "unit_id"])
            .melt(var_name="kpi", ignore_index=False)
            .reset_index()
        )
        frames.append(long.assign(level=level))
    table = pd.concat(frames)
    seconds = time.perf_counter() - started
    table.to_parquet(folder / "pandas.parquet")
    return {"seconds": seconds, "megabytes": _peak()}


def compare(folder: Path) -> dict[str, float]:
    """Hold both results to be equal wherever either has something."""
    import pandas as pd

    key = ["period", "level", "unit_id", "kpi"]
    own, peer = (
        pd.read_parquet(folder / f"{name}.parquet").set_index(key)["value"] for name in ("ours", "pandas")
    )
    both = pd.concat([own, peer], axis=1, keys=["ours", "pandas"])
    rare = both.index.get_level_values("kpi") == "acquired_customers"
    both.loc[rare] = both.loc[rare].fillna(0)  # nobody acquired: no row here, 0 there
    pd.testing.assert_series_equal(both["ours"], both["pandas"], check_names=False, rtol=1e-12)
    return {"rows": len(both)}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    task, folder, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    work = {"ours": ours, "pandas": plain_pandas, "compare": compare}
    print(json.dumps(make(folder, rows) if task == "make" else work[task](folder)))
