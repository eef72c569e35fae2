"""Handing over: gates, receivers, the frozen sheet, clocks and the duty that comes with it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff.models import Calendar, Clock, Gate, Handoff, StageTransition
from handoff.services import calendars as calendar_service
from handoff.services import handoffs
from handoff.services.offers import AlreadyOffered, GateRefused, LegNotInUse, NotContactable, NotYours, WrongStage
from handoff.services.withdrawals import NotSender
from journal.models import Event
from leads.models import Activity, Lead
from leads.services import activities
from leads.services import leads as lead_services
from scoring.services import presets
from tests import factories
from tests.cast import NOON, tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def small():
    return stories.small()


@pytest.fixture
def mid():
    return stories.mid()


def test_an_offer_makes_an_mql_with_a_receiver_a_duty_and_two_clocks(small):
    lead = stories.lead()

    handoff = handoffs.offer(lead=lead, by=small.mia, at=NOON, note="午後なら電話に出やすい")

    lead = stories.fresh(lead)
    assert (lead.stage, lead.due_kind, lead.due_at) == ("mql", "answer", handoff.answer_due_at)
    assert (lead.owner, lead.team) == (small.sato, small.field)
    assert (handoff.leg, handoff.assigned_to, handoff.priority) == ("marketing_to_field", small.sato, "high")
    assert (handoff.sender, handoff.episode.attempt, handoff.episode.score) == (small.mia, 1, 35)
    assert handoff.answer_due_at == tokyo("2026-11-20 13:15")  # half of 30 minutes, lunch until 13:00
    assert set(Clock.objects.filter(handoff=handoff, state="running").values_list("kind", flat=True)) == {
        "answer",
        "contact",
    }
    assert Event.objects.get(kind="handoff.offered").data["to"] == small.sato.pk
    assert handoff.reason_line == "午後なら電話に出やすい"


def test_a_document_about_prices_is_no_view_of_the_pricing_page(small):
    lead = stories.lead(phone="0268-00-5678")
    for kind, content in (("page_view", "料金ページ"), ("document_download", "料金と導入の流れ")):
        activities.record(lead=lead, type=kind, content=content, occurred_at=NOON, by=None, at=NOON)
    handoff = handoffs.offer(lead=lead, by=small.mia, at=NOON)
    assert handoff.sheet["why"]["code"] == "document_download"


def test_the_sheet_is_frozen_with_what_was_known(small):
    lead = stories.lead(title="製造部 課長", phone="0268-00-5678", channel="展示会")
    lead = stories.qualified(lead, by=small.isao, at=NOON, competitors="2社", temperature=4)
    before = NOON - timedelta(days=2)
    for _time in range(2):
        activities.record(lead=lead, type="page_view", content="料金ページ", occurred_at=before, by=None, at=NOON)
    activities.record(lead=lead, type="call", occurred_at=before, by=small.isao, at=NOON, note="予算枠を確認")

    handoff = handoffs.offer(lead=lead, by=small.mia, at=NOON)
    stories.qualified(stories.fresh(lead), by=small.isao, at=NOON, need="別のこと")

    sheet = Handoff.objects.get(pk=handoff.pk).sheet
    assert sheet["qualification"]["need"] == stories.ANSWERS["need"]
    assert sheet["qualification"]["temperature"] == 4
    assert sheet["ask"] == ["phase", "challenge", "budget"]
    assert sheet["why"] == {"code": "pricing", "values": {"times": 2, "days": 1}}
    assert sheet["approach"] == {"code": "call", "values": {"because": "pricing"}}
    assert [row["note"] for row in sheet["exchanges"]] == ["予算枠を確認"]
    assert sheet["met"]["channel"] == "展示会"
    assert sheet["chance"] == {"of": 0, "reached": 0}
    facts = handoff.episode.facts
    assert facts["values"]["qualification.need"] == stories.ANSWERS["need"]
    assert facts["values"]["score"] == 35
    assert {row["type"] for row in facts["activities"]} == {"page_view", "call"}


def test_an_offer_reads_nothing_twice(small, django_assert_max_num_queries):
    """Half of what it was: the organisation, fields, calendars and promises are asked once for each offer."""
    presets.install(by=None, at=NOON)
    handoffs.offer(lead=stories.lead(), by=small.mia, at=NOON)
    lead = stories.lead(company=factories.company())
    activities.record(lead=lead, type="document_download", occurred_at=NOON, by=None, at=NOON)

    with django_assert_max_num_queries(51), CaptureQueriesContext(connection) as asked:
        handoffs.offer(lead=lead, by=small.mia, at=NOON)

    settings = ("accounts_organization", "leads_customfield", "leads_activitytype", "handoff_slapolicy")
    for table in settings:
        assert sum(f'FROM "{table}"' in query["sql"] for query in asked.captured_queries) == 1, table


def test_a_changed_calendar_counts_from_the_next_offer(small):
    """What an offer remembers ends with it."""
    first = stories.offered(small)
    calendar = Calendar.objects.get()
    calendar_service.change(calendar=calendar, values={"weekly": {"4": [["14:00", "18:00"]]}}, by=small.ada, at=NOON)

    second = stories.offered(small)

    assert (first.answer_due_at, second.answer_due_at) == (tokyo("2026-11-20 13:15"), tokyo("2026-11-20 14:15"))


def test_a_lead_not_to_be_contacted_is_never_handed_over(small):
    lead = stories.lead()
    Lead.objects.filter(pk=lead.pk).update(do_not_contact=True)

    with pytest.raises(NotContactable):
        handoffs.offer(lead=lead, by=small.mia, at=NOON, reason="どうしても")

    assert not Handoff.objects.exists()


def test_a_rep_hands_nothing_over(small):
    with pytest.raises(NotYours):
        handoffs.offer(lead=stories.lead(), by=small.sato, at=NOON)


@pytest.mark.parametrize(("preset", "leg"), [("small", "marketing_to_inside"), ("mid", "marketing_to_field")])
def test_nobody_is_handed_over_on_a_leg_that_is_not_in_use(preset, leg):
    people = {"small": stories.small, "mid": stories.mid}[preset]()
    lead = stories.lead()

    with pytest.raises(LegNotInUse) as refusal:
        handoffs.offer(lead=lead, by=people.mia, at=NOON, leg=leg)

    assert refusal.value.errors[0].field == "leg"
    assert stories.fresh(lead).stage == "lead"


def test_a_second_offer_names_who_has_it(small):
    lead = stories.lead()
    handoffs.offer(lead=lead, by=small.mia, at=NOON)

    with pytest.raises(AlreadyOffered, match="佐藤 翔太"):
        handoffs.offer(lead=lead, by=small.mia, at=NOON)

    assert Handoff.objects.count() == 1


def test_who_is_accepted_is_not_offered_to_field_twice_in_one_leg(small):
    handoff = stories.accepted(small, to=small.sato)

    with pytest.raises(WrongStage):
        handoffs.offer(lead=stories.fresh(handoff.lead), by=small.mia, at=NOON)


def test_ar_28_decision_process_unknown_is_not_offered_to_field_sales(mid):
    handoff = stories.accepted(mid, to=mid.isao)
    lead = stories.qualified(stories.fresh(handoff.lead), by=mid.isao, at=NOON, decision_process="")

    with pytest.raises(GateRefused) as refusal:
        handoffs.offer(lead=lead, by=mid.isao, at=NOON)

    assert [error.field for error in refusal.value.errors] == ["qualification.decision_process"]
    lead = stories.fresh(lead)
    assert (lead.stage, lead.due_kind, lead.owner) == ("sal", "hearing", mid.isao)
    assert lead.due_at == Handoff.objects.get(pk=handoff.pk).contact_due_at  # earlier than one working day
    assert Handoff.objects.count() == 1


def test_offering_again_what_was_refused_gives_no_new_time(mid):
    handoff = stories.accepted(mid, to=mid.isao)
    days = [NOON, NOON + timedelta(days=7), NOON + timedelta(days=14)]
    due = []

    for at in days:
        with pytest.raises(GateRefused):
            handoffs.offer(lead=stories.fresh(handoff.lead), by=mid.isao, at=at)
        due.append(stories.fresh(handoff.lead).due_at)

    assert due[0] < days[1]
    assert due == [due[0]] * 3


def test_ar_37_the_sql_gate_names_each_missing_item_with_its_question(mid):
    handoff = stories.accepted(mid, to=mid.isao)
    lead = stories.fresh(handoff.lead)

    with pytest.raises(GateRefused) as refusal:
        handoffs.offer(lead=lead, by=mid.isao, at=NOON)

    assert [error.field for error in refusal.value.errors] == [
        "qualification.need",
        "qualification.timeframe",
        "any",
        "qualification.decision_process",
    ]
    assert all("：" in str(error.message) for error in refusal.value.errors)


def test_ar_37_what_the_gate_asks_for_opens_the_second_leg(mid):
    handoff = stories.accepted(mid, to=mid.isao)
    lead = stories.qualified(stories.fresh(handoff.lead), by=mid.isao, at=NOON)

    second = handoffs.offer(lead=lead, by=mid.isao, at=NOON)

    assert (second.leg, second.assigned_to, second.sender) == ("inside_to_field", mid.sato, mid.isao)
    first = Handoff.objects.get(pk=handoff.pk)
    assert first.closed_at == NOON
    assert stories.fresh(lead).stage == "sal"


def test_the_mql_gate_blocks_an_offer_by_hand_unless_a_reason_is_given(mid):
    gate = Gate.objects.get(kind="mql")
    gate.condition = {"field": "company.employee_count", "op": "gte", "value": 50}
    gate.save()
    lead = stories.lead()

    with pytest.raises(GateRefused):
        handoffs.offer(lead=lead, by=mid.mia, at=NOON)
    assert stories.fresh(lead).stage == "lead"

    handoffs.offer(lead=lead, by=mid.mia, at=NOON, reason="社長の紹介")
    assert stories.fresh(lead).stage == "mql"
    assert StageTransition.objects.get(lead=lead, to_stage="mql").note == "社長の紹介"


def test_required_items_of_the_mql_gate_only_warn(mid):
    Gate.objects.filter(kind="mql").update(required=[{"item": "need"}])

    handoff = handoffs.offer(lead=stories.lead(), by=mid.mia, at=NOON)

    assert handoff.state == "offered"


def test_withdrawing_gives_the_lead_back_to_its_sender(small):
    handoff = stories.offered(small)

    handoffs.withdraw(handoff=handoff, by=small.mia, at=NOON)

    lead = stories.fresh(handoff.lead)
    assert (lead.stage, lead.due_kind, lead.owner) == ("mql", "offer", small.mia)
    assert lead.due_at == tokyo("2026-11-24 18:00")  # Monday is a holiday
    assert set(Clock.objects.values_list("state", flat=True)) == {"cancelled"}
    handoff.episode.refresh_from_db()
    assert handoff.episode.withdrawn_at == NOON


def test_only_the_sender_withdraws_and_only_while_unanswered(small):
    handoff = stories.offered(small)
    with pytest.raises(NotSender):
        handoffs.withdraw(handoff=handoff, by=small.sato, at=NOON)

    handoffs.accept(handoff=handoff, by=small.sato, at=NOON)

    with pytest.raises(handoffs.AlreadyAnswered, match="佐藤 翔太"):
        handoffs.withdraw(handoff=handoff, by=small.mia, at=NOON)


def test_ar_30_the_sheet_tells_what_a_rep_needs(small):
    lead = lead_services.update(lead=stories.lead(), values={"phone": "03-0000-1111"}, by=small.mia, at=NOON)
    sheet = handoffs.offer(lead=lead, by=small.mia, at=NOON).sheet

    assert {
        "person", "met", "score", "chance", "qualification", "note", "ask", "why", "approach", "opening", "acts",
        "exchanges", "earlier",
    } <= set(sheet)  # fmt: skip
    assert Activity.objects.count() == 0
