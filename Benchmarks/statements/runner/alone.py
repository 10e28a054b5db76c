# SPDX-License-Identifier: Apache-2.0
"""Starts a session's interpreter without driver and server, for the client to ask by named pipes.

    alone.py FOLDER PROGRAM            in FOLDER the pipes `requests`, `replies`, `output`

Spark's spark-submit runs it to give PROGRAM a real Spark context; it makes that first. Ends when FOLDER
is gone.
"""
import os
import pathlib
import subprocess
import sys
import time

SCRIPTS = ("python_pipes.py", "python_results.py", "python_completion.py", "python_jobs.py",
           "python_runner.py")
LOADER = """
import sys
for name, text in zip(sys.argv[5:], sys.stdin.buffer.read().split(b'\\0')):
  exec(compile(text, name, 'exec'), globals())
"""


def start(folder, program):
    """The interpreter, as the driver starts it; its pipes are named ones."""
    scripts = pathlib.Path(__file__).resolve().parents[3] / "Sources/Livy/Driver/Interpreters/Scripts"
    pipes = []
    for name in ("requests", "replies", "output"):
        os.mkfifo(f"{folder}/{name}")
        pipes.append(os.open(f"{folder}/{name}", os.O_RDWR))  # Both ways, so that no opening waits.
    requests, replies, output = pipes
    child = subprocess.Popen(
        [program, "-c", LOADER, str(requests), str(replies), str(32 << 20), "plain", *SCRIPTS],
        stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL, pass_fds=(requests, replies),
        start_new_session=True)
    child.stdin.write(b"\0".join((scripts / name).read_bytes() for name in SCRIPTS))
    child.stdin.close()
    return child


def main():
    folder, program = sys.argv[1:3]
    parent = os.getppid()
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        from pyspark.sql import SparkSession
        SparkSession.builder.getOrCreate()
    child = start(folder, program)
    pathlib.Path(folder, "ready").touch()
    while os.path.exists(folder) and os.getppid() == parent:
        time.sleep(0.2)
    child.kill()


main()
