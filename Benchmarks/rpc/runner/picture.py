# SPDX-License-Identifier: Apache-2.0
"""The results as a picture: bars of each case's main figure."""
import bars
from results import main_figure
from table import name_of

COLORS = {"c": "#888888", "ours": "#d9480f", "grpc-cpp": "#1c7ed6", "grpc-swift": "#4dabf7",
          "capnp": "#2b8a3e"}
UNITS = {"cpu_us_per_call": "CPU us per call, both sides (log)", "p99_us": "p99, us (log)",
         "mb_per_s": "MB/s", "kib_per_connection": "KiB per connection"}


def panel(case, rows):
    figure, is_less_better = main_figure(rows[0])
    return bars.Panel(
        case, f"{UNITS[figure]}; {'less' if is_less_better else 'more'} is better",
        [(name_of(row), COLORS[row["peer"]], row[figure]) for row in rows if row.get(figure)],
        is_log=figure in ("cpu_us_per_call", "p99_us"))


def svg(rows):
    cases = dict.fromkeys(row["case"] for row in rows)
    return bars.svg([panel(case, [row for row in rows if row["case"] == case]) for case in cases])
