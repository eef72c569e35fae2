"""Making and changing leads."""

import pytest

from accounts.models import Membership, User
from journal.errors import Forbidden
from journal.models import Event, EventDetail
from journal.versions import StaleWrite
from leads.models import Channel, Company, DuplicatePair, Lead, LeadSource, ScoreDue
from leads.queries import matching
from leads.services import bulk_leads, companies, leads
from tests import factories
from tests.cast import NOON, tokyo

pytestmark = pytest.mark.django_db


def make(**values):
    return leads.create(values={"last_name": "中村"} | values, by=None, at=NOON)


def test_create_keeps_what_was_given_and_derives_keys(org):
    lead = make(
        first_name="健一",
        email='"中村" <Nakamura@Tohama.example>',
        mobile="９０１２３４５６７８",
        title="生産管理部 部長",
        company={"name": "東浜精工㈱", "employee_count": 320},
        channel="展示会",
        qualification={"need": "在庫の見える化"},
    )
    lead.refresh_from_db()

    assert (lead.email, lead.email_key) == ("Nakamura@Tohama.example", "nakamura@tohama.example")
    assert lead.mobile_key == "819012345678"
    assert lead.seniority == "director"
    assert (lead.company.name_key, lead.company.employee_count_max) == ("東浜精工", 320)
    assert lead.qualification.need == "在庫の見える化"
    assert (lead.stage, lead.version) == ("lead", 1)
    assert [source.channel.name for source in lead.sources.all()] == ["展示会"]


def test_create_journals_without_personal_values_and_owes_a_score(cast):
    lead = leads.create(values={"last_name": "中村", "email": "n@x.example"}, by=cast.mia, at=NOON)

    event = Event.objects.get(kind="lead.created")
    assert (event.lead_id, event.actor_id) == (lead.pk, cast.mia.pk)
    assert "n@x.example" not in str(event.data)
    assert ScoreDue.objects.get(lead=lead).cause == "edit"


def test_every_fault_is_named_at_once(org):
    with pytest.raises(leads.InvalidLead) as raised:
        make(
            last_name="あ" * 81,
            email="nobody",
            phone="なし",
            seniority="boss",
            company={"corporate_number": "12", "url": "javascript:alert(1)"},
            qualification={"temperature": 6, "phase": "later", "x": 1},
            custom={"nope": 1},
            acquired_at="yesterday",
            opted_out="yes",
            stage="won",
            wrong=1,
        )
    assert {error.field for error in raised.value.errors} == {
        "last_name",
        "email",
        "phone",
        "seniority",
        "company.corporate_number",
        "company.url",
        "qualification.temperature",
        "qualification.phase",
        "qualification.x",
        "custom.nope",
        "acquired_at",
        "opted_out",
        "wrong",
    }


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_no_database_can_store_is_refused(org, text):
    with pytest.raises(leads.InvalidLead) as raised:
        make(title=text)
    assert [(error.field, error.code) for error in raised.value.errors] == [("title", "unstorable")]


def test_a_lead_without_any_name_or_address_is_refused(org):
    with pytest.raises(leads.InvalidLead):
        leads.create(values={"title": "部長"}, by=None, at=NOON)


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ({"external_id": "x1"}, {"external_id": "x1", "last_name": "別人"}, "external_id"),
        ({"email": "a@x.example"}, {"email": "A@X.example", "last_name": "別人"}, "email"),
        ({"mobile": "090-1234-5678"}, {"phone": "9012345678", "last_name": "別人"}, "mobile"),
        ({"mobile": "090-1234-5678", "email": "a@x.example"}, {"mobile": "090-1234-5678"}, "mobile"),
    ],
)
def test_an_exact_key_refuses_the_second_and_names_the_first(org, first, second, field):
    known = make(**first)

    with pytest.raises(leads.DuplicateLead) as raised:
        make(**second)

    assert raised.value.lead == known
    assert raised.value.errors[0].field == field
    assert "中村" in str(raised.value)
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "info@x.example"}, {"email": "info@x.example", "last_name": "別人"}),
        ({"phone": "03-5253-1111"}, {"phone": "03-5253-1111", "last_name": "別人"}),
        ({"mobile": "090-1234-5678", "email": "a@x.example"}, {"mobile": "090-1234-5678", "email": "b@x.example"}),
    ],
)
def test_role_addresses_and_company_phones_are_no_keys(org, first, second):
    make(**first)
    make(**second)

    assert Lead.objects.count() == 2


def test_without_any_key_the_same_person_of_the_same_company_is_refused(org):
    make(company={"name": "東浜精工"}, title="部長")

    with pytest.raises(leads.DuplicateLead):
        make(company={"name": "㈱東浜精工"})


def test_without_any_key_another_title_makes_a_probable_duplicate(org):
    first = make(company={"name": "東浜精工"}, title="部長")
    second = make(company={"name": "東浜精工"}, title="主任")

    pair = DuplicatePair.objects.get()
    assert (pair.a, pair.b, pair.state) == (first, second, "open")


def test_ar_13_people_of_one_company_are_grouped_not_merged(org):
    first = make(last_name="中村", email="a@x.example", company={"name": "東浜精工株式会社"})
    second = make(last_name="杉本", email="b@x.example", company={"name": "（株）東浜精工", "industry": "製造業"})

    assert first.company == second.company
    assert Company.objects.count() == 1
    assert Lead.objects.count() == 2
    first.company.refresh_from_db()
    assert first.company.industry == "製造業"


def test_ar_13_namesakes_in_two_prefectures_are_two_companies(org):
    first = make(email="a@x.example", company={"name": "山田工業", "prefecture": "東京都"})
    second = make(email="b@x.example", company={"name": "山田工業", "prefecture": "大阪府"})

    assert first.company != second.company


def test_ar_14_card_form_and_event_are_one_lead_with_three_sources(org):
    person = {"last_name": "中村", "email": "nakamura@tohama.example"}
    for channel in ("名刺交換", "資料請求", "展示会", "資料請求"):
        bulk_leads.upsert_many(rows=[person | {"channel": channel}], match_on="email", by=None, at=NOON)

    lead = Lead.objects.get()
    assert lead.channel.name == "名刺交換"
    assert [source.channel.name for source in lead.sources.order_by("pk")] == ["名刺交換", "資料請求", "展示会"]
    assert Channel.objects.count() == 3


def test_update_changes_only_what_is_given(org):
    lead = make(email="a@x.example", title="課長", custom={})
    later = tokyo("2026-11-20 13:00")

    changed = leads.update(lead=lead, values={"title": "部長"}, by=None, at=later)

    changed.refresh_from_db()
    assert (changed.title, changed.seniority, changed.email, changed.version) == ("部長", "director", "a@x.example", 2)
    event = Event.objects.get(kind="lead.updated")
    assert event.data == {"fields": ["seniority", "title"]}
    assert EventDetail.objects.get(event=event).old["title"] == "課長"


def test_update_without_a_change_writes_nothing(org):
    lead = make(email="a@x.example", title="課長")

    same = leads.update(lead=lead, values={"title": "課長", "email": "A@x.example".lower()}, by=None, at=NOON)

    assert same.version == 1
    assert not Event.objects.filter(kind="lead.updated").exists()


def test_a_stale_update_is_refused(org):
    lead = make(email="a@x.example")
    leads.update(lead=lead, values={"title": "課長"}, by=None, at=NOON, expected_version=1)

    with pytest.raises(StaleWrite):
        leads.update(lead=lead, values={"title": "部長"}, by=None, at=NOON, expected_version=1)


def test_update_to_anothers_address_is_refused(org):
    make(email="a@x.example")
    other = make(email="b@x.example", last_name="杉本")

    with pytest.raises(leads.DuplicateLead):
        leads.update(lead=other, values={"email": "a@x.example"}, by=None, at=NOON)


def test_update_never_writes_the_columns_of_handoff(org, cast):
    lead = make(email="a@x.example")
    Lead.objects.filter(pk=lead.pk).update(owner=cast.sato)

    leads.update(lead=lead, values={"title": "課長"}, by=None, at=NOON)

    lead.refresh_from_db()
    assert lead.owner == cast.sato


def test_renaming_a_company_is_found_and_makes_its_leads_stale(org):
    lead = make(email="a@x.example", company={"name": "東浜精工"})
    ScoreDue.objects.all().delete()

    companies.update(company=lead.company, values={"name": "西浜精工"}, by=None, at=NOON)

    lead.refresh_from_db()
    assert "西浜精工" in lead.search_text
    assert ScoreDue.objects.filter(lead=lead, cause="edit").exists()


def test_qualify_notes_old_and_new_and_who(cast):
    lead = make(email="a@x.example")

    leads.qualify(lead=lead, values={"need": "在庫", "temperature": 4}, by=cast.isao, at=NOON)
    leads.qualify(lead=lead, values={"need": ""}, by=cast.isao, at=NOON)

    lead = Lead.objects.get()
    assert (lead.qualification.need, lead.qualification.temperature, lead.version) == ("", 4, 3)
    assert lead.qualification.updated_by == cast.isao
    newest = EventDetail.objects.order_by("pk").last()
    assert newest.old == {"qualification.need": "在庫"}


def test_opting_out_and_do_not_contact_are_told_once(org):
    lead = make(email="a@x.example")

    leads.set_opted_out(lead=lead, by=None, at=NOON)
    leads.set_do_not_contact(lead=lead, by=None, at=NOON)
    leads.set_do_not_contact(lead=lead, by=None, at=NOON)

    kinds = list(Event.objects.exclude(kind="lead.stage_changed").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["lead.created", "lead.updated", "lead.opted_out", "lead.updated", "lead.do_not_contact"]


def test_nobody_without_the_permission_changes_leads(org):
    stranger = User.objects.create_user("x@handoff.example", at=NOON, last_name="無")
    with pytest.raises(Forbidden):
        leads.create(values={"last_name": "中村"}, by=stranger, at=NOON)


def test_bulk_one_bad_row_never_stops_the_others(org):
    make(email="a@x.example", title="課長")
    rows = [
        {"email": "a@x.example", "title": "部長"},
        {"email": "b@x.example", "last_name": "杉本"},
        {"email": "c@x.example", "seniority": "boss"},
        {"last_name": "no key"},
        {"email": "info@x.example"},
        {"email": "a@x.example", "title": "部長"},
        "text",
    ]

    result = bulk_leads.upsert_many(rows=rows, match_on="email", by=None, at=NOON)

    assert (result.created, result.updated, result.unchanged) == (1, 1, 1)
    assert [(index, errors[0].field) for index, errors in result.errors] == [
        (2, "seniority"),
        (3, "email"),
        (4, "email"),
        (6, ""),
    ]


def test_visible_to_narrows_reps_only_when_the_setting_says_so(cast):
    mine = factories.lead(email="a@x.example")
    Lead.objects.filter(pk=mine.pk).update(team=cast.field)
    other = factories.lead(email="b@x.example")
    Lead.objects.filter(pk=other.pk).update(team=cast.other_field)

    assert set(Lead.objects.visible_to(cast.sato)) == {mine, other}
    factories.organization(reps_see_own_team_only=True)
    assert set(Lead.objects.visible_to(cast.sato)) == {mine}
    assert set(Lead.objects.visible_to(cast.otto)) == {other}
    assert set(Lead.objects.visible_to(cast.mia)) == {mine, other}


def test_who_is_in_several_teams_sees_every_lead_once(cast):
    factories.organization(reps_see_own_team_only=True)
    Membership.objects.create(user=cast.sato, team=cast.other_field)
    lead = factories.lead()
    Lead.objects.filter(pk=lead.pk).update(owner=cast.sato, team=cast.field)
    assert list(Lead.objects.visible_to(User.objects.get(pk=cast.sato.pk))) == [lead]


def test_two_at_once_make_one_lead(org, monkeypatch):
    """The look before the write finds nothing; the database's constraint still refuses, and names the first."""
    known = make(email="a@x.example")
    real = matching.exact
    looks = iter([None])
    monkeypatch.setattr(matching, "exact", lambda **keys: next(looks, real(**keys)))

    with pytest.raises(leads.DuplicateLead) as raised:
        make(email="a@x.example", last_name="別人")

    assert raised.value.lead == known


def test_a_new_campaign_needs_its_channel_and_a_known_one_brings_it(org):
    with pytest.raises(leads.InvalidLead) as refusal:
        leads.create(values={"last_name": "宮下", "campaign": "秋の展示会"}, by=None, at=NOON)
    assert [(one.field, one.code) for one in refusal.value.errors] == [("campaign", "campaign_needs_channel")]
    assert not Lead.objects.exists()

    first = leads.create(values={"last_name": "宮下", "channel": "展示会", "campaign": "秋の展示会"}, by=None, at=NOON)
    other = leads.create(values={"last_name": "松野", "campaign": "秋の展示会"}, by=None, at=NOON)
    bare = leads.create(values={"last_name": "沢田"}, by=None, at=NOON)
    with pytest.raises(leads.InvalidLead):
        leads.update(lead=bare, values={"campaign": "冬の展示会"}, by=None, at=NOON)

    assert (other.channel, other.campaign) == (first.channel, first.campaign)
    assert Lead.objects.get(pk=bare.pk).campaign is None


def test_sources_are_kept_once_also_without_a_campaign(org):
    lead = make(email="a@x.example", channel="展示会")
    leads.update(lead=lead, values={"channel": "展示会"}, by=None, at=NOON)

    assert LeadSource.objects.filter(lead=lead).count() == 1


def test_who_is_here_already_by_name_and_company_is_refused_for_both(org, cast):
    values = {"last_name": "小倉", "first_name": "花", "company": {"name": "秘密商事"}}
    leads.create(values=values, by=cast.mia, at=NOON)
    with pytest.raises(leads.DuplicateLead, match="同じ氏名と企業で登録済み"):
        leads.create(values=values, by=cast.mia, at=NOON)


def test_who_is_here_already_is_named_only_to_those_who_see_the_lead(org, cast):
    factories.organization(reps_see_own_team_only=True)
    factories.lead(last_name="小倉", email="ogura@hidden.example", company={"name": "秘密商事"})
    values = {"last_name": "小倉", "email": "ogura@hidden.example"}
    with pytest.raises(leads.DuplicateLead) as refused:
        leads.create(values=values, by=cast.sato, at=NOON)
    told = str(refused.value) + str(refused.value.errors)
    assert "小倉" not in told
    assert "秘密商事" not in told
    with pytest.raises(leads.DuplicateLead, match="秘密商事"):
        leads.create(values=values, by=cast.mia, at=NOON)
    result = bulk_leads.upsert_many(rows=[values | {"title": "部長"}], match_on="email", by=cast.sato, at=NOON)
    assert (result.created, result.updated, len(result.errors)) == (0, 0, 1)
    assert "秘密商事" not in str(result.errors)


def test_a_bulk_row_made_by_another_call_meanwhile_is_joined(org, monkeypatch):
    there = factories.lead(email="ogura@example.jp", title="課長")
    # As if the other call had committed between our look and our write.
    monkeypatch.setattr(bulk_leads.references, "leads", lambda named, seen_by: bulk_leads.references.LeadReferences())
    rows = [{"email": "ogura@example.jp", "title": "部長"}]
    result = bulk_leads.upsert_many(rows=rows, match_on="email", by=None, at=NOON)
    there.refresh_from_db()
    assert (result.created, result.updated, result.errors, there.title) == (0, 1, [], "部長")
