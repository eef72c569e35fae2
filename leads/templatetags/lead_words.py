"""The fixed words of leads, in the reader's language."""

import re

from django import template
from django.utils.translation import pgettext

from leads.domain.choices import DueKind
from leads.queries.timeline import named

register = template.Library()


@register.filter
def due_word(kind: str) -> str:
    """What is to be done next."""
    return str(DueKind(kind).label) if kind in DueKind.values else ""


@register.filter
def due_note_words(note: str) -> str:
    """`電話：来週かけ直す`: a planned step's kind, kept as its code, in the reader's language; other notes as written."""
    words = {
        "call": pgettext("planned", "Call"),
        "mail": pgettext("planned", "Email"),
        "meeting": pgettext("planned", "Meeting"),
        "other": "",
    }
    kind, _colon, rest = note.partition(": ")
    if kind not in words:
        return note
    return named(words[kind], rest) if words[kind] else rest


@register.filter
def tel(number: str) -> str:
    """A telephone number as a `tel:` address takes it."""
    return re.sub(r"[^\d+]", "", number)
