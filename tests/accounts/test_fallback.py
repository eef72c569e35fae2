"""What no view took: problem documents under /api/, pages elsewhere."""

import re

import pytest
from django.test import Client, override_settings
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


def test_more_values_than_any_request_needs_are_413(api):
    for body in ("[" + "{}," * 1_000_001 + "{}]", "[" + "[1,2]," * 200_000 + "1]"):
        assert is_problem(api.post("/api/v1/leads/", data=body, content_type="application/json"), 413)


def test_an_answer_names_a_thousand_faults_at_most(api):
    wide = {f"field{number}": 1 for number in range(2_000)}
    answer = api.post("/api/v1/leads/", wide)
    assert is_problem(answer, 400)
    assert len(answer.json()["errors"]) == 1_000


JAPANESE = re.compile("[ぁ-ん]")


@pytest.mark.parametrize("body", ["", "{", "[1] 2", '{"a": NaN}', '{"a": ' + "9" * 5000 + "}", "null", '"text"', "[]"])
def test_a_body_that_cannot_be_read_is_refused_in_the_callers_language(cast, body):
    api = APIClient()
    api.force_login(cast.maki)
    for language, is_japanese in (("ja", True), ("en", False)):
        answer = api.post(
            "/api/v1/handoffs/", data=body, content_type="application/json", headers={"Accept-Language": language}
        )
        assert is_problem(answer, 400)
        told = answer.json()["errors"] or [{"message": answer.json()["detail"]}]
        for sentence in [answer.json()["detail"], *(fault["message"] for fault in told)]:
            assert bool(JAPANESE.search(sentence)) == is_japanese, sentence
            assert "str" not in sentence.split()


def test_a_missing_csrf_token_is_said_in_the_callers_language(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.maki)
    answer = client.post("/api/v1/handoffs/", "{}", content_type="application/json")
    assert is_problem(answer, 403)
    assert "CSRF" in answer.json()["detail"]
    assert JAPANESE.search(answer.json()["detail"])


def test_a_form_that_cannot_be_read_is_refused_in_the_callers_language(api):
    answer = api.post("/api/v1/imports/", data=b"x", content_type="multipart/form-data; boundary=")
    assert is_problem(answer, 400)
    assert JAPANESE.search(answer.json()["detail"])


def test_a_wrong_choice_is_told_which_there_are(cast):
    api = APIClient()
    api.force_login(cast.maki)
    answer = api.post("/api/v1/handoffs/", {"lead": "1", "leg": "sideways"}, headers={"Accept-Language": "en"})
    assert is_problem(answer, 400)
    sentences = {fault["field"]: fault["message"] for fault in answer.json()["errors"]}
    assert "marketing_to_inside, inside_to_field" in sentences["leg"]
