"""Top-down by Nixtla's ``hierarchicalforecast``: run by its own interpreter, on the company that ours wrote.

``arrays`` calls its sparse reconciler itself, ``frames`` goes the documented way over data frames. Both
divide every month by that month's own weights (``forecast_proportions``): real values, no pins, no rounding.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
from hierarchicalforecast.core import HierarchicalReconciliation
from hierarchicalforecast.methods import TopDownSparse
from hierarchicalforecast.utils import aggregate
from scipy import sparse
from stopwatch import fastest

METHOD = "forecast_proportions"


def main() -> int:
    """Hand the months down, and print one JSON line."""
    with np.load(sys.argv[2]) as stored:
        data = dict(stored)
    call = {"arrays": by_arrays, "frames": by_frames}[sys.argv[1]](data)
    seconds, people = fastest(call)
    expected = data["months"] * data["weights"] / data["weights"].sum(axis=0)
    if not np.allclose(people, expected, rtol=1e-9, atol=1e-6):
        raise SystemExit("the peer did not do the same work")
    error = float(np.abs(people.sum(axis=0) - data["months"]).max())
    print(json.dumps({"seconds": seconds, "rows": people.size, "error": error}))
    return 0


def by_arrays(data: dict[str, np.ndarray]) -> Callable[[], np.ndarray]:
    """Prepare the summing matrix, and call the reconciler."""
    n, g = len(data["team"]), len(data["teams"])
    of_team = sparse.csr_matrix((np.ones(n), (data["team"], np.arange(n))), shape=(g, n))
    summing = sparse.csr_matrix(sparse.vstack([np.ones((1, n)), of_team, sparse.eye(n)]))
    values = np.vstack([data["months"][None].astype(float), data["teams"], data["weights"]])
    rows = np.arange(1 + g + n)
    tags = {"company": rows[:1], "team": rows[1 : 1 + g], "person": rows[1 + g :]}
    return lambda: TopDownSparse(METHOD).fit_predict(S=summing, y_hat=values, tags=tags)["mean"][1 + g :]


def by_frames(data: dict[str, np.ndarray]) -> Callable[[], np.ndarray]:
    """Prepare its frames, and call its reconciliation."""
    n, months = data["weights"].shape
    leaves = pd.DataFrame(
        {
            "company": "company",
            "team": np.repeat([f"t{i:06d}" for i in data["team"]], months),
            "person": np.repeat([f"p{i:06d}" for i in range(n)], months),
            "ds": np.tile(pd.date_range("2026-01-01", periods=months, freq="MS"), n),
            "y": data["weights"].ravel(),
        }
    )
    levels = [["company"], ["company", "team"], ["company", "team", "person"]]
    frame, summing, tags = aggregate(leaves, levels, sparse_s=True)
    frame = frame.rename(columns={"y": "plan"})
    frame.loc[frame["unique_id"] == "company", "plan"] = data["months"].astype(float)
    reconciler = HierarchicalReconciliation([TopDownSparse(METHOD)])

    def call() -> np.ndarray:
        found = reconciler.reconcile(frame, tags, S_df=summing)
        return found[f"plan/TopDownSparse_method-{METHOD}"].to_numpy().reshape(-1, months)[-n:]

    return call


if __name__ == "__main__":
    raise SystemExit(main())
