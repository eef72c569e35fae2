"""From an activity that takes a lead over the line to its card in the rep's inbox, in the set-up of one command: `./run`
with SQLite, its own broker, worker, beat, watchdog and web process, asked over HTTP as a tool and a browser would.

`python -m bench.arrival` prepares the people within that set-up's database and prints what they ask with.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from accounts.domain.roles import Role, TeamKind
from accounts.models import Membership, RoleGrant, Team, User
from bench import apart, stock
from bench.report import Line
from bench.serving import Web, wait_for
from config.environment import ROOT
from config.start.servers import free_port
from journal import clock

LEADS, MOST, LOOK, PATIENCE = 40, 2.0, 0.05, 30.0
# Of the rules that a new company begins with they fulfil three; a document is what they lack.
COMPANY = {"industry": "製造業", "employee_count": 120}


def run() -> Iterator[Line]:
    """The one line."""
    with started() as (web, environment):
        [asked] = apart.told("bench.arrival", environment=environment)
        api = {"Authorization": f"Bearer {asked['key']}", "Content-Type": "application/json"}
        leads = [_make(web, api, number) for number in range(LEADS)]
        for lead in leads:
            _until(lambda lead=lead: _score(web, api, lead) == 20)
        took = [_arrives(web, api, {"Cookie": asked["rep"]}, number, lead) for number, lead in enumerate(leads)]
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"arrival: median {statistics.median(took) * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms", file=sys.stderr
    )
    yield Line("line reached, card in the inbox, p95", p95, MOST, p95 / MOST, f"≤ {MOST:g} s", p95 <= MOST)


@contextmanager
def started() -> Iterator[tuple[Web, apart.Environment]]:
    """`./run` with a company of its own that has just begun, and the environment of its database."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as var:
        port = free_port()
        environment = {"VAR_DIR": var, "DATABASE_URL": "", "REDIS_URL": ""}
        setting_up = {"PORT": str(port), "HANDOFF_DEMO": "0", "HANDOFF_ADMIN_EMAIL": stock.ADDRESS}
        process = subprocess.Popen(
            [sys.executable, "-m", "config.start.serve"],
            cwd=ROOT,
            env={**os.environ, **environment, **setting_up, "HANDOFF_ADMIN_PASSWORD": "correct-horse-battery"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port, process)
            yield Web(port), environment
        finally:
            process.terminate()
            process.wait(90)


def _make(web: Web, api: dict[str, str], number: int) -> str:
    row = {"last_name": f"到着{number}番", "title": "部長", "email": f"arrival{number}@example.jp"}
    row |= {"company": {"name": f"株式会社到着{number}", **COMPANY}}
    return json.loads(web.ask("POST", "/api/v1/leads/", api, json.dumps(row).encode()))["id"]


def _score(web: Web, api: dict[str, str], lead: str) -> int | None:
    return json.loads(web.ask("GET", f"/api/v1/leads/{lead}/", api))["score"]


def _arrives(web: Web, api: dict[str, str], page: dict[str, str], number: int, lead: str) -> float:
    """Seconds from the post to the first look that shows the card."""
    act: dict[str, Any] = {
        "event_id": f"arrival-{lead}",
        "lead": lead,
        "type": "document_download",
        "content": "導入事例集",
    }
    act["occurred_at"] = clock.now().isoformat()
    began = time.monotonic()
    web.ask("POST", "/api/v1/activities/", api, json.dumps(act).encode())
    name = f"到着{number}番".encode()
    _until(lambda: name in web.ask("GET", "/inbox/?part=cards", page))
    return time.monotonic() - began


def _until(is_so: Any) -> None:
    """Looks again and again, as quickly as an impatient page would; gives up after half a minute."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > PATIENCE:
            raise RuntimeError("it does not arrive")
        time.sleep(LOOK)


def main() -> None:
    """One rep in the sales team, who receives all."""
    admin, at = User.objects.get(email=stock.ADDRESS), clock.now()
    rep = User.objects.create_user("rep@example.jp", "correct-horse-battery", at=at, last_name="到着")
    RoleGrant.objects.create(user=rep, role=Role.REP)
    Membership.objects.create(user=rep, team=Team.objects.filter(kind=TeamKind.FIELD).order_by("pk")[0])
    Membership.objects.filter(user=admin).update(receives=False)
    print(json.dumps({"rep": stock.session(rep), "key": stock.key(admin)}))


if __name__ == "__main__":
    main()
