# SPDX-License-Identifier: Apache-2.0
"""Part 8: the same round with the driver dialling its server, and the server dialling its driver."""

import re

DIRECTIONS = {
    "dial-in": r"driver of \w+ dialled in from [^,\n]+",
    "connect-back": r"connected back to the driver [^\n]+",
}


def show(stage):
    for channel, words in DIRECTIONS.items():
        server = stage.server(channel, {"livy.rsc.channel": channel})

        def round():
            session = server.livy.session("pyspark", conf={"spark.ui.enabled": "false"})
            session.until("idle")
            results = [
                session.text("sum(range(101))"),
                session.rows("SELECT sum(id) FROM range(101)"),
                session.output("1 / 0")["ename"],
            ]
            number = session.submit("import time; time.sleep(600)")
            session.cancel(number)
            results.append(session.wait(number)["state"])
            session.delete()
            return results

        stage.check(
            f"{channel}: Python, SQL, an error, a cancelled statement, DELETE",
            ["5050", [[5050]], "ZeroDivisionError", "cancelled"], round)
        said = re.search(words, server.log)
        stage.note("the server's log: " + (said[0] if said else "nothing"))
        stage.check(f"{channel}: the log tells who dialled whom", True, lambda: said is not None)
        server.stop()
