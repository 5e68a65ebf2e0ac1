"""One run at a time in an output folder; what a killed one left behind is swept away by the next."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.render.placing import writing

try:
    import fcntl
except ImportError:  # not on every system: there the file's own words must do
    fcntl = None

LOCK = ".rendering.lock"
ASIDE = ".rendering-"
SCRATCH = "salesperf-"
LONGEST_BASE = 40  # below it a kernel's sockets have to fit into 100 bytes


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a folder.

    Parameters
    ----------
    pid, host
        The process.
    started
        Since when (UTC).
    scratch
        Its folder of temporary files.
    """

    pid: int
    host: str
    started: str
    scratch: str


@contextmanager
def exclusive(out: Path) -> Generator[Path]:
    """Hold an output folder, made if need be, for one run.

    The system releases the lock of a process that ends, however it ends; a lock file left over is taken
    over, and the temporary files of the run that left it are removed.

    Parameters
    ----------
    out
        The folder.

    Yields
    ------
    Path
        A private folder for temporary files, gone afterwards.

    Raises
    ------
    RenderError
        If another run holds the folder, or it may not be written.
    """
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        handle = _taken(out)
    with handle:
        _sweep(out, _holder(out))
        scratch = _scratch_base() / f"{SCRATCH}{secrets.token_hex(4)}"
        holder = Holder(
            os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"), str(scratch)
        )
        try:
            with writing(out):
                _sign(handle, holder)  # before the folder exists, so that a killed run's can be found
                scratch.mkdir(mode=0o700)
            yield scratch
        finally:
            _sweep(out, holder)
            (out / LOCK).unlink(missing_ok=True)  # while it is held: nobody takes it in between


def _taken(out: Path) -> IO[bytes]:
    """Open the lock file and lock it, or say who holds it."""
    path = out / LOCK
    while True:
        handle = path.open("a+b")
        try:
            free = _locked(handle, _holder(out))
            if free and _is_same(handle, path):
                return handle
        except BaseException:
            handle.close()
            raise
        handle.close()
        if not free:
            raise _held_by(_holder(out), out)
        # The run before removed the file after it was opened here: lock the one that is there now.


def _locked(handle: IO[bytes], holder: Holder | None) -> bool:
    """Lock the file; on a disk that cannot lock, believe what the file says."""
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return holder is None or _is_dead(holder)
        return True
    return holder is None or _is_dead(holder)


def _is_same(handle: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _is_dead(holder: Holder) -> bool:
    """Tell whether a process of this machine has ended; of another machine's nobody here can know."""
    if holder.host != socket.gethostname() or sys.platform == "win32":
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _held_by(holder: Holder | None, out: Path) -> RenderError:
    who = (
        f"another run, process {holder.pid} on {holder.host}, since {holder.started}"
        if holder is not None
        else "another run that is just beginning"
    )
    stop = f"stop it (kill {holder.pid} on {holder.host})" if holder is not None else "stop it"
    return RenderError(
        Problem(
            f"output folder {out}",
            who,
            "one run at a time",
            f"wait until it ends or {stop}, or take another folder with --out; if it has ended long ago and "
            f"the folder is on a disk without locks, delete {LOCK} in it",
        )
    )


def _holder(out: Path) -> Holder | None:
    """Read who signed the lock file last."""
    try:
        found = json.loads((out / LOCK).read_bytes())
        return Holder(int(found["pid"]), str(found["host"]), str(found["started"]), str(found["scratch"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sign(handle: IO[bytes], holder: Holder) -> None:
    handle.truncate(0)
    handle.write(json.dumps(asdict(holder)).encode())
    handle.flush()


def _sweep(out: Path, holder: Holder | None) -> None:
    """Remove what runs write aside, and the temporary files of one that is over."""
    for left in (*out.glob(f"{ASIDE}*"), out / ".index.html"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    scratch = Path(holder.scratch) if holder is not None else None
    if scratch is not None and _is_ours(scratch):
        shutil.rmtree(scratch, ignore_errors=True)


def _is_ours(scratch: Path) -> bool:
    """Believe no lock file that names a folder which no run would make."""
    if scratch.parent != _scratch_base() or not scratch.name.startswith(SCRATCH) or scratch.is_symlink():
        return False
    return scratch.is_dir() and (not hasattr(os, "getuid") or scratch.stat().st_uid == os.getuid())


def _scratch_base() -> Path:
    """Give the folder of temporary files, or a shorter one where sockets would not fit below it."""
    usual = Path(tempfile.gettempdir())
    short = Path("/tmp")  # noqa: S108 (what is made in it has mode 0700)
    return short if len(str(usual)) > LONGEST_BASE and short.is_dir() else usual
