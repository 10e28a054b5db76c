#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the named tiers of the suite in order, prints the minutes of each, and stops at the first that fails.
#   scripts/tiers.sh lint build unit differential asan tsan fuzz driver integration matrix clients pages sim leaks
set -euo pipefail
cd "$(dirname "$0")/.."

check=(--explicit-target-dependency-import-check error)

lint() {
  swift format lint --strict --parallel --recursive Package.swift Sources schema Tests
}

build() {
  scripts/setup.sh build
  swift build --build-tests "${check[@]}"
}

# Suites that compute for long without a pause. The test runner's pool has a thread for each core: these
# would starve the others of it, so they run in processes of their own.
busy='SimulationTests|CrowdTests|SiegeTests'
# They wait for nothing and nobody.
pure='SchemaTests|WireJSONTests|WireTests\.Codec|TidyTests'

unit() {
  swift test --skip-build --parallel --skip "IntegrationTests|DifferentialTests|$busy|$pure"
  swift test --skip-build --filter "$busy"
  swift test --skip-build --filter "$pure"
}

# The pages in a browser; pictures of them stay in .build/pages.
pages() {
  scripts/setup.sh pages
  LIVY_TEST_TIER=pages swift test --skip-build --no-parallel --filter RESTTests.PageTests
}

# The codec beside protobuf's own programs: random messages and random schemas, from fixed seeds.
differential() {
  scripts/setup.sh codec
  LIVY_TEST_PROTOBUF="${XDG_CACHE_HOME:-$HOME/.cache}/livy/protobuf/bin/python" \
    LIVY_TEST_TIER=differential swift test --skip-build --filter DifferentialTests
}

# The floors only: what holds C, threads and unsafe pointers. A scratch folder each, since the flags differ.
sanitized() {
  scripts/setup.sh build
  export LIVY_FLOORS=1
  # One by one: beside each other they are so slow here that some run into their deadlines.
  swift test "${check[@]}" --no-parallel --sanitize="$1" --scratch-path ".build-$2" --skip "$busy" \
    --filter 'TransportTests|Wire(JSON)?Tests|LinkTests|Py4JTests|DriverTests|LaunchTests'
  # Each seed takes several times as long here.
  LIVY_SIM_SEEDS="${LIVY_SIM_SEEDS:-200}" swift test --skip-build --no-parallel \
    --sanitize="$1" --scratch-path ".build-$2" --filter "$busy"
}

asan() {
  # The Swift runtime itself leaks about 1 KB, which the leak checker would report.
  ASAN_OPTIONS=detect_leaks=0 sanitized address asan
}

tsan() {
  sanitized thread tsan
}

# A short run of each, from the same seed: what fails is the change's. `make fuzz` runs them longer, on other ways.
fuzz() {
  LIVY_FUZZ_SEED="${LIVY_FUZZ_SEED:-1}" scripts/fuzz.sh "${LIVY_FUZZ_SECONDS:-60}"
}

# Many more seeds than the unit tier has, from another place at each run.
sim() {
  scripts/setup.sh build
  LIVY_SIM_SEEDS="${LIVY_SIM_SEEDS:-50000}" LIVY_SIM_FIRST="${LIVY_SIM_FIRST:-$(date +%s)}" \
    LIVY_FLOORS=1 swift test "${check[@]}" --filter SimulationTests
}

leaks() {
  scripts/setup.sh build
  LIVY_TEST_TIER=leaks LIVY_FLOORS=1 swift test "${check[@]}" --filter LeakTests
}

driver() {
  make --no-print-directory driver
}

# The tests that need a real Spark, with the one of this folder's name in the cache. Those of the named tier, of the
# suites that the expression finds.
with_spark() {  # FOLDER TIER EXPRESSION
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/livy"
  export SPARK_HOME="$cache/$1/home"
  export PYSPARK_PYTHON="$cache/$1/bin/python"
  export LIVY_TEST_SPARK_HOME="$SPARK_HOME"
  export LIVY_TEST_SERVER="$PWD/.build/debug/livy"
  export LIVY_TEST_DRIVER="$PWD/.build-static/livy-driver"
  export LIVY_TEST_PYLIVY="$cache/clients/pylivy/bin/python"
  export LIVY_TEST_AIRFLOW="$cache/clients/airflow/bin/python"
  export LIVY_TEST_SPARKMAGIC="$cache/clients/sparkmagic/bin/python"
  export LIVY_TEST_DBT="$cache/clients/dbt/bin/python"
  LIVY_TEST_TIER="$2" swift test --skip-build --no-parallel --filter "$3"
}

with_all='IntegrationTests|Spark(Launch)?Tests'

integration() {
  scripts/setup.sh tests
  with_spark spark-3.5 integration "$with_all"
}

matrix() {
  scripts/setup.sh matrix
  with_spark spark-4.0 integration "$with_all"
}

# Livy's clients as they come from PyPI, the slow ones too, with both Sparks.
clients() {
  scripts/setup.sh clients
  local suites='IntegrationTests.*(Pylivy|Airflow|Sparkmagic|SparkmagicKernel|Dbt)Tests'
  with_spark spark-3.5 clients "$suites"
  with_spark spark-4.0 clients "$suites"
}

# The runner of R statements, in a real R.
r() {
  scripts/setup.sh r
  LIVY_TEST_TIER=r swift test --skip-build --no-parallel --filter RRunnerTests
}

if [ "${1:-}" = --one ]; then
  "$2"
  exit
fi

# A test that hangs shall not hang whoever waits for it. Not at a terminal: there Ctrl-C would not reach the tests.
guard=(timeout -k 30)
if [ -t 1 ]; then guard=(); fi

seconds_max() {  # TIER
  # There are six fuzzers; on a machine of one core they run one after the other.
  if [ "$1" = fuzz ]; then echo $((1800 + 6 * ${LIVY_FUZZ_SECONDS:-60})); else echo 1800; fi
}

summary=()
log=$(mktemp)
report() {
  # What failed stands last, so that it is found without scrolling.
  if grep -aE '✘|error:|recorded an issue' "$log" >"$log.failed"; then
    printf '\n%s\n' "what failed"
    tail -n 40 "$log.failed"
  fi
  rm -f "$log" "$log.failed"
  printf '\n%s\n' "minutes of each tier"
  printf '%s\n' "${summary[@]}"
}
trap report EXIT

for tier in "$@"; do
  printf '\n== %s ==\n' "$tier"
  start=$SECONDS
  summary+=("$(printf '  %-12s failed' "$tier")")
  "${guard[@]}" ${guard:+"$(seconds_max "$tier")"} scripts/tiers.sh --one "$tier" 2>&1 | tee "$log"
  : >"$log"
  unset 'summary[-1]'
  summary+=("$(awk -v t="$tier" -v s=$((SECONDS - start)) 'BEGIN {printf "  %-12s %5.1f", t, s / 60}')")
done
