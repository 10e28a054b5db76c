#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the client and the scripted interpreter of the benchmark of statements into .build-peers.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=Benchmarks/statements
out=.build-peers
mkdir -p "$out"
flags=(-O2 -Wall -Wextra -Werror -std=gnu11 -D_GNU_SOURCE)
cc "${flags[@]}" -o "$out/statements-client" "$here"/client/*.c
cc "${flags[@]}" -o "$out/scripted-interpreter" "$here"/interpreter/main.c
