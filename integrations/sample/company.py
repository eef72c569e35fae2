"""Makes the whole sample company: settings, people, and the year that was played."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from handoff.services import defaults
from integrations.models import Mail, Notice
from integrations.sample import agreement
from integrations.sample import crew as crew_maker
from integrations.sample.actors import Actors
from integrations.sample.crew import PEOPLE, Crew
from integrations.sample.play import Play
from integrations.sample.script import Script
from journal import doorbell
from journal import services as journal
from journal.errors import Conflict
from journal.models import Delivery
from leads.models import Lead
from scoring.services import presets, recompute

YEAR = timedelta(days=365)
UNREAD = timedelta(days=2)
PUT_AWAY = timedelta(days=30)


class NotEmpty(Conflict):
    """The sample is only made where nothing is."""

    code = "not_empty"
    message = _("There is already data here. The sample company can only be created in an empty installation.")


def make(*, leads: int, seed: int, until: datetime, progress: Callable[[int], None] = lambda number: None) -> Crew:
    """Makes the sample company with this many leads, its history ending at `until`.

    All in one transaction: it is there whole or not at all. Raises NotEmpty.
    """
    with whole():
        crew = settle_in(begins=until - YEAR, until=until)
        _play(crew, leads=leads, seed=seed, until=until, progress=progress)
        agreement.draft(crew, at=until)
        catch_up(until)
    return crew


@contextmanager
def whole() -> Iterator[None]:
    """What is made within is there whole or not at all, and wakes no worker. Raises NotEmpty where anything is."""
    if Organization.objects.exists() or Lead.objects.exists():
        raise NotEmpty
    with doorbell.quiet(), _without_collecting(), transaction.atomic():
        yield


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Hundreds of thousands of short-lived rows: looking for cycles among them costs a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settle_in(*, begins: datetime, until: datetime) -> Crew:
    """The organisation, its people, settings and scores as of `begins`; the campaigns are those of a whole year."""
    organization = crew_maker.organization(started_at=begins, until=until)
    teams = crew_maker.teams(begins)
    staff = crew_maker.staff(teams, begins)
    zone = organization.zone
    year = [moment.astimezone(zone).date() for moment in (until - YEAR, until)]
    channels, campaigns = crew_maker.channels(*year)
    crew = Crew(organization, teams, staff, channels=channels, campaigns=campaigns, contents=crew_maker.contents())
    crew.speed = {staff[key].pk: speed for key, _last, _first, _roles, _teams, speed in PEOPLE}
    defaults.install(preset=organization.preset, at=begins)
    presets.install(preset="excel_starter", by=crew.admin, at=begins)
    recompute.sweep(at=begins)
    return crew


def _play(crew: Crew, *, leads: int, seed: int, until: datetime, progress: Callable[[int], None]) -> None:
    random = Random(seed)  # noqa: S311 (a script, not a secret)
    zone = crew.organization.zone
    begins = (until - YEAR).astimezone(zone).date()
    script = Script(crew, random=random, begins=begins, until=until, zone=zone)
    actors = Actors(crew, random=random, begins=datetime.combine(begins, time(0), zone), until=until)
    Play(script, actors, until=until).run(script.characters(leads), progress)


def catch_up(until: datetime) -> None:
    """Tells what is owed. What is older than a month was read and put away, what is older than two days was read,
    and nothing is mailed to invented people."""
    Delivery.objects.filter(due_at__lt=until - PUT_AWAY).update(state=Delivery.State.DONE)
    while journal.deliver_owed(at=until, limit=2000):
        continue
    Notice.objects.filter(at__lt=until - UNREAD, read_at__isnull=True).update(read_at=until)
    Mail.objects.filter(state=Mail.State.OWED).update(state=Mail.State.DROPPED)
