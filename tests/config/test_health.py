"""What operators ask."""

from datetime import timedelta

import pytest
from kombu import Connection

from config import health
from handoff.models import Heartbeat
from journal import clock, reactions, services
from tests.cast import organization


def test_healthz_touches_no_database(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_readyz_tells_silent_workers_without_refusing(client):
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now() - timedelta(seconds=50)})

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "state": "degraded",
        "database": "ok",
        "broker": "ok",
        "workers": "silent",
        "owed": "ok",
    }


@pytest.mark.django_db
def test_readyz_tells_work_that_nobody_did(client, monkeypatch):
    monkeypatch.setattr(reactions, "names_after", lambda kind: ["tests.nothing"])
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})
    services.record("thing.changed", subject=organization(), by=None, at=clock.now() - timedelta(minutes=2))

    assert client.get("/readyz").json()["owed"] == "late"


@pytest.mark.django_db
def test_readyz_tells_a_missing_broker_without_refusing(client, monkeypatch):
    nobody = Connection("redis://127.0.0.1:1/0", transport_options={"socket_connect_timeout": 0.2})
    monkeypatch.setattr(health.current_app, "connection_for_write", lambda **options: nobody)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["broker"] == "away"
