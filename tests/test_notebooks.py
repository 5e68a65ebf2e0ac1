"""The rules that every notebook keeps: order, parameters, thin cells, nothing stored."""

from __future__ import annotations

import ast
import re
from functools import cache
from html import unescape
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "salesperf_lib" / "templates"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TYPES = {"str", "int", "float", "bool", "list"}
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try)
CHINESE = re.compile("[\u2e80-\uffef]")


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return read(request.param)


def test_there_are_notebooks():
    assert {path.stem for path in NOTEBOOKS} >= {"30_team_appraisal", "90_monthly_report"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_numbered_and_valid(path):
    assert re.fullmatch(r"\d{2}_[a-z]+(_[a-z]+)*", path.stem)
    nbformat.validate(read(path))


def test_nothing_is_stored(notebook):
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(notebook))
    assert "papermill" not in notebook.metadata


def test_the_title_asks_one_question_and_says_for_whom(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "?" in first.source
    assert "For " in first.source


def test_the_first_code_cell_declares_the_parameters_and_no_other_does(notebook):
    tagged = [cell for cell in code_cells(notebook) if "parameters" in tags(cell)]
    assert tagged == code_cells(notebook)[:1]


def test_a_parameter_is_one_typed_literal_with_help_that_papermill_can_read(notebook):
    cell = code_cells(notebook)[0]
    for line in cell.source.splitlines():
        declared, _, help_text = line.partition("  # ")
        statement = ast.parse(declared).body[0]
        assert isinstance(statement, ast.AnnAssign), line
        assert statement.annotation.id in TYPES, line
        value = ast.literal_eval(statement.value)
        assert type(value).__name__ == statement.annotation.id, line
        assert help_text, f"no help: {line}"
        assert line.count("=") == 1, line
        assert "|" not in line, line
        assert not CHINESE.search(line), line


def test_papermill_infers_every_parameter(notebook, tmp_path):
    import papermill

    path = tmp_path / "copy.ipynb"
    nbformat.write(notebook, path)
    inferred = papermill.inspect_notebook(str(path))
    declared = [line.partition(":")[0] for line in code_cells(notebook)[0].source.splitlines()]
    assert list(inferred) == declared
    assert all(entry["inferred_type_name"] in TYPES and entry["help"] for entry in inferred.values())


def test_the_setup_follows_and_opens_everything_once(notebook):
    setup = code_cells(notebook)[1].source
    assert "import" in setup
    later = "\n".join(cell.source for cell in code_cells(notebook)[2:])
    assert "import " not in later


def test_data_come_before_findings_and_limits_and_reproduction_at_the_end(notebook):
    headings = [
        line[3:]
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    assert headings[0] == "Data"
    assert headings[-2:] == ["Limits", "How to reproduce"]
    assert len(headings) == len(set(headings))


def test_cells_are_thin(notebook):
    for cell in code_cells(notebook):
        assert len(cell.source.splitlines()) <= 12, cell.source
        found = [
            type(node).__name__ for node in ast.walk(ast.parse(cell.source)) if isinstance(node, FORBIDDEN)
        ]
        assert not found, cell.source


def test_text_is_language_neutral_for_pages(notebook):
    """Markdown is for readers of the notebook: pages leave it out, their words come from the catalogue."""
    for cell in notebook.cells:
        assert not CHINESE.search(cell.source), cell.source
        if cell.cell_type == "markdown":
            assert "source-only" in tags(cell), cell.source


# -- executed as papermill executes them


SCORED = [("90_monthly_report", "zh"), ("30_team_appraisal", "en")]
LAYERED = [("91_quarterly_report", "en"), ("92_annual_report", "zh")]
PLANNED = [("10_target_decomposition", "zh"), ("15_calibration_meeting", "en"), ("35_team_board", "zh")]
PERSONAL = [("80_feedback", "zh")]
OF_A_TEAM = [*SCORED, *LAYERED, *PLANNED, *PERSONAL]
STUDIED = [("40_weight_explorer", "en")]
"""For HR analysts: of the whole company, by name."""


@cache
def _executed(name, lang, folder):
    """Execute a notebook with papermill alone, and make its page."""
    import papermill
    from nbconvert import HTMLExporter

    out = folder / f"{name}.ipynb"
    about = {
        "15_calibration_meeting": {}, "80_feedback": {"person": "E0021"}, "40_weight_explorer": {"live": False}
    }.get(name, {"team": "t3"})  # fmt: skip
    papermill.execute_notebook(
        str(ROOT / "notebooks" / f"{name}.ipynb"), str(out), {"lang": lang} | about,
        cwd=str(folder), progress_bar=False, kernel_name="python3",
    )  # fmt: skip
    exporter = HTMLExporter(
        template_name="salesperf", extra_template_basedirs=[str(TEMPLATES)], exclude_input=True
    )
    page, _ = exporter.from_notebook_node(read(out), resources={"metadata": {"name": name}})
    return read(out), page, lang


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sample_facts):
    return tmp_path_factory.mktemp("executed")


@pytest.fixture(scope="module", params=SCORED, ids="-".join)
def scored(request, folder):
    return _executed(*request.param, folder)


@pytest.fixture(scope="module", params=[*OF_A_TEAM, *STUDIED], ids="-".join)
def executed(request, folder):
    return _executed(*request.param, folder)


@pytest.fixture(scope="module", params=OF_A_TEAM, ids="-".join)
def of_a_team(request, folder):
    return _executed(*request.param, folder)


@pytest.mark.slow
def test_papermill_elsewhere_shows_the_scores_that_the_library_computes(scored, sample_facts, sample_policy):
    """The kernel runs in another folder than the project's, as a scheduler's may."""
    from salesperf_lib import appraisal

    _, page, _ = scored
    whole = appraisal.load(sample_facts, sample_policy)
    names = whole.people.drop_duplicates("person_id").set_index("person_id")["name"]
    own = whole.composites.query("team_id == 't3'").dropna(subset=["score"])
    expected = {names[row.person_id]: f"{row.score:.2f}" for row in own.itertuples()}
    shown = re.findall(r'<summary><strong>(.*?)\s?[(（].*?</strong> <span class="score">([^<]*)', page)
    assert len(expected) >= 8
    assert {name: score for name, score in shown if score != "–"} == expected
    totals = re.findall(r'<tr class="total">.*?<td class="n">([^<]*)</td></tr>', page)
    assert sorted(total for total in totals if total != "–") == sorted(expected.values())


@pytest.mark.slow
def test_every_cell_speaks_and_none_complains(executed):
    notebook, _, _ = executed
    for cell in code_cells(notebook):
        assert [output.output_type for output in cell.outputs if output.output_type == "stream"] == []
        if not {"parameters", "injected-parameters"} & set(tags(cell)):
            assert cell.outputs, cell.source


@pytest.mark.slow
def test_figures_carry_their_text_and_no_word_of_the_source_reaches_the_page(executed):
    notebook, page, lang = executed
    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.data
    ]
    drawn_as_page = "80_feedback" in notebook.metadata["papermill"]["input_path"]  # its trend is no picture
    assert drawn_as_page or len(pictures) >= 2
    read_aloud = unescape(page)
    assert all(f'alt="{output.metadata["image/png"]["alt"]}"' in read_aloud for output in pictures)
    assert page.count("<img") == len(pictures)
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page
    assert "import charts" not in page
    assert not any(
        cell.source.splitlines()[0] in page for cell in notebook.cells if cell.cell_type == "markdown"
    )


@pytest.mark.slow
def test_a_page_runs_no_script_and_asks_for_nothing(executed):
    _, page, _ = executed
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.slow
def test_a_team_reads_nothing_of_other_teams_people(of_a_team, sample_facts):
    from salesperf_lib import facts

    notebook, page, _ = of_a_team
    roster = facts.roster_days(sample_facts).select("person_id", "team_id", "name").execute()
    own = roster[roster["team_id"] == "t3"]
    others = roster[~roster["person_id"].isin(own["person_id"]) & ~roster["name"].isin(own["name"])]
    stored = re.sub(r'base64,[^"]*', "", page) + str(
        [
            cell.get("outputs")
            and [
                {kind: data for kind, data in output.data.items() if kind != "image/png"}
                | dict(output.metadata)
                for output in cell.outputs
                if "data" in output
            ]
            for cell in notebook.cells
        ]
    )
    assert own["person_id"].nunique() >= 8
    assert [word for word in {*others["person_id"], *others["name"]} if word in stored] == []


@pytest.mark.slow
def test_the_study_of_weights_answers_with_what_the_library_computes(folder, sample_appraisal):
    from salesperf_lib import weights

    _, page, _ = _executed(*STUDIED[0], folder)
    explored = weights.explore(sample_appraisal)
    table = weights.acceptance(explored)
    fixed, hanging = int(table["guaranteed"].sum()), table[table["share"] < 0.95]
    assert f"{fixed} of {len(table)} grades cannot change" in page
    assert f"{len(hanging)} grades really depend on them" in page
    names = explored.roster.set_index("person_id")["name"]
    for person in hanging["person_id"]:
        assert names[person] in page


@pytest.mark.slow
def test_live_and_by_plain_papermill_the_study_shows_sliders_and_the_same_answer(folder):
    import papermill

    out = folder / "live.ipynb"
    papermill.execute_notebook(
        str(ROOT / "notebooks" / "40_weight_explorer.ipynb"), str(out), {"lang": "en"},
        cwd=str(folder), progress_bar=False, kernel_name="python3",
    )  # fmt: skip
    live, (still, _, _) = read(out), _executed(*STUDIED[0], folder)
    shown = {cell.source: [output.get("data", {}) for output in cell.outputs] for cell in code_cells(live)}
    explorer = next(outputs for source, outputs in shown.items() if "widgets.show_explorer" in source)
    assert any("application/vnd.jupyter.widget-view+json" in data for data in explorer)
    answer = next(outputs for source, outputs in shown.items() if source == "weights.answer(study)")
    same = next(cell for cell in code_cells(still) if cell.source == "weights.answer(study)")
    assert answer[0]["text/html"] == same.outputs[0].data["text/html"]
