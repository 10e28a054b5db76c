# SPDX-License-Identifier: Apache-2.0
"""Rounds become medians; ratios are those of the two figures of one round."""
import json
import statistics

from peers import NEAREST


class Results:
    """Nanoseconds of each round by (shape, form, peer)."""

    def __init__(self):
        self.rounds = {}

    def add(self, shape, form, peer, nanoseconds):
        self.rounds.setdefault((shape, form, peer), []).append(nanoseconds)

    def of(self, shape, form, peer):
        """The rounds of a form, or of the nearest one that the peer has; nothing if none is."""
        own = self.rounds.get((shape, form, peer))
        return own or self.rounds.get((shape, NEAREST.get((peer, form)), peer), [])

    def rows(self, sizes, allocations, names):
        """One dictionary for each form of each peer that it offers itself."""
        found = []
        for (shape, form, peer), rounds in self.rounds.items():
            row = {
                "shape": shape, "bytes": sizes[shape], "form": form, "peer": peer,
                "ns": rounded(statistics.median(rounds)), "ns_low": rounded(min(rounds)),
                "ns_high": rounded(max(rounds)),
                "allocations": allocations[peer].get((shape, form)), "rounds": len(rounds)}
            for other in names:
                ratios = self.ratios(shape, form, peer, other)
                if ratios:
                    row[f"ratio_to_{other}"] = rounded(statistics.median(ratios))
                    row[f"ratio_to_{other}_low"] = rounded(min(ratios))
                    row[f"ratio_to_{other}_high"] = rounded(max(ratios))
            found.append(row)
        return found

    def ratios(self, shape, form, peer, other):
        """How many times as fast as another, round by round."""
        if peer == other:
            return []
        pairs = zip(self.of(shape, form, peer), self.of(shape, form, other))
        return [theirs / own for own, theirs in pairs]


def rounded(value):
    return float(f"{value:.4g}")


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
        file.write("\n")
