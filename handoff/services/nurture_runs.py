"""Puts resting leads into a track and takes them out again; a step whose day has come becomes the lead's duty.

A running track belongs to a lead in NURTURE or LOST whose duty is resting or the step itself; every verb holds the
lead's row first, so that two sweeps, or a sweep and a person, come one after the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.queries import organization
from handoff.domain import follows, nurture
from handoff.domain.duties import Duty
from handoff.domain.nurture import Ended, RunState
from handoff.models import NurtureRun, NurtureStep, NurtureTrack
from handoff.queries import due as dues
from handoff.queries import marketing
from handoff.queries import nurture as tracks
from handoff.queries.marketing import Keeper
from handoff.services import chunks, duties
from journal import bulk
from journal.services import record_many
from journal.transactions import retried
from leads.domain.choices import DueKind
from leads.models import Lead

MOST = 1000
Holder = tuple[int | None, int | None]


def start(
    *,
    leads: Sequence[Lead],
    track: NurtureTrack | None,
    former: Mapping[int, Holder],
    by: User | None,
    at: datetime,
    afresh: bool = False,
) -> None:
    """These leads have come to rest: each is in this track from now on, in none without one or when opted out.

    A lead that is in it already goes on (unless `afresh`), one that is in another leaves that. `former` is who had
    each lead, by its id. The duty is resting already. A fixed number of statements for any number of leads.
    """
    standing = {run.lead_id: run for run in _running([lead.pk for lead in leads])}
    keeps = {pk for pk, run in standing.items() if track and run.track_id == track.pk and not afresh}
    going = [lead for lead in leads if lead.pk in standing and (lead.pk not in keeps or lead.opted_out)]
    stop(lead_ids=[lead.pk for lead in going], because=Ended.REPLACED, by=by, at=at)
    NurtureRun.objects.filter(pk__in=[standing[pk].pk for pk in keeps], is_due=True).update(is_due=False)
    first = NurtureStep.objects.filter(track=track, version=track.version, position=0).first() if track else None
    fresh = [lead for lead in leads if lead.pk not in keeps and not lead.opted_out]
    if track is None or first is None or not fresh:
        return
    next_at = _moment(first, at)
    had = {pk: (run.former_owner_id, run.former_team_id) for pk, run in standing.items()}
    bulk.insert(
        [_run(lead, track, next_at, had.get(lead.pk) or former.get(lead.pk) or (None, None), at) for lead in fresh]
    )
    record_many("nurture.started", leads=fresh, by=by, at=at, data=_named(track))
    if next_at <= at:
        fall_due(at=at, lead_ids=[lead.pk for lead in fresh])


def stop(*, lead_ids: Collection[int], because: Ended, by: User | None, at: datetime) -> list[NurtureRun]:
    """The tracks of these leads end; what is owed on them instead is the caller's. Returns those that ended."""
    runs = list(_running(lead_ids))
    if not runs:
        return []
    ended = {"state": RunState.STOPPED, "is_due": False, "next_at": None, "ended_at": at, "ended_because": because}
    NurtureRun.objects.filter(pk__in=[run.pk for run in runs]).update(**ended)
    by_track: dict[int, list[NurtureRun]] = defaultdict(list)
    for run in runs:
        by_track[run.track_id].append(run)
    for same in by_track.values():
        data = _named(same[0].track) | {"because": because.value}
        record_many("nurture.ended", leads=[run.lead for run in same], by=by, at=at, data=data)
    return runs


def leave(*, origins: Mapping[int, str], to: str, way: str, by: User | None, at: datetime) -> None:
    """Leads (by id, with the stage left) change their stage: who rests no more is in no track any more."""
    woken = [pk for pk, origin in origins.items() if origin in nurture.RESTING] if to not in nurture.RESTING else []
    if woken:
        stop(lead_ids=woken, because=nurture.ended_by(to, way), by=by, at=at)


def stop_and_rest(*, lead_ids: Collection[int], because: Ended, by: User | None, at: datetime) -> None:
    """Their tracks end, and they only rest until their day."""
    rest(runs=stop(lead_ids=lead_ids, because=because, by=by, at=at), at=at)


def rest(*, runs: Sequence[NurtureRun], at: datetime, owed: DueKind = DueKind.NURTURE) -> None:
    """Leads whose duty was a step of these runs (or what else they owed) are kept by whom they were kept before, until
    their day."""
    kept = {run.lead_id: Keeper(run.rest_owner_id, run.rest_team_id) for run in runs}
    owing = list(Lead.objects.filter(pk__in=kept, due_kind=owed))
    if not owing:
        return
    here = set(
        User.objects.active().filter(pk__in=[one.owner_id for one in kept.values()]).values_list("pk", flat=True)
    )
    usual = marketing.keepers_of(owing)
    until = {lead.pk: _until(lead, at) for lead in owing}

    @cache
    def resting(keeper: Keeper, day: object) -> Duty:
        return dues.duty_on(DueKind.RESURFACE, keeper, day)  # type: ignore[arg-type]

    resting_now = {}
    for lead in owing:
        keeper = kept[lead.pk]
        is_here = keeper.owner_id in here or (keeper.owner_id is None and keeper.team_id is not None)
        resting_now[lead.pk] = resting(keeper if is_here else usual[lead.pk], organization.local_day(until[lead.pk]))
    duties.assign_many(duties=resting_now, not_before=until)


def settle(*, lead_ids: Collection[int], by: User | None, at: datetime) -> None:
    """Makes tracks and duties of these leads agree again, whatever has just been done to their rows."""
    over = ~Q(lead__stage__in=nurture.RESTING) | Q(lead__is_present=False) | Q(lead__opted_out=True)
    woken = [run.lead_id for run in _running(lead_ids).filter(over)]
    rest(runs=stop(lead_ids=woken, because=Ended.MERGED, by=by, at=at), at=at)
    NurtureRun.objects.running().filter(lead__in=lead_ids, is_due=True).exclude(lead__due_kind=DueKind.NURTURE).update(
        is_due=False
    )
    owing = NurtureRun.objects.running().filter(lead=OuterRef("pk"), is_due=True)
    lost = Lead.objects.filter(pk__in=lead_ids, due_kind=DueKind.NURTURE).exclude(Exists(owing))
    rest(runs=[NurtureRun(lead=lead) for lead in lost], at=at)


def sweep(*, at: datetime) -> tuple[int, int]:
    """Steps whose day has come become duties, exactly once; who has unsubscribed leaves. Returns how many fell due,
    and how many leads failed."""
    refused = list(NurtureRun.objects.running().filter(lead__opted_out=True).values_list("lead", flat=True)[:MOST])
    _left, stuck = chunks.take(refused, partial(_refuse, at=at), what="tracks of leads that unsubscribed")
    waiting = list(tracks.due(at=at).order_by("next_at", "pk").values_list("lead", flat=True)[:MOST])
    due, failed = chunks.take(waiting, partial(_fall_due, at=at), what="nurture steps")
    return due, stuck + failed


@retried
def _refuse(lead_ids: Sequence[int], at: datetime) -> int:
    hold(lead_ids)
    stop_and_rest(lead_ids=lead_ids, because=Ended.OPTED_OUT, by=None, at=at)
    return len(lead_ids)


def _fall_due(lead_ids: Sequence[int], at: datetime) -> int:
    return fall_due(at=at, lead_ids=lead_ids)


@retried
def fall_due(*, at: datetime, lead_ids: Collection[int]) -> int:
    """Of these leads, those whose step has come owe it from now on. Held and read again, so nobody does it twice."""
    hold(lead_ids)
    runs = list(tracks.due(at=at).filter(lead__in=lead_ids).select_related("lead").order_by("pk"))
    steps = tracks.steps_at(runs)
    if not runs:
        return 0
    doers = tracks.doers_of(runs, steps)
    duty = _DueTimes(at)
    duties.assign_many(
        duties={run.lead_id: duty.of(run, doers[run.pk]) for run in runs},
        not_before={run.lead_id: _until(run.lead, at) for run in runs},
    )
    for run in runs:
        run.is_due, run.rest_owner_id, run.rest_team_id = True, run.lead.owner_id, run.lead.team_id
    NurtureRun.objects.bulk_update(runs, ["is_due", "rest_owner", "rest_team"], batch_size=500)
    return len(runs)


class _DueTimes:
    """The closing of a step's day on its doer's calendar, worked out once for each; a day gone by is today or later."""

    def __init__(self, at: datetime):
        self.at = at
        self.known: dict[tuple[Keeper, datetime], Duty] = {}

    def of(self, run: NurtureRun, doer: Keeper) -> Duty:
        moment = run.next_at or self.at
        if (doer, moment) not in self.known:
            self.known[doer, moment] = self._duty(doer, moment)
        return self.known[doer, moment]

    def _duty(self, doer: Keeper, moment: datetime) -> Duty:
        today = organization.local_day(self.at)
        days = (organization.local_day(moment), today)
        duties_then = (dues.duty_on(DueKind.NURTURE, doer, day) for day in days)
        ahead = (duty for duty in duties_then if duty.due_at > self.at)
        return next(ahead, None) or dues.duty_on(DueKind.NURTURE, doer, today + timedelta(days=1))


def hold(lead_ids: Iterable[int]) -> None:
    """Locks the leads in one order for all."""
    list(Lead.objects.select_for_update().filter(pk__in=list(lead_ids)).order_by("pk").values_list("pk"))


def go_on(*, run: NurtureRun, at: datetime) -> None:
    """The present step is taken: the next one waits its days, after the last one the lead only rests."""
    following = NurtureStep.objects.filter(track=run.track_id, version=run.version, position=run.position + 1).first()
    if following is None:
        ended = {"state": RunState.FINISHED, "next_at": None, "ended_at": at, "ended_because": Ended.FINISHED}
        NurtureRun.objects.filter(pk=run.pk).update(is_due=False, **ended)
        record_many(
            "nurture.ended",
            leads=[run.lead],
            by=None,
            at=at,
            data=_named(run.track) | {"because": Ended.FINISHED.value},
        )
    else:
        NurtureRun.objects.filter(pk=run.pk).update(
            is_due=False, position=following.position, next_at=_moment(following, at)
        )
    rest(runs=[run], at=at)
    if following is not None and _moment(following, at) <= at:
        fall_due(at=at, lead_ids=[run.lead_id])


def _running(lead_ids: Collection[int]) -> tracks.NurtureRunQuerySet:
    return NurtureRun.objects.running().filter(lead__in=list(lead_ids)).select_related("track", "lead")


def _run(lead: Lead, track: NurtureTrack, next_at: datetime, former: Holder, at: datetime) -> NurtureRun:
    return NurtureRun(
        lead=lead,
        track=track,
        version=track.version,
        next_at=next_at,
        former_owner_id=former[0],
        former_team_id=former[1],
        started_at=at,
    )


def _moment(step: NurtureStep, at: datetime) -> datetime:
    """The midnight that begins the step's day; no wait is no wait."""
    if not step.wait_days:
        return at
    return organization.midnight_of(organization.local_day(at) + timedelta(days=step.wait_days))


def _until(lead: Lead, at: datetime) -> datetime:
    """When the lead is looked at again; a rest that lost its day gets the usual one."""
    return lead.not_before or organization.midnight_of(dues.day_in(follows.NURTURE_DEFAULT_DAYS, at=at))


def _named(track: NurtureTrack) -> dict[str, str]:
    return {"ja": track.name_ja, "en": track.name_en}
