"""Stream a company of any size into fact tables (DATA §3), a block of teams at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from salesperf_lib.sample.exports.orders import CHANNEL_NAMES, PLATFORMS
from salesperf_lib.sample.large.blocks import draw_blocks
from salesperf_lib.sample.large.days import append_days
from salesperf_lib.sample.large.orders import append_orders, append_people
from salesperf_lib.sample.large.writers import Columns, Writers
from salesperf_lib.sample.plan import Plan
from salesperf_lib.sample.traffic import CHANNELS, PAID

__all__ = ["stream"]


def stream(plan: Plan, out: Path, orders: int, rows_per_file: int) -> list[Path]:
    """Write the fact tables of a company of any size.

    Parameters
    ----------
    plan
        Seed, days and number of teams of ten people; the truths play no part.
    out
        Folder; each table becomes a folder of files below it.
    orders
        Order rows in all.
    rows_per_file
        Rows after which a table goes on in a new file.

    Returns
    -------
    list of Path
        The files.
    """
    with Writers(out, rows_per_file) as writers:
        writers.append("channels", _channels())
        for number, block in enumerate(draw_blocks(plan, orders)):
            rng = np.random.default_rng([plan.seed, number])
            append_people(writers, plan, block)
            append_orders(writers, plan, block, rng)
            append_days(writers, plan, block, rng)
    return writers.files


def _channels() -> Columns:
    paid = pa.array([number in PAID for number in range(len(CHANNELS))])
    names, platforms = pa.array(CHANNEL_NAMES), pa.array(PLATFORMS)
    return {"channel": pa.array(CHANNELS), "name": names, "platform": platforms, "is_paid": paid}
