"""Swaps a rule with its neighbour: the first rule that holds decides, so their order means something."""

from collections.abc import Sequence

from handoff.models import HandoffRule, RoutingRule

Rule = HandoffRule | RoutingRule


def swap(rows: Sequence[Rule], rule: Rule, *, earlier: bool) -> bool:
    """Moves `rule` one place within `rows` and numbers them afresh; False when there is no such place."""
    order = list(rows)
    here = next((number for number, row in enumerate(order) if row.pk == rule.pk), 0)
    there = here - 1 if earlier else here + 1
    if not 0 <= there < len(order):
        return False
    order[here], order[there] = order[there], order[here]
    for number, row in enumerate(order):
        type(row).objects.filter(pk=row.pk).update(position=number)
    return True
