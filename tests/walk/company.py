"""The small company that a walk goes through: its people, its clock, its dice, and what it can be asked for."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from handoff.models import Handoff
from handoff.services import defaults
from leads.models import Lead
from scoring.services import presets
from tests.cast import NOON, Cast, cast, organization, person

FIRMS = ("東浜精工株式会社", "北里物流株式会社", "南町食品株式会社")
ENDED = ("won", "disqualified")
# So many leads that go on are enough for all of them to be met again and again.
ENOUGH = 30


@dataclass
class World:
    """`at` is now; `made` counts the leads taken in; every choice comes from `dice`."""

    people: Cast
    everybody: list[User]
    dice: random.Random
    at: datetime = NOON
    swept_at: datetime = NOON
    made: int = 0
    told: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        """One line of what the present step is about, for whoever reads of a fault."""
        self.told.append(what)

    def one_of(self, things: Any) -> Any:
        """Any of these; Nothing where there are none."""
        found = list(things)
        if not found:
            raise Nothing
        return self.dice.choice(found)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def active(self) -> list[User]:
        return [one for one in User.objects.order_by("pk") if one.is_active]

    def who(self, proper: User | None, *, strange: float = 0.1) -> User:
        """The person whose business it is, if they can sign in; now and then, or else, anybody who can."""
        if proper is not None and not self.chance(strange):
            found = User.objects.get(pk=proper.pk)
            if found.is_active:
                return found
        return self.one_of(self.active())

    def lead(self, *stages: str) -> Lead:
        """Any lead in these stages; without any mostly one that goes on."""
        found = Lead.objects.present().order_by("pk")
        if stages:
            found = found.filter(stage__in=stages)
        elif not self.chance(0.1):
            found = found.exclude(stage__in=ENDED)
        return Lead.objects.get(pk=self.one_of(found.values_list("pk", flat=True)))

    def handoff(self, *states: str) -> Handoff:
        """Any handoff in these states, now and then any at all."""
        found = Handoff.objects.order_by("pk")
        if not self.chance(0.05):
            found = found.filter(state__in=states, **({"closed_at": None} if self.chance(0.8) else {}))
        return Handoff.objects.get(pk=self.one_of(found.values_list("pk", flat=True)))

    def later(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> datetime:
        return self.at + timedelta(days=days, hours=hours, seconds=seconds)


class Nothing(Exception):
    """What the step needs is not there just now, so it is no step."""


Step = Callable[[World], object]


def begin(seed: int) -> World:
    """A company with one leg or two, by turns, two teams in the field and the shipped rules of scoring in force."""
    preset = "small" if seed % 2 else "mid"
    organization(preset=preset)
    people = cast()
    more = [
        person("hana", "花田", "花", ["rep"], people.field),
        person("ken", "剣持", "健", ["rep"], people.field),
        person("nao", "直井", "直", ["inside_sales"], people.inside),
    ]
    defaults.install(preset=preset, at=NOON)
    presets.install(preset=preset, by=None, at=NOON)
    usual = [people.mia, people.isao, people.sato, people.otto, people.maki, people.ada]
    return World(people, [*usual, *more], random.Random(seed))
