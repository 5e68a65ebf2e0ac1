"""How the index looks, and the one script that sorts its tables."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 20px; color: #26323a; background: #f4f6f7;
  font: 15px/1.6 "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Segoe UI", Arial, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 32px 0 2px; }
h3 { font-size: 15px; margin: 18px 0 2px; }
p { margin: 0 0 8px; color: #54636d; }
nav a { margin-right: 16px; white-space: nowrap; }
.scroll { overflow-x: auto; background: #fff; border: 1px solid #e3e7e9; border-radius: 8px;
  margin: 0 0 8px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px; border-top: 1px solid #e3e7e9; }
tbody th { white-space: nowrap; }
thead th { border-top: 0; color: #54636d; font-weight: 500; }
th.number, td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
a { color: #0b5cad; }
.failed { color: #a12b12; }
.failed strong, .failed a { color: #a12b12; }
.small { font-size: 13px; color: #54636d; }
details { background: #fff; border: 1px solid #e3e7e9; border-radius: 8px; margin: 0 0 6px; }
details .scroll { border: 0; border-top: 1px solid #e3e7e9; border-radius: 0 0 8px 8px; }
details td, details tbody th { padding: 4px 12px; }
summary { cursor: pointer; padding: 6px 12px; }
summary.failed { color: #26323a; }
summary.failed .small { color: #a12b12; }
code { font-size: 12.5px; overflow-wrap: anywhere; }
thead button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
  text-align: inherit; }
thead button::after { content: " ↕"; color: #9aa7ae; }
[aria-sort=ascending] button::after { content: " ↑"; color: inherit; }
[aria-sort=descending] button::after { content: " ↓"; color: inherit; }
@media print { body { background: #fff; padding: 0; } thead button::after { content: ""; } }
"""

SCRIPT = """
document.querySelectorAll("table").forEach(table => {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column], given = cell.dataset.value;
    return given === undefined ? cell.textContent.trim() : Number(given);
  };
  const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b :
    typeof a === "number" ? -1 : typeof b === "number" ? 1 : a.localeCompare(b, "zh");
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => order(value(a, column), value(b, column)) * (down ? -1 : 1));
      body.append(...rows);
    });
  });
});
"""
"""Without it the tables are as readable, in the order in which they are written."""
