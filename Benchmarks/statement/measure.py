# SPDX-License-Identifier: Apache-2.0
"""Measures one statement, `1+1`, over REST and in the interpreter alone, in rounds that alternate.

measure.py URL COUNT RESULT-FILE RUNNER
"""
import http.client
import json
import os
import struct
import subprocess
import sys
import time
import urllib.parse

ROUNDS = 5


class Server:
    """One client on one kept connection: POST, then GET back to back until the result is there."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
        self.session = self.ask("POST", "/sessions", {"kind": "pyspark"})["id"]
        while True:
            state = self.ask("GET", f"/sessions/{self.session}/state")["state"]
            if state == "idle":
                return
            if state in ("error", "dead", "killed"):
                raise SystemExit(f"the session is {state}")
            time.sleep(0.2)

    def ask(self, method, path, body=None):
        self.connection.request(method, path, json.dumps(body) if body is not None else None)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text!r}")
        return json.loads(text)

    def run(self):
        path = f"/sessions/{self.session}/statements"
        statement = self.ask("POST", path, {"code": "1+1"})
        while statement["state"] != "available":
            statement = self.ask("GET", f"{path}/{statement['id']}")
        assert statement["output"]["data"]["text/plain"] == "2", statement

    def end(self):
        self.ask("DELETE", f"/sessions/{self.session}")


class Interpreter:
    """The driver's Python runner, asked over its own pipes, without Spark, driver and server."""

    def __init__(self, script):
        requests, self.requests = os.pipe()
        self.replies, replies = os.pipe()
        loader = "import sys; exec(compile(sys.stdin.buffer.read(), 'python_runner.py', 'exec'))"
        self.child = subprocess.Popen(
            [sys.executable, "-c", loader, str(requests), str(replies)], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, pass_fds=(requests, replies), start_new_session=True)
        os.close(requests)
        os.close(replies)
        with open(script, "rb") as source:
            self.child.stdin.write(source.read())
        self.child.stdin.close()

    def run(self):
        texts = b"".join(struct.pack("<I", len(t)) + t for t in (b"token", b"0", b"1+1"))
        os.write(self.requests, struct.pack("<I", 1 + len(texts)) + b"\x02" + texts)
        (length,) = struct.unpack("<I", self.exactly(4))
        assert self.exactly(length)[0] == 1

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = os.read(self.replies, count - len(data))
            if not piece:
                raise SystemExit("the interpreter ended")
            data += piece
        return data

    def end(self):
        os.close(self.requests)
        self.child.wait()


def timed(run, count):
    times = []
    for _ in range(count):
        start = time.perf_counter_ns()
        run()
        times.append((time.perf_counter_ns() - start) / 1000)
    return times


def quantile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def main():
    url, count, result_file, script = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    subjects = {"REST, server, RPC, interpreter": Server(url), "the interpreter alone": Interpreter(script)}
    for subject in subjects.values():
        timed(subject.run, max(50, count // 10))
    times = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, subject in subjects.items():
            times[name] += timed(subject.run, count // ROUNDS)
    for subject in subjects.values():
        subject.end()
    rows = []
    for name, all_times in times.items():
        rows.append({
            "what": name, "statements": len(all_times),
            "p50_us": round(quantile(all_times, 0.5), 1),
            "p99_us": round(quantile(all_times, 0.99), 1)})
    ours, alone = rows
    rows.append({
        "what": "added by server and RPC", "statements": ours["statements"],
        "p50_us": round(ours["p50_us"] - alone["p50_us"], 1),
        "p99_us": round(ours["p99_us"] - alone["p99_us"], 1)})
    print(f"{'1+1 in pyspark, one client, closed loop':44} {'p50':>10} {'p99':>10}")
    for row in rows:
        print(f"{row['what']:44} {row['p50_us']:>7} us {row['p99_us']:>7} us")
    print("Apache Livy, for scale (docs/performance.md says under which conditions): 530 us, 1350 us")
    with open(result_file, "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=2)


main()
