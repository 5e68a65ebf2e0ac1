"""Take a project's files to machines that do not see its folder, and bring reports back.

Only what a run needs travels: params, the snapshots that its reports are made of, the source's registers and
key, the notebooks. Each file is known by its content, so a worker is sent what it does not hold yet, once;
what it holds lies in its local directory, which Dask removes with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.render.manifest import Job
from salesperf_lib.reports.pseudonyms import read_key

CHUNK = 8_000_000
"""Bytes of one message."""
STAY = ("snapshots", "out")
"""Folders of data/ that do not travel as they are."""
STORE = "salesperf"
KEPT_PROJECTS = 4

Piece = tuple[str, int, int, bytes]
"""Digest and size of a file, and what it holds from a place on."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file: its place in the project, its size, the digest of its bytes."""

    place: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a run's reports need of a project.

    Parameters
    ----------
    items
        Its files, in order of their places.
    """

    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        """Identify it by what it holds."""
        told = "\n".join(f"{item.place}\0{item.digest}" for item in self.items)
        return hashlib.sha256(told.encode()).hexdigest()[:24]


def pack(jobs: Collection[Job]) -> tuple[Parcel, dict[str, Path]]:
    """List the files that jobs of one project need.

    Returns
    -------
    tuple
        The parcel, and where each digest's bytes lie on this machine.

    Raises
    ------
    RenderError
        If a snapshot is not there.
    DataError
        If the source's key cannot be read or made: every worker would make another one.
    """
    found = dict(_files(jobs))
    items: list[Item] = []
    sources: dict[str, Path] = {}
    for place in sorted(found):
        path = found[place]
        digest = _digest(path)
        items.append(Item(place, path.stat().st_size, digest))
        sources[digest] = path
    return Parcel(tuple(items)), sources


def notebook_place(notebook: Path) -> str:
    """Give the place of a notebook in a parcel; two of one name, from two folders, have two places."""
    folder = hashlib.sha256(str(notebook.parent).encode()).hexdigest()[:8]
    return f"notebooks/{folder}/{notebook.name}"


def pieces(
    parcel: Parcel, sources: dict[str, Path], lacking: Collection[str], chunk: int = CHUNK
) -> Iterator[list[Piece]]:
    """Cut the files that somebody lacks into messages.

    Yields
    ------
    list
        Pieces of about `chunk` bytes in all; those of one file follow each other.
    """
    message: list[Piece] = []
    for item in {item.digest: item for item in parcel.items if item.digest in lacking}.values():
        for offset, part in _parts(sources[item.digest], chunk):
            message.append((item.digest, item.size, offset, part))
            if sum(len(held) for *_, held in message) >= chunk:
                yield message
                message = []
    if message:
        yield message


def files_of(folder: Path) -> tuple[tuple[str, bytes], ...]:
    """Read all files below a folder, with their places in it."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((path.relative_to(folder).as_posix(), path.read_bytes()) for path in found)


def put_files(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """Write files that `files_of` read into another folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, content in files:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


# -- on the worker -----------------------------------------------------------------------------------


def project_of(name: str, local: Path) -> Path | None:
    """Give the project that a parcel became in a worker's local directory; None if it is not there."""
    project = local / STORE / "projects" / name
    if not project.is_dir():
        return None
    with suppress(OSError):  # cleared this very moment: the job will say so
        os.utime(project)
    return project


def lacking(parcel: Parcel, local: Path) -> list[str] | None:
    """List the digests of the files that are not here yet; None if the project is made of them already."""
    if project_of(parcel.name, local) is not None:
        return None
    held = local / STORE / "files"
    return sorted({item.digest for item in parcel.items if not (held / item.digest).is_file()})


def keep(message: Iterable[Piece], sender: str, local: Path) -> None:
    """Write pieces where they belong; a file that is whole gets its name.

    Raises
    ------
    OSError
        If a file came over changed, or the disk is full.
    """
    held = local / STORE / "files"
    held.mkdir(parents=True, exist_ok=True, mode=0o700)
    (local / STORE).chmod(0o700)  # people's data
    for digest, size, offset, part in message:
        path = held / f"{digest}.{sender}"
        with path.open("r+b" if offset else "wb") as file:
            file.seek(offset)
            file.write(part)
        if offset + len(part) == size:
            if _digest(path) != digest:
                path.unlink()
                raise OSError(f"a file came over changed: {digest}")
            path.replace(held / digest)


def assemble(parcel: Parcel, local: Path) -> None:
    """Make the project of the files that came, whole or not at all; clear projects not used lately."""
    files, projects = local / STORE / "files", local / STORE / "projects"
    aside = projects / f".{uuid4().hex}"
    try:
        for item in parcel.items:
            path = aside / item.place
            path.parent.mkdir(parents=True, exist_ok=True)
            _link(files / item.digest, path)
        with suppress(OSError):  # another run was first
            aside.rename(projects / parcel.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _clear(files, projects)


def _clear(files: Path, projects: Path) -> None:
    known = sorted(projects.glob("[!.]*"), key=lambda path: path.stat().st_mtime)
    for old in known[:-KEPT_PROJECTS]:
        shutil.rmtree(old, ignore_errors=True)
    for file in files.glob("*"):
        if file.stat().st_nlink == 1 and "." not in file.name:  # of no project any more
            file.unlink(missing_ok=True)


# -- which files -------------------------------------------------------------------------------------


def _files(jobs: Collection[Job]) -> Generator[tuple[str, Path]]:
    for root, source in {(job.root, job.report.source) for job in jobs}:
        read_key(source, root)
        for folder in [root / "params", *sorted((root / "data").glob(f"*/{source}"))]:
            if folder.parent.name not in STAY:
                yield from _below(folder, root)
        key = root / "data" / "keys" / f"{source}.key"
        yield key.relative_to(root).as_posix(), key
    snapshots = {(job.root, job.report.source, job.report.digests["data"]) for job in jobs}
    for root, source, digest in snapshots:
        yield from _snapshot(root / "data" / "snapshots" / source / digest, root)
    for notebook in {job.notebook for job in jobs}:
        yield notebook_place(notebook), notebook


def _below(folder: Path, root: Path) -> Generator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield path.relative_to(root).as_posix(), path


def _snapshot(folder: Path, root: Path) -> Generator[tuple[str, Path]]:
    """List a snapshot's own files: appraisals kept beside them are derived, a worker makes its own."""
    if not (folder / "manifest.json").is_file():
        remedy = "load the source again"
        raise RenderError(Problem(str(folder), "no snapshot", "the data that the reports are of", remedy))
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(root).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(path: Path, chunk: int) -> Generator[tuple[int, bytes]]:
    """Read a file part by part; an empty file is one empty part."""
    with path.open("rb") as file:
        offset = 0
        part = file.read(chunk)
        yield offset, part
        while offset := offset + len(part):
            part = file.read(chunk)
            if not part:
                return
            yield offset, part


def _link(file: Path, path: Path) -> None:
    try:
        path.hardlink_to(file)
    except OSError:  # a disk that knows no links
        shutil.copyfile(file, path)
