"""Turn an executed notebook into one self-contained HTML page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from salesperf_lib.language import period_text, text
from salesperf_lib.render.fonts import with_glyphs
from salesperf_lib.render.manifest import Report

if TYPE_CHECKING:
    from nbconvert import HTMLExporter

TEMPLATES = Path(__file__).parents[1] / "templates"


def page_of(notebook: NotebookNode, report: Report) -> str:
    """Write a notebook's outputs as a page: no code, no script, nothing fetched, Chinese glyphs included.

    What a notebook wrote to its error stream stays in the record and the manifest: it is for the analyst,
    not for the reader of the page.
    """
    title = text(
        "render.page_title",
        report.lang,
        team=report.team_name,
        period=period_text(report.period, report.lang),
    )
    page, _ = _exporter().from_notebook_node(notebook, resources={"title": title})
    return with_glyphs(page)


@cache
def _exporter() -> HTMLExporter:
    """Build the exporter once per process: it costs a second, a page 0.03."""
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import Preprocessor

    class WithoutErrorStream(Preprocessor):
        """Leave out what cells wrote to their error stream."""

        def preprocess_cell(
            self, cell: NotebookNode, resources: dict, index: int
        ) -> tuple[NotebookNode, dict]:
            if "outputs" in cell:
                cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            return cell, resources

    exporter = HTMLExporter(
        template_name="salesperf",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        embed_images=True,
        require_js_url="",
        mathjax_url="",
    )
    exporter.register_preprocessor(WithoutErrorStream(), enabled=True)
    return exporter
