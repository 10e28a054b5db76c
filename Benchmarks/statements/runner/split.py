# SPDX-License-Identifier: Apache-2.0
"""Where the server's CPU goes: samples of its CPU clock with their stacks. A sample counts for the
innermost frame that belongs to one of the parts, so that a copy or an allocation counts for who asked
for it; one without such a frame is the Swift runtime's own, which moves tasks between threads."""
import collections
import re
import shutil
import signal
import subprocess
import time

from server import Failed

SAMPLES_A_SECOND = 1_999

# By module of a Swift symbol.
MODULES = [
    ("http", re.compile("NIO|Hummingbird|HTTPTypes|LivyREST")),
    ("json", re.compile("LivyAPI")),
    ("journal", re.compile("GRDB|LivyStore")),
    ("rpc", re.compile("Transport|Wire|LivyLink")),
    ("session", re.compile("LivyServer|LivyCore")),
]
LIBRARIES = [
    ("journal", re.compile("libsqlite3")),
    ("rpc", re.compile("libssl|libcrypto|libuv")),
]
# Parts of C that are linked into the program, by the start of their names.
FUNCTIONS = [("journal", re.compile("sqlite3|vdbe|pager|wal|btree", re.I)),
             ("http", re.compile("c_nio|CNIO"))]
JOURNAL = re.compile("Journal")


def part_of(symbol, library):
    swift = re.match(r"\$s(\d+)", symbol)
    if swift:
        module = symbol[swift.end():swift.end() + int(swift.group(1))]
        for part, pattern in MODULES:
            if pattern.search(module):
                return "journal" if part == "session" and JOURNAL.search(symbol) else part
        return None
    for part, pattern in LIBRARIES:
        if pattern.search(library):
            return part
    for part, pattern in FUNCTIONS:
        if pattern.match(symbol):
            return part
    return None


def count(lines):
    """Samples by part, of what `perf script -F ip,sym,dso` prints: a stack a paragraph, innermost first."""
    parts, found, is_open = collections.Counter(), None, False
    for line in lines:
        words = line.split()
        if not words:
            if is_open:
                parts[found or "runtime"] += 1
            found, is_open = None, False
            continue
        is_open = True
        if found is None and len(words) >= 2:
            found = part_of(words[1].split("+")[0], words[-1])
    return parts


def measure(server, work):
    """Microseconds of the server's CPU for one statement of `work`, by part."""
    if shutil.which("perf") is None:
        raise Failed("perf is not installed, so the server's CPU cannot be split (apt-get install linux-perf)")
    record = server.folder / "perf.data"
    perf = subprocess.Popen(
        ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(SAMPLES_A_SECOND), "-g", "-p",
         str(server.process.pid), "-o", str(record)], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    row = work()
    perf.send_signal(signal.SIGINT)
    perf.wait()
    script = subprocess.run(
        ["perf", "script", "-i", str(record), "--no-demangle", "-F", "ip,sym,dso"], capture_output=True, text=True,
        errors="replace")
    parts = count(script.stdout.splitlines() + [""])
    samples = sum(parts.values())
    if samples == 0:
        raise Failed("perf took no samples: " + script.stderr[-300:])
    spent = row["cpu_us"]["server"]
    return {"server_cpu_us": spent, "samples": samples,
            "parts_us": {part: round(spent * found / samples, 2) for part, found in parts.most_common()}}
