"""Texts in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A text in both languages."""

    zh: str
    en: str

    def of(self, lang: str) -> str:
        """Give the text in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en

    __call__ = of
