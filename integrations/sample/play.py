"""Plays the sample's year in order of time: every row is written by the service a person would have used."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import Min
from django.db.models.signals import post_save

from handoff.models import Clock, Handoff
from handoff.services import intake, sweeps
from integrations.sample.actors import Actors
from integrations.sample.script import Character, Script
from leads.models import LeadScore
from leads.services import activities
from leads.services import leads as lead_services
from scoring.services import scores

Act = Callable[[datetime], None]
# A webinar ended just before the first look: one lead in so many attended, and what it brought waits for its answer.
LEADS_PER_GUEST = 60
WEBINAR_ENDED = timedelta(minutes=25)
COUNTED = {"site_visit", "document_download", "webinar_attended", "demo_request"}


class Play:
    """A queue of acts by moment. After each act what it caused is scored, swept and answered."""

    def __init__(self, script: Script, actors: Actors, *, until: datetime):
        self.script = script
        self.actors = actors
        self.until = until
        self._queue: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._offered: list[Handoff] = []
        self.actors.later = self.later

    def later(self, at: datetime, act: Act) -> None:
        """Puts an act on the programme, unless it lies beyond the end."""
        if at < self.until:
            heapq.heappush(self._queue, (at, next(self._order), act))

    def run(self, characters: list[Character], progress: Callable[[int], None]) -> None:
        """Plays until the queue is empty; calls `progress` with the number of leads so far."""
        post_save.connect(self._notice_offer, sender=Handoff)
        try:
            self._run(characters, progress)
        finally:
            post_save.disconnect(self._notice_offer, sender=Handoff)

    def _notice_offer(self, instance: Handoff, created: bool, **_rest: Any) -> None:
        if created:
            self._offered.append(instance)

    def _programme(self, characters: list[Character], progress: Callable[[int], None]) -> None:
        for number, character in enumerate(characters, 1):
            self.later(character.at, self.arrival(character, number, progress))
        for day in self.actors.working_days():
            self.later(day, self._morning)
        self.later(self.until - WEBINAR_ENDED, self._webinar(len(characters) // LEADS_PER_GUEST))

    def _run(self, characters: list[Character], progress: Callable[[int], None]) -> None:
        self._programme(characters, progress)
        while self._queue:
            at, _order, act = heapq.heappop(self._queue)
            self._sweep_until(at)
            act(at)
            self._look_around(at)
        self._sweep_until(self.until)

    def arrival(self, character: Character, number: int, progress: Callable[[int], None]) -> Act:
        def arrive(at: datetime) -> None:
            lead = lead_services.create(values=character.values, by=self.actors.marketer(), at=at, cause="live")
            self.actors.characters[lead.pk] = character
            for moment, kind, content in self.script.acts(character):
                self.later(moment, self.activity(lead, kind, content))
            progress(number)

        return arrive

    def activity(self, lead: Any, kind: str, content: Any) -> Act:
        def act(at: datetime) -> None:
            activities.record(
                lead=lead,
                type=kind,
                content=content.title if content else None,
                url=content.url if content else "",
                duration_seconds=self.script.random.randrange(20, 600) if kind == "page_view" else None,
                occurred_at=at,
                by=None,
                at=at,
            )
            # What no rule counts can wait for the morning.
            if kind in COUNTED:
                scores.score_stale(at=at)

        return act

    def _webinar(self, guests: int) -> Act:
        """So many of those who are just below the line attend, and it is told one after the other."""

        def attend(at: datetime) -> None:
            near = LeadScore.objects.filter(reaches_line=False, total__gte=15, lead__stage__in=["lead", "mal"])
            near = near.filter(lead__last_activity_at__gte=at - timedelta(days=60)).select_related("lead")
            near = near.exclude(lead__activities__type="webinar_attended").order_by("-total", "lead")
            content = self.script.content("webinar")
            for number, score in enumerate(near[:guests]):
                moment = at + timedelta(minutes=3 * number + 1)
                self.later(moment, self.activity(score.lead, "webinar_attended", content))

        return attend

    def _morning(self, at: datetime) -> None:
        """At the opening: what midnight brought, then marketing's and sales' own duties."""
        scores.score_stale(at=at)
        sweeps.sweep(at=at)
        intake.take_in(at=at)
        self._look_for_offers(at)
        self.actors.morning(at)

    def _look_around(self, at: datetime) -> None:
        """After each act: whoever was offered something makes up their mind."""
        self._look_for_offers(at)

    def _look_for_offers(self, at: datetime) -> None:
        while self._offered:
            self.actors.expect_answer(self._offered.pop(0), at)

    def _sweep_until(self, at: datetime) -> None:
        """Lets every clock act at its own moment, so that history shows warnings and breaches when they happened."""
        while True:
            moment = Clock.objects.aggregate(first=Min("next_event_at"))["first"]
            if moment is None or moment > at:
                return
            sweeps.sweep(at=moment)
            self._look_for_offers(moment)
            if Clock.objects.filter(next_event_at__lte=moment).exists():
                raise RuntimeError(f"the sweep left a clock behind at {moment}")
