"""The buttons beside a handoff rule or a routing rule in its list."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.interface import toasts
from handoff.models import HandoffRule, RoutingRule
from handoff.services.rule_order import RuleGone
from journal.errors import DomainError


def who(request: HttpRequest) -> dict[str, Any]:
    """By whom and when, as the services take it."""
    return {"by": request.user, "at": request.entry.at}  # type: ignore[attr-defined]


def act(
    request: HttpRequest,
    rules: type[HandoffRule] | type[RoutingRule],
    pk: int,
    verb: str,
    *,
    verbs: Mapping[str, Callable[..., object]],
    back: str,
) -> HttpResponse:
    """Does what the button says to the rule, and goes `back` to the list; 404 for a verb that there is not."""
    if verb not in verbs:
        raise Http404
    rule = rules.objects.filter(pk=pk).first()
    try:
        if rule is None:
            raise RuleGone
        verbs[verb](rule=rule, **who(request))
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        if verb == "delete":
            toasts.say(request, _("The rule is deleted."))
    return redirect(back)
