"""Comparing two reports or two runs, and rendering a report again from what it says about itself."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import sys
from decimal import Decimal
from html import unescape
from pathlib import Path

import nbformat
import pytest
import typer
from typer.testing import CliRunner

from salesperf_lib import params
from salesperf_lib.cli.comparing import diff
from salesperf_lib.errors import RenderError
from salesperf_lib.render.comparison import as_json, compare, say
from salesperf_lib.render.comparison.alignment import in_order, pair_up
from salesperf_lib.render.comparison.numbers import changes_between, quantities_in, skeleton
from salesperf_lib.render.comparison.origin import Origin
from salesperf_lib.render.comparison.rules import policy_differences, rule_differences
from salesperf_lib.render.manifest import Report, Row, append_rows

# -- numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("1,234.5", "1234.5", ""), ("−3", "-3", ""), ("+16.28", "16.28", ""), ("96.3%", "96.3", "share"),
        ("68.8万元", "688000", "CNY"), ("1.23亿元", "123000000", "CNY"), ("286.73元", "286.73", "CNY"),
        ("−11.9万元", "-119000", "CNY"), ("CN¥1.23M", "1230000", "CNY"), ("−CN¥119.0K", "-119000", "CNY"),
        ("US$2.00B", "2000000000", "USD"), ("3.5万美元", "35000", "USD"), ("€9.50", "9.5", "EUR"),
        ("−0.16个百分点", "-0.16", "points"), ("+1.2 pp", "1.2", "points"), ("12天", "12", "days"),
        ("12 days", "12", "days"), ("3个月", "3", "months"), ("4.2秒", "4.2", "seconds"),
    ],
)  # fmt: skip
def test_a_written_number_is_read_back_with_its_unit(written, value, unit):
    (found,) = quantities_in(written)
    assert (found.value, found.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "written",
    ["–", "", "t1", "E0001", "72c1da6a3ee90dd0", "2026-06", "2026年6月", "2026年6月18日", "18 June 2026",
     "June 2026", "2026年第2季度", "Q2 2026", "2026-07-11", "0.1.0"],
)  # fmt: skip
def test_ids_digests_days_and_periods_are_no_numbers(written):
    assert quantities_in(written) == []


def test_numbers_of_a_sentence_are_read_in_order():
    said = "2026年6月净销售额68.8万元，完成目标80.7万元的85.2%，排名8/56。"
    assert [found.value for found in quantities_in(said)] == [
        Decimal(688000), Decimal(807000), Decimal("85.2"), Decimal(8), Decimal(56),
    ]  # fmt: skip
    assert skeleton(said) == "@净销售额#，完成目标#的#，排名#/#。"


@pytest.mark.parametrize(
    ("left", "right", "lang", "said"),
    [
        ("68.8万元", "70.0万元", "zh", ("+1.2万元",)), ("9,999元", "1.2万元", "zh", ("+2,001元",)),
        ("CN¥1.23M", "CN¥1.00M", "en", ("−CN¥230.0K",)), ("85.2%", "85.25%", "en", ("+0.05 pp",)),
        ("▲ +3.0%", "▼ −1.0%", "zh", ("−4.0个百分点",)), ("8/56", "9/57", "zh", ("+1", "+1")),
        ("98.9", "98.90", "zh", ()), ("–", "3", "zh", ()), ("B 6", "C 6", "zh", ()),
        ("12天", "12元", "zh", ()), ("2026年5月：3", "2026年6月：4", "zh", ("+1",)),
    ],
)  # fmt: skip
def test_a_difference_is_told_where_wording_and_unit_agree(left, right, lang, said):
    assert changes_between(left, right, lang) == said


def test_items_are_paired_by_the_strictest_key_that_fits():
    pairs = pair_up(["b1", "a1", "c1"], ["a2", "b1", "d9"], [str, lambda item: item[0]])
    assert pairs == [("b1", "b1"), ("a1", "a2"), ("c1", None), (None, "d9")]
    assert not in_order(["a2", "b1", "d9"], pairs)


# -- reports ----------------------------------------------------------------------------------------------

PROVENANCE = (
    "2026-06 · scenario {scenario} · rules {policy} · data {data} "
    "(drawn on 11 July 2026, covering up to 10 July 2026) · salesperf 0.1.0"
)
ROWS = [("Ann", "Host", "60.3", "B"), ("Bo", "Host", "57.5", "B"), ("Bo", "Ads", "41.0", "C")]


def _table(rows, heads=("Name", "Role", "Score", "Grade"), caption="People"):
    head = "".join(f"<th scope=col>{name}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _body(*, rows=ROWS, said="Sales were 12 of 20.", picture=b"one", tile="CN¥1.20M", more="", **origin):
    given = {"scenario": "base", "policy": "aaaa", "data": "bbbb"} | origin
    drawn = base64.b64encode(picture).decode()
    return (
        f'<div class="sp"><h2>Results</h2><p>{said}</p>'
        f'<div class="tile"><div class="label">Net sales</div><div class="big">{tile}</div></div>{more}'
        f'{_table(rows)}<img alt="A chart" src="data:image/png;base64,{drawn}"></div>'
        f'<p class="note">{PROVENANCE.format(**given)}</p>'
        f"<pre><code>salesperf render 90 --period 2026-06 --teams t1 --lang en --source sample "
        f"--scenario {given['scenario']} --as-of 2026-07-11</code></pre>"
    )


@pytest.fixture
def page(tmp_path):
    """Give a function that writes a page and names it."""

    def write(name: str, **parts) -> Path:
        path = tmp_path / f"{name}.html"
        style = parts.pop("style", "p { margin: 0 }")
        path.write_text(f"<html><head><style>{style}</style><title>{name}</title></head>"
                        f"<body>{_body(**parts)}</body></html>", encoding="utf-8")  # fmt: skip
        return path

    return write


def _found(left, right, root, kind=None, **options):
    found = compare(left, right, lang="en", root=root, **options)
    return [each for each in found.differences if kind in (None, each.kind)]


def test_what_a_reader_does_not_see_is_no_difference(page, root):
    found = compare(page("a"), page("b", style="p { margin: 1px }"), lang="en", root=root)
    assert found.equal
    assert [note.key for note in found.notes] == ["same_content"]
    assert [note.key for note in compare(page("c"), page("c"), lang="en", root=root).notes] == ["same_bytes"]


def test_every_cell_that_differs_is_told_with_both_values(page, root):
    other = [ROWS[0], ("Bo", "Host", "58.0", "A"), ROWS[2]]
    found = _found(page("a"), page("b", rows=other), root)
    assert [(each.where, each.left, each.right, each.changes) for each in found] == [
        (("Results", "People", "Bo", "Score"), "57.5", "58.0", ("+0.5",)),
        (("Results", "People", "Bo", "Grade"), "B", "A", ()),
    ]


def test_rows_are_known_by_their_labels_wherever_they_stand(page, root):
    other = [ROWS[2], ("Ann", "Host", "61.3", "B"), ("Cy", "Host", "1.0", "D")]
    found = _found(page("a"), page("b", rows=other), root)
    assert [(each.kind, each.left, each.right) for each in found] == [
        ("cell", "60.3", "61.3"), ("row", "Bo | Host | 57.5 | B", None),
        ("row", None, "Cy | Host | 1.0 | D"), ("order", "", ""),
    ]  # fmt: skip


def test_rows_below_a_heading_row_belong_to_it(page, root):
    rows = [("Traffic", "", "", ""), ("All", "x", "1", "-"), ("Value", "", "", ""), ("All", "x", "5", "-")]
    other = [rows[0], rows[1], rows[2], ("All", "x", "7", "-")]
    (found,) = _found(page("a", rows=rows), page("b", rows=other), root)
    assert (found.where, found.changes) == (("Results", "People", "Value", "All", "Score"), ("+2",))


def test_columns_are_known_by_their_headings(tmp_path, root):
    files = [tmp_path / name for name in ("a.html", "b.html")]
    files[0].write_text(_table([("Ann", "1", "2")], ("Name", "Old", "Kept")), encoding="utf-8")
    files[1].write_text(_table([("Ann", "3", "4")], ("Name", "Kept", "New")), encoding="utf-8")
    found = _found(*files, root)
    assert [(each.kind, each.where[-1], each.left, each.right) for each in found] == [
        ("column", "Old", "Old", None), ("column", "New", None, "New"), ("cell", "Kept", "2", "3"),
    ]  # fmt: skip


def test_a_table_is_known_by_its_wording_when_its_caption_counts(tmp_path, root):
    files = [tmp_path / name for name in ("a.html", "b.html")]
    files[0].write_text(_table(ROWS[:1], caption="2 problems"), encoding="utf-8")
    files[1].write_text(_table(ROWS[:1], caption="3 problems"), encoding="utf-8")
    (found,) = _found(*files, root)
    assert (found.kind, found.left, found.right, found.changes) == (
        "sentence", "2 problems", "3 problems", ("+1",),
    )  # fmt: skip


def test_sentences_values_and_figures_that_differ_are_told(page, root):
    other = page(
        "b", said="Sales were 15 of 20.", tile="CN¥1.50M", picture=b"two", more="<p>A new remark.</p>"
    )
    found = _found(page("a"), other, root)
    assert [(each.kind, each.left, each.right, each.changes) for each in found[:3]] == [
        ("sentence", "Sales were 12 of 20.", "Sales were 15 of 20.", ("+3",)),
        ("sentence", "Net sales: CN¥1.20M", "Net sales: CN¥1.50M", ("+CN¥300.0K",)),
        ("sentence", None, "A new remark.", ()),
    ]
    assert [each.kind for each in found[3:]] == ["figure"]
    assert found[3].left != found[3].right


def test_a_label_without_a_value_is_still_read(tmp_path, root):
    files = [tmp_path / name for name in ("a.html", "b.html")]
    files[0].write_text('<div><span class="label">Old words</span></div>', encoding="utf-8")
    files[1].write_text('<div><span class="label">New words</span></div>', encoding="utf-8")
    assert [(each.left, each.right) for each in _found(*files, root)] == [
        ("Old words", None), (None, "New words"),
    ]  # fmt: skip


def test_a_page_equals_the_record_it_was_made_from(tmp_path, page, root):
    record = nbformat.v4.new_notebook()
    html = _body().partition("<img")
    picture = nbformat.v4.new_output(
        "display_data",
        {"image/png": base64.b64encode(b"one").decode(), "text/plain": "<Figure>"},
        metadata={"image/png": {"alt": "A chart"}},
    )
    shown = [nbformat.v4.new_output("execute_result", {"text/html": html[0], "text/plain": "Markup"}), picture,
             nbformat.v4.new_output("execute_result", {"text/html": html[2].partition(">")[2]}),
             nbformat.v4.new_output("stream", name="stderr", text="a warning")]  # fmt: skip
    record.cells = [
        nbformat.v4.new_markdown_cell("# Only for the source", metadata={"tags": ["source-only"]}),
        nbformat.v4.new_code_cell("x = 1", outputs=shown),
    ]
    nbformat.write(record, tmp_path / "record.ipynb")
    assert _found(page("a"), tmp_path / "record.ipynb", root) == []
    (changed,) = _found(page("b", tile="CN¥1.30M"), tmp_path / "record.ipynb", root)
    assert changed.changes == ("−CN¥100.0K",)


# -- origin and rules -------------------------------------------------------------------------------------


def test_the_origin_is_compared_field_by_field_and_not_as_a_sentence(page, root):
    found = compare(page("a"), page("b", scenario="result_60", data="cccc"), lang="en", root=root)
    assert [(each.kind, each.where, each.left, each.right) for each in found.differences] == [
        ("origin", ("scenario",), "base", "result_60"), ("origin", ("data",), "bbbb", "cccc"),
    ]  # fmt: skip


def test_rules_that_differ_are_named_with_their_values(page, root):
    base, other = (params.load_policy("2026-06", "sample", name, root=root) for name in ("base", "result_60"))
    left = page("a", policy=base.digest)
    right = page("b", policy=other.digest, scenario="result_60")
    found = compare(left, right, lang="en", root=root)
    rules = {each.where[0]: (each.left, each.right) for each in found.differences if each.kind == "rule"}
    assert rules == {
        "dimension_weights.result": ("17/30", "0.6"),
        "dimension_weights.process": ("4/15", "0.25"),
        "dimension_weights.potential": ("1/6", "0.15"),
    }
    reasons = {each.where[0] for each in found.differences if each.kind == "decision"}
    assert "weights.dimension_weights_month" in reasons
    assert policy_differences(base, base) == []


def test_rules_that_params_no_longer_hold_are_said_to_be_lost(root):
    known = params.load_policy("2026-06", "sample", root=root).digest
    sides = [Origin({"policy": digest, "period": "2026-06", "source": "sample", "scenario": "base"})
             for digest in (known, "0" * 16)]  # fmt: skip
    found, notes = rule_differences(*sides, root)
    assert found == []
    assert [(note.key, note.values["digest"]) for note in notes] == [("rules_lost", "0" * 16)]


def test_a_report_without_origin_is_said_to_have_none(tmp_path, root):
    for name, value in (("a", 1), ("b", 2)):
        (tmp_path / f"{name}.html").write_text(f"<p>{value}</p>", encoding="utf-8")
    found = compare(tmp_path / "a.html", tmp_path / "b.html", lang="en", root=root)
    assert [note.key for note in found.notes] == ["no_origin", "no_origin"]


# -- runs -------------------------------------------------------------------------------------------------


def _row(team, *, status="done", data="d1", net="12.0%", scenario="base", **parts) -> Row:
    report = Report(
        "90_monthly_report", "sample", scenario, "2026-06", team, "en", team, {"team": team, "as_of": ""},
        f"{team}", {"policy": "p", "data": data},
    )  # fmt: skip
    return Row(report, status, page=f"{team}/page.html", headline=(("Rate", net),), **parts)


@pytest.fixture
def run(tmp_path):
    """Give a function that writes a manifest with its pages."""

    def write(name: str, *rows: Row, tiles=()) -> Path:
        out = tmp_path / name
        for row, tile in zip(rows, [*tiles, *["CN¥1.20M"] * len(rows)], strict=False):
            (out / row.report.team).mkdir(parents=True, exist_ok=True)
            (out / row.page).write_text(_body(tile=tile, data=row.report.digests["data"]), encoding="utf-8")
        append_rows(rows, out)
        return out

    return write


def test_two_runs_are_compared_report_by_report(run, root):
    left = run("a", _row("t1"), _row("t2"), _row("t3"))
    right = run(
        "b", _row("t1", net="13.5%", data="d2"), _row("t2", status="failed", reason="killed"), _row("t4")
    )
    found = _found(left, right / "manifest.jsonl", root)
    assert [(each.kind, each.where[1:], each.left, each.right, each.changes) for each in found] == [
        ("origin", ("data",), "d1", "d2", ()), ("headline", ("Rate",), "12.0%", "13.5%", ("+1.5 pp",)),
        ("status", (), "done", "failed · killed", ()), ("report", (), "done", None, ()),
        ("report", (), None, "done", ()),
    ]  # fmt: skip


def test_a_scenario_is_compared_with_the_base(run, root):
    found = _found(run("a", _row("t1")), run("b", _row("t1", scenario="result_60")), root)
    assert [(each.kind, each.where[1:]) for each in found] == [("origin", ("scenario",))]


def test_numbers_of_the_pages_are_compared_when_asked(run, root):
    left, right = run("a", _row("t1"), _row("t2")), run("b", _row("t1"), _row("t2"), tiles=["CN¥1.30M"])
    assert compare(left, right, lang="en", root=root).equal
    found = compare(left, right, lang="en", numbers=True, root=root)
    (part,) = found.parts
    assert [each.changes for each in part.differences] == [("+CN¥100.0K",)]
    assert not found.equal


def test_what_manifests_tell_is_not_told_again_for_every_page(run, root):
    found = compare(run("a", _row("t1")), run("b", _row("t1", data="d2")), lang="en", numbers=True, root=root)
    assert [each.where[1:] for each in found.differences] == [("data",)]
    assert found.parts == ()


def test_a_page_that_is_gone_is_not_passed_over_in_silence(run, root):
    left, right = run("a", _row("t1")), run("b", _row("t1"))
    (right / "t1" / "page.html").unlink()
    found = compare(left, right, lang="en", numbers=True, root=root)
    assert [note.key for note in found.notes] == ["no_page"]


# -- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def told(root, monkeypatch):
    """Give a function that runs the command."""
    monkeypatch.setenv("SALESPERF_ROOT", str(root))
    app = typer.Typer()
    app.command(name="diff")(diff)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_the_exit_status_says_whether_they_are_equal(told, page, tmp_path):
    equal = told(page("a"), page("b"), "--lang", "en")
    assert (equal.exit_code, "No difference." in equal.output) == (0, True)
    differ = told(page("a"), page("c", tile="CN¥1.30M"), "--lang", "zh", "--json", tmp_path / "d.json")
    assert differ.exit_code == 1
    assert "文字不同 (1)" in differ.output
    assert "(+10.0万元)" in differ.output
    written = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert (written["equal"], written["differences"][0]["right"]) == (False, "Net sales: CN¥1.30M")


def test_what_cannot_be_compared_is_refused(told, page, run, tmp_path):
    report, out = page("a"), run("out", _row("t1"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "manifest.jsonl").write_text("{", encoding="utf-8")
    (tmp_path / "bad.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "blank.html").write_text("<style>p {}</style>", encoding="utf-8")
    wrong = [
        (report, out), (report, tmp_path / "none.html"), (report, tmp_path / "empty"), (report, __file__),
        (out, tmp_path / "bad"), (report, tmp_path / "bad.ipynb"), (report, tmp_path / "blank.html"),
        (report, report, "--lang", "fr"), (report, report, "--json", tmp_path / "no" / "x.json"),
    ]  # fmt: skip
    for words in wrong:
        assert isinstance(told(*words).exception, RenderError), words


def test_a_comparison_is_written_in_both_languages(page, root):
    found = compare(page("a"), page("b", rows=ROWS[:2], picture=b"two"), lang="zh", root=root)
    for lang, row, figure in (
        ("zh", "只在一边的行 (1)", "图不同 (1)"),
        ("en", "Rows on one side only (1)", "Figures (1)"),
    ):
        assert row in say(found, lang)
        assert figure in say(found, lang)
    assert json.loads(as_json(found))["differences"][0]["kind"] == "row"


# -- a report again ---------------------------------------------------------------------------------------


def _command_in(page: str) -> list[str]:
    """Give the words of the command that a page shows last."""
    return shlex.split(unescape(page.rpartition("<pre><code>")[2].partition("</code>")[0]))


def _timeless(path: Path) -> nbformat.NotebookNode:
    """Read a record without the times of its run."""
    record = nbformat.read(path, as_version=4)
    for holder in (record, *record.cells):
        holder.metadata.pop("execution", None)
        for name in ("start_time", "end_time", "duration"):
            holder.metadata.get("papermill", {}).pop(name, None)
    return record


@pytest.fixture(scope="module")
def again(tmp_path_factory, root, sample_facts):
    """Render a monthly report, then what its page says renders it, then what that page says."""
    folder = tmp_path_factory.mktemp("again")
    words = ["salesperf", "render", "90_monthly_report", "--period", "2026-06", "--teams", "t1"]
    pages: list[Path] = []
    for name in ("first", "second", "third"):
        subprocess.run(
            [sys.executable, "-m", "salesperf_lib.cli", *words[1:], "--out", str(folder / name)],
            env={**os.environ, "SALESPERF_ROOT": str(root)}, check=True, capture_output=True,
        )  # fmt: skip
        (page,) = (folder / name).rglob("90_monthly_report_*.html")
        pages.append(page)
        words = _command_in(page.read_text(encoding="utf-8"))
        assert words[:3] == ["salesperf", "render", "90_monthly_report"]
    return pages


@pytest.mark.slow
def test_the_command_on_a_page_gives_the_same_bytes(again, root):
    assert again[1].read_bytes() == again[2].read_bytes()
    shown = _found(again[1].parent, again[2].with_suffix(".ipynb"), root)
    assert [each for each in shown if each.kind != "origin"] == []  # whoever edits the library meanwhile


@pytest.mark.slow
def test_the_command_gives_the_same_bytes_where_no_day_was_asked_for(again):
    assert again[0].read_bytes() == again[1].read_bytes()


@pytest.mark.slow
def test_the_record_is_the_same_but_for_its_times(again):
    assert _timeless(again[1].with_suffix(".ipynb")) == _timeless(again[2].with_suffix(".ipynb"))
