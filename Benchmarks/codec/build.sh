#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the programs of the benchmark of the codec into .build-peers and .build-bench. What a peer
# needs and the machine lacks is named, and the peer left out.
#   Benchmarks/codec/build.sh allocations|ours|swift-protobuf|cpp ...
set -euo pipefail
cd "$(dirname "$0")/../.."

here=Benchmarks/codec
out=.build-peers/codec
mkdir -p "$out"

is_newer() {  # TARGET SOURCE...: something is newer than the target.
  local target=$1
  shift
  [ ! -e "$target" ] || [ -n "$(find "$@" -type f -newer "$target" -print -quit)" ]
}

has_protoc() {  # PEER
  command -v protoc >/dev/null && return
  echo "not built: $1 (make bench-codec-peers installs what it needs)" >&2
  return 1
}

allocations() {
  is_newer "$out/allocations.so" "$here/common" || return 0
  cc -O2 -Wall -Wextra -Werror -std=gnu11 -shared -fPIC -o "$out/allocations.so" \
    "$here/common/allocations.c"
}

ours() {
  LIVY_FLOORS=1 LIVY_BENCH=1 swift build -c release --static-swift-stdlib \
    --scratch-path .build-bench --product CodecBench
}

cpp() {
  has_protoc cpp && pkg-config --exists protobuf || return 0
  is_newer "$out/cpp" "$here/peers/cpp" "$here/schema" || return 0
  local made="$out/cpp.made"
  mkdir -p "$made"
  protoc -I "$here/schema" --cpp_out="$made" "$here/schema/shapes.proto"
  c++ -O2 -std=c++17 -Wall -Wextra -I "$made" -I Benchmarks/rpc/common -o "$out/cpp" \
    "$here"/peers/cpp/*.cc "$made"/*.cc $(pkg-config --cflags --libs protobuf)
}

# The package is put together from its own sources, those that it shares with ours, and what
# protoc-gen-swift, which comes out of the same package as the library, makes of the schema.
swift-protobuf() {
  has_protoc swift-protobuf || return 0
  local sources="$here/peers/swift-protobuf" package="$out/swift-protobuf.package"
  local scratch="$out/swift-protobuf"
  is_newer "$scratch/release/SwiftProtobufPeer" "$sources" "$here/schema" "$here/ours/Measuring" ||
    return 0
  local target="$package/Sources/SwiftProtobufPeer"
  rm -rf "$package"
  mkdir -p "$target"
  cp "$sources/Package.swift" "$package/"
  cp -r "$here/ours/Measuring" "$target/"
  find "$sources" -name '*.swift' ! -name Package.swift -exec cp {} "$target/" \;
  local build=(swift build -c release -Xswiftc -cross-module-optimization --static-swift-stdlib
    --package-path "$package" --scratch-path "$scratch")
  [ -e "$scratch/release/protoc-gen-swift" ] || "${build[@]}" --product protoc-gen-swift
  protoc -I "$here/schema" --swift_out="$target" \
    --plugin=protoc-gen-swift="$scratch/release/protoc-gen-swift" "$here/schema/shapes.proto"
  "${build[@]}" --product SwiftProtobufPeer
}

for program in "$@"; do
  case "$program" in
    allocations | ours | swift-protobuf | cpp) "$program" ;;
    *) echo "no such program: $program" >&2; exit 2 ;;
  esac
done
