"""Measure against peers: one table of what, ours, peer, limit and their ratio (``make bench``).

Every figure comes from a process of its own, so that peak memory means something.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"


def main() -> int:
    """Run the benchmarks and print their table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="orders to generate")
    rows = parser.parse_args().rows
    folder = OUT / f"orders-{rows}"
    _child("make", folder, rows)
    ours, peer = _child("ours", folder, rows), _child("pandas", folder, rows)
    _child("compare", folder, rows)
    table = [
        (f"KPIs of {rows:,} orders, seconds", ours["seconds"], peer["seconds"], 0.5),
        (f"KPIs of {rows:,} orders, peak MB", ours["megabytes"], peer["megabytes"], 0.25),
    ]
    print(f"{'what':<40}{'ours':>10}{'pandas':>10}{'reach':>10}{'ratio':>10}")
    for what, own, other, reach in table:
        print(f"{what:<40}{own:>10.1f}{other:>10.1f}{'≤ ' + format(reach, '.2f'):>10}{own / other:>10.2f}")
    print("results compared equal, row by row")
    return 0


def _child(task: str, folder: Path, rows: int) -> dict[str, float]:
    """Run one task in a fresh interpreter and read the last line that it prints."""
    command = [sys.executable, str(HERE / "kpi_orders.py"), task, str(folder), str(rows)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{task} failed:\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    raise SystemExit(main())
