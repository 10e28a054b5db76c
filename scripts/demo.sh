#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts a server on its embedded defaults, opens a real session on real Spark, and shows statements of each kind.
# Expects what `make build` leaves in .build/release. State and logs go to a folder of its own, which goes at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

livy=.build/release/livy
port="${LIVY_DEMO_PORT:-0}"
work=$(mktemp -d "${TMPDIR:-/tmp}/livy-demo.XXXXXX")
export LIVY_STATE_DIR="$work/state" LIVY_CONF_DIR="$work/conf"
mkdir -p "$LIVY_CONF_DIR"

title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() { printf '\033[2m$ livy %s\033[0m\n' "$*"; }

server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  rm -rf "$work"
}
trap finish EXIT

title "A server on its defaults"
"$livy" server --port "$port" >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 1 200); do
  grep -q listening "$work/out" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
cat "$work/out"
export LIVY_URL
LIVY_URL=$(sed -n 's/.*listening on //p' "$work/out")

title "A session: its phases, with seconds"
body='{"kind": "pyspark", "name": "demo", "conf": {"spark.ui.showConsoleProgress": "false"}}'
printf '\033[2m$ curl -X POST %s/sessions -d %q\033[0m\n' "$LIVY_URL" "$body"
curl -sf -X POST "$LIVY_URL/sessions" -d "$body" >"$work/session"
state=starting
while [ "$state" = starting ] || [ "$state" = not_started ]; do
  sleep 0.5
  state=$(curl -sf "$LIVY_URL/sessions/demo/state" | sed 's/.*"state":"\([a-z_]*\)".*/\1/')
done
"$livy" session show demo
[ "$state" = idle ] || [ "$state" = busy ] || { "$livy" session log demo; exit 1; }
grep -hoE 'driver of .* dialled in from .*|connected back to the driver .*' "$work/log"

title "Python on real Spark, with its progress: pi from four million points"
cat >"$work/pi.py" <<'PY'
import random
points = 4_000_000
def inside(seed):
    r = random.Random(seed)
    return sum(r.random() ** 2 + r.random() ** 2 < 1 for _ in range(points // 16))
hits = sc.parallelize(range(16), 16).map(inside).sum()
pi = 4 * hits / points
spark.range(1, 6).selectExpr("id", "id * id as square").createOrReplaceTempView("squares")
print(f"{hits} of {points} points lie inside the circle")
round(pi, 2)
PY
show "run pi.py --session demo"
"$livy" run "$work/pi.py" --session demo | tee "$work/pi"
grep -qx '3.14' "$work/pi" || { echo "that is not pi" >&2; exit 1; }

title "SQL on the view that Python made"
show "run --kind sql --session demo 'select sum(square) as total, max(id) as last from squares'"
"$livy" run --kind sql --session demo 'select sum(square) as total, max(id) as last from squares' |
  tee "$work/sql"
grep -q 55 "$work/sql" || { echo "1 + 4 + 9 + 16 + 25 is 55" >&2; exit 1; }

title "A statement that fails, with its traceback"
show "run --session demo 'def f(x): return 1 / x ... f(0)'"
status=0
"$livy" run --session demo $'def f(x):\n    return 1 / x\nf(0)' || status=$?
[ "$status" = 1 ] || { echo "expected exit status 1, not $status" >&2; exit 1; }

title "The sessions"
show "session ls"
"$livy" session ls

title "A clean end"
show "session rm demo"
"$livy" session rm demo
kill "$server"
status=0
wait "$server" || status=$?
server=
[ "$status" = 0 ] || { echo "the server ended with status $status" >&2; exit 1; }
echo "the server ended its sessions and stopped with status 0"
