# SPDX-License-Identifier: Apache-2.0
"""A server of its own for a run, with the drivers and interpreters that it starts, and their CPU."""
import http.client
import json
import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
CLIENT = str(ROOT / ".build-peers/statements-client")
SCRIPTED = str(ROOT / ".build-peers/scripted-interpreter")
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))) / "livy"
SPARK = CACHE / "spark-3.5"
RETAINED = 10_000


class Failed(Exception):
    """Something did not come to what it should."""


class Server:
    """Real server, real store, in a folder of its own; for a `with`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.process = None
        self.port = 0

    def __enter__(self):
        conf = self.folder / "conf"
        conf.mkdir()
        environment = dict(
            os.environ, LIVY_STATE_DIR=str(self.folder / "state"), LIVY_CONF_DIR=str(conf),
            SPARK_HOME=str(SPARK / "home"), PYSPARK_PYTHON=str(SPARK / "bin/python"),
            BENCH_INTERPRETER=SCRIPTED)
        (conf / "livy.conf").write_text(
            "livy.spark.master = local[1]\n"
            "livy.server.cds.enabled = false\n"  # One would be made in the midst of the measuring.
            f"livy.server.spark-homes.scripted = {ROOT / 'Benchmarks/statements/spark'}\n"
            f"livy.rsc.retained-statements = {RETAINED}\n", encoding="utf-8")
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [ROOT / ".build/release/livy", "server", "--port", "0", "--log-level", "warning"],
            env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if "listening on" not in line:
            raise Failed((self.folder / "log").read_text())
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.stdout.close()
        self.log.close()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {text!r}")
        return json.loads(text)

    def session(self, is_scripted):
        conf = {"livy.spark.home": "scripted"} if is_scripted else {}
        return self.ask("POST", "/sessions", {"kind": "pyspark", "conf": conf})["id"]

    def await_idle(self, sessions):
        for session in sessions:
            while (state := self.ask("GET", f"/sessions/{session}/state")["state"]) != "idle":
                if state in ("error", "dead", "killed"):
                    raise Failed(f"session {session} is {state}: {self.ask('GET', f'/sessions/{session}')}")
                time.sleep(0.1)

    def client(self, work, *sessions, **options):
        """What the client's one line of JSON says."""
        words = [f"{name}={value}" for name, value in options.items()]
        words += [f"port={self.port}", "sessions=" + ",".join(map(str, sessions))]
        return run_client(work, *words)

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def run_client(work, *words):
    done = subprocess.run([CLIENT, work, *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"client {work}: {done.stderr.strip()}")
    return json.loads(done.stdout)


class CPU:
    """Microseconds of CPU, user and system, that a server and all it started spent since `begin`."""

    NAMES = {"livy": "server", "livy-driver": "driver", "java": "jvm", "scripted-interp": "interpreter",
             "python": "interpreter", "python3": "interpreter"}

    def __init__(self, server):
        self.processes = self._family(server.process.pid)
        self.before = self._read()

    def spent(self):
        after = self._read()
        spent = {}
        for pid, name in self.processes.items():
            spent[name] = spent.get(name, 0) + after[pid] - self.before[pid]
        return spent

    def _read(self):
        # The clock of another process, as clock_getcpuclockid makes its number.
        return {pid: time.clock_gettime_ns((~pid << 3) | 2) / 1000 for pid in self.processes}

    def _family(self, root):
        parents, names = {}, {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                words = pathlib.Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            name, rest = words[words.index("(") + 1:].rsplit(")", 1)
            names[int(entry)], parents[int(entry)] = name, int(rest.split()[1])
        family = {}
        for pid, name in names.items():
            ancestor = pid
            while ancestor in parents and ancestor != root:
                ancestor = parents[ancestor]
            if ancestor == root and name in self.NAMES:
                family[pid] = self.NAMES[name]
        return family
