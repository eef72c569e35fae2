"""How one is told outside the application: chosen by oneself, by default by the team, else by the organisation."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox

from accounts.models import Organization
from integrations.domain.announcement import Announcement
from integrations.domain.telling import Pace, Quiet
from integrations.models import Mail, Notice, NoticeSetting
from integrations.queries import timings
from integrations.services import mails, notice_settings, notices
from journal.clock import frozen
from journal.errors import Forbidden, Invalid
from journal.models import Event
from tests.cast import TOKYO, cast, organization, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db
MONDAY = tokyo("2026-11-16 10:00")
TUESDAY = tokyo("2026-11-17 09:00")
NO_QUIET = {"quiet_from": None, "quiet_until": None, "time_zone": ""}
OFF = [
    (time(22), time(7), "2026-11-16 23:30", "2026-11-17 07:00"),
    (time(22), time(7), "2026-11-16 06:59", "2026-11-16 07:00"),
    (time(22), time(7), "2026-11-16 07:00", None),
    (time(22), time(7), "2026-11-16 21:59", None),
    (time(13), time(15), "2026-11-16 13:00", "2026-11-16 15:00"),
    (time(13), time(15), "2026-11-16 15:00", None),
    (time(18), time(0), "2026-11-16 20:00", "2026-11-17 00:00"),
]


@pytest.fixture
def people():
    organization(preset="mid")
    return cast()


def tell(people, at=MONDAY, *, to=None, key="offer"):
    to = to or people.sato
    handoff = rows.offered(people, at, to=to)
    announcement = Announcement("handoff.offered", key, frozenset({to.pk}), handoff.lead_id, handoff.pk)
    notices.tell(announcement=announcement, happened_at=at, at=at)


def choose(user=None, team=None, by=None, **values):
    values = {"mail": ""} | NO_QUIET | values
    return notice_settings.choose(user=user, team=team, by=by or user, at=MONDAY, **values)


@pytest.mark.parametrize(("starts", "ends", "at", "over"), OFF)
def test_quiet_hours_end(starts, ends, at, over):
    assert Quiet(starts, ends, TOKYO).end_of(tokyo(at)) == (over and tokyo(over))


@pytest.mark.parametrize("hour", range(48))
def test_quiet_hours_always_end_later_also_when_the_clocks_change(hour):
    for day in ((2026, 10, 24), (2026, 3, 28)):
        at = datetime(*day, 12, tzinfo=UTC) + timedelta(minutes=30 * hour)
        ends = Quiet(time(22), time(2, 30), ZoneInfo("Europe/Berlin")).end_of(at)
        assert ends is None or at < ends <= at + timedelta(hours=6)


def test_mail_comes_once_a_day_to_who_wants_it_so(people):
    choose(people.sato, mail=Pace.DIGEST)
    tell(people, key="first")
    tell(people, MONDAY + timedelta(hours=1), key="second")

    assert mails.send_owed(at=MONDAY + timedelta(hours=2)) == 0
    assert mails.send_owed(at=TUESDAY) == 1
    assert outbox.outbox[0].subject == "2件が対応を待っています"


def test_who_wants_no_mail_finds_the_notice_in_the_application(people):
    choose(people.sato, mail=Pace.NEVER)
    tell(people)

    assert Notice.objects.filter(user=people.sato).count() == 1
    assert not Mail.objects.exists()


def test_a_mail_owed_before_is_dropped_for_who_wants_none_any_more(people):
    tell(people)
    choose(people.sato, mail=Pace.NEVER)

    assert mails.send_owed(at=MONDAY) == 0
    assert Mail.objects.get().state == "dropped"


def test_the_team_counts_until_one_chooses_and_the_organisation_until_the_team_does(people):
    choose(team=people.field, by=people.ada, mail=Pace.DIGEST, quiet_from=time(9), quiet_until=time(10))
    choose(people.maki, mail=Pace.AT_ONCE)
    found = timings.of_people([people.sato.pk, people.otto.pk, people.maki.pk], team_id=people.field.pk)

    assert {found[p.pk].mail for p in (people.maki, people.otto)} == {Pace.AT_ONCE}
    assert (found[people.sato.pk].mail, found[people.sato.pk].quiet.ends) == (Pace.DIGEST, time(10))
    assert found[people.maki.pk].quiet.ends == time(10), "the team's, for a matter of the team"
    assert found[people.otto.pk].quiet is None
    Organization.objects.update(preset="small")
    assert timings.of_people([people.otto.pk])[people.otto.pk].mail == Pace.DIGEST


def test_the_small_preset_can_be_told_at_once(people):
    Organization.objects.update(preset="small")
    choose(people.sato, mail=Pace.AT_ONCE)
    tell(people)

    assert mails.send_owed(at=MONDAY) == 1


def test_nothing_is_sent_in_quiet_hours_of_ones_own_zone(people):
    choose(people.sato, quiet_from=time(1), quiet_until=time(3), time_zone="Europe/London")  # 10:00 to 12:00 in Tokyo
    tell(people)

    assert Mail.objects.get().due_at == tokyo("2026-11-16 13:00")  # the lunch break follows


def test_an_alert_of_a_missed_deadline_waits_too(people):
    choose(people.sato, quiet_from=time(9), quiet_until=time(11))
    handoff = rows.offered(people, MONDAY, to=people.sato)
    clock = handoff.clocks.get(kind="answer")
    data = {"clock": clock.pk, "clock_kind": "answer", "due_at": clock.due_at.isoformat()}
    alert = Announcement(
        "clock.breached", "late", frozenset({people.sato.pk}), handoff.lead_id, handoff.pk, data, mail_from=MONDAY
    )
    notices.tell(announcement=alert, happened_at=MONDAY, at=MONDAY)

    assert Notice.objects.filter(user=people.sato).exists()
    assert Mail.objects.get().due_at == tokyo("2026-11-16 11:00")


def test_quiet_hours_chosen_after_a_mail_was_owed_hold_it_back(people):
    tell(people)
    choose(people.sato, quiet_from=time(9), quiet_until=time(11))

    assert mails.send_owed(at=MONDAY) == 0
    assert mails.send_owed(at=tokyo("2026-11-16 11:00")) == 1


def test_no_notice_is_lost_in_a_digest_that_left_before_the_hours_changed(people):
    choose(people.sato, mail=Pace.DIGEST)
    tell(people, tokyo("2026-11-16 08:00"), key="first")
    assert mails.send_owed(at=tokyo("2026-11-16 09:00")) == 1
    choose(people.sato, mail=Pace.DIGEST, quiet_from=time(8), quiet_until=time(11))
    tell(people, MONDAY, key="second")

    assert mails.send_owed(at=tokyo("2026-11-16 11:00")) == 1
    assert not Notice.objects.filter(carried_by__state="owed").exists()


def test_many_people_are_asked_about_as_few_are(people, django_assert_num_queries):
    everybody = [people.sato.pk, people.otto.pk, people.maki.pk, people.isao.pk]
    with django_assert_num_queries(4):  # memberships, settings, the organisation, the calendars
        timings.of_people(everybody, team_id=people.field.pk)


WRONG = [
    ({"mail": "daily"}, "mail"),
    ({"quiet_from": time(9)}, "quiet_until"),
    ({"quiet_until": time(9)}, "quiet_from"),
    ({"quiet_from": time(9), "quiet_until": time(9)}, "quiet_until"),
    ({"quiet_from": time(8), "quiet_until": time(18)}, "quiet_until"),
    ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ({"time_zone": "../etc"}, "time_zone"),
    ({"time_zone": "Asia"}, "time_zone"),
]


@pytest.mark.parametrize(("values", "field"), WRONG)
def test_what_cannot_be_is_refused_by_its_field(people, values, field):
    with pytest.raises(Invalid) as refused:
        choose(people.sato, **values)
    assert [fault.field for fault in refused.value.errors] == [field]
    assert not NoticeSetting.objects.exists()


def test_one_chooses_for_oneself_alone_and_for_a_team_who_may_change_settings(people):
    for by, whose in ((people.ada, {"user": people.sato}), (people.sato, {"team": people.field})):
        with pytest.raises(Forbidden):
            choose(by=by, mail=Pace.NEVER, **whose)
    choose(team=people.field, by=people.ada, mail=Pace.NEVER)
    assert Event.objects.filter(kind="notice_setting.changed").count() == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_keeps_what_was_chosen(people, client, language):
    people.sato.language = language
    people.sato.save()
    client.force_login(people.sato)
    shown = client.get("/notices/settings/").content.decode()
    assert {"ja": "チームの設定に従う（すぐに送る）", "en": "As the team has it (at once)"}[language] in shown

    values = {"mail": "digest", "quiet_from": "22:00", "quiet_until": "07:00", "time_zone": "Asia/Tokyo"}
    with frozen(MONDAY):
        assert client.post("/notices/settings/", values).status_code == 302
        assert client.post("/notices/settings/", values | {"quiet_until": ""}).status_code == 400
    kept = NoticeSetting.objects.get(user=people.sato)
    assert (kept.mail, kept.quiet_from, kept.time_zone) == ("digest", time(22), "")
    page = client.get("/notices/settings/").content.decode()
    assert 'value="22:00"' in page


def test_a_teams_page_is_the_settings_peoples(people, client):
    page = f"/settings/notices/{people.field.pk}/"
    for address in ("/settings/notices/", page):
        assert client.get(address).status_code == 302
        for user in (people.sato, people.maki, people.mia):
            client.force_login(user)
            assert client.get(address).status_code == 403
        assert client.post(page, {"mail": "never"}).status_code == 403
        client.force_login(people.ada)
        assert client.get(address).status_code == 200
        client.logout()
    client.force_login(people.ada)
    with frozen(MONDAY):
        assert client.post(page, {"mail": "digest"}).status_code == 302
    assert timings.of_people([people.sato.pk])[people.sato.pk].mail == Pace.DIGEST
    assert "営業日の朝に1通にまとめる" in client.get("/settings/notices/").content.decode()
    assert "1チームは独自の設定" in client.get("/settings/").content.decode()
    assert client.get("/settings/notices/999999/").status_code == 404
