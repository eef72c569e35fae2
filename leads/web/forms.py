"""The form of a lead; what may stand in it is decided by leads.domain.lead_values."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.errors import DomainError
from leads.domain import prefectures
from leads.domain.choices import Seniority
from leads.domain.field_labels import LABELS
from leads.domain.lead_values import COMPANY_TEXTS, LEAD_TEXTS
from leads.domain.normalise import employee_range
from leads.models import Channel, Lead
from leads.queries.custom_values import Own
from leads.web.own_values import PREFIX, field_of, initial_value, value_of


def _text(name: str, most: int, label: Any = None, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=attrs) if attrs else None
    return forms.CharField(label=label or LABELS[name], max_length=most, required=False, widget=widget)


class LeadForm(forms.Form):
    """What a person enters about a lead; `values()` has the API's names."""

    company_name = _text("company", COMPANY_TEXTS["name"], autocomplete="organization")
    industry = _text("industry", COMPANY_TEXTS["industry"], label=_("Industry"))
    employees = forms.CharField(
        label=_("Employees"), max_length=40, required=False, help_text=_("A number or a range, such as 120 or 101–300.")
    )
    prefecture = _text("prefecture", COMPANY_TEXTS["prefecture"], label=_("Prefecture"))
    last_name = _text("last_name", LEAD_TEXTS["last_name"])
    first_name = _text("first_name", LEAD_TEXTS["first_name"])
    last_name_kana = _text("last_name_kana", LEAD_TEXTS["last_name_kana"])
    first_name_kana = _text("first_name_kana", LEAD_TEXTS["first_name_kana"])
    department = _text("department", LEAD_TEXTS["department"])
    title = _text("title", LEAD_TEXTS["title"])
    seniority = forms.ChoiceField(
        label=LABELS["seniority"],
        required=False,
        choices=[("", _("From job title")), *Seniority.choices],
    )
    email = _text("email", LEAD_TEXTS["email"], type="email", inputmode="email")
    phone = _text("phone", LEAD_TEXTS["phone"], type="tel", inputmode="tel")
    mobile = _text("mobile", LEAD_TEXTS["mobile"], type="tel", inputmode="tel")
    channel = _text("channel", 80, list="channels")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, own: Sequence[Own] = (), **options: Any):
        super().__init__(*args, **options)
        self.own = own
        for each in own:
            self.fields[PREFIX + each.key] = field_of(each)
            self.initial.setdefault(PREFIX + each.key, initial_value(each))

    def own_fields(self) -> list[forms.BoundField]:
        """The organisation's own fields, in their order."""
        return [self[PREFIX + each.key] for each in self.own]

    def clean_employees(self) -> str:
        text = self.cleaned_data["employees"]
        if text and employee_range(text) == (None, None):
            raise forms.ValidationError(_("Enter a number such as 120, or a range such as 101–300."))
        return text

    def clean_prefecture(self) -> str:
        text = self.cleaned_data["prefecture"]
        return prefectures.prefecture(text) or text

    def values(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        given = self.cleaned_data
        lead = {name: given[name] for name in LEAD_TEXTS if name in given} | {"seniority": given["seniority"]}
        company: dict[str, Any] = {"name": given["company_name"]}
        company |= {name: given[name] for name in ("industry", "prefecture") if given[name] or self.initial.get(name)}
        if given["employees"] or self.initial.get("employees"):
            company["employee_count"], company["employee_count_max"] = employee_range(given["employees"])
        lead["company"] = company if given["company_name"] else None
        names = {each.key: PREFIX + each.key for each in self.own}
        if changed := {
            each.key: value_of(each, given[names[each.key]])
            for each in self.own
            if names[each.key] in self.changed_data
        }:
            lead["custom"] = changed
        return lead | ({"channel": given["channel"]} if given["channel"] else {})

    def refuse(self, error: DomainError) -> None:
        """Puts the service's faults beside their fields."""
        names = {"company.name": "company_name", "company.industry": "industry", "company.prefecture": "prefecture"}
        names |= {"company.employee_count": "employees", "company.employee_count_max": "employees"}
        for fault in error.errors:
            name = names.get(fault.field, fault.field)
            self.add_error(name if name in self.fields else None, str(fault.message))
        if not error.errors:
            self.add_error(None, str(error))


def initial_of(lead: Lead) -> dict[str, Any]:
    """The form's values for a lead that is already here."""
    company = lead.company
    values = {name: getattr(lead, name) or "" for name in LEAD_TEXTS} | {"seniority": lead.seniority}
    values |= {"version": lead.version, "channel": lead.channel.name if lead.channel else ""}
    if company:
        values |= {"company_name": company.name, "industry": company.industry}
        values["prefecture"] = prefectures.shown(company.prefecture)
        values["employees"] = _range_text(company.employee_count, company.employee_count_max)
    return values


def _range_text(low: int | None, high: int | None) -> str:
    if low is None:
        return ""
    if high is None:
        return f"{low}+"
    return str(low) if low == high else f"{low}–{high}"


def channel_names() -> list[str]:
    """What the channel's field suggests."""
    return list(Channel.objects.filter(is_active=True).order_by("name").values_list("name", flat=True))
