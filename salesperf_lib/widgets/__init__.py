"""The live explorer of weights: ipywidgets over the functions that the reports use (§4).

`Explorer` shows itself in JupyterLab and as a Voilà page; `Explorer.twin` gives the same pictures and
tables without widgets. Only this package imports ipywidgets and anywidget.
"""

from salesperf_lib.widgets.explorer import Explorer
from salesperf_lib.widgets.page import voila_command, voila_environment
from salesperf_lib.widgets.shown import show_explorer

__all__ = ["Explorer", "show_explorer", "voila_command", "voila_environment"]
