"""Mails owed, sent once, repeated only when cut off midway."""

import smtplib
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as outbox
from django.core.mail import EmailMessage

from accounts.models import Organization
from handoff.models import Handoff
from handoff.services import sweeps
from integrations.domain.announcement import Announcement
from integrations.models import Mail, Notice
from integrations.services import mails, notices
from journal import services as journal
from journal.clock import frozen
from tests.cast import cast, organization, tokyo
from tests.handoff import rows, stories

pytestmark = pytest.mark.django_db
MONDAY = tokyo("2026-11-16 10:00")
NIGHT = tokyo("2026-11-20 19:00")  # Friday; Saturday, Sunday and a holiday follow


@pytest.fixture
def people():
    organization(preset="mid")
    return cast()


def tell(people, at=MONDAY, *, kind="handoff.offered", key="offer", handoff=None):
    handoff = handoff or rows.offered(people, at, to=people.sato)
    announcement = Announcement(kind, key, frozenset({people.sato.pk}), handoff.lead_id, handoff.pk)
    notices.tell(announcement=announcement, happened_at=at, at=at)
    return handoff


def test_an_offer_is_mailed_at_once_within_working_hours(people):
    tell(people)

    assert mails.send_owed(at=MONDAY) == 1

    [message] = outbox.outbox
    assert message.to == ["sato@handoff.example"]
    assert "中村" in message.subject


def test_f_2_nothing_is_mailed_at_night_or_on_a_holiday(people):
    tell(people, NIGHT)

    assert mails.send_owed(at=NIGHT) == 0
    assert mails.send_owed(at=tokyo("2026-11-23 10:00")) == 0  # Labour Thanksgiving Day
    assert Mail.objects.get().due_at == tokyo("2026-11-24 09:00")
    assert mails.send_owed(at=tokyo("2026-11-24 09:00")) == 1


def test_f_2_a_sender_that_comes_late_waits_for_the_morning(people):
    tell(people, tokyo("2026-11-20 17:59"))

    assert mails.send_owed(at=NIGHT) == 0
    assert Mail.objects.get().due_at == tokyo("2026-11-24 09:00")


def test_of_one_clock_a_late_sweep_mails_the_latest_alone():
    people = stories.mid()
    stories.offered(people, at=MONDAY, to=people.isao)
    late = MONDAY + timedelta(minutes=20)

    sweeps.sweep(at=late)
    with frozen(late):
        journal.deliver_owed(at=late)
    mails.send_owed(at=late)

    found = Notice.objects.filter(user=people.isao, kind__startswith="clock.").order_by("id")
    assert [(one.data["clock_kind"], one.data["level"], one.carried_by.state) for one in found] == [
        ("answer", 50, "dropped"),
        ("answer", 80, "dropped"),
        ("answer", 100, "sent"),
        ("contact", 50, "sent"),
    ]
    assert Mail.objects.get(user=people.maki).state == "sent", "the manager heard of the breach alone"


def test_f_8_sending_again_sends_nothing(people):
    tell(people)
    mails.send_owed(at=MONDAY)

    assert mails.send_owed(at=MONDAY + timedelta(hours=1)) == 0
    assert len(outbox.outbox) == 1


def test_a_send_cut_off_midway_is_repeated_once_with_the_same_key_and_counted(people, monkeypatch):
    tell(people)
    sent = []

    def send_then_die(message, **_options):
        sent.append(message.extra_headers["Message-ID"])
        raise KeyboardInterrupt  # as when the process is killed after the server took the mail

    monkeypatch.setattr(EmailMessage, "send", send_then_die)
    with pytest.raises(KeyboardInterrupt):
        mails.send_owed(at=MONDAY)
    monkeypatch.setattr(
        EmailMessage, "send", lambda message, **_options: sent.append(message.extra_headers["Message-ID"])
    )

    assert mails.send_owed(at=MONDAY + timedelta(seconds=30)) == 0  # the lease still runs
    assert mails.send_owed(at=MONDAY + timedelta(seconds=61)) == 1
    assert mails.send_owed(at=MONDAY + timedelta(hours=1)) == 0
    assert len(sent) == 2
    assert len(set(sent)) == 1
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts, mail.repeats) == ("sent", 2, 1)


def test_a_refused_send_is_tried_again_later_and_is_no_repeat(people, monkeypatch):
    tell(people)

    def away(message, **_options):
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(EmailMessage, "send", away)
    mails.send_owed(at=MONDAY)
    monkeypatch.undo()

    assert mails.send_owed(at=MONDAY + timedelta(seconds=30)) == 0
    assert mails.send_owed(at=MONDAY + timedelta(minutes=5)) == 1
    assert Mail.objects.get().repeats == 0


def test_a_final_refusal_ends_the_mail_and_tells_the_administrators(people, monkeypatch):
    tell(people)

    def refused(message, **_options):
        raise smtplib.SMTPRecipientsRefused({"sato@handoff.example": (550, b"no such box")})

    monkeypatch.setattr(EmailMessage, "send", refused)
    mails.send_owed(at=MONDAY)

    assert Mail.objects.get().state == "dead"
    assert list(Notice.objects.filter(kind="mail.dead").values_list("user__last_name", flat=True)) == ["足立"]


def test_an_offer_answered_meanwhile_is_not_mailed(people):
    handoff = tell(people)
    Handoff.objects.filter(pk=handoff.pk).update(state="accepted", answered_at=MONDAY)

    assert mails.send_owed(at=MONDAY) == 0
    assert Mail.objects.get().state == "dropped"


def test_the_small_preset_gets_one_mail_a_day_in_the_morning(people):
    Organization.objects.update(preset="small")
    tell(people, MONDAY, key="first")
    tell(people, MONDAY + timedelta(hours=2), key="second")

    assert mails.send_owed(at=MONDAY + timedelta(hours=3)) == 0
    assert mails.send_owed(at=tokyo("2026-11-17 09:00")) == 1

    [message] = outbox.outbox
    assert message.subject == "2件が対応を待っています"
    assert message.body.count("中村") == 2


def test_before_the_opening_the_digest_of_the_same_day_takes_it(people):
    Organization.objects.update(preset="small")
    tell(people, tokyo("2026-11-16 07:30"))

    assert Mail.objects.get().due_at == tokyo("2026-11-16 09:00")


def test_the_people_of_the_sample_company_get_no_mail(people):
    Organization.objects.update(is_sample=True)
    tell(people)

    assert Notice.objects.count() == 1
    assert not Mail.objects.exists()


def test_a_notice_that_asks_for_nothing_is_not_mailed(people):
    tell(people, kind="handoff.accepted")

    assert Notice.objects.count() == 1
    assert not Mail.objects.exists()


class Box:
    """A local mail server that keeps what it takes."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (the server calls it so)
        self.taken.append(envelope)
        return "250 OK"


def test_a_real_server_takes_the_mail_with_its_key(people, settings):
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        tell(people)
        mails.send_owed(at=MONDAY)
    finally:
        controller.stop()

    [envelope] = box.taken
    assert envelope.rcpt_tos == ["sato@handoff.example"]
    assert mails.message_id(Mail.objects.get()) in envelope.content.decode()
