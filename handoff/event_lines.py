"""How stage changes and handoffs read on a lead's timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface.languages import in_language
from handoff.domain.choices import ClockKind, PauseReason
from handoff.domain.nurture import Ended
from handoff.domain.stages import Way
from handoff.queries import contact_words
from handoff.queries.reason_words import reason_label
from journal.models import Event
from leads import timeline
from leads.domain.choices import Stage
from leads.timeline import Line, People

# What these cause is told by the handoff's own line.
_TOLD_ELSEWHERE = {Way.ACCEPTED, Way.OFFERED, Way.PASSED}


def stage_changed(event: Event, people: People) -> Line | None:
    """The stage reached; not the ones that an answer already tells."""
    reason, to = event.data.get("reason", ""), event.data.get("to", "")
    if reason in _TOLD_ELSEWHERE or to not in Stage.values:
        return None
    words = {
        Way.ELIGIBLE: pgettext("stage reason", "met the criteria"),
        Way.RESURFACED: pgettext("stage reason", "due for review"),
        Way.INTAKE: pgettext("stage reason", "can be contacted"),
        Way.SELF_SOURCED: pgettext("stage reason", "self-sourced"),
        Way.CORRECTED: pgettext("stage reason", "corrected"),
    }
    said = words.get(reason) or reason_label(reason)
    pattern = _("Became %(stage)s (%(reason)s)") if said else _("Became %(stage)s")
    text = pattern % {"stage": Stage(to).label, "reason": said}
    is_key = to in (Stage.MQL, Stage.OPPORTUNITY, Stage.WON)
    return Line("trophy" if to == Stage.WON else "trending-up" if is_key else "arrow-right", text, is_key=is_key)


def offered(event: Event, people: People) -> Line:
    """Handed over, to whom."""
    receiver = people.get(event.data.get("to") or 0)
    text = _("Handed over to %(name)s") % {"name": receiver} if receiver else _("Handed over to the team's queue")
    return Line("arrow-right", text)


def accepted(event: Event, people: People) -> Line:
    """Accepted, by whom."""
    return Line("check", _("Handoff accepted"), is_key=True, note=people.get(event.data.get("by") or 0, ""))


def rejected(event: Event, people: People) -> Line:
    """Given back, with the reason."""
    reason = reason_label(event.data.get("reason", ""))
    text = _("Given back: %(reason)s") % {"reason": reason} if reason else _("Handoff given back")
    return Line("arrow-back-up", text, note=people.get(event.data.get("by") or 0, ""))


def withdrawn(event: Event, people: People) -> Line:
    """Taken back before an answer."""
    return Line("arrow-back-up", _("Handoff withdrawn"))


def rerouted(event: Event, people: People) -> Line:
    """Nobody answered in time, so it went on."""
    receiver = people.get(event.data.get("to") or 0)
    text = (
        _("Unanswered, passed to %(name)s") % {"name": receiver} if receiver else _("Unanswered, returned to the queue")
    )
    return Line("refresh", text)


def reassigned(event: Event, people: People) -> Line:
    """Another person holds it."""
    receiver = people.get(event.data.get("to") or 0)
    return Line("user-check", _("Assigned to %(name)s") % {"name": receiver} if receiver else _("Assigned to the team"))


def paused(event: Event, people: People) -> Line:
    """Its deadlines stand still, and why."""
    reason = event.data.get("reason", "")
    said = PauseReason(reason).label if reason in PauseReason.values else ""
    return Line("player-pause", _("Deadlines paused: %(reason)s") % {"reason": said} if said else _("Deadlines paused"))


def resumed(event: Event, people: People) -> Line:
    """They run again, by hand or because the time was over."""
    return Line("player-play", _("Deadlines resumed"))


def contacted(event: Event, people: People) -> Line:
    """The first contact and its result."""
    said = contact_words.said(event.data.get("method", ""), event.data.get("result", ""))
    return Line("phone", _("First contact: %(result)s") % {"result": said} if said else _("First contact"), is_key=True)


def joined(event: Event, people: People) -> Line:
    """A colleague's handoff is open: this lead travels with it."""
    return Line("users", _("Joined the company's open handoff"))


def breached(event: Event, people: People) -> Line:
    """A deadline has passed."""
    kind = event.data.get("kind", "")
    label = ClockKind(kind).label if kind in ClockKind.values else ""
    return Line("alert-circle", _("Deadline passed: %(kind)s") % {"kind": label})


def planned(event: Event, people: People) -> Line:
    """Somebody said what comes next."""
    return Line("calendar", _("Next action planned"))


def nurturing(event: Event, people: People) -> Line:
    """A track begins."""
    return Line("seedling", _("Nurture track started: %(track)s") % {"track": _named(event)})


def nurtured(event: Event, people: People) -> Line | None:
    """A track is over, and why. That another one took its place is told by that one's beginning."""
    because = event.data.get("because", "")
    if because == Ended.REPLACED or because not in Ended.values:
        return None
    told = {"track": _named(event), "because": Ended(because).label}
    return Line("seedling", _("Nurture track ended: %(track)s (%(because)s)") % told)


def step_skipped(event: Event, people: People) -> Line:
    """A step that nobody will do; a done one is an activity."""
    return Line("player-skip-forward", _("Nurture step skipped: %(task)s") % {"task": _named(event)})


def _named(event: Event) -> str:
    return in_language(event.data.get("ja", ""), event.data.get("en", ""))


timeline.register("nurture.started", nurturing)
timeline.register("nurture.ended", nurtured)
timeline.register("nurture.step_skipped", step_skipped)
timeline.register("lead.stage_changed", stage_changed)
timeline.register("lead.stage_followed", stage_changed)
timeline.register("handoff.offered", offered)
timeline.register("handoff.accepted", accepted)
timeline.register("handoff.rejected", rejected)
timeline.register("handoff.withdrawn", withdrawn)
timeline.register("handoff.rerouted", rerouted)
timeline.register("handoff.reassigned", reassigned)
timeline.register("handoff.paused", paused)
timeline.register("handoff.resumed", resumed)
timeline.register("handoff.contacted", contacted)
timeline.register("handoff.joined", joined)
timeline.register("clock.breached", breached)
timeline.register("lead.next_action_planned", planned)
