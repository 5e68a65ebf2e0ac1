"""What one record of the ledger says, and how a register of them is read and written (§3.1, DATA §7).

A register is a folder of numbered records that is only ever added to. Every record carries a digest of
itself and of the one before, so that a record that was changed, or is missing between others, is
noticed; records cut off at the end are not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.params.faults import Placed, shape_problem
from salesperf_lib.params.read import read_yaml
from salesperf_lib.params.shapes import Id, Month, Sentence, Strict, Text
from salesperf_lib.params.write import create_file

REGISTERS = {"": ("params", "calibrations"), "E": ("data", "edits")}
"""Where each register lies, by the letter before the numbers of its records."""

Stamp = tuple[tuple[str, int, int, int], ...]
Unit = tuple[str, str, str, str]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Shock(Strict):
    """What happened outside: the indicator whose price moved, and by what share of itself."""

    kpi: Id
    size: Annotated[float, Field(gt=-1, allow_inf_nan=False)]
    origin: Literal["typed", "detected"]
    evidence: Text | Sentence


class Rule(Strict):
    """The rule that made the proposal, and which of the alternatives the meeting chose."""

    response: Amount
    pass_on: Amount
    cap_quantile: Annotated[float, Field(gt=0, le=1)]
    alternative: Literal["keep", "rule", "full", "none", "order_value", "decided"]


class ChangeRow(Strict):
    """One target that was decided: volumes in whole units (money: minor units), rates as they are."""

    level: Literal["company", "group", "team", "channel", "person"]
    unit_id: Sentence
    team_id: str = ""
    kpi: Id
    period: Sentence
    before: Amount
    after: Amount

    @property
    def unit(self) -> Unit:
        """Name whose target of what it is, in any period."""
        return self.level, self.unit_id, self.team_id, self.kpi


class Attendee(Strict):
    """A role that took part, and how many of it; never a name."""

    role: Literal["sales_director", "data_analyst", "senior_member"]
    count: Annotated[int, Field(ge=1, le=99)] = 1


class Record(Strict):
    """One record of the ledger; `id`, `previous` and `digest` are filled in when it is appended."""

    id: str = ""
    kind: Literal["calibration", "edit", "withdrawal"]
    valid_from: Month
    recorded_on: date
    title: Text
    withdraws: Sentence | None = None
    shock: Shock | None = None
    rule: Rule | None = None
    unfunded_gap: Annotated[int, Field(ge=0)] = 0
    attendees: list[Attendee] = Field(default_factory=list[Attendee])
    changes: list[ChangeRow] = Field(default_factory=list[ChangeRow])
    previous: str = ""
    digest: str = ""


def folder_of(root: Path, source: str, letter: str) -> Path:
    """Give the folder of a register of a source."""
    return root.joinpath(*REGISTERS[letter], source)


def place_of(path: Path, part: str = "") -> str:
    """Write a place as ``params/calibrations/sample/0001.yaml changes.3``."""
    return f"{'/'.join(path.parts[-4:])} {part}".rstrip()


def stamp_of(folder: Path) -> Stamp:
    """Tell the files of a register as they are now, without reading them."""
    if not folder.is_dir():
        return ()
    seen = ((path.name, path.stat()) for path in folder.iterdir() if not path.name.startswith("."))
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size) for name, stat in seen))


@lru_cache(maxsize=64)
def read_register(letter: str, folder: Path, stamp: Stamp) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    """Read a register and follow its chain; once for files that have not changed.

    Returns
    -------
    tuple, tuple
        The records that can be read, by number, and what is wrong with the others.
    """
    records: list[Record] = []
    problems: list[Problem] = []
    for name, *_ in stamp:
        path = folder / name
        if not re.fullmatch(r"\d{4}\.yaml", name):
            problems.append(Problem(place_of(path), "no record", "0001.yaml, 0002.yaml …", "remove it"))
            continue
        try:
            record = read_record(read_yaml(path), path)
        except ParamError as error:
            problems.extend(error.problems)
            continue
        problems += _breaks(record, records, letter, path)
        records.append(record)
    return tuple(records), tuple(problems)


def read_record(raw: Mapping[str, Any], path: Path) -> Record:
    """Check the shape of a record that stands, or is to stand, in a file.

    Raises
    ------
    ParamError
        With everything that does not fit.
    """
    try:
        return Record.model_validate(dict(raw))
    except ValidationError as error:
        placed = Placed(dict(raw), (((), path, ()),))
        found = [shape_problem(placed, Record, detail) for detail in error.errors()]
        parts = [one.where.partition(f"{path.name}")[2] for one in found]
        raise ParamError(
            *(replace(one, where=f"{place_of(path)}{part}") for one, part in zip(found, parts, strict=True))
        ) from None


def held(records: Iterable[Record], as_of: date | None) -> list[tuple[Record, list[ChangeRow]]]:
    """List the records that count on a day, each with those of its changes that were not taken back."""
    seen = [one for one in records if as_of is None or one.recorded_on <= as_of]
    ends = {one.withdraws: one.valid_from for one in seen if one.kind == "withdrawal"}
    kept: list[tuple[Record, list[ChangeRow]]] = []
    for one in seen:
        end = ends.get(one.id)
        rows = [row for row in one.changes if end is None or row.period < f"{end:%Y-%m}"]
        if one.kind != "withdrawal" and (end is None or (rows and one.valid_from < end)):
            kept.append((one, rows))
    return kept


def digest_of_record(record: Record) -> str:
    """Give 32 hexadecimal digits of what a record says, however its file is laid out."""
    # Without what stands at its default: a field that is added one day leaves old digests alone.
    said = record.model_dump(mode="json", exclude_defaults=True, exclude={"digest"})
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def create(path: Path, record: Record) -> None:
    """Write a record into a new file, whole or not at all.

    Raises
    ------
    ParamError
        If the file exists: somebody else has recorded something meanwhile.
    """
    try:
        create_file(path, _written(record))
    except FileExistsError:
        remedy = "read the ledger again, see what was recorded, then record yours"
        raise ParamError(Problem(place_of(path), "a record already", "a new number", remedy)) from None


def _breaks(record: Record, before: list[Record], letter: str, path: Path) -> Iterator[Problem]:
    """Find where the chain of digests does not hold."""
    where, number = place_of(path), f"{letter}{path.stem}"
    expected = f"{letter}{len(before) + 1:04d}"
    remedy = "restore the ledger from version control: a record is withdrawn by a new one, never changed"
    if record.id != number:
        yield Problem(where, f"id {record.id!r}", f"{number!r}, as the file is numbered", remedy)
    if number != expected:
        yield Problem(where, f"record {number}", f"{expected}: a record before it is missing", remedy)
    elif record.previous != (before[-1].digest if before else ""):
        found = "another record before it than when it was written"
        yield Problem(where, found, f"previous: {record.previous or 'none'}", remedy)
    if record.digest != digest_of_record(record):
        yield Problem(where, "a record that was changed after it was written", "as it was written", remedy)


def _written(record: Record) -> str:
    document = CommentedMap(_plain(record.model_dump(exclude_defaults=True)))
    for name, part in document.items():
        if isinstance(part, list):
            document[name] = [_on_one_line(row) for row in part]
        elif name in ("title", "rule"):
            document[name] = _on_one_line(part)
    yaml = YAML(typ="rt")
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _on_one_line(row: Mapping[str, Any]) -> CommentedMap:
    flow = CommentedMap(row)
    flow.fa.set_flow_style()
    return flow


def _plain(value: Any) -> Any:
    """Write whole amounts without decimals."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
