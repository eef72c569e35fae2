"""What a repair asks for: mostly a day, never more than three fields."""

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.interface import figures
from accounts.interface.forms import DayField
from accounts.models import Team, User
from handoff.models import Batch, Handoff
from handoff.queries import calendars, legs
from handoff.web.gap_sentences import KINDS_OF_ACTION
from leads.models import Lead

ASIDE = (
    ("not_now", _("Too early")),
    ("no_budget", _("No budget")),
    ("unreachable", _("Can't be reached")),
    ("no_need", _("No need at present")),
)


class Person(forms.ModelChoiceField):
    """A colleague, by name."""

    def __init__(self, *, label: object):
        super().__init__(User.objects.none(), label=label, empty_label=pgettext_lazy("colleague", "Choose"))

    def label_from_instance(self, obj: User) -> str:
        return figures.person(obj)


class RepairForm(forms.Form):
    """`subject` is the lead, handoff or batch; `today` the local day."""

    def __init__(self, *args: object, subject: Lead | Handoff | Batch, today: date, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.subject, self.today = subject, today
        self.prepare()

    def prepare(self) -> None:
        """Fills choices and defaults."""

    def day(self, name: str, days: int) -> None:
        """A day not before tomorrow, some days from now unless chosen."""
        tomorrow = self.today + timedelta(days=1)
        self.fields[name].widget = forms.DateInput(
            attrs={"type": "date", "min": tomorrow.isoformat()}, format="%Y-%m-%d"
        )
        self.fields[name].initial = self.today + timedelta(days=days)


class NextActionForm(RepairForm):
    on = DayField(label=pgettext_lazy("next action", "When"))
    kind = forms.ChoiceField(label=pgettext_lazy("next action", "What"), choices=list(KINDS_OF_ACTION.items()))
    note = forms.CharField(label=pgettext_lazy("next action", "Note"), max_length=150, required=False)

    def prepare(self) -> None:
        self.day("on", 1)
        calendar = calendars.default()
        self.fields["on"].initial = calendar.local_day(calendar.closing_of(self.today + timedelta(days=1)))


class NurtureForm(RepairForm):
    reason = forms.ChoiceField(label=_("Why"), choices=ASIDE)
    resurface_on = DayField(label=_("Review date"))

    def prepare(self) -> None:
        self.day("resurface_on", 90)


class OfferForm(RepairForm):
    to = Person(label=_("Receiver"))
    reason = forms.CharField(label=_("Reason, if the criteria are not met"), max_length=200, required=False)

    def prepare(self) -> None:
        leg = legs.next_leg(self.subject.stage)
        self.fields["to"].queryset = receivers(Team.objects.filter(kind=legs.RECEIVING[leg]) if leg else None)


class ReassignForm(RepairForm):
    to = Person(label=_("New person"))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def prepare(self) -> None:
        colleagues = receivers(Team.objects.filter(pk=self.subject.team_id))
        self.fields["to"].queryset = colleagues.exclude(pk=self.subject.assigned_to_id)


class AsideForm(RepairForm):
    day_on = DayField(label=_("Review date"))

    def prepare(self) -> None:
        self.day("day_on", 90)


class WaitForm(RepairForm):
    day_on = DayField(label=_("Decide on"))

    def prepare(self) -> None:
        self.day("day_on", 7)


class NothingForm(RepairForm):
    """A repair that asks for nothing."""


def receivers(teams: object) -> object:
    """Active people who receive in these teams, by name."""
    if teams is None:
        return User.objects.none()
    found = User.objects.active().people().filter(memberships__receives=True, memberships__team__in=teams)
    return found.order_by("last_name", "first_name", "id").distinct()
