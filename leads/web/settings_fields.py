"""The organisation's own fields: named, put in order, given choices, deleted."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.api.pagination import capped_count
from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from journal.errors import DomainError
from leads.models import CustomField, Lead
from leads.services import custom_fields


class FieldForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("Name"), max_length=custom_fields.MOST_LABEL)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CustomField.Kind.choices)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One per line."),
    )

    def values(self) -> dict[str, Any]:
        """The values as the service takes them."""
        given = self.cleaned_data
        return {"label": given["label"], "kind": given["kind"], "choices": given["choices"].splitlines()}


@needs(Permission.CHANGE_SETTINGS)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    rows = CustomField.objects.order_by("position", "pk")
    return render(request, "settings/fields.html", {"rows": rows})


@needs(Permission.CHANGE_SETTINGS)
@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A field on its own page: a new one, or one to change or delete."""
    found = get_object_or_404(CustomField, pk=pk) if pk else None
    initial = {"label": found.label, "kind": found.kind, "choices": "\n".join(found.choices)} if found else {}
    form = FieldForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if found:
                custom_fields.change(field=found, **form.values(), **_who(request))
            else:
                custom_fields.add(**form.values(), **_who(request))
        except DomainError as error:
            show_error(form, error)
        else:
            return redirect("settings-fields")
    held = capped_count(Lead.objects.filter(custom__has_key=found.key)) if found else (0, False)
    context = {"form": form, "field": found, "held": held[0], "is_capped": held[1]}
    return render(request, "settings/own_field.html", context, status=400 if form.errors else 200)


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CustomField, pk=pk)
    custom_fields.move(field=found, up=request.POST.get("to") == "up", **_who(request))
    return redirect("settings-fields")


@needs(Permission.CHANGE_SETTINGS)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The field goes, unless something reads it: then that is named."""
    found = get_object_or_404(CustomField, pk=pk)
    try:
        custom_fields.delete(field=found, **_who(request))
    except DomainError as error:
        toasts.warn(request, str(error))
        return redirect("settings-field", pk=pk)
    toasts.say(request, _("Field “%(name)s” deleted.") % {"name": found.label})
    return redirect("settings-fields")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.entry.at}  # type: ignore[attr-defined]
