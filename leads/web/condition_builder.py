"""What the condition builder in the browser offers: fields with their comparisons, activities, and every word it shows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext

from leads.domain import condition_sentence
from leads.domain import conditions as c
from leads.domain.choices import ContentKind, Phase
from leads.domain.condition_fields import OPERATORS, Field, Kind, Registry
from leads.models import Campaign, Channel
from leads.queries import conditions

MOST_SUGGESTED = 200
_BY_DAY = (Kind.DATE, Kind.MOMENT)


@dataclass(frozen=True)
class Builder:
    """One builder on a page: the field of the form it fills, its tree as text, its vocabulary, what is wrong.

    `query` are the filters of the list whose leads the page counts; `key` tells builders of one page apart.
    """

    name: str
    key: str
    text: str
    vocabulary: Mapping[str, Any]
    faults: Sequence[str] = ()
    query: str = ""
    is_for_scoring: bool = False


def of(
    text: str,
    *,
    name: str = "condition",
    key: str = "condition",
    scoring: bool = False,
    query: str = "",
    faults: Sequence[str] = (),
) -> Builder:
    """A builder that holds the tree of this text, which is shown as it is when it is no JSON."""
    known = vocabulary(conditions.registry(), scoring=scoring)
    return Builder(name, key, text, known, faults, query, scoring)


def told(error: c.InvalidCondition) -> list[str]:
    """Each fault with its spot, in words."""
    return [f"{fault.field}: {fault.message}" if fault.field else str(fault.message) for fault in error.errors]


def tree_of(text: str) -> object:
    """The tree of a form's text; raises InvalidCondition when it is no JSON."""
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise c.InvalidCondition(errors=[c.fault("", "invalid", gettext("This is not valid JSON."))]) from error


def tree_in(form: forms.Form, text: str, *, known: Registry, scoring: bool = False) -> Any:
    """The tree that the builder wrote into the form's `condition`; each fault is told there, with its spot."""
    tree: Any = {}
    try:
        tree = tree_of(text)
        conditions.read(tree, known=known, scoring=scoring, entered=True)
    except c.InvalidCondition as error:
        for words in told(error):
            form.add_error("condition", words)
    return tree


def written_out(tree: object) -> str:
    """The tree as an address and a form carry it."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")) if tree else ""


def said(tree: object, *, scoring: bool = False) -> dict[str, Any]:
    """The sentence in parts, or each fault with its spot."""
    known = conditions.registry()
    try:
        node = conditions.read(tree, known=known, scoring=scoring, entered=True)
    except c.InvalidCondition as error:
        return faults(error)
    parts = condition_sentence.parts(node, known)
    return {"parts": [[part.text, part.pressable] for part in parts]}


def faults(error: c.InvalidCondition) -> dict[str, Any]:
    """Each fault with its spot in the tree."""
    return {"faults": [{"at": fault.field, "say": str(fault.message)} for fault in error.errors]}


def vocabulary(known: Registry, *, scoring: bool = False) -> dict[str, Any]:
    """All that the script knows; it holds no word of its own."""
    return {
        "groups": _groups([field for field in known.fields.values() if field.in_scoring or not scoring]),
        "types": [[code, str(label)] for code, label in known.activity_types.items()],
        "comparisons": {kind.value: _comparisons(kind) for kind in Kind},
        "contents": {
            "kind": [[code, str(label)] for code, label in ContentKind.choices],
            "phase": [[code, str(label)] for code, label in Phase.choices],
        },
        "words": _words(),
    }


def _groups(fields: list[Field]) -> list[dict[str, Any]]:
    suggested = _suggested()
    headed: dict[str, list[Field]] = {}
    for field in fields:
        headed.setdefault(_head(field.name), []).append(field)
    return [
        {"label": head, "fields": [_field(field, suggested.get(field.name, [])) for field in members]}
        for head, members in headed.items()
    ]


def _head(name: str) -> str:
    first, dot, _rest = name.partition(".")
    if dot:
        return {
            "company": pgettext("condition builder", "Company"),
            "qualification": pgettext("condition builder", "Qualification"),
            "custom": pgettext("condition builder", "Custom fields"),
        }[first]
    if name in ("stage", "score", "band", "last_activity_at"):
        return pgettext("condition builder", "Status")
    return pgettext("condition builder", "Person and origin")


def _field(field: Field, suggested: list[str]) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": str(field.label),
        "kind": field.kind.value,
        "choices": [[value, str(label)] for value, label in field.choices.items()],
        "unit": str(field.unit).strip(),
        "suggested": suggested,
        "fractions": bool(field.custom_key) and field.kind == Kind.NUMBER,
    }


def _suggested() -> dict[str, list[str]]:
    return {
        "channel": list(Channel.objects.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTED]),
        "campaign": list(Campaign.objects.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTED]),
    }


def _comparisons(kind: Kind) -> list[list[str]]:
    words = {
        "eq": pgettext("condition builder", "is"),
        "ne": pgettext("condition builder", "is not"),
        "in": pgettext("condition builder", "is one of"),
        "contains": pgettext("condition builder", "contains one of"),
        "gte": pgettext("condition builder", "is at least"),
        "lte": pgettext("condition builder", "is at most"),
        "between": pgettext("condition builder", "is between"),
        "known": pgettext("condition builder", "is known"),
        "unknown": pgettext("condition builder", "is unknown"),
    }
    if kind in _BY_DAY:
        words["gte"] = pgettext("condition builder", "is on or after")
        words["lte"] = pgettext("condition builder", "is on or before")
    return [[operator, words[operator]] for operator in OPERATORS[kind]]


def _words() -> dict[str, str]:
    return _joining() | _about_activities() | _about_values()


def _joining() -> dict[str, str]:
    return {
        "all": pgettext("condition builder", "All of these"),
        "any": pgettext("condition builder", "Any of these"),
        "some": pgettext("condition builder", "At least this many"),
        "join": pgettext("condition builder", "How these combine"),
        "so_many": pgettext("condition builder", "Minimum number"),
        "not": pgettext("condition builder", "Not"),
        "negate": pgettext("condition builder", "True when this is not the case"),
        "add": pgettext("condition builder", "Add a condition"),
        "add_group": pgettext("condition builder", "Add a group"),
        "remove": pgettext("condition builder", "Remove"),
        "remove_named": pgettext("condition builder", "Remove: {what}"),
        "group": pgettext("condition builder", "Group"),
        "always": pgettext("condition builder", "No conditions yet: matches every lead."),
        "wrong": pgettext("condition builder", "Some fields are not filled in correctly."),
        "unfinished": pgettext("condition builder", "Some fields are still empty."),
        "away": pgettext("condition builder", "No connection. Your next change will try again."),
    }


def _about_activities() -> dict[str, str]:
    return {
        "what": pgettext("condition builder", "Field"),
        "activities": pgettext("condition builder", "Activities"),
        "activity": pgettext("condition builder", "Did something"),
        "inactive": pgettext("condition builder", "Did nothing for a while"),
        "types": pgettext("condition builder", "Kinds of activity"),
        "any_type": pgettext("condition builder", "Any activity, our own included"),
        "contains": pgettext("condition builder", "Words in title or address"),
        "title": pgettext("condition builder", "Exact title"),
        "kind": pgettext("condition builder", "Kind of content"),
        "phase": pgettext("condition builder", "Phase of content"),
        "industry": pgettext("condition builder", "Industry of content"),
        "more": pgettext("condition builder", "Narrow the content"),
        "within": pgettext("condition builder", "Within days"),
        "any_content": pgettext("condition builder", "Any"),
        "any_time": pgettext("condition builder", "any time"),
        "times": pgettext("condition builder", "At least"),
        "minutes": pgettext("condition builder", "Total minutes"),
        "counting": pgettext("condition builder", "Counted as"),
        "each": pgettext("condition builder", "times"),
        "content": pgettext("condition builder", "different contents"),
        "day": pgettext("condition builder", "different days"),
        "duration": pgettext("condition builder", "total minutes"),
        "days": pgettext("condition builder", "Days without activity"),
        "days_unit": pgettext("condition builder", "days"),
    }


def _about_values() -> dict[str, str]:
    return {
        "comparison": pgettext("condition builder", "Comparison"),
        "value": pgettext("condition builder", "Value"),
        "from": pgettext("condition builder", "From"),
        "to": pgettext("condition builder", "To"),
        "type_and_enter": pgettext("condition builder", "Type, then Enter"),
        "yes": pgettext("condition builder", "Yes"),
        "no": pgettext("condition builder", "No"),
        "listed": pgettext("between listed words", ", "),
        "choose": pgettext("condition builder", "Choose"),
    }
