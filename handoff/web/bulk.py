"""Bulk actions that belong to handing over: who has the leads, and putting them aside."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from accounts.domain.roles import Permission
from accounts.interface import dates, figures
from accounts.interface.forms import DateInput, DayField
from accounts.models import Team, User
from accounts.queries import organization
from accounts.web.access import needs
from handoff import permissions
from handoff.domain import follows
from handoff.services import assigning, bulk_nurturing
from handoff.web.nurture_forms import TrackChoice
from handoff.web.repair_forms import ASIDE
from leads.models import BulkRun
from leads.queries.references import as_id
from leads.web import bulk, bulk_words, chosen


class AssignForm(forms.Form):
    """A colleague, or a team's queue."""

    to = forms.ChoiceField(label=pgettext_lazy("column", "Owner"))

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        people = User.objects.active().people().order_by("last_name", "first_name", "pk")
        teams = Team.objects.filter(is_active=True).order_by("pk")
        self.fields["to"].choices = [
            ("", pgettext("colleague", "Choose")),
            (_("Colleagues"), [(f"user-{user.pk}", figures.person(user)) for user in people]),
            (_("Team queues"), [(f"team-{team.pk}", team.name) for team in teams]),
        ]

    def values(self) -> dict[str, Any]:
        """What the action wants."""
        kind, _dash, text = self.cleaned_data["to"].partition("-")
        return {kind: as_id(text)}


@login_required
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Gives the chosen leads to a colleague or into a queue."""
    if not permissions.may_direct_some(request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    picked = chosen.read(request)
    form = AssignForm(request.POST if bulk.is_sent(request) else None)
    if form.is_valid():
        values = form.values()
        answer = bulk.begin(request, form, picked, action=assigning.ASSIGN, values=values | {"name": _name(values)})
        if answer is not None:
            return answer
    notes = [_("Deadlines stay as they are. A lead with an open handoff is skipped: change its receiver there.")]
    question = bulk.Question(_("Choose who gets the leads"), pgettext("button", "Assign"), notes)
    return bulk.ask(request, form, picked, question)


def _name(values: dict[str, Any]) -> str:
    to = assigning.target(values)
    if to is None:
        return ""
    return to.user.last_name or to.user.name if to.user else to.teams[0].name


class NurtureForm(forms.Form):
    """Why, until when, and what is done meanwhile."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=ASIDE)
    day = DayField(label=gettext_lazy("Review date"), widget=DateInput)
    track = TrackChoice()

    def __init__(self, *args: Any, today: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["day"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()
        self.fields["day"].initial = today + timedelta(days=follows.NURTURE_DEFAULT_DAYS)


@needs(Permission.MOVE_STAGES)
@require_POST
def nurture(request: HttpRequest) -> HttpResponse:
    """Puts the chosen leads aside until a day."""
    picked = chosen.read(request)
    today = organization.local_day(request.entry.at)  # type: ignore[attr-defined]
    form = NurtureForm(request.POST if bulk.is_sent(request) else None, today=today)
    if form.is_valid():
        values = {"day": form.cleaned_data["day"].isoformat(), "reason": form.cleaned_data["reason"]}
        values["track"] = form.cleaned_data["track"]
        answer = bulk.begin(request, form, picked, action=bulk_nurturing.NURTURE, values=values)
        if answer is not None:
            return answer
    notes = [
        _("Leads not yet handed over stay in nurture with marketing until that day, then are reviewed automatically."),
        _("This can't be undone, but leads that become active or are handed over before that day come back at once."),
    ]
    question = bulk.Question(_("Move leads to nurture"), pgettext("button", "Move to nurture"), notes)
    return bulk.ask(request, form, picked, question)


def _assigned(run: BulkRun) -> str:
    if run.values.get("user"):
        said = ngettext("%(n)s lead is now with %(name)s.", "%(n)s leads are now with %(name)s.", run.changed)
    else:
        said = ngettext(
            "%(n)s lead is now in the %(name)s queue.", "%(n)s leads are now in the %(name)s queue.", run.changed
        )
    return said % {"n": figures.number(run.changed), "name": _who(run)}


def _who(run: BulkRun) -> str:
    name = run.values["name"]
    return pgettext("colleague", "{name}").format(name=name) if run.values.get("user") else name


def _nurtured(run: BulkRun) -> str:
    said = ngettext(
        "%(n)s lead moved to nurture until %(day)s.", "%(n)s leads moved to nurture until %(day)s.", run.changed
    )
    return said % {"n": figures.number(run.changed), "day": _day(run)}


def _day(run: BulkRun) -> str:
    return dates.day(date.fromisoformat(run.values["day"]))


bulk_words.register(
    assigning.ASSIGN,
    bulk_words.Words(
        lambda run: _("Assign leads to %(name)s") % {"name": _who(run)},
        _assigned,
        {
            "offered": gettext_lazy("A handoff is waiting for an answer. Change the receiver on the handoff."),
            "accepted": gettext_lazy("A handoff is in progress. Change the receiver on the handoff."),
            "joined": gettext_lazy("Included in the handoff of a colleague at the same company."),
            "in_batch": gettext_lazy("Waiting in a batch. Decide on the batch first."),
            "merge_decision": gettext_lazy("A merge is waiting for a manager's decision."),
            "not_yours": gettext_lazy("Belongs to another team. Its manager assigns it."),
            "marketings": gettext_lazy("Marketing owns this lead until it is handed over. Hand it over instead."),
            "departed": gettext_lazy("The colleague or team no longer exists."),
        },
    ),
)
bulk_words.register(
    bulk_nurturing.NURTURE,
    bulk_words.Words(
        lambda run: _("Move leads to nurture until %(day)s") % {"day": _day(run)},
        _nurtured,
        {
            "offered": gettext_lazy("Waiting for an answer. Withdraw the handoff first."),
            "rests_already": gettext_lazy("Already in nurture."),
            "stage": gettext_lazy("Already handed over or closed: only its owner decides."),
        },
    ),
)
