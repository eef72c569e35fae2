"""The page behind a signed link: it says what will happen and asks; only pressing its button changes anything."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.web.typed import typed
from feedback.web.forms import ResultForm
from handoff.models import Handoff
from handoff.queries import reason_lines
from handoff.services.answers import AlreadyAnswered
from handoff.services.contacts import BadContact
from handoff.web import answering, reject_choices, sheet_words
from handoff.web.cards import likely_method
from integrations.domain.link_actions import RESULTS, Action
from integrations.models import SignedLink
from integrations.services import link_uses, links
from integrations.services.links import UsedLink
from journal.errors import DomainError, Invalid

# Told to no other site. To none at all would make browsers send their forms from `null`, which is refused.
ADDRESS_IS_SECRET = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


@method_decorator(never_cache, name="dispatch")
class LinkPage(View):
    """`/l/<token>/`. Needs no signing in: the token stands for the person it was sent to."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            link = links.read(token=kwargs["token"], at=request.entry.at)
        except DomainError as error:
            return self._refused(request, error)
        with translation.override(link.user.language):
            response = super().dispatch(request, *args, link=link, **kwargs)
        for name, value in ADDRESS_IS_SECRET.items():
            response[name] = value
        return response

    def get(self, request: HttpRequest, token: str, link: SignedLink) -> HttpResponse:
        try:
            link_uses.refuse(link=link, handoff=Handoff.objects.get(pk=link.handoff_id))
        except DomainError as error:
            return self._refused(request, error, link)
        return self._ask(request, link, ResultForm(initial={"result": link.action}))

    def post(self, request: HttpRequest, token: str, link: SignedLink) -> HttpResponse:
        values, is_result = {}, link.action in RESULTS
        form = ResultForm({**request.POST.dict(), "result": link.action} if is_result else None)
        if is_result:
            if not form.is_valid():
                return self._ask(request, link, form, status=422)
            values = form.values(at=request.entry.at, zone=request.entry.organization.zone)
            values.pop("result")
        try:
            values |= _answer_values(request, link)
            handoff = link_uses.use(token=token, values=values, at=request.entry.at)
        except (UsedLink, link_uses.WithSomebodyElse, AlreadyAnswered) as error:
            return self._refused(request, error, link)
        except DomainError as error:
            if is_result:
                form.is_valid()
                form.take(error)
            return self._ask(request, link, form, status=error.status, error=error)
        if link.action == Action.SHEET:
            context = {"link": link, "handoff": handoff, "sheet": sheet_words.written(handoff)}
            return render(request, "integrations/link_sheet.html", context)
        context = {"link": link, "handoff": handoff, "told": _told(link, handoff, request.entry.at)}
        context["contact_url"] = links.onward(link=link, handoff=handoff, at=request.entry.at)
        return render(request, "integrations/link_done.html", context)

    def _ask(
        self, request: HttpRequest, link: SignedLink, form: ResultForm, status: int = 200, error: Any = None
    ) -> HttpResponse:
        handoff = Handoff.objects.select_related("lead", "lead__company").get(pk=link.handoff_id)
        context = {
            "link": link,
            "action": Action(link.action),
            "handoff": handoff,
            "lead": handoff.lead,
            "line": reason_lines.told(handoff),
            "form": form,
            "error": error,
            "faults": [fault.message for fault in error.errors] if isinstance(error, Invalid) else [],
            "method": likely_method(handoff.lead),
            "reasons": reject_choices.choices(at=request.entry.at) if link.action == Action.REJECT else [],
        }
        if isinstance(error, BadContact):
            context |= answering.contact_again(request, error)
        return render(request, "integrations/link.html", context, status=status)

    def _refused(self, request: HttpRequest, error: DomainError, link: SignedLink | None = None) -> HttpResponse:
        # Whoever may not see the handoff any more is not sent to its page.
        opens = link is not None and Handoff.objects.visible_to(link.user).filter(pk=link.handoff_id).exists()
        context = {"error": error, "link": link if opens else None}
        response = render(request, "integrations/link_refused.html", context, status=error.status)
        for name, value in ADDRESS_IS_SECRET.items():
            response[name] = value
        return response


def _answer_values(request: HttpRequest, link: SignedLink) -> dict[str, Any]:
    """What a reject or a contact says; nothing for an accept."""
    if link.action == Action.CONTACT:
        return answering.contact_told(request)
    if link.action != Action.REJECT:
        return {}
    return {"reason": typed(request, "reason"), "comment": typed(request, "comment")[:500]}


def _told(link: SignedLink, handoff: Handoff, at: datetime) -> str:
    """What happened and is owed next; "" where the action's own name says it."""
    said = {Action.ACCEPT: answering.accepted, Action.CONTACT: answering.contacted}.get(Action(link.action))
    return said(handoff, at=at) if said else ""
