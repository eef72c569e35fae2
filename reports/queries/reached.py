"""Whether a lead has reached a stage, as conditions of the database."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from handoff.models import StageTransition
from leads.domain.choices import Stage


def opportunity_after(*, lead: str, moment: str, as_of: datetime) -> Exists:
    """The lead entered OPPORTUNITY at or after the row's moment (both are names of the row's fields)."""
    return Exists(
        StageTransition.objects.filter(
            lead=OuterRef(lead), to_stage=Stage.OPPORTUNITY, at__gte=OuterRef(moment), at__lte=as_of
        )
    )


def won_since(*, lead: str, since: datetime, as_of: datetime) -> Exists:
    """The lead was won since then, and that was not taken back."""
    won = StageTransition.objects.filter(lead=OuterRef(lead), to_stage=Stage.WON, at__gte=since, at__lte=as_of)
    return Exists(won.filter(~Exists(_corrections(as_of))))


def taken_back(*, lead: str, as_of: datetime) -> Exists:
    """The lead has a won result that was corrected, and none that stands."""
    won = StageTransition.objects.filter(lead=OuterRef(lead), to_stage=Stage.WON, at__lte=as_of)
    return Exists(won.filter(Exists(_corrections(as_of)))) & ~Exists(won.filter(~Exists(_corrections(as_of))))


def _corrections(as_of: datetime) -> QuerySet[StageTransition]:
    """The correction of a won transition: the lead's first step out of WON after it, marked as corrected."""
    return StageTransition.objects.filter(
        lead=OuterRef("lead"), from_stage=Stage.WON, corrected=True, pk__gt=OuterRef("pk"), at__lte=as_of
    )
