"""The form of five inputs: ten seconds on a phone, without any script."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.web.places import safe_next
from feedback.domain.choices import Result
from feedback.permissions import may_report
from feedback.queries import results
from feedback.services import feedback
from feedback.web.forms import ResultForm
from feedback.web.toasts import what_followed
from handoff.models import Handoff
from handoff.queries import gates
from journal.errors import DomainError


class FeedbackPage(LoginRequiredMixin, View):
    """`/handoffs/<pk>/feedback/`; `?result=won` chooses beforehand, `?next=/inbox/` is where it leads on."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            seen = Handoff.objects.visible_to(request.user).select_related("lead", "lead__company", "assigned_to")
            self.handoff = get_object_or_404(seen, pk=kwargs["pk"])
            if not may_report(request.user, self.handoff):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        chosen = request.GET.get("result", "")
        return self._page(request, ResultForm(initial={"result": chosen if chosen in Result.values else None}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ResultForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        at, zone = request.entry.at, request.entry.organization.zone
        try:
            given = feedback.give(handoff=self.handoff, by=request.user, at=at, **form.values(at=at, zone=zone))
        except DomainError as error:
            form.take(error)
            return self._page(request, form, status=error.status)
        messages.success(request, what_followed(given))
        lacks = gates.opportunity_warnings(self.handoff.lead, at=at) if given.result == Result.OPPORTUNITY else ()
        if lacks:
            messages.warning(
                request, _("Still unknown about this opportunity: %(items)s.") % {"items": gates.names(lacks)}
            )
        deal = self.handoff.lead.opportunities.order_by("-id").first()
        asks_amount = given.result in (Result.OPPORTUNITY, Result.WON) and deal is not None and deal.amount is None
        if asks_amount:
            return redirect("opportunity", deal.pk)
        return redirect(safe_next(request, reverse("lead", args=[self.handoff.lead_id])))

    def _page(self, request: HttpRequest, form: ResultForm, status: int = 200) -> HttpResponse:
        earlier = latest(self.handoff)
        context = {"handoff": self.handoff, "lead": self.handoff.lead, "form": form, "earlier": earlier}
        return render(request, "feedback/form.html", context, status=status)


def latest(handoff: Handoff) -> Any:
    """What was reported before, to be shown above the form."""
    return results.latest_of([handoff]).get(handoff.pk)
