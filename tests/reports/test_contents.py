"""Contents: kept by marketing, linked from the timeline, and what each brought."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff.models import Gate, RoutingRule, StageEntry, StageTransition
from journal import clock
from leads.models import Content, ScoreDue, Segment
from leads.services import activities, contents
from reports.queries.contents import Brought, brought
from scoring.models import Rule, ScoringModel
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


def touch(lead, title, days_ago=10):
    at = NOON - timedelta(days=days_ago)
    activities.record(lead=lead, type="document_download", content=title, occurred_at=at, by=None, at=NOON)


def enter(lead, *stages, days_ago=5, **values):
    at = NOON - timedelta(days=days_ago)
    for stage in stages:
        StageEntry.objects.create(lead=lead, stage=stage, at=at)
        StageTransition.objects.create(lead=lead, from_stage="lead", to_stage=stage, at=at, **values)


def test_a_content_brought_what_came_after_it(page, cast):
    won, before, corrected, only = (factories.lead() for _ in range(4))
    for lead in (won, before, corrected, only):
        touch(lead, "導入事例集")
        touch(lead, "導入事例集", days_ago=9)
    touch(only, "価格表")
    enter(won, "mql", "opportunity", "won")
    enter(before, "mql", days_ago=20)
    enter(corrected, "mql", "won")
    StageTransition.objects.create(lead=corrected, from_stage="won", to_stage="lost", at=NOON, corrected=True)
    # A second deal whose win was corrected leaves the first one won.
    for before_it, after_it in (("won", "opportunity"), ("opportunity", "won"), ("won", "lost")):
        values = {"from_stage": before_it, "to_stage": after_it, "corrected": after_it == "lost"}
        StageTransition.objects.create(lead=won, at=NOON, **values)

    found = brought(Content.objects.values_list("pk", flat=True))
    by_title = {content.title: found[content.pk] for content in Content.objects.all()}
    assert by_title == {"導入事例集": Brought(4, 2, 1, 1), "価格表": Brought(1, 0, 0, 0)}
    body = page.get("/contents/").content.decode()
    assert body.index("導入事例集") < body.index("価格表")
    content = Content.objects.get(title="導入事例集")
    assert "50" in page.get(f"/contents/{content.pk}/figures/").content.decode()


def test_the_page_of_contents_takes_a_constant_number_of_queries(page, lead):
    touch(lead, "一")
    page.get("/contents/")
    with CaptureQueriesContext(connection) as few:
        page.get("/contents/")
    for number in range(5):
        touch(lead, f"題{number}")
    with CaptureQueriesContext(connection) as many:
        assert page.get("/contents/").content.decode().count('scope="row"') == 6
    assert len(many) == len(few)


def test_the_timeline_leads_to_the_content_and_the_content_to_its_leads(page, lead):
    touch(lead, "導入事例集")
    content = Content.objects.get()
    assert f'href="/contents/{content.pk}/"' in page.get(f"/leads/{lead.pk}/").content.decode()
    factories.lead()
    leads_url = re.search(r'href="(/leads/\?condition=[^"]+)"', page.get(f"/contents/{content.pk}/").content.decode())
    assert page.get(leads_url.group(1).replace("&amp;", "&")).content.decode().count("data-pk=") == 1


def test_a_changed_content_makes_the_scores_of_its_leads_stale(page, lead):
    touch(lead, "導入事例集")
    ScoreDue.objects.all().delete()
    content = Content.objects.get()
    values = {
        "title": "導入事例集 2026",
        "url": "/case",
        "kind": "document",
        "phase": "comparing",
        "industry": "製造業",
    }
    assert page.post(f"/contents/{content.pk}/", values).status_code == 302
    content.refresh_from_db()
    assert {name: getattr(content, name) for name in values} == values
    assert ScoreDue.objects.get().lead == lead
    assert contents.named(["導入事例集 2026"])[content.title_key] == content


@pytest.mark.parametrize("wrong", [{"title": "価格表"}, {"title": " "}, {"url": "javascript:x"}, {"phase": "later"}])
def test_a_wrong_content_is_refused_beside_its_field(page, lead, wrong):
    touch(lead, "価格表")
    answer = page.post("/contents/new/", {"title": "新しい資料"} | wrong)
    assert answer.status_code == 400
    assert "hf-error" in answer.content.decode()
    assert Content.objects.count() == 1


def test_only_marketing_changes_contents(client, cast, lead):
    touch(lead, "価格表")
    client.force_login(cast.sato)
    url = f"/contents/{Content.objects.get().pk}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"title": "x"}).status_code == 403
    assert client.get("/contents/new/").status_code == 403


NAMED = {"activity": {"types": ["document_download"], "content": {"title": ["導入事例集"]}}}


def _list(cast, tree):
    Segment.objects.create(
        name="事例を見た人", condition={"not": tree}, owner=cast.mia, is_shared=True, created_at=NOON, updated_at=NOON
    )


def _rule(cast, tree):
    model = ScoringModel.objects.create(name="標準", created_at=NOON, updated_at=NOON)
    values = {"dimension": "engagement", "label_ja": "事例", "label_en": "Case", "points": 5}
    Rule.objects.create(model=model, key="case", condition={"all": [tree]}, **values)


def _gate(cast, tree):
    Gate.objects.update_or_create(kind="mql", defaults={"condition": {"any": [tree]}})


def _route(cast, tree):
    RoutingRule.objects.create(leg="marketing_to_field", name="事例担当", condition=tree, to_user=cast.sato)


@pytest.mark.parametrize(
    ("use", "named"),
    [
        (_list, "the list “事例を見た人”"),
        (_rule, "the scoring rule “Case”"),
        (_gate, "the gate “MQL gate”"),
        (_route, "the routing rule “事例担当”"),
    ],
)
def test_a_content_that_something_names_keeps_its_title_until_that_knows_the_new_one(page, cast, lead, use, named):
    touch(lead, "導入事例集")
    content = Content.objects.get()
    use(cast, NAMED)
    answer = page.post(f"/contents/{content.pk}/", {"title": "お客様の声"})
    assert answer.status_code == 400
    assert f"“導入事例集” is used by {named}. Add the new title there first." in answer.content.decode()
    content.refresh_from_db()
    assert content.title == "導入事例集"
    assert page.post(f"/contents/{content.pk}/", {"title": "導入事例集", "kind": "document"}).status_code == 302

    for model in (Segment, Rule, Gate, RoutingRule):
        model.objects.all().delete()
    both = {"activity": {"types": [], "content": {"title": ["導入事例集", "お客様の声"]}}}
    use(cast, both)
    assert page.post(f"/contents/{content.pk}/", {"title": "お客様の声"}).status_code == 302
    content.refresh_from_db()
    assert content.title == "お客様の声"


def test_a_retired_rule_holds_no_title(page, cast, lead):
    touch(lead, "導入事例集")
    _rule(cast, NAMED)
    ScoringModel.objects.update(state="retired", why="初版", published_at=NOON)
    assert page.post(f"/contents/{Content.objects.get().pk}/", {"title": "お客様の声"}).status_code == 302


def test_another_way_to_write_the_same_letters_is_no_new_title(page, cast, lead):
    touch(lead, "Case Book")
    _rule(cast, {"activity": {"types": [], "content": {"title": ["case book"]}}})
    assert page.post(f"/contents/{Content.objects.get().pk}/", {"title": "CASE Book"}).status_code == 302
