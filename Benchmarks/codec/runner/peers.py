# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured, and what each of them can do.

Each answers lines on its input, as Benchmarks/codec/ours/Measuring/Conversation.swift says.
"""
import os
import pathlib

from program import MeasurementFailed, Program

ROOT = pathlib.Path(__file__).resolve().parents[3]
COUNTER = ROOT / ".build-peers/codec/allocations.so"
PEERS = {
    "ours": ROOT / ".build-bench/release/CodecBench",
    "swift-protobuf": ROOT / ".build-peers/codec/swift-protobuf/release/SwiftProtobufPeer",
    "cpp": ROOT / ".build-peers/codec/cpp",
}
SHAPES = ("small", "statement", "table", "deep", "unknown")
FORMS = ("size", "write", "buffer", "owned", "data", "fresh", "reused")
# What stands in for a form that a peer does not offer: the nearest that its users have.
NEAREST = {("swift-protobuf", "write"): "owned", ("swift-protobuf", "buffer"): "owned",
           ("ours", "reused"): "fresh", ("swift-protobuf", "reused"): "fresh"}


def is_built(peer):
    return os.access(PEERS[peer], os.X_OK)


def start(peer):
    return Program(peer, [PEERS[peer]])


def allocations(peer, shapes, forms):
    """Calls of the allocator by (shape, form), counted in a run of their own."""
    with Program(peer, [PEERS[peer]], {**os.environ, "LD_PRELOAD": str(COUNTER)}) as program:
        found = {(shape, form): program.ask(f"count {shape} {form}").get("allocations")
                 for shape in shapes for form in forms}
    return {key: count for key, count in found.items() if count is not None}


def same_bytes(names, shapes):
    """Each program has checked that it reads what it writes. That all of them, which make their
    messages apart, write the same bytes shows that they mean the same. Answers bytes by shape."""
    sizes = {}
    for shape in shapes:
        written = {}
        for peer in names:
            with start(peer) as program:
                program.say(f"bytes {shape}")
                written.setdefault(program.line(), []).append(peer)
        if len(written) != 1:
            raise MeasurementFailed(f"{shape}: not the same bytes from {list(written.values())}")
        sizes[shape] = (len(next(iter(written))) - 1) // 2
    return sizes
