"""Which library a process runs: two machines make the same report only with the same one."""

from __future__ import annotations

import hashlib
import sys

import salesperf_lib
from salesperf_lib.render.digests import PACKAGE, file_digest, library_digest


def edition() -> str:
    """Tell version, code and Python of this process, as they were when it began."""
    return EDITION


def _edition() -> str:
    """Digest what reports depend on, and all of `render`: its parts on two machines talk to each other."""
    parts = [library_digest(), *(file_digest(path) for path in sorted((PACKAGE / "render").glob("*.py")))]
    code = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{salesperf_lib.__version__} (code {code}, Python {python})"


EDITION = _edition()
