"""The rows of the table about weights: many weightings, against the peers, plain NumPy, and METHODS."""

from __future__ import annotations

import sys

from explorer_latency import missing
from table import Figures, Reach, Row
from tasks import OUT, PATIENCE, attempt, child, peer_task

STORE = OUT / "weights" / "1000.npz"
MANY = 10_000
"""What `pysensmcda` draws by default; fewer take longer each, more hardly less, and more memory."""

PEERS: tuple[tuple[str, str, int, str, Reach | None], ...] = (
    ("pysensmcda", "pysensmcda", MANY, "pysensmcda simulate", ("≥", 30)),
    ("smaa2", "pysensmcda", MANY, "pysensmcda smaa2", None),
    ("pymcdm", "pymcdm", 1_024, "pymcdm", None),
    ("pyrepo", "pyrepo", 256, "pyrepo-mcda", None),
    ("skcriteria", "skcriteria", 512, "scikit-criteria", None),
)
"""Task, environment, draws, name and reach."""

PLAIN = 8.5
"""Plain NumPy in METHODS §4, whose unit is the exact count over the whole simplex."""

SCREENED = {"fixed": 0.14, "nested": 0.26}
"""The screened paths there; twice as much is allowed."""

SHARED = (("0.5", "half of variance shared"), ("0", "KPIs independent"))
"""Points as METHODS has them, by the share of people whose grade is open, and the hardest ones."""

SEEN = ((1_000, 150), (20_000, 1_000))
"""People, and the milliseconds in which a slider's move is to be seen."""

NOTE = (
    "weights: processor time; counts compared equal: ours, NumPy and peers on the same weights\n"
    "ratio: peer / ours on the simplex and of errors; ours / argsort, ours / everybody in the ranges;\n"
    "of memory 10⁶ / 10⁴ draws or ours / peer; of seconds and milliseconds, ours\n"
    "slider: by the clock on the wall, in Chromium on a page of Voilà, from the input event until it is drawn"
)


def weight_rows() -> list[Row]:
    """Grades under many weightings."""
    _ours("data")
    peers = {task: _peer(task, environment, draws) for task, environment, draws, *_ in PEERS}
    return [
        *_simplex_rows(_ours("simplex"), peers),
        *(row for kind in SCREENED for shared, name in SHARED for row in _screened_rows(kind, shared, name)),
        *_memory_rows(peers["pysensmcda"]),
        *_large_rows(),
        *_sobol_rows(),
        *(row for people, reach in SEEN for row in _slider_rows(people, ("≤", reach))),
    ]


def _peer(task: str, environment: str, draws: int) -> Figures | str:
    """Measure a peer and hold its counts to be right."""
    found = peer_task(environment, "peer_smaa.py", task, draws, STORE)
    if not isinstance(found, str):
        _ours("compare", task)
    return found


def _simplex_rows(own: Figures, peers: dict[str, Figures | str]) -> list[Row]:
    what, micros = "simplex, 1,000 × 12: µs a draw", own["ours"]
    rows = [
        _slower(f"{what} (argsort, ranks)", micros, own["ranks"], ("≥", 5)),
        _slower(f"{what} (argsort, grades)", micros, own["grades"], ("≥", 5)),
    ]
    for task, _, _, name, reach in PEERS:
        found, title = peers[task], f"{what} ({name})"
        if isinstance(found, str):
            rows.append(Row(title, micros, found, None, reach))
        else:
            rows.append(_slower(title, micros, found["micros"], reach))
    return [*rows, _slower(f"{what} (limit: product)", micros, own["limit"])]


def _screened_rows(kind: str, shared: str, name: str) -> list[Row]:
    """Compare with plain NumPy here as METHODS compares there; what is done once has a row of its own."""
    found, what = _attempted("screened", kind, shared), f"ranges, {kind}"
    # METHODS gives its figures for one kind of points; harder ones only inform.
    reach = ("≤", 2 * SCREENED[kind] / PLAIN) if float(shared) else None
    if isinstance(found, str):
        return [_failed(f"{what}, {name}", reach)]
    own, plain, everybody = found["micros"], found["plain"], found["everybody"]
    return [
        Row(f"{what}, {name}: share left to draw", found["open"], "", None),
        Row(f"{what}, screened: µs a draw (argsort)", own, plain, own / plain, reach),
        Row(f"{what}, screened: µs a draw (of it drawing)", own, found["drawing"], None),
        Row(f"{what}, everybody: µs a draw (argsort)", everybody, plain, everybody / plain),
        Row(f"{what}, 65,536 draws: µs (everybody)", found["whole"], everybody, found["whole"] / everybody),
        Row(f"{what}, screening and 1,024 draws: s", found["once"], "", None),
    ]


def _memory_rows(peer: Figures | str) -> list[Row]:
    rows: list[Row] = []
    for kind, name in (("fixed", "fixed"), ("nested", "nested"), ("fixed-all", "everybody")):
        few, many = (_attempted("memory", kind, draws) for draws in (MANY, 100 * MANY))
        what, reach = f"peak MB, ranges, {name}, 10⁶ draws", ("≤", 1.1)
        if isinstance(few, str) or isinstance(many, str):
            rows.append(_failed(what, reach))
            continue
        own = many["megabytes"]
        rows.append(Row(f"{what} (10⁴)", own, few["megabytes"], own / few["megabytes"], reach))
        if isinstance(peer, str):
            rows.append(Row(f"{what} (pysensmcda, 10⁴)", own, peer, None))
        else:
            rows.append(Row(f"{what} (pysensmcda, 10⁴)", own, peer["megabytes"], own / peer["megabytes"]))
    return rows


def _large_rows() -> list[Row]:
    found, what, reach = _attempted("large", 20_000, 4_096), "20,000 people × 4,096 points", ("≤", 2)
    if isinstance(found, str):
        return [_failed(what, reach)]
    names = {"": "screened", "-all": "everybody"}
    return [
        Row(f"{what}, {kind}, {names[way]}: s", found[kind + way], "", found[kind + way], reach)
        for kind in SCREENED
        for way in names
    ]


def _sobol_rows() -> list[Row]:
    found, what = _attempted("sobol"), "rmse of P(A), 1,024 Sobol draws"
    if isinstance(found, str):
        return [_failed(what)]
    own = found["even_1024"]
    return [
        Row(f"{what} ({draws:,} random)", own, found[f"random_{draws}"], found[f"random_{draws}"] / own)
        for draws in (1_024, 16_384)
    ]


def _slider_rows(people: int, reach: Reach) -> list[Row]:
    """Move the explorer's slider in a real browser, if there is one."""
    what, lacking = f"slider to picture, {people:,} people: ms", missing()
    found = lacking or attempt(
        lambda: child(sys.executable, "explorer_latency.py", people, patience=PATIENCE)
    )
    if isinstance(found, str):
        return [Row(what, float("nan"), found, None, reach)]
    return [
        Row(f"{what}, {name}", found[key], "", found[key], reach)
        for key, name in (("median", "median of 24"), ("longest", "longest of 24"))
    ]


def _slower(what: str, own: float, peer: float, reach: Reach | None = None) -> Row:
    return Row(what, own, peer, peer / own, reach)


def _failed(what: str, reach: Reach | None = None) -> Row:
    return Row(what, float("nan"), "failed", None, reach)


def _ours(task: str, *arguments: object) -> Figures:
    return child(sys.executable, "weight_space.py", task, *arguments, patience=PATIENCE)


def _attempted(task: str, *arguments: object) -> Figures | str:
    return attempt(lambda: _ours(task, *arguments))
