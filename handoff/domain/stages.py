"""The life of a lead: every allowed change of stage, as data. Nothing else changes a stage.

`who` is answered by handoff.permissions, `guards` by handoff.services.stages; here they are only named.
Imported history is the one exception (any stage to any stage, flagged), see handoff.services.imported.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from leads.domain.choices import Stage


class Way(StrEnum):
    """By what a stage changes; the `reason` of a transition starts with it or is it."""

    INTAKE = "intake"  # a contact is known and nothing speaks against it
    BY_HAND = "by_hand"
    ELIGIBLE = "eligible"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RESULT = "result"
    SELF_SOURCED = "self_sourced"
    CORRECTED = "corrected"
    RECYCLED = "recycled"
    RESURFACED = "resurfaced"
    DISQUALIFIED = "disqualified"
    DO_NOT_CONTACT = "do_not_contact"
    REOPENED = "reopened"
    PASSED = "passed"  # entered and left at the same moment on the way further up


class Who(StrEnum):
    SYSTEM = "system"
    MARKETER = "marketer"
    RECEIVER = "receiver"
    REP = "rep"
    HOLDER = "holder"
    ADMIN = "admin"


class Guard(StrEnum):
    HAS_CONTACT = "has_contact"
    CONTACTABLE = "contactable"  # not do-not-contact, not merged
    NOT_DUPLICATE = "not_duplicate"
    MQL_GATE = "mql_gate"
    SQL_GATE = "sql_gate"
    REASON = "reason"
    RESURFACE_DATE = "resurface_date"


@dataclass(frozen=True)
class Transition:
    """From these stages to that one: who, by what, and what must hold."""

    origins: tuple[Stage, ...]
    to: Stage
    ways: tuple[Way, ...]
    who: tuple[Who, ...]
    guards: tuple[Guard, ...] = ()


S = Stage
TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        (S.LEAD,),
        S.MAL,
        (Way.INTAKE, Way.BY_HAND, Way.PASSED),
        (Who.SYSTEM, Who.MARKETER),
        (Guard.HAS_CONTACT, Guard.CONTACTABLE, Guard.NOT_DUPLICATE),
    ),
    Transition(
        (S.LEAD, S.MAL, S.NURTURE, S.LOST),
        S.MQL,
        (Way.ELIGIBLE, Way.OFFERED, Way.BY_HAND, Way.PASSED),
        (Who.SYSTEM, Who.MARKETER),
        (Guard.CONTACTABLE, Guard.MQL_GATE),
    ),
    Transition((S.LEAD, S.MAL, S.MQL), S.NURTURE, (Way.BY_HAND,), (Who.MARKETER,), (Guard.RESURFACE_DATE,)),
    Transition((S.MQL,), S.SAL, (Way.ACCEPTED, Way.PASSED), (Who.RECEIVER,)),
    Transition((S.SAL,), S.SQL, (Way.ACCEPTED, Way.PASSED), (Who.RECEIVER,), (Guard.SQL_GATE,)),
    Transition(
        (S.LEAD, S.MAL, S.MQL, S.SAL, S.SQL, S.NURTURE, S.LOST),
        S.OPPORTUNITY,
        (Way.RESULT, Way.SELF_SOURCED, Way.PASSED),
        (Who.REP,),
    ),
    Transition((S.OPPORTUNITY, S.SAL, S.SQL, S.NURTURE, S.LOST), S.WON, (Way.RESULT,), (Who.REP,)),
    Transition((S.OPPORTUNITY, S.SAL, S.SQL, S.NURTURE), S.LOST, (Way.RESULT,), (Who.REP,), (Guard.REASON,)),
    Transition((S.WON,), S.OPPORTUNITY, (Way.RESULT, Way.SELF_SOURCED, Way.CORRECTED), (Who.REP,)),
    Transition((S.WON,), S.LOST, (Way.CORRECTED,), (Who.REP,), (Guard.REASON,)),
    Transition((S.WON,), S.NURTURE, (Way.CORRECTED,), (Who.REP,), (Guard.REASON, Guard.RESURFACE_DATE)),
    Transition(
        (S.MQL, S.SAL, S.SQL, S.OPPORTUNITY, S.LOST),
        S.NURTURE,
        (Way.REJECTED, Way.RESULT, Way.RECYCLED),
        (Who.RECEIVER, Who.REP, Who.HOLDER),
        (Guard.REASON, Guard.RESURFACE_DATE),
    ),
    Transition((S.NURTURE, S.LOST), S.MAL, (Way.RESURFACED,), (Who.SYSTEM,)),
    Transition(
        (S.LEAD, S.MAL, S.MQL, S.SAL, S.SQL, S.OPPORTUNITY, S.NURTURE, S.LOST),
        S.DISQUALIFIED,
        (Way.REJECTED, Way.DISQUALIFIED, Way.DO_NOT_CONTACT),
        (Who.HOLDER, Who.SYSTEM),
        (Guard.REASON,),
    ),
    Transition((S.DISQUALIFIED,), S.LEAD, (Way.REOPENED,), (Who.ADMIN,), (Guard.REASON,)),
)

# What lies below what; the ends lie beside it.
LADDER = (S.LEAD, S.MAL, S.MQL, S.SAL, S.SQL, S.OPPORTUNITY, S.WON)
# These need an owner or a queue and a duty (promise 1); the others have none of necessity.
QUALIFIED = frozenset({S.MQL, S.SAL, S.SQL, S.OPPORTUNITY, S.LOST, S.NURTURE})
# In these sales has the lead: only here an accepted handoff goes on.
IN_SALES = (S.SAL, S.SQL, S.OPPORTUNITY, S.WON)
# Offering one of these on a first leg makes it MQL first.
BEFORE_FIRST_LEG = (S.LEAD, S.MAL, S.NURTURE, S.LOST)
# Only answers lead here.
BY_ANSWER_ONLY = frozenset({S.SAL, S.SQL})


def _ways() -> dict[tuple[str, str], frozenset[str]]:
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in TRANSITIONS:
        for origin in row.origins:
            ways[origin.value, row.to.value] |= {way.value for way in row.ways}
    return {pair: frozenset(found) for pair, found in ways.items()}


WAYS = _ways()


def is_allowed(origin: str, to: str, way: str | None = None) -> bool:
    """Whether the table has this pair (by this way, when one is named)."""
    ways = WAYS.get((origin, to))
    return ways is not None and (way is None or way in ways)


def reachable_from(origin: str) -> list[str]:
    """The stages that the table allows after `origin`, in the order of the ladder and then the ends."""
    return [stage.value for stage in Stage if (origin, stage.value) in WAYS]


def who_may(origin: str, to: str, way: str) -> frozenset[str]:
    """Who may make this change by this way, over all rows of the table."""
    rows = (row for row in TRANSITIONS if origin in row.origins and row.to == to and way in row.ways)
    return frozenset(who.value for row in rows for who in row.who)


def passed_through(origin: str, to: str, entered: frozenset[str] = frozenset()) -> list[str]:
    """The stages skipped on the way from `origin` up to `to`, in order.

    Skipping happens towards OPPORTUNITY and WON only. A lead that comes back from NURTURE or LOST and has been
    in all of them before passes none again, except OPPORTUNITY on the way to WON.
    """
    if to not in (S.OPPORTUNITY, S.WON) or origin == S.WON:
        return []
    last = LADDER.index(S(to))
    if origin in LADDER:
        return [stage.value for stage in LADDER[LADDER.index(S(origin)) + 1 : last]]
    between = [stage.value for stage in LADDER[LADDER.index(S.MQL) : LADDER.index(S.OPPORTUNITY)]]
    again = [] if entered.issuperset(between) else between
    return [*again, S.OPPORTUNITY.value] if to == S.WON else again


def stages_between(origin: str, to: str) -> list[str]:
    """For imported history: the ladder's stages strictly between, which count as entered."""
    if origin not in LADDER or to not in LADDER:
        return []
    return [stage.value for stage in LADDER[LADDER.index(S(origin)) + 1 : LADDER.index(S(to))]]
