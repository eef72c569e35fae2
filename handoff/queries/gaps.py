"""The gap board: what is past due or without an owner, oldest first.

Counting is one aggregate over the partial index of due times; each section is one page of the same index.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Min, Q, QuerySet

from accounts.domain.roles import Role
from accounts.models import Membership, User
from accounts.queries import organization
from handoff.domain.choices import ClockState
from handoff.domain.gaps import DUTIES, KIND_OF_DUTY, GapKind, Scope
from handoff.domain.stages import QUALIFIED
from handoff.models import Clock, Episode
from handoff.queries import silence
from handoff.queries.duties import COLUMNS, DutyRow, batch_row, held_by, open_batches, rows_of
from handoff.queries.legs import FIELD_LEGS
from leads.domain.choices import DueKind, Stage
from leads.models import Lead

PAGE = 50
UNDER_WAY = (Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY)
WEEKS_AGO = 3


@dataclass(frozen=True)
class Tally:
    """How many of a kind, and since when the oldest is past due."""

    number: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Rows of one kind, oldest first; `after` continues behind the last one (None at the end)."""

    rows: list[DutyRow]
    after: str | None = None


@dataclass(frozen=True)
class Silence:
    """Of the leads handed over in the week three weeks ago (local Monday to Sunday), how many were never contacted."""

    first: date
    last: date
    handed_over: int
    never_contacted: int


def default_scope(user: User) -> Scope:
    """Marketing and people without a team look at everything, the others at their own teams."""
    return Scope.ALL if Role.MARKETER in user.roles or not user.team_ids else Scope.TEAM


def counts(*, user: User, at: datetime, scope: str | None = None) -> dict[GapKind, Tally]:
    """Every kind with its number and its oldest; a batch counts as one. Two queries."""
    late = _late(user, at, scope).order_by().values("due_kind")
    batch = Count("batch_entry__batch", distinct=True)
    found = late.annotate(number=Count("pk", distinct=True), batches=batch, oldest=Min("due_at"))
    tallies: dict[GapKind, Tally] = {kind: Tally() for kind in GapKind}
    for row in found:
        kind = KIND_OF_DUTY[row["due_kind"]]
        number = row["batches"] if row["due_kind"] == DueKind.BATCH else row["number"]
        tallies[kind] = _sum(tallies[kind], Tally(number, row["oldest"]))
    unowned = _unowned(user, scope).aggregate(number=Count("pk", distinct=True), oldest=Min("stage_since"))
    tallies[GapKind.NO_OWNER] = Tally(unowned["number"], unowned["oldest"])
    return tallies


def total(*, user: User, at: datetime, scope: str | None = None) -> int:
    """The length of the board; its normal length is zero."""
    return sum(tally.number for tally in counts(user=user, at=at, scope=scope).values())


def board(
    *, user: User, at: datetime, kind: str, scope: str | None = None, after: str | None = None, size: int = PAGE
) -> Page:
    """One kind, oldest first, from behind `after`. Batches stand before single leads on the first page."""
    kind = GapKind(kind)
    leads = _unowned(user, scope) if kind == GapKind.NO_OWNER else _of_kind(user, at, kind, scope)
    since = "stage_since" if kind == GapKind.NO_OWNER else "due_at"
    leads = _behind(leads, since, after)
    found = list(leads.select_related(*COLUMNS).order_by(since, "id")[: size + 1])
    more, found = len(found) > size, found[:size]
    batches = _late_batches(user, at, scope) if kind == GapKind.NOT_OFFERED and not after else []
    following = _cursor(getattr(found[-1], since), found[-1].pk) if more else None
    return Page([*batches, *rows_of(found)], following)


def under_way(*, user: User, scope: str | None = None) -> dict[str, int]:
    """How many leads each check of the empty board looked at: its proof."""
    seen = _scoped(Lead.objects.visible_to(user), user, scope).in_stage(*UNDER_WAY)
    duty = {
        kind: Count("pk", filter=Q(due_kind__in=duties), distinct=True) for kind, duties in DUTIES.items() if duties
    }
    return seen.aggregate(all=Count("pk", distinct=True), **{kind.value: count for kind, count in duty.items()})


def latest_breach(*, user: User) -> datetime | None:
    """When a promise on a lead this person may see was last broken."""
    broken = Clock.objects.filter(
        state=ClockState.BREACHED, handoff__lead__in=Lead.objects.visible_to(user).values("pk")
    )
    return broken.order_by("-due_at").values_list("due_at", flat=True).first()


def never_contacted(*, user: User, at: datetime) -> Silence:
    """AR-34: of what was handed over three weeks ago, what nobody ever contacted. Withdrawn ones are left out."""
    episodes, first, last = _three_weeks_ago(user, at)
    found = episodes.aggregate(handed_over=Count("pk"), never_contacted=Count("pk", filter=silence.silent(at)))
    return Silence(first, last, **found)


def silent(*, user: User, at: datetime, limit: int = 500) -> list[tuple[DutyRow, datetime]]:
    """The leads behind `never_contacted`, each with when it was first handed over, the oldest first."""
    episodes = _three_weeks_ago(user, at)[0].filter(silence.silent(at))
    first = episodes.values("lead").annotate(since=Min("offered_at")).order_by("since", "lead")
    waiting = dict(first.values_list("lead", "since")[:limit])
    leads = Lead.objects.select_related(*COLUMNS).in_bulk(waiting)
    return list(zip(rows_of(leads[pk] for pk in waiting), waiting.values(), strict=True))


def _late(user: User, at: datetime, scope: str | None) -> QuerySet[Lead]:
    held = Q(owner__isnull=True) | Q(owner__is_active=True)
    return _scoped(Lead.objects.visible_to(user).overdue(at).filter(held), user, scope)


def _of_kind(user: User, at: datetime, kind: GapKind, scope: str | None) -> QuerySet[Lead]:
    return _late(user, at, scope).filter(due_kind__in=DUTIES[kind]).exclude(due_kind=DueKind.BATCH)


def _three_weeks_ago(user: User, at: datetime) -> tuple[QuerySet[Episode], date, date]:
    """The episodes offered in the local week (Monday to Sunday) three weeks before this one, and its days."""
    today = organization.local_day(at)
    monday = today - timedelta(days=today.weekday() + 7 * WEEKS_AGO)
    zone = organization.current().zone
    begin, end = (datetime.combine(monday + timedelta(days=days), time(), tzinfo=zone) for days in (0, 7))
    seen = Lead.objects.visible_to(user).values("pk")
    # The legs that end in field sales, as every figure counts them where no leg is named.
    episodes = Episode.objects.filter(
        leg__in=FIELD_LEGS, offered_at__gte=begin, offered_at__lt=end, withdrawn_at__isnull=True
    )
    return episodes.filter(lead__in=seen), monday, monday + timedelta(days=6)


def _unowned(user: User, scope: str | None) -> QuerySet[Lead]:
    """Qualified leads held by nobody who works here: by an owner who was disabled.

    The database itself lets no qualified lead be without an owner and a queue (`leads_qualified_has_duty`), so that
    nobody is asked for among all leads: those of the few who left are found by their owner.
    """
    gone = User.objects.filter(is_active=False).values("pk")
    return _scoped(Lead.objects.visible_to(user).in_stage(*QUALIFIED).filter(owner__in=gone), user, scope)


def _scoped(leads: QuerySet[Lead], user: User, scope: str | None) -> QuerySet[Lead]:
    scope = Scope(scope or default_scope(user))
    if scope == Scope.ALL:
        return leads
    if scope == Scope.MINE:
        return leads.filter(held_by(user))
    mates = Membership.objects.filter(team__in=user.team_ids).values("user")
    ours = Q(team__in=user.team_ids) | Q(owner__in=mates)
    return leads.filter(ours)


def _late_batches(user: User, at: datetime, scope: str | None) -> list[DutyRow]:
    late = _late(user, at, scope).filter(due_kind=DueKind.BATCH)
    sizes = dict(late.order_by().values_list("batch_entry__batch").annotate(number=Count("pk", distinct=True)))
    batches = open_batches().filter(pk__in=[pk for pk in sizes if pk]).order_by("due_at", "id")
    return [batch_row(batch, sizes[batch.pk]) for batch in batches]


def _cursor(moment: datetime, pk: int) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{pk}"


def _behind(leads: QuerySet[Lead], since: str, after: str | None) -> QuerySet[Lead]:
    """Keyset: behind the moment and id of the last row shown; a cursor nobody gave out starts at the top."""
    moment, _separator, key = (after or "").partition("~")
    try:
        seen, pk = datetime.fromisoformat(moment), int(key)
    except ValueError:
        return leads
    return leads.filter(Q(**{f"{since}__gt": seen}) | Q(**{since: seen}, pk__gt=pk), **{f"{since}__gte": seen})


def _sum(one: Tally, other: Tally) -> Tally:
    oldest = min((moment for moment in (one.oldest, other.oldest) if moment), default=None)
    return Tally(one.number + other.number, oldest)
