"""The explorer in a notebook: sliders for whoever moves them, else a word on how to get them."""

from __future__ import annotations

import shlex

from salesperf_lib import facts
from salesperf_lib.reports.markup import Markup, block, element
from salesperf_lib.reports.weights import Study
from salesperf_lib.widgets.explorer import Explorer


def show_explorer(study: Study, live: bool) -> Explorer | Markup:
    """Show the explorer of a study.

    Parameters
    ----------
    study
        The period, and the language.
    live
        Whether somebody is there to move the sliders. An unattended run has none: its page runs no script,
        and the sections that follow draw the same pictures with the same functions.

    Returns
    -------
    Explorer or Markup
        What the notebook shows.
    """
    if live:
        table = facts.team_table(study.facts)
        names = dict(zip(table["team_id"].astype(str), table["name"].astype(str), strict=True))
        return Explorer(study.exploration, study.lang, study.policy.root, names)
    text, policy = study.locale.text, study.policy
    words = ["salesperf", "explore", "--period", policy.period.label, "--lang", study.lang]
    words += ["--source", policy.source, "--scenario", policy.scenario]
    return block(
        element("h2", text("explorer.heading")),
        element("p", text("explorer.where")),
        element("pre", element("code", shlex.join(words))),
    )
