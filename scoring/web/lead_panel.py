"""The score of one lead on its page: total, band, distance to the line, and every rule with its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from accounts.interface import dates, figures
from accounts.queries import organization
from leads.models import Lead, ScoreDue
from leads.queries.references import as_id
from scoring.domain import presets
from scoring.domain.formula import DIMENSIONS
from scoring.queries import course, explain
from scoring.queries.course import Shift
from scoring.queries.explain import Explanation, Line
from scoring.web import evidence, rule_sentences

TOP = 3
# An open page asks for an owed score every two seconds, so many times.
MOST_ASKED = 30


@dataclass(frozen=True)
class Row:
    """One line of the table; `is_off`: a rule that brings nothing yet."""

    label: str
    evidence: str
    points: int
    is_off: bool


@dataclass(frozen=True)
class Group:
    """One dimension: its points, the most it can bring, its rows."""

    name: str
    points: int
    most: int
    first: Row
    rest: list[Row]

    @property
    def height(self) -> int:
        return 1 + len(self.rest)


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A fragment for the lead's page; the whole page when it is opened by itself."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).select_related("company"), pk=pk)
    template = "scoring/_lead_score.html" if request.htmx else "scoring/lead_score.html"
    shown, asked = context(lead, request.entry.at), as_id(request.GET.get("asked")) or 0
    # Where only a gate has changed the total stays, and still the stage may follow.
    shown["is_owed"] = shown["told"].is_stale or ScoreDue.objects.filter(lead=lead).exists()
    if shown["is_owed"] and asked < MOST_ASKED:
        shown["asks_again"] = f"{request.path}?asked={asked + 1}"
    response = render(request, template, {"lead": lead} | shown)
    if asked and not shown["is_owed"]:
        # What was waited for is here: the panels that show the stage draw themselves anew.
        response["HX-Trigger"] = "hf:scored"
    return response


@login_required
@require_GET
def reasons(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules that bring most, as a short fragment for beside a list."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).select_related("company"), pk=pk)
    told = explain.explain(lead, request.entry.at)
    today = organization.local_day(request.entry.at)
    found = sorted((line for line in told.lines if line.points), key=lambda line: -abs(line.points))
    best, others = found[:TOP], found[TOP:]
    rest = Row(gettext("Other rules"), "", sum(line.points for line in others), False) if others else None
    context = {"rows": [_row(line, today) for line in best], "rest": rest, "lead": lead}
    return render(request, "scoring/_lead_reasons.html", context)


def context(lead: Lead, at: datetime) -> dict[str, Any]:
    """What the panel's template needs."""
    told = explain.explain(lead, at)
    model = told.model
    return {
        "told": told,
        "model": model,
        "groups": list(_groups(told, at)),
        "action": rule_sentences.action_label(model.bands, told.band) if model else "",
        "distance": told.total - model.line if model else 0,
        "shortage": model.line - told.total if model else 0,
        "scored": dates.near_moment(told.computed_at, today=organization.local_day(at)),
        "course": _course(lead, told, at),
    }


def _course(lead: Lead, told: Explanation, at: datetime) -> dict[str, Any]:
    """The line through a dozen days with the line for handing over, and why the last week changed the total."""
    found = course.of(lead, told, at)
    shifts = [f"{_shift_label(shift)} {figures.signed(shift.points)}" for shift in found.shifts]
    return {"points": found.points, "totals": [point.total for point in found.points], "shifts": shifts} | {
        "change": found.change
    }


def _shift_label(shift: Shift) -> str:
    if shift.rules:
        return gettext("the scoring rules “%(name)s”") % {"name": presets.shown(shift.rules)}
    if shift.version:
        return gettext("version %(number)d of the scoring rules") % {"number": shift.version}
    return shift.label or gettext("over the cap")


def _groups(told: Explanation, at: datetime) -> Iterator[Group]:
    today = organization.local_day(at)
    for dimension in DIMENSIONS:
        rows = [_row(line, today) for line in told.lines if line.dimension == dimension]
        if rows:
            name = rule_sentences.dimension_words(dimension).name
            yield Group(name, told.dimensions[dimension], told.most.get(dimension, 0), rows[0], rows[1:])


def _row(line: Line, today: Any) -> Row:
    return Row(_label(line), evidence.words(line, today=today), line.points, line.points == 0)


def _label(line: Line) -> str:
    if line.kind == "decay":
        return gettext("%(rule)s: decayed over time") % {"rule": line.label}
    if line.kind == "rule_cap":
        return gettext("%(rule)s: over its cap") % {"rule": line.label}
    if line.kind == "dimension_cap":
        return gettext("Over the cap of the dimension")
    if line.per_activity:
        return gettext("%(rule)s (%(points)d points each)") % {"rule": line.label, "points": line.worth}
    return line.label
