"""Drive the explorer in a real browser, on its Voilà page: nothing is fetched, and what is saved holds."""

from __future__ import annotations

import os
import re
import shutil
from fractions import Fraction

import pytest

from salesperf_lib import params, render
from salesperf_lib.widgets.page import served
from tests.browser import chromium, foreign

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 120_000  # milliseconds: the first appraisal of a cold machine
NOTEBOOK = "40_weight_explorer"
LAST = "#rendered_cells [cell-index]:last-child .jp-OutputArea-output"
HELD = (
    "() => [...document.querySelectorAll('.sp-explorer .sp-slider output')].slice(0, 3)"
    ".map(shown => parseFloat(shown.value))"
)
DOT = "document.querySelector('.sp-triangle .sp-dot').getAttribute('cx')"


@pytest.fixture(scope="module")
def browser():
    pytest.importorskip("voila")
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def project(root, sample_facts, tmp_path_factory):
    """Give a project of its own: schemes are written to a copy of the rules."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(root / "params", folder / "params")
    held = folder / "data" / "snapshots" / "sample"
    held.mkdir(parents=True)
    (folder / "data" / "sample").symlink_to(root / "data" / "sample")
    (held / sample_facts.digest).symlink_to(sample_facts.folder)
    return folder


@pytest.fixture(scope="module", params=["zh", "en"])
def opened(request, browser, project, root):
    """Open the page once for all tests of a language, with every request blocked that leaves the machine."""
    lang = request.param
    notebook = render.prepared(
        render.find_notebook(NOTEBOOK, root), {"lang": lang}, project / lang, f"page in {lang}"
    )
    environment = os.environ | {"PYTHONPATH": str(root), "SALESPERF_ROOT": str(project)}
    with (
        (project / f"{lang}.log").open("wb") as log,
        served(notebook, environment=environment, log=log) as held,
    ):
        page = browser.new_page(viewport={"width": 1360, "height": 1000})
        asked, failed = [], []

        def answer(route):
            asked.append(route.request.url)
            route.continue_() if route.request.url.startswith(held.address) else route.abort()

        page.route("**/*", answer)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(held.address, timeout=PATIENCE)
        page.wait_for_selector(".sp-triangle img", timeout=PATIENCE)
        page.wait_for_selector(LAST, timeout=PATIENCE)  # until then sliders have to wait for the kernel
        page.wait_for_function(f"({HELD})().length === 3")
        yield lang, page, project, asked, failed, held.address
        page.close()


def _until_changed(page, selector, before):
    page.wait_for_function("([s, b]) => document.querySelector(s).innerText !== b", arg=[selector, before])
    return page.inner_text(selector)


def _text_of_ranks(page):
    return page.inner_text(".sp-explorer table")


def test_the_page_asks_the_network_for_nothing(opened):
    _, page, _, asked, failed, address = opened
    page.wait_for_load_state("networkidle")
    assert foreign(asked, address) == []
    assert failed == []


def test_the_page_is_a_page(opened):
    """No code, no text meant for readers of the notebook, no failure; a title, and the blocks of all sections."""
    lang, page, *_ = opened
    assert page.title() == f"page in {lang}"
    assert page.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[lang]
    shown = page.inner_text("body")
    for hidden in ("import ", "What the data cover, and who is graded.", "Traceback"):
        assert hidden not in shown
    assert page.locator("h1:visible").count() == 1
    assert page.locator("h2:visible").count() >= 12
    assert page.evaluate(
        "[...document.querySelectorAll('#rendered_cells img')].every(i => i.naturalWidth > 0)"
    )


def test_the_page_itself_scrolls_and_so_prints_whole(opened):
    _, page, *_ = opened
    assert page.evaluate("document.documentElement.scrollHeight") > 3000


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
