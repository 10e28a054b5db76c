# SPDX-License-Identifier: Apache-2.0
"""Rounds become medians, and medians become ratios."""
import json
import statistics

FIGURES = ("calls_per_s", "cpu_us_per_call", "p50_us", "p99_us", "mb_per_s", "kib_per_connection")


class Results:
    """All rows of all rounds, by what was measured and whom."""

    def __init__(self):
        self.rounds = {}

    def add(self, case, peer, tier, row):
        key = (case, row.pop("resumed", None), peer, tier)
        self.rounds.setdefault(key, []).append(row)

    def medians(self):
        """One dictionary for each key, in the order in which they were measured first."""
        rows = []
        for (case, resumed, peer, tier), found in self.rounds.items():
            row = {
                "work": case.work, "peer": peer, "tier": tier, "connections": case.connections,
                "outstanding": case.outstanding, "bytes": case.bytes,
                "case": case.name + {None: "", True: ", resumed", False: ", full"}[resumed],
                "rounds": len(found), **dict.fromkeys(FIGURES)}
            if resumed is not None:
                row["resumed"] = resumed
            for name in found[0]:
                values = [one[name] for one in found if one[name] is not None]
                row[name] = rounded(statistics.median(values)) if values else None
            rows.append(row)
        return rows


def rounded(value):
    return float(f"{value:.5g}")


def main_figure(row):
    """The figure of a row that ratios are made of, and whether less of it is better."""
    if row["work"] == "idle":
        return "kib_per_connection", True
    if row["case"].startswith("ping"):
        return "p99_us", True
    if row["work"] == "bulk":
        return "mb_per_s", False
    return "cpu_us_per_call", True


def add_ratios(rows):
    """Each row of ours, and of every peer, as a multiple of the others: 2 is twice as good."""
    for row in rows:
        name, is_less_better = main_figure(row)
        row["ratio_of"] = name
        for other in rows:
            if other["case"] != row["case"] or other["peer"] == row["peer"] or other["tier"]:
                continue
            if not row.get(name) or not other.get(name):
                continue
            ratio = other[name] / row[name] if is_less_better else row[name] / other[name]
            row[f"ratio_to_{other['peer']}"] = rounded(ratio)


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
        file.write("\n")
