"""Handoff rules as an administrator keeps them: who gives, when, what travels, how it is told, who receives."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import Team, User
from handoff.domain import presets
from handoff.models import HandoffRule
from handoff.queries import rule_parts
from handoff.services import rule_order
from journal import services as journal
from journal.errors import FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried
from leads.domain.conditions import InvalidCondition
from leads.queries import conditions

KEPT = ("name", "is_on", "giver", "when", "travels", "told_by", "to_team_id", "to_user_id")


class BadRule(Invalid):
    code = "bad_rule"
    message = _("The rule was not saved.")


class IncompleteRule(Invalid):
    """A rule that lacks one of the five can't be on (AR-15)."""

    code = "incomplete_rule"
    message = _("The rule can't be switched on. Still missing: %(parts)s.")


@retried
def keep(
    *,
    rule: HandoffRule | None,
    name: str,
    is_on: bool,
    giver: str,
    when: Mapping[str, Any] | None,
    told_by: Sequence[str],
    to: User | Team | None,
    by: User | None,
    at: datetime,
    travels: Sequence[str] = presets.TRAVELS,
) -> HandoffRule:
    """Makes a rule, which is tried last, or changes one. Raises BadRule, IncompleteRule, RuleGone, Forbidden."""
    _require(by)
    one_at_a_time("handoff rules")
    rule = rule_order.held(rule) if rule else None
    _check(rule, name, when)
    old = _values(rule) if rule else {}
    rule = rule or HandoffRule(position=rule_order.next_place(HandoffRule.objects.all()))
    # A shipped name is stored in one language and read in both.
    rule.name = rule.name if name.strip() == presets.shown(rule.name) else name.strip()
    rule.giver, rule.when, rule.travels, rule.told_by = giver, when or None, list(travels), list(told_by)
    rule.to_user = to if isinstance(to, User) else None
    rule.to_team = to if isinstance(to, Team) else None
    _switch(rule, is_on)
    rule.save()
    if _values(rule) != old:
        journal.record("handoff_rule.changed", subject=rule, by=by, at=at, old=old, new=_values(rule))
    return rule


@retried
def switch(*, rule: HandoffRule, is_on: bool, by: User | None, at: datetime) -> HandoffRule:
    """On or off. Raises IncompleteRule, RuleGone, Forbidden."""
    _require(by)
    one_at_a_time("handoff rules")
    rule = rule_order.held(rule)
    if rule.is_on == is_on:
        return rule
    _switch(rule, is_on)
    rule.save(update_fields=["is_on"])
    journal.record("handoff_rule.changed", subject=rule, by=by, at=at, old={"is_on": not is_on}, new={"is_on": is_on})
    return rule


@retried
def move(*, rule: HandoffRule, earlier: bool, by: User | None, at: datetime, past: int | None = None) -> None:
    """Tries it one place earlier or later; at the end of the list nothing happens. `past`: as in `swap`.

    Raises OrderChanged, RuleGone, Forbidden.
    """
    _require(by)
    one_at_a_time("handoff rules")
    rule = rule_order.held(rule)
    if rule_order.swap(list(HandoffRule.objects.order_by("position", "id")), rule, earlier=earlier, past=past):
        journal.record("handoff_rule.moved", subject=rule, by=by, at=at, data={"earlier": earlier})


@retried
def delete(*, rule: HandoffRule, by: User | None, at: datetime) -> None:
    """What was handed over by it stays. Raises RuleGone, Forbidden."""
    _require(by)
    rule = rule_order.held(rule)
    journal.record("handoff_rule.deleted", subject=rule, by=by, at=at, old=_values(rule))
    rule.delete()


def _require(by: User | None) -> None:
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(_("Only an administrator can change the handoff rules."))


def _switch(rule: HandoffRule, is_on: bool) -> None:
    if is_on and (missing := rule_parts.lacking(rule)):
        raise IncompleteRule(parts=say(", ").join(missing))
    rule.is_on = is_on


def _check(rule: HandoffRule | None, name: str, when: object) -> None:
    errors: list[FieldError] = []
    others = HandoffRule.objects.exclude(pk=rule.pk if rule else None)
    if not name.strip():
        errors.append(FieldError("name", "required", _("Enter a name for the rule.")))
    elif others.filter(name=name.strip()).exists():
        errors.append(FieldError("name", "taken", _("Another rule has this name.")))
    try:
        conditions.read(when or {}, entered=True, path="when")
    except InvalidCondition as error:
        errors.extend(error.errors)
    if errors:
        raise BadRule(errors=errors)


def _values(rule: HandoffRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in KEPT}
