"""Thirty-two people accept the same handoff at the same moment, over real HTTP, each after having looked at one."""

import json
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier, local

from accounts.models import User
from accounts.services import api_keys
from bench.serving import served
from chaos import company
from chaos.told import Told
from handoff.models import Handoff, StageTransition
from journal import clock

RACERS, PROCESSES = 32, 2
BETWEEN_LOOKS = 0.03
_own = local()


def run(wanted: int) -> Told:
    """One 200 for each handoff, 409 with the winner's name for the others, nothing else."""
    admin, team, people = company.begin(RACERS)
    handoffs = company.handed_over(wanted, by=admin, to=team, at=clock.now())
    keys = [key(person, admin) for person in people]
    seconds: list[float] = []
    faults: Counter[str] = Counter()
    with served("config.settings", processes=PROCESSES) as web, ThreadPoolExecutor(RACERS) as racers:
        looked(web.connection.port, handoffs[0].pk, keys, racers)
        for handoff in handoffs:
            start = Barrier(RACERS)
            racing = [
                racers.submit(accept, handoff.pk, people[number], keys[number], start) for number in range(RACERS)
            ]
            answers = [one.result() for one in racing]
            seconds += [took for _status, _body, took in answers]
            faults.update(judged(handoff.pk, answers))
    p99 = statistics.quantiles(seconds, n=100)[-1]
    broken = ", ".join(f"{count} × {what}" for what, count in faults.items()) or "none broken"
    return Told(
        "accepting at once, real HTTP",
        f"{wanted:,} handoffs × {RACERS} people",
        f"one 200 each, else 409 with the winner's name: {broken}; p99 {p99 * 1000:.0f} ms",
        not faults,
    )


def key(person: User, admin: User) -> str:
    """A key of its own for each racer, so that none is held back by its rate."""
    scopes = api_keys.read_scopes("handoffs:write")
    return api_keys.create(name=person.email, scopes=scopes, by=admin, at=clock.now(), days=1)[1]


def looked(port: int, handoff: int, keys: list[str], racers: ThreadPoolExecutor) -> None:
    """Each thread's connection, open as a browser's is that shows the card: one after another, as people come."""
    each_once = Barrier(RACERS)

    def look(number: int) -> None:
        time.sleep(number * BETWEEN_LOOKS)
        _own.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        _own.connection.request("GET", f"/api/v1/handoffs/{handoff}/", headers=headers(keys[number]))
        _own.connection.getresponse().read()
        each_once.wait()

    list(racers.map(look, range(RACERS)))


def headers(its_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {its_key}", "Content-Type": "application/json"}


def accept(handoff: int, person: User, its_key: str, start: Barrier) -> tuple[int, str, float]:
    """Status, body and seconds of one answer; the connection is this thread's and stays open."""
    body = json.dumps({"user": person.pk}).encode()
    start.wait()
    began = time.monotonic()
    _own.connection.request("POST", f"/api/v1/handoffs/{handoff}/accept/", body=body, headers=headers(its_key))
    answer = _own.connection.getresponse()
    text = answer.read().decode()
    return answer.status, text, time.monotonic() - began


def judged(handoff: int, answers: list[tuple[int, str, float]]) -> list[str]:
    """What is wrong with these answers and with what they left behind."""
    row = Handoff.objects.select_related("assigned_to").get(pk=handoff)
    faults = []
    statuses = Counter(status for status, _body, _took in answers)
    if statuses != Counter({200: 1, 409: RACERS - 1}):
        faults.append(f"answers {dict(statuses)}")
    name = row.assigned_to.last_name if row.assigned_to else "nobody"
    if any(status == 409 and name not in json.loads(body).get("detail", "") for status, body, _took in answers):
        faults.append("a 409 without the winner's name")
    if StageTransition.objects.filter(handoff_id=handoff, to_stage="sal").count() != 1:
        faults.append("another number of transitions than one")
    return faults
