"""Adopting a value keeps every comment, and the editors' schema is the models' own."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from salesperf_lib.errors import ParamError
from salesperf_lib.params import append_value, check_params, load_policy, read_yaml, write_schema
from salesperf_lib.params.write import schema_texts, write_atomically

ROOT = Path(__file__).resolve().parents[1]
SCHEME = {"result": Fraction(3, 5), "process": Fraction(1, 4), "potential": Fraction(3, 20)}


@pytest.fixture
def project(tmp_path) -> Path:
    shutil.copytree(ROOT / "params", tmp_path / "params", ignore=shutil.ignore_patterns("sources"))
    (tmp_path / "params" / "sources").mkdir()
    (tmp_path / "params" / "sources" / "sample.yaml").write_text("name: {zh: 示例, en: Sample}\n", "utf-8")
    return tmp_path


def test_a_value_is_added_and_every_other_line_stays(project):
    path = project / "params" / "weights.yaml"
    before = path.read_text("utf-8").splitlines()
    append_value(
        "weights",
        "dimension_weights_month",
        date(2026, 7, 1),
        SCHEME,
        "calibration 2026-07-01",
        note="costlier traffic",
        root=project,
    )
    after = path.read_text("utf-8").splitlines()
    (new,) = [line for line in after if line not in before]
    assert [line for line in after if line != new] == before
    assert new.strip() == (
        "2026-07-01: {value: {result: 0.6, process: 0.25, potential: 0.15}, "
        "decided: calibration 2026-07-01, note: costlier traffic}"
    )
    assert load_policy("2026-07", root=project).dimension_weights == SCHEME
    assert check_params(project) == []


@pytest.mark.parametrize(
    "file", ["company", "kpis", "roles", "weights", "scoring", "grades", "feedback", "calendar", "targets"]
)
def test_no_file_loses_a_comment_or_a_line_when_a_value_is_added(file, project):
    path = project / "params" / f"{file}.yaml"
    before = path.read_text("utf-8")
    key, entry = next((key, entry) for key, entry in read_yaml(path).items() if entry.get("values"))
    value = next(iter(entry["values"].values()))["value"]
    append_value(file, key, date(2027, 5, 1), value, "test", root=project)
    after = path.read_text("utf-8").splitlines()
    kept = iter(after)
    assert all(line in kept for line in before.splitlines())  # as a subsequence, in order
    assert len(after) == len(before.splitlines()) + 1


def test_thirds_stay_fractions_and_everything_optional_is_written(project):
    scheme = {"result": Fraction(17, 30), "process": Fraction(8, 30), "potential": Fraction(5, 30)}
    path = append_value(
        "weights",
        "dimension_weights_year",
        date(2026, 7, 1),
        scheme,
        "x",
        recorded=date(2026, 6, 20),
        waiver="w",
        root=project,
    )
    line = next(line for line in path.read_text("utf-8").splitlines() if "2026-07-01" in line)
    assert "{result: 17/30, process: 4/15, potential: 1/6}" in line
    assert "recorded: 2026-06-20, waiver: w" in line


@pytest.mark.parametrize(
    ("file", "key", "since", "value", "wanted"),
    [
        ("weight", "dimension_weights_month", date(2026, 7, 1), SCHEME, "no such file"),
        ("../params/weights", "dimension_weights_month", date(2026, 7, 1), SCHEME, "no such file"),
        ("weights", "dimension_weights", date(2026, 7, 1), SCHEME, "no parameter dimension_weights"),
        ("weights", "dimension_weights_month", date(2024, 1, 1), SCHEME, "a value already"),
        ("weights", "dimension_weights_month", date(2026, 7, 2), SCHEME, "the first day of a month"),
        ("weights", "dimension_weights_month", date(2026, 7, 1), {**SCHEME, "result": 0.7}, "0.5 to 0.6"),
        ("company", "close_day", date(2026, 7, 1), 31, "less than or equal to 28"),
    ],
)
def test_a_value_that_breaks_a_rule_is_not_written(file, key, since, value, wanted, project):
    before = {path: path.read_bytes() for path in (project / "params").rglob("*.yaml")}
    with pytest.raises(ParamError, match=re.escape(wanted)):
        append_value(file, key, since, value, "x", root=project)
    assert {path: path.read_bytes() for path in (project / "params").rglob("*.yaml")} == before


def test_a_write_that_fails_leaves_the_old_text_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    path.write_text("old", "utf-8")

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match=r"^$"):
        write_atomically(path, "new")
    assert path.read_text("utf-8") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.yaml"]


def test_the_schema_files_are_current():
    folder = ROOT / "params" / "schema"
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == schema_texts()


def test_the_schema_is_written_once_and_then_left_alone(project):
    shutil.rmtree(project / "params" / "schema")
    first = [(path, path.stat().st_mtime_ns) for path in write_schema(project)]
    assert [(path, path.stat().st_mtime_ns) for path in write_schema(project)] == first
    assert len(first) == 10


def test_every_yaml_of_the_rules_names_its_schema():
    folder = ROOT / "params"
    for path in [*folder.glob("*.yaml"), *(folder / "scenarios").glob("*.yaml")]:
        first = path.read_text("utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema="), path
        assert (path.parent / first.partition("$schema=")[2]).is_file(), path


def test_the_schema_declares_what_the_models_demand():
    weights = json.loads(schema_texts()["weights.json"])
    schemes = {f"dimension_weights_{name}" for name in ("month", "quarter", "year")}
    assert set(weights["required"]) == {*schemes, "constraints", "exploration", "layer_weights"}
    assert weights["additionalProperties"] is False
    calendar = json.loads(schema_texts()["calendar.json"])
    assert calendar["propertyNames"] == {
        "anyOf": [{"enum": ["campaigns"]}, {"pattern": r"^promotions_\d{4}$"}]
    }


def test_the_worked_example_of_the_guide_does_what_the_guide_says(project):
    guide = (ROOT / "params" / "README.md").read_text("utf-8")
    added = next(line for line in guide.splitlines() if line.startswith("    2026-07-01: {value:"))
    path = project / "params" / "weights.yaml"
    before = load_policy("2026-06", root=project).digest
    lines = path.read_text("utf-8").splitlines()
    lines.insert(
        next(number for number, line in enumerate(lines) if line.startswith("    2024-01-01:")) + 1, added
    )
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert check_params(project) == []
    assert load_policy("2026-06", root=project).digest == before
    july = load_policy("2026-07", root=project)
    assert july.dimension_weights == SCHEME
    assert (
        july.decisions["weights.dimension_weights_month"].decided == "target calibration meeting 2026-07-01"
    )
    path.write_text(
        path.read_text("utf-8").replace("result: 0.60, process: 0.25", "result: 0.60, process: 0.30"), "utf-8"
    )
    told = next(line for line in guide.splitlines() if line.startswith("params/weights.yaml:"))
    assert told in {str(problem) for problem in check_params(project)}


def as_json(value: object) -> object:
    """Write a YAML value as an editor's checker sees it: dates as text."""
    if isinstance(value, dict):
        return {str(key): as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def test_editors_find_nothing_to_underline_and_see_a_slip():
    jsonschema = pytest.importorskip("jsonschema")
    for path in [*(ROOT / "params").glob("*.yaml"), *(ROOT / "params" / "scenarios").glob("*.yaml")]:
        name = "scenario" if path.parent.name == "scenarios" else path.stem
        schema = json.loads((ROOT / "params" / "schema" / f"{name}.json").read_text("utf-8"))
        jsonschema.validate(as_json(read_yaml(path)), schema)
    weights = as_json(read_yaml(ROOT / "params" / "weights.yaml"))
    weights["dimension_weights_month"]["values"]["2024-01-01"]["value"]["result"] = 55
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            weights, json.loads((ROOT / "params" / "schema" / "weights.json").read_text("utf-8"))
        )
