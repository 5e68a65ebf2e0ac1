"""The fonts of a PDF: the bundled Chinese face, a second one for signs, and a user's own before both."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from salesperf_lib.errors import Problem, RenderError, fail_if_any

CHINESE = ("zhplot", "fonts/NotoSansSC-Regular.ttf")
SIGNS = (
    ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"),
    ("matplotlib", "mpl-data/fonts/ttf/DejaVuSansMono.ttf"),
)
FAMILIES = ("Noto Sans SC", "DejaVu Sans")
MONOSPACED = ("DejaVu Sans Mono", "Noto Sans SC", "DejaVu Sans")
FULL = 1.0
"""Width of a character that the face does not hold, in em."""


def faces(own: Sequence[Path] | None = None) -> tuple[Path, ...]:
    """Give the font files of a PDF: a user's own first, then the bundled ones.

    Raises
    ------
    RenderError
        If a user's file is not there, or the bundled Chinese face is not installed and none was given.
    """
    given = tuple(own or ())
    fail_if_any(
        (Problem("fonts", str(path), "a font file: .ttf or .otf") for path in given if not path.is_file()),
        RenderError,
    )
    chinese = _inside(*CHINESE)
    if chinese is None and not given:
        raise RenderError(
            Problem("fonts", "no Chinese face: the package zhplot is not installed", "Noto Sans SC",
                    "install zhplot, or give a font file")
        )  # fmt: skip
    bundled = (chinese, *(_inside(*place) for place in SIGNS))
    return given + tuple(path for path in bundled if path is not None)


def gather(files: Sequence[Path], folder: Path) -> Path:
    """Put font files into a folder of their own: Typst takes folders, and those of packages hold more.

    The folder of matplotlib has a face of last resort, which draws a box for every character that is missing.
    """
    folder.mkdir()
    for number, path in enumerate(files):
        target = folder / f"{number}-{path.name}"
        try:
            target.symlink_to(path.resolve())
        except OSError:  # Windows, without the right to make links
            shutil.copyfile(path, target)
    return folder


def width_of(words: str, face: Path) -> float:
    """Give the width of a text in em."""
    advances = _advances(face)
    return sum(advances.get(ord(character), FULL) for character in words)


@cache
def _advances(face: Path) -> Mapping[int, float]:
    """Give each character's width in em."""
    from fontTools.ttLib import TTFont

    with TTFont(face, lazy=True, fontNumber=0) as font:
        tables: Any = font
        units, metrics = tables["head"].unitsPerEm, tables["hmtx"].metrics
        return {code: metrics[name][0] / units for code, name in (font.getBestCmap() or {}).items()}


def _inside(package: str, path: str) -> Path | None:
    """Find a file inside a package without importing it."""
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    found = Path(next(iter(folders))) / path if folders else None
    return found if found is not None and found.is_file() else None
