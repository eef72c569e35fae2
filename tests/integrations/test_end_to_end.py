"""The whole chain with real processes: an activity by API becomes a score, an MQL, a handoff and a notice."""

import json
import statistics
import urllib.request
from datetime import timedelta

import pytest

from accounts.services import api_keys
from handoff.models import Clock, Handoff
from handoff.services import defaults, heartbeats
from integrations.models import Notice
from journal import clock
from leads.domain.activity_types import STANDARD
from leads.models import ActivityType, Lead
from scoring.services import presets
from tests.cast import cast, organization
from tests.factories import lead as make_lead
from tests.handoff import rows
from tests.machine import Machine, wait_until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
MANY = 10


@pytest.fixture
def company(machine: Machine):
    """A small company set up to hand over, with its key; emptied tables get their standard rows back."""
    for kind in STANDARD:
        names = {"label_ja": kind.ja, "label_en": kind.en, "is_ours": kind.side == "ours", "icon": kind.icon}
        ActivityType.objects.get_or_create(code=kind.code, defaults=names)
    at = clock.now()
    organization(preset="small")
    people = cast()
    defaults.install(preset="small", at=at)
    presets.install(preset="excel_starter", by=people.ada, at=at)
    _key, token = api_keys.create(name="web", scopes=["activities:write"], by=people.ada, at=at)
    return people, token


def promising(number: int) -> Lead:
    """Twenty points: one download short of the line."""
    values = {"name": f"架空第{number}製作所株式会社", "industry": "製造業", "employee_count": 120}
    return make_lead(at=clock.now(), title="部長", company=values)


def post(address: str, token: str, row: Lead) -> None:
    body = {"event_id": f"web-{row.pk}", "lead": str(row.pk), "type": "document_download", "content": "導入事例集"}
    request = urllib.request.Request(
        f"{address}/api/v1/activities/",
        data=json.dumps(body | {"occurred_at": clock.now().isoformat()}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 202


def told(row: Lead):
    return lambda: Notice.objects.filter(lead_id=row.pk, kind="handoff.offered").exists()


def test_an_activity_by_api_is_a_notice_within_two_seconds(machine: Machine, company):
    _people, token = company
    machine.broker()
    machine.worker()
    address = machine.web()
    warm, *leads = [promising(number) for number in range(4)]
    post(address, token, warm)
    wait_until(told(warm), "the first notice came")

    seconds = []
    for row in leads:
        post(address, token, row)
        seconds.append(wait_until(told(row), "a notice came"))

    assert statistics.median(seconds) <= 2.0, seconds
    assert {row.stage for row in Lead.objects.all()} == {"mql"}
    assert Handoff.objects.filter(state="offered").count() == 4


def test_killing_the_worker_in_between_loses_nothing(machine: Machine, company):
    _people, token = company
    machine.broker()
    machine.worker()
    address = machine.web()
    leads = [promising(number) for number in range(MANY)]
    for row in leads:
        post(address, token, row)
    wait_until(Notice.objects.exists, "the first notice came")
    machine.kill("worker")

    machine.worker()
    machine.beat()
    wait_until(lambda: Notice.objects.filter(kind="handoff.offered").count() >= MANY, "all notices came", seconds=90)

    assert Handoff.objects.count() == MANY
    assert Notice.objects.filter(kind="handoff.offered").count() == MANY
    assert Notice.objects.values("user", "key").distinct().count() == Notice.objects.count()


def test_without_any_broker_a_breach_comes_within_75_seconds(machine: Machine, company):
    people, _token = company
    heartbeats.beat(name="worker", at=clock.now())  # the last sign of a worker that has just died
    machine.watchdog()
    handoff = rows.offered(people, clock.now(), to=people.sato)
    moment = clock.now() + timedelta(seconds=1)
    due = {"due_at": moment, "next_event_at": moment, "events": [["breach", 100, moment.isoformat()]]}
    Clock.objects.filter(handoff=handoff, kind="answer").update(**due)

    breached = Notice.objects.filter(kind="clock.breached", user=people.sato)
    seconds = wait_until(breached.exists, "the breach was told", seconds=90)

    assert seconds <= 75 + 1
    assert breached.count() == 1
    assert Clock.objects.get(handoff=handoff, kind="answer").state == "breached"
