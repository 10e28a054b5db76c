# SPDX-License-Identifier: Apache-2.0
"""How long a print takes to a follower: the code prints the time, and the follower looks at the clock."""
import http.client
import json
import statistics
import time

COUNT = 200
CODE = f"""
import time
for _ in range({COUNT}):
    print(time.time_ns())
    time.sleep(0.02)
"""


def measure(server, session):
    statement = server.ask("POST", f"/sessions/{session}/statements", {"code": CODE})["id"]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", f"/sessions/{session}/statements/{statement}/events")
    answer, name, taken = connection.getresponse(), "", []
    while line := answer.readline().decode():
        now = time.time_ns()
        if line.startswith("event:"):
            name = line[6:].strip()
        if line.startswith("data:") and name == "output":
            taken += [(now - int(word)) / 1e6 for word in json.loads(line[5:])["text"].split()]
        if name == "done" and line.startswith("data:"):
            break
    connection.close()
    steps = statistics.quantiles(taken, n=100)
    return {"prints": len(taken), "p50_ms": round(steps[49], 2), "p99_ms": round(steps[98], 2)}
