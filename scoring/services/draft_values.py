"""Reads the values of a draft as people and programs send them; every fault at once, with its spot."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from journal.errors import FieldError, Invalid
from leads.domain.condition_fields import Registry
from leads.domain.conditions import ALWAYS, ActivityTest, InvalidCondition, Node
from leads.queries import conditions
from scoring.domain.choices import Band
from scoring.domain.formula import DIMENSIONS, MOST_CAP, MOST_POINTS, MOST_RULES
from scoring.queries import labels

BAND_ORDER = [Band.HIGH, Band.MIDDLE, Band.LOW]
MOST_LINE = 100_000
_RULE_KEYS = {
    "key",
    "dimension",
    "label_ja",
    "label_en",
    "condition",
    "points",
    "per_activity",
    "cap",
    "half_life_days",
}
NOT_A_TEXT = _("This must be text of a suitable length.")
EDITABLE = ("name", "line", "bands", "caps", "applies_to", "rules", "why")


class InvalidModel(Invalid):
    code = "invalid_model"
    message = _("The scoring model has errors; see the details.")


def read(values: Mapping[str, Any], *, stored: Collection[object] = ()) -> dict[str, Any]:
    """The given values, cleaned; raises InvalidModel. Only what is given is read.

    `stored`: conditions that the draft has already, so that a faulty one of these doesn't stop another's mending.
    """
    reader = _Reader(conditions.registry(), stored)
    clean = {name: getattr(reader, name)(values[name]) for name in EDITABLE if name in values}
    if reader.errors:
        raise InvalidModel(errors=reader.errors)
    return clean


class _Reader:
    def __init__(self, known: Registry, stored: Collection[object]):
        self.known = known
        self.stored = stored
        self.errors: list[FieldError] = []
        self.given: set[str] = set()

    def refuse(self, path: str, code: str, message: Any) -> None:
        self.errors.append(FieldError(path, code, message))

    def text(self, value: object, path: str, most: int, *, needed: bool = False) -> str:
        if not isinstance(value, str) or len(value) > most or "\x00" in value:
            self.refuse(path, "not_a_text", NOT_A_TEXT)
            return ""
        if needed and not value.strip():
            self.refuse(path, "required", _("This is required."))
        return value.strip()

    def number(self, value: object, path: str, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(path, "out_of_range", _Range(least, most))
            return least
        return value

    def name(self, value: object) -> str:
        return self.text(value, "name", 120, needed=True)

    def why(self, value: object) -> str:
        return self.text(value, "why", 2000)

    def line(self, value: object) -> int:
        return self.number(value, "line", 1, MOST_LINE)

    def applies_to(self, value: object) -> Any:
        return value if self.condition(value, "applies_to") != ALWAYS else None

    def condition(self, value: object, path: str) -> Node:
        try:
            is_entered = value not in self.stored
            return conditions.read(value, known=self.known, scoring=True, entered=is_entered, path=path)
        except InvalidCondition as error:
            self.errors.extend(error.errors)
            return ALWAYS

    def caps(self, value: object) -> dict[str, int]:
        if not isinstance(value, Mapping) or set(value) - set(DIMENSIONS):
            self.refuse("caps", "unknown_key", _("Caps are given by dimension."))
            return {}
        given = {name: cap for name, cap in value.items() if cap is not None}
        return {name: self.number(cap, f"caps.{name}", 0, MOST_CAP) for name, cap in given.items()}

    def bands(self, value: object) -> list[dict[str, Any]]:
        names = [band.get("band") for band in value if isinstance(band, Mapping)] if isinstance(value, list) else []
        if not isinstance(value, list) or names != BAND_ORDER or len(value) != len(names):
            self.refuse("bands", "wrong_bands", _("There must be the bands high, middle and low, in this order."))
            return []
        clean = [self._band(band, f"bands[{number}]") for number, band in enumerate(value)]
        if clean[0]["from"] is not None and clean[1]["from"] is not None and clean[0]["from"] <= clean[1]["from"]:
            self.refuse("bands[1].from", "wrong_order", _("Each band must begin below the one before."))
        return clean

    def _band(self, band: Mapping[str, Any], path: str) -> dict[str, Any]:
        start = None
        if band["band"] != Band.LOW:
            start = self.number(band.get("from"), f"{path}.from", -MOST_LINE, MOST_LINE)
        labels = {name: self.text(band.get(name, ""), f"{path}.{name}", 60) for name in ("label_ja", "label_en")}
        return {"band": band["band"], "from": start} | labels

    # -- rules ----------------------------------------------------------------------------------

    def rules(self, value: object) -> list[dict[str, Any]]:
        if not isinstance(value, list) or len(value) > MOST_RULES:
            self.refuse("rules", "not_a_list", _("This must be a list of at most 100 rules."))
            return []
        keys: set[str] = set()
        self.given = {str(rule.get("key")) for rule in value if isinstance(rule, Mapping)}
        return [self._rule(rule, f"rules[{number}]", keys) for number, rule in enumerate(value)]

    def _rule(self, rule: object, path: str, keys: set[str]) -> dict[str, Any]:
        if not isinstance(rule, Mapping) or (set(rule) - _RULE_KEYS):
            self.refuse(
                path,
                "unknown_key",
                _("A rule has dimension, condition, points, labels, per_activity, cap, half_life_days."),
            )
            return {}
        condition = self.condition(rule.get("condition"), f"{path}.condition")
        clean = {
            "key": self._key(rule.get("key"), path, keys),
            "dimension": self._dimension(rule.get("dimension"), path),
            "condition": rule.get("condition"),
            "points": self._points(rule.get("points"), path),
        }
        return clean | self._counting(rule, condition, path) | self._labels(rule, condition, path)

    def _key(self, key: object, path: str, keys: set[str]) -> str:
        if not key:
            number = len(keys) + 1
            while (made := f"rule-{number}") in keys | self.given:
                number += 1
            key = made
        text = self.text(key, f"{path}.key", 60)
        if not all(char.isascii() and (char.isalnum() or char in "-_") for char in text):
            self.refuse(f"{path}.key", "not_a_slug", _("A key has letters, figures, - and _ only."))
        if text in keys:
            self.refuse(f"{path}.key", "repeated", _("Another rule has this key."))
        keys.add(text)
        return text

    def _dimension(self, value: object, path: str) -> str:
        if isinstance(value, str) and value in DIMENSIONS:
            return value
        self.refuse(f"{path}.dimension", "unknown_choice", _("This is not one of the choices."))
        return DIMENSIONS[0]

    def _points(self, value: object, path: str) -> int:
        points = self.number(value, f"{path}.points", -MOST_POINTS, MOST_POINTS)
        if value == 0:
            self.refuse(f"{path}.points", "no_points", _("A rule must add or subtract points."))
        return points

    def _counting(self, rule: Mapping[str, Any], condition: Node, path: str) -> dict[str, Any]:
        per_activity, cap, half_life = (rule.get(name) for name in ("per_activity", "cap", "half_life_days"))
        if not isinstance(per_activity, bool | None):
            self.refuse(f"{path}.per_activity", "not_yes_no", _("This must be true or false."))
        if not per_activity:
            if cap is not None or half_life is not None:
                self.refuse(f"{path}.cap", "contradiction", _("A cap and a half-life belong to points per activity."))
            return {"per_activity": False, "cap": None, "half_life_days": None}
        self._check_countable(condition, half_life, path)
        return {
            "per_activity": True,
            "cap": self.number(cap, f"{path}.cap", 1, MOST_CAP),
            "half_life_days": None if half_life is None else self.number(half_life, f"{path}.half_life_days", 1, 3660),
        }

    def _check_countable(self, condition: Node, half_life: object, path: str) -> None:
        if not isinstance(condition, ActivityTest) or condition.at_least != 1 or condition.measure:
            self.refuse(
                f"{path}.condition",
                "not_countable",
                _("Points per activity need one activity condition without a count."),
            )
        elif half_life is not None and condition.distinct:
            self.refuse(f"{path}.half_life_days", "contradiction", _("Different contents or days cannot decay."))

    def _labels(self, rule: Mapping[str, Any], condition: Node, path: str) -> dict[str, str]:
        """Labels as given, else the sentence."""
        said = labels.of(condition, self.known)
        return {
            name: self.text(rule.get(name) or "", f"{path}.{name}", labels.MOST_LETTERS) or sentence
            for name, sentence in said.items()
        }


class _Range:
    """'This must be a whole number from 1 to 30.', in the reader's language when it is read."""

    def __init__(self, least: int, most: int):
        self.least, self.most = least, most

    def __str__(self) -> str:
        return str(_("This must be a whole number from %(least)d to %(most)d.")) % vars(self)
