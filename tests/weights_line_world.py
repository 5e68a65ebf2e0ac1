"""Small panels, regions and plain-arithmetic grades for tests of the three dimension weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from salesperf_lib.grades import quotas
from salesperf_lib.params import Grades
from salesperf_lib.weights.panel import Group, Panel, Slice, panel_from_points
from salesperf_lib.weights.space import WeightSpace
from tests.grade_world import THRESHOLDS, forced

CENTRE = np.array([17.0, 8.0, 5.0]) / 30
ALONG = np.array([1.0, -0.5, -0.5])
TRIANGLE = np.array([[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]])
REGIONS = {
    "triangle": TRIANGLE,
    "simplex": np.eye(3),
    "square": np.array([[0.4, 0.4, 0.2], [0.7, 0.1, 0.2], [0.7, 0.2, 0.1], [0.5, 0.4, 0.1]]),
    "segment": np.array([CENTRE + 0.06 * ALONG, CENTRE - 0.08 * ALONG]),
    "point": CENTRE[None],
}
PLAIN = Grades(THRESHOLDS)
RULES = {"thresholds": PLAIN, "forced": forced()}
NOISE = 1e-9


def panel_of_rows(rows, people=None) -> Panel:
    """Make a panel of points on the three dimensions, one indicator each."""
    return panel_from_points(np.array(rows, float).reshape(-1, 3), [0, 1, 2], np.ones(3), people)


def bent_panel(rows) -> Panel:
    """Take the third dimension from the last person of a panel."""
    whole = panel_of_rows(rows)
    group, last = whole.groups[0], len(whole) - 1
    first = Group(group.slices, group.parts[:-1], group.points[:-1])
    other = Group(group.slices[:2], np.array([last]), group.points[-1:, :2])
    return Panel(whole.people, whole.owner, whole.time, whole.sets, (first, other))


def two_part_panel() -> Panel:
    """Give one person of two indicators in the first dimension, and one of two halves."""
    plain = panel_from_points(np.zeros((3, 4)), [0, 0, 1, 2], np.array([0.25, 0.75, 1, 1]))
    one = Slice(0, 0, np.array([0, 1]), np.array([1.0, 1.0]))
    rest = plain.groups[0].slices[1:]
    points = np.array([[40.0, 80.0, 60.0, 50.0], [10.0, 20.0, 30.0, 40.0], [50.0, 60.0, 70.0, 80.0]])
    group = Group((one, *rest), np.arange(3), points)
    return Panel(plain.people.iloc[:2], np.array([0, 1, 1]), np.array([1.0, 0.5, 0.5]), plain.sets, (group,))


def space_of(panel: Panel, region="triangle", centre=CENTRE) -> WeightSpace:
    """Give a region by name, with fixed sub-weights."""
    limits = tuple(np.stack([item.base, item.base], axis=1) for item in panel.sets)
    corners = REGIONS[region] if isinstance(region, str) else np.asarray(region, float)
    return WeightSpace(corners, np.asarray(centre, float), panel.sets, limits, (None,) * len(panel.sets))


def grid(region: str, steps: int = 60) -> np.ndarray:
    """Fill a region with mixtures of its corners."""
    corners = REGIONS[region]
    if len(corners) == 1:
        return corners
    if len(corners) == 2:
        part = np.linspace(0, 1, steps * 10)[:, None]
        return (1 - part) * corners[0] + part * corners[1]
    triangles = [corners[[0, at, at + 1]] for at in range(1, len(corners) - 1)]
    shares = np.array([(a, b, steps - a - b) for a in range(steps + 1) for b in range(steps + 1 - a)]) / steps
    return np.vstack([shares @ triangle for triangle in triangles])


def grades_by_hand(rows, weights, rules: Grades) -> np.ndarray:
    """Grade by unrounded scores: shape (schemes, people); what is read as a cut reaches it."""
    scores = np.atleast_2d(weights) @ np.array(rows, float).T
    if rules.distribution.kind == "thresholds":
        return sum((scores < lowest - 0.005 - 1e-8).astype(int) for _, lowest in THRESHOLDS[:-1])
    above = (scores[:, None, :] > scores[:, :, None] + NOISE).sum(axis=2)
    places = np.cumsum(list(quotas(scores.shape[1], rules.distribution.quotas).values()))[:-1]
    return (above[:, :, None] >= places).sum(axis=2)


def named_people(count: int, **columns) -> pd.DataFrame:
    """Give people p0, p1, …"""
    plain = {"person_id": [f"p{at}" for at in range(count)], "team_id": "t", "role": "r"}
    return pd.DataFrame(plain | columns)


points = st.lists(st.tuples(*[st.integers(50, 100)] * 3), min_size=1, max_size=9)
regions = st.sampled_from(sorted(REGIONS))
rules = st.sampled_from(sorted(RULES))
