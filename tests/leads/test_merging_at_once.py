"""While two leads are made one, what is written to the one that goes is refused or goes to the one that stays."""

import threading
from typing import Any

import pytest
from django.db import transaction

from handoff.services import next_actions, transition
from journal.errors import DomainError
from leads.models import Activity, ActivityType, Lead, Qualification
from leads.services import activities, leads, merging
from tests import factories
from tests.at_once import at_once
from tests.cast import NOON, Cast, organization, tokyo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _organization() -> None:
    organization()
    labels = {"label_ja": "電話", "label_en": "Call", "is_ours": True, "counts_as_contact": True}
    ActivityType.objects.get_or_create(code="call", defaults=labels)


def while_merging(write: Any) -> tuple[Lead, Lead, Any]:
    """(who stays, who goes, what `write` answered), with the write begun before the merge has ended."""
    stays, goes = (factories.lead(last_name=name, email=f"{name}@a.example") for name in ("a", "b"))
    under_way, tried = threading.Event(), threading.Event()

    def merge() -> None:
        with transaction.atomic():
            merging.merge(survivor=stays, loser=goes, by=None, at=NOON)
            under_way.set()
            # The write waits for this transaction: what it is to wait for must not be waited for.
            tried.wait(1)

    def other() -> Any:
        known = Lead.objects.get(pk=goes.pk)
        assert under_way.wait(5)
        try:
            return write(known)
        finally:
            tried.set()

    answer = at_once(merge, other)[1]
    goes.refresh_from_db()
    assert goes.merged_into_id == stays.pk
    return stays, goes, answer


@pytest.mark.parametrize("verb", ["update", "qualify", "transition", "plan"])
def test_a_change_of_the_lead_that_goes_is_refused(cast: Cast, verb: str) -> None:
    verbs: dict[str, Any] = {
        "update": lambda lead: leads.update(lead=lead, values={"title": "部長"}, by=cast.mia, at=NOON),
        "qualify": lambda lead: leads.qualify(lead=lead, values={"need": "在庫"}, by=cast.mia, at=NOON),
        "transition": lambda lead: transition.transition(
            lead=lead, to="nurture", reason="来期", by=cast.mia, at=NOON, resurface_on=tokyo("2027-01-04 09:00").date()
        ),
        "plan": lambda lead: next_actions.plan(
            lead=lead, action_at=tokyo("2026-12-01 10:00"), kind="call", by=cast.ada, at=NOON
        ),
    }
    stays, goes, answer = while_merging(verbs[verb])
    assert isinstance(answer, DomainError), answer
    assert answer.code == "lead_gone"
    assert (goes.title, goes.stage, goes.due_kind) == ("", "lead", "")
    assert not Qualification.objects.filter(lead=goes).exists()


def test_an_activity_of_the_lead_that_goes_is_the_survivors() -> None:
    stays, _goes, answer = while_merging(
        lambda lead: activities.record(lead=lead, type="call", occurred_at=NOON, by=None, at=NOON)
    )
    assert isinstance(answer, Activity), answer
    assert answer.lead_id == stays.pk
    stays.refresh_from_db()
    assert stays.last_contact_at == NOON
