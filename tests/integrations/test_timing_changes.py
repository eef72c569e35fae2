"""What is owed to the world outside goes out sooner when working time or quiet hours begin sooner."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from handoff.services import calendars
from integrations.domain.announcement import Announcement
from integrations.domain.telling import Pace
from integrations.models import ChatChannel, ChatMessage, Mail
from integrations.services import mails, notice_settings, notices, timing_changes
from journal.clock import frozen
from journal.services import deliver_owed
from tests.cast import cast, organization, person, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db
HOLIDAY = tokyo("2026-11-23 10:00")
TUESDAY = tokyo("2026-11-24 09:00")
ROOM = "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=k&token=t"


@pytest.fixture
def people():
    organization(preset="mid")
    return cast()


def tell(to, *, team, at=HOLIDAY, key="offer", people=None):
    handoff = rows.offered(people, at, to=to, team=team)
    announcement = Announcement("handoff.offered", key, frozenset({to.pk}), handoff.lead_id, handoff.pk)
    notices.tell(announcement=announcement, happened_at=at, at=at)


def opened(at, **whose):
    """They work on this holiday after all."""
    with frozen(at):
        calendar = calendars.create(values={"name": "出勤", "weekly": week("08:00")}, by=None, at=at, **whose)
        calendars.set_day(calendar=calendar, on=at.date(), is_open=True, by=None, at=at)
        while deliver_owed(at=at):
            pass


def week(opening):
    return {str(day): [[opening, "18:00"]] for day in range(5)}


def due(kind=Mail):
    return list(kind.objects.filter(state="owed").order_by("id").values_list("due_at", flat=True))


def test_a_calendar_that_opens_earlier_lets_the_mail_and_the_chat_message_go(people):
    for channel in ({"user": people.sato}, {"team": people.field}):
        ChatChannel.objects.create(
            name="営業", service="google_chat", address=ROOM, created_at=HOLIDAY, language="ja", **channel
        )
    tell(people.sato, team=people.field, people=people)
    tell(people.otto, team=people.other_field, people=people, key="other")
    assert due() == [TUESDAY, TUESDAY]
    assert due(ChatMessage) == [TUESDAY, TUESDAY]
    later = HOLIDAY + timedelta(minutes=30)

    opened(later, team=people.field)

    assert due() == [later, TUESDAY], "the other team stays at home"
    assert due(ChatMessage) == [later, later]
    assert mails.send_owed(at=later) == 1


def test_a_calendar_that_opens_later_holds_the_mail_as_before(people):
    tell(people.sato, team=people.field, people=people)

    with frozen(HOLIDAY):
        calendars.create(values={"name": "遅番", "weekly": week("13:00")}, by=None, at=HOLIDAY, team=people.field)
        while deliver_owed(at=HOLIDAY):
            pass

    assert due() == [TUESDAY]
    assert mails.send_owed(at=TUESDAY) == 0
    assert due() == [tokyo("2026-11-24 13:00")]


def test_shorter_quiet_hours_let_it_go_and_one_that_was_tried_keeps_its_time(people):
    night = tokyo("2026-11-24 10:00")
    values = {"mail": "", "time_zone": "", "by": people.sato, "user": people.sato, "at": night}
    notice_settings.choose(quiet_from=time(9), quiet_until=time(16), **values)
    for key in ("first", "second"):
        tell(people.sato, team=people.field, people=people, at=night, key=key)
    assert due() == [tokyo("2026-11-24 16:00")] * 2
    Mail.objects.filter(key__startswith="second").update(attempts=1)

    notice_settings.choose(quiet_from=time(9), quiet_until=time(11), **values)

    assert due() == [tokyo("2026-11-24 11:00"), tokyo("2026-11-24 16:00")]


def test_a_digest_comes_with_the_earlier_opening_and_stays_one(people):
    evening = tokyo("2026-11-24 19:00")
    values = {"mail": Pace.DIGEST, "time_zone": "", "by": people.sato, "user": people.sato, "at": evening}
    notice_settings.choose(quiet_from=None, quiet_until=None, **values)
    tell(people.sato, team=people.field, people=people, at=evening, key="first")
    with frozen(evening):
        calendars.create(values={"name": "早番", "weekly": week("07:30")}, by=None, at=evening, team=people.field)
        while deliver_owed(at=evening):
            pass

    tell(people.sato, team=people.field, people=people, at=evening + timedelta(hours=1), key="second")

    [mail] = Mail.objects.all()
    assert (mail.due_at, mail.notices.count()) == (tokyo("2026-11-25 07:30"), 2)


def test_many_messages_are_looked_at_in_as_many_statements_as_few(people):
    def cost():
        with CaptureQueriesContext(connection) as counted:
            timing_changes.look_again(at=HOLIDAY + timedelta(minutes=1))
        return len(counted)

    tell(people.sato, team=people.field, people=people)
    few = cost()
    for number in range(5):
        rep = person(f"rep{number}", "山田", str(number), ["rep"], Team.objects.get(pk=people.field.pk))
        tell(rep, team=people.field, people=people, key=f"offer{number}")
    assert len(due()) == 6
    assert cost() == few
