"""The way of a lead as it is set up now: when scored, who reviews, how assigned, how fast, what follows an answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from accounts.domain.roles import Permission
from handoff.domain import follows, presets
from handoff.domain.choices import AfterReject, Leg
from handoff.domain.nurture import Cause
from handoff.domain.stages import WAYS
from handoff.models import HandoffRule, NurtureTrack, RejectReason, RoutingRule
from handoff.queries import gate_words, legs, nurture, nurture_words, promised
from handoff.queries.reason_words import label_of
from handoff.web.reject_choices import what_follows
from leads.domain.choices import Stage
from leads.queries import conditions
from scoring.domain import presets as scoring_presets
from scoring.queries import specs


@dataclass(frozen=True)
class Line:
    """A head and what is set up for it."""

    head: str
    text: str


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """One page, drawn from the live settings and the tables that the services obey."""
    at = request.entry.at  # type: ignore[attr-defined]
    reasons = RejectReason.objects.select_related("track").filter(is_active=True).order_by("position", "id")
    context: dict[str, Any] = {
        "legs": [leg.label for leg in legs.legs()],
        "scoring": _scoring(),
        "gates": [Line(str(gate.get_kind_display()), gate_words.said(gate)) for gate in gate_words.both()],
        "routes": _routes(),
        "speeds": [(leg.label, _speeds(leg)) for leg in legs.legs()],
        "reasons": [Line(label_of(reason), _follows(reason, at)) for reason in reasons],
        "results": _results(),
        "tracks": [Line(nurture.name_of(track), text) for track, text in nurture_words.tracks_said()],
        "changes": _changes(),
        "sees_agreement": request.user.may(Permission.SEE_REPORTS),  # type: ignore[union-attr]
    }
    return render(request, "handoff/workflow.html", context)


def _scoring() -> list[Line]:
    told = _("At %(line)d points an activity triggers a handoff; edits wait for marketing, imports for one decision")
    return [Line(scoring_presets.shown(model.name), told % {"line": model.line}) for model in specs.published()]


def _follows(reason: RejectReason, at: datetime) -> str:
    """As the receiver reads it; a time in days, for this page holds for every lead."""
    if reason.follows == AfterReject.NURTURE:
        days = reason.resurface_days or follows.NURTURE_DEFAULT_DAYS
        told = ngettext(
            "Goes to nurture, reviewed again after %(days)d day",
            "Goes to nurture, reviewed again after %(days)d days",
            days,
        )
        return _with_track(told % {"days": days}, reason.track)
    return what_follows(reason, at=at)


def _with_track(said: str, track: NurtureTrack | None) -> str:
    if track is None or not track.is_active:
        return said
    return _("%(follows)s; track “%(track)s”") % {"follows": said, "track": nurture.name_of(track)}


def _after(cause: Cause, said: str) -> str:
    """With the usual track of what it causes."""
    return _with_track(said, nurture_words.usual_track(cause))


def _routes() -> list[Line]:
    lines, known = [], conditions.registry()
    for rule in HandoffRule.objects.filter(is_on=True).select_related("to_team", "to_user").order_by("position", "id"):
        target = rule.to_user or rule.to_team or _("By the routes below")
        when = conditions.said(rule.when, known=known)
        told = _("%(target)s, if %(condition)s") % {"target": target, "condition": when} if when else str(target)
        lines.append(Line(presets.shown(rule.name), told))
    lines.append(Line(_("Known company"), _("Whoever last accepted a lead from the company, if they have capacity")))
    for route in RoutingRule.objects.select_related("to_team", "to_user").order_by("leg", "position", "id"):
        target = str(route.to_user or route.to_team)
        turn = _("%(team)s, in turn among people who are available and have capacity") % {"team": target}
        lines.append(Line(str(Leg(route.leg).label), target if route.to_user else turn))
    return lines


def _speeds(leg: Leg) -> list[Line]:
    return [Line(line.name, line.text) for line in promised.lines(promised.of_leg(leg))]


def _results() -> list[Line]:
    days = {"near": follows.CONSIDERING_NEAR_DAYS, "none": follows.CONSIDERING_DEFAULT_DAYS}
    return [
        Line(pgettext("result", "Opportunity"), _("An opportunity; the rep sets the next action")),
        Line(pgettext("result", "Won"), _("Won; nothing more is due")),
        Line(
            pgettext("result", "Still considering"),
            _after(
                Cause.CONSIDERING,
                _(
                    "The rep follows up within %(near)d days (%(none)d days if no date is set); otherwise nurture until then"
                )
                % days,
            ),
        ),
        Line(
            pgettext("result", "Lost"),
            _after(
                Cause.LOST,
                _("Lost; marketing reviews it after %(days)d days, sooner for some reasons")
                % {"days": follows.LOST_DEFAULT_DAYS},
            ),
        ),
    ]


def _changes() -> list[Line]:
    """Every allowed change of stage, by the stage it leads to."""
    allowed = [(stage, [origin for origin in Stage if (origin.value, stage.value) in WAYS]) for stage in Stage]
    between = pgettext("separator", " · ")
    return [
        Line(str(stage.label), between.join(str(origin.label) for origin in origins))
        for stage, origins in allowed
        if origins
    ]
