"""The catalogue: one file per module whose words it holds.

Each file defines ``ENTRIES: dict[str, tuple[str, str]]``, a dotted key to its Chinese and its English
form. Both forms name the same ``{placeholders}``; a test holds them to it.
"""
