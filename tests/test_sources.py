"""Reading exports as they are: encodings, separators, headings, sheets, databases, SQL."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import sources
from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.sources import macros
from salesperf_lib.sources.mapping import load_mapping

HEAD = "name: {zh: 甲, en: a}\ndescription: {zh: 甲, en: a}\nlicence: none\nroot: data\n"


def project(folder: Path, mapping: str, **files: bytes | str) -> Path:
    """Write a project with one source `x`; `orders_csv` becomes data/orders.csv."""
    (folder / "params" / "sources").mkdir(parents=True)
    (folder / "params" / "sources" / "x.yaml").write_text(HEAD + mapping, encoding="utf-8")
    (folder / "data").mkdir()
    for name, content in files.items():
        path = folder / "data" / ".".join(name.rsplit("_", 1))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(root: Path) -> tuple[duckdb.DuckDBPyConnection, sources.Raw, macros.Tally]:
    con = duckdb.connect()
    tally = macros.register(con)
    return con, sources.read_source(con, load_mapping("x", root), root, "params/sources/x.yaml"), tally


def rows_of(root: Path, table: str = "orders") -> list[tuple]:
    con, raw, _ = read(root)
    return con.execute(f"select * from {raw.tables[table]} order by all").fetchall()


def refused(root: Path) -> list[str]:
    with pytest.raises((DataError, ParamError)) as caught:
        read(root)
    return [str(problem) for problem in caught.value.problems]


def orders(spec: str, columns: str = "order_id: a, ordered_on: b, amount: c") -> str:
    return f"inputs:\n  o: {spec}\ntables:\n  orders:\n    from: o\n    columns: {{{columns}}}\n"


# ---- the words of a mapping ------------------------------------------------------------------


def said(expression: str, scale: int = 100, timezone: str = "Asia/Shanghai") -> tuple[object, macros.Tally]:
    con = duckdb.connect()
    tally = macros.register(con, scale, timezone)
    con.execute("create table t (x varchar)")
    return con.execute("select " + macros.tagged(expression, "t.x")).fetchall()[0][0], tally


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1,234.50", 123450),
        ("¥1,234.50", 123450),
        ("￥ 99", 9900),
        ("-12.00", -1200),
        ("12元", 1200),
        ("1e3", 100000),
        (".5", 50),
        ("0", 0),
        ("12.005", 1201),
        ("98765432109876.54", 9876543210987654),
    ],
)
def test_money_reads_what_exports_write(text: str, minor: int) -> None:
    value, tally = said(f"money('{text}')")
    assert value == minor
    assert tally.counts == {}


@pytest.mark.parametrize("text", ["1.234,50", "abc", "12,34", "1,2345", "--3", "."])
def test_money_that_cannot_be_read_is_absent_and_noted(text: str) -> None:
    value, tally = said(f"money('{text}')")
    assert value is None
    assert tally.counts == {"t.x": 1}
    assert tally.examples == {"t.x": [text]}


@pytest.mark.parametrize("word", macros.WORDS)
@pytest.mark.parametrize("empty", ["null", "''", "'  '"])
def test_nothing_is_nothing_and_no_mistake(word: str, empty: str) -> None:
    value, tally = said(f"{word}({empty})")
    assert value is None
    assert tally.counts == {}


def test_money_knows_the_sources_minor_unit() -> None:
    assert said("money('12.3456')", scale=10000)[0] == 123456


@settings(deadline=None)
@given(st.integers(-(10**13), 10**13))
def test_money_of_fen_written_as_yuan_is_the_fen(fen: int) -> None:
    con = CONNECTION
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    text = f"{sign}{whole // 100:,}.{whole % 100:02d}"
    assert con.execute("select to_money('t.x', ?)", [text]).fetchall() == [(fen,)]


CONNECTION = duckdb.connect()
macros.register(CONNECTION)


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-08",
        "2026/6/8",
        "2026.6.8",
        "20260608",
        "2026年6月8日",
        "2026-06-08 23:59:59.999",
        "2026/6/8 8:05",
        "2026-06-08T08:05:00",
        "2026-06-08T00:30:00+08:00",
        "2026-06-07T16:30:00Z",
    ],
)
def test_day_reads_every_usual_form_in_the_companys_zone(text: str) -> None:
    assert said(f"day('{text}')")[0] == date(2026, 6, 8)


@pytest.mark.parametrize("text", ["2026-06-31", "20261301", "06/08/2026", "gestern", "45000"])
def test_day_that_does_not_exist_is_noted(text: str) -> None:
    value, tally = said(f"day('{text}')")
    assert value is None
    assert tally.examples == {"t.x": [text]}


def test_moment_keeps_the_time_in_the_companys_zone() -> None:
    assert said("moment('2026-06-17T16:30:05Z')")[0] == datetime.fromisoformat("2026-06-18 00:30:05")
    assert said("moment('2026-06-17T16:30:05Z')", timezone="UTC")[0] == datetime.fromisoformat(
        "2026-06-17 16:30:05"
    )


@pytest.mark.parametrize("text", ["2026-06", "2026/6", "202606", "2026年6月", "2026-06-15"])
def test_month_is_its_first_day(text: str) -> None:
    assert said(f"month('{text}')")[0] == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("95%", 0.95),
        ("1,000.5", 1000.5),
        ("-2", -2.0),
        ("1e-3", 0.001),
        ("0.333333333333333", 0.333333333333333),
    ],
)
def test_number(text: str, value: float) -> None:
    assert said(f"number('{text}')")[0] == value


@pytest.mark.parametrize("text", ["nan", "inf", "five", "1,23"])
def test_no_number(text: str) -> None:
    value, tally = said(f"number('{text}')")
    assert value is None
    assert tally.counts == {"t.x": 1}


@pytest.mark.parametrize(
    ("text", "value"), [("是", True), ("Y", True), ("1", True), ("否", False), ("FALSE", False), ("0", False)]
)
def test_flag(text: str, value: bool) -> None:
    assert said(f"flag('{text}')")[0] is value


def test_words_are_told_their_column_and_nothing_else_is_touched() -> None:
    assert macros.tagged("sum(money(a.b)) || 'day(' || a.day(3) || Day ( c )", "orders.x") == (
        "sum(to_money('orders.x', a.b)) || 'day(' || a.day(3) || to_day('orders.x',  c )"
    )


def test_what_cannot_be_read_is_counted_by_column_with_the_first_three_examples(tmp_path: Path) -> None:
    lines = "".join(f"{i},bad{i % 5},1\n" for i in range(10))
    root = project(
        tmp_path,
        orders("{file: o.csv}", "order_id: a, ordered_on: day(b), amount: money(c)"),
        o_csv="a,b,c\n" + lines,
    )
    _, _, tally = read(root)
    assert tally.counts == {"orders.ordered_on": 10}
    assert len(tally.examples["orders.ordered_on"]) == 3


# ---- text files ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "big5"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    content = "订单,日期,金额\n甲,2026-06-01,1\n".replace("订单", "訂單").replace("金额", "金額")
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    columns = "order_id: '\"訂單\"', ordered_on: 日期, amount: 金額"
    root = project(
        tmp_path, orders(f"{{file: o.csv, encoding: {declared}}}", columns), o_csv=content.encode(encoding)
    )
    assert rows_of(root) == [("甲", "2026-06-01", "1")]


@pytest.mark.parametrize(
    ("spec", "content"),
    [
        ("{file: o.csv}", "a,b,c\n1,2,3\n"),
        ("{file: o.csv}", "a,b,c\r\n1,2,3\r\n"),
        ("{file: o.csv}", '"a","b","c"\n"1","2","3"\n\n'),
        ("{file: o.csv, separator: ';'}", "a;b;c\n1;2;3"),
        ("{file: o.csv, separator: tab}", "a\tb\tc\n1\t2\t3\n"),
        ("{file: o.csv, separator: whitespace}", "  a  b   c\r\n 1    2 3 \r\n"),
        ("{file: o.csv, header: 3}", "报表,,\n生成于 2026,,\na,b,c\n1,2,3\n"),
        ("{file: o.csv, header: 0, columns: [a, b, c]}", "1,2,3\n"),
        ("{file: o.csv}", "a,b,c,\n1,2,3\n".replace("3\n", "3,\n")),
    ],
)
def test_any_shape_of_text(tmp_path: Path, spec: str, content: str) -> None:
    root = project(tmp_path, orders(spec), o_csv=content)
    assert rows_of(root) == [("1", "2", "3")]


def test_tsv_and_gzip_by_name_and_several_files_by_glob(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: 'o-*.tsv.gz'}"))
    for i in (1, 2):
        (root / "data" / f"o-{i}.tsv.gz").write_bytes(gzip.compress(f"a\tb\tc\n{i}\t2\t3\n".encode()))
    assert rows_of(root) == [("1", "2", "3"), ("2", "2", "3")]


def test_everything_is_text_and_empty_is_nothing(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: o.csv}"), o_csv="a,b,c\n007,,1.50\n")
    assert rows_of(root) == [("007", None, "1.50")]


def test_a_field_may_hold_separators_quotes_and_lines(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: o.csv}"), o_csv='a,b,c\n"x,""y""\nz",2,3\n')
    assert rows_of(root) == [('x,"y"\nz', "2", "3")]


def test_ragged_lines_are_left_out_and_told(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: o.csv}"), o_csv="a,b,c\n1,2,3\n4,5\n6,7,8,9\n")
    con, raw, _ = read(root)
    assert con.execute("select order_id from raw.orders").fetchall() == [("1",)]
    (note,) = raw.notes
    assert (note.rule, note.file, note.n_rows) == ("ragged_row", "o.csv", 2)
    assert "line 3" in note.examples[0]


@pytest.mark.parametrize(
    ("declared", "content", "hint"),
    [
        ("utf-8", "a,b,c\n甲,2,3\n".encode("gbk"), "encoding: gb18030"),
        ("utf-8", "a,b,c\n1,2,3\n".encode("utf-16"), "encoding: utf-16"),
        ("gbk", "a,b,c\n网络销售,2,3\n".encode(), "encoding: utf-8"),
        ("ascii", b"a,b,c\n\xff\xff,2,3\n", "export it as UTF-8"),
    ],
)
def test_a_wrong_encoding_is_refused_with_the_right_one(
    tmp_path: Path, declared: str, content: bytes, hint: str
) -> None:
    (problem,) = refused(project(tmp_path, orders(f"{{file: o.csv, encoding: {declared}}}"), o_csv=content))
    assert "o.csv" in problem
    assert hint in problem


def test_a_wrong_encoding_is_found_in_its_line_behind_the_first_megabyte(tmp_path: Path) -> None:
    content = b"a,b,c\n" + b"1,2,3\n" * 400_000 + "甲,2,3\n".encode("gbk")
    (problem,) = refused(project(tmp_path, orders("{file: o.csv}"), o_csv=content))
    assert "line 400002" in problem


@pytest.mark.parametrize(
    ("spec", "content", "expected"),
    [
        ("{file: o.csv, encoding: klingon}", "a", "'klingon'"),
        ("{file: o.csv, header: 9}", "a,b,c\n", "row 9"),
        ("{file: o.csv}", "a,A,c\n1,2,3\n", "the heading 'a' 2 times"),
        ("{file: o.csv, columns: [a, b, c, d]}", "a,b,c\n", "no column 'd'"),
        ("{file: p.csv}", "a", "no file p.csv; allowed: o.csv"),
        ("{file: '*.tsv'}", "a", "no file *.tsv"),
        ("{file: o.doc}", "a", "no file o.doc"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, spec: str, content: str, expected: str) -> None:
    (problem,) = refused(project(tmp_path, orders(spec), o_csv=content))
    assert expected in problem


def test_a_kind_of_file_that_nobody_reads(tmp_path: Path) -> None:
    (problem,) = refused(project(tmp_path, orders("{file: o.doc}"), o_doc="x"))
    assert "'.doc'; allowed: .csv" in problem


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: o.csv}"))
    (root / "data").rmdir()
    (problem,) = refused(root)
    assert f"no folder {root / 'data'}" in problem


def test_new_columns_are_noted(tmp_path: Path) -> None:
    _, raw, _ = read(
        project(tmp_path, orders("{file: o.csv, columns: [a, b, c]}"), o_csv="a,b,c,d\n1,2,3,4\n")
    )
    assert [(note.rule, note.examples) for note in raw.notes] == [("unknown_column", ("d",))]


def test_inputs_are_named_with_their_digest(tmp_path: Path) -> None:
    _, raw, _ = read(project(tmp_path, orders("{file: o.csv}"), o_csv="a,b,c\n"))
    assert list(raw.inputs) == ["o.csv"]
    assert len(raw.inputs["o.csv"]) == 64


# ---- sheets ----------------------------------------------------------------------------------


def sheet(path: Path, rows: list[list], name: str = "订单") -> None:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(i, j, cell, day)
                elif isinstance(cell, str):
                    page.write_string(i, j, cell)
                else:
                    page.write(i, j, cell)


def test_cells_become_the_text_that_a_person_sees(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: o.xlsx, sheet: 订单, header: 2}"))
    rows = [
        ["导出"],
        ["a", "b", "c"],
        [123, date(2026, 6, 1), 12.5],
        ["0045", datetime.fromisoformat("2026-06-01 08:30"), True],
        [None],
    ]
    sheet(root / "data" / "o.xlsx", rows)
    assert rows_of(root) == [("0045", "2026-06-01 08:30:00", "true"), ("123", "2026-06-01", "12.5")]


def test_ids_that_lost_their_zeros_or_digits_in_a_sheet_are_told(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: o.xlsx}"))
    sheet(
        root / "data" / "o.xlsx",
        [["a", "b", "c"], ["00123", "x", 1], [456, "x", 1], [12345, "x", 4006123412341234]],
    )
    _, raw, _ = read(root)
    assert [(note.rule, note.column, note.n_rows, note.examples) for note in raw.notes] == [
        ("lost_leading_zeros", "a", 1, ("456",)),
        ("lost_digits", "c", 1, ("4006123412341234",)),
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{file: o.xlsx, sheet: 退款}", "no sheet '退款'; allowed: 订单"),
        ("{file: o.xlsx, header: 7}", "headings in row 7"),
    ],
)
def test_sheets_that_cannot_be_read(tmp_path: Path, spec: str, expected: str) -> None:
    root = project(tmp_path, orders(spec))
    sheet(root / "data" / "o.xlsx", [["a", "b", "c"]])
    (problem,) = refused(root)
    assert expected in problem


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    (problem,) = refused(project(tmp_path, orders("{file: o.xlsx}"), o_xlsx="a,b,c"))
    assert "o.xlsx" in problem
    assert "a workbook" in problem


# ---- Parquet and databases -------------------------------------------------------------------


def test_parquet_by_glob(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: 'part-*.parquet'}"))
    for i in (1, 2):
        target = root / "data" / f"part-{i}.parquet"
        duckdb.sql(f"copy (select {i} as a, date '2026-06-01' as b, 3 as c) to '{target}'")
    assert rows_of(root) == [(1, date(2026, 6, 1), 3), (2, date(2026, 6, 1), 3)]


def test_a_broken_parquet_file(tmp_path: Path) -> None:
    (problem,) = refused(project(tmp_path, orders("{file: o.parquet}"), o_parquet="x"))
    assert "a Parquet file" in problem


@pytest.mark.parametrize("what", ["table: t", "query: 'select * from t where a < 2'"])
def test_a_duckdb_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setenv("SHOP_FILE", "shop.duckdb")
    root = project(tmp_path, orders(f"{{database: 'duckdb:///${{SHOP_FILE}}', {what}}}"))
    with duckdb.connect(root / "data" / "shop.duckdb") as con:
        con.execute("create table t as select 1 as a, date '2026-06-01' as b, 12.50 as c")
    (row,) = rows_of(root)
    assert row[:2] == (1, date(2026, 6, 1))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://anna:${NO_SUCH_VARIABLE}@localhost/x", "no environment variable NO_SUCH_VARIABLE"),
        ("duckdb:///missing.duckdb", "no such file"),
        ("oracle://x/y", "the scheme 'oracle'; allowed: duckdb, postgresql"),
    ],
)
def test_databases_that_cannot_be_read(tmp_path: Path, url: str, expected: str) -> None:
    (problem,) = refused(project(tmp_path, orders(f"{{database: '{url}', table: t}}")))
    assert expected in problem


def test_a_password_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret%20word")
    url = "postgresql://anna:${SHOP_PASSWORD}@127.0.0.1:9/shop"
    (problem,) = refused(project(tmp_path, orders(f"{{database: '{url}', table: t}}")))
    assert "s3cret" not in problem
    assert "postgresql://anna:***@127.0.0.1:9/shop" in problem


# ---- mapping files and SQL -------------------------------------------------------------------


def test_joins_named_queries_groups_and_stacks(tmp_path: Path) -> None:
    mapping = """
inputs: {o: {file: o.csv}, l: {file: l.csv}}
tables:
  orders:
    union:
      - from: o join sums s on s.a = o.a
        with: {sums: "select a, sum(money(c)) as c from l group by 1"}
        where: o.b <> 'draft'
        columns: {order_id: o.a, ordered_on: day(o.b), amount: s.c}
      - from: l
        group_by: b
        columns: {order_id: "'b' || b", ordered_on: "date '2026-01-01'", amount: 7}
"""
    root = project(
        tmp_path, mapping, o_csv="a,b\n1,2026-06-01\n2,draft\n", l_csv="a,b,c\n1,x,1.10\n1,x,2.20\n2,y,5\n"
    )
    assert sorted(rows_of(root)) == [
        ("1", date(2026, 6, 1), 330),
        ("bx", date(2026, 1, 1), 7),
        ("by", date(2026, 1, 1), 7),
    ]


def test_every_mistake_is_told_at_once_with_file_and_path(tmp_path: Path) -> None:
    mapping = """
inputs: {o: {file: o.csv}, gone: {file: gone.csv}, late: {file: l.csv}}
tables:
  orders:
    from: o
    columns: {order_id: a, ordered_on: day(when_placed), amount: "money(c"}
  pages:
    from: gone
    columns: {date: x, page_id: y, page_kind: z}
  teams:
    from: late
    where: nowhere = 1
    columns: {team_id: a}
  channels:
    from: late join nobody using (a)
    columns: {channel: a}
"""
    problems = refused(project(tmp_path, mapping, o_csv="a,b,c\n1,2,3\n", l_csv="a\n1\n"))
    assert [problem.split(": found")[0] for problem in problems] == [
        "params/sources/x.yaml: inputs.gone",
        "params/sources/x.yaml: tables.orders.columns.ordered_on",
        "params/sources/x.yaml: tables.orders.columns.amount",
        "params/sources/x.yaml: tables.teams.where",
        "params/sources/x.yaml: tables.channels.from",
    ]
    assert "when_placed" in problems[1]


def test_a_cast_that_fails_on_the_data_names_its_column(tmp_path: Path) -> None:
    columns = "order_id: a, ordered_on: cast(b as date), amount: c"
    (problem,) = refused(project(tmp_path, orders("{file: o.csv}", columns), o_csv="a,b,c\n1,morgen,3\n"))
    assert "tables.orders.columns.ordered_on" in problem
    assert "morgen" in problem


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("tables: {}\n", "inputs: found nothing"),
        (orders("{file: o.csv, colour: red}"), "inputs.o.colour: found an unknown key 'colour'"),
        (orders("{encoding: gbk}"), "exactly one of: file, database"),
        (orders("{database: 'duckdb:///x'}"), "exactly one of: table, query"),
        (orders("{file: o.csv, header: 0}"), "columns that name the fields"),
        (orders("{file: o.csv, separator: '::'}"), "one character, tab or whitespace"),
        (orders("{file: o.csv, header: -1}"), "inputs.o.header"),
        (orders("{file: o.csv}").replace("    from: o\n", ""), "tables.orders.from: found nothing"),
        (orders("{file: o.csv}", "order_id: null"), "tables.orders.columns.order_id"),
        (orders("{file: o.csv}").replace("  o:", "  1 o:"), "letters, digits and '_'"),
        (orders("{file: o.csv}").replace("    from", "    form"), "unknown key 'form'"),
    ],
)
def test_mistakes_in_a_mapping_file(tmp_path: Path, mapping: str, expected: str) -> None:
    problems = refused(project(tmp_path, mapping, o_csv="a,b,c\n"))
    assert any(expected in problem for problem in problems), problems
    assert all("params/sources/x.yaml" in problem for problem in problems)


def test_a_repeated_key_of_the_mapping_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(project(tmp_path, orders("{file: o.csv}") + "tables: {}\n"))
    assert "x.yaml" in problem
    assert "tables" in problem


def test_a_column_that_a_part_of_a_stack_does_not_name_is_empty_there(tmp_path: Path) -> None:
    mapping = """
inputs: {o: {file: o.csv}}
tables:
  teams:
    union:
      - {from: o, columns: {team_id: a}}
      - {from: o, columns: {name: a, team_id: b}}
"""
    root = project(tmp_path, mapping, o_csv="a,b\n1,2\n")
    assert rows_of(root, "teams") == [("1", None), ("2", "1")]


def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    root = project(tmp_path, orders("{file: o.csv}"))
    with pytest.raises(ParamError, match="nobody"):
        load_mapping("nobody", root)
