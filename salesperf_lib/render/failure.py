"""Tell in a notebook that failed where and why it did: papermill's own marks may say the opposite."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

from salesperf_lib.language import text

if TYPE_CHECKING:
    from nbformat import NotebookNode

Reason = Literal[
    "raised", "exited", "killed", "timeout", "not_started", "not_run", "not_written", "worker_died"
]

TAG = "salesperf-failure"
PAPERMILL_TAG = "papermill-error-cell-tag"
INJECTED_TAG = "injected-parameters"
LONGEST_LINE = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed.

    Parameters
    ----------
    reason
        A code; ``render.reason.<code>`` of the catalogue says it in words.
    index
        Place of the failing cell among all cells, from 0; None if no cell was reached.
    detail
        The error in one line.
    """

    reason: Reason
    index: int | None = None
    detail: str = ""


def find_failure(notebook: NotebookNode) -> Failure | None:
    """Look for a cell that failed or was passed over in a notebook that papermill calls complete."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip() or _skipped(cell):
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                reason = "exited" if output.ename == "SystemExit" else "raised"
                return Failure(reason, index, one_line(f"{output.ename}: {output.evalue}"))
        if cell.execution_count is None:
            return Failure("not_run", index)
    return None


def mark(notebook: NotebookNode, failure: Failure, lang: str) -> NotebookNode:
    """Give the notebook a banner, mark its failing cell, and call the cells after it pending.

    Returns
    -------
    NotebookNode
        A copy.
    """
    from nbformat.v4 import new_markdown_cell

    marked = deepcopy(notebook)
    for index, cell in enumerate(marked.cells):
        own = cell.metadata.setdefault("papermill", {})
        if failure.index is None or index > failure.index:
            own.update(status="pending", exception=None, start_time=None, end_time=None, duration=None)
        elif index == failure.index:
            own.update(status="failed", exception=True)
            _show_error(cell, failure, lang)
    marked.metadata.setdefault("papermill", {})["exception"] = True
    banner = new_markdown_cell(_banner(marked, failure, lang), metadata={"tags": [TAG]}, id=TAG)
    marked.cells.insert(0, banner)
    return marked


def without_papermill_marks(notebook: NotebookNode) -> NotebookNode:
    """Remove the cells that papermill inserts around an error: they shift the others' places.

    The cell of injected parameters gets a name of its own: papermill names it at random, and a report that
    is made again would differ.
    """
    notebook.cells = [cell for cell in notebook.cells if PAPERMILL_TAG not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        if INJECTED_TAG in cell.metadata.get("tags", []):
            cell.id = INJECTED_TAG
    return notebook


def cell_number(notebook: NotebookNode, index: int | None) -> int | None:
    """Count a cell as ``In [n]`` does: the code cells that are run, up to and with it."""
    if index is None:
        return None
    cells = notebook.cells[: index + 1]
    return sum(
        cell.cell_type == "code" and bool(cell.source.strip()) and not _skipped(cell) for cell in cells
    )


def first_line(notebook: NotebookNode, index: int | None) -> str:
    """Give the first line of a cell's source that is not blank."""
    lines = notebook.cells[index].source.splitlines() if index is not None else []
    return one_line(next((line for line in lines if line.strip()), ""))


def one_line(words: str) -> str:
    """Write a text in one line of bearable length."""
    joined = " ".join(words.split())
    return joined if len(joined) <= LONGEST_LINE else joined[: LONGEST_LINE - 1] + "…"


def _skipped(cell: NotebookNode) -> bool:
    return "skip-execution" in cell.metadata.get("tags", [])


def _show_error(cell: NotebookNode, failure: Failure, lang: str) -> None:
    """Put the error below its cell where the kernel could no longer do so."""
    from nbformat.v4 import new_output

    if cell.cell_type == "code" and not any(output.output_type == "error" for output in cell.outputs):
        name = text(f"render.reason.{failure.reason}", lang)
        cell.outputs.append(new_output("error", ename=name, evalue=failure.detail, traceback=[]))


def _banner(notebook: NotebookNode, failure: Failure, lang: str) -> str:
    """Write the banner as one HTML block: a blank line in it would end the block for Markdown."""
    lines = [f"<strong>{escape(text('render.banner', lang))}</strong> {escape(_sentence(failure, lang))}"]
    if failure.index is not None:
        number = cell_number(notebook, failure.index)
        where = text("render.banner_cell", lang, cell=number, line=first_line(notebook, failure.index))
        lines.append(escape(where))
    lines.append(escape(text("render.banner_rest", lang)))
    return f'<div class="failure" role="alert">{"".join(f"<p>{line}</p>" for line in lines)}</div>'


def _sentence(failure: Failure, lang: str) -> str:
    reason = text(f"render.reason.{failure.reason}", lang)
    return f"{reason}: {one_line(failure.detail)}" if failure.detail else reason
