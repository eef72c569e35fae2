"""The watchdog: sweeps while workers are silent, and only then."""

from datetime import timedelta

import pytest

from config import watch
from handoff.models import Heartbeat
from handoff.services import heartbeats, leases
from integrations.services import sweeping
from journal import clock
from tests.cast import NOON
from tests.machine import Machine, wait_until


@pytest.fixture
def swept(monkeypatch):
    """The moments at which the watchdog swept."""
    moments = []
    monkeypatch.setattr(sweeping, "run_all", lambda at, heartbeat: moments.append((at, heartbeat)))
    return moments


def look(at):
    with clock.frozen(at):
        return watch.look(holder="here")


@pytest.mark.django_db
@pytest.mark.parametrize(("silence", "sweeps"), [(0, False), (44, False), (45, False), (46, True), (600, True)])
def test_sweeps_when_workers_were_silent_for_45_seconds(swept, silence, sweeps):
    heartbeats.beat(name="worker", at=NOON - timedelta(seconds=silence))

    assert look(NOON) is sweeps
    assert swept == ([(NOON, "watchdog")] if sweeps else [])


@pytest.mark.django_db
def test_sweeps_when_no_worker_ever_was(swept):
    assert look(NOON)
    assert len(swept) == 1


@pytest.mark.django_db
def test_its_own_sweeps_do_not_pass_for_a_worker(monkeypatch):
    monkeypatch.setattr(sweeping, "SWEEPS", ())

    assert look(NOON)
    assert look(NOON + timedelta(seconds=5))
    assert not Heartbeat.objects.filter(name="worker").exists()


@pytest.mark.django_db
def test_one_of_two_watchdogs_sweeps(swept):
    leases.hold(name="sweep", holder="elsewhere", at=NOON, seconds=15)

    assert not look(NOON + timedelta(seconds=14))
    assert look(NOON + timedelta(seconds=15))


def test_a_breach_comes_within_75_seconds_without_any_broker(settings):
    """A heartbeat just before the last worker died, a look just missed, another watchdog's lease still held."""
    assert settings.WATCHDOG_SILENCE_SECONDS + watch.LOOK_SECONDS + settings.SWEEP_SECONDS <= 75


@pytest.mark.broker
def test_a_real_watchdog_sweeps_without_a_broker(machine: Machine, org):
    machine.watchdog()

    wait_until(lambda: Heartbeat.objects.filter(name="watchdog").exists(), "the watchdog looked")

    assert not Heartbeat.objects.filter(name="worker").exists()


@pytest.mark.broker
def test_beat_and_worker_keep_the_heartbeat(machine: Machine, org):
    machine.broker()
    machine.worker()
    machine.beat()

    wait_until(lambda: Heartbeat.objects.filter(name="worker").exists(), "a worker swept", seconds=40)
    assert not [path.name for path in machine.folder.rglob("*schedule*")], (
        "a torn file would keep beat from coming back"
    )
