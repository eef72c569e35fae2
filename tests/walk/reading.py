"""The invariants I1 to I10 once more, read from plain rows in plain Python, sharing nothing with the product's queries."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from accounts.models import User
from handoff.models import Alert, Clock, Handoff, JoinedLead, Pause, StageTransition
from leads.models import Lead, LeadScore, Merge
from scoring.models import ScoringModel
from tests.walk.company import World

# DESIGN §4, written from its table.
MOVES = {
    "lead": "mal mql nurture opportunity disqualified",
    "mal": "mql nurture opportunity disqualified",
    "mql": "sal nurture opportunity disqualified",
    "sal": "sql nurture opportunity won lost disqualified",
    "sql": "nurture opportunity won lost disqualified",
    "opportunity": "won lost nurture disqualified",
    "won": "opportunity lost nurture",
    "lost": "mal mql nurture opportunity won disqualified",
    "nurture": "mal mql opportunity won lost disqualified",
    "disqualified": "lead",
}
OWED = ("mql", "sal", "sql", "opportunity", "nurture", "lost")
FIVE_MINUTES = timedelta(minutes=5)


class Reading:
    """What the log has told so far, and whether the rows agree with it; each look is at what came since the last."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stages: dict[int, str] = {}
        self.read = 0

    def faults(self) -> list[str]:
        """What does not hold after a step; six small reads."""
        found = self._chain()
        leads = list(Lead.objects.values("pk", "stage", "due_kind", "due_at", "owner_id", "team_id", "is_present"))
        handoffs = list(
            Handoff.objects.filter(state="offered").values(
                "pk", "lead_id", "team_id", "assigned_to_id", "answer_due_at"
            )
        )
        joined = dict(JoinedLead.objects.values_list("lead_id", "handoff_id"))
        clocks = dict(Clock.objects.filter(kind="answer", ended_at=None).values_list("handoff_id", "due_at"))
        active = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
        if len(leads) != self.world.made:
            found.append(f"I10: {self.world.made} leads were taken in, {len(leads)} are here")
        for lead in leads:
            if lead["is_present"]:
                found += self._of_lead(lead, handoffs, joined, active)
        for handoff in handoffs:
            found += self._of_open(handoff, clocks, active)
        return found

    def _chain(self) -> list[str]:
        """I3, and what I1 and I2 are held against: transitions follow on each other and the table has them."""
        found = []
        rows = StageTransition.objects.filter(pk__gt=self.read).order_by("pk")
        for pk, lead, origin, to in rows.values_list("pk", "lead_id", "from_stage", "to_stage"):
            if origin != self.stages.get(lead, "lead"):
                found.append(f"I3: transition {pk} of lead {lead} leaves {origin}, it was in {self.stages.get(lead)}")
            if to not in MOVES.get(origin, "").split():
                found.append(f"I3: transition {pk} of lead {lead} goes from {origin} to {to}")
            self.stages[lead], self.read = to, pk
        return found

    def _of_lead(self, lead: dict, handoffs: list[dict], joined: dict[int, int], active: set[int]) -> list[str]:
        pk, found = lead["pk"], []
        if lead["stage"] not in MOVES:
            found.append(f"I1: lead {pk} is in {lead['stage']}")
        if lead["stage"] != self.stages.get(pk, "lead"):
            found.append(f"I2: lead {pk} is in {lead['stage']}, the log says {self.stages.get(pk, 'lead')}")
        waiting = [one for one in handoffs if one["lead_id"] == pk or one["pk"] == joined.get(pk)]
        if len(waiting) != (lead["due_kind"] == "answer"):
            found.append(f"I4: lead {pk} owes {lead['due_kind'] or 'nothing'} with {len(waiting)} open handoffs")
        elif waiting and lead["due_at"] != waiting[0]["answer_due_at"]:
            found.append(f"I4: lead {pk} owes an answer by {lead['due_at']}, not {waiting[0]['answer_due_at']}")
        nobody = lead["owner_id"] is None and lead["team_id"] is None
        if lead["stage"] in OWED and (nobody or lead["due_at"] is None or not lead["due_kind"]):
            found.append(f"I5: lead {pk} in {lead['stage']} has no owner, queue or duty")
        if lead["due_at"] is not None and lead["owner_id"] is not None and lead["owner_id"] not in active:
            found.append(f"I7: lead {pk} is held by somebody who is gone")
        return found

    def _of_open(self, handoff: dict, clocks: dict[int, datetime], active: set[int]) -> list[str]:
        pk, found = handoff["pk"], []
        if handoff["team_id"] is None or handoff["answer_due_at"] is None:
            found.append(f"I5: open handoff {pk} has no receiver or due time")
        if clocks.get(pk) != handoff["answer_due_at"]:
            found.append(f"I5: open handoff {pk} is due {handoff['answer_due_at']}, its clock {clocks.get(pk)}")
        if handoff["assigned_to_id"] not in active | {None}:
            found.append(f"I7: open handoff {pk} waits for somebody who is gone")
        return found

    def all_faults(self) -> list[str]:
        """What does not hold at all, over everything that has happened."""
        return [
            *self.faults(),
            *self._after_ends(),
            *self._going_on(),
            *self._clocks(),
            *self._pauses(),
            *self._scores(),
            *self._gone(),
        ]

    def _going_on(self) -> list[str]:
        """I5: one handoff of a lead at a time, and an accepted one only while sales has the lead."""
        found, before = [], {}
        rows = Handoff.objects.filter(state__in=["offered", "accepted"], closed_at=None).order_by("pk")
        for pk, lead, state, stage in rows.values_list("pk", "lead_id", "state", "lead__stage"):
            if lead in before:
                found.append(f"I5: lead {lead} has handoffs {before[lead]} and {pk} at once")
            if state == "accepted" and stage not in ("sal", "sql", "opportunity", "won"):
                found.append(f"I5: handoff {pk} goes on, its lead {lead} is in {stage}")
            before[lead] = pk
        return found

    def _after_ends(self) -> list[str]:
        """I6: a reject says what follows, and what was passed on has a later row in its episode."""
        rows = Handoff.objects.order_by("pk").values(
            "pk", "state", "episode_id", "successor", "reject_reason", "answered_by_id"
        )
        last: dict[int, int] = {}
        for row in rows:
            last[row["episode_id"]] = row["pk"]
        found = []
        for row in rows:
            passed_on = row["state"] == "rerouted" or (row["state"] == "rejected" and row["successor"] == "reroute")
            if passed_on and last[row["episode_id"]] == row["pk"]:
                found.append(f"I6: handoff {row['pk']} was passed on to nobody")
            if row["state"] == "rejected" and not (row["successor"] and row["reject_reason"]):
                found.append(f"I6: handoff {row['pk']} was rejected without a successor")
        return found

    def _clocks(self) -> list[str]:
        """I6 and I8: whoever breached was told of, once; no moment is older than five minutes."""
        told = Counter(Alert.objects.filter(kind="breach").values_list("clock_id", flat=True))
        breached = set(Clock.objects.filter(state="breached").values_list("pk", flat=True))
        found = [f"I6: breached clock {pk} was told {told[pk]} times" for pk in sorted(breached) if told[pk] != 1]
        found += [f"I8: clock {pk} was told of and is not breached" for pk in sorted(set(told) - breached)]
        late = Clock.objects.filter(next_event_at__lt=self.world.at - FIVE_MINUTES).values_list("pk", flat=True)
        found += [f"I8: the moment of clock {pk} was forgotten" for pk in late]
        live = self._under_way()
        for pk, handoff in Clock.objects.filter(ended_at=None).values_list("pk", "handoff_id"):
            if handoff not in live:
                found.append(f"I8: clock {pk} is of handoff {handoff}, which is over")
        return found

    def _under_way(self) -> set[int]:
        rows = Handoff.objects.filter(state__in=["offered", "accepted"], closed_at=None)
        return set(rows.values_list("pk", flat=True))

    def _pauses(self) -> list[str]:
        """Pauses of one handoff follow each other, none outlives it or its time, and no moment lies within one."""
        found, pauses = [], defaultdict(list)
        live = self._under_way()
        for pk, handoff, begun, until, ended in Pause.objects.order_by("handoff", "begun_at", "pk").values_list(
            "pk", "handoff_id", "begun_at", "until_at", "ended_at"
        ):
            if ended is None and handoff not in live:
                found.append(f"I8: pause {pk} is of handoff {handoff}, which is over")
            if ended is None and until < self.world.at - FIVE_MINUTES:
                found.append(f"I8: the end of pause {pk} was forgotten")
            if pauses[handoff] and pauses[handoff][-1][1] > begun:
                found.append(f"I8: pause {pk} of handoff {handoff} begins within another")
            pauses[handoff].append((begun, ended or until))
        rows = Clock.objects.filter(handoff__in=list(pauses))
        due = rows.filter(state="running").values_list("pk", "handoff_id", "due_at")
        ahead = rows.filter(next_event_at__isnull=False).values_list("pk", "handoff_id", "next_event_at")
        told = Alert.objects.filter(clock__handoff__in=list(pauses)).values_list("clock_id", "clock__handoff", "due_at")
        for clock, handoff, moment in [*due, *ahead, *told]:
            if any(begun < moment < ended for begun, ended in pauses[handoff]):
                found.append(f"I8: clock {clock} has a moment within a pause, {moment}")
        return found

    def _scores(self) -> list[str]:
        """I9: a known version, and dimensions that add up."""
        known = set(ScoringModel.objects.exclude(state="draft").values_list("pk", flat=True))
        return [
            f"I9: the score of lead {score.lead_id} is {score.total} under model {score.model_id}"
            for score in LeadScore.objects.all()
            if score.total != score.fit + score.engagement + score.intent + score.readiness + score.authority
            or score.model_id not in known
        ]

    def _gone(self) -> list[str]:
        """I10: who is not here was merged, by a merge that stands."""
        gone = set(Lead.objects.filter(is_present=False).values_list("pk", flat=True))
        merged = set(Merge.objects.filter(undone_at=None).values_list("loser_id", flat=True))
        return [f"I10: lead {pk} went without a trace, or is back without one" for pk in sorted(gone ^ merged)]
