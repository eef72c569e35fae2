"""The organisation's own fields: kept in settings, shown and edited on leads, deleted only while nothing reads them."""

import json
import re

import pytest

from handoff.models import Gate, RoutingRule
from journal import clock
from leads.models import CustomField, Lead, Segment
from leads.queries import custom_values
from leads.services import custom_fields, leads
from scoring.models import Rule, ScoringModel
from tests import factories
from tests.cast import NOON
from tests.leads.taking import counts, take

pytestmark = pytest.mark.django_db
PRODUCT = {"field": "custom.興味", "op": "in", "value": ["製品A"]}


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def page(client, cast):
    client.force_login(cast.ada)
    client.cookies["handoff_language"] = "en"
    return client


@pytest.fixture
def interest(cast):
    return custom_fields.add(label="興味", kind="choice", choices=["製品A", "製品B"], by=cast.ada, at=NOON)


def give(lead, **values):
    leads.update(lead=lead, values={"custom": values}, by=None, at=NOON)


def test_a_field_is_added_renamed_and_put_in_order(page):
    assert page.post("/settings/fields/new/", {"label": "予算 年度", "kind": "number"}).status_code == 302
    page.post("/settings/fields/new/", {"label": "興味", "kind": "choice", "choices": "製品A\n\n製品B\n製品A"})
    first, second = CustomField.objects.order_by("position")
    assert (first.key, second.key, second.choices) == ("予算-年度", "興味", ["製品A", "製品B"])
    page.post(f"/settings/fields/{first.pk}/", {"label": "予算年度", "kind": "number"})
    page.post(f"/settings/fields/{second.pk}/move/", {"to": "up"})
    assert list(CustomField.objects.order_by("position").values_list("label", flat=True)) == ["興味", "予算年度"]
    assert "興味, 予算年度" in page.get("/settings/").content.decode()
    assert custom_fields.add(label="興味？", kind="text", by=None, at=NOON).key == "興味-2"


@pytest.mark.parametrize(
    "wrong",
    [{"label": " "}, {"label": "興味"}, {"kind": "colour"}, {"kind": "choice", "choices": ""}, {"label": "x" * 81}],
)
def test_a_wrong_field_is_refused(page, interest, wrong):
    assert page.post("/settings/fields/new/", {"label": "新しい", "kind": "text"} | wrong).status_code == 400
    assert CustomField.objects.count() == 1


def test_only_who_looks_after_settings_changes_fields(client, cast, interest):
    client.force_login(cast.mia)
    assert client.get("/settings/fields/").status_code == 403
    assert client.post(f"/settings/fields/{interest.pk}/delete/").status_code == 403


def test_the_kind_stays_once_leads_have_values(page, interest, lead):
    give(lead, 興味="製品A")
    answer = page.post(f"/settings/fields/{interest.pk}/", {"label": "興味", "kind": "text"})
    assert "Leads already have values of this kind" in answer.content.decode()
    gone = page.post(f"/settings/fields/{interest.pk}/", {"label": "興味", "kind": "choice", "choices": "製品B"})
    assert "Some leads have the value “製品A”" in gone.content.decode()
    assert page.post(f"/settings/fields/{interest.pk}/", {"label": "関心", "kind": "choice", "choices": "製品A"})
    assert CustomField.objects.get().choices == ["製品A"]


def _list(cast):
    Segment.objects.create(
        name="製品Aの人", condition={"not": PRODUCT}, owner=cast.mia, is_shared=True, created_at=NOON, updated_at=NOON
    )


def _rule(cast):
    model = ScoringModel.objects.create(name="標準", created_at=NOON, updated_at=NOON)
    values = {"dimension": "fit", "label_ja": "興味", "label_en": "Interest", "points": 5}
    Rule.objects.create(model=model, key="interest", condition={"all": [PRODUCT]}, **values)


def _old_rule(cast):
    """Of a version that explains the scores given under it."""
    _rule(cast)
    ScoringModel.objects.update(state="retired", why="初版", published_at=NOON)


def _gate(cast):
    Gate.objects.update_or_create(kind="mql", defaults={"condition": {"any": [PRODUCT]}})


def _route(cast):
    RoutingRule.objects.create(leg="marketing_to_field", name="製品A担当", condition=PRODUCT, to_user=cast.sato)


@pytest.mark.parametrize(
    ("use", "named"),
    [
        (_list, "the list “製品Aの人”"),
        (_rule, "the scoring rule “Interest”"),
        (_old_rule, "the scoring rule “Interest”"),
        (_gate, "the gate “MQL gate”"),
        (_route, "the routing rule “製品A担当”"),
    ],
)
def test_a_field_that_something_reads_is_not_deleted_and_it_is_named(page, cast, interest, use, named):
    use(cast)
    answer = page.post(f"/settings/fields/{interest.pk}/delete/", follow=True)
    assert f"“興味” is used by {named}." in answer.content.decode()
    choices = {"label": "興味", "kind": "choice", "choices": "製品B"}
    assert named in page.post(f"/settings/fields/{interest.pk}/", choices).content.decode()
    assert page.post(f"/settings/fields/{interest.pk}/", choices | {"choices": "製品A"}).status_code == 302
    assert CustomField.objects.get().choices == ["製品A"]


def test_a_deleted_field_takes_its_values_along(page, interest, lead):
    custom_fields.add(label="part.1", kind="number", by=None, at=NOON)
    give(lead, 興味="製品A", part1=3)
    assert (
        "The value of 1 lead will be permanently deleted"
        in page.get(f"/settings/fields/{interest.pk}/").content.decode()
    )
    page.post(f"/settings/fields/{interest.pk}/delete/")
    lead.refresh_from_db()
    assert lead.custom == {"part1": 3}
    assert not CustomField.objects.filter(key="興味").exists()


def _fields():
    for label, kind in [("予算", "number"), ("更新日", "date"), ("代理店", "yes_no"), ("メモ", "text")]:
        custom_fields.add(label=label, kind=kind, by=None, at=NOON)


def test_own_fields_are_entered_in_the_form_and_shown(page, interest, lead):
    _fields()
    form = page.get(f"/leads/{lead.pk}/edit/").content.decode()
    assert 'name="custom.更新日"' in form
    given = {"custom.予算": "1500000", "custom.更新日": "2027-03-31", "custom.代理店": "no", "custom.興味": "製品B"}
    version = re.search(r'name="version" value="(\d+)"', form).group(1)
    values = {"last_name": lead.last_name, "company_name": lead.company.name, "email": lead.email, "version": version}
    assert page.post(f"/leads/{lead.pk}/edit/", values | given).status_code == 302
    lead.refresh_from_db()
    assert lead.custom == {"予算": 1500000, "更新日": "2027-03-31", "代理店": False, "興味": "製品B"}
    body = page.get(f"/leads/{lead.pk}/").content.decode()
    for shown in ("1,500,000", "31\N{NO-BREAK SPACE}Mar\N{NO-BREAK SPACE}2027", "製品B", "メモ"):
        assert shown in body, shown


def test_an_own_field_is_edited_in_its_place(page, interest, lead):
    url = f"/leads/{lead.pk}/own/興味/"
    head = {"HX-Request": "true"}
    assert 'name="custom.興味"' in page.get(url, headers=head).content.decode()
    assert "製品B" in page.post(url, {"custom.興味": "製品B"}, headers=head).content.decode()
    lead.refresh_from_db()
    assert lead.custom == {"興味": "製品B"}
    assert page.post(url, {"custom.興味": "製品X"}, headers=head).status_code == 200
    page.post(url, {"custom.興味": ""}, headers=head)
    lead.refresh_from_db()
    assert lead.custom == {}
    assert page.get(f"/leads/{lead.pk}/own/nothing/", headers=head).status_code == 404


def test_an_own_field_is_a_column_and_a_condition_of_the_list(page, interest, lead, django_assert_max_num_queries):
    give(lead, 興味="製品A")
    factories.lead()
    page.post("/leads/columns/", {"column": ["score", "custom.興味"]})
    body = page.get("/leads/").content.decode()
    assert '<td class="c-own hf-2nd" data-label="興味">製品A</td>' in body
    with django_assert_max_num_queries(28):
        narrowed = page.get('/leads/?condition={"field":"custom.興味","op":"eq","value":"製品A"}')
    assert narrowed.content.decode().count("data-pk=") == 1
    assert json.dumps("興味") in page.get("/leads/condition/").content.decode()


def test_forgetting_a_key_of_odd_letters(lead):
    key = "a'b\\c"
    Lead.objects.filter(pk=lead.pk).update(custom={key: 1, "b": 2})
    custom_values.forget(key)
    assert Lead.objects.get(pk=lead.pk).custom == {"b": 2}


@pytest.mark.parametrize("label", ["地域__in", "地域__isnull", "地域__regex", "2026"])
def test_a_choice_that_leads_have_stays_whatever_the_field_is_called(page, lead, label):
    field = custom_fields.add(label=label, kind="choice", choices=["(東", "西"], by=None, at=NOON)
    give(lead, **{field.key: "(東"})
    address, kept = f"/settings/fields/{field.pk}/", {"label": label, "kind": "choice"}
    assert page.post(address, kept | {"choices": "西"}).status_code == 400
    assert page.post(address, kept | {"choices": "(東"}).status_code == 302
    field.refresh_from_db()
    assert field.choices == ["(東"]


@pytest.mark.parametrize("day", ["2027-03-31", "1951-04-01"])
def test_a_date_that_lies_ahead_or_far_back_comes_in_as_in_the_form(cast, day):
    field = custom_fields.add(label="契約更新日", kind="date", by=cast.ada, at=NOON)
    run = take(cast, f"氏名,メール,契約更新日\n甲 花,a@example.jp,{day}\n")
    assert counts(run) == (1, 0, 0, 0, 0)
    assert Lead.objects.get().custom == {field.key: day}


def test_a_column_of_the_name_of_an_own_field_is_that_field(cast, interest):
    custom_fields.add(label="★", kind="text", by=cast.ada, at=NOON)
    run = take(cast, "氏名,メール, 興 味,☆,別の興味\n甲 花,a@example.jp,製品A,1,2\n")
    assert run.mapping == {
        "氏名": "name", "メール": "email", "興 味": "custom.興味", "☆": "-", "別の興味": "-",
    }  # fmt: skip
    assert Lead.objects.get().custom == {"興味": "製品A"}
