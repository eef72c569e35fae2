"""Today: what waits, whose hands are full, what fell, what changed."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from accounts import navigation
from accounts.domain.roles import Permission, Role
from accounts.interface import dates
from handoff import reminders
from handoff.domain.gaps import GapKind
from handoff.queries import calendars, first_steps, gaps, reason_lines, returned, team_hands, today
from handoff.queries.faces import TimedDuty
from handoff.services import nurture_steps
from handoff.web import change_lines, duty_actions, gap_sentences, return_words
from handoff.web.gap_sentences import Stuck
from handoff.web.gap_words import gap_label

SHOWN_GAPS = 3


@dataclass(frozen=True)
class Row:
    """A duty as Today shows it."""

    timed: TimedDuty
    waiting: str
    action: duty_actions.Action
    is_first: bool
    may_take: bool = False
    came_back: str | None = None

    @property
    def why(self) -> str:
        """Why the lead is here, in the reader's language: the reason it came back with, else what its handoff tells;
        empty for duties without a handoff."""
        handoff = self.timed.duty.handoff
        if handoff and self.came_back is not None:
            return return_words.line(handoff, self.came_back)
        return reason_lines.told(handoff) if handoff else ""

    @property
    def by(self) -> str:
        """Until when, while the clock rests and only says when it goes on; else the clock says it itself."""
        face, due = self.timed.face, self.timed.duty.due_at
        if face.state != "paused":
            return ""
        today = timezone.localdate(face.at)
        return dates.due_time(due) if dates.due_day(due) == today else dates.due(due, today=today)


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page, or with `part=now` only what waits, answered with 304 while nothing is new."""
    entry = request.entry  # type: ignore[attr-defined]
    if entry.organization is None:
        return redirect("first-start")
    rows = _rows(request)
    if request.GET.get("part") == "now":
        return _part(request, rows)
    return render(request, "handoff/today.html", {"rows": rows, "etag": _etag(rows), **_around(request)})


def _rows(request: HttpRequest) -> list[Row]:
    user, at = request.user, request.entry.at  # type: ignore[attr-defined]
    timed = today.first_things(user=user, at=at, whole_team=_looks_at_team(request))
    reasons = returned.whys(one.duty for one in timed)
    return [
        Row(
            one,
            duty_actions.waiting(one.duty.due_kind),
            duty_actions.action_for(one.duty, user=user),
            place == 0,
            may_take=one.duty.step is not None and nurture_steps.may_take(user, one.duty.lead),  # type: ignore[arg-type]
            came_back=reasons.get(one.duty.handoff.pk) if one.duty.handoff else None,
        )
        for place, one in enumerate(timed)
    ]


def _around(request: HttpRequest) -> dict[str, Any]:
    user, at = request.user, request.entry.at  # type: ignore[attr-defined]
    tallies = gaps.counts(user=user, at=at)
    found = sorted((pair for pair in tallies.items() if pair[1].number), key=lambda pair: -pair[1].number)
    leads_team = _may_look_at_team(user)
    return {
        "working_day": today.working_day(user=user, at=at),
        "members": team_hands.team_in_hand(user=user, at=at) if leads_team else [],
        "leads_team": leads_team,
        "whole_team": _looks_at_team(request),
        "gap_total": sum(tally.number for tally in tallies.values()),
        "gap_lines": _gap_lines(found[:SHOWN_GAPS], at),
        "gap_rest": sum(tally.number for _kind, tally in found[SHOWN_GAPS:]),
        "changes": change_lines.lines(today.changes(user=user, at=at)),
        "first_steps": first_steps.open_steps(user=user, organization=request.entry.organization),  # type: ignore[attr-defined]
        "reminders": reminders.of_user(user, at),
        "goals_url": navigation.address("goals-panel"),
    }


def _gap_lines(found: list[tuple[GapKind, gaps.Tally]], at: datetime) -> list[tuple[str, int, Stuck | None, str]]:
    calendar = calendars.default() if found else None
    return [
        (
            gap_label(kind),
            tally.number,
            gap_sentences.stuck(tally.oldest, at=at, calendar=calendar) if calendar and tally.oldest else None,
            kind,
        )
        for kind, tally in found
    ]


def _part(request: HttpRequest, rows: list[Row]) -> HttpResponse:
    etag = _etag(rows)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = render(request, "handoff/_today_now.html", {"rows": rows, "whole_team": _looks_at_team(request)})
        response["ETag"] = etag
    return response


def _etag(rows: list[Row]) -> str:
    """Changes when a row comes, goes, passes on or changes colour; not by the clock's counting on."""
    said = [
        (row.timed.duty.lead and row.timed.duty.lead.pk, row.timed.duty.due_kind, row.timed.duty.due_at)
        + (row.timed.duty.owner and row.timed.duty.owner.pk, row.timed.face.state, row.timed.duty.leads)
        for row in rows
    ]
    return f'"{sha256(repr(said).encode()).hexdigest()[:32]}"'


def _may_look_at_team(user: Any) -> bool:
    return Role.MANAGER in user.roles or user.may(Permission.MANAGE_PEOPLE)


def _looks_at_team(request: HttpRequest) -> bool:
    return _may_look_at_team(request.user) and request.GET.get("who") != "me"
