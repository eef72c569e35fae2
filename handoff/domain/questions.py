"""The items of qualification, and the question to ask for each that is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Item:
    """One thing to know about a lead."""

    name: str
    label: str | Promise
    question: str | Promise


ITEMS: Mapping[str, Item] = {
    item.name: item
    for item in (
        Item(
            "phase",
            pgettext_lazy("item", "Phase"),
            _("Are they gathering information, comparing options, or deciding?"),
        ),
        Item("need", pgettext_lazy("item", "Need"), _("What do they need it for, and why now?")),
        Item("challenge", pgettext_lazy("item", "Challenge"), _("What are their challenges today?")),
        Item("timeframe", pgettext_lazy("item", "Timeframe"), _("When should it be in use?")),
        Item("authority", pgettext_lazy("item", "Decision maker"), _("Who makes the decision?")),
        Item("decision_process", pgettext_lazy("item", "Decision process"), _("What are the steps to a decision?")),
        Item("budget", pgettext_lazy("item", "Budget"), _("How much, and when is the budget set?")),
        Item("competitors", pgettext_lazy("item", "Competitors"), _("Who else are they considering?")),
        Item("temperature", pgettext_lazy("item", "Temperature"), _("How interested are they, from 1 to 5?")),
    )
}
BANT = ("budget", "authority", "need", "timeframe")
# need, timeframe, two of BANT, decision process known (DESIGN §4).
SQL_REQUIRED: tuple[Mapping[str, Any], ...] = (
    {"item": "need"},
    {"item": "timeframe"},
    {"of": list(BANT), "at_least": 2},
    {"item": "decision_process"},
)


@dataclass(frozen=True)
class Missing:
    """An unknown item that a gate asks for; `at_least` > 0 when it is so many of several.

    `is_implied` when knowing the single items that are asked for fills the group as well.
    """

    items: tuple[Item, ...]
    at_least: int = 0
    is_implied: bool = False

    @property
    def name(self) -> str:
        return self.items[0].name if not self.at_least else "any"


def missing(required: Iterable[Mapping[str, Any]], known: Mapping[str, Any]) -> list[Missing]:
    """What of `required` is unknown. `known` holds the values by item; empty and None are unknown.

    >>> [m.name for m in missing([{"item": "need"}], {"need": ""})]
    ['need']
    """
    found, required = [], list(required)
    singly = {entry["item"] for entry in required if "item" in entry}
    for entry in required:
        if "item" in entry:
            if not is_known(known.get(entry["item"])):
                found.append(Missing((ITEMS[entry["item"]],)))
            continue
        unknown = tuple(ITEMS[name] for name in entry["of"] if not is_known(known.get(name)))
        lacking = entry["at_least"] - (len(entry["of"]) - len(unknown))
        if lacking > 0:
            is_implied = sum(item.name in singly for item in unknown) >= lacking
            found.append(Missing(unknown, lacking, is_implied))
    return found


def is_known(value: Any) -> bool:
    """Zero is a value, emptiness is not."""
    return value is not None and value != ""
