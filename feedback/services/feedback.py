"""The one way in which a handoff's result is reported: by form, signed link, API or with a deal."""

from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import organization
from feedback.domain.choices import Reason, Result
from feedback.domain.deals import effect_of
from feedback.models import Feedback, Opportunity
from feedback.permissions import may_report
from feedback.services import deals
from handoff.domain.choices import MERGED, ClockKind, HandoffState
from handoff.models import Handoff
from handoff.queries.legs import FIELD_LEGS
from handoff.services import clocks, holding, results
from journal.errors import Conflict, FieldError, Forbidden, Invalid
from journal.services import record
from journal.transactions import retried
from leads.domain.choices import Stage
from leads.models import Lead

REPEATED_WITHIN = timedelta(minutes=10)
LONGEST_COMMENT = 1000
WITH_REASON = (Result.LOST, Result.CONSIDERING)


class NotYourHandoff(Forbidden):
    """Somebody else's handoff."""

    code = "not_your_handoff"
    message = _("Only the handoff's owner or a manager can report its result.")


class NoResultOwed(Conflict):
    """A first leg; as its subclasses say, not accepted or handed over again since."""

    code = "no_result_owed"
    message = _(
        "A handoff to inside sales needs no result: it is closed by handing on, moving to nurture or disqualifying. Report the result on the handoff to field sales once it is accepted."
    )


class NotAccepted(NoResultOwed):
    """It was never accepted, or not yet."""

    code = "not_accepted"
    message = _("Accept this handoff before reporting its result.")


class HandedOnSince(NoResultOwed):
    """The lead has been handed over again."""

    code = "handed_on_since"
    message = _("This lead has since been handed over again. Report the result there.")


class OtherGoesOn(NoResultOwed):
    """A merge ended this one and left the lead with another."""

    code = "other_handoff_goes_on"
    message = _("Another handoff of this lead goes on. Report the result there.")


@retried
def give(
    *,
    handoff: Handoff,
    result: str,
    by: User,
    at: datetime,
    reason: str = "",
    next_action_on: date | None = None,
    quality: int | None = None,
    comment: str = "",
    happened_at: datetime | None = None,
    expected_version: int | None = None,
) -> Feedback:
    """Records the result with all that follows: deal, stage, duty, clock, event.

    `happened_at` may lie before `at`: entered later than it happened. The same report again within ten minutes
    is answered with the first one. Raises NotYourHandoff, NotAccepted, NoResultOwed, HandedOnSince, OtherGoesOn,
    Invalid, StaleWrite when `expected_version` is no longer the handoff's.
    """
    handoff = _locked(handoff, expected_version)
    if not may_report(by, handoff):
        raise NotYourHandoff
    values = {"result": result, "reason": reason, "next_action_on": next_action_on, "quality": quality}
    values |= {"comment": comment.strip(), "happened_at": happened_at or at}
    _check_owed(handoff)
    _check(values, handoff, at)
    latest = handoff.feedbacks.order_by("-id").first()
    if latest is not None and _is_repeat(latest, values, by, at):
        return latest
    feedback = Feedback.objects.create(handoff=handoff, by=by, given_at=at, **values)
    _follow(feedback, handoff, latest)
    clocks.meet(handoff=handoff, kind=ClockKind.FEEDBACK, at=at)
    holding.changed(handoff)
    data = {"handoff": handoff.pk, "result": result, "reason": reason}
    record("feedback.given", subject=feedback, by=by, at=at, lead_id=handoff.lead_id, data=data)
    return feedback


def owing_handoff(lead: Lead) -> Handoff | None:
    """The accepted handoff whose result a deal of this lead reports; None when its story is over or there is none."""
    ended = Q(state=HandoffState.WITHDRAWN) | Q(episode__outcome=MERGED)
    handoffs = Handoff.objects.filter(lead=lead, leg__in=FIELD_LEGS).exclude(ended).order_by("-id")
    # What a merge brought may go on though a newer one has ended.
    found = handoffs.filter(state=HandoffState.ACCEPTED, closed_at__isnull=True).first() or handoffs.first()
    if found is None or found.state != HandoffState.ACCEPTED:
        return None
    latest = found.feedbacks.order_by("-id").first()
    return None if latest is not None and latest.result in (Result.WON, Result.LOST) else found


def _locked(handoff: Handoff, expected_version: int | None) -> Handoff:
    """The handoff as it is now, held until the transaction ends, so that two reports come one after the other."""
    holding.hold(handoff, expected_version)
    return Handoff.objects.select_related("lead", "episode").get(pk=handoff.pk)


def _check_owed(handoff: Handoff) -> None:
    if handoff.leg not in FIELD_LEGS:
        raise NoResultOwed
    if handoff.state != HandoffState.ACCEPTED:
        raise NotAccepted
    others = Handoff.objects.filter(
        lead_id=handoff.lead_id, state__in=[HandoffState.OFFERED, HandoffState.ACCEPTED]
    ).exclude(Q(pk=handoff.pk) | Q(episode__outcome=MERGED))
    going_on = others.filter(closed_at__isnull=True)
    earlier = going_on.filter(pk__lt=handoff.pk, leg__in=FIELD_LEGS)
    if (others if handoff.episode.outcome == MERGED else earlier).exists():
        raise OtherGoesOn
    if (going_on if handoff.closed_at is None else others).filter(pk__gt=handoff.pk).exists():
        raise HandedOnSince


def _check(values: dict, handoff: Handoff, at: datetime) -> None:
    errors = [*_result_errors(values), *_detail_errors(values, handoff, at)]
    if errors:
        raise Invalid(errors[0].message if len(errors) == 1 else _("Some fields have errors."), errors=errors)


def _result_errors(values: dict) -> list[FieldError]:
    if values["result"] not in Result.values:
        return [FieldError("result", "choice", _("Choose a result."))]
    reason = values["reason"]
    if values["result"] == Result.LOST and not reason:
        return [FieldError("reason", "required", _("Choose why it was lost."))]
    if reason and reason not in Reason.values:
        return [FieldError("reason", "choice", _("Choose one of the reasons."))]
    if reason and values["result"] not in WITH_REASON:
        return [FieldError("reason", "not_expected", _("A reason applies only to lost and still considering."))]
    return []


def _detail_errors(values: dict, handoff: Handoff, at: datetime) -> list[FieldError]:
    errors = []
    day, quality = values["next_action_on"], values["quality"]
    if day is not None and day < organization.local_day(at):
        errors.append(FieldError("next_action_on", "past", _("This date is in the past. Choose today or later.")))
    if quality is not None and not 1 <= quality <= 5:
        errors.append(FieldError("quality", "range", _("Quality must be 1 to 5.")))
    if len(values["comment"]) > LONGEST_COMMENT:
        errors.append(FieldError("comment", "too_long", _("At most 1,000 characters.")))
    if values["happened_at"] > at:
        errors.append(FieldError("at", "future", _("This is in the future. Enter when it happened.")))
    elif values["happened_at"] < handoff.offered_at:
        errors.append(FieldError("at", "too_early", _("This is before the handoff. Enter a later time.")))
    return errors


def _is_repeat(latest: Feedback, values: dict, by: User, at: datetime) -> bool:
    """The same report sent again, by a second press or a retry after a slow answer."""
    told = {name: value for name, value in values.items() if name != "happened_at"}
    same = all(getattr(latest, name) == value for name, value in told.items())
    return same and latest.by_id == by.pk and at - latest.given_at <= REPEATED_WITHIN


def _follow(feedback: Feedback, handoff: Handoff, latest: Feedback | None) -> Opportunity | None:
    """The deal and the stage that follow from the result."""
    lead, result = handoff.lead, feedback.result
    if (result, lead.stage) == (Result.WON, Stage.WON):
        return None
    has_open = deals.newest_open(lead) is not None
    corrects_won = lead.stage == Stage.WON and latest is not None and latest.result == Result.WON
    deal = deals.apply(
        effect=effect_of(result, has_open=has_open, corrects_won=corrects_won),
        lead=lead,
        handoff=handoff,
        reason=feedback.reason,
        by=feedback.by,
        happened_at=feedback.happened_at,
        at=feedback.given_at,
    )
    results.apply_result(
        handoff=handoff,
        lead=lead,
        result=result,
        reason=feedback.reason,
        next_action_on=feedback.next_action_on,
        by=feedback.by,
        at=feedback.given_at,
        has_open_opportunity=deal is not None and deal.result == "",
        corrected=corrects_won,
    )
    return deal
