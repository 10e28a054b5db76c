# SPDX-License-Identifier: Apache-2.0
"""Part 7: a start fails in each of its steps; the session tells why."""

from rest import until

FAKES = {
    "exits with an error": ("echo 'no such master: moon' >&2; exit 3", "dead", [
        "spark-submit ended with exit status 3", "no such master: moon"]),
    "exits 0 too early": ("setsid sleep 600 & echo 'all is well'; exit 0", "dead", [
        "spark-submit ended with exit status 0", "all is well"]),
    "never ends": ("setsid sleep 600 & exec sleep 600", "error", [
        "no driver called the server within 2.0 seconds"]),
    "is missing": (None, "error", ["no executable spark-submit at", "set livy.server.spark-home"]),
}


def show(stage):
    before = stage.tags

    def tell(server, expected_words, **request):
        session = server.livy.session(**request)
        state = session.until(*session.OVER)
        reason = session.phases["reason"]
        stage.note(reason)
        session.delete()
        return state, [words for words in expected_words if words in reason]

    for number, (how, (script, state, words)) in enumerate(FAKES.items()):
        if script:
            stage.file(f"spark-{number}/bin/spark-submit", f"#!/bin/sh\n{script}\n", 0o755)
        server = stage.server(f"fake-{number}", {
            "livy.server.spark-home": str(stage.files / f"spark-{number}"),
            "livy.rsc.server.connect.timeout": "2s"})
        stage.check(
            f"a spark-submit that {how}: state, and the words of the reason",
            (state, words, 0), lambda: (*tell(server, words), server.stop()))

    driver = stage.file("silent-driver", "#!/bin/sh\nsetsid sleep 600 & exec sleep 600\n", 0o755)
    server = stage.server("silent", {
        "livy.server.driver": driver, "livy.rsc.server.connect.timeout": "6s"})
    words = ["no driver called the server within 6.0 seconds"]
    stage.check(
        "a driver that never calls", ("error", words, 0),
        lambda: (*tell(server, words), server.stop()))

    words = ["Spark did not run the ping's job", "Job aborted due to stage failure"]
    stage.check(
        "a ping that fails: Spark starts, and its first job does not end well", ("error", words),
        lambda: tell(stage.main, words, conf={"spark.driver.maxResultSize": "1"}))

    stage.check(
        "of all of these, no process is left", set(),
        lambda: until("their end", lambda: stage.tags <= before, limit=30) and stage.tags - before)
