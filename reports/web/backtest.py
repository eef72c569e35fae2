"""The page that tries a scoring model on past handoffs, beside the published one."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views import View

from accounts.domain.roles import Permission
from accounts.interface import figures
from leads.queries import conditions
from reports.domain import backtest as arithmetic
from reports.queries import backtest
from reports.queries.backtest import OPPORTUNITY, OUTCOMES, WON, Backtest
from reports.web import backtest_words as words
from reports.web.asking import Asked, Choice, period_label
from scoring import permissions
from scoring.domain import formula
from scoring.models import ScoringModel
from scoring.queries import effect
from scoring.services.draft_values import MOST_LINE

# A year, for what was handed over lately has no outcome yet.
DEFAULT = "12m"


class BacktestPage(LoginRequiredMixin, View):
    """`/scoring/7/backtest/?period=12m&outcome=won&threshold=45`; the figures a moment later, at once with `count=1`."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not may_try(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        model = get_object_or_404(ScoringModel.objects.prefetch_related("rules"), pk=pk)
        asked = _asked(request)
        context = _frame(model, asked)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "reports/_backtest.html", context | _figures(model, asked))
        if "count" in request.GET:
            context |= _figures(model, asked) | {"crossing": _crossing(model, asked)}
        return render(request, "reports/backtest.html", context)


class BacktestToday(BacktestPage):
    """`/scoring/7/backtest/today/?threshold=45`: who of today's leads would cross the line, as the page's fragment."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        model = get_object_or_404(ScoringModel.objects.prefetch_related("rules"), pk=pk)
        context = {"model": model, "crossing": _crossing(model, _asked(request))}
        return render(request, "reports/_backtest_today.html", context)


def may_try(user: Any) -> bool:
    """Whoever may read the rules and the reports."""
    return permissions.may_read(user) and user.may(Permission.SEE_REPORTS)


def _asked(request: HttpRequest) -> Asked:
    asked = Asked(request)
    asked.get = asked.get.copy()
    if not asked.get.get("from"):
        asked.get.setdefault("period", DEFAULT)
    return asked


def _outcome(asked: Asked) -> str:
    chosen = asked.get.get("outcome", "")
    return chosen if chosen in OUTCOMES else OPPORTUNITY


def _line(model: ScoringModel, asked: Asked) -> int:
    """The threshold in the address; what is none falls back on the model's line."""
    text = asked.get.get("threshold", "")
    is_one = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_LINE)) and 0 < int(text) <= MOST_LINE
    return int(text) if is_one else model.line


def _frame(model: ScoringModel, asked: Asked) -> dict[str, Any]:
    """What stands above the figures."""
    outcome = _outcome(asked)
    query = asked.url(count=None).removeprefix("?")
    return {
        "model": model,
        "outcome": words.outcome(outcome),
        "is_won": outcome == WON,
        "outcomes": [
            Choice(words.outcome(name), asked.url(outcome=name), name == outcome) for name in (OPPORTUNITY, WON)
        ],
        "period_label": period_label(asked.period),
        "periods": asked.period_choices(),
        "first_on": asked.period.from_on.isoformat(),
        "last_on": asked.period.last_on.isoformat(),
        "kept_parameters": [(k, v) for k, v in asked.get.items() if k not in ("from", "until", "period", "count")],
        "asked_again": [(k, v) for k, v in asked.get.items() if k not in ("threshold", "count")],
        "query": query,
        "count_url": asked.url(count=1),
    }


def _figures(model: ScoringModel, asked: Asked) -> dict[str, Any]:
    """The replay, ready to be drawn."""
    line = _line(model, asked)
    found = backtest.run(asked.question, model, outcome=_outcome(asked), line=line)
    known = conditions.registry()
    sides = [side for side in (found.own, found.published) if side]
    stored = ScoringModel.objects.in_bulk([side.model.id for side in sides])
    cuts = arithmetic.cuts(found.own.tally)
    highest = max([formula.maximum(found.own.model), line, *found.own.tally, 1])
    return {
        "found": found,
        "line": line,
        "own_line": model.line,
        "highest": highest,
        "steps": words.steps(cuts),
        "heads": [words.head(stored[side.model.id]) for side in sides],
        "comparison": words.comparison(sides, _outcome(asked)),
        "bands": words.bands(sides),
        "deciles": list(zip((words.head(stored[side.model.id]) for side in sides), words.deciles(sides), strict=True)),
        "tenths_are_few": words.tenths_are_few(found.own),
        "rules": words.rules(found.own, known),
        "contents": words.contents(found.contents),
        "counted": _counted(found),
        "base": figures.percent(found.everything.value),
    }


def _counted(found: Backtest) -> list[str]:
    """What was left out or read otherwise, one sentence each."""
    counted = found.counted
    said = (
        (counted.still_open, _("%(number)s are still open and left out.")),
        (counted.elsewhere, _("%(number)s would be scored by another model and are left out.")),
        (
            counted.on_todays_values,
            _("%(number)s were handed over before values were kept; they are replayed on today's values."),
        ),
    )
    return [sentence % {"number": figures.number(number)} for number, sentence in said if number]


def _crossing(model: ScoringModel, asked: Asked) -> effect.Crossing:
    return effect.crossing(model, line=_line(model, asked), at=asked.at)
