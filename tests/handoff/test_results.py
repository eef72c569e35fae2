"""What a result does to stage and duty, and changes of stage by hand."""

from datetime import date, timedelta

import pytest

from handoff.models import Calendar, Clock, Episode, Handoff, StageEntry, StageTransition
from handoff.queries import loads
from handoff.services import handoffs, next_actions, results
from handoff.services.next_actions import DutyFirst, NotHolding
from handoff.services.offers import GateRefused
from handoff.services.stages import StageNotAllowed
from handoff.services.transition import BadTransition, MayNotMove, OnlyByAnswer, StillOffered, transition
from leads.models import Lead
from leads.services import leads as lead_services
from tests import factories
from tests.cast import NOON, tokyo
from tests.handoff import stories
from tests.handoff.stories import fresh

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def small():
    return stories.small()


@pytest.fixture
def mid():
    return stories.mid()


@pytest.fixture
def held(small):
    """Accepted and contacted by Sato."""
    handoff = stories.accepted(small, to=small.sato)
    return handoffs.contact(handoff=handoff, by=small.sato, at=NOON, method="call", result="talked")


def report(people, handoff, result, at=LATER, *, reason="", on=None, **more):
    results.apply_result(
        handoff=handoff,
        lead=fresh(handoff.lead),
        result=result,
        reason=reason,
        next_action_on=on,
        by=people.sato,
        at=at,
        **more,
    )
    return fresh(handoff.lead)


def test_an_opportunity_passes_through_sql_and_owes_the_next_action(small, held):
    lead = report(small, held, "opportunity", on=date(2026, 12, 1))

    assert (lead.stage, lead.owner, lead.due_kind) == ("opportunity", small.sato, "next_action")
    assert lead.due_at == tokyo("2026-12-01 18:00")
    passed = StageTransition.objects.get(lead=lead, to_stage="sql")
    assert (passed.passed_through, passed.from_stage) == (True, "sal")
    assert StageEntry.objects.get(lead=lead, stage="sql").passed_through
    assert not StageEntry.objects.get(lead=lead, stage="opportunity").passed_through
    assert Clock.objects.get(kind="feedback").state == "met"
    assert Handoff.objects.get().closed_at == LATER
    assert Episode.objects.get().outcome == "opportunity"


def test_won_leaves_no_duty(small, held):
    report(small, held, "opportunity")

    lead = report(small, held, "won")

    assert (lead.stage, lead.due_kind, lead.due_at) == ("won", "", None)


def test_won_at_once_passes_through_opportunity(small, held):
    lead = report(small, held, "won")

    rows = StageTransition.objects.filter(lead=lead).order_by("id").values_list("to_stage", "passed_through")
    assert list(rows)[-3:] == [("sql", True), ("opportunity", True), ("won", False)]


@pytest.mark.parametrize(
    ("on", "due"),
    [(date(2026, 12, 18), "2026-12-18 18:00"), (date(2026, 12, 20), "2026-12-21 18:00"), (None, "2026-12-04 18:00")],
)
def test_considering_near_ahead_stays_with_the_rep(small, held, on, due):
    lead = report(small, held, "considering", on=on)

    assert (lead.stage, lead.owner, lead.due_kind, lead.due_at) == ("sal", small.sato, "next_action", tokyo(due))


def test_considering_far_ahead_goes_to_nurture(small, held):
    lead = report(small, held, "considering", reason="timing", on=date(2026, 12, 21))

    assert (lead.stage, lead.owner, lead.due_kind) == ("nurture", small.mia, "resurface")
    assert lead.not_before == tokyo("2026-12-21 00:00")


def test_considering_with_a_deal_open_stays_however_far(small, held):
    report(small, held, "opportunity")

    lead = report(small, held, "considering", on=date(2027, 3, 1), has_open_opportunity=True)

    assert (lead.stage, lead.due_at) == ("opportunity", tokyo("2027-03-01 18:00"))


@pytest.mark.parametrize(("reason", "day"), [("timing", "2027-02-18"), ("competitor", "2027-05-19")])
def test_lost_rests_by_its_reason(small, held, reason, day):
    lead = report(small, held, "lost", reason=reason)

    assert (lead.stage, lead.owner, lead.not_before) == ("lost", small.mia, tokyo(f"{day} 00:00"))


def test_a_result_without_a_logged_contact_proves_one(small):
    handoff = stories.accepted(small, to=small.sato)

    report(small, handoff, "opportunity")

    assert Handoff.objects.get().first_contact_at == LATER
    assert set(Clock.objects.values_list("kind", "state")) == {
        ("answer", "met"),
        ("contact", "met"),
        ("feedback", "met"),
    }


def test_a_corrected_win_goes_back(small, held):
    report(small, held, "won")

    lead = report(small, held, "lost", reason="budget", corrected=True)

    assert lead.stage == "lost"
    assert StageTransition.objects.filter(lead=lead).latest("id").corrected


def test_a_self_sourced_deal_lifts_a_lead_of_any_stage(small):
    lead = factories.lead()

    results.apply_result(
        handoff=None, lead=lead, result="opportunity", reason="", next_action_on=None, by=small.sato, at=NOON
    )

    lead = fresh(lead)
    assert (lead.stage, lead.owner) == ("opportunity", small.sato)
    assert set(StageEntry.objects.filter(lead=lead).values_list("stage", flat=True)) == {
        "mal", "mql", "sal", "sql", "opportunity",
    }  # fmt: skip


def test_a_rep_s_own_deal_is_the_rep_s_from_then_on(small, held):
    resting = report(small, held, "considering", on=date(2027, 1, 12))
    assert resting.owner == small.mia

    results.apply_result(
        handoff=None, lead=resting, result="opportunity", reason="", next_action_on=None, by=small.otto, at=LATER
    )

    lead = fresh(resting)
    assert (lead.owner, lead.team, lead.due_kind) == (small.otto, small.other_field, "next_action")


def test_a_deal_that_a_program_records_stays_with_the_queue_that_holds_the_lead(small):
    small.ada.is_service = True
    lead = factories.lead()
    Lead.objects.filter(pk=lead.pk).update(team=small.marketing)

    results.apply_result(
        handoff=None, lead=fresh(lead), result="opportunity", reason="", next_action_on=None, by=small.ada, at=NOON
    )

    lead = fresh(lead)
    assert (lead.owner, lead.team) == (None, small.marketing)


def test_a_deal_of_their_own_ends_an_open_offer(small):
    handoff = stories.offered(small)

    results.apply_result(
        handoff=None, lead=fresh(handoff.lead), result="opportunity", reason="", next_action_on=None,
        by=small.sato, at=NOON,
    )  # fmt: skip

    assert Handoff.objects.get().state == "withdrawn"
    assert fresh(handoff.lead).due_kind == "next_action"


def test_a_deal_of_their_own_ends_what_inside_sales_owed(mid):
    handoff = stories.accepted(mid, to=mid.isao)
    handoffs.contact(handoff=handoff, by=mid.isao, at=NOON, method="call", result="talked")

    results.apply_result(
        handoff=None, lead=fresh(handoff.lead), result="opportunity", reason="", next_action_on=None,
        by=mid.sato, at=LATER,
    )  # fmt: skip

    assert not Clock.objects.filter(ended_at__isnull=True).exists()
    assert loads.loads([mid.isao.pk]) == {}
    assert fresh(handoff.lead).due_kind == "next_action"


# -- next actions ---------------------------------------------------------------------------------------


def test_inside_sales_answers_qualifying_with_a_next_action(mid):
    handoff = stories.accepted(mid, to=mid.isao)
    handoffs.contact(handoff=handoff, by=mid.isao, at=NOON, method="call", result="talked")

    next_actions.plan(
        lead=fresh(handoff.lead), action_at=tokyo("2026-11-24 10:00"), kind="call", note="承認者", by=mid.isao, at=LATER
    )

    lead = fresh(handoff.lead)
    assert (lead.due_kind, lead.due_at) == ("next_action", tokyo("2026-11-24 10:00"))
    assert Clock.objects.get(kind="qualify").state == "met"


def test_a_report_comes_before_the_next_action(small, held):
    with pytest.raises(DutyFirst):
        next_actions.plan(
            lead=fresh(held.lead), action_at=tokyo("2026-11-24 10:00"), kind="call", by=small.sato, at=LATER
        )

    assert fresh(held.lead).due_kind == "feedback"


@pytest.mark.parametrize("how", ["planned", "considering"])
def test_a_next_step_with_a_resting_lead_lifts_no_rest(small, held, how):
    resting = report(small, held, "considering", on=date(2027, 1, 12))

    if how == "planned":
        next_actions.plan(lead=resting, action_at=tokyo("2026-11-25 10:00"), kind="call", by=small.mia, at=LATER)
    else:
        report(small, held, "considering", on=date(2026, 11, 25))

    lead = fresh(resting)
    assert (lead.stage, lead.due_kind, lead.not_before) == ("nurture", "next_action", tokyo("2027-01-12 00:00"))


def test_resurfacing_is_at_the_organisation_s_midnight_whatever_the_calendar_s_zone(small, held):
    Calendar.objects.update(time_zone="America/New_York")

    lead = report(small, held, "lost", reason="timing")

    assert lead.not_before == tokyo("2027-02-18 00:00")


def test_others_plan_nothing_on_my_lead(small, held):
    report(small, held, "opportunity")

    with pytest.raises(NotHolding):
        next_actions.plan(
            lead=fresh(held.lead), action_at=tokyo("2026-11-24 10:00"), kind="call", by=small.otto, at=LATER
        )


# -- by hand ----------------------------------------------------------------------------------------------


def by_hand(lead, to, by, **more):
    return transition(lead=lead, to=to, reason=more.pop("reason", "手動"), by=by, at=NOON, **more)


@pytest.mark.parametrize("to", ["sal", "sql"])
def test_only_answers_lead_to_sal_and_sql(small, to):
    lead = factories.lead()

    with pytest.raises(OnlyByAnswer):
        by_hand(lead, to, small.ada)

    assert fresh(lead).stage == "lead"


def test_what_the_table_lacks_names_what_it_has(small):
    with pytest.raises(StageNotAllowed) as refusal:
        by_hand(factories.lead(), "won", small.ada)

    assert refusal.value.errors[0].message == "mal, mql, opportunity, nurture, disqualified"


def test_a_rep_does_not_nurture_marketing_s_lead(small):
    lead = factories.lead()

    with pytest.raises(MayNotMove):
        by_hand(lead, "nurture", small.sato)

    assert fresh(lead).stage == "lead"


def test_a_marketer_makes_an_mql_if_the_gate_holds(mid):
    lead = factories.lead(email="", phone="")
    with pytest.raises(GateRefused):
        by_hand(lead, "mql", mid.mia)

    lead = by_hand(
        lead_services.update(lead=lead, values={"phone": "03-0000-0000"}, by=mid.mia, at=NOON), "mql", mid.mia
    )
    assert (lead.stage, lead.due_kind) == ("mql", "offer")


def test_inside_sales_recycles_what_it_holds(mid):
    handoff = stories.accepted(mid, to=mid.isao)

    lead = by_hand(fresh(handoff.lead), "nurture", mid.isao, reason="not_now", resurface_on=date(2027, 1, 12))

    assert (lead.stage, lead.not_before) == ("nurture", tokyo("2027-01-12 00:00"))
    assert not Clock.objects.filter(state="running").exists()
    assert Handoff.objects.get().closed_at == NOON
    assert Episode.objects.get().outcome == "recycled"


def test_an_offered_lead_is_withdrawn_before_it_is_nurtured(small):
    handoff = stories.offered(small)

    with pytest.raises(StillOffered):
        by_hand(fresh(handoff.lead), "nurture", small.mia)


def test_disqualifying_ends_the_offer(small):
    handoff = stories.offered(small)

    lead = by_hand(fresh(handoff.lead), "disqualified", small.mia, reason="competitor")

    assert (lead.stage, lead.due_kind) == ("disqualified", "")
    assert Handoff.objects.get().state == "withdrawn"


def test_only_an_administrator_reopens(small):
    lead = by_hand(factories.lead(), "disqualified", small.mia)

    with pytest.raises(MayNotMove):
        by_hand(lead, "lead", small.mia)
    assert by_hand(lead, "lead", small.ada).stage == "lead"


def test_a_change_of_stage_says_why(small):
    with pytest.raises(BadTransition):
        by_hand(factories.lead(), "nurture", small.mia, reason=" ")

    assert Lead.objects.get().stage == "lead"
