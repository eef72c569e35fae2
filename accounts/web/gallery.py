"""The gallery: every component with values that show its states; only where DEBUG is on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.interface.clock_faces import ClockFace


@dataclass(frozen=True)
class Person:
    last_name: str
    first_name: str


@dataclass(frozen=True)
class Entry:
    icon: str
    text: str
    at: datetime
    note: str = ""
    url: str = ""
    is_key: bool = False


@dataclass(frozen=True)
class Step:
    label: str
    state: str = ""
    lines: list[str] = field(default_factory=list)


class ExampleForm(forms.Form):
    """One field of each kind, the first with a fault."""

    again_on = forms.DateField(error_messages={"invalid": gettext_lazy("That is not a date. Example: 2026-11-20.")})
    word = forms.CharField(required=False)
    size = forms.ChoiceField(choices=[("small", "S"), ("large", "L")], help_text="…")
    agrees = forms.BooleanField(required=False)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """All components side by side."""
    if not settings.DEBUG:
        raise Http404
    at: datetime = request.entry.at  # type: ignore[attr-defined]
    return render(request, "components/gallery.html", _values(at))


def _values(at: datetime) -> dict[str, Any]:
    return {
        "faces": _faces(at),
        "moons": [at - timedelta(days=3), at - timedelta(days=12), at - timedelta(days=48), None],
        "stages": ["lead", "mal", "mql", "sal", "sql", "opportunity", "won", "lost", "nurture", "disqualified"],
        "isao": Person("井坂", "勲"),
        "nakamura": Person("Nakamura", "Kenichi"),
        "entries": [
            Entry("trophy", _("Won"), at - timedelta(hours=2), "480万円", is_key=True),
            Entry("phone", _("Call"), at - timedelta(days=1), "井坂 勲"),
            Entry("eye", "page_view", at - timedelta(days=40)),
        ],
        "steps": [Step("MAL", "past", ["9/10(木)"]), Step("MQL", "now", ["11/12(木)"]), Step("SAL")],
        "facts": [(_("Industry"), "製造業"), (_("Budget"), "")],
        "form": ExampleForm({"again_on": "2026/13/01", "word": "", "size": "small"}),
        "amount": 15_300_000,
        "at": at,
        "values": [3, 5, None, 4, 8, 9],
    }


def _faces(at: datetime) -> list[ClockFace]:
    open_now = ((at - timedelta(hours=3), at + timedelta(hours=9)),)
    later = at + timedelta(hours=15)
    return [
        ClockFace(at + timedelta(minutes=84), at, remaining=84, total=120, windows=open_now),
        ClockFace(at + timedelta(minutes=34), at, remaining=34, total=120, windows=open_now),
        ClockFace(at - timedelta(minutes=24), at, remaining=-24, total=120, windows=open_now),
        ClockFace(
            later + timedelta(hours=2),
            at,
            remaining=120,
            total=240,
            opens_at=later,
            windows=((later, later + timedelta(hours=9)),),
        ),
        ClockFace(at, at, remaining=0, total=60, met_after=48),
        ClockFace(at + timedelta(days=4), at, remaining=1200, total=1440),
    ]
