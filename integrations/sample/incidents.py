"""What befalls the ten in the month, each once: an absence, a departure, a closing day, a lead that comes twice, …"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import User
from accounts.services import people
from feedback.models import Opportunity
from feedback.services import feedback, opportunities
from handoff.domain.choices import HandoffState, Leg
from handoff.models import Calendar, Handoff
from handoff.services import calendars, handoffs, transition
from journal.errors import DomainError
from leads.models import Lead
from leads.services import leads

if TYPE_CHECKING:
    from integrations.sample.month import Month

Act = Callable[[datetime], None]
LEAVES, HEIRS = "aoki", ("isao", "noguchi")
AWAY_FOR = timedelta(days=3)
USUAL_CAPACITY = 25


class Incidents:
    """What happens at which part of the month. What finds nobody it could happen to waits for the next hour."""

    def __init__(self, month: "Month"):
        self.month = month
        self.actors = month.actors
        self.people = month.actors.crew.people

    def programme(self) -> Iterator[tuple[datetime, Act]]:
        """Each with its moment, within working hours of the calendar as it is at the beginning."""
        begins, length = self.actors.begins, self.month.until - self.actors.begins
        for part, act in (
            (0.10, self._absence),
            (0.15, self._comes_twice),
            (0.20, self._aside),
            (0.25, self._to_queue),
            (0.30, self._withdrawn),
            (0.35, self._closing_day),
            (0.40, self._no_contact),
            (0.45, self._own_deal),
            (0.50, self._departure),
            (0.55, self._shorter_day),
            (0.60, self._won),
            (0.70, self._reopened),
        ):
            yield self.actors.hours.next_open(begins + length * part) + timedelta(minutes=30), self._until_done(act)

    def _until_done(self, act: Callable[[datetime], bool]) -> Act:
        def attempt(at: datetime) -> None:
            try:
                is_done = act(at)
            except DomainError:
                is_done = False
            if not is_done:
                self.month.later(self.actors.hours.add_minutes(at, 60), attempt)

        return attempt

    def _day(self, at: datetime) -> Any:
        return at.astimezone(self.actors.crew.organization.zone).date()

    # -- people and hours ---------------------------------------------------------------------------
    def _absence(self, at: datetime) -> bool:
        """Otto is ill, and his manager enters it: nothing is routed to him."""
        day = self._day(at)
        people.add_absence(
            user=self.people["otto"], starts_on=day, ends_on=day + AWAY_FOR, by=self.people["maki"], at=at, note="病欠"
        )
        return True

    def _departure(self, at: datetime) -> bool:
        """Aoki leaves; the manager gives what they had accepted to the others."""
        person = self.people[LEAVES]
        held = Handoff.objects.filter(assigned_to=person, state=HandoffState.ACCEPTED, closed_at=None)
        if not held.exists():
            return False
        people.disable(user=person, by=self.actors.crew.admin, at=at)
        for number, handoff in enumerate(held.select_related("lead").order_by("pk")):
            self.actors.take_over(handoff, self.people[HEIRS[number % len(HEIRS)]], at)
        return True

    def _closing_day(self, at: datetime) -> bool:
        """The firm's anniversary, a week ahead: open clocks move with it."""
        day = self._day(at) + timedelta(days=7)
        calendars.add_closing_days(
            calendar=self._calendar(), starts_on=day, ends_on=day, by=self.actors.crew.admin, at=at, name="創立記念日"
        )
        return True

    def _shorter_day(self, at: datetime) -> bool:
        """From now on the office closes at half past five."""
        day = [["09:00", "12:00"], ["13:00", "17:30"]]
        weekly = {str(weekday): day for weekday in range(5)}
        calendars.change(calendar=self._calendar(), values={"weekly": weekly}, by=self.actors.crew.admin, at=at)
        return True

    def _calendar(self) -> Calendar:
        return Calendar.objects.get(team=None, user=None)

    # -- leads --------------------------------------------------------------------------------------
    def _comes_twice(self, at: datetime) -> bool:
        """Somebody writes from another address; marketing merges the two when the search has found them."""
        lead = Lead.objects.present().exclude(company=None).exclude(email="").order_by("-pk").first()
        if lead is None or lead.company is None:
            return False
        names = ("last_name", "first_name", "last_name_kana", "first_name_kana", "title", "department", "phone")
        values = {name: getattr(lead, name) for name in names} | {"email": f"private.{lead.email}"}
        values["company"] = {"name": lead.company.name, "domain": lead.company.domain}
        leads.create(values=values, by=self.people["tsubasa"], at=at)
        return True

    def _aside(self, at: datetime) -> bool:
        """Marketing puts a lead aside until next week, when it comes back by itself."""
        lead = self._some("mal")
        if lead is None:
            return False
        day = self._day(at) + timedelta(days=7)
        transition.transition(lead=lead, to="nurture", reason="not_now", resurface_on=day, by=self.people["mia"], at=at)
        return True

    def _to_queue(self, at: datetime) -> bool:
        """Inside sales take nothing more this morning: what is handed to them waits in the queue."""
        lead = self._some("mal")
        if lead is None:
            return False
        team = self.actors.crew.teams["inside"]
        self._take_in(0, at)
        handoffs.offer(lead=lead, by=self.people["mia"], at=at, to=team, reason="課内で割り当て")
        self.month.later(self.actors.hours.add_minutes(at, 120), lambda later: self._take_in(USUAL_CAPACITY, later))
        return True

    def _take_in(self, capacity: int, at: datetime) -> None:
        """So many at once from now on, each of inside sales."""
        for membership in self.actors.crew.teams["inside"].memberships.order_by("pk"):
            weight = membership.weight
            people.set_capacity(membership=membership, capacity=capacity, weight=weight, by=self.people["ada"], at=at)

    def _withdrawn(self, at: datetime) -> bool:
        """Marketing hands somebody over and takes it back before anybody answered."""
        lead = self._some("mal")
        if lead is None:
            return False
        offer = handoffs.offer(lead=lead, by=self.people["tsubasa"], at=at, reason="紹介のため")
        handoffs.withdraw(handoff=offer, by=self.people["tsubasa"], at=at + timedelta(minutes=1))
        return True

    def _no_contact(self, at: datetime) -> bool:
        lead = self._some("mal")
        if lead is None:
            return False
        leads.set_do_not_contact(lead=lead, by=self.people["mia"], at=at)
        return True

    def _reopened(self, at: datetime) -> bool:
        """Somebody who was out of scope is not."""
        lead = self._some("disqualified")
        if lead is None or lead.do_not_contact:
            return False
        transition.transition(lead=lead, to="lead", reason="取引可と確認", by=self.actors.crew.admin, at=at)
        return True

    def _some(self, stage: str) -> Lead | None:
        """The longest in this stage, whom one may call."""
        return Lead.objects.present().filter(stage=stage, do_not_contact=False).order_by("stage_since", "pk").first()

    # -- deals --------------------------------------------------------------------------------------
    def _own_deal(self, at: datetime) -> bool:
        """A rep has met somebody and makes a deal of it."""
        rep = self.people["sato"]
        lead = Lead.objects.visible_to(rep).present().filter(stage="mal").order_by("pk").first()
        if lead is None:
            return False
        opportunities.begin(lead=lead, by=rep, at=at)
        return True

    def _won(self, at: datetime) -> bool:
        """One deal is won sooner than anybody thought."""
        deal = Opportunity.objects.filter(result="", handoff__isnull=False).select_related("handoff").first()
        if deal is None or deal.handoff is None or deal.handoff.leg == Leg.MARKETING_TO_INSIDE:
            return False
        rep: User | None = deal.handoff.assigned_to
        if rep is None:
            return False
        feedback.give(handoff=deal.handoff, result="won", by=rep, at=at, quality=5, comment="即決")
        return True
