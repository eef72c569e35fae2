"""What is kept in both languages is said in the reader's, or in the only one it has."""

import pytest
from django.utils import translation

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
