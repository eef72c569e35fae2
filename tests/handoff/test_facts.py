"""What an offer freezes, and how it is read again."""

import json
from datetime import date, timedelta

import pytest

from handoff.models import Episode
from handoff.queries import facts
from handoff.queries.facts import Needs
from leads.domain import conditions as c
from leads.domain.condition_reading import ActivityFact, Facts
from leads.models import Activity
from leads.queries import conditions
from leads.services import activities, custom_fields
from tests import factories
from tests.cast import NOON
from tests.handoff import stories

pytestmark = pytest.mark.django_db


def test_an_activity_is_frozen_without_what_is_empty_and_thaws_whole():
    stories.small()
    visit = ActivityFact(7, "site_visit", date(2026, 11, 19))
    page = ActivityFact(8, "page_view", date(2026, 11, 18), 3, "料金", "https://a.example/p", duration_seconds=0)

    kept = facts.frozen(Facts({"title": "部長"}, (visit, page)), at=NOON)

    assert kept["activities"][0] == {"id": 7, "type": "site_visit", "on": "2026-11-19"}
    read, on = facts.thawed(json.loads(json.dumps(kept)), known=conditions.registry())
    assert (read.activities, on) == ((visit, page), date(2026, 11, 20))


def test_a_value_that_was_unknown_is_not_kept_and_is_unknown_again():
    stories.small()
    known = conditions.registry()
    found = facts.facts_of(factories.lead(title="部長", company={"name": "東浜精工株式会社", "employee_count": 101}))

    kept = facts.frozen(found, at=NOON)

    assert found.values["department"] is None
    assert "department" not in kept["values"]
    assert facts.thawed(json.loads(json.dumps(kept)), known=known)[0].values == found.values


@pytest.mark.parametrize("kind", ["date", "number", "yes_no"])
def test_what_an_own_field_kept_before_it_was_of_another_kind_is_unknown(kind):
    stories.small()
    field = custom_fields.add(label="予算", kind="text", by=None, at=NOON)
    name = f"custom.{field.key}"
    kept = facts.frozen(facts.facts_of(factories.lead(custom={field.key: "来期に500万円"})), at=NOON)
    custom_fields.delete(field=field, by=None, at=NOON)
    custom_fields.add(label="予算", kind=kind, by=None, at=NOON)

    read, _on = facts.thawed(json.loads(json.dumps(kept)), known=conditions.registry())

    assert kept["values"][name] == "来期に500万円"
    assert read.values[name] is None


def test_only_what_conditions_read_is_thawed():
    stories.small()
    known = conditions.registry()
    visit, page = ActivityFact(7, "site_visit", date(2026, 11, 19)), ActivityFact(8, "page_view", date(2026, 11, 18))
    kept = facts.frozen(Facts({"title": "部長", "department": "営業部"}, (visit, page)), at=NOON)
    title = c.FieldTest("title", "eq", "部長")
    tree = c.All((title, c.Not(c.ActivityTest(types=("page_view",)))))

    read, _on = facts.thawed(kept, known=known, needs=Needs.of([tree, c.Inactive(30, ("page_view",))]))

    assert read == Facts({"title": "部長"}, (page,))
    assert Needs.of([c.Inactive(30)]) == Needs(frozenset(), None)
    assert Needs.of([title]) == Needs(frozenset({"title"}), frozenset())


def test_an_offer_that_kept_nothing_is_read_on_todays_values_and_the_activities_known_then():
    people = stories.small()
    lead = factories.lead(at=stories.MORNING, title="課長")
    for kind, occurred, received in (
        ("site_visit", NOON - timedelta(days=3), NOON - timedelta(days=3)),
        ("page_view", NOON - timedelta(days=3), NOON + timedelta(days=1)),  # told later
        ("email_open", NOON + timedelta(hours=1), NOON + timedelta(hours=1)),
    ):
        activities.record(lead=lead, type=kind, occurred_at=occurred, by=None, at=received)
    handoff = stories.handoffs.offer(lead=stories.fresh(lead), by=people.mia, at=NOON, to=people.sato)
    Episode.objects.update(facts={})
    lead = stories.fresh(lead)
    lead.title = "部長"
    lead.save()

    offers = {handoff.episode_id: (lead.pk, NOON)}
    found, on = facts.as_offered(offers, known=conditions.registry())[handoff.episode_id]

    assert on == date(2026, 11, 20)
    assert found.values["title"] == "部長"
    assert [activity.type for activity in found.activities] == ["site_visit"]
    assert Activity.objects.filter(lead=lead).count() == 3


def test_offers_that_kept_nothing_cost_a_constant_number_of_queries(django_assert_max_num_queries):
    people = stories.small()
    offers = {h.episode_id: (h.lead_id, NOON) for h in (stories.offered(people) for _ in range(4))}
    known = conditions.registry()
    with django_assert_max_num_queries(4):
        assert len(facts.as_offered(offers, known=known)) == 4
