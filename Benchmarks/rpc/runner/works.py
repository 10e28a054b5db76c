# SPDX-License-Identifier: Apache-2.0
"""What is measured: each work is a list of cases, and a case measures one peer once."""
import time
from dataclasses import dataclass, field

from programs import Program

KIB = 1 << 10
ECHO_BYTES = 100
OUTSTANDING = (1, 16, 256, 4096)
CONNECTIONS = (1, 100)
# A mebibyte is under way in small pieces, four of them in large ones.
BULK = ((64 * KIB, 16), (1024 * KIB, 4))
PING_CALLS = 1000
SETTLING_SECONDS = 2
IDLE_WATCH_SECONDS = 10


@dataclass(frozen=True)
class Case:
    """One cell of the table. `options` go to the client as they are."""
    work: str
    connections: int
    outstanding: int
    bytes: int
    name: str
    options: dict = field(default_factory=dict, hash=False)


def cases(settings):
    """All cases that the settings ask for."""
    listed = [
        Case("echo", connections, outstanding, ECHO_BYTES,
             f"echo 100 B, {outstanding} outstanding, {connections} conn.",
             {"seconds": settings.seconds})
        for connections in CONNECTIONS for outstanding in OUTSTANDING
        if outstanding in settings.outstanding and connections in settings.connections
    ]
    for size, outstanding in BULK:
        name = f"{'1 MiB' if size == 1024 * KIB else '64 KiB'} both ways, {outstanding} outstanding"
        listed.append(Case("bulk", 1, outstanding, size, name, {"seconds": settings.seconds}))
    size, outstanding = BULK[1]
    listed += [
        Case("bulk", 1, outstanding, ECHO_BYTES, "ping while 1 GB goes each way",
             {"bytes": size, "calls": PING_CALLS, "ping": 1}),
        Case("stream", 1, 1, ECHO_BYTES, "stream of 1,000,000 items of 100 B",
             {"items": 1_000_000}),
        Case("storm", settings.storm, 128, ECHO_BYTES, f"storm of {settings.storm:,} connections",
             {"at_once": 128}),
        Case("idle", settings.idle, 0, ECHO_BYTES, f"{settings.idle:,} idle connections",
             {"at_once": 64}),
    ]
    return [case for case in listed if case.work in settings.works]


def measure(case, peer, tier, certificates):
    """Rows of one run: dictionaries of figures, each with what tells it from others of its case."""
    run = {"storm": storm, "idle": idle}.get(case.work, closed_loop)
    with Program(peer, "server", certs=certificates,
                 resumption=1 if case.work == "storm" else 0) as server:
        options = {
            "certs": certificates, "port": server.word("listening"), "server": server.pid,
            "connections": case.connections, "outstanding": case.outstanding, "bytes": case.bytes,
            "tier": tier, **case.options,
        }
        return run(case, peer, server, options)


def closed_loop(case, peer, server, options):
    with Program(peer, case.work, **options) as client:
        found = client.results()[-1]
    row = per_call(found)
    if case.work == "bulk":
        # Both ways: what is asked and what is answered.
        row["mb_per_s"] = 2 * options["bytes"] * found["calls"] / found["seconds"] / 1e6
    if case.work == "stream":
        row["mb_per_s"] = options["bytes"] * found["calls"] / found["seconds"] / 1e6
        row["p50_us"] = row["p99_us"] = row["p999_us"] = None
    return [row]


def per_call(found):
    calls = max(found["calls"], 1)
    return {
        "calls_per_s": found["calls"] / found["seconds"],
        "cpu_us_per_call": (found["client_cpu_us"] + found["server_cpu_us"]) / calls,
        "client_cpu_us_per_call": found["client_cpu_us"] / calls,
        "server_cpu_us_per_call": found["server_cpu_us"] / calls,
        "p50_us": found["p50_us"], "p99_us": found["p99_us"], "p999_us": found["p999_us"],
        "seconds": found["seconds"],
    }


def storm(case, peer, server, options):
    """All dial as fast as they are let in; another program, connected before, goes on calling."""
    rows = []
    with Program(peer, "ping", **options) as resident:
        resident.word("open")
        with Program(peer, "storm", **options) as client:
            resident.ask()
            # Full handshakes first, then resumed ones where the peer can resume.
            while True:
                found = client.measured()
                meanwhile = resident.ask()
                rows.append({
                    "resumed": found["resumed"], **per_call(found),
                    "ping_p50_us": meanwhile["p50_us"], "ping_p99_us": meanwhile["p99_us"]})
                if not found["more"]:
                    return rows


def idle(case, peer, server, options):
    # The first connection makes what a server makes once.
    with Program(peer, "idle", **{**options, "connections": 1}) as first:
        first.word("open")
        before = server.resident_kib()
        with Program(peer, "idle", **options) as client:
            client.word("open")
            time.sleep(SETTLING_SECONDS)
            grown = server.resident_kib() - before
            cpu, wall = server.cpu_seconds(), time.monotonic()
            time.sleep(IDLE_WATCH_SECONDS)
            cpu, wall = server.cpu_seconds() - cpu, time.monotonic() - wall
    return [{"kib_per_connection": grown / case.connections, "idle_cpu_percent": 100 * cpu / wall}]
