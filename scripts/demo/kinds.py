# SPDX-License-Identifier: Apache-2.0
"""Part 1: one session runs Python, Scala and SQL; all see one SparkContext."""

import re
from collections import Counter
from pathlib import Path

TEXT = Path(__file__).resolve().parents[2] / "ARCHITECTURE.md"


def seconds(phases):
    return ", ".join(
        f"{phase['phase']} {(phase['at'] - phases['created']) / 1000:.1f} s"
        for phase in phases["phases"])


def show(stage):
    session = stage.session
    stage.note(f"session demo (kind pyspark): {seconds(session.phases)}")
    stage.note(stage.command("session", "show", "demo").stdout)

    words = Counter(re.findall("[a-z]+", TEXT.read_text().lower()))
    frequent = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:4]
    code = f"""
import re
words = sc.textFile({str(TEXT)!r}, 4).flatMap(lambda line: re.findall("[a-z]+", line.lower()))
counts = words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b)
counts.toDF(["word", "count"]).createOrReplaceTempView("words")
counts.takeOrdered(4, key=lambda pair: (-pair[1], pair[0]))
"""
    stage.check(
        "pyspark: count the words of ARCHITECTURE.md, the 4 most frequent", repr(frequent),
        lambda: session.text(code))

    stage.check(
        "sql: words that stand there just once, in the view that Python made",
        [[sum(count == 1 for count in words.values())]],
        lambda: session.rows("SELECT count(*) AS once FROM words WHERE count = 1"))

    scala = """
case class Point(x: Long, y: Long)
val points = (1L to 1000L).map(i => Point(i, i * i)).toDS()
println(points.filter(p => p.x % 3 == 0).map(p => p.x + p.y).reduce(_ + _))
"""
    stage.check(
        "spark: a Dataset of a case class, filtered, mapped and reduced",
        str(sum(i + i * i for i in range(1, 1001) if i % 3 == 0)),
        lambda: session.text(scala, "spark"))

    application = session.text("print(sc.applicationId)")
    stage.check(
        "the application's id, seen by pyspark, spark and sql", [application] * 3,
        lambda: [
            application,
            session.text("println(sc.applicationId)", "spark"),
            session.rows("SET spark.app.id")[0][1],
        ])

    failing = "def inverse(x):\n    return 1 / x\ninverse(0)"
    stage.check(
        "pyspark: a statement that fails, with its traceback",
        ["ZeroDivisionError", "division by zero", '  File "<stdin>", line 2, in inverse\n'],
        lambda: (lambda output: [
            output["ename"], output["evalue"],
            next((line for line in output["traceback"] if "inverse" in line), None),
        ])(session.output(failing)))
