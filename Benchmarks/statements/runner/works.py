# SPDX-License-Identifier: Apache-2.0
"""What is measured; each work gives one object for the report."""
import contextlib
import os
import pathlib
import statistics
import subprocess
import time

import prints
import split
from server import CPU, ROOT, SCRIPTED, SPARK, Failed, run_client


@contextlib.contextmanager
def interpreter(folder, is_scripted):
    """The interpreter alone, with a Spark of its own if it is a real one; gives its folder."""
    folder = pathlib.Path(folder, "scripted" if is_scripted else "real")
    folder.mkdir()
    script = str(ROOT / "Benchmarks/statements/runner/alone.py")
    python = str(SPARK / "bin/python")
    command = [python, script, str(folder), SCRIPTED]
    environment = dict(os.environ, SPARK_HOME=str(SPARK / "home"), PYSPARK_PYTHON=python)
    if not is_scripted:
        command = [str(SPARK / "home/bin/spark-submit"), "--master", "local[1]", script, str(folder), python]
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while not (folder / "ready").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed("the interpreter alone did not start")
            time.sleep(0.1)
        run_client("alone", f"pipes={folder}", "attach=1", "count=200")
        yield folder
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=False)
        process.wait(30)


def median(rows, *names):
    return {name: round(statistics.median(row[name] for row in rows), 2) for name in names}


def latency(server, sessions, alone, settings):
    """One statement after the other, in rounds that alternate with the interpreter alone."""
    ways = {
        "rest": lambda: server.client("latency", *sessions, count=settings.count),
        "rest_one_request": lambda: server.client("latency", *sessions, count=settings.count, posts="wait"),
        "interpreter": lambda: run_client("alone", f"pipes={alone}", f"count={settings.count}")}
    rounds = {name: [] for name in ways}
    server.client("latency", *sessions, count=max(settings.count // 2, 400))  # Warms up.
    for number in range(settings.rounds):
        names = list(ways)
        first = number % len(names)
        for name in names[first:] + names[:first]:
            cpu = CPU(server)
            row = ways[name]()
            row["cpu_us"] = {part: spent / settings.count for part, spent in cpu.spent().items()}
            rounds[name].append(row)
    made = {name: median(rows, "p50_us", "p99_us", "client_cpu_us") for name, rows in rounds.items()}
    for name in ("rest", "rest_one_request"):
        made[name]["cpu_us"] = {part: round(statistics.median(row["cpu_us"][part] for row in rounds[name]), 1)
                                for part in rounds[name][0]["cpu_us"]}
        made[name]["added_p50_us"] = round(made[name]["p50_us"] - made["interpreter"]["p50_us"], 1)
        made[name]["added_p99_us"] = round(made[name]["p99_us"] - made["interpreter"]["p99_us"], 1)
    return {"sessions": len(sessions), "rounds": settings.rounds, "statements_a_round": settings.count, **made}


def flood(server, sessions, settings, count, connections, depth=1):
    """`count` statements in each session at once; what becomes of the server's memory meanwhile."""
    options = {"count": count, "connections": connections, "depth": depth}
    server.client("flood", *sessions, **options)  # Warms up.
    rows, memory = [], [server.resident_kib()]
    for _ in range(settings.rounds):
        cpu = CPU(server)
        row = server.client("flood", *sessions, **options)
        row["cpu_us"] = {part: spent / row["statements"] for part, spent in cpu.spent().items()}
        row["accepted_per_s"] = row["statements"] / row["accepted_s"]
        row["done_per_s"] = row["statements"] / row["fetched_s"]
        rows.append(row)
        memory.append(server.resident_kib())
    return {
        "sessions": len(sessions), "rounds": settings.rounds, "statements_a_round": rows[0]["statements"],
        "connections": connections, **median(rows, "accepted_per_s", "done_per_s", "client_cpu_us"),
        "cpu_us": {part: round(statistics.median(row["cpu_us"][part] for row in rows), 1)
                   for part in rows[0]["cpu_us"]},
        "server_resident_kib": memory}


def all_works(server, folder, settings):
    """(name, object) of each work that was asked for, as it ends."""
    real, scripted = [], []
    if {"one", "prints", "queue"} & set(settings.works):
        real = [server.session(is_scripted=False)]
    if {"twenty", "eight", "split"} & set(settings.works):
        scripted = [server.session(is_scripted=True) for _ in range(20)]
    server.await_idle(real + scripted)
    if "one" in settings.works:
        with interpreter(folder, is_scripted=False) as alone:
            yield "latency_one_session", latency(server, real, alone, settings)
    if "twenty" in settings.works:
        with interpreter(folder, is_scripted=True) as alone:
            yield "latency_twenty_sessions", latency(server, scripted, alone, settings)
    if "prints" in settings.works:
        yield "print_to_follower", prints.measure(server, real[0])
    if "queue" in settings.works:
        yield "queue_one_session", flood(server, real, settings, 5_000, 16)
    if "eight" in settings.works:
        yield "queue_eight_sessions", flood(server, scripted[:8], settings, 5_000, 64)
    if "split" in settings.works:
        yield "server_cpu_split", split.measure(
            server, lambda: flood(server, scripted[:8], settings, 5_000, 64))
