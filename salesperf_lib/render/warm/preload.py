"""What the template imports, and under which circumstances its imports are also those of a kernel."""

from __future__ import annotations

import os
import pkgutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

import salesperf_lib
from salesperf_lib.render.warm.messages import WarmError

LIBRARIES = (
    "numpy", "pandas", "pandas.core.arrays.arrow.extension_types", "pandas.core.reshape.reshape",
    "pandas.core.methods.to_dict", "pyarrow.dataset", "pyarrow.pandas_compat", "pyarrow.parquet",
    "duckdb", "ibis", "ibis.backends.duckdb", "ibis.backends.duckdb.converter", "ibis.expr.types.groupby",
    "ibis.formats.pandas", "ibis.formats.pyarrow", "pandera.pandas", "scipy.stats", "chinese_calendar",
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "seaborn",
    "PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.JpegImagePlugin", "PIL.PngImagePlugin",
)  # fmt: skip
"""What reports compute and draw with, and what these import at their first use."""

KERNEL = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "ctypes", "http.server", "sqlite3", "tornado.platform.asyncio",
    "zmq.utils.garbage",
)  # fmt: skip
"""What a kernel imports while it starts."""

LEFT_OUT = frozenset({"cli", "render", "sample", "widgets"})
"""Packages of the library: ipywidgets, for one, looks for its kernel at import."""

IMPORTED_IN_CHILD = "matplotlib_inline"
"""It looks for its kernel at import, too: imported earlier, it would show no figure."""

READ_AHEAD = "SALESPERF_READ_AHEAD"
MEMORY_MANAGER = "jemalloc_bg_thd"
"""Arrow's: it expects a fork, and starts anew after it."""
INLINE = "module://matplotlib_inline.backend_inline"
IMPORT_TIME_NAMES = frozenset({"HOME", "LANG", "LANGUAGE", "TZ", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
IMPORT_TIME_PREFIXES = ("ARROW_", "LC_", "LD_", "MALLOC_", "MPL", "NUMPY_", "PYTHON")
"""Variables that are read while Python starts or a library is imported, and never again."""

Circumstances = tuple[tuple[tuple[str, str], ...], str]


def preload() -> dict[str, str]:
    """Import all that reports need, and start nothing.

    Returns
    -------
    dict
        Variables that imports have set in the environment: a kernel would have them, too.

    Raises
    ------
    WarmError
        If an import has started a thread: a fork would not have it.
    """
    # As ipykernel sets it before a notebook can import matplotlib, which reads it once.
    os.environ.setdefault("MPLBACKEND", INLINE)
    before = dict(os.environ)
    for name in (*LIBRARIES, *KERNEL, *_own_modules()):
        import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == IMPORTED_IN_CHILD]:
        del sys.modules[name]
    import_module("duckdb").default_connection().close()  # its import opens one, which has threads
    threads = [name for name in _threads() if name != MEMORY_MANAGER]
    if len(threads) != 1:
        raise WarmError(f"{len(threads)} threads were started: {', '.join(threads)}")
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


def read_ahead(environment: Mapping[str, str]) -> None:
    """Read the rules that the kernels will ask for: a third of a second on each.

    What is kept is a function of the files' texts: a kernel that finds other texts reads them again.

    Parameters
    ----------
    environment
        With period, source and scenario in ``SALESPERF_READ_AHEAD``, in this order; else nothing is read.
    """
    from salesperf_lib.errors import SalesPerfError
    from salesperf_lib.params import load_policy

    words = environment.get(READ_AHEAD, "").split()
    if len(words) == 3:
        with suppress(SalesPerfError):  # a report that meets it will say so
            load_policy(words[0], words[1], words[2])


def circumstances_of(environment: Mapping[str, str]) -> Circumstances:
    """Give what must not differ between a template's imports and those of a kernel."""
    read = {
        name: value
        for name, value in environment.items()
        if name in IMPORT_TIME_NAMES or name.startswith(IMPORT_TIME_PREFIXES)
    }
    return tuple(sorted(read.items())), library_state()


def library_state(folder: Path | None = None) -> str:
    """Digest the names, sizes and times of change of the library's modules: an edit gives another one."""
    home = folder or Path(salesperf_lib.__file__).parent
    state = blake2b(digest_size=16)
    for place, folders, files in os.walk(home):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(file for file in files if file.endswith(".py")):
            found = os.stat(os.path.join(place, name))  # noqa: PTH116, PTH118 (hundreds of files before each kernel)
            state.update(f"{place}/{name} {found.st_size} {found.st_mtime_ns}\n".encode(errors="replace"))
    return state.hexdigest()


def _threads() -> list[str]:
    """Name this process's threads, those of libraries in other languages too."""
    return [name.read_text(encoding="utf-8").strip() for name in Path("/proc/self/task").glob("*/comm")]


def _own_modules() -> list[str]:
    """List the library's modules that notebooks use."""
    found: list[str] = []
    pending = [(list(salesperf_lib.__path__), "salesperf_lib")]
    while pending:
        path, parent = pending.pop()
        for module in pkgutil.iter_modules(path):
            if parent == "salesperf_lib" and module.name in LEFT_OUT:
                continue
            name = f"{parent}.{module.name}"
            found.append(name)
            if module.ispkg:
                pending.append(([f"{place}/{module.name}" for place in path], name))
    return sorted(found)
