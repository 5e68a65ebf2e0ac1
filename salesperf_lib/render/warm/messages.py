"""What the template and those who want kernels of it tell each other: JSON over a Unix socket."""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SOCKET = "template"
LONGEST_SOCKET_PATH = 100  # the kernel of the operating system allows 104 to 108 bytes
LONGEST_MESSAGE = 1 << 24
LENGTH = struct.Struct("!I")


class WarmError(Exception):
    """Why a kernel cannot be forked; an ordinary one is started instead."""


class TemplateLostError(WarmError):
    """The template did not start, ended, or does not answer."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A kernel that is wanted.

    Parameters
    ----------
    arguments
        What follows ``ipykernel_launcher`` on the command line.
    cwd
        Its working folder.
    environment
        The whole of its environment.
    leftovers
        A folder that the template removes at its end, if the client could not; none if empty.
    """

    arguments: tuple[str, ...]
    cwd: str
    environment: Mapping[str, str]
    leftovers: str = ""

    @staticmethod
    def read(message: Mapping[str, Any]) -> Launch:
        """Take it out of a message."""
        return Launch(
            tuple(message["arguments"]), message["cwd"], message["environment"], message["leftovers"]
        )

    def message(self) -> dict[str, Any]:
        """Write it as a message."""
        return {**asdict(self), "environment": dict(self.environment)}


def send(connection: socket.socket, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message, and open descriptors with it."""
    body = json.dumps(message).encode("ascii")
    head = LENGTH.pack(len(body))
    if descriptors:
        sent = socket.send_fds(connection, [head], list(descriptors))
        head = head[sent:]
    connection.sendall(head + body)


def receive(connection: socket.socket, most_descriptors: int = 0) -> tuple[dict[str, Any], list[int]]:
    """Receive one message and its descriptors.

    Raises
    ------
    EOFError
        If the other side has closed the connection, or sends what is no message.
    """
    head, descriptors, _, _ = socket.recv_fds(connection, LENGTH.size, most_descriptors)
    try:
        head += _exactly(connection, LENGTH.size - len(head))
        (length,) = LENGTH.unpack(head)
        if length > LONGEST_MESSAGE:
            raise EOFError(f"a message of {length} bytes")
        return json.loads(_exactly(connection, length)), descriptors
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def private_folder() -> Path:
    """Make a folder of mode 0700 whose path is short enough for a socket."""
    folder = tempfile.mkdtemp(prefix="salesperf-")
    if len(folder) > LONGEST_SOCKET_PATH - 20 and Path("/tmp").is_dir():  # noqa: S108 (mkdtemp makes it private)
        shutil.rmtree(folder)
        folder = tempfile.mkdtemp(prefix="salesperf-", dir="/tmp")
    return Path(folder)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length > 0:
        part = connection.recv(min(length, 1 << 16))
        if not part:
            raise EOFError("the connection was closed")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
