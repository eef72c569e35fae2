"""Beginnings that many tests share: a company set up to hand over, and leads that are offered."""

from datetime import datetime

from accounts.models import User
from handoff.models import Handoff
from handoff.services import defaults, handoffs
from leads.models import Lead, LeadScore
from leads.services import leads as lead_services
from tests import factories
from tests.cast import NOON, Cast, cast, organization

MORNING = NOON.replace(hour=9, minute=30)
ANSWERS = {
    "need": "拠点間の在庫移動を当日に見たい",
    "timeframe": "2027年4月稼働",
    "authority": "管理本部長",
    "decision_process": "課長が起案し、役員会で決める",
}


def small() -> Cast:
    """One leg, marketing to field; nothing blocks."""
    organization(preset="small")
    people = cast()
    defaults.install(preset="small", at=MORNING)
    return people


def mid() -> Cast:
    """Two legs; the SQL gate blocks the second."""
    organization(preset="mid")
    people = cast()
    defaults.install(preset="mid", at=MORNING)
    return people


def scored(lead: Lead, total: int = 35, band: str = "high", *, at: datetime = NOON) -> Lead:
    """The lead with a score as the scoring app would have written it."""
    values = {"total": total, "band": band, "reaches_line": total >= 30, "as_of": at.date(), "computed_at": at}
    LeadScore.objects.update_or_create(lead=lead, defaults=values)
    return lead


def lead(*, at: datetime = NOON, band: str = "high", total: int = 35, **values: object) -> Lead:
    """A lead above the line."""
    return scored(factories.lead(at=at, **values), total, band, at=at)


def offered(people: Cast, *, at: datetime = NOON, to: User | None = None, **values: object) -> Handoff:
    """A lead of its own handed over by Mia."""
    return handoffs.offer(lead=lead(at=at, **values), by=people.mia, at=at, to=to)


def accepted(people: Cast, *, to: User, at: datetime = NOON, **values: object) -> Handoff:
    """…and accepted by its receiver."""
    return handoffs.accept(handoff=offered(people, at=at, to=to, **values), by=to, at=at)


def qualified(lead: Lead, *, by: User, at: datetime, **changes: object) -> Lead:
    """With everything the SQL gate asks for."""
    return lead_services.qualify(lead=lead, values=ANSWERS | changes, by=by, at=at)


def fresh(lead: Lead) -> Lead:
    """The lead as the database has it now."""
    return Lead.objects.get(pk=lead.pk)
