"""Nurture tracks as an administrator keeps them: worded, their steps set, switched off, chosen by outcome."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.roles import Permission
from accounts.models import Organization, User
from handoff.domain.nurture import MOST_DAYS, MOST_STEPS, Cause, NurturePhase, StepKind, StepOwner
from handoff.models import NurtureChoice, NurtureStep, NurtureTrack
from journal import services as journal
from journal.errors import DomainError, FieldError, Forbidden, Invalid
from journal.transactions import one_at_a_time, retried
from leads.models import Content

# Which track (by id; None: none) follows each cause and reason.
Choices = dict[tuple[str, str], int | None]


class BadTrack(Invalid):
    code = "bad_track"
    message = gettext_lazy("The track was not saved.")


class StaleTrack(DomainError):
    """Somebody changed the track after the caller had read it; `track` is as it stands now."""

    code = "stale"
    status = 412
    message = gettext_lazy("Someone else has changed this. Reload it, then repeat your change.")

    def __init__(self, track: NurtureTrack):
        super().__init__()
        self.track = track


class StaleChoices(DomainError):
    """Somebody changed which outcome leads to which track after the caller had read it."""

    code = "stale"
    status = 412
    message = gettext_lazy("Someone else has changed this. Reload it, then repeat your change.")


@dataclass(frozen=True)
class StepValues:
    """One step as it comes in: `user` is a person's id, only for the owner `person`; `content` the id of a content."""

    kind: str
    wait_days: int
    owner: str
    task_ja: str
    task_en: str = ""
    user: int | None = None
    content: int | None = None


@retried
def keep(
    *,
    track: NurtureTrack | None,
    name_ja: str,
    name_en: str,
    phase: str,
    is_active: bool,
    steps: Sequence[StepValues],
    by: User | None,
    at: datetime,
    expected_version: int | None = None,
) -> NurtureTrack:
    """Makes a track or changes it as a whole; leads in it go on by the steps they began with.

    `expected_version` is the version the caller had read: StaleTrack where it is no longer the present one, unless
    the track already is what it shall be. Raises BadTrack, Forbidden.
    """
    _require(by)
    one_at_a_time("nurture tracks")
    row = NurtureTrack.objects.select_for_update().get(pk=track.pk) if track else None
    _check(row, name_ja, name_en, phase, steps)
    row = row or NurtureTrack(code=_free_code(name_en), position=NurtureTrack.objects.count(), version=0)
    old = _values(row) if row.pk else {}
    words = {"name_ja": name_ja.strip(), "name_en": name_en.strip(), "phase": phase, "is_active": is_active}
    new = words | {"steps": [asdict(step) for step in steps]}
    if old == new:
        return row
    if expected_version is not None and expected_version != row.version:
        raise StaleTrack(NurtureTrack.objects.get(pk=row.pk))
    for name, value in words.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    NurtureStep.objects.bulk_create(_row(row, position, step) for position, step in enumerate(steps))
    journal.record("nurture_track.changed", subject=row, by=by, at=at, data={"code": row.code}, old=old, new=new)
    return row


@retried
def assign(*, chosen: Choices, by: User | None, at: datetime, seen: Choices | None = None) -> None:
    """Says which track follows each (cause, reason); those left out follow their cause's row without a reason.

    `seen` is the table that the caller had read. Raises StaleChoices, BadTrack, Forbidden.
    """
    _require(by)
    one_at_a_time("nurture tracks")
    known = set(NurtureTrack.objects.values_list("pk", flat=True)) | {None}
    if not set(chosen.values()) <= known or not {cause for cause, _reason in chosen} <= set(Cause.values):
        raise BadTrack
    old = choices()
    if old == chosen:
        return
    if seen is not None and old != seen:
        raise StaleChoices
    for (cause, reason), track in chosen.items():
        NurtureChoice.objects.update_or_create(cause=cause, reason=reason, defaults={"track_id": track})
    for cause, reason in old.keys() - chosen.keys():
        NurtureChoice.objects.filter(cause=cause, reason=reason).delete()
    journal.record(
        "nurture_choices.changed", subject=Organization(pk=1), by=by, at=at, old=_told(old), new=_told(chosen)
    )


def _told(table: Choices) -> dict[str, int | None]:
    return {f"{cause}:{reason}": track for (cause, reason), track in table.items()}


def choices() -> Choices:
    """Which track follows each (cause, reason) that has a row of its own."""
    rows = NurtureChoice.objects.values_list("cause", "reason", "track")
    return {(cause, reason): track for cause, reason, track in rows}


def _require(by: User | None) -> None:
    if by is not None and not by.may(Permission.CHANGE_SETTINGS):
        raise Forbidden(gettext_lazy("Only an administrator can change the nurture tracks."))


def _values(row: NurtureTrack) -> dict[str, Any]:
    names = ("kind", "wait_days", "owner", "task_ja", "task_en", "user_id", "content_id")
    found = NurtureStep.objects.filter(track=row, version=row.version).order_by("position").values(*names)
    steps = [{name.removesuffix("_id"): value for name, value in step.items()} for step in found]
    words = {name: getattr(row, name) for name in ("name_ja", "name_en", "phase", "is_active")}
    return words | {"steps": steps}


def _row(track: NurtureTrack, position: int, step: StepValues) -> NurtureStep:
    return NurtureStep(
        track=track,
        version=track.version,
        position=position,
        kind=step.kind,
        wait_days=step.wait_days,
        owner=step.owner,
        task_ja=step.task_ja,
        task_en=step.task_en,
        user_id=step.user,
        content_id=step.content,
    )


def _check(row: NurtureTrack | None, name_ja: str, name_en: str, phase: str, steps: Sequence[StepValues]) -> None:
    named = (("name_ja", name_ja), ("name_en", name_en))
    errors = [
        FieldError(name, "required", _("Enter it in both languages.")) for name, text in named if not text.strip()
    ]
    others = NurtureTrack.objects.exclude(pk=row.pk if row else None)
    errors += [
        FieldError(name, "taken", _("Another track has this name."))
        for name, text in named
        if text.strip() and others.filter(**{name: text.strip()}).exists()
    ]
    if phase not in NurturePhase.values:
        errors.append(FieldError("phase", "invalid", _("Choose a phase.")))
    if not 1 <= len(steps) <= MOST_STEPS:
        told = _("A track has 1 to %(most)d steps.") % {"most": MOST_STEPS}
        errors.append(FieldError("steps", "out_of_range", told))
    kept = set() if row is None else set(row.steps.values_list("user", flat=True))
    named_ids = {step.user for step in steps if step.user}
    people = set(User.objects.active().people().filter(pk__in=named_ids).values_list("pk", flat=True)) | kept
    contents = set(Content.objects.filter(pk__in=[s.content for s in steps if s.content]).values_list("pk", flat=True))
    for number, step in enumerate(steps):
        errors += [
            FieldError(f"steps[{number}].{name}", code, text) for name, code, text in _faults(step, people, contents)
        ]
    if errors:
        raise BadTrack(errors=errors)


def _faults(step: StepValues, people: set[int | None], contents: set[int]) -> list[tuple[str, str, str]]:
    """What is wrong with one step: the field, a code, a sentence."""
    found = []
    if not step.task_ja.strip():
        found.append(("task_ja", "required", _("Enter what is to be done.")))
    if step.kind not in StepKind.values:
        found.append(("kind", "invalid", _("Choose what kind of step it is.")))
    if step.owner not in StepOwner.values:
        found.append(("owner", "invalid", _("Choose who does the step.")))
    if not 0 <= step.wait_days <= MOST_DAYS:
        told = _("Enter 0 to %(most)d days.") % {"most": MOST_DAYS}
        found.append(("wait_days", "out_of_range", told))
    if (step.owner == StepOwner.PERSON) != (step.user is not None) or (step.user and step.user not in people):
        found.append(("user", "invalid", _("Choose a colleague who works here.")))
    if step.content is not None and step.content not in contents:
        found.append(("content", "invalid", _("There is no such content.")))
    return found


def _free_code(name: str) -> str:
    code = slugify(name).replace("-", "_")[:30] or "own"
    taken = set(NurtureTrack.objects.filter(code__startswith=code).values_list("code", flat=True))
    return next(free for free in chain([code], (f"{code}_{n}" for n in count(2))) if free not in taken)
