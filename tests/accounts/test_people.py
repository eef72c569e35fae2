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
    assert people.invite(**NEW, roles=["rep"], teams=[crew.field], by=crew.ada, at=NOON).created_at == NOON


def test_a_rep_invited_without_a_team_comes_into_the_only_one_of_its_kind():
    crew = cast()
    crew.other_field.is_active = False
    crew.other_field.save()

    user = people.invite(**NEW, roles=["rep"], teams=[], by=crew.ada, at=NOON)

    assert user.team_ids == {crew.field.pk}


def test_a_rep_invited_without_a_team_where_there_are_more_needs_one_named():
    crew = cast()

    with pytest.raises(Invalid) as refusal:
        people.invite(**NEW, roles=["rep"], teams=[], by=crew.ada, at=NOON)

    assert [error.field for error in refusal.value.errors] == ["teams"]


def test_a_person_changes_roles_and_teams_and_keeps_the_limit_where_they_stay():
    crew = cast()
    crew.sato.memberships.update(capacity=7)

    user = people.place(
        user=crew.sato, roles=["rep", "marketer"], teams=[crew.field, crew.marketing], by=crew.ada, at=NOON
    )

    assert (user.roles, user.team_ids) == ({"rep", "marketer"}, {crew.field.pk, crew.marketing.pk})
    assert user.memberships.get(team=crew.field).capacity == 7
    moved = people.place(user=user, roles=["manager"], teams=[crew.field, crew.inside], by=crew.ada, at=NOON)
    assert moved.roles == {"manager"}
    assert set(moved.memberships.values_list("team", "is_manager", "receives")) == {
        (crew.field.pk, True, False),
        (crew.inside.pk, True, False),
    }


def test_the_last_administrator_keeps_the_role():
    crew = cast()

    with pytest.raises(people.LastAdmin):
        people.place(user=crew.ada, roles=["rep"], teams=[crew.field], by=crew.ada, at=NOON)
    with pytest.raises(Forbidden):
        people.place(user=crew.sato, roles=["admin"], teams=[], by=crew.sato, at=NOON)
