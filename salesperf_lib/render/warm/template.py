"""The template's process: import once, then fork a kernel for each that asks.

It has one thread, no event loop, no ZeroMQ context and no database, so that a fork of it is whole. Each
kernel has a connection of its own: if it closes, the client is gone and the kernel is killed. When standard
input closes, its owner is gone or has no more use for it: it ends with its last kernel.
"""

from __future__ import annotations

import gc
import os
import selectors
import shutil
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from salesperf_lib.render.warm.child import Fork, become_kernel
from salesperf_lib.render.warm.messages import Launch, receive, send
from salesperf_lib.render.warm.preload import preload, read_ahead

PATIENCE = 10  # seconds in which a client must have sent the whole of its message
LIFELINE = 0


@dataclass(frozen=True, slots=True)
class Kernel:
    """A forked kernel: its process, a descriptor that becomes readable when it ends, its client."""

    pid: int
    end: int
    connection: socket.socket


def main(listener: int, folder: Path) -> None:
    """Import, serve, and remove the run folder; a fork returns early from serving and becomes a kernel."""
    if sys.path and sys.path[0] in ("", str(Path.cwd())):
        del sys.path[0]  # put there by ``-m``; a kernel's own folder is added by IPython
    set_by_imports = preload()
    read_ahead(os.environ)
    gc.collect()
    gc.freeze()  # what is never looked at is never copied
    with socket.socket(fileno=listener) as door:
        template = Template(door)
        fork = template.serve()
    if fork is not None:
        become_kernel(fork, set_by_imports)
        return
    for left in (*template.leftovers, folder):
        shutil.rmtree(left, ignore_errors=True)


class Template:
    """Fork kernels, kill those whose client is gone, and tell the others' clients how they ended."""

    def __init__(self, door: socket.socket) -> None:
        self.door = door
        self.selector = selectors.DefaultSelector()
        self.kernels: dict[int, Kernel] = {}
        self.guests: dict[int, socket.socket] = {}
        self.leftovers: set[str] = set()
        self.open = True
        self.imported = time.process_time()
        for source in (door.fileno(), LIFELINE):
            self.selector.register(source, selectors.EVENT_READ)

    def serve(self) -> Fork | None:
        """Serve until nobody needs it.

        Returns
        -------
        Fork
            In a forked process, at once: what it is to become. None in the template itself, at its end.
        """
        while self.open or self.kernels:
            for key, _ in self.selector.select()[:1]:  # to answer one may close another
                fork = self._answer(key.fd)
                if fork is not None:
                    return fork
        return None

    def _answer(self, source: int) -> Fork | None:
        ended = next((kernel for kernel in self.kernels.values() if kernel.end == source), None)
        if ended is not None:
            self._reap(ended)
        elif source in self.guests:
            return self._hear(self.guests[source])
        elif self.open and source == LIFELINE:
            self._close()
        elif self.open and source == self.door.fileno():
            guest, _ = self.door.accept()
            guest.settimeout(PATIENCE)
            self.guests[guest.fileno()] = guest
            self.selector.register(guest, selectors.EVENT_READ)
        return None

    def _close(self) -> None:
        """Take no more requests."""
        self.open = False
        for source in (self.door, LIFELINE):
            self.selector.unregister(source)
        self.door.close()

    def _hear(self, guest: socket.socket) -> Fork | None:
        """Fork for a client that asks; kill the kernel of one that has gone."""
        for kernel in self.kernels.values():
            if kernel.connection is guest:
                self._kill(kernel)
                self._dismiss(guest)
                return None
        try:
            message, descriptors = receive(guest, most_descriptors=2)
        except (EOFError, OSError, ValueError):
            self._dismiss(guest)
            return None
        return self._fork(guest, Launch.read(message), descriptors)

    def _fork(self, guest: socket.socket, launch: Launch, descriptors: list[int]) -> Fork | None:
        parent = os.getpid()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        try:
            pid = os.fork()
        except OSError as error:
            self._tell(guest, {"refused": str(error)})
            self._dismiss(guest)
            return None
        finally:
            if os.getpid() == parent:
                for descriptor in descriptors:
                    os.close(descriptor)
        if pid == 0:
            self._let_go()
            return Fork(launch, parent, descriptors[0], descriptors[1])
        self._admit(Kernel(pid, os.pidfd_open(pid), guest), launch.leftovers)
        return None

    def _admit(self, kernel: Kernel, leftovers: str) -> None:
        self.kernels[kernel.pid] = kernel
        self.selector.register(kernel.end, selectors.EVENT_READ)
        if leftovers:
            self.leftovers.add(leftovers)
        self._tell(kernel.connection, {"pid": kernel.pid, "imported": self.imported})

    def _reap(self, kernel: Kernel) -> None:
        """Take a kernel's exit status and what it has spent, and tell its client."""
        _, status, spent = os.wait4(kernel.pid, 0)
        del self.kernels[kernel.pid]
        self.selector.unregister(kernel.end)
        os.close(kernel.end)
        code = os.waitstatus_to_exitcode(status)
        self._tell(kernel.connection, {"exit": code, "spent": spent.ru_utime + spent.ru_stime})
        self._dismiss(kernel.connection)

    def _kill(self, kernel: Kernel) -> None:
        """End a kernel, with all that it started, whose client could not."""
        for kill in (os.killpg, os.kill):  # it may not lead its group yet
            with suppress(ProcessLookupError):
                kill(kernel.pid, signal.SIGKILL)

    def _tell(self, guest: socket.socket, message: dict[str, object]) -> None:
        with suppress(OSError):
            send(guest, message)

    def _dismiss(self, guest: socket.socket) -> None:
        if self.guests.pop(guest.fileno(), None) is not None:
            self.selector.unregister(guest)
            guest.close()

    def _let_go(self) -> None:
        """Close, in a fork, what is the template's: a client must see its own kernel's end, not another's."""
        self.selector.close()
        self.door.close()
        for guest in self.guests.values():
            guest.close()
        for kernel in self.kernels.values():
            os.close(kernel.end)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
