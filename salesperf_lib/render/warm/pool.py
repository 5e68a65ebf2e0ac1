"""One template per process: started when the first kernel is wanted, replaced when it is stale."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Sequence

from salesperf_lib.render.warm.client import SPENT, ForkedKernel, Template
from salesperf_lib.render.warm.messages import Launch, TemplateLostError
from salesperf_lib.render.warm.preload import Circumstances, circumstances_of

_lock = threading.Lock()
_current: list[Template] = []
_retired: list[Template] = []
_lost: dict[Circumstances, str] = {}


def fork_kernel(launch: Launch, streams: Sequence[int]) -> ForkedKernel:
    """Fork a kernel from this process's template.

    A template is stale once a module of the library has been edited, or when the kernel's environment
    differs in what imports read. It is then replaced, and ends with the last of its kernels.

    Parameters
    ----------
    launch
        The kernel that is wanted.
    streams
        Descriptors of its standard output and error stream.

    Raises
    ------
    WarmError
        If there is no template, or it refuses. One that could not start is not tried again.
    """
    with _lock:
        template = _fitting(launch)
    try:
        return template.fork(launch, streams)
    except TemplateLostError as error:
        with _lock:
            if template in _current and not template.imports:
                _lost[template.circumstances] = str(error)
            _retire(template)
        raise


def processor_seconds() -> float:
    """Give the processor time of this process's templates and of their kernels that have ended.

    They are no children of this process: the operating system does not count them for it.
    """
    return sum(SPENT)


def end_templates() -> None:
    """End every kernel and template of this process."""
    with _lock:
        for kernel in list(ForkedKernel.alive):
            kernel.close()
        for template in (*_current, *_retired):
            template.end()
        _current.clear()
        _retired.clear()


def _fitting(launch: Launch) -> Template:
    """Give the template, after starting or replacing it if need be."""
    circumstances = circumstances_of(launch.environment)
    for template in _current[:]:
        if template.circumstances != circumstances or template.process.poll() is not None:
            _retire(template)
    for template in [template for template in _retired if template.process.poll() is not None]:
        template.end()
        _retired.remove(template)
    if circumstances in _lost:
        raise TemplateLostError(_lost[circumstances])
    if not _current:
        _current.append(Template.start(circumstances, launch.environment))
    return _current[0]


def _retire(template: Template) -> None:
    if template in _current:
        _current.remove(template)
        _retired.append(template)
    template.retire()


def _forget() -> None:
    """Close in a fork of this process what is its parent's: held open, it would outlive the parent."""
    global _lock  # noqa: PLW0603 (another thread of the parent may have held it)
    _lock = threading.Lock()
    for kernel in list(ForkedKernel.alive):
        kernel.close()
    for template in (*_current, *_retired):
        template.retire()
        template.process.returncode = 0  # it is no child of this process
    _current.clear()
    _retired.clear()


atexit.register(end_templates)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
