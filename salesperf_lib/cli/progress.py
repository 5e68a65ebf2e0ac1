"""Progress of a rendering: a bar on a terminal, a line per report elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, TextIO

from salesperf_lib.language import text

if TYPE_CHECKING:
    from salesperf_lib.render import Report, Row

Start = Callable[[Sequence["Report"]], None]
Show = Callable[["Row"], None]


@contextmanager
def progress(stream: TextIO) -> Generator[tuple[Start, Show]]:
    """Show reports as they end, and leave the terminal as it was.

    Yields
    ------
    tuple
        What to call with the list of reports, and with each row.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(file=stream, highlight=False, markup=False, soft_wrap=True)
    columns = (TextColumn("reports"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reports", total=None)
        totals: list[int] = []
        numbers = count(1)

        def start(reports: Sequence[Report]) -> None:
            totals.append(len(reports))
            bar.update(task, total=len(reports))

        def show(row: Row) -> None:
            console.print(f"[{next(numbers)}/{totals[-1]}] {line_of(row)}")
            bar.advance(task)

        yield start, show


def line_of(row: Row) -> str:
    """Tell in a line what became of a report; of a failure, where and why."""
    report = row.report
    name = " ".join(
        part for part in (report.notebook, report.period, report.team, report.person, report.lang) if part
    )
    if row.status == "done":
        again = " (second attempt)" if row.attempts > 1 else ""
        return f"✓ {name} {row.seconds:.1f} s{again}"
    where = f" in cell [{row.cell}] `{row.line}`" if row.cell is not None else ""
    why = f": {row.error}" if row.error else ""
    return f"✗ {name} {text(f'render.reason.{row.reason}', 'en')}{where}{why}"
