"""What a handoff rule and a routing rule have in common in a form: a name, a condition, and who receives."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Team, User
from handoff.models import HandoffRule, RoutingRule
from handoff.queries import receivers
from leads.web.condition_form import ConditionForm


class RuleForm(ConditionForm):
    """`to` is `team:3` or `user:5`; `nobody` are the words of naming nobody, None where somebody must be named."""

    builder_key = "rule"
    name = forms.CharField(label=pgettext_lazy("rule", "Name"), max_length=120)
    to = forms.ChoiceField(
        label=gettext_lazy("Who receives"),
        help_text=gettext_lazy("Whoever last accepted a lead from the company comes first, if they have capacity."),
    )

    def __init__(self, *args: Any, rule: HandoffRule | RoutingRule | None, leg: str, nobody: Any = None, **more: Any):
        super().__init__(*args, **more)
        named = receivers.of_rule(rule) if rule else None
        self.targets = {_key(target): target for target in (*receivers.teams(leg), *receivers.people(leg))}
        if named is not None:
            self.targets.setdefault(_key(named), named)  # somebody who left is shown until another is chosen
        self.fields["to"].choices = self._choices(nobody)
        self.fields["to"].required = nobody is None
        self.fields["to"].initial = _key(named) if named else ""

    def target(self) -> User | Team | None:
        """Whom the form names."""
        return self.targets.get(self.cleaned_data["to"])

    def _choices(self, nobody: Any) -> list[Any]:
        teams = [(key, str(one)) for key, one in self.targets.items() if isinstance(one, Team)]
        people = [(key, one.name) for key, one in self.targets.items() if isinstance(one, User)]
        first = ("", _("Choose") if nobody is None else nobody)
        return [first, (_("Teams, in turn"), teams), (_("People"), people)]


def _key(target: User | Team) -> str:
    return f"{'user' if isinstance(target, User) else 'team'}:{target.pk}"
