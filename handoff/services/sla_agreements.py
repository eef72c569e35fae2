"""What marketing and sales owe each other: drafted, agreed to by a manager of each, in force (AR-36).

How fast things are owed is changed in `policies` alone; an agreement keeps a copy of what was agreed to.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.interface import figures
from accounts.models import User
from handoff.models import SlaAgreement, SlaConsent
from handoff.queries import agreement as agreements
from handoff.queries import promised
from journal import services as journal
from journal.errors import Conflict, DomainError, FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried
from scoring.services.models import sides_of

FIELDS = ("quality", *agreements.TARGETS)
LONGEST, MOST = 2000, 1_000_000
State = SlaAgreement.State


class BadAgreement(Invalid):
    code = "bad_agreement"
    message = _("The agreement was not saved.")


class MayNotWrite(Forbidden):
    message = _("Only an administrator can change the SLA agreement.")


class MayNotConsent(Forbidden):
    message = _("Only a manager of a department can agree for it.")


class Incomplete(Conflict):
    code = "incomplete"
    message = _("Something is still missing, so nobody can agree to it yet.")


class SamePerson(Conflict):
    """An agreement needs two to agree, where two are there."""

    code = "same_person"
    message = _("You have agreed for the other department already. %(names)s can agree for this one.")


class StaleAgreement(DomainError):
    """Somebody changed the draft, or the deadlines, after the caller had read them."""

    code = "stale"
    status = 412
    message = _("Someone else has changed this. Reload it, then repeat your change.")


@retried
def change(
    *, values: Mapping[str, Any], by: User | None, at: datetime, expected_version: int | None = None
) -> SlaAgreement:
    """Writes the draft as a whole: `quality` and the three targets (None: not set). What holds stays until agreed.

    A change voids what was agreed to before; nothing changed, nothing is void. `expected_version` is the one of
    `latest_version` the caller had read: StaleAgreement where it is no longer the present one, unless all is already
    as it shall be. Raises MayNotWrite, BadAgreement.
    """
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise MayNotWrite
    clean = _read(values)
    one_at_a_time("sla_agreement")
    latest = _latest()
    old = _values(latest) if latest else {}
    if latest is not None and old == clean:
        return latest
    if expected_version is not None and expected_version != latest_version():
        raise StaleAgreement
    version = latest_version() + 1
    if latest is not None and latest.state == State.DRAFT:
        draft = latest
        SlaAgreement.objects.filter(pk=draft.pk).update(**clean, version=version)
        draft.refresh_from_db()
    else:
        draft = SlaAgreement.objects.create(**clean, version=version, created_at=at)
    changed = sorted(name for name in FIELDS if old.get(name) != clean[name])
    data = {"fields": changed, "version": version}
    journal.record("sla_agreement.changed", subject=draft, by=by, at=at, data=data, old=old, new=clean)
    if not agreements.lacks(draft):
        _ask(draft, by, at)
    return draft


@retried
def agree(*, side: str, by: User, at: datetime, read: str | None = None) -> SlaAgreement:
    """Records that a department agrees to the draft; with both departments it comes into force.

    One person agrees for both only where nobody else leads the other department. `read` is the `fingerprint` of what
    the person has read. Raises MayNotConsent, StaleAgreement, SamePerson, Incomplete naming what lacks.
    """
    if not by.may(Permission.AGREE_TO_RULES) or side not in sides_of(by):
        raise MayNotConsent
    one_at_a_time("sla_agreement")
    draft = _latest()
    if draft is None or draft.state != State.DRAFT:
        raise StaleAgreement
    # Read once: what is kept is what was compared, whoever changes a response time meanwhile.
    promises = promised.today()
    if read is not None and read != agreements.fingerprint(draft, promises):
        raise StaleAgreement
    lacking = agreements.lacks(draft)
    if lacking:
        raise Incomplete(errors=[FieldError(lack.code, "required", lack.text) for lack in lacking])
    if others := agreements.in_whose_place(draft, side, by):
        raise SamePerson(names=figures.listed(figures.addressed(one) for one in others))
    if side not in agreements.given(draft):
        values = {"promises": promises, "by": by, "at": at}
        SlaConsent.objects.update_or_create(agreement=draft, side=side, version=draft.version, defaults=values)
        journal.record("sla_agreement.agreed", subject=draft, by=by, at=at, data={"side": side})
    if agreements.unsaid(draft):
        _ask(draft, by, at)
    else:
        _come_into_force(draft, by, at)
    return draft


def latest_version() -> int:
    """What a change must have read: the version of the newest agreement, 0 before the first."""
    latest = _latest()
    return latest.version if latest else 0


def _latest() -> SlaAgreement | None:
    """The draft, else what is in force."""
    return SlaAgreement.objects.order_by("-pk").first()


def _come_into_force(draft: SlaAgreement, by: User, at: datetime) -> None:
    SlaAgreement.objects.filter(state=State.IN_FORCE).update(state=State.ENDED, ended_at=at)
    frozen = promised.today()
    SlaAgreement.objects.filter(pk=draft.pk).update(state=State.IN_FORCE, in_force_at=at, promises=frozen)
    draft.refresh_from_db()
    journal.record("sla_agreement.came_into_force", subject=draft, by=by, at=at, data={"version": draft.version})


def _ask(draft: SlaAgreement, by: User | None, at: datetime) -> None:
    """Whoever must still agree is to hear of it; integrations tell them."""
    data = {"read": agreements.fingerprint(draft), "sides": [lack.code for lack in agreements.unsaid(draft)]}
    journal.record("sla_agreement.waits", subject=draft, by=by, at=at, data=data)


def _values(agreement: SlaAgreement) -> dict[str, Any]:
    return {name: getattr(agreement, name) for name in FIELDS}


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises BadAgreement naming each fault."""
    errors = []
    quality = str(values.get("quality") or "").strip()
    if len(quality) > LONGEST:
        errors.append(FieldError("quality", "too_long", _("Enter at most 2,000 characters.")))
    numbers = {name: values.get(name) for name in agreements.TARGETS}
    for name, number in numbers.items():
        if number is not None and not 0 < number <= MOST:
            errors.append(FieldError(name, "out_of_range", _("Enter a number from 1.")))
    if errors:
        raise BadAgreement(errors=errors)
    return {"quality": quality, **numbers}
