#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What the longest turn of a loop costs, in CPU time, while the suites that mean harm run in a release build: the
# sieges, the crowd of half-open peers, the simulation, and two fuzzers over their corpus and for some seconds more.
#   scripts/turns.sh [SECONDS OF EACH FUZZER]
set -euo pipefail
cd "$(dirname "$0")/.."

seconds="${1:-20}"
out="$PWD/.build/bench/turns"
scripts/setup.sh build
rm -rf "$out"
mkdir -p "$out"
export LIVY_FLOORS=1

suite() {  # SUITE
  LIVY_TURNS="$out/$1" swift test -c release -Xswiftc -enable-testing --scratch-path .build-turns \
    --skip-build --filter "$1" >"$out/$1.log" 2>&1 || { tail -n 40 "$out/$1.log"; exit 1; }
}

fuzzer() {  # FUZZER: its corpus, then what it makes of it. Without the address sanitizer, which slows all.
  LIVY_FUZZ=1 swift build -c release --scratch-path .build-turns-fuzz --sanitize=fuzzer \
    -Xswiftc -enable-testing --product "$1"
  rm -rf "$out/corpus"
  mkdir "$out/corpus"
  LIVY_TURNS="$out/$1" timeout -k 10 "$((seconds + 120))" ".build-turns-fuzz/release/$1" \
    -max_total_time="$seconds" -max_len=4096 -artifact_prefix="$out/" "$out/corpus" "Tests/fuzz/Corpus/$1" \
    >"$out/$1.log" 2>&1 || { tail -n 40 "$out/$1.log"; exit 1; }
}

swift build -c release --build-tests -Xswiftc -enable-testing --scratch-path .build-turns
for name in SiegeTests CrowdTests SimulationTests; do suite "$name"; done
for name in FrameFuzzer HandshakeFuzzer; do fuzzer "$name"; done

echo "longest turn of a loop, CPU time (a delivery to the handshake's fuzzer counts as one):"
for name in SiegeTests CrowdTests SimulationTests FrameFuzzer HandshakeFuzzer; do
  awk -v name="$name" 'END { printf "  %-16s %6.2f ms\n", name, $1 / 1e6 }' "$out/$name"
done
