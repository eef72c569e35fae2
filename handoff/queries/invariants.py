"""What must hold at every moment (RELIABILITY, I1 to I10), each as a question to the database: who breaks it?

Every check is set-based and returns the offending ids; silence means that all hold.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Lag

from handoff.domain import stages
from handoff.domain.choices import AfterReject, ClockState, HandoffState
from handoff.domain.nurture import RESTING
from handoff.models import Alert, Clock, Handoff, JoinedLead, NurtureRun, Pause, StageTransition
from handoff.queries.loads import HELD
from journal.models import Delivery, Event
from leads.domain.choices import DueKind, Stage
from leads.models import Lead, LeadScore
from scoring.domain.choices import ModelState
from scoring.models import ScoringModel

# A sweep comes every 15 seconds, at the latest after 75; what is older than this was forgotten.
FORGOTTEN_AFTER = timedelta(minutes=5)
# What promises and pauses may stand on: a handoff that waits for its answer, or is being worked.
UNDER_WAY = Q(handoff__state__in=[HandoffState.OFFERED, HandoffState.ACCEPTED], handoff__closed_at__isnull=True)
SHOWN = 20
EVENT_KINDS = {
    Alert.Kind.WARNING: "clock.warned",
    Alert.Kind.BREACH: "clock.breached",
    Alert.Kind.ESCALATION: "clock.escalated",
}


@dataclass(frozen=True)
class Violation:
    """One broken rule: which, what it says, how many rows break it, and the first of their ids."""

    code: str
    rule: str
    number: int
    ids: tuple[int, ...]

    def __str__(self) -> str:
        more = ", …" if self.number > len(self.ids) else ""
        return f"{self.code} {self.rule}: {self.number} ({', '.join(map(str, self.ids))}{more})"


def violations(*, at: datetime) -> list[Violation]:
    """Every rule that does not hold as of `at`, in their order; empty when all do."""
    found = []
    for code, rule, check in CHECKS:
        offenders = check(at)
        number = offenders.count()
        if number:
            found.append(
                Violation(code, rule, number, tuple(offenders.order_by("pk").values_list("pk", flat=True)[:SHOWN]))
            )
    return found


def _unknown_stage(at: datetime) -> QuerySet:
    return Lead.objects.exclude(stage__in=Stage.values)


def _stage_is_not_the_newest(at: datetime) -> QuerySet:
    """Tombstones keep the stage they had; a lead without transitions is LEAD."""
    newest = StageTransition.objects.filter(lead=OuterRef("pk")).order_by("-id").values("to_stage")[:1]
    logged = Coalesce(Subquery(newest, output_field=CharField()), Value(Stage.LEAD.value))
    return Lead.objects.present().annotate(logged=logged).exclude(stage=F("logged"))


def _gap_in_the_chain(at: datetime) -> QuerySet:
    before = Coalesce(
        Window(Lag("to_stage"), partition_by="lead", order_by="id"), Value(Stage.LEAD.value), output_field=CharField()
    )
    broken = StageTransition.objects.annotate(before=before).exclude(from_stage=F("before"))
    return StageTransition.objects.filter(pk__in=broken.values_list("pk", flat=True))


def _not_in_the_table(at: datetime) -> QuerySet:
    allowed = Q(imported=True)
    for origin in Stage.values:
        allowed |= Q(from_stage=origin, to_stage__in=stages.reachable_from(origin))
    return StageTransition.objects.exclude(allowed)


def _answer_without_one_open_handoff(at: datetime) -> QuerySet:
    """due_kind answer exactly where one handoff is open: the lead's own, or the one it joined."""
    own = Handoff.objects.filter(lead=OuterRef("pk"), state=HandoffState.OFFERED)
    joined = JoinedLead.objects.filter(lead=OuterRef("pk"), handoff__state=HandoffState.OFFERED)
    leads = Lead.objects.present().annotate(open_handoffs=_number(own, "lead") + _number(joined, "lead"))
    return leads.exclude(
        Q(due_kind=DueKind.ANSWER, open_handoffs=1) | (~Q(due_kind=DueKind.ANSWER) & Q(open_handoffs=0))
    )


def _number(rows: QuerySet, key: str) -> Coalesce:
    counted = rows.order_by().values(key).annotate(number=Count("*")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _open_without_receiver(at: datetime) -> QuerySet:
    nobody = Q(team__isnull=True) | Q(answer_due_at__isnull=True)
    running = Clock.objects.filter(handoff=OuterRef("pk"), kind="answer", ended_at__isnull=True)
    return Handoff.objects.open().filter(nobody | ~Exists(running))


def _several_going_on(at: datetime) -> QuerySet:
    """One transfer of responsibility at a time: the next one, and a merge, end the one before."""
    leads = Handoff.objects.filter(HELD).order_by().values("lead").annotate(number=Count("*"))
    return Lead.objects.filter(pk__in=leads.filter(number__gt=1).values("lead"))


def _going_on_though_nobody_works(at: datetime) -> QuerySet:
    """Whatever takes a lead out of sales' hands ends the handoff by which they had it. A deal needn't: a merge may
    bring a handoff to a lead that has one."""
    accepted = Handoff.objects.filter(state=HandoffState.ACCEPTED, closed_at__isnull=True)
    return accepted.exclude(lead__stage__in=stages.IN_SALES, lead__is_present=True)


def _qualified_without_duty(at: datetime) -> QuerySet:
    nobody = Q(owner__isnull=True, team__isnull=True)
    return Lead.objects.present().in_stage(*stages.QUALIFIED).filter(nobody | Q(due_at__isnull=True) | Q(due_kind=""))


def _rejected_without_successor(at: datetime) -> QuerySet:
    silent = Q(successor="") | Q(reject_reason="")
    later = Handoff.objects.filter(episode=OuterRef("episode"), pk__gt=OuterRef("pk"))
    lost = Q(successor=AfterReject.REROUTE) & ~Exists(later)
    return Handoff.objects.filter(state=HandoffState.REJECTED).filter(silent | lost)


def _breached_without_escalation(at: datetime) -> QuerySet:
    told = Alert.objects.filter(clock=OuterRef("pk"), kind=Alert.Kind.BREACH)
    return Clock.objects.filter(state=ClockState.BREACHED).filter(~Exists(told))


def _held_by_somebody_gone(at: datetime) -> QuerySet:
    return Lead.objects.present().filter(owner__is_active=False, due_at__isnull=False)


def _offered_to_somebody_gone(at: datetime) -> QuerySet:
    return Handoff.objects.open().filter(assigned_to__is_active=False)


def _moment_forgotten(at: datetime) -> QuerySet:
    return Clock.objects.filter(next_event_at__lt=at - FORGOTTEN_AFTER)


def _pause_forgotten(at: datetime) -> QuerySet:
    return Pause.objects.open().filter(until_at__lt=at - FORGOTTEN_AFTER)


def _clock_of_what_is_over(at: datetime) -> QuerySet:
    """What ended a handoff ended its promises: nobody is told that something over is late."""
    return Clock.objects.filter(ended_at__isnull=True).exclude(UNDER_WAY)


def _pause_of_what_is_over(at: datetime) -> QuerySet:
    """What ended a handoff ended its pause."""
    return Pause.objects.open().exclude(UNDER_WAY)


def _moment_in_a_pause(at: datetime) -> QuerySet:
    """While promises stand still they neither warn nor run out. What is due already belongs before the pause, or is
    seen by what it tells."""
    return _within_a_pause(
        Clock.objects.filter(ended_at__isnull=True, next_event_at__gt=at), "handoff", "next_event_at"
    )


def _told_in_a_pause(at: datetime) -> QuerySet:
    return _within_a_pause(Alert.objects.all(), "clock__handoff", "due_at")


def _within_a_pause(rows: QuerySet, handoff: str, moment: str) -> QuerySet:
    """Those with this moment after a pause of this handoff began and before it ended."""
    pauses = Pause.objects.annotate(end=Coalesce("ended_at", "until_at")).filter(handoff=OuterRef(handoff))
    return rows.filter(Exists(pauses.filter(begun_at__lt=OuterRef(moment), end__gt=OuterRef(moment))))


def _alert_without_event(at: datetime) -> QuerySet:
    """Every alert owes its notices to an event of its clock, written in the same transaction."""
    told = Case(*[When(kind=kind, then=Value(event)) for kind, event in EVENT_KINDS.items()])
    event = Event.objects.filter(
        subject_type=Clock._meta.label_lower, subject_id=OuterRef("clock_id"), kind=OuterRef("event_kind")
    )
    return Alert.objects.annotate(event_kind=told).filter(~Exists(event))


def _alert_not_delivered(at: datetime) -> QuerySet:
    """Owed longer than it should be, and never even tried."""
    owed = Delivery.objects.filter(state=Delivery.State.OWED, attempts=0, due_at__lt=at - FORGOTTEN_AFTER)
    return owed.filter(event__kind__startswith="clock.")


def _score_of_no_model(at: datetime) -> QuerySet:
    frozen = ScoringModel.objects.filter(state__in=[ModelState.PUBLISHED, ModelState.RETIRED])
    return LeadScore.objects.filter(model_id__isnull=False).exclude(model_id__in=frozen.values("pk"))


def _score_does_not_add_up(at: datetime) -> QuerySet:
    total = F("fit") + F("engagement") + F("intent") + F("readiness") + F("authority")
    return LeadScore.objects.annotate(sum_of_dimensions=total).exclude(total=F("sum_of_dimensions"))


def _gone_without_trace(at: datetime) -> QuerySet:
    """A lead that is not present was merged, erased or taken back, and the log says so; a merged one is not present."""
    gone = Event.objects.filter(lead_id=OuterRef("pk"), kind__in=["lead.erased", "lead.taken_back", "lead.merged"])
    untold = Q(is_present=False, merged_into__isnull=True) & ~Exists(gone)
    return Lead.objects.filter(untold | Q(is_present=True, merged_into__isnull=False))


def _track_of_nobody_resting(at: datetime) -> QuerySet:
    """A running track belongs to a lead that is here, rests, hears from us and waits for no answer."""
    offered = Handoff.objects.filter(lead=OuterRef("lead"), state=HandoffState.OFFERED)
    rests = Q(lead__is_present=True, lead__stage__in=RESTING, lead__due_kind__in=[DueKind.RESURFACE, DueKind.NURTURE])
    return NurtureRun.objects.running().filter(~rests | Exists(offered))


def _step_and_duty_disagree(at: datetime) -> QuerySet:
    """The duty of a lead is a nurture step exactly where a running track has one due."""
    owing = NurtureRun.objects.running().filter(lead=OuterRef("pk"), is_due=True)
    leads = Lead.objects.present().annotate(owes_step=Exists(owing))
    return leads.exclude(
        Q(due_kind=DueKind.NURTURE, owes_step=True) | (~Q(due_kind=DueKind.NURTURE) & Q(owes_step=False))
    )


def _step_forgotten(at: datetime) -> QuerySet:
    waiting = NurtureRun.objects.running().filter(is_due=False, next_at__lt=at - FORGOTTEN_AFTER)
    return waiting.filter(lead__due_kind=DueKind.RESURFACE, lead__not_before__gt=at)


def _mailed_though_opted_out(at: datetime) -> QuerySet:
    """The sweep takes out whom no event did."""
    told = at - FORGOTTEN_AFTER
    return NurtureRun.objects.running().filter(lead__opted_out=True, lead__updated_at__lt=told)


Check = Callable[[datetime], QuerySet]
CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("I1", "leads in no known stage", _unknown_stage),
    ("I2", "leads whose stage is not their newest transition's", _stage_is_not_the_newest),
    ("I3", "transitions that do not follow on the one before", _gap_in_the_chain),
    ("I3", "transitions that are not in the table", _not_in_the_table),
    ("I4", "leads that owe an answer without one open handoff, or the reverse", _answer_without_one_open_handoff),
    ("I5", "open handoffs without a receiver, a due time or a clock", _open_without_receiver),
    ("I5", "leads with more than one handoff that goes on", _several_going_on),
    ("I5", "accepted handoffs that go on though nobody works on their lead", _going_on_though_nobody_works),
    ("I5", "qualified leads without an owner or queue, or without a duty", _qualified_without_duty),
    ("I6", "rejected handoffs after which nothing followed", _rejected_without_successor),
    ("I6", "broken promises that nobody was told of", _breached_without_escalation),
    ("I7", "leads held by somebody who is not active", _held_by_somebody_gone),
    ("I7", "handoffs offered to somebody who is not active", _offered_to_somebody_gone),
    ("I8", "clocks whose moment was forgotten", _moment_forgotten),
    ("I8", "clocks of handoffs that are over", _clock_of_what_is_over),
    ("I8", "pauses whose end was forgotten", _pause_forgotten),
    ("I8", "pauses of handoffs that are over", _pause_of_what_is_over),
    ("I8", "clocks with a moment within a pause", _moment_in_a_pause),
    ("I8", "alerts of a moment within a pause", _told_in_a_pause),
    ("I8", "alerts without an event", _alert_without_event),
    ("I8", "alerts owed for more than five minutes and never tried", _alert_not_delivered),
    ("I9", "scores under no published model", _score_of_no_model),
    ("I9", "scores whose dimensions do not add up", _score_does_not_add_up),
    ("I4", "running nurture tracks of leads that do not rest", _track_of_nobody_resting),
    ("I4", "leads whose duty is a nurture step without a due one, or the reverse", _step_and_duty_disagree),
    ("I8", "nurture steps whose day was forgotten", _step_forgotten),
    ("I4", "running nurture tracks of people who have unsubscribed", _mailed_though_opted_out),
    ("I10", "leads gone without a trace", _gone_without_trace),
)
