"""Codes in place of people: one all through a period, another in the next, by a secret key (§2.4)."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path

from salesperf_lib.errors import DataError, Problem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are read as other signs."""
LETTERS = ALPHABET[10:]
SHORTEST, LONGEST = 4, 40
KEY_BYTES = 32
KEY_FORM = f"{2 * KEY_BYTES} hexadecimal digits"


def pseudonyms(person_ids: Iterable[str], source: str, period: str, root: Path) -> dict[str, str]:
    """Give each person a short code for one period.

    Parameters
    ----------
    person_ids
        Everybody of the period, so that every page of it finds the same codes.
    source
        Whose people: each source has a key of its own.
    period
        The period's label.
    root
        The project; the key lies in ``data/keys/<source>.key`` and is made when it is first needed.

    Returns
    -------
    dict
        person_id to a code such as ``K7Q2``, no two the same and none equal to an id.

    Raises
    ------
    DataError
        If the key cannot be read or made.

    Notes
    -----
    HMAC-SHA256 of period and person under the key (RFC 2104): a letter, then base-32 digits. All codes of
    a period are as long as it takes to tell everybody apart: 4 signs for some hundred people. Without the
    key a code says nothing about its person, and nothing links it to the code of another period.
    """
    people = {str(person) for person in person_ids}
    if not people:
        return {}
    key = read_key(source, root)
    whole = {person: _signs(key, period, person) for person in people}
    taken = {person.upper() for person in people}
    for length in range(SHORTEST, LONGEST + 1):
        codes = {person: signs[:length] for person, signs in whole.items()}
        if len(set(codes.values())) == len(people) and taken.isdisjoint(codes.values()):
            return codes
    problem = Problem(f"codes of {period}", "two people with one code", "ids that differ")
    raise DataError(problem)  # as likely as a collision of SHA-256


def read_key(source: str, root: Path) -> bytes:
    """Read the secret key of a source; make it if there is none yet.

    Raises
    ------
    DataError
        If the file holds no key, or cannot be read or made.
    """
    if not source or Path(source).name != source or source.startswith("."):
        raise DataError(Problem("source", repr(source), "the name of a file in params/sources/"))
    path = root / "data" / "keys" / f"{source}.key"
    try:
        if not path.exists():
            _make(path)
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        found = f"cannot be read or made ({error.strerror})"
        remedy = "let this user read and write the folder, or put a key there"
        raise DataError(Problem(str(path), found, f"a file with {KEY_FORM}", remedy)) from error
    if not re.fullmatch(rf"[0-9a-f]{{{2 * KEY_BYTES}}}", text):
        remedy = (
            "put the key back from a copy; without it, delete the file: codes of earlier pages then change"
        )
        raise DataError(Problem(str(path), "no key", KEY_FORM, remedy))
    return bytes.fromhex(text)


def _make(path: Path) -> None:
    """Write a new key aside, for its owner's eyes only, and link it in place unless another is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:  # another process was first: its key holds
        return
    finally:
        Path(aside).unlink()


def _signs(key: bytes, period: str, person: str) -> str:
    """Write a keyed hash as a letter and base-32 digits; a zero byte parts period and person."""
    number = int.from_bytes(hmac.digest(key, f"{period}\0{person}".encode(), hashlib.sha256))
    number, first = divmod(number, len(LETTERS))
    signs = [LETTERS[first]]
    for _ in range(LONGEST - 1):
        number, place = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[place])
    return "".join(signs)
