# SPDX-License-Identifier: Apache-2.0
"""A client of the REST API, of the standard library alone: what a program in any language does."""

import json
import time
import urllib.error
import urllib.request

PATIENCE = 120.0  # seconds that a single step may take


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, status, body):
        super().__init__(f"status {status}: {body}")
        self.status = status


def until(what, look, limit=PATIENCE):
    """Looks again and again until there is something to see, and returns that."""
    end = time.monotonic() + limit
    while not (seen := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {limit:.0f} s for {what}")
        time.sleep(0.02)
    return seen


class Livy:
    """One server."""

    def __init__(self, url):
        self.url = url

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode()) from None
        return json.loads(text) if text else None

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None):
        return self.ask("POST", path, body or {})

    def delete(self, path):
        return self.ask("DELETE", path)

    def exists(self, path):
        try:
            self.get(path)
            return True
        except Refused as refused:
            if refused.status == 404:
                return False
            raise

    def session(self, kind="pyspark", **fields):
        """A new session; it is still starting."""
        fields["conf"] = {"spark.ui.showConsoleProgress": "false"} | fields.get("conf", {})
        return Session(self, self.post("/sessions", {"kind": kind, **fields})["id"])


class Session:
    """One session, by its number or name."""

    OVER = ("dead", "killed", "error", "success")

    def __init__(self, livy, reference):
        self.livy = livy
        self.path = f"/sessions/{reference}"

    @property
    def state(self):
        return self.livy.get(self.path + "/state")["state"]

    @property
    def phases(self):
        return self.livy.get(self.path + "/phases")

    @property
    def log(self):
        return self.livy.get(self.path + "/log?size=-1")["log"]

    def until(self, *states):
        """Waits until it shows one of the states."""

        def look():
            state = self.state
            if state in self.OVER and state not in states:
                raise RuntimeError(f"the session is {state}: {self.phases['reason']}")
            return state in states and state

        return until(f"a session that is {' or '.join(states)}", look)

    def submit(self, code, kind=None):
        """Hands a statement over and does not wait."""
        body = {"code": code} | ({"kind": kind} if kind else {})
        return self.livy.post(self.path + "/statements", body)["id"]

    def statement(self, number):
        return self.livy.get(f"{self.path}/statements/{number}")

    def wait(self, number):
        """The statement when it has ended."""

        def look():
            statement = self.statement(number)
            return statement["state"] in ("available", "cancelled") and statement

        return until(f"the end of statement {number}", look)

    def output(self, code, kind=None):
        return self.wait(self.submit(code, kind))["output"]

    def text(self, code, kind=None):
        """What a statement shows: the last line of it, which Scala's REPL puts more before."""
        output = self.output(code, kind)
        if output["status"] != "ok":
            raise RuntimeError(f"{output['ename']}: {output['evalue']}")
        return output["data"]["text/plain"].strip().split("\n")[-1]

    def rows(self, query):
        output = self.output(query, "sql")
        if output["status"] != "ok":
            raise RuntimeError(f"{output['ename']}: {output['evalue']}")
        return output["data"]["application/json"]["data"]

    def cancel(self, number):
        self.livy.post(f"{self.path}/statements/{number}/cancel")

    def delete(self):
        self.livy.delete(self.path)
