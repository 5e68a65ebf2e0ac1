"""Write the made-up company's exports, with planted truths (§3.2, §4).

A Chinese online beauty retailer: six teams, sixty people, four roles. `write` draws its business
and writes it as its systems would export it; `write_large` streams a company of any size straight
into fact tables.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from salesperf_lib.sample.company import fail_if_too_small

OPEN_DAYS = 10

__all__ = ["write"]


def write(
    out: Path, seed: int = 618, people: int = 60, first_month: str = "2024-01", months: int = 30
) -> list[Path]:
    """Write the sample company's exports and its ``TRUTH.yaml``.

    Parameters
    ----------
    out
        Folder; made if missing, files of the same names are replaced.
    seed
        Of every random stream: the same seed writes the same bytes.
    people
        Positions to fill: a multiple of ten from 60 on.
    first_month, months
        Whole months covered; the ten days after them are covered too, as an open month.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        If `people` cannot hold the planted truths.
    """
    from salesperf_lib.sample.business import draw, export
    from salesperf_lib.sample.company import Plan
    from salesperf_lib.sample.truths import Truths

    fail_if_too_small(people)
    first = date.fromisoformat(f"{first_month}-01")
    year, month = divmod(first.month - 1 + months, 12)
    last = date(first.year + year, month + 1, 1) + timedelta(OPEN_DAYS - 1)
    out.mkdir(parents=True, exist_ok=True)
    return export(draw(Plan(seed, first, last, people // 10, Truths())), out)
