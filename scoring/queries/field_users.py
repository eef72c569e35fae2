"""Which rules of scoring models read a field."""

from collections.abc import Collection

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leads.queries.field_users import reads
from scoring.domain import presets
from scoring.models import ScoringModel


def rules(name: str, *, values: Collection[str] = ()) -> list[str]:
    """Each rule by its words, and each model whose leads the field chooses.

    Retired versions count too: they explain the scores that were given under them.
    """
    label = "label_ja" if (get_language() or "ja").startswith("ja") else "label_en"
    found = ScoringModel.objects.order_by("position", "pk").prefetch_related("rules")
    named = []
    for model in found:
        if reads(model.applies_to, name, values=values):
            named.append(_("the scoring model “%(name)s”") % {"name": presets.shown(model.name)})
        using = [rule for rule in model.rules.all() if reads(rule.condition, name, values=values)]
        named += [_("the scoring rule “%(name)s”") % {"name": getattr(rule, label) or rule.key} for rule in using]
    return list(dict.fromkeys(named))
