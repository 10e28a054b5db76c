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

ROOT = pathlib.Path(__file__).resolve().parents[3]
LIFE_SECONDS = 300
PEERS = {
    "c": ROOT / ".build-peers/ceiling",
    "ours": ROOT / ".build-bench/release/RPCBench",
    "grpc-cpp": ROOT / ".build-peers/grpc-cpp",
    "capnp": ROOT / ".build-peers/capnp",
    "grpc-swift": ROOT / ".build-peers/grpc-swift/release/GRPCSwiftPeer",
}


class MeasurementFailed(Exception):
    """A program ended early, or said what it should not."""


class Program:
    """A running program. Whoever starts one ends it: use it in a `with`."""

    def __init__(self, peer, role, **options):
        words = [f"{name}={value}" for name, value in options.items() if value is not None]
        self.name = f"{peer} {role} {' '.join(words)}"
        self.process = subprocess.Popen(
            [PEERS[peer], role, f"life={LIFE_SECONDS}", *words], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except BrokenPipeError:
                pass

    @property
    def pid(self):
        return self.process.pid

    def line(self):
        """The next line, or MeasurementFailed: a program that hangs is ended by its own alarm."""
        line = self.process.stdout.readline()
        if line:
            return line
        status = self.process.wait()
        words = self.process.stderr.read().strip().splitlines()[-3:]
        said = " / ".join(words) or "no word"
        raise MeasurementFailed(f"{self.name} ended with {status}: {said}")

    def word(self, expected):
        """The number in a line `EXPECTED NUMBER`."""
        line = self.line().split()
        if len(line) != 2 or line[0] != expected:
            raise MeasurementFailed(f"{self.name} said {line}, not '{expected} NUMBER'")
        return int(line[1])

    def measured(self):
        return json.loads(self.line())

    def results(self):
        """All that it measures until it ends."""
        found = [self.measured()]
        for line in self.process.stdout:
            found.append(json.loads(line))
        if self.process.wait() != 0:
            raise MeasurementFailed(f"{self.name} ended with {self.process.returncode}")
        return found

    def ask(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.measured()

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
