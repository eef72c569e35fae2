"""Checks a model before it is published: what it can reach, and which rules say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced

from leads.domain.conditions import ALWAYS, ActivityTest
from scoring.domain import formula
from scoring.domain.formula import ModelSpec, RuleSpec

MOST_TIMES = 5
# With fewer leads a rule that finds none, or all of them, says nothing about the rule.
ENOUGH_LEADS = 20


@dataclass(frozen=True)
class Finding:
    """`code`: unreachable_line, unreachable_band, never, always, duplicate. `keys`: the rules it is about."""

    code: str
    keys: tuple[str, ...] = ()
    band: str = ""
    stops_publishing: bool = False


@dataclass(frozen=True)
class Fix:
    """Counting these rules per activity up to these caps makes the line reachable: rule key → cap."""

    caps: Mapping[str, int]
    maximum: int


def find(model: ModelSpec, *, matches: Mapping[str, int] | None = None, leads: int = 0) -> list[Finding]:
    """Everything worth saying. `matches`: rule key → how many of `leads` leads the rule finds, where known."""
    return [*_unreachable(model), *_duplicates(model), *_idle(model, matches or {}, leads)]


def _unreachable(model: ModelSpec) -> list[Finding]:
    most = formula.maximum(model)
    found = [Finding("unreachable_line", stops_publishing=True)] if model.line > most else []
    found += [
        Finding("unreachable_band", band=band.band, stops_publishing=True)
        for band in model.bands
        if band.start is not None and band.start > most
    ]
    return found


def _duplicates(model: ModelSpec) -> list[Finding]:
    seen: dict[object, str] = {}
    found = []
    for rule in model.rules:
        if rule.condition in seen:
            found.append(Finding("duplicate", (seen[rule.condition], rule.key)))
        seen.setdefault(rule.condition, rule.key)
    return found


def _idle(model: ModelSpec, matches: Mapping[str, int], leads: int) -> list[Finding]:
    found = []
    is_telling = leads >= ENOUGH_LEADS
    for rule in model.rules:
        if rule.condition == ALWAYS or (is_telling and matches.get(rule.key) == leads):
            found.append(Finding("always", (rule.key,)))
        elif is_telling and matches.get(rule.key) == 0:
            found.append(Finding("never", (rule.key,)))
    return found


def fix(model: ModelSpec) -> Fix | None:
    """The smallest cap, in multiples of the points, with which counting per activity reaches the line; else None."""
    wanted = max([model.line, *(band.start for band in model.bands if band.start is not None)])
    countable = [rule for rule in model.rules if _countable(rule)]
    for times in range(2, MOST_TIMES + 1):
        caps = {rule.key: rule.points * times for rule in countable}
        if (most := formula.maximum(with_caps(model, caps))) >= wanted:
            return Fix(caps, most) if caps and formula.maximum(model) < wanted else None
    return None


def with_caps(model: ModelSpec, caps: Mapping[str, int]) -> ModelSpec:
    """The model with these rules counted per activity."""
    rules = tuple(
        replaced(rule, per_activity=True, cap=caps[rule.key]) if rule.key in caps else rule for rule in model.rules
    )
    return replaced(model, rules=rules)


def _countable(rule: RuleSpec) -> bool:
    test = rule.condition
    plain = isinstance(test, ActivityTest) and test.at_least == 1 and not test.measure
    return plain and not rule.per_activity and rule.points > 0
