"""What no view took: problem documents under /api/, pages elsewhere."""

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.api.parsers import MOST_BYTES

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(cast):
    client = APIClient(raise_request_exception=False)
    client.force_login(cast.mia)
    return client


def is_problem(answer, status):
    return (
        answer.status_code == status
        and answer["Content-Type"] == "application/problem+json"
        and answer.json()["status"] == status
        and answer.json()["detail"]
    )


@pytest.mark.parametrize("path", ["/api/", "/api/nothing/", "/api/v1/nothing/", "/api/v1/leads/1/nothing/"])
@pytest.mark.parametrize("method", ["get", "post", "patch"])
def test_unknown_address_of_the_api_is_a_problem_document(client, path, method):
    assert is_problem(getattr(client, method)(path), 404)


def test_unknown_page_stays_a_page(client):
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_unknown_host_is_a_problem_document(client):
    assert is_problem(client.get("/api/v1/me/", headers={"Host": "elsewhere.example"}), 400)


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_body_beyond_every_limit_is_a_problem_document(api):
    for headers in ({}, {"Idempotency-Key": "one"}):
        assert is_problem(api.post("/api/v1/leads/", {"note": "x" * 200}, headers=headers), 413)


def test_body_over_ten_mebibytes_is_413(api):
    assert is_problem(api.post("/api/v1/leads/", {"note": "x" * MOST_BYTES}), 413)


def test_fault_of_ours_is_a_problem_document(api, monkeypatch):
    monkeypatch.setattr("accounts.api.views.MeView.get", lambda *_: 1 / 0)
    assert is_problem(api.get("/api/v1/me/"), 500)
