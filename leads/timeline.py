"""How each kind of event reads on a lead's timeline: apps register a renderer for what they journal.

    timeline.register("handoff.accepted", accepted)

where `accepted(event, people)` returns a `Line`, or None to leave the event out. `people` maps user ids to names.
Renderers read `event.data` only: a page shows fifty entries and may not ask fifty times.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from journal.models import Event

People = Mapping[int, str]


@dataclass(frozen=True)
class Line:
    """What one entry says: an icon of the set, a sentence, and whether it stands out. `url` makes it a link."""

    icon: str
    text: Any
    is_key: bool = False
    note: Any = ""
    url: str = ""


Renderer = Callable[[Event, People], Line | None]
_renderers: dict[str, Renderer] = {}


def register(kind: str, renderer: Renderer) -> None:
    """Says how events of this kind read; a later registration replaces an earlier one."""
    _renderers[kind] = renderer


def kinds() -> tuple[str, ...]:
    """The kinds that somebody registered: only these are shown."""
    return tuple(_renderers)


def render(event: Event, people: People) -> Line | None:
    """The event in words; None when it is not shown."""
    renderer = _renderers.get(event.kind)
    return renderer(event, people) if renderer else None
