"""The frames that ``salesperf table`` gives out."""

KINDS = (
    "kpis", "targets", "scores", "explain", "grades", "changes", "cases", "raters", "ratings", "findings",
    "models",
)  # fmt: skip
FINAL = ("scores", "explain", "grades", "changes")
"""Kinds that are judgements: they are not told of a period that is still open, unless that is asked for."""
