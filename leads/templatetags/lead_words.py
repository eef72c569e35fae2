"""The fixed words of leads, in the reader's language."""

import re

from django import template

from leads.domain.choices import DueKind

register = template.Library()


@register.filter
def due_word(kind: str) -> str:
    """What is to be done next."""
    return str(DueKind(kind).label) if kind in DueKind.values else ""


@register.filter
def tel(number: str) -> str:
    """A telephone number as a `tel:` address takes it."""
    return re.sub(r"[^\d+]", "", number)
