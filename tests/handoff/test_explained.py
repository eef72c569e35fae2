"""Every lead is explained: its score adds up, its stage follows from the log, and somebody owes something or says why not."""

import pytest

from accounts.models import User
from handoff.models import Gate, StageTransition
from handoff.queries import explained
from handoff.queries.explained import DUTY, SCORE, STAGE
from handoff.services import eligibility, handoffs, intake, transition
from leads.models import Lead, LeadScore
from leads.services import leads
from scoring.services import presets, recompute, scores
from tests import factories
from tests.cast import NOON, tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db
LATER = tokyo("2026-11-20 16:00")


@pytest.fixture
def small():
    people = stories.small()
    presets.install(preset="excel_starter", by=people.ada, at=NOON)
    recompute.sweep(at=NOON)
    return people


@pytest.fixture
def lead(small):
    """A lead that was taken in and scored, and stands below the line."""
    made = factories.lead()
    scores.score_stale(at=NOON)
    intake.take_in(at=LATER)
    return stories.fresh(made)


def told():
    """What was read, and who is not explained by question."""
    found = explained.every_lead(at=LATER)
    return found, {question: ids for question, ids in found.unexplained.items() if ids}


def test_below_the_line_nobody_owes_anything(lead):
    found, unexplained = told()

    assert (found.number, dict(found.owed), dict(found.free)) == (1, {}, {"below_line": 1})
    assert unexplained == {}


def test_what_is_owed_is_told_by_its_kind(small, lead):
    handoffs.offer(lead=lead, by=small.mia, at=LATER, reason="met")

    found, unexplained = told()

    assert (dict(found.owed), dict(found.free)) == ({"answer": 1}, {})
    assert unexplained == {}


def test_an_end_or_a_refusal_says_why_nothing_is_owed(small, lead):
    leads.set_do_not_contact(lead=factories.lead(), by=small.mia, at=LATER)
    transition.transition(lead=lead, to="disqualified", reason="student", by=small.mia, at=LATER)
    scores.score_stale(at=LATER)

    found, unexplained = told()

    assert dict(found.free) == {"disqualified": 2}
    assert unexplained == {}


def test_merged_leads_are_not_read(lead):
    Lead.objects.filter(pk=lead.pk).update(is_present=False)

    assert told()[0].number == 0


def test_a_score_of_other_rules_is_unexplained(lead):
    LeadScore.objects.filter(lead=lead).update(total=7, fit=7)

    assert told()[1] == {SCORE: [lead.pk]}


def test_a_lead_without_a_score_is_unexplained(lead):
    LeadScore.objects.filter(lead=lead).delete()

    assert told()[1] == {SCORE: [lead.pk]}


@pytest.mark.parametrize("change", [{"stage": "won"}, {"stage_since": NOON}], ids=["another stage", "another moment"])
def test_a_stage_that_the_log_does_not_lead_to_is_unexplained(lead, change):
    Lead.objects.filter(pk=lead.pk).update(**change)

    assert told()[1] == {STAGE: [lead.pk]}


@pytest.mark.parametrize(
    ("origin", "to", "reason"),
    [("mql", "mal", "x"), ("mal", "won", "x"), ("mal", "disqualified", "")],
    ids=["a gap", "not in the table", "no reason"],
)
def test_a_step_that_does_not_follow_is_unexplained(lead, origin, to, reason):
    StageTransition.objects.create(lead=lead, from_stage=origin, to_stage=to, reason=reason, at=LATER)
    Lead.objects.filter(pk=lead.pk).update(stage=to, stage_since=LATER)

    assert lead.pk in told()[1][STAGE]


def test_a_duty_of_somebody_gone_is_unexplained(small, lead):
    """Without an owner or queue, or without a moment, a duty can't be stored at all."""
    handoffs.offer(lead=lead, by=small.mia, at=LATER, to=small.sato, reason="met")
    User.objects.filter(pk=small.sato.pk).update(is_active=False)

    assert told()[1] == {DUTY: [lead.pk]}


def test_a_lead_that_could_be_taken_up_and_was_not_is_unexplained(small, lead):
    LeadScore.objects.filter(lead=lead).update(reaches_line=True)
    assert DUTY in told()[1]

    eligibility.make_mqls(leads=[stories.fresh(lead)], at=LATER)

    assert DUTY not in told()[1]


def test_a_gate_that_does_not_hold_says_why_nothing_is_owed(lead):
    condition = {"field": "company.employee_count", "op": "gte", "value": 100}
    Gate.objects.filter(kind="mql").update(mode="block", condition=condition)
    LeadScore.objects.filter(lead=lead).update(reaches_line=True)

    found, unexplained = told()

    assert dict(found.free) == {"gate": 1}
    assert DUTY not in unexplained
