"""What conformed tables must satisfy: keys, references, spans, hierarchies, amounts, ids.

Each ``find_…`` looks at one rule over all tables and returns what it found; `findings.py` says
which rules stop a load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from duckdb import DuckDBPyConnection

from salesperf_lib.errors import PeriodError
from salesperf_lib.facts.assessed.odd import find_odd_assessments
from salesperf_lib.facts.conform import columns_of, exists
from salesperf_lib.facts.findings import Finding
from salesperf_lib.facts.hierarchy import find_loops
from salesperf_lib.facts.tables import TABLES
from salesperf_lib.periods import Period

ABSURD = 1000
ENOUGH_FOR_A_MEDIAN = 10
SAFE_ID = r"^[\w][\w.-]{0,63}$"
RESERVED_IDS = ("company", "unassigned", "all")
UNIT_COLUMNS = ("team_id", "parent_id", "person_id", "manager_id", "rater_id")


def check(
    con: DuckDBPyConnection, keys: Mapping[str, Sequence[str]] | None = None, last_day: date | None = None
) -> list[Finding]:
    """Check conformed tables against their declaration.

    Parameters
    ----------
    con
        Connection with the tables in schema ``main``.
    keys
        Keys that a mapping declares in place of the table's own; an empty one keeps duplicates.
    last_day
        Day after which no row can lie, if that is known.

    Returns
    -------
    list of Finding
        Everything found, errors and warnings.
    """
    given = {name: list(columns_of(con, f"main.{name}")) for name in TABLES if exists(con, name)}
    findings: list[Finding] = []
    for name, columns in given.items():
        key = (keys or {}).get(name, TABLES[name].key)
        findings += find_missing_values(con, name, columns)
        findings += find_duplicates(con, name, [column for column in key if column in columns])
        findings += find_unknown_codes(con, name, columns)
        findings += find_unknown_periods(con, name, columns)
        findings += find_unsafe_ids(con, name, columns)
        findings += find_bad_spans(con, name, columns)
        findings += find_orphans(con, name, columns, given)
        findings += find_odd_amounts(con, name, columns)
        findings += find_late_rows(con, name, columns, last_day)
        if name == "assessments":
            findings += find_odd_assessments(con, columns, key, "roster" in given)
    findings += find_loops(con, given)
    return findings + find_excess_credit(con, given)


def find_missing_values(con: DuckDBPyConnection, table: str, columns: Sequence[str]) -> Iterator[Finding]:
    """Find rows whose required columns are empty."""
    required = [name for name in TABLES[table].required() if name in columns]
    counts = ", ".join(f"count(*) - count({name})" for name in required)
    missing = con.execute(f"select {counts} from main.{table}").fetchall()[0]
    for name, n_rows in zip(required, missing, strict=True):
        if n_rows:
            shown = _examples(con, table, columns, f"{name} is null")
            yield Finding(
                "missing_value", "error", f"{table}.{name}", "nothing", "a value in every row", n_rows, shown
            )


def find_duplicates(con: DuckDBPyConnection, table: str, key: Sequence[str]) -> Iterator[Finding]:
    """Find keys that several rows share."""
    if not key:
        return
    named = ", ".join(key)
    n_rows, shown = con.execute(
        f"""with doubled as (select {_shown(key)} as shown, count(*) as n from main.{table}
             group by {named} having count(*) > 1)
        select coalesce(sum(n), 0)::bigint, list(shown order by shown)[:3] from doubled"""
    ).fetchall()[0]
    if n_rows:
        expected = f"one row per {', '.join(key)}"
        yield Finding(
            "duplicate_key",
            "error",
            f"{table}.{key[0]}",
            "several rows with one key",
            expected,
            n_rows,
            tuple(shown),
        )


def find_unknown_codes(con: DuckDBPyConnection, table: str, columns: Sequence[str]) -> Iterator[Finding]:
    """Find values outside a closed list."""
    for name in columns:
        codes = TABLES[table].columns[name].codes
        if not codes:
            continue
        listed = ", ".join(f"'{code}'" for code in codes)
        n_rows, shown = con.execute(
            f"""select count(*), list_sort(list(distinct {name}))[:3] from main.{table}
            where {name} not in ({listed})"""
        ).fetchall()[0]
        if n_rows:
            expected = ", ".join(codes)
            yield Finding(
                "unknown_code", "error", f"{table}.{name}", "unknown codes", expected, n_rows, tuple(shown)
            )


def find_unknown_periods(con: DuckDBPyConnection, table: str, columns: Sequence[str]) -> Iterator[Finding]:
    """Find periods in none of the written forms."""
    if "period" not in columns:
        return
    counted = con.execute(
        f"select period, count(*) from main.{table} where period is not null group by 1 order by 1"
    ).fetchall()
    unknown = [(label, n) for label, n in counted if not _is_period(label)]
    if unknown:
        n_rows = sum(n for _, n in unknown)
        shown = tuple(label for label, _ in unknown[:3])
        expected = "2026, 2026-Q2, 2026-06, FY2018 …"
        yield Finding("unknown_period", "error", f"{table}.period", "no period", expected, n_rows, shown)


def find_unsafe_ids(con: DuckDBPyConnection, table: str, columns: Sequence[str]) -> Iterator[Finding]:
    """Find ids of teams and persons that could not name a folder, or that stand for something else."""
    for name in columns:
        if name not in UNIT_COLUMNS and not (table == "goals" and name == "unit_id"):
            continue
        where = "level in ('team', 'group', 'person') and" if name == "unit_id" else ""
        rows = con.execute(
            f"""select {name}, count(*) from main.{table} where {where} {name} is not null
            group by 1 order by 1"""
        ).fetchall()
        unsafe = [(unit, n) for unit, n in rows if not is_safe_id(unit)]
        if unsafe:
            shown = tuple(repr(unit[:60]) for unit, _ in unsafe[:3])
            expected = f"letters, digits, '_', '-', '.', not '.' first, not {', '.join(RESERVED_IDS)}"
            n_rows = sum(n for _, n in unsafe)
            yield Finding("unsafe_id", "error", f"{table}.{name}", "unsafe ids", expected, n_rows, shown)


def is_safe_id(unit: str) -> bool:
    """Say whether an id of a team or person may name a folder."""
    return re.fullmatch(SAFE_ID, unit) is not None and unit.lower() not in RESERVED_IDS


def find_bad_spans(con: DuckDBPyConnection, table: str, columns: Sequence[str]) -> Iterator[Finding]:
    """Find validity rows that end before they begin, or hold on the same day as another of their id."""
    span = TABLES[table].span
    if span is None or span[0] not in columns:
        return
    first, last = span
    ends = last if last in columns else "null::date"
    reversed_span = f"{ends} < {first}"
    n_rows = con.execute(f"select count(*) from main.{table} where {reversed_span}").fetchall()[0][0]
    if n_rows:
        shown = _examples(con, table, columns, reversed_span)
        expected = f"{last} >= {first}"
        yield Finding(
            "reversed_span", "error", f"{table}.{last}", "ends before it begins", expected, n_rows, shown
        )
    if not TABLES[table].disjoint:
        return
    owner = TABLES[table].key[0]
    n_rows, shown = con.execute(
        f"""with ordered as (select {owner}, {first} as first, {ends} as ends,
              lead(coalesce({first}, date '0001-01-01')) over
                (partition by {owner} order by {first} nulls first, {ends}) as next
            from main.{table})
        select count(*), list({owner} || ' on ' || next order by {owner}, next)[:3] from ordered
        where next <= ends or next = first"""
    ).fetchall()[0]
    if n_rows:
        found, expected = "rows that overlap", "one row on a day"
        yield Finding("overlapping_rows", "error", f"{table}.{first}", found, expected, n_rows, tuple(shown))


def find_orphans(
    con: DuckDBPyConnection, table: str, columns: Sequence[str], given: Mapping[str, Sequence[str]]
) -> Iterator[Finding]:
    """Find ids that their own table does not know, and those that only lost their leading zeros."""
    for name in columns:
        parent = TABLES[table].columns[name].references
        if parent not in given or name == "rater_id":  # an unknown rater stops the load: find_odd_assessments
            continue
        known = f"select {TABLES[parent].key[0]} as id from main.{parent}"
        rows = con.execute(
            f"""with unknown as (
              select {name} as id, count(*) as n from main.{table}
              where {name} is not null and {name} not in ({known}) group by 1),
            widths as (select distinct length(id)::integer as width from ({known}) where id like '0%')
            select id, n, (select min(lpad(id, width, '0')) from widths
                           where width > length(id) and lpad(id, width, '0') in ({known})) as restored
            from unknown order by id"""
        ).fetchall()
        lost = [(f"{unit} for {restored}", n) for unit, n, restored in rows if restored]
        orphans = [(unit, n) for unit, n, restored in rows if not restored]
        where, expected = f"{table}.{name}", f"an id of {parent}"
        if lost:
            yield _counted("lost_leading_zeros", where, "ids without their leading zeros", expected, lost)
        if orphans:
            yield _counted("orphan", where, "unknown ids", expected, orphans)


def find_odd_amounts(con: DuckDBPyConnection, table: str, columns: Sequence[str]) -> Iterator[Finding]:
    """Find amounts below zero, and those above 1000 times the median of their column."""
    for name in columns:
        if not TABLES[table].columns[name].measured:
            continue
        n_negative, n_filled, median = con.execute(
            f"""select count(*) filter (where {name} < 0), count(*) filter (where {name} <> 0),
            median(abs({name})) filter (where {name} <> 0) from main.{table}"""
        ).fetchall()[0]
        if n_negative:
            shown = _examples(con, table, columns, f"{name} < 0", name)
            yield Finding(
                "negative", "warning", f"{table}.{name}", "amounts below 0", "0 or more", n_negative, shown
            )
        if n_filled < ENOUGH_FOR_A_MEDIAN:
            continue
        absurd = f"abs({name}) > {ABSURD} * {float(median)!r}"
        n_absurd = con.execute(f"select count(*) from main.{table} where {absurd}").fetchall()[0][0]
        if n_absurd:
            shown = _examples(con, table, columns, absurd, name)
            expected = f"at most {ABSURD} times the median, {median:g}"
            yield Finding("absurd", "warning", f"{table}.{name}", "absurd amounts", expected, n_absurd, shown)


def find_late_rows(
    con: DuckDBPyConnection, table: str, columns: Sequence[str], last_day: date | None
) -> Iterator[Finding]:
    """Find rows of days that cannot have happened when the data were drawn."""
    day = TABLES[table].day
    if last_day is None or not day:
        return
    late = f"{day} > date '{last_day}'"
    n_rows = con.execute(f"select count(*) from main.{table} where {late}").fetchall()[0][0]
    if n_rows:
        shown = _examples(con, table, columns, late, day)
        expected = f"days up to {last_day}"
        yield Finding("after_last_day", "warning", f"{table}.{day}", "later days", expected, n_rows, shown)


def find_excess_credit(con: DuckDBPyConnection, given: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Find orders of which a role holds more than the whole."""
    if not {"order_id", "role", "share"} <= set(given.get("credits", ())):
        return []
    n_rows, shown = con.execute(
        """with held as (select order_id, role, sum(share) as held from main.credits group by all)
        select count(*), list(order_id || ' ' || role || ': ' || round(held, 4) order by order_id, role)[:3]
        from held where held > 1 + 1e-9"""
    ).fetchall()[0]
    if not n_rows:
        return []
    found = "orders credited more than once"
    return [
        Finding("credit_over_one", "error", "credits.share", found, "sum at most 1", n_rows, tuple(shown))
    ]


def _is_period(label: str) -> bool:
    try:
        Period.parse(label)
    except PeriodError:
        return False
    return True


def _counted(rule: str, evidence: str, found: str, expected: str, rows: Sequence[tuple[str, int]]) -> Finding:
    shown = tuple(unit for unit, _ in rows[:3])
    return Finding(rule, "warning", evidence, found, expected, sum(n for _, n in rows), shown)


def _shown(names: Sequence[str]) -> str:
    """Write the SQL that shows columns of a row to a person."""
    return "concat_ws(' ', " + ", ".join(f"cast({name} as varchar)" for name in names) + ")"


def _examples(
    con: DuckDBPyConnection, table: str, columns: Sequence[str], where: str, value: str = ""
) -> tuple[str, ...]:
    """Show the first rows concerned by their key, and a value."""
    key = [name for name in TABLES[table].key or tuple(columns)[:2] if name in columns and name != value]
    shown = f"{_shown(key)} || ': ' || {value}" if value else _shown(key)
    rows = con.execute(f"select {shown} as shown from main.{table} where {where} order by shown limit 3")
    return tuple(str(row[0]) for row in rows.fetchall())
