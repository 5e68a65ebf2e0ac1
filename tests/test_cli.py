"""The command line: what it prints, writes and refuses, and what its exit status says."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from salesperf_lib.cli import checking, readable, writing
from salesperf_lib.cli.app import main
from salesperf_lib.cli.progress import line_of, progress
from salesperf_lib.errors import DataError
from salesperf_lib.facts import TABLES
from salesperf_lib.kpis import KPIS
from salesperf_lib.render import Report, Row


@pytest.fixture
def salesperf(monkeypatch, capsys, root):
    """Run a command in this process; give its exit status, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("SALESPERF_ROOT", str(root))
        monkeypatch.setattr(sys, "argv", ["salesperf", *arguments])
        try:
            main()
            status = 0
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# -- door --------------------------------------------------------------------------------------------


def test_help_names_every_command(salesperf):
    status, said, _ = salesperf("--help")
    assert status == 0
    for command in ("sample", "load", "check", "schema", "table", "render", "sources", "teams", "version"):
        assert command in said


def test_nothing_heavy_is_imported_before_a_command_needs_it():
    heavy = {"pandas", "numpy", "ibis", "duckdb", "matplotlib", "papermill", "nbconvert", "scipy", "pydantic"}
    script = f"import sys, salesperf_lib.cli; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(salesperf):
    from salesperf_lib import __version__

    assert salesperf("version") == (0, f"{__version__}\n", "")


def test_a_refusal_is_told_without_a_traceback(salesperf):
    status, said, errors = salesperf("load", "nobody")
    assert (status, said) == (2, "")
    assert "nobody" in errors
    assert "allowed:" in errors
    assert "Traceback" not in errors


def test_debug_shows_the_traceback(salesperf):
    from salesperf_lib.errors import SalesPerfError

    with pytest.raises(SalesPerfError):
        salesperf("--debug", "load", "nobody")


# -- load, check, sources, teams ---------------------------------------------------------------------


def test_teams_are_listed_with_their_groups(salesperf, sample_facts):
    status, said, _ = salesperf("teams")
    assert status == 0
    assert [line.split("\t")[0] for line in said.splitlines()] == [
        "g1",
        "g2",
        "t1",
        "t2",
        "t3",
        "t4",
        "t5",
        "t6",
    ]
    assert said.splitlines()[2].split("\t")[2] == "g1"


def test_load_tells_what_the_snapshot_holds(salesperf, sample_facts):
    status, said, _ = salesperf("load", "sample")
    assert status == 0
    assert "recorded 2026-07-11" in said
    assert "orders" in said


def _project(folder, mapping: str, data: str | None):
    """Make a project with the real rules and one source of its own."""
    import shutil
    from pathlib import Path

    shutil.copytree(Path(__file__).parents[1] / "params", folder / "params")
    for file in (folder / "params" / "sources").iterdir():
        file.unlink()
    (folder / "params" / "sources" / "mine.yaml").write_text(mapping, encoding="utf-8")
    if data is not None:
        (folder / "data").mkdir()
        (folder / "data" / "orders.csv").write_text(data, encoding="utf-8")
    return folder


MAPPING = """\
name: {zh: 我的, en: Mine}
description: {zh: 我的, en: Mine}
licence: none
root: data
policy:
  changes:
    company.currency: {value: USD, decided: "the source"}
inputs:
  orders: {file: orders.csv}
tables:
  orders:
    from: orders o
    columns: {order_id: o.id, ordered_on: "day(o.day)", amount: "money(o.amount)"}
"""


def test_check_prints_every_problem_with_its_place(salesperf, tmp_path, monkeypatch):
    project = _project(tmp_path, MAPPING, "id,day,amount\n1,2026-01-05,3.00\n1,someday,4.00\n")
    monkeypatch.setattr(checking.params, "project_root", lambda: project)
    status, _, errors = salesperf("check", "mine")
    assert status == 1
    assert "someday" in errors
    assert errors.count("✗") >= 2  # the unreadable day and the doubled key
    assert "orders.csv" in errors


def test_check_passes_over_sources_whose_data_are_elsewhere_and_says_so(salesperf, tmp_path, monkeypatch):
    project = _project(tmp_path, MAPPING, None)
    monkeypatch.setattr(checking.params, "project_root", lambda: project)
    status, said, errors = salesperf("check")
    assert status == 0
    assert "mine: not checked" in errors
    assert "no problem found" in said
    assert salesperf("check", "mine")[0] == 1  # asked for by name, it is a problem


ODD_MAPPING = (
    MAPPING.replace(
        "  orders: {file: orders.csv}\n", "  orders: {file: orders.csv}\n  staff: {file: staff.csv}\n"
    ).replace('amount: "money(o.amount)"}', 'amount: "money(o.amount)", person_id: o.person}')
    + """\
  roster:
    from: staff s
    columns: {person_id: s.id, valid_from: "day(s.since)", team_id: "'t1'", role: "'sales'"}
"""
)
USUAL = "".join(f"{n},2026-01-05,3.00,p1\n" for n in range(20))
ODD = "20,2026-01-06,-4.00,p1\n21,2026-01-06,99999.00,p1\n22,2026-01-06,3.00,p9\n"


def _odd_project(folder, rows: str = ""):
    project = _project(folder, ODD_MAPPING, "id,day,amount,person\n" + USUAL + ODD + rows)
    (project / "data" / "staff.csv").write_text("id,since\np1,2025-01-01\n", encoding="utf-8")
    return project


def test_check_prints_warnings_with_file_rows_and_examples_and_ends_well(salesperf, tmp_path, monkeypatch):
    project = _odd_project(tmp_path)
    monkeypatch.setattr(checking.params, "project_root", lambda: project)
    status, said, errors = salesperf("check", "mine")
    assert status == 0
    assert said == "params and mine: no problem found, 3 warnings above\n"
    assert errors.count("! warning:") == 3
    assert "✗" not in errors
    for told in (
        "unknown ids (e.g. p9)",
        "amounts below 0 (e.g. 20: -400)",
        "absurd amounts (e.g. 21: 9999900)",
    ):
        line = next(line for line in errors.splitlines() if told in line)
        assert "1 row:" in line
    assert all("orders.csv" in line for line in errors.splitlines() if line.startswith("!"))


def test_check_prints_warnings_beside_errors_and_fails(salesperf, tmp_path, monkeypatch):
    project = _odd_project(tmp_path, "22,2026-01-07,3.00,p1\n")
    monkeypatch.setattr(checking.params, "project_root", lambda: project)
    status, said, errors = salesperf("check", "mine")
    assert (status, said) == (1, "")
    assert errors.count("✗") == 1
    assert errors.splitlines()[-2:] == ["1 problem", "3 warnings above"]


def test_load_names_the_file_of_each_warning(salesperf, tmp_path, monkeypatch):
    from salesperf_lib.facts import store

    project = _odd_project(tmp_path)
    monkeypatch.setattr(store.read, "project_root", lambda: project)
    status, said, _ = salesperf("load", "mine")
    warned = [line for line in said.splitlines() if line.startswith("  warning: ")]
    assert status == 0
    assert len(warned) == 3
    assert all("orders.csv: orders." in line for line in warned)
    assert any(line.endswith("unknown ids (1 row; p9)") for line in warned)


def test_check_finds_that_no_row_has_a_day_as_a_load_does(salesperf, tmp_path, monkeypatch):
    project = _project(tmp_path, MAPPING, "id,day,amount\n")
    monkeypatch.setattr(checking.params, "project_root", lambda: project)
    status, _, errors = salesperf("check", "mine")
    assert status == 1
    assert "no row with a day" in errors


# -- table -------------------------------------------------------------------------------------------


def test_money_is_printed_in_major_units_beside_its_unit(salesperf, sample_facts):
    status, said, _ = salesperf(
        "table", "kpis", "--period", "2026-06", "--level", "company", "--kpi", "net_sales,cac"
    )
    raw = _rows(
        salesperf(
            "table", "kpis", "--period", "2026-06", "--level", "company", "--kpi", "net_sales,cac", "--raw"
        )[1]
    )
    shown = _rows(said)
    assert status == 0
    assert [row["unit"] for row in shown] == ["CNY", "CNY"]
    assert [row["unit"] for row in raw] == ["minor", "minor"]
    for major, minor in zip(shown, raw, strict=True):
        assert float(major["value"]) == pytest.approx(float(minor["value"]) / 100, rel=1e-15)
        assert float(major["numerator"]) == float(minor["numerator"]) / 100
        assert major["denominator"] == minor["denominator"]  # customers are not money


def test_net_sales_are_the_orders_less_their_refunds(salesperf, sample_facts):
    """Compare a month's net sales, printed, with the sums of two fact tables, printed."""
    month = ("--period", "2024-03")
    orders = sum(float(row["amount"]) for row in _rows(salesperf("table", "facts.orders", *month)[1]))
    (net,) = _rows(salesperf("table", "kpis", *month, "--level", "company", "--kpi", "net_sales")[1])
    (gross,) = _rows(salesperf("table", "kpis", *month, "--level", "company", "--kpi", "gross_sales")[1])
    assert float(gross["value"]) == pytest.approx(orders, abs=0.005)
    assert float(net["value"]) < orders


def test_a_year_is_split_by_month_and_months_without_data_are_named(salesperf, sample_facts):
    status, said, errors = salesperf("table", "facts.team_costs", "--period", "2026", "--by", "month")
    assert status == 0
    assert {row["month"][:7] for row in _rows(said)} <= {f"2026-{month:02d}" for month in range(1, 8)}
    assert "no data for 2026-08, 2026-09" in errors


def test_names_are_added_in_the_language_asked_for(salesperf, sample_facts):
    (row,) = _rows(
        salesperf(
            "table", "kpis", "--period", "2026-06", "--level", "company", "--kpi", "orders", "--lang", "zh"
        )[1]
    )
    assert row["name"] == "订单数"


def test_findings_are_a_table(salesperf, sample_facts):
    status, said, _ = salesperf("table", "findings", "--period", "2026-06", "--unit", "t5")
    assert status == 0
    assert "amount_differs" in {row["rule"] for row in _rows(said)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("nothing",), "facts.orders"), (("kpis", "--level", "planet"), "company, group"),
     (("kpis", "--kpi", "fame"), "net_sales"), (("kpis", "--by", "decade"), "month, quarter"),
     (("kpis", "--period", "2019"), "2024-01-01 to"), (("kpis", "--period", "soon"), "2026-W23"),
     (("kpis", "--out", "x.doc"), ".parquet"), (("kpis", "--lang", "fr"), "zh, en")],
)  # fmt: skip
def test_what_cannot_be_tabled_is_refused_with_what_can(salesperf, sample_facts, arguments, said):
    status, out, errors = salesperf("table", *arguments)
    assert status == 2
    assert out == ""
    assert said in errors


def test_several_mistakes_are_told_at_once(salesperf):
    assert "3 problems" in salesperf("table", "nothing", "--level", "planet", "--kpi", "fame")[2]


def test_every_money_kpi_has_a_money_numerator():
    for name, kpi in KPIS.items():
        above, below = kpi.numerator.partition("|")[0], kpi.denominator.partition("|")[0]
        assert (kpi.unit == "money") <= (above in readable.MONEY), name
        if kpi.unit == "ratio":
            assert (above in readable.MONEY) == (below in readable.MONEY), name


def test_every_money_column_of_a_fact_table_is_scaled():
    policy = SimpleNamespace(company=SimpleNamespace(money_scale=10_000, currency="USD"), kpis={})
    frame = pd.DataFrame({"order_id": ["1"], "ordered_on": [date(2026, 1, 1)], "amount": [12_345]})
    shown = readable.for_people(frame, "facts.orders", policy)
    assert shown.loc[0, "amount"] == 1.2345
    assert shown.loc[0, "unit"] == "USD"
    assert [name for name, column in TABLES["orders"].columns.items() if column.kind == "money"] == ["amount"]
    assert readable.for_people(frame, "facts.orders", policy, raw=True).loc[0, "amount"] == 12_345


def test_a_score_is_the_sum_of_points_times_weights_as_printed(salesperf, sample_facts):
    """Money-valued rates too: a weight of a score is a share, whatever its KPI is measured in."""
    said = salesperf("table", "scores", "--period", "2026-06")[1]
    lines = pd.read_csv(io.StringIO(said)).dropna(subset=["points", "contribution"])
    assert {"channel_roi", "refund_rate"} <= set(lines["kpi"])
    assert lines["contribution"].to_numpy() == pytest.approx((lines["points"] * lines["weight"]).to_numpy())
    weights = lines.groupby("person_id")["weight"].sum()
    assert weights.to_numpy() == pytest.approx(1.0)
    assert len(weights) > 50


def _policy(scale: int = 100):
    units = {"net_sales": "money", "refund_rate": "share"}
    return SimpleNamespace(
        company=SimpleNamespace(money_scale=scale, currency="CNY"),
        kpis={name: SimpleNamespace(unit=unit) for name, unit in units.items()},
    )


def test_only_a_weight_of_the_targets_is_an_amount():
    frame = pd.DataFrame(
        {"kpi": ["net_sales", "refund_rate"], "target": [500.0, 0.05], "weight": [float("nan"), 200.0]}
    )
    assert readable.for_people(frame, "targets", _policy())["weight"].tolist()[1] == 2.0
    assert readable.for_people(frame, "scores", _policy())["weight"].tolist()[1] == 200.0
    assert readable.for_people(frame, "targets", _policy())["target"].tolist() == [5.0, 0.05]


def test_goals_are_printed_in_the_unit_of_their_kpi():
    goals = pd.DataFrame(
        {"period": "2026", "level": "team", "unit_id": "t1", "kpi": ["net_sales", "refund_rate"],
         "target": [12_345.0, 0.05]}
    )  # fmt: skip
    shown = readable.for_people(goals, "facts.goals", _policy())
    assert shown["target"].tolist() == [123.45, 0.05]
    assert shown["unit"].tolist() == ["CNY", "share"]
    raw = readable.for_people(goals, "facts.goals", _policy(), raw=True)
    assert raw["target"].tolist() == [12_345.0, 0.05]
    assert raw["unit"].tolist() == ["minor", "share"]


@pytest.mark.parametrize(
    ("table", "day"), [("orders", "ordered_on"), ("order_events", "event_on"), ("order_copies", "date")]
)
def test_rows_of_a_period_are_those_of_its_days(salesperf, sample_facts, table, day):
    status, said, errors = salesperf("table", f"facts.{table}", "--period", "2025-11")
    days = pd.to_datetime(sample_facts.table(table).execute()[day])
    shown = _rows(said)
    assert (status, errors) == (0, "")
    assert {row[day][:7] for row in shown} == {"2025-11"}
    assert len(shown) == days.between("2025-11-01", "2025-11-30").sum()


@pytest.mark.parametrize("table", ["roster", "channels", "credits"])
def test_a_table_without_days_is_shown_whole_which_is_said(salesperf, sample_facts, table):
    _, said, errors = salesperf("table", f"facts.{table}", "--period", "2025-11")
    assert len(_rows(said)) == sample_facts.table(table).count().execute()
    assert f"facts.{table} has no day: all rows are shown" in errors


@pytest.mark.parametrize("kind", ["kpis", "facts.orders", "findings"])
def test_an_unknown_unit_is_refused_beside_those_nearest_to_it(salesperf, sample_facts, kind):
    status, said, errors = salesperf("table", kind, "--period", "2026-06", "--unit", "t1,t9,E00001")
    assert (status, said) == (2, "")
    assert "2 problems" in errors
    assert "found:   't9'" in errors
    assert "t1" in errors.split("'t9'")[1].splitlines()[1]
    assert "E0001" in errors.split("'E00001'")[1].splitlines()[1]


@pytest.mark.parametrize("unit", ["g1", "t1", "E0001", "douyin_ads", "company"])
def test_known_units_are_teams_groups_people_and_channels(salesperf, sample_facts, unit):
    status, said, _ = salesperf("table", "kpis", "--period", "2026-06", "--kpi", "orders", "--unit", unit)
    assert status == 0
    assert all(unit in (row["unit_id"], row["channel"]) for row in _rows(said))


@pytest.mark.parametrize("kind", ["scores", "grades"])
def test_people_are_not_judged_in_a_period_that_is_still_open(salesperf, sample_facts, kind):
    status, said, errors = salesperf("table", kind, "--period", "2026-06,2026-07")
    assert (status, said) == (2, "")
    assert "period 2026-07" in errors
    assert "still open: final from 2026-08-10" in errors
    assert "--provisional" in errors
    assert "1 problem" in errors


def test_provisional_scores_have_neither_grades_nor_ranks(salesperf, sample_facts):
    status, said, errors = salesperf("table", "grades", "--period", "2026-06,2026-07", "--provisional")
    rows = pd.read_csv(io.StringIO(said))
    early = rows[rows["period"] == "2026-07"]
    assert status == 0
    assert "provisional, without grades and ranks; still open: 2026-07" in errors
    assert early["score"].notna().any()
    assert early[["grade", "rank", "team_rank"]].isna().all(axis=None)
    closed = rows[(rows["period"] == "2026-06") & rows["score"].notna() & ~rows["vetoed"].astype(bool)]
    assert closed[["grade", "rank", "team_rank"]].notna().all(axis=None)
    assert "still open: 2026-07" in salesperf("table", "scores", "--period", "2026-07", "--provisional")[2]
    assert salesperf("table", "grades", "--period", "2026-06", "--provisional")[2] == ""


def test_help_tells_defaults(salesperf, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    told = " ".join(salesperf("render", "--help")[1].split())
    assert "one per processor" in told
    assert "data/out" in told
    assert "data/sample" in salesperf("sample", "--help")[1]


def test_rows_without_a_day_belong_to_no_period_which_is_said(capsys):
    from salesperf_lib import facts
    from salesperf_lib.cli import frames

    copies = pd.DataFrame(
        {"system": "crm", "order_id": ["1", "2", "3"], "date": ["2026-01-05", None, "2026-02-05"]}
    )
    orders = pd.DataFrame({"order_id": ["1"], "ordered_on": [date(2026, 1, 5)], "amount": [1]})
    held = facts.from_frames("mine", {"orders": orders, "order_copies": copies})
    asked = frames.Asked("facts.order_copies", "2026-01", "", (), (), (), "mine", "base", None)
    rows = frames._fact_rows(asked, held, [frames.Period.parse("2026-01")])
    assert rows["order_id"].tolist() == ["1"]
    assert "rows without a day are not shown: 1" in capsys.readouterr().err


# -- files -------------------------------------------------------------------------------------------

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")')


def _hostile() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["000123", *HOSTILE],
            "value": [-1.5, 2.0, float("nan"), *range(5)],
            "on": pd.Timestamp("2026-06-18"),
        }
    )


def test_csv_cells_are_inert_and_numbers_stay_numbers(tmp_path):
    writing.put(_hostile(), tmp_path / "x.csv", 2)
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert rows[0][:2] == ["000123", "-1.5"]
    assert all(row[0].startswith("'") for row in rows[1:])
    assert rows[2][1] == ""


def test_excel_cells_are_text_never_formulas(tmp_path):
    from python_calamine import load_workbook

    writing.put(_hostile(), tmp_path / "x.xlsx", 2)
    rows = load_workbook(str(tmp_path / "x.xlsx")).get_sheet_by_name("data").to_python()
    assert rows[0] == ["id", "value", "on"]
    assert rows[1][0] == "000123"
    assert rows[1][1] == -1.5
    assert [row[0].strip() for row in rows[2:]] == [text.strip() for text in HOSTILE]
    assert rows[1][2] == date(2026, 6, 18)
    import zipfile

    sheet = zipfile.ZipFile(tmp_path / "x.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_parquet_holds_the_frame_as_it_is(tmp_path):
    writing.put(_hostile(), tmp_path / "x.parquet", 2)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), _hostile())


def test_a_failed_write_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "x.xlsx").write_text("earlier")
    monkeypatch.setattr(writing, "EXCEL_ROWS", 3)
    with pytest.raises(DataError, match="at most 3 in Excel"):
        writing.put(_hostile(), tmp_path / "x.xlsx", 2)
    assert [file.name for file in tmp_path.iterdir()] == ["x.xlsx"]
    assert (tmp_path / "x.xlsx").read_text() == "earlier"


def test_a_terminal_gets_an_aligned_table(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    writing.put(pd.DataFrame({"team_id": ["t1", "[red]t2"], "value": [1_234_567.5, 0.123456]}), None, 2)
    lines = capsys.readouterr().out.splitlines()
    assert "1,234,567.50" in lines[1]
    assert "0.1235" in lines[2]
    assert "[red]t2" in lines[2]


def test_an_empty_frame_is_said_to_be_empty(capsys):
    writing.put(pd.DataFrame({"team_id": pd.Series(dtype=str)}), None, 2)
    said = capsys.readouterr()
    assert said.err == "no rows\n"
    assert said.out == "team_id\n"


# -- render ------------------------------------------------------------------------------------------


def test_render_refuses_before_anything_starts(salesperf, sample_facts, tmp_path):
    out = tmp_path / "out"
    status, said, errors = salesperf(
        "render", "90", "--period", "2026-06", "--teams", "../../x", "--out", str(out)
    )
    assert (status, said) == (2, "")
    assert "t1, t2, t3, t4, t5, t6" in errors
    assert not out.exists()


def test_a_parameter_without_a_value_is_refused(salesperf):
    status, _, errors = salesperf("render", "90", "-p", "threshold")
    assert status == 2
    assert "name=value" in errors


ROW = Row(Report("n", "sample", "base", "2026-06", "t1", "zh", "美肤一部", {}, "f", {}), "done", seconds=1.25)


@pytest.mark.parametrize(
    ("row", "said"),
    [(ROW, "✓ n 2026-06 t1 zh 1.2 s"),
     (Row(ROW.report, "failed", reason="raised", cell=3, line="1/0", error="ZeroDivisionError"),
      "✗ n 2026-06 t1 zh A cell raised an error in cell [3] `1/0`: ZeroDivisionError"),
     (Row(ROW.report, "failed", reason="worker_died"), "✗ n 2026-06 t1 zh The worker process died")],
)  # fmt: skip
def test_a_line_tells_what_became_of_a_report(row, said):
    assert line_of(row) == said


def test_progress_without_a_terminal_is_one_line_per_report():
    stream = io.StringIO()
    with progress(stream) as (start, show):
        start([ROW.report] * 2)
        show(ROW)
        show(ROW)
    assert stream.getvalue().splitlines() == [
        "[1/2] ✓ n 2026-06 t1 zh 1.2 s",
        "[2/2] ✓ n 2026-06 t1 zh 1.2 s",
    ]


@pytest.mark.parametrize(("statuses", "status"), [(["done", "done"], 0), (["done", "failed"], 1)])
def test_render_ends_by_naming_the_page_to_open(salesperf, monkeypatch, tmp_path, statuses, status):
    from salesperf_lib import render

    rows = [Row(ROW.report, each, reason="" if each == "done" else "raised") for each in statuses]
    monkeypatch.setattr(render, "render", lambda *_, **__: rows)
    code, said, _ = salesperf("render", "90", "--out", str(tmp_path))
    assert code == status
    assert said.splitlines()[-1] == f"Open {tmp_path / 'index.html'}"


def test_an_interrupted_render_has_its_own_exit_status(salesperf, monkeypatch, tmp_path):
    from salesperf_lib import render

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(render, "render", interrupted)
    assert salesperf("render", "90", "--out", str(tmp_path))[0] == 130


def test_sample_writes_elsewhere_unless_it_writes_the_same_bytes(salesperf, monkeypatch, tmp_path, root):
    from salesperf_lib import sample

    asked: list[tuple] = []
    for name in ("write", "write_large"):
        monkeypatch.setattr(
            sample, name, lambda out, _name=name, **options: asked.append((_name, out, options)) or []
        )
    salesperf("sample")
    salesperf("sample", "--people", "20000", "--months", "36")
    (small, here, _), (large, there, options) = asked
    assert (small, large) == ("write", "write_large")
    assert here == root / "data" / "sample"
    assert there == root / "data" / "out" / "sample-20000x36-618"
    assert options == {"seed": 618, "people": 20000, "months": 36}
