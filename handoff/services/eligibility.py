"""What the system does with leads over the line: offers who acts live, makes MQLs of edits, batches the rest."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from handoff.domain.stages import Way
from handoff.queries import due, eligible, lifts, marketing
from handoff.services import batch_entries, batches, joining, offers, stages
from handoff.services.routing import NoReceiver, WrongReceiver
from journal.transactions import retried
from leads.domain.choices import DueKind, Stage, StaleCause
from leads.models import Activity, Lead

CHUNK, BULK_CHUNK = 500, 2000


@retried
def decide(
    *,
    lead_ids: Sequence[int],
    cause: str,
    reason: str,
    at: datetime,
    source_id: int | None = None,
) -> None:
    """Scores were written: `live` offers by the first handoff rule, `edit` makes MQLs, `bulk` fills a batch."""
    size = BULK_CHUNK if cause == StaleCause.BULK else CHUNK
    for start in range(0, len(lead_ids), size):
        chunk = lead_ids[start : start + size]
        if cause == StaleCause.LIVE:
            offer_live(leads=[*eligible.newly(chunk, at=at), *eligible.waiting(chunk, at=at)], at=at)
        elif cause == StaleCause.EDIT:
            make_mqls(leads=eligible.newly(chunk, at=at), at=at)
        else:
            found = eligible.newly(chunk, at=at)
            batches.gather(leads=found, cause=reason, source_id=source_id, at=at)


@retried
def resurface(*, lead_ids: Sequence[int], at: datetime) -> None:
    """NURTURE and LOST leads whose date has come: offered again, batched, or MAL when they are not eligible."""
    found = eligible.newly(lead_ids, at=at)
    known = eligible.were_offered([lead.pk for lead in found])
    offer_live(leads=[lead for lead in found if lead.pk in known], at=at, way=Way.ELIGIBLE)
    batches.gather(leads=[lead for lead in found if lead.pk not in known], cause="midnight", source_id=None, at=at)
    taken = {lead.pk for lead in found}
    rest = Lead.objects.present().filter(pk__in=set(lead_ids) - taken, not_before__lte=at)
    _back_to_mal(list(rest), at)


@retried
def wake(*, lead_ids: Sequence[int], at: datetime) -> None:
    """Resting leads whose rest is lifted by what they did, but that are not eligible, are MAL again."""
    resting = Lead.objects.present().in_stage(Stage.NURTURE, Stage.LOST).filter(pk__in=lead_ids, not_before__gt=at)
    lifted = Lead.objects.filter(pk__in=lifts.lifted(resting, at=at)) if lead_ids else Lead.objects.none()
    _back_to_mal(list(lifted), at)


def _back_to_mal(leads: Sequence[Lead], at: datetime) -> None:
    back = stages.move_many(leads=leads, to=Stage.MAL, way=Way.RESURFACED, by=None, at=at)
    joining.leave_many(lead_ids=[lead.pk for lead in back])


def offer_live(*, leads: Iterable[Lead], at: datetime, way: Way = Way.ELIGIBLE) -> None:
    """Each goes to its receiver at once, if a handoff rule is on for it; else it is an MQL with a one-day duty."""
    for lead in leads:
        rule = eligible.rule_for(lead, at=at)
        if rule is None or not _offered(lead, rule, at):
            make_mqls(leads=[lead], at=at)


def make_mqls(*, leads: Sequence[Lead], at: datetime) -> None:
    """Marketing hands them over by hand, within one working day; where there is nobody yet, they stay as they are."""
    keepers = marketing.keepers_of(leads)
    fresh = [lead for lead in leads if lead.stage != Stage.MQL and not keepers[lead.pk].is_nobody]
    stages.move_many(
        leads=fresh,
        to=Stage.MQL,
        way=Way.ELIGIBLE,
        by=None,
        at=at,
        duty_of=lambda lead: due.duty(DueKind.OFFER, keepers[lead.pk], at=at),
    )


def _offered(lead: Lead, rule: object, at: datetime) -> bool:
    """Joins the company's open handoff, else is offered. False when nobody receives."""
    standing = joining.open_handoff_of_company(lead)
    if standing is not None:
        make_mqls(leads=[lead], at=at)
        batch_entries.leave(lead_ids=[lead.pk], by=None, at=at)
        joining.join(lead=lead, handoff=standing, by=None, at=at)
        return True
    try:
        with transaction.atomic():
            offers.offer(lead=lead, by=None, at=at, rule=rule, caused_at=_caused_at(lead, at))
    except (NoReceiver, WrongReceiver):
        return False
    except (offers.AlreadyOffered, offers.WrongStage, offers.NotContactable):
        return True  # somebody handed it over, moved it or merged it away since it was read
    return True


def _caused_at(lead: Lead, at: datetime) -> datetime:
    """The system's own delay counts from when what the lead did last reached us, or from the end of its rest if that
    came later: until then nothing was to be done."""
    received = Activity.objects.filter(lead=lead, received_at__lte=at).order_by("-received_at")
    moments = [received.values_list("received_at", flat=True).first(), lead.not_before]
    return max((moment for moment in moments if moment and moment <= at), default=at)
