#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# From POST to idle, without and with the archive of Spark's classes, and from the pool, in alternating rounds of one
# run. Expects a server and a driver that were built (BUILD=release or debug). Writes
# .build/bench/statements/start.json, a part of what `make bench-statements` reports.
#   ROUNDS=5 SPARKS="spark-3.5 spark-4.0" KINDS="pyspark sql" Benchmarks/starts.sh
set -euo pipefail
cd "$(dirname "$0")/.."

build="${BUILD:-release}"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/livy"
work=$(mktemp -d "${TMPDIR:-/tmp}/livy-starts.XXXXXX")
mkdir -p .build/bench/statements "$work/conf"
trap 'rm -rf "$work"' EXIT
sparks=()
for spark in ${SPARKS:-spark-3.5 spark-4.0}; do
  [ -x "$cache/$spark/home/bin/spark-submit" ] && sparks+=("$cache/$spark") || echo "left out: there is no $spark in $cache" >&2
done
LIVY_CONF_DIR="$work/conf" python3 Benchmarks/starts/measure.py --livy ".build/$build/livy" --driver .build-static/livy-driver \
  --rounds "${ROUNDS:-5}" --kinds "${KINDS:-pyspark sql}" --work "$work" --out .build/bench/statements/start.json "${sparks[@]}"
