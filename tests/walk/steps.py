"""Every kind of step of the random walk: what people, machines and time do, each by the product's own services.

A step may be refused by a named error; `Nothing` says that there was nothing to do it with.
"""

from collections.abc import Callable
from datetime import timedelta

from accounts.models import Absence, Membership, User
from accounts.services import people as people_service
from feedback.domain.choices import Reason, Result
from feedback.models import Opportunity
from feedback.services import feedback, opportunities
from handoff.domain.choices import ClockKind, ContactMethod, ContactResult, PauseReason
from handoff.domain.nurture import Taken
from handoff.models import (
    Batch,
    BatchLead,
    Calendar,
    Clock,
    ClosingDay,
    HandoffRule,
    NurtureTrack,
    Pause,
    RejectReason,
    SlaPolicy,
)
from handoff.queries.calendars import USUAL_WEEK
from handoff.services import (
    batches,
    calendars,
    handoff_rules,
    handoffs,
    next_actions,
    nurture_steps,
    policies,
    transition,
)
from leads.domain.choices import Stage
from leads.models import Lead, Merge
from leads.services import activities, bulk_runs, leads, merging
from scoring.models import ScoringModel
from scoring.services import models, recompute
from tests.handoff.stories import ANSWERS
from tests.walk import watch
from tests.walk.company import ENDED, ENOUGH, FIRMS, Nothing, Step, World

STEPS: dict[str, tuple[Step, float]] = {}
NIGHT_SHIFT = {str(day): [["13:00", "17:00"], ["18:00", "22:00"]] for day in range(6)}
SHORT_WEEK = {str(day): [["10:00", "15:00"]] for day in (0, 2, 3)}


def step(weight: float) -> Callable[[Step], Step]:
    """Registers a kind of step under its name; `weight` is how often it is taken, beside the others."""

    def register(function: Step) -> Step:
        STEPS[function.__name__] = function, weight
        return function

    return register


# -- leads come in, act, are edited ------------------------------------------------------------------
@step(6)
def take_in(world: World) -> None:
    """A new person, now and then a namesake of somebody at the same firm."""
    going = Lead.objects.present().exclude(stage__in=ENDED).count()
    if going >= ENOUGH and not world.chance(0.1):
        raise Nothing
    number = world.made + 1
    name = f"健{number if world.chance(0.9) else number // 2}"
    values = {"last_name": "中村", "first_name": name, "email": f"lead{number}@example.jp"}
    if world.chance(0.8):
        values["company"] = {"name": world.one_of(FIRMS), "industry": "製造業", "employee_count": 320}
    if world.chance(0.5):
        values["title"] = world.one_of(["製造部 部長", "課長", "主任"])
    leads.create(values=values, by=world.who(world.people.mia), at=world.at)
    world.made += 1


@step(8)
def act(world: World) -> None:
    """A lead does something now; the worker that the bell wakes scores it."""
    lead, kind = world.lead(), world.one_of(["site_visit", "document_download", "webinar_attended"])
    world.note(f"lead {lead.pk} {kind}")
    activities.record(lead=lead, type=kind, occurred_at=world.at, by=None, at=world.at, content=f"資料{world.made}")
    watch.score(world)


@step(4)
def edit(world: World) -> None:
    lead = world.lead()
    values = world.one_of([{"title": world.one_of(["取締役", "部長", "担当"])}, {"department": f"第{world.made}課"}])
    leads.update(lead=lead, values=values, by=world.who(world.people.mia), at=world.at)
    watch.score(world)


@step(4)
def qualify(world: World) -> None:
    lead = world.lead()
    leads.qualify(lead=lead, values=ANSWERS, by=world.who(world.people.isao), at=world.at)


@step(0.4)
def refuse_contact(world: World) -> None:
    leads.set_do_not_contact(lead=world.lead(), by=world.who(world.people.mia), at=world.at)


@step(0.6)
def unsubscribe(world: World) -> None:
    leads.set_opted_out(lead=world.lead(), by=world.who(world.people.mia), at=world.at)


# -- nurture tracks ----------------------------------------------------------------------------------
@step(5)
def take_nurture_step(world: World) -> None:
    """Whoever it is for does or leaves out the step of a resting lead, due or not."""
    lead = world.lead("nurture", "lost")
    world.note(f"lead {lead.pk} {lead.due_kind}")
    outcome = Taken.DONE if world.chance(0.7) else Taken.SKIPPED
    nurture_steps.take(lead=lead, outcome=outcome, by=world.who(lead.owner or world.people.mia), at=world.at)


@step(1)
def choose_track(world: World) -> None:
    lead = world.lead("nurture", "lost")
    track = world.one_of([None, *NurtureTrack.objects.order_by("pk")])
    world.note(f"lead {lead.pk} to {track}")
    nurture_steps.choose(lead=lead, track=track, by=world.who(world.people.mia), at=world.at)


# -- handing over ------------------------------------------------------------------------------------
@step(14)
def offer(world: World) -> None:
    """By whom the leg belongs to, mostly: without a receiver, to a person, or to a team."""
    lead = world.lead(*world.one_of([("lead", "mal", "mql"), ("mql",), ("sal",), ("nurture", "lost"), ()]))
    people = world.people
    to = world.one_of([None, None, None, world.one_of(world.everybody), people.field, people.inside])
    proper = people.isao if lead.stage == Stage.SAL else people.mia
    by = world.who(proper)
    world.note(f"lead {lead.pk} ({lead.stage}) to {to} by {by}")
    reason = "展示会で相談された" if world.chance(0.7) else ""
    handoffs.offer(
        lead=lead, by=by, at=world.at, to=User.objects.get(pk=to.pk) if to in world.everybody else to, reason=reason
    )


@step(12)
def accept(world: World) -> None:
    handoff = world.handoff("offered")
    by = world.who(_receiver(world, handoff), strange=0.15)
    world.note(f"handoff {handoff.pk} of lead {handoff.lead_id} by {by}")
    handoffs.accept(handoff=handoff, by=by, at=world.at)


@step(6)
def reject(world: World) -> None:
    handoff = world.handoff("offered")
    reason = world.one_of(RejectReason.objects.order_by("pk").values_list("code", flat=True))
    by = world.who(_receiver(world, handoff))
    world.note(f"handoff {handoff.pk} of lead {handoff.lead_id} by {by}: {reason}")
    handoffs.reject(handoff=handoff, reason=reason, by=by, at=world.at)


@step(3)
def withdraw(world: World) -> None:
    handoff = world.handoff("offered")
    world.note(f"handoff {handoff.pk} of lead {handoff.lead_id}")
    handoffs.withdraw(handoff=handoff, by=world.who(handoff.offered_by or world.people.mia), at=world.at)


@step(4)
def reassign(world: World) -> None:
    handoff = world.handoff("offered", "accepted")
    world.note(f"handoff {handoff.pk} of lead {handoff.lead_id}")
    chosen = world.one_of(world.everybody)
    given = {"user": User.objects.get(pk=chosen.pk)} if world.chance(0.7) else {"team": world.people.other_field}
    handoffs.reassign(handoff=handoff, by=world.who(world.people.maki), at=world.at, reason="手一杯", **given)


@step(7)
def contact(world: World) -> None:
    handoff = world.handoff("offered", "accepted")
    by = world.who(_receiver(world, handoff))
    world.note(f"handoff {handoff.pk} of lead {handoff.lead_id} by {by}")
    method, result = world.one_of(ContactMethod.values), world.one_of(ContactResult.values)
    appointment = world.later(days=3) if result == ContactResult.APPOINTMENT else None
    handoffs.contact(handoff=handoff, by=by, at=world.at, method=method, result=result, appointment_at=appointment)


@step(3)
def call(world: World) -> None:
    """An outbound act that somebody logs on the lead, not on a handoff."""
    lead = world.lead("mql", "sal", "sql", "opportunity")
    by = world.who(lead.owner, strange=0.3)
    activities.record(
        lead=lead, type=world.one_of(["call", "email_sent", "meeting"]), occurred_at=world.at, by=by, at=world.at
    )


def _receiver(world: World, handoff: object) -> User:
    """Whose answer it is: the person it is assigned to, else anybody of the team."""
    if handoff.assigned_to is not None:
        return handoff.assigned_to
    return world.one_of(User.objects.filter(memberships__team=handoff.team_id, is_active=True).order_by("pk"))


# -- results and what is planned ---------------------------------------------------------------------
@step(9)
def give_feedback(world: World) -> None:
    handoff = world.handoff("accepted")
    result = world.one_of(Result.values)
    reason = world.one_of(Reason.values) if result == Result.LOST or world.chance(0.1) else ""
    on = world.at.date() + timedelta(days=world.dice.randrange(0, 90)) if world.chance(0.5) else None
    by = world.who(handoff.assigned_to)
    world.note(f"handoff {handoff.pk} of lead {handoff.lead_id} by {by}: {result} {reason} {on}")
    feedback.give(handoff=handoff, result=result, by=by, at=world.at, reason=reason, next_action_on=on)


@step(2)
def begin_deal(world: World) -> None:
    lead = world.lead()
    world.note(f"lead {lead.pk} ({lead.stage})")
    opportunities.begin(lead=lead, by=world.who(world.people.sato), at=world.at)


@step(2)
def end_deal(world: World) -> None:
    deal = world.one_of(
        Opportunity.objects.order_by("pk")
        if world.chance(0.1)
        else Opportunity.objects.filter(result="").order_by("pk")
    )
    values = {"result": world.one_of(["won", "lost"]), "reason": world.one_of(["", "timing"])}
    world.note(f"deal {deal.pk} of lead {deal.lead_id}: {values}")
    opportunities.update(opportunity=deal, values=values, by=world.who(world.people.sato), at=world.at)


@step(5)
def move_by_hand(world: World) -> None:
    lead, to = world.lead(), world.one_of(Stage.values)
    by = world.who(world.one_of([lead.owner or world.people.mia, world.people.mia, world.people.ada]))
    on = world.at.date() + timedelta(days=world.dice.randrange(-1, 90)) if world.chance(0.5) else None
    world.note(f"lead {lead.pk} ({lead.stage}) to {to} by {by} until {on}")
    reason = world.one_of(["", "timing", "展示会で聞いた"])
    transition.transition(lead=lead, to=to, reason=reason, by=by, at=world.at, resurface_on=on)


@step(3)
def plan(world: World) -> None:
    lead = world.lead()
    when = world.later(days=world.dice.uniform(-0.1, 10))
    next_actions.plan(lead=lead, action_at=when, kind="call", by=world.who(lead.owner), at=world.at)


@step(3)
def assign_many(world: World) -> None:
    """From the list, a handful at once, to a person or a team's queue."""
    pks = list(Lead.objects.present().order_by("pk").values_list("pk", flat=True))
    chosen = world.dice.sample(pks, min(len(pks), 5))
    given = {"user": world.one_of(world.everybody).pk} if world.chance(0.7) else {"team": world.people.marketing.pk}
    by = world.who(world.people.maki)
    world.note(f"leads {chosen} to {given} by {by}")
    bulk_runs.start(action="assign", values=given, lead_ids=chosen, by=by, at=world.at, now=lambda: world.at)


# -- two leads are one person ------------------------------------------------------------------------
@step(4)
def merge(world: World) -> None:
    one, other = world.lead(), world.lead()
    assignee = world.one_of([None, None, world.people.sato, world.people.isao])
    by = world.who(world.one_of([world.people.mia, world.people.maki]))
    world.note(f"leads {one.pk} ({one.stage}) and {other.pk} ({other.stage}), {assignee} keeps it, by {by}")
    across = world.chance(0.8)
    merging.merge(survivor=one, loser=other, by=by, at=world.at, assignee=assignee, across_companies=across)


@step(3)
def unmerge(world: World) -> None:
    """Mostly the newest one: an older one has usually gone on."""
    rows = list(Merge.objects.filter(undone_at=None).order_by("-pk"))
    row = world.one_of(rows[:1] if world.chance(0.7) else rows)
    world.note(f"merge {row.pk}: {row.survivor_id} and {row.loser_id}")
    merging.undo(merge=row, by=world.who(world.people.mia), at=world.at)


# -- people and settings -----------------------------------------------------------------------------
@step(1.2)
def disable(world: World) -> None:
    if len(world.active()) < len(world.everybody) - 2:
        raise Nothing
    user = User.objects.get(pk=world.one_of(world.everybody).pk)
    world.note(f"{user}")
    people_service.disable(user=user, by=world.who(world.people.ada), at=world.at)


@step(2)
def enable(world: World) -> None:
    user = world.one_of(User.objects.filter(is_active=False).order_by("pk"))
    people_service.enable(user=user, by=world.who(world.people.ada), at=world.at)


@step(1.5)
def go_away(world: World) -> None:
    day = world.at.date() + timedelta(days=world.dice.randrange(-1, 3))
    ends = day + timedelta(days=world.dice.randrange(-1, 5))
    user = User.objects.get(pk=world.one_of(world.everybody).pk)
    people_service.add_absence(user=user, starts_on=day, ends_on=ends, by=world.who(world.people.maki), at=world.at)


@step(1)
def come_back(world: World) -> None:
    absence = world.one_of(Absence.objects.order_by("pk"))
    people_service.remove_absence(absence=absence, by=world.who(world.people.maki), at=world.at)


@step(1)
def limit(world: World) -> None:
    membership = world.one_of(Membership.objects.order_by("pk"))
    capacity, weight = world.one_of([0, 1, 3, 50, 2000]), world.dice.randrange(0, 4)
    by = world.who(world.people.ada)
    people_service.set_capacity(membership=membership, capacity=capacity, weight=weight, by=by, at=world.at)


@step(1.5)
def change_calendar(world: World) -> None:
    """Other hours, another zone; of the company, a team or a person, which may get a calendar of its own by it."""
    by, weekly = world.who(world.people.ada), world.one_of([USUAL_WEEK, NIGHT_SHIFT, SHORT_WEEK, {}])
    values = {"weekly": weekly, "time_zone": world.one_of(["Asia/Tokyo", "America/New_York", "Europe/Berlin"])}
    owner = world.one_of([{}, {"team": world.people.field}, {"user": User.objects.get(pk=world.people.sato.pk)}])
    found = Calendar.objects.filter(**{"team": None, "user": None} | owner).first()
    world.note(f"{found or 'a new one'}: {values}")
    if found is None:
        calendars.create(values={"name": "別の時間"} | values, by=by, at=world.at, **owner)
    else:
        calendars.change(calendar=found, values=values, by=by, at=world.at)


@step(4)
def pause(world: World) -> None:
    """The promises of a handoff stand still, for minutes or for weeks."""
    handoff = world.handoff("offered", "accepted")
    until = world.later(hours=world.one_of([0.05, 2, 20, 100, 700, -1]))
    reason = world.one_of(PauseReason.values)
    world.note(f"handoff {handoff.pk} {reason} until {until}")
    by = world.who(handoff.assigned_to or world.people.maki)
    handoffs.pause(handoff=handoff, reason=reason, until=until, by=by, at=world.at, note=world.one_of(["", "12月以降"]))


@step(2)
def resume(world: World) -> None:
    """Before its time, if anything is paused; now and then what is not."""
    paused = Pause.objects.open().order_by("pk")
    handoff = world.one_of(paused).handoff if not world.chance(0.1) else world.handoff("offered", "accepted")
    world.note(f"handoff {handoff.pk}")
    handoffs.resume(handoff=handoff, by=world.who(handoff.assigned_to or world.people.maki), at=world.at)


@step(1.5)
def close_days(world: World) -> None:
    calendar, first = world.one_of(Calendar.objects.order_by("pk")), world.at.date()
    starts = first + timedelta(days=world.dice.randrange(0, 20))
    ends = starts + timedelta(days=world.dice.randrange(-1, 5))
    is_open, by = world.chance(0.3), world.who(world.people.ada)
    calendars.add_closing_days(calendar=calendar, starts_on=starts, ends_on=ends, by=by, at=world.at, is_open=is_open)


@step(1)
def open_days(world: World) -> None:
    closing = world.one_of(ClosingDay.objects.order_by("pk"))
    calendars.remove_closing_days(closing=closing, by=world.who(world.people.ada), at=world.at)


@step(1.5)
def change_policy(world: World) -> None:
    length = world.one_of([{"minutes": world.dice.randrange(5, 600)}, {"working_days": world.dice.randrange(1, 5)}, {}])
    kind, band = world.one_of(ClockKind.values), world.one_of(["", "high", "middle"])
    warn_at = world.one_of([(50, 80), (10, 90), (75,)])
    world.note(f"{kind} {band} {length} {warn_at}")
    policies.set_policy(kind=kind, band=band, by=world.who(world.people.ada), at=world.at, warn_at=warn_at, **length)


@step(0.7)
def remove_policy(world: World) -> None:
    policy = world.one_of(SlaPolicy.objects.order_by("pk"))
    policies.remove_policy(policy=policy, by=world.who(world.people.ada), at=world.at)


@step(0.7)
def switch_rule(world: World) -> None:
    rule = world.one_of(HandoffRule.objects.order_by("pk"))
    handoff_rules.switch(rule=rule, is_on=world.chance(0.7), by=world.who(world.people.ada), at=world.at)


@step(0.7)
def publish(world: World) -> None:
    """Another line; all leads are scored again by the run that begins."""
    newest = ScoringModel.objects.filter(state="published").order_by("-pk").first()
    by = world.who(world.people.ada)
    draft = models.copy(model=newest, by=by, at=world.at, changes={"line": world.one_of([10, 20, 30])})
    models.publish(model=draft, why="線を動かす", by=by, at=world.at)
    watch.score_all(world)


@step(1)
def score_again(world: World) -> None:
    recompute.start(by=world.who(world.people.maki), at=world.at)
    watch.score_all(world)


@step(3)
def decide_batch(world: World) -> None:
    """All of it or some: offered, put aside, or put off."""
    batch = world.one_of(Batch.objects.filter(closed_at=None).order_by("pk"))
    pks = list(BatchLead.objects.filter(batch=batch).order_by("pk").values_list("lead_id", flat=True))
    chosen = None if world.chance(0.5) else world.dice.sample(pks, min(len(pks), 2))
    given = {"batch": batch, "by": world.who(world.people.mia), "at": world.at, "lead_ids": chosen}
    day = world.at.date() + timedelta(days=world.dice.randrange(0, 40))
    how = world.one_of(["offer", "nurture", "wait"])
    world.note(f"batch {batch.pk} {chosen}: {how} {day}")
    if how == "offer":
        batches.offer_all(**given)
    elif how == "nurture":
        batches.nurture_all(day=day, **given)
    else:
        batches.wait(day=day, **given)


# -- time --------------------------------------------------------------------------------------------
@step(8)
def run_out(world: World) -> None:
    """Until the next moment of any clock, and the sweep that finds it."""
    moment = world.one_of(
        Clock.objects.filter(next_event_at__isnull=False).order_by("next_event_at", "pk")[:1]
    ).next_event_at
    world.at = max(world.at, moment) + timedelta(seconds=world.dice.randrange(0, 75))
    watch.sweep(world, *watch.AT_ONCE)


@step(2)
def pass_hours(world: World) -> None:
    """The sweeps were away for so long and find everything at once."""
    world.at = world.later(hours=world.dice.uniform(1, 30))
    watch.sweep(world)


@step(0.7)
def pass_weeks(world: World) -> None:
    world.at = world.later(days=world.dice.uniform(2, 100))
    watch.sweep(world)
