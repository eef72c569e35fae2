"""The forms of imports: the file, and what its columns mean."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.domain.import_fields import CUSTOM, LEAVE_OUT
from leads.models import Campaign, Channel, ImportRun
from leads.web.import_words import ENCODING, field_choices

_ENCODINGS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "cp1252")
NEW = "new"


class UploadForm(forms.Form):
    """A file, and its encoding where it doesn't tell."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file has no rows.")},
    )
    encoding = forms.ChoiceField(
        label=_("Character encoding"),
        required=False,
        choices=[("", _("Find it out")), *((name, ENCODING[name]) for name in _ENCODINGS)],
    )


class ColumnsForm(forms.Form):
    """One select a column, and what holds for the file as a whole."""

    channel = forms.CharField(
        label=_("Channel of rows that name none"),
        required=False,
        max_length=80,
        help_text=_("A new name makes a channel."),
    )
    campaign = forms.CharField(label=_("Campaign of rows that name none"), required=False, max_length=120)
    match_on = forms.ChoiceField(
        label=_("How a row finds its lead"),
        required=False,
        choices=[
            ("", _("ID, e-mail, mobile, or company + name")),
            ("external_id", _("ID in another system")),
            ("email", _("E-mail")),
            ("mobile", _("Mobile")),
            ("company_and_person", _("Company and name")),
        ],
    )
    date_order = forms.ChoiceField(
        label=_("Dates such as 1/2/2026"),
        required=False,
        choices=[("", _("Ask me")), ("dmy", _("Day first: 1 February")), ("mdy", _("Month first: January 2"))],
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.run = run
        choices = field_choices()
        for index, header in enumerate(run.headers):
            own = [(pgettext_lazy("import group", "New"), [(NEW, _("Make an own field of it"))])]
            known = {name for _group, names in choices for name, _label in names}
            given = run.mapping.get(header, LEAVE_OUT)
            name = given["field"] if isinstance(given, dict) else given
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=header, choices=choices + own, required=False, initial=name if name in known else NEW
            )
        self.fields["channel"].widget.attrs["list"] = "known-channels"
        self.fields["campaign"].widget.attrs["list"] = "known-campaigns"

    def columns(self) -> list[dict[str, Any]]:
        """Rows of the page: header, samples, select."""
        return [
            {
                "header": header,
                "samples": [row[index] for row in self.run.samples if index < len(row) and row[index].strip()][:3],
                "bound": self[f"column-{index}"],
                "select": self[f"column-{index}"].as_widget(attrs={"class": "form-select"}),
            }
            for index, header in enumerate(self.run.headers)
        ]

    def mapping(self) -> dict[str, Any]:
        """What was chosen, with the value maps of guesses that were kept."""
        chosen: dict[str, Any] = {}
        for index, header in enumerate(self.run.headers):
            name = self.cleaned_data.get(f"column-{index}") or LEAVE_OUT
            before = self.run.mapping.get(header)
            if name == NEW:
                name = before if isinstance(before, str) and before.startswith(CUSTOM) else CUSTOM + header[:60]
            kept = isinstance(before, dict) and before.get("field") == name
            chosen[header] = before if kept else name
        return chosen

    @staticmethod
    def known() -> dict[str, Any]:
        """Names to choose from while typing."""
        return {
            "channels": Channel.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)[:200],
            "campaigns": Campaign.objects.order_by("-pk").values_list("name", flat=True)[:200],
        }
