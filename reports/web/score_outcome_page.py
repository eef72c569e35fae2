"""The answer check as people read it: bands, surprises, rules, and what was concluded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.interface import figures
from accounts.interface.forms import DateInput
from feedback.domain.choices import Reason
from feedback.permissions import may_conclude
from feedback.queries import answer_checks
from feedback.services.answer_checks import LONGEST
from handoff.models import Episode
from leads.domain.choices import Stage
from reports.domain.figures import UNCERTAIN_BELOW, Rate
from reports.domain.outcomes import Outcomes
from reports.queries import rules_at_offer, score_outcome, surprise_rows
from reports.queries.rules_at_offer import RuleTold
from reports.queries.score_outcome import HIGH_FAILED, LOWER_WON
from reports.queries.surprise_rows import Surprise
from reports.web import pictures
from reports.web.asking import Asked
from reports.web.figure_leads import reject_labels
from scoring.domain import presets
from scoring.domain.formula import ModelSpec, RuleSpec
from scoring.queries import explain

RATES = ("opportunities", "won", "lost", "rejected")


class ConclusionForm(forms.Form):
    """What was concluded, and when to look again."""

    conclusion = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
        error_messages={"required": gettext_lazy("Write what you concluded.")},
    )
    next_on = forms.DateField(widget=DateInput(attrs={"class": "form-control"}))


@dataclass(frozen=True)
class Cell:
    """A rate: its percentage, its two numbers with the 95 % interval, and the leads behind it."""

    percent: str
    of: str
    url: str = ""


@dataclass(frozen=True)
class BandRow:
    """One band, or with an empty `band` all of them."""

    band: str
    handed_over: int
    url: str
    cells: list[Cell]
    is_uncertain: bool


@dataclass(frozen=True)
class Case:
    """A lead whose score and outcome disagree, as it was at the offer."""

    episode: Episode
    mark: str
    tone: str
    why: str
    comment: str
    rules: str


@dataclass(frozen=True)
class RuleRow:
    """One rule: how many it reached, what became of those with it and of the others."""

    label: str
    points: str
    model: str
    reach: Cell
    opportunities: Cell
    opportunities_without: Cell
    won: Cell
    won_without: Cell
    lift: str
    is_uncertain: bool


def context(asked: Asked, form: ConclusionForm | None = None) -> dict[str, Any]:
    """All that the tab shows below the frame."""
    question = asked.question
    found = score_outcome.score_outcome(question)
    told = rules_at_offer.rules_told(question)
    several = len({one.model.id for one in told.rules}) > 1
    bands = [_band(band, outcomes, asked) for band, outcomes in found.bands.items()]
    return {
        "everything": found.everything,
        "band_rows": [*bands, _band("", found.everything, asked)],
        "auc": figures.NONE if found.auc is None else figures.number(found.auc, 2),
        "has_auc": found.auc is not None,
        "surprises": _surprises(asked),
        "rule_rows": [_rule(one, several=several) for one in told.rules],
        "told": told,
        "leaves_out_older": found.everything.handed_over > told.episodes,
        **_conclusions(asked, form),
    }


def _band(band: str, outcomes: Outcomes, asked: Asked) -> BandRow:
    return BandRow(
        band=band,
        handed_over=outcomes.handed_over,
        url=pictures.behind(asked, "score_handed_over", detail=band),
        cells=[
            cell(
                outcomes.rate(name),
                pictures.behind(asked, f"score_{name}", detail=band) if outcomes.rate(name).numerator else "",
            )
            for name in RATES
        ],
        is_uncertain=bool(outcomes.handed_over) and outcomes.rate("won").is_uncertain,
    )


def cell(rate: Rate, url: str = "") -> Cell:
    """`32.1%` over `9 / 28件（18–51%）`; a dash where there is nothing to divide by."""
    if rate.interval is None:
        return Cell(figures.NONE, "")
    values = {"cases": pictures.cases(rate), "low": _whole(rate.interval[0]), "high": _whole(rate.interval[1])}
    return Cell(
        figures.percent(rate.value), pgettext("rate and interval", "%(cases)s (%(low)s–%(high)s%%)") % values, url
    )


def _whole(share: float) -> str:
    return figures.number(share * 100)


def _rule(one: RuleTold, *, several: bool) -> RuleRow:
    split = one.split
    lift = split.lift("opportunities")
    return RuleRow(
        label=explain.label(one.rule),
        points=figures.signed(one.rule.points),
        model=_model(one.model) if several else "",
        reach=cell(split.reach),
        opportunities=cell(split.matched.rate("opportunities")),
        opportunities_without=cell(split.others.rate("opportunities")),
        won=cell(split.matched.rate("won")),
        won_without=cell(split.others.rate("won")),
        lift=figures.NONE if lift is None else pgettext("lift", "%(times)s×") % {"times": figures.number(lift, 2)},
        is_uncertain=any(0 < part.handed_over < UNCERTAIN_BELOW for part in (split.matched, split.others)),
    )


def _model(model: ModelSpec) -> str:
    return presets.shown(model.name)


def _surprises(asked: Asked) -> list[dict[str, Any]]:
    titles = {HIGH_FAILED: _("High score, given back or lost"), LOWER_WON: _("Lower score, but won")}
    nothing = {
        HIGH_FAILED: _("No lead with a high score was given back or lost."),
        LOWER_WON: _("No lead with a middle or low score was won."),
    }
    labels = reject_labels()
    found = {kind: surprise_rows.surprises(asked.question, kind, user=asked.user) for kind in titles}
    return [
        {
            "kind": kind,
            "title": titles[kind],
            "nothing": nothing[kind],
            "rows": [_case(one, labels) for one in rows.rows],
            "total": rows.total,
            "url": pictures.behind(asked, f"score_{kind}"),
            "is_cut": rows.total > len(rows.rows),
        }
        for kind, rows in found.items()
    ]


def _case(one: Surprise, labels: Mapping[str, str]) -> Case:
    marks = {
        "won": (str(Stage.WON.label), "done", ""),
        "lost": (str(Stage.LOST.label), "", _lost_because(one.reason)),
        "rejected": (pgettext("figure", "Given back"), "", labels.get(one.reason, one.reason)),
    }
    mark, tone, why = marks[one.result]
    return Case(one.episode, mark, tone, why, one.comment, _rules(one.rules))


def _lost_because(code: str) -> str:
    return str(Reason(code).label) if code in Reason.values else ""


def _rules(rules: list[RuleSpec] | None) -> str:
    if rules is None:
        return figures.NONE
    said = [
        pgettext("rule and points", "%(rule)s %(points)s")
        % {"rule": explain.label(rule), "points": figures.signed(rule.points)}
        for rule in rules
    ]
    return pgettext("list of rules", ", ").join(said) or _("No rule matched")


def _conclusions(asked: Asked, form: ConclusionForm | None) -> dict[str, Any]:
    may = may_conclude(asked.user)
    usual = answer_checks.usual_next(asked.today)
    return {
        "checks": answer_checks.history(asked.user),
        "check_due_since": answer_checks.due_since(asked.at) if may else None,
        "conclusion_form": (form or ConclusionForm(initial={"next_on": usual})) if may else None,
        "conclude_url": f"{reverse('answer-check')}?{asked.get.urlencode()}",
    }
