"""The page that builds a condition for the list of leads, and what the builder asks while one types."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.api.pagination import capped_count
from accounts.interface import figures
from journal.errors import DomainError
from leads.domain.conditions import InvalidCondition, fault
from leads.models import Lead
from leads.queries import conditions
from leads.queries.lead_filter import MOST_CONDITION, LeadFilter
from leads.web import condition_builder
from leads.web.list_sentence import CONDITION

MOST_ADDRESS = 20_000
# What the web server takes, less the method and the version (config.gunicorn).
LONGEST_ADDRESS = 8_100


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The builder with the condition of the list's address; posted, the list narrowed by it."""
    query = _query(request.POST.get("query", "")) if request.method == "POST" else request.GET.copy()
    text = request.POST.get(CONDITION, "") if request.method == "POST" else query.get(CONDITION, "")
    for name in (CONDITION, "cursor", "from"):
        query.pop(name, None)
    faults: list[str] = []
    if request.method == "POST":
        try:
            return redirect(_narrowed(query, text))
        except InvalidCondition as error:
            faults = condition_builder.told(error)
    builder = condition_builder.of(text, query=query.urlencode(), faults=faults)
    context = {"builder": builder, "query": query.urlencode(), "back": f"{reverse('leads')}?{query.urlencode()}"}
    return render(request, "leads/condition.html", context, status=400 if faults else 200)


def _narrowed(query: QueryDict, text: str) -> str:
    tree = condition_builder.tree_of(text)
    conditions.read(tree, entered=True)
    if written := condition_builder.written_out(tree):
        query[CONDITION] = written
    address = f"{reverse('leads')}?{query.urlencode(safe=',')}"
    if len(address) > LONGEST_ADDRESS:
        raise InvalidCondition(errors=[fault("", "too_long", gettext("The condition is too long for a URL."))])
    return address


@login_required
@require_POST
def say(request: HttpRequest) -> JsonResponse:
    """The condition as a sentence, or its faults; for the list also how many leads meet it and the other filters."""
    is_for_scoring = request.POST.get("scoring") == "yes"
    try:
        tree = condition_builder.tree_of(request.POST.get(CONDITION, "")[:MOST_CONDITION])
    except InvalidCondition as error:
        return JsonResponse(condition_builder.faults(error))
    answer = condition_builder.said(tree, scoring=is_for_scoring)
    if "parts" in answer and request.POST.get("count") == "yes":
        answer["count"] = _count(request, tree)
    return JsonResponse(answer)


def _count(request: HttpRequest, tree: object) -> str:
    query = _query(request.POST.get("query", ""))
    query[CONDITION] = condition_builder.written_out(tree)
    at: Any = request.entry.at  # type: ignore[attr-defined]
    found = LeadFilter(query, Lead.objects.visible_to(request.user), at=at, user=request.user)
    try:
        number, is_capped = capped_count(found.qs) if found.is_valid() else (0, False)
    except DomainError:
        return ""
    shown = f"{figures.number(number)}+" if is_capped else figures.number(number)
    return ngettext("%(shown)s lead", "%(shown)s leads", number) % {"shown": shown}


def _query(text: str) -> QueryDict:
    return QueryDict(text[:MOST_ADDRESS].replace("%00", ""), mutable=True)
