"""Add what the register holds to the conformed assessments of a source."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from salesperf_lib.facts.assessed.known import COLUMNS, KEY
from salesperf_lib.facts.assessed.register import Record
from salesperf_lib.facts.conform import columns_of, exists
from salesperf_lib.facts.findings import Finding
from salesperf_lib.facts.tables import SQL_TYPES, TABLES

TABLE = "assessments"
SAME_KEY = " and ".join(f"a.{name} is not distinct from r.{name}" for name in KEY)
DIFFERS = """(a.numerator is distinct from r.numerator
  or coalesce(a.denominator, 1) <> coalesce(r.denominator, 1)
  or a.scale_max <> r.scale_max or a.adopted_on <> r.adopted_on)"""


def merge(con: DuckDBPyConnection, records: Sequence[Record]) -> list[Finding]:
    """Add the rows of records to table ``main.assessments``, which is made where it is not given.

    A row that the source's own export holds too is not added again; one that says otherwise stops
    the load.

    Parameters
    ----------
    con
        Connection with the conformed tables in schema ``main``.
    records
        What was taken in, to be seen.

    Returns
    -------
    list of Finding
        Rows that the export and the register tell differently.
    """
    if not records:
        return []
    held = pd.concat([record.rows[list(COLUMNS)] for record in records], ignore_index=True)
    kinds = {"VARCHAR": pa.string(), "DOUBLE": pa.float64(), "DATE": pa.date32()}
    cells = held.astype(object).where(held.notna(), None)
    columns = {
        name: pa.array(cells[name].tolist(), kinds[SQL_TYPES[spec.kind]])
        for name, spec in TABLES[TABLE].columns.items()
    }
    con.register("_taken", pa.table(columns))
    con.execute("create or replace temp table _register as select * from _taken")
    con.unregister("_taken")
    _complete_table(con)
    found = _contradictions(con)
    given = ", ".join(columns_of(con, f"main.{TABLE}"))
    con.execute(
        f"""insert into main.{TABLE} by name
        select {given} from _register r where not exists (select 1 from main.{TABLE} a where {SAME_KEY})"""
    )
    con.execute("drop table _register")
    return found


def _complete_table(con: DuckDBPyConnection) -> None:
    """Give the table every column that a record may fill."""
    if not exists(con, TABLE):
        con.execute(f"create table main.{TABLE} as select * from _register limit 0")
        return
    given = columns_of(con, f"main.{TABLE}")
    for name, spec in TABLES[TABLE].columns.items():
        used = con.execute(f"select count({name}) from _register").fetchall()[0][0]
        if name not in given and (used or name in KEY):
            con.execute(f"alter table main.{TABLE} add column {name} {SQL_TYPES[spec.kind]}")


def _contradictions(con: DuckDBPyConnection) -> list[Finding]:
    given = columns_of(con, f"main.{TABLE}")
    absent = [f"null::{SQL_TYPES[spec.kind]} as {name}" for name, spec in TABLES[TABLE].columns.items()
              if name not in given]  # fmt: skip
    n_rows, shown = con.execute(
        f"""select count(*), list(
              concat_ws(' ', r.period, r.person_id, r.item, r.rater_id, r.subject_id)
              || ': ' || r.numerator || ' taken in, ' || a.numerator || ' in the export'
              order by r.period, r.person_id, r.item, r.rater_id, r.subject_id)[:3]
            from _register r join (select {", ".join(["*", *absent])} from main.{TABLE}) a
            on {SAME_KEY} where {DIFFERS}"""
    ).fetchall()[0]
    if not n_rows:
        return []
    found, expected = "assessments that were taken in otherwise", "what the register holds, or nothing"
    return [
        Finding(
            "register_conflict", "error", f"{TABLE}.numerator", found, expected, int(n_rows), tuple(shown)
        )
    ]
