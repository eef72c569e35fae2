"""Settings of people and keys: who may open them, and that they do what they say."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.domain.roles import Scope
from accounts.models import Absence, ApiKey, Membership, Team, User
from accounts.queries import invitation
from accounts.services import people
from handoff.domain.choices import AfterReject
from handoff.models import RejectReason
from journal import clock
from journal.models import Event
from leads.models import Campaign, Channel
from tests.factories import NOON

pytestmark = pytest.mark.django_db

INVITE = {"email": "mori@midori.jp", "last_name": "森", "first_name": "光", "roles": ["rep"]}
PAGES = ["/settings/", "/settings/people/", "/settings/keys/", "/settings/channels/", "/settings/deadlines/"]
PAGES += ["/settings/routing/", "/settings/routing/new/marketing_to_field/"]
PAGES += ["/settings/handoff-rules/", "/settings/handoff-rules/new/"]
PAGES += [
    "/settings/calendar/",
    "/settings/reasons/",
    "/settings/gates/",
    "/settings/gates/mql/",
    "/settings/publishing/",
]


@pytest.fixture
def ada(client, cast):
    client.force_login(cast.ada)
    return cast.ada


@pytest.mark.parametrize("page", PAGES)
def test_settings_are_the_administrators(client, cast, page):
    assert client.get(page).status_code == 302
    for user in (cast.mia, cast.sato, cast.maki):
        client.force_login(user)
        assert client.get(page).status_code == 403
    client.force_login(cast.ada)
    assert client.get(page).status_code == 200


def test_each_panel_says_todays_value(client, ada, cast):
    page = client.get("/settings/").content.decode()
    assert "4チームに6名" in page
    assert "初回連絡は 高 30分・中 4時間・低 9時間以内" in page
    assert "9:00から18:00まで" in page


def test_the_settings_page_is_whole_in_english(client, ada, cast):
    cast.ada.language = "en"
    cast.ada.save()
    page = client.get("/settings/").content.decode()
    assert "6 people in 4 teams" in page
    assert "チームと人" not in page


def test_an_invited_person_sets_a_password_by_the_link(client, ada, cast):
    team = cast.field
    page = client.post("/settings/people/invite/", INVITE | {"teams": [team.pk]}).content.decode()
    user = User.objects.get(email="mori@midori.jp")
    assert user.roles == {"rep"}
    assert user.team_ids == {team.pk}
    link = page.split('value="http://testserver')[1].split('"')[0]
    client.logout()
    form = client.get(link, follow=True)
    assert "森 光さん、ようこそ" in form.content.decode()
    assert "mori@midori.jp" in form.content.decode()
    words = {"password1": "wakaranai-4649", "password2": "wakaranai-4649"}
    come_in = client.post(form.redirect_chain[-1][0], words, follow=True)
    user.refresh_from_db()
    assert user.check_password("wakaranai-4649")
    assert come_in.redirect_chain[-1][0] == "/"
    assert come_in.context["user"] == user, "the link came to their own address"


def test_a_taken_address_is_said_beside_the_form(client, ada, cast):
    answer = client.post("/settings/people/invite/", INVITE | {"email": cast.sato.email})
    assert answer.status_code == 400
    assert "すでに使われています" in answer.content.decode()
    assert User.objects.filter(last_name="森").count() == 0


def test_limits_and_shares_are_kept(client, ada, cast):
    place = Membership.objects.get(user=cast.sato)
    client.post(f"/settings/people/places/{place.pk}/", {"capacity": 12, "weight": 3})
    place.refresh_from_db()
    assert (place.capacity, place.weight) == (12, 3)
    client.post(f"/settings/people/places/{place.pk}/", {"capacity": -1, "weight": 3})
    place.refresh_from_db()
    assert place.capacity == 12


def test_the_last_administrator_stays(client, ada, cast):
    client.post(f"/settings/people/{ada.pk}/", {"active": "no"})
    ada.refresh_from_db()
    assert ada.is_active


def test_an_account_closes_and_opens(client, ada, cast):
    client.post(f"/settings/people/{cast.sato.pk}/", {"active": "no"})
    cast.sato.refresh_from_db()
    assert not cast.sato.is_active
    client.post(f"/settings/people/{cast.sato.pk}/", {"active": "yes"})
    cast.sato.refresh_from_db()
    assert cast.sato.is_active


def test_a_team_needs_a_name_of_its_own(client, ada, cast):
    assert client.post("/settings/people/teams/", {"name": "営業1部", "kind": "field"}).status_code == 400
    assert client.post("/settings/people/teams/", {"name": "営業3部", "kind": "field"}).status_code == 302
    assert Team.objects.filter(name="営業3部").exists()


def test_absences_are_ones_own_or_the_managers_matter(client, cast):
    days = {"starts_on": "2026-11-24", "ends_on": "2026-11-25"}
    client.force_login(cast.sato)
    assert client.post(f"/absences/{cast.sato.pk}/", days).status_code == 302
    assert client.post(f"/absences/{cast.otto.pk}/", days).status_code == 403
    assert client.get(f"/absences/{cast.otto.pk}/").status_code == 403
    client.force_login(cast.maki)
    assert client.post(f"/absences/{cast.otto.pk}/", days).status_code == 302
    wrong = client.post(f"/absences/{cast.otto.pk}/", {"starts_on": "2026-11-25", "ends_on": "2026-11-24"})
    assert wrong.status_code == 400
    assert "終わりの日が始まりの日より前です" in wrong.content.decode()


def test_each_scope_of_a_key_is_said_in_words_beside_its_name(client, ada):
    client.post("/settings/keys/new/", {"name": "MA連携", "days": 30, "scopes": ["leads:write", "reports:read"]})
    page = client.get("/settings/keys/").content.decode()
    assert "リードの登録と変更 <code>leads:write</code>" in page
    assert "リードの登録と変更、レポートの読み取り</td>" in page
    for scope in Scope:
        assert f"<code>{scope}</code>" in page


def test_a_key_is_shown_once(client, ada):
    with clock.frozen(NOON):
        answer = client.post("/settings/keys/new/", {"name": "MA連携", "days": 30, "scopes": ["leads:write"]})
    key = ApiKey.objects.get()
    page = answer.content.decode()
    assert f'value="hk_{key.pk}_' in page
    assert answer["Cache-Control"] == "no-store"
    assert f'value="hk_{key.pk}_' not in client.get("/settings/keys/").content.decode()
    assert (key.expires_at - key.created_at).days == 30
    client.post(f"/settings/keys/{key.pk}/")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_key_without_a_scope_is_refused(client, ada):
    assert client.post("/settings/keys/new/", {"name": "x", "days": 30}).status_code == 400
    assert not ApiKey.objects.exists()


def test_advanced_settings_show_when_wanted(client, ada):
    client.post("/settings/advanced/", {"shows": "yes"})
    assert "詳しい設定を隠す" in client.get("/settings/").content.decode()
    client.post("/settings/advanced/", {"shows": "no"})
    assert "詳しい設定を表示" in client.get("/settings/").content.decode()


def test_who_has_not_come_in_yet_is_given_a_fresh_link(client, ada, cast):
    client.post("/settings/people/invite/", INVITE | {"teams": [cast.field.pk]})
    invited = User.objects.get(email="mori@midori.jp")
    assert f'action="/settings/people/{invited.pk}/invitation/"' in client.get("/settings/people/").content.decode()
    page = client.post(f"/settings/people/{invited.pk}/invitation/").content.decode()
    link = page.split('value="http://testserver')[1].split('"')[0]
    client.logout()
    assert client.get(link, follow=True).context["form"].invited == invited


def test_who_has_a_password_is_given_no_link(client, ada, cast):
    cast.sato.set_password("wakaranai-4649")
    cast.sato.save()
    assert client.post(f"/settings/people/{cast.sato.pk}/invitation/").status_code == 302
    link = invitation.path(cast.sato)
    client.logout()
    assert client.get(link, follow=True).context["form"].invited is None


@pytest.mark.parametrize("team", ["9" * 23, "-1", "x", "0"])
def test_a_team_that_cannot_be_is_refused(client, ada, team):
    assert client.post("/settings/people/invite/", INVITE | {"teams": [team]}).status_code == 400
    assert client.post(f"/settings/people/{ada.pk}/roles/", {"roles": ["admin"], "teams": [team]}).status_code == 400


def test_whose_account_is_closed_is_given_no_link(client, ada, cast):
    client.post("/settings/people/invite/", INVITE | {"teams": [cast.field.pk]})
    invited = User.objects.get(email="mori@midori.jp")
    people.disable(user=invited, by=ada, at=NOON)
    answer = client.post(f"/settings/people/{invited.pk}/invitation/", follow=True)
    assert answer.redirect_chain == [("/settings/people/", 302)]
    assert "先に森さんのアカウント" in answer.content.decode()


def test_an_absence_goes_once_however_often_that_is_asked_for(cast):
    days = {"starts_on": date(2026, 11, 24), "ends_on": date(2026, 11, 25)}
    absence = people.add_absence(user=cast.sato, by=cast.sato, at=NOON, **days)
    same = Absence.objects.get(pk=absence.pk)
    for one in (absence, same):
        people.remove_absence(absence=one, by=cast.sato, at=NOON)
    assert Event.objects.filter(kind="absence.removed").count() == 1


def test_an_absence_entered_wrongly_goes_again(client, cast):
    absence = people.add_absence(
        user=cast.sato, starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 25), by=cast.sato, at=NOON
    )
    client.force_login(cast.otto)
    assert client.post(f"/absences/entries/{absence.pk}/remove/").status_code == 403
    assert Absence.objects.filter(pk=absence.pk).exists()
    client.force_login(cast.sato)
    assert f"/absences/entries/{absence.pk}/remove/" in client.get(f"/absences/{cast.sato.pk}/").content.decode()
    assert client.post(f"/absences/entries/{absence.pk}/remove/").status_code == 302
    assert not Absence.objects.exists()


def test_an_address_for_a_form_says_so_when_it_is_opened(client, ada):
    page = client.get("/settings/keys/new/")
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert 'href="/"' in page.content.decode()


def test_a_reason_is_headed_in_the_readers_language(client, ada, cast):
    cast.ada.language = "en"
    cast.ada.save()
    reason = RejectReason.objects.create(code="far", label_ja="遠い", label_en="Too far", follows=AfterReject.NURTURE)
    assert ">Too far</h1>" in client.get(f"/settings/reasons/{reason.pk}/").content.decode()


def test_a_cost_in_whole_yen_is_asked_without_decimals(client, ada):
    channel = Channel.objects.create(name="展示会")
    campaign = Campaign.objects.create(channel=channel, name="春", cost=Decimal("1800000.00"))
    assert 'value="1800000"' in client.get(f"/settings/campaigns/{campaign.pk}/").content.decode()


@pytest.mark.parametrize("page", ["/account/email/", "/account/login/code/confirm/", "/account/confirm-email/"])
def test_nobody_adds_an_address_to_sign_in_with_beside_the_administrators(client, cast, page):
    client.force_login(cast.sato)
    assert client.get(page).status_code == 404
    assert client.post(page, {"email": "other@example.com", "action_add": ""}).status_code == 404


def test_a_person_in_no_team_is_put_into_one(client, ada, cast):
    cast.sato.memberships.all().delete()
    address = f"/settings/people/{cast.sato.pk}/roles/"

    assert f'href="{address}"' in client.get("/settings/people/").content.decode()
    assert "佐藤 翔太" in client.get(address).content.decode()
    assert client.post(address, {"roles": [], "teams": []}).status_code == 400
    assert client.post(address, {"roles": ["rep"], "teams": [cast.field.pk]}).status_code == 302
    assert list(cast.sato.memberships.values_list("team", flat=True)) == [cast.field.pk]
    client.force_login(cast.sato)
    assert client.get(address).status_code == 403
