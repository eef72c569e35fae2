"""The event log: what it keeps, whom it calls, what it owes."""

import pytest
from django.db import DatabaseError, transaction

from journal import reactions, services
from journal.models import Delivery, Event
from tests.cast import NOON, organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch):
    """An empty table of reactions for one test."""
    monkeypatch.setattr(reactions, "_within", reactions.defaultdict(list))
    monkeypatch.setattr(reactions, "_after", reactions.defaultdict(dict))
    monkeypatch.setattr(reactions, "_by_name", {})


def test_record_keeps_values_apart_from_the_event():
    event = services.record(
        "thing.changed", subject=organization(), by=None, at=NOON, data={"n": 1}, old={"name": "A"}, new={"name": "B"}
    )

    assert event.data == {"n": 1}
    assert (event.detail.old, event.detail.new) == ({"name": "A"}, {"name": "B"})


@pytest.mark.parametrize("change", ["update", "delete"])
def test_database_refuses_to_rewrite_the_log(change):
    event = services.record("thing.changed", subject=organization(), by=None, at=NOON)
    rows = Event.objects.filter(pk=event.pk)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(kind="forged") if change == "update" else rows._raw_delete(rows.db)

    assert Event.objects.get(pk=event.pk).kind == "thing.changed"


def test_within_reaction_can_veto(registry):
    @reactions.within("thing.changed")
    def refuse(event):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), transaction.atomic():
        services.record("thing.changed", subject=organization(), by=None, at=NOON)

    assert not Event.objects.exists()


def test_after_reaction_is_owed_then_delivered_once(registry):
    seen = []

    @reactions.after("thing.changed")
    def note(event):
        seen.append(event.pk)

    event = services.record("thing.changed", subject=organization(), by=None, at=NOON)
    assert seen == []

    assert services.deliver_owed(at=NOON) == 1
    assert services.deliver_owed(at=NOON) == 0
    assert seen == [event.pk]


def test_failing_reaction_is_tried_again_later_and_parked_in_the_end(registry):
    @reactions.after("thing.changed")
    def fail(event):
        raise RuntimeError("receiver away")

    services.record("thing.changed", subject=organization(), by=None, at=NOON)
    services.deliver_owed(at=NOON)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("owed", 1)
    assert delivery.due_at > NOON

    for _attempt in range(services.MOST_ATTEMPTS):
        services.deliver_owed(at=Delivery.objects.get().due_at)

    delivery.refresh_from_db()
    assert delivery.state == "dead"
    assert "receiver away" in delivery.error
