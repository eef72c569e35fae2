"""The five things that a handoff rule names, and which of them one lacks (AR-15)."""

from django.utils.translation import gettext as _

from handoff.domain.choices import Giver, ToldBy
from handoff.models import HandoffRule
from handoff.queries import legs, receivers
from scoring.queries import specs


def lacking(rule: HandoffRule) -> list[str]:
    """What keeps the rule from being switched on, in words: one that lacks any of the five leads nowhere."""
    named = {
        _("who gives"): rule.giver in Giver.values,
        _("when (there are no published scoring rules and no condition)"): bool(rule.when or specs.published()),
        _("what travels"): bool(rule.travels),
        _("how the receiver is told"): ToldBy.IN_APP in rule.told_by,
        _("who receives"): _has_receiver(rule),
    }
    return [part for part, is_named in named.items() if not is_named]


def _has_receiver(rule: HandoffRule) -> bool:
    """A rule that names nobody follows the routing rules, which need a team that receives."""
    leg, target = legs.legs()[0], receivers.of_rule(rule)
    return receivers.can_receive(target, leg) if target else bool(receivers.teams(leg))
