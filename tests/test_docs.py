"""What the documents say is what the code and the params say."""

from __future__ import annotations

import re

from salesperf_lib import kpis, params


def _glossary(root) -> dict[str, list[str]]:
    text = (root / "docs" / "glossary.md").read_text(encoding="utf-8").split("## Terms")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in text.splitlines()
        if "| `" in line
    ]
    return {row[2].strip("`"): row for row in rows}


def test_the_same_indicators_stand_in_code_params_and_glossary(root):
    in_params = set(params.read_yaml(root / "params" / "kpis.yaml"))
    assert set(kpis.KPIS) == in_params
    assert set(_glossary(root)) == in_params


def test_the_glossary_tells_names_and_formulas_as_the_reports_do(root):
    rules = params.read_yaml(root / "params" / "kpis.yaml")
    for kpi, (zh, en, _, formula_zh, formula_en, section) in _glossary(root).items():
        rule = rules[kpi]
        down = " ↓" if rule["direction"] == "lower" else ""
        assert (zh, en) == (rule["name"]["zh"], rule["name"]["en"] + down)
        assert (formula_zh, formula_en) == (rule["formula"]["zh"], rule["formula"]["en"])
        assert section == rule["source"].replace("METHODOLOGY ", "")


def test_every_module_stands_on_the_map(root):
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (root / "salesperf_lib").glob("[a-z]*.py")} | {
        path.parent.name for path in (root / "salesperf_lib").glob("*/__init__.py")
    }
    assert {name for name in modules if f"`{name}`" not in text} == set()


def test_both_readmes_name_each_other_and_the_same_commands(root):
    en, zh = ((root / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert "README.zh-CN.md" in en
    assert "README.md" in zh
    commands = [re.findall(r"^(?:make|salesperf|jupyter)[^#\n]*", text, re.MULTILINE) for text in (en, zh)]
    assert [c.strip() for c in commands[0]] == [c.strip() for c in commands[1]]
    assert len(commands[0]) >= 8


def test_links_between_documents_lead_somewhere(root):
    for path in [*root.glob("*.md"), *root.glob("docs/**/*.md"), root / "params" / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")):
                assert (path.parent / target).exists(), f"{path.name} links {target}"
