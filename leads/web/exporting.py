"""Taking a list away as a file: the chosen leads, or all that the list shows."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.api.pagination import capped_count
from accounts.domain.roles import Permission
from accounts.interface.forms import show as show_error
from accounts.web.access import needs
from accounts.web.places import safe_next
from journal.errors import DomainError
from leads.domain.conditions import InvalidCondition
from leads.models import Lead
from leads.queries import lead_list
from leads.queries.lead_filter import LeadFilter
from leads.queries.references import as_id
from leads.services import exports
from leads.web import list_columns
from leads.web.chosen import WHOLE

MOST_CHOSEN = 1000


class ExportForm(forms.Form):
    """Which columns, in which kind of file."""

    layout = forms.ChoiceField(
        label=pgettext_lazy("export", "What goes into the file"),
        choices=[
            ("shown", ""),
            ("everything", gettext_lazy("All columns, with custom fields")),
            ("excel_starter", gettext_lazy("The Excel starter sheet, with score and priority filled in")),
        ],
        initial="everything",
        widget=forms.RadioSelect(attrs={"class": "hf-check"}),
    )
    file_format = forms.ChoiceField(
        label=pgettext_lazy("export", "File format"),
        choices=[
            (exports.XLSX, gettext_lazy("Excel (.xlsx)")),
            (exports.CSV, gettext_lazy("CSV in UTF-8, also for Excel")),
            (exports.SHIFT_JIS, gettext_lazy("CSV in Shift-JIS, for older programs")),
        ],
        initial=exports.XLSX,
        widget=forms.RadioSelect(attrs={"class": "hf-check"}),
    )

    def __init__(self, *args: Any, shown: Sequence[list_columns.Column], **options: Any):
        """`shown`: the columns that the list shows, which the choice of them names."""
        super().__init__(*args, **options)
        layout: Any = self.fields["layout"]
        words = _("Columns shown in the list: %(columns)s") % {
            "columns": _(", ").join(str(column.label) for column in shown)
        }
        layout.choices = [("shown", words), *layout.choices[1:]]


@needs(Permission.EXPORT_LEADS)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """Asks for columns and kind of file, then sends it. `lead` ids choose some; else the address's filters do."""
    if request.POST.get("scope") == WHOLE:
        return redirect(f"{reverse('leads-export')}?{request.POST.get('query', '')}")
    try:
        leads, chosen = _leads(request)
    except InvalidCondition:
        # A field of its condition was deleted since: the list says so.
        return redirect(f"{reverse('leads')}?{request.GET.urlencode()}")
    segment = list_columns.opened(request.user, _query(request))
    offered = list_columns.offered()
    shown = list_columns.among(offered, list_columns.of(request.user, segment, offered))
    form = ExportForm(request.POST if "file_format" in request.POST else None, shown=shown)
    if form.is_valid():
        try:
            return _file(request, leads, form.cleaned_data, shown=shown, name=segment.name if segment else "")
        except DomainError as error:
            show_error(form, error)
    return _page(request, form, leads, chosen)


def _leads(request: HttpRequest) -> tuple[QuerySet[Lead], list[int]]:
    visible = Lead.objects.visible_to(request.user)
    chosen = [number for text in request.POST.getlist("lead")[:MOST_CHOSEN] if (number := as_id(text))]
    if chosen:
        return visible.filter(pk__in=chosen), chosen
    found = LeadFilter(request.GET, visible, at=request.entry.at, user=request.user)  # type: ignore[attr-defined,arg-type]
    return (found.qs if found.is_valid() else visible.none()), []


def _query(request: HttpRequest) -> QueryDict:
    """The list's address: chosen leads are sent along with the one they were chosen on."""
    return QueryDict(request.POST["query"]) if request.POST.get("query") else request.GET


def _ordering(request: HttpRequest) -> str:
    """The order of the list that the leads are taken from."""
    given = _query(request).get("ordering", "")
    return given if given.removeprefix("-") in lead_list.ORDERINGS else lead_list.DEFAULT_ORDERING


def _file(
    request: HttpRequest,
    leads: QuerySet[Lead],
    given: dict[str, Any],
    *,
    shown: Sequence[list_columns.Column],
    name: str,
) -> FileResponse:
    made = exports.export(
        leads=leads,
        layout=given["layout"],
        file_format=given["file_format"],
        by=request.user,  # type: ignore[arg-type]
        at=request.entry.at,  # type: ignore[attr-defined]
        shown=[column.name for column in shown],
        ordering=_ordering(request),
        name=name,
    )
    return FileResponse(made.file, as_attachment=True, filename=made.name, content_type=made.content_type)


def _page(request: HttpRequest, form: ExportForm, leads: QuerySet[Lead], chosen: list[int]) -> HttpResponse:
    total, is_capped = capped_count(leads)
    back = safe_next(request, f"{reverse('leads')}?{request.GET.urlencode()}")
    context = {"form": form, "total": total, "is_capped": is_capped, "chosen": chosen, "back": back}
    context["query"] = _query(request).urlencode()
    return render(request, "leads/export.html", context, status=400 if form.errors else 200)
