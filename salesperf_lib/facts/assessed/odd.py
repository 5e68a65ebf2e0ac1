"""What the assessments of any source must satisfy: ratings by others, on their scale, once, and numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from duckdb import DuckDBPyConnection

from salesperf_lib.facts.findings import Finding
from salesperf_lib.facts.tables import TABLES

TABLE = "assessments"
KEY = TABLES[TABLE].key
ROW = "concat_ws(' ', {})"


def find_odd_assessments(
    con: DuckDBPyConnection, columns: Collection[str], key: Sequence[str] = KEY, roster: bool = False
) -> Iterator[Finding]:
    """Find assessments that say nothing or may not count; each stops a load.

    Parameters
    ----------
    con
        Connection with the conformed tables in schema ``main``.
    columns
        Columns that the table has.
    key
        The key by which duplicates were looked for already.
    roster
        Whether there is a roster: then it knows every rater.

    Notes
    -----
    A rating is the numerator over the denominator, the number of ratings in the row (1 if it is not
    given): it lies from 0 to `scale_max` where that is given. A row without a rater is a count, not a
    rating. A rater rates a person once per period, item and subject, whatever key the mapping declares.
    """
    has = set(columns)
    yield from _find_no_numbers(con, has)
    yield from _find_off_scale(con, has)
    if "rater_id" not in has:
        return
    found = _rows(con, has, "rater_id = person_id")
    if found:
        yield Finding("self_rating", "error", f"{TABLE}.rater_id", "people rated by themselves",
                      "ratings by others", *found)  # fmt: skip
    if set(key) & has != set(KEY) & has:
        yield from _find_rated_twice(con, has)
    if roster:
        yield from _find_unknown_raters(con)


def _find_no_numbers(con: DuckDBPyConnection, has: Collection[str]) -> Iterator[Finding]:
    """Find NaN and infinity, which engines hold in columns of numbers."""
    for name in ("numerator", "denominator", "scale_max"):
        found = _rows(con, has, f"not isfinite({name})", name) if name in has else None
        if found:
            what, expected = "values that are no numbers", "a finite number, or nothing"
            yield Finding("no_number", "error", f"{TABLE}.{name}", what, expected, *found)


def _find_off_scale(con: DuckDBPyConnection, has: Collection[str]) -> Iterator[Finding]:
    count = "coalesce(denominator, 1)" if "denominator" in has else "1"
    finite = " and ".join(f"isfinite({name})" for name in ("numerator", count, "scale_max"))
    if {"rater_id", "denominator"} <= set(has):
        found = _rows(con, has, "rater_id is not null and denominator <= 0", "denominator")
        if found:
            what, expected = "ratings of which there are none", "a number above 0, or nothing"
            yield Finding("off_scale", "error", f"{TABLE}.denominator", what, expected, *found)
    if "scale_max" not in has:
        return
    found = _rows(con, has, "scale_max <= 0", "scale_max")
    if found:
        what, expected = "scales without a mark", "the highest mark, above 0"
        yield Finding("off_scale", "error", f"{TABLE}.scale_max", what, expected, *found)
    beyond = f"(numerator < 0 or numerator > scale_max * {count})"
    found = _rows(con, has, f"{finite} and scale_max > 0 and {count} > 0 and {beyond}", "numerator")
    if found:
        what, expected = "ratings outside their scale", "0 to scale_max for each rating"
        yield Finding("off_scale", "error", f"{TABLE}.numerator", what, expected, *found)


def _find_rated_twice(con: DuckDBPyConnection, has: Collection[str]) -> Iterator[Finding]:
    """Find raters who rated twice, where the mapping's own key lets rows repeat."""
    named = [name for name in KEY if name in has]
    row = ROW.format(", ".join(named))
    n_rows, shown = con.execute(
        f"""with doubled as (select {row} as shown, count(*) as n from main.{TABLE}
             where rater_id is not null group by {", ".join(named)} having count(*) > 1)
        select coalesce(sum(n), 0)::bigint, list(shown order by shown)[:3] from doubled"""
    ).fetchall()[0]
    if n_rows:
        what, expected = "several ratings by one rater", f"one row per {', '.join(named)}"
        yield Finding("rated_twice", "error", f"{TABLE}.rater_id", what, expected, n_rows, tuple(shown))


def _find_unknown_raters(con: DuckDBPyConnection) -> Iterator[Finding]:
    n_rows, shown = con.execute(
        f"""select count(*), list_sort(list(distinct rater_id))[:3] from main.{TABLE}
        where rater_id is not null and rater_id not in (select person_id from main.roster)"""
    ).fetchall()[0]
    if n_rows:
        what, expected = "raters whom the roster does not know", "an id of roster"
        yield Finding("unknown_rater", "error", f"{TABLE}.rater_id", what, expected, n_rows, tuple(shown))


def _rows(
    con: DuckDBPyConnection, has: Collection[str], where: str, value: str = ""
) -> tuple[int, tuple[str, ...]] | None:
    """Count rows, and show the first three by their key and a value; None if there are none."""
    row = ROW.format(", ".join(name for name in KEY if name in has))
    shown = f"{row} || ': ' || {value}" if value else row
    n_rows, examples = con.execute(
        f"select count(*), list({shown} order by {shown})[:3] from main.{TABLE} where {where}"
    ).fetchall()[0]
    return (int(n_rows), tuple(examples)) if n_rows else None
