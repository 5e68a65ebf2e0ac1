"""The real browser that tests open pages in: one way to find and start it, and what a page asked it for."""

from __future__ import annotations

import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
    " --disable-sync"
)


@contextmanager
def chromium():
    """Start Chromium, which itself asks the network for nothing; without one the test is skipped."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=QUIET.split())
        yield browser
        browser.close()


def foreign(asked, *own):
    """List the addresses asked for that are neither in the page itself nor below its own."""
    return [address for address in asked if not address.startswith(("data:", "blob:", *own))]
