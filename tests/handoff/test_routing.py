"""Who receives: who knows the company, the rules, the fair round robin, else the queue."""

from collections import Counter
from datetime import date, timedelta

import pytest

from accounts.models import Absence, Team
from handoff.models import Handoff, RoutingPointer, RoutingRule
from handoff.services import handoffs, rerouting
from handoff.services.routing import NoReceiver, WrongReceiver
from tests import factories
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def small():
    return stories.small()


@pytest.fixture
def trio(small):
    """Three reps in one team."""
    others = [factories.person(key, key, "", ["rep"], small.field) for key in ("toda", "ueno")]
    return [small.sato, *others]


def given(people, number, **more):
    return [stories.offered(people, at=NOON + timedelta(minutes=n), **more).assigned_to for n in range(number)]


def test_f_5_everybody_gets_the_same_share(small, trio):
    assert Counter(given(small, 30)) == dict.fromkeys(trio, 10)


def test_f_5_no_run_starts_with_the_same_person(small, trio):
    first = [given(small, 1)[0] for _run in range(3)]

    assert set(first) == set(trio)


def test_f_5_a_share_follows_the_weight(small, trio):
    trio[0].memberships.update(weight=3)

    assert Counter(given(small, 20)) == {trio[0]: 12, trio[1]: 4, trio[2]: 4}


def test_f_5_absent_people_get_none_and_are_not_flooded_when_they_return(small, trio):
    away = Absence.objects.create(user=trio[1], starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 20))
    assert trio[1] not in given(small, 8)

    away.delete()

    assert Counter(given(small, 6)) == dict.fromkeys(trio, 2)


def test_nobody_gets_more_than_they_can_hold(small, trio):
    for person in trio[1:]:
        person.memberships.update(capacity=0)
    trio[0].memberships.update(capacity=2)

    assert given(small, 3) == [trio[0], trio[0], None]


def test_a_result_or_a_reject_makes_room(small, trio):
    for person in trio[1:]:
        person.memberships.update(capacity=0)
    trio[0].memberships.update(capacity=1)
    handoff = stories.offered(small)

    handoffs.reject(handoff=handoff, reason="not_now", by=trio[0], at=NOON)

    assert given(small, 1) == [trio[0]]


def test_who_accepted_for_the_company_gets_its_next_lead(small, trio):
    company = factories.company()
    first = stories.accepted(small, to=trio[2], company=company)

    second = stories.offered(small, company=company)

    assert (second.assigned_to, second.routed_because) == (first.assigned_to, "company")


def test_the_first_rule_whose_condition_holds_decides(small, trio):
    big = {"field": "company.employee_count", "op": "gte", "value": 300}
    RoutingRule.objects.update(position=9)
    RoutingRule.objects.create(
        leg="marketing_to_field", position=1, name="大手", condition=big, to_team=small.other_field
    )

    large = stories.offered(small, company=factories.company("大きい会社", employee_count=300))
    other = stories.offered(small, company=factories.company("小さい会社", employee_count=299))

    assert (large.assigned_to, other.team) == (small.otto, small.field)


def test_an_unanswered_offer_does_not_bind_the_company_s_next_lead(small, trio):
    company = factories.company()
    stories.accepted(small, to=trio[2], company=company)
    stories.offered(small, to=trio[1], company=company)

    assert stories.offered(small, company=company).assigned_to == trio[2]


@pytest.mark.parametrize("team_too", [True, False])
def test_a_rule_s_person_who_is_away_or_full_is_stood_in_for_by_the_team(small, trio, team_too):
    RoutingRule.objects.update(position=9)
    RoutingRule.objects.create(
        leg="marketing_to_field",
        position=1,
        name="名指し",
        to_user=trio[0],
        to_team=small.field if team_too else None,
    )
    trio[0].memberships.update(capacity=2)
    away = Absence.objects.create(user=trio[0], starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 20))
    assert trio[0] not in given(small, 4)

    away.delete()

    receivers = given(small, 4)
    assert receivers[:2] == [trio[0], trio[0]]
    assert trio[0] not in receivers[2:]


def test_a_rule_s_person_without_anybody_to_stand_in_leaves_it_to_the_queue(small):
    RoutingRule.objects.update(position=9)
    RoutingRule.objects.create(leg="marketing_to_field", position=1, name="名指し", to_user=small.sato)
    Absence.objects.create(user=small.sato, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 20))

    handoff = stories.offered(small)

    assert (handoff.assigned_to, handoff.team, handoff.routed_because) == (None, small.field, "queue")


def test_a_named_person_or_team_receives(small, trio):
    assert stories.offered(small, to=small.otto).assigned_to == small.otto
    assert stories.offered(small, to=small.other_field).assigned_to == small.otto


def test_somebody_of_another_kind_of_team_does_not_receive(small):
    with pytest.raises(WrongReceiver):
        stories.offered(small, to=small.isao)

    assert not Handoff.objects.exists()


def test_without_a_team_nothing_is_handed_over(small):
    RoutingRule.objects.all().delete()
    Team.objects.filter(kind="field").update(is_active=False)

    with pytest.raises(NoReceiver):
        stories.offered(small)

    assert not RoutingPointer.objects.exists()


def test_re_routing_goes_to_each_once_and_then_to_the_queue(small, trio):
    handoff = stories.offered(small)
    seen = [handoff.assigned_to]

    for outcome in (rerouting.REROUTED, rerouting.REROUTED, rerouting.QUEUED):
        assert rerouting.reroute(handoff=handoff, at=NOON) == outcome
        handoff = Handoff.objects.open().get()
        seen.append(handoff.assigned_to)

    assert len(set(seen)) == 4
    assert seen[-1] is None
    assert stories.fresh(handoff.lead).owner == small.maki
    assert rerouting.reroute(handoff=handoff, at=NOON) == rerouting.STAYED


def test_a_team_of_one_keeps_what_it_has(small):
    handoff = stories.offered(small, to=small.sato)

    assert rerouting.reroute(handoff=handoff, at=NOON) == rerouting.STAYED
    assert Handoff.objects.get().state == "offered"
