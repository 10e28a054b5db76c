#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzzers with the address sanitizer and lets each run for so many seconds over its corpus.
#   scripts/fuzz.sh 60                     all of them
#   scripts/fuzz.sh 600 FrameFuzzer        one
# LIVY_FUZZ_SEED=1 takes the same way each time; without it each run takes another.
# New inputs gather in .build-fuzz/corpus, so that the next run goes on from them. An input that ends a fuzzer is
# kept in .build-fuzz/found: mend what it shows, write a unit test, and add it to Tests/fuzz/Corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

# The Swift runtime itself leaks about 1 KB, which the leak checker would report. Swift's backtrace of what a
# fuzzer stops hangs under the address sanitizer.
export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no LIVY_FLOORS=1 LIVY_FUZZ=1
# swift build orders its sanitizers by hash: in another order all would be compiled anew. And what a fuzzer has found
# happens again.
export SWIFT_DETERMINISTIC_HASHING=1

run() {  # SECONDS FUZZER
  local log=".build-fuzz/$2.log" status=0
  mkdir -p ".build-fuzz/corpus/$2"
  # Into a file: a pipe may keep the fuzzer from ending.
  timeout -k 10 "$(($1 + 120))" ".build-fuzz/release/$2" \
    -max_total_time="$1" -max_len="$(bytes_max "$2")" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -seed="${LIVY_FUZZ_SEED:-0}" \
    -artifact_prefix=".build-fuzz/found/$2-" \
    ".build-fuzz/corpus/$2" "Tests/fuzz/Corpus/$2" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    printf '== %s: error: it stopped with %s\n' "$2" "$status"
    tail -n 60 "$log"
    exit 1
  fi
  printf '== %s: %s executions in %s s, %s new inputs\n' "$2" \
    "$(figure "$log" number_of_executed_units)" "$1" "$(figure "$log" new_units_added)"
}

# Schemas are compiled whole and to code: short ones run more often.
bytes_max() {  # FUZZER
  if [ "$1" = SchemaFuzzer ]; then echo 256; else echo 4096; fi
}

figure() {  # LOG NAME
  awk -v name="stat::$2:" '$1 == name {print $2}' "$1"
}

if [ "${1:-}" = --run ]; then
  run "$2" "$3"
  exit
fi

seconds="${1:-60}"
shift || true
fuzzers=("$@")
[ ${#fuzzers[@]} -gt 0 ] || fuzzers=(FrameFuzzer HandshakeFuzzer MessageFuzzer CodecFuzzer JSONFuzzer SchemaFuzzer)

scripts/setup.sh build
mkdir -p .build-fuzz/found
# Optimized: several times as many executions. Both sanitizers once more in one option: of several the compiler takes
# the last alone.
for fuzzer in "${fuzzers[@]}"; do
  swift build -c release --scratch-path .build-fuzz --sanitize=fuzzer --sanitize=address \
    -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing --product "$fuzzer"
done
# One for each core.
printf '%s\n' "${fuzzers[@]}" | xargs -P "$(nproc)" -n 1 scripts/fuzz.sh --run "$seconds"
