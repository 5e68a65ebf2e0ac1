"""Every rule that params/ can break, and what is said about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from salesperf_lib.errors import ParamError
from salesperf_lib.params import check_params, load_policy, read_yaml

HERE = Path(__file__).resolve().parents[1] / "params"
Edit = Callable[..., None]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Copy params/ with one bare source, so that nothing here depends on other people's mappings."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(HERE, root / "params", ignore=shutil.ignore_patterns("sources", "schema"))
    (root / "params" / "sources").mkdir()
    (root / "params" / "sources" / "sample.yaml").write_text(
        "name: {zh: 示例, en: Sample}\npolicy: {}\n", "utf-8"
    )
    return root


@pytest.fixture
def edit(project) -> Iterator[Edit]:
    """Replace a piece of text in a file of params/ for the length of a test; the first one after another."""
    kept: dict[Path, str | None] = {}

    def change(file: str, old: str, new: str, after: str = "") -> None:
        path = project / "params" / file
        text = path.read_text("utf-8") if path.exists() else None
        kept.setdefault(path, text)
        if old:
            assert text is not None
            begin = text.index(after)
            assert old in text[begin:], f"{old!r} is not in {file}"
            text = text[:begin] + text[begin:].replace(old, new, 1)
        else:
            text = (text or "") + new
        path.write_text(text, "utf-8")

    yield change
    for path, text in kept.items():
        path.unlink() if text is None else path.write_text(text, "utf-8")


def messages(project: Path) -> list[str]:
    return [str(problem) for problem in check_params(project)]


def test_the_rules_as_they_stand_have_no_problem(project):
    assert messages(project) == []


MONTH = "result: 17/30, process: 8/30, potential: 5/30"
FIRST_WEIGHTS = "{value: {" + MONTH + "}, decided: founding policy"
FORCED = "{kind: forced, quotas: {A: 0.1, B: 0.7, C: 0.1, D: 0.1}, "
SELLER = """month:
          result:
            net_sales: {weight: 0.60}
            orders: {weight: 0.20}
            aov: {weight: 0.20}"""
SEE = {
    "duplicate key": (
        ("company.yaml", "", "\ncurrency: {}\n"),
        ["params/company.yaml:", "found the key currency for the second time", "each key once"],
    ),
    "unknown parameter": (
        ("company.yaml", "currency:\n", "curency:\n"),
        ["params/company.yaml:", "curency: found an unknown parameter curency", "name, currency, money_scale"],
    ),
    "parameter left out": (
        ("company.yaml", "timezone:\n", "zone:\n"),
        ["params/company.yaml: found no timezone", "required", "add timezone:"],
    ),
    "unknown key in an entry": (
        ("grades.yaml", "  unit: points\n", "  units: points\n"),
        ["thresholds.units: found an unknown key units", "name, description, unit, source"],
    ),
    "unknown key in a value": (
        ("weights.yaml", "decided: founding policy", "decided: founding policy, decidedby: me"),
        ["found an unknown key decidedby", "value, decided, note, recorded, waiver"],
    ),
    "unknown key in a curve": (
        ("scoring.yaml", "kind: ratio, floor: 0.50", "kind: ratio, foor: 0.50"),
        ["volume.values.2024-01-01.value.foor: found an unknown key foor", "kind, floor, cap"],
    ),
    "no decided": (
        ("company.yaml", "value: CNY, decided: founding policy", "value: CNY"),
        ["currency.values.2024-01-01.decided: found nothing", "decided is required", "add decided:"],
    ),
    "name in one language only": (
        ("company.yaml", "{zh: 货币, en: Currency}", "{en: Currency}"),
        ["currency.name.zh: found nothing", "zh is required"],
    ),
    "unknown unit": (
        ("grades.yaml", "unit: points", "unit: marks"),
        ["thresholds.unit: found 'marks'", "'money', 'share', 'ratio', 'count', 'points'"],
    ),
    "date inside a month": (
        ("company.yaml", "2024-01-01: {value: CNY", "2024-01-02: {value: CNY"),
        ["currency.values.2024-01-02: found 2024-01-02", "the first day of a month", "write 2024-01-01"],
    ),
    "text for a number": (
        ("company.yaml", "{value: 10,", '{value: "10",'),
        ["close_day.values.2024-01-01.value: found '10'", "a valid integer"],
    ),
    "yes for true": (
        ("grades.yaml", "probation_assessed: false", "probation_assessed: no"),
        ["assessable.values.2024-01-01.value.probation_assessed: found 'no'", "a valid boolean"],
    ),
    "close day beyond the shortest month": (
        ("company.yaml", "{value: 10,", "{value: 29,"),
        ["close_day.values.2024-01-01.value: found 29", "less than or equal to 28"],
    ),
    "unknown choice": (
        ("company.yaml", "{value: paid,", "{value: shipped,"),
        ["sales_basis.values.2024-01-01.value: found 'shipped'", "'placed', 'paid' or 'confirmed'"],
    ),
    "unknown time zone": (
        ("company.yaml", "Asia/Shanghai", "Asia/Shanghi"),
        ["timezone.values.2024-01-01.value: found 'Asia/Shanghi'", "an IANA time zone"],
    ),
    "weight in per cent": (
        ("weights.yaml", MONTH, "result: 60, process: 25, potential: 15"),
        ["value.result: found 60", "a share from 0 to 1", "write 0.6 for 60 %"],
    ),
    "weights that do not sum": (
        ("weights.yaml", MONTH, "result: 0.55, process: 0.25, potential: 0.15"),
        ["dimension_weights_month.values.2024-01-01.value: found weights that sum to 19/20 = 0.95", "exactly 1"],
    ),
    "weight out of bounds": (
        ("weights.yaml", MONTH, "result: 0.65, process: 0.20, potential: 0.15"),
        ["value.result: found 13/20 = 0.65", "allowed: 0.5 to 0.6", "give a waiver"],
    ),
    "ranges too high": (
        ("weights.yaml", "result: [0.50, 0.60]", "result: [0.75, 0.80]"),
        ["dimension_weights_month.bounds: found lows that sum to 1.05", "at most 1"],
    ),
    "ranges too low": (
        ("weights.yaml", "result: [0.50, 0.60]", "result: [0.30, 0.40]"),
        ["dimension_weights_month.bounds: found highs that sum to 0.9", "at least 1"],
    ),
    "range upside down": (
        ("weights.yaml", "result: [0.50, 0.60]", "result: [0.60, 0.50]"),
        ["bounds.result: found [0.6, 0.5]", "[low, high] with low not above high"],
    ),
    "range that is no number": (
        ("weights.yaml", "result: [0.50, 0.60]", "result: [.nan, 0.60]"),
        ["bounds.result: found [nan, 0.6]", "[low, high] with low not above high"],
    ),
    "values that are none": (
        ("weights.yaml", "  values:\n    2024-01-01: {value: {result", "  values: x\n  was:\n    2024-01-01: {value: {result"),
        ["dimension_weights_month.values: found 'x'", "a valid dictionary"],
    ),
    "range for one dimension missing": (
        ("weights.yaml", "bounds: {result: [0.50, 0.60], process: [0.20, 0.30], ", "bounds: {result: [0.50, 0.60], "),
        ["dimension_weights_month.bounds: found no range for process", "a range for each dimension"],
    ),
    "role weights that do not sum": (
        ("roles.yaml", "net_sales: {weight: 0.30}", "net_sales: {weight: 0.31}"),
        ["operations.values.2024-01-01.value.month.result: found weights that sum to 101/100 = 1.01", "exactly 1"],
    ),
    "role without a dimension": (
        ("roles.yaml", "waiver: such data", "note: such data"),
        ["sales.values.2024-01-01.value.without: found process, potential", "unless there is a waiver"],
    ),
    "role with nothing in a dimension": (
        ("roles.yaml", "without: [process, potential]", "without: [process]"),
        ["sales.values.2024-01-01.value.month.potential: found no indicators", "a place in without"],
    ),
    "role without any dimension": (
        ("roles.yaml", "without: [process, potential]", "without: [process, potential, result]"),
        ["sales.values.2024-01-01.value.without: found all dimensions", "at least one dimension"],
    ),
    "unknown indicator in a role": (
        ("roles.yaml", "product_page_conversion_rate", "product_page_conversion"),
        ["found an unknown indicator product_page_conversion", "such as product_page_conversion_rate"],
    ),
    "indicator twice in a role": (
        ("roles.yaml", "idea_traffic_uplift: {weight: 0.35}", "net_sales: {weight: 0.35}"),
        ["operations.values.2024-01-01.value.month: found net_sales in two dimensions", "each indicator once"],
    ),
    "indicator in the wrong dimension": (
        ("roles.yaml", "idea_traffic_uplift: {weight: 0.35}", "csat: {weight: 0.35}"),
        ["value.month.potential.csat: found csat under potential", "its dimension, process"],
    ),
    "driver that is scored": (
        ("roles.yaml", "qualified_traffic_share:", "organic_precision_rate:"),
        ["found organic_precision_rate under result", "its dimension, driver"],
    ),
    "level at which the indicator does not exist": (
        ("roles.yaml", "sales_per_head: {weight: 0.10, scored_at: team}", "sales_per_head: {weight: 0.10}"),
        ["month.result.sales_per_head.scored_at: found person", "at which sales_per_head exists: company, team"],
    ),
    "unknown level": (
        ("roles.yaml", "scored_at: team", "scored_at: squad"),
        ["scored_at: found 'squad'", "'person', 'team', 'channel' or 'company'"],
    ),
    "scored without a curve": (
        ("scoring.yaml", "        csat: rate\n", ""),
        ["month.process.csat: found csat, scored without a curve", "add it to kpi_curves"],
    ),
    "curve for an unknown indicator": (
        ("scoring.yaml", "csat: rate", "csat: rate\n        nps: rate"),
        ["kpi_curves.values.2024-01-01.value.nps: found an unknown indicator nps", "params/kpis.yaml"],
    ),
    "unknown curve": (
        ("scoring.yaml", "csat: rate", "csat: rates"),
        ["value.csat: found an unknown curve rates", "collection_levels, cost_budget, deduction, double_loss", "whole_steps"],
    ),
    "curve that nothing uses": (
        ("scoring.yaml", "script_violations: deduction\n        ad_violations: deduction", "script_violations: rate\n        ad_violations: rate"),
        ["deduction: found a curve no indicator uses: deduction", "use it or remove it"],
    ),
    "curve of an unknown kind": (
        ("scoring.yaml", "kind: ratio", "kind: log"),
        ["params/scoring.yaml", "volume.values.2024-01-01.value", "'ratio', 'lower', 'piecewise', 'deduction', 'asymmetric', 'cost_budget', 'steps', 'levels'"],
    ),
    "points that fall": (
        ("scoring.yaml", "[[0.70, 50], [1.00, 100], [1.15, 120]]", "[[0.70, 50], [1.00, 100], [1.15, 90]]"),
        ["rate.values.2024-01-01.value.points_at.2: found [1.15, 90.0] after [1.0, 100.0]", "points that never fall"],
    ),
    "indicator in no role": (
        ("kpis.yaml", "  dimension: driver\n", "  dimension: result\n"),
        ["gross_sales.dimension: found result, but no role is scored on gross_sales", "call it driver"],
    ),
    "reading that does not exist": (
        ("kpis.yaml", "reading: blended", "reading: mixed"),
        ["cac.values.2024-01-01.value.reading: found mixed", "blended, paid"],
    ),
    "no reading where definitions differ": (
        ("kpis.yaml", "{min_n: 10, reading: blended}", "{min_n: 10}"),
        ["cac.values.2024-01-01.value: found no reading", "blended, paid", "say which definition holds"],
    ),
    "section left out": (
        ("kpis.yaml", "source: METHODOLOGY §2.1", "source: METHODOLOGY"),
        ["net_sales.source: found 'METHODOLOGY'", "match pattern"],
    ),
    "thresholds that do not descend": (
        ("grades.yaml", "{A: 100, B: 85, C: 70, D: 0}", "{A: 100, B: 70, C: 85, D: 0}"),
        ["thresholds.values.2024-01-01.value.C: found C from 85 after B from 70", "descend from best to worst"],
    ),
    "scores without a grade": (
        ("grades.yaml", "{A: 100, B: 85, C: 70, D: 0}", "{A: 100, B: 85, C: 70, D: 1}"),
        ["value.D: found 1", "0 for the last grade", "so that every score has a grade"],
    ),
    "grades out of order": (
        ("grades.yaml", "{A: 100, B: 85, C: 70, D: 0}", "{B: 100, A: 85, C: 70, D: 0}"),
        ["thresholds.values.2024-01-01.value: found B, A, C, D", "grades in the order A, B, C, D"],
    ),
    "promotion that ends before it starts": (
        ("calendar.yaml", "first: 2024-06-01, last: 2024-06-20", "first: 2024-06-20, last: 2024-06-01"),
        ["promotions_2024.values.2024-01-01.value.", "618 burst that ends 2024-06-01, before it starts", "first ≤ last"],
    ),
    "windows that overlap": (
        ("calendar.yaml", "last: 2024-05-31", "last: 2024-06-02"),
        ["618 burst from 2024-06-01, while presale lasts until 2024-06-02", "do not overlap"],
    ),
    "phases out of order": (
        ("calendar.yaml", "phase: after, first: 2024-06-21", "phase: preheat, first: 2024-06-21"),
        ["found 618 preheat after burst", "the order preheat, presale, burst, after"],
    ),
    "window of another year": (
        ("calendar.yaml", "first: 2024-09-09, last: 2024-09-09", "first: 2025-09-09, last: 2025-09-09"),
        ["found sale99 burst 2025-09-09..2025-09-09", "days of 2024", "move the row to promotions_2025"],
    ),
    "unknown promotion": (
        ("calendar.yaml", "id: sale99", "id: sale88"),
        ["promotions_2024.values.2024-01-01.value.8.id: found an unknown promotion sale88", "618, double11"],
    ),
    "unknown phase": (
        ("calendar.yaml", "phase: presale", "phase: warmup"),
        ["phase: found 'warmup'", "'preheat', 'presale', 'burst' or 'after'"],
    ),
    "day that does not exist": (
        ("calendar.yaml", "last: 2024-06-20", "last: 2024-06-31"),
        ["params/calendar.yaml", "allowed: well-formed YAML"],
    ),
    "rate that is split like a volume": (
        ("targets.yaml", "orders: history", "refund_rate: history"),
        ["distributed.values.2024-01-01.value.refund_rate: found refund_rate, which is a rate", "volumes"],
    ),
    "money target for a share": (
        ("targets.yaml", "          aov: ", "          csat: "),
        ["money_defaults.values.2024-01-01.value.targets.csat: found a target in money for csat", "indicators in money"],
    ),
    "number out of general bounds": (
        ("targets.yaml", "csat: ", "csat: 900"),
        ["rate_defaults.values.2024-01-01.value.csat: found 900", "0 to 1000"],
    ),
    "weight out of bounds in a quarter": (
        ("weights.yaml", MONTH, "result: 0.45, process: 0.30, potential: 0.25", "dimension_weights_quarter:"),
        ["dimension_weights_quarter.values.2024-01-01.value.result: found 9/20 = 0.45", "0.5 to 0.6", "give a waiver"],
    ),
    "weight out of bounds in a year": (
        ("weights.yaml", MONTH, "result: 0.60, process: 0.31, potential: 0.09", "dimension_weights_year:"),
        ["dimension_weights_year.values.2024-01-01.value.process: found 31/100 = 0.31", "0.2 to 0.3", "give a waiver"],
    ),
    "layers that do not sum": (
        ("weights.yaml", "{month: 1/4, quarter: 7/20, year: 2/5}", "{month: 1/4, quarter: 7/20, year: 1/2}"),
        ["layer_weights.values.2024-01-01.value: found weights that sum to 11/10 = 1.1", "exactly 1", "correct them"],
    ),
    "layer left out": (
        ("weights.yaml", "{month: 1/4, quarter: 7/20, year: 2/5}", "{month: 1/4, quarter: 3/4}"),
        ["layer_weights.values.2024-01-01.value.year: found nothing", "year is required"],
    ),
    "role without indicators": (
        ("roles.yaml", SELLER, "month: {}"),
        ["sales.values.2024-01-01.value.month.result: found no indicators", "a place in without, with a waiver"],
    ),
    "role without indicators in a year": (
        ("roles.yaml", SELLER, f"year: {{}}\n        {SELLER}"),
        ["sales.values.2024-01-01.value.year.result: found no indicators", "a place in without, with a waiver"],
    ),
    "gate that is negative": (
        ("roles.yaml", "gate: 60", "gate: -1"),
        ["month.process.script_violations.gate: found -1", "greater than 0"],
    ),
    "gate that nobody could pass": (
        ("roles.yaml", "gate: 60", "gate: 101"),
        ["month.process.script_violations.gate: found 101", "less than or equal to 100"],
    ),
    "scored in a year without a curve": (
        ("scoring.yaml", "        ltv: rate\n", ""),
        ["operations.values.2024-01-01.value.year.result.ltv: found ltv, scored without a curve", "indicators with a curve", "add it to kpi_curves"],
    ),
    "knots that do not rise": (
        ("scoring.yaml", "[[0.00, 40], [1.00, 100], [2.00, 120]]", "[[0.00, 40], [1.00, 100], [1.00, 120]]"),
        ["uplift.values.2024-01-01.value.points_at.2: found [1.0, 120.0] after [1.0, 100.0]", "attainment that rises", "correct the knot"],
    ),
    "knot of one number": (
        ("scoring.yaml", "[[0.00, 40], [1.00, 100], [2.00, 120]]", "[[0.00, 40], [1.00, 100], [2.00]]"),
        ["uplift.values.2024-01-01.value.points_at.2: found [2.0]", "at least 2 items"],
    ),
    "levels that fall": (
        ("scoring.yaml", "[1.00, 100], [1.03, 110]]", "[1.00, 100], [1.03, 95]]"),
        ["collection_levels.values.2024-01-01.value.rows.4: found [1.03, 95.0] after [1.0, 100.0]", "attainment that rises and points that never fall"],
    ),
    "levels of values that fall": (
        ("scoring.yaml", "of: attainment, rows: [[0.80, 60], [0.90, 80]", "of: value, rows: [[0.90, 60], [0.80, 80]"),
        ["collection_levels.values.2024-01-01.value.rows.1: found [0.8, 80.0] after [0.9, 60.0]", "values that rise and points that never fall"],
    ),
    "levels of something else": (
        ("scoring.yaml", "of: attainment", "of: rank"),
        ["collection_levels.values.2024-01-01.value.of: found 'rank'", "'attainment' or 'value'"],
    ),
    "more steps up for a target that is further below": (
        ("scoring.yaml", "[[0.20, 5], [0.50, 4], [1.00, 3]]", "[[0.20, 4], [0.50, 5], [1.00, 3]]"),
        ["whole_steps.values.2024-01-01.value.ambition.1: found [0.5, 5.0] after [0.2, 4.0]", "shortfalls that rise and steps that never rise"],
    ),
    "shortfalls that do not rise": (
        ("scoring.yaml", "[[0.20, 5], [0.50, 4], [1.00, 3]]", "[[0.50, 5], [0.20, 4], [1.00, 3]]"),
        ["whole_steps.values.2024-01-01.value.ambition.1: found [0.2, 4.0] after [0.5, 5.0]", "shortfalls that rise"],
    ),
    "more steps up than there are": (
        ("scoring.yaml", "[[0.20, 5], [0.50, 4], [1.00, 3]]", "[[0.20, 7], [0.50, 4], [1.00, 3]]"),
        ["whole_steps.values.2024-01-01.value.ambition.0: found 7 steps", "at most up, 6"],
    ),
    "more steps down than points": (
        ("scoring.yaml", "kind: steps, base: 30", "kind: steps, base: 5"),
        ["whole_steps.values.2024-01-01.value.down: found down 6 with base 5", "at most the base, 5"],
    ),
    "another way where nothing can be scored": (
        ("scoring.yaml", "kind: ratio, floor: 0.50", "kind: ratio, missing: zero, floor: 0.50"),
        ["volume.values.2024-01-01.value.missing: found 'zero'", "'redistribute', 'not_assessable' or 'carry'"],
    ),
    "unknown correction of ratings": (
        ("scoring.yaml", "method: shared_ratees", "method: median"),
        ["leniency.values.2024-01-01.value.method: found 'median'", "'none', 'shared_ratees', 'ratio' or 'standardise'"],
    ),
    "correction of ratings without a limit": (
        ("scoring.yaml", "limit: 0.10", "limit: 1"),
        ["leniency.values.2024-01-01.value.limit: found 1", "less than or equal to 0.5"],
    ),
    "estimated peers of marks": (
        ("kpis.yaml", "{min_n: 20, shrink: 20}", "{min_n: 20, shrink: estimated}"),
        ["csat.values.2024-01-01.value.shrink: found estimated for a value in points", "estimated only for shares of counts", "pseudo-observations"],
    ),
    "small samples of a sum": (
        ("kpis.yaml", "acquired_customers:", "acquired_customers:\n  values: {2024-01-01: {value: {shrink: 20}, decided: x}}"),
        ["acquired_customers.values.2024-01-01.value.shrink: found 20 for a volume", "rates: a volume has no mean"],
    ),
    "peers worth less than one observation": (
        ("kpis.yaml", "shrink: 20", "shrink: 0"),
        ["csat.values.2024-01-01.value.shrink: found 0", "greater than 0"],
    ),
    "forced without quotas": (
        ("grades.yaml", "{kind: thresholds}", "{kind: forced}"),
        ["distribution.values.2024-01-01.value.quotas: found no quotas", "shares of all grades that sum to exactly 1"],
    ),
    "quotas that do not sum": (
        ("grades.yaml", "{kind: thresholds}", "{kind: forced, quotas: {A: 0.1, B: 0.7, C: 0.1, D: 0.2}}"),
        ["distribution.values.2024-01-01.value.quotas: found quotas that sum to 11/10", "sum to exactly 1"],
    ),
    "quotas out of order": (
        ("grades.yaml", "{kind: thresholds}", "{kind: forced, quotas: {B: 0.7, A: 0.1, C: 0.1, D: 0.1}}"),
        ["distribution.values.2024-01-01.value.quotas: found B, A, C, D", "grades in the order A, B, C, D"],
    ),
    "quota of a grade without a threshold": (
        ("grades.yaml", "{kind: thresholds}", "{kind: forced, quotas: {A: 0.1, B: 0.7, C: 0.1, E: 0.1}}"),
        ["distribution.values.2024-01-01.value.quotas.E", "'A', 'B', 'C' or 'D'"],
    ),
    "a cohort of one": (
        ("grades.yaml", "{kind: thresholds}", "{kind: thresholds, min_cohort: 1}"),
        ["distribution.values.2024-01-01.value.min_cohort: found 1", "greater than or equal to 2"],
    ),
    "teams scaled where they share places": (
        ("grades.yaml", "{kind: thresholds}", FORCED + "cohort: company, team_scale: [[0.9, 0.5], [1.1, 1.5]]}"),
        ["distribution.values.2024-01-01.value.team_scale: found team_scale with cohort company", "each team has its own places"],
    ),
    "scale of teams that falls": (
        ("grades.yaml", "{kind: thresholds}", FORCED + "cohort: team, team_scale: [[0.9, 1.5], [1.1, 0.5]]}"),
        ["distribution.values.2024-01-01.value.team_scale.1: found [1.1, 0.5] after [0.9, 1.5]", "factors that never fall"],
    ),
    "tie broken by an unknown indicator": (
        ("grades.yaml", "{kind: thresholds}", FORCED + "tie: sales}"),
        ["distribution.values.2024-01-01.value.tie: found sales", "promote, or an indicator"],
    ),
    "veto that gives no lowest grade": (
        ("grades.yaml", "{grade: D, stands", "{grade: C, stands"),
        ["veto.values.2024-01-01.value.grade: found C", "the lowest grade, D"],
    ),
    "veto below the grades there are": (
        ("grades.yaml", "{A: 100, B: 85, C: 70, D: 0}", "{A: 100, B: 85, C: 0}"),
        ["veto.values.2024-01-01.value.grade: found D", "the lowest grade, C"],
    ),
    "certainty of few draws": (
        ("grades.yaml", "draws: 2000", "draws: 20"),
        ["certainty.values.2024-01-01.value.draws: found 20", "greater than or equal to 100"],
    ),
    "next step for an unknown indicator": (
        ("feedback.yaml", "- kpi: net_sales\n          role: operations", "- kpi: net_sale\n          role: operations"),
        ["next_steps.values.2024-01-01.value.0.kpi: found net_sale", "an indicator of params/kpis.yaml"],
    ),
    "next step for an unknown role": (
        ("feedback.yaml", "role: operations", "role: operator"),
        ["next_steps.values.2024-01-01.value.0.role: found operator", "a role of params/roles.yaml"],
    ),
    "two next steps for the same": (
        ("feedback.yaml", "- kpi: net_sales\n          role: service", "- kpi: net_sales\n          role: operations"),
        ["next_steps.values.2024-01-01.value.1: found a second step for net_sales, operations", "one each"],
    ),
    "next step without a day": (
        ("feedback.yaml", "days: 14\n", "days: 0\n"),
        ["next_steps.values.2024-01-01.value.0.days: found 0", "greater than 0"],
    ),
    "next step in one language": (
        ("feedback.yaml", "          deliverable:\n            zh:", "          deliverable:\n            cn:"),
        ["next_steps.values.2024-01-01.value.0.deliverable.zh: found nothing", "zh is required"],
    ),
    "no time to sign": (
        ("feedback.yaml", "{value: 5, decided", "{value: 0, decided"),
        ["sign_days.values.2024-01-01.value: found 0", "greater than 0"],
    ),
    "broken YAML": (
        ("grades.yaml", "thresholds:\n", "thresholds: [\n"),
        ["params/grades.yaml:", "allowed: well-formed YAML"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEE)
def test_a_broken_rule_is_refused_with_its_place_and_its_remedy(name, project, edit):
    change, wanted = SEE[name]
    edit(*change)
    found = messages(project)
    assert any(all(piece in message for piece in wanted) for message in found), found
    assert len(found) <= 4, found  # one mistake is no flood


def test_every_problem_of_every_file_is_told_at_once(project, edit):
    edit("company.yaml", "{value: 10,", "{value: 40,")
    edit("company.yaml", "value: CNY", "value: yuan")
    edit("weights.yaml", MONTH, "result: 0.55, process: 0.25, potential: 0.15")
    edit("grades.yaml", "{A: 100, B: 85", "{A: 70, B: 85")
    edit("scoring.yaml", "csat: rate", "csat: rates")
    found = messages(project)
    for piece in ("close_day", "currency", "19/20", "B from 85 after A from 70", "unknown curve rates"):
        assert any(piece in message for message in found), piece


def test_a_problem_names_the_line(project, edit):
    edit("weights.yaml", MONTH, "result: 0.65, process: 0.20, potential: 0.15")
    text = (project / "params" / "weights.yaml").read_text("utf-8").splitlines()
    line = next(number for number, row in enumerate(text, start=1) if "0.65" in row)
    assert any(message.startswith(f"params/weights.yaml:{line} ") for message in messages(project))


def test_a_problem_in_a_value_of_later_years_is_found_but_stops_no_report_of_today(project, edit):
    edit(
        "weights.yaml",
        "note: centroid of the ranges}",
        "note: centroid of the ranges}\n    2027-01-01: {value: {result: 0.9, process: 0.05, potential: 0.05}, decided: me}",
    )
    assert any("values.2027-01-01.value.result" in message for message in messages(project))
    assert load_policy("2026-06", root=project).digest
    with pytest.raises(ParamError, match="2027-01-01"):
        load_policy("2027-01", root=project)


def test_a_waiver_lets_a_value_out_of_its_bounds(project, edit):
    edit(
        "weights.yaml",
        FIRST_WEIGHTS,
        "{value: {result: 0.70, process: 0.20, potential: 0.10}, waiver: trial, decided: board",
    )
    assert messages(project) == []
    policy = load_policy("2026-06", root=project)
    assert float(policy.dimension_weights["result"]) == 0.7
    assert policy.decisions["weights.dimension_weights_month"].waiver == "trial"


def test_no_waiver_makes_weights_sum_to_something_else(project, edit):
    edit(
        "weights.yaml",
        FIRST_WEIGHTS,
        "{value: {result: 0.70, process: 0.20, potential: 0.20}, waiver: trial, decided: board",
    )
    assert any("weights that sum to 11/10" in message for message in messages(project))


def test_files_that_cannot_be_read_are_problems_not_crashes(project, tmp_path):
    for name, data, wanted in (
        ("gbk.yaml", "名称: 值\n".encode("gbk"), "bytes that are not UTF-8"),
        ("list.yaml", b"- 1\n- 2\n", "found a list"),
        ("empty.yaml", b"", "found nothing"),
        ("tab.yaml", b"a:\n\t- 1\n", "well-formed YAML"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(ParamError, match=wanted):
            read_yaml(path)
    with pytest.raises(ParamError, match="no such file"):
        read_yaml(tmp_path / "absent.yaml")


def test_a_duplicate_key_names_file_line_and_key(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text("a: 1\nb:\n  c: 1\n  c: 2\n", "utf-8")
    with pytest.raises(ParamError) as caught:
        read_yaml(path)
    assert str(caught.value).startswith(f"{path}:4: found the key c for the second time")


def test_a_missing_file_of_the_rules_is_one_problem(project, edit):
    path = project / "params" / "feedback.yaml"
    text = path.read_text("utf-8")
    path.unlink()
    try:
        found = messages(project)
    finally:
        path.write_text(text, "utf-8")
    assert len(found) == 1
    assert "no such file" in found[0]
