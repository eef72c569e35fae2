"""The list of what became of handoffs: 対応状況, 結果, コメント."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from feedback.permissions import may_report
from feedback.queries import results
from leads.queries.references import as_id

PAGE = 50


class ResultsPage(LoginRequiredMixin, View):
    """`/results/?before=<id>`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = results.listed(request.user)
        if before := as_id(request.GET.get("before")):
            found = found.filter(pk__lt=before)
        page = list(found[: PAGE + 1])
        rows = [(row, may_report(request.user, row.handoff)) for row in results.rows(page[:PAGE])]
        next_before = page[PAGE - 1].pk if len(page) > PAGE else None
        return render(request, "feedback/results.html", {"rows": rows, "next_before": next_before})
