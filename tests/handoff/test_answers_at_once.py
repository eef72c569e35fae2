"""Any number of simultaneous answers: one wins, the others hear its name."""

from collections import Counter
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from handoff.models import Handoff, JoinedLead, StageTransition
from handoff.services import eligibility, handoffs, transition
from handoff.services.answers import AlreadyAnswered
from journal import transactions
from journal.errors import DomainError
from leads.services import merging
from tests import factories
from tests.cast import NOON
from tests.handoff import stories
from tests.handoff.stories import fresh

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 6


def raced(calls):
    """Runs all at once in threads of their own; what each returned or raised, by name."""

    def run(call):
        try:
            call()
            return "won"
        except AlreadyAnswered as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_many_who_accept_at_once_one_wins_and_is_named():
    people = stories.small()
    team = [people.sato] + [
        factories.person(f"rep{number}", f"担当{number}", "", ["rep"], people.field) for number in range(RACERS - 1)
    ]
    for person in team:
        person.memberships.update(capacity=0)
    handoff = stories.offered(people)
    assert handoff.assigned_to is None

    answers = raced(
        [
            lambda person=person: handoffs.accept(handoff=Handoff.objects.get(pk=handoff.pk), by=person, at=NOON)
            for person in team
        ]
    )

    winner = Handoff.objects.get().assigned_to
    losers = [answer for answer in answers if answer != "won"]
    assert len(losers) == RACERS - 1
    assert all(winner.name in answer for answer in losers)
    assert StageTransition.objects.filter(to_stage="sal").count() == 1


def test_accept_reject_and_withdraw_at_once_end_it_once():
    people = stories.small()
    handoff = stories.offered(people, to=people.sato)

    def again():
        return Handoff.objects.get(pk=handoff.pk)

    answers = raced(
        [
            lambda: handoffs.accept(handoff=again(), by=people.sato, at=NOON),
            lambda: handoffs.reject(handoff=again(), reason="not_now", by=people.sato, at=NOON),
            lambda: handoffs.withdraw(handoff=again(), by=people.mia, at=NOON),
            lambda: handoffs.accept(handoff=again(), by=people.sato, at=NOON),
        ]
    )

    assert Counter(answer == "won" for answer in answers) == {True: 1, False: 3}
    assert Handoff.objects.get().state in {"accepted", "rejected", "withdrawn"}


def test_f_8_two_offers_at_once_make_one_handoff():
    people = stories.small()
    lead = stories.lead()

    def offer():
        try:
            handoffs.offer(lead=stories.fresh(lead), by=people.mia, at=NOON)
            return "won"
        except Exception as refusal:
            return getattr(refusal, "code", repr(refusal))
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        answers = Counter(pool.map(lambda _number: offer(), range(RACERS)))

    assert answers == {"won": 1, "already_offered": RACERS - 1}
    assert Handoff.objects.count() == 1


def test_answers_contacts_and_stages_at_once_never_wait_for_each_other(monkeypatch):
    if connection.vendor == "postgresql":
        # A deadlock would be tried again in silence.
        monkeypatch.setattr(transactions, "ATTEMPTS", 1)
    people = stories.small()

    def read(handoff):
        return Handoff.objects.get(pk=handoff.pk)

    def plain(call):
        with suppress(DomainError):
            call()

    for _round in range(4):
        handoff = stories.offered(people, at=NOON, to=people.sato)
        verbs = [
            partial(handoffs.accept, handoff=read(handoff), by=people.sato, at=NOON),
            partial(handoffs.reassign, handoff=read(handoff), by=people.maki, at=NOON, user=people.otto),
            partial(
                transition.transition, lead=fresh(handoff.lead), to="disqualified", reason="x", by=people.ada, at=NOON
            ),
            *(
                partial(
                    handoffs.contact, handoff=read(handoff), by=people.sato, at=NOON, method="call", result="talked"
                )
                for _ in range(RACERS)
            ),
        ]
        assert set(raced([partial(plain, verb) for verb in verbs])) == {"won"}


@pytest.mark.parametrize("verb", ["reassign", "accept", "reject", "pause"])
def test_who_goes_its_own_way_in_the_moment_of_an_answer_does_not_go_along(verb):
    people = stories.small()
    company = factories.company()
    handoff = stories.offered(people, to=people.sato, company=company)
    colleague = stories.lead(company=company)
    with transaction.atomic():
        eligibility.offer_live(leads=[colleague], at=NOON)
    assert JoinedLead.objects.get().handoff == handoff
    verbs = {
        "reassign": partial(handoffs.reassign, by=people.maki, user=people.otto, at=NOON),
        "accept": partial(handoffs.accept, by=people.sato, at=NOON),
        "reject": partial(handoffs.reject, by=people.sato, reason="missing_information", at=NOON),
        "pause": partial(handoffs.pause, by=people.sato, reason="waiting", until=NOON + timedelta(days=7), at=NOON),
    }
    answer = partial(verbs[verb], handoff=Handoff.objects.get(pk=handoff.pk))

    with ThreadPoolExecutor(1) as pool:
        rest = (NOON + timedelta(days=60)).date()
        with transaction.atomic():
            transition.transition(
                lead=fresh(colleague), to="nurture", reason="x", by=people.mia, at=NOON, resurface_on=rest
            )
            answering = pool.submit(raced, [answer])
            # On PostgreSQL it reads all it needs, until it waits for what is held here.
            futures.wait([answering], timeout=0.5)
        assert answering.result() == ["won"]

    found = fresh(colleague)
    assert (found.stage, found.due_kind, found.due_at.date()) == ("nurture", "resurface", rest)


def test_who_comes_back_in_the_moment_of_the_answer_does_not_wait_for_it():
    people = stories.small()
    company = factories.company()
    handoff = stories.offered(people, to=people.sato, company=company)
    colleague = stories.lead(company=company)
    eligibility.decide(lead_ids=[colleague.pk], cause="live", reason="act", at=NOON)
    other = stories.accepted(people, to=people.otto).lead
    row = merging.merge(survivor=other, loser=fresh(colleague), by=people.maki, at=NOON, across_companies=True)
    undo = partial(merging.undo, merge=row, by=people.maki, at=NOON)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            handoffs.accept(handoff=handoff, by=people.sato, at=NOON)
            undoing = pool.submit(raced, [undo])
            # On PostgreSQL it reads all it needs, until it waits for what is held here.
            futures.wait([undoing], timeout=0.5)
        assert undoing.result() == ["won"]

    assert fresh(colleague).due_kind == "offer"
    assert not JoinedLead.objects.exists()


@pytest.mark.parametrize("first", ["joins", "is handed over"])
def test_what_the_system_decides_twice_at_once_is_done_once(first):
    people = stories.small()
    company = factories.company()
    handoff = stories.offered(people, to=people.sato, company=company)
    colleague = stories.lead(company=company)
    decide = partial(eligibility.decide, lead_ids=[colleague.pk], cause="live", reason="act", at=NOON)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            if first == "joins":
                decide()
            else:
                handoffs.offer(lead=fresh(colleague), by=people.mia, at=NOON, to=people.sato)
            deciding = pool.submit(raced, [decide])
            # On PostgreSQL it reads all it needs, until it waits for what is held here.
            futures.wait([deciding], timeout=0.5)
        assert deciding.result() == ["won"]

    moves = StageTransition.objects.filter(lead=colleague, to_stage="mql").count()
    waits = (JoinedLead.objects.filter(handoff=handoff).count(), colleague.handoffs.count())
    assert (moves, waits) == (1, (1, 0) if first == "joins" else (0, 1))


@pytest.mark.parametrize("has_company", [True, False])
@pytest.mark.parametrize("first", ["disqualified", "merged away"])
def test_what_the_system_decides_of_a_lead_that_just_ended_leaves_it_alone_and_goes_on(first, has_company):
    people = stories.small()
    company = factories.company()
    if has_company:
        stories.offered(people, to=people.sato, company=company)
    colleague, after, other = stories.lead(company=company), stories.lead(), stories.lead()
    leads = [colleague.pk, after.pk]
    decide = partial(eligibility.decide, lead_ids=leads, cause="live", reason="act", at=NOON)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            if first == "disqualified":
                transition.transition(lead=fresh(colleague), to=first, reason="x", by=people.mia, at=NOON)
            else:
                gone = fresh(colleague)
                merging.merge(survivor=other, loser=gone, by=people.maki, at=NOON, across_companies=True)
            deciding = pool.submit(raced, [decide])
            # On PostgreSQL it reads all it needs, until it waits for what is held here.
            futures.wait([deciding], timeout=0.5)
        assert deciding.result() == ["won"]

    found = fresh(colleague)
    assert (found.stage != "mql", found.due_kind) == (True, "")
    assert not JoinedLead.objects.filter(lead=colleague).exists()
    assert after.handoffs.count() == 1
