"""Whether a lead may be handed over, and what is missing when not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.queries import organization
from handoff.domain import questions
from handoff.domain.choices import Leg
from handoff.domain.questions import ITEMS, Missing
from handoff.domain.stages import BEFORE_FIRST_LEG
from handoff.models import Gate
from handoff.queries import legs
from journal.errors import FieldError
from leads.models import Lead, Qualification
from leads.queries import conditions


@dataclass(frozen=True)
class Lack:
    """One thing that a gate asks for and that does not hold: its code, name, and the question or the rule."""

    code: str
    label: str | Promise
    question: str | Promise
    is_implied: bool = False

    def as_error(self) -> FieldError:
        field = f"qualification.{self.code}" if self.code in ITEMS else self.code
        told = pgettext("list", ": ").join((str(self.label), str(self.question)))
        return FieldError(field, "missing" if self.code != "condition" else "condition", told)


@dataclass(frozen=True)
class GateState:
    """A gate held against one lead. `blocks` and `warns` say what its lacks do."""

    kind: str
    mode: str
    lacks: tuple[Lack, ...]
    condition_holds: bool = True

    @property
    def items(self) -> tuple[Lack, ...]:
        """Those that the qualification form asks for; a condition is met on the lead itself."""
        return tuple(lack for lack in self.lacks if lack.code != "condition")

    @property
    def holds(self) -> bool:
        return not self.lacks or self.mode == Gate.Mode.OFF

    @property
    def blocks(self) -> bool:
        return not self.holds and self.mode == Gate.Mode.BLOCK

    @property
    def warns(self) -> bool:
        return not self.holds and self.mode == Gate.Mode.WARN


def check(lead: Lead, kind: str, *, at: datetime) -> GateState:
    """The gate of this kind against the lead; a gate that is not set up holds."""
    gate = Gate.objects.filter(kind=kind).first()
    if gate is None or gate.mode == Gate.Mode.OFF:
        return GateState(kind, Gate.Mode.OFF, ())
    holds = not gate.condition or conditions.matches(gate.condition, lead, on=organization.local_day(at))
    lacks = [] if holds else [_unmet(gate)]
    if gate.required:
        lacks += [lack_of(missing) for missing in questions.missing(gate.required, known_of(lead))]
    return GateState(kind, gate.mode, tuple(lacks), holds)


def entry_lacks(lead: Lead, *, at: datetime) -> tuple[Lack, ...]:
    """What keeps a person from making the lead an MQL: the condition of an MQL gate that blocks."""
    state = check(lead, Gate.Kind.MQL, at=at)
    return _unmet_condition(state) if state.blocks else ()


def entry_warnings(lead: Lead, *, at: datetime) -> tuple[Lack, ...]:
    """What a person who makes the lead an MQL is warned of: the condition of an MQL gate that only warns."""
    state = check(lead, Gate.Kind.MQL, at=at)
    return _unmet_condition(state) if state.warns else ()


def _unmet_condition(state: GateState) -> tuple[Lack, ...]:
    return tuple(lack for lack in state.lacks if lack.code == "condition")


def passing_entry(leads: QuerySet[Lead], *, at: datetime) -> QuerySet[Lead]:
    """Those of the leads for which the MQL gate's condition holds: eligible asks for that in either mode."""
    gate = Gate.objects.filter(kind=Gate.Kind.MQL).exclude(mode=Gate.Mode.OFF).first()
    if gate is None or not gate.condition:
        return leads
    return leads.filter(conditions.compile(gate.condition, on=organization.local_day(at)))


def warnings(lead: Lead, leg: str, *, at: datetime) -> tuple[Lack, ...]:
    """What an offer on this leg would be warned of, without being refused."""
    if leg == Leg.INSIDE_TO_FIELD:
        state = check(lead, Gate.Kind.SQL, at=at)
        return state.lacks if state.warns else ()
    state = check(lead, Gate.Kind.MQL, at=at)
    enters = state.warns and lead.stage in BEFORE_FIRST_LEG
    return tuple(lack for lack in state.lacks if lack.code != "condition" or enters)


def opportunity_warnings(lead: Lead, *, at: datetime) -> tuple[Lack, ...]:
    """With one leg the SQL gate only warns, when 商談化 is reported."""
    return check(lead, Gate.Kind.SQL, at=at).lacks if legs.has_one_leg() else ()


def known_of(lead: Lead) -> dict[str, object]:
    """The lead's qualification by item; nothing when none was entered."""
    return items_of(Qualification.objects.filter(lead=lead).first())


def items_of(row: Qualification | None) -> dict[str, object]:
    """The same of a row that was read already."""
    return {name: getattr(row, name) for name in ITEMS} if row else {}


def told(lacks: Iterable[Lack]) -> list[Lack]:
    """The lacks that a sentence names and counts: what goes with the others isn't said twice."""
    return [lack for lack in lacks if not lack.is_implied]


def names(lacks: Iterable[Lack]) -> str:
    """The lacks in one line."""
    return _(", ").join(str(lack.label) for lack in told(lacks))


def group_label(items: Iterable[str], at_least: int) -> str:
    """A group of items of which so many must be known, in words."""
    labels = pgettext("items of one group", " / ").join(str(ITEMS[name].label) for name in items)
    return ngettext("%(n)d of %(items)s", "%(n)d of %(items)s", at_least) % {"n": at_least, "items": labels}


def lack_of(missing: Missing) -> Lack:
    """An unknown item, or so many of several, in words."""
    if not missing.at_least:
        item = missing.items[0]
        return Lack(item.name, item.label, item.question)
    label = group_label([item.name for item in missing.items], missing.at_least)
    return Lack("any", label, missing.items[0].question, missing.is_implied)


def _unmet(gate: Gate) -> Lack:
    return Lack("condition", _("Handoff criteria"), conditions.said(gate.condition))
