"""Walks: companies of so many random steps each, every one thrown away at its end, with the invariants held to all along."""

import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction

from handoff.queries import invariants
from journal import clock
from journal.errors import DomainError
from tests.walk import watch
from tests.walk.company import Nothing, World, begin
from tests.walk.reading import Reading
from tests.walk.steps import STEPS

# Past this a sweep comes even where no step asks for it, as the watchdog's would.
LONGEST_SILENCE = timedelta(seconds=75)
NAMES = list(STEPS)
WEIGHTS = [weight for _step, weight in STEPS.values()]


class Broken(AssertionError):
    """An invariant does not hold, or a step failed by something that is not a refusal."""


@dataclass
class Report:
    """How many steps of each kind were done, and how many refused, by the refusal's code."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    codes: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        return self.done.total() + self.refused.total()

    def never_done(self) -> list[str]:
        return [name for name in NAMES if not self.done[name]]

    def table(self) -> str:
        lines = [f"{'step':<16}{'done':>8}{'refused':>9}  most often by"]
        for name in NAMES:
            most = ", ".join(f"{code} {count}" for code, count in self.codes.get(name, Counter()).most_common(4))
            lines.append(f"{name:<16}{self.done[name]:>8}{self.refused[name]:>9}  {most}")
        return "\n".join([*lines, f"{'all':<16}{self.done.total():>8}{self.refused.total():>9}"])


def walk(*, seed: int, steps: int, every: int, report: Report) -> None:
    """One company; the whole check after every `every`th step and at the end. Raises Broken; leaves nothing behind."""
    with transaction.atomic():
        world = begin(seed)
        reading = Reading(world)
        for number in range(1, steps + 1):
            with clock.frozen(world.at):
                _take(world, reading, number, report, is_whole=number % every == 0 or number == steps)
        connection.check_constraints()
        transaction.set_rollback(True)


def _take(world: World, reading: Reading, number: int, report: Report, *, is_whole: bool) -> None:
    world.at += timedelta(seconds=world.dice.randrange(1, 20))
    world.told.append("")
    try:
        if world.at - world.swept_at > LONGEST_SILENCE:
            watch.sweep(world, *watch.AT_ONCE)
        _one_step(world, number, report)
        found = reading.faults()
        if is_whole:
            found += _whole(world, reading)
    except Exception as error:
        raise Broken(f"step {number} failed\n{_last(world)}\n{traceback.format_exc()}") from error
    if found:
        raise Broken(f"after step {number}: {'; '.join(found)}\n{_last(world)}")


def _whole(world: World, reading: Reading) -> list[str]:
    """Everything, by the product's own check and by the plain reading, after a sweep: a calendar that was changed, or
    another receiver's, may just have put a moment into the past, and the next sweep is who finds it."""
    watch.sweep(world, *watch.AT_ONCE)
    return [*reading.all_faults(), *map(str, invariants.violations(at=world.at))]


def _one_step(world: World, number: int, report: Report) -> None:
    """The first kind drawn that has something to do it with."""
    while True:
        name = world.dice.choices(NAMES, WEIGHTS)[0]
        world.told.append(f"{number} {world.at:%Y-%m-%d %H:%M:%S} {name}")
        try:
            STEPS[name][0](world)
        except Nothing:
            continue
        except DomainError as refusal:
            report.refused[name] += 1
            report.codes.setdefault(name, Counter())[refusal.code] += 1
            world.note(f"refused: {refusal.code}")
            return
        report.done[name] += 1
        return


def _last(world: World) -> str:
    return "\n".join(line for line in world.told[-60:] if line)
