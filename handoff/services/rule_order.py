"""What handoff rules and routing rules share: held as they are now, and an order, for the first that holds decides."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from handoff.models import HandoffRule, RoutingRule
from journal.errors import Conflict
from scoring.services.order import OrderChanged

AnyRule = TypeVar("AnyRule", HandoffRule, RoutingRule)


class RuleGone(Conflict):
    """Somebody deleted it since the page was read."""

    code = "rule_gone"
    message = _("This rule was deleted in the meantime.")


def held(rule: AnyRule) -> AnyRule:
    """The rule as it is now, until the transaction ends. Raises RuleGone."""
    found = type(rule).objects.select_for_update().filter(pk=rule.pk).first()
    if found is None:
        raise RuleGone
    return found


def next_place(rows: QuerySet[AnyRule]) -> int:
    """The position after all of these; their number isn't it once some were deleted."""
    highest = rows.aggregate(highest=Max("position"))["highest"]
    return 0 if highest is None else highest + 1


def swap(rows: Sequence[AnyRule], rule: AnyRule, *, earlier: bool, past: int | None = None) -> bool:
    """Moves `rule` one place within `rows` and numbers them afresh; False when there is no such place.

    `past` is the one that the person saw there: where the rule has passed it already, as after the first of two
    presses, nothing is done and False returned. Raises OrderChanged where another one has come to stand there.
    """
    order = list(rows)
    here = next(number for number, row in enumerate(order) if row.pk == rule.pk)
    there = here - 1 if earlier else here + 1
    passed = order[here + 1 :] if earlier else order[:here]
    if past in [row.pk for row in passed]:
        return False
    found = order[there].pk if 0 <= there < len(order) else None
    if past not in (None, found):
        raise OrderChanged
    if found is None:
        return False
    order[here], order[there] = order[there], order[here]
    for number, row in enumerate(order):
        type(row).objects.filter(pk=row.pk).update(position=number)
    return True
