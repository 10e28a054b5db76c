# SPDX-License-Identifier: Apache-2.0
"""Servers to show things on, and what they leave: all below one folder, which marks all processes."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

from report import Report
from rest import Livy, Session, until

MARK = "DEMO_FOLDER"
# The server looks for expired sessions more often than one in production needs to.
QUICK_SWEEP = {"livy.server.session.sweep-interval": "1s"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`livy server` as a process, with a folder of its own. It may be ended and started again."""

    def __init__(self, stage, name, settings):
        self.folder = stage.folder / name
        self.state = self.folder / "state"
        self.log_file = self.folder / "log"
        (self.folder / "conf").mkdir(parents=True)
        # A driver of a former run dials the port that it knows.
        self.settings = {
            "livy.spark.master": "local[2]",
            "livy.rpc.port": str(free_port()),
            "livy.file.local-dir-whitelist": str(stage.files),
        } | settings
        self.program = stage.program
        self.start()

    def start(self):
        arguments = [self.program, "server", "--port", "0"]
        for key, value in self.settings.items():
            arguments += ["--set", f"{key}={value}"]
        environment = os.environ | {
            "LIVY_CONF_DIR": str(self.folder / "conf"), "LIVY_STATE_DIR": str(self.state)}
        output = self.folder / "out"
        with open(output, "wb") as out, open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                arguments, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=log,
                start_new_session=True)

        def look():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server did not start:\n{self.log}")
            return re.search(r"listening on (\S+)", output.read_text())

        self.livy = Livy(until("the server", look)[1])

    @property
    def log(self):
        return self.log_file.read_text(errors="replace")

    def stop(self):
        """Asks it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()

    def kill(self):
        """kill -9"""
        self.process.kill()
        self.process.wait()


class Stage:
    def __init__(self, folder, programs):
        self.folder = Path(folder)
        self.files = self.folder / "files"
        self.files.mkdir()
        self.program = str(Path(programs).resolve() / "livy")
        self.report = Report()
        self.servers = []
        self.check, self.note = self.report.check, self.report.note

    def server(self, name, settings):
        server = Server(self, name, settings)
        self.servers.append(server)
        return server

    # The server and the session on which most parts are shown; each made when first used.

    _main = None
    _session = None

    @property
    def main(self):
        if not self._main:
            self._main = self.server("main", QUICK_SWEEP)
            self.note(f"livy server: {self._main.livy.url}")
        return self._main

    @property
    def session(self):
        if not self._session:
            self.main.livy.session("pyspark", name="demo")
            self._session = Session(self.main.livy, "demo")
            self._session.until("idle")
        return self._session

    def command(self, *arguments):
        """Runs `livy ARGUMENTS` as another client of the main server."""
        return subprocess.run(
            [self.program, *arguments], env=os.environ | {"LIVY_URL": self.main.livy.url},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def file(self, name, text, mode=0o644):
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def processes(self, *programs):
        """What runs for sessions and batches: the tag of each process by its pid.

        Found by the mark in the environment; PROGRAMS are names, none is all.
        """
        mark = f"{MARK}={self.folder}".encode()
        ours = {os.getpid()} | {server.process.pid for server in self.servers}
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                environment = (entry / "environ").read_bytes().split(b"\0")
                name = os.path.basename(os.readlink(entry / "exe"))
            except OSError:
                continue
            if mark in environment and int(entry.name) not in ours:
                if not programs or name in programs:
                    tags = [text for text in environment if text.startswith(b"LIVY_SESSION_TAG=")]
                    found[int(entry.name)] = tags[0].decode() if tags else name
        return found

    @property
    def tags(self):
        """The sessions and batches that have processes."""
        return set(self.processes().values())

    def no_process_is_left(self):
        until("the end of all processes", lambda: not self.processes(), limit=30)
        return "no process is left"
