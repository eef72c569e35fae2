"""What every page of figures asks first."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views import View

from accounts.domain.roles import Permission
from reports.web.asking import Asked


class ReportPage(LoginRequiredMixin, View):
    """Asks whether the person may see reports, and reads the question from the address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            if not request.user.may(Permission.SEE_REPORTS):
                raise PermissionDenied
            self.asked = Asked(request)
        return super().dispatch(request, *args, **kwargs)
