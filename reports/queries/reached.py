"""Whether a lead has reached a stage, as conditions of the database.

The log is never rewritten: what a lead did that was merged away is read through the one it was merged into.
"""

from datetime import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from handoff.models import StageTransition
from leads.domain.choices import Stage


def whose() -> Coalesce:
    """Whom a transition counts for: the lead, or the one it was merged into."""
    return Coalesce(F("lead__merged_into"), F("lead"))


def opportunity_after(*, lead: str, moment: str, as_of: datetime) -> ExpressionWrapper:
    """The lead entered OPPORTUNITY at or after the row's moment (both are names of the row's fields)."""
    entered = StageTransition.objects.filter(to_stage=Stage.OPPORTUNITY, at__gte=OuterRef(moment), at__lte=as_of)
    return _any_of(entered, lead)


def won_since(*, lead: str, since: datetime | OuterRef, as_of: datetime) -> ExpressionWrapper:
    """The lead was won since then (a moment, or a reference to the row's), and that was not taken back."""
    won = StageTransition.objects.filter(to_stage=Stage.WON, at__gte=since, at__lte=as_of)
    return _any_of(won.filter(~Exists(_corrections(as_of))), lead)


def lost_since(*, lead: str, since: datetime | OuterRef, as_of: datetime) -> ExpressionWrapper:
    """The lead was lost since then, and was neither an opportunity again nor won after that."""
    return _for_good([Stage.LOST], lead=lead, since=since, as_of=as_of)


def ended_since(*, lead: str, since: datetime | OuterRef, as_of: datetime) -> ExpressionWrapper:
    """The lead was lost, disqualified or sent back to nurturing since then, and no opportunity and not won after."""
    return _for_good([Stage.LOST, Stage.DISQUALIFIED, Stage.NURTURE], lead=lead, since=since, as_of=as_of)


def _for_good(stages: list[Stage], *, lead: str, since: datetime | OuterRef, as_of: datetime) -> ExpressionWrapper:
    entered = StageTransition.objects.filter(to_stage__in=stages, at__gte=since, at__lte=as_of)
    revived = StageTransition.objects.filter(
        lead=OuterRef("lead"), to_stage__in=[Stage.OPPORTUNITY, Stage.WON], pk__gt=OuterRef("pk"), at__lte=as_of
    )
    return _any_of(entered.filter(~Exists(revived)), lead)


def taken_back(*, lead: str, as_of: datetime) -> ExpressionWrapper:
    """The lead has a won result that was corrected, and none that stands."""
    won = StageTransition.objects.filter(to_stage=Stage.WON, at__lte=as_of)
    corrected = _any_of(won.filter(Exists(_corrections(as_of))), lead)
    standing = _any_of(won.filter(~Exists(_corrections(as_of))), lead)
    return ExpressionWrapper(Q(corrected) & ~Q(standing), output_field=BooleanField())


def _any_of(transitions: QuerySet[StageTransition], lead: str) -> ExpressionWrapper:
    # Two looks into an index each: an OR over both columns would read the whole log for every row.
    own = Exists(transitions.filter(lead=OuterRef(lead)))
    merged = Exists(transitions.filter(lead__merged_into=OuterRef(lead)))
    return ExpressionWrapper(Q(own) | Q(merged), output_field=BooleanField())


def _corrections(as_of: datetime) -> QuerySet[StageTransition]:
    """The correction of a won transition: the lead's first step out of WON after it, marked as corrected.

    A step out before it was into another deal, whose result is then the one corrected.
    """
    won = {"lead": OuterRef("lead"), "from_stage": Stage.WON}
    before = StageTransition.objects.filter(**won, pk__gt=OuterRef(OuterRef("pk")), pk__lt=OuterRef("pk"))
    after = StageTransition.objects.filter(**won, corrected=True, pk__gt=OuterRef("pk"), at__lte=as_of)
    return after.filter(~Exists(before))
