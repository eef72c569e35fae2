"""Leads that may be one person: noted, and decided on."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import Permission
from accounts.models import User
from journal import services as journal
from journal.errors import Conflict
from journal.transactions import retried
from leads.domain.likeness import compare
from leads.models import DuplicatePair
from leads.queries import comparing
from leads.services.lead_checks import require

# How sure the same name at the same company makes us, of 100.
NAMESAKES = 80
_REASONS = [{"field": "company", "similarity": 100}, {"field": "name", "similarity": 100}]


class AlreadyMerged(Conflict):
    """The two are one already."""

    code = "already_merged"
    message = _("These two have already been merged.")


def propose_namesakes(*, pairs: Iterable[tuple[int, int]], at: datetime) -> None:
    """Notes leads (by id) of one name at one company as probably one person; a pair noted before stays as it is."""
    ordered = {(min(pair), max(pair)) for pair in pairs}
    rows = [DuplicatePair(a_id=a, b_id=b, score=NAMESAKES, reasons=_REASONS, created_at=at) for a, b in ordered]
    DuplicatePair.objects.bulk_create(rows, ignore_conflicts=True)


def note_apart(*, pairs: Iterable[tuple[int, int]], at: datetime) -> None:
    """Leads (by id) of which somebody said on the way in that they are not the same: remembered as `dismiss` does.

    One query for all of them. A pair noted before stays as it is.
    """
    ordered = {(min(pair), max(pair)) for pair in pairs}
    if not ordered:
        return
    found = comparing.profiles({pk for pair in ordered for pk in pair}, own=comparing.own_fields())
    alike = {(a, b): compare(found[a], found[b]) for a, b in ordered if a in found and b in found}
    rows = [
        DuplicatePair(
            a_id=a,
            b_id=b,
            state=DuplicatePair.State.DISMISSED,
            score=max(NAMESAKES, one.score),
            reasons=one.told,
            created_at=at,
        )
        for (a, b), one in alike.items()
    ]
    DuplicatePair.objects.bulk_create(rows, ignore_conflicts=True)


def forget(*, lead_ids: Collection[int]) -> None:
    """Of leads that go nobody can decide any more whom they resemble: who is left waits for no decision."""
    DuplicatePair.objects.open().filter(Q(a__in=lead_ids) | Q(b__in=lead_ids)).delete()


@retried
def dismiss(*, pair: DuplicatePair, by: User | None, at: datetime) -> DuplicatePair:
    """Remembers that they are not the same; twice is once. Raises Forbidden, AlreadyMerged."""
    require(by, Permission.EDIT_LEADS)
    # As alike as they are now: what made them a pair on their way in may have said less.
    likely = comparing.likeness_of(pair.a_id, pair.b_id)
    score = max(pair.score, likely.score if likely else 0)
    won = DuplicatePair.objects.filter(pk=pair.pk, state=DuplicatePair.State.OPEN).update(
        state=DuplicatePair.State.DISMISSED, score=score
    )
    pair.refresh_from_db()
    if won:
        data = {"other": pair.b_id}
        journal.record("duplicate.dismissed", subject=pair, by=by, at=at, lead_id=pair.a_id, data=data)
    elif pair.state == DuplicatePair.State.MERGED:
        raise AlreadyMerged
    return pair


@retried
def reopen(*, pair: DuplicatePair, by: User | None, at: datetime) -> DuplicatePair:
    """'Not the same' is taken back; the pair waits for a decision again. Raises Forbidden."""
    require(by, Permission.EDIT_LEADS)
    dismissed = DuplicatePair.objects.filter(pk=pair.pk, state=DuplicatePair.State.DISMISSED)
    if dismissed.update(state=DuplicatePair.State.OPEN):
        data = {"other": pair.b_id}
        journal.record("duplicate.reopened", subject=pair, by=by, at=at, lead_id=pair.a_id, data=data)
    pair.refresh_from_db()
    return pair
