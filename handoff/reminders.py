"""What Today reminds people of besides leads: apps above register what comes due for them.

    reminders.register(answer_check)

where `answer_check(user=user, at=at)` returns a `Reminder` or None and costs a query or two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.models import User


@dataclass(frozen=True)
class Reminder:
    """What has come due, why, and where it is done."""

    title: str
    text: str
    icon: str
    url: str
    label: str


class Source(Protocol):
    def __call__(self, *, user: User, at: datetime) -> Reminder | None: ...


_sources: list[Callable[..., Reminder | None]] = []


def register(source: Source) -> None:
    """Adds what may remind somebody; in the order of registration."""
    if source not in _sources:
        _sources.append(source)


def of_user(user: User, at: datetime) -> list[Reminder]:
    """What this person is reminded of at this moment."""
    return [found for source in _sources if (found := source(user=user, at=at)) is not None]
