"""Kernels for jupyter_client, forked from a template where that is possible, else started as usual."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from salesperf_lib.render.warm.messages import Launch, WarmError
from salesperf_lib.render.warm.pool import fork_kernel

PLAIN = "SALESPERF_PLAIN_KERNELS"
LAUNCHER = ["-m", "ipykernel_launcher"]
UNDERSTOOD = frozenset(
    {"cwd", "env", "extra_arguments", "independent", "kernel_id", "stderr", "stdin", "stdout"}
)
INTERVAL = 0.01  # seconds between two looks whether a kernel has ended
LOGGER = logging.getLogger(__name__)


class ForkedProvisioner(LocalProvisioner):
    """Fork a kernel from this process's template; start it as usual if that is not possible.

    The entry point ``salesperf-forked`` of ``jupyter_client.kernel_provisioners``. Everything but the
    launch is the local provisioner's: a forked kernel has the face of the process that it handles.
    """

    leftovers = Unicode("", help="A folder to remove if this process dies before it could.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch the kernel and give its connection."""
        if wants_plain(kwargs.get("env")):
            return await super().launch_kernel(cmd, **kwargs)
        try:
            launch = launch_of(cmd, kwargs, self.leftovers)
            with _streams(kwargs.get("stdout"), kwargs.get("stderr")) as streams:
                kernel = await asyncio.to_thread(fork_kernel, launch, streams)
        except WarmError as trouble:
            _say(str(trouble))
            return await super().launch_kernel(cmd, **kwargs)
        held = cast("Any", self)  # the local provisioner declares all of these as None
        held.process, held.pid, held.pgid, held.cwd = kernel, kernel.pid, kernel.pid, launch.cwd
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait until the kernel has ended: one that is killed is gone sooner than the usual look."""
        while self.process is not None and await self.poll() is None:
            await asyncio.sleep(INTERVAL)
        return await super().wait()


def wants_plain(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether ``SALESPERF_PLAIN_KERNELS`` asks for ordinary kernels."""
    given = os.environ if environment is None else environment
    return given.get(PLAIN, "0").strip().lower() not in {"", "0", "false", "no"}


def launch_of(command: list[str], options: Mapping[str, Any], leftovers: str = "") -> Launch:
    """Read what is to be launched.

    Parameters
    ----------
    command
        The command line of the kernel.
    options
        As of `subprocess.Popen`.
    leftovers
        As of `Launch`.

    Raises
    ------
    WarmError
        If a fork cannot be the same as that command.
    """
    environment = dict(options.get("env") or os.environ)
    cwd = str(Path(options.get("cwd") or ".").absolute())
    other = sorted(set(options) - UNDERSTOOD)
    reasons = {
        f"{sys.platform} cannot fork kernels, only Linux": sys.platform != "linux",
        f"a kernel of another program: {' '.join(command[:3])}": not _is_this_python(command),
        f"options that only an ordinary kernel has: {', '.join(other)}": bool(other),
        "a kernel that outlives its client": bool(options.get("independent")),
        "a kernel with a standard input or a pipe": _has_pipe(options),
        f"no folder {cwd}": not Path(cwd).is_dir(),
    }
    for reason, applies in reasons.items():
        if applies:
            raise WarmError(reason)
    environment["JPY_PARENT_PID"] = str(os.getpid())
    return Launch(tuple(command[3:]), cwd, environment, leftovers)


def _is_this_python(command: list[str]) -> bool:
    return command[:1] == [sys.executable] and command[1:3] == LAUNCHER


def _has_pipe(options: Mapping[str, Any]) -> bool:
    given = [options.get(name) for name in ("stdout", "stderr")]
    return options.get("stdin") is not None or subprocess.PIPE in given


@contextmanager
def _streams(stdout: Any, stderr: Any) -> Generator[tuple[int, int]]:
    """Give the descriptors that `subprocess.Popen` would give a process."""
    empty = os.open(os.devnull, os.O_WRONLY)
    try:
        out = _descriptor(stdout, 1, empty)
        yield out, out if stderr == subprocess.STDOUT else _descriptor(stderr, 2, empty)
    finally:
        os.close(empty)


def _descriptor(given: Any, own: int, empty: int) -> int:
    if given == subprocess.DEVNULL:
        return empty
    if given is not None:
        return given if isinstance(given, int) else given.fileno()
    try:
        os.fstat(own)
    except OSError:  # a server without a terminal may have closed it
        return empty
    return own


@cache
def _say(trouble: str) -> None:
    """Say each trouble once in a process."""
    LOGGER.warning("an ordinary kernel is started: %s", trouble)
