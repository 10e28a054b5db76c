#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs what building, demo and tests need, and does nothing that was done before.
#   scripts/setup.sh build     Debian packages for the build
#   scripts/setup.sh spark     the same, and Spark 3.5 (pyspark from PyPI) in the user's cache folder
#   scripts/setup.sh codec     the build's, and protobuf's own programs, which the codec is compared with
#   scripts/setup.sh tests     the same, and the clients that the integration tests drive
#   scripts/setup.sh clients   the same, Spark 4.0 beside 3.5, and dbt (needs Python 3.10, 3.9 or 3.8)
#   scripts/setup.sh bench     the build's, and the peers that the RPC is measured beside
#   scripts/setup.sh r         the build's, and R
#   scripts/setup.sh matrix    the tests', and Spark 4.0 beside 3.5 (another 450 MB)
#   scripts/setup.sh pages     the build's, and a browser without a screen, which looks at the pages (300 MB)
# Ends 2, with the line to run, where it may not install by itself.
set -euo pipefail
cd "$(dirname "$0")/.."

SPARK_VERSION=3.5.8
SPARK_4_VERSION=4.0.5
PYLIVY_VERSION=0.8.0
AIRFLOW_VERSION=3.3.2
AIRFLOW_LIVY_VERSION=4.6.4
PROTOBUF_VERSION=7.36.2
cache="${XDG_CACHE_HOME:-$HOME/.cache}/livy"

say() { printf 'setup: %s\n' "$*" >&2; }
give_up() { say "$*"; exit 2; }

need_toolchain() {
  command -v swift >/dev/null ||
    give_up "swift is missing. Install Swift 6.2 or later from https://www.swift.org/install/linux and put it on PATH."
}

# Debian packages. Asks dpkg, so that a second run costs milliseconds.
packages() {
  local missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local line="apt-get install -y --no-install-recommends ${missing[*]}"
  command -v apt-get >/dev/null ||
    give_up "these packages are missing, and there is no apt-get here: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || give_up "packages are missing. Run: sudo $line"
    as_root=(sudo -n)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $line -qq >/dev/null ||
    give_up "that failed. Run it by hand and read what it says: sudo $line"
}

build_packages() {
  packages libuv1-dev libssl-dev libsqlite3-dev zlib1g-dev make binutils
}

java_runtime() {
  command -v java >/dev/null || packages openjdk-17-jre-headless
}

# A virtual environment made whole or not at all: its stamp is written last.
virtual_environment() {
  local folder=$1 stamp
  shift
  stamp="$*"
  [ "$(cat "$folder/.complete" 2>/dev/null || true)" = "$stamp" ] && return
  command -v python3 >/dev/null || packages python3 python3-venv
  python3 -c 'import ensurepip, venv' 2>/dev/null || packages python3-venv
  say "installing $* into $folder"
  local start=$SECONDS
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
  printf '%s\n' "$stamp" >"$folder/.complete"
  say "that took $((SECONDS - start)) s"
}

# A virtual environment of exactly what scripts/clients/NAME.txt lists.
locked_environment() {  # NAME PYTHON
  local folder="$cache/clients/$1" list="scripts/clients/$1.txt" stamp
  stamp="$2 $(sha256sum <"$list")"
  [ "$(cat "$folder/.complete" 2>/dev/null || true)" = "$stamp" ] && return
  say "installing what $list lists into $folder"
  local start=$SECONDS
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  "$2" -m venv "$folder"
  "$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --no-compile -r "$list"
  printf '%s\n' "$stamp" >"$folder/.complete"
  say "that took $((SECONDS - start)) s"
}

# The path of a Python that is old enough for the client that asks for it: VERSION...
old_python() {
  local version path
  for version in "$@"; do
    for path in "$(command -v "python$version" || true)" \
      "$(ls -d "$HOME/.pyenv/versions/$version".*/bin/"python$version" 2>/dev/null | tail -1)"; do
      # A shim of pyenv's is there for versions that are not chosen, and fails.
      if [ -n "$path" ] && "$path" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$path"
        return
      fi
    done
  done
  give_up "dbt-spark-livy needs one of Python $*, with its module venv. Install one and put it on PATH."
}

# One Spark: its folder's name in the cache, and the version of pyspark on PyPI that brings it.
spark() {
  local folder="$cache/$1" home
  java_runtime
  virtual_environment "$folder" "pyspark==$2"
  home=$("$folder/bin/python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
  ln -sfn "$home" "$folder/home"
}

clients() {
  virtual_environment "$cache/clients/pylivy" "livy==$PYLIVY_VERSION"
  virtual_environment "$cache/clients/airflow" "apache-airflow==$AIRFLOW_VERSION" \
    "apache-airflow-providers-apache-livy==$AIRFLOW_LIVY_VERSION"
  locked_environment sparkmagic "$(command -v python3)"
}

for_clients() {
  for_tests
  spark spark-4.0 "$SPARK_4_VERSION"
  local python
  python=$(old_python 3.10 3.9 3.8)
  locked_environment dbt "$python"
}

protobuf() {
  packages protobuf-compiler libprotobuf-dev
  virtual_environment "$cache/protobuf" "protobuf==$PROTOBUF_VERSION"
}

for_tests() {
  build_packages
  packages procps openssl strace
  spark spark-3.5 "$SPARK_VERSION"
  clients
  protobuf
}

for_bench() {
  build_packages
  packages g++ pkg-config openssl libgrpc++-dev protobuf-compiler-grpc protobuf-compiler \
    libprotobuf-dev libcapnp-dev capnproto
}

need_toolchain
case "${1:-build}" in
  build) build_packages ;;
  spark) build_packages; spark spark-3.5 "$SPARK_VERSION" ;;
  codec) build_packages; protobuf ;;
  pages) build_packages; packages chromium ;;
  tests) for_tests ;;
  clients) for_clients ;;
  bench) for_bench ;;
  r) build_packages; packages r-base-core ;;
  matrix) for_tests; spark spark-4.0 "$SPARK_4_VERSION" ;;
  *) sed -n '3,15p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
