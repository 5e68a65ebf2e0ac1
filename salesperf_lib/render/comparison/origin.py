"""What a report was made of: read from its provenance line, its command, its record and its manifest."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from salesperf_lib.language import LANGUAGES, entries
from salesperf_lib.render.comparison.contents import Contents, Passage
from salesperf_lib.render.comparison.found import Difference
from salesperf_lib.render.manifest import MANIFEST, Row, latest_rows

PROVENANCE = "report.provenance"
PARAMETER = "parameter."
COMMAND = "salesperf render "
OPTIONS = {"teams": "team", "people": "person", "as-of": "as_of"}
"""What the command line calls otherwise than notebooks and manifests do."""
DIGESTS = {"notebook": "notebook_digest", "policy": "policy", "data": "data", "cases": "cases"}
ASKED = ("notebook", "source", "scenario", "period", "team", "person", "lang")
SHORTEST = 16  # digits of a data digest that a page shows: a manifest may hold all of them


@dataclass(frozen=True, slots=True)
class Origin:
    """What a report was made of, by field; what is not known is not there."""

    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        """Give a field; empty if it is not known."""
        return self.fields.get(name, "")


def origin_of(path: Path, contents: Contents) -> Origin:
    """Read what a report was made of from whatever tells it.

    Notes
    -----
    The page itself is believed first: a manifest beside it that names other rules or data is of another run,
    and is passed over.
    """
    told: dict[str, str] = {}
    for passage in contents.passages:
        told |= _provenance(passage.text) or _command(passage.text)
    recorded = _parameters(path)
    row = _row_of(path)
    kept = origin_of_row(row).fields if row is not None else {}
    agrees = all(kept.get(name) == told[name] for name in ("policy", "data") if name in told and name in kept)
    return Origin({**recorded, **(kept if agrees else {}), **told})


def origin_of_row(row: Row) -> Origin:
    """Give what a manifest says a report was made of."""
    report = row.report
    asked = {name: str(getattr(report, name)) for name in ASKED}
    digests = {DIGESTS.get(name, name): digest[:SHORTEST] for name, digest in report.digests.items()}
    versions = {"version" if name == "salesperf" else name: said for name, said in row.versions.items()}
    fields = {**_named(report.parameters), **asked, **digests, **versions}
    return Origin({name: said for name, said in fields.items() if said})


def tells_origin(passage: Passage) -> bool:
    """Say whether a passage is provenance or command: both are compared field by field."""
    return bool(_provenance(passage.text) or _command(passage.text))


def origin_differences(left: Origin, right: Origin) -> list[Difference]:
    """List the fields that both sides know and that differ."""
    return [
        Difference("origin", (name,), said, right.fields[name])
        for name, said in left.fields.items()
        if right.fields.get(name, said) != said
    ]


def _named(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Name parameters as the command does; an empty day of knowledge says nothing."""
    known = {*ASKED, "as_of", "provisional"}
    written = {
        name if name in known else f"{PARAMETER}{name}": value
        if isinstance(value, str)
        else json.dumps(value)
        for name, value in parameters.items()
    }
    return {name: said for name, said in written.items() if said or name.startswith(PARAMETER)}


def _provenance(said: str) -> dict[str, str]:
    for form in _forms():
        if found := form.fullmatch(said):
            return found.groupdict()
    return {}


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """Turn the catalogue's provenance line into what reads it back, per language."""
    return tuple(
        re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(entries()[PROVENANCE][place])))
        for place in range(len(LANGUAGES))
    )


def _command(said: str) -> dict[str, str]:
    """Read the command that renders the report again."""
    if not said.startswith(COMMAND):
        return {}
    try:
        words = shlex.split(said)[2:]
    except ValueError:  # a quotation that does not end: some other text
        return {}
    found = {"notebook": words[0], "provisional": "false"} if words else {}
    for place, word in enumerate(words):
        value = words[place + 1] if place + 1 < len(words) else ""
        if word == "--provisional":
            found["provisional"] = "true"
        elif word == "-p":
            name, _, given = value.partition("=")
            found[f"{PARAMETER}{name}"] = given
        elif word.startswith("--"):
            name = word.removeprefix("--")
            found[OPTIONS.get(name, name)] = value
    return found


def _parameters(path: Path) -> dict[str, str]:
    """Read the parameters that were injected into the record: the file itself, or the one beside the page."""
    record = path.with_suffix(".ipynb")
    try:
        held = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    injected = held.get("metadata", {}).get("papermill", {}).get("parameters", {})
    return _named(cast("dict[str, Any]", injected))


def _row_of(path: Path) -> Row | None:
    """Find the report's row in the manifest of the output folder it lies in."""
    whole = path.resolve()
    for folder in whole.parents:
        if (folder / MANIFEST).is_file():
            place = whole.relative_to(folder).as_posix()
            return next((row for row in latest_rows(folder) if place in (row.page, row.record)), None)
    return None
