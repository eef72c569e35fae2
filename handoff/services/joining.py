"""A second person of a company whose handoff is open: shares owner, team and due time, has no clocks of its own."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from handoff.domain.choices import HandoffState
from handoff.domain.duties import Duty
from handoff.domain.stages import BEFORE_FIRST_LEG, Way
from handoff.models import Handoff, JoinedLead
from handoff.queries import due, marketing
from handoff.services import duties, holding, stages
from journal.services import record
from leads.domain.choices import DueKind, Stage
from leads.models import Lead


def open_handoff_of_company(lead: Lead) -> Handoff | None:
    """The open handoff that this lead would join: of a colleague, and unanswered until the transaction ends.

    None where the lead itself was handed over, ended or merged away meanwhile.
    """
    if lead.company_id is None:
        return None
    found = list(Handoff.objects.open().filter(lead__company=lead.company_id).exclude(lead=lead).order_by("id"))
    if found:
        holding.hold_lead(lead.pk)
        if not _waits_for_none(lead):
            return None
    for handoff in found:
        holding.hold(handoff)
        if handoff.state == HandoffState.OFFERED:
            return handoff
    return None


def _waits_for_none(lead: Lead) -> bool:
    """Whether the lead, as it is now, could still be handed over for the first time."""
    here = Lead.objects.present().in_stage(*BEFORE_FIRST_LEG, Stage.MQL).filter(pk=lead.pk, do_not_contact=False)
    return here.exists() and not Handoff.objects.open().filter(lead=lead).exists()


def join(*, lead: Lead, handoff: Handoff, by: User | None, at: datetime) -> None:
    """The lead (an MQL) waits for the same answer; the sheet gets a dated addendum.

    The handoff is one that `open_handoff_of_company` found in this transaction. Who has joined one meanwhile stays there.
    """
    _row, joins = JoinedLead.objects.get_or_create(lead=lead, defaults={"handoff": handoff, "at": at})
    if not joins:
        return
    duties.assign(lead=lead, duty=duties.answer(handoff))
    current = Handoff.objects.select_for_update().get(pk=handoff.pk)
    addendum = {"at": at.isoformat(), "lead": lead.pk, "name": lead.name, "title": lead.title}
    Handoff.objects.filter(pk=handoff.pk).update(addenda=[*current.addenda, addendum])
    record("handoff.joined", subject=handoff, by=by, at=at, lead_id=lead.pk, data={"lead": lead.pk})


def joined_to(handoff: Handoff) -> list[Lead]:
    """The leads that wait or go along with this handoff, held until the transaction ends: one that is just going its
    own way is waited for, and then is none of them."""
    lead_ids = list(JoinedLead.objects.filter(handoff=handoff).values_list("lead", flat=True))
    if not lead_ids:
        return []
    holding.hold_leads(lead_ids)
    return list(Lead.objects.present().filter(joined__handoff=handoff))


def follow_acceptance(*, handoff: Handoff, duty: Duty, by: User, at: datetime) -> None:
    """Accepting moves the joined ones too; the clocks stay on the first."""
    for lead in joined_to(handoff):
        if lead.stage == Stage.MQL:
            stages.move(lead=lead, to=Stage.SAL, way=Way.ACCEPTED, by=by, at=at, handoff=handoff, duty=duty)


def free(*, handoff: Handoff, at: datetime) -> None:
    """The handoff ended without acceptance: those who joined are MQLs of their own again."""
    for lead in joined_to(handoff):
        duties.assign(lead=lead, duty=due.duty(DueKind.OFFER, marketing.keeper_of(lead), at=at))
    JoinedLead.objects.filter(handoff=handoff).delete()


def free_accepted(*, handoff: Handoff, at: datetime) -> None:
    """An accepted handoff ended without a result: those who came along stay with who holds them, next step open."""
    for lead in joined_to(handoff):
        _stay_with_holder(lead, handoff, at)
    JoinedLead.objects.filter(handoff=handoff).delete()


def _stay_with_holder(lead: Lead, handoff: Handoff, at: datetime) -> None:
    if lead.stage == Stage.SAL:
        receiver = marketing.Keeper(handoff.assigned_to_id, handoff.team_id)
        duties.assign(lead=lead, duty=duties.with_holder(lead, due.duty(DueKind.NEXT_ACTION, receiver, at=at)))


def come_back(*, lead_ids: Iterable[int], at: datetime) -> None:
    """Leads were put back beside a handoff that has gone on meanwhile: they go on as those did who were there."""
    for row in JoinedLead.objects.filter(lead__in=list(lead_ids)).select_related("lead", "handoff"):
        lead, handoff = row.lead, row.handoff
        holding.hold(handoff)
        # Its receiver or its time may have changed meanwhile, or it was passed on.
        waiting = Handoff.objects.open().filter(episode=handoff.episode_id).first()
        if lead.due_kind == DueKind.ANSWER and waiting is not None:
            JoinedLead.objects.filter(pk=row.pk).update(handoff=waiting)
            duties.assign(lead=lead, duty=duties.answer(waiting))
            continue
        if lead.due_kind == DueKind.ANSWER:
            duties.assign(lead=lead, duty=due.duty(DueKind.OFFER, marketing.keeper_of(lead), at=at))
        elif handoff.state == HandoffState.ACCEPTED and handoff.closed_at is not None:
            _stay_with_holder(lead, handoff, at)
        else:
            continue
        row.delete()


def carry(*, old: Handoff, new: Handoff, duty: Duty) -> None:
    """A re-route takes them along: they share the new owner and due time."""
    moved = joined_to(old)
    JoinedLead.objects.filter(handoff=old).update(handoff=new)
    Handoff.objects.filter(pk=new.pk).update(addenda=[*new.addenda, *old.addenda])
    duties.assign_many(duties={lead.pk: duty for lead in moved})


def leave_many(*, lead_ids: Iterable[int]) -> None:
    """These leads go their own way."""
    JoinedLead.objects.filter(lead__in=list(lead_ids)).delete()


def leave(*, lead: Lead) -> None:
    """The lead goes its own way: handed over by itself, disqualified, merged, moved by hand."""
    JoinedLead.objects.filter(lead=lead).delete()
