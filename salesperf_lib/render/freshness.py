"""Decide which reports have to be made, and say why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from salesperf_lib.render.attachments import pdf_of_report
from salesperf_lib.render.manifest import Report, Row, latest_rows

Verdict = Literal["new", "changed", "again", "gone", "forced", "up_to_date", "left"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a report is made in a run, and why.

    Parameters
    ----------
    report
        What was asked for.
    verdict
        Made: ``new`` (never made before), ``changed`` (its inputs did), ``again`` (the last run of it failed
        or was interrupted), ``gone`` (its files are not as they were left), ``forced``. Not made:
        ``up_to_date``, and ``left`` where only failed ones are made and this did not fail.
    because
        What changed or is gone, or the reason of the failure.
    earlier
        The manifest's latest row of the report.
    """

    report: Report
    verdict: Verdict
    because: tuple[str, ...] = ()
    earlier: Row | None = None

    @property
    def made(self) -> bool:
        """Tell whether the report is made."""
        return self.verdict not in ("up_to_date", "left")


def decide(
    reports: Iterable[Report], out: Path, *, force: bool = False, failed: bool = False, pdf: bool = False
) -> list[Decision]:
    """Compare reports with what an output folder holds of them.

    A report is up to date when the manifest's latest row of it is ``done``, has equal digests and
    parameters, and the files stand as that run left them. The latest row counts, not any earlier one: the
    files in place are those of the latest.

    Parameters
    ----------
    reports
        As planned.
    out
        Output folder; it need not exist.
    force
        Make those that are up to date, too.
    failed
        Make those only whose latest row failed or was interrupted.
    pdf
        Make those that have no PDF yet, too.

    Returns
    -------
    list
        One decision per report, in their order.
    """
    rows = {row.report.key: row for row in latest_rows(out)}
    found: list[Decision] = []
    for report in reports:
        row = rows.get(report.key)
        if failed and (row is None or row.status == "done"):
            found.append(Decision(report, "left", earlier=row))
            continue
        verdict, because = _verdict(report, row, out)
        if pdf and verdict == "up_to_date" and row is not None and not _printed(row):
            verdict, because = "gone", (pdf_of_report(report),)
        if force and verdict == "up_to_date":
            verdict = "forced"
        found.append(Decision(report, verdict, because, row))
    return found


def _printed(row: Row) -> bool:
    return any(Path(name).name == pdf_of_report(row.report) for name in row.attachments)


def stands(row: Row, out: Path) -> bool:
    """Tell whether a report's files are as its run left them."""
    return not _gone(row, out)


def _verdict(report: Report, row: Row | None, out: Path) -> tuple[Verdict, tuple[str, ...]]:
    if row is None:
        return "new", ()
    if row.status != "done":
        return "again", (row.reason,)
    changed = _changed(report, row.report)
    if changed:
        return "changed", changed
    gone = _gone(row, out)
    return ("gone", gone) if gone else ("up_to_date", ())


def _changed(now: Report, before: Report) -> tuple[str, ...]:
    """Name the digests and parameters that differ."""
    digests = _differing(now.digests, before.digests)
    written = json.loads(json.dumps(dict(now.parameters)))  # as the manifest gives them back
    return (*digests, *(f"parameter {name}" for name in _differing(written, before.parameters)))


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    absent = object()
    return [name for name in {**one, **other} if one.get(name, absent) != other.get(name, absent)]


def _gone(row: Row, out: Path) -> tuple[str, ...]:
    """Name the files that are not there, or of another size; attachments are for people to edit."""
    sizes = {row.page: row.page_bytes, row.record: row.record_bytes} | dict.fromkeys(row.attachments, 0)
    return tuple(name for name, size in sizes.items() if name and not _is_there(out / name, size))


def _is_there(path: Path, size: int) -> bool:
    try:
        found = path.stat().st_size
    except OSError:
        return False
    return size in (0, found)
