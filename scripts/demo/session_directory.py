# SPDX-License-Identifier: Apache-2.0
"""Part 6: the directory forgets who is idle for too long, and takes sessions up again."""

import time

from rest import Session, until


def show(stage):
    livy = stage.main.livy
    session = stage.session
    idle = livy.session("sql", name="forgotten", idleTimeout="2s")
    idle.until("idle")
    stage.check(
        "a session with idleTimeout 2s expires; the other one stays", (False, "idle"),
        lambda: (
            until("the expiry", lambda: not exists_in_list(livy, "forgotten")) and False,
            session.state))

    session.text("kept = 'in the driver'")
    before = livy.get(session.path + "/statements")["statements"]
    drivers = stage.processes("livy-driver")
    stage.main.kill()
    stage.note(f"kill -9 of the server; {len(drivers)} driver lives on")
    stage.main.start()
    stage.note(f"a new server on the same state: {stage.main.livy.url}")
    again = Session(stage.main.livy, "demo")
    stage._session = again
    stage.check("the session is taken up again", "idle", lambda: again.until("idle"))
    stage.check(
        f"all its {len(before)} statements are there, with their outputs", before,
        lambda: again.livy.get(again.path + "/statements")["statements"])
    stage.check(
        "the driver is the same, and so is what Python holds",
        (drivers, "'in the driver'"),
        lambda: (stage.processes("livy-driver"), again.text("kept")))

    alone = stage.server("alone", {"livy.rsc.server.idle-timeout": "3s"})
    alone.livy.session("sql").until("idle")
    drivers = set(stage.processes("livy-driver")) - set(drivers)

    def abandon():
        start = time.monotonic()
        alone.kill()
        until("the driver's end", lambda: not drivers & set(stage.processes()))
        stage.note(f"it ended {time.monotonic() - start:.1f} s after its server")
        return len(drivers)

    stage.check("a driver without a server ends itself, here after 3 s", 1, abandon)


def exists_in_list(livy, name):
    """Unlike a request to the session itself, a look at the list is no sign of life."""
    return any(session["name"] == name for session in livy.get("/sessions")["sessions"])
