# SPDX-License-Identifier: Apache-2.0
"""The results as a picture: bars of each form of each message."""
import bars
from table import WORDS

COLORS = {"ours": "#d9480f", "swift-protobuf": "#1c7ed6", "cpp": "#2b8a3e"}


def svg(rows):
    cases = dict.fromkeys((row["shape"], row["form"]) for row in rows)
    return bars.svg([
        bars.Panel(
            f"{shape}: {WORDS[form]}", "ns; less is better",
            [(row["peer"], COLORS[row["peer"]], row["ns"]) for row in rows
             if (row["shape"], row["form"]) == (shape, form)], is_log=False)
        for shape, form in cases])
