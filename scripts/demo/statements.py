# SPDX-License-Identifier: Apache-2.0
"""Part 2: statements go their own way while the client does something else."""

from rest import until

SLICES = 1_600_000
TASKS = 16

PI = f"""
import time
def slice_sum(task):
    time.sleep(0.2)
    part = range(task * {SLICES // TASKS}, (task + 1) * {SLICES // TASKS})
    return sum(4 / (1 + ((i + 0.5) / {SLICES}) ** 2) for i in part) / {SLICES}
round(sc.parallelize(range({TASKS}), {TASKS}).map(slice_sum).sum(), 9)
"""

ENDLESS = "sc.parallelize(range(4000), 4000).map(lambda i: __import__('time').sleep(0.5)).count()"


def show(stage):
    session = stage.session
    pi = round(sum(4 / (1 + ((i + 0.5) / SLICES) ** 2) for i in range(SLICES)) / SLICES, 9)

    number = session.submit(PI)
    stage.check(
        "the answer to POST does not wait for the statement", True,
        lambda: session.statement(number)["state"] in ("waiting", "running"))

    seen = [0.0]

    def watch():
        statement = session.statement(number)
        if statement["progress"] != seen[-1]:
            seen.append(statement["progress"])
        return statement["state"] == "available"

    stage.check(
        f"pyspark: pi from {SLICES:,} slices in {TASKS} tasks", repr(pi),
        lambda: until("pi", watch) and session.statement(number)["output"]["data"]["text/plain"])
    stage.note("progress seen on the way: " + ", ".join(f"{fraction:.0%}" for fraction in seen))
    stage.check(
        "the progress rose in steps, and ended at 1", (True, True, 1.0),
        lambda: (seen == sorted(seen), len(seen) > 3, seen[-1]))

    running = session.submit(ENDLESS)
    waiting = session.submit("'this never runs'")
    until("the running one", lambda: session.statement(running)["progress"] > 0)

    def cancel_waiting():
        session.cancel(waiting)
        statement = session.wait(waiting)
        return statement["state"], statement["output"], session.statement(running)["state"]

    stage.check(
        "cancel one that waits: it ends at once, without output, and the other runs on",
        ("cancelled", None, "running"), cancel_waiting)

    def cancel_running():
        session.cancel(running)
        return session.wait(running)["state"]

    stage.check("cancel the one that runs: its Spark job ends", "cancelled", cancel_running)

    sleeping = session.submit("import time; time.sleep(600)")
    until("the sleeper", lambda: session.statement(sleeping)["state"] == "running")

    def cancel_sleeping():
        session.cancel(sleeping)
        return session.wait(sleeping)["state"]

    stage.check("cancel Python that runs no Spark job: it is interrupted", "cancelled", cancel_sleeping)
    stage.check("the next statement runs as if nothing had been", "42", lambda: session.text("6 * 7"))

    def listed():
        page = session.livy.get(session.path + "/statements")
        return page["total_statements"], [one["id"] for one in page["statements"]]

    last = session.submit("'last'")
    session.wait(last)
    stage.check(
        "the list has all statements, in order", (last + 1, list(range(last + 1))), listed)
