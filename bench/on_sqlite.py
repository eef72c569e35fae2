"""The recompute on SQLite: `python -m bench.on_sqlite LEADS` with the scratch PostgreSQL in HANDOFF_BENCH_SOURCE.

The stock is made by PostgreSQL and copied; a process has one database, so this one is `run` by a parent.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import django
import psycopg

django.setup()

from django.core.management import call_command  # noqa: E402 (they need Django)
from django.db import connection  # noqa: E402

from bench import scoring, stock  # noqa: E402
from bench.report import Line  # noqa: E402
from journal import clock  # noqa: E402

TABLES = {
    "leads_company": "id IN (SELECT company_id FROM leads_lead ORDER BY id LIMIT %s)",
    "leads_content": "%s > 0",
    "leads_lead": "id IN (SELECT id FROM leads_lead ORDER BY id LIMIT %s)",
    "leads_activity": "lead_id IN (SELECT id FROM leads_lead ORDER BY id LIMIT %s) AND event_id LIKE 'stock-%%'",
}
FOREIGN = {"owner_id", "assignee_id", "channel_id", "campaign_id", "by_id"}
STEP = 5000


def run(leads: int) -> Iterator[Line]:
    """The lines of a child on a new SQLite file."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as var:
        environment = {
            **os.environ,
            "HANDOFF_BENCH_SOURCE": os.environ["DATABASE_URL"],
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "VAR_DIR": var,
        }
        words = [sys.executable, "-m", "bench.on_sqlite", str(leads)]
        done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    for values in map(json.loads, done.stdout.splitlines()):
        yield Line(**values)


def main(leads: int) -> None:
    """Prints each line as JSON for the parent."""
    call_command("migrate", verbosity=0)
    user = stock.begin()
    copy(leads)
    for line in scoring.full(user, clock.now(), on="SQLite, ", most={1: 2, 0: 2}):
        print(json.dumps(vars(line)), flush=True)


def copy(leads: int) -> None:
    """The stock's first leads with all that rules read."""
    with psycopg.connect(os.environ["HANDOFF_BENCH_SOURCE"]) as source, connection.cursor() as target:
        target.execute("PRAGMA foreign_keys = OFF")
        for table, which in TABLES.items():
            with source.cursor(name=f"copy_{table}") as rows:
                rows.execute(f"SELECT * FROM {table} WHERE {which}", [leads])
                while some := rows.fetchmany(STEP):
                    assert rows.description
                    names = [column.name for column in rows.description]
                    kept = [place for place, name in enumerate(names) if name not in FOREIGN]
                    columns = ", ".join(f'"{names[place]}"' for place in kept)
                    places = ", ".join(["%s"] * len(kept))
                    target.executemany(
                        f"INSERT INTO {table} ({columns}) VALUES ({places})",
                        [[plain(row[place]) for place in kept] for row in some],
                    )
        target.execute("ANALYZE")


def plain(value: Any) -> Any:
    """A value of PostgreSQL as SQLite keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


if __name__ == "__main__":
    main(int(sys.argv[1]))
