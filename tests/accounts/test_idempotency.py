"""Repeated POSTs with an Idempotency-Key do one thing."""

import pytest
from django.db import IntegrityError
from django.urls import path
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.api.idempotency import IdempotentMixin
from accounts.models import IdempotentAnswer
from tests.cast import cast, organization

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
calls: list[object] = []


class CountingView(IdempotentMixin, APIView):
    """Answers how often it really ran."""

    def post(self, request):
        calls.append(request.data)
        if request.data.get("fail"):
            raise RuntimeError("a bug")
        return Response({"ran": len(calls)}, status=201, headers={"ETag": '"1-1"'})


urlpatterns = [path("count/", CountingView.as_view())]


@pytest.fixture
def api():
    calls.clear()
    organization()
    client = APIClient(raise_request_exception=False)
    client.force_login(cast().mia)
    return client


def test_same_key_and_body_answers_the_stored_response(api):
    first = api.post("/count/", {"a": 1}, headers={"Idempotency-Key": "k"})
    again = api.post("/count/", {"a": 1}, headers={"Idempotency-Key": "k"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["ETag"] == '"1-1"'
    assert len(calls) == 1


def test_another_body_with_the_key_is_422(api):
    api.post("/count/", {"a": 1}, headers={"Idempotency-Key": "k"})
    answer = api.post("/count/", {"a": 2}, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("idempotency_key_reused")
    assert len(calls) == 1


def test_unanswered_first_request_makes_the_repeat_wait(api):
    api.post("/count/", {"a": 1}, headers={"Idempotency-Key": "k"})
    IdempotentAnswer.objects.update(status=None)

    assert api.post("/count/", {"a": 1}, headers={"Idempotency-Key": "k"}).status_code == 409


def test_our_own_failure_frees_the_key(api):
    assert api.post("/count/", {"fail": 1}, headers={"Idempotency-Key": "k"}).status_code == 500
    assert not IdempotentAnswer.objects.exists()


def test_without_a_key_every_post_counts(api):
    api.post("/count/", {"a": 1})
    api.post("/count/", {"a": 1})

    assert len(calls) == 2


def test_a_key_freed_while_a_repeat_looks_is_in_progress(api, monkeypatch):
    def taken(**_values):
        raise IntegrityError

    monkeypatch.setattr(IdempotentAnswer.objects, "create", taken)
    answer = api.post("/count/", {"a": 1}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:handoff:problem:idempotency_in_progress")
