"""Saving what the list shows now under a name, and letting go of it."""

import json
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.interface.forms import show as show_error
from journal.errors import DomainError
from leads.models import Segment
from leads.services import segments
from leads.web import list_columns, list_orders, list_sentence

CARRIED = frozenset(segments.FILTERS) | {"condition", "ordering"}


class SaveForm(forms.Form):
    """Under which name, for whom."""

    name = forms.CharField(label=gettext_lazy("List name"), max_length=segments.MOST_NAME)
    is_shared = forms.BooleanField(label=gettext_lazy("Share with everyone"), required=False)
    query = forms.CharField(required=False, max_length=10_000, widget=forms.HiddenInput)


@login_required
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """A new list from the address's filters; `list` in the address names one of one's own to be changed instead."""
    query = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    segment = _of_address(request, query)
    initial = {"query": query.urlencode(), "name": segment and segment.name, "is_shared": segment and segment.is_shared}
    form = SaveForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, form, query, segment)
        except DomainError as error:
            show_error(form, error)
    return render(
        request, "leads/saved_list.html", _context(request, form, query, segment), status=400 if form.errors else 200
    )


def _of_address(request: HttpRequest, query: QueryDict) -> Segment | None:
    found = list_columns.opened(request.user, query)
    return found if found and segments.may_change(found, request.user) else None  # type: ignore[arg-type]


def _context(request: HttpRequest, form: SaveForm, query: QueryDict, segment: Segment | None) -> dict[str, Any]:
    """With what the list will be: its filters as a sentence, its order, its columns."""
    used, _free = list_sentence.chips(query, sees_imports=request.user.may(Permission.IMPORT_LEADS))  # type: ignore[union-attr]
    offered = list_columns.offered()
    given = tuple(request.POST.getlist("column"))
    opened = list_columns.opened(request.user, query)
    choice = list_columns.Choice(given) if given else list_columns.of(request.user, opened, offered)
    return {
        "form": form,
        "segment": segment,
        "back": f"{reverse('leads')}?{query.urlencode()}",
        "sentence": list_sentence.said(used),
        "order": list_orders.said(query.get("ordering", "")),
        "columns": list_columns.among(offered, choice),
    }


def _save(request: HttpRequest, form: SaveForm, query: QueryDict, segment: Segment | None) -> HttpResponse:
    given = _asked(query)
    values: dict[str, Any] = {
        "name": form.cleaned_data["name"],
        "is_shared": form.cleaned_data["is_shared"],
        "condition": given.pop("condition", {}),
        "ordering": given.pop("ordering", ""),
        "filters": given,
    }
    if request.POST.getlist("column"):
        values["columns"] = request.POST.getlist("column")
    kept = segment if request.POST.get("as") != "new" else None
    saved = segments.save(values=values, by=request.user, at=request.entry.at, segment=kept)  # type: ignore[arg-type,attr-defined]
    toasts.say(request, _("List “%(name)s” saved.") % {"name": saved.name})
    return redirect(address(saved))


def _tree(text: str) -> object:
    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return text


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The list goes, its leads stay."""
    segment = get_object_or_404(Segment.objects.visible_to(request.user), pk=pk)
    if not segments.may_change(segment, request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    name = segment.name
    try:
        segments.delete(segment=segment, by=request.user, at=request.entry.at)  # type: ignore[arg-type,attr-defined]
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        toasts.say(request, _("List “%(name)s” deleted; its leads are still here.") % {"name": name})
    return redirect("leads")


def is_as_saved(segment: Segment, query: QueryDict) -> bool:
    """Whether an address asks for nothing else than the saved list does."""
    return _asked(query) == _asked(QueryDict(urlsplit(address(segment)).query))


def _asked(query: QueryDict) -> dict[str, object]:
    given = {name: ",".join(query.getlist(name)) for name in query if name in CARRIED}
    return {name: _tree(value) if name == "condition" else value for name, value in given.items() if value}


def address(segment: Segment) -> str:
    """The list of leads as this saved list shows it."""
    query = QueryDict(mutable=True)
    query.update(segment.filters)
    if segment.condition:
        query["condition"] = json.dumps(segment.condition, ensure_ascii=False, separators=(",", ":"))
    if segment.ordering:
        query["ordering"] = segment.ordering
    query["list"] = str(segment.pk)
    return f"{reverse('leads')}?{query.urlencode(safe=',')}"
