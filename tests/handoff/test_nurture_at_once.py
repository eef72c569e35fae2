"""Nurture steps on real connections: whatever runs at once, each step is one task and done once."""

import pytest

from handoff.domain.nurture import Taken
from handoff.models import NurtureRun, NurtureTaken
from handoff.queries import invariants
from handoff.services import nurture_steps, sweeps, transition
from leads.models import Activity, ActivityType, Lead
from leads.services import leads as lead_services
from tests.at_once import all_well, at_once
from tests.cast import NOON, tokyo
from tests.factories import standard_rows
from tests.handoff import stories

pytestmark = pytest.mark.django_db(transaction=True)
AT = tokyo("2026-11-24 09:00")
SWEEPERS, LEADS = 4, 30


def resting(people):
    ActivityType.objects.bulk_create(standard_rows(), ignore_conflicts=True)  # an emptied database has lost them
    found = []
    for number in range(LEADS):
        lead = stories.lead(company={"name": f"東浜精工{number}"})
        transition.transition(
            lead=lead,
            to="nurture",
            reason="not_now",
            resurface_on=tokyo("2027-03-01 00:00").date(),
            by=people.mia,
            at=NOON,
        )
        found.append(lead)
    return found


def broken():
    return [str(one) for one in invariants.violations(at=AT) if one.code != "I9"]


def test_steps_that_several_sweeps_find_fall_due_once():
    people, swept = stories.small(), []
    resting(people)
    all_well(at_once(*[lambda: swept.append(sweeps.sweep(at=AT).steps)] * SWEEPERS))
    assert (sum(swept), len(swept)) == (LEADS, SWEEPERS)
    assert NurtureRun.objects.filter(is_due=True, position=0).count() == LEADS
    # Who keeps the lead in between is who kept it before the step, whoever looked first.
    assert NurtureRun.objects.filter(rest_team=people.marketing).count() == LEADS
    assert broken() == []


def test_a_step_pressed_by_several_at_once_is_done_once():
    people = stories.small()
    lead = resting(people)[0]
    sweeps.sweep(at=AT)

    def press():
        nurture_steps.take(lead=lead, outcome=Taken.DONE, number=1, by=people.mia, at=AT)

    answers = at_once(press, press, press, lambda: sweeps.sweep(at=AT))
    assert [type(one) for one in answers if isinstance(one, Exception)] == [nurture_steps.StepTaken] * 2
    assert (NurtureTaken.objects.count(), Activity.objects.filter(lead=lead).count()) == (1, 1)
    assert broken() == []


def test_a_sweep_against_an_unsubscribing_leaves_no_task():
    people = stories.small()
    leads = resting(people)

    def refuse():
        for lead in leads[:5]:
            lead_services.set_opted_out(lead=Lead.objects.get(pk=lead.pk), by=people.mia, at=AT)

    all_well(at_once(refuse, lambda: sweeps.sweep(at=AT), lambda: sweeps.sweep(at=AT)))
    assert Lead.objects.filter(opted_out=True, due_kind="resurface").count() == 5
    assert NurtureRun.objects.running().filter(is_due=True).count() == LEADS - 5
    assert broken() == []
