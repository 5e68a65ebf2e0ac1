"""Run one report: papermill in a private kernel, and the truth about how it ended.

papermill records a killed kernel, a segmentation fault or a timeout as a completed notebook, and lets
``sys.exit(0)`` pass; so the end of a run is judged here: every code cell ran, and none failed.
"""

from __future__ import annotations

import platform
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import salesperf_lib
from salesperf_lib.render.attachments import attach
from salesperf_lib.render.failure import (
    Failure,
    cell_number,
    find_failure,
    first_line,
    mark,
    one_line,
    without_papermill_marks,
)
from salesperf_lib.render.kernel import private_kernels
from salesperf_lib.render.manifest import Job, Row
from salesperf_lib.render.page import page_of

HEADLINE = "application/vnd.salesperf.headline+json"
LONGEST_START = 120
LONGEST_LINE = 300
DEAD = ("killed", "not_started")
"""Reasons that are the machine's as often as the notebook's: worth a second attempt."""


def run(job: Job) -> Row:
    """Execute a report's notebook, write it, its page and its attachments into the job's folder.

    A report whose kernel died or did not start is begun once more: its row says so.

    Returns
    -------
    Row
        ``done`` or ``failed``, its paths relative to the job's folder. A notebook's failure is a row, never
        an exception.
    """
    row = _attempt(job)
    if row.reason not in DEAD or job.attempt > 1:
        return row
    again = _attempt(replace(job, attempt=job.attempt + 1))
    return replace(
        again,
        started=row.started,
        seconds=round(row.seconds + again.seconds, 2),
        cpu_seconds=round(row.cpu_seconds + again.cpu_seconds, 2),
    )


def _attempt(job: Job) -> Row:
    """Run a report once, in an empty folder."""
    began, processor = time.monotonic(), _processor_seconds()
    started = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        shutil.rmtree(job.folder, ignore_errors=True)
        job.folder.mkdir(parents=True)
        notebook, failure = _execute(job)
        row = attach(_written(job, notebook, failure), job)
    except OSError as error:  # a full disk, for one
        told = one_line(f"{type(error).__name__}: {error}")
        row = Row(job.report, "failed", reason="not_written", error=told)
    return replace(
        row,
        started=started,
        seconds=round(time.monotonic() - began, 2),
        cpu_seconds=round(_processor_seconds() - processor, 2),
        versions={"salesperf": salesperf_lib.__version__, "python": platform.python_version()},
        attempts=job.attempt,
        page_bytes=_size(job.folder, row.page),
        record_bytes=_size(job.folder, row.record),
    )


def _size(folder: Path, name: str) -> int:
    return (folder / name).stat().st_size if name else 0


def _execute(job: Job) -> tuple[NotebookNode, Failure | None]:
    """Run the notebook; whatever ends the run early becomes a failure with its cell."""
    import papermill

    deadline = time.monotonic() + job.timeout
    seen: list[NotebookNode] = []
    begun: list[int] = []
    failure = None
    with private_kernels(job.folder, _environment(job)) as (manager, log_text):
        try:
            papermill.execute_notebook(
                str(job.notebook),
                None,  # written below, once and whole
                parameters=dict(job.report.parameters),
                kernel_name="python3",
                language="python",
                progress_bar=False,
                start_timeout=int(min(LONGEST_START, max(1, job.timeout))),
                kernel_manager_class=manager,
                shutdown_kernel="immediate",
                iopub_timeout=60,
                timeout_func=lambda _cell: max(1, int(deadline - time.monotonic())),
                on_notebook_start=lambda notebook: seen.append(notebook),  # noqa: PLW0108 (called by keyword)
                on_cell_execute=lambda cell, cell_index: begun.append(cell_index),
            )
        except Exception as error:  # noqa: BLE001 (whatever ends a run is its failure)
            failure = _failure_of(error, begun[-1] if begun else None, job.timeout, log_text())
    notebook = without_papermill_marks(seen[0]) if seen else nbformat.read(job.notebook, as_version=4)
    own = notebook.metadata.get("papermill", {})
    if "input_path" in own:
        own["input_path"] = job.notebook.name  # not where it lay on this machine
    return notebook, find_failure(notebook) if failure is None or failure.reason == "raised" else failure


def _environment(job: Job) -> dict[str, str]:
    """Fix what a kernel must not take from the caller: its project, and one thread per matrix product."""
    report = job.report
    return {
        "SALESPERF_ROOT": str(job.root),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "SALESPERF_READ_AHEAD": f"{report.period} {report.source} {report.scenario}",  # in the template, once
    }


def _failure_of(error: Exception, index: int | None, timeout: float, log: str) -> Failure:
    """Name what ended a run, from the exception that reached papermill's caller."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    last_words = one_line(log.strip()[-LONGEST_LINE:])
    if isinstance(error, PapermillExecutionError):
        return Failure("raised", index, one_line(f"{error.ename}: {error.evalue}"))
    if isinstance(error, CellTimeoutError):
        return Failure("timeout", index, f"{timeout:g} s")
    if index is None:
        return Failure("not_started", None, last_words or one_line(f"{type(error).__name__}: {error}"))
    if isinstance(error, DeadKernelError):
        return Failure("killed", index, last_words)
    return Failure("killed", index, one_line(f"{type(error).__name__}: {error}"))


def _written(job: Job, notebook: NotebookNode, failure: Failure | None) -> Row:
    """Write the notebook and its page; a page that cannot be written is a failure of its own."""
    report = job.report
    record, page = f"{report.file_stem}.ipynb", f"{report.file_stem}.html"
    saved = notebook if failure is None else mark(notebook, failure, report.lang)
    nbformat.write(saved, job.folder / record)
    try:
        (job.folder / page).write_text(page_of(saved, report), encoding="utf-8")
    except Exception as error:  # noqa: BLE001 (a broken page must not cost the record)
        page = ""
        failure = failure or Failure("not_written", None, one_line(f"{type(error).__name__}: {error}"))
    row = Row(
        report, "done", page=page, record=record, warnings=_warnings(notebook), headline=_headline(notebook)
    )
    return row if failure is None else _failed(row, notebook, failure)


def _failed(row: Row, notebook: NotebookNode, failure: Failure) -> Row:
    return replace(
        row,
        status="failed",
        reason=failure.reason,
        cell=cell_number(notebook, failure.index),
        line=first_line(notebook, failure.index),
        error=failure.detail,
        headline=(),
    )


def _warnings(notebook: NotebookNode) -> tuple[str, ...]:
    """Collect what the cells wrote to their error stream, each text once, in order."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    written = (
        output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"
    )
    return tuple(dict.fromkeys(one_line(part) for part in written))


def _headline(notebook: NotebookNode) -> tuple[tuple[str, str], ...]:
    """Collect the label and value pairs that cells showed under the headline's media type."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    found = (output.data[HEADLINE] for output in outputs if HEADLINE in output.get("data", {}))
    return tuple((str(label), str(value)) for pairs in found for label, value in pairs)


def _processor_seconds() -> float:
    """Give the processor time of this process and of the kernels that it has seen end, forked ones too."""
    from salesperf_lib.render.warm.pool import processor_seconds

    try:
        import resource
    except ImportError:  # Windows
        return time.process_time()
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent) + processor_seconds()
