"""Chat messages: owed with the notice, sent once, repeated only when cut off midway, and to nobody who may not read."""

import re
from datetime import time, timedelta

import pytest
from django.db import connection

from accounts.models import Organization
from handoff.models import Handoff
from integrations.domain.announcement import Announcement
from integrations.domain.telling import Pace
from integrations.models import ChatChannel, ChatMessage, Notice, SignedLink
from integrations.queries import notice_rows
from integrations.services import chat_channels, chat_sender, chats, notice_settings, notices, sweeping
from integrations.services.chat_sender import NotTaken
from journal.clock import frozen
from journal.errors import Conflict, Forbidden, Invalid
from journal.models import Event, EventDetail
from tests.at_once import all_well, at_once
from tests.cast import cast, organization, tokyo
from tests.handoff import rows
from tests.integrations.test_chat_services import LINE_WORKS, SLACK, TEAMS

pytestmark = pytest.mark.django_db
MONDAY = tokyo("2026-11-16 10:00")
TUESDAY = tokyo("2026-11-17 09:00")
NIGHT = tokyo("2026-11-20 19:00")  # Friday; Saturday, Sunday and a holiday follow


@pytest.fixture
def people():
    organization(preset="mid")
    return cast()


@pytest.fixture
def sent(monkeypatch):
    """What went out, as (address, text); an error put into `fails` is what the service answers."""
    taken = []

    class Sent(list):
        fails = None

    taken = Sent()

    def deliver(*, address, text):
        taken.append((address, text))
        if taken.fails:
            raise taken.fails

    monkeypatch.setattr(chat_sender, "deliver", deliver)
    return taken


def connect(user=None, team=None, by=None, address=SLACK, **values):
    values = {"name": "#sales", "pace": Pace.AT_ONCE, "language": "ja"} | values
    return chat_channels.connect(user=user, team=team, by=by or user, address=address, at=MONDAY, **values)


def tell(people, at=MONDAY, *, to=None, key="offer", handoff=None, kind="handoff.offered", **values):
    to = to or [people.sato]
    handoff = handoff or rows.offered(people, at, to=to[0])
    announcement = Announcement(kind, key, frozenset(p.pk for p in to), handoff.lead_id, handoff.pk, **values)
    notices.tell(announcement=announcement, happened_at=at, at=at)
    return handoff


def test_an_offer_is_written_with_its_reason_and_links_that_act_for_the_person(people, sent, client):
    connect(people.sato)
    handoff = tell(people)

    assert chats.send_owed(at=MONDAY) == 1
    [(address, text)] = sent
    assert address == SLACK
    [item] = text.items
    assert "中村" in item.title
    assert "回答期限" in item.reason
    assert [label for label, _url in item.links] == ["受諾", "差し戻す", "商談準備シート", "Handoffで開く"]
    accept = re.search(r"/l/[\w-]+/", item.links[0][1])[0]
    with frozen(MONDAY):
        assert client.get(accept).status_code == 200
        assert Handoff.objects.get(pk=handoff.pk).state == "offered"
        assert client.post(accept).status_code == 200
    assert Handoff.objects.get(pk=handoff.pk).answered_by == people.sato


def test_a_teams_channel_is_told_once_for_whom_and_without_links_that_act(people, sent):
    people.otto.memberships.update(team=people.field)
    connect(team=people.field, by=people.ada, language="en")
    handoff = rows.offered(people, MONDAY, team=people.field)
    tell(people, to=[people.sato, people.otto], handoff=handoff)

    assert ChatMessage.objects.count() == 1
    assert chats.send_owed(at=MONDAY) == 1
    [item] = sent[0][1].items
    assert item.title.startswith("For 佐藤, 大戸: ")
    assert [label for label, _url in item.links] == ["Open in Handoff"]
    assert not SignedLink.objects.exists()


def test_a_team_hears_of_what_lies_with_it_alone(people, sent):
    """Maki manages three teams; a matter of the field team is nobody else's."""
    for team in (people.marketing, people.inside, people.field):
        connect(team=team, by=people.ada)
    tell(people, to=[people.sato, people.maki], key="late")

    assert list(ChatMessage.objects.values_list("channel__team__name", flat=True)) == ["営業1部"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_message_is_in_the_language_of_its_reader(people, sent, language):
    people.sato.language = language
    people.sato.save()
    connect(people.sato)
    tell(people)
    chats.send_owed(at=MONDAY)
    assert {"ja": "届きました", "en": "was handed over to you"}[language] in sent[0][1].title


def test_nothing_is_written_at_night_or_in_quiet_hours(people, sent):
    notice_settings.choose(
        user=people.sato,
        mail="never",
        quiet_from=time(8),
        quiet_until=time(11),
        time_zone="",
        by=people.sato,
        at=MONDAY,
    )
    connect(people.sato)
    tell(people, NIGHT)

    assert chats.send_owed(at=NIGHT) == 0
    assert ChatMessage.objects.get().due_at == tokyo("2026-11-24 11:00")
    assert chats.send_owed(at=tokyo("2026-11-24 11:00")) == 1


def test_a_sender_that_comes_late_waits_for_the_morning(people, sent):
    connect(people.sato)
    tell(people, tokyo("2026-11-20 17:59"))
    assert chats.send_owed(at=NIGHT) == 0
    assert ChatMessage.objects.get().due_at == tokyo("2026-11-24 09:00")


def test_a_days_summary_is_one_message_without_what_was_read(people, sent):
    connect(people.sato, pace=Pace.DIGEST)
    for key in ("first", "second", "third"):
        tell(people, key=key)
    Notice.objects.filter(key="second").update(read_at=MONDAY)

    assert chats.send_owed(at=MONDAY) == 0
    assert chats.send_owed(at=TUESDAY) == 1
    [(_address, text)] = sent
    assert (text.title, len(text.items)) == ("2件が対応を待っています", 2)
    assert not SignedLink.objects.exists()


def test_a_long_summary_is_cut_and_says_so(people, sent):
    connect(people.sato, pace=Pace.DIGEST)
    for number in range(12):
        tell(people, key=f"offer{number}")
    chats.send_owed(at=TUESDAY)
    [(_address, text)] = sent
    assert len(text.items) == 9
    assert text.items[-1].title == "ほか4件"
    assert len(text.plain()) < 2000


def test_repeating_the_announcement_owes_nothing_more(people, sent):
    connect(people.sato)
    handoff = tell(people)
    chats.send_owed(at=MONDAY)
    tell(people, MONDAY + timedelta(hours=1), handoff=handoff)
    assert (ChatMessage.objects.count(), chats.send_owed(at=MONDAY + timedelta(hours=2))) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_the_same_announcement_by_eight_threads_is_one_message():
    organization(preset="mid")
    people = cast()
    connect(people.sato)
    connect(team=people.field, by=people.ada, address=TEAMS)
    handoff = rows.offered(people, MONDAY, to=people.sato)
    all_well(at_once(*[lambda: tell(people, handoff=handoff)] * 8))
    assert ChatMessage.objects.count() == 2
    assert {message.notices.count() for message in ChatMessage.objects.all()} == {1}


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_message_once_and_outside_any_transaction(monkeypatch):

    taken = []

    def deliver(*, address, text):
        taken.append(connection.in_atomic_block)

    monkeypatch.setattr(chat_sender, "deliver", deliver)
    organization(preset="mid")
    people = cast()
    connect(people.sato)
    for number in range(6):
        tell(people, key=f"offer{number}")
    counts = all_well(at_once(*[lambda: chats.send_owed(at=MONDAY)] * 4))
    assert (sum(counts), taken) == (6, [False] * 6)


def test_the_sample_company_and_quiet_rules_write_into_no_chat(people, sent):
    connect(people.sato)
    tell(people, key="quiet", may_mail=False)
    tell(people, key="nothing asked", kind="handoff.accepted")
    Organization.objects.update(is_sample=True)
    tell(people, key="sample")
    assert not ChatMessage.objects.exists()


def test_what_was_answered_meanwhile_is_not_written(people, sent):
    connect(people.sato)
    handoff = tell(people)
    Handoff.objects.filter(pk=handoff.pk).update(state="accepted", answered_at=MONDAY)
    assert chats.send_owed(at=MONDAY) == 0
    assert (ChatMessage.objects.get().state, sent) == ("dropped", [])


def test_nothing_is_written_to_who_left(people, sent):
    connect(people.sato)
    tell(people)
    people.sato.is_active = False
    people.sato.save()
    assert chats.send_owed(at=MONDAY) == 0
    assert ChatMessage.objects.get().state == "dropped"


def test_a_send_cut_off_midway_is_repeated_with_the_same_links_and_counted(people, sent):
    connect(people.sato)
    tell(people)
    sent.fails = KeyboardInterrupt()  # as when the process is killed after the service took the message
    with pytest.raises(KeyboardInterrupt):
        chats.send_owed(at=MONDAY)
    sent.fails = None

    assert chats.send_owed(at=MONDAY + timedelta(seconds=30)) == 0  # the lease still runs
    assert chats.send_owed(at=MONDAY + timedelta(seconds=61)) == 1
    assert sent[0] == sent[1]
    message = ChatMessage.objects.get()
    assert (message.state, message.attempts, message.repeats) == ("sent", 2, 1)


def test_a_service_that_is_away_is_tried_again_later_each_time_after_twice_as_long(people, sent):
    connect(people.sato)
    tell(people)
    sent.fails = NotTaken("no answer in time")
    waits, at = [], MONDAY
    for _attempt in range(3):
        chats.send_owed(at=at)
        due = ChatMessage.objects.get().due_at
        waits.append((due - at).total_seconds())
        at = due
    assert waits == [60, 120, 240]
    sent.fails = None
    assert chats.send_owed(at=at) == 1
    assert ChatMessage.objects.get().repeats == 0


def test_after_the_eighth_attempt_the_person_is_told_in_the_application(people, sent):
    connect(people.sato)
    tell(people)
    sent.fails = NotTaken("Failed to send to Slack: error=500.")
    for _attempt in range(8):
        ChatMessage.objects.update(due_at=MONDAY)
        chats.send_owed(at=MONDAY)
    assert ChatMessage.objects.get().state == "dead"
    [notice] = Notice.objects.filter(kind="chat.dead")
    assert notice.user == people.sato
    assert ChatChannel.objects.get().ended_at is None
    [row] = notice_rows.rows([notice])
    assert "#sales" in row.text
    assert row.url == "/notices/settings/"


def test_an_address_that_was_withdrawn_ends_its_channel_and_is_told_once(people, sent):
    connect(team=people.field, by=people.ada)
    for number in range(3):
        tell(people, key=f"offer{number}")
    sent.fails = NotTaken("Failed to send to Slack: error=404.", is_final=True)
    chats.send_owed(at=MONDAY)
    chats.send_owed(at=MONDAY + timedelta(minutes=1))

    assert len(sent) == 1
    assert sorted(ChatMessage.objects.values_list("state", flat=True)) == ["dead", "dropped", "dropped"]
    [notice] = Notice.objects.filter(kind="chat.dead")
    assert notice.user == people.ada
    assert notice_rows.rows([notice])[0].url == f"/settings/notices/{people.field.pk}/"
    tell(people, key="later")
    assert ChatMessage.objects.count() == 3


def test_a_channel_that_fails_holds_up_no_other(people, sent, monkeypatch):
    connect(people.sato)
    connect(people.sato, address=LINE_WORKS)
    for number in range(3):
        tell(people, key=f"offer{number}")
    tried = []

    def deliver(*, address, text):
        tried.append(address)
        if address == SLACK:
            raise NotTaken("no answer in time")

    monkeypatch.setattr(chat_sender, "deliver", deliver)
    assert chats.send_owed(at=MONDAY) == 3
    assert (tried.count(SLACK), tried.count(LINE_WORKS)) == (1, 3)


def test_a_message_that_breaks_its_sender_is_put_off_like_any_other(people, sent):
    connect(people.sato)
    tell(people)
    sent.fails = RuntimeError(SLACK)
    assert chats.send_owed(at=MONDAY) == 0
    message = ChatMessage.objects.get()
    assert (message.error, message.due_at) == ("RuntimeError", MONDAY + timedelta(minutes=1))


def test_the_sweep_sends_what_a_lost_message_forgot():
    assert "integrations.services.chats.send_owed" in [sweep.path for sweep in sweeping.SWEEPS]


WRONG = [
    ({"name": " "}, "name"),
    ({"address": "https://127.0.0.1/hook"}, "address"),
    ({"pace": "never"}, "pace"),
]


@pytest.mark.parametrize(("values", "field"), WRONG)
def test_what_cannot_be_is_refused_by_its_field(people, values, field):
    with pytest.raises(Invalid) as refused:
        connect(people.sato, **values)
    assert [fault.field for fault in refused.value.errors] == [field]


def test_a_channel_is_connected_once_and_ten_are_enough(people):
    connect(people.sato)
    with pytest.raises(Invalid):
        connect(people.sato)
    for number in range(9):
        connect(people.sato, address=f"{SLACK}{number}")
    with pytest.raises(Conflict):
        connect(people.sato, address=f"{SLACK}x")


def test_the_log_holds_no_address(people):
    channel = connect(people.sato)
    chat_channels.remove(channel=channel, by=people.sato, at=MONDAY)
    chat_channels.remove(channel=channel, by=people.sato, at=MONDAY)
    told = Event.objects.filter(kind__startswith="chat_channel.")
    assert [event.kind for event in told.order_by("pk")] == ["chat_channel.connected", "chat_channel.removed"]
    for event in told:
        assert "hooks.slack.com" not in str(event.data)
        assert "#sales" not in str(event.data)
    assert not EventDetail.objects.filter(event__in=told).exists()
    assert "hooks.slack.com" not in f"{channel} {channel!r}"


def test_one_connects_for_oneself_and_for_a_team_who_may_change_settings(people):
    for by, whose in ((people.ada, {"user": people.sato}), (people.sato, {"team": people.field})):
        with pytest.raises(Forbidden):
            connect(by=by, **whose)
    mine, ours = connect(people.sato), connect(team=people.field, by=people.ada)
    for channel, by in ((mine, people.ada), (ours, people.sato)):
        with pytest.raises(Forbidden):
            chat_channels.remove(channel=channel, by=by, at=MONDAY)
        with pytest.raises(Forbidden):
            chat_channels.send_trial(channel=channel, by=by)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_channel_is_connected_tried_and_removed_on_the_page(people, client, sent, language):
    people.sato.language = language
    people.sato.save()
    client.force_login(people.sato)
    page = client.post("/notices/channels/", {"name": "me", "address": SLACK, "pace": "at_once"}, follow=True)
    told = page.content.decode()
    channel = ChatChannel.objects.get()
    assert "hooks.slack.com/…i7FQ" in told
    assert SLACK not in told

    tried = client.post(f"/notices/channels/{channel.pk}/test/", follow=True).content.decode()
    assert {"ja": "テストメッセージを送りました", "en": "A test message was sent"}[language] in tried
    assert sent[0][1].title == {"ja": "Handoffからのテストメッセージ", "en": "Test message from Handoff"}[language]
    sent.fails = NotTaken("Failed to send to Slack: error=404.", is_final=True)
    refused = client.post(f"/notices/channels/{channel.pk}/test/", follow=True).content.decode()
    assert {"ja": "無効になっています", "en": "it was withdrawn"}[language] in refused

    assert client.post(f"/notices/channels/{channel.pk}/remove/").status_code == 302
    assert not ChatChannel.objects.exists()


def test_a_mistaken_address_is_not_shown_again(people, client):
    client.force_login(people.sato)
    answer = client.post("/notices/channels/", {"name": "me", "address": "https://e.example/secret", "pace": "at_once"})
    assert answer.status_code == 400
    assert "対応しているサービス" in answer.content.decode()
    assert "e.example/secret" not in answer.content.decode()


@pytest.mark.parametrize("address", [f"{TEAMS}{'!' * 200}{'あ' * 100}", TEAMS.replace("prod-161", "a" * 64)])
def test_an_address_that_cannot_be_kept_or_looked_up_is_refused_on_the_page(people, client, address):
    """The first grows beyond its column once it is encoded, the second has a name that no resolver takes."""
    client.force_login(people.sato)
    answer = client.post("/notices/channels/", {"name": "me", "address": address, "pace": "at_once"})
    assert answer.status_code == 400
    assert "対応しているサービス" in answer.content.decode()
    assert not ChatChannel.objects.exists()


def test_channels_of_others_are_not_there(people, client, sent):
    mine, ours = connect(people.sato), connect(team=people.field, by=people.ada)
    # Sato is in the field team, yet its channel is the settings people's; nobody reaches another person's.
    for user, channel in ((people.otto, mine), (people.ada, mine), (people.sato, ours), (people.maki, ours)):
        client.force_login(user)
        for verb in ("test", "remove"):
            assert client.post(f"/notices/channels/{channel.pk}/{verb}/").status_code == 404
            assert client.get(f"/notices/channels/{channel.pk}/{verb}/").status_code == 405
    address = f"/settings/notices/{people.field.pk}/channels/"
    values = {"name": "x", "address": TEAMS, "pace": "at_once", "language": "ja"}
    assert client.post(address, values).status_code == 403
    client.force_login(people.ada)
    assert client.post(address, values | {"language": "fr"}).status_code == 400
    assert client.post(address, values).status_code == 302
    assert (ChatChannel.objects.count(), sent) == (3, [])
    client.logout()
    assert client.post("/notices/channels/", values).status_code == 302
    assert ChatChannel.objects.count() == 3
