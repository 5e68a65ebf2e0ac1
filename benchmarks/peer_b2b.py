"""The split by ``b2b_revenue_forecasting``: run by its own interpreter, on the company that ours wrote.

It cascades one target per month from the company to teams and people, by each month's own weights.
Pins go in as overrides of the month's cascade: three times as fast here as its `apply_pins`. It works in
money with two decimals, so it is given hundreds of our units.
"""

from __future__ import annotations

import json
import sys
import warnings

import numpy as np
import pandas as pd
from b2b_revenue_forecasting import MetricSpec, cascade_many
from stopwatch import fastest

PINNED_MONTH = 10


def main() -> int:
    """Split, and print one JSON line."""
    warnings.simplefilter("ignore")
    with np.load(sys.argv[1]) as stored:
        data = dict(stored)
    people, months = data["weights"].shape
    tree = pd.DataFrame(data["weights"], columns=[f"weight_{m}" for m in range(months)])
    tree.insert(0, "person", [f"p{i}" for i in range(people)])
    tree.insert(0, "team", [f"t{i}" for i in data["team"]])
    tree.insert(0, "company", "company")
    targets = pd.DataFrame({"company": "company", "month": range(months), "target": data["months"] / 100})
    pins = {f"p{i}": value / 100 for i, value in zip(data["pinned"], data["pins"], strict=True)}
    seconds, quotas = fastest(lambda: split(tree, targets, pins))
    rows = people * months
    print(json.dumps({"seconds": seconds, "rows": rows, "error": largest_error(quotas, data)}))
    return 0


def split(tree: pd.DataFrame, targets: pd.DataFrame, pins: dict[str, float]) -> pd.DataFrame:
    """Cascade the months without pins, then the month with pins."""
    metrics = {m: [MetricSpec(f"weight_{m}", columns=[f"weight_{m}"])] for m in targets["month"]}
    pinned = targets["month"] == PINNED_MONTH
    parts = [
        cascade_many(
            tree,
            some,
            group_keys=["company"],
            target_col="target",
            taxonomy=["company", "team", "person"],
            metrics=lambda key: metrics[int(key["month"])],
            on_error="raise",
            new_ic_overrides=overrides,
        )[0]
        for some, overrides in ((targets[~pinned], None), (targets[pinned], pins))
    ]
    return pd.concat(parts, ignore_index=True)


def largest_error(quotas: pd.DataFrame, data: dict[str, np.ndarray]) -> float:
    """Give the largest difference of any margin or pin, in units."""
    table = quotas.pivot_table(index="node_id", columns="month", values="base_quota") * 100
    people = table.loc[[f"p{i}" for i in range(len(data["team"]))]].to_numpy()
    teams = table.loc[[f"t{i}" for i in range(len(data["teams"]))]].to_numpy()
    sums = np.zeros_like(teams)
    np.add.at(sums, data["team"], people)
    differences = (
        sums - teams,
        teams.sum(axis=0) - data["months"],
        people.sum(axis=0) - data["months"],
        people[data["pinned"], PINNED_MONTH] - data["pins"],
    )
    return round(max(float(np.abs(part).max()) for part in differences), 3)


if __name__ == "__main__":
    raise SystemExit(main())
