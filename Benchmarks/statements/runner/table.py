# SPDX-License-Identifier: Apache-2.0
"""The report as a table for people."""

WAYS = {"rest": "POST, then GET with ?wait=", "rest_one_request": "POST with ?wait=",
        "interpreter": "the interpreter alone"}
LATENCIES = {"latency_one_session": "one pyspark session, Spark 3.5",
             "latency_twenty_sessions": "20 sessions, scripted interpreters"}
QUEUES = {"queue_one_session": "one pyspark session", "queue_eight_sessions": "8 scripted sessions"}


def spent(row):
    parts = sorted(row.get("cpu_us", {}).items(), key=lambda part: -part[1])
    words = [f"{name} {value:.0f}" for name, value in parts]
    return ", ".join(words + [f"client {row['client_cpu_us']:.0f}"])


def latencies(parts):
    for name, title in LATENCIES.items():
        if name not in parts:
            continue
        yield f"\n{title:44} {'p50 us':>9} {'p99 us':>9} {'added':>9} {'p99':>9}   CPU us"
        for way, words in WAYS.items():
            row = parts[name][way]
            added = [f"{row[key]:9.0f}" if key in row else " " * 9 for key in ("added_p50_us", "added_p99_us")]
            yield f"  {words:42} {row['p50_us']:9.0f} {row['p99_us']:9.0f} {' '.join(added)}   {spent(row)}"


def queues(parts):
    for name, title in QUEUES.items():
        if name not in parts:
            continue
        row = parts[name]
        first, last = row["server_resident_kib"][0] // 1024, row["server_resident_kib"][-1] // 1024
        yield f"\n{row['statements_a_round']} statements at once, {title}"
        yield f"  accepted {row['accepted_per_s']:,.0f}/s; done, with results fetched, {row['done_per_s']:,.0f}/s"
        yield f"  CPU us a statement: {spent(row)}"
        yield f"  the server's memory: {first} MiB before, {last} MiB after {row['rounds']} rounds"


def text(parts):
    lines = list(latencies(parts)) + list(queues(parts))
    if "print_to_follower" in parts:
        row = parts["print_to_follower"]
        lines.append(f"\na print reaches a follower in {row['p50_ms']} ms (p50), {row['p99_ms']} ms (p99)")
    if "server_cpu_split" in parts:
        row = parts["server_cpu_split"]
        words = ", ".join(f"{name} {value:.1f}" for name, value in row["parts_us"].items())
        lines.append(f"\nthe server's CPU, us a statement, 8 sessions: {words} ({row['samples']} samples)")
    return "\n".join(lines).strip("\n")
