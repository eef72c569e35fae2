"""The briefing sheet as data: what travels with a handoff, read once when it is offered and never again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.queries import organization
from handoff.domain import approach, questions
from handoff.domain.approach import Act
from handoff.domain.choices import ContactResult
from handoff.queries import episodes, gates
from leads.domain import appointments
from leads.domain.activity_types import BY_CODE
from leads.domain.condition_reading import Facts
from leads.models import Activity, Lead, LeadScore, Qualification
from leads.queries import conditions
from scoring.queries import explain

MOST_ACTS, MOST_EXCHANGES = 20, 6


def build(lead: Lead, *, leg: str, attempt: int, at: datetime, score: LeadScore | None, known: Facts) -> dict[str, Any]:
    """Codes and values, no sentences: the page writes it in the reader's language."""
    activities = list(_activities(lead, at))
    acts = [_act(activity) for activity in activities if not _is_ours(activity)]
    heard = Qualification.objects.filter(lead=lead).first()
    answers = gates.items_of(heard)
    band = score.band if score else "low"
    chance = episodes.chance(leg=leg, band=band, at=at)
    return {
        "made_at": at.isoformat(),
        "leg": leg,
        "attempt": attempt,
        "person": _person(lead),
        "met": _met(lead),
        "score": _score(score, lead, known, at),
        "chance": {"of": chance.of, "reached": chance.reached},
        "qualification": {name: value for name, value in answers.items() if questions.is_known(value)},
        "note": heard.note if heard else "",
        "ask": [item for item in questions.ITEMS if not questions.is_known(answers.get(item))],
        "why": approach.why_now(acts, met=_where(lead), score=score.total if score else None, at=at).stored(),
        "approach": approach.method(
            acts, phone=lead.mobile or lead.phone, email=lead.email, band=band, at=at, meets_at=_meets_at(activities)
        ).stored(),
        "opening": approach.opening(
            acts, challenge=str(answers.get("challenge") or ""), need=str(answers.get("need") or "")
        ).stored(),
        "acts": [_shown(activity) for activity in activities if not _is_ours(activity)][:MOST_ACTS],
        "exchanges": [_talk(activity) for activity in activities if _is_ours(activity)][:MOST_EXCHANGES],
        "earlier": episodes.earlier_endings(lead),
    }


def _activities(lead: Lead, at: datetime) -> Any:
    found = Activity.objects.filter(lead=lead, occurred_at__lte=at).select_related("content", "by")
    return found.order_by("-occurred_at", "-id")[:200]


def _is_ours(activity: Activity) -> bool:
    kind = BY_CODE.get(activity.type)
    return kind is not None and kind.side == "ours"


def _act(activity: Activity) -> Act:
    return Act(activity.occurred_at, activity.type, _title(activity), activity.url)


def _title(activity: Activity) -> str:
    return activity.content.title if activity.content else ""


def _shown(activity: Activity) -> dict[str, Any]:
    return {
        "at": activity.occurred_at.isoformat(),
        "type": activity.type,
        "title": _title(activity),
        "url": activity.url,
        "seconds": activity.duration_seconds,
        "by": activity.by.name if activity.by else "",
        "note": activity.note,
    }


def _meets_at(activities: Iterable[Activity]) -> datetime | None:
    """The appointment that the newest of our activities to tell one speaks of."""
    told = (appointments.told(one.metadata, made_at=one.occurred_at) for one in activities if _is_ours(one))
    return next((moment for moment in told if moment), None)


def _talk(activity: Activity) -> dict[str, Any]:
    """With how it went: an appointment that was made is what the next person must know first."""
    met_at = appointments.told(activity.metadata, made_at=activity.occurred_at)
    result = activity.metadata.get("result")
    return _shown(activity) | {
        "result": result if result in ContactResult.values else "",
        "appointment_at": met_at.isoformat() if met_at else "",
    }


def _person(lead: Lead) -> dict[str, Any]:
    company = lead.company
    return {
        "name": lead.name,
        "title": lead.title,
        "department": lead.department,
        "phone": lead.phone,
        "mobile": lead.mobile,
        "email": lead.email,
        "company": company.name if company else "",
        "industry": company.industry if company else "",
        "employees": [company.employee_count, company.employee_count_max] if company else [None, None],
        "place": f"{company.prefecture}{company.address}" if company else "",
    }


def _met(lead: Lead) -> dict[str, Any]:
    return {
        "channel": lead.channel.name if lead.channel else "",
        "campaign": lead.campaign.name if lead.campaign else "",
        "at": lead.acquired_at.isoformat(),
    }


def _where(lead: Lead) -> str:
    return lead.campaign.name if lead.campaign else lead.channel.name if lead.channel else ""


def _score(score: LeadScore | None, lead: Lead, known: Facts, at: datetime) -> dict[str, Any]:
    if score is None:
        return {"total": None, "band": "low", "model": None, "dimensions": {}, "rules": []}
    dimensions = {name: getattr(score, name) for name in ("fit", "engagement", "intent", "readiness", "authority")}
    return {
        "total": score.total,
        "band": score.band,
        "model": score.model_id,
        "dimensions": {name: points for name, points in dimensions.items() if points},
        "rules": _rules(score, lead, known, at),
    }


def _rules(score: LeadScore, lead: Lead, known: Facts, at: datetime) -> list[dict[str, Any]]:
    """The rules that fired, in both languages, with how many activities and which values spoke for them."""
    day = organization.local_day(at)
    told = explain.of_facts(lead, known, stored=score, day=day, known=conditions.registry(), is_dated=False)
    labels = {rule.key: rule for rule in told.model.rules} if told.model else {}
    return [
        {
            "rule": line.rule,
            "label_ja": labels[line.rule].label_ja,
            "label_en": labels[line.rule].label_en,
            "dimension": line.dimension,
            "points": line.points,
            "activities": line.count,
            "values": [found.shown for found in line.fields],
        }
        for line in told.lines
        if line.kind == "rule" and line.points and line.rule in labels
    ]
