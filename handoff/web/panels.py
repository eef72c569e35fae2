"""What this app adds to a lead's page: the way so far, what is missing, the handoffs, the button."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from accounts import navigation
from accounts.interface import dates
from handoff import permissions, reported
from handoff.domain.choices import HandoffState, Leg
from handoff.models import Handoff, Pause
from handoff.queries import demands, gates, held, legs, pauses, reason_words, returned
from handoff.queries import steps as step_query
from handoff.queries.gates import GateState
from handoff.reported import Report
from handoff.services import next_actions
from handoff.web import pause_words, return_words
from handoff.web.duty_actions import may_plan, plan_address
from leads.domain.choices import Stage
from leads.models import Lead

# Where whoever holds the lead works on it: the next step is theirs to set, the result theirs to report.
WORKED = frozenset({Stage.SAL, Stage.SQL, Stage.OPPORTUNITY})
RELATED = ("assigned_to", "sender", "sender_team", "team", "episode")


@dataclass(frozen=True)
class Item:
    """One step as the stepper draws it."""

    label: str
    state: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One handoff of the lead's list."""

    handoff: Handoff
    answer: str
    tone: str
    minutes: int | None
    after: str
    paused: str
    why: str
    report: Report | None = None


def seen(request: HttpRequest, pk: int) -> Lead:
    """The lead if this person may see it, else 404."""
    rows = Lead.objects.visible_to(request.user).select_related("company", "owner", "team", "channel", "campaign")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def steps(request: HttpRequest, pk: int) -> HttpResponse:
    """The stepper with dates; the ends beside the ladder as a mark."""
    lead, at = seen(request, pk), request.entry.at  # type: ignore[attr-defined]
    gate = next_gate(lead, at=at)
    items = [_item(step, lead, gate, at) for step in step_query.steps(lead, at=at)]
    is_aside = lead.stage in (Stage.NURTURE, Stage.LOST, Stage.DISQUALIFIED)
    context = {"lead": lead, "items": items, "is_aside": is_aside, "change": step_query.latest_change(lead)}
    return render(request, "handoff/_panel_steps.html", context)


@login_required
@require_GET
def need(request: HttpRequest, pk: int) -> HttpResponse:
    """What came back and why; what is missing for the next handover; each with its step. Empty when nothing is."""
    lead, at = seen(request, pk), request.entry.at  # type: ignore[attr-defined]
    gate = next_gate(lead, at=at)
    context = {"lead": lead, "gate": gate, "lacks": gate.lacks if gate else (), "items": gate.items if gate else ()}
    # The questions stand below, each at its item; a criterion stands nowhere else.
    context["rules"] = [lack for lack in context["lacks"] if lack.code == "condition"]
    context["told"] = gates.told(context["lacks"])
    context["names"] = gates.names(context["lacks"])
    context["is_last"] = legs.next_leg(lead.stage) is None
    context["may_qualify"] = request.user.may("qualify")
    context["may_edit"] = request.user.may("edit_leads")
    back = returned.of_lead(lead)
    context["title"] = _missing(gate, len(context["told"]), context["names"]) if gate and gate.lacks else ""
    context["back"] = return_words.told(back, lead, at=at, missing=context["title"]) if back else None
    return render(request, "handoff/_panel_need.html", context)


@login_required
@require_GET
def handoffs(request: HttpRequest, pk: int) -> HttpResponse:
    """The handoffs of the lead and what came of them."""
    lead = seen(request, pk)
    found = list(Handoff.objects.filter(lead=lead).select_related(*RELATED).order_by("-id"))
    mine = set(Handoff.objects.visible_to(request.user).filter(lead=lead).values_list("pk", flat=True))
    stood = pauses.by_handoff([handoff.pk for handoff in found])
    at = request.entry.at  # type: ignore[attr-defined]
    reports = reported.latest(found)
    rows = [_row(one, pauses.standing_of(stood[one.pk]), reports.get(one.pk), at) for one in found]
    return render(request, "handoff/_panel_handoffs.html", {"lead": lead, "rows": rows, "mine": mine})


@login_required
@require_GET
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    """The one filled button: hand over, or with a lock and the reason beside."""
    lead, at = seen(request, pk), request.entry.at  # type: ignore[attr-defined]
    leg = legs.next_leg(lead.stage)
    standing = Handoff.objects.open().filter(lead=lead).select_related("assigned_to", "team").first()
    may_answer = standing is not None and permissions.may_answer(request.user, standing)  # type: ignore[arg-type]
    context: dict[str, Any] = {"lead": lead, "leg": leg, "standing": standing, "may_answer": may_answer}
    if leg and standing is None and permissions.may_offer(request.user, leg) and not lead.do_not_contact:
        gate = next_gate(lead, at=at)
        blocked = gate is not None and gate.blocks and (leg == Leg.INSIDE_TO_FIELD or not gate.condition_holds)
        context |= {"may_offer": True, "is_blocked": blocked, "label": offer_label(leg)}
        # What it came back for is seen to first; the panel below has the filled button.
        context["comes_later"] = blocked or returned.of_lead(lead) is not None
    if standing is None and lead.stage in WORKED:
        may = may_plan(lead, request.user) and not next_actions.waits_for_another(lead)  # type: ignore[arg-type]
        context |= {"plan_url": plan_address(lead) if may else "", "report_url": _report_address(lead, request.user)}
    return render(request, "handoff/_panel_actions.html", context)


def _missing(gate: GateState, number: int, names: str) -> str:
    if gate.kind != "sql":
        return _("Before the handover: %(names)s") % {"names": names}
    said = ngettext("%(number)s item missing for SQL: %(names)s", "%(number)s items missing for SQL: %(names)s", number)
    return said % {"number": number, "names": names}


def _report_address(lead: Lead, user: Any) -> str:
    """Where the latest result is reported, also once more; nothing where none is owed to anybody."""
    accepted = held.latest(lead)
    if accepted is None or accepted.first_contact_at is None or not legs.goes_to_field(accepted.leg):
        return ""
    if not permissions.may_report(user, accepted):
        return ""
    return navigation.address("feedback-form", accepted.pk)


def offer_label(leg: str) -> str:
    """営業へ引き渡す / インサイドセールスへ引き渡す."""
    if leg == Leg.MARKETING_TO_INSIDE:
        return pgettext("button", "Hand over to inside sales")
    return pgettext("button", "Hand over to sales")


def next_gate(lead: Lead, *, at: datetime) -> GateState | None:
    """The gate before the lead's next step, None when none lies ahead."""
    kind = demands.next_kind(lead)
    return gates.check(lead, kind, at=at) if kind else None


def _item(step: step_query.Step, lead: Lead, gate: GateState | None, at: datetime) -> Item:
    lines = []
    if step.at is not None and step.state:
        lines.append(_("date unknown") if step.is_undated else dates.day(step.at, today=timezone.localdate(at)))
    if step.state == "now" and step.days is not None:
        lines.append(ngettext("day %(n)d", "day %(n)d", step.days + 1) % {"n": step.days + 1})
    following = {Stage.SAL: Stage.SQL, Stage.LEAD: Stage.MQL, Stage.MAL: Stage.MQL}.get(Stage(lead.stage))
    if not step.state and step.stage == following and gate is not None and gate.lacks:
        missing = len(gates.told(gate.lacks))
        lines.append(ngettext("%(n)d item left", "%(n)d items left", missing) % {"n": missing})
    return Item(str(Stage(step.stage).label), step.state, tuple(lines))


def _row(handoff: Handoff, pause: Pause | None, report: Report | None, at: datetime) -> Row:
    tones = {HandoffState.ACCEPTED: "done", HandoffState.OFFERED: "accent"}
    minutes = handoff.episode.answer_minutes if handoff.answered_at else None
    return Row(
        handoff,
        str(HandoffState(handoff.state).label),
        tones.get(HandoffState(handoff.state), ""),
        minutes,
        _after(handoff),
        pause_words.until(pause, at=at) if pause else "",
        pause_words.told(pause) if pause else "",
        report,
    )


def _after(handoff: Handoff) -> str:
    if handoff.state == HandoffState.REJECTED:
        return reason_words.reason_label(handoff.reject_reason)
    if handoff.state == HandoffState.OFFERED:
        return _("Answer by %(due)s") % {"due": dates.due(handoff.answer_due_at)}
    if handoff.first_contact_at:
        return _("First contact %(at)s") % {"at": dates.moment(handoff.first_contact_at)}
    if handoff.state == HandoffState.ACCEPTED and handoff.contact_due_at:
        return _("First contact by %(due)s") % {"due": dates.due(handoff.contact_due_at)}
    return ""
