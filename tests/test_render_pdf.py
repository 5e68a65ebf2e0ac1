"""PDFs of pages: the same words, nothing read as code, nothing cut off, and clear errors."""

from __future__ import annotations

import base64
import importlib.util
import io
import re
from collections import Counter
from html import escape, unescape
from pathlib import Path

import pytest
from pypdf import PdfReader

from salesperf_lib.errors import RenderError
from salesperf_lib.render.pdf import pdf_of, write_pdf
from salesperf_lib.render.pdf.columns import Extent, share
from salesperf_lib.render.pdf.quoting import breakable, string
from salesperf_lib.render.pdf.tree import find, read, text_of
from salesperf_lib.reports.markup import Table, block, definitions, element, folded, paragraphs

COMMAND = "salesperf render 90_monthly_report --period 2026-06 --teams t1 --lang zh --as-of 2026-07-11"
PROVENANCE = "2026-06 · scenario base · rules 0f · data 1a · salesperf 0.1.0"


def _page(*cells: str, half: tuple[str, ...] = (), title: str = "t1 · June 2026") -> str:
    """Write a page as the exporter does."""
    sections = [f'<section class="cell">\n<style>.x {{}}</style>{cell}\n</section>' for cell in cells]
    sections += [f'<section class="cell celltag_half">\n{cell}\n</section>' for cell in half]
    body = "\n".join(sections)
    return (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title><style>body {{}}</style></head>\n"
        f"<body>\n<main>{body}</main>\n</body>\n</html>\n"
    )


def _masthead(name: str = "报告") -> str:
    return (
        f'<div class="sp masthead"><div class="title"><h1>{escape(name)}</h1><p class="period">June 2026</p></div>'
        f'<p class="note">{PROVENANCE}</p></div>'
    )


def _read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def _squeezed(words: str) -> str:
    """Drop what only breaks lines."""
    return re.sub(r"[\s\u200b]+", "", words)


def _words(made: bytes) -> str:
    return _squeezed("".join(page.extract_text() for page in _read(made).pages))


def _seen(page: str) -> str:
    """Give a page's words by plain means, not by the parser under test."""
    main = page.partition("<main>")[2]
    return _squeezed(unescape(re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", main, flags=re.DOTALL)))


def _png(width: int = 40, height: int = 20) -> str:
    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (width, height), (15, 107, 120)).save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode("ascii")


def _alternatives(node: object, found: list[str]) -> list[str]:
    """Collect the words for pictures from the structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, dict):
        if "/Alt" in node:
            found.append(str(node["/Alt"]))
        _alternatives(node.get("/K"), found)
    elif isinstance(node, list):
        for child in node:
            _alternatives(child, found)
    return found


def _frame(rows: list[list[str]], heads: list[str]):
    import pandas as pd

    return pd.DataFrame(rows, columns=heads)


# -- the same content ----------------------------------------------------------------------------------


def _every_kind() -> str:
    table = Table("Lines", _frame([["Result", ""], ["Net sales", "12"], ["Sum", "12"]], ["Name", "Value"]),
                  total=True, headed=(0,))  # fmt: skip
    tiles = '<div class="tiles"><div class="tile low"><div class="label">Attainment</div><div class="big">85.2%</div><div class="sub"><div class="bar"><div class="fill" style="width:85.2%"></div></div></div><div class="sub">before 85.0%</div></div></div>'
    chain = '<div class="chain"><div class="step"><span class="label">Visits</span><strong>25</strong><span class="moved"><span class="good">▲ +1.0%</span></span></div><span class="sign">×</span><div class="step"><span class="label">Rate</span><strong>2%</strong></div></div>'
    trend = '<div class="columns"><div class="column"><span class="label">92.7</span><div class="fill" style="height: 64px"></div><span class="grade grade-d">D</span><span class="when">Jan</span></div></div>'
    sheet = '<div class="sp feedback sandwich"><div class="part gap"><h2>Gap</h2><p class="lead">Lead</p><p>Said</p></div></div><div class="box manager"><span class="label">Manager</span></div><div class="signature"><span>Sign</span><span class="rule"></span><span>Date</span><span class="rule date"></span></div>'
    prose = '<h2>Prose</h2><p>a <em>b</em> <code>c*d</code> <a href="#x">e</a><br>f</p><ul><li>g<ul><li>h</li></ul></li></ul><ol><li>i</li></ol><blockquote><p>j</p></blockquote><hr><p>k<sup>2</sup></p>'
    folds = folded("Fold it", paragraphs(["Inside"]), element("pre", element("code", COMMAND))).html
    terms = definitions([("Term", "Meaning"), ("Other", "Sense")], "curves").html
    facts = definitions([("Team", "t1")], "parameters").html
    unknown = '<div class="never-seen"><span class="nor-this">Unforeseen</span> words</div>'
    parts = [tiles, chain, trend, sheet, prose, folds, terms, facts, unknown]
    return _page(_masthead(), block(table).html, *parts)


def test_a_document_says_what_its_page_says_and_nothing_else():
    page = _every_kind()
    made = pdf_of(page, "en", "TITLE")
    words = _words(made)
    pages = len(_read(made).pages)
    frame = "".join(f"{PROVENANCE}Page{number + 1}of{pages}" for number in range(pages)) + "TITLE" * (
        pages - 1
    )
    bullets = re.compile("[•‣1.]")
    expected = Counter(bullets.sub("", _seen(page) + _squeezed(frame)))
    assert Counter(bullets.sub("", words)) == expected


def test_a_fold_stands_open_and_its_title_stands_for_the_caption():
    table = Table("Only once", _frame([["a", "1"]], ["Name", "Value"]))
    made = pdf_of(_page(block(folded("Only once", table)).html), "en", "T")
    assert _words(made).count("Onlyonce") == 1
    assert "NameValuea1" in _words(made)


@pytest.mark.parametrize(
    "words",
    ["#eval(1) $x^2$ *b* _i_ [a] `c` @r <l> ~ = - + / // /* */", "<script>alert(1)</script>", 'a "quoted" \\ back\\n',
     "#\"; #import \"x\": *", "a]b[c", "{% x %} \\u{41}"],
)  # fmt: skip
def test_no_text_is_read_as_code(words):
    table = Table(words, _frame([[words, "1"]], [words, "Value"]))
    page = _page(_masthead(words), block(table, element("p", words), element("pre", words)).html)
    made = pdf_of(page, "en", words)
    assert _words(made).count(_squeezed(words)) >= 6
    assert _read(made).metadata.title == words


def test_styles_and_scripts_of_a_page_are_not_words():
    made = pdf_of(_page("<script>var secret = 1</script><p>shown</p>"), "en", "T")
    assert "secret" not in _words(made)
    assert "shown" in _words(made)


def test_a_document_about_one_team_holds_nobody_whom_its_page_does_not_name():
    made = pdf_of(_page(_masthead("李喆"), "<p>马祎</p>"), "zh", "李喆")
    allowed = set(_seen(_page(_masthead("李喆"), "<p>马祎</p>")) + "第页，共0123456789")
    assert set(_words(made)) <= allowed
    assert "author" not in {key.lower().strip("/") for key in _read(made).metadata}


# -- names, language, outline, pictures ----------------------------------------------------------------


def test_rare_characters_of_names_are_drawn():
    made = pdf_of(_page(_masthead(), "<p>喆 堃 祎 珺 龑 犇</p>"), "zh", "喆堃祎珺")
    assert "喆堃祎珺龑犇" in _words(made)


def test_a_character_without_a_glyph_is_refused_with_its_place():
    page = _page(_masthead(), "<h2>Who stands where</h2><p>\U00020bb7野</p>")
    with pytest.raises(RenderError) as caught:
        pdf_of(page, "zh", "T")
    (problem,) = caught.value.problems
    assert "block 2 of 2 (Who stands where" in problem.where
    assert "\U00020bb7" in problem.found
    assert "font" in problem.remedy


def test_control_characters_are_shown_as_unreadable():
    assert string("a\x07b\x00") == '"a\ufffdb\ufffd"'
    assert "ab" not in _words(pdf_of(_page("<p>a\x07b</p>"), "en", "T"))


@pytest.mark.parametrize(("lang", "language"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_language_title_and_outline_are_set(lang, language):
    made = pdf_of(_page(_masthead("Report"), "<h2>One</h2><p>x</p>", "<h5>Deep</h5>"), lang, "What it is")
    reader = _read(made)
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.metadata.title == "What it is"
    assert [item.title for item in [reader.outline[0], *reader.outline[1][:1]]] == ["Report", "One"]
    assert "/StructTreeRoot" in reader.trailer["/Root"]


def test_pictures_keep_their_words_and_none_is_fetched():
    drawing = (
        '<svg viewBox="0 0 10 5" aria-label="Trend rises"><rect width="10" height="5" fill="red"/></svg>'
    )
    picture = (
        f'<img class="figure" alt="Sales &quot;fell&quot;" width="600" src="data:image/png;base64,{_png()}">'
    )
    nameless = f'<img src="data:image/png;base64,{_png(30)}">'
    far = '<img alt="Far away" src="https://nowhere.invalid/x.png">'
    made = pdf_of(_page(drawing, picture, nameless, far), "en", "T")
    assert _alternatives(_read(made).trailer["/Root"]["/StructTreeRoot"], []) == [
        "Trend rises", 'Sales "fell"', "Picture",
    ]  # fmt: skip
    assert "Faraway" in _words(made)
    assert sum(len(page.images) for page in _read(made).pages) == 2


def test_a_picture_that_cannot_be_read_names_its_block():
    broken = base64.b64encode(b"no picture").decode("ascii")
    page = _page("<p>fine</p>", f'<h2>Charts</h2><img alt="a" src="data:image/png;base64,{broken}">')
    with pytest.raises(RenderError, match=r"block 2 of 2 \(Charts"):
        pdf_of(page, "en", "T")


# -- paper ---------------------------------------------------------------------------------------------


def _placed(made: bytes) -> list[tuple[int, str, float, float, float]]:
    """Give page, text, x, y and size of every piece of text."""
    found: list[tuple[int, str, float, float, float]] = []
    for number, page in enumerate(_read(made).pages):

        def take(words, matrix, text_matrix, _font, size, number=number):
            if words.strip():
                x = matrix[0] * text_matrix[4] + matrix[4]
                y = matrix[3] * text_matrix[5] + matrix[5]
                found.append((number, words.strip(), x, y, size * abs(text_matrix[0] * matrix[0])))

        page.extract_text(visitor_text=take)
    return found


def test_two_halves_stand_side_by_side_and_a_third_alone():
    made = pdf_of(_page("<p>Top</p>", half=("<p>Left</p>", "<p>Right</p>", "<p>Alone</p>")), "en", "T")
    at = {words: (x, y) for _, words, x, y, _ in _placed(made)}
    assert at["Left"][1] == at["Right"][1]
    assert at["Right"][0] - at["Left"][0] > 200
    assert at["Alone"][1] != at["Left"][1]
    assert at["Alone"][0] == at["Left"][0]


def test_a_long_table_breaks_between_rows_and_repeats_its_head():
    rows = [[f"row {place:03d}", f"{place * 7:,}"] for place in range(150)]
    table = Table("Everybody", _frame(rows, ["Heading", "Figure"]))
    made = pdf_of(_page(_masthead(), block(table).html), "en", "T")
    pages = [_squeezed(page.extract_text()) for page in _read(made).pages]
    assert len(pages) >= 3
    assert all("HeadingFigure" in page for page in pages)
    assert re.findall(r"row(\d{3})", "".join(pages)) == [f"{place:03d}" for place in range(150)]


def test_a_wide_table_of_figures_stays_on_the_paper():
    rows = [["于梓萱", *[f"CN¥{place * 1234567:,}.00" for place in range(14)]] for _ in range(3)]
    table = Table("Wide", _frame(rows, [f"Heading of column {place}" for place in range(15)]))
    made = pdf_of(_page(block(table).html), "zh", "T")
    rest = [(words, x, y, size) for _, words, x, y, size in _placed(made) if words.startswith("CN")]
    assert len(rest) >= 3 * 14
    for line in {y for _, _, y, _ in rest}:
        row = sorted((x, words, size) for words, x, y, size in rest if y == line)
        ends = [x + 0.4 * size * len(words) for x, words, size in row]  # a digit is .555 em wide, a comma .28
        assert all(end < start for end, (start, _, _) in zip(ends, row[1:], strict=False))
        assert ends[-1] < 595.3 - 34


def test_every_sheet_has_page_number_provenance_and_mark_and_later_ones_the_title():
    mark = '<div class="provisional-mark">PROVISIONAL</div><p class="provisional">Not closed</p>'
    table = Table("Everybody", _frame([[f"row {place}", "1"] for place in range(90)], ["A", "B"]))
    pages = [
        page.extract_text()
        for page in _read(pdf_of(_page(_masthead() + mark, block(table).html), "en", "The title")).pages
    ]
    for number, words in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in words
        assert _squeezed(PROVENANCE) in _squeezed(words)
        assert words.count("PROVISIONAL") == 1
        assert ("The title" in words) == (number > 1)


def test_a_failure_is_told_on_top():
    page = _page(
        '<div class="failure" role="alert"><p><strong>It failed.</strong></p><p>In [4]</p></div>',
        "<h2>Rest</h2>",
    )
    words = _words(pdf_of(page, "en", "T"))
    assert words.startswith("Itfailed.In[4]")


# -- columns -------------------------------------------------------------------------------------------


def _column(least: float, whole: float, *, firm: bool = False) -> Extent:
    return Extent(least, whole, firm, (whole,))


def test_columns_that_fit_fill_the_room():
    found = share([_column(5, 10), _column(5, 20)], 500)
    assert sum(found.widths) == pytest.approx(500, abs=0.1)
    assert found.size == 8.5
    assert found.heights == (1,)


def test_every_column_gets_at_least_its_longest_piece():
    columns = [_column(6, 60), _column(8, 9, firm=True), _column(8, 30, firm=True)]
    found = share(columns, 300)
    assert sum(found.widths) <= 300.1
    for column, width in zip(columns, found.widths, strict=True):
        assert width >= column.least * found.size - 0.1


def test_letters_get_smaller_before_anything_is_cut_off():
    found = share([_column(12, 12, firm=True)] * 12, 527)
    assert found.size < 6.5
    assert sum(found.widths) <= 527.2


def test_only_a_long_word_may_break_and_at_its_joints():
    assert breakable("short-word and 于梓萱") == "short-word and 于梓萱"
    assert breakable("data/cases/a_very_long_name.yaml").split("\u200b") == [
        "data/", "cases/", "a_", "very_", "long_", "name.", "yaml",
    ]  # fmt: skip
    assert [len(piece) for piece in breakable("x" * 50).split("\u200b")] == [24, 24, 2]


# -- the tree ------------------------------------------------------------------------------------------


def test_a_tree_holds_what_is_never_closed_and_what_closes_nothing():
    root = read("<main><p>a<br>b</i><div>c</main><p>d")
    assert text_of(next(find(root, "main"))) == "a\nbc"
    assert text_of(root) == "a\nbcd"


def test_headings_step_down_one_at_a_time():
    root = read(
        "<main><h3>a</h3><h6>b</h6><h2>c</h2><details><summary>d</summary></details><h1>e</h1></main>"
    )
    assert [node.level for node in find(root) if node.level] == [1, 2, 2, 3, 1]


# -- bytes, files, errors ------------------------------------------------------------------------------


def test_the_same_page_gives_the_same_bytes_dated_by_its_own_command():
    page = _page(_masthead(), element("pre", COMMAND).html)
    first = pdf_of(page, "zh", "T")
    assert first == pdf_of(page, "zh", "T")
    assert _read(first).metadata["/CreationDate"].startswith("D:20260711")
    undated = pdf_of(_page("<p>x</p>"), "zh", "T")
    assert "/CreationDate" not in _read(undated).metadata


def test_a_page_is_written_beside_itself_under_the_name_of_its_heading(tmp_path: Path):
    source, target = tmp_path / "a.html", tmp_path / "a.pdf"
    source.write_text(_page(_masthead("袁静怡")), encoding="utf-8")
    write_pdf(source, target, "zh")
    assert _read(target.read_bytes()).metadata.title == "袁静怡 · June 2026"
    source.write_text(_page("<p>no heading</p>", title="t1 &amp; t2"), encoding="utf-8")
    write_pdf(source, target, "zh")
    assert _read(target.read_bytes()).metadata.title == "t1 & t2"


def test_nothing_is_written_where_it_fails(tmp_path: Path):
    source, target = tmp_path / "a.html", tmp_path / "a.pdf"
    source.write_text(_page("<p>\U00020bb7</p>"), encoding="utf-8")
    with pytest.raises(RenderError):
        write_pdf(source, target, "zh")
    assert [item.name for item in tmp_path.iterdir()] == ["a.html"]


def test_without_typst_the_error_says_what_to_install(monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "typst" else there(name))
    with pytest.raises(RenderError, match=r"typst is not installed.*salesperf\[pdf\]"):
        pdf_of(_page("<p>x</p>"), "zh", "T")


def test_without_the_chinese_face_the_error_says_so(monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "zhplot" else there(name))
    with pytest.raises(RenderError, match="zhplot"):
        pdf_of(_page("<p>x</p>"), "zh", "T")


def test_a_font_of_the_users_own_comes_first(tmp_path: Path):
    import matplotlib as mpl

    own = Path(mpl.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"
    made = pdf_of(_page("<p>Latin 喆</p>"), "zh", "T", [own])
    fonts = {str(font["/BaseFont"]) for page in _read(made).pages
             for font in (item.get_object() for item in page["/Resources"]["/Font"].values())}  # fmt: skip
    assert any("STIX" in name for name in fonts)
    assert any("NotoSansSC" in name for name in fonts)
    with pytest.raises(RenderError, match=r"none\.ttf"):
        pdf_of(_page("<p>x</p>"), "zh", "T", [tmp_path / "none.ttf"])
