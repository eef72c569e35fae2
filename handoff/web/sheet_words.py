"""The briefing sheet, written in the reader's language from the frozen codes and values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.interface import dates
from accounts.interface.languages import in_language
from handoff.domain.choices import METHODS, ContactResult, HandoffState
from handoff.domain.questions import ITEMS
from handoff.models import Handoff
from handoff.queries import contact_words, reason_lines
from handoff.queries.episodes import FEWEST
from leads.domain import prefectures
from leads.domain.activity_types import BY_CODE
from leads.domain.choices import Phase

CONSIDERATION = ("phase", "challenge", "need", "timeframe", "temperature", "competitors")
DECISION = ("authority", "decision_process", "budget")
MOST_QUESTIONS, MOST_ACTS = 4, 6


@dataclass(frozen=True)
class Line:
    """One line of a table: what stands left, what right."""

    head: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """All texts of one sheet."""

    company: str
    about: str
    person: Mapping[str, Any]
    total: int | None
    band: str
    chance: str
    say: tuple[str, ...]
    method: str
    because: str
    opening: str
    ask: tuple[str, ...]
    consideration: tuple[Line, ...]
    decision: tuple[Line, ...]
    acts: tuple[Line, ...]
    history: tuple[Line, ...]
    failed: Line | None
    points: tuple[Line, ...]
    note: str = ""
    addenda: tuple[Line, ...] = field(default_factory=tuple)


def written(handoff: Handoff) -> Sheet:
    """The whole sheet; a value that is missing is left out, not invented."""
    sheet = handoff.sheet or {}
    person, score = sheet.get("person", {}), sheet.get("score", {})
    return Sheet(
        company=person.get("company", ""),
        about=about(person),
        person=person,
        total=score.get("total"),
        band=score.get("band", handoff.priority),
        chance=_chance(sheet.get("chance", {})),
        say=_say(handoff, sheet),
        method=_method(sheet.get("approach", {})),
        because=_because(sheet.get("approach", {})),
        opening=_opening(sheet.get("opening", {})),
        ask=tuple(str(ITEMS[name].question) for name in sheet.get("ask", ()) if name in ITEMS)[:MOST_QUESTIONS],
        consideration=_known(sheet, CONSIDERATION),
        decision=_known(sheet, DECISION),
        acts=tuple(_acts(sheet.get("acts", ())))[:MOST_ACTS],
        history=tuple(_history(sheet)),
        failed=_failed(sheet),
        points=tuple(_points(score)),
        note=sheet.get("note", ""),
        addenda=tuple(_addendum(row) for row in handoff.addenda),
    )


def about(person: Mapping[str, Any]) -> str:
    """`業種・320名・静岡県`, as it was known when the sheet was written."""
    low, high = (person.get("employees") or [None, None])[:2]
    size = ""
    if low:
        size = _("%(n)s people") % {"n": low if low == high or not high else f"{low}–{high}"}
    parts = [person.get("industry", ""), size, _place(person.get("place", ""))]
    return pgettext("separator", " · ").join(part for part in parts if part)


def _place(stored: str) -> str:
    """The address as it is written; its prefecture in the reader's letters, behind the rest."""
    prefecture = prefectures.prefecture_of(stored)
    shown = prefectures.shown(prefecture)
    if shown == prefecture or not stored.startswith(prefecture):
        return stored
    return ", ".join(part for part in (stored.removeprefix(prefecture).strip(), shown) if part)


def _chance(chance: Mapping[str, int]) -> str:
    of, reached = chance.get("of", 0), chance.get("reached", 0)
    if of < FEWEST:
        return _("not enough history (%(of)d)") % {"of": of}
    return _("%(percent)d%% (%(reached)d of %(of)d)") % {
        "percent": round(100 * reached / of),
        "reached": reached,
        "of": of,
    }


def _say(handoff: Handoff, sheet: Mapping[str, Any]) -> tuple[str, ...]:
    """At the top: what the sender wrote, else the challenge and why now."""
    lines = [line for line in handoff.note.strip().splitlines() if line.strip()][:3]
    if lines:
        return tuple(lines)
    known = sheet.get("qualification", {})
    found = [known.get("challenge") or known.get("need") or "", reason_lines.line(sheet)]
    return tuple(line for line in found if line)


def _method(approach: Mapping[str, Any]) -> str:
    words = {
        "call": pgettext("approach", "Call"),
        "mail": pgettext("approach", "Email"),
        "meeting": pgettext("approach", "Online meeting"),
        "appointment": pgettext("approach", "Appointment"),
    }
    return words.get(approach.get("code", ""), "")


def _because(approach: Mapping[str, Any]) -> str:
    if approach.get("code") == "appointment":
        return _("A meeting is booked for %(when)s.") % {"when": _moment(approach["values"]["at"])}
    words = {
        "asked_demo": _("They asked for a demo."),
        "no_phone": _("No phone number on file."),
        "only_company": _("Only the company is known; call the front desk."),
        "pricing": _("They viewed pricing in the week before the handoff."),
        "webinar": _("They attended a webinar in the week before the handoff; it is still fresh."),
        "high": _("Priority is high; the first contact counts."),
        "quiet": _("No strong signals lately; start with a light touch."),
    }
    return words.get(approach.get("values", {}).get("because", ""), "")


def _opening(opening: Mapping[str, Any]) -> str:
    values = opening.get("values", {})
    match opening.get("code"):
        case "challenge":
            return _("Start with “%(text)s” and how they handle it today.") % {"text": values.get("text", "")}
        case "pricing":
            return _("Ask what they compared the prices for.")
        case "content":
            return _("Ask what led them to “%(title)s”.") % {"title": values.get("title", "")}
    return _("Ask how they handle this today.")


def _known(sheet: Mapping[str, Any], names: Sequence[str]) -> tuple[Line, ...]:
    known = sheet.get("qualification", {})
    return tuple(Line(str(ITEMS[name].label), _value(name, known.get(name))) for name in names)


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return _("unknown")
    if name == "phase":
        return str(dict(Phase.choices).get(value, value))
    return _("%(n)s of 5") % {"n": value} if name == "temperature" else str(value)


def _type(code: str) -> str:
    kind = BY_CODE.get(code)
    if kind is None:
        return code
    return in_language(kind.ja, kind.en)


def _acts(rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Newest first; the same thing done several times on a day is one line with its number."""
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        on = timezone.localtime(datetime.fromisoformat(row["at"])).date().isoformat()
        what = (row.get(name) or "" for name in ("type", "title", "url", "note"))
        alike.setdefault((on, *what), []).append(row)
    return [_act(same[0], times=len(same)) for same in alike.values()]


def _act(row: Mapping[str, Any], *, times: int) -> Line:
    text = _type(row["type"])
    if row.get("title") or row.get("url"):
        text = _("%(what)s: “%(title)s”") % {"what": text, "title": row.get("title") or row["url"]}
    if times > 1:
        text = _("%(text)s (%(times)d times)") % {"text": text, "times": times}
    elif row.get("seconds"):
        text = _("%(text)s (%(length)s)") % {"text": text, "length": dates.length(row["seconds"] / 60)}
    if row.get("note"):
        text = f"{text} {row['note']}"
    return Line(_moment(row["at"]), text)


def _history(sheet: Mapping[str, Any]) -> list[Line]:
    """Talks, earlier handoffs and how we met, newest first."""
    talks = [(row["at"], Line(_head(row["at"], _type(row["type"])), _talk(row))) for row in sheet.get("exchanges", ())]
    ended = [(row["at"], Line(_head(row["at"], _state(row)), _ending(row))) for row in sheet.get("earlier", ())]
    met = sheet.get("met", {})
    lines = [line for _at, line in sorted(talks + ended, key=lambda pair: pair[0], reverse=True)][:6]
    where = met.get("campaign") or met.get("channel") or ""
    if met.get("at"):
        lines.append(Line(_head(met["at"], pgettext("sheet", "Met")), where or _("unknown")))
    return lines


def _talk(row: Mapping[str, Any]) -> str:
    """How it went and what was noted; without either, who it was. Sheets that were frozen before tell the note only."""
    parts = [*_outcome(row), row.get("note")]
    said = pgettext("separator", " · ").join(part for part in parts if part)
    return said or (_("by %(name)s") % {"name": row["by"]} if row.get("by") else "")


def _outcome(row: Mapping[str, Any]) -> tuple[str, ...]:
    result = row.get("result") or ""
    said = contact_words.said(METHODS.get(row["type"], ""), result)
    if not row.get("appointment_at"):
        return (said,)
    when = _moment(row["appointment_at"])
    if result == ContactResult.APPOINTMENT:
        return (f"{said} {when}".strip(),)
    # Told beside another result: not to be read as the time of that.
    return said, _("meeting on %(when)s") % {"when": when}


def _state(row: Mapping[str, Any]) -> str:
    return str(HandoffState(row["state"]).label)


def _ending(row: Mapping[str, Any]) -> str:
    told = _("%(from)s → %(to)s") % {"from": row["from"] or pgettext("sender", "System"), "to": row["to"]}
    if row["reason"]:
        told = _("%(told)s. Reason: %(reason)s") % {"told": told, "reason": _reason(row)}
    return pgettext("between sentences", " ").join(part for part in (told, row["comment"]) if part)


def _reason(row: Mapping[str, Any]) -> str:
    return in_language(row["reason_ja"], row["reason_en"]) or row["reason"]


def _failed(sheet: Mapping[str, Any]) -> Line | None:
    """From the second attempt on the sheet opens with why the last one failed."""
    latest = next((row for row in sheet.get("earlier", ()) if row["state"] == HandoffState.REJECTED), None)
    if latest is None or sheet.get("attempt", 1) < 2:
        return None
    head = _("Attempt %(n)d. Given back on %(day)s: %(reason)s") % {
        "n": sheet["attempt"],
        "day": dates.day(datetime.fromisoformat(latest["at"])),
        "reason": _reason(latest),
    }
    return Line(head, latest["comment"])


def _points(score: Mapping[str, Any]) -> list[Line]:
    labels = {
        "fit": pgettext("dimension", "Fit"),
        "engagement": pgettext("dimension", "Engagement"),
        "intent": pgettext("dimension", "Intent"),
        "readiness": pgettext("dimension", "Readiness"),
        "authority": pgettext("dimension", "Authority"),
    }
    rules = score.get("rules", ())
    lines = []
    for name, points in score.get("dimensions", {}).items():
        fired = [rule for rule in rules if rule["dimension"] == name and rule["points"]]
        named = _(", ").join(in_language(rule["label_ja"], rule["label_en"]) for rule in fired)
        lines.append(Line(f"{labels[name]} {points:+d}", named))
    return lines


def _addendum(row: Mapping[str, Any]) -> Line:
    return Line(
        _moment(row["at"]), _("%(name)s %(title)s joined") % {"name": row["name"], "title": row.get("title", "")}
    )


def _moment(stored: str) -> str:
    return dates.moment(datetime.fromisoformat(stored))


def _head(stored: str, what: str) -> str:
    return f"{dates.day(datetime.fromisoformat(stored))} {what}"
