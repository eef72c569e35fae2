"""The page of one's own notices."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from integrations.queries import notice_rows
from integrations.services import notices
from leads.queries.references import as_id

PAGE = 50


class NoticesPage(LoginRequiredMixin, View):
    """Newest first; `?before=<id>` goes on; POST marks what was seen as read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = notice_rows.of_user(request.user)
        if before := as_id(request.GET.get("before")):
            page = page.filter(pk__lt=before)
        found = list(page[: PAGE + 1])
        rows = notice_rows.rows(found[:PAGE])
        context = {
            "unread": [row for row in rows if row.is_key],
            "read": [row for row in rows if not row.is_key],
            "next_before": rows[-1].pk if len(found) > PAGE else None,
            "newest": rows[0].pk if rows else None,
        }
        return render(request, "integrations/notices.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        notices.mark_read(user=request.user, at=request.entry.at, up_to=as_id(request.POST.get("up_to")))
        return redirect("notices")
