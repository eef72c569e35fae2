"""A form with one condition that is built in it."""

from typing import Any

from django import forms

from leads.queries import conditions
from leads.queries.lead_filter import MOST_CONDITION
from leads.web import condition_builder


class ConditionForm(forms.Form):
    """`builder_key` names the builder on its page; `tree` is what was built, once the form is cleaned."""

    builder_key = ""
    condition = forms.CharField(required=False, max_length=MOST_CONDITION)

    def clean(self) -> dict[str, Any]:
        """The built condition's tree, each fault with its spot."""
        data = super().clean() or self.cleaned_data
        self.tree = condition_builder.tree_in(self, data.get("condition", ""), known=conditions.registry())
        return data

    def builder(self) -> condition_builder.Builder:
        """The builder within the form, with what has been built so far."""
        text = self["condition"].value() or ""
        return condition_builder.of(text, key=self.builder_key, faults=self.errors.get("condition", []))
