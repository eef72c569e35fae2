"""The buttons beside a handoff rule or a routing rule in its list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.interface import toasts
from accounts.web.typed import typed
from handoff.models import HandoffRule, RoutingRule
from handoff.services.rule_order import RuleGone
from journal.errors import DomainError
from leads.queries.references import as_id

# Each names the rule that this one shall pass, as the list showed it: pressed twice, one move.
MOVES = ("earlier", "later")
AnyRow = TypeVar("AnyRow")


def who(request: HttpRequest) -> dict[str, Any]:
    """By whom and when, as the services take it."""
    return {"by": request.user, "at": request.entry.at}  # type: ignore[attr-defined]


def beside(rows: Sequence[AnyRow]) -> list[tuple[AnyRow | None, AnyRow, AnyRow | None]]:
    """Each row of the list between the one before and the one behind it."""
    return list(zip([None, *rows[:-1]], rows, [*rows[1:], None], strict=True)) if rows else []


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
        seen = {"past": as_id(typed(request, "past"))} if verb in MOVES else {}
        verbs[verb](rule=rule, **who(request), **seen)
    except DomainError as error:
        toasts.warn(request, str(error))
    else:
        if verb == "delete":
            toasts.say(request, _("The rule is deleted."))
    return redirect(back)
