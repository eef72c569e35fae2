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


class OrderChanged(Conflict):
    code = "changed_meanwhile"
    message = _("The order has changed in the meantime. Check it, then try again.")


def movable() -> list[ScoringModel]:
    """The published models with a condition, in the order in which they are tried; the one for all others is last."""
    found = ScoringModel.objects.filter(state=ModelState.PUBLISHED, position__lt=LAST_POSITION)
    return list(found.order_by("position"))


@retried
def earlier(*, model: ScoringModel, by: Any, at: datetime, than: int | None = None) -> RecomputeRun | None:
    """Tries the model before the one that is tried before it now, and has all leads scored again.

    `than` is the one that the person saw before it: where the model is tried before that one already, as after the
    first of two presses, nothing is done and None returned. Raises MayNotPublish, NoSuchPlace, and OrderChanged where
    another one has come to stand before it.
    """
    if by is not None and not by.may(Permission.PUBLISH_RULES):
        raise MayNotPublish
    locks.own_models()
    places = movable()
    place = next((number for number, one in enumerate(places) if one.pk == model.pk), len(places))
    if than in [one.pk for one in places[place + 1 :]]:
        return None
    if place in (0, len(places)):
        raise NoSuchPlace
    one, other = places[place], places[place - 1]
    if than not in (None, other.pk):
        raise OrderChanged
    # No two published models may share a position, not even between two statements.
    ScoringModel.objects.filter(pk=one.pk).update(position=LAST_POSITION + 1)
    ScoringModel.objects.filter(pk=other.pk).update(position=one.position, updated_at=at)
    ScoringModel.objects.filter(pk=one.pk).update(position=other.position, updated_at=at)
    journal.record(specs.TRIED_EARLIER, subject=one, by=by, at=at, data={"than": other.pk})
    return recompute.begin(by=by, at=at, reason="publish")
