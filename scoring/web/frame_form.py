"""The form of what stands around a draft's rules: its name, which leads it scores, what its bands are called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from leads.domain.condition_fields import Registry
from leads.queries.lead_filter import MOST_CONDITION
from leads.web import condition_builder
from scoring.domain import presets
from scoring.domain.choices import Band
from scoring.models import ScoringModel

LABELS = ("label_ja", "label_en")


class FrameForm(forms.Form):
    """`condition` is the tree of the leads that the model scores, "" for all; two names for each band."""

    name = forms.CharField(label=pgettext_lazy("scoring", "Name"), max_length=120)
    condition = forms.CharField(required=False, max_length=MOST_CONDITION)

    def __init__(self, *args: Any, model: ScoringModel, known: Registry, **more: Any):
        start = {"name": presets.shown(model.name), "condition": condition_builder.written_out(model.applies_to)}
        start |= {f"{band['band']}-{label}": band.get(label, "") for band in model.bands for label in LABELS}
        super().__init__(*args, initial=start, **more)
        self.model, self.known = model, known
        for band in Band:
            for label, words in zip(LABELS, (_JAPANESE, _ENGLISH), strict=True):
                self.fields[f"{band.value}-{label}"] = forms.CharField(label=words, max_length=60)

    def clean(self) -> dict[str, Any]:
        """The built condition's tree, each fault with its spot."""
        data = super().clean() or self.cleaned_data
        self.tree = condition_builder.tree_in(self, data.get("condition", ""), known=self.known, scoring=True)
        return data

    def builder(self) -> condition_builder.Builder:
        """The builder within the form, with what has been built so far."""
        text = self["condition"].value() or ""
        return condition_builder.of(text, key="applies", scoring=True, faults=self.errors.get("condition", []))

    def bands(self) -> list[tuple[Any, Any, Any]]:
        """Each band with the fields of its two names."""
        return [(band, *(self[f"{band.value}-{label}"] for label in LABELS)) for band in Band]

    def values(self, draft: ScoringModel) -> dict[str, Any]:
        """The draft's values as the service takes them; where its bands begin stays as it stands."""
        data = self.cleaned_data
        bands = [band | {label: data[f"{band['band']}-{label}"] for label in LABELS} for band in draft.bands]
        # A shipped name is stored in one language and read in both.
        name = draft.name if data["name"] == presets.shown(draft.name) else data["name"]
        return {"name": name, "applies_to": self.tree or None, "bands": bands}


_JAPANESE = gettext_lazy("In Japanese")
_ENGLISH = gettext_lazy("In English")
