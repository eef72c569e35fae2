"""The page of one's own notices."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from integrations.queries import notice_rows
from integrations.services import notices

PAGE = 50


class NoticesPage(LoginRequiredMixin, View):
    """Newest first; `?before=<id>` goes on; POST marks what was seen as read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = notice_rows.of_user(request.user)
        before = request.GET.get("before", "")
        if before.isascii() and before.isdigit() and len(before) < 19:
            page = page.filter(pk__lt=int(before))
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
        up_to = request.POST.get("up_to", "")
        limit = int(up_to) if up_to.isascii() and up_to.isdigit() and len(up_to) < 19 else None
        notices.mark_read(user=request.user, at=request.entry.at, up_to=limit)
        return redirect("notices")
