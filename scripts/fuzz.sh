#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzzers with the address sanitizer and lets each run for so many seconds over its corpus.
#   scripts/fuzz.sh 20                     all of them
#   scripts/fuzz.sh 600 FrameFuzzer        one
# New inputs gather in .build-fuzz/corpus, so that the next run goes on from them. An input that ends a fuzzer is
# kept in .build-fuzz/found: mend what it shows, write a unit test, and add it to Tests/fuzz/Corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds="${1:-20}"
shift || true
fuzzers=("$@")
[ ${#fuzzers[@]} -gt 0 ] || fuzzers=(FrameFuzzer HandshakeFuzzer MessageFuzzer CodecFuzzer JSONFuzzer SchemaFuzzer)

scripts/setup.sh build
# The Swift runtime itself leaks about 1 KB, which the leak checker would report.
export ASAN_OPTIONS=detect_leaks=0 LIVY_FLOORS=1 LIVY_FUZZ=1
# A fuzzer that stops itself shall end: Swift's own backtrace of it hangs under the address sanitizer.
export SWIFT_BACKTRACE=enable=no
mkdir -p .build-fuzz/found
for fuzzer in "${fuzzers[@]}"; do
  swift build --scratch-path .build-fuzz --sanitize=fuzzer --sanitize=address --product "$fuzzer"
  mkdir -p ".build-fuzz/corpus/$fuzzer"
  log=".build-fuzz/$fuzzer.log"
  echo "== $fuzzer for $seconds s"
  # Into a file: a pipe may keep the fuzzer from ending.
  if ! timeout -k 10 "$((seconds + 120))" ".build-fuzz/debug/$fuzzer" \
    -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix=".build-fuzz/found/$fuzzer-" \
    ".build-fuzz/corpus/$fuzzer" "Tests/fuzz/Corpus/$fuzzer" >"$log" 2>&1; then
    tail -n 60 "$log"
    exit 1
  fi
  tail -n 7 "$log"
done
