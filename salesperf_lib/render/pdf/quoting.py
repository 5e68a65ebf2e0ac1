"""Write texts so that Typst reads them as texts: nothing of a page is ever code."""

from __future__ import annotations

import re

LONGEST_WORD = 24
"""Characters that a line takes in one piece; a path or a digest beyond it may break."""

CHANCE = "\u200b"
"""A place where a line may break, without width."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_WORD = re.compile(r"[!-~]+")
_JOINT = re.compile(r"(?<=[/_.,;:=&?+\\-])(?=[^/_.,;:=&?+\\-])")
_PIECE = re.compile(rf".{{{LONGEST_WORD}}}(?=.)")


def literal(words: str) -> str:
    """Write a text as an expression in markup: a string, in which only two signs mean anything.

    Control characters, which no font draws, become the sign that stands for what cannot be read.
    """
    shown = _CONTROLS.sub("\ufffd", words).replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{_escaped_lines(shown)}";'


def string(words: str) -> str:
    """Write a text as a string in code."""
    return literal(words)[1:-1]


def breakable(words: str, longest: int = LONGEST_WORD) -> str:
    """Let a word of more than so many signs break at its joints, or anywhere.

    Only where no line would hold it: what is copied from the document then holds the chances to break, too.
    """
    return _WORD.sub(lambda found: _with_chances(found[0]) if len(found[0]) > longest else found[0], words)


def _with_chances(word: str) -> str:
    return CHANCE.join(_PIECE.sub(lambda found: found[0] + CHANCE, part) for part in _JOINT.split(word))


def _escaped_lines(words: str) -> str:
    """Keep every expression on one line of the source, so that a line tells the block."""
    return words.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n").replace("\t", "\\t")
