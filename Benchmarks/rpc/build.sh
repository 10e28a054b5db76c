#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds programs of the benchmark into .build-peers and .build-bench. What a peer needs and the
# machine lacks is named, and the peer left out.
#   Benchmarks/rpc/build.sh c|ours|grpc-cpp|capnp|grpc-swift ...
set -euo pipefail
cd "$(dirname "$0")/../.."

here=Benchmarks/rpc
out=.build-peers
mkdir -p "$out"

is_newer() {  # TARGET SOURCE...: something is newer than the target.
  local target=$1
  shift
  [ ! -e "$target" ] || [ -n "$(find "$@" -type f -newer "$target" -print -quit)" ]
}

has() {  # PEER PKG-CONFIG-NAME...
  local peer=$1
  shift
  command -v pkg-config >/dev/null && pkg-config --exists "$@" && return
  echo "not built: $peer (make bench-rpc-peers installs what it needs)" >&2
  return 1
}

c() {
  is_newer "$out/ceiling" "$here/ceiling" "$here/common" || return 0
  cc -O2 -Wall -Wextra -Werror -std=gnu11 -o "$out/ceiling" "$here"/ceiling/*.c -luv -lssl -lcrypto
}

ours() {
  LIVY_FLOORS=1 LIVY_BENCH=1 swift build -c release --static-swift-stdlib \
    --scratch-path .build-bench --product RPCBench
}

grpc-cpp() {
  has grpc-cpp grpc++ protobuf || return 0
  is_newer "$out/grpc-cpp" "$here/peers/grpc-cpp" "$here/schema" "$here/common" || return 0
  local made="$out/grpc-cpp.made"
  mkdir -p "$made"
  protoc -I "$here/schema" --cpp_out="$made" --grpc_out="$made" \
    --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" "$here/schema/echo.proto"
  c++ -O2 -std=c++17 -I "$made" -I "$here/common" -o "$out/grpc-cpp" "$here"/peers/grpc-cpp/*.cc \
    "$made"/*.cc $(pkg-config --cflags --libs grpc++ protobuf)
}

capnp() {
  has capnp capnp-rpc kj-tls || return 0
  is_newer "$out/capnp" "$here/peers/capnp" "$here/common" || return 0
  local made="$out/capnp.made"
  mkdir -p "$made"
  command capnp compile --src-prefix="$here/peers/capnp" -oc++:"$made" "$here/peers/capnp/echo.capnp"
  c++ -O2 -std=c++17 -I "$made" -I "$here/common" -o "$out/capnp" "$here"/peers/capnp/*.cc \
    "$made"/*.c++ $(pkg-config --cflags --libs capnp-rpc kj-tls) -lssl -lcrypto
}

# Takes some 14 minutes of CPU time the first time.
grpc-swift() {
  is_newer "$out/grpc-swift/release/GRPCSwiftPeer" "$here/peers/grpc-swift" "$here/ours/Measuring" ||
    return 0
  swift build -c release --package-path "$here/peers/grpc-swift" --scratch-path "$out/grpc-swift" \
    --product GRPCSwiftPeer
}

for program in "$@"; do
  case "$program" in
    c | ours | grpc-cpp | capnp | grpc-swift) "$program" ;;
    *) echo "no such program: $program" >&2; exit 2 ;;
  esac
done
