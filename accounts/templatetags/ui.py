"""Tags and filters of the interface's components; every template has them without loading.

A tag draws one template of `templates/components/`; `/components/` shows them all.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.interface import cells, clock_faces, dates, drawing, figures, toasts
from accounts.interface.clock_faces import ClockFace
from accounts.interface.drawn import drawn_once

register = template.Library()
COUNTING = ("ok", "soon", "late")

for name, function in {
    "day": dates.day,
    "long_day": dates.long_day,
    "month": dates.month,
    "moment": dates.moment,
    "due": dates.due,
    "time_of_day": dates.clock_time,
    "duration": dates.length,
    "span": dates.span,
    "number": figures.number,
    "money": figures.money,
    "money_in_full": figures.money_in_full,
    "percent": figures.percent,
    "points": figures.points,
    "signed": figures.signed,
    "person": figures.person,
    "listed": figures.listed,
    "addressed": figures.addressed,
    "initial": figures.initial,
}.items():
    register.filter(name, function)


@register.filter
def may(user: Any, permission: str) -> bool:
    """`{% if user|may:"import_leads" %}`: what the person's roles allow."""
    return getattr(user, "is_authenticated", False) and permission in user.permissions


@register.filter
def undo_url(message: Any) -> str:
    """The address that takes back what this message says was done."""
    return toasts.undo_url(message.extra_tags or "")


@register.filter
def word_url(message: Any) -> str:
    """The address where a word can be added to what this message says."""
    return toasts.word_url(message.extra_tags or "")


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> str:
    """An outline icon; beside a word it is silent, alone it needs a `label`. Sizes: "", "s"."""
    css = "icon icon-s" if size == "s" else "icon"
    href = f"{static('vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, href)


# -- states -------------------------------------------------------------------------------------


@drawn_once(register)
def band(value: str, label: str = "") -> dict[str, Any]:
    """Priority: three bars and one word."""
    words = {"high": pgettext("band", "High"), "middle": pgettext("band", "Mid"), "low": pgettext("band", "Low")}
    bars = drawing.BARS_OF_BAND.get(value, 0)
    return {"value": value, "label": label or words.get(value, ""), "second": bars > 1, "third": bars > 2}


@drawn_once(register)
def score(total: float | None, band: str = "", delta: float | None = None) -> dict[str, Any]:
    """The number, its band, and the change of the last seven days where there is one."""
    return {"total": None if total == "" else total, "band": band, "delta": delta}


@drawn_once(register)
def stage(value: str, days: int | None = None) -> dict[str, Any]:
    """Six pips and the word; the four ends have their own marks."""
    words = {
        "lead": pgettext("stage", "Lead"),
        "opportunity": pgettext("stage", "Opportunity"),
        "won": pgettext("stage", "Won"),
        "lost": pgettext("stage", "Lost"),
        "nurture": pgettext("stage", "Nurture"),
        "disqualified": pgettext("stage", "Disqualified"),
    }
    return {
        "label": words.get(value, value.upper()),
        "pips": drawing.pips(on=drawing.STEP_OF_STAGE.get(value, 0), of=6, step=5),
        "end": drawing.LOOK_OF_END.get(value),
        "days": None if days is None else ngettext("%(days)d day", "%(days)d days", days) % {"days": days},
    }


@register.inclusion_tag("components/clock.html")
def clock(face: ClockFace | None, style: str = "", label: str = "") -> dict[str, Any]:
    """A running promise in working time that counts on by itself; `style="row"` says 24分 超過."""
    return {"face": face, "style": style, "label": label}


@register.filter
def clock_text(face: ClockFace, style: str = "") -> str:
    """What the clock says, its numbers set larger."""
    parts = re.split(r"(\d+)", clock_faces.say(face, style=style))
    return format_html_join("", "{}", ((_number(part) if face.state in COUNTING else part,) for part in parts))


@register.inclusion_tag("components/timebar.html")
def timebar(face: ClockFace) -> dict[str, Any]:
    """The top edge of a task card: the share of the time that is used."""
    return {"face": face}


@register.simple_tag(takes_context=True)
def touch(context: Context, at: datetime | None) -> str:
    """The last contact as a waning moon and how long ago it was."""
    return cells.touch(at, today=today_of(context))


@register.inclusion_tag("components/age.html")
def age(working_days: float, text: str = "") -> dict[str, Any]:
    """How long something is stuck, in one to four squares; `text` replaces the number of working days."""
    squares = drawing.squares(working_days)
    whole = int(working_days)
    words = ngettext("%(days)d working day", "%(days)d working days", whole) % {"days": whole}
    return {
        "age": drawing.AGE_OF_SQUARES[squares],
        "pips": drawing.pips(on=squares, of=4, step=9.5),
        "text": text or words,
    }


@drawn_once(register)
def mark(text: str, tone: str = "", icon: str = "") -> dict[str, Any]:
    """Any other state: a word, a shape, a tone (plain, done, soon, late, accent)."""
    return {"text": text, "tone": tone, "icon": icon}


# -- people and moments -------------------------------------------------------------------------


@drawn_once(register)
def avatar(someone: Any) -> dict[str, Any]:
    return {"letter": figures.initial(figures.person(someone))}


@drawn_once(register)
def owner(someone: Any, note: str = "", team: Any = None, with_avatar: bool = False) -> dict[str, Any]:
    """Who holds it: a person, else the team's queue, else 未割り当て."""
    return {"name": figures.person(someone), "note": note, "team": str(team or ""), "with_avatar": with_avatar}


@register.simple_tag
def who(someone: Any, company: Any = "", url: str = "", title: str = "") -> str:
    """Company above person."""
    return cells.who(figures.person(someone), company=company, url=url, title=title)


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | date | None, style: cells.Style = "near", *, begins: bool = True) -> str:
    """A moment near at hand in words (今日 13:52), the exact one on hover; styles: near, due, happened, day, ago; `begins` a line."""
    return cells.when(at, style, today=today_of(context), begins=begins)


# -- figures ------------------------------------------------------------------------------------


@register.inclusion_tag("components/bar.html")
def bar(value: float | None, of: float | None = 100, tone: str = "", goal: float | None = None) -> dict[str, Any]:
    """A bar that starts at zero; tones: "", quiet, before, soon, late; `goal` is a thin line."""
    return {"width": drawing.width(value, of), "tone": tone, "goal": None if goal is None else drawing.width(goal, of)}


@register.inclusion_tag("components/spark.html")
def spark(values: Sequence[float | None], goal: float | None = None) -> dict[str, Any]:
    return {"spark": drawing.spark(values, goal=goal)}


@register.inclusion_tag("components/rate.html")
def rate(numerator: int | None, denominator: int | None, url: str = "") -> dict[str, Any]:
    """A share with its two numbers; under 20 cases it says so."""
    return {
        "text": figures.share(numerator, denominator),
        "numerator": numerator,
        "denominator": denominator,
        "is_uncertain": denominator is not None and 0 < denominator < 20,
        "url": url,
    }


@register.inclusion_tag("components/kpi.html")
def kpi(name: str, figure: Any, unit: str = "", url: str = "", **parts: Any) -> dict[str, Any]:
    """Name, figure, denominator, previous period, goal: `of=`, `before=`, `goal=`, `tone=`, `values=`, `goal_at=`."""
    return {"name": name, "figure": figure, "unit": unit, "url": url, "goal_at": None, **parts}


@register.inclusion_tag("components/progress.html")
def progress(label: str, done: int, total: int, note: str = "") -> dict[str, Any]:
    """Long work: what, how far, a bar, what happens meanwhile."""
    return {"label": label, "done": done, "total": total, "note": note}


# -- lists --------------------------------------------------------------------------------------


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: Context, entries: Iterable[Any]) -> dict[str, Any]:
    """Entries with `icon, text, at, note, url, is_key`, newest first."""
    return {"entries": entries, "request": context.get("request")}


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[Any], label: str) -> dict[str, Any]:
    """Steps with `label, state (past, now, ""), lines`."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/facts.html")
def facts(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows of `label, value`; an unknown value says so."""
    return {"rows": rows}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str) -> dict[str, Any]:
    """Links with addresses: items with `url, label, count, is_current, icon`."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/pager.html")
def pager(page: Any) -> dict[str, Any]:
    """Keyset pages: `first, last, total, is_capped, previous_url, next_url`."""
    return {"page": page}


@register.inclusion_tag("components/sort.html", takes_context=True)
def sort(context: Context, key: str, label: str, css: str = "") -> dict[str, Any]:
    """A table head that sorts by `key` through `?ordering=`; pressing again turns it round."""
    query = context["request"].GET.copy()
    ordering = query.get("ordering") or context.get("ordering") or ""
    is_down, is_up = ordering == f"-{key}", ordering == key
    query["ordering"] = key if is_down else f"-{key}"
    for name in ("cursor", "after", "before", "page"):
        query.pop(name, None)
    direction = "descending" if is_down else "ascending" if is_up else ""
    return {"label": label, "url": f"?{query.urlencode()}", "direction": direction, "css": css}


# -- forms and panels ---------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", note: str = "", css: str = "", is_needed: bool = False) -> dict[str, Any]:
    """One form field: label above, help and errors below, joined for screen readers.

    `is_needed`: not optional where it is shown, though the form as a whole can do without.
    """
    widget = bound.field.widget
    base = "hf-check" if isinstance(widget, CheckboxInput) else "form-control"
    base = "form-select" if isinstance(widget, Select) else base
    described = [
        f"{bound.auto_id}_{part}" for part, there in (("help", bound.help_text), ("error", bound.errors)) if there
    ]
    attrs = {"class": f"{base} is-bad" if bound.errors else base}
    if widget.attrs.get("placeholder") == str(bound.label) or getattr(widget, "input_type", "") == "email":
        attrs["placeholder"] = ""
    if described:
        attrs["aria-describedby"] = " ".join(described)
    is_optional = not (bound.field.required or is_needed) and base != "hf-check"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "note": note or (_("optional") if is_optional else ""),
        "is_check": base == "hf-check",
        "css": css,
    }


@register.inclusion_tag("components/choices.html")
def choices(bound: BoundField, label: str = "") -> dict[str, Any]:
    """A choice of few as radio buttons or boxes under a legend."""
    bound.field.widget.attrs.setdefault("class", "hf-check")
    return {"bound": bound, "label": label or bound.label}


@register.simple_block_tag
def sheet(content: str, id: str, title: str, note: str = "", css: str = "") -> str:
    """A bottom sheet: a `<dialog>` that `data-opens="id"` opens and `data-closes` closes."""
    return render_to_string(
        "components/sheet.html", {"content": content, "id": id, "title": title, "note": note, "css": css}
    )


@register.simple_block_tag
def need(content: str, title: str, text: str = "", icon: str = "flag") -> str:
    """The one tinted panel of a page: what is missing, and inside it the step to get it."""
    return render_to_string("components/need.html", {"content": content, "title": title, "text": text, "icon": icon})


@register.simple_block_tag
def empty(content: str, title: str, text: str = "") -> str:
    """An ordinary empty list: what will be here, and inside it the one next step."""
    return render_to_string("components/empty.html", {"content": content, "title": title, "text": text})


@register.simple_block_tag
def drop(content: str, label: str, icon: str = "", css: str = "btn btn-quiet", side: str = "right") -> str:
    """A button with a small menu under it, a `<details>` that works without script."""
    return render_to_string(
        "components/drop.html", {"content": content, "label": label, "icon": icon, "css": css, "side": side}
    )


def _number(part: str) -> str:
    return format_html("<b>{}</b>", part) if part.isdigit() else part


def today_of(context: Context) -> date:
    """The day on which the page's request came in, in the organisation's zone."""
    entry = getattr(context.get("request"), "entry", None)
    return timezone.localdate(entry.at) if entry is not None else timezone.localdate()
