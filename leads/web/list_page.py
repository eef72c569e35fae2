"""The list of leads: load, one call, render."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from accounts import navigation
from accounts.api.pagination import capped_count
from accounts.domain.roles import Permission
from accounts.interface import toasts
from accounts.web.places import safe_next
from journal.errors import DomainError
from leads.models import Company, Lead, Segment
from leads.queries import lead_list, lead_rows
from leads.queries.lead_filter import LeadFilter
from leads.services import column_choices, segments
from leads.web import bulk_strip, list_columns, list_orders, list_sentence, peek, saved_lists

# As many as a list of suggestions can be looked through.
MOST_INDUSTRIES = 200
# Route, icon, whether it is the one filled button, and who sees it (None: everybody; the page behind asks itself).
BULK_ROUTES = (
    ("handoff-bulk-offer", "arrow-right", True, None),
    ("lead-bulk-assign", "user-check", False, Permission.MOVE_STAGES),
    ("lead-bulk-nurture", "seedling", False, Permission.MOVE_STAGES),
    ("lead-bulk-tag", "tag", False, Permission.EDIT_LEADS),
    ("leads-export", "download", False, Permission.EXPORT_LEADS),
)


@dataclass(frozen=True)
class Tab:
    """A list with an address of its own."""

    url: str
    label: str
    is_current: bool
    count: int | None = None
    icon: str = ""


@dataclass(frozen=True)
class Pages:
    """What components/pager.html wants to know."""

    first: int
    last: int
    total: int
    is_capped: bool
    previous_url: str
    next_url: str


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """One page of the leads that the address asks for; a faulty address says what is wrong and shows no rows."""
    at = request.entry.at  # type: ignore[attr-defined]
    ordering = request.GET.get("ordering") or lead_list.DEFAULT_ORDERING
    offered = list_columns.offered()
    segment = list_columns.opened(request.user, request.GET)
    choice = list_columns.of(request.user, segment, offered)
    columns = list_columns.among(offered, choice)
    faults, rows, pages = [], [], None
    found = LeadFilter(_clean(request.GET), Lead.objects.visible_to(request.user), at=at, user=request.user)
    if found.is_valid():
        try:
            rows, pages = _read(request, found.qs, ordering, columns)
        except DomainError as error:
            faults = [str(error)]
        if pages and not rows and "cursor" in request.GET:
            return redirect(_start_url(request))  # what stood on that page is gone
    else:
        faults = [str(message) for messages in found.errors.values() for message in messages]
    return render(
        request,
        "leads/list.html",
        _context(request, rows, pages, columns, ordering, faults)
        | _choices(request, offered, columns, segment, choice),
    )


def _clean(query: QueryDict) -> QueryDict:
    """Without characters that no database stores: an address can hold anything."""
    cleaned = query.copy()
    for name, values in query.lists():
        cleaned.setlist(name, [value.replace("\x00", "") for value in values])
    return cleaned


def _read(request: HttpRequest, queryset: Any, ordering: str, columns: list[list_columns.Column]) -> tuple[Any, Pages]:
    entry = request.entry  # type: ignore[attr-defined]
    with_acts = any(column.name == "act" for column in columns)
    with_own = any(column.key for column in columns)
    rows, page = lead_rows.read(
        queryset,
        ordering=ordering,
        cursor=request.GET.get("cursor"),
        at=entry.at,
        zone=entry.organization.zone,
        with_acts=with_acts,
        with_tags=any(column.name == "tags" for column in columns),
        with_own=with_own,
    )
    total, is_capped = capped_count(queryset)
    first = _first(request, total) if rows else 0
    return rows, Pages(
        first=first,
        last=first + len(rows) - 1 if rows else 0,
        total=total,
        is_capped=is_capped,
        previous_url=_page_url(request, page.previous, max(1, first - lead_rows.SIZE)),
        next_url=_page_url(request, page.next, first + len(rows)),
    )


def _first(request: HttpRequest, total: int) -> int:
    text = request.GET.get("from", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 and request.GET.get("cursor") else 1


def _page_url(request: HttpRequest, cursor: str | None, first: int) -> str:
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"], query["from"] = cursor, str(first)
    query.pop("open", None)
    return f"?{query.urlencode()}"


def _start_url(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("cursor", "from"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}"


def _context(
    request: HttpRequest, rows: Any, pages: Pages | None, columns: Any, ordering: str, faults: list[str]
) -> dict[str, Any]:
    used, free = list_sentence.chips(request.GET, sees_imports=request.user.may(Permission.IMPORT_LEADS))  # type: ignore[union-attr]
    return {
        "tabs": _tabs(request, pages),
        "used": used,
        "free": free,
        "carried": list_sentence.hidden(request.GET),
        "clear_url": reverse("leads"),
        "condition_url": f"{reverse('lead-condition')}{list_sentence.without(request.GET)}",
        "rows": rows,
        "page": pages,
        "columns": columns,
        "ordering": ordering,
        "orderings": list_orders.offered(ordering),
        "order": list_orders.said(ordering),
        "faults": faults,
        "bulk": _bulk_actions(request),
        "export_url": f"{reverse('leads-export')}?{request.GET.urlencode()}" if _may_export(request) else "",
        "imports_url": navigation.address("imports") if request.user.may("import_leads") else "",
        "is_narrowed": bool(used),
        "run": bulk_strip.of(request),
        "peek": peek.opened(request),
    }


def _choices(
    request: HttpRequest,
    offered: list[list_columns.Column],
    columns: list[list_columns.Column],
    segment: Segment | None,
    choice: list_columns.Choice,
) -> dict[str, Any]:
    # Not for the list that everybody has anyway: there is nothing to it that could be kept.
    has_something = choice.is_own or segment or set(request.GET) & saved_lists.CARRIED
    is_changed = segment is None or choice.is_own or not saved_lists.is_as_saved(segment, request.GET)
    is_to_be_had = is_changed or segments.may_change(segment, request.user)  # type: ignore[arg-type]
    return {
        "column_choices": [(column, column in columns) for column in offered],
        "open_list": segment,
        "has_own_columns": choice.is_own,
        "save_url": f"{reverse('saved-list')}?{request.GET.urlencode()}" if has_something and is_to_be_had else "",
        "is_list_changed": is_changed,
    }


def _tabs(request: HttpRequest, pages: Pages | None) -> list[Tab]:
    me = str(request.user.pk)
    lists: list[tuple[str, dict[str, str]]] = [
        (pgettext("list", "All"), {}),
        (pgettext("list", "Mine"), {"owner": me}),
        (_("Worth handing over"), {"stage": "mal,mql", "band": "high,middle"}),
        (_("Mine, never contacted"), {"owner": me, "touched": "none"}),
        (_("In nurture"), {"stage": "nurture", "ordering": "due_at"}),
    ]
    here = {name: ",".join(request.GET.getlist(name)) for name in request.GET if name not in ("cursor", "from", "open")}
    if here.get("ordering") == lead_list.DEFAULT_ORDERING:
        here.pop("ordering")
    count = pages.total if pages and not pages.is_capped else None
    standard = [
        Tab(
            f"?{urlencode(query, safe=',')}" if query else reverse("leads"),
            label,
            query == here,
            count if query == here else None,
        )
        for label, query in lists
    ]
    return standard + _saved(request, here, count)


def _saved(request: HttpRequest, here: dict[str, str], count: int | None) -> list[Tab]:
    """The saved lists, one's own before those of others; the one being looked at also when it has been changed."""
    found = Segment.objects.visible_to(request.user).order_by("name", "pk")
    mine = [row for row in found if row.owner_id == request.user.pk]
    others = [row for row in found if row.owner_id != request.user.pk]
    return [
        Tab(saved_lists.address(row), row.name, is_here, count if is_here else None, "users" if row.is_shared else "")
        for row in mine + others
        for is_here in [here.get("list") == str(row.pk)]
    ]


def _may_export(request: HttpRequest) -> bool:
    return request.user.may(Permission.EXPORT_LEADS)  # type: ignore[union-attr]


def _bulk_actions(request: HttpRequest) -> list[dict[str, Any]]:
    words = {
        "handoff-bulk-offer": pgettext("button", "Hand over"),
        "lead-bulk-assign": pgettext("button", "Assign"),
        "lead-bulk-nurture": pgettext("button", "Move to nurture"),
        "lead-bulk-tag": pgettext("button", "Tag"),
        "leads-export": pgettext("button", "Export"),
    }
    may = request.user.may  # type: ignore[union-attr]
    actions = [
        {"url": navigation.address(route), "label": words[route], "icon": icon, "is_main": is_main}
        for route, icon, is_main, permission in BULK_ROUTES
        if permission is None or may(permission)
    ]
    return [action for action in actions if action["url"]]


@login_required
@require_GET
def industries(request: HttpRequest) -> HttpResponse:
    """The industries of the companies whose leads one sees, for the field that filters by one."""
    if not request.user.may(Permission.SEE_LEADS):
        raise PermissionDenied
    seen = Lead.objects.visible_to(request.user).filter(company=OuterRef("pk"))
    named = Company.objects.exclude(industry="").filter(Exists(seen)).order_by("industry")
    names = named.values_list("industry", flat=True).distinct()[:MOST_INDUSTRIES]
    return HttpResponse(format_html_join("", '<option value="{}"></option>', ((name,) for name in names)))


@login_required
@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen columns, for the saved list that is open or for all others, and goes back to the list."""
    segment = list_columns.opened(request.user, request.POST)
    names = [] if "reset" in request.POST else request.POST.getlist("column")
    try:
        if segment is None and request.POST.get("list"):
            # What was chosen for one list is no choice for all others.
            raise column_choices.ListGone
        column_choices.choose(user=request.user, names=names, segment=segment)  # type: ignore[arg-type]
    except DomainError as error:
        toasts.warn(request, str(error))
    return redirect(safe_next(request, reverse("leads")))
