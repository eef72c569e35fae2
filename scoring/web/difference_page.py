"""The page that holds two versions of the rules against one another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from accounts.interface import figures
from leads.domain import condition_sentence
from leads.domain.condition_fields import Registry
from leads.domain.condition_sentence import Part
from leads.domain.conditions import ALWAYS, Node
from scoring.domain.choices import Band
from scoring.domain.difference import Change, RuleChange
from scoring.domain.formula import DIMENSIONS, RuleSpec
from scoring.queries.versions import Comparison
from scoring.web import rule_sentences


@dataclass(frozen=True)
class RuleRow:
    """A rule in words and points, before and after; `notes`: what else differs, where words and points don't say it."""

    kind: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    points_before: int | None
    points_after: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    name: str
    rules: list[RuleRow]


@dataclass(frozen=True)
class Line:
    """One more thing that differs, in words."""

    what: str
    before: str
    after: str


def context(comparison: Comparison) -> dict[str, Any]:
    """What the template needs."""
    return {
        "model": comparison.model,
        "against": comparison.against,
        "is_same": comparison.found.is_none,
        "groups": list(_groups(comparison)),
        "lines": list(_lines(comparison)),
    }


def _groups(comparison: Comparison) -> Iterator[Group]:
    for dimension in DIMENSIONS:
        rules = [_row(change, comparison.known) for change in comparison.found.rules if change.dimension == dimension]
        if rules:
            yield Group(rule_sentences.dimension_words(dimension).name, rules)


def _row(change: RuleChange, known: Registry) -> RuleRow:
    return RuleRow(
        change.kind,
        _words(change.before, known),
        _words(change.after, known),
        change.before.points if change.before else None,
        change.after.points if change.after else None,
        tuple(_notes(change.before, change.after)) if change.before and change.after else (),
    )


def _notes(before: RuleSpec, after: RuleSpec) -> Iterator[str]:
    if before.dimension != after.dimension:
        yield gettext("moved from “%(dimension)s”") % {
            "dimension": rule_sentences.dimension_words(before.dimension).name
        }
    pairs = ((before.label_ja, after.label_ja), (before.label_en, after.label_en))
    # Another condition is called otherwise by itself.
    renamed = [pair for pair in pairs if pair[0] != pair[1]] if before.condition == after.condition else []
    if renamed:
        # A name has two languages; the reader's own says it, the other one only where it alone has changed.
        reads_japanese = (get_language() or "ja").startswith("ja")
        own = pairs[0 if reads_japanese else 1]
        if own in renamed:
            said, (was, now) = gettext("renamed from “%(before)s” to “%(after)s”"), own
        elif reads_japanese:
            said, (was, now) = gettext("English name changed from “%(before)s” to “%(after)s”"), renamed[0]
        else:
            said, (was, now) = gettext("Japanese name changed from “%(before)s” to “%(after)s”"), renamed[0]
        yield said % {"before": was, "after": now}


def _words(rule: RuleSpec | None, known: Registry) -> tuple[Part, ...]:
    return rule_sentences.parts(rule, known) if rule else ()


def _lines(comparison: Comparison) -> Iterator[Line]:
    found = comparison.found
    if found.line:
        yield _line(gettext("Line for handing over"), found.line)
    for change in found.bands:
        yield _line(gettext("From which total “%(band)s” begins") % {"band": Band(change.name).label}, change)
    for name in found.labels:
        yield Line(gettext("What “%(band)s” is called") % {"band": Band(name).label}, *_labels(comparison, name))
    for change in found.caps:
        words = rule_sentences.dimension_words(change.name)
        yield _line(gettext("Cap of “%(dimension)s”") % {"dimension": words.name}, change)
    if found.applies_to:
        before, after = (_condition(node, comparison.known) for node in found.applies_to)
        yield Line(gettext("Which leads it scores"), before, after)


def _line(what: str, change: Change) -> Line:
    return Line(what, *(gettext("none") if value is None else figures.number(value) for value in _sides(change)))


def _sides(change: Change) -> tuple[int | None, int | None]:
    return change.before, change.after


def _labels(comparison: Comparison, band: str) -> Iterator[str]:
    for model in (comparison.against, comparison.model):
        found = next(item for item in model.bands if item["band"] == band)
        yield f"{found.get('label_ja', '')} / {found.get('label_en', '')}"


def _condition(node: Node, known: Registry) -> str:
    return gettext("all leads") if node == ALWAYS else condition_sentence.sentence(node, known)
