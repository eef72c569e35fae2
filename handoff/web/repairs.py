"""The repairs of the gap board: which a row offers to whom, and what each does, by one service call."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from accounts.interface import dates, figures
from accounts.models import User
from handoff import permissions
from handoff.domain.choices import HandoffState
from handoff.models import Batch, Handoff
from handoff.queries import calendars
from handoff.queries.duties import DutyRow
from handoff.services import batches, handoffs, next_actions, nudges, transition
from handoff.web import done
from handoff.web import repair_forms as forms
from handoff.web.done import Done
from handoff.web.duty_actions import action_for, may_plan
from leads.domain.choices import DueKind, Stage
from leads.models import Lead


@dataclass(frozen=True)
class Wish:
    """A repair asked for: on what, by whom, when, with which answers."""

    subject: Any
    by: User
    at: datetime
    values: dict[str, Any]


@dataclass(frozen=True)
class Repair:
    """`apply` does it and returns what to say; a repair without questions happens on its button."""

    code: str
    label: str | Promise
    model: type
    form: type[forms.RepairForm]
    apply: Callable[[Wish], Done]
    submit: str | Promise = ""

    @property
    def verb(self) -> str | Promise:
        """What the button of the opened form says: what will be done, not what was chosen."""
        return self.submit or self.label

    @property
    def asks(self) -> bool:
        return self.form is not forms.NothingForm


def _plan(wish: Wish) -> Done:
    day, kind = wish.values["on"], wish.values["kind"]
    action_at = calendars.for_receiver(user=wish.subject.owner_id, team=wish.subject.team_id).closing_of(day)
    next_actions.plan(
        lead=wish.subject, action_at=action_at, kind=kind, note=wish.values["note"], by=wish.by, at=wish.at
    )
    return Done(_("Next action set for %(day)s.") % {"day": dates.day(dates.due_day(action_at))})


def _nurture(wish: Wish) -> Done:
    day = wish.values["resurface_on"]
    transition.transition(
        lead=wish.subject, to=Stage.NURTURE, reason=wish.values["reason"], resurface_on=day, by=wish.by, at=wish.at
    )
    return Done(_("Moved to nurture. It will be reviewed on %(day)s.") % {"day": dates.day(day)})


def _offer(wish: Wish) -> Done:
    made = handoffs.offer(
        lead=wish.subject, to=wish.values.get("to"), reason=wish.values.get("reason", ""), by=wish.by, at=wish.at
    )
    undo_url = reverse("gap-repair", args=["withdraw", made.pk])
    if made.assigned_to is None:
        return Done(_("Handed over to the %(team)s queue.") % {"team": made.team.name}, undo_url)
    return Done(_("Handed over to %(name)s.") % {"name": figures.addressed(made.assigned_to)}, undo_url)


def _withdraw(wish: Wish) -> Done:
    handoffs.withdraw(handoff=wish.subject, by=wish.by, at=wish.at)
    return Done(_("Taken back."))


def _reassign(wish: Wish) -> Done:
    handoffs.reassign(
        handoff=wish.subject, user=wish.values["to"], reason=wish.values["reason"], by=wish.by, at=wish.at
    )
    return Done(_("Assigned to %(name)s.") % {"name": figures.addressed(wish.values["to"])})


def _nudge(wish: Wish) -> Done:
    told = nudges.nudge(lead=wish.subject, by=wish.by, at=wish.at)
    names = [figures.addressed(person) for person in User.objects.filter(pk__in=told).order_by("id")]
    return Done(_("Notified %(names)s.") % {"names": pgettext("list", ", ").join(names)})


def _offer_all(wish: Wish) -> Done:
    handed = batches.offer_all(batch=wish.subject, by=wish.by, at=wish.at)
    made, left = len(handed), wish.subject.entries.count()
    said = ngettext("%(made)d lead handed over.", "%(made)d leads handed over.", made) % {"made": made}
    if made:
        said = _("%(said)s Received by: %(names)s.") % {"said": said, "names": done.receivers(handed)}
    if left:
        said = _("%(said)s %(left)d are waiting until the receivers have capacity.") % {"said": said, "left": left}
    return Done(said, done.undo_address(wish.at) if made else "", leads_on=True)


def _aside_all(wish: Wish) -> Done:
    day = wish.values["day_on"]
    put = batches.nurture_all(batch=wish.subject, day=day, by=wish.by, at=wish.at)
    said = ngettext(
        "%(put)d lead moved to nurture until %(day)s.", "%(put)d leads moved to nurture until %(day)s.", put
    )
    return Done(said % {"put": put, "day": dates.day(day)})


def _wait(wish: Wish) -> Done:
    day = wish.values["day_on"]
    batches.wait(batch=wish.subject, day=day, by=wish.by, at=wish.at)
    return Done(_("To be decided on %(day)s.") % {"day": dates.day(day)})


REPAIRS = {
    repair.code: repair
    for repair in (
        Repair("next-action", pgettext_lazy("button", "Set next action"), Lead, forms.NextActionForm, _plan),
        Repair("nurture", pgettext_lazy("button", "Move to nurture"), Lead, forms.NurtureForm, _nurture),
        Repair("offer", pgettext_lazy("button", "Hand over"), Lead, forms.NothingForm, _offer),
        Repair(
            "offer-to",
            pgettext_lazy("button", "Choose receiver"),
            Lead,
            forms.OfferForm,
            _offer,
            submit=pgettext_lazy("button", "Hand over"),
        ),
        Repair("reassign", pgettext_lazy("button", "Change person"), Handoff, forms.ReassignForm, _reassign),
        Repair("assign", pgettext_lazy("button", "Choose person"), Handoff, forms.ReassignForm, _reassign),
        Repair("withdraw", pgettext_lazy("button", "Take back"), Handoff, forms.NothingForm, _withdraw),
        Repair("nudge", pgettext_lazy("button", "Notify them"), Lead, forms.NothingForm, _nudge),
        Repair("ask-report", pgettext_lazy("button", "Ask for a report"), Lead, forms.NothingForm, _nudge),
        Repair("offer-all", pgettext_lazy("button", "Hand over all"), Batch, forms.NothingForm, _offer_all),
        Repair("aside-all", pgettext_lazy("button", "Move to nurture"), Batch, forms.AsideForm, _aside_all),
        Repair("wait", pgettext_lazy("button", "Decide later"), Batch, forms.WaitForm, _wait),
    )
}


@dataclass(frozen=True)
class Offered:
    """One repair on a row: a button that acts, or a link to where it is done."""

    label: str | Promise
    url: str
    acts: bool = False
    asks: bool = False
    is_likely: bool = False


def of_row(row: DutyRow, *, user: User, leg: str | None) -> list[Offered]:
    """What this person may do about this row, likeliest last; `leg` is the next one of an MQL."""
    codes = _of_batch(user, leg) if row.batch else _codes(row, user, leg)
    found = [_offered(code, row) for code in codes]
    found += _own(row, user)
    return [*found[:-1], replace(found[-1], is_likely=True)] if found else []


def _offered(code: str, row: DutyRow) -> Offered:
    repair = REPAIRS[code]
    subject = {Batch: row.batch, Handoff: row.handoff, Lead: row.lead}[repair.model]
    return Offered(repair.label, reverse("gap-repair", args=[code, subject.pk]), acts=True, asks=repair.asks)


def _own(row: DutyRow, user: User) -> list[Offered]:
    """One's own duty leads to where it is done; a report can be entered for somebody else."""
    mine = row.lead is not None and not _owed_by_another(row, user)
    if row.due_kind == DueKind.NURTURE:
        return [Offered(pgettext("button", "Open"), reverse("lead", args=[row.lead.pk]))] if mine else []
    if mine and row.due_kind in (DueKind.ANSWER, DueKind.CONTACT, DueKind.FEEDBACK, DueKind.MERGE_DECISION):
        action = action_for(row, user=user)
        return [Offered(action.label, action.url)]
    return []


def _of_batch(user: User, leg: str | None) -> list[str]:
    return ["wait", "aside-all", "offer-all"] if leg and permissions.may_offer(user, leg) else []


def _codes(row: DutyRow, user: User, leg: str | None) -> list[str]:
    match row.due_kind:
        case DueKind.OFFER:
            return ["offer-to", "offer"] if leg and permissions.may_offer(user, leg) else _told(row, user)
        case DueKind.BATCH if leg and permissions.may_offer(user, leg):
            return ["nurture", "offer"]
        case DueKind.FEEDBACK:
            return ["ask-report"] if _owed_by_another(row, user) else []
        case DueKind.CONTACT | DueKind.ANSWER:
            return [*_told(row, user), *_passed_on(row, user)]
        case DueKind.MERGE_DECISION | DueKind.NURTURE:
            return _told(row, user)
    return ["nurture", "next-action"] if may_plan(row.lead, user) else _told(row, user)


def _passed_on(row: DutyRow, user: User) -> list[str]:
    handoff = row.handoff
    is_held = handoff is not None and handoff.state in (HandoffState.OFFERED, HandoffState.ACCEPTED)
    if not is_held or not permissions.may_reassign(user, handoff):
        return []
    return ["reassign" if handoff.assigned_to_id else "assign"]


def _told(row: DutyRow, user: User) -> list[str]:
    return ["nudge"] if _owed_by_another(row, user) else []


def _owed_by_another(row: DutyRow, user: User) -> bool:
    return row.lead.owner_id is not None and row.lead.owner_id != user.pk
