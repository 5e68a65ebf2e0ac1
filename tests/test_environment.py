"""One list of dependencies, and a lock that belongs to it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from salesperf_lib.params import read_yaml


def _pyproject(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_environment_yml_installs_the_project_and_adds_no_list_of_its_own(root):
    environment = read_yaml(root / "environment.yml")
    project = _pyproject(root)["project"]
    assert environment["name"] == project["name"]
    python, pip, from_pip = environment["dependencies"]
    assert python == f"python {project['requires-python']}"
    assert pip == "pip"
    assert from_pip == {"pip": ["-e ."]}


IMPORTED_AS = {
    "ibis-framework": "ibis",
    "ruamel.yaml": "ruamel",
    "fonttools": "fontTools",
    "ipython": "IPython",
    "python-docx": "docx",
}


def test_every_third_party_import_is_declared_and_every_declared_one_is_used(root):
    lines = _pyproject(root)["project"]["dependencies"]
    names = [re.match(r"[A-Za-z0-9_.-]+", line)[0] for line in lines]
    declared = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names}
    imported = _imports(root / "salesperf_lib") - set(sys.stdlib_module_names) - {"salesperf_lib"}
    extras = {
        re.match(r"[A-Za-z0-9_.-]+", line)[0].replace("-", "_")
        for name in ("dask", "pdf")  # refused with a message where they are not installed
        for line in _pyproject(root)["project"]["optional-dependencies"][name]
    }
    assert extras <= imported
    imported -= extras
    assert imported - declared == set()
    # Not imported but needed: the front end, the kernel's program, a font in a package, an engine behind Ibis.
    assert declared - imported == {"jupyterlab", "ipykernel", "zhplot", "sqlglot"} - imported


def _imports(folder: Path) -> set[str]:
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    return found


def test_the_lock_is_current(root):
    uv = shutil.which("uv") or root / ".uv" / "bin" / "uv"
    if not Path(uv).exists():
        pytest.skip("uv is neither on the PATH nor in .uv")
    done = subprocess.run([str(uv), "lock", "--check"], cwd=root, capture_output=True, text=True, check=False)
    if "error sending request" in done.stderr or "Failed to fetch" in done.stderr:
        pytest.skip("no package index can be reached from here")
    assert done.returncode == 0, done.stderr


def test_the_version_is_said_once(root):
    import salesperf_lib

    assert _pyproject(root)["project"]["version"] == salesperf_lib.__version__
