# SPDX-License-Identifier: Apache-2.0
"""Part 3: a table cached by one statement serves other kinds and other clients."""

ROWS = 1000


def show(stage):
    session = stage.session
    squares = [i * i for i in range(1, ROWS + 1)]

    def cache():
        session.rows(
            f"CACHE TABLE squares AS SELECT id, id * id AS square FROM range(1, {ROWS + 1})")
        return session.rows("SELECT count(*) FROM squares")

    stage.check("sql: cache a table of squares", [[ROWS]], cache)
    stage.check(
        "pyspark: it is cached, and its sum", repr((True, sum(squares))),
        lambda: session.text(
            "(spark.catalog.isCached('squares'),"
            " spark.table('squares').groupBy().sum('square').first()[0])"))
    stage.check(
        "spark: how many squares are greater than half a million",
        str(sum(square > 500_000 for square in squares)),
        lambda: session.text(
            'println(spark.table("squares").where("square > 500000").count())', "spark"))

    def command():
        ran = stage.command(
            "run", "--session", "demo", "--kind", "sql", "SELECT max(square) AS greatest FROM squares")
        return ran.stdout.split() or ran.stderr

    stage.check(
        "another client: livy run --session demo --kind sql 'SELECT max(square) ...'",
        ["greatest", str(squares[-1])], command)
