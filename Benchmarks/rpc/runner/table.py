# SPDX-License-Identifier: Apache-2.0
"""The results as text: one block for each case, one line for each way of being called."""
from results import main_figure

COLUMNS = (
    ("calls/s", "calls_per_s", 1, ",.0f"), ("CPU us", "cpu_us_per_call", 1, ",.2f"),
    ("client", "client_cpu_us_per_call", 1, ",.2f"),
    ("server", "server_cpu_us_per_call", 1, ",.2f"),
    ("p50 us", "p50_us", 1, ",.1f"), ("p99 us", "p99_us", 1, ",.1f"),
    ("p99.9 us", "p999_us", 1, ",.1f"), ("MB/s", "mb_per_s", 1, ",.0f"),
    ("seconds", "seconds", 1, ",.2f"), ("ping p99 ms", "ping_p99_us", 1e-3, ",.1f"),
    ("KiB/conn.", "kib_per_connection", 1, ",.1f"), ("idle CPU %", "idle_cpu_percent", 1, ",.2f"),
)
SHOWN = {
    "echo": {"calls/s", "CPU us", "client", "server", "p50 us", "p99 us", "p99.9 us"},
    "bulk": {"calls/s", "CPU us", "p50 us", "p99 us", "p99.9 us", "MB/s"},
    "stream": {"calls/s", "CPU us", "client", "server", "MB/s"},
    "storm": {"calls/s", "CPU us", "p50 us", "p99 us", "seconds", "ping p99 ms"},
    "idle": {"KiB/conn.", "idle CPU %"},
}


def name_of(row):
    return row["peer"] + (f", {row['tier']}" if row["tier"] else "")


def ratios(row, rows):
    """How this row stands to the ceiling and to each peer of its case."""
    peers = [other["peer"] for other in rows if other["peer"] != row["peer"] and not other["tier"]]
    found = [(peer, row.get(f"ratio_to_{peer}")) for peer in dict.fromkeys(peers)]
    return "  ".join(f"{ratio:.3g}x {peer}" for peer, ratio in found if ratio is not None)


def block(rows):
    columns = [column for column in COLUMNS if column[0] in SHOWN[rows[0]["work"]]]
    figure, is_less_better = main_figure(rows[0])
    better = "less" if is_less_better else "more"
    title = f"{rows[0]['case']}   (ratios: {figure}, {better} is better)"
    lines = [title, " " * 16 + "".join(f"{column[0]:>13}" for column in columns)]
    for row in rows:
        cells = [
            format(row[key] * factor, form) if row.get(key) is not None else "-"
            for _, key, factor, form in columns]
        line = f"  {name_of(row):14}" + "".join(f"{cell:>13}" for cell in cells)
        lines.append(f"{line}   {ratios(row, rows)}".rstrip())
    return "\n".join(lines)


def text(rows, yardstick, settings):
    head = (
        f"Medians of {settings.rounds} alternating rounds; two processes on loopback, TLS 1.3.\n"
        f"This machine: AES-128-GCM {yardstick['aes_128_gcm_mb_per_s']:,} MB/s, P-256 "
        f"{yardstick['p256_signs_per_s']:,} signatures/s and "
        f"{yardstick['p256_verifies_per_s']:,} verifications/s (openssl speed, one core).\n"
        "A ratio of 2x is twice as good, 0.8x has 80 % of the other's efficiency.")
    cases = dict.fromkeys(row["case"] for row in rows)
    return "\n\n".join(
        [head] + [block([row for row in rows if row["case"] == case]) for case in cases])
