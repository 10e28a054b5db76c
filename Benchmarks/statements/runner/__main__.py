# SPDX-License-Identifier: Apache-2.0
"""Statements over REST beside the interpreter alone: how long one takes, and how many a second.

Writes a file for each work into .build/bench/statements, and puts all that lie there together in
.build/bench/statements.json. What each figure means: docs/performance.md.
"""
import argparse
import json
import pathlib
import signal
import sys
import tempfile

import table, works
from server import ROOT, Failed, Server

WORKS = ("one", "twenty", "prints", "queue", "eight", "split")


def names(text):
    chosen = [name for name in text.split(",") if name]
    if not chosen or any(name not in WORKS for name in chosen):
        raise argparse.ArgumentTypeError(f"one or more of {','.join(WORKS)}, not '{text}'")
    return chosen


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="make bench-statements", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="As variables of make, in capitals: make bench-statements WORKS=one,eight ROUNDS=5")
    parser.add_argument("--works", type=names, default=list(WORKS), metavar="one,...",
                        help=f"what to measure (default: {','.join(WORKS)})")
    parser.add_argument("--rounds", type=int, default=5, help="default 5")
    parser.add_argument("--count", type=int, default=1_000,
                        help="statements of a round, one after the other; default 1000")
    parser.add_argument("--out", default=str(ROOT / ".build/bench"), help="folder")
    return parser.parse_args(arguments)


def together(out):
    """The parts that lie in the folder, whoever measured them, as one file."""
    parts = {path.stem: json.loads(path.read_text()) for path in sorted((out / "statements").glob("*.json"))}
    (out / "statements.json").write_text(json.dumps(parts, indent=1) + "\n", encoding="utf-8")
    return parts


def end(number, _):
    raise SystemExit(128 + number)


def main():
    settings = parse(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)  # So that all that runs is ended on the way out.
    out = pathlib.Path(settings.out)
    (out / "statements").mkdir(parents=True, exist_ok=True)
    status = 0
    with tempfile.TemporaryDirectory(prefix="bench-statements.") as folder, Server(folder) as server:
        try:
            for name, made in works.all_works(server, folder, settings):
                print(f"measured: {name}", file=sys.stderr)
                (out / "statements" / f"{name}.json").write_text(json.dumps(made, indent=1) + "\n")
        except Failed as failure:
            print(f"failed: {failure}", file=sys.stderr)
            status = 1
    words = table.text(together(out))
    (out / "statements.txt").write_text(words + "\n", encoding="utf-8")
    print(words)
    return status


sys.exit(main())
