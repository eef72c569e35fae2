"""API keys: made with a name and scopes, shown once, ended at once."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.domain.roles import Permission, Scope
from accounts.interface.forms import show as show_error
from accounts.models import ApiKey
from accounts.services import api_keys
from accounts.web.access import needs
from journal.errors import DomainError

SCOPE_WORDS = {
    Scope.LEADS_READ: pgettext_lazy("scope", "Read leads"),
    Scope.LEADS_WRITE: pgettext_lazy("scope", "Add and change leads"),
    Scope.ACTIVITIES_WRITE: pgettext_lazy("scope", "Send activities"),
    Scope.HANDOFFS_READ: pgettext_lazy("scope", "Read handoffs"),
    Scope.HANDOFFS_WRITE: pgettext_lazy("scope", "Hand over and answer"),
    Scope.FEEDBACK_WRITE: pgettext_lazy("scope", "Report results"),
    Scope.SCORING_READ: pgettext_lazy("scope", "Read scoring rules"),
    Scope.SCORING_WRITE: pgettext_lazy("scope", "Change scoring rules"),
    Scope.REPORTS_READ: pgettext_lazy("scope", "Read reports"),
    Scope.WEBHOOKS_MANAGE: pgettext_lazy("scope", "Manage webhooks"),
}


def _scope_choices() -> list[tuple[str, str]]:
    """Each scope in words, with its name as the API writes it."""
    return [(str(scope), format_html("{} <code>{}</code>", SCOPE_WORDS[scope], scope)) for scope in Scope]


class KeyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    days = forms.TypedChoiceField(
        label=gettext_lazy("Valid for"),
        coerce=int,
        choices=[
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (365, gettext_lazy("one year")),
        ],
        initial=365,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=_scope_choices,
        widget=forms.CheckboxSelectMultiple,
    )


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    return _page(request)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Makes a key; its token stands on the answer to this request and nowhere else."""
    form = KeyForm(request.POST)
    if form.is_valid():
        at, by = request.entry.at, request.user  # type: ignore[attr-defined]
        try:
            key, token = api_keys.create(by=by, at=at, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            show_error(form, error)
        else:
            response = _page(request, made=key, token=token)
            response["Cache-Control"] = "no-store"
            return response
    return _page(request, status=400, form=form)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    api_keys.revoke(key=get_object_or_404(ApiKey, pk=pk), by=request.user, at=request.entry.at)  # type: ignore[arg-type, attr-defined]
    return redirect("settings-keys")


def _page(request: HttpRequest, status: int = 200, **given: Any) -> HttpResponse:
    at = request.entry.at  # type: ignore[attr-defined]
    keys = ApiKey.objects.select_related("created_by").order_by("revoked_at", "-pk")[:100]
    rows = [(key, [SCOPE_WORDS.get(scope, scope) for scope in key.scopes]) for key in keys]
    return render(request, "settings/keys.html", {"keys": rows, "form": KeyForm(), "at": at} | given, status=status)
