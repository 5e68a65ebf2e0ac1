"""Find every problem in params, mappings and data; say what sources there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from salesperf_lib import params
from salesperf_lib.errors import Problem, SalesPerfError


def find_problems(names: Sequence[str]) -> tuple[list[Problem], list[str], dict[str, str]]:
    """Check the params, and the mappings and data of the sources named.

    Parameters
    ----------
    names
        Sources; if empty, all whose data lie on this machine.

    Returns
    -------
    tuple
        Every problem, each once; the sources checked; the others with the reason why not.
    """
    from salesperf_lib import facts

    root = params.project_root()
    found = dict.fromkeys(params.check_params(root))
    checked: list[str] = []
    absent: dict[str, str] = {}
    for name in names or params.list_sources(root):
        missing = None if names else _missing_folder(name, root)
        if missing is not None:
            absent[name] = f"its data folder {missing} is not here"
            continue
        checked.append(name)
        found.update(dict.fromkeys(facts.check_source(name, root)))
    return list(found), checked, absent


def describe_sources() -> Iterator[tuple[str, str, str]]:
    """Give name, title and state of each source."""
    from salesperf_lib import facts

    root = params.project_root()
    for name in params.list_sources(root):
        title = params.read_yaml(params.source_file(name, root)).get("name", {}).get("en", "")
        if _missing_folder(name, root) is not None:
            yield name, title, "its data are not here"
            continue
        try:
            opened = facts.open(name, root=root)
            yield name, title, f"{opened.first_day} to {opened.last_day}, recorded {opened.recorded_on}"
        except SalesPerfError as error:
            yield name, title, f"cannot be loaded: {error.problems[0]}"


def _missing_folder(name: str, root: Path) -> Path | None:
    """Give a source's data folder if it does not exist; a mapping that cannot be read is judged elsewhere."""
    try:
        mapping = params.read_yaml(params.source_file(name, root))
    except SalesPerfError:
        return None
    folder = mapping.get("root")
    if not isinstance(folder, str) or (root / folder).is_dir():
        return None
    return root / folder
