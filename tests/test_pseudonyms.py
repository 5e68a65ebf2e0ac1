"""Codes in place of people: stable in a period, unlinkable across periods, secret without the key."""

from __future__ import annotations

import hashlib
import multiprocessing
import re
import stat
from concurrent.futures import ProcessPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.reports import pseudonyms as module
from salesperf_lib.reports.pseudonyms import pseudonyms, read_key

PEOPLE = [f"E{number:04}" for number in range(1, 61)]
KEY = "0123456789abcdef" * 4


@pytest.fixture
def rooted(tmp_path):
    """Give a project whose key is known."""
    (tmp_path / "data" / "keys").mkdir(parents=True)
    (tmp_path / "data" / "keys" / "sample.key").write_text(KEY + "\n", encoding="ascii")
    return tmp_path


def test_a_code_is_the_keyed_hash_written_in_base_32(rooted):
    """HMAC as RFC 2104 writes it out: H(key ⊕ opad, H(key ⊕ ipad, text))."""
    padded = bytes.fromhex(KEY).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + b"2026-06\0E0011").digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()
    rest, first = divmod(int(outer.hex(), 16), 22)
    expected = "ABCDEFGHJKMNPQRSTVWXYZ"[first]
    for power in range(3):
        expected += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[rest // 32**power % 32]
    assert pseudonyms(["E0011"], "sample", "2026-06", rooted) == {"E0011": expected}


def test_codes_are_short_readable_and_no_two_the_same(rooted):
    codes = pseudonyms(PEOPLE, "sample", "2026-06", rooted)
    assert set(codes) == set(PEOPLE)
    assert len(set(codes.values())) == 60
    assert len({len(code) for code in codes.values()}) == 1
    assert all(re.fullmatch("[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{3,}", code) for code in codes.values())


def test_codes_hold_through_the_period_whoever_asks_and_in_whatever_order(rooted):
    first = pseudonyms(PEOPLE, "sample", "2026-06", rooted)
    assert pseudonyms(reversed(PEOPLE), "sample", "2026-06", rooted) == first
    alone = pseudonyms(["E0011"], "sample", "2026-06", rooted)["E0011"]
    assert first["E0011"].startswith(alone)


def test_another_period_another_source_and_another_key_give_other_codes(rooted, tmp_path_factory):
    first = pseudonyms(PEOPLE, "sample", "2026-06", rooted)
    for source, period, root in (
        ("sample", "2026-07", rooted),
        ("other", "2026-06", rooted),
        ("sample", "2026-06", tmp_path_factory.mktemp("elsewhere")),
    ):
        other = pseudonyms(PEOPLE, source, period, root)
        assert sum(first[person][:4] == other[person][:4] for person in PEOPLE) <= 1


def test_period_and_person_cannot_run_into_each_other(rooted):
    one = pseudonyms(["1E1"], "sample", "2026-0", rooted)["1E1"]
    other = pseudonyms(["E1"], "sample", "2026-01", rooted)["E1"]
    assert one != other


def test_codes_grow_until_everybody_is_told_apart_and_none_is_an_id(rooted, monkeypatch):
    signs = {"E1": "K7Q2AAA", "E2": "K7Q2ABA", "E3": "M000000"}
    monkeypatch.setattr(module, "_signs", lambda _key, _period, person: signs[person])
    assert pseudonyms(["E1", "E3"], "sample", "p", rooted) == {"E1": "K7Q2", "E3": "M000"}
    assert pseudonyms(["E1", "E2"], "sample", "p", rooted) == {"E1": "K7Q2AA", "E2": "K7Q2AB"}
    signs["m000"] = "T111111"
    assert pseudonyms(["E3", "m000"], "sample", "p", rooted) == {"E3": "M0000", "m000": "T1111"}


def test_a_thousand_people_are_told_apart(rooted):
    people = [f"P{number}" for number in range(3000)]
    assert len(set(pseudonyms(people, "sample", "2026", rooted).values())) == 3000


@given(st.sets(st.text(min_size=1), max_size=20))
def test_everybody_has_one_code(tmp_path_factory, people):
    root = tmp_path_factory.getbasetemp()
    codes = pseudonyms(people, "any", "2026-06", root)
    assert len(set(codes.values())) == len(people)


def test_nobody_needs_no_key(tmp_path):
    assert pseudonyms([], "sample", "2026-06", tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


# -- the key


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    first = read_key("sample", tmp_path)
    path = tmp_path / "data" / "keys" / "sample.key"
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key("sample", tmp_path) == first
    assert read_key("other", tmp_path) != first
    assert sorted(file.name for file in path.parent.iterdir()) == ["other.key", "sample.key"]


def test_processes_that_need_a_key_at_once_agree_on_it(tmp_path):
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, context) as pool:
        found = set(pool.map(read_key, ["sample"] * 12, [tmp_path] * 12))
    assert len(found) == 1


def test_a_key_that_came_first_is_never_replaced(tmp_path):
    first = read_key("sample", tmp_path)
    path = tmp_path / "data" / "keys" / "sample.key"
    module._make(path)
    assert read_key("sample", tmp_path) == first
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "secret", KEY[:-1], KEY + "0", KEY.upper(), "é" * 64])
def test_a_file_that_holds_no_key_is_refused_and_left_alone(tmp_path, text):
    path = tmp_path / "data" / "keys" / "sample.key"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="64 hexadecimal digits"):
        pseudonyms(PEOPLE, "sample", "2026-06", tmp_path)
    assert path.read_text(encoding="utf-8") == text


def test_a_folder_that_cannot_be_made_is_a_problem_with_a_remedy(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(DataError, match=r"sample\.key.*cannot be read or made.*put a key there"):
        read_key("sample", tmp_path)


@pytest.mark.parametrize("source", ["../sample", "a/b", "", ".hidden"])
def test_a_source_is_a_name(tmp_path, source):
    with pytest.raises(DataError, match="source"):
        read_key(source, tmp_path)
    assert list(tmp_path.iterdir()) == []
