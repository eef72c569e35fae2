"""自社ではじめる: the sample goes whole, one's own company stands there, its admin stays signed in."""

import pytest
from django.utils import translation

from accounts.models import Membership, Organization, RoleGrant, Team, User
from handoff import reminders
from handoff.domain.questions import SQL_REQUIRED
from handoff.models import Gate, Handoff, HandoffRule, RejectReason, RoutingRule, StageTransition
from handoff.queries import first_steps, legs
from handoff.services import routing
from integrations.services import first_start
from journal.models import Event
from leads.models import Lead
from tests import factories
from tests.cast import NOON, tokyo
from tests.handoff.rows import offered

pytestmark = pytest.mark.django_db

ANSWERS = {"name": "有限会社みどり", "preset": "small", "own_excel": "later", "last_name": "緑川", "first_name": "葉"}


@pytest.fixture
def sample(cast):
    factories.organization(is_sample=True)
    handoff = offered(cast, NOON, to=cast.sato)
    StageTransition.objects.create(lead=handoff.lead, from_stage="mal", to_stage="mql", reason="eligible", at=NOON)
    factories.lead()
    return cast


def begin(by, **changes):
    return first_start.begin(by=by, at=NOON, **ANSWERS | changes)


def test_the_sample_goes_whole_logs_too(sample):
    begin(sample.mia)
    assert Lead.objects.count() == Handoff.objects.count() == StageTransition.objects.count() == 0
    assert list(User.objects.people()) == [sample.mia]
    assert set(Event.objects.values_list("kind", flat=True)) >= {"organization.begun"}
    assert not Event.objects.filter(kind="lead.created").exists()


def test_logs_are_append_only_again_afterwards(sample):
    begin(sample.mia)
    row = factories.lead()
    log = StageTransition.objects.create(lead=row, from_stage="mal", to_stage="mql", reason="x", at=NOON)
    with pytest.raises(Exception, match="append-only"):
        StageTransition.objects.filter(pk=log.pk).delete()


def test_one_person_holds_every_role_in_a_small_company(sample):
    organization = begin(sample.mia)
    assert (organization.name, organization.preset, organization.is_sample) == ("有限会社みどり", "small", False)
    assert not organization.publishing_needs_agreement
    roles = set(RoleGrant.objects.filter(user=sample.mia).values_list("role", flat=True))
    assert roles == {"marketer", "inside_sales", "rep", "manager", "admin"}
    assert set(Team.objects.values_list("kind", flat=True)) == {"marketing", "field"}
    assert Membership.objects.get(team__kind="field").receives
    assert RejectReason.objects.exists()


@pytest.mark.parametrize("preset", ["mid", "large"])
def test_larger_presets_have_inside_sales_gates_and_agreement(sample, preset):
    organization = begin(sample.mia, preset=preset)
    assert organization.publishing_needs_agreement
    assert Team.objects.filter(kind="inside_sales").exists()
    assert Gate.objects.filter(kind="sql").exists()


def routes():
    """Each rule's leg, team and whether it has a condition, in the order in which they are asked."""
    rules = RoutingRule.objects.order_by("leg", "position").values_list("leg", "to_team__name", "condition")
    return [(leg, team, condition is not None) for leg, team, condition in rules]


def test_ar_35_small_begins_with_one_leg_and_one_shared_rule(sample):
    begin(sample.mia)

    assert legs.legs() == ["marketing_to_field"]
    assert [(rule.is_on, rule.when) for rule in HandoffRule.objects.all()] == [(True, None)]
    assert routes() == [("marketing_to_field", "営業", False)]
    assert dict(Gate.objects.values_list("kind", "mode")) == {"mql": "warn", "sql": "warn"}
    assert Gate.objects.get(kind="mql").condition is None


def test_ar_35_mid_begins_with_two_legs_the_standard_sheet_and_a_monthly_check(sample):
    begin(sample.mia, preset="mid")

    assert legs.legs() == ["marketing_to_inside", "inside_to_field"]
    assert [leg for leg, _team, _condition in routes()] == ["inside_to_field", "marketing_to_inside"]
    sql = Gate.objects.get(kind="sql")
    assert (sql.mode, sql.required) == ("block", list(SQL_REQUIRED))
    assert "sheet" in HandoffRule.objects.get().travels


@pytest.mark.parametrize(
    ("preset", "on", "is_reminded"),
    [
        ("mid", "2026-12-01 09:00", True),
        ("mid", "2026-12-03 18:00", True),
        ("mid", "2026-12-04 09:00", False),
        ("mid", "2026-11-30 09:00", False),
        ("mid", "2027-01-04 09:00", False),  # nothing was handed over in December
        ("large", "2026-12-01 09:00", True),
        ("small", "2026-12-01 09:00", False),
    ],
)
def test_ar_35_the_monthly_check_is_told_to_managers_at_the_beginning_of_a_month(cast, preset, on, is_reminded):
    factories.organization(preset=preset)
    offered(cast, NOON, to=cast.sato)

    told = {name: reminders.of_user(getattr(cast, name), tokyo(on)) for name in ("maki", "ada", "sato", "mia")}

    assert {name for name, found in told.items() if found} == ({"maki", "ada"} if is_reminded else set())
    if is_reminded:
        assert told["maki"][0].url == "/dashboard/?tab=sides&period=1m"
        assert "11月" in told["maki"][0].text


def test_ar_35_large_begins_with_teams_territories_and_governance(sample):
    organization = begin(sample.mia, preset="large")

    assert set(Team.objects.filter(kind="field").values_list("name", flat=True)) == {"営業（東日本）", "営業（西日本）"}
    assert routes() == [
        ("inside_to_field", "営業（西日本）", True),
        ("inside_to_field", "営業（東日本）", False),
        ("marketing_to_inside", "インサイドセールス", False),
    ]
    assert (organization.publishing_needs_agreement, organization.shows_advanced) == (True, True)
    assert dict(Gate.objects.values_list("kind", "mode")) == {"mql": "block", "sql": "block"}


@pytest.mark.parametrize(
    ("prefecture", "team"), [("大阪府", "営業（西日本）"), ("東京都", "営業（東日本）"), ("", "営業（東日本）")]
)
def test_ar_35_a_territory_receives_its_own_leads(sample, prefecture, team):
    begin(sample.mia, preset="large")
    lead = factories.lead(company=factories.company(prefecture=prefecture))

    receiver = routing.route(lead=lead, leg="inside_to_field", at=NOON)

    assert receiver.team.name == team


def test_the_first_teams_are_named_in_the_language_of_who_begins(sample):
    with translation.override("en"):
        begin(sample.mia, preset="mid")
    assert set(Team.objects.values_list("name", flat=True)) == {"Marketing", "Inside sales", "Sales"}


def test_an_own_company_is_never_cleared(sample):
    begin(sample.mia)
    factories.lead()
    with pytest.raises(first_start.AlreadyBegun):
        begin(sample.mia, name="別の会社")
    assert Organization.objects.get().name == "有限会社みどり"
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"preset": "huge"}, "preset"),
        ({"own_excel": ""}, "own_excel"),
        ({"email": "x@y.jp"}, "password"),
        ({"password": "long enough"}, "email"),
        ({"email": "nobody", "password": "long enough"}, "email"),
    ],
)
def test_each_wrong_answer_is_named_and_nothing_is_cleared(sample, changes, field):
    before = Lead.objects.count()
    with pytest.raises(first_start.BadBeginning) as refused:
        begin(sample.mia, **changes)
    assert field in [fault.field for fault in refused.value.errors]
    assert Lead.objects.count() == before


def test_the_page_begins_and_keeps_the_person_signed_in(client, sample):
    client.force_login(sample.mia)
    page = client.get("/").content.decode()
    assert "自社ではじめる" in page
    answer = client.post("/start/", ANSWERS)
    assert answer["Location"] == "/"
    page = client.get("/").content.decode()
    assert "はじめの4つ" in page
    assert "自社ではじめる" not in page
    assert "サンプル企業を表示" not in page


def test_without_a_password_today_asks_for_one(client, sample):
    client.force_login(sample.mia)
    client.post("/start/", ANSWERS)
    sample.mia.refresh_from_db()
    assert not sample.mia.has_usable_password()
    page = client.get("/").content.decode()
    assert "/sign-in-details/" in page
    assert page.count("btn-primary") == 1
    details = {"last_name": "三宅", "first_name": "", "email": "miyake@midori.jp", "password": "wakaranai-4649"}
    assert client.post("/sign-in-details/", details)["Location"] == "/"
    assert "/sign-in-details/" not in client.get("/").content.decode()
    sample.mia.refresh_from_db()
    assert sample.mia.check_password("wakaranai-4649")


def test_the_samples_address_is_not_shown_as_ones_own(client, sample):
    client.force_login(sample.mia)
    client.post("/start/", ANSWERS)
    page = client.get("/settings/people/").content.decode()
    assert sample.mia.email not in page
    assert "ログイン方法は未設定" in page


@pytest.mark.parametrize("password", ["12345678", "password", "miyake@midori"])
@pytest.mark.parametrize("address", ["/start/", "/sign-in-details/"])
def test_a_password_that_others_guess_is_refused_wherever_one_begins(client, sample, address, password):
    client.force_login(sample.mia)
    if address != "/start/":
        client.post("/start/", ANSWERS)
    answer = client.post(address, ANSWERS | {"email": "miyake@midori.jp", "password": password})
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"password"}


def test_whoever_signs_in_sees_that_without_being_told(client, sample):
    sample.mia.set_password("old-wakaranai-4649")
    sample.mia.save()
    client.post("/account/login/", {"login": sample.mia.email, "password": "old-wakaranai-4649"})
    assert "としてログインしました" not in client.get("/").content.decode()


def test_with_a_password_one_signs_in_with_it(client, sample):
    client.force_login(sample.mia)
    client.post("/start/", ANSWERS | {"email": "miyake@midori.jp", "password": "wakaranai-4649"})
    assert "/sign-in-details/" not in client.get("/").content.decode()
    client.logout()
    client.post("/account/login/", {"login": "miyake@midori.jp", "password": "wakaranai-4649"})
    assert client.session.get("_auth_user_id") == str(sample.mia.pk)


def test_who_begins_bears_their_own_name_not_the_samples(client, sample):
    client.force_login(sample.mia)
    client.post("/start/", ANSWERS)
    sample.mia.refresh_from_db()
    assert (sample.mia.last_name, sample.mia.first_name) == ("緑川", "葉")
    assert "緑川 葉" in client.get("/").content.decode()


def test_without_a_name_nothing_begins(client, sample):
    client.force_login(sample.mia)
    answer = client.post("/start/", ANSWERS | {"last_name": " "})
    assert 'aria-describedby="id_last_name_error"' in answer.content.decode()
    assert Organization.objects.get().is_sample


def test_a_wrong_answer_is_said_beside_its_field(client, sample):
    client.force_login(sample.mia)
    answer = client.post("/start/", ANSWERS | {"name": ""})
    assert answer.status_code == 400
    assert 'aria-describedby="id_name_error"' in answer.content.decode()


@pytest.mark.parametrize("role", ["rep", "inside_sales"])
def test_the_four_steps_are_told_from_what_is_there(sample, role):
    organization = begin(sample.mia)
    mia = User.objects.get(pk=sample.mia.pk)

    def done():
        return [step.key for step in first_steps.open_steps(user=mia, organization=organization) if step.is_done]

    assert done() == []
    factories.lead()
    assert done() == ["import"]
    organization.steps_done = ["score"]
    assert done() == ["import", "score"]
    rep = User.objects.create_user("rep@midori.jp", None, at=NOON, last_name="森")
    RoleGrant.objects.create(user=rep, role=role)
    assert done() == ["import", "score", "invite"]


def test_looking_at_the_scores_is_a_step_done(client, sample):
    client.force_login(sample.mia)
    client.post("/start/", ANSWERS)
    assert client.post("/start/score/").status_code == 302
    assert Organization.objects.get().steps_done == ["score"]
    assert client.post("/start/nonsense/").status_code == 404
