"""Deals: the list, one deal, and a deal that sales found by itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from feedback.domain.choices import OpportunitySource
from feedback.models import Opportunity
from feedback.permissions import may_keep_deals
from feedback.queries import opportunities as queries
from feedback.services import opportunities
from feedback.web.forms import DealForm
from journal.errors import DomainError
from leads.models import Lead
from leads.queries.references import as_id

PAGE = 50
STATES = ("open", "won", "lost")


class OpportunitiesPage(LoginRequiredMixin, View):
    """`/opportunities/?state=open|won|lost&before=<id>`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        state = request.GET.get("state", "open")
        found = queries.listed(request.user, state=state if state in STATES else "")
        if before := as_id(request.GET.get("before")):
            found = found.filter(pk__lt=before)
        rows = list(found[: PAGE + 1])
        context = {"rows": rows[:PAGE], "state": state, "next_before": rows[PAGE - 1].pk if len(rows) > PAGE else None}
        return render(request, "feedback/opportunities.html", context)


class OpportunityPage(LoginRequiredMixin, View):
    """One deal: the amount is asked here, not when the result is reported."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self._deal(request, pk)
        initial = {name: getattr(deal, name) for name in ("amount", "opened_on", "result", "reason", "closed_on")}
        if deal.amount is not None and deal.amount == deal.amount.to_integral_value():
            initial["amount"] = int(deal.amount)  # yen have no decimals to show
        return self._page(request, deal, DealForm(initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self._deal(request, pk)
        if not may_keep_deals(request.user, deal.lead):
            raise PermissionDenied
        form = DealForm(request.POST)
        if not form.is_valid():
            return self._page(request, deal, form, status=422)
        values = form.values() if not deal.result else {"amount": form.cleaned_data["amount"]}
        try:
            opportunities.update(opportunity=deal, values=values, by=request.user, at=request.entry.at)
        except DomainError as error:
            form.take(error)
            return self._page(request, deal, form, status=error.status)
        messages.success(request, _("Deal saved."))
        return redirect("lead", deal.lead_id)

    def _deal(self, request: HttpRequest, pk: int) -> Opportunity:
        return get_object_or_404(
            queries.visible_to(request.user).select_related("lead", "lead__company", "owner"), pk=pk
        )

    def _page(self, request: HttpRequest, deal: Opportunity, form: DealForm, status: int = 200) -> HttpResponse:
        context = {"deal": deal, "lead": deal.lead, "form": form, "may": may_keep_deals(request.user, deal.lead)}
        return render(request, "feedback/opportunity.html", context, status=status)


class NewOpportunityPage(LoginRequiredMixin, View):
    """`/leads/<pk>/opportunity/`: a deal that sales found by itself, or by referral."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            seen = Lead.objects.visible_to(request.user).select_related("company")
            self.lead = get_object_or_404(seen, pk=kwargs["pk"])
            if not may_keep_deals(request.user, self.lead):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, DealForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = DealForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        source = request.POST.get("source") or OpportunitySource.SELF
        try:
            opportunities.begin(lead=self.lead, source=source, by=request.user, at=request.entry.at, **form.values())
        except DomainError as error:
            form.take(error)
            return self._page(request, form, status=error.status)
        messages.success(request, _("Deal recorded."))
        return redirect("lead", self.lead.pk)

    def _page(self, request: HttpRequest, form: DealForm, status: int = 200) -> HttpResponse:
        context = {"deal": None, "lead": self.lead, "form": form, "may": True}
        return render(request, "feedback/opportunity.html", context, status=status)
