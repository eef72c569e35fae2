"""What the workers do while a walk goes on: score, sweep, deliver, mail; here a failure of theirs is a fault."""

from django.core import mail

from handoff.models import Clock
from handoff.services.sweeps import Swept
from integrations.services import sweeping
from journal import services as journal
from journal.models import Delivery
from scoring.services import recompute
from scoring.services import sweeping as scoring
from tests.walk.company import World

# What is looked at with every moment that runs out; the others cost as much and change no invariant.
AT_ONCE = ("scores", "clocks", "reactions")


def score(world: World) -> None:
    """The task that the bell of a stale mark wakes."""
    scoring.stale(at=world.at)


def score_all(world: World) -> None:
    """The task that the bell of a run wakes."""
    recompute.sweep(at=world.at)


def sweep(world: World, *names: str) -> None:
    """These sweeps (all, when none are named) in their order; none may fail, and nothing that is due may be left."""
    for one in sweeping.SWEEPS:
        if not names or one.name in names:
            swept = one.function()(at=world.at)
            assert not (isinstance(swept, Swept) and swept.failed), f"{swept.failed} handoffs could not be swept"
    while journal.deliver_owed(at=world.at):
        pass
    world.swept_at = world.at
    assert not Clock.objects.filter(next_event_at__lte=world.at).exists(), "a moment is still due after the sweep"
    failed = Delivery.objects.exclude(error="").values_list("event__kind", "error").first()
    assert failed is None, f"a reaction failed: {failed}"
    mail.outbox.clear()
