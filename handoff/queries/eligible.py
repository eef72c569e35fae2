"""Which leads over the line may be taken up: eligible is a level, not an edge (DESIGN §4)."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.queries import organization
from handoff.domain.choices import HandoffState
from handoff.domain.follows import BARS_SYSTEM_OFFER
from handoff.domain.stages import BEFORE_FIRST_LEG
from handoff.models import Handoff, HandoffRule
from handoff.queries import gates, legs, lifts
from leads.domain.choices import DueKind, Stage
from leads.models import Lead
from leads.queries import conditions

# An MQL that only waits to be handed over; anything more pressing on it is a person's business.
WAITING = (DueKind.OFFER, DueKind.BATCH)


def newly(lead_ids: Iterable[int], *, at: datetime) -> list[Lead]:
    """Leads below MQL that are eligible now: line reached, MQL gate holds, free, and not resting any more."""
    awake = _awake(_over_the_line(lead_ids), at)
    if not awake:  # after a recompute hardly anybody is newly eligible, and this is asked for each thousand leads
        return []
    return list(gates.passing_entry(_over_the_line(awake), at=at).order_by("pk"))


def were_they_over_the_line(lead_ids: Iterable[int], at: datetime) -> int:
    """How many of these leads would be newly eligible, did their score reach the line: for rehearsing a draft."""
    return gates.passing_entry(Lead.objects.filter(pk__in=_awake(_free(lead_ids), at)), at=at).count()


def _awake(leads: QuerySet[Lead], at: datetime) -> set[int]:
    """Those of them below MQL that don't rest, or whose rest is lifted."""
    below = dict(leads.filter(stage__in=BEFORE_FIRST_LEG).values_list("pk", "not_before"))
    resting = {pk for pk, not_before in below.items() if not_before and not_before > at}
    awake = below.keys() - resting
    return awake | lifts.lifted(Lead.objects.filter(pk__in=resting), at=at) if resting else awake


def waiting(lead_ids: Iterable[int], *, at: datetime) -> list[Lead]:
    """MQLs without an offer that the system may still offer in this stay."""
    mqls = _over_the_line(lead_ids).filter(stage=Stage.MQL, due_kind__in=WAITING)
    answered = Handoff.objects.filter(
        lead=OuterRef("pk"), leg__in=legs.FIRST_LEGS, offered_at__gte=OuterRef("stage_since")
    )
    barred = Q(state=HandoffState.WITHDRAWN) | Q(state=HandoffState.REJECTED, successor__in=BARS_SYSTEM_OFFER)
    return list(gates.passing_entry(mqls.filter(~Exists(answered.filter(barred))), at=at).order_by("pk"))


def rule_for(lead: Lead, *, at: datetime) -> HandoffRule | None:
    """The first handoff rule that is on and whose `when` holds: a rule narrows eligible, never widens it."""
    day = organization.local_day(at)
    for rule in HandoffRule.objects.filter(is_on=True).select_related("to_team", "to_user").order_by("position", "id"):
        if conditions.matches(rule.when, lead, on=day):
            return rule
    return None


def were_offered(lead_ids: Iterable[int]) -> set[int]:
    """Those that were handed over before."""
    return set(Handoff.objects.filter(lead__in=list(lead_ids)).values_list("lead_id", flat=True))


def _over_the_line(lead_ids: Iterable[int]) -> QuerySet[Lead]:
    return _free(lead_ids).filter(score__reaches_line=True)


def _free(lead_ids: Iterable[int]) -> QuerySet[Lead]:
    """Nobody has them in hand, and they may be contacted."""
    found = Lead.objects.present().filter(pk__in=list(lead_ids), do_not_contact=False)
    open_handoff = Handoff.objects.open().filter(lead=OuterRef("pk"))
    return found.filter(~Exists(open_handoff), joined__isnull=True).select_related("company")
