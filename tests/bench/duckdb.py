#!/usr/bin/env python3
"""Every rate over every cut: minsheng against DuckDB, on the same tickets, in one run, both with two threads.

    pip install duckdb
    cargo build --release --bench pipeline
    MINSHENG_BENCH_TICKETS=10000000 tests/bench/duckdb.py --bench target/release/deps/pipeline-…

The bench binary makes the ledger where it is not there yet, loads it into frames and asks every metric over every cut
three times. The columns of those frames are then exported once into a table of DuckDB in memory, and it is asked the same:
numerator, denominator and every exclusion, by the same filters. Medians are compared; counts must agree.
"""

import argparse
import csv
import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

# This file bears the module's name: its folder must not be searched first.
sys.path.pop(0)
import duckdb  # noqa: E402

OFFSET = 8 * 3_600_000
FLAGS = {
    "merged": "status = 7", "paused": "status = 4", "resolved": "resolved_at IS NOT NULL", "timed": "due_at IS NOT NULL",
    "on_time": "on_time IS 1", "dispatched": "dispatched_at IS NOT NULL",
    "signed_in_time": "coalesce(signed_at / 1000 <= sign_due_at / 1000, 0)", "contacted": "contacted_at IS NOT NULL",
    "replied": "replied_at IS NOT NULL", "returned": "returned > 0", "extended": "extended > 0", "reopened": "reopened > 0",
    "direct": "direct AND dispatched_at IS NULL", "called": "callback <> 0", "reached": "callback = 2",
    "solved_known": "solved IS NOT NULL", "solved": "solved IS 1", "satisfied_known": "satisfied IS NOT NULL",
    "satisfied": "satisfied IS 1", "feed_marked": "feed_late IS NOT NULL",
    "feed_right": "coalesce(feed_late = (NOT on_time), 0)",
    "same_day": f"coalesce((resolved_at + {OFFSET}) / 86400000 = (accepted_at + {OFFSET}) / 86400000, 0)",
    "three_days": f"coalesce((resolved_at + {OFFSET}) / 86400000 <= (accepted_at + {OFFSET}) / 86400000 + 3, 0)",
}
COLUMNS = {
    "source": "source", "type": "type", "topic": "topic", "unit": "unit", "region": "region", "channel": "channel",
    "status": "status", "day": f"(accepted_at + {OFFSET}) / 86400000", "accepted_at": "accepted_at",
    "last_event_at": "last_event_at",
    "expires_at": "CASE WHEN due_at IS NULL OR paused_since < (due_at / 1000 + 1) * 1000 THEN 9223372036854775807 "
                  "ELSE (due_at / 1000 + 1) * 1000 END",
}
AS_OF = 1_484_000_000_000
FROM, TO = 1_451_577_600_000, 1_483_200_000_000
# The as-of day and three days before it, at midnight in Asia/Shanghai.
TODAY = (AS_OF + OFFSET) // 86_400_000 * 86_400_000 - OFFSET
RUNNING = "NOT resolved AND accepted_at >= {}"
WAITING = f"NOT resolved AND expires_at > {AS_OF}"
CALLBACK = ["merged", "NOT called", "NOT reached"]
METRICS = {
    "on_time_due": (["merged", "NOT timed", f"{WAITING} AND paused", WAITING], "on_time"),
    "completion": (["merged"], "resolved"),
    "on_time_closed": (["merged", "NOT resolved", "NOT timed"], "on_time"),
    "on_time_accepted": (["merged", "NOT timed"], "on_time"),
    "same_day": (["merged", RUNNING.format(TODAY)], "same_day"),
    "three_days": (["merged", RUNNING.format(TODAY - 3 * 86_400_000)], "three_days"),
    "signing": (["merged", "NOT dispatched"], "signed_in_time"),
    "response": (["merged", "NOT dispatched"], "contacted"),
    "reply": (["merged"], "replied"),
    "direct": (["merged"], "direct"),
    "return": (["merged", "NOT dispatched"], "returned"),
    "extension": (["merged", "NOT dispatched"], "extended"),
    "reopen": (["merged", "NOT dispatched"], "reopened"),
    "solved": (CALLBACK + ["NOT solved_known"], "solved"),
    "satisfaction": (CALLBACK + ["NOT satisfied_known"], "satisfied"),
    "feed_flag": (["merged", "NOT resolved", "NOT timed", "NOT feed_marked"], "feed_right"),
}
DATE = "(DATE '1970-01-01' + day)"
CUTS = {"week": f"date_trunc('week', {DATE})", "month": f"date_trunc('month', {DATE})",
        "quarter": f"date_trunc('quarter', {DATE})"}


def ours(bench):
    """The ledger's path, load seconds, peak memory and (ms, counts) by metric and cut."""
    found = {"rates": {}}
    process = subprocess.Popen([bench, "--queries"], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        said = json.loads(line)
        if "metric" in said:
            found["rates"][said["metric"], said["cut"]] = said["ms"], said["counts"]
        else:
            found.update(said)
    if process.wait() != 0:
        sys.exit("the bench binary failed")
    return found


def export(ledger, path):
    selected = [f"{sql} AS {name}" for name, sql in COLUMNS.items()] + [f"({sql}) <> 0 AS {name}" for name, sql in FLAGS.items()]
    with open(path, "w", newline="") as file:
        rows = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True).execute(f"SELECT {', '.join(selected)} FROM tickets")
        csv.writer(file).writerows(rows)


def load(connection, path):
    types = {name: "BIGINT" if name.endswith("_at") else "INTEGER" for name in COLUMNS}
    types.update({name: "BOOLEAN" for name in FLAGS})
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', header = false, columns = {{{columns}}})")


def question(metric, cut, unit):
    exclusions, numerator = METRICS[metric]
    left, parts = "true", []
    for excluded in exclusions:
        parts.append(f"count(*) FILTER ({left} AND {excluded})")
        left += f" AND NOT ({excluded})"
    parts = [f"count(*) FILTER ({left} AND {numerator})", f"count(*) FILTER ({left})"] + parts
    where = f"accepted_at >= {FROM} AND accepted_at < {TO} AND accepted_at <= {AS_OF}"
    if cut in ("all", "one unit"):
        more = f" AND unit = {unit}" if cut == "one unit" else ""
        return f"SELECT {', '.join(parts)} FROM t WHERE {where}{more}"
    return f"SELECT {', '.join(parts)} FROM t WHERE {where} GROUP BY {CUTS.get(cut, cut)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, help="where the export goes; the temporary folder")
    args = parser.parse_args()
    found = ours(args.bench)
    ledger = found["ledger"]
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        path = pathlib.Path(folder, "tickets.csv")
        export(ledger, path)
        connection = duckdb.connect(config={"threads": args.threads})
        begun = time.perf_counter()
        load(connection, path)
        loaded = time.perf_counter() - begun
    tickets = connection.execute("SELECT count(*) FROM t").fetchone()[0]
    unit = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True).execute(
        "SELECT code FROM names WHERE text = '第7承办单位'").fetchone()[0]
    rows, wrong = [], 0
    for (metric, cut), (ms, counts) in found["rates"].items():
        asked, times = question(metric, cut, unit), []
        for _ in range(args.rounds):
            begun = time.perf_counter()
            answer = connection.execute(asked).fetchall()
            times.append((time.perf_counter() - begun) * 1000)
        if sorted(tuple(row[:2]) for row in answer) != sorted(tuple(row[1:3]) for row in counts):
            print(f"{metric} by {cut}: the counts differ", file=sys.stderr)
            wrong += 1
        rows.append((cut, metric, ms, statistics.median(times)))
    print(f"{tickets} tickets, {len(rows)} questions, {wrong} with other counts; DuckDB {duckdb.__version__}")
    print(f"load: minsheng from the ledger {found['load_seconds']:.1f} s, peak {found['peak_kib'] // 1024} MiB; "
          f"DuckDB from CSV {loaded:.1f} s")
    print("| cut | minsheng, median ms | slowest ms | DuckDB, median ms | slowest ms | ratio of medians | worst ratio |\n"
          "|---|---:|---:|---:|---:|---:|---:|")
    for cut in dict.fromkeys(row[0] for row in rows):
        of = [row for row in rows if row[0] == cut]
        print(f"| {cut} | {statistics.median(r[2] for r in of):.0f} | {max(r[2] for r in of):.0f} | "
              f"{statistics.median(r[3] for r in of):.0f} | {max(r[3] for r in of):.0f} | "
              f"{statistics.median(r[3] / r[2] for r in of):.2f} | {min(r[3] / r[2] for r in of):.2f} |")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
