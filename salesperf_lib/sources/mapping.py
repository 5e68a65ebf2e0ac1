"""The mapping file of a source: which files or databases, and one SQL expression per column."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as ReadOnly
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import read

ALIAS = re.compile(r"[A-Za-z_]\w*")
Sql = Annotated[
    str, BeforeValidator(lambda value: str(value).lower() if isinstance(value, int | float) else value)
]
"""An SQL expression; a number or a truth value of YAML is one, too."""


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Strict):
    """A text in both languages."""

    zh: str
    en: str


class Input(Strict):
    """One input: a file, several of one shape, or a table or query of a database.

    Parameters
    ----------
    file
        Path below the mapping's root, or a glob of several files of one shape.
    encoding
        Any that Python knows; ``utf-8`` also passes over a byte-order mark.
    separator
        One character, ``tab`` or ``whitespace``.
    header
        Number of the row with the headings, from 1; 0 for none, and `columns` names them.
    columns
        Headings that are expected.
    sheet
        Name of the sheet of a workbook; the first if not given.
    database
        ``duckdb:///…`` or ``postgresql://…``; ``${NAME}`` is taken from the environment.
    table, query
        What to read from it.
    """

    file: str | None = None
    encoding: str = "utf-8"
    separator: str | None = None
    header: int = Field(default=1, ge=0)
    columns: tuple[str, ...] = ()
    sheet: str | None = None
    database: str | None = None
    table: str | None = None
    query: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Input:
        if (self.file is None) == (self.database is None):
            raise PydanticCustomError("place", "exactly one of: file, database")
        if self.database is not None and (self.table is None) == (self.query is None):
            raise PydanticCustomError("place", "exactly one of: table, query, with a database")
        if self.file is not None and (self.table or self.query):
            raise PydanticCustomError("place", "table and query only with a database")
        if self.header == 0 and not self.columns:
            raise PydanticCustomError("columns", "columns that name the fields, where header is 0")
        if (
            self.separator is not None
            and len(self.separator) != 1
            and self.separator not in ("tab", "whitespace")
        ):
            raise PydanticCustomError("separator", "one character, tab or whitespace")
        return self


class Select(Strict):
    """One select: where a fact table's rows come from and what its columns are."""

    source: str = Field(alias="from")
    named: dict[str, str] = Field(default_factory=dict, alias="with")
    where: str | None = None
    group_by: str | None = None
    columns: dict[str, Sql] = Field(min_length=1)


class TableMapping(Strict):
    """How one fact table is made: one select, or several stacked.

    Parameters
    ----------
    selects
        At least one; a column that one of them does not name is empty in its rows.
    key
        Key in place of the table's own; empty keeps duplicates.
    """

    selects: tuple[Select, ...]
    key: tuple[str, ...] | None = None


class Mapping(Strict):
    """One source.

    Parameters
    ----------
    name, description, licence
        What the data are, and whose.
    root
        Folder of the files, from the project's root.
    recorded_on
        Day on which the exports were drawn.
    last_day
        Last day they cover.
    policy
        Rules that always hold for this source; read by `params`.
    inputs, tables
        What to read, and what to make of it.
    """

    name: Text
    description: Text
    licence: str
    root: str = "."
    recorded_on: date | None = None
    last_day: date | None = None
    policy: dict[str, Any] = Field(default_factory=dict)
    inputs: dict[str, Input] = Field(min_length=1)
    tables: dict[str, TableMapping] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _stack(cls, raw: object) -> object:
        """Read ``{from: …}`` as a stack of one select."""
        if not isinstance(raw, dict) or not isinstance(raw.get("tables"), dict):
            return raw
        return {**raw, "tables": {name: _stacked(table) for name, table in raw["tables"].items()}}

    def fingerprint(self) -> str:
        """Write what decides over the rows, the same for the same mapping."""
        told = self.model_dump(mode="json", include={"inputs", "tables"})
        return json.dumps(told, sort_keys=True, ensure_ascii=False)


def load_mapping(source: str, root: Path) -> Mapping:
    """Read the mapping file of a source.

    Parameters
    ----------
    source
        Its name: ``params/sources/NAME.yaml``.
    root
        The project's root.

    Raises
    ------
    ParamError
        If there is no such source, or its file is not YAML, or repeats a key.
    DataError
        With every problem of the mapping, each with file and path.
    """
    path = read.source_file(source, root)
    raw = read.read_yaml(path)
    shown = f"params/sources/{source}.yaml"
    try:
        mapping = Mapping.model_validate(raw)
    except ValidationError as error:
        raise DataError(*(_problem(shown, raw, dict(found)) for found in error.errors())) from None
    problems = [
        Problem(
            f"{shown}: {place}.{alias}", repr(alias), "letters, digits and '_', no digit first", "rename it"
        )
        for place, aliases in (("inputs", mapping.inputs), *_named_queries(mapping))
        for alias in aliases
        if not ALIAS.fullmatch(alias)
    ]
    if problems:
        raise DataError(*problems)
    return mapping


def _stacked(table: object) -> object:
    if not isinstance(table, dict) or "selects" in table:
        return table
    key = {"key": table["key"]} if "key" in table else {}
    if "union" in table:
        return {"selects": table["union"], **{k: v for k, v in table.items() if k != "union"}}
    return {"selects": [{k: v for k, v in table.items() if k != "key"}], **key}


def _named_queries(mapping: Mapping) -> list[tuple[str, ReadOnly[str, str]]]:
    return [
        (f"tables.{name}.with", select.named)
        for name, table in mapping.tables.items()
        for select in table.selects
    ]


def _problem(shown: str, raw: dict[str, Any], error: dict[str, Any]) -> Problem:
    """Tell one error of pydantic by file and path, as the file writes it."""
    place = [str(part) for part in error["loc"]]
    if "selects" in place:  # tables.NAME.selects.NUMBER: written as a union, or not at all
        i = place.index("selects")
        stacked = "union" in raw["tables"][place[1]]
        place[i : i + 2] = ["union", *place[i + 1 : i + 2]] if stacked else []
    path = ".".join(place) or "the file"
    if error["type"] == "missing":
        return Problem(f"{shown}: {path}", "nothing", "a value", "add it")
    if error["type"] == "extra_forbidden":
        return Problem(
            f"{shown}: {path}", f"an unknown key {place[-1]!r}", _known_keys(place), "correct or remove it"
        )
    found = repr(error["input"])
    return Problem(f"{shown}: {path}", found if len(found) < 80 else found[:77] + "…", str(error["msg"]))


def _known_keys(place: list[str]) -> str:
    models: dict[str, type[BaseModel]] = {
        "inputs": Input,
        "tables": Select,
        "name": Text,
        "description": Text,
    }
    model = models.get(place[0], Mapping) if len(place) > 1 else Mapping
    known = [field.alias or name for name, field in model.model_fields.items()]
    return ", ".join([*known, "union", "key"] if model is Select else known)
