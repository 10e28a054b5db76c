# SPDX-License-Identifier: Apache-2.0
"""Shows every part of Livy on real Spark, and compares each result with what it computed itself.

    python scripts/demo FOLDER PROGRAMS [PART ...]

FOLDER is empty and goes away with the demo; PROGRAMS holds livy and livy-driver. scripts/demo.sh
calls this and cleans up after it.
"""

import sys

import batches
import clean_end
import jobs
import kinds
import rendezvous
import session_directory
import shared_context
import start_failure
import statements
from report import Differs
from stage import Stage

PARTS = {
    "1": ("Kinds: Scala, Python and SQL in one SparkContext", kinds),
    "2": ("Statements: asynchronous, listed, with progress, cancelled", statements),
    "3": ("Shared context: what one made, others use", shared_context),
    "4": ("Jobs: functions, files, jars and modules", jobs),
    "5": ("Batches: success, dead, killed", batches),
    "6": ("Session directory: expiry, kill -9 and a new start, drivers alone", session_directory),
    "7": ("Failure of the start: the reason is told, nothing is left", start_failure),
    "8": ("Both directions of the rendezvous", rendezvous),
    "9": ("A clean end", clean_end),
}


def main():
    folder, programs, *chosen = sys.argv[1:]
    stage = Stage(folder, programs)
    try:
        for number, (name, part) in PARTS.items():
            if not chosen or number in chosen:
                stage.report.part(number, name)
                part.show(stage)
    except Differs as difference:
        print(f"\nTHE DEMO FAILED in part {difference}", file=sys.stderr)
        return 1
    except Exception as error:
        kind = type(error).__name__
        print(f"\nTHE DEMO FAILED in part {stage.report.part_name}: {kind}: {error}", file=sys.stderr)
        for server in stage.servers:
            print(f"\nlast lines of {server.log_file}:\n{server.log[-2000:]}", file=sys.stderr)
        return 1
    stage.report.end()
    return 0


sys.exit(main())
