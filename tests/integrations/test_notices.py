"""Who is told what, exactly once, and why."""

import pytest
from django.utils import translation

from handoff.models import Handoff
from handoff.services import alerts, assigning
from integrations.domain.announcement import Announcement
from integrations.models import Mail, Notice
from integrations.queries import notice_rows
from integrations.services import notices
from journal import services as journal
from journal.clock import frozen
from journal.models import Delivery, Event
from leads.services import bulk_runs
from tests import factories
from tests.at_once import all_well, at_once
from tests.cast import cast, organization, tokyo
from tests.handoff import rows

MONDAY = tokyo("2026-11-16 10:00")


@pytest.fixture
def people(db):
    organization(preset="mid")
    return cast()


def event(kind, handoff, *, by=None, at=MONDAY, **data):
    return journal.record(kind, subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)


def deliver(at=MONDAY):
    with frozen(at):
        return journal.deliver_owed(at=at)


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("user__last_name", flat=True))


def test_an_offer_tells_its_receiver(people):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    event("handoff.offered", handoff, by=people.mia)

    deliver()

    assert told("handoff.offered") == {"佐藤"}


@pytest.mark.parametrize(
    ("language", "reason", "told"),
    [
        ("ja", "timing", "理由は「時期」。大戸さんの報告です。"),
        ("en", "timing", "Reason: Timing. Reported by 大戸."),
        ("ja", "", "大戸さんの報告です。"),
    ],
)
def test_a_result_is_told_with_its_reason_as_a_sentence(people, language, reason, told):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    data = {"handoff": handoff.pk, "result": "considering", "reason": reason}
    journal.record("feedback.given", subject=handoff, by=people.otto, at=MONDAY, lead_id=handoff.lead_id, data=data)
    deliver()

    with translation.override(language):
        notes = {row.note for row in notice_rows.rows(Notice.objects.filter(kind="feedback.given"))}

    assert notes == {told}


def test_an_offer_to_a_queue_tells_those_who_take_from_it(people):
    handoff = rows.offered(people, MONDAY, team=people.field)
    event("handoff.offered", handoff, by=people.mia)

    deliver()

    assert told("handoff.offered") == {"佐藤"}  # not Otto of the other team, not Maki who doesn't receive


def test_an_answer_tells_the_sender_and_not_the_one_who_gave_it(people):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    handoff.sender = people.mia
    handoff.offered_by = people.sato
    handoff.save()
    event("handoff.accepted", handoff, by=people.sato)

    deliver()

    assert told("handoff.accepted") == {"三宅"}


def test_a_handoff_that_went_on_says_why(people):
    silent, misplaced = (rows.offered(people, MONDAY, to=people.sato) for _ in range(2))
    Handoff.objects.filter(pk=misplaced.pk).update(
        state="rejected", answered_at=MONDAY, reject_reason="wrong_person", successor="rerouted"
    )
    for handoff in (silent, misplaced):
        event("handoff.rerouted", handoff)

    deliver()

    page = notice_rows.rows(Notice.objects.filter(user=people.sato).order_by("handoff_id"))
    assert [row.note for row in page] == ["期限までに回答がなかったためです。", "担当違いだったためです。"]


def test_nobody_who_left_is_told(people):
    people.sato.is_active = False
    people.sato.save()
    event("handoff.offered", rows.offered(people, MONDAY, to=people.sato))

    deliver()

    assert not Notice.objects.exists()


def test_a_breach_tells_each_person_once_with_the_reason(people):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    late = tokyo("2026-11-16 10:20")
    alerts.record_breach(clock=handoff.clocks.get(kind="answer"), at=late)
    deliver(late)

    [notice] = Notice.objects.filter(kind="clock.breached", user=people.sato)
    with translation.override("en"):
        [row] = notice_rows.rows([notice])
    assert row.text == "Answer for 中村 is overdue"
    assert "10:15" in row.note
    assert "佐藤" in row.note
    assert notice.handoff_id == handoff.pk
    assert told("clock.breached") == {"佐藤", "牧"}


def test_a_repeated_delivery_tells_nobody_twice(people):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    owed = event("handoff.offered", handoff, by=people.mia)
    deliver()
    Delivery.objects.filter(event=owed).update(state="owed", leased_until=None)

    deliver()

    assert Notice.objects.count() == 1
    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_tell_everybody_exactly_once():
    organization(preset="mid")
    people = cast()
    handoff = rows.offered(people, MONDAY, team=people.field)
    for number in range(20):
        event("handoff.offered" if number == 0 else "handoff.withdrawn", handoff, number=number)

    all_well(at_once(*[deliver] * 4))

    assert Event.objects.filter(kind__startswith="handoff.").count() == 20
    assert sorted(Notice.objects.values_list("user__last_name", "kind")) == [
        ("佐藤", "handoff.offered"),
        ("佐藤", "handoff.withdrawn"),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_same_announcement_by_eight_threads_is_one_notice_and_one_mail():
    organization(preset="mid")
    people = cast()
    handoff = rows.offered(people, MONDAY, to=people.sato)
    announcement = Announcement("handoff.offered", "same", frozenset({people.sato.pk}), handoff.lead_id, handoff.pk)

    all_well(at_once(*[lambda: notices.tell(announcement=announcement, happened_at=MONDAY, at=MONDAY)] * 8))

    assert Notice.objects.filter(key="same").count() == 1
    assert Mail.objects.count() == 1


def test_the_texts_of_a_page_cost_a_constant_number_of_queries(people, django_assert_num_queries):
    for number in range(12):
        at = tokyo(f"2026-11-16 10:{number:02d}")
        event("handoff.offered", rows.offered(people, at, to=people.sato), by=people.mia, at=at)
    deliver(tokyo("2026-11-16 11:00"))
    page = list(notice_rows.of_user(people.sato))
    assert len(page) == 12

    with django_assert_num_queries(3):
        notice_rows.rows(page)


def test_alerts_are_about_the_handoff_they_name(people):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    clock = handoff.clocks.get(kind="contact")
    alerts.record_breach(clock=clock, at=tokyo("2026-11-16 10:40"))

    deliver(tokyo("2026-11-16 10:40"))

    notice = Notice.objects.get(user=people.sato)
    assert notice.data["clock_kind"] == "contact"
    assert (notice.handoff_id, notice.lead_id) == (handoff.pk, handoff.lead_id)


def test_reading_marks_only_ones_own(people):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    event("handoff.offered", handoff)
    event("handoff.accepted", handoff)
    deliver()

    assert notices.mark_read(user=people.sato, at=MONDAY) == 1
    assert notice_rows.unread_count(people.sato) == 0
    assert notice_rows.unread_count(people.mia) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_shows_ones_own_notices_in_both_languages(people, client, language):
    handoff = rows.offered(people, MONDAY, to=people.sato)
    type(handoff).objects.update(note="棚卸に40時間。")
    event("handoff.offered", handoff, by=people.mia)
    event("handoff.accepted", handoff, by=people.sato)
    deliver()
    people.sato.language = language
    people.sato.save()
    client.force_login(people.sato)

    answer = client.get("/notices/").content.decode()

    assert {"ja": "中村の引き渡しが届きました", "en": "中村 was handed over to you"}[language] in answer
    assert {"ja": "受諾しました", "en": "accepted"}[language] not in answer
    assert {"ja": "棚卸に40時間。回答期限は", "en": "棚卸に40時間. Answer by"}[language] in answer
    client.post("/notices/", {"up_to": Notice.objects.get(user=people.sato).pk})
    assert notice_rows.unread_count(people.sato) == 0


def assigned(people, values, number=3, at=MONDAY):
    leads = [factories.lead(company={"name": f"東浜精工{index}"}) for index in range(number)]
    done = bulk_runs.start(
        action=assigning.ASSIGN,
        values={"name": "x"} | values,
        lead_ids=[lead.pk for lead in leads],
        by=people.maki,
        at=at,
        now=lambda: at,
    )
    deliver(at)
    return done


def test_many_leads_assigned_are_one_notice_that_leads_to_their_list(people, client):
    assigned(people, {"user": people.isao.pk})
    notice = Notice.objects.get(kind="leads.assigned")
    assert notice.user == people.isao
    [row] = notice_rows.rows([notice])
    assert row.text == "牧さんがリード3件をあなたに割り当てました"
    client.force_login(people.isao)
    page = client.get(row.url)
    assert {found.pk for found in page.context["rows"]} == set(people.isao.owned_leads.values_list("pk", flat=True))
    assert Mail.objects.get(notices=notice).user == people.isao


def test_leads_put_into_a_queue_tell_the_team(people):
    assigned(people, {"team": people.field.pk})
    notices = Notice.objects.filter(kind="leads.assigned")
    assert {notice.user for notice in notices} == {people.sato}
    [row] = notice_rows.rows(notices)
    assert row.text == "牧さんがリード3件をチームの受付に入れました"
    assert row.url.endswith(f"?team={people.field.pk}&owner=none&ordering=due_at")


def test_who_assigns_to_themselves_or_assigns_nothing_is_told_nothing(people):
    assigned(people, {"user": people.maki.pk})
    assert not Notice.objects.filter(kind="leads.assigned").exists()
    done = assigned(people, {"user": people.isao.pk}, number=1)
    Notice.objects.all().delete()
    lead = done.items.get().lead_id
    values = {"name": "x", "user": people.isao.pk}
    again = bulk_runs.start(
        action=assigning.ASSIGN, values=values, lead_ids=[lead], by=people.maki, at=MONDAY, now=lambda: MONDAY
    )
    deliver()
    assert (again.unchanged, Notice.objects.count()) == (1, 0)


def test_an_assignment_that_was_taken_back_is_not_mailed(people):
    done = assigned(people, {"user": people.isao.pk})
    notice = Notice.objects.get(kind="leads.assigned")
    assert not notice_rows.is_settled(notice)
    bulk_runs.undo(run=done, by=people.maki, at=MONDAY, now=lambda: MONDAY)
    assert notice_rows.is_settled(notice)
