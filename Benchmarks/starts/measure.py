# SPDX-License-Identifier: Apache-2.0
"""Times from POST to idle.

Two servers run side by side on each Spark: one without archives of classes, one with an archive that it has made
before the first round, and a pool. A round starts one session on each after the other, another one first in each
round, so that what slows the machine for a while slows both; then one session is taken from the pool. Each session
is deleted before the next is started. Times are what a client sees that asks for the state every 5 ms.
"""
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import time
import urllib.request

LIMIT_SECONDS = 240
POLL_SECONDS = 0.005


class Server:
    def __init__(self, options, spark, name, settings):
        folder = options.work / spark.name / name
        folder.mkdir(parents=True)
        environment = dict(os.environ, SPARK_HOME=str(spark / "home"), PYSPARK_PYTHON=str(spark / "bin" / "python"),
                           LIVY_STATE_DIR=str(folder / "state"))
        settings = {"livy.spark.master": "local[2]", "livy.server.driver": str(options.driver.resolve()), **settings}
        pairs = [word for pair in settings.items() for word in ("--set", "=".join(pair))]
        self.output = folder / "out"
        self.process = subprocess.Popen(
            [options.livy, "server", "--port", "0", *pairs], env=environment, stdout=open(self.output, "w"),
            stderr=open(folder / "log", "w"))
        self.log = folder / "log"
        self.url = until("the server listens", self._listening)

    def _listening(self):
        return next((line.split()[-1] for line in self.output.read_text().splitlines() if "listening on" in line), None)

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=LIMIT_SECONDS) as answer:
            return json.load(answer)

    def start(self, kind):
        """Seconds to idle, and the phases, in seconds since POST."""
        begun, wall = time.monotonic(), time.time()
        session = self.ask("POST", "/sessions", {"kind": kind})
        path = "/sessions/%d" % session["id"]
        state = session["state"]
        while state != "idle":
            if state not in ("starting", "not_started") or time.monotonic() - begun > LIMIT_SECONDS:
                raise SystemExit("a session is %s:\n%s" % (state, self.log.read_text()))
            time.sleep(POLL_SECONDS)
            state = self.ask("GET", path + "/state")["state"]
        seconds = time.monotonic() - begun
        phases = self.ask("GET", path + "/phases")
        self.ask("DELETE", path)
        return seconds, phases, wall

    def pooled(self):
        gauges = self.ask("GET", "/metrics/metrics")["gauges"]
        return gauges["livy.pool.ready"]["value"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=LIMIT_SECONDS)


def until(what, condition):
    end = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise SystemExit("never: " + what)


def measure(options, spark):
    shelf = options.work / spark.name / "cds"
    plain = Server(options, spark, "plain", {"livy.server.cds.enabled": "false"})
    fast = Server(options, spark, "fast", {"livy.server.cds.folder": str(shelf), "livy.server.cds.delay": "0s"})
    fast.start("sql")
    begun = time.monotonic()
    until("the archive is there", lambda: list(shelf.glob("*.jsa")))
    made = time.monotonic() - begun
    until("nothing is left of its making", lambda: not list(shelf.glob("*.part")))
    times = {kind: {"plain": [], "archive": [], "pool": []} for kind in options.kinds}
    phases = {}
    for round in range(options.rounds):
        for kind in options.kinds:
            pair = [("plain", plain), ("archive", fast)]
            for name, server in pair if round % 2 == 0 else reversed(pair):
                seconds, phases["%s %s" % (kind, name)], _ = server.start(kind)
                times[kind][name].append(seconds)
                print("%s round %d %s %s: %.2f s" % (spark.name, round + 1, kind, name, seconds), flush=True)
    plain.stop()
    fast.stop()
    pool = Server(options, spark, "pool", {"livy.server.cds.folder": str(shelf), "livy.server.pool.size": "1"})
    for profiles, kind in enumerate(options.kinds, 1):
        pool.start(kind)
        for round in range(options.rounds):
            until("a driver of each kind so far waits", lambda: pool.pooled() >= profiles)
            seconds, phases["%s pool" % kind], _ = pool.start(kind)
            times[kind]["pool"].append(seconds)
            print("%s round %d %s pool: %.0f ms" % (spark.name, round + 1, kind, seconds * 1000), flush=True)
    pool.stop()
    result = {"archive_mib": round_size(shelf), "archive_seconds": made, "kinds": {}}
    for kind, columns in times.items():
        medians = {name: statistics.median(values) for name, values in columns.items()}
        gains = [1 - fast / plain for plain, fast in zip(columns["plain"], columns["archive"])]
        result["kinds"][kind] = {"seconds": columns, "median_seconds": medians, "sooner": statistics.median(gains),
                                 "phases": {name: phases["%s %s" % (kind, name)] for name in columns}}
        print("%s %s: plain %.2f s, archive %.2f s (%.0f %% sooner), pool %.0f ms" % (
            spark.name, kind, medians["plain"], medians["archive"], 100 * statistics.median(gains),
            1000 * medians["pool"]), flush=True)
    return result


def round_size(shelf):
    return sum(file.stat().st_size for file in shelf.glob("*.jsa")) >> 20


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--livy", required=True)
    parser.add_argument("--driver", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--kinds", type=str.split, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("sparks", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    results = {spark.name: measure(options, spark) for spark in options.sparks}
    options.out.write_text(json.dumps({"rounds": options.rounds, "sparks": results}, indent=1))
    print("written: %s" % options.out)


main()
