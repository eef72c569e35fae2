"""Which rules of scoring models read a field, or name a content."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leads.queries.field_users import Test
from scoring.domain import presets
from scoring.domain.choices import ModelState
from scoring.models import ScoringModel


def rules(test: Test, *, with_retired: bool) -> list[str]:
    """Each rule by its words, and each model whose leads such a condition chooses.

    `with_retired`: versions that only explain the scores given under them count too.
    """
    label = "label_ja" if (get_language() or "ja").startswith("ja") else "label_en"
    found = ScoringModel.objects.order_by("position", "pk").prefetch_related("rules")
    if not with_retired:
        found = found.exclude(state=ModelState.RETIRED)
    named = []
    for model in found:
        if test(model.applies_to):
            named.append(_("the scoring model “%(name)s”") % {"name": presets.shown(model.name)})
        using = [rule for rule in model.rules.all() if test(rule.condition)]
        named += [_("the scoring rule “%(name)s”") % {"name": getattr(rule, label) or rule.key} for rule in using]
    return list(dict.fromkeys(named))
