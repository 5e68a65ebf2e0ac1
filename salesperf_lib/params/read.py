"""Find the project and read its YAML files, refusing what YAML itself would let pass."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from salesperf_lib.errors import ParamError, Problem

Raw = dict[str, Any]


def project_root() -> Path:
    """Find the project: ``SALESPERF_ROOT``, else the nearest parent with params/, else the checkout.

    Raises
    ------
    ParamError
        If ``SALESPERF_ROOT`` names a folder without params/.
    """
    named = os.environ.get("SALESPERF_ROOT")
    if named:
        root = Path(named).expanduser().resolve()
        if not _is_project(root):
            problem = Problem(
                "SALESPERF_ROOT", named, "a folder that holds params/company.yaml", "correct or unset it"
            )
            raise ParamError(problem)
        return root
    here = Path.cwd().resolve()
    return next(
        (folder for folder in (here, *here.parents) if _is_project(folder)),
        Path(__file__).resolve().parents[2],
    )


def _is_project(folder: Path) -> bool:
    return (folder / "params" / "company.yaml").is_file()


def read_yaml(path: Path) -> Raw:
    """Read one YAML file as plain values; shared between callers, so not to be changed.

    Returns
    -------
    dict
        Top-level keys to values.

    Raises
    ------
    ParamError
        If the file is missing, not UTF-8, not YAML, not a mapping, or repeats a key.
    """
    path = Path(path)
    try:
        found = _parse(path.read_text(encoding="utf-8"))
    except OSError:
        raise ParamError(
            Problem(str(path), "no such file", "a YAML file", "create it or correct its name")
        ) from None
    except (UnicodeDecodeError, YAMLError, ValueError) as error:
        raise ParamError(_unreadable(path, error)) from None
    if not isinstance(found, dict):
        kind = "nothing" if found is None else f"a {type(found).__name__}"
        problem = Problem(str(path), kind, "a mapping of names to values", "write name: value lines")
        raise ParamError(problem)
    return found


# By text and not by file: a copy costs nothing, and a file that changes is never taken for its old self.
@lru_cache(maxsize=128)
def _parse(text: str) -> object:
    return YAML(typ="safe", pure=True).load(text)


def _unreadable(path: Path, error: Exception) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        found = f"bytes that are not UTF-8 at position {error.start}"
        return Problem(str(path), found, "UTF-8", "save it as UTF-8")
    if isinstance(error, DuplicateKeyError):
        return _repeated(path, error)
    if isinstance(error, MarkedYAMLError):
        place = f"{path}:{error.problem_mark.line + 1}" if error.problem_mark else str(path)
        return Problem(place, str(error.problem), "well-formed YAML", "correct the line")
    return Problem(str(path), str(error).splitlines()[0], "well-formed YAML", "correct it")


def _repeated(path: Path, error: DuplicateKeyError) -> Problem:
    line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
    key = str(error.problem).split('"')[1] if '"' in str(error.problem) else str(error.problem)
    return Problem(
        f"{path}{line}", f"the key {key} for the second time", "each key once", "remove one of the two"
    )


def line_of(path: Path, keys: Sequence[str | int]) -> int | None:
    """Find the line, from 1, on which the innermost of nested keys stands that the file has."""
    try:
        node = _nodes(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError, ValueError):
        return None
    line: int | None = None
    for key in keys:
        step = _step(node, key)
        if step is None:
            break
        mark, node = step
        line = mark.line + 1
    return line


@lru_cache(maxsize=16)
def _nodes(text: str) -> Node | None:
    return YAML(typ="safe", pure=True).compose(text)


def _step(node: Node | None, key: str | int) -> tuple[StreamMark, Node] | None:
    if isinstance(node, MappingNode):
        return next(((name.start_mark, value) for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark, node.value[key]
    return None


def source_file(name: str, root: Path | None = None) -> Path:
    """Give the mapping file of a source.

    Raises
    ------
    ParamError
        If there is none of that name.
    """
    return _named("sources", name, root)


def scenario_file(name: str, root: Path | None = None) -> Path:
    """Give the file of a scenario.

    Raises
    ------
    ParamError
        If there is none of that name.
    """
    return _named("scenarios", name, root)


def list_sources(root: Path | None = None) -> tuple[str, ...]:
    """List the sources that have a mapping file, sorted."""
    return _names("sources", root)


def list_scenarios(root: Path | None = None) -> tuple[str, ...]:
    """List the scenarios, sorted, without ``base``, which is the rules as they stand."""
    return _names("scenarios", root)


def _names(folder: str, root: Path | None) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in ((root or project_root()) / "params" / folder).glob("*.yaml")))


def _named(folder: str, name: str, root: Path | None) -> Path:
    # Compared with the folder's listing, never joined to a path: a name may come from a command line.
    names = _names(folder, root)
    if name not in names:
        kind = folder.removesuffix("s")
        allowed = ", ".join(names) or "none: the folder is empty"
        remedy = f"correct the name or add params/{folder}/NAME.yaml"
        raise ParamError(Problem(kind, repr(name), allowed, remedy))
    return (root or project_root()) / "params" / folder / f"{name}.yaml"
