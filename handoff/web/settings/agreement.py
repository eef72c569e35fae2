"""The SLA agreement of marketing and sales: read by all, written by administrators, agreed to by their managers."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.interface import figures, toasts
from accounts.interface.change_words import whose
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from handoff.domain.choices import ClockKind
from handoff.models import SlaAgreement, SlaConsent
from handoff.queries import agreement as agreements
from handoff.queries import promised
from handoff.queries.promised import Line
from handoff.services import sla_agreements
from journal.errors import DomainError
from scoring.services.models import sides_of

TARGETS = {
    "mql_target": gettext_lazy("Marketing: MQLs handed over in a month"),
    "sql_target": gettext_lazy("Inside sales: SQLs in a month"),
    "won_target": gettext_lazy("Field sales: deals won in a month"),
}


class AgreementForm(forms.Form):
    """The parts that are written here; a target that nobody works on is not asked for."""

    quality = forms.CharField(
        label=gettext_lazy("What a good lead is"),
        required=False,
        max_length=sla_agreements.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        for name in agreements.targets_asked():
            self.fields[name] = forms.IntegerField(
                label=TARGETS[name], required=False, min_value=1, max_value=sla_agreements.MOST
            )

    def targets(self) -> list[forms.BoundField]:
        return [self[name] for name in agreements.targets_asked()]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


@dataclass(frozen=True)
class Side:
    """One department: its 了承, and whether the reader may give it."""

    side: str
    consent: SlaConsent | None
    may_agree: bool
    # Whom it waits for where the reader has agreed for the other department.
    others: str = ""


@dataclass(frozen=True)
class Shown:
    """One agreement as the page shows it."""

    agreement: SlaAgreement
    targets: list[tuple[str, int | None]]
    response: list[tuple[str, list[Line]]]
    feedback: list[Line]
    sides: list[Side]
    lacks: list[agreements.Lack]
    changed: str
    fingerprint: str
    # One person leads both departments and agreed for each.
    is_of_one: bool


@needs(Permission.SEE_REPORTS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What holds, what is being agreed on, and what held before."""
    current, draft = agreements.in_force(), agreements.draft()
    context = {
        "current": _shown(current, request.user) if current else None,
        "differences": promised.differences(current.promises) if current else [],
        "draft": _shown(draft, request.user) if draft else None,
        "earlier": [(one, agreements.said(one)) for one in agreements.earlier()],
    }
    return render(request, "settings/agreement.html", context)


@needs(Permission.SEE_REPORTS)
@require_GET
def earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """One that held before, as it was agreed to."""
    one = get_object_or_404(SlaAgreement, pk=pk, state=SlaAgreement.State.ENDED)
    return render(request, "settings/agreement_earlier.html", {"shown": _shown(one, request.user)})


@needs(Permission.CHANGE_SETTINGS)
def edit(request: HttpRequest) -> HttpResponse:
    """The draft: the one there is, else one that begins with what holds."""
    start = agreements.draft() or agreements.in_force()
    initial = {name: getattr(start, name) for name in sla_agreements.FIELDS} if start else {}
    initial["version"] = sla_agreements.latest_version()
    given = request.POST.copy() if request.method == "POST" else None
    form = AgreementForm(given, initial=initial)
    if given is not None and form.is_valid():
        read = form.cleaned_data["version"]
        by, at = request.user, request.entry.at  # type: ignore[attr-defined]
        try:
            sla_agreements.change(values=form.values(), by=by, at=at, expected_version=read)  # type: ignore[arg-type]
        except sla_agreements.StaleAgreement:
            form.add_error(None, _changed_meanwhile())
            # What is typed is shown again beside what changed; sent again, it was read.
            given["version"] = str(sla_agreements.latest_version())
        except DomainError as error:
            show_error(form, error)
        else:
            toasts.say(request, _("Saved. It comes into force once both departments have agreed."))
            return redirect("settings-agreement")
    return render(request, "settings/agreement_form.html", {"form": form}, status=400 if form.errors else 200)


@needs(Permission.AGREE_TO_RULES)
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """A manager's 了承 for a department, to what the page showed."""
    by, at = request.user, request.entry.at  # type: ignore[attr-defined]
    side, read = request.POST.get("side", ""), request.POST.get("read", "")
    try:
        agreed = sla_agreements.agree(side=side, by=by, at=at, read=read)  # type: ignore[arg-type]
    except DomainError as error:
        toasts.warn(request, " ".join([str(error), *(str(fault.message) for fault in error.errors)]))
    else:
        is_in_force = agreed.state == SlaAgreement.State.IN_FORCE
        toasts.say(request, _("Agreed. The agreement is in force.") if is_in_force else _("Agreed."))
    return redirect("settings-agreement")


def _changed_meanwhile() -> str:
    """Who changed it, and that what is typed is still there."""
    latest = agreements.draft() or agreements.in_force()
    told = whose(agreements.last_change(latest) if latest else None)
    return _(
        "Not saved yet: %(who)s changed this on %(when)s. It now says: %(now)s. "
        "Your entries are still here; save again to replace it."
    ) % (told | {"now": agreements.said(latest) if latest else ""})


def _shown(one: SlaAgreement, user: Any) -> Shown:
    is_draft = one.state == SlaAgreement.State.DRAFT
    lines = promised.lines(agreements.promises_of(one))
    legs = dict.fromkeys(line.leg_name for line in lines)
    response = [line for line in lines if line.kind != ClockKind.FEEDBACK]
    given, lacks = agreements.given(one), agreements.lacks(one) if is_draft else []
    speaks_for = sides_of(user) if is_draft and not lacks and user.may(Permission.AGREE_TO_RULES) else []
    change = agreements.last_change(one)
    asked = [name for name in TARGETS if name in agreements.targets_asked() or getattr(one, name) is not None]
    return Shown(
        agreement=one,
        targets=[(str(TARGETS[name]), getattr(one, name)) for name in asked],
        response=[(leg, [line for line in response if line.leg_name == leg]) for leg in legs],
        feedback=[line for line in lines if line.kind == ClockKind.FEEDBACK],
        sides=[_side(one, side, given.get(side), user if side in speaks_for else None) for side in agreements.SIDES],
        is_of_one=len(given) == len(agreements.SIDES) and len({consent.by_id for consent in given.values()}) == 1,
        lacks=[*lacks, *(agreements.unsaid(one) if is_draft else [])],
        changed=_("Written by %(who)s, %(when)s") % whose(change) if change else "",
        fingerprint=agreements.fingerprint(one),
    )


def _side(one: SlaAgreement, side: str, consent: SlaConsent | None, speaker: Any) -> Side:
    if consent is not None or speaker is None:
        return Side(side, consent, may_agree=False)
    others = agreements.in_whose_place(one, side, speaker)
    return Side(side, None, not others, figures.listed(figures.addressed(person) for person in others))
