# SPDX-License-Identifier: Apache-2.0
"""The end: the sessions are listed, one is deleted, the server stops and ends the other."""


def show(stage):
    session = stage.session
    stage.main.livy.session("sql", name="second")
    stage.note(stage.command("session", "ls").stdout)
    stage.check(
        "livy session rm demo: its status, and whether the session is there", (0, False),
        lambda: (
            stage.command("session", "rm", "demo").returncode,
            session.livy.exists(session.path)))
    stage.check("SIGTERM to the server: its status", 0, stage.main.stop)
    stage.check("afterwards", "no process is left", stage.no_process_is_left)
