"""Rules as sentences with their pressable words, and dimensions with their hints."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext, pgettext

from accounts.interface.languages import in_language
from leads.domain import condition_sentence
from leads.domain.condition_fields import Registry
from leads.domain.condition_sentence import Part
from scoring.domain.choices import Dimension
from scoring.domain.formula import RuleSpec


@dataclass(frozen=True)
class DimensionWords:
    name: str
    hint: str


def dimension_words(dimension: str) -> DimensionWords:
    """What a dimension is called, and what it is about."""
    hints = {
        "fit": pgettext("dimension hint", "What kind of company and person"),
        "engagement": pgettext("dimension hint", "What they did"),
        "intent": pgettext("dimension hint", "Signs of buying"),
        "readiness": pgettext("dimension hint", "When they will decide"),
        "authority": pgettext("dimension hint", "Who decides"),
    }
    return DimensionWords(str(Dimension(dimension).label), hints[dimension])


def parts(rule: RuleSpec, known: Registry) -> tuple[Part, ...]:
    """The rule's condition in words; per activity with its cap and half-life."""
    text = condition_sentence.marked(rule.condition, known)
    if not rule.per_activity:
        return _begun(condition_sentence.cut(text))
    limits = gettext("up to %(cap)d points") % {"cap": rule.cap or 0}
    if rule.half_life_days:
        limits = gettext("%(limits)s, halving every %(days)d days") % {"limits": limits, "days": rule.half_life_days}
    said = gettext("%(what)s, each time (%(limits)s)")
    return _begun(condition_sentence.cut(said % {"what": text, "limits": condition_sentence.mark(limits)}))


def _begun(found: tuple[Part, ...]) -> tuple[Part, ...]:
    """With a capital, where the language has them: the sentence stands by itself."""
    if not found or not found[0].text:
        return found
    return (replace(found[0], text=found[0].text[0].upper() + found[0].text[1:]), *found[1:])


def action_label(bands: Any, band: str) -> str:
    """今すぐ対応 and the like, as the model names them."""
    found = next((item for item in bands if item.band == band), None)
    return in_language(found.label_ja, found.label_en) if found else ""
