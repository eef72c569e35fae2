"""The leads behind a figure: every number of a dashboard can be looked into."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import figures
from accounts.interface.languages import label_column
from accounts.models import User
from feedback.domain.choices import Reason
from handoff.domain.choices import ClockKind
from handoff.models import RejectReason
from leads.domain.choices import Stage
from leads.queries.references import as_id
from reports.queries import behind
from reports.web.asking import Asked, period_label
from reports.web.report_page import ReportPage
from scoring.domain.choices import Band

PAGE = 50


class FigureLeadsPage(ReportPage):
    """`/dashboard/leads/?figure=…`: the leads behind one figure, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked, figure = self.asked, request.GET.get("figure", "")
        stage, detail = request.GET.get("stage", ""), request.GET.get("detail", "")
        found = behind.leads(
            asked.question.of_every_leg() if "every_leg" in request.GET else asked.question,
            figure=figure,
            stage=stage,
            channel=asked.filters.channel,
            cohort=asked.cohort,
            detail=detail,
            person=as_id(request.GET.get("person")),
        )
        found = found.visible_to(request.user)
        total = found.count()
        if before := as_id(request.GET.get("before")):
            found = found.filter(pk__lt=before)
        rows = list(found.select_related("company", "owner", "score").order_by("-pk")[: PAGE + 1])
        context = {
            "title": _title(asked, figure, stage, detail),
            "period": period_label(asked.period),
            "rows": rows[:PAGE],
            "total": total,
            "next_url": asked.url(before=rows[PAGE - 1].pk) if len(rows) > PAGE else "",
            "back_url": f"../?{request.GET.get('back', '')}",
        }
        return render(request, "reports/leads.html", context)


def figure_name(figure: str, stage: str) -> str:
    """The head of the list behind a figure."""
    if figure in ("funnel", "channel"):
        return str(Stage(stage).label) if stage in Stage.values else _("Leads acquired")
    return {
        "handoffs": pgettext("figure", "Handoffs"),
        "acquired": _("Leads acquired"),
        "accepted": pgettext("figure", "Accepted"),
        "acted": _("Acted on"),
        "never_contacted": pgettext("figure", "Never contacted"),
        "opportunities": _("Became an opportunity"),
        "wins": _("Became an opportunity in the period"),
        "won": str(Stage.WON.label),
        "kept": _("SLAs due in the period"),
        "broken": _("SLAs missed"),
        "quality": _("Lead quality rated by sales"),
        "rejected": _("Why leads were given back"),
        "lost": _("Why deals were lost"),
        "considering": _("Why they are still considering"),
        "score_handed_over": pgettext("figure", "Handoffs"),
        "score_opportunities": _("Became an opportunity"),
        "score_won": str(Stage.WON.label),
        "score_lost": str(Stage.LOST.label),
        "score_rejected": pgettext("figure", "Given back"),
        "score_high_failed": _("High score, given back or lost"),
        "score_lower_won": _("Lower score, but won"),
    }.get(figure, "")


def _title(asked: Asked, figure: str, stage: str, detail: str) -> str:
    """The figure's name, and which part of it: a promise, a mark, a reason, a band, a team, a person."""
    labels = {"kept": dict(ClockKind.choices), "broken": dict(ClockKind.choices)}
    labels |= {"lost": dict(Reason.choices), "considering": dict(Reason.choices)}
    if figure.startswith("score_"):
        labels[figure] = dict(Band.choices)
    if figure == "rejected":
        labels["rejected"] = reject_labels()
    person = as_id(asked.get.get("person"))
    who = User.objects.filter(pk=person).first() if person else None
    team = asked.teams.get(asked.filters.team or 0, "")
    part = labels.get(figure, {}).get(detail, detail)
    parts = [figure_name(figure, stage), part, team, figures.person(who) if who else ""]
    return pgettext("separator", " · ").join(str(part) for part in parts if part)


def reject_labels() -> dict[str, str]:
    """What people call the reasons of a reject, by code."""
    return dict(RejectReason.objects.values_list("code", label_column()))
