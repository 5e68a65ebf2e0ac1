"""What one event of the case register says, and how the register is read and written (§3.2, DATA §7).

A register is a folder of numbered JSON files, ``data/cases/<source>/0001.json``, that is only ever added
to. Every event carries a digest of itself and of the one before, so that an event that was changed, or is
missing between others, is noticed; events cut off at the end are not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from salesperf_lib.audit.case_fields import FIELDS, REQUIRED, Correction
from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params import Name
from salesperf_lib.params.write import create_file

REGISTER = ("data", "cases")
"""Where the registers of all sources lie."""
RESTORE = "restore the register from version control or a backup: a case moves by a new event, never a change"

Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One move of one case.

    Parameters
    ----------
    move
        One of `MOVES`.
    actor_role
        Role that made it, one of `ROLES`; never a person.
    on
        Day of the decision.
    recorded_on
        Day on which it was written here: a view as of an earlier day does not see it.
    reason
        Why, without names; a reason given once stands for both languages.
    evidence
        Ids of findings, orders, touches, documents.
    case
        ``C0001``; given to an opened case when it is recorded.
    person_id, period, kind
        Of whom, about which period, and what for (one of `KINDS`); said when a case is opened.
    corrections
        What a committee that upholds an appeal against a grade holds to be right.
    id, previous, digest
        Number of the file, digest of the event before and of this one; filled in when it is recorded.
    """

    move: str
    actor_role: str
    on: date
    recorded_on: date
    reason: Name
    evidence: tuple[str, ...] = ()
    case: str = ""
    person_id: str = ""
    period: str = ""
    kind: str = ""
    corrections: tuple[Correction, ...] = ()
    id: str = ""
    previous: str = ""
    digest: str = ""

    def said(self) -> dict[str, Any]:
        """Give what it says as JSON has it, without what is not said."""
        one = self.reason.zh == self.reason.en
        written: dict[str, Any] = {
            "id": self.id,
            "case": self.case,
            "move": self.move,
            "person_id": self.person_id,
            "period": self.period,
            "kind": self.kind,
            "actor_role": self.actor_role,
            "on": self.on.isoformat(),
            "recorded_on": self.recorded_on.isoformat(),
            "reason": self.reason.zh if one else {"zh": self.reason.zh, "en": self.reason.en},
            "evidence": list(self.evidence),
            "corrections": [correction.said() for correction in self.corrections],
            "previous": self.previous,
            "digest": self.digest,
        }
        return {name: part for name, part in written.items() if part not in ("", [])}


def folder_of(root: Path, source: str) -> Path:
    """Give the folder of a source's register."""
    return root.joinpath(*REGISTER, source)


def file_of(root: Path, source: str, number: int) -> Path:
    """Give the file of an event by its number, from 1."""
    return folder_of(root, source) / f"{number:04d}.json"


def place_of(path: Path, part: str = "") -> str:
    """Write a place as ``data/cases/sample/0001.json evidence``."""
    return f"{'/'.join(path.parts[-4:])} {part}".rstrip()


def stamp_of(folder: Path) -> Stamp:
    """Tell the files of a register as they are now, without reading them."""
    if not folder.is_dir():
        return ()
    seen = ((path.name, path.stat()) for path in folder.iterdir() if not path.name.startswith("."))
    found = ((name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size) for name, stat in seen)
    return tuple(sorted(found, key=lambda one: (len(one[0]), one[0])))


def read_events(root: Path, source: str) -> tuple[tuple[CaseEvent, ...], tuple[Problem, ...]]:
    """Read the register of a source and follow its chain of digests.

    Returns
    -------
    tuple, tuple
        The events that can be read, by number, and what is wrong with the files.
    """
    folder = folder_of(root, source)
    return _read_register(folder, stamp_of(folder))


# The appraisal of every team asks for it; the files are the same for all of them.
@lru_cache(maxsize=64)
def _read_register(folder: Path, stamp: Stamp) -> tuple[tuple[CaseEvent, ...], tuple[Problem, ...]]:
    events: list[CaseEvent] = []
    problems: list[Problem] = []
    for name, *_ in stamp:
        path = folder / name
        if not re.fullmatch(r"\d{4,}\.json", name):
            problems.append(Problem(place_of(path), "no event", "0001.json, 0002.json …", "remove it"))
            continue
        try:
            event = read_event(_parsed(path), path)
        except DataError as error:
            problems.extend(error.problems)
            continue
        problems += _breaks(event, events, path)
        events.append(event)
    return tuple(events), tuple(problems)


def read_event(raw: Mapping[str, Any], path: Path) -> CaseEvent:
    """Check the shape of an event that stands, or is to stand, in a file.

    Raises
    ------
    DataError
        With everything that does not fit.
    """
    problems = [
        Problem(place_of(path), f"an unknown key {name}", ", ".join(FIELDS), "correct or remove it")
        for name in raw
        if name not in FIELDS
    ]
    values: dict[str, Any] = {}
    for name, (read, allowed) in FIELDS.items():
        if name not in raw and name in REQUIRED:
            problems.append(Problem(place_of(path, name), "nothing", allowed, f"give {name}"))
        if name not in raw:
            continue
        try:
            values[name] = read(raw[name])
        except (TypeError, ValueError, OverflowError):
            problems.append(Problem(place_of(path, name), repr(raw[name]), allowed, "correct it"))
    fail_if_any(problems, DataError)
    return CaseEvent(**values)


def digest_of_event(event: CaseEvent) -> str:
    """Give 32 hexadecimal digits of what an event says, however its file is laid out."""
    said = {name: part for name, part in event.said().items() if name != "digest"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def sealed(event: CaseEvent, before: Sequence[CaseEvent], path: Path) -> CaseEvent:
    """Give an event its number, the digest of the one before it, and its own."""
    previous = before[-1].digest if before else ""
    placed = replace(event, id=path.stem, previous=previous, digest="")
    return replace(placed, digest=digest_of_event(placed))


def create(path: Path, event: CaseEvent) -> None:
    """Write an event into a new file, whole or not at all.

    Raises
    ------
    DataError
        If the file exists: somebody else has recorded something meanwhile.
    """
    try:
        create_file(path, json.dumps(event.said(), indent=2, ensure_ascii=False) + "\n")
    except FileExistsError:
        remedy = "list the cases again, see what was recorded, then record yours"
        raise DataError(Problem(place_of(path), "an event already", "a new number", remedy)) from None


def _parsed(path: Path) -> dict[str, Any]:
    """Read one JSON object, each key once."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once, parse_constant=_barred)
    except (OSError, ValueError) as error:  # ValueError: no UTF-8, no JSON, or a key twice
        said = str(error).splitlines()[0]
        raise DataError(Problem(place_of(path), said, "a JSON object in UTF-8", RESTORE)) from None
    if not isinstance(found, dict):
        raise DataError(Problem(place_of(path), f"a {type(found).__name__}", "a JSON object", RESTORE))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key for the second time")
    return found


def _barred(name: str) -> float:
    raise ValueError(f"{name}, which is no JSON number")


def _breaks(event: CaseEvent, before: Sequence[CaseEvent], path: Path) -> Iterator[Problem]:
    """Find where the chain of digests does not hold."""
    where, expected = place_of(path), f"{len(before) + 1:04d}"
    if event.id != path.stem:
        yield Problem(where, f"id {event.id!r}", f"{path.stem!r}, as the file is numbered", RESTORE)
    if path.stem != expected:
        yield Problem(where, f"event {path.stem}", f"{expected}: an event before it is missing", RESTORE)
    elif event.previous != (before[-1].digest if before else ""):
        found = "another event before it than when it was written"
        yield Problem(where, found, f"previous: {event.previous or 'none'}", RESTORE)
    if event.digest != digest_of_event(event):
        yield Problem(where, "an event that was changed after it was written", "as it was written", RESTORE)
