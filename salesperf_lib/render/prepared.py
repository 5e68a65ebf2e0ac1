"""Write a notebook with its parameters set, for somebody who runs it live (§4)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from salesperf_lib.errors import RenderError, fail_if_any
from salesperf_lib.render.notebooks import Value, check_values, read_parameters


def prepared(notebook: Path, values: Mapping[str, Value], folder: Path, title: str = "") -> Path:
    """Write a copy of a notebook whose parameters have other values.

    Parameters
    ----------
    notebook
        The notebook; it stays as it is.
    values
        By name; what is not named keeps its default.
    folder
        Where the copy goes, under the same name; made if it is not there.
    title
        What a page of it is called; its name if not given.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    RenderError
        If the notebook does not declare a parameter, or declares it as something else.
    """
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    problems = check_values(read_parameters(notebook), values, notebook.name)
    fail_if_any(problems, RenderError)
    document = load_notebook_node(str(notebook))
    written = parameterize_notebook(document, dict(values), kernel_name="python3", language="python")
    for cell in written.cells:
        cell.metadata.pop("papermill", None)
    # The live page's template reads the language where that of reports does.
    written.metadata["papermill"] = {"parameters": dict(values)}
    written.metadata |= {"title": title} if title else {}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / notebook.name
    nbformat.write(written, path)
    return path
