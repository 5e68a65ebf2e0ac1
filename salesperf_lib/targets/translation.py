"""Driver translation: a strategic share becomes a team's rate, and the rate a person's behaviour (§1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.stats.dose import DoseResponse, extra_dose, fail_if_unclear, fit_dose
from salesperf_lib.targets.rates import equal_stretch

Floats = NDArray[np.float64]

SHARE, RATE = "private_domain_repurchase_share", "private_domain_repurchase_rate"
BASELINE_MONTHS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Translation:
    """Hold what a strategic outcome means for teams and for persons.

    Parameters
    ----------
    outcome
        One row for the unit translated, then one per team: level, unit_id, customers (mean per month),
        share, share_target, rate, rate_target, dose (deep touches per private-domain customer and
        month), dose_target, dose_low, dose_high. NaN where it is not told: the interval of a company,
        the share of a team when net sales are planned from outside.
    behaviours
        One row per operator with customers in the last month: team_id, unit_id, customers, touches
        (mean per month now), touches_target, touches_low, touches_high per month; whole touches,
        rounded up, the lower bound down.
    response
        The dose–response behind it.
    months
        The months of the baseline.
    """

    outcome: pd.DataFrame
    behaviours: pd.DataFrame
    response: DoseResponse
    months: tuple[str, ...]


def translate_share(
    share: float,
    kpi_values: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    unit_id: str = "company",
    months: Sequence[str] | None = None,
    net_sales: float | None = None,
    confidence: float = 0.95,
) -> Translation:
    """Translate a wanted share of private-domain repurchase into rates and touches.

    Parameters
    ----------
    share
        Wanted `private_domain_repurchase_share`, above 0 and below 1.
    kpi_values
        `private_domain_repurchase_share` and `private_domain_repurchase_rate` of the unit and its
        teams in the months of the baseline, month by month.
    panel
        Of `kpis.touch_doses`: all months there are; the last one tells the operators' customers.
    unit_id
        ``company``, translated for all its teams, or one team.
    months
        Baseline; the last twelve of the panel if not given.
    net_sales
        Net sales planned for as many months, in minor units; if not given, sales other than
        private-domain repeat sales stay as they were.
    confidence
        Coverage of the intervals.

    Returns
    -------
    Translation
        Outcome by unit, behaviours by operator.

    Raises
    ------
    DataError
        If the share is impossible, values are missing, the dose–response is unclear (its interval
        does not lie above 0) or cannot be estimated, or a team would need more touches per customer
        than history supports.

    Notes
    -----
    share = repeat sales / net sales and repeat sales = private customers × rate × value per returning
    customer; customers and that value stay as they were. X: one equal shift of the teams' rates in
    log-odds, such that repeat sales, and with them the share, come out exactly. Y: today's dose plus
    (logit X − logit rate)/β, with Fieller's interval (METHODS §1.2).

    Touches go to likely buyers. Unless they were assigned at random, β is an upper bound: the
    touches given here are the least that the rate needs.
    """
    response = fit_dose(panel, confidence=confidence)
    fail_if_unclear(response)
    known = sorted(set(panel["period"]))
    span = tuple(months) if months is not None else tuple(known[-BASELINE_MONTHS:])
    whole, parts = _baseline(kpi_values, span, unit_id)
    fail_if_any(_share_problems(share, whole, parts, net_sales, unit_id), DataError)
    other = float(whole["sales"] - whole["repeat"])
    repeat = share / (1.0 - share) * other if net_sales is None else share * net_sales
    wanted = _team_rates(repeat, whole, parts, unit_id)
    teams = _with_doses(parts.assign(wanted=wanted), response, span)
    fail_if_any(_reach_problems(teams, response), DataError)
    outcome = _outcome(teams, whole, share, len(span), unit_id, keeps_other=net_sales is None)
    return Translation(outcome, _behaviours(teams, panel, response, span), response, span)


def _baseline(
    kpi_values: pd.DataFrame, months: Sequence[str], unit_id: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Add up the identity's parts over the months, for the unit and its teams.

    Returns
    -------
    tuple
        The unit's again, before, repeat, sales; the same by team as a frame.
    """
    rows = kpi_values[kpi_values["period"].isin(months) & kpi_values["kpi"].isin([SHARE, RATE])]
    rows = rows[rows["level"].isin(["company", "team"]) & (rows["channel"] == "all")]
    fail_if_any(_missing(rows, months, unit_id), DataError)
    sums = rows.pivot_table(
        index=["level", "unit_id"], columns="kpi", values=["numerator", "denominator"], aggfunc="sum"
    )
    table = pd.DataFrame(
        {
            "again": sums["numerator", RATE],
            "before": sums["denominator", RATE],
            "repeat": sums["numerator", SHARE],
            "sales": sums["denominator", SHARE],
        }
    ).fillna(0.0)
    table = table.astype(float).reset_index()
    own = table[table["unit_id"] == unit_id].iloc[0]
    kept = (table["level"] == "team") & (table["unit_id"] != "unassigned") & (table["before"] > 0)
    if unit_id != "company":
        kept &= table["unit_id"] == unit_id
    return own, table[kept].set_index("unit_id")


def _missing(rows: pd.DataFrame, months: Sequence[str], unit_id: str) -> Iterable[Problem]:
    own = rows[rows["unit_id"] == unit_id]
    for kpi in (SHARE, RATE):
        absent = sorted(set(months) - set(own.loc[own["kpi"] == kpi, "period"]))
        if absent or not months:
            yield Problem(
                f"{kpi} of {unit_id}", f"no value in {', '.join(absent) or 'no month'}", "one in every month",
                "compute it for the months of the baseline, at the levels company and team",
            )  # fmt: skip


def _share_problems(
    share: float, whole: pd.Series, parts: pd.DataFrame, net_sales: float | None, unit_id: str
) -> Iterable[Problem]:
    where = f"{SHARE} of {unit_id}"
    if not 0 < share < 1:
        yield Problem(where, f"a wanted share of {share:g}", "above 0 and below 1", "write 0.35 for 35 %")
    if net_sales is not None and not (np.isfinite(net_sales) and net_sales > 0):
        yield Problem(where, f"planned net sales of {net_sales:g}", "an amount above 0, in minor units")
    if not (0 < whole["repeat"] < whole["sales"]):
        found = f"repeat sales {whole['repeat']:.0f} of net sales {whole['sales']:.0f} in the baseline"
        yield Problem(where, found, "repeat sales above 0 and below net sales", "choose another baseline")
    if parts.empty:
        yield Problem(where, "no team with private-domain customers", "values at level team")
    for team in parts.index[(parts["again"] <= 0) | (parts["repeat"] <= 0)]:
        yield Problem(
            f"{RATE} of {team}", "no repeat purchase in the baseline", "at least one",
            "choose a longer baseline, or translate team by team",
        )  # fmt: skip


def _team_rates(repeat: float, whole: pd.Series, parts: pd.DataFrame, unit_id: str) -> Floats:
    """Shift the teams' rates equally in log-odds until their repeat sales are those wanted.

    Repeat sales of nobody's customers stay as they were: no team can raise them.
    """
    worth = (parts["before"] * parts["repeat"] / parts["again"]).to_numpy(float)  # if every customer returned
    rest = float(whole["repeat"] - parts["repeat"].sum())
    target = (repeat - rest) / worth.sum()
    if not 0 < target < 1:
        raise DataError(
            Problem(
                f"{SHARE} of {unit_id}",
                f"a share for which {target:.0%} of private-domain customers would have to buy every month",
                "a rate above 0 % and below 100 %",
                "lower the share, or win more private-domain customers first",
            )
        )
    rates = (parts["again"] / parts["before"]).to_numpy(float)
    return equal_stretch(target, rates, worth, share=True)[0]


def _with_doses(teams: pd.DataFrame, response: DoseResponse, months: Sequence[str]) -> pd.DataFrame:
    """Add each team's rate, and its dose: now, wanted, and the wanted one's interval."""
    rows = response.rows[response.rows["period"].isin(months)]
    sums = rows.groupby("team_id")[["touches", "customers"]].sum().reindex(teams.index)
    fail_if_any(
        (
            Problem(f"deep touches of {team}", "no operator's customers in the baseline", "some",
                    "give customers owners, or estimate with the panel of level team")
            for team in teams.index[~(sums["customers"] > 0)]
        ),
        DataError,
    )  # fmt: skip
    dose, rate = sums["touches"] / sums["customers"], teams["again"] / teams["before"]
    extra, low, high = extra_dose(response, rate, teams["wanted"], teams["before"])
    return teams.assign(
        rate=rate,
        dose=dose,
        dose_target=np.maximum(dose + extra, 0.0),
        dose_low=np.maximum(dose + low, 0.0),
        dose_high=np.maximum(dose + high, 0.0),
    )


def _reach_problems(teams: pd.DataFrame, response: DoseResponse) -> Iterable[Problem]:
    """Name every team that would need more touches than history supports."""
    beyond = teams[(teams["dose_target"] > response.most) & (teams["wanted"] > teams["rate"])]
    for team, row in beyond.iterrows():
        odds = row["rate"] / (1 - row["rate"]) * np.exp(response.slope * (response.most - row["dose"]))
        found = (
            f"{row['wanted']:.1%} wanted, which needs {row['dose_target']:.2f} deep touches per customer and "
            f"month ({response.confidence:.0%} interval {row['dose_low']:.2f} to {row['dose_high']:.2f})"
        )
        yield Problem(
            f"{RATE} of {team}",
            found,
            f"up to {response.most:.2f} touches, about {odds / (1 + odds):.1%}: what history supports",
            "lower the share, spread it over more months, or find another lever than touches",
        )


def _outcome(
    teams: pd.DataFrame, whole: pd.Series, share: float, months: int, unit_id: str, *, keeps_other: bool
) -> pd.DataFrame:
    worth = teams["repeat"] / teams["again"]
    gained = teams["before"] * teams["wanted"] * worth
    rows = pd.DataFrame(
        {
            "level": "team",
            "unit_id": teams.index.astype(str),
            "customers": teams["before"].to_numpy(float) / months,
            "share": (teams["repeat"] / teams["sales"]).to_numpy(float),
            "share_target": (gained / (teams["sales"] - teams["repeat"] + gained)).to_numpy(float),
            "rate": teams["rate"].to_numpy(float),
            "rate_target": teams["wanted"].to_numpy(float),
        }
    )
    for name in ("dose", "dose_target", "dose_low", "dose_high"):
        rows[name] = teams[name].to_numpy(float)
    if unit_id != "company":
        return rows.assign(share_target=share)
    if not keeps_other:
        rows["share_target"] = np.nan
    return pd.concat([_company(rows, teams, whole, share, months), rows], ignore_index=True)


def _company(
    rows: pd.DataFrame, teams: pd.DataFrame, whole: pd.Series, share: float, months: int
) -> pd.DataFrame:
    """Put the teams together; what belongs to no team stays as it was."""
    left = float(whole["again"] - teams["again"].sum())
    rate = (float((teams["before"] * teams["wanted"]).sum()) + left) / float(whole["before"])
    weights = rows["customers"].to_numpy(float)
    row = {
        "level": "company",
        "unit_id": "company",
        "customers": float(whole["before"]) / months,
        "share": float(whole["repeat"] / whole["sales"]),
        "share_target": share,
        "rate": float(whole["again"] / whole["before"]),
        "rate_target": rate,
        "dose": float(np.average(rows["dose"], weights=weights)),
        "dose_target": float(np.average(rows["dose_target"], weights=weights)),
        "dose_low": np.nan,
        "dose_high": np.nan,
    }
    return pd.DataFrame([row])


def _behaviours(
    teams: pd.DataFrame, panel: pd.DataFrame, response: DoseResponse, months: Sequence[str]
) -> pd.DataFrame:
    """Give every operator of the last month the touches that the team's dose means for their customers."""
    now = panel[(panel["period"] == panel["period"].max()) & panel["team_id"].isin(teams.index)]
    found = now[["team_id", "unit_id", "customers"]].reset_index(drop=True)
    rows = response.rows[response.rows["period"].isin(months)]
    found["touches"] = found["unit_id"].map(rows.groupby("unit_id")["touches"].mean())
    for name, whole in (("target", np.ceil), ("low", np.floor), ("high", np.ceil)):
        dose = found["team_id"].map(teams[f"dose_{name}"])
        found[f"touches_{name}"] = whole((found["customers"] * dose).round(6)).astype("int64")
    return found
