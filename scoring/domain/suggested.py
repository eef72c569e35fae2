"""What a suggestion is made from and of, and how it reads our own fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from typing import Any

from scoring.domain.choices import Dimension

MOST_RULES = 12
MOST_RULES_ASKED = 30
DOUBTS = ("too_good", "filled_later", "one_outcome", "written_twice", "filled_together")
# The points of the rule that says most; the others in proportion.
STRONGEST = 20
MOST_HINTS = 5
# With fewer outcomes of either kind hardly a condition finds ten cases and ten others among the two thirds that teach.
# What differs no more than by chance is kept out by the test for that, however few or many there are.
LEAST_OUTCOMES = 20

# Who a person is says nothing about the next one; that it is known may.
IDENTITIES = frozenset({"last_name", "email", "phone", "mobile", "company.name", "company.domain"})

_DIMENSIONS: Mapping[str, Dimension] = {
    "seniority": Dimension.AUTHORITY,
    "qualification.authority": Dimension.AUTHORITY,
    "qualification.decision_process": Dimension.AUTHORITY,
    "qualification.budget": Dimension.AUTHORITY,
    "activity.demo_request": Dimension.INTENT,
    "activity.form_submit": Dimension.INTENT,
}


def dimension_of(source: str) -> str:
    """The dimension of a rule about this field, or about `activity.<type>`."""
    start = source.split(".")[0]
    usual = {"activity": Dimension.ENGAGEMENT, "qualification": Dimension.READINESS}.get(start, Dimension.FIT)
    return _DIMENSIONS.get(source, usual).value


def dimension_of_condition(tree: Any) -> str:
    """The dimension in which a rule with this condition begins: what its fields are about, else what was done."""
    sources = list(_sources(tree))
    fields = [source for source in sources if not source.startswith("activity")]
    return dimension_of((fields or sources or ["activity"])[0])


def _sources(tree: Any) -> Iterator[str]:
    """What the tests of a condition's tree ask about, in their order: a field's name, `activity.<type>` or `activity`.

    The tree may still be in the making: what is no test yet asks about nothing.
    """
    if isinstance(tree, list):
        for child in tree:
            yield from _sources(child)
    elif isinstance(tree, Mapping):
        if field := tree.get("field"):
            yield str(field)
        elif isinstance(test := tree.get("activity"), Mapping):
            types = test.get("types")
            yield f"activity.{types[0]}" if isinstance(types, list) and len(types) == 1 else "activity"
        elif "inactive" in tree:
            yield "activity"
        else:
            for name in ("all", "any", "not", "some", "of"):
                yield from _sources(tree.get(name))


@dataclass
class Sample:
    """A place for each lead in every column, oldest first. Unknown values are None; ranges are (low, high).

    `values`: at the offer, else at present. `present`: at present. `counts`: activities by type and window in days
    before the offer, else before the outcome. `came_on`: the local day on which the lead came in.
    """

    good: list[bool] = field(default_factory=list)
    was_offered: list[bool] = field(default_factory=list)
    came_on: list[date] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    present: dict[str, list[Any]] = field(default_factory=dict)
    counts: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.good)


@dataclass(frozen=True)
class SuggestedRule:
    """A condition and its points. `cases` leads of the sample meet it, `good` of them with a good outcome.

    `rate` is their share, `low` to `high` its 95 % interval (Wilson). `key`, `present`: the rule of the model that
    has this condition already, and its points.
    """

    condition: Mapping[str, Any]
    dimension: str
    points: int
    cases: int
    good: int
    rate: float
    low: float
    high: float
    key: str = ""
    present: int | None = None


@dataclass(frozen=True)
class Doubt:
    """Why a field may be known only after the outcome.

    `code`: too_good (`share`: the AUC of the field alone), filled_later (`share` of the leads that have it now),
    one_outcome (`share` known among good ones, `other_share` among bad ones), written_twice (`others`: the field it
    repeats, `share` of leads on which they agree), filled_together (`others`, `share` of leads that have them).
    """

    field: str
    code: str
    share: float
    other_share: float = 0.0
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """Rules fitted to `fitted` of `leads` outcomes, `good` of them good; measured on the `tested` newest.

    `auc` and `lift` (of the best tenth, against all tested) are None where one kind is missing among the tested.
    `line`: the total that as many fitted leads reach as were good, None where that is under one point.
    `hints`: without any rule, the conditions that differ most all the same; their points are 0.
    `without`: fields left out.
    """

    leads: int
    good: int
    fitted: int = 0
    tested: int = 0
    auc: float | None = None
    lift: float | None = None
    line: int | None = None
    rules: tuple[SuggestedRule, ...] = ()
    hints: tuple[SuggestedRule, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    without: frozenset[str] = frozenset()

    @property
    def bad(self) -> int:
        return self.leads - self.good

    @property
    def rate(self) -> float:
        """The share of good outcomes among all; 0 without any."""
        return self.good / self.leads if self.leads else 0.0

    @property
    def margin(self) -> float:
        """Half the width of the 95 % interval of a rate of one half among half of the leads: 1.96 √(¼ / (leads / 2))."""
        return 1.96 * sqrt(0.25 / (self.leads / 2)) if self.leads else 1.0

    @property
    def has_enough(self) -> bool:
        """Whether there are enough outcomes of either kind to suggest anything."""
        return min(self.good, self.bad) >= LEAST_OUTCOMES
