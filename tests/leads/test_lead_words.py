"""The fixed words of leads in the reader's language."""

import pytest
from django.urls import reverse
from django.utils import translation

from leads.templatetags.lead_words import due_note_words
from tests import factories


@pytest.mark.parametrize(
    ("note", "japanese", "english"),
    [
        ("call: 来週かけ直す", "電話：来週かけ直す", "Call: 来週かけ直す"),
        ("meeting", "面談", "Meeting"),
        ("other: 資料を送る", "資料を送る", "資料を送る"),
        ("製品名: 見積もり", "製品名: 見積もり", "製品名: 見積もり"),
        ("", "", ""),
    ],
)
def test_a_planned_step_names_its_kind(note, japanese, english):
    for code, said in (("ja", japanese), ("en", english)):
        with translation.override(code):
            assert due_note_words(note) == said


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "told"), [("ja", "東京都"), ("en", "Tokyo")])
def test_a_prefecture_is_named_in_the_readers_language_and_kept_in_one(client, cast, language, told):
    lead = factories.lead(company={"name": "Acme", "prefecture": "東京都"}, last_name="Taylor")
    client.force_login(cast.mia)
    client.cookies["handoff_language"] = language
    assert told in client.get(reverse("lead", args=[lead.pk])).content.decode()
    page = client.get(reverse("lead-edit", args=[lead.pk]))
    assert page.context["form"]["prefecture"].value() == told

    given = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    client.post(reverse("lead-edit", args=[lead.pk]), given | {"title": "CEO"})

    lead.refresh_from_db()
    assert (lead.title, lead.company.prefecture) == ("CEO", "東京都")
