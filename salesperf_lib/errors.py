"""What can be refused, and how it is said.

::

    SalesPerfError
    ├── PeriodError   a period cannot be read, is not closed, or holds no data
    ├── ParamError    a rule in params/ is wrong or missing
    ├── DataError     an export, a mapping or a snapshot is wrong
    └── RenderError   a report could not be produced

Every error carries the problems it found, all of them: a check that stops at the first one
makes its user run it once per mistake.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, told so that its reader can mend it.

    Parameters
    ----------
    where
        File, and the path, sheet, row or cell inside it.
    found
        What stands there.
    allowed
        What may stand there.
    remedy
        What to do about it; may be empty where `allowed` says enough.
    """

    where: str
    found: str
    allowed: str
    remedy: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: found {self.found}", f"allowed: {self.allowed}"]
        if self.remedy:
            parts.append(self.remedy)
        return "; ".join(parts)


class SalesPerfError(Exception):
    """Carry one or more problems.

    Parameters
    ----------
    problems
        At least one `Problem`.
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[SalesPerfError], tuple[Problem, ...]]:
        """Rebuild from the problems, so that an error survives the way back from a worker process."""
        return type(self), self.problems


class PeriodError(SalesPerfError):
    """Say that a period cannot be read, is not closed, or holds no data."""


class ParamError(SalesPerfError):
    """Say that a rule in params/ is wrong or missing."""


class DataError(SalesPerfError):
    """Say that an export, a mapping or a snapshot is wrong."""


class RenderError(SalesPerfError):
    """Say that a report could not be produced."""


def fail_if_any(problems: Iterable[Problem], error: type[SalesPerfError]) -> None:
    """Raise one error that names every problem found.

    Raises
    ------
    SalesPerfError
        Of the given type, if there is at least one problem.
    """
    found = tuple(problems)
    if found:
        raise error(*found)
