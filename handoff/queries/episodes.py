"""Earlier offers of a lead, and how often offers like this one became business."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from handoff.models import Episode, Handoff, RejectReason, StageEntry
from leads.domain.choices import Stage
from leads.models import Lead

# Under so many earlier episodes a share says nothing.
FEWEST = 20


@dataclass(frozen=True)
class Chance:
    """Of `of` earlier episodes, `reached` became an opportunity."""

    of: int
    reached: int


def chance(*, leg: str, band: str, at: datetime) -> Chance:
    """The share of earlier episodes of the same band and leg that reached OPPORTUNITY after their offer."""
    earlier = Episode.objects.filter(leg=leg, band=band, offered_at__lt=at, withdrawn_at__isnull=True)
    entry = StageEntry.objects.filter(
        lead=OuterRef("lead"), stage=Stage.OPPORTUNITY, at__gte=OuterRef("offered_at"), at__lt=at
    )
    counted = earlier.aggregate(of=Count("pk"), reached=Count("pk", filter=Q(Exists(entry))))
    return Chance(**counted)


def next_attempt(lead: Lead, leg: str) -> int:
    """1 for the first episode of this leg."""
    latest = Episode.objects.filter(lead=lead, leg=leg).order_by("-attempt").values_list("attempt", flat=True).first()
    return (latest or 0) + 1


def earlier_endings(lead: Lead) -> list[dict[str, object]]:
    """How each earlier handoff of the lead ended, newest first, as plain values for the sheet."""
    rows = Handoff.objects.filter(lead=lead).select_related("assigned_to", "sender", "team", "episode")
    latest = list(rows.order_by("-id")[:6])
    codes = {row.reject_reason for row in latest} - {""}
    reasons = {reason.code: reason for reason in RejectReason.objects.filter(code__in=codes)} if codes else {}
    return [_ending(row, reasons.get(row.reject_reason)) for row in latest]


def _ending(handoff: Handoff, reason: RejectReason | None) -> dict[str, object]:
    answered = handoff.answered_at or handoff.closed_at or handoff.offered_at
    return {
        "leg": handoff.leg,
        "attempt": handoff.episode.attempt,
        "state": handoff.state,
        "offered_at": handoff.offered_at.isoformat(),
        "at": answered.isoformat(),
        "from": handoff.sender.name if handoff.sender else "",
        "to": handoff.assigned_to.name if handoff.assigned_to else handoff.team.name,
        "reason": handoff.reject_reason,
        "reason_ja": reason.label_ja if reason else "",
        "reason_en": reason.label_en if reason else "",
        "comment": handoff.reject_comment,
        "outcome": handoff.episode.outcome,
    }
