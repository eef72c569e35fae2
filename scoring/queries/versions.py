"""Two versions of the rules held against one another."""

from dataclasses import dataclass

from leads.domain.condition_fields import Registry
from leads.queries import conditions
from leads.queries.references import as_id
from scoring.domain import difference
from scoring.domain.choices import ModelState
from scoring.domain.difference import Difference
from scoring.models import ScoringModel
from scoring.queries import specs


@dataclass(frozen=True)
class Comparison:
    """`model` as it differs from the version `against`."""

    model: ScoringModel
    against: ScoringModel
    found: Difference
    known: Registry


def other_of(model: ScoringModel, given: object = None) -> ScoringModel | None:
    """The version to hold it against: the one asked for, else its origin, else what is published; None: there is none.

    `given` is an id as it was typed. A version is never held against itself.
    """
    others = ScoringModel.objects.exclude(pk=model.pk).prefetch_related("rules")
    if given not in (None, ""):
        return others.filter(pk=as_id(str(given)) or 0).first()
    if model.copied_from_id:
        return others.get(pk=model.copied_from_id)
    return others.filter(state=ModelState.PUBLISHED).order_by("-position").first()


def compare(model: ScoringModel, against: ScoringModel) -> Comparison:
    """What the model says differently."""
    known = conditions.registry()
    found = difference.between(specs.spec(against, known), specs.spec(model, known))
    return Comparison(model, against, found, known)
