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
from tests.cast import NOON, Cast, organization, person
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


def delivered(kind: str = "publication_asked") -> list[Notice]:
    with clock.frozen(NOON):
        journal.deliver_owed(at=NOON)
    return list(Notice.objects.filter(kind=f"scoring_model.{kind}").order_by("pk"))


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


# -- what became of it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "ご依頼の配点ルール「秋の配点」第1版を足立さんが公開しました"),
        ("en", "足立 published the scoring rules “秋の配点”, version 1, as you asked"),
    ],
)
def test_who_asked_hears_that_it_was_published(
    draft: ScoringModel, client: Client, cast: Cast, language: str, text: str
) -> None:
    asked_by(signed_in(client, cast.mia), draft)
    models.patch(model=draft, values={"line": 4}, by=cast.ada, at=NOON)
    models.publish(model=draft, why="秋の見直し", by=cast.ada, at=NOON)
    [notice] = delivered("published")
    assert (notice.user, notice.carried_by is None) == (cast.mia, False)
    assert not notice_rows.is_settled(notice)
    with translation.override(language):
        row = notice_rows.rows([notice])[0]
    assert (row.text.replace("\N{NO-BREAK SPACE}", " "), row.note, row.url) == (
        text,
        "秋の見直し",
        f"/scoring/{draft.pk}/",
    )


@pytest.mark.parametrize(
    ("language", "text", "note"),
    [
        ("ja", "公開をご依頼の配点ルールの下書き（第1版）を足立さんが破棄しました", "採点はこれまでどおりです。"),
        (
            "en",
            "足立 discarded the draft of the scoring rules that you asked to publish (version 1)",
            "Scoring stays as it is.",
        ),
    ],
)
def test_who_asked_hears_that_it_was_discarded(
    draft: ScoringModel, client: Client, cast: Cast, language: str, text: str, note: str
) -> None:
    asked_by(signed_in(client, cast.mia), draft)
    models.discard(model=draft, by=cast.ada, at=NOON)
    [notice] = delivered("discarded")
    assert (notice.user, notice.carried_by is None) == (cast.mia, False)
    with translation.override(language):
        row = notice_rows.rows([notice])[0]
    assert (row.text.replace("\N{NO-BREAK SPACE}", " "), row.note, row.url) == (text, note, "/scoring/")


def test_everybody_who_asked_hears_of_it_once_and_nobody_of_their_own_deed(draft: ScoringModel, cast: Cast) -> None:
    other = person("nao", "直井", "尚", ["marketer"])
    for line, by in enumerate((cast.mia, other, cast.mia, cast.ada), start=1):
        models.patch(model=draft, values={"line": line}, by=cast.mia, at=NOON)
        requests.ask(model=draft, note="", by=by, at=NOON)
    models.publish(model=draft, why="x", by=cast.ada, at=NOON)
    assert {notice.user for notice in delivered("published")} == {cast.mia, other}
    assert delivered("published")[0].data == {"model": draft.pk, "number": 1, "by": cast.ada.pk}


def test_nobody_hears_of_a_draft_that_nobody_asked_to_publish(draft: ScoringModel, cast: Cast) -> None:
    models.publish(model=models.copy(model=draft, by=cast.mia, at=NOON), why="x", by=cast.ada, at=NOON)
    models.discard(model=draft, by=cast.mia, at=NOON)
    assert delivered("published") == delivered("discarded") == []


def test_who_discards_the_draft_they_asked_for_hears_nothing(draft: ScoringModel, client: Client, cast: Cast) -> None:
    asked_by(signed_in(client, cast.mia), draft)
    models.discard(model=draft, by=cast.mia, at=NOON)
    assert delivered("discarded") == []


@pytest.mark.django_db(transaction=True)
def test_asked_at_once_by_two_it_is_one_request(draft: ScoringModel, cast: Cast) -> None:
    people = [cast.mia, cast.ada]
    all_well(at_once(*[lambda who=who: requests.ask(model=draft, note="", by=who, at=NOON) for who in people]))
    assert PublicationRequest.objects.count() == 1
    assert Event.objects.filter(kind="scoring_model.publication_asked").count() == 1
