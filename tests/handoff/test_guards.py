"""Each guard taken away once: what it keeps from happening then happens, so none of them is there for nothing.

A race is one in which everybody has looked before anybody writes: SQLite lets writers in one after the other, so each
test takes the look away, or puts somebody between the look and the write, and leaves the guard alone or not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.db.models import Model

from config import watch
from handoff.domain.promises import Moment
from handoff.models import Alert, Clock, Handoff, Lease
from handoff.queries import invariants
from handoff.services import alerts, answers, handoffs, holding, leases, offers
from handoff.services.answers import AlreadyAnswered
from integrations.models import Mail, Notice
from integrations.services import mails
from journal.models import Event
from journal.services import deliver_owed
from tests.at_once import all_well, at_once
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 4
WORKTIME = NOON + timedelta(hours=1)


@contextmanager
def without(model: type[Model], name: str) -> Iterator[None]:
    """The table without this constraint; at the end it is back, on a table emptied of what the constraint forbids."""
    constraints = model._meta.constraints
    [constraint] = [one for one in constraints if one.name == name]
    # SQLite makes the table anew from what the model says.
    model._meta.constraints = [one for one in constraints if one is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model._meta.constraints = constraints
        if model is Handoff:
            Handoff.objects.filter(state="offered").update(state="withdrawn")
        else:
            model._default_manager.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


# -- the conditional update of an answer ---------------------------------------------------------------
def _give_back_at_once(people):
    """How many of those who read the handoff before any of them answered gave it back."""
    handoff = stories.offered(people, to=people.sato)
    calls = [
        partial(
            handoffs.reject,
            handoff=Handoff.objects.get(pk=handoff.pk),
            reason="missing_information",
            by=people.sato,
            at=NOON,
        )
        for _ in range(RACERS)
    ]
    answered = at_once(*calls)
    assert all(isinstance(one, Handoff | AlreadyAnswered) for one in answered)
    told = Event.objects.filter(kind="handoff.rejected", subject_id=handoff.pk).count()
    assert told == sum(isinstance(one, Handoff) for one in answered)
    return told


def _answered_anyway(handoff, state, at, **values):
    """An answer that does not ask whether the handoff is open still."""
    Handoff.objects.filter(pk=handoff.pk).update(state=state, answered_at=at, **values)


def test_without_the_conditional_update_everybody_wins(monkeypatch):
    people = stories.small()
    monkeypatch.setattr(holding, "hold", lambda handoff, expected_version=None: None)
    assert _give_back_at_once(people) == 1

    monkeypatch.setattr(answers, "_answer", _answered_anyway)
    assert _give_back_at_once(people) == RACERS


# -- one open handoff a lead -----------------------------------------------------------------------------
def _offer_at_once(people):
    """How many handoffs of one lead are open after all have offered it who saw that it was free."""
    lead = stories.lead()
    at_once(*[partial(handoffs.offer, lead=stories.fresh(lead), by=people.mia, at=NOON) for _ in range(RACERS)])
    return Handoff.objects.open().filter(lead=lead).count()


def _broken():
    return {violation.code for violation in invariants.violations(at=NOON)}


def test_without_the_constraint_a_lead_is_offered_many_times(monkeypatch):
    people = stories.small()
    monkeypatch.setattr(offers, "check_free", lambda lead: None)
    assert _offer_at_once(people) == 1
    assert "I4" not in _broken()

    with without(Handoff, "handoff_one_open"):
        assert _offer_at_once(people) == RACERS
        assert "I4" in _broken()


# -- the unique key of an alert --------------------------------------------------------------------------
def _warned_by_two(people):
    """How many notices Sato finds when two sweeps tell of the same moment; neither looks before it writes."""
    clock = Clock.objects.get(handoff=stories.offered(people, to=people.sato), kind="answer")
    for _ in range(2):
        alerts.warn(clock=clock, moment=Moment.read(clock.events[0]), at=WORKTIME)
    while deliver_owed(at=WORKTIME):
        pass
    return Notice.objects.filter(user=people.sato, handoff_id=clock.handoff_id, kind__startswith="clock").count()


def test_without_its_key_an_alert_is_told_twice():
    people = stories.small()
    assert _warned_by_two(people) == 1

    with without(Alert, "handoff_alert_once"):
        assert _warned_by_two(people) == 2


# -- the leases ------------------------------------------------------------------------------------------
def _sent_by_two(people, monkeypatch):
    """How many mails leave when two sweeps have read the same list of what is owed."""
    stories.offered(people, to=people.isao)
    while deliver_owed(at=WORKTIME):
        pass
    assert Mail.objects.filter(state="owed").update(due_at=WORKTIME) == 1
    mail.outbox.clear()
    both, ask = Barrier(2), mails.timings.of_people

    def asked_by_both(*given, **words):
        both.wait()
        return ask(*given, **words)

    with monkeypatch.context() as patch:
        patch.setattr(mails.timings, "of_people", asked_by_both)
        all_well(at_once(*[partial(mails.send_owed, at=WORKTIME)] * 2))
    return len(mail.outbox)


def test_without_its_lease_a_mail_leaves_twice(monkeypatch):
    people = stories.mid()
    assert _sent_by_two(people, monkeypatch) == 1

    monkeypatch.setattr(mails.sending, "claim", lambda _mail, _at: True)
    assert _sent_by_two(people, monkeypatch) == 2


def _looked_at_once(monkeypatch):
    """How many of the watchdogs that look at the same moment run the sweeps."""
    swept = []
    monkeypatch.setattr(watch.sweeping, "run_all", lambda **given: swept.append(given))
    all_well(at_once(*[partial(watch.look, holder=f"watchdog {number}") for number in range(RACERS)]))
    return len(swept)


def _taken_anyway(*, name, holder, at, seconds):
    """A lease that does not ask whether another's has run out."""
    Lease.objects.update_or_create(name=name, defaults={"holder": holder, "until": at + timedelta(seconds=seconds)})
    return True


def test_without_its_lease_every_watchdog_sweeps(monkeypatch):
    assert _looked_at_once(monkeypatch) == 1

    monkeypatch.setattr(leases, "hold", _taken_anyway)
    assert _looked_at_once(monkeypatch) == RACERS
