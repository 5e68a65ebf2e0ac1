"""Find out what two paths mean, and compare them."""

from __future__ import annotations

from pathlib import Path

from salesperf_lib.errors import Problem, RenderError
from salesperf_lib.language import LANGUAGES
from salesperf_lib.params import project_root
from salesperf_lib.render.comparison.contents import read_contents
from salesperf_lib.render.comparison.found import Comparison, Difference, Note
from salesperf_lib.render.comparison.origin import Origin, origin_differences, origin_of, origin_of_row
from salesperf_lib.render.comparison.reports import contents_differences
from salesperf_lib.render.comparison.rules import rule_differences
from salesperf_lib.render.comparison.runs import name_of, page_of_row, paired_rows, run_differences
from salesperf_lib.render.manifest import MANIFEST, Row, latest_rows

ALLOWED = "a report (.html page or executed .ipynb), its folder, a manifest.jsonl, or the folder of one"
RowPairs = list[tuple[Row | None, Row | None]]


def compare(
    left: str | Path, right: str | Path, *, lang: str = "zh", numbers: bool = False, root: Path | None = None
) -> Comparison:
    """Compare two reports, or two runs.

    Parameters
    ----------
    left, right
        Both a report (page, executed notebook, or the folder that holds them), or both a run (manifest, or
        the output folder).
    lang
        In which differences of numbers are written.
    numbers
        Of two runs, compare each pair of pages too.
    root
        Project whose params/ tell which rules differ; found as by `salesperf_lib.params.project_root`.

    Returns
    -------
    Comparison
        What differs.

    Raises
    ------
    RenderError
        If a path holds neither a report nor a run, both are not of one kind, or `lang` is not known.
    """
    if lang not in LANGUAGES:
        raise RenderError(Problem("language", repr(lang), ", ".join(LANGUAGES)))
    first, second = _meant(Path(left)), _meant(Path(right))
    if (first.name == MANIFEST) != (second.name == MANIFEST):
        kinds = " and ".join("a run" if path.name == MANIFEST else "a report" for path in (first, second))
        raise RenderError(Problem(f"{left}, {right}", kinds, "two reports, or two runs"))
    home = root or project_root()
    if first.name == MANIFEST:
        return _runs(first.parent, second.parent, lang, home, numbers=numbers)
    return _reports(first, second, lang, home)


def _meant(path: Path) -> Path:
    """Find the one file that a path means."""
    if path.is_dir():
        if (path / MANIFEST).is_file():
            return path / MANIFEST
        found = sorted(path.glob("*.html")) or sorted(path.glob("*.ipynb"))
        if len(found) == 1:
            return found[0]
        raise RenderError(Problem(str(path), f"a folder with {len(found)} reports and no manifest", ALLOWED))
    if path.is_file() and (path.name == MANIFEST or path.suffix in (".html", ".ipynb")):
        return path
    raise RenderError(Problem(str(path), "another kind of file" if path.exists() else "nothing", ALLOWED))


def _reports(left: Path, right: Path, lang: str, root: Path) -> Comparison:
    """Compare what two reports were made of and what they show."""
    names = (str(left), str(right))
    if left.suffix == right.suffix and left.read_bytes() == right.read_bytes():
        read_contents(left)  # two copies of a file that is no report are refused too
        return Comparison(*names, (), (Note("same_bytes"),))
    sides = (read_contents(left), read_contents(right))
    origins = (origin_of(left, sides[0]), origin_of(right, sides[1]))
    rules, notes = rule_differences(*origins, root)
    found = [*origin_differences(*origins), *rules, *contents_differences(*sides, lang)]
    unknown = [Note("no_origin", {"path": name}) for name, origin in zip(names, origins, strict=True)
               if not origin.get("policy")]  # fmt: skip
    if not found and left.suffix == right.suffix:
        notes = [*notes, Note("same_content")]
    return Comparison(*names, tuple(found), (*notes, *unknown))


def _pages(left: Path, right: Path, lang: str) -> Comparison:
    """Compare what two pages show; what they were made of, their manifests have told."""
    same = left.suffix == right.suffix and left.read_bytes() == right.read_bytes()
    found = [] if same else contents_differences(read_contents(left), read_contents(right), lang)
    return Comparison(str(left), str(right), tuple(found))


def _runs(left: Path, right: Path, lang: str, root: Path, *, numbers: bool) -> Comparison:
    pairs = paired_rows(_rows(left), _rows(right))
    rules, notes = _rules(pairs, root)
    found = (*run_differences(pairs, lang), *rules)
    parts: list[Comparison] = []
    for first, second in pairs if numbers else ():
        if first is None or second is None:
            continue
        pages = (page_of_row(first, left), page_of_row(second, right))
        if pages[0] is not None and pages[1] is not None:
            parts.append(_pages(pages[0], pages[1], lang))
        elif first.status == second.status == "done":
            notes.append(Note("no_page", {"report": name_of(first)}))
    return Comparison(
        str(left), str(right), found, tuple(notes), tuple(part for part in parts if not part.equal)
    )


def _rows(out: Path) -> list[Row]:
    try:
        rows = latest_rows(out)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        found = f"no readable manifest ({type(error).__name__}: {error})"
        raise RenderError(Problem(str(out / MANIFEST), found, "one JSON object per line")) from error
    if not rows:
        raise RenderError(Problem(str(out / MANIFEST), "no report", "a manifest with one line per report"))
    return rows


def _rules(pairs: RowPairs, root: Path) -> tuple[list[Difference], list[Note]]:
    """Compare the rules of each two digests once, however many reports they stand behind."""
    found: list[Difference] = []
    notes: list[Note] = []
    seen: dict[tuple[str, ...], tuple[Origin, Origin]] = {}
    for first, second in pairs:
        if first is not None and second is not None:
            sides = (origin_of_row(first), origin_of_row(second))
            seen.setdefault(tuple(side.get("policy") for side in sides), sides)
    for sides in seen.values():
        differences, told = rule_differences(*sides, root)
        found += differences
        notes += [note for note in told if note not in notes]
    return list(dict.fromkeys(found)), notes
