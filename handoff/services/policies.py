"""Changes how fast something is owed; open clocks follow in the same transaction (F-4)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from handoff.domain.choices import ClockKind
from handoff.models import SlaPolicy
from handoff.services import clocks, touches
from journal.errors import FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried

MOST_MINUTES, MOST_DAYS, MOST_TOUCHES = 60 * 24 * 60, 250, 50


class BadPolicy(Invalid):
    code = "bad_policy"
    message = _("This rule can't be saved.")


class NotYourPolicy(Forbidden):
    code = "not_your_policy"
    message = _("Only people who can change settings can change response times.")


@retried
def set_policy(
    *,
    kind: str,
    by: User | None,
    at: datetime,
    leg: str = "",
    band: str = "",
    minutes: int | None = None,
    working_days: int | None = None,
    touches: int | None = None,
    warn_at: Sequence[int] = (50, 80),
) -> SlaPolicy:
    """How fast `kind` is owed for this leg and band (empty: any): minutes or working days; of `depth` how many contacts.

    What was not promised before holds from the next handoff on. Raises NotYourPolicy, BadPolicy.
    """
    _check_permission(by)
    _check(kind, minutes, working_days, touches, warn_at)
    values = {
        "minutes": minutes,
        "working_days": working_days,
        "touches": touches,
        "warn_at": sorted(set(warn_at)),
    }
    policy, _made = SlaPolicy.objects.update_or_create(kind=kind, leg=leg, band=band, defaults=values)
    _follow(policy, by, at)
    return policy


@retried
def remove_policy(*, policy: SlaPolicy, by: User | None, at: datetime) -> None:
    """Back to the less specific rule, or to the default. Raises NotYourPolicy."""
    _check_permission(by)
    SlaPolicy.objects.filter(pk=policy.pk).delete()
    _follow(policy, by, at)


def _check_permission(by: User | None) -> None:
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise NotYourPolicy


def _check(
    kind: str, minutes: int | None, working_days: int | None, touches: int | None, warn_at: Sequence[int]
) -> None:
    errors = []
    if kind == ClockKind.DEPTH and not 0 < (touches or 0) <= MOST_TOUCHES:
        errors.append(FieldError("touches", "out_of_range", _("Enter between 1 and 50 contacts.")))
    if kind != ClockKind.DEPTH and touches is not None:
        errors.append(FieldError("touches", "not_counted", _("Only the number of contacts counts contacts.")))
    if (minutes is None) == (working_days is None):
        errors.append(FieldError("minutes", "one_length", _("Enter either minutes or working days.")))
    if minutes is not None and not 0 < minutes <= MOST_MINUTES:
        errors.append(FieldError("minutes", "out_of_range", _("Enter between 1 minute and 60 days in minutes.")))
    if working_days is not None and not 0 < working_days <= MOST_DAYS:
        errors.append(FieldError("working_days", "out_of_range", _("Enter between 1 and 250 working days.")))
    if any(not 0 < level < 100 for level in warn_at):
        errors.append(FieldError("warn_at", "out_of_range", _("A warning must be set between 1 and 99% of the time.")))
    if errors:
        raise BadPolicy(errors=errors)


def _follow(policy: SlaPolicy, by: User | None, at: datetime) -> None:
    """An answer may hang on the contact's policy, so both kinds are looked at again; fewer contacts may be enough now."""
    kinds = [policy.kind, ClockKind.ANSWER] if policy.kind == ClockKind.CONTACT else [policy.kind]
    moved = clocks.recompute(clocks=clocks.unfinished().filter(kind__in=kinds), at=at, policies_too=True)
    if policy.kind == ClockKind.DEPTH:
        touches.meet()
    record("policy.changed", subject=policy, by=by, at=at, data={"kind": policy.kind, "clocks_moved": moved})
