"""What happens here when other apps say so: do-not-contact, somebody leaves, an import brings history."""

from datetime import timedelta

import pytest

from accounts.services import people as people_service
from handoff.models import Batch, BatchLead, Clock, Handoff, JoinedLead, StageEntry, StageTransition
from handoff.services import batch_entries, eligibility, handoffs, imported, joining
from leads import hooks
from leads.models import Lead
from leads.services import leads as lead_services
from tests import factories
from tests.cast import NOON, tokyo
from tests.handoff import stories
from tests.handoff.stories import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def small():
    return stories.small()


def test_do_not_contact_ends_everything_at_once(small):
    company = factories.company()
    handoff = stories.offered(small, company=company)
    colleague = stories.lead(company=company)
    joining_mql(colleague, handoff, small)

    lead_services.set_do_not_contact(lead=fresh(handoff.lead), by=small.mia, at=NOON)

    lead = fresh(handoff.lead)
    assert (lead.stage, lead.due_kind) == ("disqualified", "")
    assert Handoff.objects.get().state == "withdrawn"
    assert set(Clock.objects.values_list("state", flat=True)) == {"cancelled"}
    assert fresh(colleague).due_kind == "offer"
    assert not JoinedLead.objects.exists()


def joining_mql(lead, handoff, people):
    stories.fresh(lead)
    Lead.objects.filter(pk=lead.pk).update(stage="mql", owner=people.mia, due_kind="offer", due_at=NOON)
    joining.join(lead=fresh(lead), handoff=handoff, by=None, at=NOON)


def test_do_not_contact_leaves_a_customer_won(small):
    lead = factories.lead()
    Lead.objects.filter(pk=lead.pk).update(stage="won")

    lead_services.set_do_not_contact(lead=fresh(lead), by=small.mia, at=NOON)

    assert fresh(lead).stage == "won"


def test_what_lay_with_somebody_who_left_finds_another(small):
    offered = stories.offered(small, to=small.sato)
    accepted = stories.accepted(small, to=small.sato)

    people_service.disable(user=small.sato, by=small.ada, at=NOON + timedelta(minutes=5))

    offered.refresh_from_db()
    lead = fresh(offered.lead)
    assert (offered.assigned_to, offered.state) == (None, "offered")
    assert (lead.owner, lead.team, lead.due_kind, lead.due_at) == (None, small.field, "answer", offered.answer_due_at)
    assert fresh(accepted.lead).owner == small.maki
    assert not Lead.objects.filter(owner__is_active=False).exists()


def leave(people, *, minutes=5):
    people_service.disable(user=people.sato, by=people.ada, at=NOON + timedelta(minutes=minutes))


def test_a_contact_for_somebody_who_left_brings_the_next_duty_to_who_holds_the_lead_now(small):
    handoff = stories.accepted(small, to=small.sato)
    leave(small)

    handoffs.contact(handoff=handoff, by=small.maki, at=NOON + timedelta(hours=1), method="call", result="talked")

    lead = fresh(handoff.lead)
    assert (lead.owner, lead.due_kind) == (small.maki, "feedback")


def test_who_joined_somebody_who_left_stays_with_who_holds_them_now(small):
    company = factories.company()
    handoff = stories.offered(small, to=small.sato, company=company)
    colleague = stories.lead(company=company)
    joining_mql(colleague, handoff, small)
    handoffs.accept(handoff=handoff, by=small.sato, at=NOON)
    leave(small)

    lead_services.set_do_not_contact(lead=fresh(handoff.lead), by=small.mia, at=NOON + timedelta(hours=1))

    lead = fresh(colleague)
    assert (lead.stage, lead.due_kind, lead.owner) == ("sal", "next_action", small.maki)


def applied(people, *rows):
    imported.apply(rows=rows, by=people.mia, at=NOON)


def test_imported_history_is_dated_and_counts_what_lies_between(small):
    lead = factories.lead()

    applied(
        small, {"lead": lead.pk, "outcome": "won", "outcome_at": "2026-03-02T00:00:00+09:00", "by_id": small.mia.pk}
    )

    lead = fresh(lead)
    assert (lead.stage, lead.stage_since, lead.due_kind) == ("won", tokyo("2026-03-02 00:00"), "")
    row = StageTransition.objects.get(lead=lead)
    assert (row.from_stage, row.to_stage, row.imported, row.undated) == ("lead", "won", True, False)
    entries = {entry.stage: entry for entry in StageEntry.objects.filter(lead=lead)}
    assert set(entries) == {"mal", "mql", "sal", "sql", "opportunity", "won"}
    assert all(entry.imported for entry in entries.values())
    assert entries["sql"].passed_through
    assert not entries["won"].passed_through
    assert not Handoff.objects.exists()


def test_undated_history_is_flagged_and_takes_the_acquisition(small):
    lead = factories.lead(acquired_at=tokyo("2026-01-15 10:00"))

    applied(small, {"lead": lead.pk, "stage": "sql", "owner_id": small.sato.pk, "by_id": small.mia.pk})

    row = StageTransition.objects.get(lead=lead)
    assert (row.at, row.undated) == (tokyo("2026-01-15 10:00"), True)
    lead = fresh(lead)
    assert (lead.owner, lead.due_kind, lead.due_at) == (small.sato, "next_action", tokyo("2026-11-26 18:00"))


@pytest.mark.parametrize("stage", ["lost", "nurture"])
def test_imported_leads_that_rest_are_not_dug_up_before_90_days(small, stage):
    lead = factories.lead()

    applied(small, {"lead": lead.pk, "stage": stage, "by_id": small.mia.pk})

    lead = fresh(lead)
    assert (lead.stage, lead.not_before, lead.due_kind) == (stage, tokyo("2027-02-18 00:00"), "resurface")


def test_a_lead_handed_over_here_keeps_its_own_history(small):
    handoff = stories.offered(small)

    applied(small, {"lead": handoff.lead_id, "outcome": "won", "by_id": small.mia.pk})

    assert fresh(handoff.lead).stage == "mql"


def test_an_imported_owner_takes_over_the_duty(small):
    lead = factories.lead()
    applied(small, {"lead": lead.pk, "stage": "sal", "by_id": small.mia.pk})

    applied(small, {"lead": lead.pk, "owner_id": small.otto.pk, "by_id": small.mia.pk})

    lead = fresh(lead)
    assert (lead.owner, lead.team, lead.stage, lead.due_kind) == (small.otto, small.other_field, "sal", "next_action")


def test_500_rows_cost_no_query_each(small, django_assert_max_num_queries):
    leads = [factories.lead(email="", phone=f"03-0000-{number:04}") for number in range(60)]
    rows = [{"lead": lead.pk, "outcome": "lost", "by_id": small.mia.pk} for lead in leads]

    with django_assert_max_num_queries(45):
        applied(small, *rows)

    assert Lead.objects.filter(stage="lost").count() == 60


def test_a_handoff_after_an_imported_loss_is_a_first_attempt(small):
    lead = stories.lead()
    applied(small, {"lead": lead.pk, "outcome": "lost", "by_id": small.mia.pk})

    handoff = handoffs.offer(lead=fresh(lead), by=small.mia, at=NOON, reason="本人から連絡")

    assert handoff.episode.attempt == 1


def test_an_import_taken_back_leaves_no_batch(small):
    leads = [stories.lead() for _number in range(3)]
    eligibility.decide(lead_ids=[lead.pk for lead in leads], cause="bulk", reason="import", at=NOON)

    batch_entries.leave(lead_ids=[lead.pk for lead in leads[:2]], by=small.mia, at=NOON)
    assert Batch.objects.get().closed_at is None

    batch_entries.leave(lead_ids=[leads[2].pk], by=small.mia, at=NOON)
    assert Batch.objects.get().closed_at == NOON
    assert not BatchLead.objects.exists()


def test_an_import_hears_which_leads_had_handoffs(small):
    handoff = stories.offered(small)

    [ask] = hooks.leads_with_handoffs

    assert ask([handoff.lead_id, stories.lead().pk]) == {handoff.lead_id}
