"""What is chosen in the explorer, as a value, and where it may be chosen from (§4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib import weights
from salesperf_lib.params import DIMENSIONS, Grades
from salesperf_lib.params.freeze import cadence_of
from salesperf_lib.params.policy import Dimension
from salesperf_lib.weights.space import Cuts
from salesperf_lib.widgets import linked

if TYPE_CHECKING:
    from salesperf_lib.weights import Exploration, Scheme

SubKey = tuple[str, Dimension]
Inside = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One weighting, and the rules by which it is graded.

    Parameters
    ----------
    weights
        Of result, process and potential, summing to 1.
    inside
        Sub-weights that are not as decided, by role and dimension.
    rules
        Rules of grades; None = those in force.
    """

    weights: linked.Weights
    inside: Mapping[tuple[str, str], Inside] = field(default_factory=dict[tuple[str, str], Inside])
    rules: Grades | None = None


@dataclass(frozen=True, eq=False)
class Room:
    """An exploration, and what may be chosen in it as exact fractions.

    Parameters
    ----------
    exploration
        `weights.explore` of an appraisal.
    """

    exploration: Exploration

    @cached_property
    def corners(self) -> tuple[linked.Weights, ...]:
        """Give the corners of the region."""
        return linked.corners_of(self.exploration.space.corners.tolist())

    @cached_property
    def in_force(self) -> Choice:
        """Give what is in force."""
        given = self.exploration.policy.dimension_weights
        return Choice(tuple(given[name] for name in DIMENSIONS))

    @property
    def grades(self) -> list[str]:
        """List the grades, best first."""
        return [name for name, _ in self.exploration.policy.grades.thresholds]

    @cached_property
    def names(self) -> dict[str, str]:
        """Name everybody, by id."""
        roster = self.exploration.roster
        return dict(zip(roster["person_id"].astype(str), roster["name"].astype(str), strict=True))

    @cached_property
    def sets(self) -> dict[SubKey, int]:
        """Number the sets of sub-weights of the period itself; those of a year's months stay as decided."""
        cadence = cadence_of(self.exploration.policy.period)
        own = [
            (place, item) for place, item in enumerate(self.exploration.space.sets) if item.layer == cadence
        ]
        return {(item.role, item.dimension): place for place, item in own if len(item.kpis) > 1}

    def row_of(self, person: str) -> int:
        """Find somebody's row in the panel."""
        ids = self.exploration.panel.people["person_id"].to_numpy(str)
        return int(np.flatnonzero(ids == person)[0])

    def decided(self, key: SubKey) -> dict[str, Fraction]:
        """Give sub-weights as decided."""
        kpis = self.exploration.space.sets[self.sets[key]].kpis
        rows = self.exploration.policy.roles[key[0]].kpis
        given = {row.kpi: row.weight for row in rows if row.kpi in kpis and row.dimension == key[1]}
        total = sum(given.values(), Fraction(0))
        return {kpi: given[kpi] / total for kpi in kpis}

    def limits(self, key: SubKey) -> list[tuple[Fraction, Fraction]]:
        """Give least and most of sub-weights."""
        rows = self.exploration.space.limits[self.sets[key]].tolist()
        return [(linked.exact(low), linked.exact(high)) for low, high in rows]

    def cuts(self, key: SubKey) -> Cuts | None:
        """Give the further constraints on sub-weights."""
        return self.exploration.space.cuts[self.sets[key]]

    def choice_of(self, scheme: Scheme, rules: Grades | None) -> Choice:
        """Read a scheme as a choice."""
        return Choice(tuple(scheme.dimension_weights[name] for name in DIMENSIONS), scheme.sub_weights, rules)

    def scheme_of(self, choice: Choice) -> Scheme:
        """Write a choice as a scheme."""
        return weights.Scheme("chosen", dict(zip(DIMENSIONS, choice.weights, strict=True)), choice.inside)

    def compare(self, choice: Choice) -> pd.DataFrame:
        """Appraise everybody under a choice, beside what is in force: `weights.compare`."""
        return weights.compare(self.exploration, self.scheme_of(choice), choice.rules)
