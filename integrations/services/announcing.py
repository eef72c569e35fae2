"""What each event of the log makes this app say, and to whom: one table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from handoff.domain.choices import ToldBy
from handoff.models import Batch, Clock, Handoff
from handoff.services import assigning
from integrations.domain.announcement import Announcement
from integrations.queries import recipients
from integrations.services import notices
from journal.models import Event
from leads.models import BulkRun, ImportRun

# Work that goes on after the page was left: who began it is told that it is done.
TOLD_TO_THEMSELVES = {"import.finished", "batch.made"}
# What can happen to one handoff several times, so the event is part of the key.
TOLD_EACH_TIME = {"handoff.reassigned", "handoff.paused"}


def announce(*, event: Event, at: datetime) -> int:
    """Tells whom the event concerns, never the one who did it; returns how many notices are new."""
    announcement = TABLE[event.kind](event)
    if announcement is None:
        return 0
    if event.kind not in TOLD_TO_THEMSELVES:
        announcement = replace(announcement, user_ids=announcement.user_ids - {event.actor_id})
    return notices.tell(announcement=announcement, happened_at=event.at, at=max(at, event.at))


def _to_receivers(event: Event) -> Announcement | None:
    handoff = _handoff(event)
    return _about(handoff, event, recipients.receivers(handoff))


def _of_offer(event: Event) -> Announcement | None:
    """By mail as well, unless the handoff rule tells the receiver in the product alone."""
    handoff = _handoff(event)
    may_mail = ToldBy.EMAIL in event.data.get("told_by", ToldBy.values)
    return replace(_about(handoff, event, recipients.receivers(handoff)), may_mail=may_mail)


def _to_queue(event: Event) -> Announcement | None:
    handoff = _handoff(event)
    # Those who take from the queue hear of the offer itself.
    return _about(handoff, event, recipients.managers(handoff.team_id) - recipients.receivers(handoff))


def _to_senders(event: Event) -> Announcement | None:
    handoff = _handoff(event)
    return _about(handoff, event, recipients.senders(handoff))


def _to_those_left(event: Event) -> Announcement | None:
    """A handoff that went on without an answer: whoever had it, and the sender."""
    handoff = _handoff(event)
    return _about(handoff, event, recipients.receivers(handoff) | recipients.senders(handoff))


def _of_pause(event: Event) -> Announcement | None:
    """Deadlines stand still: who leads the team, and whose deadlines they are where a manager paused them."""
    handoff = _handoff(event)
    concerned = recipients.managers(handoff.team_id) | frozenset(filter(None, [handoff.assigned_to_id]))
    told = _about(handoff, event, concerned)
    return replace(told, data=told.data | {name: event.data[name] for name in ("reason", "until", "pause")})


def _of_feedback(event: Event) -> Announcement | None:
    handoff = Handoff.objects.filter(pk=event.data.get("handoff")).first()
    if handoff is None:
        return None
    data = {name: event.data.get(name, "") for name in ("result", "reason")} | {"by": event.actor_id}
    key = f"{event.kind}:{event.subject_id}"
    return Announcement(event.kind, key, recipients.everybody_before(handoff), handoff.lead_id, handoff.pk, data)


def _of_clock(event: Event) -> Announcement | None:
    clock = Clock.objects.select_related("handoff").get(pk=event.subject_id)
    data = {
        "clock": clock.pk,
        "clock_kind": clock.kind,
        "level": event.data.get("level"),
        "due_at": clock.due_at.isoformat(),
    }
    tell_at = event.data.get("tell_at")
    return Announcement(
        kind=event.kind,
        key=f"alert:{event.data['alert']}",
        user_ids=frozenset(event.data.get("people", ())),
        lead_id=clock.handoff.lead_id,
        handoff_id=clock.handoff_id,
        data=data,
        mail_from=datetime.fromisoformat(tell_at) if tell_at else None,
    )


def _of_batch(event: Event) -> Announcement | None:
    batch = Batch.objects.get(pk=event.subject_id)
    people = {batch.owner_id} if batch.owner_id else recipients.managers(batch.team_id)
    data = {"batch": batch.pk, "cause": batch.cause, "count": event.data.get("count", 0)}
    return Announcement(event.kind, f"{event.kind}:{batch.pk}", frozenset(people), data=data)


def _of_nudge(event: Event) -> Announcement | None:
    """Somebody asks the one who owes something to look at it; mail waits for working hours."""
    data = {name: event.data.get(name, "") for name in ("kind", "due_at")} | {"by": event.actor_id}
    return Announcement(
        kind=event.kind,
        key=f"{event.kind}:{event.pk}",
        user_ids=frozenset(event.data.get("people", ())),
        lead_id=event.lead_id,
        data=data,
        mail_from=datetime.fromisoformat(event.data["tell_at"]),
    )


def _of_answer_check(event: Event) -> Announcement | None:
    """The date for checking scores against outcomes has come: one notice a date."""
    due_on = event.data["due_on"]
    people = frozenset(event.data.get("people", ()))
    return Announcement(event.kind, f"{event.kind}:{due_on}", people, data={"due_on": due_on})


def _of_agreement(event: Event) -> Announcement | None:
    """The SLA agreement waits for a department: one notice for each text, and each time it is asked of others."""
    asked = ",".join(event.data["sides"])
    data = {"agreement": event.subject_id, **event.data, "by": event.actor_id}
    key = f"{event.kind}:{event.subject_id}:{event.data['read']}:{asked}"
    return Announcement(event.kind, key, recipients.who_agree(event.data["sides"]), data=data)


def _of_publication_request(event: Event) -> Announcement | None:
    """Somebody asks to publish a draft of the scoring rules: one notice for each time it is asked."""
    data = {"request": event.data["request"], "by": event.actor_id}
    return Announcement(event.kind, f"publication:{event.data['request']}", recipients.publishers(), data=data)


def _to_those_who_asked(event: Event) -> Announcement | None:
    """A draft of the scoring rules was published or discarded: whoever had asked to publish it."""
    data = {"model": event.subject_id, "number": event.data["number"], "by": event.actor_id}
    people = frozenset(event.data.get("asked_by", ()))
    return Announcement(event.kind, f"{event.kind}:{event.subject_id}", people, data=data)


def _of_import(event: Event) -> Announcement | None:
    run = ImportRun.objects.get(pk=event.subject_id)
    counts = {name: getattr(run, name) for name in ("rows", "created", "updated", "duplicates", "refused", "state")}
    key = f"{event.kind}:{run.pk}:{run.state}"
    return Announcement(
        event.kind, key, frozenset({run.created_by_id}), data=counts | {"import": run.pk, "file": run.filename}
    )


def _of_bulk(event: Event) -> Announcement | None:
    """Many leads got a new owner or wait in another queue: one notice for all of them."""
    run = BulkRun.objects.get(pk=event.subject_id)
    if run.action != assigning.ASSIGN or not run.changed:
        return None
    team = run.values.get("team")
    people = recipients.of_queue(team) if team else frozenset({run.values["user"]})
    data = {"by": event.actor_id, "run": run.pk, "count": run.changed, "team": team}
    return Announcement("leads.assigned", f"leads.assigned:{run.pk}", people, data=data)


def _handoff(event: Event) -> Handoff:
    return Handoff.objects.get(pk=event.subject_id)


def _about(handoff: Handoff, event: Event, people: frozenset[int]) -> Announcement:
    data: dict[str, Any] = {"by": event.actor_id}
    again = f":{event.pk}" if event.kind in TOLD_EACH_TIME else ""
    return Announcement(event.kind, f"{event.kind}:{handoff.pk}{again}", people, handoff.lead_id, handoff.pk, data)


TABLE: dict[str, Callable[[Event], Announcement | None]] = {
    "handoff.offered": _of_offer,
    "handoff.queued": _to_queue,
    "handoff.reassigned": _to_receivers,
    "handoff.rerouted": _to_those_left,
    "handoff.withdrawn": _to_receivers,
    "handoff.paused": _of_pause,
    "handoff.accepted": _to_senders,
    "handoff.rejected": _to_senders,
    "feedback.given": _of_feedback,
    "clock.warned": _of_clock,
    "clock.breached": _of_clock,
    "clock.escalated": _of_clock,
    "duty.nudged": _of_nudge,
    "answer_check.due": _of_answer_check,
    "sla_agreement.waits": _of_agreement,
    "scoring_model.publication_asked": _of_publication_request,
    "scoring_model.published": _to_those_who_asked,
    "scoring_model.discarded": _to_those_who_asked,
    "batch.made": _of_batch,
    "import.finished": _of_import,
    "bulk.finished": _of_bulk,
}
