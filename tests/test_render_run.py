"""Rendering with real kernels: one run with every kind of ending, then Ctrl-C and a lost worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from salesperf_lib.render import Row, latest_rows, render
from tests.processes import gone, wait_for

pytestmark = pytest.mark.slow

PARAMETERS = (
    'team: str = "t1"\nperiod: str = "2026-06"\nlang: str = "zh"\nmark: str = ""\nsource: str = "sample"'
)
ENDINGS = {
    "t1": "import sys, os, pathlib; pathlib.Path('figure.txt').write_text('x'); print(sys.executable)",
    "t2": "raise ValueError('no <b>such</b> thing')",
    "t3": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "t4": "import time\ntime.sleep(120)",
    "t5": "import sys\nsys.exit(0)",
    "t6": (
        "from IPython.display import display\n"
        "display({'application/vnd.salesperf.headline+json': [['净销售额', '1万元']]}, raw=True)"
    ),
}


def _notebook(path: Path, *cells: str) -> Path:
    made = nbformat.v4.new_notebook()
    made.cells = [
        nbformat.v4.new_markdown_cell("# 标题"),
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *(nbformat.v4.new_code_cell(cell) for cell in cells),
    ]
    nbformat.write(made, path)
    return path


def _by_team(cells: dict[str, str]) -> str:
    """Write a cell that ends differently for each team."""
    return f"exec({cells!r}[team])"


MORE_ENDINGS = {
    "t1": "raise MemoryError('no memory for 9 GB')",
    "t2": "import there_is_no_such_module",
    "t3": "import os\nos._exit(0)",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory, root, sample_facts):
    """Render all six teams once; every team's run ends in its own way."""
    folder = tmp_path_factory.mktemp("run")
    notebook = _notebook(folder / "endings.ipynb", "print('您好', team)", _by_team(ENDINGS), "print('after')")
    seen: list[Row] = []
    rows = render(
        notebook, period="2026-06", out=folder / "out", workers=2, timeout=12, root=root, on_row=seen.append,
        parameters={"mark": "甲"},
    )  # fmt: skip
    return folder / "out", {row.report.team: row for row in rows}, seen


def _record(run, team: str) -> nbformat.NotebookNode:
    out, rows, _ = run
    return nbformat.read(out / rows[team].record, as_version=4)


@pytest.mark.parametrize(
    ("team", "status", "reason"),
    [("t1", "done", ""), ("t2", "failed", "raised"), ("t3", "failed", "killed"), ("t4", "failed", "timeout"),
     ("t5", "failed", "exited"), ("t6", "done", "")],
)  # fmt: skip
def test_every_ending_is_told_as_it_was(run, team, status, reason):
    row = run[1][team]
    assert (row.status, row.reason) == (status, reason)
    assert row.attempts == (2 if reason == "killed" else 1)
    assert row.cell == (None if status == "done" else 4)  # parameters, injected parameters, print, ending


def test_an_ending_of_memory_import_or_exit_is_red_with_its_cell_and_message(tmp_path, root, sample_facts):
    notebook = _notebook(tmp_path / "more.ipynb", _by_team(MORE_ENDINGS), "print('after')")
    rows = render(notebook, period="2026-06", teams="t1,t2,t3", out=tmp_path / "out", workers=2, root=root)
    assert [(row.status, row.reason, row.cell, row.attempts) for row in rows] == [
        ("failed", "raised", 3, 1), ("failed", "raised", 3, 1), ("failed", "killed", 3, 2),
    ]  # fmt: skip
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    for row, said in zip(rows, ("no memory for 9 GB", "there_is_no_such_module", ""), strict=True):
        page = (tmp_path / "out" / row.page).read_text(encoding="utf-8")
        assert 'role="alert"' in page
        assert "In [3]" in page
        assert said in page
        assert said in row.error
        assert said in index
        assert "after" not in page
    assert index.count("In [3] <code>exec(") == 3


@pytest.mark.parametrize("team", ["t2", "t3", "t4", "t5"])
def test_a_failed_record_marks_its_cell_and_calls_the_rest_pending(run, team):
    record = _record(run, team)
    states = [cell.metadata.get("papermill", {}).get("status") for cell in record.cells]
    assert states[0] is None  # the banner
    assert states[1:-2] == ["completed"] * (len(states) - 3)
    assert states[-2:] == ["failed", "pending"]
    assert record.metadata.papermill.exception is True
    assert "In [4]" in record.cells[0].source


@pytest.mark.parametrize("team", ["t1", "t6"])
def test_a_good_record_holds_every_output(run, team):
    record = _record(run, team)
    assert [cell.metadata.papermill.status for cell in record.cells] == ["completed"] * len(record.cells)
    assert record.cells[-1].outputs[0].text == "after\n"


def test_the_kernel_is_this_interpreter_and_works_in_the_private_folder(run):
    out, rows, _ = run
    assert _record(run, "t1").cells[-2].outputs[0].text.strip() == sys.executable
    assert (out / rows["t1"].record).parent.joinpath("figure.txt").read_text() == "x"


def test_pages_tell_what_happened(run):
    out, rows, _ = run
    good, bad = ((out / rows[team].page).read_text(encoding="utf-8") for team in ("t1", "t2"))
    assert "您好 t1" in good
    assert "font/woff" in good
    assert 'role="alert"' not in good
    assert "In [4]" in bad
    assert "no &lt;b&gt;such" in bad


def test_index_and_manifest_hold_every_report(run):
    out, rows, seen = run
    page = (out / "index.html").read_text(encoding="utf-8")
    assert all(row.page in page for row in rows.values())
    assert 'data-value="10000">1万元</td>' in page
    assert sorted(latest_rows(out), key=lambda row: row.report.team) == list(rows.values())
    assert {row.report.team for row in seen} == set(ENDINGS)
    line = json.loads((out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert line["parameters"] == {
        "team": "t1", "period": "2026-06", "lang": "zh", "mark": "甲", "source": "sample",
    }  # fmt: skip
    assert line["seconds"] > 0
    assert set(line["digests"]) == {"notebook", "policy", "data", "cases", "library", "packages"}


def test_nothing_is_left_aside(run):
    out, _, _ = run
    assert sorted(item.name for item in out.iterdir()) == ["index.html", "manifest.jsonl", "sample"]


# -- one report per person, with a file beside its page ----------------------------------------------

PERSONAL = (
    'person: str = "E0001"\nteam: str = "t1"\nperiod: str = "2026-06"\nlang: str = "zh"\n'
    'source: str = "sample"\nwords: str = ""'
)
MAKER = """
def write(person, words, path, kept=None):
    if words == person:
        raise PermissionError("the file is open")
    path.write_text(f"{person}: {words}; before: {kept.read_text() if kept else ''}")
"""


@pytest.fixture
def render_people(tmp_path, root, sample_facts, monkeypatch):
    """Render a notebook about people whose files are made by a stub, in real worker processes."""
    from salesperf_lib.render import attachments
    from salesperf_lib.render.manifest import Attachment

    (tmp_path / "stub_maker_of_files.py").write_text(MAKER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    made = Attachment("feedback.docx", "stub_maker_of_files:write", ("person", "words"))
    monkeypatch.setattr(attachments, "ATTACHMENTS", {"personal": (made,)})
    notebook = tmp_path / "personal.ipynb"
    written = nbformat.v4.new_notebook()
    cells = [nbformat.v4.new_code_cell(PERSONAL, metadata={"tags": ["parameters"]})]
    written.cells = [*cells, nbformat.v4.new_code_cell("print('about', person, team)")]
    nbformat.write(written, notebook)

    def run(words: str) -> list[Row]:
        return render(
            notebook, period="2026-06", teams="t1", people="E0001,E0003", out=tmp_path / "out", workers=1,
            root=root, parameters={"words": words},
        )  # fmt: skip

    return run, tmp_path / "out"


def test_people_get_a_page_and_a_file_each_and_what_stands_is_kept(render_people):
    run, out = render_people
    first = run("one")
    assert [(row.report.person, row.status) for row in first] == [("E0001", "done"), ("E0003", "done")]
    home = out / "sample" / "2026-06" / "personal" / "zh" / "t1" / "E0001"
    assert (home / "feedback.docx").read_text() == "E0001: one; before: "
    assert "about E0001 t1" in (out / first[0].page).read_text(encoding="utf-8")
    assert sorted(row.attachments for row in latest_rows(out)) == [
        (f"sample/2026-06/personal/zh/t1/{person}/feedback.docx",) for person in ("E0001", "E0003")
    ]
    (home / "feedback.docx").write_text("the manager's words")
    second = run("E0003")  # the stub fails for this one
    assert [(row.status, row.reason) for row in second] == [("done", ""), ("failed", "not_attached")]
    assert (home / "feedback.docx").read_text() == "E0001: E0003; before: the manager's words"
    other = home.parent / "E0003"
    assert (other / "feedback.docx").read_text() == "E0003: one; before: "
    assert second[1].kept == first[1].page
    assert (out / first[1].page).is_file()
    assert "PermissionError: the file is open" in (out / "index.html").read_text(encoding="utf-8")


# -- what kills more than a kernel -------------------------------------------------------------------


KILL_THE_WORKER = """
import psutil, time
process = psutil.Process()
while "multiprocessing.spawn" not in " ".join(process.cmdline()):
    process = process.parent()
process.kill()
time.sleep(60)
"""


def test_a_worker_that_dies_costs_only_its_own_report(tmp_path, root, sample_facts):
    notebook = _notebook(tmp_path / "lost.ipynb", _by_team({"t1": "pass", "t2": KILL_THE_WORKER}))
    rows = render(notebook, period="2026-06", teams="t2,t1", out=tmp_path / "out", workers=1, root=root)
    assert [(row.status, row.reason) for row in rows] == [("failed", "worker_died"), ("done", "")]
    assert rows[0].attempts == 2


@pytest.fixture
def started(tmp_path, root, sample_facts):
    """Start `salesperf render` on a notebook that sleeps, with a kernelspec at home that must not be used."""
    spec = tmp_path / "home" / ".local" / "share" / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps(
            {"argv": ["/bin/false", "{connection_file}"], "display_name": "wrong", "language": "python"}
        )
    )
    began = tmp_path / "began"
    tell = f"pathlib.Path({str(began)!r}).write_text(str(os.getpid()))"
    sleep = f"import os, pathlib, time\n{tell}\ntime.sleep(120)"
    notebook = _notebook(tmp_path / "sleeper.ipynb", sleep)
    process = subprocess.Popen(
        [sys.executable, "-m", "salesperf_lib.cli", "render", str(notebook), "--period", "2026-06",
         "--teams", "t1,t2", "--out", str(tmp_path / "out"), "--workers", "1"],
        env={**os.environ, "HOME": str(tmp_path / "home"), "SALESPERF_ROOT": str(root)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    assert wait_for(lambda: began.exists() and began.read_text() != "")
    yield process, int(began.read_text()), tmp_path / "out"
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    process.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_kernel_and_no_half_files(started, number):
    process, kernel, out = started
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert wait_for(lambda: gone(kernel), 10)
    assert sorted(item.name for item in out.iterdir()) == ["index.html", "manifest.jsonl"]
    assert [row.status for row in latest_rows(out)] == ["interrupted", "interrupted"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_render_takes_its_kernels_along(started):
    process, kernel, _ = started
    process.kill()
    process.wait()
    assert wait_for(lambda: gone(kernel), 20)
