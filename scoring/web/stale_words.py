"""What is said to somebody who saves over another person's change: whose it was, and what is there now."""

from django.utils.translation import gettext as _

from accounts.interface import figures
from accounts.interface.change_words import whose
from accounts.queries.changes import Change
from leads.domain.condition_fields import Registry
from leads.queries import conditions
from scoring.domain import presets
from scoring.domain.formula import DIMENSIONS
from scoring.models import Rule, ScoringModel
from scoring.queries import specs
from scoring.web import rule_sentences


def of_rule(change: Change, rule: Rule | None, known: Registry) -> str:
    """Over the form of a rule, which keeps what was typed."""
    if rule is None:
        return _(
            "Not saved yet: %(who)s removed this rule on %(when)s. Your entries are still here; "
            "save again to add them as a new rule."
        ) % whose(change)
    return _(
        "Not saved yet: %(who)s changed this rule on %(when)s. It now reads “%(now)s”. "
        "Your entries are still here; save again to replace it."
    ) % (whose(change) | {"now": _rule(rule, known)})


def of_removed_rule(change: Change, rule: Rule, known: Registry) -> str:
    """To somebody who wanted to take the rule away."""
    return _(
        "Not removed: %(who)s changed this rule on %(when)s. It now reads “%(now)s”. Open it again to remove it."
    ) % (whose(change) | {"now": _rule(rule, known)})


def of_frame(change: Change, model: ScoringModel, known: Registry) -> str:
    """Over the form of name, leads and priorities, which keeps what was typed."""
    spec = specs.spec(model, known)
    leads = conditions.said(model.applies_to, known=known) or _("all leads")
    bands = figures.listed(rule_sentences.action_label(spec.bands, band.band) for band in spec.bands)
    return _(
        "Not saved yet: %(who)s changed this on %(when)s. Now the name is “%(name)s”, the leads: %(leads)s, "
        "the priorities: %(bands)s. Your entries are still here; save again to replace them."
    ) % (whose(change) | {"name": presets.shown(model.name), "leads": leads, "bands": bands})


def of_figure(change: Change, model: ScoringModel, *, name: str, typed: int | None) -> str:
    """To somebody who set a figure on an old page; `typed` None: no cap."""
    values = {"now": _figure(_present(model, name)), "typed": _figure(typed)}
    return _(
        "Not saved: %(who)s changed this figure on %(when)s, and it is now %(now)s. "
        "You entered %(typed)s; enter it again to replace it."
    ) % (whose(change) | values)


def _present(model: ScoringModel, name: str) -> int | None:
    if name == "line":
        return model.line
    if name in DIMENSIONS:
        return model.caps.get(name)
    return next((band["from"] for band in model.bands if band["band"] == name), None)


def _figure(value: int | None) -> str:
    return _("no cap") if value is None else figures.number(value)


def _rule(rule: Rule, known: Registry) -> str:
    spec = specs.rule_spec(rule, known)
    text = "".join(part.text for part in rule_sentences.parts(spec, known))
    return _("%(rule)s: %(points)s points") % {"rule": text, "points": figures.signed(rule.points)}
