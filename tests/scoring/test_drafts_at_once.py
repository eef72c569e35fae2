"""Several people at one draft: no change is lost, and what comes into force is what was read, checked and agreed to."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from scoring.models import Agreement, ScoringModel
from scoring.services import draft_rules, models
from scoring.web import views
from tests.at_once import all_well, at_once
from tests.cast import NOON, Cast, organization
from tests.scoring import scored

VISIT = {"field": "seniority", "op": "known"}
DOWNLOAD = {"field": "department", "op": "known"}
at_the_same_time = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _organization(db: None) -> None:
    organization(publishing_needs_agreement=True)


@at_the_same_time
def test_rules_added_at_once_are_all_kept() -> None:
    draft = scored.draft([scored.rule(VISIT, key="visit")])

    def add(number: int) -> Any:
        rule = scored.rule({"field": "department", "op": "contains", "value": [f"{number}課"]}, number + 1, "fit")
        return lambda: draft_rules.put_rule(model=ScoringModel.objects.get(), rule=rule, by=None, at=NOON)

    all_well(at_once(*[add(number) for number in range(4)]))
    assert sorted(draft.rules.values_list("points", flat=True)) == [1, 2, 3, 4, 10]


@at_the_same_time
def test_caps_and_names_changed_at_once_are_all_kept(cast: Cast) -> None:
    draft = scored.draft([scored.rule(VISIT, key="visit")])
    fields = {f"{band}-{label}": "あ" for band in ("high", "middle", "low") for label in ("label_ja", "label_en")}
    posts = [
        (f"/scoring/{draft.pk}/figures/fit/", {"figure": 7}),
        (f"/scoring/{draft.pk}/figures/intent/", {"figure": 8}),
        (f"/scoring/{draft.pk}/figures/high/", {"figure": 9}),
        (f"/scoring/{draft.pk}/frame/", {"name": "新しい", "condition": ""} | fields),
    ]

    def send(address: str, values: dict[str, Any]) -> Any:
        client = Client()
        client.force_login(cast.mia)
        return lambda: client.post(address, values)

    all_well(at_once(*[send(*post) for post in posts]))
    draft.refresh_from_db()
    assert (draft.name, draft.caps, draft.bands[0]["from"]) == ("新しい", {"fit": 7, "intent": 8}, 9)
    assert draft.bands[0]["label_ja"] == "あ"


@at_the_same_time
@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda draft: models.patch(model=draft, values={"line": 31}, by=None, at=NOON),
        lambda draft: models.discard(model=draft, by=None, at=NOON),
    ],
    ids=["changed", "discarded"],
)
def test_a_draft_that_is_being_published_is_neither_changed_nor_discarded(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[ScoringModel], Any]
) -> None:
    organization(publishing_needs_agreement=False)
    draft = scored.draft([scored.rule(VISIT, 30)], line=30)
    checked, done, check = threading.Event(), threading.Event(), models.check_reachable

    def slowly(model: ScoringModel) -> None:
        check(model)
        checked.set()
        # Where the other waits for the publish, so must not the publish for it.
        done.wait(2 if connection.vendor == "postgresql" else 0)

    def act() -> None:
        assert checked.wait(5)
        try:
            meanwhile(draft)
        finally:
            done.set()

    monkeypatch.setattr(models, "check_reachable", slowly)
    published, refused = at_once(lambda: models.publish(model=draft, why="x", by=None, at=NOON), act)
    draft.refresh_from_db()
    assert (draft.state, draft.line) == ("published", 30), published
    assert isinstance(refused, models.NotADraft)


def test_who_has_read_an_older_draft_neither_agrees_nor_publishes(cast: Cast, client: Client) -> None:
    draft = scored.draft([scored.rule(VISIT, 30), scored.rule(DOWNLOAD, 30)])
    client.force_login(cast.maki)
    assert f'name="version" value="{draft.version}"' in client.get(f"/scoring/{draft.pk}/").content.decode()
    models.patch(model=draft, values={"line": 31}, by=None, at=NOON)
    client.post(f"/scoring/{draft.pk}/agree/", {"side": "sales", "version": draft.version})
    assert not draft.agreements.exists()
    now = ScoringModel.objects.get()
    for side in ("sales", "marketing"):
        client.post(f"/scoring/{draft.pk}/agree/", {"side": side, "version": now.version})
    client.force_login(cast.ada)
    client.post(f"/scoring/{draft.pk}/publish/", {"why": "x", "version": draft.version})
    assert ScoringModel.objects.get().state == "draft"
    client.post(f"/scoring/{draft.pk}/publish/", {"why": "x", "version": ScoringModel.objects.get().version})
    assert ScoringModel.objects.get().state == "published"


def test_who_has_read_an_older_draft_does_not_throw_away_what_others_wrote_since(cast: Cast, client: Client) -> None:
    draft = scored.draft([scored.rule(VISIT, 30)])
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    shown = client.get(f"/scoring/{draft.pk}/").content.decode()
    form = shown[shown.index(f'action="/scoring/{draft.pk}/discard/"') :]
    assert f'name="version" value="{draft.version}"' in form[: form.index("</form>")]
    draft_rules.put_rule(model=draft, rule=scored.rule(DOWNLOAD, 5), by=cast.ada, at=NOON)
    said = client.post(f"/scoring/{draft.pk}/discard/", {"version": draft.version}, follow=True).content.decode()
    assert "Someone else has changed this draft." in said
    now = ScoringModel.objects.get()
    assert now.rules.count() == 2
    client.post(f"/scoring/{draft.pk}/discard/", {"version": now.version})
    assert not ScoringModel.objects.exists()


def test_a_refused_publish_leaves_the_agreement_there_is(cast: Cast, client: Client) -> None:
    draft = scored.draft([scored.rule(VISIT, 30)])
    models.agree(model=draft, side="sales", by=cast.maki, at=NOON)
    client.force_login(cast.ada)
    client.post(f"/scoring/{draft.pk}/publish/", {"why": "秋から資料請求が増えた"})
    draft.refresh_from_db()
    assert draft.why == "秋から資料請求が増えた"
    assert models.agreed_sides(draft) == {"sales"}


@pytest.mark.parametrize(
    "late",
    [
        lambda draft, cast: models.agree(model=draft, by=cast.maki, at=NOON, side="sales"),
        lambda draft, cast: models.copy(model=draft, by=cast.mia, at=NOON),
        lambda draft, cast: models.continued(model=draft, by=cast.mia, at=NOON),
    ],
    ids=["agreed to", "copied", "continued"],
)
def test_nothing_is_made_of_a_draft_discarded_meanwhile(cast: Cast, late: Callable[..., Any]) -> None:
    draft = scored.draft([scored.rule(VISIT, key="visit")])
    models.discard(model=ScoringModel.objects.get(), by=cast.mia, at=NOON)
    with pytest.raises(models.Discarded):
        late(draft, cast)
    assert not ScoringModel.objects.exists()
    assert not Agreement.objects.exists()


@at_the_same_time
def test_agreeing_while_the_draft_is_discarded_leaves_no_fault(cast: Cast) -> None:
    for _ in range(3):
        draft = scored.draft([scored.rule(VISIT, key="visit")])
        agreed, gone = at_once(
            lambda draft=draft: models.agree(model=draft, by=cast.maki, at=NOON, side="sales"),
            lambda draft=draft: models.discard(model=draft, by=cast.mia, at=NOON),
        )
        assert gone is None
        assert isinstance(agreed, Agreement | models.Discarded)
    assert not Agreement.objects.exists()


def test_who_acts_on_a_discarded_draft_is_told_on_a_page_that_is_there(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = scored.draft([scored.rule(VISIT, key="visit")])
    models.discard(model=ScoringModel.objects.get(), by=cast.mia, at=NOON)
    monkeypatch.setattr(views, "model_or_404", lambda pk: draft)
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = "en"
    answer = client.post(f"/scoring/{draft.pk}/copy/", follow=True)
    assert answer.redirect_chain == [("/scoring/", 302)]
    assert "This draft was discarded in the meantime." in answer.content.decode()
