"""Drive the explorer in a real browser, on its Voilà page: nothing is fetched, and what is saved holds."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from fractions import Fraction
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest

from salesperf_lib import params
from salesperf_lib.widgets import voila_command, voila_environment

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
CELL = """
from pathlib import Path
from salesperf_lib import weights
from salesperf_lib.reports import open_report
from salesperf_lib.widgets import Explorer
report = open_report("t1", "2026-06", "{lang}", "base", "sample", "", False)
Explorer(weights.explore(report.appraisal), "{lang}", root=Path({root!r}), teams=report.team_names)
"""
PATIENCE = 120_000  # milliseconds: the first appraisal of a cold machine
HELD = (
    "() => [...document.querySelectorAll('.sp-explorer .sp-slider output')].slice(0, 3)"
    ".map(shown => parseFloat(shown.value))"
)
DOT = "document.querySelector('.sp-triangle .sp-dot').getAttribute('cx')"


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    pytest.importorskip("voila")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def _served(folder, root, lang):
    """Serve a notebook that shows the explorer; schemes are written to a copy of the parameters."""
    project = folder / "project"  # beside the notebook: a params/ around it would be taken for the company's
    shutil.copytree(root / "params", project / "params")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(CELL.format(lang=lang, root=str(project)))],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, folder / "explorer.ipynb")
    port = _free_port()
    environment = voila_environment() | {"PYTHONPATH": str(root)}
    with (folder / "voila.log").open("w") as log:
        served = subprocess.Popen(
            voila_command(folder / "explorer.ipynb", port), env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(port, served)
            yield f"http://127.0.0.1:{port}/"
        finally:
            served.terminate()
            served.wait(30)


def _wait_for(port, served):
    """Wait until the server answers; the page itself would already start a kernel."""
    for _ in range(600):
        assert served.poll() is None, "Voilà has ended"
        try:
            urlopen(f"http://127.0.0.1:{port}/static/favicon.ico", timeout=5).close()
        except URLError as error:
            if hasattr(error, "code"):  # an answer, if only "not found"
                return
            time.sleep(0.2)
        else:
            return
    raise AssertionError("Voilà does not answer")


@pytest.fixture(scope="module", params=["zh", "en"])
def opened(request, chromium, tmp_path_factory, root, sample_facts):
    """Open the page once for all tests of a language, with every request blocked that leaves the machine."""
    folder = tmp_path_factory.mktemp(f"explorer_{request.param}")
    with _served(folder, root, request.param) as address:
        page = chromium.new_page(viewport={"width": 1360, "height": 1000})
        asked, failed = [], []

        def answer(route):
            asked.append(route.request.url)
            route.continue_() if route.request.url.startswith(address) else route.abort()

        page.route("**/*", answer)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(address, timeout=PATIENCE)
        page.wait_for_selector(".sp-triangle img", timeout=PATIENCE)
        page.wait_for_function(f"({HELD})().length === 3")
        yield request.param, page, folder / "project", asked, failed, address
        page.close()


def _until_changed(page, selector, before):
    page.wait_for_function("([s, b]) => document.querySelector(s).innerText !== b", arg=[selector, before])
    return page.inner_text(selector)


def _text_of_ranks(page):
    return page.inner_text(".sp-explorer table")


def test_the_page_asks_the_network_for_nothing(opened):
    _, page, _, asked, failed, address = opened
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert failed == []


def test_the_page_is_in_its_readers_language(opened):
    lang, page, *_ = opened
    shown = page.inner_text(".sp-explorer")
    for zh, en in (
        ("名次", "Rank"),
        ("等级与平衡", "Grades and balance"),
        ("业绩", "Result"),
        ("保存", "Save"),
    ):
        assert (zh in shown) is (lang == "zh")
        assert (en in shown) is (lang == "en")


def test_every_control_has_a_name(opened):
    _, page, *_ = opened
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('.sp-explorer input, .sp-explorer select, .sp-explorer img,'
          + ' .sp-explorer [role=application]')].filter(e => !(e.labels && [...e.labels].some(l => l.innerText.trim()))
          && !e.getAttribute('aria-label') && !e.getAttribute('alt')).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []


def test_a_slider_is_moved_by_the_keyboard(opened):
    _, page, *_ = opened
    before, said = _text_of_ranks(page), page.inner_text(".headline")
    slider = page.locator(".sp-explorer .sp-slider input").first
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    _until_changed(page, ".headline", said)
    page.wait_for_function(f"({HELD})()[0] === 58")  # 56.5 as far as half per cents go, and three steps
    assert sum(page.evaluate(HELD)) == pytest.approx(100, abs=0.11)  # each is written with one decimal
    assert _text_of_ranks(page) != before
    assert "▲" in _text_of_ranks(page)


def test_a_held_slider_falls_behind_no_hand(opened):
    """Forty moves as fast as a hand drags: the last one wins, and what is shown belongs to it."""
    _, page, *_ = opened
    page.evaluate(
        """() => { const input = document.querySelector('.sp-explorer .sp-slider input');
          for (let k = 0; k < 40; k++) { input.value = 50 + (k % 20) / 2; input.dispatchEvent(new Event('input')); }
          input.value = 55; input.dispatchEvent(new Event('input')); }"""
    )
    page.wait_for_function("() => document.querySelector('.headline .chosen').innerText.includes('55.0%')")
    page.wait_for_function(f"({HELD})()[0] === 55")


def test_the_triangle_takes_clicks_and_arrow_keys(opened):
    _, page, *_ = opened
    said = page.inner_text(".headline .chosen")
    box = page.locator(".sp-triangle img").bounding_box()
    across = 0.62 * box["width"]
    page.mouse.click(box["x"] + across, box["y"] + 0.4 * box["height"])
    said = _until_changed(page, ".headline .chosen", said)
    page.wait_for_function(
        f"x => Math.abs({DOT} - x) < 4", arg=across
    )  # inside the region: where the click was
    first = float(page.evaluate(DOT))
    page.keyboard.press("ArrowLeft")
    after = _until_changed(page, ".headline .chosen", said)
    page.wait_for_function(f"x => {DOT} < x - 1", arg=first)
    before, now = (float(re.search(r"(\d+\.\d)%", each)[1]) for each in (said, after))
    assert now == pytest.approx(before - 0.5)


def test_a_scheme_is_saved_and_is_valid_params(opened):
    lang, page, project, *_ = opened
    page.locator(".sp-explorer [role=tab]").nth(5).click()
    key = f"tried_{lang}"
    form = page.locator(".sp-explorer .widget-text:visible input")
    for field, typed in zip(form.all(), ("试行方案", "Trial", key, "谁会变？", "Who moves?"), strict=True):
        field.fill(typed)
    page.locator(".sp-explorer button:visible").click()
    page.wait_for_selector(f"text=params/scenarios/{key}.yaml")
    assert (project / f"params/scenarios/{key}.yaml").is_file()
    assert params.check_params(project) == []
    policy = params.load_policy("2026-06", "sample", key, root=project)
    shown = re.findall(r"(\d+\.\d)%", page.inner_text(".headline .chosen"))
    assert [f"{float(weight):.1%}" for weight in policy.dimension_weights.values()] == [
        f"{each}%" for each in shown
    ]
    assert sum(policy.dimension_weights.values()) == Fraction(1)
    page.locator(".sp-explorer button:visible").click()  # the same name again
    page.wait_for_selector(".sp-explorer .refusal")
    assert form.nth(2).input_value() == key


def test_the_page_is_as_wide_as_the_screen_at_most(opened):
    _, page, *_ = opened
    page.locator(".sp-explorer [role=tab]").first.click()
    page.set_viewport_size({"width": 390, "height": 900})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1360, "height": 1000})
