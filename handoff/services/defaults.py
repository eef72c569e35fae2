"""Sets up handing over as a preset has it; what is there already stays as people made it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Team
from handoff.domain import follows, nurture, presets
from handoff.models import (
    Calendar,
    Gate,
    HandoffRule,
    NurtureChoice,
    NurtureStep,
    NurtureTrack,
    RejectReason,
    RoutingRule,
    SlaPolicy,
)
from handoff.queries import calendars, legs
from handoff.services import calendars as calendar_service
from journal.transactions import retried


@retried
def install(*, preset: str, at: datetime) -> None:
    """Calendar, response times, nurture tracks, reject reasons, gates, routes and the one handoff rule, switched on."""
    _calendar(at)
    tracks = _tracks()
    _reasons(tracks)
    for policy in presets.POLICIES:
        values = {"minutes": policy.minutes, "working_days": policy.working_days}
        SlaPolicy.objects.get_or_create(kind=policy.kind, leg="", band=policy.band, defaults=values)
    for gate in presets.gates(preset):
        values = {"mode": gate.mode, "condition": gate.condition, "required": list(gate.required)}
        Gate.objects.get_or_create(kind=gate.kind, defaults=values)
    install_routes(preset=preset)
    _rule()


def install_routes(*, preset: str) -> None:
    """One route per leg to its first team, where a team exists and no route does; in a large company the second
    field team has a territory of its own, which is asked first."""
    for leg in presets.LEGS[preset]:
        teams = list(Team.objects.filter(kind=legs.RECEIVING[leg], is_active=True).order_by("id"))
        if not teams or RoutingRule.objects.filter(leg=leg).exists():
            continue
        routes: list[tuple[Team, Any]] = [(teams[0], None)]
        if preset == "large" and legs.goes_to_field(leg) and len(teams) > 1:
            routes.insert(0, (teams[1], presets.WEST))
        for position, (team, condition) in enumerate(routes):
            RoutingRule.objects.create(leg=leg, position=position, name=team.name, condition=condition, to_team=team)


def _calendar(at: datetime) -> None:
    """Monday to Friday 9-18 with lunch 12-13 in Tokyo, Japanese holidays off."""
    if not Calendar.objects.filter(user__isnull=True, team__isnull=True).exists():
        values = {"name": str(presets.CALENDAR), "weekly": calendars.USUAL_WEEK}
        calendar_service.create(values=values, by=None, at=at)


def _tracks() -> dict[str, NurtureTrack]:
    """The shipped tracks by their code, and what leads to them where no reject reason does."""
    kept = {}
    for position, track in enumerate(nurture.STANDARD_TRACKS):
        names = {"name_ja": track.name_ja, "name_en": track.name_en, "phase": track.phase, "position": position}
        kept[track.code], is_new = NurtureTrack.objects.get_or_create(code=track.code, defaults=names)
        if is_new:
            NurtureStep.objects.bulk_create(_steps(kept[track.code], track))
    for cause, reason, code in nurture.STANDARD_CHOICES:
        NurtureChoice.objects.get_or_create(cause=cause, reason=reason, defaults={"track": kept[code]})
    return kept


def _steps(row: NurtureTrack, track: nurture.StandardTrack) -> list[NurtureStep]:
    return [
        NurtureStep(
            track=row,
            version=row.version,
            position=position,
            kind=step.kind,
            wait_days=step.wait_days,
            owner=step.owner,
            task_ja=step.task_ja,
            task_en=step.task_en,
        )
        for position, step in enumerate(track.steps)
    ]


def _reasons(tracks: Mapping[str, NurtureTrack]) -> None:
    for position, reason in enumerate(follows.STANDARD_REASONS):
        values = {
            "label_ja": reason.label_ja,
            "label_en": reason.label_en,
            "follows": reason.follows,
            "resurface_days": reason.resurface_days,
            "position": position,
            "track": tracks.get(reason.track),
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
