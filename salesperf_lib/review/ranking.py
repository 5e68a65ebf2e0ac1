"""Who stands where, with names for the own team only (§2.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal

COLUMNS = ["rank", "label", "role", "score", "grade", "own"]
LENGTH = 4


def ranking(appraisal: Appraisal, team: str, key: str = "") -> pd.DataFrame:
    """Rank everybody for the eyes of one team.

    Parameters
    ----------
    appraisal
        The appraisal.
    team
        The team that reads it.
    key
        Secret that the pseudonyms are made with. Without it somebody who knows every person_id can
        work them out; within the report they are unlinkable all the same.

    Returns
    -------
    DataFrame
        One row per ranked person of the company, best first: rank, label (the name in the own team,
        a pseudonym for others), role, score, grade, own. Holds no id and no team of others.

    Notes
    -----
    A pseudonym is a keyed hash of person, period and reading team: stable when the report is
    rendered again, different in the next period and for the next team, so that nobody can be
    followed by comparing reports. Equal scores are listed own team first, then by label.
    """
    rows = appraisal.grades[appraisal.grades["rank"].notna()]
    own = rows["team_id"] == team
    people = appraisal.people.drop_duplicates("person_id").set_index("person_id")["name"]
    names = rows["person_id"].map(people).fillna(rows["person_id"])
    aliases = pseudonyms(rows["person_id"].tolist(), appraisal.period.label, team, key)
    found = pd.DataFrame(
        {
            "rank": rows["rank"],
            "label": names.where(own, rows["person_id"].map(aliases)),
            "role": rows["role"],
            "score": rows["score"],
            "grade": rows["grade"],
            "own": own,
        }
    )
    return found.sort_values(["rank", "own", "label"], ascending=[True, False, True], ignore_index=True)[
        COLUMNS
    ]


def pseudonyms(people: Sequence[str], period: str, team: str, key: str = "") -> dict[str, str]:
    """Give each person a pseudonym for one period and one reading team.

    Returns
    -------
    dict
        person_id to ``#`` and four or more hexadecimal digits, no two the same.
    """
    salt = hashlib.sha256(f"{key}\0{period}\0{team}".encode()).digest()
    digests = {
        person: hashlib.blake2b(str(person).encode(), key=salt, digest_size=16).hexdigest()
        for person in set(people)
    }
    length = LENGTH
    while len({digest[:length] for digest in digests.values()}) < len(digests):
        length += 1
    return {person: f"#{digest[:length].upper()}" for person, digest in digests.items()}
