"""The explorer's page on the command line: the notebook as it is asked for, and the server that gets it."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
import typer
from typer.testing import CliRunner

from salesperf_lib import params, render
from salesperf_lib.cli import exploring
from salesperf_lib.errors import RenderError
from salesperf_lib.widgets import page

app = typer.Typer()
app.command()(exploring.explore)

PARAMETERS = 'lang: str = "zh"  # zh or en\ndraws: int = 10  # how many\nlive: bool = True'


class Server:
    """Stand for the process of Voilà: it ends at once, with the status that a test wants."""

    status = 0
    started: list[Server] = []  # noqa: RUF012 (emptied by the fixture)

    def __init__(self, command, *, env, stdout, stderr):
        self.command, self.env, self.ended = command, env, False
        del stdout, stderr
        self.started.append(self)

    def poll(self):
        return None

    def terminate(self):
        self.ended = True

    def wait(self, timeout=None):
        del timeout
        return self.status


@pytest.fixture
def servers(monkeypatch):
    monkeypatch.setattr(page.subprocess, "Popen", Server)
    monkeypatch.setattr(page, "_wait_for", lambda port, process: None)
    monkeypatch.setattr(Server, "started", [])
    return Server


@pytest.fixture
def written(root, sample_facts, tmp_path, monkeypatch):
    """Give a project whose rules, data and notebooks are those of the checkout, and whose outputs are not."""
    for name in ("params", "notebooks", "data/sample", "data/snapshots"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(root / name)
    monkeypatch.setenv("SALESPERF_ROOT", str(tmp_path))
    assert params.project_root() == tmp_path
    return tmp_path


@pytest.fixture
def notebook(tmp_path):
    """Write a small notebook, one of whose cells has no tags."""
    cells = [
        nbformat.v4.new_markdown_cell("# Title"),
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("lang"),
    ]
    path = tmp_path / "10_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def values_of(path):
    """Run the cells that set parameters, in their order, as a kernel would."""
    found: dict[str, object] = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", [])):
            exec(cell.source, found)
    return {name: found[name] for name in found["__annotations__"]}


def problem(result):
    assert isinstance(result.exception, RenderError), result.output
    return result.exception.problems[0]


def test_a_copy_has_the_values_and_the_original_keeps_its_own(notebook, tmp_path):
    before = notebook.read_bytes()
    copy = render.prepared(notebook, {"lang": "en", "live": False}, tmp_path / "new" / "folder", "A title")
    assert copy == tmp_path / "new" / "folder" / "10_small.ipynb"
    assert values_of(copy) == {"lang": "en", "draws": 10, "live": False}
    assert notebook.read_bytes() == before
    metadata = nbformat.read(copy, as_version=4).metadata
    assert (metadata["title"], metadata["papermill"]["parameters"]["lang"]) == ("A title", "en")


def test_a_copy_of_a_copy_has_the_last_values_alone(notebook, tmp_path):
    once = render.prepared(notebook, {"draws": 20}, tmp_path / "once")
    twice = render.prepared(once, {"draws": 30}, tmp_path / "twice")
    assert values_of(twice)["draws"] == 30
    assert len(nbformat.read(twice, as_version=4).cells) == 4
    assert "title" not in nbformat.read(twice, as_version=4).metadata


@pytest.mark.parametrize(
    ("values", "where", "allowed"),
    [
        ({"month": "2026-06"}, "parameter month", "parameters of 10_small.ipynb: lang, draws, live"),
        ({"draws": "many"}, "parameter draws", "int"),
        ({"live": "no"}, "parameter live", "bool"),
    ],
)
def test_what_the_notebook_does_not_declare_is_refused(notebook, tmp_path, values, where, allowed):
    with pytest.raises(RenderError) as refused:
        render.prepared(notebook, values, tmp_path / "new")
    assert [(each.where, each.allowed) for each in refused.value.problems] == [(where, allowed)]
    assert not (tmp_path / "new").exists()


def test_the_page_shows_what_was_asked_for(servers, written):
    result = run("--lang", "en", "--scenario", "result_60", "--as-of", "2026-07-11", "--port", 8899)
    assert result.exit_code == 0, result.output
    file = written / "data" / "out" / "explore" / "40_weight_explorer.ipynb"
    assert values_of(file) == {
        "period": "2026-06",  # the last month that is closed on that day
        "lang": "en",
        "scenario": "result_60",
        "source": "sample",
        "as_of": "2026-07-11",
        "live": True,
    }
    (server,) = servers.started
    assert server.command[1:4] == ["-m", "voila", str(file)]
    assert "--port=8899" in server.command
    assert "--Voila.ip=127.0.0.1" in server.command
    assert "--no-browser" not in server.command
    assert server.env["SALESPERF_ROOT"] == str(written)
    assert Path(server.env["JUPYTER_PATH"].partition(":")[0]) == page.TEMPLATES
    assert "http://127.0.0.1:8899/" in result.output
    assert server.ended


@pytest.mark.parametrize(
    ("lang", "title"), [("zh", "权重探索 · 2026年6月"), ("en", "Weight explorer · June 2026")]
)
def test_the_page_is_titled_in_its_readers_language(servers, written, lang, title):
    assert run("--lang", lang, "--period", "2026-06", "--no-browser").exit_code == 0
    file = written / "data" / "out" / "explore" / "40_weight_explorer.ipynb"
    assert nbformat.read(file, as_version=4).metadata["title"] == title
    assert "--no-browser" in servers.started[0].command


def test_a_server_that_fails_gives_its_status(servers, written, monkeypatch):
    monkeypatch.setattr(servers, "status", 3)
    assert run("--period", "2026-06").exit_code == 3


def test_ctrl_c_ends_the_page_and_is_no_failure(servers, written, monkeypatch):
    def interrupted(self, timeout=None):
        if timeout is None:
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr(servers, "wait", interrupted)
    assert run("--period", "2026-06").exit_code == 0
    assert servers.started[0].ended


def test_without_voila_it_says_what_to_install(servers, monkeypatch):
    monkeypatch.setattr(exploring, "find_spec", lambda name: None if name == "voila" else find_spec(name))
    found = problem(run("--period", "2026-06"))
    assert (found.where, found.found) == ("voila", "not installed")
    assert "salesperf[web]" in found.remedy
    assert servers.started == []


def test_an_unknown_language_is_refused(servers, written):
    found = problem(run("--lang", "fr"))
    assert (found.where, found.found, found.allowed) == ("--lang", "'fr'", "zh or en")
    assert servers.started == []


def test_a_port_that_is_taken_is_refused(servers, written):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = problem(run("--period", "2026-06", "--port", port))
    assert found.where == f"port {port}"
    assert servers.started == []


def test_a_server_that_ends_before_it_answers_is_a_failure(written, monkeypatch):
    monkeypatch.setattr(
        page, "voila_command", lambda *_, **__: [page.sys.executable, "-c", "raise SystemExit(7)"]
    )
    found = problem(run("--period", "2026-06", "--port", 8899))
    assert (found.where, found.found) == ("voila", "ended with status 7")
