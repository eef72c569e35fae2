"""Signed links: asked on a page, done once, by nobody else and not for ever."""

import re
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils.translation import override

from feedback.models import Feedback, Opportunity
from handoff.models import Handoff
from handoff.services import handoffs, sweeps
from handoff.web import reject_choices
from integrations.domain.link_actions import Action
from integrations.models import SignedLink
from integrations.services import links, mails
from journal import services as journal
from journal.clock import frozen
from leads.models import Activity
from tests.cast import tokyo
from tests.handoff import stories

pytestmark = pytest.mark.django_db
NOON = tokyo("2026-11-20 13:30")
SOON = NOON + timedelta(minutes=5)


@pytest.fixture
def people():
    return stories.mid()


def deliver(at):
    with frozen(at):
        journal.deliver_owed(at=at)
    mails.send_owed(at=at)


def links_in(message):
    return re.findall(r"/l/[\w-]+/", message.body)


@pytest.fixture
def offer(people):
    handoff = stories.offered(people, at=NOON, to=people.isao)
    deliver(NOON)
    return handoff


def press(client, path, values=None, at=SOON):
    with frozen(at):
        return client.post(path, values or {})


def look(client, path, at=SOON):
    with frozen(at):
        return client.get(path)


def test_the_mail_of_an_offer_accepts_with_one_press(people, offer, client):
    accept, _reject, _sheet = links_in(outbox.outbox[0])

    page = look(client, accept)
    assert (page.status_code, Handoff.objects.get(pk=offer.pk).state) == (200, "offered")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]

    assert press(client, accept).status_code == 200
    offer.refresh_from_db()
    assert (offer.state, offer.answered_by) == ("accepted", people.isao)


def test_who_accepted_by_a_link_reads_what_is_due_and_goes_on_to_the_handoff(offer, client):
    accept, _reject, _sheet = links_in(outbox.outbox[0])

    text = press(client, accept).content.decode()

    assert "受諾しました。初回連絡は今日 14:00までです。" in text
    assert f'href="/handoffs/{offer.pk}/"' in text
    assert f'href="/handoffs/{offer.pk}/sheet/"' in text


def contact_link(answer):
    [path] = re.findall(r'href="[^"]*(/l/[\w-]+/)"', answer.content.decode())
    return path


def test_who_accepted_by_a_link_records_the_first_contact_by_the_next_one(offer, client):
    accept, _reject, _sheet = links_in(outbox.outbox[0])
    contact = contact_link(press(client, accept))

    for _ in range(3):
        assert "出ない" in look(client, contact).content.decode()
    offer.refresh_from_db()
    assert offer.first_contact_at is None, "looking records nothing"
    assert press(client, contact, {"method": "call"}).status_code == 400  # how it went is missing
    wrong = {"method": "call", "result": "appointment", "note": "来週また", "appointment_at": "2026-11-01T10:00"}
    refused = press(client, contact, wrong)
    assert (refused.status_code, refused.content.decode().count("連絡より後の日時を入れてください")) == (400, 1)
    assert 'value="来週また"' in refused.content.decode()
    unreadable = press(client, contact, wrong | {"appointment_at": "来週の火曜"})
    assert (unreadable.status_code, "アポの日時が読み取れません" in unreadable.content.decode()) == (400, True)
    done = press(client, contact, {"method": "call", "result": "talked", "note": "来週また"})

    offer.refresh_from_db()
    assert (offer.contact_method, offer.contact_result, offer.first_contact_at) == ("call", "talked", SOON)
    assert "連絡を記録しました" in done.content.decode()
    assert press(client, contact, {"method": "mail", "result": "no_answer"}).status_code == 409
    assert look(client, contact).status_code == 409
    assert Activity.objects.get(type="call").by == offer.assigned_to


def test_the_link_of_a_contact_ends_and_counts_for_its_person_alone(people, offer, client):
    accept, _reject, _sheet = links_in(outbox.outbox[0])
    contact = contact_link(press(client, accept))

    assert look(client, contact, at=SOON + timedelta(days=8)).status_code == 410
    Handoff.objects.filter(pk=offer.pk).update(assigned_to=people.sato, team=people.field)
    assert press(client, contact, {"method": "call", "result": "talked"}).status_code == 410
    assert not SignedLink.objects.filter(used_at__isnull=False, action="contact").exists()


def test_the_link_of_a_contact_says_that_the_handoff_is_over_before_it_asks(people, offer, client):
    path = links.issue(user=people.isao, key="reminder", handoff=offer, action=Action.CONTACT, at=NOON)
    handoffs.reject(handoff=offer, reason="not_now", by=people.isao, at=SOON)

    for answer in (look(client, path), press(client, path, {"method": "call", "result": "talked"})):
        assert (answer.status_code, "この引き渡しは終わっています" in answer.content.decode()) == (409, True)


def test_who_handed_the_lead_on_before_recording_a_contact_hears_of_nobody_elses_deadline(people, offer, client):
    path = links.issue(user=people.isao, key="reminder", handoff=offer, action=Action.CONTACT, at=NOON)
    handoffs.accept(handoff=offer, by=people.isao, at=NOON)
    lead = stories.qualified(stories.fresh(offer.lead), by=people.isao, at=NOON)
    handoffs.offer(lead=lead, by=people.isao, at=NOON, to=people.sato)

    text = press(client, path, {"method": "call", "result": "talked"}).content.decode()

    assert "連絡を記録しました。" in text
    assert "次は" not in text


def test_the_reminder_of_a_first_contact_records_it(people, client):
    handoff = stories.accepted(people, to=people.isao, at=NOON)
    late = tokyo("2026-11-20 14:05")
    sweeps.sweep(at=late)
    outbox.outbox.clear()
    deliver(late)

    message = next(one for one in outbox.outbox if one.to == ["isao@handoff.example"])
    contact, _sheet = links_in(message)
    assert "初回連絡" in message.body
    assert press(client, contact, {"method": "mail", "result": "no_answer"}, at=late).status_code == 200
    handoff.refresh_from_db()
    assert (handoff.contact_method, handoff.first_contact_at) == ("mail", late)


def test_looking_any_number_of_times_changes_nothing(offer, client):
    for path in links_in(outbox.outbox[0]):
        for _ in range(3):
            assert look(client, path).status_code == 200
            with frozen(SOON):
                client.head(path)

    assert Handoff.objects.get(pk=offer.pk).state == "offered"
    assert not SignedLink.objects.filter(used_at__isnull=False).exists()


def test_a_link_works_once(offer, client):
    accept, reject, _sheet = links_in(outbox.outbox[0])
    press(client, accept)

    assert press(client, accept).status_code == 409
    assert look(client, accept).status_code == 409
    assert press(client, reject, {"reason": "not_now"}).status_code == 409  # answered already
    assert Handoff.objects.get(pk=offer.pk).state == "accepted"


def test_a_reject_takes_its_reason_from_the_button(offer, client):
    _accept, reject, _sheet = links_in(outbox.outbox[0])
    assert "時期が先" in look(client, reject).content.decode()

    press(client, reject, {"reason": "not_now", "comment": "来期に"})

    offer.refresh_from_db()
    assert (offer.state, offer.reject_reason, offer.reject_comment) == ("rejected", "not_now", "来期に")


def test_the_reasons_of_a_reject_say_what_follows_as_in_the_inbox(offer, client):
    _accept, reject, _sheet = links_in(outbox.outbox[0])

    text = look(client, reject).content.decode()

    with override("ja"):
        choices = reject_choices.choices(at=SOON)
    for choice in choices:
        assert f"<b>{choice.label}</b><small>{choice.follows}</small>" in text
    assert "追加ヒアリングの依頼を付けて戻します" in text


def test_a_link_to_what_was_withdrawn_says_so_before_it_asks(people, offer, client):
    accept, reject, _sheet = links_in(outbox.outbox[0])
    handoffs.withdraw(handoff=offer, by=people.mia, at=SOON)

    answers = [look(client, accept), look(client, reject), press(client, accept)]

    for answer in answers:
        text = answer.content.decode()
        assert (answer.status_code, "取り下げ" in text, "受信箱" in text) == (409, True, True)
        assert 'type="submit" name="reason"' not in text
        assert "受諾に入力は要りません" not in text


def test_a_refused_answer_leaves_the_link_good(offer, client):
    _accept, reject, _sheet = links_in(outbox.outbox[0])

    assert press(client, reject, {"reason": "no_such_reason"}).status_code in (400, 409)
    assert SignedLink.objects.filter(used_at__isnull=False).count() == 0
    assert press(client, reject, {"reason": "not_now"}).status_code == 200


def test_a_link_ends_after_seven_days_and_with_its_person(people, offer, client):
    accept, reject, _sheet = links_in(outbox.outbox[0])

    assert look(client, accept, at=NOON + timedelta(days=8)).status_code == 410
    people.isao.is_active = False
    people.isao.save()
    assert press(client, reject, {"reason": "not_now"}).status_code == 410


@pytest.mark.parametrize("token", ["x", "A" * 43, "あ"])
def test_a_made_up_token_is_unknown(people, client, token):
    assert look(client, f"/l/{token}/").status_code == 404


def test_ar_17_the_reminder_carries_four_result_links(people, client):
    handoff = stories.accepted(people, to=people.isao, at=NOON)
    qualified = stories.qualified(handoff.lead, by=people.isao, at=NOON)
    second = handoffs.offer(lead=qualified, by=people.isao, at=NOON, to=people.sato)
    handoffs.accept(handoff=second, by=people.sato, at=NOON)
    handoffs.contact(handoff=second, by=people.sato, at=NOON, method="call", result="talked")
    late = tokyo("2026-11-26 09:30")
    sweeps.sweep(at=late)
    outbox.outbox.clear()
    deliver(late)

    message = next(m for m in outbox.outbox if m.to == ["sato@handoff.example"] and len(links_in(m)) == 5)
    opportunity, _considering, lost, _won, _sheet = links_in(message)
    assert press(client, lost, {}, at=late).status_code in (400, 422)
    assert press(client, opportunity, {"comment": "来週見積もり", "quality": "4"}, at=late).status_code == 200

    assert list(Feedback.objects.values_list("result", "comment", "by__last_name")) == [
        ("opportunity", "来週見積もり", "佐藤")
    ]
    assert Opportunity.objects.count() == 1
    assert press(client, opportunity, {}, at=late).status_code == 409
    assert Feedback.objects.count() == 1


def test_only_the_hash_of_a_token_is_stored(offer):
    tokens = [path.split("/")[2] for path in links_in(outbox.outbox[0])]

    stored = set(SignedLink.objects.values_list("token_hash", flat=True))
    assert len(stored) == 3
    assert stored.isdisjoint(tokens)


def test_the_sheet_opens_once_by_its_link_and_answers_nothing(offer, client):
    _accept, _reject, sheet = links_in(outbox.outbox[0])
    asked = look(client, sheet).content.decode()
    assert "商談準備シートを見る" in asked
    assert "確かめること" not in asked, "looking alone shows no sheet"

    shown = press(client, sheet)
    assert shown.status_code == 200
    assert "確かめること" in shown.content.decode()
    assert (shown.headers["Referrer-Policy"], "no-store" in shown.headers["Cache-Control"]) == ("same-origin", True)
    assert press(client, sheet).status_code == 409
    assert look(client, sheet).status_code == 409
    assert Handoff.objects.get(pk=offer.pk).state == "offered"


def test_the_sheet_stays_closed_to_whom_the_lead_left(people, offer, client):
    _accept, _reject, sheet = links_in(outbox.outbox[0])
    people.isao.memberships.all().delete()
    Handoff.objects.filter(pk=offer.pk).update(assigned_to=None)

    refused = press(client, sheet)
    assert refused.status_code == 410
    assert "確かめること" not in refused.content.decode()
    assert not SignedLink.objects.filter(used_at__isnull=False).exists()


def test_links_of_before_a_reassignment_say_who_has_the_lead_now(people, offer, client):
    """Looking says so already; only the sheet stays with a colleague of the same team."""
    ito = stories.factories.person("ito", "伊藤", "蓮", ["inside_sales"], people.inside)
    handoffs.reassign(handoff=offer, user=ito, by=people.maki, at=SOON)
    *answers, sheet = links_in(outbox.outbox[0])

    for page in [look(client, path) for path in answers] + [press(client, answers[0])]:
        assert page.status_code == 410
        assert "このリードの担当は、今は伊藤 蓮です。" in page.content.decode()
        assert f'href="/handoffs/{offer.pk}/"' in page.content.decode()
    assert press(client, sheet).status_code == 200

    Handoff.objects.filter(pk=offer.pk).update(assigned_to=people.sato, team=people.field)
    SignedLink.objects.update(used_at=None)
    for page in (look(client, sheet), press(client, sheet)):
        assert page.status_code == 410
        assert "このリードの担当は、今は佐藤 翔太です。" in page.content.decode()
        assert f"/handoffs/{offer.pk}/" not in page.content.decode()
    assert not SignedLink.objects.filter(used_at__isnull=False).exists()
    assert press(client, answers[0]).status_code == 410
    assert Handoff.objects.get(pk=offer.pk).state == "offered"


def test_a_mail_links_to_no_sheet_that_its_reader_may_not_see(people):
    handoff = stories.offered(people, at=NOON, to=people.isao)
    people.isao.memberships.all().delete()
    Handoff.objects.filter(pk=handoff.pk).update(assigned_to=people.maki)
    deliver(NOON)

    [message] = [one for one in outbox.outbox if one.to == ["maki@handoff.example"]]
    assert len(links_in(message)) == 3
    assert not SignedLink.objects.filter(user=people.isao).exists()
