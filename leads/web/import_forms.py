"""The forms of imports: the file, and what its columns mean."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.domain.choices import Stage
from leads.domain.import_columns import mending
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
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Save it again, or choose another one."),
        },
    )
    encoding = forms.ChoiceField(
        label=_("Character encoding"),
        required=False,
        choices=[("", _("Detect automatically")), *((name, ENCODING[name]) for name in _ENCODINGS)],
    )


class ReadingForm(forms.Form):
    """How the file is to be read, where it was understood wrongly."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    encoding = forms.ChoiceField(label=_("Character encoding"), required=False)
    header_line = forms.IntegerField(
        label=_("Line with the column names"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Leave empty to detect it"),
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any):
        initial = {"sheet": run.sheet, "encoding": run.encoding, "header_line": run.header_line}
        super().__init__(*args, initial=initial, **kwargs)
        if len(run.sheets) > 1:
            self.fields["sheet"].choices = [(name, name) for name in run.sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
        if run.encoding:
            names = dict.fromkeys([run.encoding, *_ENCODINGS])
            self.fields["encoding"].choices = [(name, ENCODING[name]) for name in names]  # type: ignore[attr-defined]
        else:
            del self.fields["encoding"]

    def chosen(self) -> dict[str, Any]:
        """What to read the file with; another sheet finds its own line of names."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "sheet" in self.changed_data and "header_line" not in self.changed_data:
            given.pop("header_line", None)
        return given


class ColumnsForm(forms.Form):
    """One select a column, and what holds for the file as a whole."""

    channel = forms.CharField(
        label=_("Channel for rows without one"),
        required=False,
        max_length=80,
        help_text=_("A new name creates a channel."),
    )
    campaign = forms.CharField(label=_("Campaign for rows without one"), required=False, max_length=120)
    outcome = forms.ChoiceField(
        label=_("Result for all rows"),
        required=False,
        choices=[
            ("", _("As given in each row")),
            ("won", Stage.WON.label),
            ("lost", Stage.LOST.label),
            ("open", Stage.OPPORTUNITY.label),
        ],
    )
    match_on = forms.ChoiceField(
        label=_("Match rows to leads by"),
        required=False,
        choices=[
            ("", _("ID, email, mobile, or company + name")),
            ("external_id", _("ID in another system")),
            ("email", _("Email")),
            ("mobile", _("Mobile")),
            ("company_and_person", _("Company and name")),
        ],
    )
    date_order = forms.ChoiceField(
        label=_("Dates such as 1/2/2026"),
        required=False,
        choices=[("", _("Ask me")), ("dmy", _("Day first: 1 February")), ("mdy", _("Month first: January 2"))],
    )

    rest = forms.BooleanField(label=_("Create custom fields for all columns that are not imported"), required=False)

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.run = run
        choices = field_choices()
        for index, header in enumerate(run.headers):
            own = [(pgettext_lazy("import group", "New"), [(NEW, _("Create a custom field"))])]
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
                "samples": self._samples(index),
                "bound": self[f"column-{index}"],
                "select": self[f"column-{index}"].as_widget(attrs={"class": "form-select"}),
            }
            for index, header in enumerate(self.run.headers)
        ]

    def _samples(self, index: int) -> list[str]:
        """Three different cells of the column, or fewer."""
        cells = (row[index].strip() for row in self.run.samples if index < len(row))
        return list(dict.fromkeys(cell for cell in cells if cell))[:3]

    def mapping(self) -> dict[str, Any]:
        """What was chosen, with the value maps of guesses that were kept."""
        chosen: dict[str, Any] = {}
        told = mending(self.run.headers)
        for index, header in enumerate(self.run.headers):
            name = self.cleaned_data.get(f"column-{index}") or LEAVE_OUT
            if name == LEAVE_OUT and self.cleaned_data["rest"] and header not in told and self._is_column(index):
                name = NEW
            before = self.run.mapping.get(header)
            if name == NEW:
                name = before if isinstance(before, str) and before.startswith(CUSTOM) else CUSTOM + header
            kept = isinstance(before, dict) and before.get("field") == name
            chosen[header] = before if kept else name
        return chosen

    def _is_column(self, index: int) -> bool:
        """Whether it has a name or holds something: a sheet often ends in columns that have neither."""
        filled = any(row[index].strip() for row in self.run.samples if index < len(row))
        return filled or self.run.headers[index] != f"#{index + 1}"

    def constants(self) -> dict[str, Any]:
        """What holds for every row, with what was said elsewhere than on the page."""
        others = {name: value for name, value in self.run.constants.items() if name != "outcome"}
        said = self.cleaned_data["outcome"]
        return others | ({"outcome": said} if said else {})

    @staticmethod
    def known() -> dict[str, Any]:
        """Names to choose from while typing."""
        return {
            "channels": Channel.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)[:200],
            "campaigns": Campaign.objects.order_by("-pk").values_list("name", flat=True)[:200],
        }
