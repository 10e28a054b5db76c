# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured: where they are, and how they are started and ended.

Each speaks the same way. `server certs=FOLDER` prints `listening PORT` and serves until its input
ends; the role of a client is the work's name, and it prints one line of JSON for each thing that it
measured. All end by themselves after `life` seconds.
"""
import json
import os
import pathlib
import subprocess
import time

import program
from program import MeasurementFailed

ROOT = pathlib.Path(__file__).resolve().parents[3]
LIFE_SECONDS = 300
PEERS = {
    "c": ROOT / ".build-peers/ceiling",
    "ours": ROOT / ".build-bench/release/RPCBench",
    "grpc-cpp": ROOT / ".build-peers/grpc-cpp",
    "capnp": ROOT / ".build-peers/capnp",
    "grpc-swift": ROOT / ".build-peers/grpc-swift/release/GRPCSwiftPeer",
}


class Program(program.Program):
    """One of the peers in one of its roles."""

    def __init__(self, peer, role, **options):
        words = [f"{name}={value}" for name, value in options.items() if value is not None]
        super().__init__(
            f"{peer} {role} {' '.join(words)}",
            [PEERS[peer], role, f"life={LIFE_SECONDS}", *words])

    def word(self, expected):
        """The number in a line `EXPECTED NUMBER`."""
        line = self.line().split()
        if len(line) != 2 or line[0] != expected:
            raise MeasurementFailed(f"{self.name} said {line}, not '{expected} NUMBER'")
        return int(line[1])

    def results(self):
        """All that it measures until it ends."""
        found = [self.measured()]
        for line in self.process.stdout:
            found.append(json.loads(line))
        if self.process.wait() != 0:
            raise MeasurementFailed(f"{self.name} ended with {self.process.returncode}")
        return found

    def resident_kib(self):
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Rss:"))

    def cpu_seconds(self):
        # The clock of another process's CPU time, as clock_getcpuclockid(3) makes its id.
        return time.clock_gettime((~self.pid << 3) | 2)


def is_built(peer):
    return os.access(PEERS[peer], os.X_OK)


def tiers(peer):
    """Ways in which a peer can be called, for each work that has several; peers have one."""
    if peer != "ours":
        return {}
    done = subprocess.run([PEERS[peer], "tiers"], check=True, capture_output=True, text=True)
    return {work: names for work, *names in (line.split() for line in done.stdout.splitlines())}
