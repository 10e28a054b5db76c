# SPDX-License-Identifier: Apache-2.0
"""Part 5: programs that spark-submit runs to their end."""

from rest import until

SUM = """
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("the sum is", spark.range(1, int(sys.argv[1]) + 1).groupBy().sum().first()[0])
"""
BROKEN = "raise SystemExit('this program is broken')\n"
ENDLESS = "import time; print('running', flush=True); time.sleep(600)\n"


def show(stage):
    livy = stage.main.livy
    conf = {"spark.ui.enabled": "false"}

    def create(name, text, *arguments):
        file = stage.file(name, text)
        return livy.post("/batches", {"file": file, "args": list(arguments), "conf": conf})["id"]

    def log(number):
        return "\n".join(livy.get(f"/batches/{number}/log?size=-1")["log"])

    def end(number):
        def look():
            state = livy.get(f"/batches/{number}/state")["state"]
            return state in ("success", "dead", "killed", "error") and state

        return until(f"the end of batch {number}", look)

    good, bad = create("sum.py", SUM, "1000"), create("broken.py", BROKEN)
    stage.check(
        "sum.py 1000: its state, and the line in its log", ("success", True),
        lambda: (end(good), f"the sum is {sum(range(1, 1001))}" in log(good)))
    stage.check(
        "broken.py: its state, and the line in its log", ("dead", True),
        lambda: (end(bad), "this program is broken" in log(bad)))

    def kill():
        number = create("endless.py", ENDLESS)
        until("the batch", lambda: "running" in log(number))
        state = livy.get(f"/batches/{number}/state")["state"]
        before = len(stage.processes())
        livy.delete(f"/batches/{number}")
        return state, livy.exists(f"/batches/{number}"), before - len(stage.processes()) > 0

    stage.check("endless.py, killed by DELETE: it ran, is not listed, has ended", ("running", False, True), kill)
    stage.check(
        "the list of batches", [(good, "success"), (bad, "dead")],
        lambda: [(batch["id"], batch["state"]) for batch in livy.get("/batches")["sessions"]])
