"""Kernels that run this interpreter, over sockets in a private folder, and leave nothing behind.

No port is opened (no races between kernels, no warning about unencrypted TCP), no kernelspec of the user's
or the machine's is consulted, and no IPython profile or start-up file leaks into a report.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from salesperf_lib.render.warm.messages import private_folder

LOG = "kernel.log"


@contextmanager
def private_kernels(
    working_folder: Path, environment: Mapping[str, str], *, warm: bool = True
) -> Generator[tuple[type[AsyncKernelManager], Callable[[], str]]]:
    """Give a kernel manager class whose kernels end with the context.

    Parameters
    ----------
    working_folder
        Where the kernel runs: relative files that a notebook writes land here.
    environment
        Variables added to those of this process.
    warm
        Whether kernels are forked from a template of this process, where that is possible. An ordinary
        one gives the same outputs, later; ``SALESPERF_PLAIN_KERNELS=1`` asks for it everywhere.

    Yields
    ------
    tuple
        The class, for ``kernel_manager_class`` of nbclient, and a function that gives what kernel processes
        printed themselves: the last words of one that crashed.
    """
    folder = private_folder()

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
            if warm and sys.platform == "linux" and self.provisioner is None:
                self.provisioner = _forked(self, folder)
            private = {"IPYTHONDIR": str(folder / "ipython"), **environment}
            with (folder / LOG).open("ab") as log:
                kwargs.update(cwd=str(working_folder), env=_own() | private, stdout=log, stderr=log)
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


def _own() -> dict[str, str]:
    """Give this process's variables but the one that would take a notebook's figures elsewhere."""
    return {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}


def _forked(manager: AsyncKernelManager, folder: Path) -> KernelProvisionerBase:
    """Make the provisioner that forks, whether or not its entry point is installed."""
    from salesperf_lib.render.warm.provisioner import ForkedProvisioner

    return ForkedProvisioner(
        kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager, leftovers=str(folder)
    )


def _kill(pid_file: Path) -> None:
    """Kill the kernel and all it started, if any of them still lives."""
    text = pid_file.read_text(encoding="ascii") if pid_file.exists() else ""
    if text.isdigit():
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(int(text), signal.SIGKILL)  # a kernel leads its own process group
            else:
                os.kill(int(text), signal.SIGTERM)
