"""The frames that ``salesperf table`` gives out."""

KINDS = (
    "kpis", "targets", "scores", "explain", "grades", "changes", "cases", "raters", "ratings", "findings",
    "models", "weights",
)  # fmt: skip
FINAL = ("scores", "explain", "grades", "changes", "weights")
"""Kinds that are judgements: they are not told of a period that is still open, unless that is asked for."""
GRADED_ONLY = ("weights",)
"""Of those, the ones that are about grades alone, which an open period has not."""
