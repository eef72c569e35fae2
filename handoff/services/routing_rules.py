"""Routing rules as an administrator keeps them: on each leg the first whose condition holds names the receiver."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import Team, User
from handoff.models import RoutingRule
from handoff.queries import legs, receivers
from handoff.services import rule_order
from handoff.services.routing import WrongReceiver
from journal import services as journal
from journal.errors import FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried
from leads.domain.conditions import InvalidCondition
from leads.queries import conditions

KEPT = ("leg", "name", "condition", "to_team_id", "to_user_id")


class BadRoute(Invalid):
    code = "bad_route"
    message = _("The rule was not saved.")


@retried
def keep(
    *,
    rule: RoutingRule | None,
    leg: str,
    name: str,
    condition: Mapping[str, Any] | None,
    to: User | Team | None,
    by: User | None,
    at: datetime,
) -> RoutingRule:
    """Makes a rule of the leg, which is tried last, or changes one; its leg stays. Raises BadRoute, RuleGone, Forbidden."""
    _require(by)
    one_at_a_time("routing rules")
    rule = rule_order.held(rule) if rule else None
    leg = rule.leg if rule else leg
    _check(rule, leg, name, condition, to)
    old = _values(rule) if rule else {}
    rule = rule or RoutingRule(leg=leg, position=rule_order.next_place(_of_leg(leg)))
    rule.name, rule.condition = name.strip(), condition or None
    rule.to_user = to if isinstance(to, User) else None
    rule.to_team = to if isinstance(to, Team) else None
    rule.save()
    if _values(rule) != old:
        journal.record("routing_rule.changed", subject=rule, by=by, at=at, old=old, new=_values(rule))
    return rule


@retried
def move(*, rule: RoutingRule, earlier: bool, by: User | None, at: datetime, past: int | None = None) -> None:
    """Tries it one place earlier or later on its leg; at the end of the list nothing happens. `past`: as in `swap`.

    Raises OrderChanged, RuleGone, Forbidden.
    """
    _require(by)
    one_at_a_time("routing rules")
    rule = rule_order.held(rule)
    if rule_order.swap(list(_of_leg(rule.leg)), rule, earlier=earlier, past=past):
        journal.record("routing_rule.moved", subject=rule, by=by, at=at, data={"earlier": earlier})


@retried
def delete(*, rule: RoutingRule, by: User | None, at: datetime) -> None:
    """Leads go by the rules that are left, else to the leg's first team. Raises RuleGone, Forbidden."""
    _require(by)
    rule = rule_order.held(rule)
    journal.record("routing_rule.deleted", subject=rule, by=by, at=at, old=_values(rule))
    rule.delete()


def _require(by: User | None) -> None:
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(_("Only an administrator can change the routing rules."))


def _of_leg(leg: str) -> QuerySet[RoutingRule]:
    return RoutingRule.objects.filter(leg=leg).order_by("position", "id")


def _check(rule: RoutingRule | None, leg: str, name: str, condition: object, to: User | Team | None) -> None:
    errors: list[FieldError] = []
    if rule is None and leg not in legs.legs():
        errors.append(FieldError("leg", "invalid", _("This leg is not in use.")))
    if not name.strip():
        errors.append(FieldError("name", "required", _("Enter a name for the rule.")))
    elif _of_leg(leg).exclude(pk=rule.pk if rule else None).filter(name=name.strip()).exists():
        errors.append(FieldError("name", "taken", _("Another rule has this name.")))
    if to is None:
        errors.append(FieldError("to", "required", _("Choose who receives.")))
    elif leg in legs.RECEIVING and not _may_be_named(rule, leg, to):
        errors.append(FieldError("to", WrongReceiver.code, str(WrongReceiver(name=to.name))))
    try:
        conditions.read(condition or {}, entered=True, path="condition")
    except InvalidCondition as error:
        errors.extend(error.errors)
    if errors:
        raise BadRoute(errors=errors)


def _may_be_named(rule: RoutingRule | None, leg: str, to: User | Team) -> bool:
    """Whoever receives; and whom the rule named before, so that a rule can be reworded after somebody left."""
    return receivers.can_receive(to, leg) or (rule is not None and receivers.of_rule(rule) == to)


def _values(rule: RoutingRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in KEPT}
