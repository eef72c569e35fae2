"""The gap board as a page: six kinds with their oldest, each row with its repair."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.domain.roles import Permission
from accounts.interface import dates
from accounts.models import User
from accounts.navigation import Count
from handoff.domain.calendar import WorkCalendar
from handoff.domain.gaps import GapKind, Scope
from handoff.queries import calendars, gaps, legs
from handoff.queries.duties import DutyRow
from handoff.web import gap_pauses, gap_sentences, gaps_csv
from handoff.web.gap_sentences import HEADS, Head, Stuck
from handoff.web.repairs import Offered, of_row
from leads.domain.choices import Stage

# On the whole board each kind shows this many; its own page goes on.
AT_A_GLANCE = 8
MOST_ROWS = 10_000
MOST_BUTTONS = 2


@dataclass(frozen=True)
class Row:
    """One row as the page shows it."""

    duty: DutyRow
    url: str
    reason: str
    stuck: Stuck
    repairs: list[Offered] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"batch-{self.duty.batch.pk}" if self.duty.batch else f"lead-{self.duty.lead.pk}"

    @property
    def buttons(self) -> list[Offered]:
        """What stands in the row: two at most, the likeliest on the right."""
        return self.repairs if len(self.repairs) <= MOST_BUTTONS else self.repairs[-1:]

    @property
    def more(self) -> list[Offered]:
        """What else can be done, in a menu, where the row would grow too long."""
        return self.repairs[:-1] if len(self.repairs) > MOST_BUTTONS else []

    @property
    def total(self) -> int | None:
        """The score; None while there is none."""
        return self.duty.lead.score.total if hasattr(self.duty.lead, "score") else None

    @property
    def band(self) -> str:
        return self.duty.lead.score.band if hasattr(self.duty.lead, "score") else ""


@dataclass(frozen=True)
class Section:
    """One kind: its rows, how many there are, and where the rest is."""

    kind: GapKind
    head: Head
    number: int
    oldest: Stuck | None
    rows: list[Row]
    after: str | None = None


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """`?scope=mine|team|all` whose; `?kind=` one kind alone, `&after=` behind a row of it."""
    _must_see(request)
    at, user = request.entry.at, request.user
    scope = _chosen(Scope, request.GET.get("scope")) or gaps.default_scope(user)
    kind = _chosen(GapKind, request.GET.get("kind"))
    tallies = gaps.counts(user=user, at=at, scope=scope)
    context = {
        "at": at,
        "scope": scope,
        "scopes": _scopes(scope),
        "kind": kind,
        "sections": sections(user=user, at=at, scope=scope, kind=kind, tallies=tallies, after=request.GET.get("after")),
        "total": sum(tally.number for tally in tallies.values()),
        "silence": silence_of(user, at),
        "paused": [] if kind else gap_pauses.rows(user=user, at=at, scope=scope),
    }
    if not context["total"]:
        context |= proof(user, scope)
    return render(request, "handoff/gaps.html", context)


def sections(
    *, user: User, at: datetime, scope: str, kind: str | None, tallies: dict[GapKind, gaps.Tally], after: str | None
) -> list[Section]:
    """Every kind with its count; rows only for what is shown."""
    calendar, leg = calendars.default(), legs.next_leg(Stage.MQL)
    found = []
    for shown, tally in tallies.items():
        oldest = gap_sentences.stuck(tally.oldest, at=at, calendar=calendar) if tally.oldest else None
        page = gaps.Page([])
        if tally.number and kind in (None, shown):
            size = gaps.PAGE if kind else AT_A_GLANCE
            page = gaps.board(user=user, at=at, kind=shown, scope=scope, after=after if kind else None, size=size)
        rows = [row(duty, at=at, calendar=calendar, repairs=of_row(duty, user=user, leg=leg)) for duty in page.rows]
        found.append(Section(shown, HEADS[shown], tally.number, oldest, rows, page.after))
    return found


def row(
    duty: DutyRow,
    *,
    at: datetime,
    calendar: WorkCalendar,
    repairs: Sequence[Offered] = (),
    since: datetime | None = None,
) -> Row:
    """A duty as a row of the board: how long it is past due, or how long it waits `since` then."""
    url = reverse("batch", args=[duty.batch.pk]) if duty.batch else reverse("lead", args=[duty.lead.pk])
    since = since or duty.due_at or duty.lead.stage_since
    reason = gap_sentences.reason(duty, today=calendar.local_day(at))
    return Row(duty, url, reason, gap_sentences.stuck(min(since, at), at=at, calendar=calendar), [*repairs])


def proof(user: User, scope: str) -> dict[str, object]:
    """What the empty board looked at."""
    looked = gaps.under_way(user=user, scope=scope)
    order = ("not_offered", "no_answer", "no_contact", "no_feedback", "no_next_action", "no_owner")
    checks = [{"text": HEADS[GapKind(kind)].proof, "number": looked.get(kind, looked["all"])} for kind in order]
    return {
        "checks": checks,
        "under_way": looked["all"],
        "latest_breach": gaps.latest_breach(user=user),
        "one_leg": legs.has_one_leg(),
    }


def silence_of(user: User, at: datetime) -> dict[str, object]:
    """The sentence about the handoffs of three weeks ago."""
    silence = gaps.never_contacted(user=user, at=at)
    days = (dates.day(day, weekday=False) for day in (silence.first, silence.last))
    first, last = days
    return {"first": first, "last": last, "all": silence.handed_over, "none": silence.never_contacted}


@login_required
@require_GET
def silence(request: HttpRequest) -> HttpResponse:
    """The handoffs of three weeks ago that nobody ever contacted."""
    _must_see(request)
    at, calendar = request.entry.at, calendars.default()
    waiting = gaps.silent(user=request.user, at=at)
    rows = [row(duty, at=at, calendar=calendar, since=since) for duty, since in waiting]
    context = {"at": at, "rows": rows, "silence": silence_of(request.user, at)}
    return render(request, "handoff/gaps_silence.html", context)


@login_required
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """The whole board as a sheet, at most 10,000 rows of each kind."""
    if not request.user.may(Permission.EXPORT_LEADS):
        raise PermissionDenied
    at, user = request.entry.at, request.user
    scope = _chosen(Scope, request.GET.get("scope")) or gaps.default_scope(user)
    text = gaps_csv.sheet(_all_rows(user, at, scope))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="gaps-{calendars.default().local_day(at)}.csv"'
    return response


def _all_rows(user: User, at: datetime, scope: str) -> Iterator[tuple[Head, Row]]:
    calendar = calendars.default()
    for kind in GapKind:
        for duty in gaps.board(user=user, at=at, kind=kind, scope=scope, size=MOST_ROWS).rows:
            yield HEADS[kind], row(duty, at=at, calendar=calendar)


def _must_see(request: HttpRequest) -> None:
    if not request.user.may(Permission.SEE_LEADS):
        raise PermissionDenied


def menu_count(*, user: User, at: datetime) -> Count | None:
    """The number beside 見落とし in the menu."""
    return Count(gaps.total(user=user, at=at), is_late=True)


def _chosen(choices: type[Scope] | type[GapKind], text: str | None) -> str | None:
    return choices(text) if text in {choice.value for choice in choices} else None


def _scopes(chosen: str) -> list[dict[str, object]]:
    labels = {Scope.MINE: _("Mine"), Scope.TEAM: _("My teams"), Scope.ALL: _("Everyone's")}
    return [{"value": scope, "label": label, "is_current": scope == chosen} for scope, label in labels.items()]
