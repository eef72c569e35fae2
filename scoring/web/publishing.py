"""The setting that says whether publishing scoring rules asks for the agreement of both departments."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.queries import organization
from accounts.services import organization as organization_service
from accounts.web.access import needs

YES, NO = "yes", "no"


class PublishingForm(forms.Form):
    asks = forms.ChoiceField(
        label=gettext_lazy("Before new scoring rules take effect"),
        widget=forms.RadioSelect,
        choices=[
            (YES, gettext_lazy("A manager of marketing and one of sales agree to the draft")),
            (NO, gettext_lazy("Administrators publish alone")),
        ],
    )


@needs(Permission.CHANGE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """Reads the setting, and switches it."""
    now = YES if organization.current().publishing_needs_agreement else NO
    form = PublishingForm(request.POST or None, initial={"asks": now})
    if form.is_valid():
        organization_service.ask_for_agreement(
            asks=form.cleaned_data["asks"] == YES,
            by=request.user,  # type: ignore[arg-type]
            at=request.entry.at,  # type: ignore[attr-defined]
        )
        toasts.say(request, _("Saved."))
        return redirect("settings")
    return render(request, "settings/publishing.html", {"form": form}, status=400 if form.errors else 200)
