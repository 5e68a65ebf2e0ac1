"""Worked examples of the one-vote veto and of appeals, in sentences: tests/cases/veto.yaml."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from salesperf_lib import audit, params
from salesperf_lib.errors import DataError
from salesperf_lib.periods import Period

STORIES = params.read_yaml(Path(__file__).parent / "cases" / "veto.yaml")["cases"]
KEYS = {"name", "moves", "status", "veto", "refused", "kind", "period", "appraised", "appeal_suspends"}


def event_of(written, place, story):
    move, actor, evidence = re.fullmatch(r"(\w+) by (\w+)(?: on (\S+))?", written).groups()
    day = date(2026, 7, 1) + timedelta(days=place)
    said = {"move": move, "actor_role": actor, "on": day, "recorded_on": day, "reason": "so", "case": "C0001",
            "evidence": [] if evidence == "nothing" else [evidence or "ORDER-1"]}  # fmt: skip
    if move == "open":
        said |= {
            "person_id": "p1",
            "period": story.get("period", "2026-06"),
            "kind": story.get("kind", "brushing"),
        }
    return said


@pytest.mark.parametrize("story", STORIES, ids=[story["name"] for story in STORIES])
def test_story(tmp_path, story):
    (tmp_path / "params" / "sources").mkdir(parents=True)
    (tmp_path / "params" / "sources" / "sample.yaml").touch()
    *before, last = [event_of(written, place, story) for place, written in enumerate(story["moves"])]
    for event in before:
        audit.record_case(event, tmp_path, "sample")
    if "refused" in story:
        with pytest.raises(DataError, match=re.escape(story["refused"])):
            audit.record_case(last, tmp_path, "sample")
    else:
        audit.record_case(last, tmp_path, "sample")
    stands = not story.get("appeal_suspends", True)
    found = audit.read_cases(tmp_path, "sample", stands_while_appealed=stands)
    assert found["status"].tolist() == ([] if story["status"] == "none" else [story["status"]])
    hit = audit.vetoed(found, Period.parse(story.get("appraised", "2026-06")))
    assert hit == ({"p1"} if story["veto"] else set())


def test_the_stories_are_whole_and_no_name_stands_twice():
    names = [story["name"] for story in STORIES]
    assert len(names) == len(set(names)) >= 12
    assert all(set(story) <= KEYS and {"moves", "status", "veto"} <= set(story) for story in STORIES)
