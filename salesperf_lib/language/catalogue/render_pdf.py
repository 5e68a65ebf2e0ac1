"""Words that a PDF adds to what its page says."""

ENTRIES: dict[str, tuple[str, str]] = {
    "render.pdf.page": ("第{page}页，共{pages}页", "Page {page} of {pages}"),
    "render.pdf.picture": ("图", "Picture"),
}
