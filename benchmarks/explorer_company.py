"""A large company for the explorer's page: the sample's people many times over, with points of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from salesperf_lib import weights
from salesperf_lib.grades import hundredths, ranks_of
from salesperf_lib.reports import open_report
from salesperf_lib.weights import Exploration
from salesperf_lib.weights.exploration import graded

SPREAD = 8.0
"""Points by which copies differ, as a standard deviation."""


def company(people: int) -> Exploration:
    """Give so many people, in the sample's roles and teams, under its rules of June 2026."""
    report = open_report("t1", "2026-06", "zh", "base", "sample", "")
    given = weights.explore(report.appraisal)
    panel, rng = given.panel.take(np.arange(people) % len(given.panel)), np.random.default_rng(618)
    own = (np.clip(each.points + rng.normal(0, SPREAD, each.points.shape), 0, 130) for each in panel.groups)
    groups = tuple(replace(each, points=points) for each, points in zip(panel.groups, own, strict=True))
    ids = [f"p{number:05}" for number in range(people)]
    panel = replace(panel, people=panel.people.assign(person_id=ids), groups=groups)
    score = weights.score_once(panel, weights.as_decided(given.space))
    panel = replace(panel, people=panel.people.assign(score=score))
    large = replace(given, panel=panel)
    return replace(large, roster=_roster(large))


def _roster(large: Exploration) -> pd.DataFrame:
    """List everybody as published: rank, grade, and a name."""
    score = large.panel.people["score"].to_numpy(float)
    names = np.array(weights.grade_names(large), object)
    rank = ranks_of(hundredths(score)[None, :])[0]
    grade = names[graded(large, score[None, :])[0]]
    held = large.panel.people[["person_id", "team_id", "role"]].assign(
        name="Nº " + large.panel.people["person_id"].str[1:], tenure="over_3y", score=score, rank=rank,
        grade=grade, vetoed=False,
    )  # fmt: skip
    return held.sort_values("person_id", ignore_index=True)
