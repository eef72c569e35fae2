"""The actions that can be done with many leads at once, by code; upper apps register theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from accounts.models import User
from leads.models import BulkItem, BulkRun

Result = BulkItem.Result


@dataclass(frozen=True)
class Outcome:
    """What became of one lead: changed (with what undo puts back), unchanged, or refused with the reason's code."""

    result: str
    reason: str = ""
    old: dict[str, Any] = field(default_factory=dict)


UNCHANGED = Outcome(Result.UNCHANGED)


def changed(**old: Any) -> Outcome:
    """Done; `old` is what an undo needs."""
    return Outcome(Result.CHANGED, old=old)


def refused(reason: str) -> Outcome:
    """Left alone, for this reason."""
    return Outcome(Result.REFUSED, reason)


class Apply(Protocol):
    def __call__(self, *, run: BulkRun, lead_ids: Sequence[int], by: User, at: datetime) -> Mapping[int, Outcome]: ...


class Undo(Protocol):
    def __call__(self, *, run: BulkRun, items: Sequence[BulkItem], by: User, at: datetime) -> set[int]: ...


@dataclass(frozen=True)
class Action:
    """`apply` works one chunk in the caller's transaction and answers for every lead that is still there.

    `check` raises a named error when this person may not, or the values are wrong. `undo` puts back what it can and
    returns the leads it has put back; without it there is none.
    """

    code: str
    apply: Apply
    check: Callable[[User, dict[str, Any], datetime], None]
    undo: Undo | None = None


ACTIONS: dict[str, Action] = {}


def register(action: Action) -> None:
    """Adds one; codes are unique."""
    ACTIONS[action.code] = action
