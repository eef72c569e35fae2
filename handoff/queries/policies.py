"""Which promise holds for a kind, leg and band: the most specific policy, else the default."""

from dataclasses import replace

from handoff.domain.choices import ClockKind
from handoff.domain.promises import BY_POLICY_ONLY, Promise, default_promise
from handoff.models import SlaPolicy
from journal.remembering import remembered


def promise_for(*, kind: str, leg: str, band: str) -> Promise:
    """How fast `kind` is owed. A matching band outweighs a matching leg; an answer without a policy of its own
    is owed in half the contact's time. Raises LookupError for what no policy asks for."""
    policies = (policy for policy in _all() if policy.leg in (leg, "") and policy.band in (band, ""))
    found = {policy.kind: policy for policy in sorted(policies, key=_specificity)}
    if kind in found:
        return as_promise(found[kind])
    if kind == ClockKind.ANSWER and ClockKind.CONTACT in found:
        return as_promise(found[ClockKind.CONTACT]).halved()
    return default_promise(kind, band)


def promise_if_any(*, kind: str, leg: str, band: str) -> Promise | None:
    """As `promise_for`; None for what is owed by a policy only, where there is none."""
    try:
        return promise_for(kind=kind, leg=leg, band=band)
    except LookupError:
        return None


def asked_for(*, leg: str, band: str) -> list[str]:
    """Of the kinds that are owed by a policy only, those that this leg and band owe."""
    return [kind for kind in BY_POLICY_ONLY if promise_if_any(kind=kind, leg=leg, band=band)]


@remembered
def _all() -> list[SlaPolicy]:
    """A dozen rows at most: one for each kind, leg and band that somebody has set."""
    return list(SlaPolicy.objects.order_by("pk"))


def as_promise(policy: SlaPolicy) -> Promise:
    """The policy's row as a promise; minutes win where both are set."""
    days = None if policy.minutes else policy.working_days
    warn_at = [int(level) for level in policy.warn_at if 0 < int(level) < 100]
    promise = Promise(policy.minutes, days, touches=policy.touches)
    return replace(promise, warn_at=tuple(warn_at)) if warn_at else promise


def _specificity(policy: SlaPolicy) -> tuple[bool, bool]:
    return bool(policy.band), bool(policy.leg)
