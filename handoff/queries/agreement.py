"""The SLA agreement as it stands: the one in force, the draft, what a draft lacks, who has agreed (AR-36)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.domain.roles import Permission, TeamKind
from accounts.models import Membership, User
from accounts.queries import changes
from handoff.domain.choices import ClockKind
from handoff.models import SlaAgreement, SlaConsent
from handoff.queries import legs, promised

SIDES = ("marketing", "sales")
TARGETS = ("mql_target", "sql_target", "won_target")


@dataclass(frozen=True)
class Lack:
    """A part that is missing, as an unchanging code and a sentence."""

    code: str
    text: str


def in_force() -> SlaAgreement | None:
    """What holds now."""
    return SlaAgreement.objects.filter(state=SlaAgreement.State.IN_FORCE).first()


def as_of(moment: datetime) -> SlaAgreement | None:
    """The newest that had come into force before this moment."""
    agreed = SlaAgreement.objects.exclude(state=SlaAgreement.State.DRAFT).filter(in_force_at__lt=moment)
    return agreed.order_by("-in_force_at", "-pk").first()


def draft() -> SlaAgreement | None:
    """What is being agreed on."""
    return SlaAgreement.objects.filter(state=SlaAgreement.State.DRAFT).first()


def earlier() -> list[SlaAgreement]:
    """What held before, the latest first."""
    return list(SlaAgreement.objects.filter(state=SlaAgreement.State.ENDED).order_by("-in_force_at", "-pk"))


def promises_of(agreement: SlaAgreement) -> list[dict[str, Any]]:
    """The response times and the feedback rule: of a draft today's policies, else what was agreed to."""
    return promised.today() if agreement.state == SlaAgreement.State.DRAFT else agreement.promises


def given(agreement: SlaAgreement) -> dict[str, SlaConsent]:
    """The departments that agree to it as it stands, each with its 了承."""
    said = agreement.consents.filter(version=agreement.version).select_related("by")
    promises = promises_of(agreement)
    return {consent.side: consent for consent in said if consent.promises == promises}


def fingerprint(agreement: SlaAgreement, promises: object = None) -> str:
    """Another one as soon as the text, a target or a response time is another: what somebody agrees to.

    `promises` are the response times where the caller has read them already.
    """
    promises = promises_of(agreement) if promises is None else promises
    read = json.dumps([agreement.pk, agreement.version, promises], sort_keys=True)
    return hashlib.sha256(read.encode()).hexdigest()[:16]


def targets_asked() -> tuple[str, ...]:
    """With one leg nobody works on SQLs between marketing and field sales."""
    return tuple(name for name in TARGETS if name != "sql_target" or not legs.has_one_leg())


def lacks(agreement: SlaAgreement) -> list[Lack]:
    """The parts that are missing before anybody can agree, in their order."""
    told = {
        "mql_target": _("Marketing's monthly target is missing: how many MQLs are handed over."),
        "sql_target": _("Inside sales' monthly target is missing: how many leads become SQLs."),
        "won_target": _("Field sales' monthly target is missing: how many deals are won."),
    }
    found = [] if agreement.quality.strip() else [Lack("quality", _("It doesn't say yet what a good lead is."))]
    found += [Lack(name, told[name]) for name in targets_asked() if getattr(agreement, name) is None]
    if not _has_meeting(promises_of(agreement)):
        found.append(Lack("meeting", _("The deadlines don't say yet within how many days a meeting is set.")))
    return found


def unsaid(agreement: SlaAgreement) -> list[Lack]:
    """The departments that haven't agreed to it as it stands."""
    told = {
        "marketing": _("A manager of marketing hasn't agreed to it yet."),
        "sales": _("A manager of sales hasn't agreed to it yet."),
    }
    agreed = given(agreement)
    return [Lack(side, told[side]) for side in SIDES if side not in agreed]


def managers_of(side: str) -> QuerySet[User]:
    """Who may agree for the department: the active managers of its teams."""
    is_marketing = Q(team__kind=TeamKind.MARKETING)
    leading = Membership.objects.filter(is_marketing if side == "marketing" else ~is_marketing, is_manager=True)
    found = User.objects.active().people().who_may(Permission.AGREE_TO_RULES)
    return found.filter(pk__in=leading.values("user")).order_by("pk")


def waits_for(person: User, *, pk: int, read: str) -> bool:
    """Whether what had this fingerprint is still the draft, and the person can agree for a department that hasn't."""
    asked = SlaAgreement.objects.filter(pk=pk, state=SlaAgreement.State.DRAFT).first()
    missing = [lack.code for lack in unsaid(asked)] if asked and fingerprint(asked) == read else []
    return any(managers_of(side).filter(pk=person.pk).exists() for side in missing)


def in_whose_place(agreement: SlaAgreement, side: str, person: User) -> list[User]:
    """The managers of this department who must be waited for, as the person has agreed for the other one.

    Nobody where they have not, or where no one else leads the department: then one person speaks for both.
    """
    spoke = any(consent.by_id == person.pk for other, consent in given(agreement).items() if other != side)
    return list(managers_of(side).exclude(pk=person.pk)) if spoke else []


def last_change(agreement: SlaAgreement) -> changes.Change | None:
    """Who wrote it last and when."""
    return changes.latest(agreement, kind="sla_agreement.changed")


def said(agreement: SlaAgreement) -> str:
    """Its targets in one sentence."""
    words = {
        "mql_target": pgettext("agreement", "%(number)d MQLs"),
        "sql_target": pgettext("agreement", "%(number)d SQLs"),
        "won_target": pgettext("agreement", "%(number)d won"),
    }
    numbers = {name: getattr(agreement, name) for name in TARGETS}
    told = [words[name] % {"number": number} for name, number in numbers.items() if number is not None]
    return pgettext("separator", " · ").join(told)


def _has_meeting(rows: list[dict[str, Any]]) -> bool:
    """Whether every priority on the leg to field sales has a day by which a meeting is set."""
    return {row["band"] for row in rows if _is_meeting_with_field(row)} >= set(promised.BANDS)


def _is_meeting_with_field(row: Mapping[str, Any]) -> bool:
    return row["kind"] == ClockKind.MEETING and legs.goes_to_field(row["leg"])
