"""Promises kept, and how fast people answered and made contact, in working minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Team, User
from handoff.domain.calendar import WorkCalendar
from handoff.domain.choices import ClockKind
from handoff.domain.pauses import Interval, minutes_between
from handoff.models import Episode, Handoff, Pause
from handoff.queries import calendars, pauses
from reports.domain.figures import Rate, Spread
from reports.queries import scope
from reports.queries.quantiles import spread_of, spreads
from reports.queries.scope import Question

# Upper ends of the bars in working minutes; beyond the last is the last bar.
EDGES = (10, 20, 30, 60, 120, 240, 480)


@dataclass(frozen=True)
class Party:
    """A team or a person: promises kept, minutes to the answer and to the first contact."""

    who: Team | User
    kept: Rate
    answer: Spread = Spread()
    contact: Spread = Spread()


@dataclass(frozen=True)
class Sla:
    kept: Rate
    by_kind: dict[str, Rate]
    answer: Spread
    contact: Spread
    histogram: tuple[int, ...]
    paused: int = 0
    teams: list[Party] = field(default_factory=list)
    people: list[Party] = field(default_factory=list)


def sla(question: Question) -> Sla:
    """The period's promises (by due time) and response times (by offer), in a constant number of queries."""
    by_kind = kept_by_kind(question)
    kept = Rate(sum(rate.numerator for rate in by_kind.values()), sum(rate.denominator for rate in by_kind.values()))
    answered = _answered(question)
    return Sla(
        kept=kept,
        by_kind=by_kind,
        answer=_all(answered, "answer_minutes"),
        contact=until_contact(question),
        histogram=_histogram(answered),
        paused=_paused(question),
        teams=_teams(question.of_every_leg()),
        people=_people(question.of_every_leg()),
    )


def kept_by_kind(question: Question) -> dict[str, Rate]:
    """The period's promises (by due time), each kind by itself: one query."""
    found = _kept(question, "kind")
    return {kind: found.get(kind, Rate(0, 0)) for kind in ClockKind.values}


def until_contact(question: Question) -> Spread:
    """Working minutes from the first offer to the first contact: one query."""
    return _all(_contacted(question), "contact_minutes")


def _answered(question: Question) -> QuerySet[Episode]:
    return scope.episodes(question).filter(answer_minutes__isnull=False, answered_at__lte=question.as_of)


def _contacted(question: Question) -> QuerySet[Episode]:
    return scope.episodes(question).filter(contact_minutes__isnull=False, first_contact_at__lte=question.as_of)


def _paused(question: Question) -> int:
    """How many of the period's episodes stood still for a while; their response times leave that out."""
    stood = Pause.objects.filter(handoff__episode=OuterRef("pk"))
    return scope.episodes(question).filter(Exists(stood)).count()


def _kept(question: Question, by: str) -> dict[Any, Rate]:
    rows = scope.clocks(question).order_by().values(by).annotate(n=Count("pk"), met=Count("pk", filter=Q(state="met")))
    return {row[by]: Rate(row["met"], row["n"]) for row in rows}


def _all(rows: QuerySet[Episode], value: str) -> Spread:
    """One spread of everything: grouped by what all have in common."""
    found = spreads(rows.annotate(one=F("id") - F("id")), group="one", value=value)
    return found.get(0, Spread())


def _histogram(answered: QuerySet[Episode]) -> tuple[int, ...]:
    lows = (-1, *EDGES)
    highs = (*EDGES, None)
    counts = {
        f"bar{number}": Count(
            "pk", filter=Q(answer_minutes__gt=low) & (Q(answer_minutes__lte=high) if high is not None else Q())
        )
        for number, (low, high) in enumerate(zip(lows, highs, strict=True))
    }
    found = answered.aggregate(**counts)
    return tuple(found[f"bar{number}"] for number in range(len(highs)))


def _teams(question: Question) -> list[Party]:
    """By the team that holds (or last held) the episode."""
    held_by = Subquery(Handoff.objects.filter(episode=OuterRef("pk")).order_by("-id").values("team")[:1])
    kept = _kept(question, "handoff__team")
    answers = spreads(_answered(question).annotate(held_by=held_by), group="held_by", value="answer_minutes")
    contacts = spreads(_contacted(question).annotate(held_by=held_by), group="held_by", value="contact_minutes")
    teams = Team.objects.filter(pk__in=set(kept) | set(answers) | set(contacts))
    parties = [
        Party(team, kept.get(team.pk, Rate(0, 0)), answers.get(team.pk, Spread()), contacts.get(team.pk, Spread()))
        for team in teams
    ]
    return sorted(parties, key=_worst_last)


def _people(question: Question) -> list[Party]:
    """By person, each from their own assignment: what somebody else let lie before counts against nobody here."""
    kept = _kept(question, "handoff__assigned_to")
    minutes = _own_minutes(question)
    people = User.objects.filter(pk__in=(set(kept) | set(minutes)) - {None})
    parties = []
    for person in people:
        answers, contacts = minutes.get(person.pk, ([], []))
        parties.append(Party(person, kept.get(person.pk, Rate(0, 0)), spread_of(answers), spread_of(contacts)))
    return sorted(parties, key=_worst_last)


def _own_minutes(question: Question) -> dict[int, tuple[list[float], list[float]]]:
    """{person: (minutes to answer, minutes to contact)} of the handoffs of the period's episodes."""
    held = Handoff.objects.filter(episode__in=scope.episodes(question), assigned_to__isnull=False)
    stood = pauses.by_handoff(held.values("pk"))
    rows = held.values_list(
        "pk",
        "assigned_to",
        "team",
        "assigned_at",
        "episode__offered_at",
        "answered_at",
        "answered_by",
        "first_contact_at",
        "episode__answer_minutes",
        "episode__contact_minutes",
    )
    known: dict[tuple[int, int], WorkCalendar] = {}
    found: dict[int, tuple[list[float], list[float]]] = {}
    for pk, person, team, assigned, offered, answered, answered_by, contacted, answer, contact in rows:
        mine = found.setdefault(person, ([], []))
        still = [pause.interval for pause in stood[pk]]
        if answered is not None and answered_by == person and assigned <= answered <= question.as_of:
            whole = assigned == offered and answer is not None
            mine[0].append(answer if whole else _between(known, person, team, assigned, answered, still))
        if contacted is not None and assigned <= contacted <= question.as_of:
            whole = assigned == offered and contact is not None
            mine[1].append(contact if whole else _between(known, person, team, assigned, contacted, still))
    return found


def _between(
    known: dict[tuple[int, int], WorkCalendar],
    person: int,
    team: int,
    start: datetime,
    end: datetime,
    still: Sequence[Interval],
) -> int:
    if (person, team) not in known:
        known[person, team] = calendars.for_receiver(user=person, team=team)
    return minutes_between(known[person, team], start, end, still)


def _worst_last(party: Party) -> tuple[float, int]:
    return (-(party.kept.value if party.kept.value is not None else -1), party.who.pk)
