"""The gap board: what is past due, in six kinds, oldest first, and nothing else."""

from datetime import date, timedelta

import pytest

from handoff.domain.gaps import DUTIES, GapKind
from handoff.models import Batch, BatchLead, Episode
from handoff.queries import duties, gaps
from leads.domain.choices import DueKind
from tests.cast import NOON, cast, organization, tokyo
from tests.handoff import rows

pytestmark = pytest.mark.django_db
LATE, LATER, TO_COME = NOON - timedelta(days=3), NOON - timedelta(days=1), NOON + timedelta(days=1)


@pytest.fixture
def people():
    organization()
    return cast()


def duty(people, kind, due_at=LATE, *, owner=None, team=None, stage="mql", **fields):
    owner = owner or people.sato
    return rows.lead(LATE, stage=stage, owner=owner, team=team or people.field, due_kind=kind, due_at=due_at, **fields)


def batch(people, count, due_at=LATE):
    made = Batch.objects.create(cause="import", owner=people.mia, team=people.marketing, created_at=LATE, due_at=due_at)
    for _ in range(count):
        lead = duty(people, "batch", due_at, owner=people.mia, team=people.marketing)
        BatchLead.objects.create(lead=lead, batch=made, at=LATE)
    return made


def numbers(user, **scope):
    return {
        kind.value: tally.number for kind, tally in gaps.counts(user=user, at=NOON, **scope).items() if tally.number
    }


def board(user, kind, **more):
    return [row.lead for row in gaps.board(user=user, at=NOON, kind=kind, scope="all", **more).rows]


def test_every_duty_has_its_kind():
    assert {duty for kinds in DUTIES.values() for duty in kinds} == set(DueKind)


def test_only_what_is_past_due_is_a_gap(people):
    late = duty(people, "answer")
    duty(people, "answer", TO_COME)
    on_time = duty(people, "answer", NOON)

    assert board(people.mia, GapKind.NO_ANSWER) == [late, on_time]
    assert numbers(people.mia) == {"no_answer": 2}


@pytest.mark.parametrize(
    ("due_kind", "kind"),
    [
        ("next_action", "no_next_action"),
        ("qualify", "no_next_action"),
        ("hearing", "no_next_action"),
        ("contact_check", "no_next_action"),
        ("merge_decision", "no_next_action"),
        ("offer", "not_offered"),
        ("feedback", "no_feedback"),
        ("contact", "no_contact"),
        ("answer", "no_answer"),
    ],
)
def test_a_late_duty_stands_under_its_kind_only(people, due_kind, kind):
    late = duty(people, due_kind)

    assert {found: board(people.mia, found) for found in GapKind if board(people.mia, found)} == {kind: [late]}
    assert numbers(people.mia) == {kind: 1}


def test_oldest_first_with_the_oldest_in_the_count(people):
    younger, older = duty(people, "contact", LATER), duty(people, "contact", LATE)

    assert board(people.mia, "no_contact") == [older, younger]
    assert gaps.counts(user=people.mia, at=NOON)[GapKind.NO_CONTACT].oldest == LATE


def test_f_13_a_batch_is_one_row_however_many_leads_it_holds(people):
    made = batch(people, 42)
    single = duty(people, "offer", LATER)

    page = gaps.board(user=people.mia, at=NOON, kind="not_offered")

    assert [(row.batch, row.lead, row.leads) for row in page.rows] == [(made, None, 42), (None, single, 1)]
    assert numbers(people.mia) == {"not_offered": 2}
    assert gaps.total(user=people.mia, at=NOON) == 2


def test_a_lead_of_a_disabled_owner_is_without_owner_whatever_its_due_time(people):
    people.otto.is_active = False
    people.otto.save()
    late, to_come = duty(people, "contact", owner=people.otto), duty(people, "contact", TO_COME, owner=people.otto)

    assert set(board(people.mia, "no_owner")) == {late, to_come}
    assert numbers(people.mia) == {"no_owner": 2}


def test_scopes_mine_team_all(people):
    mine = duty(people, "contact")
    queue = rows.lead(LATE, stage="mql", team=people.field, due_kind="answer", due_at=LATE)
    theirs = duty(people, "contact", owner=people.otto, team=people.other_field)

    def seen(user, scope):
        pages = [gaps.board(user=user, at=NOON, kind=kind, scope=scope).rows for kind in GapKind]
        return {row.lead for rows_ in pages for row in rows_}

    assert seen(people.sato, "mine") == {mine, queue}
    assert seen(people.sato, None) == seen(people.sato, "team") == {mine, queue}
    assert seen(people.sato, "all") == seen(people.mia, None) == {mine, queue, theirs}
    assert seen(people.maki, None) == {mine, queue}
    assert numbers(people.sato, scope="team") == {"no_contact": 1, "no_answer": 1}


def test_a_rep_narrowed_to_the_team_sees_no_other_teams_gaps(people):
    organization(reps_see_own_team_only=True)
    mine = duty(people, "contact")
    duty(people, "contact", owner=people.otto, team=people.other_field)

    assert board(people.sato, "no_contact") == [mine]
    assert numbers(people.sato, scope="all") == {"no_contact": 1}


def test_pages_follow_one_another_without_gap_or_repeat(people):
    leads = [duty(people, "contact", LATE + timedelta(minutes=n // 2)) for n in range(7)]
    seen, after = [], None

    for _ in range(4):
        page = gaps.board(user=people.mia, at=NOON, kind="no_contact", after=after, size=2)
        seen += [row.lead for row in page.rows]
        after = page.after

    assert seen == leads
    assert after is None


def test_a_cursor_nobody_gave_out_starts_at_the_top(people):
    late = duty(people, "contact")

    assert board(people.mia, "no_contact", after="nonsense") == [late]


def test_rows_carry_the_handoff_also_for_a_lead_that_joined(people):
    handoff = rows.offered(people, tokyo("2026-11-16 10:00"), to=people.sato)
    colleague = duty(people, "answer", handoff.answer_due_at)
    handoff.joined_leads.create(lead=colleague, at=LATE)

    page = gaps.board(user=people.mia, at=NOON, kind="no_answer")

    assert [row.handoff for row in page.rows] == [handoff, handoff]


def test_the_board_costs_the_same_however_long_it_is(people, django_assert_num_queries):
    def look():
        gaps.counts(user=people.mia, at=NOON)
        for row in gaps.board(user=people.mia, at=NOON, kind="no_contact").rows:
            _ = (row.lead.company, row.owner, row.team, getattr(row.lead, "score", None), row.handoff)

    people.mia.roles, people.mia.team_ids, people.mia.permissions  # noqa: B018 (read once per request)
    duty(people, "contact")
    with django_assert_num_queries(4):
        look()
    for _ in range(20):
        duty(people, "contact")
    with django_assert_num_queries(4):
        look()


def test_ar_34_of_those_handed_over_three_weeks_ago_how_many_were_never_contacted(people):
    def episode(offered_at, **fields):
        lead = rows.lead(tokyo(offered_at))
        values = {"lead": lead, "leg": "marketing_to_field", "attempt": 1, "offered_at": tokyo(offered_at)}
        return Episode.objects.create(**values | {"band": "high"} | fields)

    episode("2026-10-25 23:59")  # the Sunday before
    silent = episode("2026-10-26 00:00")
    episode("2026-10-30 17:00", first_contact_at=tokyo("2026-10-30 17:20"))
    episode("2026-11-01 23:59", first_contact_at=tokyo("2026-11-10 09:00"))
    episode("2026-10-28 10:00", withdrawn_at=tokyo("2026-10-28 11:00"))
    episode("2026-10-29 10:00", outcome="rejected", answered_at=tokyo("2026-10-29 10:02"))
    episode("2026-11-02 00:00")  # the Monday after

    silence = gaps.never_contacted(user=people.mia, at=NOON)

    assert (silence.handed_over, silence.never_contacted) == (4, 1)
    assert (silence.first, silence.last) == (date(2026, 10, 26), date(2026, 11, 1))
    assert [(row.lead, since) for row, since in gaps.silent(user=people.mia, at=NOON)] == [
        (silent.lead, tokyo("2026-10-26 00:00"))
    ]


def test_of_those_never_contacted_the_first_handed_over_are_shown(people):
    def episode(lead, offered_at, attempt=1):
        values = {"leg": "marketing_to_field", "attempt": attempt, "band": "high"}
        Episode.objects.create(lead=lead, offered_at=tokyo(offered_at), **values)

    second, first, alike, later = (rows.lead(tokyo("2026-10-26 00:00")) for _ in range(4))
    episode(later, "2026-10-30 10:00")
    episode(alike, "2026-10-29 10:00")
    episode(second, "2026-10-29 10:00")
    episode(first, "2026-10-31 10:00", attempt=2)
    episode(first, "2026-10-28 10:00")

    shown = gaps.silent(user=people.mia, at=NOON, limit=3)

    assert [(row.lead, since) for row, since in shown] == [
        (first, tokyo("2026-10-28 10:00")),
        (second, tokyo("2026-10-29 10:00")),
        (alike, tokyo("2026-10-29 10:00")),
    ]


def test_the_proof_of_an_empty_board_counts_what_was_looked_at(people):
    duty(people, "offer", TO_COME)
    duty(people, "answer", TO_COME)
    duty(people, "feedback", TO_COME, stage="sal")
    duty(people, "next_action", TO_COME, stage="sql")

    assert numbers(people.mia) == {}
    assert gaps.under_way(user=people.mia) == {
        "all": 4,
        "not_offered": 1,
        "no_answer": 1,
        "no_contact": 0,
        "no_feedback": 1,
        "no_next_action": 1,
    }


def test_today_shows_my_duties_most_urgent_first(people):
    soon = duty(people, "contact", TO_COME)
    late = duty(people, "feedback", LATE)
    queue = rows.lead(LATE, stage="mql", team=people.field, due_kind="answer", due_at=LATER)
    duty(people, "resurface", LATE, stage="nurture")
    duty(people, "contact", owner=people.otto, team=people.other_field)

    assert [row.lead for row in duties.waiting_for(user=people.sato, at=NOON)] == [late, queue, soon]
    assert [row.lead for row in duties.waiting_for(user=people.sato, at=NOON, limit=1)] == [late]


def test_today_shows_a_batch_to_its_owner_as_one_row(people):
    made = batch(people, 3, TO_COME)

    found = duties.waiting_for(user=people.mia, at=NOON)

    assert [(row.batch, row.leads, row.owner) for row in found] == [(made, 3, people.mia)]
