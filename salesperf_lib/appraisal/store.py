"""Keep an appraisal beside the snapshot that it was made of, for the reports that all read the same one.

A snapshot never changes, a policy is frozen, and nothing reads the clock: facts, rules and library
decide an appraisal completely. Their digests name its folder, so what is found there is what would
be computed again. It is derived and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from salesperf_lib import audit
from salesperf_lib.appraisal.flow import Appraisal, appraise
from salesperf_lib.appraisal.lock import one_at_a_time
from salesperf_lib.params import Policy

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

FOLDER = "appraised"
ABOVE = ("cli", "render", "widgets", "reports", "charts", "scenarios", "weights", "review")
"""Packages that only read appraisals: the import contracts keep them out of what makes one."""
FRAMES = (
    "kpis", "targets", "findings", "people", "parts", "ratings", "raters", "factors", "scores", "composites",
    "cases", "grades",
)  # fmt: skip


def load(facts: Facts, policy: Policy) -> Appraisal:
    """Give the appraisal of a snapshot for the policy's period: stored, or made now and stored.

    Parameters
    ----------
    facts
        The facts; tables made in memory are appraised each time.
    policy
        The rules, and with them the period.

    Returns
    -------
    Appraisal
        The same frames that `appraise` gives.

    Raises
    ------
    DataError
        As `appraise` does.
    ParamError
        As `appraise` does.
    """
    if not facts.digest:
        return appraise(facts, policy)
    folder = facts.folder / FOLDER / _library_digest() / _name(policy)
    found = _read(folder, policy)
    if found is not None:
        return found
    with one_at_a_time(folder.with_name(f"{folder.name}.lock")):  # another process may be making it
        found = _read(folder, policy)
        if found is None:
            found = appraise(facts, policy, load)
            _write(folder, found)
    return found


def _name(policy: Policy) -> str:
    """Name everything but facts and library that an appraisal depends on."""
    known = f"{policy.source} {policy.scenario} {policy.as_of} {policy.period} {policy.period.fiscal_start}"
    cases = audit.cases_stamp(policy.root, policy.source, policy.as_of)
    return hashlib.sha256(f"{known} {policy.digest} {cases}".encode()).hexdigest()[:16]


@cache
def _library_digest() -> str:
    """Identify the code that makes an appraisal, so that an edit is never answered with an older result."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] in ABOVE:
            continue
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _read(folder: Path, policy: Policy) -> Appraisal | None:
    try:
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES}
    except OSError:  # none yet, or another process is clearing those of an older library
        return None
    return Appraisal(period=policy.period, policy=policy, **frames)


def _write(folder: Path, made: Appraisal) -> None:
    """Write aside and rename, so that a folder is there whole or not at all."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".aside-", dir=folder.parent))
    except OSError:  # a snapshot on a read-only disk: the appraisal is made again next time
        return
    try:
        for name in FRAMES:
            getattr(made, name).to_parquet(aside / f"{name}.parquet", index=False)
        aside.rename(folder)
    except OSError:  # another process stored the same one first, or the disk is full
        shutil.rmtree(aside, ignore_errors=True)
    for other in folder.parents[1].iterdir():
        if other != folder.parent:
            shutil.rmtree(other, ignore_errors=True)
