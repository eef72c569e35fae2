"""Sets up handing over as a preset has it; what is there already stays as people made it."""

from datetime import datetime

from accounts.models import Team
from handoff.domain import follows, presets
from handoff.models import Calendar, Gate, HandoffRule, RejectReason, RoutingRule, SlaPolicy
from handoff.queries import calendars, legs
from handoff.services import calendars as calendar_service
from journal.transactions import retried


@retried
def install(*, preset: str, at: datetime) -> None:
    """Calendar, response times, reject reasons, gates, routes and the one handoff rule, switched on."""
    _calendar(at)
    _reasons()
    for policy in presets.POLICIES:
        values = {"minutes": policy.minutes, "working_days": policy.working_days}
        SlaPolicy.objects.get_or_create(kind=policy.kind, leg="", band=policy.band, defaults=values)
    for gate in presets.gates(preset):
        values = {"mode": gate.mode, "condition": gate.condition, "required": list(gate.required)}
        Gate.objects.get_or_create(kind=gate.kind, defaults=values)
    install_routes(preset=preset)
    _rule()


def install_routes(*, preset: str) -> None:
    """One route per leg to its first team, where a team exists and no route does."""
    for leg in presets.LEGS[preset]:
        team = Team.objects.filter(kind=legs.RECEIVING[leg], is_active=True).order_by("id").first()
        if team is not None and not RoutingRule.objects.filter(leg=leg).exists():
            RoutingRule.objects.create(leg=leg, position=0, name=team.name, to_team=team)


def _calendar(at: datetime) -> None:
    """Monday to Friday 9-18 with lunch 12-13 in Tokyo, Japanese holidays off."""
    if not Calendar.objects.filter(user__isnull=True, team__isnull=True).exists():
        values = {"name": str(presets.CALENDAR), "weekly": calendars.USUAL_WEEK}
        calendar_service.create(values=values, by=None, at=at)


def _reasons() -> None:
    for position, reason in enumerate(follows.STANDARD_REASONS):
        values = {
            "label_ja": reason.label_ja,
            "label_en": reason.label_en,
            "follows": reason.follows,
            "resurface_days": reason.resurface_days,
            "position": position,
        }
        RejectReason.objects.get_or_create(code=reason.code, defaults=values)


def _rule() -> None:
    """Every preset ships one handoff rule, on: eligible → the first leg's route."""
    if not HandoffRule.objects.exists():
        HandoffRule.objects.create(
            name=str(presets.RULE),
            is_on=True,
            giver="marketing",
            travels=list(presets.TRAVELS),
            told_by=list(presets.TOLD_BY),
        )
