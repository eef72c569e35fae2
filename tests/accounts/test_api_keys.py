"""API keys: who gets in, with what, and what repeats do."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.models import ApiKey
from accounts.services import api_keys
from journal import clock
from journal.errors import Forbidden
from tests.cast import cast, organization

pytestmark = pytest.mark.django_db


def client(token: str) -> APIClient:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return api


def test_command_prints_the_key_only(capsys):
    call_command("create_api_key", "--name", "web form", "--scopes", "all")

    token = capsys.readouterr().out
    assert token.count("\n") == 1
    organization()
    answer = client(token.strip()).get("/api/v1/me/")
    assert answer.status_code == 200
    assert "leads:write" in answer.json()["scopes"]


def test_secret_is_not_stored():
    key, token = api_keys.create(name="crm", scopes=["leads:read"], by=None, at=clock.now())

    assert token.split("_", 2)[2] not in str(ApiKey.objects.filter(pk=key.pk).values())


@pytest.mark.parametrize(
    "token", ["hk_1_wrong", "hk_x_y", "hk_", "nonsense", "hk_99999999999999999999_a", "hk_１_a", "hk_1_\ud800"]
)
def test_bad_key_is_401(token):
    api_keys.create(name="crm", scopes=["leads:read"], by=None, at=clock.now())

    api = APIClient()
    answer = api.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}".encode("utf-8", "replace"))

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:handoff:problem:authentication_failed"


@pytest.mark.parametrize("end", ["expired", "revoked", "disabled"])
def test_ended_key_is_401(end):
    at = clock.now()
    key, token = api_keys.create(name="crm", scopes=["leads:read"], by=None, at=at)
    if end == "expired":
        ApiKey.objects.update(expires_at=at - timedelta(seconds=1))
    elif end == "revoked":
        api_keys.revoke(key=key, by=None, at=at)
    else:
        type(key.user).objects.filter(pk=key.user_id).update(is_active=False)

    assert client(token).get("/api/v1/me/").status_code == 401


def test_no_credentials_is_401_and_unknown_filter_400():
    people = cast()
    organization()
    assert APIClient().get("/api/v1/users/").status_code == 401

    api = APIClient()
    api.force_login(people.mia)
    answer = api.get("/api/v1/users/?colour=red")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "colour"


def test_users_leave_out_service_users_and_disabled_ones():
    people = cast()
    organization()
    api_keys.create(name="crm", scopes=["leads:read"], by=None, at=clock.now())
    type(people.otto).objects.filter(pk=people.otto.pk).update(is_active=False)
    api = APIClient()
    api.force_login(people.mia)

    names = {user["last_name"] for user in api.get("/api/v1/users/").json()["results"]}

    assert names == {"三宅", "井坂", "佐藤", "牧", "足立"}


def test_only_an_administrator_hands_out_and_ends_keys():
    organization()
    people, at = cast(), clock.now()
    key, _token = api_keys.create(name="crm", scopes=["leads:read"], by=people.ada, at=at)
    for user in (people.mia, people.maki):
        with pytest.raises(Forbidden):
            api_keys.create(name="mine", scopes=["leads:read"], by=user, at=at)
        with pytest.raises(Forbidden):
            api_keys.revoke(key=key, by=user, at=at)
    key.refresh_from_db()
    assert key.revoked_at is None
    assert ApiKey.objects.count() == 1


def test_a_key_hears_which_scope_it_lacks():
    organization()
    _key, token = api_keys.create(name="crm", scopes=["reports:read"], by=None, at=clock.now())
    answer = client(token).get("/api/v1/leads/")
    assert answer.status_code == 403
    assert "leads:read" in answer.json()["detail"]
