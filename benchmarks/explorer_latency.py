"""How long a slider's move takes until it is seen: the explorer's page, served by Voilà, in a real browser.

A move is timed by the browser's own clock, from the slider's input event until the last of its answers is
drawn and two more frames have passed, by when the picture is on the screen.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat

from salesperf_lib.widgets.page import served

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "out" / "explorer"
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
MOVES, PATIENCE = 24, 100_000
CELL = """
from explorer_company import company
from salesperf_lib.widgets import Explorer
Explorer(company({people}), "zh")
"""
SHOWN = ".sp-triangle img"
MOVE = """
async (moves) => {
  const input = document.querySelector('.sp-slider input');
  const answer = document.querySelectorAll('.sp-slider output')[0];
  const said = () => document.querySelector('.headline .chosen').innerText;
  const frame = () => new Promise(requestAnimationFrame);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const answered = () => new Promise((done) => {
    const seen = new MutationObserver(() => { seen.disconnect(); done(); });
    seen.observe(answer, { childList: true, characterData: true, subtree: true });
  });
  const found = [];
  for (let k = 0; k <= moves; k++) {
    const before = said(), start = performance.now(), drawn = answered();
    input.value = [50, 59, 53, 57.5, 51.5][k % 5];
    input.dispatchEvent(new Event('input'));
    await drawn;
    await frame();
    await frame();
    found.push(performance.now() - start);
    if (said() === before) throw new Error('the headline has not followed the slider');
    await pause(150);
  }
  return found.slice(1);
}
"""
"""The first move warms up. Sliders are answered last, and only when all else has been sent and drawn."""


def main() -> int:
    """Serve a company, move the slider, and print one JSON line: median and longest, in milliseconds."""
    found = moves_of(int(sys.argv[1]))
    print(json.dumps({"median": statistics.median(found), "longest": max(found), "moves": len(found)}))
    return 0


def missing() -> str:
    """Say what this machine lacks for it; nothing if it has everything."""
    if chromium() is None:
        return "no Chromium"
    absent = [name for name in ("voila", "playwright") if find_spec(name) is None]
    return f"no {absent[0]}" if absent else ""


def chromium() -> str | None:
    """Find a browser."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def moves_of(people: int) -> list[float]:
    """Move the slider of a company, one move after the other, and give the milliseconds of each."""
    from playwright.sync_api import sync_playwright

    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parent)))}
    notebook = _notebook(people)
    with (
        notebook.with_suffix(".log").open("wb") as log,
        served(notebook, environment=environment, log=log) as held,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium(), args=QUIET)
        page = browser.new_page(viewport={"width": 1360, "height": 1000})
        page.goto(held.address, timeout=PATIENCE)
        page.wait_for_selector(SHOWN, timeout=PATIENCE)
        page.wait_for_load_state("networkidle")
        found = page.evaluate(MOVE, MOVES)
        browser.close()
    return found


def _notebook(people: int) -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{people}.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cell = nbformat.v4.new_code_cell(CELL.format(people=people))
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), path)
    return path


if __name__ == "__main__":
    raise SystemExit(main())
