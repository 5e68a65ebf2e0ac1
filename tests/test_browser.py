"""Open rendered pages in a real browser: nothing is fetched, Chinese is drawn, both languages read well."""

from __future__ import annotations

import pytest

from tests.browser import chromium, foreign

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def rendered(tmp_path_factory, root, sample_facts):
    """Render one team in both languages, once for all tests of this file."""
    from salesperf_lib import render

    out = tmp_path_factory.mktemp("pages")
    rows = render.render(
        "90_monthly_report",
        period="2026-06",
        teams=["t1"],
        lang=("zh", "en"),
        source="sample",
        out=out,
        workers=2,
        root=root,
    )
    assert [row.status for row in rows] == ["done", "done"]
    return out


def _open(browser, page_file, width=1280):
    asked: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    page.wait_for_load_state("networkidle")
    return page, asked


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_asks_the_network_for_nothing(browser, rendered, lang):
    (file,) = rendered.rglob(f"{lang}/t1/*.html")
    page, asked = _open(browser, file)
    assert foreign(asked, "file:") == []
    assert page.get_attribute("html", "lang").startswith(lang)
    page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_has_a_text_and_loads(browser, rendered, lang):
    (file,) = rendered.rglob(f"{lang}/t1/*.html")
    page, _ = _open(browser, file)
    images = page.evaluate("[...document.images].map(i => [i.alt, i.naturalWidth])")
    assert len(images) >= 3
    assert all(alt.strip() and width > 0 for alt, width in images)
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_is_never_wider_than_the_screen(browser, rendered, width):
    (file,) = rendered.rglob("zh/t1/*.html")
    page, _ = _open(browser, file, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_no_code_is_shown(browser, rendered):
    (file,) = rendered.rglob("zh/t1/*.html")
    page, _ = _open(browser, file)
    assert "import " not in page.inner_text("body")
    page.close()


def test_the_index_links_every_page(browser, rendered):
    index = next(rendered.rglob("index.html"))
    page, asked = _open(browser, index)
    links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    pages = {link for link in links if link.endswith(".html")}
    assert len(pages) == 2
    assert all((index.parent / link).is_file() for link in pages)
    assert foreign(asked, "file:") == []
    page.close()


def test_what_is_folded_on_screen_stands_open_on_paper(browser, rendered):
    (file,) = rendered.rglob("zh/t1/*.html")
    page, _ = _open(browser, file)
    heights = "[...document.querySelectorAll('.fold > .body')].map(b => b.offsetHeight)"
    assert set(page.evaluate(heights)) == {0}
    page.click(".fold.sheet summary >> nth=0")
    assert sum(height > 0 for height in page.evaluate(heights)) == 1
    page.emulate_media(media="print")
    assert min(page.evaluate(heights)) > 0
    page.close()


def test_a_table_as_wide_as_paper_is_not_cut_off(browser, rendered):
    (file,) = rendered.rglob("zh/t1/*.html")
    page, _ = _open(browser, file, 703)  # A4 within its margins, at 96 dots per inch
    page.emulate_media(media="print")
    assert (
        page.evaluate("Math.max(...[...document.querySelectorAll('table')].map(t => t.scrollWidth))") <= 703
    )
    page.close()
