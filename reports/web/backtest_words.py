"""The figures of a backtest in words and widths of bars. No figure is worked out here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import figures
from leads.domain.condition_fields import Registry
from leads.domain.condition_sentence import Part
from leads.models import Content
from reports.domain import backtest as arithmetic
from reports.domain.backtest import Cut, Told
from reports.domain.figures import Rate
from reports.queries.backtest import WON, ContentTold, Side
from scoring.domain import presets
from scoring.domain.choices import ModelState
from scoring.models import ScoringModel
from scoring.web import rule_sentences


@dataclass(frozen=True)
class Shown:
    """A rate: `34.0%`, `51/150`, `27–42%`; its bar and the bar of its interval on a scale of 100."""

    percent: str
    cases: str
    interval: str
    width: float
    low: float
    span: float
    is_uncertain: bool


@dataclass(frozen=True)
class Row:
    """One line of the comparison; `key` is what the threshold changes of the model's own column, '' for nothing."""

    name: str
    hint: str
    key: str
    values: list[str]
    notes: list[str]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each side's value with its note."""
        return list(zip(self.values, self.notes, strict=True))


@dataclass(frozen=True)
class PartRow:
    """A rule (in `parts`, with its points) or a content, and those with it beside those without."""

    told: Told
    matched: Shown
    others: Shown
    lift: str
    parts: tuple[Part, ...] = ()
    points: int | None = None
    content: Content | None = None


def outcome(name: str) -> str:
    """What counts as success."""
    return _("won the deal") if name == WON else _("became an opportunity")


def head(model: ScoringModel) -> str:
    """What a column is called."""
    return pgettext("separator", " · ").join([presets.shown(model.name), _version(model)])


def _version(model: ScoringModel) -> str:
    if model.state == ModelState.DRAFT:
        return _("Draft of version %(number)d") % {"number": model.number}
    if model.state == ModelState.PUBLISHED:
        return _("Version %(number)d, current") % {"number": model.number}
    return _("Version %(number)d, retired") % {"number": model.number}


def shown(rate: Rate) -> Shown:
    """A rate made ready."""
    low, high = rate.interval or (0.0, 0.0)
    return Shown(
        percent=figures.percent(rate.value),
        cases=cases(rate),
        interval=interval(rate),
        width=round((rate.value or 0) * 100, 1),
        low=round(low * 100, 1),
        span=round((high - low) * 100, 1),
        is_uncertain=rate.is_uncertain and rate.denominator > 0,
    )


def cases(rate: Rate) -> str:
    """`51/150`."""
    return f"{figures.number(rate.numerator)}/{figures.number(rate.denominator)}"


def interval(rate: Rate) -> str:
    """`27–42%`; '' with nothing to divide by."""
    ends = rate.interval
    return f"{figures.number(ends[0] * 100)}–{figures.percent(ends[1], 0)}" if ends else ""


def steps(found: Sequence[Cut]) -> str:
    """JSON: `[from, handed over, precision, its note, recall, its note]` from the lowest total up, for the slider."""
    above = max((one.start for one in found), default=0) + 1
    whole = found[-1].recall.denominator if found else 0
    rising = [*reversed(found), Cut(above, Rate(0, 0), Rate(0, whole))]
    said = [[one.start, figures.number(one.handed_over), *_precision(one), *_recall(one)] for one in rising]
    return json.dumps(said, ensure_ascii=False)


def comparison(sides: Sequence[Side], name: str) -> list[Row]:
    """The sentence figures of each side at its line."""
    cut = [arithmetic.cut(side.tally, side.model.line) for side in sides]
    precision, recall = [_precision(one) for one in cut], [_recall(one) for one in cut]
    areas = [arithmetic.auc(side.tally) for side in sides]
    won = name == WON
    return [
        Row(
            pgettext("backtest", "Line"),
            _("points from which a lead is handed over"),
            "start",
            [figures.number(side.model.line) for side in sides],
            ["" for _side in sides],
        ),
        Row(
            _("Would have been handed over"),
            _("reached the line when they were offered"),
            "handed",
            [figures.number(one.handed_over) for one in cut],
            ["" for _one in cut],
        ),
        Row(
            _("Of these, won the deal") if won else _("Of these, became an opportunity"),
            _("precision"),
            "precision",
            [value for value, _note in precision],
            [note for _value, note in precision],
        ),
        Row(
            _("Found, of all that won the deal") if won else _("Found, of all that became an opportunity"),
            _("recall, among leads handed over at the time"),
            "recall",
            [value for value, _note in recall],
            [note for _value, note in recall],
        ),
        Row(
            _("Ranks successes first"),
            _("AUC: 0.5 is chance, 1 is perfect"),
            "",
            [figures.number(area, 2) for area in areas],
            ["" for _area in areas],
        ),
    ]


def _precision(cut: Cut) -> tuple[str, str]:
    note = [cases(cut.precision), interval(cut.precision)]
    if cut.precision.is_uncertain and cut.handed_over:
        note.append(_("Small sample"))
    return figures.percent(cut.precision.value), pgettext("separator", " · ").join(part for part in note if part)


def _recall(cut: Cut) -> tuple[str, str]:
    return figures.percent(cut.recall.value), cases(cut.recall)


def bands(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """A line per band, with each side's rate."""
    return [{"band": band, "sides": [shown(side.bands[band]) for side in sides]} for band in sides[0].bands]


def deciles(sides: Sequence[Side]) -> list[list[dict[str, Any]]]:
    """Each side's tenths; the bars of all of them are on one scale."""
    found = [arithmetic.deciles(side.tally) for side in sides]
    most = max((one.lift or 0 for side in found for one in side), default=0) or 1
    return [
        [
            {
                "number": one.number,
                "totals": _totals(one.highest, one.lowest),
                "percent": figures.percent(one.rate),
                "lift": _lift(one.lift),
                "width": round((one.lift or 0) / most * 100, 1),
                "captured": figures.percent(one.captured, 0),
            }
            for one in side
        ]
        for side in found
    ]


def tenths_are_few(side: Side) -> bool:
    """Whether a tenth has so few cases that chance shows; they are of one size, give or take one."""
    return any(one.is_uncertain for one in arithmetic.deciles(side.tally))


def rules(side: Side, known: Registry) -> list[PartRow]:
    """The model's rules in sentences."""
    return [_part(one.told, parts=rule_sentences.parts(one.rule, known), points=one.rule.points) for one in side.rules]


def contents(found: Sequence[ContentTold]) -> list[PartRow]:
    """The contents that most had seen."""
    return [_part(one.told, content=one.content) for one in found]


def _part(told: Told, **more: Any) -> PartRow:
    return PartRow(told, shown(told.matched), shown(told.others), _lift(told.lift), **more)


def _lift(lift: float | None) -> str:
    """`1.8×`."""
    return (
        figures.NONE
        if lift is None
        else pgettext("times the average", "%(times)s×") % {"times": figures.number(lift, 1)}
    )


def _totals(highest: int, lowest: int) -> str:
    if highest == lowest:
        return figures.number(highest)
    return f"{figures.number(highest)}–{figures.number(lowest)}"
