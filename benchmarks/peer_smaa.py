"""Ranks under many weightings by a peer: run by its own interpreter, on the data that ours wrote.

Every peer scores plain weighted sums of the points as they are, by the way that its documentation shows;
where it insists on normalising, it is given a function that leaves the points alone. The counts of the
grades follow from its ranks, are stored beside the data, and `weight_space.py` holds them to be equal.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from stopwatch import fastest

Count = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def main() -> int:
    """Count, and print one JSON line: processor µs per weighting, and the peak of the memory in MB."""
    name, draws, store = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    with np.load(store) as stored:
        points, places = stored["points"], stored["places"]
        weights = stored["weights"][:draws]
    seconds, counts = fastest(lambda: PEERS[name](points, weights, places))
    np.savez(store.with_name(f"{name}.npz"), counts=counts, draws=draws)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"micros": seconds / draws * 1e6, "draws": draws, "megabytes": peak}))
    return 0


def pysensmcda(points: np.ndarray, weights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Simulate, and keep no more than the counts of ranks."""
    from pysensmcda.smaa import simulate

    types = np.ones(points.shape[1])
    found = simulate(lambda m, w, _: m @ w, points, types, weights=weights, store="accumulate")
    return np.cumsum(found.rank_counts, axis=1)[:, places - 1].astype(np.int64)


def pysensmcda_smaa2(points: np.ndarray, weights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Run the whole analysis, of which simulating is a part."""
    from pysensmcda.smaa import smaa2

    found = smaa2(lambda m, w, _: m @ w, points, np.ones(points.shape[1]), weights=weights)
    return np.rint(found.kbr_acceptability[:, places - 1] * len(weights)).astype(np.int64)


def pymcdm(points: np.ndarray, weights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rank by the weighted sum, one weighting after the other."""
    from pymcdm.methods import WSM

    method = WSM(normalization_function=lambda x, cost: x)
    types = np.ones(points.shape[1])
    return _counted(
        points, weights, places, lambda w: method.rank(method(points, w, types, validation=False))
    )


def skcriteria(points: np.ndarray, weights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rank by the weighted sum; the matrix is made once and takes every weighting in turn."""
    from skcriteria import mkdm
    from skcriteria.agg.simple import WeightedSumModel

    matrix, method = mkdm(points, [max] * points.shape[1]), WeightedSumModel()
    return _counted(points, weights, places, lambda w: method.evaluate(matrix.replace(weights=w)).rank_)


def pyrepo(points: np.ndarray, weights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Rank by the weighted sum, one weighting after the other."""
    from pyrepo_mcda.additions import rank_preferences
    from pyrepo_mcda.mcda_methods import SAW

    method, types = SAW(normalization_method=lambda x, _: x), np.ones(points.shape[1])
    return _counted(points, weights, places, lambda w: rank_preferences(method(points, w, types)))


def _counted(
    points: np.ndarray, weights: np.ndarray, places: np.ndarray, ranks: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    found = np.zeros((len(points), len(places)), np.int64)
    for weighting in weights:
        found += ranks(weighting)[:, None] <= places
    return found


PEERS: dict[str, Count] = {
    "pysensmcda": pysensmcda,
    "smaa2": pysensmcda_smaa2,
    "pymcdm": pymcdm,
    "skcriteria": skcriteria,
    "pyrepo": pyrepo,
}

if __name__ == "__main__":
    raise SystemExit(main())
