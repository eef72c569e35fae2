"""Today: the right things first, for the right person, in few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Absence, Membership
from handoff.models import Handoff, StageTransition
from handoff.queries import team_hands, today
from handoff.services import defaults, handoffs
from handoff.web import change_lines
from journal import clock
from tests.cast import NOON, tokyo
from tests.handoff import stories
from tests.handoff.rows import lead, offered

AT = tokyo("2026-11-20 14:32")
LONG_AGO = tokyo("2026-11-11 09:00")

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, cast):
    def get(user, address="/", at=AT, **headers):
        client.force_login(user)
        with clock.frozen(at):
            return client.get(address, headers=headers or None)

    return get


def test_today_puts_the_nearest_deadline_first(cast):
    offered(cast, AT - timedelta(minutes=20), to=cast.sato, priority="low")
    offered(cast, AT - timedelta(hours=1), to=cast.sato, priority="high")
    rows = today.first_things(user=cast.sato, at=AT, whole_team=False)
    assert [row.face.state for row in rows] == ["late", "ok"]
    assert [row.duty.handoff.priority for row in rows] == ["high", "low"]


def test_a_rep_sees_nobody_elses_duties(cast):
    offered(cast, AT, to=cast.otto, team=cast.other_field)
    assert today.first_things(user=cast.sato, at=AT, whole_team=False) == []


def test_a_manager_sees_the_teams_promises_and_nothing_of_other_teams(cast, page):
    ours = offered(cast, AT - timedelta(hours=1), to=cast.sato)
    theirs = offered(cast, AT - timedelta(hours=1), to=cast.otto, team=cast.other_field)
    rows = today.first_things(user=cast.maki, at=AT, whole_team=True)
    seen = {row.duty.lead.pk for row in rows}
    assert ours.lead_id in seen
    assert theirs.lead_id not in seen
    assert today.first_things(user=cast.maki, at=AT, whole_team=False) == []


def test_while_the_clock_rests_a_row_says_until_when(cast, page):
    offered(cast, tokyo("2026-11-20 17:50"), to=cast.sato)
    night = page(cast.sato, at=tokyo("2026-11-20 20:00")).content.decode()
    assert "営業時間外" in night
    assert "期限 11/24(火) 9:05</span>" in night
    early = page(cast.sato, at=tokyo("2026-11-24 08:00")).content.decode()
    assert ">期限 9:05</span>" in early
    assert "期限 9:05" not in page(cast.sato, at=tokyo("2026-11-24 09:01")).content.decode()


def test_the_share_of_a_promise_is_counted_in_working_time(cast):
    handoff = offered(cast, tokyo("2026-11-20 17:50"), to=cast.sato)
    at = tokyo("2026-11-24 09:02")
    row = today.first_things(user=cast.sato, at=at, whole_team=False)[0]
    assert row.face.total == 15
    assert row.face.remaining == 3
    assert handoff.answer_due_at == tokyo("2026-11-24 09:05")


def test_outside_working_hours_the_clock_says_when_it_goes_on(cast):
    offered(cast, tokyo("2026-11-20 17:50"), to=cast.sato)
    row = today.first_things(user=cast.sato, at=tokyo("2026-11-21 13:00"), whole_team=False)[0]
    assert row.face.state == "paused"
    assert row.face.opens_at == tokyo("2026-11-24 09:00")
    assert row.face.windows[0] == (tokyo("2026-11-24 09:00"), tokyo("2026-11-24 12:00"))


def test_the_day_before_a_long_weekend_names_the_holiday(cast):
    day = today.working_day(user=cast.sato, at=AT)
    assert day.closes_at == tokyo("2026-11-20 18:00")
    assert day.opens_at is None
    assert str(day.next_day) == "2026-11-24"
    assert [str(free) for free, _name in day.holidays] == ["2026-11-23"]


def test_before_opening_the_day_says_its_hours(cast):
    day = today.working_day(user=cast.sato, at=tokyo("2026-11-20 08:00"))
    assert day.opens_at == tokyo("2026-11-20 09:00")
    closed = today.working_day(user=cast.sato, at=tokyo("2026-11-22 08:00"))
    assert closed.closes_at is None


def test_the_teams_hands_count_what_lies_with_whom(cast):
    offered(cast, AT - timedelta(hours=2), to=cast.sato)
    offered(cast, AT, to=cast.sato, priority="low")
    Absence.objects.create(user=cast.isao, starts_on=AT.date(), ends_on=tokyo("2026-11-24 00:00").date())
    members = {member.user.last_name: member for member in team_hands.team_in_hand(user=cast.ada, at=AT)}
    sato = members["佐藤"]
    assert (sato.answer, sato.contact, sato.load, sato.capacity) == (2, 0, 2, 25)
    assert sato.nearest.face.state == "late"
    assert members["井坂"].away_until == tokyo("2026-11-24 00:00").date()
    assert members["大戸"].load == 0
    assert "牧" not in members


def test_a_lead_to_qualify_is_a_deadline_of_its_owner(cast):
    row = lead(AT, owner=cast.sato, team=cast.field, stage="sal", due_kind="qualify", due_at=AT + timedelta(hours=1))

    members = {member.user: member for member in team_hands.team_in_hand(user=cast.ada, at=AT)}

    assert members[cast.sato].nearest.duty.lead == row


def test_who_works_in_two_teams_is_one_line_of_the_teams_hands(cast):
    Membership.objects.create(user=cast.sato, team=cast.other_field, receives=True, capacity=30)
    offered(cast, AT, to=cast.sato)

    found = [member for member in team_hands.team_in_hand(user=cast.ada, at=AT) if member.user == cast.sato]

    assert [(one.team, one.load, one.capacity) for one in found] == [("営業1部・営業2部", 1, 30)]


def test_the_teams_hands_cost_the_same_whatever_the_team(cast, django_assert_max_num_queries):
    for number in range(6):
        offered(cast, AT - timedelta(minutes=number), to=cast.sato)
        offered(cast, AT - timedelta(minutes=number), to=cast.otto, team=cast.other_field)
    with django_assert_max_num_queries(17):
        team_hands.team_in_hand(user=cast.ada, at=AT)


def test_what_is_due_at_the_same_closing_costs_no_query_of_its_own(cast):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            team_hands.team_in_hand(user=cast.ada, at=AT)
        return len(asked)

    values = {"owner": cast.sato, "team": cast.field, "stage": "sal", "due_kind": "qualify"}
    closing = AT + timedelta(hours=6)
    lead(AT, due_at=closing, **values)
    cost()
    before = cost()
    for _ in range(4):
        lead(AT, due_at=closing, **values)

    assert cost() == before


def test_changes_name_the_single_and_count_the_many(cast):
    row = lead(AT, last_name="大西", first_name="隆", stage="won")
    values = {"from_stage": "opportunity", "reason": "result"}
    StageTransition.objects.create(lead=row, to_stage="won", at=AT - timedelta(hours=3), by=cast.sato, **values)
    for _number in range(2):
        StageTransition.objects.create(lead=lead(AT), to_stage="mql", at=AT, from_stage="mal", reason="eligible")
    old = tokyo("2026-11-18 23:59")
    StageTransition.objects.create(lead=lead(AT), to_stage="lost", at=old, from_stage="sql", reason="result")
    lines = change_lines.lines(today.changes(user=cast.maki, at=AT))
    assert [line.text for line in lines] == ["大西 隆が受注", "2件がMQLに"]
    assert lines[0].is_key
    assert lines[0].note == "佐藤 翔太"


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        (["not_now", "no_budget", "not_mine"], "3件の差し戻し"),
        (["not_now", "not_now", "no_budget", "not_mine"], "4件の差し戻し"),
        (["not_now", "not_now", "no_budget"], "3件の差し戻し。多い理由は「時期が先」"),
        (["no_budget"], "1件の差し戻し。理由は「予算がない」"),
    ],
)
def test_a_reason_is_named_where_most_gave_it(cast, reasons, said):
    defaults.install(preset="small", at=LONG_AGO)
    for reason in reasons:
        handoff = offered(cast, AT, to=cast.sato)
        Handoff.objects.filter(pk=handoff.pk).update(
            state="rejected", answered_at=AT, reject_reason=reason, successor="nurture"
        )

    [line] = change_lines.lines(today.changes(user=cast.maki, at=AT))

    assert line.text == said


def test_the_page_says_everything_in_both_languages(page, cast):
    offered(cast, AT - timedelta(hours=1), to=cast.sato)
    for user in (cast.sato, cast.maki, cast.mia, cast.ada):
        japanese = page(user).content.decode()
        assert "いま手を打つもの" in japanese
        assert "11月20日(金)" in japanese
    cast.maki.language = "en"
    cast.maki.save()
    english = page(cast.maki).content.decode()
    assert "Needs action now" in english
    assert "Answer due" in english
    assert "回答待ち" not in english


def test_what_waits_answers_304_while_nothing_is_new(page, cast):
    offered(cast, AT - timedelta(hours=1), to=cast.sato)
    first = page(cast.sato, "/?part=now")
    assert first.status_code == 200
    etag = first["ETag"]
    later = AT + timedelta(seconds=30)
    assert page(cast.sato, "/?part=now", at=later, **{"if-none-match": etag}).status_code == 304
    offered(cast, AT, to=cast.sato)
    assert page(cast.sato, "/?part=now", at=later, **{"if-none-match": etag}).status_code == 200


def test_the_page_costs_few_queries(page, cast, client):
    def cost():
        with CaptureQueriesContext(connection) as found:
            page(cast.maki)
        return len(found)

    offered(cast, AT - timedelta(hours=1), to=cast.sato)
    page(cast.maki)
    one = cost()
    for number in range(8):
        offered(cast, AT - timedelta(minutes=number), to=cast.sato)
    assert cost() <= one


def test_nothing_waiting_says_what_will_be_here(page, cast):
    assert "いま待っているものはありません" in page(cast.sato).content.decode()


@pytest.mark.parametrize(("number", "said"), [(1, "1<small>lead</small>"), (2, "2<small>leads</small>")])
def test_one_gap_is_one_lead(page, cast, number, said):
    cast.sato.language = "en"
    cast.sato.save()
    for _ in range(number):
        lead(
            AT - timedelta(days=9),
            stage="sql",
            owner=cast.sato,
            team=cast.field,
            due_kind="next_action",
            due_at=LONG_AGO,
        )
    assert said in page(cast.sato).content.decode()


def test_visitors_are_asked_to_sign_in(client, cast):
    assert client.get("/").status_code == 302


def test_a_lead_that_came_back_says_why_on_its_row_with_one_query_for_all(client):
    people = stories.mid()
    client.force_login(people.mia)

    def given_back(**values):
        made = stories.offered(people, at=NOON, to=people.isao)
        handoffs.reject(handoff=made, by=people.isao, at=NOON, **values)

    reasons = '"handoff_rejectreason"."code" IN'

    def show():
        with clock.frozen(NOON), CaptureQueriesContext(connection) as asked:
            text = client.get("/").content.decode()
        return text, [query["sql"] for query in asked if reasons in query["sql"]]

    assert show()[1] == []
    given_back(reason="missing_information", comment="予算が空です\n担当も")
    given_back(reason="wrong_contact")

    text, asked = show()

    assert "差し戻し：情報が足りない「予算が空です」" in text
    assert "差し戻し：担当者・決裁者が違う</span>" in text
    assert len(asked) == 1
