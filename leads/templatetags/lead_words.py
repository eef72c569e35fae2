"""The fixed words of leads, in the reader's language."""

import re

from django import template

from leads.domain.choices import DueKind, Phase, Seniority, Stage

register = template.Library()


@register.filter
def due_word(kind: str) -> str:
    """What is to be done next."""
    return str(DueKind(kind).label) if kind in DueKind.values else ""


@register.filter
def stage_word(value: str) -> str:
    """The stage's name."""
    return str(Stage(value).label) if value in Stage.values else ""


@register.filter
def phase_word(value: str) -> str:
    """How far the consideration is."""
    return str(Phase(value).label) if value in Phase.values else ""


@register.filter
def seniority_word(value: str) -> str:
    """The seniority's name."""
    return str(Seniority(value).label) if value in Seniority.values else ""


@register.filter
def tel(number: str) -> str:
    """A telephone number as a `tel:` address takes it."""
    return re.sub(r"[^\d+]", "", number)
