# SPDX-License-Identifier: Apache-2.0
"""Our codec beside swift-protobuf and C++ protobuf: the same messages, the same bytes.

Writes .build/bench/codec.json, codec.txt and codec.svg. What each figure means:
docs/performance.md.
"""
import argparse
import contextlib
import os
import pathlib
import sys

# What all benchmarks share.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "common"))

import peers, picture, results, table
from program import MeasurementFailed


def names(allowed):
    def parse(text):
        chosen = [name for name in text.split(",") if name]
        if not chosen or any(name not in allowed for name in chosen):
            raise argparse.ArgumentTypeError(f"one or more of {','.join(allowed)}, not '{text}'")
        return chosen
    return parse


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="make bench-codec", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="As variables of make, in capitals: make bench-codec SHAPES=small ROUNDS=9")
    for option, known in (("shapes", peers.SHAPES), ("forms", peers.FORMS)):
        parser.add_argument(f"--{option}", type=names(known), default=list(known),
                            metavar="A,B,...", help=f"default: {','.join(known)}")
    parser.add_argument("--rounds", type=positive, default=9, help="default 9")
    parser.add_argument("--milliseconds", type=positive, default=10,
                        help="of CPU time, for each figure of a round; default 10")
    parser.add_argument("--out", default=str(peers.ROOT / ".build/bench"), help="folder")
    return parser.parse_args(arguments)


def run(settings, present):
    """All rounds: each has processes of its own, which are asked in turn for each figure."""
    gathered = results.Results()
    for number in range(settings.rounds):
        print(f"round {number + 1} of {settings.rounds}", file=sys.stderr)
        first = number % len(present)  # Another one in each round.
        with contextlib.ExitStack() as running:
            programs = [(peer, running.enter_context(peers.start(peer)))
                        for peer in present[first:] + present[:first]]
            for shape in settings.shapes:
                for form in settings.forms:
                    for peer, program in programs:
                        found = program.ask(f"measure {shape} {form} {settings.milliseconds}")
                        if found:
                            gathered.add(shape, form, peer, found["ns"])
    return gathered


def main():
    settings = parse(sys.argv[1:])
    present = [peer for peer in peers.PEERS if peers.is_built(peer)]
    for peer in peers.PEERS:
        if peer not in present:
            print(f"left out, since it is not built: {peer}", file=sys.stderr)
    try:
        sizes = peers.same_bytes(present, settings.shapes)
        allocations = {peer: peers.allocations(peer, settings.shapes, settings.forms)
                       for peer in present}
        rows = run(settings, present).rows(sizes, allocations, present)
    except MeasurementFailed as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    out = peers.ROOT / settings.out
    results.write(out / "codec.json", rows)
    words = table.text(rows, present, settings.rounds)
    (out / "codec.txt").write_text(words + "\n", encoding="utf-8")
    (out / "codec.svg").write_text(picture.svg(rows), encoding="utf-8")
    print(words)
    print(f"\nwritten: {os.path.relpath(out)}/codec.json, codec.txt, codec.svg")
    return 0


sys.exit(main())
