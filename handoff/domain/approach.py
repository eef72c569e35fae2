"""From what a lead did: why now, how to approach, and with which words to begin. Codes and values, no sentences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PRICING_WORDS = ("料金", "価格", "見積", "pricing", "price", "/plan")
VIEWS = ("site_visit", "page_view")
RECENT = timedelta(days=30)
HOT = timedelta(days=7)


@dataclass(frozen=True)
class Act:
    """One activity as the sheet shows it."""

    at: datetime
    type: str
    title: str = ""
    url: str = ""

    @property
    def is_pricing(self) -> bool:
        text = f"{self.title} {self.url}".lower()
        return any(word in text for word in PRICING_WORDS)


@dataclass(frozen=True)
class Line:
    """A sentence to be written in the reader's language: `code` with the values it speaks of."""

    code: str
    values: Mapping[str, Any]

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "values": dict(self.values)}


def why_now(acts: Sequence[Act], *, met: str, score: int | None, at: datetime) -> Line:
    """The strongest recent sign, most telling first."""
    recent = [act for act in acts if at - act.at <= RECENT]
    pricing = [act for act in recent if act.is_pricing and act.type in VIEWS]
    if demo := _first(recent, "demo_request"):
        return Line("demo_request", {"at": demo.at.isoformat()})
    if len(pricing) >= 2:
        days = (pricing[0].at.date() - pricing[-1].at.date()).days + 1
        return Line("pricing", {"times": len(pricing), "days": days})
    for kind in ("webinar_attended", "document_download", "form_submit", "event_attended", "business_card"):
        if found := _first(recent, kind):
            return Line(kind, {"title": found.title, "at": found.at.isoformat()})
    visits = [act for act in recent if act.type in VIEWS]
    if visits:
        return Line("visits", {"times": len(visits)})
    return Line("met", {"where": met}) if met else Line("score", {"score": score or 0})


def method(
    acts: Sequence[Act], *, phone: str, email: str, band: str, at: datetime, meets_at: datetime | None = None
) -> Line:
    """How to approach: by the appointment that stands (`meets_at`), else call, mail or an online meeting; and why."""
    if meets_at is not None and meets_at > at:
        return Line("appointment", {"because": "appointment", "at": meets_at.isoformat()})
    hot = [act for act in acts if at - act.at <= HOT]
    if _first(hot, "demo_request"):
        return Line("meeting", {"because": "asked_demo"})
    if not phone:
        return Line("mail", {"because": "no_phone"}) if email else Line("call", {"because": "only_company"})
    if any(act.is_pricing for act in hot):
        return Line("call", {"because": "pricing"})
    if _first(hot, "webinar_attended"):
        return Line("call", {"because": "webinar"})
    if band == "high":
        return Line("call", {"because": "high"})
    return Line("mail", {"because": "quiet"}) if email else Line("call", {"because": "quiet"})


def opening(acts: Iterable[Act], *, challenge: str, need: str) -> Line:
    """切り口: one thing to begin with."""
    if challenge or need:
        return Line("challenge", {"text": challenge or need})
    for act in acts:
        if act.is_pricing:
            return Line("pricing", {})
        if act.title and act.type in ("document_download", "webinar_attended", "page_view"):
            return Line("content", {"title": act.title})
    return Line("situation", {})


def _first(acts: Iterable[Act], kind: str) -> Act | None:
    return next((act for act in acts if act.type == kind), None)
