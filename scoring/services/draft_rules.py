"""The verbs of a draft's rules, one by one: each is a change of the draft as it stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from journal.errors import Conflict
from journal.transactions import retried
from leads.domain.condition_fields import Registry
from leads.domain.conditions import InvalidCondition
from leads.queries import conditions
from scoring.domain import check, draft_parts
from scoring.models import ScoringModel
from scoring.queries import specs, suggestion
from scoring.services import models


class NothingToFix(Conflict):
    code = "nothing_to_fix"
    message = _("There is no simple fix for this draft.")


class RuleGone(models.ChangedMeanwhile):
    code = "rule_gone"
    message = _("This rule has been removed from the draft. Reload it, then repeat your change.")


def put_rule(
    *, model: ScoringModel, rule: Mapping[str, Any], by: Any, at: datetime, key: str = "", version: int | None = None
) -> ScoringModel:
    """Adds a rule, or changes the one with this key, which is called as before while its condition stays.

    A rule that the draft has word for word is not added again. Raises as `patch` does; ChangedMeanwhile only where
    this rule is no longer as in `version`, and RuleGone where it is there no more.
    """

    def values(draft: ScoringModel) -> dict[str, Any]:
        rules = models.rule_values(draft)
        if key:
            _change(rules, key, rule)
        elif not any(_is_same(known, rule) for known in rules):
            rules.append(dict(rule))
        return {"rules": rules}

    parts = [draft_parts.rule_part(key)] if key else []
    return models.rework(model=model, values=values, by=by, at=at, version=version, parts=parts)


def _change(rules: list[dict[str, Any]], key: str, rule: Mapping[str, Any]) -> None:
    place = next((number for number, known in enumerate(rules) if known["key"] == key), None)
    if place is None:
        raise RuleGone
    was = rules[place]
    stays = was["condition"] == rule.get("condition")
    kept = {name: was[name] for name in ("label_ja", "label_en")} if stays else {}
    rules[place] = {**kept, **rule, "key": key}


def _is_same(known: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    """Whether a rule of the draft is this one, which has no name of its own."""
    wanted = {"per_activity": False, "cap": None, "half_life_days": None} | dict(rule)
    return all(known.get(name) == value for name, value in wanted.items())


def add_rules(
    *,
    model: ScoringModel,
    rules: Sequence[Mapping[str, Any]],
    by: Any,
    at: datetime,
    in_place: bool = False,
    version: int | None = None,
) -> ScoringModel:
    """Adds several rules at once, in one change of the draft; `in_place`: instead of all that it has.

    A rule whose condition the draft has already only changes that rule's points. Raises as `patch` does.
    """

    def values(draft: ScoringModel) -> dict[str, Any]:
        kept = [] if in_place else models.rule_values(draft)
        places, known = {rule["key"]: rule for rule in kept}, conditions.registry()
        for rule in rules:
            same = places.get(_twin_key(draft, rule, known))
            if same is not None:
                same["points"] = rule.get("points")
            else:
                kept.append(dict(rule))
        return {"rules": kept}

    return models.rework(model=model, values=values, by=by, at=at, version=version)


def _twin_key(model: ScoringModel, rule: Mapping[str, Any], known: Registry) -> str:
    try:
        same = suggestion.twin(model, rule.get("condition"), known)
    except InvalidCondition:
        return ""  # whoever reads the draft's values says what is wrong
    return same.key if same else ""


def remove_rule(*, model: ScoringModel, key: str, by: Any, at: datetime, version: int | None = None) -> ScoringModel:
    """Takes the rule with this key out of the draft. Raises ChangedMeanwhile where it is no longer as in `version`."""

    def values(draft: ScoringModel) -> dict[str, Any]:
        return {"rules": [rule for rule in models.rule_values(draft) if rule["key"] != key]}

    parts = [draft_parts.rule_part(key)]
    return models.rework(model=model, values=values, by=by, at=at, version=version, parts=parts)


@retried
def apply_fix(*, model: ScoringModel, by: Any, at: datetime) -> ScoringModel:
    """Takes the offered fix of an unreachable line: rules count per activity, with caps."""
    draft = models.held(model)
    fix = check.fix(specs.spec(draft, conditions.registry()))
    if fix is None:
        raise NothingToFix
    rules = models.rule_values(draft)
    for rule in rules:
        if rule["key"] in fix.caps:
            rule.update(per_activity=True, cap=fix.caps[rule["key"]])
    return models.patch(model=model, values={"rules": rules}, by=by, at=at)
