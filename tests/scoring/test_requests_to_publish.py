"""A marketer asks the administrators to publish a draft: a notice with a link, once for each state of the draft."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from integrations.models import Notice
from integrations.queries import notice_rows
from journal import clock
from journal import services as journal
from journal.models import Event
from scoring.models import PublicationRequest, ScoringModel
from scoring.services import models, requests
from tests.at_once import all_well, at_once
from tests.cast import NOON, Cast, organization
from tests.scoring import scored

VISIT = {"field": "seniority", "op": "known"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> ScoringModel:
    organization(preset="mid")
    return scored.draft([scored.rule(VISIT, 5, key="visit")], line=5, name="秋の配点")


def signed_in(client: Client, person: Any) -> Client:
    client.force_login(person)
    client.cookies["handoff_language"] = "en"
    return client


def delivered() -> list[Notice]:
    with clock.frozen(NOON):
        journal.deliver_owed(at=NOON)
    return list(Notice.objects.filter(kind="scoring_model.publication_asked").order_by("pk"))


def page(client: Client, draft: ScoringModel) -> str:
    with clock.frozen(NOON):
        return client.get(f"/scoring/{draft.pk}/").content.decode()


def asked_by(client: Client, draft: ScoringModel, note: str = "確認をお願いします") -> Any:
    with clock.frozen(NOON):
        return client.post(f"/scoring/{draft.pk}/ask/", {"note": note, "version": draft.version})


def test_the_administrators_find_a_notice_that_leads_to_the_draft(
    draft: ScoringModel, client: Client, cast: Cast
) -> None:
    mia = signed_in(client, cast.mia)
    assert f'action="/scoring/{draft.pk}/ask/"' in page(mia, draft)
    assert asked_by(mia, draft).status_code == 302
    notices = delivered()
    assert {notice.user_id for notice in notices} == {cast.ada.pk}
    with translation.override("ja"):
        row = notice_rows.rows(notices)[0]
    assert row.url == f"/scoring/{draft.pk}/"
    assert "三宅さんから配点ルール「秋の配点」第1版の公開依頼" in row.text
    assert row.note == "確認をお願いします"
    assert Event.objects.filter(kind="scoring_model.publication_asked", actor_id=cast.mia.pk).count() == 1
    assert notices[0].carried_by is not None


def test_the_draft_says_who_asked_and_when_to_both(draft: ScoringModel, client: Client, cast: Cast) -> None:
    mia = signed_in(client, cast.mia)
    asked_by(mia, draft)
    for someone in (cast.mia, cast.ada):
        said = page(signed_in(Client(), someone), draft)
        assert "asked for publication: today" in said
        assert "確認をお願いします" in said
        assert f'action="/scoring/{draft.pk}/ask/"' not in said


def test_it_is_asked_again_only_when_the_draft_has_changed(draft: ScoringModel, client: Client, cast: Cast) -> None:
    mia = signed_in(client, cast.mia)
    asked_by(mia, draft)
    asked_by(mia, draft)
    assert PublicationRequest.objects.count() == 1
    assert len(delivered()) == 1
    changed = models.patch(model=draft, values={"line": 4}, by=cast.mia, at=NOON)
    said = page(mia, changed)
    assert "The draft has changed since." in said
    assert f'action="/scoring/{draft.pk}/ask/"' in said
    asked_by(mia, changed)
    assert len(delivered()) == 2


def test_a_reworded_reason_needs_no_new_request(draft: ScoringModel, client: Client, cast: Cast) -> None:
    mia = signed_in(client, cast.mia)
    asked_by(mia, draft)
    fresh = models.patch(model=draft, values={"why": "秋の見直し"}, by=cast.mia, at=NOON)
    assert "The draft has changed since." not in page(mia, fresh)


def test_an_old_page_asks_for_nothing_that_was_not_read(draft: ScoringModel, client: Client, cast: Cast) -> None:
    mia = signed_in(client, cast.mia)
    models.patch(model=draft, values={"line": 4}, by=cast.ada, at=NOON)
    asked_by(mia, draft)
    assert not PublicationRequest.objects.exists()


def test_who_may_not_draft_may_not_ask(draft: ScoringModel, cast: Cast) -> None:
    with pytest.raises(models.MayNotDraft):
        requests.ask(model=draft, note="", by=cast.sato, at=NOON)


def test_what_is_no_draft_is_not_asked_for(draft: ScoringModel, cast: Cast) -> None:
    models.publish(model=draft, why="x", by=cast.ada, at=NOON)
    with pytest.raises(models.NotADraft):
        requests.ask(model=draft, note="", by=cast.mia, at=NOON)


def test_a_note_of_endless_length_is_refused(draft: ScoringModel, client: Client, cast: Cast) -> None:
    asked_by(signed_in(client, cast.mia), draft, "あ" * 1001)
    assert not PublicationRequest.objects.exists()


def test_a_draft_that_nobody_could_publish_is_not_asked_for(draft: ScoringModel, client: Client, cast: Cast) -> None:
    high = models.patch(model=draft, values={"line": 99}, by=cast.mia, at=NOON)
    mia = signed_in(client, cast.mia)
    asked_by(mia, high)
    assert "Not sent. The line of 99 is unreachable" in page(mia, high)
    assert not PublicationRequest.objects.exists()


def test_an_administrator_publishes_and_asks_nobody(draft: ScoringModel, client: Client, cast: Cast) -> None:
    assert f'action="/scoring/{draft.pk}/ask/"' not in page(signed_in(client, cast.ada), draft)


def test_a_notice_of_a_discarded_draft_still_reads(draft: ScoringModel, client: Client, cast: Cast) -> None:
    asked_by(signed_in(client, cast.mia), draft)
    notices = delivered()
    assert not notice_rows.is_settled(notices[0])
    models.discard(model=draft, by=cast.mia, at=NOON)
    with translation.override("ja"):
        row = notice_rows.rows(notices)[0]
    assert (row.url, row.note) == ("", "この下書きは破棄されました。")
    assert notice_rows.is_settled(notices[0])


@pytest.mark.django_db(transaction=True)
def test_asked_at_once_by_two_it_is_one_request(draft: ScoringModel, cast: Cast) -> None:
    people = [cast.mia, cast.ada]
    all_well(at_once(*[lambda who=who: requests.ask(model=draft, note="", by=who, at=NOON) for who in people]))
    assert PublicationRequest.objects.count() == 1
    assert Event.objects.filter(kind="scoring_model.publication_asked").count() == 1
