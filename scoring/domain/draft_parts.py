"""What a change of a draft touches, so that two people at different things don't stand in each other's way."""

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.domain.formula import DIMENSIONS

NAMES_OF_BANDS = "names"
ORDER_OF_RULES = "order"
_PLAIN = ("name", "line", "applies_to", "why")
_LABELS = ("label_ja", "label_en")


def rule_part(key: str) -> str:
    """The part that the rule with this key is."""
    return f"rules.{key}"


def figure_part(name: str) -> str:
    """The part that a figure is: the line, where a band begins, or the cap of a dimension."""
    if name == "line":
        return name
    return f"caps.{name}" if name in DIMENSIONS else f"bands.{name}"


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The parts of a draft that differ, sorted: name, line, applies_to, why, names (of its bands), bands.<band>
    (where it begins), caps.<dimension>, rules.<key>, order (of its rules). Only what `new` has is looked at.
    """
    found = {name for name in _PLAIN if name in new and new[name] != old[name]}
    if "caps" in new:
        found |= {figure_part(name) for name in DIMENSIONS if old["caps"].get(name) != new["caps"].get(name)}
    if "bands" in new:
        found |= _of_bands(old["bands"], new["bands"])
    if "rules" in new:
        found |= _of_rules(old["rules"], new["rules"])
    return sorted(found)


def _of_bands(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> set[str]:
    was = {band["band"]: band for band in old}
    found = {figure_part(band["band"]) for band in new if was.get(band["band"], {}).get("from") != band["from"]}
    renamed = any(was.get(band["band"], {}).get(name, "") != band.get(name, "") for band in new for name in _LABELS)
    return found | ({NAMES_OF_BANDS} if renamed else set())


def _of_rules(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> set[str]:
    was, now = ({rule["key"]: dict(rule) for rule in rules} for rules in (old, new))
    found = {rule_part(key) for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    is_moved = [key for key in was if key in now] != [key for key in now if key in was]
    return found | ({ORDER_OF_RULES} if is_moved else set())
