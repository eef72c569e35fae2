"""Which gates, handoff rules and routing rules read a field, or name a content."""

from django.utils.translation import gettext as _

from handoff.domain import presets
from handoff.models import Gate, HandoffRule, RoutingRule
from leads.queries.field_users import Test


def settings(test: Test) -> list[str]:
    """Each by its name."""
    gates = [row for row in Gate.objects.order_by("kind") if test(row.condition)]
    rules = [row for row in HandoffRule.objects.order_by("position") if test(row.when)]
    routes = [row for row in RoutingRule.objects.order_by("position") if test(row.condition)]
    return [
        *(_("the gate “%(name)s”") % {"name": row.get_kind_display()} for row in gates),
        *(_("the handoff rule “%(name)s”") % {"name": presets.shown(row.name)} for row in rules),
        *(_("the routing rule “%(name)s”") % {"name": row.name} for row in routes),
    ]
