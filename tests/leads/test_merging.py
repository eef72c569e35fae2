"""Two leads become one and nothing is lost; what cannot be decided by a machine is asked."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from journal.models import Event
from leads.models import Activity, DuplicatePair, Lead, LeadSource, Merge, Qualification
from leads.queries import matching, references, timeline
from leads.services import activities, bulk_leads, custom_fields, duplicate_search, duplicates, leads, merging
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def two(cast):
    """The same person from a business card and from a form."""
    card = factories.lead(
        last_name="中村", first_name="健一", email="", phone="03-1234-5678", title="課長", channel="名刺交換",
        company={"name": "東浜精工"}, external_id="card-1", qualification={"need": "在庫"},
    )  # fmt: skip
    form = factories.lead(
        last_name="中村健一", first_name="", email="nakamura@tohama.example", title="部長", channel="資料請求",
        company={"name": "東浜精工"}, external_id="form-1", qualification={"budget": "1,000万円", "need": "可視化"},
        at=NOON - timedelta(days=3),
    )  # fmt: skip
    for lead in (card, form):
        activities.record(lead=lead, type="document_download", occurred_at=NOON, by=None, at=NOON)
    return card, form


def merged(survivor, loser, by=None, **options):
    return merging.merge(survivor=survivor, loser=loser, by=by, at=LATER, **options)


def everything():
    skipped = {"version", "updated_at"}
    return [
        sorted(
            map(str, model.objects.values(*(f.attname for f in model._meta.concrete_fields if f.name not in skipped)))
        )
        for model in (Lead, LeadSource, Activity, Qualification)
    ]


def test_every_source_activity_and_value_is_kept_and_undo_gives_all_back(two):
    card, form = two
    before = everything()

    row = merged(card, form, fields={"title": form.pk})

    lead = Lead.objects.get(pk=card.pk)
    assert (lead.last_name, lead.first_name, lead.email, lead.phone) == ("中村", "健一", form.email, card.phone)
    assert (lead.title, lead.seniority, lead.external_id) == ("部長", "director", "card-1")
    assert (lead.channel.name, lead.acquired_at) == ("資料請求", form.acquired_at), "the first source is the channel"
    assert {source.channel.name for source in lead.sources.all()} == {"名刺交換", "資料請求"}
    assert lead.activities.count() == 2
    assert (lead.qualification.need, lead.qualification.budget) == ("在庫", "1,000万円")
    told, _rest = timeline.entries(lead)
    assert [entry.kind for entry in told].count("lead.created") == 2
    assert "lead.merged" in {entry.kind for entry in told}

    leads.update(lead=lead, values={"department": "購買部"}, by=None, at=LATER)
    merging.undo(merge=row, by=None, at=LATER + timedelta(minutes=1))
    lead.refresh_from_db()
    assert lead.department == "購買部", "what came since stays"
    Lead.objects.filter(pk=lead.pk).update(department="")
    qualification = Qualification.objects.filter(lead=lead)
    assert qualification.get().budget == ""
    assert everything()[:3] == before[:3]
    with pytest.raises(merging.UndoneAlready):
        merging.undo(merge=row, by=None, at=LATER)


def test_ar_14_a_card_a_form_and_an_event_merged_are_one_lead_with_three_sources(two):
    event = factories.lead(last_name="中村", first_name="健一", email="k@home.example", channel="展示会")
    merged(two[0], two[1])
    merged(two[0], event)

    lead = Lead.objects.present().get()
    assert {source.channel.name for source in lead.sources.all()} == {"名刺交換", "資料請求", "展示会"}


def test_keys_of_the_one_that_went_mean_the_one_that_stayed(two):
    card, form = two
    Lead.objects.filter(pk=card.pk).update(email="own@tohama.example", email_key="own@tohama.example")
    merged(card, form)

    for values in ({"email": "Nakamura@tohama.example"}, {"external_id": "form-1"}):
        with pytest.raises(leads.DuplicateLead) as refusal:
            factories.lead(**values)
        assert refusal.value.lead == card
    row = {"external_id": "form-1", "department": "購買部"}
    assert bulk_leads.upsert_many(rows=[row], match_on="external_id", by=None, at=LATER).updated == 1
    found = references.leads([{"email": "nakamura@tohama.example"}], seen_by=None)
    assert found.find({"email": "nakamura@tohama.example"}) == card
    assert matching.exact(external_id=None, email_key="nobody@x.example", mobile_key="") is None
    assert Lead.objects.present().count() == 1


def test_the_former_key_of_the_one_that_stayed_still_means_it(two):
    """It took the other's addresses; a list that still has its own must not make it a second time."""
    card, form = two
    leads.update(lead=card, values={"email": "kenichi@tohama.example"}, by=None, at=NOON)
    before = everything()

    row = merged(card, form, fields={"email": form.pk, "external_id": form.pk})

    for words in (
        {"external_id": None, "email_key": "kenichi@tohama.example", "mobile_key": ""},
        {"external_id": None, "email_key": "nakamura@tohama.example", "mobile_key": ""},
        {"external_id": "card-1", "email_key": "", "mobile_key": ""},
        {"external_id": "form-1", "email_key": "", "mobile_key": ""},
    ):
        found = matching.exact(**words)
        assert found, words
        assert found.lead.pk == card.pk

    merging.undo(merge=row, by=None, at=LATER + timedelta(minutes=1))
    assert everything() == before


def test_f_9_a_merge_crosses_companies_only_when_asked(cast, two):
    other = factories.lead(company={"name": "北斗商事"})
    with pytest.raises(merging.CrossesCompanies):
        merged(two[0], other)
    assert Merge.objects.count() == 0

    merged(two[0], other, across_companies=True)
    assert Lead.objects.get(pk=two[0].pk).company.name == "東浜精工"


def test_f_9_a_merge_never_folds_two_pairs_into_one(cast, two):
    card, form = two
    third = factories.lead(last_name="中村", first_name="健一", company={"name": "東浜精工"}, email="k2@tohama.example")
    duplicate_search.work(now=lambda: NOON)
    pairs = {(pair.a_id, pair.b_id): pair for pair in DuplicatePair.objects.all()}
    assert set(pairs) == {(card.pk, form.pk), (card.pk, third.pk), (form.pk, third.pk)}

    row = merged(card, form)

    assert Lead.objects.get(pk=third.pk).is_present
    states = dict(DuplicatePair.objects.values_list("b", "state"))
    assert states == {form.pk: "merged", third.pk: "open"}, "the other pair is a question of its own"
    merging.undo(merge=row, by=None, at=LATER)
    duplicate_search.work(now=lambda: LATER)
    assert set(DuplicatePair.objects.values_list("state", flat=True)) == {"open"}


def test_not_the_same_as_the_one_that_went_holds_for_the_one_that_stays(cast, two):
    card, form = two
    third = factories.lead(last_name="中村", first_name="健一", company={"name": "東浜精工"}, email="k2@tohama.example")
    pair = DuplicatePair.objects.get(a=form, b=third)
    DuplicatePair.objects.exclude(pk=pair.pk).delete()
    duplicates.dismiss(pair=pair, by=cast.mia, at=NOON)

    row = merged(card, form)
    duplicate_search.work(now=lambda: LATER)
    assert DuplicatePair.objects.get(a=card, b=third).state == "dismissed"
    merging.undo(merge=row, by=None, at=LATER)
    assert not DuplicatePair.objects.filter(a=card, b=third).exists()


def test_merges_are_undone_newest_first(two):
    third = factories.lead()
    first = merged(two[0], two[1])
    second = merged(two[0], third)
    with pytest.raises(merging.NewerMergeFirst):
        merging.undo(merge=first, by=None, at=LATER)
    merging.undo(merge=second, by=None, at=LATER)
    merging.undo(merge=first, by=None, at=LATER)
    assert Lead.objects.present().count() == 3


@pytest.fixture
def api(cast):
    client = APIClient(raise_request_exception=False)
    client.force_login(cast.mia)
    return client


def test_merge_and_undo_over_http(api, two):
    card, form = two
    address = f"/api/v1/leads/{card.pk}/merge/"
    tag = api.get(f"/api/v1/leads/{card.pk}/")["ETag"]
    body = {"loser": str(form.pk), "fields": {"title": str(form.pk)}}
    key = {"Idempotency-Key": "merge-1"}
    assert api.post(address, body, format="json", headers={"If-Match": '"0-0"'}).status_code == 412
    answers = [api.post(address, body, format="json", headers={"If-Match": tag} | key) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {200}, answers[0].content
    assert answers[0].json() == answers[1].json()
    told = answers[0].json()
    assert told["survivor"] == str(card.pk)
    assert Merge.objects.count() == 1
    assert api.get(f"/api/v1/leads/{form.pk}/").status_code == 404
    assert api.get(f"/api/v1/leads/{card.pk}/duplicates/").json() == []

    undone = api.post(f"/api/v1/merges/{told['merge']}/undo/")
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    assert api.post(f"/api/v1/merges/{told['merge']}/undo/").json()["type"].endswith("undone_already")
    assert api.post("/api/v1/merges/0/undo/").status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "loser"),
        ({"loser": "999999"}, 400, "loser"),
        ({"loser": "SELF"}, 400, None),
        ({"loser": "FORM", "fields": {"nonsense": "FORM"}}, 400, "fields.nonsense"),
        ({"loser": "FORM", "fields": {"title": "999999"}}, 400, "fields.title"),
        ({"loser": "FORM", "fields": []}, 400, "fields"),
        ({"loser": "FORM", "assignee": "nobody"}, 400, "assignee"),
        ({"loser": "FORM", "across_companies": "x"}, 400, "across_companies"),
        ({"loser": "FORM", "assignee": "SATO"}, 403, None),
    ],
)
def test_what_a_merge_refuses(api, cast, two, body, status, field):
    words = {"FORM": str(two[1].pk), "SELF": str(two[0].pk), "SATO": str(cast.sato.pk)}
    body = {name: words.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    answer = api.post(f"/api/v1/leads/{two[0].pk}/merge/", body, format="json")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    if field:
        assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert Merge.objects.count() == 0


def test_the_page_merges_keeps_apart_and_takes_back(client, cast, two, django_assert_max_num_queries):
    card, form = two
    duplicate_search.work(now=lambda: NOON)
    pair = DuplicatePair.objects.get()
    client.force_login(cast.mia)
    with django_assert_max_num_queries(30):
        page = client.get("/duplicates/").content.decode()
    assert f"pair-{pair.pk}" in page
    assert f"lead-{pair.pk}" not in page
    assert "/duplicates/" in client.get(f"/leads/{card.pk}/").content.decode()
    assert client.get(f"/leads/{form.pk}/duplicates/").status_code == 200

    client.post(f"/duplicates/{pair.pk}/dismiss/")
    pair.refresh_from_db()
    assert pair.state == "dismissed"
    client.post(f"/duplicates/{pair.pk}/reopen/")
    done = client.post(f"/duplicates/{pair.pk}/merge/", {"stays": card.pk, "take-title": form.pk}, follow=True)
    row = Merge.objects.get()
    assert f"/merges/{row.pk}/undo/" in done.content.decode()
    assert Lead.objects.get(pk=card.pk).title == "部長"
    assert client.get(f"/leads/{form.pk}/").url == f"/leads/{card.pk}/"
    client.post(f"/merges/{row.pk}/undo/")
    assert Lead.objects.present().count() == 2
    assert Event.objects.filter(kind="lead.unmerged").count() == 1


def test_the_page_asks_before_it_crosses_companies(client, cast):
    one = factories.lead(
        last_name="中村", first_name="健一", mobile="090-1111-2222", email="a@x.example", company={"name": "東浜"}
    )
    other = factories.lead(
        last_name="中村", first_name="健一", mobile="090-1111-2222", email="b@x.example", company={"name": "北斗"}
    )
    duplicate_search.work(now=lambda: NOON)
    pair = DuplicatePair.objects.get()
    client.force_login(cast.mia)
    assert 'name="across_companies"' in client.get("/duplicates/").content.decode()
    client.post(f"/duplicates/{pair.pk}/merge/", {"stays": one.pk})
    assert Lead.objects.present().count() == 2
    client.post(f"/duplicates/{pair.pk}/merge/", {"stays": one.pk, "across_companies": "yes"})
    assert Lead.objects.present().get() == one
    assert other.pk != one.pk


def test_undoing_a_merge_remembers_that_they_were_not_the_same(cast):
    a, b = factories.lead(last_name="甲", email="a@example.jp"), factories.lead(last_name="甲", email="b@example.jp")
    pair = DuplicatePair.objects.create(a=a, b=b, created_at=NOON, score=90)
    duplicates.dismiss(pair=pair, by=cast.mia, at=NOON)
    merging.undo(merge=merged(a, b), by=None, at=LATER)
    duplicate_search.work(now=lambda: LATER)
    pair.refresh_from_db()
    assert pair.state == "dismissed"


def test_undoing_a_merge_gives_own_fields_back_each_for_itself(cast):
    for label in ("色", "形", "数"):
        custom_fields.add(label=label, kind="text", by=None, at=NOON)
    a = factories.lead(last_name="甲", custom={"色": "赤", "数": "一"})
    b = factories.lead(last_name="甲", email="b@example.jp", custom={"形": "丸", "数": "二"})
    row = merged(a, b, fields={"custom.数": b.pk})
    leads.update(lead=a, values={"custom": {"色": "青"}}, by=cast.mia, at=LATER)
    merging.undo(merge=row, by=None, at=LATER)
    assert Lead.objects.get(pk=a.pk).custom == {"色": "青", "数": "一"}
    assert Lead.objects.get(pk=b.pk).custom == {"形": "丸", "数": "二"}


def test_an_own_field_that_was_to_stay_empty_leaves_nothing(cast):
    custom_fields.add(label="形", kind="text", by=None, at=NOON)
    a = factories.lead(last_name="甲")
    b = factories.lead(last_name="甲", email="b@example.jp", custom={"形": "丸"})
    row = merged(a, b, fields={"custom.形": a.pk})
    assert Lead.objects.get(pk=a.pk).custom == {}
    merging.undo(merge=row, by=cast.mia, at=LATER)
    assert [Lead.objects.get(pk=pk).custom for pk in (a.pk, b.pk)] == [{}, {"形": "丸"}]
