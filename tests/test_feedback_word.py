"""The Word file of a feedback sheet: it says what the page says, and keeps what people typed."""

from __future__ import annotations

import math
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from salesperf_lib.errors import DataError
from salesperf_lib.language import text
from salesperf_lib.reports.feedback import (
    EMPLOYEE,
    MANAGER,
    Run,
    Section,
    Sheet,
    TrendPoint,
    read_words,
    write_word,
)
from salesperf_lib.reports.feedback import word as writing
from salesperf_lib.reports.markup import Table

HEADS = ["指标", "原始数字", "值", "目标", "完成率", "得分", "权重", "贡献"]


def sheet(lang="zh", name="王喆", **more):
    cells = [
        ["业绩", *[""] * 7],
        ["净销售额", "80,000.00元", "8.0万元", "10.0万元", "80.0%", "80.00", "100.00%", "80.00"],
        ["合计 = 综合得分", *[""] * 5, "100.00%", "80.00"],
    ]
    said = Sheet(
        lang=lang, person="E0001", name=name, role="客服", team="美肤一部", period="2026年6月", title=f"{name} · 绩效反馈表",
        question="面谈用。", facts=(("岗位", "客服"), ("综合得分", "80.00"), ("等级", "C")), score=80.0, grade="C",
        assessed=True, provisional=False, standing=("综合得分80.00分，等级C。",), veto=None, affirm=None, kept_up=None,
        gap=None, step=None, due=date(2026, 7, 17),
        sandwich=(
            Section("affirm", "一、肯定", "客户满意度为4.73。", ("比2026年5月提高3.0%。",)),
            Section("gap", "二、差距", "净销售额为8.0万元。", ("综合得分少8.0分。",)),
            Section("direction", "三、下一步", "整理未成交客户。", ("交付物：清单。", "期限：2026年7月17日。")),
        ),
        path=Section("path", "到下一等级还差什么", "还差5.00分。", ("是一项。",)),
        trend=(TrendPoint("2026年5月", math.nan, ""), TrendPoint("2026年6月", 80.0, "C")),
        trend_said=Section("trend", "趋势", "", ("没有以前期间的得分可比。",)),
        lines=Table("说明", pd.DataFrame(cells, columns=HEADS), total=True, headed=(0,)),
        notes=Section("notes", "说明", "", ("沿用2026年第2季度。",)), sign_by=date(2026, 7, 15),
        appeal_by=date(2026, 7, 20), signing="请在2026年7月15日前签字。", appeal="任何等级都可以申诉。",
        small_print="按固定规则选出。", provenance="规则 1 · 数据 2", recorded_on=date(2026, 7, 11),
    )  # fmt: skip
    return replace(said, **more)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "feedback.docx"


def words_of(file):
    """Give everything that stands in the file, fields included."""
    body = docx.Document(str(file)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))


def field(document, tag):
    for control in document.element.body.iter(qn("w:sdt")):
        if control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == tag:
            return control.find(qn("w:sdtContent"))
    raise AssertionError(tag)


def type_into(file, tag, *paragraphs):
    """Write into a field as a person does: each paragraph a list of (text, bold)."""
    document = docx.Document(str(file))
    content = field(document, tag)
    for old in list(content):
        content.remove(old)
    for part in paragraphs:
        element = etree.SubElement(content, qn("w:p"))
        for said, bold in part:
            run = etree.SubElement(element, qn("w:r"))
            if bold:
                etree.SubElement(etree.SubElement(run, qn("w:rPr")), qn("w:b"))
            etree.SubElement(run, qn("w:t")).text = said
    document.save(str(file))


def sign(file, tag="salesperf_signature_employee", name="王喆"):
    document = docx.Document(str(file))
    run = etree.SubElement(next(field(document, tag).iter(qn("w:p"))), qn("w:r"))
    etree.SubElement(run, qn("w:t")).text = name
    document.save(str(file))


def test_it_says_what_the_sheet_says(path):
    told = sheet()
    write_word(told, path)
    whole = words_of(path)
    parts = [told.path, told.trend_said, *told.sandwich]
    expected = [told.title, *told.standing, told.signing, told.appeal, told.small_print, told.provenance]
    expected += [said for part in parts for said in (part.heading, part.lead, *part.sentences)]
    expected += [cell for cell in told.lines.frame.to_numpy().ravel() if cell]
    assert [said for said in expected if said not in whole] == []
    order = [whole.index(part.heading) for part in told.sandwich]
    assert order == sorted(order)


def test_the_lines_are_a_table_and_an_absent_score_is_a_dash(path):
    write_word(sheet(), path)
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(str(path)).tables
    ]
    assert [HEADS, *sheet().lines.frame.to_numpy().tolist()] in tables
    assert ["得分", "–", "80.00"] in [row for table in tables for row in table]


def test_both_scripts_have_a_face(path):
    write_word(sheet(), path)
    for name in ("Normal", "Heading 1", "Heading 2"):
        faces = docx.Document(str(path)).styles[name].element.rPr.rFonts
        assert faces.get(qn("w:eastAsia")) == "Microsoft YaHei"
        assert faces.get(qn("w:ascii")) == "Calibri"
        assert faces.get(qn("w:asciiTheme")) is None


def test_every_field_to_write_and_to_sign_is_a_content_control_of_its_own(path):
    write_word(sheet(), path)
    properties = list(docx.Document(str(path)).element.body.iter(qn("w:sdtPr")))
    tags = [one.find(qn("w:tag")).get(qn("w:val")) for one in properties]
    signed = ["salesperf_signature_employee", "salesperf_signature_manager"]
    assert sorted(tags) == sorted([MANAGER, EMPLOYEE, *signed, *(f"{tag}_date" for tag in signed)])
    assert len({one.find(qn("w:id")).get(qn("w:val")) for one in properties}) == len(tags)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_untouched_file_holds_no_words(path, lang):
    write_word(sheet(lang), path)
    assert text("feedback.words.manager_prompt", lang) in words_of(path)
    assert read_words(path) == {MANAGER: (), EMPLOYEE: ()}


def test_what_people_typed_is_kept_when_it_is_written_again(path):
    write_word(sheet(), path)
    type_into(path, MANAGER, [("新话术 ", False), ("有效", True)], [("第二段", False)])
    type_into(path, EMPLOYEE, [("需要样品 & <支持>", False)])
    write_word(sheet(standing=("综合得分81.00分，等级C。",)), path)
    assert "综合得分81.00分" in words_of(path)
    assert "综合得分80.00分" not in words_of(path)
    assert read_words(path) == {
        MANAGER: ((Run("新话术 "), Run("有效", bold=True)), (Run("第二段"),)),
        EMPLOYEE: ((Run("需要样品 & <支持>"),),),
    }
    assert text("feedback.words.manager_prompt", "zh") not in words_of(path)


def test_a_prompt_of_another_language_is_no_word(path):
    write_word(sheet("en"), path)
    write_word(sheet("zh"), path)
    assert read_words(path)[MANAGER] == ()


def test_what_was_struck_out_with_changes_tracked_is_not_kept(path):
    write_word(sheet(), path)
    type_into(path, MANAGER, [("留下", False)])
    document = docx.Document(str(path))
    struck = etree.SubElement(next(field(document, MANAGER).iter(qn("w:p"))), qn("w:del"))
    etree.SubElement(etree.SubElement(struck, qn("w:r")), qn("w:delText")).text = "删去"
    document.save(str(path))
    assert read_words(path)[MANAGER] == ((Run("留下"),),)


STYLED = st.lists(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8), st.booleans()),
        min_size=1, max_size=3,
    ),
    min_size=1, max_size=3,
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STYLED)
def test_words_survive_any_number_of_times(path, drawn):
    given_words = tuple(tuple(Run(said, bold=bold) for said, bold in part) for part in drawn)
    given_words = tuple(
        tuple(
            run
            for run in part
            if run.text not in ("\ufffe", "\uffff") and "\ufffe" not in run.text and "\uffff" not in run.text
        )
        for part in given_words
    )
    path.unlink(missing_ok=True)
    write_word(sheet(), path, {MANAGER: given_words})
    once = read_words(path)
    write_word(sheet(), path)
    assert read_words(path) == once
    kept = ["".join(run.text for run in part) for part in once[MANAGER]]
    asked = ["".join(run.text for run in part) for part in given_words]
    while asked and not asked[-1].strip():
        asked.pop()
    while asked and not asked[0].strip():
        asked.pop(0)
    assert kept == asked


def test_signatures_are_never_carried_over(path):
    write_word(sheet(), path)
    sign(path)
    write_word(sheet(), path)
    assert (
        "".join(
            t.text or ""
            for t in field(docx.Document(str(path)), "salesperf_signature_employee").iter(qn("w:t"))
        )
        == ""
    )


def test_the_same_sheet_and_words_give_the_same_bytes(path, tmp_path):
    other = tmp_path / "other.docx"
    kept = {MANAGER: ((Run("一"),),)}
    write_word(sheet(), path, kept)
    write_word(sheet(), other, kept)
    assert path.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(path) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = docx.Document(str(path)).core_properties
    assert properties.created == properties.modified
    assert (properties.created.year, properties.created.month, properties.created.day) == (2026, 7, 11)


@pytest.mark.parametrize("damaged", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_a_damaged_file_is_refused_and_left_as_it_is(path, damaged):
    path.write_bytes(damaged)
    with pytest.raises(DataError, match=r"cannot be read .*nothing was overwritten"):
        write_word(sheet(), path)
    assert path.read_bytes() == damaged
    assert list(path.parent.iterdir()) == [path]


def test_another_zip_is_refused(path):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("word/document.xml", "<a/>")
    path.write_bytes(buffer.getvalue())
    with pytest.raises(DataError, match="cannot be read"):
        read_words(path)


def test_a_file_with_broken_xml_is_refused(path):
    write_word(sheet(), path)
    buffer = BytesIO()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(buffer, "w") as broken:
        for name in whole.namelist():
            broken.writestr(name, whole.read(name)[:400] if name == "word/document.xml" else whole.read(name))
    path.write_bytes(buffer.getvalue())
    with pytest.raises(DataError, match="cannot be read"):
        write_word(sheet(), path)
    assert path.read_bytes() == buffer.getvalue()


def test_a_file_whose_field_was_removed_is_refused(path):
    write_word(sheet(), path)
    document = docx.Document(str(path))
    control = field(document, MANAGER).getparent()
    control.getparent().remove(control)
    document.save(str(path))
    before = path.read_bytes()
    with pytest.raises(DataError, match=r"no field salesperf_manager_text.*rename the file"):
        write_word(sheet(), path)
    assert path.read_bytes() == before


def test_only_a_docx_is_written(tmp_path):
    with pytest.raises(DataError, match=r"ends in \.docx"):
        write_word(sheet(), tmp_path / "feedback.doc")
    assert list(tmp_path.iterdir()) == []


def test_control_characters_are_left_out_and_signs_of_markup_are_not(path):
    write_word(sheet(name="王\x00\x1b喆<b>&\ud800"), path)
    assert "王喆<b>& · 绩效反馈表" in words_of(path)


def test_without_a_score_it_has_no_lines_and_no_sandwich(path):
    told = sheet(assessed=False, lines=None, sandwich=(), standing=("在岗天数不足，不考核。",), trend=())
    write_word(told, path)
    assert "净销售额" not in words_of(path)
    assert "请在2026年7月15日前签字。" in words_of(path)


# -- as `salesperf render` makes it, beside the page


@pytest.fixture
def rendered(monkeypatch):
    """Give a way to write whatever sheet without appraising a company."""
    told = {"now": sheet()}
    monkeypatch.setattr(writing, "open_feedback", lambda *_: None)
    monkeypatch.setattr(writing, "sheet", lambda _: told["now"])

    def make(path, kept=None, **more):
        told["now"] = sheet(**more)
        writing.write_word_for("E0001", "2026-06", "zh", "base", "sample", "", path=path, kept=kept)

    return make


def test_rendering_again_keeps_the_words_of_the_earlier_run(rendered, path, tmp_path):
    rendered(path)
    type_into(path, MANAGER, [("约定每周复盘", False)])
    later = tmp_path / "later" / "feedback.docx"
    later.parent.mkdir()
    rendered(later, kept=path, grade="B", standing=("等级B。",))
    assert read_words(later)[MANAGER] == ((Run("约定每周复盘"),),)
    assert [item.name for item in later.parent.iterdir()] == ["feedback.docx"]


def test_a_signed_file_that_says_the_same_is_kept_whole(rendered, path, tmp_path):
    rendered(path)
    sign(path)
    later = tmp_path / "later" / "feedback.docx"
    later.parent.mkdir()
    rendered(later, kept=path)
    assert later.read_bytes() == path.read_bytes()


def test_a_signed_file_that_would_say_something_else_stays_beside_the_new_one(rendered, path, tmp_path):
    rendered(path)
    sign(path)
    later = tmp_path / "later" / "feedback.docx"
    later.parent.mkdir()
    rendered(later, kept=path, standing=("等级B。",))
    earlier = [item for item in later.parent.iterdir() if item != later]
    assert [item.read_bytes() for item in earlier] == [path.read_bytes()]
    assert earlier[0].name.startswith("feedback.signed-")
    assert "等级B。" in words_of(later)


def test_a_damaged_earlier_file_stops_the_run(rendered, path, tmp_path):
    path.write_bytes(b"damaged")
    later = tmp_path / "later.docx"
    with pytest.raises(DataError, match="cannot be read"):
        rendered(later, kept=path)
    assert not later.exists()
