# SPDX-License-Identifier: Apache-2.0
"""What the demo prints: each result beside what was expected."""

import sys
import time


class Differs(Exception):
    """A result is not what the demo computed itself."""


def short(value, width=96):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= width else text[: width - 4] + " ..."


class Report:
    def __init__(self):
        self.bold, self.dim, self.plain = (
            ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")
        )
        self.start = self.part_start = time.monotonic()
        self.part_name = None
        self.checks = 0

    def part(self, number, name):
        self.end_part()
        self.part_start = time.monotonic()
        self.part_name = f"{number} {name}"
        print(f"\n{self.bold}{number}. {name}{self.plain}", flush=True)

    def end_part(self):
        if self.part_name:
            print(f"   part {self.part_name}: {time.monotonic() - self.part_start:.1f} s")
        self.part_name = None

    def note(self, text):
        for line in text.rstrip("\n").split("\n"):
            print(f"   {self.dim}{short(line, 140)}{self.plain}", flush=True)

    def check(self, what, expected, work):
        """Does the work, shows its result, and stops the demo if that is not what was expected."""
        print(f"   {what}", flush=True)
        start = time.monotonic()
        result = work()
        seconds = time.monotonic() - start
        is_same = result == expected
        print(f"      result    {short(result)}")
        print(f"      expected  {short(expected)}   {'ok' if is_same else 'DIFFERS'}  {seconds:.2f} s")
        self.checks += 1
        if not is_same:
            raise Differs(f"{self.part_name}: {what}\n  is        {result!r}\n  should be {expected!r}")

    def end(self):
        self.end_part()
        seconds = time.monotonic() - self.start
        print(f"\n{self.bold}all {self.checks} results are as expected, in {seconds:.0f} s{self.plain}")
