"""What a rule is called where nobody gave it a name: its condition's sentence in both languages."""

from django.utils import translation

from leads.domain import condition_sentence
from leads.domain.condition_fields import Registry
from leads.domain.conditions import Node

MOST_LETTERS = 120


def of(condition: Node, known: Registry) -> dict[str, str]:
    """`label_ja` and `label_en`, cut to what a label can hold."""
    labels = {}
    for language in ("ja", "en"):
        with translation.override(language):
            said = condition_sentence.sentence(condition, known)[:MOST_LETTERS]
            # It stands by itself, so it begins with a capital where the language has them.
            labels[f"label_{language}"] = said[:1].upper() + said[1:] if language == "en" else said
    return labels
