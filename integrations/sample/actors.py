"""What the sample's people do with what lies before them: mostly in time, sometimes late, sometimes not at all."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.db.models import Q

from feedback.models import AnswerCheck, Opportunity
from feedback.queries import answer_checks
from feedback.services import answer_checks as checking
from feedback.services import feedback, opportunities
from handoff.domain.choices import HandoffState, Leg
from handoff.domain.nurture import Taken
from handoff.models import Batch, Handoff
from handoff.queries import calendars
from handoff.services import batches, handoffs, next_actions, nurture_steps, transition
from integrations.sample import words
from integrations.sample.crew import Crew
from integrations.sample.habits import Habits
from journal.errors import DomainError
from leads.models import Lead
from leads.services import activities
from leads.services import leads as lead_services

LATE_KINDS = ["contact", "qualify", "feedback", "hearing", "contact_check"]
LOST = [("timing", 30), ("competitor", 26), ("budget", 18), ("no_need", 14), ("no_decision", 12)]


class Actors(Habits):
    """The ten people at work. `later` is set by the play."""

    later: Callable[[datetime, Callable[[datetime], None]], None]

    def __init__(self, crew: Crew, *, random: Random, begins: datetime, until: datetime):
        super().__init__(random)
        self.crew = crew
        self.begins = begins
        self.until = until
        self.hours = calendars.default()

    # -- time ---------------------------------------------------------------------------------------

    def working_days(self) -> Iterator[datetime]:
        """Ten past nine on every second day on which the office is open."""
        zone = self.crew.organization.zone
        day = self.begins.astimezone(zone).date()
        while day <= self.until.astimezone(zone).date():
            moment = datetime.combine(day, time(9, 10), zone)
            if not self.hours.is_open(moment):
                day += timedelta(days=1)
                continue
            yield moment
            day += timedelta(days=2)

    def after(self, at: datetime, minutes: float, user: Any) -> datetime:
        """`at` plus working minutes, at this person's pace."""
        pace = self.crew.speed.get(user.pk, 1.0) if user else 1.0
        return self.hours.add_minutes(at, max(1, int(minutes * pace)))

    def marketer(self) -> Any:
        """One of the two marketers."""
        return self.crew.people[self.random.choice(["mia", "mia", "tsubasa"])]

    # -- answering ----------------------------------------------------------------------------------

    def expect_answer(self, handoff: Handoff, at: datetime) -> None:
        """Programmes this receiver's answer, unless they forget it."""
        if handoff.state != HandoffState.OFFERED:
            return
        receiver = handoff.assigned_to or self.crew.people["isao" if handoff.leg == Leg.MARKETING_TO_INSIDE else "sato"]
        if self.forgets():
            return
        allowed = {"high": 15, "middle": 120, "low": 270}.get(handoff.priority, 120)
        self.later(self.after(at, self.draw(allowed * 0.38), receiver), self._answer(handoff.pk, receiver))

    def _answer(self, handoff_id: int, receiver: Any) -> Callable[[datetime], None]:
        def answer(at: datetime) -> None:
            handoff = Handoff.objects.select_related("lead").get(pk=handoff_id)
            if handoff.state != HandoffState.OFFERED:
                return
            if self.gives_back(handoff.lead_id):
                handoffs.reject(handoff=handoff, reason=self.reject_reason(), by=receiver, at=at)
            else:
                handoffs.accept(handoff=handoff, by=receiver, at=at)
                self._expect_contact(handoff, receiver, at)

        return self._politely(answer)

    def _expect_contact(self, handoff: Handoff, receiver: Any, at: datetime) -> None:
        if self.random.random() < 0.05:
            return
        allowed = {"high": 20, "middle": 110, "low": 260}.get(handoff.priority, 110)
        self.later(self.after(at, self.draw(allowed * 0.6), receiver), self._contact(handoff.pk, receiver))

    def _contact(self, handoff_id: int, receiver: Any) -> Callable[[datetime], None]:
        def contact(at: datetime) -> None:
            handoff = Handoff.objects.select_related("lead").get(pk=handoff_id)
            if handoff.state != HandoffState.ACCEPTED or handoff.closed_at:
                return
            result = self.pick([("no_answer", 35), ("talked", 45), ("appointment", 20)])
            handoffs.contact(
                handoff=handoff,
                by=receiver,
                at=at,
                method=self.pick([("call", 70), ("mail", 20), ("meeting", 10)]),
                result=result,
                appointment_at=at + timedelta(days=3) if result == "appointment" else None,
                note=self.random.choice(words.CALL_NOTES) if self.random.random() < 0.5 else "",
            )
            follow = self._qualify if handoff.leg == Leg.MARKETING_TO_INSIDE else self._report
            self.later(self.after(at, self.draw(900), receiver), follow(handoff.pk, receiver))

        return self._politely(contact)

    # -- inside sales -------------------------------------------------------------------------------

    def _qualify(self, handoff_id: int, receiver: Any) -> Callable[[datetime], None]:
        def qualify(at: datetime) -> None:
            handoff = Handoff.objects.select_related("lead").get(pk=handoff_id)
            lead = Lead.objects.get(pk=handoff.lead_id)
            if lead.stage != "sal":
                return
            # Asked again, they find out what was missing the first time.
            sure = 1.0 if lead.due_kind in ("hearing", "contact_check") else 0.6 + 0.4 * self.worth(lead.pk)
            lead_services.qualify(lead=lead, values=self._hearing(lead.pk, sure), by=receiver, at=at)
            lead = Lead.objects.get(pk=lead.pk)
            if self.hands_on(lead.pk):
                handoffs.offer(lead=lead, by=receiver, at=at)
            else:
                self._recycle(lead, receiver, at)

        return self._politely(qualify)

    def _hearing(self, lead_id: int, sure: float) -> dict[str, Any]:
        choose = self.random.choice
        known = lambda value: value if self.random.random() < sure else ""  # noqa: E731
        return {
            "phase": self.pick([("gathering", 2), ("comparing", 6), ("approving", 2)]),
            "need": choose(words.NEEDS),
            "challenge": choose(words.CHALLENGES),
            "timeframe": choose(words.TIMEFRAMES),
            "authority": known(choose(words.AUTHORITIES)),
            "decision_process": known(choose(words.PROCESSES)),
            "budget": known(choose(words.BUDGETS)),
            "competitors": choose(words.COMPETITORS),
            "temperature": 1 + int(self.worth(lead_id) * 4.9),
        }

    def _recycle(self, lead: Lead, by: Any, at: datetime) -> None:
        day = (at + timedelta(days=self.days_of_rest())).astimezone(self.crew.organization.zone).date()
        transition.transition(lead=lead, to="nurture", reason="not_now", resurface_on=day, by=by, at=at)

    # -- field sales --------------------------------------------------------------------------------

    def _report(self, handoff_id: int, receiver: Any) -> Callable[[datetime], None]:
        def report(at: datetime) -> None:
            handoff = Handoff.objects.select_related("lead").get(pk=handoff_id)
            if handoff.state != HandoffState.ACCEPTED or handoff.closed_at:
                return
            result = self.first_result(handoff.lead_id)
            self._give(handoff, result, receiver, at)
            if result == "opportunity":
                self.later(self.after(at, 540 * self.days_to_close(), receiver), self._close(handoff.pk, receiver))
            elif result == "considering":
                self.later(
                    self.after(at, 540 * self.random.uniform(6, 18), receiver), self._report(handoff.pk, receiver)
                )

        return self._politely(report)

    def _close(self, handoff_id: int, receiver: Any) -> Callable[[datetime], None]:
        def close(at: datetime) -> None:
            handoff = Handoff.objects.select_related("lead").get(pk=handoff_id)
            if handoff.lead.stage != "opportunity":
                return
            won = self.random.random() < 0.15 + 0.6 * self.worth(handoff.lead_id)
            self._give(handoff, "won" if won else "lost", receiver, at)

        return self._politely(close)

    def _give(self, handoff: Handoff, result: str, by: Any, at: datetime) -> None:
        soon = (at + timedelta(days=self.random.randrange(5, 25))).astimezone(self.crew.organization.zone).date()
        feedback.give(
            handoff=handoff,
            result=result,
            reason=self.pick(LOST) if result in ("lost", "considering") else "",
            next_action_on=soon if result in ("opportunity", "considering") else None,
            quality=min(5, max(1, round(1 + 4 * self.worth(handoff.lead_id) + self.random.gauss(0, 0.7)))),
            comment=self.random.choice(words.COMMENTS),
            by=by,
            at=at,
        )
        opportunity = Opportunity.objects.filter(lead_id=handoff.lead_id, result="").order_by("-pk").first()
        if result == "opportunity" and opportunity and opportunity.amount is None:
            amount = 100_000 * self.random.randrange(5, 90)
            opportunities.update(opportunity=opportunity, values={"amount": amount}, by=by, at=at)

    # -- marketing's and everybody's mornings ---------------------------------------------------------

    def morning(self, at: datetime) -> None:
        """Duties that nobody else programmes: batches, offers by hand, returns, leads to look at again."""
        for batch in Batch.objects.filter(closed_at__isnull=True):
            self._politely(lambda moment, batch=batch: batches.offer_all(batch=batch, by=self.marketer(), at=moment))(
                at
            )
        waiting = Lead.objects.present().filter(stage="mql", due_kind__in=["offer", "hearing", "contact_check"])
        for number, lead in enumerate(waiting.filter(due_at__lte=at + timedelta(hours=20)).order_by("due_at")[:12]):
            if self.random.random() < 0.8:
                self.later(at + timedelta(minutes=3 * number + 5), self._offer_by_hand(lead.pk))
        self._nurture(at)
        self._catch_up(at)
        self._check_answers(at)
        for lead in Lead.objects.present().filter(due_kind="next_action", due_at__lte=at).order_by("due_at")[:10]:
            if self.random.random() < 0.6:
                self._politely(self._act_next(lead.pk))(at)

    def _nurture(self, at: datetime) -> None:
        """Steps of nurture tracks: most are done in the morning of their day, every fifth is left out or waits."""
        due = Lead.objects.present().filter(due_kind="nurture").select_related("owner").order_by("due_at", "pk")
        for lead in due[:25]:
            by = lead.owner or self.crew.people["tsubasa"]
            if (lead.pk + at.toordinal()) % 5:
                self._politely(self._take_step(lead, by, Taken.SKIPPED if lead.pk % 11 == 0 else Taken.DONE))(at)

    def _take_step(self, lead: Lead, by: Any, outcome: Taken) -> Callable[[datetime], None]:
        return lambda at: nurture_steps.take(lead=lead, outcome=outcome, by=by, at=at)

    def _check_answers(self, at: datetime) -> None:
        """Once a quarter marketing writes down what scores and outcomes told."""
        if answer_checks.due_since(at) is None:
            return
        day = at.astimezone(self.crew.organization.zone).date()
        first, last = day - timedelta(days=90), day - timedelta(days=1)
        told = words.CONCLUSIONS[AnswerCheck.objects.count() % len(words.CONCLUSIONS)]
        checking.conclude(conclusion=told, from_on=first, until_on=last, by=self.crew.people["mia"], at=at)

    def _catch_up(self, at: datetime) -> None:
        """Most of what is late gets done within days; what the manager holds goes to somebody else."""
        late = Lead.objects.present().filter(due_kind__in=LATE_KINDS, due_at__lt=at - timedelta(hours=20))
        for number, lead in enumerate(late.select_related("owner").order_by("due_at")[:15]):
            if self.random.random() > 0.35:
                continue
            held = (
                Handoff.objects.filter(lead=lead, state=HandoffState.ACCEPTED, closed_at=None).order_by("-pk").first()
            )
            soon = at + timedelta(minutes=7 * number + 9)
            if held is not None:
                act = {"contact": self._contact, "feedback": self._report}.get(lead.due_kind, self._qualify)
                self.later(soon, act(held.pk, held.assigned_to))
            elif lead.stage == "sal" and lead.owner is not None:
                self.later(soon, self._ask_again(lead.pk, lead.owner))
        manager = self.crew.people["maki"]
        forgotten = Q(state=HandoffState.OFFERED, is_breached=True)
        for handoff in Handoff.objects.open().filter(Q(assigned_to=manager) | Q(assigned_to=None) | forgotten):
            keys = ["isao", "noguchi"] if handoff.leg == Leg.MARKETING_TO_INSIDE else ["sato", "shiraishi"]
            self._politely(self._pass_on(handoff, self.crew.people[self.random.choice(keys)]))(at)

    def _ask_again(self, lead_id: int, by: Any) -> Callable[[datetime], None]:
        """What came back from field sales is asked for once more and handed on."""

        def ask(at: datetime) -> None:
            lead = Lead.objects.get(pk=lead_id)
            lead_services.qualify(lead=lead, values=self._hearing(lead_id, 1.0), by=by, at=at)
            handoffs.offer(lead=Lead.objects.get(pk=lead_id), by=by, at=at)

        return self._politely(ask)

    def _pass_on(self, handoff: Handoff, person: Any) -> Callable[[datetime], None]:
        def pass_on(at: datetime) -> None:
            manager = self.crew.people["maki"]
            handoffs.reassign(handoff=handoff, user=person, by=manager, at=at, reason="担当の手が空いたため")
            self.expect_answer(Handoff.objects.select_related("lead", "assigned_to").get(pk=handoff.pk), at)

        return pass_on

    def _offer_by_hand(self, lead_id: int) -> Callable[[datetime], None]:
        def offer(at: datetime) -> None:
            lead = Lead.objects.get(pk=lead_id)
            if lead.stage == "mql" and lead.due_kind != "answer":
                handoffs.offer(lead=lead, by=self.marketer(), at=at)

        return self._politely(offer)

    def _act_next(self, lead_id: int) -> Callable[[datetime], None]:
        """Makes the call that was due, and plans the next."""

        def act(at: datetime) -> None:
            lead = Lead.objects.select_related("owner").get(pk=lead_id)
            note = self.random.choice(words.CALL_NOTES)
            activities.record(lead=lead, type="call", occurred_at=at, by=lead.owner, at=at, note=note)
            soon = self.after(at, 540 * self.random.randrange(3, 12), lead.owner)
            next_actions.plan(lead=lead, action_at=soon, kind="call", note=note, by=lead.owner, at=at)

        return act

    def _politely(self, act: Callable[[datetime], None]) -> Callable[[datetime], None]:
        """An act that the rules refuse (somebody was faster, a gate blocks) is one that did not happen."""

        def attempt(at: datetime) -> None:
            try:
                act(at)
            except DomainError:
                return

        return attempt
