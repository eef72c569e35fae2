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
            labels[f"label_{language}"] = condition_sentence.sentence(condition, known)[:MOST_LETTERS]
    return labels
