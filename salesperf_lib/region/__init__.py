"""Geometry of the admissible weights: ranges and constraints, corners, shares, moments, distances (§2.1).

Weights sum to 1 and keep a range each; what an analyst adds (``result >= 2 * process``) cuts the region
further. With three weights it is a polygon, in special cases a segment or a point: all of them are valid.
"""

from __future__ import annotations

from salesperf_lib.region.areas import centre_of, covariance, share_above, share_of_region, spread
from salesperf_lib.region.constraints import Constraint, corners_of, parse_constraint
from salesperf_lib.region.distances import nearest, nearest_l1
from salesperf_lib.region.polygons import clip
from salesperf_lib.region.ranges import (
    TOLERANCE,
    Bounds,
    FloatArray,
    centroid,
    contains,
    fail_if_infeasible,
    tighten,
    vertices,
)

__all__ = [
    "TOLERANCE",
    "Bounds",
    "Constraint",
    "FloatArray",
    "centre_of",
    "centroid",
    "clip",
    "contains",
    "corners_of",
    "covariance",
    "fail_if_infeasible",
    "nearest",
    "nearest_l1",
    "parse_constraint",
    "share_above",
    "share_of_region",
    "spread",
    "tighten",
    "vertices",
]
