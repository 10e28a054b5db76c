# SPDX-License-Identifier: Apache-2.0
"""The results as text: a block for each message, a line for each form."""
from peers import NEAREST

WORDS = {
    "size": "size", "write": "encode, room known", "buffer": "encode to a buffer",
    "owned": "encode, owned", "data": "encode, Data", "fresh": "decode", "reused": "decode, reused",
}


def figure(row):
    """Nanoseconds, and calls of the allocator."""
    return f"{short(row['ns'])} ({short(row['allocations'])})" if row else "-"


def short(number):
    digits = 0 if number >= 100 or number == round(number) else 1
    return f"{number:,.{digits}f}"


def ratio(ours, peer, form):
    """How many times as fast as the peer, with its range over the rounds."""
    median = ours.get(f"ratio_to_{peer}")
    if median is None:
        return ""
    low, high = ours[f"ratio_to_{peer}_low"], ours[f"ratio_to_{peer}_high"]
    nearest = NEAREST.get((peer, form))
    digits = 0 if median >= 100 else 1 if median >= 10 else 2
    text = "-".join(f"{value:.{digits}f}" for value in (low, high))
    return f"{median:.{digits}f}x ({text}){'*' if nearest else ' '}"


def block(shape, rows, names):
    by_key = {(row["form"], row["peer"]): row for row in rows}
    peers = [name for name in names if name != "ours"]
    head = f"  {'':20}" + "".join(f"{name:>19}" for name in names)
    head += "".join(f"{'ours to ' + name:>25}" for name in peers)
    lines = [f"{shape}, {rows[0]['bytes']:,} bytes", head]
    for form in dict.fromkeys(row["form"] for row in rows):
        ours = by_key.get((form, "ours"), {})
        line = f"  {WORDS[form]:20}"
        line += "".join(f"{figure(by_key.get((form, name))):>19}" for name in names)
        line += "".join(f"{ratio(ours, name, form):>25}" for name in peers)
        lines.append(line.rstrip())
    return "\n".join(lines)


def text(rows, names, rounds):
    head = (
        f"Medians of {rounds} alternating rounds: nanoseconds of CPU time, and in brackets calls of "
        "the allocator.\nRatios: how many times as fast, medians of the rounds' own ratios, and "
        "their range; with * beside\nthe nearest form that the peer has.")
    shapes = dict.fromkeys(row["shape"] for row in rows)
    return "\n\n".join(
        [head] + [block(shape, [row for row in rows if row["shape"] == shape], names)
                  for shape in shapes])
