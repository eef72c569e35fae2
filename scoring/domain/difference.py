"""What one version of the scoring rules says differently from another."""

from collections.abc import Iterator
from dataclasses import dataclass

from leads.domain.conditions import Node
from scoring.domain.formula import DIMENSIONS, ModelSpec, RuleSpec


@dataclass(frozen=True)
class RuleChange:
    """A rule as it was and as it is; None where it did not exist or no longer does."""

    key: str
    before: RuleSpec | None
    after: RuleSpec | None

    @property
    def kind(self) -> str:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def dimension(self) -> str:
        """Where the rule stands now, or stood."""
        return (self.after or self.before).dimension  # type: ignore[union-attr]


@dataclass(frozen=True)
class Change:
    """A number of the model as it was and as it is: the line, or the band or dimension that `name` is."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Difference:
    """Only what differs. `labels`: the bands that are called otherwise. `applies_to`: whom it scores, before and after.

    Rules are one and the same by their key, which a copy keeps.
    """

    rules: tuple[RuleChange, ...] = ()
    line: Change | None = None
    bands: tuple[Change, ...] = ()
    labels: tuple[str, ...] = ()
    caps: tuple[Change, ...] = ()
    applies_to: tuple[Node, Node] | None = None

    @property
    def is_none(self) -> bool:
        return self == Difference()


def between(before: ModelSpec, after: ModelSpec) -> Difference:
    """From one version to another; rules by dimension, in the order of the later version, then those that went."""
    was, now = {band.band: band for band in before.bands}, {band.band: band for band in after.bands}
    return Difference(
        rules=tuple(_rules(before, after)),
        line=Change("line", before.line, after.line) if before.line != after.line else None,
        bands=tuple(
            Change(name, was[name].start, band.start)
            for name, band in now.items()
            if name in was and was[name].start != band.start
        ),
        labels=tuple(
            name
            for name, band in now.items()
            if name in was and (was[name].label_ja, was[name].label_en) != (band.label_ja, band.label_en)
        ),
        caps=tuple(
            Change(name, before.caps.get(name), after.caps.get(name))
            for name in DIMENSIONS
            if before.caps.get(name) != after.caps.get(name)
        ),
        applies_to=(before.applies_to, after.applies_to) if before.applies_to != after.applies_to else None,
    )


def _rules(before: ModelSpec, after: ModelSpec) -> Iterator[RuleChange]:
    was, now = {rule.key: rule for rule in before.rules}, {rule.key: rule for rule in after.rules}
    changes = [RuleChange(key, was.get(key), rule) for key, rule in now.items() if was.get(key) != rule]
    changes += [RuleChange(key, rule, None) for key, rule in was.items() if key not in now]
    for dimension in DIMENSIONS:
        yield from (change for change in changes if change.dimension == dimension)
