"""A month of ten people at work, day by day: what comes in by every way, what they do with it, and what befalls them.

Unlike the year, of which only what shows later is played, here the sweeps run as they do beside a web process, and
everything that the product has an answer to happens at least once.
"""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db.models import Min

from accounts.models import Absence, User
from handoff.domain.follows import STANDARD_REASONS
from handoff.models import Clock, Handoff
from handoff.queries import calendars
from handoff.services import handoffs
from integrations.sample import company, words
from integrations.sample.actors import Actors
from integrations.sample.arrivals import Arrivals
from integrations.sample.crew import Crew
from integrations.sample.incidents import Incidents
from integrations.sample.play import Act, Play
from integrations.sample.script import Character, Script
from integrations.services import sweeping
from leads.models import DuplicatePair, Lead
from leads.services import duplicates, merging

LENGTH = timedelta(days=30)
OPENS = time(9, 10)
# When there is a look around even if nothing has happened: at midnight, and every other hour of the day.
HOURS = (0, *range(9, 20, 2))
# One offer in so many is left lying.
FORGOTTEN = 9
# From here on two leads are one person to marketing.
SURELY_ONE = 80


def make(*, leads: int, seed: int, until: datetime, progress: Callable[[int], None] = lambda number: None) -> Crew:
    """Plays the month before `until` with this many new leads, whole or not at all. Raises NotEmpty."""
    zone = calendars.default().zone
    first = (until - LENGTH).astimezone(zone).date()
    begins = datetime.combine(first, time(0), zone)
    with company.whole():
        crew = company.settle_in(begins=begins, until=until)
        random = Random(seed)  # noqa: S311 (a script, not a secret)
        script = Script(crew, random=random, begins=first, until=until, zone=zone)
        actors = MonthActors(crew, random=random, begins=begins, until=until)
        Month(script, actors, until=until).run(script.characters(leads), progress)
        company.catch_up(until)
    return crew


class MonthActors(Actors):
    """The ten as in the year, but quicker, so that stories end; each reason and each result is given once first."""

    def __init__(self, crew: Crew, *, random: Random, begins: datetime, until: datetime):
        super().__init__(crew, random=random, begins=begins, until=until)
        # Duplicates first: those are given back to marketing.
        self._reasons = deque(reason.code for reason in reversed(STANDARD_REASONS))
        self._results = deque(["opportunity", "considering", "lost"])
        self._offers, self._answers = count(1), count(1)

    def working_days(self) -> Iterator[datetime]:
        """Ten past nine on every day; whether the office is open shows in the morning, for the calendar may change."""
        zone = self.crew.organization.zone
        day = self.begins.astimezone(zone).date()
        while (moment := datetime.combine(day, OPENS, zone)) < self.until:
            yield moment
            day += timedelta(days=1)

    def forgets(self) -> bool:
        return next(self._offers) % FORGOTTEN == 0

    def gives_back(self, lead_id: int) -> bool:
        """Every third offer until each reason was given."""
        return next(self._answers) % 3 == 0 if self._reasons else super().gives_back(lead_id)

    def hands_on(self, lead_id: int) -> bool:
        """Every one until each result was given."""
        return bool(self._results) or super().hands_on(lead_id)

    def reject_reason(self) -> str:
        return self._reasons.popleft() if self._reasons else super().reject_reason()

    def first_result(self, lead_id: int) -> str:
        return self._results.popleft() if self._results else super().first_result(lead_id)

    def days_of_rest(self) -> int:
        return self.random.randrange(3, 30)

    def days_to_close(self) -> float:
        return self.random.uniform(1, 8)

    def morning(self, at: datetime) -> None:
        """As in the year, after a look at who may be one person; nobody comes when the office is closed."""
        self.hours = calendars.default()
        if not self.hours.is_open(at):
            return
        for pair in DuplicatePair.objects.open().select_related("a", "b").order_by("pk"):
            self._politely(self._decide(pair))(at)
        for lead in Lead.objects.present().filter(due_kind="merge_decision").order_by("pk"):
            self.later(at + timedelta(minutes=20), self._offer_by_hand(lead.pk))
        self._politely(self._introduce)(at)
        super().morning(at)

    def _introduce(self, at: datetime) -> None:
        """Marketing hands over whom they met and would not wait for, line or not."""
        met = Lead.objects.present().filter(stage="mal", do_not_contact=False).order_by("-score__total", "pk").first()
        if met is not None:
            handoffs.offer(lead=met, by=self.marketer(), at=at, reason=self.random.choice(words.INTRODUCTIONS))

    def _decide(self, pair: DuplicatePair) -> Act:
        def decide(at: datetime) -> None:
            if pair.score >= SURELY_ONE:
                merging.merge(survivor=pair.a, loser=pair.b, by=self.crew.people["mia"], at=at)
            else:
                duplicates.dismiss(pair=pair, by=self.crew.people["mia"], at=at)

        return decide

    # -- who is there -------------------------------------------------------------------------------
    def is_away(self, person: User, at: datetime) -> bool:
        """Whether they are absent on this day."""
        day = at.astimezone(self.crew.organization.zone).date()
        return Absence.objects.filter(user=person, starts_on__lte=day, ends_on__gte=day).exists()

    def _if_there(self, person: User, act: Act) -> Act:
        """Who has left does nothing any more; who is absent does it on the first day they are back."""

        def attempt(at: datetime) -> None:
            if not User.objects.active().filter(pk=person.pk).exists():
                return
            if self.is_away(person, at):
                self.later(self.hours.next_open(at + timedelta(days=1)), attempt)
            else:
                act(at)

        return attempt

    def _answer(self, handoff_id: int, receiver: Any) -> Act:
        return self._if_there(receiver, super()._answer(handoff_id, receiver))

    def _contact(self, handoff_id: int, receiver: Any) -> Act:
        return self._if_there(receiver, super()._contact(handoff_id, receiver))

    def _qualify(self, handoff_id: int, receiver: Any) -> Act:
        return self._if_there(receiver, super()._qualify(handoff_id, receiver))

    def _report(self, handoff_id: int, receiver: Any) -> Act:
        return self._if_there(receiver, super()._report(handoff_id, receiver))

    def _close(self, handoff_id: int, receiver: Any) -> Act:
        return self._if_there(receiver, super()._close(handoff_id, receiver))

    def take_over(self, handoff: Handoff, person: Any, at: datetime) -> None:
        """The manager gives an accepted handoff to a colleague, who goes on where it stands."""
        if handoff.first_contact_at is None:
            follow = self._contact
        else:
            follow = self._report if handoff.leg.endswith("field") else self._qualify
        self._politely(self._pass_on(handoff, person))(at)
        self.later(self.after(at, self.draw(200), person), follow(handoff.pk, person))


class Month(Play):
    """The play with leads that come in by three ways, with incidents, and with every sweep at its time."""

    def __init__(self, script: Script, actors: MonthActors, *, until: datetime):
        super().__init__(script, actors, until=until)
        self._beats = _beats(actors.begins)
        self._beat = next(self._beats)

    def _programme(self, characters: list[Character], progress: Callable[[int], None]) -> None:
        arrivals = Arrivals(self)
        for number, character in enumerate(characters, 1):
            arrivals.expect(character, number, progress)
        arrivals.end()
        for day in self.actors.working_days():
            self.later(day, self._morning)
        for moment, act in Incidents(self).programme():
            self.later(moment, act)

    def _look_around(self, at: datetime) -> None:
        """What a worker does as soon as an act has rung for it, and the beat else."""
        failures = sweeping.run_all(at)
        if failures:
            raise RuntimeError(f"sweeps failed at {at}: {failures}")
        self._look_for_offers(at)

    def _sweep_until(self, at: datetime) -> None:
        """At the moment of each clock and at each beat."""
        while True:
            due = Clock.objects.aggregate(first=Min("next_event_at"))["first"]
            moment = min(due, self._beat) if due else self._beat
            if moment > at:
                return
            self._look_around(moment)
            if moment == self._beat:
                self._beat = next(self._beats)


def _beats(begins: datetime) -> Iterator[datetime]:
    for day in count():
        for hour in HOURS:
            yield begins + timedelta(days=day, hours=hour)
