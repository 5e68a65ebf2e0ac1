"""What a fork of the template does to become a kernel like any other."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from salesperf_lib.render.warm.messages import Launch

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(frozen=True, slots=True)
class Fork:
    """What a fork is to become: the kernel, its parent, and its standard streams."""

    launch: Launch
    parent: int
    stdout: int
    stderr: int


def become_kernel(fork: Fork, set_by_imports: Mapping[str, str]) -> None:
    """Run the kernel until it is shut down, in the environment that it would have after its imports."""
    _leave_the_template(fork)
    _reset_signals()
    _take_over(fork.launch, set_by_imports)
    _reseed()
    from ipykernel import kernelapp

    app = kernelapp.IPKernelApp.instance()
    # The default of this option was read from the environment when the template imported it.
    app.initialize([*fork.launch.arguments, f"--IPKernelApp.parent_handle={fork.parent}"])
    widgets = sys.modules.get("ipywidgets")
    if widgets is not None:  # imported by seaborn: it looked for its kernel when there was none
        widgets.load_ipython_extension(app.shell)
    app.start()


def _leave_the_template(fork: Fork) -> None:
    """Lead an own session, die with the template, and take the streams that the client gave."""
    os.setsid()
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != fork.parent:
        os._exit(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((empty, 0), (fork.stdout, 1), (fork.stderr, 2)):
        os.dup2(ours, theirs)
        os.close(ours)


def _reset_signals() -> None:
    """Undo what the template was started with: a worker ignores Ctrl-C, its kernels must not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _take_over(launch: Launch, set_by_imports: Mapping[str, str]) -> None:
    """Take the environment, the folder and the command line of the kernel."""
    os.environ.clear()
    os.environ.update({**set_by_imports, **launch.environment})
    time.tzset()
    os.chdir(launch.cwd)
    spec = find_spec("ipykernel_launcher")
    sys.argv = [spec.origin or "" if spec is not None else "", *launch.arguments]


def _reseed() -> None:
    """Give every kernel random streams of its own."""
    import numpy as np

    random.seed()
    np.random.seed()  # noqa: NPY002 (the global stream is the one that a fork shares)
