"""Two sweepers tell what has fallen due and are killed again and again."""

import os
import random
import signal
import time
from collections import Counter
from datetime import datetime, timedelta

from chaos import company
from chaos.processes import ended, forked
from chaos.told import Told
from handoff.models import Alert, Clock
from handoff.services import sweeps
from integrations.models import Notice
from journal import clock
from journal.models import Delivery
from journal.services import deliver_owed

SWEEPERS = 2
# By then every lease of somebody who was killed has run out.
LATER = timedelta(hours=1)


def run(wanted: int, kills: int) -> Told:
    """As many alerts and notices as sweeps that nobody disturbs make, and none twice."""
    admin, team, _people = company.begin(3)
    began = clock.now()
    first = company.handed_over(1, by=admin, to=team, at=began)
    at = company.all_due(first)
    sweep(at)
    sweep(at + LATER)
    each = counted()
    more = wanted // each["alerts"]
    company.handed_over(more, by=admin, to=team, at=began, numbered_from=1)
    killed = disturbed(at, kills)
    sweep(at)
    sweep(at + LATER)
    found = counted()
    apart = {what: found[what] - count * (more + 1) for what, count in each.items()}
    owed = still_due(at)
    return Told(
        "killed while telling what is late",
        f"{found['alerts']:,} alerts, {found['notices']:,} notices, {SWEEPERS} sweepers, {killed} kill -9",
        f"{-min(0, *apart.values())} lost, {max(0, *apart.values())} twice, {owed} still owed",
        not any(apart.values()) and not owed and killed == kills,
    )


def counted() -> Counter[str]:
    """What people were told so far."""
    return Counter(alerts=Alert.objects.count(), notices=Notice.objects.count())


def still_due(at: datetime) -> int:
    """How many clocks and reactions wait although their moment has come."""
    clocks = Clock.objects.filter(next_event_at__lte=at).count()
    return clocks + Delivery.objects.filter(state=Delivery.State.OWED, due_at__lte=at).count()


def sweep(at: datetime) -> None:
    """Until nothing is due, as the workers do every few seconds."""
    while sweeps.sweep(at=at).moments + deliver_owed(at=at):
        pass


def disturbed(at: datetime, kills: int) -> int:
    """Kills a sweeper so often, each while something is due; returns how often that was possible."""
    chance, killed = random.Random(5), 0
    running = [sweeper(at) for _ in range(SWEEPERS)]
    while killed < kills and still_due(at):
        time.sleep(chance.uniform(0.02, 0.2))
        place = chance.randrange(SWEEPERS)
        os.kill(running[place], signal.SIGKILL)
        killed += ended(running[place])
        running[place] = sweeper(at)
    for one in running:
        ended(one)
    return killed


def sweeper(at: datetime) -> int:
    """A process of its own that sweeps; its id."""
    return forked(lambda: sweep(at))
