"""Channels, and their campaigns with cost and dates."""

from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission
from accounts.interface.forms import DateInput
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from journal.errors import DomainError
from leads.models import Campaign, Channel
from leads.services import campaigns


class ChannelForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


class CampaignForm(forms.Form):
    channel = forms.ModelChoiceField(
        label=gettext_lazy("Channel"), queryset=Channel.objects.order_by("name"), empty_label=None
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    cost = forms.DecimalField(label=gettext_lazy("Cost"), max_digits=14, decimal_places=2, initial=0)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DateInput, required=False)
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput, required=False)


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    return _page(request)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def add_channel(request: HttpRequest) -> HttpResponse:
    form = ChannelForm(request.POST)
    if form.is_valid():
        try:
            campaigns.add_channel(name=form.cleaned_data["name"], **_who(request))
        except DomainError as error:
            show_error(form, error)
        else:
            return redirect("settings-channels")
    return _page(request, status=400, channel_form=form)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    channel = get_object_or_404(Channel, pk=pk)
    campaigns.switch_channel(channel=channel, is_active=request.POST.get("active") == "yes", **_who(request))
    return redirect("settings-channels")


@needs(Permission.CHANGE_SETTINGS)
def campaign(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A campaign on its own page: a new one, or one to change."""
    found = get_object_or_404(Campaign, pk=pk) if pk else None
    initial = {name: getattr(found, name) for name in CampaignForm.base_fields} if found else {}
    if found and found.cost == found.cost.to_integral_value():
        initial["cost"] = int(found.cost)
    form = CampaignForm(request.POST or None, initial=initial or {"channel": request.GET.get("channel")})
    if request.method == "POST" and form.is_valid():
        try:
            campaigns.keep_campaign(campaign=found, **form.cleaned_data, **_who(request))
        except DomainError as error:
            show_error(form, error)
        else:
            return redirect("settings-channels")
    values = {"form": form, "campaign": found}
    return render(request, "settings/campaign.html", values, status=400 if form.errors else 200)


def _page(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    newest_first = Campaign.objects.order_by("-starts_on", "name")
    channels = Channel.objects.order_by("-is_active", "name").prefetch_related(Prefetch("campaigns", newest_first))
    return render(
        request, "settings/channels.html", {"channels": channels, "channel_form": ChannelForm()} | given, status=status
    )


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.entry.at}  # type: ignore[attr-defined]
