"""Probable duplicates over HTTP."""

import pytest
from rest_framework.test import APIClient

from journal.models import Event
from leads.models import DuplicatePair, Lead
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(org):
    first, second = factories.lead(), factories.lead()
    reasons = [{"field": "name", "similarity": 100}]
    return DuplicatePair.objects.create(a=first, b=second, score=80, reasons=reasons, created_at=NOON)


@pytest.fixture
def api(cast):
    client = APIClient(raise_request_exception=False)
    client.force_login(cast.mia)
    return client


def test_pairs_are_listed_and_filtered(api, pair):
    shown = api.get("/api/v1/duplicates/?state=open&min_score=80").json()["results"]
    assert shown == [
        {
            "id": str(pair.pk),
            "a": str(pair.a_id),
            "b": str(pair.b_id),
            "score": 80,
            "reasons": [{"field": "name", "similarity": 100}],
            "state": "open",
        }
    ]
    assert api.get(f"/api/v1/leads/{pair.b_id}/duplicates/").json() == shown
    assert api.get("/api/v1/duplicates/?min_score=81").json()["results"] == []
    assert api.get("/api/v1/duplicates/?state=x").status_code == 400


def test_dismissing_is_remembered_once(api, pair):
    for _ in range(2):
        answer = api.post(f"/api/v1/duplicates/{pair.pk}/dismiss/")
        assert (answer.status_code, answer.json()["state"]) == (200, "dismissed")
    assert Event.objects.filter(kind="duplicate.dismissed").count() == 1


def test_merged_ones_are_not_dismissed(api, pair):
    DuplicatePair.objects.update(state="merged")
    assert api.post(f"/api/v1/duplicates/{pair.pk}/dismiss/").status_code == 409


def test_a_pair_of_which_one_is_hidden_is_not_there(api, cast, pair):
    factories.organization(reps_see_own_team_only=True)
    Lead.objects.filter(pk=pair.a_id).update(team=cast.field)
    api.force_login(cast.sato)
    assert api.get("/api/v1/duplicates/").json()["results"] == []
    assert api.post(f"/api/v1/duplicates/{pair.pk}/dismiss/").status_code == 404
    assert api.get(f"/api/v1/leads/{pair.a_id}/duplicates/").json() == []
