"""Write the made-up company's exports, with planted truths (§3.2, §4).

A Chinese online beauty retailer: six teams, sixty people, four roles. `write` draws its business
and writes it as its systems would export it; `write_large` streams a company of any size straight
into fact tables.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

OPEN_DAYS = 10
ORDERS_A_PERSON_AND_MONTH = 42

__all__ = ["write", "write_large"]


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
        If people or months cannot hold the planted truths.
    """
    from salesperf_lib.sample.business import draw
    from salesperf_lib.sample.exports import export
    from salesperf_lib.sample.plan import Plan, fail_if_too_small, fail_if_truths_outside
    from salesperf_lib.sample.truths import Truths

    fail_if_too_small(people)
    first, last = _span(first_month, months)
    plan = Plan(seed, first, last + timedelta(OPEN_DAYS), people // 10, Truths())
    fail_if_truths_outside(plan)
    business = draw(plan)
    out.mkdir(parents=True, exist_ok=True)
    return export(business, out)


def write_large(
    out: Path,
    seed: int = 618,
    people: int = 20_000,
    first_month: str = "2024-01",
    months: int = 36,
    *,
    orders: int | None = None,
    rows_per_file: int = 5_000_000,
) -> list[Path]:
    """Write a company of any size as Parquet, in the shape of the fact tables, for `facts.from_parquet`.

    Parameters
    ----------
    out
        Folder; each table becomes a folder of files below it.
    seed
        Of every random stream.
    people
        A multiple of ten: teams have ten people.
    first_month, months
        Whole months covered.
    orders
        Order rows; 42 a person and month if not given.
    rows_per_file
        Rows after which a table goes on in a new file.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        If `people` is not a multiple of ten.

    Notes
    -----
    Written a block of teams at a time, in memory that does not grow with the company. Its people
    stay where they are and nothing is planted: it is for measuring speed, not for finding truths.
    """
    from salesperf_lib.sample.large import stream
    from salesperf_lib.sample.plan import Plan, fail_if_uneven
    from salesperf_lib.sample.truths import Truths

    fail_if_uneven(people)
    plan = Plan(seed, *_span(first_month, months), people // 10, Truths())
    rows = ORDERS_A_PERSON_AND_MONTH * people * months if orders is None else orders
    return stream(plan, out, rows, rows_per_file)


def _span(first_month: str, months: int) -> tuple[date, date]:
    """Tell the first and the last day of whole months."""
    first = date.fromisoformat(f"{first_month}-01")
    years, month = divmod(first.month - 1 + months, 12)
    return first, date(first.year + years, month + 1, 1) - timedelta(1)
