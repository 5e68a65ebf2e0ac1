"""How figures look, and how Chinese is drawn on a machine without Chinese fonts."""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from IPython.display import Image
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

ACCENT = "#0f6b78"
ACCENT_TINTS = ("#0f6b78", "#6aa9b1", "#bddadd")
GREY = "#8a949c"
PALE = "#d5dadd"
WARM = "#b3541e"
INK = "#26323a"

HALO = [withStroke(linewidth=4, foreground="white")]  # keeps a dark mark readable on a dark bar

DPI = 144
NAMED_FACES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Microsoft YaHei",
)

_THEME = {
    "axes.axisbelow": True,
    "axes.edgecolor": PALE,
    "axes.facecolor": "white",
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.unicode_minus": True,
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "font.size": 9,
    "grid.color": "#e9ecee",
    "grid.linewidth": 0.8,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": 8.5,
    "xtick.major.size": 0,
    "ytick.color": INK,
    "ytick.labelsize": 8.5,
    "ytick.major.size": 0,
}


@cache
def chinese_face() -> str:
    """Register a face that draws Chinese, once, and give its name.

    The face that the package `zhplot` carries comes first: it has the rare characters of names. Its
    file is found without importing the package, which would import pyplot.

    Returns
    -------
    str
        A family name that matplotlib knows.

    Warns
    -----
    UserWarning
        If neither that face nor a system one is there: Chinese will be drawn as boxes.
    """
    spec = find_spec("zhplot")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if file.is_file():
            font_manager.fontManager.addfont(file)
            return font_manager.FontProperties(fname=file).get_name()
    known = set(font_manager.fontManager.get_font_names())
    for name in NAMED_FACES:
        if name in known:
            return name
    warnings.warn(
        "no Chinese font: install the package zhplot, or Noto Sans CJK SC", UserWarning, stacklevel=2
    )
    return "DejaVu Sans"


def theme() -> AbstractContextManager[None]:
    """Draw in the style of the reports, whatever the notebook around has set."""
    settings: dict[Any, Any] = _THEME | {"font.family": ["DejaVu Sans", chinese_face()]}
    return mpl.rc_context(settings)


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Give an empty figure, in inches, that belongs to no window and no global state."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def show(figure: Figure | None, text: str) -> Image | None:
    """Make a figure a picture that carries a text for those who cannot see it.

    Parameters
    ----------
    figure
        A figure of this package; None where there was nothing to draw.
    text
        What the picture says; it becomes the picture's ``alt``.

    Returns
    -------
    Image or None
        A PNG that shows itself in a notebook; nothing for no figure.
    """
    if figure is None:
        return None
    buffer = BytesIO()
    with theme():  # glyphs are looked up when the figure is drawn, not when it is made
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    width = round(figure.get_size_inches()[0] * 96)
    return Image(buffer.getvalue(), format="png", width=width, alt=text)
