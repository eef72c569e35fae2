"""Figures made ready to be drawn: words, widths of bars, addresses. No figure is worked out here."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from accounts.interface import dates, figures
from accounts.models import User
from leads.domain.choices import Stage
from reports.domain.figures import Rate, Spread
from reports.queries.funnel import Funnel
from reports.queries.kpis import Kpis
from reports.queries.sla import EDGES, Party, Sla
from reports.queries.trend import Point
from reports.web.asking import Asked

DROP_WORTH_SAYING = -3.0


@dataclass(frozen=True)
class Figure:
    """One key figure of the row."""

    name: str
    figure: str
    unit: str
    of: str
    before: str
    url: str
    values: list[float | None]
    is_uncertain: bool = False


@dataclass(frozen=True)
class Bar:
    """One stage of the funnel: widths on a scale of 100."""

    label: str
    reached: int
    width: float
    of_width: float
    url: str
    conversion: str
    median: str
    before: str
    fell: str
    is_uncertain: bool


@dataclass(frozen=True)
class Column:
    """One column of the response times: position and height on 100 × 100."""

    label: str
    count: int
    x: float
    y: float
    height: float
    middle: float
    is_quick: bool


def key_figures(now: Kpis, before: Kpis, points: list[Point], asked: Asked) -> list[Figure]:
    """The five of the row, each with its denominator, the period before, and the leads behind it."""
    series = [point.kpis for point in points]
    count = Figure(
        name=pgettext("figure", "Handoffs"),
        figure=figures.number(now.handoffs),
        unit=npgettext("counter", "case", "cases", now.handoffs),
        of=_never_contacted(now),
        before=_("%(change)s vs. previous period") % {"change": figures.signed(now.handoffs - before.handoffs)},
        url=behind(asked, "handoffs"),
        values=[kpis.handoffs for kpis in series],
    )
    rates = (
        (_("Acted on"), "acted", now.acted, before.acted, [kpis.acted.value for kpis in series]),
        (_("Opportunity rate"), "opportunities", now.opportunities, before.opportunities,
         [kpis.opportunities.value for kpis in series]),
        (_("Win rate"), "wins", now.wins, before.wins, [kpis.wins.value for kpis in series]),
        (_("SLA met"), "kept", now.sla, before.sla, [kpis.sla.value for kpis in series]),
    )  # fmt: skip
    return [count, *(_rate(name, behind(asked, key), rate, was, values) for name, key, rate, was, values in rates)]


def _never_contacted(now: Kpis) -> str:
    """With the ones given back beside it, so that the figures of the row add up."""
    never = {"count": figures.number(now.never_contacted)}
    if not now.given_back:
        return _("never contacted: %(count)s") % never
    return _("given back: %(back)s, never contacted: %(count)s") % {"back": figures.number(now.given_back), **never}


def behind(asked: Asked, figure: str, **more: Any) -> str:
    """The page of the leads behind a figure, for the same question; `back` is the question that it goes back to."""
    kept = {name: asked.get[name] for name in asked.get if name != "tab"}
    return f"{reverse('figure-leads')}?{urlencode({'figure': figure, **kept, **more, 'back': asked.get.urlencode()})}"


def _rate(name: str, url: str, rate: Rate, before: Rate, values: list[float | None]) -> Figure:
    change = rate.points_over(before)
    return Figure(
        name=name,
        figure=figures.NONE if rate.value is None else figures.number(rate.value * 100, 1),
        unit="" if rate.value is None else "%",
        of=cases(rate),
        before=_("%(change)s vs. previous period") % {"change": figures.points(change)} if change is not None else "",
        url=url,
        values=values,
        is_uncertain=rate.value is not None and rate.is_uncertain,
    )


def cases(rate: Rate) -> str:
    """`371 / 405件`."""
    values = {"part": figures.number(rate.numerator), "whole": figures.number(rate.denominator)}
    return pgettext("share", "%(part)s / %(whole)s") % values


def funnel_bars(now: Funnel, before: Funnel, asked: Asked) -> list[Bar]:
    """The stages from above to below; each lighter bar is as long as the full one above it."""
    bars, of_width = [], 100.0
    for step, was in zip(now.steps, before.steps, strict=True):
        width = round(100 * step.reached / now.size, 1) if now.size else 0.0
        rate, old = step.conversion, was.conversion
        bars.append(
            Bar(
                label=str(Stage(step.stage).label),
                reached=step.reached,
                width=width,
                of_width=of_width if step.conversion else 100.0,
                url=behind(asked, "funnel", stage=step.stage.value),
                conversion=figures.percent(rate.value) if rate else "",
                median=days(step.days),
                before=figures.percent(old.value) if old and old.value is not None else "",
                fell=_fall(rate, old),
                is_uncertain=rate is not None and rate.is_uncertain,
            )
        )
        of_width = width
    return bars


def _fall(now: Rate | None, before: Rate | None) -> str:
    """By how many points a conversion fell, where both have enough cases to say so."""
    if now is None or before is None or now.is_uncertain or before.is_uncertain:
        return ""
    change = now.points_over(before)
    return figures.number(-change, 1) if change is not None and change <= DROP_WORTH_SAYING else ""


def days(spread: Spread) -> str:
    """`6.0日`, or in hours when it is less than a day."""
    if spread.median is None:
        return ""
    if spread.median < 1:
        return dates.length(spread.median * 24 * 60)
    return _("%(days)s days") % {"days": figures.number(spread.median, 1)}


def columns(sla: Sla) -> list[Column]:
    """The response times as columns from zero; up to 30 minutes they are dark."""
    most = max(sla.histogram, default=0) or 1
    step = 100 / len(sla.histogram)
    labels = [*(dates.length(edge) for edge in EDGES), pgettext("histogram", "more")]
    return [
        Column(
            label=label,
            count=count,
            x=round(number * step + step * 0.07, 2),
            y=round(100 - 100 * count / most, 2),
            height=round(100 * count / most, 2),
            middle=round(number * step + step / 2, 2),
            is_quick=number < 3,
        )
        for number, (label, count) in enumerate(zip(labels, sla.histogram, strict=True))
    ]


@dataclass(frozen=True)
class Kept:
    """A team's or person's promises as a dot on a scale from 80 to 100 %."""

    party: Party
    cases: str
    percent: str
    dot: str
    is_below: bool
    is_uncertain: bool
    answer: str
    answer_p90: str
    contact: str
    url: str


LOWEST, GOAL = 0.8, 0.95
GOAL_AT = f"{(GOAL - LOWEST) / (1 - LOWEST) * 100:.0f}%"


def kept_rows(parties: list[Party], asked: Asked) -> list[Kept]:
    """The rows beside the funnel and of the promises' tab, each with the leads whose promise was broken."""
    return [_kept(party, asked) for party in parties]


def _kept(party: Party, asked: Asked) -> Kept:
    kind = "person" if isinstance(party.who, User) else "team"
    value = party.kept.value
    place = 0.0 if value is None else max(0.0, (value - LOWEST) / (1 - LOWEST)) * 100
    return Kept(
        party=party,
        cases=cases(party.kept),
        percent=figures.percent(value),
        dot="" if value is None else f"{place:.1f}%",
        is_below=value is not None and value < GOAL,
        is_uncertain=value is not None and party.kept.is_uncertain,
        answer=dates.length(party.answer.median),
        answer_p90=dates.length(party.answer.p90),
        contact=dates.length(party.contact.median),
        url=behind(asked, "broken", every_leg=1, **{kind: party.who.pk}),
    )
