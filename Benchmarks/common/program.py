# SPDX-License-Identifier: Apache-2.0
"""A program that a benchmark measures: how it is started, asked, and ended."""
import json
import subprocess


class MeasurementFailed(Exception):
    """A program ended early, or said what it should not."""


class Program:
    """A running program that speaks in lines. Whoever starts one ends it: use it in a `with`."""

    def __init__(self, name, command, environment=None):
        self.name = name
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

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

    def measured(self):
        return json.loads(self.line())

    def say(self, line=""):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line=""):
        self.say(line)
        return self.measured()
