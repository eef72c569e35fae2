"""Works off the comparisons owed: chunk by chunk, each under a lease, safe to die and to run twice at once.

A chunk first writes its leads' keys and only then looks who shares them: of two chunks at work at the same time
at least one sees the other.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from journal import statistics
from journal.transactions import retried
from leads.domain import blocking, likeness
from leads.domain.likeness import Likeness
from leads.domain.profile import Profile
from leads.models import DuplicateDue, DuplicatePair, Lead, MatchKey
from leads.queries import comparing

CHUNK = 500
# Leads compared in one go, after which the pairs may have become many.
MANY = 1000
LEASE = timedelta(seconds=90)
# After this long nobody has heard the doorbell, and the sweep works itself, a little at a time.
UNHEARD = timedelta(seconds=60)
SWEPT_CHUNKS = 4
# Of some hundred bytes each.
MOST_REMEMBERED = 50_000
Now = Callable[[], datetime]
# When a comparison was marked as owed, and of which lead.
Place = tuple[datetime, int]
State = DuplicatePair.State


def work(*, now: Now, chunks: int | None = None) -> int:
    """Compares what is owed, all or so many chunks of it; returns how many leads were compared.

    `now` is read once a chunk.
    """
    remembered: dict[int, Profile] = {}
    own = comparing.own_fields()
    done = 0
    place: Place | None = None
    while chunks is None or chunks > 0:
        due, place = _claim(now(), place)
        if due is None:
            break
        _one_chunk(due, remembered, own, now())
        done += len(due)
        chunks = None if chunks is None else chunks - 1
    if done >= MANY:
        statistics.refresh()
    return done


def sweep(*, at: datetime) -> int:
    """Takes up what waits longer than a worker would let it."""
    if not DuplicateDue.objects.filter(_free(at), marked_at__lt=at - UNHEARD).exists():
        return 0
    return work(now=lambda: at, chunks=SWEPT_CHUNKS)


@retried
def _claim(at: datetime, place: Place | None) -> tuple[dict[int, int] | None, Place | None]:
    """The next chunk as {lead: generation}, None where nothing waits, and where it ends; of several workers each gets
    rows of its own.

    Beginning behind `place` spares the index what was worked off before; what is marked again comes next time.
    """
    claim = secrets.randbits(62)
    waiting = DuplicateDue.objects.filter(_free(at))
    if place is not None:
        waiting = waiting.filter(marked_at__gte=place[0]).exclude(marked_at=place[0], lead__lte=place[1])
    # Waiting for those whom another worker claims this moment would be waiting to find them claimed.
    waiting = waiting.select_for_update(skip_locked=True).order_by("marked_at", "lead")
    rows = list(waiting.values_list("marked_at", "lead")[:CHUNK])
    if not rows:
        return None, place
    DuplicateDue.objects.filter(_free(at), pk__in=[pk for _, pk in rows]).update(claim=claim, leased_until=at + LEASE)
    claimed = dict(DuplicateDue.objects.filter(claim=claim).values_list("lead_id", "generation"))
    return claimed, rows[-1]


def _free(at: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lte=at)


def _one_chunk(due: Mapping[int, int], remembered: dict[int, Profile], own: Collection[str], at: datetime) -> None:
    mine = comparing.profiles(due.keys(), own=own)
    keys = {pk: blocking.keys(profile) for pk, profile in mine.items()}
    _write_keys(due.keys(), keys)
    pairs = comparing.partners(keys)
    _remember(remembered, due.keys(), mine)
    missing = {pk for pair in pairs for pk in pair} - remembered.keys()
    remembered |= comparing.profiles(missing, own=own)
    found = {(a, b): likeness.compare(remembered[a], remembered[b]) for a, b in pairs if {a, b} <= remembered.keys()}
    likely = {pair: one for pair, one in found.items() if one.bits >= likeness.LEAST}
    _write(due, likely, at)


def _remember(remembered: dict[int, Profile], due: Collection[int], mine: Mapping[int, Profile]) -> None:
    """Leads met again in a later chunk needn't be read again; those of this chunk are as they are now."""
    if len(remembered) > MOST_REMEMBERED:
        remembered.clear()
    for pk in due:
        remembered.pop(pk, None)
    remembered.update(mine)


@retried
def _write_keys(lead_ids: Collection[int], keys: Mapping[int, Collection[int]]) -> None:
    """Only keys that came or went are written."""
    known = set(MatchKey.objects.filter(lead__in=lead_ids).values_list("lead_id", "key"))
    wanted = {(pk, key) for pk, own in keys.items() for key in own}
    for pk in {pk for pk, _ in known - wanted}:
        MatchKey.objects.filter(lead=pk, key__in=[key for one, key in known - wanted if one == pk]).delete()
    present = set(Lead.objects.filter(pk__in={pk for pk, _ in wanted - known}).values_list("pk", flat=True))
    _insert_keys([(pk, key) for pk, key in wanted - known if pk in present])


def _insert_keys(rows: Sequence[tuple[int, int]]) -> None:
    # Plain rows by the ten thousand: making model instances of them took longer than comparing the leads.
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_INSERT_ARRAYS, [[pk for pk, _ in rows], [key for _, key in rows]])
        else:
            cursor.executemany(_INSERT_ROWS, rows)


_INSERT_ROWS = "INSERT INTO leads_matchkey (lead_id, key) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_INSERT_ARRAYS = """
INSERT INTO leads_matchkey (lead_id, key) SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING
"""


@retried
def _write(due: Mapping[int, int], likely: Mapping[tuple[int, int], Likeness], at: datetime) -> None:
    """Remembers new pairs, brings known ones up to date, forgets open ones that are likely no more."""
    known = DuplicatePair.objects.filter(Q(a__in=due) | Q(b__in=due)).in_bulk()
    by_pair = {(pair.a_id, pair.b_id): pair for pair in known.values()}
    here = set(
        Lead.objects.present().filter(pk__in={pk for pair in likely for pk in pair}).values_list("pk", flat=True)
    )
    likely = {pair: one for pair, one in likely.items() if here.issuperset(pair)}
    stale = [pair.pk for key, pair in by_pair.items() if pair.state == State.OPEN and key not in likely]
    DuplicatePair.objects.filter(pk__in=stale, state=State.OPEN).delete()
    new = [_row(key, one, at) for key, one in likely.items() if key not in by_pair]
    DuplicatePair.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    for key, one in likely.items():
        if key in by_pair:
            _bring_up_to_date(by_pair[key], one)
    _settle(due)


def _row(pair: tuple[int, int], one: Likeness, at: datetime) -> DuplicatePair:
    return DuplicatePair(a_id=pair[0], b_id=pair[1], score=one.score, reasons=one.told, created_at=at)


def _bring_up_to_date(pair: DuplicatePair, one: Likeness) -> None:
    """'Not the same' stands until the facts change so that more speaks for it than when it was said."""
    same = pair.score == one.score and pair.reasons == one.told
    if same or pair.state == State.MERGED or (pair.state == State.DISMISSED and one.score <= pair.score):
        return
    DuplicatePair.objects.filter(pk=pair.pk, state=pair.state).update(
        state=State.OPEN, score=one.score, reasons=one.told
    )


def _settle(due: Mapping[int, int]) -> None:
    """What was marked again meanwhile stays owed; the rest is done."""
    by_generation: dict[int, list[int]] = {}
    for pk, generation in due.items():
        by_generation.setdefault(generation, []).append(pk)
    for generation, ids in by_generation.items():
        DuplicateDue.objects.filter(pk__in=ids, generation=generation).delete()
    DuplicateDue.objects.filter(pk__in=list(due)).update(claim=None, leased_until=None)
