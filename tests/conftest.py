"""What several test files share: the project's root, the sample company and its policy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("untimed", deadline=None)  # how long an example takes never fails a test
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the checkout's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of real data that lies beside the checkout, or skip."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets do not lie beside this checkout (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def sample_facts(root: Path):
    """Load the sample company's exports as they are now; nothing is written where the snapshot is known."""
    from salesperf_lib import facts

    return facts.load("sample", root=root)


@pytest.fixture(scope="session")
def sample_policy(root: Path):
    """Give the sample company's rules in force in June 2026."""
    from salesperf_lib import params

    return params.load_policy("2026-06", source="sample", root=root)


@pytest.fixture(scope="session")
def sample_appraisal(sample_facts, sample_policy):
    """Appraise the sample company for June 2026, once."""
    from salesperf_lib import appraisal

    return appraisal.appraise(sample_facts, sample_policy)
