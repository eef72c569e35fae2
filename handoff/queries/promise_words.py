"""Promises as people read them: how long, how many contacts, and how one handoff stands with what policies ask for."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import dates
from handoff.domain.choices import ClockKind, ClockState
from handoff.domain.promises import BY_POLICY_ONLY, Promise
from handoff.models import Clock, Handoff


def length(promise: Promise) -> str:
    """`30 min`, `3 working days`, `5 contacts within 10 working days`."""
    days = promise.working_days or 1
    time = ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
    if promise.minutes is not None:
        time = dates.length(promise.minutes)
    if promise.touches is None:
        return time
    text = ngettext("%(n)d contact within %(time)s", "%(n)d contacts within %(time)s", promise.touches)
    return text % {"n": promise.touches, "time": time}


def besides(handoff: Handoff, *, made: int) -> list[tuple[str, str]]:
    """What a policy asks for on this handoff besides answer and first contact, by name, and how it stands.

    `made` is how many contacts there were since the offer.
    """
    found = Clock.objects.filter(handoff=handoff, kind__in=BY_POLICY_ONLY).exclude(state=ClockState.CANCELLED)
    latest = {clock.kind: clock for clock in found.order_by("id")}
    return [(str(ClockKind(kind).label), _stands(latest[kind], made)) for kind in BY_POLICY_ONLY if kind in latest]


def _stands(clock: Clock, made: int) -> str:
    told = _told(clock, clock.due_at)
    if clock.ended_at is not None or clock.touches is None:
        return told
    counted = _("%(made)d of %(wanted)d made") % {"made": made, "wanted": clock.touches}
    return pgettext("separator", " · ").join([counted, told])


def _told(clock: Clock, due_at: datetime) -> str:
    if clock.state == ClockState.MET:
        return _("Done %(at)s") % {"at": dates.moment(clock.ended_at)}
    if clock.ended_at is not None:
        return _("Was due %(due)s and not done in time") % {"due": dates.due(due_at)}
    if clock.state == ClockState.BREACHED:
        return _("Was due %(due)s") % {"due": dates.due(due_at)}
    return _("Due %(due)s") % {"due": dates.due(due_at)}
