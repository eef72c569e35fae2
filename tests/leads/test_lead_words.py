"""The fixed words of leads in the reader's language."""

import pytest
from django.utils import translation

from leads.templatetags.lead_words import due_note_words


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
