"""Digests of what a report depends on besides its parameters, the policy and the data."""

from __future__ import annotations

import hashlib
import re
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DISTRIBUTION = "salesperf"
NOT_IN_REPORTS = ("cli/", "sample/", "templates/voila/", "render/comparison/")
"""Parts of the library that no report depends on."""
RUNNING = (
    "bundle", "cluster", "cluster_child", "cluster_client", "cluster_worker", "comparison", "coverage",
    "digests", "edition", "freshness", "index", "index_style", "index_tables", "interruption", "locking",
    "manifest", "placing", "plan", "prepared", "runner", "subjects", "travel", "workers",
)  # fmt: skip
"""Modules of `render` that decide which reports are made and where, not what is in them."""


def file_digest(path: Path) -> str:
    """Give the digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def library_digest(package: Path = PACKAGE) -> str:
    """Give the digest of the library's code, styles and templates that reports depend on.

    The version alone does not tell: whoever works on the library does not raise it at every edit. A file
    that is not known to be without effect counts.
    """
    found = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.suffix not in (".pyc", "") and not _without_effect(name) and path.is_file():
            found.update(f"{name}\0{file_digest(path)}\n".encode())
    return found.hexdigest()[:16]


def packages_digest() -> str:
    """Give the digest of the versions of the packages that the library requires."""
    names = (
        re.match(r"[\w.-]+", line) for line in metadata.requires(DISTRIBUTION) or () if "extra" not in line
    )
    versions = sorted(f"{name[0]} {_version(name[0])}" for name in names if name is not None)
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:16]


def _without_effect(name: str) -> bool:
    return name.startswith(NOT_IN_REPORTS) or name in {f"render/{module}.py" for module in RUNNING}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"
