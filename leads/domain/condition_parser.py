"""Reads a JSON tree into a condition and names every fault with its spot."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from journal.errors import FieldError
from leads.domain import conditions as c
from leads.domain.condition_fields import Field, Kind, Registry
from leads.domain.conditions import fault

_CONTENT_KEYS = ("title", "contains", "kind", "phase", "industry")
_ACTIVITY_KEYS = {"types", "content", "within_days", "at_least", "distinct", "measure", "at_least_total"}


def parse(tree: object, *, registry: Registry, scoring: bool = False, entered: bool = False, path: str = "") -> c.Node:
    """The condition's nodes; raises InvalidCondition with a FieldError per fault.

    With `scoring` the fields that scores bring about are refused. With `entered`, for what somebody gives just now, so
    are numbers below what the field can have, which read well where they are stored already. `path` is put before every
    spot.
    """
    reader = _Reader(registry, scoring, entered)
    node = reader.node(tree, path, 1)
    if reader.errors:
        raise c.InvalidCondition(errors=reader.errors)
    return node


class _Reader:
    def __init__(self, registry: Registry, scoring: bool, entered: bool):
        self.registry = registry
        self.scoring = scoring
        self.entered = entered
        self.errors: list[FieldError] = []
        self.nodes = 0

    def refuse(self, path: str, code: str, message: Any) -> c.Node:
        self.errors.append(fault(path, code, message))
        return c.ALWAYS

    def node(self, tree: object, path: str, level: int) -> c.Node:
        self.nodes += 1
        if self.nodes > c.MOST_NODES:
            if self.nodes == c.MOST_NODES + 1:
                self.refuse(path, "too_large", _("A condition may have at most 200 parts."))
            return c.ALWAYS
        if level > c.MOST_LEVELS:
            return self.refuse(path, "too_deep", _("A condition may be at most 8 levels deep."))
        if tree is None or tree == {}:
            return c.ALWAYS
        if not isinstance(tree, Mapping):
            return self.refuse(path, "not_an_object", _('This must be a condition such as {"all": [...]}.'))
        if not all(_is_storable(str(key)) for key in tree):
            return self._not_storable(path)
        return self._by_key(dict(tree), path, level)

    def _by_key(self, tree: dict[str, Any], path: str, level: int) -> c.Node:
        if "field" in tree:
            return self.field(tree, path)
        if len(tree) != 1:
            return self.refuse(
                path, "unclear", _("Name exactly one of all, any, not, some, field, activity, inactive.")
            )
        key, value = next(iter(tree.items()))
        spot = _join(path, str(key))
        match key:
            case "all":
                return c.All(self.many(value, spot, level))
            case "any":
                return c.AnyOf(self.many(value, spot, level, least=1))
            case "not":
                return c.Not(self.node(value, spot, level + 1))
            case "some":
                return self.some(value, spot, level)
            case "activity":
                return self.activity(value, spot)
            case "inactive":
                return self.inactive(value, spot)
        return self.refuse(spot, "unknown_kind", _("There is no such kind of condition."))

    def many(self, value: object, path: str, level: int, *, least: int = 0) -> tuple[c.Node, ...]:
        if not isinstance(value, list) or len(value) < least:
            self.refuse(path, "not_a_list", _("This must be a list of conditions."))
            return (c.ALWAYS,)
        return tuple(self.node(item, f"{path}[{number}]", level + 1) for number, item in enumerate(value))

    def some(self, value: object, path: str, level: int) -> c.Node:
        if not isinstance(value, Mapping) or set(value) != {"at_least", "of"}:
            return self.refuse(path, "unclear", _("This needs at_least and of."))
        of = self.many(value["of"], f"{path}.of", level, least=1)
        return c.Some(self.number(value["at_least"], f"{path}.at_least", 1, len(of)) or 1, of)

    # -- leaves ---------------------------------------------------------------------------------

    def field(self, tree: dict[str, Any], path: str) -> c.Node:
        if extra := sorted(set(tree) - {"field", "op", "value"}):
            return self.refuse(
                _join(path, str(extra[0])), "unknown_key", _("A field condition has field, op and value.")
            )
        known = self.registry.find(tree["field"])
        if known is None:
            return self.refuse(_join(path, "field"), "unknown_field", _("There is no such field."))
        if self.scoring and not known.in_scoring:
            return self.refuse(_join(path, "field"), "not_in_scoring", _("A scoring rule cannot depend on this field."))
        op = tree.get("op")
        if op not in known.operators:
            return self.refuse(_join(path, "op"), "unknown_operator", _("This field cannot be compared that way."))
        if op in ("known", "unknown"):
            return c.FieldTest(known.name, op)
        value = self.value(known, op, tree.get("value"), _join(path, "value"))
        return c.FieldTest(known.name, op, value)

    def value(self, known: Field, op: str, value: object, path: str) -> Any:
        if op == "between":
            return self.between(known, value, path)
        if op == "in" or (op == "contains" and isinstance(value, list)):
            if not isinstance(value, list) or not 1 <= len(value) <= c.MOST_VALUES:
                return self.refuse(path, "not_a_list", _("This must be a list of 1 to 200 values."))
            return tuple(self.single(known, item, f"{path}[{number}]") for number, item in enumerate(value))
        single = self.single(known, value, path)
        return (single,) if op == "contains" else single

    def between(self, known: Field, value: object, path: str) -> Any:
        if not isinstance(value, list) or len(value) != 2:
            return self.refuse(path, "not_a_pair", _("This must be a pair: from and to."))
        low, high = (self.single(known, item, f"{path}[{number}]") for number, item in enumerate(value))
        rank = known.order.index if known.order else (lambda item: item)
        if not self.errors and rank(low) > rank(high):
            self.refuse(path, "wrong_order", _("The first value must not be greater than the second."))
        return (low, high)

    def single(self, known: Field, value: object, path: str) -> Any:
        match known.kind:
            case Kind.TEXT:
                return self.text(value, path)
            case Kind.CHOICE | Kind.ORDER:
                if isinstance(value, str) and value in known.choices:
                    return value
                return self.refuse(path, "unknown_choice", _("This is not one of the choices."))
            case Kind.YES_NO:
                if isinstance(value, bool):
                    return value
                return self.refuse(path, "not_yes_no", _("This must be true or false."))
            case Kind.DATE | Kind.MOMENT:
                return c.as_date(value) or self.refuse(path, "not_a_date", _("This must be a date such as 2026-11-21."))
        return self.amount(known, value, path)

    def amount(self, known: Field, value: object, path: str) -> Any:
        if known.kind == Kind.NUMBER and known.custom_key and isinstance(value, float) and abs(value) < 1e15:
            return value
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2_000_000_000:
            return self.refuse(path, "not_a_number", _("This must be a whole number."))
        if self.entered and known.least is not None and value < known.least:
            return self.refuse(path, "out_of_range", _LeastMessage(known.label, known.least))
        return value

    def text(self, value: object, path: str) -> Any:
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= c.MOST_TEXT:
            return self.refuse(path, "not_a_text", _("This must be text of 1 to 200 characters."))
        if not _is_storable(value):
            return self._not_storable(path)
        return value.strip()

    def _not_storable(self, path: str) -> c.Node:
        return self.refuse(path, "not_storable", _("This holds a character that cannot be stored."))

    def number(self, value: object, path: str, least: int, most: int) -> Any:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.errors.append(fault(path, "out_of_range", _RangeMessage(least, most)))
            return None
        return value

    def activity(self, value: object, path: str) -> c.Node:
        if not isinstance(value, Mapping):
            return self.refuse(path, "not_an_object", _("This must be an object."))
        if not all(_is_storable(str(key)) for key in value):
            return self._not_storable(path)
        if extra := sorted(str(key) for key in set(value) - _ACTIVITY_KEYS):
            return self.refuse(
                f"{path}.{extra[0]}", "unknown_key", _("There is no such part of an activity condition.")
            )
        totals = self._totals(value, path)
        return c.ActivityTest(
            types=self.types(value.get("types", []), f"{path}.types"),
            content=self.content(value.get("content"), f"{path}.content"),
            within_days=self.optional(value, "within_days", path, c.MOST_DAYS),
            at_least=self.optional(value, "at_least", path, c.MOST_COUNT) or 1,
            distinct=self.one_of(value.get("distinct"), ("content", "day"), f"{path}.distinct"),
            **totals,
        )

    def _totals(self, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        measure = self.one_of(value.get("measure"), ("duration_seconds",), f"{path}.measure")
        total = self.optional(value, "at_least_total", path, c.MOST_SECONDS)
        if (measure is None) != (value.get("at_least_total") is None):
            self.refuse(
                f"{path}.at_least_total", "incomplete", _("A measure needs at_least_total, and the other way round.")
            )
        if measure and (value.get("distinct") is not None or value.get("at_least") not in (None, 1)):
            self.refuse(f"{path}.measure", "contradiction", _("A measure cannot be counted as well."))
        return {"measure": measure, "at_least_total": total}

    def inactive(self, value: object, path: str) -> c.Node:
        if not isinstance(value, Mapping) or "days" not in value or set(value) - {"days", "types"}:
            return self.refuse(path, "unclear", _("This needs days, and may have types."))
        days = self.number(value["days"], f"{path}.days", 1, c.MOST_DAYS)
        return c.Inactive(days or 1, self.types(value.get("types", []), f"{path}.types"))

    def types(self, value: object, path: str) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > c.MOST_VALUES:
            self.refuse(path, "not_a_list", _("This must be a list of activity types."))
            return ()
        for number, item in enumerate(value):
            if not isinstance(item, str) or item not in self.registry.activity_types:
                self.refuse(f"{path}[{number}]", "unknown_type", _("There is no such activity type."))
        return tuple(dict.fromkeys(str(item) for item in value))

    def content(self, value: object, path: str) -> c.ContentFilter | None:
        if value is None or value == {}:
            return None
        if not isinstance(value, Mapping) or set(value) - set(_CONTENT_KEYS):
            self.refuse(path, "unknown_key", _("A content filter has title, contains, kind, phase or industry."))
            return None
        return c.ContentFilter(
            **{key: self.texts(value[key], f"{path}.{key}") for key in _CONTENT_KEYS if key in value}
        )

    def texts(self, value: object, path: str) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not 1 <= len(items) <= c.MOST_VALUES:
            self.refuse(path, "not_a_list", _("This must be a list of 1 to 200 values."))
            return ()
        return tuple(self.text(item, f"{path}[{number}]") for number, item in enumerate(items))

    def optional(self, value: Mapping[str, Any], key: str, path: str, most: int) -> Any:
        return None if value.get(key) is None else self.number(value[key], f"{path}.{key}", 1, most)

    def one_of(self, value: object, choices: tuple[str, ...], path: str) -> Any:
        if value is None or value in choices:
            return value
        return self.refuse(path, "unknown_choice", _("This is not one of the choices.")) and None


class _RangeMessage:
    """'This must be a whole number from 1 to 30.', in the reader's language when it is read."""

    def __init__(self, least: int, most: int):
        self.least, self.most = least, most

    def __str__(self) -> str:
        return str(_("This must be a whole number from %(least)d to %(most)d.")) % vars(self)


class _LeastMessage:
    """'“Company size” is never below 0.', in the reader's language when it is read."""

    def __init__(self, field: object, least: int):
        self.field, self.least = field, least

    def __str__(self) -> str:
        return str(_("“%(field)s” is never below %(least)d.")) % vars(self)


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
