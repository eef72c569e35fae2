"""The table of who reacts to which event: `within` the transaction (may veto), or `after` its commit.

Apps register in their own `reactions.py`, loaded by their AppConfig. Kinds are matched whole.
"""

from collections import defaultdict
from collections.abc import Callable

from journal.models import Event

Reaction = Callable[[Event], None]

_within: dict[str, list[Reaction]] = defaultdict(list)
_after: dict[str, dict[str, Reaction]] = defaultdict(dict)
_by_name: dict[str, Reaction] = {}


def within(*kinds: str) -> Callable[[Reaction], Reaction]:
    """Registers a reaction that runs in the same transaction; what it raises undoes everything."""

    def register(function: Reaction) -> Reaction:
        for kind in kinds:
            if function not in _within[kind]:
                _within[kind].append(function)
        return function

    return register


def after(*kinds: str) -> Callable[[Reaction], Reaction]:
    """Registers a reaction that runs after the commit, at least once; it must not mind running twice."""

    def register(function: Reaction) -> Reaction:
        name = f"{function.__module__}.{function.__name__}"
        _by_name[name] = function
        for kind in kinds:
            _after[kind][name] = function
        return function

    return register


def run_within(event: Event) -> None:
    """Runs the reactions of the event's kind, in the order of registration."""
    for function in _within.get(event.kind, ()):
        function(event)


def names_after(kind: str) -> list[str]:
    """The names of the reactions owed after an event of this kind."""
    return list(_after.get(kind, ()))


def by_name(name: str) -> Reaction:
    """The reaction of that name; KeyError when no app registers it any more."""
    return _by_name[name]
