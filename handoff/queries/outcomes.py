"""What became of leads, and what was known of them when they were offered: what suggested points are fitted to."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from handoff.models import Episode, StageTransition
from handoff.queries import legs
from leads.domain.choices import Stage
from leads.models import Lead
from scoring.hooks import Outcome

# Entering one of these is what a handoff is for (商談化).
REACHED = (Stage.OPPORTUNITY, Stage.WON)
ENDED = (Stage.LOST, Stage.DISQUALIFIED)
AT_ONCE = 1000


def latest(among: QuerySet[Lead], most: int) -> list[Outcome]:
    """The newest outcomes of present leads: good where one became an opportunity or was won.

    Bad are those lost or disqualified, and those sent back to nurturing by an answer, without an opportunity before.
    A lead offered by marketing before its outcome counts as of the latest such offer. Open ones have none.
    """
    found = [*_reached(among, most), *_ended(among, most)]
    found.sort(key=lambda one: (one.at, one.lead))
    newest = found[-most:]
    offers = _offers([one.lead for one in newest])
    return [_as_of_offer(one, offers.get(one.lead, ())) for one in newest]


def values_at(offers: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """The frozen values of these episodes; those without any are missing."""
    rows = Episode.objects.filter(pk__in=offers).values_list("pk", "facts__values")
    return {number: values for number, values in rows if values}


def _reached(among: QuerySet[Lead], most: int) -> list[Outcome]:
    entered = StageTransition.objects.filter(to_stage__in=REACHED, lead__in=among.order_by().values("pk"))
    rows = entered.order_by().values_list("lead").annotate(first=Min("at")).order_by("-first", "-lead")[:most]
    return [Outcome(lead, True, first) for lead, first in rows]


def _ended(among: QuerySet[Lead], most: int) -> list[Outcome]:
    reached = StageTransition.objects.filter(lead=OuterRef("pk"), to_stage__in=REACHED)
    answered = Episode.objects.filter(lead=OuterRef("pk"), answered_at__isnull=False)
    ended = Q(stage__in=ENDED) | (Q(stage=Stage.NURTURE) & Exists(answered))
    rows = among.filter(ended).exclude(Exists(reached)).order_by("-stage_since", "-pk")
    return [Outcome(lead, False, since) for lead, since in rows.values_list("pk", "stage_since")[:most]]


def _offers(leads: list[int]) -> dict[int, list[tuple[datetime, int]]]:
    """Each lead's offers from marketing that were not withdrawn, as (moment, episode)."""
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for start in range(0, len(leads), AT_ONCE):
        rows = Episode.objects.filter(
            lead__in=leads[start : start + AT_ONCE], leg__in=legs.FIRST_LEGS, withdrawn_at__isnull=True
        )
        for lead, at, number in rows.values_list("lead", "offered_at", "pk"):
            found[lead].append((at, number))
    return found


def _as_of_offer(one: Outcome, offers: Collection[tuple[datetime, int]]) -> Outcome:
    before = [offer for offer in offers if offer[0] <= one.at]
    if not before:
        return one
    at, number = max(before)
    return Outcome(one.lead, one.is_good, at, number)
