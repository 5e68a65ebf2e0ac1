"""A stored appraisal is the one that would be made again, and never an older one."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from salesperf_lib import appraisal, audit
from salesperf_lib.appraisal import store


@pytest.fixture
def snapshot(tmp_path):
    return SimpleNamespace(digest="d1", folder=tmp_path)


@pytest.fixture
def counted(monkeypatch, sample_appraisal):
    """Count how often the flow runs."""
    runs = []

    def appraise(facts, policy, of=None):
        assert of in (None, store.load)  # what a year is made of is stored too
        runs.append(policy.digest)
        return replace(sample_appraisal, policy=policy)

    monkeypatch.setattr(store, "appraise", appraise)
    return runs


def test_what_is_read_back_is_what_was_made(snapshot, counted, sample_policy, sample_appraisal):
    appraisal.load(snapshot, sample_policy)
    again = appraisal.load(snapshot, sample_policy)
    assert len(counted) == 1
    for name in store.FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(sample_appraisal, name))


def test_other_rules_scenario_day_or_period_are_another_appraisal(snapshot, counted, sample_policy):
    others = [
        replace(sample_policy, digest="0" * 16),
        replace(sample_policy, scenario="trial"),
        replace(sample_policy, as_of=sample_policy.period.last),
        replace(sample_policy, period=sample_policy.period.shift(-1)),
    ]
    for policy in [sample_policy, *others, *others]:
        appraisal.load(snapshot, policy)
    assert len(counted) == 5


def test_an_edited_library_appraises_again_and_clears_what_is_stale(
    snapshot, counted, sample_policy, monkeypatch
):
    appraisal.load(snapshot, sample_policy)
    monkeypatch.setattr(store, "_library_digest", lambda: "edited")
    appraisal.load(snapshot, sample_policy)
    assert len(counted) == 2
    assert [path.name for path in (snapshot.folder / store.FOLDER).iterdir()] == ["edited"]


def test_facts_made_in_memory_are_never_stored(snapshot, counted, sample_policy):
    snapshot.digest = ""
    appraisal.load(snapshot, sample_policy)
    appraisal.load(snapshot, sample_policy)
    assert len(counted) == 2
    assert list(snapshot.folder.iterdir()) == []


def test_a_half_written_one_is_made_again(snapshot, counted, sample_policy):
    appraisal.load(snapshot, sample_policy)
    next(snapshot.folder.rglob("scores.parquet")).unlink()
    appraisal.load(snapshot, sample_policy)
    assert len(counted) == 2


def test_nothing_is_left_aside_when_writing_fails(snapshot, counted, sample_policy, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    made = appraisal.load(snapshot, sample_policy)
    assert len(made.scores)
    assert list(snapshot.folder.rglob("*.parquet")) == []
    assert list(snapshot.folder.rglob(".aside-*")) == []


def test_a_case_that_is_recorded_later_is_another_appraisal(
    snapshot, counted, sample_policy, tmp_path_factory
):
    root = tmp_path_factory.mktemp("project")
    (root / "params").mkdir()
    shutil.copytree(sample_policy.root / "params" / "sources", root / "params" / "sources")
    policy = replace(sample_policy, root=root)
    day = date(2026, 7, 6)
    opened = {"move": "open", "actor_role": "data_analyst", "person_id": "E0001", "period": "2026-06",
              "kind": "brushing", "on": day, "recorded_on": day, "reason": "so", "evidence": ["o1"]}  # fmt: skip
    appraisal.load(snapshot, policy)
    audit.record_case(opened, root, "sample")
    appraisal.load(snapshot, policy)
    appraisal.load(snapshot, policy)
    assert len(counted) == 2
    appraisal.load(snapshot, replace(policy, as_of=date(2026, 7, 5)))  # that day knew of no case
    assert len(counted) == 3


def test_every_frame_of_an_appraisal_is_stored(sample_appraisal):
    frames = {
        name
        for name in sample_appraisal.__slots__
        if isinstance(getattr(sample_appraisal, name), pd.DataFrame)
    }
    assert set(store.FRAMES) == frames


def test_only_what_reads_appraisals_may_change_without_a_new_one(root):
    """The packages above `appraisal` in the import contract are those that its digest leaves out."""
    layers = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][
        0
    ]
    above = layers["layers"][: layers["layers"].index("appraisal")]
    named = {name.strip(" ()") for line in above for name in line.split("|")}
    assert set(store.ABOVE) == named
