# SPDX-License-Identifier: Apache-2.0
"""Ours and its peers side by side: two processes on loopback, TLS 1.3, mutual certificates.

Writes .build/bench/rpc.json, rpc.txt and rpc.svg. What each figure means: docs/performance.md.
"""
import argparse
import os
import pathlib
import resource
import signal
import sys
import tempfile

# What all benchmarks share.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "common"))

import certificates, picture, programs, results, table, works, yardstick

WORKS = ("echo", "bulk", "stream", "storm", "idle")


def names(allowed):
    def parse(text):
        chosen = [name for name in text.split(",") if name]
        unknown = [name for name in chosen if name not in allowed]
        if unknown or not chosen:
            raise argparse.ArgumentTypeError(f"one or more of {','.join(allowed)}, not '{text}'")
        return chosen
    return parse


def numbers(text):
    return [int(word) for word in text.split(",")]


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="make bench-rpc", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="As variables of make, in capitals: make bench-rpc PEERS=c,ours ROUNDS=5 WORKS=echo")
    peers = tuple(programs.PEERS)
    parser.add_argument("--peers", type=names(peers), default=list(peers), metavar="c,ours,...",
                        help=f"whom to measure (default: all that are built of {','.join(peers)})")
    parser.add_argument("--works", type=names(WORKS), default=list(WORKS), metavar="echo,bulk,...",
                        help=f"what to measure (default: {','.join(WORKS)})")
    parser.add_argument("--tiers", type=names(("stream", "batch", "await")), metavar="await,...",
                        help="ways in which ours is called (default: all that it has)")
    parser.add_argument("--rounds", type=int, default=5, help="default 5")
    parser.add_argument("--seconds", type=float, default=2, help="of each echo and bulk; default 2")
    parser.add_argument("--outstanding", type=numbers, default=list(works.OUTSTANDING),
                        metavar="1,16,...", help="of the echo; default 1,16,256,4096")
    parser.add_argument("--connections", type=numbers, default=list(works.CONNECTIONS),
                        metavar="1,100", help="of the echo; default 1,100")
    parser.add_argument("--storm", type=int, default=1000, help="connections; default 1000")
    parser.add_argument("--idle", type=int, default=10000, help="connections; default 10000")
    parser.add_argument("--out", default=str(programs.ROOT / ".build/bench"), help="folder")
    return parser.parse_args(arguments)


def contenders(settings):
    """Who takes part in which work: (peer, tier) pairs by work. Who is left out is named."""
    present = []
    for peer in settings.peers:
        if programs.is_built(peer):
            present.append(peer)
        else:
            print(f"left out, since it is not built: {peer}", file=sys.stderr)
    found = {}
    for peer in present:
        offered = programs.tiers(peer)
        for work in settings.works:
            tiers = [tier for tier in offered.get(work, [])
                     if settings.tiers is None or tier in settings.tiers]
            if peer == "ours" and work not in offered:
                print(f"left out, since ours does not do it: {work}", file=sys.stderr)
                continue
            found.setdefault(work, []).extend((peer, tier) for tier in tiers or [None])
    return found


def run(settings, folder):
    """All rounds. A failure is told and leaves a gap; answers how many there were."""
    gathered, failures = results.Results(), 0
    cases, who = works.cases(settings), contenders(settings)
    for number in range(settings.rounds):
        for case in cases:
            pairs = who.get(case.work, [])
            first = number % max(len(pairs), 1)  # Another one in each round.
            for peer, tier in pairs[first:] + pairs[:first]:
                label = f"{peer} {tier}" if tier else peer
                print(f"round {number + 1}: {case.name}: {label}", file=sys.stderr)
                try:
                    for row in works.measure(case, peer, tier, folder):
                        gathered.add(case, peer, tier, row)
                except (programs.MeasurementFailed, OSError, KeyError, ValueError) as error:
                    failures += 1
                    print(f"  failed: {error}", file=sys.stderr)
    return gathered, failures


def end(number, _):
    raise SystemExit(128 + number)


def main():
    settings = parse(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)  # So that each program that runs is ended on the way out.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="bench-rpc.") as folder:
        certificates.make(folder)
        measure = yardstick.measure()
        gathered, failures = run(settings, folder)
    rows = gathered.medians()
    order = {peer: index for index, peer in enumerate(programs.PEERS)}
    cases = list(dict.fromkeys(row["case"] for row in rows))
    rows.sort(key=lambda row: (cases.index(row["case"]), order[row["peer"]]))
    results.add_ratios(rows)
    out = programs.ROOT / settings.out
    results.write(out / "rpc.json", rows)
    words = table.text(rows, measure, settings)
    (out / "rpc.txt").write_text(words + "\n", encoding="utf-8")
    (out / "rpc.svg").write_text(picture.svg(rows), encoding="utf-8")
    print(words)
    print(f"\nwritten: {os.path.relpath(out)}/rpc.json, rpc.txt, rpc.svg")
    return 1 if failures or not rows else 0


sys.exit(main())
