"""Find a notebook, and read what its parameters cell declares, without starting a kernel.

papermill's own inspection drops parameters typed ``str | None`` or with ``=`` in their comment and only
warns about unknown ones; here the cell is read as the Python it is, and every surprise is a problem.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salesperf_lib.errors import Problem, RenderError

Value = str | int | float | bool | list[Any]
TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "list": list}
ALLOWED_CELL = "lines of the form `name: type = literal  # help`, type one of str, int, float, bool, list"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a parameters cell: its name, its declared type, its default and its help."""

    name: str
    type: str
    default: Value
    help: str = ""


def find_notebook(name: str | Path, root: Path) -> Path:
    """Find a notebook by path, by name, or by its number.

    Parameters
    ----------
    name
        A path to an .ipynb file, or ``90_monthly_report``, ``monthly_report``, ``90`` of ``notebooks/``.
    root
        Project whose ``notebooks/`` folder is searched.

    Returns
    -------
    Path
        The file, absolute.

    Raises
    ------
    RenderError
        If no notebook, or more than one, is meant.
    """
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve()
    known = sorted((root / "notebooks").glob("*.ipynb"))
    wanted = path.name.removesuffix(".ipynb")
    found = [file for file in known if wanted in _names_of(file.stem)]
    if len(found) != 1:
        raise RenderError(
            Problem(
                "notebook",
                repr(str(name)) if not found else f"{name!r}, which names {len(found)} notebooks",
                ", ".join(file.stem for file in known) or f"a notebook in {root / 'notebooks'}",
                "give one of these names, or the path of an .ipynb file",
            )
        )
    return found[0].resolve()


def read_parameters(notebook: Path) -> dict[str, Parameter]:
    """Read the parameters that a notebook declares.

    Returns
    -------
    dict
        By name, in the order of the cell.

    Raises
    ------
    RenderError
        If the file is no notebook, has no cell tagged ``parameters``, or the cell holds anything but
        typed literals.
    """
    lines = _parameters_cell(notebook).splitlines()
    where = f"{notebook.name}, parameters cell"
    try:
        statements = ast.parse("\n".join(lines)).body
    except SyntaxError as error:
        raise RenderError(Problem(f"{where}, line {error.lineno}", str(error.msg), ALLOWED_CELL)) from error
    found = [_parameter(statement, lines) for statement in statements]
    problems = [
        Problem(f"{where}, line {statement.lineno}", repr(lines[statement.lineno - 1]), ALLOWED_CELL)
        for statement, parameter in zip(statements, found, strict=True)
        if parameter is None
    ]
    if problems:
        raise RenderError(*problems)
    return {parameter.name: parameter for parameter in found if parameter is not None}


def check_values(
    declared: Mapping[str, Parameter], given: Mapping[str, object], notebook: str
) -> list[Problem]:
    """List every given value that the notebook does not declare, or declares as something else."""
    problems: list[Problem] = []
    for name, value in given.items():
        where = f"parameter {name}"
        if name not in declared:
            problems.append(Problem(where, repr(value), f"parameters of {notebook}: {', '.join(declared)}"))
        elif not _fits(value, declared[name].type):
            problems.append(Problem(where, f"{value!r} ({type(value).__name__})", declared[name].type))
    return problems


def typed(text: str, parameter: Parameter) -> Value:
    """Read the text of ``-p name=value`` as the type that the notebook declares.

    Raises
    ------
    RenderError
        If the text does not read as that type.
    """
    try:
        if parameter.type == "str":
            return text
        if parameter.type == "bool":
            return {"true": True, "false": False}[text.lower()]
        if parameter.type == "list":
            return _literal_list(text)
        return TYPES[parameter.type](text)
    except (ValueError, KeyError, SyntaxError) as error:
        allowed = {"bool": "true or false", "list": 'a list such as ["a", "b"] or a,b'}
        raise RenderError(
            Problem(f"parameter {parameter.name}", repr(text), allowed.get(parameter.type, parameter.type))
        ) from error


def _names_of(stem: str) -> set[str]:
    number, _, rest = stem.partition("_")
    return {stem, number, rest} if number.isdigit() and rest else {stem}


def _parameters_cell(notebook: Path) -> str:
    allowed = "a Jupyter notebook with one code cell tagged `parameters`"
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, OSError) as error:
        raise RenderError(Problem(str(notebook), f"no readable notebook ({error})", allowed)) from error
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1 or tagged[0]["cell_type"] != "code":
        raise RenderError(Problem(str(notebook), f"{len(tagged)} cells tagged `parameters`", allowed))
    return "".join(tagged[0]["source"])


def _parameter(statement: ast.stmt, lines: list[str]) -> Parameter | None:
    """Read one statement; None if it is not a typed literal."""
    if not (
        isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value
    ):
        return None
    kind = ast.unparse(statement.annotation).partition("[")[0]
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        return None
    if kind not in TYPES or not _fits(default, kind):
        return None
    after = lines[(statement.end_lineno or statement.lineno) - 1][statement.end_col_offset or 0 :]
    comment = re.search(r"#\s*(.*)", after)
    return Parameter(statement.target.id, kind, default, comment[1].strip() if comment else "")


def _fits(value: object, kind: str) -> bool:
    """Tell whether a value may be given where a type is declared: an int may stand for a float."""
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def _literal_list(text: str) -> list[Any]:
    if not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    found = ast.literal_eval(text)
    return list(found)
