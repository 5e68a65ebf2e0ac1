"""Measure against peers: one table of what, ours, peer, ratio and reach (``make bench``).

Every figure comes from a process of its own, so that peak memory means something. A peer that cannot be
installed, or does not finish, is named in its row; the others are measured all the same.
"""

from __future__ import annotations

import argparse
import sys

from rows_weights import NOTE, weight_rows
from table import Figures, Row, timed
from tasks import OUT, PATIENCE, attempt, child, peer_task

PEOPLE, FEWER = 20_000, 2_000
TEAM = 50
LONG_TABLE = 2_000


def main() -> int:
    """Run the benchmarks and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="orders to generate")
    parser.add_argument("--only", choices=("kpis", "targets", "scores", "weights"), help="measure only these")
    options = parser.parse_args()
    print(f"{'what':<58}{'ours':>11}{'peer':>11}{'ratio':>9}{'reach':>9}")
    if options.only in (None, "kpis"):
        _print(kpi_rows(options.rows))
        print("KPI results compared equal, row by row")
    if options.only in (None, "targets"):
        _print(target_rows())
        print(
            "targets: processor seconds, best of three; errors in units, of any margin or pin\n"
            "ratio: of rows/s ours / peer, of seconds peer / ours, of growth 20,000 / 2,000; of errors, ours"
        )
    if options.only in (None, "scores"):
        _print(score_rows(1_000_000))
        print("scores: processor seconds; ours compared equal with pandas on its sample")
    if options.only in (None, "weights"):
        _print(weight_rows())
        print(NOTE)
    return 0


def score_rows(rows: int) -> list[Row]:
    """Composites on plain arrays, against what NumPy and pandas do, in one process."""
    found = child(sys.executable, "score_curves.py", rows, patience=PATIENCE)
    own, what = found["ours"], f"{rows:,} composites × 12 KPIs: s"
    return [
        Row(f"{what} (below 1)", own, "", own, ("≤", 1)),
        Row(f"{what} (np.interp only)", own, found["interp"], found["interp"] / own),
        Row(f"{what} (pandas apply, scaled)", own, found["pandas"], found["pandas"] / own, ("≥", 20)),
        Row(f"{what} (limit: copy)", own, found["copy"], found["copy"] / own),
    ]


def kpi_rows(orders: int) -> list[Row]:
    """KPIs against plain pandas."""
    folder = OUT / f"orders-{orders}"

    def run(task: str) -> Figures:
        return child(sys.executable, "kpi_orders.py", task, folder, orders)

    run("make")
    ours, peer = run("ours"), run("pandas")
    run("compare")
    return [
        Row(f"KPIs of {orders:,} orders, {unit} (pandas)", ours[key], peer[key], ours[key] / peer[key], reach)
        for key, unit, reach in (
            ("seconds", "seconds", ("≤", 0.5)),
            ("megabytes", "peak MB", ("≤", 0.25)),
        )
    ]


def target_rows() -> list[Row]:
    """Targets against the peers, on the same company."""
    for people in (FEWER, PEOPLE):
        _ours("data", people)
    return [*_split_rows(), *_top_down_rows(), *_rounding_rows()]


def _split_rows() -> list[Row]:
    """Split the year with pins and audit frame, and let it grow."""
    own, small = _ours("ours", PEOPLE), _ours("ours", FEWER)
    speed, what = own["rows"] / own["seconds"], f"split {PEOPLE:,} × 12 with pins and audit"
    growth = own["seconds"] / small["seconds"]
    peer = peer_task("b2b", "peer_b2b.py", OUT / "targets" / f"{PEOPLE}.npz")
    if isinstance(peer, str):
        error, theirs, ratio = peer, peer, None
    else:
        error, theirs = peer["error"], peer["rows"] / peer["seconds"]
        ratio = speed / theirs
    return [
        Row(f"{what}: largest error (b2b)", own["error"], error, own["error"], ("≤", 0)),
        Row(f"{what}: rows/s (b2b)", speed, theirs, ratio, ("≥", 10)),
        Row(f"{what}: s, against {FEWER:,}", own["seconds"], small["seconds"], growth, ("≤", PEOPLE / FEWER)),
    ]


def _top_down_rows() -> list[Row]:
    """Hand real values down the tree: the same work, by arrays and by the peer's documented way."""
    own = _ours("top_down", PEOPLE)["seconds"]
    rows: list[Row] = []
    for way in ("arrays", "frames"):
        peer = peer_task("nixtla", "peer_nixtla.py", way, OUT / "targets" / f"{PEOPLE}.npz")
        what = f"top-down {PEOPLE:,} × 12, real values: s (Nixtla {way})"
        rows.append(timed(what, own, peer, ("≥", 500)))
    return rows


def _rounding_rows() -> list[Row]:
    """Round the same tables: one long one, and those of all teams."""
    rows: list[Row] = []
    for people, size in ((LONG_TABLE, LONG_TABLE), (PEOPLE, TEAM)):
        what = f"{people // size} table{'s' * (people > size)} {size:,} × 12 to whole numbers"
        own = _ours("round", people, size)
        for task, name in (("highs", "HiGHS"), ("highs_plain", "HiGHS, no presolve")):
            peer = attempt(lambda t=task, p=people, s=size: _ours(t, p, s))
            rows.append(timed(f"{what}: s ({name})", own["seconds"], peer, ("≥", 500)))
            if not isinstance(peer, str) and abs(peer["l1"] - own["l1"]) > 1e-3:
                rows.append(Row(f"{what}: distance from real values", own["l1"], peer["l1"], None))
        limit = _ours("remainder", people, size)
        rows.append(timed(f"{what}: s (limit: rows only)", own["seconds"], limit, None))
        rows.append(Row(f"{what}: error (limit)", own["error"], limit["error"], own["error"], ("≤", 0)))
    return rows


def _ours(task: str, *numbers: int) -> Figures:
    return child(sys.executable, "target_split.py", task, *numbers, patience=PATIENCE)


def _print(rows: list[Row]) -> None:
    for row in rows:
        print(row.written())


if __name__ == "__main__":
    raise SystemExit(main())
