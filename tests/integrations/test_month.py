"""A month of ten people: everything that can happen happens, no invariant is broken, and every lead is explained."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from feedback.domain.choices import Result
from feedback.models import Feedback
from handoff.domain.follows import STANDARD_REASONS
from handoff.models import Alert, Clock, Handoff, StageTransition
from handoff.queries import explained, invariants
from integrations.models import Mail, Notice
from integrations.sample import month
from journal.models import Event
from leads.models import Activity, ImportRun, Lead, LeadScore, Merge, ScoreDue
from tests.cast import tokyo

# Half a minute on a machine of its own, minutes on one that others use too.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
UNTIL = tokyo("2026-11-20 17:30")
HAPPENED = [
    "absence.entered",
    "calendar.changed",
    "clock.breached",
    "clock.escalated",
    "clock.warned",
    "handoff.accepted",
    "handoff.contacted",
    "handoff.queued",
    "handoff.reassigned",
    "handoff.rerouted",
    "handoff.withdrawn",
    "import.finished",
    "lead.created",
    "lead.do_not_contact",
    "lead.imported",
    "lead.merged",
    "lead.next_action_planned",
    "opportunity.closed",
    "opportunity.opened",
    "recompute.done",
    "user.disabled",
]
MOVED = {
    ("lead", "mal", "intake"),
    ("mal", "mql", "eligible"),
    ("mal", "mql", "offered"),
    ("mql", "sal", "accepted"),
    ("sal", "sql", "accepted"),
    ("mal", "nurture", "not_now"),
    ("nurture", "mal", "resurfaced"),
    ("sql", "opportunity", "result"),
    ("opportunity", "won", "result"),
    ("mal", "disqualified", "do_not_contact"),
}


@pytest.fixture(scope="class")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the command says of the month, made once for all who only look at it."""
    said = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command(
            "demo", "--month", "--leads", "60", "--seed", "1", "--until", "2026-11-20", stdout=said, stderr=StringIO()
        )
        yield said.getvalue()
        transaction.set_rollback(True)


@pytest.mark.usefixtures("told")
class TestPlayed:
    def test_no_invariant_is_broken(self):
        assert invariants.violations(at=UNTIL) == []

    def test_every_lead_is_explained(self, told):
        found = explained.every_lead(at=UNTIL)

        assert found.number == Lead.objects.present().count() > 50
        assert not any(found.unexplained.values())
        assert sum(found.owed.values()) + sum(found.free.values()) == found.number
        assert told.rstrip().endswith(f"{found.number} leads, all explained; all invariants hold.")

    def test_everything_happened(self):
        kinds = set(Event.objects.values_list("kind", flat=True))
        steps = set(StageTransition.objects.values_list("from_stage", "to_stage", "reason"))

        assert [kind for kind in HAPPENED if kind not in kinds] == []
        assert MOVED - steps == set()

    def test_every_reason_and_every_result_was_given(self):
        reasons = set(Handoff.objects.exclude(reject_reason="").values_list("reject_reason", flat=True))

        assert reasons == {reason.code for reason in STANDARD_REASONS}
        assert set(Feedback.objects.values_list("result", flat=True)) == set(Result.values)

    def test_leads_came_in_by_every_way_and_offers_by_rule_and_by_hand(self):
        assert Lead.objects.filter(external_id__startswith="web-").exists()
        assert ImportRun.objects.get(state="done", created__gt=0, updated__gt=0)
        assert Activity.objects.filter(lead__external_id__startswith="web-").exists()
        assert Handoff.objects.filter(offered_by=None).exists()
        assert Handoff.objects.exclude(offered_by=None).exists()

    def test_nothing_is_owed_but_what_people_owe(self):
        assert not ScoreDue.objects.exists()
        assert not Clock.objects.filter(next_event_at__lte=UNTIL).exists()
        assert not Mail.objects.filter(state=Mail.State.OWED).exists()
        assert LeadScore.objects.filter(total__gt=0).exists()

    def test_alerts_and_notices_tell_of_it_when_it_happened(self):
        assert set(Alert.objects.values_list("kind", flat=True)) == set(Alert.Kind.values)
        assert {notice.at for notice in Notice.objects.all()} - {UNTIL}

    def test_who_left_is_not_offered_for_signing_in(self, told):
        assert told.count("@minato.example") == 9
        assert User.objects.active().people().count() == 9

    def test_two_leads_became_one(self):
        assert Merge.objects.get().undone_at is None


def test_the_command_fails_where_a_lead_is_not_explained(monkeypatch):
    def unexplained(*, at):
        found = explained.Explained(number=1)
        found.unexplained["duty"].append(7)
        return found

    monkeypatch.setattr(month, "make", lambda **_options: None)
    monkeypatch.setattr(explained, "every_lead", unexplained)

    with pytest.raises(CommandError, match=r"duty: leads \[7\]"):
        call_command("demo", "--month", "--leads", "1", "--until", "2026-11-20", stdout=StringIO(), stderr=StringIO())
