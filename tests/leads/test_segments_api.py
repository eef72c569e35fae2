"""Saved lists over HTTP: one's own and the shared ones, by filters and by a condition."""

import json

import pytest
from rest_framework.test import APIClient

from accounts.api import concurrency
from leads.api import segments as api
from leads.models import Segment
from tests import factories
from tests.at_once import all_well, at_once
from tests.cast import NOON

pytestmark = pytest.mark.django_db
SEGMENTS = "/api/v1/segments/"
MAKERS = {"field": "company.industry", "op": "eq", "value": "製造業"}


@pytest.fixture
def browser(cast):
    def of(user):
        client = APIClient(raise_request_exception=False)
        client.force_login(user)
        return client

    return of


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def faults(answer, status=400):
    assert answer.status_code == status, answer.content
    return {(fault["field"], fault["code"]) for fault in answer.json()["errors"]}


def test_a_list_holds_what_meets_its_condition_and_its_filters(browser, cast):
    api = browser(cast.mia)
    maker = factories.lead(company=factories.company(), title="部長")
    factories.lead(company=factories.company("西海商事", industry="商社"), title="部長")
    factories.lead(company=factories.company("南港電機"), title="主任")
    condition = {"all": [MAKERS, {"field": "title", "op": "eq", "value": "部長"}]}
    body = {"name": "製造業", "condition": condition, "filters": {"employees_min": "100"}}

    made = api.post(SEGMENTS, body, format="json")

    assert made.status_code == 201, made.content
    assert ids(api.get(f"{SEGMENTS}{made.json()['id']}/leads/")) == [str(maker.pk)]
    assert ids(api.get("/api/v1/leads/", {"segment": made.json()["id"]})) == [str(maker.pk)]
    assert ids(api.get("/api/v1/leads/", {"condition": json.dumps(condition)})) == [str(maker.pk)]


def test_others_see_a_list_only_when_it_is_shared_and_never_change_it(browser, cast):
    mia, sato = browser(cast.mia), browser(cast.sato)
    made = mia.post(SEGMENTS, {"name": "春の展示会", "condition": {}}, format="json").json()
    address = f"{SEGMENTS}{made['id']}/"
    assert sato.get(address).status_code == 404
    assert ids(sato.get(SEGMENTS)) == []
    assert faults(sato.get("/api/v1/leads/", {"segment": made["id"]})) == {("segment", "invalid_choice")}

    shared = mia.patch(address, {"is_shared": True}, format="json")

    assert shared.json()["version"] == 2
    assert ids(sato.get(SEGMENTS)) == [made["id"]]
    assert sato.patch(address, {"name": "x"}, format="json").status_code == 403
    assert sato.delete(address).status_code == 403
    assert mia.patch(address, {"name": "y"}, format="json", headers={"If-Match": '"0-1"'}).status_code == 412
    assert mia.delete(address).status_code == 204
    assert Segment.objects.count() == 0


@pytest.mark.parametrize(("match", "status", "name"), [('"{pk}-1"', 412, "first"), ("*", 200, "second")])
def test_of_two_changes_of_one_version_the_second_is_refused(browser, cast, monkeypatch, match, status, name):
    """The first change comes in when the second has been let in with the same version."""
    mia = browser(cast.mia)
    made = mia.post(SEGMENTS, {"name": "春の展示会", "condition": {}}, format="json").json()
    address, tag = f"{SEGMENTS}{made['id']}/", match.format(pk=made["id"])

    def meanwhile(request, segment):
        monkeypatch.undo()
        found = concurrency.version_read(request, segment)
        first = browser(cast.mia).patch(address, {"name": "first"}, format="json", headers={"If-Match": tag})
        assert first.status_code == 200, first.content
        return found

    monkeypatch.setattr(api, "version_read", meanwhile)
    second = mia.patch(address, {"name": "second", "is_shared": True}, format="json", headers={"If-Match": tag})

    assert second.status_code == status, second.content
    kept = Segment.objects.get()
    assert (kept.name, kept.is_shared, kept.version) == (name, name == "second", 2 + (name == "second"))


@pytest.mark.django_db(transaction=True)
def test_of_changes_in_the_same_instant_one_wins(browser, cast):
    mia = browser(cast.mia)
    made = mia.post(SEGMENTS, {"name": "春の展示会", "condition": {}}, format="json").json()
    address, tag = f"{SEGMENTS}{made['id']}/", f'"{made["id"]}-1"'

    def rename(name):
        return browser(cast.mia).patch(address, {"name": name}, format="json", headers={"If-Match": tag})

    answers = all_well(at_once(*[lambda name=name: rename(name) for name in "abcd"]))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    won = next(answer for answer in answers if answer.status_code == 200)
    kept = Segment.objects.get()
    assert (kept.name, kept.version) == (won.json()["name"], 2)


def test_wrong_lists_are_refused_by_name(browser, cast):
    api = browser(cast.mia)
    body = {
        "name": " ",
        "condition": {"field": "company.moon", "op": "eq", "value": 1},
        "filters": {"moon": "1", "stage": "boss"},
        "ordering": "password",
        "is_shared": "yes",
    }
    found = {field for field, _code in faults(api.post(SEGMENTS, body, format="json"))}
    assert found == {"name", "condition.field", "filters.moon", "filters.stage", "ordering", "is_shared"}
    assert api.post(SEGMENTS, {"name": "一つ"}, format="json").status_code == 201
    assert faults(api.post(SEGMENTS, {"name": "一つ"}, format="json"), 409) == {("name", "duplicate")}
    assert faults(api.get("/api/v1/leads/", {"condition": "{"})) == {("condition", "invalid")}


def test_a_list_keeps_to_the_leads_that_the_reader_sees(browser, cast, org):
    org.reps_see_own_team_only = True
    org.save()
    factories.lead(company=factories.company(), at=NOON)
    made = browser(cast.mia).post(SEGMENTS, {"name": "皆", "is_shared": True}, format="json").json()
    assert ids(browser(cast.sato).get(f"{SEGMENTS}{made['id']}/leads/")) == []
    assert len(ids(browser(cast.mia).get(f"{SEGMENTS}{made['id']}/leads/"))) == 1
