"""The address of the answer check: it leads to its tab, and takes what was concluded there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.interface import dates
from accounts.interface import forms as interface_forms
from feedback.permissions import may_conclude
from feedback.services import answer_checks
from journal.errors import DomainError
from reports.web import score_outcome_page
from reports.web.dashboard import frame
from reports.web.report_page import ReportPage
from reports.web.score_outcome_page import ConclusionForm

TAB = "score-outcome"


class AnswerCheckPage(ReportPage):
    """`/dashboard/answer-check/?period=…`: the question that the figures answered stays in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(self._tab())

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_conclude(request.user):
            raise PermissionDenied
        form = ConclusionForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        period = self.asked.period
        try:
            check = answer_checks.conclude(
                conclusion=form.cleaned_data["conclusion"],
                next_on=form.cleaned_data["next_on"],
                from_on=period.from_on,
                until_on=period.last_on,
                by=request.user,
                at=self.asked.at,
            )
        except DomainError as error:
            interface_forms.show(form, error)
            return self._page(request, form, error.status)
        messages.success(request, _("Conclusion recorded. Next check: %(day)s.") % {"day": dates.day(check.next_on)})
        return redirect(f"{self._tab()}#conclusions")

    def _tab(self) -> str:
        return f"{reverse('dashboard')}{self.asked.url(tab=TAB)}"

    def _page(self, request: HttpRequest, form: ConclusionForm, status: int) -> HttpResponse:
        context = frame(self.asked, TAB) | score_outcome_page.context(self.asked, form)
        return render(request, f"reports/{TAB}.html", context, status=status)
