"""A template as its owner sees it, and a forked kernel as its client sees it."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

from salesperf_lib.render.warm.messages import (
    SOCKET,
    Launch,
    TemplateLostError,
    WarmError,
    private_folder,
    receive,
    send,
)
from salesperf_lib.render.warm.preload import Circumstances

PATIENCE = 120  # seconds for all imports on a busy machine
GRACE = 5  # seconds for a template without kernels to end
LOG = "template.log"
LONGEST_WORDS = 300
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a fork would lose the others
SPENT: list[float] = []
"""Seconds of processor time of this process's templates, and of their kernels that have ended."""
QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class ForkedKernel:
    """A forked kernel with the face of `subprocess.Popen`, as jupyter_client handles kernels.

    The process is the template's child; its connection tells when and how it has ended. Closing the
    connection ends the kernel.
    """

    alive: ClassVar[WeakSet[ForkedKernel]] = WeakSet()
    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self.alive.add(self)

    def poll(self) -> int | None:
        """Give the exit status once it has ended, as `subprocess.Popen` does."""
        if self.returncode is None and _readable(self._connection, 0):
            self._take_end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises
        ------
        subprocess.TimeoutExpired
            If it has not ended in time.
        """
        if self.returncode is None:
            if not _readable(self._connection, timeout):
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            self._take_end()
        return self.returncode if self.returncode is not None else -signal.SIGKILL

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and all that it started."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Close the connection: the template kills the kernel, if it still runs."""
        self._connection.close()
        self.alive.discard(self)
        if self.returncode is None:
            self.returncode = -signal.SIGKILL

    def __del__(self) -> None:
        self._connection.close()

    def _take_end(self) -> None:
        try:
            message: dict[str, Any] = receive(self._connection)[0]
        except (EOFError, OSError):  # the template is gone, and its kernels with it
            message = {"exit": -signal.SIGKILL, "spent": 0.0}
        self.returncode = message["exit"]
        SPENT.append(message["spent"])
        self.close()


@dataclass(frozen=True, slots=True)
class Template:
    """A template's process, its run folder, and what its imports depend on."""

    process: subprocess.Popen[bytes]
    folder: Path
    circumstances: Circumstances
    imports: list[float] = field(default_factory=list)

    @staticmethod
    def start(circumstances: Circumstances, environment: Mapping[str, str]) -> Template:
        """Start one; it can be asked at once and answers when it has imported everything.

        Raises
        ------
        TemplateLostError
            If no process could be started.
        """
        folder = private_folder()
        try:
            process = _started(folder, {**environment, **ONE_THREAD, **QUIET})
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise TemplateLostError(f"no template could be started: {error}") from error
        return Template(process, folder, circumstances)

    def fork(self, launch: Launch, streams: Sequence[int]) -> ForkedKernel:
        """Ask for a kernel.

        Raises
        ------
        WarmError
            If it refuses; `TemplateLostError` if it does not answer.
        """
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.folder / SOCKET))
            send(connection, launch.message(), streams)
            answer, _ = receive(connection)
        except (OSError, EOFError, ValueError) as error:
            connection.close()
            raise TemplateLostError(f"the template gave no kernel: {self._last_words() or error}") from error
        if "pid" not in answer:
            connection.close()
            raise WarmError(f"the template refused: {answer.get('refused')}")
        if not self.imports:
            self.imports.append(answer["imported"])
            SPENT.append(answer["imported"])
        return ForkedKernel(connection, answer["pid"])

    def retire(self) -> None:
        """Let it end with the last of its kernels."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()

    def end(self) -> None:
        """Wait until it has ended, or make it."""
        self.retire()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _last_words(self) -> str:
        log = self.folder / LOG
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return " ".join(text.strip()[-LONGEST_WORDS:].split())


def _readable(connection: socket.socket, seconds: float | None) -> bool:
    """Wait until there is something to read; `select.select` knows only the first 1024 descriptors."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(None if seconds is None else seconds * 1000))


def _started(folder: Path, environment: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the process on a socket that only this user can reach."""
    path = folder / SOCKET
    with socket.socket(socket.AF_UNIX) as door, (folder / LOG).open("wb") as log:
        door.bind(str(path))
        path.chmod(0o600)
        door.listen()
        return subprocess.Popen(  # noqa: S603 (our own words)
            [sys.executable, "-m", "salesperf_lib.render.warm.template", str(door.fileno()), str(folder)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment,
            pass_fds=[door.fileno()],
            start_new_session=True,
        )
