"""Pauses over HTTP and on the pages: asked for, shown with reason and end, listed for managers, bounded by settings."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override
from rest_framework.test import APIClient

from handoff.models import Clock, Pause, PauseLimits
from handoff.queries import pauses as pause_queries
from handoff.services import handoffs
from integrations.queries import notice_rows
from journal import clock
from journal.services import deliver_owed
from leads.queries import timeline
from tests.cast import tokyo
from tests.handoff import rows, stories

pytestmark = pytest.mark.django_db
START = tokyo("2026-11-16 10:00")
AT = tokyo("2026-11-16 10:05")
BODY = {"reason": "call_later", "note": "12/3以降", "until": "2026-12-03T09:00:00+09:00"}


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(AT):
        yield


@pytest.fixture
def people():
    return stories.small()


@pytest.fixture
def handoff(people):
    return rows.offered(people, START, to=people.sato)


def api(user):
    client = APIClient()
    client.force_login(user)
    client.credentials(HTTP_ACCEPT_LANGUAGE="en")
    return client


def address(handoff, verb):
    return f"/api/v1/handoffs/{handoff.pk}/{verb}/"


def paused(handoff, by, **more):
    values = {"reason": "call_later", "until": tokyo("2026-12-03 09:00"), "at": AT, "note": "12/3以降"} | more
    return handoffs.pause(handoff=handoff, by=by, **values)


@pytest.fixture
def page(client, people):
    """Signed in as somebody, in English."""

    def get(user, path, **data):
        client.force_login(user)
        client.cookies["handoff_language"] = "en"
        return client.post(path, data) if data else client.get(path)

    return get


def test_pausing_and_resuming_over_http(people, handoff):
    client = api(people.sato)

    answer = client.post(address(handoff, "pause"), BODY, format="json")

    body = answer.json()
    assert (answer.status_code, answer["ETag"]) == (200, f'"{handoff.pk}-2"')
    assert (body["paused_until"], body["answer_due_at"]) == ("2026-12-03T00:00:00Z", "2026-12-03T00:10:00Z")
    [pause] = body["pauses"]
    assert (pause["reason"], pause["note"], pause["by"], pause["ended_at"]) == (
        *("call_later", "12/3以降"),
        *(str(people.sato.pk), None),
    )
    again = client.post(address(handoff, "pause"), BODY, format="json")
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[-1]) == (409, "already_paused")

    body = client.post(address(handoff, "resume")).json()
    assert (body["paused_until"], body["answer_due_at"], body["version"]) == (None, "2026-11-16T01:15:00Z", 3)
    assert client.post(address(handoff, "resume")).status_code == 409


def test_a_stale_pause_is_refused_and_a_repeated_one_done_once(people, handoff):
    client = api(people.sato)

    stale = client.post(address(handoff, "pause"), BODY, format="json", HTTP_IF_MATCH=f'"{handoff.pk}-9"')
    twice = [client.post(address(handoff, "pause"), BODY, format="json", HTTP_IDEMPOTENCY_KEY="once") for _ in range(2)]
    late = client.post(address(handoff, "resume"), HTTP_IF_MATCH=f'"{handoff.pk}-1"')

    assert (stale.status_code, late.status_code) == (412, 412)
    assert [answer.status_code for answer in twice] == [200, 200]
    assert twice[0].json() == twice[1].json()
    assert Pause.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": BODY["until"]}, "reason"),
        ({"reason": "call_later"}, "until"),
        ({"reason": "tired", "until": BODY["until"]}, "reason"),
        ({"reason": "other", "until": BODY["until"]}, "note"),
        ({"reason": "call_later", "until": "tomorrow"}, "until"),
        ({"reason": "call_later", "until": "2026-11-16T09:00:00+09:00"}, "until"),
        ({"reason": "call_later", "until": "9999-12-31T23:59:59+09:00"}, "until"),
    ],
)
def test_what_is_wrong_is_a_400_that_names_the_field(people, handoff, body, field):
    answer = api(people.sato).post(address(handoff, "pause"), body, format="json")

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])


def test_not_visible_is_404_and_not_yours_403(people, handoff):
    assert api(people.otto).post(address(handoff, "pause"), BODY, format="json").status_code == 404
    assert api(people.mia).post(address(handoff, "pause"), BODY, format="json").status_code == 403


def test_the_list_can_be_asked_for_the_paused_in_a_constant_number_of_queries(
    people, handoff, django_assert_max_num_queries
):
    others = [rows.offered(people, START, to=people.sato) for _ in range(4)]
    for one in (handoff, *others[:2]):
        paused(one, people.sato)

    client = api(people.ada)

    with django_assert_max_num_queries(6):
        found = client.get("/api/v1/handoffs/?paused=true").json()["results"]

    assert {row["id"] for row in found} == {str(one.pk) for one in (handoff, *others[:2])}
    running = client.get("/api/v1/handoffs/?paused=false").json()["results"]
    assert {row["id"] for row in running} == {str(one.pk) for one in others[2:]}


def test_the_form_pauses_and_every_page_shows_it(people, handoff, page):
    form = page(people.sato, reverse("handoff-pause", args=[handoff.pk]))
    assert 'value="2026-11-17T09:00"' in form.content.decode()

    done = page(
        people.sato,
        reverse("handoff-pause", args=[handoff.pk]),
        reason="call_later",
        note="12/3以降",
        until="2026-12-03T09:00",
    )

    assert (done.status_code, done["Location"]) == (302, reverse("handoff", args=[handoff.pk]))
    assert Pause.objects.get().until_at == tokyo("2026-12-03 09:00")
    told = "Paused until Thu 3 Dec"
    for path in (
        reverse("handoff", args=[handoff.pk]),
        reverse("inbox"),
        reverse("briefing", args=[handoff.pk]),
        reverse("lead-handoff-panel", args=[handoff.lead_id]),
    ):
        text = page(people.sato, path).content.decode().replace("\u00a0", " ")
        assert told in text, path
        assert "12/3以降" in text, path


@pytest.mark.parametrize(
    ("at", "usual"),
    [
        ("2026-11-16 07:00", "2026-11-17T09:00"),
        ("2026-11-16 12:00", "2026-11-17T09:00"),
        ("2026-11-16 18:00", "2026-11-18T09:00"),
        ("2026-11-20 21:00", "2026-11-25T09:00"),  # after a weekend and a holiday, and a working day
    ],
)
def test_the_usual_end_of_a_pause_has_working_time_before_it(people, handoff, page, at, usual):
    with clock.frozen(tokyo(at)):
        form = page(people.sato, reverse("handoff-pause", args=[handoff.pk])).content.decode()

    assert f'value="{usual}"' in form


@pytest.mark.parametrize("until", ["2026-11-16T18:30", "2026-11-17T09:00"])
def test_a_pause_of_no_working_time_is_refused_beside_the_field_and_uses_up_none(people, handoff, page, until):
    with clock.frozen(tokyo("2026-11-16 18:00")):
        answer = page(people.sato, reverse("handoff-pause", args=[handoff.pk]), reason="waiting", until=until)

    assert answer.status_code == 400
    assert "No working time lies before that" in answer.content.decode()
    assert not Pause.objects.exists()


def test_who_pauses_hears_the_new_deadline_unless_it_is_over(people, handoff, page):
    path = reverse("handoff-pause", args=[handoff.pk])
    page(people.sato, path, reason="waiting", until="2026-11-17T09:00")
    told = page(people.sato, reverse("inbox")).content.decode().replace("\u00a0", " ")
    handoff.refresh_from_db()
    assert handoff.answer_due_at == tokyo("2026-11-17 09:10")
    assert "Paused until tomorrow 9:00. The new deadline is tomorrow 9:10." in told

    with clock.frozen(tokyo("2026-11-17 11:00")):
        page(people.sato, path, reason="waiting", until="2026-11-18T09:00")
        told = page(people.sato, reverse("inbox")).content.decode().replace("\u00a0", " ")
    assert "Paused until tomorrow 9:00." in told
    assert "The new deadline" not in told


def test_a_paused_card_that_was_late_already_says_until_when(people, handoff, page):
    late = tokyo("2026-11-17 10:00")
    handoffs.accept(handoff=handoff, by=people.sato, at=AT)
    paused(handoff, people.sato, at=late)

    with clock.frozen(late + timedelta(minutes=5)):
        text = page(people.sato, reverse("inbox")).content.decode().replace("\u00a0", " ")

    assert "Overdue by" in text
    assert "Paused until Thu 3 Dec 9:00 · The customer asked to be contacted later" in text


def test_the_form_says_what_is_wrong_beside_the_field(people, handoff, page):
    path = reverse("handoff-pause", args=[handoff.pk])

    answers = [
        page(people.sato, path, reason="other", until="2026-12-03T09:00"),
        page(people.sato, path, reason="call_later", until="2027-12-03T09:00"),
        page(people.sato, path, reason="call_later", until="soon"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    for answer, said in zip(
        answers, ("Say in a few words", "30 days at most. Enter an earlier", "Enter a day and a time"), strict=True
    ):
        assert said in answer.content.decode()
    assert page(people.mia, path).status_code == 403
    assert not Pause.objects.exists()


def test_the_form_shows_only_where_it_can_pause(people, handoff, page):
    def asked():
        answer = page(people.sato, f"/handoffs/{handoff.pk}/pause/")
        if answer.status_code == 200:
            return ""
        assert answer.url == f"/handoffs/{handoff.pk}/"
        return page(people.sato, answer.url).content.decode()

    assert asked() == ""
    paused(handoff, people.sato)
    assert "are paused already" in asked()
    handoffs.resume(handoff=handoff, by=people.sato, at=AT)
    PauseLimits.objects.create(pk=1, most_days=30, most_times=1)
    assert "paused 1 times" in asked()
    handoffs.withdraw(handoff=handoff, by=people.mia, at=AT)
    assert "nothing is due on it" in asked()


def test_resuming_on_the_page(people, handoff, page):
    paused(handoff, people.sato)

    page(people.maki, reverse("handoff-answer", args=[handoff.pk, "resume"]), next="/gaps/")

    assert Pause.objects.get().ended_at == AT
    assert Clock.objects.get(handoff=handoff, kind="answer").due_at == tokyo("2026-11-16 10:15")


def test_managers_see_what_is_paused_how_often_and_by_whom(people, handoff, page, django_assert_max_num_queries):
    paused(handoff, people.sato)
    handoffs.resume(handoff=handoff, by=people.sato, at=AT)
    paused(handoff, people.sato)
    theirs = rows.offered(people, START, to=people.otto, team=people.other_field)
    paused(theirs, people.otto, note="秘密の予定")

    text = page(people.maki, reverse("gaps") + "?scope=team").content.decode()

    assert "The customer asked to be contacted later (12/3以降)" in text
    assert "2 pauses so far" in text
    assert "秘密の予定" not in text
    assert "秘密の予定" in page(people.ada, reverse("gaps") + "?scope=all").content.decode()
    with django_assert_max_num_queries(3):
        assert len(pause_queries.standing(user=people.ada, scope="all")) == 2


def test_managers_hear_of_each_pause_and_who_is_in_charge_of_one_of_the_managers(people, handoff):
    def told(who):
        with override("en"):
            return [row for row in notice_rows.rows(notice_rows.of_user(who)) if row.kind == "handoff.paused"]

    def pause(by):
        paused(handoff, by)
        deliver_owed(at=AT)
        handoffs.resume(handoff=handoff, by=by, at=AT)

    pause(people.sato)
    assert (len(told(people.maki)), told(people.sato), told(people.otto)) == (1, [], [])
    assert "paused the deadlines of" in told(people.maki)[0].text
    assert "asked to be contacted later (12/3以降). Paused until" in told(people.maki)[0].note
    pause(people.sato)
    pause(people.maki)
    assert (len(told(people.maki)), len(told(people.sato))) == (2, 1)


def test_managers_hear_what_another_reason_is_shortened_and_the_card_keeps_to_two_lines(people, handoff, page):
    note = "倉庫の移転が終わるまで待ってほしいとのこと。" * 9
    asked = page(people.sato, reverse("handoff-pause", args=[handoff.pk])).content.decode()
    paused(handoff, people.sato, reason="other", note=note)
    deliver_owed(at=AT)
    with override("en"):
        [told] = [row for row in notice_rows.rows(notice_rows.of_user(people.maki)) if row.kind == "handoff.paused"]

    assert "optional; needed for another reason" in asked
    assert told.note.startswith(note[:59] + "…. Paused until")
    assert f'<span class="hf-two-lines">{note}' in page(people.sato, reverse("inbox")).content.decode()
    assert page(people.sato, reverse("handoff", args=[handoff.pk])).content.decode().count(note) == 2


def test_settings_bound_pauses(people, page):
    saved = page(people.ada, reverse("settings-pauses"), most_days=5, most_times=1)
    page(people.ada, reverse("settings-pauses"), most_days=500, most_times=1)
    page(people.ada, reverse("settings-pauses"), most_days="x", most_times=1)

    assert saved.status_code == 302
    assert list(PauseLimits.objects.values_list("most_days", "most_times")) == [(5, 1)]
    assert page(people.maki, reverse("settings-pauses"), most_days=9, most_times=9).status_code == 403
    assert 'value="5"' in page(people.ada, reverse("settings-policies")).content.decode()


def test_the_timeline_tells_of_it(people, handoff):
    paused(handoff, people.sato)
    handoffs.resume(handoff=handoff, by=people.sato, at=AT + timedelta(minutes=1))

    with override("en"):
        told = [str(entry.text) for entry in timeline.entries(handoff.lead)[0]]
    assert "Deadlines paused: The customer asked to be contacted later" in told
    assert "Deadlines resumed" in told
