"""The order in which published models are tried: the first whose condition holds scores the lead."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from journal import services as journal
from journal.errors import Conflict
from journal.transactions import retried
from scoring.domain.choices import ModelState
from scoring.models import RecomputeRun, ScoringModel
from scoring.queries import specs
from scoring.services import locks, recompute
from scoring.services.models import LAST_POSITION, MayNotPublish


class NoSuchPlace(Conflict):
    code = "no_such_place"
    message = _("This version can't be tried any earlier: nothing published with a condition stands before it.")


def movable() -> list[ScoringModel]:
    """The published models with a condition, in the order in which they are tried; the one for all others is last."""
    found = ScoringModel.objects.filter(state=ModelState.PUBLISHED, position__lt=LAST_POSITION)
    return list(found.order_by("position"))


@retried
def earlier(*, model: ScoringModel, by: Any, at: datetime) -> RecomputeRun:
    """Tries the model before the one that is tried before it now, and has all leads scored again.

    Raises MayNotPublish and NoSuchPlace.
    """
    if by is not None and not by.may(Permission.PUBLISH_RULES):
        raise MayNotPublish
    locks.own_models()
    places = movable()
    place = next((number for number, one in enumerate(places) if one.pk == model.pk), 0)
    if not place:
        raise NoSuchPlace
    one, other = places[place], places[place - 1]
    # No two published models may share a position, not even between two statements.
    ScoringModel.objects.filter(pk=one.pk).update(position=LAST_POSITION + 1)
    ScoringModel.objects.filter(pk=other.pk).update(position=one.position, updated_at=at)
    ScoringModel.objects.filter(pk=one.pk).update(position=other.position, updated_at=at)
    journal.record(specs.TRIED_EARLIER, subject=one, by=by, at=at, data={"than": other.pk})
    return recompute.begin(by=by, at=at, reason="publish")
