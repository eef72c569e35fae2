"""The first contact after an offer, by whichever way it comes in, and what is owed once it is made."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from handoff import permissions
from handoff.domain.choices import METHODS, TYPES, ClockKind, ContactMethod, ContactResult, HandoffState
from handoff.domain.duties import Duty
from handoff.domain.pauses import minutes_between
from handoff.models import Episode, Handoff
from handoff.queries import calendars, legs, pauses
from handoff.services import clocks, duties, holding, joining, resuming
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from leads.domain import appointments
from leads.domain.choices import DueKind
from leads.domain.lead_values import AHEAD
from leads.models import Activity, Lead
from leads.services import activities

REACHED = (ContactResult.TALKED, ContactResult.APPOINTMENT)


class NotHolder(Forbidden):
    code = "not_holder"
    message = _("Only the receiving team can record contacts.")


class HandoffOver(Conflict):
    code = "handoff_over"
    message = _("This handoff is closed, so nothing is due on it.")


class BadContact(Invalid):
    code = "bad_contact"
    message = _("The contact is incomplete; see the details.")


@retried
def contact(
    *,
    handoff: Handoff,
    by: User,
    at: datetime,
    method: str,
    result: str,
    appointment_at: datetime | None = None,
    note: str = "",
    happened_at: datetime | None = None,
    expected_version: int | None = None,
) -> Handoff:
    """Records one outbound contact, reached or not; the first one stops the contact clock.

    Allowed before the answer, which it doesn't give. Raises NotHolder, HandoffOver, BadContact, StaleWrite when
    `expected_version` is no longer the handoff's.
    """
    holding.hold(handoff, expected_version)
    moment = happened_at or at
    _check(handoff, by, method, result, moment, at, appointment_at)
    _let_go_on(handoff, result, moment, by, at)
    register(handoff=handoff, by=by, at=at, method=method, result=result, appointment_at=appointment_at, moment=moment)
    lead = Lead.objects.get(pk=handoff.lead_id)
    told = {"handoff": handoff.pk, "result": result}
    if appointment_at is not None:
        told["appointment_at"] = appointment_at.isoformat()
    activities.record(
        lead=lead, type=TYPES[method], occurred_at=moment, by=_who(handoff, by), at=at, note=note, metadata=told
    )
    return handoff


def refuse_over(handoff: Handoff) -> None:
    """A contact belongs to a handoff that waits for its answer or was accepted. Raises HandoffOver for others."""
    if handoff.state not in (HandoffState.OFFERED, HandoffState.ACCEPTED):
        raise HandoffOver


def register(
    *,
    handoff: Handoff,
    by: User | None,
    at: datetime,
    method: str,
    result: str,
    moment: datetime,
    appointment_at: datetime | None = None,
) -> None:
    """Writes a contact on the handoff; the first one meets the clock and brings the next duty."""
    told = {"contact_method": method, "contact_result": result}
    if appointment_at is not None:
        told["appointment_at"] = appointment_at
    open_row = Handoff.objects.filter(pk=handoff.pk)
    first = open_row.filter(first_contact_at__isnull=True).update(
        first_contact_at=moment, version=F("version") + 1, **told
    )
    if not first:
        open_row.update(**told, version=F("version") + 1)
    for name, value in told.items():
        setattr(handoff, name, value)
    if not first:
        return
    handoff.first_contact_at = moment
    clocks.meet(handoff=handoff, kind=ClockKind.CONTACT, at=moment)
    _contacted_episode(handoff, moment)
    if handoff.state == HandoffState.ACCEPTED and handoff.closed_at is None:
        duty = _duty_after_contact(handoff, at)
        for lead in [Lead.objects.get(pk=handoff.lead_id), *joining.joined_to(handoff)]:
            if lead.due_kind in (DueKind.CONTACT, ""):
                duties.assign(lead=lead, duty=duties.with_holder(lead, duty))
    data = {"method": method, "result": result, "leg": handoff.leg}
    record("handoff.contacted", subject=handoff, by=by, at=at, lead_id=handoff.lead_id, data=data)


def _let_go_on(handoff: Handoff, result: str | None, moment: datetime, by: User | None, at: datetime) -> None:
    """Before what the contact brings is owed: a pause that waited for the customer is over once they were reached."""
    if result in REACHED:
        resuming.reached(handoff, by=by, moment=moment, at=at)


def duty_after_accepting(*, handoff: Handoff, at: datetime) -> Duty:
    """The assignee owes the first contact; when it was made before the answer, what follows it."""
    if handoff.first_contact_at is not None:
        return _duty_after_contact(handoff, at)
    # Read again: taking it from a queue may just have moved the clock to a person's calendar.
    handoff.contact_due_at = Handoff.objects.values_list("contact_due_at", flat=True).get(pk=handoff.pk)
    return Duty(DueKind.CONTACT, handoff.contact_due_at or at, handoff.assigned_to_id, handoff.team_id)


def note_logged(logged: Iterable[Activity], at: datetime) -> None:
    """Activities came in: an outbound one by the receiving side after the offer is the contact."""
    ours = [row for row in logged if row.type in METHODS and row.by_id is not None]
    if not ours:
        return
    owed = Handoff.objects.filter(
        Q(state=HandoffState.OFFERED) | Q(state=HandoffState.ACCEPTED, closed_at__isnull=True),
        lead__in={row.lead_id for row in ours},
    )
    by_lead = {handoff.lead_id: handoff for handoff in owed.select_related("episode")}
    for row in sorted(ours, key=lambda activity: activity.occurred_at):
        handoff = by_lead.get(row.lead_id)
        if handoff is None or row.occurred_at < handoff.offered_at or not permissions.may_contact(row.by, handoff):
            continue
        told = row.metadata.get("result")
        is_known = told in ContactResult.values
        is_told = not is_known or row.metadata.get("handoff") == handoff.pk
        if handoff.first_contact_at is not None and is_told:
            continue  # a later contact that tells nothing new, or one that was recorded on the handoff itself
        _let_go_on(handoff, told, row.occurred_at, row.by, at)
        register(
            handoff=handoff,
            by=row.by,
            at=at,
            method=METHODS[row.type],
            result=told if is_known else ContactResult.TALKED,
            moment=row.occurred_at,
            appointment_at=appointments.told(row.metadata, made_at=row.occurred_at),
        )


def _unfit(appointment_at: datetime, contacted_at: datetime) -> FieldError | None:
    """Whoever is contacted agrees on a time still to come, and on one that both engines can keep."""
    told = {
        "before_contact": _("A meeting comes after the contact that arranged it. Enter a later time."),
        "far": _("This meeting is too far ahead. Enter an earlier time."),
    }
    fault = appointments.fault(appointment_at, made_at=contacted_at)
    return FieldError("appointment_at", fault, str(told[fault])) if fault else None


def _duty_after_contact(handoff: Handoff, at: datetime) -> Duty:
    to_field = legs.goes_to_field(handoff.leg)
    kind = ClockKind.FEEDBACK if to_field else ClockKind.QUALIFY
    clock = clocks.start(handoff=handoff, kind=kind, at=at)
    due_kind = DueKind.FEEDBACK if to_field else DueKind.QUALIFY
    return Duty(due_kind, clock.due_at, handoff.assigned_to_id, handoff.team_id)


def _contacted_episode(handoff: Handoff, moment: datetime) -> None:
    episode = handoff.episode
    calendar = calendars.for_receiver(user=handoff.assigned_to_id, team=handoff.team_id)
    minutes = minutes_between(calendar, episode.offered_at, moment, pauses.of_episode(episode.pk))
    untouched = Episode.objects.filter(pk=episode.pk, first_contact_at__isnull=True)
    untouched.update(first_contact_at=moment, contact_minutes=minutes)


def _check(
    handoff: Handoff,
    by: User,
    method: str,
    result: str,
    moment: datetime,
    at: datetime,
    appointment_at: datetime | None,
) -> None:
    if not permissions.may_contact(by, handoff):
        raise NotHolder
    refuse_over(handoff)
    faults = []
    if method not in ContactMethod.values:
        faults.append(FieldError("method", "unknown", ", ".join(ContactMethod.values)))
    if result not in ContactResult.values:
        faults.append(FieldError("result", "unknown", ", ".join(ContactResult.values)))
    if moment > at + AHEAD:
        faults.append(FieldError("at", "future", str(_("This contact is in the future. Enter when it happened."))))
    if moment < handoff.offered_at:
        faults.append(
            FieldError("at", "before_offer", str(_("This contact is before the handoff. Enter a later time.")))
        )
    if appointment_at is not None and (unfit := _unfit(appointment_at, moment)):
        faults.append(unfit)
    if faults:
        raise BadContact(errors=faults)


def _who(handoff: Handoff, by: User) -> User:
    return handoff.assigned_to if by.is_service and handoff.assigned_to else by
