"""Replays a scoring model on what was frozen at each handoff: whom it would have handed over, and what became of them.

Each episode is read by the plain reading that also explains scores, on its own local day, never by a second arithmetic.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet

from handoff.models import Episode
from handoff.queries import facts, legs, silence
from handoff.queries.facts import Needs
from leads.domain.condition_fields import Registry
from leads.domain.condition_reading import Facts, holds
from leads.models import Content
from leads.queries import conditions
from reports.domain import backtest as arithmetic
from reports.domain.backtest import Told
from reports.domain.figures import Rate
from reports.queries import scope
from reports.queries.reached import ended_since, opportunity_after, won_since
from reports.queries.scope import Question
from scoring.domain import formula, reading
from scoring.domain.choices import Band
from scoring.domain.formula import ModelSpec, RuleSpec
from scoring.domain.reading import Reading
from scoring.models import ScoringModel
from scoring.queries import specs
from scoring.queries.explain import always

OPPORTUNITY, WON = "opportunity", "won"
OUTCOMES = (OPPORTUNITY, WON)
MOST_CONTENTS = 20
AT_ONCE = 500


@dataclass(frozen=True)
class RuleTold:
    """One rule, and the handoffs that it gave or took points."""

    rule: RuleSpec
    told: Told


@dataclass(frozen=True)
class ContentTold:
    """One content, and the handoffs whose lead had done something with it before."""

    content: Content
    told: Told


@dataclass(frozen=True)
class Side:
    """One model on the same handoffs: cases by total, the rate of each band from high to low, its rules in order."""

    model: ModelSpec
    tally: arithmetic.Tally
    bands: dict[str, Rate]
    rules: list[RuleTold]


@dataclass(frozen=True)
class Counted:
    """What became of the period's `handoffs`: counted, `still_open` (no outcome yet), or `elsewhere` (another model's).

    `on_todays_values` of the counted ones were offered before values were frozen.
    """

    handoffs: int
    counted: int
    still_open: int
    elsewhere: int
    on_todays_values: int


@dataclass(frozen=True)
class Backtest:
    """`everything`: the counted handoffs, and of them those with the outcome. `published`: None without another model."""

    counted: Counted
    everything: Rate
    own: Side
    published: Side | None
    contents: list[ContentTold]


def run(question: Question, model: ScoringModel, *, outcome: str = OPPORTUNITY, line: int | None = None) -> Backtest:
    """The model (with another `line`, where given) beside the published one that it would stand in for.

    Handoffs are those of marketing's leg offered in the period; the outcome is reached by the question's `as_of`.
    A constant number of queries, three more for each 500 handoffs that froze nothing.
    """
    known = conditions.registry()
    own = specs.spec(model, known)
    own = own if line is None else replace(own, line=line)
    standing = specs.once_published(model, own, known)
    ahead = standing[: [spec.id for spec in standing].index(own.id)]
    other = specs.beside(model, own, known)
    replayed = _Replay(known, ahead, own, formula.sharing(other, own) if other else None)
    for row in _decided(question, outcome).iterator(chunk_size=AT_ONCE):
        replayed.take(row)
    replayed.finish()
    return _told(question, replayed)


def _told(question: Question, replayed: "_Replay") -> Backtest:
    handoffs = _handoffs(question).aggregate(n=Count("pk"))["n"]
    everything = Rate(replayed.own.hits, replayed.own.cases)
    return Backtest(
        counted=Counted(
            handoffs=handoffs,
            counted=everything.denominator,
            still_open=handoffs - everything.denominator - replayed.elsewhere,
            elsewhere=replayed.elsewhere,
            on_todays_values=replayed.on_todays_values,
        ),
        everything=everything,
        own=replayed.own.side(),
        published=replayed.other.side() if replayed.other else None,
        contents=_contents(replayed, everything),
    )


def _handoffs(question: Question) -> QuerySet[Episode]:
    """What the line decides about: marketing's leg. Withdrawn ones are no handoffs."""
    return scope.episodes(question.of_every_leg()).filter(leg__in=legs.FIRST_LEGS)


def _decided(question: Question, outcome: str) -> QuerySet[Episode, tuple[Any, ...]]:
    """(pk, lead, moment, frozen facts, has the outcome) of the handoffs of which it is known.

    Without the outcome are those given back, and those whose lead was lost, disqualified or sent back to nurturing.
    """
    since = {"lead": "lead", "since": OuterRef("offered_at"), "as_of": question.as_of}
    reached = (
        won_since(**since)
        if outcome == WON
        else opportunity_after(lead="lead", moment="offered_at", as_of=question.as_of)
    )
    found = _handoffs(question).annotate(has_outcome=reached, has_ended=ended_since(**since))
    ended = Q(has_outcome=True) | Q(has_ended=True) | silence.rejected(question.as_of)
    return found.filter(ended).order_by("pk").values_list("pk", "lead", "offered_at", "facts", "has_outcome")


class _Count:
    """Counts the readings of one model."""

    def __init__(self, model: ModelSpec):
        self.model = always(model)
        self.cases = self.hits = 0
        self.totals: Counter[tuple[int, bool]] = Counter()
        self.bands: Counter[tuple[str, bool]] = Counter()
        self.rules: Counter[tuple[str, bool]] = Counter()

    def take(self, told: Reading, has_outcome: bool) -> None:
        self.cases += 1
        self.hits += has_outcome
        self.totals[told.total, has_outcome] += 1
        self.bands[told.band, has_outcome] += 1
        for one in told.rules:
            if one.points:
                self.rules[one.rule.key, has_outcome] += 1

    def side(self) -> Side:
        whole = Rate(self.hits, self.cases)
        totals = {total: _rate(self.totals, total) for total, _ in self.totals}
        return Side(
            model=self.model,
            tally={total: (rate.denominator, rate.numerator) for total, rate in totals.items()},
            bands={band.value: _rate(self.bands, band.value) for band in Band},
            rules=[RuleTold(rule, Told(_rate(self.rules, rule.key), whole)) for rule in self.model.rules],
        )


def _rate(counts: Counter[tuple[Any, bool]], key: object) -> Rate:
    return Rate(counts[key, True], counts[key, True] + counts[key, False])


class _Replay:
    """Reads one handoff after the other; those that froze nothing are gathered and read some at once."""

    def __init__(self, known: Registry, ahead: Sequence[ModelSpec], own: ModelSpec, other: ModelSpec | None):
        self.known, self.ahead, self.applies_to = known, ahead, own.applies_to
        self.own, self.other = _Count(own), _Count(other) if other else None
        self.needs = Needs.of(_nodes([*ahead, own, *([other] if other else [])]))
        self.elsewhere = self.on_todays_values = 0
        self.contents: Counter[tuple[int, bool]] = Counter()
        self.without: list[tuple[int, int, datetime, bool]] = []

    def take(self, row: tuple[int, int, datetime, dict[str, Any], bool]) -> None:
        episode, lead, at, kept, has_outcome = row
        thawed = facts.thawed(kept, known=self.known, needs=self.needs)
        if thawed is None:
            self.without.append((episode, lead, at, has_outcome))
            if len(self.without) == AT_ONCE:
                self.finish()
            return
        # Episodes of before kept what is empty as well.
        contents = {content for act in kept["activities"] if (content := act.get("content_id"))}
        self._read(*thawed, has_outcome, contents)

    def finish(self) -> None:
        """Reads those that are still gathered."""
        offers = {episode: (lead, at) for episode, lead, at, _ in self.without}
        found = facts.as_offered(offers, known=self.known) if offers else {}
        for episode, _lead, _at, has_outcome in self.without:
            told, on = found[episode]
            self.on_todays_values += self._read(
                told, on, has_outcome, {act.content_id for act in told.activities if act.content_id}
            )
        self.without = []

    def _read(self, told: Facts, on: date, has_outcome: bool, contents: Iterable[int]) -> bool:
        """Whether the handoff counts: whether this model would have scored the lead."""
        if not self._is_ours(told, on):
            self.elsewhere += 1
            return False
        said: reading.Said = {}
        for count in (self.own, self.other):
            if count is not None:
                count.take(reading.read([count.model], told, on=on, registry=self.known, said=said), has_outcome)
        for content in contents:
            self.contents[content, has_outcome] += 1
        return True

    def _is_ours(self, told: Facts, on: date) -> bool:
        if any(holds(model.applies_to, told, on=on, registry=self.known) for model in self.ahead):
            return False
        return holds(self.applies_to, told, on=on, registry=self.known)


def _nodes(models: Iterable[ModelSpec]) -> Iterator[Any]:
    for model in models:
        yield model.applies_to
        yield from (rule.condition for rule in model.rules)


def _contents(replayed: _Replay, everything: Rate) -> list[ContentTold]:
    """The contents that most of the handoffs had seen."""
    seen = {content: _rate(replayed.contents, content) for content, _ in replayed.contents}
    most = sorted(seen, key=lambda content: (-seen[content].denominator, content))[:MOST_CONTENTS]
    rows = Content.objects.in_bulk(most)
    return [ContentTold(rows[key], Told(seen[key], everything)) for key in most if key in rows]
