# SPDX-License-Identifier: Apache-2.0
"""Part 4: Python functions as jobs, with the files that they need."""

import base64
import pickle
import sys
import zipfile

from pyspark import cloudpickle

from rest import Refused, until

# The driver does not have this module: its functions travel whole.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def ping(context):
    return None


def sum_of_squares(context):
    return context.sc.parallelize(range(1, 101), 4).map(lambda i: i * i).sum()


def view_size(context):
    return context.spark_session.table("squares").count()


def endless(context):
    import time

    return context.sc.parallelize(range(4000), 4000).map(lambda i: time.sleep(0.5)).count()


def failing(context):
    return 1 / 0


def with_files(context):
    import demo_module
    from pyspark import SparkFiles

    with open(SparkFiles.get("numbers.txt")) as lines:
        numbers = [int(line) for line in lines]
    doubled = context.sc.parallelize(numbers, 2).map(lambda n: demo_module.double(n)).sum()
    loader = context.sc._jvm.java.lang.Thread.currentThread().getContextClassLoader()
    return doubled, loader.getResource("in-the-jar.txt") is not None


class Jobs:
    def __init__(self, session):
        self.session = session

    def post(self, how, function):
        body = {"job": base64.b64encode(cloudpickle.dumps(function)).decode(), "jobType": "pyspark"}
        return self.session.livy.post(f"{self.session.path}/{how}", body)

    def job(self, number):
        return self.session.livy.get(f"{self.session.path}/jobs/{number}")

    def wait(self, number):
        def look():
            job = self.job(number)
            return job["state"] in ("SUCCEEDED", "FAILED", "CANCELLED") and job

        return until(f"job {number}", look)

    def result(self, how, function):
        job = self.wait(self.post(how, function)["id"])
        if job["state"] != "SUCCEEDED":
            raise RuntimeError(f"{job['state']}: {job['error']}")
        return pickle.loads(base64.b64decode(base64.b64decode(job["result"])))

    def cancel(self, number):
        self.session.livy.post(f"{self.session.path}/jobs/{number}/cancel")

    def add(self, what, path):
        self.session.livy.post(f"{self.session.path}/add-{what}", {"uri": path})


def show(stage):
    session = stage.session
    jobs = Jobs(session)
    stage.check("ping: a job that returns nothing", None, lambda: jobs.result("submit-job", ping))
    stage.check(
        "submit-job: the sum of the first 100 squares", sum(i * i for i in range(1, 101)),
        lambda: jobs.result("submit-job", sum_of_squares))
    session.rows("CREATE OR REPLACE TEMP VIEW squares AS SELECT id, id * id AS square FROM range(1, 1001)")
    stage.check(
        "run-job: the rows of the view that SQL made", 1000,
        lambda: jobs.result("run-job", view_size))

    def fails():
        job = jobs.wait(jobs.post("submit-job", failing)["id"])
        return job["state"], "ZeroDivisionError: division by zero" in job["error"]

    stage.check("status: a job that raises", ("FAILED", True), fails)

    def cancels():
        number = jobs.post("submit-job", endless)["id"]
        until("the endless job", lambda: jobs.job(number)["state"] == "STARTED")
        jobs.cancel(number)
        # A cancelled job is forgotten, or shown as such.
        try:
            state = jobs.wait(number)["state"]
        except Refused:
            state = "CANCELLED"
        return state, jobs.result("submit-job", sum_of_squares)

    stage.check(
        "cancel: a job that runs; the next one has the cores", ("CANCELLED", 338350), cancels)

    jobs.add("file", stage.file("numbers.txt", "1\n2\n39\n"))
    jobs.add("pyfile", stage.file("demo_module.py", "def double(n):\n    return 2 * n\n"))
    jar = stage.files / "demo.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        archive.writestr("in-the-jar.txt", "found\n")
    jobs.add("jar", str(jar))
    stage.check(
        "add-file, add-pyfile, add-jar: a job uses all three", (84, True),
        lambda: jobs.result("submit-job", with_files))
