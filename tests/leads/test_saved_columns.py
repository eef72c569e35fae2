"""Saved lists keep their columns and order for everybody; a person's own columns stay that person's."""

import re

import pytest

from leads.domain import export_columns
from leads.models import ColumnChoice, CustomField, Segment
from leads.queries import column_choices
from leads.services import column_choices as choices
from leads.services import custom_fields, segments
from leads.web import list_columns, saved_lists
from tests import factories
from tests.at_once import at_once
from tests.cast import NOON

pytestmark = pytest.mark.django_db
LIST = "/leads/"


@pytest.fixture
def as_(client, cast):
    def sign_in(person, language="en"):
        client.force_login(getattr(cast, person))
        client.cookies["handoff_language"] = language
        return client

    factories.lead(email="emma@example.com", phone="03-1111-2222", company=factories.company("東浜精工"))
    return sign_in


def heads(response):
    assert response.status_code == 200
    return re.findall(r'<th scope="col" class="(c-[a-z]+)', response.content.decode())


def saved(page, query, name="Spring", columns=("score", "email"), **more):
    page.post("/leads/columns/", {"column": columns, "next": LIST})
    shown = page.get(f"/leads/save/?{query}").content.decode()
    sent = {"name": name, "query": query, "column": re.findall(r'name="column" value="([\w.]+)"', shown)}
    assert page.post("/leads/save/", sent | more).status_code == 302
    return Segment.objects.get(name=name)


def test_a_shared_list_opens_with_its_columns_and_order_for_everybody(as_):
    mine = saved(as_("mia"), "stage=lead&ordering=-acquired_at", is_shared="on")
    assert (mine.columns, mine.ordering) == (["score", "email"], "-acquired_at")

    page = as_("maki").get(saved_lists.address(mine))

    assert heads(page) == ["c-score", "c-email"]
    assert "Newest first" in page.content.decode()
    assert heads(as_("maki").get(LIST)) == [f"c-{name}" for name in list_columns.DEFAULT]


def test_own_columns_on_a_list_are_kept_and_forced_on_nobody(as_, client, cast):
    mine = saved(as_("mia"), "stage=lead", is_shared="on")
    address = saved_lists.address(mine)
    as_("maki").post("/leads/columns/", {"column": ["phone"], "list": mine.pk, "next": address})
    client.logout()

    assert heads(as_("maki").get(address)) == ["c-phone"]
    assert heads(as_("mia").get(address)) == ["c-score", "c-email"]
    # Nor do they change what the person sees elsewhere.
    assert "c-phone" not in heads(as_("maki").get(LIST))

    as_("maki").post("/leads/columns/", {"reset": "1", "column": ["phone"], "list": mine.pk, "next": address})
    assert heads(as_("maki").get(address)) == ["c-score", "c-email"]


def test_opening_a_list_changes_nothing_about_ones_usual_columns(as_):
    mine = saved(as_("mia"), "stage=lead")
    as_("mia").post("/leads/columns/", {"column": ["mobile"], "next": LIST})
    as_("mia").get(saved_lists.address(mine))
    assert heads(as_("mia").get(LIST)) == ["c-mobile"]
    as_("mia").post("/leads/columns/", {"reset": "1", "next": LIST})
    assert heads(as_("mia").get(LIST)) == [f"c-{name}" for name in list_columns.DEFAULT]


def test_columns_saved_anew_are_what_the_person_who_saved_them_sees(as_, cast):
    page = as_("mia")
    mine = saved(page, "stage=lead")
    page.post("/leads/columns/", {"column": ["phone"], "list": mine.pk, "next": LIST})
    query = f"stage=lead&list={mine.pk}"
    assert 'name="column" value="phone"' in page.get(f"/leads/save/?{query}").content.decode()
    page.post("/leads/save/", {"name": "Spring", "query": query, "column": ["phone", "stage"]})
    mine.refresh_from_db()
    assert mine.columns == ["phone", "stage"]
    assert column_choices.of(cast.mia, mine).here == []
    assert heads(page.get(saved_lists.address(mine))) == ["c-stage", "c-phone"]


def test_a_list_saved_without_columns_shows_ones_usual_ones(as_, cast):
    old = segments.save(values={"name": "Old", "filters": {"stage": "lead"}}, by=cast.mia, at=NOON)
    page = as_("mia")
    page.post("/leads/columns/", {"column": ["phone"], "next": LIST})
    assert heads(page.get(saved_lists.address(old))) == ["c-phone"]


def test_a_column_chosen_on_such_a_list_holds_there(as_, cast):
    old = segments.save(values={"name": "Old", "filters": {"stage": "lead"}}, by=cast.mia, at=NOON)
    page = as_("mia")
    page.post("/leads/columns/", {"column": ["phone"], "list": old.pk, "next": LIST})
    assert heads(page.get(saved_lists.address(old))) == ["c-phone"]
    assert "c-phone" not in heads(page.get(LIST))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["Leads in stage Lead, matching “東浜”", "Newest first", "Score, Email"]),
        ("ja", ["ステージがリード、検索語が「東浜」のリード", "獲得の新しい順", "スコア、メールアドレス"]),
    ],
)
def test_the_page_says_what_is_saved(as_, language, told):
    page = as_("mia", language)
    page.post("/leads/columns/", {"column": ["score", "email"], "next": LIST})
    body = page.get("/leads/save/?stage=lead&q=東浜&ordering=-acquired_at").content.decode()
    shown = re.search(r'<dl class="hf-facts hf-saved">(.*?)</dl>', body, re.S)[1]
    assert re.findall(r"<dd>(.*?)</dd>", shown, re.S) == told


def test_columns_alone_are_worth_saving(as_):
    page = as_("mia")
    assert "/leads/save/" not in page.get(LIST).content.decode()
    page.post("/leads/columns/", {"column": ["email"], "next": LIST})
    assert "/leads/save/" in page.get(LIST).content.decode()
    body = page.get("/leads/save/").content.decode()
    assert "<dd>All leads</dd>" in body


def test_a_sort_by_a_head_is_told_in_words(as_):
    body = as_("mia").get(f"{LIST}?ordering=-stage_since").content.decode()
    assert "Stage, descending" in body


def test_a_deleted_field_leaves_the_list_as_it_is_without_it(as_, cast):
    field = custom_fields.add(label="Area", kind="text", by=cast.ada, at=NOON)
    mine = saved(as_("mia"), "stage=lead", columns=("score", f"custom.{field.key}"))
    assert mine.columns == ["score", f"custom.{field.key}"]
    CustomField.objects.all().delete()
    assert heads(as_("mia").get(saved_lists.address(mine))) == ["c-score"]


def test_a_column_that_there_is_not_is_refused_by_name(cast):
    with pytest.raises(segments.InvalidSegment) as refused:
        segments.save(values={"name": "A", "columns": ["score", "shoe_size"]}, by=cast.mia, at=NOON)
    assert "shoe_size" in str(refused.value.errors[0].message)
    for wrong in ("score", [1], {"score": 1}):
        with pytest.raises(segments.InvalidSegment):
            segments.save(values={"name": "A", "columns": wrong}, by=cast.mia, at=NOON)


def test_every_column_of_the_list_has_its_columns_of_a_file():
    assert {column.name for column in list_columns.COLUMNS} == set(export_columns.SHOWN)


def test_a_choice_is_one_row_for_each_place(cast):
    for names in (["score"], ["email", "nonsense"]):
        choices.choose(user=cast.mia, names=names)
    assert column_choices.of(cast.mia, None).usual == ["email"]


def test_an_address_breaks_behind_its_at_sign(as_):
    page = as_("mia")
    page.post("/leads/columns/", {"column": ["email"], "next": LIST})
    assert ">emma@<wbr>example.com</td>" in page.get(LIST).content.decode()


@pytest.mark.parametrize(
    "late",
    [
        lambda gone, cast: segments.save(values={"name": "Again"}, by=cast.mia, at=NOON, segment=gone),
        lambda gone, cast: segments.delete(segment=gone, by=cast.mia, at=NOON),
        lambda gone, cast: choices.choose(user=cast.maki, names=["phone"], segment=gone),
    ],
    ids=["saved", "deleted", "columns chosen"],
)
def test_a_list_deleted_meanwhile_stays_deleted(cast, late):
    gone = segments.save(values={"name": "Old", "is_shared": True}, by=cast.mia, at=NOON)
    segments.delete(segment=Segment.objects.get(), by=cast.mia, at=NOON)
    with pytest.raises(choices.ListGone):
        late(gone, cast)
    assert not Segment.objects.exists()
    assert not ColumnChoice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_columns_chosen_while_the_list_is_deleted_leave_no_fault(as_, cast):
    as_("mia")
    for number in range(3):
        one = segments.save(values={"name": f"Old {number}", "is_shared": True}, by=cast.mia, at=NOON)
        answers = at_once(
            lambda one=one: segments.delete(segment=one, by=cast.mia, at=NOON),
            lambda one=one: choices.choose(user=cast.maki, names=["phone"], segment=one),
            lambda one=one: choices.choose(user=cast.ada, names=["phone"], segment=one),
        )
        assert answers[0] is None
        assert all(answer is None or isinstance(answer, choices.ListGone) for answer in answers[1:])
    assert not ColumnChoice.objects.exists()


def test_the_page_says_that_the_list_was_deleted(as_, cast, monkeypatch):
    gone = segments.save(values={"name": "Old", "is_shared": True}, by=cast.mia, at=NOON)
    segments.delete(segment=Segment.objects.get(), by=cast.mia, at=NOON)
    page = as_("maki")
    monkeypatch.setattr(list_columns, "opened", lambda *_: gone)
    assert page.post("/leads/columns/", {"column": ["phone"], "list": gone.pk, "next": LIST}).status_code == 302
    monkeypatch.undo()
    assert "This saved list was deleted or is no longer shared with you." in page.get(LIST).content.decode()


def test_columns_chosen_for_a_list_that_is_no_longer_shared_change_no_other(as_, cast):
    one = segments.save(values={"name": "Ours", "is_shared": True}, by=cast.mia, at=NOON)
    segments.save(values={"is_shared": False}, by=cast.mia, at=NOON, segment=one)
    page = as_("maki")
    page.post("/leads/columns/", {"column": ["phone"], "list": one.pk, "next": LIST})
    shown = page.get(LIST)
    assert heads(shown) == [f"c-{name}" for name in list_columns.DEFAULT]
    assert "This saved list was deleted or is no longer shared with you." in shown.content.decode()


def test_a_choice_for_a_list_that_is_no_longer_shared_is_neither_kept_nor_read(cast):
    one = segments.save(values={"name": "Ours", "is_shared": True}, by=cast.mia, at=NOON)
    choices.choose(user=cast.maki, names=["phone"], segment=one)
    segments.save(values={"is_shared": False}, by=cast.mia, at=NOON, segment=one)
    assert column_choices.of(cast.maki, one).here == []
    with pytest.raises(choices.ListGone):
        choices.choose(user=cast.maki, names=["email"], segment=one)
    segments.save(values={"is_shared": True}, by=cast.mia, at=NOON, segment=one)
    assert column_choices.of(cast.maki, one).here == ["phone"], "what was chosen while it was shared is kept"


def test_a_choice_of_fields_that_were_all_deleted_is_none(as_, cast):
    field = custom_fields.add(label="Area", kind="text", by=cast.ada, at=NOON)
    page, own = as_("mia"), f"custom.{field.key}"
    mine = saved(page, "stage=lead")
    bare = segments.save(values={"name": "Bare", "columns": [own]}, by=cast.mia, at=NOON)
    page.post("/leads/columns/", {"column": [own], "next": LIST})
    page.post("/leads/columns/", {"column": [own], "list": mine.pk, "next": LIST})
    assert heads(page.get(LIST)) == ["c-own"]
    CustomField.objects.all().delete()
    usual = [f"c-{name}" for name in list_columns.DEFAULT]
    assert heads(page.get(LIST)) == heads(page.get(saved_lists.address(bare))) == usual
    assert heads(page.get(saved_lists.address(mine))) == ["c-score", "c-email"]


def test_an_administrator_who_no_longer_shares_a_list_of_somebody_else_saves_it_with_its_columns(cast):
    one = segments.save(values={"name": "Ours", "is_shared": True}, by=cast.mia, at=NOON)
    choices.choose(user=cast.ada, names=["phone"], segment=one)
    kept = segments.save(values={"is_shared": False, "columns": ["email"]}, by=cast.ada, at=NOON, segment=one)
    kept.refresh_from_db()
    assert (kept.is_shared, kept.columns) == (False, ["email"])
    assert not ColumnChoice.objects.filter(user=cast.ada, segment=one).exists()
