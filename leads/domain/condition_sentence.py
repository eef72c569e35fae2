"""Says a condition in words, in the active language; the words that can be pressed are parts of their own.

Japanese puts the window first and the verb last, so each activity type has one whole phrase to translate.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from leads.domain import conditions as c
from leads.domain.choices import ContentKind, Phase
from leads.domain.condition_fields import Field, Kind, Registry

# Kinds and phases of contents are stored as codes; kinds of one's own as written.
_CODED = dict([*ContentKind.choices, *Phase.choices])
_OPEN, _CLOSE = "\x02", "\x03"


@dataclass(frozen=True)
class Part:
    """A stretch of the sentence; `pressable` words open their editor."""

    text: str
    pressable: bool = False


def parts(node: c.Node, registry: Registry) -> tuple[Part, ...]:
    """The sentence cut at its pressable words."""
    return cut(marked(node, registry))


def sentence(node: c.Node, registry: Registry) -> str:
    """The sentence as plain text."""
    return plain(marked(node, registry))


def mark(value: object) -> str:
    """Makes a value pressable."""
    return f"{_OPEN}{value}{_CLOSE}"


def cut(text: str) -> tuple[Part, ...]:
    """A marked text as parts."""
    found: list[Part] = []
    for number, piece in enumerate(text.split(_OPEN)):
        pressed, closed, rest = piece.partition(_CLOSE)
        if number and closed:
            found.append(Part(pressed, pressable=True))
            pressed = rest
        if pressed:
            found.append(Part(pressed))
    return tuple(found)


def plain(text: str) -> str:
    """A marked text without its marks."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def marked(node: c.Node, registry: Registry, *, nested: bool = False) -> str:
    """The sentence with marks around pressable words."""
    match node:
        case c.All(of=()):
            return gettext("always")
        case c.All():
            return _group(gettext(" and "), node.of, registry, nested)
        case c.AnyOf():
            return _group(gettext(" or "), node.of, registry, nested)
        case c.Not():
            return gettext("not the case: %(what)s") % {"what": marked(node.of, registry, nested=True)}
        case c.Some():
            listed = gettext(", ").join(marked(child, registry, nested=True) for child in node.of)
            return gettext("at least %(count)s of: %(list)s") % {"count": mark(node.at_least), "list": listed}
        case c.FieldTest():
            return _field(node, registry.fields[node.field])
        case c.ActivityTest():
            return activity(node, registry)
        case c.Inactive():
            return _inactive(node, registry)


def _group(word: str, nodes: Sequence[c.Node], registry: Registry, nested: bool) -> str:
    if len(nodes) == 1:
        return marked(nodes[0], registry, nested=nested)
    text = word.join(marked(child, registry, nested=True) for child in nodes)
    return gettext("(%(what)s)") % {"what": text} if nested else text


# -- fields -----------------------------------------------------------------------------------------


def _field(test: c.FieldTest, field: Field) -> str:
    names = {"field": str(field.label)}
    if test.op == "known":
        return gettext("%(field)s is known") % names
    if test.op == "unknown":
        return gettext("%(field)s is unknown") % names
    if field.kind == Kind.YES_NO:
        return _yes_no(test, names)
    if test.op == "between":
        low, high = test.value
        return gettext("%(field)s is %(value)s") % (names | {"value": mark(span(low, high, field))})
    if isinstance(test.value, tuple):
        return _several(test, field, names)
    names["value"] = mark(_bounded(test.op, shown(test.value, field), field))
    return (gettext("%(field)s is not %(value)s") if test.op == "ne" else gettext("%(field)s is %(value)s")) % names


def _yes_no(test: c.FieldTest, names: dict[str, str]) -> str:
    says_yes = test.value is (test.op == "eq")
    return (gettext("%(field)s: yes") if says_yes else gettext("%(field)s: no")) % names


def _bounded(op: str, value: str, field: Field) -> str:
    if op not in ("gte", "lte"):
        return value
    if field.kind in (Kind.DATE, Kind.MOMENT):
        said = gettext("%(value)s or later") if op == "gte" else gettext("%(value)s or earlier")
    elif field.choices:
        said = gettext("%(value)s or higher") if op == "gte" else gettext("%(value)s or lower")
    else:
        said = gettext("%(value)s or more") if op == "gte" else gettext("%(value)s or less")
    return said % {"value": value}


def _several(test: c.FieldTest, field: Field, names: dict[str, str]) -> str:
    values = mark(listed(shown(item, field) for item in test.value))
    if test.op == "contains":
        many = gettext("%(field)s contains one of %(values)s")
        text = many if len(test.value) > 1 else gettext("%(field)s contains %(values)s")
    else:
        text = gettext("%(field)s is one of %(values)s") if len(test.value) > 1 else gettext("%(field)s is %(values)s")
    return text % (names | {"values": values})


def shown(value: Any, field: Field) -> str:
    """One value as a person reads it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value in field.choices:
        return str(field.choices[value])
    if isinstance(value, int | float):
        return f"{value:,}{field.unit}"
    if hasattr(value, "isoformat"):
        return f"{value.year}/{value.month}/{value.day}"
    return str(value)


def span(low: Any, high: Any, field: Field) -> str:
    """'100〜999名'; an open end is '100名以上'."""
    if high is None:
        return gettext("%(value)s or more") % {"value": shown(low, field)}
    first = shown(low, field)
    unit = str(field.unit)
    return gettext("%(low)s–%(high)s") % {
        "low": first.removesuffix(unit) if unit else first,
        "high": shown(high, field),
    }


def listed(values: Iterable[str]) -> str:
    """'製造・食品・化学'."""
    return pgettext("between listed words", ", ").join(values)


# -- activities -------------------------------------------------------------------------------------


def activity(test: c.ActivityTest, registry: Registry) -> str:
    """What was done, how often, since when; marked. Ends in a verb noun in Japanese, so that ごと can follow."""
    places = {"times": _times(test), "window": _window(test)}
    single = test.types[0] if len(test.types) == 1 else ""
    if single in ("site_visit", "demo_request", "business_card", "call", "meeting") and not test.content:
        return _bare(single) % places
    text, noun = _phrase(single)
    if not noun:
        noun = listed(str(registry.activity_types.get(code, code)) for code in test.types) or gettext(
            "any activity, our own included"
        )
    return text % (places | {"what": mark(_about(test.content, noun))})


def _bare(code: str) -> str:
    return {
        "site_visit": gettext("visited the site%(times)s%(window)s"),
        "demo_request": gettext("requested a demo%(times)s%(window)s"),
        "business_card": gettext("exchanged business cards%(times)s%(window)s"),
        "call": gettext("was called%(times)s%(window)s"),
        "meeting": gettext("had a meeting%(times)s%(window)s"),
    }[code]


def _phrase(code: str) -> tuple[str, str]:
    """The phrase and the noun of a type; other types say 'recorded'."""
    phrases = {
        "page_view": (gettext("viewed %(what)s%(times)s%(window)s"), gettext("a page")),
        "document_download": (gettext("downloaded %(what)s%(times)s%(window)s"), gettext("a document")),
        "webinar_attended": (gettext("attended %(what)s%(times)s%(window)s"), gettext("a webinar")),
        "event_attended": (gettext("attended %(what)s%(times)s%(window)s"), gettext("an event")),
        "email_open": (gettext("opened %(what)s%(times)s%(window)s"), gettext("an email")),
        "email_click": (gettext("clicked a link in %(what)s%(times)s%(window)s"), gettext("an email")),
        "form_submit": (gettext("submitted %(what)s%(times)s%(window)s"), gettext("a form")),
    }
    return phrases.get(code, (gettext("%(what)s recorded%(times)s%(window)s"), ""))


def _about(content: c.ContentFilter | None, noun: str) -> str:
    if content is None:
        return noun
    coded = [_CODED.get(code, code) for code in (*content.kind, *content.phase)]
    words = [*content.title, *content.contains, *map(str, coded), *content.industry]
    return gettext("%(noun)s about “%(words)s”") % {
        "noun": noun,
        "words": pgettext("between quoted words", "”, “").join(words),
    }


def _times(test: c.ActivityTest) -> str:
    if test.measure:
        minutes, seconds = divmod(test.at_least_total or 0, 60)
        length = (
            gettext("%(count)s seconds") % {"count": test.at_least_total}
            if seconds
            else ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
        )
        return gettext(" for %(length)s or more in total") % {"length": mark(length)}
    if test.at_least == 1:
        return ""
    if test.distinct == "content":
        text = gettext("(%(count)s or more different ones)")
    elif test.distinct == "day":
        text = gettext("on %(count)s or more days")
    else:
        text = gettext("%(count)s or more times")
    return gettext(" %(times)s") % {"times": mark(text % {"count": test.at_least})}


def _window(test: c.ActivityTest) -> str:
    if not test.within_days:
        return ""
    days = ngettext("%(days)s day", "%(days)s days", test.within_days) % {"days": test.within_days}
    return gettext(" within %(days)s") % {"days": mark(days)}


def _inactive(test: c.Inactive, registry: Registry) -> str:
    days = mark(ngettext("%(days)s day", "%(days)s days", test.days) % {"days": test.days})
    if not test.types:
        return gettext("no activity for %(days)s") % {"days": days}
    kinds = mark(listed(str(registry.activity_types.get(code, code)) for code in test.types))
    return gettext("no %(kinds)s for %(days)s") % {"days": days, "kinds": kinds}
