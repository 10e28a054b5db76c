#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# One pyspark statement, `1+1`, from POST to its result over REST; and the same interpreter asked directly, without
# server and RPC, in the same run. Expects what `make build` leaves. Writes .build/bench/statement.json.
#   Benchmarks/statement.sh [STATEMENTS]
set -euo pipefail
cd "$(dirname "$0")/.."

count="${1:-500}"
work=$(mktemp -d "${TMPDIR:-/tmp}/livy-bench.XXXXXX")
export LIVY_STATE_DIR="$work/state" LIVY_CONF_DIR="$work/conf"
mkdir -p "$LIVY_CONF_DIR" .build/bench
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  rm -rf "$work"
}
trap finish EXIT

.build/release/livy server --port 0 --set 'livy.spark.master=local[1]' --log-level warning \
  >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 1 200); do
  grep -q listening "$work/out" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/.*listening on //p' "$work/out")
python="${PYSPARK_PYTHON:-${XDG_CACHE_HOME:-$HOME/.cache}/livy/spark-3.5/bin/python}"
"$python" Benchmarks/statement/measure.py "$url" "$count" .build/bench/statement.json \
  Sources/Livy/Driver/Interpreters/Scripts/python_runner.py
