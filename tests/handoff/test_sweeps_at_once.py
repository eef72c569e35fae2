"""Several sweeps at the same time, on real connections: every moment happens once."""

import pytest

from handoff.models import Alert, Clock, Pause
from handoff.services import clocks, pauses, sweeps
from journal.models import Event
from tests.at_once import all_well, at_once
from tests.cast import cast, organization, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db(transaction=True)
SWEEPERS, HANDOFFS = 4, 12


def test_sweeps_that_run_at_once_tell_everything_once():
    organization()
    people = cast()
    for _ in range(HANDOFFS):
        rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    at, found = tokyo("2026-11-16 10:20"), []

    all_well(at_once(*[lambda: found.append(sweeps.sweep(at=at))] * SWEEPERS))

    # Three moments of each answer and one of each contact.
    assert sum(swept.moments for swept in found) == 4 * HANDOFFS
    assert sum(swept.failed for swept in found) == 0
    assert Alert.objects.count() == Event.objects.filter(kind__startswith="clock.").count() == 4 * HANDOFFS


def test_an_answer_against_a_sweep_ends_the_clock_once():
    organization()
    people = cast()
    handoffs = [rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato) for _ in range(HANDOFFS)]
    at = tokyo("2026-11-16 10:16")

    def answer():
        for handoff in handoffs:
            clocks.meet(handoff=handoff, kind="answer", at=at)

    all_well(at_once(answer, lambda: sweeps.sweep(at=at)))

    answers = Clock.objects.filter(kind="answer")
    assert set(answers.values_list("state", "next_event_at", "ended_at")) == {("breached", None, at)}
    assert Alert.objects.filter(clock__kind="answer", kind="breach").count() == HANDOFFS


def test_sweeps_at_once_resume_each_pause_once_and_a_hand_only_what_stands():
    organization()
    people = cast()
    paused = [rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato) for _ in range(HANDOFFS)]
    until, late = tokyo("2026-11-16 10:30"), tokyo("2026-11-16 10:31")
    for handoff in paused:
        pauses.pause(handoff=handoff, reason="call_later", until=until, by=people.sato, at=tokyo("2026-11-16 10:05"))
    found, refused = [], []

    def by_hand():
        for handoff in paused:
            try:
                pauses.resume(handoff=handoff, by=people.maki, at=late)
            except pauses.NotPaused as refusal:
                refused.append(refusal)

    all_well(at_once(by_hand, *[lambda: found.append(sweeps.sweep(at=late))] * 3))

    assert sum(swept.resumed for swept in found) + HANDOFFS - len(refused) == HANDOFFS
    assert Event.objects.filter(kind="handoff.resumed").count() == HANDOFFS
    assert set(Pause.objects.values_list("ended_at", flat=True)) == {until}
    assert set(Clock.objects.filter(kind="answer").values_list("due_at", flat=True)) == {tokyo("2026-11-16 10:40")}
