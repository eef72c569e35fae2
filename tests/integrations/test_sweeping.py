"""The one list of sweeps."""

import pytest

from handoff.models import Heartbeat
from integrations.services import sweeping
from integrations.services.sweeping import Sweep
from tests.cast import NOON

pytestmark = pytest.mark.django_db
ran = []


def breaks(*, at):
    raise RuntimeError("out of order")


def works(*, at):
    ran.append(at)


@pytest.fixture(autouse=True)
def nothing_ran():
    ran.clear()


def test_one_failing_sweep_does_not_stop_the_others():
    sweeps = (
        Sweep("broken", "tests.integrations.test_sweeping.breaks"),
        Sweep("missing", "tests.integrations.nowhere.sweep"),
        Sweep("working", "tests.integrations.test_sweeping.works"),
    )

    failures = sweeping.run_all(NOON, sweeps=sweeps)

    assert ran == [NOON]
    assert set(failures) == {"broken", "missing"}
    assert failures["broken"] == "RuntimeError: out of order"


def test_the_heartbeat_is_written_after_the_work_under_the_name_of_the_one_at_work():
    sweeping.run_all(NOON, heartbeat="watchdog", sweeps=(Sweep("working", "tests.integrations.test_sweeping.works"),))

    assert list(Heartbeat.objects.values_list("name", "at")) == [("watchdog", NOON)]


def test_there_is_no_heartbeat_when_everything_fails():
    sweeping.run_all(NOON, sweeps=(Sweep("broken", "tests.integrations.test_sweeping.breaks"),))

    assert not Heartbeat.objects.exists()


@pytest.mark.parametrize("sweep", sweeping.SWEEPS, ids=lambda sweep: sweep.name)
def test_every_sweep_of_the_list_can_be_called(sweep):
    assert callable(sweep.function())
