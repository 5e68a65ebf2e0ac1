"""One list of dependencies, and a lock that belongs to it."""

from __future__ import annotations

import re
import shutil
import subprocess
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


def test_every_third_party_import_is_declared(root):
    declared = {
        re.match(r"[A-Za-z0-9_.-]+", line)[0].lower().replace("-", "_").replace(".", "_")
        for line in _pyproject(root)["project"]["dependencies"]
    }
    module_of = {"ibis_framework": "ibis", "python_calamine": "python_calamine", "ruamel_yaml": "ruamel",
                 "fonttools": "fontTools"}
    known = {module_of.get(name, name) for name in declared} | {"psycopg"}
    import sys

    imported = set()
    for path in (root / "salesperf_lib").rglob("*.py"):
        for match in re.finditer(r"^\s*(?:from|import) ([A-Za-z_]\w*)", path.read_text(encoding="utf-8"), re.M):
            imported.add(match[1])
    third_party = imported - set(sys.stdlib_module_names) - {"salesperf_lib"}
    prose = {name for name in third_party if name[0].islower() and name not in known and not _is_module(name)}
    assert third_party - known - prose == set()


def _is_module(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


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
