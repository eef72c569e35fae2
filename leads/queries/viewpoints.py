"""A lead in the four viewpoints: what is known, what is not, and the question that would find out."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import dates, figures
from leads import hooks
from leads.domain.choices import Phase
from leads.domain.field_labels import LABELS, QUESTIONS
from leads.hooks import Demand
from leads.models import Activity, Company, Lead, Qualification
from leads.queries import custom_values

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Fact:
    """One line: an editable one has `field`; an unknown one has its `question` instead of a text.

    `own` is the key of a field that the organisation added.
    """

    label: str
    text: str = ""
    field: str = ""
    question: str = ""
    own: str = ""


@dataclass(frozen=True)
class Viewpoint:
    """One of the four: its facts, how many of them are unknown, and what the next handover asks of it."""

    key: str
    label: str
    facts: list[Fact]
    demands: tuple[Demand, ...] = ()

    @property
    def unknown(self) -> int:
        return sum(1 for fact in self.facts if fact.question)

    @property
    def conditions(self) -> list[Demand]:
        """The demands that its facts don't show by themselves."""
        return [demand for demand in self.demands if not demand.is_fact]

    @property
    def state(self) -> str:
        """Unmet where one demand is, else unknown where one is, else met; nothing where nothing is asked."""
        states = {demand.state for demand in self.demands}
        return next((state for state in ("unmet", "unknown", "met") if state in states), "")


def of(lead: Lead, *, at: datetime, today: date) -> list[Viewpoint]:
    """属性, 行動, 検討度合い, 決裁フロー of one lead, in four queries and those of the demands."""
    known = Qualification.objects.filter(lead=lead).first() or Qualification(lead=lead)
    found = [
        attributes(lead),
        Viewpoint("behaviour", _("Behavior"), _behaviour(lead, today)),
        consideration(known),
        decision(known),
    ]
    wanted = _demands(lead, at)
    return [_asked(viewpoint, wanted) for viewpoint in found]


def asked(viewpoint: Viewpoint, lead: Lead, *, at: datetime) -> Viewpoint:
    """The viewpoint with what the next handover of the lead asks of it."""
    return _asked(viewpoint, _demands(lead, at))


def _demands(lead: Lead, at: datetime) -> list[Demand]:
    return [demand for ask in hooks.demands for demand in ask(lead, at)]


def _asked(viewpoint: Viewpoint, wanted: list[Demand]) -> Viewpoint:
    return replace(viewpoint, demands=tuple(demand for demand in wanted if demand.viewpoint == viewpoint.key))


def attributes(lead: Lead) -> Viewpoint:
    """Who they are, with the organisation's own fields."""
    return Viewpoint("attributes", _("Attributes"), _attributes(lead))


def consideration(known: Qualification) -> Viewpoint:
    """How far they are and what they want."""
    return Viewpoint("consideration", _("Consideration"), [fact(known, name) for name in _CONSIDERATION])


def decision(known: Qualification) -> Viewpoint:
    """Who decides, how, and with what money."""
    return Viewpoint("decision", _("Decision"), [fact(known, name) for name in _DECISION])


_CONSIDERATION = ("phase", "need", "challenge", "timeframe", "temperature", "competitors", "note")
_DECISION = ("authority", "decision_process", "budget")
VIEWPOINT_OF = {**dict.fromkeys(_CONSIDERATION, consideration), **dict.fromkeys(_DECISION, decision)}


def key_of(item: str) -> str:
    """The viewpoint of an item of the qualification; "" for what is none."""
    return "consideration" if item in _CONSIDERATION else "decision" if item in _DECISION else ""


# Nobody is asked for these: they are worth having, and silent when they are missing.
_OPTIONAL = {"competitors", "note"}


def fact(known: Qualification, name: str) -> Fact:
    """One editable line of the qualification."""
    label, value = str(LABELS[f"qualification.{name}"]), getattr(known, name)
    if value in ("", None):
        return Fact(label, field=name, question="" if name in _OPTIONAL else str(QUESTIONS[name]))
    return Fact(label, _said(name, value), field=name)


def _said(name: str, value: Any) -> str:
    if name == "phase":
        return str(Phase(value).label)
    if name == "temperature":
        return pgettext("temperature", "%(degree)d of 5") % {"degree": value}
    return str(value)


def _attributes(lead: Lead) -> list[Fact]:
    company = lead.company
    facts = [
        _plain(str(LABELS["title"]), lead.title, _("Which title do they have?")),
        _plain(_("Industry"), company.industry if company else "", _("Which industry are they in?")),
        _plain(_("Employees"), employees(company), _("How many people work there?")),
    ]
    return facts + [Fact(own.label, own.text, own=own.key) for own in custom_values.of(lead.custom)]


def _plain(label: str, text: str, question: str) -> Fact:
    return Fact(label, text) if text else Fact(label, question=question)


def employees(company: Company | None) -> str:
    """`320名`, `101–300名`, `50名以上`; empty when unknown."""
    if company is None or company.employee_count is None:
        return ""
    low, high = company.employee_count, company.employee_count_max
    if high is None:
        return _("%(low)s people or more") % {"low": figures.number(low)}
    if low == high:
        return _("%(count)s people") % {"count": figures.number(low)}
    return _("%(low)s–%(high)s people") % {"low": figures.number(low), "high": figures.number(high)}


def _behaviour(lead: Lead, today: date) -> list[Fact]:
    since = today - WINDOW
    recent = Activity.objects.filter(lead=lead, occurred_on__gt=since)
    counted = recent.values("type", "content__title").annotate(times=Count("pk"), newest=Max("occurred_at"))
    rows = list(counted.order_by("-newest"))
    visits = sum(row["times"] for row in rows if row["type"] in ("site_visit", "page_view"))
    facts = []
    if visits:
        words = ngettext("%(times)s time", "%(times)s times", visits) % {"times": figures.number(visits)}
        facts.append(Fact(_("Visits in 30 days"), words))
    facts += _things(rows, "document_download", _("Documents"))
    facts += _things(rows, "webinar_attended", _("Webinars"))
    facts += _things(rows, "demo_request", _("Demo"))
    return facts or [Fact(_("In 30 days"), _("No activity"))]


def _things(rows: list[dict[str, Any]], kind: str, label: str) -> list[Fact]:
    of_kind = [row for row in rows if row["type"] == kind]
    if not of_kind:
        return []
    named = [row["content__title"] for row in of_kind if row["content__title"]]
    day = dates.day(of_kind[0]["newest"], weekday=False)
    return [Fact(label, _("%(things)s (latest %(day)s)") % {"things": _(", ").join(named[:3]) or _("Yes"), "day": day})]
