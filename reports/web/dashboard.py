"""The dashboards: where does it leak? One address per tab, period and filter."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import figures
from feedback.domain.choices import Reason
from handoff.domain.choices import ClockKind, Leg
from reports.domain.periods import week_ago
from reports.queries import channels, feedback, funnel, kpis, sla, trend, velocity
from reports.queries.scope import Question
from reports.web import fairness_page, pictures, score_outcome_page, sides_page
from reports.web.asking import Asked, Choice, period_label
from reports.web.figure_leads import reject_labels
from reports.web.report_page import ReportPage

SHORT = 6


class DashboardPage(ReportPage):
    """`/dashboard/?tab=funnel|velocity|channels|sla|sides|fairness|score-outcome|feedback&period=3m&team=&channel=&leg=…`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked, tab = self.asked, request.GET.get("tab", "")
        tab = tab if tab in TABS else "funnel"
        context = frame(asked, tab) | TABS[tab](asked)
        return render(request, f"reports/{tab}.html", context)


class DefinitionsPage(ReportPage):
    """How each figure is counted, in words."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "reports/definitions.html")


def frame(asked: Asked, tab: str) -> dict[str, Any]:
    """What every tab shows above its figures."""
    filters = asked.filters
    return {
        "tab": tab,
        "tabs": [
            {"url": asked.url(tab=key), "label": name, "is_current": key == tab} for key, name in tab_names().items()
        ],
        "period_label": period_label(asked.period),
        "before_label": period_label(asked.period.previous()),
        "periods": asked.period_choices(),
        "first_on": asked.period.from_on.isoformat(),
        "last_on": asked.period.last_on.isoformat(),
        "kept_parameters": [(k, v) for k, v in asked.get.items() if k not in ("from", "until", "period")],
        "team_name": asked.teams.get(filters.team or 0, ""),
        "teams": _choices(asked, "team", asked.teams, filters.team),
        "channel_name": asked.channels.get(filters.channel or 0, ""),
        "channels": _choices(asked, "channel", asked.channels, filters.channel),
        "legs": _choices(asked, "leg", dict(Leg.choices), filters.leg),
        "industries": _choices(asked, "industry", {name: name for name in asked.industries}, filters.industry),
        "sizes": _choices(asked, "size", size_names(), filters.size),
        "extra": _extra(asked),
        "csv_url": f"/api/v1/reports/{tab}/?{asked.report_query}&format=csv",
    }


def tab_names() -> dict[str, str]:
    """The dashboards in order."""
    return {
        "funnel": _("Funnel"),
        "velocity": _("Speed"),
        "channels": _("Channels"),
        "sla": _("SLA"),
        "sides": pgettext("dashboard", "What each side owes"),
        "fairness": pgettext("dashboard", "Sharing out"),
        "score-outcome": _("Scores and results"),
        "feedback": pgettext("dashboard", "Feedback"),
    }


def size_names() -> dict[str, str]:
    """Employees."""
    return {
        "under_50": _("under 50 employees"),
        "50_to_300": _("50 to 300 employees"),
        "over_300": _("over 300 employees"),
    }


def _choices(asked: Asked, name: str, options: dict[Any, str], chosen: Any) -> list[Choice]:
    everything = Choice(_("All"), asked.url(**{name: None}), not chosen)
    return [
        everything,
        *(Choice(str(label), asked.url(**{name: key}), key == chosen) for key, label in options.items()),
    ]


def _extra(asked: Asked) -> list[Choice]:
    """The further filters that are set, each with the address without it."""
    filters, names = asked.filters, size_names()
    found = {
        "leg": str(Leg(filters.leg).label) if filters.leg else "",
        "industry": filters.industry,
        "size": names.get(filters.size, ""),
    }
    return [Choice(label, asked.url(**{name: None}), True) for name, label in found.items() if label]


def _funnel(asked: Asked) -> dict[str, Any]:
    question, before = asked.question, asked.question.previous()
    found, was = funnel.funnel(question, cohort=asked.cohort), funnel.funnel(before, cohort=asked.cohort)
    promised = sla.sla(question)
    row = pictures.key_figures(kpis.kpis(question), kpis.kpis(before), trend.trend(question), asked)
    return {
        "figures": row,
        "uncertain": pgettext("list", ", ").join(one.name for one in row if one.is_uncertain),
        "cohort": funnel_name(found),
        "cohort_size": found.size,
        "bars": pictures.funnel_bars(found, was, asked),
        **_response(promised),
        **_channel_rows(asked, SHORT),
        "kept_teams": pictures.kept_rows(promised.teams, asked),
        "goal_at": pictures.GOAL_AT,
        "channels_url": asked.url(tab="channels"),
    }


def funnel_name(found: funnel.Funnel) -> str:
    """The stage that the cohort entered."""
    return str(found.cohort.label)


def _response(promised: sla.Sla) -> dict[str, Any]:
    quick = sum(promised.histogram[:3])
    count = promised.answer.n
    return {
        "sla": promised,
        "columns": pictures.columns(promised),
        "quick": quick,
        "quick_share": figures.share(quick, count),
        "slow": count - quick,
        "slow_share": figures.share(count - quick, count),
    }


def _channel_rows(asked: Asked, most: int | None = None) -> dict[str, Any]:
    rows = channels.channels(asked.question)
    drawn = [
        {
            "row": row,
            "url": pictures.behind(asked, "channel", channel=row.channel.pk) if row.channel else "",
            "sql_url": pictures.behind(asked, "channel", channel=row.channel.pk, stage="sql") if row.channel else "",
            "roi": _roi(row.roi),
        }
        for row in rows[:most]
    ]
    total = channels.total(rows)
    return {"channel_rows": drawn, "channel_total": total, "channel_total_roi": _roi(total.roi)}


def _roi(value: float | None) -> str:
    return figures.NONE if value is None else f"{figures.signed(value * 100)}%"


def _velocity(asked: Asked) -> dict[str, Any]:
    now, was = velocity.velocity(asked.question), velocity.velocity(asked.question.previous())
    rows = [
        {
            "row": row,
            "median": pictures.days(row.to_next),
            "before": pictures.days(old.to_next),
            "stay": pictures.days(row.stay),
        }
        for row, old in zip(now, was, strict=True)
    ]
    most = max((row.to_next.p90 or 0 for row in now), default=0)
    return {"rows": rows, "longest_days": most}


def _channels(asked: Asked) -> dict[str, Any]:
    return _channel_rows(asked)


def _sla(asked: Asked) -> dict[str, Any]:
    promised = sla.sla(asked.question)
    kinds = [
        {
            "label": ClockKind(kind).label,
            "rate": rate,
            "cases": pictures.cases(rate),
            "url": pictures.behind(asked, "broken", detail=kind),
        }
        for kind, rate in promised.by_kind.items()
        if rate.denominator
    ]
    ago = Question(week_ago(asked.today, 3, asked.organization.zone), asked.at, asked.filters, asked.question.viewer)
    silent = kpis.kpis(ago)
    first, last = ago.period.from_on.isoformat(), ago.period.last_on.isoformat()
    return {
        **_response(promised),
        "kinds": kinds,
        "broken_url": pictures.behind(asked, "broken"),
        "kept_teams": pictures.kept_rows(promised.teams, asked),
        "kept_people": pictures.kept_rows(promised.people, asked),
        "goal_at": pictures.GOAL_AT,
        "three_weeks_ago": silent,
        "three_weeks_ago_url": pictures.behind(asked, "never_contacted", **{"from": first, "until": last}),
    }


def _feedback(asked: Asked) -> dict[str, Any]:
    question = asked.question
    found = feedback.returns(question)
    now = kpis.kpis(question)
    most = max(found.quality_counts, default=0)
    acquired = channels.total(channels.channels(question))
    return {
        "returns": found,
        "kpis": now,
        "acquired": acquired,
        "acquired_url": pictures.behind(asked, "acquired"),
        "handoffs_url": pictures.behind(asked, "handoffs"),
        "opportunities_url": pictures.behind(asked, "opportunities"),
        "won_url": pictures.behind(asked, "won"),
        "qualities": [
            {"mark": mark, "count": count, "url": pictures.behind(asked, "quality", detail=mark)}
            for mark, count in enumerate(found.quality_counts, start=1)
        ],
        "most_quality": most,
        "rejected": _labelled(asked, "rejected", found.reasons.rejected, reject_labels()),
        "lost": _labelled(asked, "lost", found.reasons.lost, dict(Reason.choices)),
        "considering": _labelled(asked, "considering", found.reasons.considering, dict(Reason.choices)),
    }


def _labelled(asked: Asked, figure: str, ranked: list[tuple[str, int]], labels: dict[str, str]) -> list[dict[str, Any]]:
    most = max((count for _code, count in ranked), default=0)
    return [
        {
            "label": labels.get(code, code),
            "count": count,
            "most": most,
            "url": pictures.behind(asked, figure, detail=code),
        }
        for code, count in ranked
    ]


TABS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "funnel": _funnel,
    "velocity": _velocity,
    "channels": _channels,
    "sla": _sla,
    "sides": sides_page.context,
    "fairness": fairness_page.context,
    "score-outcome": score_outcome_page.context,
    "feedback": _feedback,
}
