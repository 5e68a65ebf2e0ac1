"""What is made again and what is not, one run at a time, disks that refuse, archives, and sudden deaths."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from salesperf_lib.errors import RenderError
from salesperf_lib.render import execution, latest_rows, locking, placing, render, runner, workers
from salesperf_lib.render.bundle import bundle
from salesperf_lib.render.digests import library_digest
from salesperf_lib.render.freshness import decide
from salesperf_lib.render.index import index_page, write_index
from salesperf_lib.render.interruption import interruptible
from salesperf_lib.render.locking import LOCK, exclusive
from salesperf_lib.render.manifest import MANIFEST, Job, Report, Row, append_rows
from tests.made_notebooks import make_notebook


def _report(team="t1", **changes) -> Report:
    usual = Report(
        "n", "sample", "base", "2026-06", team, "zh", f"{team}部", {"team": team, "share": 0.5, "names": ["a"]},
        f"sample/2026-06/n/zh/{team}", {"notebook": "1", "data": "2"},
    )  # fmt: skip
    return replace(usual, **changes)


def _done(report: Report, out: Path, **changes) -> Row:
    """Leave a report in a folder as a run does, and give its row."""
    home = out / report.folder
    home.mkdir(parents=True, exist_ok=True)
    names = {suffix: f"{report.folder}/{report.file_stem}.{suffix}" for suffix in ("html", "ipynb")}
    for name in names.values():
        (out / name).write_text("x" * 10)
    usual = Row(
        report, "done", page=names["html"], record=names["ipynb"], page_bytes=10, record_bytes=10,
        started="2026-07-11T06:00:00+00:00", seconds=2.5,
    )  # fmt: skip
    row = replace(usual, **changes)
    append_rows([row], out)
    return row


def _verdict(report: Report, out: Path, **options):
    (found,) = decide([report], out, **options)
    return found.verdict, found.because


# -- what is up to date ------------------------------------------------------------------------------


def test_a_report_that_was_never_made_is_made_and_one_with_equal_inputs_is_not(tmp_path):
    assert _verdict(_report(), tmp_path / "none") == ("new", ())
    _done(_report(), tmp_path)
    assert _verdict(_report(), tmp_path) == ("up_to_date", ())
    assert _verdict(_report(), tmp_path, force=True) == ("forced", ())
    assert _verdict(_report("t2"), tmp_path) == ("new", ())


@pytest.mark.parametrize(
    ("changes", "because"),
    [({"digests": {"notebook": "1", "data": "3"}}, ("data",)),
     ({"digests": {"notebook": "1", "data": "2", "library": "4"}}, ("library",)),
     ({"digests": {"notebook": "1"}}, ("data",)),
     ({"parameters": {"team": "t1", "share": 0.25, "names": ["a"]}}, ("parameter share",)),
     ({"parameters": {"team": "t1", "share": 0.5, "names": ["b"]}}, ("parameter names",)),
     ({"parameters": {"team": "t1", "share": 0.5, "names": ("a",)}}, None)],
)  # fmt: skip
def test_every_input_counts_and_is_named(tmp_path, changes, because):
    _done(_report(), tmp_path)
    wanted = ("changed", because) if because else ("up_to_date", ())
    assert _verdict(_report(**changes), tmp_path) == wanted


@pytest.mark.parametrize("suffix", ["html", "ipynb"])
@pytest.mark.parametrize("loss", [Path.unlink, lambda path: path.write_text("torn")])
def test_files_that_are_gone_or_torn_are_made_again(tmp_path, suffix, loss):
    row = _done(_report(), tmp_path)
    loss(tmp_path / (row.page if suffix == "html" else row.record))
    verdict, (named,) = _verdict(_report(), tmp_path)
    assert verdict == "gone"
    assert named.endswith(suffix)


def test_a_file_that_people_edit_may_change_but_not_vanish(tmp_path):
    name = f"{_report().folder}/feedback.docx"
    _done(_report(), tmp_path, attachments=(name,))
    assert _verdict(_report(), tmp_path) == ("gone", (name,))
    (tmp_path / name).write_text("what the manager wrote")
    assert _verdict(_report(), tmp_path) == ("up_to_date", ())


def test_only_what_failed_last_is_made_with_failed(tmp_path):
    _done(_report("t1"), tmp_path)
    _done(_report("t2"), tmp_path)
    append_rows([Row(_report("t2"), "failed", reason="timeout")], tmp_path)
    append_rows([Row(_report("t3"), "interrupted", reason="interrupted")], tmp_path)
    append_rows([Row(_report("t4"), "failed", reason="raised")], tmp_path)
    _done(_report("t4"), tmp_path)
    reports = [_report(f"t{number}") for number in range(1, 6)]
    assert [(each.verdict, each.because) for each in decide(reports, tmp_path, failed=True)] == [
        ("left", ()), ("again", ("timeout",)), ("again", ("interrupted",)), ("left", ()), ("left", ()),
    ]  # fmt: skip
    assert [each.verdict for each in decide(reports, tmp_path)] == [
        "up_to_date", "again", "again", "up_to_date", "new",
    ]  # fmt: skip


def test_the_librarys_code_and_styles_count_and_its_command_line_does_not(tmp_path):
    for name in ("cli/app.py", "render/runner.py", "render/page.py", "reports/r.css", "kpis/k.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    digests = [library_digest(tmp_path)]
    for name in ("cli/app.py", "render/runner.py"):
        (tmp_path / name).write_text("2")
        assert library_digest(tmp_path) == digests[0]
    for name in ("render/page.py", "reports/r.css", "kpis/k.py"):
        (tmp_path / name).write_text("2")
        digests.append(library_digest(tmp_path))
    (tmp_path / "kpis" / "k.py").rename(tmp_path / "kpis" / "l.py")
    digests.append(library_digest(tmp_path))
    assert len(set(digests)) == 5


# -- the manifest ------------------------------------------------------------------------------------


def test_a_line_that_a_killed_run_left_unfinished_is_passed_over_and_cut_off(tmp_path):
    rows = [Row(_report("t1"), "done"), Row(_report("t2"), "done")]
    append_rows(rows, tmp_path)
    path = tmp_path / MANIFEST
    whole = path.read_bytes()
    for cut in (1, 20, len(whole.splitlines()[1]) - 1):
        path.write_bytes(whole[: len(whole) - 1 - cut])
        assert latest_rows(tmp_path) == rows[:1]
        append_rows(rows[1:], tmp_path)
        assert path.read_bytes() == whole


def test_a_first_line_torn_and_a_last_one_without_its_end_are_mended(tmp_path):
    path = tmp_path / MANIFEST
    path.write_text('{"notebook": "n", "sta')
    row = Row(_report(), "done")
    append_rows([row], tmp_path)
    assert latest_rows(tmp_path) == [row]
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    append_rows([Row(_report("t2"), "done")], tmp_path)
    assert [found.report.team for found in latest_rows(tmp_path)] == ["t1", "t2"]


@pytest.mark.parametrize("words", ["nonsense", "[1]", '{"a": 1}'])
def test_another_unreadable_line_is_refused_by_its_number(tmp_path, words):
    append_rows([Row(_report("t1"), "done")], tmp_path)
    with (tmp_path / MANIFEST).open("a") as file:
        file.write(words + "\n")
    append_rows([Row(_report("t2"), "done")], tmp_path)
    with pytest.raises(RenderError, match=r"manifest\.jsonl, line 2"):
        latest_rows(tmp_path)


def test_a_text_with_strange_ends_of_lines_stays_one_row(tmp_path):
    row = Row(_report(), "failed", error="a\u2028b\x85c\x0bd\x0ce\nf\rg")
    append_rows([row], tmp_path)
    assert latest_rows(tmp_path) == [row]


class _SmallDisk:
    """A file on a disk that is full after some bytes."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self.file.write(bytes(data[: self.room]))
        self.room -= written
        return written


@pytest.mark.parametrize("room", [0, 1, 300])
def test_a_disk_that_fills_up_leaves_whole_lines(tmp_path, monkeypatch, room):
    append_rows([Row(_report("t1"), "done")], tmp_path)
    before = (tmp_path / MANIFEST).read_bytes()
    usual = Path.open
    monkeypatch.setattr(Path, "open", lambda *given, **named: _SmallDisk(usual(*given, **named), room))
    with pytest.raises(OSError, match="No space left"):
        append_rows([Row(_report("t2"), "done")], tmp_path)
    monkeypatch.undo()
    assert (tmp_path / MANIFEST).read_bytes() == before


# -- one run at a time -------------------------------------------------------------------------------


def test_a_second_run_is_refused_and_told_who_is_there(tmp_path):
    with exclusive(tmp_path / "out") as scratch:
        assert scratch.stat().st_mode & 0o777 == 0o700
        with pytest.raises(RenderError) as caught, exclusive(tmp_path / "out"):
            pass
        (problem,) = caught.value.problems
        assert f"process {os.getpid()} on {socket.gethostname()}" in problem.found
        assert f"kill {os.getpid()}" in problem.remedy
        assert "--out" in problem.remedy
        with exclusive(tmp_path / "other"):
            pass
        assert (tmp_path / "out" / LOCK).exists()
    assert list((tmp_path / "out").iterdir()) == []
    assert not scratch.exists()
    with exclusive(tmp_path / "out"):
        pass


HOLD = """
import sys, time
from pathlib import Path
from salesperf_lib.render.locking import exclusive
with exclusive(Path(sys.argv[1])) as scratch:
    (Path(sys.argv[1]) / ".rendering-left").mkdir()
    (scratch / "socket").write_text("")
    print(scratch, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_run_left_is_taken_over_and_swept(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    scratch = Path(process.stdout.readline().strip())
    with pytest.raises(RenderError, match=f"process {process.pid}"), exclusive(tmp_path):
        pass
    process.kill()
    process.communicate()
    assert (scratch / "socket").exists()
    assert (tmp_path / LOCK).exists()
    with exclusive(tmp_path):
        assert not scratch.exists()
        assert [path.name for path in tmp_path.iterdir()] == [LOCK]
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_cannot_make_a_run_delete_what_is_not_its_own(tmp_path):
    treasure = tmp_path / "salesperf-treasure"
    treasure.mkdir()
    for named in (treasure, "/", "", f"{tempfile.gettempdir()}/other", tmp_path / ".." / "salesperf-x"):
        words = {"pid": 1, "host": "h", "started": "", "scratch": str(named)}
        (tmp_path / LOCK).write_text(json.dumps(words))
        with exclusive(tmp_path):
            assert treasure.is_dir()


@pytest.mark.parametrize("words", ["", "{", "[]", '{"pid": "x"}'])
def test_an_unreadable_lock_file_is_taken_over(tmp_path, words):
    (tmp_path / LOCK).write_text(words)
    with exclusive(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["pid"] == os.getpid()


def test_without_locks_the_file_itself_is_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(locking, "fcntl", None)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = socket.gethostname()
    for pid, where, free in (
        (ended.pid, host, True),
        (os.getpid(), host, False),
        (ended.pid, "elsewhere", False),
    ):
        (tmp_path / LOCK).write_text(
            json.dumps({"pid": pid, "host": where, "started": "then", "scratch": ""})
        )
        if free:
            with exclusive(tmp_path):
                pass
        else:
            with pytest.raises(RenderError, match=f"process {pid} on {where}"), exclusive(tmp_path):
                pass


# -- disks that refuse -------------------------------------------------------------------------------


@pytest.fixture
def ask(tmp_path, root, sample_facts):
    """Render a small notebook for two teams into ``out``."""
    notebook = make_notebook(tmp_path / "n.ipynb")

    def run(**changes) -> list[Row]:
        usual = {"period": "2026-06", "teams": "t1,t2", "out": tmp_path / "out", "root": root, "workers": 1}
        return render(changes.pop("notebook", notebook), **(usual | changes))

    return run


@pytest.fixture
def no_kernels(monkeypatch):
    """Make reports without kernels, in this process; give the teams that were made, in order."""
    made: list[str] = []

    def run_here(jobs, _workers, take, _scratch):
        for job in jobs:
            job.folder.mkdir(parents=True)
            stem = job.report.file_stem
            for suffix in ("html", "ipynb"):
                (job.folder / f"{stem}.{suffix}").write_text(f"{job.report.team} {suffix}")
            made.append(job.report.team)
            take(job, Row(job.report, "done", page=f"{stem}.html", record=f"{stem}.ipynb", page_bytes=7,
                          record_bytes=8, started="2026-07-11T06:00:00+00:00"))  # fmt: skip

    monkeypatch.setattr(workers, "run_in_processes", run_here)
    return made


def test_a_folder_that_cannot_be_made_is_refused(ask, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderError, match="a folder that may be written"):
        ask(out=tmp_path / "file" / "out")


def test_a_read_only_folder_is_refused_before_anything_starts(ask, no_kernels, tmp_path, monkeypatch):
    usual = Path.open

    def refuse(path, mode="r", *given, **named):
        if path.name == LOCK and mode != "r":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return usual(path, mode, *given, **named)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RenderError, match="Read-only file system"):
        ask()
    assert no_kernels == []


def test_a_disk_without_room_is_refused_before_anything_starts(ask, no_kernels, tmp_path, monkeypatch):
    monkeypatch.setattr(placing, "ROOM_PER_REPORT", shutil.disk_usage(tmp_path).total)
    with pytest.raises(RenderError, match="MB free"):
        ask()
    assert no_kernels == []
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_fills_up_stops_the_run_with_what_is_done_whole(ask, no_kernels, tmp_path, monkeypatch):
    usual = runner.append_rows
    calls = []

    def append(rows, out):
        calls.append(rows)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        usual(rows, out)

    monkeypatch.setattr(runner, "append_rows", append)
    with pytest.raises(RenderError, match=r"No space left.*run again"):
        ask()
    monkeypatch.undo()
    assert [(row.report.team, row.status) for row in latest_rows(tmp_path / "out")] == [("t1", "done")]
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert left <= {"sample", MANIFEST, "index.html"}


def test_a_report_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    def refuse(_job):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(execution, "_execute", refuse)
    row = execution.run(Job(_report(), tmp_path / "n", tmp_path / "made", tmp_path, 10, tmp_path / "place"))
    assert (row.status, row.reason, row.attempts) == ("failed", "not_written", 1)
    assert "No space left" in row.error


# -- rows: several notebooks, periods, scenarios -----------------------------------------------------


def test_rows_are_notebook_by_scenario_by_period_by_team_by_language(ask, tmp_path):
    other = make_notebook(tmp_path / "m.ipynb")
    rows = ask(
        notebook=[tmp_path / "n.ipynb", other], period="2026-05,2026-06", scenario="base,result_60", lang="zh,en",
        dry_run=True,
    )  # fmt: skip
    found = [
        (row.report.notebook, row.report.scenario, row.report.period, row.report.team, row.report.lang)
        for row in rows
    ]
    assert found == [
        (notebook, scenario, period, team, lang)
        for notebook in ("n", "m") for scenario in ("base", "result_60") for period in ("2026-05", "2026-06")
        for team in ("t1", "t2") for lang in ("zh", "en")
    ]  # fmt: skip
    assert len({row.report.folder for row in rows}) == 32
    assert rows[-1].report.parameters["scenario"] == "result_60"
    assert len({row.report.digests["policy"] for row in rows}) > 1
    assert {row.status for row in rows} == {"planned"}
    assert not (tmp_path / "out").exists()


def test_a_period_meant_twice_is_rendered_once(ask):
    assert len(ask(period="last-closed,2026-06", dry_run=True)) == 2


def test_every_periods_problem_is_told_once(ask):
    with pytest.raises(RenderError) as caught:
        ask(period="2026-07,June,2026-06", teams="t9", scenario="base,result_60", dry_run=True)
    found = [problem.where for problem in caught.value.problems]
    assert len(found) == len(set(found)) == 3
    for changes in ({"period": ""}, {"scenario": ","}, {"notebook": []}):
        with pytest.raises(RenderError, match="none"):
            ask(dry_run=True, **changes)


def test_two_notebooks_of_one_name_are_refused(ask, tmp_path):
    (tmp_path / "b").mkdir()
    other = make_notebook(tmp_path / "b" / "n.ipynb")
    with pytest.raises(RenderError, match="two called n"):
        ask(notebook=[tmp_path / "n.ipynb", other])


# -- runs one after the other ------------------------------------------------------------------------


def test_the_second_run_makes_nothing_and_a_change_makes_what_it_touches(ask, no_kernels, tmp_path):
    first = ask()
    assert [row.status for row in first] == ["done", "done"]
    before = (tmp_path / "out" / MANIFEST).read_bytes()
    plans = []
    second = ask(on_plan=plans.extend)
    assert no_kernels == ["t1", "t2"]
    assert [row.status for row in second] == ["up_to_date", "up_to_date"]
    assert [replace(row, status="done") for row in second] == first
    assert [each.verdict for each in plans] == ["up_to_date", "up_to_date"]
    assert (tmp_path / "out" / MANIFEST).read_bytes() == before
    (tmp_path / "out" / first[1].page).unlink()
    assert [row.status for row in ask()] == ["up_to_date", "done"]
    assert no_kernels == ["t1", "t2", "t2"]
    assert [row.status for row in ask(parameters={"share": 0.25})] == ["done", "done"]
    make_notebook(tmp_path / "n.ipynb", "print(team, 'again')")
    assert [row.reason for row in ask(dry_run=True)] == ["changed", "changed"]
    assert [row.status for row in ask(force=True)] == ["done", "done"]
    assert len(no_kernels) == 7


def test_the_index_says_what_was_not_made_again_and_what_is_gone(ask, no_kernels, tmp_path):
    ask()
    ask()
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "2 of them up to date, not made again" in page
    (row, _) = latest_rows(tmp_path / "out")
    (tmp_path / "out" / row.page).unlink()
    page = write_index(tmp_path / "out").read_text(encoding="utf-8")
    assert "1 done, 1 not done" in page
    assert "its files are gone" in page
    assert row.page not in page


def test_an_index_that_says_the_same_is_left_alone_and_a_damaged_one_is_not(tmp_path):
    _done(_report(), tmp_path)
    page = write_index(tmp_path)
    whole = page.read_bytes()
    os.utime(page, (1e9, 1e9))
    assert write_index(tmp_path).stat().st_mtime == 1e9
    page.write_bytes(whole[:500])
    assert write_index(tmp_path).read_bytes() == whole
    _done(_report("t2"), tmp_path)
    assert b"t2" in write_index(tmp_path).read_bytes()


def test_an_interrupted_report_keeps_the_earlier_page(ask, no_kernels, tmp_path, monkeypatch):
    first = ask()

    def stop(_jobs, _workers, _take, _scratch):
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "run_in_processes", stop)
    with pytest.raises(KeyboardInterrupt):
        ask(force=True)
    rows = latest_rows(tmp_path / "out")
    assert [(row.status, row.kept) for row in rows] == [("interrupted", row.page) for row in first]
    assert [row.reason for row in ask(failed=True, dry_run=True)] == ["again", "again"]


def test_a_signal_waits_until_a_report_and_its_line_are_written():
    seen = []

    def run():
        with interruptible() as interruption:
            with interruption.held():
                with interruption.held():
                    os.kill(os.getpid(), signal.SIGTERM)
                    seen.append("inner")
                seen.append("outer")
            seen.append("never")

    with pytest.raises(KeyboardInterrupt):
        run()
    assert seen == ["inner", "outer"]


def test_a_second_signal_does_not_disturb_the_end():
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is before


# -- second attempts ---------------------------------------------------------------------------------


def _job(tmp_path: Path, team: str = "t1") -> Job:
    return Job(_report(team), tmp_path / "n", tmp_path / "made" / team, tmp_path, 10, tmp_path / "place")


@pytest.mark.parametrize(
    ("endings", "status", "attempts"),
    [(["killed", ""], "done", 2), (["not_started", ""], "done", 2), (["killed", "killed"], "failed", 2),
     (["raised"], "failed", 1), (["timeout"], "failed", 1), ([""], "done", 1)],
)  # fmt: skip
def test_only_a_dead_kernel_gets_a_second_attempt_in_an_empty_folder(
    tmp_path, monkeypatch, endings, status, attempts
):
    from salesperf_lib.render.failure import Failure

    left = list(endings)

    def execute(job):
        assert list(job.folder.iterdir()) == []
        (job.folder / "half").write_text("")
        reason = left.pop(0)
        node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", execution_count=1)])
        return node, Failure(reason, 0) if reason else None

    monkeypatch.setattr(execution, "_execute", execute)
    row = execution.run(_job(tmp_path))
    assert (row.status, row.attempts, left) == (status, attempts, [])
    assert row.page_bytes == (tmp_path / "made" / "t1" / row.page).stat().st_size > 0


class _Unsteady(ThreadPoolExecutor):
    """Lose the first so many jobs."""

    def __init__(self, losses: int) -> None:
        super().__init__(1)
        self.losses = losses
        self.attempts: list[int] = []

    def submit(self, function, job):
        self.attempts.append(job.attempt)
        if self.losses:
            self.losses -= 1
            lost: Future[Row] = Future()
            lost.set_exception(RuntimeError("the worker is gone"))
            return lost
        return super().submit(lambda: Row(job.report, "done", attempts=job.attempt))


@pytest.mark.parametrize(
    ("losses", "attempts", "status"), [(0, [1], "done"), (1, [1, 2], "done"), (2, [1, 2], "failed")]
)
def test_an_executor_that_loses_a_job_gets_it_once_more(tmp_path, losses, attempts, status):
    rows = []
    with _Unsteady(losses) as executor:
        workers.run_in_executor([_job(tmp_path)], executor, lambda _job, row: rows.append(row))
    assert executor.attempts == attempts
    assert [(row.status, row.attempts) for row in rows] == [(status, len(attempts))]


def test_workers_that_die_before_they_begin_do_not_go_on_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_run_pool", lambda jobs, *_: jobs)
    rows = []
    jobs = [_job(tmp_path, team) for team in ("t1", "t2")]
    workers.run_in_processes(jobs, 2, lambda _job, row: rows.append(row), tmp_path)
    assert [(row.status, row.reason) for row in rows] == [("failed", "worker_died")] * 2


# -- the index and archives --------------------------------------------------------------------------


def test_the_overview_has_the_company_first_and_sorts_by_value(tmp_path):
    def row(team, money, lang="zh", person=""):
        report = _report(team, lang=lang, person=person)
        return Row(report, "done", page=f"{team}.html", headline=(("净销售额", money), ("等级", "B 6 · C 3")))

    page = index_page([row("t2", "1.5亿元"), row("t1", "-12.3万元"), row("company", "1.6亿元")])
    overview = page.partition("Company overview")[2].partition("</table>")[0]
    assert re.findall(r'href="(\w+)\.html"', overview) == ["company", "t1", "t2"]
    assert re.findall(r'data-value="([^"]*)"', overview) == ["1.6e+08", "-123000", "1.5e+08"]
    assert "B 6 · C 3" in overview
    assert "Company overview" not in index_page([row("t1", "1万元", person="E0001")])
    assert "Company overview" not in index_page([Row(_report(), "failed", reason="raised")])


def test_the_index_tells_time_size_notes_and_a_second_attempt():
    row = Row(
        _report(), "done", page="x.html", seconds=12.34, page_bytes=512_000, warnings=("one", 'tw"o'), attempts=2,
        started="2026-07-11T06:07:08+00:00",
    )  # fmt: skip
    page = index_page([row])
    assert "data-value=12.34>12.3 s</td>" in page
    assert "data-value=512000>512 kB</td>" in page
    assert 'data-value=2 title="one\ntw&quot;o">2</td>' in page
    assert "tried twice" in page
    assert "2026-07-11 06:07" in page


def test_an_archive_holds_what_is_good_and_lists_the_rest(tmp_path):
    report = _report("t1", team_name="=HYPERLINK(1)")
    word = f"{report.folder}/feedback.docx"
    rows = [_done(report, tmp_path, attachments=(word,)), _done(_report("t2"), tmp_path)]
    (tmp_path / word).write_text("word")
    rows.append(Row(_report("t3"), "failed", reason="raised", page="sample/2026-06/n/zh/t3/failed/x.html"))
    rows.append(Row(_report("t4", period="2026-05", folder="sample/2026-05/n/zh/t4"), "failed"))
    (archive,) = bundle(rows, tmp_path, tmp_path / "aside")
    assert archive == tmp_path / "sample" / "2026-06" / "reports_2026-06.zip"
    with zipfile.ZipFile(archive) as bundled:
        names = bundled.namelist()
        listed = list(csv.DictReader(bundled.read("list.csv").decode("utf-8-sig").splitlines()))
    assert names == [
        "list.csv",
        "n/zh/t1/feedback.docx",
        "n/zh/t1/n_2026-06_t1_zh.html",
        "n/zh/t2/n_2026-06_t2_zh.html",
    ]
    assert [(line["file"], line["team"], line["status"]) for line in listed] == [
        ("n/zh/t1/n_2026-06_t1_zh.html", "t1", "done"), ("n/zh/t1/feedback.docx", "t1", "done"),
        ("n/zh/t2/n_2026-06_t2_zh.html", "t2", "done"), ("", "t3", "failed"),
    ]  # fmt: skip
    assert listed[0]["team_name"] == "'=HYPERLINK(1)"
    assert listed[0]["bytes"] == "10"


def test_equal_reports_give_equal_archives_whenever_and_in_whatever_order(tmp_path):
    rows = [_done(_report(team), tmp_path) for team in ("t1", "t2")]
    (archive,) = bundle(rows, tmp_path, tmp_path / "aside")
    first = archive.read_bytes()
    os.utime(tmp_path / rows[0].page, (1e9, 1e9))
    bundle(rows[::-1], tmp_path, tmp_path / "aside")
    assert archive.read_bytes() == first


def test_zip_bundles_what_was_asked_for_made_now_or_before(ask, no_kernels, tmp_path):
    ask(teams="t3")
    ask(teams="t1")
    ask(zipped=True)
    with zipfile.ZipFile(tmp_path / "out" / "sample" / "2026-06" / "reports_2026-06.zip") as bundled:
        assert [name.rpartition("/")[2] for name in bundled.namelist()] == [
            "list.csv", "n_2026-06_t1_zh.html", "n_2026-06_t2_zh.html",
        ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["index.html", MANIFEST, "sample"]


# -- the command -------------------------------------------------------------------------------------


@pytest.fixture
def command(monkeypatch, capsys, root, tmp_path, sample_facts):
    """Run ``salesperf render`` in this process; give its exit status and what it said."""
    from salesperf_lib.cli import main

    notebook = make_notebook(tmp_path / "n.ipynb")

    def run(*options: str) -> tuple[int, str]:
        fixed = [
            "render",
            str(notebook),
            "--period",
            "2026-06",
            "--teams",
            "t1,t2",
            "--out",
            str(tmp_path / "out"),
        ]
        monkeypatch.setenv("SALESPERF_ROOT", str(root))
        monkeypatch.setattr(sys, "argv", ["salesperf", *fixed, *options])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return run


def test_the_command_tells_what_it_would_do_does_it_and_skips_it(command, no_kernels, tmp_path):
    status, said = command("--dry-run")
    assert status == 0
    assert "n_2026-06_t1_zh: not made before" in said
    assert "would make 2 of 2; skip 0 up to date" in said
    assert not (tmp_path / "out").exists()
    status, said = command("--zip")
    assert status == 0
    assert "2 of 2 reports done" in said
    assert "reports_2026-06.zip" in said
    status, said = command()
    assert (status, len(no_kernels)) == (0, 2)
    assert "2 up to date, skipped (--force makes them again)" in said
    assert "0 of 2 reports done, 2 up to date" in said
    assert "up to date, made again by --force" in command("--dry-run", "--force")[1]
    status, said = command("--failed")
    assert status == 0
    assert "2 did not fail" in said


def test_the_command_is_refused_while_another_run_is_there(command, no_kernels, tmp_path):
    with exclusive(tmp_path / "out"):
        status, said = command()
    assert status == 2
    assert f"process {os.getpid()}" in said
    assert no_kernels == []
