"""The coded reasons of a reject: worded, added, retired; what follows stays the table of DESIGN §4."""

from datetime import datetime
from itertools import chain, count
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from handoff.domain.choices import AfterReject
from handoff.models import NurtureTrack, RejectReason
from journal import services as journal
from journal.errors import FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried

LONGEST_DAYS = 730


class BadReason(Invalid):
    code = "bad_reason"
    message = _("The reason was not saved.")


@retried
def keep(
    *,
    reason: RejectReason | None,
    label_ja: str,
    label_en: str,
    follows: str,
    resurface_days: int | None,
    is_active: bool,
    track: NurtureTrack | None = None,
    by: User | None,
    at: datetime,
) -> RejectReason:
    """Makes a reason or changes it. The code of one that exists never changes. Raises BadReason, Forbidden."""
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(_("Only an administrator can change the reasons."))
    one_at_a_time("reject reasons")
    _check(reason, label_ja, label_en, follows, resurface_days)
    reason = reason or RejectReason(code=_free_code(label_en), position=RejectReason.objects.count())
    old = _values(reason)
    reason.label_ja, reason.label_en, reason.follows = label_ja.strip(), label_en.strip(), follows
    reason.resurface_days = resurface_days if follows == AfterReject.NURTURE else None
    reason.track = track if follows == AfterReject.NURTURE else None
    reason.is_active = is_active
    reason.save()
    journal.record("reject_reason.changed", subject=reason, by=by, at=at, old=old, new=_values(reason))
    return reason


def _values(reason: RejectReason) -> dict[str, Any]:
    values = {"follows": reason.follows, "resurface_days": reason.resurface_days, "is_active": reason.is_active}
    return values | {"track": reason.track_id}


def _check(reason: RejectReason | None, label_ja: str, label_en: str, follows: str, resurface_days: int | None) -> None:
    errors = [
        FieldError(name, "required", _("Enter it in both languages."))
        for name, text in (("label_ja", label_ja), ("label_en", label_en))
        if not text.strip()
    ]
    others = RejectReason.objects.exclude(pk=reason.pk if reason else None)
    errors += [
        FieldError(name, "taken", _("Another reason has this name."))
        for name, text in (("label_ja", label_ja), ("label_en", label_en))
        if text.strip() and others.filter(**{name: text.strip()}).exists()
    ]
    if follows not in AfterReject.values:
        errors.append(FieldError("follows", "invalid", _("Choose what happens next.")))
    if follows == AfterReject.NURTURE and not (resurface_days and 0 < resurface_days <= LONGEST_DAYS):
        errors.append(
            FieldError("resurface_days", "out_of_range", _("Enter 1 to 730 days until it is reviewed again."))
        )
    if errors:
        raise BadReason(errors=errors)


def _free_code(label: str) -> str:
    code = slugify(label).replace("-", "_")[:30] or "own"
    taken = set(RejectReason.objects.filter(code__startswith=code).values_list("code", flat=True))
    return next(free for free in chain([code], (f"{code}_{n}" for n in count(2))) if free not in taken)
