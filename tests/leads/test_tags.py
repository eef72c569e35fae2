"""Tags: one word however it is typed, put on and taken off many leads with a way back; the panel beside the list."""

import re

import pytest

from journal import clock
from leads.models import LeadTag, Tag
from leads.services import bulk_runs, merging, tags
from tests import factories
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def page(client, cast):
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    return client


def run(way, tag, leads, by):
    values = {"tag": tag.pk, "name": tag.name}
    pks = [lead.pk for lead in leads]
    return bulk_runs.start(action=way, values=values, lead_ids=pks, by=by, at=NOON, now=lambda: NOON)


def bearers(tag):
    return set(LeadTag.objects.filter(tag=tag).values_list("lead", flat=True))


def test_one_word_is_one_tag_however_it_is_typed(org):
    assert tags.named("ＶＩＰ 顧客", at=NOON) == tags.named(" vip  顧客", at=NOON)
    assert Tag.objects.get().name == "VIP 顧客"


@pytest.mark.parametrize("name", ["", "   ", "a,b", "ア，イ", "ア､イ", "a;b", "ア；イ", "x" * 41, "a\x00b", "a\u202eb"])
def test_what_cannot_be_a_tag_is_refused(org, name):
    with pytest.raises(tags.BadTag):
        tags.named(name, at=NOON)


def test_putting_on_is_taken_back_where_it_is_still_the_same_deed(cast):
    first, second, third = [factories.lead() for _ in range(3)]
    tag = tags.named("展示会後", at=NOON)
    run("tag", tag, [first], cast.mia)
    done = run("tag", tag, [first, second, third], cast.mia)
    assert (done.changed, done.unchanged) == (2, 1)
    LeadTag.objects.filter(lead=third).update(added_at=NOON.replace(hour=13))
    done = bulk_runs.undo(run=done, by=cast.mia, at=NOON, now=lambda: NOON)
    assert (done.left, bearers(tag)) == (1, {first.pk, third.pk})


def test_taking_off_is_taken_back(cast):
    first, second = factories.lead(), factories.lead()
    tag = tags.named("展示会後", at=NOON)
    run("tag", tag, [first], cast.mia)
    done = run("untag", tag, [first, second], cast.mia)
    assert (done.changed, done.unchanged, bearers(tag)) == (1, 1, set())
    bulk_runs.undo(run=done, by=cast.mia, at=NOON, now=lambda: NOON)
    assert bearers(tag) == {first.pk}


def test_a_tag_is_typed_filtered_by_shown_as_a_column_and_on_the_page(page, cast):
    lead, other = factories.lead(), factories.lead()
    answer = page.post("/leads/tag/", {"lead": lead.pk, "sent": "1", "tag": "重点", "way": "tag", "next": "/leads/"})
    assert answer["Location"] == "/leads/"
    tag = Tag.objects.get()
    for query in (f"tag={tag.pk}", "tag=重点", "tag=重点,なし"):
        body = page.get(f"/leads/?{query}").content.decode()
        assert (lead.name in body, other.name in body) == (True, False), query
    assert "tagged" in re.sub(r"<[^>]+>", " ", body)
    body = page.get("/leads/?tag=none").content.decode()
    assert (lead.name in body, other.name in body) == (False, True)
    page.post("/leads/columns/", {"column": ["score", "tags"], "next": "/leads/"})
    assert 'class="hf-tag"' in page.get("/leads/").content.decode()
    assert f"?tag={tag.pk}" in page.get(f"/leads/{lead.pk}/").content.decode()
    found = page.get("/api/v1/leads/?tag=重点").json()["results"]
    assert [(row["id"], row["tags"]) for row in found] == [(str(lead.pk), ["重点"])]


def test_a_lead_opens_beside_the_list_by_address(page, cast, django_assert_max_num_queries):
    lead = factories.lead(company={"name": "東浜精工"}, title="部長")
    body = page.get(f"/leads/?open={lead.pk}").content.decode()
    assert "hf-peek-head" in body
    assert "hf-peek-head" not in page.get("/leads/?open=999999").content.decode()
    assert "hf-peek-head" not in page.get("/leads/?open=x").content.decode()
    assert page.get("/leads/999999/peek/").status_code == 404
    with django_assert_max_num_queries(16):
        assert "東浜精工" in page.get(f"/leads/{lead.pk}/peek/").content.decode()
    assert page.get(f"/leads/{lead.pk}/score/reasons/").status_code == 200


def test_a_merge_keeps_the_tags_of_both_and_its_undo_gives_them_back(cast):
    stays, goes = factories.lead(company={"name": "東浜精工"}), factories.lead(company={"name": "東浜精工"})
    both, own = tags.named("両方", at=NOON), tags.named("片方", at=NOON)
    run("tag", both, [stays, goes], cast.mia)
    run("tag", own, [goes], cast.mia)
    merge = merging.merge(survivor=stays, loser=goes, by=cast.mia, at=NOON)
    assert (bearers(own), stays.pk in bearers(both)) == ({merge.survivor_id}, True)
    merging.undo(merge=merge, by=cast.mia, at=NOON)
    assert (bearers(own), bearers(both)) == ({goes.pk}, {stays.pk, goes.pk})


def test_the_list_with_tags_and_a_lead_beside_it_takes_a_constant_number_of_queries(
    page, cast, django_assert_max_num_queries
):
    leads = [factories.lead() for _ in range(12)]
    run("tag", tags.named("重点", at=NOON), leads, cast.mia)
    page.post("/leads/columns/", {"column": ["score", "tags"], "next": "/leads/"})
    with django_assert_max_num_queries(30):
        assert page.get(f"/leads/?open={leads[0].pk}").content.decode().count('class="hf-tag"') == 13


def test_an_action_that_changes_nothing_says_so_and_counts_nothing(page, cast):
    lead = factories.lead()
    sent = {"lead": lead.pk, "sent": "1", "tag": "重点", "way": "tag", "next": "/leads/"}
    page.post("/leads/tag/", sent)
    assert "added to 1 lead." in page.get("/leads/").content.decode()
    page.post("/leads/tag/", sent)
    body = page.get("/leads/").content.decode()
    assert "Nothing to change: the selected leads are like that already." in body
    assert "added to 0" not in body
