"""Which rules of scoring models read a field, or name a content."""

from django.utils.translation import gettext as _

from accounts.interface.languages import in_language
from leads.queries.field_users import Test
from scoring.domain import presets
from scoring.domain.choices import ModelState
from scoring.models import ScoringModel


def rules(test: Test, *, with_retired: bool) -> list[str]:
    """Each rule by its words, and each model whose leads such a condition chooses.

    `with_retired`: versions that only explain the scores given under them count too.
    """
    found = ScoringModel.objects.order_by("position", "pk").prefetch_related("rules")
    if not with_retired:
        found = found.exclude(state=ModelState.RETIRED)
    named = []
    for model in found:
        if test(model.applies_to):
            named.append(_("the scoring model “%(name)s”") % {"name": presets.shown(model.name)})
        using = [rule for rule in model.rules.all() if test(rule.condition)]
        named += [
            _("the scoring rule “%(name)s”") % {"name": in_language(rule.label_ja, rule.label_en) or rule.key}
            for rule in using
        ]
    return list(dict.fromkeys(named))
