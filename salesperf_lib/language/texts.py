"""Look texts up in the catalogue."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from string import Formatter
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
        What the placeholders stand for, already written out for the reader. ``{n:row|rows}`` writes
        ``1 row`` and ``2 rows``.

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
    return _Counting().vformat(template, (), values)


def listing(parts: Sequence[str], lang: str) -> str:
    """Join parts as a sentence lists them: ``A、B、C``, ``A, B and C``."""
    if lang == "zh":
        return "、".join(parts)
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


class _Counting(Formatter):
    """Fill placeholders, and choose between a noun's two forms by the number before it."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        return (
            f"{value} {one if str(value) == '1' else many}"
            if bar
            else super().format_field(value, format_spec)
        )
