"""Suggests rules for a model from the outcomes of its leads. Reads only; a person takes what fits into a draft."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext, pgettext

from accounts.interface import figures
from leads.domain.condition_fields import Registry
from leads.queries import conditions
from scoring.domain.suggested import LEAST_OUTCOMES, MOST_RULES, SuggestedRule, Suggestion
from scoring.models import Rule, ScoringModel
from scoring.queries import outcome_sample


def suggest(
    model: ScoringModel,
    *,
    known: Registry,
    at: datetime,
    most: int = MOST_RULES,
    without: Collection[str] | None = None,
) -> Suggestion:
    """At most `most` rules, none of them about the fields in `without` (None: about no doubtful one).

    The same outcomes always give the same rules.
    """
    # scikit-learn takes two seconds and a hundred megabytes to load: only where somebody asks for a suggestion.
    from scoring.suggesting import suggest as fitting

    sample = outcome_sample.take(applies_to=model.applies_to, known=known, at=at)
    found = fitting.suggest(sample, known, most=most, without=without)
    return replace(found, rules=tuple(_beside(model, found.rules, known)))


def why_none(found: Suggestion) -> str:
    """Why there is nothing to suggest, in the active language; '' where there is."""
    if found.rules:
        return ""
    if found.has_enough:
        said = gettext("None of the fields and activities tells the outcomes apart clearly enough for a rule.")
        wide = gettext(
            "Even of a condition that half of these %(leads)s leads meet, the rate is only known to about "
            "±%(margin)s percentage points."
        ) % {"leads": figures.number(found.leads), "margin": figures.number(100 * found.margin)}
        return pgettext("two whole sentences", "%(first)s %(second)s") % {"first": said, "second": wide}
    return gettext(
        "A suggestion needs at least %(least)s leads that became opportunities and %(least)s that were lost, "
        "disqualified or given back. So far there are %(good)s and %(bad)s."
    ) % {"least": LEAST_OUTCOMES, "good": figures.number(found.good), "bad": figures.number(found.bad)}


def twin(model: ScoringModel, condition: object, known: Registry) -> Rule | None:
    """The model's rule with the same condition, however that is written, and points that count once.

    A suggestion with this condition changes that rule's points. Raises InvalidCondition.
    """
    node = conditions.read(condition, known=known)
    once = [rule for rule in model.rules.all() if not rule.per_activity]
    return next((rule for rule in once if conditions.read(rule.condition, known=known) == node), None)


def _beside(model: ScoringModel, rules: Sequence[SuggestedRule], known: Registry) -> list[SuggestedRule]:
    """The rules, each with its twin."""
    pairs = [(rule, twin(model, rule.condition, known)) for rule in rules]
    return [replace(rule, key=same.key, present=same.points) if same else rule for rule, same in pairs]
