"""Measurement noise under any weights: certain weights, uncertain indicators (§4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.grades import redraw
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.weights.counting import grade_codes, tally
from salesperf_lib.weights.exploration import Exploration, as_decided, breaks_of, cohorts_of
from salesperf_lib.weights.panel import FloatArray
from salesperf_lib.weights.rescoring import scores_of
from salesperf_lib.weights.simulation import Simulation

_NEXT_TO_NOTHING = 1e-12
"""Weight of lines that must be drawn, because they may be gates, and must not count."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """What measurement noise does to each dimension of everybody.

    Parameters
    ----------
    deviations
        Points of the dimension as drawn less as measured, shape (draws, people, 3), sub-weights as decided.
    """

    deviations: FloatArray

    def __len__(self) -> int:
        """Count the draws."""
        return len(self.deviations)

    def added(self, scores: FloatArray, dimensions: FloatArray, rows: np.ndarray) -> FloatArray:
        """Add the noise of given draws to scores under given weights.

        Parameters
        ----------
        scores
            Shape (b, people).
        dimensions
            Weights of each row, shape (b, 3).
        rows
            Which draw each row takes, shape (b,).
        """
        found = scores.copy()
        for number, weight in enumerate(dimensions.T):
            found += self.deviations[rows, :, number] * weight[:, None]
        return found


def noise_of_dimensions(exploration: Exploration) -> Noise:
    """Redraw every indicator from its measurement noise, dimension by dimension.

    Returns
    -------
    Noise
        As many draws as `grades.certainty` asks for; the same luck in all dimensions of a draw.

    Notes
    -----
    A composite's deviation is linear in the dimension weights: Σ_d w_d · Σ_k v_k (points drawn − points).
    So three redraws, one for each dimension alone, give it for all weights. Roles that are not appraised
    on a dimension share its weight out: their deviations are taken at the weights in force.
    """
    panel, policy = exploration.panel, exploration.policy
    lines = exploration.appraisal.scores
    people = panel.people[["person_id"]].assign(score=0.0)
    weights = dict(zip(DIMENSIONS, exploration.space.centre.tolist(), strict=True))
    found: list[FloatArray] = []
    for name in DIMENSIONS:
        alone = lines["weight"] / weights[name]
        counted = lines["weight"].fillna(0.0) > 0
        own = alone.where(lines["dimension"] == name, _NEXT_TO_NOTHING).where(counted, lines["weight"])
        found.append(redraw(people, lines.assign(weight=own), policy).T)
    return Noise(np.stack(found, axis=2))


def confidence_factors(
    exploration: Exploration, found: Simulation, noise: Noise, codes: np.ndarray
) -> pd.DataFrame:
    """Tell how sure a grade is under the weights that suit it best: P(grade | central weights), over noise.

    Parameters
    ----------
    exploration, found
        The period, and its grades over the admissible weightings.
    noise
        Of the same period.
    codes
        The grade asked for of each person, shape (people,), 0 = best.

    Returns
    -------
    DataFrame
        One row per person of the panel: person_id, `draws` in which they have the grade, the central
        weights `result`, `process`, `potential` (NaN under `simulation.EFFECTIVE` draws), `inside`
        (whether these weights themselves give the grade: weights that do need not be convex, so their
        centre can lie outside them), and `confidence`, the share of noise draws with the grade.

    Notes
    -----
    Sub-weights are as decided. Source: Lahdelma & Salminen 2001; METHODS §4.
    """
    panel, rules = exploration.panel, exploration.rules
    rows = np.arange(len(panel))
    central, counts = found.central[rows, codes], found.counts[rows, codes]
    cohorts, breaks = cohorts_of(panel.people, rules), breaks_of(exploration, rules)
    told = np.flatnonzero(np.isfinite(central[:, 0]))
    inside, confidence = np.zeros(len(panel), object), np.full(len(panel), np.nan)
    inside[:] = None
    for row in told:
        at = np.atleast_2d(central[row])
        still = scores_of(panel, as_decided(exploration.space, at))
        inside[row] = bool(grade_codes(still, cohorts, rules, breaks)[0, row] == codes[row])
        shaken = still + noise.deviations @ central[row]
        count = tally(grade_codes(shaken, cohorts, rules, breaks), len(rules.thresholds))
        confidence[row] = count[row, codes[row]] / len(noise)
    table = pd.DataFrame(central, columns=list(DIMENSIONS))
    return table.assign(
        person_id=panel.people["person_id"], draws=counts, inside=inside, confidence=confidence
    )[["person_id", "draws", *DIMENSIONS, "inside", "confidence"]]


def noise_shares(exploration: Exploration, noise: Noise) -> FloatArray:
    """Give the share of noise draws in which everybody has each grade, shape (people, grades)."""
    panel, rules = exploration.panel, exploration.rules
    cohorts, breaks = cohorts_of(panel.people, rules), breaks_of(exploration, rules)
    still = scores_of(panel, as_decided(exploration.space))
    shaken = still + noise.deviations @ exploration.space.centre
    return tally(grade_codes(shaken, cohorts, rules, breaks), len(rules.thresholds)) / len(noise)
