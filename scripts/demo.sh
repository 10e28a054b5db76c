#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Shows every part on real Spark; scripts/demo/__main__.py says what. Expects what `make build` leaves
# in .build/release; LIVY_DEMO_PROGRAMS names another folder. Arguments: numbers of parts; none is all.
# State and logs go to a folder of their own. However this ends, the folder goes, and every process.
set -euo pipefail
cd "$(dirname "$0")/.."

spark="${XDG_CACHE_HOME:-$HOME/.cache}/livy/spark-3.5"
programs="${LIVY_DEMO_PROGRAMS:-.build/release}"
work=$(mktemp -d "${TMPDIR:-/tmp}/livy-demo.XXXXXX")

# All processes that the demo started, in whatever group: they carry its folder in their environment.
left() {
  grep -lzxF "DEMO_FOLDER=$work" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true
}

finish() {
  trap '' INT TERM HUP
  local pids
  for _ in $(seq 1 50); do
    pids=$(left)
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086
    kill -KILL $pids 2>/dev/null || true
    sleep 0.1
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# In the background, so that a signal is heard at once.
unset SPARK_HOME SPARK_CONF_DIR PYSPARK_PYTHON PYTHONPATH
DEMO_FOLDER="$work" "$spark/bin/python" -B scripts/demo "$work" "$programs" "$@" &
wait "$!"
