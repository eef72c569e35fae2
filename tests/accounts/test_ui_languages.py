"""What is kept in both languages is said in the reader's, or in the only one it has."""

import pytest
from django.utils import translation
from django.utils.translation import pgettext

from accounts.interface.languages import in_language, label_column


@pytest.mark.parametrize(
    ("language", "ja", "en", "said"),
    [
        ("ja", "役職", "Title", "役職"),
        ("en", "役職", "Title", "Title"),
        ("en", "役職", "", "役職"),
        ("ja", "", "Title", "Title"),
        (None, "役職", "Title", "役職"),
    ],
)
def test_a_label_is_said_in_the_readers_language_or_in_the_only_one_it_has(language, ja, en, said):
    with translation.override(language):
        assert in_language(ja, en) == said


def test_a_whole_column_is_asked_for_in_the_readers_language():
    with translation.override("en"):
        assert label_column() == "label_en"
    with translation.override(None):
        assert label_column() == "label_ja"


def test_sentences_follow_one_another_without_a_blank_in_japanese_and_with_one_in_english():
    said = {}
    for language in ("ja", "en"):
        with translation.override(language):
            said[language] = pgettext("between sentences", " ")
    assert said == {"ja": "\N{ZERO WIDTH SPACE}", "en": " "}
