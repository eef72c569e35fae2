"""Tracks and their steps as the reader reads them: who does a step, after how long, and a track as one line."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import figures
from handoff.domain.nurture import Cause, NurturePhase, StepOwner
from handoff.models import NurtureChoice, NurtureStep, NurtureTrack
from handoff.queries import nurture


def tracks_said() -> list[tuple[NurtureTrack, str]]:
    """Every track in use with its steps in a line; two queries."""
    found = list(nurture.active_tracks())
    steps = NurtureStep.objects.filter(track__in=found).select_related("user").order_by("position")
    by_key: dict[tuple[int, int], list[NurtureStep]] = {}
    for step in steps:
        by_key.setdefault((step.track_id, step.version), []).append(step)
    return [(track, said(by_key.get((track.pk, track.version), ()))) for track in found]


def said(steps: Iterable[NurtureStep]) -> str:
    """`3日後 資料を送る：…（マーケティング）→ …`."""
    pattern = pgettext("nurture step", "%(wait)s %(task)s (%(who)s)")
    told = (pattern % {"wait": wait(step), "task": nurture.said(step), "who": who(step)} for step in steps)
    return pgettext("between nurture steps", " → ").join(told)


def wait(step: NurtureStep) -> str:
    """How long after the step before, in calendar days."""
    if not step.wait_days:
        return _("At once:")
    days = step.wait_days
    return ngettext("After %(days)d day:", "After %(days)d days:", days) % {"days": days}


def who(step: NurtureStep) -> str:
    """Who does it."""
    if step.owner == StepOwner.PERSON and step.user is not None:
        return figures.person(step.user)
    return str(StepOwner(step.owner).label)


def named(track: NurtureTrack) -> str:
    """A track that a setting names; one that is switched off says so, as nothing follows it then."""
    name = nurture.name_of(track)
    return name if track.is_active else pgettext("nurture track", "%(name)s (not used)") % {"name": name}


def phase(track: NurtureTrack) -> str:
    """The consideration phase it is for."""
    return str(NurturePhase(track.phase).label)


def usual_track(cause: Cause) -> NurtureTrack | None:
    """The track that follows this, whatever the reason."""
    chosen = NurtureChoice.objects.select_related("track").filter(cause=cause, reason="").first()
    return chosen.track if chosen else None
