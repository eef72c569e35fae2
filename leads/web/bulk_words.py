"""What the bulk actions are called, by code; upper apps register theirs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.models import BulkRun


@dataclass(frozen=True)
class Words:
    """`doing` heads the run, `done` says what came of it, `reasons` why leads were left alone."""

    doing: Callable[[BulkRun], str]
    done: Callable[[BulkRun], str]
    reasons: Mapping[str, Any] = field(default_factory=dict)


REASONS: dict[str, Any] = {"gone": _("Deleted, or not visible to you")}
_WORDS: dict[str, Words] = {}


def register(code: str, words: Words) -> None:
    """Adds those of one action."""
    _WORDS[code] = words


def of(run: BulkRun) -> Words:
    """Those of this run."""
    return _WORDS[run.action]


def done(run: BulkRun) -> str:
    """What came of it; that nothing had to be changed is said as such, not as a count of none."""
    if not run.changed and not run.refused and run.state == BulkRun.State.DONE:
        return str(_("Nothing to change: the selected leads are like that already."))
    return of(run).done(run)


def reason(run: BulkRun, code: str) -> str:
    """Why a lead was left alone, in words."""
    return str(of(run).reasons.get(code) or REASONS.get(code) or code)
