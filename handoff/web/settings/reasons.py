"""Reject reasons: each with what follows it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.domain.roles import Permission
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from handoff.domain.choices import AfterReject
from handoff.models import RejectReason
from handoff.queries.reason_words import label_of
from handoff.services import reasons
from handoff.web.nurture_forms import TrackField
from journal.errors import DomainError


class ReasonForm(forms.Form):
    label_ja = forms.CharField(label=gettext_lazy("In Japanese"), max_length=60)
    label_en = forms.CharField(label=gettext_lazy("In English"), max_length=60)
    follows = forms.ChoiceField(label=gettext_lazy("What happens next"), choices=AfterReject.choices)
    resurface_days = forms.IntegerField(
        label=gettext_lazy("Review again after (days)"), required=False, min_value=1, max_value=730
    )
    track = TrackField(
        label=gettext_lazy("Nurture track"),
        help_text=gettext_lazy("For reasons that lead to nurture."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Offered when giving back"), required=False, initial=True)

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["track"].keep(self.initial.get("track"))


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    rows = RejectReason.objects.select_related("track").order_by("-is_active", "position", "pk")
    return render(request, "settings/reasons.html", {"rows": rows})


@needs(Permission.CHANGE_SETTINGS)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One reason: new, or to change."""
    reason = get_object_or_404(RejectReason, pk=pk) if pk else None
    initial: dict[str, Any] = {name: getattr(reason, name) for name in ReasonForm.base_fields} if reason else {}
    form = ReasonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            reasons.keep(reason=reason, by=request.user, at=request.entry.at, **form.cleaned_data)  # type: ignore[arg-type, attr-defined]
        except DomainError as error:
            show_error(form, error)
        else:
            return redirect("settings-reasons")
    values = {"form": form, "reason": reason, "label": label_of(reason) if reason else ""}
    return render(request, "settings/reason.html", values, status=400 if form.errors else 200)
