"""The page of contents with what each brought, and one content's figures for its own page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import pgettext

from accounts.interface import figures
from leads.domain.choices import Stage
from leads.models import Content
from leads.services.contents import may_keep, word
from reports.queries.contents import Brought, brought
from reports.web.dashboard import ReportPage

# Contents of a page are few: their figures are one query over the activities of those alone.
PAGE = 100


class ContentsPage(ReportPage):
    """`/contents/?q=&page=`: by title; on each page those that touched most leads first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        words, page = request.GET.get("q", "").replace("\x00", "")[:200], _number(request.GET.get("page", ""))
        found = Content.objects.order_by("title", "pk")
        found = found.filter(title__icontains=words) if words else found
        rows = list(found[(page - 1) * PAGE : page * PAGE + 1])
        counts = brought([row.pk for row in rows[:PAGE]])
        listed = [_row(content, counts.get(content.pk, Brought())) for content in rows[:PAGE]]
        listed.sort(key=lambda row: -row["brought"].leads)
        context = {
            "rows": listed,
            "words": words,
            "may_keep": may_keep(request.user),  # type: ignore[arg-type]
            "earlier": page - 1,
            "later": page + 1 if len(rows) > PAGE else 0,
        }
        return render(request, "reports/contents.html", context)


class ContentFigures(ReportPage):
    """`/contents/7/figures/`: one content's figures."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        content = get_object_or_404(Content, pk=pk)
        got = brought([pk]).get(pk, Brought())
        shares = [
            (pgettext("content", "Leads reached"), got.leads, ""),
            ("MQL", got.mql, figures.percent(got.mql / got.leads) if got.leads else ""),
            (
                str(Stage.OPPORTUNITY.label),
                got.opportunities,
                figures.percent(got.opportunities / got.leads) if got.leads else "",
            ),
            (str(Stage.WON.label), got.won, figures.percent(got.won / got.leads) if got.leads else ""),
        ]
        return render(request, "reports/_content_figures.html", {"content": content, "shares": shares})


def _row(content: Content, counts: Brought) -> dict[str, Any]:
    return {"content": content, "kind": word(content.kind), "phase": word(content.phase), "brought": counts}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1
