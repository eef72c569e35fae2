"""The four viewpoints of a lead against what the next handover asks: met, unmet or unknown, with the evidence."""

import pytest
from django.test import Client

from handoff.domain import presets
from handoff.models import Gate
from leads.queries import viewpoints
from leads.services import leads as lead_services
from tests import factories
from tests.cast import NOON
from tests.handoff import stories
from tests.handoff.test_gates import qualified_by_example

pytestmark = pytest.mark.django_db
VISITED = {"activity": {"types": ["site_visit"]}}


@pytest.fixture
def small():
    return stories.small()


def gate(**values):
    Gate.objects.update_or_create(kind="mql", defaults={"mode": "block", "condition": None, "required": []} | values)


def states(lead):
    return {one.key: one.state for one in viewpoints.of(lead, at=NOON, today=NOON.date())}


def told(lead, key):
    found = {one.key: one for one in viewpoints.of(lead, at=NOON, today=NOON.date())}
    return [(demand.state, demand.text) for demand in found[key].demands]


def test_ar_27_four_viewpoints_are_met_unmet_or_unknown_with_their_evidence(small):
    gate(condition=presets.MQL_EXAMPLE, required=[{"item": "need"}, {"item": "decision_process"}])
    lead = qualified_by_example()
    assert states(lead) == {
        "attributes": "met", "behaviour": "met", "consideration": "unknown", "decision": "unknown",
    }  # fmt: skip
    lead_services.qualify(lead=lead, values={"need": "歩留まり"}, by=small.mia, at=NOON)
    assert states(lead)["consideration"] == "met"

    still = factories.lead(title="課長", company=factories.company(employee_count=99))
    assert states(still) | {"consideration": "", "decision": ""} == {
        "attributes": "unmet", "behaviour": "unmet", "consideration": "", "decision": "",
    }  # fmt: skip
    assert ("unmet", "従業員数が100名以上") in told(still, "attributes")
    assert told(still, "consideration") == [("unknown", "必要性")]


def test_what_a_field_would_have_to_say_is_unknown_while_it_is_empty(small):
    gate(condition={"all": [{"field": "company.employee_count", "op": "gte", "value": 100}, VISITED]})
    lead = factories.lead(company=factories.company(employee_count=None))
    assert (states(lead)["attributes"], states(lead)["behaviour"]) == ("unknown", "unmet")


INDUSTRY = {"field": "company.industry", "op": "eq", "value": "製造業"}
SIZE = {"field": "company.employee_count", "op": "gte", "value": 100}


@pytest.mark.parametrize(
    ("part", "company", "state"),
    [
        ({"all": [INDUSTRY, SIZE]}, {"industry": "食品", "employee_count": None}, "unmet"),
        ({"all": [INDUSTRY, SIZE]}, {"industry": "製造業", "employee_count": None}, "unknown"),
        (SIZE, {"employee_count": 50, "employee_count_max": None}, "unknown"),
        (SIZE | {"op": "lte"}, {"employee_count": 200, "employee_count_max": None}, "unmet"),
        (SIZE | {"op": "lte"}, {"employee_count": 50, "employee_count_max": None}, "unknown"),
        ({"not": {"any": [INDUSTRY, SIZE]}}, {"industry": "製造業", "employee_count": None}, "unmet"),
        ({"some": {"at_least": 2, "of": [INDUSTRY, SIZE]}}, {"industry": "食品", "employee_count": None}, "unmet"),
    ],
)
def test_it_is_unknown_only_where_an_empty_field_decides(small, part, company, state):
    gate(condition={"any": [part, {"all": [part]}]})  # within a group of its own, as the builder nests it
    lead = factories.lead(company=factories.company(**company))
    assert states(lead)["attributes"] == state


def test_a_part_about_several_viewpoints_belongs_to_none(small):
    gate(condition={"any": [{"field": "title", "op": "known"}, VISITED]})
    assert set(states(factories.lead()).values()) == {""}


def test_a_group_of_items_is_asked_for_where_one_can_be_got_until_it_is_full(small):
    gate(required=[{"of": ["budget", "authority", "need", "timeframe"], "at_least": 2}])
    lead = factories.lead()
    assert (states(lead)["consideration"], states(lead)["decision"]) == ("unknown", "unknown")
    lead_services.qualify(lead=lead, values={"budget": "450万円", "need": "歩留まり"}, by=small.mia, at=NOON)
    assert (states(lead)["consideration"], states(lead)["decision"]) == ("", "")


def test_without_a_gate_nothing_is_asked(small):
    gate(mode="off", condition=VISITED)
    assert set(states(factories.lead()).values()) == {""}


def test_the_page_says_it_and_an_answer_in_its_place_changes_it(small):
    gate(required=[{"item": "need"}], condition=VISITED)
    lead = stories.lead()
    client = Client()
    client.force_login(small.mia)
    page = client.get(f"/leads/{lead.pk}/").content.decode()
    assert 'class="is-unmet"' in page
    assert "満たさない" in page
    assert 'class="is-unknown"' not in page, "the fact itself says that it is unknown"

    address = f"/leads/{lead.pk}/qualification/need/"
    answer = client.post(address, {"need": "歩留まり"}, headers={"HX-Request": "true"}).content.decode()
    assert "満たす" in answer
