"""Look texts up in the catalogue."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType

from salesperf_lib.language import catalogue

LANGUAGES = ("zh", "en")


@cache
def entries() -> Mapping[str, tuple[str, str]]:
    """Give the whole catalogue: key to its Chinese and English form.

    Returns
    -------
    Mapping
        One entry per key, of every file in ``catalogue/``.

    Raises
    ------
    KeyError
        If two files define the same key.
    """
    merged: dict[str, tuple[str, str]] = {}
    for module in pkgutil.iter_modules(catalogue.__path__):
        found: dict[str, tuple[str, str]] = import_module(f"{catalogue.__name__}.{module.name}").ENTRIES
        if twice := merged.keys() & found.keys():
            raise KeyError(f"catalogue/{module.name}.py defines again: {', '.join(sorted(twice))}")
        merged |= found
    return MappingProxyType(merged)


def text(key: str, lang: str, **values: object) -> str:
    """Give a text in a language, with its placeholders filled.

    Parameters
    ----------
    key
        Dotted key, such as ``report.position.title``.
    lang
        One of `LANGUAGES`.
    **values
        What the placeholders stand for, already written out for the reader.

    Returns
    -------
    str
        The text.

    Raises
    ------
    KeyError
        If the catalogue has no such key, or a placeholder got no value.
    ValueError
        If `lang` is not a language of the catalogue.
    """
    template = entries()[key][LANGUAGES.index(lang)]
    return template.format(**values)


def listing(parts: Sequence[str], lang: str) -> str:
    """Join parts as a sentence lists them: ``A、B和C``, ``A, B and C``."""
    if len(parts) < 2:
        return "".join(parts)
    comma, last = ("、", "和") if lang == "zh" else (", ", " and ")
    return comma.join(parts[:-1]) + last + parts[-1]
