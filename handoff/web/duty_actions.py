"""What a person can do about a duty, as one button with an address."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import pgettext

from accounts import navigation
from accounts.models import User
from handoff import permissions
from handoff.queries.duties import DutyRow
from leads.domain.choices import DueKind
from leads.models import Lead


@dataclass(frozen=True)
class Action:
    label: str
    url: str


def may_plan(lead: Lead, user: User) -> bool:
    """Whoever holds the lead or directs who does."""
    return permissions.holds(user, lead) or permissions.may_direct(user, lead)


def plan_address(lead: Lead) -> str:
    """Where the lead's next action is set."""
    return reverse("gap-repair", args=["next-action", lead.pk])


def waiting(kind: str) -> str:
    """What is waited for, as the row says it."""
    words = {
        DueKind.ANSWER: pgettext("waiting", "Answer due"),
        DueKind.HEARING: pgettext("waiting", "Information to ask for"),
        DueKind.CONTACT_CHECK: pgettext("waiting", "Find the right person"),
        DueKind.MERGE_DECISION: pgettext("waiting", "Possible duplicate"),
        DueKind.CONTACT: pgettext("waiting", "First contact due"),
        DueKind.QUALIFY: pgettext("waiting", "To qualify"),
        DueKind.FEEDBACK: pgettext("waiting", "Result due"),
        DueKind.NEXT_ACTION: pgettext("waiting", "Next action due"),
        DueKind.BATCH: pgettext("waiting", "Batch to review"),
        DueKind.OFFER: pgettext("waiting", "To hand over"),
        DueKind.NURTURE: pgettext("waiting", "Nurture step"),
        DueKind.RESURFACE: pgettext("waiting", "Due for review"),
    }
    return words.get(DueKind(kind), "")


def action_for(row: DutyRow, *, user: User) -> Action:
    """The likeliest next step for this person: their own duty, a queue's, or a colleague's."""
    if row.batch:
        return Action(pgettext("button", "Decide together"), reverse("batch", args=[row.batch.pk]))
    if row.due_kind == DueKind.MERGE_DECISION:
        return Action(pgettext("button", "Compare"), reverse("lead", args=[row.lead.pk]))
    if row.handoff and row.due_kind in (DueKind.ANSWER, DueKind.CONTACT, DueKind.FEEDBACK):
        return _of_handoff(row, user)
    if row.due_kind == DueKind.NEXT_ACTION and may_plan(row.lead, user):
        return Action(pgettext("button", "Set next action"), plan_address(row.lead))
    labels = {
        DueKind.OFFER: pgettext("button", "Hand over"),
        DueKind.QUALIFY: pgettext("button", "Keep qualifying"),
        DueKind.HEARING: pgettext("button", "Ask"),
        DueKind.CONTACT_CHECK: pgettext("button", "Ask"),
    }
    return Action(labels.get(DueKind(row.due_kind), pgettext("button", "Open")), reverse("lead", args=[row.lead.pk]))


def _of_handoff(row: DutyRow, user: User) -> Action:
    mine = row.owner is not None and row.owner.pk == user.pk
    if row.due_kind == DueKind.ANSWER:
        queue = pgettext("button", "Choose a person")
        other = pgettext("button", "Reassign")
        label = pgettext("button", "Answer") if mine else other if row.owner else queue
        return Action(label, reverse("handoff", args=[row.handoff.pk]))
    if row.due_kind == DueKind.FEEDBACK and mine:
        return Action(pgettext("button", "Report the result"), navigation.address("feedback-form", row.handoff.pk))
    if mine:
        return Action(pgettext("button", "Mark as contacted"), reverse("handoff", args=[row.handoff.pk]))
    return Action(pgettext("button", "Review"), reverse("handoff", args=[row.handoff.pk]))
