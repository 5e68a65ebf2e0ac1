"""A report's page as an A4 document: read the page, write it in Typst, compile it."""

from salesperf_lib.render.pdf.document import pdf_of, write_pdf

__all__ = ["pdf_of", "write_pdf"]
