"""The builder of one rule: a field compared, an activity counted, silence, or a condition put together in detail."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, pgettext, pgettext_lazy

from leads.domain.condition_fields import Field, Kind, Registry
from leads.queries.lead_filter import MOST_CONDITION
from leads.web import condition_builder
from scoring.domain.choices import Dimension
from scoring.domain.suggested import dimension_of, dimension_of_condition

OPERATOR_WORDS = {
    "eq": pgettext_lazy("scoring", "is"),
    "ne": pgettext_lazy("scoring", "is not"),
    "in": pgettext_lazy("scoring", "is one of"),
    "gte": pgettext_lazy("scoring", "is at least"),
    "lte": pgettext_lazy("scoring", "is at most"),
    "between": pgettext_lazy("scoring", "is from … to"),
    "contains": pgettext_lazy("scoring", "contains one of"),
    "known": pgettext_lazy("scoring", "is known"),
    "unknown": pgettext_lazy("scoring", "is unknown"),
}
_SEPARATORS = str.maketrans({"、": ",", "，": ",", "・": ",", "\n": ","})


class RuleForm(forms.Form):
    """One rule as a person builds it. `kind` built takes the tree of `condition`, which the builder of leads fills."""

    kind = forms.ChoiceField(label=pgettext_lazy("scoring", "Condition"), widget=forms.RadioSelect)
    field = forms.ChoiceField(label=pgettext_lazy("scoring", "Field"), required=False)
    op = forms.ChoiceField(label=pgettext_lazy("scoring", "Comparison"), required=False)
    value = forms.CharField(label=pgettext_lazy("scoring", "Value"), required=False, max_length=2000)
    type = forms.ChoiceField(label=pgettext_lazy("scoring", "Activity"), required=False)
    contains = forms.CharField(label=pgettext_lazy("scoring", "About"), required=False, max_length=500)
    within_days = forms.IntegerField(
        label=pgettext_lazy("scoring", "Within days"), required=False, min_value=1, max_value=3660
    )
    at_least = forms.IntegerField(label=gettext_lazy("Minimum times"), required=False, min_value=1, max_value=10_000)
    distinct = forms.ChoiceField(label=pgettext_lazy("scoring", "Count"), required=False)
    days = forms.IntegerField(label=gettext_lazy("Days without activity"), required=False, min_value=1, max_value=3660)
    condition = forms.CharField(required=False, max_length=MOST_CONDITION)
    # Of a new rule "" as long as nobody chose: the condition says it.
    dimension = forms.ChoiceField(
        label=pgettext_lazy("scoring", "Dimension"), choices=Dimension.choices, required=False
    )
    points = forms.IntegerField(label=pgettext_lazy("scoring", "Points"), min_value=-1000, max_value=1000)
    per_activity = forms.BooleanField(label=gettext_lazy("Points per activity"), required=False)
    cap = forms.IntegerField(label=gettext_lazy("Maximum points"), required=False, min_value=1, max_value=10_000)
    half_life_days = forms.IntegerField(
        label=gettext_lazy("Half-life in days"), required=False, min_value=1, max_value=3660
    )

    def __init__(self, *args: Any, known: Registry, **more: Any):
        super().__init__(*args, **more)
        self.known = known
        kinds = [
            ("field", pgettext("scoring", "Lead field")),
            ("activity", pgettext("scoring", "Lead activity")),
            ("inactive", pgettext("scoring", "Inactivity")),
            ("built", pgettext("scoring", "In detail")),
        ]
        self.fields["kind"].choices = kinds
        usable = [field for field in known.fields.values() if field.in_scoring]
        self.fields["field"].choices = [(field.name, field.label) for field in usable]
        self.fields["op"].choices = list(OPERATOR_WORDS.items())
        self.fields["type"].choices = [
            ("", pgettext("scoring", "Any activity, our own included")),
            *known.activity_types.items(),
        ]
        if not self.initial.get("dimension"):
            self.fields["dimension"].choices = [("", gettext_lazy("By its condition")), *Dimension.choices]
        self.fields["distinct"].choices = [
            ("", pgettext("scoring", "every time")),
            ("content", pgettext("scoring", "different contents")),
            ("day", pgettext("scoring", "different days")),
        ]

    def clean(self) -> dict[str, Any]:
        """The built condition's tree, each fault with its spot."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == "built":
            self.tree = condition_builder.tree_in(self, data.get("condition", ""), known=self.known, scoring=True)
        needs_value = data.get("kind") == "field" and data.get("op") not in ("known", "unknown")
        if needs_value and not split(data.get("value", "")):
            self.add_error("value", gettext("Enter a value."))
        return data

    def builder(self, key: str) -> condition_builder.Builder:
        """The builder within the form, with what has been built so far."""
        text = self["condition"].value() or ""
        return condition_builder.of(text, key=key, scoring=True, faults=self.errors.get("condition", []))

    def usual(self) -> str:
        """The dimension in which a rule about each field and activity begins, as JSON for the page.

        A condition put together in detail has more than one; the page asks `dimension_begun` about it.
        """
        sources = [*self.known.fields, "activity", *(f"activity.{code}" for code in self.known.activity_types)]
        begun = {source: dimension_of(source) for source in sources}
        return json.dumps(begun | {"inactive": dimension_of_condition({"inactive": {}})})

    def rule(self) -> dict[str, Any]:
        """The rule as the service takes it; what does not fit is refused there, by its spot."""
        data = self.cleaned_data
        per_activity = data["per_activity"] and data["kind"] in ("activity", "built")
        condition = self._condition()
        return {
            "dimension": data["dimension"] or dimension_of_condition(condition),
            "condition": condition,
            "points": data["points"],
            "per_activity": per_activity,
            "cap": data["cap"] if per_activity else None,
            "half_life_days": data["half_life_days"] if per_activity else None,
        }

    def _condition(self) -> Any:
        data = self.cleaned_data
        if data["kind"] == "built":
            return self.tree
        if data["kind"] == "inactive":
            return {"inactive": {"days": data["days"], "types": [data["type"]] if data["type"] else []}}
        return self._activity() if data["kind"] == "activity" else self._field()

    def _activity(self) -> dict[str, Any]:
        data = self.cleaned_data
        test: dict[str, Any] = {"types": [data["type"]] if data["type"] else []}
        if words := split(data["contains"]):
            test["content"] = {"contains": words}
        for name in ("within_days", "at_least", "distinct"):
            if data[name]:
                test[name] = data[name]
        if test.get("at_least") == 1:
            del test["at_least"]
        return {"activity": test}

    def _field(self) -> dict[str, Any]:
        data = self.cleaned_data
        tree: dict[str, Any] = {"field": data["field"], "op": data["op"]}
        if data["op"] not in ("known", "unknown"):
            tree["value"] = typed(data["value"], data["op"], self.known.fields[data["field"]])
        return tree


def split(text: str) -> list[str]:
    """'製造、食品,化学' as a list."""
    return [word.strip() for word in text.translate(_SEPARATORS).split(",") if word.strip()]


def typed(text: str, op: str, field: Field) -> Any:
    """What was typed as the field's values; what cannot be read stays text, for the service to refuse."""
    if op == "between":
        words = split(text.replace("〜", ",").replace("~", ",").replace("–", ","))
        return [_one(word, field) for word in words]
    if op in ("in", "contains"):
        return [_one(word, field) for word in split(text)]
    return _one(text.strip(), field)


def _one(word: str, field: Field) -> Any:
    if field.kind in (Kind.NUMBER, Kind.RANGE):
        digits = word.replace(",", "").removesuffix(str(field.unit)) if field.unit else word
        return int(digits) if digits.removeprefix("-").isdecimal() and len(digits) < 19 else word
    if field.kind == Kind.YES_NO:
        return {gettext("yes"): True, "yes": True, "true": True, gettext("no"): False, "no": False}.get(
            word.lower(), word
        )
    by_label = {str(label): value for value, label in field.choices.items()}
    return by_label.get(word, word)


# -- from a stored rule back into the form ------------------------------------------------------------


def simple_kind(condition: Mapping[str, Any]) -> str | None:
    """Which part of the form can hold the condition; None when it is too rich."""
    if "field" in condition:
        return "field"
    if "inactive" in condition and len(condition["inactive"].get("types", [])) <= 1:
        return "inactive"
    test = condition.get("activity")
    if test is None or len(test.get("types", [])) > 1 or test.get("measure"):
        return None
    content = test.get("content") or {}
    return "activity" if set(content) <= {"contains"} else None


def initial(rule: Mapping[str, Any], known: Registry) -> dict[str, Any]:
    """The form's values for a stored rule."""
    condition = rule["condition"] or {}
    kind = simple_kind(condition) or "built"
    values = {name: rule[name] for name in ("dimension", "points", "per_activity", "cap", "half_life_days")}
    values["kind"], values["condition"] = kind, condition_builder.written_out(condition)
    if kind == "field":
        field = known.fields[condition["field"]]
        values |= {"field": field.name, "op": condition["op"], "value": _written(condition.get("value"), field)}
    elif kind == "inactive":
        values |= {"days": condition["inactive"]["days"], "type": (condition["inactive"].get("types") or [""])[0]}
    elif kind == "activity":
        values |= _activity_values(condition["activity"])
    return values


def _activity_values(test: Mapping[str, Any]) -> dict[str, Any]:
    words = (test.get("content") or {}).get("contains") or []
    return {
        "type": (test.get("types") or [""])[0],
        "contains": ", ".join([words] if isinstance(words, str) else words),
        "within_days": test.get("within_days"),
        "at_least": test.get("at_least"),
        "distinct": test.get("distinct") or "",
    }


def _written(value: Any, field: Field) -> str:
    values = value if isinstance(value, list) else [] if value is None else [value]
    words = [_word(item, field) for item in values]
    return ", ".join(words)


def _word(item: Any, field: Field) -> str:
    if isinstance(item, bool):
        return gettext("yes") if item else gettext("no")
    return str(field.choices.get(item, item))


class FigureForm(forms.Form):
    """One figure of the draft: the line, where a band begins, or the cap of a dimension."""

    figure = forms.IntegerField(label=pgettext_lazy("form", "Points"), required=False)
