"""What is kept in both languages, said in the reader's."""

from django.utils.translation import get_language


def is_japanese() -> bool:
    """Whether the reader's language is Japanese; where none is active it is."""
    return (get_language() or "ja").startswith("ja")


def in_language(ja: str, en: str) -> str:
    """The one of the two that the reader reads; where it is empty the other."""
    return (ja or en) if is_japanese() else (en or ja)


def label_column() -> str:
    """The column of labels to ask the database for; a single row's label is `in_language` of both."""
    return "label_ja" if is_japanese() else "label_en"
