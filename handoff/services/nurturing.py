"""Puts leads aside until a day: NURTURE, owned by marketing, in the track of the reason, taken up again that midnight."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import organization
from handoff.domain.stages import Way
from handoff.models import Handoff
from handoff.queries import due, marketing
from handoff.services import batch_entries, duties, joining, nurture_runs, nurture_steps, stages
from journal.errors import FieldError, Invalid
from leads.domain.choices import DueKind, Stage
from leads.models import Lead


class PastDay(Invalid):
    code = "past_day"
    message = _("The date is in the past. Choose a later one.")


def nurture(
    *,
    lead: Lead,
    day: date,
    way: Way,
    reason: str,
    by: User | None,
    at: datetime,
    handoff: Handoff | None = None,
    to: str = Stage.NURTURE,
    note: str = "",
    track: str = nurture_steps.BY_REASON,
) -> None:
    """To NURTURE (or LOST) with marketing as owner; the system leaves it alone until midnight of `day`.

    A lead that rests there already gets the new day. `track` as in `nurture_steps.chosen`.
    """
    if day <= organization.local_day(at):
        raise PastDay(errors=[FieldError("resurface_on", "past", str(PastDay.message))])
    followed = nurture_steps.chosen(track, to=to, way=way, reason=reason)
    former = {lead.pk: (lead.owner_id, lead.team_id)}
    duty = due.duty_on(DueKind.RESURFACE, marketing.keeper_of(lead), day)
    if lead.stage == to:
        duties.assign(lead=lead, duty=duty, not_before=organization.midnight_of(day))
        nurture_runs.start(leads=[lead], track=followed, former=former, by=by, at=at)
        return
    batch_entries.leave(lead_ids=[lead.pk], by=by, at=at)
    joining.leave(lead=lead)
    stages.move(
        lead=lead,
        to=to,
        way=way,
        reason=reason,
        by=by,
        at=at,
        handoff=handoff,
        note=note,
        duty=duty,
        not_before=organization.midnight_of(day),
    )
    nurture_runs.start(leads=[lead], track=followed, former=former, by=by, at=at)
