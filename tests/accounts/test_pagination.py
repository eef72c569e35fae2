"""Cursors that are none of ours are refused, whatever list they are sent to."""

from base64 import b64encode
from urllib.parse import parse_qsl, urlsplit

import pytest

from accounts.services import api_keys
from journal import clock
from leads.models import Channel
from tests.accounts.test_api_keys import client
from tests.cast import organization

pytestmark = pytest.mark.django_db

NOT_OURS = ["p=abc", "p=%00", "p=%EF%BC%99", "p=-1", f"p={2**63}", "p=1.5", "o=abc", "r=x", "あ"]


@pytest.mark.parametrize("place", NOT_OURS)
@pytest.mark.parametrize("path", ["campaigns", "channels", "handoffs", "users", "transitions", "scoring-models"])
def test_bad_cursor_is_400_everywhere(path, place):
    organization()
    _, token = api_keys.create(
        name="crm", scopes=["leads:read", "handoffs:read", "scoring:read"], by=None, at=clock.now()
    )

    answer = client(token).get(f"/api/v1/{path}/", {"cursor": b64encode(place.encode()).decode()})

    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("cursor", "bad_cursor")]


def test_cursor_of_a_page_is_taken():
    organization()
    _, token = api_keys.create(name="crm", scopes=["leads:read"], by=None, at=clock.now())
    Channel.objects.bulk_create([Channel(code="web", name="Web"), Channel(code="fair", name="Fair")])

    first = client(token).get("/api/v1/channels/", {"page_size": "1"}).json()
    second = client(token).get("/api/v1/channels/", dict(parse_qsl(urlsplit(first["next"]).query))).json()

    assert [row["name"] for row in first["results"] + second["results"]] == ["Fair", "Web"]


@pytest.mark.parametrize("size", ["0", "-1", "zz", "1.5", "５"])
def test_a_page_size_that_is_none_is_400(size):
    organization()
    _, token = api_keys.create(name="crm", scopes=["leads:read"], by=None, at=clock.now())

    answer = client(token).get("/api/v1/channels/", {"page_size": size})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "page_size")
