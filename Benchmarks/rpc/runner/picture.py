# SPDX-License-Identifier: Apache-2.0
"""The results as a picture: bars of each case's main figure, in SVG."""
import math
from xml.sax.saxutils import escape

from results import main_figure
from table import name_of

WIDTH, LABEL, BAR_SPACE = 860, 130, 560
BAR, GAP, HEAD = 16, 4, 30
COLORS = {"c": "#888888", "ours": "#d9480f", "grpc-cpp": "#1c7ed6", "grpc-swift": "#4dabf7",
          "capnp": "#2b8a3e"}
UNITS = {"cpu_us_per_call": "CPU us per call, both sides (log)", "p99_us": "p99, us (log)",
         "mb_per_s": "MB/s", "kib_per_connection": "KiB per connection"}


def scaled(value, values, is_log):
    """Length of a bar as a share of the longest."""
    if not is_log:
        return value / max(values)
    # A decade under the smallest, so that it has a length too.
    low = math.log10(min(values)) - 1
    return (math.log10(value) - low) / max(math.log10(max(values)) - low, 1)


def panel(rows, top):
    """The bars of one case, and how high they are."""
    figure, is_less_better = main_figure(rows[0])
    shown = [row for row in rows if row.get(figure)]
    values = [row[figure] for row in shown]
    is_log = figure in ("cpu_us_per_call", "p99_us")
    parts = [
        f'<text x="10" y="{top + 18}" font-weight="bold">{escape(rows[0]["case"])}</text>',
        f'<text x="{WIDTH - 10}" y="{top + 18}" text-anchor="end" fill="#555">'
        f'{UNITS[figure]}; {"less" if is_less_better else "more"} is better</text>']
    y = top + HEAD
    for row in shown:
        length = BAR_SPACE * scaled(row[figure], values, is_log)
        parts += [
            f'<text x="{LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(name_of(row))}</text>',
            f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" '
            f'fill="{COLORS[row["peer"]]}"/>',
            f'<text x="{LABEL + length + 6:.1f}" y="{y + 12}">{row[figure]:,.4g}</text>']
        y += BAR + GAP
    return parts, y - top + 12


def svg(rows):
    parts, top = [], 8
    for case in dict.fromkeys(row["case"] for row in rows):
        of_case = [row for row in rows if row["case"] == case]
        if not any(row.get(main_figure(row)[0]) for row in of_case):
            continue
        drawn, height = panel(of_case, top)
        parts += drawn
        top += height
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
        f'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{top}" fill="white"/>', *parts, "</svg>", ""])
