"""Kernels that run this interpreter, over sockets in a private folder, and leave nothing behind.

No port is opened (no races between kernels, no warning about unencrypted TCP), no kernelspec of the user's
or the machine's is consulted, and no IPython profile or start-up file leaks into a report.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

LONGEST_SOCKET_PATH = 100  # the kernel of the operating system allows 104 to 108 bytes
LOG = "kernel.log"


@contextmanager
def private_kernels(
    working_folder: Path, environment: Mapping[str, str]
) -> Generator[tuple[type[AsyncKernelManager], Callable[[], str]]]:
    """Give a kernel manager class whose kernels end with the context.

    Parameters
    ----------
    working_folder
        Where the kernel runs: relative files that a notebook writes land here.
    environment
        Variables added to those of this process.

    Yields
    ------
    tuple
        The class, for ``kernel_manager_class`` of nbclient, and a function that gives what kernel processes
        printed themselves: the last words of one that crashed.
    """
    folder = _socket_folder()

    class PrivateKernelManager(AsyncKernelManager):
        """Start this interpreter's ipykernel over sockets in a private folder."""

        def __init__(self, **kwargs: Any) -> None:
            own: dict[str, Any] = {} if sys.platform == "win32" else {"transport": "ipc"}
            super().__init__(**kwargs, **own, connection_file=str(folder / "k.json"))

        @property
        def kernel_spec(self) -> KernelSpec:
            """Describe the kernel: `sys.executable`, whatever kernelspecs are installed."""
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

        async def start_kernel(self, **kwargs: Any) -> None:
            """Start it with its own folder, environment and log; remember its process group."""
            private = {"IPYTHONDIR": str(folder / "ipython"), **environment}
            with (folder / LOG).open("ab") as log:
                kwargs.update(cwd=str(working_folder), env={**os.environ, **private}, stdout=log, stderr=log)
                await super().start_kernel(**kwargs)
            (folder / "pid").write_text(str(getattr(self.provisioner, "pid", "")), encoding="ascii")

    def log_text() -> str:
        log = folder / LOG
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    try:
        yield PrivateKernelManager, log_text
    finally:
        _kill(folder / "pid")
        shutil.rmtree(folder, ignore_errors=True)


def _socket_folder() -> Path:
    """Make a folder of mode 0700 whose path is short enough for a socket."""
    folder = tempfile.mkdtemp(prefix="salesperf-")
    if len(folder) > LONGEST_SOCKET_PATH - 20 and Path("/tmp").is_dir():  # noqa: S108 (mkdtemp makes it private)
        shutil.rmtree(folder)
        folder = tempfile.mkdtemp(prefix="salesperf-", dir="/tmp")
    return Path(folder)


def _kill(pid_file: Path) -> None:
    """Kill the kernel and all it started, if any of them still lives."""
    text = pid_file.read_text(encoding="ascii") if pid_file.exists() else ""
    if text.isdigit():
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(int(text), signal.SIGKILL)  # a kernel leads its own process group
            else:
                os.kill(int(text), signal.SIGTERM)
