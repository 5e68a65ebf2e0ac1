"""What is wrong with the data of a load, and how grave it is.

An *error* stops the load: the figures would be wrong, or nobody could say what they mean. A
*warning* stays in the snapshot for the reader of a report; the rows are kept as they are. *info*
is worth knowing.

=================== ======== =================================================================
rule                severity meaning
=================== ======== =================================================================
missing_value       error    a required column is empty in some rows
unparsable          error    text that is no date, number … in a required column
unparsable          warning  the same in another column: the value is absent
not_minor_units     error    money written as text: the mapping must say ``money(…)``
rounded             warning  fractions of a minor unit, or of a count, were rounded
duplicate_key       error    several rows with the key of one
unknown_code        error    a value outside a closed list
unknown_period      error    a period in none of the written forms
unsafe_id           error    an id of a team or person that could not name a folder
overlapping_rows    error    two validity rows of one id hold on the same day
reversed_span       error    a validity row that ends before it begins
loop                error    managers, or teams, above themselves
self_rating         error    a person rated by themselves
off_scale           error    a rating outside its scale, or a scale or number of ratings of 0 or less
no_number           error    a rating that is NaN or infinite
unknown_rater       error    a rater whom the roster does not know
rated_twice         error    several ratings by one rater under a mapping's own key
register_conflict   error    an export that contradicts assessments that were taken in
credit_over_one     error    shares of an order in a role that sum to more than 1
orphan              warning  an id that its own table does not know
lost_leading_zeros  warning  an unknown id that would be known with zeros in front
lost_digits         warning  a number of 16 digits or more in a sheet: Excel keeps 15
off_roster          warning  a person with rows on days that the roster does not cover
after_last_day      warning  rows of days after the last one that the mapping says is covered
negative            warning  an amount below zero
absurd              warning  an amount above 1000 times the median of its column
ragged_row          warning  a line with too many or too few fields, left out
unknown_column      info     a column that the mapping did not expect
=================== ======== =================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd

from salesperf_lib.errors import Problem

if TYPE_CHECKING:
    import pandera.pandas as pa

Severity = Literal["error", "warning", "info"]

COLUMNS = (
    "finding_id",
    "period",
    "rule",
    "level",
    "unit_id",
    "severity",
    "observed",
    "expected",
    "source",
    "file",
    "n_rows",
    "examples",
    "evidence",
)

REMEDIES = {
    "missing_value": "complete the export, or leave such rows out with `where`",
    "unparsable": "mend the export, or read the text otherwise in the mapping",
    "not_minor_units": "write money(…) around the column in the mapping",
    "duplicate_key": "mend the export, choose one row with row_number(), or say `key: []` to keep them all",
    "unknown_code": "translate it in the mapping with CASE",
    "unknown_period": "write the period as 2026, 2026-Q2 or 2026-06",
    "unsafe_id": "give such units another id in the mapping; names may hold anything",
    "overlapping_rows": "end the earlier row on the day before the later one begins",
    "reversed_span": "mend the dates of the row",
    "loop": "mend the manager or parent of one of them",
    "self_rating": "leave such ratings out with `where`",
    "off_scale": "mend the rating, or the scale in the mapping",
    "no_number": "leave the value empty where nothing was measured",
    "unknown_rater": "add the rater to the roster, or restore the id in the mapping",
    "rated_twice": "keep one rating per rater: a mapping's key does not allow two",
    "register_conflict": "mend the export: what was taken in is never overwritten",
    "credit_over_one": "mend the shares",
    "lost_leading_zeros": "format the column as text in Excel, or restore them in the mapping with lpad()",
    "lost_digits": "format the column as text in Excel and export again",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one column of one table.

    Parameters
    ----------
    rule, severity
        As in the table above.
    evidence
        Where it was found: ``table.column``.
    observed, expected
        What stands there and what should.
    n_rows
        Number of rows concerned.
    examples
        The first of them, at most three.
    file
        Files the table was read from.
    """

    rule: str
    severity: Severity
    evidence: str
    observed: str
    expected: str
    n_rows: int
    examples: tuple[str, ...] = ()
    file: str = ""

    def problem(self) -> Problem:
        """Tell it as a problem, for an error."""
        shown = f" (e.g. {'; '.join(self.examples[:3])})" if self.examples else ""
        where = f"{self.file}: {self.evidence}" if self.file else self.evidence
        rows = f"{self.n_rows:,} {'row' if self.n_rows == 1 else 'rows'}: "
        return Problem(where, rows + self.observed + shown, self.expected, REMEDIES.get(self.rule, ""))


def without_echoes(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out the empty values that come from text which could not be read, told already."""
    unread = {finding.evidence: finding.n_rows for finding in findings if finding.rule == "unparsable"}
    kept: list[Finding] = []
    for finding in findings:
        echoed = unread.get(finding.evidence, 0) if finding.rule == "missing_value" else 0
        if finding.n_rows > echoed or not echoed:
            kept.append(replace(finding, n_rows=finding.n_rows - echoed))
    return kept


def errors_of(findings: Iterable[Finding]) -> list[Problem]:
    """List the findings that stop a load, as problems."""
    return [finding.problem() for finding in findings if finding.severity == "error"]


def frame_of(findings: Sequence[Finding], source: str) -> pd.DataFrame:
    """Make the findings frame (DATA §6).

    Returns
    -------
    pandas.DataFrame
        One row per finding; `finding_id` names rule and column, so that it stays the same from
        load to load.
    """
    rows = [
        {
            "finding_id": f"{finding.rule}:{finding.evidence}",
            "period": "",
            "rule": finding.rule,
            "level": "company",
            "unit_id": "company",
            "severity": finding.severity,
            "observed": finding.observed,
            "expected": finding.expected,
            "source": source,
            "file": finding.file,
            "n_rows": finding.n_rows,
            "examples": "; ".join(finding.examples[:3]),
            "evidence": finding.evidence,
        }
        for finding in findings
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: "int64" if name == "n_rows" else "str" for name in COLUMNS})


def schema() -> pa.DataFrameSchema:
    """Give the schema of the findings frame."""
    import pandera.pandas as pa

    text = {name: pa.Column(str) for name in COLUMNS if name != "n_rows"}
    text["severity"] = pa.Column(str, pa.Check.isin(["error", "warning", "info"]))
    columns = {name: text.get(name, pa.Column("int64", pa.Check.ge(0))) for name in COLUMNS}
    return pa.DataFrameSchema(columns, unique=["finding_id"], strict=True, ordered=True)
