"""What one person should see first today: the day itself, what waits, what changed since yesterday."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q

from accounts.domain.roles import Permission
from accounts.models import Membership, User
from accounts.queries import organization
from handoff.domain.choices import HandoffState
from handoff.domain.duties import PROMISED
from handoff.models import Handoff, StageTransition
from handoff.queries import calendars, faces, gaps, holidays
from handoff.queries.duties import COLUMNS, DutyRow, batch_row, open_batches, rows_of, waiting_for
from handoff.queries.faces import TimedDuty
from leads.domain.choices import Stage
from leads.models import Lead

SHOWN = 12
NEAR = timedelta(days=4)
TOLD = (Stage.WON, Stage.OPPORTUNITY, Stage.MQL, Stage.LOST)


@dataclass(frozen=True)
class WorkingDay:
    """The local day: until when work goes on, when it begins again, and the holidays in between."""

    day: date
    closes_at: datetime | None
    opens_at: datetime | None
    next_day: date
    holidays: tuple[tuple[date, str], ...]


def working_day(*, user: User, at: datetime) -> WorkingDay:
    """Today in this person's calendar."""
    calendar = calendars.for_user(user)
    day = calendar.local_day(at)
    midnight = calendar.midnight_of(day + timedelta(days=1))
    ahead = calendar.windows(at, midnight)
    next_day = calendar.local_day(calendar.next_open(midnight))
    between = (day + timedelta(days=n) for n in range((next_day - day).days))
    named = ((free, holidays.holiday_name(free)) for free in between if not calendar.is_working_day(free))
    return WorkingDay(
        day=day,
        closes_at=ahead[-1][1] if ahead else None,
        opens_at=ahead[0][0] if ahead and ahead[0][0] > at else None,
        next_day=next_day,
        holidays=tuple((free, name) for free, name in named if name),
    )


def first_things(*, user: User, at: datetime, whole_team: bool, limit: int = SHOWN) -> list[TimedDuty]:
    """What to act on now, most urgent first: one's own, or with `whole_team` also what the teams owe soon."""
    rows = waiting_for(user=user, at=at, limit=limit)
    if whole_team:
        seen = {row.lead.pk for row in rows if row.lead}
        rows += [row for row in _team_promises(user, at, limit) if row.lead and row.lead.pk not in seen]
    return faces.of_duties(sorted(rows, key=lambda row: row.due_at)[:limit], at=at)


@dataclass(frozen=True)
class Change:
    """Something that happened since yesterday: what kind, how many, whom it is about, when last; of rejects the reason
    that most of them had."""

    kind: str
    number: int
    latest_at: datetime
    lead: Lead | None = None
    by: User | None = None
    reason: str = ""


def changes(*, user: User, at: datetime) -> list[Change]:
    """Since the beginning of yesterday: won, lost, new MQLs, new opportunities, rejected; what is one is named."""
    since = organization.midnight_of(organization.local_day(at) - timedelta(days=1))
    seen = StageTransition.objects.filter(at__gte=since, imported=False, passed_through=False, to_stage__in=TOLD)
    seen = seen.filter(lead__in=Lead.objects.visible_to(user).values("pk"))
    tallies = list(seen.order_by().values("to_stage").annotate(number=Count("pk"), newest=Max("pk")))
    named = StageTransition.objects.filter(pk__in=[row["newest"] for row in tallies]).select_related(
        "lead__company", "by"
    )
    newest = {transition.to_stage: transition for transition in named}
    numbers = {row["to_stage"]: row["number"] for row in tallies}
    told = [_change_of(newest[stage], numbers[stage]) for stage in TOLD if stage in newest]
    return [*told, *_rejected(user, since)]


def _change_of(transition: StageTransition, number: int) -> Change:
    single = number == 1
    return Change(
        kind=transition.to_stage,
        number=number,
        latest_at=transition.at,
        lead=transition.lead if single else None,
        by=transition.by if single else None,
    )


def _rejected(user: User, since: datetime) -> list[Change]:
    rejected = Handoff.objects.visible_to(user).filter(state=HandoffState.REJECTED, answered_at__gte=since)
    reasons = list(rejected.order_by().values("reject_reason").annotate(number=Count("pk"), newest=Max("answered_at")))
    if not reasons:
        return []
    top = max(reasons, key=lambda row: row["number"])
    number = sum(row["number"] for row in reasons)
    reason = top["reject_reason"] if 2 * top["number"] > number else ""
    return [Change("rejected", number, max(row["newest"] for row in reasons), reason=reason)]


def _team_promises(user: User, at: datetime, limit: int) -> list[DutyRow]:
    """What the teams of this person owe within days: answers, contacts, results, and batches."""
    scope = gaps.Scope.ALL if user.may(Permission.MANAGE_PEOPLE) else gaps.Scope.TEAM
    owed = Lead.objects.visible_to(user).filter(due_kind__in=PROMISED, due_at__lte=at + NEAR)
    if scope == gaps.Scope.TEAM:
        mates = Membership.objects.filter(team__in=user.team_ids).values("user")
        owed = owed.filter(Q(team__in=user.team_ids) | Q(owner__in=mates))
    rows = rows_of(owed.select_related(*COLUMNS).order_by("due_at", "id")[:limit])
    return [*rows, *(batch_row(batch) for batch in open_batches().filter(owner__isnull=True)[:3])]
