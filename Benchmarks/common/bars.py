# SPDX-License-Identifier: Apache-2.0
"""Results as a picture in SVG: one panel of bars below the other."""
import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABEL, BAR_SPACE = 860, 130, 560
BAR, GAP, HEAD = 16, 4, 30


@dataclass(frozen=True)
class Panel:
    """`bars` are (name, color, value); `note` says unit and direction."""
    title: str
    note: str
    bars: list
    is_log: bool


def scaled(value, values, is_log):
    """Length of a bar as a share of the longest."""
    if not is_log:
        return value / max(values)
    # A decade under the smallest, so that it has a length too.
    low = math.log10(min(values)) - 1
    return (math.log10(value) - low) / max(math.log10(max(values)) - low, 1)


def drawn(panel, top):
    """The elements of a panel, and how high they are."""
    values = [value for _, _, value in panel.bars]
    parts = [
        f'<text x="10" y="{top + 18}" font-weight="bold">{escape(panel.title)}</text>',
        f'<text x="{WIDTH - 10}" y="{top + 18}" text-anchor="end" fill="#555">'
        f'{escape(panel.note)}</text>']
    y = top + HEAD
    for name, color, value in panel.bars:
        length = BAR_SPACE * scaled(value, values, panel.is_log)
        parts += [
            f'<text x="{LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{color}"/>',
            f'<text x="{LABEL + length + 6:.1f}" y="{y + 12}">{value:,.4g}</text>']
        y += BAR + GAP
    return parts, y - top + 12


def svg(panels):
    """Panels without bars are left out."""
    parts, top = [], 8
    for panel in panels:
        if not panel.bars:
            continue
        elements, height = drawn(panel, top)
        parts += elements
        top += height
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
        f'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{top}" fill="white"/>', *parts, "</svg>", ""])
