"""Find every problem in params, mappings and data; say what sources there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from salesperf_lib import params
from salesperf_lib.errors import Problem, SalesPerfError

if TYPE_CHECKING:
    from salesperf_lib.facts import Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Parameters
    ----------
    problems
        Every error, each once: such rules or data are refused.
    noted
        What else is odd in the data, warnings first: such data are kept as they are.
    sources
        The sources checked.
    absent
        The others, with the reason why not.
    """

    problems: list[Problem]
    noted: list[Finding]
    sources: list[str]
    absent: dict[str, str]


def find_problems(names: Sequence[str]) -> Checked:
    """Check the params, and the mappings and data of the sources named.

    Parameters
    ----------
    names
        Sources; if empty, all whose data lie on this machine.

    Returns
    -------
    Checked
        Errors, warnings, the sources checked and the others.
    """
    from salesperf_lib import audit, facts

    root = params.project_root()
    found = dict.fromkeys([*params.check_params(root), *params.check_ledger(root), *audit.check_cases(root)])
    noted: list[Finding] = []
    checked: list[str] = []
    absent: dict[str, str] = {}
    for name in names or params.list_sources(root):
        missing = None if names else _missing_folder(name, root)
        if missing is not None:
            absent[name] = f"its data folder {missing} is not here"
            continue
        checked.append(name)
        errors, others = facts.survey_source(name, root)
        found.update(dict.fromkeys(errors))
        noted += others
    noted.sort(key=lambda finding: finding.severity == "info")
    return Checked(list(found), noted, checked, absent)


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
