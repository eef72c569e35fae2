"""Inviting and disabling people."""

import pytest

from accounts.models import Organization, User
from accounts.services import people
from journal.errors import Forbidden, Invalid
from tests.cast import NOON, cast, organization

pytestmark = pytest.mark.django_db

NEW = {"email": "new@handoff.example", "last_name": "新田", "first_name": "真"}


def test_admin_invites_with_role_and_team():
    crew = cast()

    user = people.invite(**NEW, roles=["rep"], teams=[crew.field], by=crew.ada, at=NOON)

    assert user.roles == {"rep"}
    assert user.team_ids == {crew.field.pk}


def test_rep_may_not_invite():
    crew = cast()

    with pytest.raises(Forbidden):
        people.invite(**NEW, roles=["admin"], teams=[], by=crew.sato, at=NOON)

    assert not User.objects.filter(email=NEW["email"]).exists()


def test_every_wrong_field_is_named_at_once():
    crew = cast()

    with pytest.raises(Invalid) as refusal:
        people.invite(email="x", last_name=" ", first_name="", roles=[], teams=[], by=crew.ada, at=NOON)

    assert [error.field for error in refusal.value.errors] == ["email", "last_name", "roles"]


def test_taken_address_is_refused_in_any_case():
    crew = cast()

    with pytest.raises(people.EmailTaken):
        people.invite(**NEW | {"email": " MIA@handoff.example"}, roles=["rep"], teams=[], by=crew.ada, at=NOON)


def test_disabling_ends_sessions(client):
    crew = cast()
    organization()
    client.force_login(crew.otto)

    people.disable(user=crew.otto, by=crew.ada, at=NOON)

    assert client.get("/api/v1/me/").status_code == 401
    people.enable(user=crew.otto, by=crew.ada, at=NOON)
    assert client.get("/api/v1/me/").status_code == 401


def test_last_admin_cannot_be_disabled():
    crew = cast()

    with pytest.raises(people.LastAdmin):
        people.disable(user=crew.ada, by=crew.ada, at=NOON)


def test_demo_login_works_only_in_the_sample_company(client):
    crew = cast()
    organization()
    assert client.post(f"/demo-login/{crew.mia.pk}/").status_code == 404

    Organization.objects.update(is_sample=True)

    assert client.get(f"/demo-login/{crew.mia.pk}/").status_code == 405
    assert client.post(f"/demo-login/{crew.mia.pk}/").status_code in (302, 200)
    assert client.get("/api/v1/me/").json()["last_name"] == "三宅"


def test_a_visitor_stays_in_the_language_of_the_page(client):
    organization(is_sample=True)
    crew = cast()
    page = {"accept-language": "en"}
    client.post(f"/demo-login/{crew.mia.pk}/", headers=page)
    assert client.cookies["handoff_language"].value == "en"
    assert '<html lang="en"' in client.get("/", headers=page).content.decode()


def test_a_person_is_here_since_the_moment_of_the_invitation():
    crew = cast()
    assert people.invite(**NEW, roles=["rep"], teams=[], by=crew.ada, at=NOON).created_at == NOON
